/* engine: PostgreSQL, against a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "server.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

static long long one_int(struct desk *desk, const char *sql)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;

    assert_int_equal(pg_query(desk->pg, sql, NULL, 0, &result, &desk->error), 0);
    assert_int_equal(pg_result_rows(result), 1);
    return pg_result_int(result, 0, 0);
}

/* -- statements and rows ------------------------------------------------------------------------------------------ */

SERVER_TEST(bound_values_and_nulls_come_back)
{
    struct desk *desk = who;
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct pg_value values[] = {PG_TEXT("O'Hara; drop table x"), {NULL, 0}, {"41", 23}};

    assert_int_equal(pg_query(desk->pg, "select $1::text as name, $2::int, $3 + 1", values, 3, &result, &desk->error), 0);
    assert_int_equal(pg_result_columns(result), 3);
    assert_string_equal(pg_result_name(result, 0), "name");
    assert_string_equal(pg_result_text(result, 0, 0), "O'Hara; drop table x");
    assert_null(pg_result_text(result, 0, 1));
    assert_int_equal(pg_result_int(result, 0, 1), 0);
    assert_int_equal(pg_result_int(result, 0, 2), 42);
}

SERVER_TEST(more_values_than_fit_the_stack_are_bound)
{
    struct desk *desk = who;
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct pg_value values[100];
    struct str sql = STR_INIT;

    for (int i = 0; i < 100; i++) {
        values[i] = (struct pg_value){"1", 23};
        str_addf(&sql, "%s$%d", i == 0 ? "select " : " + ", i + 1);
    }
    assert_int_equal(pg_query(desk->pg, str_text(&sql), values, 100, &result, &desk->error), 0);
    assert_int_equal(pg_result_int(result, 0, 0), 100);
    str_done(&sql);
}

SERVER_TEST(rows_that_were_changed_are_counted)
{
    struct desk *desk = who;
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;

    assert_int_equal(pg_query(desk->pg, "create temp table t (a int)", NULL, 0, NULL, &desk->error), 0);
    assert_int_equal(pg_query(desk->pg, "insert into t select generate_series(1, 17)", NULL, 0, &result, &desk->error), 0);
    assert_int_equal(pg_result_affected(result), 17);
    assert_int_equal(pg_result_rows(result), 0);
}

static const char *shown(struct desk *desk, const char *setting, char buffer[static 128])
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct pg_value value = PG_TEXT(setting);

    assert_int_equal(pg_query(desk->pg, "select current_setting($1)", &value, 1, &result, &desk->error), 0);
    snprintf(buffer, 128, "%s", pg_result_text(result, 0, 0));
    return buffer;
}

SERVER_TEST(every_session_speaks_the_same)
{
    struct desk *desk = who;
    char buffer[128];

    assert_string_equal(shown(desk, "TimeZone", buffer), "UTC");
    assert_string_equal(shown(desk, "DateStyle", buffer), "ISO, MDY");
    assert_string_equal(shown(desk, "IntervalStyle", buffer), "iso_8601");
    assert_string_equal(shown(desk, "extra_float_digits", buffer), "1");
    assert_string_equal(shown(desk, "jit", buffer), "off");
    assert_string_equal(shown(desk, "client_encoding", buffer), "UTF8");
    assert_string_equal(shown(desk, "standard_conforming_strings", buffer), "on");
    assert_string_equal(shown(desk, "application_name", buffer), "ytempire");
    assert_true(pg_server_version(desk->pg) >= 150000);
    assert_int_equal(one_int(desk, "select pg_backend_pid()"), pg_backend_pid(desk->pg));
    assert_string_equal(pg_user(desk->pg), "postgres");
    assert_string_equal(pg_database(desk->pg), "postgres");
}

SERVER_TEST(the_environment_changes_neither_zone_nor_dates)
{
    struct desk *desk = who;
    struct pg *first = desk->pg;
    char buffer[128];

    setenv("PGTZ", "Asia/Tokyo", 1);
    setenv("PGDATESTYLE", "German", 1);
    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = desk->dsn}, &desk->pg, &desk->error), 0);
    assert_string_equal(shown(desk, "TimeZone", buffer), "UTC");
    assert_string_equal(shown(desk, "DateStyle", buffer), "ISO, MDY");
    pg_close(desk->pg);
    desk->pg = first;
}

