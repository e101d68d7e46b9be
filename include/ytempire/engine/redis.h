/*
 * engine/redis: Redis through hiredis. So far only what `--local` and `doctor` need; the cache builds on it later.
 *
 * An address is "redis://[user:password@]host[:port][/database]" (user and password percent-encoded, an IPv6 address in
 * brackets), "unix:/path", "unix://[user:password@]/path", or the path of a socket. ERR_USAGE when it is none of these;
 * ERR_CONNECT when the server cannot be reached or refuses the password. No error shows the user or the password.
 * Everything here blocks for at most `timeout_us`, and for as long as looking up a host's name takes: call it on a
 * thread (task_in_thread). SIGPIPE must be ignored.
 */
#ifndef YTEMPIRE_ENGINE_REDIS_H
#define YTEMPIRE_ENGINE_REDIS_H

#include <stdbool.h>
#include <stdint.h>

#include "ytempire/base/error.h"

/* Connects, and gives the version of the server ("" when the user may not ask for it). Caller frees; may be NULL. */
int redis_ping(const char *address, int64_t timeout_us, char **ret_version, struct error *error) NODISCARD;
int redis_shutdown(const char *address, int64_t timeout_us, struct error *error) NODISCARD;

/* What is known of a server; texts are "" where the user may not ask. */
struct redis_about {
    char    *shown;                 /* its address, without user and password */
    char    *version, *policy;      /* "7.0.15"; of what goes when the memory is full: "allkeys-lru" */
    uint64_t memory_most;           /* bytes; 0: no limit */
};
int  redis_ask_about(const char *address, int64_t timeout_us, struct redis_about *ret, struct error *error) NODISCARD;
void redis_about_done(struct redis_about *about);

/* A connection that is kept, to be asked again and again whether the server is there. One thread at a time. ERR_TIMEOUT
 * when there is no answer in time. */
struct redis;
int  redis_open(const char *address, int64_t timeout_us, struct redis **ret_redis, struct error *error) NODISCARD;
void redis_close(struct redis *redis);        /* NULL is a no-op */
/* PING. After ERR_TIMEOUT the question is still out, and the next call waits for its answer; after ERR_CONNECT the
 * connection is good for redis_close only. */
int  redis_alive(struct redis *redis, int64_t timeout_us, struct error *error) NODISCARD;
/* Whether it is a socket of this machine, whose other end does not vanish without a word. */
bool redis_is_socket(const struct redis *redis);

#endif
