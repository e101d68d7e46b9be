/*
 * keys: which command a key is, here: the person's own file first, then the table (command/keys.h).
 */
#ifndef YTEMPIRE_UI_KEYS_H
#define YTEMPIRE_UI_KEYS_H

#include <stddef.h>

#include "ytempire/base/error.h"
#include "ytempire/command/keys.h"

struct keys;

/* `path`: the person's file, which need not be there. A line that cannot be used is left out, and the first of them
 * told in `error` (with file and line); the rest works all the same: 0 or ERR_SYNTAX, and `ret_keys` is always set. */
int  keys_load(const char *path, struct keys **ret_keys, struct error *error);
void keys_free(struct keys *keys);
/* The command, or NULL. */
const char *keys_find(const struct keys *keys, const char *place, const char *key);
/* The bindings that hold in a place, own ones instead of those they replace, in the order of the help: 0 … count - 1.
 */
size_t keys_count(const struct keys *keys);
const struct key_binding *keys_at(const struct keys *keys, size_t index);
/* The key of a command in a place, for hints: "s", or NULL. */
const char *keys_for(const struct keys *keys, const char *place, const char *command);

#endif
