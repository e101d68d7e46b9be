"""What the trending files say, read once more and by other means than the program's: python's csv and dictionaries.

The rules are those of the source: a row is one video on one day with its lifetime counters; two rows of one video and
day: the one with more views stands whole, then likes, then comments, then dislikes; title, tags, category and channel of a video come
from its latest day, then the most views; a 0 of what was switched off is unknown; a row without a video's id is refused.
"""
import csv
import hashlib
import json
import os
import re
from collections import Counter, defaultdict
from datetime import datetime, timezone

FILES = ["USvideos.csv", "CAvideos.csv", "INvideos.csv", "US_youtube_trending_data.csv"]
UTC = timezone.utc

csv.field_size_limit(1 << 26)


def folder():
    here = os.path.dirname(os.path.abspath(__file__))
    shared = os.environ.get("YTEMPIRE_SHARED") or os.path.join(here, "..", "..", "..", "shared")
    return os.path.join(shared, "data", "trending")


class Snapshot:
    """One video at midnight UTC of one day."""

    def __init__(self, row, categories):
        first = "publish_time" in row
        self.video_id = row["video_id"]
        if not re.fullmatch(r"[A-Za-z0-9_-]{11}", self.video_id or ""):
            raise ValueError("video_id")
        day = row["trending_date"]
        self.at = datetime.strptime(day + " +0000", "%y.%d.%m %z") if first else \
            datetime.strptime(day[:10] + " +0000", "%Y-%m-%d %z")
        self.title = row["title"]
        self.channel_name = row["channel_title" if first else "channelTitle"]
        self.channel_id = "title:" + hashlib.md5(self.channel_name.encode()).hexdigest() if first else row["channelId"]
        self.category_id = int(row["category_id" if first else "categoryId"])
        self.category = categories[self.category_id]
        published = row["publish_time" if first else "publishedAt"]
        self.published_at = datetime.fromisoformat(published.replace("Z", "+00:00"))
        tags = row["tags"]
        self.tags = [] if tags in ("[none]", "[None]") else [t.replace('"', "") for t in tags.split("|")]
        self.views = int(row["views" if first else "view_count"])
        self.likes, self.dislikes, self.comments = int(row["likes"]), int(row["dislikes"]), int(row["comment_count"])
        self.rank = (self.views, self.likes, self.comments, self.dislikes)
        if row["ratings_disabled"].lower() == "true":
            self.likes = self.dislikes = None
        if row["comments_disabled"].lower() == "true":
            self.comments = None

    @property
    def interactions(self):
        return (self.likes or 0) + (self.comments or 0)


class Warehouse:
    """snapshots: {(video, instant): Snapshot}; videos: {video: its latest Snapshot}; channels: {id: name}."""

    def __init__(self, files=FILES):
        with open(os.path.join(folder(), "US_category_id.json"), encoding="utf-8") as f:
            names = {int(i["id"]): i["snippet"]["title"] for i in json.load(f)["items"]}
        self.refused = []
        self.snapshots, self.videos = {}, {}
        for name in files:
            with open(os.path.join(folder(), name), newline="", encoding="utf-8") as f:
                for row in csv.DictReader(f):
                    try:
                        self.put(Snapshot(row, names))
                    except ValueError as problem:
                        self.refused.append((name, str(problem)))
        self.by_video = defaultdict(list)
        for key in sorted(self.snapshots):
            self.by_video[key[0]].append(self.snapshots[key])
        self.channels = {}
        for s in sorted(self.snapshots.values(), key=lambda s: s.at):
            self.channels[s.channel_id] = s.channel_name
        self.niche = self.niches()

    def put(self, s):
        key = (s.video_id, s.at)
        if key not in self.snapshots or s.rank > self.snapshots[key].rank:
            self.snapshots[key] = s
        old = self.videos.get(s.video_id)
        if old is None or (s.at, s.views) > (old.at, old.views):
            self.videos[s.video_id] = s

    def niches(self):
        """The most frequent category of a channel's videos, the smallest id where two are as frequent."""
        votes = defaultdict(Counter)
        for v in self.videos.values():
            votes[v.channel_id][(v.category_id, v.category)] += 1
        return {c: min(n.items(), key=lambda i: (-i[1], i[0][0]))[0][1] for c, n in votes.items()}

    # -- reading counters ------------------------------------------------------------------------------------------

    def rows(self, since=None, until=None):
        """Snapshots in [since, until), by video and time."""
        for history in self.by_video.values():
            for s in history:
                if (since is None or s.at >= since) and (until is None or s.at < until):
                    yield s

    def last(self, present, until=None, since=None):
        """The latest snapshot of each video whose counter is known, before `until` (and not before `since`)."""
        for history in self.by_video.values():
            known = [s for s in history if present(s) and (until is None or s.at < until) and (since is None or s.at >= since)]
            if known:
                yield known[-1]

    def steps(self, present, since=None, until=None):
        """(later, earlier or None) of all known snapshots whose later one lies in [since, until)."""
        for history in self.by_video.values():
            before = None
            for s in history:
                if not present(s):
                    continue
                if (since is None or s.at >= since) and (until is None or s.at < until):
                    yield s, before
                before = s
