/* worker: the pages on loopback, asked over real connections, and what stands on them. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/worker/http.h"
#include "src/worker/metrics.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

/* -- a kernel ------------------------------------------------------------------------------------------------------ */

static int kernel_refuses, kernel_asked;       /* with this errno; how often */

/* In the place of libc's. */
int accept4(int fd, struct sockaddr *from, socklen_t *length, int flags)
{
    kernel_asked++;
    if (kernel_refuses == 0)
        return (int)syscall(SYS_accept4, fd, from, length, flags);
    errno = kernel_refuses;
    return -1;
}

/* -- a client ------------------------------------------------------------------------------------------------------ */

struct desk {
    struct loop *loop;
    struct http *http;
    int          asked, asked_again;
};

static bool answer(void *who, const char *path, bool again, struct http_page *page)
{
    struct desk *desk = who;

    desk->asked += !again;
    desk->asked_again += again;
    if (strcmp(path, "/slow") == 0 && !again)
        return false;
    if (strcmp(path, "/") == 0 || strcmp(path, "/slow") == 0) {
        page->status = 200;
        page->type = "text/plain";
        str_add(&page->text, "here\n");
    }
    return true;
}

static int open_desk(void **state)
{
    struct desk *desk = mem_alloc(sizeof *desk);
    struct http_options options;

    desk->loop = loop_new();
    options = (struct http_options){.loop = desk->loop, .answer = answer, .who = desk};
    assert_int_equal(http_open(&options, &desk->http, NULL), 0);
    *state = desk;
    return 0;
}

static int close_desk(void **state)
{
    struct desk *desk = *state;

    http_close(desk->http);
    loop_free(desk->loop);
    mem_free(desk);
    return 0;
}

static int connect_to(const struct desk *desk)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(desk->http)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Turns the loop until the other end has closed; all that came. */
static char *read_to_end(struct desk *desk, int fd)
{
    struct str got = STR_INIT;
    char bytes[4096];
    ssize_t length = 1;
    int64_t until = monotonic_us() + 60 * US_PER_SECOND;

    while (length > 0 && monotonic_us() < until) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};

        loop_turn(desk->loop, 1000);
        if (poll(&ready, 1, 0) <= 0)
            continue;
        length = recv(fd, bytes, sizeof bytes, 0);
        if (length > 0)
            str_add_bytes(&got, bytes, (size_t)length);
    }
    close(fd);
    return str_take(&got);
}

static int ask(struct desk *desk, const char *method, const char *path)
{
    _cleanup_(mem_freep) char *request =
        mem_printf("%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", method, path);
    int fd = connect_to(desk);

    assert_int_equal(send(fd, request, strlen(request), 0), (ssize_t)strlen(request));
    return fd;
}

static char *get(struct desk *desk, const char *method, const char *path)
{
    return read_to_end(desk, ask(desk, method, path));
}

static void assert_answer(struct desk *desk, const char *method, const char *path, const char *status, const char *end)
{
    _cleanup_(mem_freep) char *got = get(desk, method, path);

    if (!text_starts(got, status) || !text_ends(got, end))
        fail_msg("%s %s: %s", method, path, got);
}

/* -- pages --------------------------------------------------------------------------------------------------------- */

static void pages_are_served(void **state)
{
    assert_answer(*state, "GET", "/", "HTTP/1.1 200 OK\r\n", "\r\n\r\nhere\n");
    assert_answer(*state, "HEAD", "/", "HTTP/1.1 200 OK\r\n", "\r\n\r\n");
    assert_answer(*state, "GET", "/nothing", "HTTP/1.1 404 ", "/metrics and /healthz\n");
}

static void only_get_and_head_are_heard(void **state)
{
    struct desk *desk = *state;
    _cleanup_(mem_freep) char *got = get(desk, "DELETE", "/");

    assert_true(text_starts(got, "HTTP/1.1 405 "));
    assert_non_null(strstr(got, "\r\nAllow: GET, HEAD\r\n"));
    assert_answer(desk, "POST", "/", "HTTP/1.1 405 ", "only GET and HEAD\n");
    assert_int_equal(desk->asked, 0);
}

static void a_page_may_be_waited_for(void **state)
{
    struct desk *desk = *state;
    _cleanup_(mem_freep) char *got = NULL;
    int fd = ask(desk, "GET", "/slow");
    int64_t until = monotonic_us() + 60 * US_PER_SECOND;

    while (desk->asked == 0 && monotonic_us() < until)
        loop_turn(desk->loop, 1000);
    assert_answer(desk, "GET", "/", "HTTP/1.1 200 OK\r\n", "here\n");       /* others are not kept waiting */
    assert_int_equal(desk->asked_again, 0);
    http_go_on(desk->http);
    got = read_to_end(desk, fd);
    assert_true(text_starts(got, "HTTP/1.1 200 OK\r\n"));
    assert_int_equal(desk->asked_again, 1);
}

