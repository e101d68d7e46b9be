-- Letters $1 that were refused again: why now, $2 (columns) and $3 (reasons).
UPDATE ops.dead_letters AS d
   SET column_name = nullif(n.column_name, ''), reason = n.reason
  FROM unnest($1::bigint[], $2::text[], $3::text[]) AS n (id, column_name, reason)
 WHERE d.id = n.id AND d.state = 'open'
