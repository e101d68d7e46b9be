/* data: conditions asked of a result. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/data/condition.h"

/* -- conditions ---------------------------------------------------------------------------------------------------------- */

/* Three rows of a result; the last has no value anywhere. */
static const struct data_column columns[] = {
    {.name = "views", .type = DATA_INT, .member = "VideoPerformance.total_views"},
    {.name = "rate", .type = DATA_NUMERIC},
    {.name = "name", .type = DATA_TEXT},
    {.name = "code", .type = DATA_TEXT},
    {.name = "live", .type = DATA_BOOL},
    {.name = "day", .type = DATA_DATE},
    {.name = "at", .type = DATA_TIMESTAMPTZ},
    {.name = "two words", .type = DATA_INT},
};
static const char *const rows[3][COUNT_OF(columns)] = {
    {"100", "0.10", "Élan; vital", "9", "t", "2026-01-31", "2026-01-31 12:00:00+00", "1"},
    {"9007199254740993", "0.30", "zebra", "10", "t", "2026-02-01", "2026-02-01 00:30:00+00", "2"},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

static int check(const char *text, size_t count, struct error *error)
{
    _cleanup_(condition_freep) struct condition *condition = NULL;
    int r = condition_parse(text, &condition, error);

    if (r >= 0)
        r = condition_begin(condition, columns, COUNT_OF(columns), error);
    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        struct data_cell cells[COUNT_OF(columns)];

        for (size_t j = 0; j < COUNT_OF(columns); j++)
            cells[j] = (struct data_cell){rows[i][j], rows[i][j] != NULL ? strlen(rows[i][j]) : 0};
        condition_row(condition, cells);
    }
    return condition_end(condition, error);
}

static void assert_holds(const char *text, size_t count)
{
    struct error error = ERROR_INIT;

    if (check(text, count, &error) != 0)
        fail_msg("%s: %s", text, error.text);
}

static void assert_fails(const char *text, size_t count, const char *why)
{
    struct error error = ERROR_INIT;

    if (check(text, count, &error) != ERR_EXPECT)
        fail_msg("%s holds", text);
    assert_string_equal(error.text, why);
    error_done(&error);
}

static void rows_are_counted(void **state)
{
    (void)state;
    assert_holds("rows > 0", 1);
    assert_holds("rows=0", 0);
    assert_holds("ROWS <> 2", 3);
    assert_holds("rows >= 2 and rows <= 2.0", 2);
    assert_fails("rows > 0", 0, "expected 'rows > 0': the result has 0 rows");
    assert_fails("rows = 2", 1, "expected 'rows = 2': the result has 1 row");
}

static void a_column_means_every_row_and_at_least_one(void **state)
{
    (void)state;
    assert_holds("views >= 100", 2);
    assert_fails("views > 100", 2, "expected 'views > 100': in row 1 it is '100'");
    assert_fails("views >= 100", 0, "expected 'views >= 100': the result has 0 rows");
    assert_fails("views >= 100", 3, "expected 'views >= 100': in row 3 it is null");
    assert_holds("all views >= 100", 0);
    assert_fails("all views >= 101", 2, "expected 'all views >= 101': in row 1 it is '100'");
    assert_holds("any views > 100", 2);
    assert_fails("any views > 100", 1, "expected 'any views > 100': none of 1 row is so");
    assert_fails("any views > 100", 0, "expected 'any views > 100': the result has 0 rows");
}

static void numbers_are_exact(void **state)
{
    (void)state;
    assert_holds("any views = 9007199254740993", 2);
    assert_fails("any views = 9007199254740992", 2, "expected 'any views = 9007199254740992': none of 2 rows is so");
    assert_holds("any rate = 0.1 and any rate = 3e-1", 2);
    assert_holds("rate > '0.0999'", 2);
}

static void text_is_compared_as_text_unless_a_number_is_meant(void **state)
{
    (void)state;
    assert_holds("any name = 'Élan; vital'", 2);
    assert_holds("any name = zebra", 2);
    assert_holds("any name != zebra", 2);
    assert_holds("code >= 9", 2);
    assert_fails("code >= '9'", 2, "expected 'code >= '9'': in row 2 it is '10'");
    assert_holds("live = true", 2);
    assert_holds("any live != false", 1);
}

