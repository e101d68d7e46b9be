-- The open letters of source $1.
SELECT id FROM ops.dead_letters WHERE source = $1 AND state = 'open' ORDER BY id
