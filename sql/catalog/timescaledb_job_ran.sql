SELECT 'ts:' || $1::integer AS name, -$1::bigint AS job, true AS new
