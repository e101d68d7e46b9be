"""Ratios, measured side by side in one run.

Each pair is run in turn, A B A B …, after one warm-up each; the figures are medians, the ratio is the median of the
pairs' ratios. Where no other program does the same, `other` is the budget. Times in seconds, memory in MB.
Exit 1 when a row misses its target. Arguments: names of groups to run (start export semantic ingest mapped console hand rollup worker warm cache queue board screens), default all.
"""
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.environ["YTEMPIRE"]
PSQL = next(p for p in ("/usr/lib/postgresql/15/bin/psql", "/usr/bin/psql") if os.path.exists(p))
missed = []


def row(name, ours, other, ratio, target):
    bound = float(target[2:])
    holds = ratio <= bound if target.startswith("<=") else ratio >= bound
    if not holds:
        missed.append(name)
    print(f"{name}\t{ours:.6g}\t{other:.6g}\t{ratio:.3f}\t{target}", flush=True)


def run(command, env=None, stdin=subprocess.DEVNULL, code=0):
    """Seconds and peak memory (MB) of one run; its output is read and thrown away. It ends with `code`, or this does."""
    before = time.perf_counter()
    with open(os.devnull, "wb") as null:
        process = subprocess.Popen(command, stdout=null, stderr=subprocess.PIPE, stdin=stdin, env=env)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != code:
        sys.exit(f"bench: {command} ended with {process.returncode}: {errors.decode(errors='replace')[-2000:]}")
    return seconds, usage.ru_maxrss / 1024


def pair(name, ours, other, target, times=5, env=None, other_env=None):
    run(ours, env), run(other, other_env)
    a, b = [], []
    for _ in range(times):
        a.append(run(ours, env))
        b.append(run(other, other_env))
    ratio = statistics.median(x[0] / y[0] for x, y in zip(a, b))
    row(name, statistics.median(x[0] for x in a), statistics.median(y[0] for y in b), ratio, target)
    return max(x[1] for x in a)


def budget(name, ours, allowed):
    row(name, ours, allowed, ours / allowed, "<=1.00")


def ytempire(*commands, options=("--no-cache",)):
    """Answers are computed, but for those whose options say otherwise."""
    return [PROGRAM, "--local", *options, *[word for command in commands for word in ("--exec", command)]]


def local_dsn():
    """How psql reaches the private server: the row of 'local status'."""
    out = subprocess.run(ytempire("local status", options=("--format", "json")), capture_output=True, text=True, check=True).stdout
    for line in json.loads(out):
        if line["server"] == "PostgreSQL":
            return line["address"]
    sys.exit(f"bench: no PostgreSQL in {out}")


def start(dsn):
    # psql reads no start-up file either; the same statement, the same server
    pair("start: select 1", ytempire("sql select 1", options=("--format", "csv")), [PSQL, "-X", "-c", "select 1", dsn], "<=1.10", times=41)


MILLION = ("SELECT n AS id, 'video ' || n AS title, n::bigint * 7919 % 1000003 AS views, (n % 97)::numeric / 7 AS rate,"
           " timestamptz '2026-01-01 00:00+00' + n * interval '1 second' AS at FROM generate_series(1, 1000000) AS n")


def export(dsn):
    copy = [PSQL, "-X", "-c", f"COPY ({MILLION}) TO STDOUT (FORMAT csv, HEADER)", dsn]
    memory = [pair("export: sql to csv, 1,000,000 rows", ytempire(f"sql {MILLION}", options=("--format", "csv")), copy, "<=1.10")]
    memory.append(pair("export: sql to json, 1,000,000 rows", ytempire(f"sql {MILLION}", options=("--format", "json")), copy, "<=1.10"))
    prepare_million(dsn)
    line = "snapshots by video_id, snapshot_time where video_id starts with bench for 2025"
    sql = subprocess.run(ytempire(f"explain {line}", options=("--format", "json")), capture_output=True, text=True, check=True).stdout
    copy = [PSQL, "-X", "-c", f"COPY ({inlined(sql)}) TO STDOUT (FORMAT csv, HEADER)", dsn]
    memory.append(pair("export: semantic query to csv, 1,000,000 rows", ytempire(line, options=("--no-cache", "--format", "csv")), copy, "<=1.30"))
    memory.append(pair("export: semantic query to json, 1,000,000 rows", ytempire(line, options=("--no-cache", "--format", "json")), copy, "<=1.30"))
    budget("export: peak memory, MB", max(memory), 16)


