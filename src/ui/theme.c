/* Reading a theme. A file that is wrong anywhere is refused whole, so that what is seen is what was meant. */
#include "theme.h"

#include <stdio.h>
#include <string.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/tree.h"
#include "ytempire/conf.h"

#define FILE_LIMIT (256u << 10)
#define DEPTH 8

struct reading {
    const char   *file;
    struct tree   tree;
    struct arena *arena;
    int           colors;
    struct error *error;
};

/* -- errors -------------------------------------------------------------------------------------------------------- */

static int refuse_at(const struct reading *reading, size_t at, const char *hint, const char *message)
{
    size_t line, column;

    tree_line_column(reading->tree.text, reading->tree.length, at, &line, &column);
    error_set(reading->error, ERR_SYNTAX, "%s", message);
    error_where(reading->error, reading->file, line, column);
    if (hint != NULL && hint[0] != '\0')
        error_hint(reading->error, "%s", hint);
    return ERR_SYNTAX;
}

static int refuse(const struct reading *reading, const struct tree_node *node, bool of_key, const char *hint,
                  const char *message)
{
    return refuse_at(reading, tree_place(&reading->tree, node, of_key), hint, message);
}

static int refuse_word(const struct reading *reading, const struct tree_node *node, bool of_key, const char *what,
                       const char *word, const char *const *words, size_t count)
{
    const char *near = nearest_word(word, strlen(word), words, count);

    return refuse(reading, node, of_key, near != NULL ? arena_printf(reading->arena, "did you mean '%s'?", near) : NULL,
                  arena_printf(reading->arena, "unknown %s '%s'", what, word));
}

/* -- colours ------------------------------------------------------------------------------------------------------- */

static const char *const color_names[] = {
    "black",        "red",        "green",        "yellow",        "blue",        "magenta",        "cyan",        "white",
    "bright black", "bright red", "bright green", "bright yellow", "bright blue", "bright magenta", "bright cyan", "bright white",
    "default",
};

static int read_name(const struct reading *reading, const struct tree_node *node, size_t count, int *ret_color)
{
    const char *text;

    if (node->kind != TREE_STRING)
        return refuse(reading, node, false, NULL, "a colour is a name, as \"bright red\"");
    text = tree_text(reading->arena, node);
    for (size_t i = 0; i < COUNT_OF(color_names); i++)
        if (text_equal(text, color_names[i]) && (i < count || i == 16)) {
            *ret_color = i == 16 ? -1 : (int)i;
            return 0;
        }
    return refuse_word(reading, node, false, count == 8 ? "colour of eight" : "colour", text, color_names, count);
}

static int read_index(const struct reading *reading, const struct tree_node *node, int *ret_color)
{
    long long number = -1;

    if (node->kind != TREE_NUMBER || text_to_int64(node->text, node->length, &number) < 0 || number < 0 || number > 255)
        return refuse(reading, node, false, NULL, "this colour is a number from 0 to 255");
    *ret_color = (int)number;
    return 0;
}

static int distance(int red, int green, int blue, const int *rgb)
{
    return 3 * (red - rgb[0]) * (red - rgb[0]) + 4 * (green - rgb[1]) * (green - rgb[1]) +
           2 * (blue - rgb[2]) * (blue - rgb[2]);
}

