-- Drops what is wholly older than $1 days, or with $2 only counts it; how many rows.
SELECT ops.apply_retention($1::integer, $2::boolean)
