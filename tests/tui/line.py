"""A program on a pseudo-terminal of our own, whose other end we may also stop reading, or close."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

QUIET = 0.3


class Line:
    """A program on a pseudo-terminal: what it sends is read, counted and searched."""

    def __init__(self, command, rows=24, columns=80, env=None):
        self.sent, self.text = 0, b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm-256color", **(env or {})})
            os.execvp(command[0], command)
        os.set_inheritable(self.fd, False)         # else another one's program would keep it open
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.began = time.perf_counter()

    def read(self, seconds):
        """What comes within so many seconds; b"" when nothing does."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        try:
            got = os.read(self.fd, 65536)
        except OSError:
            got = b""
        self.sent += len(got)
        self.text = (self.text + got)[-200000:]
        return got

    def until(self, pattern, seconds=60):
        """Seconds from now until what was sent since then matches."""
        begin, self.text = time.perf_counter(), b""
        while not re.search(pattern, self.text):
            if time.perf_counter() - begin > seconds:
                raise TimeoutError("never on the terminal: %r; last: %r" % (pattern, self.text[-500:]))
            self.read(1)
        return time.perf_counter() - begin

    def rest(self, seconds=QUIET):
        """Reads until nothing comes for a while."""
        while self.read(seconds):
            pass

    def write(self, text):
        os.write(self.fd, text.encode())

    def end(self, command):
        """Writes what ends the program, and reads to its end. Its exit status."""
        self.write(command)
        while self.read(5):
            pass
        os.close(self.fd)
        return self.reap()

    def vanish(self):
        """The other end goes, as when an SSH line drops. The exit status."""
        os.close(self.fd)
        return self.reap()

    def reap(self, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise TimeoutError("the program did not end")

    def cpu(self):
        fields = open("/proc/%d/stat" % self.pid).read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Peak, MB."""
        return int(re.search(r"VmHWM:\s+(\d+)", open("/proc/%d/status" % self.pid).read())[1]) / 1024
