/*
 * base/str: text that grows, and a map from text.
 *
 * `struct str` owns its bytes, is always followed by a NUL, and may hold NULs. `STR_INIT` or zeroed memory is empty.
 */
#ifndef YTEMPIRE_BASE_STR_H
#define YTEMPIRE_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "ytempire/base/error.h"

struct str {
    char  *data;   /* "" is possible as NULL when length is 0: use str_text() */
    size_t length, room;
};

#define STR_INIT ((struct str){0})

void        str_done(struct str *str);
void        str_clear(struct str *str);                 /* keeps the room */
void        str_reserve(struct str *str, size_t more);  /* room for `more` bytes and the NUL */
void        str_add(struct str *str, const char *text);
void        str_add_bytes(struct str *str, const char *bytes, size_t length);
void        str_add_char(struct str *str, char c);
void        str_add_repeat(struct str *str, const char *text, size_t times);
/* Percent-encoded (RFC 3986): all but letters, digits and - . _ ~ */
void        str_add_url(struct str *str, const char *text);
void        str_addf(struct str *str, const char *format, ...) PRINTF_LIKE(2, 3);
void        str_addfv(struct str *str, const char *format, va_list args) PRINTF_LIKE(2, 0);
/* To at most `most` bytes, before a character of UTF-8 that does not fit whole. */
void        str_cut(struct str *str, size_t most);
const char *str_text(const struct str *str);            /* never NULL */
char       *str_take(struct str *str);                  /* caller frees; str is empty afterwards; never NULL */

bool text_equal(const char *a, const char *b);          /* NULL equals NULL only */
bool text_equal_nocase(const char *a, const char *b);   /* ASCII letters only */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* Whole text as a number; ERR_SYNTAX when anything is left over or it does not fit. */
int text_to_int64(const char *text, size_t length, long long *ret_value) NODISCARD;
int text_to_double(const char *text, size_t length, double *ret_value) NODISCARD;

/* Map: keys are copied, values are the caller's. Order of map_each is that of insertion. */
struct map;

struct map *map_new(void);
void        map_free(struct map *map);
void        map_freep(struct map **map);
void       *map_get(const struct map *map, const char *key);
void       *map_get_bytes(const struct map *map, const char *key, size_t length);
bool        map_put(struct map *map, const char *key, void *value);      /* false: replaced */
size_t      map_count(const struct map *map);
const char *map_key_at(const struct map *map, size_t index);
void       *map_value_at(const struct map *map, size_t index);

#endif
