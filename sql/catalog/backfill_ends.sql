-- In $1 seconds.
SELECT to_char((now() + $1::numeric * interval '1 second') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')
