-- migrate:up
-- What the works keep: raw answers, jobs and their attempts, schedules, bookmarks, refused rows, the state of rollups.

-- What the YouTube sources fetched, as it came, for at most 30 days; the models read it, and a fault of a mapping is
-- replayed from it.
CREATE TABLE youtube_raw.videos (
    video_id         text        PRIMARY KEY,
    channel_id       text,
    user_id          uuid,
    title            text,
    description      text,
    tags             text[],
    duration_seconds integer,
    published_at     timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    fetched_at       timestamptz NOT NULL DEFAULT now(),
    etag             text,
    body             jsonb       NOT NULL,
    deleted_at       timestamptz
);
CREATE INDEX idx_raw_videos_fetched ON youtube_raw.videos (fetched_at);

CREATE TABLE youtube_raw.channels (
    channel_id       text        PRIMARY KEY,
    user_id          uuid,
    fetched_at       timestamptz NOT NULL DEFAULT now(),
    etag             text,
    body             jsonb       NOT NULL,
    deleted_at       timestamptz
);
CREATE INDEX idx_raw_channels_fetched ON youtube_raw.channels (fetched_at);

CREATE TABLE youtube_raw.reports (
    id               text        PRIMARY KEY,             -- channel, report and its days
    user_id          uuid,
    channel_id       text,
    fetched_at       timestamptz NOT NULL DEFAULT now(),
    etag             text,
    body             jsonb       NOT NULL,
    deleted_at       timestamptz
);
CREATE INDEX idx_raw_reports_fetched ON youtube_raw.reports (fetched_at);

-- One row a piece of work of any kind. `fence` grows with every claim: who writes for a job shows the fence it was
-- given, in the same transaction, so that a worker that lost its lease can write nothing.
CREATE SEQUENCE ops.fence;

