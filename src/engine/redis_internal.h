/*
 * engine/redis_internal: an address of Redis in its parts.
 */
#ifndef YTEMPIRE_ENGINE_REDIS_INTERNAL_H
#define YTEMPIRE_ENGINE_REDIS_INTERNAL_H

#include "ytempire/base/error.h"

struct redis_address {
    char *path;               /* of a socket; NULL: host and port */
    char *host;
    int   port, database;
    char *user, *password;    /* decoded; NULL when not given */
    char *shown;              /* for messages: without user and password */
};

/* ERR_USAGE without a word of the address, as any part of a wrong one may be the password. */
int  redis_address_read(const char *text, struct redis_address *ret, struct error *error) NODISCARD;
void redis_address_done(struct redis_address *address);

#endif
