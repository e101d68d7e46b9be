"""The warehouse after a load against the same files read by other means (trending.py): every snapshot, video, channel."""
import csv
from datetime import datetime

import trending

TABLES = {
    "snapshots": """SELECT v.video_id, f."timestamp" AT TIME ZONE 'UTC', f.views, f.likes, f.dislikes, f.comments, c.channel_id
                      FROM analytics.fact_video_performance AS f JOIN analytics.dim_video AS v USING (video_key)
                      JOIN analytics.dim_channel AS c USING (channel_key)""",
    "videos": """SELECT video_id, channel_id, video_title, category, array_to_string(video_tags, '|'), published_at AT TIME ZONE 'UTC'
                   FROM analytics.dim_video""",
    "channels": "SELECT channel_id, channel_name, niche FROM analytics.dim_channel WHERE is_current",
    "snapshots of a version out of its time": """SELECT count(*) FROM analytics.fact_video_performance AS f JOIN analytics.dim_channel AS c USING (channel_key)
                                    WHERE f."timestamp" < c.valid_from OR f."timestamp" >= c.valid_to""",
    "hours": """SELECT v.video_id, h.hour AT TIME ZONE 'UTC', h.views FROM analytics.video_performance_hourly AS h
                  JOIN analytics.dim_video AS v USING (video_key)""",
    "refused rows": "SELECT regexp_replace(file, '.*/', ''), line FROM ops.dead_letters",
}


def text(value):
    if value is None:
        return ""
    if isinstance(value, datetime):
        seconds = value.strftime("%Y-%m-%d %H:%M:%S")
        return seconds + (".%06d" % value.microsecond).rstrip("0") if value.microsecond else seconds
    return str(value)


def refused(files):
    """(file, line) of the rows that have no video's id: a row begins one line after the one before ends."""
    for name in files:
        with open(trending.folder() + "/" + name, newline="", encoding="utf-8") as f:
            reader = csv.reader(f)
            begins = 1
            for row in reader:
                if row and row[0] == "#NAME?":
                    yield name, begins
                begins = reader.line_num + 1


def expected(w, name):
    if name == "snapshots":
        return [(k[0], k[1], s.views, s.likes, s.dislikes, s.comments, s.channel_id) for k, s in w.snapshots.items()]
    if name == "videos":
        return [(i, v.channel_id, v.title, v.category, "|".join(v.tags), v.published_at) for i, v in w.videos.items()]
    if name == "channels":
        return [(i, title, w.niche.get(i)) for i, title in w.channels.items()]
    if name == "hours":
        return [(k[0], k[1], s.views) for k, s in w.snapshots.items()]
    return list(refused(trending.FILES)) if name == "refused rows" else [(0,)]


def difference(name, w, ask):
    """None, or what is stored otherwise than the files have it. `ask` gives the rows of a statement as texts."""
    want = sorted(tuple(text(v) for v in row) for row in expected(w, name))
    have = sorted(tuple(row) for row in ask(" ".join(TABLES[name].split())))
    if want == have:
        return None
    missing, extra = sorted(set(want) - set(have))[:3], sorted(set(have) - set(want))[:3]
    return f"{len(want)} expected, {len(have)} stored; missing {missing}; not in the files {extra}"
