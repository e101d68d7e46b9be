#include "metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "text.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define KINDS_MOST 64
#define OTHER_KINDS "other"

/* -- durations ----------------------------------------------------------------------------------------------------- */

static const double bounds[] = {0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800};

struct duration {
    uint64_t within[COUNT_OF(bounds)];    /* of that bound alone, not of those below it */
    uint64_t count;
    double   seconds;
};

struct durations {
    struct map *by_kind;
};

struct durations *durations_new(void)
{
    struct durations *durations = mem_alloc(sizeof *durations);

    durations->by_kind = map_new();
    return durations;
}

void durations_free(struct durations *durations)
{
    if (durations == NULL)
        return;
    for (size_t i = 0; i < map_count(durations->by_kind); i++)
        mem_free(map_value_at(durations->by_kind, i));
    map_free(durations->by_kind);
    mem_free(durations);
}

static struct duration *duration_of(struct durations *durations, const char *kind)
{
    struct duration *duration = map_get(durations->by_kind, kind);

    if (duration == NULL && map_count(durations->by_kind) >= KINDS_MOST - 1 && !text_equal(kind, OTHER_KINDS))
        return duration_of(durations, OTHER_KINDS);
    if (duration == NULL) {
        duration = mem_alloc(sizeof *duration);
        map_put(durations->by_kind, kind, duration);
    }
    return duration;
}

void durations_add(struct durations *durations, const char *kind, int64_t us)
{
    struct duration *duration = duration_of(durations, kind != NULL ? kind : OTHER_KINDS);
    double           seconds = (double)us / 1e6;
    size_t           i = 0;

    while (i < COUNT_OF(bounds) && seconds > bounds[i])
        i++;
    if (i < COUNT_OF(bounds))
        duration->within[i]++;
    duration->count++;
    duration->seconds += seconds;
}

/* -- the process --------------------------------------------------------------------------------------------------- */

static int count_open_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int  count = -3;                  /* not '.', '..' and the one that looks */

    if (folder == NULL)
        return 0;
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

/* Found once: it is made of two clocks that do not agree to the tick, and is to be one instant. */
static double start_of_process(double ticks_since_boot)
{
    static double start;
    _cleanup_(mem_freep) char *uptime = NULL;
    double up;

    if (start == 0 && file_read("/proc/uptime", 256, &uptime, NULL, NULL) >= 0 && sscanf(uptime, "%lf", &up) == 1)
        start = (double)instant_now() / 1e6 - up + ticks_since_boot / (double)sysconf(_SC_CLK_TCK);
    return start;
}

/* The numbers behind the program's name, which may itself have blanks and brackets (proc(5)). */
static void read_stat(struct process_figures *figures)
{
    _cleanup_(mem_freep) char *text = NULL;
    char     *at;
    long long begun = 0, pages = 0;

    if (file_read("/proc/self/stat", 4096, &text, NULL, NULL) < 0 || (at = strrchr(text, ')')) == NULL ||
        sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %d %*d %lld %lld %lld",
               &figures->threads, &begun, &figures->virtual_bytes, &pages) != 4)
        return;
    figures->resident_bytes = pages * sysconf(_SC_PAGESIZE);
    figures->start_seconds = start_of_process((double)begun);
}

/* To the nanosecond: stat counts in hundredths of a second, of which a short life has none. */
static double read_cpu(void)
{
    struct timespec used;

    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 ? (double)used.tv_sec + (double)used.tv_nsec / 1e9 : 0;
}

void process_figures_read(struct process_figures *ret_figures)
{
    struct rlimit limit;

    *ret_figures = (struct process_figures){.open_fds = count_open_fds(), .cpu_seconds = read_cpu()};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        ret_figures->max_fds = (int)limit.rlim_cur;
    read_stat(ret_figures);
}

/* -- Prometheus' text format --------------------------------------------------------------------------------------- */

