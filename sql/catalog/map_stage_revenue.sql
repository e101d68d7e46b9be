-- Where a batch of a mapped file lies before it is stored: emptied by the commit or rollback of its transaction.
DROP TABLE IF EXISTS pg_temp.mapped, pg_temp.mapped_channels, pg_temp.mapped_videos, pg_temp.mapped_days, pg_temp.ingest_letters;
CREATE TEMP TABLE mapped (
    source_ref text, kind text, metric_date date, user_id uuid, channel_id text, video_id text, amount_cents numeric,
    attributed_views bigint, line bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE mapped_days (
    metric_date date
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE ingest_letters (
    line bigint, column_name text, reason text, raw text
) ON COMMIT DELETE ROWS;
