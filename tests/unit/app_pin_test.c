/* app: pinned answers: their files, and what differs between two of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app_place.h"
#include "ytempire/app/pin.h"
#include "ytempire/base/file.h"
#include "ytempire/base/str.h"

static int set_up(void **state)
{
    static struct place place;
    static char option[] = "--model";

    *state = &place;
    return place_open(&place, option, NULL);
}

/* A pin with the columns day, niche and views. */
static struct app_pin pin_of(const char **cells, size_t rows)
{
    static struct app_pin_column columns[] = {
        {"day", "date", "time"}, {"niche", "text", "dimension"}, {"views", "numeric", "measure"}};

    return (struct app_pin){.name = "p", .query = "views by day, niche for 2026-01", .asked = "views last month",
                            .clock = INT64_C(1769860800) * 1000000, .columns = columns, .column_count = 3,
                            .cells = cells, .row_count = rows};
}

/* -- files --------------------------------------------------------------------------------------------------------- */

static void what_is_written_is_read_again(void **state)
{
    struct place              *place = *state;
    const char                *cells[] = {"2026-01-01", "a \"b\"\\\n\té", "1.50", "2026-01-02", NULL, "",
                                          "infinity",   "NULL",              NULL};
    _cleanup_(mem_freep) char *path = NULL;
    const char *const         *differences;
    struct app_pin             pin = pin_of(cells, 3), read;
    size_t                     count;

    pin.as_user = "ann@x.invalid";
    assert_int_equal(app_pin_write(place->app, &pin, &path, NULL), 0);
    assert_string_equal(path, arena_printf(place->arena, "%s/pins/p.json", place->home));
    assert_int_equal(app_pin_read(place->app, place->arena, "p", &read, NULL), 0);
    assert_string_equal(read.query, pin.query);
    assert_string_equal(read.asked, pin.asked);
    assert_string_equal(read.as_user, pin.as_user);
    assert_true(read.clock == pin.clock);
    assert_int_equal(read.row_count, 3);
    for (size_t i = 0; i < COUNT_OF(cells); i++)
        assert_true(text_equal(read.cells[i], cells[i]));
    app_pin_compare(place->arena, &pin, &read, &differences, &count);
    assert_int_equal(count, 0);
}

static void a_query_in_json_stays_an_object(void **state)
{
    static const char *const texts[] = {
        "{\"query\": {\"a\": {\"b\": \"}\"}} , \"asked\": \"x\", \"clock\": \"2026-01-31T12:00:00Z\", \"columns\": "
        "[{\"name\": \"n\", \"type\": \"int\", \"role\": \"measure\"}], \"rows\": []}",
        "{\"asked\": \"x\", \"clock\": \"2026-01-31T12:00:00Z\", \"columns\": [{\"name\": \"n\", \"type\": \"int\", "
        "\"role\": \"measure\"}], \"rows\": [], \"query\": {\"a\": {\"b\": \"}\"}}\n}\n"};
    struct place *place = *state;
    const char   *path = arena_printf(place->arena, "%s/pins/q.json", place->home);

    assert_int_equal(file_make_folders(arena_printf(place->arena, "%s/pins", place->home), 0700, NULL), 0);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        _cleanup_(mem_freep) char *again = NULL;
        struct app_pin pin;

        assert_int_equal(file_write(path, texts[i], strlen(texts[i]), 0600, NULL), 0);
        assert_int_equal(app_pin_read(place->app, place->arena, "q", &pin, NULL), 0);
        assert_string_equal(pin.query, "{\"a\": {\"b\": \"}\"}}");
        assert_int_equal(app_pin_write(place->app, &pin, &again, NULL), 0);
        assert_int_equal(app_pin_read(place->app, place->arena, "q", &pin, NULL), 0);
        assert_string_equal(pin.query, "{\"a\": {\"b\": \"}\"}}");
    }
}

static void a_broken_file_is_told_with_its_place(void **state)
{
#define HEAD "{\"query\": \"views\", \"asked\": \"views\", \"clock\": \"2026-01-31T12:00:00Z\",\n"
#define COLUMNS "\"columns\": [{\"name\": \"n\", \"type\": \"int\", \"role\": \"measure\"}],\n"
    static const struct {
        const char *text, *where, *words;
    } cases[] = {
        {"{\"query\": 3", ":1:12", "not JSON"},
        {"[]", ":1:1", "an object"},
        {"{\"query\": 3}", ":1:11", "'query' is a text"},
        {HEAD "\"columns\": []}", ":2:12", "'columns' is a list of at least one"},
        {HEAD COLUMNS "\"rows\": [[\"1\"],\n[\"1\", \"2\"]]}", ":4:1", "a cell for each column"},
        {HEAD COLUMNS "\"rows\": [[1]]}", ":3:11", "a cell is a text, or null"},
        {"{\"query\": \"views\", \"asked\": \"views\", \"clock\": \"noon\"}", ":1:47", "'clock' is an instant"},
    };
    struct place *place = *state;
    const char   *path = arena_printf(place->arena, "%s/pins/b.json", place->home);

    assert_int_equal(file_make_folders(arena_printf(place->arena, "%s/pins", place->home), 0700, NULL), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct app_pin pin;

        assert_int_equal(file_write(path, cases[i].text, strlen(cases[i].text), 0600, NULL), 0);
        assert_int_equal(app_pin_read(place->app, place->arena, "b", &pin, &place->error), ERR_SYNTAX);
        if (!text_ends(place->error.where, cases[i].where) || strstr(place->error.text, cases[i].words) == NULL)
            fail_msg("%s: %s, not %s %s", place->error.where, place->error.text, cases[i].where, cases[i].words);
        error_done(&place->error);
    }
}

