/*
 * Named answers: the rows of an entry, as values under its keys.
 *
 * Invariant: a value is put into the batch when all its rows are in it, and `list` names every key this pass has
 * written; so a pass that is cut short leaves each key with a whole value, and the next one finds what is to go.
 */
#include <inttypes.h>
#include <string.h>

#include "cache_int.h"

#define BATCH_KEYS 500
#define BATCH_BYTES ((size_t)1 << 20)
#define KNOWN_MS "604800000"             /* a week: a set that nobody runs any more is forgotten */

/* -- keys ---------------------------------------------------------------------------------------------------------- */

static int refuse_key(const char *key, size_t at, const char *why, size_t *ret_at, struct error *error)
{
    *ret_at = at;
    error_set(error, ERR_SYNTAX, "the key '%s': %s", key, why);
    error_hint(error, "it is like 'analytics:executive:total_videos' or 'analytics:user:{user_id}:monthly_revenue'");
    return ERR_SYNTAX;
}

int cache_entry_columns(struct arena *arena, const char *key, const char *const **ret_names, size_t *ret_count,
                        size_t *ret_at, struct error *error)
{
    const char **names = ARENA_ARRAY(arena, const char *, strlen(key) + 1);
    size_t       count = 0;

    if (!text_starts(key, CACHE_PREFIX) || key_name(key)[0] == '\0')
        return refuse_key(key, 0, "it does not begin with '" CACHE_PREFIX "' and go on", ret_at, error);
    for (size_t at = 0; key[at] != '\0'; at++) {
        size_t length = strcspn(key + at + 1, "{}");

        if ((unsigned char)key[at] <= ' ' || key[at] == '\x7f')
            return refuse_key(key, at, "white space is in it", ret_at, error);
        if (key[at] == '}')
            return refuse_key(key, at, "'}' closes nothing", ret_at, error);
        if (key[at] != '{')
            continue;
        if (key[at + 1 + length] != '}' || length == 0)
            return refuse_key(key, at, "a column's name in braces is meant", ret_at, error);
        names[count++] = arena_strndup(arena, key + at + 1, length);
        at += length + 1;
    }
    *ret_names = names;
    *ret_count = count;
    return 0;
}

/* -- a pass -------------------------------------------------------------------------------------------------------- */

struct cache_warming {
    struct sink_before  before;
    struct cache       *cache;
    struct arena       *arena;
    const char         *entry, *field, *list, *life, *run;     /* field: set and entry in one */
    const struct cache_class *class;
    const char *const  *names;             /* columns that the key names */
    size_t              name_count;
    size_t             *places;            /* … and where they stand among the rows' */
    struct data_column *columns;
    bool               *shown;             /* the columns that go into the value */
    size_t              column_count;
    struct str          key, next_key, json;       /* the key whose rows are coming, and its value so far */
    struct redis_pipe  *pipe;              /* the batch; NULL: nothing is in it */
    size_t              batch_keys, batch_bytes;
    struct cache_warmed warmed;
};

static struct cache_warming *warming_of(struct sink *sink)
{
    return (struct cache_warming *)sink;
}

static int flush(struct cache_warming *warming, struct error *error)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = TAKE(warming->pipe);
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    const char *twice;
    int         r = pipe != NULL ? script_run(warming->cache, pipe, PASS_US, &reply, error) : 0;

    if (pipe == NULL || r < 0)
        return r;
    twice = redis_reply_text(redis_reply_item(reply, 1));
    if (twice == NULL)
        return refuse_reply(warming->cache, reply, error);
    if (twice[0] != '\0') {
        error_set(error, ERR_FAILED, "rows of the key '%s' come more than once", twice);
        error_hint(error, "rows of one key come one after the other: ORDER BY the columns that the key names");
        return ERR_FAILED;
    }
    warming->warmed.changed += (size_t)redis_reply_number(redis_reply_item(reply, 0), 0);
    warming->warmed.keys += warming->batch_keys;
    warming->warmed.bytes += warming->batch_bytes;
    warming->batch_keys = warming->batch_bytes = 0;
    return 0;
}

/* The key's value is whole: into the batch. */
static int end_key(struct cache_warming *warming, struct error *error)
{
    if (warming->json.length == 0)
        return 0;
    str_add_char(&warming->json, ']');
    if (warming->pipe == NULL) {
        const char *words[] = {warming->list, warming->field, warming->class->name,
                               warming->run,  warming->life,  KNOWN_MS};

        warming->pipe = script_begin(script_warm);
        for (size_t i = 0; i < COUNT_OF(words); i++)
            redis_pipe_word(warming->pipe, words[i]);
    }
    redis_pipe_word(warming->pipe, str_text(&warming->key));
    redis_pipe_bytes(warming->pipe, str_text(&warming->json), warming->json.length);
    warming->batch_keys++;
    warming->batch_bytes += warming->json.length;
    str_clear(&warming->json);
    return warming->batch_keys >= BATCH_KEYS || warming->batch_bytes >= BATCH_BYTES ? flush(warming, error) : 0;
}

