/* Putting work on the list, and what becomes of a failure. */
#include <string.h>

#include "jobs_int.h"
#include "ytempire/base/mem.h"

#define ATTEMPTS_MOST 5

int jobs_put(struct pg *pg, const struct job_request *request, int64_t *ret_id, bool *ret_new, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(mem_freep) char *command = text_as_utf8(request->command), *key = text_as_utf8(request->unique_key);
    struct bound bound = {0};
    int          r;

    bound_text(&bound, request->kind);
    bound_text(&bound, request->source);
    bound_text(&bound, command);
    bound_text(&bound, key);
    bound_int(&bound, request->priority);
    bound_int(&bound, request->delay_us);
    bound_int(&bound, request->max_attempts > 0 ? (int64_t)request->max_attempts : ATTEMPTS_MOST);
    bound_some(&bound, request->timeout_seconds);
    r = bound_run(pg, "jobs_put", &bound, &result, error);
    if (r < 0)
        return r;
    *ret_id = pg_result_int(result, 0, 0);
    if (ret_new != NULL)
        *ret_new = text_equal(pg_result_text(result, 0, 1), "t");
    return 0;
}

/* SQLSTATEs that another attempt may mend: a lost connection, a transaction that met another, a server that is full,
 * being stopped or in trouble with its disk; a lock that was not to be had. A statement that was cancelled, too: a
 * person's cancel of the job is known by its row. */
static bool is_passing(const char *sqlstate)
{
    static const char *const classes[] = {"08", "40", "53", "57", "58"};

    for (size_t i = 0; i < COUNT_OF(classes); i++)
        if (text_starts(sqlstate, classes[i]))
            return true;
    return text_equal(sqlstate, "55P03") || text_equal(sqlstate, "55006");
}

enum job_class job_class_of(int code, const struct error *error)
{
    switch (code) {
    case ERR_QUOTA:
        return JOB_QUOTA;
    case ERR_CONNECT:
    case ERR_TIMEOUT:
    case ERR_CONFLICT:
    case ERR_MEMORY:
    case ERR_IO:
        return JOB_RETRY;
    case ERR_SERVER:
        return error != NULL && is_passing(error->sqlstate) ? JOB_RETRY : JOB_STOP;
    default:
        return JOB_STOP;
    }
}

const char *job_how(int code, const struct error *error)
{
    static const char *const names[] = {[JOB_RETRY] = "retry", [JOB_STOP] = "stop", [JOB_QUOTA] = "quota"};

    if (code == 0 || code == ERR_PARTIAL || code == ERR_CLOSED)
        return "completed";
    return code == ERR_INTERRUPTED ? "cancelled" : names[job_class_of(code, error)];
}
