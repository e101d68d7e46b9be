/* semantic: joins to many on a real server. Each row counts once in a group; answers worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_rows_help.h"

/* Not one cube has a key: rows are told apart without. */
static const char cubes[] =
    "{\"cubes\": ["
    "{\"name\": \"Users\", \"sql_table\": \"analytics.dim_user\", \"sql_where\": \"user_key > 100\","
    " \"joins\": {\"channels\": {\"cube\": \"Channels\", \"relationship\": \"one_to_many\","
    "  \"sql\": \"{CUBE}.user_id = {channels}.user_id\"}},"
    " \"dimensions\": {\"email\": {\"sql\": \"email\", \"type\": \"string\"}, \"tier\": {\"sql\": "
    "\"subscription_tier\","
    "  \"type\": \"string\"}},"
    " \"measures\": {\"users\": {\"type\": \"count\"}, \"weight\": {\"type\": \"sum\", \"sql\": \"user_key\"},"
    "  \"mean\": {\"type\": \"avg\", \"sql\": \"user_key\"}, \"most\": {\"type\": \"max\", \"sql\": \"user_key\"},"
    "  \"tiers\": {\"type\": \"count_distinct\", \"sql\": \"subscription_tier\"},"
    "  \"of_growth\": {\"type\": \"count\", \"filters\": [{\"sql\": \"subscription_tier = 'growth'\"}]}}},"
    "{\"name\": \"Channels\", \"sql_table\": \"analytics.dim_channel\", \"sql_where\": \"channel_key > 10\","
    " \"joins\": {\"videos\": {\"cube\": \"Videos\", \"relationship\": \"one_to_many\","
    "  \"sql\": \"{CUBE}.channel_id = {videos}.channel_id\"}},"
    " \"dimensions\": {\"niche\": {\"sql\": \"niche\", \"type\": \"string\"},"
    "  \"name\": {\"sql\": \"channel_name\", \"key\": \"channel_id\", \"type\": \"string\"}},"
    " \"measures\": {\"channels\": {\"type\": \"count\"}}},"
    "{\"name\": \"Videos\", \"sql_table\": \"analytics.dim_video\", \"time_dimension\": \"published_at\","
    " \"joins\": {\"tags\": {\"cube\": \"Tags\", \"relationship\": \"one_to_many\", \"sql\": \"{CUBE}.video_key = "
    "{tags}.video_key\"},"
    "  \"facts\": {\"cube\": \"Facts\", \"relationship\": \"one_to_many\", \"sql\": \"{CUBE}.video_key = "
    "{facts}.video_key\"}},"
    " \"dimensions\": {\"title\": {\"sql\": \"video_title\", \"type\": \"string\"}, \"published_at\": {\"sql\": "
    "\"published_at\","
    "  \"type\": \"time\"}},"
    " \"measures\": {\"videos\": {\"type\": \"count\"}}},"
    "{\"name\": \"Tags\", \"sql_table\": \"analytics.video_tag\","
    " \"joins\": {\"kind\": {\"cube\": \"Kinds\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.tag = "
    "{kind}.tag\"}},"
    " \"dimensions\": {\"tag\": {\"sql\": \"tag\", \"type\": \"string\"}}, \"measures\": {\"uses\": {\"type\": "
    "\"count\"}}},"
    "{\"name\": \"Kinds\", \"sql_table\": \"analytics.tag_kind\","
    " \"dimensions\": {\"kind\": {\"sql\": \"kind\", \"type\": \"string\"}}},"
    "{\"name\": \"Facts\", \"sql_table\": \"analytics.fact_video_performance\", \"time_dimension\": \"at\","
    " \"joins\": {\"tags\": {\"cube\": \"Tags\", \"relationship\": \"one_to_many\", \"sql\": \"{CUBE}.video_key = "
    "{tags}.video_key\"},"
    "  \"channel\": {\"cube\": \"Channels\", \"relationship\": \"many_to_one\","
    "  \"sql\": \"{CUBE}.channel_key = {channel}.channel_key\"}},"
    " \"entities\": {\"video\": {\"sql\": \"video_key\", \"sql_table\": \"analytics.dim_video\", \"key\": "
    "\"video_key\","
    "  \"published\": \"published_at\"}},"
    " \"dimensions\": {\"at\": {\"sql\": \"\\\"timestamp\\\"\", \"type\": \"time\"}, \"niche\": {\"sql\": "
    "\"{channel}.niche\","
    "  \"type\": \"string\"}},"
    " \"measures\": {\"rows\": {\"type\": \"count\"}, \"money\": {\"type\": \"sum\", \"sql\": "
    "\"actual_revenue_cents\"},"
    "  \"views\": {\"type\": \"last\", \"sql\": \"views\", \"per\": \"video\", \"rule\": \"carry\"},"
    "  \"views_period\": {\"type\": \"last\", \"sql\": \"views\", \"per\": \"video\", \"rule\": \"period\"},"
    "  \"gained\": {\"type\": \"increase\", \"sql\": \"views\", \"per\": \"video\"},"
    "  \"gained_new\": {\"type\": \"increase\", \"sql\": \"views\", \"per\": \"video\", \"baseline\": \"published\"},"
    "  \"rolled\": {\"type\": \"rolling\", \"measure\": \"money\", \"window\": \"2 days\"},"
    "  \"seen\": {\"type\": \"count_distinct\", \"sql\": \"video_key\"},"
    "  \"seen_rolled\": {\"type\": \"rolling\", \"measure\": \"seen\", \"window\": \"2 days\"}},"
    " \"pre_aggregations\": {\"daily\": {\"measures\": [\"money\"], \"time_dimension\": \"at\", \"granularity\": "
    "\"day\"}}},"
    "{\"name\": \"Placed\", \"sql_table\": \"analytics.fact_video_performance\", \"sql_where\": \"{channel}.niche IS "
    "NOT NULL\","
    " \"joins\": {\"tags\": {\"cube\": \"Tags\", \"relationship\": \"one_to_many\", \"sql\": \"{CUBE}.video_key = "
    "{tags}.video_key\"},"
    "  \"channel\": {\"cube\": \"Channels\", \"relationship\": \"many_to_one\","
    "  \"sql\": \"{CUBE}.channel_key = {channel}.channel_key\"}},"
    " \"dimensions\": {\"at\": {\"sql\": \"\\\"timestamp\\\"\", \"type\": \"time\"}},"
    " \"measures\": {\"placed\": {\"type\": \"count\"}, \"named\": {\"type\": \"count\", \"filters\": [{\"sql\": "
    "\"{channel}.channel_name = 'Alpha'\"}]}}}"
    "]}";

