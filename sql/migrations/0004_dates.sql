-- migrate:up
-- Every day from 2005, when YouTube began, to the end of 2040.
CREATE TABLE analytics.dim_date (
    date_key            integer       PRIMARY KEY,              -- 20260131
    full_date           date          NOT NULL UNIQUE,
    year                integer       NOT NULL,
    quarter             integer       NOT NULL,
    month               integer       NOT NULL,
    week                integer       NOT NULL,                 -- ISO 8601; belongs to iso_year, not to year
    iso_year            integer       NOT NULL,
    day_of_month        integer       NOT NULL,
    day_of_week         integer       NOT NULL,                 -- 1 = Monday … 7 = Sunday
    day_name            text          NOT NULL,
    month_name          text          NOT NULL,
    is_weekend          boolean       NOT NULL,
    is_holiday          boolean       NOT NULL,                 -- US federal, the day it is observed on
    holiday_name        text,
    fiscal_year         integer       NOT NULL,                 -- named by the year it ends in
    fiscal_quarter      integer       NOT NULL
);

-- The nth (last: -1) weekday of a month; 1 = Monday.
CREATE FUNCTION analytics.nth_weekday(year integer, month integer, weekday integer, nth integer) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN nth > 0
                THEN first + (weekday - extract(isodow FROM first)::integer + 7) % 7 + 7 * (nth - 1)
                ELSE last - (extract(isodow FROM last)::integer - weekday + 7) % 7
           END
      FROM (SELECT make_date(year, month, 1) AS first,
                   (make_date(year, month, 1) + interval '1 month - 1 day')::date AS last) AS month
$$;

-- The federal holidays of a year (5 U.S.C. 6103): what falls on a Saturday is observed on Friday, on a Sunday on Monday.
CREATE FUNCTION analytics.us_holidays(year integer) RETURNS TABLE (observed date, name text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT day + CASE extract(isodow FROM day)::integer WHEN 6 THEN -1 WHEN 7 THEN 1 ELSE 0 END, name
      FROM (VALUES (make_date(year, 1, 1), 'New Year''s Day'),
                   (make_date(year, 6, 19), 'Juneteenth'),
                   (make_date(year, 7, 4), 'Independence Day'),
                   (make_date(year, 11, 11), 'Veterans Day'),
                   (make_date(year, 12, 25), 'Christmas Day')) AS fixed (day, name)
     WHERE name <> 'Juneteenth' OR year >= 2021
    UNION ALL
    VALUES (analytics.nth_weekday(year, 1, 1, 3), 'Martin Luther King Jr. Day'),
           (analytics.nth_weekday(year, 2, 1, 3), 'Washington''s Birthday'),
           (analytics.nth_weekday(year, 5, 1, -1), 'Memorial Day'),
           (analytics.nth_weekday(year, 9, 1, 1), 'Labor Day'),
           (analytics.nth_weekday(year, 10, 1, 2), 'Columbus Day'),
           (analytics.nth_weekday(year, 11, 4, 4), 'Thanksgiving Day')
$$;

WITH holiday AS MATERIALIZED (
    SELECT observed, min(name) AS name
      FROM generate_series(2005, 2041) AS year, analytics.us_holidays(year)
     GROUP BY observed
), fiscal AS MATERIALIZED (
    SELECT value::integer AS first FROM ops.settings WHERE name = 'fiscal_year_start_month'
)
INSERT INTO analytics.dim_date
SELECT to_char(day, 'YYYYMMDD')::integer, day,
       extract(year FROM day), extract(quarter FROM day), extract(month FROM day), extract(week FROM day),
       extract(isoyear FROM day), extract(day FROM day), extract(isodow FROM day),
       to_char(day, 'FMDay'), to_char(day, 'FMMonth'),
       extract(isodow FROM day) >= 6, holiday.name IS NOT NULL, holiday.name,
       extract(year FROM day) + CASE WHEN first > 1 AND extract(month FROM day) >= first THEN 1 ELSE 0 END,
       (extract(month FROM day)::integer - first + 12) % 12 / 3 + 1
  FROM (SELECT day::date FROM generate_series(timestamp '2005-01-01', timestamp '2040-12-31', interval '1 day') AS day) AS days
 CROSS JOIN fiscal
  LEFT JOIN holiday ON holiday.observed = day;

-- Moves the start of the fiscal year: the setting, and the two columns that follow from it.
CREATE FUNCTION analytics.set_fiscal_year_start(first integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF first NOT BETWEEN 1 AND 12 THEN
        RAISE EXCEPTION 'a fiscal year starts in a month from 1 to 12, not %', first USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO ops.settings (name, value, reason)
    VALUES ('fiscal_year_start_month', first::text, 'set by analytics.set_fiscal_year_start')
    ON CONFLICT (name) DO UPDATE
       SET value = excluded.value, reason = excluded.reason, updated_at = now(), updated_by = session_user;
    UPDATE analytics.dim_date
       SET fiscal_year = year + CASE WHEN first > 1 AND month >= first THEN 1 ELSE 0 END,
           fiscal_quarter = (month - first + 12) % 12 / 3 + 1;
END $$;

-- migrate:down
DROP FUNCTION analytics.set_fiscal_year_start(integer);
DROP TABLE analytics.dim_date;
DROP FUNCTION analytics.us_holidays(integer);
DROP FUNCTION analytics.nth_weekday(integer, integer, integer, integer);
