/* From bytes to fields and their values: which kind of file it is, and what its records have. */
#include <string.h>

#include "infer.h"
#include "reader.h"

#define DEPTH 64
#define FIELDS_MOST 512

struct memory {
    const char *bytes;
    size_t      length, at;
};

static int read_memory(void *who, char *bytes, size_t room, size_t *ret_length, struct error *error)
{
    struct memory *memory = who;
    size_t         left = memory->length - memory->at;

    (void)error;
    *ret_length = left < room ? left : room;
    memcpy(bytes, memory->bytes + memory->at, *ret_length);
    memory->at += *ret_length;
    return 0;
}

static struct infer_field *add_field(struct infer_sample *sample, const char *name)
{
    struct infer_field field = {.name = name};

    ARENA_PUSH(sample->arena, sample->fields, sample->field_count, sample->field_room, field);
    return &sample->fields[sample->field_count - 1];
}

static struct infer_field *find_field(const struct infer_sample *sample, const char *name)
{
    for (size_t i = 0; i < sample->field_count; i++)
        if (text_equal(sample->fields[i].name, name))
            return &sample->fields[i];
    return NULL;
}

static void add_value(struct infer_sample *sample, size_t place, struct csv_field value)
{
    struct infer_field *field = &sample->fields[place];

    if (value.text != NULL)
        value.text = arena_strndup(sample->arena, value.text, value.length);
    ARENA_PUSH(sample->arena, field->values, field->count, field->room, value);
}

/* -- the records --------------------------------------------------------------------------------------------------- */

static const char *const none[] = {NULL};

static struct mapping mapping_of(const struct infer_sample *sample)
{
    return (struct mapping){.kind = sample->kind, .path = sample->path, .delimiter = sample->delimiter, .ignored = none,
                            .ignore_all = true};
}

static void take_names(struct infer_sample *sample, const struct csv_record *header)
{
    for (size_t i = 0; i < header->count; i++) {
        struct csv_field    text = header->fields[i];
        struct infer_field *same;

        while (text.length > 0 && (*text.text == ' ' || *text.text == '\t')) {
            text.text++;
            text.length--;
        }
        while (text.length > 0 && (text.text[text.length - 1] == ' ' || text.text[text.length - 1] == '\t'))
            text.length--;
        const char *name = arena_strndup(sample->arena, text.text != NULL ? text.text : "", text.length);
        same = find_field(sample, name);
        if (same != NULL)
            same->twice = true;
        add_field(sample, name)->twice = same != NULL;
    }
}

/* What the records have; `names` is told of each that is whole, else their values are kept. */
static int each_record(struct infer_sample *sample, const struct mapping *mapping, struct memory memory,
                       void (*take)(struct infer_sample *sample, const struct csv_record *record), struct error *error)
{
    _cleanup_(reader_freep) struct reader *reader = reader_new(mapping, read_memory, &memory, CSV_BUFFER);
    struct csv_record record;
    int               r = reader_header(reader, &record, error);

    if (r >= 0 && sample->field_count == 0 && (text_equal(sample->kind, "csv") || text_equal(sample->kind, "tsv")))
        take_names(sample, &record);
    sample->rows = sample->faults = 0;
    while (r >= 0 && sample->rows < INFER_ROWS && (r = reader_next(reader, &record, error)) > 0) {
        if (record.fault != NULL) {
            sample->faults++;
            continue;
        }
        sample->rows++;
        take(sample, &record);
    }
    return r < 0 ? r : 0;
}

static void keep_values(struct infer_sample *sample, const struct csv_record *record)
{
    for (size_t i = 0; i < sample->field_count && i < record->count; i++)
        add_value(sample, i, record->fields[i]);
}

static void add_members(struct infer_sample *sample, const struct tree_node *object, const char *before)
{
    for (const struct tree_node *node = object->first; node != NULL; node = node->next) {
        const char *name = arena_printf(sample->arena, "%s%.*s", before, (int)node->key_length, node->key);

        if (node->kind == TREE_OBJECT)
            add_members(sample, node, arena_printf(sample->arena, "%s.", name));
        else if (*name != '\0' && find_field(sample, name) == NULL && sample->field_count < FIELDS_MOST)
            add_field(sample, name);
    }
}

static void keep_names(struct infer_sample *sample, const struct csv_record *record)
{
    struct tree       tree = {0};
    struct tree_fault fault;

    if (tree_read(&tree, record->raw, record->raw_length, DEPTH, &fault) == 0)
        add_members(sample, tree.root, "");
    tree_done(&tree);
}

/* Twice: which names there are, then what they hold. */
static int read_objects(struct infer_sample *sample, struct memory memory, struct error *error)
{
    struct mapping mapping = mapping_of(sample);
    const char   **names;
    int            r = each_record(sample, &mapping, memory, keep_names, error);

    if (r < 0)
        return r;
    names = ARENA_ARRAY(sample->arena, const char *, sample->field_count + 1);
    for (size_t i = 0; i < sample->field_count; i++)
        names[i] = sample->fields[i].name;
    mapping.fields = names;
    mapping.field_count = sample->field_count;
    return each_record(sample, &mapping, memory, keep_values, error);
}

/* -- the kind ------------------------------------------------------------------------------------------------------ */

