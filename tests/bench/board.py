"""A board of 24 panels on a pseudo-terminal of our own: a key that somebody else warms, bytes to the terminal, CPU a refresh."""
import json
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tui"))
from line import Line               # noqa: its folder is found a line above

PANELS = 24
TIMES = 41
DAY = 2880                              # refreshes, one every 30 seconds
CONFIG = os.path.join(os.environ["XDG_CONFIG_HOME"], "ytempire", "queries", "boards")


def key(panel):
    return f"analytics:bench:{panel}"


def write_board():
    panels = [{"kind": "stat", "title": f"Panel {n}", "key": key(n), "value": "n", "width": 2, "every": "1h"} for n in range(PANELS)]
    os.makedirs(CONFIG, exist_ok=True)
    with open(os.path.join(CONFIG, "bench.json"), "w") as out:
        json.dump({"name": "bench", "title": "Bench", "every": "1h", "panels": panels}, out)


def open_files(line):
    return len(os.listdir(f"/proc/{line.pid}/fd"))


class Redis:
    """What another program does there, over one connection: no process is started for it."""

    def __init__(self, address):
        self.process = subprocess.Popen(["redis-cli", "-s", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def do(self, *lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        for _ in lines:
            self.process.stdout.readline()

    def warm(self, numbers):
        self.do(*[f"SET {key(panel)} '[{{\"n\": {value}}}]'" for panel, value in numbers.items()],
                "PUBLISH ytempire:warmed '{\"set\": \"bench\"}'")


def number(n):
    """No digit as in the one before: a terminal is sent what differs."""
    return int(str(n % 9 + 1) * 6)


def text(n):
    return f"{number(n):,}".encode()


def measure(dsn, bench):
    write_board()
    redis = Redis(bench.redis_socket())
    redis.warm({panel: number(8) for panel in range(PANELS)})
    line = Line([bench.PROGRAM, "--local"], 50, 160)
    line.until(b"ytempire> ")
    line.write("screen boards bench\r")
    line.until(b"(?s)" + PANELS * (b".*" + text(8)))
    line.rest()
    shown, sent, silent = [], [], []
    for n in range(TIMES):
        line.rest(0.05)
        before = line.sent
        redis.warm({panel: number(n) for panel in (3, 11, 20)})
        shown.append(line.until(b"(?s)" + 3 * (b".*" + text(n))))
        line.rest(0.05)
        sent.append(line.sent - before)
    for n in range(TIMES):
        line.rest(0.05)
        before = line.sent
        redis.do("PUBLISH ytempire:warmed '{\"set\": \"bench\"}'")
        line.rest(0.1)
        silent.append(line.sent - before)
    memory, descriptors, cpu = line.memory(), open_files(line), line.cpu()
    for n in range(DAY):
        redis.warm({5: number(n)})
        line.until(text(n))
    cpu = (line.cpu() - cpu) / DAY
    memory, descriptors = line.memory() - memory, open_files(line) - descriptors
    line.end("\x03quit\r")
    bench.budget("board: a key that others warm is on screen, 95th percentile of 41, s", sorted(shown)[int(TIMES * 0.95)], 0.2)
    bench.budget("board: bytes to the terminal, three of 24 numbers changed", statistics.median(sent), 1024)
    bench.row("board: bytes to the terminal, none changed", statistics.median(silent), 0, statistics.median(silent), "<=0")
    bench.budget("board: CPU of a refresh of 24 panels, drawn and sent, s", cpu, 0.002)
    bench.budget("board: memory after as many refreshes as a day has, growth, MB", memory, 1)
    bench.row("board: descriptors after them, growth", descriptors, 0, descriptors, "<=0")
