-- What the snapshots of a batch tell of their channels: a row each time it turns into something else, and the last, numbered
-- in time, or with another rule ($1) than 'update' as the file has them.
INSERT INTO pg_temp.mapped_channels (channel_id, at, no, channel_name, channel_handle, niche, sub_niche, monetization_status)
SELECT channel_id, "timestamp", row_number() OVER (PARTITION BY channel_id ORDER BY place), channel_name, channel_handle, niche,
       sub_niche, monetization_status
  FROM (SELECT *, row_number() OVER told AS place,
               lead(channel_id) OVER told IS NULL OR lag(channel_id) OVER told IS NULL
               OR (channel_name, channel_handle, niche, sub_niche, monetization_status)
                  IS DISTINCT FROM
                  (lag(channel_name) OVER told, lag(channel_handle) OVER told, lag(niche) OVER told,
                   lag(sub_niche) OVER told, lag(monetization_status) OVER told) AS turns
          FROM pg_temp.mapped
         WHERE channel_id IS NOT NULL
        WINDOW told AS (PARTITION BY channel_id ORDER BY CASE WHEN $1 = 'update' THEN "timestamp" END, line)) AS seen
 WHERE turns
