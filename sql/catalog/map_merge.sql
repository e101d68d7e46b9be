-- Rows of one key, of which the first $1 columns are, as one: of each other column the first value that is known.
SELECT ops.merge_mapped($1::integer)
