"""A hundred consoles on pseudo-terminals, each with a board of 24 warmed keys, on one Redis (and one PostgreSQL).

YTEMPIRE_BENCH_CROWD is how many. A push is three of the keys warmed by somebody else and told; it is over when the last terminal has been
sent all three. The boards are also asked every five seconds, as a board is unless its file says otherwise.
"""
import json
import os
import re
import select
import subprocess
import time

import board
from board import CONFIG, PANELS, Redis, key, number, text
from line import Line

CROWD = int(os.environ.get("YTEMPIRE_BENCH_CROWD", "100"))
TIMES = 41
REST = 20                               # seconds
BEGINNING = 180                         # seconds that all may take to show the board


def write_board():
    board.write_board()
    path = os.path.join(CONFIG, "bench.json")
    with open(path, encoding="utf-8") as file:
        what = json.load(file)
    what["name"], what["every"] = "crowd", "5s"
    for panel in what["panels"]:
        del panel["every"]
    with open(os.path.join(CONFIG, "crowd.json"), "w", encoding="utf-8") as file:
        json.dump(what, file)


class Crowd:
    def __init__(self, program, count):
        self.poll = select.epoll()
        self.lines = {}
        for _ in range(count):
            line = Line([program, "--local"], 50, 160)
            self.lines[line.fd] = line
            self.poll.register(line.fd, select.EPOLLIN)

    def all_show(self, pattern, times, seconds=60):
        """Seconds from now until each of them has been sent these bytes so many times, one by one."""
        began, missing, after = time.perf_counter(), set(self.lines), []
        for line in self.lines.values():
            line.text = b""
        while missing:
            left = began + seconds - time.perf_counter()
            if left <= 0:
                some = self.lines[next(iter(missing))]
                raise TimeoutError(f"{len(missing)} of {len(self.lines)} never show {pattern!r}; one: {some.text[-300:]!r}")
            for fd, _ in self.poll.poll(left):
                line = self.lines[fd]
                line.read(0)
                if fd in missing and line.text.count(pattern) >= times:
                    missing.discard(fd)
                    after.append(time.perf_counter() - began)
        return after

    def rest(self, seconds):
        """Reads for so long."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            for fd, _ in self.poll.poll(left):
                self.lines[fd].read(0)

    def write(self, words):
        for line in self.lines.values():
            line.write(words)

    def cpu(self):
        return sum(line.cpu() for line in self.lines.values())

    def memory(self):
        """MB that are theirs alone, together with their part of what they share."""
        return sum(int(re.search(r"^Pss:\s+(\d+)", open(f"/proc/{line.pid}/smaps_rollup", encoding="ascii").read(), re.M)[1])
                   for line in self.lines.values()) / 1024

    def end(self):
        for line in self.lines.values():
            line.vanish()


class Watched:
    """What Redis has done, by its own count."""

    def __init__(self, address):
        self.address = address

    def info(self):
        out = subprocess.run(["redis-cli", "-s", self.address, "INFO", "all"], capture_output=True, text=True, check=True).stdout
        found = dict(line.split(":", 1) for line in out.splitlines() if ":" in line)
        return (int(found["total_commands_processed"]), float(found["used_cpu_user"]) + float(found["used_cpu_sys"]),
                int(found["connected_clients"]), time.perf_counter())


def room_for(dsn, bench, connections):
    """The private server has room for one person's connections; here for a crowd's."""
    data = next(line["data"] for line in json.loads(subprocess.run(bench.ytempire("local status", options=("--format", "json")), capture_output=True,
                                                                   text=True, check=True).stdout) if line["server"] == "PostgreSQL")
    with open(os.path.join(data, "postgresql.auto.conf"), "a", encoding="utf-8") as file:
        file.write(f"max_connections = {connections}\n")
    subprocess.run(bench.ytempire("local down"), check=True, capture_output=True)
    subprocess.run(bench.ytempire("local up"), check=True, capture_output=True)


def at_rest(bench, crowd, watched):
    commands, cpu, clients, began = watched.info()
    own = crowd.cpu()
    crowd.rest(REST)
    after, cpu_after, _, ended = watched.info()
    seconds = ended - began
    bench.budget(f"crowd: commands a second at Redis, {CROWD} boards asked every 5 s", (after - commands) / seconds, 20 * CROWD)
    bench.budget("crowd: connections at Redis", clients, 4 * CROWD + 2)
    bench.budget("crowd: CPU of Redis at that, of a core", (cpu_after - cpu) / seconds, 0.1)
    bench.budget("crowd: CPU of a console at that, of a core", (crowd.cpu() - own) / seconds / CROWD, 0.005)


def pushes(bench, crowd, redis, watched):
    last, each = [], []
    _, cpu, _, _ = watched.info()
    own = crowd.cpu()
    for n in range(TIMES):
        crowd.rest(0.3)
        redis.warm({panel: number(n) for panel in (3, 11, 20)})
        after = crowd.all_show(text(n), 3)
        last.append(after[-1])
        each += after
    own = (crowd.cpu() - own) / TIMES / CROWD
    _, cpu_after, _, _ = watched.info()
    bench.budget(f"crowd: a warmed key on the screens of all {CROWD}, 95th percentile of {TIMES}, ms", 1000 * sorted(last)[int(TIMES * 0.95)], 200)
    bench.budget("crowd: the same on the screen of one, 95th percentile, ms", 1000 * sorted(each)[int(len(each) * 0.95)], 200)
    bench.budget("crowd: CPU of Redis for a push to all, ms", 1000 * (cpu_after - cpu) / TIMES, 40)
    bench.budget("crowd: CPU of a console for a push, and what it does meanwhile, ms", 1000 * own, 2)


def measure(dsn, bench):
    write_board()
    room_for(dsn, bench, 4 * CROWD + 20)
    address = bench.redis_socket()
    redis, watched = Redis(address), Watched(address)
    redis.warm({panel: number(8) for panel in range(PANELS)})
    crowd = Crowd(bench.PROGRAM, CROWD)
    crowd.all_show(b"ytempire> ", 1, BEGINNING)
    crowd.rest(2)
    crowd.write("screen boards crowd\r")
    crowd.all_show(text(8), PANELS, BEGINNING)
    crowd.rest(5)
    at_rest(bench, crowd, watched)
    pushes(bench, crowd, redis, watched)
    bench.budget("crowd: memory of a console, MB", crowd.memory() / CROWD, 24)
    crowd.end()
