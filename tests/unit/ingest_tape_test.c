/* The tape: what a source and its API said to each other is kept, whatever becomes of the load, and played again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http_server.h"
#include "server.h"
#include "warehouse.h"
#include "ingest_help.h"
#include "src/ingest/tape.h"
#include "ytempire/api.h"
#include "ytempire/base/time.h"

#define RUN_AT (INT64_C(1795737600) * US_PER_SECOND)      /* 2026-11-27 00:00:00 UTC */

/* One run of a source with an API, that has a tape. */
struct run {
    struct desk       *desk;
    struct http_server server;
    struct tape       *tape;
    struct reel       *reel;
    struct api        *api;
    char              *base;
    int                port;
};

static void serve(struct http_talk *talk, void *who)
{
    const char *request = str_text(&talk->request);

    (void)who;
    if (strstr(request, "GET /busy") != NULL && talk->server->requests % 2 == 1)
        http_answer(talk, "503 Service Unavailable", "", "<p>s3cr3t-key</p>", 17);
    else if (strstr(request, "GET /cut") != NULL)
        http_say(talk, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), close(talk->fd), talk->fd = -1;
    else if (strstr(request, "GET /odd") != NULL)
        http_answer(talk, "200 OK", "", "{\"t\":\"\xff\"}", 9);
    else
        http_answer(talk, "200 OK", "ETag: \"e1\"\r\nX-Echo: s3cr3t-key\r\n",
                    "{\"echo\":\"s3cr3t-key\",\"title\":\"naïve 'password: x'\"}", 52);
}

static int replay(void *who, const struct http_request *request, struct http_answer **ret_answer, struct error *error)
{
    return reel_answer(((struct run *)who)->reel, request, ret_answer, error);
}

static void listen_to(void *who, const struct api_exchange *exchange)
{
    tape_hear(((struct run *)who)->tape, exchange);
}

static int open_nothing(void *who, struct pg **ret_pg, struct error *error)
{
    (void)who;
    (void)ret_pg;
    return error_set(error, ERR_CONNECT, "no server");
}

static void open_run(struct run *run, struct desk *desk, int64_t job, int (*open)(void *, struct pg **, struct error *))
{
    struct api_options options = {.loop = desk->loop,
                                  .name = "trending",
                                  .tries = 2,
                                  .pause_us = 1000,
                                  .who = run,
                                  .listen = listen_to,
                                  .credentials = {.kind = API_AUTH_PARAMETER, .name = "key", .secret = "s3cr3t-key"}};
    struct tape_options tape = {
        .source = "trending", .job = job, .attempt = 1, .run_at = RUN_AT, .open = open, .who = desk};

    *run = (struct run){.desk = desk};
    http_server_open(&run->server, desk->loop, serve, run);
    options.base = run->base = mem_printf("http://127.0.0.1:%d", run->port = run->server.port);
    assert_int_equal(api_new(&options, &run->api, NULL), 0);
    run->tape = tape_new(&tape);
}

static void close_run(struct run *run)
{
    tape_close(run->tape);
    api_free(run->api);
    http_server_close(&run->server);
    mem_free(run->base);
}

static int ask_path(struct run *run, const char *path, struct error *error)
{
    _cleanup_(api_answer_freep) struct api_answer *answer = NULL;
    const struct api_request request = {.path = path};
    int                      r = api_ask(run->api, &request, &answer, error);

    if (r >= 0 && tree_get(answer->json, "title") == NULL)
        fail_msg("%s", answer->body);
    return r;
}

static void empty(struct desk *desk)
{
    warehouse_open(desk);
    script(desk, "DELETE FROM ops.tape");
}

/* -- recording ----------------------------------------------------------------------------------------------------- */

SERVER_TEST(what_was_said_is_kept_without_secrets_though_the_load_rolls_back)
{
    struct desk *desk = who;
    struct run   run;

    empty(desk);
    open_run(&run, desk, 7, bench_open);
    script(desk, "BEGIN; INSERT INTO ops.settings VALUES ('tape test', 'x')");
    assert_int_equal(ask_path(&run, "/busy", NULL), 0);
    assert_int_equal(ask_path(&run, "/cut", NULL), ERR_CONNECT);
    script(desk, "ROLLBACK");
    close_run(&run);
    assert_asked(desk, "SELECT number, job_id, attempt, run_at, method, status, whole, bytes, body, headers[4]"
                       "  FROM ops.tape WHERE number < 3 ORDER BY id",
                 "1|7|1|2026-11-27 00:00:00+00|GET|503|t|17|<p>***</p>|-\n"
                 "2|7|1|2026-11-27 00:00:00+00|GET|200|t|52|{\"echo\":\"***\",\"title\":\"naïve 'password: x'\"}|-");
    assert_asked(desk,
                 "SELECT count(*), bool_and(url LIKE 'http://127.0.0.1:%/busy?key=***' OR url LIKE '%/cut?key=***')"
                 "  FROM ops.tape",
                 "4|t");
    assert_asked(desk, "SELECT headers FROM ops.tape WHERE number = 2",
                 "{\"Content-Length: 52\",\"ETag: \\\"e1\\\"\",\"X-Echo: ***\"}");
    assert_asked(desk, "SELECT status, body LIKE '%127.0.0.1%' FROM ops.tape WHERE number > 2", "0|t\n0|t");
    assert_asked(desk, "SELECT count(*) FROM ops.tape AS t WHERE t::text LIKE '%s3cr3t%'", "0");
}

