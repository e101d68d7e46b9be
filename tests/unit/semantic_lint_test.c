/* semantic/lint, semantic/catalog and names: what is wrong with a model though it loads, what it offers, what a name means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "semantic_help.h"
#include "src/semantic/model.h"

/* -- lint ------------------------------------------------------------------------------------------------------------------ */

static void finds(const struct model *model, enum finding_severity severity, const char *where, const char *words)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    size_t                               count;
    const struct finding                *findings = model_lint(model, arena, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(findings[i].where, where) == 0 && strstr(findings[i].message, words) != NULL) {
            assert_int_equal(findings[i].severity, severity);
            return;
        }
    for (size_t i = 0; i < count; i++)
        print_message("%s: %s\n", findings[i].where, findings[i].message);
    fail_msg("no finding '%s' at %s", words, where);
}

static void what_is_wrong_with_the_specifications_formulas(void **state)
{
    _cleanup_(mem_freep) char *folder = path_join(program_data_folder(), "tests/golden/spec_model");
    struct model              *model = model_of_folder(folder);

    (void)state;
    finds(model, FINDING_WARNING, "VideoPerformance.total_views", "SUM(views) adds up a lifetime counter once for every snapshot; use type 'last'");
    finds(model, FINDING_WARNING, "VideoPerformance.engagement_rate", "AVG(engagement_rate) averages rates");
    finds(model, FINDING_WARNING, "VideoPerformance.cost_per_video", "averages rows, which are snapshots, not videos");
    finds(model, FINDING_WARNING, "VideoPerformance.publish_date", "is the time of the snapshot, not of publishing");
    finds(model, FINDING_NOTE, "VideoPerformance.content_type", "looks another table up for every row");
    finds(model, FINDING_NOTE, "VideoPerformance.recent_videos", "changes with the clock");
    finds(model, FINDING_NOTE, "VideoPerformance.profitable_videos", "tests each snapshot, not the video");
    finds(model, FINDING_NOTE, "VideoPerformance.high_cost_videos", "tests each snapshot, not the video");
    model_unref(model);
}

static void formulas_that_give_another_number(void **state)
{
    static const char text[] = "{\"cubes\": [{\"name\": \"F\", \"sql_table\": \"analytics.fact_channel_daily\", \"measures\": {"
        "\"subscribers\": {\"type\": \"sum\", \"sql\": \"subscriber_count\"}, \"rate\": {\"type\": \"avg\", \"sql\": \"avg_engagement_rate\"},"
        "\"summed\": {\"type\": \"sum\", \"sql\": \"revenue_per_view_cents\"}, \"cents\": {\"type\": \"number\", \"sql\": \"SUM(revenue_cents) / 100\"},"
        "\"well\": {\"type\": \"number\", \"sql\": \"SUM(revenue_cents) / 100.0\"}, \"part\": {\"type\": \"number\", \"sql\": \"COUNT(a) / COUNT(*)\"},"
        "\"total\": {\"type\": \"count\"}}, \"dimensions\": {\"day\": {\"sql\": \"metric_date\", \"type\": \"date\"}}},"
        "{\"name\": \"C\", \"sql_table\": \"analytics.dim_channel\","
        " \"joins\": {\"days\": {\"cube\": \"F\", \"relationship\": \"one_to_many\", \"sql\": \"{CUBE}.channel_id = {days}.channel_id\"}},"
        " \"measures\": {\"channels\": {\"type\": \"count\"}, \"current\": {\"type\": \"count\", \"filters\": [{\"sql\": \"is_current\"}]}}},"
        "{\"name\": \"Y\", \"sql_table\": \"analytics.youtube_metrics\", \"measures\": {\"v\": {\"type\": \"sum\", \"sql\": \"views\"}}},"
        "{\"name\": \"Z\", \"sql_table\": \"analytics.youtube_metrics\", \"sql_where\": \"video_id IS NULL\", \"measures\": {\"w\": {\"type\": \"sum\", \"sql\": \"views\"}}}]}";
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct model                        *model = model_of_text(text);
    const struct finding                *findings;
    size_t                               count;

    (void)state;
    finds(model, FINDING_WARNING, "F.subscribers", "adds up a lifetime counter");
    finds(model, FINDING_WARNING, "F.rate", "averages rates");
    finds(model, FINDING_WARNING, "F.summed", "adds up rates");
    finds(model, FINDING_WARNING, "F.cents", "write 100.0");
    finds(model, FINDING_WARNING, "F.part", "two counts divide as whole numbers");
    finds(model, FINDING_NOTE, "F.total", "is a word of the query language: it is written F.total");
    finds(model, FINDING_WARNING, "F.day", "'by day' means the granularity");
    finds(model, FINDING_WARNING, "C.channels", "counts versions, not channels");
    finds(model, FINDING_WARNING, "Y", "rows of channels and of their videos");
    finds(model, FINDING_NOTE, "C.days", "a row of C meets many of F and counts once in each group of them");
    finds(model, FINDING_NOTE, "C", "has no default time dimension");
    findings = model_lint(model, arena, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(findings[i].where, "F.well") == 0 || strcmp(findings[i].where, "C.current") == 0 || strcmp(findings[i].where, "Z.w") == 0)
            fail_msg("%s: %s", findings[i].where, findings[i].message);
    model_unref(model);
}

