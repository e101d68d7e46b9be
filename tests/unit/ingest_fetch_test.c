/* The course of a source that asks an API: what it pays, keeps and stores, against a server that says what it is told
 * to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server.h"
#include "warehouse.h"
#include "http_server.h"
#include "ingest_help.h"
#include "src/ingest/fetch_int.h"
#include "ytempire/base/time.h"

struct said {
    const char *status, *headers, *body;
};

struct shop {
    struct desk        *desk;
    struct http_server  server;
    struct bench        bench;
    struct ingest       ingest;
    struct fetch       *fetch;
    const struct said  *says;            /* each once, in order; the last to the end */
    struct str          asked;           /* lines "GET /list?page=2 \"e1\"" */
    char               *base;
    struct ingest_pair  pairs[3];
    struct ingest_options options;
};

static const struct ingest_setting settings[] = {FETCH_SETTINGS("https://shop.invalid"), {0}};
static const struct ingest_source  source = {.name = "youtube-data", .kind = "api", .settings = settings};

static void serve(struct http_talk *talk, void *who)
{
    struct shop *shop = who;
    const char  *request = str_text(&talk->request), *etag = strstr(request, "If-None-Match: ");

    str_addf(&shop->asked, "%.*s", (int)(strcspn(request + 4, " ") + 4), request);
    if (etag != NULL)
        str_addf(&shop->asked, " %.*s", (int)strcspn(etag + 15, "\r"), etag + 15);
    str_add(&shop->asked, "\n");
    http_answer(talk, shop->says->status, shop->says->headers, shop->says->body, strlen(shop->says->body));
    if (shop->says[1].status != NULL)
        shop->says++;
}

static void open_shop(struct shop *shop, struct desk *desk, const struct said *says, const char *auth_secret)
{
    static struct fetch_api about;
    struct job_request      request = {.kind = "ingest", .source = "youtube-data", .command = "ingest youtube-data"};

    warehouse_open(desk);
    *shop = (struct shop){.desk = desk, .says = says};
    about = (struct fetch_api){.auth = auth_secret != NULL ? API_AUTH_PARAMETER : API_AUTH_NONE, .auth_name = "key",
                               .secret = auth_secret};
    http_server_open(&shop->server, desk->loop, serve, shop);
    shop->base = mem_printf("http://127.0.0.1:%d", shop->server.port);
    shop->pairs[0] = (struct ingest_pair){"base", shop->base};
    shop->pairs[1] = (struct ingest_pair){"pause", "1"};
    shop->pairs[2] = (struct ingest_pair){"project", "ours"};
    shop->options = (struct ingest_options){.source = "youtube-data", .settings = shop->pairs, .setting_count = 3,
                                            .open = bench_open, .who = desk};
    shop->bench.sink.ops = &bench_ops;
    shop->ingest = (struct ingest){.pgs = {desk->pg}, .options = &shop->options, .source = &source,
                                   .sink = &shop->bench.sink, .table = table_new("source:text file:text rows:int "
                                   "loaded:int unchanged:int rejected:int job:int seconds:numeric")};
    script(desk,
           "DELETE FROM ops.quota_spent; DELETE FROM ops.quota_buckets WHERE project <> '*'; DELETE FROM ops.etags;"
           "DELETE FROM ops.watermarks; DELETE FROM ops.jobs; DELETE FROM ops.tape");
    assert_int_equal(bench_open(desk, &shop->ingest.pgs[1], NULL), 0);
    assert_int_equal(job_begin(desk->pg, &request, 0, &shop->ingest.job, NULL), 0);
    if (fetch_begin(&shop->ingest, &about, &shop->fetch, &desk->error) < 0)
        fail_msg("%s", desk->error.text);
}

static void close_shop(struct shop *shop)
{
    fetch_end(shop->fetch);
    (void)!job_end(shop->desk->pg, shop->ingest.job, 0, NULL);
    job_free(shop->ingest.job);
    pg_close(shop->ingest.pgs[1]);
    table_free(shop->ingest.table);
    error_done(&shop->ingest.partial);
    http_server_close(&shop->server);
    bench_done(&shop->bench);
    str_done(&shop->asked);
    mem_free(shop->base);
}

static const struct fetch_request videos = {.path = "/videos", .method = "videos.list", .stream = "videos",
                                            .about = "[\"a\"]", .with_etag = true};
static const char *const no_scripts[] = {NULL};

