"""The specification's own stack, pandas and psycopg2, loading a file of snapshots as such scripts are written: pandas reads and cleans the
file, then each row is upserted through a cursor, dimensions first. usage: mapped_pandas.py DSN FILE
"""
import sys

import pandas
import psycopg2

CHANNEL = """
INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name) VALUES (%s, %s, %s)
ON CONFLICT (channel_id) WHERE is_current DO UPDATE SET channel_name = excluded.channel_name
RETURNING channel_key"""
VIDEO = """
INSERT INTO analytics.dim_video (video_id, channel_id, video_title) VALUES (%s, %s, %s)
ON CONFLICT (video_id) DO UPDATE SET video_title = excluded.video_title
RETURNING video_key"""
FACT = """
INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, "timestamp", views, likes, comments, actual_revenue_cents)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (video_key, "timestamp") DO UPDATE
   SET views = excluded.views, likes = excluded.likes, comments = excluded.comments, actual_revenue_cents = excluded.actual_revenue_cents"""
MARKET_DATA = "00000000-0000-4000-8000-000000000001"


def read(path):
    df = pandas.read_csv(path)
    df["views"] = pandas.to_numeric(df.views, errors="coerce")
    df = df[df.views.notna()]
    df["at"] = pandas.to_datetime(df["at"], utc=True)
    df["date_key"] = df["at"].dt.strftime("%Y%m%d").astype(int)
    return df


def main():
    dsn, path = sys.argv[1:]
    connection = psycopg2.connect(dsn)
    cursor = connection.cursor()
    cursor.execute("SELECT user_key FROM analytics.dim_user WHERE user_id = %s AND is_current", (MARKET_DATA,))
    user_key = cursor.fetchone()[0]
    for _, row in read(path).iterrows():
        cursor.execute(CHANNEL, (row.channel, MARKET_DATA, row.channel_name))
        channel_key = cursor.fetchone()[0]
        cursor.execute(VIDEO, (row.video, row.channel, row.title))
        video_key = cursor.fetchone()[0]
        cursor.execute(FACT, (video_key, channel_key, user_key, row.date_key, row["at"], int(row.views), row.likes, row.comments,
                              round(row.revenue * 100, 6)))
    cursor.execute("INSERT INTO ops.touched_hours (relation, hour) SELECT DISTINCT 'analytics.fact_video_performance', \"timestamp\" FROM analytics.fact_video_performance")
    connection.commit()
    cursor.execute("SELECT ops.refresh_hours(100000)")
    connection.commit()


if __name__ == "__main__":
    main()
