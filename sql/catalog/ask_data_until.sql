-- How far the data of these facts ($1, a name a line) reach, all of them: the hour in the zone $2, or the day of a fact by day.
SELECT CASE WHEN relation IN ('analytics.fact_video_performance', 'analytics.fact_costs')
            THEN to_char(hour AT TIME ZONE $2, 'YYYY-MM-DD HH24:MI')
            ELSE to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD')
       END
  FROM (SELECT relation, max(hour) AS hour FROM ops.data_until
         WHERE relation = ANY (string_to_array($1, E'\n')) GROUP BY 1) AS newest
 ORDER BY hour LIMIT 1
