/*
 * semantic/print: pieces of a query in the line's language, for the line and for what Cube's JSON lacks.
 */
#ifndef SEMANTIC_PRINT_H
#define SEMANTIC_PRINT_H

#include "src/semantic/query.h"
#include "ytempire/base/str.h"

void print_point(struct str *to, const struct point *point);
void print_period(struct str *to, const struct period *period);
void print_ranges(struct str *to, const struct query *query);     /* after "for" */
void print_shift(struct str *to, const struct shift *shift);      /* after "vs" */
void print_name(struct str *to, const struct name *name);
void print_names(struct str *to, const struct name_list *list);
/* A value: as a word where it reads as one, else in quotes; always '…' (but for controls), always "…". */
void print_text(struct str *to, const char *text);
void print_quoted(struct str *to, const char *text);
void print_escaped(struct str *to, const char *text);
void print_filter(struct str *to, const struct filter *filter);
void print_order(struct str *to, const struct query *query);      /* after "order by" */
void print_top(struct str *to, const struct query *query);        /* after "top" */

#endif
