DROP FUNCTION IF EXISTS pg_temp.analytics_day(text);
DROP TABLE IF EXISTS pg_temp.analytics_rows, pg_temp.analytics_days;
