/* command: sql, first the text of a statement by itself, then against a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "server.h"
#include "src/command/copy_header.h"
#include "src/command/sql_session.h"
#include "src/command/sql_statement.h"
#include "ytempire/base/str.h"
#include "ytempire/command.h"

/* -- variables ----------------------------------------------------------------------------------------------------------- */

static const char *value_of(void *who, const char *name, size_t length)
{
    (void)who;
    if (length == 1 && *name == 'n')
        return "5";
    return length == 4 && memcmp(name, "name", 4) == 0 ? "O'Hara" : NULL;
}

static const char *const names[] = {"n", "name", NULL};
static const struct sql_variables variables = {.value = value_of, .names = names};

/* "sent|value,value|verb|balanced" */
static void assert_sent(const char *typed, const char *expected)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct sql_statement statement;
    struct error         error = ERROR_INIT;
    struct str           seen = STR_INIT;

    if (sql_statement_read(arena, typed, &variables, &statement, &error) < 0)
        fail_msg("%s: %s", typed, error.text);
    str_addf(&seen, "%s|", statement.sent);
    for (size_t i = 0; i < statement.value_count; i++)
        str_addf(&seen, "%s%s", i > 0 ? "," : "", statement.values[i].text);
    str_addf(&seen, "|%s|%s", statement.verb, statement.balanced ? "whole" : "broken");
    assert_string_equal(str_text(&seen), expected);
    str_done(&seen);
}

static void variables_are_bound_where_sql_has_values(void **state)
{
    (void)state;
    assert_sent("SELECT :n + :n, :name", "SELECT $1 + $2, $3|5,5,O'Hara|select|whole");
    assert_sent("select :'name', x::int, y :: text, a:=1", "select $1, x::int, y :: text, a:=1|O'Hara|select|whole");
    assert_sent("select ':n', \":n\", $$:n$$, E'\\':n' -- :n\n/* :n */", "select ':n', \":n\", $$:n$$, E'\\':n' -- :n\n/* :n */||select|whole");
    assert_sent("select a[1:m], a[1:n], a[f(x):n], a[:], a[:m]", "select a[1:m], a[1:n], a[f(x):n], a[:], a[:m]||select|whole");
    assert_sent("select a[:n], array[1, :n], a[1 : :n]", "select a[$1], array[1, $2], a[1 : $3]|5,5,5|select|whole");
    assert_sent("select : n, ::n", "select : n, ::n||select|whole");
    assert_sent("select 1 :n", "select 1 $1|5|select|whole");
}

static bool alters(const char *typed)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct sql_statement statement;

    assert_int_equal(sql_statement_read(arena, typed, &variables, &statement, NULL), 0);
    return sql_may_alter_session(statement.typed, statement.verb);
}

static void only_what_can_make_the_session_another_one_is_told_so(void **state)
{
    static const char *const harmless[] = {
        "select 1", "SELECT count(*), Max(x) FROM a.b WHERE c IN (1, 2) AND (d OR e)", "table t", "values (1), (2)",
        "select sum(x) filter (where y) over (partition by z) from t group by grouping sets ((a), ())",
        "with x (a) as (select 1) select * from x as y (b)", "with recursive x(n) as (select 1) select n from x",
        "insert into s.t (a, b) values (1, 'set_config(''role'', ''x'', false)')", "insert into \"T\" (a) select pg_catalog.lower(b) from c",
        "insert into t values (1) on conflict (a) do update set b = excluded.b returning (b)",
        "update t set (a, b) = (1, 2) where c = any (array[1])", "delete from t using u where t.a = u.a", "truncate t",
        "select round(x::numeric(10, 2), 1), extract(year from y), cast(z as varchar(3)) from t",
        "create table if not exists s.t (a bigint primary key, b numeric(10,2) check (b > 0), c timestamptz default now())",
        "create unique index concurrently i on s.t using btree (a, lower(b)) where (c > 0)", "create table t as select * from u",
        "drop table t", "alter table t add column x int", "grant select on t to r", "vacuum (analyze) t", "analyze t (a, b)", "begin", "commit",
        "explain (analyze, verbose) select 1", "copy t (a) from stdin", "select ';'", "refresh materialized view v",
        "select 1 /* set_config() */ -- f()\n", "savepoint a",
    };
    static const char *const altering[] = {
        "set role x", "SET search_path = y", "reset all", "discard all", "do $$ begin end $$", "call p()", "load 'x'", "execute e",
        "select set_config('role', 'x', false)", "select 1 where Set_Config ('a', 'b', false) is null", "select s.f(1)",
        "select \"set_config\"('role', 'x', false)", "select pg_catalog.set_config('a', 'b', false)", "select my.count(1)",
        "select U&\"set\\005fconfig\"('a', 'b', false)",
        "insert into t select set_config('role', 'x', false)", "insert into t (a) values (f(1))", "update t set a = f(a)",
        "with x as (select login('ann')) select * from x", "select set_config/* */\n('a', 'b', false)",
        "create temp table t (a int)", "CREATE TEMPORARY VIEW v AS SELECT 1", "create table pg_temp.t (a int)", "select 1 into temp t",
        "select 1; set role x", "declare c cursor for select 1", "", "wait", "select * from a join b on f(a.x)",
        "create table t as select f(1)", "explain analyze select f(1)",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(harmless); i++)
        if (alters(harmless[i]))
            fail_msg("it leaves the session as it is: %s", harmless[i]);
    for (size_t i = 0; i < COUNT_OF(altering); i++)
        if (!alters(altering[i]))
            fail_msg("it may alter the session: %s", altering[i]);
}

