SELECT to_regclass('ops.queue_limits') IS NOT NULL
