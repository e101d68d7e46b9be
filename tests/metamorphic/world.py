"""The sample company, thinned out; nasty rows, and late ones; rollups built to different moments."""
import os
import subprocess

CLOCK = "2025-01-09T15:30:00Z"
DAYS = 100
FACT = "analytics.fact_video_performance"
COLUMNS = 'video_key, channel_key, user_key, date_key, "timestamp"'

# a row of a video at a moment: its own channel, or another one
AT = """INSERT INTO {fact} ({columns}, {more}) SELECT v.video_key, c.channel_key, u.user_key,
 to_char({at} AT TIME ZONE 'UTC', 'YYYYMMDD')::int, {at}, {values}
 FROM analytics.dim_video AS v JOIN analytics.dim_channel AS c ON c.channel_id = {channel} AND c.is_current
 JOIN analytics.dim_user AS u ON u.user_id = c.user_id AND u.is_current
 {also} WHERE {which} ON CONFLICT DO NOTHING"""
OTHER_CHANNEL = "(SELECT min(o.channel_id) FROM analytics.dim_channel AS o WHERE o.channel_id > v.channel_id)"


def rows(at, more, values, which, channel="v.channel_id", also=""):
    return AT.format(fact=FACT, columns=COLUMNS, at=at, more=more, values=values, which=which, channel=channel,
                     also=also)


def moments(*texts):
    return "CROSS JOIN (VALUES %s) AS m (at)" % ", ".join("('%s'::timestamptz)" % text for text in texts)


# hours that come twice or not at all (Los Angeles, Berlin, Sydney, Lord Howe); edges of days, weeks, months, the year
EDGES = ["2024-10-05 15:59+00", "2024-10-05 16:00+00", "2024-10-27 00:30+00", "2024-10-27 01:30+00",
         "2024-11-03 08:30+00", "2024-11-03 09:30+00", "2024-11-03 23:59:59.999999+00", "2024-11-04 00:00+00",
         "2024-11-30 23:59:59.999+00", "2024-12-01 00:00+00", "2024-12-01 08:00+00", "2024-12-29 23:30+00",
         "2024-12-31 23:59:59.5+00", "2025-01-01 00:00+00", "2025-01-01 07:59:59.999999+00"]

