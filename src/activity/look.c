/*
 * One look at the server, in a transaction that writes nothing and waits for nobody for long: sessions, statements,
 * bloat.
 *
 * Invariant: a look that has begun is ended whatever comes, so that the session is as it was.
 */
#include <stdio.h>
#include <string.h>

#include "activity_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/loop.h"

/* -- a look -------------------------------------------------------------------------------------------------------- */

int look_begin(struct pg *pg, struct error *error)
{
    return pg_catalog_script(pg, "activity_begin", error);
}

void look_end(struct pg *pg)
{
    struct task *task = task_current();
    int          code = task_cancelled(task);

    task_cancel_clear(task);
    if (pg_in_transaction(pg))
        (void)!pg_script(pg, "ROLLBACK", NULL);
    if (code != 0 && task_cancelled(task) == 0)
        task_cancel(task, code);
}

static void explain(struct error *error)
{
    if (error != NULL && text_equal(error->sqlstate, "55P03"))
        error_hint(error, "somebody holds what was to be looked at: 'activity locks' shows who, or try again");
}

int look_ask(struct pg *pg, const struct look *look, struct pg_result **ret_result, struct error *error)
{
    int r = pg_catalog_query(pg, look->statement, look->values, look->count, ret_result, error);

    if (r < 0)
        explain(error);
    return r;
}

struct table *look_table(const char *columns)
{
    struct table *table = table_new(columns);

    for (size_t i = 0; i < table_column_count(table); i++) {
        struct data_column *column = table_column_mutable(table, i);

        if (text_ends(column->name, "seconds"))
            column->format = FORMAT_DURATION;
        else if (text_ends(column->name, "bytes"))
            column->format = FORMAT_BYTES;
        else if (column->type == DATA_INT && !text_ends(column->name, "id") && !text_equal(column->name, "depth"))
            column->format = FORMAT_NUMBER;
    }
    return table;
}

void look_add(struct table *table, const struct pg_result *result, size_t row)
{
    _cleanup_(mem_freep) struct data_cell *cells = mem_alloc((table_column_count(table) + 1) * sizeof *cells);

    for (size_t i = 0; i < table_column_count(table); i++) {
        const char *text = pg_result_text(result, row, i);

        cells[i] = (struct data_cell){text, text != NULL ? strlen(text) : 0};
    }
    table_add_cells(table, cells);
}

int look_send(const struct table *table, const char *const remarks[static 3], struct sink *sink, struct error *error)
{
    const char      *said[3];
    struct data_note note = {.remarks = said};

    for (size_t i = 0; i < 3; i++)
        if (remarks[i] != NULL)
            said[note.remark_count++] = remarks[i];
    return table_send_noted(table, &note, sink, error);
}

/* What there is to know of the look itself: columns of activity_about. */
enum { ABOUT_STANDBY, ABOUT_HIDDEN, ABOUT_HIDDEN_RELATIONS };

/* The statement's rows, and what is to be known beside. */
static int take(struct pg *pg, const struct look *look, struct pg_result **ret_rows, struct pg_result **ret_about,
                struct error *error)
{
    struct look about = {.statement = "activity_about"};
    int         r = look_begin(pg, error);

    if (r >= 0)
        r = look_ask(pg, look, ret_rows, error);
    if (r >= 0)
        r = look_ask(pg, &about, ret_about, error);
    look_end(pg);
    return r;
}

static struct table *rows_table(const char *columns, const struct pg_result *rows)
{
    struct table *table = look_table(columns);

    for (size_t i = 0; i < pg_result_rows(rows); i++)
        look_add(table, rows, i);
    return table;
}

/* "3 sessions of others are not shown …", or NULL; caller frees. */
static char *hidden_text(const struct pg_result *about, int column, const char *one, const char *many)
{
    long long count = pg_result_int(about, 0, (size_t)column);

    return count <= 0 ? NULL
                      : mem_printf("%lld %s not shown: this login may not see %s (pg_monitor does)", count,
                                   count == 1 ? one : many, count == 1 ? "it" : "them");
}

/* -- sessions ------------------------------------------------------------------------------------------------------ */

int activity_sessions(struct pg *pg, bool all, struct sink *sink, struct error *error)
{
    static const char columns[] = "pid:int user:text database:text application:text state:text wait:text "
                                  "seconds:numeric transaction_seconds:numeric query:text blocked_by:text own:text "
                                  "client:text kind:text connected_at:timestamptz";
    const struct pg_value values[] = {PG_TEXT(all ? "t" : "f")};
    struct look look = {.statement = "activity_sessions", .values = values, .count = 1, .columns = columns};
    _cleanup_(pg_result_freep) struct pg_result *rows = NULL, *about = NULL;
    _cleanup_(table_freep) struct table *table = NULL;
    _cleanup_(mem_freep) char *hidden = NULL;
    int r = take(pg, &look, &rows, &about, error);

    if (r < 0)
        return r;
    table = rows_table(columns, rows);
    table_column_mutable(table, 0)->format = FORMAT_PLAIN;
    hidden = hidden_text(about, ABOUT_HIDDEN, "session of another is", "sessions of others are");
    return look_send(table, (const char *const[3]){hidden}, sink, error);
}