/*
 * Ann's channels are of Gaming (an old version), Music and no niche, Bob's is of Gaming; Cy has no channel.
 * Video 1 is tagged a and b, 2 is tagged b twice, 3 has a tag that is NULL, 10 is tagged a; the others have none. z
 * belongs to no video. a and b are letters, b is loud too.
 */
static const char tagged[] =
    "INSERT INTO analytics.dim_user (user_key, user_id, email, subscription_tier) VALUES"
    " (103, '00000000-0000-4000-9000-000000000103', 'cy@example.org', 'growth');"
    "CREATE TABLE analytics.video_tag (video_key int, tag text);"
    "INSERT INTO analytics.video_tag VALUES (1, 'a'), (1, 'b'), (2, 'b'), (2, 'b'), (3, NULL), (10, 'a'), (NULL, 'z');"
    "CREATE TABLE analytics.tag_kind (tag text, kind text);"
    "INSERT INTO analytics.tag_kind VALUES ('a', 'letter'), ('b', 'letter');"
    "UPDATE analytics.dim_video SET published_at = '2026-02-01' WHERE video_key IN (1, 2, 4);"
    "SELECT pg_temp.snap(1, 12, '2026-03-01', 10), pg_temp.snap(1, 14, '2026-03-03', 30), pg_temp.snap(2, 12, "
    "'2026-03-02', 100),"
    " pg_temp.snap(10, 13, '2026-03-01', 7), pg_temp.snap(11, 14, '2026-03-02', 1000);";

static void many_answer(struct desk *desk, const char *line, const char *expected)
{
    struct model *model = model_of_text(cubes);

    answers_with(desk, model, line, expected);
    model_unref(model);
}

/* -- groups -------------------------------------------------------------------------------------------------------- */

