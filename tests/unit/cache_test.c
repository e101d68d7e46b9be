/* cache: a real Redis, and what other programs, loads and a full memory do to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/cache/cache_int.h"
#include "tests/unit/redis_server.h"
#include "ytempire/cache/looks.h"

#define KEY CACHE_PREFIX "0123456789abcdef0123456789abcdef"
#define HOUR US_PER_HOUR

/* -- a front end that writes down what it sees --------------------------------------------------------------------- */

struct front {
    struct sink sink;
    struct str  text;
};

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    struct str *text = &((struct front *)sink)->text;

    (void)error;
    for (size_t i = 0; i < count; i++)
        str_addf(text, "%s:%s%s%s%s|", columns[i].name, data_type_name(columns[i].type),
                 columns[i].zone != NULL ? "@" : "", columns[i].zone != NULL ? zone_name(columns[i].zone) : "",
                 columns[i].title != NULL ? columns[i].title : "");
    str_add_char(text, '\n');
    return 0;
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct str *text = &((struct front *)sink)->text;

    (void)error;
    for (size_t i = 0; i < 2; i++)
        str_addf(text, "%.*s|", cells[i].text != NULL ? (int)cells[i].length : 5,
                 cells[i].text != NULL ? cells[i].text : "NULL.");
    str_add_char(text, '\n');
    return 0;
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)error;
    str_addf(&((struct front *)sink)->text, "%s %s %s %s %zu", note->title, note->range, note->cache,
             note->remark_count > 0 ? note->remarks[0] : "-", note->remark_count);
    return 0;
}

static const struct sink_ops front_ops = {.begin = on_begin, .row = on_row, .end = on_end};

/* -- an answer ----------------------------------------------------------------------------------------------------- */

static struct data_column columns[2] = {{.name = "day", .type = DATA_TIMESTAMPTZ, .unit = UNIT_DAY, .decimals = -1},
                                        {.name = "views", .type = DATA_NUMERIC, .decimals = 2, .title = "Views é"}};

static const struct cache_read reads[] = {{"analytics.facts", true, 10 * HOUR, 20 * HOUR},
                                          {"analytics.dim_video", false, INT64_MIN, INT64_MAX}};

static struct cache_question question(const char *key)
{
    return (struct cache_question){.key = key, .database = "db", .reads = reads, .read_count = 2, .columns = columns,
                                   .column_count = 2, .max_stale_us = -1};
}

static struct cache_record *recorded(struct front *front, const char *views)
{
    static const char   *remarks[] = {"a remark"};
    struct cache_record *record = cache_record_new(&front->sink, CACHE_ROWS_MOST);
    struct data_note     note = {.title = "views by day", .range = "two days", .remarks = remarks, .remark_count = 1};
    struct sink         *sink = cache_record_sink(record);

    front->sink.ops = &front_ops;
    columns[0].zone = zone_utc();
    cache_record_name(record, "miss", KEY);
    assert_int_equal(sink_begin(sink, columns, 2, NULL), 0);
    assert_int_equal(sink_row(sink, (struct data_cell[]){{"2026-01-31 00:00:00+00", 22}, {views, strlen(views)}}, NULL),
                     0);
    assert_int_equal(sink_row(sink, (struct data_cell[]){{"2026-02-01 00:00:00+00", 22}, CELL_NULL}, NULL), 0);
    assert_int_equal(sink_end(sink, &note, NULL), 0);
    return record;
}

static struct cache *cache_of(struct loop *loop)
{
    struct cache *cache = NULL;

    assert_int_equal(cache_new(loop, redis_address, &cache, NULL), 0);
    return cache;
}

/* The words of a command for Redis, and what it says as one text. */
static char *redis(struct cache *cache, const char *a, const char *b, const char *c, const char *d)
{
    struct redis_reply *reply = NULL;
    char               *text;

    assert_int_equal(redis_client_command(cache->client, ANSWER_US * 20, &reply, NULL, a, b, c, d, NULL), 0);
    text = redis_reply_text(reply) != NULL ? mem_strdup(redis_reply_text(reply))
                                           : mem_printf("%lld", redis_reply_number(reply, -1));
    redis_reply_free(reply);
    return text;
}

static void redis_do(struct cache *cache, const char *a, const char *b, const char *c, const char *d)
{
    mem_free(redis(cache, a, b, c, d));
}

static void store(struct cache *cache, const char *key, const char *views, const char *shortcut)
{
    struct cache_question asked = question(key);
    struct cache_answer   answer = {0};
    struct front          front = {0};
    struct cache_record  *record = recorded(&front, views);

    assert_int_equal(cache_ask(cache, &asked, &answer, NULL), 0);
    assert_int_equal(answer.outcome, CACHE_MISS);
    assert_int_equal(cache_store(TAKE(answer.flight), record, cache_class(CLASS_OPERATIONAL), HOUR, shortcut, NULL), 0);
    cache_record_free(record);
    str_done(&front.text);
}

