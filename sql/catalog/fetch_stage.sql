-- Where answers lie until they are stored: emptied by the end of their transaction.
CREATE TEMP TABLE IF NOT EXISTS ingest_answers (
    no integer, stream text, request text, about jsonb, etag text, same boolean, body jsonb
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_run (
    source text, job_id bigint, settings jsonb, at timestamptz, is_replay boolean, is_old boolean
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_counts (
    rows bigint, loaded bigint, rejected bigint
) ON COMMIT DELETE ROWS;
