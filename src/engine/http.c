/*
 * libcurl's multi interface on the loop: it says which sockets and which time it waits for, and is told what happened.
 *
 * Invariant: an exchange is in the multi handle from its turn until it is over, and its task waits meanwhile; libcurl
 * is entered from callbacks of the loop and from tasks, never from a callback of its own.
 */
#include "ytempire/engine/http.h"

#include <poll.h>
#include <string.h>

#include "curl_library.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define AT_ONCE 4
#define CONNECT_US (10 * US_PER_SECOND)
#define STALL_US (30 * US_PER_SECOND)
#define TOTAL_US (300 * US_PER_SECOND)
#define BODY_MOST ((size_t)64 << 20)
#define HEADERS_MOST 200                 /* of one answer; libcurl bounds their bytes */

struct exchange {
    struct http_client *client;
    struct task        *task;
    CURL               *easy;
    struct curl_slist  *headers;
    struct http_answer *answer;
    size_t              header_room;
    struct str          body;
    bool                over, too_large, waits;
    CURLcode            code;
    char                words[CURL_ERROR_SIZE];
    struct exchange    *next;            /* that waits for a turn */
};

struct http_client {
    struct http_client_options options;
    const struct curl_library *lib;
    char                      *agent, *ca_file;
    CURLM                     *multi;
    struct loop_timer         *timer;
    unsigned                   running;
    struct exchange           *first, *last;     /* wait for a turn */
};

/* -- answers ------------------------------------------------------------------------------------------------------- */

static void drop_headers(struct http_answer *answer)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        mem_free(answer->headers[i].name);
        mem_free(answer->headers[i].value);
    }
    answer->header_count = 0;
}

void http_answer_free(struct http_answer *answer)
{
    if (answer == NULL)
        return;
    drop_headers(answer);
    mem_free(answer->headers);
    mem_free(answer->body);
    mem_free(answer);
}

void http_answer_freep(struct http_answer **answer)
{
    http_answer_free(*answer);
}

const char *http_answer_header(const struct http_answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->header_count; i++)
        if (text_equal_nocase(answer->headers[i].name, name))
            return answer->headers[i].value;
    return NULL;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *who)
{
    struct exchange *exchange = who;

    (void)size;                          /* always 1 */
    if (exchange->body.length + count > exchange->client->options.body_most) {
        exchange->too_large = true;
        return 0;
    }
    str_add_bytes(&exchange->body, bytes, count);
    return count;
}

/* A line with its end. A status line begins the headers anew: those of a 1xx are not those of the answer. */
static size_t on_header(char *line, size_t size, size_t count, void *who)
{
    struct exchange    *exchange = who;
    struct http_answer *answer = exchange->answer;
    const char         *colon = memchr(line, ':', count), *from, *to = line + count;

    (void)size;
    if (count >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        drop_headers(answer);
    } else if (colon != NULL && answer->header_count < HEADERS_MOST) {
        for (from = colon + 1; from < to && (*from == ' ' || *from == '\t'); from++)
            continue;
        while (to > from && (to[-1] == '\n' || to[-1] == '\r' || to[-1] == ' ' || to[-1] == '\t'))
            to--;
        VEC_PUSH(answer->headers, answer->header_count, exchange->header_room,
                 ((struct http_header){mem_strndup(line, (size_t)(colon - line)),
                                       mem_strndup(from, (size_t)(to - from))}));
    }
    return count;
}

/* -- libcurl and the loop ------------------------------------------------------------------------------------------ */

static void finish(struct exchange *exchange, CURLcode code)
{
    exchange->code = code;
    exchange->over = true;
    task_wake(exchange->task);
}

static void take_messages(struct http_client *client)
{
    CURLMsg *message;
    int      left;

    while ((message = client->lib->curl_multi_info_read(client->multi, &left)) != NULL) {
        char *exchange = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        client->lib->curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
        finish((struct exchange *)(void *)exchange, message->data.result);
    }
}

static void act(struct http_client *client, curl_socket_t fd, int events)
{
    int running;

    client->lib->curl_multi_socket_action(client->multi, fd, events, &running);
    take_messages(client);
}