/* "hit", "stale" or "miss" (and then the flight is given up); the views of the first row of an answer. */
static const char *look(struct cache *cache, const char *key, int64_t max_stale_us)
{
    static char           said[200];
    struct cache_question asked = question(key);
    struct cache_answer   answer = {0};
    struct error          error = ERROR_INIT;

    asked.max_stale_us = max_stale_us;
    if (cache_ask(cache, &asked, &answer, &error) < 0)
        fail_msg("%s", error.text);
    strcpy(said, answer.outcome == CACHE_HIT ? "hit" : answer.outcome == CACHE_STALE ? "stale" : "miss");
    if (answer.rows != NULL) {
        struct data_cell cell;
        size_t           at = 0;

        assert_int_equal(rows_next_cell(&answer.rows->raw, &at, &cell), 0);
        assert_int_equal(rows_next_cell(&answer.rows->raw, &at, &cell), 0);
        snprintf(said + strlen(said), 100, " %.*s", (int)cell.length, cell.text);
    }
    cache_answer_done(&answer);
    return said;
}

TASK_TEST(an_answer_comes_back_as_it_was)
{
    struct cache *cache = cache_of(who), *other = cache_of(who);
    struct cache_question asked = question(KEY);
    struct cache_answer   answer = {0};
    struct front          first = {0}, again = {0};
    struct cache_record  *record = recorded(&first, "1234567890123456789.50");
    char                 *value;

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    assert_int_equal(cache_ask(cache, &asked, &answer, NULL), 0);
    assert_int_equal(cache_store(TAKE(answer.flight), record, cache_class(CLASS_OPERATIONAL), HOUR, NULL, NULL), 0);
    value = redis(cache, "GET", KEY, NULL, NULL);
    assert_string_equal(value, "[{\"day\": \"2026-01-31 00:00:00+00:00\", \"views\": \"1234567890123456789.50\"}, "
                               "{\"day\": \"2026-02-01 00:00:00+00:00\", \"views\": null}]");
    assert_int_equal(cache_ask(other, &asked, &answer, NULL), 0);
    assert_int_equal(answer.outcome, CACHE_HIT);
    again.sink.ops = &front_ops;
    assert_int_equal(cache_rows_send(answer.rows, "miss", KEY, 0, &again.sink, NULL), 0);
    assert_string_equal(str_text(&first.text),
                        "day:timestamptz@UTC|views:numericViews é|\n2026-01-31 00:00:00+00|1234567890123456789.50|\n"
                        "2026-02-01 00:00:00+00|NULL.|\nviews by day two days miss a remark 1");
    assert_string_equal(str_text(&again.text), str_text(&first.text));
    cache_answer_done(&answer);
    assert_string_equal(look(other, KEY, -1), "hit 1234567890123456789.50");   /* of those it knows */
    mem_free(value);
    cache_record_free(record);
    str_done(&first.text);
    str_done(&again.text);
    cache_free(cache);
    cache_free(other);
}

TASK_TEST(an_old_answer_is_given_to_who_takes_it)
{
    struct cache *cache = cache_of(who), *computing = cache_of(who);
    struct cache_question asked = question(KEY);
    struct cache_answer   flight = {0}, old = {0};

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    store(cache, KEY, "7", NULL);
    redis_do(cache, "HSET", "ytempire:meta:0123456789abcdef0123456789abcdef", "fresh", "-1");
    assert_string_equal(look(cache, KEY, -1), "miss");
    assert_string_equal(look(cache, KEY, HOUR), "miss");       /* one computes … */
    assert_int_equal(cache_ask(computing, &asked, &flight, NULL), 0);
    assert_string_equal(look(cache, KEY, HOUR), "stale 7");    /* … while others have the old one */
    cache_answer_done(&flight);
    assert_int_equal(cache_find_old(cache, KEY, &old, NULL), 0);
    assert_int_equal(old.outcome, CACHE_STALE);
    cache_answer_done(&old);
    cache_free(cache);
    cache_free(computing);
}

static void touch(struct cache *cache, const char *relation, bool added, int64_t from, int64_t to)
{
    struct cache_touch one = {relation, added, from, to};

    assert_int_equal(cache_touch(cache, "db", &one, 1, NULL, NULL), 0);
}

TASK_TEST(what_a_load_touched_goes_and_nothing_else)
{
    struct cache *cache = cache_of(who);

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    store(cache, KEY, "7", NULL);
    touch(cache, "analytics.facts", true, 5 * HOUR, 10 * HOUR);
    touch(cache, "analytics.facts", false, 20 * HOUR, 21 * HOUR);
    touch(cache, "analytics.others", false, INT64_MIN, INT64_MAX);
    touch(cache, "analytics.dim_video", true, INT64_MIN, INT64_MAX);   /* new videos: not what it was read from */
    assert_int_equal(cache_touch(cache, "other db", &(struct cache_touch){.from = INT64_MIN, .to = INT64_MAX}, 1, NULL,
                                 NULL), 0);
    assert_string_equal(look(cache, KEY, -1), "hit 7");
    touch(cache, "analytics.facts", true, 19 * HOUR, 20 * HOUR);
    assert_string_equal(look(cache, KEY, -1), "miss");
    store(cache, KEY, "8", NULL);
    touch(cache, "analytics.dim_video", false, INT64_MIN, INT64_MAX);
    assert_string_equal(look(cache, KEY, -1), "miss");
    store(cache, KEY, "9", NULL);
    touch(cache, NULL, false, INT64_MIN, INT64_MAX);
    assert_string_equal(look(cache, KEY, -1), "miss");
    store(cache, KEY, "10", NULL);
    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    assert_string_equal(look(cache, KEY, -1), "miss");
    cache_free(cache);
}

