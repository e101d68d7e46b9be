/*
 * A model with rollups of every kind, rollups built by hand, and questions whose answers must be the same from the facts.
 * Include after cmocka.h.
 */
#ifndef YTEMPIRE_TESTS_SEMANTIC_ROLLUP_HELP_H
#define YTEMPIRE_TESTS_SEMANTIC_ROLLUP_HELP_H

#include "semantic_rows_help.h"

static struct model *model, *in_utc, *in_zone;            /* in UTC, and in a zone that is off by half an hour */

static int set_up_rollups(void **state)
{
    static const char text[] =
        "\"cubes\": [{\"name\": \"Facts\", \"sql_table\": \"analytics.fact_video_performance\", \"snapshots\": \"analytics.video_snapshots\", \"time_dimension\": \"at\","
        "\"entities\": {\"video\": {\"sql\": \"video_key\", \"sql_table\": \"analytics.dim_video\", \"key\": \"video_key\"}},"
        "\"joins\": {\"channel\": {\"cube\": \"Channels\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.channel_key = {channel}.channel_key\"},"
        "\"current\": {\"cube\": \"Channels\", \"relationship\": \"many_to_one\", \"sql\": \"{channel}.channel_id = {current}.channel_id AND {current}.is_current\"},"
        "\"clip\": {\"cube\": \"Clips\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.video_key = {clip}.video_key\"}},"
        "\"dimensions\": {\"at\": {\"sql\": \"\\\"timestamp\\\"\", \"type\": \"time\"}, \"video\": {\"sql\": \"video_key\", \"type\": \"number\"},"
        "\"channel_key\": {\"sql\": \"{channel}.channel_key\", \"type\": \"number\"}, \"niche\": {\"sql\": \"{channel}.niche\", \"type\": \"string\"},"
        "\"user\": {\"sql\": \"user_key\", \"type\": \"number\"}, \"title\": {\"sql\": \"{clip}.video_title\", \"type\": \"string\", \"constant_for\": [\"video\"]},"
        "\"name\": {\"sql\": \"{current}.channel_name\", \"type\": \"string\"}},"
        "\"segments\": {\"anns\": {\"sql\": \"user_key = 101\"}},"
        "\"measures\": {"
        "\"n\": {\"type\": \"count\"}, \"cash\": {\"type\": \"sum\", \"sql\": \"actual_revenue_cents\"}, \"mean\": {\"type\": \"avg\", \"sql\": \"actual_revenue_cents\"},"
        "\"most\": {\"type\": \"max\", \"sql\": \"actual_revenue_cents\"}, \"big\": {\"type\": \"count\", \"filters\": [{\"sql\": \"actual_revenue_cents > 10\"}]},"
        "\"videos\": {\"type\": \"count_distinct\", \"sql\": \"video_key\"},"
        "\"views\": {\"type\": \"last\", \"sql\": \"views\", \"per\": \"video\", \"rule\": \"carry\"}, \"likes\": {\"type\": \"last\", \"sql\": \"likes\", \"per\": \"video\", \"rule\": \"carry\", \"present\": \"views IS NOT NULL\"},"
        "\"period\": {\"type\": \"last\", \"sql\": \"views\", \"per\": \"video\", \"rule\": \"period\"},"
        "\"gained\": {\"type\": \"increase\", \"sql\": \"views\", \"per\": \"video\"}, \"rate\": {\"type\": \"ratio\", \"numerator\": \"likes\", \"denominator\": \"views\"},"
        "\"net\": {\"type\": \"derived\", \"sql\": \"{cash} - {Spent.spent}\"},"
        "\"cash7\": {\"type\": \"rolling\", \"measure\": \"cash\", \"window\": \"7 days\"}, \"cash_mtd\": {\"type\": \"to_date\", \"measure\": \"cash\", \"unit\": \"month\"},"
        "\"cash_ever\": {\"type\": \"sum\", \"sql\": \"actual_revenue_cents\", \"rolling_window\": {\"trailing\": \"unbounded\"}}, \"gained3\": {\"type\": \"rolling\", \"measure\": \"gained\", \"window\": \"3 days\"},"
        "\"n3\": {\"type\": \"rolling\", \"measure\": \"n\", \"window\": \"3 days\"}, \"videos3\": {\"type\": \"rolling\", \"measure\": \"videos\", \"window\": \"3 days\"}},"
        "\"pre_aggregations\": {"
        "\"daily\": {\"type\": \"rollup\", \"measures\": [\"n\", \"cash\", \"mean\", \"most\", \"big\", \"views\", \"likes\", \"gained\"], \"dimensions\": [\"niche\", \"user\"], \"time_dimension\": \"at\", \"granularity\": \"day\"},"
        "\"monthly\": {\"type\": \"rollup\", \"measures\": [\"cash\"], \"time_dimension\": \"at\", \"granularity\": \"month\"},"
        "\"distinct\": {\"type\": \"rollup\", \"measures\": [\"videos\"], \"time_dimension\": \"at\", \"granularity\": \"day\"},"
        "\"distinct_by_user\": {\"type\": \"rollup\", \"measures\": [\"videos\", \"n\"], \"dimensions\": [\"user\"], \"time_dimension\": \"at\", \"granularity\": \"day\"},"
        "\"named\": {\"type\": \"rollup\", \"measures\": [\"cash\", \"views\", \"gained\"], \"dimensions\": [\"title\", \"name\"], \"time_dimension\": \"at\", \"granularity\": \"day\"},"
        "\"of_anns\": {\"type\": \"rollup\", \"measures\": [\"cash\", \"views\"], \"segments\": [\"anns\"], \"time_dimension\": \"at\", \"granularity\": \"day\"},"
        "\"netted\": {\"type\": \"rollup\", \"measures\": [\"net\"], \"time_dimension\": \"at\", \"granularity\": \"day\"},"
        "\"hourly\": {\"type\": \"rollup\", \"measures\": [\"cash\"], \"time_dimension\": \"at\", \"granularity\": \"hour\"}"
        "}},"
        "{\"name\": \"Channels\", \"sql_table\": \"analytics.dim_channel\", \"dimensions\": {\"niche\": {\"sql\": \"niche\", \"type\": \"string\"}}},"
        "{\"name\": \"Clips\", \"sql_table\": \"analytics.dim_video\"},"
        "{\"name\": \"Spent\", \"sql_table\": \"analytics.fact_costs\", \"time_dimension\": \"at\", \"dimensions\": {\"at\": {\"sql\": \"cost_timestamp\", \"type\": \"time\"}},"
        "\"measures\": {\"spent\": {\"type\": \"sum\", \"sql\": \"total_cost_cents\"}}},"
        "{\"name\": \"Days\", \"sql_table\": \"analytics.fact_channel_daily\", \"time_dimension\": \"day\","
        "\"entities\": {\"channel\": {\"sql\": \"channel_id\"}},"
        "\"dimensions\": {\"day\": {\"sql\": \"metric_date\", \"type\": \"date\"}, \"who\": {\"sql\": \"channel_key\", \"type\": \"number\"}},"
        "\"measures\": {\"seen\": {\"type\": \"sum\", \"sql\": \"total_views\"}, \"rows\": {\"type\": \"count\"},"
        "\"subs\": {\"type\": \"last\", \"sql\": \"subscriber_count\", \"per\": \"channel\", \"rule\": \"carry\"},"
        "\"won\": {\"type\": \"increase\", \"sql\": \"subscriber_count\", \"per\": \"channel\"}},"
        "\"pre_aggregations\": {"
        "\"by_day\": {\"type\": \"rollup\", \"measures\": [\"seen\", \"rows\", \"subs\", \"won\"], \"dimensions\": [\"who\"], \"time_dimension\": \"day\", \"granularity\": \"day\"},"
        "\"by_month\": {\"type\": \"rollup\", \"measures\": [\"seen\", \"rows\", \"subs\", \"won\"], \"time_dimension\": \"day\", \"granularity\": \"month\"}"
        "}}]}";
    int r = set_up(state);

    _cleanup_(mem_freep) char *of_utc = mem_printf("{%s", text);
    _cleanup_(mem_freep) char *of_zone = mem_printf("{\"time_zone\": \"Asia/Kolkata\", %s", text);

    model = in_utc = model_of_text(of_utc);
    in_zone = model_of_text(of_zone);
    return r;
}

