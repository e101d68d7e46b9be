/* Answers of Redis as hiredis' reader makes them, in objects of ours; and commands as bytes. */
#include "redis_wire.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define ITEMS_MOST (1 << 20)               /* of one list: room is taken before the items are there */

/* -- answers ------------------------------------------------------------------------------------------------------- */

void redis_reply_free(struct redis_reply *reply)
{
    if (reply == NULL)
        return;
    for (size_t i = 0; i < reply->count; i++)
        redis_reply_free(reply->items[i]);
    mem_free(reply->items);
    mem_free(reply->text);
    mem_free(reply);
}

void redis_reply_freep(struct redis_reply **reply)
{
    redis_reply_free(*reply);
}

const struct redis_reply *redis_reply_item(const struct redis_reply *reply, size_t index)
{
    return reply != NULL && reply->kind == REPLY_LIST && index < reply->count ? reply->items[index] : NULL;
}

const char *redis_reply_text(const struct redis_reply *reply)
{
    return reply != NULL && (reply->kind == REPLY_TEXT || reply->kind == REPLY_STATUS) ? reply->text : NULL;
}

long long redis_reply_number(const struct redis_reply *reply, long long otherwise)
{
    const char *text = redis_reply_text(reply);
    long long   number;

    if (reply != NULL && reply->kind == REPLY_NUMBER)
        return reply->number;
    return text != NULL && text_to_int64(text, reply->length, &number) >= 0 ? number : otherwise;
}

/* -- what the reader calls ----------------------------------------------------------------------------------------- */

static void *put(const redisReadTask *task, struct redis_reply *reply)
{
    if (task->parent != NULL)
        ((struct redis_reply *)task->parent->obj)->items[task->idx] = reply;
    return reply;
}

static void *make_text(const redisReadTask *task, char *text, size_t length)
{
    struct redis_reply *reply = mem_alloc(sizeof *reply);

    reply->kind = task->type == REDIS_REPLY_ERROR    ? REPLY_ERROR
                  : task->type == REDIS_REPLY_STATUS ? REPLY_STATUS
                                                     : REPLY_TEXT;
    reply->length = length;
    reply->text = mem_try_alloc(length + 1);
    if (reply->text == NULL) {
        mem_free(reply);
        return NULL;
    }
    memcpy(reply->text, text, length);
    return put(task, reply);
}

#if HIREDIS_MAJOR >= 1
static void *make_list(const redisReadTask *task, size_t count)
#else
static void *make_list(const redisReadTask *task, int count)
#endif
{
    struct redis_reply *reply;

    if ((long long)count < 0 || (long long)count > ITEMS_MOST)
        return NULL;
    reply = mem_alloc(sizeof *reply);
    reply->kind = REPLY_LIST;
    reply->count = (size_t)count;
    reply->items = mem_alloc((reply->count + 1) * sizeof *reply->items);
    return put(task, reply);
}

static void *make_number(const redisReadTask *task, long long number)
{
    struct redis_reply *reply = mem_alloc(sizeof *reply);

    reply->kind = REPLY_NUMBER;
    reply->number = number;
    return put(task, reply);
}

static void *make_null(const redisReadTask *task)
{
    return put(task, mem_alloc(sizeof(struct redis_reply)));
}

static void free_reply(void *reply)
{
    redis_reply_free(reply);
}

redisReader *wire_reader(void)
{
    static redisReplyObjectFunctions functions = {
        .createString = make_text,
        .createArray = make_list,
        .createInteger = make_number,
        .createNil = make_null,
        .freeObject = free_reply,
    };
    redisReader *reader = redisReaderCreateWithFunctions(&functions);

    if (reader == NULL)
        abort();                       /* no memory for a small thing */
    return reader;
}

/* -- commands ------------------------------------------------------------------------------------------------------ */

/* "*<words>\r\n" is put in front of a command's words when the next begins. */
struct redis_pipe {
    struct str bytes, words;
    size_t     count, word_count;
};

struct redis_pipe *redis_pipe_new(void)
{
    return mem_alloc(sizeof(struct redis_pipe));
}

void redis_pipe_free(struct redis_pipe *pipe)
{
    if (pipe == NULL)
        return;
    str_done(&pipe->bytes);
    str_done(&pipe->words);
    mem_free(pipe);
}

void redis_pipe_freep(struct redis_pipe **pipe)
{
    redis_pipe_free(*pipe);
}

static void end_command(struct redis_pipe *pipe)
{
    if (pipe->word_count == 0)
        return;
    str_addf(&pipe->bytes, "*%zu\r\n", pipe->word_count);
    str_add_bytes(&pipe->bytes, str_text(&pipe->words), pipe->words.length);
    str_clear(&pipe->words);
    pipe->word_count = 0;
}

void redis_pipe_begin(struct redis_pipe *pipe)
{
    end_command(pipe);
    pipe->count++;
}

void redis_pipe_bytes(struct redis_pipe *pipe, const char *bytes, size_t length)
{
    str_addf(&pipe->words, "$%zu\r\n", length);
    str_add_bytes(&pipe->words, bytes, length);
    str_add(&pipe->words, "\r\n");
    pipe->word_count++;
}

void redis_pipe_word(struct redis_pipe *pipe, const char *text)
{
    redis_pipe_bytes(pipe, text, strlen(text));
}

void redis_pipe_number(struct redis_pipe *pipe, long long number)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", number);
    redis_pipe_word(pipe, text);
}

void redis_pipe_addv(struct redis_pipe *pipe, va_list args)
{
    redis_pipe_begin(pipe);
    for (const char *word = va_arg(args, const char *); word != NULL; word = va_arg(args, const char *))
        redis_pipe_word(pipe, word);
}

void redis_pipe_add(struct redis_pipe *pipe, ...)
{
    va_list args;

    va_start(args, pipe);
    redis_pipe_addv(pipe, args);
    va_end(args);
}

size_t redis_pipe_count(const struct redis_pipe *pipe)
{
    return pipe->count;
}

const struct str *redis_pipe_whole(struct redis_pipe *pipe)
{
    end_command(pipe);
    return &pipe->bytes;
}
