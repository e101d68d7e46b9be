-- Tests of rows: every operator of the line, what it does with NULL, and that signs mean themselves.

-- case: equal, a word and a text
-- ask: snapshots by category where category = Gaming
-- columns: category snapshots
SELECT category, count(*) FROM facts WHERE category = 'Gaming' GROUP BY 1;

-- case: unequal holds for NULL
-- ask: snapshots by category where category != Gaming
SELECT category, count(*) FROM facts WHERE category IS DISTINCT FROM 'Gaming' GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: less, by bytes and not by a language
-- ask: snapshots by category where category < music order by category
SELECT category, count(*) FROM facts WHERE category < 'music' GROUP BY 1 ORDER BY 1;

-- case: comparisons of numbers
-- with: op=<
-- with: op=<=
-- with: op=>
-- with: op=>=
-- with: op==
-- ask: videos, snapshots by duration where duration {op} 60
SELECT duration, count(DISTINCT video), count(*) FROM facts WHERE duration {op} 60 GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: unequal numbers, and the unknown
-- ask: videos by duration where duration != 60 order by duration
SELECT duration, count(DISTINCT video) FROM facts WHERE duration IS DISTINCT FROM 60 GROUP BY 1 ORDER BY 1;

-- case: a number with a fraction, and one below zero
-- ask: snapshots where duration > 59.5 and duration > -1
SELECT count(*) FROM facts WHERE duration > 59.5;

-- case: is null
-- ask: snapshots, videos where category is null
SELECT count(*), count(DISTINCT video) FROM facts WHERE category IS NULL;

-- case: is not null
-- ask: snapshots, videos where category is not null
SELECT count(*), count(DISTINCT video) FROM facts WHERE category IS NOT NULL;

-- case: in
-- ask: snapshots by category where category in (Gaming, 'Science & Technology', nobody)
SELECT category, count(*) FROM facts WHERE category IN ('Gaming', 'Science & Technology') GROUP BY 1 ORDER BY 2 DESC;

-- case: not in, with NULL
-- ask: snapshots by category where category not in (Gaming, Music)
SELECT category, count(*) FROM facts WHERE category NOT IN ('Gaming', 'Music') OR category IS NULL GROUP BY 1
 ORDER BY 2 DESC, 1;

-- case: in, numbers
-- ask: videos where duration in (59, 60, 61, 0)
SELECT count(DISTINCT video) FROM facts WHERE duration IN (59, 60, 61, 0);

-- case: contains ignores case
-- ask: snapshots by title where title contains LIVE order by title
SELECT title, count(*) FROM facts WHERE upper(title) LIKE '%LIVE%' GROUP BY 1 ORDER BY 1;

-- case: contains ignores case beyond ASCII
-- ask: snapshots by title where title contains 'ünï' order by title
SELECT title, count(*) FROM facts WHERE title IN ('Ünïcode', 'ÜNÏCODE') GROUP BY 1 ORDER BY 1;

-- case: signs of LIKE mean themselves in contains
-- with: sign=%
-- with: sign=_
-- with: sign=\
-- with: sign="
-- ask: snapshots by title where title contains '{sign}'
SELECT title, count(*) FROM facts WHERE position('{sign}' IN title) > 0 GROUP BY 1 ORDER BY 2 DESC, 1;

