/*
 * An attempt in the hands of who makes it. Invariant: from job_begin to job_end the session holds the job's advisory
 * lock, so that a foreground job whose lock is free has lost its program, however that ended. (An attempt of a worker
 * is held by its lease alone.)
 *
 * job_hold takes the weakest lock on the job's row (KEY SHARE): heartbeats and a wish to cancel write past it, while
 * who takes a lease away (ops.sweep_jobs, ops.take_job) locks FOR UPDATE and so waits for the transaction that shows
 * the fence.
 */
#include <string.h>

#include "jobs_int.h"
#include "ytempire/base/mem.h"

static char *dup_or_null(const char *text)
{
    return text != NULL ? mem_strdup(text) : NULL;
}

void job_free(struct job *job)
{
    if (job == NULL)
        return;
    mem_free((char *)(uintptr_t)job->kind);
    mem_free((char *)(uintptr_t)job->source);
    mem_free((char *)(uintptr_t)job->command);
    mem_free(job);
}

void job_freep(struct job **job)
{
    job_free(*job);
    *job = NULL;
}

/* Who stands in the way: a live job with the key, or the running ones that fill the source. */
static int say_holder(struct pg *pg, const struct job_request *request, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char  *what = request->source != NULL ? request->source : request->kind;
    struct bound bound = {0};

    bound_text(&bound, request->unique_key);
    bound_text(&bound, request->source);
    if (bound_run(pg, "jobs_holder", &bound, &result, NULL) < 0 || pg_result_rows(result) == 0)
        return error_set(error, ERR_CONFLICT, "'%s' is being worked on by somebody else", what);
    error_set(error, ERR_CONFLICT, "'%s' is being worked on by job %s (%s)", what, pg_result_text(result, 0, 0),
              pg_result_text(result, 0, 1));
    error_hint(error, "wait for it: 'job show %s' tells how far it is", pg_result_text(result, 0, 0));
    return ERR_CONFLICT;
}

static int begin(struct pg *pg, const struct job_request *request, uint64_t bytes, struct pg_result **ret_result,
                 struct error *error)
{
    _cleanup_(mem_freep) char *worker = jobs_worker_name(), *command = text_as_utf8(request->command);
    _cleanup_(mem_freep) char *key = text_as_utf8(request->unique_key);
    struct bound bound = {0};

    bound_text(&bound, request->kind);
    bound_text(&bound, request->source);
    bound_text(&bound, command);
    bound_text(&bound, key);
    bound_text(&bound, worker);
    bound_some(&bound, (int64_t)bytes);
    return bound_run(pg, "jobs_begin", &bound, ret_result, error);
}

int job_begin(struct pg *pg, const struct job_request *request, uint64_t bytes, struct job **ret_job,
              struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct bound bound = {0};
    int          r;

    bound_text(&bound, request->source);
    r = bound_run(pg, "jobs_sweep", &bound, NULL, error);
    if (r >= 0)
        r = begin(pg, request, bytes, &result, error);
    if (r < 0)
        return r;
    if (pg_result_text(result, 0, 0) == NULL)
        return say_holder(pg, request, error);
    *ret_job = mem_alloc(sizeof **ret_job);
    **ret_job = (struct job){
        .id = pg_result_int(result, 0, 0),
        .fence = pg_result_int(result, 0, 1),
        .attempt = 1,
        .max_attempts = 1,
        .kind = mem_strdup(request->kind),
        .source = dup_or_null(request->source),
        .command = dup_or_null(request->command),
    };
    return 0;
}

/* What a statement that looked for the job under its fence has found. */
static int judge(const struct job *job, const struct pg_result *result, struct error *error)
{
    if (pg_result_rows(result) == 0) {
        error_set(error, ERR_CONFLICT,
                  "job %lld is no longer this program's: its lease was over, and it was ended or taken up elsewhere",
                  (long long)job->id);
        error_hint(error, "'job show %lld' tells what became of it; doing it again does no harm", (long long)job->id);
        return ERR_CONFLICT;
    }
    return text_equal(pg_result_text(result, 0, 0), "t")
               ? error_set(error, ERR_INTERRUPTED, "job %lld was cancelled", (long long)job->id)
               : 0;
}

int job_hold(struct pg *pg, const struct job *job, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct bound bound = {0};
    int          r;

    bound_int(&bound, job->id);
    bound_int(&bound, job->fence);
    r = bound_run(pg, "jobs_hold", &bound, &result, error);
    return r < 0 ? r : judge(job, result, error);
}

static void bound_counts(struct bound *bound, const struct job_counts *counts)
{
    bound_int(bound, counts->rows);
    bound_int(bound, counts->loaded);
    bound_int(bound, counts->unchanged);
    bound_int(bound, counts->rejected);
    bound_int(bound, (int64_t)counts->bytes);
    bound_int(bound, counts->quota);
}

int job_note(struct pg *pg, const struct job *job, const struct data_progress *progress, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct bound bound = {0};
    int          r;

    bound_int(&bound, job->id);
    bound_int(&bound, job->fence);
    bound_counts(&bound, &job->counts);
    if (progress != NULL)
        bound_int(&bound, (int64_t)progress->done);
    else
        bound_text(&bound, NULL);
    bound_some(&bound, progress != NULL ? (int64_t)progress->total : 0);
    bound_text(&bound, progress != NULL ? progress->unit : NULL);
    r = bound_run(pg, "jobs_note", &bound, &result, error);
    return r < 0 ? r : judge(job, result, error);
}

void job_log(struct pg *pg, const struct job *job, const char *level, const char *text)
{
    _cleanup_(mem_freep) char *mended = text_as_utf8(text);
    struct bound bound = {0};

    bound_int(&bound, job->id);
    bound_int(&bound, job->attempt);
    bound_text(&bound, level);
    bound_text(&bound, mended);
    (void)!bound_run(pg, "jobs_log", &bound, NULL, NULL);
}

static int end(struct pg *pg, const struct job *job, int code, const struct error *error)
{
    bool         cancelled = code == ERR_INTERRUPTED || code == ERR_TIMEOUT;
    const char  *text = code == 0 ? NULL : error != NULL && error->text != NULL ? error->text : error_sentence(code);
    _cleanup_(mem_freep) char *mended = text_as_utf8(text);
    struct bound bound = {0};

    bound_int(&bound, job->id);
    bound_int(&bound, job->fence);
    bound_text(&bound, cancelled ? "cancelled" : job_how(code, error));
    bound_text(&bound, mended);
    bound_counts(&bound, &job->counts);
    return bound_run(pg, "jobs_end", &bound, NULL, NULL);
}

int job_end(struct pg *pg, const struct job *job, int code, const struct error *error)
{
    struct bound bound = {0};
    int          r = end(pg, job, code, error);

    bound_int(&bound, job->id);
    (void)!bound_run(pg, "jobs_unlock", &bound, NULL, NULL);
    return r;
}
