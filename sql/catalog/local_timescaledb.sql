-- The private database where TimescaleDB is to be tried: the superuser may create the extension anywhere.
CREATE EXTENSION IF NOT EXISTS timescaledb;