/* -- comparing ----------------------------------------------------------------------------------------------------- */

static void check(struct place *place, struct app_pin expected, struct app_pin got, const char *words)
{
    const char *const *differences;
    const char        *all = "";
    size_t             count;

    app_pin_compare(place->arena, &expected, &got, &differences, &count);
    for (size_t i = 0; i < count; i++)
        all = arena_printf(place->arena, "%s%s\n", all, differences[i]);
    assert_string_equal(all, words);
}

#define D1 "2026-01-01"
#define D2 "2026-01-02"

static void cells_that_differ_are_told_by_their_dimensions(void **state)
{
    const char *a[] = {D1, "Music", "12", D1, NULL, "5"}, *b[] = {D1, "Music", "13", D1, NULL, NULL};

    check(*state, pin_of(a, 2), pin_of(b, 2),
          "views at day = 2026-01-01, niche = Music: expected 12, got 13\n"
          "views at day = 2026-01-01, niche = NULL: expected 5, got NULL\n");
}

static void numbers_are_compared_by_their_value(void **state)
{
    const char *a[] = {D1, "Music", "12.00", D2, "1.0", "0"}, *b[] = {D1, "Music", "12", D2, "1.0", "0.000"};
    const char *c[] = {D1, "Music", "12.000000000000000000001", D2, "1.00", "0"};

    check(*state, pin_of(a, 2), pin_of(b, 2), "");
    check(*state, pin_of(a, 2), pin_of(c, 2),
          "views at day = 2026-01-01, niche = Music: expected 12.00, got 12.000000000000000000001\n"
          "day = 2026-01-02, niche = 1.0: expected, and not there\n"
          "day = 2026-01-02, niche = 1.00: not expected\n");
}

static void a_row_more_or_less_is_told_as_that(void **state)
{
    const char *a[] = {D1, "Art", "1", D1, "Music", "2", D2, "Music", "3"};

    check(*state, pin_of(a, 3), pin_of(a + 3, 2), "day = 2026-01-01, niche = Art: expected, and not there\n");
    check(*state, pin_of(a + 3, 2), pin_of(a, 3), "day = 2026-01-01, niche = Art: not expected\n");
    check(*state, pin_of(a, 0), pin_of(a, 0), "");
}

static void another_order_is_told_where_one_was_asked_for(void **state)
{
    const char    *a[] = {D1, "Art", "1", D1, "Music", "2"}, *b[] = {D1, "Music", "2", D1, "Art", "1"};
    struct app_pin unordered = pin_of(a, 2);

    check(*state, pin_of(a, 2), pin_of(b, 2),
          "day = 2026-01-01, niche = Music: expected behind the row before it: the order differs\n");
    unordered.query = "{\"order\": []}";
    check(*state, unordered, pin_of(b, 2), "");
}

static void rows_of_equal_dimensions_are_matched_one_by_one(void **state)
{
    const char *a[] = {D1, "Art", "1", D1, "Art", "2", D1, "Art", "3"}, *b[] = {D1, "Art", "1", D1, "Art", "4"};

    check(*state, pin_of(a, 3), pin_of(b, 2),
          "views at day = 2026-01-01, niche = Art: expected 2, got 4\n"
          "day = 2026-01-01, niche = Art: expected, and not there\n");
}

static void an_empty_text_is_no_null_and_keys_do_not_run_together(void **state)
{
    const char *a[] = {"1", "12", "0", "", NULL, "0"}, *b[] = {"11", "2", "0", NULL, "", "0"};

    check(*state, pin_of(a, 2), pin_of(b, 2),
          "day = 1, niche = 12: expected, and not there\nday = , niche = NULL: expected, and not there\n"
          "day = 11, niche = 2: not expected\nday = NULL, niche = : not expected\n");
}

static void columns_that_came_or_went_are_told(void **state)
{
    static struct app_pin_column more[] = {{"day", "date", "time"}, {"niche", "text", "dimension"},
                                           {"views", "int", "measure"}, {"likes", "int", "measure"}};
    static struct app_pin_column other[] = {{"day", "date", "time"}, {"category", "text", "dimension"},
                                            {"views", "numeric", "measure"}};
    const char    *a[] = {D1, "Art", "1"}, *b[] = {D1, "Art", "2", "3"};
    struct app_pin got = pin_of(b, 1);

    got.columns = more;
    got.column_count = 4;
    check(*state, pin_of(a, 1), got,
          "column views: expected of type numeric, got int\ncolumn likes: not expected\n"
          "views at day = 2026-01-01, niche = Art: expected 1, got 2\n");
    got.columns = other;
    got.column_count = 3;
    check(*state, pin_of(a, 1), got, "column niche: expected, and not there\ncolumn category: not expected\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, place_close)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read_again),
        TEST(a_query_in_json_stays_an_object),
        TEST(a_broken_file_is_told_with_its_place),
        TEST(cells_that_differ_are_told_by_their_dimensions),
        TEST(numbers_are_compared_by_their_value),
        TEST(a_row_more_or_less_is_told_as_that),
        TEST(another_order_is_told_where_one_was_asked_for),
        TEST(rows_of_equal_dimensions_are_matched_one_by_one),
        TEST(an_empty_text_is_no_null_and_keys_do_not_run_together),
        TEST(columns_that_came_or_went_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
