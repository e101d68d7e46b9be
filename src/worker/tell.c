/* How the worker does: its log, its pages, the service manager. */
#include <string.h>

#include "worker_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define DEPTH_FRESH_US (5 * US_PER_SECOND)
#define DEPTH_WAIT_US US_PER_SECOND
#define STATUS_EVERY_US US_PER_SECOND

void worker_figures(const struct worker *worker, struct jobs_figures *ret_figures)
{
    *ret_figures = (struct jobs_figures){0};
    if (worker->runner != NULL)
        jobs_runner_figures(worker->runner, ret_figures);
    ret_figures->draining |= worker->signals > 0;
}

static double heartbeat_age(const struct jobs_figures *figures)
{
    return figures->last_beat_us > 0 ? (double)(monotonic_us() - figures->last_beat_us) / 1e6 : -1;
}

/* -- the log ------------------------------------------------------------------------------------------------------- */

static void on_room_line(void *who, enum log_level level, const char *room, const char *text)
{
    struct worker_log *log = who;

    worker_log_say(log, level, room, "%s", text);
}

int worker_open_log(struct worker *worker, struct error *error)
{
    const struct conf        *conf = worker->app->conf;
    const char               *size = conf_text(conf, OPTION_LOG_SIZE), *keep = conf_text(conf, OPTION_LOG_KEEP);
    struct worker_log_options options = {.file = conf_text(conf, OPTION_LOG_FILE), .level = LOG_INFO};
    long long                 kb = 0, count = 0;
    int                       r;

    (void)!text_to_int64(size, strlen(size), &kb);       /* conf has checked them */
    (void)!text_to_int64(keep, strlen(keep), &count);
    options.most_bytes = (uint64_t)kb * 1024;
    options.keep = count < 1000 ? (unsigned)count : 1000;
    if (conf_origin(conf, OPTION_LOG_LEVEL) != CONF_FROM_DEFAULT)
        (void)!log_level_from_text(conf_text(conf, OPTION_LOG_LEVEL), &options.level);
    r = worker_log_open(&options, &worker->log, error);
    if (r >= 0)
        log_open_to(options.level, on_room_line, worker->log);
    return r;
}

static void log_event(struct worker *worker, const struct jobs_event *event)
{
    static const struct {
        const char    *name;
        enum log_level level;
    } kinds[] = {
        [JOBS_STARTED] = {"job_started", LOG_INFO},       [JOBS_COMPLETED] = {"job_completed", LOG_INFO},
        [JOBS_RETRIED] = {"job_retried", LOG_WARN},       [JOBS_DISCARDED] = {"job_discarded", LOG_ERROR},
        [JOBS_CANCELLED] = {"job_cancelled", LOG_WARN},   [JOBS_RETURNED] = {"job_returned", LOG_WARN},
        [JOBS_LOST] = {"job_lost", LOG_ERROR},            [JOBS_SCHEDULED] = {"job_scheduled", LOG_INFO},
        [JOBS_LEADER] = {"leader", LOG_INFO},             [JOBS_CONNECTED] = {"connected", LOG_INFO},
        [JOBS_DISCONNECTED] = {"disconnected", LOG_WARN},
    };
    bool ended = event->job != NULL && event->happened != JOBS_STARTED && event->happened != JOBS_SCHEDULED;

    worker_log_write(worker->log, &(struct worker_log_line){.level = kinds[event->happened].level,
                                                            .event = kinds[event->happened].name,
                                                            .job = event->job,
                                                            .us = ended ? event->us : -1,
                                                            .message = event->text});
}

/* -- the service manager ------------------------------------------------------------------------------------------- */

static void tell_status(struct worker *worker)
{
    struct jobs_figures figures;

    loop_timer_cancel(worker->loop, TAKE(worker->status));
    worker_figures(worker, &figures);
    notify_send(&worker->notify, "STATUS=%s; %u of %u slots busy; %llu completed, %llu failed",
                figures.draining    ? "draining"
                : figures.connected ? "working"
                                    : "waits for the database",
                figures.busy, figures.slots, (unsigned long long)figures.completed,
                (unsigned long long)(figures.retried + figures.discarded + figures.lost));
}

static void on_status(void *who)
{
    struct worker *worker = who;

    worker->status = NULL;
    tell_status(worker);
}

/* At most once a second, however much happens. */
static void touch_status(struct worker *worker)
{
    if (worker->notify.fd >= 0 && worker->status == NULL)
        worker->status = loop_timer(worker->loop, STATUS_EVERY_US, on_status, worker);
}

