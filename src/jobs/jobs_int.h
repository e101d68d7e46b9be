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

/* Text that need not be UTF-8, as PostgreSQL takes it: what is not becomes U+FFFD. Caller frees; NULL is NULL. */
char *text_as_utf8(const char *text);

/* host:pid:instant, of this moment. Caller frees. */
char *jobs_worker_name(void);

/* How an attempt ended, in the words of ops.end_jobs. */
const char *job_how(int code, const struct error *error);

#endif
