"""A trending file as long as one likes, of the shape of 2017, the same for the same seed.

As in the published files a chart has some hundred videos a day, a video stays for about a week, its counters grow, and its
title, tags and description come with every row. A description is some 600 bytes.

usage: ingest_rows.py FILE ROWS [SEED]
"""
import random
import sys
from datetime import date, timedelta

CHART = 1000       # rows a day
CATEGORIES = [1, 2, 10, 15, 17, 19, 20, 22, 23, 24, 25, 26, 27, 28, 29]
WORDS = ("official video music live new how to make best of the world trailer episode full review 2018 vs my first day in a life "
         "challenge family food game highlights final season news interview café niño Überraschung новый выпуск 公式 最新 한국어").split()


def text(rng, least, most):
    return " ".join(rng.choices(WORDS, k=rng.randint(least, most)))


class Video:
    def __init__(self, rng, n, day):
        self.id = "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", k=11))
        self.days = rng.randint(2, 14)
        self.views = int(rng.lognormvariate(11, 1.5)) + 1000
        self.growth = 1 + rng.random() * 0.6
        channel = int(rng.paretovariate(0.6)) % 40000
        tags = "|".join('""%s""' % text(rng, 1, 3) for _ in range(rng.randint(0, 20)))
        self.head = '"%s %d","Channel %d %s",%d,%sT%02d:%02d:00.000Z,"%s"' % (
            text(rng, 3, 10), n, channel, WORDS[channel % len(WORDS)], rng.choice(CATEGORIES), day - timedelta(days=1), n % 24, n % 60,
            tags or "[none]")
        self.tail = 'https://i.ytimg.com/vi/%s/default.jpg,%s,%s,False,"%s"' % (
            self.id, n % 60 == 0, n % 200 == 0, text(rng, 40, 160).replace("full review", '""full"" review,\\n'))

    def row(self, day):
        likes = int(self.views * 0.03)
        return "%s,%s,%s,%d,%d,%d,%d,%s\n" % (self.id, day.strftime("%y.%d.%m"), self.head, self.views, likes, likes // 30, likes // 8, self.tail)


def write(path, rows, seed=1):
    rng = random.Random(seed)
    day, chart, made = date(2017, 11, 14), [], 0
    with open(path, "w", encoding="utf-8") as f:
        f.write("video_id,trending_date,title,channel_title,category_id,publish_time,tags,views,likes,dislikes,comment_count,thumbnail_link,"
                "comments_disabled,ratings_disabled,video_error_or_removed,description\n")
        while rows > 0:
            chart = [v for v in chart if v.days > 0]
            while len(chart) < CHART:
                made += 1
                chart.append(Video(rng, made, day))
            f.writelines(v.row(day) for v in chart[:rows])
            for v in chart:
                v.days -= 1
                v.views = int(v.views * v.growth)
                v.growth = 1 + (v.growth - 1) * 0.7
            rows -= CHART
            day += timedelta(days=1)


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
