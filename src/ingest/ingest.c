/* What is the same for every source: settings, the second connection, the job around the load, the result. */
#include "ytempire/ingest.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "ingest_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/secret.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define SETTINGS_MOST 16
#define TEXT_MOST 1000                 /* bytes of what is told at once */

/* -- settings ------------------------------------------------------------------------------------------------------ */

static const struct ingest_setting *find_setting(const struct ingest_source *source, const char *name)
{
    const struct ingest_setting *setting = source->settings;

    while (setting->name != NULL && !text_equal(setting->name, name))
        setting++;
    return setting->name != NULL ? setting : NULL;
}

static bool is_text(const struct ingest_setting *setting)
{
    return setting->least == 0 && setting->most == 0;
}

static int read_setting(const struct ingest_setting *setting, const char *text, long long *ret_value)
{
    size_t length = strlen(text);

    if (text_equal(setting->value, "PERCENT") && length > 1 && text[length - 1] == '%')
        length--;
    return text_to_int64(text, length, ret_value) < 0 || *ret_value < setting->least || *ret_value > setting->most
               ? ERR_USAGE
               : 0;
}

/* A key goes there: over TLS, or to this machine. */
static int check_url(const struct ingest_setting *setting, const char *url, struct error *error)
{
    static const char *const here[] = {"http://127.0.0.1:", "http://localhost:", "http://[::1]:"};

    if (text_starts(url, "https://"))
        return 0;
    for (size_t i = 0; i < COUNT_OF(here); i++)
        if (text_starts(url, here[i]) && strchr(url, '@') == NULL)
            return 0;
    return error_set(error, ERR_USAGE, "%s takes a URL that begins with https:// (http:// of this machine only)",
                     setting->name);
}

static int check_day(const struct ingest_setting *setting, const char *text, struct error *error)
{
    int64_t instant;

    return strlen(text) == strlen("2026-01-31") && instant_from_text(text, strlen(text), &instant) == 0
               ? 0
               : error_set(error, ERR_USAGE, "%s takes a day, as 2026-01-31, not '%s'", setting->name, text);
}

static int check_setting(const struct ingest_setting *setting, const char *text, struct error *error)
{
    long long value;

    if (text_equal(setting->value, "URL"))
        return check_url(setting, text, error);
    if (text_equal(setting->value, "DAY"))
        return check_day(setting, text, error);
    if (is_text(setting) && *text == '\0')
        return error_set(error, ERR_USAGE, "%s takes a %s", setting->name, setting->value);
    if (!is_text(setting) && read_setting(setting, text, &value) < 0)
        return error_set(error, ERR_USAGE, "%s takes a whole number from %lld to %lld, not '%s'", setting->name,
                         setting->least, setting->most, text);
    return 0;
}

static int refuse_setting(const struct ingest_source *source, const char *name, struct error *error)
{
    const char *names[SETTINGS_MOST] = {0}, *near;
    size_t      count = 0;

    for (const struct ingest_setting *setting = source->settings; setting->name != NULL && count < SETTINGS_MOST;
         setting++)
        names[count++] = setting->name;
    error_set(error, ERR_UNKNOWN, "%s%s%s has no setting '%s'", source == &ingest_mapped ? "" : "'",
              source == &ingest_mapped ? "a source of files" : source->name, source == &ingest_mapped ? "" : "'", name);
    near = nearest_word(name, strlen(name), names, count);
    if (near != NULL)
        error_hint(error, "did you mean '%s'?", near);
    else
        error_hint(error, "'help ingest' lists them");
    return ERR_UNKNOWN;
}

static int check_pairs(const struct ingest_source *source, const struct ingest_pair *pairs, size_t count,
                       struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        const struct ingest_setting *setting = find_setting(source, pairs[i].key);
        int r = setting != NULL ? check_setting(setting, pairs[i].value, error)
                                : refuse_setting(source, pairs[i].key, error);

        if (r < 0)
            return r;
    }
    return 0;
}

int ingest_check(const struct ingest_options *options, struct error *error)
{
    const struct ingest_source *source;
    int                         r = ingest_source_find(options->source, &source, error);

    return r < 0 ? r : check_pairs(source, options->settings, options->setting_count, error);
}

int ingest_check_file(const struct ingest_source *source, const struct source_file *file, struct error *error)
{
    return check_pairs(source, file->settings, file->setting_count, error);
}

