/*
 * Lines: braille has 2×4 dots a cell, blocks 1×2, ASCII one.
 *
 * Dots are gathered in a raster first, so that lines that cross share their cells. All points that fall on one column of
 * dots are drawn as the line from their minimum to their maximum. Series of one unit make a panel with an axis of its own.
 */
#include "chart_int.h"

#include <math.h>
#include <stdlib.h>

#define PANELS 6

struct raster {
    int      rows, columns;            /* of cells */
    int      down, across;             /* dots a cell */
    uint8_t *dots, *parts;
};

struct panel {
    const struct data_column *column;  /* its unit */
    struct frame              frame;   /* of the lines themselves */
    struct scale              scale;
    bool                      known;   /* there is a value to draw */
};

struct plan {
    const struct sheet *sheet;
    struct panel        panels[PANELS];
    size_t              panel_count;
    bool                overlaid;      /* too low for panels: all in one place, without an axis */
    int                 label_columns, name_columns;
    int                 line_row;      /* of the axis of points, or -1 */
};

/* -- dots ---------------------------------------------------------------------------------------------------------- */

static struct raster raster_new(const struct sheet *sheet, struct frame frame)
{
    enum chart_glyphs glyphs = sheet->chart->glyphs;
    struct raster     raster = {.rows = frame.rows, .columns = frame.columns, .down = 1, .across = 1};
    size_t            cells = (size_t)frame.rows * (size_t)frame.columns;

    if (glyphs == GLYPHS_BRAILLE) {
        raster.down = 4;
        raster.across = 2;
    } else if (glyphs == GLYPHS_BLOCKS) {
        raster.down = 2;
    }
    raster.dots = mem_alloc(cells + 1);
    raster.parts = mem_alloc(cells + 1);
    return raster;
}

static void raster_done(struct raster *raster)
{
    mem_free(raster->dots);
    mem_free(raster->parts);
}

static void set_dot(struct raster *raster, int y, int x, unsigned part)
{
    static const uint8_t braille[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    int cell = y / raster->down * raster->columns + x / raster->across;

    raster->dots[cell] |= raster->across == 2 ? braille[y % 4][x % 2] : (uint8_t)(1 << y % raster->down);
    raster->parts[cell] = (uint8_t)part;
}

/* Bresenham's line, both ends included. */
static void set_line(struct raster *raster, int y, int x, int to_y, int to_x, unsigned part)
{
    int across = abs(to_x - x), down = -abs(to_y - y), right = x < to_x ? 1 : -1, below = y < to_y ? 1 : -1;
    int off = across + down;

    for (;;) {
        int twice = 2 * off;

        set_dot(raster, y, x, part);
        if (x == to_x && y == to_y)
            return;
        if (twice >= down) {
            off += down;
            x += right;
        }
        if (twice <= across) {
            off += across;
            y += below;
        }
    }
}

static uint32_t glyph_of(const struct raster *raster, int cell, enum chart_glyphs glyphs)
{
    static const uint32_t halves[] = {' ', 0x2580, 0x2584, 0x2588};

    if (glyphs == GLYPHS_BRAILLE)
        return 0x2800u + raster->dots[cell];
    if (glyphs == GLYPHS_BLOCKS)
        return halves[raster->dots[cell] & 3];
    return (unsigned char)"*o+x#@"[(raster->parts[cell] - CHART_SERIES) % CHART_SERIES_PARTS];
}

static void raster_draw(const struct raster *raster, const struct sheet *sheet, struct frame frame)
{
    for (int cell = 0; cell < raster->rows * raster->columns; cell++)
        if (raster->dots[cell] != 0)
            sheet_put(sheet, frame.y + cell / raster->columns, frame.x + cell % raster->columns,
                      glyph_of(raster, cell, sheet->chart->glyphs), raster->parts[cell]);
}

/* -- one series ---------------------------------------------------------------------------------------------------- */

static int column_of(const struct chart *chart, size_t point, int columns)
{
    if (chart->points == 1)
        return (columns - 1) / 2;
    if (chart->points > (size_t)columns)
        return (int)(point * (size_t)columns / chart->points);
    return (int)lround((double)point * (columns - 1) / (double)(chart->points - 1));
}

static int row_of(const struct scale *scale, double value, int rows)
{
    double part = (value - scale->low) / (scale->high - scale->low);
    int    row = rows - 1 - (int)lround(part * (rows - 1));

    return row < 0 ? 0 : row >= rows ? rows - 1 : row;
}

/* The points on one column of dots. */
struct bucket { int x, top, bottom, last; };

static void bucket_end(struct raster *raster, const struct bucket *bucket, unsigned part)
{
    if (bucket->x >= 0)
        set_line(raster, bucket->top, bucket->x, bucket->bottom, bucket->x, part);
}

static void trace(struct raster *raster, const struct chart *chart, size_t series, const struct scale *scale)
{
    struct bucket bucket = {.x = -1};
    unsigned      part = series_part(series);
    bool          broken = true;

    for (size_t i = 0; i < chart->points; i++) {
        double value;
        int    x, y;

        if (!value_is_known(chart->series[series].values[i], &value)) {
            broken = true;
            continue;
        }
        x = column_of(chart, i, raster->columns * raster->across);
        y = row_of(scale, value, raster->rows * raster->down);
        if (x != bucket.x) {
            bucket_end(raster, &bucket, part);
            if (!broken)
                set_line(raster, bucket.last, bucket.x, y, x, part);
            bucket = (struct bucket){x, y, y, y};
        }
        bucket.top = y < bucket.top ? y : bucket.top;
        bucket.bottom = y > bucket.bottom ? y : bucket.bottom;
        bucket.last = y;
        broken = false;
    }
    bucket_end(raster, &bucket, part);
}

/* -- panels -------------------------------------------------------------------------------------------------------- */

static size_t panel_of(const struct plan *plan, const struct chart_series *series)
{
    for (size_t i = 0; i < plan->panel_count; i++)
        if (same_unit(plan->panels[i].column, series->column))
            return i;
    return plan->panel_count;
}

static void find_panels(struct plan *plan)
{
    const struct chart *chart = plan->sheet->chart;

    for (size_t i = 0; i < chart->series_count; i++)
        if (panel_of(plan, &chart->series[i]) == plan->panel_count && plan->panel_count < PANELS)
            plan->panels[plan->panel_count++].column = chart->series[i].column;
}

static void fit_panel(struct plan *plan, size_t which, int rows)
{
    const struct chart *chart = plan->sheet->chart;
    struct panel       *panel = &plan->panels[which];
    double              low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < chart->series_count; i++)
        if (panel_of(plan, &chart->series[i]) == which)
            panel->known |= series_range(chart, &chart->series[i], &low, &high);
    panel->scale = scale_fit(panel->known ? low : 0, panel->known ? high : 1, rows < 6 ? 1 : rows / 3, panel->column);
}

