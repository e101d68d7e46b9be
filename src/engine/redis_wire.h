/*
 * engine/redis_wire: one connection to Redis, used by one task at a time. Not a face.
 */
#ifndef YTEMPIRE_ENGINE_REDIS_WIRE_H
#define YTEMPIRE_ENGINE_REDIS_WIRE_H

#include <hiredis/hiredis.h>
#include <stdarg.h>

#include "redis_internal.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/redis_client.h"

/* A reader that makes struct redis_reply. */
redisReader *wire_reader(void);

void redis_pipe_addv(struct redis_pipe *pipe, va_list args);
const struct str *redis_pipe_whole(struct redis_pipe *pipe);       /* all commands as bytes, borrowed */

struct wire {
    int          fd;
    redisReader *reader;
    size_t       fed;                  /* bytes of the answer that is being read */
    bool         fresh;                /* nothing was asked over it yet */
};

struct wire_place {
    struct loop                *loop;
    const struct redis_address *address;
    size_t                      reply_most;
    int64_t                     deadline, timeout_us;  /* of loop_now; timeout for words only. Negative: no deadline */
};

/* Connected and logged in; NULL and the error otherwise. */
int  wire_open(const struct wire_place *place, struct wire **ret_wire, struct error *error) NODISCARD;
void wire_close(struct wire *wire);    /* NULL is a no-op */
int  wire_send(struct wire *wire, const struct wire_place *place, const char *bytes, size_t length,
               struct error *error) NODISCARD;
int  wire_read(struct wire *wire, const struct wire_place *place, struct redis_reply **ret_reply,
               struct error *error) NODISCARD;
/* Whether the server has neither closed it nor said something that nobody asked for. */
bool wire_is_idle(const struct wire *wire);

#endif
