-- migrate:up
-- The newest run of each source that something was stored of, by what it called now. A tape from before it may be played again:
-- then what is not there comes in, and nothing that was told since is set back.
CREATE TABLE ops.source_runs (
    source              text        PRIMARY KEY,
    run_at              timestamptz NOT NULL
);
INSERT INTO ops.source_runs (source, run_at) SELECT source, max(run_at) FROM ops.tape GROUP BY source;
GRANT ALL ON ops.source_runs TO ytempire_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.source_runs TO ytempire_worker;
GRANT SELECT ON ops.source_runs TO ytempire_analyst;

-- What takes a charge back is found by its charge.
CREATE INDEX idx_revenue_ledger_charge ON ops.revenue_ledger (source, (detail ->> 'charge')) WHERE detail ->> 'charge' IS NOT NULL;

-- Of a letter that is resolved: by what.
ALTER TABLE ops.dead_letters ADD COLUMN note text;

-- Whose a channel's day is, the one rule for fact_channel_daily: days are Pacific, and who a channel was at that midnight it was
-- that day.
CREATE FUNCTION ops.keys_of_day(of_channel text, of_day date)
RETURNS TABLE (channel_key integer, user_key integer, date_key integer) LANGUAGE sql STABLE AS $$
    SELECT c.channel_key, u.user_key, d.date_key
      FROM (SELECT of_day::timestamp AT TIME ZONE 'America/Los_Angeles' AS midnight) AS m
      JOIN analytics.dim_date AS d ON d.full_date = of_day
      JOIN analytics.dim_channel AS c ON c.channel_id = of_channel AND m.midnight >= c.valid_from AND m.midnight < c.valid_to
      JOIN analytics.dim_user AS u ON u.user_id = c.user_id AND m.midnight >= u.valid_from AND m.midnight < u.valid_to
$$;
REVOKE EXECUTE ON FUNCTION ops.keys_of_day(text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.keys_of_day(text, date) TO ytempire_owner, ytempire_worker;

-- migrate:down
DROP FUNCTION ops.keys_of_day(text, date);
ALTER TABLE ops.dead_letters DROP COLUMN note;
DROP INDEX ops.idx_revenue_ledger_charge;
DROP TABLE ops.source_runs;
