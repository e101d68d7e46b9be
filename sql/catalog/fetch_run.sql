-- Whose answers these are: source $1, job $2, with settings of names $3 and values $4; and when, by the server's clock, to the second.
INSERT INTO pg_temp.ingest_run VALUES ($1, $2::bigint, jsonb_object($3::text[], $4::text[]), date_trunc('second', clock_timestamp()))