static void store(struct shop *shop)
{
    struct fetch_store what = {.scripts = no_scripts, .stream = "videos", .position = "{\"page\": 1}",
                               .data_until = INT64_MIN};

    if (fetch_store(shop->fetch, &what, &shop->desk->error) < 0)
        fail_msg("%s", shop->desk->error.text);
}

/* -- answers ------------------------------------------------------------------------------------------------------- */

SERVER_TEST(what_was_stored_is_asked_for_by_its_etag_the_next_time)
{
    static const struct said says[] = {{"200 OK", "ETag: \"e1\"\r\n", "{\"items\": []}"},
                                       {"200 OK", "ETag: \"e1\"\r\n", "{\"items\": []}"},
                                       {"304 Not Modified", "", ""}, {0}};
    const struct api_answer *answer;
    struct shop              shop;

    open_shop(&shop, who, says, NULL);
    assert_int_equal(fetch_ask(shop.fetch, &videos, NULL, NULL), 0);       /* and is lost: it is not stored */
    assert_int_equal(fetch_ask(shop.fetch, &videos, NULL, NULL), 0);
    store(&shop);
    assert_int_equal(fetch_ask(shop.fetch, &videos, &answer, NULL), 0);
    assert_true(answer->same);
    store(&shop);
    assert_string_equal(str_text(&shop.asked), "GET /videos\nGET /videos\nGET /videos \"e1\"\n");
    assert_asked(who, "SELECT position->>'page', data_until FROM ops.watermarks WHERE stream = 'videos'", "1|-");
    assert_asked(who, "SELECT quota FROM ops.jobs", "3");
    close_shop(&shop);
}

SERVER_TEST(what_was_said_stays_on_the_tape_though_nothing_was_stored)
{
    static const struct said says[] = {{"404 Not Found", "", "{\"error\":{\"code\":404}}"}, {0}};
    struct shop              shop;

    setenv("SHOP_KEY", "k3y-of-the-shop", 1);
    open_shop(&shop, who, says, "SHOP_KEY");
    assert_int_equal(fetch_ask(shop.fetch, &videos, NULL, NULL), ERR_UNKNOWN);
    close_shop(&shop);
    unsetenv("SHOP_KEY");
    assert_asked(
        who,
        "SELECT t.status, t.body, t.url LIKE '%/videos?key=***', t.job_id = j.id, t.attempt, now() - t.run_at < '1 min'"
        "  FROM ops.tape AS t, ops.jobs AS j",
        "404|{\"error\":{\"code\":404}}|t|t|1|t");
}

SERVER_TEST(many_are_asked_beside_each_other_and_kept_in_their_order)
{
    static const struct said says[] = {{"200 OK", "", "{}"}, {0}};
    struct fetch_request     requests[20];
    struct shop              shop;

    open_shop(&shop, who, says, NULL);
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        requests[i] = videos;
    assert_int_equal(fetch_ask_all(shop.fetch, requests, COUNT_OF(requests), NULL), 0);
    assert_int_equal(shop.server.requests, 20);
    store(&shop);
    assert_asked(who, "SELECT units, calls FROM ops.quota_spent", "20|20");
    close_shop(&shop);
}

SERVER_TEST(the_first_of_many_that_fails_ends_them)
{
    static const struct said says[] = {{"200 OK", "", "{}"},
                                       {"400 Bad Request", "", "{\"error\":{\"code\":400,\"message\":\"no\"}}"}, {0}};
    struct fetch_request     requests[20];
    struct error             error = ERROR_INIT;
    struct shop              shop;

    open_shop(&shop, who, says, NULL);
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        requests[i] = videos;
    assert_int_equal(fetch_ask_all(shop.fetch, requests, COUNT_OF(requests), &error), ERR_FAILED);
    assert_string_equal(error.text, "youtube-data: 400: no");
    assert_true(shop.server.requests < 12);
    error_done(&error);
    close_shop(&shop);
}

