DROP FUNCTION IF EXISTS pg_temp.youtube_gone(text), pg_temp.youtube_count(jsonb), pg_temp.youtube_instant(text), pg_temp.youtube_seconds(text);
DROP TABLE IF EXISTS pg_temp.youtube_items, pg_temp.youtube_seen, pg_temp.youtube_categories;
