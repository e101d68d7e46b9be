/* output: the formats that machines read. What is wanted was written down from PostgreSQL's COPY, RFC 4180 and RFC 8259. */
#include "output_help.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void csv_quotes_as_copy_does(void **state)
{
    (void)state;
    assert_written(&(struct sheet){.format = "csv", COLUMNS(COLUMN("id", DATA_INT), COLUMN("a,b", DATA_TEXT)), .count = 2,
        ROWS("1", "plain", "2", "with, comma", "3", "with \"quotes\"", "4", "two\nlines", "5", "", "6", NULL, "7", "a\rb",
             "8", " blanks ", "9", "\\.", "10", "a longer text, with a comma past eight bytes"), .rows = 10},
        "id,\"a,b\"\n1,plain\n2,\"with, comma\"\n3,\"with \"\"quotes\"\"\"\n4,\"two\nlines\"\n5,\"\"\n6,\n7,\"a\rb\"\n8, blanks \n"
        "9,\\.\n10,\"a longer text, with a comma past eight bytes\"\n");
}

static void a_formula_is_text_where_that_is_asked_for(void **state)
{
    (void)state;
    assert_written(&(struct sheet){.format = "csv", .style = {.guard = true}, COLUMNS(COLUMN("=n", DATA_INT), COLUMN("a", DATA_TEXT)),
                                   .count = 2, ROWS("-1", "=cmd|' /C calc'!A0", "2", "@x;y", "3", "+\"1", "4", "\tx", "5", "\xEF\xBC\x9D" "1", "6", "plain"),
                                   .rows = 6},
                   "\"'=n\",a\n-1,\"'=cmd|' /C calc'!A0\"\n2,\"'@x;y\"\n3,\"'+\"\"1\"\n4,\"'\tx\"\n5,\"'\xEF\xBC\x9D" "1\"\n6,\"plain\"\n");
    assert_written(&(struct sheet){.format = "tsv", .style = {.guard = true}, COLUMNS(COLUMN("n", DATA_INT), COLUMN("a", DATA_TEXT)),
                                   .count = 2, ROWS("-1", "=1+1", "2", "x"), .rows = 2}, "n\ta\n-1\t'=1+1\n2\tx\n");
    assert_written(&(struct sheet){.format = "csv", COLUMNS(COLUMN("a", DATA_TEXT)), .count = 1, ROWS("=1+1"), .rows = 1}, "a\n=1+1\n");
}

static void csv_quotes_a_lone_end_mark_and_what_looks_like_null(void **state)
{
    (void)state;
    assert_written(&(struct sheet){.format = "csv", COLUMNS(COLUMN("a", DATA_TEXT)), .count = 1,
        ROWS("\\.", "", NULL), .rows = 3}, "a\n\"\\.\"\n\"\"\n\n");
    assert_written(&(struct sheet){.format = "csv", .style = {.null_text = "-", .no_header = true},
        COLUMNS(COLUMN("a", DATA_TEXT), COLUMN("n", DATA_INT)), .count = 2, ROWS("-", NULL, "", "1"), .rows = 2},
        "\"-\",-\n,1\n");
}

static void a_null_text_breaks_no_line(void **state)
{
    (void)state;
    assert_written(&(struct sheet){.format = "csv", .style = {.null_text = "a,\"b"},
        COLUMNS(COLUMN("a", DATA_TEXT), COLUMN("n", DATA_INT)), .count = 2, ROWS(NULL, "1"), .rows = 1},
        "a,n\n\"a,\"\"b\",1\n");
    assert_written(&(struct sheet){.format = "csv", .style = {.null_text = "two\nlines"}, COLUMNS(COLUMN("a", DATA_TEXT)),
        .count = 1, ROWS(NULL), .rows = 1}, "a\n\"two\nlines\"\n");
    assert_written(&(struct sheet){.format = "tsv", .style = {.null_text = "\\a\tb\n"},
        COLUMNS(COLUMN("a", DATA_TEXT), COLUMN("n", DATA_INT)), .count = 2, ROWS(NULL, "1"), .rows = 1},
        "a\tn\n\\a\\tb\\n\t1\n");
    assert_written(&(struct sheet){.format = "markdown", .style = {.null_text = "|"}, COLUMNS(COLUMN("a", DATA_TEXT)),
        .count = 1, ROWS(NULL), .rows = 1}, "| a |\n| --- |\n| \\| |\n");
    assert_written(&(struct sheet){.format = "markdown", COLUMNS(COLUMN("a_b", DATA_TEXT)), .count = 1,
        ROWS("snake_case _not this_ too"), .rows = 1}, "| a_b |\n| --- |\n| snake_case \\_not this\\_ too |\n");
    assert_written(&(struct sheet){.format = "vertical", .style = {.null_text = "\x1b[31m", .ascii = true, .no_footer = true},
        COLUMNS(COLUMN("a", DATA_TEXT)), .count = 1, ROWS(NULL), .rows = 1},
        "-[ RECORD 1 ]-------------\na | \\x1b[31m\n");
}