def inlined(explained):
    """The statement of `explain` with its parameters written in: COPY takes none."""
    parts = json.loads(explained)
    sql = next(p["text"] for p in parts if p["part"] == "sql")
    values = {p["part"]: p["text"] for p in parts if p["part"].startswith("$")}
    return re.sub(r"\$\d+", lambda m: "'" + values[m.group(0)].replace("'", "''") + "'", sql)


def prepare_million(dsn):
    """A million snapshots of a thousand videos in 2025: all past, as data are."""
    sql = open(os.path.join(HERE, "million.sql")).read()
    subprocess.run([PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", dsn], input=sql, text=True, check=True, stdout=subprocess.DEVNULL)


def semantic(dsn):
    out = subprocess.run([os.path.join(ROOT, "tests/bench/semantic_bench"), os.path.join(ROOT, "queries/model")], capture_output=True, text=True, check=True,
                         env=dict(os.environ, YTEMPIRE_DATADIR=ROOT)).stdout
    for line in out.splitlines():
        name, seconds, allowed = line.split("\t")
        budget(name, float(seconds), float(allowed))


def ingest(dsn):
    script = os.path.join(HERE, "ingest.py")
    if os.path.exists(script):
        sys.path.insert(0, HERE)
        import ingest as ingest_bench
        ingest_bench.measure(dsn, sys.modules[__name__])


def mapped(dsn):
    sys.path.insert(0, HERE)
    import mapped as mapped_bench
    mapped_bench.measure(dsn, sys.modules[__name__])


def idle(dsn):
    """Whether no statement of the program runs on the server."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND application_name = 'ytempire'"
    return subprocess.run([PSQL, "-X", "-A", "-t", "-c", sql, dsn], capture_output=True, text=True, check=True).stdout.strip() == "0"


def console(dsn):
    sys.path.insert(0, HERE)
    import console as console_bench
    console_bench.measure(dsn, sys.modules[__name__])


def hand(dsn):
    sys.path.insert(0, HERE)
    import hand as hand_bench
    hand_bench.measure(dsn, sys.modules[__name__])


def rollup(dsn):
    sys.path.insert(0, HERE)
    import rollup as rollup_bench
    rollup_bench.measure(dsn, sys.modules[__name__])


def worker(_):
    sys.path.insert(0, HERE)
    import worker as worker_bench
    worker_bench.measure(sys.modules[__name__])


def warm(dsn):
    sys.path.insert(0, HERE)
    import warm as warm_bench
    warm_bench.measure(dsn, sys.modules[__name__])


def redis_socket():
    out = subprocess.run(ytempire("local status", options=("--format", "json")), capture_output=True, text=True, check=True).stdout
    return next(line["address"] for line in json.loads(out) if line["server"] == "Redis")


def cache(dsn):
    """A cached question as a whole process, beside redis-cli that gets the same bytes."""
    subprocess.run(ytempire("sample load --channels 25 --days 30"), check=True, capture_output=True)
    line = "views_gained by day, category last 28 days"
    asked = subprocess.run(ytempire(line, options=("--format", "json", "--stats")), capture_output=True, text=True, check=True)
    key = json.loads(asked.stderr.splitlines()[-1])["key"]
    pair("cache: a cached question", ytempire(line, options=("--format", "json")), ["redis-cli", "-s", redis_socket(), "GET", key],
         "<=0.80", times=41)
    again = subprocess.run(ytempire(line, options=("--format", "json", "--stats")), capture_output=True, text=True, check=True)
    if json.loads(again.stderr.splitlines()[-1])["cache"] != "hit":
        sys.exit("bench: what was measured was not cached")


def board(dsn):
    sys.path.insert(0, HERE)
    import board as board_bench
    board_bench.measure(dsn, sys.modules[__name__])


def screens(dsn):
    sys.path.insert(0, HERE)
    import screens as screens_bench
    screens_bench.measure(dsn, sys.modules[__name__])


def queue(dsn):
    sys.path.insert(0, HERE)
    import queue_rows
    queue_rows.measure(dsn, sys.modules[__name__])


GROUPS = {"start": start, "export": export, "semantic": semantic, "ingest": ingest, "mapped": mapped, "console": console, "hand": hand, "rollup": rollup, "worker": worker, "warm": warm, "cache": cache,
          "queue": queue, "board": board, "screens": screens}


def main():
    wanted = sys.argv[1:] or list(GROUPS)
    print("name\tours\tother\tratio\ttarget", flush=True)
    dsn = local_dsn()
    for name in wanted:
        GROUPS[name](dsn)
    if missed:
        print("bench: missed: " + "; ".join(missed), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
