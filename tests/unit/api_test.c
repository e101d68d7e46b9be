/* api: credentials, quota, patience and what is heard of it, against a server that says what the test tells it to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http_server.h"
#include "task_test.h"
#include "src/api/api_int.h"

struct said {
    const char *match;                   /* in the request; NULL: any */
    const char *status, *headers, *body;
};

struct desk {
    struct loop        *loop;
    struct http_server  server;
    struct api         *api;
    const struct said  *says;            /* each is said once, in order; the last to the end */
    size_t              said;
    struct str          spent, heard, asked;
    size_t              tokens;
    int                 spend_code;
    char               *base, *token_url;
};

static void serve(struct http_talk *talk, void *who)
{
    static const char gone[] = "{\"error\":\"invalid_grant\",\"error_description\":\"Token has been revoked.\"}";
    struct desk       *desk = who;
    const struct said *said = &desk->says[desk->said];
    const char        *request = str_text(&talk->request);

    if (strstr(request, "POST /token") != NULL) {
        _cleanup_(mem_freep) char *body = mem_printf("{\"access_token\":\"ya29.token-%zu\",\"expires_in\":3599}",
                                                     ++desk->tokens);

        if (strstr(request, "refresh_token=1%2F%2Fgone") != NULL)
            http_answer(talk, "400 Bad Request", "", gone, sizeof gone - 1);
        else if (strstr(request, "refresh_token=1%2F%2Fbusy") != NULL)
            http_answer(talk, "503 Service Unavailable", "Retry-After: 3600\r\n", "{}", 2);
        else
            http_answer(talk, "200 OK", "", body, strlen(body));
        return;
    }
    str_addf(&desk->asked, "%.*s\n", (int)strcspn(request, "\r"), request);
    if (said->match != NULL && strstr(request, said->match) == NULL)
        fail_msg("%s is not in %s", said->match, request);
    if (said[1].status != NULL)
        desk->said++;
    if (said->body == NULL) {
        http_say(talk, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
        close(talk->fd);
        talk->fd = -1;
        return;
    }
    http_answer(talk, said->status, said->headers != NULL ? said->headers : "", said->body, strlen(said->body));
}

static int spend(void *who, const struct api_request *request, struct error *error)
{
    struct desk *desk = who;

    if (desk->spend_code < 0)
        return error_set(error, desk->spend_code, "nothing is left");
    str_addf(&desk->spent, "%s:%u ", request->bucket, request->units > 0 ? request->units : 1);
    return 0;
}

static void listen_to(void *who, const struct api_exchange *exchange)
{
    struct desk *desk = who;

    str_addf(&desk->heard, "%s %s %d %s%s%s\n", exchange->method, exchange->url, exchange->status, exchange->body,
             exchange->request_body != NULL ? " < " : "", exchange->request_body != NULL ? exchange->request_body : "");
    if (exchange->status > 0)
        str_addf(&desk->heard, "  (%zu bytes, %s)\n", exchange->bytes, exchange->whole ? "whole" : "cut");
    for (size_t i = 0; i < exchange->header_count; i++)
        str_addf(&desk->heard, "  %s: %s\n", exchange->headers[i].name, exchange->headers[i].value);
}

/* Of any test that buys tokens. */
static const struct api_credentials oauth = {API_AUTH_REFRESH, .secret = "1//refresh", .client_id = "id",
                                             .client_secret = "GOCSPX-x/y+z"};

static void open_desk(struct desk *desk, struct loop *loop, const struct said *says, struct api_credentials credentials)
{
    struct error       error = ERROR_INIT;
    struct api_options options = {.loop = loop, .name = "test-api", .pause_us = 1000, .wait_most_us = 2 * US_PER_SECOND,
                                  .tries = 3, .spend = spend, .listen = listen_to, .who = desk};

    *desk = (struct desk){.loop = loop, .says = says};
    http_server_open(&desk->server, loop, serve, desk);
    options.base = desk->base = mem_printf("http://127.0.0.1:%d/v3", desk->server.port);
    desk->token_url = mem_printf("http://127.0.0.1:%d/token", desk->server.port);
    options.credentials = credentials;
    if (credentials.kind == API_AUTH_REFRESH)
        options.credentials.token_url = desk->token_url;
    if (api_new(&options, &desk->api, &error) < 0)
        fail_msg("%s", error.text);
}

static void close_desk(struct desk *desk)
{
    api_free(desk->api);
    http_server_close(&desk->server);
    str_done(&desk->spent);
    str_done(&desk->heard);
    str_done(&desk->asked);
    mem_free(desk->base);
    mem_free(desk->token_url);
}

static const struct api_request list = {.path = "/videos", .bucket = "default"};

static void assert_json(struct desk *desk, const char *key, const char *text)
{
    _cleanup_(api_answer_freep) struct api_answer *answer = NULL;
    struct error error = ERROR_INIT;

    if (api_ask(desk->api, &list, &answer, &error) < 0)
        fail_msg("%s", error.text);
    if (!tree_text_is(tree_get(answer->json, key), text) &&
        strncmp(tree_get(answer->json, key)->text, text, strlen(text)) != 0)
        fail_msg("%s", answer->body);
}

static void assert_error(struct desk *desk, int code, const char *text, const char *hint)
{
    struct api_answer *answer = NULL;
    struct error       error = ERROR_INIT;
    int                r = api_ask(desk->api, &list, &answer, &error);

    if (r != code || strstr(error.text, text) == NULL ||
        (hint != NULL && (error.hint == NULL || strstr(error.hint, hint) == NULL)))
        fail_msg("%s: %s (%s)", error_name(r), error.text, error.hint != NULL ? error.hint : "");
    assert_null(strstr(error.text, "s3cr3t-key"));
    error_done(&error);
}

/* -- what is asked, what is heard ---------------------------------------------------------------------------------- */

TASK_TEST(a_request_has_its_parts_is_paid_for_and_is_heard_without_its_key)
{
    static const struct said says[] = {{"GET /v3/videos?part=id%2Csnippet&id=a&key=s3cr3t-key HTTP/1.1\r\n", "200 OK",
                                        "ETag: \"e1\"\r\nX-Echo: s3cr3t-key\r\n",
                                        "{\"cost\": 0.000011200000000000001, \"echo\": \"s3cr3t-key\"}"},
                                       {0}};
    const struct api_parameter parameters[] = {{"part", "id,snippet"}, {"pageToken", NULL}, {"id", "a"}};
    const struct api_request   request = {.path = "/videos", .parameters = parameters, .parameter_count = 3,
                                          .bucket = "default", .units = 2, .etag = "\"e0\""};
    _cleanup_(api_answer_freep) struct api_answer *answer = NULL;
    struct desk desk;

    open_desk(&desk, who, says, (struct api_credentials){API_AUTH_PARAMETER, .name = "key", .secret = "s3cr3t-key"});
    assert_int_equal(api_ask(desk.api, &request, &answer, NULL), 0);
    assert_false(answer->same);
    assert_string_equal(answer->etag, "\"e1\"");
    assert_true(tree_get(answer->json, "cost")->length == strlen("0.000011200000000000001"));
    assert_string_equal(str_text(&desk.spent), "default:2 ");
    assert_null(strstr(str_text(&desk.heard), "s3cr3t-key"));
    assert_non_null(strstr(str_text(&desk.heard), "/v3/videos?part=id%2Csnippet&id=a&key=*** 200 {\"cost\""));
    assert_non_null(strstr(str_text(&desk.heard), "  X-Echo: ***\n"));
    close_desk(&desk);
}

TASK_TEST(what_has_not_changed_is_the_same)
{
    static const struct said says[] = {{"If-None-Match: \"e0\"", "304 Not Modified", "ETag: \"e0\"\r\n", ""}, {0}};
    const struct api_request request = {.path = "/videos", .bucket = "default", .etag = "\"e0\""};
    _cleanup_(api_answer_freep) struct api_answer *answer = NULL;
    struct desk desk;

    open_desk(&desk, who, says,
              (struct api_credentials){API_AUTH_HEADER, .name = "xi-api-key", .secret = "s3cr3t-key"});
    assert_int_equal(api_ask(desk.api, &request, &answer, NULL), 0);
    assert_true(answer->same);
    assert_null(answer->json);
    close_desk(&desk);
}

/* -- patience ------------------------------------------------------------------------------------------------------ */

TASK_TEST(what_passes_by_itself_is_asked_again_and_paid_again)
{
    static const struct said says[] = {
        {NULL, "503 Service Unavailable", NULL, "<html>busy</html>"}, {NULL, "200 OK", NULL, NULL},
        {"Bearer s3cr3t-key", "200 OK", NULL, "{\"n\": 1}"},
        {NULL, "200 OK", NULL, "{\"items\": [1, 2"}, {NULL, "429 Too Many Requests", "Retry-After: 1\r\n", "{}"},
        {NULL, "200 OK", NULL, "{\"n\": 2}"},
        {NULL, "403 Forbidden", NULL, "{\"error\":{\"code\":403,\"errors\":[{\"reason\":\"rateLimitExceeded\"}]}}"},
        {NULL, "200 OK", NULL, "{\"n\": 3}"}, {0}};
    struct desk desk;

    open_desk(&desk, who, says, (struct api_credentials){API_AUTH_BEARER, .secret = "s3cr3t-key"});
    assert_json(&desk, "n", "1");
    assert_string_equal(str_text(&desk.spent), "default:1 default:1 default:1 ");
    assert_json(&desk, "n", "2");
    assert_json(&desk, "n", "3");
    assert_int_equal(desk.server.requests, 8);
    close_desk(&desk);
}

TASK_TEST(patience_ends)
{
    static const struct said says[] = {
        {NULL, "500 Internal Server Error", NULL,
         "{\"error\":{\"code\":500,\"message\":\"Backend s3cr3t-key Error\",\"status\":\"INTERNAL\"}}"},
        {NULL, "500 Internal Server Error", NULL, "no"},
        {NULL, "500 Internal Server Error", NULL,
         "{\"error\":{\"code\":500,\"message\":\"Backend s3cr3t-key Error\",\"status\":\"INTERNAL\"}}"},
        {NULL, "429 Too Many Requests", "Retry-After: 3600\r\n",
         "{\"error\":{\"type\":\"rate_limit\",\"message\":\"later\"}}"},
        {NULL, "200 OK", NULL, "{\"half\":"},
        {0}};
    struct desk desk;

    open_desk(&desk, who, says, (struct api_credentials){API_AUTH_BEARER, .secret = "s3cr3t-key"});
    assert_error(&desk, ERR_CONNECT, "test-api: 500 INTERNAL: Backend *** Error", NULL);
    assert_int_equal(desk.server.requests, 3);
    assert_error(&desk, ERR_CONNECT, "test-api: 429 rate_limit: later", NULL);
    assert_int_equal(api_status(desk.api), 429);
    assert_int_equal(desk.server.requests, 4);
    assert_true(api_pause(desk.api) == 3600 * US_PER_SECOND);
    assert_error(&desk, ERR_CONNECT, "no whole JSON", NULL);
    assert_true(api_pause(desk.api) == 0);
    close_desk(&desk);
}

static void cancel(void *who)
{
    task_cancel(who, ERR_INTERRUPTED);
}

TASK_TEST(a_cancel_ends_a_pause)
{
    static const struct said says[] = {{NULL, "429 Too Many Requests", "Retry-After: 2\r\n", "{}"}, {0}};
    struct api_answer *answer = NULL;
    struct desk desk;

    open_desk(&desk, who, says, (struct api_credentials){0});
    (void)loop_timer(desk.loop, 50000, cancel, task_current());
    assert_int_equal(api_ask(desk.api, &list, &answer, NULL), ERR_INTERRUPTED);
    assert_int_equal(desk.server.requests, 1);
    task_cancel_clear(task_current());
    close_desk(&desk);
}

TASK_TEST(what_the_quota_refuses_is_not_sent)
{
    static const struct said says[] = {{NULL, "200 OK", NULL, "{}"}, {0}};
    struct desk desk;

    open_desk(&desk, who, says, (struct api_credentials){0});
    desk.spend_code = ERR_QUOTA;
    assert_error(&desk, ERR_QUOTA, "nothing is left", NULL);
    assert_int_equal(desk.server.requests, 0);
    close_desk(&desk);
}

/* -- what it says -------------------------------------------------------------------------------------------------- */

TASK_TEST(each_shape_of_error_is_read)
{
    static const struct said says[] = {
        {NULL, "403 Forbidden", NULL,
         "{\"error\":{\"code\":403,\"message\":\"The request cannot be completed because you have exceeded your "
         "<a "
         "href=\\\"/youtube/v3/getting-started#quota\\\">quota</"
         "a>.\",\"errors\":[{\"message\":\"x\",\"domain\":\"youtube.quota\",\"reason\":\"quotaExceeded\"}]}}"},
        {NULL, "404 Not Found", NULL,
         "{\"error\":{\"code\":404,\"message\":\"gone\",\"errors\":[{\"reason\":\"playlistNotFound\"}]}}"},
        {NULL, "400 Bad Request", NULL,
         "{\"error\":{\"code\":400,\"message\":\"API key not "
         "valid.\",\"details\":[{\"@type\":\"h\"},{\"reason\":\"API_KEY_INVALID\"}],\"status\":\"INVALID_ARGUMENT\"}}"},
        {NULL, "401 Unauthorized", NULL,
         "{\"error\":{\"message\":\"Invalid API Key provided: sk_live_***\",\"type\":\"invalid_request_error\"}}"},
        {NULL, "422 Unprocessable Entity", NULL,
         "{\"detail\":[{\"loc\":[\"query\"],\"msg\":\"field required\",\"type\":\"missing\"}]}"},
        {NULL, "400 Bad Request", NULL,
         "{\"detail\":{\"status\":\"quota_exceeded\",\"message\":\"This request exceeds your quota.\"}}"},
        {NULL, "403 Forbidden", NULL, "nothing\x01 to read"},
        {0}};
    struct desk desk;

    open_desk(&desk, who, says, (struct api_credentials){API_AUTH_BEARER, .secret = "s3cr3t-key"});
    assert_error(&desk, ERR_QUOTA,
                 "403 quotaExceeded: The request cannot be completed because you have exceeded your quota.", NULL);
    assert_error(&desk, ERR_UNKNOWN, "404 playlistNotFound: gone", NULL);
    assert_error(&desk, ERR_FAILED, "400 API_KEY_INVALID: API key not valid.", NULL);
    assert_error(&desk, ERR_FAILED, "401 invalid_request_error: Invalid API Key", "the credentials of 'test-api'");
    assert_error(&desk, ERR_FAILED, "422: field required", NULL);
    assert_error(&desk, ERR_QUOTA, "400 quota_exceeded: This request exceeds your quota.", NULL);
    assert_error(&desk, ERR_FAILED, "test-api: 403", "another scope");
    assert_int_equal(desk.server.requests, 7);
    close_desk(&desk);
}

static void a_pause_is_seconds_or_a_date(void **state)
{
    const int64_t now = INT64_C(1764367200) * US_PER_SECOND;           /* 2025-11-28 22:00:00 UTC */

    (void)state;
    assert_true(retry_after("7", NULL, now) == 7 * US_PER_SECOND);
    assert_true(retry_after("Fri, 28 Nov 2025 22:00:30 GMT", NULL, now) == 30 * US_PER_SECOND);
    assert_true(retry_after("Fri, 28 Nov 2025 21:00:30 GMT", NULL, now) == 0);
    assert_true(retry_after("soon", NULL, now) == 0);
    assert_true(retry_after("-5", NULL, now) == 0);
    assert_true(retry_after("99999999999999999999", NULL, now) == 0);
    assert_true(retry_after(NULL, NULL, now) == 0);
    /* from the clock of who says it */
    assert_true(retry_after("Sat, 29 Nov 2025 22:00:30 GMT", "Sat, 29 Nov 2025 22:00:00 GMT", now) == 30 * US_PER_SECOND);
    assert_true(retry_after("Fri, 28 Nov 2025 22:00:30 GMT", "yesterday", now) == 30 * US_PER_SECOND);
}

/* -- what is heard, and said again --------------------------------------------------------------------------------- */

TASK_TEST(what_is_heard_is_a_json_still_and_says_where_it_was_cut)
{
    static const struct said says[] = {
        {NULL, "200 OK", "Set-Cookie: __cf_bm=session; Secure\r\n",
         "{\"idempotency_key\":null,\"refresh_token\":\"1//x\",\"title\":\"password: none\"}"}, {0}};
    struct desk desk;

    open_desk(&desk, who, says, (struct api_credentials){API_AUTH_BEARER, .secret = "s3cr3t-key"});
    assert_json(&desk, "title", "password: none");
    assert_non_null(strstr(str_text(&desk.heard),
                           " 200 {\"idempotency_key\":null,\"refresh_token\":\"***\",\"title\":\"password: none\"}\n"));
    assert_non_null(strstr(str_text(&desk.heard), "  Set-Cookie: ***\n"));
    assert_non_null(strstr(str_text(&desk.heard), "  (72 bytes, whole)\n"));
    close_desk(&desk);
}

TASK_TEST(a_body_that_is_long_is_heard_in_part)
{
    char       *body = mem_alloc(API_HEARD_MOST + 100);
    struct said says[] = {{NULL, "200 OK", NULL, body}, {0}};
    struct desk desk;

    memset(body, ' ', API_HEARD_MOST + 50);
    memcpy(body + API_HEARD_MOST - 15, "{\"n\":\"say s3cr3t-key\"}", 22);
    open_desk(&desk, who, says, (struct api_credentials){API_AUTH_BEARER, .secret = "s3cr3t-key"});
    assert_json(&desk, "n", "say s3cr3t-key");
    assert_null(strstr(str_text(&desk.heard), "s3cr"));
    assert_non_null(strstr(str_text(&desk.heard), "  (1048626 bytes, cut)\n"));
    close_desk(&desk);
    mem_free(body);
}

static int replay(void *who, const struct http_request *request, struct http_answer **ret_answer, struct error *error)
{
    static const struct { int status; const char *body;
    } said[] = {{503, "busy"}, {401, "{\"error\":{\"message\":\"Invalid Credentials\"}}"}, {200, "{\"n\": 7}"}};
    struct desk *desk = who;

    str_addf(&desk->asked, "%s\n", request->url);
    if (desk->said == COUNT_OF(said))
        return error_set(error, ERR_CONNECT, "nothing more");
    *ret_answer = mem_alloc(sizeof **ret_answer);
    (*ret_answer)->status = said[desk->said].status;
    (*ret_answer)->body = mem_strdup(said[desk->said].body);
    (*ret_answer)->length = strlen(said[desk->said++].body);
    return 0;
}

TASK_TEST(what_is_played_again_needs_no_server_no_token_and_no_patience)
{
    struct desk         desk = {.loop = who};
    struct api_options options = {.loop = who,
                                  .name = "test-api",
                                  .base = "http://a.example",
                                  .tries = 3,
                                  .pause_us = 10 * US_PER_SECOND,
                                  .replay = replay,
                                  .who = &desk,
                                  .credentials = oauth};

    assert_int_equal(api_new(&options, &desk.api, NULL), 0);
    assert_json(&desk, "n", "7");
    assert_error(&desk, ERR_CONNECT, "test-api: nothing more", NULL);
    assert_non_null(strstr(str_text(&desk.asked), "http://a.example/videos\n"));
    api_free(desk.api);
    str_done(&desk.asked);
}

/* -- tokens -------------------------------------------------------------------------------------------------------- */

struct asker {
    struct desk *desk;
    bool         over;
};

static void ask_main(void *who)
{
    struct asker *asker = who;

    assert_json(asker->desk, "n", "1");
    asker->over = true;
}

TASK_TEST(one_token_does_for_all_and_a_new_one_after_a_401)
{
    static const struct said says[] = {
        {"Bearer ya29.token-1", "200 OK", NULL, "{\"n\": 1}"},
        {"Bearer ya29.token-1", "200 OK", NULL, "{\"n\": 1}"},
        {"Bearer ya29.token-1", "200 OK", NULL, "{\"n\": 1}"},
        {"Bearer ya29.token-1", "401 Unauthorized", NULL,
         "{\"error\":{\"code\":401,\"message\":\"Invalid Credentials\"}}"},
        {"Bearer ya29.token-2", "200 OK", NULL, "{\"n\": 2}"},
        {NULL, "401 Unauthorized", NULL, "{\"error\":{\"code\":401,\"message\":\"Invalid Credentials\"}}"},
        {0}};
    struct asker askers[3];
    struct desk  desk;

    open_desk(&desk, who, says, oauth);
    for (size_t i = 0; i < COUNT_OF(askers); i++) {
        askers[i] = (struct asker){.desk = &desk};
        (void)task_start(desk.loop, ask_main, &askers[i]);
    }
    for (size_t i = 0; i < COUNT_OF(askers); i++)
        while (!askers[i].over)
            assert_int_equal(task_sleep(1000), 0);
    assert_int_equal(desk.tokens, 1);
    assert_json(&desk, "n", "2");
    assert_int_equal(desk.tokens, 2);
    assert_error(&desk, ERR_FAILED, "test-api: 401: Invalid Credentials", "the credentials of 'test-api'");
    assert_int_equal(desk.tokens, 3);
    assert_null(strstr(str_text(&desk.heard), "ya29.token"));
    assert_null(strstr(str_text(&desk.heard), "GOCSPX"));
    assert_null(strstr(str_text(&desk.heard), "refresh_token=1"));
    assert_non_null(strstr(str_text(&desk.heard), "grant_type=refresh_token&client_id=id&client_secret=***"));
    close_desk(&desk);
}

TASK_TEST(a_refresh_token_that_is_revoked_is_told)
{
    static const struct said says[] = {{NULL, "200 OK", NULL, "{}"}, {0}};
    struct api_credentials   gone = oauth;
    struct desk              desk;

    gone.secret = "1//gone";
    open_desk(&desk, who, says, gone);
    assert_error(&desk, ERR_FAILED, "400 invalid_grant: Token has been revoked.", "the credentials of 'test-api'");
    assert_int_equal(desk.server.requests, 1);
    assert_string_equal(str_text(&desk.spent), "");
    close_desk(&desk);
}

TASK_TEST(a_token_server_that_asks_to_be_left_alone_is)
{
    static const struct said says[] = {{NULL, "200 OK", NULL, "{}"}, {0}};
    struct api_credentials   busy = oauth;
    struct desk              desk;

    busy.secret = "1//busy";
    open_desk(&desk, who, says, busy);
    assert_error(&desk, ERR_CONNECT, "test-api: 503", NULL);
    assert_int_equal(desk.server.requests, 1);
    assert_true(api_pause(desk.api) == 3600 * US_PER_SECOND);
    close_desk(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_has_its_parts_is_paid_for_and_is_heard_without_its_key),
        cmocka_unit_test(what_has_not_changed_is_the_same),
        cmocka_unit_test(what_passes_by_itself_is_asked_again_and_paid_again),
        cmocka_unit_test(patience_ends),
        cmocka_unit_test(a_cancel_ends_a_pause),
        cmocka_unit_test(what_the_quota_refuses_is_not_sent),
        cmocka_unit_test(each_shape_of_error_is_read),
        cmocka_unit_test(a_pause_is_seconds_or_a_date),
        cmocka_unit_test(what_is_heard_is_a_json_still_and_says_where_it_was_cut),
        cmocka_unit_test(a_body_that_is_long_is_heard_in_part),
        cmocka_unit_test(what_is_played_again_needs_no_server_no_token_and_no_patience),
        cmocka_unit_test(one_token_does_for_all_and_a_new_one_after_a_401),
        cmocka_unit_test(a_refresh_token_that_is_revoked_is_told),
        cmocka_unit_test(a_token_server_that_asks_to_be_left_alone_is),
    };

    setenv("no_proxy", "127.0.0.1", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
