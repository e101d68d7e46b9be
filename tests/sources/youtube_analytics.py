"""youtube-analytics: reports by day, provisional days and final ones, money that may be hidden, an account's token."""
import datetime
import zoneinfo

import place as ground
from api_server import Answer, ApiServer, google_error, recorded
from place import same
from youtube_data import place as data_place
from youtube_world import channel_id, video_id

SECRETS = {"YOUTUBE_REFRESH_TOKEN": "1//refresh-token-of-the-test", "YOUTUBE_CLIENT_ID": "client-of-the-test",
           "YOUTUBE_CLIENT_SECRET": "secret-of-the-client"}
METRICS = """
SELECT line FROM (
  SELECT concat_ws('|', 'metrics', m.channel_id, m.video_id, m.date, m.views, m.watch_time_minutes, coalesce(m.revenue_usd, -1)) AS line
    FROM analytics.youtube_metrics AS m
  UNION ALL SELECT concat_ws('|', 'increment', v.video_id, f.timestamp, f.views, f.watch_time_minutes, f.average_view_duration_seconds,
                   f.average_percentage_viewed, coalesce(f.estimated_revenue_cents, -1), f.subscriber_gained, f.subscriber_lost)
    FROM analytics.fact_video_performance AS f JOIN analytics.dim_video AS v USING (video_key)
  UNION ALL SELECT concat_ws('|', 'day', d.channel_id, d.metric_date, d.total_views, d.total_likes, d.total_comments, d.total_shares,
                   d.avg_engagement_rate, coalesce(d.revenue_cents, -1), d.subscriber_gained, d.subscriber_lost)
    FROM analytics.fact_channel_daily AS d
  UNION ALL SELECT concat_ws('|', 'revenue', r.source, r.channel_id, r.metric_date, r.ad_revenue_cents, r.total_revenue_cents, r.attributed_views)
    FROM analytics.fact_revenue AS r
  UNION ALL SELECT concat_ws('|', 'until', w.stream, w.position, w.data_until) FROM ops.watermarks AS w
  UNION ALL SELECT concat_ws('|', 'letter', column_name, reason, raw) FROM ops.dead_letters
) AS lines ORDER BY line COLLATE "C"
"""
CASES = []


def case(function):
    CASES.append(function)
    return function


