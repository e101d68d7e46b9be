/* command: the arguments of a command, and which command a line begins with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "src/command/nouns.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/command.h"

static int run_nothing(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)app, (void)args, (void)sink, (void)error;
    return 0;
}

static const struct command backfill = {
    .name = "backfill", .summary = "s", .run = run_nothing,
    .args = ARGS(REQUIRED("SOURCE", COMPLETE_SOURCE), WORD("from"), REQUIRED("FROM", COMPLETE_NONE), WORD("to"), REQUIRED("TO", COMPLETE_NONE)),
};
static const struct command ingest = {
    .name = "ingest", .summary = "s", .run = run_nothing,
    .args = ARGS(REQUIRED("SOURCE", COMPLETE_SOURCE), MANY("FILE", COMPLETE_FILE), PAIRS("k=v")),
    .options = OPTIONS(FLAG("detach", "d"), VALUE("limit", "N", "l"), FLAG_YES),
};
static const struct command drop = {
    .name = "drop", .summary = "s", .run = run_nothing, .args = ARGS(SOME("ID", COMPLETE_JOB)),
};
static const struct command chart = {
    .name = "chart", .summary = "s", .run = run_nothing, .args = ARGS(REST("QUERY", COMPLETE_QUERY)), .options = OPTIONS(VALUE("kind", "KIND", "k"), FLAG("wide", "w")),
};
static const struct command plan = {
    .name = "plan", .summary = "s", .run = run_nothing, .args = ARGS(OPTIONAL_WORD("analyze"), REST("QUERY", COMPLETE_QUERY)),
};
static const struct command every = {
    .name = "every", .summary = "s", .run = run_nothing, .args = ARGS(REQUIRED("SECONDS", COMPLETE_NONE), COMMAND_REST("COMMAND")),
};
static const struct command plain = {.name = "plain", .summary = "s", .run = run_nothing};

static struct args *read_args(const struct command *command, const char *line)
{
    struct args *args = NULL;
    struct error error = ERROR_INIT;
    int          r = args_parse(command, line, line + strlen(command->name), &args, &error);

    if (r < 0)
        fail_msg("%s: %s", line, error.text);
    return args;
}

/* "text|hint|caret's text" */
static void assert_refused(const struct command *command, const char *line, const char *expected)
{
    struct args *args = NULL;
    struct error error = ERROR_INIT;
    struct str   seen = STR_INIT;
    int          r = args_parse(command, line, line + strlen(command->name), &args, &error);

    assert_true(r == ERR_USAGE || r == ERR_SYNTAX);
    assert_null(args);
    str_addf(&seen, "%s|%s|%.*s", error.text, error.hint ? error.hint : "", (int)error.length, error.subject ? error.subject + error.at : "");
    assert_string_equal(str_text(&seen), expected);
    str_done(&seen);
    error_done(&error);
}

static void words_fill_the_arguments_in_order(void **state)
{
    _cleanup_(args_freep) struct args *args = read_args(&backfill, "backfill  analytics from 2026-01-01\n to 'the end' ");

    (void)state;
    assert_string_equal(args_get(args, "SOURCE"), "analytics");
    assert_string_equal(args_get(args, "FROM"), "2026-01-01");
    assert_string_equal(args_get(args, "TO"), "the end");
    assert_null(args_get(args, "WHERE"));
    assert_string_equal(args_line(args), "backfill  analytics from 2026-01-01\n to 'the end' ");
}

static void what_is_missing_wrong_or_left_over_is_named(void **state)
{
    (void)state;
    assert_refused(&backfill, "backfill", "'backfill' needs SOURCE|usage: backfill SOURCE from FROM to TO|");
    assert_refused(&backfill, "backfill a from x", "'backfill' needs 'to'|usage: backfill SOURCE from FROM to TO|");
    assert_refused(&backfill, "backfill a since x", "'from' is expected here, not 'since'|usage: backfill SOURCE from FROM to TO|since");
    assert_refused(&backfill, "backfill a from b to c d", "'backfill' does not know what to do with 'd'|usage: backfill SOURCE from FROM to TO|d");
    assert_refused(&plain, "plain 'x y'", "'plain' takes no 'x y'|usage: plain|'x y'");
    assert_refused(&drop, "drop", "'drop' needs ID|usage: drop ID …|");
    assert_refused(&chart, "chart --wide", "'chart' needs QUERY|usage: chart [--kind KIND] [--wide] QUERY|");
}

