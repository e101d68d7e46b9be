-- migrate:up
-- The ledger of quotas. An API counts units in buckets, of which each project (of Google's cloud) has so many a day; the day
-- begins at midnight in Los Angeles, whatever the clock does there. What a call costs, and of which bucket, are rows, since
-- both change. A part of a bucket, the reserve, is for runs that a schedule has made.
CREATE TABLE ops.quota_prices (
    source              text        NOT NULL,
    method              text        NOT NULL,             -- as the API names it: 'videos.list'
    bucket              text        NOT NULL,
    units               integer     NOT NULL CHECK (units > 0),
    PRIMARY KEY (source, method)
);

CREATE TABLE ops.quota_buckets (
    project             text        NOT NULL,             -- '*': of those that have no row of their own
    bucket              text        NOT NULL,
    daily_limit         bigint      NOT NULL CHECK (daily_limit >= 0),
    reserve             bigint      NOT NULL DEFAULT 0 CHECK (reserve >= 0),
    PRIMARY KEY (project, bucket)
);

CREATE TABLE ops.quota_spent (
    project             text        NOT NULL,
    bucket              text        NOT NULL,
    day                 date        NOT NULL,             -- Pacific
    units               bigint      NOT NULL DEFAULT 0,
    calls               bigint      NOT NULL DEFAULT 0,
    refused_at          timestamptz,                      -- the API itself said that nothing is left
    PRIMARY KEY (project, bucket, day)
);

INSERT INTO ops.quota_buckets (project, bucket, daily_limit, reserve) VALUES
    ('*', 'youtube', 10000, 1000),                        -- every method that has no bucket of its own
    ('*', 'youtube-stats', 10000, 1000),
    ('*', 'youtube-search', 100, 10);

INSERT INTO ops.quota_prices (source, method, bucket, units) VALUES
    ('youtube-data', 'channels.list', 'youtube', 1),
    ('youtube-data', 'playlistItems.list', 'youtube', 1),
    ('youtube-data', 'videos.list', 'youtube', 1),
    ('youtube-data', 'videos.batchGetStats', 'youtube-stats', 1),
    ('youtube-data', 'search.list', 'youtube-search', 1);

CREATE FUNCTION ops.quota_day(at timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (at AT TIME ZONE 'America/Los_Angeles')::date
$$;

-- When the bucket is full again: a day of 23 or 25 hours where the clock changes.
CREATE FUNCTION ops.quota_resets_at(at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT (ops.quota_day(at) + 1)::timestamp AT TIME ZONE 'America/Los_Angeles'
$$;

-- Takes the price of `calls` calls, before they are made. Verdicts: 'free' (it has no price), 'spent' (taken), 'reserved' (what
-- is left is kept for runs of schedules), 'empty'. Two sessions that spend at once wait for each other at the day's row.
CREATE FUNCTION ops.spend_quota(of_project text, of_source text, of_method text, of_calls integer, of_job bigint,
                                at timestamptz DEFAULT clock_timestamp(),
                                OUT verdict text, OUT in_bucket text, OUT taken bigint, OUT left_over bigint, OUT resets_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    most      bigint;
    kept      bigint;
    of_day    date := ops.quota_day(at);
    scheduled boolean := EXISTS (SELECT FROM ops.jobs WHERE id = of_job AND schedule IS NOT NULL);
BEGIN
    SELECT p.bucket, p.units::bigint * of_calls INTO in_bucket, taken
      FROM ops.quota_prices AS p WHERE p.source = of_source AND p.method = of_method;
    SELECT b.daily_limit, b.reserve INTO most, kept
      FROM ops.quota_buckets AS b
     WHERE b.bucket = in_bucket AND b.project IN (of_project, '*')
     ORDER BY b.project = '*' LIMIT 1;
    IF most IS NULL THEN
        verdict := 'free';
        taken := 0;
        RETURN;
    END IF;
    resets_at := ops.quota_resets_at(at);
    INSERT INTO ops.quota_spent (project, bucket, day) VALUES (of_project, in_bucket, of_day) ON CONFLICT DO NOTHING;
    UPDATE ops.quota_spent AS s
       SET units = s.units + taken, calls = s.calls + of_calls
     WHERE s.project = of_project AND s.bucket = in_bucket AND s.day = of_day AND s.refused_at IS NULL
       AND s.units + taken <= most - CASE WHEN scheduled THEN 0 ELSE least(kept, most) END
    RETURNING most - s.units INTO left_over;
    IF FOUND THEN
        verdict := 'spent';
        RETURN;
    END IF;
    SELECT CASE WHEN s.refused_at IS NULL AND s.units + taken <= most THEN 'reserved' ELSE 'empty' END,
           CASE WHEN s.refused_at IS NULL THEN greatest(most - s.units, 0) ELSE 0 END
      INTO verdict, left_over
      FROM ops.quota_spent AS s
     WHERE s.project = of_project AND s.bucket = in_bucket AND s.day = of_day;
    taken := 0;
END $$;

-- The API said that nothing is left, whatever is written here: others may spend from the same project.
CREATE FUNCTION ops.refuse_quota(of_project text, of_source text, of_method text, at timestamptz DEFAULT clock_timestamp())
RETURNS void LANGUAGE sql AS $$
    INSERT INTO ops.quota_spent AS s (project, bucket, day, refused_at)
    SELECT of_project, p.bucket, ops.quota_day(at), at
      FROM ops.quota_prices AS p WHERE p.source = of_source AND p.method = of_method
        ON CONFLICT (project, bucket, day) DO UPDATE SET refused_at = coalesce(s.refused_at, excluded.refused_at)
$$;

-- The ETag of each answer that is stored, by the request that it answers: written with what it answered.
CREATE TABLE ops.etags (
    source              text        NOT NULL,
    request             text        NOT NULL,             -- md5 of path and parameters, without credentials
    etag                text        NOT NULL,
    used_at             timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, request)
);

REVOKE EXECUTE ON FUNCTION ops.quota_day(timestamptz), ops.quota_resets_at(timestamptz),
    ops.spend_quota(text, text, text, integer, bigint, timestamptz), ops.refuse_quota(text, text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.quota_day(timestamptz), ops.quota_resets_at(timestamptz)
    TO ytempire_owner, ytempire_worker, ytempire_analyst;
GRANT EXECUTE ON FUNCTION ops.spend_quota(text, text, text, integer, bigint, timestamptz),
    ops.refuse_quota(text, text, text, timestamptz) TO ytempire_owner, ytempire_worker;
GRANT ALL ON ops.quota_prices, ops.quota_buckets, ops.quota_spent, ops.etags TO ytempire_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON ops.quota_prices, ops.quota_buckets, ops.quota_spent, ops.etags TO ytempire_worker;
GRANT SELECT ON ops.quota_prices, ops.quota_buckets, ops.quota_spent TO ytempire_analyst;

-- migrate:down
DROP TABLE ops.etags;
DROP FUNCTION ops.refuse_quota(text, text, text, timestamptz);
DROP FUNCTION ops.spend_quota(text, text, text, integer, bigint, timestamptz);
DROP FUNCTION ops.quota_resets_at(timestamptz);
DROP FUNCTION ops.quota_day(timestamptz);
DROP TABLE ops.quota_spent;
DROP TABLE ops.quota_buckets;
DROP TABLE ops.quota_prices;