SERVER_TEST(a_row_counts_once_in_each_of_its_groups)
{
    given(who, tagged);
    many_answer(who, "users, weight by channels.niche order by channels.niche", "Gaming 2 203; Music 1 101; - 2 204");
    many_answer(who, "mean, most, tiers, of_growth by channels.niche order by channels.niche",
                "Gaming 101.5 102 2 1; Music 101 101 1 1; - 102 103 1 2");
    many_answer(who, "users by channels.name order by channels.name", "Alpha 1; Alpha 1; Alpha (old) 1; Beta 1; - 1");
    many_answer(who, "users by tier, channels.niche order by tier, channels.niche",
                "growth Gaming 1; growth Music 1; growth - 2; starter Gaming 1");
    many_answer(who, "from Users by channels.niche order by channels.niche", "Gaming; Music; -");
    many_answer(who, "videos by tags.tag order by tags.tag", "a 2; b 2; - 8"); /* 3, whose tag is NULL, and 7 without */
}

SERVER_TEST(two_hops_and_several_at_once_are_told_apart_by_the_row)
{
    given(who, tagged);
    many_answer(
        who,
        "users, weight by channels.videos.title where channels.videos.title in ('Video 1', 'Video 11') order by title",
        "Video 1 1 101; Video 11 1 102");
    many_answer(who, "videos by tags.kind.kind order by tags.kind.kind", "letter 3; - 8"); /* to many, then to one */
    many_answer(
        who, "videos by tags.tag, facts.at.day order by tags.tag, facts.at.day",
        "a 2026-03-01 2; a 2026-03-03 1; b 2026-03-01 1; b 2026-03-02 1; b 2026-03-03 1; - 2026-03-02 1; - - 7");
    many_answer(who, "videos, uses by tag where tag is not null order by tag", "a 2 2; b 2 3; z - 1");
}

/* What brings groups together again counts each row once. */
SERVER_TEST(totals_are_of_rows_and_not_of_groups)
{
    given(who, tagged);
    many_answer(who, "users, weight by channels.niche total order by channels.niche",
                "row Gaming 2 203; row Music 1 101; row - 2 204; total - 3 306");
    many_answer(who, "users by channels.niche top 1 with other total", "row Gaming 2; other - 2; total - 3");
    many_answer(who, "users, users.share by channels.niche where channels.niche is not null order by channels.niche",
                "Gaming 2 1; Music 1 0.5");
    many_answer(who, "users by channels.niche having users < 2 total", "row Music 1; total - 1");
    many_answer(who, "weight by channels.niche having users > 1 total order by channels.niche",
                "row Gaming 203; row - 204; total - 306");
    many_answer(who, "users, tiers by channels.niche top 1 by weight with other", "row - 2 1; other - 2 2");
    many_answer(who, "users by tier, channels.niche having users > 1 total", "row growth - 2; total - - 2");
}

/* What a cube's rows are, and which of them a measure counts, may rest on joins to one. */
SERVER_TEST(joins_to_one_stand_beside_joins_to_many)
{
    given(who, tagged);
    many_answer(who, "placed, named by tags.tag order by tags.tag", "a 2 2; b 3 3; - 1 1");
    many_answer(who, "placed by tags.tag, channel.niche for 2026-03-02..2026-03-03 order by tags.tag, niche",
                "a Gaming 1; b Gaming 1; b Music 1; - Gaming 1");
}

/* -- tests --------------------------------------------------------------------------------------------------------- */

SERVER_TEST(a_test_of_many_counts_a_row_once)
{
    given(who, tagged);
    many_answer(who, "users, weight where channels.niche = Gaming", "2 203");
    many_answer(who, "users, weight where channels.niche in (Gaming, Music)", "2 203");
    many_answer(who, "users where channels.niche is null", "2");                       /* Beta's, and none at all */
    many_answer(who, "users where channels.name = Beta and channels.niche is null", "1");
    many_answer(who, "users where channels.name = Beta and channels.niche = Music", "0");   /* of one and the same */
    many_answer(who, "users where channels.niche = Music and not channels.niche = Music", "0");
    many_answer(who, "users where not channels.niche = Gaming", "2");                  /* has one that is not */
    many_answer(who, "users where channels.niche = Gaming or tier = growth", "3");
    many_answer(who, "users by tier where channels.niche in (Gaming, Music) total order by tier",
                "row growth 1; row starter 1; total - 2");
    many_answer(who, "users by channels.niche where channels.niche != Gaming order by channels.niche", "Music 1; - 2");
    many_answer(who, "videos for 2026-02 where tags.tag = b", "2");
    many_answer(who, "users, channels where niche = Gaming", "2 2");
}

/* -- periods ------------------------------------------------------------------------------------------------------- */

