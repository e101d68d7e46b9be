/*
 * sql: plain SQL at the prompt.
 *
 * One statement, in a READ ONLY transaction of its own that is rolled back, so that neither SET nor a temporary table
 * changes what the next command sees; with `set write on` the statement stands alone, and the server commits it (VACUUM
 * and CREATE DATABASE refuse a transaction).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command_int.h"
#include "copy_header.h"
#include "nouns.h"
#include "sql_session.h"
#include "sql_statement.h"
#include "ytempire/engine/loop.h"

struct run {
    struct pg                  *pg;
    struct sink                *sink;
    const struct sql_statement *statement;
    bool                        begun;      /* rows are being sent */
    bool                        header;     /* COPY's first line has gone out */
    bool                        bare;       /* … or was empty: rows without a column are counted only */
    uint64_t                    rows;       /* … these */
    char                        tag[64];    /* "INSERT 0 5" */
};

/* -- rows ---------------------------------------------------------------------------------------------------------- */

static int on_columns(void *who, const struct data_column *columns, size_t count, struct error *error)
{
    struct run *run = who;

    run->begun = count > 0;
    return run->begun ? sink_begin(run->sink, columns, count, error) : 0;
}

static int on_row(void *who, const struct data_cell *cells, struct error *error)
{
    struct run *run = who;

    return run->begun ? sink_row(run->sink, cells, error) : 0;
}

static void on_done(void *who, const char *tag)
{
    struct run *run = who;
    size_t      length = strlen(tag) < sizeof run->tag ? strlen(tag) : sizeof run->tag - 1;

    memcpy(run->tag, tag, length);
    run->tag[length] = '\0';
}

/* "INSERT 0 5" → what was done, and to how many rows where the server says so. */
static int send_tag(const struct run *run, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("command:text rows:int");
    const char *last = strrchr(run->tag, ' ');
    size_t      length = strcspn(run->tag, "0123456789");
    bool        counted = last != NULL && last[1] >= '0' && last[1] <= '9';
    _cleanup_(mem_freep) char *words = mem_strndup(run->tag, counted && length > 0 ? length - 1 : strlen(run->tag));

    table_add(table, words, counted ? last + 1 : NULL);
    return table_send(table, run->sink, error);
}

static int stream(struct run *run, struct error *error)
{
    struct pg_stream stream = {.on_columns = on_columns, .on_row = on_row, .who = run, .on_done = on_done};
    struct data_note note = {.title = run->statement->typed};
    int r = pg_stream(run->pg, run->statement->sent, run->statement->values, run->statement->value_count, &stream,
                      error);

    if (r < 0)
        sql_statement_point(run->statement, 0, error);
    else
        r = run->begun ? sink_end(run->sink, &note, error) : send_tag(run, error);
    return r;
}

/* -- COPY passed through ------------------------------------------------------------------------------------------- */

static bool can_copy(const struct run *run)
{
    static const char *const verbs[] = {"select", "values", "table", "with"};
    const struct sink_ops   *ops = run->sink->ops;

    if (ops->passes == NULL || !run->statement->balanced || run->statement->value_count > 0 ||
        !ops->passes(run->sink, "csv"))
        return false;
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (text_equal(run->statement->verb, verbs[i]))
            return true;
    return false;
}

static int on_bytes(void *who, const char *bytes, size_t length, struct error *error)
{
    struct run *run = who;
    struct str  line = STR_INIT;
    int         r;

    run->rows += run->header;
    if (run->header)
        return run->bare ? 0 : run->sink->ops->raw(run->sink, bytes, length, error);
    run->header = true;
    run->bare = length == 1;
    if (run->bare)
        return 0;
    copy_header_add(bytes, length, &line);
    r = run->sink->ops->raw(run->sink, str_text(&line), line.length, error);
    str_done(&line);
    return r;
}

#define COPY_PREFIX "COPY ("

static int copy(struct run *run, struct error *error)
{
    _cleanup_(mem_freep) char *sql = mem_printf(COPY_PREFIX "%s\n) TO STDOUT (FORMAT csv, HEADER)",
                                                run->statement->sent);
    int r = pg_copy_out(run->pg, sql, on_bytes, run, error);

    if (r < 0)
        sql_statement_point(run->statement, strlen(COPY_PREFIX), error);
    else if (run->bare) {
        (void)snprintf(run->tag, sizeof run->tag, "SELECT %" PRIu64, run->rows);
        r = send_tag(run, error);
    }
    return r;
}

/* -- the transaction ----------------------------------------------------------------------------------------------- */

