-- migrate:up
-- The queue. A claim finds its jobs by two small indexes, of those without a source and of those of each, so that neither
-- ten thousand future jobs nor ten thousand of a source that is paused are looked at. The attempt is written when it ends;
-- until then the job's row is the record of it.
ALTER TABLE ops.jobs
    ADD COLUMN command        text,                       -- the line a worker runs
    ADD COLUMN foreground     boolean NOT NULL DEFAULT false,    -- by the program that was asked, whose session holds its lock
    ADD COLUMN uncounted      integer NOT NULL DEFAULT 0, -- attempts that were given back, or met an empty quota
    ADD COLUMN schedule       text,
    ADD COLUMN scheduled_for  timestamptz,
    ADD COLUMN cancel_how     text;                       -- what ended it: cooperative, statement cancelled, …

ALTER TABLE ops.workers ADD COLUMN leader boolean NOT NULL DEFAULT false;
ALTER TABLE ops.schedules
    ADD COLUMN kind           text    NOT NULL DEFAULT 'command',
    ADD COLUMN source         text;                       -- of the jobs it makes

DROP INDEX ops.jobs_one_live;
DROP INDEX ops.idx_jobs_ready;
DROP INDEX ops.idx_jobs_running;
DROP INDEX ops.idx_jobs_source;
CREATE UNIQUE INDEX jobs_one_live ON ops.jobs (unique_key)
    WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'available', 'running', 'retryable');
CREATE INDEX idx_jobs_free ON ops.jobs (priority, run_at, id) WHERE state = 'available' AND source IS NULL;
CREATE INDEX idx_jobs_waiting ON ops.jobs (source, priority, run_at, id) WHERE state = 'available' AND source IS NOT NULL;
CREATE INDEX idx_jobs_due ON ops.jobs (run_at) WHERE state IN ('scheduled', 'retryable');
CREATE INDEX idx_jobs_running ON ops.jobs (source) WHERE state = 'running';     -- not of the lease: a heartbeat writes no index
CREATE INDEX idx_jobs_source ON ops.jobs (source, id) WHERE source IS NOT NULL;

-- What goes with a job, in one statement for many, and nothing to look up when an attempt is written.
ALTER TABLE ops.job_attempts DROP CONSTRAINT job_attempts_job_id_fkey;
ALTER TABLE ops.job_log DROP CONSTRAINT job_log_job_id_fkey;
CREATE FUNCTION ops.forget_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM ops.job_attempts WHERE job_id IN (SELECT id FROM gone);
    DELETE FROM ops.job_log WHERE job_id IN (SELECT id FROM gone);
    RETURN NULL;
END $$;
CREATE TRIGGER forget_jobs AFTER DELETE ON ops.jobs REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION ops.forget_jobs();

-- How many jobs of a source may run at once; one, unless it stands here.
CREATE TABLE ops.queue_limits (
    source              text        PRIMARY KEY,
    running             integer     NOT NULL CHECK (running >= 0)
);
GRANT SELECT ON ops.queue_limits TO ytempire_analyst;

INSERT INTO ops.settings (name, value, reason)
VALUES ('jobs_keep_days', '30', 'default: jobs that ended before are taken away') ON CONFLICT (name) DO NOTHING;

-- Wakes the workers, at most ten times a second a session: a NOTIFY takes a lock that all commits share. A worker that was
-- woken looks again a moment later, so that what was put meanwhile is seen.
CREATE FUNCTION ops.ring_jobs() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    instant double precision := extract(epoch FROM clock_timestamp());
BEGIN
    IF instant - coalesce(nullif(current_setting('ytempire.rang', true), ''), '0')::double precision NOT BETWEEN 0 AND 0.1 THEN
        PERFORM set_config('ytempire.rang', instant::text, false);
        PERFORM pg_notify('ytempire_jobs', '');
    END IF;
END $$;

CREATE FUNCTION ops.put_job(of_kind text, of_source text, of_command text, of_key text, of_priority integer, delay_us bigint,
                            most integer, timeout integer, of_schedule text, for_time timestamptz,
                            OUT job bigint, OUT is_new boolean) LANGUAGE plpgsql AS $$
