-- Whether the database $1 is there, and a template.
SELECT count(*) > 0, coalesce(bool_or(datistemplate), false) FROM pg_catalog.pg_database WHERE datname = $1
