/* cache: keys and JSON byte for byte as Python makes them; where there is a python3, it is asked itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/cache/cache_int.h"

static void assert_key(const char *query, const char *json, const char *want)
{
    char  key[CACHE_KEY_SIZE];
    char *params = NULL;

    assert_int_equal(cache_params(json, &params, NULL), 0);
    cache_key(query, params, key);
    assert_string_equal(key, want);
    mem_free(params);
}

static void keys_are_those_of_the_specification(void **state)
{
    (void)state;
    assert_key("SELECT 1", "null", "analytics:51edbd44bcf199bbe26dda26518d9a6e");
    assert_key("revenue", "{\"user\":\"é\",\"n\":1,\"a\":[1,2.5,null,true]}",
               "analytics:7663b0b117e2bd04097f10c17fa5e2a9");
}

static void assert_params(const char *json, const char *want)
{
    char *text = NULL;

    assert_int_equal(cache_params(json, &text, NULL), 0);
    assert_string_equal(text, want);
    mem_free(text);
}

static void params_are_sorted_and_ascii(void **state)
{
    (void)state;
    assert_params(" { \"b\" : 1 , \"a\" : [ ] , \"a\": {} } ", "{\"a\": {}, \"b\": 1}");
    assert_params("\"\\u00e9\\ud83d\\ude00\\ud83d \\/\\b\\u007f\"", "\"\\u00e9\\ud83d\\ude00\\ud83d /\\b\\u007f\"");
    assert_params("[1.0, 1e16, 123456789012345678, 1e15, 0.0001, 0.00001, -0, -0.0, 1E400, 5e-324]",
                  "[1.0, 1e+16, 123456789012345678, 1000000000000000.0, 0.0001, 1e-05, 0, -0.0, Infinity, 5e-324]");
}

static void what_is_no_json_is_refused_with_its_place(void **state)
{
    static const char *const wrong[] = {"",     "{",      "[1,]",     "{\"a\":1,}", "{a:1}",      "01",    "1.",
                                        "'a'",  "\"a",    "\"\n\"",   "\"\\x\"",    "\"\\u12g4\"", "nul",   "1 2",
                                        "{1:2}", "[1 2]", "\"\xff\"", "+1",         ".5",         "--1",   "tru"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct error error = ERROR_INIT;
        char        *text = NULL;

        if (cache_params(wrong[i], &text, &error) != ERR_SYNTAX)
            fail_msg("taken: %s", wrong[i]);
        assert_non_null(error.subject);
        error_done(&error);
    }
}

/* -- python3 itself ------------------------------------------------------------------------------------------------ */

static uint64_t random_next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static void random_json(struct str *to, uint64_t *seed, unsigned depth)
{
    static const char *const texts[] = {
        "\"\"",  "\"a b\"", "\"é\"", "\"\\u20ac\\n\"",         "\"\\ud800\"", "\"😀\"", "\"\\\"\\\\\"", "null", "true",
        "false", "0",       "-1",    "12345678901234567890123"};
    uint64_t pick = random_next(seed) % (depth > 3 ? 8 : 10);
    union { uint64_t bits; double number; } any;

    if (pick < 5) {
        str_add(to, texts[random_next(seed) % COUNT_OF(texts)]);
    } else if (pick < 8) {
        any.bits = random_next(seed) << 33 ^ random_next(seed) << 11 ^ random_next(seed);
        if (any.number - any.number == 0 && pick < 7)
            str_addf(to, "%.*e", (int)(random_next(seed) % 18), any.number);
        else
            str_addf(to, "%.*f", (int)(random_next(seed) % 8), (double)random_next(seed) / 1000);
    } else {
        size_t count = random_next(seed) % 5;

        str_add_char(to, pick == 8 ? '[' : '{');
        for (size_t i = 0; i < count; i++) {
            if (pick == 9)
                str_addf(to, "%s\"%s%u\" :", i > 0 ? "," : "", i % 2 ? "é" : "k", (unsigned)(random_next(seed) % 9));
            else
                str_add(to, i > 0 ? " , " : "");
            random_json(to, seed, depth + 1);
        }
        str_add_char(to, pick == 8 ? ']' : '}');
    }
}

static void python_writes_the_same(void **state)
{
    static const char script[] = "import sys, json\n"
                                 "for line in sys.stdin.buffer:\n"
                                 "    print(json.dumps(json.loads(line), sort_keys=True))\n";
    char     folder[] = "/tmp/ytempire-python-XXXXXX", command[256], *line = NULL;
    size_t   room = 0, count = 2000;
    uint64_t seed = 42;
    char   **texts = mem_alloc(count * sizeof *texts);
    FILE    *file;

    (void)state;
    if (system("python3 -c 0 2>/dev/null") != 0) {
        print_message("SKIPPED: python3 is not installed\n");
        skip();
    }
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command, "%s/in", folder);
    file = fopen(command, "w");
    for (size_t i = 0; i < count; i++) {
        struct str text = STR_INIT;

        random_json(&text, &seed, 0);
        texts[i] = str_take(&text);
        fprintf(file, "%s\n", texts[i]);
    }
    fclose(file);
    snprintf(command, sizeof command, "python3 -c '%s' <%s/in", script, folder);
    file = popen(command, "r");
    for (size_t i = 0; i < count; i++) {
        char *ours = NULL;

        assert_true(getline(&line, &room, file) > 0);
        line[strcspn(line, "\n")] = '\0';
        assert_int_equal(cache_params(texts[i], &ours, NULL), 0);
        if (!text_equal(ours, line))
            fail_msg("%s\nours   %s\nPython %s", texts[i], ours, line);
        mem_free(ours);
        mem_free(texts[i]);
    }
    pclose(file);
    free(line);
    mem_free(texts);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
}

