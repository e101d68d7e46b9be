/* Classes and keys. */
#include <inttypes.h>
#include <string.h>

#include "cache_int.h"
#include "ytempire/base/md5.h"

static const struct cache_class classes[CLASS_COUNT] = {
    [CLASS_EXECUTIVE] = {"executive_dashboard", "high", 300 * US_PER_SECOND, 300 * US_PER_SECOND},
    [CLASS_OPERATIONAL] = {"operational_metrics", "high", 60 * US_PER_SECOND, 60 * US_PER_SECOND},
    [CLASS_HISTORICAL] = {"historical_analysis", "medium", 3600 * US_PER_SECOND, 3600 * US_PER_SECOND},
    [CLASS_USER] = {"user_reports", "low", 1800 * US_PER_SECOND, 1800 * US_PER_SECOND},
};

const struct cache_class *cache_class(enum cache_class_id id)
{
    return &classes[id];
}

const struct cache_class *cache_class_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(classes); i++)
        if (text_equal(classes[i].name, name))
            return &classes[i];
    return NULL;
}

void cache_key(const char *query, const char *params, char ret_key[static CACHE_KEY_SIZE])
{
    struct str text = STR_INIT;

    str_addf(&text, "%s:%s", query, params);
    memcpy(ret_key, CACHE_PREFIX, sizeof CACHE_PREFIX);
    md5_text(str_text(&text), text.length, ret_key + sizeof CACHE_PREFIX - 1);
    str_done(&text);
}

const char *key_name(const char *key)
{
    return text_starts(key, CACHE_PREFIX) ? key + sizeof CACHE_PREFIX - 1 : key;
}

/* The database's name may hold anything: its digest keeps keys apart and short. */
static char *of_relation(const char *what, const char *database, const char *relation, bool added)
{
    char digest[MD5_TEXT_SIZE];

    md5_text(database, strlen(database), digest);
    digest[16] = '\0';
    return mem_printf("ytempire:%s:%s:%s%s", what, digest, added ? "+" : "", relation);
}

char *reads_list(const char *database, const char *relation, bool added)
{
    return of_relation("reads", database, relation, added);
}

static int64_t end_of(int64_t instant)
{
    return instant < -OPEN_END ? -OPEN_END : instant > OPEN_END ? OPEN_END : instant;
}

char *reads_member(int64_t from, int64_t to, const char *mark, const char *name)
{
    return mem_printf("%" PRId64 " %" PRId64 " %s%s", end_of(from), end_of(to), mark, name);
}

char *reads_mark(const char *database, const char *relation, bool added)
{
    return of_relation("mark", database, relation, added);
}
