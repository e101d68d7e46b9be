/* semantic/lex: words, numbers, dates, texts in quotes; what is no word, and what to write instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_help.h"
#include "src/semantic/lex.h"

static const char *const kind_names[] = {
    [TOKEN_END] = "end", [TOKEN_WORD] = "word", [TOKEN_NUMBER] = "number", [TOKEN_POINT] = "point", [TOKEN_DURATION] = "duration",
    [TOKEN_STRING] = "string", [TOKEN_VARIABLE] = "variable", [TOKEN_COMPARE] = "compare", [TOKEN_COMMA] = "comma", [TOKEN_OPEN] = "open",
    [TOKEN_CLOSE] = "close", [TOKEN_RANGE] = "range", [TOKEN_PLUS] = "plus", [TOKEN_MINUS] = "minus", [TOKEN_AMPERSAND] = "ampersand",
    [TOKEN_STAR] = "star",
};

/* "word:a comma word:b": kinds, and the texts of those that have one. */
static void reads_as(void **state, const char *text, const char *expected)
{
    struct fixture *fixture = *state;
    struct lexer    lexer;
    struct token    token;
    struct error    error = ERROR_INIT;
    struct str      tokens = STR_INIT;

    assert_int_equal(lex_open(&lexer, fixture->arena, text, &error), 0);
    for (;;) {
        if (lex_next(&lexer, &token) < 0)
            fail_with(text, &error);
        if (token.kind == TOKEN_END)
            break;
        str_addf(&tokens, "%s%s", tokens.length > 0 ? " " : "", kind_names[token.kind]);
        if (token.kind <= TOKEN_COMPARE)
            str_addf(&tokens, ":%.*s", (int)token.length, token.text);
        assert_true(token.span.at + token.span.length <= strlen(text));
    }
    if (strcmp(str_text(&tokens), expected) != 0)
        fail_msg("%s\n  is  %s\n  not %s", text, str_text(&tokens), expected);
    str_done(&tokens);
}

static void refuses_text(void **state, const char *text, int code, const char *words, const char *under, const char *hint)
{
    struct fixture *fixture = *state;
    struct lexer    lexer;
    struct token    token = {.kind = TOKEN_WORD};
    struct error    error = ERROR_INIT;
    int             r = lex_open(&lexer, fixture->arena, text, &error);

    while (r >= 0 && token.kind != TOKEN_END)
        r = lex_next(&lexer, &token);
    check_refusal(text, r, &error, code, words, under, hint);
    error_done(&error);
}

static void words_and_marks(void **state)
{
    reads_as(state, "", "");
    reads_as(state, " \t\n a ", "word:a");
    reads_as(state, "a,b(c)", "word:a comma word:b open word:c close");
    reads_as(state, "Cube.join.member", "word:Cube.join.member");
    reads_as(state, "a..b", "word:a range word:b");
    reads_as(state, "a-b _x 4k 2x4", "word:a-b word:_x word:4k word:2x4");
    reads_as(state, "ダッシュボード café", "word:ダッシュボード word:café");
    reads_as(state, "+a -b &c *", "plus word:a minus word:b ampersand word:c star");
    reads_as(state, "a = b != c <> d < e <= f > g >= h",
             "word:a compare:= word:b compare:!= word:c compare:<> word:d compare:< word:e compare:<= word:f compare:> word:g compare:>= word:h");
    reads_as(state, "a=b<=1", "word:a compare:= word:b compare:<= number:1");
    reads_as(state, ":niche=:_x1", "variable:niche compare:= variable:_x1");
    reads_as(state, "a\xc2\xa0" "b\xe2\x80\x83" "c\xef\xbb\xbf", "word:a word:b word:c");        /* spaces of a web page */
}

static void numbers(void **state)
{
    reads_as(state, "0 12 1.5 -3 -0.25 1e9 1.5E-3 2e+5", "number:0 number:12 number:1.5 number:-3 number:-0.25 number:1e9 number:1.5E-3 number:2e+5");
    reads_as(state, "99999999999999999999999999", "number:99999999999999999999999999");
    reads_as(state, "1,000", "number:1 comma number:000");
    reads_as(state, "1..5", "number:1 range number:5");
    reads_as(state, "2026 - 2", "number:2026 minus number:2");
    reads_as(state, "1e", "word:1e");
    reads_as(state, "1.5x", "word:1.5x");
}

