/*
 * jobs_int: what the files of jobs share: values for statements.
 */
#ifndef JOBS_INT_H
#define JOBS_INT_H

#include "ytempire/base/str.h"
#include "ytempire/jobs.h"

/* Values of a statement in order; numbers as text. */
#define BOUND_MOST 16
struct bound {
    struct pg_value list[BOUND_MOST];
    char            texts[BOUND_MOST][24];
    size_t          count;
};

void bound_text(struct bound *bound, const char *text);     /* borrowed; may be NULL */
void bound_int(struct bound *bound, int64_t number);
/* 0 is NULL. */
void bound_some(struct bound *bound, int64_t number);
/* A fixed statement with these values, which may be NULL; so may be ret_result. */
int bound_run(struct pg *pg, const char *statement, const struct bound *bound, struct pg_result **ret_result,
              struct error *error) NODISCARD;

/* An array as PostgreSQL reads it; `text` NULL is NULL. */
void array_open(struct str *array);
void array_add_int(struct str *array, int64_t number);
void array_add_text(struct str *array, const char *text);
void array_close(struct str *array);

/* Text that need not be UTF-8, as PostgreSQL takes it: what is not becomes U+FFFD. Secrets that are known are hidden: no
 * table has one. Caller frees; NULL is NULL. */
char *text_as_utf8(const char *bytes);

/* host:pid:instant, of this moment. Caller frees. */
char *jobs_worker_name(void);

struct schedule {
    const char        *name, *cron, *missed;       /* skip, once, all */
    const struct zone *zone;
    size_t             missed_most;                /* of all */
    int64_t            next_run;                   /* INT64_MIN: not known */
};

/* The times that are due by now and to be run, by its policy; at most missed_most, or one. `ret_next` is the one after
 * now, INT64_MAX when there is none. */
size_t schedule_due(const struct schedule *schedule, int64_t now, int64_t *ret_times, int64_t *ret_next);
/* Puts the jobs of all that is due; `ret_wait_us` until the next, INT64_MAX: none. `held`: a test's clock, 0: the
 * server's. */
int schedules_tick(struct pg *pg, int64_t held, int64_t *ret_wait_us, size_t *ret_put, struct error *error) NODISCARD;

int jobs_unknown(int64_t id, struct error *error);             /* ERR_UNKNOWN: there is no such job */
int jobs_check_state(const char *state, struct error *error) NODISCARD;

/* How an attempt ended, in the words of ops.end_jobs. */
const char *job_how(int code, const struct error *error);

/* -- TimescaleDB's own jobs (timescaledb.c): `id` is negative in lists of jobs, `number` is the extension's --------- */

int  timescaledb_is_there(struct pg *pg, bool *ret_there, struct error *error) NODISCARD;
int timescaledb_job_table(struct pg *pg, const char *statement, int64_t id, struct sink *sink,
                          struct error *error) NODISCARD;
int  timescaledb_refuse(int64_t id, const char *verb, struct error *error);
bool timescaledb_number_of(const char *name, int64_t *ret_number);     /* of "ts:1000" */
int timescaledb_set_enabled(struct pg *pg, int64_t number, bool enabled, struct sink *sink,
                            struct error *error) NODISCARD;
int  timescaledb_run(struct pg *pg, int64_t number, struct sink *sink, struct error *error) NODISCARD;

#endif
