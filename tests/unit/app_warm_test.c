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

static void assert_number_of_keys(struct desk *desk, long long expected)
{
    struct redis_client *client = NULL;
    struct redis_reply  *reply = NULL;

    assert_int_equal(redis_client_new(desk->loop, redis_address, 1 << 20, &client, NULL), 0);
    assert_int_equal(redis_client_command(client, US_PER_MINUTE, &reply, NULL, "ZCARD",
                                          "ytempire:warmed:user_dashboards user:{user_id}:monthly_revenue", NULL),
                     0);
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
    if (app_warm(app, "user_dashboards", &front.sink, &desk->error) < 0)
        fail_msg("%s", desk->error.text);
    assert_string_equal(front.row, "user_dashboards 10000 0 warmed");
    assert_number_of_keys(desk, 10000);
    assert_int_equal(seen.about_revenue, 1);
    assert_in_range(seen.count, 3, 12);                /* with those that open and end its transaction, and the session's */
    script(desk, "UPDATE users.accounts SET is_active = false WHERE user_id = md5('17')::uuid");
    assert_int_equal(app_warm(app, "user_dashboards", &front.sink, NULL), 0);
    assert_string_equal(front.row, "user_dashboards 9999 1 warmed");
    assert_number_of_keys(desk, 9999);
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
    };

    (void)server_start_once();
    redis_start(NULL, NULL);
    return cmocka_run_group_tests_name("app_warm", tests, NULL, teardown);
}
