-- The server's clock, in microseconds.
SELECT (extract(epoch FROM now()) * 1000000)::bigint