static void a_second_column_of_a_name_gets_a_number(void **state)
{
    (void)state;
    assert_written(&(struct sheet){.format = "csv", COLUMNS(COLUMN("id", DATA_INT), COLUMN("id", DATA_INT),
        COLUMN("id_2", DATA_INT), COLUMN("id", DATA_INT)), .count = 4, ROWS("1", "2", "3", "4"), .rows = 1},
        "id,id_2,id_2_2,id_3\n1,2,3,4\n");
    assert_written(&(struct sheet){.format = "ndjson", COLUMNS(COLUMN("id", DATA_INT), COLUMN("id", DATA_INT)), .count = 2,
        ROWS("1", "2"), .rows = 1}, "{\"id\":1,\"id_2\":2}\n");
}

static void tsv_escapes_as_copy_does(void **state)
{
    (void)state;
    assert_written(&(struct sheet){.format = "tsv", COLUMNS(COLUMN("a", DATA_TEXT), COLUMN("b", DATA_TEXT)), .count = 2,
        ROWS("tab\there", NULL, "back\\slash", "", "line\nend", "\b\f\v\r"), .rows = 3},
        "a\tb\ntab\\there\t\\N\nback\\\\slash\t\nline\\nend\t\\b\\f\\v\\r\n");
}

static void json_keeps_numbers_exact_and_types_apart(void **state)
{
    (void)state;
    assert_written(&(struct sheet){.format = "json", COLUMNS(COLUMN("i", DATA_INT), COLUMN("n", DATA_NUMERIC),
        COLUMN("f", DATA_FLOAT), COLUMN("b", DATA_BOOL), COLUMN("t", DATA_TEXT)), .count = 5,
        ROWS("9007199254740993", "0.10000000000000000000000001", "1e+300", "t", "x", "-1", "NaN", "-Infinity", "f", NULL),
        .rows = 2},
        "[\n{\"i\":9007199254740993,\"n\":0.10000000000000000000000001,\"f\":1e+300,\"b\":true,\"t\":\"x\"},\n"
        "{\"i\":-1,\"n\":\"NaN\",\"f\":\"-Infinity\",\"b\":false,\"t\":null}\n]\n");
    assert_written(&(struct sheet){.format = "json", COLUMNS(COLUMN("i", DATA_INT)), .count = 1, ROWS(NULL), .rows = 0},
        "[]\n");
}

static void json_escapes_what_it_must(void **state)
{
    (void)state;
    assert_written(&(struct sheet){.format = "ndjson", COLUMNS(COLUMN("k\"", DATA_TEXT)), .count = 1,
        ROWS("\"\\\b\f\n\r\t", "\x01\x1f", "日本語 é 🎬", "plain text that is longer than eight bytes",
             "eight by\nand a line end", "\xff\xfe broken \xc3"), .rows = 6},
        "{\"k\\\"\":\"\\\"\\\\\\b\\f\\n\\r\\t\"}\n{\"k\\\"\":\"\\u0001\\u001f\"}\n{\"k\\\"\":\"日本語 é 🎬\"}\n"
        "{\"k\\\"\":\"plain text that is longer than eight bytes\"}\n{\"k\\\"\":\"eight by\\nand a line end\"}\n"
        "{\"k\\\"\":\"\xef\xbf\xbd\xef\xbf\xbd broken \xef\xbf\xbd\"}\n");
}