SERVER_TEST(periods_are_compared_group_by_group)
{
    given(who, tagged);
    many_answer(who, "videos by tags.tag for 2026-02 vs 2026-01 order by tags.tag",
                "a 1 1 0 0; b 2 - - -; - 1 7 -6 -0.85714285714285714286");
    many_answer(who, "videos by tags.tag for 2026-02 vs 2026-01 total order by tags.tag",
                "row a 1 1 0 0; row b 2 - - -; row - 1 7 -6 -0.85714285714285714286; total - 3 8 -5 -0.625");
    many_answer(who, "videos by month, tags.tag top 1 by videos order by month", "2026-01-01 - 7; 2026-02-01 - 1");
    many_answer(who, "videos by month, tags.tag top 1 with other order by month",
                "row 2026-01-01 - 7; other 2026-01-01 - 1; row 2026-02-01 - 1; other 2026-02-01 - 2");
    many_answer(who, "videos by tags.tag, month for 2026-01..2026-03 where tags.tag = a fill zero",
                "a 2026-01-01 1; a 2026-02-01 1; a 2026-03-01 0");
}

/* -- counters and windows ------------------------------------------------------------------------------------------ */

SERVER_TEST(counters_count_once_in_each_group)
{
    given(who, tagged);
    many_answer(who, "views, gained, seen by tags.tag order by tags.tag", "a 37 20 2; b 130 20 2; - 1000 0 1");
    many_answer(who, "views, gained by tags.tag total order by tags.tag",
                "row a 37 20; row b 130 20; row - 1000 0; total - 1137 20");
    many_answer(who, "gained_new by tags.tag for 2026-02-01..2026-03-31 order by tags.tag", "a 30; b 130; - 0");
    many_answer(who, "views by tags.tag top 1 with other", "row - 1000; other - 137");
    many_answer(who, "views, gained where tags.tag in (a, b)", "137 20");
    many_answer(who, "views by day, tags.tag for 2026-03-01..2026-03-04 order by day, tags.tag",
                "2026-03-01 a 17; 2026-03-01 b 10; 2026-03-02 a 17; 2026-03-02 b 110; 2026-03-02 - 1000;"
                " 2026-03-03 a 37; 2026-03-03 b 130; 2026-03-03 - 1000");
    many_answer(who, "views by day, tags.tag for 2026-03-03..2026-03-03 order by tags.tag",
                "2026-03-03 a 37; 2026-03-03 b 130; 2026-03-03 - 1000");
    many_answer(who, "views by day for 2026-03-01..2026-03-04 where tags.tag in (a, b) order by day",
                "2026-03-01 17; 2026-03-02 117; 2026-03-03 137");
    many_answer(who, "views by day, tags.tag top 1 with other order by day",
                "other 2026-03-01 - 17; row 2026-03-02 - 1000; other 2026-03-02 - 117; row 2026-03-03 - 1000; other "
                "2026-03-03 - 137");
    many_answer(who, "views_period by day, tags.tag where tags.tag in (a, b) order by day, tags.tag",
                "2026-03-01 a 17; 2026-03-01 b 10; 2026-03-02 b 100; 2026-03-03 a 30; 2026-03-03 b 30");
    many_answer(who,
                "gained by day, tags.tag where tags.tag in (a, b) for 2026-03-02..2026-03-03 order by day, tags.tag",
                "2026-03-02 b 0; 2026-03-03 a 20; 2026-03-03 b 20");
}

/* A video that moves between niches, where its tags stand beside them: 1 goes from Music to Gaming on the 3rd. */
SERVER_TEST(a_counter_moves_with_all_its_groups)
{
    given(who, tagged);
    many_answer(who, "views by day, niche, tags.tag where tags.tag = b order by day, niche",
                "2026-03-01 Music b 10; 2026-03-02 Music b 110; 2026-03-03 Gaming b 30; 2026-03-03 Music b 100");
    many_answer(who, "views by niche, tags.tag where tags.tag is not null order by niche, tags.tag",
                "Gaming a 30; Gaming b 30; Music b 100; - a 7");
    many_answer(who, "views.share by day, tags.tag for 2026-03-01..2026-03-01 order by tags.tag",
                "2026-03-01 a 1; 2026-03-01 b 0.58823529411764705882");
}

