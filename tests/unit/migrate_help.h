/*
 * For tests of migrations: a database of its own for each test, and a sink that keeps what it is told. Include after
 * cmocka.h.
 */
#ifndef YTEMPIRE_TESTS_MIGRATE_HELP_H
#define YTEMPIRE_TESTS_MIGRATE_HELP_H

#include "server.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/migrate.h"

/* -- statements --------------------------------------------------------------------------------------------------------- */

static void must(int r, struct error *error)
{
    if (r >= 0)
        return;
    _cleanup_(mem_freep) char *text = error_render(error);
    fail_msg("%s", text);
}

static inline void run_sql(struct pg *pg, const char *sql)
{
    struct error error = ERROR_INIT;

    must(pg_script(pg, sql, &error), &error);
}

/* What the statement's rows hold: cells with '|' between, rows with a line end. Caller frees. */
static inline char *ask(struct pg *pg, const char *sql)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct error error = ERROR_INIT;
    struct str   out = STR_INIT;

    must(pg_query(pg, sql, NULL, 0, &result, &error), &error);
    for (size_t row = 0; row < pg_result_rows(result); row++) {
        if (row > 0)
            str_add_char(&out, '\n');
        for (size_t column = 0; column < pg_result_columns(result); column++) {
            const char *text = pg_result_text(result, row, column);
            str_addf(&out, "%s%s", column > 0 ? "|" : "", text != NULL ? text : "");
        }
    }
    return str_take(&out);
}

static inline void assert_asked(struct pg *pg, const char *sql, const char *wanted)
{
    _cleanup_(mem_freep) char *got = ask(pg, sql);

    if (strcmp(got, wanted) != 0)
        fail_msg("%s\n  gives  %s\n  wanted %s", sql, got, wanted);
}

/* The statement is refused with this SQLSTATE, or one that begins so. */
static inline void assert_refused_sql(struct pg *pg, const char *sql, const char *sqlstate, const char *word)
{
    struct error error = ERROR_INIT;

    if (pg_script(pg, sql, &error) != ERR_SERVER)
        fail_msg("%s\n  is not refused", sql);
    if (strncmp(error.sqlstate, sqlstate, strlen(sqlstate)) != 0)
        fail_msg("%s\n  is refused with %s: %s", sql, error.sqlstate, error.text != NULL ? error.text : "");
    if (error.text == NULL || strstr(error.text, word) == NULL)
        fail_msg("%s\n  is refused without '%s'", sql, word);
    error_done(&error);
}

/* The storage engine under test: a test program is built once for each. */
#ifndef TEST_STORAGE
#define TEST_STORAGE "native"
#endif

static inline bool is_native(void)
{
    return strcmp(TEST_STORAGE, "native") == 0;
}

/* First in main: the server that is started must have what the engine needs, else the test is skipped. */
static inline void prepare_engine(void)
{
    if (!is_native())
        setenv("YTEMPIRE_TEST_PRELOAD", TEST_STORAGE, 1);
}

/* -- databases ---------------------------------------------------------------------------------------------------------- */

/* A session in a database as a user; both may be NULL: as the test's own. */
static inline struct pg *open_as(struct desk *desk, const char *database, const char *user)
{
    _cleanup_(mem_freep) char *dsn = mem_printf("%s%s%s", desk->dsn, user != NULL ? " user=" : "", user != NULL ? user : "");
    struct pg                 *pg;

    must(pg_open(desk->loop, &(struct pg_options){.dsn = dsn, .database = database}, &pg, &desk->error), &desk->error);
    must(pg_ready(pg, &desk->error), &desk->error);
    return pg;
}

/* Makes an empty database, owned by `owner` (NULL: the test's user), and opens it as that role. */
static inline struct pg *fresh_database(struct desk *desk, const char *name, const char *owner)
{
    _cleanup_(mem_freep) char *drop = mem_printf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    _cleanup_(mem_freep) char *make = mem_printf("CREATE DATABASE %s%s%s", name, owner != NULL ? " OWNER " : "", owner != NULL ? owner : "");

    run_sql(desk->pg, drop);
    run_sql(desk->pg, make);
    return open_as(desk, name, owner);
}

/* A copy of a database that was migrated once for the whole program; opened as the test's user. */
static inline struct pg *migrated_database(struct desk *desk, const char *name)
{
    static bool made;
    struct migrate_options options = {.storage = TEST_STORAGE};

    if (!is_native()) {                                 /* its background workers sit in a database, which so is no template */
        struct pg *own = fresh_database(desk, name, NULL);
        must(migrate_up(own, &options, NULL, NULL, NULL, &desk->error), &desk->error);
        return own;
    }
    if (!made) {
        struct pg *template = fresh_database(desk, "warehouse_template", NULL);
        must(migrate_up(template, &options, NULL, NULL, NULL, &desk->error), &desk->error);
        pg_close(template);
        made = true;
    }
    _cleanup_(mem_freep) char *gone = mem_printf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    _cleanup_(mem_freep) char *make = mem_printf("CREATE DATABASE %s TEMPLATE warehouse_template", name);
    _cleanup_(mem_freep) char *busy = mem_strdup("SELECT count(*) FROM pg_stat_activity WHERE datname = 'warehouse_template'");
    for (;;) {                                          /* a session that was closed may take a moment to leave */
        _cleanup_(mem_freep) char *left = ask(desk->pg, busy);
        if (strcmp(left, "0") == 0)
            break;
        assert_int_equal(task_sleep(2000), 0);
    }
    run_sql(desk->pg, gone);
    run_sql(desk->pg, make);
    return open_as(desk, name, NULL);
}

/* -- a sink that keeps -------------------------------------------------------------------------------------------------- */

struct kept {
    struct sink sink;
    struct str  columns, rows, texts;      /* names by ' '; cells by '|', rows and texts by line ends */
    size_t      width;
};

static int kept_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    struct kept *kept = (struct kept *)sink;

    (void)error;
    kept->width = count;
    str_clear(&kept->columns);
    str_clear(&kept->rows);
    for (size_t i = 0; i < count; i++)
        str_addf(&kept->columns, "%s%s", i > 0 ? " " : "", columns[i].name);
    return 0;
}

static int kept_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct kept *kept = (struct kept *)sink;

    (void)error;
    for (size_t i = 0; i < kept->width; i++) {
        if (i > 0)
            str_add_char(&kept->rows, '|');
        if (cells[i].text != NULL)
            str_add_bytes(&kept->rows, cells[i].text, cells[i].length);
    }
    str_add_char(&kept->rows, '\n');
    return 0;
}

static int kept_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink;
    (void)note;
    (void)error;
    return 0;
}

static void kept_text(struct sink *sink, const char *text)
{
    struct kept *kept = (struct kept *)sink;

    str_addf(&kept->texts, "%s\n", text);
}

static const struct sink_ops kept_ops = {.begin = kept_begin, .row = kept_row, .end = kept_end, .text = kept_text};

#define KEPT_INIT (struct kept){.sink = {&kept_ops}}

static inline void kept_done(struct kept *kept)
{
    str_done(&kept->columns);
    str_done(&kept->rows);
    str_done(&kept->texts);
}

#endif
