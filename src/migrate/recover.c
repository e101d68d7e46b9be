/*
 * A file outside a transaction is one statement, and its record says `running` (or `undoing`) before it begins. What a
 * crash leaves behind is therefore one question: how much of the effect of this statement is there? The person is shown
 * the answer and says how to go on; nothing is guessed and nothing stays "dirty".
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

/* -- what the statement is ------------------------------------------------------------------------------------------------ */

struct reader {
    const char *sql;
    size_t      cursor, end;
};

/* Goes past the words where they come next, in this order; all or none. */
static bool skip(struct reader *reader, const char *words)
{
    size_t cursor = reader->cursor, at, length;

    while (*words != '\0') {
        size_t n = strcspn(words, " ");

        if (!migrate_word(reader->sql, reader->end, &cursor, &at, &length) || length != n || strncasecmp(reader->sql + at, words, n) != 0)
            return false;
        words += n + (words[n] == ' ');
    }
    reader->cursor = cursor;
    return true;
}

/* A name with its schemas and quotes as it stands; caller frees. NULL: no name comes next. */
static char *read_name(struct reader *reader)
{
    size_t at, length, first, last;

    if (!migrate_word(reader->sql, reader->end, &reader->cursor, &first, &length) || strchr("(;,.'$", reader->sql[first]) != NULL)
        return NULL;
    last = first + length;
    for (size_t cursor = reader->cursor; migrate_word(reader->sql, reader->end, &cursor, &at, &length) && reader->sql[at] == '.';) {
        if (!migrate_word(reader->sql, reader->end, &cursor, &at, &length))
            break;
        last = at + length;
        reader->cursor = cursor;
    }
    return mem_strndup(reader->sql + first, last - first);
}

static bool has_word(const char *sql, const char *word)
{
    size_t cursor = 0, at, length;

    while (migrate_word(sql, SIZE_MAX, &cursor, &at, &length))
        if (migrate_word_is(sql, at, length, word))
            return true;
    return false;
}

/* -- the evidence --------------------------------------------------------------------------------------------------------- */

void evidence_done(struct evidence *evidence)
{
    mem_free(evidence->words);
    mem_free(evidence->repair);
    *evidence = (struct evidence){0};
}

static int inspect_index(struct pg *pg, const char *index, const char *table, bool dropped, struct evidence *evidence, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct pg_value                              values[] = {PG_TEXT(index), PG_TEXT(table)};
    int                                          r = pg_catalog_query(pg, "migrate_index_state", values, COUNT_OF(values), &result, error);
    bool                                         valid;

    if (r < 0)
        return r;
    if (pg_result_rows(result) == 0) {
        evidence->kind = dropped ? EVIDENCE_WHOLE : EVIDENCE_NOTHING;
        evidence->words = mem_printf("there is no index %s", index);
        return 0;
    }
    valid = text_equal(pg_result_text(result, 0, 1), "t");
    evidence->kind = !valid ? EVIDENCE_HALF : dropped ? EVIDENCE_NOTHING : EVIDENCE_WHOLE;
    evidence->words = mem_printf("index %s exists and is %s", pg_result_text(result, 0, 0), valid ? "valid" : "not valid");
    if (!valid)
        evidence->repair = mem_strdup(pg_result_text(result, 0, 2));
    return 0;
}

static int inspect_enum(struct pg *pg, const char *type, const char *value, struct evidence *evidence, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct pg_value                              values[] = {PG_TEXT(type), PG_TEXT(value)};
    int                                          r = pg_catalog_query(pg, "migrate_enum_state", values, COUNT_OF(values), &result, error);
    bool                                         there;

    if (r < 0)
        return r;
    there = text_equal(pg_result_text(result, 0, 0), "t");
    evidence->kind = there ? EVIDENCE_WHOLE : EVIDENCE_NOTHING;
    evidence->words = mem_printf("type %s has %s value '%s'", type, there ? "the" : "no", value);
    return 0;
}

static int inspect_other(struct pg *pg, struct evidence *evidence, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int                                          r = pg_catalog_query(pg, "migrate_invalid_indexes", NULL, 0, &result, error);

    if (r < 0)
        return r;
    evidence->kind = EVIDENCE_UNKNOWN;
    evidence->words = pg_result_text(result, 0, 0) != NULL
                          ? mem_printf("what it does leaves no mark to look for; these indexes are not valid: %s", pg_result_text(result, 0, 0))
                          : mem_strdup("what it does leaves no mark to look for; no index is invalid");
    return 0;
}

/* 'It''s' → It's */
static char *unquote(const char *text, size_t length)
{
    struct str out = STR_INIT;

    for (size_t i = 1; i + 1 < length; i++) {
        str_add_char(&out, text[i]);
        i += text[i] == '\'';
    }
    return str_take(&out);
}

static int inspect_create_index(struct pg *pg, struct reader *reader, struct evidence *evidence, struct error *error)
{
    _cleanup_(mem_freep) char *index = NULL, *table = NULL;

    (void)skip(reader, "concurrently");
    (void)skip(reader, "if not exists");
    if (skip(reader, "on"))
        return inspect_other(pg, evidence, error);
    index = read_name(reader);
    if (index == NULL || !skip(reader, "on"))
        return inspect_other(pg, evidence, error);
    (void)skip(reader, "only");
    table = read_name(reader);
    return table == NULL ? inspect_other(pg, evidence, error) : inspect_index(pg, index, table, false, evidence, error);
}

