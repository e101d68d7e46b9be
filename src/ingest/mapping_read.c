/* A mapping from its file, with the place of what is wrong. */
#include "mapping.h"

#include <stdio.h>
#include <string.h>

#include "ytempire/base/sha256.h"

/* Goes into the digest: blocks that were stored by another reading of the same file are not the same. */
#define READER_VERSION "mapping 2"
#define FIELDS_MOST 512

struct reader {
    const struct source_file *file;
    struct mapping           *mapping;
    struct error             *error;
    size_t                    field_room;
    /* what columns have unless they say otherwise */
    char                      decimal, thousands;
    const struct zone        *zone;
    const char *const        *nulls;
};

static const char *const reading_words[READINGS] = {"text", "number", "bool", "date", "timestamp", "duration", "uuid",
                                                    "json", "list"};

/* How the text of a target's column may be read: the first is the way unless another is named. -1 ends them. */
static const int readings_of[TARGET_TYPES][4] = {
    [TARGET_TEXT] = {READ_TEXT, -1},
    [TARGET_INT] = {READ_NUMBER, READ_DURATION, -1},
    [TARGET_BIGINT] = {READ_NUMBER, READ_DURATION, -1},
    [TARGET_NUMERIC] = {READ_NUMBER, READ_DURATION, -1},
    [TARGET_BOOL] = {READ_BOOL, -1},
    [TARGET_DATE] = {READ_DATE, READ_TIMESTAMP, -1},
    [TARGET_INSTANT] = {READ_TIMESTAMP, READ_DATE, -1},
    [TARGET_UUID] = {READ_UUID, -1},
    [TARGET_JSON] = {READ_JSON, -1},
    [TARGET_LIST] = {READ_LIST, -1},
};

#define FAIL(reader, node, of_key, ...) \
    source_file_fail((reader)->file, (node), (of_key), (reader)->error, __VA_ARGS__)

/* -- pieces -------------------------------------------------------------------------------------------------------- */

static int read_text(struct reader *reader, const struct tree_node *object, const char *name, const char **ret_text)
{
    const struct tree_node *node = tree_get(object, name);

    *ret_text = NULL;
    if (node == NULL)
        return 0;
    if (node->kind != TREE_STRING)
        return FAIL(reader, node, false, "'%s' is a text", name);
    *ret_text = tree_text(reader->file->arena, node);
    return 0;
}

/* A list of texts, or one text; NULL at the end. */
static int read_texts(struct reader *reader, const struct tree_node *object, const char *name,
                      const char *const **ret_texts, size_t *ret_count)
{
    const struct tree_node *node = tree_get(object, name), *item;
    const char            **texts;
    size_t                  count = 0;

    if (node == NULL)
        return 0;
    if (node->kind != TREE_ARRAY && node->kind != TREE_STRING)
        return FAIL(reader, node, false, "'%s' is a list of texts", name);
    texts = ARENA_ARRAY(reader->file->arena, const char *, node->count + 2);
    item = node->kind == TREE_ARRAY ? node->first : node;
    for (size_t left = node->kind == TREE_ARRAY ? node->count : 1; left > 0; left--, item = item->next) {
        if (item->kind != TREE_STRING)
            return FAIL(reader, item, false, "'%s' is a list of texts", name);
        texts[count++] = tree_text(reader->file->arena, item);
    }
    *ret_texts = texts;
    if (ret_count != NULL)
        *ret_count = count;
    return 0;
}

/* One character, or none ("" or absent leave it as it is; "" as none). */
static int read_char(struct reader *reader, const struct tree_node *object, const char *name, const char *allowed,
                     char *ret_char)
{
    const struct tree_node *node = tree_get(object, name);
    const char             *text = NULL;
    int                     r = read_text(reader, object, name, &text);

    if (r < 0 || text == NULL)
        return r;
    if (strlen(text) > 1 || (*text != '\0' && strchr(allowed, *text) == NULL))
        return FAIL(reader, node, false, "'%s' is one character of \"%s\"", name, allowed);
    *ret_char = *text;
    return 0;
}

