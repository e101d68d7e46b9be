/* base: error, mem, str, time, zones, utf8, file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ytempire/base/compare.h"
#include "ytempire/base/error.h"
#include "ytempire/base/file.h"
#include "ytempire/base/md5.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/sha256.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/base/utf8.h"

/* -- error ------------------------------------------------------------------------------------------------------------ */

static void caret_stands_under_the_word(void **state)
{
    struct error error = ERROR_INIT;

    (void)state;
    assert_int_equal(error_set(&error, ERR_UNKNOWN, "unknown measure '%s'", "total_vews"), ERR_UNKNOWN);
    error_point(&error, "total_vews by channel", 0, 10);
    error_hint(&error, "did you mean '%s'?", "total_views");
    _cleanup_(mem_freep) char *text = error_render(&error);
    assert_string_equal(text, "error: unknown measure 'total_vews'\n  total_vews by channel\n  ^^^^^^^^^^\nhint: did you mean 'total_views'?\n");
    error_done(&error);
}

static void caret_counts_columns_of_the_terminal(void **state)
{
    struct error error = ERROR_INIT;
    const char  *query = "views where channel = 日本 by chanel";

    (void)state;
    error_set(&error, ERR_UNKNOWN, "x");
    error_point(&error, query, (size_t)(strstr(query, "chanel") - query), 6);
    _cleanup_(mem_freep) char *text = error_render(&error);
    assert_string_equal(text, "error: x\n  views where channel = 日本 by chanel\n                                ^^^^^^\n");
    error_done(&error);
}

static void a_long_line_is_shown_around_the_caret(void **state)
{
    struct error error = ERROR_INIT;
    struct str   line = STR_INIT, wanted = STR_INIT;

    (void)state;
    for (int i = 0; i < 20000; i++)
        str_add(&line, "ab日");
    str_add(&line, "here");
    for (int i = 0; i < 20000; i++)
        str_add(&line, "日cd");
    error_set(&error, ERR_UNKNOWN, "x");
    error_point(&error, str_text(&line), 20000 * 5, 4);
    str_add(&wanted, "error: x\n  …");
    for (int i = 0; i < 15; i++)
        str_add(&wanted, "ab日");
    str_add(&wanted, "here");
    for (int i = 0; i < 21; i++)
        str_add(&wanted, "日cd");
    str_add(&wanted, "日…\n");
    str_add_repeat(&wanted, " ", 3 + 60);
    str_add(&wanted, "^^^^\n");
    _cleanup_(mem_freep) char *text = error_render(&error);
    assert_string_equal(text, str_text(&wanted));
    error_done(&error);
    /* at the end of a long line, and all of it */
    error_set(&error, ERR_UNKNOWN, "x");
    error_point(&error, str_text(&line), line.length, 0);
    mem_free(text);
    text = error_render(&error);
    assert_true(strlen(text) < 300);
    error_done(&error);
    error_set(&error, ERR_UNKNOWN, "x");
    error_point(&error, str_text(&line), 0, line.length);
    mem_free(text);
    text = error_render(&error);
    assert_true(strlen(text) < 600);
    assert_int_equal(strspn(strchr(text, '^'), "^"), 150);
    error_done(&error);
    str_done(&line);
    str_done(&wanted);
}

/* A tab is shown as one blank and counted as one; what a terminal would act upon is not written. */
static void caret_and_words_hold_no_controls(void **state)
{
    struct error error = ERROR_INIT;

    (void)state;
    error_set(&error, ERR_UNKNOWN, "unknown '\x1b[31m\x7f\xc2\x9b\xff'");
    error_point(&error, "views\tby\tchanel", 9, 6);
    error_hint(&error, "a\tb");
    _cleanup_(mem_freep) char *text = error_render(&error);
    assert_string_equal(text, "error: unknown ' [31m  ?'\n  views by chanel\n           ^^^^^^\nhint: a b\n");
    error_done(&error);
}

static void first_error_wins(void **state)
{
    struct error error = ERROR_INIT;

    (void)state;
    error_set(&error, ERR_CONNECT, "no server");
    assert_int_equal(error_set(&error, ERR_IO, "clean-up failed too"), ERR_IO);
    assert_int_equal(error.code, ERR_CONNECT);
    assert_string_equal(error.text, "no server");
    error_done(&error);
    assert_int_equal(error_set(NULL, ERR_IO, "nobody listens"), ERR_IO);
}