static void on_ready(int fd, short revents, void *who)
{
    act(who, fd, (revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) | (revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
                     (revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0));
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *who, void *socket)
{
    struct http_client *client = who;

    (void)easy;
    (void)socket;
    if (what == CURL_POLL_REMOVE)
        loop_unwatch(client->options.loop, fd);
    else
        loop_watch(client->options.loop, fd, (what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0),
                   on_ready, client);
    return 0;
}

static void on_time(void *who)
{
    struct http_client *client = who;

    client->timer = NULL;
    act(client, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer(CURLM *multi, long ms, void *who)
{
    struct http_client *client = who;

    (void)multi;
    loop_timer_cancel(client->options.loop, TAKE(client->timer));
    if (ms >= 0)
        client->timer = loop_timer(client->options.loop, ms * INT64_C(1000), on_time, client);
    return 0;
}

/* -- the client ---------------------------------------------------------------------------------------------------- */

int http_client_new(const struct http_client_options *options, struct http_client **ret_client, struct error *error)
{
    const struct curl_library *lib;
    struct http_client        *client;
    int                        r = curl_library_get(&lib, error);

    if (r < 0)
        return r;
    client = mem_alloc(sizeof *client);
    client->lib = lib;
    client->options = *options;
    client->agent = options->agent != NULL ? mem_strdup(options->agent) : NULL;
    client->ca_file = options->ca_file != NULL ? mem_strdup(options->ca_file) : NULL;
#define OTHERWISE(field, value) client->options.field = client->options.field > 0 ? client->options.field : (value)
    OTHERWISE(at_once, AT_ONCE);
    OTHERWISE(connect_us, CONNECT_US);
    OTHERWISE(stall_us, STALL_US);
    OTHERWISE(total_us, TOTAL_US);
    OTHERWISE(body_most, BODY_MOST);
#undef OTHERWISE
    client->multi = lib->curl_multi_init();
    lib->curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    lib->curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    lib->curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    lib->curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
    lib->curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)client->options.at_once);
    *ret_client = client;
    return 0;
}

void http_client_free(struct http_client *client)
{
    if (client == NULL)
        return;
    client->lib->curl_multi_cleanup(client->multi);
    loop_timer_cancel(client->options.loop, client->timer);
    mem_free(client->agent);
    mem_free(client->ca_file);
    mem_free(client);
}

/* -- errors -------------------------------------------------------------------------------------------------------- */

/* "api.example.com:8443", which is all that is told of a URL. Caller frees. */
static char *place_of(const struct curl_library *lib, const char *url)
{
    CURLU *parts = lib->curl_url();
    char  *host = NULL, *port = NULL, *place;

    if (lib->curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK) {
        (void)lib->curl_url_get(parts, CURLUPART_HOST, &host, 0);
        (void)lib->curl_url_get(parts, CURLUPART_PORT, &port, 0);
    }
    place = host == NULL ? mem_strdup("the address") : mem_printf(port != NULL ? "%s:%s" : "%s", host, port);
    lib->curl_free(host);
    lib->curl_free(port);
    lib->curl_url_cleanup(parts);
    return place;
}

static int code_of(const struct exchange *exchange)
{
    long sent = 0;

    (void)exchange->client->lib->curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &sent);
    switch (exchange->code) {
    case CURLE_URL_MALFORMAT:
        return ERR_USAGE;
    case CURLE_UNSUPPORTED_PROTOCOL:     /* also of an answer without a status line */
        return sent > 0 ? ERR_SYNTAX : ERR_USAGE;
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WEIRD_SERVER_REPLY:
        return ERR_SYNTAX;
    case CURLE_WRITE_ERROR:
        return exchange->too_large ? ERR_LIMIT : ERR_CONNECT;
    case CURLE_OUT_OF_MEMORY:
        return ERR_MEMORY;
    case CURLE_SSL_CACERT_BADFILE:
        return ERR_IO;
    default:
        return ERR_CONNECT;
    }
}

static int tell(const struct exchange *exchange, const char *url, struct error *error)
{
    const struct http_client  *client = exchange->client;
    _cleanup_(mem_freep) char *place = place_of(client->lib, url);
    int                        code = code_of(exchange);

    if (code == ERR_LIMIT)
        return error_set(error, code, "%s: the answer is larger than %zu bytes", place, client->options.body_most);
    if (code == ERR_USAGE)
        return error_set(error, code, "%s: no URL of http or https", place);
    if (exchange->code == CURLE_OPERATION_TIMEDOUT)
        error_set(error, code, "%s: no answer in time", place);
    else
        error_set(error, code, "%s: %s", place,
                  exchange->words[0] != '\0' ? exchange->words : client->lib->curl_easy_strerror(exchange->code));
    if (exchange->code == CURLE_PEER_FAILED_VERIFICATION)
        error_hint(error, "its certificate is not one that this machine trusts (package ca-certificates)");
    return code;
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

#define SET(option, value) (void)lib->curl_easy_setopt(easy, option, value)

static void set_limits(const struct http_client *client, CURL *easy)
{
    const struct curl_library *lib = client->lib;

    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(client->options.connect_us / 1000));
    SET(CURLOPT_TIMEOUT_MS, (long)(client->options.total_us / 1000));
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, (long)((client->options.stall_us + US_PER_SECOND - 1) / US_PER_SECOND));
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L);         /* else the end waits for a look-up of a name that is under way */
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_PIPEWAIT, 1L);
    SET(CURLOPT_ACCEPT_ENCODING, "");    /* all it can unpack */
    if (client->ca_file != NULL)
        SET(CURLOPT_CAINFO, client->ca_file);
    if (client->agent != NULL)
        SET(CURLOPT_USERAGENT, client->agent);
}