static int check_settings(const struct ingest *ingest, struct error *error)
{
    int r = ingest->file != NULL
                ? check_pairs(ingest->source, ingest->file->settings, ingest->file->setting_count, error)
                : 0;

    if (r < 0 && error != NULL)
        error_prefix(error, "'%s': ", ingest->file->path);
    return r < 0 ? r : check_pairs(ingest->source, ingest->options->settings, ingest->options->setting_count, error);
}

static const char *last_of(const struct ingest_pair *pairs, size_t count, const char *name)
{
    while (count-- > 0)
        if (text_equal(pairs[count].key, name))
            return pairs[count].value;
    return NULL;
}

const char *ingest_setting_text(const struct ingest *ingest, const char *name)
{
    const char *text = last_of(ingest->options->settings, ingest->options->setting_count, name);

    if (text == NULL && ingest->file != NULL)
        text = last_of(ingest->file->settings, ingest->file->setting_count, name);
    return text != NULL ? text : find_setting(ingest->source, name)->initial;
}

int64_t ingest_setting_day(const struct ingest *ingest, const char *name)
{
    const char *text = ingest_setting_text(ingest, name);
    int64_t     instant;

    return instant_from_text(text, strlen(text), &instant) == 0 ? instant : INT64_MIN;
}

long long ingest_setting(const struct ingest *ingest, const char *name)
{
    const struct ingest_setting *setting = find_setting(ingest->source, name);
    long long                    value = setting->least;

    (void)!read_setting(setting, ingest_setting_text(ingest, name), &value);
    return value;
}

/* -- the load as a line -------------------------------------------------------------------------------------------- */

/* Quoted where the line would be cut: for the words of a command. */
static void add_word(struct str *to, const char *bytes)
{
    _cleanup_(mem_freep) char *mended = text_mended(bytes);
    const char *word = mended;

    str_add_char(to, ' ');
    if (word[strcspn(word, " \t\n\r\"';[]{}()")] == '\0' && word[0] != '\0' && word[0] != '#') {
        str_add(to, word);
        return;
    }
    str_add_char(to, '\'');
    for (; *word != '\0'; word++)
        str_add(to, *word == '\'' ? "''" : (char[]){*word, '\0'});
    str_add_char(to, '\'');
}

char *ingest_command(const struct ingest_options *options)
{
    struct str line = STR_INIT;

    for (size_t i = 0; i < options->letter_count; i++)
        str_addf(&line, "%s %" PRId64, i == 0 ? "deadletter retry" : "", options->letters[i]);
    if (options->letter_count > 0)
        return str_take(&line);
    str_addf(&line, "%s %s", options->replay ? "source replay" : "ingest", options->source);
    if (options->replay && options->replay_job > 0)
        str_addf(&line, " %" PRId64, options->replay_job);
    for (size_t i = 0; i < options->file_count; i++) {
        char *path = realpath(options->files[i], NULL);

        add_word(&line, path != NULL && !text_equal(options->files[i], "-") ? path : options->files[i]);
        free(path);
    }
    for (size_t i = 0; i < options->setting_count; i++) {
        _cleanup_(mem_freep) char *pair = mem_printf("%s=%s", options->settings[i].key, options->settings[i].value);

        add_word(&line, pair);
    }
    return str_take(&line);
}

/* -- what is told -------------------------------------------------------------------------------------------------- */

void ingest_tell(struct ingest *ingest, const char *level, const char *format, ...)
{
    struct str text = STR_INIT;
    va_list    args;

    va_start(args, format);
    text_addfv_hidden(&text, TEXT_MOST, format, args);
    va_end(args);
    sink_text(ingest->sink, "%s", str_text(&text));
    if (ingest->options->job == NULL)             /* else a worker's sink writes it there */
        job_log(ingest->pgs[0], ingest->job, level, str_text(&text));
    str_done(&text);
}

void ingest_tell_mended(struct ingest *ingest, const char *file, const struct csv_tally *tally)
{
    int64_t bytes = (int64_t)tally->mended, rows = (int64_t)tally->mended_records, nuls = (int64_t)tally->nuls;

    if (bytes > 0)
        ingest_tell(ingest, "warning",
                    "%s: %" PRId64 " byte%s %s not UTF-8 and %s read as Windows-1252 (%" PRId64
                    " row%s, the first on line %" PRIu64 ")",
                    file, bytes, plural(bytes), are(bytes), were(bytes), rows, plural(rows), tally->first_mended);
    if (nuls > 0)
        ingest_tell(ingest, "warning", "%s: %" PRId64 " NUL byte%s %s read as U+FFFD", file, nuls, plural(nuls),
                    were(nuls));
}