static void json_writes_times_as_iso_8601_with_offset(void **state)
{
    const struct zone *pacific;

    (void)state;
    assert_int_equal(zone_find("America/Los_Angeles", &pacific), 0);
    assert_written(&(struct sheet){.format = "ndjson", COLUMNS(COLUMN("utc", DATA_TIMESTAMPTZ),
        {.name = "la", .type = DATA_TIMESTAMPTZ, .zone = pacific, .unit = UNIT_HOUR, .decimals = -1},
        COLUMN("wall", DATA_TIMESTAMP), COLUMN("day", DATA_DATE)), .count = 4,
        ROWS("2026-01-31 12:00:00.25+00", "2026-11-01 09:00:00+00", "2026-01-31 12:00:00", "2026-01-31",
             "infinity", NULL, "-infinity", "infinity"), .rows = 2},
        "{\"utc\":\"2026-01-31T12:00:00.25+00:00\",\"la\":\"2026-11-01T01:00:00-08:00\",\"wall\":\"2026-01-31T12:00:00\","
        "\"day\":\"2026-01-31\"}\n{\"utc\":\"infinity\",\"la\":null,\"wall\":\"-infinity\",\"day\":\"infinity\"}\n");
}

/* As ECMAScript writes them: a sign and six digits; 1 BC is the year 0. */
static void json_writes_far_years_as_iso_8601(void **state)
{
    const struct zone *tokyo;

    (void)state;
    assert_int_equal(zone_find("Asia/Tokyo", &tokyo), 0);
    assert_written(&(struct sheet){.format = "ndjson", COLUMNS(COLUMN("utc", DATA_TIMESTAMPTZ),
        {.name = "tokyo", .type = DATA_TIMESTAMPTZ, .zone = tokyo, .decimals = -1},
        COLUMN("wall", DATA_TIMESTAMP), COLUMN("day", DATA_DATE)), .count = 4,
        ROWS("10000-01-01 00:00:00+00", "9999-12-31 23:00:00+00", "10000-01-01 00:00:00.5", "10000-01-01",
             "0044-03-15 12:00:00+00 BC", "0044-03-15 12:00:00+00 BC", "0001-03-15 00:00:00 BC", "0044-03-15 BC",
             "294276-12-31 23:59:59.999999+00", NULL, "294276-12-31 00:00:00", "5874897-12-31"), .rows = 3},
        "{\"utc\":\"+010000-01-01T00:00:00+00:00\",\"tokyo\":\"+010000-01-01T08:00:00+09:00\","
        "\"wall\":\"+010000-01-01T00:00:00.5\",\"day\":\"+010000-01-01\"}\n"
        "{\"utc\":\"-000043-03-15T12:00:00+00:00\",\"tokyo\":\"-000043-03-15T12:00:00+00:00\","
        "\"wall\":\"0000-03-15T00:00:00\",\"day\":\"-000043-03-15\"}\n"
        "{\"utc\":\"+294276-12-31T23:59:59.999999+00:00\",\"tokyo\":null,\"wall\":\"+294276-12-31T00:00:00\","
        "\"day\":\"+5874897-12-31\"}\n");
    assert_written(&(struct sheet){.format = "csv", COLUMNS({.name = "tokyo", .type = DATA_TIMESTAMPTZ, .zone = tokyo,
        .unit = UNIT_DAY, .decimals = -1}), .count = 1, ROWS("9999-12-31 23:00:00+00"), .rows = 1}, "tokyo\n10000-01-01\n");
}

static void json_embeds_documents_and_arrays(void **state)
{
    (void)state;
    assert_written(&(struct sheet){.format = "ndjson", COLUMNS(COLUMN("j", DATA_JSON),
        {.name = "a", .type = DATA_ARRAY, .element = DATA_TEXT, .decimals = -1},
        {.name = "n", .type = DATA_ARRAY, .element = DATA_NUMERIC, .decimals = -1}, COLUMN("b", DATA_BYTES)), .count = 4,
        ROWS("{\"a\":\n [1, 2]}", "{a,\"b \\\"c\\\" \\\\\",NULL,\"NULL\",\"\"}", "{{1,2.50},{NaN,NULL}}", "\\x6869",
             "null", "{}", "[0:1]={1,2}", NULL), .rows = 2},
        "{\"j\":{\"a\":  [1, 2]},\"a\":[\"a\",\"b \\\"c\\\" \\\\\",null,\"NULL\",\"\"],\"n\":[[1,2.50],[\"NaN\",null]],"
        "\"b\":\"\\\\x6869\"}\n{\"j\":null,\"a\":[],\"n\":[1,2],\"b\":null}\n");
}

