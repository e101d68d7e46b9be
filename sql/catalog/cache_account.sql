-- The account that a tenant's login is.
SELECT tenant.user_id()
