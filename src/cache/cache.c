/*
 * Asking and keeping.
 *
 * Invariant: a flight that holds the lease renews it until it is stored or given up; then whoever waits goes on. A
 * lease that nobody renews ends by itself.
 */
#include "ytempire/cache.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "cache_int.h"

#define LEASE_MS 10000
#define LEASE_FIRST_MS 3000                /* who was given it may not have waited for the word */
#define RENEW_FIRST_US (US_PER_SECOND / 2)
#define LARGE_MS 60000                     /* so long nobody waits for an answer that is too large to be kept */
#define POLL_LEAST_US (4 * INT64_C(1000))
#define POLL_MOST_US (200 * INT64_C(1000))
#define RECENT_BYTES ((size_t)16 << 20)
#define SHORTCUT_MS 120000                 /* its minute and a little more */
#define PLACE_SECONDS "86400"
#define ADOPTED_MS 3600000                 /* so long an answer of another program stays on the lists at least */

struct list {
    char *key, *mark_key, *member, *mark;      /* key and member: "" where there is a mark alone */
};

struct cache_flight {
    struct cache *cache;
    char         *key, *lease;
    char          token[NAME_SIZE];
    bool          leased;
    int64_t       began_us;                /* monotonic */
    struct list  *lists;
    size_t        list_count;
    struct renewing *renewing;
};

/* -- the cache ----------------------------------------------------------------------------------------------------- */

static void make_nonce(char ret_nonce[static 33])
{
    unsigned char bytes[16] = {0};

    if (getrandom(bytes, sizeof bytes, GRND_NONBLOCK) != (ssize_t)sizeof bytes) {
        int64_t now[2] = {instant_now(), monotonic_us()};

        memcpy(bytes, now, sizeof now);
    }
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(ret_nonce + 2 * i, 3, "%02x", bytes[i]);
}

int cache_new(struct loop *loop, const char *address, struct cache **ret_cache, struct error *error)
{
    struct cache *cache = mem_alloc(sizeof *cache);
    int           r = redis_client_new(loop, address, REPLY_MOST, &cache->client, error);

    if (r < 0) {
        mem_free(cache);
        return r;
    }
    cache->loop = loop;
    cache->recent = recent_new(RECENT_BYTES);
    make_nonce(cache->nonce);
    *ret_cache = cache;
    return 0;
}

void cache_free(struct cache *cache)
{
    if (cache == NULL)
        return;
    redis_client_free(cache->client);
    recent_free(cache->recent);
    mem_free(cache);
}

void cache_name(struct cache *cache, char ret_name[static NAME_SIZE])
{
    snprintf(ret_name, NAME_SIZE, "%s.%u", cache->nonce, ++cache->count);
}

/* -- scripts ------------------------------------------------------------------------------------------------------- */

struct redis_pipe *script_begin(const char *script)
{
    struct redis_pipe *pipe = redis_pipe_new();

    redis_pipe_add(pipe, "EVAL", script, "0", NULL);
    return pipe;
}

int refuse_reply(const struct cache *cache, const struct redis_reply *reply, struct error *error)
{
    /* a long question is not even read from who has not said it */
    if (reply != NULL && reply->kind == REPLY_ERROR &&
        (text_starts(reply->text, "NOAUTH") || strstr(reply->text, "unauthenticated") != NULL)) {
        error_set(error, ERR_CONNECT, "Redis at %s wants a password", redis_client_shown(cache->client));
        error_hint(error, "redis://:password@host:port, or redis://user:password@host:port");
        return ERR_CONNECT;
    }
    return error_set(error, ERR_SERVER, "Redis at %s: %s", redis_client_shown(cache->client),
                     reply != NULL && reply->kind == REPLY_ERROR ? reply->text : "an answer that was not expected");
}

int script_run(struct cache *cache, struct redis_pipe *pipe, int64_t timeout_us, struct redis_reply **ret_reply,
               struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *replies = NULL;
    int r = redis_client_ask(cache->client, pipe, timeout_us, &replies, error);

    if (r >= 0 && replies->items[0]->kind == REPLY_ERROR)
        r = refuse_reply(cache, replies->items[0], error);
    if (r >= 0)
        *ret_reply = TAKE(replies->items[0]);
    return r;
}

/* -- flights ------------------------------------------------------------------------------------------------------- */

