-- For each relation $1 that a statement locks in mode $2, in order: its oid (NULL: it does not exist yet), bytes with all
-- partitions, and who holds or waits for a lock there that the statement would have to wait for. Of an index the table
-- counts as well; of one that somebody holds for good, whose size could not be asked for without waiting, the table alone
-- counts, as of its last analyze. Name and start of others' sessions may be hidden.
WITH RECURSIVE asked AS (
    SELECT number, mode, pg_catalog.to_regclass(name)::oid AS oid
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS a (name, mode, number)
), family AS (
    SELECT number, mode, oid FROM asked WHERE oid IS NOT NULL
    UNION
    SELECT f.number, f.mode, i.inhrelid FROM family AS f JOIN pg_catalog.pg_inherits AS i ON i.inhparent = f.oid
), locked AS (
    SELECT number, mode, oid FROM family
    UNION
    SELECT f.number, f.mode, i.indrelid FROM family AS f JOIN pg_catalog.pg_index AS i ON i.indexrelid = f.oid
), modes (mode, held, conflicts) AS (
    VALUES ('ACCESS SHARE', 'AccessShareLock', '{AccessExclusiveLock}'::text[]),
           ('ROW SHARE', 'RowShareLock', '{ExclusiveLock,AccessExclusiveLock}'),
           ('ROW EXCLUSIVE', 'RowExclusiveLock', '{ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}'),
           ('SHARE UPDATE EXCLUSIVE', 'ShareUpdateExclusiveLock',
            '{ShareUpdateExclusiveLock,ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}'),
           ('SHARE', 'ShareLock',
            '{RowExclusiveLock,ShareUpdateExclusiveLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}'),
           ('SHARE ROW EXCLUSIVE', 'ShareRowExclusiveLock',
            '{RowExclusiveLock,ShareUpdateExclusiveLock,ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}'),
           ('EXCLUSIVE', 'ExclusiveLock',
            '{RowShareLock,RowExclusiveLock,ShareUpdateExclusiveLock,ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}'),
           ('ACCESS EXCLUSIVE', 'AccessExclusiveLock',
            '{AccessShareLock,RowShareLock,RowExclusiveLock,ShareUpdateExclusiveLock,ShareLock,ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}')
), blocking AS (
    SELECT DISTINCT t.number, l.pid, h.mode, l.granted
      FROM locked AS t JOIN modes AS m ON m.mode = t.mode
      JOIN pg_catalog.pg_locks AS l ON l.relation = t.oid AND l.mode = ANY (m.conflicts) AND l.pid <> pg_catalog.pg_backend_pid()
       AND l.locktype = 'relation' AND l.database IN (0, (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()))
      JOIN modes AS h ON h.held = l.mode
), held AS MATERIALIZED (
    SELECT l.relation FROM pg_catalog.pg_locks AS l
     WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND l.relation IS NOT NULL AND l.pid <> pg_catalog.pg_backend_pid()
)
SELECT a.oid,
       (SELECT sum(CASE WHEN f.oid IN (SELECT relation FROM held)
                        THEN c.relpages * pg_catalog.current_setting('block_size')::bigint
                        ELSE pg_catalog.pg_total_relation_size(f.oid) END)::bigint
          FROM family AS f JOIN pg_catalog.pg_class AS c ON c.oid = f.oid WHERE f.number = a.number),
       (SELECT string_agg(format('process %s%s %s %s%s', b.pid, ' (' || nullif(s.application_name, '') || ')',
                                 CASE WHEN b.granted THEN 'holds' ELSE 'waits for' END, b.mode,
                                 ' since ' || to_char(s.xact_start, 'HH24:MI:SSOF')), '; ' ORDER BY s.xact_start, b.pid, b.mode)
          FROM blocking AS b LEFT JOIN pg_catalog.pg_stat_activity AS s USING (pid) WHERE b.number = a.number)
  FROM asked AS a ORDER BY a.number
