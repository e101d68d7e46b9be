/*
 * The order of things: log, pid file, pages; then a task waits for the database and starts the runner; then the loop
 * turns until the runner is over.
 *
 * Invariant: `app` is used by one task at a time: first by the one that starts, then by the runner's `open`. Attempts
 * and the side have sessions of their own.
 */
#include "ytempire/worker.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "pid_file.h"
#include "worker_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/ingest.h"

#define TRY_LEAST_US (US_PER_SECOND / 2)
#define TRY_MOST_US (5 * US_PER_SECOND)
#define SLOTS_MOST 256

/* -- the database -------------------------------------------------------------------------------------------------- */

/* A connection for the runner; the session's own, which app_pg_open goes by, is not kept. */
static int open_pg(void *who, struct pg **ret_pg, struct error *error)
{
    struct worker *worker = who;
    int            r = app_pg_open(worker->app, ret_pg, error);

    app_disconnect(worker->app);
    return r;
}

/* Whether another try is worth it, after a pause. */
static bool waits_on(struct worker *worker, int64_t until, int64_t *pause, const struct error *why)
{
    if (why->code != ERR_CONNECT || loop_now(worker->loop) >= until)
        return false;
    worker_log_say(worker->log, LOG_WARN, "waiting", "%s", why->text);
    notify_send(&worker->notify, "STATUS=waits for the database");
    if (task_sleep(*pause) < 0)
        return false;
    *pause = *pause * 2 < TRY_MOST_US ? *pause * 2 : TRY_MOST_US;
    return true;
}

static int check_queue(struct pg *pg, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = pg_catalog_query(pg, "worker_has_queue", NULL, 0, &result, error);

    if (r < 0 || text_equal(pg_result_text(result, 0, 0), "t"))
        return r;
    error_set(error, ERR_FAILED, "the database has no queue yet");
    error_hint(error, "'migrate up' makes it");
    return ERR_FAILED;
}

static int look_at_queue(struct worker *worker, struct error *error)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int r = open_pg(worker, &pg, error);

    return r < 0 ? r : check_queue(pg, error);
}

/* Also a server that goes away between the two is waited for. */
static int wait_for_queue(struct worker *worker, struct error *error)
{
    int64_t until = loop_now(worker->loop) + conf_us(worker->app->conf, OPTION_WAIT), pause = TRY_LEAST_US;
    int     r;

    for (;;) {
        struct error why = ERROR_INIT;

        r = look_at_queue(worker, &why);
        if (r < 0 && waits_on(worker, until, &pause, &why)) {
            error_done(&why);
            continue;
        }
        if (r < 0)
            error_move(error, &why);
        error_done(&why);
        return r;
    }
}

static int keep_source_schedules(void *who, struct pg *pg, struct error *error)
{
    (void)who;
    return ingest_keep_schedules(pg, error);
}

/* -- starting ------------------------------------------------------------------------------------------------------ */

static int start_runner(struct worker *worker, struct error *error)
{
    const char *text = conf_text(worker->app->conf, OPTION_SLOTS);
    long long   slots = 0;
    struct jobs_runner_options options = {.loop = worker->loop, .version = PROGRAM_VERSION, .open = open_pg,
                                          .run = worker_attempt, .on_event = worker_on_event,
                                          .before_schedules = keep_source_schedules, .who = worker};

    (void)!text_to_int64(text, strlen(text), &slots);    /* conf has checked it */
    options.slots = (unsigned)slots;
    return jobs_runner_start(&options, &worker->runner, error);
}

static void start_task(void *who)
{
    struct worker *worker = who;
    int            r;

    worker->starting = task_current();
    r = wait_for_queue(worker, &worker->error);
    worker->app->starts_nothing = true;
    if (r >= 0)
        r = start_runner(worker, &worker->error);
    worker->starting = NULL;
    if (r < 0) {
        worker->code = r;
        worker->over = true;
        return;
    }
    worker->started = true;
    worker_tell_ready(worker);
}

/* -- signals ------------------------------------------------------------------------------------------------------- */

static void on_end_signal(int number, void *who)
{
    struct worker *worker = who;
    int64_t        grace = conf_us(worker->app->conf, OPTION_GRACE);

    if (++worker->signals > 2)
        _exit(128 + number);              /* leases run out, and others take up what was in hand */
    worker_log_say(worker->log, LOG_INFO, "draining", "told to end by %s",
                   number == SIGINT ? "SIGINT" : "SIGTERM");
    worker_tell_end(worker);
    if (worker->runner != NULL)
        jobs_runner_drain(worker->runner, worker->signals == 1 ? grace : 0);
    else if (worker->starting != NULL)
        task_cancel(worker->starting, ERR_INTERRUPTED);
}

static void on_hangup(int number, void *who)
{
    struct worker *worker = who;

    (void)number;
    notify_send(&worker->notify, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)monotonic_us());
    worker_log_reopen(worker->log);
    worker_log_say(worker->log, LOG_INFO, "log_opened", "told to by SIGHUP");
    if (worker->started)
        notify_send(&worker->notify, "READY=1");
}

