/* Boards as files: found, read, with the place of what is wrong. */
#include <string.h>

#include "board_int.h"
#include "ytempire/base/decimal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/time.h"
#include "ytempire/conf/named.h"

#define BOARD_FILE_MOST (1u << 20)
#define BOARD_DEPTH 24
#define EVERY_US (15 * US_PER_SECOND)

static struct conf_named board_files(void)
{
    struct conf_named named = {.ending = ".json", .noun = "board", .list = "'boards' lists all"};

    conf_named_begin(&named, "queries/boards");
    return named;
}

int board_names(char ***ret_names, size_t *ret_count, struct error *error)
{
    struct conf_named named = board_files();
    int               r = conf_named_list(&named, ret_names, ret_count, error);

    conf_named_done(&named);
    return r;
}

void board_names_free(char **names, size_t count)
{
    conf_named_free(names, count);
}

int board_find(const char *name, char **ret_path, struct error *error)
{
    struct conf_named named = board_files();
    int               r = conf_named_find(&named, name, ret_path, error);

    conf_named_done(&named);
    return r;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

int reading_fail_at(struct reading *reading, size_t at, const char *message)
{
    size_t line, column;

    tree_line_column(reading->tree.text, reading->tree.length, at, &line, &column);
    error_set(reading->error, ERR_SYNTAX, "a broken board: %s", message);
    error_where(reading->error, reading->path, line, column);
    return ERR_SYNTAX;
}

int reading_fail(struct reading *reading, const struct tree_node *node, const char *message)
{
    return reading_fail_at(reading, tree_place(&reading->tree, node, false), message);
}

const char *reading_where(struct reading *reading, const struct tree_node *object, const char *name)
{
    const struct tree_node *node = tree_get(object, name);
    size_t                  line, column;

    if (node == NULL)
        return NULL;
    tree_line_column(reading->tree.text, reading->tree.length, tree_place(&reading->tree, node, false), &line, &column);
    return arena_printf(reading->arena, "%s:%zu:%zu", reading->path, line, column);
}

int reading_check_names(struct reading *reading, const struct tree_node *object, const char *const *names, size_t count)
{
    for (const struct tree_node *node = object->first; node != NULL; node = node->next) {
        const char *near;
        size_t      i = 0;

        while (i < count && !tree_key_is(node, names[i]))
            i++;
        if (i < count)
            continue;
        near = nearest_word(node->key, node->key_length, names, count);
        (void)reading_fail_at(reading, tree_place(&reading->tree, node, true),
                              arena_printf(reading->arena, "'%.*s' means nothing here", (int)node->key_length,
                                           node->key));
        if (near != NULL)
            error_hint(reading->error, "did you mean '%s'?", near);
        return ERR_SYNTAX;
    }
    return 0;
}

/* A text, or a list of lines. */
int reading_text(struct reading *reading, const struct tree_node *object, const char *name, const char **ret_text)
{
    const struct tree_node *node = tree_get(object, name), *wrong = NULL;
    struct str              text = STR_INIT;

    if (node == NULL)
        return 0;
    if (node->kind == TREE_STRING)
        str_add(&text, tree_text(reading->arena, node));
    for (const struct tree_node *line = node->kind == TREE_ARRAY ? node->first : NULL; line != NULL;
         line = line->next) {
        if (line->kind != TREE_STRING)
            wrong = line;
        else
            str_addf(&text, "%s%s", line != node->first ? "\n" : "", tree_text(reading->arena, line));
    }
    if (wrong == NULL && (text.length == 0 || (node->kind != TREE_STRING && node->kind != TREE_ARRAY)))
        wrong = node;
    if (wrong == NULL)
        *ret_text = arena_strdup(reading->arena, str_text(&text));
    str_done(&text);
    return wrong == NULL ? 0
                         : reading_fail(reading, wrong,
                                        arena_printf(reading->arena, "'%s' is a text, or a list of lines", name));
}

int reading_need_text(struct reading *reading, const struct tree_node *object, const char *name, const char **ret_text)
{
    int r = reading_text(reading, object, name, ret_text);

    if (r >= 0 && tree_get(object, name) == NULL)
        r = reading_fail(reading, object, arena_printf(reading->arena, "'%s' is missing", name));
    return r;
}

int reading_flag(struct reading *reading, const struct tree_node *object, const char *name, bool *ret_flag)
{
    const struct tree_node *node = tree_get(object, name);

    if (node == NULL)
        return 0;
    if (node->kind != TREE_TRUE && node->kind != TREE_FALSE)
        return reading_fail(reading, node, arena_printf(reading->arena, "'%s' is true or false", name));
    *ret_flag = node->kind == TREE_TRUE;
    return 0;
}

int reading_int(struct reading *reading, const struct tree_node *object, const char *name, int least, int most,
                int *ret_number)
{
    const struct tree_node *node = tree_get(object, name);
    long long               number;

    if (node == NULL)
        return 0;
    if (node->kind != TREE_NUMBER || text_to_int64(node->text, node->length, &number) < 0 || number < least ||
        number > most)
        return reading_fail(reading, node,
                            arena_printf(reading->arena, "'%s' is a whole number from %d to %d", name, least, most));
    *ret_number = (int)number;
    return 0;
}

int reading_decimal(struct reading *reading, const struct tree_node *object, const char *name, const char **ret_text)
{
    const struct tree_node *node = tree_get(object, name);

    if (node == NULL)
        return 0;
    if (node->kind != TREE_NUMBER || !decimal_is(node->text, node->length))
        return reading_fail(reading, node, arena_printf(reading->arena, "'%s' is a number", name));
    *ret_text = arena_strndup(reading->arena, node->text, node->length);
    return 0;
}

static bool read_duration(const char *text, int64_t *ret_us)
{
    static const struct {
        const char *name;
        int64_t     us;
    } units[] = {{"s", US_PER_SECOND}, {"m", US_PER_MINUTE}, {"min", US_PER_MINUTE}, {"h", US_PER_HOUR},
                 {"d", US_PER_DAY}};
    size_t    digits = strspn(text, "0123456789");
    long long number;

    if (digits == 0 || digits > 6 || text_to_int64(text, digits, &number) < 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (text_equal(text + digits, units[i].name)) {
            *ret_us = number * units[i].us;
            return true;
        }
    return false;
}

int reading_duration(struct reading *reading, const struct tree_node *object, const char *name, int64_t *ret_us)
{
    const struct tree_node *node = tree_get(object, name);

    if (node == NULL)
        return 0;
    if (node->kind != TREE_STRING || !read_duration(tree_text(reading->arena, node), ret_us))
        return reading_fail(reading, node,
                            arena_printf(reading->arena, "'%s' is a time as \"30s\", \"5m\", \"1h\" or \"1d\"", name));
    return 0;
}

int reading_choice(struct reading *reading, const struct tree_node *object, const char *name, const char *const *words,
                   size_t count, int *ret_index)
{
    const struct tree_node *node = tree_get(object, name);
    struct str              list = STR_INIT;

    if (node == NULL)
        return 0;
    for (size_t i = 0; i < count; i++)
        if (tree_text_is(node, words[i])) {
            *ret_index = (int)i;
            return 0;
        }
    for (size_t i = 0; i < count; i++)
        str_addf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
    (void)reading_fail(reading, node, arena_printf(reading->arena, "'%s' is one of %s", name, str_text(&list)));
    str_done(&list);
    return ERR_SYNTAX;
}

/* -- a board ------------------------------------------------------------------------------------------------------- */

static int read_panels(struct reading *reading, struct board *board)
{
    const struct tree_node *list = tree_get(reading->tree.root, "panels");
    int                     r = 0;

    if (list == NULL || list->kind != TREE_ARRAY || list->count == 0)
        return reading_fail(reading, list != NULL ? list : reading->tree.root, "'panels' is a list of at least one");
    if (list->count > BOARD_PANELS_MOST)
        return reading_fail(reading, list,
                            arena_printf(reading->arena, "a board has at most %d panels", BOARD_PANELS_MOST));
    board->panels = ARENA_ARRAY(reading->arena, struct board_panel, list->count);
    for (const struct tree_node *node = list->first; node != NULL && r >= 0; node = node->next)
        r = reading_panel(reading, node, &board->panels[board->panel_count++]);
    return r;
}

/* The file's name is what people say. */
static int read_name(struct reading *reading, const struct board *board)
{
    const char *name = NULL;
    int         r = reading_need_text(reading, reading->tree.root, "name", &name);

    if (r >= 0 && !text_equal(name, board->name))
        r = reading_fail(reading, tree_get(reading->tree.root, "name"),
                         arena_printf(reading->arena, "its name is '%s', and that of its file '%s'", name,
                                      board->name));
    return r;
}

static int read_board(struct reading *reading, struct board *board)
{
    static const char *const names[] = {"name",  "title", "description", "executive",
                                        "range", "every", "panels"};
    const struct tree_node  *root = reading->tree.root;
    int                      r;

    if (root->kind != TREE_OBJECT)
        return reading_fail(reading, root, "it is an object");
    board->title = board->name;
    board->every_us = EVERY_US;
    r = reading_check_names(reading, root, names, COUNT_OF(names));
    if (r >= 0)
        r = read_name(reading, board);
    if (r >= 0)
        r = reading_text(reading, root, "title", &board->title);
    if (r >= 0)
        r = reading_text(reading, root, "description", &board->description);
    if (r >= 0)
        r = reading_flag(reading, root, "executive", &board->executive);
    if (r >= 0)
        r = reading_text(reading, root, "range", &board->range);
    if (r >= 0)
        r = reading_duration(reading, root, "every", &board->every_us);
    return r < 0 ? r : read_panels(reading, board);
}

int board_read_text(struct arena *arena, const char *name, const char *path, const char *text, size_t length,
                    struct board *ret_board, struct error *error)
{
    struct board      board = {.name = arena_strdup(arena, name), .path = arena_strdup(arena, path)};
    struct reading    reading = {.arena = arena, .path = board.path, .error = error};
    struct tree_fault fault;
    int               r = tree_read(&reading.tree, text, length, BOARD_DEPTH, &fault);

    if (r < 0) {
        reading.tree.text = text;
        reading.tree.length = length;
        (void)reading_fail_at(&reading, fault.at, arena_printf(arena, "not JSON: %s", fault.message));
        if (fault.hint != NULL)
            error_hint(error, "%s", fault.hint);
    } else {
        r = read_board(&reading, &board);
    }
    tree_done(&reading.tree);
    if (r >= 0)
        *ret_board = board;
    return r;
}

int board_read(struct arena *arena, const char *name, struct board *ret_board, struct error *error)
{
    struct conf_named          named = board_files();
    _cleanup_(mem_freep) char *path = NULL, *text = NULL;
    size_t                     length;
    int                        r = conf_named_find(&named, name, &path, error);

    if (r >= 0)
        r = file_read(path, BOARD_FILE_MOST, &text, &length, error);
    if (r >= 0)
        r = board_read_text(arena, name, path, text, length, ret_board, error);
    if (r >= 0)
        ret_board->shipped = !text_starts(path, named.own);
    conf_named_done(&named);
    return r;
}
