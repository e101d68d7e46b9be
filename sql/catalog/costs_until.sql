-- Up to when source $1 has been read, in microseconds; 0: never.
SELECT coalesce((SELECT (extract(epoch FROM data_until) * 1000000)::bigint FROM ops.watermarks WHERE source = $1 AND stream = ''), 0)
