/* xlsx's own: a cell as XML (xlsx_cell.c) for the workbook (xlsx.c). */
#ifndef YTEMPIRE_OUTPUT_XLSX_INT_H
#define YTEMPIRE_OUTPUT_XLSX_INT_H

#include "output_int.h"

/* What Excel takes. */
#define XLSX_ROWS 1048576
#define XLSX_COLUMNS 16384
#define XLSX_TEXT 32767                     /* units of UTF-16 in a cell */

enum xlsx_kind { XLSX_IS_TEXT, XLSX_IS_NUMBER, XLSX_IS_BOOL, XLSX_IS_TIME };

struct xlsx_column {
    char           letters[4];
    enum xlsx_kind kind;
    char           style[16];               /* " s=\"3\"", or "" */
};

enum xlsx_kind xlsx_kind_of(const struct data_column *column);
/* Whether a number is the same after it was a double: at most 15 digits. Of a measure those past the sixth place behind the
 * point do not count: they are what a division left. */
bool xlsx_is_exact(const struct data_column *column, struct data_cell cell);
/* The code by which Excel shows a column ("0.00%"), or NULL where it needs none. */
const char *xlsx_number_format(struct arena *arena, const struct data_column *column);
/* Excel's day number of a time ("46023.5") in the column's zone; false where Excel has none (before March 1900). */
bool xlsx_day_number(const struct data_column *column, struct data_cell cell, struct str *to);
/* Text for XML: escaped, without control characters, cut to what a cell takes; false: it was cut. */
bool xlsx_add_text(struct str *to, const char *text, size_t length);

#endif
