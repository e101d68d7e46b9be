-- What became of the wish to cancel jobs $1.
SELECT id, state, cancel_asked_at AS asked_at, round(extract(epoch FROM cancel_heard_at - cancel_asked_at) * 1000)::bigint AS heard_ms,
       round(extract(epoch FROM finished_at - cancel_asked_at) * 1000)::bigint AS stopped_ms, cancel_how AS how
  FROM ops.jobs WHERE id = ANY ($1::bigint[]) ORDER BY id
