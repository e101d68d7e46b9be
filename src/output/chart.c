/* The sheet that charts are drawn on, and what they share. */
#include "chart_int.h"

#include <math.h>
#include <string.h>

#include "ytempire/base/utf8.h"

static const char *const kind_names[] = {
    [CHART_LINE] = "line", [CHART_BAR] = "bar", [CHART_SPARK] = "spark", [CHART_HEAT] = "heat",
};

const char *chart_kind_name(enum chart_kind kind)
{
    return kind_names[kind];
}

int chart_kind_from_text(const char *text, enum chart_kind *ret_kind)
{
    for (size_t i = 0; i < COUNT_OF(kind_names); i++)
        if (text_equal(text, kind_names[i])) {
            *ret_kind = (enum chart_kind)i;
            return 0;
        }
    return ERR_UNKNOWN;
}

/* -- drawing ------------------------------------------------------------------------------------------------------- */

void chart_draw(const struct chart *chart, struct chart_cell *ret_cells)
{
    static void (*const draw[])(const struct sheet *) = {
        [CHART_LINE] = line_draw, [CHART_BAR] = bar_draw, [CHART_SPARK] = spark_draw, [CHART_HEAT] = heat_draw,
    };
    struct sheet sheet = {.chart = chart, .cells = ret_cells, .rows = chart->rows, .columns = chart->columns,
                          .ascii = chart->glyphs == GLYPHS_ASCII};

    if (chart->rows <= 0 || chart->columns <= 0)
        return;
    for (size_t i = 0; i < (size_t)chart->rows * (size_t)chart->columns; i++)
        ret_cells[i] = (struct chart_cell){.points = {' '}, .width = 1};
    if (chart->points > 0 && chart->series_count > 0)
        draw[chart->kind](&sheet);
}

int chart_rows_wanted(const struct chart *chart, int most)
{
    size_t rows = (size_t)most, title = chart->title != NULL && chart->title[0] != '\0' ? 1 : 0;

    if (chart->kind == CHART_BAR)
        rows = chart->points > (size_t)most ? (size_t)most : chart->points * chart->series_count + title;
    else if (chart->kind == CHART_SPARK)
        rows = chart->series_count + title;
    else if (chart->kind == CHART_HEAT)
        rows = chart->series_count + title + 1 + (chart->legend ? 1 : 0);
    return rows < (size_t)most ? (int)rows : most;
}

static struct chart_cell *cell_at(const struct sheet *sheet, int y, int x)
{
    return &sheet->cells[y * sheet->columns + x];
}

/* The other half of a wide character that is overwritten becomes a blank. */
static void part_wide(const struct sheet *sheet, int y, int x)
{
    struct chart_cell *cell = cell_at(sheet, y, x);

    if (cell->width == 0 && x > 0)
        *(cell - 1) = (struct chart_cell){.points = {' '}, .width = 1};
    else if (cell->width == 2 && x + 1 < sheet->columns)
        *(cell + 1) = (struct chart_cell){.points = {' '}, .width = 1};
}

static void put(const struct sheet *sheet, int y, int x, int width, uint32_t point, unsigned part)
{
    if (y < 0 || y >= sheet->rows || x < 0 || x + width > sheet->columns)
        return;
    for (int i = 0; i < width; i++)
        part_wide(sheet, y, x + i);
    *cell_at(sheet, y, x) = (struct chart_cell){.points = {point}, .part = (uint8_t)part, .width = (uint8_t)width};
    if (width == 2)
        *cell_at(sheet, y, x + 1) = (struct chart_cell){.part = (uint8_t)part};
}

