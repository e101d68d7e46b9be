/* activity: what the server is doing, and an end to it. */
#include "ytempire/activity.h"

#include <stdint.h>
#include <string.h>

#include "command_int.h"
#include "nouns.h"

/* The session's connection; while a transaction is open there another one, since a look is a transaction of its own.
 * `ret_other` is to be closed. */
static int connect(struct app *app, struct pg **ret_pg, struct pg **ret_other, struct error *error)
{
    int r = 0;

    if (conf_text(app->conf, OPTION_AS_USER) != NULL) {
        (void)error_set(error, ERR_USAGE, "'activity' shows what others do");
        error_hint(error, "not with --as-user");
        return ERR_USAGE;
    }
    r = app_pg(app, ret_pg, error);
    if (r >= 0 && pg_in_transaction(*ret_pg)) {
        r = app_pg_open(app, ret_other, error);
        *ret_pg = *ret_other;
    }
    return r;
}

static int run_sessions(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(pg_closep) struct pg *other = NULL;
    struct pg *pg;
    int        r = connect(app, &pg, &other, error);

    return r < 0 ? r : activity_sessions(pg, args_flag(args, "all"), sink, error);
}

const struct command command_activity = {
    .name = "activity",
    .summary = "List the sessions of the server that do something",
    .text = "What runs longest comes first. seconds is how long a statement runs, or since when its session is in that "
            "state; wait is what it waits for, blocked_by the processes that hold what it waits for. own: 'this' is "
            "the session that asks, 'ytempire' another of this program under this login. --all: also sessions that "
            "are idle, this one, and the server's own processes. A login sees its own sessions; pg_monitor lets it "
            "see all, and how many are hidden is told.",
    .options = OPTIONS(FLAG("all", "also what is idle, this session, and the server's own")),
    .examples = EXAMPLES("activity", "activity --all"),
    .connects = true,
    .run = run_sessions,
};

static int run_locks(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(pg_closep) struct pg *other = NULL;
    struct pg *pg;
    int        r = connect(app, &pg, &other, error);

    (void)args;
    return r < 0 ? r : activity_locks(pg, sink, error);
}

const struct command command_activity_locks = {
    .name = "activity locks",
    .summary = "Show who blocks whom, as a tree",
    .text = "Each session that is waited for, and below it those who wait, in the order they came; tree is its process, "
            "indented by depth. blocked_by names all it waits for: those who hold the lock, and who stands in the "
            "queue before it. lock, mode and relation are what it waits for, holds what it has that others want. No "
            "row: nobody waits.",
    .examples = EXAMPLES("activity locks"),
    .connects = true,
    .run = run_locks,
};

static int run_statements(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(pg_closep) struct pg *other = NULL;
    const char *by = args_option(args, "by");
    struct pg  *pg;
    long long   most;
    int         r = args_number(args, "top", 1, 5000, 50, &most, error);

    if (r >= 0)
        r = connect(app, &pg, &other, error);
    return r < 0 ? r : activity_statements(pg, by != NULL ? by : "total", most, sink, error);
}

const struct command command_activity_statements = {
    .name = "activity statements",
    .summary = "List the statements that take the most, since the server counts",
    .text = "From pg_stat_statements, for this database; numbers and texts in a statement are $1, $2 and so on. "
            "share_percent is of the time of all statements, hit_percent of the blocks that were in memory; "
            "blocks_read, blocks_written and temp_blocks are of 8 kB.",
    .options = OPTIONS(VALUE("by", "total|mean|calls|rows|io", "what they are ordered by (total)"),
                       VALUE("top", "N", "how many (50)")),
    .examples = EXAMPLES("activity statements", "activity statements --by mean --top 10"),
    .connects = true,
    .run = run_statements,
};

static int run_bloat(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(pg_closep) struct pg *other = NULL;
    struct pg *pg;
    long long  most;
    int        r = args_number(args, "top", 1, 100000, 100, &most, error);

    if (r >= 0)
        r = connect(app, &pg, &other, error);
    return r < 0 ? r : activity_bloat(pg, most, sink, error);
}

const struct command command_activity_bloat = {
    .name = "activity bloat",
    .summary = "List tables and indexes by the room they hold for nothing",
    .text = "bloat_bytes is an estimate: the size, less what rows of the usual width would take; NULL where there are no "
            "statistics, and for indexes that are not B-trees. dead_rows are what a vacuum would take away, as the "
            "server counts them. No table is read and no lock is taken.",
    .options = OPTIONS(VALUE("top", "N", "how many (100)")),
    .examples = EXAMPLES("activity bloat", "activity bloat --top 20"),
    .connects = true,
    .run = run_bloat,
};

/* -- an end to it -------------------------------------------------------------------------------------------------- */

static int read_pids(const struct args *args, long long *pids, struct error *error)
{
    for (size_t i = 0; i < args_count(args, "PID"); i++) {
        const char *text = args_at(args, "PID", i);

        if (text_to_int64(text, strlen(text), &pids[i]) >= 0 && pids[i] > 0 && pids[i] <= INT32_MAX)
            continue;
        (void)error_set(error, ERR_USAGE, "'%s' is no process", text);
        args_point(args, "PID", i, error);
        error_hint(error, "PID is a number of 'activity'");
        return ERR_USAGE;
    }
    return 0;
}

static int stop(struct app *app, const struct args *args, bool terminate, struct sink *sink, struct error *error)
{
    _cleanup_(activity_found_freep) struct activity_found *found = NULL;
    _cleanup_(pg_closep) struct pg *other = NULL;
    size_t count = args_count(args, "PID");
    _cleanup_(mem_freep) long long *pids = mem_alloc((count + 1) * sizeof *pids);
    _cleanup_(mem_freep) char *text = NULL;
    struct pg *pg;
    int        r = read_pids(args, pids, error);

    if (r >= 0)
        r = connect(app, &pg, &other, error);
    if (r >= 0)
        r = activity_find(pg, pids, count, &found, error);
    if (r < 0)
        return r;
    text = activity_found_text(found);
    r = args_confirm(args, sink, error,
                     terminate ? "End the session, with what it has not committed: %s?" : "Cancel the statement: %s?",
                     text);
    return r < 0 ? r : activity_stop(pg, found, terminate, sink, error);
}

static int run_cancel(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return stop(app, args, false, sink, error);
}

const struct command command_activity_cancel = {
    .name = "activity cancel",
    .summary = "Cancel the statements that sessions run",
    .text = "Asks first, naming whose statement it is, since when it runs, and what it is; only that statement is meant. "
            "result says what the server did: cancelled and after how many milliseconds, that it had ended before, or "
            "why not. A login may cancel what runs under its own role; pg_signal_backend lets it cancel others', but "
            "no superuser's.",
    .args = ARGS(SOME("PID", COMPLETE_NONE)),
    .options = OPTIONS(FLAG_YES),
    .writes = WRITES_SERVERS,
    .connects = true,
    .run = run_cancel,
};

static int run_terminate(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return stop(app, args, true, sink, error);
}

const struct command command_activity_terminate = {
    .name = "activity terminate",
    .summary = "End sessions",
    .text = "Asks first, as 'activity cancel' does. What a session has not committed is undone; its program hears of it "
            "when it next asks the server for something.",
    .args = ARGS(SOME("PID", COMPLETE_NONE)),
    .options = OPTIONS(FLAG_YES),
    .writes = WRITES_SERVERS,
    .connects = true,
    .run = run_terminate,
};