/* The load commits and tells while the statement, which has begun before, still runs. */
TASK_TEST(an_answer_of_before_a_load_is_not_kept)
{
    static const struct cache_touch touches[] = {{"analytics.facts", true, 0, HOUR},
                                                 {NULL, false, INT64_MIN, INT64_MAX}};
    struct cache *cache = cache_of(who);

    for (size_t i = 0; i < COUNT_OF(touches) + 1; i++) {
        struct cache_question asked = question(KEY);
        struct cache_answer   answer = {0};
        struct front          front = {0};
        struct cache_record  *record = recorded(&front, "1");

        redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
        assert_int_equal(cache_ask(cache, &asked, &answer, NULL), 0);
        if (i < COUNT_OF(touches))
            assert_int_equal(cache_touch(cache, "db", &touches[i], 1, NULL, NULL), 0);
        else
            redis_do(cache, "FLUSHALL", NULL, NULL, NULL);     /* the marks of before are forgotten: nor then */
        assert_int_equal(cache_store(answer.flight, record, cache_class(CLASS_OPERATIONAL), HOUR, NULL, NULL), 0);
        assert_string_equal(look(cache, KEY, -1), "miss");
        cache_record_free(record);
        str_done(&front.text);
    }
    cache_free(cache);
}

/* A person has changed rows past all loads, and drops what there is: what still runs has read them as they were. */
TASK_TEST(an_answer_of_before_somebody_drops_keys_is_not_kept)
{
    struct cache         *cache = cache_of(who), *other = cache_of(who);
    struct cache_question asked = question(KEY);
    struct front          front = {0};
    struct cache_record  *record = recorded(&front, "1");
    size_t                keys, bytes;

    for (int refresh = 0; refresh <= 1; refresh++) {
        struct cache_answer answer = {0};

        redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
        assert_int_equal(refresh ? cache_take_off(cache, &asked, &answer.flight, NULL)
                                 : cache_ask(cache, &asked, &answer, NULL), 0);
        assert_int_equal(cache_invalidate(other, "", true, &keys, &bytes, NULL), 0);
        assert_int_equal(cache_store(TAKE(answer.flight), record, cache_class(CLASS_OPERATIONAL), HOUR, NULL, NULL), 0);
        assert_string_equal(look(cache, KEY, -1), "hit 1");    /* they were only counted */
        redis_do(cache, "UNLINK", KEY, NULL, NULL);
        assert_int_equal(refresh ? cache_take_off(cache, &asked, &answer.flight, NULL)
                                 : cache_ask(cache, &asked, &answer, NULL), 0);
        assert_int_equal(cache_invalidate(other, "", false, &keys, &bytes, NULL), 0);
        assert_int_equal(cache_store(answer.flight, record, cache_class(CLASS_OPERATIONAL), HOUR, NULL, NULL), 0);
        assert_string_equal(look(cache, KEY, -1), "miss");
    }
    store(cache, KEY, "2", NULL);
    assert_string_equal(look(cache, KEY, -1), "hit 2");
    cache_record_free(record);
    str_done(&front.text);
    cache_free(cache);
    cache_free(other);
}

TASK_TEST(an_answer_whose_list_was_thrown_away_does_not_hold)
{
    struct cache *cache = cache_of(who);
    char         *list = reads_list("db", "analytics.dim_video", false);

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    store(cache, KEY, "7", NULL);
    redis_do(cache, "DEL", list, NULL, NULL);
    assert_string_equal(look(cache, KEY, -1), "miss");
    mem_free(list);
    cache_free(cache);
}

TASK_TEST(values_of_other_programs_are_rows_or_nothing)
{
    struct cache     *cache = cache_of(who);
    struct cache_look one = {.key = KEY, .columns = columns, .column_count = 2};

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    redis_do(cache, "SET", KEY, "[{\"day\": \"2026-01-31 00:00:00+00:00\", \"views\": 12}]", NULL);
    assert_string_equal(look(cache, KEY, -1), "hit 12");
    touch(cache, "analytics.facts", true, 19 * HOUR, 20 * HOUR);
    assert_string_equal(look(cache, KEY, -1), "miss");
    store(cache, KEY, "7", NULL);                              /* and one that is put in place of ours, of its length */
    redis_do(cache, "SETRANGE", KEY, "50", "8");
    redis_do(cache, "SET", KEY, "[{\"views\": \"8\", \"day\": \"2026-01-31 00:00:00+00:00\"}]", NULL);
    assert_string_equal(look(cache, KEY, -1), "hit 8");
    redis_do(cache, "SET", KEY, "[{\"other\": 1}]", NULL);
    assert_string_equal(look(cache, KEY, -1), "miss");
    redis_do(cache, "SET", KEY, "\xff garbage", NULL);
    assert_string_equal(look(cache, KEY, -1), "miss");
    redis_do(cache, "SET", KEY, "[{\"day\": \"yesterday\", \"views\": {}}]", NULL);
    assert_string_equal(look(cache, KEY, -1), "miss");
    redis_do(cache, "DEL", KEY, NULL, NULL);
    redis_do(cache, "LPUSH", KEY, "a list", NULL);
    assert_string_equal(look(cache, KEY, -1), "miss");
    store(cache, KEY, "9", NULL);
    assert_string_equal(look(cache, KEY, -1), "hit 9");
    redis_do(cache, "HSET", "ytempire:meta:0123456789abcdef0123456789abcdef", "rows", "p\xff\xff");
    redis_do(cache, "HSET", "ytempire:meta:0123456789abcdef0123456789abcdef", "id", "another");
    assert_string_equal(look(cache, KEY, -1), "miss");
    store(cache, KEY, "9", NULL);                              /* rows without end, of nothing */
    redis_do(cache, "HSET", "ytempire:meta:0123456789abcdef0123456789abcdef", "rows", "p");
    redis_do(cache, "HSET", "ytempire:meta:0123456789abcdef0123456789abcdef", "head",
             "{\"version\": 1, \"rows\": 9000000000000000000, \"columns\": []}");
    redis_do(cache, "HSET", "ytempire:meta:0123456789abcdef0123456789abcdef", "id", "a third");
    assert_string_equal(look(cache, KEY, -1), "miss");
    redis_do(cache, "SET", "ytempire:meta:0123456789abcdef0123456789abcdef", "no hash", NULL);
    store(cache, KEY, "10", NULL);
    assert_string_equal(look(cache, KEY, -1), "hit 10");
    for (size_t i = 0; i < 2; i++) {                           /* times that are none */
        redis_do(cache, "HSET", "ytempire:meta:0123456789abcdef0123456789abcdef", i == 0 ? "at" : "fresh", "soon");
        assert_int_equal(cache_look(cache, &one, 1, NULL), 0);
        assert_int_equal(one.outcome, CACHE_MISS);
        cache_looks_done(&one, 1);
        assert_string_equal(look(cache, KEY, -1), "miss");
        store(cache, KEY, "11", NULL);
        assert_string_equal(look(cache, KEY, -1), "hit 11");
    }
    cache_free(cache);
}

