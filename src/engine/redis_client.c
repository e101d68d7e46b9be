/*
 * Invariant: a wire stands in `idle`, or one task has it. What went wrong over one closes it.
 */
#include "ytempire/engine/redis_client.h"

#include <string.h>

#include "redis_wire.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define IDLE_MOST 4
#define PAUSE_LEAST_US (50 * INT64_C(1000))
#define PAUSE_MOST_US (5 * US_PER_SECOND)
#define LISTEN_PATIENCE_US (10 * US_PER_SECOND)    /* to connect and subscribe */

struct redis_client {
    struct loop         *loop;
    struct redis_address address;
    size_t               reply_most;
    struct wire         *idle[IDLE_MOST];
    size_t               idle_count;
    int64_t              pause_us, not_before;     /* after a failure to connect */
    struct error         trouble;                  /* … and why */
};

int redis_client_new(struct loop *loop, const char *address, size_t reply_most, struct redis_client **ret_client,
                     struct error *error)
{
    struct redis_client *client = mem_alloc(sizeof *client);
    int                  r = redis_address_read(address, &client->address, error);

    if (r < 0) {
        mem_free(client);
        return r;
    }
    client->loop = loop;
    client->reply_most = reply_most;
    *ret_client = client;
    return 0;
}

void redis_client_free(struct redis_client *client)
{
    if (client == NULL)
        return;
    for (size_t i = 0; i < client->idle_count; i++)
        wire_close(client->idle[i]);
    redis_address_done(&client->address);
    error_done(&client->trouble);
    mem_free(client);
}

const char *redis_client_shown(const struct redis_client *client)
{
    return client->address.shown;
}

/* -- connections --------------------------------------------------------------------------------------------------- */

static struct wire_place place_of(const struct redis_client *client, int64_t timeout_us)
{
    return (struct wire_place){.loop = client->loop,
                               .address = &client->address,
                               .reply_most = client->reply_most,
                               .deadline = loop_now(client->loop) + timeout_us,
                               .timeout_us = timeout_us};
}

static int repeat_trouble(const struct redis_client *client, struct error *error)
{
    error_set(error, client->trouble.code, "%s", client->trouble.text);
    if (client->trouble.hint != NULL)
        error_hint(error, "%s", client->trouble.hint);
    return client->trouble.code;
}

static void note_trouble(struct redis_client *client, struct error *why)
{
    client->pause_us = client->pause_us > 0 ? client->pause_us * 2 : PAUSE_LEAST_US;
    if (client->pause_us > PAUSE_MOST_US)
        client->pause_us = PAUSE_MOST_US;
    client->not_before = loop_now(client->loop) + client->pause_us;
    error_done(&client->trouble);
    error_move(&client->trouble, why);
}

static int open_wire(struct redis_client *client, const struct wire_place *place, struct wire **ret_wire,
                     struct error *error)
{
    struct error why = ERROR_INIT;
    int          r;

    if (client->pause_us > 0 && loop_now(client->loop) < client->not_before)
        return repeat_trouble(client, error);
    r = wire_open(place, ret_wire, &why);
    if (r == ERR_CONNECT || r == ERR_TIMEOUT) {
        note_trouble(client, &why);
        return repeat_trouble(client, error);
    }
    if (r < 0 && error != NULL)
        error_move(error, &why);
    error_done(&why);
    if (r >= 0)
        client->pause_us = 0;
    return r;
}

static int take_wire(struct redis_client *client, const struct wire_place *place, struct wire **ret_wire,
                     struct error *error)
{
    while (client->idle_count > 0) {
        struct wire *wire = client->idle[--client->idle_count];

        if (wire_is_idle(wire)) {
            *ret_wire = wire;
            return 0;
        }
        wire_close(wire);
    }
    return open_wire(client, place, ret_wire, error);
}

