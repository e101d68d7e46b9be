/* engine/http: what is sent and what comes back, turns, cancels, and all ways in which a server can be bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <zlib.h>

#include <cmocka.h>

#include "http_server.h"
#include "task_test.h"
#include "ytempire/base/file.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/http.h"

struct desk {
    struct loop        *loop;
    struct http_server  server;
    struct http_client *client;
};

static void open_desk(struct desk *desk, struct loop *loop, void (*serve)(struct http_talk *, void *),
                      struct http_client_options options)
{
    struct error error = ERROR_INIT;

    desk->loop = options.loop = loop;
    http_server_open(&desk->server, loop, serve, desk);
    if (http_client_new(&options, &desk->client, &error) < 0)
        fail_msg("%s", error.text);
}

static void close_desk(struct desk *desk)
{
    http_client_free(desk->client);
    http_server_close(&desk->server);
}

static char *url_of(const struct desk *desk, const char *path)
{
    return mem_printf("http://127.0.0.1:%d%s", desk->server.port, path);
}

static struct http_answer *get(const struct desk *desk, const char *path)
{
    _cleanup_(mem_freep) char *url = url_of(desk, path);
    struct error        error = ERROR_INIT;
    struct http_answer *answer = NULL;

    if (http_ask(desk->client, &(struct http_request){.url = url}, &answer, &error) < 0)
        fail_msg("%s", error.text);
    return answer;
}

/* The error of a request that must fail. */
static void assert_fails(const struct desk *desk, const char *url, int code, const char *text)
{
    struct error        error = ERROR_INIT;
    struct http_answer *answer = NULL;
    int                 r = http_ask(desk->client, &(struct http_request){.url = url}, &answer, &error);

    if (r != code || strstr(error.text, text) == NULL || strstr(error.text, "secret") != NULL)
        fail_msg("%s: %s", error_name(r), error.text);
    error_done(&error);
}

/* -- what is sent, what comes back --------------------------------------------------------------------------------- */

static void echo(struct http_talk *talk, void *who)
{
    (void)who;
    http_answer(talk, "200 OK", "ETag: \"abc\"\r\nX-Two: one\r\nx-two:  two \r\n", talk->request.data,
                talk->request.length);
}

TASK_TEST(a_request_is_what_was_asked_for)
{
    struct desk desk;
    struct str  url = STR_INIT;
    struct http_answer *answer, *again;
    const char *const headers[] = {"Authorization: Bearer secret", "If-None-Match: \"abc\"", NULL};
    _cleanup_(mem_freep) char *base = NULL;

    open_desk(&desk, who, echo, (struct http_client_options){.agent = "ytempire/0.1"});
    base = url_of(&desk, "/v3/videos");
    str_add(&url, base);
    http_url_add(&url, "id", "a,b");
    http_url_add(&url, "q", "50% of \"naïve\" & co.");
    assert_int_equal(
        http_ask(desk.client, &(struct http_request){.url = str_text(&url), .headers = headers}, &answer, NULL), 0);
    assert_int_equal(answer->status, 200);
    assert_int_equal(answer->length, strlen(answer->body));
    assert_int_equal(answer->received, answer->length);
    assert_non_null(
        strstr(answer->body, "GET /v3/videos?id=a%2Cb&q=50%25%20of%20%22na%C3%AFve%22%20%26%20co. HTTP/1.1\r\n"));
    assert_non_null(strstr(answer->body, "\r\nUser-Agent: ytempire/0.1\r\n"));
    assert_non_null(strstr(answer->body, "\r\nAuthorization: Bearer secret\r\n"));
    assert_non_null(strstr(answer->body, "gzip"));
    assert_string_equal(http_answer_header(answer, "etag"), "\"abc\"");
    assert_string_equal(http_answer_header(answer, "X-Two"), "one");
    assert_string_equal(answer->headers[answer->header_count - 1].value, "two");
    assert_null(http_answer_header(answer, "Retry-After"));
    assert_false(answer->reused);
    again = get(&desk, "/again");
    assert_true(again->reused);
    assert_int_equal(desk.server.connections, 1);
    http_answer_free(answer);
    http_answer_free(again);
    str_done(&url);
    close_desk(&desk);
}

