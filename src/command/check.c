/* command/check: what a command names, looked for before its time comes. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/rollup.h"
#include "ytempire/app/saved.h"
#include "ytempire/app/warm.h"
#include "ytempire/board.h"
#include "ytempire/ingest.h"
#include "ytempire/migrate.h"

static int check_source(struct app *app, const char *name, struct error *error)
{
    const struct ingest_source *source;

    (void)app;
    return ingest_source_find(name, &source, error);
}

static int check_warm(struct app *app, const char *name, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct app_warm_set set;

    (void)app;
    return app_warm_read(arena, name, &set, error);
}

static int check_saved(struct app *app, const char *name, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct app_saved saved;

    (void)app;
    return app_saved_read(arena, name, &saved, error);
}

static int check_board(struct app *app, const char *name, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct board board;

    (void)app;
    return board_read(arena, name, &board, error);
}

static int check_query(struct app *app, const char *text, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const char *query;

    return app_saved_check(app, arena, query_of_rest(text), &query, error);
}

static int (*const checks[])(struct app *app, const char *name, struct error *error) = {
    [COMPLETE_SOURCE] = check_source,          [COMPLETE_WARM] = check_warm,   [COMPLETE_SAVED] = check_saved,
    [COMPLETE_ROLLUP] = app_rollup_check_name, [COMPLETE_QUERY] = check_query,
    [COMPLETE_BOARD] = check_board,
};

/* A command that it will have done. */
static int check_command(struct app *app, const char *line, struct error *error)
{
    _cleanup_(args_freep) struct args *inner = NULL;
    const struct command *command;
    const char           *rest;
    int                   r = command_find(line, &command, &rest, error);

    if (r >= 0)
        r = args_parse(command, line, rest, &inner, error);
    return r < 0 ? r : command_check_names(app, inner, error);
}

/* A name that it will give is none that must be there; of the advisor it may be a cube. */
static bool is_new(const struct command *command, const struct arg *arg)
{
    return (command == &command_save && arg->complete == COMPLETE_SAVED) ||
           (command == &command_rollup_advise && arg->complete == COMPLETE_ROLLUP);
}

int command_check_names(struct app *app, const struct args *args, struct error *error)
{
    const struct command *command = args->command;
    int                   r = 0;

    if (command == &command_ingest)
        return ingest_check_args(args, error);
    if (command == &command_storage_maintain)
        return storage_check_step(args_get(args, "STEP"), error);
    for (const struct arg *arg = command->args; r >= 0 && arg != NULL && arg->kind != 0; arg++) {
        const char *value = arg->name != NULL ? args_get(args, arg->name) : NULL;

        if (value != NULL && arg->kind == ARG_COMMAND)
            r = check_command(app, value, error);
        else if (value != NULL && arg->complete < COUNT_OF(checks) && checks[arg->complete] != NULL && !is_new(command, arg))
            r = checks[arg->complete](app, value, error);
    }
    return r;
}
