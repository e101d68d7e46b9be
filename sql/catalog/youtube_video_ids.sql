-- The videos of our channels: those that were listed, and those that the warehouse knows from elsewhere. One that is gone is
-- asked for again for a week: it may have been hidden only.
SELECT v.video_id
  FROM (SELECT video_id, channel_id FROM youtube_raw.videos WHERE coalesce(deleted_at, 'infinity') > now() - interval '7 days'
        UNION
        SELECT d.video_id, d.channel_id FROM analytics.dim_video AS d
         WHERE d.is_active AND NOT EXISTS (SELECT FROM youtube_raw.videos AS r WHERE r.video_id = d.video_id)) AS v
  JOIN users.channels AS c ON c.channel_id = v.channel_id AND c.is_active
 WHERE v.video_id ~ '^[A-Za-z0-9_-]{11}$'
 ORDER BY v.video_id
