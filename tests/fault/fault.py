#!/usr/bin/env python3
"""fault.py SEED COUNT: loads through real workers on private servers, while COUNT faults befall them. TAP, a line a
load; under with-servers.

A load is a dozen small files, each a job, taken by three workers of two slots; faults come at moments that the seed
draws. Afterwards every file is loaded, the warehouse is that of a run without faults, row for row (compare.py), no job
is stuck, each attempt has ended, no write of a worker without a job was committed (watch.sql), and all but one cancel of a
hundred were confirmed within two seconds.
"""
import math
import os
import random as randoms
import sys
import tempfile
import time

import compare
import faults
import files
from crew import Crew
from ground import Database, Finding, Servers, eventually

HERE = os.path.dirname(os.path.abspath(__file__))
FAULTS, FILES, WORKERS = 5, 12, 3
BATCH = 40                          # rows of a transaction: a file is several
PAUSE = 0.7                         # seconds between two faults, at most
CANCEL_MS, CANCELS_LEAST = 2000, 20


def put(database, path, random):
    command = "ingest trending '%s' batch=%d reject_limit=100" % (path, BATCH)
    database.rows("SELECT ops.put_job('ingest', 'trending', '%s', NULL, %d, 0, 1000, NULL, NULL, NULL)" % (
        command.replace("'", "''"), random.randint(-2, 2)))


class Load:
    def __init__(self, servers, template, folder, paths, seed):
        self.servers, self.folder, self.paths, self.seed = servers, folder, paths, seed
        self.random = randoms.Random(seed)
        self.database = Database(servers, "fault_load", template)
        self.crew, self.zombies, self.counts, self.said, self.cancels = None, [], {}, [], []

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def put_all(self):
        for path in self.random.sample(self.paths, len(self.paths)):
            put(self.database, path, self.random)

    def live(self):
        return int(self.database.value("SELECT count(*) FROM ops.jobs WHERE %s" % faults.LIVE))

    def befall(self, count):
        kinds, weights = zip(*faults.KINDS)
        for _ in range(count):
            time.sleep(self.random.uniform(0, PAUSE))
            while self.live() < 3:                      # the next fault is to meet work, too
                put(self.database, self.random.choice(self.paths), self.random)
            kind = self.random.choices(kinds, weights)[0]
            self.said.append(kind.__name__)
            kind(self)
            if self.zombies and self.random.random() < 0.5:
                faults.wake_workers(self)

    def settle(self):
        """Everything is back; the queue becomes empty by itself. Pauses before another attempt are cut short."""
        self.servers.up()
        faults.wake_workers(self)

        def empty():
            for worker in self.crew.workers:
                worker.check()
            self.database.rows("WITH due AS (UPDATE ops.jobs SET run_at = now() WHERE state = 'retryable' AND"
                               " run_at > now() RETURNING 1) SELECT pg_notify('ytempire_jobs', '') FROM due LIMIT 1")
            return self.live() == 0
        try:
            eventually("the queue is empty", empty)
        except Finding as finding:
            raise Finding("%s\n%s" % (finding, "\n".join(" | ".join(row) for row in self.database.rows(
                "SELECT id, state, attempt, worker, lease_until, run_at, error FROM ops.jobs WHERE %s" % faults.LIVE))))

    def run(self, count):
        self.put_all()
        self.crew = Crew(self.database, self.folder, WORKERS)
        try:
            self.befall(count)
            self.settle()
            faults.again(self)
            self.settle()
            self.crew.end()
            self.check()
        finally:
            self.crew.abandon()

    CHECKS = {
        "jobs that are not completed": "SELECT id, state, error FROM ops.jobs WHERE state <> 'completed'",
        "leases of jobs that have ended": "SELECT id, lease_until FROM ops.jobs WHERE lease_until IS NOT NULL",
        "attempts without an end": "SELECT job_id, attempt FROM ops.job_attempts"
                                   " WHERE finished_at IS NULL OR outcome IS NULL",
        "attempts that left no row": "SELECT id, n FROM ops.jobs, generate_series(1, attempt) AS n"
                                     " WHERE (id, n) NOT IN (SELECT job_id, attempt FROM ops.job_attempts)",
        "fences that two attempts have had": "SELECT fence FROM ops.job_attempts GROUP BY 1 HAVING count(*) > 1",
        "jobs completed twice": "SELECT job_id FROM ops.job_attempts WHERE outcome = 'completed' GROUP BY 1"
                                " HAVING count(*) > 1",
        "writes of workers that had no job": "SELECT relation, worker, at FROM fault.writes",
        "locks that are still held": "SELECT locktype, classid, objid FROM pg_locks WHERE locktype = 'advisory'"
                                     " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        "workers that are not gone": "SELECT worker, state FROM ops.workers"
                                     " WHERE state <> 'gone' AND pid = ANY ('{%s}')",
    }

    def check(self):
        drained = ",".join(str(worker.pid) for worker in self.crew.awake())
        for what, sql in self.CHECKS.items():
            rows = self.database.rows(sql % drained if "%s" in sql else sql)
            if rows:
                raise Finding("%d %s: %s" % (len(rows), what, rows[:5]))
        for what, number in self.database.rows("SELECT outcome, count(*) FROM ops.job_attempts GROUP BY 1"):
            self.counts[what] = int(number)


