-- The statement that makes extension $1 in schema $2, where that is there; TimescaleDB in version $3, since its tables
-- are restored as that version had them. And whether this session is a superuser's.
SELECT format('CREATE EXTENSION IF NOT EXISTS %I', $1::text)
       || CASE WHEN pg_catalog.to_regnamespace(quote_ident($2::text)) IS NOT NULL THEN format(' SCHEMA %I', $2::text) ELSE '' END
       || CASE WHEN $1::text = 'timescaledb' THEN format(' VERSION %L', $3::text) ELSE '' END,
       (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
