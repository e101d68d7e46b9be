/*
 * The course of a load of files with a mapping of one's own: each through its reader, the check of rows and the
 * pipeline. What was stored before from the same bytes is passed over: a whole file, or block by block.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mapped.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define TELL_EVERY 1000                /* rows between two looks at the clock and the progress bar */
#define REJECT_LEAST 100               /* rows before a file can be called mostly bad */
#define HASH_PIECE ((size_t)64 * 1024)

/* -- a file -------------------------------------------------------------------------------------------------------- */

void mapped_close(struct mapped *load)
{
    reader_freep(&load->reader);
    input_closep(&load->input);
    arena_freep(&load->arena);
    mem_free(TAKE(load->name));
    mem_free(TAKE(load->told));
    mem_free(TAKE(load->header));
}

struct drift {
    struct mapped *load;
    bool           aloud;
};

static void on_missing(void *who, const char *field)
{
    const struct drift *drift = who;

    if (drift->aloud)
        ingest_tell(drift->load->ingest, "warning", "%s: the field '%s' is missing: what it told of stays as it is",
                    drift->load->name, field);
}

static void settle_told(struct mapped *load)
{
    const struct target_column *columns = load->mapping.target->columns;
    struct str                  told = STR_INIT;

    array_begin(&told);
    for (size_t i = 0; columns[i].name != NULL; i++)
        if (load->layout.told[i])
            array_add(&told, columns[i].name);
    array_end(&told);
    load->told = str_take(&told);
}

static void settle_salt(struct mapped *load, const struct csv_record *header)
{
    struct sha256 sha;

    sha256_begin(&sha);
    sha256_add(&sha, load->ingest->options->source, strlen(load->ingest->options->source) + 1);
    sha256_add(&sha, load->mapping.digest, sizeof load->mapping.digest);
    sha256_add(&sha, header->raw, header->raw_length);
    sha256_end(&sha, load->salt);
}

static void keep_header(struct mapped *load, const struct csv_record *header)
{
    struct str text = STR_INIT;

    mem_free(TAKE(load->header));
    if (header->raw_length > 0) {
        csv_mend(&text, header->raw, header->raw_length);
        load->header = str_take(&text);
    }
}

int mapped_read_header(struct mapped *load, bool aloud, struct error *error)
{
    struct drift      drift = {load, aloud};
    struct csv_record header;
    int               r = reader_header(load->reader, &header, error);

    if (r >= 0)
        r = mapping_lay_out(&load->mapping, load->arena, &header, &load->layout, on_missing, &drift, error);
    if (r < 0)
        return r;
    mem_free(load->told);
    settle_told(load);
    settle_salt(load, &header);
    keep_header(load, &header);
    return 0;
}

int mapped_open(struct mapped *load, const char *file, bool aloud, struct error *error)
{
    int r = input_open(file, &load->input, error);

    if (r < 0)
        return r;
    input_limit(load->input, (unsigned)ingest_setting(load->ingest, "unpack_ratio"));
    load->arena = arena_new();
    load->name = text_mended(file);
    load->reader = reader_new(&load->mapping, input_read, load->input, CSV_BUFFER);
    load->rows = load->rejected = load->passed = 0;
    load->newest = INT64_MIN;
    load->line = load->first_twice = 0;
    *load->mapping.twice = 0;
    load->cut = load->strangers = false;
    load->reason_count = 0;
    load->stray = NULL;
    r = mapped_read_header(load, aloud, error);
    if (r < 0 && error != NULL && error->text != NULL && strstr(error->text, file) == NULL)
        error_prefix(error, "'%s': ", text_equal(file, "-") ? "standard input" : file);
    return r;
}

/* -- batches ------------------------------------------------------------------------------------------------------- */

static bool may_pass(const struct mapped *load)
{
    return !load->again && load->batch.entry_count > 0;
}

