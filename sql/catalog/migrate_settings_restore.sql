-- Puts the settings back to $1. The role comes first: what follows may need it.
WITH role AS MATERIALIZED (
    SELECT CASE WHEN pg_catalog.current_setting('role') <> $1::jsonb ->> 'role'
                THEN pg_catalog.set_config('role', $1::jsonb ->> 'role', false) END AS now
)
SELECT pg_catalog.set_config(s.name, coalesce($1::jsonb ->> s.name, s.reset_val), false)
  FROM role, pg_catalog.pg_settings AS s
 WHERE (s.source = 'session' OR $1::jsonb ? s.name)
   AND s.setting IS DISTINCT FROM coalesce($1::jsonb ->> s.name, s.reset_val)