static int refuse_word(struct reader *reader, const struct tree_node *node, const char *what, const char *word,
                       const char *const *words, size_t count)
{
    const char *near = nearest_word(word, strlen(word), words, count);
    struct str  list = STR_INIT;

    FAIL(reader, node, false, "unknown %s '%s'", what, word);
    for (size_t i = 0; i < count; i++)
        str_addf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
    if (near != NULL)
        error_hint(reader->error, "did you mean '%s'?", near);
    else
        error_hint(reader->error, "there are: %s", str_text(&list));
    str_done(&list);
    return ERR_SYNTAX;
}

static int read_zone(struct reader *reader, const struct tree_node *object, const struct zone **ret_zone)
{
    const char *name = NULL;
    int         r = read_text(reader, object, "zone", &name);

    if (r < 0 || name == NULL)
        return r;
    if (zone_find(name, ret_zone) < 0) {
        FAIL(reader, tree_get(object, "zone"), false, "unknown time zone '%s'", name);
        error_hint(reader->error, "names are those of the IANA database, as 'America/Los_Angeles'");
        return ERR_SYNTAX;
    }
    return 0;
}

/* -- fields -------------------------------------------------------------------------------------------------------- */

static int field_of(struct reader *reader, const char *name, const struct tree_node *node, int *ret_field)
{
    struct mapping *mapping = reader->mapping;

    for (size_t i = 0; i < mapping->field_count; i++)
        if (text_equal(mapping->fields[i], name)) {
            *ret_field = (int)i;
            return 0;
        }
    if (*name == '\0')
        return FAIL(reader, node, false, "a field has a name");
    if (mapping->field_count == FIELDS_MOST)
        return FAIL(reader, node, false, "more than %d fields", FIELDS_MOST);
    for (size_t i = 0; mapping->header != NULL && i <= mapping->header_count; i++) {
        if (i == mapping->header_count)
            return refuse_word(reader, node, "field", name, mapping->header, mapping->header_count);
        if (text_equal(mapping->header[i], name))
            break;
    }
    ARENA_PUSH(reader->file->arena, mapping->fields, mapping->field_count, reader->field_room, name);
    *ret_field = (int)mapping->field_count - 1;
    return 0;
}

/* "{invoice}-{line}": fields in braces, "{{" and "}}" a brace. */
static int read_template(struct reader *reader, const struct tree_node *node, struct mapping_column *column)
{
    struct arena *arena = reader->file->arena;
    char         *text = tree_text(arena, node), *at = text;
    struct str    plain = STR_INIT;
    size_t        room = 0;
    int           r = 0, fields = 0;

    for (; r >= 0; at++) {
        struct mapping_part part = {.field = -1};

        if ((*at == '{' || *at == '}') && at[1] == *at) {
            str_add_char(&plain, *at++);
            continue;
        }
        if (*at != '\0' && *at != '{' && *at != '}') {
            str_add_char(&plain, *at);
            continue;
        }
        if (plain.length > 0) {
            part.text = (struct csv_field){arena_strndup(arena, plain.data, plain.length), plain.length};
            ARENA_PUSH(arena, column->parts, column->part_count, room, part);
            str_clear(&plain);
        }
        if (*at == '\0')
            break;
        char *end = *at == '{' ? strchr(at, '}') : NULL;
        if (end == NULL) {
            r = FAIL(reader, node, false, "a brace that %s", *at == '{' ? "is not closed" : "was not opened");
            break;
        }
        *end = '\0';
        r = field_of(reader, arena_strdup(arena, at + 1), node, &part.field);
        part.text = (struct csv_field){"", 0};
        ARENA_PUSH(arena, column->parts, column->part_count, room, part);
        fields++;
        at = end;
    }
    str_done(&plain);
    if (r >= 0 && fields == 0)
        r = FAIL(reader, node, false, "a template names at least one field in braces; a constant is a 'value'");
    return r;
}

/* -- columns ------------------------------------------------------------------------------------------------------- */

