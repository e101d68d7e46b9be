/*
 * One file. Its statements and its record are one transaction, so a file is applied and recorded, or neither. The
 * statements go one by one, so that a refusal names its line. None waits longer than a second for a lock: with the
 * transaction rolled back nobody queues behind it, and after a pause it is tried again.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

void run_say(struct run *run, const char *format, ...)
{
    char    text[1024];
    va_list args;

    if (run->sink == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    sink_text(run->sink, "%s", text);
}

int run_cleanup_begin(void)
{
    int cancelled = task_cancelled(task_current());

    task_cancel_clear(task_current());
    return cancelled;
}

void run_cleanup_end(int cancelled)
{
    if (cancelled < 0)
        task_cancel(task_current(), cancelled);
}

/* -- the record ---------------------------------------------------------------------------------------------------------- */

int run_record(struct run *run, const struct migration *migration, const char *state, int64_t milliseconds, bool baseline, struct error *error)
{
    _cleanup_(mem_freep) char *client = migrate_client();
    _cleanup_(mem_freep) char *duration = mem_printf("%" PRId64, milliseconds);
    struct pg_value            values[] = {
        PG_TEXT(migration->version), PG_TEXT(migration->name), PG_TEXT(migration->file), PG_TEXT(migration->checksum), PG_TEXT(state),
        PG_TEXT(run->choice.engine), PG_TEXT(milliseconds >= 0 ? duration : NULL), PG_TEXT(client), PG_TEXT(baseline ? "true" : "false"),
    };

    return pg_catalog_query(run->pg, "migrate_record", values, COUNT_OF(values), NULL, error);
}

int run_forget(struct run *run, const char *version, struct error *error)
{
    return pg_catalog_query(run->pg, "migrate_forget", &PG_TEXT(version), 1, NULL, error);
}

int run_restore(struct run *run, struct error *error)
{
    return run->settings == NULL ? 0 : pg_catalog_query(run->pg, "migrate_settings_restore", &PG_TEXT(run->settings), 1, NULL, error);
}

/* -- errors -------------------------------------------------------------------------------------------------------------- */

static size_t column_of(const char *sql, size_t at)
{
    size_t column = 1;

    for (; at > 0 && sql[at - 1] != '\n'; at--)
        column += ((unsigned char)sql[at - 1] & 0xC0) != 0x80;
    return column;
}

void run_blame(struct error *error, const struct migration *migration, bool down, size_t at, const char *statement)
{
    const char *sql = down ? migration->down : migration->up;
    size_t      line = down ? migration->down_line : migration->up_line;

    if (error == NULL || error->where != NULL)
        return;
    if (error->subject == NULL)
        error_point(error, statement, 0, 0);
    else if (text_equal(error->subject, statement))
        at += error->at;
    error_where(error, migration->file, migrate_line_of(sql, at, line), column_of(sql, at));
    if (text_equal(error->sqlstate, "55P03"))
        error_hint(error, "somebody holds what it needs, for longer than was waited; 'migrate plan' shows who");
}

bool run_may_try_again(const struct error *error)
{
    static const char *const states[] = {"55P03", "40P01", "40001"};    /* lock_not_available, deadlock, serialization */

    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_equal(error->sqlstate, states[i]))
            return true;
    return false;
}

/* -- in a transaction ---------------------------------------------------------------------------------------------------- */

static int run_statements(struct run *run, const struct migration *migration, bool down, struct error *error)
{
    const char *sql = down ? migration->down : migration->up;
    size_t      cursor = 0, at, length;

    while (migrate_split(sql, &cursor, &at, &length)) {
        _cleanup_(mem_freep) char *statement = mem_strndup(sql + at, length);
        int                        r = pg_script(run->pg, statement, error);

        if (r >= 0 && !pg_in_transaction(run->pg))
            r = error_set(error, ERR_FAILED, "the statement has ended the transaction of its file");
        if (r < 0) {
            run_blame(error, migration, down, at, statement);
            return r;
        }
    }
    return 0;
}

static int run_once(struct run *run, const struct migration *migration, bool down, int64_t *ret_milliseconds, struct error *error)
{
    int64_t began = monotonic_us(), milliseconds = 0;
    int     r = pg_catalog_script(run->pg, "migrate_begin", error);

    if (r >= 0)
        r = run_statements(run, migration, down, error);
    if (r >= 0)
        r = run_restore(run, error);
    if (r >= 0) {
        milliseconds = (monotonic_us() - began) / 1000;
        r = down ? run_forget(run, migration->version, error) : run_record(run, migration, "applied", milliseconds, false, error);
    }
    if (r >= 0)
        r = pg_script(run->pg, "COMMIT", error);
    if (r < 0) {
        int cancelled = run_cleanup_begin();

        if (pg_in_transaction(run->pg))
            (void)!pg_script(run->pg, "ROLLBACK", NULL);
        run_cleanup_end(cancelled);
        if (error != NULL)
            error_where(error, migration->file, 0, 0);
        return r;
    }
    *ret_milliseconds = milliseconds;
    return 0;
}

static int run_inside(struct run *run, const struct migration *migration, bool down, int64_t *ret_milliseconds, struct error *error)
{
    int64_t deadline = migrate_deadline(run->options);

    for (size_t attempt = 0;; attempt++) {
        struct error trouble = ERROR_INIT;
        int          r = run_once(run, migration, down, ret_milliseconds, &trouble), paused;

        if (r >= 0)
            return 0;
        paused = run_may_try_again(&trouble) ? migrate_pause(attempt, deadline) : ERR_CONFLICT;
        if (paused == 0) {
            if (attempt == 0)
                run_say(run, "%s waits for a lock: %s", migration->file, trouble.text);
            error_done(&trouble);
            continue;
        }
        if (error != NULL && error->code == 0)
            error_move(error, &trouble);
        error_done(&trouble);
        return paused == ERR_CONFLICT ? r : paused;
    }
}

int run_file(struct run *run, const struct migration *migration, bool down, struct error *error)
{
    _cleanup_(mem_freep) char *doing = mem_printf("%s %s", migration->file, down ? "down" : "up");
    int64_t                    milliseconds = 0;
    int                        r = migrate_doing(run->pg, doing, error);

    if (r < 0)
        return r;
    if (migration->no_transaction)
        return run_outside(run, migration, down, false, error);
    r = run_inside(run, migration, down, &milliseconds, error);
    if (r >= 0)
        run_say(run, "%s %s, %" PRId64 " ms", migration->file, down ? "undone" : "applied", milliseconds);
    return r;
}
