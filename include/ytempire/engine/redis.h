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

#include <stdint.h>

#include "ytempire/base/error.h"

/* Connects, and gives the version of the server ("" when the user may not ask for it). Caller frees; may be NULL. */
int redis_ping(const char *address, int64_t timeout_us, char **ret_version, struct error *error) NODISCARD;
int redis_shutdown(const char *address, int64_t timeout_us, struct error *error) NODISCARD;

#endif
