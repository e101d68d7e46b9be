/*
 * Any bytes are read as CSV, in pieces whose size the first two bytes say, by a reader with a small buffer: all of them
 * are handed out, once and in order; what is handed out is UTF-8; and pieces of another size give the same records.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/ingest/csv.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
    const char *text;
    size_t      length, at, piece;
};

static int read_bytes(void *who, char *bytes, size_t room, size_t *ret_length, struct error *error)
{
    struct bytes *from = who;
    size_t        n = from->length - from->at;

    (void)error;
    if (room == 0)
        abort();
    n = n < room ? n : room;
    n = n < from->piece ? n : from->piece;
    memcpy(bytes, from->text + from->at, n);
    from->at += n;
    *ret_length = n;
    return 0;
}

static void add_record(struct str *to, const struct csv_record *record)
{
    str_addf(to, "%llu %d %s\x01", (unsigned long long)record->line, record->last,
             record->fault != NULL ? record->fault : "");
    str_add_bytes(to, record->raw, record->raw_length);
    for (size_t i = 0; i < record->count; i++) {
        const struct csv_field *field = &record->fields[i];

        if (utf8_valid_prefix(field->text, field->length) != field->length ||
            memchr(field->text, '\0', field->length) != NULL)
            abort();
        str_add_char(to, '\x02');
        str_add_bytes(to, field->text, field->length);
    }
}

static void read_all(const char *text, size_t length, size_t piece, struct str *to)
{
    struct bytes      from = {text, length, 0, piece};
    struct csv       *csv = csv_new(read_bytes, &from, 128);
    struct csv_record record;
    uint64_t          line = 0;
    int               r;

    csv_expect(csv, 3);
    while ((r = csv_next(csv, &record, NULL)) == 1) {
        if (record.line <= line || (record.fault == NULL) != (record.count > 0))
            abort();
        line = record.line;
        add_record(to, &record);
    }
    if (r == 0 && from.at != length)
        abort();
    str_addf(to, "%d", r);
    csv_free(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str one = STR_INIT, other = STR_INIT;

    if (size < 2)
        return 0;
    read_all((const char *)data + 2, size - 2, 1 + data[0], &one);
    read_all((const char *)data + 2, size - 2, 1 + data[1], &other);
    if (one.length != other.length || memcmp(str_text(&one), str_text(&other), one.length) != 0)
        abort();
    str_done(&one);
    str_done(&other);
    return 0;
}
