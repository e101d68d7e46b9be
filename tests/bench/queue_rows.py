"""The queue: jobs that do nothing beside graphile-worker and pg-boss, an idle worker, a long queue, cancels.

All on one private server with its own durability (fsync, synchronous_commit on). The peers are npm's, versions pinned in
queue/package.json, installed into a folder of the user's cache; without npm their rows are skipped aloud.
"""
import json
import os
import platform
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "queue")
CACHE = os.environ.get("YTEMPIRE_BENCH_CACHE") or os.path.join(os.environ["HOME"], ".cache", "ytempire-bench")
TIMES = int(os.environ.get("YTEMPIRE_BENCH_TIMES", 3))
BATCH = 500
ONE, MANY, OTHERS_MANY = 2000, 50000, 20000         # jobs of a run
IDLE = 60                                           # seconds
CANCELS, CANCELS_OF_HUNG = 200, 10


class Server:
    def __init__(self, dsn, bench):
        self.bench, self.parameters = bench, dict(word.split("=", 1) for word in dsn.split())

    def dsn(self, database):
        return " ".join("%s=%s" % pair for pair in {**self.parameters, "dbname": database}.items())

    def sql(self, database, text):
        return subprocess.run([self.bench.PSQL, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text, self.dsn(database)],
                              capture_output=True, text=True, check=True).stdout.strip()

    def program(self, *commands):
        """What the commands of one process say, one after the other."""
        done = subprocess.run([self.bench.PROGRAM, "--dsn", self.dsn("bench_queue"), "--yes", "--quiet", "--format", "json",
                               *[word for command in commands for word in ("--exec", command)]],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit("bench: %s: %s" % (commands, done.stderr))
        said, at, decoder = [], 0, json.JSONDecoder()
        while done.stdout.startswith("[", at):
            rows, at = decoder.raw_decode(done.stdout, at)
            said.append(rows)
            at += len(done.stdout[at:]) - len(done.stdout[at:].lstrip())
        return said

    def alone(self, yes):
        """No autovacuum, whose transactions would be counted as those of others; for the superuser of the private server."""
        for text in ("ALTER SYSTEM %s" % ("SET autovacuum = off" if yes else "RESET autovacuum"), "SELECT pg_reload_conf()"):
            subprocess.run([self.bench.PSQL, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text,
                            self.dsn("postgres") + " user=postgres"], capture_output=True, check=True)

    def make(self, database):
        self.sql("postgres", "DROP DATABASE IF EXISTS %s WITH (FORCE)" % database)
        self.sql("postgres", "CREATE DATABASE %s" % database)

    def environment(self, database):
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
        return {**os.environ, "PGDATABASE": database, **{names[key]: value for key, value in self.parameters.items() if key in names}}


# -- beside others

def node():
    """The program that runs the peers, or None and why."""
    if shutil.which("npm") is None:
        return None, "npm is not here"
    os.makedirs(CACHE, exist_ok=True)
    for name in ("package.json", "peers.js"):
        shutil.copy(os.path.join(PEERS, name), CACHE)
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=CACHE, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode != 0:
        return None, "npm could not install the peers: " + done.stderr[-300:]
    kind = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), "")
    return os.path.join(CACHE, "node_modules", "node-linux-" + kind, "bin", "node"), None


