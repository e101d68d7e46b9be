-- Refused rows that wait for somebody, of source $1 unless it is NULL, by what is wrong with them, wherever in its text; the first
-- of each.
SELECT source, coalesce(column_name || ': ', '') || regexp_replace(reason, ' \(line [0-9]+, column [0-9]+\)$', '') AS reason,
       count(*) AS letters, count(DISTINCT file_sha256) AS files, min(id) AS first_id,
       (array_agg(left(raw, 200) ORDER BY id))[1] AS first_raw, max(created_at) AS newest
  FROM ops.dead_letters
 WHERE state = 'open' AND ($1::text IS NULL OR source = $1)
 GROUP BY 1, 2
 ORDER BY 3 DESC, 1, 2
