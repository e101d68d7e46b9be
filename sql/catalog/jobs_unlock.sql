SELECT pg_advisory_unlock(hashtextextended('ytempire job ' || $1, 0))
