/* What is applied and what is not, as a person reads it; and whether there is anything to do. */
#include <string.h>

#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static const char *state_of(const struct record *record, const struct migration *migration, bool busy)
{
    if (record == NULL)
        return "pending";
    if (record->state != RECORD_APPLIED)
        return busy ? "running" : "failed";
    if (migration == NULL)
        return "missing";
    return text_equal(migration->checksum, record->checksum) ? "applied" : "changed";
}

static void add_row(struct table *table, const struct record *record, const struct migration *migration, bool busy)
{
    table_add(table, migration != NULL ? migration->version : record->version, migration != NULL ? migration->name : record->name,
              state_of(record, migration, busy), record != NULL ? record->applied_at : NULL, record != NULL ? record->duration_ms : NULL,
              record != NULL ? record->checksum : migration->checksum);
}

/* Both are sorted by version: they are read side by side. */
static void add_rows(struct table *table, const struct history *history, const struct migration_set *set, bool busy)
{
    size_t i = 0, n = 0;

    while (i < history->count || n < migration_set_count(set)) {
        const struct record    *record = i < history->count ? &history->items[i] : NULL;
        const struct migration *migration = n < migration_set_count(set) ? migration_set_at(set, n) : NULL;
        int                     order = record == NULL ? 1 : migration == NULL ? -1 : migrate_compare_versions(record->version, migration->version);

        add_row(table, order <= 0 ? record : NULL, order >= 0 ? migration : NULL, busy);
        i += order <= 0;
        n += order >= 0;
    }
}

static bool is_unended(const struct history *history)
{
    for (size_t i = 0; i < history->count; i++)
        if (history->items[i].state != RECORD_APPLIED)
            return true;
    return false;
}

int migrate_status(struct pg *pg, const struct migrate_options *options, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table                 *table = table_new("version:text name:text state:text applied_at:timestamptz duration_ms:int checksum:text");
    _cleanup_(history_freep) struct history             *history = NULL;
    _cleanup_(migration_set_freep) struct migration_set *set = NULL;
    _cleanup_(engine_choice_done) struct engine_choice   choice = {0};
    _cleanup_(mem_freep) char                           *holder = NULL;
    int                                                  r = history_read(pg, &history, error);

    if (r >= 0)
        r = engine_choose(pg, options, history, &choice, error);
    if (r >= 0)
        r = migration_set_load(options->folder, choice.engine, &set, error);
    if (r >= 0 && is_unended(history))
        r = migrate_holder(pg, &holder, error);
    if (r < 0)
        return r;
    add_rows(table, history, set, holder != NULL);
    return table_send(table, sink, error);
}

static bool is_at(const struct history *history, const struct migration_set *set)
{
    for (size_t i = 0; i < migration_set_count(set); i++) {
        const struct migration *migration = migration_set_at(set, i);
        const struct record    *record = history_find(history, migration->version);

        if (record == NULL || record->state != RECORD_APPLIED || !text_equal(record->checksum, migration->checksum))
            return false;
    }
    return true;
}

bool migrate_is_current(struct pg *pg, const struct migrate_options *options, const char *stamp_file)
{
    _cleanup_(history_freep) struct history             *history = NULL;
    _cleanup_(migration_set_freep) struct migration_set *set = NULL;

    if (stamp_file != NULL && migrate_stamp_is_current(options, stamp_file))
        return true;
    /* Checksums are the same for both engines, so it does not matter which one it is. */
    return migration_set_load(options->folder, ENGINE_NATIVE, &set, NULL) >= 0 && history_read(pg, &history, NULL) >= 0 && is_at(history, set);
}
