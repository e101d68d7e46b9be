-- migrate:up
-- The last days' revenue of all users at once, without the rows: warming reads it every half hour.
CREATE INDEX idx_revenue_day_user ON analytics.fact_revenue (metric_date, user_key) INCLUDE (total_revenue_cents);

-- migrate:down
DROP INDEX analytics.idx_revenue_day_user;
