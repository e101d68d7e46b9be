"""The specification's own stack, pandas and psycopg2, loading a trending file of 2017 as such scripts are written: pandas reads
and cleans the file, then each row is upserted through a cursor, dimensions first. usage: ingest_pandas.py DSN FILE
"""
import hashlib
import sys

import pandas
import psycopg2

CATEGORIES = {1: "Film & Animation", 2: "Autos & Vehicles", 10: "Music", 15: "Pets & Animals", 17: "Sports", 19: "Travel & Events", 20: "Gaming",
              22: "People & Blogs", 23: "Comedy", 24: "Entertainment", 25: "News & Politics", 26: "Howto & Style", 27: "Education",
              28: "Science & Technology", 29: "Nonprofits & Activism"}

CHANNEL = """
INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name) VALUES (%s, %s, %s)
ON CONFLICT (channel_id) WHERE is_current DO UPDATE SET channel_name = excluded.channel_name
RETURNING channel_key"""
VIDEO = """
INSERT INTO analytics.dim_video (video_id, channel_id, video_title, video_description, video_tags, category, thumbnail_url, published_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (video_id) DO UPDATE
   SET video_title = excluded.video_title, video_description = excluded.video_description, video_tags = excluded.video_tags
RETURNING video_key"""
FACT = """
INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, "timestamp", views, likes, dislikes, comments)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (video_key, "timestamp") DO UPDATE
   SET views = excluded.views, likes = excluded.likes, dislikes = excluded.dislikes, comments = excluded.comments"""
MARKET_DATA = "00000000-0000-4000-8000-000000000001"


def read(path):
    df = pandas.read_csv(path)
    df = df[df.video_id.str.fullmatch("[A-Za-z0-9_-]{11}")]
    df["at"] = pandas.to_datetime(df.trending_date, format="%y.%d.%m", utc=True)
    df["date_key"] = df["at"].dt.strftime("%Y%m%d").astype(int)
    df["channel_id"] = df.channel_title.map(lambda t: "title:" + hashlib.md5(t.encode()).hexdigest())
    df["category"] = df.category_id.map(CATEGORIES)
    df["tags"] = df.tags.map(lambda t: [] if t == "[none]" else t.replace('"', "").split("|"))
    return df.sort_values(["at", "views"])


def main():
    dsn, path = sys.argv[1:]
    connection = psycopg2.connect(dsn)
    cursor = connection.cursor()
    cursor.execute("SELECT user_key FROM analytics.dim_user WHERE user_id = %s AND is_current", (MARKET_DATA,))
    user_key = cursor.fetchone()[0]
    for _, row in read(path).iterrows():
        cursor.execute(CHANNEL, (row.channel_id, MARKET_DATA, row.channel_title))
        channel_key = cursor.fetchone()[0]
        cursor.execute(VIDEO, (row.video_id, row.channel_id, row.title, row.description, row.tags, row.category, row.thumbnail_link, row.publish_time))
        video_key = cursor.fetchone()[0]
        cursor.execute(FACT, (video_key, channel_key, user_key, row.date_key, row["at"], row["views"], None if row.ratings_disabled else row.likes,
                              None if row.ratings_disabled else row.dislikes, None if row.comments_disabled else row.comment_count))
    cursor.execute("INSERT INTO ops.touched_hours (relation, hour) SELECT DISTINCT 'analytics.fact_video_performance', \"timestamp\" FROM analytics.fact_video_performance")
    connection.commit()
    cursor.execute("SELECT ops.refresh_hours(100000)")
    connection.commit()


if __name__ == "__main__":
    main()
