/*
 * Any bytes are read as tsv, ndjson or json (the first byte says), in pieces whose size the next two bytes say: pieces of
 * another size give the same records, lines grow, what is handed out is UTF-8 without NUL, and all bytes are read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/ingest/reader.h"
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

static void add_field(struct str *to, struct csv_field field)
{
    str_add_char(to, field.text == NULL ? '\x03' : '\x02');
    if (field.text == NULL)
        return;
    if (utf8_valid_prefix(field.text, field.length) != field.length || memchr(field.text, '\0', field.length) != NULL)
        abort();
    str_add_bytes(to, field.text, field.length);
}

static void read_all(const struct mapping *mapping, const char *text, size_t length, size_t piece, struct str *to)
{
    struct bytes      from = {text, length, 0, piece};
    struct reader    *reader = reader_new(mapping, read_bytes, &from, 256);
    struct csv_record record;
    size_t            records = 0;
    uint64_t          line = 0;
    int               r = reader_header(reader, &record, NULL);

    while (r >= 0 && (r = reader_next(reader, &record, NULL)) == 1) {
        if (record.line < line || (record.fault != NULL && record.count > 0) || ++records > length + 2)
            abort();
        line = record.line;
        str_addf(to, "%llu %s\x01", (unsigned long long)line, record.fault != NULL ? record.fault : "");
        str_add_bytes(to, record.raw, record.raw_length);
        for (size_t i = 0; i < record.count; i++)
            add_field(to, record.fields[i]);
    }
    if (r == 0 && from.at != length)
        abort();
    str_addf(to, "%d", r);
    reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const kinds[] = {"tsv", "ndjson", "json", "json"}, *const none[] = {NULL};
    static const char       *fields[] = {"id", "a.b"};
    struct mapping           mapping = {.fields = fields, .field_count = 2, .ignored = none, .delimiter = '\t'};
    struct str               one = STR_INIT, other = STR_INIT;

    if (size < 3)
        return 0;
    mapping.kind = kinds[data[0] % 4];
    mapping.path = data[0] % 4 == 3 ? "a.b" : NULL;
    read_all(&mapping, (const char *)data + 3, size - 3, 1 + data[1], &one);
    read_all(&mapping, (const char *)data + 3, size - 3, 1 + data[2], &other);
    if (one.length != other.length || memcmp(str_text(&one), str_text(&other), one.length) != 0)
        abort();
    str_done(&one);
    str_done(&other);
    return 0;
}
