/*
 * engine/redis: Redis through hiredis. So far only what `--local` and `doctor` need; the cache builds on it later.
 */
#ifndef YTEMPIRE_ENGINE_REDIS_H
#define YTEMPIRE_ENGINE_REDIS_H

#include <stdint.h>

#include "ytempire/base/error.h"

/* Connects to a unix socket, PINGs, and gives the version of the server. At most `timeout_us`; blocks for it. */
int redis_ping(const char *socket_path, int64_t timeout_us, char **ret_version, struct error *error) NODISCARD;
int redis_shutdown(const char *socket_path, int64_t timeout_us, struct error *error) NODISCARD;

#endif
