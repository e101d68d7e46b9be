/*
 * Warming. Invariant: whatever becomes of an entry, the others are tried; what fails leaves its keys as they were and
 * is noted in Redis. Only without Redis, or when it is told to stop, does all of it end.
 */
#include "ytempire/app/warm.h"

#include <inttypes.h>
#include <string.h>

#include "ask_int.h"
#include "cache_int.h"
#include "warm_int.h"
#include "ytempire/base/time.h"
#include "ytempire/jobs.h"

struct run {
    struct app    *app;
    struct cache  *cache;              /* the session's */
    const char    *database;           /* NULL: it is not known which one it is */
    bool           touched;            /* only what a load has touched */
    struct sink   *sink;
    struct table  *table;
    struct error   first;              /* why the first that failed did */
    char          *no_server;          /* PostgreSQL is gone, and why: nothing more is asked of it */
    size_t         made, failed;       /* entries */
};

/* One set of it. */
struct pass {
    struct run                *run;
    const struct app_warm_set *set;
    struct arena              *arena;
    int64_t                    clock;
    struct cache_warmed        warmed;
    size_t                     failed;
    const char                *why;    /* the first that failed */
};

static bool must_end(int code)
{
    return code == ERR_INTERRUPTED || code == ERR_TIMEOUT || code == ERR_MEMORY || code == ERR_CLOSED;
}

/* -- answers ------------------------------------------------------------------------------------------------------- */

int warm_parse(struct arena *arena, const struct app_warm_entry *entry, struct query **ret_query, struct error *error)
{
    const char *first = entry->query + strspn(entry->query, " \t\r\n");

    return *first == '{' ? query_parse_json(arena, entry->query, ret_query, error)
                         : query_parse(arena, entry->query, NULL, ret_query, error);
}

/* In a transaction that cannot write. Nobody waits for it, so it takes no workers from those who do. */
static int send_sql(struct app *app, const char *sql, struct sink *sink, struct error *error)
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    if (r >= 0 && pg_in_transaction(pg)) {
        error_set(error, ERR_CONFLICT, "a transaction is open in this session");
        return ERR_CONFLICT;
    }
    if (r >= 0)
        r = pg_script(pg, "BEGIN READ ONLY; SET LOCAL max_parallel_workers_per_gather = 0", error);
    if (r < 0)
        return r;
    r = pg_send(pg, sql, NULL, 0, sink, NULL, error);
    if (pg_script(pg, "ROLLBACK", r >= 0 ? error : NULL) < 0 && r >= 0)
        r = ERR_CONNECT;
    return r;
}

static void add_reads(struct cache_entry *named, struct arena *arena, const struct semantic_read *reads, size_t count)
{
    struct cache_read *all = ARENA_ARRAY(arena, struct cache_read, named->read_count + count + 1);

    for (size_t i = 0; i < named->read_count; i++)
        all[i] = named->reads[i];
    for (size_t i = 0; i < count; i++)
        all[named->read_count + i] =
            (struct cache_read){reads[i].relation, reads[i].added, reads[i].from, reads[i].to};
    named->reads = all;
    named->read_count += count;
}

static void add_sql_reads(struct cache_entry *named, struct arena *arena, const char *sql)
{
    const struct semantic_read *reads;
    size_t                      count;

    semantic_sql_reads(arena, sql, &reads, &count);
    add_reads(named, arena, reads, count);
}

/* What it is read from, and what its clock is; its query is parsed for that. */
static int find_reads(struct pass *pass, const struct app_warm_entry *entry, struct asked *asked,
                      struct cache_entry *named, struct error *error)
{
    struct arena *arena = pass->arena;
    int           r = 0;

    named->database = pass->run->database;
    if (pass->set->as_of != NULL)
        add_sql_reads(named, arena, pass->set->as_of);
    if (entry->sql != NULL) {
        add_sql_reads(named, arena, entry->sql);
        return 0;
    }
    r = warm_parse(arena, entry, &asked->query, error);
    if (r >= 0)
        r = ask_compile_alone(pass->run->app, arena, pass->clock, false, asked, error);
    if (r >= 0)
        add_reads(named, arena, asked->compiled->reads, asked->compiled->read_count);
    asked_done(asked);
    return r;
}

static void add(struct cache_warmed *to, const struct cache_warmed *one)
{
    to->keys += one->keys;
    to->changed += one->changed;
    to->removed += one->removed;
    to->bytes += one->bytes;
}

static int make_entry(struct pass *pass, const struct app_warm_entry *entry, struct cache_entry *named,
                      struct error *error)
{
    _cleanup_(asked_done) struct asked asked = ASKED_INIT;
    struct run           *run = pass->run;
    struct cache_warming *warming = NULL;
    struct cache_warmed   warmed;
    int                   r = find_reads(pass, entry, &asked, named, error);

