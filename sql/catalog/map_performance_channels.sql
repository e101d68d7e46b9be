-- What the snapshots of a batch tell of their channels: a row each time it turns into something else, numbered in time.
INSERT INTO pg_temp.mapped_channels (channel_id, at, no, channel_name, channel_handle, niche, sub_niche, monetization_status)
SELECT channel_id, "timestamp", row_number() OVER (PARTITION BY channel_id ORDER BY "timestamp", line), channel_name, channel_handle, niche, sub_niche, monetization_status
  FROM (SELECT *, lag(channel_id) OVER told IS NULL
               OR (channel_name, channel_handle, niche, sub_niche, monetization_status)
                  IS DISTINCT FROM
                  (lag(channel_name) OVER told, lag(channel_handle) OVER told, lag(niche) OVER told,
                   lag(sub_niche) OVER told, lag(monetization_status) OVER told) AS turns
          FROM pg_temp.mapped
         WHERE channel_id IS NOT NULL
        WINDOW told AS (PARTITION BY channel_id ORDER BY "timestamp", line)) AS seen
 WHERE turns
