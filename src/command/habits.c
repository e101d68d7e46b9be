/* What people who know psql type: \d \x \timing \i \e. (\q and \? stand beside quit and help.) */
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/base/file.h"
#include "ytempire/conf.h"

/* "on", "off", or the other of the two when nothing was said. Off is what was before, or `off` where that is on as
 * well. */
static int switch_to(struct app *app, const struct args *args, enum conf_id id, const char *on, const char *off,
                     struct error *error)
{
    const char *word = args_get(args, "WORD"), *name = conf_options[id].name;
    bool        is_on = text_equal(conf_text(app->conf, id), on);
    int         r;

    if (word != NULL && !text_equal(word, "on") && !text_equal(word, "off"))
        return error_set(error, ERR_USAGE, "'%s' is followed by on or off, not '%s'", args->command->name, word);
    if (word != NULL)
        is_on = text_equal(word, "off");
    if (!is_on)
        return conf_set(app->conf, name, on, error);
    r = conf_set(app->conf, name, NULL, error);
    return r >= 0 && text_equal(conf_text(app->conf, id), on) ? conf_set(app->conf, name, off, error) : r;
}

static int run_expanded(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)sink;
    return switch_to(app, args, OPTION_FORMAT, "vertical", "table", error);
}

const struct command command_habit_expanded = {
    .name = "\\x",
    .summary = "Show rows as records (format vertical), and back",
    .args = ARGS(OPTIONAL("WORD", COMPLETE_NONE)),
    .examples = EXAMPLES("\\x", "\\x off"),
    .writes = WRITES_SESSION,
    .run = run_expanded,
};

static int run_timing(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)sink;
    return switch_to(app, args, OPTION_STATS, "on", "off", error);
}

const struct command command_habit_timing = {
    .name = "\\timing",
    .summary = "Show what each command took (stats), and back",
    .args = ARGS(OPTIONAL("WORD", COMPLETE_NONE)),
    .examples = EXAMPLES("\\timing", "\\timing off"),
    .writes = WRITES_SESSION,
    .run = run_timing,
};

static int run_describe(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    return command_catalog.run(app, args, sink, error);
}

const struct command command_habit_describe = {
    .name = "\\d",
    .summary = "List what can be asked for, as 'catalog' does",
    .args = ARGS(OPTIONAL("NAME", COMPLETE_MEMBER)),
    .examples = EXAMPLES("\\d", "\\d VideoPerformance"),
    .run = run_describe,
};

/* -- \i ------------------------------------------------------------------------------------------------------------ */

#define FILE_LIMIT  ((size_t)64 << 20)
#define DEPTH_LIMIT 8

/* A quit in the file is one of the whole program. */
static int run_lines(struct app *app, const char *path, const char *text, size_t length, struct sink *sink,
                     struct error *error)
{
    _cleanup_(splitter_freep) struct splitter *splitter = splitter_new(text, length);
    bool partial = false;

    for (;;) {
        _cleanup_(mem_freep) char *line = NULL;
        struct error own = ERROR_INIT;
        size_t       number = 0;
        int          r = splitter_next(splitter, &line, &number, &own);

        if (r > 0) {
            r = command_run(app, line, sink, &own);
            if (!app->quit && (r == ERR_PARTIAL || r >= 0)) {
                if (r == ERR_PARTIAL)
                    sink_text(sink, "%s", own.text);
                partial |= r == ERR_PARTIAL;
                error_done(&own);
                continue;
            }
        }
        if (r < 0 && r != ERR_CLOSED && number > 0)
            error_where(&own, path, number, 0);
        if (r < 0)
            error_move(error, &own);
        return r < 0 ? r : partial ? error_set(error, ERR_PARTIAL, "%s: a command was done in part", path) : 0;
    }
}

static int run_include(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    static int depth;
    _cleanup_(mem_freep) char *text = NULL;
    const char *path = args_get(args, "FILE");
    size_t      length;
    int         r;

    if (depth >= DEPTH_LIMIT)
        return error_set(error, ERR_LIMIT, "%s: files include each other more than %d deep", path, DEPTH_LIMIT);
    r = file_read(path, FILE_LIMIT, &text, &length, error);
    if (r < 0)
        return r;
    depth++;
    r = run_lines(app, path, text, length, sink, error);
    depth--;
    return r;
}

const struct command command_habit_include = {
    .name = "\\i",
    .summary = "Run the commands of a file",
    .text = "The first that fails ends it.",
    .args = ARGS(REQUIRED("FILE", COMPLETE_FILE)),
    .examples = EXAMPLES("\\i report.txt"),
    .writes = WRITES_SESSION,
    .run = run_include,
};

/* -- \e ------------------------------------------------------------------------------------------------------------ */

static int run_edit(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)app;
    (void)args;
    (void)sink;
    (void)error_set(error, ERR_USAGE, "there is no prompt whose line could be edited");
    error_hint(error, "'\\i FILE' runs the commands of a file");
    return ERR_USAGE;
}

const struct command command_habit_edit = {
    .name = "\\e",
    .summary = "Edit the line in $EDITOR; at the console's prompt only",
    .run = run_edit,
};
