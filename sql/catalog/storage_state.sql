-- What was decided: storage engine and why, the retention horizon and why.
SELECT e.value, e.reason, r.value, r.reason
  FROM (VALUES (1)) AS one (row)
  LEFT JOIN ops.settings AS e ON e.name = 'storage_engine'
  LEFT JOIN ops.settings AS r ON r.name = 'retention_days'
