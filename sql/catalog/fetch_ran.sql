-- The newest run of the source that something was stored of.
INSERT INTO ops.source_runs AS s (source, run_at) SELECT source, at FROM pg_temp.ingest_run
    ON CONFLICT (source) DO UPDATE SET run_at = excluded.run_at WHERE s.run_at < excluded.run_at;
