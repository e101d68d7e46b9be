"""A real terminal around the program: tmux, its keys and its screen as text. Every wait has a condition and a generous end.

    with Terminal(rows=24, columns=80) as t:
        t.start("--local")
        t.wait_for("ytempire>")
        t.type("total_views"), t.key("Enter")
"""
import os
import re
import shlex
import subprocess
import tempfile
import time

PROGRAM = os.environ.get("YTEMPIRE", "./ytempire")
DEADLINE = 60          # seconds: for a condition, never a measure


class Gone(Exception):
    """The screen never showed what was waited for."""


class Terminal:
    def __init__(self, rows=24, columns=80, term="xterm-256color", environment=None):
        self.folder = tempfile.mkdtemp(prefix="ytempire-tui.")
        self.socket = os.path.join(self.folder, "tmux")
        self.rows, self.columns = rows, columns
        self.environment = {"TERM": term, "PS1": "$ ", "HISTFILE": "/dev/null", "ENV": "/dev/null", "PS2": "> "}
        self.environment.update(environment or {})
        conf = os.path.join(self.folder, "tmux.conf")
        with open(conf, "w") as out:
            out.write("set -s escape-time 0\nset -g status off\nset -g default-terminal %s\n"
                      "set -s set-clipboard on\nset -g remain-on-exit on\nset -g history-limit 0\n" % "screen-256color")
        self.tmux("-f", conf, "new-session", "-d", "-x", str(columns), "-y", str(rows), "env", "-u", "TMUX",
                  *self.assignments(), "sh")
        self.wait_for(r"^\$ ?$")

    def assignments(self):
        return ["%s=%s" % item for item in self.environment.items()]

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["rm", "-rf", self.folder])

    def tmux(self, *words, check=True):
        done = subprocess.run(["tmux", "-S", self.socket, *words], capture_output=True, text=True, encoding="utf-8",
                              stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise RuntimeError("tmux %s: %s" % (words[0], done.stderr))
        return done.stdout

    # -- what goes in ------------------------------------------------------------------------------------------------

    def start(self, *options, command=None):
        """Types the command line of the program at the shell. Answers come from the server: what is cached is tested in tests/cli."""
        line = command or " ".join(map(shlex.quote, [PROGRAM, *options, "--no-cache"]))
        self.type(line)
        self.key("Enter")

    def type(self, text):
        self.tmux("send-keys", "-l", "--", text)

    def key(self, *names):
        """Keys as tmux spells them: Enter Escape Tab BTab Up PPage F1 C-c M-x."""
        self.tmux("send-keys", *names)

    def paste(self, text):
        """A bracketed paste, as a terminal sends it."""
        path = os.path.join(self.folder, "paste")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        self.tmux("load-buffer", "-b", "p", path)
        self.tmux("paste-buffer", "-p", "-r", "-b", "p")

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    # -- what is seen ------------------------------------------------------------------------------------------------

    def screen(self):
        return [line.rstrip() for line in self.tmux("capture-pane", "-p").split("\n")[:self.rows]]

    def text(self):
        return "\n".join(self.screen())

    def colours(self):
        return self.tmux("capture-pane", "-p", "-e")

    def has(self, pattern):
        return re.search(pattern, self.text(), re.MULTILINE) is not None

    def wait_for(self, pattern, deadline=DEADLINE):
        """Until the screen shows the pattern; the screen then."""
        return self.wait(lambda text: re.search(pattern, text, re.MULTILINE), "the screen shows /%s/" % pattern, deadline)

    def wait_gone(self, pattern, deadline=DEADLINE):
        return self.wait(lambda text: not re.search(pattern, text, re.MULTILINE), "the screen shows no /%s/" % pattern, deadline)

    def wait(self, condition, words, deadline=DEADLINE):
        until = time.monotonic() + deadline
        while True:
            text = self.text()
            if condition(text):
                return text
            if time.monotonic() > until:
                raise Gone("never: %s\nthe screen:\n%s" % (words, text))
            time.sleep(0.02)

    def settled(self):
        """The screen once it stays the same for a while."""
        before = None
        for _ in range(500):
            now = self.text()
            if now == before:
                return now
            before = now
            time.sleep(0.15)
        raise Gone("the screen never came to rest:\n%s" % before)

    def state(self, name):
        """A format of tmux: alternate_on, mouse_any_flag, cursor_flag, pane_dead, …"""
        return self.tmux("display-message", "-p", "#{%s}" % name).strip()

    def pid(self):
        """Of the program that runs in front of the shell, or None."""
        shell = self.state("pane_pid")
        done = subprocess.run(["pgrep", "-P", shell], capture_output=True, text=True)
        return int(done.stdout.split()[-1]) if done.stdout.split() else None

    def modes(self):
        """The line discipline, as `stty -a` has it, asked from outside."""
        path = self.state("pane_tty")
        return subprocess.run(["stty", "-a", "-F", path], capture_output=True, text=True).stdout
