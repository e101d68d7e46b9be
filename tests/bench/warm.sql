-- :users accounts, each with :days days of revenue up to today, one row a day.
BEGIN;
INSERT INTO users.accounts (user_id, email, is_active)
SELECT md5('warm ' || n)::uuid, 'warm' || n || '@example.com', true FROM generate_series(1, :users) AS n ON CONFLICT DO NOTHING;
INSERT INTO analytics.dim_user (user_id, email)
SELECT md5('warm ' || n)::uuid, 'warm' || n || '@example.com' FROM generate_series(1, :users) AS n ON CONFLICT DO NOTHING;
INSERT INTO analytics.fact_revenue (source, channel_id, user_key, date_key, metric_date, ad_revenue_cents)
SELECT 'warm', u.user_id::text, u.user_key, d.date_key, d.full_date, u.user_key % 977 + 0.25
  FROM analytics.dim_user AS u, analytics.dim_date AS d
 WHERE u.email LIKE 'warm%@example.com' AND d.full_date > CURRENT_DATE - :days AND d.full_date <= CURRENT_DATE
    ON CONFLICT DO NOTHING;
COMMIT;
VACUUM ANALYZE users.accounts, analytics.dim_user, analytics.fact_revenue, analytics.dim_date;
