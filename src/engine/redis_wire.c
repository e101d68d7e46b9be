/*
 * A socket to Redis that never blocks, read as straight code in a task.
 */
#include "redis_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "loop_internal.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

static int say(const struct wire_place *place, int code, struct error *error, const char *words)
{
    return error_set(error, code, "Redis at %s: %s", place->address->shown, words);
}

/* 0, or why not: it is late, or the task was cancelled. */
static int wait_for(const struct wire_place *place, int fd, short events, struct error *error)
{
    char limit[TIME_TEXT_SIZE];
    int  r = task_wait_fd_until(fd, events, place->deadline);

    if (r < 0)
        return error_set(error, r, "%s", error_sentence(r));
    if (r == 0)
        return 0;
    return error_set(error, ERR_TIMEOUT, "Redis at %s: no answer within %s", place->address->shown,
                     duration_to_text(place->timeout_us, limit));
}

/* -- names --------------------------------------------------------------------------------------------------------- */

/* Shared with the thread that looks it up: whoever is last frees it. */
struct lookup {
    char            *host, port[8];
    struct addrinfo *found;
    int              code;
    struct task     *task;             /* who waits; NULL: nobody any more */
    bool             done;
};

static void lookup_free(struct lookup *lookup)
{
    if (lookup->found != NULL)
        freeaddrinfo(lookup->found);
    mem_free(lookup->host);
    mem_free(lookup);
}

static void look_up(void *who)
{
    struct lookup        *lookup = who;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};

    lookup->code = getaddrinfo(lookup->host, lookup->port, &hints, &lookup->found);
}

static void on_looked_up(void *who)
{
    struct lookup *lookup = who;

    lookup->done = true;
    if (lookup->task != NULL)
        task_wake(lookup->task);
    else
        lookup_free(lookup);
}

static void on_late(void *who)
{
    struct { struct task *task; bool late; } *waiting = who;

    waiting->late = true;
    task_wake(waiting->task);
}

/* Waits for the thread, but no longer than may be. */
static int wait_for_thread(const struct wire_place *place, struct lookup *lookup, struct error *error)
{
    struct { struct task *task; bool late; } waiting = {task_current(), false};
    struct loop_timer *timer = NULL;
    char               limit[TIME_TEXT_SIZE];
    int                r = 0;

    if (place->deadline >= 0)
        timer = loop_timer(place->loop, place->deadline - loop_now(place->loop), on_late, &waiting);
    while (!lookup->done && !waiting.late && r == 0)
        r = task_park();
    if (timer != NULL && !waiting.late)
        loop_timer_cancel(place->loop, timer);
    if (r < 0)
        return error_set(error, r, "%s", error_sentence(r));
    if (!lookup->done)
        return error_set(error, ERR_TIMEOUT, "Redis at %s: its name was not found within %s", place->address->shown,
                         duration_to_text(place->timeout_us, limit));
    return 0;
}

static int find_host(const struct wire_place *place, struct lookup **ret_lookup, struct error *error)
{
    struct lookup        *lookup = mem_alloc(sizeof *lookup);
    const struct addrinfo numeric = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    int                   r = 0;

    lookup->host = mem_strdup(place->address->host);
    snprintf(lookup->port, sizeof lookup->port, "%d", place->address->port);
    if (getaddrinfo(lookup->host, lookup->port, &numeric, &lookup->found) != 0) {
        lookup->task = task_current();
        loop_thread(place->loop, look_up, on_looked_up, lookup);
        r = wait_for_thread(place, lookup, error);
        lookup->task = NULL;
        if (r < 0) {
            if (lookup->done)
                lookup_free(lookup);
            return r;
        }
        if (lookup->code != 0)
            r = say(place, ERR_CONNECT, error, gai_strerror(lookup->code));
    }
    if (r < 0)
        lookup_free(lookup);
    else
        *ret_lookup = lookup;
    return r;
}

/* -- connecting ---------------------------------------------------------------------------------------------------- */

static int finish_connecting(const struct wire_place *place, int fd, struct error *error)
{
    int       trouble = 0, r = wait_for(place, fd, POLLOUT, error);
    socklen_t size = sizeof trouble;

    if (r < 0)
        return r;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &trouble, &size) < 0)
        trouble = errno;
    return trouble == 0 ? 0 : say(place, ERR_CONNECT, error, strerror(trouble));
}

static int dial(const struct wire_place *place, const struct sockaddr *to, socklen_t size, int *ret_fd,
                struct error *error)
{
    int fd = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), r = 0, on = 1;

    if (fd < 0)
        return say(place, ERR_CONNECT, error, strerror(errno));
    if (to->sa_family != AF_UNIX)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, to, size) < 0) {
        if (errno == EINPROGRESS)
            r = finish_connecting(place, fd, error);
        else                           /* EAGAIN of a unix socket: its queue is full */
            r = say(place, ERR_CONNECT, error, strerror(errno));
    }
    if (r < 0)
        close(fd);
    else
        *ret_fd = fd;
    return r;
}

static int dial_socket(const struct wire_place *place, int *ret_fd, struct error *error)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t             length = strlen(place->address->path);

    if (length >= sizeof to.sun_path)
        return say(place, ERR_CONNECT, error, "the path of its socket is too long");
    memcpy(to.sun_path, place->address->path, length);
    return dial(place, (const struct sockaddr *)&to, sizeof to, ret_fd, error);
}

