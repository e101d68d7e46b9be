/* Dead letters of a mapped source on their way in once more: each is read as its file would be. */
#include <string.h>

#include "mapped.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

/* A letter as a file of its kind. */
static struct letter_bytes bytes_of(const struct mapped *load, const struct letter *letter)
{
    bool is_json = text_equal(load->mapping.kind, "json"),
         has_header = letter->header != NULL && load->mapping.header == NULL;

    if (is_json)
        return (struct letter_bytes){.parts = {"[", letter->raw, "]"}};
    return (struct letter_bytes){
        .parts = {has_header ? letter->header : NULL, has_header ? "\n" : NULL, letter->raw, "\n"}};
}

static bool needs_header(const struct mapped *load)
{
    return load->mapping.header == NULL &&
           (text_equal(load->mapping.kind, "csv") || text_equal(load->mapping.kind, "tsv"));
}

/* Why a letter is not tried, or NULL. */
static const char *fault_of(const struct mapped *load, const struct letter *letter)
{
    if (letter->fault != NULL)
        return letter->fault;
    return needs_header(load) && letter->header == NULL ? "the first line of its file is not known: load the file again"
                                                        : NULL;
}

/* All its records must do: one that does not refuses the letter. */
static int take_letter(struct mapped *load, const struct letter *letter, struct error *error)
{
    struct letter_bytes    bytes = bytes_of(load, letter);
    struct mapping_refusal refusal = {.reason = fault_of(load, letter)};
    struct csv_record      record = {.fault = refusal.reason, .raw = letter->raw, .raw_length = strlen(letter->raw)};
    int                    r = 1;

    load->rows++;
    if (refusal.reason == NULL) {
        reader_freep(&load->reader);
        load->reader = reader_new(&load->mapping, letters_read_bytes, &bytes, CSV_BUFFER);
        r = mapped_read_header(load, false, error);
        if (r >= 0)
            r = reader_next(load->reader, &record, error);
        if (r == 0)
            record = (struct csv_record){
                .fault = "there is no row in it", .raw = letter->raw, .raw_length = strlen(letter->raw)};
    }
    if (r < 0)
        return r;
    record.line = (uint64_t)letter->id;
    if (!mapped_batch_add(&load->batch, &load->mapping, &load->layout, &record, &refusal))
        load->rejected++;
    else if (reader_next(load->reader, &record, NULL) > 0 &&
             mapped_batch_refuse(&load->batch, (uint64_t)letter->id, NULL, "more than one row"))
        load->rejected++;
    return 0;
}

static bool same_file(const struct letter *a, const struct letter *b)
{
    return text_equal(a->file, b->file) && text_equal(a->header, b->header);
}

/* What came of the letters of one file, with its rows. */
static int store(struct mapped *load, const char *file, struct error *error)
{
    struct parcel parcel = {
        .source = load->ingest->options->source,
        .file = file != NULL ? file : "-",
        .newest = INT64_MIN,
        .rows = load->batch.read,
        .rejected = (int64_t)load->batch.letter_count,
        .told = load->told,
    };
    int r;

    letters_begin(load->replay);
    r = pipeline_hand_over(&load->pipeline, &parcel, error);
    if (r >= 0)
        r = pipeline_settle(&load->pipeline, error);
    return r < 0 ? r : letters_write_refused(load->ingest, load->replay, error);
}

static int replay_file(struct mapped *load, const struct letter *letters, size_t count, struct error *error)
{
    struct job_counts before = load->ingest->job->counts, counts;
    int64_t           began = monotonic_us();
    int               r = 0;

    load->arena = arena_new();
    load->layout = (struct mapping_layout){0};
    load->name = mem_strdup(letters[0].file != NULL ? letters[0].file : "-");
    load->newest = INT64_MIN;
    mapped_batch_begin(&load->batch, "");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = take_letter(load, &letters[i], error);
    if (r >= 0)
        r = store(load, letters[0].file, error);
    if (r >= 0) {
        counts = load->ingest->job->counts;
        counts.rows -= before.rows;
        counts.loaded -= before.loaded;
        counts.unchanged -= before.unchanged;
        counts.rejected -= before.rejected;
        ingest_add_row(load->ingest, load->name, &counts, monotonic_us() - began);
    }
    mapped_close(load);
    return r;
}

int mapped_replay(struct mapped *load, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct letters_outcome outcome = {0};
    struct letter         *letters;
    size_t                 count = 0;
    int                    r = letters_read(load->ingest, arena, &letters, &count, error);

    load->replay = &outcome;
    load->mapping.path = NULL;         /* a letter is an item, not the file around it */
    for (size_t from = 0, to; r >= 0 && from < count; from = to) {
        for (to = from + 1;
             to < count && to - from < (size_t)load->batch_rows && same_file(&letters[from], &letters[to]);)
            to++;
        r = replay_file(load, letters + from, to - from, error);
    }
    if (r >= 0)
        r = ingest_refresh_hours(load->ingest, error);
    letters_done(&outcome);
    return r;
}
