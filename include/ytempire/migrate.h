/*
 * migrate: the schema of the warehouse, from the files in sql/migrations to the server, and its storage upkeep.
 *
 * `NNNN_name.sql` holds `-- migrate:up` and `-- migrate:down`; where the two storage engines differ there are
 * `NNNN_name.timescaledb.sql` and `NNNN_name.native.sql` instead. What was applied is in ops.migrations, with checksum.
 * One migrator at a time: it polls an advisory lock, and says who holds it. Each file is one transaction; a file with
 * `-- migrate:no-transaction` holds exactly one statement, is recorded as running first, and after a crash it is looked
 * into. Everything here waits and is called in a task (engine/loop.h); `pg` is borrowed, in no transaction, and its
 * settings are as they were afterwards.
 */
#ifndef YTEMPIRE_MIGRATE_H
#define YTEMPIRE_MIGRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"
#include "ytempire/engine/pg.h"

/* -- files ---------------------------------------------------------------------------------------------------------- */

struct migration {
    char *version;              /* "0003" */
    char *name;                 /* "users" */
    char *file;                 /* "0003_users.sql" */
    char *up, *down;            /* the SQL of the two parts; down may be empty: cannot be undone */
    size_t up_line, down_line;  /* line of the file where each begins, for messages */
    bool  no_transaction;
    char  checksum[65];         /* SHA-256 in hex, of the file with CRLF as LF; of both engines' files together when there are two */
};

struct migration_set;           /* all files for one engine, by version */

/* `folder` NULL: the program's own. `engine` is "native" or "timescaledb". ERR_SYNTAX with file and line; ERR_IO. */
int  migration_set_load(const char *folder, const char *engine, struct migration_set **ret_set, struct error *error) NODISCARD;
void migration_set_free(struct migration_set *set);
void migration_set_freep(struct migration_set **set);
size_t migration_set_count(const struct migration_set *set);
const struct migration *migration_set_at(const struct migration_set *set, size_t index);
const struct migration *migration_set_find(const struct migration_set *set, const char *version);    /* "3", "0003"; NULL */
/* SHA-256 over all checksums: what a stamp file holds. */
const char *migration_set_checksum(const struct migration_set *set);

/* -- lint: what a statement does to a running server ------------------------------------------------------------------ */

enum migrate_severity { MIGRATE_NOTE, MIGRATE_WARNING, MIGRATE_ERROR };

struct migrate_finding {
    enum migrate_severity severity;
    size_t      line;           /* of the file */
    const char *rule;           /* "require-concurrent-index" */
    char       *message;
};

struct migrate_statement {
    char       *sql;            /* without the semicolon */
    size_t      line;           /* of the file */
    char       *target;         /* "analytics.fact_costs", or NULL */
    const char *lock;           /* mode taken on the target: "ACCESS EXCLUSIVE", …, "" for none */
    bool        rewrites;       /* the table is written anew */
    bool        destructive;    /* rows or columns are lost */
    bool        new_target;     /* made earlier in the same file: nobody can wait for it */
};

struct migrate_lint;            /* the statements of one part and what was found in them */

/* Reads the SQL with PostgreSQL's own parser. ERR_SYNTAX (with line) only when it does not parse. */
int  migrate_lint_read(const struct migration *migration, bool down, const char *engine, struct migrate_lint **ret_lint, struct error *error) NODISCARD;
void migrate_lint_free(struct migrate_lint *lint);
void migrate_lint_freep(struct migrate_lint **lint);
const struct migrate_statement *migrate_lint_statements(const struct migrate_lint *lint, size_t *ret_count);
const struct migrate_finding *migrate_lint_findings(const struct migrate_lint *lint, size_t *ret_count);

/* -- the runner ------------------------------------------------------------------------------------------------------- */

struct migrate_options {
    const char *folder;         /* NULL: the program's own */
    const char *storage;        /* "native" or "timescaledb" overrides what was recorded or would be chosen; NULL */
    bool        private_database; /* the --local one: retention is off */
    int64_t     lock_wait_us;   /* for another migrator; 0: 60 s */
    /* How an interrupted no-transaction file goes on: "resume", "repair", "mark"; NULL: ERR_CONFLICT with the evidence. */
    const char *recover;
    /* Opens another database of the same server, for the scratch copy of `verify`. NULL: no scratch copy. */
    int       (*open_database)(void *who, const char *database, struct pg **ret_pg, struct error *error);
    void       *who;
};

/*
 * Whether nothing is pending. With the right `stamp_file` (see migrate_stamp) no question is asked at all; else one
 * cheap one. Never writes. false also when the server cannot be asked (the next operation will say why).
 */
bool migrate_is_current(struct pg *pg, const struct migrate_options *options, const char *stamp_file);
/* The same without a connection: only whether the stamp says so. */
bool migrate_stamp_is_current(const struct migrate_options *options, const char *stamp_file);
/* Notes in a file (written whole or not at all) that a database is at these very files. */
int  migrate_stamp(const struct migrate_options *options, const char *stamp_file, struct error *error) NODISCARD;
/* Takes the note back; none is no error. */
int  migrate_stamp_drop(const char *stamp_file, struct error *error) NODISCARD;

