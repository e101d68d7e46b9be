-- migrate:up
-- Which questions are asked, and how long the server took: what `rollup advise` rests on. One row a question as it stands
-- in the language, without the values it tests; at most 2,000, of which the one that was asked longest ago goes first. Not
-- for tenants. The setting `query_log` = off ends it.
CREATE TABLE ops.query_log (
    digest              text        PRIMARY KEY,          -- md5 of the line
    line                text        NOT NULL,
    asked               bigint      NOT NULL,
    total_ms            double precision NOT NULL,
    rows                bigint      NOT NULL,             -- of the last answer
    source              text,                             -- 'facts', 'rollup daily_rollup' or both, likewise
    first_asked         timestamptz NOT NULL DEFAULT now(),
    last_asked          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_query_log_last ON ops.query_log (last_asked);

-- Takes [{"line", "ms", "rows", "source"}, …]. It neither waits for somebody nor for the disk: what cannot be noted at once
-- is not noted.
CREATE FUNCTION ops.note_queries(queries jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
BEGIN
    IF pg_is_in_recovery() OR EXISTS (SELECT FROM ops.settings WHERE name = 'query_log' AND value = 'off') THEN
        RETURN;
    END IF;
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO ops.query_log AS log (digest, line, asked, total_ms, rows, source)
    SELECT md5(q.line), q.line, count(*), sum(q.ms), max(q.rows), max(q.source)
      FROM jsonb_to_recordset(queries) AS q (line text, ms double precision, rows bigint, source text)
     WHERE length(q.line) <= 2000
     GROUP BY q.line
     ORDER BY 1
        ON CONFLICT (digest) DO UPDATE
       SET asked = log.asked + excluded.asked, total_ms = log.total_ms + excluded.total_ms, rows = excluded.rows,
           source = excluded.source, last_asked = excluded.last_asked;
    DELETE FROM ops.query_log
     WHERE digest IN (SELECT digest FROM ops.query_log ORDER BY last_asked DESC, digest OFFSET 2000 FOR UPDATE SKIP LOCKED);
EXCEPTION WHEN lock_not_available THEN
    NULL;
END $$;
REVOKE EXECUTE ON FUNCTION ops.note_queries(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.note_queries(jsonb) TO ytempire_owner, ytempire_worker, ytempire_analyst;
GRANT SELECT ON ops.query_log TO ytempire_analyst;
GRANT ALL ON ops.query_log TO ytempire_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.query_log TO ytempire_worker;

-- migrate:down
DROP FUNCTION ops.note_queries(jsonb);
DROP TABLE ops.query_log;
