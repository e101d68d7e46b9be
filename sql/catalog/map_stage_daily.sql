-- Where a batch of a mapped file lies before it is stored: emptied by the commit or rollback of its transaction.
DROP TABLE IF EXISTS pg_temp.mapped, pg_temp.mapped_channels, pg_temp.mapped_videos, pg_temp.ingest_letters;
CREATE TEMP TABLE mapped (
    channel_id text, metric_date date, videos_published integer, total_duration_seconds integer, total_views bigint,
    total_likes integer, total_comments integer, total_shares integer, avg_engagement_rate numeric,
    revenue_cents numeric, cost_cents numeric, profit_cents numeric, subscriber_count integer,
    subscriber_gained integer, subscriber_lost integer, revenue_per_view_cents numeric, cost_per_video_cents numeric,
    line bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE ingest_letters (
    line bigint, column_name text, reason text, raw text
) ON COMMIT DELETE ROWS;
