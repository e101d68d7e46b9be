/* A place is one when the text from there on, case-folded a character at a time, begins with what is sought. */
#include "sought.h"

#include <string.h>

#include "ytempire/base/utf8.h"

void sought_set(struct sought *sought, const char *text)
{
    str_clear(&sought->folded);
    utf8_fold(&sought->folded, text, strlen(text));
}

void sought_done(struct sought *sought)
{
    str_done(&sought->folded);
    str_done(&sought->scratch);
}

bool sought_is_set(const struct sought *sought)
{
    return sought->folded.length > 0;
}

/* Bytes of the place that begins the text; 0: it is none. */
static size_t length_here(struct sought *sought, const char *text, size_t length)
{
    const struct str *folded = &sought->folded;
    struct str       *here = &sought->scratch;
    size_t            at = 0;
    uint32_t          point;

    str_clear(here);
    while (at < length && here->length < folded->length) {
        size_t bytes = utf8_decode(text + at, length - at, &point);

        utf8_fold(here, text + at, bytes);
        at += bytes;
        if (memcmp(here->data, folded->data, here->length < folded->length ? here->length : folded->length) != 0)
            return 0;
    }
    return here->length == folded->length ? at : 0;
}

bool sought_next(struct sought *sought, const char *text, size_t length, size_t from, size_t *ret_at,
                 size_t *ret_length)
{
    uint32_t point;

    for (size_t at = from; sought_is_set(sought) && at < length; at += utf8_decode(text + at, length - at, &point)) {
        size_t bytes = length_here(sought, text + at, length - at);

        if (bytes > 0) {
            *ret_at = at;
            *ret_length = bytes;
            return true;
        }
    }
    return false;
}

bool sought_previous(struct sought *sought, const char *text, size_t length, size_t before, size_t *ret_at)
{
    size_t bytes, at;
    bool   any = false;

    for (size_t from = 0; sought_next(sought, text, length, from, &at, &bytes) && at < before; from = at + bytes) {
        *ret_at = at;
        any = true;
    }
    return any;
}
