-- Whether this is a standby; sessions of others, and tables, that this login may not look into.
SELECT pg_is_in_recovery(),
       (SELECT count(*) FROM pg_stat_activity WHERE query = '<insufficient privilege>' AND usesysid IS NOT NULL),
       (SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
           AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
           AND NOT has_any_column_privilege(c.oid, 'SELECT') AND NOT pg_has_role('pg_read_all_stats', 'USAGE'))