/* Counts a block that was stored before; its letters are those of the file it came from. */
static int pass_block(struct mapped *load, struct error *error)
{
    struct job_counts   *counts;
    struct data_progress progress = {.done = load->before + input_done(load->input), .unit = "bytes"};
    int                  r = pipeline_settle(&load->pipeline, error);

    if (r < 0)
        return r;
    counts = &load->ingest->job->counts;
    counts->rows += load->batch.read;
    counts->rejected += (int64_t)load->batch.letter_count;
    counts->unchanged += load->batch.read - (int64_t)load->batch.letter_count;
    counts->bytes = progress.done;
    load->passed += load->batch.read;
    return job_note(load->ingest->pgs[0], load->ingest->job, &progress, error);
}

static int hand_over(struct mapped *load, struct error *error)
{
    struct parcel parcel = {
        .source = load->ingest->options->source,
        .file = load->name,
        .line = load->line,
        .bytes = load->before + input_done(load->input),
        .newest = load->newest,
        .rows = load->batch.read,
        .rejected = (int64_t)load->batch.letter_count,
        .told = load->told,
    };
    struct sha256 sha = load->batch.sha;
    bool          known = false;
    int           r = 0;

    sha256_end(&sha, parcel.block);
    (void)snprintf(parcel.file_key, sizeof parcel.file_key, "job:%" PRId64 ":%zu", load->ingest->job->id, load->number);
    if (may_pass(load))
        r = mapped_is_known(load, parcel.block, &known, error);
    if (r >= 0)
        r = known ? pass_block(load, error) : pipeline_hand_over(&load->pipeline, &parcel, error);
    mapped_batch_begin(&load->batch, load->salt);
    return r;
}

/* A file that is mostly bad is the wrong file: what was found is kept as dead letters, the rows of the batch are not.
 */
static int stop_at_limit(struct mapped *load, struct error *error)
{
    const struct mapped_reason *first = &load->reasons[0];
    int                         r;

    mapped_batch_drop_rows(&load->batch);
    r = hand_over(load, error);
    if (r >= 0)
        r = pipeline_settle(&load->pipeline, error);
    if (r < 0)
        return r;
    error_set(error, ERR_FAILED,
              "'%s': %" PRId64 " of the first %" PRId64 " rows %s refused; line %" PRIu64 ": %s%s%s", load->name,
              load->rejected, load->rows, are(load->rejected), first->line, first->column != NULL ? first->column : "",
              first->column != NULL ? ": " : "", first->reason);
    error_hint(error, "'deadletters %s' lists them; 'reject_limit=100' loads the rest whatever is refused",
               load->ingest->options->source);
    return ERR_FAILED;
}

static int check_limit(struct mapped *load, struct error *error)
{
    if (load->rows < REJECT_LEAST || load->rejected * 100 <= load->rows * load->reject_limit)
        return 0;
    return stop_at_limit(load, error);
}

/* Whether the end of a row is known to be missing: what is left of its last field may be another number, another key.
 */
static bool ends_inside(const struct mapped *load, const struct csv_record *record)
{
    const char *kind = load->mapping.kind;

    return record->cut ||
           (record->last && input_is_cut(load->input) && (text_equal(kind, "csv") || text_equal(kind, "tsv")));
}

static int take_record(struct mapped *load, struct csv_record *record, struct error *error)
{
    struct mapping_refusal refusal = {0};
    bool                   is_good;

    if (record->fault == NULL && ends_inside(load, record))
        record->fault = "the file ends inside the row";
    if (load->rows++ == 0)
        mapped_tell_strays(load, record);
    if (load->stray == NULL && reader_stray(load->reader) != NULL)
        mapped_tell_member(load, record);
    load->line = record->line;
    load->cut = record->cut;
    is_good = mapped_batch_add(&load->batch, &load->mapping, &load->layout, record, &refusal);
    if (load->first_twice == 0 && *load->mapping.twice > 0)
        load->first_twice = record->line;
    if (is_good)
        return 0;
    load->rejected++;
    mapped_note_refusal(load, record->line, &refusal);
    return check_limit(load, error);
}

static void show_progress(struct mapped *load)
{
    const char *slash = strrchr(load->name, '/');

    sink_progress(load->ingest->sink, slash != NULL ? slash + 1 : load->name, load->before + input_done(load->input),
                  load->total, "bytes");
}

