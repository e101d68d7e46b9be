/* ui/grid: what its files share. A view is a grid's state over one result; the pivot is a second view, over a result
 * made from the first. */
#ifndef UI_GRID_INT_H
#define UI_GRID_INT_H

#include <stdint.h>

#include "grid.h"
#include "ytempire/base/decimal.h"

#define WIDTH_MOST 40              /* of a column that was not widened by hand */
#define NOWHERE SIZE_MAX

struct view_column {
    size_t seen;                   /* the widest value or header so far */
    size_t set;                    /* by hand; 0: as seen */
    bool   hidden, selected;
};

/* Of the selected values of one column. */
struct stats {
    struct decimal_sum sum;
    size_t             values;     /* that are not NULL */
    struct str         least, most;
};

struct selection {
    uint64_t     *rows;            /* a bit a row of the result */
    size_t        words, row_count, column_count;
    struct stats *stats;           /* one a column; of `counted` rows */
    size_t        counted;
};

struct filter;

struct view {
    struct result            *result;
    const struct data_column *known;           /* the columns that `columns` were made for */
    struct view_column       *columns;
    struct data_cell         *cells;           /* of the row last read; not to be kept across a breath */
    size_t                    count;
    size_t                    measured;        /* rows whose widths were looked at as they arrived */
    size_t                    row, column;     /* the cursor: a position, and an index of columns */
    size_t                    top, left, inside;
    size_t                    frozen;          /* shown columns */
    uint32_t                 *order;           /* rows by position; NULL: as they came */
    size_t                    order_count, order_room, covered;     /* covered: rows that `order` was made from */
    size_t                    sorted_by, sorted_rows;               /* NOWHERE: not sorted */
    bool                      descending;
    struct filter            *filter;
    struct selection          selection;
    struct str                sought;          /* case-folded; "": nothing */
    bool                      expanded;
    size_t                    line, lines;     /* of the expanded row: the first shown, and how many there are */
};

/* A column as it was last drawn. */
struct slot {
    size_t column;
    int    x, width, bar;          /* bar: columns of a share's bar within the width */
    bool   last_frozen;
};

struct grid {
    struct view  base, *pivot, *view;          /* view: the one that is shown */
    uint32_t    *pivot_rows;                   /* row of the base, plus 1, of each cell of the pivot; 0: none */
    size_t       pivot_width;
    struct str   message, line;
    bool         working;                      /* a verb waits in a task */
    struct area  area;
    struct slot *slots;
    size_t       slot_count, slot_room;
    int          page;                         /* rows that the area has for rows */
};

struct words {
    const char *const *at;
    size_t             count;
};

/* -- grid.c -- */
size_t view_rows(const struct view *view);                         /* positions */
size_t view_row_at(const struct view *view, size_t position);      /* row of the result */
int    view_read(struct view *view, size_t row, struct error *error) NODISCARD;   /* into view->cells */
void   view_begin(struct view *view, struct result *result);
void   view_end(struct view *view);
void view_go(struct view *view, size_t row); /* the cursor to a row of the result, if it is shown */
void   grid_say(struct grid *grid, const char *format, ...) PRINTF_LIKE(2, 3);
/* Lets the loop have a turn now and then. ERR_INTERRUPTED and the like, in words: "WHAT was interrupted". */
int    grid_breathe(size_t *steps, const char *what, struct error *error) NODISCARD;

/* -- grid_columns.c -- */
int    column_find(const struct view *view, const char *word, size_t *ret_column, struct error *error) NODISCARD;
size_t column_next(const struct view *view, size_t column);        /* the next shown one; NOWHERE */
size_t column_previous(const struct view *view, size_t column);
size_t column_first(const struct view *view);                      /* shown; NOWHERE when there is none */
size_t columns_shown(const struct view *view);
size_t column_width(const struct view *view, size_t column);
void   columns_measure(struct view *view);                         /* what was read */
void   column_header(const struct data_column *column, struct str *to);
void   column_show_cell(const struct data_column *column, struct data_cell cell, struct str *to);  /* safe to draw */
int    act_freeze(struct grid *grid, struct words words, struct error *error) NODISCARD;
int    act_hide(struct grid *grid, struct words words, struct error *error) NODISCARD;
int    act_show(struct grid *grid, struct words words, struct error *error) NODISCARD;
int    act_width(struct grid *grid, struct words words, struct error *error) NODISCARD;

/* -- grid_move.c -- */
int    act_move(struct grid *grid, struct words words, struct error *error) NODISCARD;
int    act_go(struct grid *grid, struct words words, struct error *error) NODISCARD;

/* -- grid_key.c -- */
/* A key of a value that is not NULL, so that smaller keys come first; true when the next level has more. */
bool   cell_key(const struct data_column *column, struct data_cell cell, unsigned level, struct str *scratch,
                uint64_t *ret_key);
/* Whole values as cell_key orders them; the texts are scratch. */
int    cell_compare(const struct data_column *column, struct data_cell a, struct data_cell b, struct str scratch[2]);
bool   type_is_time(enum data_type type);

/* -- grid_sort.c -- */
/* Sorts `count` rows that rise; NULLs last, stable. May wait. */
int    rows_sort(struct view *view, uint32_t *rows, size_t count, size_t column, bool descending,
                 struct error *error) NODISCARD;

/* -- grid_order.c -- */
int    act_sort(struct grid *grid, struct words words, struct error *error) NODISCARD;
int    act_filter(struct grid *grid, struct words words, struct error *error) NODISCARD;
void   order_follow(struct view *view);        /* rows that arrived go through the filter */

/* -- grid_filter.c -- */
int    filter_parse(const struct view *view, const char *text, struct filter **ret_filter,
                    struct error *error) NODISCARD;
void   filter_free(struct filter *filter);
bool   filter_holds(struct filter *filter, const struct view *view);            /* of the row that was read */
const char *filter_text(const struct filter *filter);
bool   cell_contains(const struct data_column *column, struct data_cell cell, const struct str *folded,
                     struct str *scratch);

/* -- grid_search.c -- */
int    act_search(struct grid *grid, struct words words, struct error *error) NODISCARD;
int    act_next(struct grid *grid, struct words words, struct error *error) NODISCARD;
int    act_previous(struct grid *grid, struct words words, struct error *error) NODISCARD;

/* -- grid_select.c -- */
int    act_select(struct grid *grid, struct words words, struct error *error) NODISCARD;
bool   row_is_selected(const struct view *view, size_t row);
bool   selection_is_empty(const struct view *view);
void   selection_drop(struct view *view);
void   selection_status(const struct view *view, struct str *to);

/* -- grid_pivot.c -- */
int    act_pivot(struct grid *grid, struct words words, struct error *error) NODISCARD;
void   pivot_end(struct grid *grid);

/* -- grid_ahead.c -- */
struct each {
    bool (*wanted)(const struct view *view, size_t row);           /* NULL: all */
    int  (*take)(void *who, size_t row, struct error *error);      /* its cells are in view->cells */
    void       *who;
    const char *what;                                              /* for grid_breathe */
};

/* The rows shown, in the order shown; a spilled block is read once a batch of rows. May wait. */
int    rows_each(struct view *view, const struct each *each, struct error *error) NODISCARD;

/* -- grid_expand.c -- */
int    act_expand(struct grid *grid, struct words words, struct error *error) NODISCARD;
void   expand_draw(struct grid *grid, struct canvas *canvas, struct area area);

void   count_to_text(size_t count, struct str *to);                 /* "2,000,000" */
bool   word_is(const struct words *words, size_t at, const char *word);
bool   word_to_count(const char *word, size_t *ret_count);

#endif
