-- Whose rows the tenant's views show now, how many channels, and how many of them are somebody else's.
SELECT tenant.user_id(), count(*), count(*) FILTER (WHERE user_id IS DISTINCT FROM tenant.user_id())
  FROM tenant.channels