void ingest_log(struct ingest *ingest, const char *level, const char *format, ...)
{
    struct str text = STR_INIT;
    va_list    args;

    va_start(args, format);
    text_addfv_hidden(&text, TEXT_MOST, format, args);
    va_end(args);
    job_log(ingest->pgs[0], ingest->job, level, str_text(&text));
    str_done(&text);
}

void ingest_add_row(struct ingest *ingest, const char *file, const struct job_counts *counts, int64_t us)
{
    char texts[6][32];

    (void)snprintf(texts[0], sizeof texts[0], "%" PRId64, counts->rows);
    (void)snprintf(texts[1], sizeof texts[1], "%" PRId64, counts->loaded);
    (void)snprintf(texts[2], sizeof texts[2], "%" PRId64, counts->unchanged);
    (void)snprintf(texts[3], sizeof texts[3], "%" PRId64, counts->rejected);
    (void)snprintf(texts[4], sizeof texts[4], "%" PRId64, ingest->job->id);
    (void)snprintf(texts[5], sizeof texts[5], "%.3f", (double)us / 1e6);
    table_add(ingest->table, ingest->options->source, file, texts[0], texts[1], texts[2], texts[3], texts[4], texts[5]);
}

/* -- what is written under the job --------------------------------------------------------------------------------- */

void ingest_roll_back(struct pg *pg)
{
    struct task *self = task_current();
    int          cancelled = task_cancelled(self);

    task_cancel_clear(self);
    if (pg_in_transaction(pg))
        (void)!pg_script(pg, "ROLLBACK", NULL);
    if (cancelled < 0)
        task_cancel(self, cancelled);
}

int ingest_write(struct ingest *ingest, const char *statement, const struct values *values,
                 struct pg_result **ret_result, struct error *error)
{
    struct pg *pg = ingest->pgs[0];
    int        r = pg_script(pg, "BEGIN", error);

    if (r >= 0)
        r = job_hold(pg, ingest->job, error);
    if (r >= 0)
        r = values_run(pg, statement, values, ret_result, error);
    if (r >= 0)
        r = pg_script(pg, "COMMIT", error);
    if (r < 0)
        ingest_roll_back(pg);
    return r;
}

/* -- the load ------------------------------------------------------------------------------------------------------ */

/* Writes the end of the job, through another connection where the session's is gone. What cannot be written is found by
 * the next load: nobody holds the job's lock. */
static void end_job(struct ingest *ingest, int code, const struct error *error)
{
    struct task *self = task_current();
    int          cancelled = task_cancelled(self);

    task_cancel_clear(self);
    if (job_end(ingest->pgs[0], ingest->job, code, error) < 0 && code < 0) {
        _cleanup_(pg_closep) struct pg *pg = NULL;

        if (ingest->options->open(ingest->options->who, &pg, NULL) == 0)
            (void)!job_end(pg, ingest->job, code, error);
    }
    if (cancelled < 0)
        task_cancel(self, cancelled);
}

static int begin_job(struct ingest *ingest, struct error *error)
{
    _cleanup_(mem_freep) char *command = ingest_command(ingest->options);
    struct job_request   request = {.kind = ingest->options->letter_count > 0 ? "deadletter retry"
                                            : ingest->options->replay        ? "source replay"
                                                                             : "ingest",
                                    .source = ingest->options->source, .command = command};
    struct data_progress progress = {.total = ingest->bytes, .unit = "bytes"};

    if (ingest->options->job == NULL)
        return job_begin(ingest->pgs[0], &request, ingest->bytes, &ingest->job, error);
    ingest->job = ingest->options->job;
    return job_note(ingest->pgs[0], ingest->job, &progress, error);
}

/* Letters that a load which did not end has left without the digest of their file: loading it again brings them. */
static int drop_letters(struct ingest *ingest, struct error *error)
{
    struct values values = {0};

    value_text(&values, ingest->options->source);
    value_int(&values, ingest->job->id);
    return ingest_write(ingest, "ingest_sweep", &values, NULL, error);
}

