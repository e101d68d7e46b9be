"""The console on a pseudo-terminal of our own: first paint, keys while rows stream in, bytes a frame, idleness, a stalled line."""
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tui"))
from line import Line               # noqa: its folder is found a line above

ROWS = int(os.environ.get("YTEMPIRE_BENCH_ROWS", "2000000"))
HTOP = 1932                         # bytes a frame of htop 3.2.2 at 200x50, measured on this kind of terminal
PROMPT = b"ytempire> "


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def console(bench, rows=24, columns=80):
    line = Line([bench.PROGRAM, "--local", "--no-cache"], rows, columns)
    line.until(PROMPT)
    line.rest()
    return line


def first_paint(bench, dsn, times=15):
    ours, theirs = [], []
    for _ in range(times):
        line = Line([bench.PROGRAM, "--local", "--no-cache"])
        ours.append(line.until(PROMPT))
        line.end("\x03quit\r")
        line = Line([bench.PSQL, "-X", dsn])
        theirs.append(line.until(rb"[=-][>#] "))
        line.end("\\q\r")
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    bench.row("console: first paint against psql's prompt", statistics.median(ours), statistics.median(theirs), ratio, "<=2.00")


def numbers(rows):
    return ("SELECT n, n::bigint * 7919 %% 1000003 AS views, 'a title of a video ' || n AS title, md5(n::text) AS hash "
            "FROM generate_series(1, %d) AS n" % rows)


def stream(bench, dsn):
    """The rows into the grid while keys are typed; the same rows to a file by psql."""
    line = console(bench, 50, 200)
    line.write("sql SELECT 1 AS one\r")             # connected, as psql is before it asks
    line.until(b"one")
    line.rest()
    begin = time.perf_counter()
    line.write("sql %s\r" % numbers(ROWS))
    waits, letters, ran = [], "bcdfghjklmnpqrstvwxz", False
    while True:
        letter = letters[len(waits) % len(letters)]
        line.text, typed = b"", time.perf_counter()
        line.write(letter)
        while letter.encode() not in line.text and time.perf_counter() - typed < 5:
            line.read(0.5)
        waits.append(time.perf_counter() - typed)
        until = time.perf_counter() + 0.03
        while time.perf_counter() < until:
            line.read(0.01)
        if len(waits) % 10 == 0 or not ran:
            idle = bench.idle(dsn)
            if ran and idle:
                break
            ran = ran or not idle
    ours, memory = time.perf_counter() - begin, line.memory()
    line.end("\x03\x15quit\r")
    path = os.path.join(os.environ["HOME"], "psql.out")
    begin = time.perf_counter()
    subprocess.run([bench.PSQL, "-X", "-q", "-v", "FETCH_COUNT=10000", "-o", path, "-c", numbers(ROWS), dsn], check=True)
    theirs = time.perf_counter() - begin
    os.unlink(path)
    bench.row("console: %d rows into the grid against psql to a file" % ROWS, ours, theirs, ours / theirs, "<=1.00")
    bench.budget("console: key to screen meanwhile, 99th percentile of %d, ms" % len(waits), 1000 * percentile(waits, 0.99), 16)
    bench.budget("console: peak memory meanwhile, MB", memory, 64)


def frames(bench):
    """Bytes a frame: at rest with a clock that ticks, and of a scroll by one line."""
    line = console(bench, 50, 200)
    line.write("sql %s\r" % numbers(2000))
    line.until(b"2,000 rows")
    line.rest()
    before, cpu, seconds = line.sent, line.cpu(), 20
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        line.read(0.2)
    bench.budget("console: idle, bytes a second", (line.sent - before) / seconds, 200)
    bench.budget("console: idle CPU, %", 100 * (line.cpu() - cpu) / seconds, 0.2)
    line.write("\x1b")
    line.rest()
    for _ in range(45):
        line.write("j")
        line.rest(0.1)
    before = line.sent
    for _ in range(50):
        line.write("j")
        line.rest(0.1)
    bench.budget("console: bytes of a scroll by one line at 200x50", (line.sent - before) / 50, HTOP)
    line.end("q")


def stalled(bench, dsn):
    """A line that takes nothing for ten seconds: the query goes on all the same, and the screen is whole afterwards."""
    line = console(bench, 50, 200)
    line.write("sql %s\r" % numbers(ROWS))
    begin = time.perf_counter()
    while not bench.idle(dsn) and time.perf_counter() - begin < 60:
        time.sleep(0.1)
    took = time.perf_counter() - begin
    while time.perf_counter() - begin < 10:
        time.sleep(0.1)
    line.write("\x0c")
    line.until(b"%s rows" % format(ROWS, ",").encode())
    bench.budget("console: seconds of a query behind a stalled line", took, 10)
    line.end("\x03quit\r")


def measure(dsn, bench):
    first_paint(bench, dsn)
    stream(bench, dsn)
    frames(bench)
    stalled(bench, dsn)
