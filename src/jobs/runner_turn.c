/*
 * What the runner asks of the server. A turn is one statement: it ends attempts, renews leases, claims jobs, and says
 * what is no longer ours. When its answer does not come, nobody knows whether it was done: what was ended stays on the
 * list and is told again (an end that is written already is no news), and what was claimed is given back by
 * runner_connect.
 */
#include <string.h>
#include <unistd.h>

#include "runner.h"
#include "ytempire/base/log.h"
#include "ytempire/base/mem.h"

#define COUNTS 6
#define PRUNE_US (60 * US_PER_MINUTE)
#define PRUNE_STEP 5000                /* as jobs_prune.sql has it */

struct turn {
    struct bound bound;
    struct str   held, held_fences, ids, fences, hows, errors, pauses, counts;
    size_t       ended;                  /* told in this turn */
    const char  *how[];
};

static void turn_done(struct turn *turn)
{
    struct str *texts[] = {&turn->held, &turn->held_fences, &turn->ids, &turn->fences,
                           &turn->hows, &turn->errors, &turn->pauses, &turn->counts};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        str_done(texts[i]);
    mem_free(turn);
}

/* -- what is told -------------------------------------------------------------------------------------------------- */

static void hold(struct turn *turn, const struct attempts *attempts, size_t from)
{
    for (size_t i = from; i < attempts->count; i++) {
        if (attempts->items[i]->lost)
            continue;
        array_add_int(&turn->held, attempts->items[i]->job.id);
        array_add_int(&turn->held_fences, attempts->items[i]->job.fence);
    }
}

static bool has_counts(const struct job_counts *counts)
{
    static const struct job_counts none;

    return memcmp(counts, &none, sizeof none) != 0;
}

static void add_counts(struct str *to, const struct job_counts *counts)
{
    const int64_t numbers[COUNTS] = {counts->rows,     counts->loaded,         counts->unchanged,
                                     counts->rejected, (int64_t)counts->bytes, counts->quota};

    for (size_t i = 0; i < COUNTS; i++)
        if (has_counts(counts))
            array_add_int(to, numbers[i]);
        else
            array_add_text(to, NULL);
}

static const char *words_of(const struct attempt *attempt)
{
    return attempt->code == 0                ? NULL
           : attempt->error.text != NULL     ? attempt->error.text
                                             : error_sentence(attempt->code);
}

/* Counts are told when anybody has some: they are most of the text. */
static void tell_ended(struct turn *turn, const struct attempts *ended)
{
    bool counted = false;

    for (size_t i = 0; i < ended->count && !counted; i++)
        counted = !ended->items[i]->lost && has_counts(&ended->items[i]->job.counts);
    for (size_t i = 0; i < ended->count; i++) {
        const struct attempt *attempt = ended->items[i];

        turn->how[i] = attempt_how(attempt);
        if (attempt->lost)
            continue;
        array_add_int(&turn->ids, attempt->job.id);
        array_add_int(&turn->fences, attempt->job.fence);
        array_add_text(&turn->hows, turn->how[i]);
        array_add_text(&turn->errors, words_of(attempt));
        if (attempt->job.pause_us > 0)
            array_add_int(&turn->pauses, attempt->job.pause_us);
        else
            array_add_text(&turn->pauses, NULL);
        if (counted)
            add_counts(&turn->counts, &attempt->job.counts);
    }
}

static struct turn *turn_new(const struct jobs_runner *runner, const struct attempts *ended, bool beat, unsigned want)
{
    struct turn *turn = mem_alloc(sizeof *turn + (ended->count + 1) * sizeof turn->how[0]);
    struct str  *texts[] = {&turn->held, &turn->held_fences, &turn->ids, &turn->fences,
                            &turn->hows, &turn->errors, &turn->pauses, &turn->counts};

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        array_open(texts[i]);
    if (beat)
        hold(turn, &runner->running, 0);
    tell_ended(turn, ended);
    turn->ended = ended->count;
    bound_text(&turn->bound, runner->name);
    bound_text(&turn->bound, runner->figures.draining ? "draining" : "working");
    bound_int(&turn->bound, runner->options.lease_us);
    bound_int(&turn->bound, want);
    bound_text(&turn->bound, beat ? "t" : "f");
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        array_close(texts[i]);
        bound_text(&turn->bound, str_text(texts[i]));
    }
    return turn;
}

/* -- what comes back ----------------------------------------------------------------------------------------------- */

static void note_end(struct jobs_runner *runner, const struct attempt *attempt, const char *how)
{
    struct jobs_figures *figures = &runner->figures;
    bool                 again = attempt->job.attempt < attempt->job.max_attempts;
    enum jobs_happened   happened = JOBS_DISCARDED;
    uint64_t            *figure = &figures->discarded;

    if (text_equal(how, "completed")) {
        happened = JOBS_COMPLETED;
        figure = &figures->completed;
    } else if (text_equal(how, "cancelled")) {
        happened = JOBS_CANCELLED;
        figure = &figures->cancelled;
    } else if (text_equal(how, "returned")) {
        happened = JOBS_RETURNED;
        figure = &figures->returned;
    } else if (text_equal(how, "quota") || (text_equal(how, "retry") && again)) {
        happened = JOBS_RETRIED;
        figure = &figures->retried;
    }
    (*figure)++;
    runner_say(runner, happened, attempt, words_of(attempt));
}

