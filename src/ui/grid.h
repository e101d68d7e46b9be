/*
 * grid: a view on a result's rows: what is shown, in which order, and where the cursor is.
 *
 * The rows never move. Order and filter are an array of row numbers, made in slices of time in a task or at once for
 * few rows; while rows still arrive they follow in their own order, and the footer says what was sorted ("sorted 40,000
 * of 2,000,000 rows"). Widths come from the first rows seen and grow until a column is as wide as the grid lets it.
 * Every verb is a string of the command table ("sort", "freeze", …), so a key, the prompt and a test say the same.
 */
#ifndef YTEMPIRE_UI_GRID_H
#define YTEMPIRE_UI_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"
#include "result.h"
#include "ytempire/base/error.h"

struct grid;

struct grid *grid_new(struct result *result);         /* borrowed; must outlive the grid */
/* A view on the rows of the same question asked again: with the order, filter, widths, hidden and frozen columns of
 * `before`, and the cursor on its row, which the column `key` names (NULL: by its place). Selection and pivot are not
 * taken over. For few rows; other columns than before: as grid_new. */
struct grid *grid_again(struct grid *before, struct result *result, const char *key);
void         grid_free(struct grid *grid);
void         grid_freep(struct grid **grid);

/* Draws header and rows, or the expanded row, into the area; remembers the area's size for paging. `focus`: the cursor
 * is shown. */
void grid_draw(struct grid *grid, struct canvas *canvas, struct area area, bool focus);
/* What stands in the footer: "row 3/214", "sorted …", "selected 4 rows: sum 12, avg 3", newest message. */
void grid_status(struct grid *grid, struct str *to);
/* Rows or columns arrived since the last call: widths follow. Cheap; called before a draw. */
void grid_follow(struct grid *grid);

/* A verb with its words:
 *   move up|down|left|right|page-up|page-down|half-up|half-down|top|bottom|first|last [N]      go ROW
 *   sort [COLUMN] [asc|desc|off]        column under the cursor when none is named; again: other direction, then off
 *   freeze [N|off]      hide [COLUMN]      show [COLUMN|all]      width [COLUMN] [+N|-N|N|auto]
 *   search TEXT         next  previous  (say when they went on from the other end)
 *   filter EXPR|off     EXPR: TEXT (in any column), or COLUMN op VALUE with = <> < <= > >= ~ (contains); = null
 *   expand [on|off]     then up and down scroll its lines, left and right go to the row before and after
 *   select row|column|all|off           row: and a step down, so that pressed again it marks the next
 *   pivot [on|off]      rows: first dimension, columns: second, cells: the measure under the cursor
 * sort, filter, search, next, previous, select and pivot may wait (millions of rows), so call them in a task, or with
 * few rows anywhere; drawing and the other verbs go on meanwhile, a second that may wait is ERR_CONFLICT. The grid must
 * not be freed before. ERR_USAGE, ERR_UNKNOWN (with did-you-mean), ERR_LIMIT in words; ERR_INTERRUPTED when cancelled:
 * all stays as it was before. */
/* Closes what is open in it, one thing a call: the expanded row, the pivot, the selection, the search, the filter.
 * False: nothing was. */
bool grid_back(struct grid *grid);
int grid_act(struct grid *grid, const char *verb, const char *const *words, size_t count,
             struct error *error) NODISCARD;

/* What the cursor is on, for drill, copy, rows and export. */
size_t grid_cursor_row(const struct grid *grid); /* number of the row in the result; SIZE_MAX: none */
size_t                    grid_cursor_column(const struct grid *grid);
const struct data_column *grid_column(const struct grid *grid, size_t column);
/* What was selected, else the row under the cursor, as a format of output/: for copying. ERR_UNKNOWN: no such format.
 */
int grid_copy(struct grid *grid, const char *format, struct str *to, struct error *error) NODISCARD;
int grid_copy_cell(struct grid *grid, struct str *to, struct error *error) NODISCARD;
/* Every shown row and column in the order shown, into a sink: for export. May wait. */
int grid_send(struct grid *grid, struct sink *sink, struct error *error) NODISCARD;
/* The order by which it is sorted as an edit line of the query language ("order by total_views desc"), or NULL. */
const char *grid_order_line(const struct grid *grid);
/* A click in the area last drawn: moves the cursor; a second one on a row (`again`) opens it. True: it was on a header,
 * the cursor is on that column, and the caller runs "sort", which may wait. */
bool grid_click(struct grid *grid, int y, int x, bool again);

#endif
