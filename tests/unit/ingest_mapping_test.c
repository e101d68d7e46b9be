/* ingest/mapping: what records of files mean, and what is wrong in a mapping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "src/ingest/encode.h"
#include "src/ingest/mapping.h"

#define COSTS                                                                                                          \
    "{\"kind\": \"csv\", \"target\": \"costs\", \"columns\": {\"source_ref\": \"id\", \"cost_timestamp\": \"at\""

/* A source's file as it would be read. */
static struct source_file *file_of(const char *text)
{
    struct source_file *file = mem_alloc(sizeof *file);
    struct tree_fault   fault;

    file->arena = arena_new();
    file->text = mem_strdup(text);
    file->name = "test";
    file->path = "test.json";
    if (tree_read(&file->tree, file->text, strlen(text), 32, &fault) < 0)
        fail_msg("%s at %zu: %s", fault.message, fault.at, text);
    const struct tree_node *kind = tree_get(file->tree.root, "kind");
    file->kind = kind != NULL ? tree_text(file->arena, kind) : "csv";
    return file;
}

static void assert_broken(const char *text, const char *where, const char *message, const char *hint)
{
    struct source_file *file = file_of(text);
    struct mapping      mapping;
    struct error        error = ERROR_INIT;

    assert_int_equal(mapping_read(file, &mapping, &error), ERR_SYNTAX);
    if (strcmp(error.where, where) != 0 || strstr(error.text, message) == NULL)
        fail_msg("%s: %s", error.where, error.text);
    if (hint != NULL && (error.hint == NULL || strstr(error.hint, hint) == NULL))
        fail_msg("hint: %s", error.hint != NULL ? error.hint : "none");
    error_done(&error);
    source_file_free(file);
}

static void what_is_wrong_is_shown_where_it_stands(void **state)
{
    (void)state;
    assert_broken("{\"kind\": \"csv\",\n \"target\": \"cost\"}", "test.json:2:12", "unknown target 'cost'", "'costs'");
    assert_broken("{\"kind\": \"csv\"}", "test.json:1:1", "'target' is missing", "video_performance");
    assert_broken("{\"kind\": \"csv\", \"target\": \"costs\"}", "test.json:1:1", "'columns' is an object", NULL);
    assert_broken("{\"kind\": \"csv\", \"target\": \"costs\", \"columns\": {\"source_ref\": \"a\"}}", "test.json:1:47",
                  "'costs' needs a column 'cost_timestamp'", NULL);
    assert_broken(COSTS ",\n \"quantiti\": \"q\"}}", "test.json:2:2", "'quantiti' means nothing here", "'quantity'");
    assert_broken(COSTS ",\n \"quantity\": {\"form\": \"q\"}}}", "test.json:2:15", "'form' means nothing here",
                  "'from'");
    assert_broken(COSTS ",\n \"quantity\": {\"type\": \"number\"}}}", "test.json:2:14",
                  "one of 'from', 'template' and 'value'", NULL);
    assert_broken(COSTS ",\n \"quantity\": {\"from\": \"q\", \"type\": \"numbr\"}}}", "test.json:2:36",
                  "unknown type 'numbr'", "'number'");
    assert_broken(COSTS ",\n \"quantity\": {\"from\": \"q\", \"type\": \"date\"}}}", "test.json:2:36",
                  "cannot be read as a date", NULL);
    assert_broken(COSTS ",\n \"quantity\": {\"from\": \"q\", \"times\": 3}}}", "test.json:2:37", "unknown factor '3'",
                  "100");
    assert_broken(COSTS ",\n \"quantity\": {\"value\": \"x\"}}}", "test.json:2:24",
                  "'x' will not do for 'quantity': not a number", NULL);
    assert_broken(COSTS ",\n \"quantity\": {\"template\": \"{a\"}}}", "test.json:2:27", "a brace that is not closed",
                  NULL);
    assert_broken(COSTS ",\n \"quantity\": {\"from\": \"q\", \"zone\": \"Mars\"}}}", "test.json:2:36",
                  "unknown time zone", NULL);
    assert_broken(
        "{\"kind\": \"csv\", \"target\": \"costs\", \"columns\": {\"source_ref\": \"id\", \"cost_timestamp\":\n"
        "{\"from\": \"at\", \"format\": \"YYYY-mm-DD\"}}}",
        "test.json:2:26", "'mm-DD' is no part of a format", "YYYY");
    assert_broken("{\"kind\": \"json\", \"target\": \"costs\", \"delimiter\": \";\"}", "test.json:1:37", "only a csv",
                  NULL);
    assert_broken("{\"kind\": \"csv\", \"target\": \"costs\", \"on_conflict\": \"replace\"}", "test.json:1:51",
                  "unknown rule", "update, fill, keep");
    assert_broken("{\"kind\": \"csv\", \"target\": \"costs\", \"header\": [\"id\", \"at\"], \"columns\": "
                  "{\"source_ref\": \"ID\"}}",
                  "test.json:1:86", "unknown field 'ID'", "'id'");
}

