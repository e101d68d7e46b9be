/* app: ten thousand users are warmed by one statement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server.h"
#include "tests/unit/redis_server.h"
#include "warehouse.h"
#include "ytempire/app/warm.h"
#include "ytempire/engine/redis_client.h"

#define USERS_LIST "ytempire:warmed:user_dashboards user:{user_id}:monthly_revenue"

struct seen {
    size_t count, about_revenue;
};

static void on_statement(void *who, const struct pg_trace *trace)
{
    struct seen *seen = who;

    seen->count++;
    seen->about_revenue += strstr(trace->sql, "fact_revenue") != NULL;
}

/* -- a front end that keeps the first row -------------------------------------------------------------------------- */

struct front {
    struct sink sink;
    char        row[300];
};

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)columns, (void)count, (void)error;
    ((struct front *)sink)->row[0] = '\0';
    return 0;
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    (void)error;
    snprintf(((struct front *)sink)->row, 300, "%.*s %.*s %.*s %.*s", (int)cells[0].length, cells[0].text,
             (int)cells[1].length, cells[1].text, (int)cells[3].length, cells[3].text, (int)cells[6].length,
             cells[6].text);
    return 0;
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink, (void)note, (void)error;
    return 0;
}

static const struct sink_ops front_ops = {.begin = on_begin, .row = on_row, .end = on_end};

/* -- the session --------------------------------------------------------------------------------------------------- */

static struct app *app_at(struct desk *desk, struct conf *conf)
{
    static char program[] = "ytempire", dsn[] = "--dsn", redis[] = "--redis", place[400], address[200];
    char        name[40], *argv[] = {program, dsn, place, redis, address, NULL};
    struct app *app = NULL;

    warehouse_name(name);
    snprintf(place, sizeof place, "%s dbname=%s", desk->dsn, name);
    snprintf(address, sizeof address, "%s", redis_address);
    assert_int_equal(conf_parse(conf, 5, argv, NULL), 0);
    assert_int_equal(app_new(desk->loop, conf, &app, NULL), 0);
    return app;
}

static void assert_redis_says(struct desk *desk, long long expected, const char *a, const char *b, const char *c)
{
    struct redis_client *client = NULL;
    struct redis_reply  *reply = NULL;

    assert_int_equal(redis_client_new(desk->loop, redis_address, 1 << 20, &client, NULL), 0);
    assert_int_equal(redis_client_command(client, US_PER_MINUTE, &reply, NULL, a, b, c, NULL), 0);
    assert_int_equal(redis_reply_number(reply, -1), expected);
    redis_reply_free(reply);
    redis_client_free(client);
}

SERVER_TEST(ten_thousand_users_are_one_statement)
{
    struct desk *desk = who;
    struct front front = {.sink.ops = &front_ops};
    struct conf *conf = conf_new();
    struct seen  seen = {0};
    struct app  *app;

    warehouse_open(desk);
    script(desk, "INSERT INTO users.accounts (user_id, email, is_active)"
                 " SELECT md5(n::text)::uuid, n || '@example.com', n <= 10000 FROM generate_series(1, 10100) AS n");
    app = app_at(desk, conf);
    app->trace = (struct app_trace){on_statement, &seen};
    if (app_warm(app, "user_dashboards", false, &front.sink, &desk->error) < 0)
        fail_msg("%s", desk->error.text);
    assert_string_equal(front.row, "user_dashboards 10000 0 warmed");
    assert_redis_says(desk, 10000, "ZCARD", USERS_LIST, NULL);
    assert_int_equal(seen.about_revenue, 1);
    assert_in_range(seen.count, 3, 12); /* with those that open and end its transaction, and the session's */
    script(desk, "UPDATE users.accounts SET is_active = false WHERE user_id = md5('17')::uuid");
    assert_int_equal(app_warm(app, "user_dashboards", false, &front.sink, NULL), 0);
    assert_string_equal(front.row, "user_dashboards 9999 1 warmed");
    assert_redis_says(desk, 9999, "ZCARD", USERS_LIST, NULL);
    app_free(app);
    conf_free(conf);
}

SERVER_TEST(schedules_come_with_the_schema)
{
    struct desk      *desk = who;
    struct pg_result *result = NULL;

    warehouse_open(desk);
    assert_int_equal(pg_query(desk->pg,
                              "SELECT string_agg(name || ' ' || cron || ' ' || command, E'\\n' ORDER BY name)"
                              " FROM ops.schedules WHERE command LIKE 'cache warm %' AND enabled AND tz = 'UTC'",
                              NULL, 0, &result, NULL),
                     0);
    assert_string_equal(pg_result_text(result, 0, 0),
                        "executive_dashboard */5 * * * * cache warm executive_dashboard\n"
                        "trending_content 0 * * * * cache warm trending_content\n"
                        "user_dashboards */30 * * * * cache warm user_dashboards");
    pg_result_free(result);
}

/* -- what takes too long --------------------------------------------------------------------------------------------
 */

struct slow {
    struct app  *app;
    struct front front;
    struct task *task;
    int          code;
    bool         over;
};

static void run_slow(void *who)
{
    struct slow *slow = who;

    slow->code = app_warm(slow->app, "slow", false, &slow->front.sink, NULL);
    slow->over = true;
}

static void write_slow_set(const char *home)
{
    _cleanup_(mem_freep) char *command = mem_printf("mkdir -p '%s/ytempire/queries/warm'", home);
    _cleanup_(mem_freep) char *path = mem_printf("%s/ytempire/queries/warm/slow.json", home);
    FILE                      *file;

    assert_int_equal(system(command), 0);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs("{\"name\": \"slow\", \"class\": \"operational_metrics\", \"entries\":"
          " [{\"key\": \"analytics:slow\", \"sql\": \"SELECT pg_sleep(600)\"}]}",
          file);
    fclose(file);
}

static bool is_running(struct desk *desk)
{
    struct pg_result *result = NULL;
    bool              running;

    assert_int_equal(pg_query(desk->pg,
                              "SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active'",
                              NULL, 0, &result, NULL),
                     0);
    running = pg_result_rows(result) > 0;
    pg_result_free(result);
    return running;
}

SERVER_TEST(what_takes_too_long_has_failed_too)
{
    struct desk               *desk = who;
    char                       home[] = "/tmp/app_warm_test.XXXXXX";
    _cleanup_(mem_freep) char *remove = NULL;
    struct conf               *conf = conf_new();
    struct slow                slow = {.front.sink.ops = &front_ops};

    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    write_slow_set(home);
    warehouse_open(desk);
    slow.app = app_at(desk, conf);
    slow.task = task_start(desk->loop, run_slow, &slow);
    while (!is_running(desk))
        assert_int_equal(task_sleep(10000), 0);
    task_cancel(slow.task, ERR_TIMEOUT);
    while (!slow.over)
        assert_int_equal(task_sleep(10000), 0);
    assert_int_equal(slow.code, ERR_TIMEOUT);
    assert_redis_says(desk, 1, "HEXISTS", "ytempire:warm:failed", "slow analytics:slow");
    app_free(slow.app);
    conf_free(conf);
    remove = mem_printf("rm -rf '%s'", home);
    assert_int_equal(system(remove), 0);
}

static int teardown(void **state)
{
    (void)state;
    warehouse_drop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_users_are_one_statement),
        cmocka_unit_test(schedules_come_with_the_schema),
        cmocka_unit_test(what_takes_too_long_has_failed_too),
    };

    (void)server_start_once();
    redis_start(NULL, NULL);
    return cmocka_run_group_tests_name("app_warm", tests, NULL, teardown);
}