static int find_columns(struct cache_warming *warming, struct error *error)
{
    for (size_t i = 0; i < warming->name_count; i++) {
        size_t at = 0;

        while (at < warming->column_count && !text_equal(warming->columns[at].name, warming->names[i]))
            at++;
        if (at == warming->column_count)
            return error_set(error, ERR_UNKNOWN, "its answer has no column '%s', which the key '%s' names",
                             warming->names[i], warming->entry);
        warming->places[i] = at;
        warming->shown[at] = false;
    }
    return 0;
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    struct cache_warming *warming = warming_of(sink);

    warming->columns = ARENA_ARRAY(warming->arena, struct data_column, count + 1);
    warming->shown = ARENA_ARRAY(warming->arena, bool, count + 1);
    warming->column_count = count;
    for (size_t i = 0; i < count; i++) {
        warming->columns[i] = (struct data_column){.name = arena_strdup(warming->arena, columns[i].name),
                                                   .type = columns[i].type, .element = columns[i].element};
        warming->shown[i] = true;
    }
    str_clear(&warming->key);
    if (warming->name_count == 0) {                    /* one key, also of no rows */
        str_add(&warming->key, warming->entry);
        str_add_char(&warming->json, '[');
    }
    return find_columns(warming, error);
}

static int make_key(struct cache_warming *warming, const struct data_cell *cells, struct error *error)
{
    const char *rest = warming->entry, *brace;

    str_clear(&warming->next_key);
    for (size_t i = 0; i < warming->name_count; i++) {
        struct data_cell cell = cells[warming->places[i]];

        if (cell.text == NULL)
            return error_set(error, ERR_FAILED, "a row has no value in '%s', which the key names", warming->names[i]);
        brace = strchr(rest, '{');
        str_add_bytes(&warming->next_key, rest, (size_t)(brace - rest));
        str_add_bytes(&warming->next_key, cell.text, cell.length);
        rest = strchr(brace, '}') + 1;
    }
    str_add(&warming->next_key, rest);
    return 0;
}

static void add_row(struct cache_warming *warming, const struct data_cell *cells)
{
    const char *before = warming->json.length > 1 ? ", {" : "{";

    for (size_t i = 0; i < warming->column_count; i++) {
        const struct data_column *column = &warming->columns[i];

        if (!warming->shown[i])
            continue;
        str_add(&warming->json, before);
        python_string(&warming->json, column->name, strlen(column->name));
        str_add(&warming->json, ": ");
        python_cell(&warming->json, column, cells[i]);
        before = ", ";
    }
    str_add(&warming->json, *before == '{' ? "{}" : "}");
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct cache_warming *warming = warming_of(sink);
    int                   r = make_key(warming, cells, error);

    if (r >= 0 && !text_equal(str_text(&warming->next_key), str_text(&warming->key))) {
        struct str other = warming->key;

        r = end_key(warming, error);
        warming->key = warming->next_key;
        warming->next_key = other;
        str_add_char(&warming->json, '[');
    }
    if (r < 0)
        return r;
    add_row(warming, cells);
    if (warming->json.length > CACHE_ROWS_MOST)
        return error_set(error, ERR_LIMIT, "the value of '%s' is larger than %zu MB", str_text(&warming->key),
                         CACHE_ROWS_MOST >> 20);
    return 0;
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)note;
    return end_key(warming_of(sink), error);
}

static void put_on_list(const struct cache_warming *warming, struct redis_pipe *pipe, const char *database,
                        const struct cache_read *read, bool added)
{
    _cleanup_(mem_freep) char *list = reads_list(database, read->relation, added);
    _cleanup_(mem_freep) char *member = reads_member(read->from, read->to, "@", warming->field);

    redis_pipe_word(pipe, list);
    redis_pipe_word(pipe, member);
}

static void put_on_lists(const struct cache_warming *warming, struct redis_pipe *pipe, const struct cache_entry *entry)
{
    static const struct cache_read all = {.relation = "*", .from = INT64_MIN, .to = INT64_MAX};

    put_on_list(warming, pipe, entry->database, &all, false);
    for (size_t i = 0; i < entry->read_count; i++) {
        put_on_list(warming, pipe, entry->database, &entry->reads[i], false);
        if (entry->reads[i].added)
            put_on_list(warming, pipe, entry->database, &entry->reads[i], true);
    }
}

/* The pass is known by Redis's clock, to the microsecond: what is written is as old as that. */
static int begin_pass(struct cache_warming *warming, const struct cache_entry *entry, struct error *error)
{
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_warm_begin);
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    const char *words[] = {warming->field, entry->set, entry->class->name, warming->life, KNOWN_MS};
    int         r;

    for (size_t i = 0; i < COUNT_OF(words); i++)
        redis_pipe_word(pipe, words[i]);
    if (entry->database != NULL)
        put_on_lists(warming, pipe, entry);
    r = script_run(warming->cache, pipe, ANSWER_US * 4, &reply, error);
    if (r >= 0 && redis_reply_text(reply) == NULL)
        r = refuse_reply(warming->cache, reply, error);
    if (r >= 0)
        warming->run = arena_strdup(warming->arena, redis_reply_text(reply));
    return r;
}

