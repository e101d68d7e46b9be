/* Shared by cache.c and ask_cache*.c. */
#ifndef APP_CACHE_INT_H
#define APP_CACHE_INT_H

#include "ytempire/app/cache.h"

struct app_cache {
    struct cache *cache;
    bool  warned;                      /* that nothing is cached */
    char *salt;                        /* of shortcuts, of this account on this machine; NULL: not read yet */
    /* of the connection whose backend has `pid`, or what was noted of it earlier (pid 0) */
    int   pid;
    char *database, *role;
    char *account;                     /* of a tenant; else NULL */
    bool  tenant;
};

void app_cache_forget_place(struct app_cache *cache);
/* NULL: this question goes past the cache. Warns once where there should be one. */
struct app_cache *cache_for_asking(struct app *app, struct sink *sink);
void cache_warn(struct app *app, struct sink *sink, const struct error *why);
/* Connects to PostgreSQL, and knows then which database it is and who asks. */
int  cache_connect(struct app *app, struct app_cache *cache, struct error *error) NODISCARD;

#endif