static void many_words_and_pairs_mix(void **state)
{
    _cleanup_(args_freep) struct args *args = read_args(&ingest, "ingest trending a.csv region=US 'b c.csv' note='two words' x=1=2 'd=e.csv' region=DE");

    (void)state;
    assert_int_equal(args_count(args, "FILE"), 3);
    assert_string_equal(args_at(args, "FILE", 0), "a.csv");
    assert_string_equal(args_at(args, "FILE", 1), "b c.csv");
    assert_string_equal(args_at(args, "FILE", 2), "d=e.csv");
    assert_null(args_at(args, "FILE", 3));
    assert_int_equal(args_pair_count(args), 4);
    assert_string_equal(args_pair(args, "region"), "DE");
    assert_string_equal(args_pair_key_at(args, 1), "note");
    assert_string_equal(args_pair_value_at(args, 1), "two words");
    assert_string_equal(args_pair(args, "x"), "1=2");
    assert_null(args_pair(args, "y"));
}

static void options_stand_among_words(void **state)
{
    _cleanup_(args_freep) struct args *args = read_args(&ingest, "ingest --limit 5 trending --detach a.csv --limit='7' -- --b.csv");
    long long number = 0;

    (void)state;
    assert_true(args_flag(args, "detach"));
    assert_false(args_flag(args, "yes"));
    assert_string_equal(args_option(args, "limit"), "7");
    assert_int_equal(args_number(args, "limit", 1, 10, 3, &number, NULL), 0);
    assert_int_equal(number, 7);
    assert_int_equal(args_number(args, "other", 1, 10, 3, &number, NULL), 0);
    assert_int_equal(number, 3);
    assert_string_equal(args_at(args, "FILE", 1), "--b.csv");
}

static void numbers_are_checked(void **state)
{
    _cleanup_(args_freep) struct args *args = read_args(&ingest, "ingest --limit 11 x12");
    struct error error = ERROR_INIT;
    long long    number = 42;

    (void)state;
    assert_int_equal(args_number(args, "limit", 1, 10, 3, &number, &error), ERR_USAGE);
    assert_string_equal(error.text, "--limit is a whole number from 1 to 10, not '11'");
    error_done(&error);
    assert_int_equal(args_number(args, "SOURCE", 1, 10, 3, &number, &error), ERR_USAGE);
    assert_string_equal(error.text, "SOURCE is a whole number from 1 to 10, not 'x12'");
    assert_int_equal(error.at, 18);
    assert_int_equal(number, 42);
    error_done(&error);
}

static void options_are_refused_with_what_was_meant(void **state)
{
    (void)state;
    assert_refused(&ingest, "ingest --detahc x", "'ingest' has no option '--detahc'|did you mean '--detach'?|--detahc");
    assert_refused(&ingest, "ingest --detach=1 x", "--detach takes no value|usage: ingest [--detach] [--limit N] [--yes] SOURCE [FILE …] [k=v …]|--detach=1");
    assert_refused(&ingest, "ingest x --limit", "--limit needs a value: --limit N|usage: ingest [--detach] [--limit N] [--yes] SOURCE [FILE …] [k=v …]|--limit");
    assert_refused(&plain, "plain --fast", "'plain' has no option '--fast'|usage: plain|--fast");
}

static void a_rest_stands_as_it_was_typed(void **state)
{
    _cleanup_(args_freep) struct args *one = read_args(&chart, "chart --kind line  views  by 'a  b'\n  top 5  ");
    _cleanup_(args_freep) struct args *two = read_args(&plan, "plan analyze  x");
    _cleanup_(args_freep) struct args *three = read_args(&plan, "plan analyzed 'x");
    _cleanup_(args_freep) struct args *four = read_args(&plan, "plan --x");

    (void)state;
    assert_string_equal(args_option(one, "kind"), "line");
    assert_string_equal(args_get(one, "QUERY"), "views  by 'a  b'\n  top 5");
    assert_true(args_flag(two, "analyze"));
    assert_string_equal(args_get(two, "QUERY"), "x");
    assert_false(args_flag(three, "analyze"));
    assert_string_equal(args_get(three, "QUERY"), "analyzed 'x");
    assert_string_equal(args_get(four, "QUERY"), "--x");
}

