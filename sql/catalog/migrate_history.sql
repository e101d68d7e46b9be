-- What was applied.
SELECT version, name, file, checksum, state, engine, started_at, applied_at, duration_ms, applied_by, baseline
  FROM ops.migrations
