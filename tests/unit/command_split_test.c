/* command: text cut into commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/command.h"

/* "1:first|3:second|": the line a command began on, and the command; line ends are shown as '/'. */
static void cut(const char *text, size_t length, struct str *to)
{
    _cleanup_(splitter_freep) struct splitter *splitter = splitter_new(text, length);
    struct error error = ERROR_INIT;
    char        *command;
    size_t       line;
    int          r;

    while ((r = splitter_next(splitter, &command, &line, &error)) > 0) {
        str_addf(to, "%zu:%s|", line, command);
        mem_free(command);
    }
    if (r < 0) {
        assert_int_equal(r, ERR_SYNTAX);
        str_addf(to, "error: %s", error.text);
    }
    for (size_t i = 0; i < to->length; i++)
        if (to->data[i] == '\n')
            to->data[i] = '/';
    error_done(&error);
}

#define assert_cut(text, expected)                        \
    do {                                                  \
        struct str cut_ = STR_INIT;                       \
        cut((text), sizeof(text) - 1, &cut_);             \
        assert_string_equal(str_text(&cut_), (expected)); \
        str_done(&cut_);                                  \
    } while (0)

static void a_command_ends_at_a_semicolon_or_a_line_end(void **state)
{
    (void)state;
    assert_cut("", "");
    assert_cut(" ;; \n ; ", "");
    assert_cut("catalog", "1:catalog|");
    assert_cut("catalog; lint;help\nquit", "1:catalog|1:lint|1:help|2:quit|");
    assert_cut("catalog  \r\nlint\r\n", "1:catalog|2:lint|");
    assert_cut("\xef\xbb\xbf" "catalog", "1:catalog|");
}

static void a_line_that_begins_with_white_space_continues_the_one_before(void **state)
{
    (void)state;
    assert_cut("total_views\n  by channel\n\ttop 5\nlint", "1:total_views/  by channel/\ttop 5|4:lint|");
    assert_cut("  catalog\n", "1:catalog|");
    assert_cut("a;\n  b", "1:a|2:b|");
    assert_cut("a\r\n  b\r\nc", "1:a\r/  b|3:c|");
}

static void a_blank_line_continues_nothing(void **state)
{
    (void)state;
    assert_cut("a\n\n  b", "1:a|3:b|");
    assert_cut("a\n   \n  b", "1:a|3:b|");
    assert_cut("a\n   ", "1:a|");
}

static void comments_stand_at_the_start_of_a_line(void **state)
{
    (void)state;
    assert_cut("-- one; two\n# it's three\ncatalog\n--\n", "3:catalog|");
    assert_cut("total_views\n-- which channel\n# really\n  by channel", "1:total_views/  by channel|");
    assert_cut("search -- #1", "1:search -- #1|");
    assert_cut("chart\n  --kind line revenue", "1:chart/  --kind line revenue|");
    assert_cut("lint; -- the end", "1:lint|");
    assert_cut("a\n-- comment\nb", "1:a|3:b|");
    assert_cut("#!/usr/bin/env ytempire", "");
}

static void quotes_keep_what_would_end_a_command(void **state)
{
    (void)state;
    assert_cut("search 'a;b\nc' ;lint", "1:search 'a;b/c'|2:lint|");
    assert_cut("search \"a;\\\"b;\" x;lint", "1:search \"a;\\\"b;\" x|1:lint|");
    assert_cut("search 'it''s; so' ; lint", "1:search 'it''s; so'|1:lint|");
    assert_cut("where name='a;b';lint", "1:where name='a;b'|1:lint|");
    assert_cut("'' ; lint", "1:''|1:lint|");
}

static void a_quote_opens_only_at_the_start_of_a_word(void **state)
{
    (void)state;
    assert_cut("search don't; lint", "1:search don't|1:lint|");
    assert_cut("search 5\" discs; lint", "1:search 5\" discs|1:lint|");
    assert_cut("a'b'c;d", "1:a'b'c|1:d|");
}

static void brackets_keep_lines_together(void **state)
{
    (void)state;
    assert_cut("total_views where (a = 1\nor b = 2);lint", "1:total_views where (a = 1/or b = 2)|2:lint|");
    assert_cut("{\"measures\": [\"a\"],\n# what\n\"limit\": 5}\nlint", "1:{\"measures\": [\"a\"],/\"limit\": 5}|4:lint|");
    assert_cut("{\"a\": \"}\"};lint", "1:{\"a\": \"}\"}|1:lint|");
    assert_cut("a)b;c", "1:a)b|1:c|");
}