NASTY = [
    "DELETE FROM {fact} WHERE hashint4(video_key) % 3 <> 0",
    "DELETE FROM {fact} WHERE views IS NOT NULL AND hashint8(video_key * 7919 + extract(epoch FROM"
    " \"timestamp\")::bigint / 60) % 5 <> 0",
    "UPDATE {fact} SET likes = NULL WHERE (video_key + date_key) % 7 = 0",
    "UPDATE {fact} SET views = NULL WHERE (video_key + date_key) % 11 = 0 AND likes IS NOT NULL",
    "UPDATE {fact} SET comments = NULL, shares = 3 WHERE (video_key * 3 + date_key) % 5 = 0 AND views IS NOT NULL",
    "UPDATE {fact} SET views = views * 9 / 10 WHERE (video_key + date_key) % 13 = 0",
    "UPDATE {fact} SET views = 0 WHERE video_key % 17 = 0 AND date_key % 3 = 0 AND views IS NOT NULL",
    "UPDATE {fact} SET actual_revenue_cents = -actual_revenue_cents WHERE (video_key + date_key) % 19 = 0",
    "UPDATE {fact} SET cost_cents = 0, actual_revenue_cents = NULL WHERE (video_key + date_key) % 23 = 0 AND views"
    " IS NULL",
    "UPDATE {fact} SET impressions = NULL WHERE (video_key + date_key) % 6 = 0",
    # videos that move to another channel, and back
    "UPDATE {fact} AS f SET channel_key = o.channel_key, user_key = u.user_key FROM analytics.dim_channel AS o JOIN"
    " analytics.dim_user AS u"
    " ON u.user_id = o.user_id AND u.is_current WHERE o.is_current AND o.channel_id = (SELECT max(channel_id) FROM"
    " analytics.dim_channel)"
    " AND f.video_key % 4 = 1 AND f.\"timestamp\" BETWEEN '2024-11-03 08:30+00' AND '2024-12-20 05:00+00'",
    "UPDATE analytics.dim_channel SET niche = NULL WHERE channel_id = (SELECT min(channel_id) FROM"
    " analytics.dim_channel)",
    "UPDATE analytics.dim_channel SET channel_name = 'Twin' WHERE channel_id IN (SELECT channel_id FROM"
    " analytics.dim_channel ORDER BY channel_id LIMIT 2)",
    "UPDATE analytics.dim_video SET video_title = 'It''s \"one\" 100%, twice' WHERE video_key % 9 = 0",
    "UPDATE analytics.dim_video SET video_title = NULL, video_tags = NULL WHERE video_key % 31 = 0",
    "UPDATE analytics.dim_video SET category = NULL, content_type = NULL WHERE video_key % 10 = 3",
    "UPDATE analytics.dim_video SET published_at = NULL, video_tags = '{{}}' WHERE video_key % 14 = 5",
    "UPDATE analytics.dim_video SET duration_seconds = NULL, is_active = false WHERE video_key % 8 = 2",
    rows("m.at", "views, likes, comments", "1000 * v.video_key + extract(epoch FROM m.at)::int / 100000, NULL, 5",
         "v.video_key % 3 = 0", also=moments(*EDGES)),
    rows("m.at", "actual_revenue_cents, cost_cents, impressions", "12.345678, 0.000001, 100", "v.video_key % 6 = 1",
         also=moments(*EDGES)),
    rows("m.at", "views, likes", "50, 60", "v.video_key % 12 = 0", OTHER_CHANNEL,
         moments("2024-11-20 10:00+00", "2025-01-05 00:00+00")),
    # long ago, and after the clock
    rows("m.at", "views, likes, actual_revenue_cents", "7, NULL, 99.5", "v.video_key % 5 = 0",
         also=moments("2023-12-31 23:30+00", "2024-02-29 12:00+00")),
    rows("m.at", "views, likes, actual_revenue_cents", "9999999, 1, 1000", "v.video_key % 20 = 0",
         also=moments("2025-01-09 15:29:59.999999+00", "2025-01-09 15:30+00", "2025-01-09 20:00+00")),
    "INSERT INTO ops.counter_base (video_key, channel_key, user_key, \"timestamp\", views, likes) SELECT DISTINCT"
    " ON (video_key) video_key,"
    " channel_key, user_key, '2023-06-01 12:00+00'::timestamptz, 3, 1 FROM {fact} WHERE video_key % 10 = 0 ORDER BY"
    " video_key, \"timestamp\"",
    "INSERT INTO analytics.fact_costs (source, source_ref, user_key, date_key, cost_category, quantity,"
    " total_cost_cents, video_id, channel_id, cost_timestamp)"
    " SELECT 'nasty', n::text, CASE WHEN n % 2 = 0 THEN (SELECT min(user_key) FROM analytics.dim_user) END,"
    " to_char(at AT TIME ZONE 'UTC', 'YYYYMMDD')::int,"
    " (ARRAY['ai', NULL, 'api', 'It''s'])[n % 4 + 1], NULLIF(n % 3, 0), n * 1.5 - 10, CASE WHEN n % 3 = 0 THEN 'no"
    " such video' END,"
    " CASE WHEN n % 5 = 0 THEN 'no such channel' WHEN n % 5 = 1 THEN (SELECT min(channel_id) FROM"
    " analytics.dim_channel) END, at"
    " FROM generate_series(1, 60) AS n " + moments(*EDGES[::3]),
    "UPDATE analytics.fact_channel_daily SET subscriber_count = NULL WHERE (channel_key + date_key) % 5 = 0",
    "DELETE FROM analytics.fact_channel_daily WHERE (channel_key + date_key) % 7 = 0",
    "UPDATE analytics.fact_revenue SET attributed_views = NULL WHERE date_key % 4 = 0",
    "DELETE FROM analytics.youtube_metrics WHERE id % 4 <> 0",
    "ANALYZE",
]