static void the_statement_is_known_by_its_verb_and_its_brackets(void **state)
{
    (void)state;
    assert_sent("/* x */ ((VALUES (1)))", "/* x */ ((VALUES (1)))||values|whole");
    assert_sent("select 1;\n ; ", "select 1||select|whole");
    assert_sent("select 1; select 2", "select 1; select 2||select|broken");
    assert_sent("select 1) to program 'x' --", "select 1) to program 'x' --||select|broken");
    assert_sent("select (1", "select (1||select|broken");
    assert_sent("select 'a", "select 'a||select|broken");
    assert_sent("", "|||whole");
    assert_sent("1", "1|||whole");
}

static void a_variable_without_a_value_is_refused(void **state)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct sql_statement statement;
    struct error         error = ERROR_INIT;

    (void)state;
    assert_int_equal(sql_statement_read(arena, "select :nmae", &variables, &statement, &error), ERR_UNKNOWN);
    assert_string_equal(error.text, "':nmae' has no value");
    assert_string_equal(error.hint, "did you mean ':name'? a value is given with --var NAME=VALUE");
    assert_int_equal(error.at, 7);
    assert_int_equal(error.length, 5);
    error_done(&error);
    assert_int_equal(sql_statement_read(arena, "select :n, $1", &variables, &statement, &error), ERR_USAGE);
    error_done(&error);
}

static void the_caret_goes_back_to_what_was_typed(void **state)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct sql_statement statement;
    struct error         error = ERROR_INIT;
    const struct {
        const char *word;
        size_t      at, length;
    } cases[] = {{"a", 7, 1}, {"$1", 10, 5}, {"b", 18, 1}, {"$2", 22, 2}, {"c", 27, 1}};

    (void)state;
    assert_int_equal(sql_statement_read(arena, "select a, :name , b + :n + c", &variables, &statement, NULL), 0);
    assert_string_equal(statement.sent, "select a, $1 , b + $2 + c");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *sent = arena_printf(arena, "COPY (%s\n) TO STDOUT", statement.sent);

        error_set(&error, ERR_SERVER, "x");
        error_point(&error, sent, (size_t)(strstr(sent + (i == 2 ? 20 : i == 4 ? 25 : 12), cases[i].word) - sent), strlen(cases[i].word));
        sql_statement_point(&statement, 6, &error);
        assert_string_equal(error.subject, "select a, :name , b + :n + c");
        assert_int_equal(error.at, cases[i].at);
        assert_int_equal(error.length, cases[i].length);
        error_done(&error);
    }
}

static void names_of_copy_are_made_unique(void **state)
{
    static const struct {
        const char *line, *expected;
    } cases[] = {{"a\n", "a\n"}, {"a,b,a,a\n", "a,b,a_2,a_3\n"}, {"a,a_2,a\n", "a,a_2,a_3\n"}, {"\"x,y\",\"x,y\"\n", "\"x,y\",\"x,y_2\"\n"}, {"\"a\"\"\",b\n", "\"a\"\"\",b\n"}, {"\n", "\n"}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str to = STR_INIT;

        copy_header_add(cases[i].line, strlen(cases[i].line), &to);
        assert_string_equal(str_text(&to), cases[i].expected);
        str_done(&to);
    }
}