/* -- values -------------------------------------------------------------------------------------------------------- */

static const struct target_column number = {.name = "n", .type = TARGET_NUMERIC, .whole = 12};
static const struct target_column whole = {.name = "n", .type = TARGET_INT};
static const struct target_column moment = {.name = "t", .type = TARGET_INSTANT};
static const struct target_column day = {.name = "d", .type = TARGET_DATE};

/* "why", or the bytes as hex. */
static char *value_of(const struct mapping_column *column, const char *text)
{
    struct str  to = STR_INIT, hex = STR_INIT;
    const char *why = mapping_value(column, (struct csv_field){text, strlen(text)}, &to);

    for (size_t i = 0; why == NULL && i < to.length; i++)
        str_addf(&hex, "%02x", (unsigned char)to.data[i]);
    if (why != NULL)
        str_add(&hex, why);
    assert_true(why == NULL || to.length == 0);
    str_done(&to);
    return str_take(&hex);
}

static void assert_value(const struct mapping_column *column, const char *text, const char *wanted)
{
    _cleanup_(mem_freep) char *got = value_of(column, text);

    if (strcmp(got, wanted) != 0)
        fail_msg("'%s' gives %s, not %s", text, got, wanted);
}

/* Bytes as PostgreSQL 15 sends them: SELECT encode(numeric_send(…), 'hex'). */
static void numbers_are_exact(void **state)
{
    static const char *const none[] = {"", NULL};
    struct mapping_column column = {
        .target = &number, .field = 0, .reading = READ_NUMBER, .decimal = '.', .nulls = none};

    (void)state;
    assert_value(&column, "0", "000000080000000000000000");
    assert_value(&column, "-1.5", "0000000c0002000040000001" "00011388");
    assert_value(&column, "12345.678", "0000000e0003000100000003" "000109291a7c");
    assert_value(&column, "0.0001", "0000000a0001ffff00000004" "0001");
    assert_value(&column, "1e3", "0000000a0001000000000000" "03e8");
    assert_value(&column, "+7.10", "0000000c0002000000000001" "000703e8");
    assert_value(&column, "", "ffffffff");
    assert_value(&column, "1,5", "not a number");
    assert_value(&column, "1.2.3", "not a number");
    assert_value(&column, "NaN", "not a number");
    assert_value(&column, "--1", "not a number");
    assert_value(&column, "0x10", "not a number");
    assert_value(&column, "1e999", "not a number");
    assert_value(&column, "1234567890123", "too large");
    assert_value(&column, "999999999999.9999999", "too large");
    column.decimal = ',';
    column.thousands = '.';
    column.strip = "€$ ";
    column.shift = 2;
    assert_value(&column, "1.234,5 €", "0000000c0002000100000000" "000c0d7a");
    assert_value(&column, "-$1", "0000000a0001000040000000" "0064");
    assert_value(&column, "1.23", "not a number");
    assert_value(&column, "1234.567", "not a number");
}

static void whole_numbers_fit_or_are_refused(void **state)
{
    static const char *const none[] = {"", NULL};
    struct mapping_column column = {
        .target = &whole, .field = 0, .reading = READ_NUMBER, .decimal = '.', .nulls = none};

    (void)state;
    assert_value(&column, "2147483647", "000000047fffffff");
    assert_value(&column, "-2147483648", "0000000480000000");
    assert_value(&column, "2147483648", "too large");
    assert_value(&column, "99999999999999999999", "too large");
    assert_value(&column, "12.0", "000000040000000c");
    assert_value(&column, "12.5", "not a whole number");
    column.reading = READ_DURATION;
    assert_value(&column, "PT1H2M3S", "0000000400000e8b");
    assert_value(&column, "P1DT1S", "0000000400015181");
    assert_value(&column, "1:02:03", "0000000400000e8b");
    assert_value(&column, "63", "000000040000003f");
    assert_value(&column, "PT", "not a duration");
    assert_value(&column, "1:60", "not a duration");
    assert_value(&column, "P1M", "not a duration");
}