SERVER_TEST(what_is_no_text_is_kept_as_far_as_it_is_one)
{
    struct desk *desk = who;
    struct run   run;

    empty(desk);
    open_run(&run, desk, 7, bench_open);
    assert_int_equal(ask_path(&run, "/odd", NULL), ERR_CONNECT);      /* no JSON */
    close_run(&run);
    assert_asked(desk, "SELECT DISTINCT status, whole, bytes, body FROM ops.tape", "200|f|9|{\"t\":\"\xc3\xbf\"}");
}

struct cancelled {
    struct run run;
    bool       over;
};

static void cancelled_main(void *who)
{
    struct cancelled *this = who;
    struct desk      *desk = this->run.desk;

    open_run(&this->run, desk, 8, bench_open);
    assert_int_equal(ask_path(&this->run, "/one", NULL), 0);
    task_cancel(task_current(), ERR_INTERRUPTED);
    assert_int_equal(ask_path(&this->run, "/two", NULL), ERR_INTERRUPTED);
    tape_close(TAKE(this->run.tape));
    assert_int_equal(task_cancelled(task_current()), ERR_INTERRUPTED);
    task_cancel_clear(task_current());
    close_run(&this->run);
    this->over = true;
}

SERVER_TEST(a_run_that_is_cancelled_leaves_its_tape)
{
    struct cancelled this = {.run.desk = who};

    empty(who);
    (void)task_start(this.run.desk->loop, cancelled_main, &this);
    while (!this.over)
        assert_int_equal(task_sleep(1000), 0);
    assert_asked(who, "SELECT number, status, job_id FROM ops.tape", "1|200|8");
}

SERVER_TEST(a_tape_that_cannot_be_written_holds_nobody_up)
{
    struct desk *desk = who;
    struct run   run;

    empty(desk);
    open_run(&run, desk, 9, open_nothing);
    assert_int_equal(ask_path(&run, "/one", NULL), 0);
    close_run(&run);
    tape_close(NULL);
    assert_asked(desk, "SELECT count(*) FROM ops.tape", "0");
}

SERVER_TEST(a_tape_is_not_longer_than_it_may_be)
{
    struct desk *desk = who;
    struct run   run;

    empty(desk);
    script(desk, "INSERT INTO ops.tape (source, job_id, attempt, number, run_at, at, us, method, url, status, body, "
                 "whole, bytes, received)"
                 " SELECT s, 1, 1, n, now(), now() - d * interval '1 day', 1, 'GET', 'u', 200, '{}', true, 2, 2"
                 "   FROM (VALUES ('trending', 600, 0), ('other', 3, 29), ('other', 5, 31)) AS v (s, most, d), "
                 "generate_series(1, most) AS n");
    open_run(&run, desk, 9, bench_open);
    assert_int_equal(ask_path(&run, "/one", NULL), 0);
    close_run(&run);
    assert_asked(desk, "SELECT source, count(*), max(job_id), min(number) FROM ops.tape GROUP BY 1 ORDER BY 1",
                 "other|3|1|1\ntrending|500|9|1");
    assert_asked(desk, "SELECT min(number) FROM ops.tape WHERE job_id = 1 AND source = 'trending'", "102");
}

/* -- playing ------------------------------------------------------------------------------------------------------- */

static void play(struct run *run, struct desk *desk, const char *base)
{
    struct api_options options = {.loop = desk->loop, .name = "trending", .tries = 2, .pause_us = 10 * US_PER_SECOND,
                                  .replay = replay, .who = run, .base = base,
                                  .credentials = {.kind = API_AUTH_PARAMETER, .name = "key", .secret = "none"}};

    assert_int_equal(api_new(&options, &run->api, NULL), 0);
}

SERVER_TEST(a_run_is_played_again_as_it_was)
{
    struct desk *desk = who;
    struct run   run, again = {0};
    struct error error = ERROR_INIT;
    char        *base;

    empty(desk);
    open_run(&run, desk, 7, bench_open);
    base = mem_strdup(run.base);
    assert_int_equal(ask_path(&run, "/busy", NULL), 0);
    assert_int_equal(ask_path(&run, "/cut", NULL), ERR_CONNECT);
    assert_int_equal(ask_path(&run, "/one", NULL), 0);
    close_run(&run);
    script(desk, "INSERT INTO ops.tape (source, job_id, attempt, number, run_at, at, us, method, url, status, body, "
                 "whole, bytes, received)"
                 " VALUES ('trending', 6, 1, 3, now(), now(), 1, 'GET', 'u', 200, '{}', true, 2, 2)");
    assert_int_equal(reel_open(desk->pg, "trending", 7, &again.reel, NULL), 0);
    assert_true(reel_job(again.reel) == 7 && reel_run_at(again.reel) == RUN_AT);
    play(&again, desk, base);
    assert_int_equal(ask_path(&again, "/one", NULL), 0);
    assert_int_equal(ask_path(&again, "/busy", NULL), 0);
    assert_int_equal(ask_path(&again, "/cut", &error), ERR_CONNECT);
    assert_non_null(strstr(error.text, "trending: 127.0.0.1"));
    error_done(&error);
    assert_int_equal(ask_path(&again, "/one", &error), ERR_FAILED);
    assert_non_null(strstr(error.text, "job 7, which is played again, did not ask GET http://127.0.0.1"));
    error_done(&error);
    api_free(again.api);
    reel_free(again.reel);
    mem_free(base);
}

