-- migrate:up
-- The last exchanges of each source with its API, as they were heard: secrets are hidden before they come here. Written
-- apart from the load that they belong to, so that one which fails leaves its tape.
CREATE TABLE ops.tape (
    id                  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source              text        NOT NULL,
    job_id              bigint      NOT NULL,             -- the run
    attempt             integer     NOT NULL,
    number              bigint      NOT NULL,             -- of the exchange in its run, from 1
    run_at              timestamptz NOT NULL,             -- what the run called now
    at                  timestamptz NOT NULL,
    us                  bigint      NOT NULL,
    method              text        NOT NULL,
    url                 text        NOT NULL,
    request_body        text,
    status              integer     NOT NULL,             -- 0: there was no answer
    headers             text[]      NOT NULL DEFAULT '{}',-- of the answer, 'Name: value'
    body                text        NOT NULL,             -- of the answer, or why there is none
    whole               boolean     NOT NULL,             -- all of it, in UTF-8
    bytes               bigint      NOT NULL,             -- of the answer's body, unpacked
    received            bigint      NOT NULL              -- as it came
);
CREATE INDEX idx_tape_source ON ops.tape (source, id);
CREATE INDEX idx_tape_at ON ops.tape (at);
GRANT ALL ON ops.tape TO ytempire_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.tape TO ytempire_worker;
GRANT SELECT ON ops.tape TO ytempire_analyst;

-- migrate:down
DROP TABLE ops.tape;
