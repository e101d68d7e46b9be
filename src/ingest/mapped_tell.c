/* What a person is told of a mapped file: how it differs from what its mapping knows, with the first of each. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mapped.h"
#include "ytempire/base/utf8.h"

#define STRAYS_MOST 8
#define SAMPLE_WIDTH 40

static int sample_length(struct csv_field text)
{
    return text.text == NULL ? 0 : (int)utf8_prefix_of_width(text.text, text.length, SAMPLE_WIDTH, NULL);
}

void mapped_tell_strays(struct mapped *load, const struct csv_record *first)
{
    size_t told = 0;

    for (; told < load->layout.stray_count && told < STRAYS_MOST; told++) {
        const struct mapping_stray *stray = &load->layout.strays[told];
        struct csv_field            sample = {"", 0};

        if (first->fault == NULL && stray->place < first->count)
            sample = first->fields[stray->place];
        ingest_tell(load->ingest, "warning",
                    "%s: a field that the mapping does not know: '%.60s' ('%.*s' on line %" PRIu64 ")", load->name,
                    stray->name, sample_length(sample), sample.text, first->line);
    }
    if (told < load->layout.stray_count)
        ingest_tell(load->ingest, "warning", "%s: %zu more fields that the mapping does not know", load->name,
                    load->layout.stray_count - told);
}

void mapped_tell_member(struct mapped *load, const struct csv_record *record)
{
    load->stray = arena_strdup(load->arena, reader_stray(load->reader));
    ingest_tell(load->ingest, "warning", "%s: a field that the mapping does not know: '%.60s' (first on line %" PRIu64 ")", load->name,
                load->stray, record->line);
}

void mapped_note_refusal(struct mapped *load, uint64_t line, const struct mapping_refusal *refusal)
{
    struct mapped_reason *reason = load->reasons;

    for (size_t i = 0; i < load->reason_count; i++, reason++)
        if (text_equal(reason->column, refusal->column) && text_equal(reason->reason, refusal->reason)) {
            reason->rows++;
            return;
        }
    if (load->reason_count == REFUSALS_MOST)
        return;
    *reason = (struct mapped_reason){.column = refusal->column, .reason = refusal->reason, .rows = 1, .line = line};
    if (refusal->value.text != NULL)
        (void)snprintf(reason->sample, sizeof reason->sample, "%.*s", sample_length(refusal->value),
                       refusal->value.text);
    load->reason_count++;
}

static void tell_reasons(struct mapped *load)
{
    for (size_t i = 0; i < load->reason_count; i++) {
        const struct mapped_reason *reason = &load->reasons[i];

        ingest_tell(load->ingest, "warning", "%s: %" PRId64 " rows refused: %s%s%s (first on line %" PRIu64 "%s%s%s)",
                    load->name, reason->rows, reason->column != NULL ? reason->column : "",
                    reason->column != NULL ? ": " : "", reason->reason, reason->line,
                    reason->sample[0] != '\0' ? ": '" : "", reason->sample, reason->sample[0] != '\0' ? "'" : "");
    }
}

static void tell_mended(struct mapped *load)
{
    const struct csv_tally *tally = reader_tally(load->reader);

    if (tally->mended > 0)
        ingest_tell(load->ingest, "warning",
                    "%s: %" PRIu64 " bytes are not UTF-8 and were read as Windows-1252 (%" PRIu64
                    " rows, the first on line %" PRIu64 ")",
                    load->name, tally->mended, tally->mended_records, tally->first_mended);
    if (tally->nuls > 0)
        ingest_tell(load->ingest, "warning", "%s: %" PRIu64 " NUL bytes were read as U+FFFD", load->name, tally->nuls);
}

/* A file that was cut may lack rows, of which nothing else is seen. */
static void tell_cut(struct mapped *load)
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

void mapped_tell_file(struct mapped *load)
{
    tell_reasons(load);
    tell_mended(load);
    tell_cut(load);
    if (load->passed > 0)
        ingest_log(load->ingest, "info", "%s: %" PRId64 " rows are as they were stored before and were passed over",
                   load->name, load->passed);
}
