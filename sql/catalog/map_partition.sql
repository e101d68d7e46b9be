-- A partition of $1 for the time $2. Making one locks the whole table, so it may not queue for that: behind it every reader
-- would wait.
SELECT ops.make_partitions($1, $2::timestamptz, $2::timestamptz) FROM pg_catalog.set_config('lock_timeout', '1s', true)
