#include "reader_int.h"

#include <string.h>

static const struct {
    const char              *kind;
    const struct reader_ops *ops;
} kinds[] = {
    {"csv", &reader_csv_ops}, {"tsv", &reader_tsv_ops}, {"ndjson", &reader_ndjson_ops}, {"json", &reader_json_ops}};

struct reader *reader_new(const struct mapping *mapping, csv_read *read, void *who, size_t buffer)
{
    struct reader *reader = mem_alloc(sizeof *reader);

    reader->mapping = mapping;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (text_equal(kinds[i].kind, mapping->kind))
            reader->ops = kinds[i].ops;
    if (reader->ops == &reader_csv_ops) {
        reader->csv = csv_new(read, who, buffer);
        csv_separate(reader->csv, mapping->delimiter);
    } else {
        feed_begin(&reader->feed, read, who, buffer);
    }
    return reader;
}

void reader_free(struct reader *reader)
{
    if (reader == NULL)
        return;
    csv_free(reader->csv);
    feed_done(&reader->feed);
    tree_done(&reader->tree);
    arena_free(reader->arena);
    str_done(&reader->scratch);
    mem_free(reader->fields);
    mem_free(reader);
}

void reader_freep(struct reader **reader)
{
    reader_free(*reader);
    *reader = NULL;
}

void reader_give_names(struct reader *reader, const char *const *names, size_t count, struct csv_record *ret_header)
{
    reader->fields = mem_array(reader->fields, count + 1, sizeof *reader->fields);
    reader->field_room = count + 1;
    for (size_t i = 0; i < count; i++)
        reader->fields[i] = (struct csv_field){names[i], strlen(names[i])};
    *ret_header = (struct csv_record){.fields = reader->fields, .count = count, .raw = ""};
}

int reader_header(struct reader *reader, struct csv_record *ret_header, struct error *error)
{
    int r;

    if (reader->mapping->header != NULL) {
        reader_give_names(reader, reader->mapping->header, reader->mapping->header_count, ret_header);
        if (reader->csv != NULL)
            csv_expect(reader->csv, reader->mapping->header_count);
        return 0;
    }
    r = reader->ops->header(reader, ret_header, error);
    if (r == 0) {
        error_set(error, ERR_FAILED, "the file is empty");
        error_hint(error, "it begins with a line of field names, or its source gives them as 'header'");
        return ERR_FAILED;
    }
    if (r > 0 && ret_header->fault != NULL)
        return error_set(error, ERR_FAILED, "the first line cannot be read: %s", ret_header->fault);
    if (r > 0 && reader->csv != NULL)
        csv_expect(reader->csv, ret_header->count);
    return r < 0 ? r : 0;
}

int reader_next(struct reader *reader, struct csv_record *ret_record, struct error *error)
{
    return reader->ops->next(reader, ret_record, error);
}

const struct csv_tally *reader_tally(const struct reader *reader)
{
    return reader->csv != NULL ? csv_tally(reader->csv) : &reader->tally;
}

const char *reader_stray(const struct reader *reader)
{
    return reader->stray;
}

void reader_take_fault(struct reader *reader, const char *fault, size_t length, struct csv_record *ret_record)
{
    size_t left = reader->feed.end - reader->feed.at, shown = length < left ? length : left;

    *ret_record = (struct csv_record){
        .fault = fault,
        .line = reader->feed.line,
        .raw = reader->feed.data + reader->feed.at,
        .raw_length = shown < FAULT_RAW ? shown : FAULT_RAW,
    };
    feed_take(&reader->feed, shown);
}

/* -- csv ----------------------------------------------------------------------------------------------------------- */

static int csv_record_next(struct reader *reader, struct csv_record *ret_record, struct error *error)
{
    return csv_next(reader->csv, ret_record, error);
}

const struct reader_ops reader_csv_ops = {csv_record_next, csv_record_next};
