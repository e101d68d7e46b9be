/*
 * conf/named: things that are a file each, by name: themes, saved queries, pinned answers.
 *
 * A person's own come before those of the program's data. Small files: every function here blocks for them.
 */
#ifndef YTEMPIRE_CONF_NAMED_H
#define YTEMPIRE_CONF_NAMED_H

#include <stdbool.h>
#include <stddef.h>

#include "ytempire/base/error.h"

struct conf_named {
    char       *own, *shipped;      /* folders that need not be there; shipped may be NULL */
    const char *ending;             /* of the files: ".json" */
    const char *noun, *list;        /* for messages: "theme", "'theme' lists all" */
};

/* In `folder` of $XDG_CONFIG_HOME/ytempire, then of the program's data; ended with conf_named_done. */
void conf_named_begin(struct conf_named *named, const char *folder);
void conf_named_done(struct conf_named *named);

/* All names, sorted; ended with conf_named_free. A folder that is not there has none. */
int  conf_named_list(const struct conf_named *named, char ***ret_names, size_t *ret_count,
                     struct error *error) NODISCARD;
void conf_named_free(char **names, size_t count);
/* Its file, caller frees; ERR_UNKNOWN with did-you-mean. */
int  conf_named_find(const struct conf_named *named, const char *name, char **ret_path, struct error *error) NODISCARD;
/* Whether it can be a name: letters, digits, '_', '-' and '.', not beginning with one of the last two. ERR_USAGE. */
int  conf_named_check(const struct conf_named *named, const char *name, struct error *error) NODISCARD;
/* Writes the person's own, whole or not at all, through a link; caller frees the path. */
int  conf_named_write(const struct conf_named *named, const char *name, const char *text, size_t length,
                      char **ret_path, struct error *error) NODISCARD;
/* Takes the person's own away; ERR_UNKNOWN; ERR_USAGE for one that came with the program. */
int  conf_named_remove(const struct conf_named *named, const char *name, struct error *error) NODISCARD;

#endif
