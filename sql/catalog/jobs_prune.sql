-- Jobs that ended before what is kept, 5,000 at a time; their attempts and logs go with them.
DELETE FROM ops.jobs
 WHERE id = ANY (ARRAY(
       SELECT id FROM ops.jobs
        WHERE state IN ('completed', 'cancelled', 'discarded')
          AND finished_at < now() - (SELECT value::integer FROM ops.settings WHERE name = 'jobs_keep_days' AND value ~ '^[0-9]{1,5}$') * interval '1 day'
        ORDER BY id LIMIT 5000))