static size_t step_count(const struct scale *scale)
{
    double steps = (scale->high - scale->low) / scale->step;

    return steps < 1000 ? (size_t)lround(steps) : 1;
}

static double step_at(const struct scale *scale, size_t i)
{
    return i == step_count(scale) ? scale->high : scale->low + scale->step * (double)i;
}

static int widest_label(const struct scale *scale)
{
    struct str label = STR_INIT;
    int        widest = 0;

    for (size_t i = 0; i <= step_count(scale); i++) {
        str_clear(&label);
        scale_label(scale, step_at(scale, i), &label);
        widest = text_columns(str_text(&label)) > widest ? text_columns(str_text(&label)) : widest;
    }
    str_done(&label);
    return widest;
}

static void draw_axis(const struct sheet *sheet, const struct panel *panel, int label_columns)
{
    const struct frame *frame = &panel->frame;
    struct str          label = STR_INIT;
    int down = sheet->chart->glyphs == GLYPHS_BRAILLE ? 4 : sheet->chart->glyphs == GLYPHS_BLOCKS ? 2 : 1, last = -1;

    for (int y = 0; y < frame->rows; y++)
        sheet_put(sheet, frame->y + y, frame->x - 1, sheet->ascii ? '|' : 0x2502, CHART_AXIS);
    for (size_t i = 0; panel->known && i <= step_count(&panel->scale); i++) {
        int row = row_of(&panel->scale, step_at(&panel->scale, i), frame->rows * down) / down;

        if (row == last || (row == 0 && i < step_count(&panel->scale)))      /* the highest has the first row */
            continue;
        last = row;
        str_clear(&label);
        scale_label(&panel->scale, step_at(&panel->scale, i), &label);
        sheet_text_right(sheet, frame->y + row, 0, label_columns, CHART_AXIS, str_text(&label));
        sheet_put(sheet, frame->y + row, frame->x - 1, sheet->ascii ? '+' : 0x2524, CHART_AXIS);
    }
    str_done(&label);
}

/* -- names --------------------------------------------------------------------------------------------------------- */

static int name_columns(const struct chart *chart, int columns)
{
    int widest = 0;

    if (!chart->legend || chart->series_count < 2 || columns < 40)
        return 0;
    for (size_t i = 0; i < chart->series_count; i++)
        if (text_columns(chart->series[i].name) > widest)
            widest = text_columns(chart->series[i].name);
    widest += chart->glyphs == GLYPHS_ASCII ? 3 : 1;
    return widest > columns / 4 ? columns / 4 : widest;
}

static bool last_value(const struct chart *chart, size_t series, double *ret_value)
{
    for (size_t i = chart->points; i-- > 0;)
        if (value_is_known(chart->series[series].values[i], ret_value))
            return true;
    return false;
}

