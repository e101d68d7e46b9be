-- The $2 best of the videos in which the words of $1 are (as websearch_to_tsquery reads them); where $3 is true also the
-- newest of those whose title has $1 in it as it stands, since scripts without spaces are one word to a full-text search.
-- Only what is returned is marked. For a tenant the schema is another.
WITH words AS (
    SELECT v.video_key, ts_rank_cd(v.document, websearch_to_tsquery('pg_catalog.simple', $1)) AS rank
      FROM analytics.dim_video AS v
     WHERE v.document @@ websearch_to_tsquery('pg_catalog.simple', $1)
     ORDER BY rank DESC, v.published_at DESC NULLS LAST, v.video_key DESC
     LIMIT $2::bigint
), titles AS (
    SELECT v.video_key, NULL::real AS rank
      FROM analytics.dim_video AS v
     WHERE $3::boolean
       AND v.video_title ILIKE '%' || regexp_replace($1, '([\\%_])', '\\\1', 'g') || '%'
       AND NOT v.document @@ websearch_to_tsquery('pg_catalog.simple', $1)
     ORDER BY v.published_at DESC NULLS LAST, v.video_key DESC
     LIMIT $2::bigint
), best AS (
    SELECT * FROM words UNION ALL SELECT * FROM titles
     ORDER BY rank DESC NULLS LAST, video_key DESC
     LIMIT $2::bigint
)
SELECT round(b.rank::numeric, 4) AS rank, v.video_id, v.video_title AS title, c.channel_name AS channel, v.published_at,
       regexp_replace(
           CASE WHEN b.rank IS NULL
                THEN regexp_replace(v.video_title,
                                    '(' || regexp_replace($1, '([][\\^$.|?*+(){}])', '\\\1', 'g') || ')', '**\1**', 'gi')
                ELSE ts_headline('pg_catalog.simple',
                                 concat_ws(' · ', v.video_title, array_to_string(v.video_tags, ', '),
                                           left(v.video_description, 20000)),
                                 websearch_to_tsquery('pg_catalog.simple', $1),
                                 'StartSel=**, StopSel=**, MaxFragments=2, MaxWords=18, MinWords=6, '
                                     || 'FragmentDelimiter=" … "')
           END, '\s+', ' ', 'g') AS snippet
  FROM best AS b
  JOIN analytics.dim_video AS v USING (video_key)
  LEFT JOIN analytics.dim_channel AS c ON c.channel_id = v.channel_id AND c.is_current
 ORDER BY b.rank DESC NULLS LAST, v.published_at DESC NULLS LAST, v.video_key DESC
