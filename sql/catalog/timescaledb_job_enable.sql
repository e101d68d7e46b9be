-- TimescaleDB's job $1 is run at its times, or not. Only for its owner.
SELECT 'ts:' || job_id AS name, '@every ' || (CASE WHEN extract(epoch FROM schedule_interval)::bigint % 3600 = 0 THEN extract(epoch FROM schedule_interval)::bigint / 3600 || 'h' ELSE extract(epoch FROM schedule_interval)::bigint || 's' END) AS cron, NULL::text AS command, scheduled AS enabled,
       NULL::timestamptz AS last_run, nullif(next_start, '-infinity') AS next_run, 'UTC' AS tz, NULL::text AS missed
  FROM public.alter_job($1::integer, scheduled => $2::boolean)
