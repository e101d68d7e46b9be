#include "fetch_int.h"

#include <inttypes.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/secret.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/conf.h"
#include "ytempire/engine/loop.h"

#define FULL ((size_t)8 << 20)
#define ANSWER_MOST ((size_t)16 << 20)
#define HELD_MOST ((size_t)64 << 20)
#define AT_ONCE_MOST 16
#define NOTE_EVERY_US (US_PER_SECOND / 2)
#define STALL_MOST_US (30 * US_PER_SECOND)

/* -- credentials --------------------------------------------------------------------------------------------------- */

static int find_secret(const char *name, const char **ret_secret, struct error *error)
{
    _cleanup_(mem_freep) char *path = NULL;

    if (name == NULL)
        return 0;
    path = conf_config_path("secrets");
    return secret_find(path, name, ret_secret, error);
}

static int find_credentials(const struct ingest *ingest, const struct fetch_api *about,
                            struct api_credentials *ret_credentials, struct error *error)
{
    int r;

    *ret_credentials = (struct api_credentials){.kind = about->auth, .name = about->auth_name};
    if (ingest->options->replay) {                   /* a tape asks for none */
        ret_credentials->secret = "none";
        return 0;
    }
    r = find_secret(about->secret, &ret_credentials->secret, error);
    if (about->auth != API_AUTH_REFRESH)
        return r;
    if (r >= 0)
        r = find_secret(about->client_id, &ret_credentials->client_id, error);
    if (r >= 0)
        r = find_secret(about->client_secret, &ret_credentials->client_secret, error);
    ret_credentials->token_url = ingest_setting_text(ingest, "token_url");
    return r;
}

int fetch_check(struct ingest *ingest, const struct fetch_api *about, struct error *error)
{
    struct api_credentials credentials;

    if (ingest->options->file_count > 0)
        return error_set(error, ERR_USAGE, "'%s' asks its API and takes no file", ingest->source->name);
    return find_credentials(ingest, about, &credentials, error);
}

/* -- begin and end ------------------------------------------------------------------------------------------------- */

static void listen_to(void *who, const struct api_exchange *exchange)
{
    tape_hear(((struct fetch *)who)->tape, exchange);
}

static int replay(void *who, const struct http_request *request, struct http_answer **ret_answer, struct error *error)
{
    return reel_answer(((struct fetch *)who)->reel, request, ret_answer, error);
}

/* What time it is, and the tape: one to be played, or one to be written. */
static int open_tape(struct fetch *fetch, struct error *error)
{
    struct ingest      *ingest = fetch->ingest;
    struct tape_options options = {.source = ingest->source->name, .job = ingest->job->id,
                                   .attempt = ingest->job->attempt, .open = ingest->options->open,
                                   .who = ingest->options->who};
    long long           now = 0;
    int                 r = ingest->options->replay ? reel_open(ingest->pgs[0], ingest->source->name,
                                                                ingest->options->replay_job, &fetch->reel, error)
                                                    : values_ask(ingest->pgs[0], "fetch_now", NULL, &now, error);

    if (r < 0)
        return r;
    fetch->run_at = options.run_at = fetch->reel != NULL ? reel_run_at(fetch->reel) : now;
    if (fetch->reel == NULL && options.open != NULL)
        fetch->tape = tape_new(&options);
    return 0;
}

static int open_api(struct fetch *fetch, struct error *error)
{
    const struct ingest *ingest = fetch->ingest;
    int64_t              total = ingest_setting(ingest, "timeout") * US_PER_SECOND;
    struct api_options   options = {.loop = task_loop(task_current()),
                                    .name = ingest->source->name,
                                    .base = ingest_setting_text(ingest, "base"),
                                    .headers = fetch->about->headers,
                                    .at_once = (unsigned)ingest_setting(ingest, "at_once"),
                                    .tries = (unsigned)ingest_setting(ingest, "tries"),
                                    .pause_us = ingest_setting(ingest, "pause") * 1000,
                                    .stall_us = total < STALL_MOST_US ? total : STALL_MOST_US,
                                    .total_us = total,
                                    .body_most = ANSWER_MOST,
                                    .spend = fetch->reel == NULL ? fetch_spend : NULL,
                                    .listen = fetch->tape != NULL ? listen_to : NULL,
                                    .replay = fetch->reel != NULL ? replay : NULL,
                                    .who = fetch};
    int                  r = find_credentials(ingest, fetch->about, &options.credentials, error);

    return r < 0 ? r : api_new(&options, &fetch->api, error);
}