static void add_list(struct cache_flight *flight, const char *database, const char *relation, bool added, int64_t from,
                     int64_t to)
{
    struct list list = {
        .key = reads_list(database, relation, added),
        .mark_key = reads_mark(database, relation, added),
        .member = reads_member(from, to, "", key_name(flight->key)),
    };

    flight->lists = mem_array(flight->lists, flight->list_count + 1, sizeof list);
    flight->lists[flight->list_count++] = list;
}

static void add_hand_mark(struct cache_flight *flight)
{
    struct list list = {.key = mem_strdup(""), .mark_key = mem_strdup(HAND_MARK), .member = mem_strdup("")};

    flight->lists = mem_array(flight->lists, flight->list_count + 1, sizeof list);
    flight->lists[flight->list_count++] = list;
}

/* Every answer is on the list of the whole database, and on that of each relation it was read from. */
static struct cache_flight *flight_new(struct cache *cache, const struct cache_question *question)
{
    struct cache_flight *flight = mem_alloc(sizeof *flight);

    flight->cache = cache;
    flight->key = mem_strdup(question->key);
    flight->lease = mem_printf("ytempire:lease:%s", key_name(question->key));
    flight->began_us = monotonic_us();
    cache_name(cache, flight->token);
    add_hand_mark(flight);
    add_list(flight, question->database, "*", false, INT64_MIN, INT64_MAX);
    for (size_t i = 0; i < question->read_count; i++) {
        const struct cache_read *read = &question->reads[i];

        add_list(flight, question->database, read->relation, false, read->from, read->to);
        if (read->added)
            add_list(flight, question->database, read->relation, true, read->from, read->to);
    }
    return flight;
}

static void flight_free(struct cache_flight *flight)
{
    if (flight == NULL)
        return;
    for (size_t i = 0; i < flight->list_count; i++) {
        mem_free(flight->lists[i].key);
        mem_free(flight->lists[i].mark_key);
        mem_free(flight->lists[i].member);
        mem_free(flight->lists[i].mark);
    }
    mem_free(flight->lists);
    mem_free(flight->key);
    mem_free(flight->lease);
    mem_free(flight);
}

/* Keeps the lease alive while the answer is computed, in a task of its own. */
struct renewing {
    struct cache *cache;
    struct task  *task;
    char         *lease, *token;
};

static int renew(struct renewing *renewing)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_renew);
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;

    redis_pipe_word(pipe, renewing->lease);
    redis_pipe_word(pipe, renewing->token);
    redis_pipe_number(pipe, LEASE_MS);
    return script_run(renewing->cache, pipe, ANSWER_US, &reply, NULL);
}

static void renew_task(void *who)
{
    struct renewing *renewing = who;

    for (int64_t pause = RENEW_FIRST_US; task_sleep(pause) == 0; pause = LEASE_MS / 3 * INT64_C(1000))
        (void)!renew(renewing);
}

static void start_renewing(struct cache_flight *flight)
{
    struct renewing *renewing = mem_alloc(sizeof *renewing);

    *renewing = (struct renewing){.cache = flight->cache,
                                  .lease = mem_strdup(flight->lease),
                                  .token = mem_strdup(flight->token)};
    flight->renewing = renewing;
    renewing->task = task_start(flight->cache->loop, renew_task, renewing);
}

static void stop_renewing(struct cache_flight *flight)
{
    struct renewing *renewing = TAKE(flight->renewing);

    if (renewing == NULL)
        return;
    task_stop(renewing->task);
    mem_free(renewing->lease);
    mem_free(renewing->token);
    mem_free(renewing);
}

