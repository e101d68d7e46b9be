"""Rollups over a year of snapshots, beside the facts.

YTEMPIRE_BENCH_VIDEOS (14,000: 20,440,000 rows) of 200 channels. Times are the server's own; the statements over the
facts are those that the same questions have before the rollup is built. Of each question over the rollup the median of
seven in one session is taken, after the first, in which the server reads its catalogs; of the facts the median of as
many as were asked for (YTEMPIRE_BENCH_TIMES, 1: a minute or two each).
"""
import json
import os
import re
import statistics
import subprocess

CHANNELS = 200
QUESTIONS = [
    ("total_views", "total_views by day, channel for 2025"),
    ("views_gained", "views_gained by day, channel for 2025"),
    ("revenue", "revenue by day, channel for 2025"),
]
LATE = """
INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, "timestamp", views, actual_revenue_cents)
SELECT video_key, channel_key, user_key, date_key, "timestamp" + interval '%d minutes', views + 3, 7
FROM analytics.fact_video_performance WHERE "timestamp" = timestamptz '%s' AND %s;
"""
NOTE = "INSERT INTO ops.touched_hours (relation, hour) VALUES ('analytics.fact_video_performance', timestamptz '%s') ON CONFLICT DO NOTHING;"


def measure(dsn, bench):
    def psql(text, user=None, options=""):
        target = re.sub(r"user=\S+", f"user={user}", dsn) if user else dsn
        return subprocess.run([bench.PSQL, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", f"channels={CHANNELS}", "-v", f"videos={videos // CHANNELS}", target],
                              input=text, text=True, check=True, capture_output=True, env=dict(os.environ, PGOPTIONS=options)).stdout

    def load(text):                                     # keys are known to be there: 20 million look-ups less
        psql(text, "postgres", "-c session_replication_role=replica")

    def explained(line):
        out = subprocess.run(bench.ytempire(f"explain {line}", options=("--format", "json")), capture_output=True, text=True, check=True).stdout
        source = next(part["text"] for part in json.loads(out) if part["part"] == "source")
        return bench.inlined(out), source

    def server_seconds(sql, count):
        out = psql("SET jit = off;" + f"EXPLAIN (ANALYZE, TIMING OFF) {sql};" * count)
        return [float(ms) / 1000 for ms in re.findall(r"Execution Time: ([\d.]+)", out)]

    def refresh():
        out = subprocess.run(bench.ytempire("rollup refresh daily_rollup", options=("--yes", "--format", "json")), capture_output=True, text=True, check=True).stdout
        return json.loads(out)[0]

    videos = int(os.environ.get("YTEMPIRE_BENCH_VIDEOS", "14000"))
    times = int(os.environ.get("YTEMPIRE_BENCH_TIMES", "1"))
    bench.run(bench.ytempire("migrate up", options=("--yes",)))
    load(open(os.path.join(bench.HERE, "year.sql")).read())
    psql("DELETE FROM ops.rollup_state")
    over_facts = {}
    for name, line in QUESTIONS:
        over_facts[name], source = explained(line)
        assert source.startswith("facts"), source
    built = refresh()["seconds"]
    psql("ANALYZE parts.rollup_videoperformance_daily_rollup")
    for name, line in QUESTIONS:
        sql, source = explained(line)
        assert source.startswith("rollup"), source
        rolled = statistics.median(server_seconds(sql, 8)[1:])
        facts = statistics.median(server_seconds(over_facts[name], times))
        bench.row(f"rollup: {name} by day, channel of a year; facts ÷ rollup", rolled, facts, facts / rolled, ">=500")
    late(bench, load, psql, refresh, built)


def late(bench, load, psql, refresh, built):
    """A day's rows that come late: of a video in a hundred, and of every video behind its last snapshot of the day."""
    for name, at, minutes, which, target in (
            ("a hundredth of the videos", "2025-06-10 12:00+00", 20, "video_key % 100 = 0", "<=0.01"),
            ("every video, behind its last", "2025-08-20 18:00+00", 20, "true", "<=0.02")):
        seconds = []
        for n in range(3):
            load(LATE % (minutes + n, at, which))
            psql(NOTE % at)
            done = refresh()
            assert done["done"] == "updated" and done["buckets"] in (1, 2), done
            seconds.append(done["seconds"])
        bench.row(f"rollup: refresh of a late day, {name}; of a full build", statistics.median(seconds), built, statistics.median(seconds) / built, target)