static void times_by_format_and_zone(void **state)
{
    static const char *const none[] = {"", NULL};
    struct mapping_column column = {
        .target = &moment, .field = 0, .reading = READ_TIMESTAMP, .zone = zone_utc(), .nulls = none};
    int64_t                  at = 0;
    int32_t                  on = 0;
    struct csv_field         text = {"2026-11-01T08:00:00.25+01:00", 28};

    (void)state;
    assert_null(mapping_instant(&column, text, &at));
    assert_int_equal(at, (INT64_C(1793516400)) * 1000000 + 250000);
    assert_value(&column, "2026-02-30 00:00", "not a time of that format");
    assert_value(&column, "2026-11-01T24:00:00Z", "not a time of that format");
    column.format = "DD/MM/YYYY HH12:MI AM";
    text = (struct csv_field){"1/11/2026 12:05 AM", 18};
    assert_null(mapping_instant(&column, text, &at));
    assert_int_equal(at, INT64_C(1793491500) * 1000000);
    assert_int_equal(zone_find("America/Los_Angeles", &column.zone), 0);
    assert_null(mapping_instant(&column, text, &at));
    assert_int_equal(at, INT64_C(1793516700) * 1000000);        /* 00:05 -07:00 */
    column.format = "epoch";
    text = (struct csv_field){"1793516700", 10};
    assert_null(mapping_instant(&column, text, &at));
    assert_int_equal(at, INT64_C(1793516700) * 1000000);
    column.target = &day;
    assert_null(mapping_day(&column, text, &on));
    assert_int_equal(on, day_from_civil(2026, 11, 1));
    column.reading = READ_DATE;
    column.format = "DD. Month YYYY";
    text = (struct csv_field){"3. march 2026", 13};
    assert_null(mapping_day(&column, text, &on));
    assert_int_equal(on, day_from_civil(2026, 3, 3));
}

/* In Los Angeles 2026-03-08 has no 02:30, and 2026-11-01 has 01:30 twice; in Cairo 2026-04-24 begins at 01:00. */
static void times_that_a_change_of_clocks_leaves_out_or_doubles(void **state)
{
    static const char *const none[] = {"", NULL};
    int64_t                  twice = 0, at = 0;
    int32_t                  on = 0;
    struct mapping_column    column = {.target = &moment, .reading = READ_TIMESTAMP, .nulls = none, .twice = &twice};
    struct csv_field         gap = {"2026-03-08 02:30", 16}, fold = {"2026-11-01 01:30", 16};

    (void)state;
    assert_int_equal(zone_find("America/Los_Angeles", &column.zone), 0);
    assert_string_equal(mapping_instant(&column, gap, &at), "no time of its zone: clocks are put forward over it");
    assert_null(mapping_instant(&column, (struct csv_field){"2026-03-08T02:30-08:00", 22}, &at));
    assert_null(mapping_instant(&column, (struct csv_field){"2026-03-08 03:00", 16}, &at));
    assert_int_equal(twice, 0);
    assert_null(mapping_instant(&column, fold, &at));
    assert_int_equal(at, INT64_C(1793521800) * 1000000);        /* 01:30 -07:00 */
    assert_int_equal(twice, 1);
    assert_null(mapping_instant(&column, (struct csv_field){"2026-11-01T01:30-08:00", 22}, &at));
    assert_int_equal(at, INT64_C(1793525400) * 1000000);
    assert_null(mapping_instant(&column, (struct csv_field){"2026-11-01 02:00", 16}, &at));
    assert_int_equal(twice, 1);
    column.target = &day;
    assert_null(mapping_day(&column, gap, &on));           /* the day is known all the same */
    assert_int_equal(on, day_from_civil(2026, 3, 8));
    column.target = &moment;
    assert_int_equal(zone_find("Africa/Cairo", &column.zone), 0);
    assert_null(mapping_instant(&column, (struct csv_field){"2026-04-24", 10}, &at));
    assert_int_equal(at, INT64_C(1776981600) * 1000000);
    assert_int_equal(twice, 1);
}