static int read_where(struct reader *reader, const struct tree_node *object, struct mapping_column *column)
{
    const struct tree_node *from = tree_get(object, "from"), *template = tree_get(object, "template"),
                           *value = tree_get(object, "value");

    column->field = -1;
    if ((from != NULL) + (template != NULL) + (value != NULL) != 1)
        return FAIL(reader, object, false, "a column has one of 'from', 'template' and 'value'");
    if (template != NULL && template->kind != TREE_STRING)
        return FAIL(reader, template, false, "'template' is a text");
    if (template != NULL)
        return read_template(reader, template, column);
    if (from != NULL && from->kind != TREE_STRING)
        return FAIL(reader, from, false, "'from' is the name of a field");
    if (from != NULL)
        return field_of(reader, tree_text(reader->file->arena, from), from, &column->field);
    if (value->kind == TREE_ARRAY || value->kind == TREE_OBJECT || value->kind == TREE_NULL)
        return FAIL(reader, value, false, "'value' is a text or a number");
    column->parts = ARENA_NEW(reader->file->arena, struct mapping_part);
    column->part_count = 1;
    const char *text = value->kind == TREE_TRUE ? "true" : value->kind == TREE_FALSE ? "false"
                                                          : tree_text(reader->file->arena, value);
    column->parts[0] = (struct mapping_part){-1, {text, strlen(text)}};
    return 0;
}

static int read_reading(struct reader *reader, const struct tree_node *object, struct mapping_column *column)
{
    const int  *allowed = readings_of[column->target->type];
    const char *words[4], *word = NULL;
    size_t      count = 0;
    int         r = read_text(reader, object, "type", &word);

    column->reading = (enum reading)allowed[0];
    for (; allowed[count] >= 0; count++)
        words[count] = reading_words[allowed[count]];
    if (r < 0 || word == NULL)
        return r;
    for (size_t i = 0; i < count; i++)
        if (text_equal(words[i], word)) {
            column->reading = (enum reading)allowed[i];
            return 0;
        }
    for (size_t i = 0; i < READINGS; i++)
        if (text_equal(reading_words[i], word))
            return FAIL(reader, tree_get(object, "type"), false, "'%s' cannot be read as a %s", column->target->name,
                        word);
    return refuse_word(reader, tree_get(object, "type"), "type", word, reading_words, READINGS);
}

static int read_format(struct reader *reader, const struct tree_node *object, struct mapping_column *column)
{
    const struct tree_node *node = tree_get(object, "format");
    long                    at;
    int                     r = read_text(reader, object, "format", &column->format);

    if (r < 0 || column->format == NULL)
        return r;
    if (column->reading != READ_DATE && column->reading != READ_TIMESTAMP)
        return FAIL(reader, node, true, "only a date and a timestamp have a format");
    at = mapping_format_fault(column->format);
    if (at >= 0) {
        FAIL(reader, node, false, "'%.8s' is no part of a format", column->format + at);
        error_hint(reader->error,
                   "parts are: YYYY YY MM Mon Month DD HH24 HH12 AM MI SS MS US TZ; or 'epoch', 'epoch_ms'");
        return ERR_SYNTAX;
    }
    return 0;
}

/* "times": a power of ten, so that no digit is lost. */
static int read_times(struct reader *reader, const struct tree_node *object, struct mapping_column *column)
{
    static const char *const words[] = {"0.000001", "0.001", "0.01", "0.1", "1", "10", "100", "1000", "1000000"};
    static const int         shifts[] = {-6, -3, -2, -1, 0, 1, 2, 3, 6};
    const struct tree_node  *node = tree_get(object, "times");
    const char              *text;

    if (node == NULL)
        return 0;
    if (column->reading != READ_NUMBER)
        return FAIL(reader, node, true, "only a number can be multiplied");
    if (node->kind != TREE_NUMBER && node->kind != TREE_STRING)
        return FAIL(reader, node, false, "'times' is a number");
    text = tree_text(reader->file->arena, node);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_equal(words[i], text)) {
            column->shift = shifts[i];
            return 0;
        }
    return refuse_word(reader, node, "factor", text, words, COUNT_OF(words));
}