/* Of xterm's cube and its greys; the first sixteen are the person's own and tell nothing. */
static int nearest_of_256(const int *rgb)
{
    static const int steps[] = {0, 95, 135, 175, 215, 255};
    int best = 16, least = INT32_MAX;

    for (int i = 16; i < 256; i++) {
        int grey = 8 + 10 * (i - 232), away;

        if (i < 232)
            away = distance(steps[(i - 16) / 36], steps[(i - 16) / 6 % 6], steps[(i - 16) % 6], rgb);
        else
            away = distance(grey, grey, grey, rgb);
        if (away < least) {
            least = away;
            best = i;
        }
    }
    return best;
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static int read_true_color(const struct reading *reading, const struct tree_node *node, int *ret_color)
{
    int rgb[3];
    const char *text = node->kind == TREE_STRING ? tree_text(reading->arena, node) : "";

    if (text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return refuse(reading, node, false, NULL, "a true colour is written \"#5fd787\"");
    for (size_t i = 0; i < 3; i++)
        rgb[i] = 16 * hex_digit(text[1 + 2 * i]) + hex_digit(text[2 + 2 * i]);
    *ret_color = nearest_of_256(rgb);
    return 0;
}

/* -- roles --------------------------------------------------------------------------------------------------------- */

/* What the keys of a role say; -2: not given. */
struct colors { int nearest, of_256, of_16, of_8; };

struct role {
    struct colors foreground, background;
    bool          bold, dim, underline, reverse;
};

static const char *const role_keys[] = {"fg",   "256",  "16",  "8",         "bg",      "bg256",
                                        "bg16", "bg8",  "bold", "underline", "reverse", "dim"};

static int *color_of_key(struct role *role, const char *key)
{
    struct colors *colors = text_starts(key, "bg") ? &role->background : &role->foreground;
    const char    *depth = text_starts(key, "bg") || text_starts(key, "fg") ? key + 2 : key;

    return text_equal(depth, "") ? &colors->nearest : text_equal(depth, "256") ? &colors->of_256
         : text_equal(depth, "16") ? &colors->of_16 : text_equal(depth, "8") ? &colors->of_8 : NULL;
}

static bool *flag_of_key(struct role *role, const char *key)
{
    return text_equal(key, "bold") ? &role->bold : text_equal(key, "dim") ? &role->dim
         : text_equal(key, "underline") ? &role->underline : text_equal(key, "reverse") ? &role->reverse : NULL;
}

static int read_color(const struct reading *reading, const struct tree_node *node, const char *key, int *ret_color)
{
    if (text_equal(key, "fg") || text_equal(key, "bg"))
        return read_true_color(reading, node, ret_color);
    if (text_ends(key, "256"))
        return read_index(reading, node, ret_color);
    return read_name(reading, node, text_ends(key, "16") ? 16 : 8, ret_color);
}

static int read_key(const struct reading *reading, const struct tree_node *node, struct role *role)
{
    char *key = arena_strndup(reading->arena, node->key, node->key_length);
    bool *flag = flag_of_key(role, key);
    bool  known = false;

    for (size_t i = 0; i < COUNT_OF(role_keys); i++)
        known |= text_equal(key, role_keys[i]);
    if (!known)
        return refuse_word(reading, node, true, "key", key, role_keys, COUNT_OF(role_keys));
    if (flag == NULL)
        return read_color(reading, node, key, color_of_key(role, key));
    if (node->kind != TREE_TRUE && node->kind != TREE_FALSE)
        return refuse(reading, node, false, NULL, arena_printf(reading->arena, "'%s' is true or false", key));
    *flag = node->kind == TREE_TRUE;
    return 0;
}

static int color_for(const struct colors *colors, int count)
{
    int color = -1;

    if (count >= 256)
        color = colors->of_256 != -2 ? colors->of_256 : colors->nearest;
    else if (count >= 16)
        color = colors->of_16;
    else if (count >= 8)
        color = colors->of_8;
    return color < 0 ? -1 : color;
}

static int read_role(const struct reading *reading, const struct tree_node *node, struct look_style *ret_style)
{
    static const struct colors none = {-2, -2, -2, -2};
    struct role role = {.foreground = none, .background = none};
    int         r = 0;

    if (node->kind != TREE_OBJECT)
        return refuse(reading, node, false, NULL, "a role is an object, as {\"fg\": \"#5fd787\", \"bold\": true}");
    for (const struct tree_node *key = node->first; key != NULL && r >= 0; key = key->next)
        r = read_key(reading, key, &role);
    if (r < 0)
        return r;
    *ret_style = (struct look_style){.foreground = color_for(&role.foreground, reading->colors),
                                     .background = color_for(&role.background, reading->colors),
                                     .bold = role.bold, .underline = role.underline};
    ret_style->dim = role.dim && ret_style->foreground < 0;
    ret_style->reverse = role.reverse && ret_style->background < 0;
    return 0;
}

static int read_roles(const struct reading *reading, const struct tree_node *roles, struct theme *theme)
{
    const char *names[LOOK_COUNT];
    bool        given[LOOK_COUNT] = {false};
    int         r = 0;

    for (size_t i = 0; i < LOOK_COUNT; i++)
        names[i] = look_name((enum look)i);
    theme->looks[LOOK_NORMAL] = (struct look_style){.foreground = -1, .background = -1};
    for (const struct tree_node *node = roles->first; node != NULL && r >= 0; node = node->next) {
        size_t look = 0;

        while (look < LOOK_COUNT && !tree_key_is(node, names[look]))
            look++;
        if (look == LOOK_COUNT)
            return refuse_word(reading, node, true, "role", arena_strndup(reading->arena, node->key, node->key_length),
                               names, LOOK_COUNT);
        r = read_role(reading, node, &theme->looks[look]);
        given[look] = true;
    }
    for (size_t i = 0; i < LOOK_COUNT; i++)
        if (!given[i])
            theme->looks[i] = theme->looks[LOOK_NORMAL];
    return r;
}

static int read_theme(struct reading *reading, struct theme *theme)
{
    static const char *const keys[] = {"name", "text", "roles"};
    const struct tree_node  *root = reading->tree.root, *roles = tree_get(root, "roles"), *name = tree_get(root, "name");

    if (root->kind != TREE_OBJECT)
        return refuse_at(reading, 0, NULL, "a theme is an object, as {\"name\": …, \"roles\": {…}}");
    for (const struct tree_node *node = root->first; node != NULL; node = node->next)
        if (!tree_key_is(node, keys[0]) && !tree_key_is(node, keys[1]) && !tree_key_is(node, keys[2]))
            return refuse_word(reading, node, true, "key", arena_strndup(reading->arena, node->key, node->key_length),
                               keys, COUNT_OF(keys));
    if (name == NULL || name->kind != TREE_STRING)
        return refuse_at(reading, 0, NULL, "a theme has a \"name\"");
    if (roles == NULL || roles->kind != TREE_OBJECT)
        return refuse_at(reading, 0, NULL, "a theme has \"roles\"");
    mem_free(theme->name);
    theme->name = mem_strdup(tree_text(reading->arena, name));
    return read_roles(reading, roles, theme);
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

int theme_read(const char *file, const char *text, int colors, struct theme **ret_theme, struct error *error)
{
    _cleanup_(theme_freep) struct theme *theme = mem_alloc(sizeof *theme);
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct reading    reading = {.file = file, .arena = arena, .colors = colors, .error = error};
    struct tree_fault fault;
    int               r = tree_read(&reading.tree, text, strlen(text), DEPTH, &fault);

    if (r < 0) {
        reading.tree.text = text;
        reading.tree.length = strlen(text);
        r = refuse_at(&reading, fault.at, fault.hint, fault.message);
    } else {
        r = read_theme(&reading, theme);
    }
    tree_done(&reading.tree);
    if (r >= 0)
        *ret_theme = TAKE(theme);
    return r;
}

int theme_load(const char *name, int colors, struct theme **ret_theme, struct error *error)
{
    _cleanup_(mem_freep) char *path = NULL, *text = NULL;
    int r = conf_theme_file(name, &path, error);

    if (r >= 0)
        r = file_read(path, FILE_LIMIT, &text, NULL, error);
    if (r >= 0)
        r = theme_read(path, text, colors, ret_theme, error);
    if (r >= 0) {                       /* a file copied under another name is another theme */
        mem_free((*ret_theme)->name);
        (*ret_theme)->name = mem_strdup(name);
    }
    return r;
}

void theme_free(struct theme *theme)
{
    if (theme != NULL)
        mem_free(theme->name);
    mem_free(theme);
}

void theme_freep(struct theme **theme)
{
    theme_free(*theme);
}
