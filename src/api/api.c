/*
 * A request, from its parts to the answer that stands. Invariant: what is sent was paid for, and is listened to with
 * its secrets hidden.
 */
#include <string.h>

#include "api_int.h"
#include "ytempire/base/secret.h"

#define TRIES 5
#define PAUSE_US (US_PER_SECOND / 2)
#define WAIT_MOST_US (60 * US_PER_SECOND)
#define DEPTH 100

int api_new(const struct api_options *options, struct api **ret_api, struct error *error)
{
    struct http_client_options http = {.loop = options->loop, .agent = "ytempire/" PROGRAM_VERSION,
                                       .ca_file = options->ca_file, .at_once = options->at_once,
                                       .stall_us = options->stall_us, .total_us = options->total_us,
                                       .body_most = options->body_most};
    struct api *api = mem_alloc(sizeof *api);
    int         r = http_client_new(&http, &api->http, error);

    if (r < 0) {
        mem_free(api);
        return r;
    }
    api->options = *options;
    if (api->options.tries == 0)
        api->options.tries = TRIES;
    if (api->options.pause_us <= 0)
        api->options.pause_us = PAUSE_US;
    if (api->options.wait_most_us <= 0)
        api->options.wait_most_us = WAIT_MOST_US;
    if (options->credentials.secret != NULL)
        secret_remember(options->credentials.secret);
    if (options->credentials.client_secret != NULL)
        secret_remember(options->credentials.client_secret);
    *ret_api = api;
    return 0;
}

void api_free(struct api *api)
{
    if (api == NULL)
        return;
    http_client_free(api->http);
    token_drop(api);
    mem_free(api);
}

int64_t api_pause(const struct api *api)
{
    return api->pause_us;
}

int api_status(const struct api *api)
{
    return api->status;
}

/* -- answers ------------------------------------------------------------------------------------------------------- */

struct whole_answer {
    struct api_answer   answer;          /* first: what others see */
    struct http_answer *http;
    struct tree         tree;
};

void api_answer_free(struct api_answer *answer)
{
    struct whole_answer *whole = (struct whole_answer *)answer;

    if (whole == NULL)
        return;
    tree_done(&whole->tree);
    http_answer_free(whole->http);
    mem_free(whole);
}

void api_answer_forget_json(struct api_answer *answer)
{
    tree_done(&((struct whole_answer *)answer)->tree);
    answer->json = NULL;
}

void api_answer_freep(struct api_answer **answer)
{
    api_answer_free(*answer);
}

static void fill_answer(struct whole_answer *whole)
{
    whole->answer = (struct api_answer){
        .same = whole->http->status == 304,
        .etag = http_answer_header(whole->http, "ETag"),
        .json = whole->http->status == 304 ? NULL : whole->tree.root,
        .body = whole->http->body,
        .length = whole->http->length,
        .received = whole->http->received,
    };
}

/* -- one exchange -------------------------------------------------------------------------------------------------- */

static char *hidden(const char *text)
{
    struct str shown = STR_INIT;

    text_add_redacted(&shown, text);
    return str_take(&shown);
}

/* A cookie is a key to a session, whatever it is called. */
static bool is_cookie(const char *name)
{
    return text_equal_nocase(name, "Set-Cookie");
}

static void hide_body(const struct http_answer *answer, const struct error *why, struct api_exchange *exchange,
                      struct str *body)
{
    if (answer == NULL) {
        text_add_redacted(body, why->text != NULL ? why->text : "");
        exchange->whole = true;
    } else {
        size_t most = answer->length < API_HEARD_MOST ? answer->length : API_HEARD_MOST;

        exchange->whole = most == answer->length && memchr(answer->body, '\0', most) == NULL;
        json_add_redacted(body, answer->body, strnlen(answer->body, most));
        exchange->bytes = answer->length;
        exchange->received = answer->received;
        exchange->status = answer->status;
        exchange->us = answer->us;
    }
    exchange->body = str_text(body);
    exchange->length = body->length;
}

