/*
 * Pages on loopback, GET and HEAD only, by libmicrohttpd in the loop of the program: no thread. At most 16 connections;
 * one that is silent for ten seconds is ended.
 */
#ifndef YTEMPIRE_WORKER_HTTP_H
#define YTEMPIRE_WORKER_HTTP_H

#include <stdbool.h>

#include "ytempire/base/error.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/loop.h"

struct http;

struct http_page {
    unsigned    status;           /* 0: there is no such page */
    const char *type;             /* of its content; static */
    struct str  text;             /* taken */
};

struct http_options {
    struct loop *loop;
    int          port;            /* of 127.0.0.1; 0: any free one */
    /* Makes a page, or says false: it is not ready, and is asked for `again` after http_go_on, when it must be. Called
     * on the loop; must not wait. */
    bool (*answer)(void *who, const char *path, bool again, struct http_page *ret_page);
    void *who;
};

/* ERR_CONFLICT: the port is taken; ERR_FAILED: the module cannot be loaded. */
int  http_open(const struct http_options *options, struct http **ret_http, struct error *error) NODISCARD;
void http_close(struct http *http);                   /* NULL is a no-op */
int  http_port(const struct http *http);
void http_go_on(struct http *http);

#endif
