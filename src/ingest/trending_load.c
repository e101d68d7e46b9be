/*
 * The source `trending`: its files one after the other through the reader, the check of rows and the pipeline; then
 * what is known only when all rows are in: the niche of channels, the hourly table.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "category.h"
#include "csv.h"
#include "ingest_int.h"
#include "input.h"
#include "letters.h"
#include "pipeline.h"
#include "trending.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define TELL_EVERY 1000                /* rows between two looks at the clock and the progress bar */
#define REJECT_LEAST 100               /* rows before a file can be called mostly bad */

struct load {
    struct ingest          *ingest;
    struct pipeline         pipeline;
    struct batch            batch;                 /* being filled */
    bool                    weeks[STORE_WEEKS];    /* that have partitions */
    uint64_t                total, before;         /* bytes of all files; of those that are through */
    long long               batch_rows, reject_limit;
    int32_t                 horizon;               /* first day that is kept */
    int64_t                 past_horizon;          /* rows before it */
    /* the file at hand */
    const char             *file;
    char                   *name;                  /* of it, as it is stored and told */
    size_t                  number;                /* from 1 */
    struct input           *input;
    struct csv             *csv;
    struct trending_layout  layout;
    char                   *header;                /* its first line, mended */
    struct letters_outcome *replay;                /* not a file but dead letters: a line is one's id */
    int64_t                 rows, rejected, newest;
    uint64_t                line, first_line;      /* of the last row; of the first refused one */
    bool                    cut;                   /* the last row is */
    struct trending_refusal first_refusal;
};

/* -- a file -------------------------------------------------------------------------------------------------------- */

static void close_file(struct load *load)
{
    csv_freep(&load->csv);
    input_closep(&load->input);
    mem_free(TAKE(load->name));
    mem_free(TAKE(load->header));
}

static void name_file(struct error *error, const char *file)
{
    if (error != NULL && error->text != NULL && strstr(error->text, file) == NULL)
        error_prefix(error, "'%s': ", file);
}

static void keep_header(struct load *load, const struct csv_record *header)
{
    struct str text = STR_INIT;

    csv_mend(&text, header->raw, header->raw_length);
    mem_free(load->header);
    load->header = str_take(&text);
}

static int read_header(struct load *load, struct error *error)
{
    struct csv_record record;
    int               r = csv_next(load->csv, &record, error);

    if (r == 0) {
        error_set(error, ERR_FAILED, "the file is empty");
        error_hint(error, "a trending file begins with a line of column names");
        return ERR_FAILED;
    }
    if (r > 0)
        keep_header(load, &record);
    if (r > 0)
        r = trending_read_header(&record, &load->layout, error);
    if (r >= 0)
        csv_expect(load->csv, load->layout.width);
    return r;
}

static int open_file(struct load *load, const char *file, struct error *error)
{
    int r = input_open(file, &load->input, error);

    if (r < 0)
        return r;
    input_limit(load->input, (unsigned)ingest_setting(load->ingest, "unpack_ratio"));
    load->file = file;
    load->name = text_mended(file);
    load->csv = csv_new(input_read, load->input, CSV_BUFFER);
    load->rows = load->rejected = 0;
    load->newest = INT64_MIN;
    load->line = load->first_line = 0;
    load->cut = false;
    r = read_header(load, error);
    if (r < 0)
        name_file(error, text_equal(file, "-") ? "standard input" : file);
    return r;
}

static int hand_over(struct load *load, struct error *error)
{
    struct parcel parcel = {
        .source = load->ingest->source->name,
        .file = load->name,
        .line = load->line,
        .bytes = load->before + input_done(load->input),
        .newest = load->newest,
    };
    int           r;

    (void)snprintf(parcel.file_key, sizeof parcel.file_key, "job:%" PRId64 ":%zu", load->ingest->job->id, load->number);
    parcel.rows = load->batch.read;
    parcel.rejected = (int64_t)load->batch.letter_count;
    parcel.has_rows = load->batch.row_count > 0;
    parcel.has_letters = load->batch.letter_count > 0;
    r = pipeline_hand_over(&load->pipeline, &parcel, error);
    batch_begin(&load->batch);
    return r;
}

/* A file that is mostly bad is the wrong file: what was found is kept as dead letters, the rows of the batch are not.
 */
static int stop_at_limit(struct load *load, struct error *error)
{
    int r;

    batch_drop_rows(&load->batch);
    r = hand_over(load, error);
    if (r >= 0)
        r = pipeline_settle(&load->pipeline, error);
    if (r < 0)
        return r;
    error_set(error, ERR_FAILED,
              "'%s': %" PRId64 " of the first %" PRId64 " rows %s refused; line %" PRIu64 ": %s%s%s", load->name,
              load->rejected, load->rows, are(load->rejected), load->first_line,
              load->first_refusal.column != NULL ? load->first_refusal.column : "",
              load->first_refusal.column != NULL ? ": " : "", load->first_refusal.reason);
    error_hint(error, "'deadletters %s' lists them; 'reject_limit=100' loads the rest whatever is refused",
               load->ingest->source->name);
    return ERR_FAILED;
}

