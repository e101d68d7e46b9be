-- What goes from the tape of source $1: more than $2 exchanges, or than $3 bytes as they are stored; and of all sources
-- what is older than 30 days, as YouTube's terms ask.
WITH tape AS (
    SELECT id, row_number() OVER newest AS n, sum(pg_column_size(body)) OVER newest AS bytes
      FROM ops.tape WHERE source = $1 WINDOW newest AS (ORDER BY id DESC)
)
DELETE FROM ops.tape
 WHERE id IN (SELECT id FROM tape WHERE n > $2::bigint OR bytes > $3::bigint) OR at < now() - interval '30 days'