/* An old name is told; nothing else of what ships is doubtful. */
static void the_shipped_model_is_clean(void **state)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct model                        *model = model_shipped();
    size_t                               count;
    const struct finding                *findings = model_lint(model, arena, &count);

    (void)state;
    for (size_t i = 0; i < count; i++)
        if (findings[i].severity != FINDING_NOTE && strstr(findings[i].message, "is an old name of 'snapshot_time'") == NULL)
            fail_msg("%s: %s", findings[i].where, findings[i].message);
    finds(model, FINDING_WARNING, "VideoPerformance.publish_date", "is an old name of 'snapshot_time'");
    model_unref(model);
}

/* -- the catalogue --------------------------------------------------------------------------------------------------------- */

/* "cube member kind type format rule", "-" for NULL, of the first row. */
static void lists(const struct model *model, const char *name, size_t rows, const char *expected)
{
    struct table *table = NULL;
    struct error  error = ERROR_INIT;
    struct str    row = STR_INIT;
    const int     columns[] = {0, 1, 2, 3, 4, 6};

    if (model_catalog(model, name, &table, &error) < 0)
        fail_with(name, &error);
    assert_string_equal(table_column(table, 0)->name, "cube");
    assert_string_equal(table_column(table, 5)->name, "description");
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        struct data_cell cell = table_cell(table, 0, (size_t)columns[i]);

        str_addf(&row, "%s%.*s", i > 0 ? " | " : "", cell.text != NULL ? (int)cell.length : 1, cell.text != NULL ? cell.text : "-");
    }
    if (expected != NULL && strcmp(str_text(&row), expected) != 0)
        fail_msg("%s\n  is  %s\n  not %s", name, str_text(&row), expected);
    if (rows > 0)
        assert_int_equal(table_row_count(table), rows);
    str_done(&row);
    table_free(table);
}

static void the_catalogue_lists_what_can_be_asked(void **state)
{
    struct fixture *fixture = *state;
    struct error    error = ERROR_INIT;
    struct table   *table = NULL;
    size_t          count;

    fixture->model = model_shipped();
    lists(fixture->model, "Dates", 16, "Dates | - | cube | analytics.dim_date | - | -");
    lists(fixture->model, "total_views", 1, "VideoPerformance | total_views | measure | last | number | last per video, carry");
    lists(fixture->model, "VideoPerformance.total_views", 1, NULL);
    lists(fixture->model, "views_gained", 1, "VideoPerformance | views_gained | measure | increase | number | increase per video, baseline none");
    lists(fixture->model, "engagement_rate", 1, "VideoPerformance | engagement_rate | measure | ratio | percent | total_interactions / total_views");
    lists(fixture->model, "revenue", 1, "VideoPerformance | revenue | measure | currency | currency | SUM(actual_revenue_cents) / 100.0");
    lists(fixture->model, "snapshot_time", 1, "VideoPerformance | snapshot_time | dimension | time | - | default time dimension");
    lists(fixture->model, "publish_date", 1, "VideoPerformance | publish_date | dimension | time | - | old name of snapshot_time");
    lists(fixture->model, "viral_videos", 1, "VideoPerformance | viral_videos | segment | boolean | - | engagement_rate > 0.10");
    lists(fixture->model, "daily_rollup", 1, NULL);
    lists(fixture->model, "VideoPerformance.channel", 2, NULL);              /* the dimension and the join */
    lists(fixture->model, NULL, 0, NULL);
    assert_int_equal(model_catalog(fixture->model, "total_vews", &table, &error), ERR_UNKNOWN);
    check_refusal("total_vews", error.code, &error, ERR_UNKNOWN, "unknown cube or member 'total_vews'", NULL, "did you mean 'total_views'?");
    error_done(&error);
    assert_true(model_member_names(fixture->model, &count)[0] != NULL && count > 150);
    assert_null(table);
    model_unref(fixture->model);
    fixture->model = NULL;
}

