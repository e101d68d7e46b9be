/*
 * data/condition: `(rows | [any|all] column) op value {and …}`, asked of a result: --expect, `watch … until`, alerts.
 *
 * A column without any or all: every row, and at least one. Rows are shown to it as they come; one condition serves one
 * result after another. Errors point into its text.
 */
#ifndef YTEMPIRE_DATA_CONDITION_H
#define YTEMPIRE_DATA_CONDITION_H

#include "ytempire/base/error.h"
#include "ytempire/data.h"

struct condition;
int  condition_parse(const char *text, struct condition **ret_condition, struct error *error) NODISCARD;
void condition_free(struct condition *condition);
void condition_freep(struct condition **condition);
int  condition_begin(struct condition *condition, const struct data_column *columns, size_t count,
                     struct error *error) NODISCARD;
void condition_row(struct condition *condition, const struct data_cell *cells);
/* 0, or ERR_EXPECT saying which part did not hold and what was seen. */
int  condition_end(struct condition *condition, struct error *error) NODISCARD;

#endif