static void put_marks(struct cache_flight *flight, const struct redis_reply *reply, size_t first)
{
    for (size_t i = 0; i < flight->list_count; i++) {
        const char *mark = redis_reply_text(redis_reply_item(reply, first + i));

        mem_free(flight->lists[i].mark);
        flight->lists[i].mark = mem_strdup(mark != NULL ? mark : "");
    }
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

struct asking {
    const char                  *key, *shortcut, *place;
    const struct cache_question *question;     /* NULL: rows of others are not taken */
    struct cache_flight         *flight;       /* a lease is wanted; NULL: none */
    int64_t                      max_stale_us;
    const char                  *counts;       /* NULL: not */
};

/* What script_ask gave. */
enum { STATE, PLACE, KEY, LEASE, AGE, ID, HEAD, ROWS, MARKS };

static int run_ask(struct cache *cache, const struct asking *asking, struct redis_reply **ret_reply,
                   struct error *error)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_ask);
    struct redis_reply *reply = NULL;
    const char         *known = asking->key != NULL ? recent_id(cache->recent, asking->key) : NULL;
    char                nonce[NAME_SIZE];
    int                 r;

    cache_name(cache, nonce);
    redis_pipe_word(pipe, asking->key != NULL ? asking->key : "");
    redis_pipe_word(pipe, asking->shortcut != NULL ? asking->shortcut : "");
    redis_pipe_word(pipe, asking->place != NULL ? asking->place : "");
    redis_pipe_word(pipe, asking->flight != NULL ? asking->flight->token : "");
    redis_pipe_number(pipe, LEASE_FIRST_MS);
    redis_pipe_number(pipe, asking->max_stale_us < 0 ? -1 : asking->max_stale_us / 1000);
    redis_pipe_number(pipe, (long long)CACHE_ROWS_MOST);
    redis_pipe_word(pipe, known != NULL ? known : "");
    redis_pipe_word(pipe, nonce);
    redis_pipe_word(pipe, asking->counts != NULL ? asking->counts : "0");
    for (size_t i = 0; asking->flight != NULL && i < asking->flight->list_count; i++)
        redis_pipe_word(pipe, asking->flight->lists[i].mark_key);
    r = script_run(cache, pipe, ANSWER_US, &reply, error);
    if (r >= 0 &&
        (reply->kind != REPLY_LIST || reply->count < MARKS || redis_reply_text(reply->items[STATE]) == NULL)) {
        redis_reply_free(reply);
        return refuse_reply(cache, NULL, error);
    }
    if (r >= 0)
        *ret_reply = reply;
    return r;
}

struct cache_rows *rows_known(struct cache *cache, const char *key, const char *id, const struct redis_reply *head,
                              const struct redis_reply *packed)
{
    struct cache_rows *rows = NULL;

    if (redis_reply_text(head) == NULL || key == NULL || id == NULL)
        return NULL;
    if (redis_reply_text(packed) == NULL) {
        rows = text_equal(recent_id(cache->recent, key), id) ? recent_get(cache->recent, key) : NULL;
        return rows != NULL ? cache_rows_ref(rows) : NULL;
    }
    if (rows_read(head->text, head->length, packed->text, packed->length, &rows) < 0)
        return NULL;
    recent_put(cache->recent, key, id, rows);
    return rows;
}

static struct cache_rows *rows_of(struct cache *cache, const struct asking *asking, const struct redis_reply *reply)
{
    const struct redis_reply *head = reply->items[HEAD], *packed = reply->items[ROWS];
    const char               *key = redis_reply_text(reply->items[KEY]), *id = redis_reply_text(reply->items[ID]);
    struct cache_rows        *rows = NULL;

    if (text_equal(redis_reply_text(reply->items[STATE]), "foreign")) {
        const struct cache_question *question = asking->question;

        if (question == NULL || question->columns == NULL || redis_reply_text(packed) == NULL ||
            foreign_rows(packed->text, packed->length, question->columns, question->column_count, &rows) < 0)
            return NULL;
        return rows;
    }
    return rows_known(cache, key, id, head, packed);
}

/* The answer that came, if one did. */
static bool take_answer(struct cache *cache, const struct asking *asking, const struct redis_reply *reply,
                        struct cache_answer *ret_answer)
{
    const char        *state = redis_reply_text(reply->items[STATE]);
    struct cache_rows *rows = rows_of(cache, asking, reply);
    long long          age = redis_reply_number(reply->items[AGE], 0);

    if (rows == NULL)
        return false;
    *ret_answer = (struct cache_answer){.outcome = text_equal(state, "stale") ? CACHE_STALE : CACHE_HIT,
                                        .rows = rows,
                                        .age_us = age > 0 ? age * 1000 : 0};
    return true;
}

static void take_flight(struct cache_flight **flight, const struct redis_reply *reply, struct cache_answer *ret_answer)
{
    put_marks(*flight, reply, MARKS);
    (*flight)->began_us = monotonic_us();
    (*flight)->leased = text_equal(redis_reply_text(reply->items[LEASE]), "mine");
    if ((*flight)->leased)
        start_renewing(*flight);
    *ret_answer = (struct cache_answer){.outcome = CACHE_MISS, .flight = TAKE(*flight)};
}

static void flight_freep(struct cache_flight **flight)
{
    flight_free(*flight);
}

/* What was not sent, as it was known here, has been forgotten since: it is asked for again. Else something lies under the
 * key that is of no use (garbage, rows of other columns): it counts as not there, once. */
