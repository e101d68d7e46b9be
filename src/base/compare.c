#include "ytempire/base/compare.h"

#include <string.h>

#include "ytempire/base/mem.h"

static const struct {
    const char     *sign;
    enum comparison comparison;
} signs[] = {{"==", COMPARE_EQUAL},    {"<>", COMPARE_NOT_EQUAL}, {"!=", COMPARE_NOT_EQUAL}, {"<=", COMPARE_AT_MOST},
             {">=", COMPARE_AT_LEAST}, {"=", COMPARE_EQUAL},      {"<", COMPARE_LESS},       {">", COMPARE_MORE}};

size_t comparison_read(const char *text, size_t length, enum comparison *ret_comparison)
{
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        size_t size = strlen(signs[i].sign);

        if (size > length || memcmp(text, signs[i].sign, size) != 0)
            continue;
        *ret_comparison = signs[i].comparison;
        return size;
    }
    return 0;
}

bool comparison_holds(enum comparison comparison, int order)
{
    switch (comparison) {
    case COMPARE_EQUAL:
        return order == 0;
    case COMPARE_NOT_EQUAL:
        return order != 0;
    case COMPARE_LESS:
        return order < 0;
    case COMPARE_AT_MOST:
        return order <= 0;
    case COMPARE_MORE:
        return order > 0;
    case COMPARE_AT_LEAST:
        break;
    }
    return order >= 0;
}