SERVER_TEST(the_users_options_stay_and_ours_win)
{
    struct desk *desk = who;
    struct pg *first = desk->pg;
    _cleanup_(mem_freep) char *dsn = mem_printf("%s options='-c work_mem=7MB -c TimeZone=Asia/Tokyo'", desk->dsn);
    const char *const settings[] = {"application_name=with space \\ in it", "lock_timeout=5s", NULL};
    char buffer[128];

    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = dsn, .settings = settings}, &desk->pg, &desk->error), 0);
    assert_string_equal(shown(desk, "work_mem", buffer), "7MB");
    assert_string_equal(shown(desk, "TimeZone", buffer), "UTC");
    assert_string_equal(shown(desk, "lock_timeout", buffer), "5s");
    pg_close(desk->pg);
    desk->pg = first;
}

static const char *in_environment(char *const *environment, const char *name)
{
    for (; *environment; environment++)
        if (text_starts(*environment, name))
            return *environment;
    return NULL;
}

SERVER_TEST(another_program_is_told_the_way_in_its_environment)
{
    struct desk *desk = who;
    struct pg *pg;
    char **environment;

    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = desk->dsn, .password = "se cret", .database = "postgres"}, &pg, NULL), 0);
    assert_int_equal(pg_environment(pg, &environment, &desk->error), 0);
    assert_string_equal(in_environment(environment, "PGDATABASE="), "PGDATABASE=postgres");
    assert_string_equal(in_environment(environment, "PGPASSWORD="), "PGPASSWORD=se cret");
    assert_non_null(in_environment(environment, "PGHOST="));
    assert_string_equal(in_environment(environment, "PGSERVICE"), "PGSERVICE");
    assert_null(in_environment(environment, "PGSERVICE="));
    pg_environment_free(environment);
    pg_close(pg);
}

SERVER_TEST(a_script_runs_in_one_go)
{
    struct desk *desk = who;

    assert_int_equal(pg_script(desk->pg, "create temp table s (a int); insert into s values (1), (2); select * from s", &desk->error), 0);
    assert_int_equal(one_int(desk, "select count(*) from s"), 2);
    assert_int_equal(pg_script(desk->pg, "", &desk->error), 0);
    assert_false(pg_in_transaction(desk->pg));
    assert_int_equal(pg_script(desk->pg, "begin", &desk->error), 0);
    assert_true(pg_in_transaction(desk->pg));
}

/* -- errors ------------------------------------------------------------------------------------------------------- */

SERVER_TEST(an_error_points_at_the_word_in_bytes)
{
    struct desk *desk = who;

    assert_int_equal(pg_query(desk->pg, "select 'é', nothing_here", NULL, 0, NULL, &desk->error), ERR_SERVER);
    assert_string_equal(desk->error.text, "column \"nothing_here\" does not exist");
    assert_string_equal(desk->error.sqlstate, "42703");
    assert_string_equal(desk->error.subject, "select 'é', nothing_here");
    assert_int_equal(desk->error.at, strlen("select 'é', "));
    assert_int_equal(desk->error.length, strlen("nothing_here"));
    error_done(&desk->error);
    assert_int_equal(one_int(desk, "select 1"), 1);
}

SERVER_TEST(detail_and_hint_are_the_hint)
{
    struct desk *desk = who;

    assert_int_equal(pg_script(desk->pg, "create temp table u (a int primary key); insert into u values (1)", &desk->error), 0);
    assert_int_equal(pg_query(desk->pg, "insert into u values (1)", NULL, 0, NULL, &desk->error), ERR_SERVER);
    assert_string_equal(desk->error.sqlstate, "23505");
    assert_string_equal(desk->error.hint, "Key (a)=(1) already exists.");
}

SERVER_TEST(an_error_in_a_script_points_into_the_script)
{
    struct desk *desk = who;

    assert_int_equal(pg_script(desk->pg, "select 1;\nselect 2;\nselekt 3;", &desk->error), ERR_SERVER);
    assert_int_equal(desk->error.at, strlen("select 1;\nselect 2;\n"));
    assert_int_equal(desk->error.length, strlen("selekt"));
}