static void set_request(struct exchange *exchange, const struct http_request *request)
{
    const struct curl_library *lib = exchange->client->lib;
    CURL                      *easy = exchange->easy;

    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_PRIVATE, exchange);
    SET(CURLOPT_ERRORBUFFER, exchange->words);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, exchange);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, exchange);
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
        exchange->headers = lib->curl_slist_append(exchange->headers, request->headers[i]);
    if (request->body != NULL) {
        exchange->headers = lib->curl_slist_append(exchange->headers, "Expect:");    /* asks no leave to send it */
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        SET(CURLOPT_COPYPOSTFIELDS, request->body);
    }
    if (request->method != NULL)
        SET(CURLOPT_CUSTOMREQUEST, request->method);
    SET(CURLOPT_HTTPHEADER, exchange->headers);
}

static void stop_waiting(struct exchange *exchange)
{
    struct http_client *client = exchange->client;
    struct exchange   **at = &client->first, *before = NULL;

    for (; *at != exchange; at = &(*at)->next)
        before = *at;
    *at = exchange->next;
    if (client->last == exchange)
        client->last = before;
    exchange->waits = false;
}

/* Who waits longest is next; the turn is his from now on, though his task runs later. */
static void give_turn(struct http_client *client)
{
    struct exchange *next = client->first;

    client->running--;
    if (next == NULL)
        return;
    client->running++;
    stop_waiting(next);
    task_wake(next->task);
}

static int take_turn(struct exchange *exchange)
{
    struct http_client *client = exchange->client;
    int                 r = 0;

    if (client->running < client->options.at_once) {
        client->running++;
        return 0;
    }
    exchange->waits = true;
    if (client->last != NULL)
        client->last->next = exchange;
    else
        client->first = exchange;
    client->last = exchange;
    while (exchange->waits && r >= 0)
        r = task_park();
    if (r < 0 && exchange->waits)
        stop_waiting(exchange);
    else if (r < 0)
        give_turn(client);
    return r;
}

static int perform(struct exchange *exchange)
{
    struct http_client *client = exchange->client;
    int                 r = 0;

    if (client->lib->curl_multi_add_handle(client->multi, exchange->easy) != CURLM_OK)
        return ERR_MEMORY;
    while (!exchange->over && r >= 0)
        r = task_park();
    client->lib->curl_multi_remove_handle(client->multi, exchange->easy);
    return exchange->over ? 0 : r;
}

static void fill_answer(struct exchange *exchange, int64_t began)
{
    const struct curl_library *lib = exchange->client->lib;
    struct http_answer        *answer = exchange->answer;
    long                       status = 0, connects = 0;
    curl_off_t                 received = 0;

    (void)lib->curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)lib->curl_easy_getinfo(exchange->easy, CURLINFO_NUM_CONNECTS, &connects);
    (void)lib->curl_easy_getinfo(exchange->easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
    answer->status = (int)status;
    answer->reused = connects == 0;
    answer->received = (size_t)received;
    answer->us = monotonic_us() - began;
    answer->length = exchange->body.length;
    answer->body = str_take(&exchange->body);
}

static void exchange_done(struct exchange *exchange)
{
    const struct curl_library *lib = exchange->client->lib;

    lib->curl_easy_cleanup(exchange->easy);
    lib->curl_slist_free_all(exchange->headers);
    http_answer_free(exchange->answer);
    str_done(&exchange->body);
}

int http_ask(struct http_client *client, const struct http_request *request, struct http_answer **ret_answer,
             struct error *error)
{
    struct exchange exchange = {.client = client, .task = task_current()};
    int64_t         began;
    int             r;

    exchange.easy = client->lib->curl_easy_init();
    exchange.answer = mem_alloc(sizeof *exchange.answer);
    set_limits(client, exchange.easy);
    set_request(&exchange, request);
    r = take_turn(&exchange);
    began = monotonic_us();
    if (r >= 0) {
        r = perform(&exchange);
        give_turn(client);
    }
    if (r < 0) {
        error_set(error, r, "%s", error_sentence(r));
    } else if (exchange.code != CURLE_OK) {
        r = tell(&exchange, request->url, error);
    } else {
        fill_answer(&exchange, began);
        *ret_answer = TAKE(exchange.answer);
    }
    exchange_done(&exchange);
    return r;
}

/* -- URLs ---------------------------------------------------------------------------------------------------------- */

void http_url_add(struct str *url, const char *name, const char *value)
{
    str_add_char(url, strchr(str_text(url), '?') != NULL ? '&' : '?');
    str_add_url(url, name);
    str_add_char(url, '=');
    str_add_url(url, value);
}