static int take_record(struct load *load, const struct csv_record *record, struct error *error)
{
    struct trending_row     row;
    struct trending_refusal refusal = {0};

    load->rows++;
    load->line = record->line;
    load->cut = record->cut;
    if (trending_read_row(&load->layout, record, &row, &refusal)) {
        int64_t at = (int64_t)row.day * US_PER_DAY;

        batch_add(&load->batch, &row);
        load->newest = at > load->newest ? at : load->newest;
        load->past_horizon += row.day < load->horizon;
        return 0;
    }
    batch_refuse(&load->batch, record, refusal);
    if (load->rejected++ == 0) {
        load->first_line = record->line;
        load->first_refusal = refusal;
    }
    if (load->rows >= REJECT_LEAST && load->rejected * 100 > load->rows * load->reject_limit)
        return stop_at_limit(load, error);
    return 0;
}

static void show_progress(struct load *load)
{
    const char *slash = strrchr(load->name, '/');

    sink_progress(load->ingest->sink, slash != NULL ? slash + 1 : load->name, load->before + input_done(load->input),
                  load->total, "bytes");
}

static int read_rows(struct load *load, struct error *error)
{
    struct csv_record record;
    int               r = 0;

    while (r >= 0 && (r = csv_next(load->csv, &record, error)) > 0) {
        r = take_record(load, &record, error);
        if (r >= 0 && batch_is_full(&load->batch, (size_t)load->batch_rows))
            r = hand_over(load, error);
        if (load->rows % TELL_EVERY == 0)
            show_progress(load);
        if (r >= 0 && load->rows % 64 == 0) {
            int cancelled = task_breathe();

            r = cancelled < 0 ? error_set(error, cancelled, "%s", error_sentence(cancelled)) : r;
        }
    }
    if (r >= 0 && load->batch.read > 0)
        r = hand_over(load, error);
    return r < 0 ? r : pipeline_settle(&load->pipeline, error);
}

/* A file that was cut may lack rows, of which nothing else is seen. */
static void tell_cut(struct load *load)
{
    const char *how = input_is_cut(load->input) ? "the packed data end in the middle"
                      : load->cut               ? "the file ends inside the last text of a row"
                                                : NULL;

    if (how == NULL)
        return;
    ingest_tell(load->ingest, "warning", "%s: %s (line %" PRIu64 "): it may be cut", load->name, how, load->line);
    error_set(&load->ingest->partial, ERR_PARTIAL, "'%s' may be cut: %s (line %" PRIu64 ")", load->name, how,
              load->line);
    error_hint(&load->ingest->partial,
               "what is there is loaded; when the whole file is there, load it again: that does no harm");
}

static int note_file(struct load *load, struct error *error)
{
    struct values values = {0};
    char          digest[SHA256_TEXT_SIZE], key[48];
    int           r;

    input_digest(load->input, digest);
    (void)snprintf(key, sizeof key, "job:%" PRId64 ":%zu", load->ingest->job->id, load->number);
    value_text(&values, load->ingest->source->name);
    value_text(&values, load->name);
    value_text(&values, key);
    value_text(&values, digest);
    value_int(&values, (int64_t)input_done(load->input));
    value_int(&values, load->rows);
    value_int(&values, load->rejected);
    value_int(&values, load->ingest->job->id);
    r = ingest_write(load->ingest, "ingest_file_done", &values, NULL, error);
    return r < 0 || load->rejected == 0 ? r : letters_keep_header(load->ingest, digest, load->header, error);
}

static int load_file(struct load *load, const char *file, struct error *error)
{
    struct job_counts before = load->ingest->job->counts, counts;
    int64_t           began = monotonic_us();
    int               r;

    load->number++;
    r = open_file(load, file, error);
    if (r >= 0)
        r = read_rows(load, error);
    if (r >= 0)
        r = note_file(load, error);
    if (r < 0)
        return r;
    counts = load->ingest->job->counts;
    counts.rows -= before.rows;
    counts.loaded -= before.loaded;
    counts.unchanged -= before.unchanged;
    counts.rejected -= before.rejected;
    ingest_add_row(load->ingest, load->name, &counts, monotonic_us() - began);
    ingest_log(load->ingest, "info",
               "%s: %" PRId64 " row%s, %" PRId64 " loaded, %" PRId64 " unchanged, %" PRId64 " rejected", load->name,
               counts.rows, plural(counts.rows), counts.loaded, counts.unchanged, counts.rejected);
    ingest_tell_mended(load->ingest, load->name, csv_tally(load->csv));
    tell_cut(load);
    load->before += input_done(load->input);
    return 0;
}

