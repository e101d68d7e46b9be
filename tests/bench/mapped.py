"""Loading a file with a mapping of one's own, one row in a thousand bad: against a hand-written \\copy and upserts of the same, against
pandas and psycopg2, and against itself when the same file is loaded again."""
import json
import os
import random
import statistics
import subprocess
import tempfile
from datetime import date, timedelta

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = int(os.environ.get("YTEMPIRE_BENCH_ROWS", 1000000))
PANDAS_ROWS = ROWS // 50
TIMES = int(os.environ.get("YTEMPIRE_BENCH_TIMES", 3))
VIDEOS_A_DAY = 1000
MAPPING = {
    "kind": "csv", "target": "video_performance",
    "columns": {"video_id": "video", "timestamp": "at", "channel_id": "channel", "channel_name": "channel_name", "video_title": "title",
                "views": "views", "likes": "likes", "comments": "comments",
                "actual_revenue_cents": {"from": "revenue", "times": 100}}}


def write(path, rows, seed=1):
    """Snapshots of as many days as it takes, a thousand videos each; a video has a week of them, a channel twenty videos."""
    rng = random.Random(seed)
    day, n = date(2025, 1, 1), 0
    with open(path, "w", encoding="utf-8") as f:
        f.write("video,at,channel,channel_name,title,views,likes,comments,revenue\n")
        while n < rows:
            week = (day - date(2025, 1, 1)).days // 7
            for v in range(min(VIDEOS_A_DAY, rows - n)):
                n += 1
                number = week * VIDEOS_A_DAY + v
                views = str(rng.randrange(10 ** 7)) if n % 1000 else "n/a"
                f.write(f"v{number:010d},{day}T00:00:00Z,UC{number // 20 % 5000:06d},Channel {number // 20 % 5000},"
                        f"\"Video {number}, the title\",{views},{n % 5000},{n % 300},{n % 777 / 100:.2f}\n")
            day += timedelta(days=1)


def psql(dsn, bench, name, **variables):
    words = [word for key, value in variables.items() for word in ("-v", f"{key}={value}")]
    return [bench.PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", *words, "-f", os.path.join(HERE, name), dsn]


def clear(dsn, bench, rows):
    last = date(2025, 1, 1) + timedelta(days=rows // VIDEOS_A_DAY)
    subprocess.run(psql(dsn, bench, "mapped_clear.sql", last=last), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def stored(dsn, bench):
    """What both must have made."""
    sql = ("SELECT count(*), sum(views), sum(actual_revenue_cents), (SELECT count(*) FROM analytics.dim_video),"
           " (SELECT count(*) FROM analytics.dim_channel), (SELECT count(*) FROM analytics.video_performance_hourly)"
           " FROM analytics.fact_video_performance")
    return subprocess.run([bench.PSQL, "-X", "-At", "-c", sql, dsn], check=True, capture_output=True, text=True).stdout


def in_turn(dsn, bench, rows, ours, other):
    a, b, memory, again = [], [], 0, []
    for _ in range(TIMES):
        clear(dsn, bench, rows)
        seconds, peak = bench.run(ours, code=4)
        a.append(seconds)
        memory = max(memory, peak)
        made = stored(dsn, bench)
        again.append(bench.run(ours, code=4)[0])
        clear(dsn, bench, rows)
        b.append(bench.run(other)[0])
        assert made == stored(dsn, bench), f"both sides must make the same: {made} {stored(dsn, bench)}"
    return a, b, memory, again


def measure(dsn, bench):
    bench.run(bench.ytempire("jobs"))      # migrates a new database
    with tempfile.TemporaryDirectory(prefix="ytempire-bench-") as folder:
        sources = os.path.join(folder, "ytempire", "queries", "sources")
        os.makedirs(sources)
        os.environ["XDG_CONFIG_HOME"] = folder
        with open(os.path.join(sources, "bench_stats.json"), "w", encoding="utf-8") as f:
            json.dump(MAPPING, f)
        path, short = os.path.join(folder, "stats.csv"), os.path.join(folder, "short.csv")
        write(path, ROWS)
        load = bench.ytempire(f"ingest bench_stats '{path}'")
        a, b, memory, again = in_turn(dsn, bench, ROWS, load, psql(dsn, bench, "mapped_hand.sql", file=path))
        bench.row(f"mapped: {ROWS:,} rows, one in a thousand bad, against \\copy and upserts by hand", statistics.median(a),
                  statistics.median(b), statistics.median(x / y for x, y in zip(a, b)), "<=1.10")
        bench.row("mapped: the same file again, against the first time", statistics.median(again), statistics.median(a),
                  statistics.median(x / y for x, y in zip(again, a)), "<=0.25")
        bench.budget("mapped: peak memory, MB", memory, 32)
        write(short, PANDAS_ROWS)
        load = bench.ytempire(f"ingest bench_stats '{short}'")
        pandas = ["/usr/bin/python3", os.path.join(HERE, "mapped_pandas.py"), dsn, short]
        a, b, _, _ = in_turn(dsn, bench, PANDAS_ROWS, load, pandas)
        bench.row(f"mapped: {PANDAS_ROWS:,} rows, against pandas and psycopg2", statistics.median(a), statistics.median(b),
                  statistics.median(y / x for x, y in zip(a, b)), ">=10")
        clear(dsn, bench, 0)
