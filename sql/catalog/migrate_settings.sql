-- The settings that this session has made, to be put back after a file that changes them.
SELECT coalesce(jsonb_object_agg(name, setting), '{}')
  FROM (SELECT name, setting FROM pg_catalog.pg_settings WHERE source = 'session'
        UNION ALL
        SELECT 'role', pg_catalog.current_setting('role')) AS made