static int tear_down_rollups(void **state)
{
    model_unref(in_utc);
    model_unref(in_zone);
    return tear_down(state);
}

static int with_plain_model(void **state)
{
    (void)state;
    model = in_utc;
    return 0;
}

/* Builds it whole up to a day, and says so. */
static void build_of(struct desk *desk, const char *cube, const char *name, const char *until)
{
    struct arena          *arena = arena_new();
    struct semantic_rollup rollup;
    struct pg_value        values[16];
    int64_t                to = instant_of(until);

    assert_int_equal(model_rollup_fill(model, arena, cube, name, shipped->context.now, NULL, to, &rollup, &desk->error), 0);
    if (rollup.fault != NULL)
        fail_msg("%s: %s", name, rollup.fault);
    for (size_t i = 0; i < rollup.value_count; i++)
        values[i] = PG_TEXT(rollup.values[i].text);
    script(desk, arena_printf(arena, "DROP TABLE IF EXISTS %s", rollup.relation));
    if (pg_query(desk->pg, arena_printf(arena, "CREATE TABLE %s AS %s", rollup.relation, rollup.sql), values, rollup.value_count, NULL,
                 &desk->error) < 0)
        fail_msg("%s in\n%s", desk->error.text, rollup.sql);
    script(desk, arena_printf(arena, "DELETE FROM ops.rollup_state WHERE name = '%s'", name));
    script(desk, arena_printf(arena, "INSERT INTO ops.rollup_state (cube, name, relation, fact, definition, state, rows, watermark)"
                                     " SELECT '%s', '%s', '%s', '%s', '%s', 'ready', count(*), '%s' FROM %s",
                              cube, name, rollup.relation, rollup.fact, rollup.definition, until, rollup.relation));
    arena_free(arena);
}