/* Applies what is pending, up to and with version `to` (NULL: all). Progress goes to `sink` (may be NULL). */
int  migrate_up(struct pg *pg, const struct migrate_options *options, const char *to, struct sink *sink,
                size_t *ret_applied, struct error *error) NODISCARD;
/* Undoes everything after version `to` ("0": everything), newest first. */
int  migrate_down(struct pg *pg, const struct migrate_options *options, const char *to, struct sink *sink,
                  size_t *ret_undone, struct error *error) NODISCARD;
/* Notes files up to `to` as applied without running them: the schema was made by other means. */
int  migrate_baseline(struct pg *pg, const struct migrate_options *options, const char *to, struct sink *sink,
                      size_t *ret_marked, struct error *error) NODISCARD;
/* Yields `version name state applied_at duration_ms checksum`; state: applied pending changed missing (running, failed). */
int  migrate_status(struct pg *pg, const struct migrate_options *options, struct sink *sink, struct error *error) NODISCARD;
/* Yields each pending statement with lock, size, whether it rewrites, who blocks it now, and findings. */
int  migrate_plan(struct pg *pg, const struct migrate_options *options, struct sink *sink, struct error *error) NODISCARD;
/* Yields `version file part line statement target lock rewrites destructive findings`: both parts of a file. ERR_UNKNOWN. */
int  migrate_show(struct pg *pg, const struct migrate_options *options, const char *version, struct sink *sink,
                  struct error *error) NODISCARD;
/* Yields findings; ERR_FINDING when one is an error. */
int  migrate_verify(struct pg *pg, const struct migrate_options *options, struct sink *sink, struct error *error) NODISCARD;
/* Makes an empty file with the next number; yields its path. `both`: one for each engine. */
int  migrate_new(const struct migrate_options *options, const char *name, bool both, bool no_transaction,
                 struct sink *sink, struct error *error) NODISCARD;
/* Versions that `down`/`to` would undo, newest first, for the question before it; caller frees each and the array. */
int  migrate_would_undo(struct pg *pg, const struct migrate_options *options, const char *to, char ***ret_files,
                        size_t *ret_count, struct error *error) NODISCARD;
/* What undoing them touches, for the same question: "loses data of ops.a; changes ops.b", or ""; caller frees. */
int  migrate_undo_touches(struct pg *pg, const struct migrate_options *options, const char *to, char **ret_text,
                          struct error *error) NODISCARD;
/* Version of the newest applied file, or "0"; caller frees. */
int  migrate_newest(struct pg *pg, char **ret_version, struct error *error) NODISCARD;
/* Of the one before it: where undoing one leads. */
int  migrate_before_newest(struct pg *pg, char **ret_version, struct error *error) NODISCARD;
/* -1, 0, 1 by number: "9" before "0010". */
int  migrate_compare_versions(const char *a, const char *b);

/* -- storage: partitions or chunks, alike ------------------------------------------------------------------------------- */

/* Yields engine, reason, and per table partitions, rows, bytes, compressed bytes, oldest, newest, last upkeep. */
int  storage_show(struct pg *pg, struct sink *sink, struct error *error) NODISCARD;
/* Yields `relation policy last_run age_seconds result retention_days`: each piece of upkeep. */
int  storage_policies(struct pg *pg, struct sink *sink, struct error *error) NODISCARD;
/* Yields `relation partition bounds rows bytes index_bytes dead_rows analyzed_at`; of one table, or (NULL) of all. Reads
 * the catalogue alone. */
int  storage_partitions(struct pg *pg, const char *relation, struct sink *sink, struct error *error) NODISCARD;
/* ERR_UNKNOWN where there is no such step of storage_maintain; NULL is all of them. */
int  storage_check_step(const char *step, struct error *error) NODISCARD;
/* Partitions ahead, rows out of the default partition, clustering or compression, hours that were touched, retention; or
 * only one step: "partitions", "hours", "retention", "cluster" (ERR_UNKNOWN). Yields `step result duration_ms`. */
int  storage_maintain(struct pg *pg, const char *step, struct sink *sink, struct error *error) NODISCARD;
/* Statistics of what has changed much. Yields `relation rows changed result duration_ms`. */
int  storage_analyze(struct pg *pg, struct sink *sink, struct error *error) NODISCARD;
/* Sets the horizon in days; 0 is off. What is older goes at the next maintain. */
int  storage_set_retention(struct pg *pg, int days, struct error *error) NODISCARD;
/* Rows that a horizon of `days` would drop; for the question before it. */
int  storage_count_past(struct pg *pg, int days, long long *ret_rows, struct error *error) NODISCARD;
/* Brings the hourly aggregate up to date for the hours that loads have touched. */
int  storage_refresh_hours(struct pg *pg, long long *ret_hours, struct error *error) NODISCARD;

#endif
