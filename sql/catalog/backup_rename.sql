-- Of the database $1: whether it is there, how many others work in it, the statement that gives $2 its name, and, where
-- it is there, the one that takes it away from it, with the name it has then.
SELECT d.oid IS NOT NULL,
       (SELECT count(*) FROM pg_catalog.pg_stat_activity AS a
         WHERE a.datid = d.oid AND a.backend_type = 'client backend' AND a.pid <> pg_catalog.pg_backend_pid()),
       format('ALTER DATABASE %I RENAME TO %I', $2::text, $1::text),
       format('ALTER DATABASE %I RENAME TO %I', $1::text, before), before
  FROM (SELECT left($1::text, 40) || to_char(now() AT TIME ZONE 'UTC', '"_before_"YYYYMMDDHH24MISS') AS before) AS named
  LEFT JOIN pg_catalog.pg_database AS d ON d.datname = $1::text
