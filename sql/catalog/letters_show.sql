-- What is known of the open letter $1, in a line, and its text.
SELECT format('%s, %s line %s: %s', source, coalesce(file, '-'), line, coalesce(column_name || ': ', '') || reason), raw
  FROM ops.dead_letters WHERE id = $1::bigint AND state = 'open'