static void exit_codes_are_those_of_the_contract(void **state)
{
    (void)state;
    assert_int_equal(error_exit_code(0), 0);
    assert_int_equal(error_exit_code(ERR_FAILED), 1);
    assert_int_equal(error_exit_code(ERR_UNKNOWN), 2);
    assert_int_equal(error_exit_code(ERR_CONNECT), 3);
    assert_int_equal(error_exit_code(ERR_PARTIAL), 4);
    assert_int_equal(error_exit_code(ERR_EXPECT), 5);
    assert_int_equal(error_exit_code(ERR_TIMEOUT), 124);
    assert_int_equal(error_exit_code(ERR_INTERRUPTED), 130);
}

static void did_you_mean_is_near_or_silent(void **state)
{
    static const char *const words[] = {"total_views", "total_likes", "revenue", "channel"};

    (void)state;
    assert_string_equal(nearest_word("total_vews", 10, words, 4), "total_views");
    assert_string_equal(nearest_word("REVENEU", 7, words, 4), "revenue");
    assert_string_equal(nearest_word("chanel", 6, words, 4), "channel");
    assert_null(nearest_word("temperature", 11, words, 4));
    assert_null(nearest_word("", 0, words, 4));
}

/* -- memory, text, maps --------------------------------------------------------------------------------------------------- */

static void arena_gives_zeroed_memory_that_lasts(void **state)
{
    struct arena *arena = arena_new();
    char         *texts[2000];

    (void)state;
    for (int i = 0; i < 2000; i++)
        texts[i] = arena_printf(arena, "text %d %s", i, i % 500 == 0 ? (char *)arena_alloc(arena, 40000) : "");
    for (int i = 0; i < 2000; i++) {
        char want[32];

        (void)snprintf(want, sizeof want, "text %d ", i);
        assert_string_equal(texts[i], want);
    }
    arena_free(arena);
    arena_free(NULL);
}

static void str_grows_and_is_taken(void **state)
{
    struct str str = STR_INIT;

    (void)state;
    assert_string_equal(str_text(&str), "");
    for (int i = 0; i < 1000; i++)
        str_addf(&str, "%d,", i % 10);
    assert_int_equal(str.length, 2000);
    assert_true(text_starts(str_text(&str), "0,1,2,"));
    _cleanup_(mem_freep) char *text = str_take(&str);
    assert_int_equal(strlen(text), 2000);
    assert_int_equal(str.length, 0);
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
    long long value = 7;
    double    real = 7;

    (void)state;
    assert_int_equal(text_to_int64("-9223372036854775808", 20, &value), 0);
    assert_true(value == INT64_MIN);
    assert_int_equal(text_to_int64("9223372036854775808", 19, &value), ERR_SYNTAX);
    assert_int_equal(text_to_int64("12a", 3, &value), ERR_SYNTAX);
    assert_int_equal(text_to_int64("", 0, &value), ERR_SYNTAX);
    assert_true(value == INT64_MIN);
    assert_int_equal(text_to_double("1e3", 3, &real), 0);
    assert_true(real == 1000);
    assert_int_equal(text_to_double(" 1", 2, &real), ERR_SYNTAX);
}

static void map_keeps_order_and_finds_all(void **state)
{
    struct map *map = map_new();
    char        key[32];

    (void)state;
    for (intptr_t i = 1; i <= 5000; i++) {
        (void)snprintf(key, sizeof key, "key %d", (int)i);
        assert_true(map_put(map, key, (void *)i));
    }
    assert_false(map_put(map, "key 77", (void *)(intptr_t)-1));
    assert_int_equal(map_count(map), 5000);
    assert_int_equal((intptr_t)map_get(map, "key 4999"), 4999);
    assert_int_equal((intptr_t)map_get(map, "key 77"), -1);
    assert_null(map_get(map, "key 0"));
    assert_string_equal(map_key_at(map, 0), "key 1");
    map_free(map);
}

/* -- time ------------------------------------------------------------------------------------------------------------------- */

