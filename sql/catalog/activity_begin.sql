-- A look that writes nothing, waits for nobody for long, and takes no workers from those who work.
BEGIN READ ONLY;
SET LOCAL statement_timeout = '5s';
SET LOCAL lock_timeout = '500ms';
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL search_path = pg_catalog, pg_temp;
