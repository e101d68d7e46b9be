-- Whose answers these are: source $1, job $2, with settings of names $3 and values $4; what its run calls now: $5, in microseconds;
-- whether it is played again ($6). One that is, from before the newest that was stored, is old: it sets nothing back.
INSERT INTO pg_temp.ingest_run (source, job_id, settings, at, is_replay, is_old)
SELECT $1, $2::bigint, jsonb_object($3::text[], $4::text[]), r.at, $6::boolean,
       $6::boolean AND EXISTS (SELECT FROM ops.source_runs AS s WHERE s.source = $1 AND s.run_at > r.at)
  FROM (SELECT to_timestamp($5::bigint / 1000000.0) AS at) AS r
