-- Whose answers these are: source $1, job $2; and what its run calls now: $3, in microseconds.
INSERT INTO pg_temp.ingest_run VALUES ($1, $2::bigint, to_timestamp($3::bigint / 1000000.0))
