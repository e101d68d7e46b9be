-- Touched hours as ranges without gaps, and how many hours each has.
SELECT from_hour, to_hour, (extract(epoch FROM to_hour - from_hour) / 3600)::bigint FROM ops.touched_ranges()