static void tell_listener(const struct api *api, const struct http_request *request, const struct http_answer *answer,
                          const struct error *why)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    size_t              count = answer != NULL ? answer->header_count : 0;
    struct http_header *headers = ARENA_ARRAY(arena, struct http_header, count + 1);
    _cleanup_(mem_freep) char *url = hidden(request->url), *form = request->body != NULL ? hidden(request->body) : NULL;
    _cleanup_(str_done) struct str body = STR_INIT;
    struct api_exchange exchange = {.at = instant_now(), .method = request->body != NULL ? "POST" : "GET", .url = url,
                                    .request_body = form, .headers = headers, .header_count = count};

    hide_body(answer, why, &exchange, &body);
    for (size_t i = 0; i < count; i++) {
        char *value = hidden(is_cookie(answer->headers[i].name) ? SECRET_HIDDEN : answer->headers[i].value);

        headers[i] = (struct http_header){arena_strdup(arena, answer->headers[i].name), arena_strdup(arena, value)};
        mem_free(value);
    }
    api->options.listen(api->options.who, &exchange);
}

int api_exchange_once(struct api *api, const struct http_request *request, struct http_answer **ret_answer,
                      struct error *error)
{
    struct http_answer *answer = NULL;
    struct error        why = ERROR_INIT;
    int                 r = api->options.replay != NULL
                                ? api->options.replay(api->options.who, request, &answer, &why)
                                : http_ask(api->http, request, &answer, &why);

    if (api->options.listen != NULL && r != ERR_INTERRUPTED && r != ERR_TIMEOUT)
        tell_listener(api, request, answer, &why);
    if (r >= 0) {
        *ret_answer = answer;
    } else if (error != NULL && why.text != NULL) {
        error_prefix(&why, "%s: ", api->options.name);
        error_move(error, &why);
    }
    error_done(&why);
    return r == ERR_SYNTAX ? ERR_CONNECT : r;      /* what is no HTTP, or packed wrongly, may have been a bad moment */
}

/* -- a request with its credentials -------------------------------------------------------------------------------- */

static char *url_of(const struct api *api, const struct api_request *request)
{
    const struct api_credentials *credentials = &api->options.credentials;
    struct str url = STR_INIT;

    str_add(&url, api->options.base);
    str_add(&url, request->path);
    for (size_t i = 0; i < request->parameter_count; i++)
        if (request->parameters[i].value != NULL)
            http_url_add(&url, request->parameters[i].name, request->parameters[i].value);
    if (credentials->kind == API_AUTH_PARAMETER)
        http_url_add(&url, credentials->name, credentials->secret);
    return str_take(&url);
}

static const char *auth_header(struct arena *arena, const struct api *api)
{
    const struct api_credentials *credentials = &api->options.credentials;

    switch (credentials->kind) {
    case API_AUTH_HEADER:
        return arena_printf(arena, "%s: %s", credentials->name, credentials->secret);
    case API_AUTH_BEARER:
        return arena_printf(arena, "Authorization: Bearer %s", credentials->secret);
    case API_AUTH_REFRESH:
        return api->token != NULL ? arena_printf(arena, "Authorization: Bearer %s", api->token) : NULL;
    case API_AUTH_NONE:
    case API_AUTH_PARAMETER:
    default:
        return NULL;
    }
}

static const char **headers_of(struct arena *arena, const struct api *api, const struct api_request *request)
{
    const char  *auth = auth_header(arena, api);
    const char **headers;
    size_t       count = 0, room = 5;

    while (api->options.headers != NULL && api->options.headers[count] != NULL)
        count++;
    headers = ARENA_ARRAY(arena, const char *, count + room);
    if (count > 0)
        memcpy(headers, api->options.headers, count * sizeof *headers);
    headers[count++] = "Accept: application/json";
    if (auth != NULL)
        headers[count++] = auth;
    if (request->etag != NULL)
        headers[count++] = arena_printf(arena, "If-None-Match: %s", request->etag);
    if (request->json != NULL)
        headers[count++] = "Content-Type: application/json";
    return headers;
}

/* Each value of a JSON but one stands after a comma or at the beginning of a list or object. */
static bool is_small(const struct http_answer *answer)
{
    size_t values = 1;

    for (const char *at = answer->body, *end = at + answer->length; at < end && values <= API_VALUES_MOST; at++)
        values += *at == ',' || *at == '[' || *at == '{';
    return values <= API_VALUES_MOST;
}

