-- Loads of source $1 whose program is gone (it held the lock, or the lease is over) are ended; the dead letters that they left
-- without the digest of their file go: loading the file again brings them. Says which.
WITH held AS MATERIALIZED (
    SELECT id, attempt, lease_until FROM ops.jobs WHERE kind = 'ingest' AND source = $1 AND state = 'running'
), lost AS MATERIALIZED (
    SELECT id, attempt FROM held
     WHERE lease_until < now() OR pg_try_advisory_xact_lock(hashtextextended('ytempire job ' || id, 0))
), ended AS (
    UPDATE ops.jobs AS j
       SET state = 'discarded', finished_at = now(), lease_until = NULL, error = 'the program that ran it ended before it', error_class = 'stop'
      FROM lost WHERE j.id = lost.id
), attempts AS (
    UPDATE ops.job_attempts AS a
       SET outcome = 'lost', finished_at = now(), error = 'the program that ran it ended before it', error_class = 'stop'
      FROM lost WHERE a.job_id = lost.id AND a.attempt = lost.attempt
), letters AS (
    DELETE FROM ops.dead_letters AS d
     WHERE d.source = $1 AND d.file_sha256 LIKE 'job:%' AND d.job_id NOT IN (SELECT id FROM held)
        OR d.source = $1 AND d.file_sha256 LIKE 'job:%' AND d.job_id IN (SELECT id FROM lost)
)
SELECT id FROM lost
