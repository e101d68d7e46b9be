/*
 * ingest: files into the warehouse, and what was done about it.
 *
 * A source is a const struct in a file of its own under src/ingest/, listed in src/ingest/sources.c. A load is a job
 * (ops.jobs) with one attempt: rows go in by batches, each one transaction that shows the job's fence, so that whoever
 * lost the job can write nothing. Loading a file twice, or files that overlap in any order, ends in the same warehouse.
 * Rows that cannot be read are dead letters: kept with line, reason and text. Everything here waits and is called in a
 * task (engine/loop.h); `pg` is borrowed, in no transaction.
 */
#ifndef YTEMPIRE_INGEST_H
#define YTEMPIRE_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"
#include "ytempire/engine/pg.h"

/* -- sources
 * ------------------------------------------------------------------------------------------------------------ */

struct job;    /* jobs.h */
struct ingest; /* one load under way: src/ingest/ingest_int.h */

struct ingest_setting {
    const char *name;      /* "reject_limit" */
    const char *value;     /* what it takes: "PERCENT", "ROWS", "URL" */
    const char *initial;   /* the default, as it would be typed */
    long long least, most; /* of a whole number; both 0: it is a text */
    const char *text;
};

struct ingest_source {
    const char *name, *kind, *summary;
    const struct ingest_setting *settings;                    /* ends with a NULL name */
    int (*check)(struct ingest *ingest, struct error *error); /* the files, before anything is written */
    int (*run)(struct ingest *ingest, struct error *error);   /* under a job */
    const char *calls; /* a statement that counts the calls of a load from day $1 to $2; NULL: by those of former loads */
};

extern const struct ingest_source *const ingest_sources[]; /* ends with NULL; by name */
extern const struct ingest_source ingest_mapped;           /* all that are a file with a mapping of one's own */
/* ERR_UNKNOWN with the candidates. */
int ingest_source_find(const char *name, const struct ingest_source **ret_source, struct error *error) NODISCARD;

/* -- loading
 * ------------------------------------------------------------------------------------------------------------- */

struct ingest_pair {
    const char *key, *value;
};

struct ingest_options {
    const char *source;
    const char *const *files; /* "-" is standard input */
    size_t file_count;
    const struct ingest_pair *settings;
    size_t setting_count;
    /* Opens a connection to the same place: one batch is filled through it while the other is being stored. */
    int (*open)(void *who, struct pg **ret_pg, struct error *error);
    void *who;
    bool replay;        /* the API's answers come from the source's tape, and nothing is asked */
    int64_t replay_job; /* of this job; 0: of the newest run on the tape */
    const int64_t *letters; /* these dead letters of the source, and no file */
    size_t letter_count;
    struct job *job; /* the attempt it is made under, whose end is not told here; NULL: it makes a job of its own */
};

/* The line that does this load from any folder: files by their whole paths. Caller frees. */
char *ingest_command(const struct ingest_options *options);

/* The source and the settings, not the files: ERR_UNKNOWN, ERR_USAGE. */
int ingest_check(const struct ingest_options *options, struct error *error) NODISCARD;

struct ingest_report {
    int64_t job;
    int64_t rows; /* read: loaded, unchanged and rejected together */
    int64_t loaded, unchanged, rejected;
};

/*
 * Loads, and yields `source file rows loaded unchanged rejected job seconds`, a row a file. 0; ERR_PARTIAL when rows
 * were refused (the table has been yielded); ERR_UNKNOWN or ERR_USAGE for a file or a setting that does not exist,
 * ERR_FAILED for a file of another kind, before anything is written; ERR_CONFLICT when the source is being loaded
 * already; ERR_FAILED when too many rows are refused. Cancelled or failed, the open batch is rolled back, those before
 * it stay, and the job says what happened. `ret_report` may be NULL.
 */
int ingest_run(struct pg *pg, const struct ingest_options *options, struct sink *sink, struct ingest_report *ret_report,
               struct error *error) NODISCARD;

/* -- looking
 * -------------------------------------------------------------------------------------------------------------- */

