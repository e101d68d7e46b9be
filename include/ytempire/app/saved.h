/*
 * app/saved: queries kept by name.
 *
 * A saved query is a file NAME.query in $XDG_CONFIG_HOME/ytempire/queries/saved (these first) or among the program's
 * data: text that --file would run, to be edited by hand and kept under version control. Lines that begin with # or --
 * are comments; all else is one query. Its parameters are the variables (:NAME) it names. Small files are read: the
 * functions here block for them.
 */
#ifndef YTEMPIRE_APP_SAVED_H
#define YTEMPIRE_APP_SAVED_H

#include "ytempire/app.h"
#include "ytempire/base/mem.h"

struct app_saved {
    const char        *name, *path;
    const char        *comments;        /* the lines before the query, or "" */
    const char        *query;
    const char *const *parameters;      /* each once, in the order of the query */
    size_t             parameter_count;
    int64_t            saved_at;        /* when the file was last written */
};

/* The saved query of that name, in the arena. ERR_UNKNOWN with did-you-mean; ERR_SYNTAX for a file without a query. */
int app_saved_read(struct arena *arena, const char *name, struct app_saved *ret_saved, struct error *error) NODISCARD;
/* All names, sorted; ended with app_saved_names_free. */
int  app_saved_names(char ***ret_names, size_t *ret_count, struct error *error) NODISCARD;
void app_saved_names_free(char **names, size_t count);
/* What `text` asks for as it can be kept: as typed, an edit as the whole query it comes to; NULL: the last query that
 * was answered. It is bound to the model; a variable without a value is no fault. */
int app_saved_check(struct app *app, struct arena *arena, const char *text, const char **ret_query,
                    struct error *error) NODISCARD;
/* Keeps it; the comments of an older one stay. Caller frees the path. ERR_USAGE for a name that cannot be one. */
int app_saved_write(const char *name, const char *query, char **ret_path, struct error *error) NODISCARD;
int app_saved_remove(const char *name, struct error *error) NODISCARD;

struct app_given {
    const char *name, *value;
};
/* The query with the value of each parameter in its place, quoted: what is given, else --var. ERR_USAGE for one that is
 * missing, ERR_UNKNOWN for one that the query does not have. */
int app_saved_line(struct app *app, struct arena *arena, const struct app_saved *saved, const struct app_given *given,
                   size_t count, const char **ret_line, struct error *error) NODISCARD;

#endif
