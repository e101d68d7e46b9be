INSERT INTO pg_temp.ingest_counts (rows, loaded, rejected)
SELECT count(*), count(*) FILTER (WHERE reason IS NULL AND key IN (SELECT c.key FROM pg_temp.ingest_changed AS c)),
       count(*) FILTER (WHERE reason IS NOT NULL)
  FROM pg_temp.ingest_items;