static void days_and_weeks_of_the_calendar(void **state)
{
    int year, month, day, week;

    (void)state;
    assert_int_equal(day_from_civil(1970, 1, 1), 0);
    assert_int_equal(day_from_civil(2000, 2, 29), 11016);
    assert_int_equal(day_from_civil(2026, 11, 24), 20781);
    for (int d = -800000; d < 800000; d += 37) {
        day_to_civil(d, &year, &month, &day);
        assert_int_equal(day_from_civil(year, month, day), d);
    }
    assert_int_equal(day_of_week(day_from_civil(2026, 11, 22)), 7);
    day_to_iso_week(day_from_civil(2027, 1, 1), &year, &week);
    assert_int_equal(year, 2026);
    assert_int_equal(week, 53);
    day_to_iso_week(day_from_civil(2024, 12, 30), &year, &week);
    assert_int_equal(year, 2025);
    assert_int_equal(week, 1);
    assert_int_equal(days_in_month(2100, 2), 28);
    assert_int_equal(days_in_month(2000, 2), 29);
}

static int64_t instant(const char *text)
{
    int64_t value;

    assert_int_equal(instant_from_text(text, strlen(text), &value), 0);
    return value;
}

static void instants_are_read_and_written(void **state)
{
    char    text[TIME_TEXT_SIZE];
    int64_t value;

    (void)state;
    assert_string_equal(instant_to_text(instant("2026-01-31 12:00:00+00"), text), "2026-01-31T12:00:00Z");
    assert_string_equal(instant_to_text(instant("2026-01-31T12:00:00.25-08:00"), text), "2026-01-31T20:00:00.25Z");
    assert_string_equal(instant_to_text(instant("1969-12-31 23:59:59.999999+00"), text), "1969-12-31T23:59:59.999999Z");
    assert_string_equal(instant_to_text(instant("2026-01-31"), text), "2026-01-31T00:00:00Z");
    assert_int_equal(instant_from_text("2026-02-30", 10, &value), ERR_SYNTAX);
    assert_int_equal(instant_from_text("2026-01-31T12:00:00X", 20, &value), ERR_SYNTAX);
}

static void zones_know_the_doubled_and_the_skipped_hour(void **state)
{
    const struct zone *zone;
    char               text[TIME_TEXT_SIZE];

    (void)state;
    assert_int_equal(zone_find("america/los_angeles", &zone), 0);
    assert_string_equal(zone_name(zone), "America/Los_Angeles");
    /* 2026-11-01: 01:00-07 comes, then 01:00-08 */
    assert_string_equal(instant_to_text_in(instant("2026-11-01T08:30:00Z"), zone, text), "2026-11-01T01:30:00-07:00");
    assert_string_equal(instant_to_text_in(instant("2026-11-01T09:30:00Z"), zone, text), "2026-11-01T01:30:00-08:00");
    assert_string_equal(instant_to_text(zone_to_instant(zone, instant("2026-11-01T01:30:00Z")), text), "2026-11-01T08:30:00Z");
    /* 2026-03-08: 02:00 is skipped; the jump is at 10:00Z */
    assert_string_equal(instant_to_text(zone_to_instant(zone, instant("2026-03-08T02:30:00Z")), text), "2026-03-08T10:00:00Z");
    assert_string_equal(instant_to_text(zone_to_instant(zone, instant("2026-07-01T00:00:00Z")), text), "2026-07-01T07:00:00Z");
    assert_int_equal(zone_find("Asia/Kolkata", &zone), 0);
    assert_int_equal(zone_offset(zone, 0), 19800);
    assert_int_equal(zone_find("Mars/Base", &zone), ERR_UNKNOWN);
    assert_int_equal(zone_find("../../etc/passwd", &zone), ERR_UNKNOWN);
    assert_int_equal(zone_find("America", &zone), ERR_UNKNOWN);
}

/* -- utf8 ------------------------------------------------------------------------------------------------------------------- */

static void utf8_is_checked_to_the_byte(void **state)
{
    (void)state;
    assert_int_equal(utf8_valid_prefix("plain text of many bytes", 24), 24);
    assert_int_equal(utf8_valid_prefix("caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x98\x80", 14), 14);
    assert_int_equal(utf8_valid_prefix("ok \xff", 4), 3);
    assert_int_equal(utf8_valid_prefix("\xed\xa0\x80", 3), 0);              /* a surrogate */
    assert_int_equal(utf8_valid_prefix("\xc0\xaf", 2), 0);                  /* overlong */
    assert_int_equal(utf8_valid_prefix("cut \xe6\x97", 6), 4);
}

