/* local: the private servers, up, down, and gone. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/local.h"

#define STATUS_TEXT                                                                                                    \
    "Yields one row a server: its state ('up', 'down', 'absent', 'stale': a process id is noted but gone, "            \
    "'busy': it runs but does not answer), version, process, address, and what it keeps on disk."

/* The session's servers, or, where it works elsewhere, the same found for this command, in *ret_own as well. */
static int find_servers(struct app *app, struct local **ret_local, struct local **ret_own, struct error *error)
{
    int r = 0;

    *ret_local = app_local(app);
    if (*ret_local == NULL) {
        r = local_new(ret_own, error);
        *ret_local = *ret_own;
    }
    return r;
}

typedef int change(struct local *local, struct sink *sink, struct error *error);

/* Changes something, and shows how things are then, also when only one of the two is as it should be. */
static int run_change(struct app *app, change *todo, struct sink *sink, struct error *error)
{
    _cleanup_(local_freep) struct local *own = NULL;
    struct local *local;
    int           r = find_servers(app, &local, &own, error), shown;

    if (r >= 0)
        r = todo(local, app->words, error);
    if (r < 0 && r != ERR_PARTIAL)
        return r;
    shown = local_status(local, sink, error);
    return shown < 0 ? shown : r;
}

static int run_up(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    app->undecided = false;      /* that is a choice */
    return run_change(app, local_up, sink, error);
}

const struct command command_local_up = {
    .name = "local up",
    .summary = "Start the private servers",
    .text = "Makes them when there are none yet. They go on when this program ends; --local starts them by itself, so "
            "this is "
            "for doing it ahead of time. Exit code 4 when Redis alone does not start: without it nothing is cached, "
            "and all else works. " STATUS_TEXT,
    .examples = EXAMPLES("local up"),
    .writes = WRITES_SERVERS,
    .run = run_up,
};

static int run_down(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    if (app_local(app) != NULL)
        app_disconnect(app);
    return run_change(app, local_down, sink, error);
}

const struct command command_local_down = {
    .name = "local down",
    .summary = "Stop the private servers",
    .text = "Waits until they are gone; the sessions of other programs end. The data stays. " STATUS_TEXT,
    .examples = EXAMPLES("local down"),
    .writes = WRITES_SERVERS,
    .run = run_down,
};

static int run_status(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(local_freep) struct local *own = NULL;
    struct local *local;
    int           r = find_servers(app, &local, &own, error);

    (void)args;
    return r < 0 ? r : local_status(local, sink, error);
}

const struct command command_local_status = {
    .name = "local status",
    .summary = "Show the private servers",
    .text = "Starts nothing. " STATUS_TEXT,
    .examples = EXAMPLES("local status"),
    .run = run_status,
};

static int run_reset(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(local_freep) struct local *own = NULL;
    struct local *local;
    int           r = find_servers(app, &local, &own, error);

    if (r >= 0)
        r = args_confirm(args, sink, error,
                         "The private database in %s, and all that was loaded into it, will be deleted. "
                         "Go on?",
                         local_folder(local));
    if (r < 0)
        return r;
    if (app_local(app) != NULL)
        app_disconnect(app);
    return run_change(app, local_reset, sink, error);
}

const struct command command_local_reset = {
    .name = "local reset",
    .summary = "Delete the private servers' data",
    .text = "Stops both and deletes all they have. Asks first. The next start makes them anew and empty. " STATUS_TEXT,
    .options = OPTIONS(FLAG_YES),
    .examples = EXAMPLES("local reset --yes"),
    .writes = WRITES_SERVERS,
    .run = run_reset,
};