static void cube_answers_as_load_does(void **state)
{
    const struct zone *pacific;

    (void)state;
    assert_int_equal(zone_find("America/Los_Angeles", &pacific), 0);
    assert_written(&(struct sheet){.format = "cube", COLUMNS(
        {.name = "day", .type = DATA_TIMESTAMPTZ, .zone = pacific, .unit = UNIT_DAY, .role = ROLE_TIME, .decimals = -1,
         .member = "VideoPerformance.snapshot_time"},
        {.name = "total_views", .type = DATA_INT, .role = ROLE_MEASURE, .decimals = -1,
         .member = "VideoPerformance.total_views"}), .count = 2,
        ROWS("2026-01-31 08:00:00+00", "12", NULL, NULL), .rows = 2,
        .note = &(struct data_note){.cube_query = "{\"measures\":[]}", .cube_annotation = "{\"measures\":{}}"}},
        "{\"data\":[\n{\"VideoPerformance.snapshot_time.day\":\"2026-01-31T00:00:00.000\","
        "\"VideoPerformance.snapshot_time\":\"2026-01-31T00:00:00.000\",\"VideoPerformance.total_views\":\"12\"},\n"
        "{\"VideoPerformance.snapshot_time.day\":null,\"VideoPerformance.snapshot_time\":null,"
        "\"VideoPerformance.total_views\":null}\n],\n\"query\":{\"measures\":[]},\n\"annotation\":{\"measures\":{}}}\n");
    assert_written(&(struct sheet){.format = "cube", COLUMNS(COLUMN("n", DATA_INT)), .count = 1, ROWS("1"), .rows = 1},
        "{\"data\":[\n{\"n\":\"1\"}\n],\n\"query\":null,\n\"annotation\":{}}\n");
}

/* Cube's responseFormat; what a format does not know changes nothing. */
static void cube_answers_in_three_layouts(void **state)
{
#define TWO_ROWS COLUMNS({.name = "day", .type = DATA_DATE, .unit = UNIT_DAY, .role = ROLE_TIME, .decimals = -1, .member = "V.t"}, \
        {.name = "n", .type = DATA_INT, .role = ROLE_MEASURE, .decimals = -1, .member = "V.n"}), .count = 2, \
        ROWS("2026-01-31", "12", "2026-02-01", NULL), .rows = 2
    (void)state;
    assert_written(&(struct sheet){.format = "cube", .layout = "compact", TWO_ROWS},
        "{\"data\":{\"members\":[\"V.t.day\",\"V.t\",\"V.n\"],\"dataset\":[\n"
        "[\"2026-01-31T00:00:00.000\",\"2026-01-31T00:00:00.000\",\"12\"],\n[\"2026-02-01T00:00:00.000\",\"2026-02-01T00:00:00.000\",null]\n]},\n"
        "\"query\":null,\n\"annotation\":{}}\n");
    assert_written(&(struct sheet){.format = "cube", .layout = "columnar", TWO_ROWS},
        "{\"data\":{\"members\":[\"V.t.day\",\"V.t\",\"V.n\"],\"columns\":[\n"
        "[\"2026-01-31T00:00:00.000\",\"2026-02-01T00:00:00.000\"],\n[\"2026-01-31T00:00:00.000\",\"2026-02-01T00:00:00.000\"],\n[\"12\",null]\n]},\n"
        "\"query\":null,\n\"annotation\":{}}\n");
    assert_written(&(struct sheet){.format = "cube", .layout = "columnar", COLUMNS(COLUMN("n", DATA_INT)), .count = 1, .rows = 0},
        "{\"data\":{\"members\":[\"n\"],\"columns\":[\n[]]},\n\"query\":null,\n\"annotation\":{}}\n");
    assert_written(&(struct sheet){.format = "csv", .layout = "compact", COLUMNS(COLUMN("n", DATA_INT)), .count = 1, ROWS("1"), .rows = 1}, "n\n1\n");
