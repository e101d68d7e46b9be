-- The schedules that stand in files of sources: names $1, cron $2, zones $3, commands $4, policies for missed runs $5, sources $6. Those
-- that no file says any more go, but for $7, whose files cannot be read.
WITH told AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
        AS t (name, cron, tz, command, missed, source)
), gone AS (
    DELETE FROM ops.schedules WHERE name LIKE 'source:%' AND kind = 'ingest' AND name <> ALL ($1::text[] || $7::text[])
)
INSERT INTO ops.schedules AS s (name, cron, tz, command, missed, kind, source)
SELECT name, cron, tz, command, missed, 'ingest', source FROM told
    ON CONFLICT (name) DO UPDATE
   SET cron = excluded.cron, tz = excluded.tz, command = excluded.command, missed = excluded.missed, source = excluded.source,
       next_run = CASE WHEN (s.cron, s.tz) = (excluded.cron, excluded.tz) THEN s.next_run END
 WHERE (s.cron, s.tz, s.command, s.missed, s.source)
       IS DISTINCT FROM (excluded.cron, excluded.tz, excluded.command, excluded.missed, excluded.source)