SERVER_TEST(windows_run_over_groups_that_share_rows)
{
    given(who, tagged);
    script(who, "SELECT pg_temp.money(1, 12, '2026-03-01 12:00+00', 1), pg_temp.money(1, 12, '2026-03-02 12:00+00', "
                "20), pg_temp.money(2, 12, '2026-03-03 12:00+00', 300)");
    many_answer(who, "money by tags.tag where tags.tag is not null order by tags.tag total",
                "row a 21; row b 321; total - 321");
    many_answer(who,
                "rolled by day, tags.tag where tags.tag is not null for 2026-03-01..2026-03-03 order by tags.tag, day",
                "2026-03-01 a 1; 2026-03-02 a 21; 2026-03-03 a 20; 2026-03-01 b 1; 2026-03-02 b 21; 2026-03-03 b 320");
    many_answer(who, "seen_rolled by day, tags.tag where tags.tag = b for 2026-03-01..2026-03-03 order by day",
                "2026-03-01 b 1; 2026-03-02 b 2; 2026-03-03 b 2");
    many_answer(who, "rolled by day, tags.tag where tags.tag is not null for 2026-03-03..2026-03-03 top 1 with other",
                "row 2026-03-03 b 320; other 2026-03-03 - 20");
}

/* -- several facts ------------------------------------------------------------------------------------------------- */

SERVER_TEST(both_sides_are_aggregated_by_themselves)
{
    given(who, tagged);
    many_answer(who, "users, channels by niche order by niche", "Gaming 2 2; Music 1 1; - 2 1");
    many_answer(who, "users, channels by niche total order by niche",
                "row Gaming 2 2; row Music 1 1; row - 2 1; total - 3 4");
    many_answer(who, "users, channels, rows by niche order by niche", "Gaming 2 2 2; Music 1 1 2; - 2 1 1");
}

SERVER_TEST(a_tenant_sees_its_own_rows_once)
{
    given(who, tagged);
    shipped->context.tenant = true;
    script(who, "SET LOCAL ytempire.user_id = '00000000-0000-4000-9000-000000000101'");
    many_answer(who, "from Channels channels by videos.title top 2 by channels order by title", "Video 1 2; Video 2 2");
    many_answer(who, "users by channels.niche order by channels.niche", "Gaming 1; Music 1; - 1");
    shipped->context.tenant = false;
}

/* -- against SQL written in another way ---------------------------------------------------------------------------- */

/* 40 videos with up to four tags each, some of them twice or NULL, and snapshots in which they move between channels.
 */
static const char random_rows[] =
    "CREATE FUNCTION pg_temp.chance(a int, b int, salt text) RETURNS float LANGUAGE sql AS"
    " $$ SELECT ('x' || substr(md5(a || '/' || b || '/' || salt), 1, 7))::bit(28)::int / 268435456.0 $$;"
    "INSERT INTO analytics.dim_video (video_key, video_id, channel_id, video_title, published_at)"
    " SELECT n, 'v' || n, 'UC-a', 'Video ' || n, '2026-01-01' FROM generate_series(12, 51) AS n;"
    "INSERT INTO analytics.video_tag SELECT n, (ARRAY['a', 'b', 'c', 'd', NULL])[1 + floor(pg_temp.chance(n, k, 'tag') "
    "* 5)::int]"
    " FROM generate_series(12, 51) AS n, generate_series(1, 4) AS k WHERE pg_temp.chance(n, k, 'tagged') > 0.5;"
    "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", views, "
    "actual_revenue_cents)"
    " SELECT video, (ARRAY[11, 12, 13, 14])[1 + floor(pg_temp.chance(video, step / 4, 'channel') * 4)::int], 101,"
    "  to_char(at AT TIME ZONE 'UTC', 'YYYYMMDD')::int, at,"
    "  CASE WHEN pg_temp.chance(video, step, 'null') > 0.1 THEN 100 * step + floor(pg_temp.chance(video, step, "
    "'views') * 400)::int END,"
    "  floor(pg_temp.chance(video, step, 'cents') * 1000)"
    " FROM (SELECT video, step, timestamptz '2026-10-05' + (step + pg_temp.chance(video, step, 'jitter')) * interval "
    "'17 hours' AS at"
    "        FROM generate_series(12, 51) AS video, generate_series(0, 29) AS step WHERE pg_temp.chance(video, step, "
    "'silent') > 0.4) AS made;";

