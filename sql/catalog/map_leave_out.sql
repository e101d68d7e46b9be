-- Rows that are refused, by their lines.
DELETE FROM pg_temp.mapped WHERE line = ANY ($1::bigint[])