static int inspect_drop_index(struct pg *pg, struct reader *reader, struct evidence *evidence, struct error *error)
{
    _cleanup_(mem_freep) char *index = NULL;

    (void)skip(reader, "concurrently");
    (void)skip(reader, "if exists");
    index = read_name(reader);
    if (index == NULL || skip(reader, ","))
        return inspect_other(pg, evidence, error);
    return inspect_index(pg, index, NULL, true, evidence, error);
}

static int inspect_alter_type(struct pg *pg, struct reader *reader, struct evidence *evidence, struct error *error)
{
    _cleanup_(mem_freep) char *type = read_name(reader), *value = NULL;
    size_t                     at, length;

    if (type == NULL || !skip(reader, "add value"))
        return inspect_other(pg, evidence, error);
    (void)skip(reader, "if not exists");
    if (!migrate_word(reader->sql, reader->end, &reader->cursor, &at, &length) || reader->sql[at] != '\'')
        return inspect_other(pg, evidence, error);
    value = unquote(reader->sql + at, length);
    return inspect_enum(pg, type, value, evidence, error);
}

int migrate_inspect(struct pg *pg, const char *sql, struct evidence *ret_evidence, struct error *error)
{
    struct reader   reader = {.sql = sql, .end = strlen(sql)};
    struct evidence evidence = {0};
    int             r;

    if (skip(&reader, "create index") || skip(&reader, "create unique index"))
        r = inspect_create_index(pg, &reader, &evidence, error);
    else if (skip(&reader, "drop index"))
        r = inspect_drop_index(pg, &reader, &evidence, error);
    else if (skip(&reader, "alter type"))
        r = inspect_alter_type(pg, &reader, &evidence, error);
    else
        r = inspect_other(pg, &evidence, error);
    if (r < 0)
        evidence_done(&evidence);
    else
        *ret_evidence = evidence;
    return r;
}

/* -- running it ----------------------------------------------------------------------------------------------------------- */

static char *statement_of(const struct migration *migration, bool down, size_t *ret_at)
{
    const char *sql = down ? migration->down : migration->up;
    size_t      cursor = 0, length;

    if (!migrate_split(sql, &cursor, ret_at, &length))
        return NULL;
    return mem_strndup(sql + *ret_at, length);
}

/* CONCURRENTLY waits for transactions, and nobody queues behind it; it may take as long as they do. */
static int set_patience(struct run *run, const char *statement, struct error *error)
{
    return pg_catalog_query(run->pg, "migrate_lock_timeout", &PG_TEXT(has_word(statement, "concurrently") ? "0" : "1s"), 1, NULL, error);
}

static int note(struct run *run, const struct migration *migration, bool down, struct error *error)
{
    struct pg_value values[] = {PG_TEXT(migration->version), PG_TEXT("undoing")};

    if (!down)
        return run_record(run, migration, "running", -1, false, error);
    return pg_catalog_query(run->pg, "migrate_record_state", values, COUNT_OF(values), NULL, error);
}

static int unnote(struct run *run, const struct migration *migration, bool down, struct error *error)
{
    struct pg_value values[] = {PG_TEXT(migration->version), PG_TEXT("applied")};

    if (!down)
        return run_forget(run, migration->version, error);
    return pg_catalog_query(run->pg, "migrate_record_state", values, COUNT_OF(values), NULL, error);
}

static int note_end(struct run *run, const struct migration *migration, bool down, int64_t milliseconds, struct error *error)
{
    return down ? run_forget(run, migration->version, error) : run_record(run, migration, "applied", milliseconds, false, error);
}

/* After a refusal: where nothing of it is there, the record goes back to what it was. 1: the same may be tried again. */
static int after_refusal(struct run *run, const struct migration *migration, bool down, const char *statement, struct error *trouble)
{
    _cleanup_(evidence_done) struct evidence evidence = {0};
    int                                      cancelled = run_cleanup_begin(), again = 0;

    if (migrate_inspect(run->pg, statement, &evidence, NULL) >= 0) {
        bool misread = strncmp(trouble->sqlstate, "42", 2) == 0;    /* refused before it began */

        if (evidence.kind == EVIDENCE_NOTHING || (misread && evidence.kind != EVIDENCE_HALF)) {
            (void)!unnote(run, migration, down, NULL);
            again = cancelled == 0 && run_may_try_again(trouble);
        } else {
            error_hint(trouble, "%s; the next 'migrate up' asks how to go on", evidence.words);
        }
    }
    run_cleanup_end(cancelled);
    return again;
}

