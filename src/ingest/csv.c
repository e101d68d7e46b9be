/*
 * Invariant: data[at..end) is what has been read and not handed out; `line` is the physical line of data[at]. A scan
 * looks at these bytes and changes nothing: a record that is not whole yet is scanned again from its first byte when
 * more has come, and text that was changed would then be read wrongly. So what must be changed (doubled quotes, bytes
 * that are not UTF-8) is changed in a copy, `scratch`, which is given room for all of it first and never moves while it
 * is filled.
 */
#include "csv.h"

#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

#define LOOK_AHEAD 64          /* lines after an open quote that are tried for a whole record */
#define FAULT_RAW 1000         /* of a line longer than the buffer */

struct span {
    const char *text;
    size_t      length;
    size_t      tail;          /* bytes that follow its closing quote and belong to it */
    bool        doubled;       /* holds doubled quotes */
};

struct csv {
    csv_read        *read;
    void            *who;
    char            *data;
    size_t           room, at, end;
    bool             begun, ended, skipping;
    char             delimiter;
    uint64_t         line;
    size_t           expected;
    struct span      spans[CSV_FIELDS];
    struct csv_field fields[CSV_FIELDS];
    struct str       scratch;
    struct csv_tally tally;
};

struct csv *csv_new(csv_read *read, void *who, size_t buffer)
{
    struct csv *csv = mem_alloc(sizeof *csv);

    csv->read = read;
    csv->who = who;
    csv->room = buffer;
    csv->data = mem_alloc(buffer);
    csv->line = 1;
    csv->delimiter = ',';
    return csv;
}

void csv_free(struct csv *csv)
{
    if (csv == NULL)
        return;
    str_done(&csv->scratch);
    mem_free(csv->data);
    mem_free(csv);
}

void csv_freep(struct csv **csv)
{
    csv_free(*csv);
    *csv = NULL;
}

void csv_expect(struct csv *csv, size_t fields)
{
    csv->expected = fields;
}

void csv_separate(struct csv *csv, char delimiter)
{
    csv->delimiter = delimiter;
}

const struct csv_tally *csv_tally(const struct csv *csv)
{
    return &csv->tally;
}

/* -- bytes --------------------------------------------------------------------------------------------------------- */

static int refuse_utf16(struct error *error)
{
    error_set(error, ERR_FAILED, "the file is UTF-16, not UTF-8");
    error_hint(error, "convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW");
    return ERR_FAILED;
}

static int look_at_mark(struct csv *csv, struct error *error)
{
    const unsigned char *bytes = (const unsigned char *)csv->data;

    csv->begun = true;
    if (csv->end >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF)))
        return refuse_utf16(error);
    if (csv->end >= 3 && memcmp(csv->data, "\xEF\xBB\xBF", 3) == 0)
        csv->at = 3;
    return 0;
}

/* Reads once more; sets `ended` when nothing came. The caller has made sure of room. */
static int refill(struct csv *csv, struct error *error)
{
    size_t got = 0;
    int    r;

    if (csv->at > 0) {
        memmove(csv->data, csv->data + csv->at, csv->end - csv->at);
        csv->end -= csv->at;
        csv->at = 0;
    }
    r = csv->read(csv->who, csv->data + csv->end, csv->room - csv->end, &got, error);
    if (r < 0)
        return r;
    csv->end += got;
    csv->ended = got == 0;
    if (!csv->begun && (csv->ended || csv->end >= 3))
        return look_at_mark(csv, error);
    return 0;
}

static bool is_full(const struct csv *csv)
{
    return csv->at == 0 && csv->end == csv->room;
}

/* -- scanning ------------------------------------------------------------------------------------------------------ */

enum scan {
    SCAN_RECORD,
    SCAN_MORE,                 /* the bytes end before the record does */
    SCAN_OPEN,                 /* the file ends inside a quoted field */
    SCAN_STRAY,                /* text after a closing quote on a later line: the opening one was no quote */
    SCAN_MANY,
};

