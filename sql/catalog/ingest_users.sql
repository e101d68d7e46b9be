-- Accounts as users of the warehouse. A change of e-mail, tier or activity closes the version that is current and opens one;
-- a second change within the second goes into the same version. What the tape of an older run would change stays as it is.
UPDATE analytics.dim_user AS d
   SET email = a.email, subscription_tier = a.subscription_tier, is_active = a.is_active
  FROM users.accounts AS a, pg_temp.ingest_run AS r
 WHERE d.user_id = a.user_id AND d.is_current AND d.valid_from >= r.at AND NOT r.is_old AND (d.valid_from = r.at OR NOT r.is_replay)
   AND (d.email, d.subscription_tier, d.is_active) IS DISTINCT FROM (a.email, a.subscription_tier, a.is_active);

WITH closed AS (
    UPDATE analytics.dim_user AS d
       SET valid_to = r.at, is_current = false
      FROM users.accounts AS a, pg_temp.ingest_run AS r
     WHERE d.user_id = a.user_id AND d.is_current AND d.valid_from < r.at AND NOT r.is_old
       AND (d.email, d.subscription_tier, d.is_active) IS DISTINCT FROM (a.email, a.subscription_tier, a.is_active)
    RETURNING d.*
)
INSERT INTO analytics.dim_user (user_id, email, subscription_tier, signup_date, first_video_date, total_channels, total_videos,
                                lifetime_revenue, is_active, churn_date, valid_from)
SELECT c.user_id, a.email, a.subscription_tier, c.signup_date, c.first_video_date, c.total_channels, c.total_videos,
       c.lifetime_revenue, a.is_active, c.churn_date, c.valid_to
  FROM closed AS c JOIN users.accounts AS a USING (user_id);

INSERT INTO analytics.dim_user (user_id, email, subscription_tier, signup_date, is_active)
SELECT a.user_id, a.email, a.subscription_tier, (a.created_at AT TIME ZONE 'UTC')::date, a.is_active
  FROM users.accounts AS a
 WHERE NOT EXISTS (SELECT FROM analytics.dim_user AS d WHERE d.user_id = a.user_id)
ON CONFLICT (user_id) WHERE is_current DO NOTHING;
