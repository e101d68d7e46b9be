-- The open letters among $1 of source $2 that are to be replayed, with the first line of their file. Of a row that is not
-- there whole, nothing but its file can be loaded.
SELECT d.id, d.file, d.raw, w.position ->> 'header',
       CASE WHEN d.file_sha256 LIKE 'job:%' THEN 'its load has not ended'
            WHEN d.reason LIKE '%too long to be read%' OR octet_length(d.raw) >= 65536 THEN 'the row was too long to be kept whole' END
  FROM ops.dead_letters AS d
  LEFT JOIN ops.watermarks AS w ON w.source = d.source AND w.stream = 'header of ' || d.file_sha256
 WHERE d.id = ANY ($1::bigint[]) AND d.source = $2 AND d.state = 'open'
 ORDER BY d.file, w.position ->> 'header', d.id