static void it_ends_while_somebody_waits(void **state)
{
    struct desk *desk = *state;
    int fd = ask(desk, "GET", "/slow");
    int64_t until = monotonic_us() + 60 * US_PER_SECOND;

    while (desk->asked == 0 && monotonic_us() < until)
        loop_turn(desk->loop, 1000);
    assert_int_equal(desk->asked, 1);
    close(fd);
}

static void many_connections_are_bounded(void **state)
{
    struct desk *desk = *state;
    int fds[24];         /* as many again would wait to be let in, and this test with them */
    int64_t until = monotonic_us() + 60 * US_PER_SECOND;
    struct process_figures before, now;
    char *got = NULL;

    process_figures_read(&before);
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = connect_to(desk);
        loop_turn(desk->loop, 1000);
    }
    for (int i = 0; i < 20; i++)
        loop_turn(desk->loop, 1000);
    process_figures_read(&now);
    assert_true(now.open_fds - before.open_fds <= (int)COUNT_OF(fds) + 17);
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        close(fds[i]);
    do {                                  /* until the server has seen that they are gone */
        mem_free(TAKE(got));
        got = get(desk, "GET", "/");
    } while (!text_starts(got, "HTTP/1.1 200 OK\r\n") && monotonic_us() < until);
    assert_true(text_ends(got, "here\n"));
    mem_free(got);
}

/* The first lines of requests that never end, by more than there are places; then one that asks. */
static void who_says_little_keeps_nobody_out(void **state)
{
    struct desk *desk = *state;
    int          slow[64];

    for (size_t i = 0; i < COUNT_OF(slow); i++) {
        slow[i] = connect_to(desk);
        assert_true(send(slow[i], "GET / HTTP/1.1\r\nX-Slow: ", 25, MSG_NOSIGNAL) == 25);
        for (int turn = 0; turn < 4; turn++)
            loop_turn(desk->loop, 1000);
    }
    for (int i = 0; i < 3; i++)
        assert_answer(desk, "GET", "/", "HTTP/1.1 200", "here\n");
    for (size_t i = 0; i < COUNT_OF(slow); i++)
        close(slow[i]);
}

static void rubbish_is_refused(void **state)
{
    struct desk *desk = *state;
    int fd = connect_to(desk);
    _cleanup_(mem_freep) char *got = NULL;

    assert_int_equal(send(fd, "rubbish\r\n\r\n", 11, 0), 11);
    shutdown(fd, SHUT_WR);
    got = read_to_end(desk, fd);
    assert_int_equal(desk->asked, 0);
    assert_answer(desk, "GET", "/", "HTTP/1.1 200 OK\r\n", "here\n");
}

static void a_kernel_without_room_is_not_asked_without_pause(void **state)
{
    static const int why[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM, EPERM};
    struct desk     *desk = *state;

    for (size_t i = 0; i < sizeof why / sizeof *why; i++) {
        int fd = ask(desk, "GET", "/");
        _cleanup_(mem_freep) char *got = NULL;

        kernel_refuses = why[i];
        kernel_asked = 0;
        for (int64_t until = monotonic_us() + US_PER_SECOND / 10; monotonic_us() < until;)
            loop_turn(desk->loop, 1000);
        assert_in_range(kernel_asked, 1, 2);
        kernel_refuses = 0;
        got = read_to_end(desk, fd);
        assert_true(text_ends(got, "here\n"));
    }
}

static void a_taken_port_is_told(void **state)
{
    struct desk *desk = *state;
    struct http *second = NULL;
    struct error error = ERROR_INIT;
    struct http_options options = {.loop = desk->loop, .port = http_port(desk->http), .answer = answer, .who = desk};
    _cleanup_(mem_freep) char *expected =
        mem_printf("port %d of 127.0.0.1 is taken: another worker, or another program", options.port);

    assert_int_equal(http_open(&options, &second, &error), ERR_CONFLICT);
    assert_string_equal(error.text, expected);
    assert_string_equal(error.hint, "--http-port takes another, '0' any that is free, 'off' none");
    error_done(&error);
}

/* -- what stands on them ------------------------------------------------------------------------------------------- */

