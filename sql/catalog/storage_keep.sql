-- Partitions ahead of time, and rows out of the default ones; how many partitions were made. It locks whole tables, so it
-- may not queue for one: behind it every reader would wait.
SELECT ops.keep_partitions() FROM pg_catalog.set_config('lock_timeout', '2s', true)
