"""The specification's own stack, pandas and psycopg2, loading a trending file of 2017. usage: ingest_pandas.py DSN FILE"""
import hashlib
import sys

import pandas
import psycopg2

CATEGORIES = {1: "Film & Animation", 2: "Autos & Vehicles", 10: "Music", 15: "Pets & Animals", 17: "Sports", 19: "Travel & Events", 20: "Gaming",
              22: "People & Blogs", 23: "Comedy", 24: "Entertainment", 25: "News & Politics", 26: "Howto & Style", 27: "Education",
              28: "Science & Technology", 29: "Nonprofits & Activism"}


def keys(cursor, sql):
    cursor.execute(sql)
    return dict(cursor.fetchall())


def main():
    dsn, path = sys.argv[1:]
    df = pandas.read_csv(path)
    df = df[df.video_id.str.fullmatch("[A-Za-z0-9_-]{11}")]
    df["at"] = pandas.to_datetime(df.trending_date, format="%y.%d.%m", utc=True)
    df["channel_id"] = df.channel_title.map(lambda t: "title:" + hashlib.md5(t.encode()).hexdigest())
    df = df.sort_values(["views", "likes", "comment_count"]).drop_duplicates(["video_id", "at"], keep="last")
    connection = psycopg2.connect(dsn)
    cursor = connection.cursor()
    channels = df.drop_duplicates("channel_id")
    cursor.executemany("INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name) VALUES (%s, '00000000-0000-4000-8000-000000000001', %s) "
                       "ON CONFLICT (channel_id) WHERE is_current DO NOTHING", list(zip(channels.channel_id, channels.channel_title)))
    videos = df.sort_values(["at", "views"]).drop_duplicates("video_id", keep="last")
    cursor.executemany("INSERT INTO analytics.dim_video (video_id, channel_id, video_title, video_description, video_tags, category, thumbnail_url, published_at) "
                       "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (video_id) DO UPDATE SET video_title = excluded.video_title",
                       [(v.video_id, v.channel_id, v.title, v.description, [] if v.tags == "[none]" else v.tags.replace('"', "").split("|"),
                         CATEGORIES.get(v.category_id), v.thumbnail_link, v.publish_time) for v in videos.itertuples()])
    video_keys = keys(cursor, "SELECT video_id, video_key FROM analytics.dim_video")
    channel_keys = keys(cursor, "SELECT channel_id, channel_key FROM analytics.dim_channel WHERE is_current")
    cursor.execute("SELECT user_key FROM analytics.dim_user WHERE user_id = '00000000-0000-4000-8000-000000000001'")
    user = cursor.fetchone()[0]
    cursor.executemany('INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, "timestamp", views, likes, dislikes, comments) '
                       'VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (video_key, "timestamp") DO UPDATE SET views = excluded.views, likes = excluded.likes, '
                       'dislikes = excluded.dislikes, comments = excluded.comments WHERE excluded.views > fact_video_performance.views',
                       [(video_keys[r.video_id], channel_keys[r.channel_id], user, int(r.at.strftime("%Y%m%d")), r.at, r.views,
                         None if r.ratings_disabled else r.likes, None if r.ratings_disabled else r.dislikes, None if r.comments_disabled else r.comment_count)
                        for r in df.itertuples()])
    cursor.execute("INSERT INTO ops.touched_hours (relation, hour) SELECT DISTINCT 'analytics.fact_video_performance', \"timestamp\" FROM analytics.fact_video_performance")
    connection.commit()
    cursor.execute("SELECT ops.refresh_hours(100000)")
    connection.commit()


if __name__ == "__main__":
    main()
