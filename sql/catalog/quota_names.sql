SELECT string_agg('''' || bucket || '''', ', ' ORDER BY bucket) FROM (SELECT DISTINCT bucket FROM ops.quota_buckets) AS b
