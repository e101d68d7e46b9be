-- Whether nobody has made anything in this database: no schema beside public, nothing in that but what extensions have.
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_namespace AS n
                    WHERE n.nspname NOT IN ('public', 'information_schema') AND n.nspname !~ '^pg_'
                      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                                       WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                                         AND d.objid = n.oid AND d.deptype = 'e'))
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c
                    WHERE c.relnamespace = 'public'::pg_catalog.regnamespace
                      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                                       WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                         AND d.objid = c.oid AND d.deptype IN ('e', 'i', 'a')))
