SELECT public.timescaledb_post_restore()
