/*
 * base/compare: the signs a person compares with: = == <> != < <= > >=.
 */
#ifndef YTEMPIRE_BASE_COMPARE_H
#define YTEMPIRE_BASE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

enum comparison { COMPARE_EQUAL, COMPARE_NOT_EQUAL, COMPARE_LESS, COMPARE_AT_MOST, COMPARE_MORE, COMPARE_AT_LEAST };

/* The sign that a text begins with, the longest; returns its bytes, or 0: it begins with none. */
size_t comparison_read(const char *text, size_t length, enum comparison *ret_comparison);
/* Whether it holds where the left side is less than (negative), equal to (0) or more than (positive) the right one. */
bool   comparison_holds(enum comparison comparison, int order);

#endif