CREATE TABLE ops.jobs (
    id                  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind                text        NOT NULL,             -- ingest, warm, maintain, models, command, …
    source              text,
    arguments           jsonb       NOT NULL DEFAULT '{}',
    state               text        NOT NULL DEFAULT 'available' CHECK (state IN
                        ('scheduled', 'available', 'running', 'retryable', 'completed', 'cancelled', 'discarded')),
    priority            smallint    NOT NULL DEFAULT 0,   -- smaller first
    unique_key          text,                             -- one live job a key
    run_at              timestamptz NOT NULL DEFAULT now(),
    attempt             integer     NOT NULL DEFAULT 0,
    max_attempts        integer     NOT NULL DEFAULT 5,
    timeout_seconds     integer,
    worker              text,
    fence               bigint      NOT NULL DEFAULT 0,
    lease_until         timestamptz,
    cancel_asked_at     timestamptz,
    cancel_asked_by     text,
    cancel_heard_at     timestamptz,
    progress_done       bigint,
    progress_total      bigint,
    progress_unit       text,
    rows_read           bigint,
    rows_loaded         bigint,                           -- inserted or changed
    rows_unchanged      bigint,
    rows_rejected       bigint,
    bytes               bigint,
    quota               bigint,
    error               text,
    error_class         text,                             -- retry, stop, quota
    created_at          timestamptz NOT NULL DEFAULT now(),
    created_by          text        NOT NULL DEFAULT session_user,
    started_at          timestamptz,
    finished_at         timestamptz
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

CREATE UNIQUE INDEX jobs_one_live ON ops.jobs (unique_key)
    WHERE state IN ('scheduled', 'available', 'running', 'retryable');
CREATE INDEX idx_jobs_ready ON ops.jobs (priority, run_at, id) WHERE state IN ('scheduled', 'available', 'retryable');
CREATE INDEX idx_jobs_running ON ops.jobs (lease_until) WHERE state = 'running';
CREATE INDEX idx_jobs_source ON ops.jobs (source, id);

CREATE TABLE ops.job_attempts (
    job_id              bigint      NOT NULL REFERENCES ops.jobs (id) ON DELETE CASCADE,
    attempt             integer     NOT NULL,
    fence               bigint      NOT NULL,
    worker              text,
    started_at          timestamptz NOT NULL DEFAULT now(),
    finished_at         timestamptz,
    outcome             text,                             -- completed, failed, cancelled, lost
    rows_read           bigint,
    rows_loaded         bigint,
    rows_unchanged      bigint,
    rows_rejected       bigint,
    bytes               bigint,
    quota               bigint,
    error               text,
    error_class         text,
    PRIMARY KEY (job_id, attempt)
);

CREATE TABLE ops.job_log (
    id                  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id              bigint      NOT NULL REFERENCES ops.jobs (id) ON DELETE CASCADE,
    attempt             integer     NOT NULL,
    at                  timestamptz NOT NULL DEFAULT clock_timestamp(),
    level               text        NOT NULL DEFAULT 'info',
    message             text        NOT NULL
);
CREATE INDEX idx_job_log_job ON ops.job_log (job_id, id);

CREATE TABLE ops.schedules (
    name                text        PRIMARY KEY,
    cron                text        NOT NULL,
    tz                  text        NOT NULL DEFAULT 'UTC',
    command             text        NOT NULL,
    missed              text        NOT NULL DEFAULT 'once' CHECK (missed IN ('skip', 'once', 'all')),
    missed_most         integer     NOT NULL DEFAULT 10,  -- of 'all'
    enabled             boolean     NOT NULL DEFAULT true,
    last_run            timestamptz,
    next_run            timestamptz,
    last_job            bigint      REFERENCES ops.jobs (id) ON DELETE SET NULL,
    created_at          timestamptz NOT NULL DEFAULT now(),
    created_by          text        NOT NULL DEFAULT session_user
);
CREATE INDEX idx_schedules_last_job ON ops.schedules (last_job);

CREATE TABLE ops.workers (
    worker              text        PRIMARY KEY,          -- host:pid:start
    host                text        NOT NULL,
    pid                 integer     NOT NULL,
    version             text        NOT NULL,
    slots               integer     NOT NULL,
    busy                integer     NOT NULL DEFAULT 0,
    state               text        NOT NULL DEFAULT 'working' CHECK (state IN ('working', 'draining', 'gone')),
    started_at          timestamptz NOT NULL DEFAULT now(),
    heartbeat_at        timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE ops.queue_pauses (
    source              text        PRIMARY KEY,          -- '*' is the whole queue
    paused_at           timestamptz NOT NULL DEFAULT now(),
    paused_by           text        NOT NULL DEFAULT session_user,
    why                 text
);

-- Where a source stands: written in the transaction of the rows it tells of.
CREATE TABLE ops.watermarks (
    source              text        NOT NULL,
    stream              text        NOT NULL DEFAULT '',
    position            jsonb       NOT NULL DEFAULT '{}',
    data_until          timestamptz,                      -- newest instant loaded
    job_id              bigint,
    updated_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, stream)
);

-- Files that were loaded, by what is in them: so that a second load of the same bytes knows itself.
CREATE TABLE ops.loaded_files (
    source              text        NOT NULL,
    sha256              text        NOT NULL,
    file                text        NOT NULL,
    bytes               bigint      NOT NULL,
    rows_read           bigint      NOT NULL,
    rows_rejected       bigint      NOT NULL,
    job_id              bigint,
    first_loaded_at     timestamptz NOT NULL DEFAULT now(),
    last_loaded_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, sha256)
);

-- Rows refused, known by the place they came from, so that loading a file again does not list them twice.
CREATE TABLE ops.dead_letters (
    id                  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source              text        NOT NULL,
    file_sha256         text        NOT NULL,
    file                text,
    line                bigint      NOT NULL,
    column_name         text,
    reason              text        NOT NULL,
    raw                 text        NOT NULL,
    job_id              bigint,
    state               text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'retried', 'dropped')),
    created_at          timestamptz NOT NULL DEFAULT now(),
    resolved_at         timestamptz,
    UNIQUE (source, file_sha256, line)
);
CREATE INDEX idx_dead_letters_open ON ops.dead_letters (source, id) WHERE state = 'open';