/* The answer from the facts, which is the same with the rollups; `source` is what the latter rests on. */
static void same(struct desk *desk, const char *line, const char *expected, const char *source)
{
    struct fixture             facts = *shipped, rolled = *shipped;
    _cleanup_(mem_freep) char *plain = NULL, *answer = NULL;

    facts.model = rolled.model = model;
    facts.context.look_up = rolled.context.look_up = ask_server;
    facts.context.who = rolled.context.who = desk;
    facts.context.no_rollups = true;
    plain = answer_of(desk, &facts, line);
    if (expected != NULL)
        assert_string_equal(plain, expected);
    answer = answer_of(desk, &rolled, line);
    if (strcmp(plain, answer) != 0)
        fail_msg("%s\n  rollup %s\n  facts  %s\n%s", line, answer, plain, compiles(&rolled, line)->sql);
    if (strcmp(compiles(&rolled, line)->note.source, source) != 0)
        fail_msg("%s rests on '%s' and not on '%s': %s", line, compiles(&rolled, line)->note.source, source,
                 compiles(&rolled, line)->rollup_note_count > 0 ? compiles(&rolled, line)->rollup_notes[0] : "");
}

static void build(struct desk *desk, const char *name, const char *until)
{
    build_of(desk, "Facts", name, until);
}

static const char world_of_rollups[] =
    "SELECT pg_temp.money(1, 11, '2026-01-10 12:00+00', 5), pg_temp.money(1, 12, '2026-03-01 12:00+00', 10), pg_temp.money(2, 12, '2026-03-01 18:00+00', 30),"
    " pg_temp.money(10, 13, '2026-03-03 12:00+00', 7), pg_temp.money(11, 14, '2026-03-05 12:00+00', 100), pg_temp.money(1, 12, '2026-03-07 12:00+00', 1),"
    " pg_temp.snap(1, 11, '2026-01-10 14:00+00', 110, 11), pg_temp.snap(11, 14, '2026-01-10 13:00+00', 50, 5), pg_temp.snap(1, 12, '2026-02-10 12:00+00', 180, NULL),"
    " pg_temp.snap(1, 12, '2026-03-02 06:00+00', 170, 20), pg_temp.snap(11, 14, '2026-03-04 06:00+00', 60, 6), pg_temp.snap(2, 12, '2026-03-06 12:00+00', 9, 1),"
    " pg_temp.snap(1, 12, '2026-03-07 06:00+00', 200, 21)";

#endif
