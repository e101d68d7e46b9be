/* semantic/drill on a real server: what is below a row adds up to it, and so do the rows behind a measure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_rows_help.h"
#include "semantic_drill_help.h"

/* The one video of UC-a that moves from Gaming (key 11) to Music (key 12), another of it, and one each of the others.
 */
static const char counters[] =
    "SELECT pg_temp.snap(1, 11, '2026-01-05 12:00+00', 100, 10), pg_temp.snap(1, 11, '2026-01-20 12:00+00', 130, 11),"
    " pg_temp.snap(1, 12, '2026-02-03 12:00+00', 180, 20), pg_temp.snap(1, 12, '2026-02-03 12:30+00', 190, 21),"
    " pg_temp.snap(2, 11, '2026-01-31 23:30+00', 50, 1), pg_temp.snap(2, 12, '2026-03-01 00:30+00', 45, 2),"
    " pg_temp.snap(10, 13, '2026-02-10 12:00+00', 7, 7), pg_temp.snap(11, 14, '2026-02-11 12:00+00', 1000, 3)";

static const char sums[] =
    "SELECT pg_temp.money(1, 12, '2026-03-01 12:00+00', 100, 30), pg_temp.money(2, 12, '2026-03-02 00:30+00', 300, "
    "NULL),"
    " pg_temp.money(10, 13, '2026-03-02 13:00+00', 200, 0), pg_temp.money(10, 13, '2026-03-31 23:59:59.999+00', 70, "
    "80),"
    " pg_temp.money(11, 14, '2026-10-25 00:30+00', 50, 80), pg_temp.money(11, 14, '2026-10-25 01:30+00', 25, 80);"
    "UPDATE analytics.dim_video SET video_title = 'It''s, \"live\" \\ ダ' WHERE video_key IN (2, 11)";

static void ask(struct desk *desk, const struct compiled *compiled, const char *sql, struct pg_result **ret_result)
{
    struct pg_value values[64];

    assert_true(compiled->value_count <= COUNT_OF(values));
    for (size_t i = 0; i < compiled->value_count; i++)
        values[i] = PG_TEXT(compiled->values[i].text);
    if (pg_query(desk->pg, sql, values, compiled->value_count, ret_result, &desk->error) < 0)
        fail_msg("%s in\n%s", desk->error.text, sql);
}

/* The server adds up: the sum of the parts' column is the number of the row. */
static void check_sum(struct desk *desk, const char *line, const char *measure, const char *number, const char *from)
{
    const struct compiled *compiled = compiles(shipped, line);
    _cleanup_(mem_freep) char *sql = NULL;
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;

    sql = mem_printf("SELECT (SELECT sum(%s) FROM (%s) AS parts) IS NOT DISTINCT FROM %s%s::numeric", measure,
                     compiled->sql, number != NULL ? "" : "NULL", number != NULL ? number : "");
    ask(desk, compiled, sql, &result);
    if (strcmp(pg_result_text(result, 0, 0), "t") != 0) {
        _cleanup_(mem_freep) char *parts = answer_of(desk, shipped, line);

        fail_msg("%s\n  %s\n  answers %s, which is not %s", from, line, parts, number != NULL ? number : "NULL");
    }
}

/* Each row of the answer, drilled by `dimension`; NULL: the rows behind its last column. */
static void adds_up(struct desk *desk, const char *line, const char *dimension)
{
    const struct compiled *compiled = compiles(shipped, line);
    struct data_cell cells[8];
    struct drill_row row = {compiled->columns, cells, compiled->column_count, shipped->context.now};
    size_t last = compiled->column_count - 1;
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;

    ask(desk, compiled, compiled->sql, &result);
    assert_true(pg_result_rows(result) > 0);
    for (size_t r = 0; r < pg_result_rows(result); r++) {
        struct error error = ERROR_INIT;
        char *below;
        int code;

        for (size_t i = 0; i <= last; i++) {
            const char *text = pg_result_text(result, r, i);

            cells[i] = text != NULL ? (struct data_cell){text, strlen(text)} : CELL_NULL;
        }
        code = dimension != NULL
                   ? query_drill(shipped->arena, shipped->model, parses(shipped, line), &row, dimension, &below, &error)
                   : query_rows_behind(shipped->arena, shipped->model, parses(shipped, line), &row, last, &below,
                                       &error);
        if (code < 0)
            fail_with(line, &error);
        check_sum(desk, below, compiled->columns[last].name, pg_result_text(result, r, last), line);
    }
}