class World:
    """Reports over made-up days up to three before today, Pacific; `poor` channels are told no money."""

    def __init__(self):
        self.tokens, self.gone, self.poor, self.strange, self.twisted, self.more = 0, False, set(), set(), None, 0

    def answer(self, request):
        if request.path == "/token":
            self.tokens += 1
            if self.gone:
                return Answer({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400)
            assert b"refresh_token=1%2F%2Frefresh-token-of-the-test" in request.body, request.body
            return {"access_token": "ya29.token-of-the-test-%d" % self.tokens, "expires_in": 3599}
        if request.headers.get("Authorization") not in ["Bearer ya29.token-of-the-test-%d" % n for n in range(1, self.tokens + 1)]:
            return google_error(401, "authError", "Invalid Credentials", "global")
        query = request.query
        channel, metrics = query["ids"].split("==")[1], query["metrics"].split(",")
        if channel in self.strange or (channel in self.poor and "estimatedRevenue" in metrics):
            return google_error(403, "forbidden", "Forbidden", "global")
        videos = query["filters"].split("==")[1].split(",") if "filters" in query else [None]
        names = query["dimensions"].split(",") + metrics
        rows = [self.row(names, day, video) for day in self.days(query) for video in videos]
        first, most = int(query.get("startIndex", 1)) - 1, int(query["maxResults"])
        body = {"kind": "youtubeAnalytics#resultTable", "rows": rows[first:first + most],
                "columnHeaders": [{"name": name, "dataType": "STRING" if name in ("day", "video") else "FLOAT"} for name in names]}
        if not rows:
            del body["rows"]
        return self.twisted(body) if self.twisted else body

    @staticmethod
    def days(query):
        day, last = (datetime.date.fromisoformat(query[name]) for name in ("startDate", "endDate"))
        last = min(last, datetime.datetime.now(zoneinfo.ZoneInfo("America/Los_Angeles")).date() - datetime.timedelta(days=3))
        while day <= last:
            yield day
            day += datetime.timedelta(days=1)

    def row(self, names, day, video):
        n = day.toordinal() % 100 + (int(video[-3:]) if video else 0)
        told = {"day": str(day), "video": video, "views": n * 10 + self.more, "estimatedMinutesWatched": n * 3,
                "averageViewDuration": 61.5, "averageViewPercentage": 41.25, "likes": n, "comments": 2, "shares": 1,
                "subscribersGained": 3, "subscribersLost": 1, "estimatedRevenue": 0.012345}
        return [told[name] for name in names]


def place(channels=1, videos=2):
    made = data_place(channels)
    made.secrets = SECRETS
    for c in range(channels):
        for v in range(videos):
            made.psql("INSERT INTO analytics.dim_video (video_id, channel_id) VALUES ('%s', '%s')" %
                      (video_id(c * 1000 + v), channel_id(c)))
    return made


def load(made, server, code=0, more=""):
    return made.run("ingest youtube-analytics base=%s/v2 token_url=%s/token pause=1 timeout=2%s" % (server.base, server.base, more),
                    code=code)


RANGE = " from=2026-03-06 to=2026-03-10"


@case
def a_day_is_a_channels_and_its_videos_with_money_exact():
    made, world = place(), World()
    with ApiServer(world.answer) as server:
        load(made, server, more=RANGE)
        same(len([r for r in server.asked if r.path == "/v2/reports"]), 4, "reports")
    n = datetime.date(2026, 3, 8).toordinal() % 100
    same(made.rows("SELECT video_id IS NULL, views, watch_time_minutes, revenue_usd, user_id FROM analytics.youtube_metrics "
                   "WHERE date = '2026-03-08' AND (video_id IS NULL OR video_id = '%s') ORDER BY 1" % video_id(1)),
         [("f", str(n * 10 + 10), "%d.00" % (n * 3 + 3), "0.012345", "00000000-0000-4000-8000-00000000a000"),
          ("t", str(n * 10), "%d.00" % (n * 3), "0.012345", "00000000-0000-4000-8000-00000000a000")], "metrics")
    # the clock changed on that day: it began at eight o'clock UTC, the next one at seven
    same(made.rows("SELECT f.timestamp, views IS NULL, estimated_revenue_cents, subscriber_gained, average_percentage_viewed "
                   "FROM analytics.fact_video_performance f JOIN analytics.dim_video USING (video_key) WHERE video_id = '%s' "
                   "ORDER BY 1 OFFSET 2 LIMIT 2" % video_id(1)),
         [("2026-03-08 08:00:00+00", "t", "1.234500", "3", "41.2500"), ("2026-03-09 07:00:00+00", "t", "1.234500", "3", "41.2500")],
         "increments")
    same(made.rows("SELECT total_views, total_shares, revenue_cents, subscriber_lost FROM analytics.fact_channel_daily "
                   "WHERE metric_date = '2026-03-08'"), [(str(n * 10), "1", "1.234500", "1")], "days")
    same(made.rows("SELECT ad_revenue_cents, attributed_views, video_key IS NULL FROM analytics.fact_revenue "
                   "WHERE metric_date = '2026-03-08'"), [("1.234500", str(n * 10), "t")], "revenue")
    same(made.psql("SELECT count(*) FROM youtube_raw.reports"), "4", "raw reports")
    same(made.psql("SELECT count(*) FROM ops.touched_hours"), "0", "hours left")


@case
def the_last_days_are_read_again_and_only_what_changed_is_written():
    made, world = place(), World()
    with ApiServer(world.answer) as server:
        load(made, server, more=" look_back=7")
        same(made.psql("SELECT count(DISTINCT date) FROM analytics.youtube_metrics"), "5", "days")
        same(made.psql("SELECT ops.quota_day(now()) - (position->>'final_until')::date FROM ops.watermarks WHERE stream = ''"),
             "3", "days that are provisional")
        load(made, server, more=" look_back=7")
        world.more = 5
        load(made, server, more=" look_back=7")
    same(made.rows("SELECT rows_read, rows_loaded, rows_unchanged FROM ops.jobs ORDER BY id"),
         [("15", "15", "0"), ("15", "0", "15"), ("15", "15", "0")], "counts")
    same(made.psql("SELECT count(*) FROM analytics.youtube_metrics"), "15", "rows")


@case
def money_that_is_not_for_us_stays_unknown_and_a_strange_channel_is_passed_over():
    made, world = place(3), World()
    world.poor, world.strange = {channel_id(0)}, {channel_id(1)}
    with ApiServer(world.answer) as server:
        _, err = load(made, server, 4, RANGE)
        assert "the reports of channel %s are not for this account" % channel_id(1) in err, err
    same(made.rows("SELECT channel_id, count(*), count(revenue_usd) FROM analytics.youtube_metrics GROUP BY 1 ORDER BY 1"),
         sorted([(channel_id(0), "15", "0"), (channel_id(2), "15", "15")]), "metrics")
    same(made.psql("SELECT count(DISTINCT channel_id) FROM analytics.fact_revenue"), "1", "channels with money")


@case
def a_token_that_has_ended_is_bought_again_and_one_that_was_taken_away_ends_it():
    made, world = place(), World()
    with ApiServer(world.answer) as server:
        server.fault("401", "/reports", 1)
        load(made, server, more=RANGE)
        same(world.tokens, 2, "tokens")
        world.gone = True
        out, err = load(made, server, 1, RANGE)
        assert "invalid_grant: Token has been expired or revoked." in err, err
        assert not any(secret in out + err for secret in SECRETS.values()), err


@case
def rows_that_are_no_rows_are_refused():
    made, world = place(), World()

    def twist(body):
        if "rows" in body and len(body["columnHeaders"]) > 5:
            body["rows"][0][0] = "2026-02-30"
            body["rows"][1][body["columnHeaders"].index({"name": "views", "dataType": "FLOAT"})] = "many"
            body["rows"][2][body["columnHeaders"].index({"name": "likes", "dataType": "FLOAT"})] = 1.5
        return body
    world.twisted = twist
    with ApiServer(world.answer) as server:
        load(made, server, 4, RANGE)
        same(made.rows("SELECT DISTINCT column_name, reason FROM ops.dead_letters ORDER BY 1"),
             [("day", "it is no day"), ("likes", "it is no number"), ("views", "it is no number")], "letters")
        world.twisted = lambda body: dict(body, rows={"a": 1})
        _, err = load(made, server, 4, RANGE)
        world.twisted = lambda body: {"kind": "youtubeAnalytics#resultTable"}
        load(made, server, 0, RANGE)
        world.twisted = None
        load(made, server, 0, RANGE)
        same(made.json("deadletters youtube-analytics"), [], "letters of what came rightly")
    same(made.psql("SELECT count(*) FROM analytics.youtube_metrics WHERE views IS NOT NULL"), "15", "rows")


@case
def a_tape_of_reports_from_before_sets_no_day_back():
    made, world = place(), World()
    with ApiServer(world.answer) as server:
        load(made, server, more=RANGE)
        world.more = 5
        made.psql("SELECT pg_sleep(1.1)")
        load(made, server, more=RANGE)
        before = made.psql(METRICS)
        made.psql("INSERT INTO analytics.dim_video (video_id, channel_id) VALUES ('%s', '%s')" % (video_id(7), channel_id(0)))
        replay = "source replay youtube-analytics 1 base=%s/v2 token_url=%s/token pause=1" % (server.base, server.base)
        made.run(replay)                       # it asks what was asked then: neither the days of now nor the videos
        same(made.psql(METRICS), before, "the warehouse")
        made.psql("DELETE FROM analytics.youtube_metrics WHERE date = '2026-03-08'")
        made.run(replay)
    same(made.psql("SELECT count(*) FROM analytics.youtube_metrics WHERE date = '2026-03-08'"), "3", "rows that were not there")


@case
def recorded_reports_are_read():
    told = recorded("youtube/recorded/analytics.reports.get.200.106.json")
    money = recorded("youtube/recorded/analytics.reports.get.403.forbidden.128.json")
    if told is None or money is None:
        raise ground.tap.Skip("../shared/fixtures is not beside the checkout")
    made, world = place(1, 0), World()

    def answer(request):
        if request.path == "/token":
            return world.answer(request)
        exchange = money if request.query["metrics"] == "estimatedRevenue" else told
        body = exchange["response"]["json"]
        if exchange is told:                 # it was asked for without days: one is put before
            body = dict(body, columnHeaders=[{"name": "day"}] + body["columnHeaders"], rows=[["2020-02-12"] + body["rows"][0]])
        return Answer(body, exchange["response"]["status"])
    with ApiServer(answer) as server:
        load(made, server)
    same(made.rows("SELECT date, views, watch_time_minutes IS NULL, revenue_usd IS NULL FROM analytics.youtube_metrics"),
         [("2020-02-12", "50", "t", "t")], "metrics")


BEFORE = []


def undisturbed():
    if not BEFORE:
        made = place(2)
        with ApiServer(World().answer) as server:
            load(made, server, more=RANGE)
        BEFORE.append(made.psql(METRICS))
    return BEFORE[0]


def borne(kind, after):
    def run():
        made, wanted = place(2), undisturbed()
        with ApiServer(World().answer) as server:
            server.fault(kind, "/reports", after)
            load(made, server, more=RANGE)
            assert any(r.fault for r in server.asked), "the fault did not happen"
        same(made.psql(METRICS), wanted, "the warehouse")
    run.__name__ = "analytics_%s_is_borne" % kind.replace(" ", "_")
    CASES.append(run)


for _kind, _after in (("429", 0), ("429 after", 2), ("500", 3), ("cut", 1), ("half", 5), ("slow", 0), ("stall", 4)):
    borne(_kind, _after)


def ends(kind, after, code, words):
    def run():
        made, wanted = place(2), undisturbed()
        with ApiServer(World().answer) as server:
            server.fault(kind, "/reports", after, 99)
            _, err = load(made, server, code, RANGE + " tries=2")
            assert words in err, err
            server.forget()
            load(made, server, more=RANGE)
        same(made.psql(METRICS), wanted, "the warehouse")
    run.__name__ = "analytics_%s_ends_it_and_the_next_run_mends_it" % kind.replace(" ", "_")
    CASES.append(run)


for _kind, _after, _code, _words in (("quota", 5, 1, "quotaExceeded"), ("500", 4, 3, "500"), ("429 long", 1, 3, "429")):
    ends(_kind, _after, _code, _words)
