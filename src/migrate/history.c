/* What ops.migrations tells. */
#include <stdlib.h>
#include <string.h>

#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static char *copy(const struct pg_result *result, size_t row, size_t column)
{
    const char *text = pg_result_text(result, row, column);

    return text != NULL ? mem_strdup(text) : NULL;
}

static enum record_state state_of(const char *text)
{
    return text_equal(text, "running") ? RECORD_RUNNING : text_equal(text, "undoing") ? RECORD_UNDOING : RECORD_APPLIED;
}

static int compare(const void *a, const void *b)
{
    return migrate_compare_versions(((const struct record *)a)->version, ((const struct record *)b)->version);
}

bool migrate_is_absent(const struct error *error)
{
    return text_equal(error->sqlstate, "42P01") || text_equal(error->sqlstate, "3F000");
}

int history_read(struct pg *pg, struct history **ret_history, struct error *error)
{
    _cleanup_(history_freep) struct history     *history = mem_alloc(sizeof *history);
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct error                                 trouble = ERROR_INIT;
    int                                          r = pg_catalog_query(pg, "migrate_history", NULL, 0, &result, &trouble);

    if (r < 0 && !migrate_is_absent(&trouble)) {
        if (error != NULL && error->code == 0)
            error_move(error, &trouble);
        error_done(&trouble);
        return r;
    }
    error_done(&trouble);
    history->count = r < 0 ? 0 : pg_result_rows(result);
    history->items = mem_array(NULL, history->count + 1, sizeof *history->items);
    for (size_t i = 0; i < history->count; i++)
        history->items[i] = (struct record){
            .version = copy(result, i, 0), .name = copy(result, i, 1), .file = copy(result, i, 2), .checksum = copy(result, i, 3),
            .state = state_of(pg_result_text(result, i, 4)), .engine = copy(result, i, 5), .started_at = copy(result, i, 6),
            .applied_at = copy(result, i, 7), .duration_ms = copy(result, i, 8), .applied_by = copy(result, i, 9),
            .baseline = text_equal(pg_result_text(result, i, 10), "t"),
        };
    if (history->count > 1)
        qsort(history->items, history->count, sizeof *history->items, compare);
    *ret_history = TAKE(history);
    return 0;
}

void history_free(struct history *history)
{
    if (history == NULL)
        return;
    for (size_t i = 0; i < history->count; i++) {
        struct record *record = &history->items[i];

        mem_free(record->version);
        mem_free(record->name);
        mem_free(record->file);
        mem_free(record->checksum);
        mem_free(record->engine);
        mem_free(record->started_at);
        mem_free(record->applied_at);
        mem_free(record->duration_ms);
        mem_free(record->applied_by);
    }
    mem_free(history->items);
    mem_free(history);
}

void history_freep(struct history **history)
{
    history_free(*history);
    *history = NULL;
}

const struct record *history_find(const struct history *history, const char *version)
{
    for (size_t i = 0; i < history->count; i++)
        if (migrate_compare_versions(history->items[i].version, version) == 0)
            return &history->items[i];
    return NULL;
}

const struct record *history_newest(const struct history *history)
{
    return history->count > 0 ? &history->items[history->count - 1] : NULL;
}