static int read_lookup(struct reader *reader, const struct tree_node *object, struct mapping_column *column)
{
    const struct tree_node *node = tree_get(object, "lookup");

    if (node == NULL)
        return 0;
    if (node->kind != TREE_OBJECT)
        return FAIL(reader, node, false, "'lookup' is an object: what the file has, and what it means");
    column->lookup = map_new();
    for (const struct tree_node *item = node->first; item != NULL; item = item->next) {
        char *key = arena_strndup(reader->file->arena, item->key, item->key_length);

        if (item->kind != TREE_STRING && item->kind != TREE_NUMBER)
            return FAIL(reader, item, false, "a lookup gives texts");
        if (!map_put(column->lookup, key, tree_text(reader->file->arena, item)))
            return FAIL(reader, item, true, "'%s' is looked up twice", key);
    }
    return 0;
}

static int read_bool_words(struct reader *reader, const struct tree_node *object, struct mapping_column *column)
{
    static const char *const yes[] = {"true", "t", "yes", "y", "1", "on", NULL};
    static const char *const no[] = {"false", "f", "no", "n", "0", "off", NULL};
    int                      r;

    column->yes = yes;
    column->no = no;
    r = read_texts(reader, object, "true", &column->yes, NULL);
    return r < 0 ? r : read_texts(reader, object, "false", &column->no, NULL);
}

static int read_options(struct reader *reader, const struct tree_node *object, struct mapping_column *column)
{
    const struct tree_node *node = tree_get(object, "default");
    int                     r = read_reading(reader, object, column);

    if (r >= 0)
        r = read_format(reader, object, column);
    if (r >= 0)
        r = read_char(reader, object, "decimal", ".,", &column->decimal);
    if (r >= 0)
        r = read_char(reader, object, "thousands", ",. '_", &column->thousands);
    if (r >= 0 && column->decimal == column->thousands && column->decimal != '\0')
        r = FAIL(reader, object, false, "decimal and thousands are the same character");
    if (r >= 0)
        r = read_text(reader, object, "strip", &column->strip);
    if (r >= 0)
        r = read_times(reader, object, column);
    if (r >= 0)
        r = read_text(reader, object, "separator", &column->separator);
    if (r >= 0 && (column->separator == NULL || *column->separator == '\0'))
        column->separator = ",";
    if (r >= 0)
        r = read_zone(reader, object, &column->zone);
    if (r >= 0)
        r = read_texts(reader, object, "null", &column->nulls, NULL);
    if (r >= 0)
        r = read_lookup(reader, object, column);
    if (r >= 0)
        r = read_bool_words(reader, object, column);
    if (r >= 0 && node != NULL && node->kind != TREE_STRING && node->kind != TREE_NUMBER)
        r = FAIL(reader, node, false, "'default' is a text or a number, as the file would have it");
    if (r >= 0 && node != NULL)
        column->fallback = tree_text(reader->file->arena, node);
    return r;
}

/* A constant is tried once, here, and not with every row. */
static int try_constant(struct reader *reader, const struct tree_node *node, const struct mapping_column *column,
                        const char *text)
{
    struct str  to = STR_INIT;
    const char *why = mapping_value(column, (struct csv_field){text, strlen(text)}, &to);

    str_done(&to);
    return why == NULL ? 0
                       : FAIL(reader, node, false, "'%s' will not do for '%s': %s", text, column->target->name, why);
}

static int read_column(struct reader *reader, const struct tree_node *node, struct mapping_column *column)
{
    static const char *const names[] = {"from", "template", "value", "type", "format", "decimal", "thousands", "strip",
                                        "times", "separator", "zone", "null", "default", "lookup", "true", "false"};
    int                      r;

    column->decimal = reader->decimal;
    column->thousands = reader->thousands;
    column->zone = reader->zone;
    column->nulls = reader->nulls;
    column->twice = reader->mapping->twice;
    if (node->kind == TREE_STRING) {
        r = read_options(reader, NULL, column);
        return r < 0 ? r : field_of(reader, tree_text(reader->file->arena, node), node, &column->field);
    }
    if (node->kind != TREE_OBJECT)
        return FAIL(reader, node, false, "a column is the name of a field, or an object that says where it comes from");
    r = source_file_check_names(reader->file, node, names, COUNT_OF(names), reader->error);
    if (r >= 0)
        r = read_where(reader, node, column);
    if (r >= 0)
        r = read_options(reader, node, column);
    if (r >= 0 && tree_get(node, "value") != NULL && column->lookup == NULL)
        r = try_constant(reader, tree_get(node, "value"), column, column->parts[0].text.text);
    if (r >= 0 && column->fallback != NULL && column->lookup == NULL)
        r = try_constant(reader, tree_get(node, "default"), column, column->fallback);
    return r;
}

