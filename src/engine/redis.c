/*
 * Redis by hiredis' blocking calls. All that one call of ours asks has to be answered before one deadline.
 */
#include "ytempire/engine/redis.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <string.h>

#include "redis_internal.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

struct redis {
    redisContext *context;
    char *shown; /* the address, for messages */
    int64_t deadline;
    int64_t limit; /* how long it was to take, for messages */
    bool out;      /* a PING of redis_alive that is not answered yet */
};

static void redis_done(struct redis *redis)
{
    if (redis->context)
        redisFree(redis->context);
    mem_free(redis->shown);
}

static void reply_freep(redisReply **reply)
{
    if (*reply)
        freeReplyObject(*reply);
}

/* -- trouble ------------------------------------------------------------------------------------------------------ */

/* hiredis tells that time is up in the words of read(2) or connect(2). */
static bool is_late(const char *words)
{
    static const int codes[] = {EAGAIN, ETIMEDOUT, EINPROGRESS};

    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (text_equal(words, strerror(codes[i])))
            return true;
    return false;
}

static int say_late(const struct redis *redis, struct error *error)
{
    char limit[TIME_TEXT_SIZE];

    return error_set(error, ERR_TIMEOUT, "Redis at %s: no answer within %s", redis->shown,
                     duration_to_text(redis->limit, limit));
}

static int say_trouble(const struct redis *redis, struct error *error)
{
    if (is_late(redis->context->errstr))
        return say_late(redis, error);
    return error_set(error, ERR_CONNECT, "Redis at %s: %s", redis->shown, redis->context->errstr);
}

static int say_refusal(const struct redis *redis, const char *words, struct error *error)
{
    error_set(error, ERR_CONNECT, "Redis at %s: %s", redis->shown, words);
    if (text_starts(words, "NOAUTH"))
        error_hint(error, "it wants a password: redis://:password@host:port, or redis://user:password@host:port");
    return ERR_CONNECT;
}

/* -- asking ------------------------------------------------------------------------------------------------------- */

static struct timeval time_left(const struct redis *redis)
{
    int64_t left = redis->deadline - monotonic_us();

    left = left > 1 ? left : 1;
    return (struct timeval){.tv_sec = left / US_PER_SECOND, .tv_usec = left % US_PER_SECOND};
}

/* The answer, which may be an error of the server's; caller frees. */
static int ask(struct redis *redis, int count, const char *const *words, redisReply **ret_reply, struct error *error)
{
    redisReply *reply;

    if (monotonic_us() >= redis->deadline)
        return say_late(redis, error);
    if (redisSetTimeout(redis->context, time_left(redis)) != REDIS_OK)
        return say_trouble(redis, error);
    reply = redisCommandArgv(redis->context, count, (const char **)(uintptr_t)words, NULL);
    if (!reply)
        return say_trouble(redis, error);
    *ret_reply = reply;
    return 0;
}

/* Redis repeats the words of a command that it does not know. */
static int say_login_refused(const struct redis *redis, const struct redis_address *address, const char *words,
                             struct error *error)
{
    if (text_starts(words, "WRONGPASS") || text_starts(words, "ERR invalid password")) {
        error_set(error, ERR_CONNECT, "Redis at %s: it refuses the user or the password", redis->shown);
        error_hint(error, "correct them where the address was given: --redis, the profile or REDIS_URL");
    } else if (strstr(words, address->password) || (address->user && strstr(words, address->user))) {
        error_set(error, ERR_CONNECT, "Redis at %s: it refuses AUTH", redis->shown);
    } else {
        error_set(error, ERR_CONNECT, "Redis at %s: %s", redis->shown, words);
    }
    return ERR_CONNECT;
}

static int log_in(struct redis *redis, const struct redis_address *address, struct error *error)
{
    _cleanup_(reply_freep) redisReply *reply = NULL;
    const char *with_user[] = {"AUTH", address->user, address->password};
    const char *without[] = {"AUTH", address->password};
    int r = address->user ? ask(redis, 3, with_user, &reply, error) : ask(redis, 2, without, &reply, error);

    if (r >= 0 && reply->type == REDIS_REPLY_ERROR)
        r = say_login_refused(redis, address, reply->str, error);
    return r;
}

static int choose_database(struct redis *redis, const struct redis_address *address, struct error *error)
{
    _cleanup_(reply_freep) redisReply *reply = NULL;
    _cleanup_(mem_freep) char *number = mem_printf("%d", address->database);
    int r = ask(redis, 2, (const char *const[]){"SELECT", number}, &reply, error);

    if (r >= 0 && reply->type == REDIS_REPLY_ERROR)
        r = say_refusal(redis, reply->str, error);
    return r;
}

static int dial(struct redis *redis, const struct redis_address *address, struct error *error)
{
    struct timeval limit = time_left(redis);
    int r = 0;

    redis->context = address->path ? redisConnectUnixWithTimeout(address->path, limit)
                                   : redisConnectWithTimeout(address->host, address->port, limit);
    if (!redis->context)
        return error_set(error, ERR_MEMORY, "%s", error_sentence(ERR_MEMORY));
    if (redis->context->err)
        return say_trouble(redis, error);
    if (address->password)
        r = log_in(redis, address, error);
    if (r >= 0 && address->database != 0)
        r = choose_database(redis, address, error);
    return r;
}

static int open_at(const char *text, int64_t timeout_us, struct redis *redis, struct error *error)
{
    struct redis_address address = {0};
    int r = redis_address_read(text, &address, error);

    if (r < 0)
        return r;
    redis->limit = timeout_us;
    redis->deadline = monotonic_us() + timeout_us;
    redis->shown = mem_strdup(address.shown);
    r = dial(redis, &address, error);
    redis_address_done(&address);
    return r;
}

