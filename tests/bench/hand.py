"""Semantic queries beside statements for the same answers as a person writes them, by the server's own time: planning
and execution as EXPLAIN ANALYZE tells them, in turn, over a million snapshots (million.sql). Both in one session that
has asked both once, as a console's has; and each as the first thing that a new session does, where most of the planning
is the server reading its catalogs and its own program."""
import re
import statistics
import subprocess

TIMES = 31
QUESTIONS = {
    "snapshots by day, channel for 2025": """
        SELECT date_trunc('day', f."timestamp", 'UTC') AS day, now_.channel_name, count(*)
        FROM analytics.fact_video_performance AS f
        LEFT JOIN analytics.dim_channel AS c USING (channel_key)
        LEFT JOIN analytics.dim_channel AS now_ ON now_.channel_id = c.channel_id AND now_.is_current
        WHERE f."timestamp" >= '2025-01-01 00:00+00' AND f."timestamp" < '2026-01-01 00:00+00'
        GROUP BY 1, 2, now_.channel_id
        ORDER BY 1, 2""",
    "views_gained by month for 2025": """
        SELECT month, sum(gained) FROM (
            SELECT date_trunc('month', "timestamp", 'UTC') AS month, "timestamp",
                   views - lag(views) OVER (PARTITION BY video_key ORDER BY "timestamp") AS gained
            FROM (SELECT video_key, "timestamp", views FROM analytics.video_snapshots
                   WHERE views IS NOT NULL AND "timestamp" >= '2025-01-01 00:00+00' AND "timestamp" < '2026-01-01 00:00+00'
                  UNION ALL
                  SELECT v.video_key, b."timestamp", b.views
                  FROM analytics.dim_video AS v
                  CROSS JOIN LATERAL (SELECT "timestamp", views FROM analytics.video_snapshots
                                       WHERE video_key = v.video_key AND views IS NOT NULL AND "timestamp" < '2025-01-01 00:00+00'
                                       ORDER BY "timestamp" DESC LIMIT 1) AS b) AS snapshot) AS step
        WHERE "timestamp" >= '2025-01-01 00:00+00'
        GROUP BY 1 ORDER BY 1""",
    "total_views by channel for 2025-11": """
        SELECT now_.channel_name, sum(s.views)
        FROM analytics.dim_video AS v
        CROSS JOIN LATERAL (SELECT views, channel_key FROM analytics.video_snapshots
                             WHERE video_key = v.video_key AND views IS NOT NULL AND "timestamp" < '2025-12-01 00:00+00'
                             ORDER BY "timestamp" DESC LIMIT 1) AS s
        LEFT JOIN analytics.dim_channel AS c ON c.channel_key = s.channel_key
        LEFT JOIN analytics.dim_channel AS now_ ON now_.channel_id = c.channel_id AND now_.is_current
        GROUP BY now_.channel_name, now_.channel_id
        ORDER BY 2 DESC, 1""",
}


def measure(dsn, bench):
    bench.run(bench.ytempire("migrate up", options=("--yes",)))
    bench.prepare_million(dsn)

    def psql(sql):
        return subprocess.run([bench.PSQL, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", dsn], input="SET jit = off;" + sql, text=True, check=True, capture_output=True).stdout

    def seconds(*statements):
        out = psql("".join(f"EXPLAIN (ANALYZE, TIMING OFF) {sql};" for sql in statements))
        times = [float(ms) / 1000 for ms in re.findall(r"(?:Planning|Execution) Time: ([\d.]+)", out)]
        return [planning + execution for planning, execution in zip(times[::2], times[1::2])]

    def warm(first, second):
        return seconds(first, second, first, second)[2:]

    def new(first, second):
        return seconds(first) + seconds(second)

    for line, hand in QUESTIONS.items():
        out = subprocess.run(bench.ytempire(f"explain {line}", options=("--format", "json")), capture_output=True, text=True, check=True).stdout
        ours = bench.inlined(out)
        rows = [sorted(psql(sql).splitlines()) for sql in (ours, hand)]
        assert rows[0] == rows[1] != [], (line, rows)
        for name, times in (("hand", warm), ("hand, new session", new)):
            pairs = [times(ours, hand) if n % 2 else times(hand, ours)[::-1] for n in range(TIMES)]
            bench.row(f"{name}: {line}", statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs),
                      statistics.median(a / b for a, b in pairs), "<=1.05")