BEGIN
    FOR turn IN 1 .. 100 LOOP
        INSERT INTO ops.jobs (kind, source, command, unique_key, priority, state, run_at, max_attempts, timeout_seconds,
                              schedule, scheduled_for)
        VALUES (of_kind, of_source, of_command, of_key, of_priority, CASE WHEN delay_us > 0 THEN 'scheduled' ELSE 'available' END,
                now() + delay_us * interval '1 microsecond', most, timeout, of_schedule, for_time)
            ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'available', 'running', 'retryable')
            DO NOTHING
        RETURNING id INTO job;
        is_new := FOUND;
        IF is_new THEN
            PERFORM ops.ring_jobs();
            RETURN;
        END IF;
        SELECT id INTO job FROM ops.jobs
         WHERE unique_key = of_key AND state IN ('scheduled', 'available', 'running', 'retryable');
        IF FOUND THEN
            RETURN;
        END IF;      -- it has ended in between
    END LOOP;
    RAISE 'the key % comes and goes too often', of_key USING ERRCODE = 'serialization_failure';
END $$;

-- A job of a program that was asked to do it and waits for it. No job where somebody else has the key or fills the source.
-- The session takes the job's lock in the same breath, so that nobody can think it lost.
CREATE FUNCTION ops.begin_job(of_kind text, of_source text, of_command text, of_key text, of_worker text, of_bytes bigint,
                              OUT job bigint, OUT fence bigint) LANGUAGE plpgsql AS $$
BEGIN
    IF of_source IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('ytempire sources', 0));
        IF (SELECT count(*) FROM ops.jobs AS j WHERE j.state = 'running' AND j.source = of_source)
           >= coalesce((SELECT l.running FROM ops.queue_limits AS l WHERE l.source = of_source), 1) THEN
            RETURN;
        END IF;
    END IF;
    INSERT INTO ops.jobs AS j (kind, source, command, unique_key, state, foreground, attempt, max_attempts, worker, fence,
                               lease_until, started_at, progress_done, progress_total, progress_unit)
    VALUES (of_kind, of_source, of_command, of_key, 'running', true, 1, 1, of_worker, nextval('ops.fence'),
            now() + interval '10 minutes', clock_timestamp(), 0, of_bytes, 'bytes')
        ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'available', 'running', 'retryable')
        DO NOTHING
    RETURNING j.id, j.fence INTO job, fence;
    IF job IS NOT NULL THEN
        PERFORM pg_advisory_lock(hashtextextended('ytempire job ' || job, 0));
    END IF;
END $$;

-- What a job becomes when an attempt ends in one of: completed, cancelled, returned, quota, retry, stop.
CREATE FUNCTION ops.job_state_after(how text, cancelled boolean, counted integer, most integer) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN how = 'completed' THEN 'completed'
                WHEN how = 'cancelled' OR cancelled THEN 'cancelled'
                WHEN how = 'returned' THEN 'available'
                WHEN how = 'quota' THEN 'scheduled'
                WHEN how = 'retry' AND counted < most THEN 'retryable'
                ELSE 'discarded' END
$$;

-- When it is tried again: after 10 s, doubled each time, an hour at most, a quarter more or less; a quota is anew at
-- midnight Pacific time. Not before `pause`, which whoever refused has asked for.
CREATE FUNCTION ops.job_again_at(how text, counted integer, pause interval) RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN how = 'quota' AND pause IS NULL
                THEN (date_trunc('day', now() AT TIME ZONE 'America/Los_Angeles') + interval '1 day') AT TIME ZONE 'America/Los_Angeles'
                WHEN how IN ('retry', 'quota')
                THEN clock_timestamp() + greatest(coalesce(pause, interval '0'),
                         least(3600, 10 * 2 ^ least(counted - 1, 20)) * (0.75 + random() * 0.5) * interval '1 second')
                ELSE clock_timestamp() END
$$;

-- Ends attempts, given by job and fence. `counts` has six numbers each: rows read, loaded, unchanged, rejected, bytes, quota.
-- Those that are no longer who says so come back.
CREATE FUNCTION ops.end_jobs(ids bigint[], fences bigint[], hows text[], errors text[], pauses bigint[], counts bigint[])
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

