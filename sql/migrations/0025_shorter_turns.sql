-- migrate:up
-- Shorter turns. Their statements are planned once a session, which for one job took longer than to do them; that a list of
-- any length is read by its index is said, since a plan without values would not know. A claim gives what the runner
-- reads, and the end of jobs that have completed and said nothing, which is nearly all, writes little.
ALTER TABLE ops.jobs SET (fillfactor = 50);         -- the versions of a row stay in its page

DROP FUNCTION ops.claim_jobs(text, integer, interval);
CREATE FUNCTION ops.claim_jobs(of_worker text, want integer, lease interval)
RETURNS TABLE (id bigint, fence bigint, attempt integer, max_attempts integer, timeout_seconds integer, kind text, source text,
               command text) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off AS $$
#variable_conflict use_column
DECLARE
    chosen bigint[] := '{}';
BEGIN
    IF want <= 0 OR EXISTS (SELECT FROM ops.queue_pauses WHERE source = '*') THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM ops.jobs WHERE state IN ('scheduled', 'retryable') AND run_at <= now()) THEN
        UPDATE ops.jobs SET state = 'available'
         WHERE id = ANY (ARRAY(SELECT id FROM ops.jobs WHERE state IN ('scheduled', 'retryable') AND run_at <= now()
                                ORDER BY run_at LIMIT 1000 FOR UPDATE SKIP LOCKED));
    END IF;
    IF EXISTS (SELECT FROM ops.jobs WHERE state = 'available' AND source IS NOT NULL) THEN
        chosen := ops.choose_jobs(want);
    END IF;
    RETURN QUERY
    UPDATE ops.jobs AS j
       SET state = 'running', attempt = j.attempt + 1, fence = nextval('ops.fence'), worker = of_worker, foreground = false,
           lease_until = clock_timestamp() + lease, started_at = clock_timestamp(), error = NULL, error_class = NULL,
           progress_done = NULL, progress_total = NULL, progress_unit = NULL
     WHERE j.id = ANY (chosen || ARRAY(SELECT f.id FROM ops.jobs AS f WHERE f.state = 'available' AND f.source IS NULL
                                        ORDER BY f.priority, f.run_at, f.id LIMIT want - cardinality(chosen)
                                          FOR UPDATE SKIP LOCKED))
       AND j.state = 'available'
    RETURNING j.id, j.fence, j.attempt, j.max_attempts + j.uncounted, j.timeout_seconds, j.kind, j.source, j.command;
END $$;

-- As ops.end_jobs, of which it is the part that knows every way to end.
CREATE FUNCTION ops.end_jobs_in_full(ids bigint[], fences bigint[], hows text[], errors text[], pauses bigint[], counts bigint[])
RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    WITH ended AS (
        SELECT e.*, counts[e.n * 6 - 5] AS c1, counts[e.n * 6 - 4] AS c2, counts[e.n * 6 - 3] AS c3,
               counts[e.n * 6 - 2] AS c4, counts[e.n * 6 - 1] AS c5, counts[e.n * 6] AS c6
          FROM unnest(ids, fences, hows, errors, pauses) WITH ORDINALITY AS e (id, fence, how, error, pause, n)
    ), job AS (
        UPDATE ops.jobs AS j
           SET state = ops.job_state_after(e.how, j.cancel_asked_at IS NOT NULL, j.attempt - j.uncounted, j.max_attempts),
               uncounted = j.uncounted + (e.how IN ('returned', 'quota'))::integer,
               run_at = CASE WHEN e.how IN ('retry', 'quota')
                             THEN ops.job_again_at(e.how, j.attempt - j.uncounted, e.pause * interval '1 microsecond')
                             ELSE j.run_at END,
               finished_at = CASE WHEN ops.job_state_after(e.how, j.cancel_asked_at IS NOT NULL, j.attempt - j.uncounted,
                                                           j.max_attempts) IN ('completed', 'cancelled', 'discarded')
                                  THEN clock_timestamp() END,
               lease_until = NULL, error = e.error,
               cancel_how = CASE WHEN j.cancel_asked_at IS NOT NULL
                                 THEN coalesce(j.cancel_how, CASE WHEN e.how = 'completed' THEN 'it had ended' ELSE 'it stopped itself' END) END,
               error_class = CASE WHEN e.how IN ('retry', 'stop', 'quota') THEN e.how END,
               rows_read = coalesce(e.c1, j.rows_read), rows_loaded = coalesce(e.c2, j.rows_loaded),
               rows_unchanged = coalesce(e.c3, j.rows_unchanged), rows_rejected = coalesce(e.c4, j.rows_rejected),
               bytes = coalesce(e.c5, j.bytes), quota = coalesce(e.c6, j.quota),
               cancel_heard_at = CASE WHEN j.cancel_asked_at IS NOT NULL THEN coalesce(j.cancel_heard_at, clock_timestamp()) END
          FROM ended AS e
         WHERE j.id = e.id AND j.fence = e.fence AND j.state = 'running'
        RETURNING j.id, j.attempt, j.fence, j.worker, j.started_at, j.state, e.how, e.error, j.rows_read, j.rows_loaded,
                  j.rows_unchanged, j.rows_rejected, j.bytes, j.quota, j.error_class
    ), attempt AS (
        INSERT INTO ops.job_attempts (job_id, attempt, fence, worker, started_at, finished_at, outcome, rows_read, rows_loaded,
                                      rows_unchanged, rows_rejected, bytes, quota, error, error_class)
        SELECT job.id, job.attempt, job.fence, job.worker, job.started_at, clock_timestamp(),
               CASE WHEN job.state IN ('completed', 'cancelled') THEN job.state
                    WHEN job.how = 'returned' THEN 'returned' ELSE 'failed' END,
               job.rows_read, job.rows_loaded, job.rows_unchanged, job.rows_rejected, job.bytes, job.quota, job.error, job.error_class
          FROM job
    )
    INSERT INTO ops.job_log (job_id, attempt, level, message)
    SELECT job.id, job.attempt, CASE WHEN job.state IN ('completed', 'cancelled', 'available') THEN 'warning' ELSE 'error' END,
           job.error
      FROM job WHERE job.error IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION ops.end_jobs(ids bigint[], fences bigint[], hows text[], errors text[], pauses bigint[], counts bigint[])