static int read_rows(struct mapped *load, struct error *error)
{
    struct csv_record record;
    int               r = 0;

    mapped_batch_begin(&load->batch, load->salt);
    while (r >= 0 && (r = reader_next(load->reader, &record, error)) > 0) {
        r = take_record(load, &record, error);
        if (r >= 0 && mapped_batch_is_full(&load->batch, (size_t)load->batch_rows)) {
            r = hand_over(load, error);
            if (r >= 0)
                r = check_limit(load, error);
        }
        if (load->rows % TELL_EVERY == 0)
            show_progress(load);
        if (r >= 0 && load->rows % 64 == 0) {
            int cancelled = task_breathe();

            r = cancelled < 0 ? error_set(error, cancelled, "%s", error_sentence(cancelled)) : r;
        }
    }
    if (r >= 0 && load->batch.read > 0)
        r = hand_over(load, error);
    if (r >= 0)
        r = check_limit(load, error);
    return r < 0 ? r : pipeline_settle(&load->pipeline, error);
}

/* -- a whole file that was loaded before --------------------------------------------------------------------------- */

static int hash_file(const char *path, char ret_hex[static SHA256_TEXT_SIZE], struct error *error)
{
    _cleanup_(input_closep) struct input *input = NULL;
    _cleanup_(mem_freep) char *bytes = mem_alloc(HASH_PIECE);
    size_t got = 1;
    int    r = input_open(path, &input, error);

    while (r >= 0 && got > 0)
        r = input_read_raw(input, bytes, HASH_PIECE, &got, error);
    if (r >= 0)
        input_digest(input, ret_hex);
    return r;
}

/* Whether the file is one that was loaded before, with nothing changed since: then it counts as unchanged. */
static int pass_file(struct mapped *load, const char *file, bool *ret_passed, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct job_counts *counts = &load->ingest->job->counts;
    struct values      values = {0};
    char               digest[SHA256_TEXT_SIZE];
    int                r;

    *ret_passed = false;
    if (load->again || !input_is_regular(load->input))
        return 0;
    value_text(&values, load->ingest->options->source);
    value_text(&values, load->mapping.digest);
    value_int(&values, (int64_t)input_size(load->input));
    r = values_run(load->ingest->pgs[0], "map_known_file", &values, &result, error);
    if (r >= 0 && pg_result_rows(result) > 0)
        r = hash_file(file, digest, error);
    for (size_t i = 0; r >= 0 && !*ret_passed && i < pg_result_rows(result); i++) {
        if (!text_equal(pg_result_text(result, i, 0), digest))
            continue;
        *ret_passed = true;
        load->passed = load->rows = pg_result_int(result, i, 1);
        load->rejected = pg_result_int(result, i, 2);
        counts->rows += load->rows;
        counts->rejected += load->rejected;
        counts->unchanged += load->rows - load->rejected;
        counts->bytes += input_size(load->input);
    }
    return r;
}

static int note_file(struct mapped *load, struct error *error)
{
    struct values values = {0}, current = {0};
    char          digest[SHA256_TEXT_SIZE], key[48];
    int           r;

    input_digest(load->input, digest);
    (void)snprintf(key, sizeof key, "job:%" PRId64 ":%zu", load->ingest->job->id, load->number);
    value_text(&values, load->ingest->options->source);
    value_text(&values, load->name);
    value_text(&values, key);
    value_text(&values, digest);
    value_int(&values, (int64_t)input_done(load->input));
    value_int(&values, load->rows);
    value_int(&values, load->rejected);
    value_int(&values, load->ingest->job->id);
    r = ingest_write(load->ingest, "ingest_file_done", &values, NULL, error);
    if (r >= 0 && load->rejected > 0 && load->header != NULL)
        r = letters_keep_header(load->ingest, digest, load->header, error);
    if (r < 0 || load->strangers)
        return r;
    value_text(&current, load->ingest->options->source);
    value_text(&current, digest);
    value_text(&current, load->mapping.digest);
    value_text(&current, load->mapping.target->relation);
    return ingest_write(load->ingest, "map_file_current", &current, NULL, error);
}