/* Its lists live as long as it does, by Redis's clock: this machine's may be another. */
TASK_TEST(an_answer_of_another_program_is_on_the_lists_as_long_as_it_lives)
{
    static const char ends[] = "local t = redis.call('TIME') local left = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] - t[1] * 1000 "
                               "return math.floor(left / 60000 + 0.5) .. ' ' .. math.floor(redis.call('PTTL', KEYS[1]) / 60000 + 0.5)";
    static const struct {
        const char *seconds, *minutes;         /* of the value, and of the list: the member's, its own */
    } cases[] = {{"7200", "120 120"}, {"60", "60 60"}};
    struct cache *cache = cache_of(who);
    char         *list = reads_list("db", "analytics.facts", false);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct redis_reply *reply = NULL;

        redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
        redis_do(cache, "SETEX", KEY, cases[i].seconds, "[{\"day\": \"2026-01-31 00:00:00+00:00\", \"views\": 12}]");
        assert_string_equal(look(cache, KEY, -1), "hit 12");
        assert_int_equal(redis_client_command(cache->client, ANSWER_US, &reply, NULL, "EVAL", ends, "1", list, NULL), 0);
        assert_string_equal(redis_reply_text(reply), cases[i].minutes);
        redis_reply_free(reply);
    }
    mem_free(list);
    cache_free(cache);
}

TASK_TEST(a_full_memory_keeps_nothing_and_answers)
{
    struct cache *cache = cache_of(who);
    struct cache_question asked = question(KEY);
    struct cache_answer   answer = {0};
    struct front          front = {0};
    struct cache_record  *record = recorded(&front, "1");

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    redis_do(cache, "CONFIG", "SET", "maxmemory", "1");
    assert_int_equal(cache_ask(cache, &asked, &answer, NULL), 0);
    assert_int_equal(answer.outcome, CACHE_MISS);
    assert_int_equal(cache_store(answer.flight, record, cache_class(CLASS_OPERATIONAL), HOUR, NULL, NULL), 0);
    touch(cache, "analytics.facts", true, 19 * HOUR, 20 * HOUR);
    redis_do(cache, "CONFIG", "SET", "maxmemory", "0");
    assert_string_equal(look(cache, KEY, -1), "miss");
    cache_record_free(record);
    str_done(&front.text);
    cache_free(cache);
}

TASK_TEST(what_is_too_large_is_not_kept_and_nobody_waits_for_it)
{
    struct cache *cache = cache_of(who), *other = cache_of(who);
    struct cache_question asked = question(KEY);
    struct cache_answer   answer = {0};
    struct front          front = {0};
    struct cache_record  *record = recorded(&front, "1");

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    record->large = true;
    assert_int_equal(cache_ask(cache, &asked, &answer, NULL), 0);
    assert_int_equal(cache_store(TAKE(answer.flight), record, cache_class(CLASS_OPERATIONAL), HOUR, NULL, NULL), 0);
    assert_int_equal(cache_ask(cache, &asked, &answer, NULL), 0);
    assert_string_equal(look(other, KEY, -1), "miss");         /* while the other is at it, too */
    cache_answer_done(&answer);
    cache_record_free(record);
    str_done(&front.text);
    cache_free(cache);
    cache_free(other);
}

struct asking_beside {
    struct cache *cache;
    const char   *said;
    struct task  *waits;
};

static void ask_beside(void *who)
{
    struct asking_beside *asking = who;

    asking->said = look(asking->cache, KEY, -1);
    if (asking->waits != NULL)
        task_wake(asking->waits);
}

