-- One live job a schedule: where one waits or runs already, it is that one.
WITH put AS (
    SELECT s.name, p.job, p.is_new AS new
      FROM ops.schedules AS s, LATERAL ops.put_job(s.kind, s.source, s.command, 'schedule ' || s.name, 0, 0, 5, NULL, s.name, NULL) AS p
     WHERE s.name = $1
), told AS (
    UPDATE ops.schedules SET last_job = put.job FROM put WHERE schedules.name = put.name
)
SELECT name, job, new FROM put