SERVER_TEST(copy_in_a_plain_statement_is_refused_and_the_session_lives)
{
    struct desk *desk = who;

    assert_int_equal(pg_query(desk->pg, "copy pg_class to stdout", NULL, 0, NULL, &desk->error), ERR_USAGE);
    error_done(&desk->error);
    assert_int_equal(pg_script(desk->pg, "create temp table c (a int)", &desk->error), 0);
    assert_int_equal(pg_query(desk->pg, "copy c from stdin", NULL, 0, NULL, &desk->error), ERR_USAGE);
    error_done(&desk->error);
    assert_int_equal(pg_script(desk->pg, "copy c to stdout; select 1", &desk->error), 0);
    assert_int_equal(one_int(desk, "select 1"), 1);
}

SERVER_TEST(no_server_is_no_connection)
{
    struct desk *desk = who;
    struct pg *pg = NULL;

    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = "host=/no/such/folder dbname=x"}, &pg, &desk->error), 0);
    assert_int_equal(pg_ready(pg, &desk->error), ERR_CONNECT);
    assert_non_null(strstr(desk->error.text, "/no/such/folder/.s.PGSQL.5432"));
    assert_null(strchr(desk->error.text, '\n'));
    assert_non_null(desk->error.hint);
    error_done(&desk->error);
    assert_int_equal(pg_query(pg, "select 1", NULL, 0, NULL, &desk->error), ERR_CONNECT);
    pg_close(pg);
}

SERVER_TEST(a_host_that_must_be_looked_up_does_not_block)
{
    struct desk *desk = who;
    struct pg *pg = NULL;

    /* nobody listens at port 1; localhost is looked up on a thread */
    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = "host=localhost port=1 dbname=x"}, &pg, &desk->error), 0);
    assert_int_equal(pg_ready(pg, &desk->error), ERR_CONNECT);
    assert_non_null(strstr(desk->error.text, "localhost"));
    pg_close(pg);
    /* closed at once, while the thread is at work */
    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = "host=localhost port=1 dbname=x"}, &pg, &desk->error), 0);
    pg_close(pg);
}

SERVER_TEST(a_broken_connection_string_is_a_usage_error)
{
    struct desk *desk = who;
    struct pg *pg = NULL;

    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = "host=x colour=blue"}, &pg, &desk->error), ERR_USAGE);
    assert_non_null(strstr(desk->error.text, "colour"));
    assert_null(pg);
    error_done(&desk->error);
    assert_int_equal(setenv("PGSERVICEFILE", "/dev/null", 1), 0);
    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = "service=none"}, &pg, &desk->error), ERR_USAGE);
    assert_string_equal(desk->error.text, "definition of service \"none\" not found");
    error_done(&desk->error);
    assert_int_equal(setenv("PGSERVICE", "nor-this", 1), 0);
    assert_int_equal(pg_open(desk->loop, &(struct pg_options){0}, &pg, &desk->error), ERR_USAGE);
    assert_non_null(strstr(desk->error.text, "nor-this"));
    assert_int_equal(unsetenv("PGSERVICE"), 0);
    assert_int_equal(unsetenv("PGSERVICEFILE"), 0);
}

SERVER_TEST(an_option_whose_value_cannot_be_is_a_usage_error)
{
    static const char *const dsns[] = {"host=/x sslmode=foo", "host=/x port=abc", "host=/x port=99999999"};
    struct desk *desk = who;

    for (size_t i = 0; i < COUNT_OF(dsns); i++) {
        struct pg *pg = NULL;

        assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = dsns[i]}, &pg, &desk->error), 0);
        assert_int_equal(pg_ready(pg, &desk->error), ERR_USAGE);
        assert_true(text_starts(desk->error.text, "invalid "));
        error_done(&desk->error);
        pg_close(pg);
    }
}

SERVER_TEST(a_database_that_is_not_there_is_named)
{
    struct desk *desk = who;
    struct pg *pg = NULL;
    _cleanup_(mem_freep) char *dsn = mem_printf("%s dbname=nowhere", desk->dsn);

    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = dsn}, &pg, &desk->error), 0);
    assert_int_equal(pg_ready(pg, &desk->error), ERR_CONNECT);
    assert_non_null(strstr(desk->error.text, "\"nowhere\" does not exist"));
    pg_close(pg);
}

