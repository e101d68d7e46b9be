-- TimescaleDB takes its tables as they come, and its workers wait.
SELECT public.timescaledb_pre_restore()
