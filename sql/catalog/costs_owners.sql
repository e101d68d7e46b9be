-- Whose costs are whose, as $1 says it: "proj_a:ann@example.com, *:00000000-0000-4000-8000-00000000a000", or "none". Gives the
-- first word that names no account.
WITH word AS (
    SELECT n, btrim(w) AS word, btrim(regexp_replace(w, ':[^:]*$', '')) AS name, lower(btrim(substring(w FROM ':([^:]*)$'))) AS account
      FROM regexp_split_to_table(nullif($1, 'none'), ',') WITH ORDINALITY AS s (w, n)
     WHERE btrim(w) <> ''
), owner AS (
    SELECT w.n, w.word, w.name, a.user_id
      FROM word AS w LEFT JOIN users.accounts AS a ON w.account IN (a.user_id::text, lower(a.email))
), kept AS (
    INSERT INTO pg_temp.ingest_owners (name, user_id) SELECT name, user_id FROM owner WHERE user_id IS NOT NULL ORDER BY n
        ON CONFLICT (name) DO NOTHING
)
SELECT word FROM owner WHERE user_id IS NULL ORDER BY n LIMIT 1
