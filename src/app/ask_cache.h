/* app/ask_cache: a question's way through the cache. */
#ifndef APP_ASK_CACHE_H
#define APP_ASK_CACHE_H

#include "ask_int.h"
#include "cache_int.h"
#include "ytempire/base/sha256.h"

/* What the key of a question stands for. Texts in the arena. */
struct ask_key {
    char        key[CACHE_KEY_SIZE];
    const char *query, *params;              /* what is hashed */
    const struct cache_class *class;
    int64_t     fresh_us;                    /* the class's TTL, or until midnight */
    const struct compiled *compiled;         /* without a look at the database */
    const char *model_hash;
};

/* By a clock that stands at a whole minute; `session` knows its place. */
int ask_make_key(struct app *app, struct arena *arena, int64_t now, const struct app_cache *session,
                 struct asked *asked, struct ask_key *ret_key, struct error *error) NODISCARD;
/* `session` comes to know its database and who asks: by PostgreSQL's word, else by what was noted in Redis. */
int ask_know_place(struct app *app, struct app_cache *session, struct error *error) NODISCARD;
/* The same for `explain`: connects, needs no Redis. */
int ask_key_of(struct app *app, struct arena *arena, struct asked *asked, struct ask_key *ret_key,
               struct error *error) NODISCARD;
/* ask_shortcut.c: what was asked, where, by whom, of which files, in which minute; false: there is none. Digests. */
bool ask_shortcut(struct app *app, struct app_cache *session, const char *text, int64_t now,
                  char ret_shortcut[static SHA256_TEXT_SIZE], char ret_place[static SHA256_TEXT_SIZE]);
/* Answers a query that is parsed, from the cache or through it. */
int ask_through_cache(struct app *app, struct app_cache *session, struct arena *arena, const char *text,
                      struct asked *asked, struct sink *sink, struct error *error) NODISCARD;

#endif