static void times_are_instants(void **state)
{
    (void)state;
    assert_holds("day >= 2026-01-31 and any day = '2026-02-01'", 2);
    assert_holds("any at = 2026-01-31T13:00:00+01:00", 2);
    assert_holds("at < '2026-02-01 01:00'", 2);
    assert_fails("at < 2026-02-01", 2, "expected 'at < 2026-02-01': in row 2 it is '2026-02-01 00:30:00+00'");
}

static void null_fulfils_nothing_but_null(void **state)
{
    (void)state;
    assert_holds("any views = null", 3);
    assert_holds("any name is null and any name is not null", 3);
    assert_holds("views != null", 2);
    assert_fails("views is not null", 3, "expected 'views is not null': in row 3 it is null");
    assert_fails("any name != 'x' and any name is null", 2, "expected 'any name is null': none of 2 rows is so");
}

static void a_column_goes_by_its_name_or_its_member(void **state)
{
    struct error error = ERROR_INIT;

    (void)state;
    assert_holds("'two words' > 0 and \"two words\" < 3", 2);
    assert_holds("VideoPerformance.total_views >= 100", 2);
    assert_holds("Views >= 100", 2);
    assert_int_equal(check("vews > 1", 1, &error), ERR_UNKNOWN);
    assert_string_equal(error.text, "the result has no column 'vews'");
    assert_string_equal(error.hint, "did you mean 'views'? it has views, rate, name, code, live, day, at, two words");
    error_done(&error);
    assert_int_equal(check("any views > many", 1, &error), ERR_USAGE);
    assert_string_equal(error.text, "'views' is a number, and 'many' is none");
    assert_int_equal(error.at, 12);
    error_done(&error);
}

static void what_is_no_condition_is_refused(void **state)
{
    static const struct {
        const char *text;
        size_t      at;
    } cases[] = {{"", 0}, {"rows", 4}, {"rows >", 6}, {"rows > x", 7}, {"rows > null", 7}, {"rows > 0 or rows < 1", 9}, {"rows > 0 and", 12}, {"views = 'x", 8}, {"views ~ 1", 6},
                 {"views =! 1", 6}, {"> 1", 0}, {"views > null", 8}, {"views is 5", 9}, {"any any views > 1", 8}, {"rows > 0 0", 9}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct condition *condition = NULL;
        struct error      error = ERROR_INIT;

        if (condition_parse(cases[i].text, &condition, &error) != ERR_SYNTAX || error.at != cases[i].at || condition != NULL)
            fail_msg("'%s': %s at %zu", cases[i].text, error.text ? error.text : "accepted", error.at);
        error_done(&error);
    }
}

static void a_condition_may_be_asked_again(void **state)
{
    _cleanup_(condition_freep) struct condition *condition = NULL;
    struct data_cell low = {"1", 1}, high = {"5", 1};

    (void)state;
    assert_int_equal(condition_parse("views > 3", &condition, NULL), 0);
    assert_int_equal(condition_begin(condition, columns, 1, NULL), 0);
    condition_row(condition, &low);
    assert_int_equal(condition_end(condition, NULL), ERR_EXPECT);
    assert_int_equal(condition_begin(condition, columns, 1, NULL), 0);
    condition_row(condition, &high);
    assert_int_equal(condition_end(condition, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_counted),
        cmocka_unit_test(a_column_means_every_row_and_at_least_one),
        cmocka_unit_test(numbers_are_exact),
        cmocka_unit_test(text_is_compared_as_text_unless_a_number_is_meant),
        cmocka_unit_test(times_are_instants),
        cmocka_unit_test(null_fulfils_nothing_but_null),
        cmocka_unit_test(a_column_goes_by_its_name_or_its_member),
        cmocka_unit_test(what_is_no_condition_is_refused),
        cmocka_unit_test(a_condition_may_be_asked_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
