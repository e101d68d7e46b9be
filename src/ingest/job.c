/*
 * The record of a load: ops.jobs and its attempt. Invariant: from job_begin to job_end the session's connection holds
 * the job's advisory lock; a running job whose lock is free has lost its program, however that ended.
 */
#include <stdarg.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "ingest_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

/* host:pid:start */
static char *worker_name(void)
{
    struct utsname name;
    char           began[TIME_TEXT_SIZE];

    return mem_printf("%s:%ld:%s", uname(&name) == 0 ? name.nodename : "?", (long)getpid(),
                      instant_to_text(instant_now(), began));
}

static int say_holder(struct pg *pg, const char *source, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct values values = {0};

    value_text(&values, source);
    if (values_run(pg, "ingest_holder", &values, &result, NULL) < 0 || pg_result_rows(result) == 0)
        return error_set(error, ERR_CONFLICT, "'%s' is being loaded by somebody else", source);
    error_set(error, ERR_CONFLICT, "'%s' is being loaded by job %s (%s, since %s)", source,
              pg_result_text(result, 0, 0), pg_result_text(result, 0, 1), pg_result_text(result, 0, 2));
    error_hint(error, "wait for it: 'job show %s' tells how far it is", pg_result_text(result, 0, 0));
    return ERR_CONFLICT;
}

static int sweep(struct pg *pg, const char *source, struct error *error)
{
    struct values values = {0};

    value_text(&values, source);
    return values_run(pg, "ingest_sweep", &values, NULL, error);
}

int job_begin(struct pg *pg, const struct ingest_options *options, uint64_t bytes, struct job *ret_job,
              struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(mem_freep) char *worker = worker_name();
    _cleanup_(str_done) struct str files = STR_INIT, settings = STR_INIT;
    struct values values = {0};
    struct error  found = ERROR_INIT;
    int           r = sweep(pg, options->source, error);

    if (r < 0)
        return r;
    array_begin(&files);
    for (size_t i = 0; i < options->file_count; i++)
        array_add(&files, options->files[i]);
    array_end(&files);
    array_begin(&settings);
    for (size_t i = 0; i < options->setting_count; i++) {
        array_add(&settings, options->settings[i].key);
        array_add(&settings, options->settings[i].value);
    }
    array_end(&settings);
    value_text(&values, options->source);
    value_text(&values, str_text(&files));
    value_text(&values, str_text(&settings));
    value_text(&values, worker);
    value_int(&values, (int64_t)bytes);
    r = values_run(pg, "ingest_begin", &values, &result, &found);
    if (r == ERR_SERVER && text_equal(found.sqlstate, "23505")) {       /* jobs_one_live */
        error_done(&found);
        return say_holder(pg, options->source, error);
    }
    if (r < 0) {
        if (error != NULL)
            error_move(error, &found);
        error_done(&found);
        return r;
    }
    *ret_job = (struct job){.id = pg_result_int(result, 0, 0), .fence = pg_result_int(result, 0, 1)};
    return 0;
}

int job_hold(struct pg *pg, const struct job *job, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct values values = {0};
    int           r;

    value_int(&values, job->id);
    value_int(&values, job->fence);
    r = values_run(pg, "ingest_fence", &values, &result, error);
    if (r < 0)
        return r;
    if (pg_result_rows(result) == 0) {
        error_set(error, ERR_CONFLICT,
                  "job %lld is no longer this program's: its lease was over, and it was ended or taken up elsewhere",
                  (long long)job->id);
        error_hint(error, "'job show %lld' tells what became of it; loading again does no harm", (long long)job->id);
        return ERR_CONFLICT;
    }
    return text_equal(pg_result_text(result, 0, 0), "t")
               ? error_set(error, ERR_INTERRUPTED, "job %lld was cancelled", (long long)job->id)
               : 0;
}

int job_note(struct pg *pg, const struct job *job, struct error *error)
{
    struct values values = {0};

    value_int(&values, job->id);
    value_int(&values, job->fence);
    value_int(&values, (int64_t)job->bytes);
    value_int(&values, job->rows);
    value_int(&values, job->loaded);
    value_int(&values, job->unchanged);
    value_int(&values, job->rejected);
    return values_run(pg, "ingest_progress", &values, NULL, error);
}

static void log_text(struct pg *pg, const struct job *job, const char *level, const char *text)
{
    _cleanup_(mem_freep) char *mended = text_mended(text);
    struct values values = {0};

    value_int(&values, job->id);
    value_text(&values, level);
    value_text(&values, mended);
    (void)!values_run(pg, "ingest_log", &values, NULL, NULL);
}

void job_log(struct pg *pg, const struct job *job, const char *level, const char *format, ...)
{
    char    text[1000];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_text(pg, job, level, text);
}

int job_end(struct pg *pg, const struct job *job, int code, const struct error *error)
{
    bool          cancelled = code == ERR_INTERRUPTED || code == ERR_TIMEOUT;
    const char   *found = code < 0 && error != NULL ? error->text : NULL;
    struct values values = {0};
    int           r;
    _cleanup_(mem_freep) char *text = found != NULL ? text_mended(found) : NULL;

    if (code < 0)
        log_text(pg, job, cancelled ? "warning" : "error", text != NULL ? text : error_sentence(code));
    value_int(&values, job->id);
    value_int(&values, job->fence);
    value_text(&values, code == 0 ? "completed" : cancelled ? "cancelled" : "discarded");
    value_text(&values, code == 0 ? "completed" : cancelled ? "cancelled" : "failed");
    value_text(&values, text);
    value_text(&values, code == 0 || cancelled ? NULL : code == ERR_CONNECT ? "retry" : "stop");
    value_int(&values, job->rows);
    value_int(&values, job->loaded);
    value_int(&values, job->unchanged);
    value_int(&values, job->rejected);
    value_int(&values, (int64_t)job->bytes);
    r = values_run(pg, "ingest_end", &values, NULL, NULL);
    values = (struct values){0};
    value_int(&values, job->id);
    (void)!values_run(pg, "ingest_unlock", &values, NULL, NULL);
    return r;
}
