-- Each piece of upkeep of each table: when it last ran and what it did.
SELECT u.relation, u.policy, u.last_run, round(extract(epoch FROM clock_timestamp() - u.last_run), 3), u.result,
       CASE WHEN u.policy = 'retention' THEN (SELECT s.value FROM ops.settings AS s WHERE s.name = 'retention_days') END
  FROM ops.upkeep AS u
 ORDER BY u.relation, u.policy
