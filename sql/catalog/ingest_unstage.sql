DROP TABLE IF EXISTS pg_temp.ingest_channels, pg_temp.ingest_videos, pg_temp.ingest_rows, pg_temp.ingest_seen, pg_temp.ingest_letters,
    pg_temp.ingest_retold, pg_temp.ingest_restless, pg_temp.ingest_versions
