-- The $2 statements of this database that take the most, by $1: total, mean, calls, rows, io. Blocks are those of tables,
-- indexes and temporary files together; a share is of the time of all statements of the database.
WITH seen AS (
    SELECT s.*, s.shared_blks_read + s.local_blks_read AS read, s.shared_blks_written + s.local_blks_written AS written,
           s.temp_blks_read + s.temp_blks_written AS temp, sum(s.total_exec_time) OVER () AS whole
      FROM pg_stat_statements AS s
     WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
)
SELECT calls, round((total_exec_time / 1000)::numeric, 3), round((100 * total_exec_time / nullif(whole, 0))::numeric, 1),
       round(mean_exec_time::numeric, 3), round(max_exec_time::numeric, 3), rows,
       round(100.0 * shared_blks_hit / nullif(shared_blks_hit + shared_blks_read, 0), 1), read, written, temp,
       (SELECT rolname FROM pg_roles WHERE oid = userid), queryid, btrim(regexp_replace(query, '((^|\n)\s*--[^\n]*|\s)+', ' ', 'g'))
  FROM seen
 WHERE query <> '<insufficient privilege>'
 ORDER BY CASE $1 WHEN 'total' THEN total_exec_time WHEN 'mean' THEN mean_exec_time WHEN 'calls' THEN calls
                  WHEN 'rows' THEN rows WHEN 'io' THEN read + written + temp END DESC, total_exec_time DESC, queryid
 LIMIT $2::bigint
