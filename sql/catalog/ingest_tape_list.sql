-- The tape of source $1, newest first.
SELECT id, at, job_id AS job, method, url, status, round(us / 1000.0, 3) AS ms, bytes, received, whole
  FROM ops.tape
 WHERE source = $1
 ORDER BY id DESC
