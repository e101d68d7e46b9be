-- Where what a source of money said lies until it is stored.
CREATE TEMP TABLE IF NOT EXISTS ingest_items (                    -- each thing that was told, once; why it cannot be
    key text, source_ref text, at timestamptz, column_name text, reason text, raw text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_costs (                    -- owner: what it is found by among the owners
    key text, source_ref text, at timestamptz, category text, subcategory text, quantity numeric(18,6), cents numeric(18,6),
    user_id uuid, channel_id text, video_id text, owner text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_revenue (                  -- charge: what it is, or takes back; own: it says whose it is
    key text, at timestamptz, kind text, user_id uuid, channel_id text, video_id text, cents numeric(18,6), charge text,
    is_charge boolean, own boolean, detail jsonb
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_whole (                    -- stretches of which all was told
    of_from timestamptz, of_to timestamptz
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_changed (
    key text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_days (                     -- of revenue, to be summed anew
    day date
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS ingest_owners (                   -- whose costs are whose; '*': all others
    name text PRIMARY KEY, user_id uuid
);
TRUNCATE pg_temp.ingest_owners;
