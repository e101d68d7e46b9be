/* base/decimal: a number that was read, for the files that work on its digits. */
#ifndef BASE_DECIMAL_INT_H
#define BASE_DECIMAL_INT_H

#include "ytempire/base/decimal.h"

enum rank { RANK_MINUS_INFINITY, RANK_NUMBER, RANK_INFINITY, RANK_NAN };

struct decimal {
    enum rank   rank;
    bool        negative, zero;
    const char *digits, *end;
    long long   scale;
};

bool decimal_read(const char *text, size_t length, struct decimal *ret);

#endif
