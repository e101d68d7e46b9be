/*
 * A server on the loop of the test, which says what the test tells it to, byte for byte. Each connection is a task;
 * `serve` is called for each request, with its head and body, and writes through http_say.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/loop.h"

struct http_server;

struct http_talk {
    struct http_server *server;
    int                 fd;
    struct str          request;       /* head and body of the one that is served */
};

struct http_server {
    struct loop *loop;
    int          fd, port;
    void       (*serve)(struct http_talk *talk, void *who);
    void        *who;
    size_t       connections, requests, under_way, most_under_way;
    bool         over;                 /* connections end */
    struct task *talks[64];
    size_t       talk_count;
};

/* All of it; false when the client is gone. */
static inline bool http_say_bytes(struct http_talk *talk, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(talk->fd, bytes, length, MSG_NOSIGNAL);

        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        } else if (errno != EAGAIN || task_wait_fd(talk->fd, POLLOUT) < 0) {
            return false;
        }
    }
    return true;
}

static inline bool http_say(struct http_talk *talk, const char *text)
{
    return http_say_bytes(talk, text, strlen(text));
}

/* "200 OK", headers each with their "\r\n", body. */
static inline bool http_answer(struct http_talk *talk, const char *status, const char *headers, const char *body,
                               size_t length)
{
    _cleanup_(mem_freep) char *head = mem_printf("HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n", status, length,
                                                 headers);

    return http_say(talk, head) && http_say_bytes(talk, body, length);
}

/* How long the request is, or 0 when it is not all there. */
static inline size_t http_request_length(const struct str *bytes)
{
    const char *text = str_text(bytes), *end = strstr(text, "\r\n\r\n"),
               *length = strcasestr(text, "\r\ncontent-length:");
    size_t      head, body = 0;

    if (end == NULL)
        return 0;
    head = (size_t)(end - text) + 4;
    if (length != NULL && length < end)
        body = (size_t)strtoul(length + 17, NULL, 10);
    return bytes->length >= head + body ? head + body : 0;
}

static inline bool http_hear(struct http_talk *talk)
{
    char    bytes[4096];
    ssize_t got;

    str_clear(&talk->request);
    while (http_request_length(&talk->request) == 0) {
        got = recv(talk->fd, bytes, sizeof bytes, 0);
        if (got > 0)
            str_add_bytes(&talk->request, bytes, (size_t)got);
        else if (got == 0 || errno != EAGAIN || task_wait_fd(talk->fd, POLLIN) < 0)
            return false;
    }
    return true;
}

static inline void http_talk_main(void *who)
{
    struct http_talk   *talk = who;
    struct http_server *server = talk->server;

    server->talks[server->talk_count++] = task_current();
    while (!server->over && http_hear(talk)) {
        size_t requests = ++server->requests;

        if (++server->under_way > server->most_under_way)
            server->most_under_way = server->under_way;
        server->serve(talk, server->who);
        server->under_way--;
        if (talk->fd < 0 || requests == 0)
            break;
    }
    if (talk->fd >= 0)
        close(talk->fd);
    for (size_t i = 0; i < server->talk_count; i++)
        if (server->talks[i] == task_current())
            server->talks[i] = server->talks[--server->talk_count];
    str_done(&talk->request);
    mem_free(talk);
}

static inline void http_on_client(int fd, short revents, void *who)
{
    struct http_server *server = who;
    struct http_talk   *talk = mem_alloc(sizeof *talk);

    (void)revents;
    talk->server = server;
    talk->fd = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (talk->fd < 0) {
        mem_free(talk);
        return;
    }
    server->connections++;
    (void)task_start(server->loop, http_talk_main, talk);
}

static inline void http_server_open(struct http_server *server, struct loop *loop,
                                    void (*serve)(struct http_talk *, void *), void *who)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t          length = sizeof address;

    *server = (struct http_server){.loop = loop, .serve = serve, .who = who};
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(server->fd, 64) < 0 || getsockname(server->fd, (struct sockaddr *)&address, &length) < 0)
        abort();
    server->port = ntohs(address.sin_port);
    loop_watch(loop, server->fd, POLLIN, http_on_client, server);
}

/* In a task: all connections have ended afterwards. */
static inline void http_server_close(struct http_server *server)
{
    server->over = true;
    loop_unwatch(server->loop, server->fd);
    close(server->fd);
    while (server->talk_count > 0)
        task_stop(server->talks[0]);
}

#endif
