/* Pins as files: written so that a change of one row is a change of one line. */
#include "ytempire/app/pin.h"

#include <string.h>

#include "saved_int.h"
#include "ytempire/base/file.h"
#include "ytempire/base/str.h"
#include "ytempire/base/tree.h"
#include "ytempire/conf/named.h"

#define PIN_FILE_MOST (64u << 20)
#define PIN_DEPTH 64

static struct conf_named pin_files(const struct app *app)
{
    struct conf_named named = {.ending = ".json", .noun = "pin", .list = "'pins' lists all"};
    const char       *model = conf_text(app->conf, OPTION_MODEL);

    if (model != NULL)
        named.own = path_join(model, "pins");
    else
        conf_named_begin(&named, "queries/model/pins");
    return named;
}

int app_pin_names(struct app *app, char ***ret_names, size_t *ret_count, struct error *error)
{
    struct conf_named named = pin_files(app);
    int               r = conf_named_list(&named, ret_names, ret_count, error);

    conf_named_done(&named);
    return r;
}

void app_pin_names_free(char **names, size_t count)
{
    conf_named_free(names, count);
}

int app_pin_check_name(struct app *app, const char *name, struct error *error)
{
    struct conf_named named = pin_files(app);
    int               r = conf_named_check(&named, name, error);

    conf_named_done(&named);
    return r;
}

