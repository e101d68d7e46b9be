/* Locks that somebody waits for: what the server says of them, below each other. */
#include <string.h>

#include "activity_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

/* Columns of activity_locks; what comes behind them is shown as it is. */
enum { PID, BLOCKERS, SHOWN };

static void read_blockers(struct arena *arena, struct waiter *waiter, const char *text)
{
    size_t room = 1;

    for (const char *at = text; at != NULL && *at != '\0'; at++)
        room += *at == ',';
    waiter->blockers = ARENA_ARRAY(arena, long long, room + 1);
    while (text != NULL && *text != '\0') {
        size_t length = strcspn(text, ",");

        if (text_to_int64(text, length, &waiter->blockers[waiter->blocker_count]) >= 0)
            waiter->blocker_count++;
        text += length + (text[length] == ',');
    }
}

static const char *indented(struct arena *arena, const struct waiter *waiter)
{
    struct str  text = STR_INIT;
    const char *copy;

    str_add_repeat(&text, "  ", waiter->depth);
    if (waiter->pid == 0)
        str_add(&text, "prepared");
    else
        str_addf(&text, "%lld", waiter->pid);
    copy = arena_strdup(arena, str_text(&text));
    str_done(&text);
    return copy;
}

static void add_row(struct arena *arena, struct table *table, const struct pg_result *rows, size_t row,
                    const struct waiter *waiter)
{
    const char *shown[] = {indented(arena, waiter), pg_result_text(rows, row, PID),
                           arena_printf(arena, "%zu", waiter->depth), pg_result_text(rows, row, BLOCKERS)};
    struct data_cell *cells = ARENA_ARRAY(arena, struct data_cell, table_column_count(table) + 1);

    for (size_t i = 0; i < table_column_count(table); i++) {
        const char *text = i < COUNT_OF(shown) ? shown[i] : pg_result_text(rows, row, i - COUNT_OF(shown) + SHOWN);

        cells[i] = (struct data_cell){text, text != NULL ? strlen(text) : 0};
    }
    table_add_cells(table, cells);
}

static int send_tree(const struct pg_result *rows, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table =
        look_table("tree:text pid:int depth:int blocked_by:text user:text database:text application:text state:text "
                   "lock:text mode:text relation:text waiting_seconds:numeric transaction_seconds:numeric holds:text "
                   "query:text");
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    size_t count = pg_result_rows(rows);
    struct waiter *waiters = ARENA_ARRAY(arena, struct waiter, count + 1);
    size_t *order = ARENA_ARRAY(arena, size_t, count + 1);

    for (size_t i = 0; i < count; i++) {
        waiters[i] = (struct waiter){.pid = pg_result_int(rows, i, PID)};
        read_blockers(arena, &waiters[i], pg_result_text(rows, i, BLOCKERS));
    }
    tree_order(waiters, count, order);
    for (size_t i = 0; i < count; i++)
        add_row(arena, table, rows, order[i], &waiters[order[i]]);
    table_column_mutable(table, 1)->format = FORMAT_PLAIN;
    return table_send(table, sink, error);
}

int activity_locks(struct pg *pg, struct sink *sink, struct error *error)
{
    struct look look = {.statement = "activity_locks"};
    _cleanup_(pg_result_freep) struct pg_result *rows = NULL;
    int r = look_begin(pg, error);

    if (r >= 0)
        r = look_ask(pg, &look, &rows, error);
    look_end(pg);
    return r < 0 ? r : send_tree(rows, sink, error);
}