int run_outside(struct run *run, const struct migration *migration, bool down, bool noted, struct error *error)
{
    size_t                     at = 0;
    _cleanup_(mem_freep) char *statement = statement_of(migration, down, &at);
    int64_t                    deadline = migrate_deadline(run->options), began = monotonic_us(), milliseconds;
    int                        r;

    if (statement == NULL)
        return error_set(error, ERR_FAILED, "%s cannot be undone: it has no part 'down'", migration->file);
    for (size_t attempt = 0;; attempt++, noted = false) {
        struct error trouble = ERROR_INIT;

        r = noted ? 0 : note(run, migration, down, error);
        if (r >= 0)
            r = set_patience(run, statement, error);
        if (r < 0)
            return r;
        r = pg_script(run->pg, statement, &trouble);
        if (r >= 0)
            break;
        if (after_refusal(run, migration, down, statement, &trouble) && migrate_pause(attempt, deadline) == 0) {
            error_done(&trouble);
            continue;
        }
        run_blame(&trouble, migration, down, at, statement);
        if (error != NULL && error->code == 0)
            error_move(error, &trouble);
        error_done(&trouble);
        return r;
    }
    milliseconds = (monotonic_us() - began) / 1000;
    r = run_restore(run, error);
    if (r >= 0)
        r = note_end(run, migration, down, milliseconds, error);
    if (r >= 0)
        run_say(run, "%s %s, %" PRId64 " ms", migration->file, down ? "undone" : "applied", milliseconds);
    return r;
}

/* -- after a crash -------------------------------------------------------------------------------------------------------- */

static const char *advice(const struct evidence *evidence)
{
    switch (evidence->kind) {
    case EVIDENCE_NOTHING:
        return "'migrate up --recover resume' runs it again; 'mark' would note it as done";
    case EVIDENCE_HALF:
        return "'migrate up --recover repair' takes the half away and runs it again; 'mark' would note it as done";
    case EVIDENCE_WHOLE:
        return "'migrate up --recover mark' notes it as done; 'resume' would run it again";
    case EVIDENCE_UNKNOWN:
        break;
    }
    return "'migrate up --recover resume' runs it again; 'mark' notes it as done";
}

static int offer(const struct record *record, const struct evidence *evidence, struct error *error)
{
    int r = error_set(error, ERR_CONFLICT, "%s was interrupted %s (begun %s): %s", record->file,
                      record->state == RECORD_UNDOING ? "while it was undone" : "while it was applied", record->started_at, evidence->words);

    error_hint(error, "%s", advice(evidence));
    return r;
}

static int repair(struct run *run, const struct evidence *evidence, struct error *error)
{
    int r;

    if (evidence->repair != NULL) {
        r = set_patience(run, evidence->repair, error);
        return r < 0 ? r : pg_script(run->pg, evidence->repair, error);
    }
    r = error_set(error, ERR_CONFLICT, "there is nothing to repair: %s", evidence->words);
    error_hint(error, "%s", advice(evidence));
    return r;
}

static int go_on(struct run *run, const struct record *record, const struct migration *migration, const struct evidence *evidence, struct error *error)
{
    bool down = record->state == RECORD_UNDOING;
    int  r = 0;

    if (text_equal(run->options->recover, "mark")) {
        run_say(run, "%s is noted as %s: %s", record->file, down ? "undone" : "applied", evidence->words);
        return note_end(run, migration, down, 0, error);
    }
    if (text_equal(run->options->recover, "repair"))
        r = repair(run, evidence, error);
    else if (!text_equal(run->options->recover, "resume"))
        return error_set(error, ERR_USAGE, "an interrupted file goes on by resume, repair or mark, not '%s'", run->options->recover);
    else if (evidence->kind == EVIDENCE_HALF && !down)
        return offer(record, evidence, error);       /* the half stands in the way, or IF NOT EXISTS would take it for the whole */
    return r < 0 ? r : run_outside(run, migration, down, true, error);
}

static int recover_one(struct run *run, const struct record *record, struct error *error)
{
    const struct migration                  *migration = migration_set_find(run->set, record->version);
    _cleanup_(evidence_done) struct evidence evidence = {0};
    _cleanup_(mem_freep) char               *statement = NULL;
    size_t                                   at;
    int                                      r;

    if (migration == NULL || !text_equal(migration->checksum, record->checksum)) {
        r = error_set(error, ERR_CONFLICT, "%s was interrupted, and the file %s since", record->file, migration == NULL ? "is gone" : "was changed");
        error_hint(error, "bring the file back as it was");
        return r;
    }
    statement = statement_of(migration, record->state == RECORD_UNDOING, &at);
    if (statement == NULL)
        return error_set(error, ERR_CONFLICT, "%s was interrupted, and its part is empty now", record->file);
    r = migrate_inspect(run->pg, statement, &evidence, error);
    if (r < 0)
        return r;
    return run->options->recover == NULL ? offer(record, &evidence, error) : go_on(run, record, migration, &evidence, error);
}

int run_recover(struct run *run, struct error *error)
{
    size_t found = 0;
    int    r = 0;

    for (size_t i = 0; r >= 0 && i < run->history->count; i++)
        if (run->history->items[i].state != RECORD_APPLIED) {
            r = recover_one(run, &run->history->items[i], error);
            found++;
        }
    if (r >= 0 && found > 0) {
        history_freep(&run->history);
        r = history_read(run->pg, &run->history, error);
    }
    return r;
}
