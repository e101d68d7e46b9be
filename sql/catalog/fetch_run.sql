-- Whose answers these are: source $1, job $2, with settings of names $3 and values $4; and what its run calls now: $5, in microseconds.
INSERT INTO pg_temp.ingest_run VALUES ($1, $2::bigint, jsonb_object($3::text[], $4::text[]), to_timestamp($5::bigint / 1000000.0))