int cache_warm_begin(struct cache *cache, const struct cache_entry *entry, struct sink *front,
                     struct cache_warming **ret_warming, struct error *error)
{
    static const struct sink_ops ops = {
        .begin = on_begin,
        .row = on_row,
        .end = on_end,
        .text = sink_before_text,
        .progress = sink_before_progress,
        .ask = sink_before_ask,
    };
    struct cache_warming *warming = mem_alloc(sizeof *warming);
    size_t                at;
    int                   r;

    *warming = (struct cache_warming){.before = {.sink.ops = &ops, .front = front},
                                      .cache = cache, .class = entry->class, .arena = arena_new()};
    warming->field = arena_printf(warming->arena, "%s %s", entry->set, entry->key);
    warming->entry = arena_strdup(warming->arena, entry->key);
    warming->list = arena_printf(warming->arena, "ytempire:warmed:%s %s", entry->set, key_name(entry->key));
    warming->life =
        arena_printf(warming->arena, "%" PRId64, (entry->class->ttl_us + entry->class->interval_us) / 1000);
    r = cache_entry_columns(warming->arena, warming->entry, &warming->names, &warming->name_count, &at, error);
    warming->places = ARENA_ARRAY(warming->arena, size_t, warming->name_count + 1);
    if (r >= 0)
        r = begin_pass(warming, entry, error);
    if (r < 0)
        cache_warm_free(warming);
    else
        *ret_warming = warming;
    return r;
}

struct sink *cache_warm_sink(struct cache_warming *warming)
{
    return &warming->before.sink;
}

void cache_warm_free(struct cache_warming *warming)
{
    if (warming == NULL)
        return;
    redis_pipe_free(warming->pipe);
    str_done(&warming->key);
    str_done(&warming->next_key);
    str_done(&warming->json);
    arena_free(warming->arena);
    mem_free(warming);
}

int cache_warm_end(struct cache_warming *warming, struct cache_warmed *ret_warmed, struct error *error)
{
    long long removed = 1;
    int       r = flush(warming, error);

    while (r >= 0 && removed > 0) {
        _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_warmed);
        _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;

        redis_pipe_word(pipe, warming->list);
        redis_pipe_word(pipe, warming->run);
        redis_pipe_word(pipe, warming->field);
        r = script_run(warming->cache, pipe, PASS_US, &reply, error);
        removed = redis_reply_number(reply, 0);
        warming->warmed.removed += (size_t)removed;
    }
    if (r >= 0)
        *ret_warmed = warming->warmed;
    return r;
}

/* -- telling ------------------------------------------------------------------------------------------------------- */

int cache_warm_failed(struct cache *cache, const struct cache_entry *entry, const char *why, struct error *error)
{
    _cleanup_(mem_freep) char *field = mem_printf("%s %s", entry->set, entry->key);
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = script_begin(script_warm_failed);
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;

    redis_pipe_word(pipe, field);
    redis_pipe_word(pipe, why);
    redis_pipe_word(pipe, KNOWN_MS);
    return script_run(cache, pipe, ANSWER_US * 4, &reply, error);
}

int cache_warm_is_touched(struct cache *cache, const char *set, bool *ret_touched, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    _cleanup_(mem_freep) char *head = mem_printf("%s ", set);
    int r = redis_client_command(cache->client, ANSWER_US * 4, &reply, error, "HKEYS", "ytempire:warm:touched", NULL);

    if (r < 0)
        return r;
    *ret_touched = false;
    for (size_t i = 0; reply->kind == REPLY_LIST && i < reply->count; i++) {
        const char *field = redis_reply_text(reply->items[i]);

        *ret_touched |= field != NULL && text_starts(field, head);
    }
    return 0;
}

int cache_warm_announce(struct cache *cache, const char *set, const struct cache_warmed *warmed, size_t failed,
                        struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    struct str text = STR_INIT;
    char       at[TIME_TEXT_SIZE];
    int        r;

    str_add(&text, "{\"set\": ");
    python_string(&text, set, strlen(set));
    str_addf(&text, ", \"at\": \"%s\", \"keys\": %zu, \"changed\": %zu, \"removed\": %zu, \"failed\": %zu}",
             instant_to_text(instant_now(), at), warmed->keys, warmed->changed, warmed->removed, failed);
    r = redis_client_command(cache->client, ANSWER_US * 4, &reply, error, "PUBLISH", CACHE_WARMED_CHANNEL,
                             str_text(&text), NULL);
    str_done(&text);
    return r < 0 ? r : reply->kind == REPLY_ERROR ? refuse_reply(cache, reply, error) : 0;
}
