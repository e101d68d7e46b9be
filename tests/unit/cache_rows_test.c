/* cache: rows as bytes and as text, also those of other programs; without a Redis. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "src/cache/cache_int.h"

/* Digits and the like go out as they stand, in JSON without quotes. */
static void a_text_of_another_program_is_a_number_where_one_is_meant(void **state)
{
    static const struct {
        enum data_type type;
        const char    *well, *not_well;        /* words apart; each is a string of JSON */
    } cases[] = {
        {DATA_INT, "0 7 -7 12345678901234567890123", "5-5 -- - 007 -0 1.0 +1 1e3 seven"},
        {DATA_NUMERIC, "0 -0.00 12.50 0E-8 1E+2 NaN Infinity -Infinity", "0x1f 007 1. .5 1e +1 nan(1) 1-2 1_000"},
        {DATA_FLOAT, "0.1 -1e-05 nan inf -inf", "0x1p3 1. 1e400x infinite"},
        {DATA_UUID, "0b0b0b0b-1111-2222-3333-0123456789ab", "0b0b0b0b \\\"quoted 0b0b0b0b-1111-2222-3333-0123456789a\\n"},
        {DATA_INTERVAL, "1,0:00:00 00:00:05.5", "1\\\"day 1\\nday"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (int well = 0; well <= 1; well++) {
            const struct data_column column = {.name = "c", .type = cases[i].type, .decimals = -1};
            const char *words = well ? cases[i].well : cases[i].not_well;

            while (*words != '\0') {
                size_t length = strcspn(words, " ");
                _cleanup_(mem_freep) char *json = mem_printf("[{\"c\": \"%.*s\"}]", (int)length, words);
                struct cache_rows *rows = NULL;

                if ((foreign_rows(json, strlen(json), &column, 1, &rows) >= 0) != well)
                    fail_msg("%s as %s", json, data_type_name(column.type));
                cache_rows_unref(rows);
                words += length + strspn(words + length, " ");
            }
        }
}

/* Fifty thousand columns, which half a million rows do not have: nobody looks for each in each. */
static void rows_of_other_columns_are_not_looked_through(void **state)
{
    struct str         json = STR_INIT;
    struct cache_rows *rows = NULL;

    (void)state;
    str_add(&json, "[{\"c\": 0");
    for (int i = 0; i < 50000; i++)
        str_addf(&json, ", \"c%d\": 1", i);
    str_add_char(&json, '}');
    for (int i = 0; i < 500000; i++)
        str_add(&json, ",{}");
    str_add_char(&json, ']');
    assert_int_equal(foreign_rows(str_text(&json), json.length, NULL, 0, &rows), ERR_SYNTAX);
    str_done(&json);
}

static int on_no_columns(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)sink, (void)columns, (void)count, (void)error;
    return 0;
}

static int on_no_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    (void)sink, (void)cells, (void)error;
    return 0;
}

/* Many small cells: what Python is to read repeats the columns' names in each row. */
static void what_is_small_packed_and_large_as_text_is_not_kept(void **state)
{
    static const struct data_column long_name = {
        .name = "video_performance.engagement_rate_of_the_last_thirty_days", .type = DATA_NUMERIC, .decimals = 2};
    struct sink          front = {.ops = &(struct sink_ops){.begin = on_no_columns, .row = on_no_row}};
    struct cache_record *record = cache_record_new(&front, CACHE_ROWS_MOST);
    struct sink         *sink = cache_record_sink(record);
    struct str           json = STR_INIT;

    (void)state;
    assert_int_equal(sink_begin(sink, &long_name, 1, NULL), 0);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(sink_row(sink, &CELL_NULL, NULL), 0);
    assert_false(record->large);
    record_json(record, &json);
    assert_in_range(json.length, 6 << 20, 8 << 20);
    for (int i = 0; i < 50000; i++)
        assert_int_equal(sink_row(sink, &CELL_NULL, NULL), 0);
    assert_true(record->large);
    cache_record_free(record);
    str_done(&json);
}

/* Of few rows, with much said of them: what this process remembers is bounded by all of it. */
static void what_is_said_of_rows_counts_as_bytes(void **state)
{
    struct str         head = STR_INIT, packed = STR_INIT;
    struct cache_rows *rows = NULL;

    (void)state;
    str_add(&head, "{\"version\": 1, \"rows\": 1, \"columns\": [{\"of\": [0,0,0,0,0,0,false], \"name\": \"a\"}], \"note\": "
                   "{\"cube_query\": \"");
    while (head.length < 1 << 20)
        str_add(&head, "a filter of a thousand channels");
    str_add(&head, "\"}}");
    str_add_char(&packed, 'p');
    rows_add_cell(&packed, (struct data_cell){"x", 1});
    assert_int_equal(rows_read(str_text(&head), head.length, str_text(&packed), packed.length, &rows), 0);
    assert_true(rows_bytes(rows) > 1 << 20);
    cache_rows_unref(rows);
    while (packed.length <= 2 * CACHE_ROWS_MOST)           /* and rows are no more than what was kept ever is */
        str_add_bytes(&packed, str_text(&head), head.length);
    assert_int_equal(rows_unpack(str_text(&packed), packed.length, 2 * CACHE_ROWS_MOST, &head), ERR_SYNTAX);
    str_done(&head);
    str_done(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_of_another_program_is_a_number_where_one_is_meant),
        cmocka_unit_test(rows_of_other_columns_are_not_looked_through),
        cmocka_unit_test(what_is_small_packed_and_large_as_text_is_not_kept),
        cmocka_unit_test(what_is_said_of_rows_counts_as_bytes),
    };

    return cmocka_run_group_tests_name("cache rows", tests, NULL, NULL);
}
