/*
 * up, down, baseline: what is done to which file, in what order. All of it under the lock, and after what an earlier run
 * left unended was brought to its end.
 */
#include <string.h>

#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define OLDEST_SERVER 150000

/* -- beginning and end --------------------------------------------------------------------------------------------------- */

static int prepare_tables(struct run *run, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int                                          r = pg_catalog_query(run->pg, "migrate_server", NULL, 0, &result, error);

    if (r < 0)
        return r;
    if (text_equal(pg_result_text(result, 0, 1), "t")) {
        r = error_set(error, ERR_FAILED, "this server is a standby: it only reads");
        error_hint(error, "migrate the primary server; the standby follows");
        return r;
    }
    if (text_equal(pg_result_text(result, 0, 0), "t"))
        return 0;
    r = pg_catalog_script(run->pg, "migrate_bootstrap", error);
    if (r < 0 && error != NULL && text_equal(error->sqlstate, "42501"))
        error_hint(error, "the migrations belong to the database's owner; or have it say: GRANT CREATE ON DATABASE");
    return r;
}

static int read_settings(struct run *run, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int                                          r = pg_catalog_query(run->pg, "migrate_settings", NULL, 0, &result, error);

    if (r >= 0)
        run->settings = mem_strdup(pg_result_text(result, 0, 0));
    return r;
}

static int check_server(struct pg *pg, struct error *error)
{
    int r = pg_ready(pg, error);

    if (r >= 0 && pg_server_version(pg) < OLDEST_SERVER)
        return error_set(error, ERR_FAILED, "the warehouse needs PostgreSQL 15 or newer, this is %d", pg_server_version(pg) / 10000);
    if (r >= 0 && pg_in_transaction(pg))
        return error_set(error, ERR_USAGE, "a transaction is open: end it before migrating");
    return r;
}

static int run_open(struct run *run, struct error *error)
{
    int r = check_server(run->pg, error);

    if (r >= 0)
        r = migrate_lock(run->pg, run->options, run->sink, error);
    if (r < 0)
        return r;
    run->locked = true;
    r = prepare_tables(run, error);
    if (r >= 0)
        r = migrate_doing(run->pg, "reading what was applied", error);
    if (r >= 0)
        r = read_settings(run, error);
    if (r >= 0)
        r = history_read(run->pg, &run->history, error);
    if (r >= 0)
        r = engine_settle(run->pg, run->options, run->history, &run->choice, error);
    if (r >= 0 && run->options->private_database)
        r = pg_catalog_script(run->pg, "migrate_private", error);
    if (r >= 0)
        r = migration_set_load(run->options->folder, run->choice.engine, &run->set, error);
    return r;
}

static void run_close(struct run *run)
{
    int cancelled = run_cleanup_begin();

    if (run->sink != NULL)
        sink_progress_end(run->sink);
    if (run->locked) {
        (void)!run_restore(run, NULL);
        migrate_unlock(run->pg);
    }
    run_cleanup_end(cancelled);
    history_free(run->history);
    migration_set_free(run->set);
    engine_choice_done(&run->choice);
    mem_free(run->settings);
}

static void show_progress(struct run *run, const struct migration *migration, size_t done, size_t total)
{
    if (run->sink != NULL)
        sink_progress(run->sink, migration->file, done, total, "files");
}

/* -- what to do with which ------------------------------------------------------------------------------------------------ */

int migrate_refuse_unknown(const struct migration_set *set, const char *version, struct error *error)
{
    size_t count = migration_set_count(set);
    int    r = error_set(error, ERR_UNKNOWN, "there is no migration '%s'", version);

    if (count > 0)
        error_hint(error, "they go from %s to %s; 'migrate status' lists them", migration_set_at(set, 0)->version, migration_set_at(set, count - 1)->version);
    return r;
}

/* Files that were changed after they were applied: the schema may be another than anybody's files would make. */
static int check_unchanged(struct run *run, struct error *error)
{
    for (size_t i = 0; i < run->history->count; i++) {
        const struct record    *record = &run->history->items[i];
        const struct migration *migration = migration_set_find(run->set, record->version);

        if (migration == NULL) {
            run_say(run, "%s was applied, and its file is missing", record->file);
        } else if (!text_equal(migration->checksum, record->checksum)) {
            int r = error_set(error, ERR_CONFLICT, "%s was changed after it was applied", migration->file);

            error_hint(error, "bring it back as it was and put the change into a new file ('migrate new NAME')");
            return r;
        }
    }
    return 0;
}

