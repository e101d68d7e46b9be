-- Whether the database $1 is there.
SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1)
