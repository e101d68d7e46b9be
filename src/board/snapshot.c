/* A board as a page: the cells as text or as an SVG, or sentences and tables in markdown. */
#include <stdio.h>
#include <string.h>

#include "draw_int.h"
#include "ytempire/base/time.h"
#include "ytempire/base/utf8.h"

#define CELL_WIDTH 8.4
#define CELL_HEIGHT 18
#define MARKDOWN_ROWS 20

int board_page_from_text(const char *text, enum board_page *ret_page)
{
    static const char *const names[] = {[PAGE_TEXT] = "text", [PAGE_MARKDOWN] = "markdown", [PAGE_SVG] = "svg"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_equal(text, names[i])) {
            *ret_page = (enum board_page)i;
            return 0;
        }
    return ERR_UNKNOWN;
}

/* -- markdown ------------------------------------------------------------------------------------------------------ */

static void add_escaped(struct str *to, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (strchr("\\|*_`<>", text[i]) != NULL && text[i] != '\0')
            str_add_char(to, '\\');
        str_add_char(to, (unsigned char)text[i] < 0x20 ? ' ' : text[i]);
    }
}

static void add_table(struct str *to, const struct board_panel *panel, const struct board_rows *rows)
{
    struct str text = STR_INIT;

    str_add(to, "\n|");
    for (size_t i = 0; i < rows->column_count; i++) {
        str_add_char(to, ' ');
        add_escaped(to, rows->columns[i].name, strlen(rows->columns[i].name));
        str_add(to, " |");
    }
    str_add(to, "\n|");
    for (size_t i = 0; i < rows->column_count; i++)
        str_add(to, data_type_is_number(rows->columns[i].type) ? " ---: |" : " --- |");
    str_add_char(to, '\n');
    for (size_t row = 0; row < rows->row_count && row < MARKDOWN_ROWS; row++) {
        str_add_char(to, '|');
        for (size_t i = 0; i < rows->column_count; i++) {
            struct data_column with = rows->columns[i];
            const char        *suffix;

            str_clear(&text);
            if ((int)i == rows_value(panel, rows))
                with = panel_column(panel, &with, &suffix);
            cell_for_people(&with, rows_cell(rows, row, (int)i), &text);
            str_add_char(to, ' ');
            add_escaped(to, str_text(&text), text.length);
            str_add(to, " |");
        }
        str_add_char(to, '\n');
    }
    if (rows->row_count > MARKDOWN_ROWS)
        str_addf(to, "\n%zu more rows.\n", rows->row_count - MARKDOWN_ROWS);
    str_done(&text);
}

static void add_markdown(const struct board *board, const struct board_shown *shown, const struct board_pen *pen,
                         const char *head, struct str *to)
{
    struct str text = STR_INIT;

    str_addf(to, "# %s\n\n%s\n", board->title, head);
    for (size_t i = 0; i < board->panel_count; i++) {
        const struct board_panel *panel = &board->panels[i];
        bool                      hidden = shown[i].state == BOARD_HIDDEN || shown[i].rows == NULL;

        str_clear(&text);
        board_sentence(panel, &shown[i], pen->now, &text);
        str_addf(to, "\n## %s\n\n", panel->title);
        add_escaped(to, str_text(&text), text.length);
        str_add_char(to, '\n');
        if (panel->kind != BOARD_STAT && panel->kind != BOARD_GAUGE && panel->kind != BOARD_TEXT && !hidden)
            add_table(to, panel, shown[i].rows);
    }
    str_done(&text);
}

/* -- svg ----------------------------------------------------------------------------------------------------------- */

static const char *colour_of(unsigned part)
{
    static const char *const series[] = {"#1f77b4", "#d55e00", "#009e73", "#cc79a7", "#8c6d00", "#56b4e9"};
    static const char *const heats[] = {"#c6dbef", "#9ecae1", "#6baed6", "#3182bd", "#08519c"};
    static const char *const own[] = {"#999999", "#333333", "#111111", "#777777",
                                      "#1a7f37", "#9a6700", "#cf222e", "#8250df"};

    if (part >= BOARD_PART_BORDER && part < BOARD_PART_BORDER + COUNT_OF(own))
        return own[part - BOARD_PART_BORDER];
    if (part >= CHART_HEAT_LEVEL && part < CHART_HEAT_LEVEL + COUNT_OF(heats))
        return heats[part - CHART_HEAT_LEVEL];
    if (part >= CHART_SERIES && part < CHART_SERIES + COUNT_OF(series))
        return series[part - CHART_SERIES];
    return part == CHART_AXIS ? "#777777" : "#333333";
}

static void add_points(struct str *to, const struct chart_cell *cell)
{
    for (int i = 0; i < CHART_POINTS && cell->points[i] != 0; i++) {
        char   bytes[4];
        size_t length = utf8_encode(cell->points[i], bytes);

        if (cell->points[i] == '<')
            str_add(to, "&lt;");
        else if (cell->points[i] == '&')
            str_add(to, "&amp;");
        else
            str_add_bytes(to, bytes, length);
    }
}

/* A run of cells of one colour is one text, stretched to its cells, whatever font there is. */
static int add_run(struct str *to, const struct chart_cell *cells, int y, int x, int columns)
{
    unsigned part = cells[x].part;
    int      end = x;

    while (end < columns && cells[end].part == part)
        end++;
    str_addf(to, "<text x=\"%.1f\" y=\"%d\" fill=\"%s\" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\">",
             x * CELL_WIDTH, (y + 1) * CELL_HEIGHT - 4, colour_of(part), (end - x) * CELL_WIDTH);
    for (int i = x; i < end; i++)
        add_points(to, &cells[i]);
    str_add(to, "</text>\n");
    return end;
}

static bool is_blank(const struct chart_cell *cell)
{
    return cell->points[0] == ' ' && cell->width == 1;
}

static void add_svg(const struct chart_cell *cells, int rows, int columns, const char *head, struct str *to)
{
    str_addf(to,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\" font-family=\"monospace\" "
             "font-size=\"14\" xml:space=\"preserve\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
             columns * CELL_WIDTH, (rows + 1) * CELL_HEIGHT);
    str_addf(to, "<text x=\"0\" y=\"%d\" fill=\"#111111\">", CELL_HEIGHT - 4);
    for (const char *at = head; *at != '\0'; at++)
        str_add(to, *at == '<' ? "&lt;" : *at == '&' ? "&amp;" : (const char[]){*at, '\0'});
    str_add(to, "</text>\n");
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns;) {
            if (is_blank(&cells[y * columns + x]))
                x++;
            else
                x = add_run(to, &cells[y * columns], y + 1, x, columns);
        }
    str_add(to, "</svg>\n");
}

/* -- pages --------------------------------------------------------------------------------------------------------- */

void board_snapshot(const struct board *board, const struct board_shown *shown, const struct board_pen *pen,
                    enum board_page page, int columns, const char *head, struct str *to)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct board_layout layout;
    struct chart_cell  *cells;

    if (page == PAGE_MARKDOWN) {
        add_markdown(board, shown, pen, head, to);
        return;
    }
    board_lay_out(arena, board, 0, columns, 0, &layout);
    cells = ARENA_ARRAY(arena, struct chart_cell, (size_t)layout.rows * (size_t)columns + 1);
    board_draw(board, shown, &layout, pen, layout.rows, columns, cells);
    if (page == PAGE_SVG) {
        add_svg(cells, layout.rows, columns, head, to);
        return;
    }
    str_addf(to, "%s\n", head);
    chart_print(cells, layout.rows, columns, false, to);
}