static bool is_pending(const struct run *run, const struct migration *migration, const char *to)
{
    return history_find(run->history, migration->version) == NULL && (to == NULL || migrate_compare_versions(migration->version, to) <= 0);
}

static size_t count_pending(const struct run *run, const char *to)
{
    size_t count = 0;

    for (size_t i = 0; i < migration_set_count(run->set); i++)
        count += is_pending(run, migration_set_at(run->set, i), to);
    return count;
}

/* -- up ------------------------------------------------------------------------------------------------------------------- */

static int apply_pending(struct run *run, const char *to, size_t *ret_applied, struct error *error)
{
    const struct record *newest = history_newest(run->history);
    size_t               total = count_pending(run, to), done = 0;
    int                  r = 0;

    for (size_t i = 0; r >= 0 && i < migration_set_count(run->set); i++) {
        const struct migration *migration = migration_set_at(run->set, i);

        if (!is_pending(run, migration, to))
            continue;
        if (newest != NULL && migrate_compare_versions(migration->version, newest->version) < 0)
            run_say(run, "%s is older than %s, which was applied before it", migration->file, newest->file);
        show_progress(run, migration, done, total);
        r = run_file(run, migration, false, error);
        done += r >= 0;
    }
    if (ret_applied != NULL)
        *ret_applied = done;
    return r;
}

int migrate_up(struct pg *pg, const struct migrate_options *options, const char *to, struct sink *sink, size_t *ret_applied, struct error *error)
{
    struct run run = {.pg = pg, .options = options, .sink = sink};
    int        r = run_open(&run, error);

    if (r >= 0)
        r = run_recover(&run, error);
    if (r >= 0)
        r = check_unchanged(&run, error);
    if (r >= 0 && to != NULL && migration_set_find(run.set, to) == NULL)
        r = migrate_refuse_unknown(run.set, to, error);
    if (r >= 0 && !run.choice.recorded)
        run_say(&run, "storage engine: %s (%s)", run.choice.engine, run.choice.reason);
    if (r >= 0)
        r = apply_pending(&run, to, ret_applied, error);
    run_close(&run);
    return r;
}

/* -- down ----------------------------------------------------------------------------------------------------------------- */

static bool is_empty(const char *sql)
{
    size_t cursor = 0, at, length;

    return !migrate_split(sql, &cursor, &at, &length);
}

/* All are looked at before the first is touched. */
static int check_is_known(const struct migration_set *set, const struct history *history, const char *to,
                          struct error *error)
{
    bool known = migrate_compare_versions(to, "0") == 0 || history_find(history, to) != NULL ||
                 migration_set_find(set, to) != NULL;

    return known ? 0 : migrate_refuse_unknown(set, to, error);
}

static int check_can_undo(struct run *run, const char *to, struct error *error)
{
    int known = check_is_known(run->set, run->history, to, error);

    if (known < 0)
        return known;
    for (size_t i = run->history->count; i-- > 0;) {
        const struct record    *record = &run->history->items[i];
        const struct migration *migration = migration_set_find(run->set, record->version);
        int                     r = 0;

        if (migrate_compare_versions(record->version, to) <= 0)
            break;
        if (migration == NULL) {
            r = error_set(error, ERR_FAILED, "%s cannot be undone: its file is missing", record->file);
            error_hint(error, "bring the file back");
        } else if (is_empty(migration->down)) {
            r = error_set(error, ERR_FAILED, "the file has no part 'down': it cannot be undone");
            error_where(error, migration->file, migration->down_line, 0);
            error_hint(error, "nothing was undone; write what undoes it after a line '-- migrate:down', or restore a backup");
        } else if (!text_equal(migration->checksum, record->checksum)) {
            run_say(run, "%s was changed after it was applied: what undoes it now may not fit", record->file);
        }
        if (r < 0)
            return r;
    }
    return 0;
}

