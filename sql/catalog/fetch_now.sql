-- The server's clock, to the second, in microseconds.
SELECT extract(epoch FROM date_trunc('second', clock_timestamp()))::bigint * 1000000