static void a_command_is_the_rest_or_one_quoted_word(void **state)
{
    _cleanup_(args_freep) struct args *one = read_args(&every, "every 5 total_views by day");
    _cleanup_(args_freep) struct args *two = read_args(&every, "every 5 \"search 'a;b'\" ");
    _cleanup_(args_freep) struct args *three = read_args(&every, "every 5 'a' 'b'");

    (void)state;
    assert_string_equal(args_get(one, "COMMAND"), "total_views by day");
    assert_string_equal(args_get(two, "COMMAND"), "search 'a;b'");
    assert_string_equal(args_get(three, "COMMAND"), "'a' 'b'");
}

static void quoted_words_are_decoded(void **state)
{
    _cleanup_(args_freep) struct args *args = read_args(&drop, "drop 'it''s' \"a\\\"b\\n\\u00e9\\ud83d\\ude00\" don't '' \"''\" x,'y z'");

    (void)state;
    assert_int_equal(args_count(args, "ID"), 6);
    assert_string_equal(args_at(args, "ID", 0), "it's");
    assert_string_equal(args_at(args, "ID", 1), "a\"b\n\xc3\xa9\xf0\x9f\x98\x80");
    assert_string_equal(args_at(args, "ID", 2), "don't");
    assert_string_equal(args_at(args, "ID", 3), "");
    assert_string_equal(args_at(args, "ID", 4), "''");
    assert_string_equal(args_at(args, "ID", 5), "x,'y z'");
}

static void bad_quotes_are_refused(void **state)
{
    (void)state;
    assert_refused(&drop, "drop 'a", "the quote is never closed||'");
    assert_refused(&drop, "drop a 'b'c", "a quoted word ends at its quote|put a space behind the quote; inside '…' a quote is doubled, inside \"…\" it is \\\"|c");
    assert_refused(&drop, "drop \"a\\x\"", "no such escape in a quoted word|\"…\" has the escapes of JSON: \\\" \\\\ \\n \\t and \\u with four digits; '…' has none|\\x");
    assert_refused(&drop, "drop \"\\ud800\"", "no such escape in a quoted word|\"…\" has the escapes of JSON: \\\" \\\\ \\n \\t and \\u with four digits; '…' has none|\\u");
    assert_refused(&drop, "drop \"\\u0000\"", "no such escape in a quoted word|\"…\" has the escapes of JSON: \\\" \\\\ \\n \\t and \\u with four digits; '…' has none|\\u");
}

/* -- asking first -------------------------------------------------------------------------------------------------------- */

struct asked {
    struct sink sink;
    bool        answer;
    char        question[200];
};

static bool on_ask(struct sink *sink, const char *question)
{
    struct asked *asked = (struct asked *)sink;

    (void)strncpy(asked->question, question, sizeof asked->question - 1);
    return asked->answer;
}

static void what_cannot_be_undone_is_asked_first(void **state)
{
    static const struct sink_ops ops = {.ask = on_ask};
    struct asked asked = {.sink = {&ops}};
    _cleanup_(args_freep) struct args *unsure = read_args(&ingest, "ingest x"), *sure = read_args(&ingest, "ingest --yes x");
    struct error error = ERROR_INIT;

    (void)state;
    assert_int_equal(args_confirm(sure, &asked.sink, &error, "Drop %d rows?", 3), 0);
    assert_string_equal(asked.question, "");
    assert_int_equal(args_confirm(unsure, &asked.sink, &error, "Drop %d rows?", 3), ERR_USAGE);
    assert_string_equal(asked.question, "Drop 3 rows?");
    assert_string_equal(error.text, "'ingest' was not confirmed, nothing was done");
    assert_string_equal(error.hint, "it asks: Drop 3 rows?  Say --yes to go on");
    error_done(&error);
    asked.answer = true;
    assert_int_equal(args_confirm(unsure, &asked.sink, &error, "Drop %d rows?", 3), 0);
}

/* -- finding ------------------------------------------------------------------------------------------------------------- */

static void assert_found(const char *line, const char *name, const char *rest)
{
    const struct command *command = NULL;
    const char           *found = NULL;
    struct error          error = ERROR_INIT;

    if (command_find(line, &command, &found, &error) < 0)
        fail_msg("%s: %s", line, error.text);
    assert_string_equal(command->name, name);
    assert_string_equal(found, rest);
}