LATE = [
    rows("m.at", "views, likes, comments", "v.video_key * 900 + 5, 10, 1", "v.video_key % 5 = 2",
         also=moments("2024-10-20 10:10+00", "2024-11-03 09:45+00", "2024-12-01 00:00:01+00", "2024-12-28 23:59+00")),
    rows("m.at", "actual_revenue_cents, cost_cents", "1000.25, 3", "v.video_key % 7 = 2", OTHER_CHANNEL,
         also=moments("2024-10-20 10:11+00", "2024-11-15 00:00+00", "2024-12-31 23:45+00")),
    "UPDATE {fact} SET views = views + 1, actual_revenue_cents = actual_revenue_cents * 2 WHERE \"timestamp\" >="
    " '2024-12-10 00:00+00'"
    " AND \"timestamp\" < '2024-12-10 05:00+00'",
    "UPDATE {fact} SET views = NULL, likes = 3 WHERE \"timestamp\" >= '2024-11-25 03:00+00' AND \"timestamp\" <"
    " '2024-11-25 04:00+00'",
    "UPDATE analytics.fact_costs SET total_cost_cents = total_cost_cents + 1 WHERE cost_timestamp >= '2024-11-04"
    " 00:00+00'"
    " AND cost_timestamp < '2024-11-05 00:00+00'",
]
NOTED = [
    "INSERT INTO ops.touched_hours (relation, hour) SELECT '{fact}', h FROM unnest(ARRAY['2024-10-20 10:00+00',"
    " '2024-11-03 09:00+00',"
    " '2024-12-01 00:00+00', '2024-12-28 23:00+00', '2024-11-15 00:00+00', '2024-12-31 23:00+00', '2024-11-25"
    " 03:00+00',"
    " '2024-12-10 00:00+00', '2024-12-10 01:00+00', '2024-12-10 02:00+00', '2024-12-10 03:00+00', '2024-12-10"
    " 04:00+00']::timestamptz[]) AS h",
    "INSERT INTO ops.touched_hours (relation, hour) SELECT 'analytics.fact_costs', h FROM"
    " generate_series('2024-11-04 00:00+00'::timestamptz, '2024-11-04 23:00+00', '1 hour') AS h",
]

# where each rollup ends; of another one at the bucket the real clock is in
WATERMARKS = {"r_day": "2024-12-29", "r_hour": "2025-01-03 11:00", "r_month": "2025-01-01",
              "c_hour": "2024-12-31 23:00", "r_segments": "2024-11-04"}


class World:
    def __init__(self, program, dsn, folder, source):
        self.program, self.dsn, self.folder, self.source = program, dsn, folder, source

    def make(self, asker, seed):
        asker.request("sample", "7", str(DAYS), str(seed))
        self.run(asker, NASTY)

    @staticmethod
    def run(asker, statements):
        for statement in statements:
            asker.sql(statement.format(fact=FACT) if "{fact}" in statement or "{{" in statement else statement)

    def refresh(self):
        done = subprocess.run([self.program, "--local", "--quiet", "--model", self.folder, "--exec", "rollup refresh"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit("rollup refresh: " + done.stderr)

    def set_watermarks(self, asker, cubes, zone):
        """As a refresh at that moment would have left them: what is later is not there yet."""
        for cube, rollups in cubes.items():
            for name in rollups:
                if name not in WATERMARKS:
                    continue
                found = asker.request("rollup", cube, name)
                if found["time"] is None:              # hours are not kept where clocks change by half of one
                    continue
                at = "('%s'::timestamp AT TIME ZONE '%s')" % (WATERMARKS[name], zone)
                asker.sql("DELETE FROM %s WHERE %s >= %s" % (found["relation"], found["time"], at))
                asker.sql("UPDATE ops.rollup_state SET watermark = %s, rows = (SELECT count(*) FROM %s)"
                          " WHERE cube = '%s' AND name = '%s'"
                          % (at, found["relation"], cube, name))