static int read_columns(struct reader *reader)
{
    struct mapping         *mapping = reader->mapping;
    const struct tree_node *object = tree_get(reader->file->tree.root, "columns");
    size_t                  width = target_width(mapping->target);
    const char            **names = ARENA_ARRAY(reader->file->arena, const char *, width + 1);
    int                     r = 0;

    if (object == NULL || object->kind != TREE_OBJECT)
        return FAIL(reader, object != NULL ? object : reader->file->tree.root, false,
                    "'columns' is an object: columns of '%s', and where each comes from", mapping->target->name);
    mapping->columns = ARENA_ARRAY(reader->file->arena, struct mapping_column, width);
    mapping->twice = ARENA_NEW(reader->file->arena, int64_t);
    for (size_t i = 0; i < width; i++)
        names[i] = mapping->target->columns[i].name;
    for (const struct tree_node *node = object->first; node != NULL && r >= 0; node = node->next) {
        size_t i = 0;

        while (i < width && !tree_key_is(node, names[i]))
            i++;
        if (i == width)
            return source_file_check_names(reader->file, object, names, width, reader->error);
        if (mapping->columns[i].target != NULL)
            return FAIL(reader, node, true, "'%s' is there twice", names[i]);
        mapping->columns[i].target = &mapping->target->columns[i];
        r = read_column(reader, node, &mapping->columns[i]);
    }
    for (size_t i = 0; i < width && r >= 0; i++)
        if (mapping->target->columns[i].needed && mapping->columns[i].target == NULL)
            r = FAIL(reader, object, false, "'%s' needs a column '%s'", mapping->target->name, names[i]);
    return r;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

static int read_target(struct reader *reader)
{
    const struct tree_node *root = reader->file->tree.root;
    const char             *name = NULL, *names[16];
    size_t                  count = 0;
    int                     r = read_text(reader, root, "target", &name);

    if (r < 0)
        return r;
    for (; targets[count] != NULL; count++)
        names[count] = targets[count]->name;
    if (name == NULL) {
        FAIL(reader, root, false, "'target' is missing");
        error_hint(reader->error, "as in \"target\": \"%s\"", names[0]);
        return ERR_SYNTAX;
    }
    reader->mapping->target = target_find(name);
    return reader->mapping->target != NULL
               ? 0
               : refuse_word(reader, tree_get(root, "target"), "target", name, names, count);
}

static int read_rule(struct reader *reader)
{
    static const char *const rules[] = {"update", "fill", "keep"};
    const struct tree_node  *node = tree_get(reader->file->tree.root, "on_conflict");
    const char              *rule = NULL;
    int                      r = read_text(reader, reader->file->tree.root, "on_conflict", &rule);

    reader->mapping->rule = rule != NULL ? rule : rules[0];
    for (size_t i = 0; r >= 0 && i < COUNT_OF(rules); i++)
        if (text_equal(rules[i], reader->mapping->rule))
            return 0;
    return r < 0 ? r : refuse_word(reader, node, "rule", rule, rules, COUNT_OF(rules));
}

/* What only some kinds have. */
static int read_shape(struct reader *reader)
{
    const struct tree_node *root = reader->file->tree.root, *path = tree_get(root, "path"),
                           *header = tree_get(root, "header"), *delimiter = tree_get(root, "delimiter");
    struct mapping         *mapping = reader->mapping;
    bool                    is_csv = text_equal(mapping->kind, "csv"), is_tsv = text_equal(mapping->kind, "tsv");
    int                     r = 0;

    mapping->delimiter = is_tsv ? '\t' : ',';
    if (path != NULL && !text_equal(mapping->kind, "json"))
        return FAIL(reader, path, true, "only a json has a path");
    if (header != NULL && !is_csv && !is_tsv)
        return FAIL(reader, header, true, "only a csv or tsv has a header");
    if (delimiter != NULL && !is_csv)
        return FAIL(reader, delimiter, true, "only a csv has a delimiter");
    r = read_text(reader, root, "path", &mapping->path);
    if (r >= 0)
        r = read_texts(reader, root, "header", &mapping->header, &mapping->header_count);
    if (r >= 0 && mapping->header != NULL && mapping->header_count == 0)
        r = FAIL(reader, header, false, "'header' names the fields in their order");
    if (r >= 0)
        r = read_char(reader, root, "delimiter", ",;|\t:", &mapping->delimiter);
    return r >= 0 && mapping->delimiter == '\0' ? FAIL(reader, delimiter, false, "a delimiter is one character") : r;
}

static int read_ignored(struct reader *reader)
{
    static const char *const none[] = {NULL};
    struct mapping          *mapping = reader->mapping;
    int                      r;

    mapping->ignored = none;
    r = read_texts(reader, reader->file->tree.root, "ignore", &mapping->ignored, NULL);
    mapping->ignore_all = r >= 0 && text_equal(mapping->ignored[0], "*");
    return r;
}

/* What follows from the whole: which fields are needed, the told columns as a text, the digest. */
static void settle(struct reader *reader)
{
    struct mapping *mapping = reader->mapping;
    struct arena   *arena = reader->file->arena;
    struct str      told = STR_INIT;
    struct sha256   sha;

    mapping->field_needed = ARENA_ARRAY(arena, bool, mapping->field_count + 1);
    str_add_char(&told, '{');
    for (size_t i = 0; mapping->target->columns[i].name != NULL; i++) {
        const struct mapping_column *column = &mapping->columns[i];

        if (column->target == NULL)
            continue;
        str_addf(&told, "%s%s", told.length > 1 ? "," : "", column->target->name);
        if (column->field >= 0 && column->target->needed && column->fallback == NULL)
            mapping->field_needed[column->field] = true;
        for (size_t p = 0; p < column->part_count; p++)
            if (column->parts[p].field >= 0 && column->target->needed)
                mapping->field_needed[column->parts[p].field] = true;
    }
    str_add_char(&told, '}');
    mapping->told = arena_strdup(arena, str_text(&told));
    str_done(&told);
    sha256_begin(&sha);
    sha256_add(&sha, READER_VERSION, sizeof READER_VERSION);
    sha256_add(&sha, reader->file->text, reader->file->tree.length);
    sha256_end(&sha, mapping->digest);
}

int mapping_read(const struct source_file *file, struct mapping *ret_mapping, struct error *error)
{
    static const char *const names[] = {"kind", "summary", "schedule", "settings", "target", "delimiter", "header", "path", "null",
                                        "zone", "decimal", "thousands", "on_conflict", "ignore", "columns"};
    static const char *const nulls[] = {"", NULL};
    const struct tree_node  *root = file->tree.root;
    struct mapping           mapping = {.kind = file->kind};
    struct reader reader = {
        .file = file, .mapping = &mapping, .error = error, .decimal = '.', .zone = zone_utc(), .nulls = nulls};
    int                      r = source_file_check_names(file, root, names, COUNT_OF(names), error);

    if (r >= 0)
        r = read_target(&reader);
    if (r >= 0)
        r = read_rule(&reader);
    if (r >= 0)
        r = read_shape(&reader);
    if (r >= 0)
        r = read_texts(&reader, root, "null", &reader.nulls, NULL);
    if (r >= 0)
        r = read_zone(&reader, root, &reader.zone);
    if (r >= 0)
        r = read_char(&reader, root, "decimal", ".,", &reader.decimal);
    if (r >= 0)
        r = read_char(&reader, root, "thousands", ",. '_", &reader.thousands);
    if (r >= 0)
        r = read_ignored(&reader);
    if (r >= 0)
        r = read_columns(&reader);
    if (r < 0) {
        mapping_done(&mapping);
        return r;
    }
    settle(&reader);
    *ret_mapping = mapping;
    return 0;
}

void mapping_done(struct mapping *mapping)
{
    for (size_t i = 0; mapping->columns != NULL && mapping->target->columns[i].name != NULL; i++)
        map_freep(&mapping->columns[i].lookup);
    mapping->columns = NULL;
}
