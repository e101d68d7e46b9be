-- A job that runs already: $1 kind, $2 source, $3 command, $4 unique key, $5 worker, $6 bytes to be read. NULL where somebody
-- else has the key or fills the source.
SELECT job, fence FROM ops.begin_job($1, $2, $3, $4, $5, $6::bigint)