/* A name stands where its line ends, or in the nearest row that is free. */
static int free_row(const bool *taken, int rows, int wanted)
{
    for (int away = 0; away < rows; away++) {
        if (wanted + away < rows && !taken[wanted + away])
            return wanted + away;
        if (wanted - away >= 0 && !taken[wanted - away])
            return wanted - away;
    }
    return -1;
}

static void draw_names(const struct plan *plan, size_t which)
{
    const struct sheet *sheet = plan->sheet;
    const struct panel *panel = &plan->panels[which];
    const struct frame *frame = &panel->frame;
    _cleanup_(mem_freep) bool *taken = mem_alloc((size_t)frame->rows + 1);

    for (size_t i = 0; i < sheet->chart->series_count; i++) {
        int    x = frame->x + frame->columns + 1, row;
        double value;

        if (panel_of(plan, &sheet->chart->series[i]) != which || !last_value(sheet->chart, i, &value))
            continue;
        row = free_row(taken, frame->rows, row_of(&panel->scale, value, frame->rows));
        if (row < 0)
            return;
        taken[row] = true;
        if (sheet->ascii) {
            sheet_put(sheet, frame->y + row, x, (unsigned char)"*o+x#@"[i % CHART_SERIES_PARTS], series_part(i));
            x += 2;
        }
        (void)sheet_text(sheet, frame->y + row, x, sheet->columns - x, series_part(i), sheet->chart->series[i].name);
    }
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

static void draw_panel(const struct plan *plan, size_t which)
{
    const struct sheet *sheet = plan->sheet;
    const struct panel *panel = &plan->panels[which];
    struct raster       raster = raster_new(sheet, panel->frame);

    if (!plan->overlaid && panel->frame.x > 0)
        draw_axis(sheet, panel, plan->label_columns);
    for (size_t i = sheet->chart->series_count; i-- > 0;)          /* the first lies on top */
        if (panel_of(plan, &sheet->chart->series[i]) == which)
            trace(&raster, sheet->chart, i, &panel->scale);
    raster_draw(&raster, sheet, panel->frame);
    raster_done(&raster);
    if (plan->name_columns > 0)
        draw_names(plan, which);
    if (!panel->known && panel->frame.columns >= 9)
        (void)sheet_text(sheet, panel->frame.y + panel->frame.rows / 2, panel->frame.x + (panel->frame.columns - 9) / 2,
                         9, CHART_AXIS, "no values");
}

static void draw_points(const struct plan *plan)
{
    const struct sheet *sheet = plan->sheet;
    struct frame        within = plan->panels[0].frame;
    int                 last = within.x + within.columns - 1;

    for (int x = within.x; x <= last; x++)
        sheet_put(sheet, plan->line_row, x, sheet->ascii ? '-' : 0x2500, CHART_AXIS);
    sheet_put(sheet, plan->line_row, within.x - 1, sheet->ascii ? '+' : 0x2514, CHART_AXIS);
    within.columns = sheet->columns - within.x;
    sheet_point_labels(sheet, plan->line_row + 1, plan->line_row, within, within.x, last);
}

/* Who gets which rows: the axis of points two, and panels at least three each, else they lie over one another. */
static void lay_out(struct plan *plan)
{
    const struct sheet *sheet = plan->sheet;
    struct frame        rest = sheet_title(sheet);
    bool                axes = rest.rows >= 4 && rest.columns >= 16;
    int                 rows = axes ? rest.rows - 2 : rest.rows, y = rest.y, left = 0;

    plan->line_row = axes ? rest.y + rows : -1;
    plan->overlaid = !axes || (plan->panel_count > 1 && rows / (int)plan->panel_count < 3);
    plan->name_columns = axes ? name_columns(sheet->chart, rest.columns) : 0;
    for (size_t i = 0; i < plan->panel_count; i++) {
        int share = plan->overlaid ? rows : rows / (int)plan->panel_count;

        if (!plan->overlaid && i + 1 == plan->panel_count)
            share = rest.y + rows - y;
        fit_panel(plan, i, share);
        plan->panels[i].frame = (struct frame){.y = y, .rows = share};
        y += plan->overlaid ? 0 : share;
        if (!plan->overlaid && plan->panels[i].known && widest_label(&plan->panels[i].scale) > plan->label_columns)
            plan->label_columns = widest_label(&plan->panels[i].scale);
    }
    if (plan->label_columns > rest.columns / 3)
        plan->label_columns = rest.columns / 3;
    left = axes ? plan->label_columns + (plan->label_columns > 0 ? 2 : 1) : 0;
    for (size_t i = 0; i < plan->panel_count; i++) {
        plan->panels[i].frame.x = left;
        plan->panels[i].frame.columns = rest.columns - left - plan->name_columns;
    }
}

void line_draw(const struct sheet *sheet)
{
    struct plan plan = {.sheet = sheet};

    find_panels(&plan);
    lay_out(&plan);
    for (size_t i = plan.panel_count; i-- > 0;)
        draw_panel(&plan, i);
    if (plan.line_row >= 0)
        draw_points(&plan);
}