-- case: contains one of several
-- ask: videos where title contains (set, ボード, '''brien')
SELECT count(DISTINCT video) FROM facts WHERE title LIKE '%set%' OR title LIKE '%ボード%' OR title LIKE '%''Brien%';

-- case: not contains
-- ask: videos where title not contains live
SELECT count(DISTINCT video) FROM facts WHERE title IS NULL OR title NOT ILIKE '%live%';

-- case: not contains any of several
-- ask: videos by video_id where title not contains (live, n) order by video_id
SELECT video_id, 1 FROM facts WHERE title IS NULL OR lower(title) NOT SIMILAR TO '%(live|n)%' GROUP BY 1 ORDER BY 1;

-- case: starts with
-- ask: videos by title where title starts with LIVE order by title
SELECT DISTINCT title, 1 FROM facts WHERE lower(left(title, 4)) = 'live' ORDER BY 1;

-- case: not starts with
-- ask: videos where title not starts with live
SELECT count(DISTINCT video) FROM facts WHERE lower(left(title, 4)) IS DISTINCT FROM 'live';

-- case: starts with one of several, signs as they are
-- ask: videos by title where title starts with ('100%', 'live_') order by title
SELECT DISTINCT title, 1 FROM facts WHERE left(title, 4) = '100%' OR left(title, 5) = 'live_' ORDER BY 1;

-- case: ends with
-- ask: videos by title where title ends with live order by title
SELECT DISTINCT title, 1 FROM facts WHERE lower(right(title, 4)) = 'live' ORDER BY 1;

-- case: not ends with
-- ask: videos where title not ends with live
SELECT count(DISTINCT video) FROM facts WHERE lower(right(title, 4)) IS DISTINCT FROM 'live';

-- case: like is SQL's
-- ask: videos by title where title like '%live_%' order by title
SELECT DISTINCT title, 1 FROM facts WHERE title ~ 'live.' ORDER BY 1;

-- case: like with a sign that means itself
-- ask: videos by title where title like 'live\_%'
SELECT 'live_set', 1;

-- case: not like
-- ask: videos where title not like '%live%'
SELECT count(DISTINCT video) FROM facts WHERE title IS NULL OR title !~ 'live';

-- case: has
-- ask: videos by video_id where tags has live order by video_id
SELECT DISTINCT video_id, 1 FROM facts WHERE 'live' = ANY (tags) ORDER BY 1;

-- case: has heeds case
-- ask: videos by video_id where tags has Music
SELECT DISTINCT video_id, 1 FROM facts WHERE tags @> '{Music}';

-- case: has a text of several words
-- ask: videos by video_id where tags has 'with space'
SELECT 'v03', 1;

-- case: not has, of lists that are unknown or empty too
-- ask: videos by video_id where tags not has live order by video_id
SELECT DISTINCT video_id, 1 FROM facts WHERE tags IS NULL OR NOT EXISTS (SELECT FROM unnest(tags) AS t
 WHERE t = 'live') ORDER BY 1;

-- case: lists as groups
-- ask: videos by tags where tags is not null order by videos, tags
SELECT to_json(tags), count(DISTINCT video) FROM facts WHERE tags IS NOT NULL GROUP BY tags ORDER BY 2 DESC, tags;

-- case: between, numbers
-- ask: videos where duration between 59 and 60
SELECT count(DISTINCT video) FROM facts WHERE duration >= 59 AND duration <= 60;

-- case: not between
-- ask: videos where duration not between 59 and 600
SELECT count(DISTINCT video) FROM facts WHERE duration < 59 OR duration > 600 OR duration IS NULL;

-- case: between, texts
-- ask: videos by category where category between Gaming and Music order by category
SELECT category, count(DISTINCT video) FROM facts WHERE category >= 'Gaming' AND category <= 'Music' GROUP BY 1
 ORDER BY 1;

-- case: between the wrong way round holds nothing
-- ask: snapshots where duration between 600 and 59
SELECT 0;

-- case: the empty text is a value
-- ask: videos by video_id where title = ''
SELECT 'v08', 1;

-- case: the word null in quotes is a text
-- ask: videos by video_id where title = 'null'
SELECT 'v07', 1;

-- case: true and false
-- ask: videos by video.is_monetized where video.is_monetized = true
SELECT true, count(DISTINCT video) FROM facts WHERE is_monetized;

-- case: not true is false or unknown
-- ask: videos by video.is_monetized where video.is_monetized != true order by videos
SELECT is_monetized, count(DISTINCT video) FROM facts WHERE is_monetized IS NOT TRUE GROUP BY 1 ORDER BY 2 DESC;

-- case: not, or, and, in brackets
-- ask: snapshots where not (category = Gaming or duration > 100) and (title contains live or tags has music)
SELECT count(*) FROM facts WHERE (category = 'Gaming' OR duration > 100) IS NOT TRUE AND (title ILIKE '%live%'
 OR 'music' = ANY (tags));

-- case: and binds before or
-- ask: snapshots where category = Gaming or category = Music and duration < 60
SELECT count(*) FROM facts WHERE category = 'Gaming' OR (category = 'Music' AND duration < 60);

-- case: not not
-- ask: snapshots where not not category = Gaming
SELECT count(*) FROM facts WHERE category = 'Gaming';

-- case: a test and its opposite are all
-- with: test=category > Gaming
-- with: test=duration <= 60
-- ask: snapshots where {test} or not {test}
SELECT count(*) FROM facts;

-- case: a time is its whole unit
-- ask: videos by video_id where published_at = 2024-01 order by video_id
SELECT DISTINCT video_id, 1 FROM facts WHERE published_at >= '2024-01-01' AND published_at < '2024-02-01' ORDER BY 1;

-- case: a time other than a unit, or unknown
-- ask: videos where published_at != 2024
SELECT count(DISTINCT video) FROM facts WHERE published_at < '2024-01-01' OR published_at >= '2025-01-01'
 OR published_at IS NULL;

-- case: before a unit, to its end, after its end, from its start
-- with: op=< | sql=<'2024-03-10'
-- with: op=<= | sql=<'2024-03-11'
-- with: op=> | sql=>='2024-03-11'
-- with: op=>= | sql=>='2024-03-10'
-- ask: videos, snapshots where published_at {op} 2024-03-10
SELECT count(DISTINCT video), count(*) FROM facts WHERE published_at {sql};

-- case: before a unit, to its end, after its end, from its start, on Los Angeles' calendar
-- with: op=< | sql=<'2024-11-03T07:00Z'
-- with: op=<= | sql=<'2024-11-04T08:00Z'
-- with: op=> | sql=>='2024-11-04T08:00Z'
-- with: op=>= | sql=>='2024-11-03T07:00Z'
-- ask: videos, snapshots where published_at {op} 2024-11-03 tz America/Los_Angeles
SELECT count(DISTINCT video), count(*) FROM facts WHERE published_at {sql};

-- case: between times, whole units at both ends
-- ask: videos by video_id where published_at between 2024-01-31 and 2024-02 order by video_id
SELECT DISTINCT video_id, 1 FROM facts WHERE published_at >= '2024-01-31' AND published_at < '2024-03-01' ORDER BY 1;

-- case: one of several times
-- ask: videos by video_id where published_at in (2024-01-01, 2024-02-29, 2023) order by video_id
SELECT DISTINCT video_id, 1 FROM facts WHERE published_at::date IN ('2024-01-01', '2024-02-29') OR extract(year
 FROM published_at) = 2023 ORDER BY 1;

-- case: in a period
-- ask: videos where published_at in 2024-Q1
SELECT count(DISTINCT video) FROM facts WHERE published_at >= '2024-01-01' AND published_at < '2024-04-01';

-- case: not in a period
-- ask: videos where published_at not in 2024-01..2024-03
SELECT count(DISTINCT video) FROM facts WHERE (published_at >= '2024-01-01'
 AND published_at < '2024-04-01') IS NOT TRUE;

-- case: days
-- ask: channels by created_date where created_date >= 2024-01-01 order by created_date
SELECT created_date, count(DISTINCT channel_id) FROM analytics.dim_channel WHERE is_current
 AND created_date >= '2024-01-01' GROUP BY 1 ORDER BY 1;

-- case: a day is never shifted by a zone
-- ask: channels by created_date where created_date = 2023-12-31 tz Australia/Lord_Howe
SELECT date '2023-12-31', 1;

-- case: days between, in a month, unknown
-- ask: channels by created_date.month where created_date in 2024-02 or created_date is null order by created_date.month
SELECT date_trunc('month', created_date)::date, count(DISTINCT channel_id) FROM analytics.dim_channel
 WHERE is_current AND (created_date BETWEEN '2024-02-01' AND '2024-02-29' OR created_date IS NULL) GROUP BY 1
 ORDER BY 1;

-- case: segments, alone and together
-- with: segments=costly | sql=cost >= 2
-- with: segments=seen | sql=views >= 0
-- with: segments=costly, seen | sql=cost >= 2 AND views >= 0
-- ask: Snaps.rows segment {segments}
SELECT count(*) FROM facts WHERE {sql};

-- case: a test through two joins
-- ask: snapshots by user where current_account.subscription_tier = scale
SELECT email, count(*) FROM facts WHERE email = 'ann@example.org' GROUP BY 1;

-- case: the tier as it was
-- ask: snapshots by subscription_tier where user = 'ann@example.org' order by subscription_tier
SELECT tier, count(*) FROM facts WHERE email = 'ann@example.org' GROUP BY 1 ORDER BY 1;