/* -- statements ---------------------------------------------------------------------------------------------------- */

static const char *const orders[] = {"total", "mean", "calls", "rows", "io"};

static int check_order(const char *by, struct error *error)
{
    for (size_t i = 0; i < COUNT_OF(orders); i++)
        if (text_equal(orders[i], by))
            return 0;
    error_set(error, ERR_UNKNOWN, "statements cannot be ordered by '%s'", by);
    error_hint(error, "one of: total, mean, calls, rows, io");
    return ERR_UNKNOWN;
}

static int refuse_statements(const char *why, struct error *error)
{
    error_set(error, ERR_FAILED, "the server keeps no statistics of statements: %s", why);
    error_hint(error, "have an administrator add pg_stat_statements to shared_preload_libraries, restart the server, and "
                      "run CREATE EXTENSION pg_stat_statements in this database");
    return ERR_FAILED;
}

/* The extension may lie in any schema: it is put on the path of the look. */
static int find_statements(struct pg *pg, struct error *error)
{
    struct look place = {.statement = "activity_statements_place"};
    _cleanup_(pg_result_freep) struct pg_result *found = NULL;
    int r = look_ask(pg, &place, &found, error);

    if (r >= 0 && pg_result_rows(found) == 0)
        return refuse_statements("pg_stat_statements is not in this database", error);
    return r;
}

static int ask_statements(struct pg *pg, const struct look *look, struct pg_result **ret_rows, struct error *error)
{
    struct error why = ERROR_INIT;
    int          r = look_begin(pg, error);

    if (r >= 0)
        r = find_statements(pg, error);
    if (r >= 0 && (r = look_ask(pg, look, ret_rows, &why)) < 0) {
        if (text_equal(why.sqlstate, "55000"))
            r = refuse_statements("its library is not loaded", error);
        else
            error_move(error, &why);
    }
    error_done(&why);
    look_end(pg);
    return r;
}

int activity_statements(struct pg *pg, const char *by, long long most, struct sink *sink, struct error *error)
{
    static const char columns[] = "calls:int total_seconds:numeric share_percent:numeric mean_ms:numeric max_ms:numeric "
                                  "rows:int hit_percent:numeric blocks_read:int blocks_written:int temp_blocks:int "
                                  "user:text queryid:text query:text";
    char most_text[24];
    const struct pg_value values[] = {PG_TEXT(by), PG_TEXT(most_text)};
    struct look look = {.statement = "activity_statements", .values = values, .count = 2, .columns = columns};
    _cleanup_(pg_result_freep) struct pg_result *rows = NULL;
    _cleanup_(table_freep) struct table *table = NULL;
    int r = check_order(by, error);

    (void)snprintf(most_text, sizeof most_text, "%lld", most);
    if (r >= 0)
        r = ask_statements(pg, &look, &rows, error);
    if (r < 0)
        return r;
    table = rows_table(columns, rows);
    return look_send(table, (const char *const[3]){NULL}, sink, error);
}

/* -- bloat --------------------------------------------------------------------------------------------------------- */

int activity_bloat(struct pg *pg, long long most, struct sink *sink, struct error *error)
{
    static const char columns[] = "relation:text kind:text of_table:text bytes:int bloat_bytes:int "
                                  "bloat_percent:numeric rows:int dead_rows:int dead_percent:numeric "
                                  "last_vacuum:timestamptz last_autovacuum:timestamptz last_analyze:timestamptz "
                                  "last_autoanalyze:timestamptz";
    char most_text[24];
    const struct pg_value values[] = {PG_TEXT(most_text)};
    struct look look = {.statement = "activity_bloat", .values = values, .count = 1, .columns = columns};
    _cleanup_(pg_result_freep) struct pg_result *rows = NULL, *about = NULL;
    _cleanup_(table_freep) struct table *table = NULL;
    _cleanup_(mem_freep) char *hidden = NULL;
    bool standby;
    int  r;

    (void)snprintf(most_text, sizeof most_text, "%lld", most);
    r = take(pg, &look, &rows, &about, error);
    if (r < 0)
        return r;
    table = rows_table(columns, rows);
    standby = text_equal(pg_result_text(about, 0, ABOUT_STANDBY), "t");
    hidden = hidden_text(about, ABOUT_HIDDEN_RELATIONS, "table is", "tables are");
    return look_send(table,
                     (const char *const[3]){
                         "bloat is an estimate from the planner's statistics, as of the last vacuum or analyze",
                         standby ? "this is a standby: dead rows and times of vacuum are known to its primary alone" : NULL,
                         hidden},
                     sink, error);
}