-- Sources that have jobs waiting and are not paused, and how many more of each may run.
CREATE FUNCTION ops.open_sources() RETURNS TABLE (source text, room bigint) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE waiting AS (
        (SELECT j.source FROM ops.jobs AS j WHERE j.state = 'available' AND j.source IS NOT NULL ORDER BY j.source LIMIT 1)
        UNION ALL
        SELECT (SELECT j.source FROM ops.jobs AS j
                 WHERE j.state = 'available' AND j.source IS NOT NULL AND j.source > w.source ORDER BY j.source LIMIT 1)
          FROM waiting AS w WHERE w.source IS NOT NULL
    )
    SELECT w.source,
           coalesce(l.running, 1) - (SELECT count(*) FROM ops.jobs AS r WHERE r.state = 'running' AND r.source = w.source)
      FROM waiting AS w
      LEFT JOIN ops.queue_limits AS l ON l.source = w.source
     WHERE w.source IS NOT NULL AND NOT EXISTS (SELECT FROM ops.queue_pauses AS p WHERE p.source = w.source)
$$;

-- Jobs with a source, as many of each as may run, that come before the jobs without one. Claims of such jobs wait for each
-- other, or two of them would fill the same place.
CREATE FUNCTION ops.choose_jobs(want integer) RETURNS bigint[] LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ops.open_sources() WHERE room > 0) THEN
        RETURN '{}';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('ytempire sources', 0));
    RETURN ARRAY(
        SELECT c.id
          FROM (SELECT c.*, true AS has_source
                  FROM ops.open_sources() AS s,
                       LATERAL (SELECT j.id, j.priority, j.run_at FROM ops.jobs AS j
                                 WHERE j.state = 'available' AND j.source = s.source
                                 ORDER BY j.priority, j.run_at, j.id LIMIT least(greatest(s.room, 0), want)) AS c
                UNION ALL
                (SELECT j.id, j.priority, j.run_at, false FROM ops.jobs AS j
                  WHERE j.state = 'available' AND j.source IS NULL ORDER BY j.priority, j.run_at, j.id LIMIT want)
                ORDER BY priority, run_at, id LIMIT want) AS c
         WHERE c.has_source);
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

-- Renews the leases of what a worker runs. Back comes what is no longer its own ('lost') or is to stop ('cancel').
CREATE FUNCTION ops.beat_jobs(of_worker text, in_state text, lease interval, ids bigint[], fences bigint[])
RETURNS TABLE (verdict text, job bigint) LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ops.workers SET heartbeat_at = clock_timestamp(), state = in_state, busy = cardinality(ids) WHERE worker = of_worker;
    RETURN QUERY
    WITH held AS (
        SELECT * FROM unnest(ids, fences) AS h (id, fence)
    ), kept AS (
        UPDATE ops.jobs AS j
           SET lease_until = clock_timestamp() + lease,
               cancel_heard_at = CASE WHEN j.cancel_asked_at IS NOT NULL THEN coalesce(j.cancel_heard_at, clock_timestamp()) END
          FROM held AS h WHERE j.id = h.id AND j.fence = h.fence AND j.state = 'running'
        RETURNING j.id, j.cancel_asked_at IS NOT NULL AS cancelled
    )
    SELECT CASE WHEN k.id IS NULL THEN 'lost' ELSE 'cancel' END, h.id
      FROM held AS h LEFT JOIN kept AS k ON k.id = h.id WHERE k.id IS NULL OR k.cancelled;
END $$;