int app_pin_remove(struct app *app, const char *name, struct error *error)
{
    struct conf_named named = pin_files(app);
    int               r = conf_named_remove(&named, name, error);

    conf_named_done(&named);
    return r;
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

static void add_field(struct str *to, const char *name, const char *value)
{
    str_addf(to, "  \"%s\": ", name);
    add_json_text(to, value);
    str_add(to, ",\n");
}

static void add_columns(struct str *to, const struct app_pin *pin)
{
    str_add(to, "  \"columns\": [\n");
    for (size_t i = 0; i < pin->column_count; i++) {
        str_add(to, "    {\"name\": ");
        add_json_text(to, pin->columns[i].name);
        str_addf(to, ", \"type\": \"%s\", \"role\": \"%s\"}%s\n", pin->columns[i].type, pin->columns[i].role,
                 i + 1 < pin->column_count ? "," : "");
    }
    str_add(to, "  ],\n");
}

static void add_rows(struct str *to, const struct app_pin *pin)
{
    str_add(to, "  \"rows\": [");
    for (size_t row = 0; row < pin->row_count; row++) {
        str_add(to, row > 0 ? ",\n    [" : "\n    [");
        for (size_t i = 0; i < pin->column_count; i++) {
            const char *cell = pin->cells[row * pin->column_count + i];

            str_add(to, i > 0 ? ", " : "");
            if (cell != NULL)
                add_json_text(to, cell);
            else
                str_add(to, "null");
        }
        str_add(to, "]");
    }
    str_add(to, pin->row_count > 0 ? "\n  ]\n" : "]\n");
}

int app_pin_write(struct app *app, const struct app_pin *pin, char **ret_path, struct error *error)
{
    struct conf_named named = pin_files(app);
    struct str        text = STR_INIT;
    char              clock[TIME_TEXT_SIZE];
    int               r;

    str_add(&text, "{\n");
    if (*pin->query == '{')
        str_addf(&text, "  \"query\": %s,\n", pin->query);
    else
        add_field(&text, "query", pin->query);
    add_field(&text, "asked", pin->asked);
    add_field(&text, "clock", instant_to_text(pin->clock, clock));
    if (pin->as_user != NULL)
        add_field(&text, "as_user", pin->as_user);
    add_columns(&text, pin);
    add_rows(&text, pin);
    str_add(&text, "}\n");
    r = conf_named_write(&named, pin->name, str_text(&text), text.length, ret_path, error);
    str_done(&text);
    conf_named_done(&named);
    return r;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

struct reading {
    struct arena *arena;
    struct tree   tree;
    const char   *path;
    struct error *error;
};

static int fail_at(struct reading *reading, size_t at, const char *message, const char *hint)
{
    size_t line, column;

    tree_line_column(reading->tree.text, reading->tree.length, at, &line, &column);
    error_set(reading->error, ERR_SYNTAX, "a broken pin: %s", message);
    error_where(reading->error, reading->path, line, column);
    if (hint != NULL)
        error_hint(reading->error, "%s", hint);
    return ERR_SYNTAX;
}

static int fail(struct reading *reading, const struct tree_node *node, const char *message)
{
    return fail_at(reading, node != NULL ? tree_place(&reading->tree, node, false) : 0, message,
                   "'pin NAME QUERY' makes it anew");
}

static int read_text(struct reading *reading, const struct tree_node *object, const char *key, const char **ret_text)
{
    const struct tree_node *node = tree_get(object, key);

    if (node == NULL || node->kind != TREE_STRING)
        return fail(reading, node != NULL ? node : object,
                    arena_printf(reading->arena, "'%s' is a text, and must be there", key));
    *ret_text = tree_text(reading->arena, node);
    return 0;
}

static int read_query(struct reading *reading, struct app_pin *pin)
{
    const struct tree_node *node = tree_get(reading->tree.root, "query");
    const struct tree_node *next = node != NULL ? node->next : NULL;
    size_t                  at, end;

    if (node == NULL || node->kind != TREE_OBJECT)
        return read_text(reading, reading->tree.root, "query", &pin->query);
    at = tree_place(&reading->tree, node, false);
    end = next != NULL ? tree_place(&reading->tree, next, true) : reading->tree.length;
    while (end > at && reading->tree.text[end - 1] != '}')
        end--;
    if (next == NULL)                    /* that was the brace of the whole */
        do
            end--;
        while (end > at && reading->tree.text[end - 1] != '}');
    pin->query = arena_strndup(reading->arena, reading->tree.text + at, end - at);
    return 0;
}

static int read_columns(struct reading *reading, struct app_pin *pin)
{
    const struct tree_node *list = tree_get(reading->tree.root, "columns");
    int                     r = 0;

    if (list == NULL || list->kind != TREE_ARRAY || list->count == 0)
        return fail(reading, list, "'columns' is a list of at least one");
    pin->columns = ARENA_ARRAY(reading->arena, struct app_pin_column, list->count);
    for (const struct tree_node *node = list->first; node != NULL && r >= 0; node = node->next) {
        struct app_pin_column *column = &pin->columns[pin->column_count++];

        r = read_text(reading, node, "name", &column->name);
        if (r >= 0)
            r = read_text(reading, node, "type", &column->type);
        if (r >= 0)
            r = read_text(reading, node, "role", &column->role);
    }
    return r;
}

static int read_row(struct reading *reading, struct app_pin *pin, const struct tree_node *row)
{
    if (row->kind != TREE_ARRAY || row->count != pin->column_count)
        return fail(reading, row, "a row is a list with a cell for each column");
    for (const struct tree_node *cell = row->first; cell != NULL; cell = cell->next) {
        if (cell->kind != TREE_STRING && cell->kind != TREE_NULL)
            return fail(reading, cell, "a cell is a text, or null");
        pin->cells[pin->cell_room++] = cell->kind == TREE_STRING ? tree_text(reading->arena, cell) : NULL;
    }
    pin->row_count++;
    return 0;
}

static int read_rows(struct reading *reading, struct app_pin *pin)
{
    const struct tree_node *list = tree_get(reading->tree.root, "rows");
    int                     r = 0;

    if (list == NULL || list->kind != TREE_ARRAY)
        return fail(reading, list, "'rows' is a list, and must be there");
    pin->cells = ARENA_ARRAY(reading->arena, const char *, list->count * pin->column_count + 1);
    for (const struct tree_node *row = list->first; row != NULL && r >= 0; row = row->next)
        r = read_row(reading, pin, row);
    return r;
}

static int read_clock(struct reading *reading, struct app_pin *pin)
{
    const char *text = NULL;
    int         r = read_text(reading, reading->tree.root, "clock", &text);

    if (r >= 0 && instant_from_text(text, strlen(text), &pin->clock) < 0)
        r = fail(reading, tree_get(reading->tree.root, "clock"), "'clock' is an instant (2026-01-31T12:00:00Z)");
    return r;
}

static int read_pin(struct reading *reading, struct app_pin *pin)
{
    const struct tree_node *user;
    int                     r;

    if (reading->tree.root->kind != TREE_OBJECT)
        return fail(reading, reading->tree.root, "it is an object");
    user = tree_get(reading->tree.root, "as_user");
    r = read_query(reading, pin);
    if (r >= 0)
        r = read_text(reading, reading->tree.root, "asked", &pin->asked);
    if (r >= 0)
        r = read_clock(reading, pin);
    if (r >= 0 && user != NULL)
        r = read_text(reading, reading->tree.root, "as_user", &pin->as_user);
    if (r >= 0)
        r = read_columns(reading, pin);
    return r < 0 ? r : read_rows(reading, pin);
}

static int read_file(struct arena *arena, const char *path, struct app_pin *pin, struct error *error)
{
    _cleanup_(mem_freep) char *text = NULL;
    struct reading    reading = {.arena = arena, .path = path, .error = error};
    struct tree_fault fault;
    size_t            length;
    int               r = file_read(path, PIN_FILE_MOST, &text, &length, error);

    if (r < 0)
        return r;
    r = tree_read(&reading.tree, text, length, PIN_DEPTH, &fault);
    if (r < 0) {
        reading.tree.text = text;
        reading.tree.length = length;
        r = fail_at(&reading, fault.at, arena_printf(arena, "not JSON: %s", fault.message), fault.hint);
    } else {
        r = read_pin(&reading, pin);
    }
    tree_done(&reading.tree);
    return r;
}

int app_pin_read(struct app *app, struct arena *arena, const char *name, struct app_pin *ret_pin, struct error *error)
{
    struct conf_named          named = pin_files(app);
    _cleanup_(mem_freep) char *path = NULL;
    int                        r = conf_named_find(&named, name, &path, error);

    if (r >= 0) {
        struct app_pin pin = {.name = arena_strdup(arena, name), .path = arena_strdup(arena, path)};

        r = read_file(arena, path, &pin, error);
        if (r >= 0)
            *ret_pin = pin;
    }
    conf_named_done(&named);
    return r;
}
