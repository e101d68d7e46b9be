-- What the runner needs before the first file: where it writes down what it did and what it decided.
CREATE SCHEMA IF NOT EXISTS ops;

CREATE TABLE IF NOT EXISTS ops.migrations (
    version      text        PRIMARY KEY,                 -- '0003'
    name         text        NOT NULL,
    file         text        NOT NULL,
    checksum     text        NOT NULL,                    -- SHA-256, line ends normalised
    state        text        NOT NULL CHECK (state IN ('applied', 'running', 'undoing')),
    engine       text        NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now(),
    applied_at   timestamptz,
    duration_ms  bigint,
    applied_by   text        NOT NULL DEFAULT session_user,
    client       text,                                    -- host and program of who ran it
    baseline     boolean     NOT NULL DEFAULT false       -- noted, not run
);

CREATE TABLE IF NOT EXISTS ops.settings (
    name         text        PRIMARY KEY,
    value        text        NOT NULL,
    reason       text,
    updated_at   timestamptz NOT NULL DEFAULT now(),
    updated_by   text        NOT NULL DEFAULT session_user
);

-- Who migrates now, and what: beside the advisory lock, which knows only a process id.
CREATE TABLE IF NOT EXISTS ops.migrator (
    single       boolean     PRIMARY KEY DEFAULT true CHECK (single),
    pid          integer     NOT NULL,
    application  text,
    client       text,
    since        timestamptz NOT NULL DEFAULT clock_timestamp(),
    doing        text        NOT NULL
);