/* -- cells --------------------------------------------------------------------------------------------------------- */

static void assert_cell(enum data_type type, enum data_type element, const char *text, const char *want)
{
    struct data_column column = {.type = type, .element = element};
    struct str         str = STR_INIT;

    python_cell(&str, &column, text != NULL ? (struct data_cell){text, strlen(text)} : CELL_NULL);
    assert_string_equal(str_text(&str), want);
    str_done(&str);
}

static void cells_are_what_default_str_makes_of_them(void **state)
{
    (void)state;
    assert_cell(DATA_TEXT, 0, NULL, "null");
    assert_cell(DATA_TEXT, 0, "é\"", "\"\\u00e9\\\"\"");
    assert_cell(DATA_INT, 0, "-9223372036854775808", "-9223372036854775808");
    assert_cell(DATA_NUMERIC, 0, "12.30", "\"12.30\"");
    assert_cell(DATA_FLOAT, 0, "1", "1.0");
    assert_cell(DATA_FLOAT, 0, "NaN", "NaN");
    assert_cell(DATA_BOOL, 0, "t", "true");
    assert_cell(DATA_DATE, 0, "2026-01-31", "\"2026-01-31\"");
    assert_cell(DATA_TIMESTAMPTZ, 0, "2026-01-31 12:00:00+00", "\"2026-01-31 12:00:00+00:00\"");
    assert_cell(DATA_TIMESTAMPTZ, 0, "2026-01-31 12:00:00.5+00", "\"2026-01-31 12:00:00.500000+00:00\"");
    assert_cell(DATA_TIMESTAMP, 0, "2026-01-31 12:00:00", "\"2026-01-31 12:00:00\"");
    assert_cell(DATA_TIMESTAMPTZ, 0, "infinity", "\"infinity\"");
    assert_cell(DATA_ARRAY, DATA_TEXT, "{a,\"b, c\",NULL,\"NULL\"}", "[\"a\", \"b, c\", null, \"NULL\"]");
    assert_cell(DATA_ARRAY, DATA_INT, "{{1,2},{3,4}}", "[[1, 2], [3, 4]]");
    assert_cell(DATA_JSON, 0, "{\"a\":1}", "{\"a\":1}");
}

static void packed_cells_come_back(void **state)
{
    struct str       raw = STR_INIT, packed = STR_INIT, back = STR_INIT;
    struct data_cell cell;
    size_t           at = 0;

    (void)state;
    rows_add_cell(&raw, CELL_NULL);
    rows_add_cell(&raw, (struct data_cell){"", 0});
    for (int i = 0; i < 3000; i++)
        rows_add_cell(&raw, (struct data_cell){"\0\n", 2});
    rows_pack(&raw, &packed);
    assert_true(packed.length < raw.length / 4);
    assert_int_equal(rows_unpack(packed.data, packed.length, 1 << 20, &back), 0);
    assert_int_equal(back.length, raw.length);
    assert_memory_equal(back.data, raw.data, raw.length);
    assert_int_equal(rows_next_cell(&back, &at, &cell), 0);
    assert_null(cell.text);
    assert_int_equal(rows_next_cell(&back, &at, &cell), 0);
    assert_non_null(cell.text);
    assert_int_equal(cell.length, 0);
    str_clear(&back);
    assert_int_equal(rows_unpack(packed.data, packed.length, 100, &back), ERR_SYNTAX);      /* a bomb */
    assert_int_equal(rows_unpack(packed.data, packed.length / 2, 1 << 20, &back), ERR_SYNTAX);
    assert_int_equal(rows_unpack("x", 1, 100, &back), ERR_SYNTAX);
    assert_int_equal(rows_unpack("", 0, 100, &back), ERR_SYNTAX);
    str_done(&raw);
    str_done(&packed);
    str_done(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_those_of_the_specification),
        cmocka_unit_test(params_are_sorted_and_ascii),
        cmocka_unit_test(what_is_no_json_is_refused_with_its_place),
        cmocka_unit_test(python_writes_the_same),
        cmocka_unit_test(cells_are_what_default_str_makes_of_them),
        cmocka_unit_test(packed_cells_come_back),
    };

    return cmocka_run_group_tests_name("cache_python", tests, NULL, NULL);
}
