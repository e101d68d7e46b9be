/* Boards and their panels as tables, for commands. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "board_int.h"
#include "ytempire/base/decimal.h"
#include "ytempire/base/time.h"

int app_boards(struct app *app, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table =
        table_new("name:text title:text panels:int executive:bool path:text error:text");
    char **names;
    size_t count;
    int    r = board_names(&names, &count, error);

    (void)app;
    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        _cleanup_(arena_freep) struct arena *arena = arena_new();
        _cleanup_(mem_freep) char *path = NULL;
        struct error why = ERROR_INIT;
        struct board board;

        (void)!board_find(names[i], &path, NULL);
        if (board_read(arena, names[i], &board, &why) >= 0)
            table_add(table, names[i], board.title, arena_printf(arena, "%zu", board.panel_count),
                      board.executive ? "t" : "f", path, NULL);
        else
            table_add(table, names[i], NULL, NULL, NULL, path,
                      arena_printf(arena, "%s%s%s", why.where != NULL ? why.where : "", why.where != NULL ? ": " : "",
                                   why.text));
        error_done(&why);
    }
    board_names_free(names, count);
    return table_send(table, sink, error);
}

/* -- a board ------------------------------------------------------------------------------------------------------- */

static const char *cell_text(struct arena *arena, struct data_cell cell)
{
    return cell.text != NULL ? arena_strndup(arena, cell.text, cell.length) : NULL;
}

/* What the numbers are in, in one word. */
static const char *unit_of(const struct board_panel *panel, const struct board_number *number)
{
    static const char *const names[] = {[FORMAT_PLAIN] = NULL, [FORMAT_NUMBER] = NULL, [FORMAT_PERCENT] = "percent",
                                        [FORMAT_CURRENCY] = "currency", [FORMAT_DURATION] = "duration",
                                        [FORMAT_BYTES] = "bytes"};

    return panel->unit != NULL ? panel->unit : names[number->column.format];
}

/* As a ratio; NULL where nothing is known before, or nothing was. */
static const char *change_of(struct arena *arena, const struct board_number *number)
{
    double now = NAN, before = NAN;

    if (number->cell.text == NULL || number->previous.text == NULL ||
        text_to_double(number->cell.text, number->cell.length, &now) < 0 ||
        text_to_double(number->previous.text, number->previous.length, &before) < 0 || before == 0)
        return NULL;
    return isfinite((now - before) / before) ? arena_printf(arena, "%.4f", (now - before) / fabs(before)) : NULL;
}

static const char *age_of(struct arena *arena, const struct board_shown *shown, int64_t now)
{
    int64_t age = now > shown->computed_at ? now - shown->computed_at : 0;

    return shown->computed_at > 0
               ? arena_printf(arena, "%" PRId64 ".%03" PRId64, age / US_PER_SECOND, age / 1000 % 1000)
               : NULL;
}

/* What cannot be judged is no quiet alarm. */
static const char *alarm_of(const struct board_panel *panel, const struct board_cell *cell)
{
    if (panel->alert.when == NULL)
        return NULL;
    return cell->alert_fault != NULL ? "unknown" : board_alarm_name(cell->alarm.state);
}

static void add_panel(const struct app_board *board, size_t index, struct table *table, int64_t now)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const struct board_panel *panel = &board->board.panels[index];
    const struct board_cell  *cell = &board->cells[index];
    const struct board_shown *shown = &board->shown[index];
    bool                      one = panel->kind != BOARD_TEXT && panel->kind != BOARD_LOG && panel->kind != BOARD_JOBS;
    struct board_number       number = {.suffix = ""};
    const char               *reason = shown->reason != NULL ? shown->reason : cell->alert_fault;

    if (shown->state == BOARD_HIDDEN || !one || !board_number_of(arena, panel, shown, &number))
        number = (struct board_number){.suffix = "", .cell = CELL_NULL};
    table_add(table, panel->title, board_kind_name(panel->kind), cell_text(arena, number.cell),
              unit_of(panel, &number), change_of(arena, &number), age_of(arena, shown, now), shown->source,
              board_state_name(shown->state), reason, cell_text(arena, number.previous),
              number.previous.text != NULL ? number.than : NULL,
              board_role_of(panel, &number) != BOARD_NEUTRAL ? board_role_name(board_role_of(panel, &number)) : NULL,
              alarm_of(panel, cell),
              shown->rows != NULL ? arena_printf(arena, "%zu", shown->rows->row_count) : NULL);
}

/* Of panels that are filled at all; the first one's failure. */
static int first_failure(const struct app_board *board, struct error *error)
{
    const struct board_part *first = NULL;
    size_t                   failed = 0, filled = 0;

    for (size_t i = 0; i < board->board.panel_count; i++) {
        const struct board_part *part = &board->cells[i].main;

        filled += part->kind != PART_NONE;
        failed += part->kind != PART_NONE && part->state == BOARD_FAILED;
        if (first == NULL && part->kind != PART_NONE && part->state == BOARD_FAILED)
            first = part;
    }
    if (failed == 0)
        return 0;
    error_set(error, failed == filled ? first->code : ERR_PARTIAL, "%zu of %zu panels failed: %s", failed, filled,
              first->reason);
    return failed == filled ? first->code : ERR_PARTIAL;
}

int app_board_table(const struct app_board *board, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table =
        table_new("panel:text kind:text value:text unit:text change:numeric age_seconds:numeric source:text state:text "
                  "error:text previous:text than:text judged:text alarm:text rows:int");
    int64_t now = instant_now();
    int     r;

    for (size_t i = 0; i < board->board.panel_count; i++)
        add_panel(board, i, table, now);
    r = table_send(table, sink, error);
    return r < 0 ? r : first_failure(board, error);
}

int app_board_failure(const struct app_board *board, struct error *error)
{
    return first_failure(board, error);
}