/* Redis says that what is known still stands; meanwhile it has made room for something else. */
TASK_TEST(what_was_forgotten_on_the_way_is_sent_and_stays)
{
    struct cache        *cache = cache_of(who);
    struct asking_beside asking = {.cache = cache};

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    store(cache, KEY, "7", NULL);
    assert_string_equal(look(cache, KEY, -1), "hit 7");
    kill(redis_pid, SIGSTOP);
    (void)task_start(task_loop(task_current()), ask_beside, &asking);
    recent_drop(cache->recent, KEY);
    kill(redis_pid, SIGCONT);
    asking.waits = task_current();
    while (asking.said == NULL)
        assert_int_equal(task_park(), 0);
    assert_string_equal(asking.said, "hit 7");
    cache_free(cache);
}

TASK_TEST(shortcuts_lead_to_fresh_answers_and_places_are_remembered)
{
    struct cache *cache = cache_of(who);
    struct cache_answer answer = {0};
    char  key[CACHE_KEY_SIZE], *note = NULL;

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    assert_int_equal(cache_note_place(cache, "here", "a place", NULL), 0);
    assert_int_equal(cache_find(cache, "short", "here", &answer, key, &note, NULL), 0);
    assert_int_equal(answer.outcome, CACHE_MISS);
    assert_string_equal(note, "a place");
    mem_free(note);
    store(cache, KEY, "7", "short");
    assert_int_equal(cache_find(cache, "short", "there", &answer, key, &note, NULL), 0);
    assert_int_equal(answer.outcome, CACHE_HIT);
    assert_string_equal(key, KEY);
    assert_null(note);
    cache_answer_done(&answer);
    redis_do(cache, "HSET", "ytempire:meta:0123456789abcdef0123456789abcdef", "fresh", "-1");
    assert_int_equal(cache_find(cache, "short", "there", &answer, key, &note, NULL), 0);
    assert_int_equal(answer.outcome, CACHE_MISS);
    cache_free(cache);
}

/* -- processes ----------------------------------------------------------------------------------------------------- */

/* Asks; when it is to compute, it counts that, takes its time, and keeps the answer. */
static void asker(void *who)
{
    struct cache *cache = cache_of(who);
    struct cache_question asked = question(KEY);
    struct cache_answer   answer = {0};

    if (cache_ask(cache, &asked, &answer, NULL) < 0)
        _exit(1);
    if (answer.outcome == CACHE_MISS) {
        struct front         front = {0};
        struct cache_record *record = recorded(&front, "1");

        redis_do(cache, "INCR", "computed", NULL, NULL);
        if (task_sleep(300000) < 0 ||
            cache_store(answer.flight, record, cache_class(CLASS_OPERATIONAL), HOUR, NULL, NULL) < 0)
            _exit(2);
    }
    redis_do(cache, "INCR", "answered", NULL, NULL);
    _exit(0);
}

static void asker_dies(void *who)
{
    struct cache *cache = cache_of(who);
    struct cache_question asked = question(KEY);
    struct cache_answer   answer = {0};

    _exit(cache_ask(cache, &asked, &answer, NULL) < 0 || answer.outcome != CACHE_MISS);
}

static void run_process(task_main *main)
{
    if (fork() == 0) {
        loop_run_task(loop_new(), main, NULL);
        _exit(3);
    }
}

static void main_of_asker(void *who)
{
    (void)who;
    asker(task_loop(task_current()));
}

static void main_of_dying(void *who)
{
    (void)who;
    asker_dies(task_loop(task_current()));
}

static void wait_for_processes(int count)
{
    for (int i = 0; i < count; i++) {
        int status = 0;

        while (waitpid(-1, &status, 0) == redis_pid)
            ;
        assert_int_equal(status, 0);
    }
}

static void assert_number(struct cache *cache, const char *key, const char *want)
{
    char *text = redis(cache, "GET", key, NULL, NULL);

    assert_string_equal(text, want);
    mem_free(text);
}

TASK_TEST(a_hundred_askers_compute_once)
{
    struct cache *cache = cache_of(who);

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    for (int i = 0; i < 100; i++)
        run_process(main_of_asker);
    wait_for_processes(100);
    assert_number(cache, "answered", "100");
    assert_number(cache, "computed", "1");
    cache_free(cache);
}

/* Redis takes its time, and who has asked goes to PostgreSQL: the lease that it was given then is nobody's. */
TASK_TEST(a_lease_that_nobody_has_heard_of_is_short)
{
    static const char     lease[] = "ytempire:lease:0123456789abcdef0123456789abcdef";
    struct cache         *cache = cache_of(who), *other = cache_of(who);
    struct cache_question asked = question(KEY);
    struct cache_answer   answer = {0};
    long long             left = -2;
    int64_t               until = monotonic_us() + 60 * US_PER_SECOND;

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    kill(redis_pid, SIGSTOP);
    assert_int_equal(cache_ask(cache, &asked, &answer, NULL), ERR_TIMEOUT);
    kill(redis_pid, SIGCONT);
    while (left == -2 && monotonic_us() < until) {
        _cleanup_(mem_freep) char *text = redis(other, "PTTL", lease, NULL, NULL);

        left = atoll(text);
    }
    assert_in_range(left, 1, 3000);
    assert_int_equal(cache_ask(other, &asked, &answer, NULL), 0);
    assert_int_equal(answer.outcome, CACHE_MISS);
    for (left = 0; left <= 3000 && monotonic_us() < until; (void)!task_sleep(20000)) {      /* one that is held is renewed */
        _cleanup_(mem_freep) char *text = redis(cache, "PTTL", lease, NULL, NULL);

        left = atoll(text);
    }
    assert_in_range(left, 3001, 10000);
    cache_answer_done(&answer);
    cache_free(cache);
    cache_free(other);
}

