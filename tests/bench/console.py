"""The console, through a pseudo-terminal of our own: first paint, keys while rows stream, bytes a frame, idle, a stalled line."""
import fcntl
import os
import pty
import re
import select
import statistics
import struct
import subprocess
import sys
import termios
import time

ROWS = int(os.environ.get("YTEMPIRE_BENCH_ROWS", "2000000"))
QUIET = 0.3


class Line:
    """A program on a pseudo-terminal: what it sends is read, counted and searched."""

    def __init__(self, command, rows=24, columns=80, env=None):
        self.sent, self.text = 0, b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm-256color", **(env or {})})
            os.execvp(command[0], command)
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
                sys.exit("bench: never on the terminal: %r; last: %r" % (pattern, self.text[-500:]))
            self.read(1)
        return time.perf_counter() - begin

    def rest(self, seconds=QUIET):
        """Reads until nothing comes for a while."""
        while self.read(seconds):
            pass

    def write(self, text):
        os.write(self.fd, text.encode())

    def end(self, command):
        self.write(command)
        try:
            while self.read(5):
                pass
        finally:
            os.close(self.fd)
            os.waitpid(self.pid, 0)

    def cpu(self):
        fields = open("/proc/%d/stat" % self.pid).read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Peak, MB."""
        return int(re.search(r"VmHWM:\s+(\d+)", open("/proc/%d/status" % self.pid).read())[1]) / 1024


def first_paint(bench, dsn, times=15):
    ours, theirs = [], []
    for _ in range(times):
        line = Line([bench.PROGRAM, "--local"])
        ours.append(line.until(b"ytempire> "))
        line.end("\x03quit\r")
        line = Line([bench.PSQL, "-X", dsn])
        theirs.append(line.until(rb"[=-][>#] "))
        line.end("\\q\r")
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    bench.row("console: first paint", statistics.median(ours), statistics.median(theirs), ratio, "<=2.00")


def numbers(rows):
    return ("SELECT n, n * 7919 %% 1000003 AS views, 'a title of a video ' || n AS title, md5(n::text) AS hash "
            "FROM generate_series(1, %d) AS n" % rows)


def stream(bench, dsn):
    """Two million rows into the grid while keys are typed; the same to a file by psql."""
    line = Line([bench.PROGRAM, "--local"], 50, 200)
    line.until(b"ytempire> ")
    line.rest()
    line.write("sql SELECT 1\r")
    line.until(b"1 row")
    begin = time.perf_counter()
    line.write("sql %s\r" % numbers(ROWS))
    waits, seen = [], b""
    letters = "abcdefghijklmnopqrstuvwxyz"
    done = re.compile(rb"cut|from|rows .{1,8}\d+(\.\d)? (s|min|ms)(?! .{0,9}running)")
    while ended_at(line) is None:
        letter = letters[len(waits) % 26]
        line.text, typed = b"", time.perf_counter()
        line.write(letter)
        while letter.encode() not in line.text and time.perf_counter() - typed < 5:
            line.read(0.5)
        waits.append(time.perf_counter() - typed)
        pause(line, 0.05)
    ours = time.perf_counter() - begin
    memory = line.memory()
    line.end("\x03\x15quit\r")
    path = os.path.join(os.environ["HOME"], "psql.out")
    begin = time.perf_counter()
    subprocess.run([bench.PSQL, "-X", "-q", "-v", "FETCH_COUNT=10000", "-A", "-o", path, "-c", numbers(ROWS), dsn], check=True)
    theirs = time.perf_counter() - begin
    os.unlink(path)
    bench.row("console: %d rows into the grid" % ROWS, ours, theirs, ours / theirs, "<=1.00")
    bench.budget("console: key to screen meanwhile, 99th percentile, ms", 1000 * percentile(waits, 0.99), 16)
    bench.budget("console: memory meanwhile, MB", memory, 64)
