/* command/decimal: numbers compared as they are written, digit by digit, never as floating point. */
#ifndef COMMAND_DECIMAL_H
#define COMMAND_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

bool decimal_is(const char *text, size_t length);      /* "-12.50", "1e-7", "Infinity", "NaN" */
/* Below, at or above 0, as PostgreSQL orders them: NaN equals NaN and is above all. Both must be decimals. */
int  decimal_compare(const char *a, size_t a_length, const char *b, size_t b_length);

#endif