TASK_TEST(what_a_copy_cannot_be_told_is_not_taken_for_told)
{
    static const struct cache_touch all = {.from = INT64_MIN, .to = INT64_MAX};
    struct cache *cache = cache_of(who);
    struct error  error = ERROR_INIT;

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    store(cache, KEY, "5", NULL);
    redis_do(cache, "REPLICAOF", "127.0.0.1", "1", NULL);
    assert_int_equal(cache_touch(cache, "db", &all, 1, NULL, &error), ERR_SERVER);
    assert_non_null(strstr(error.text, "READONLY"));
    error_done(&error);
    redis_do(cache, "REPLICAOF", "NO", "ONE", NULL);
    assert_int_equal(cache_touch(cache, "db", &all, 1, NULL, NULL), 0);
    assert_string_equal(look(cache, KEY, -1), "miss");
    cache_free(cache);
}

/* What a server brings back from its disk has the marks of before loads that it was told of since. */
TASK_TEST(an_answer_in_the_middle_of_which_the_server_was_another_is_not_kept)
{
    struct cache         *cache = cache_of(who);
    struct cache_question asked = question(KEY);
    struct front          front = {0};
    struct cache_record  *record = recorded(&front, "5");

    for (int refresh = 0; refresh <= 1; refresh++) {
        struct cache_answer answer = {0};

        redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
        assert_int_equal(refresh ? cache_take_off(cache, &asked, &answer.flight, NULL)
                                 : cache_ask(cache, &asked, &answer, NULL), 0);
        redis_do(cache, "REPLICAOF", "127.0.0.1", "1", NULL);
        redis_do(cache, "REPLICAOF", "NO", "ONE", NULL);           /* as after a restart: another history */
        assert_int_equal(cache_store(answer.flight, record, cache_class(CLASS_OPERATIONAL), HOUR, NULL, NULL), 0);
        assert_string_equal(look(cache, KEY, -1), "miss");
    }
    store(cache, KEY, "6", NULL);
    assert_string_equal(look(cache, KEY, -1), "hit 6");
    cache_record_free(record);
    str_done(&front.text);
    cache_free(cache);
}

/* Lease, marks and lists are gone while an answer is computed: it may be of before a load that nobody knows of any more. */
TASK_TEST(an_answer_in_the_middle_of_which_all_was_wiped_is_not_kept)
{
    struct cache         *cache = cache_of(who);
    struct cache_question asked = question(KEY);
    struct cache_answer   answer = {0};
    struct front          front = {0};
    struct cache_record  *record = recorded(&front, "5");

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    assert_int_equal(cache_ask(cache, &asked, &answer, NULL), 0);
    assert_int_equal(answer.outcome, CACHE_MISS);
    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    redis_do(cache, "SCRIPT", "FLUSH", NULL, NULL);
    assert_int_equal(cache_store(answer.flight, record, cache_class(CLASS_OPERATIONAL), HOUR, NULL, NULL), 0);
    assert_string_equal(look(cache, KEY, -1), "miss");
    store(cache, KEY, "6", NULL);
    assert_string_equal(look(cache, KEY, -1), "hit 6");
    cache_record_free(record);
    str_done(&front.text);
    cache_free(cache);
}

TASK_TEST(a_pass_in_the_middle_of_which_all_was_wiped_leaves_good_keys)
{
    struct cache         *cache = cache_of(who);
    struct cache_entry    entry = {.set = "s", .key = "analytics:wiped", .class = cache_class(CLASS_EXECUTIVE)};
    struct cache_warming *warming = NULL;
    struct cache_warmed   warmed;
    struct front          front = {.sink.ops = &front_ops};
    struct sink          *sink;
    char                 *value;

    assert_int_equal(cache_warm_begin(cache, &entry, &front.sink, &warming, NULL), 0);
    sink = cache_warm_sink(warming);
    assert_int_equal(sink_begin(sink, &(struct data_column){.name = "n", .type = DATA_INT}, 1, NULL), 0);
    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    assert_int_equal(sink_row(sink, &(struct data_cell){"1", 1}, NULL), 0);
    assert_int_equal(sink_end(sink, NULL, NULL), 0);
    assert_int_equal(cache_warm_end(warming, &warmed, NULL), 0);
    cache_warm_free(warming);
    value = redis(cache, "GET", "analytics:wiped", NULL, NULL);
    assert_string_equal(value, "[{\"n\": 1}]");
    mem_free(value);
    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    cache_free(cache);
}

/* A pass that makes one key with one row. */
static void warm_one(struct cache *cache, const char *key)
{
    struct cache_entry    entry = {.set = "executive_dashboard", .key = key, .class = cache_class(CLASS_EXECUTIVE)};
    struct cache_warming *warming = NULL;
    struct cache_warmed   warmed;
    struct front          front = {.sink.ops = &front_ops};
    struct sink          *sink;

    assert_int_equal(cache_warm_begin(cache, &entry, &front.sink, &warming, NULL), 0);
    sink = cache_warm_sink(warming);
    assert_int_equal(sink_begin(sink, &(struct data_column){.name = "n", .type = DATA_INT}, 1, NULL), 0);
    assert_int_equal(sink_row(sink, &(struct data_cell){"1", 1}, NULL), 0);
    assert_int_equal(sink_end(sink, NULL, NULL), 0);
    assert_int_equal(cache_warm_end(warming, &warmed, NULL), 0);
    assert_int_equal(warmed.keys, 1);
    cache_warm_free(warming);
}

