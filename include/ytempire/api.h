/*
 * api: asking an HTTP API as its rules say: credentials, quota, patience, and a tape of what was said.
 *
 * One `struct api` is one API for one run of a source. Called in a task (engine/loop.h), which waits. What passes by
 * itself is waited out here: a server that is away or answers 408, 429 or 5xx is asked again, after Retry-After
 * (RFC 9110) or a pause that doubles with jitter, `tries` times in all. An access token is fetched with the refresh
 * token (RFC 6749, section 6), again before it ends and once after a 401.
 *
 * Errors, by which a job is classed (jobs.h): ERR_CONNECT (worth another attempt: it stayed away, was cut, spoke half a
 * JSON; api_pause tells how long it asked for), ERR_QUOTA (nothing more today), ERR_UNKNOWN (404: what was asked for is
 * not there), ERR_FAILED (credentials, or a request that will not do), ERR_LIMIT (an answer of more bytes than
 * `body_most` or more values than API_VALUES_MOST: it is left before it fills the memory), or the code the task was cancelled
 * with. They name the API, the status, its reason and its words; keys and tokens are hidden (base/secret.h), wherever
 * the API repeats them.
 */
#ifndef YTEMPIRE_API_H
#define YTEMPIRE_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/base/tree.h"
#include "ytempire/engine/http.h"

struct api;
struct api_request;

enum api_auth {
    API_AUTH_NONE,
    API_AUTH_PARAMETER,      /* "key=SECRET" in the URL */
    API_AUTH_HEADER,         /* "xi-api-key: SECRET" */
    API_AUTH_BEARER,         /* "Authorization: Bearer SECRET" */
    API_AUTH_REFRESH,        /* the same with a token that the refresh token buys */
};

struct api_credentials {
    enum api_auth kind;
    const char   *name;                  /* of the parameter or header */
    const char   *secret;                /* REFRESH: the refresh token */
    const char   *token_url, *client_id, *client_secret;     /* REFRESH */
};

/* What was said, for a tape and for counters: secrets are hidden already, and cookies. Texts are borrowed. */
struct api_exchange {
    int64_t     at, us;                  /* instant, microseconds it took */
    const char *method, *url;
    const char *request_body;            /* NULL: none */
    int         status;                  /* 0: there was no answer */
    const struct http_header *headers;   /* of the answer */
    size_t      header_count;
    const char *body;                    /* of the answer, or why there is none; a JSON is one still */
    size_t      length, received;        /* `received`: as it came, packed */
    size_t      bytes;                   /* of the body as it came, unpacked */
    bool        whole;                   /* all of the body: no more than API_HEARD_MOST bytes, none of them NUL */
};
#define API_HEARD_MOST ((size_t)1 << 20)
#define API_VALUES_MOST 1000000

/* Texts are borrowed for as long as the api lives. A zero is the default that stands beside it. */
struct api_options {
    struct loop *loop;
    const char  *name;                   /* "youtube-data" */
    const char  *base;                   /* "https://www.googleapis.com/youtube/v3": paths are put behind it */
    const char  *ca_file;                /* NULL: the system's */
    const char *const *headers;          /* with every request, NULL at the end; NULL: none */
    struct api_credentials credentials;
    unsigned     at_once;                /* 4 */
    unsigned     tries;                  /* 5 */
    int64_t      pause_us;               /* the first, doubled after each; 0.5 s */
    int64_t      wait_most_us;           /* a longer Retry-After ends it; 60 s */
    int64_t      stall_us, total_us;     /* engine/http.h */
    size_t       body_most;              /* engine/http.h */
    /* Before each request that is sent, a repetition too: takes its units of its bucket, or ERR_QUOTA. NULL: free. */
    int  (*spend)(void *who, const struct api_request *request, struct error *error);
    /* After each; does not wait. NULL: nobody listens. */
    void (*listen)(void *who, const struct api_exchange *exchange);
    /* Answers in the place of the network, as a tape does (its own errors, or those that stand on it): then no token is
     * bought, no pause is made, and a secret may be anything. NULL: the network is asked. */
    int  (*replay)(void *who, const struct http_request *request, struct http_answer **ret_answer, struct error *error);
    void *who;
};

int  api_new(const struct api_options *options, struct api **ret_api, struct error *error) NODISCARD;
void api_free(struct api *api);                                /* no task may wait in it; NULL is a no-op */

struct api_parameter {
    const char *name, *value;            /* a NULL value: it is left out */
};

struct api_request {
    const char                 *path;    /* "/videos" */
    const struct api_parameter *parameters;
    size_t                      parameter_count;
    const char                 *json;    /* a body: POST; NULL: GET */
    const char                 *etag;    /* If-None-Match; NULL: none */
    const char                 *bucket;  /* of the quota */
    unsigned                    units;   /* 0: 1 */
    void                       *payer;   /* for `spend`, which may keep there what it paid */
};

struct api_answer {
    bool                    same;        /* 304: it is as its ETag says */
    const char             *etag;        /* NULL: none */
    const struct tree_node *json;        /* the body, numbers as they are written; NULL when `same` */
    const char             *body;
    size_t                  length, received;
};

int  api_ask(struct api *api, const struct api_request *request, struct api_answer **ret_answer,
             struct error *error) NODISCARD;
void api_answer_free(struct api_answer *answer);               /* NULL is a no-op */
void api_answer_forget_json(struct api_answer *answer);        /* its body is enough from now on */
void api_answer_freep(struct api_answer **answer);

/* After ERR_CONNECT or ERR_QUOTA: how long the API asked to be left alone; 0: it did not say. */
int64_t api_pause(const struct api *api);
/* The status of the last answer; 0: the last request had none. */
int api_status(const struct api *api);

#endif
