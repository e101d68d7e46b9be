/*
 * The answers this process had last, so that Redis need not send what is known: it is asked only whether they still
 * stand. Bounded by bytes; the one that was used longest ago goes first.
 */
#include <string.h>

#include "cache_int.h"

struct entry {
    char              *key, *id;
    struct cache_rows *rows;
};

struct recent {
    struct entry *entries;             /* the last used one at the end */
    size_t        count, room, bytes, most;
};

struct recent *recent_new(size_t most)
{
    struct recent *recent = mem_alloc(sizeof *recent);

    recent->most = most;
    return recent;
}

static void remove_at(struct recent *recent, size_t at)
{
    struct entry entry = recent->entries[at];

    recent->bytes -= rows_bytes(entry.rows);
    memmove(&recent->entries[at], &recent->entries[at + 1], (recent->count - at - 1) * sizeof *recent->entries);
    recent->count--;
    cache_rows_unref(entry.rows);
    mem_free(entry.key);
    mem_free(entry.id);
}

void recent_free(struct recent *recent)
{
    while (recent->count > 0)
        remove_at(recent, 0);
    mem_free(recent->entries);
    mem_free(recent);
}

static struct entry *find(struct recent *recent, const char *key)
{
    for (size_t i = recent->count; i-- > 0;)
        if (text_equal(recent->entries[i].key, key)) {
            struct entry entry = recent->entries[i];

            memmove(&recent->entries[i], &recent->entries[i + 1], (recent->count - i - 1) * sizeof entry);
            recent->entries[recent->count - 1] = entry;
            return &recent->entries[recent->count - 1];
        }
    return NULL;
}

const char *recent_id(struct recent *recent, const char *key)
{
    const struct entry *entry = find(recent, key);

    return entry != NULL ? entry->id : NULL;
}

struct cache_rows *recent_get(struct recent *recent, const char *key)
{
    const struct entry *entry = find(recent, key);

    return entry != NULL ? entry->rows : NULL;
}

void recent_drop(struct recent *recent, const char *key)
{
    if (find(recent, key) != NULL)
        remove_at(recent, recent->count - 1);
}

void recent_put(struct recent *recent, const char *key, const char *id, struct cache_rows *rows)
{
    struct entry entry;

    recent_drop(recent, key);
    if (rows_bytes(rows) > recent->most / 4)
        return;
    entry = (struct entry){mem_strdup(key), mem_strdup(id), cache_rows_ref(rows)};
    VEC_PUSH(recent->entries, recent->count, recent->room, entry);
    recent->bytes += rows_bytes(rows);
    while (recent->bytes > recent->most)
        remove_at(recent, 0);
}
