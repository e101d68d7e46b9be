/*
 * base/decimal: numbers as they are written ("-12.50", "1e-7", "Infinity", "NaN"): compared, ordered and added digit by
 * digit, never as floating point.
 */
#ifndef YTEMPIRE_BASE_DECIMAL_H
#define YTEMPIRE_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/str.h"

bool decimal_is(const char *text, size_t length);
/* Below, at or above 0, as PostgreSQL orders them: NaN equals NaN and is above all. Both must be decimals. */
int  decimal_compare(const char *a, size_t a_length, const char *b, size_t b_length);

/* A key that orders as decimal_compare does, as far as it reaches: true when digits are left for `level` + 1, so that
 * two with equal keys may yet differ. What is no decimal sorts with NaN. */
bool decimal_key(const char *text, size_t length, unsigned level, uint64_t *ret_key);

/* An exact sum. Zeroed memory is 0; decimal_sum_done frees it. */
struct decimal_sum {
    int64_t *limbs;                /* each times 10 to the 9 × (low + its index); of any sign until the text is made */
    long     low;
    size_t   limb_count, places;   /* places: the most digits after the point */
    uint64_t count;
    bool     nan, infinity, minus_infinity;
};

void decimal_sum_done(struct decimal_sum *sum);
/* False: no decimal, or one whose exponent no database has; it is not counted. */
bool decimal_sum_add(struct decimal_sum *sum, const char *text, size_t length);
void decimal_sum_text(const struct decimal_sum *sum, struct str *to);
/* The sum by the count, rounded (half away from zero) six places behind the longest fraction; "" when nothing was
 * added. */
void decimal_sum_average(const struct decimal_sum *sum, struct str *to);

#endif
