DROP TABLE IF EXISTS pg_temp.mapped, pg_temp.mapped_channels, pg_temp.mapped_videos, pg_temp.mapped_days, pg_temp.ingest_letters