static void assert_no_reel(struct desk *desk, int64_t job, int code, const char *text)
{
    struct reel *reel = NULL;
    struct error error = ERROR_INIT;

    assert_int_equal(reel_open(desk->pg, "trending", job, &reel, &error), code);
    if (strstr(error.text, text) == NULL)
        fail_msg("%s", error.text);
    error_done(&error);
}

SERVER_TEST(what_is_not_on_the_tape_cannot_be_played)
{
    struct desk *desk = who;

    empty(desk);
    assert_no_reel(desk, 0, ERR_UNKNOWN, "the tape of 'trending' is empty");
    script(desk, "INSERT INTO ops.tape (source, job_id, attempt, number, run_at, at, us, method, url, status, body, "
                 "whole, bytes, received)"
                 " VALUES ('trending', 6, 1, 3, now(), now(), 1, 'GET', 'u', 200, '{}', true, 2, 2)");
    assert_no_reel(desk, 0, ERR_FAILED, "the beginning of job 6 is no longer on the tape");
    assert_no_reel(desk, 5, ERR_UNKNOWN, "job 5 is not on the tape");
}

/* -- looking ------------------------------------------------------------------------------------------------------- */

SERVER_TEST(a_tape_is_listed_and_one_exchange_is_shown_whole)
{
    struct desk *desk = who;
    struct bench bench = {.sink.ops = &bench_ops};

    empty(desk);
    script(desk, "INSERT INTO ops.tape (id, source, job_id, attempt, number, run_at, at, us, method, url, "
                 "request_body, status, headers, body, whole, bytes, received)"
                 " OVERRIDING SYSTEM VALUE"
                 " VALUES (41, 'trending', 6, 1, 1, '2026-01-01', '2026-01-02', 1500, 'GET', 'http://a/x', NULL, 200, "
                 "'{}', '{}', true, 2, 2),"
                 "        (42, 'trending', 6, 1, 2, '2026-01-01', '2026-01-03', 2000, 'POST', 'http://a/y', 'q', 500, "
                 "'{A: b: c}', 'no', true, 2, 1)");
    assert_int_equal(ingest_show_tape(desk->pg, "trending", 0, &bench.sink, &bench.error), 0);
    assert_string_equal(str_text(&bench.rows), "42|2026-01-03 00:00:00+00|6|POST|http://a/y|500|2.000|2|1|t\n"
                                               "41|2026-01-02 00:00:00+00|6|GET|http://a/x|200|1.500|2|2|t\n");
    str_clear(&bench.rows);
    assert_int_equal(ingest_show_tape(desk->pg, "trending", 42, &bench.sink, &bench.error), 0);
    assert_string_equal(
        str_text(&bench.rows),
        "id|42\njob|6\nattempt|1\nnumber|2\nrun_at|2026-01-01 00:00:00+00\nat|2026-01-03 00:00:00+00\n"
        "ms|2.000\nmethod|POST\nurl|http://a/y\nrequest|q\nstatus|500\nbytes|2\nreceived|1\nwhole|true\n"
        "header A|b: c\nbody|no\n");
    assert_int_equal(ingest_show_tape(desk->pg, "trending", 43, &bench.sink, &bench.error), ERR_UNKNOWN);
    assert_string_equal(bench.error.text, "there is no exchange 43 on the tape of 'trending'");
    error_done(&bench.error);
    assert_int_equal(ingest_show_tape(desk->pg, "trendig", 0, &bench.sink, &bench.error), ERR_UNKNOWN);
    bench_done(&bench);
}

static int drop(void **state)
{
    (void)state;
    warehouse_drop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_said_is_kept_without_secrets_though_the_load_rolls_back),
        cmocka_unit_test(what_is_no_text_is_kept_as_far_as_it_is_one),
        cmocka_unit_test(a_run_that_is_cancelled_leaves_its_tape),
        cmocka_unit_test(a_tape_that_cannot_be_written_holds_nobody_up),
        cmocka_unit_test(a_tape_is_not_longer_than_it_may_be),
        cmocka_unit_test(a_run_is_played_again_as_it_was),
        cmocka_unit_test(what_is_not_on_the_tape_cannot_be_played),
        cmocka_unit_test(a_tape_is_listed_and_one_exchange_is_shown_whole),
    };

    setenv("no_proxy", "127.0.0.1", 1);
    return cmocka_run_group_tests(tests, NULL, drop);
}
