/*
 * ingest_int: what the files of ingest share: a load under way, and values for statements.
 */
#ifndef INGEST_INT_H
#define INGEST_INT_H

#include <stdbool.h>

#include "source_file.h"
#include "ytempire/ingest.h"
#include "ytempire/jobs.h"

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

/* Counts in sentences: "%d row%s %s refused". */
static inline const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static inline const char *were(int64_t count)
{
    return count == 1 ? "was" : "were";
}

static inline const char *are(int64_t count)
{
    return count == 1 ? "is" : "are";
}

/* -- a load -------------------------------------------------------------------------------------------------------- */

struct ingest {
    struct pg                   *pgs[2];       /* used in turn; the first is the session's */
    const struct ingest_options *options;
    const struct ingest_source  *source;
    struct source_file          *file;         /* what the source's file says; NULL: there is none */
    struct sink                 *sink;
    struct job                  *job;          /* NULL: not begun */
    uint64_t                     bytes;        /* of all files, where it is known */
    struct table                *table;        /* the result: a row a file */
    struct error                 partial;      /* why the load is done in part, when it is */
};

/* The value of a setting: of the command, else of the source's file, else its default; it was checked. */
long long ingest_setting(const struct ingest *ingest, const char *name);
const char *ingest_setting_text(const struct ingest *ingest, const char *name);    /* borrowed */
/* Of a DAY: its midnight UTC; INT64_MIN where none is said. */
int64_t ingest_setting_day(const struct ingest *ingest, const char *name);
/* The settings in a source's file. ERR_UNKNOWN, ERR_USAGE. */
int ingest_check_file(const struct ingest_source *source, const struct source_file *file,
                      struct error *error) NODISCARD;
/* Tells a person, and the job's log. */
void ingest_tell(struct ingest *ingest, const char *level, const char *format, ...) PRINTF_LIKE(3, 4);
/* Bytes of a file that were not as they ought to be, if there were any. */
struct csv_tally;
void ingest_tell_mended(struct ingest *ingest, const char *file, const struct csv_tally *tally);
/* A line of the job's log. */
void ingest_log(struct ingest *ingest, const char *level, const char *format, ...) PRINTF_LIKE(3, 4);
/* values_run on the session's connection, in a transaction of its own that keeps hold of the job: what a program no
 * longer holds, it does not write. ERR_CONFLICT: it does not; ERR_INTERRUPTED: somebody asked to cancel it. */
int ingest_write(struct ingest *ingest, const char *statement, const struct values *values,
                 struct pg_result **ret_result, struct error *error) NODISCARD;
/* Rolls back what is open, also for a task that is to end. */
void ingest_roll_back(struct pg *pg);
void ingest_add_row(struct ingest *ingest, const char *file, const struct job_counts *counts, int64_t us);

/* Of a source of files; what input_limit takes. */
#define UNPACK_SETTING                                                                                                 \
    {                                                                                                                  \
        "unpack_ratio", "TIMES", "200", 0, 1000000,                                                                    \
            "a packed file is given up that unpacks to more than so many times its size, after the first 64 MB; 0: "   \
            "none is"                                                                                                  \
    }

/* -- hours.c ------------------------------------------------------------------------------------------------------- */

/* Brings the hourly table up to date for the hours that loads have touched, on either storage engine. In no
 * transaction. Waits up to a minute for whoever refreshes the same hours; then ERR_SERVER. */
int ingest_refresh_hours(struct ingest *ingest, struct error *error) NODISCARD;

/* -- trending_load.c ----------------------------------------------------------------------------------------------- */

extern const struct ingest_source ingest_trending;

/* -- youtube_analytics.c, youtube_data.c --------------------------------------------------------------------------- */

extern const struct ingest_source ingest_youtube_analytics, ingest_youtube_data;

/* -- sources of money ---------------------------------------------------------------------------------------------- */

extern const struct ingest_source ingest_elevenlabs_usage, ingest_openai_costs, ingest_stripe;

#endif