RETURNS SETOF bigint LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    written bigint := 0;
BEGIN
    IF 'completed' = ALL (hows) AND cardinality(array_remove(counts, NULL)) = 0 AND cardinality(array_remove(errors, NULL)) = 0 THEN
        WITH job AS (
            UPDATE ops.jobs AS j SET state = 'completed', finished_at = clock_timestamp(), lease_until = NULL
              FROM unnest(ids, fences) AS e (id, fence)
             WHERE j.id = e.id AND j.fence = e.fence AND j.state = 'running' AND j.cancel_asked_at IS NULL
            RETURNING j.id, j.attempt, j.fence, j.worker, j.started_at, j.finished_at, j.rows_read, j.rows_loaded,
                      j.rows_unchanged, j.rows_rejected, j.bytes, j.quota
        )
        INSERT INTO ops.job_attempts (job_id, attempt, fence, worker, started_at, finished_at, outcome, rows_read, rows_loaded,
                                      rows_unchanged, rows_rejected, bytes, quota)
        SELECT id, attempt, fence, worker, started_at, finished_at, 'completed', rows_read, rows_loaded,
               rows_unchanged, rows_rejected, bytes, quota
          FROM job;
        GET DIAGNOSTICS written = ROW_COUNT;
    END IF;
    IF written < cardinality(ids) THEN
        PERFORM ops.end_jobs_in_full(ids, fences, hows, errors, pauses, counts);
        -- a statement of its own: an end that was told twice may have waited for the first to commit
        RETURN QUERY SELECT e.id FROM unnest(ids, fences) AS e (id, fence)
                      WHERE NOT EXISTS (SELECT FROM ops.job_attempts AS a WHERE a.job_id = e.id AND a.fence = e.fence);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION ops.turn_jobs(of_worker text, in_state text, lease_us bigint, want integer, beat boolean, held bigint[],
                              held_fences bigint[], ids bigint[], fences bigint[], hows text[], errors text[],
                              pauses bigint[], counts bigint[])
RETURNS TABLE (verdict text, job bigint, fence bigint, attempt integer, max_attempts integer, timeout_seconds integer,
               kind text, source text, command text) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF cardinality(ids) > 0 THEN
        RETURN QUERY SELECT 'missed', e, NULL::bigint, NULL::integer, NULL::integer, NULL::integer, NULL, NULL, NULL
                       FROM ops.end_jobs(ids, fences, hows, errors, pauses, counts) AS e;
    END IF;
    IF beat THEN
        RETURN QUERY SELECT b.verdict, b.job, NULL::bigint, NULL::integer, NULL::integer, NULL::integer, NULL, NULL, NULL
                       FROM ops.beat_jobs(of_worker, in_state, lease_us * interval '1 microsecond', held, held_fences) AS b;
    END IF;
    IF want > 0 THEN
        RETURN QUERY SELECT 'run', c.* FROM ops.claim_jobs(of_worker, want, lease_us * interval '1 microsecond') AS c;
        RETURN QUERY SELECT 'next', (extract(epoch FROM min(j.run_at) - clock_timestamp()) * 1000000)::bigint, NULL::bigint,
                            NULL::integer, NULL::integer, NULL::integer, NULL, NULL, NULL
                       FROM ops.jobs AS j WHERE j.state IN ('scheduled', 'retryable');
    END IF;