/* -- the face ----------------------------------------------------------------------------------------------------- */

/* To a caller who does not wait again, no answer is no connection. */
static int no_longer_late(int code, struct error *error)
{
    if (code != ERR_TIMEOUT)
        return code;
    if (error)
        error->code = ERR_CONNECT;
    return ERR_CONNECT;
}

/* The value of a line "name:value\r\n" of INFO, or ""; caller frees. */
static char *find_value(const char *info, const char *name)
{
    _cleanup_(mem_freep) char *begin = mem_printf("\n%s:", name);
    const char *found = strstr(info, begin);

    if (!found)
        return mem_strdup("");
    found += strlen(begin);
    return mem_strndup(found, strcspn(found, "\r\n"));
}

int redis_ask_about(const char *address, int64_t timeout_us, struct redis_about *ret, struct error *error)
{
    _cleanup_(redis_done) struct redis redis = {0};
    _cleanup_(reply_freep) redisReply *reply = NULL;
    _cleanup_(mem_freep) char *most = NULL;
    const char *info;
    long long bytes = 0;
    int r = open_at(address, timeout_us, &redis, error);

    if (r >= 0)
        r = ask(&redis, 1, (const char *const[]){"INFO"}, &reply, error);
    if (r >= 0 && reply->type == REDIS_REPLY_ERROR && !text_starts(reply->str, "NOPERM"))
        r = say_refusal(&redis, reply->str, error);
    if (r < 0)
        return no_longer_late(r, error);
    info = reply->type == REDIS_REPLY_STRING ? reply->str : "";
    most = find_value(info, "maxmemory");
    (void)!text_to_int64(most, strlen(most), &bytes);
    *ret = (struct redis_about){.shown = TAKE(redis.shown),
                                .version = find_value(info, "redis_version"),
                                .policy = find_value(info, "maxmemory_policy"),
                                .memory_most = (uint64_t)bytes};
    return 0;
}

void redis_about_done(struct redis_about *about)
{
    mem_free(about->shown);
    mem_free(about->version);
    mem_free(about->policy);
    *about = (struct redis_about){0};
}

int redis_ping(const char *address, int64_t timeout_us, char **ret_version, struct error *error)
{
    struct redis_about about = {0};
    int r = redis_ask_about(address, timeout_us, &about, error);

    if (r >= 0 && ret_version)
        *ret_version = TAKE(about.version);
    redis_about_done(&about);
    return r;
}

int redis_shutdown(const char *address, int64_t timeout_us, struct error *error)
{
    _cleanup_(redis_done) struct redis redis = {0};
    _cleanup_(reply_freep) redisReply *reply = NULL;
    struct error why = ERROR_INIT;
    int r = open_at(address, timeout_us, &redis, error);

    if (r < 0)
        return no_longer_late(r, error);
    r = ask(&redis, 1, (const char *const[]){"SHUTDOWN"}, &reply, &why);
    if (r >= 0 && reply->type == REDIS_REPLY_ERROR)
        r = error_set(error, ERR_FAILED, "Redis at %s: %s", redis.shown, reply->str);
    else if (r < 0 && redis.context->err == REDIS_ERR_EOF)
        r = 0; /* it closes without an answer */
    else if (r < 0 && error)
        error_move(error, &why);
    error_done(&why);
    return no_longer_late(r, error);
}

/* -- a connection that is kept ------------------------------------------------------------------------------------ */

int redis_open(const char *address, int64_t timeout_us, struct redis **ret_redis, struct error *error)
{
    struct redis *redis = mem_alloc(sizeof *redis);
    int r = open_at(address, timeout_us, redis, error);

    if (r < 0)
        redis_close(redis);
    else
        *ret_redis = redis;
    return r;
}

void redis_close(struct redis *redis)
{
    if (!redis)
        return;
    redis_done(redis);
    mem_free(redis);
}

bool redis_is_socket(const struct redis *redis)
{
    return redis->context->connection_type == REDIS_CONN_UNIX;
}

static int send_ping(struct redis *redis, struct error *error)
{
    int done = 0, r = redisAppendCommand(redis->context, "PING");

    while (r == REDIS_OK && !done)
        r = redisBufferWrite(redis->context, &done);
    if (r != REDIS_OK)
        return error_set(error, ERR_CONNECT, "Redis at %s: %s", redis->shown, redis->context->errstr);
    redis->out = true;
    return 0;
}

/* Waits without hiredis, which would take a late answer for the end. */
static int wait_for_answer(const struct redis *redis, struct error *error)
{
    struct pollfd answer = {.fd = redis->context->fd, .events = POLLIN};
    int64_t left = redis->deadline - monotonic_us();

    while (poll(&answer, 1, left > 0 ? (int)((left + 999) / 1000) : 0) <= 0) {
        left = redis->deadline - monotonic_us();
        if (left <= 0)
            return say_late(redis, error);
    }
    return 0;
}

int redis_alive(struct redis *redis, int64_t timeout_us, struct error *error)
{
    _cleanup_(reply_freep) redisReply *reply = NULL;
    int r = 0;

    redis->limit = timeout_us;
    redis->deadline = monotonic_us() + timeout_us;
    if (!redis->out)
        r = send_ping(redis, error);
    if (r >= 0)
        r = wait_for_answer(redis, error);
    if (r < 0)
        return r;
    if (redisGetReply(redis->context, (void **)&reply) != REDIS_OK)
        return error_set(error, ERR_CONNECT, "Redis at %s: %s", redis->shown, redis->context->errstr);
    redis->out = false;
    return reply->type == REDIS_REPLY_ERROR ? say_refusal(redis, reply->str, error) : 0;
}