static void durations_are_a_histogram(void **state)
{
    struct durations *durations = durations_new();
    struct queue_depth depth = {0};
    struct metrics metrics = {.version = "1", .depth = &depth, .durations = durations, .heartbeat_age = -1};
    struct str text = STR_INIT;

    (void)state;
    durations_add(durations, "ingest", 10000);         /* on the bound: within it */
    durations_add(durations, "ingest", 700000);
    durations_add(durations, "ingest", 4000 * US_PER_SECOND);
    durations_add(durations, "a \"b\"\\", 1);
    metrics_write(&metrics, &text);
    assert_non_null(strstr(str_text(&text), "_bucket{kind=\"ingest\",le=\"0.01\"} 1\n"));
    assert_non_null(strstr(str_text(&text), "_bucket{kind=\"ingest\",le=\"0.5\"} 1\n"));
    assert_non_null(strstr(str_text(&text), "_bucket{kind=\"ingest\",le=\"1\"} 2\n"));
    assert_non_null(strstr(str_text(&text), "_bucket{kind=\"ingest\",le=\"1800\"} 2\n"));
    assert_non_null(strstr(str_text(&text), "_bucket{kind=\"ingest\",le=\"+Inf\"} 3\n"));
    assert_non_null(strstr(str_text(&text), "_sum{kind=\"ingest\"} 4000.71\n"));
    assert_non_null(strstr(str_text(&text), "_count{kind=\"ingest\"} 3\n"));
    assert_non_null(strstr(str_text(&text), "_count{kind=\"a \\\"b\\\"\\\\\"} 1\n"));
    assert_null(strstr(str_text(&text), "ytempire_queue_jobs"));       /* it was never counted */
    str_done(&text);
    durations_free(durations);
}

static void many_kinds_become_other(void **state)
{
    struct durations *durations = durations_new();
    struct queue_depth depth = {0};
    struct metrics metrics = {.version = "1", .depth = &depth, .durations = durations};
    struct str text = STR_INIT;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        _cleanup_(mem_freep) char *kind = mem_printf("kind %d", i);

        durations_add(durations, kind, 1);
    }
    metrics_write(&metrics, &text);
    assert_non_null(strstr(str_text(&text), "_count{kind=\"other\"} 937\n"));
    str_done(&text);
    durations_free(durations);
}

static void what_a_process_has_used_only_grows(void **state)
{
    struct process_figures first, again;

    (void)state;
    process_figures_read(&first);
    process_figures_read(&again);
    assert_true(first.cpu_seconds > 0 && again.cpu_seconds > first.cpu_seconds);
    assert_true(first.resident_bytes > 0 && first.virtual_bytes > first.resident_bytes && first.threads >= 1);
    assert_true(first.open_fds >= 3 && first.max_fds >= first.open_fds);
}

/* Whoever watches it takes another one for another process. */
static void the_process_started_at_one_instant(void **state)
{
    struct process_figures first, again;

    (void)state;
    process_figures_read(&first);
    for (int i = 0; i < 50; i++) {
        (void)poll(NULL, 0, 1);
        process_figures_read(&again);
        assert_true(again.start_seconds == first.start_seconds);
    }
    assert_true(first.start_seconds > (double)instant_now() / 1e6 - 3600 && first.start_seconds <= (double)instant_now() / 1e6 + 1);
}

static void assert_health(struct health health, bool well, const char *expected)
{
    struct str text = STR_INIT;

    health.version = "1";
    assert_int_equal(health_write(&health, &text), well);
    if (!text_starts(str_text(&text), expected))
        fail_msg("%s", str_text(&text));
    str_done(&text);
}

static void health_says_why_not(void **state)
{
    (void)state;
    assert_health((struct health){.started = true, .figures = {.connected = true}, .heartbeat_age = 1.5}, true,
                  "{\"status\": \"ok\", \"why\": null, \"database_connected\": true, \"heartbeat_age_seconds\": 1.500,");
    assert_health((struct health){.started = true, .heartbeat_age = 1}, false,
                  "{\"status\": \"failing\", \"why\": \"no connection to the database\", \"database_connected\": false,");
    assert_health((struct health){.started = true, .figures = {.connected = true}, .heartbeat_age = 61}, false,
                  "{\"status\": \"failing\", \"why\": \"the last heartbeat is too old\",");
    assert_health((struct health){.started = true, .figures = {.connected = true, .draining = true}, .heartbeat_age = 1},
                  false, "{\"status\": \"failing\", \"why\": \"draining: nothing more is claimed\",");
    assert_health((struct health){.heartbeat_age = -1}, false,
                  "{\"status\": \"failing\", \"why\": \"the database has not been there yet\", \"database_connected\": false, "
                  "\"heartbeat_age_seconds\": null,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pages_are_served, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(only_get_and_head_are_heard, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_page_may_be_waited_for, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(it_ends_while_somebody_waits, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(many_connections_are_bounded, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(who_says_little_keeps_nobody_out, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(rubbish_is_refused, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_kernel_without_room_is_not_asked_without_pause, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_taken_port_is_told, open_desk, close_desk),
        cmocka_unit_test(durations_are_a_histogram),
        cmocka_unit_test(many_kinds_become_other),
        cmocka_unit_test(what_a_process_has_used_only_grows),
        cmocka_unit_test(the_process_started_at_one_instant),
        cmocka_unit_test(health_says_why_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