static void end_the_session(void *who)
{
    struct desk *desk = who;
    struct pg *other = NULL;
    char pid[32];
    struct pg_value value = PG_TEXT(pid);

    snprintf(pid, sizeof pid, "%d", pg_backend_pid(desk->pg));
    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = desk->dsn}, &other, NULL), 0);
    assert_int_equal(pg_query(other, "select pg_terminate_backend($1)", &value, 1, NULL, NULL), 0);
    pg_close(other);
}

SERVER_TEST(a_session_ended_in_mid_query_is_a_lost_connection)
{
    struct desk *desk = who;

    assert_int_equal(pg_ready(desk->pg, &desk->error), 0);
    task_start(desk->loop, end_the_session, desk);
    assert_int_equal(pg_query(desk->pg, "select pg_sleep(1000)", NULL, 0, NULL, &desk->error), ERR_CONNECT);
    assert_string_equal(desk->error.text, "the server ended the connection: terminating connection due to administrator command");
    assert_string_equal(desk->error.sqlstate, "57P01");
    error_done(&desk->error);
    assert_int_equal(pg_query(desk->pg, "select 1", NULL, 0, NULL, &desk->error), ERR_CONNECT);
}

/* -- cancelling --------------------------------------------------------------------------------------------------- */

static void cancel_main(void *who)
{
    task_cancel(who, ERR_TIMEOUT);
}

SERVER_TEST(a_cancelled_task_cancels_on_the_server)
{
    struct desk *desk = who;

    assert_int_equal(pg_ready(desk->pg, &desk->error), 0);
    int64_t began = monotonic_us();
    loop_timer(desk->loop, 50000, cancel_main, task_current());
    assert_int_equal(pg_query(desk->pg, "select pg_sleep(1000)", NULL, 0, NULL, &desk->error), ERR_TIMEOUT);
    assert_true(monotonic_us() - began < 100 * US_PER_SECOND);
    assert_string_equal(desk->error.sqlstate, "57014");        /* the server's own word for it */
    error_done(&desk->error);
    assert_int_equal(pg_query(desk->pg, "select 1", NULL, 0, NULL, &desk->error), ERR_TIMEOUT);
    error_done(&desk->error);
    task_cancel_clear(task_current());
    assert_int_equal(one_int(desk, "select 1"), 1);    /* the session lives, and no late cancel hits it */
    assert_int_equal(one_int(desk, "select count(*) from pg_stat_activity where query like '%pg_sleep(1000)%' and pid <> pg_backend_pid()"), 0);
}

static int stop_after_five(void *who, const struct data_cell *cells, struct error *error)
{
    int *rows = who;

    (void)cells;
    return ++*rows == 5 ? error_set(error, ERR_CLOSED, "enough") : 0;
}

SERVER_TEST(a_reader_that_has_enough_stops_the_statement)
{
    struct desk *desk = who;
    int rows = 0;
    struct pg_stream stream = {.on_row = stop_after_five, .who = &rows};

    assert_int_equal(pg_stream(desk->pg, "select generate_series(1, 100000000)", NULL, 0, &stream, &desk->error), ERR_CLOSED);
    assert_int_equal(rows, 5);
    error_done(&desk->error);
    assert_int_equal(one_int(desk, "select 1"), 1);
}

/* -- streaming ---------------------------------------------------------------------------------------------------- */

struct gathered {
    struct str columns, rows;
    int        on_columns;
};

static int gather_columns(void *who, const struct data_column *columns, size_t count, struct error *error)
{
    struct gathered *gathered = who;

    (void)error;
    gathered->on_columns++;
    for (size_t i = 0; i < count; i++)
        str_addf(&gathered->columns, "%s:%s%s ", columns[i].name, data_type_name(columns[i].type),
                 columns[i].type == DATA_ARRAY ? data_type_name(columns[i].element) : "");
    return 0;
}

static int gather_two_cells(void *who, const struct data_cell *cells, struct error *error)
{
    struct gathered *gathered = who;

    (void)error;
    for (int i = 0; i < 2; i++) {
        str_add_bytes(&gathered->rows, cells[i].text ? cells[i].text : "NULL", cells[i].text ? cells[i].length : 4);
        str_add(&gathered->rows, i == 0 ? "," : ";");
    }
    return 0;
}

