/* Tables and logs in a panel. */
#include "draw_int.h"

#include <string.h>

#define COLUMNS_MOST 12

struct sheet {
    const struct drawing *drawing;
    size_t                columns;
    int                   widths[COLUMNS_MOST];
    bool                  right[COLUMNS_MOST];
};

static void cell_text(const struct drawing *drawing, size_t row, size_t column, struct str *to)
{
    const struct board_rows *rows = drawing->shown->rows;
    struct data_column       with = rows->columns[column];
    struct data_cell         cell = rows_cell(rows, row, (int)column);
    const char              *suffix = "";

    str_clear(to);
    if ((int)column == rows_value(drawing->panel, rows))
        with = panel_column(drawing->panel, &with, &suffix);
    else if (data_type_is_number(with.type) && with.format == FORMAT_PLAIN && with.role == ROLE_MEASURE)
        with.format = FORMAT_NUMBER;
    if (cell.text == NULL)
        str_add(to, "-");
    else
        cell_for_people(&with, cell, to);
    if (cell.text != NULL && suffix[0] != '\0')
        str_addf(to, " %s", suffix);
}

/* The widest of the rows that can be seen; the first column gives way when there is too little room. */
static void measure(struct sheet *sheet, int rows, int columns)
{
    const struct board_rows *of = sheet->drawing->shown->rows;
    struct str               text = STR_INIT;
    int                      sum = 0;

    sheet->columns = of->column_count < COLUMNS_MOST ? of->column_count : COLUMNS_MOST;
    for (size_t i = 0; i < sheet->columns; i++) {
        sheet->widths[i] = paper_columns(of->columns[i].name);
        sheet->right[i] = data_type_is_number(of->columns[i].type);
        for (size_t row = 0; row < of->row_count && (int)row < rows; row++) {
            int width;

            cell_text(sheet->drawing, row, i, &text);
            width = paper_columns(str_text(&text));
            sheet->widths[i] = width > sheet->widths[i] ? width : sheet->widths[i];
        }
        sum += sheet->widths[i] + (i > 0 ? 2 : 0);
    }
    if (sum > columns && sheet->columns > 0) {
        int first = sheet->widths[0] - (sum - columns);

        sheet->widths[0] = first > 8 ? first : sheet->widths[0] < 8 ? sheet->widths[0] : 8;
    }
    str_done(&text);
}

static void draw_line(const struct sheet *sheet, const struct paper *paper, int y, unsigned part, const size_t *row)
{
    struct str text = STR_INIT;
    int        x = 0;

    for (size_t i = 0; i < sheet->columns && x < paper->columns; i++) {
        int width, room = sheet->widths[i];

        if (row != NULL) {
            cell_text(sheet->drawing, *row, i, &text);
        } else {
            str_clear(&text);
            str_add(&text, sheet->drawing->shown->rows->columns[i].name);
        }
        width = paper_columns(str_text(&text));
        (void)paper_text(paper, y, x + (sheet->right[i] && width < room ? room - width : 0), room, part,
                         str_text(&text), text.length);
        x += room + 2;
    }
    str_done(&text);
}

void draw_table(const struct drawing *drawing, const struct paper *paper)
{
    struct sheet sheet = {.drawing = drawing};
    size_t       count = drawing->shown->rows->row_count;

    measure(&sheet, paper->rows, paper->columns);
    draw_line(&sheet, paper, 0, BOARD_PART_DIM, NULL);
    for (size_t row = 0; row < count && (int)row + 1 < paper->rows; row++)
        draw_line(&sheet, paper, (int)row + 1, drawing->dim ? BOARD_PART_DIM : CHART_TEXT, &row);
    if ((int)count + 1 > paper->rows && paper->rows > 2) {
        const char *more = arena_printf(drawing->arena, "%zu more", count - (size_t)paper->rows + 2);

        for (int x = 0; x < paper->columns; x++)
            paper_put(paper, paper->rows - 1, x, ' ', CHART_TEXT);
        (void)paper_text(paper, paper->rows - 1, 0, paper->columns, BOARD_PART_DIM, more, strlen(more));
    }
}

/* The last rows, the newest at the bottom. */
void draw_log(const struct drawing *drawing, const struct paper *paper)
{
    const struct board_rows *rows = drawing->shown->rows;
    size_t     shown = rows->row_count < (size_t)paper->rows ? rows->row_count : (size_t)paper->rows;
    struct str text = STR_INIT;

    for (size_t i = 0; i < shown; i++) {
        int x = 0;

        for (size_t column = 0; column < rows->column_count && x < paper->columns; column++) {
            cell_text(drawing, rows->row_count - shown + i, column, &text);
            x += paper_text(paper, (int)i, x, paper->columns - x,
                            drawing->dim || column == 0 ? BOARD_PART_DIM : CHART_TEXT, str_text(&text), text.length);
            x++;
        }
    }
    str_done(&text);
}
