/*
 * A record a line: tsv as PostgreSQL's COPY writes it (and this program), without quotes, a backslash before what would
 * end a field, \N for no value; ndjson, an object a line. A line longer than the buffer is a fault and is passed over.
 */
#include <string.h>

#include "reader_int.h"
#include "ytempire/base/utf8.h"

/* 1: a line is at the front, `ret_length` bytes without its end, `ret_taken` with it; 0: there is none; 2: it is too
 * long, and its beginning is there. */
static int find_line(struct reader *reader, size_t *ret_length, size_t *ret_taken, struct error *error)
{
    struct feed *feed = &reader->feed;
    size_t       seen = 0;

    for (;;) {
        const char *from = feed->data + feed->at, *end = feed->data + feed->end;
        const char *found = feed->begun ? memchr(from + seen, '\n', (size_t)(end - from) - seen) : NULL;
        int         r;

        if (found != NULL || (feed->ended && end > from)) {
            *ret_length = (size_t)((found != NULL ? found : end) - from);
            *ret_taken = *ret_length + (found != NULL);
            *ret_length -= *ret_length > 0 && from[*ret_length - 1] == '\r';
            return 1;
        }
        if (feed->ended)
            return 0;
        seen = feed->begun ? (size_t)(end - from) : 0;
        if (feed_is_full(feed)) {
            *ret_length = *ret_taken = seen;
            return 2;
        }
        r = feed_more(feed, error);
        if (r < 0)
            return r;
    }
}

/* The next line that is not blank. As find_line. */
static int next_line(struct reader *reader, size_t *ret_length, size_t *ret_taken, struct error *error)
{
    for (;;) {
        int r = find_line(reader, ret_length, ret_taken, error);

        if (r <= 0)
            return r;
        if (reader->skipping != 0) {                   /* the rest of one that was too long */
            reader->skipping = r == 2;
            feed_take(&reader->feed, *ret_taken);
            continue;
        }
        if (r == 2)
            reader->skipping = 1;
        if (r == 2 || *ret_length > 0)
            return r;
        feed_take(&reader->feed, *ret_taken);
    }
}

/* -- tsv ----------------------------------------------------------------------------------------------------------- */

static char unescaped(char c)
{
    switch (c) {
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'v': return '\v';
    default: return c;
    }
}

/* In place: what is put is never longer than what was there. */
static struct csv_field unescape(char *text, size_t length)
{
    size_t to = 0;

    if (length == 2 && text[0] == '\\' && text[1] == 'N')
        return (struct csv_field){NULL, 0};
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\' && i + 1 < length)
            text[to++] = unescaped(text[++i]);
        else
            text[to++] = text[i];
    }
    return (struct csv_field){text, to};
}

static void mend(struct reader *reader, const char *raw, size_t length)
{
    struct csv_tally *tally = &reader->tally;

    str_clear(&reader->scratch);
    if (utf8_valid_prefix(raw, length) == length && memchr(raw, '\0', length) == NULL) {
        str_add_bytes(&reader->scratch, raw, length);
        return;
    }
    csv_mend(&reader->scratch, raw, length);
    tally->mended_records++;
    tally->first_mended = tally->first_mended == 0 ? reader->feed.line : tally->first_mended;
    for (size_t i = 0; i < length; i++) {
        size_t good = utf8_valid_prefix(raw + i, length - i);

        for (size_t n = 0; n < good; n++)
            tally->nuls += raw[i + n] == '\0';
        i += good;
        tally->mended += i < length;
    }
}

static void add_field(struct reader *reader, size_t count, char *text, size_t length)
{
    if (count == reader->field_room) {
        reader->field_room = reader->field_room > 0 ? reader->field_room * 2 : 32;
        reader->fields = mem_array(reader->fields, reader->field_room, sizeof *reader->fields);
    }
    reader->fields[count] = unescape(text, length);
}

/* A tab that a backslash stands before ends no field. */
static size_t split(struct reader *reader)
{
    char  *at = reader->scratch.data, *end = at + reader->scratch.length, *from = at;
    size_t count = 0;

    for (;; at++) {
        if (at < end && *at == '\\' && at + 1 < end) {
            at++;
            continue;
        }
        if (at < end && *at != '\t')
            continue;
        if (count == CSV_FIELDS)
            return 0;
        add_field(reader, count++, from, (size_t)(at - from));
        if (at >= end)
            return count;
        from = at + 1;
    }
}

static int tsv_next(struct reader *reader, struct csv_record *ret_record, struct error *error)
{
    size_t length, taken, count;
    int    r = next_line(reader, &length, &taken, error);

    if (r <= 0)
        return r;
    if (r == 2) {
        reader_take_fault(reader, "a line that is too long to be read", taken, ret_record);
        return 1;
    }
    mend(reader, reader->feed.data + reader->feed.at, length);
    count = split(reader);
    if (count == 0) {
        reader_take_fault(reader, "more than 1,024 fields", taken, ret_record);
        return 1;
    }
    *ret_record = (struct csv_record){
        .fields = reader->fields,
        .count = count,
        .line = reader->feed.line,
        .raw = reader->feed.data + reader->feed.at,
        .raw_length = length,
        .last = reader->feed.ended && reader->feed.at + taken == reader->feed.end && taken == length,
    };
    feed_take(&reader->feed, taken);
    return 1;
}

const struct reader_ops reader_tsv_ops = {tsv_next, tsv_next};

/* -- ndjson -------------------------------------------------------------------------------------------------------- */

static int ndjson_header(struct reader *reader, struct csv_record *ret_header, struct error *error)
{
    (void)error;
    reader_give_names(reader, reader->mapping->fields, reader->mapping->field_count, ret_header);
    return 1;
}

static int ndjson_next(struct reader *reader, struct csv_record *ret_record, struct error *error)
{
    size_t length, taken;
    int    r = next_line(reader, &length, &taken, error);

    if (r <= 0)
        return r;
    if (r == 2)
        reader_take_fault(reader, "a line that is too long to be read", taken, ret_record);
    else
        reader_take_json(reader, length, taken, ret_record);
    return 1;
}

const struct reader_ops reader_ndjson_ops = {ndjson_header, ndjson_next};