static void dates_and_durations(void **state)
{
    reads_as(state, "2026-01-31 2026-01 2026-Q1 2026-q4", "point:2026-01-31 point:2026-01 point:2026-Q1 point:2026-q4");
    reads_as(state, "2026-01-31T12:00 2026-01-31t12:00:01.5+02:00", "point:2026-01-31T12:00 point:2026-01-31t12:00:01.5+02:00");
    reads_as(state, "2026-01-31..2026-02-01", "point:2026-01-31 range point:2026-02-01");
    reads_as(state, "2024-02-29 0001-01-01 9999-12-31", "point:2024-02-29 point:0001-01-01 point:9999-12-31");
    reads_as(state, "7d 90min 24h 4w 3mo 2q 1y 7D 1MO", "duration:7d duration:90min duration:24h duration:4w duration:3mo duration:2q duration:1y duration:7D duration:1MO");
    reads_as(state, "3m 7days 90s 1080p", "word:3m word:7days word:90s word:1080p");
    reads_as(state, "2026-01-31-x 2026-abc", "word:2026-01-31-x word:2026-abc");
}

static void what_looks_like_a_date_and_is_none(void **state)
{
    refuses_text(state, "x 2026-13", ERR_SYNTAX, "'2026-13' is not a date", "2026-13", "months are 01 to 12");
    refuses_text(state, "2026-1-5", ERR_SYNTAX, "is not a date", "2026-1-5", "write 2026-01-05");
    refuses_text(state, "2026-1", ERR_SYNTAX, "is not a date", "2026-1", "write 2026-01");
    refuses_text(state, "2026-02-29", ERR_SYNTAX, "is not a day of the calendar", "2026-02-29", "that month has 28 days");
    refuses_text(state, "2026-04-31T12:00", ERR_SYNTAX, "is not a day of the calendar", NULL, "30 days");
    refuses_text(state, "2026-00-10", ERR_SYNTAX, "has no such month", "2026-00-10", NULL);
    refuses_text(state, "2026Q1", ERR_SYNTAX, "is not a quarter", "2026Q1", "write 2026-Q1");
    refuses_text(state, "2026-Q5", ERR_SYNTAX, "is not a quarter", "2026-Q5", "quarters are Q1 to Q4");
    refuses_text(state, "2026-W05", ERR_SYNTAX, "number of a week", "2026-W05", "write its days");
    refuses_text(state, "2026-01-31T25:00", ERR_SYNTAX, "is not a time", "2026-01-31T25:00", "2026-01-31T12:00");
    refuses_text(state, "2026-01-31T12", ERR_SYNTAX, "is not a time", NULL, NULL);
    refuses_text(state, "2026-01-31T12:00+99", ERR_SYNTAX, "is not a time", NULL, NULL);
    refuses_text(state, "12:30", ERR_SYNTAX, "a time of day stands alone", "12", "with its date");
    refuses_text(state, "01/02/2026", ERR_AMBIGUOUS, "could be two days", "01/02/2026", "2026-01-02 or 2026-02-01");
    refuses_text(state, "13/02/2026", ERR_SYNTAX, "is not a date", "13/02/2026", "dates are written 2026-01-31");
    refuses_text(state, "2026/01/31", ERR_SYNTAX, "is not a date", "2026/01/31", "dates are written");
}

static void texts_in_quotes(void **state)
{
    reads_as(state, "'it''s' \"a \\\"b\\\" \\u00e9\\n\" ''", "string:it's string:a \"b\" é\n string:");
    reads_as(state, "'\\n'", "string:\\n");                                      /* '…' has no escapes */
    reads_as(state, "\"\\ud83d\\ude00\"", "string:\xf0\x9f\x98\x80");
    reads_as(state, "a='b'", "word:a compare:= string:b");
    reads_as(state, "'a','b'", "string:a comma string:b");
    refuses_text(state, "a = 'b", ERR_SYNTAX, "the quote is never closed", "'", "end the text with '");
    refuses_text(state, "\"b\\\"", ERR_SYNTAX, "the quote is never closed", "\"", NULL);
    refuses_text(state, "\"\\x\"", ERR_SYNTAX, "not an escape", "\\x", "four digits");
    refuses_text(state, "\"\\u12\"", ERR_SYNTAX, "not an escape", NULL, NULL);
    refuses_text(state, "\"\\ud800\"", ERR_SYNTAX, "not an escape", "\\ud800", NULL);
    refuses_text(state, "\"\\u0000\"", ERR_SYNTAX, "not an escape", NULL, NULL);
    refuses_text(state, "don't", ERR_SYNTAX, "a quote inside a word", "'", "\"don't\" or 'don''t'");
    refuses_text(state, "'a'\"b\"", ERR_SYNTAX, "a quote inside a word", "\"", "a space or a comma");
}