/* -- a front end that writes down what it is shown ---------------------------------------------------------------------------- */

struct page {
    struct sink sink;
    bool        csv;
    struct str  text;
};

static void add_cell(struct page *page, const char *text, size_t length, bool last)
{
    str_add_bytes(&page->text, text != NULL ? text : "NULL", text != NULL ? length : 4);
    str_add(&page->text, last ? ";" : ",");
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)error;
    for (size_t i = 0; i < count; i++)
        add_cell((struct page *)sink, columns[i].name, strlen(columns[i].name), i + 1 == count);
    return 0;
}

static size_t cell_count;

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    (void)error;
    for (size_t i = 0; i < cell_count; i++)
        add_cell((struct page *)sink, cells[i].text, cells[i].length, i + 1 == cell_count);
    return 0;
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)note, (void)error;
    str_add(&((struct page *)sink)->text, "end");
    return 0;
}

static bool on_passes(struct sink *sink, const char *format)
{
    return ((struct page *)sink)->csv && strcmp(format, "csv") == 0;
}

static int on_raw(struct sink *sink, const char *bytes, size_t length, struct error *error)
{
    (void)error;
    str_add_bytes(&((struct page *)sink)->text, bytes, length);
    return 0;
}

static void on_text(struct sink *sink, const char *text)
{
    str_addf(&((struct page *)sink)->text, "(%s)", text);
}

static const struct sink_ops ops = {.begin = on_begin, .row = on_row, .end = on_end, .passes = on_passes, .raw = on_raw, .text = on_text};

struct session {
    struct loop *loop;
    struct app  *app;
    struct conf *conf;
    struct page  page;
    struct error error;
    task_main   *test;
};

static void run_in_session(task_main *test)
{
    struct session session = {.loop = loop_new(), .conf = conf_new(), .page.sink.ops = &ops};
    char          *argv[] = {(char[]){"ytempire"}, (char[]){"--dsn"}, mem_strdup(server_start_once()), (char[]){"--var"}, (char[]){"n=5"}, NULL};

    assert_int_equal(conf_parse(session.conf, 5, argv, NULL), 0);
    assert_int_equal(app_new(session.loop, session.conf, &session.app, NULL), 0);
    loop_run_task(session.loop, test, &session);
    app_free(session.app);
    conf_free(session.conf);
    loop_free(session.loop);
    str_done(&session.page.text);
    error_done(&session.error);
    mem_free(argv[2]);
}