static int take_useless(struct cache *cache, const struct asking *asking, const struct redis_reply *found, unsigned *times,
                        struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    _cleanup_(mem_freep) char *meta = mem_printf("ytempire:meta:%s", key_name(asking->key));

    recent_drop(cache->recent, asking->key);
    if (++*times == 1 && redis_reply_text(found->items[ROWS]) == NULL)
        return 0;
    if (*times > 2)
        return refuse_reply(cache, NULL, error);
    return redis_client_command(cache->client, ANSWER_US, &reply, error, "UNLINK", meta, asking->key, NULL);
}

/* An answer of another program is put on the lists too, so that a load takes it away. Quiet. */
static void adopt(struct cache *cache, const struct cache_flight *flight)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_adopt);
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;

    redis_pipe_word(pipe, flight->key);
    redis_pipe_number(pipe, ADOPTED_MS);
    for (size_t i = 0; i < flight->list_count; i++) {
        if (flight->lists[i].key[0] == '\0')
            continue;
        redis_pipe_word(pipe, flight->lists[i].key);
        redis_pipe_word(pipe, flight->lists[i].member);
    }
    (void)!script_run(cache, pipe, ANSWER_US, &reply, NULL);
}

int cache_ask(struct cache *cache, const struct cache_question *question, struct cache_answer *ret_answer,
              struct error *error)
{
    _cleanup_(flight_freep) struct cache_flight *flight = flight_new(cache, question);
    struct asking asking = {.key = question->key, .question = question, .flight = flight,
                            .max_stale_us = question->max_stale_us, .counts = "1"};
    int64_t       pause = POLL_LEAST_US;
    unsigned      useless = 0;

    for (;;) {
        _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
        const char *lease, *state;
        int         r = run_ask(cache, &asking, &reply, error);

        if (r < 0)
            return r;
        if (take_answer(cache, &asking, reply, ret_answer)) {
            if (text_equal(redis_reply_text(reply->items[STATE]), "foreign"))
                adopt(cache, flight);
            return 0;
        }
        lease = redis_reply_text(reply->items[LEASE]);
        state = redis_reply_text(reply->items[STATE]);
        if (text_equal(state, "fresh") || text_equal(state, "foreign")) {
            r = take_useless(cache, &asking, reply, &useless, error);
        } else if (!text_equal(lease, "other")) {
            take_flight(&flight, reply, ret_answer);
            return 0;
        } else {
            r = task_sleep(pause);
            pause = pause * 3 / 2 < POLL_MOST_US ? pause * 3 / 2 : POLL_MOST_US;
        }
        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
        asking.counts = NULL;
    }
}

int cache_take_off(struct cache *cache, const struct cache_question *question, struct cache_flight **ret_flight,
                   struct error *error)
{
    _cleanup_(flight_freep) struct cache_flight *flight = flight_new(cache, question);
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_marks);
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    int r;

    redis_pipe_word(pipe, flight->token);
    for (size_t i = 0; i < flight->list_count; i++)
        redis_pipe_word(pipe, flight->lists[i].mark_key);
    r = script_run(cache, pipe, ANSWER_US, &reply, error);
    if (r < 0)
        return r;
    put_marks(flight, reply, 0);
    flight->began_us = monotonic_us();
    *ret_flight = TAKE(flight);
    return 0;
}

int cache_find_old(struct cache *cache, const char *key, struct cache_answer *ret_answer, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    struct asking asking = {.key = key, .max_stale_us = OPEN_END};
    int           r = run_ask(cache, &asking, &reply, error);

    if (r < 0)
        return r;
    *ret_answer = (struct cache_answer){.outcome = CACHE_MISS};
    if (take_answer(cache, &asking, reply, ret_answer))
        ret_answer->outcome = CACHE_STALE;
    return 0;
}

int cache_find(struct cache *cache, const char *shortcut, const char *place, struct cache_answer *ret_answer,
               char ret_key[static CACHE_KEY_SIZE], char **ret_note, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    _cleanup_(mem_freep) char *asked = mem_printf("ytempire:asked:%s", shortcut);
    _cleanup_(mem_freep) char *noted = mem_printf("ytempire:place:%s", place);
    struct asking asking = {.shortcut = asked, .place = noted, .max_stale_us = -1, .counts = "2"};
    const char   *note, *key;
    int           r = run_ask(cache, &asking, &reply, error);

    if (r < 0)
        return r;
    note = redis_reply_text(reply->items[PLACE]);
    key = redis_reply_text(reply->items[KEY]);
    *ret_note = note != NULL ? mem_strdup(note) : NULL;
    *ret_answer = (struct cache_answer){.outcome = CACHE_MISS};
    if (key != NULL && strlen(key) == CACHE_KEY_SIZE - 1 && take_answer(cache, &asking, reply, ret_answer))
        memcpy(ret_key, key, CACHE_KEY_SIZE);
    return 0;
}

