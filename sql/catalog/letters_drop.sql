-- Open letters among $1 are given up; loading their file again does not bring them back.
UPDATE ops.dead_letters SET state = 'dropped', resolved_at = now()
 WHERE id = ANY ($1::bigint[]) AND state = 'open'
RETURNING id, source, coalesce(column_name || ': ', '') || reason AS reason, line