static void note_lost(struct jobs_runner *runner, const struct attempt *attempt)
{
    runner->figures.lost++;
    runner_say(runner, JOBS_LOST, attempt, "its lease was over: another has taken it up, or it has ended");
}

static void settle_ended(struct jobs_runner *runner, struct attempts *ended, const struct turn *turn)
{
    for (size_t i = 0; i < turn->ended; i++) {
        struct attempt *attempt = ended->items[i];

        if (!attempt->lost)
            note_end(runner, attempt, turn->how[i]);
        attempt_free(attempt);
    }
    ended->count -= turn->ended;
    if (ended->count > 0)          /* nothing has ended yet: there is no array */
        memmove(ended->items, ended->items + turn->ended, ended->count * sizeof(struct attempt *));
}

static void take_missed(struct jobs_runner *runner, const struct attempts *ended, const struct turn *turn, int64_t job)
{
    for (size_t i = 0; i < turn->ended; i++)
        if (ended->items[i]->job.id == job && !ended->items[i]->lost) {
            ended->items[i]->lost = true;
            note_lost(runner, ended->items[i]);
        }
}

static void lose(struct jobs_runner *runner, struct attempt *attempt)
{
    if (attempt == NULL || attempt->lost)
        return;
    attempt->lost = true;
    note_lost(runner, attempt);
    attempt_stop(attempt, ERR_INTERRUPTED);
}

static char *copy(const struct pg_result *result, size_t row, size_t column)
{
    const char *text = pg_result_text(result, row, column);

    return text != NULL ? mem_strdup(text) : NULL;
}

static void start(struct jobs_runner *runner, const struct pg_result *result, size_t row)
{
    struct attempt *attempt = mem_alloc(sizeof *attempt);

    attempt->job = (struct job){
        .id = pg_result_int(result, row, 1),
        .fence = pg_result_int(result, row, 2),
        .attempt = (int)pg_result_int(result, row, 3),
        .max_attempts = (int)pg_result_int(result, row, 4),
        .timeout_seconds = (unsigned)pg_result_int(result, row, 5),
        .kind = copy(result, row, 6),
        .source = copy(result, row, 7),
        .command = copy(result, row, 8),
    };
    if (runner->figures.draining)              /* since it was asked for: it goes back as it came */
        attempt_give_back(runner, attempt);
    else
        attempt_start(runner, attempt);
}

static void take_verdicts(struct jobs_runner *runner, struct attempts *ended, const struct turn *turn,
                          const struct pg_result *result)
{
    for (size_t row = 0; row < pg_result_rows(result); row++) {
        const char *verdict = pg_result_text(result, row, 0);
        int64_t     job = pg_result_int(result, row, 1);

        if (text_equal(verdict, "missed"))
            take_missed(runner, ended, turn, job);
        else if (text_equal(verdict, "lost"))
            lose(runner, attempt_find(runner, job));
        else if (text_equal(verdict, "cancel") && attempt_find(runner, job) != NULL)
            attempt_stop(attempt_find(runner, job), ERR_INTERRUPTED);
        else if (text_equal(verdict, "next") && pg_result_text(result, row, 1) != NULL)
            runner->look_at = loop_now(runner->options.loop) + (job > 0 ? job : 0);
    }
    settle_ended(runner, ended, turn);
    for (size_t row = 0; row < pg_result_rows(result); row++)
        if (text_equal(pg_result_text(result, row, 0), "run"))
            start(runner, result, row);
}

/* -- the statements ------------------------------------------------------------------------------------------------ */

int runner_turn(struct jobs_runner *runner, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int64_t      now = loop_now(runner->options.loop);
    bool         beat = runner->beat || now - runner->beat_at >= runner->options.lease_us / 6;
    unsigned     free = runner->options.slots - (unsigned)runner->running.count;
    struct turn *turn = turn_new(runner, &runner->ended, beat, runner->figures.draining ? 0 : free);
    int          r;

    runner->awake = false;
    runner->beat = false;
    runner->look_at = INT64_MAX;
    r = bound_run(runner->pg, "jobs_turn", &turn->bound, &result, error);
    runner->turned_at = loop_now(runner->options.loop);
    if (r >= 0 && beat) {
        runner->beat_at = now;
        runner->figures.last_beat_us = monotonic_us();
    }
    if (r >= 0)
        take_verdicts(runner, &runner->ended, turn, result);
    turn_done(turn);
    return r;
}

