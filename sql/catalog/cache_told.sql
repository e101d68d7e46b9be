-- The cache was told of these.
DELETE FROM ops.cache_touched WHERE id = ANY ($1::bigint[])