static bool is_object(const char *text, size_t length)
{
    struct tree       tree = {0};
    struct tree_fault fault;
    bool              good = tree_read(&tree, text, length, DEPTH, &fault) == 0 && tree.root->kind == TREE_OBJECT;

    tree_done(&tree);
    return good;
}

/* Records of as many fields as the header, and how many those are; 0: the delimiter parts nothing. */
static size_t weigh(struct memory memory, char delimiter)
{
    _cleanup_(csv_freep) struct csv *csv = csv_new(read_memory, &memory, CSV_BUFFER);
    struct csv_record record;
    struct error      error = ERROR_INIT;
    size_t            width = 0, good = 0, bad = 0;

    csv_separate(csv, delimiter);
    while (good + bad < 100 && csv_next(csv, &record, &error) > 0) {
        if (width == 0)
            width = record.count;
        good += record.fault == NULL && record.count == width;
        bad += record.fault != NULL || record.count != width;
    }
    error_done(&error);
    return width < 2 || bad > good ? 0 : (good * 100 / (good + bad)) * CSV_FIELDS + width;
}

static void find_delimiter(struct infer_sample *sample, struct memory memory)
{
    static const char delimiters[] = {',', ';', '\t', '|', ':'};
    size_t            best = 0;

    sample->kind = "csv";
    sample->delimiter = ',';
    for (size_t i = 0; i < sizeof delimiters; i++) {
        size_t weight = weigh(memory, delimiters[i]);

        if (weight > best) {
            best = weight;
            sample->delimiter = delimiters[i];
        }
    }
    if (sample->delimiter == '\t' && memchr(memory.bytes, '"', memory.length) == NULL)
        sample->kind = "tsv";
}

/* The way to the first list of objects. */
static const char *path_in(struct arena *arena, const struct tree_node *node, const char *before)
{
    for (const struct tree_node *member = node->first; member != NULL; member = member->next) {
        const char *name = arena_printf(arena, "%s%.*s", before, (int)member->key_length, member->key);
        const char *found = NULL;

        if (member->kind == TREE_ARRAY && member->first != NULL && member->first->kind == TREE_OBJECT)
            return name;
        if (member->kind == TREE_OBJECT)
            found = path_in(arena, member, arena_printf(arena, "%s.", name));
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* Of a JSON that was cut only the usual names can be tried. */
static const char *find_path(struct infer_sample *sample, struct memory memory)
{
    static const char *const usual[] = {"items", "data", "rows", "results", "records", "data.items"};
    struct tree              tree = {0};
    struct tree_fault        fault;
    const char              *found = NULL;

    if (tree_read(&tree, memory.bytes, memory.length, DEPTH, &fault) == 0)
        found = path_in(sample->arena, tree.root, "");
    tree_done(&tree);
    for (size_t i = 0; i < COUNT_OF(usual) && found == NULL; i++) {
        struct mapping mapping = mapping_of(sample);
        struct memory  again = memory;
        struct error   error = ERROR_INIT;

        mapping.path = usual[i];
        struct reader    *reader = reader_new(&mapping, read_memory, &again, CSV_BUFFER);
        struct csv_record record;
        if (reader_header(reader, &record, &error) >= 0)
            found = usual[i];
        reader_free(reader);
        error_done(&error);
    }
    return found;
}

static void find_kind(struct infer_sample *sample, struct memory memory)
{
    size_t      at = 0;
    const char *end;

    if (text_starts(memory.bytes, "\xEF\xBB\xBF"))
        at = 3;
    while (at < memory.length && memory.bytes[at] != '\0' && strchr(" \t\r\n", memory.bytes[at]) != NULL)
        at++;
    if (at == memory.length || (memory.bytes[at] != '[' && memory.bytes[at] != '{')) {
        find_delimiter(sample, memory);
        return;
    }
    end = memchr(memory.bytes + at, '\n', memory.length - at);
    sample->kind = "json";
    if (memory.bytes[at] == '[')
        return;
    sample->path = find_path(sample, (struct memory){memory.bytes + at, memory.length - at, 0});
    if (is_object(memory.bytes + at,
                  (size_t)((end != NULL ? end : memory.bytes + memory.length) - memory.bytes) - at) &&
        (end != NULL || sample->path == NULL)) {
        sample->kind = "ndjson";
        sample->path = NULL;
    }
}

int infer_sample_read(struct arena *arena, const char *bytes, size_t length, bool whole,
                      struct infer_sample *ret_sample, struct error *error)
{
    struct infer_sample sample = {.arena = arena, .delimiter = ','};
    struct memory       memory = {bytes, length, 0};
    struct mapping      mapping;
    int                 r;

    find_kind(&sample, memory);
    if (!whole && !text_equal(sample.kind, "json")) {          /* the last line may be cut */
        const char *last = memrchr(bytes, '\n', length);

        memory.length = last != NULL ? (size_t)(last - bytes) + 1 : length;
    }
    if (text_equal(sample.kind, "csv") || text_equal(sample.kind, "tsv")) {
        mapping = mapping_of(&sample);
        r = each_record(&sample, &mapping, memory, keep_values, error);
    } else {
        r = read_objects(&sample, memory, error);
    }
    if (r >= 0 && sample.rows == 0)
        r = error_set(error, ERR_FAILED, "there are no records to infer from");
    if (r >= 0 && !whole && text_equal(sample.kind, "json") && sample.faults > 0)
        sample.faults--;               /* the one that was cut */
    *ret_sample = sample;
    return r;
}