static int load_file(struct mapped *load, const char *file, struct error *error)
{
    struct job_counts before = load->ingest->job->counts, counts;
    int64_t           began = monotonic_us();
    bool              passed = false;
    int               r;

    load->number++;
    r = mapped_open(load, file, true, error);
    if (r >= 0)
        r = pass_file(load, file, &passed, error);
    if (r >= 0 && !passed)
        r = read_rows(load, error);
    if (r >= 0 && !passed)
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
    mapped_tell_file(load);
    load->before += passed ? input_size(load->input) : input_done(load->input);
    return 0;
}

/* -- the source ---------------------------------------------------------------------------------------------------- */

static int begin(struct mapped *load, struct ingest *ingest, struct error *error)
{
    int r = mapping_read(ingest->file, &load->mapping, error);

    load->ingest = ingest;
    load->source = ingest->file;
    if (r < 0)
        return r;
    load->total = ingest->bytes;
    load->batch_rows = ingest_setting(ingest, "batch");
    load->reject_limit = ingest_setting(ingest, "reject_limit");
    load->again = ingest_setting(ingest, "again") > 0;
    return 0;
}

static void end(struct mapped *load)
{
    mapped_batch_done(&load->batch);
    mapping_done(&load->mapping);
    mem_free(load);
}

/* Every file is there and has a header that will do. What can be read but once is looked at when its turn comes. */
static int mapped_check(struct ingest *ingest, struct error *error)
{
    const struct ingest_options *options = ingest->options;
    struct mapped               *load = mem_alloc(sizeof *load);
    size_t                       inputs = 0;
    int                          r = begin(load, ingest, error);

    if (r >= 0 && options->file_count == 0) {
        r = error_set(error, ERR_USAGE, "no file is named");
        error_hint(error, "as in 'ingest %s FILE'; '-' is standard input", options->source);
    }
    for (size_t i = 0; r >= 0 && i < options->file_count; i++) {
        if (!input_is_read_once(options->files[i]))
            r = mapped_open(load, options->files[i], false, error);
        else if (text_equal(options->files[i], "-") && inputs++ > 0)
            r = error_set(error, ERR_USAGE, "standard input is named twice");
        if (load->input != NULL)
            ingest->bytes += input_size(load->input);
        mapped_close(load);
    }
    end(load);
    return r;
}

static int load_all(struct mapped *load, struct error *error)
{
    int r = values_ask(load->ingest->pgs[0], "ingest_horizon", NULL, &load->horizon_days, error);

    for (size_t i = 0; r >= 0 && i < load->ingest->options->file_count; i++) {
        r = load_file(load, load->ingest->options->files[i], error);
        if (r < 0 && load->pipeline.busy)
            (void)!pipeline_settle(&load->pipeline, NULL);     /* it uses what is closed now */
        mapped_close(load);
    }
    if (r >= 0)
        r = ingest_refresh_hours(load->ingest, error);
    if (r >= 0 && load->past_horizon > 0)
        ingest_tell(load->ingest, "warning",
                    "%" PRId64
                    " row%s %s older than the %lld day%s that %s kept, and the next upkeep may take them away "
                    "again; to keep them: 'storage retention off'",
                    load->past_horizon, plural(load->past_horizon), are(load->past_horizon), load->horizon_days,
                    plural(load->horizon_days), are(load->horizon_days));
    return r;
}

static int mapped_run(struct ingest *ingest, struct error *error)
{
    struct mapped *load = mem_alloc(sizeof *load);
    int            r = begin(load, ingest, error);

    if (r >= 0) {
        r = pipeline_begin(&load->pipeline, ingest, &mapped_ops, load, error);
        if (r >= 0)
            r = ingest->options->letter_count > 0 ? mapped_replay(load, error) : load_all(load, error);
        pipeline_end(&load->pipeline);
    }
    end(load);
    return r;
}

const struct ingest_source ingest_mapped = {
    .name = "mapped",
    .kind = "file",
    .summary = "files with a mapping of one's own",
    .settings =
        (const struct ingest_setting[]){
            {"batch", "ROWS", "50000", 1, 1000000, "rows in one transaction"},
            {"reject_limit", "PERCENT", "50", 0, 100,
             "a file is given up when more of its rows are refused, after the first hundred"},
            UNPACK_SETTING,
            {"again", "0|1", "0", 0, 1, "stores also what was stored before from the same bytes"},
            {0},
        },
    .check = mapped_check,
    .run = mapped_run,
};
