/*
 * The items of a list somewhere in a JSON, one by one: the whole is never held. What lies before the list and behind it
 * is passed over by its brackets; an item must fit into the buffer, and is then read strictly.
 */
#include <string.h>

#include "reader_int.h"

#define DEPTH 64
#define KEY_MOST 1000

/* -- a record ------------------------------------------------------------------------------------------------------ */

/* The member called so. In a large object the tree has not looked whether it is there twice. */
static const struct tree_node *get_once(struct reader *reader, const struct tree_node *object, const char *name)
{
    const struct tree_node *found = tree_get(object, name);

    if (found != NULL && object->count > TREE_KEYS_CHECKED && reader->twice == NULL)
        for (const struct tree_node *node = found->next; node != NULL; node = node->next)
            if (tree_key_is(node, name))
                reader->twice = node;
    return found;
}

/* A member by its name, else by a path of names with dots. */
static const struct tree_node *member(struct reader *reader, const struct tree_node *object, const char *name)
{
    const struct tree_node *node = get_once(reader, object, name);
    const char             *dot = strchr(name, '.');
    char                    first[KEY_MOST];

    if (node != NULL || dot == NULL || (size_t)(dot - name) >= sizeof first)
        return node;
    memcpy(first, name, (size_t)(dot - name));
    first[dot - name] = '\0';
    node = get_once(reader, object, first);
    return node != NULL ? member(reader, node, dot + 1) : NULL;
}

/* Behind the value that begins at `at`, which is known to be JSON. */
static const char *behind(const char *at)
{
    int  level = 0;
    bool in_text = false;

    for (;; at++) {
        if (in_text && *at == '\\') {
            at++;
            continue;
        }
        if (*at == '"')
            in_text = !in_text;
        if (in_text)
            continue;
        level += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        if (level == 0)
            return at + 1;
    }
}

static struct csv_field value_of(struct reader *reader, const struct tree_node *node)
{
    const char *text;

    if (node == NULL || node->kind == TREE_NULL)
        return (struct csv_field){NULL, 0};
    switch (node->kind) {
    case TREE_TRUE: return (struct csv_field){"true", 4};
    case TREE_FALSE: return (struct csv_field){"false", 5};
    case TREE_ARRAY:
    case TREE_OBJECT:
        text = reader->tree.text + tree_place(&reader->tree, node, false);
        return (struct csv_field){text, (size_t)(behind(text) - text)};
    case TREE_NUMBER: return (struct csv_field){node->text, node->length};
    case TREE_NULL:
    case TREE_STRING:
    default: break;
    }
    if (!node->escaped)
        return (struct csv_field){node->text, node->length};
    text = tree_text(reader->arena, node);
    return (struct csv_field){text, strlen(text)};
}

static bool is_known(const struct mapping *mapping, const struct tree_node *node)
{
    for (size_t i = 0; i < mapping->field_count; i++) {
        const char *name = mapping->fields[i];

        if (tree_key_is(node, name) ||
            (strncmp(name, node->key, node->key_length) == 0 && name[node->key_length] == '.'))
            return true;
    }
    for (const char *const *name = mapping->ignored; *name != NULL; name++)
        if (tree_key_is(node, *name))
            return true;
    return mapping->ignore_all;
}

static void find_stray(struct reader *reader)
{
    reader->stray = NULL;
    for (const struct tree_node *node = reader->tree.root->first; node != NULL && reader->stray == NULL;
         node = node->next)
        if (!is_known(reader->mapping, node))
            reader->stray = arena_strndup(reader->arena, node->key, node->key_length);
}

/* The mapping's fields. A name that is there twice is refused, and so is a NUL, which no text of PostgreSQL has. */
static int read_fields(struct reader *reader, const char *text, size_t length, struct tree_fault *ret_fault)
{
    const struct mapping *mapping = reader->mapping;

    if (tree_read(&reader->tree, text, length, DEPTH, ret_fault) < 0)
        return ERR_SYNTAX;
    *ret_fault = (struct tree_fault){.message = "not an object"};
    if (reader->tree.root->kind != TREE_OBJECT)
        return ERR_SYNTAX;
    if (reader->field_room < mapping->field_count + 1) {
        reader->field_room = mapping->field_count + 1;
        reader->fields = mem_array(reader->fields, reader->field_room, sizeof *reader->fields);
    }
    reader->twice = NULL;
    for (size_t i = 0; i < mapping->field_count; i++)
        reader->fields[i] = value_of(reader, member(reader, reader->tree.root, mapping->fields[i]));
    if (reader->twice == NULL)
        return 0;
    *ret_fault = (struct tree_fault){.at = tree_place(&reader->tree, reader->twice, true),
                                     .message = "the same name stands twice in one object"};
    return ERR_SYNTAX;
}

