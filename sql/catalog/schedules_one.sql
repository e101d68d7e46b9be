SELECT cron, tz, (extract(epoch FROM now()) * 1000000)::bigint FROM ops.schedules WHERE name = $1