SERVER_TEST(pages_are_read_to_the_end_or_to_one_that_was_read_before)
{
    static const struct said says[] = {{"200 OK", "", "{\"nextPageToken\": \"A\"}"},
                                       {"200 OK", "", "{\"nextPageToken\": \"B\"}"},
                                       {"200 OK", "", "{}"},
                                       {"200 OK", "", "{\"nextPageToken\": \"A\"}"}, {0}};
    const struct fetch_pages pages = {.first = {.path = "/list", .stream = "list"}, .parameter = "pageToken",
                                      .member = "nextPageToken"};
    struct shop              shop;

    open_shop(&shop, who, says, NULL);
    assert_int_equal(fetch_ask_pages(shop.fetch, &pages, NULL), 0);
    assert_string_equal(str_text(&shop.asked), "GET /list\nGET /list?pageToken=A\nGET /list?pageToken=B\n");
    assert_int_equal(shop.ingest.partial.code, 0);
    str_clear(&shop.asked);
    assert_int_equal(fetch_ask_pages(shop.fetch, &pages, NULL), 1);
    assert_string_equal(str_text(&shop.asked), "GET /list\nGET /list?pageToken=A\n");
    assert_int_equal(shop.ingest.partial.code, ERR_PARTIAL);
    assert_string_equal(shop.ingest.partial.text, "youtube-data: the pages of /list repeat");
    close_shop(&shop);
}

SERVER_TEST(text_that_jsonb_refuses_is_mended)
{
    static const char json[] = "{\"a\": \"x\\u0000y\\\\u0000 \\ud83d\\ude00 \\ud800 \\udc00z \\u00e9\\n\"}";
    struct str        mended = STR_INIT;
    struct str        sql = STR_INIT;

    warehouse_open(who);
    json_add_mended(&mended, json, strlen(json));
    str_addf(&sql, "SELECT ('%s'::jsonb)->>'a'", str_text(&mended));
    assert_asked(who, str_text(&sql), "x\xef\xbf\xbdy\\u0000 \xf0\x9f\x98\x80 \xef\xbf\xbd \xef\xbf\xbdz \xc3\xa9\n");
    str_done(&mended);
    str_done(&sql);
}

/* -- quota --------------------------------------------------------------------------------------------------------- */

SERVER_TEST(what_has_no_price_is_free_and_what_is_kept_back_is_for_schedules)
{
    static const struct said says[] = {{"200 OK", "", "{}"}, {0}};
    struct fetch_request     request = {.path = "/videos", .stream = "videos"};
    struct error             error = ERROR_INIT;
    struct shop              shop;

    open_shop(&shop, who, says, NULL);
    script(who, "INSERT INTO ops.quota_buckets VALUES ('ours', 'youtube', 3, 1)");
    assert_int_equal(fetch_ask(shop.fetch, &request, NULL, NULL), 0);
    request.method = "videos.list";
    assert_int_equal(fetch_ask(shop.fetch, &request, NULL, NULL), 0);
    assert_int_equal(fetch_ask(shop.fetch, &request, NULL, NULL), 0);
    assert_int_equal(fetch_ask(shop.fetch, &request, NULL, &error), ERR_QUOTA);
    assert_non_null(strstr(error.text, "the last 1 unit of 'youtube' is kept for scheduled runs until "));
    error_done(&error);
    script(who, "UPDATE ops.jobs SET schedule = 'hourly'");
    assert_int_equal(fetch_ask(shop.fetch, &request, NULL, NULL), 0);
    assert_int_equal(fetch_ask(shop.fetch, &request, NULL, &error), ERR_QUOTA);
    assert_non_null(strstr(error.text, "the quota 'youtube' is used up until "));
    assert_int_equal(shop.server.requests, 4);
    error_done(&error);
    assert_asked(who, "SELECT project, bucket, units, refused_at FROM ops.quota_spent", "ours|youtube|3|-");
    close_shop(&shop);
}

SERVER_TEST(what_the_api_refuses_is_refused_to_the_end_of_the_day)
{
    static const struct said says[] = {{"403 Forbidden", "",
                                        "{\"error\":{\"code\":403,\"errors\":[{\"reason\":\"quotaExceeded\"}]}}"}, {0}};
    struct error             error = ERROR_INIT;
    struct shop              shop;

    open_shop(&shop, who, says, NULL);
    assert_int_equal(fetch_ask(shop.fetch, &videos, NULL, &error), ERR_QUOTA);
    assert_string_equal(error.text, "youtube-data: 403 quotaExceeded");
    assert_int_equal(shop.ingest.job->pause_us, 0);
    error_done(&error);
    assert_int_equal(fetch_ask(shop.fetch, &videos, NULL, &error), ERR_QUOTA);
    assert_int_equal(shop.server.requests, 1);
    error_done(&error);
    assert_asked(who, "SELECT verdict FROM ops.spend_quota('ours', 'youtube-data', 'videos.list', 1, 0, "
                      "ops.quota_resets_at(now()))", "spent");
    close_shop(&shop);
}

