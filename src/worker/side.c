/*
 * A task that writes one entry after the other, and parks when there is none.
 *
 * Invariant: entries have texts and a job of their own, so that an attempt may end before the last of them is written.
 * `waiting` counts what is not written yet; who flushes looks for entries of its job, also the one in hand.
 */
#include "side.h"

#include <stdio.h>

#include "ytempire/base/log.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define WAITING_MOST 1000
#define FLUSH_US (5 * US_PER_SECOND)
#define LOOK_EVERY_US 5000
/* After a failure: a server that is restarted is not asked a thousand times. */
#define PAUSE_US US_PER_SECOND

struct entry {
    struct entry *next;
    struct job    job;                /* without its texts */
    char         *level, *text;       /* of a line; NULL: it is progress */
    char         *what;
    struct data_progress progress;
};

struct side {
    struct side_options options;
    struct app         *app;
    struct task        *task;         /* NULL: it has ended */
    bool                over, counting, idle;
    struct entry       *first, *last;
    struct entry       *in_hand;
    size_t              waiting;
    struct queue_depth  depth;
};

/* -- entries ------------------------------------------------------------------------------------------------------- */

static void entry_free(struct entry *entry)
{
    mem_free(entry->level);
    mem_free(entry->text);
    mem_free(entry->what);
    mem_free(entry);
}

static void wake(struct side *side)
{
    if (side->task != NULL && side->idle)
        task_wake(side->task);
}

static struct entry *push(struct side *side, const struct job *job)
{
    struct entry *entry;

    if (side->waiting >= WAITING_MOST)
        return NULL;
    entry = mem_alloc(sizeof *entry);
    entry->job = *job;
    entry->job.kind = entry->job.command = "";
    entry->job.source = NULL;
    if (side->last != NULL)
        side->last->next = entry;
    else
        side->first = entry;
    side->last = entry;
    side->waiting++;
    wake(side);
    return entry;
}

static bool is_of(const struct entry *entry, const struct job *job)
{
    return entry->job.id == job->id && entry->job.fence == job->fence;
}

void side_say(struct side *side, const struct job *job, const char *level, const char *text)
{
    struct entry *entry = push(side, job);

    if (entry == NULL)
        return;
    entry->level = mem_strdup(level);
    entry->text = mem_strdup(text);
}

void side_progress(struct side *side, const struct job *job, const struct data_progress *progress)
{
    struct entry *entry = side->last;

    /* what nobody has read yet is told anew rather than twice */
    if (entry == NULL || entry->text != NULL || !is_of(entry, job))
        entry = push(side, job);
    if (entry == NULL)
        return;
    mem_free(entry->what);
    entry->what = mem_strdup(progress->what != NULL ? progress->what : "");
    entry->progress = *progress;
    entry->progress.what = entry->what;
    entry->job.counts = job->counts;
}

void side_count(struct side *side)
{
    side->counting = true;
    wake(side);
}

static bool has_entry_of(const struct side *side, const struct job *job)
{
    if (side->in_hand != NULL && is_of(side->in_hand, job))
        return true;
    for (const struct entry *entry = side->first; entry != NULL; entry = entry->next)
        if (is_of(entry, job))
            return true;
    return false;
}

void side_flush(struct side *side, const struct job *job)
{
    int64_t until = loop_now(side->options.loop) + FLUSH_US;

    while (has_entry_of(side, job) && loop_now(side->options.loop) < until)
        if (task_sleep(LOOK_EVERY_US) < 0)
            return;
}

const struct queue_depth *side_depth(const struct side *side)
{
    return &side->depth;
}

/* -- the task ------------------------------------------------------------------------------------------------------ */

static int write_entry(struct side *side, const struct entry *entry)
{
    struct error error = ERROR_INIT;
    struct pg   *pg;
    int          r = app_pg(side->app, &pg, &error);

    if (r >= 0 && entry->text != NULL)
        job_log(pg, &entry->job, entry->level, entry->text);
    else if (r >= 0 && job_note(pg, &entry->job, &entry->progress, &error) < 0)
        log_debug("worker", "progress of job %lld: %s", (long long)entry->job.id, error.text);
    error_done(&error);
    return r;
}

static int count_queue(struct side *side)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct queue_depth *depth = &side->depth;
    struct pg          *pg;
    int                 r = app_pg(side->app, &pg, NULL);

    if (r >= 0)
        r = pg_catalog_query(pg, "worker_depth", NULL, 0, &result, NULL);
    if (r < 0)
        return r;
    depth->count = 0;
    for (size_t i = 0; i < pg_result_rows(result) && i < QUEUE_STATES_MOST; i++, depth->count++) {
        (void)snprintf(depth->states[i].state, sizeof depth->states[i].state, "%s", pg_result_text(result, i, 0));
        depth->states[i].jobs = pg_result_int(result, i, 1);
    }
    depth->counted_at = instant_now();
    return 0;
}

static void drop_all(struct side *side)
{
    while (side->first != NULL) {
        struct entry *entry = side->first;

        side->first = entry->next;
        entry_free(entry);
    }
    side->last = NULL;
    side->waiting = 0;
}

static int write_first(struct side *side)
{
    struct entry *entry = side->first;
    int           r;

    side->first = entry->next;
    if (side->first == NULL)
        side->last = NULL;
    side->waiting--;
    side->in_hand = entry;
    r = write_entry(side, entry);
    side->in_hand = NULL;
    entry_free(entry);
    if (r < 0)
        drop_all(side);
    return r;
}

static void main_task(void *who)
{
    struct side *side = who;

    side->task = task_current();
    while (!side->over || side->first != NULL) {
        int r = 0;

        if (side->first != NULL) {
            r = write_first(side);
        } else if (side->counting) {
            side->counting = false;
            r = count_queue(side);
            if (!side->over)
                side->options.on_counted(side->options.who);
        } else {
            side->idle = true;
            r = task_park();
            side->idle = false;
            continue;
        }
        if (r < 0 && !side->over)
            (void)!task_sleep(PAUSE_US);
    }
    app_disconnect(side->app);
    side->task = NULL;
}

/* -- its life ------------------------------------------------------------------------------------------------------ */

int side_new(const struct side_options *options, struct side **ret_side, struct error *error)
{
    struct side *side = mem_alloc(sizeof *side);
    int          r;

    side->options = *options;
    r = app_new(options->loop, options->conf, &side->app, error);
    if (r < 0) {
        conf_free(options->conf);
        mem_free(side);
        return r;
    }
    side->app->starts_nothing = true;
    (void)task_start(options->loop, main_task, side);
    *ret_side = side;
    return 0;
}

void side_free(struct side *side)
{
    int64_t until;

    if (side == NULL)
        return;
    side->over = true;
    until = monotonic_us() + FLUSH_US;
    wake(side);
    while (side->task != NULL) {
        loop_turn(side->options.loop, LOOK_EVERY_US);
        if (side->task != NULL && monotonic_us() > until)
            task_cancel(side->task, ERR_INTERRUPTED);     /* a server that does not answer: what is left is lost */
    }
    drop_all(side);
    app_free(side->app);
    conf_free(side->options.conf);
    mem_free(side);
}