SERVER_TEST(rows_stream_with_their_columns)
{
    struct desk *desk = who;
    struct gathered gathered = {0};
    struct pg_stream stream = {.on_columns = gather_columns, .on_row = gather_two_cells, .who = &gathered};
    struct pg_value value = {"2", 23};

    assert_int_equal(pg_stream(desk->pg, "select i as n, nullif(i, $1)::text || '' as t from generate_series(1, 3) i",
                               &value, 1, &stream, &desk->error), 0);
    assert_string_equal(str_text(&gathered.rows), "1,1;2,NULL;3,3;");
    assert_int_equal(gathered.on_columns, 1);
    str_done(&gathered.columns);
    str_done(&gathered.rows);
}

SERVER_TEST(types_are_known_also_without_rows)
{
    struct desk *desk = who;
    struct gathered gathered = {0};
    struct pg_stream stream = {.on_columns = gather_columns, .on_row = gather_two_cells, .who = &gathered};

    assert_int_equal(pg_stream(desk->pg,
                               "select true b, 1 i, 1.5 n, 1::float8 f, 'x' t, date '2026-01-31' d, now()::timestamp ts, now() tz,"
                               " interval '1 day' iv, '{}'::jsonb j, ''::bytea y, gen_random_uuid() u, array['a'] a, array[1] ai where false",
                               NULL, 0, &stream, &desk->error), 0);
    struct str expected = STR_INIT;
    const char *names[] = {"b", "i", "n", "f", "t", "d", "ts", "tz", "iv", "j", "y", "u"};
    enum data_type types[] = {DATA_BOOL, DATA_INT, DATA_NUMERIC, DATA_FLOAT, DATA_TEXT, DATA_DATE, DATA_TIMESTAMP,
                              DATA_TIMESTAMPTZ, DATA_INTERVAL, DATA_JSON, DATA_BYTES, DATA_UUID};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        str_addf(&expected, "%s:%s ", names[i], data_type_name(types[i]));
    str_addf(&expected, "a:%s%s ", data_type_name(DATA_ARRAY), data_type_name(DATA_TEXT));
    str_addf(&expected, "ai:%s%s ", data_type_name(DATA_ARRAY), data_type_name(DATA_INT));
    assert_string_equal(str_text(&gathered.columns), str_text(&expected));
    assert_string_equal(str_text(&gathered.rows), "");
    assert_int_equal(gathered.on_columns, 1);
    str_done(&expected);
    str_done(&gathered.columns);
    str_done(&gathered.rows);
}

static void remember_tag(void *who, const char *tag)
{
    str_addf(who, "%s;", tag);
}

SERVER_TEST(a_stream_ends_with_the_servers_word_for_it)
{
    struct desk *desk = who;
    struct str tags = STR_INIT;
    struct pg_stream stream = {.who = &tags, .on_done = remember_tag};

    assert_int_equal(pg_stream(desk->pg, "create temp table t (a int)", NULL, 0, &stream, &desk->error), 0);
    assert_int_equal(pg_stream(desk->pg, "insert into t values (1), (2)", NULL, 0, &stream, &desk->error), 0);
    assert_int_equal(pg_stream(desk->pg, "select a from t where false", NULL, 0, &stream, &desk->error), 0);
    assert_string_equal(str_text(&tags), "CREATE TABLE;INSERT 0 2;SELECT 0;");
    str_done(&tags);
}

SERVER_TEST(an_error_after_some_rows_is_told)
{
    struct desk *desk = who;
    struct gathered gathered = {0};
    struct pg_stream stream = {.on_columns = gather_columns, .on_row = gather_two_cells, .who = &gathered};

    assert_int_equal(pg_stream(desk->pg, "select i, 10 / (3 - i) from generate_series(1, 5) i", NULL, 0, &stream, &desk->error), ERR_SERVER);
    assert_string_equal(str_text(&gathered.rows), "1,5;2,10;");
    assert_string_equal(desk->error.sqlstate, "22012");
    str_done(&gathered.columns);
    str_done(&gathered.rows);
}