-- All of it at once: one round trip, one commit. `beat`: the leases are to be renewed. Rows are 'missed' (an end that was
-- not his to tell), 'lost', 'cancel', 'run' (a job that was claimed), and one 'next': microseconds until a job is due.
CREATE FUNCTION ops.turn_jobs(of_worker text, in_state text, lease_us bigint, want integer, beat boolean, held bigint[],
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

-- A worker begins, or is back after its connection was lost: what it was given and has not heard of goes back.
CREATE FUNCTION ops.greet_worker(of_worker text, of_host text, of_pid integer, of_version text, of_slots integer, held bigint[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ops.workers AS w (worker, host, pid, version, slots)
    VALUES (of_worker, of_host, of_pid, of_version, of_slots)
        ON CONFLICT (worker) DO UPDATE SET heartbeat_at = clock_timestamp(), slots = excluded.slots, state = 'working';
    UPDATE ops.jobs SET state = 'available', lease_until = NULL, uncounted = uncounted + 1
     WHERE state = 'running' AND worker = of_worker AND NOT foreground AND id <> ALL (held);
    DELETE FROM ops.workers WHERE heartbeat_at < now() - interval '1 day';
END $$;

-- Attempts whose lease is over, or whose program has let go of its lock, are lost; of one source, unless it is NULL. A
-- holder in the middle of a transaction is left alone: it is there, and what it commits is to count. One of the foreground
-- ends; one of a worker is on the list again.
CREATE FUNCTION ops.sweep_jobs(of_source text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    swept bigint;
BEGIN
    WITH late AS MATERIALIZED (
        SELECT j.id FROM ops.jobs AS j
         WHERE j.state = 'running' AND (of_source IS NULL OR j.source = of_source)
           AND (j.lease_until < clock_timestamp() OR j.lease_until IS NULL
                OR j.foreground AND pg_try_advisory_xact_lock(hashtextextended('ytempire job ' || j.id, 0)))
           FOR UPDATE SKIP LOCKED
    ), job AS (
        UPDATE ops.jobs AS j
           SET state = CASE WHEN j.cancel_asked_at IS NOT NULL THEN 'cancelled'
                            WHEN NOT j.foreground AND j.attempt - j.uncounted < j.max_attempts THEN 'available' ELSE 'discarded' END,
               finished_at = CASE WHEN NOT j.foreground AND j.cancel_asked_at IS NULL AND j.attempt - j.uncounted < j.max_attempts
                                  THEN NULL ELSE clock_timestamp() END,
               lease_until = NULL, fence = nextval('ops.fence'), error = 'the program that ran it ended before it', error_class = 'stop',
               cancel_how = CASE WHEN j.cancel_asked_at IS NOT NULL THEN 'its program was gone' END
          FROM late, ops.jobs AS old WHERE j.id = late.id AND old.id = j.id
        RETURNING j.id, j.attempt, old.fence, j.worker, j.started_at, j.error, j.error_class, j.source, j.state,
                  j.rows_read, j.rows_loaded, j.rows_unchanged, j.rows_rejected, j.bytes
    ), attempt AS (
        INSERT INTO ops.job_attempts (job_id, attempt, fence, worker, started_at, finished_at, outcome, error, error_class,
                                      rows_read, rows_loaded, rows_unchanged, rows_rejected, bytes)
        SELECT id, attempt, fence, worker, coalesce(started_at, now()), clock_timestamp(), 'lost', error, error_class,
               rows_read, rows_loaded, rows_unchanged, rows_rejected, bytes FROM job
    ), said AS (
        INSERT INTO ops.job_log (job_id, attempt, level, message)
        SELECT id, attempt, 'error', error || CASE WHEN state = 'available' THEN ': it is on the list again' ELSE '' END FROM job
    )
    SELECT count(*) INTO swept FROM job;
    IF swept > 0 THEN
        PERFORM ops.ring_jobs();
    END IF;
    RETURN swept;
END $$;

-- The last step of a cancel: what still runs of the job can write nothing from now on. Waits for a transaction that shows the
-- fence, for two seconds at most.
CREATE FUNCTION ops.take_job(of_job bigint) RETURNS void LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
BEGIN
    PERFORM FROM ops.jobs WHERE id = of_job AND state = 'running' FOR UPDATE;
    WITH job AS (
        UPDATE ops.jobs AS j
           SET state = 'cancelled', finished_at = clock_timestamp(), lease_until = NULL, fence = nextval('ops.fence'),
               cancel_how = 'its lease was taken away', error = 'it did not stop when it was asked to'
          FROM ops.jobs AS old WHERE j.id = of_job AND old.id = j.id AND j.state = 'running'
        RETURNING j.id, j.attempt, old.fence, j.worker, j.started_at, j.error, j.rows_read, j.rows_loaded
    ), attempt AS (
        INSERT INTO ops.job_attempts (job_id, attempt, fence, worker, started_at, finished_at, outcome, error, rows_read, rows_loaded)
        SELECT id, attempt, fence, worker, coalesce(started_at, now()), clock_timestamp(), 'cancelled', error, rows_read, rows_loaded FROM job
    )
    INSERT INTO ops.job_log (job_id, attempt, level, message) SELECT id, attempt, 'warning', error FROM job;
END $$;

-- A duration for people: "3 h 12 min".
CREATE FUNCTION ops.in_words(duration interval) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN s < 60 THEN s || ' s'
                WHEN s < 3600 THEN s / 60 || ' min ' || s % 60 || ' s'
                WHEN s < 86400 THEN s / 3600 || ' h ' || s % 3600 / 60 || ' min'
                ELSE s / 86400 || ' d ' || s % 86400 / 3600 || ' h' END
      FROM (VALUES (greatest(extract(epoch FROM duration), 0)::bigint)) AS seconds (s)
$$;
CREATE FUNCTION ops.as_utc(instant timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC'
$$;

-- Why a job is where it is: one sentence, always.
CREATE FUNCTION ops.why_job(of_job bigint) RETURNS text LANGUAGE sql STABLE AS $$
    WITH job AS (SELECT * FROM ops.jobs WHERE id = of_job),
         pause AS (SELECT p.* FROM job, ops.queue_pauses AS p WHERE p.source IN ('*', job.source) ORDER BY p.source <> '*' LIMIT 1),
         crew AS (SELECT count(*) AS workers, sum(slots) AS slots,
                         (SELECT count(*) FROM ops.jobs WHERE state = 'running' AND NOT foreground) AS busy
                    FROM ops.workers WHERE state = 'working' AND heartbeat_at > now() - interval '30 seconds'),
         rivals AS (SELECT count(*) AS running, min(r.id) AS first FROM job, ops.jobs AS r WHERE r.state = 'running' AND r.source = job.source),
         place AS (SELECT coalesce((SELECT running FROM ops.queue_limits AS l, job WHERE l.source = job.source), 1) AS most)
    SELECT CASE
           WHEN state = 'completed' THEN 'it completed at ' || ops.as_utc(finished_at)
           WHEN state = 'cancelled' THEN 'it was cancelled' || coalesce(' by ' || cancel_asked_by, '') || ' at ' || ops.as_utc(finished_at)
           WHEN state = 'discarded' THEN 'it failed' || CASE WHEN error_class = 'retry' THEN ' (attempt ' || attempt || ')' ELSE '' END
                || coalesce(': ' || error, '') || '; ''job retry ' || id || ''' puts it on the list again'
           WHEN state = 'running' AND lease_until < now() THEN 'its lease is over for ' || ops.in_words(now() - lease_until) || ': '
                || coalesce(worker, 'whoever ran it') || ' is not heard of, and '
                || CASE WHEN (SELECT workers FROM crew) > 0 THEN 'the next sweep puts it on the list again'
                        ELSE 'no worker is alive to put it on the list again' END
           WHEN state = 'running' THEN 'it runs since ' || ops.as_utc(started_at) || ' by ' || coalesce(worker, '?')
                || CASE WHEN cancel_asked_at IS NULL THEN '' ELSE ', and was asked to stop ' || ops.in_words(now() - cancel_asked_at) || ' ago' END
           WHEN (SELECT source FROM pause) IS NOT NULL THEN
                (SELECT CASE WHEN p.source = '*' THEN 'the queue' ELSE 'source ''' || p.source || '''' END || ' is paused by ' || p.paused_by
                        || ' since ' || ops.as_utc(p.paused_at) || coalesce(' (' || p.why || ')', '') FROM pause AS p)
           WHEN run_at > now() AND error_class = 'quota' THEN 'the quota is empty until '
                || CASE WHEN run_at AT TIME ZONE 'America/Los_Angeles' = date_trunc('day', run_at AT TIME ZONE 'America/Los_Angeles')
                        THEN '00:00 Pacific' ELSE ops.as_utc(run_at) END || ', in ' || ops.in_words(run_at - now())
           WHEN run_at > now() AND state = 'retryable' THEN 'attempt ' || attempt || ' failed' || coalesce(' (' || error || ')', '')
                || '; the next is at ' || ops.as_utc(run_at) || ', in ' || ops.in_words(run_at - now())
           WHEN run_at > now() THEN 'it is scheduled for ' || ops.as_utc(run_at) || ', in ' || ops.in_words(run_at - now())
           WHEN (SELECT workers FROM crew) = 0 THEN 'no worker is alive: ''ytempire --worker'' starts one'
           WHEN job.source IS NOT NULL AND (SELECT running FROM rivals) >= (SELECT most FROM place) AND (SELECT running FROM rivals) > 0 THEN
                'job ' || (SELECT first FROM rivals) || ' holds source ''' || job.source || ''': ' || (SELECT running FROM rivals) || ' of '
                || (SELECT most FROM place) || ' run'
           WHEN job.source IS NOT NULL AND (SELECT most FROM place) = 0 THEN 'the limit of source ''' || job.source || ''' is 0'
           WHEN (SELECT busy >= slots FROM crew) THEN (SELECT 'worker slots ' || busy || ' of ' || slots FROM crew) || ' are in use'
           ELSE (SELECT CASE count(*) WHEN 0 THEN 'it is the next one: a worker takes it in a moment'
                                      WHEN 1 THEN '1 job goes before it' ELSE count(*) || ' jobs go before it' END
                   FROM ops.jobs AS b
                  WHERE b.state = 'available' AND (b.priority, b.run_at, b.id) < (job.priority, job.run_at, job.id)
                    AND NOT EXISTS (SELECT FROM ops.queue_pauses AS p WHERE p.source = b.source))
           END
      FROM job
$$;

-- Puts the jobs of a schedule for these times and moves it on; nothing where it is no longer as it was read. One live job a
-- schedule, or a schedule and time where all missed runs are made up.
CREATE FUNCTION ops.put_scheduled(of_name text, expected timestamptz, following timestamptz, times timestamptz[]) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    s   ops.schedules;
    one record;
    put integer := 0;
BEGIN
    UPDATE ops.schedules SET next_run = following, last_run = coalesce(times[cardinality(times)], last_run)
     WHERE name = of_name AND enabled AND next_run IS NOT DISTINCT FROM expected
    RETURNING * INTO s;
    FOR i IN 1 .. CASE WHEN s.name IS NULL THEN 0 ELSE cardinality(times) END LOOP
        SELECT * INTO one FROM ops.put_job(s.kind, s.source, s.command,
                                           'schedule ' || s.name || CASE WHEN s.missed = 'all' THEN ' ' || ops.as_utc(times[i]) ELSE '' END,
                                           0, 0, 5, NULL, s.name, times[i]);
        UPDATE ops.schedules SET last_job = one.job WHERE name = of_name;
        put := put + one.is_new::integer;
    END LOOP;
    RETURN put;
END $$;

REVOKE EXECUTE ON FUNCTION ops.forget_jobs(), ops.ring_jobs(),
    ops.put_job(text, text, text, text, integer, bigint, integer, integer, text, timestamptz),
    ops.begin_job(text, text, text, text, text, bigint), ops.job_state_after(text, boolean, integer, integer),
    ops.job_again_at(text, integer, interval),
    ops.end_jobs(bigint[], bigint[], text[], text[], bigint[], bigint[]), ops.open_sources(), ops.choose_jobs(integer),
    ops.claim_jobs(text, integer, interval), ops.beat_jobs(text, text, interval, bigint[], bigint[]),
    ops.turn_jobs(text, text, bigint, integer, boolean, bigint[], bigint[], bigint[], bigint[], text[], text[], bigint[], bigint[]),
    ops.greet_worker(text, text, integer, text, integer, bigint[]), ops.sweep_jobs(text),
    ops.take_job(bigint), ops.in_words(interval), ops.as_utc(timestamptz), ops.why_job(bigint),
    ops.put_scheduled(text, timestamptz, timestamptz, timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.forget_jobs(), ops.ring_jobs(),
    ops.put_job(text, text, text, text, integer, bigint, integer, integer, text, timestamptz),
    ops.begin_job(text, text, text, text, text, bigint), ops.job_state_after(text, boolean, integer, integer),
    ops.job_again_at(text, integer, interval),
    ops.end_jobs(bigint[], bigint[], text[], text[], bigint[], bigint[]), ops.open_sources(), ops.choose_jobs(integer),
    ops.claim_jobs(text, integer, interval), ops.beat_jobs(text, text, interval, bigint[], bigint[]),
    ops.turn_jobs(text, text, bigint, integer, boolean, bigint[], bigint[], bigint[], bigint[], text[], text[], bigint[], bigint[]),
    ops.greet_worker(text, text, integer, text, integer, bigint[]), ops.sweep_jobs(text),
    ops.take_job(bigint), ops.in_words(interval), ops.as_utc(timestamptz), ops.why_job(bigint),
    ops.put_scheduled(text, timestamptz, timestamptz, timestamptz[]) TO ytempire_owner, ytempire_worker;
GRANT EXECUTE ON FUNCTION ops.in_words(interval), ops.as_utc(timestamptz), ops.why_job(bigint) TO ytempire_analyst;
GRANT ALL ON ops.queue_limits TO ytempire_owner;

-- migrate:down
DROP FUNCTION ops.put_scheduled(text, timestamptz, timestamptz, timestamptz[]);
DROP FUNCTION ops.why_job(bigint);
DROP FUNCTION ops.as_utc(timestamptz);
DROP FUNCTION ops.in_words(interval);
DROP FUNCTION ops.take_job(bigint);
DROP FUNCTION ops.sweep_jobs(text);
DROP FUNCTION ops.greet_worker(text, text, integer, text, integer, bigint[]);
DROP FUNCTION ops.turn_jobs(text, text, bigint, integer, boolean, bigint[], bigint[], bigint[], bigint[], text[], text[], bigint[], bigint[]);
DROP FUNCTION ops.beat_jobs(text, text, interval, bigint[], bigint[]);
DROP FUNCTION ops.claim_jobs(text, integer, interval);
DROP FUNCTION ops.choose_jobs(integer);
DROP FUNCTION ops.open_sources();
DROP FUNCTION ops.end_jobs(bigint[], bigint[], text[], text[], bigint[], bigint[]);
DROP FUNCTION ops.job_again_at(text, integer, interval);
DROP FUNCTION ops.job_state_after(text, boolean, integer, integer);
DROP FUNCTION ops.begin_job(text, text, text, text, text, bigint);
DROP FUNCTION ops.put_job(text, text, text, text, integer, bigint, integer, integer, text, timestamptz);
DROP FUNCTION ops.ring_jobs();
DELETE FROM ops.settings WHERE name = 'jobs_keep_days';
DROP TABLE ops.queue_limits;
DROP TRIGGER forget_jobs ON ops.jobs;
DROP FUNCTION ops.forget_jobs();
DELETE FROM ops.job_log WHERE job_id NOT IN (SELECT id FROM ops.jobs);
DELETE FROM ops.job_attempts WHERE job_id NOT IN (SELECT id FROM ops.jobs);
ALTER TABLE ops.job_log ADD CONSTRAINT job_log_job_id_fkey FOREIGN KEY (job_id) REFERENCES ops.jobs (id) ON DELETE CASCADE;
ALTER TABLE ops.job_attempts ADD CONSTRAINT job_attempts_job_id_fkey FOREIGN KEY (job_id) REFERENCES ops.jobs (id) ON DELETE CASCADE;
DROP INDEX ops.idx_jobs_source;
DROP INDEX ops.idx_jobs_running;
DROP INDEX ops.idx_jobs_due;
DROP INDEX ops.idx_jobs_waiting;
DROP INDEX ops.idx_jobs_free;
DROP INDEX ops.jobs_one_live;
CREATE UNIQUE INDEX jobs_one_live ON ops.jobs (unique_key)
    WHERE state IN ('scheduled', 'available', 'running', 'retryable');
CREATE INDEX idx_jobs_ready ON ops.jobs (priority, run_at, id) WHERE state IN ('scheduled', 'available', 'retryable');
CREATE INDEX idx_jobs_running ON ops.jobs (lease_until) WHERE state = 'running';
CREATE INDEX idx_jobs_source ON ops.jobs (source, id);
ALTER TABLE ops.schedules DROP COLUMN source, DROP COLUMN kind;
ALTER TABLE ops.workers DROP COLUMN leader;
ALTER TABLE ops.jobs DROP COLUMN cancel_how, DROP COLUMN scheduled_for, DROP COLUMN schedule, DROP COLUMN uncounted,
    DROP COLUMN foreground, DROP COLUMN command;
