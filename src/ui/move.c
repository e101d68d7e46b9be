/* Where a direction leads. */
#include "move.h"

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

bool move_line(const char *direction, size_t at, size_t most, int page, size_t *ret_at)
{
    static const struct {
        const char *name;
        int         lines, half_pages;
    } moves[] = {{"up", -1, 0},      {"down", 1, 0},    {"page-up", 0, -2}, {"page-down", 0, 2},
                 {"half-up", 0, -1}, {"half-down", 0, 1}, {"top", 0, 0},      {"bottom", 0, 0}};
    long long to;

    if (page < 2)
        page = 2;
    for (size_t i = 0; i < COUNT_OF(moves); i++) {
        if (!text_equal(moves[i].name, direction))
            continue;
        to = (long long)at + moves[i].lines + (long long)moves[i].half_pages * page / 2;
        if (text_equal(direction, "top") || to < 0)
            to = 0;
        if (text_equal(direction, "bottom") || to > (long long)most)
            to = (long long)most;
        *ret_at = (size_t)to;
        return true;
    }
    return false;
}
