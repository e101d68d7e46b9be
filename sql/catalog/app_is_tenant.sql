-- Whether this login may read the tenant's views and not the tables behind them.
SELECT coalesce(has_schema_privilege(to_regnamespace('tenant')::oid, 'USAGE'), false)
   AND NOT coalesce(has_schema_privilege(to_regnamespace('analytics')::oid, 'USAGE'), true)
