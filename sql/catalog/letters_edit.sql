-- Letter $1 is $2 from now on.
UPDATE ops.dead_letters SET raw = $2 WHERE id = $1::bigint AND state = 'open'
