-- Reports of a load from day $1 to $2, with $3 videos at once: two of each channel, two of each lot of its videos.
SELECT coalesce(sum(2 + 2 * ceil(v.videos / $3::numeric)), 0)::bigint
  FROM users.channels AS c
 CROSS JOIN LATERAL (SELECT count(*) AS videos FROM analytics.dim_video AS d
                      WHERE d.channel_id = c.channel_id AND (d.published_at IS NULL OR ops.quota_day(d.published_at) <= $2::date)) AS v
 WHERE c.is_active AND $1::date <= $2::date