static void widths_are_those_of_a_terminal(void **state)
{
    size_t width;

    (void)state;
    assert_int_equal(utf8_width("abc", 3), 3);
    assert_int_equal(utf8_width("日本", 6), 4);
    assert_int_equal(utf8_width("e\xcc\x81", 3), 1);
    assert_int_equal(utf8_prefix_of_width("日本語", 9, 5, &width), 6);
    assert_int_equal(width, 4);
}

static void windows_1252_becomes_utf8(void **state)
{
    struct str str = STR_INIT;

    (void)state;
    utf8_from_windows_1252(&str, "caf\xe9 \x93quoted\x94", 13);
    assert_string_equal(str_text(&str), "café “quoted”");
    str_done(&str);
}

/* -- file ------------------------------------------------------------------------------------------------------------------- */

static void files_are_replaced_whole(void **state)
{
    char         folder[] = "/tmp/ytempire base XXXXXX";
    struct error error = ERROR_INIT;
    char        *text;
    char       **names;
    size_t       length, count;

    (void)state;
    assert_non_null(mkdtemp(folder));
    _cleanup_(mem_freep) char *deep = path_join(folder, "a/b/c");
    assert_int_equal(file_make_folders(deep, 0755, &error), 0);
    _cleanup_(mem_freep) char *path = path_join(deep, "x.json");
    assert_int_equal(file_write(path, "one", 3, 0600, &error), 0);
    assert_int_equal(file_write(path, "second", 6, 0600, &error), 0);
    assert_int_equal(file_read(path, 100, &text, &length, &error), 0);
    assert_string_equal(text, "second");
    mem_free(text);
    assert_int_equal(file_read(path, 3, &text, &length, &error), ERR_LIMIT);
    error_done(&error);
    assert_int_equal(file_list(deep, ".json", &names, &count, &error), 0);
    assert_int_equal(count, 1);                                   /* nothing temporary is left */
    assert_string_equal(names[0], "x.json");
    mem_free(names[0]);
    mem_free(names);
    assert_int_equal(file_read("/nowhere/at/all", 10, &text, &length, &error), ERR_UNKNOWN);
    assert_non_null(strstr(error.text, "/nowhere/at/all"));
    error_done(&error);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(deep), 0);
    *strrchr(deep, '/') = '\0';
    assert_int_equal(rmdir(deep), 0);
    *strrchr(deep, '/') = '\0';
    assert_int_equal(rmdir(deep), 0);
    assert_int_equal(rmdir(folder), 0);
}

/* The digests of RFC 1321, and lengths around a block's. */
static void md5_of_the_standard(void **state)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a"},
        {"1234567890123456789012345678901234567890123456789012345", "c9ccf168914a1bcfc3229f1948e67da0"},
        {"12345678901234567890123456789012345678901234567890123456", "49f193adce178490e34d1b3a4ec0064c"},
        {"1234567890123456789012345678901234567890123456789012345678901234", "eb6c4179c0a7c82cc2828c1e6338e165"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char hex[MD5_TEXT_SIZE];

        md5_text(cases[i].text, strlen(cases[i].text), hex);
        assert_string_equal(hex, cases[i].hex);
    }
}

/* -- sha256 ------------------------------------------------------------------------------------------------------------ */