/* -- after all files ----------------------------------------------------------------------------------------------- */

static int elect_niches(struct load *load, struct error *error)
{
    _cleanup_(str_done) struct str ids = STR_INIT, names = STR_INIT;
    struct values values = {0};

    array_begin(&ids);
    array_begin(&names);
    for (size_t i = 0; i < category_count; i++) {
        char id[16];

        (void)snprintf(id, sizeof id, "%d", categories[i].id);
        array_add(&ids, id);
        array_add(&names, categories[i].name);
    }
    array_end(&ids);
    array_end(&names);
    value_text(&values, str_text(&ids));
    value_text(&values, str_text(&names));
    return ingest_write(load->ingest, "ingest_niche", &values, NULL, error);
}

static int find_horizon(struct load *load, long long *ret_days, struct error *error)
{
    int r = values_ask(load->ingest->pgs[0], "ingest_horizon", NULL, ret_days, error);

    load->horizon = r >= 0 && *ret_days > 0 ? (int32_t)(instant_now() / US_PER_DAY - *ret_days) : INT32_MIN;
    return r;
}

static void tell_horizon(struct load *load, long long days)
{
    if (load->past_horizon > 0)
        ingest_tell(load->ingest, "warning",
                    "%" PRId64 " row%s %s older than the %lld day%s that %s kept, and the next upkeep takes them away "
                    "again; to keep them: 'storage retention off'",
                    load->past_horizon, plural(load->past_horizon), are(load->past_horizon), days, plural(days),
                    are(days));
}

/* -- what the pipeline does ---------------------------------------------------------------------------------------- */

static int prepare(void *who, struct pg *pg, struct error *error)
{
    (void)who;
    return store_prepare(pg, error);
}

static void clear_away(void *who, struct pg *pg)
{
    (void)who;
    store_done(pg);
}

static int fill(void *who, struct pg *pg, struct error *error)
{
    return store_fill(pg, &((struct load *)who)->batch, error);
}

static int settled(void *who, struct pg *pg, struct pg *other, struct parcel *parcel, struct error *error)
{
    struct load *load = who;
    int          r = store_partitions(other, &load->batch, load->weeks, error);

    (void)pg;
    (void)parcel;
    if (r > 0)
        ingest_tell(
            load->ingest, "warning",
            "no partition could be made, as a session is reading the snapshots: the rows lie in the default one "
            "until the next 'storage maintain'");
    return r;
}

static int commit(void *who, struct pg *pg, struct job *job, struct parcel *parcel, struct error *error)
{
    (void)who;
    return store_commit(pg, job, parcel, error);
}

static const struct pipeline_ops trending_ops = {prepare, clear_away, fill, settled, commit};

/* -- dead letters once more ---------------------------------------------------------------------------------------- */

static int take_letter(struct load *load, const struct letter *letter, struct error *error)
{
    struct letter_bytes     bytes = {.parts = {letter->header, "\n", letter->raw, "\n"}};
    struct csv_record       record = {.fault = letter->fault};
    struct trending_refusal refusal = {0};
    struct trending_row     row;
    int                     r = 0;

    if (record.fault == NULL && letter->header == NULL)
        record.fault = "the first line of its file is not known: load the file again";
    csv_freep(&load->csv);
    load->csv = csv_new(letters_read_bytes, &bytes, CSV_BUFFER);
    if (record.fault == NULL) {
        r = read_header(load, error);
        if (r >= 0)
            r = csv_next(load->csv, &record, error);
        if (r == 0)
            record.fault = "there is no row in it";
    }
    if (r < 0)
        return r;
    if (record.fault != NULL)
        refusal.reason = record.fault;
    else if (trending_read_row(&load->layout, &record, &row, &refusal) && csv_next(load->csv, &record, NULL) > 0)
        refusal.reason = "more than one row";
    load->rows++;
    load->rejected += refusal.reason != NULL;
    if (refusal.reason != NULL) {
        letters_refuse(load->replay, letter->id, refusal.column, refusal.reason);
        return 0;
    }
    csv_freep(&load->csv);             /* a second look would have moved the row's texts */
    bytes = (struct letter_bytes){.parts = {letter->header, "\n", letter->raw, "\n"}};
    load->csv = csv_new(letters_read_bytes, &bytes, CSV_BUFFER);
    r = read_header(load, error);
    if (r >= 0)
        r = csv_next(load->csv, &record, error);
    if (r > 0 && trending_read_row(&load->layout, &record, &row, &refusal)) {
        batch_add(&load->batch, &row);
        letters_retire(load->replay, letter->id);
    }
    return r < 0 ? r : 0;
}