static void assert_not_found(const char *line, const char *text, const char *hint, const char *under)
{
    const struct command *command = NULL;
    const char           *rest = NULL;
    struct error          error = ERROR_INIT;
    struct str            caret = STR_INIT;

    assert_int_equal(command_find(line, &command, &rest, &error), ERR_UNKNOWN);
    assert_string_equal(error.text, text);
    assert_non_null(strstr(error.hint, hint));
    str_add_bytes(&caret, error.subject + error.at, error.length);
    assert_string_equal(str_text(&caret), under);
    assert_null(command);
    str_done(&caret);
    error_done(&error);
}

static void the_longest_name_wins(void **state)
{
    (void)state;
    assert_found("catalog", "catalog", "");
    assert_found("  sample \n load --days 3", "sample load", "--days 3");
    assert_found("explain analyze x", "explain", "analyze x");
    assert_found("query total_views", "query", "total_views");
    assert_found("sql", "sql", "");
    assert_found("sql  insert into t values (1)", "sql", "insert into t values (1)");
}

static void any_other_line_is_a_query(void **state)
{
    (void)state;
    assert_found("total_views by day", "query", "total_views by day");
    assert_found(" {\"measures\": []}", "query", "{\"measures\": []}");
    assert_found("catalogue", "query", "catalogue");
    assert_found("catalog, x", "query", "catalog, x");
    assert_found("-channel", "query", "-channel");
    assert_found("cat", "query", "cat");
}

static void sql_is_known_by_its_first_word(void **state)
{
    (void)state;
    assert_found("SELECT 1", "sql", "SELECT 1");
    assert_found("with x as (select 1) table x", "sql", "with x as (select 1) table x");
    assert_found("values(1)", "sql", "values(1)");
    assert_found("Table t", "sql", "Table t");
    assert_found("SHOW all", "sql", "SHOW all");
    assert_found("selected by day", "query", "selected by day");
    assert_found("show_views", "query", "show_views");
}

static void habits_of_psql_work(void **state)
{
    (void)state;
    assert_found("\\q", "\\q", "");
    assert_found("\\? sql", "\\?", "sql");
    assert_found("\\d VideoPerformance", "\\d", "VideoPerformance");
    assert_found("\\x", "\\x", "");
    assert_found("\\timing on", "\\timing", "on");
    assert_found("\\i a.txt", "\\i", "a.txt");
    assert_found("\\e", "\\e", "");
    assert_not_found("\\copy t", "unknown command '\\copy'", "of psql's commands there are \\? \\d \\e \\i \\q \\timing \\x;", "\\copy");
}

static void a_noun_without_its_verb_is_told(void **state)
{
    (void)state;
    assert_not_found("sample laod --days 3", "unknown command 'sample laod'", "did you mean 'sample load'? ", "laod");
    assert_not_found("sample lo", "unknown command 'sample lo'", "did you mean 'sample load'? ", "lo");
    assert_not_found("sample", "'sample' is no command by itself", "'sample' is followed by ", "sample");
    assert_not_found("sample xyzzy", "unknown command 'sample xyzzy'", "'sample' is followed by ", "xyzzy");
}

static void a_command_is_found_by_its_name(void **state)
{
    (void)state;
    assert_ptr_equal(command_by_name("sample  load "), &command_sample_load);
    assert_ptr_equal(command_by_name("sql"), &command_sql);
    assert_null(command_by_name("sql select"));
    assert_null(command_by_name("sample"));
    assert_null(command_by_name(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_fill_the_arguments_in_order),
        cmocka_unit_test(what_is_missing_wrong_or_left_over_is_named),
        cmocka_unit_test(many_words_and_pairs_mix),
        cmocka_unit_test(options_stand_among_words),
        cmocka_unit_test(numbers_are_checked),
        cmocka_unit_test(options_are_refused_with_what_was_meant),
        cmocka_unit_test(a_rest_stands_as_it_was_typed),
        cmocka_unit_test(a_command_is_the_rest_or_one_quoted_word),
        cmocka_unit_test(quoted_words_are_decoded),
        cmocka_unit_test(bad_quotes_are_refused),
        cmocka_unit_test(what_cannot_be_undone_is_asked_first),
        cmocka_unit_test(the_longest_name_wins),
        cmocka_unit_test(any_other_line_is_a_query),
        cmocka_unit_test(sql_is_known_by_its_first_word),
        cmocka_unit_test(habits_of_psql_work),
        cmocka_unit_test(a_noun_without_its_verb_is_told),
        cmocka_unit_test(a_command_is_found_by_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
