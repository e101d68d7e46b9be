/* Shared by the files of this room. */
#ifndef BOARD_INT_H
#define BOARD_INT_H

#include "ytempire/base/tree.h"
#include "ytempire/board.h"

/* -- file.c: reading with places ----------------------------------------------------------------------------------- */

struct reading {
    struct arena *arena;
    struct tree   tree;
    const char   *path;
    struct error *error;
};

/* "a broken board: …" at that byte, or that node; ERR_SYNTAX. */
int reading_fail_at(struct reading *reading, size_t at, const char *message);
int reading_fail(struct reading *reading, const struct tree_node *node, const char *message);
/* "FILE:LINE:COLUMN" of a member's value; NULL: it is not there. */
const char *reading_where(struct reading *reading, const struct tree_node *object, const char *name);
/* What is not known is refused: a misspelt word would be left out in silence. */
int reading_check_names(struct reading *reading, const struct tree_node *object, const char *const *names,
                        size_t count);
/* Each of these leaves what it gives untouched where the member is not there. */
int reading_text(struct reading *reading, const struct tree_node *object, const char *name, const char **ret_text);
int reading_need_text(struct reading *reading, const struct tree_node *object, const char *name,
                      const char **ret_text);
int reading_flag(struct reading *reading, const struct tree_node *object, const char *name, bool *ret_flag);
int reading_int(struct reading *reading, const struct tree_node *object, const char *name, int least, int most,
                int *ret_number);
/* A number as it is written. */
int reading_decimal(struct reading *reading, const struct tree_node *object, const char *name, const char **ret_text);
/* "30s" "5m" "1h" "1d" */
int reading_duration(struct reading *reading, const struct tree_node *object, const char *name, int64_t *ret_us);
/* One of several words. */
int reading_choice(struct reading *reading, const struct tree_node *object, const char *name, const char *const *words,
                   size_t count, int *ret_index);

/* -- file_panel.c -------------------------------------------------------------------------------------------------- */

int reading_panel(struct reading *reading, const struct tree_node *object, struct board_panel *ret_panel);

/* -- value.c ------------------------------------------------------------------------------------------------------- */

/* Column of that name, also the last part of a member's; or -1. */
int  rows_find(const struct board_rows *rows, const char *name);
/* The column whose values are instants or days, or -1. */
int  rows_time(const struct board_rows *rows);
/* What `value` names, else the first measure, else the first number, or -1. */
int  rows_value(const struct board_panel *panel, const struct board_rows *rows);
struct data_cell rows_cell(const struct board_rows *rows, size_t row, int column);
/* The unit of a panel put into a column; `ret_suffix` is never NULL. */
struct data_column panel_column(const struct board_panel *panel, const struct data_column *column,
                                const char **ret_suffix);
void cell_for_people(const struct data_column *column, struct data_cell cell, struct str *to);
bool panel_is_picture(const struct board_panel *panel);
double cell_number(struct data_cell cell);             /* NaN: it is none */

/* -- events.c ------------------------------------------------------------------------------------------------------ */

/* Whether a panel marks it on an axis from `first` to `last`, which is an instant or the beginning of a day. */
bool event_is_marked(const struct board_panel *panel, int64_t first, int64_t last, const struct board_event *event);

#endif
