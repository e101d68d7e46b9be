-- Where a batch lies before it is stored: emptied by the commit or rollback of its transaction.
CREATE TEMP TABLE IF NOT EXISTS ingest_channels (
    no integer, channel_id text, channel_name text                  -- an entry for each name a channel is seen under
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_videos (
    no integer, video_id text, channel_id text, at timestamptz, views bigint, title text, description text, tags text[],
    category text, thumbnail_url text, published_at timestamptz, is_active boolean
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_rows (
    video_no integer, channel_no integer, date_key integer, at timestamptz, views bigint, likes integer, dislikes integer,
    comments integer
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_seen (
    channel_no integer, at timestamptz                              -- of rows that do not stand, where the channel differs
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_letters (
    line bigint, column_name text, reason text, raw text
) ON COMMIT DELETE ROWS;
-- Videos whose texts differ from what is stored.
CREATE TEMP TABLE IF NOT EXISTS ingest_retold (LIKE ingest_videos, video_key integer) ON COMMIT DELETE ROWS;
-- Channels whose history is made again, and what it then is.
CREATE TEMP TABLE IF NOT EXISTS ingest_restless (
    channel_id text PRIMARY KEY
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_versions (
    channel_id text, channel_name text, valid_from timestamptz, valid_to timestamptz, channel_key integer
) ON COMMIT DELETE ROWS;
