/* move: the directions of lists and pages, in one place. */
#ifndef YTEMPIRE_UI_MOVE_H
#define YTEMPIRE_UI_MOVE_H

#include <stdbool.h>
#include <stddef.h>

/* up down page-up page-down half-up half-down top bottom, from `at`, within 0 … most, a page being `page` lines.
 * False: no such direction. */
bool move_line(const char *direction, size_t at, size_t most, int page, size_t *ret_at);

#endif