static int undo(struct run *run, const char *to, size_t *ret_undone, struct error *error)
{
    size_t total = 0, done = 0;
    int    r = 0;

    for (size_t i = 0; i < run->history->count; i++)
        total += migrate_compare_versions(run->history->items[i].version, to) > 0;
    for (size_t i = run->history->count; r >= 0 && i-- > 0 && done < total;) {
        const struct migration *migration = migration_set_find(run->set, run->history->items[i].version);

        show_progress(run, migration, done, total);
        r = run_file(run, migration, true, error);
        done += r >= 0;
    }
    if (ret_undone != NULL)
        *ret_undone = done;
    return r;
}

int migrate_down(struct pg *pg, const struct migrate_options *options, const char *to, struct sink *sink, size_t *ret_undone, struct error *error)
{
    struct run run = {.pg = pg, .options = options, .sink = sink};
    int        r = run_open(&run, error);

    if (r >= 0)
        r = run_recover(&run, error);
    if (r >= 0)
        r = check_can_undo(&run, to, error);
    if (r >= 0)
        r = undo(&run, to, ret_undone, error);
    run_close(&run);
    return r;
}

int migrate_would_undo(struct pg *pg, const struct migrate_options *options, const char *to, char ***ret_files,
                       size_t *ret_count, struct error *error)
{
    _cleanup_(history_freep) struct history             *history = NULL;
    _cleanup_(migration_set_freep) struct migration_set *set = NULL;
    char **files;
    size_t count = 0;
    int    r = history_read(pg, &history, error);

    if (r >= 0)
        r = migration_set_load(options->folder, "native", &set, error);      /* both engines have the same versions */
    if (r >= 0)
        r = check_is_known(set, history, to, error);
    if (r < 0)
        return r;
    files = mem_array(NULL, history->count + 1, sizeof *files);
    for (size_t i = history->count; i-- > 0;)
        if (migrate_compare_versions(history->items[i].version, to) > 0)
            files[count++] = mem_strdup(history->items[i].file);
    *ret_files = files;
    *ret_count = count;
    return 0;
}

/* The version of the `back`th record from the end, 1 being the newest. */
static int version_from_end(struct pg *pg, size_t back, char **ret_version, struct error *error)
{
    _cleanup_(history_freep) struct history *history = NULL;
    int                                      r = history_read(pg, &history, error);

    if (r >= 0)
        *ret_version = mem_strdup(history->count >= back ? history->items[history->count - back].version : "0");
    return r;
}

int migrate_newest(struct pg *pg, char **ret_version, struct error *error)
{
    return version_from_end(pg, 1, ret_version, error);
}

int migrate_before_newest(struct pg *pg, char **ret_version, struct error *error)
{
    return version_from_end(pg, 2, ret_version, error);
}

/* -- baseline ------------------------------------------------------------------------------------------------------------- */

static int note_pending(struct run *run, const char *to, size_t *ret_marked, struct error *error)
{
    size_t marked = 0;
    int    r = pg_catalog_script(run->pg, "migrate_begin", error);

    for (size_t i = 0; r >= 0 && i < migration_set_count(run->set); i++) {
        const struct migration *migration = migration_set_at(run->set, i);

        if (is_pending(run, migration, to)) {
            r = run_record(run, migration, "applied", 0, true, error);
            marked += r >= 0;
        }
    }
    if (r >= 0)
        r = pg_script(run->pg, "COMMIT", error);
    if (r >= 0 && ret_marked != NULL)
        *ret_marked = marked;
    if (r < 0) {
        int cancelled = run_cleanup_begin();

        if (pg_in_transaction(run->pg))
            (void)!pg_script(run->pg, "ROLLBACK", NULL);
        run_cleanup_end(cancelled);
    }
    return r;
}

int migrate_baseline(struct pg *pg, const struct migrate_options *options, const char *to, struct sink *sink, size_t *ret_marked, struct error *error)
{
    struct run run = {.pg = pg, .options = options, .sink = sink};
    int        r = run_open(&run, error);

    if (r >= 0)
        r = run_recover(&run, error);
    if (r >= 0)
        r = check_unchanged(&run, error);
    if (r >= 0 && to != NULL && migration_set_find(run.set, to) == NULL)
        r = migrate_refuse_unknown(run.set, to, error);
    if (r >= 0)
        r = note_pending(&run, to, ret_marked, error);
    run_close(&run);
    return r;
}