/* What is not public is neither listed nor asked. */
static void hidden_members_are_not_there(void **state)
{
    static const char text[] = "{\"cubes\": [{\"name\": \"F\", \"sql_table\": \"t\", \"measures\": {\"n\": {\"type\": \"count\"}, \"h\": {\"type\": \"count\", \"public\": false}, \"r\": {\"type\": \"derived\", \"sql\": \"{h} + 1\"}},"
                               "\"dimensions\": {\"d\": {\"sql\": \"d\", \"type\": \"string\", \"shown\": false}}}, {\"name\": \"H\", \"sql_table\": \"t\", \"public\": false, \"measures\": {\"m\": {\"type\": \"count\"}}}]}";
    struct fixture *fixture = *state;
    struct model   *model = model_of_text(text);
    size_t          count;

    fixture->model = model;
    lists(model, NULL, 3, NULL);
    (void)model_member_names(model, &count);
    assert_int_equal(count, 2);
    refuses(fixture, "h", ERR_UNKNOWN, "unknown measure 'h'", "h", NULL);
    refuses(fixture, "n by d", ERR_UNKNOWN, "d", "d", NULL);
    refuses(fixture, "m", ERR_UNKNOWN, "unknown measure 'm'", "m", NULL);
    (void)compiles(fixture, "r");
    fixture->model = NULL;
    model_unref(model);
}

/* -- names ----------------------------------------------------------------------------------------------------------------- */

static void means(struct fixture *fixture, const char *line, const char *member)
{
    const struct compiled *compiled = compiles(fixture, line);
    const char            *found = compiled->columns[compiled->column_count - 1].member;

    if (strcmp(found, member) != 0)
        fail_msg("%s: %s, not %s", line, found, member);
}

/* The cube after `from`, else the default cube, else the only one that has it; the same on every line. */
static void a_name_means_the_same_on_every_line(void **state)
{
    static const char text[] = "{\"default_cube\": \"A\", \"cubes\": ["
        "{\"name\": \"A\", \"sql_table\": \"a\", \"measures\": {\"n\": {\"type\": \"count\"}, \"x\": {\"type\": \"count\"}}, \"dimensions\": {\"d\": {\"sql\": \"d\", \"type\": \"string\"}},"
        " \"joins\": {\"b\": {\"cube\": \"B\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.k = {b}.k\"}, \"c\": {\"cube\": \"C\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.k = {c}.k\"}}},"
        "{\"name\": \"B\", \"sql_table\": \"b\", \"measures\": {\"n\": {\"type\": \"count\"}, \"only_b\": {\"type\": \"count\"}, \"both\": {\"type\": \"count\"}}, \"dimensions\": {\"d\": {\"sql\": \"d\", \"type\": \"string\"}, \"e\": {\"sql\": \"e\", \"type\": \"string\"}, \"f\": {\"sql\": \"f\", \"type\": \"string\"}}},"
        "{\"name\": \"C\", \"sql_table\": \"c\", \"measures\": {\"both\": {\"type\": \"count\"}}, \"dimensions\": {\"e\": {\"sql\": \"e\", \"type\": \"string\"}}}]}";
    struct fixture *fixture = *state;

    fixture->model = model_of_text(text);
    means(fixture, "n", "A.n");
    means(fixture, "from B n", "B.n");
    means(fixture, "only_b, n", "A.n");              /* not the cube of its neighbour */
    means(fixture, "only_b", "B.only_b");
    means(fixture, "B.n", "B.n");
    means(fixture, "from B A.x", "A.x");
    refuses(fixture, "both", ERR_AMBIGUOUS, "'both' could be 2 members", "both", "one of B.both, C.both");
    means(fixture, "C.both", "C.both");
    means(fixture, "n by f, d", "A.n");
    assert_string_equal(compiles(fixture, "n by d")->columns[0].member, "A.d");         /* its own before a join's */
    assert_string_equal(compiles(fixture, "n by f")->columns[0].member, "A.b.f");
    assert_string_equal(compiles(fixture, "n by b.d")->columns[0].member, "A.b.d");
    refuses(fixture, "n by e", ERR_AMBIGUOUS, "'e' could be 2 members", "e", "A.b.e, A.c.e");
    refuses(fixture, "d", ERR_UNKNOWN, "unknown measure 'd'", "d", "'d' is a dimension");
    refuses(fixture, "n by n", ERR_UNKNOWN, "unknown dimension 'n'", "n", "'n' is a measure");
    refuses(fixture, "nn", ERR_UNKNOWN, "unknown measure 'nn'", "nn", NULL);
    refuses(fixture, "from b n", ERR_UNKNOWN, "unknown cube 'b'", "b", "'catalog' lists all");
    model_unref(fixture->model);
    fixture->model = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_with_the_specifications_formulas),
        cmocka_unit_test(formulas_that_give_another_number),
        cmocka_unit_test(the_shipped_model_is_clean),
        cmocka_unit_test(the_catalogue_lists_what_can_be_asked),
        cmocka_unit_test(hidden_members_are_not_there),
        cmocka_unit_test(a_name_means_the_same_on_every_line),
    };

    return cmocka_run_group_tests(tests, fixture_plain, fixture_done);
}