/* Sends it once: 0 and a verdict, or why it could not be sent or was not answered. */
static int send_once(struct api *api, const struct api_request *request, struct whole_answer *whole,
                     struct judged *ret_judged, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(mem_freep) char *url = NULL;
    struct http_request http = {0};
    struct tree_fault   fault;
    bool                is_json;
    int                 r;

    api->pause_us = 0;
    api->status = 0;
    r = api->options.credentials.kind == API_AUTH_REFRESH && api->options.replay == NULL ? token_get(api, error) : 0;
    if (r >= 0 && api->options.spend != NULL)
        r = api->options.spend(api->options.who, request, error);
    if (r < 0)
        return r;
    url = url_of(api, request);
    http.url = url;
    http.headers = headers_of(arena, api, request);
    http.body = request->json;
    http.body_length = request->json != NULL ? strlen(request->json) : 0;
    http_answer_free(TAKE(whole->http));
    r = api_exchange_once(api, &http, &whole->http, error);
    if (r < 0)
        return r;
    api->status = whole->http->status;
    if (!is_small(whole->http))
        return error_set(error, ERR_LIMIT, "%s: the answer has more than %d values", api->options.name, API_VALUES_MOST);
    is_json = tree_read(&whole->tree, whole->http->body, whole->http->length, DEPTH, &fault) == 0;
    judge(whole->http, &whole->tree, is_json, ret_judged);
    return 0;
}

/* -- patience ------------------------------------------------------------------------------------------------------ */

struct patience {
    unsigned tries;
    int64_t  pause_us;
    bool     had_token;                  /* a new one was fetched after a 401 */
};

/* A quarter more or less, so that those who failed together do not come back together. */
static int64_t jittered(int64_t us)
{
    return us - us / 4 + monotonic_us() % (us / 2 + 1);
}

/* Whether to try again, after the pause. */
static int wait_on(struct api *api, struct patience *patience, int64_t asked_us)
{
    int64_t pause = asked_us > 0 ? asked_us : jittered(patience->pause_us);

    api->pause_us = asked_us;
    if (++patience->tries >= api->options.tries || pause > api->options.wait_most_us)
        return ERR_CONNECT;
    patience->pause_us *= 2;
    return api->options.replay != NULL ? 0 : task_sleep(pause);
}

/* 0: it is sent again. Else the end, with its error. */
static int bear(struct api *api, struct patience *patience, int sent, const struct judged *judged, int status,
                struct error *why, struct error *error)
{
    bool again = sent == ERR_CONNECT || (sent >= 0 && judged->verdict == VERDICT_AGAIN);
    int  r = sent;

    if (sent >= 0 && judged->verdict == VERDICT_TOKEN && !patience->had_token &&
        api->options.credentials.kind == API_AUTH_REFRESH) {
        patience->had_token = true;
        token_drop(api);
        return 0;
    }
    if (sent >= 0)
        r = judged_error(api, judged, status, why);
    if (again) {
        int waited = wait_on(api, patience, sent >= 0 ? judged->pause_us : api->pause_us);

        if (waited >= 0)
            return 0;
        if (waited != ERR_CONNECT) {
            error_done(why);
            return error_set(error, waited, "%s", error_sentence(waited));
        }
    }
    if (error != NULL)
        error_move(error, why);
    return r;
}

int api_ask(struct api *api, const struct api_request *request, struct api_answer **ret_answer, struct error *error)
{
    struct whole_answer *whole = mem_alloc(sizeof *whole);
    struct patience      patience = {.pause_us = api->options.pause_us};
    int                  r;

    for (;;) {
        struct judged judged = {0};
        struct error  why = ERROR_INIT;

        r = send_once(api, request, whole, &judged, &why);
        if (r >= 0 && judged.verdict == VERDICT_GOOD) {
            judged_done(&judged);
            fill_answer(whole);
            *ret_answer = &TAKE(whole)->answer;
            return 0;
        }
        r = bear(api, &patience, r, &judged, whole->http != NULL ? whole->http->status : 0, &why, error);
        judged_done(&judged);
        error_done(&why);
        if (r < 0)
            break;
    }
    api_answer_free(&whole->answer);
    return r;
}