END $$;

-- By the index of their jobs, whatever a session has known of these tables when it first planned this.
CREATE OR REPLACE FUNCTION ops.forget_jobs() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    DELETE FROM ops.job_attempts WHERE job_id = ANY (ARRAY(SELECT id FROM gone));
    DELETE FROM ops.job_log WHERE job_id = ANY (ARRAY(SELECT id FROM gone));
    RETURN NULL;
END $$;

REVOKE EXECUTE ON FUNCTION ops.claim_jobs(text, integer, interval),
    ops.end_jobs_in_full(bigint[], bigint[], text[], text[], bigint[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.claim_jobs(text, integer, interval),
    ops.end_jobs_in_full(bigint[], bigint[], text[], text[], bigint[], bigint[])
    TO ytempire_owner, ytempire_worker;

-- migrate:down
DROP FUNCTION ops.claim_jobs(text, integer, interval);
DROP FUNCTION ops.end_jobs_in_full(bigint[], bigint[], text[], text[], bigint[], bigint[]);
CREATE OR REPLACE FUNCTION ops.end_jobs(ids bigint[], fences bigint[], hows text[], errors text[], pauses bigint[], counts bigint[])
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    WITH ended AS (
        SELECT e.*, counts[e.n * 6 - 5] AS c1, counts[e.n * 6 - 4] AS c2, counts[e.n * 6 - 3] AS c3,
               counts[e.n * 6 - 2] AS c4, counts[e.n * 6 - 1] AS c5, counts[e.n * 6] AS c6
          FROM unnest(ids, fences, hows, errors, pauses) WITH ORDINALITY AS e (id, fence, how, error, pause, n)
    ), job AS (
        UPDATE ops.jobs AS j
           SET state = ops.job_state_after(e.how, j.cancel_asked_at IS NOT NULL, j.attempt - j.uncounted, j.max_attempts),
               uncounted = j.uncounted + (e.how IN ('returned', 'quota'))::integer,
               run_at = CASE WHEN e.how IN ('retry', 'quota')
                             THEN ops.job_again_at(e.how, j.attempt - j.uncounted, e.pause * interval '1 microsecond')
                             ELSE j.run_at END,
               finished_at = CASE WHEN ops.job_state_after(e.how, j.cancel_asked_at IS NOT NULL, j.attempt - j.uncounted,
                                                           j.max_attempts) IN ('completed', 'cancelled', 'discarded')
                                  THEN clock_timestamp() END,
               lease_until = NULL, error = e.error,
               cancel_how = CASE WHEN j.cancel_asked_at IS NOT NULL
                                 THEN coalesce(j.cancel_how, CASE WHEN e.how = 'completed' THEN 'it had ended' ELSE 'it stopped itself' END) END,
               error_class = CASE WHEN e.how IN ('retry', 'stop', 'quota') THEN e.how END,
               rows_read = coalesce(e.c1, j.rows_read), rows_loaded = coalesce(e.c2, j.rows_loaded),
               rows_unchanged = coalesce(e.c3, j.rows_unchanged), rows_rejected = coalesce(e.c4, j.rows_rejected),
               bytes = coalesce(e.c5, j.bytes), quota = coalesce(e.c6, j.quota),
               cancel_heard_at = CASE WHEN j.cancel_asked_at IS NOT NULL THEN coalesce(j.cancel_heard_at, clock_timestamp()) END
          FROM ended AS e
         WHERE j.id = e.id AND j.fence = e.fence AND j.state = 'running'
        RETURNING j.id, j.attempt, j.fence, j.worker, j.started_at, j.state, e.how, e.error, j.rows_read, j.rows_loaded,
                  j.rows_unchanged, j.rows_rejected, j.bytes, j.quota, j.error_class
    ), attempt AS (
        INSERT INTO ops.job_attempts (job_id, attempt, fence, worker, started_at, finished_at, outcome, rows_read, rows_loaded,
                                      rows_unchanged, rows_rejected, bytes, quota, error, error_class)
        SELECT job.id, job.attempt, job.fence, job.worker, job.started_at, clock_timestamp(),
               CASE WHEN job.state IN ('completed', 'cancelled') THEN job.state
                    WHEN job.how = 'returned' THEN 'returned' ELSE 'failed' END,
               job.rows_read, job.rows_loaded, job.rows_unchanged, job.rows_rejected, job.bytes, job.quota, job.error, job.error_class
          FROM job
    ), said AS (
        INSERT INTO ops.job_log (job_id, attempt, level, message)
        SELECT job.id, job.attempt, CASE WHEN job.state IN ('completed', 'cancelled', 'available') THEN 'warning' ELSE 'error' END,
               job.error
          FROM job WHERE job.error IS NOT NULL
    )
    SELECT e.id FROM ended AS e
     WHERE NOT EXISTS (SELECT FROM job WHERE job.id = e.id)
       AND NOT EXISTS (SELECT FROM ops.job_attempts AS a WHERE a.job_id = e.id AND a.fence = e.fence);
END $$;

CREATE FUNCTION ops.claim_jobs(of_worker text, want integer, lease interval) RETURNS SETOF ops.jobs LANGUAGE plpgsql AS $$
DECLARE
    chosen bigint[] := '{}';
BEGIN
    IF want <= 0 OR EXISTS (SELECT FROM ops.queue_pauses WHERE source = '*') THEN
        RETURN;
    END IF;
    UPDATE ops.jobs SET state = 'available'
     WHERE id = ANY (ARRAY(SELECT id FROM ops.jobs WHERE state IN ('scheduled', 'retryable') AND run_at <= now()
                            ORDER BY run_at LIMIT 1000 FOR UPDATE SKIP LOCKED));
    IF EXISTS (SELECT FROM ops.jobs WHERE state = 'available' AND source IS NOT NULL) THEN
        chosen := ops.choose_jobs(want);
    END IF;
    RETURN QUERY
    UPDATE ops.jobs AS j
       SET state = 'running', attempt = j.attempt + 1, fence = nextval('ops.fence'), worker = of_worker, foreground = false,
           lease_until = clock_timestamp() + lease, started_at = clock_timestamp(), error = NULL, error_class = NULL,
           progress_done = NULL, progress_total = NULL, progress_unit = NULL
     WHERE j.id = ANY (chosen || ARRAY(SELECT f.id FROM ops.jobs AS f WHERE f.state = 'available' AND f.source IS NULL
                                        ORDER BY f.priority, f.run_at, f.id LIMIT want - cardinality(chosen)
                                          FOR UPDATE SKIP LOCKED))
       AND j.state = 'available'
    RETURNING j.*;
END $$;

CREATE OR REPLACE FUNCTION ops.turn_jobs(of_worker text, in_state text, lease_us bigint, want integer, beat boolean, held bigint[],
                              held_fences bigint[], ids bigint[], fences bigint[], hows text[], errors text[],
                              pauses bigint[], counts bigint[])
RETURNS TABLE (verdict text, job bigint, fence bigint, attempt integer, max_attempts integer, timeout_seconds integer,
               kind text, source text, command text) LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(ids) > 0 THEN
        RETURN QUERY SELECT 'missed', e, NULL::bigint, NULL::integer, NULL::integer, NULL::integer, NULL, NULL, NULL
                       FROM ops.end_jobs(ids, fences, hows, errors, pauses, counts) AS e;
    END IF;
    IF beat THEN
        RETURN QUERY SELECT b.verdict, b.job, NULL::bigint, NULL::integer, NULL::integer, NULL::integer, NULL, NULL, NULL
                       FROM ops.beat_jobs(of_worker, in_state, lease_us * interval '1 microsecond', held, held_fences) AS b;
    END IF;
    IF want > 0 THEN
        RETURN QUERY SELECT 'run', c.id, c.fence, c.attempt, c.max_attempts + c.uncounted, c.timeout_seconds, c.kind, c.source, c.command
                       FROM ops.claim_jobs(of_worker, want, lease_us * interval '1 microsecond') AS c;
        RETURN QUERY SELECT 'next', (extract(epoch FROM min(j.run_at) - clock_timestamp()) * 1000000)::bigint, NULL::bigint,
                            NULL::integer, NULL::integer, NULL::integer, NULL, NULL, NULL
                       FROM ops.jobs AS j WHERE j.state IN ('scheduled', 'retryable');
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION ops.claim_jobs(text, integer, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.claim_jobs(text, integer, interval) TO ytempire_owner, ytempire_worker;
CREATE OR REPLACE FUNCTION ops.forget_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM ops.job_attempts WHERE job_id IN (SELECT id FROM gone);
    DELETE FROM ops.job_log WHERE job_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
ALTER TABLE ops.jobs RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE ops.jobs SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
