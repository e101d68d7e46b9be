/*
 * engine/redis_client: Redis without blocking the loop, for the cache and whoever else keeps things there.
 *
 * Called in a task (engine/loop.h), which waits; other tasks go on. Each question goes over a connection that nobody
 * else uses meanwhile: one that is idle, else a new one, so that a slow answer holds up nobody. hiredis writes commands
 * and reads answers; its own connections have no time-outs in Debian 12's version and block while a name is looked up,
 * so sockets are ours.
 *
 * A connection that was late, cancelled or spoke another language is closed. Where a server could not be reached,
 * asking again fails at once for a moment that grows with each failure (50 ms to 5 s): a server that is down costs
 * little.
 *
 * Errors name the server without user and password: ERR_CONNECT, ERR_TIMEOUT, ERR_LIMIT (an answer larger than
 * allowed), or the code the task was cancelled with. What the server refuses is no error here but an answer of kind
 * REPLY_ERROR.
 */
#ifndef YTEMPIRE_ENGINE_REDIS_CLIENT_H
#define YTEMPIRE_ENGINE_REDIS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/engine/loop.h"

struct redis_client;

enum reply_kind { REPLY_NULL, REPLY_STATUS, REPLY_TEXT, REPLY_NUMBER, REPLY_LIST, REPLY_ERROR };

struct redis_reply {
    enum reply_kind      kind;
    long long            number;
    char                *text;             /* STATUS, TEXT, ERROR: `length` bytes, any, and a NUL; else NULL */
    size_t               length;
    struct redis_reply **items;            /* LIST */
    size_t               count;
};
void redis_reply_free(struct redis_reply *reply);              /* NULL is a no-op */
void redis_reply_freep(struct redis_reply **reply);
/* The item of a list, or NULL where it is none or too short. */
const struct redis_reply *redis_reply_item(const struct redis_reply *reply, size_t index);
/* The text of TEXT or STATUS, else NULL; `reply` may be NULL. */
const char *redis_reply_text(const struct redis_reply *reply);
/* The number of NUMBER, or of a text that is one; else `otherwise`. */
long long redis_reply_number(const struct redis_reply *reply, long long otherwise);

/* A command is written word by word; words may hold any bytes. */
struct redis_pipe;
struct redis_pipe *redis_pipe_new(void);
void redis_pipe_free(struct redis_pipe *pipe);
void redis_pipe_freep(struct redis_pipe **pipe);
void redis_pipe_begin(struct redis_pipe *pipe);                /* the next command; its words follow */
void redis_pipe_word(struct redis_pipe *pipe, const char *text);
void redis_pipe_bytes(struct redis_pipe *pipe, const char *bytes, size_t length);
void redis_pipe_number(struct redis_pipe *pipe, long long number);
/* begin and words in one; the last is NULL. */
void redis_pipe_add(struct redis_pipe *pipe, ...) __attribute__((sentinel));
size_t redis_pipe_count(const struct redis_pipe *pipe);        /* of commands */

/* Connects nothing yet; ERR_USAGE for what is no address (engine/redis.h). `reply_most`: bytes of one answer. */
int  redis_client_new(struct loop *loop, const char *address, size_t reply_most, struct redis_client **ret_client,
                      struct error *error) NODISCARD;
void redis_client_free(struct redis_client *client);           /* no task may wait in it; NULL is a no-op */
const char *redis_client_shown(const struct redis_client *client);     /* its address, without user and password */

/* All commands of the pipe in one write; gives their answers in order, of kind LIST, once the last is there.
 * `timeout_us` is for all of it, connecting included. One that finds its idle connection closed by the server asks once
 * more over a new one: a command may then have been done twice. */
int redis_client_ask(struct redis_client *client, struct redis_pipe *pipe, int64_t timeout_us,
                     struct redis_reply **ret_replies, struct error *error) NODISCARD;
/* One command; the last word is NULL. */
int redis_client_command(struct redis_client *client, int64_t timeout_us, struct redis_reply **ret_reply,
                         struct error *error, ...) __attribute__((sentinel)) NODISCARD;

/* SUBSCRIBE: messages of a channel as they come, in callbacks of the loop, which must not wait. The connection is made
 * again for as long as the listener lives; `on_message` is told of that with a NULL text: what was published meanwhile
 * is lost. */
struct redis_listener;
typedef void redis_on_message(void *who, const char *text, size_t length);
struct redis_listener *redis_listen(struct redis_client *client, const char *channel, redis_on_message *on_message,
                                    void *who);
/* Before its client; NULL is a no-op. In a task or outside. */
void redis_listener_free(struct redis_listener *listener);

#endif
