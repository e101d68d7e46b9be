/* What a person is told of a mapped file: how it differs from what its mapping knows, with the first of each. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mapped.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/secret.h"
#include "ytempire/base/utf8.h"

#define STRAYS_MOST 8
#define SAMPLE_WIDTH 40

/* The beginning of a value, secrets hidden before it is cut; caller frees. */
static char *sample_of(struct csv_field value)
{
    _cleanup_(mem_freep) char *whole = mem_strndup(value.text != NULL ? value.text : "", value.length);
    struct str sample = STR_INIT;

    text_add_known_hidden(&sample, whole);
    str_cut(&sample, utf8_prefix_of_width(str_text(&sample), sample.length, SAMPLE_WIDTH, NULL));
    return str_take(&sample);
}

static char *sample_of_text(const char *text)
{
    return sample_of((struct csv_field){text, strlen(text)});
}

void mapped_tell_strays(struct mapped *load, const struct csv_record *first)
{
    size_t told = 0;

    for (; told < load->layout.stray_count && told < STRAYS_MOST; told++) {
        const struct mapping_stray *stray = &load->layout.strays[told];
        struct csv_field            value = {"", 0};

        if (first->fault == NULL && stray->place < first->count)
            value = first->fields[stray->place];
        _cleanup_(mem_freep) char *sample = sample_of(value), *name = sample_of_text(stray->name);
        ingest_tell(load->ingest, "warning",
                    "%s: a field that the mapping does not know: '%s' ('%s' on line %" PRIu64 ")", load->name, name,
                    sample, first->line);
    }
    if (told < load->layout.stray_count)
        ingest_tell(load->ingest, "warning", "%s: %zu more field%s that the mapping does not know", load->name,
                    load->layout.stray_count - told, plural((int64_t)(load->layout.stray_count - told)));
}

void mapped_tell_member(struct mapped *load, const struct csv_record *record)
{
    _cleanup_(mem_freep) char *name = sample_of_text(reader_stray(load->reader));

    load->stray = arena_strdup(load->arena, reader_stray(load->reader));
    ingest_tell(load->ingest, "warning",
                "%s: a field that the mapping does not know: '%s' (first on line %" PRIu64 ")", load->name, name,
                record->line);
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
    *reason = (struct mapped_reason){
        .column = refusal->column, .reason = refusal->reason, .rows = 1, .line = line, .place = refusal->place};
    if (refusal->value.text != NULL) {
        _cleanup_(mem_freep) char *sample = sample_of(refusal->value);

        (void)snprintf(reason->sample, sizeof reason->sample, "%s", sample);
    }
    load->reason_count++;
}

static void tell_reasons(struct mapped *load)
{
    for (size_t i = 0; i < load->reason_count; i++) {
        const struct mapped_reason *reason = &load->reasons[i];

        if (reason->place.column > 0)
            ingest_tell(load->ingest, "warning",
                        "%s: %" PRId64 " row%s refused: JSON: %s (first on line %" PRIu64 ", column %zu)", load->name,
                        reason->rows, plural(reason->rows), reason->reason, reason->place.line, reason->place.column);
        else
            ingest_tell(load->ingest, "warning",
                        "%s: %" PRId64 " row%s refused: %s%s%s (first on line %" PRIu64 "%s%s%s)", load->name,
                        reason->rows, plural(reason->rows), reason->column != NULL ? reason->column : "",
                        reason->column != NULL ? ": " : "", reason->reason, reason->line,
                        reason->sample[0] != '\0' ? ": '" : "", reason->sample, reason->sample[0] != '\0' ? "'" : "");
    }
}

static void tell_twice(struct mapped *load)
{
    int64_t times = *load->mapping.twice;

    if (times > 0)
        ingest_tell(load->ingest, "warning",
                    "%s: %" PRId64 " local time%s that come%s twice, as clocks are put back, %s read as the first "
                    "(first on line %" PRIu64 ")",
                    load->name, times, plural(times), times == 1 ? "s" : "", were(times), load->first_twice);
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
    ingest_tell_mended(load->ingest, load->name, reader_tally(load->reader));
    tell_twice(load);
    tell_cut(load);
    if (load->passed > 0)
        ingest_log(load->ingest, "info", "%s: %" PRId64 " row%s %s as before and %s passed over",
                   load->name, load->passed, plural(load->passed), are(load->passed), were(load->passed));
}