static int dial_host(const struct wire_place *place, int *ret_fd, struct error *error)
{
    struct lookup *lookup = NULL;
    struct error   why = ERROR_INIT;
    int            r = find_host(place, &lookup, error);

    if (r < 0)
        return r;
    r = ERR_CONNECT;
    for (const struct addrinfo *one = lookup->found; one != NULL && r == ERR_CONNECT; one = one->ai_next) {
        error_done(&why);
        r = dial(place, one->ai_addr, one->ai_addrlen, ret_fd, &why);
    }
    lookup_free(lookup);
    if (r < 0 && error != NULL)
        error_move(error, &why);
    error_done(&why);
    return r;
}

/* -- logging in ---------------------------------------------------------------------------------------------------- */

/* Redis repeats the words of a command that it does not know: what could hold a password is not shown. */
static int check_login(const struct wire_place *place, const struct redis_reply *reply, struct error *error)
{
    if (reply->kind != REPLY_ERROR)
        return 0;
    if (!text_starts(reply->text, "WRONGPASS") && !text_starts(reply->text, "ERR invalid password"))
        return say(place, ERR_CONNECT, error, "it refuses AUTH");
    (void)!say(place, ERR_CONNECT, error, "it refuses the user or the password");
    error_hint(error, "correct them where the address was given: --redis, the profile or REDIS_URL");
    return ERR_CONNECT;
}

static int log_in(const struct wire_place *place, struct wire *wire, struct error *error)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = redis_pipe_new();
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL, *chosen = NULL;
    const struct redis_address *address = place->address;
    const struct str           *bytes;
    int                         r = 0;

    if (address->password != NULL && address->user != NULL)
        redis_pipe_add(pipe, "AUTH", address->user, address->password, NULL);
    else if (address->password != NULL)
        redis_pipe_add(pipe, "AUTH", address->password, NULL);
    if (address->database != 0) {
        redis_pipe_begin(pipe);
        redis_pipe_word(pipe, "SELECT");
        redis_pipe_number(pipe, address->database);
    }
    if (redis_pipe_count(pipe) == 0)
        return 0;
    bytes = redis_pipe_whole(pipe);
    r = wire_send(wire, place, bytes->data, bytes->length, error);
    if (r >= 0 && address->password != NULL) {
        r = wire_read(wire, place, &reply, error);
        r = r < 0 ? r : check_login(place, reply, error);
    }
    if (r >= 0 && address->database != 0)
        r = wire_read(wire, place, &chosen, error);
    if (r >= 0 && chosen != NULL && chosen->kind == REPLY_ERROR)
        r = say(place, ERR_CONNECT, error, chosen->text);
    return r;
}

int wire_open(const struct wire_place *place, struct wire **ret_wire, struct error *error)
{
    struct wire *wire;
    int          fd, r;

    r = place->address->path != NULL ? dial_socket(place, &fd, error) : dial_host(place, &fd, error);
    if (r < 0)
        return r;
    wire = mem_alloc(sizeof *wire);
    wire->fd = fd;
    wire->reader = wire_reader();
    r = log_in(place, wire, error);
    wire->fresh = true;
    if (r < 0)
        wire_close(wire);
    else
        *ret_wire = wire;
    return r;
}

void wire_close(struct wire *wire)
{
    if (wire == NULL)
        return;
    close(wire->fd);
    redisReaderFree(wire->reader);
    mem_free(wire);
}

bool wire_is_idle(const struct wire *wire)
{
    struct pollfd look = {.fd = wire->fd, .events = POLLIN};

    return poll(&look, 1, 0) == 0;
}

/* -- bytes --------------------------------------------------------------------------------------------------------- */

int wire_send(struct wire *wire, const struct wire_place *place, const char *bytes, size_t length, struct error *error)
{
    while (length > 0) {
        ssize_t sent = send(wire->fd, bytes, length, MSG_NOSIGNAL);
        int     r = 0;

        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            r = wait_for(place, wire->fd, POLLOUT, error);
        } else if (sent < 0 && errno != EINTR) {
            r = say(place, ERR_CONNECT, error, strerror(errno));
        }
        if (r < 0)
            return r;
    }
    return 0;
}

/* One read(2) into the reader; 1 when there was nothing yet. */
static int feed(struct wire *wire, const struct wire_place *place, struct error *error)
{
    char    bytes[65536];
    ssize_t got = recv(wire->fd, bytes, sizeof bytes, 0);

    if (got == 0)
        return say(place, ERR_CONNECT, error, "it closed the connection");
    if (got < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR
                   ? 1
                   : say(place, ERR_CONNECT, error, strerror(errno));
    wire->fed += (size_t)got;
    if (wire->fed > place->reply_most)
        return say(place, ERR_LIMIT, error, "its answer is larger than this program accepts");
    if (redisReaderFeed(wire->reader, bytes, (size_t)got) != REDIS_OK)
        return say(place, ERR_CONNECT, error, "its answer could not be read");
    return 0;
}

int wire_read(struct wire *wire, const struct wire_place *place, struct redis_reply **ret_reply, struct error *error)
{
    void *reply = NULL;
    int   r;

    for (;;) {
        if (redisReaderGetReply(wire->reader, &reply) != REDIS_OK)
            return say(place, ERR_CONNECT, error, "what it answers is not the language of Redis");
        if (reply != NULL)
            break;
        r = feed(wire, place, error);
        if (r == 1)
            r = wait_for(place, wire->fd, POLLIN, error);
        if (r < 0)
            return r;
    }
    wire->fed = 0;
    *ret_reply = reply;
    return 0;
}
