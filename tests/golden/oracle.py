#!/usr/bin/env python3
"""oracle.py QUESTION: the answer as CSV, computed from the trending files without the program and without SQL.
oracle.py --line QUESTION: the line to ask.  oracle.py --list: all questions.

A ratio is printed as the fraction it is ("57/125"); same.py compares it at the scale of the program's answer.
"""
import csv
import io
import re
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import trending
from trending import UTC

QUESTIONS = {}
PACIFIC = ZoneInfo("America/Los_Angeles")


def question(line, header):
    def keep(answer):
        QUESTIONS[answer.__name__] = (line, header.split(), answer)
        return answer
    return keep


# -- small words ---------------------------------------------------------------------------------------------------

def known(counter):
    return lambda s: getattr(s, counter) is not None


def viewed(s):
    return s.views is not None


def at(text, zone=UTC):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def between(first, last, zone=UTC):
    """Both days included, as instants."""
    return at(first, zone), at((date.fromisoformat(last) + timedelta(days=1)).isoformat(), zone)


def total(values):
    values = [v for v in values if v is not None]
    return sum(values) if values else None


def ratio(above, below):
    return None if above is None or not below else Fraction(above, below)


def group(items, key):
    groups = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def code(text):
    """Order of COLLATE "C", NULL last."""
    return (text is None, b"" if text is None else text.encode())


def descending(value):
    return (value is None, 0 if value is None else -value)


def by_first_measure(rows, names=1):
    """Default order without time: the first measure downwards, ties by the names."""
    return sorted(rows, key=lambda r: (descending(r[names]), [code(n) for n in r[:names]]))


