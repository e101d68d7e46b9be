/* cache: entries that are warmed, on a real Redis. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/cache/cache_int.h"
#include "tests/unit/redis_server.h"

#define USER_KEY CACHE_PREFIX "user:{user_id}:monthly_revenue"
#define ONE_KEY CACHE_PREFIX "executive:total_videos"

static struct cache_entry users = {.set = "user_dashboards", .key = USER_KEY};
static struct cache_entry one = {.set = "executive_dashboard", .key = ONE_KEY};

static const struct data_column columns[] = {{.name = "user_id", .type = DATA_UUID},
                                             {.name = "revenue", .type = DATA_NUMERIC},
                                             {.name = "days", .type = DATA_INT}};

static struct cache *cache_of(struct loop *loop)
{
    struct cache *cache = NULL;

    assert_int_equal(cache_new(loop, redis_address, &cache, NULL), 0);
    users.class = cache_class(CLASS_USER);
    one.class = cache_class(CLASS_EXECUTIVE);
    return cache;
}

/* A command of up to four words, and what Redis says as one text. */
static const char *redis(struct cache *cache, const char *a, const char *b, const char *c, const char *d)
{
    static char         said[300];
    struct redis_reply *reply = NULL;

    assert_int_equal(redis_client_command(cache->client, US_PER_SECOND * 10, &reply, NULL, a, b, c, d, NULL), 0);
    if (redis_reply_text(reply) != NULL)
        snprintf(said, sizeof said, "%s", redis_reply_text(reply));
    else
        snprintf(said, sizeof said, "%lld", redis_reply_number(reply, -1));
    redis_reply_free(reply);
    return said;
}

static struct cache_warming *begin(struct cache *cache, const struct cache_entry *entry)
{
    struct cache_warming *warming = NULL;
    struct error          error = ERROR_INIT;

    if (cache_warm_begin(cache, entry, NULL, &warming, &error) < 0)
        fail_msg("%s", error.text);
    return warming;
}

static int put(struct cache_warming *warming, const char *user, const char *revenue, struct error *error)
{
    struct data_cell cells[] = {
        {user, user != NULL ? strlen(user) : 0}, {revenue, revenue != NULL ? strlen(revenue) : 0}, {"3", 1}};

    return sink_row(cache_warm_sink(warming), cells, error);
}

/* A pass of three users, or of so many less. */
static struct cache_warmed warm_users(struct cache *cache, const char *second, size_t count)
{
    static const char *const names[] = {"a", "b", "c"};
    struct cache_warming    *warming = begin(cache, &users);
    struct cache_warmed      warmed = {0};

