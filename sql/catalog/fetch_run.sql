-- Whose answers these are: source $1, job $2; and when, by the server's clock, to the second.
INSERT INTO pg_temp.ingest_run VALUES ($1, $2::bigint, date_trunc('second', clock_timestamp()))