/* The test's clock, for the statements that say clock_timestamp(). */
static void hold_clock(struct shop *shop, const char *instant)
{
    _cleanup_(mem_freep) char *sql = mem_printf(
        "DROP SCHEMA IF EXISTS held CASCADE; CREATE SCHEMA held;"
        "CREATE FUNCTION held.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT '%s'::timestamptz $$",
        instant);

    script(shop->desk, sql);
}

static void serve_late(struct http_talk *talk, void *who)
{
    hold_clock(who, "2026-03-02 08:00:01+00");
    serve(talk, who);
}

SERVER_TEST(what_is_refused_after_midnight_closes_the_day_in_which_it_was_asked)
{
    static const struct said says[] = {{"403 Forbidden", "",
                                        "{\"error\":{\"code\":403,\"errors\":[{\"reason\":\"quotaExceeded\"}]}}"}, {0}};
    struct shop              shop;

    open_shop(&shop, who, says, NULL);
    hold_clock(&shop, "2026-03-02 07:59:59+00");
    assert_int_equal(pg_script(shop.ingest.pgs[1], "SET search_path = held, pg_catalog", NULL), 0);
    shop.server.serve = serve_late;
    assert_int_equal(fetch_ask(shop.fetch, &videos, NULL, NULL), ERR_QUOTA);
    script(who, "DROP SCHEMA held CASCADE");
    assert_asked(who, "SELECT day, units, refused_at IS NOT NULL FROM ops.quota_spent", "2026-03-01|1|t");
    assert_true(shop.ingest.job->pause_us > 0);      /* else it would wait for the midnight after the new day */
    close_shop(&shop);
}

SERVER_TEST(what_an_api_asks_for_is_handed_on_to_the_job)
{
    static const struct said says[] = {{"429 Too Many Requests", "Retry-After: 3600\r\n", "{}"}, {0}};
    struct shop              shop;

    open_shop(&shop, who, says, NULL);
    assert_int_equal(fetch_ask(shop.fetch, &videos, NULL, NULL), ERR_CONNECT);
    assert_true(shop.ingest.job->pause_us == 3600 * US_PER_SECOND);
    close_shop(&shop);
}

/* Midnight in Los Angeles: after the winter's day of 24 hours, the one of 23 in March and the one of 25 in November. */
SERVER_TEST(a_day_of_quota_is_a_pacific_day)
{
    warehouse_open(who);
    assert_asked(who, "SELECT ops.quota_day('2026-01-15 07:59:59+00'), ops.quota_day('2026-01-15 08:00:00+00')",
                 "2026-01-14|2026-01-15");
    assert_asked(who, "SELECT ops.quota_resets_at('2026-03-08 08:00:00+00') = '2026-03-09 07:00:00+00', "
                      "ops.quota_resets_at('2026-11-01 07:00:00+00') = '2026-11-02 08:00:00+00', "
                      "ops.quota_resets_at('2026-07-01 06:59:59+00') = '2026-07-01 07:00:00+00'", "t|t|t");
    script(who, "DELETE FROM ops.quota_spent; DELETE FROM ops.quota_buckets WHERE project <> '*';"
                "INSERT INTO ops.quota_buckets VALUES ('ours', 'youtube', 2, 0)");
    assert_asked(who, "SELECT string_agg(s.verdict || ' ' || s.left_over, ', ' ORDER BY t) "
                      "FROM unnest('{2026-11-01 07:00+00, 2026-11-02 07:59:59+00, 2026-11-02 07:59:59+00, "
                      "2026-11-02 08:00+00}'::timestamptz[]) WITH ORDINALITY AS u (t, n), "
                      "ops.spend_quota('ours', 'youtube-data', 'videos.list', 1, 0, t) AS s",
                 "spent 1, spent 0, empty 0, spent 1");
}

struct spender {
    struct desk *desk;
    struct task *waiter;
    bool         is_over;
    long long    spent;
};