SERVER_TEST(an_endless_stream_can_be_cancelled)
{
    struct desk *desk = who;
    struct gathered gathered = {0};
    struct pg_stream stream = {.on_columns = gather_columns, .on_row = gather_two_cells, .who = &gathered};

    assert_int_equal(pg_ready(desk->pg, &desk->error), 0);
    loop_timer(desk->loop, 50000, cancel_main, task_current());
    assert_int_equal(pg_stream(desk->pg, "select 1, 2 from generate_series(1, 1000000000000)", NULL, 0, &stream, &desk->error), ERR_TIMEOUT);
    task_cancel_clear(task_current());
    error_done(&desk->error);
    assert_int_equal(one_int(desk, "select 1"), 1);
    str_done(&gathered.columns);
    str_done(&gathered.rows);
}

struct tally {
    uint64_t rows, bytes;
};

static int count_row(void *who, const struct data_cell *cells, struct error *error)
{
    struct tally *tally = who;

    (void)error;
    tally->rows++;
    tally->bytes += cells[0].length + cells[1].length + cells[2].length;
    return 0;
}

static long peak_kb(void)
{
    char line[256];
    long kb = 0;
    FILE *status = fopen("/proc/self/status", "r");

    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %ld kB", &kb) == 1)
            break;
    if (status)
        fclose(status);
    return kb;
}

static void remember_trace(void *who, const struct pg_trace *trace)
{
    *(struct pg_trace *)who = *trace;
}

SERVER_TEST(a_million_rows_need_no_memory)
{
    struct desk *desk = who;
    struct tally tally = {0};
    struct pg_trace trace = {0};
    struct pg_stream stream = {.on_row = count_row, .who = &tally};

    assert_int_equal(pg_ready(desk->pg, &desk->error), 0);
    long before = peak_kb();
    pg_on_trace(desk->pg, remember_trace, &trace);
    assert_int_equal(pg_stream(desk->pg, "select i, 'channel ' || i % 250, i * 1.5 from generate_series(1, 1000000) i",
                               NULL, 0, &stream, &desk->error), 0);
    assert_int_equal(tally.rows, 1000000);
    assert_int_equal(trace.rows, 1000000);
    assert_int_equal(trace.bytes, tally.bytes);
    assert_int_equal(trace.code, 0);
#ifndef WITH_ASAN    /* it keeps what was freed */
    assert_true(peak_kb() - before < 12 * 1024);
#else
    (void)before;
#endif
}

/* -- the rest ----------------------------------------------------------------------------------------------------- */

static void remember_notice(void *who, const char *severity, const char *text)
{
    str_addf(who, "%s: %s", severity, text);
}

SERVER_TEST(notices_are_handed_on)
{
    struct desk *desk = who;
    struct str said = STR_INIT;

    assert_int_equal(pg_ready(desk->pg, &desk->error), 0);
    pg_on_notice(desk->pg, remember_notice, &said);
    assert_int_equal(pg_script(desk->pg, "do $$ begin raise warning 'careful'; end $$", &desk->error), 0);
    assert_string_equal(str_text(&said), "WARNING: careful");
    str_done(&said);
}

static int asks_in_a_row(void *who, const struct data_cell *cells, struct error *error)
{
    struct desk *desk = who;

    (void)cells;
    return pg_query(desk->pg, "select 2", NULL, 0, NULL, error);
}

struct heard {
    struct task *task;
    char         text[80];
};

static void hear(void *who, const char *channel, const char *text)
{
    struct heard *heard = who;

    snprintf(heard->text, sizeof heard->text, "%s %s", channel ? channel : "lost", text ? text : "");
    task_wake(heard->task);
}

static const char *wait_to_hear(struct heard *heard)
{
    while (heard->text[0] == '\0')
        assert_int_equal(task_park(), 0);
    return heard->text;
}

SERVER_TEST(a_notification_is_heard_while_nothing_runs_and_with_an_answer)
{
    struct desk *desk = who;
    struct heard heard = {.task = task_current()};
    _cleanup_(pg_closep) struct pg *other = NULL;

    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = desk->dsn}, &other, NULL), 0);
    pg_on_notify(desk->pg, hear, &heard);
    assert_int_equal(pg_script(desk->pg, "LISTEN news", &desk->error), 0);
    assert_int_equal(pg_script(other, "NOTIFY news, 'one'", &desk->error), 0);
    assert_string_equal(wait_to_hear(&heard), "news one");
    heard.text[0] = '\0';
    assert_int_equal(pg_script(desk->pg, "BEGIN", &desk->error), 0);
    assert_int_equal(pg_script(other, "NOTIFY news, 'two'", &desk->error), 0);
    assert_int_equal(pg_script(desk->pg, "COMMIT", &desk->error), 0);
    assert_string_equal(wait_to_hear(&heard), "news two");
}

