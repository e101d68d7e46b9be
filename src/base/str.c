#include "ytempire/base/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ytempire/base/mem.h"

void str_done(struct str *str)
{
    mem_free(str->data);
    *str = STR_INIT;
}

void str_clear(struct str *str)
{
    str->length = 0;
    if (str->data != NULL)
        str->data[0] = '\0';
}

void str_reserve(struct str *str, size_t more)
{
    size_t wanted, room = str->room > 0 ? str->room : 64;

    if (__builtin_add_overflow(str->length, more, &wanted) || __builtin_add_overflow(wanted, 1, &wanted))
        wanted = SIZE_MAX;
    if (wanted <= str->room)
        return;
    while (room < wanted)
        room = room > SIZE_MAX / 2 ? wanted : room * 2;
    str->data = mem_realloc(str->data, room);
    str->room = room;
    str->data[str->length] = '\0';
}

void str_add_bytes(struct str *str, const char *bytes, size_t length)
{
    str_reserve(str, length);
    if (length > 0)
        memcpy(str->data + str->length, bytes, length);
    str->length += length;
    str->data[str->length] = '\0';
}

void str_add(struct str *str, const char *text)
{
    str_add_bytes(str, text, strlen(text));
}

void str_add_char(struct str *str, char c)
{
    str_add_bytes(str, &c, 1);
}

void str_add_repeat(struct str *str, const char *text, size_t times)
{
    size_t length = strlen(text);

    while (times-- > 0)
        str_add_bytes(str, text, length);
}

void str_add_url(struct str *str, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text != '\0'; text++)
        if (strchr(plain, *text) != NULL)
            str_add_char(str, *text);
        else
            str_addf(str, "%%%02X", (unsigned char)*text);
}

void str_addfv(struct str *str, const char *format, va_list args)
{
    va_list again;
    int     length;

    if (str->data == NULL || str->room - str->length < 128)       /* what does not fit is formatted twice */
        str_reserve(str, 256);
    va_copy(again, args);
    length = vsnprintf(str->data + str->length, str->room - str->length, format, args);
    if (length >= 0 && (size_t)length >= str->room - str->length) {
        str_reserve(str, (size_t)length);
        (void)vsnprintf(str->data + str->length, (size_t)length + 1, format, again);
    }
    va_end(again);
    str->length += length > 0 ? (size_t)length : 0;
}

void str_addf(struct str *str, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    str_addfv(str, format, args);
    va_end(args);
}

void str_cut(struct str *str, size_t most)
{
    if (str->length <= most)
        return;
    while (most > 0 && ((unsigned char)str->data[most] & 0xC0) == 0x80)
        most--;
    str->length = most;
    str->data[most] = '\0';
}

const char *str_text(const struct str *str)
{
    return str->data != NULL ? str->data : "";
}

char *str_take(struct str *str)
{
    char *text = str->data != NULL ? str->data : mem_strdup("");

    *str = STR_INIT;
    return text;
}

bool text_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

bool text_equal_nocase(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    for (; *a != '\0' && lower(*a) == lower(*b); a++)
        b++;
    return lower(*a) == lower(*b);
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);

    return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

int text_to_int64(const char *text, size_t length, long long *ret_value)
{
    bool      negative = false;
    long long value = 0;
    size_t    i = 0;

    if (i < length && (text[i] == '-' || text[i] == '+'))
        negative = text[i++] == '-';
    if (i == length)
        return ERR_SYNTAX;
    for (; i < length; i++) {
        int digit = text[i] - '0';

        if (digit < 0 || digit > 9)
            return ERR_SYNTAX;
        if (__builtin_mul_overflow(value, 10LL, &value) ||
            (negative ? __builtin_sub_overflow(value, (long long)digit, &value)
                      : __builtin_add_overflow(value, (long long)digit, &value)))
            return ERR_SYNTAX;
    }
    *ret_value = value;
    return 0;
}

int text_to_double(const char *text, size_t length, double *ret_value)
{
    char   copy[64];
    char  *end;
    double value;

    if (length == 0 || length >= sizeof copy || text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r'))
        return ERR_SYNTAX;
    memcpy(copy, text, length);
    copy[length] = '\0';
    errno = 0;
    value = strtod(copy, &end);
    if (*end != '\0' || end != copy + length || errno == ERANGE)
        return ERR_SYNTAX;
    *ret_value = value;
    return 0;
}

/* -- map: open addressing over an array in the order of insertion -------------------------------------------------- */

struct entry {
    char    *key;
    size_t   length;
    void    *value;
    uint64_t hash;
};

struct map {
    struct entry *entries;
    size_t        count, room;
    uint32_t     *slots;           /* index + 1, 0: free */
    size_t        slot_count;      /* a power of two */
};

/* FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
static uint64_t hash_of(const char *key, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)key[i]) * UINT64_C(1099511628211);
    return hash ^ (hash >> 32);
}

struct map *map_new(void)
{
    return mem_alloc(sizeof(struct map));
}

void map_free(struct map *map)
{
    if (map == NULL)
        return;
    for (size_t i = 0; i < map->count; i++)
        mem_free(map->entries[i].key);
    mem_free(map->entries);
    mem_free(map->slots);
    mem_free(map);
}

void map_freep(struct map **map)
{
    map_free(*map);
}

static uint32_t *slot_of(const struct map *map, const char *key, size_t length, uint64_t hash)
{
    size_t at = hash & (map->slot_count - 1);

    for (;; at = (at + 1) & (map->slot_count - 1)) {
        uint32_t index = map->slots[at];

        if (index == 0)
            return &map->slots[at];
        const struct entry *entry = &map->entries[index - 1];
        if (entry->hash == hash && entry->length == length && memcmp(entry->key, key, length) == 0)
            return &map->slots[at];
    }
}

static void grow(struct map *map)
{
    size_t slots = map->slot_count > 0 ? map->slot_count * 2 : 16;

    mem_free(map->slots);
    map->slots = mem_alloc(slots * sizeof *map->slots);
    map->slot_count = slots;
    for (size_t i = 0; i < map->count; i++)
        *slot_of(map, map->entries[i].key, map->entries[i].length, map->entries[i].hash) = (uint32_t)i + 1;
}

void *map_get_bytes(const struct map *map, const char *key, size_t length)
{
    const uint32_t *slot;

    if (map->slot_count == 0)
        return NULL;
    slot = slot_of(map, key, length, hash_of(key, length));
    return *slot != 0 ? map->entries[*slot - 1].value : NULL;
}

void *map_get(const struct map *map, const char *key)
{
    return map_get_bytes(map, key, strlen(key));
}

bool map_put(struct map *map, const char *key, void *value)
{
    size_t    length = strlen(key);
    uint64_t  hash = hash_of(key, length);
    uint32_t *slot;

    if (map->slot_count * 3 <= map->count * 4)
        grow(map);
    slot = slot_of(map, key, length, hash);
    if (*slot != 0) {
        map->entries[*slot - 1].value = value;
        return false;
    }
    struct entry entry = {mem_strndup(key, length), length, value, hash};

    VEC_PUSH(map->entries, map->count, map->room, entry);
    *slot = (uint32_t)map->count;
    return true;
}

size_t map_count(const struct map *map)
{
    return map->count;
}

const char *map_key_at(const struct map *map, size_t index)
{
    return map->entries[index].key;
}

void *map_value_at(const struct map *map, size_t index)
{
    return map->entries[index].value;
}
