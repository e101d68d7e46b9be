/* data: how values are shown, sinks, a table in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/secret.h"
#include "ytempire/data.h"

typedef void shower(const struct data_column *column, struct data_cell cell, struct str *to);

static void shows(shower *show, struct data_column column, const char *value, const char *want)
{
    struct str str = STR_INIT;

    show(&column, (struct data_cell){value, strlen(value)}, &str);
    assert_string_equal(str_text(&str), want);
    str_done(&str);
}

static const struct zone *los_angeles(void)
{
    const struct zone *zone;

    assert_int_equal(zone_find("America/Los_Angeles", &zone), 0);
    return zone;
}

static void a_day_of_the_zone_is_its_date(void **state)
{
    struct data_column day = {.type = DATA_TIMESTAMPTZ, .unit = UNIT_DAY, .zone = los_angeles()};
    struct data_column hour = {.type = DATA_TIMESTAMPTZ, .unit = UNIT_HOUR, .zone = los_angeles()};

    (void)state;
    shows(data_cell_show, day, "2026-01-31 08:00:00+00", "2026-01-31");
    shows(data_cell_iso, day, "2026-01-31 08:00:00+00", "2026-01-31T00:00:00-08:00");
    shows(data_cell_show, hour, "2026-11-01 08:00:00+00", "2026-11-01 01:00-07");
    shows(data_cell_show, hour, "2026-11-01 09:00:00+00", "2026-11-01 01:00-08");
}

static void an_instant_without_zone_stays_as_it_came(void **state)
{
    struct data_column column = {.type = DATA_TIMESTAMPTZ};

    (void)state;
    shows(data_cell_show, column, "2026-01-31 08:00:00.5+00", "2026-01-31 08:00:00.5+00");
    shows(data_cell_iso, column, "2026-01-31 08:00:00.5+00", "2026-01-31T08:00:00.5+00:00");
    shows(data_cell_iso, column, "infinity", "infinity");
}

static void numbers_are_rounded_on_their_digits(void **state)
{
    struct data_column percent = {.type = DATA_NUMERIC, .format = FORMAT_PERCENT, .decimals = -1};
    struct data_column money = {.type = DATA_NUMERIC, .format = FORMAT_CURRENCY, .decimals = -1};
    struct data_column number = {.type = DATA_NUMERIC, .format = FORMAT_NUMBER, .decimals = 2};

    (void)state;
    shows(data_cell_pretty, percent, "0.04315", "4.32%");
    shows(data_cell_pretty, percent, "0.9999999", "100.00%");
    shows(data_cell_pretty, percent, "1", "100.00%");
    shows(data_cell_pretty, money, "12410.2", "$12,410.20");
    shows(data_cell_pretty, money, "-0.004", "$0.00");
    shows(data_cell_pretty, money, "-1234.565", "-$1,234.57");
    shows(data_cell_pretty, number, "48201334", "48,201,334.00");
    shows(data_cell_pretty, number, "999.995", "1,000.00");
    number.decimals = -1;
    shows(data_cell_pretty, number, "48201334", "48,201,334");
    shows(data_cell_pretty, number, "NaN", "NaN");
}

static void durations_and_bytes(void **state)
{
    struct data_column duration = {.type = DATA_INT, .format = FORMAT_DURATION, .decimals = -1};
    struct data_column bytes = {.type = DATA_INT, .format = FORMAT_BYTES, .decimals = -1};

    (void)state;
    shows(data_cell_pretty, duration, "75", "1:15");
    shows(data_cell_pretty, duration, "3725", "1:02:05");
    shows(data_cell_pretty, duration, "90061", "1d 1:01:01");
    shows(data_cell_pretty, bytes, "1536", "1.5 KiB");
    shows(data_cell_pretty, bytes, "12", "12 B");
}

static void units_are_read_in_both_numbers(void **state)
{
    enum data_unit unit;

    (void)state;
    assert_int_equal(data_unit_from_text("day", 3, &unit), 0);
    assert_int_equal(unit, UNIT_DAY);
    assert_int_equal(data_unit_from_text("Quarters", 8, &unit), 0);
    assert_int_equal(unit, UNIT_QUARTER);
    assert_int_equal(data_unit_from_text("daily", 5, &unit), ERR_UNKNOWN);
}

struct counting_sink {
    struct sink sink;
    size_t      columns, rows, ends;
    char        last[64];
};

static int count_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)columns;
    (void)error;
    ((struct counting_sink *)sink)->columns = count;
    return 0;
}

static int count_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct counting_sink *self = (struct counting_sink *)sink;

    self->rows++;
    if (cells[0].text != NULL) {
        memcpy(self->last, cells[0].text, cells[0].length);
        self->last[cells[0].length] = '\0';
    }
    return self->rows == 3 ? error_set(error, ERR_CLOSED, "gone") : 0;
}

static int count_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)error;
    assert_non_null(note);
    ((struct counting_sink *)sink)->ends++;
    return 0;
}

static void a_table_is_sent_row_by_row_until_the_reader_goes(void **state)
{
    static const struct sink_ops ops = {.begin = count_begin, .row = count_row, .end = count_end};
    struct counting_sink         sink = {.sink.ops = &ops};
    struct error                 error = ERROR_INIT;
    _cleanup_(table_freep) struct table *table = table_new("id:int name:text at:timestamptz");

    (void)state;
    assert_int_equal(table_column_count(table), 3);
    assert_int_equal(table_column(table, 2)->type, DATA_TIMESTAMPTZ);
    table_add(table, "1", "one", NULL);
    table_add(table, "2", NULL, NULL);
    assert_int_equal(table_send(table, &sink.sink, &error), 0);
    assert_int_equal(sink.rows, 2);
    assert_int_equal(sink.ends, 1);
    assert_string_equal(sink.last, "2");
    assert_null(table_cell(table, 1, 1).text);
    assert_int_equal(table_send(table, &sink.sink, &error), ERR_CLOSED);
    assert_int_equal(sink.ends, 1);
    error_done(&error);
}

static void keep_text(struct sink *sink, const char *text);
static const struct sink_ops keeping = {.text = keep_text};
struct keeper {
    struct sink sink;
    struct str  text;
};

static void keep_text(struct sink *sink, const char *text)
{
    str_add(&((struct keeper *)sink)->text, text);
}

/* Whatever stands before it: of a secret that the end of a long text would cut no part is left. */
static void a_secret_is_hidden_before_a_text_is_cut(void **state)
{
    static const char secret[] = "sk-3c0ffee5ecret";
    char before[2100];

    (void)state;
    secret_remember(secret);
    for (size_t length = 2000; length < 2060; length++) {
        struct keeper keeper = {.sink = {&keeping}};

        memset(before, '.', length);
        before[length] = '\0';
        sink_text(&keeper.sink, "%s%s and more%s", before, secret, before);
        assert_null(strstr(str_text(&keeper.text), "sk"));
        assert_true(keeper.text.length <= 2048);
        str_done(&keeper.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_of_the_zone_is_its_date),
        cmocka_unit_test(an_instant_without_zone_stays_as_it_came),
        cmocka_unit_test(numbers_are_rounded_on_their_digits),
        cmocka_unit_test(durations_and_bytes),
        cmocka_unit_test(units_are_read_in_both_numbers),
        cmocka_unit_test(a_table_is_sent_row_by_row_until_the_reader_goes),
        cmocka_unit_test(a_secret_is_hidden_before_a_text_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
