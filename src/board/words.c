/* What is known of a panel, in words. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "board_int.h"
#include "ytempire/base/decimal.h"
#include "ytempire/base/time.h"

const char *board_state_name(enum board_state state)
{
    static const char *const names[] = {
        [BOARD_WAITING] = "waiting", [BOARD_FRESH] = "fresh",     [BOARD_ZERO] = "zero", [BOARD_STALE] = "stale",
        [BOARD_FAILED] = "failed",   [BOARD_MISSING] = "missing", [BOARD_NULL] = "null", [BOARD_HIDDEN] = "hidden"};

    return names[state];
}

enum board_state board_state_of(const struct board_panel *panel, const struct board_rows *rows)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct board_shown  shown = {.rows = rows};
    struct board_number number;

    if (panel->kind == BOARD_TEXT)
        return BOARD_FRESH;
    if (rows == NULL || rows->row_count == 0)
        return BOARD_MISSING;
    if (panel->kind != BOARD_STAT && panel->kind != BOARD_GAUGE)
        return BOARD_FRESH;
    if (!board_number_of(arena, panel, &shown, &number))
        return BOARD_MISSING;
    if (number.cell.text == NULL)
        return BOARD_NULL;
    if (decimal_is(number.cell.text, number.cell.length) &&
        decimal_compare(number.cell.text, number.cell.length, "0", 1) == 0)
        return BOARD_ZERO;
    return BOARD_FRESH;
}

/* -- ages ---------------------------------------------------------------------------------------------------------- */

void board_age_text(int64_t at, int64_t now, struct str *to)
{
    int64_t age = now > at ? now - at : 0;
    char    text[TIME_TEXT_SIZE];

    if (age < 2 * US_PER_MINUTE)
        str_addf(to, "%" PRId64 " s", age / US_PER_SECOND);
    else
        str_add(to, duration_to_text(age, text));
}

void board_foot_text(const struct board_shown *shown, int64_t now, struct str *to)
{
    static const char *const words[] = {
        [BOARD_WAITING] = "waiting", [BOARD_FRESH] = "",        [BOARD_ZERO] = "zero",
        [BOARD_STALE] = "stale",     [BOARD_FAILED] = "failed", [BOARD_MISSING] = "no data",
        [BOARD_NULL] = "not known",  [BOARD_HIDDEN] = "hidden"};
    bool aged = shown->computed_at > 0 && shown->state != BOARD_HIDDEN && shown->state != BOARD_WAITING;

    str_add(to, words[shown->state]);
    if (shown->state == BOARD_FAILED && shown->rows != NULL && aged) {
        str_add(to, ", was ");
        board_age_text(shown->computed_at, now, to);
        str_add(to, " ago");
    } else if (aged && shown->state != BOARD_FAILED) {
        str_add(to, to->length > 0 ? " " : "");
        board_age_text(shown->computed_at, now, to);
    }
    if (shown->reason != NULL && shown->state != BOARD_FRESH && shown->state != BOARD_ZERO)
        str_addf(to, ": %s", shown->reason);
}

/* -- sentences ----------------------------------------------------------------------------------------------------- */

static void add_change(const struct board_panel *panel, const struct board_number *number, struct str *to)
{
    struct str  change = STR_INIT;
    const char *text;
    int         judged;

    board_change_text(panel, number, true, &change, &judged);
    text = str_text(&change);
    if (*text == '=')
        str_addf(to, ", as %s", number->than);
    else if (*text != '\0')
        str_addf(to, ", %s %s on %s", *text == '^' ? "up" : "down", text + 2, number->than);
    str_done(&change);
}

static void say_number(const struct board_panel *panel, const struct board_number *number, struct str *to)
{
    enum board_role role = board_role_of(panel, number);
    struct str      of = STR_INIT;

    if (number->cell.text == NULL) {
        str_add(to, "not known");
        return;
    }
    board_number_text(number, number->cell, to);
    if (panel->kind == BOARD_GAUGE) {
        (void)board_gauge_part(panel, number, &of);
        if (of.length > 0)
            str_addf(to, " of %s", str_text(&of));
    }
    str_done(&of);
    add_change(panel, number, to);
    if (role != BOARD_NEUTRAL)
        str_addf(to, ", %s", role == BOARD_OK ? "ok" : role == BOARD_WARN ? "a warning" : "an error");
}

static void add_cell(const struct board_panel *panel, const struct board_rows *rows, size_t row, int column,
                     struct str *to)
{
    struct data_cell   cell = rows_cell(rows, row, column);
    const char        *suffix;
    struct data_column with = rows->columns[column];

    if (cell.text == NULL) {
        str_add(to, "not known");
        return;
    }
    if (column == rows_value(panel, rows))
        with = panel_column(panel, &with, &suffix);
    cell_for_people(&with, cell, to);
}

static void say_line(const struct board_panel *panel, const struct board_rows *rows, int time, int value,
                     struct str *to)
{
    size_t low = rows->row_count, high = rows->row_count;