int runner_tell(struct jobs_runner *runner, struct pg *pg, struct attempts *ended, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct turn *turn = turn_new(runner, ended, false, 0);
    int          r = bound_run(pg, "jobs_turn", &turn->bound, &result, error);

    if (r >= 0)
        take_verdicts(runner, ended, turn, result);
    turn_done(turn);
    return r;
}

static int greet(struct jobs_runner *runner, struct error *error)
{
    const struct attempts *lists[] = {&runner->running, &runner->ended, &runner->handed};
    _cleanup_(str_done) struct str held = STR_INIT;
    struct bound bound = {0};
    char        *host = mem_strndup(runner->name, strcspn(runner->name, ":"));
    int          r;

    array_open(&held);
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            array_add_int(&held, lists[i]->items[j]->job.id);
    array_close(&held);
    bound_text(&bound, runner->name);
    bound_text(&bound, host);
    bound_int(&bound, getpid());
    bound_text(&bound, runner->options.version != NULL ? runner->options.version : "");
    bound_int(&bound, runner->options.slots);
    bound_text(&bound, str_text(&held));
    r = bound_run(runner->pg, "jobs_greet", &bound, NULL, error);
    mem_free(host);
    return r;
}

static void on_notify(void *who, const char *channel, const char *text)
{
    struct jobs_runner *runner = who;

    if (channel == NULL)
        runner->lost_connection = true;
    else if (text_equal(text, "cancel"))
        runner->beat = true;
    runner->heard_at = loop_now(runner->options.loop);
    runner_wake(runner);
}

int runner_connect(struct jobs_runner *runner, struct error *error)
{
    int r = runner->options.open(runner->options.who, &runner->pg, error);

    if (r < 0) {
        runner->pg = NULL;
        return r;
    }
    runner->lost_connection = false;
    pg_on_notify(runner->pg, on_notify, runner);
    r = pg_script(runner->pg, "LISTEN ytempire_jobs", error);
    if (r >= 0)
        r = greet(runner, error);
    if (r >= 0)
        runner->beat = true;
    return r;
}

static int prepare_schedules(struct jobs_runner *runner, struct error *error)
{
    struct error found = ERROR_INIT;
    int          r = 0;

    if (runner->options.before_schedules != NULL)
        r = runner->options.before_schedules(runner->options.who, runner->pg, &found);
    if (r == ERR_CONNECT && error != NULL)
        error_move(error, &found);
    error_done(&found);
    return r == ERR_CONNECT ? r : 0;
}

static int keep_schedules(struct jobs_runner *runner, struct error *error)
{
    int64_t wait;
    size_t  put = 0;
    int     r = prepare_schedules(runner, error);

    if (r >= 0)
        r = schedules_tick(runner->pg, 0, &wait, &put, error);
    if (r < 0)
        return r;
    runner->schedule_at = wait == INT64_MAX ? INT64_MAX : loop_now(runner->options.loop) + wait;
    if (put > 0)
        runner_say(runner, JOBS_SCHEDULED, NULL, "the schedules have put jobs on the list");
    return 0;
}

/* Once an hour, in steps, so that no statement is long. */
static int prune(struct jobs_runner *runner, struct error *error)
{
    int64_t now = loop_now(runner->options.loop);
    int     r = 0;

    if (runner->pruned_at != 0 && now - runner->pruned_at < PRUNE_US)
        return 0;
    for (bool more = true; r >= 0 && more;) {
        _cleanup_(pg_result_freep) struct pg_result *result = NULL;

        r = bound_run(runner->pg, "jobs_prune", NULL, &result, error);
        more = r >= 0 && pg_result_affected(result) >= PRUNE_STEP && !runner->awake;
        if (r >= 0 && !more && pg_result_affected(result) < PRUNE_STEP)
            runner->pruned_at = now;
    }
    return r;
}

int runner_lead(struct jobs_runner *runner, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct bound who = {0}, all = {0};
    int          r = 0;

    bound_text(&who, runner->name);
    bound_int(&who, runner->options.lease_us);
    bound_text(&all, NULL);
    if (!runner->figures.leader) {
        r = bound_run(runner->pg, "jobs_lead", &who, &result, error);
        runner->figures.leader = r >= 0 && text_equal(pg_result_text(result, 0, 0), "t");
        if (runner->figures.leader)
            runner_say(runner, JOBS_LEADER, NULL, "it keeps the schedules from now on");
    }
    if (r >= 0)      /* whoever leads: a leader that hangs is noticed only when its lease is over */
        r = bound_run(runner->pg, "jobs_sweep", &all, NULL, error);
    if (r >= 0 && runner->figures.leader)
        r = keep_schedules(runner, error);
    return r < 0 || !runner->figures.leader ? r : prune(runner, error);
}

void runner_leave(struct jobs_runner *runner)
{
    struct bound bound = {0};

    bound_text(&bound, runner->name);
    if (runner->pg != NULL)
        (void)!bound_run(runner->pg, "jobs_leave", &bound, NULL, NULL);
}