int fetch_begin(struct ingest *ingest, const struct fetch_api *about, struct fetch **ret_fetch, struct error *error)
{
    struct fetch *fetch = mem_alloc(sizeof *fetch);
    int           r;

    *fetch = (struct fetch){
        .ingest = ingest, .about = about, .before = ingest->job->counts, .began_us = monotonic_us()};
    r = open_tape(fetch, error);
    if (r >= 0)
        r = open_api(fetch, error);
    if (r >= 0)
        r = fetch_stage(fetch, error);
    if (r >= 0)
        *ret_fetch = fetch;
    else
        fetch_end(fetch);
    return r;
}

void fetch_end(struct fetch *fetch)
{
    if (fetch == NULL)
        return;
    fetch_unstage(fetch);
    fetch_forget(fetch);
    mem_free(fetch->kept);
    api_free(fetch->api);
    tape_close(fetch->tape);
    reel_free(fetch->reel);
    mem_free(fetch);
}

int64_t fetch_run_at(const struct fetch *fetch)
{
    return fetch->run_at;
}

bool fetch_is_replay(const struct fetch *fetch)
{
    return fetch->reel != NULL;
}

size_t fetch_replayed(const struct fetch *fetch, struct arena *arena, const char *path, const char *name,
                      const char ***ret_values)
{
    return fetch->reel != NULL ? reel_asked(fetch->reel, arena, path, name, ret_values) : 0;
}

bool fetch_is_unasked(const struct fetch *fetch)
{
    return fetch->reel != NULL && reel_lacks(fetch->reel);
}

static void wake_first(struct fetch *fetch)
{
    if (!fetch->busy && fetch->waiting != NULL)
        task_wake(fetch->waiting->task);
}

static void leave_queue(struct fetch *fetch, const struct fetch_waiter *waiter)
{
    struct fetch_waiter **at = &fetch->waiting;

    while (*at != waiter)
        at = &(*at)->next;
    *at = waiter->next;
}

int fetch_enter(struct fetch *fetch, struct error *error)
{
    struct fetch_waiter   self = {.task = task_current()};
    struct fetch_waiter **last = &fetch->waiting;
    int                   r = 0;

    if (fetch->busy) {
        while (*last != NULL)
            last = &(*last)->next;
        *last = &self;
        while (r >= 0 && fetch->busy)
            r = task_park();
        leave_queue(fetch, &self);
    }
    if (r < 0) {                       /* whoever gives up may have been woken: it is the turn of the next one */
        wake_first(fetch);
        return error_set(error, r, "%s", error_sentence(r));
    }
    fetch->busy = true;
    return 0;
}

void fetch_leave(struct fetch *fetch)
{
    fetch->busy = false;
    wake_first(fetch);
}

/* -- one answer ---------------------------------------------------------------------------------------------------- */

static char *request_text(const struct fetch_request *request)
{
    struct str text = STR_INIT;

    str_add(&text, request->path);
    for (size_t i = 0; i < request->parameter_count; i++)
        if (request->parameters[i].value != NULL)
            http_url_add(&text, request->parameters[i].name, request->parameters[i].value);
    if (request->json != NULL)
        str_addf(&text, " %s", request->json);
    return str_take(&text);
}

static int find_etag(struct fetch *fetch, const char *request, char **ret_etag, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct values values = {0};
    int           r = fetch_enter(fetch, error);

    if (r < 0)
        return r;
    value_text(&values, fetch->ingest->source->name);
    value_text(&values, request);
    r = values_run(fetch->ingest->pgs[1], "fetch_etag", &values, &result, error);
    fetch_leave(fetch);
    if (r >= 0 && pg_result_rows(result) > 0)
        *ret_etag = mem_strdup(pg_result_text(result, 0, 0));
    return r;
}

#define NEW_DAY_US US_PER_SECOND

/* What the job is told of a failure: not before then. An empty quota is a matter of the ledger, where it has a price: it
 * is full again at the end of the day, or is by now. */
static int failed(struct fetch *fetch, const struct fetch_request *request, int64_t paid_at, int code)
{
    bool has_price = request->method != NULL;

    fetch->ingest->job->pause_us = code == ERR_CONNECT || (code == ERR_QUOTA && !has_price) ? api_pause(fetch->api) : 0;
    /* not paid: the ledger refused it, and the API was not asked */
    if (code == ERR_QUOTA && paid_at != 0 && fetch_refuse(fetch, request->method, paid_at))
        fetch->ingest->job->pause_us = NEW_DAY_US;
    return code;
}

