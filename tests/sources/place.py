"""The program, databases of its private server, and what lies in them."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fault"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tui"))
import ground as servers                    # noqa: of tests/fault
import tap                                  # noqa: of tests/tui

PROGRAM = os.environ["YTEMPIRE"]


class Place:
    """A database like the private one; `template` of another place copies what is in it."""
    count = 0
    servers = None
    migrated = None

    def __init__(self, secrets):
        if Place.servers is None:
            Place.servers = servers.Servers()
            Place.migrated = servers.Database(Place.servers, "sources_template")
            self.call(["--dsn", Place.servers.dsn("sources_template"), "--exec", "migrate up"], {})
        Place.count += 1
        self.name = "sources_%d" % Place.count
        servers.Database(Place.servers, self.name, Place.migrated)
        self.dsn, self.secrets = Place.servers.dsn(self.name), secrets

    @staticmethod
    def call(args, secrets):
        done = subprocess.run([PROGRAM, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env={**os.environ, **secrets}, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, *lines, code=0, more=()):
        """Runs commands; gives (standard output, standard error) when the exit code is as it should be."""
        done = subprocess.run([PROGRAM, "--dsn", self.dsn, "--quiet", *more,
                               *(word for line in lines for word in ("--exec", line))],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env={**os.environ, **self.secrets}, timeout=300)
        assert done.returncode == code, "exit %d, not %d: %s\n%s%s" % (done.returncode, code, lines, done.stdout, done.stderr)
        return done.stdout, done.stderr

    def start(self, line):
        return subprocess.Popen([PROGRAM, "--dsn", self.dsn, "--quiet", "--exec", line], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                env={**os.environ, **self.secrets})

    def psql(self, sql):
        done = servers.run(servers.PSQL, "-X", "-q", "-A", "-t", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-c", sql, self.dsn)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip("\n")

    def rows(self, sql):
        return [tuple(line.split("\x1f")) for line in self.psql(sql).split("\n") if line]

    def json(self, line):
        return json.loads(self.run(line, more=("--format", "json"))[0])


def same(got, wanted, what=""):
    if got == wanted:
        return
    if not isinstance(got, (str, list)) or "\n" not in str(wanted) and isinstance(got, str):
        raise AssertionError("%s: %r, not %r" % (what, got, wanted))
    got, wanted = (value.splitlines() if isinstance(value, str) else list(value) for value in (got, wanted))
    only = [line for line in got if line not in wanted][:5], [line for line in wanted if line not in got][:5]
    raise AssertionError("%s differs: %d and %d lines\n only here: %s\n only wanted: %s" %
                         (what, len(got), len(wanted), *("\n   ".join(map(str, lines)) for lines in only)))
