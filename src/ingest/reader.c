#include "reader.h"

#include <string.h>

struct reader {
    const struct mapping *mapping;
    struct csv           *csv;
    struct csv_field     *names;       /* of the header that the mapping gives */
};

struct reader *reader_new(const struct mapping *mapping, csv_read *read, void *who)
{
    struct reader *reader = mem_alloc(sizeof *reader);

    reader->mapping = mapping;
    reader->csv = csv_new(read, who, CSV_BUFFER);
    csv_separate(reader->csv, mapping->delimiter);
    return reader;
}

void reader_free(struct reader *reader)
{
    if (reader == NULL)
        return;
    csv_free(reader->csv);
    mem_free(reader->names);
    mem_free(reader);
}

void reader_freep(struct reader **reader)
{
    reader_free(*reader);
    *reader = NULL;
}

/* Names that somebody else gives; the record begins before the file does. */
static void give_names(struct reader *reader, const char *const *names, size_t count, struct csv_record *ret_header)
{
    reader->names = mem_array(reader->names, count + 1, sizeof *reader->names);
    for (size_t i = 0; i < count; i++)
        reader->names[i] = (struct csv_field){names[i], strlen(names[i])};
    *ret_header = (struct csv_record){.fields = reader->names, .count = count, .raw = ""};
}

int reader_header(struct reader *reader, struct csv_record *ret_header, struct error *error)
{
    int r;

    if (reader->mapping->header != NULL) {
        give_names(reader, reader->mapping->header, reader->mapping->header_count, ret_header);
        csv_expect(reader->csv, reader->mapping->header_count);
        return 0;
    }
    r = csv_next(reader->csv, ret_header, error);
    if (r == 0) {
        error_set(error, ERR_FAILED, "the file is empty");
        error_hint(error, "it begins with a line of field names, or its source gives them as 'header'");
        return ERR_FAILED;
    }
    if (r > 0 && ret_header->fault != NULL)
        return error_set(error, ERR_FAILED, "the first line cannot be read: %s", ret_header->fault);
    if (r > 0)
        csv_expect(reader->csv, ret_header->count);
    return r < 0 ? r : 0;
}

int reader_next(struct reader *reader, struct csv_record *ret_record, struct error *error)
{
    return csv_next(reader->csv, ret_record, error);
}

const struct csv_tally *reader_tally(const struct reader *reader)
{
    return csv_tally(reader->csv);
}
