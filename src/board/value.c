/*
 * The one number of a panel. Numbers stay as they are written; only what is drawn (sparkline, gauge, per cent of
 * change) goes through floating point.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "board_int.h"
#include "ytempire/base/decimal.h"
#include "ytempire/base/time.h"

/* -- columns and cells --------------------------------------------------------------------------------------------- */

int rows_find(const struct board_rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->column_count; i++) {
        const char *member = rows->columns[i].member, *dot = member != NULL ? strrchr(member, '.') : NULL;

        if (text_equal(rows->columns[i].name, name) || text_equal(member, name) ||
            (dot != NULL && text_equal(dot + 1, name) && rows->columns[i].unit == UNIT_NONE))
            return (int)i;
    }
    return -1;
}

static bool is_time(enum data_type type)
{
    return type == DATA_DATE || type == DATA_TIMESTAMP || type == DATA_TIMESTAMPTZ;
}

/* JSON has no times: texts that are days or instants in every row. */
static bool looks_like_time(const struct board_rows *rows, size_t column)
{
    int64_t instant;

    for (size_t row = 0; row < rows->row_count; row++) {
        struct data_cell cell = rows->cells[row * rows->column_count + column];

        if (cell.text == NULL || cell.length < 10 || instant_from_text(cell.text, cell.length, &instant) < 0)
            return false;
    }
    return rows->row_count > 0;
}

int rows_time(const struct board_rows *rows)
{
    for (size_t i = 0; i < rows->column_count; i++)
        if (rows->columns[i].role == ROLE_TIME ||
            (rows->columns[i].role == ROLE_NONE && is_time(rows->columns[i].type)))
            return (int)i;
    for (size_t i = 0; i < rows->column_count; i++)
        if (rows->columns[i].role == ROLE_NONE && rows->columns[i].type == DATA_TEXT && looks_like_time(rows, i))
            return (int)i;
    return -1;
}

/* JSON has exact numbers as texts. */
static bool looks_like_number(const struct board_rows *rows, size_t column)
{
    bool any = false;

    for (size_t row = 0; row < rows->row_count; row++) {
        struct data_cell cell = rows->cells[row * rows->column_count + column];

        if (cell.text != NULL && !decimal_is(cell.text, cell.length))
            return false;
        any |= cell.text != NULL;
    }
    return any;
}

int rows_value(const struct board_panel *panel, const struct board_rows *rows)
{
    if (panel->value != NULL)
        return rows_find(rows, panel->value);
    for (size_t i = 0; i < rows->column_count; i++)
        if (rows->columns[i].role == ROLE_MEASURE)
            return (int)i;
    for (size_t i = 0; i < rows->column_count; i++)
        if (data_type_is_number(rows->columns[i].type) ||
            (rows->columns[i].type == DATA_TEXT && looks_like_number(rows, i)))
            return (int)i;
    return -1;
}

struct data_cell rows_cell(const struct board_rows *rows, size_t row, int column)
{
    return column >= 0 && row < rows->row_count ? rows->cells[row * rows->column_count + (size_t)column] : CELL_NULL;
}

double cell_number(struct data_cell cell)
{
    double value;

    return cell.text != NULL && text_to_double(cell.text, cell.length, &value) >= 0 ? value : NAN;
}

struct data_column panel_column(const struct board_panel *panel, const struct data_column *column,
                                const char **ret_suffix)
{
    static const struct {
        const char      *name;
        enum data_format format;
    } units[] = {{"currency", FORMAT_CURRENCY}, {"percent", FORMAT_PERCENT}, {"bytes", FORMAT_BYTES},
                 {"duration", FORMAT_DURATION}, {"number", FORMAT_NUMBER}};
    struct data_column with = *column;
    size_t             i = 0;

    *ret_suffix = "";
    while (i < COUNT_OF(units) && !text_equal(panel->unit, units[i].name))
        i++;
    if (i < COUNT_OF(units))
        with.format = units[i].format;
    else if (panel->unit != NULL)
        *ret_suffix = panel->unit;
    if (with.format == FORMAT_PLAIN && with.type != DATA_TEXT)
        with.format = FORMAT_NUMBER;
    if (panel->decimals >= 0)
        with.decimals = panel->decimals;
    else if (with.decimals < 0 && with.format != FORMAT_NUMBER && with.type != DATA_INT)
        with.decimals = 2;
    return with;
}

/* A number that says nothing of decimals has its own, and two of a long fraction. */
void cell_for_people(const struct data_column *column, struct data_cell cell, struct str *to)
{
    struct data_column with = *column;
    const char        *point = cell.text != NULL ? memchr(cell.text, '.', cell.length) : NULL;

    if (with.decimals < 0 && point != NULL && cell.text + cell.length - point > 3 && data_type_is_number(with.type))
        with.decimals = 2;
    data_cell_pretty(&with, cell, to);
}

/* -- the rows by time ---------------------------------------------------------------------------------------------- */

