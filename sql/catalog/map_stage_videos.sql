-- Where a batch of a mapped file lies before it is stored: emptied by the commit or rollback of its transaction.
DROP TABLE IF EXISTS pg_temp.mapped, pg_temp.mapped_channels, pg_temp.mapped_videos, pg_temp.ingest_letters;
CREATE TEMP TABLE mapped (
    video_id text, channel_id text, video_title text, video_description text, video_tags text[], category text,
    duration_seconds integer, production_method text, thumbnail_url text, published_at timestamptz,
    is_monetized boolean, is_active boolean, line bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE mapped_videos (
    video_id text, at timestamptz, channel_id text, video_title text, video_description text, video_tags text[], category text,
    duration_seconds integer, production_method text, thumbnail_url text, published_at timestamptz, is_monetized boolean,
    is_active boolean
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE ingest_letters (
    line bigint, column_name text, reason text, raw text
) ON COMMIT DELETE ROWS;
