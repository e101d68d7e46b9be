SELECT coalesce(sum(rows), 0)::bigint, coalesce(sum(loaded), 0)::bigint, coalesce(sum(rejected), 0)::bigint
  FROM pg_temp.ingest_counts