static void keep(struct fetch *fetch, const struct fetch_request *request, size_t no, char *text,
                 struct api_answer *answer)
{
    struct kept kept = {.no = no, .stream = request->stream, .request = text, .answer = answer,
                        .about = request->about != NULL ? mem_strdup(request->about) : NULL};

    VEC_PUSH(fetch->kept, fetch->kept_count, fetch->kept_room, kept);
    fetch->bytes += answer->length;
    fetch->ingest->job->counts.bytes += answer->received;
}

static int ask_as(struct fetch *fetch, const struct fetch_request *request, size_t no,
                  const struct api_answer **ret_answer, struct error *error)
{
    _cleanup_(mem_freep) char *text = request_text(request), *etag = NULL;
    struct api_answer *answer = NULL;
    int64_t            paid_at = 0;
    int                r = request->with_etag ? find_etag(fetch, text, &etag, error) : 0;
    struct api_request asked = {.path = request->path, .parameters = request->parameters,
                                .parameter_count = request->parameter_count, .json = request->json, .etag = etag,
                                .bucket = request->method, .payer = &paid_at};

    if (r < 0)
        return r;
    r = api_ask(fetch->api, &asked, &answer, error);
    if (r < 0)
        return failed(fetch, request, paid_at, r);
    keep(fetch, request, no, TAKE(text), answer);
    if (ret_answer != NULL)
        *ret_answer = answer;
    else
        api_answer_forget_json(answer);
    if (fetch->bytes > HELD_MOST)
        return error_set(error, ERR_LIMIT, "%s: the answers that are kept have more than %zu MB",
                         fetch->ingest->source->name, HELD_MOST >> 20);
    return 0;
}

int fetch_ask(struct fetch *fetch, const struct fetch_request *request, const struct api_answer **ret_answer,
              struct error *error)
{
    return ask_as(fetch, request, fetch->next_no++, ret_answer, error);
}

int fetch_status(const struct fetch *fetch)
{
    return api_status(fetch->api);
}

bool fetch_is_full(const struct fetch *fetch)
{
    return fetch->bytes >= FULL;
}

/* -- many beside each other ---------------------------------------------------------------------------------------- */

struct gang {
    struct fetch               *fetch;
    const struct fetch_request *requests;
    size_t                      count, next, first_no;
    struct task                *tasks[AT_ONCE_MOST], *waiter;
    size_t                      running;
    int                         result;
    struct error                error;
};

struct member {
    struct gang *gang;
    size_t       at;
};

static void ask_in_turn(void *who)
{
    struct member *member = who;
    struct gang   *gang = member->gang;

    gang->tasks[member->at] = task_current();
    while (gang->result >= 0 && gang->next < gang->count) {
        size_t       i = gang->next++;
        struct error found = ERROR_INIT;
        int          r = ask_as(gang->fetch, &gang->requests[i], gang->first_no + i, NULL, &found);

        if (r < 0 && gang->result >= 0) {
            gang->result = r;
            error_move(&gang->error, &found);
        }
        error_done(&found);
    }
    gang->tasks[member->at] = NULL;
    gang->running--;
    task_wake(gang->waiter);
}

static void stop_all(struct gang *gang, int code)
{
    for (size_t i = 0; i < AT_ONCE_MOST; i++)
        if (gang->tasks[i] != NULL && task_cancelled(gang->tasks[i]) == 0)
            task_cancel(gang->tasks[i], code);
}

/* Waits for all of them, whatever is asked of this task; a wish to cancel is passed on. Returns its code. */
static int wait_for_gang(struct gang *gang)
{
    struct task *self = task_current();
    int          cancelled = task_cancelled(self);

    while (gang->running > 0) {
        int r;

        if (cancelled < 0 || gang->result < 0)
            stop_all(gang, cancelled < 0 ? cancelled : ERR_INTERRUPTED);
        task_cancel_clear(self);
        r = task_park();
        cancelled = r < 0 ? r : cancelled;
    }
    if (cancelled < 0)
        task_cancel(self, cancelled);
    return cancelled;
}