/* Of byte `at` of what lies at the front of the feed. */
static struct csv_place place_of(const struct feed *feed, size_t at)
{
    size_t line, column;

    tree_line_column(feed->data + feed->at, feed->end - feed->at, at, &line, &column);
    return (struct csv_place){feed->line + line - 1, line == 1 ? feed->column + column - 1 : column};
}

void reader_take_json(struct reader *reader, size_t length, size_t with_end, struct csv_record *ret_record)
{
    const char       *text = reader->feed.data + reader->feed.at;
    struct tree_fault fault;

    arena_free(reader->arena);
    reader->arena = arena_new();
    reader->stray = NULL;
    if (read_fields(reader, text, length, &fault) < 0) {
        struct csv_place place = place_of(&reader->feed, fault.at);

        reader_take_fault(reader, fault.message, with_end, ret_record);
        ret_record->raw_length = length;
        ret_record->place = place;
        return;
    }
    find_stray(reader);
    *ret_record = (struct csv_record){
        .fields = reader->fields,
        .count = reader->mapping->field_count,
        .line = reader->feed.line,
        .raw = text,
        .raw_length = length,
    };
    feed_take(&reader->feed, with_end);
}

/* -- the way to the list ------------------------------------------------------------------------------------------- */

/* The next byte that is no blank, not taken; 0: the file has ended. */
static int peek(struct reader *reader, char *ret_char, struct error *error)
{
    struct feed *feed = &reader->feed;

    for (;;) {
        size_t blanks = 0, left = feed->begun ? feed->end - feed->at : 0;

        while (blanks < left && strchr(" \t\r\n", feed->data[feed->at + blanks]) != NULL &&
               feed->data[feed->at + blanks] != '\0')
            blanks++;
        feed_take(feed, blanks);
        if (blanks < left) {
            *ret_char = feed->data[feed->at];
            return 1;
        }
        if (feed->ended)
            return 0;
        int r = feed_more(feed, error);
        if (r < 0)
            return r;
    }
}

/* How far a value goes from `from`, on `level` levels: 1 and its length, or 0 when its end is not there. A scalar ends
 * before the next comma or bracket. */
static bool measure(const char *from, const char *end, int *level, bool *in_text, size_t *ret_length)
{
    for (const char *at = from; at < end; at++) {
        char c = *at;

        if (*in_text) {
            if (c == '\\' && at + 1 == end) {
                *ret_length = (size_t)(at - from);
                return false;
            }
            at += c == '\\';
            *in_text = c != '"';
            continue;
        }
        if (*level == 0 && (c == ',' || c == '}' || c == ']')) {
            *ret_length = (size_t)(at - from);
            return true;
        }
        *in_text = c == '"';
        *level += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (*level == 0 && (c == '}' || c == ']')) {
            *ret_length = (size_t)(at - from) + 1;
            return true;
        }
    }
    *ret_length = (size_t)(end - from);
    return false;
}

/* Passes over a value of any length. */
static int skip_value(struct reader *reader, int level, struct error *error)
{
    struct feed *feed = &reader->feed;
    bool         in_text = false;

    for (;;) {
        size_t length = 0;
        bool   whole = measure(feed->data + feed->at, feed->data + feed->end, &level, &in_text, &length);

        feed_take(feed, length);
        if (whole)
            return 1;
        if (feed->ended)
            return 0;
        int r = feed_more(feed, error);
        if (r < 0)
            return r;
    }
}

static int refuse(struct reader *reader, struct error *error, const char *what)
{
    const char *path = reader->mapping->path;

    error_set(error, ERR_FAILED, "line %llu: %s%s%s%s", (unsigned long long)reader->feed.line, what,
              path != NULL ? " '" : "", path != NULL ? path : "", path != NULL ? "'" : "");
    error_hint(error,
               "a json is a list of objects, or its source says as 'path' where in it the list is: \"data.items\"");
    return ERR_FAILED;
}

/* The quote that ends a text, or NULL. */
static const char *find_quote(const char *at, const char *end)
{
    for (; at < end && *at != '"'; at++)
        at += *at == '\\' && at + 1 < end;
    return at < end ? at : NULL;
}

/* A name and its colon, at a quote. (One with a backslash is not the one that is looked for.) */
static int take_key(struct reader *reader, char key[static KEY_MOST], struct error *error)
{
    struct feed *feed = &reader->feed;
    char         c = '\0';
    int          r;

    for (;;) {
        const char *from = feed->data + feed->at + 1, *end = feed->data + feed->end;
        const char *quote = find_quote(from, end);

        if (quote != NULL && (size_t)(quote - from) < KEY_MOST) {
            memcpy(key, from, (size_t)(quote - from));
            key[quote - from] = '\0';
            feed_take(feed, (size_t)(quote - from) + 2);
            break;
        }
        r = quote != NULL || feed_is_full(feed) ? 0 : feed_more(feed, error);
        if (r <= 0)
            return r < 0 ? r : refuse(reader, error, "a name that does not end, before the list");
    }
    r = peek(reader, &c, error);
    if (r <= 0 || c != ':')
        return r < 0 ? r : refuse(reader, error, "not JSON before the list");
    feed_take(feed, 1);
    return 1;
}

