/* See copy_header.h: a name is compared and kept as it is written, quotes and all, so that nothing is decoded. */
#include "copy_header.h"

#include <string.h>

#include "ytempire/base/mem.h"

static size_t field_length(const char *text, size_t length)
{
    bool   quoted = false;
    size_t at = 0;

    for (; at < length; at++) {
        if (text[at] == '"')
            quoted = !quoted;
        else if (!quoted && (text[at] == ',' || text[at] == '\n'))
            break;
    }
    return at;
}

static bool is_taken(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], name))
            return true;
    return false;
}

static const char *with_number(struct arena *arena, const char *name, size_t number)
{
    size_t length = strlen(name);

    if (length > 1 && name[length - 1] == '"')
        return arena_printf(arena, "%.*s_%zu\"", (int)length - 1, name, number);
    return arena_printf(arena, "%s_%zu", name, number);
}

void copy_header_add(const char *line, size_t length, struct str *to)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const char **names = NULL;
    size_t       count = 0, room = 0, at = 0;

    for (;;) {
        size_t      field = field_length(line + at, length - at);
        const char *name = arena_strndup(arena, line + at, field), *unique = name;

        for (size_t number = 2; is_taken(names, count, unique); number++)
            unique = with_number(arena, name, number);
        ARENA_PUSH(arena, names, count, room, unique);
        str_add(to, unique);
        at += field;
        if (at >= length || line[at] != ',')
            break;
        str_add_char(to, line[at++]);
    }
    str_add_bytes(to, line + at, length - at);
}
