DROP TABLE IF EXISTS pg_temp.ingest_answers, pg_temp.ingest_run, pg_temp.ingest_counts
