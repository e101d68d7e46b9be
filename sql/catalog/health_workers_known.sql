-- Whether this login may look at the queue of this database, and there is one. Names that are not there are no error.
SELECT CASE WHEN has_schema_privilege(to_regnamespace('ops'), 'USAGE')
            THEN coalesce(has_table_privilege(to_regclass('ops.workers'), 'SELECT'), false)
                 AND coalesce(has_table_privilege(to_regclass('ops.jobs'), 'SELECT'), false)
            ELSE false END
