COPY users.accounts
    (user_id, email, subscription_tier, target_revenue)
FROM STDIN