/* The examples of FIPS 180-4 and of NIST's test vectors. */
static void digests_are_those_of_the_standard(void **state)
{
    static const struct {
        const char *text;
        size_t      length, times;
        const char *digest;
    } cases[] = {
        {"", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", 3, 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"\xbd", 1, 1, "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"},
        {"\xc9\x8c\x8e\x55", 4, 1, "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, 1, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"\0", 1, 55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"},
        {"\0", 1, 56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"},
        {"\0", 1, 57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785"},
        {"\0", 1, 64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"},
        {"a", 1, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sha256 sha;
        char          hex[SHA256_TEXT_SIZE];

        sha256_begin(&sha);
        for (size_t n = 0; n < cases[i].times; n++)
            sha256_add(&sha, cases[i].text, cases[i].length);
        sha256_end(&sha, hex);
        assert_string_equal(hex, cases[i].digest);
    }
}

static void a_digest_does_not_depend_on_the_pieces(void **state)
{
    char text[300], whole[SHA256_TEXT_SIZE], pieces[SHA256_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 7);
    sha256_text(text, sizeof text, whole);
    for (size_t step = 1; step < sizeof text; step++) {
        struct sha256 sha;

        sha256_begin(&sha);
        for (size_t at = 0; at < sizeof text; at += step)
            sha256_add(&sha, text + at, sizeof text - at < step ? sizeof text - at : step);
        sha256_end(&sha, pieces);
        assert_string_equal(pieces, whole);
    }
}

static void folding_makes_cases_equal(void **state)
{
    struct str folded = STR_INIT;

    (void)state;
    utf8_fold(&folded, "Straße ÄÖ ΣΑΣ İ 売", strlen("Straße ÄÖ ΣΑΣ İ 売"));
    assert_string_equal(str_text(&folded), "strasse äö σασ i\xcc\x87 売");
    str_done(&folded);
}

static void signs_of_comparison_are_read_longest_first(void **state)
{
    static const struct {
        const char *text;
        size_t      length;
        int         less, same, more;      /* whether it holds for each order */
    } cases[] = {{"= 1", 1, 0, 1, 0},  {"==1", 2, 0, 1, 0}, {"<>", 2, 1, 0, 1}, {"!=x", 2, 1, 0, 1},
                 {"<= 1", 2, 1, 1, 0}, {"<1", 1, 1, 0, 0},  {">=", 2, 0, 1, 1}, {">x", 1, 0, 0, 1}};
    enum comparison comparison;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(comparison_read(cases[i].text, strlen(cases[i].text), &comparison), cases[i].length);
        assert_int_equal(comparison_holds(comparison, -7), cases[i].less);
        assert_int_equal(comparison_holds(comparison, 0), cases[i].same);
        assert_int_equal(comparison_holds(comparison, 7), cases[i].more);
    }
    assert_int_equal(comparison_read("<=", 1, &comparison), 1);        /* what lies behind is not looked at */
    assert_int_equal(comparison_read("~", 1, &comparison), 0);
    assert_int_equal(comparison_read("", 0, &comparison), 0);
}

static void what_is_not_utf8_is_marked_byte_by_byte(void **state)
{
    char text[] = "a\0\xc3\xa9\xff\xe2\x82z";

    (void)state;
    utf8_mark_invalid(text, sizeof text - 1, '?');
    assert_memory_equal(text, "a?\xc3\xa9???z", sizeof text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_of_comparison_are_read_longest_first),
        cmocka_unit_test(what_is_not_utf8_is_marked_byte_by_byte),
        cmocka_unit_test(caret_stands_under_the_word),
        cmocka_unit_test(caret_counts_columns_of_the_terminal),
        cmocka_unit_test(a_long_line_is_shown_around_the_caret),
        cmocka_unit_test(caret_and_words_hold_no_controls),
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(exit_codes_are_those_of_the_contract),
        cmocka_unit_test(did_you_mean_is_near_or_silent),
        cmocka_unit_test(arena_gives_zeroed_memory_that_lasts),
        cmocka_unit_test(str_grows_and_is_taken),
        cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
        cmocka_unit_test(map_keeps_order_and_finds_all),
        cmocka_unit_test(days_and_weeks_of_the_calendar),
        cmocka_unit_test(instants_are_read_and_written),
        cmocka_unit_test(zones_know_the_doubled_and_the_skipped_hour),
        cmocka_unit_test(utf8_is_checked_to_the_byte),
        cmocka_unit_test(widths_are_those_of_a_terminal),
        cmocka_unit_test(windows_1252_becomes_utf8),
        cmocka_unit_test(files_are_replaced_whole),
        cmocka_unit_test(digests_are_those_of_the_standard),
        cmocka_unit_test(md5_of_the_standard),
        cmocka_unit_test(a_digest_does_not_depend_on_the_pieces),
        cmocka_unit_test(folding_makes_cases_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
