-- The next partition that there should be is made, with the rows for it that lie in the default one; its table, or NULL where there
-- are all. It locks a whole table, so it may not queue for one: behind it every reader would wait.
SELECT ops.keep_next_partition() FROM pg_catalog.set_config('lock_timeout', '2s', true)