static int replay(struct load *load, const struct letter *letters, size_t count, struct error *error)
{
    struct job_counts *counts = &load->ingest->job->counts;
    struct parcel      parcel = {.source = load->ingest->options->source, .file = "-", .newest = INT64_MIN};
    int64_t            began = monotonic_us();
    int                r = 0;

    letters_begin(load->replay);
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = take_letter(load, &letters[i], error);
    parcel.rows = load->rows;
    parcel.rejected = load->rejected;
    parcel.has_rows = load->batch.row_count > 0;
    parcel.retired = letters_retired(load->replay);
    if (r >= 0)
        r = pipeline_hand_over(&load->pipeline, &parcel, error);
    if (r >= 0)
        r = pipeline_settle(&load->pipeline, error);
    if (r >= 0)
        r = letters_write_refused(load->ingest, load->replay, error);
    if (r >= 0)
        ingest_add_row(load->ingest, "-", counts, monotonic_us() - began);
    close_file(load);
    return r;
}

static int replay_letters(struct load *load, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct letters_outcome outcome = {0};
    struct letter         *letters;
    size_t                 count;
    int                    r = letters_read(load->ingest, arena, &letters, &count, error);

    load->replay = &outcome;
    if (r >= 0)
        r = replay(load, letters, count, error);
    if (r >= 0)
        r = elect_niches(load, error);
    if (r >= 0)
        r = ingest_refresh_hours(load->ingest, error);
    letters_done(&outcome);
    return r;
}

/* -- the source ---------------------------------------------------------------------------------------------------- */

/* Every file is there and has a header that is known. What can be read but once is looked at when its turn comes. */
static int trending_check(struct ingest *ingest, struct error *error)
{
    const struct ingest_options *options = ingest->options;
    struct load                  load = {.ingest = ingest};
    size_t                       inputs = 0;
    int                          r = 0;

    if (options->file_count == 0) {
        error_set(error, ERR_USAGE, "no file is named");
        error_hint(error, "as in 'ingest trending USvideos.csv'; '-' is standard input");
        return ERR_USAGE;
    }
    for (size_t i = 0; r >= 0 && i < options->file_count; i++) {
        if (!input_is_read_once(options->files[i]))
            r = open_file(&load, options->files[i], error);
        else if (text_equal(options->files[i], "-") && inputs++ > 0)
            r = error_set(error, ERR_USAGE, "standard input is named twice");
        if (load.input != NULL)
            ingest->bytes += input_size(load.input);
        close_file(&load);
    }
    return r;
}

static int load_all(struct load *load, struct error *error)
{
    long long days = 0;
    int       r = find_horizon(load, &days, error);

    for (size_t i = 0; r >= 0 && i < load->ingest->options->file_count; i++) {
        r = load_file(load, load->ingest->options->files[i], error);
        if (r < 0 && load->pipeline.busy)
            (void)!pipeline_settle(&load->pipeline, NULL);     /* it uses what is closed now */
        close_file(load);
    }
    if (r >= 0)
        r = elect_niches(load, error);
    if (r >= 0)
        r = ingest_refresh_hours(load->ingest, error);
    if (r >= 0)
        tell_horizon(load, days);
    return r;
}

static int trending_run(struct ingest *ingest, struct error *error)
{
    struct load *load = mem_alloc(sizeof *load);
    int          r;

    *load = (struct load){
        .ingest = ingest,
        .total = ingest->bytes,
        .batch_rows = ingest_setting(ingest, "batch"),
        .reject_limit = ingest_setting(ingest, "reject_limit"),
    };
    batch_begin(&load->batch);
    r = pipeline_begin(&load->pipeline, ingest, &trending_ops, load, error);
    if (r >= 0)
        r = ingest->options->letter_count > 0 ? replay_letters(load, error) : load_all(load, error);
    pipeline_end(&load->pipeline);
    batch_done(&load->batch);
    mem_free(load);
    return r;
}

const struct ingest_source ingest_trending = {
    .name = "trending",
    .kind = "file",
    .summary = "the public 'Trending YouTube Video Statistics' files, of 2017 and of 2020",
    .settings =
        (const struct ingest_setting[]){
            {"batch", "ROWS", "50000", 1, 1000000, "rows in one transaction"},
            {"reject_limit", "PERCENT", "50", 0, 100,
             "a file is given up when more of its rows are refused, after the first hundred"},
            UNPACK_SETTING,
            {0},
        },
    .check = trending_check,
    .run = trending_run,
};
