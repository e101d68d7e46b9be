/*
 * sought: what is searched for in a text, whatever its case.
 */
#ifndef YTEMPIRE_UI_SOUGHT_H
#define YTEMPIRE_UI_SOUGHT_H

#include <stdbool.h>
#include <stddef.h>

#include "ytempire/base/str.h"

struct sought {
    struct str folded;       /* "": nothing */
    struct str scratch;
};

void sought_set(struct sought *sought, const char *text);
void sought_done(struct sought *sought);
bool sought_is_set(const struct sought *sought);
/* The first place in the `length` bytes of a text, from `from` on. False: none. */
bool sought_next(struct sought *sought, const char *text, size_t length, size_t from, size_t *ret_at,
                 size_t *ret_length);
/* The last place that begins before `before`. */
bool sought_previous(struct sought *sought, const char *text, size_t length, size_t before, size_t *ret_at);

#endif