    str_addf(to, "%zu %s from ", rows->row_count, rows->row_count == 1 ? "row" : "rows");
    add_cell(panel, rows, 0, time, to);
    str_add(to, " to ");
    add_cell(panel, rows, rows->row_count - 1, time, to);
    for (size_t i = 0; i < rows->row_count; i++) {
        double at = cell_number(rows_cell(rows, i, value));

        if (isnan(at))
            continue;
        if (low == rows->row_count || at < cell_number(rows_cell(rows, low, value)))
            low = i;
        if (high == rows->row_count || at > cell_number(rows_cell(rows, high, value)))
            high = i;
    }
    str_add(to, ", the last ");
    add_cell(panel, rows, rows->row_count - 1, value, to);
    if (low == rows->row_count)
        return;
    str_add(to, ", lowest ");
    add_cell(panel, rows, low, value, to);
    str_add(to, " at ");
    add_cell(panel, rows, low, time, to);
    str_add(to, ", highest ");
    add_cell(panel, rows, high, value, to);
    str_add(to, " at ");
    add_cell(panel, rows, high, time, to);
}

#define SAID_COLUMNS 5

static void say_rows(const struct board_panel *panel, const struct board_rows *rows, struct str *to)
{
    size_t row = panel->kind == BOARD_LOG ? rows->row_count - 1 : 0;

    str_addf(to, "%zu %s, the %s ", rows->row_count, rows->row_count == 1 ? "row" : "rows",
             panel->kind == BOARD_LOG ? "last" : "first");
    for (size_t i = 0; i < rows->column_count && i < SAID_COLUMNS; i++) {
        if (i > 0)
            str_addf(to, ", %s ", rows->columns[i].name);
        add_cell(panel, rows, row, (int)i, to);
    }
}

static void say_content(const struct board_panel *panel, const struct board_shown *shown, struct str *to)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const struct board_rows *rows = shown->rows;
    struct board_number      number;
    int                      time, value;

    if (panel->kind == BOARD_STAT || panel->kind == BOARD_GAUGE) {
        if (board_number_of(arena, panel, shown, &number))
            say_number(panel, &number, to);
        else
            str_add(to, "no figure");
        return;
    }
    time = rows_time(rows);
    value = rows_value(panel, rows);
    if (panel->kind == BOARD_LINE && time >= 0 && value >= 0 && rows->row_count > 0)
        say_line(panel, rows, time, value, to);
    else if (rows->row_count > 0)
        say_rows(panel, rows, to);
    else
        str_add(to, "no rows");
}

/* What is behind the figure: its age and where it is from. */
static void say_standing(const struct board_shown *shown, int64_t now, struct str *to)
{
    if (shown->state == BOARD_FAILED) {
        str_addf(to, "; failed: %s; this is what it was", shown->reason != NULL ? shown->reason : "no reason is known");
        if (shown->computed_at > 0) {
            str_add(to, " ");
            board_age_text(shown->computed_at, now, to);
            str_add(to, " ago");
        }
        return;
    }
    if (shown->state == BOARD_STALE)
        str_add(to, "; stale");
    if (shown->computed_at > 0) {
        str_add(to, shown->state == BOARD_STALE ? ", " : "; ");
        board_age_text(shown->computed_at, now, to);
        str_add(to, " old");
    }
    if (shown->source != NULL)
        str_addf(to, "%s from %s", shown->computed_at > 0 || shown->state == BOARD_STALE ? "," : ";", shown->source);
    if (shown->state == BOARD_STALE && shown->reason != NULL)
        str_addf(to, " (%s)", shown->reason);
}

static void add_in_one_line(struct str *to, const char *text)
{
    for (; *text != '\0'; text++)
        str_add_char(to, *text == '\n' ? ' ' : *text);
}

void board_sentence(const struct board_panel *panel, const struct board_shown *shown, int64_t now, struct str *to)
{
    const char *why = shown->reason;

    str_addf(to, "%s: ", panel->title);
    if (panel->kind == BOARD_TEXT)
        add_in_one_line(to, panel->text);
    else if (shown->state == BOARD_WAITING)
        str_add(to, "not asked yet");
    else if (shown->state == BOARD_HIDDEN)
        str_addf(to, "hidden%s%s", why != NULL ? ": " : "", why != NULL ? why : "");
    else if (shown->state == BOARD_MISSING)
        str_addf(to, "no data%s%s", why != NULL ? ": " : "", why != NULL ? why : "");
    else if (shown->rows == NULL)
        str_addf(to, "failed: %s", why != NULL ? why : "no reason is known");
    else
        say_content(panel, shown, to);
    if (shown->rows != NULL && panel->kind != BOARD_TEXT && shown->state != BOARD_WAITING &&
        shown->state != BOARD_HIDDEN && shown->state != BOARD_MISSING)
        say_standing(shown, now, to);
    if (to->length > 0 && strchr(".!?", to->data[to->length - 1]) == NULL)
        str_add_char(to, '.');
}