static void give_wire(struct redis_client *client, struct wire *wire)
{
    wire->fresh = false;
    if (client->idle_count == IDLE_MOST)
        wire_close(wire);
    else
        client->idle[client->idle_count++] = wire;
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

static int ask_over(struct wire *wire, const struct wire_place *place, struct redis_pipe *pipe,
                    struct redis_reply **ret_replies, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *replies = mem_alloc(sizeof *replies);
    const struct str *bytes = redis_pipe_whole(pipe);
    size_t            count = redis_pipe_count(pipe);
    int               r = wire_send(wire, place, str_text(bytes), bytes->length, error);

    replies->kind = REPLY_LIST;
    replies->items = mem_alloc((count + 1) * sizeof *replies->items);
    for (; r >= 0 && replies->count < count; replies->count++) {
        r = wire_read(wire, place, &replies->items[replies->count], error);
        if (r < 0)
            break;
    }
    if (r >= 0)
        *ret_replies = TAKE(replies);
    return r;
}

int redis_client_ask(struct redis_client *client, struct redis_pipe *pipe, int64_t timeout_us,
                     struct redis_reply **ret_replies, struct error *error)
{
    struct wire_place place = place_of(client, timeout_us);
    struct error      why = ERROR_INIT;
    struct wire      *wire = NULL;
    bool              again;
    int               r;

    do {
        bool fresh;

        r = take_wire(client, &place, &wire, error);
        if (r < 0)
            return r;
        error_done(&why);
        fresh = wire->fresh;
        r = ask_over(wire, &place, pipe, ret_replies, &why);
        if (r >= 0)
            give_wire(client, wire);
        else
            wire_close(wire);
        again = r == ERR_CONNECT && !fresh;            /* it was closed while it stood idle */
    } while (again);
    if (r < 0 && error != NULL)
        error_move(error, &why);
    error_done(&why);
    return r;
}

int redis_client_command(struct redis_client *client, int64_t timeout_us, struct redis_reply **ret_reply,
                         struct error *error, ...)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = redis_pipe_new();
    _cleanup_(redis_reply_freep) struct redis_reply *replies = NULL;
    va_list args;
    int     r;

    va_start(args, error);
    redis_pipe_addv(pipe, args);
    va_end(args);
    r = redis_client_ask(client, pipe, timeout_us, &replies, error);
    if (r >= 0)
        *ret_reply = TAKE(replies->items[0]);
    return r;
}

/* -- listening ----------------------------------------------------------------------------------------------------- */

/* Its task ends by itself when `over` is set and it is woken; it frees the listener. */
struct redis_listener {
    struct redis_client *client;       /* not touched any more once it is over */
    struct loop         *loop;
    struct task         *task;
    char                *channel;
    redis_on_message    *on_message;
    void                *who;
    bool                 over;
};

static void tell(struct redis_listener *listener, const struct redis_reply *reply)
{
    const struct redis_reply *kind = redis_reply_item(reply, 0), *text = redis_reply_item(reply, 2);

    if (!listener->over && text_equal(redis_reply_text(kind), "message") && redis_reply_text(text) != NULL)
        listener->on_message(listener->who, text->text, text->length);
}

static int listen_once(struct redis_listener *listener, bool *again)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = redis_pipe_new();
    struct wire_place place = place_of(listener->client, LISTEN_PATIENCE_US);
    struct wire      *wire = NULL;
    const struct str *bytes;
    int               r = open_wire(listener->client, &place, &wire, NULL);

    if (r < 0)
        return r;
    redis_pipe_add(pipe, "SUBSCRIBE", listener->channel, NULL);
    bytes = redis_pipe_whole(pipe);
    r = wire_send(wire, &place, bytes->data, bytes->length, NULL);
    while (r >= 0 && !listener->over) {
        _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;

        r = wire_read(wire, &place, &reply, NULL);
        if (r >= 0 && place.deadline >= 0) {           /* it is heard: from now on there may be nothing to hear */
            place.deadline = -1;
            if (*again)
                listener->on_message(listener->who, NULL, 0);
            *again = true;
        } else if (r >= 0) {
            tell(listener, reply);
        }
    }
    wire_close(wire);
    return r;
}

static void listen_task(void *who)
{
    struct redis_listener *listener = who;
    int64_t                pause = PAUSE_LEAST_US;
    bool                   again = false;

    listener->task = task_current();
    while (!listener->over) {
        int64_t began = loop_now(listener->loop);

        (void)!listen_once(listener, &again);
        if (loop_now(listener->loop) - began > PAUSE_MOST_US)
            pause = PAUSE_LEAST_US;
        if (!listener->over)
            (void)!task_sleep(pause);
        pause = pause * 2 < PAUSE_MOST_US ? pause * 2 : PAUSE_MOST_US;
    }
    mem_free(listener->channel);
    mem_free(listener);
}

struct redis_listener *redis_listen(struct redis_client *client, const char *channel, redis_on_message *on_message,
                                    void *who)
{
    struct redis_listener *listener = mem_alloc(sizeof *listener);

    *listener = (struct redis_listener){
        .client = client, .loop = client->loop, .channel = mem_strdup(channel), .on_message = on_message, .who = who};
    (void)task_start(client->loop, listen_task, listener);
    return listener;
}

void redis_listener_free(struct redis_listener *listener)
{
    if (listener == NULL)
        return;
    listener->over = true;
    task_cancel(listener->task, ERR_INTERRUPTED);
}