class Run:
    def __init__(self, seed, count, folder):
        self.seed, self.count, self.folder = seed, count, folder
        self.servers, self.totals, self.failed, self.cancels = Servers(), {}, 0, []
        self.template = Database(self.servers, "fault_template")
        done = self.template.program("migrate up")
        if done.returncode != 0:
            raise SystemExit("fault: no schema: %s" % done.stderr)
        self.template.rows("UPDATE ops.schedules SET enabled = false")       # by the clock; retention takes old rows
        self.template.script(os.path.join(HERE, "watch.sql"))
        self.paths = files.pieces(folder, randoms.Random("%s files" % seed), FILES)
        self.reference = Database(self.servers, "fault_reference", self.template)
        names = " ".join("'%s'" % path for path in self.paths)
        done = self.reference.program("ingest trending %s reject_limit=100" % names)
        if done.returncode not in (0, 4):           # 4: some rows were refused
            raise SystemExit("fault: the run without faults: %d %s" % (done.returncode, done.stderr))
        self.wanted = compare.digests(self.reference)

    def load(self, number, count):
        seed = "%s %d" % (self.seed, number)
        folder = os.path.join(self.folder, "load%d" % number)
        os.mkdir(folder)
        load, began, finding = Load(self.servers, self.template, folder, self.paths, seed), time.monotonic(), None
        try:
            load.run(count)
            compare.check_same(load.database, self.wanted, self.reference)
        except Finding as error:
            finding = str(error)
        for what, value in load.counts.items():
            self.totals[what] = self.totals.get(what, 0) + value
        self.cancels += load.cancels
        print("%s %d - load %d of seed %s, %.0f s: %s" % ("not ok" if finding else "ok", number, number, self.seed,
                                                         time.monotonic() - began, " ".join(load.said)), flush=True)
        if finding:
            self.failed += 1
            print("\n".join("# " + line for line in finding.splitlines()), flush=True)
        else:
            load.database.drop()
        return finding

    def check_cancels(self):
        """From the wish to the end, whatever has befallen who ran it. Of a few the slowest one is no percentile."""
        self.cancels.sort()
        slow = self.cancels[math.ceil(len(self.cancels) * 0.99) - 1] if self.cancels else 0
        print("# 99th percentile of %d cancels: %d ms" % (len(self.cancels), slow), file=sys.stderr)
        if len(self.cancels) >= CANCELS_LEAST and slow > CANCEL_MS:
            self.failed += 1
            print("# a cancel took %d ms at the 99th percentile of %d" % (slow, len(self.cancels)), flush=True)

    def report(self):
        print("# seed %s, %d faults: %s" % (self.seed, self.count, ", ".join(
            "%d %s" % (value, what) for what, value in sorted(self.totals.items()))), file=sys.stderr)
        print("# rows of the warehouse: %s" % ", ".join(
            "%s %d" % (table, rows) for table, (rows, _) in self.wanted.items() if rows), file=sys.stderr)


def main():
    seed, count = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="ytempire-fault-") as folder:
        os.chmod(folder, 0o755)
        run_ = Run(seed, count, folder)
        loads = (count + FAULTS - 1) // FAULTS
        print("1..%d" % loads, flush=True)
        for number in range(1, loads + 1):
            run_.load(number, min(FAULTS, count - FAULTS * (number - 1)))
        run_.check_cancels()
        run_.report()
    return 1 if run_.failed else 0


if __name__ == "__main__":
    sys.exit(main())
