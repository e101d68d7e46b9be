"""Loading a trending file: against a hand-written \\copy with upserts of the same dimensions, and against pandas and psycopg2."""
import os
import statistics
import subprocess
import tempfile
from datetime import date, timedelta

import ingest_rows

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = int(os.environ.get("YTEMPIRE_BENCH_ROWS", 1000000))
PANDAS_ROWS = ROWS // 50
TIMES = int(os.environ.get("YTEMPIRE_BENCH_TIMES", 3))


def clear(dsn, bench, rows):
    last = date(2017, 11, 14) + timedelta(days=rows // ingest_rows.CHART)
    subprocess.run([bench.PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", f"last={last}", "-f", os.path.join(HERE, "ingest_clear.sql"), dsn],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def stored(dsn, bench):
    """What both must have made: snapshots, their views, videos, channels, hours."""
    sql = ("SELECT count(*), sum(views), (SELECT count(*) FROM analytics.dim_video), (SELECT count(*) FROM analytics.dim_channel),"
           " (SELECT count(*) FROM analytics.video_performance_hourly) FROM analytics.fact_video_performance")
    return subprocess.run([bench.PSQL, "-X", "-At", "-c", sql, dsn], check=True, capture_output=True, text=True).stdout


def in_turn(dsn, bench, rows, ours, other):
    """Seconds of each, in turn on an empty warehouse, and our peak memory."""
    a, b, memory = [], [], 0
    for _ in range(TIMES):
        clear(dsn, bench, rows)
        seconds, peak = bench.run(ours)
        a.append(seconds)
        memory = max(memory, peak)
        made = stored(dsn, bench)
        clear(dsn, bench, rows)
        b.append(bench.run(other)[0])
        assert made == stored(dsn, bench), "both sides must make the same"
    return a, b, memory


def measure(dsn, bench):
    bench.run(bench.ytempire("jobs"))      # migrates a new database
    with tempfile.TemporaryDirectory(prefix="ytempire-bench-") as folder:
        path, short = os.path.join(folder, "trending.csv"), os.path.join(folder, "short.csv")
        ingest_rows.write(path, ROWS)
        load = bench.ytempire(f"ingest trending '{path}'")
        hand = [bench.PSQL, "-X", "-q", "-v", f"file={path}", "-f", os.path.join(HERE, "ingest_hand.sql"), dsn]
        a, b, memory = in_turn(dsn, bench, ROWS, load, hand)
        bench.row(f"ingest: {ROWS:,} rows, against \\copy and upserts by hand", statistics.median(a), statistics.median(b),
                  statistics.median(x / y for x, y in zip(a, b)), "<=1.10")
        bench.budget("ingest: peak memory, MB", memory, 32)
        ingest_rows.write(short, PANDAS_ROWS)
        load = bench.ytempire(f"ingest trending '{short}'")
        pandas = ["/usr/bin/python3", os.path.join(HERE, "ingest_pandas.py"), dsn, short]
        a, b, _ = in_turn(dsn, bench, PANDAS_ROWS, load, pandas)
        bench.row(f"ingest: {PANDAS_ROWS:,} rows, against pandas and psycopg2", statistics.median(a), statistics.median(b),
                  statistics.median(y / x for x, y in zip(a, b)), ">=10")
        clear(dsn, bench, 0)