    if (r >= 0)
        r = cache_warm_begin(run->cache, named, run->sink, &warming, error);
    if (r < 0)
        return r;
    r = entry->sql != NULL
            ? send_sql(run->app, entry->sql, cache_warm_sink(warming), error)
            : ask_answer_at(run->app, pass->arena, pass->clock, &asked, cache_warm_sink(warming), error);
    if (r >= 0)
        r = cache_warm_end(warming, &warmed, error);
    if (r >= 0)
        add(&pass->warmed, &warmed);
    cache_warm_free(warming);
    return r;
}

/* -- failures ------------------------------------------------------------------------------------------------------ */

static bool is_server_gone(struct run *run)
{
    struct pg *pg = app_pg_alive(run->app);

    return pg == NULL && app_pg(run->app, &pg, NULL) < 0;
}

/* Notes a failure; what is returned ends the run. */
static int note_failure(struct pass *pass, const struct cache_entry *named, const struct error *why,
                        struct error *error)
{
    struct run *run = pass->run;

    if (pass->failed++ == 0)
        pass->why = arena_printf(pass->arena, "%s: %s", named->key, why->text);
    run->failed++;
    if (run->first.code == 0) {
        error_set(&run->first, why->code, "%s: %s", named->key, why->text);
        if (why->hint != NULL)
            error_hint(&run->first, "%s", why->hint);
    }
    return cache_warm_failed(run->cache, named, why->text, error);
}

/* What took too long has failed, too; its task is cancelled, which is put off for a moment. */
static void note_late(struct pass *pass, const struct cache_entry *named, const struct error *why)
{
    struct task *task = task_current();
    int          code = task_cancelled(task);

    task_cancel_clear(task);
    (void)!note_failure(pass, named, why, NULL);
    if (code != 0 && task_cancelled(task) == 0)
        task_cancel(task, code);
}

static int warm_entry(struct pass *pass, const struct app_warm_entry *entry, struct error *error)
{
    struct cache_entry named = {.set = pass->set->name, .key = entry->key, .class = pass->set->class};
    struct error       why = ERROR_INIT;
    int                r;

    if (pass->run->no_server != NULL)
        r = error_set(&why, ERR_CONNECT, "%s", pass->run->no_server);
    else
        r = make_entry(pass, entry, &named, &why);
    if (r >= 0) {
        pass->run->made++;
    } else if (must_end(r)) {
        if (r == ERR_TIMEOUT)
            note_late(pass, &named, &why);
        error_move(error, &why);
    } else {
        if (pass->run->no_server == NULL && r == ERR_CONNECT && is_server_gone(pass->run))
            pass->run->no_server = mem_strdup(why.text);
        r = note_failure(pass, &named, &why, error);
    }
    error_done(&why);
    return r;
}

/* -- a set --------------------------------------------------------------------------------------------------------- */

/* The clock of the set's queries: the minute after the instant's, as ranges of hours are of whole minutes. So the
 * instant is in what they read, and what lies a whole range before it is not. */
static int find_clock(struct pass *pass, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char *text;
    int64_t     instant;
    struct pg  *pg;
    int         r;

    pass->clock = ask_clock();
    if (pass->set->as_of == NULL)
        return 0;
    r = app_pg(pass->run->app, &pg, error);
    if (r >= 0)
        r = pg_query(pg, pass->set->as_of, NULL, 0, &result, error);
    if (r < 0)
        return r;
    text = pg_result_rows(result) > 0 ? pg_result_text(result, 0, 0) : NULL;
    if (text == NULL)
        return 0;
    if (instant_from_text(text, strlen(text), &instant) < 0)
        return error_set(error, ERR_FAILED, "'as_of' yields no instant but '%s'", text);
    pass->clock = (instant / US_PER_MINUTE + 1) * US_PER_MINUTE;
    return 0;
}

static int warm_entries(struct pass *pass, struct error *error)
{
    const struct app_warm_set *set = pass->set;
    struct error               why = ERROR_INIT;
    int                        r = pass->run->no_server != NULL ? 0 : find_clock(pass, &why), clock = r;

    if (must_end(r)) {
        error_move(error, &why);
        return r;
    }
    r = 0;
    if (clock == ERR_CONNECT)
        pass->run->no_server = mem_strdup(why.text);
    for (size_t i = 0; r >= 0 && i < set->entry_count; i++) {
        struct cache_entry named = {.set = set->name, .key = set->entries[i].key, .class = set->class};

        sink_progress(pass->run->sink, set->name, i, set->entry_count, "entries");
        r = clock < 0 ? note_failure(pass, &named, &why, error) : warm_entry(pass, &set->entries[i], error);
    }
    sink_progress_end(pass->run->sink);
    error_done(&why);
    return r;
}