-- Hours of a fact that a load has touched and no refresh has seen. Append only: a refresher deletes the rows it saw
-- and then computes, so that what a load commits in between stays on the list.
CREATE TABLE ops.touched_hours (
    id                  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    relation            text        NOT NULL,             -- 'analytics.fact_video_performance'
    hour                timestamptz NOT NULL,
    job_id              bigint,
    noted_at            timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_touched_hours ON ops.touched_hours (relation, hour);

-- The last counters of each video before the retention horizon: a silent video never leaves the totals.
CREATE TABLE ops.counter_base (
    video_key           integer     PRIMARY KEY REFERENCES analytics.dim_video (video_key),
    channel_key         integer     NOT NULL REFERENCES analytics.dim_channel (channel_key),
    user_key            integer     NOT NULL REFERENCES analytics.dim_user (user_key),
    "timestamp"         timestamptz NOT NULL,
    views               bigint,
    likes               integer,
    dislikes            integer,
    comments            integer,
    shares              integer
);

CREATE TABLE ops.rollup_state (
    cube                text        NOT NULL,
    name                text        NOT NULL,
    relation            text        NOT NULL,             -- 'parts.…'
    definition          text        NOT NULL,             -- hash of what it was built from
    state               text        NOT NULL DEFAULT 'building' CHECK (state IN ('building', 'ready', 'stale', 'failed')),
    rows                bigint,
    bytes               bigint,
    watermark           timestamptz,
    last_refresh        timestamptz,
    last_error          text,
    PRIMARY KEY (cube, name)
);

-- Money as its sources tell it, one row an event; analytics.fact_revenue is summed from here.
CREATE TABLE ops.revenue_ledger (
    source              text          NOT NULL,
    source_ref          text          NOT NULL,
    kind                text          NOT NULL CHECK (kind IN ('ad', 'sponsorship', 'affiliate', 'membership', 'super_chat')),
    metric_date         date          NOT NULL,
    user_id             uuid,
    channel_id          text,
    video_id            text,
    amount_cents        numeric(18,6) NOT NULL,           -- refunds are negative
    attributed_views    bigint,
    detail              jsonb,
    job_id              bigint,
    loaded_at           timestamptz   NOT NULL DEFAULT now(),
    PRIMARY KEY (source, source_ref)
);
CREATE INDEX idx_revenue_ledger_day ON ops.revenue_ledger (source, metric_date);

-- Sums the days of a source anew: what the ledger no longer has leaves the fact. Days of money are Pacific, as YouTube's
-- are: who owned a channel at that midnight owned the day.
CREATE FUNCTION ops.sum_revenue(of_source text, from_day date, to_day date) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    written bigint;
BEGIN
    DELETE FROM analytics.fact_revenue WHERE source = of_source AND metric_date BETWEEN from_day AND to_day;
    INSERT INTO analytics.fact_revenue (source, channel_id, video_key, channel_key, user_key, date_key, metric_date,
                                        ad_revenue_cents, sponsorship_revenue_cents, affiliate_revenue_cents,
                                        membership_revenue_cents, super_chat_revenue_cents, attributed_views)
    SELECT l.source, l.channel_id, v.video_key, max(c.channel_key), max(u.user_key), max(d.date_key), l.metric_date,
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'ad'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'sponsorship'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'affiliate'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'membership'), 0),
           coalesce(sum(l.amount_cents) FILTER (WHERE l.kind = 'super_chat'), 0),
           sum(l.attributed_views)
      FROM (SELECT *, metric_date::timestamp AT TIME ZONE 'America/Los_Angeles' AS midnight FROM ops.revenue_ledger) AS l
      JOIN analytics.dim_date AS d ON d.full_date = l.metric_date
      LEFT JOIN analytics.dim_video AS v USING (video_id)
      LEFT JOIN analytics.dim_channel AS c
        ON c.channel_id = l.channel_id AND l.midnight >= c.valid_from AND l.midnight < c.valid_to
      LEFT JOIN analytics.dim_user AS u
        ON u.user_id = coalesce(l.user_id, c.user_id) AND l.midnight >= u.valid_from AND l.midnight < u.valid_to
     WHERE l.source = of_source AND l.metric_date BETWEEN from_day AND to_day
     GROUP BY l.source, l.channel_id, v.video_key, l.metric_date;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$;

-- When each piece of storage upkeep last ran, and what it did.
CREATE TABLE ops.upkeep (
    relation            text        NOT NULL,
    policy              text        NOT NULL,             -- partitions, default, cluster, hourly, retention, analyze
    last_run            timestamptz NOT NULL DEFAULT now(),
    result              text,
    PRIMARY KEY (relation, policy)
);

-- migrate:down
DROP TABLE ops.upkeep;
DROP FUNCTION ops.sum_revenue(text, date, date);
DROP TABLE ops.revenue_ledger;
DROP TABLE ops.rollup_state;
DROP TABLE ops.counter_base;
DROP TABLE ops.touched_hours;
DROP TABLE ops.dead_letters;
DROP TABLE ops.loaded_files;
DROP TABLE ops.watermarks;
DROP TABLE ops.queue_pauses;
DROP TABLE ops.workers;
DROP TABLE ops.schedules;
DROP TABLE ops.job_log;
DROP TABLE ops.job_attempts;
DROP TABLE ops.jobs;
DROP SEQUENCE ops.fence;
DROP TABLE youtube_raw.reports;
DROP TABLE youtube_raw.channels;
DROP TABLE youtube_raw.videos;