int fetch_ask_all(struct fetch *fetch, const struct fetch_request *requests, size_t count, struct error *error)
{
    struct member members[AT_ONCE_MOST];
    struct gang   gang = {.fetch = fetch, .requests = requests, .count = count, .first_no = fetch->next_no,
                          .waiter = task_current()};
    size_t        most = (size_t)ingest_setting(fetch->ingest, "at_once");
    int           cancelled;

    fetch->next_no += count;
    for (size_t i = 0; i < most && i < count; i++) {
        members[i] = (struct member){&gang, i};
        gang.running++;
        (void)task_start(task_loop(gang.waiter), ask_in_turn, &members[i]);
    }
    cancelled = wait_for_gang(&gang);
    if (gang.result < 0 && error != NULL)
        error_move(error, &gang.error);
    error_done(&gang.error);
    if (gang.result >= 0 && cancelled < 0)
        return error_set(error, cancelled, "%s", error_sentence(cancelled));
    return gang.result;
}

/* -- pages --------------------------------------------------------------------------------------------------------- */

static void tell_repeated(struct fetch *fetch, const char *path, size_t pages)
{
    struct error *partial = &fetch->ingest->partial;

    ingest_tell(fetch->ingest, "warning",
                "%s: page %zu leads to one that was read before; what comes after is not seen", path, pages);
    if (partial->code == 0)
        error_set(partial, ERR_PARTIAL, "%s: the pages of %s repeat", fetch->ingest->source->name, path);
}

/* The token of the next page, or NULL. */
static char *token_in(const struct api_answer *answer, const char *member)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const struct tree_node *node = tree_get(answer->json, member);

    return node != NULL && node->kind == TREE_STRING && node->length > 0 ? mem_strdup(tree_text(arena, node)) : NULL;
}

int fetch_ask_pages(struct fetch *fetch, const struct fetch_pages *pages, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(map_freep) struct map *seen = map_new();
    _cleanup_(mem_freep) char *token = NULL;
    size_t                count = pages->first.parameter_count;
    struct api_parameter *parameters = ARENA_ARRAY(arena, struct api_parameter, count + 1);
    struct fetch_request  request = pages->first;
    int                   r;

    if (count > 0)
        memcpy(parameters, request.parameters, count * sizeof *parameters);
    request.parameters = parameters;
    request.parameter_count = count + 1;
    do {
        const struct api_answer *answer;

        parameters[count] = (struct api_parameter){pages->parameter, token};
        r = fetch_ask(fetch, &request, &answer, error);
        mem_free(TAKE(token));
        if (r < 0)
            return r;
        token = token_in(answer, pages->member);
        r = pages->on_page != NULL ? pages->on_page(pages->who, answer, error) : 0;
        if (r == 0 && token != NULL && !map_put(seen, token, fetch)) {
            tell_repeated(fetch, request.path, map_count(seen) + 1);
            return 1;
        }
    } while (r == 0 && token != NULL);
    return r < 0 ? r : 0;
}

/* -- what is told -------------------------------------------------------------------------------------------------- */

int fetch_progress(struct fetch *fetch, const char *what, uint64_t done, uint64_t total, const char *unit,
                   struct error *error)
{
    struct data_progress progress = {.done = done, .total = total, .unit = unit};
    int64_t              now = monotonic_us();

    sink_progress(fetch->ingest->sink, what, done, total, unit);
    if (now - fetch->noted_us < NOTE_EVERY_US && done < total)
        return 0;
    fetch->noted_us = now;
    return job_note(fetch->ingest->pgs[0], fetch->ingest->job, &progress, error);
}

int fetch_finish(struct fetch *fetch, const char *what, struct error *error)
{
    struct job_counts counts = fetch->ingest->job->counts;
    int               r = ingest_refresh_hours(fetch->ingest, error);

    if (r < 0)
        return r;
    counts.rows -= fetch->before.rows;
    counts.loaded -= fetch->before.loaded;
    counts.unchanged -= fetch->before.unchanged;
    counts.rejected -= fetch->before.rejected;
    counts.quota -= fetch->before.quota;
    ingest_add_row(fetch->ingest, what, &counts, monotonic_us() - fetch->began_us);
    ingest_log(fetch->ingest, "info",
               "%s: %" PRId64 " item%s, %" PRId64 " loaded, %" PRId64 " unchanged, %" PRId64 " rejected; %" PRId64
               " unit%s of quota",
               what, counts.rows, plural(counts.rows), counts.loaded, counts.unchanged, counts.rejected, counts.quota,
               plural(counts.quota));
    return 0;
}
