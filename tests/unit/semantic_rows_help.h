/*
 * A desk with the warehouse in it, a few rows put there by hand, and questions with the answer a person worked out.
 * Each test is one transaction that is rolled back. Include after cmocka.h.
 */
#ifndef YTEMPIRE_TESTS_SEMANTIC_ROWS_HELP_H
#define YTEMPIRE_TESTS_SEMANTIC_ROWS_HELP_H

#include "semantic_help.h"
#include "server.h"
#include "warehouse.h"

static struct fixture *shipped;

static int set_up(void **state)
{
    (void)fixture_shipped(state);
    shipped = *state;
    return 0;
}

static int tear_down(void **state)
{
    warehouse_drop();
    return fixture_done(state);
}

/*
 * Two users. Ann (tier growth) has channel UC-a "Alpha", Gaming until 2026-02-01 (key 11), then Music (key 12); and UC-b
 * "Beta" (key 13), whose niche is unknown. Bob has channel UC-c "Alpha" as well (key 14), Gaming.
 * Videos 1 to 9 belong to UC-a, 10 to UC-b, 11 to UC-c.
 */
static const char world[] =
    "BEGIN;"
    "INSERT INTO analytics.dim_user (user_key, user_id, email, subscription_tier) VALUES"
    " (101, '00000000-0000-4000-9000-000000000101', 'ann@example.org', 'growth'),"
    " (102, '00000000-0000-4000-9000-000000000102', 'bob@example.org', 'starter');"
    "INSERT INTO analytics.dim_channel (channel_key, channel_id, user_id, channel_name, niche, valid_from, valid_to, is_current) VALUES"
    " (11, 'UC-a', '00000000-0000-4000-9000-000000000101', 'Alpha (old)', 'Gaming', '-infinity', '2026-02-01', false),"
    " (12, 'UC-a', '00000000-0000-4000-9000-000000000101', 'Alpha', 'Music', '2026-02-01', '9999-12-31', true),"
    " (13, 'UC-b', '00000000-0000-4000-9000-000000000101', 'Beta', NULL, '-infinity', '9999-12-31', true),"
    " (14, 'UC-c', '00000000-0000-4000-9000-000000000102', 'Alpha', 'Gaming', '-infinity', '9999-12-31', true);"
    "INSERT INTO analytics.dim_video (video_key, video_id, channel_id, video_title, content_type, published_at)"
    " SELECT n, 'v' || n, CASE n WHEN 10 THEN 'UC-b' WHEN 11 THEN 'UC-c' ELSE 'UC-a' END, 'Video ' || n, 'standard', '2026-01-01'"
    " FROM generate_series(1, 11) AS n;"
    "CREATE FUNCTION pg_temp.snap(video int, channel int, at timestamptz, views bigint, likes int = NULL, comments int = NULL, shares int = NULL)"
    " RETURNS void LANGUAGE sql AS $$"
    " INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", views, likes, comments, shares)"
    " SELECT video, channel, CASE channel WHEN 14 THEN 102 ELSE 101 END, to_char(at AT TIME ZONE 'UTC', 'YYYYMMDD')::int, at, views, likes, comments, shares $$;"
    "CREATE FUNCTION pg_temp.money(video int, channel int, at timestamptz, revenue numeric, cost numeric = NULL)"
    " RETURNS void LANGUAGE sql AS $$"
    " INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", actual_revenue_cents, cost_cents)"
    " SELECT video, channel, CASE channel WHEN 14 THEN 102 ELSE 101 END, to_char(at AT TIME ZONE 'UTC', 'YYYYMMDD')::int, at, revenue, cost $$;";

static inline void given(struct desk *desk, const char *sql)
{
    warehouse_open(desk);
    /* a test that failed has left its transaction, and what it locks */
    script(desk, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    shipped->context = (struct semantic_context){.now = instant_of("2026-11-24T12:00:00Z")};
    script(desk, world);
    script(desk, sql);
}

/* A value as a person writes it down: "-" for NULL, no zeros at the end of a fraction. */
static inline void add_cell(struct str *to, const struct data_column *column, const char *text)
{
    size_t start = to->length;

    if (text == NULL) {
        str_add_char(to, '-');
        return;
    }
    data_cell_show(column, (struct data_cell){text, strlen(text)}, to);
    if (column->role != ROLE_MEASURE || strchr(to->data + start, '.') == NULL)
        return;
    while (to->data[to->length - 1] == '0')
        to->length--;
    if (to->data[to->length - 1] == '.')
        to->length--;
    to->data[to->length] = '\0';
}

/* Rows joined by "; ", cells by " ". "nothing": no row. */
static inline char *answer_of(struct desk *desk, struct fixture *asked, const char *text)
{
    const struct compiled                       *compiled = compiles(asked, text);
    struct pg_value                              values[64];
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct str                                   answer = STR_INIT;

    assert_true(compiled->value_count <= COUNT_OF(values));
    for (size_t i = 0; i < compiled->value_count; i++)
        values[i] = PG_TEXT(compiled->values[i].text);
    if (pg_query(desk->pg, compiled->sql, values, compiled->value_count, &result, &desk->error) < 0)
        fail_msg("%s: %s in\n%s", text, desk->error.text, compiled->sql);
    for (size_t row = 0; row < pg_result_rows(result); row++)
        for (size_t i = 0; i < compiled->column_count; i++) {
            str_add(&answer, i > 0 ? " " : row > 0 ? "; " : "");
            add_cell(&answer, &compiled->columns[i], pg_result_text(result, row, i));
        }
    if (pg_result_rows(result) == 0)
        str_add(&answer, "nothing");
    return str_take(&answer);
}

static inline void answers_with(struct desk *desk, const struct model *model, const char *text, const char *expected)
{
    struct fixture             asked = *shipped;
    _cleanup_(mem_freep) char *answer = NULL;

    asked.model = (struct model *)(uintptr_t)model;
    answer = answer_of(desk, &asked, text);
    if (strcmp(answer, expected) != 0)
        fail_msg("%s\n  is  %s\n  not %s\n%s", text, answer, expected, compiles(&asked, text)->sql);
}

static inline void answers(struct desk *desk, const char *text, const char *expected)
{
    answers_with(desk, shipped->model, text, expected);
}

/* Rows of the SQL, joined as answer_of joins them. */
static inline char *rows_of(struct desk *desk, const char *sql)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct str                                   rows = STR_INIT;

    if (pg_query(desk->pg, sql, NULL, 0, &result, &desk->error) < 0)
        fail_msg("%s in %s", desk->error.text, sql);
    for (size_t row = 0; row < pg_result_rows(result); row++)
        for (size_t i = 0; i < pg_result_columns(result); i++) {
            const char *text = pg_result_text(result, row, i);

            str_addf(&rows, "%s%s", i > 0 ? " " : row > 0 ? "; " : "", text != NULL ? text : "-");
        }
    return str_take(&rows);
}

/* What a compilation looks up (semantic_context.look_up), on the desk. */
static inline int ask_server(void *who, struct arena *arena, const char *sql, const char **ret_text)
{
    struct desk                                 *desk = who;
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;

    if (pg_query(desk->pg, sql, NULL, 0, &result, &desk->error) < 0)
        fail_msg("%s: %s", sql, desk->error.text);
    *ret_text = pg_result_text(result, 0, 0) != NULL ? arena_strdup(arena, pg_result_text(result, 0, 0)) : NULL;
    return 0;
}

#endif
