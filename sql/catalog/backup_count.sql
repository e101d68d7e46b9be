-- How to count the rows of the table $1, whose name may have been written by anybody; no row when there is none.
SELECT format('SELECT count(*) FROM %s', pg_catalog.to_regclass($1)) WHERE pg_catalog.to_regclass($1) IS NOT NULL