static int run_job(struct ingest *ingest, struct error *error)
{
    struct error found = ERROR_INIT;
    int          r = begin_job(ingest, error);

    if (r < 0)
        return r;
    r = drop_letters(ingest, &found);
    if (r >= 0)
        r = ingest->source->run(ingest, &found);
    sink_progress_end(ingest->sink);
    if (ingest->options->job == NULL)
        end_job(ingest, r, &found);
    if (r < 0) {
        if (r == ERR_INTERRUPTED || r == ERR_TIMEOUT || r == ERR_CONNECT) {
            mem_free(TAKE(found.hint));        /* libpq's guess at what may have happened */
            error_hint(&found, "%" PRId64 " row%s %s stored before; loading again goes on to the same end",
                       ingest->job->counts.rows, plural(ingest->job->counts.rows), were(ingest->job->counts.rows));
        }
        if (error != NULL)
            error_move(error, &found);
    }
    error_done(&found);
    return r;
}

/* The result, and whether it is the whole. */
static int finish(struct ingest *ingest, struct error *error)
{
    const struct job_counts *counts = &ingest->job->counts;
    int                      r = table_send(ingest->table, ingest->sink, error);

    if (r < 0)
        return r;
    if (counts->rejected > 0) {
        error_done(&ingest->partial);      /* it has been told */
        error_set(&ingest->partial, ERR_PARTIAL, "%" PRId64 " of %" PRId64 " row%s %s refused",
                  counts->rejected, counts->rows, plural(counts->rows), were(counts->rejected));
        error_hint(&ingest->partial, "'deadletters %s' lists them with line and reason", ingest->options->source);
    }
    r = ingest->partial.code;
    if (r < 0 && error != NULL)
        error_move(error, &ingest->partial);
    return r;
}

static int run(struct ingest *ingest, struct ingest_report *ret_report, struct error *error)
{
    int r = check_settings(ingest, error);

    if (r >= 0 && ingest->options->letter_count == 0)
        r = ingest->source->check(ingest, error);
    if (r >= 0)
        r = ingest->options->open(ingest->options->who, &ingest->pgs[1], error);
    if (r >= 0)
        r = run_job(ingest, error);
    if (ret_report != NULL && ingest->job != NULL)
        *ret_report = (struct ingest_report){ingest->job->id, ingest->job->counts.rows, ingest->job->counts.loaded,
                                             ingest->job->counts.unchanged, ingest->job->counts.rejected};
    return r < 0 ? r : finish(ingest, error);
}

/* The file of a source: one with a mapping has it, one that asks an API may have. */
static int read_source_file(struct ingest *ingest, struct error *error)
{
    struct error found = ERROR_INIT;
    int          r = 0;

    if (ingest->source == &ingest_mapped)
        return source_file_read(ingest->options->source, &ingest->file, error);
    if (!text_equal(ingest->source->kind, "api"))
        return 0;
    r = source_file_read(ingest->options->source, &ingest->file, &found);

    if (r < 0 && r != ERR_UNKNOWN && error != NULL)
        error_move(error, &found);
    error_done(&found);
    if (r >= 0 && !text_equal(ingest->file->kind, ingest->source->kind))
        return source_file_fail(ingest->file, tree_get(ingest->file->tree.root, "kind"), false, error,
                                "'%s' is of kind '%s'", ingest->options->source, ingest->source->kind);
    return r == ERR_UNKNOWN ? 0 : r;
}

int ingest_run(struct pg *pg, const struct ingest_options *options, struct sink *sink, struct ingest_report *ret_report,
               struct error *error)
{
    struct ingest ingest = {.pgs = {pg}, .options = options, .sink = sink};
    int           r = ingest_source_find(options->source, &ingest.source, error);

    if (r >= 0 && options->letter_count > 0 && text_equal(ingest.source->kind, "api"))
        r = error_set(error, ERR_USAGE, "the items of '%s' are asked for again, not replayed", options->source);
    if (r >= 0 && options->replay && !text_equal(ingest.source->kind, "api"))
        r = error_set(error, ERR_USAGE, "'%s' asks no API and has no tape", options->source);
    if (r < 0)
        return r;
    ingest.table = table_new(
        "source:text file:text rows:int loaded:int unchanged:int rejected:int job:int seconds:numeric");
    r = read_source_file(&ingest, error);
    if (r >= 0)
        r = run(&ingest, ret_report, error);
    source_file_free(ingest.file);
    pg_close(ingest.pgs[1]);
    if (options->job == NULL)
        job_free(ingest.job);
    table_free(ingest.table);
    error_done(&ingest.partial);
    return r;
}