TASK_TEST(a_body_is_posted_as_it_is)
{
    struct desk desk;
    struct http_answer *answer;
    const char *const headers[] = {"Content-Type: application/json", NULL};
    _cleanup_(mem_freep) char *url = NULL;

    open_desk(&desk, who, echo, (struct http_client_options){0});
    url = url_of(&desk, "/token");
    assert_int_equal(
        http_ask(desk.client,
                 &(struct http_request){.url = url, .headers = headers, .body = "{\"a\"\0:1}", .body_length = 8},
                 &answer, NULL),
        0);
    assert_memory_equal(answer->body, "POST /token HTTP/1.1\r\n", 22);
    assert_non_null(strstr(answer->body, "\r\nContent-Type: application/json\r\n"));
    assert_null(strstr(answer->body, "Expect"));
    assert_memory_equal(answer->body + answer->length - 8, "{\"a\"\0:1}", 8);
    http_answer_free(answer);
    close_desk(&desk);
}

static void serve_statuses(struct http_talk *talk, void *who)
{
    (void)who;
    if (strstr(str_text(&talk->request), "/busy") != NULL)
        http_answer(talk, "429 Too Many Requests", "Retry-After: 7\r\n", "slow down", 9);
    else if (strstr(str_text(&talk->request), "/moved") != NULL)
        http_answer(talk, "302 Found", "Location: /elsewhere\r\n", "", 0);
    else if (strstr(str_text(&talk->request), "/same") != NULL)
        http_say(talk, "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
    else if (strstr(str_text(&talk->request), "/early") != NULL)
        http_say(talk, "HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\nHTTP/1.1 200 OK\r\nX-Late: "
                       "yes\r\nContent-Length: 2\r\n\r\nok");
    else
        http_say(talk, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
}

TASK_TEST(a_status_is_an_answer)
{
    struct desk desk;
    struct http_answer *answer;

    open_desk(&desk, who, serve_statuses, (struct http_client_options){0});
    answer = get(&desk, "/busy");
    assert_int_equal(answer->status, 429);
    assert_string_equal(http_answer_header(answer, "retry-after"), "7");
    assert_string_equal(answer->body, "slow down");
    http_answer_free(answer);
    answer = get(&desk, "/moved");
    assert_int_equal(answer->status, 302);
    http_answer_free(answer);
    answer = get(&desk, "/same");
    assert_int_equal(answer->status, 304);
    assert_int_equal(answer->length, 0);
    assert_string_equal(answer->body, "");
    http_answer_free(answer);
    answer = get(&desk, "/early");
    assert_null(http_answer_header(answer, "X-Early"));
    assert_string_equal(http_answer_header(answer, "X-Late"), "yes");
    http_answer_free(answer);
    answer = get(&desk, "/chunks");
    assert_string_equal(answer->body, "abcde");
    http_answer_free(answer);
    assert_int_equal(desk.server.requests, 5);
    close_desk(&desk);
}

#define BOMB ((size_t)32 << 20)

/* Zeros, packed to a thousandth. Caller frees. */
static char *packed_zeros(size_t length, size_t *ret_length)
{
    char    *zeros = mem_alloc(length), *packed = mem_alloc(length / 100 + 1000);
    z_stream stream = {.next_in = (Bytef *)zeros, .avail_in = (uInt)length, .next_out = (Bytef *)packed,
                       .avail_out = (uInt)(length / 100 + 1000)};

    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    *ret_length = stream.total_out;
    deflateEnd(&stream);
    mem_free(zeros);
    return packed;
}

static void serve_packed(struct http_talk *talk, void *who)
{
    size_t length, bomb = strstr(str_text(&talk->request), "/bomb") != NULL ? BOMB : 5000;
    _cleanup_(mem_freep) char *packed = packed_zeros(bomb, &length);

    (void)who;
    if (strstr(str_text(&talk->request), "/broken") != NULL)
        packed[length / 2] = (char)(packed[length / 2] ^ 0x55), packed[12] = (char)0xff;
    http_answer(talk, "200 OK", "Content-Encoding: gzip\r\n", packed, length);
}

TASK_TEST(what_is_packed_is_unpacked_and_bounded)
{
    struct desk desk;
    struct http_answer *answer;
    _cleanup_(mem_freep) char *bomb = NULL, *broken = NULL;

    open_desk(&desk, who, serve_packed, (struct http_client_options){.body_most = 1000000});
    answer = get(&desk, "/");
    assert_int_equal(answer->length, 5000);
    assert_true(answer->received < 100);
    http_answer_free(answer);
    bomb = url_of(&desk, "/bomb?key=secret");
    assert_fails(&desk, bomb, ERR_LIMIT, "larger than 1000000 bytes");
    broken = url_of(&desk, "/broken");
    assert_fails(&desk, broken, ERR_SYNTAX, "127.0.0.1");
    close_desk(&desk);
}

/* -- bad servers --------------------------------------------------------------------------------------------------- */

static void serve_badly(struct http_talk *talk, void *who)
{
    const char *asked = str_text(&talk->request);

    (void)who;
    if (strstr(asked, "/half") != NULL)
        http_say(talk, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":");
    else if (strstr(asked, "/noise") != NULL)
        http_say(talk, "SSH-2.0-OpenSSH_9.2\r\n");
    else if (strstr(asked, "/silent") != NULL)
        (void)!task_sleep(600 * US_PER_SECOND);
    else if (strstr(asked, "/stuck") != NULL && http_say(talk, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nab"))
        (void)!task_sleep(600 * US_PER_SECOND);
    close(talk->fd);
    talk->fd = -1;
}

TASK_TEST(a_bad_server_is_an_error_that_tells_no_secret)
{
    static const struct { const char *path; int code; const char *text; } cases[] = {
        {"/half?key=secret", ERR_CONNECT, "127.0.0.1:"},   {"/nothing?key=secret", ERR_CONNECT, "127.0.0.1:"},
        {"/noise?key=secret", ERR_SYNTAX, "127.0.0.1:"},   {"/silent?key=secret", ERR_CONNECT, "no answer in time"},
        {"/stuck?key=secret", ERR_CONNECT, "no answer in time"},
    };
    struct desk desk;

    open_desk(&desk, who, serve_badly, (struct http_client_options){.stall_us = US_PER_SECOND});
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        _cleanup_(mem_freep) char *url = url_of(&desk, cases[i].path);

        assert_fails(&desk, url, cases[i].code, cases[i].text);
    }
    assert_fails(&desk, "file:///etc/passwd?secret", ERR_USAGE, "no URL of http or https");
    assert_fails(&desk, "ftp://127.0.0.1/secret", ERR_USAGE, "no URL of http or https");
    assert_fails(&desk, "no url at all", ERR_USAGE, "no URL of http or https");
    assert_fails(&desk, "http://127.0.0.1:1/secret", ERR_CONNECT, "127.0.0.1:1: ");
    assert_fails(&desk, "http://user:secret@nowhere.invalid/", ERR_CONNECT, "nowhere.invalid: ");
    close_desk(&desk);
}

/* -- turns and cancels --------------------------------------------------------------------------------------------- */

struct asker {
    struct desk *desk;
    struct task *task;
    int          number, code;
    bool         over;
};

static int order[16], ordered;

static void ask_main(void *who)
{
    struct asker *asker = who;
    _cleanup_(mem_freep) char *path = mem_printf("/%d", asker->number), *url = url_of(asker->desk, path);
    _cleanup_(http_answer_freep) struct http_answer *answer = NULL;

    asker->task = task_current();
    asker->code = http_ask(asker->desk->client, &(struct http_request){.url = url}, &answer, NULL);
    asker->over = true;
}

static void start_askers(struct desk *desk, struct asker *askers, int count)
{
    for (int i = 0; i < count; i++) {
        askers[i] = (struct asker){.desk = desk, .number = i};
        (void)task_start(desk->loop, ask_main, &askers[i]);
    }
}

static const struct http_server *slow_server;

/* Each waits for one beside it, which the first (curl looks what its connection can) and the last may not have. */
static void serve_slowly(struct http_talk *talk, void *who)
{
    (void)who;
    order[ordered++ % 16] = atoi(str_text(&talk->request) + 5);
    for (int i = 0; i < 1000 && slow_server->under_way < 2 && task_sleep(1000) == 0; i++)
        ;
    http_answer(talk, "200 OK", "", "x", 1);
}

TASK_TEST(so_many_at_once_and_first_come_first_served)
{
    struct desk  desk;
    struct asker askers[8];

    ordered = 0;
    slow_server = &desk.server;
    open_desk(&desk, who, serve_slowly, (struct http_client_options){.at_once = 2});
    start_askers(&desk, askers, 8);
    for (int i = 0; i < 8; i++) {
        while (!askers[i].over)
            assert_int_equal(task_sleep(1000), 0);
        assert_int_equal(askers[i].code, 0);
    }
    assert_int_equal(desk.server.most_under_way, 2);
    assert_int_equal(desk.server.connections, 2);
    assert_int_equal(ordered, 8);
    for (int i = 0; i < 8; i++)
        assert_in_range(order[i] + 1, i, i + 2);                       /* but for the two that are under way together */
    close_desk(&desk);
}

static void serve_never(struct http_talk *talk, void *who)
{
    (void)who;
    order[ordered++ % 16] = atoi(str_text(&talk->request) + 5);
    if (order[0] == 0 && ordered == 1)
        (void)!task_sleep(600 * US_PER_SECOND);
    http_answer(talk, "200 OK", "", "x", 1);
}

TASK_TEST(a_cancelled_request_ends_at_once_and_lets_the_next_have_its_turn)
{
    struct desk  desk;
    struct asker askers[3];

    ordered = 0;
    open_desk(&desk, who, serve_never, (struct http_client_options){.at_once = 1});
    start_askers(&desk, askers, 3);
    while (ordered == 0)
        assert_int_equal(task_sleep(1000), 0);
    task_stop(askers[1].task);                       /* waits for its turn */
    assert_int_equal(askers[1].code, ERR_INTERRUPTED);
    assert_false(askers[0].over);
    task_stop(askers[0].task);                       /* waits for its answer */
    assert_int_equal(askers[0].code, ERR_INTERRUPTED);
    while (!askers[2].over)
        assert_int_equal(task_sleep(1000), 0);
    assert_int_equal(askers[2].code, 0);
    assert_int_equal(ordered, 2);
    assert_int_equal(order[1], 2);
    close_desk(&desk);
}

/* -- TLS ----------------------------------------------------------------------------------------------------------- */

/* `openssl s_server` with a certificate of its own; its port, or 0 where there is none. */
static int start_tls(const char *folder, pid_t *ret_pid)
{
    _cleanup_(mem_freep) char *make = mem_printf(
        "cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout key.pem "
        "-out cert.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null", folder);
    int   pipes[2];
    char  line[200] = "";
    FILE *said;

    if (system(make) != 0 || pipe(pipes) < 0)
        return 0;
    *ret_pid = fork();
    if (*ret_pid == 0) {
        if (chdir(folder) == 0 && dup2(pipes[1], 1) == 1)
            execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "key.pem",
                   "-www", (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    said = fdopen(pipes[0], "r");
    while (fgets(line, sizeof line, said) != NULL && strncmp(line, "ACCEPT ", 7) != 0)
        continue;
    fclose(said);
    return strrchr(line, ':') != NULL ? atoi(strrchr(line, ':') + 1) : 0;
}

TASK_TEST(a_certificate_is_verified)
{
    char folder[] = "/tmp/ytempire-http.XXXXXX";
    _cleanup_(mem_freep) char *url = NULL, *ca = NULL, *remove = NULL;
    struct http_answer *answer = NULL;
    struct error        error = ERROR_INIT;
    struct desk         desk;
    pid_t               pid = 0;
    int                 port;

    assert_non_null(mkdtemp(folder));
    remove = mem_printf("rm -r '%s'", folder);
    port = start_tls(folder, &pid);
    assert_int_not_equal(port, 0);
    url = mem_printf("https://localhost:%d/", port);
    ca = path_join(folder, "cert.pem");
    open_desk(&desk, who, echo, (struct http_client_options){0});
    assert_int_equal(http_ask(desk.client, &(struct http_request){.url = url}, &answer, &error), ERR_CONNECT);
    assert_non_null(strstr(error.text, "certificate"));
    assert_non_null(strstr(error.hint, "ca-certificates"));
    error_done(&error);
    close_desk(&desk);
    open_desk(&desk, who, echo, (struct http_client_options){.ca_file = ca});
    if (http_ask(desk.client, &(struct http_request){.url = url}, &answer, &error) < 0)
        fail_msg("%s", error.text);
    assert_int_equal(answer->status, 200);
    assert_non_null(strstr(answer->body, "TLS"));
    http_answer_free(answer);
    close_desk(&desk);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_int_equal(system(remove), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_what_was_asked_for),
        cmocka_unit_test(a_body_is_posted_as_it_is),
        cmocka_unit_test(a_status_is_an_answer),
        cmocka_unit_test(what_is_packed_is_unpacked_and_bounded),
        cmocka_unit_test(a_bad_server_is_an_error_that_tells_no_secret),
        cmocka_unit_test(so_many_at_once_and_first_come_first_served),
        cmocka_unit_test(a_cancelled_request_ends_at_once_and_lets_the_next_have_its_turn),
        cmocka_unit_test(a_certificate_is_verified),
    };

    setenv("no_proxy", "127.0.0.1,localhost,nowhere.invalid", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
