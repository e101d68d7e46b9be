/*
 * Whether the warehouse is what its files say: files that were changed, lost or never ended; indexes that are not valid;
 * and (drift.c) a schema that somebody has changed by hand.
 */
#include "verify.h"

#include <stdio.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

void verify_find(struct verify *verify, enum migrate_severity severity, const char *check, const char *where, const char *format, ...)
{
    static const char *const names[] = {"note", "warning", "error"};
    char                     message[1024];
    va_list                  args;

    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    table_add(verify->table, names[severity], where, message, check);
    verify->errors += severity == MIGRATE_ERROR;
}

/* -- files ------------------------------------------------------------------------------------------------------------------------ */

static void check_record(struct verify *verify, const struct record *record)
{
    const struct migration *migration = migration_set_find(verify->set, record->version);

    if (record->state != RECORD_APPLIED)
        verify_find(verify, MIGRATE_ERROR, "interrupted", record->file, "was begun at %s and has not ended: 'migrate %s' looks into it", record->started_at,
                    record->state == RECORD_RUNNING ? "up" : "down");
    if (migration == NULL)
        verify_find(verify, MIGRATE_ERROR, "missing-file", record->file, "was applied, and its file is missing: bring it back");
    else if (!text_equal(migration->checksum, record->checksum))
        verify_find(verify, MIGRATE_ERROR, "changed-file", migration->file,
                    "was changed after it was applied: bring it back as it was, and put the change into a new file");
}

static void check_files(struct verify *verify)
{
    const struct record *newest = history_newest(verify->history);

    for (size_t i = 0; i < verify->history->count; i++)
        check_record(verify, &verify->history->items[i]);
    for (size_t i = 0; i < migration_set_count(verify->set); i++) {
        const struct migration *migration = migration_set_at(verify->set, i);

        if (history_find(verify->history, migration->version) != NULL)
            continue;
        if (newest != NULL && migrate_compare_versions(migration->version, newest->version) < 0)
            verify_find(verify, MIGRATE_WARNING, "out-of-order", migration->file, "is not applied, though the later %s is", newest->file);
        else
            verify_find(verify, MIGRATE_NOTE, "pending", migration->file, "is not applied yet");
    }
}

/* -- indexes ------------------------------------------------------------------------------------------------------------------------ */

static int check_indexes(struct verify *verify, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int                                          r = pg_catalog_query(verify->pg, "verify_indexes", NULL, 0, &result, error);

    for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++) {
        const char *index = pg_result_text(result, i, 0), *table = pg_result_text(result, i, 1);

        if (text_equal(pg_result_text(result, i, 3), "t"))
            verify_find(verify, MIGRATE_NOTE, "invalid-index", index, "is not valid yet: an index of %s is being built just now", table);
        else if (text_equal(pg_result_text(result, i, 2), "t"))
            verify_find(verify, MIGRATE_ERROR, "invalid-index", index, "is not valid: partitions of %s lack their part; ALTER INDEX … ATTACH PARTITION", table);
        else
            verify_find(verify, MIGRATE_ERROR, "invalid-index", index,
                        "is not valid, so no query uses it, and every write to %s pays for it: REINDEX INDEX CONCURRENTLY %s, or drop it", table, index);
    }
    return r;
}

/* -- all ---------------------------------------------------------------------------------------------------------------------------- */

static int check_all(struct verify *verify, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *holder = NULL;
    int                        r = migrate_holder(verify->pg, &holder, error);

    if (r >= 0 && holder != NULL)
        verify_find(verify, MIGRATE_NOTE, "migrating", pg_database(verify->pg), "is being migrated just now, by %s: what is told below may pass", holder);
    check_files(verify);
    if (r >= 0)
        r = check_indexes(verify, error);
    if (r >= 0 && verify->history->count > 0)
        r = verify_drift(verify, sink, error);
    return r;
}

int migrate_verify(struct pg *pg, const struct migrate_options *options, struct sink *sink, struct error *error)
{
    struct verify verify = {.pg = pg, .options = options, .table = table_new("severity:text where:text message:text check:text")};
    int           r = history_read(pg, &verify.history, error);

    if (r >= 0)
        r = engine_choose(pg, options, verify.history, &verify.choice, error);
    if (r >= 0)
        r = migration_set_load(options->folder, verify.choice.engine, &verify.set, error);
    if (r >= 0)
        r = check_all(&verify, sink, error);
    if (r >= 0)
        r = table_send(verify.table, sink, error);
    if (r >= 0 && verify.errors > 0)
        r = error_set(error, ERR_FINDING, "%zu finding%s of severity error", verify.errors, verify.errors == 1 ? "" : "s");
    table_free(verify.table);
    history_free(verify.history);
    migration_set_free(verify.set);
    engine_choice_done(&verify.choice);
    return r;
}