#define SESSION_TEST(name)                 \
    static void name##_task(void *who);    \
    static void name(void **state)         \
    {                                      \
        (void)state;                       \
        run_in_session(name##_task);       \
    }                                      \
    static void name##_task(void *who)

static void assert_shows(struct session *session, const char *line, size_t columns, const char *expected)
{
    cell_count = columns;
    str_clear(&session->page.text);
    if (command_run(session->app, line, &session->page.sink, &session->error) < 0)
        fail_msg("%s: %s", line, session->error.text);
    assert_string_equal(str_text(&session->page.text), expected);
}

static void assert_refused(struct session *session, const char *line, int code, const char *text)
{
    str_clear(&session->page.text);
    assert_int_equal(command_run(session->app, line, &session->page.sink, &session->error), code);
    if (strstr(session->error.text, text) == NULL)
        fail_msg("%s: %s", line, session->error.text);
    error_done(&session->error);
}

SESSION_TEST(rows_come_with_their_names)
{
    struct session *session = who;

    assert_shows(session, "select 1 as a, null::int as b, 'x' as c", 3, "a,b,c;1,NULL,x;end");
    assert_shows(session, "sql values (1), (2)", 1, "column1;1;2;end");
    assert_shows(session, "sql select :n::int * 2 as ten", 1, "ten;10;end");
    assert_shows(session, "sql do $$ begin raise warning 'careful; now'; end $$", 2, "(WARNING: careful; now)command,rows;DO,NULL;end");
}

SESSION_TEST(csv_passes_through)
{
    struct session *session = who;

    session->page.csv = true;
    assert_shows(session, "select 1 as a, 'x,\"y' as a -- it is", 2, "a,a_2\n1,\"x,\"\"y\"\n");
    assert_shows(session, "with x as (select 1 as n) table x", 1, "n\n1\n");
    assert_shows(session, "select :n::int as five", 1, "five;5;end");
    assert_shows(session, "show timezone", 1, "TimeZone;UTC;end");
    assert_refused(session, "select 1 as a, nonsense from pg_class", ERR_SERVER, "column \"nonsense\" does not exist");
    assert_refused(session, "select 1) to program 'touch /tmp/never' --", ERR_SERVER, "syntax error");
}

SESSION_TEST(it_only_reads)
{
    struct session *session = who;

    assert_refused(session, "sql create table w (a int)", ERR_SERVER, "read-only transaction");
    assert_refused(session, "sql do $$ begin commit; create table w (a int); end $$", ERR_SERVER, "");
    assert_shows(session, "sql set default_transaction_read_only = off", 2,
                 "(a setting holds for its own statement only, unless 'set write on')command,rows;SET,NULL;end");
    assert_refused(session, "sql create table w (a int)", ERR_SERVER, "read-only transaction");
    assert_shows(session, "sql set timezone = 'Asia/Tokyo'", 2, "(a setting holds for its own statement only, unless 'set write on')command,rows;SET,NULL;end");
    assert_shows(session, "show timezone", 1, "TimeZone;UTC;end");
    assert_shows(session, "sql commit", 2, "command,rows;COMMIT,NULL;end");
    assert_refused(session, "sql create table w (a int)", ERR_SERVER, "read-only transaction");
    assert_refused(session, "sql select 1; create table w (a int)", ERR_SERVER, "multiple commands");
    assert_shows(session, "select to_regclass('w') is null as absent", 1, "absent;t;end");
}

SESSION_TEST(with_write_on_it_changes_the_database)
{
    struct session *session = who;

    assert_shows(session, "set write on", 0, "");
    assert_shows(session, "sql create table command_w (a int)", 2, "command,rows;CREATE TABLE,NULL;end");
    assert_shows(session, "sql insert into command_w values (1), (2)", 2, "command,rows;INSERT,2;end");
    assert_shows(session, "sql update command_w set a = 3 returning a", 1, "a;3;3;end");
    assert_shows(session, "sql vacuum command_w", 2, "command,rows;VACUUM,NULL;end");
    session->page.csv = true;
    assert_shows(session, "sql select * into command_v from command_w", 2, "command,rows;SELECT,2;end");
    assert_shows(session, "sql drop table command_v, command_w", 2, "command,rows;DROP TABLE,NULL;end");
    assert_shows(session, "sql begin", 2, "command,rows;BEGIN,NULL;end");
    assert_shows(session, "set write off", 0, "");
    assert_refused(session, "select 1", ERR_USAGE, "a transaction is open");
    assert_shows(session, "sql rollback", 2, "command,rows;ROLLBACK,NULL;end");
    assert_shows(session, "select 1 as a", 1, "a\n1\n");
}

SESSION_TEST(the_server_points_at_the_word)
{
    struct session *session = who;

    assert_int_equal(command_run(session->app, "sql select 1,\n  :n + nonsense", &session->page.sink, &session->error), ERR_SERVER);
    assert_string_equal(session->error.subject, "select 1,\n  :n + nonsense");
    assert_int_equal(session->error.at, 17);
    assert_int_equal(session->error.length, 8);
    error_done(&session->error);
    assert_shows(session, "select 1 as still", 1, "still;1;end");
}

static void on_deadline(void *who)
{
    task_cancel(who, ERR_TIMEOUT);
}

SESSION_TEST(what_was_interrupted_leaves_no_transaction_behind)
{
    struct session *session = who;

    assert_shows(session, "select 1 as a", 1, "a;1;end");
    loop_timer(session->loop, 50000, on_deadline, task_current());
    assert_int_equal(command_run(session->app, "select pg_sleep(600)", &session->page.sink, &session->error), ERR_TIMEOUT);
    error_done(&session->error);
    task_cancel_clear(task_current());
    assert_shows(session, "select 1 as a", 1, "a;1;end");
}

SESSION_TEST(habits_change_the_session)
{
    struct session *session = who;

    assert_shows(session, "\\x", 0, "");
    assert_string_equal(conf_text(session->conf, OPTION_FORMAT), "vertical");
    assert_shows(session, "\\x on", 0, "");
    assert_string_equal(conf_text(session->conf, OPTION_FORMAT), "vertical");
    assert_shows(session, "\\x", 0, "");
    assert_string_equal(conf_text(session->conf, OPTION_FORMAT), "table");
    assert_shows(session, "\\timing on", 0, "");
    assert_true(conf_flag(session->conf, OPTION_STATS));
    assert_shows(session, "\\timing off", 0, "");
    assert_false(conf_flag(session->conf, OPTION_STATS));
    assert_refused(session, "\\x maybe", ERR_USAGE, "'\\x' is followed by on or off, not 'maybe'");
    assert_refused(session, "\\e", ERR_USAGE, "no prompt");
    assert_false(session->app->quit);
    assert_shows(session, "\\q", 0, "");
    assert_true(session->app->quit);
}

SESSION_TEST(settings_are_shown_set_and_put_back)
{
    struct session *session = who;

    assert_shows(session, "set null", 5, "name,value,origin,values,description;null,NULL,default,TEXT,what stands for NULL in table, csv, tsv, markdown, html and vertical;end");
    assert_shows(session, "set null 'no value'", 0, "");
    assert_string_equal(conf_text(session->conf, OPTION_NULL), "no value");
    assert_shows(session, "set --reset null", 0, "");
    assert_null(conf_text(session->conf, OPTION_NULL));
    assert_refused(session, "set nul x", ERR_UNKNOWN, "unknown setting 'nul'");
    assert_refused(session, "set nul", ERR_UNKNOWN, "unknown setting 'nul'");
    assert_refused(session, "set tz Mars/Olympus", ERR_USAGE, "unknown time zone");
}

SESSION_TEST(a_file_of_commands_is_run)
{
    struct session *session = who;
    char path[] = "/tmp/ytempire-include-XXXXXX", line[80];
    int  fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_true(write(fd, "select 1 as a;\n\nselect\n  2 as b\nselect nonsense\nselect 3 as c", 61) == 61);
    (void)close(fd);
    snprintf(line, sizeof line, "\\i %s", path);
    cell_count = 1;
    assert_int_equal(command_run(session->app, line, &session->page.sink, &session->error), ERR_SERVER);
    assert_string_equal(str_text(&session->page.text), "a;1;endb;2;end");
    snprintf(line, sizeof line, "%s:5", path);
    assert_string_equal(session->error.where, line);
    error_done(&session->error);
    unlink(path);
    assert_refused(session, "\\i /nowhere/at/all", ERR_UNKNOWN, "/nowhere/at/all");
}

static void assert_hint(struct session *session, const char *line, const char *hint)
{
    assert_true(command_run(session->app, line, &session->page.sink, &session->error) < 0);
    if (session->error.hint == NULL || strstr(session->error.hint, hint) == NULL)
        fail_msg("%s: %s (%s)", line, session->error.text, session->error.hint ? session->error.hint : "no hint");
    error_done(&session->error);
}

SESSION_TEST(a_query_that_was_meant_as_a_command_is_told)
{
    struct session *session = who;

    assert_hint(session, "cata", "did you mean the command 'catalog'?");
    assert_hint(session, "explian total_views", "did you mean the command 'explain'?");
    assert_hint(session, "insert into t values (1)", "plain SQL is written 'sql insert …'");
    assert_hint(session, "DELETE FROM t", "plain SQL is written 'sql DELETE …'");
    assert_hint(session, "total_vews by channel_name", "did you mean 'total_views'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_are_bound_where_sql_has_values),
        cmocka_unit_test(only_what_can_make_the_session_another_one_is_told_so),
        cmocka_unit_test(the_statement_is_known_by_its_verb_and_its_brackets),
        cmocka_unit_test(a_variable_without_a_value_is_refused),
        cmocka_unit_test(the_caret_goes_back_to_what_was_typed),
        cmocka_unit_test(names_of_copy_are_made_unique),
        cmocka_unit_test(rows_come_with_their_names),
        cmocka_unit_test(csv_passes_through),
        cmocka_unit_test(it_only_reads),
        cmocka_unit_test(with_write_on_it_changes_the_database),
        cmocka_unit_test(the_server_points_at_the_word),
        cmocka_unit_test(what_was_interrupted_leaves_no_transaction_behind),
        cmocka_unit_test(habits_change_the_session),
        cmocka_unit_test(settings_are_shown_set_and_put_back),
        cmocka_unit_test(a_file_of_commands_is_run),
        cmocka_unit_test(a_query_that_was_meant_as_a_command_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