#undef TWO_ROWS
}

static void a_text_larger_than_the_buffer_arrives_whole(void **state)
{
    static const size_t sizes[] = {65535, 65536, 70000, 300000};
    char path[] = "/tmp/output_test.XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct output *output = output_new(fd, path);
        struct writer *writer = writer_new(format_find("ndjson"), &(struct style){0}, output);
        const struct data_column column = COLUMN("t", DATA_TEXT);
        char *text = mem_alloc(sizes[i] + 1), *back = mem_alloc(sizes[i] + 64);

        memset(text, 'x', sizes[i]);
        text[sizes[i] / 2] = '"';
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        assert_int_equal(writer_begin(writer, &column, 1, NULL), 0);
        assert_int_equal(writer_row(writer, &(struct data_cell){text, sizes[i]}, NULL), 0);
        assert_int_equal(writer_end(writer, NULL, NULL), 0);
        assert_int_equal(output_flush(output, NULL), 0);
        assert_int_equal(pread(fd, back, sizes[i] + 64, 0), (ssize_t)(sizes[i] + 1 + strlen("{\"t\":\"\"}\n")));
        assert_memory_equal(back + 6 + sizes[i] / 2, "\\\"x", 3);
        mem_free(text);
        mem_free(back);
        writer_free(writer);
        output_free(output);
    }
    close(fd);
    unlink(path);
}

static void fails_with(int fd, int code, const char *text)
{
    struct output *output = output_new(fd, "/dev/full");
    struct writer *writer = writer_new(format_find("csv"), &(struct style){0}, output);
    const struct data_column column = COLUMN("t", DATA_TEXT);
    struct error error = ERROR_INIT;

    assert_int_equal(writer_begin(writer, &column, 1, &error), 0);
    assert_int_equal(writer_row(writer, &(struct data_cell){"x", 1}, &error), 0);
    assert_int_equal(output_flush(output, &error), code);
    assert_string_equal(error.text, text);
    error_done(&error);
    assert_int_equal(writer_row(writer, &(struct data_cell){"x", 1}, &error), code);
    error_done(&error);
    writer_free(writer);
    output_free(output);
}

static void a_full_disk_and_a_closed_pipe_are_told_apart(void **state)
{
    int full = open("/dev/full", O_WRONLY), ends[2];

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    fails_with(full, ERR_IO, "cannot write to /dev/full: No space left on device");
    close(full);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    fails_with(ends[1], ERR_CLOSED, "the reader of /dev/full went away");
    close(ends[1]);
}

static void formats_are_found_by_name_and_ending(void **state)
{
    (void)state;
    assert_string_equal(formats[0]->name, "table");
    assert_null(format_find("xml"));
    assert_string_equal(format_for_file("out/Report.CSV")->name, "csv");
    assert_string_equal(format_for_file("a.json")->name, "json");
    assert_null(format_for_file("a.xyz"));
    assert_null(format_for_file(".csv"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_quotes_as_copy_does),
        cmocka_unit_test(a_formula_is_text_where_that_is_asked_for),
        cmocka_unit_test(csv_quotes_a_lone_end_mark_and_what_looks_like_null),
        cmocka_unit_test(a_null_text_breaks_no_line),
        cmocka_unit_test(a_second_column_of_a_name_gets_a_number),
        cmocka_unit_test(tsv_escapes_as_copy_does),
        cmocka_unit_test(json_keeps_numbers_exact_and_types_apart),
        cmocka_unit_test(json_escapes_what_it_must),
        cmocka_unit_test(json_writes_times_as_iso_8601_with_offset),
        cmocka_unit_test(json_writes_far_years_as_iso_8601),
        cmocka_unit_test(json_embeds_documents_and_arrays),
        cmocka_unit_test(cube_answers_as_load_does),
        cmocka_unit_test(cube_answers_in_three_layouts),
        cmocka_unit_test(a_text_larger_than_the_buffer_arrives_whole),
        cmocka_unit_test(a_full_disk_and_a_closed_pipe_are_told_apart),
        cmocka_unit_test(formats_are_found_by_name_and_ending),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