def of_peer(server, program, peer, mode, count):
    server.make("bench_peer")
    done = subprocess.run([program, "peers.js", peer, mode, str(count)], cwd=CACHE, env=server.environment("bench_peer"),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit("bench: %s: %s" % (peer, done.stderr[-2000:]))
    return count / float(done.stdout)


def put(server, count, more=""):
    server.sql("bench_queue", "INSERT INTO ops.jobs (kind, command%s) SELECT 'bench', 'nothing'%s FROM generate_series(1, %d)"
               % (more and ", " + more.split("=")[0], more and ", " + more.split("=")[1], count))


def clear(server):
    server.sql("bench_queue", "TRUNCATE ops.jobs, ops.job_attempts, ops.job_log, ops.workers CASCADE")


def drain(server, slots, count):
    """Jobs a second: jobs_bench puts so many, does them and takes them away. With one slot each is claimed and ended by itself."""
    done = subprocess.run([os.path.join(HERE, "jobs_bench"), server.dsn("bench_queue"), str(count), str(slots)],
                          capture_output=True, text=True, env={**os.environ, "YTEMPIRE_DATADIR": os.path.join(HERE, "..", "..")})
    if done.returncode != 0:
        raise SystemExit("bench: jobs_bench: %s" % done.stderr)
    return float(done.stdout.split("\t")[4])


def beside(server, bench):
    program, why = node()
    if program is None:
        print("bench: SKIPPED: no peers of the queue: %s" % why, file=sys.stderr)
        return
    for mode, words, mine, others, target in (("batch", "in batches of %d" % BATCH, MANY, OTHERS_MANY, ">=3.00"),
                                              ("one", "one by one", ONE, ONE, ">=1.00")):
        rates = {"ours": [], "graphile-worker": [], "pg-boss": []}
        for turn in range(TIMES + 1):                # the first is the warm-up
            for name, list_ in rates.items():
                rate = (drain(server, 1 if mode == "one" else BATCH, mine) if name == "ours"
                        else of_peer(server, program, name, mode, others))
                if turn > 0:
                    list_.append(rate)
        medians = {name: statistics.median(list_) for name, list_ in rates.items()}
        for name in ("graphile-worker", "pg-boss"):
            ratio = statistics.median(a / b for a, b in zip(rates["ours"], rates[name]))
            bench.row("queue: jobs a second %s, against %s" % (words, name), medians["ours"], medians[name], ratio, target)


# -- a long queue, an idle worker

def long_queue(server, bench):
    """Claims and ends one by one with nothing else on the list, and among ten thousand waiting and a hundred thousand ended jobs."""
    empty, full = [], []
    for turn in range(TIMES + 1):
        clear(server)
        empty.append(drain(server, 1, ONE))
        clear(server)
        put(server, 100000, "state='completed'")
        put(server, 5000, "source='paused'")
        server.sql("bench_queue", "INSERT INTO ops.queue_pauses (source) VALUES ('paused') ON CONFLICT DO NOTHING;"
                   "INSERT INTO ops.jobs (kind, command, state, run_at) SELECT 'bench', 'nothing', 'scheduled',"
                   " now() + interval '1 day' FROM generate_series(1, 2500)")
        put(server, 2500, "priority=9")
        server.sql("bench_queue", "ANALYZE ops.jobs")
        full.append(drain(server, 1, ONE))
    ratio = statistics.median(b / a for a, b in list(zip(full, empty))[1:])
    bench.row("queue: seconds a job among 10,000 waiting and 100,000 ended, against an empty list", 1 / statistics.median(full[1:]),
              1 / statistics.median(empty[1:]), ratio, "<=1.25")


def worker(server, slots=4):
    process = subprocess.Popen([server.bench.PROGRAM, "--dsn", server.dsn("bench_queue"), "--worker", "--slots", str(slots),
                                "--http-port", "off", "--log-file", os.path.join(os.environ["HOME"], "bench-worker.log")],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: server.sql("bench_queue", "SELECT count(*) FROM ops.workers WHERE leader AND pid = %d" % process.pid) == "1")
    return process


def until(condition):
    end = time.monotonic() + 120
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("bench: it never came")
        time.sleep(0.02)


def idle(server, bench):
    """Its statements, counted as the transactions of its database."""
    clear(server)
    server.alone(True)
    process = worker(server)
    time.sleep(12)                                    # what it has done until now is told to the statistics
    count = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'bench_queue'"
    before, began = int(server.sql("postgres", count)), time.monotonic()
    time.sleep(IDLE)
    transactions = int(server.sql("postgres", count)) - before
    bench.budget("queue: an idle worker's transactions a minute", transactions * 60 / (time.monotonic() - began), 40)
    server.alone(False)
    process.terminate()
    process.wait()


# -- cancel

def cancels(server, bench):
    """Jobs that run are cancelled in any order, some by one process; the receipt tells how long it took from the wish to the end."""
    draw, slow, slots = random.Random(5), [], 20
    clear(server)
    process = worker(server, slots)
    put(server, CANCELS + slots, "source=NULL")
    server.sql("bench_queue", "UPDATE ops.jobs SET command = 'sql SELECT pg_sleep(600)'; NOTIFY ytempire_jobs")
    running = lambda: server.sql("bench_queue", "SELECT id FROM ops.jobs WHERE state = 'running' ORDER BY id").split()
    while len(slow) < CANCELS:
        until(lambda: len(running()) == slots)
        time.sleep(draw.uniform(0, 0.2))
        for receipt, in server.program(*("job cancel " + job for job in draw.sample(running(), slots // 2))):
            assert receipt["state"] == "cancelled", receipt
            slow.append(float(receipt["stopped_ms"]))
    process.terminate()
    process.wait()
    bench.budget("queue: cancel of a running job, 99th percentile of %d, ms" % CANCELS, sorted(slow)[int(CANCELS * 0.99)], 2000)


def cancels_of_hung(server, bench):
    """The worker that runs them hears nothing any more: each is taken from it in the end."""
    clear(server)
    process = worker(server, CANCELS_OF_HUNG)
    put(server, CANCELS_OF_HUNG, "source=NULL")
    server.sql("bench_queue", "UPDATE ops.jobs SET command = 'sql SELECT pg_sleep(600)'; NOTIFY ytempire_jobs")
    until(lambda: server.sql("bench_queue", "SELECT count(*) FROM ops.jobs WHERE state = 'running'") == str(CANCELS_OF_HUNG))
    process.send_signal(signal.SIGSTOP)
    jobs = server.sql("bench_queue", "SELECT id FROM ops.jobs ORDER BY id").split()
    slow = [float(receipt["stopped_ms"]) for receipt, in server.program(*("job cancel " + job for job in jobs))]
    process.send_signal(signal.SIGCONT)
    process.terminate()
    process.wait()
    bench.budget("queue: cancel of a job whose worker hangs, slowest of %d, ms" % CANCELS_OF_HUNG, max(slow), 2000)


def measure(dsn, bench):
    server = Server(dsn, bench)
    server.make("bench_queue")
    server.program("migrate up")
    beside(server, bench)
    long_queue(server, bench)
    idle(server, bench)
    cancels(server, bench)
    cancels_of_hung(server, bench)
    for database in ("bench_queue", "bench_peer"):
        server.sql("postgres", "DROP DATABASE IF EXISTS %s WITH (FORCE)" % database)