    assert_int_equal(sink_begin(cache_warm_sink(warming), columns, 3, NULL), 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(put(warming, names[i], i == 0 ? NULL : i == 1 ? second : "0.10", NULL), 0);
    assert_int_equal(sink_end(cache_warm_sink(warming), NULL, NULL), 0);
    assert_int_equal(cache_warm_end(warming, &warmed, NULL), 0);
    cache_warm_free(warming);
    return warmed;
}

TASK_TEST(each_key_has_its_rows_as_python_writes_them)
{
    struct cache       *cache = cache_of(who);
    struct cache_warmed warmed;

    redis(cache, "FLUSHALL", NULL, NULL, NULL);
    redis(cache, "LPUSH", CACHE_PREFIX "user:c:monthly_revenue", "not ours", NULL);
    redis(cache, "SET", "ytempire:warmed:user_dashboards user:{user_id}:monthly_revenue", "not ours", NULL);
    warmed = warm_users(cache, "12345678901234567.891", 3);
    assert_int_equal(warmed.keys, 3);
    assert_int_equal(warmed.changed, 3);
    assert_int_equal(warmed.removed, 0);
    assert_string_equal(redis(cache, "GET", CACHE_PREFIX "user:a:monthly_revenue", NULL, NULL),
                        "[{\"revenue\": null, \"days\": 3}]");
    assert_string_equal(redis(cache, "GET", CACHE_PREFIX "user:b:monthly_revenue", NULL, NULL),
                        "[{\"revenue\": \"12345678901234567.891\", \"days\": 3}]");
    assert_string_equal(redis(cache, "GET", CACHE_PREFIX "user:c:monthly_revenue", NULL, NULL),
                        "[{\"revenue\": \"0.10\", \"days\": 3}]");
    /* half an hour fresh, and half an hour more */
    assert_in_range(atoi(redis(cache, "TTL", CACHE_PREFIX "user:a:monthly_revenue", NULL, NULL)), 3500, 3600);
    cache_free(cache);
}

TASK_TEST(what_is_the_same_is_no_change_and_who_is_gone_goes)
{
    struct cache       *cache = cache_of(who);
    struct cache_warmed warmed;

    redis(cache, "FLUSHALL", NULL, NULL, NULL);
    (void)warm_users(cache, "1.00", 3);
    warmed = warm_users(cache, "2.00", 2);
    assert_int_equal(warmed.keys, 2);
    assert_int_equal(warmed.changed, 1);
    assert_int_equal(warmed.removed, 1);
    assert_string_equal(redis(cache, "EXISTS", CACHE_PREFIX "user:c:monthly_revenue", NULL, NULL), "0");
    warmed = warm_users(cache, NULL, 0);
    assert_int_equal(warmed.removed, 2);
    assert_string_equal(redis(cache, "DBSIZE", NULL, NULL, NULL), "2"); /* that there is such an entry, its last pass */
    cache_free(cache);
}

/* -- what a load touches ------------------------------------------------------------------------------------------- */

static const struct cache_read reads[] = {
    {.relation = "analytics.fact_revenue", .from = 100, .to = 200},
    {.relation = "users.accounts", .added = true, .from = INT64_MIN, .to = INT64_MAX}};

static void warm_read_users(struct cache *cache)
{
    users.database = "db";
    users.reads = reads;
    users.read_count = COUNT_OF(reads);
    (void)warm_users(cache, "1.00", 3);
    users.database = NULL;
}

/* How many sets have become stale by it. */
static size_t touch(struct cache *cache, const char *database, const char *relation, bool added, int64_t from)
{
    struct cache_touch   one_touch = {relation, added, from, from + 10};
    struct cache_touched touched;
    size_t               count;

    assert_int_equal(cache_touch(cache, database, &one_touch, 1, &touched, NULL), 0);
    assert_int_equal(touched.dropped, 0);
    count = touched.set_count;
    if (count > 0) {
        assert_string_equal(touched.sets[0].set, "user_dashboards");
        assert_ptr_equal(touched.sets[0].class, cache_class(CLASS_USER));
        assert_string_equal(touched.sets[0].pass, redis(cache, "HGET", "ytempire:warm:begun", "user_dashboards", NULL));
    }
    cache_touched_done(&touched);
    return count;
}

static void assert_stale(struct cache *cache, const char *expected)
{
    struct table *table = NULL;
    bool          touched = false;

    assert_int_equal(cache_keys(cache, "user:", &table, NULL), 0);
    assert_int_equal(table_row_count(table), 3);
    for (size_t row = 0; row < 3; row++) {
        assert_string_equal(table_column(table, 8)->name, "stale");
        assert_string_equal(table_cell(table, row, 8).text, expected);
        assert_int_equal(table_cell(table, row, 9).text != NULL, expected[0] == 't');
    }
    table_free(table);
    assert_int_equal(cache_warm_is_touched(cache, "user_dashboards", &touched, NULL), 0);
    assert_int_equal(touched, expected[0] == 't');
}

TASK_TEST(what_a_load_touches_is_stale_and_stays_until_it_is_made_anew)
{
    struct cache *cache = cache_of(who);

    redis(cache, "FLUSHALL", NULL, NULL, NULL);
    warm_read_users(cache);
    assert_stale(cache, "f");
    assert_int_equal(touch(cache, "db", "analytics.fact_revenue", false, 300), 0);
    assert_int_equal(touch(cache, "db", "analytics.dim_video", false, 150), 0);
    assert_int_equal(touch(cache, "other", "analytics.fact_revenue", false, 150), 0);
    assert_int_equal(touch(cache, "db", "analytics.fact_revenue", true, 150), 0);     /* it counts no rows of these */
    assert_stale(cache, "f");
    assert_int_equal(touch(cache, "db", "analytics.fact_revenue", false, 150), 1);
    assert_stale(cache, "t");
    assert_string_equal(redis(cache, "EXISTS", CACHE_PREFIX "user:a:monthly_revenue", NULL, NULL), "1");
    warm_read_users(cache);
    assert_stale(cache, "f");
    assert_int_equal(touch(cache, "db", "users.accounts", true, 0), 1);
    warm_read_users(cache);
    assert_int_equal(touch(cache, "db", NULL, false, 0), 1);
    assert_stale(cache, "t");
    cache_free(cache);
}

TASK_TEST(what_is_touched_during_a_pass_is_stale_after_it_and_a_pass_that_fails_mends_nothing)
{
    struct cache         *cache = cache_of(who);
    struct cache_warming *warming;
    struct cache_warmed   warmed;

    redis(cache, "FLUSHALL", NULL, NULL, NULL);
    warm_read_users(cache);
    users.database = "db";
    warming = begin(cache, &users);
    users.database = NULL;
    assert_int_equal(sink_begin(cache_warm_sink(warming), columns, 3, NULL), 0);
    assert_int_equal(touch(cache, "db", "users.accounts", true, 0), 1);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(put(warming, (const char *[]){"a", "b", "c"}[i], "5.00", NULL), 0);
    assert_int_equal(sink_end(cache_warm_sink(warming), NULL, NULL), 0);
    assert_int_equal(cache_warm_end(warming, &warmed, NULL), 0);
    cache_warm_free(warming);
    assert_stale(cache, "t");
    cache_warm_free(begin(cache, &users));
    assert_int_equal(cache_warm_failed(cache, &users, "no such thing", NULL), 0);
    assert_stale(cache, "t");
    warm_read_users(cache);
    assert_stale(cache, "f");
    cache_free(cache);
}

TASK_TEST(what_is_dropped_by_hand_during_a_pass_is_stale_after_it)
{
    struct cache         *cache = cache_of(who);
    struct cache_warming *warming;
    struct cache_warmed   warmed;
    size_t                keys, bytes;
    bool                  touched;

    redis(cache, "FLUSHALL", NULL, NULL, NULL);
    warming = begin(cache, &users);
    assert_int_equal(sink_begin(cache_warm_sink(warming), columns, 3, NULL), 0);
    assert_int_equal(put(warming, "a", "1.00", NULL), 0);
    assert_int_equal(cache_invalidate(cache, "user:", false, &keys, &bytes, NULL), 0);
    assert_int_equal(sink_end(cache_warm_sink(warming), NULL, NULL), 0);
    assert_int_equal(cache_warm_end(warming, &warmed, NULL), 0);
    cache_warm_free(warming);
    assert_int_equal(cache_warm_is_touched(cache, "user_dashboards", &touched, NULL), 0);
    assert_true(touched);
    (void)warm_users(cache, "1.00", 3);
    assert_int_equal(cache_warm_is_touched(cache, "user_dashboards", &touched, NULL), 0);
    assert_false(touched);
    /* by a clock that has been put back since: not for ever */
    redis(cache, "SET", "ytempire:mark:hand", "other 9000000000000000", NULL);
    (void)warm_users(cache, "1.00", 3);
    assert_int_equal(cache_warm_is_touched(cache, "user_dashboards", &touched, NULL), 0);
    assert_false(touched);
    cache_free(cache);
}

TASK_TEST(one_key_without_rows_is_an_empty_list)
{
    struct cache         *cache = cache_of(who);
    struct cache_warming *warming;
    struct cache_warmed   warmed;

    redis(cache, "FLUSHALL", NULL, NULL, NULL);
    warming = begin(cache, &one);
    assert_int_equal(sink_begin(cache_warm_sink(warming), columns, 3, NULL), 0);
    assert_int_equal(sink_end(cache_warm_sink(warming), NULL, NULL), 0);
    assert_int_equal(cache_warm_end(warming, &warmed, NULL), 0);
    cache_warm_free(warming);
    assert_string_equal(redis(cache, "GET", ONE_KEY, NULL, NULL), "[]");
    assert_int_equal(warmed.bytes, 2);
    cache_free(cache);
}

TASK_TEST(twelve_thousand_keys_are_written_in_batches)
{
    struct cache         *cache = cache_of(who);
    struct cache_warming *warming;
    struct cache_warmed   warmed;

    redis(cache, "FLUSHALL", NULL, NULL, NULL);
    warming = begin(cache, &users);
    assert_int_equal(sink_begin(cache_warm_sink(warming), columns, 3, NULL), 0);
    for (int i = 0; i < 12000; i++) {
        char name[16];

        snprintf(name, sizeof name, "%06d", i);
        assert_int_equal(put(warming, name, "1", NULL), 0);
    }
    assert_int_equal(sink_end(cache_warm_sink(warming), NULL, NULL), 0);
    assert_int_equal(cache_warm_end(warming, &warmed, NULL), 0);
    cache_warm_free(warming);
    assert_int_equal(warmed.keys, 12000);
    assert_int_equal(warmed.changed, 12000);
    assert_string_equal(
        redis(cache, "ZCARD", "ytempire:warmed:user_dashboards user:{user_id}:monthly_revenue", NULL, NULL), "12000");
    warmed = warm_users(cache, "1", 3);
    assert_int_equal(warmed.removed, 12000);
    cache_free(cache);
}

TASK_TEST(rows_of_a_key_that_are_apart_are_refused)
{
    struct cache         *cache = cache_of(who);
    struct cache_warming *warming;
    struct cache_warmed   warmed = {0};
    struct error          error = ERROR_INIT;

    redis(cache, "FLUSHALL", NULL, NULL, NULL);
    warming = begin(cache, &users);
    assert_int_equal(sink_begin(cache_warm_sink(warming), columns, 3, NULL), 0);
    assert_int_equal(put(warming, "a", "1", NULL), 0);
    assert_int_equal(put(warming, "a", "2", NULL), 0);
    assert_int_equal(put(warming, "b", "3", NULL), 0);
    assert_int_equal(put(warming, "a", "4", NULL), 0);
    assert_int_equal(sink_end(cache_warm_sink(warming), NULL, NULL), 0);
    assert_int_equal(cache_warm_end(warming, &warmed, &error), ERR_FAILED);
    assert_non_null(strstr(error.text, "'" CACHE_PREFIX "user:a:monthly_revenue' come more than once"));
    error_done(&error);
    cache_warm_free(warming);
    cache_free(cache);
}

TASK_TEST(rows_that_lack_what_the_key_names_are_refused)
{
    struct cache         *cache = cache_of(who);
    struct cache_warming *warming = begin(cache, &users);
    struct error          error = ERROR_INIT;

    assert_int_equal(sink_begin(cache_warm_sink(warming), columns + 1, 2, &error), ERR_UNKNOWN);
    assert_string_equal(error.text, "its answer has no column 'user_id', which the key '" USER_KEY "' names");
    error_done(&error);
    cache_warm_free(warming);
    warming = begin(cache, &users);
    assert_int_equal(sink_begin(cache_warm_sink(warming), columns, 3, NULL), 0);
    assert_int_equal(put(warming, NULL, "1", &error), ERR_FAILED);
    error_done(&error);
    cache_warm_free(warming);
    cache_free(cache);
}

/* A pass that began earlier and ends later has older values. */
TASK_TEST(an_older_pass_writes_over_nothing_newer)
{
    struct cache         *cache = cache_of(who);
    struct cache_warming *slow;
    struct cache_warmed   warmed;

    redis(cache, "FLUSHALL", NULL, NULL, NULL);
    slow = begin(cache, &users);
    assert_int_equal(sink_begin(cache_warm_sink(slow), columns, 3, NULL), 0);
    assert_int_equal(put(slow, "b", "old", NULL), 0);
    (void)warm_users(cache, "new", 3);
    assert_int_equal(sink_end(cache_warm_sink(slow), NULL, NULL), 0);
    assert_int_equal(cache_warm_end(slow, &warmed, NULL), 0);
    cache_warm_free(slow);
    assert_int_equal(warmed.changed, 0);
    assert_int_equal(warmed.removed, 0);
    assert_string_equal(redis(cache, "GET", CACHE_PREFIX "user:b:monthly_revenue", NULL, NULL),
                        "[{\"revenue\": \"new\", \"days\": 3}]");
    cache_free(cache);
}

static void look_at_failure(struct cache *cache, const char *since, const char *why)
{
    struct table *table = NULL;

    assert_int_equal(cache_keys(cache, "user:a", &table, NULL), 0);
    assert_int_equal(table_row_count(table), 1);
    assert_string_equal(table_cell(table, 0, 5).text, "user_dashboards");
    if (since == NULL)
        assert_null(table_cell(table, 0, 6).text);
    else
        assert_string_equal(table_cell(table, 0, 6).text, since);
    if (why != NULL)
        assert_string_equal(table_cell(table, 0, 7).text, why);
    table_free(table);
    assert_int_equal(cache_stats(cache, &table, NULL), 0);
    assert_string_equal(table_column(table, 10)->name, "warm_failing");
    assert_string_equal(table_cell(table, 0, 10).text, since != NULL ? "1" : "0");
    table_free(table);
}

TASK_TEST(a_failure_is_told_with_its_first_time_until_it_is_over)
{
    struct cache *cache = cache_of(who);

    redis(cache, "FLUSHALL", NULL, NULL, NULL);
    (void)warm_users(cache, "1.00", 3);
    look_at_failure(cache, NULL, NULL);
    redis(cache, "HSET", "ytempire:warm:failed", "user_dashboards " USER_KEY, "1769860800000 the server was gone");
    assert_int_equal(cache_warm_failed(cache, &users, "division by zero", NULL), 0);
    look_at_failure(cache, "2026-01-31 12:00:00+00", "division by zero");
    assert_string_equal(redis(cache, "GET", CACHE_PREFIX "user:b:monthly_revenue", NULL, NULL),
                        "[{\"revenue\": \"1.00\", \"days\": 3}]");
    (void)warm_users(cache, "1.00", 3);
    look_at_failure(cache, NULL, NULL);
    cache_free(cache);
}

static void on_message(void *who, const char *text, size_t length)
{
    if (text != NULL)
        str_add_bytes(who, text, length);
}

TASK_TEST(who_has_subscribed_hears_of_it)
{
    struct cache          *cache = cache_of(who);
    struct cache_warmed    warmed = {.keys = 7, .changed = 5, .removed = 2};
    struct str             heard = STR_INIT;
    struct redis_listener *listener = redis_listen(cache->client, CACHE_WARMED_CHANNEL, on_message, &heard);
    int64_t                until = monotonic_us() + 30 * US_PER_SECOND;

    while (heard.length == 0 && monotonic_us() < until) {
        assert_int_equal(cache_warm_announce(cache, "tr\"ending", &warmed, 1, NULL), 0);
        assert_int_equal(task_sleep(20000), 0);
    }
    assert_non_null(strstr(str_text(&heard), "{\"set\": \"tr\\\"ending\", \"at\": \"20"));
    assert_non_null(strstr(str_text(&heard), "Z\", \"keys\": 7, \"changed\": 5, \"removed\": 2, \"failed\": 1}"));
    redis_listener_free(listener);
    assert_int_equal(task_sleep(1000), 0);             /* its task ends at the next turn */
    str_done(&heard);
    cache_free(cache);
}

static void wrong_keys_are_told_where_they_are_wrong(void **state)
{
    static const struct {
        const char *key;
        size_t      at;
    } cases[] = {{"executive:x", 0},        {CACHE_PREFIX, 0},         {CACHE_PREFIX "a b", 11},
                 {CACHE_PREFIX "u:{id", 12}, {CACHE_PREFIX "u:{}", 12}, {CACHE_PREFIX "u:id}", 14},
                 {CACHE_PREFIX "{a{b}}", 10}};
    struct arena      *arena = arena_new();
    const char *const *names;
    size_t             count, at;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        at = 1000;
        assert_int_equal(cache_entry_columns(arena, cases[i].key, &names, &count, &at, NULL), ERR_SYNTAX);
        assert_int_equal(at, cases[i].at);
    }
    assert_int_equal(cache_entry_columns(arena, CACHE_PREFIX "{a}:x:{b}", &names, &count, &at, NULL), 0);
    assert_int_equal(count, 2);
    assert_string_equal(names[0], "a");
    assert_string_equal(names[1], "b");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_key_has_its_rows_as_python_writes_them),
        cmocka_unit_test(what_is_the_same_is_no_change_and_who_is_gone_goes),
        cmocka_unit_test(what_a_load_touches_is_stale_and_stays_until_it_is_made_anew),
        cmocka_unit_test(what_is_touched_during_a_pass_is_stale_after_it_and_a_pass_that_fails_mends_nothing),
        cmocka_unit_test(what_is_dropped_by_hand_during_a_pass_is_stale_after_it),
        cmocka_unit_test(one_key_without_rows_is_an_empty_list),
        cmocka_unit_test(twelve_thousand_keys_are_written_in_batches),
        cmocka_unit_test(rows_of_a_key_that_are_apart_are_refused),
        cmocka_unit_test(rows_that_lack_what_the_key_names_are_refused),
        cmocka_unit_test(an_older_pass_writes_over_nothing_newer),
        cmocka_unit_test(a_failure_is_told_with_its_first_time_until_it_is_over),
        cmocka_unit_test(who_has_subscribed_hears_of_it),
        cmocka_unit_test(wrong_keys_are_told_where_they_are_wrong),
    };

    redis_start(NULL, NULL);
    return cmocka_run_group_tests_name("cache_warm", tests, NULL, NULL);
}
