-- Where a batch of a mapped file lies before it is stored: emptied by the commit or rollback of its transaction.
DROP TABLE IF EXISTS pg_temp.mapped, pg_temp.mapped_channels, pg_temp.mapped_videos, pg_temp.ingest_letters;
CREATE TEMP TABLE mapped (
    video_id text, "timestamp" timestamptz, channel_id text, views bigint, likes integer, dislikes integer,
    comments integer, shares integer, watch_time_minutes numeric, average_view_duration_seconds numeric,
    estimated_revenue_cents numeric, actual_revenue_cents numeric, cost_cents numeric, impressions bigint,
    click_through_rate numeric, average_percentage_viewed numeric, subscriber_gained integer, subscriber_lost integer,
    video_title text, video_description text, video_tags text[], category text, duration_seconds integer,
    production_method text, thumbnail_url text, published_at timestamptz, is_monetized boolean, channel_name text,
    channel_handle text, niche text, sub_niche text, monetization_status text, line bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE mapped_channels (
    channel_id text, at timestamptz, no bigint, user_id uuid, channel_name text, channel_handle text, niche text, sub_niche text,
    target_audience jsonb, content_strategy jsonb, monetization_status text, created_date date, is_active boolean
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE mapped_videos (
    video_id text, at timestamptz, channel_id text, video_title text, video_description text, video_tags text[], category text,
    duration_seconds integer, production_method text, thumbnail_url text, published_at timestamptz, is_monetized boolean,
    is_active boolean
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE ingest_letters (
    line bigint, column_name text, reason text, raw text
) ON COMMIT DELETE ROWS;