/* Yields `name kind enabled last_success lag_seconds data_until summary settings`: "k=v k=v", as they stand. */
int ingest_list_sources(struct pg *pg, struct sink *sink, struct error *error) NODISCARD;
/* Proposes a mapping of a file ("-": standard input) from its first megabyte: its text to the sink, remarks as words for a
 * person. `target` NULL: the one whose columns fit best. ERR_PARTIAL: it is not whole, a needed column is missing;
 * ERR_UNKNOWN: no such file or target; ERR_FAILED: there is nothing to infer from. */
int ingest_infer(const char *file, const char *target, struct sink *sink, struct error *error) NODISCARD;
/* Findings about the files of sources into a table `severity where message`; `bad` is set where there is an error. */
/* What the files of sources say of schedules becomes rows of ops.schedules ("source:NAME"), and those that no file says
 * any more go. */
int ingest_keep_schedules(struct pg *pg, struct error *error) NODISCARD;
int ingest_lint(struct table *table, bool *bad, struct error *error) NODISCARD;
/* Yields `id source job reason line raw file column`: what waits, of one source when it is not NULL. */
int ingest_list_letters(struct pg *pg, const char *source, struct sink *sink, struct error *error) NODISCARD;
/* Yields `source reason letters files first_id first_raw newest`: the same by what is wrong. */
int ingest_group_letters(struct pg *pg, const char *source, struct sink *sink, struct error *error) NODISCARD;
/* The ids of all that wait, of one source; caller frees them. */
int ingest_open_letters(struct pg *pg, const char *source, int64_t **ret_ids, size_t *ret_count,
                        struct error *error) NODISCARD;
/* Of all three ERR_UNKNOWN when one of them is not open. Yields `id source reason line` of those given up. */
int ingest_drop_letters(struct pg *pg, const int64_t *ids, size_t count, struct sink *sink, struct error *error) NODISCARD;
/* Loads options->letters, whatever their sources, as ingest_run does; what is stored leaves the list with it. */
int ingest_retry_letters(struct pg *pg, const struct ingest_options *options, struct sink *sink,
                         struct error *error) NODISCARD;
struct ingest_letter {
    int64_t id;
    char *about, *raw; /* the caller frees them */
};
int ingest_show_letter(struct pg *pg, int64_t id, struct ingest_letter *ret_letter, struct error *error) NODISCARD;
/* Its text is another one from now on; what it came from is not changed. */
int ingest_edit_letter(struct pg *pg, int64_t id, const char *raw, struct error *error) NODISCARD;
/* Yields `id at job method url status ms bytes received whole` of the source's tape, newest first: its last exchanges
 * with its API, without secrets. Of one (an id that is not 0) `field value`; ERR_UNKNOWN when it is not there. */
int ingest_show_tape(struct pg *pg, const char *source, int64_t id, struct sink *sink, struct error *error) NODISCARD;

/* -- backfill ------------------------------------------------------------------------------------------------------ */

/* A range of days, loaded in windows, each a job of a worker: `ingest SOURCE from=D to=D …`. */
struct ingest_backfill {
    const char *source;
    const char *from, *to;           /* days, both loaded: "2026-01-31" */
    unsigned    window;              /* days; 0: 30 */
    bool        oldest_first, again, forecast;
    const struct ingest_pair *settings;
    size_t      setting_count;
};
/* Tells a person the forecast (windows, calls, units of quota and days they take, when it will end), puts the jobs of
 * windows that no job has completed (`again`: of all) unless `forecast`, and yields `from to state job calls`, in the
 * order in which they will be loaded; state: done, waiting (its job is there already), put, planned. ERR_USAGE for a
 * source that has no settings `from` and `to`, and for days that are none. */
int ingest_backfill(struct pg *pg, const struct ingest_backfill *backfill, struct sink *sink,
                    struct error *error) NODISCARD;

/* -- the ledger of quotas ------------------------------------------------------------------------------------------ */

/* Yields `project bucket limit reserve spent calls left state resets_at`: of today, as Pacific days go. */
int ingest_list_quota(struct pg *pg, struct sink *sink, struct error *error) NODISCARD;

struct ingest_bucket {
    const char *project, *name;      /* project "*": of those that have no row of their own */
    int64_t     limit, reserve;      /* units a day; negative: stays */
};
/* Yields `project bucket limit reserve`. ERR_UNKNOWN for a bucket that no project has. */
int ingest_set_quota(struct pg *pg, const struct ingest_bucket *bucket, struct sink *sink,
                     struct error *error) NODISCARD;

#endif
