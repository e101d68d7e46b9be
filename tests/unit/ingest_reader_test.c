/* ingest/reader: records of tsv, ndjson and json, whatever pieces they come in; and what no reader may be harmed by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "src/ingest/reader.h"

struct bytes {
    const char *text;
    size_t      length, at, piece, repeats;            /* repeats: how often the text comes again */
};

static int read_bytes(void *who, char *bytes, size_t room, size_t *ret_length, struct error *error)
{
    struct bytes *from = who;
    size_t        n;

    (void)error;
    if (from->at == from->length && from->repeats > 0) {
        from->repeats--;
        from->at = 0;
    }
    n = from->length - from->at;
    n = n < room ? n : room;
    n = from->piece > 0 && n > from->piece ? from->piece : n;
    memcpy(bytes, from->text + from->at, n);
    from->at += n;
    *ret_length = n;
    return 0;
}

static const char *const two[] = {"id", "stats.views"};
static const char *const none[] = {NULL};

static struct mapping mapping_of(const char *kind, const char *path)
{
    return (struct mapping){.kind = kind,
                            .path = path,
                            .fields = (const char **)(uintptr_t)two,
                            .field_count = 2,
                            .ignored = none,
                            .delimiter = ','};
}

/* "line field|field": "!why" of a fault, "-" where there is no value; the error last. */
static char *read_all(const struct mapping *mapping, struct bytes from)
{
    _cleanup_(reader_freep) struct reader *reader = reader_new(mapping, read_bytes, &from, CSV_BUFFER);
    struct csv_record record;
    struct str        out = STR_INIT;
    struct error      error = ERROR_INIT;
    int               r = reader_header(reader, &record, &error);

    while (r >= 0 && (r = reader_next(reader, &record, &error)) > 0) {
        str_addf(&out, "%llu ", (unsigned long long)record.line);
        if (record.fault != NULL)
            str_addf(&out, record.place.column > 0 ? "!%s at %llu:%zu" : "!%s", record.fault,
                     (unsigned long long)record.place.line, record.place.column);
        for (size_t i = 0; i < record.count; i++)
            str_addf(&out, "%s%.*s", i > 0 ? "|" : "", record.fields[i].text != NULL ? (int)record.fields[i].length : 1,
                     record.fields[i].text != NULL ? record.fields[i].text : "-");
        str_add(&out, "\n");
    }
    if (r < 0)
        str_addf(&out, "%s", error.text);
    error_done(&error);
    return str_take(&out);
}

static void assert_read(const char *kind, const char *path, const char *text, size_t length, const char *wanted)
{
    struct mapping mapping = mapping_of(kind, path);

    for (size_t piece = 1; piece < 40; piece = piece < 4 ? piece + 1 : piece * 3) {
        _cleanup_(mem_freep) char *got = read_all(&mapping, (struct bytes){text, length, 0, piece, 0});

        if (strcmp(got, wanted) != 0)
            fail_msg("pieces of %zu of %s give\n%s", piece, text, got);
    }
}

#define READ(kind, path, text, wanted) assert_read(kind, path, text, sizeof text - 1, wanted)

static void tsv_is_what_copy_writes(void **state)
{
    (void)state;
    READ("tsv", NULL, "a\tb\n1\t2\n\n\\N\tx\\ty\\\\\\n\r\n3", "2 1|2\n4 -|x\ty\\\n\n5 3\n");
    READ("tsv", NULL, "\xEF\xBB\xBF" "a\tb\n\"q\t\"\n", "2 \"q|\"\n");
    READ("tsv", NULL, "a\tb\n\xE9\tx\0y\n", "2 é|x\xEF\xBF\xBDy\n");
    READ("tsv", NULL, "a\n1\\", "2 1\\\n");
    READ("tsv", NULL, "", "the file is empty");
    READ("tsv", NULL, "\xFF\xFE" "a\0", "the file is UTF-16, not UTF-8");
}

static void ndjson_is_an_object_a_line(void **state)
{
    (void)state;
    READ("ndjson", NULL,
         "{\"id\": \"a\\n\\\"b\", \"stats\": {\"views\": 12.50}}\n\n{\"id\": null}\r\n{\"stats.views\": true, \"id\": "
         "[1, \"]\"]}",
         "1 a\n\"b|12.50\n3 -|-\n4 [1, \"]\"]|true\n");
    READ("ndjson", NULL, "{\"id\": 1\n[1]\n{\"id\": 1, \"id\": 2}\n{\"ü\": \"\\u0000\"}\n{\"id\":2}\n",
         "1 !',' or '}' is expected at 1:9\n2 !not an object at 2:1\n3 !the same name stands twice in one object at "
         "3:11\n"
         "4 !a text with a NUL (\\u0000), which the database cannot hold at 4:8\n5 2|-\n");
    READ("ndjson", NULL, "{\"id\": \"\xE9\"}\n", "1 !a byte that is not UTF-8 at 1:9\n");
    READ("ndjson", NULL, "", "");
}