static int begin(struct run *run, bool read_only, struct error *error)
{
    return read_only ? pg_script(run->pg, "BEGIN READ ONLY", error) : 0;
}

/* Also when the command was interrupted: the next one must find the session as it was. */
static void end(struct run *run, bool read_only)
{
    int cancelled = task_cancelled(task_current());

    if (!read_only || !pg_in_transaction(run->pg))
        return;
    if (cancelled < 0)
        task_cancel_clear(task_current());
    (void)!pg_script(run->pg, "ROLLBACK", NULL);
    if (cancelled < 0)
        task_cancel(task_current(), cancelled);
}

/* COPY refuses a few statements that stand well alone (SELECT INTO, a WITH that returns nothing): 0A000, before any
 * row. */
static bool must_stream_instead(const struct run *run, int r, const struct error *error)
{
    return r == ERR_SERVER && !run->header && text_equal(error->sqlstate, "0A000");
}

static int run_statement(struct run *run, bool read_only, struct error *error)
{
    struct error own = ERROR_INIT;
    bool         copies = can_copy(run);
    int          r = begin(run, read_only, &own);

    if (r >= 0)
        r = copies ? copy(run, &own) : stream(run, &own);
    end(run, read_only);
    if (copies && must_stream_instead(run, r, &own)) {
        error_done(&own);
        r = begin(run, read_only, &own);
        if (r >= 0)
            r = stream(run, &own);
        end(run, read_only);
    }
    if (r == ERR_SERVER && text_equal(own.sqlstate, "25006"))
        error_hint(&own, "'sql' only reads; 'set write on' lets it change the database");
    error_move(error, &own);
    return r;
}

/* -- the command --------------------------------------------------------------------------------------------------- */

static bool ends_transaction(const char *verb)
{
    return text_equal(verb, "commit") || text_equal(verb, "rollback") || text_equal(verb, "end") ||
           text_equal(verb, "abort");
}

static int run_on(struct run *run, bool write, struct error *error)
{
    const char *verb = run->statement->verb;
    bool        open = pg_in_transaction(run->pg);

    if (write || (open && ends_transaction(verb)))
        return run_statement(run, false, error);
    if (open) {
        (void)error_set(error, ERR_USAGE, "a transaction is open that 'sql' began while it could write");
        error_hint(error, "end it with 'sql commit' or 'sql rollback'");
        return ERR_USAGE;
    }
    if (text_equal(verb, "set") || text_equal(verb, "reset"))
        sink_text(run->sink, "a setting holds for its own statement only, unless 'set write on'");
    return run_statement(run, true, error);
}

static const char *variable_of(void *who, const char *name, size_t length)
{
    return app_variable(who, name, length);
}

static void on_notice(void *who, const char *severity, const char *text)
{
    sink_text(who, "%s: %s", severity, text);
}

static int run_sql(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct sql_variables variables = {.value = variable_of, .names = app_variable_names(app), .who = app};
    struct sql_statement statement;
    struct run           run = {.sink = sink, .statement = &statement};
    int                  r = sql_statement_read(arena, args_get(args, "STATEMENT"), &variables, &statement, error);

    if (r < 0)
        return r;
    r = app_pg(app, &run.pg, error);
    if (r < 0 && ends_transaction(statement.verb))
        app_end_lost_transaction(app);
    if (r < 0)
        return r;
    if (conf_text(app->conf, OPTION_AS_USER) != NULL)
        sink_text(sink,
                  "note: --as-user is about questions; sql reads what the login may, and tenant.… as that account");
    pg_on_notice(run.pg, on_notice, sink);
    r = run_on(&run, conf_flag(app->conf, OPTION_WRITE), error);
    if (conf_flag(app->conf, OPTION_WRITE) && sql_may_alter_session(statement.typed, statement.verb))
        app_session_altered(app);
    pg_on_notice(run.pg, NULL, NULL);
    return r;
}

const struct command command_sql = {
    .name = "sql",
    .summary = "Run one SQL statement",
    .text = "It only reads, unless 'set write on'. "
            "A line that begins with SELECT, WITH, VALUES, TABLE or SHOW needs no 'sql' in front. "
            "The value that --var gave takes the place of :NAME, bound and never pasted.",
    .args = ARGS(REST("STATEMENT", COMPLETE_NONE)),
    .examples = EXAMPLES("sql select count(*) from analytics.dim_video", "SELECT now()"),
    .connects = true,
    .writes = WRITES_DATABASE,
    .run = run_sql,
};
