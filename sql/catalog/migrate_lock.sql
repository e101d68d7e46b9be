-- Tries to become the one migrator of this database. Never waits: a blocked statement holds a snapshot, for which
-- CREATE INDEX CONCURRENTLY waits in its turn.
SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('ytempire migrate', 0))
