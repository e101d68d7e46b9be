/*
 * command/keys: what keys do. A key is a command string with a note, so the table is the help, the manual's list and
 * what the console looks up; and whatever a key does can be typed.
 *
 * A place is where the focus is. `any` holds in every place but the prompt; `always` also there, before readline sees
 * the key. A person's own file ($XDG_CONFIG_HOME/ytempire/keys, lines "PLACE KEY COMMAND…", "PLACE KEY none", #
 * comments) comes first.
 */
#ifndef YTEMPIRE_COMMAND_KEYS_H
#define YTEMPIRE_COMMAND_KEYS_H

#include <stddef.h>

struct key_binding {
    const char *place;      /* "always" "any" "query" "text" "log" "list" "form"; "tour": in a result while one goes on;
                               "board"; "panel" and the      names of panels (command/screens.h) */
    const char *key;        /* as ui/input.h spells it: "C-x" "F5" "PgDn" */
    const char *command;
    const char *note; /* a few words, no full stop; NULL: not worth a line in the help (a second key for the same) */
};

extern const struct key_binding key_bindings[];     /* ends with {NULL} */

#endif