SERVER_TEST(a_connection_that_ends_while_nothing_runs_is_told)
{
    struct desk *desk = who;
    struct heard heard = {.task = task_current()};
    _cleanup_(pg_closep) struct pg *other = NULL;
    char kill[80];

    assert_int_equal(pg_open(desk->loop, &(struct pg_options){.dsn = desk->dsn}, &other, NULL), 0);
    assert_int_equal(pg_ready(desk->pg, &desk->error), 0);
    pg_on_notify(desk->pg, hear, &heard);
    snprintf(kill, sizeof kill, "SELECT pg_terminate_backend(%d)", pg_backend_pid(desk->pg));
    assert_int_equal(pg_query(other, kill, NULL, 0, NULL, &desk->error), 0);
    assert_string_equal(wait_to_hear(&heard), "lost ");
    assert_int_equal(pg_script(desk->pg, "SELECT 1", &desk->error), ERR_CONNECT);
}

SERVER_TEST(one_statement_at_a_time)
{
    struct desk *desk = who;
    struct pg_stream stream = {.on_row = asks_in_a_row, .who = desk};

    assert_int_equal(pg_stream(desk->pg, "select 1", NULL, 0, &stream, &desk->error), ERR_FAILED);
    assert_non_null(strstr(desk->error.text, "busy"));
    error_done(&desk->error);
    assert_int_equal(one_int(desk, "select 1"), 1);
}

static void names_and_texts_are_quoted(void **state)
{
    struct str to = STR_INIT;

    (void)state;
    pg_quote_identifier(&to, "a\"b", 3);
    str_add_char(&to, ' ');
    pg_quote_literal(&to, "it's \\n", 7);
    assert_string_equal(str_text(&to), "\"a\"\"b\" 'it''s \\n'");
    str_done(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bound_values_and_nulls_come_back),
        cmocka_unit_test(more_values_than_fit_the_stack_are_bound),
        cmocka_unit_test(rows_that_were_changed_are_counted),
        cmocka_unit_test(every_session_speaks_the_same),
        cmocka_unit_test(the_environment_changes_neither_zone_nor_dates),
        cmocka_unit_test(the_users_options_stay_and_ours_win),
        cmocka_unit_test(another_program_is_told_the_way_in_its_environment),
        cmocka_unit_test(a_script_runs_in_one_go),
        cmocka_unit_test(an_error_points_at_the_word_in_bytes),
        cmocka_unit_test(detail_and_hint_are_the_hint),
        cmocka_unit_test(an_error_in_a_script_points_into_the_script),
        cmocka_unit_test(copy_in_a_plain_statement_is_refused_and_the_session_lives),
        cmocka_unit_test(no_server_is_no_connection),
        cmocka_unit_test(a_host_that_must_be_looked_up_does_not_block),
        cmocka_unit_test(a_broken_connection_string_is_a_usage_error),
        cmocka_unit_test(an_option_whose_value_cannot_be_is_a_usage_error),
        cmocka_unit_test(a_database_that_is_not_there_is_named),
        cmocka_unit_test(a_session_ended_in_mid_query_is_a_lost_connection),
        cmocka_unit_test(a_cancelled_task_cancels_on_the_server),
        cmocka_unit_test(a_reader_that_has_enough_stops_the_statement),
        cmocka_unit_test(rows_stream_with_their_columns),
        cmocka_unit_test(types_are_known_also_without_rows),
        cmocka_unit_test(a_stream_ends_with_the_servers_word_for_it),
        cmocka_unit_test(an_error_after_some_rows_is_told),
        cmocka_unit_test(an_endless_stream_can_be_cancelled),
        cmocka_unit_test(a_million_rows_need_no_memory),
        cmocka_unit_test(notices_are_handed_on),
        cmocka_unit_test(a_notification_is_heard_while_nothing_runs_and_with_an_answer),
        cmocka_unit_test(a_connection_that_ends_while_nothing_runs_is_told),
        cmocka_unit_test(one_statement_at_a_time),
        cmocka_unit_test(names_and_texts_are_quoted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
