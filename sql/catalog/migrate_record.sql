-- Notes a file: $1 version, $2 name, $3 file, $4 checksum, $5 state, $6 engine, $7 milliseconds (NULL: not ended),
-- $8 client, $9 whether it is only noted. In the transaction of the file, where it has one.
INSERT INTO ops.migrations AS m (version, name, file, checksum, state, engine, started_at, applied_at, duration_ms, client, baseline)
VALUES ($1, $2, $3, $4, $5, $6, now(), CASE WHEN $5 = 'applied' THEN clock_timestamp() END, $7::bigint, $8, $9::boolean)
ON CONFLICT (version) DO UPDATE
   SET state = excluded.state, applied_at = excluded.applied_at, duration_ms = excluded.duration_ms,
       applied_by = excluded.applied_by, client = excluded.client, file = excluded.file, name = excluded.name,
       checksum = excluded.checksum, engine = excluded.engine, baseline = excluded.baseline,
       started_at = CASE WHEN excluded.state = 'applied' THEN m.started_at ELSE excluded.started_at END