void sheet_put(const struct sheet *sheet, int y, int x, uint32_t point, unsigned part)
{
    put(sheet, y, x, 1, point, part);
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

int text_columns(const char *text)
{
    return (int)utf8_width(text, strlen(text));
}

static void join_mark(const struct sheet *sheet, int y, int x, uint32_t mark)
{
    struct chart_cell *cell;

    if (y < 0 || y >= sheet->rows || x < 0 || x >= sheet->columns)
        return;
    cell = cell_at(sheet, y, x);
    if (cell->width == 0 && x > 0)
        cell--;
    for (size_t i = 1; i < CHART_POINTS; i++)
        if (cell->points[i] == 0) {
            cell->points[i] = mark;
            return;
        }
}

/* Control characters take no column and are left out: labels come from data. */
static int put_text(const struct sheet *sheet, int y, int x, unsigned part, const char *text, size_t length)
{
    int      begin = x;
    size_t   n;
    uint32_t point;

    for (; (n = utf8_decode(text, length, &point)) > 0; text += n, length -= n) {
        int width = utf8_point_width(point);

        if (width > 0)
            put(sheet, y, x, width, point, part);
        else if (point >= 0x300 && x > begin)
            join_mark(sheet, y, x - 1, point);
        x += width > 0 ? width : 0;
    }
    return x - begin;
}

int sheet_text(const struct sheet *sheet, int y, int x, int columns, unsigned part, const char *text)
{
    size_t length = strlen(text);
    int    used;

    if (columns <= 0)
        return 0;
    if (text_columns(text) <= columns)
        return put_text(sheet, y, x, part, text, length);
    length = utf8_prefix_of_width(text, length, (size_t)columns - 1, NULL);
    used = put_text(sheet, y, x, part, text, length);
    sheet_put(sheet, y, x + used, sheet->ascii ? '~' : 0x2026, part);
    return used + 1;
}

void sheet_text_right(const struct sheet *sheet, int y, int x, int columns, unsigned part, const char *text)
{
    int wide = text_columns(text);

    if (wide < columns) {
        x += columns - wide;
        columns = wide;
    }
    (void)sheet_text(sheet, y, x, columns, part, text);
}

unsigned series_part(size_t series)
{
    return CHART_SERIES + (unsigned)(series % CHART_SERIES_PARTS);
}

struct frame sheet_title(const struct sheet *sheet)
{
    struct frame rest = {.rows = sheet->rows, .columns = sheet->columns};
    const char  *title = sheet->chart->title;

    if (title == NULL || title[0] == '\0' || sheet->rows < 2 || sheet->columns < 8)
        return rest;
    (void)sheet_text(sheet, 0, 0, sheet->columns, CHART_TEXT, title);
    rest.y = 1;
    rest.rows--;
    return rest;
}

/* -- labels of points ---------------------------------------------------------------------------------------------- */

static double place_of(const struct chart *chart, size_t point, double first, double last)
{
    return chart->points < 2 ? (first + last) / 2 : first + (last - first) * (double)point / (double)(chart->points - 1);
}

static int widest_of_some(const struct chart *chart)
{
    size_t some[] = {0, chart->points / 3, chart->points / 2, chart->points - 1};
    int    widest = 1;

    for (size_t i = 0; i < COUNT_OF(some); i++)
        if (text_columns(chart->labels[some[i]]) > widest)
            widest = text_columns(chart->labels[some[i]]);
    return widest;
}

void sheet_point_labels(const struct sheet *sheet, int y, int axis, struct frame within, double first, double last)
{
    const struct chart *chart = sheet->chart;
    size_t slots = (size_t)(within.columns / (widest_of_some(chart) + 2));
    int    free_from = within.x;

    slots = slots > chart->points ? chart->points : slots < 1 ? 1 : slots;
    for (size_t k = 0; k < slots; k++) {
        size_t point = slots > 1 ? k * (chart->points - 1) / (slots - 1) : 0;
        int    place = (int)lround(place_of(chart, point, first, last)), wide = text_columns(chart->labels[point]);
        int    x = place - wide / 2;

        if (x + wide > within.x + within.columns)
            x = within.x + within.columns - wide;
        if (x < within.x)
            x = within.x;
        if (x < free_from)
            continue;
        (void)sheet_text(sheet, y, x, within.x + within.columns - x, CHART_AXIS, chart->labels[point]);
        free_from = x + wide + 1;
        if (axis >= 0 && wide > 0)
            sheet_put(sheet, axis, place, sheet->ascii ? '+' : 0x252c, CHART_AXIS);
    }
}

/* -- printing ------------------------------------------------------------------------------------------------------ */

static const char *look_of(unsigned part)
{
    static const char *const series[] = {"36", "33", "35", "32", "34", "31"}, *const heat[] = {"34", "36", "32", "33", "31"};

    if (part >= CHART_HEAT_LEVEL)
        return heat[(part - CHART_HEAT_LEVEL) % COUNT_OF(heat)];
    if (part >= CHART_SERIES)
        return series[(part - CHART_SERIES) % COUNT_OF(series)];
    return part == CHART_AXIS ? "2" : "";
}

static void print_row(const struct chart_cell *cells, int columns, bool color, struct str *to)
{
    unsigned look = CHART_TEXT;

    while (columns > 0 && cells[columns - 1].width == 1 && cells[columns - 1].points[0] == ' ')
        columns--;
    for (int x = 0; x < columns; x++) {
        if (cells[x].width == 0)
            continue;
        if (color && cells[x].part != look && cells[x].points[0] != ' ') {
            look = cells[x].part;
            str_addf(to, "\x1b[0%s%sm", look_of(look)[0] != '\0' ? ";" : "", look_of(look));
        }
        for (size_t i = 0; i < CHART_POINTS && cells[x].points[i] != 0; i++) {
            char bytes[4];

            str_add_bytes(to, bytes, utf8_encode(cells[x].points[i], bytes));
        }
    }
    if (look != CHART_TEXT)
        str_add(to, "\x1b[0m");
    str_add_char(to, '\n');
}

void chart_print(const struct chart_cell *cells, int rows, int columns, bool color, struct str *to)
{
    for (int y = 0; y < rows; y++)
        print_row(cells + (size_t)y * (size_t)columns, columns, color, to);
}