static void sql_is_read_by_postgresqls_rules(void **state)
{
    (void)state;
    assert_cut("sql select $$a;'b$$; lint", "1:sql select $$a;'b$$|1:lint|");
    assert_cut("sql select $x$ $$ ; $y$ $x$; lint", "1:sql select $x$ $$ ; $y$ $x$|1:lint|");
    assert_cut("sql do $body$\nbegin\n  null;\nend\n$body$\nlint", "1:sql do $body$/begin/  null;/end/$body$|6:lint|");
    assert_cut("sql select 1 /* a; /* nested; */ still; */ + 1; lint", "1:sql select 1 /* a; /* nested; */ still; */ + 1|1:lint|");
    assert_cut("sql select 1 -- it's; here\nlint", "1:sql select 1 -- it's; here|2:lint|");
    assert_cut("sql select E'it\\'s; x', 'c:\\'; lint", "1:sql select E'it\\'s; x', 'c:\\'|1:lint|");
    assert_cut("sql select \"a;\"\"b\" from t; lint", "1:sql select \"a;\"\"b\" from t|1:lint|");
    assert_cut("sql select a$b$c, d$ from t; lint; sql select $1", "1:sql select a$b$c, d$ from t|1:lint|1:sql select $1|");
    assert_cut("sql select (1;2); lint", "1:sql select (1;2)|1:lint|");
    assert_cut("sql select U&'d\\0061t;' ; lint", "1:sql select U&'d\\0061t;'|1:lint|");
    assert_cut("sql select 1 # 2,\n  3; lint", "1:sql select 1 # 2,/  3|2:lint|");
}

static void sql_without_its_name_is_sql_too(void **state)
{
    (void)state;
    assert_cut("SELECT ';', don't", "error: the quote that opens in line 1 is never closed");
    assert_cut("Select $$;$$; with x as (select ';') table x; values(1);show timezone;", "1:Select $$;$$|1:with x as (select ';') table x|1:values(1)|1:show timezone|");
    assert_cut("select\n  1,\n-- a comment\n  2\ncatalog", "1:select/  1,/  2|5:catalog|");
    assert_cut("selected_views; lint", "1:selected_views|1:lint|");
    assert_cut("sqlx 'a", "error: the quote that opens in line 1 is never closed");
}

static void the_body_of_a_function_is_one_statement(void **state)
{
    (void)state;
    assert_cut("sql create function f() returns int begin atomic select case when true then 1 else 2 end; select 2; end; lint",
               "1:sql create function f() returns int begin atomic select case when true then 1 else 2 end; select 2; end|1:lint|");
    assert_cut("sql create or replace procedure p() begin atomic\ninsert into t values (1);\nend;\nlint",
               "1:sql create or replace procedure p() begin atomic/insert into t values (1);/end|4:lint|");
    assert_cut("sql begin; sql end; lint", "1:sql begin|1:sql end|1:lint|");
}

static void what_is_left_open_is_told_with_its_line(void **state)
{
    (void)state;
    assert_cut("catalog\nsearch 'a\nb\nc", "1:catalog|error: the quote that opens in line 2 is never closed");
    assert_cut("a;\n\nb (c\n[d]\n", "1:a|error: the bracket that opens in line 3 is never closed");
    assert_cut("sql select 1,\n  $q$ a", "error: the quote that opens in line 2 is never closed");
    assert_cut("sql select 1 /* /* */", "error: the comment that opens in line 1 is never closed");
    assert_cut("search \"a\\", "error: the quote that opens in line 1 is never closed");
    assert_cut("a\nb\0c", "1:a|error: a NUL byte in line 2: this is no text");
}

static void the_caret_stands_under_what_is_open(void **state)
{
    static const char text[] = "lint\n  search 'a\nb";
    _cleanup_(splitter_freep) struct splitter *splitter = splitter_new(text, strlen(text));
    struct error error = ERROR_INIT;
    char        *command = NULL;
    size_t       line = 77;

    (void)state;
    assert_int_equal(splitter_next(splitter, &command, &line, &error), ERR_SYNTAX);
    assert_null(command);
    assert_int_equal(line, 77);
    assert_string_equal(error.subject, "  search 'a");
    assert_int_equal(error.at, 9);
    error_done(&error);
    assert_int_equal(splitter_next(splitter, &command, &line, &error), 0);
}

static void a_prompt_asks_for_more_inside_quotes_and_brackets(void **state)
{
    static const struct {
        const char *text;
        bool        more;
    } cases[] = {{"", false}, {"catalog", false}, {"search 'a", true}, {"search 'a'", false}, {"a (b", true}, {"lint; a {\"b\": [", true}, {"sql select $$ a", true},
                 {"sql select 1 /* x", true}, {"sql select 1 -- (", false}, {"-- (", false}, {"search don't", false}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (splitter_wants_more(cases[i].text, strlen(cases[i].text)) != cases[i].more)
            fail_msg("%s", cases[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_ends_at_a_semicolon_or_a_line_end),
        cmocka_unit_test(a_line_that_begins_with_white_space_continues_the_one_before),
        cmocka_unit_test(a_blank_line_continues_nothing),
        cmocka_unit_test(comments_stand_at_the_start_of_a_line),
        cmocka_unit_test(quotes_keep_what_would_end_a_command),
        cmocka_unit_test(a_quote_opens_only_at_the_start_of_a_word),
        cmocka_unit_test(brackets_keep_lines_together),
        cmocka_unit_test(sql_is_read_by_postgresqls_rules),
        cmocka_unit_test(sql_without_its_name_is_sql_too),
        cmocka_unit_test(the_body_of_a_function_is_one_statement),
        cmocka_unit_test(what_is_left_open_is_told_with_its_line),
        cmocka_unit_test(the_caret_stands_under_what_is_open),
        cmocka_unit_test(a_prompt_asks_for_more_inside_quotes_and_brackets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
