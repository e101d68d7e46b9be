"""The live screens in a terminal, beside real servers and workers: how long after something has happened it is on screen.

Milliseconds, the 95th percentile of so many tries; what is seen is looked for every few milliseconds. Then a hundred consoles on one
Redis: see crowd.py.
"""
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tui"))
from terminal import DEADLINE, Terminal               # noqa: its folder is found a line above

import crowd

JOBS, CANCELS, OUTAGES, DEATHS = 40, 20, 15, 20


def percentile(values):
    return 1000 * sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def until(condition, words):
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("never: " + words)
        time.sleep(0.005)


def shown_after(t, pattern):
    """Seconds from now until the screen shows it."""
    began = time.perf_counter()
    t.wait_for(pattern)
    return time.perf_counter() - began


class Place:
    """The private servers, and what others do there."""

    def __init__(self, dsn, bench):
        self.bench, self.dsn = bench, dsn
        self.psql = [bench.PSQL, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", dsn]
        self.redis = bench.redis_socket()

    def sql(self, text):
        return subprocess.run([*self.psql, "-c", text], capture_output=True, text=True, check=True).stdout.strip()

    def put(self, command):
        """A job that others put; its number, told when it is committed."""
        return self.sql(f"INSERT INTO ops.jobs (kind, command, max_attempts) VALUES ('sql', $${command}$$, 1) RETURNING id")

    def pid(self, server):
        out = subprocess.run(self.bench.ytempire("local status", options=("--format", "json")), capture_output=True, text=True, check=True)
        return next(line["pid"] for line in json.loads(out.stdout) if line["server"] == server)

    def answers(self, server):
        command = ["redis-cli", "-s", self.redis, "PING"] if server == "Redis" else [*self.psql, "-c", "SELECT 1"]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.returncode == 0 and done.stdout.strip() in ("PONG", "1")

    def start(self, server):
        """Returns when it answers others."""
        up = subprocess.Popen(self.bench.ytempire("local up"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: self.answers(server), server + " answers")
        return up


class Worker:
    alive = []                             # none is left behind, whatever ends the bench

    def __init__(self, place):
        self.place = place
        self.process = subprocess.Popen([place.bench.PROGRAM, "--local", "--worker", "--http-port", "off"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        Worker.alive.append(self)
        until(lambda: place.sql(f"SELECT count(*) FROM ops.workers WHERE pid = {self.process.pid}") == "1", "the worker has come")

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait()
        Worker.alive.remove(self)

    def forget(self):
        self.place.sql(f"DELETE FROM ops.workers WHERE pid = {self.process.pid}")


# -- what is measured ----------------------------------------------------------------------------------------------------


def jobs(place, t):
    times = []
    for _ in range(JOBS):
        job = place.put("sql SELECT 1")
        times.append(shown_after(t, rf" {job}  sql"))
        t.key("g")                         # the cursor stays on its row, and new ones come above it
    place.bench.budget(f"screens: a job that others put is on the screen, ms, of {JOBS}", percentile(times), 1000)


def cancels(place, t):
    """From the key that says yes."""
    times = []
    for _ in range(CANCELS):
        job = place.put("sql SELECT pg_sleep(600)")
        t.wait_for(rf" {job}  sql +running")
        t.key("g")
        t.wait_for(rf"> *{job}  sql")
        t.key("c")
        t.wait_for(rf"Do 'job cancel {job}'")
        t.settled()                        # a question takes no key until hands have rested
        t.key("y")
        times.append(shown_after(t, rf"(?s)> *{job}  sql +cancelled.*done: job cancel {job}: "))
    place.bench.budget(f"screens: a cancel is confirmed, ms, of {CANCELS}", percentile(times), 2000)


def outages(place, t, server, name, number, healed):
    """`healed`: what is to be on screen, too, before it counts as healed; makes its pattern when the server answers again."""
    gone, back = [], []
    for _ in range(OUTAGES):
        os.kill(place.pid(server), number)
        gone.append(shown_after(t, rf" {name} ✗ reconnecting "))
        until(lambda: not place.answers(server), server + " is gone")
        up = place.start(server)
        began = time.perf_counter()
        pattern = healed()
        t.wait_for(rf"(?s) {name} ● .*{pattern}")
        back.append(time.perf_counter() - began)
        up.wait()
    place.bench.budget(f"screens: {server} that stops is said, ms, of {OUTAGES}", percentile(gone), 2000)
    place.bench.budget(f"screens: {server} that starts is healed, ms, of {OUTAGES}", percentile(back), 2000)


def deaths(place, t):
    come, lost, listed, left = [], [], [], []
    t.wait_for(" wk 0$")
    for _ in range(DEATHS):
        worker = Worker(place)
        come.append(shown_after(t, " wk 1$"))
        t.wait_for("(?s)┌ workers.*working")
        worker.end(signal.SIGKILL)
        lost.append(shown_after(t, " wk ✗ 1 lost$"))
        listed.append(lost[-1] + shown_after(t, "(?s)┌ workers.*lost"))
        worker.forget()
        worker = Worker(place)
        t.wait_for(" wk 1$")
        worker.process.send_signal(signal.SIGTERM)
        until(lambda: place.sql(f"SELECT state FROM ops.workers WHERE pid = {worker.process.pid}") == "gone", "it has said goodbye")
        left.append(shown_after(t, " wk 0$"))
        worker.end()
        worker.forget()
    for words, times in (("that comes is told", come), ("that is killed with -9 is told", lost),
                         ("that is killed with -9 is lost in the list", listed), ("that says goodbye is told", left)):
        place.bench.budget(f"screens: a worker {words}, ms, of {DEATHS}", percentile(times), 2000)


def look(place, t):
    t.start("--local")
    t.wait_for("ytempire>")
    t.key("M-3")
    t.wait_for("┌ workers")
    deaths(place, t)
    worker = Worker(place)
    jobs(place, t)
    cancels(place, t)
    outages(place, t, "Redis", "redis", signal.SIGTERM, lambda: "")
    outages(place, t, "PostgreSQL", "pg", signal.SIGINT, lambda: " %s  sql" % place.put("sql SELECT 1"))
    worker.end()
    worker.forget()


def measure(dsn, bench):
    subprocess.run(bench.ytempire("migrate status"), check=True, capture_output=True)
    place = Place(dsn, bench)
    try:
        with Terminal(40, 160) as t:
            look(place, t)
    finally:
        for worker in list(Worker.alive):
            worker.end(signal.SIGKILL)
    crowd.measure(dsn, bench)