static void json_is_a_list_somewhere(void **state)
{
    (void)state;
    READ("json", NULL, " [ {\"id\": 1},\n {\"id\": \"]}\\\\\", \"stats\": {\"views\": 3}}, 7 ] ",
         "1 1|-\n2 ]}\\|3\n2 !not an object at 2:41\n");
    READ("json", NULL, "[{\"id\": \"é\"}, {\"id\": 1,\n \"x\": [{\"b\": 1, \"b\": 2}]}, {\"id\": 1, \"id\": 2}]",
         "1 é|-\n1 !the same name stands twice in one object at 2:17\n2 !the same name stands twice in one object at "
         "2:38\n");
    READ("json", "data.items",
         "{\"x\": [1, {\"items\": []}], \"y\\\"\": \"}\", \"data\": {\"n\": -1, \"items\": [{\"id\": 5}]}, \"z\": 1}",
         "1 5|-\n");
    READ("json", NULL, "[]", "");
    READ("json", NULL, "[{\"id\": 1}, {\"id\": 2",
         "1 1|-\n1 !the file ends inside an item\n1 !the file ends before its list does\n");
    READ("json", NULL, "[{\"id\": 1}}, {\"id\": 2}]", "1 1|-\n1 !a bracket that was not opened\n1 2|-\n");
    READ("json", "data", "{\"date\": []}", "line 1: there is no list at 'data'");
    READ("json", NULL, "{\"data\": []}", "line 1: this is no list");
    READ("json", NULL, "", "line 1: the file ends before there is a list");
}

/* More members than the tree compares with each other. */
static void a_name_is_there_once_also_in_a_large_object(void **state)
{
    struct mapping mapping = mapping_of("ndjson", NULL);
    struct str     text = STR_INIT;

    (void)state;
    str_add(&text, "{\"id\": 1, \"stats\": {");
    for (int i = 0; i < 70; i++)
        str_addf(&text, "\"m%d\": %d, ", i, i);
    str_add(&text, "\"views\": 1, \"views\": 2}}\n");
    _cleanup_(mem_freep) char *wanted = mem_printf("1 !the same name stands twice in one object at 1:%zu\n",
                                                   text.length - strlen("\"views\": 2}}\n") + 1);
    _cleanup_(mem_freep) char *got = read_all(&mapping, (struct bytes){text.data, text.length, 0, 0, 0});
    assert_string_equal(got, wanted);
    str_done(&text);
}

/* A line, an item or a way to the list of megabytes, in the memory of the buffer. */
static void what_is_too_long_is_passed_over(void **state)
{
    static char    a[1 << 16];
    struct mapping tsv = mapping_of("tsv", NULL), ndjson = mapping_of("ndjson", NULL), csv = mapping_of("csv", NULL);

    (void)state;
    memset(a, 'a', sizeof a);
    _cleanup_(mem_freep) char *one = read_all(&tsv, (struct bytes){a + 3, sizeof a - 3, 0, 0, 50});
    assert_string_equal(one, "the first line cannot be read: a line that is too long to be read");
    _cleanup_(mem_freep) char *two_lines = read_all(&ndjson, (struct bytes){a + 3, sizeof a - 3, 0, 0, 50});
    assert_string_equal(two_lines, "1 !a line that is too long to be read\n");
    _cleanup_(mem_freep) char *three = read_all(&csv, (struct bytes){a + 3, sizeof a - 3, 0, 0, 50});
    assert_non_null(strstr(three, "too long"));
}

static void an_item_that_is_too_long_is_passed_over(void **state)
{
    struct mapping mapping = mapping_of("json", NULL);
    size_t         length = (size_t)3 << 20;
    char          *text = mem_alloc(length + 64);
    size_t         at = 0;

    (void)state;
    at += (size_t)sprintf(text, "[{\"id\": 1, \"x\": \"");
    memset(text + at, '}', length);
    at += length;
    at += (size_t)sprintf(text + at, "\"}, {\"id\": 2}]");
    _cleanup_(mem_freep) char *got = read_all(&mapping, (struct bytes){text, at, 0, 65536, 0});
    assert_string_equal(got, "1 !an item that is too long to be read\n1 2|-\n");
    memset(text, '[', length);
    _cleanup_(mem_freep) char *deep = read_all(&mapping, (struct bytes){text, length, 0, 65536, 0});
    assert_string_equal(deep, "1 !an item that is too long to be read\n1 !the file ends before its list does\n");
    mem_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tsv_is_what_copy_writes),
        cmocka_unit_test(ndjson_is_an_object_a_line),
        cmocka_unit_test(json_is_a_list_somewhere),
        cmocka_unit_test(a_name_is_there_once_also_in_a_large_object),
        cmocka_unit_test(what_is_too_long_is_passed_over),
        cmocka_unit_test(an_item_that_is_too_long_is_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