/* The loop is well when this is called; the runner, when it has no database or its heart beats. */
static void on_watchdog(void *who)
{
    struct worker      *worker = who;
    struct jobs_figures figures;

    worker_figures(worker, &figures);
    if (!figures.connected || heartbeat_age(&figures) < HEARTBEAT_STALE_SECONDS)
        notify_send(&worker->notify, "WATCHDOG=1");
    worker->watchdog = loop_timer(worker->loop, worker->notify.watchdog_us / 2, on_watchdog, worker);
}

void worker_tell_ready(struct worker *worker)
{
    notify_send(&worker->notify, "READY=1");
    tell_status(worker);
    if (worker->notify.watchdog_us > 0 && worker->watchdog == NULL)
        on_watchdog(worker);
}

void worker_tell_end(struct worker *worker)
{
    notify_send(&worker->notify, "STOPPING=1");
    tell_status(worker);
}

void worker_on_event(void *who, const struct jobs_event *event)
{
    struct worker *worker = who;

    if (event->job != NULL &&
        (event->happened == JOBS_COMPLETED || event->happened == JOBS_RETRIED || event->happened == JOBS_DISCARDED ||
         event->happened == JOBS_CANCELLED))
        durations_add(worker->durations, event->job->kind, event->us);
    log_event(worker, event);
    touch_status(worker);
}

/* -- the pages ----------------------------------------------------------------------------------------------------- */

static void health_page(const struct worker *worker, struct http_page *page)
{
    struct health health = {.version = PROGRAM_VERSION, .started = worker->started};

    worker_figures(worker, &health.figures);
    health.heartbeat_age = heartbeat_age(&health.figures);
    page->status = health_write(&health, &page->text) ? 200 : 503;
    page->type = "application/json";
}

static void metrics_page(const struct worker *worker, struct http_page *page)
{
    struct metrics metrics = {
        .version = PROGRAM_VERSION, .depth = side_depth(worker->side), .durations = worker->durations};

    worker_figures(worker, &metrics.figures);
    metrics.heartbeat_age = heartbeat_age(&metrics.figures);
    process_figures_read(&metrics.process);
    metrics_write(&metrics, &page->text);
    page->status = 200;
    page->type = "text/plain; version=0.0.4; charset=utf-8";
}

static void stop_waiting(void *who)
{
    struct worker *worker = who;

    worker->counting = NULL;
    if (worker->http != NULL)
        http_go_on(worker->http);
}

void worker_on_counted(void *who)
{
    struct worker *worker = who;

    loop_timer_cancel(worker->loop, worker->counting);
    worker->counting = loop_timer(worker->loop, 0, stop_waiting, worker);     /* not from within the task */
}

/* Whether the queue is being counted, and worth waiting for. */
static bool count_first(struct worker *worker)
{
    struct jobs_figures figures;
    int64_t             age = instant_now() - side_depth(worker->side)->counted_at;

    worker_figures(worker, &figures);
    if (!figures.connected || (age >= 0 && age < DEPTH_FRESH_US))
        return false;
    side_count(worker->side);
    if (worker->counting == NULL)
        worker->counting = loop_timer(worker->loop, DEPTH_WAIT_US, stop_waiting, worker);
    return true;
}

static bool on_page(void *who, const char *path, bool again, struct http_page *page)
{
    struct worker *worker = who;

    if (strcmp(path, "/healthz") == 0)
        health_page(worker, page);
    if (strcmp(path, "/metrics") != 0)
        return true;
    if (!again && count_first(worker))
        return false;
    metrics_page(worker, page);
    return true;
}

int worker_open_http(struct worker *worker, struct error *error)
{
    const char         *text = conf_text(worker->app->conf, OPTION_HTTP_PORT);
    struct http_options options = {.loop = worker->loop, .answer = on_page, .who = worker};
    long long           port;
    int                 r;

    if (strcmp(text, "off") == 0)
        return 0;
    if (text_to_int64(text, strlen(text), &port) < 0 || port < 0 || port > 65535)
        return error_set(error, ERR_USAGE, "--http-port is a port, 0 to 65535, or 'off', not '%s'", text);
    options.port = (int)port;
    r = http_open(&options, &worker->http, error);
    if (r >= 0)
        worker_log_say(worker->log, LOG_INFO, "listening", "http://127.0.0.1:%d/metrics and /healthz",
                       http_port(worker->http));
    return r;
}