static void spend_all(void *who)
{
    struct spender *spender = who;
    struct pg      *pg;

    assert_int_equal(bench_open(spender->desk, &pg, NULL), 0);
    for (int i = 0; i < 20; i++) {
        _cleanup_(pg_result_freep) struct pg_result *result = NULL;

        assert_int_equal(pg_query(pg, "SELECT verdict = 'spent' FROM ops.spend_quota('ours', 'youtube-data', "
                                      "'videos.list', 1, 0)", NULL, 0, &result, NULL), 0);
        spender->spent += text_equal(pg_result_text(result, 0, 0), "t");
    }
    pg_close(pg);
    spender->is_over = true;
    task_wake(spender->waiter);
}

SERVER_TEST(many_who_spend_at_once_never_spend_more_than_there_is)
{
    struct desk   *desk = who;
    struct spender spenders[4];
    long long      spent = 0;

    warehouse_open(desk);
    script(desk, "DELETE FROM ops.quota_spent; DELETE FROM ops.quota_buckets WHERE project <> '*';"
                 "INSERT INTO ops.quota_buckets VALUES ('ours', 'youtube', 50, 7)");
    for (size_t i = 0; i < COUNT_OF(spenders); i++) {
        spenders[i] = (struct spender){.desk = desk, .waiter = task_current()};
        (void)task_start(desk->loop, spend_all, &spenders[i]);
    }
    for (size_t i = 0; i < COUNT_OF(spenders); i++) {
        while (!spenders[i].is_over)
            assert_int_equal(task_park(), 0);
        spent += spenders[i].spent;
    }
    assert_int_equal(spent, 43);
    assert_asked(desk, "SELECT units, calls FROM ops.quota_spent", "43|43");
}

struct guest {
    struct fetch *fetch;
    struct str   *order;
    struct task  *task;
    char          name;
    int           result;
    bool          is_over;
};

static void come_in(void *who)
{
    struct guest *guest = who;

    guest->task = task_current();
    guest->result = fetch_enter(guest->fetch, NULL);
    if (guest->result >= 0) {
        str_add_char(guest->order, guest->name);
        fetch_leave(guest->fetch);
    }
    guest->is_over = true;
}

/* Nobody looks at a clock: it stands still. Who gives up leaves the turn to the next. */
static void who_waits_for_the_connection_is_woken_in_turn(void **state)
{
    struct loop *loop = loop_new();
    struct fetch fetch = {.busy = true};
    struct str   order = STR_INIT;
    struct guest guests[4];

    (void)state;
    loop_hold_clock(loop, 0);
    for (size_t i = 0; i < COUNT_OF(guests); i++) {
        guests[i] = (struct guest){.fetch = &fetch, .order = &order, .name = (char)('a' + i)};
        (void)task_start(loop, come_in, &guests[i]);
    }
    fetch_leave(&fetch);
    task_cancel(guests[0].task, ERR_INTERRUPTED);          /* woken just now */
    for (int turns = 0; turns < 10; turns++)
        loop_turn(loop, 0);
    assert_int_equal(guests[0].result, ERR_INTERRUPTED);
    assert_string_equal(str_text(&order), "bcd");
    for (size_t i = 0; i < COUNT_OF(guests); i++)
        assert_true(guests[i].is_over);
    assert_false(fetch.busy);
    assert_null(fetch.waiting);
    str_done(&order);
    loop_free(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_stored_is_asked_for_by_its_etag_the_next_time),
        cmocka_unit_test(what_was_said_stays_on_the_tape_though_nothing_was_stored),
        cmocka_unit_test(many_are_asked_beside_each_other_and_kept_in_their_order),
        cmocka_unit_test(the_first_of_many_that_fails_ends_them),
        cmocka_unit_test(pages_are_read_to_the_end_or_to_one_that_was_read_before),
        cmocka_unit_test(text_that_jsonb_refuses_is_mended),
        cmocka_unit_test(what_has_no_price_is_free_and_what_is_kept_back_is_for_schedules),
        cmocka_unit_test(what_the_api_refuses_is_refused_to_the_end_of_the_day),
        cmocka_unit_test(what_is_refused_after_midnight_closes_the_day_in_which_it_was_asked),
        cmocka_unit_test(what_an_api_asks_for_is_handed_on_to_the_job),
        cmocka_unit_test(a_day_of_quota_is_a_pacific_day),
        cmocka_unit_test(many_who_spend_at_once_never_spend_more_than_there_is),
        cmocka_unit_test(who_waits_for_the_connection_is_woken_in_turn),
    };
    int failed = cmocka_run_group_tests_name("ingest_fetch", tests, NULL, NULL);

    warehouse_drop();
    return failed;
}
