/*
 * ingest_int: what the files of ingest share: a load under way, its job, and values for statements.
 */
#ifndef INGEST_INT_H
#define INGEST_INT_H

#include <stdbool.h>

#include "ytempire/ingest.h"

/* -- values.c: values of a statement, numbers as text -------------------------------------------------------------- */

#define VALUES_MOST 12

struct values {
    struct pg_value list[VALUES_MOST];
    char            texts[VALUES_MOST][24];
    size_t          count;
};

void value_text(struct values *values, const char *text);          /* borrowed; may be NULL */
void value_int(struct values *values, int64_t number);
/* A fixed statement with these values; ret_result may be NULL. */
int values_run(struct pg *pg, const char *statement, const struct values *values, struct pg_result **ret_result,
               struct error *error) NODISCARD;
/* The same; the first value of its first row, 0 when there is none. */
int values_ask(struct pg *pg, const char *statement, const struct values *values, long long *ret_number,
               struct error *error) NODISCARD;

/* Text that need not be UTF-8, as the name of a file or what was cut: as PostgreSQL takes it. Caller frees. */
char *text_mended(const char *text);
/* An array as PostgreSQL reads it: array_begin, array_add …, array_end. */
void array_begin(struct str *array);
void array_add(struct str *array, const char *text);
void array_end(struct str *array);

/* -- job.c: the record of a load ----------------------------------------------------------------------------------- */

struct job {
    int64_t  id, fence;                 /* id 0: not begun */
    int64_t  rows, loaded, unchanged, rejected;        /* committed */
    uint64_t bytes;
};

/* Ends what a program that is gone has left, and begins; ERR_CONFLICT saying who loads. */
int job_begin(struct pg *pg, const struct ingest_options *options, uint64_t bytes, struct job *ret_job,
              struct error *error) NODISCARD;
/* Within the transaction of a batch: nobody else has the job (ERR_CONFLICT), and nobody wants it cancelled
 * (ERR_INTERRUPTED). */
int  job_hold(struct pg *pg, const struct job *job, struct error *error) NODISCARD;
/* Notes how far it is, of `job` as it will be when the transaction commits. */
int  job_note(struct pg *pg, const struct job *job, struct error *error) NODISCARD;
/* A line of its log; `level` is "info" or "warning". Failing to write one is no failure. */
void job_log(struct pg *pg, const struct job *job, const char *level, const char *format, ...) PRINTF_LIKE(4, 5);
/* 0: completed; ERR_INTERRUPTED, ERR_TIMEOUT: cancelled; else discarded with the error's text. */
int  job_end(struct pg *pg, const struct job *job, int code, const struct error *error) NODISCARD;

/* -- a load -------------------------------------------------------------------------------------------------------- */

struct ingest {
    struct pg                   *pgs[2];       /* used in turn; the first is the session's */
    const struct ingest_options *options;
    const struct ingest_source  *source;
    struct sink                 *sink;
    struct job                   job;
    uint64_t                     bytes;        /* of all files, where it is known */
    struct table                *table;        /* the result: a row a file */
    struct error                 partial;      /* why the load is done in part, when it is */
};

/* The value of a setting, or its default; it was checked. */
long long ingest_setting(const struct ingest *ingest, const char *name);
/* Tells a person, and the job's log. */
void ingest_tell(struct ingest *ingest, const char *level, const char *format, ...) PRINTF_LIKE(3, 4);
void ingest_add_row(struct ingest *ingest, const char *file, const struct job *counts, int64_t us);

/* -- hours.c ------------------------------------------------------------------------------------------------------- */

/* Brings the hourly table up to date for the hours that loads have touched, on either storage engine. In no
 * transaction. Waits up to a minute for whoever refreshes the same hours; then ERR_SERVER. */
int ingest_refresh_hours(struct ingest *ingest, struct error *error) NODISCARD;

/* -- trending_load.c ----------------------------------------------------------------------------------------------- */

extern const struct ingest_source ingest_trending;

#endif
