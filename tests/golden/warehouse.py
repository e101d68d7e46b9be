"""The warehouse after a load against the same files read by other means (trending.py): every snapshot, video, channel.

usage: warehouse.py PSQL DSN [FILE…]     file names as in the data folder; prints TAP
"""
import csv
import io
import subprocess
import sys
from datetime import datetime

import trending

TABLES = {
    "snapshots": """SELECT v.video_id, f."timestamp" AT TIME ZONE 'UTC', f.views, f.likes, f.dislikes, f.comments, c.channel_id
                      FROM analytics.fact_video_performance AS f JOIN analytics.dim_video AS v USING (video_key)
                      JOIN analytics.dim_channel AS c USING (channel_key)""",
    "videos": """SELECT video_id, channel_id, video_title, category, array_to_string(video_tags, '|'), published_at AT TIME ZONE 'UTC'
                   FROM analytics.dim_video""",
    "channels": "SELECT channel_id, channel_name, niche FROM analytics.dim_channel WHERE is_current",
    "keys valid at their time": """SELECT count(*) FROM analytics.fact_video_performance AS f JOIN analytics.dim_channel AS c USING (channel_key)
                                    WHERE f."timestamp" < c.valid_from OR f."timestamp" >= c.valid_to""",
    "hours": """SELECT v.video_id, h.hour AT TIME ZONE 'UTC', h.views FROM analytics.video_performance_hourly AS h
                  JOIN analytics.dim_video AS v USING (video_key)""",
    "refused": "SELECT regexp_replace(file, '.*/', ''), line FROM ops.dead_letters",
}


def text(value):
    if value is None:
        return ""
    if isinstance(value, datetime):
        seconds = value.strftime("%Y-%m-%d %H:%M:%S")
        return seconds + (".%06d" % value.microsecond).rstrip("0") if value.microsecond else seconds
    return str(value)


def expected(w):
    yield "snapshots", [(k[0], k[1], s.views, s.likes, s.dislikes, s.comments, s.channel_id) for k, s in w.snapshots.items()]
    yield "videos", [(i, v.channel_id, v.title, v.category, "|".join(v.tags), v.published_at) for i, v in w.videos.items()]
    yield "channels", [(i, name, w.niche.get(i)) for i, name in w.channels.items()]
    yield "keys valid at their time", [(0,)]
    yield "hours", [(k[0], k[1], s.views) for k, s in w.snapshots.items()]


def stored(psql, dsn, sql):
    copy = f"COPY ({sql}) TO STDOUT (FORMAT csv)"
    out = subprocess.run([psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", copy, dsn], capture_output=True, check=True).stdout
    return [tuple(row) for row in csv.reader(io.StringIO(out.decode(), newline=""))]


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


def main():
    psql, dsn, files = sys.argv[1], sys.argv[2], sys.argv[3:] or trending.FILES
    w = trending.Warehouse(files)
    cases = list(expected(w)) + [("refused", list(refused(files)))]
    print(f"1..{len(cases)}")
    failed = 0
    for n, (name, rows) in enumerate(cases, 1):
        want = sorted(tuple(text(v) for v in row) for row in rows)
        have = sorted(stored(psql, dsn, TABLES[name]))
        print(f"{'ok' if want == have else 'not ok'} {n} - {len(want)} {name}")
        if want != have:
            failed += 1
            missing, extra = sorted(set(want) - set(have))[:3], sorted(set(have) - set(want))[:3]
            print(f"# {len(have)} stored; missing {missing}; not in the files {extra}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
