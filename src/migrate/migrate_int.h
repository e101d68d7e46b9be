/*
 * migrate_int: what the files of migrate share.
 */
#ifndef YTEMPIRE_MIGRATE_INT_H
#define YTEMPIRE_MIGRATE_INT_H

#include "ytempire/migrate.h"

#define ENGINE_NATIVE "native"
#define ENGINE_TIMESCALEDB "timescaledb"

/* -- files.c ------------------------------------------------------------------------------------------------------------ */

/* The folder of the migrations: the options' or the program's own. Caller frees. */
char *migrate_folder(const char *folder);
/* Whether the file is one of a pair, of which a server runs one. */
bool  migration_is_of_engine(const struct migration *migration);
bool  migration_file_is_of_engine(const char *file);

/* -- split.c ------------------------------------------------------------------------------------------------------------ */

/* The statements of an SQL text one by one, as psql would cut it; false at the end. `cursor` starts at 0. The place is in
 * bytes, from the first word to before the semicolon. */
bool migrate_split(const char *sql, size_t *cursor, size_t *ret_at, size_t *ret_length);
/* The next word, number, quoted thing or sign of a statement; false at the end. Comments are no words. */
bool migrate_word(const char *sql, size_t end, size_t *cursor, size_t *ret_at, size_t *ret_length);
/* Compares without regard to case. */
bool migrate_word_is(const char *sql, size_t at, size_t length, const char *word);
/* Line of the file on which the byte lies, when the text begins on `first_line`. */
size_t migrate_line_of(const char *sql, size_t at, size_t first_line);

/* -- history.c ---------------------------------------------------------------------------------------------------------- */

enum record_state { RECORD_APPLIED, RECORD_RUNNING, RECORD_UNDOING };

struct record {                    /* a row of ops.migrations */
    char             *version, *name, *file, *checksum, *engine;
    char             *started_at, *applied_at, *duration_ms, *applied_by;    /* as the server writes them; may be NULL */
    enum record_state state;
    bool              baseline;
};

struct history {                   /* by version */
    struct record *items;
    size_t         count;
};

/* Whether a question failed because the runner's tables were never made. */
bool migrate_is_absent(const struct error *error);
/* What was applied; empty where nothing was ever migrated. One question. */
int  history_read(struct pg *pg, struct history **ret_history, struct error *error) NODISCARD;
void history_free(struct history *history);
void history_freep(struct history **history);
const struct record *history_find(const struct history *history, const char *version);
/* The newest record, or NULL. */
const struct record *history_newest(const struct history *history);

/* -- engine.c ----------------------------------------------------------------------------------------------------------- */

struct engine_choice {
    const char *engine;            /* ENGINE_… */
    char       *reason;            /* owned; may be NULL */
    bool        recorded;
};

void engine_choice_done(struct engine_choice *choice);
/* What was recorded or would be chosen; writes nothing. */
int  engine_choose(struct pg *pg, const struct migrate_options *options, const struct history *history,
                   struct engine_choice *ret_choice, struct error *error) NODISCARD;
/* The same for good: makes the extension where that decides it, and writes the choice down. */
int  engine_settle(struct pg *pg, const struct migrate_options *options, const struct history *history,
                   struct engine_choice *ret_choice, struct error *error) NODISCARD;

/* -- lock.c ------------------------------------------------------------------------------------------------------------- */

/* Becomes the one migrator, or fails with ERR_CONFLICT naming the one that is. */
int  migrate_lock(struct pg *pg, const struct migrate_options *options, struct sink *sink, struct error *error) NODISCARD;
void migrate_unlock(struct pg *pg);
/* Says what the migrator is at; others see it in ops.migrator. */
int  migrate_doing(struct pg *pg, const char *doing, struct error *error) NODISCARD;
/* "ytempire (process 71) since 12:00, doing 0007_remake.sql", or NULL when nobody migrates. Caller frees. */
int  migrate_holder(struct pg *pg, char **ret_words, struct error *error) NODISCARD;
/* Host and version of this program. Caller frees. */
char *migrate_client(void);
/* Until when a lock is waited for (monotonic_us). */
int64_t migrate_deadline(const struct migrate_options *options);
/* Sleeps before another try; longer each time, never past the deadline, and never as long as others do. ERR_CONFLICT once
 * the deadline is past; ERR_INTERRUPTED, ERR_TIMEOUT. */
int  migrate_pause(size_t attempt, int64_t deadline) NODISCARD;

/* -- apply.c ------------------------------------------------------------------------------------------------------------ */

struct run {                       /* one call of the runner, which holds the lock */
    struct pg                    *pg;
    const struct migrate_options *options;
    struct sink                  *sink;        /* or NULL */
    struct history               *history;
    struct migration_set         *set;
    struct engine_choice          choice;
    char                         *settings;    /* of the session as it was found, as JSON */
    bool                          locked;
};

void run_say(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);
/* Runs one file up or down: in a transaction, or outside one as it asks. A lock that is not to be had is tried again. */
int  run_file(struct run *run, const struct migration *migration, bool down, struct error *error) NODISCARD;
/* Writes a file down; `milliseconds` < 0: it has not ended. */
int  run_record(struct run *run, const struct migration *migration, const char *state, int64_t milliseconds, bool baseline,
                struct error *error) NODISCARD;
int  run_forget(struct run *run, const char *version, struct error *error) NODISCARD;
/* Puts the session's settings back. */
int  run_restore(struct run *run, struct error *error) NODISCARD;
/* Points an error of the statement at byte `at` of a part at its line of the file. */
void run_blame(struct error *error, const struct migration *migration, bool down, size_t at, const char *statement);
/* Whether a lock was not to be had, so that the same may succeed later. */
bool run_may_try_again(const struct error *error);
/* Around what must talk to the server although the task was cancelled. */
int  run_cleanup_begin(void);
void run_cleanup_end(int cancelled);

/* -- recover.c ---------------------------------------------------------------------------------------------------------- */

/* What there is of the effect of a statement: as if it had not run, half of it, all. */
enum evidence_kind { EVIDENCE_UNKNOWN, EVIDENCE_NOTHING, EVIDENCE_HALF, EVIDENCE_WHOLE };

struct evidence {
    enum evidence_kind kind;
    char              *words;      /* "index analytics.i exists, but is not valid" */
    char              *repair;     /* the statement that takes the half away, or NULL */
};

void evidence_done(struct evidence *evidence);
/* Looks for what the one statement of a part makes or takes away. */
int  migrate_inspect(struct pg *pg, const char *sql, struct evidence *ret_evidence, struct error *error) NODISCARD;
/* Runs the one statement of a file that asks for no transaction. `noted`: its record says already that it runs. */
int  run_outside(struct run *run, const struct migration *migration, bool down, bool noted, struct error *error) NODISCARD;
/* Brings to an end what was interrupted, as the options say. */
int  run_recover(struct run *run, struct error *error) NODISCARD;

/* ERR_UNKNOWN: there is no such migration; the hint has the first and the last. */
int  migrate_refuse_unknown(const struct migration_set *set, const char *version, struct error *error) NODISCARD;

/* -- storage_looks.c ------------------------------------------------------------------------------------------------------------ */

/* A transaction that writes nothing and waits two seconds for a lock at most; none where one is open already. */
int  storage_look_begin(struct pg *pg, bool *ret_begun, struct error *error) NODISCARD;
void storage_look_end(struct pg *pg, bool begun);
/* Puts a hint to what the server said: a question whose tables or functions are missing was asked of a database that is
 * no warehouse yet. */
int  storage_explain(int r, struct error *error);

#endif