/* Where a worker makes the attempt, the job tells what was done. */
static void count(struct app *app, const struct cache_warmed *warmed)
{
    struct job_counts *counts = app->job != NULL ? &app->job->counts : NULL;

    if (counts == NULL)
        return;
    counts->rows += (int64_t)warmed->keys;
    counts->loaded += (int64_t)warmed->changed;
    counts->unchanged += (int64_t)(warmed->keys - warmed->changed);
    counts->bytes += warmed->bytes;
}

static void add_row(struct pass *pass, int64_t us, const char *state)
{
    struct arena *arena = pass->arena;

    table_add(pass->run->table, pass->set->name, arena_printf(arena, "%zu", pass->warmed.keys),
              arena_printf(arena, "%zu", pass->warmed.changed), arena_printf(arena, "%zu", pass->warmed.removed),
              arena_printf(arena, "%" PRIu64, pass->warmed.bytes),
              arena_printf(arena, "%" PRId64 ".%" PRId64, us / 1000, us / 100 % 10), state,
              arena_printf(arena, "%zu", pass->failed), pass->why);
}

static const char *state_of(const struct pass *pass)
{
    return pass->failed == 0 ? "warmed" : pass->failed == pass->set->entry_count ? "failed" : "part";
}

static int warm_set(struct run *run, const struct app_warm_set *set, struct arena *arena, struct error *error)
{
    struct pass pass = {.run = run, .set = set, .arena = arena};
    int64_t     began = monotonic_us();
    bool        touched = true;
    int         r = run->touched ? cache_warm_is_touched(run->cache, set->name, &touched, error) : 0;

    if (r < 0 || !touched) {
        add_row(&pass, 0, "untouched");
        return r;
    }
    r = warm_entries(&pass, error);
    if (r >= 0)
        r = cache_warm_announce(run->cache, set->name, &pass.warmed, pass.failed, error);
    add_row(&pass, monotonic_us() - began, state_of(&pass));
    count(run->app, &pass.warmed);
    return r;
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

/* A file that cannot be read is one that failed, where all are meant. */
static int warm_named(struct run *run, const char *name, bool alone, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct app_warm_set set;
    struct error        why = ERROR_INIT;
    int                 r = app_warm_read(arena, name, &set, &why);

    if (r >= 0)
        return warm_set(run, &set, arena, error);
    if (alone) {
        error_move(error, &why);
        return r;
    }
    run->failed++;
    table_add(run->table, name, "0", "0", "0", "0", "0", "failed", NULL,
              arena_printf(arena, "%s%s%s", why.where != NULL ? why.where : "", why.where != NULL ? ": " : "",
                           why.text));
    error_move(&run->first, &why);
    return 0;
}

static int warm_all(struct run *run, struct error *error)
{
    char **names;
    size_t count;
    int    r = app_warm_names(&names, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count && r >= 0; i++)
        r = warm_named(run, names[i], false, error);
    app_warm_names_free(names, count);
    return r;
}

static int open_cache(struct run *run, struct error *error)
{
    struct app  *app = run->app;
    struct error why = ERROR_INIT;
    struct pg   *pg;
    bool         tenant = conf_text(app->conf, OPTION_AS_USER) != NULL;
    int          r = tenant ? 0 : app_cache(app, &run->cache, error);

    if (r >= 0 && !tenant) {
        r = app_pg(app, &pg, &why);
        if (must_end(r))
            error_move(error, &why);
        else
            r = r >= 0 ? app_is_tenant(app, &tenant, error) : 0;
        error_done(&why);
    }
    if (r >= 0 && tenant)
        return error_set(error, ERR_USAGE, "what is warmed is for all: not with --as-user, nor as a tenant");
    if (r >= 0 && app_pg_alive(app) != NULL && cache_connect(app, app->cache, NULL) >= 0)
        run->database = app->cache->database;
    return r;
}

static int finish(struct run *run, struct error *error)
{
    int r = table_send(run->table, run->sink, error);

    if (r < 0 || run->failed == 0)
        return r;
    if (run->made > 0) {
        error_set(error, ERR_PARTIAL, "%s", run->first.text);
        error_hint(error, "%zu of %zu entries were made; the others keep their last values", run->made,
                   run->made + run->failed);
        return ERR_PARTIAL;
    }
    r = run->first.code;
    error_move(error, &run->first);
    return r;
}

int app_warm(struct app *app, const char *name, bool touched, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("set:text keys:int changed:int removed:int bytes:int "
                                                           "ms:numeric state:text failed:int error:text");
    struct run run = {.app = app, .sink = sink, .table = table, .touched = touched};
    int        r = open_cache(&run, error);

    if (r >= 0)
        r = name != NULL ? warm_named(&run, name, true, error) : warm_all(&run, error);
    if (r >= 0)
        r = finish(&run, error);
    error_done(&run.first);
    mem_free(run.no_server);
    return r;
}
