-- In a session of its own kind: an extension that was rolled back cannot be made again in the same session.
CREATE EXTENSION IF NOT EXISTS timescaledb
