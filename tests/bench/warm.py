"""Warming beside the specification's loop: whole processes, the same server, the same Redis, the same users.

YTEMPIRE_BENCH_USERS (10,000), each with a row of revenue a day for forty days. The ratio is theirs ÷ ours. Before it
counts, the figures are compared, user by user.
"""
import json
import os
import statistics
import subprocess
import sys
from decimal import Decimal


def measure(dsn, bench):
    bench.run(bench.ytempire("migrate up", options=("--yes",)))
    users = int(os.environ.get("YTEMPIRE_BENCH_USERS", "10000"))
    socket = next(r["address"] for r in json.loads(subprocess.run(
        bench.ytempire("local status", options=("--format", "json")), capture_output=True, text=True, check=True).stdout) if r["server"] == "Redis").removeprefix("unix:")
    subprocess.run([bench.PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", f"users={users}", "-v", "days=40", "-f", os.path.join(bench.HERE, "warm.sql"), dsn],
                   check=True, stdout=subprocess.DEVNULL)
    ours = bench.ytempire("cache warm user_dashboards")
    loop = ["/usr/bin/python3", os.path.join(bench.HERE, "warm_loop.py"), dsn, socket]

    def redis(*words):
        return subprocess.run(["redis-cli", "-s", socket, "--raw", *words], capture_output=True, text=True, check=True).stdout.splitlines()

    def values():
        keys = sorted(redis("--scan", "--pattern", "analytics:user:*:monthly_revenue"))
        found = [json.loads(value)[0]["revenue"] for value in redis("MGET", *keys)]
        return {key: None if value is None else Decimal(value) for key, value in zip(keys, found)}

    redis("FLUSHALL")
    bench.run(loop)
    by_loop = values()
    redis("FLUSHALL")
    bench.run(ours)
    if len(by_loop) < users or values() != by_loop:
        sys.exit("bench: warming and the loop do not agree")
    a, b = [], []
    for _ in range(3):
        a.append(statistics.median(bench.run(ours)[0] for _ in range(5)))
        b.append(bench.run(loop)[0])
    bench.row(f"warm: {users:,} users, one query a user ÷ one pass", statistics.median(a), statistics.median(b), statistics.median(y / x for x, y in zip(a, b)), ">=50")