def midnight(instant, zone=UTC):
    return instant.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def local_start(instant, unit, zone=UTC):
    """Where the unit that holds the instant begins on the zone's calendar."""
    day = instant.astimezone(zone).date()
    if unit == "week":
        day -= timedelta(days=day.isoweekday() - 1)
    elif unit == "month":
        day = day.replace(day=1)
    elif unit == "quarter":
        day = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    elif unit == "year":
        day = day.replace(month=1, day=1)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def next_start(start, unit):
    day = start.date()
    if unit == "day":
        day += timedelta(days=1)
    elif unit == "week":
        day += timedelta(days=7)
    else:
        months = {"month": 1, "quarter": 3, "year": 12}[unit]
        index = day.year * 12 + day.month - 1 + months
        day = date(index // 12, index % 12 + 1, 1)
    return datetime(day.year, day.month, day.day, tzinfo=start.tzinfo)


def buckets(first, last, unit, zone=UTC):
    """Starts of all units from the one that holds `first` to the one that holds `last`."""
    start = local_start(first, unit, zone)
    while start <= last:
        yield start
        start = next_start(start, unit)


def names_of(warehouse):
    return lambda s: warehouse.channels[s.channel_id]


def last_moment(warehouse, until):
    """The end of the range or the cube's watermark (not the range's), whichever is earlier."""
    watermark = max(s.at for s in warehouse.rows())
    return min(watermark, until - timedelta(microseconds=1)) if until else watermark


def carried_by(warehouse, unit, counters, since=None, until=None, zone=UTC):
    """[bucket, counter…]: what each video said last before the bucket's end, summed."""
    first = max(since, min(s.at for s in warehouse.rows())) if since else min(s.at for s in warehouse.rows())
    rows = []
    for start in buckets(first, last_moment(warehouse, until), unit, zone):
        end = next_start(start, unit)
        end = min(end, until) if until else end
        rows.append([start] + [total(getattr(s, c) for s in warehouse.last(known(c), end)) for c in counters])
    return rows


# -- counters: the latest of each video, summed ------------------------------------------------------------------------

@question("total_views, engagement_rate by channel_name top 10 by total_views", "channel_name total_views engagement_rate")
def top_channels(w):
    rows = [[name, total(s.views for s in g), ratio(total(s.interactions for s in g), total(s.views for s in g))]
            for name, g in group(w.last(viewed), names_of(w)).items()]
    return by_first_measure(rows)[:10]


@question("total_views, total_likes, total_dislikes, total_comments, engagement_rate",
          "total_views total_likes total_dislikes total_comments engagement_rate")
def grand_totals(w):
    views = total(s.views for s in w.last(viewed))
    return [[views] + [total(getattr(s, c) for s in w.last(known(c))) for c in ("likes", "dislikes", "comments")]
            + [ratio(total(s.interactions for s in w.last(viewed)), views)]]


@question("total_views, videos, snapshots by category", "category total_views videos snapshots")
def by_category(w):
    category = lambda s: w.videos[s.video_id].category
    views = {c: total(s.views for s in g) for c, g in group(w.last(viewed), category).items()}
    rows = [[c, views[c], len({s.video_id for s in g}), len(g)] for c, g in group(w.rows(), category).items()]
    return by_first_measure(rows)


@question("total_views by niche", "niche total_views")
def by_niche(w):
    return by_first_measure([[n, total(s.views for s in g)] for n, g in group(w.last(viewed), lambda s: w.niche.get(s.channel_id)).items()])


@question("total_views, total_likes by day for 2017-11-14..2017-11-28", "day total_views total_likes")
def carried_by_day(w):
    since, until = between("2017-11-14", "2017-11-28")
    return carried_by(w, "day", ["views", "likes"], since, until)


@question("total_views by day for 2017-11-20..2017-12-31", "day total_views")
def carried_over_what_came_before(w):
    since, until = between("2017-11-20", "2017-12-31")
    return carried_by(w, "day", ["views"], since, until)


@question("total_views by week", "week total_views")
def carried_by_week_over_years(w):
    return carried_by(w, "week", ["views"])


@question("total_views, total_comments by month", "month total_views total_comments")
def carried_by_month(w):
    return carried_by(w, "month", ["views", "comments"])


@question("total_views by quarter tz Asia/Kolkata", "quarter total_views")
def carried_by_quarter_in_india(w):
    return carried_by(w, "quarter", ["views"], zone=ZoneInfo("Asia/Kolkata"))


@question("total_views_period by day for 2017-11", "day total_views_period")
def period_by_day(w):
    since, until = between("2017-11-01", "2017-11-30")
    days = group(w.rows(since, until), lambda s: s.at)
    return [[d, total(s.views for s in days[d])] for d in sorted(days)]


def last_in_bucket(w, unit, since=None, until=None, zone=UTC):
    rows = {}
    for start, g in group(w.rows(since, until), lambda s: local_start(s.at, unit, zone)).items():
        latest = {}
        for s in sorted(g, key=lambda s: s.at):
            latest[s.video_id] = s
        rows[start] = list(latest.values())
    return rows


@question("total_views_period by week", "week total_views_period")
def period_by_week(w):
    return [[b, total(s.views for s in g)] for b, g in sorted(last_in_bucket(w, "week").items())]


@question("total_views, total_views_period, total_views_exact by week for 2017-11",
          "week total_views total_views_period total_views_exact")
def three_rules_by_week(w):
    since, until = between("2017-11-01", "2017-11-30")
    carried = {b: v for b, v in carried_by(w, "week", ["views"], since, until)}
    rows = []
    period = last_in_bucket(w, "week", since, until)
    for b in sorted(set(carried) | set(period)):
        g = period.get(b, [])
        newest = max(s.at for s in g)
        rows.append([b, carried[b], total(s.views for s in g), total(s.views for s in g if s.at == newest)])
    return rows


@question("total_views_exact, total_views_period, total_views for 2017-11", "total_views_exact total_views_period total_views")
def three_rules_of_a_month(w):
    since, until = between("2017-11-01", "2017-11-30")
    newest = max(s.at for s in w.rows(since, until))
    return [[total(s.views for s in w.rows(newest, until)), total(s.views for s in w.last(viewed, until, since)),
             total(s.views for s in w.last(viewed, until))]]


@question("total_views_exact by category for 2017-11-14..2017-11-17", "category total_views_exact")
def exact_by_category(w):
    newest, until = between("2017-11-17", "2017-11-17")
    return by_first_measure([[c, total(s.views for s in g)]
                             for c, g in group(w.rows(newest, until), lambda s: w.videos[s.video_id].category).items()])


@question("total_views_period by day tz America/Los_Angeles", "day total_views_period")
def period_by_day_in_los_angeles(w):
    return [[b, total(s.views for s in g)] for b, g in sorted(last_in_bucket(w, "day", zone=PACIFIC).items())]


@question("total_views by day, category for 2017-11-24..2017-12-02 where category in (Music, Gaming)", "day category total_views")
def carried_by_day_and_category(w):
    since, until = between("2017-11-24", "2017-12-02")
    rows = []
    for day in buckets(since, last_moment(w, until), "day"):
        picked = [s for s in w.last(viewed, next_start(day, "day")) if w.videos[s.video_id].category in ("Music", "Gaming")]
        rows += [[day, c, total(s.views for s in g)] for c, g in group(picked, lambda s: w.videos[s.video_id].category).items()]
    return sorted(rows, key=lambda r: (r[0], code(r[1])))


# -- increase --------------------------------------------------------------------------------------------------------------

def gained(steps, counter):
    return total(getattr(s, counter) - (getattr(s, counter) if b is None else getattr(b, counter)) for s, b in steps)


@question("views_gained by day for 2017-11", "day views_gained")
def gained_by_day(w):
    since, until = between("2017-11-01", "2017-11-30")
    return [[d, gained(g, "views")] for d, g in sorted(group(w.steps(viewed, since, until), lambda p: p[0].at).items())]


@question("views_gained by channel_name top 10", "channel_name views_gained")
def gained_by_channel(w):
    rows = [[n, gained(g, "views")] for n, g in group(w.steps(viewed), lambda p: w.channels[p[0].channel_id]).items()]
    return by_first_measure(rows)[:10]


@question("views_gained, likes_gained, comments_gained by category for 2017-11-20..2017-11-22",
          "category views_gained likes_gained comments_gained")
def gained_inside_a_range(w):
    since, until = between("2017-11-20", "2017-11-22")
    category = lambda p: w.videos[p[0].video_id].category
    sums = [{c: gained(g, n) for c, g in group(w.steps(known(n), since, until), category).items()} for n in ("views", "likes", "comments")]
    return by_first_measure([[c] + [s.get(c) for s in sums] for c in set().union(*sums)])


@question("views_gained by snapshot_time.day, video_id having views_gained < 0", "snapshot_time.day video_id views_gained")
def corrections_by_day(w):
    return sorted([[s.at, s.video_id, s.views - b.views] for s, b in w.steps(viewed) if b and s.views < b.views],
                  key=lambda r: (r[0], code(r[1])))


@question("views_since_publish by week for 2017-11", "week views_since_publish")
def gained_since_publishing(w):
    since, until = between("2017-11-01", "2017-11-30")
    whole = lambda s: since <= w.videos[s.video_id].published_at < until
    rows = [[b, sum(s.views - (p.views if p else 0 if whole(s) else s.views) for s, p in g)]
            for b, g in group(w.steps(viewed, since, until), lambda p: local_start(p[0].at, "week")).items()]
    return sorted(rows)


# -- tests of rows ---------------------------------------------------------------------------------------------------------

def count_videos(w, test, key=lambda v: v.category):
    return by_first_measure([[c, len(g)] for c, g in group((v for v in w.videos.values() if test(v)), key).items()])


@question("total_views, videos by category where title contains \"LIVE\"", "category total_views videos")
def title_contains(w):
    picked = [s for s in w.last(viewed) if re.search("live", w.videos[s.video_id].title, re.I | re.A)]
    return by_first_measure([[c, total(s.views for s in g), len(g)] for c, g in group(picked, lambda s: w.videos[s.video_id].category).items()])


@question("videos by category where not (title contains video or title contains trailer)", "category videos")
def title_does_not_contain(w):
    return count_videos(w, lambda v: not re.search("video|trailer", v.title, re.I | re.A))


@question("videos by category where title like '%Official%'", "category videos")
def title_like(w):
    return count_videos(w, lambda v: "Official" in v.title)


@question("videos by category where title contains '%' or title contains 'o_o'", "category videos")
def title_contains_a_percent_sign(w):
    return count_videos(w, lambda v: "%" in v.title or "o_o" in v.title.lower())


@question("videos by category where title starts with 'The ' or title ends with '?'", "category videos")
def title_starts_or_ends(w):
    return count_videos(w, lambda v: v.title.lower().startswith("the ") or v.title.endswith("?"))


@question("videos, total_views by category where tags has music", "category videos total_views")
def tags_have(w):
    picked = [s for s in w.last(viewed) if "music" in w.videos[s.video_id].tags]
    return by_first_measure([[c, len(g), total(s.views for s in g)] for c, g in group(picked, lambda s: w.videos[s.video_id].category).items()])


@question("videos where not tags has music and category not in (Music, Entertainment)", "videos")
def tags_have_not(w):
    return [[sum("music" not in v.tags and v.category not in ("Music", "Entertainment") for v in w.videos.values())]]


@question("total_views by channel_name, category where category = Music and channel_name != EminemVEVO top 5", "channel_name category total_views")
def equal_and_unequal(w):
    picked = [s for s in w.last(viewed) if w.videos[s.video_id].category == "Music" and w.channels[s.channel_id] != "EminemVEVO"]
    return by_first_measure([[n, "Music", total(s.views for s in g)] for n, g in group(picked, names_of(w)).items()], 2)[:5]


@question("videos by category where published_at between 2017-11-13 and 2017-11-14", "category videos")
def published_between(w):
    since, until = between("2017-11-13", "2017-11-14")
    return count_videos(w, lambda v: since <= v.published_at < until)


@question("videos by category where published_at not in 2017", "category videos")
def not_published_in(w):
    return count_videos(w, lambda v: v.published_at.year != 2017)


@question("videos where published_at > 2017-11-15 and published_at <= 2017-11-17", "videos")
def published_after_and_until(w):
    return [[sum(at("2017-11-16") <= v.published_at < at("2017-11-18") for v in w.videos.values())]]


@question("videos by category where content_type is null and published_at is not null", "category videos")
def null_tests(w):
    return count_videos(w, lambda v: True)


@question("total_views, total_likes by video_id having total_likes is null", "video_id total_views total_likes")
def ratings_disabled(w):
    likes = {s.video_id for s in w.last(known("likes"))}
    return by_first_measure([[s.video_id, s.views, None] for s in w.last(viewed) if s.video_id not in likes])


@question("total_views, videos by channel_name having total_views > 50000000 and videos > 1", "channel_name total_views videos")
def having(w):
    rows = [[n, total(s.views for s in g), len({s.video_id for s in g})] for n, g in group(w.last(viewed), names_of(w)).items()]
    return by_first_measure([r for r in rows if r[1] > 50000000 and r[2] > 1])


def stored_rate(s):
    """The rate as the warehouse stores it, at four digits: what the segment tests."""
    return (Fraction(s.interactions * 10000, s.views) + Fraction(1, 2)) // 1 / Fraction(10000) if s.views else None


@question("total_views, snapshots by category segment viral_videos", "category total_views snapshots")
def segment(w):
    viral = lambda s: s.views and stored_rate(s) > Fraction(1, 10)
    category = lambda s: w.videos[s.video_id].category
    views = {c: total(s.views for s in g) for c, g in group(filter(viral, w.last(viewed)), category).items()}
    rows = [[c, views.get(c), len(g)] for c, g in group(filter(viral, w.rows()), category).items()]
    return by_first_measure(rows)


# -- names of all scripts --------------------------------------------------------------------------------------------------

def views_of_channels(w, test):
    picked = [s for s in w.last(viewed) if test(w.channels[s.channel_id])]
    return by_first_measure([[n, total(s.views for s in g)] for n, g in group(picked, names_of(w)).items()])


@question("total_views by channel_name where channel_name contains देसी or channel_name contains 'ಕರುನಾಡು'", "channel_name total_views")
def devanagari_and_kannada(w):
    return views_of_channels(w, lambda n: "देसी" in n or "ಕರುನಾಡು" in n)


@question("total_views by channel_name where channel_name in (宇哥讲电影, '영국남자 Korean Englishman', 中天電視, '香港新聞台 HK NEWS 【歡迎訂閱】')",
          "channel_name total_views")
def chinese_and_korean(w):
    return views_of_channels(w, lambda n: n in ("宇哥讲电影", "영국남자 Korean Englishman", "中天電視", "香港新聞台 HK NEWS 【歡迎訂閱】"))


@question("videos by channel_name where channel_name > 'à' order by channel_name", "channel_name videos")
def names_in_order_of_code_points(w):
    rows = group((v for v in w.videos.values() if w.channels[v.channel_id].encode() > "à".encode()), names_of(w))
    return [[n, len(rows[n])] for n in sorted(rows, key=code)]


@question("total_views by channel where channel_name contains 1theK", "channel total_views")
def two_channels_of_one_name(w):
    picked = group((s for s in w.last(viewed) if "1theK" in w.channels[s.channel_id]), lambda s: s.channel_id)
    return by_first_measure([[w.channels[c], total(s.views for s in g)] for c, g in picked.items()])


# -- calendar ----------------------------------------------------------------------------------------------------------------

def published_by(w, unit, zone=UTC):
    return sorted([b, len(g)] for b, g in group(w.videos.values(), lambda v: local_start(v.published_at, unit, zone)).items())


@question("videos by published_at.year", "published_at.year videos")
def published_by_year(w):
    return published_by(w, "year")


@question("videos by published_at.quarter tz Pacific/Auckland", "published_at.quarter videos")
def published_by_quarter_in_auckland(w):
    return published_by(w, "quarter", ZoneInfo("Pacific/Auckland"))


@question("videos by published_at.month", "published_at.month videos")
def published_by_month(w):
    return published_by(w, "month")


@question("videos by published_at.week tz America/Los_Angeles", "published_at.week videos")
def published_by_week_in_los_angeles(w):
    return published_by(w, "week", PACIFIC)


@question("videos by published_at.day tz Asia/Kolkata where published_at >= 2017-11-01", "published_at.day videos")
def published_by_day_in_india(w):
    since = at("2017-11-01", ZoneInfo("Asia/Kolkata"))
    days = group((v for v in w.videos.values() if v.published_at >= since), lambda v: local_start(v.published_at, "day", ZoneInfo("Asia/Kolkata")))
    return [[d, len(days[d])] for d in sorted(days)]


@question("videos by published_at.hour where published_at in 2017-11-12..2017-11-13 tz America/Los_Angeles", "published_at.hour videos")
def published_by_hour_in_los_angeles(w):
    since, until = between("2017-11-12", "2017-11-13", PACIFIC)
    hours = group((v for v in w.videos.values() if since <= v.published_at < until), lambda v: v.published_at.replace(minute=0, second=0))
    return [[h, len(hours[h])] for h in sorted(hours)]


@question("total_views by published_at.month where published_at in 2017", "published_at.month total_views")
def views_by_month_of_publishing(w):
    picked = [s for s in w.last(viewed) if w.videos[s.video_id].published_at.year == 2017]
    return sorted([b, total(s.views for s in g)] for b, g in group(picked, lambda s: local_start(w.videos[s.video_id].published_at, "month")).items())


@question("videos, snapshots by snapshot_time.week, dates.is_weekend for 2017-11", "snapshot_time.week dates.is_weekend videos snapshots")
def weekends(w):
    since, until = between("2017-11-01", "2017-11-30")
    rows = group(w.rows(since, until), lambda s: (local_start(s.at, "week"), s.at.isoweekday() > 5))
    return [[b, "true" if end else "false", len({s.video_id for s in rows[b, end]}), len(rows[b, end])] for b, end in sorted(rows)]


# -- order, top, limit -------------------------------------------------------------------------------------------------------

@question("total_views by video_id order by total_views desc limit 5 offset 5", "video_id total_views")
def limit_and_offset(w):
    return by_first_measure([[s.video_id, s.views] for s in w.last(viewed)])[5:10]


@question("videos, snapshots by category order by videos asc, category desc", "category videos snapshots")
def order_by_two_keys(w):
    rows = [[c, len({s.video_id for s in g}), len(g)] for c, g in group(w.rows(), lambda s: w.videos[s.video_id].category).items()]
    return sorted(sorted(rows, key=lambda r: code(r[0]), reverse=True), key=lambda r: r[1])


@question("total_views by category order by category", "category total_views")
def order_by_name(w):
    rows = group(w.last(viewed), lambda s: w.videos[s.video_id].category)
    return [[c, total(s.views for s in rows[c])] for c in sorted(rows, key=code)]


@question("total_views_period by channel_name, week for 2017-11 top 3", "channel_name week total_views_period")
def top_over_weeks(w):
    since, until = between("2017-11-01", "2017-11-30")
    whole = by_first_measure([[n, total(s.views for s in g)] for n, g in group(w.last(viewed, until, since), names_of(w)).items()])[:3]
    rows = []
    for b, g in last_in_bucket(w, "week", since, until).items():
        rows += [[n, b, total(s.views for s in k)] for n, k in group(g, names_of(w)).items() if n in [t[0] for t in whole]]
    return sorted(rows, key=lambda r: (r[1], code(r[0])))


@question("total_views by category, day for 2017-11-27..2017-11-28 top 2 by views_gained", "category day total_views")
def top_by_another_measure(w):
    since, until = between("2017-11-27", "2017-11-28")
    category = lambda s: w.videos[s.video_id].category
    most = by_first_measure([[c, gained(g, "views")] for c, g in group(w.steps(viewed, since, until), lambda p: category(p[0])).items()])[:2]
    rows = []
    for day in buckets(since, until - timedelta(seconds=1), "day"):
        rows += [[c, day, total(s.views for s in g)] for c, g in group(w.last(viewed, next_start(day, "day")), category).items() if c in [m[0] for m in most]]
    return sorted(rows, key=lambda r: (r[1], code(r[0])))


@question("videos by day top 3", "day videos")
def best_three_days(w):
    rows = [[d, len(g)] for d, g in group(w.rows(), lambda s: s.at).items()]
    return sorted(sorted(rows, key=lambda r: (-r[1], r[0]))[:3])


@question("engagement_rate, total_interactions by category, day for 2017-11-14..2017-11-15 where category in (Music, Comedy)",
          "category day engagement_rate total_interactions")
def ratio_by_day(w):
    rows = []
    for day in buckets(at("2017-11-14"), at("2017-11-15"), "day"):
        for c, g in group(w.last(viewed, next_start(day, "day")), lambda s: w.videos[s.video_id].category).items():
            if c in ("Music", "Comedy"):
                rows.append([c, day, ratio(total(s.interactions for s in g), total(s.views for s in g)), total(s.interactions for s in g)])
    return sorted(rows, key=lambda r: (r[1], code(r[0])))


# -- other cubes, Cube's JSON --------------------------------------------------------------------------------------------------

@question("video_count by Videos.category", "category video_count")
def videos_by_category(w):
    return count_videos(w, lambda v: True)


@question("from Videos video_count by published_at.month where channel.niche = Gaming", "published_at.month video_count")
def videos_of_a_niche(w):
    picked = [v for v in w.videos.values() if w.niche.get(v.channel_id) == "Gaming"]
    return sorted([b, len(g)] for b, g in group(picked, lambda v: local_start(v.published_at, "month")).items())


@question('query {"measures": ["VideoPerformance.total_views", "VideoPerformance.videos"], "dimensions": ["VideoPerformance.category"], '
          '"timeDimensions": [{"dimension": "VideoPerformance.snapshot_time", "granularity": "week", "dateRange": ["2017-11-13", "2017-11-26"]}], '
          '"filters": [{"member": "VideoPerformance.category", "operator": "equals", "values": ["Gaming", "Sports"]}], '
          '"order": {"VideoPerformance.category": "asc", "VideoPerformance.snapshot_time": "desc"}, "timezone": "UTC"}',
          "category snapshot_time.week total_views videos")
def cubes_json(w):
    since, until = between("2017-11-13", "2017-11-26")
    rows = []
    for week in buckets(since, until - timedelta(seconds=1), "week"):
        end = next_start(week, "week")
        category = lambda s: w.videos[s.video_id].category
        views, seen = group(w.last(viewed, end), category), group(w.rows(week, end), category)
        rows += [[c, week, total(s.views for s in views[c]), len({s.video_id for s in seen[c]})] for c in ("Gaming", "Sports")]
    return sorted(rows, key=lambda r: (code(r[0]), -r[1].timestamp()))


# -- the program's face --------------------------------------------------------------------------------------------------------

def text_of(value):
    if isinstance(value, Fraction):
        return "%d/%d" % (value.numerator, value.denominator)
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def main():
    if sys.argv[1] == "--list":
        print("\n".join(QUESTIONS))
    elif sys.argv[1] == "--line":
        print(QUESTIONS[sys.argv[2]][0])
    else:
        line, header, answer = QUESTIONS[sys.argv[1]]
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        for row in answer(trending.Warehouse()):
            writer.writerow([text_of(v) for v in row])
        sys.stdout.write(out.getvalue())


if __name__ == "__main__":
    main()
