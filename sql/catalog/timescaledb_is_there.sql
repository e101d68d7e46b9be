-- Whether TimescaleDB keeps jobs of its own here.
SELECT pg_catalog.to_regclass('timescaledb_information.jobs') IS NOT NULL