static void lookups_defaults_words_and_lists(void **state)
{
    struct source_file *file = file_of("{\"kind\": \"csv\", \"target\": \"videos\", \"null\": [\"\", \"n/a\"], "
                                       "\"columns\": {\"video_id\": \"v\", \"category\": {\"from\": \"c\","
                                       "\"lookup\": {\"1\": \"Music\"}, \"default\": \"Other\"}, \"video_tags\": "
                                       "{\"from\": \"t\", \"separator\": \";\"},"
                                       "\"is_active\": {\"from\": \"a\", \"true\": [\"ja\"], \"false\": [\"nein\"]}, "
                                       "\"channel_id\": {\"template\": \"UC{c}-{{{v}\"}}}");
    struct mapping mapping;
    struct error   error = ERROR_INIT;

    (void)state;
    if (mapping_read(file, &mapping, &error) < 0)
        fail_msg("%s: %s", error.where, error.text);
    assert_int_equal(mapping.field_count, 4);
    assert_value(&mapping.columns[5], "1", "000000054d75736963");
    assert_value(&mapping.columns[5], "7", "000000054f74686572");
    assert_value(&mapping.columns[5], "n/a", "000000054f74686572");
    assert_value(&mapping.columns[11], "JA", "0000000101");
    assert_value(&mapping.columns[11], "yes", "neither true nor false");
    assert_value(&mapping.columns[4], "a; b",
                 "0000001e"
                 "000000010000000000000019"
                 "0000000200000001"
                 "00000001"
                 "61"
                 "00000001"
                 "62");
    mapping_done(&mapping);
    source_file_free(file);
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

static void count_missing(void *who, const char *field)
{
    (void)field;
    ++*(int *)who;
}

static void rows_are_laid_over_any_order_of_fields(void **state)
{
    struct source_file          *file = file_of(COSTS ", \"quantity\": \"n\", \"video_id\": \"v\"}}");
    struct csv_field             names[] = {{"at", 2}, {"new", 3}, {" id ", 4}, {"n", 1}};
    struct csv_field             fields[] = {{"2026-11-01", 10}, {"x", 1}, {"r1", 2}, {"2", 1}};
    struct csv_record header = {.fields = names, .count = 4}, record = {.fields = fields, .count = 4, .line = 7};
    struct mapping_layout        layout;
    struct mapping_refusal       refusal = {0};
    struct mapping               mapping;
    struct str                   to = STR_INIT, scratch = STR_INIT;
    size_t                       key = 0;
    int                          missing = 0;
    struct error                 error = ERROR_INIT;

    (void)state;
    assert_int_equal(mapping_read(file, &mapping, &error), 0);
    assert_int_equal(mapping_lay_out(&mapping, file->arena, &header, &layout, count_missing, &missing, &error), 0);
    assert_int_equal(missing, 1);
    assert_int_equal(layout.stray_count, 1);
    assert_string_equal(layout.strays[0].name, "new");
    assert_true(mapping_row(&mapping, &layout, &record, &to, &key, &scratch, &refusal));
    assert_int_equal(key, 4 + 2 + 4 + 8);
    fields[3] = (struct csv_field){"two", 3};
    size_t before = to.length;
    assert_false(mapping_row(&mapping, &layout, &record, &to, &key, &scratch, &refusal));
    assert_int_equal(to.length, before);
    assert_string_equal(refusal.column, "quantity");
    assert_string_equal(refusal.reason, "not a number");
    record.count = 3;
    assert_false(mapping_row(&mapping, &layout, &record, &to, &key, &scratch, &refusal));
    assert_string_equal(refusal.reason, "the row ends early");
    names[2] = (struct csv_field){"ids", 3};
    assert_int_equal(mapping_lay_out(&mapping, file->arena, &header, &layout, count_missing, &missing, &error),
                     ERR_FAILED);
    assert_string_equal(error.text, "the file has no field 'id'");
    assert_string_equal(error.hint, "it has one called 'ids'");
    error_done(&error);
    str_done(&to);
    str_done(&scratch);
    mapping_done(&mapping);
    source_file_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_shown_where_it_stands),
        cmocka_unit_test(numbers_are_exact),
        cmocka_unit_test(whole_numbers_fit_or_are_refused),
        cmocka_unit_test(times_by_format_and_zone),
        cmocka_unit_test(times_that_a_change_of_clocks_leaves_out_or_doubles),
        cmocka_unit_test(lookups_defaults_words_and_lists),
        cmocka_unit_test(rows_are_laid_over_any_order_of_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
