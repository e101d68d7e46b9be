-- The niche of each channel of market data: the most frequent category of its videos, the smallest id where two are as
-- frequent. $1 and $2: ids and names of the categories. On all versions alike: it is overwritten, not versioned.
WITH category AS (
    SELECT name, min(id) AS id FROM unnest($1::integer[], $2::text[]) AS c (id, name) GROUP BY name
), votes AS (
    SELECT v.channel_id, c.name, c.id, count(*) AS videos
      FROM analytics.dim_video AS v JOIN category AS c ON c.name = v.category
     GROUP BY 1, 2, 3
), elected AS (
    SELECT DISTINCT ON (channel_id) channel_id, name FROM votes ORDER BY channel_id, videos DESC, id
), now AS (
    SELECT d.channel_key, e.name
      FROM analytics.dim_channel AS d LEFT JOIN elected AS e USING (channel_id)
     WHERE d.user_id = '00000000-0000-4000-8000-000000000001' AND d.niche IS DISTINCT FROM e.name
)
UPDATE analytics.dim_channel AS d SET niche = now.name FROM now WHERE d.channel_key = now.channel_key