/* Times are Redis's: where its clock was put back, what it wrote before lies in the time to come. */
TASK_TEST(what_a_wrong_clock_has_written_is_neither_fresh_nor_newer)
{
    struct cache *cache = cache_of(who);
    char         *value;

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    store(cache, KEY, "5", NULL);
    redis_do(cache, "EVAL", "return redis.call('HINCRBY', 'ytempire:meta:0123456789abcdef0123456789abcdef', 'at', 86400000)", "0", NULL);
    assert_string_equal(look(cache, KEY, -1), "miss");
    warm_one(cache, "analytics:executive:n");
    redis_do(cache, "EVAL", "local list = redis.call('KEYS', 'ytempire:warmed:*')[1] redis.call('DEL', 'analytics:executive:n')"
                            " return redis.call('ZINCRBY', list, 86400000000, 'analytics:executive:n')", "0", NULL);
    warm_one(cache, "analytics:executive:n");
    value = redis(cache, "GET", "analytics:executive:n", NULL, NULL);
    assert_string_equal(value, "[{\"n\": 1}]");
    mem_free(value);
    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    cache_free(cache);
}

TASK_TEST(when_the_one_who_computes_dies_another_does)
{
    struct cache *cache = cache_of(who);
    char          *lease;

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    run_process(main_of_dying);
    wait_for_processes(1);
    lease = redis(cache, "EXISTS", "ytempire:lease:0123456789abcdef0123456789abcdef", NULL, NULL);
    assert_string_equal(lease, "1");
    mem_free(lease);
    redis_do(cache, "PEXPIRE", "ytempire:lease:0123456789abcdef0123456789abcdef", "300", NULL);
    for (int i = 0; i < 5; i++)
        run_process(main_of_asker);
    wait_for_processes(5);
    assert_number(cache, "computed", "1");
    cache_free(cache);
}

/* -- commands ------------------------------------------------------------------------------------------------------ */

TASK_TEST(keys_are_listed_got_and_dropped)
{
    struct cache       *cache = cache_of(who);
    struct table       *table = NULL;
    struct cache_rows  *rows = NULL;
    struct error        error = ERROR_INIT;
    size_t              keys = 0, bytes = 0;

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    redis_do(cache, "SET", CACHE_PREFIX "executive:b", "17", NULL);
    warm_one(cache, CACHE_PREFIX "executive:a");
    store(cache, KEY, "7", NULL);
    redis_do(cache, "SET", CACHE_PREFIX "foreign", "x", NULL);
    assert_int_equal(cache_keys(cache, NULL, &table, NULL), 0);
    assert_int_equal(table_row_count(table), 4);
    assert_string_equal(table_cell(table, 1, 0).text, CACHE_PREFIX "executive:a");
    assert_string_equal(table_cell(table, 1, 1).text, "executive_dashboard");
    assert_string_equal(table_cell(table, 0, 1).text, "operational_metrics");
    assert_null(table_cell(table, 3, 1).text);
    table_free(table);
    assert_int_equal(cache_get(cache, "executive:a", &rows, NULL), 0);
    assert_int_equal(cache_rows_count(rows), 1);
    cache_rows_unref(rows);
    assert_int_equal(cache_get(cache, CACHE_PREFIX "executive:b", &rows, NULL), 0);
    assert_string_equal(rows->columns[0].name, "value");
    cache_rows_unref(rows);
    assert_int_equal(cache_get(cache, "nothing", &rows, &error), ERR_UNKNOWN);
    error_done(&error);
    assert_int_equal(cache_invalidate(cache, "executive:", true, &keys, &bytes, NULL), 0);
    assert_int_equal(keys, 2);
    assert_int_equal(cache_invalidate(cache, "executive:", false, &keys, &bytes, NULL), 0);
    assert_int_equal(cache_keys(cache, "*", &table, NULL), 0);
    assert_int_equal(table_row_count(table), 2);
    table_free(table);
    assert_int_equal(cache_stats(cache, &table, NULL), 0);
    assert_string_equal(table_cell(table, 0, 0).text, "2");
    table_free(table);
    cache_free(cache);
}

/* All that counts, counts into the minutes, too. */
TASK_TEST(the_minutes_add_up_to_the_statistics)
{
    struct cache     *cache = cache_of(who);
    struct cache_look looks[] = {{.key = KEY, .columns = columns, .column_count = 2}, {.key = KEY}};
    struct table     *stats = NULL, *history = NULL;
    long long         sums[4] = {0}, number;

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    store(cache, KEY, "7", NULL);
    assert_string_equal(look(cache, KEY, -1), "hit 7");
    assert_int_equal(cache_look(cache, looks, COUNT_OF(looks), NULL), 0);
    cache_looks_done(looks, COUNT_OF(looks));
    touch(cache, NULL, false, INT64_MIN, INT64_MAX);
    assert_int_equal(cache_stats(cache, &stats, NULL), 0);
    assert_int_equal(cache_history(cache, 60, 1, &history, NULL), 0);
    for (size_t row = 0; row < table_row_count(history); row++)
        for (size_t i = 0; i < 4; i++) {
            struct data_cell cell = table_cell(history, row, (size_t[]){1, 2, 5, 6}[i]);

            assert_int_equal(text_to_int64(cell.text, cell.length, &number), 0);
            sums[i] += number;
        }
    for (size_t i = 0; i < 4; i++) {
        struct data_cell cell = table_cell(stats, 0, (size_t[]){1, 2, 6, 7}[i]);

        assert_int_equal(text_to_int64(cell.text, cell.length, &number), 0);
        assert_int_equal(number, sums[i]);
    }
    assert_string_equal(table_cell(stats, 0, 1).text, "3");
    table_free(stats);
    table_free(history);
    cache_free(cache);
}

