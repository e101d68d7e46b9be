/*
 * Redis by hiredis' blocking calls, each with a limit of time.
 */
#include "ytempire/engine/redis.h"

#include <hiredis/hiredis.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

static void context_freep(redisContext **context)
{
    if (*context)
        redisFree(*context);
}

static void reply_freep(redisReply **reply)
{
    if (*reply)
        freeReplyObject(*reply);
}

static int connect_to(const char *socket_path, int64_t timeout_us, redisContext **ret_context, struct error *error)
{
    struct timeval limit = {.tv_sec = timeout_us / US_PER_SECOND, .tv_usec = timeout_us % US_PER_SECOND};
    _cleanup_(context_freep) redisContext *context = redisConnectUnixWithTimeout(socket_path, limit);

    if (!context)
        return error_set(error, ERR_MEMORY, "%s", error_sentence(ERR_MEMORY));
    if (context->err || redisSetTimeout(context, limit) != REDIS_OK)
        return error_set(error, ERR_CONNECT, "Redis at %s: %s", socket_path, context->errstr);
    *ret_context = TAKE(context);
    return 0;
}

/* "redis_version:7.0.15\r\n" among the lines of INFO. */
static char *find_version(const char *info)
{
    const char *found = strstr(info, "redis_version:");

    if (!found)
        return mem_strdup("");
    found += strlen("redis_version:");
    return mem_strndup(found, strcspn(found, "\r\n"));
}

int redis_ping(const char *socket_path, int64_t timeout_us, char **ret_version, struct error *error)
{
    _cleanup_(context_freep) redisContext *context = NULL;
    _cleanup_(reply_freep) redisReply *reply = NULL;
    int code = connect_to(socket_path, timeout_us, &context, error);

    if (code < 0)
        return code;
    reply = redisCommand(context, "INFO server");
    if (!reply)
        return error_set(error, ERR_CONNECT, "Redis at %s: %s", socket_path, context->errstr);
    if (reply->type == REDIS_REPLY_ERROR)
        return error_set(error, ERR_CONNECT, "Redis at %s: %s", socket_path, reply->str);
    if (ret_version)
        *ret_version = find_version(reply->str ? reply->str : "");
    return 0;
}

int redis_shutdown(const char *socket_path, int64_t timeout_us, struct error *error)
{
    _cleanup_(context_freep) redisContext *context = NULL;
    _cleanup_(reply_freep) redisReply *reply = NULL;
    int code = connect_to(socket_path, timeout_us, &context, error);

    if (code < 0)
        return code;
    reply = redisCommand(context, "SHUTDOWN");
    if (reply && reply->type == REDIS_REPLY_ERROR)
        return error_set(error, ERR_FAILED, "Redis at %s: %s", socket_path, reply->str);
    if (!reply && context->err != REDIS_ERR_EOF)    /* it closes without an answer */
        return error_set(error, ERR_CONNECT, "Redis at %s: %s", socket_path, context->errstr);
    return 0;
}
