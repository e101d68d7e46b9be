-- migrate:up
-- The specification's schedules of warming. They are a person's from now on: one that was changed, paused or removed stays
-- so. Times are UTC.
INSERT INTO ops.schedules (name, cron, tz, command, missed) VALUES
    ('executive_dashboard', '*/5 * * * *',  'UTC', 'cache warm executive_dashboard', 'once'),
    ('user_dashboards',     '*/30 * * * *', 'UTC', 'cache warm user_dashboards',     'once'),
    ('trending_content',    '0 * * * *',    'UTC', 'cache warm trending_content',    'once')
ON CONFLICT (name) DO NOTHING;

-- migrate:down
-- Those that nobody has touched.
DELETE FROM ops.schedules
 WHERE enabled AND (name, cron, tz, command, missed) IN (
    ('executive_dashboard', '*/5 * * * *',  'UTC', 'cache warm executive_dashboard', 'once'),
    ('user_dashboards',     '*/30 * * * *', 'UTC', 'cache warm user_dashboards',     'once'),
    ('trending_content',    '0 * * * *',    'UTC', 'cache warm trending_content',    'once'));
