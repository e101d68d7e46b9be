/* The table itself, and looking things up in it. */
#include "conf_int.h"

#include <string.h>

#include "ytempire/base/mem.h"

const struct conf_option conf_options[OPTION_COUNT] = {
#define X(id_, name_, letter_, argument_, type_, initial_, places_, group_, text_)                                     \
    [id_] = {.name = (name_), .letter = (letter_), .argument = (argument_), .type = (type_), .initial = (initial_),    \
             .places = (places_), .group = (group_), .text = (text_)},
    CONF_OPTIONS(X)
#undef X
};

static bool names_equal(const char *option, const char *name, size_t length)
{
    if (strlen(option) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (option[i] != name[i] && !(option[i] == '-' && name[i] == '_'))
            return false;
    return true;
}

bool conf_find(const char *name, size_t length, unsigned place, enum conf_id *ret_id)
{
    for (int id = 0; id < OPTION_COUNT; id++)
        if ((conf_options[id].places & place) && names_equal(conf_options[id].name, name, length)) {
            *ret_id = (enum conf_id)id;
            return true;
        }
    return false;
}

void conf_hint_nearest(const char *name, size_t length, unsigned place, const char *dashes, struct error *error)
{
    const char *candidates[OPTION_COUNT], *near;
    size_t count = 0;

    for (int id = 0; id < OPTION_COUNT; id++)
        if ((conf_options[id].places & place) && !(conf_options[id].places & CONF_HIDDEN))
            candidates[count++] = conf_options[id].name;
    near = nearest_word(name, length, candidates, count);
    if (near != NULL)
        error_hint(error, "did you mean '%s%s'?%s", dashes, near, place == CONF_LINE ? " '--help' lists all" : "");
    else if (place == CONF_LINE)
        error_hint(error, "'ytempire --help' lists all");
    else
        error_hint(error, place == CONF_SET ? "'set' lists all" : "'man ytempire' lists all");
}
