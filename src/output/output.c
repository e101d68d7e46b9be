/* The buffer before a file descriptor. */
#include "output_int.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

struct output *output_new(int fd, const char *name)
{
    struct output *output = mem_alloc(sizeof *output);

    output->fd = fd;
    output->name = mem_strdup(name != NULL ? name : "standard output");
    output->room = OUTPUT_ROOM;
    output->bytes = mem_realloc(NULL, OUTPUT_ROOM);
    return output;
}

void output_on_full(struct output *output, int (*wait)(void *who, int fd), void *who)
{
    output->wait = wait;
    output->who = who;
}

void output_free(struct output *output)
{
    if (output == NULL)
        return;
    mem_free(output->bytes);
    mem_free(output->name);
    mem_free(output);
}

void output_freep(struct output **output)
{
    output_free(*output);
}

static void fail(struct output *output, int number)
{
    output->code = number == EPIPE ? ERR_CLOSED : ERR_IO;
    output->number = number;
}

void output_fail(struct output *output, int code, const char *why)
{
    if (output->code != 0)
        return;
    output->code = code;
    output->why = why;
}

static void wait_for_room(struct output *output)
{
    struct pollfd ready = {.fd = output->fd, .events = POLLOUT};
    int           code = output->wait != NULL ? output->wait(output->who, output->fd) : 0;

    if (output->wait == NULL)
        (void)poll(&ready, 1, -1);
    if (code < 0)
        output->code = code;
}

static void write_out(struct output *output, const char *bytes, size_t length)
{
    while (length > 0 && output->code == 0) {
        ssize_t written = write(output->fd, bytes, length);

        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
            output->flushed += (uint64_t)written;
        } else if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            wait_for_room(output);
        } else if (written < 0 && errno != EINTR) {
            fail(output, errno);
        }
    }
}

static void drain(struct output *output)
{
    size_t length = output->used;

    output->used = 0;
    write_out(output, output->bytes, length);
}

void output_make_space(struct output *output, size_t size)
{
    if (output->fd >= 0) {
        drain(output);
        return;
    }
    while (output->room - output->used < size)
        output->room *= 2;
    output->bytes = mem_realloc(output->bytes, output->room);
}

void output_add(struct output *output, const char *bytes, size_t length)
{
    if (output->fd >= 0 && length > OUTPUT_ROOM) {
        drain(output);
        write_out(output, bytes, length);
        return;
    }
    if (output->room - output->used < length)
        output_make_space(output, length);
    memcpy(output->bytes + output->used, bytes, length);
    output->used += length;
}

void output_add_text(struct output *output, const char *text)
{
    output_add(output, text, strlen(text));
}

int output_failed(const struct output *output)
{
    return output->code;
}

int output_flush(struct output *output, struct error *error)
{
    if (output->fd >= 0)
        drain(output);
    if (output->why != NULL)
        return error_set(error, output->code, "%s: %s", output->name, output->why);
    if (output->code == ERR_CLOSED)
        return error_set(error, ERR_CLOSED, "the reader of %s went away", output->name);
    if (output->code < 0 && output->code != ERR_IO)
        return error_set(error, output->code, "%s", error_sentence(output->code));
    if (output->code < 0)
        return error_set(error, output->code, "cannot write to %s: %s", output->name, strerror(output->number));
    return 0;
}

uint64_t output_written(const struct output *output)
{
    return output->flushed + output->used;
}

const char *output_bytes(const struct output *output, size_t *ret_length)
{
    *ret_length = output->used;
    return output->bytes;
}