struct scanned {
    size_t   length, next;     /* of the record without its line end; where the next one begins */
    size_t   count;            /* of spans */
    uint64_t lines;            /* line ends passed */
};

static uint64_t count_lines(const char *from, const char *to)
{
    uint64_t lines = 0;

    while ((from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        lines++;
        from++;
    }
    return lines;
}

/* `at` is behind the opening quote. Returns what follows the closing one, or NULL when it is not there. */
static const char *scan_quoted(const char *at, const char *end, struct span *ret_span)
{
    const char *quote = at;

    *ret_span = (struct span){.text = at};
    while ((quote = memchr(quote, '"', (size_t)(end - quote))) != NULL) {
        if (quote + 1 == end || quote[1] != '"') {
            ret_span->length = (size_t)(quote - at);
            return quote + 1;
        }
        ret_span->doubled = true;
        quote += 2;
    }
    return NULL;
}

static const char *scan_plain(const char *at, const char *end, char delimiter, struct span *ret_span)
{
    const char *from = at;

    while (at < end && *at != delimiter && *at != '\n')
        at++;
    *ret_span = (struct span){.text = from, .length = (size_t)(at - from)};
    return at;
}

/* Text after a closing quote belongs to the field, as in  "one"|"two",  where only the first quotes are taken off.
 * Returns the end of the field, or NULL when it is not there. */
static const char *scan_field(const char *at, const char *end, char delimiter, struct span *ret_span)
{
    struct span tail;

    if (at == end || *at != '"')
        return scan_plain(at, end, delimiter, ret_span);
    at = scan_quoted(at + 1, end, ret_span);
    if (at == NULL)
        return NULL;
    at = scan_plain(at, end, delimiter, &tail);
    ret_span->tail = tail.length;
    return at;
}

/* Takes the CR of a CRLF, or of a file that ends between the two, off the last field of a line. */
static bool take_return(struct span *span, const char *behind)
{
    size_t *length = behind > span->text + span->length ? &span->tail : &span->length;

    if (*length == 0 || behind[-1] != '\r')
        return false;
    *length -= 1;
    return true;
}

static enum scan scan(const struct csv *csv, struct span *spans, const char *from, const char *end, bool ended,
                      struct scanned *ret)
{
    const char *at = from;

    for (*ret = (struct scanned){0}; ret->count < CSV_FIELDS; at++) {
        struct span *span = &spans[ret->count++];
        const char  *behind = scan_field(at, end, csv->delimiter, span);
        bool         more = behind != NULL && behind < end && *behind == csv->delimiter;
        uint64_t     lines;

        if (behind == NULL && ended) {
            span->length = (size_t)(end - span->text);
            ret->length = ret->next = (size_t)(end - from);
            return SCAN_OPEN;
        }
        if (behind == NULL)
            return SCAN_MORE;
        if (behind == end && !ended)
            return SCAN_MORE;
        bool has_return = !more && take_return(span, behind);
        lines = at < end && *at == '"' ? count_lines(span->text, span->text + span->length) : 0;
        if (lines > 0 && span->tail > 0)
            return SCAN_STRAY;
        ret->lines += lines;
        at = behind;
        if (more)
            continue;
        ret->lines += behind < end;
        ret->length = (size_t)(behind - from) - has_return;
        ret->next = (size_t)(behind - from) + (behind < end);
        return SCAN_RECORD;
    }
    return SCAN_MANY;
}

/* -- handing out --------------------------------------------------------------------------------------------------- */

void csv_mend(struct str *to, const char *bytes, size_t length)
{
    while (length > 0) {
        const char *nul = memchr(bytes, '\0', length);
        size_t      good = utf8_valid_prefix(bytes, nul != NULL ? (size_t)(nul - bytes) : length);

        str_add_bytes(to, bytes, good);
        bytes += good;
        length -= good;
        if (length == 0)
            break;
        if (*bytes == '\0')
            str_add(to, "\xEF\xBF\xBD");
        else
            utf8_from_windows_1252(to, bytes, 1);
        bytes++;
        length--;
    }
}

static void count_mended(struct csv *csv, const char *bytes, size_t length)
{
    csv->tally.mended_records++;
    if (csv->tally.first_mended == 0)
        csv->tally.first_mended = csv->line;
    while (length > 0) {
        size_t good = utf8_valid_prefix(bytes, length);
        const char *nul = bytes;

        for (; (nul = memchr(nul, '\0', (size_t)(bytes + good - nul))) != NULL; nul++)
            csv->tally.nuls++;
        csv->tally.mended += good < length;
        good += good < length;
        bytes += good;
        length -= good;
    }
}

static void add_single_quotes(struct str *to, const char *text, size_t length)
{
    const char *end = text + length, *quote;

    while ((quote = memchr(text, '"', (size_t)(end - text))) != NULL) {
        str_add_bytes(to, text, (size_t)(quote - text) + 1);
        text = quote + 2;
    }
    str_add_bytes(to, text, (size_t)(end - text));
}

static void add_unquoted(struct str *to, const char *text, size_t length, const struct span *span)
{
    if (span->doubled)
        add_single_quotes(to, text, length);
    else
        str_add_bytes(to, text, length);
}

/* What a field holds, in the buffer where that is possible, else in `scratch`. */
static struct csv_field finish_field(struct csv *csv, const struct span *span, bool bad)
{
    struct str *scratch = &csv->scratch;
    size_t      at = scratch->length;

    if (!bad && !span->doubled && span->tail == 0)
        return (struct csv_field){span->text, span->length};
    if (bad) {
        csv_mend(scratch, span->text, span->length);
        size_t mended = scratch->length;

        add_unquoted(scratch, scratch->data + at, mended - at, span);
        at = mended;
        csv_mend(scratch, span->text + span->length + 1, span->tail);
    } else {
        add_unquoted(scratch, span->text, span->length, span);
        str_add_bytes(scratch, span->text + span->length + 1, span->tail);
    }
    return (struct csv_field){scratch->data + at, scratch->length - at};
}

static void hand_out(struct csv *csv, const struct scanned *scanned, struct csv_record *ret_record)
{
    const char *raw = csv->data + csv->at;
    bool bad = utf8_valid_prefix(raw, scanned->length) < scanned->length || memchr(raw, '\0', scanned->length) != NULL;

    str_clear(&csv->scratch);
    str_reserve(&csv->scratch, scanned->length * (bad ? 6 : 1));       /* a byte becomes three, and is copied twice */
    if (bad)
        count_mended(csv, raw, scanned->length);
    for (size_t i = 0; i < scanned->count; i++)
        csv->fields[i] = finish_field(csv, &csv->spans[i], bad);
    *ret_record = (struct csv_record){
        .fields = csv->fields,
        .count = scanned->count,
        .line = csv->line,
        .raw = raw,
        .raw_length = scanned->length,
        .last = csv->ended && csv->at + scanned->next == csv->end && raw[scanned->next - 1] != '\n',
    };
    csv->line += scanned->lines;
    csv->at += scanned->next;
}

/* Gives up `length` bytes of which the first `raw_length` are shown. */
static void hand_out_fault(struct csv *csv, const char *fault, size_t raw_length, size_t length,
                           struct csv_record *ret_record)
{
    const char *raw = csv->data + csv->at;

    *ret_record = (struct csv_record){
        .line = csv->line,
        .raw = raw,
        .raw_length = raw_length - (raw_length > 0 && raw[raw_length - 1] == '\r'),
        .fault = fault,
        .last = csv->ended && csv->at + length == csv->end,
    };
    csv->line += count_lines(raw, raw + length);
    csv->at += length;
}

static size_t to_line_end(const struct csv *csv)
{
    const char *from = csv->data + csv->at, *found = memchr(from, '\n', csv->end - csv->at);

    return found != NULL ? (size_t)(found - from) : csv->end - csv->at;
}

static void give_up_line(struct csv *csv, const char *fault, struct csv_record *ret_record)
{
    size_t length = to_line_end(csv), left = csv->end - csv->at;

    if (length < left) {
        hand_out_fault(csv, fault, length, length + 1, ret_record);
    } else if (csv->ended) {
        hand_out_fault(csv, fault, length, length, ret_record);
    } else {
        csv->skipping = true;
        hand_out_fault(csv, "a line that is too long to be read", length < FAULT_RAW ? length : FAULT_RAW, length,
                       ret_record);
    }
}

/* Whether a line after the one with the open quote begins a record as it ought to be: then it was a stray quote; else
 * the file is cut. */
static bool goes_on_after_quote(struct csv *csv)
{
    const char *end = csv->data + csv->end, *at = csv->data + csv->at;

    for (int i = 0; i < LOOK_AHEAD; i++) {
        struct scanned scanned;

        at = memchr(at, '\n', (size_t)(end - at));
        if (at == NULL || ++at == end)
            break;
        if (scan(csv, csv->spans, at, end, true, &scanned) == SCAN_RECORD && scanned.count == csv->expected)
            return true;
    }
    return false;
}

/* Passes over the rest of a line that was longer than the buffer. */
static void skip(struct csv *csv)
{
    size_t length = to_line_end(csv);

    csv->skipping = csv->at + length == csv->end && !csv->ended;
    csv->line += csv->at + length < csv->end;
    csv->at += length + (csv->at + length < csv->end);
}

static bool is_blank(const struct csv *csv, const struct scanned *scanned)
{
    return scanned->count == 1 && scanned->length == 0 && csv->at < csv->end;
}

/* 1: a record or a fault was handed out; 0: more bytes are needed, or a blank line was passed. */
static int take(struct csv *csv, struct csv_record *ret_record)
{
    struct scanned scanned;
    enum scan      found = scan(csv, csv->spans, csv->data + csv->at, csv->data + csv->end, csv->ended, &scanned);

    if (found == SCAN_RECORD && is_blank(csv, &scanned)) {
        csv->line += scanned.lines;
        csv->at += scanned.next;
        return 0;
    }
    if (found == SCAN_RECORD) {
        hand_out(csv, &scanned, ret_record);
        return 1;
    }
    if (found == SCAN_OPEN && !goes_on_after_quote(csv)) {
        (void)scan(csv, csv->spans, csv->data + csv->at, csv->data + csv->end, true, &scanned);
        if (scanned.count == csv->expected) {
            hand_out(csv, &scanned, ret_record);
            ret_record->cut = true;
            return 1;
        }
        hand_out_fault(csv, "the file ends inside a quoted field", csv->end - csv->at, csv->end - csv->at, ret_record);
        return 1;
    }
    if (!csv->ended && !is_full(csv) && (found == SCAN_MORE || csv->at + to_line_end(csv) == csv->end))
        return 0;
    give_up_line(csv,
                 found == SCAN_STRAY  ? "a quote that is not closed on its line"
                 : found == SCAN_MANY ? "more than 1,024 fields"
                                      : "a quoted field that does not end",
                 ret_record);
    return 1;
}

int csv_next(struct csv *csv, struct csv_record *ret_record, struct error *error)
{
    for (;;) {
        size_t left = csv->end - csv->at;
        bool   stuck = false;

        if (csv->begun && csv->skipping)
            skip(csv);
        else if (csv->begun && left > 0) {
            if (take(csv, ret_record))
                return 1;
            stuck = csv->end - csv->at == left;
        }
        if (csv->at == csv->end && csv->ended)
            return 0;
        if (csv->at == csv->end || stuck || !csv->begun) {
            int r = refill(csv, error);

            if (r < 0)
                return r;
        }
    }
}
