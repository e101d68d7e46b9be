/* save, run, saved: queries kept by name. */
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/ask.h"
#include "ytempire/app/saved.h"

/* -- save ---------------------------------------------------------------------------------------------------------- */

/* Asks before another query of that name is lost. */
static int confirm_over(const struct args *args, struct arena *arena, const char *name, const char *query,
                        struct sink *sink, struct error *error)
{
    struct app_saved old;

    if (app_saved_read(arena, name, &old, NULL) < 0 || text_equal(old.query, query))
        return 0;
    return args_confirm(args, sink, error, "'%s' is saved as: %s  Put the new query in its place?", name, old.query);
}

static int run_save(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(mem_freep) char *path = NULL;
    const char *name = args_get(args, "NAME"), *text = args_get(args, "QUERY"), *query;
    int         r = app_saved_check(app, arena, text != NULL ? query_of_rest(text) : NULL, &query, error);

    if (r >= 0)
        r = confirm_over(args, arena, name, query, sink, error);
    if (r >= 0)
        r = app_saved_write(name, query, &path, error);
    if (r >= 0)
        sink_text(sink, "'%s' is saved in %s", name, path);
    return r;
}

const struct command command_save = {
    .name = "save",
    .summary = "Keep a query by name",
    .text = "Without QUERY the last one that was answered is kept; an edit is kept as the whole query it comes to. A "
            "variable (:NAME) in it is a parameter of 'run'. A saved query is a plain file NAME.query in the folder "
            "queries/saved of the person's own configuration, where it may be edited; lines with # are comments and "
            "stay. Asks before it takes another's place.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_SAVED), OPTIONAL_REST("QUERY", COMPLETE_QUERY)),
    .options = OPTIONS(FLAG_YES),
    .examples = EXAMPLES("save weekly views_gained by week where category = :category last 8 weeks",
                         "save --yes weekly views_gained, revenue by week last 8 weeks"),
    .writes = WRITES_FILES,
    .run = run_save,
};

/* -- run ----------------------------------------------------------------------------------------------------------- */

static int run_run(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    size_t            count = args_pair_count(args);
    struct app_given *given = ARENA_ARRAY(arena, struct app_given, count + 1);
    struct app_saved  saved;
    const char       *line;
    int               r = app_saved_read(arena, args_get(args, "NAME"), &saved, error);

    for (size_t i = 0; i < count; i++)
        given[i] = (struct app_given){args_pair_key_at(args, i), args_pair_value_at(args, i)};
    if (r >= 0)
        r = app_saved_line(app, arena, &saved, given, count, &line, error);
    return r < 0 ? r : app_ask(app, line, sink, error);
}

const struct command command_run_saved = {
    .name = "run",
    .summary = "Ask a saved query",
    .text = "Its parameters are given as k=v, or with --var; 'saved' shows which there are. Values are bound, never "
            "pasted. A line that begins with +, -, & or a clause changes it afterwards, like any query.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_SAVED), PAIRS("k=v")),
    .examples = EXAMPLES("run weekly", "run weekly category=Music"),
    .run = run_run,
};

/* -- saved --------------------------------------------------------------------------------------------------------- */

static void add_saved(struct table *table, struct arena *arena, const struct app_saved *saved)
{
    const char *parameters = "";

    for (size_t i = 0; i < saved->parameter_count; i++)
        parameters = arena_printf(arena, "%s%s%s", parameters, i > 0 ? ", " : "", saved->parameters[i]);
    table_add(table, saved->name, saved->query, parameters, instant_cell(arena, saved->saved_at), saved->path);
}

/* One that cannot be read is listed without its query: the reason is lint's to tell. */
static int add_all(struct table *table, struct arena *arena, struct error *error)
{
    char **names;
    size_t count;
    int    r = app_saved_names(&names, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        struct app_saved saved;

        if (app_saved_read(arena, names[i], &saved, NULL) >= 0)
            add_saved(table, arena, &saved);
        else
            table_add(table, names[i], NULL, NULL, NULL, NULL);
    }
    app_saved_names_free(names, count);
    return 0;
}

static int run_saved(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(table_freep) struct table *table = table_new(
        "name:text query:text parameters:text saved_at:timestamptz file:text");
    const char      *name = args_get(args, "NAME");
    struct app_saved saved;
    int              r;

    (void)app;
    r = name != NULL ? app_saved_read(arena, name, &saved, error) : add_all(table, arena, error);
    if (r >= 0 && name != NULL)
        add_saved(table, arena, &saved);
    return r < 0 ? r : table_send(table, sink, error);
}

const struct command command_saved = {
    .name = "saved",
    .summary = "List the saved queries, or show one",
    .text = "Yields name, query, parameters, when its file was last written, and the file.",
    .args = ARGS(OPTIONAL("NAME", COMPLETE_SAVED)),
    .examples = EXAMPLES("saved", "saved weekly"),
    .run = run_saved,
};

static int run_remove(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const char      *name = args_get(args, "NAME");
    struct app_saved saved = {.query = "(it cannot be read)"};
    struct error     why = ERROR_INIT;
    int              r = app_saved_read(arena, name, &saved, &why);

    (void)app;
    if (r == ERR_UNKNOWN)
        error_move(error, &why);
    error_done(&why);
    if (r != ERR_UNKNOWN)
        r = args_confirm(args, sink, error, "The saved query '%s' will be removed: %s  Go on?", name, saved.query);
    if (r >= 0)
        r = app_saved_remove(name, error);
    if (r >= 0)
        sink_text(sink, "'%s' is removed", name);
    return r;
}

const struct command command_saved_remove = {
    .name = "saved remove",
    .summary = "Remove a saved query",
    .text = "Asks first.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_SAVED)),
    .options = OPTIONS(FLAG_YES),
    .examples = EXAMPLES("saved remove --yes weekly"),
    .writes = WRITES_FILES,
    .run = run_remove,
};