/* Which rows of `f` are in a group is asked of each row and group: nothing is joined to the measure's rows. */
#define TAG_GROUPS "(SELECT DISTINCT tag FROM analytics.video_tag WHERE video_key IS NOT NULL UNION SELECT NULL) AS g"
#define IN_TAG                                                                                                         \
    "(EXISTS (SELECT FROM analytics.video_tag AS t WHERE t.video_key = f.video_key AND t.tag IS NOT DISTINCT FROM "    \
    "g.tag)"                                                                                                           \
    " OR g.tag IS NULL AND NOT EXISTS (SELECT FROM analytics.video_tag AS t WHERE t.video_key = f.video_key))"

static void agree(struct desk *desk, const char *line, const char *sql, size_t least)
{
    _cleanup_(mem_freep) char *rows = rows_of(desk, sql);

    assert_true(strlen(rows) >= least);
    many_answer(desk, line, rows);
}

SERVER_TEST(rows_agree_with_sql_that_joins_nothing)
{
    given(who, tagged);
    script(who, random_rows);
    agree(who, "rows, money, seen by tags.tag order by tags.tag",
          "SELECT g.tag, count(*), sum(actual_revenue_cents)::bigint, count(DISTINCT video_key) FROM " TAG_GROUPS
          ", analytics.fact_video_performance AS f WHERE " IN_TAG " GROUP BY 1 ORDER BY 1", 60);
    agree(who,
          "rows, money by day, tags.tag where tags.tag in (a, b, c) for 2026-10-07..2026-10-20 order by day, tags.tag",
          "SELECT (f.\"timestamp\" AT TIME ZONE 'UTC')::date, g.tag, count(*), sum(actual_revenue_cents)::bigint "
          "FROM " TAG_GROUPS ", analytics.fact_video_performance AS f WHERE " IN_TAG
          " AND g.tag IN ('a', 'b', 'c') AND f.\"timestamp\" >= '2026-10-07'"
          " AND f.\"timestamp\" < '2026-10-21' GROUP BY 1, 2 ORDER BY 1, 2",
          600);
    agree(who, "rows, money where tags.tag in (a, d)",
          "SELECT count(*), sum(actual_revenue_cents)::bigint FROM analytics.fact_video_performance AS f WHERE "
          "video_key IN"
          " (SELECT video_key FROM analytics.video_tag WHERE tag IN ('a', 'd'))",
          5);
    agree(who, "gained by niche, tags.tag order by niche, tags.tag",
          "SELECT c.niche, g.tag, sum(f.views - coalesce(f.was, f.views)) FROM " TAG_GROUPS
          ", (SELECT *, lag(views) OVER"
          " (PARTITION BY video_key ORDER BY \"timestamp\") AS was FROM analytics.fact_video_performance WHERE views "
          "IS NOT NULL) AS f"
          " LEFT JOIN analytics.dim_channel AS c USING (channel_key) WHERE " IN_TAG " GROUP BY 1, 2 ORDER BY 1, 2",
          100);
}

SERVER_TEST(carried_counters_agree_with_each_day_by_itself)
{
    static const char state[] = "SELECT day::date, %sg.tag, sum(f.views) FROM generate_series(timestamptz "
                                "'2026-10-05', '2026-10-25', '1 day') AS day, " TAG_GROUPS
                                ", LATERAL (SELECT DISTINCT ON (video_key) video_key, views, channel_key FROM "
                                "analytics.fact_video_performance WHERE views IS NOT NULL"
                                " AND \"timestamp\" >= '2026-10-01' AND \"timestamp\" < day + interval '1 day' ORDER "
                                "BY video_key, \"timestamp\" DESC) AS f"
                                " LEFT JOIN analytics.dim_channel AS c USING (channel_key) WHERE " IN_TAG
                                "%s GROUP BY %s ORDER BY %s";
    _cleanup_(mem_freep) char *by_tag = mem_printf(state, "", " AND g.tag IS NOT NULL", "1, 2", "1, 2");
    _cleanup_(mem_freep) char *by_both = mem_printf(state, "c.niche, ", "", "1, 2, 3", "1, 2, 3");

    given(who, tagged);
    script(who, "DELETE FROM analytics.fact_video_performance");
    script(who, random_rows);
    agree(who, "views by day, tags.tag where tags.tag is not null for 2026-10-05..2026-10-25 order by day, tags.tag",
          by_tag, 900);
    agree(who, "views by day, niche, tags.tag for 2026-10-05..2026-10-25 order by day, niche, tags.tag", by_both, 1500);
}