TASK_TEST(names_of_keys_are_few_and_those_with_words_come_first)
{
    struct cache *cache = cache_of(who);
    char        **names;
    size_t        count;

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    redis_do(cache, "EVAL", "for i = 1, 30000 do redis.call('SET', string.format('analytics:%032x', i), '1') end", "0", NULL);
    redis_do(cache, "SET", "analytics:user:7:monthly_revenue", "[]", NULL);
    redis_do(cache, "SET", "other:1", "[]", NULL);
    assert_int_equal(cache_names(cache, 10, &names, &count, NULL), 0);
    assert_int_equal(count, 10);
    for (size_t i = 0; i < count; i++)
        assert_true(strlen(names[i]) == 32 || strcmp(names[i], "user:7:monthly_revenue") == 0);
    cache_names_free(names, count);
    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    redis_do(cache, "SET", "analytics:user:7:monthly_revenue", "[]", NULL);
    redis_do(cache, "SET", KEY, "[]", NULL);
    assert_int_equal(cache_names(cache, 10, &names, &count, NULL), 0);
    assert_int_equal(count, 2);
    assert_string_equal(names[0], "user:7:monthly_revenue");
    cache_names_free(names, count);
    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    cache_free(cache);
}

/* Redis writes down what it has, a load takes an answer away, Redis dies and comes back with what it had written down. */
TASK_TEST(what_comes_back_with_a_server_does_not_hold)
{
    struct cache *cache = cache_of(who);
    struct table *table = NULL;
    struct cache_look one = {.key = KEY, .columns = columns, .column_count = 2};
    _cleanup_(mem_freep) char *dump = mem_printf("%s/dump.rdb", redis_folder);

    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    store(cache, KEY, "7", NULL);
    redis_do(cache, "SAVE", NULL, NULL, NULL);
    touch(cache, NULL, false, INT64_MIN, INT64_MAX);
    assert_string_equal(look(cache, KEY, -1), "miss");
    redis_end();
    redis_start(NULL, NULL);
    assert_int_equal(cache_keys(cache, NULL, &table, NULL), 0);
    assert_string_equal(table_cell(table, 0, 8).text, "t");
    table_free(table);
    assert_int_equal(cache_look(cache, &one, 1, NULL), 0);
    assert_int_equal(one.outcome, CACHE_MISS);
    cache_looks_done(&one, 1);
    assert_string_equal(look(cache, KEY, -1), "miss");
    store(cache, KEY, "8", NULL);
    assert_string_equal(look(cache, KEY, -1), "hit 8");
    redis_do(cache, "FLUSHALL", NULL, NULL, NULL);
    (void)unlink(dump);
    cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_comes_back_as_it_was),
        cmocka_unit_test(an_old_answer_is_given_to_who_takes_it),
        cmocka_unit_test(what_a_load_touched_goes_and_nothing_else),
        cmocka_unit_test(an_answer_of_before_a_load_is_not_kept),
        cmocka_unit_test(an_answer_of_before_somebody_drops_keys_is_not_kept),
        cmocka_unit_test(an_answer_whose_list_was_thrown_away_does_not_hold),
        cmocka_unit_test(values_of_other_programs_are_rows_or_nothing),
        cmocka_unit_test(an_answer_of_another_program_is_on_the_lists_as_long_as_it_lives),
        cmocka_unit_test(a_full_memory_keeps_nothing_and_answers),
        cmocka_unit_test(what_is_too_large_is_not_kept_and_nobody_waits_for_it),
        cmocka_unit_test(what_was_forgotten_on_the_way_is_sent_and_stays),
        cmocka_unit_test(shortcuts_lead_to_fresh_answers_and_places_are_remembered),
        cmocka_unit_test(a_hundred_askers_compute_once),
        cmocka_unit_test(when_the_one_who_computes_dies_another_does),
        cmocka_unit_test(a_lease_that_nobody_has_heard_of_is_short),
        cmocka_unit_test(what_a_copy_cannot_be_told_is_not_taken_for_told),
        cmocka_unit_test(what_a_wrong_clock_has_written_is_neither_fresh_nor_newer),
        cmocka_unit_test(an_answer_in_the_middle_of_which_the_server_was_another_is_not_kept),
        cmocka_unit_test(an_answer_in_the_middle_of_which_all_was_wiped_is_not_kept),
        cmocka_unit_test(a_pass_in_the_middle_of_which_all_was_wiped_leaves_good_keys),
        cmocka_unit_test(keys_are_listed_got_and_dropped),
        cmocka_unit_test(the_minutes_add_up_to_the_statistics),
        cmocka_unit_test(names_of_keys_are_few_and_those_with_words_come_first),
        cmocka_unit_test(what_comes_back_with_a_server_does_not_hold),
    };

    redis_start(NULL, NULL);
    return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