int cache_note_place(struct cache *cache, const char *place, const char *note, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    _cleanup_(mem_freep) char *noted = mem_printf("ytempire:place:%s", place);

    return redis_client_command(cache->client, ANSWER_US, &reply, error, "SET", noted, note, "EX", PLACE_SECONDS, NULL);
}

int cache_add_shortcut(struct cache *cache, const char *shortcut, const char *key, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    _cleanup_(mem_freep) char *asked = mem_printf("ytempire:asked:%s", shortcut);
    char ms[16];

    snprintf(ms, sizeof ms, "%d", SHORTCUT_MS);
    return redis_client_command(cache->client, ANSWER_US, &reply, error, "SET", asked, key, "PX", ms, NULL);
}

/* -- keeping ------------------------------------------------------------------------------------------------------- */

/* Also of a task that is cancelled: the cancel is put off for a moment. */
static void let_go(struct cache_flight *flight, int64_t large_ms)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_give_up);
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    struct task *task = task_current();
    int          code = task != NULL ? task_cancelled(task) : 0;

    if (!flight->leased || task == NULL)
        return;
    redis_pipe_word(pipe, flight->lease);
    redis_pipe_word(pipe, flight->token);
    redis_pipe_number(pipe, large_ms);
    task_cancel_clear(task);
    (void)!script_run(flight->cache, pipe, ANSWER_US, &reply, NULL);
    if (code != 0 && task_cancelled(task) == 0)
        task_cancel(task, code);
}

void cache_give_up(struct cache_flight *flight)
{
    if (flight == NULL)
        return;
    stop_renewing(flight);
    let_go(flight, 0);
    flight_free(flight);
}

void cache_answer_done(struct cache_answer *answer)
{
    cache_rows_unref(TAKE(answer->rows));
    cache_give_up(TAKE(answer->flight));
}

static struct redis_pipe *store_pipe(const struct cache_flight *flight, const struct cache_record *record,
                                     const struct cache_class *class, int64_t fresh_us, const char *shortcut)
{
    struct redis_pipe *pipe = script_begin(script_store);
    _cleanup_(mem_freep) char *head = head_text(record, class->name);
    _cleanup_(mem_freep) char *asked = shortcut != NULL ? mem_printf("ytempire:asked:%s", shortcut) : NULL;
    struct str packed = STR_INIT, json = STR_INIT;

    rows_pack(&record->raw, &packed);
    record_json(record, &json);
    redis_pipe_word(pipe, flight->key);
    redis_pipe_word(pipe, flight->leased ? flight->token : "");
    redis_pipe_bytes(pipe, str_text(&json), json.length);
    redis_pipe_number(pipe, (class->ttl_us + class->interval_us) / 1000);
    redis_pipe_number(pipe, (monotonic_us() - flight->began_us) / 1000);
    redis_pipe_number(pipe, (fresh_us < class->ttl_us ? fresh_us : class->ttl_us) / 1000);
    redis_pipe_word(pipe, flight->token);
    redis_pipe_word(pipe, class->name);
    redis_pipe_word(pipe, head);
    redis_pipe_bytes(pipe, str_text(&packed), packed.length);
    redis_pipe_word(pipe, asked != NULL ? asked : "");
    redis_pipe_number(pipe, SHORTCUT_MS);
    for (size_t i = 0; i < flight->list_count; i++) {
        redis_pipe_word(pipe, flight->lists[i].key);
        redis_pipe_word(pipe, flight->lists[i].member);
        redis_pipe_word(pipe, flight->lists[i].mark_key);
        redis_pipe_word(pipe, flight->lists[i].mark);
    }
    str_done(&packed);
    str_done(&json);
    return pipe;
}

int cache_store(struct cache_flight *flight, const struct cache_record *record, const struct cache_class *class,
                int64_t fresh_us, const char *shortcut, struct error *error)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = NULL;
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    int r = 0;

    stop_renewing(flight);
    if (cache_record_is_whole(record)) {
        pipe = store_pipe(flight, record, class, fresh_us, shortcut);
        r = script_run(flight->cache, pipe, ANSWER_US, &reply, error);
        if (r < 0)
            let_go(flight, 0);
    } else {
        let_go(flight, record->large ? LARGE_MS : 0);
    }
    flight_free(flight);
    return r;
}