static void hear_signals(struct worker *worker, bool hear)
{
    loop_signal(worker->loop, SIGTERM, hear ? on_end_signal : NULL, worker);
    loop_signal(worker->loop, SIGINT, hear ? on_end_signal : NULL, worker);
    loop_signal(worker->loop, SIGHUP, hear ? on_hangup : NULL, worker);
}

/* -- its life ------------------------------------------------------------------------------------------------------ */

static int check_options(const struct conf *conf, struct error *error)
{
    const char *text = conf_text(conf, OPTION_SLOTS);
    long long   slots = 0;

    if (conf_script_count(conf) > 0)
        return error_set(error, ERR_USAGE, "--worker takes its commands from the queue, not from --exec or --file");
    if (conf_text(conf, OPTION_AS_USER) != NULL)
        return error_set(error, ERR_USAGE, "--worker works for all accounts: it cannot be one (--as-user)");
    if (text_to_int64(text, strlen(text), &slots) < 0 || slots < 1 || slots > SLOTS_MOST)
        return error_set(error, ERR_USAGE, "--slots is a number from 1 to %d, not %s", SLOTS_MOST, text);
    return 0;
}

static int take_pid_file(struct worker *worker, struct error *error)
{
    worker->pid_path = conf_text(worker->app->conf, OPTION_PID_FILE);
    return worker->pid_path != NULL ? pid_file_take(worker->pid_path, &worker->pid_fd, error) : 0;
}

static int write_pid_file(struct worker *worker, struct error *error)
{
    _cleanup_(mem_freep) char *address = NULL;

    if (worker->pid_fd < 0)
        return 0;
    if (worker->http != NULL)
        address = mem_printf("http://127.0.0.1:%d", http_port(worker->http));
    return pid_file_write(worker->pid_fd, worker->pid_path, PROGRAM_VERSION, address, error);
}

static int open_all(struct worker *worker, struct error *error)
{
    struct side_options options = {.loop = worker->loop, .on_counted = worker_on_counted, .who = worker};
    int                 r = take_pid_file(worker, error);

    if (r >= 0) {
        options.conf = conf_copy(worker->app->conf);
        r = side_new(&options, &worker->side, error);
    }
    if (r >= 0)
        r = worker_open_http(worker, error);
    return r < 0 ? r : write_pid_file(worker, error);
}

static int run(struct worker *worker, struct error *error)
{
    hear_signals(worker, true);
    (void)task_start(worker->loop, start_task, worker);
    while (!worker->over) {
        loop_turn(worker->loop, -1);
        if (worker->runner != NULL && jobs_runner_is_over(worker->runner))
            worker->over = true;
    }
    if (worker->code < 0 && worker->signals > 0)
        worker->code = 0;                 /* told to end while it waited: nothing was in hand */
    if (worker->code < 0 && error != NULL)
        error_move(error, &worker->error);
    return worker->code;
}

static void close_all(struct worker *worker)
{
    http_close(TAKE(worker->http));       /* its last pages still have the runner's figures */
    jobs_runner_free(TAKE(worker->runner));
    side_free(worker->side);
    loop_timer_cancel(worker->loop, worker->watchdog);
    loop_timer_cancel(worker->loop, worker->status);
    loop_timer_cancel(worker->loop, worker->counting);
    hear_signals(worker, false);
    durations_free(worker->durations);
    pid_file_let_go(worker->pid_fd, worker->pid_path);
    notify_close(&worker->notify);
    error_done(&worker->error);
}

/* The last line of the log. Where that is what a person or a collector reads of us, it is enough. */
static int log_end(struct worker *worker, int r, int *ret_exit_code, struct error *error)
{
    bool to_file = conf_text(worker->app->conf, OPTION_LOG_FILE) != NULL;

    if (r >= 0) {
        worker_log_say(worker->log, LOG_INFO, "ended", "drained");
        *ret_exit_code = 0;
        return 0;
    }
    worker_log_say(worker->log, LOG_ERROR, "failed", "%s%s%s", error != NULL ? error->text : error_sentence(r),
                   error != NULL && error->hint != NULL ? "; " : "",
                   error != NULL && error->hint != NULL ? error->hint : "");
    if (to_file || isatty(STDERR_FILENO) == 1)
        return r;
    error_done(error);
    *ret_exit_code = error_exit_code(r);
    return 0;
}

int worker_run(struct app *app, int *ret_exit_code, struct error *error)
{
    struct worker worker = {.app = app, .loop = app->loop, .pid_fd = -1};
    int           r = check_options(app->conf, error);

    if (r >= 0)
        r = worker_open_log(&worker, error);
    if (r < 0)
        return r;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);             /* a log that may not grow is no reason to die */
    notify_open(&worker.notify);
    worker.durations = durations_new();
    worker_log_say(worker.log, LOG_INFO, "started", "ytempire %s, process %ld", PROGRAM_VERSION, (long)getpid());
    r = open_all(&worker, error);
    if (r >= 0)
        r = run(&worker, error);
    close_all(&worker);
    r = log_end(&worker, r, ret_exit_code, error);
    log_open(LOG_OFF, -1);
    worker_log_free(worker.log);
    return r;
}
