COPY analytics.dim_user
    (user_id, email, subscription_tier, signup_date, valid_from, valid_to, is_current)
FROM STDIN