static void add_head(struct str *to, const char *name, const char *type, const char *help)
{
    str_addf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_one(struct str *to, const char *name, const char *type, double value, const char *help)
{
    add_head(to, name, type, help);
    str_addf(to, "%s %.15g\n", name, value);
}

static void add_jobs(const struct metrics *metrics, struct str *to)
{
    const struct jobs_figures *figures = &metrics->figures;
    const struct {
        const char *name, *help;
        uint64_t    value;
    } counters[] = {
        {"started", "Attempts that were started.", figures->started},
        {"completed", "Jobs that were completed.", figures->completed},
        {"retried", "Attempts that failed and are made again.", figures->retried},
        {"discarded", "Jobs that were given up.", figures->discarded},
        {"cancelled", "Jobs that somebody cancelled.", figures->cancelled},
        {"returned", "Attempts that were given back to the queue.", figures->returned},
        {"lost", "Attempts whose lease was lost.", figures->lost},
    };

    for (size_t i = 0; i < COUNT_OF(counters); i++) {
        char name[64];

        (void)snprintf(name, sizeof name, "ytempire_jobs_%s_total", counters[i].name);
        add_one(to, name, "counter", (double)counters[i].value, counters[i].help);
    }
}

static void add_worker(const struct metrics *metrics, struct str *to)
{
    const struct jobs_figures *figures = &metrics->figures;

    add_head(to, "ytempire_build_info", "gauge", "The version, as a label; always 1.");
    str_add(to, "ytempire_build_info{version=\"");
    text_add_label(to, metrics->version);
    str_add(to, "\"} 1\n");
    add_one(to, "ytempire_worker_slots", "gauge", figures->slots, "Attempts that may run at once.");
    add_one(to, "ytempire_worker_busy_slots", "gauge", figures->busy, "Attempts that run.");
    add_one(to, "ytempire_worker_connected", "gauge", figures->connected, "Whether the database is there.");
    add_one(to, "ytempire_worker_leader", "gauge", figures->leader, "Whether this worker keeps the schedules.");
    add_one(to, "ytempire_worker_draining", "gauge", figures->draining, "Whether nothing more is claimed.");
    if (metrics->heartbeat_age >= 0)
        add_one(to, "ytempire_worker_heartbeat_age_seconds", "gauge", metrics->heartbeat_age,
                "Time since the last heartbeat that the database has taken.");
}

static void add_depth(const struct queue_depth *depth, struct str *to)
{
    if (depth->counted_at == 0)
        return;
    add_head(to, "ytempire_queue_jobs", "gauge", "Jobs of the whole queue that are not over, by state.");
    for (size_t i = 0; i < depth->count; i++) {
        str_add(to, "ytempire_queue_jobs{state=\"");
        text_add_label(to, depth->states[i].state);
        str_addf(to, "\"} %lld\n", depth->states[i].jobs);
    }
    add_one(to, "ytempire_queue_counted_timestamp_seconds", "gauge", (double)depth->counted_at / 1e6,
            "When the queue was last counted.");
}

#define DURATION "ytempire_job_duration_seconds"

static void add_duration(const char *kind, const struct duration *duration, struct str *to)
{
    struct str label = STR_INIT;
    uint64_t   so_far = 0;

    text_add_label(&label, kind);
    for (size_t i = 0; i < COUNT_OF(bounds); i++) {
        so_far += duration->within[i];
        str_addf(to, DURATION "_bucket{kind=\"%s\",le=\"%g\"} %llu\n", str_text(&label), bounds[i],
                 (unsigned long long)so_far);
    }
    str_addf(to, DURATION "_bucket{kind=\"%s\",le=\"+Inf\"} %llu\n", str_text(&label),
             (unsigned long long)duration->count);
    str_addf(to, DURATION "_sum{kind=\"%s\"} %.15g\n", str_text(&label), duration->seconds);
    str_addf(to, DURATION "_count{kind=\"%s\"} %llu\n", str_text(&label), (unsigned long long)duration->count);
    str_done(&label);
}

static void add_durations(const struct durations *durations, struct str *to)
{
    if (map_count(durations->by_kind) == 0)
        return;
    add_head(to, DURATION, "histogram", "How long attempts took, by kind of job.");
    for (size_t i = 0; i < map_count(durations->by_kind); i++)
        add_duration(map_key_at(durations->by_kind, i), map_value_at(durations->by_kind, i), to);
}

static void add_process(const struct process_figures *process, struct str *to)
{
    add_one(to, "process_cpu_seconds_total", "counter", process->cpu_seconds,
            "Total user and system CPU time spent in seconds.");
    add_one(to, "process_resident_memory_bytes", "gauge", (double)process->resident_bytes,
            "Resident memory size in bytes.");
    add_one(to, "process_virtual_memory_bytes", "gauge", (double)process->virtual_bytes,
            "Virtual memory size in bytes.");
    add_one(to, "process_start_time_seconds", "gauge", process->start_seconds,
            "Start time of the process since unix epoch in seconds.");
    add_one(to, "process_open_fds", "gauge", process->open_fds, "Number of open file descriptors.");
    add_one(to, "process_max_fds", "gauge", process->max_fds, "Maximum number of open file descriptors.");
    add_one(to, "process_threads", "gauge", process->threads, "Number of OS threads in the process.");
}

void metrics_write(const struct metrics *metrics, struct str *to)
{
    add_worker(metrics, to);
    add_jobs(metrics, to);
    add_depth(metrics->depth, to);
    add_durations(metrics->durations, to);
    add_process(&metrics->process, to);
}

/* -- health -------------------------------------------------------------------------------------------------------- */

static const char *why_not(const struct health *health)
{
    if (health->figures.draining)
        return "draining: nothing more is claimed";
    if (!health->started)
        return "the database has not been there yet";
    if (!health->figures.connected)
        return "no connection to the database";
    if (health->heartbeat_age > HEARTBEAT_STALE_SECONDS)
        return "the last heartbeat is too old";
    return NULL;
}

static const char *truth(bool is)
{
    return is ? "true" : "false";
}

bool health_write(const struct health *health, struct str *to)
{
    const struct jobs_figures *figures = &health->figures;
    const char                *why = why_not(health);

    str_addf(to, "{\"status\": \"%s\", \"why\": ", why == NULL ? "ok" : "failing");
    if (why != NULL)
        text_add_json(to, why);
    else
        str_add(to, "null");
    str_addf(to, ", \"database_connected\": %s, \"heartbeat_age_seconds\": ", truth(figures->connected));
    if (health->heartbeat_age >= 0)
        str_addf(to, "%.3f", health->heartbeat_age);
    else
        str_add(to, "null");
    str_addf(to, ", \"draining\": %s, \"leader\": %s, \"slots\": %u, \"busy\": %u, \"version\": ",
             truth(figures->draining), truth(figures->leader), figures->slots, figures->busy);
    text_add_json(to, health->version);
    str_add(to, "}\n");
    return why == NULL;
}
