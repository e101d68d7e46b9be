/*
 * engine/http: HTTP without blocking the loop, for the APIs that sources read.
 *
 * Called in a task (engine/loop.h), which waits; other tasks go on. A client keeps its connections and uses them again
 * (HTTP/2 where TLS agrees on it, RFC 9113); what is asked while `at_once` requests are under way waits its turn, first
 * come, first served. Answers come whole, unpacked (gzip, deflate, brotli, zstd as libcurl has them) and bounded.
 *
 * A status is no error: 404, 429 and 500 are answers. Nothing is tried again and no redirect is followed; both are
 * decisions of whoever knows the API. The server's certificate is verified.
 *
 * Errors name host and port, never path, parameters or headers, since keys lie there: ERR_CONNECT (no such host,
 * refused, TLS, cut in the middle, silent for too long), ERR_LIMIT (larger than allowed), ERR_SYNTAX (no HTTP, or packed
 * wrongly), ERR_USAGE (no URL of http or https), or the code the task was cancelled with; a cancelled request is ended
 * at once, its connection is closed.
 */
#ifndef YTEMPIRE_ENGINE_HTTP_H
#define YTEMPIRE_ENGINE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/loop.h"

struct http_client;

/* A zero is the default that stands beside it. */
struct http_client_options {
    struct loop *loop;
    const char  *agent;              /* User-Agent; NULL: none is sent */
    const char  *ca_file;            /* PEM, instead of the system's */
    unsigned     at_once;            /* requests under way; 4 */
    int64_t      connect_us;         /* 10 s */
    int64_t      stall_us;           /* without a byte, while one is waited for; 30 s; whole seconds */
    int64_t      total_us;           /* for a request, without its wait for a turn; 5 min */
    size_t       body_most;          /* bytes of an answer, unpacked; 64 MB */
};

/* Connects nothing yet; ERR_FAILED when libcurl cannot be loaded. */
int  http_client_new(const struct http_client_options *options, struct http_client **ret_client,
                     struct error *error) NODISCARD;
void http_client_free(struct http_client *client);             /* no task may wait in it; NULL is a no-op */

struct http_request {
    const char        *method;       /* NULL: GET, or POST with a body */
    const char        *url;
    const char *const *headers;      /* "Name: value" …, NULL; NULL: none */
    const char        *body;         /* NULL: none */
    size_t             body_length;
};

struct http_header {
    char *name, *value;              /* as they came; blanks around the value are gone */
};

struct http_answer {
    int                 status;
    char               *body;        /* and a NUL behind it */
    size_t              length;
    struct http_header *headers;     /* of the last answer, not of a 1xx before it */
    size_t              header_count;
    size_t              received;    /* bytes of the body as they came, packed */
    int64_t             us;          /* from the turn to the last byte */
    bool                reused;      /* over a connection that was there */
};

int  http_ask(struct http_client *client, const struct http_request *request, struct http_answer **ret_answer,
              struct error *error) NODISCARD;
void http_answer_free(struct http_answer *answer);             /* NULL is a no-op */
void http_answer_freep(struct http_answer **answer);
/* The first of this name, in any case, or NULL. */
const char *http_answer_header(const struct http_answer *answer, const char *name);

/* Adds "?name=value" or "&name=value", percent-encoded (RFC 3986: all but unreserved characters). */
void http_url_add(struct str *url, const char *name, const char *value);

#endif