/* Into the member called so of the object that comes. */
static int enter(struct reader *reader, const char *name, size_t length, struct error *error)
{
    char key[KEY_MOST], c = '\0';
    int  r = peek(reader, &c, error);

    if (r <= 0 || c != '{')
        return r < 0 ? r : refuse(reader, error, "there is no list at");
    do {
        feed_take(&reader->feed, 1);
        r = peek(reader, &c, error);
        if (r <= 0 || c != '"')
            return r < 0 ? r : refuse(reader, error, "there is no list at");
        r = take_key(reader, key, error);
        if (r <= 0)
            return r;
        if (strlen(key) == length && memcmp(key, name, length) == 0)
            return 1;
        r = peek(reader, &c, error);
        if (r > 0)
            r = skip_value(reader, 0, error);
        if (r > 0)
            r = peek(reader, &c, error);
        if (r < 0)
            return r;
    } while (r > 0 && c == ',');
    return refuse(reader, error, "there is no list at");
}

static int seek(struct reader *reader, struct error *error)
{
    const char *path = reader->mapping->path;
    char        c = '\0';
    int         r = 1;

    while (r > 0 && path != NULL && *path != '\0') {
        const char *dot = strchr(path, '.');

        r = enter(reader, path, dot != NULL ? (size_t)(dot - path) : strlen(path), error);
        path = dot != NULL ? dot + 1 : NULL;
    }
    if (r > 0)
        r = peek(reader, &c, error);
    if (r < 0)
        return r;
    if (r == 0 || c != '[')
        return refuse(reader, error, r == 0 ? "the file ends before there is a list" : "this is no list");
    feed_take(&reader->feed, 1);
    return 1;
}

/* -- the items ----------------------------------------------------------------------------------------------------- */

static int json_header(struct reader *reader, struct csv_record *ret_header, struct error *error)
{
    int r = seek(reader, error);

    if (r > 0)
        reader_give_names(reader, reader->mapping->fields, reader->mapping->field_count, ret_header);
    return r;
}

/* Reads to the end of the bytes: the digest is of them all. */
static int finish(struct reader *reader, struct error *error)
{
    int r = 1;

    reader->over = true;
    while (r > 0 && !reader->feed.ended) {
        feed_take(&reader->feed, reader->feed.end - reader->feed.at);
        r = feed_more(&reader->feed, error);
    }
    return r < 0 ? r : 0;
}

static int take_item(struct reader *reader, struct csv_record *ret_record, struct error *error)
{
    struct feed *feed = &reader->feed;

    for (;;) {
        size_t length = 0;
        int    level = 0, r;
        bool   in_text = false;

        if (measure(feed->data + feed->at, feed->data + feed->end, &level, &in_text, &length) && length > 0) {
            reader_take_json(reader, length, length, ret_record);
            return 1;
        }
        if (feed->ended) {
            reader_take_fault(reader, "the file ends inside an item", feed->end - feed->at, ret_record);
            return 1;
        }
        if (feed_is_full(feed)) {
            reader_take_fault(reader, "an item that is too long to be read", 0, ret_record);
            ret_record->raw_length = feed->room < FAULT_RAW ? feed->room : FAULT_RAW;
            reader->skipping = 1;
            return 1;
        }
        r = feed_more(feed, error);
        if (r < 0)
            return r;
    }
}

static int json_next(struct reader *reader, struct csv_record *ret_record, struct error *error)
{
    char c = '\0';
    int  r = 1;

    if (reader->skipping != 0) {
        reader->skipping = 0;
        r = skip_value(reader, 0, error);
    }
    while (r > 0 && !reader->over) {
        r = peek(reader, &c, error);
        if (r <= 0)
            break;
        if (c == ']')
            return finish(reader, error);
        if (c != ',' && c != '}')
            return take_item(reader, ret_record, error);
        if (c == '}') {
            reader_take_fault(reader, "a bracket that was not opened", 1, ret_record);
            return 1;
        }
        feed_take(&reader->feed, 1);
    }
    if (r == 0 && !reader->over) {
        reader->over = true;
        reader_take_fault(reader, "the file ends before its list does", 0, ret_record);
        ret_record->last = true;
        return 1;
    }
    return r < 0 ? r : 0;
}

const struct reader_ops reader_json_ops = {json_header, json_next};