/* -- what is said and what is refused ------------------------------------------------------------------------------ */

SERVER_TEST(it_is_said_that_groups_share_rows)
{
    struct fixture         asked = *shipped;
    const struct compiled *compiled;

    (void)who;
    asked.model = model_of_text(cubes);
    compiled = compiles(&asked, "users by channels.niche where channels.name = Beta");
    assert_int_equal(compiled->note.remark_count, 2);
    assert_string_equal(
        compiled->note.remarks[0],
        "a row of Users counts once in each channels.niche it has: groups share rows and do not add up");
    assert_string_equal(compiled->note.remarks[1],
                        "a row of Users counts when any of its channels passes the tests, also where they say 'not'");
    assert_string_equal(compiled->steps[0],
                        "facts of Users: rows of the range, aggregated; joined to many, each row once in a group");
    compiled = compiles(&asked, "money by day, tags.tag");
    assert_int_equal(compiled->rollup_note_count, 1);
    assert_non_null(strstr(compiled->rollup_notes[0], "Facts.daily: join_multiplies: "));
    assert_int_equal(compiles(&asked, "users by tier")->note.remark_count, 0);
    model_unref(asked.model);
}

SERVER_TEST(what_cannot_be_right_is_refused)
{
    struct fixture asked = *shipped;

    given(who, tagged);
    asked.model = model_of_text(cubes);
    refuses(&asked,
            "{\"measures\": [\"Users.users\"], \"dimensions\": [\"Users.channels.niche\"], \"ungrouped\": true}",
            ERR_USAGE, "once for each of its channels", NULL, "ask a measure of Channels");
    refuses(&asked, "views by day, tags.tag top 1 with other having views > 1", ERR_USAGE, "cannot be told",
            "1 with other", "leave");
    refuses(&asked, "rolled by day, tags.tag top 1 with other having rolled > 1", ERR_USAGE, "cannot be told",
            "1 with other", NULL);
    assert_true(compiles(&asked, "money by day, tags.tag top 1 with other having money > 1")->column_count > 0);
    many_answer(who,
                "{\"measures\": [\"Users.users\"], \"filters\": [{\"member\": \"Users.channels.niche\", \"operator\": "
                "\"set\"}], \"ungrouped\": true}",
                "1; 1");
    model_unref(asked.model);
}

/* How many there are is the join's own affair; that its SQL means something is asked. */
SERVER_TEST(the_database_is_asked_about_joins_to_many)
{
    struct desk              *desk = who;
    struct model             *model = model_of_text(cubes);
    size_t                    count, joins = 0;
    const struct model_check *checks = model_checks(model, shipped->arena, &count);

    given(who, tagged);
    for (size_t i = 0; i < count; i++) {
        _cleanup_(pg_result_freep) struct pg_result *result = NULL;

        if (strcmp(checks[i].message, "its SQL joins nothing") != 0)
            continue;
        if (pg_query(desk->pg, checks[i].sql, NULL, 0, &result, &desk->error) < 0)
            fail_msg("%s: %s in\n%s", checks[i].where, desk->error.text, checks[i].sql);
        assert_string_equal(pg_result_text(result, 0, 0), "t");
        joins++;
    }
    assert_int_equal(joins, 6);
    model_unref(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_counts_once_in_each_of_its_groups),
        cmocka_unit_test(two_hops_and_several_at_once_are_told_apart_by_the_row),
        cmocka_unit_test(totals_are_of_rows_and_not_of_groups),
        cmocka_unit_test(joins_to_one_stand_beside_joins_to_many),
        cmocka_unit_test(a_test_of_many_counts_a_row_once),
        cmocka_unit_test(periods_are_compared_group_by_group),
        cmocka_unit_test(counters_count_once_in_each_group),
        cmocka_unit_test(a_counter_moves_with_all_its_groups),
        cmocka_unit_test(windows_run_over_groups_that_share_rows),
        cmocka_unit_test(both_sides_are_aggregated_by_themselves),
        cmocka_unit_test(a_tenant_sees_its_own_rows_once),
        cmocka_unit_test(rows_agree_with_sql_that_joins_nothing),
        cmocka_unit_test(carried_counters_agree_with_each_day_by_itself),
        cmocka_unit_test(it_is_said_that_groups_share_rows),
        cmocka_unit_test(what_cannot_be_right_is_refused),
        cmocka_unit_test(the_database_is_asked_about_joins_to_many),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
