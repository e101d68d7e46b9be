/* The table with the person's own lines laid over it. */
#include "keys.h"

#include <string.h>

#include "input.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/command.h"

#define KEYS_FILE_MOST (1u << 20)

struct keys {
    struct arena       *arena;
    struct key_binding *items;
    size_t              count, room;
};

static const char *const places[] = {"always", "any", "query", "text", "log", "list", "form", "tour", NULL};

static struct key_binding *find(const struct keys *keys, const char *place, const char *key)
{
    for (size_t i = 0; i < keys->count; i++)
        if (text_equal(keys->items[i].place, place) && text_equal(keys->items[i].key, key))
            return &keys->items[i];
    return NULL;
}

/* -- the person's file --------------------------------------------------------------------------------------------- */

static bool is_place(const char *word)
{
    for (size_t i = 0; places[i] != NULL; i++)
        if (text_equal(places[i], word))
            return true;
    return false;
}

/* The next word of a line, or the rest of it; NULL at its end. */
static const char *take(struct arena *arena, const char **at, const char *end, bool rest)
{
    const char *begin = *at;

    while (begin < end && (*begin == ' ' || *begin == '\t'))
        begin++;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    if (begin == end)
        return NULL;
    if (!rest)
        for (const char *c = begin; c < end; c++)
            if (*c == ' ' || *c == '\t')
                end = c;
    *at = end;
    return arena_strndup(arena, begin, (size_t)(end - begin));
}

static int check_command(const char *text, struct error *error)
{
    _cleanup_(args_freep) struct args *args = NULL;
    const struct command *command = NULL;
    const char           *rest;
    int                   r;

    if (text_equal(text, "none"))
        return 0;
    r = command_find(text, &command, &rest, error);
    return r < 0 ? r : args_parse(command, text, rest, &args, error);
}

static int take_line(struct keys *keys, const char *line, const char *end, struct error *error)
{
    const char         *place = take(keys->arena, &line, end, false);
    const char         *key = place != NULL ? take(keys->arena, &line, end, false) : NULL;
    const char         *command = key != NULL ? take(keys->arena, &line, end, true) : NULL;
    char                name[KEY_NAME_SIZE];
    struct key_binding *old, added;
    int                 r;

    if (place == NULL || place[0] == '#')
        return 0;
    if (!is_place(place)) {
        error_set(error, ERR_UNKNOWN, "no place '%s'", place);
        error_hint(error, "the places are always, any, query, text, log, list, form and tour");
        return ERR_UNKNOWN;
    }
    if (key == NULL || !key_name_normal(key, name))
        return error_set(error, ERR_SYNTAX, "no key '%s'", key != NULL ? key : "");
    if (command == NULL)
        return error_set(error, ERR_SYNTAX, "no command for the key '%s'; 'none' takes it away", key);
    r = check_command(command, error);
    if (r < 0)
        return r;
    old = find(keys, place, name);
    added = (struct key_binding){place, arena_strdup(keys->arena, name), command, "your own"};
    if (old != NULL)
        *old = added;
    else
        VEC_PUSH(keys->items, keys->count, keys->room, added);
    return 0;
}

static int take_file(struct keys *keys, const char *path, struct error *error)
{
    _cleanup_(mem_freep) char *text = NULL;
    size_t length, number = 0;
    int    first = file_read(path, KEYS_FILE_MOST, &text, &length, error);

    for (const char *line = text; first >= 0 || number > 0; number++) {
        struct error own = ERROR_INIT;
        const char  *end = strchr(line, '\n');
        int          r = take_line(keys, line, end != NULL ? end : line + strlen(line), &own);

        if (r < 0 && first >= 0) {
            error_where(&own, path, number + 1, 0);
            first = r;
            error_move(error, &own);
        }
        error_done(&own);
        if (end == NULL)
            break;
        line = end + 1;
    }
    return first;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

int keys_load(const char *path, struct keys **ret_keys, struct error *error)
{
    struct keys *keys = mem_alloc(sizeof *keys);
    int          r = 0;

    keys->arena = arena_new();
    for (const struct key_binding *key = key_bindings; key->place != NULL; key++)
        VEC_PUSH(keys->items, keys->count, keys->room, *key);
    if (path != NULL && file_exists(path))
        r = take_file(keys, path, error);
    *ret_keys = keys;
    return r;
}

void keys_free(struct keys *keys)
{
    if (keys == NULL)
        return;
    arena_free(keys->arena);
    mem_free(keys->items);
    mem_free(keys);
}

const char *keys_find(const struct keys *keys, const char *place, const char *key)
{
    const struct key_binding *found = find(keys, place, key);

    return found == NULL || text_equal(found->command, "none") ? NULL : found->command;
}

size_t keys_count(const struct keys *keys)
{
    return keys->count;
}

const struct key_binding *keys_at(const struct keys *keys, size_t index)
{
    return &keys->items[index];
}

const char *keys_for(const struct keys *keys, const char *place, const char *command)
{
    for (size_t i = 0; i < keys->count; i++)
        if (text_equal(keys->items[i].place, place) && text_equal(keys->items[i].command, command))
            return keys->items[i].key;
    return NULL;
}
