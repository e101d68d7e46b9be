-- What this login may do: whether the schema was made; read the facts; read the tenant's views; load facts and note
-- jobs; change the schema.
WITH relations AS (
    SELECT format('%s.%s', n.nspname, c.relname) AS name, c.oid, has_schema_privilege(n.oid, 'USAGE') AS enters
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE (n.nspname, c.relname) IN (('analytics', 'fact_video_performance'), ('tenant', 'fact_video_performance'),
                                      ('ops', 'jobs'))
), allowed AS (
    SELECT name, has_table_privilege(oid, 'SELECT') AS reads, has_table_privilege(oid, 'INSERT') AS loads
      FROM relations
     WHERE enters
)
SELECT EXISTS (SELECT FROM relations WHERE name = 'analytics.fact_video_performance'),
       EXISTS (SELECT FROM allowed WHERE name = 'analytics.fact_video_performance' AND reads),
       EXISTS (SELECT FROM allowed WHERE name = 'tenant.fact_video_performance' AND reads),
       (SELECT count(*) FROM allowed WHERE name IN ('analytics.fact_video_performance', 'ops.jobs') AND loads) = 2,
       coalesce((SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'analytics'),
                has_database_privilege(current_database(), 'CREATE'))
