/*
 * ingest/fetch: the course of a source that asks an HTTP API.
 *
 * A source is a struct ingest_source whose settings begin with FETCH_SETTINGS; its `check` calls fetch_check, and its
 * `run` goes: fetch_begin; fetch_ask or fetch_ask_all until enough is in hand; fetch_store, which puts all of it into
 * pg_temp.ingest_answers, runs the source's scripts on it and commits them with bookmark, ETags and counts; and so on;
 * fetch_end. What was asked and not stored is lost with the attempt, never half of it.
 *
 * Every request is paid for in the quota ledger (ops.spend_quota) where its method has a price; ERR_QUOTA then names
 * the bucket and when it is full again, and the job waits for that. Retry-After is handed on to the job. Connections:
 * the first is the session's and stores, the second keeps the ledger; several tasks may ask at once.
 *
 * What is said stays on the source's tape (ingest/tape.h), whatever becomes of the load. A run may be played again from
 * there (ingest_options.replay): it then needs no secret, pays nothing, and is told the time that the run was told.
 *
 * What scripts find, all in pg_temp:
 *   ingest_answers (no, stream, request, about jsonb, etag, same, body jsonb)   what was asked; `same`: 304, no body
 *   ingest_run (source, job_id, settings jsonb, at,   one row; settings are texts; `at`: fetch_run_at; `is_old`: it is
 *     is_replay, is_old)                            played again, and a later run has stored: nothing is set back
 *   ingest_counts (rows, loaded, rejected)                                     for them to fill: items, not answers
 */
#ifndef INGEST_FETCH_H
#define INGEST_FETCH_H

#include "ingest_int.h"
#include "ytempire/api.h"

struct fetch;

/* What a source says of its API. Secrets are named, not said: they stand in the environment or in the file `secrets` of
 * the configuration (mode 0600). */
struct fetch_api {
    enum api_auth auth;
    const char   *auth_name;                     /* of the parameter or header */
    const char   *secret;                        /* REFRESH: of the refresh token */
    const char   *client_id, *client_secret;     /* REFRESH */
    const char *const *headers;                  /* NULL: none */
    const char   *stage, *unstage;               /* scripts: what it needs of its own in pg_temp; NULL: nothing */
};

/* The first settings of such a source: where the API is, and how it is asked. */
#define FETCH_SETTINGS(url)                                                                                            \
    {"base", "URL", (url), 0, 0, "where the API is"},                                                                  \
        {"project", "NAME", "default", 0, 0, "whose quota is spent"},                                                  \
        {"at_once", "REQUESTS", "4", 1, 16, "requests under way at once"},                                             \
        {"tries", "TIMES", "5", 1, 20, "how often a request is made that fails by itself"},                            \
        {"pause", "MILLISECONDS", "500", 1, 60000, "before the second time; doubled after each"},                      \
        {"timeout", "SECONDS", "60", 1, 3600, "how long an answer may take"}
/* And of one with a refresh token. */
#define FETCH_TOKEN_SETTING                                                                                            \
    {                                                                                                                  \
        "token_url", "URL", "https://oauth2.googleapis.com/token", 0, 0, "where access tokens come from"               \
    }

/* Before anything is written: no file is named, the URLs will do, the secrets are there. */
int  fetch_check(struct ingest *ingest, const struct fetch_api *about, struct error *error) NODISCARD;
int  fetch_begin(struct ingest *ingest, const struct fetch_api *about, struct fetch **ret_fetch,
                 struct error *error) NODISCARD;
void fetch_end(struct fetch *fetch);                   /* rolls back what is open; NULL is a no-op */

/* What the run calls now, from its beginning to its end: the server's clock, to the second. */
int64_t fetch_run_at(const struct fetch *fetch);

/* Of a run that is played again: what the run asked, which the warehouse may no longer lead to. The values that
 * parameter `name` (of a body: its member) had in requests for `path`, each once; of another run there are none. */
bool fetch_is_replay(const struct fetch *fetch);
size_t fetch_replayed(const struct fetch *fetch, struct arena *arena, const char *path, const char *name,
                      const char ***ret_values);
/* Why the last request failed: the run that is played again did not make it. */
bool fetch_is_unasked(const struct fetch *fetch);

struct fetch_request {
    const char *path;                    /* "/videos" */
    const struct api_parameter *parameters;
    size_t      parameter_count;
    const char *json;                    /* a body: POST; NULL: GET */
    const char *method;                  /* as the price list has it: "videos.list"; NULL: free */
    const char *stream;                  /* "videos": what scripts know the answer by */
    const char *about;                   /* JSON for them, as the ids that were asked for; NULL: none */
    bool        with_etag;               /* asks whether it has changed since it was last stored */
};

/* The answer is kept for fetch_store; `*ret_answer`, which may be NULL, is borrowed until then. An answer with 404 is
 * ERR_UNKNOWN and is not kept. */
int  fetch_ask(struct fetch *fetch, const struct fetch_request *request, const struct api_answer **ret_answer,
               struct error *error) NODISCARD;
/* The status that the last request was answered with; 0: it was not. Of one that is asked alone. */
int  fetch_status(const struct fetch *fetch);
/* All of them, `at_once` at a time; kept in the order of `requests`. The first that fails ends it. */
int  fetch_ask_all(struct fetch *fetch, const struct fetch_request *requests, size_t count,
                   struct error *error) NODISCARD;
/* Whether so much is kept that it is time to store it. */
bool fetch_is_full(const struct fetch *fetch);

/* Pages: asks with `parameter` = the token of the page, read from `member` of each answer, as long as there is one. A
 * token that comes again ends it (1): a person is told, and the load ends in part. Stores nothing; `on_page` may. */
struct fetch_pages {
    struct fetch_request first;          /* its parameters have room for one more */
    const char *parameter, *member;      /* "pageToken", "nextPageToken" */
    int (*on_page)(void *who, const struct api_answer *answer, struct error *error);   /* NULL: none; > 0 ends it */
    void *who;
};
int  fetch_ask_pages(struct fetch *fetch, const struct fetch_pages *pages, struct error *error) NODISCARD;

struct fetch_store {
    const char *const *scripts;          /* of sql/catalog, in their order; NULL at the end */
    const char *stream;                  /* of the bookmark */
    const char *position;                /* JSON; NULL: the bookmark stays */
    int64_t     data_until;              /* instant of the newest row; INT64_MIN: not known */
};
/* One transaction that shows the job's fence. Nothing is kept afterwards. */
int  fetch_store(struct fetch *fetch, const struct fetch_store *what, struct error *error) NODISCARD;

/* How far: for a person and the job. At most a few times a second reaches the server. */
int  fetch_progress(struct fetch *fetch, const char *what, uint64_t done, uint64_t total, const char *unit,
                    struct error *error) NODISCARD;
/* After the last: the hourly table, and a row of the result with what was counted since fetch_begin. */
int  fetch_finish(struct fetch *fetch, const char *what, struct error *error) NODISCARD;

/* A JSON text as PostgreSQL's jsonb takes it: U+0000 and halves of surrogate pairs, which it refuses, become U+FFFD. */
void json_add_mended(struct str *to, const char *json, size_t length);

#endif
