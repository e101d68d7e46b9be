-- The session holds a lock from now on by which others see that the worker is there: it goes with it, however that goes. Shared,
-- since a session before this one may hang on to it.
SELECT ops.greet_worker($1, $2, $3::integer, $4, $5::integer, $6::bigint[]),
       pg_try_advisory_lock_shared(hashtextextended('ytempire worker ' || $1, 0))
