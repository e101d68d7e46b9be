-- The playlists with the uploads of our channels, and whether all of each was read once.
SELECT r.channel_id, r.body #>> '{contentDetails,relatedPlaylists,uploads}' AS playlist,
       coalesce((w.position ->> 'listed')::boolean, false) AS listed
  FROM youtube_raw.channels AS r
  JOIN users.channels AS c ON c.channel_id = r.channel_id AND c.is_active
  LEFT JOIN ops.watermarks AS w ON w.source = 'youtube-data' AND w.stream = r.channel_id
 WHERE r.deleted_at IS NULL AND r.body #>> '{contentDetails,relatedPlaylists,uploads}' <> ''
 ORDER BY r.channel_id