struct step {
    int64_t          at;
    struct data_cell cell;
};

static int compare_steps(const void *a, const void *b)
{
    int64_t left = ((const struct step *)a)->at, right = ((const struct step *)b)->at;

    return left < right ? -1 : left > right;
}

/* The values of a column, ascending by time; none without a column of times. */
static size_t steps_of(struct arena *arena, const struct board_rows *rows, int time, int value, struct step **ret_steps)
{
    struct step *steps = ARENA_ARRAY(arena, struct step, (rows != NULL ? rows->row_count : 0) + 1);
    size_t       count = 0;

    for (size_t row = 0; rows != NULL && time >= 0 && value >= 0 && row < rows->row_count; row++) {
        struct data_cell at = rows_cell(rows, row, time);

        if (at.text != NULL && instant_from_text(at.text, at.length, &steps[count].at) >= 0)
            steps[count++].cell = rows_cell(rows, row, value);
    }
    qsort(steps, count, sizeof *steps, compare_steps);
    *ret_steps = steps;
    return count;
}

static const char *than_of(struct arena *arena, const struct board_rows *rows, int time)
{
    enum data_unit unit = rows->columns[time].unit;

    if (unit == UNIT_NONE)
        unit = rows->columns[time].type == DATA_DATE ? UNIT_DAY : UNIT_NONE;
    return unit == UNIT_NONE ? "the one before" : arena_printf(arena, "the %s before", data_unit_name(unit));
}

/* -- the number ---------------------------------------------------------------------------------------------------- */

struct finding_number {
    struct arena             *arena;
    const struct board_panel *panel;
    const struct board_rows  *rows, *history;
    struct board_number      *number;
    int                       value, time;
    struct step              *steps;
    size_t                    count;
};

static void spark(struct finding_number *of, const struct step *steps, size_t count, bool and_now)
{
    struct board_number *number = of->number;

    number->history = ARENA_ARRAY(of->arena, double, count + 2);
    for (size_t i = 0; i < count; i++)
        number->history[i] = cell_number(steps[i].cell);
    number->history_count = count;
    if (and_now)
        number->history[number->history_count++] = cell_number(number->cell);
}

/* A query beside tells what was before, and how it went. */
static void look_at_history(struct finding_number *of)
{
    const struct board_rows *rows = of->history;
    struct board_panel       named = *of->panel;
    int                      time = rows_time(rows), value;
    struct step             *steps;
    size_t                   count, before;

    named.value = rows_find(rows, of->rows->columns[of->value].name) >= 0 ? of->rows->columns[of->value].name : NULL;
    value = rows_value(&named, rows);
    count = before = steps_of(of->arena, rows, time, value, &steps);
    if (count == 0)
        return;
    while (of->count > 0 && before > 0 && steps[before - 1].at >= of->steps[of->count - 1].at)
        before--;
    spark(of, steps, before, true);
    if (before > 0)
        of->number->previous = steps[before - 1].cell;
    of->number->than = than_of(of->arena, rows, time);
}

static void look_before(struct finding_number *of)
{
    const struct board_rows *rows = of->rows;
    struct board_number     *number = of->number;
    const char *name = of->panel->previous;
    int         column;

    if (name == NULL)
        name = arena_printf(of->arena, "%s_previous", rows->columns[of->value].name);
    column = rows_find(rows, name);
    if (of->count > 0)
        spark(of, of->steps, of->count, false);
    if (column >= 0) {
        size_t row = 0;

        for (size_t i = 0; of->count > 0 && i < rows->row_count; i++)
            if (rows_cell(rows, i, of->value).text == number->cell.text)
                row = i;
        number->previous = rows_cell(rows, row, column);
        number->than = "the period before";
    } else if (of->history != NULL) {
        look_at_history(of);
    } else if (of->count > 1) {
        number->previous = of->steps[of->count - 2].cell;
        number->than = than_of(of->arena, rows, of->time);
    }
}

/* Rows of the other kinds stand beside each other. */
static bool goes_by_time(const struct board_panel *panel)
{
    return panel->kind == BOARD_STAT || panel->kind == BOARD_GAUGE || panel->kind == BOARD_LINE;
}

bool board_number_of(struct arena *arena, const struct board_panel *panel, const struct board_shown *shown,
                     struct board_number *ret_number)
{
    struct board_number   number = {.suffix = "", .than = ""};
    struct finding_number of = {.arena = arena, .panel = panel, .rows = shown->rows, .history = shown->history,
                                .number = &number};