SERVER_TEST(a_sums_parts_add_up)
{
    given(who, sums);
    adds_up(who, "revenue by niche", "channel_id");
    adds_up(who, "revenue by title", "day");
    adds_up(who, "revenue by month", "day");
    adds_up(who, "revenue by month tz Asia/Tokyo", "day");
    adds_up(who, "revenue by quarter, niche", "month");
    adds_up(who, "revenue by week", "channel_id");
    adds_up(who, "revenue by month, week", "hour");
    adds_up(who, "revenue by day tz America/New_York", "hour");
    adds_up(who, "revenue by hour tz Europe/Berlin", "minute");
    adds_up(who, "revenue by minute", "second");
    adds_up(who, "revenue by snapshot_time", "niche");
    adds_up(who, "revenue by published_at.year", "niche");
    adds_up(who, "revenue by dates.is_weekend", "day");
    adds_up(who, "revenue by channel.is_current", "day");
    adds_up(who, "revenue by channel_id having revenue > 1 top 2", "day");
    adds_up(who, "revenue by channel_id where niche = Music or category is null order by revenue limit 1", "day");
    adds_up(who, "revenue by month for since 2026-03-02", "day");
    adds_up(who, "revenue by month for last 240 days", "day");
    adds_up(who, "revenue by month for 5842h", "day");
}

/* A user stands in several niches, but within one of them under one address. */
SERVER_TEST(parts_of_groups_that_share_rows_add_up)
{
    given(who, sums);
    adds_up(who, "users by niche", "email");
    adds_up(who, "users by channels.is_current, niche", "subscription_tier");
    adds_up(who, "users where niche in (Gaming, Music)", "email");
}

/* A counter is read at the bucket's end, also where its last snapshot was before the bucket. */
SERVER_TEST(a_counters_parts_add_up)
{
    given(who, counters);
    adds_up(who, "total_views by month", "video_id");
    adds_up(who, "total_views by month, niche", "video_id");
    adds_up(who, "total_views by week, niche", "channel_id");
    adds_up(who, "total_views by month for since 2026-02-01", "video_id");
    adds_up(who, "total_views by month for last 290 days", "video_id");
    adds_up(who, "total_views by week for from 2026-02-02 to 2026-02-03T12:15", "video_id");
    adds_up(who, "total_views by niche", "video_id");
    adds_up(who, "total_views by snapshot_time", "video_id");
    adds_up(who, "total_views_period by month", "video_id");
    adds_up(who, "views_gained by month", "day");
    adds_up(who, "views_gained by month, niche", "video_id");
    adds_up(who, "views_gained by month tz Asia/Tokyo", "day");
    adds_up(who, "views_since_publish by month", "video_id");
    adds_up(who, "views_since_publish by month, niche for since 2026-01-01", "day");
}

SERVER_TEST(the_rows_behind_add_up)
{
    given(who, sums);
    adds_up(who, "revenue by niche", NULL);
    adds_up(who, "revenue by month, title", NULL);
    script(who, "ROLLBACK");
    given(who, counters);
    adds_up(who, "total_views by month", NULL);
    adds_up(who, "total_views by month, niche for since 2026-02-01", NULL);
    adds_up(who, "views_gained by month", NULL);
    adds_up(who, "total_views, views_since_publish by month", NULL);
    adds_up(who, "snapshots by day", NULL);
    answers(who, "total_views by niche where niche = Music", "Music 235");
    answers(who, rows_behind(shipped, "total_views by niche where niche = Music", "Music", 1),
            "Video 1 2026-02-03 12:30:00+00 190; Video 2 2026-03-01 00:30:00+00 45");
    answers(who, rows_behind(shipped, "engagement_rate by niche", "Gaming", 1),
            "Video 11 2026-02-11 12:00:00+00 0.003 3 1000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sums_parts_add_up),
        cmocka_unit_test(parts_of_groups_that_share_rows_add_up),
        cmocka_unit_test(a_counters_parts_add_up),
        cmocka_unit_test(the_rows_behind_add_up),
    };

    return cmocka_run_group_tests_name("semantic drill on a server", tests, set_up, tear_down);
}
