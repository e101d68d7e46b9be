-- migrate:up
-- Where counters are read: the facts, and the last counters of each video that retention has taken away. So a video that
-- fell silent before the horizon stays in the totals, and the first snapshot after it has one before it.
CREATE VIEW analytics.video_snapshots AS
    SELECT f.id, f.video_key, f.channel_key, f.user_key, f.date_key, f."timestamp", f.views, f.likes,
           f.dislikes, f.comments, f.shares, f.watch_time_minutes, f.average_view_duration_seconds,
           f.engagement_rate, f.estimated_revenue_cents, f.actual_revenue_cents, f.cost_cents, f.profit_cents,
           f.impressions, f.click_through_rate, f.average_percentage_viewed, f.subscriber_gained,
           f.subscriber_lost, f.created_at, f.updated_at
      FROM analytics.fact_video_performance AS f
    UNION ALL
    SELECT NULL::bigint, b.video_key, b.channel_key, b.user_key,
           to_char(b."timestamp" AT TIME ZONE 'UTC', 'YYYYMMDD')::integer, b."timestamp", b.views, b.likes,
           b.dislikes, b.comments, b.shares, NULL::numeric(12,2), NULL::numeric(10,2),
           (CASE WHEN b.views > 0
             THEN (coalesce(b.likes, 0) + coalesce(b.comments, 0) + coalesce(b.shares, 0))::numeric / b.views
        END)::numeric(12,4),
           NULL::numeric(18,6), NULL::numeric(18,6), NULL::numeric(18,6), NULL::numeric(18,6), NULL::bigint,
           NULL::numeric(12,4), NULL::numeric(12,4), NULL::integer, NULL::integer, NULL::timestamptz,
           NULL::timestamptz
      FROM ops.counter_base AS b;

CREATE VIEW tenant.video_snapshots WITH (security_barrier) AS
    SELECT * FROM analytics.video_snapshots WHERE user_key = ANY ((SELECT tenant.user_keys())::integer[]);

GRANT SELECT ON analytics.video_snapshots, tenant.video_snapshots TO ytempire_owner, ytempire_worker, ytempire_analyst;
GRANT SELECT ON tenant.video_snapshots TO ytempire_tenant;

-- migrate:down
DROP VIEW tenant.video_snapshots;
DROP VIEW analytics.video_snapshots;