    if (of.rows == NULL || of.rows->row_count == 0)
        return false;
    of.value = rows_value(panel, of.rows);
    if (of.value < 0)
        return false;
    of.time = goes_by_time(panel) ? rows_time(of.rows) : -1;
    if (of.time == of.value)
        of.time = -1;
    of.count = steps_of(arena, of.rows, of.time, of.value, &of.steps);
    number.cell = of.count > 0 ? of.steps[of.count - 1].cell : rows_cell(of.rows, 0, of.value);
    number.column = of.rows->columns[of.value];
    if (number.column.type == DATA_TEXT && number.cell.text != NULL && decimal_is(number.cell.text, number.cell.length))
        number.column.type = memchr(number.cell.text, '.', number.cell.length) != NULL ? DATA_NUMERIC : DATA_INT;
    number.column = panel_column(panel, &number.column, &number.suffix);
    look_before(&of);
    if (panel->than != NULL)
        number.than = panel->than;
    *ret_number = number;
    return true;
}

void board_number_text(const struct board_number *number, struct data_cell cell, struct str *to)
{
    cell_for_people(&number->column, cell, to);
    if (cell.text != NULL && number->suffix[0] != '\0')
        str_addf(to, " %s", number->suffix);
}

/* -- change -------------------------------------------------------------------------------------------------------- */

/* The exact difference of two decimals, without its sign; below, at or above 0. */
static int difference(const struct board_number *number, struct str *to)
{
    struct decimal_sum sum = {0};
    struct data_cell   before = number->previous;
    int order = decimal_compare(number->cell.text, number->cell.length, before.text, before.length);
    struct data_cell   larger = order >= 0 ? number->cell : before, smaller = order >= 0 ? before : number->cell;
    struct str         minus = STR_INIT;

    if (smaller.text[0] == '-')
        str_add_bytes(&minus, smaller.text + 1, smaller.length - 1);
    else
        str_addf(&minus, "-%.*s", (int)smaller.length, smaller.text);
    (void)decimal_sum_add(&sum, larger.text, larger.length);
    (void)decimal_sum_add(&sum, str_text(&minus), minus.length);
    decimal_sum_text(&sum, to);
    decimal_sum_done(&sum);
    str_done(&minus);
    return order;
}

static void add_percent(struct str *to, double part)
{
    double percent = fabs(part) * 100;

    str_addf(to, percent < 9.95 ? "%.1f %%" : "%.0f %%", percent);
}

static bool are_numbers(const struct board_number *number)
{
    return number->cell.text != NULL && number->previous.text != NULL &&
           decimal_is(number->cell.text, number->cell.length) &&
           decimal_is(number->previous.text, number->previous.length);
}

void board_change_text(const struct board_panel *panel, const struct board_number *number, bool ascii, struct str *to,
                       int *ret_judged)
{
    static const char *const marks[2][3] = {{"▼", "=", "▲"}, {"v", "=", "^"}};
    struct str               by = STR_INIT;
    double                   before = cell_number(number->previous);
    int                      order;

    *ret_judged = 0;
    if (panel->change == CHANGE_NONE || !are_numbers(number))
        return;
    order = difference(number, &by);
    *ret_judged = panel->less_is_better ? -order : order;
    str_addf(to, "%s ", marks[ascii][order + 1]);
    if (panel->change == CHANGE_PERCENT && order != 0 && before != 0 && isfinite(before))
        add_percent(to, (cell_number(number->cell) - before) / before);
    else
        board_number_text(number, (struct data_cell){str_text(&by), by.length}, to);
    str_done(&by);
}

/* -- thresholds ---------------------------------------------------------------------------------------------------- */

const char *board_role_name(enum board_role role)
{
    static const char *const names[] = {[BOARD_NEUTRAL] = "", [BOARD_OK] = "ok", [BOARD_WARN] = "warn",
                                        [BOARD_ERROR] = "error"};

    return names[role];
}

static bool reaches(const struct board_threshold *threshold, struct data_cell cell, const char *step)
{
    int order;

    if (step == NULL)
        return false;
    order = decimal_compare(cell.text, cell.length, step, strlen(step));
    return threshold->below ? order <= 0 : order >= 0;
}

enum board_role board_role_of(const struct board_panel *panel, const struct board_number *number)
{
    const struct board_threshold *threshold = &panel->threshold;

    if ((threshold->warn == NULL && threshold->error == NULL) || number->cell.text == NULL ||
        !decimal_is(number->cell.text, number->cell.length))
        return BOARD_NEUTRAL;
    if (reaches(threshold, number->cell, threshold->error))
        return BOARD_ERROR;
    return reaches(threshold, number->cell, threshold->warn) ? BOARD_WARN : BOARD_OK;
}

double board_gauge_part(const struct board_panel *panel, const struct board_number *number, struct str *ret_of)
{
    const char *most = panel->most != NULL ? panel->most : panel->threshold.error;
    double      low = panel->least != NULL ? cell_number((struct data_cell){panel->least, strlen(panel->least)}) : 0;
    double      value = cell_number(number->cell), high = value, part;

    if (most != NULL) {
        high = cell_number((struct data_cell){most, strlen(most)});
        board_number_text(number, (struct data_cell){most, strlen(most)}, ret_of);
    }
    part = (value - low) / (high - low);
    return isfinite(part) ? fmin(fmax(part, 0), 1) : 0;
}