static void habits_of_other_languages(void **state)
{
    refuses_text(state, "a == b", ERR_SYNTAX, "'==' is not a comparison", "==", "write =");
    refuses_text(state, "e.\xe2\x80\xa9", ERR_SYNTAX, "unexpected '.'", ".", "in quotes");     /* a space of another kind */
    refuses_text(state, "a && b", ERR_SYNTAX, "unexpected '&'", "&", "write and");
    refuses_text(state, "a || b", ERR_SYNTAX, "unexpected '|'", "|", "write or");
    refuses_text(state, "!a", ERR_SYNTAX, "unexpected '!'", "!", "!= or not");
    refuses_text(state, "a ~ b", ERR_SYNTAX, "unexpected '~'", "~", "contains or like");
    refuses_text(state, "a > 5%", ERR_SYNTAX, "unexpected '%'", "%", "0.05");
    refuses_text(state, "a > $5", ERR_SYNTAX, "unexpected '$'", "$", "the number alone");
    refuses_text(state, "a = “b”", ERR_SYNTAX, "unexpected '“'", "“", "'…' or \"…\"");
    refuses_text(state, "2026–2027", ERR_SYNTAX, "unexpected '–'", "–", "..");
    refuses_text(state, "a.", ERR_SYNTAX, "unexpected '.'", ".", NULL);
    refuses_text(state, "a;b", ERR_SYNTAX, "unexpected ';'", ";", "in quotes");
    refuses_text(state, ": x", ERR_SYNTAX, "the name of a variable", ":", "--var name=");
    refuses_text(state, ":1", ERR_SYNTAX, "the name of a variable", ":1", NULL);
    refuses_text(state, "a\x01", ERR_SYNTAX, "a control character (U+0001)", NULL, NULL);
}

static void bytes_that_are_not_utf8(void **state)
{
    refuses_text(state, "ab\xff" "c", ERR_SYNTAX, "byte 3 of the query is not valid UTF-8 (0xff)", NULL, "another encoding");
    refuses_text(state, "\xc0\xaf", ERR_SYNTAX, "byte 1", NULL, NULL);
    refuses_text(state, "'\xed\xa0\x80'", ERR_SYNTAX, "byte 2", NULL, NULL);
}

static void a_line_of_more_than_a_megabyte_is_refused(void **state)
{
    struct str line = STR_INIT;

    while (line.length <= LINE_LIMIT)
        str_add(&line, "views, ");
    refuses_text(state, str_text(&line), ERR_SYNTAX, "longer than 1 MB", NULL, NULL);
    str_done(&line);
}

static void zones_are_one_word_after_tz_only(void **state)
{
    static const char *const zones[] = {"America/Los_Angeles", "Etc/GMT+8", "UTC", "America/Argentina/Buenos_Aires"};

    for (size_t i = 0; i < COUNT_OF(zones); i++) {
        struct fixture *fixture = *state;
        struct lexer    lexer;
        struct token    token;

        assert_int_equal(lex_open(&lexer, fixture->arena, zones[i], NULL), 0);
        assert_int_equal(lex_next_zone(&lexer, &token), 0);
        assert_int_equal(token.length, strlen(zones[i]));
    }
    refuses_text(state, "America/Los_Angeles", ERR_SYNTAX, "unexpected '/'", "/", NULL);
}

/* A word is known in any case, and a word that is not whole is none. */
static void words_of_the_language(void **state)
{
    static const char *const reserved[] = {"from", "BY", "Where", "having", "segment", "for", "vs", "order", "top", "limit", "fill", "total", "tz",
                                           "and", "or", "not", "today", "yesterday", "now", "this", "last", "next", "ytd", "all", "since", "until", "mixed_days"};
    static const char *const plain[] = {"views", "bye", "to", "time", "day", "month", "contains", "is", "in", "previous", "monday", "ago", "null", ""};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        if (!query_word_is_reserved(reserved[i], strlen(reserved[i])))
            fail_msg("'%s' is not reserved", reserved[i]);
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        if (query_word_is_reserved(plain[i], strlen(plain[i])))
            fail_msg("'%s' is reserved", plain[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_marks),
        cmocka_unit_test(numbers),
        cmocka_unit_test(dates_and_durations),
        cmocka_unit_test(what_looks_like_a_date_and_is_none),
        cmocka_unit_test(texts_in_quotes),
        cmocka_unit_test(habits_of_other_languages),
        cmocka_unit_test(bytes_that_are_not_utf8),
        cmocka_unit_test(a_line_of_more_than_a_megabyte_is_refused),
        cmocka_unit_test(zones_are_one_word_after_tz_only),
        cmocka_unit_test(words_of_the_language),
    };

    return cmocka_run_group_tests(tests, fixture_plain, fixture_done);
}
