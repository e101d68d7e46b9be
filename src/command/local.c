/* local: the private servers, up, down, and gone. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/local.h"

#define STATUS_TEXT                                                                                                    \
    "Yields one row a server, and one of the worker beside them: its state ('up', 'down', 'absent', 'stale': a "       \
    "process id is noted but gone, "                                                                                   \
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

typedef int change(struct app *app, struct local *local, struct error *error);

/* Changes something, and shows how things are then, also when only one of the two is as it should be. */
static int run_change(struct app *app, change *todo, struct sink *sink, struct error *error)
{
    _cleanup_(local_freep) struct local *own = NULL;
    struct local *local;
    int           r = find_servers(app, &local, &own, error), shown;

    if (r >= 0)
        r = todo(app, local, error);
    if (r < 0 && r != ERR_PARTIAL)
        return r;
    shown = local_status(local, sink, error);
    return shown < 0 ? shown : r;
}

/* The servers, and the worker beside them. */
static int up(struct app *app, struct local *local, struct error *error)
{
    int r = local_up(local, app->words, error), worker;

    if (r < 0 && r != ERR_PARTIAL)
        return r;
    worker = app_worker_beside(app, local, app->words, error);
    return r < 0 ? r : worker;
}

static int run_up(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    app->undecided = false;      /* that is a choice */
    return run_change(app, up, sink, error);
}

const struct command command_local_up = {
    .name = "local up",
    .summary = "Start the private servers",
    .text =
        "Makes them when there are none yet, and starts a worker beside them, with its log in their folder (not with "
        "--local-worker off). They go on when this program ends; --local starts all that by itself "
        "where they are down, so this is for doing it ahead of time. Exit code 4 when Redis or the worker alone does not start: without Redis nothing "
        "is "
        "cached, without a worker no job is run, and all else works. " STATUS_TEXT,
    .examples = EXAMPLES("local up"),
    .writes = WRITES_SERVERS,
    .run = run_up,
};

static int down(struct app *app, struct local *local, struct error *error)
{
    return local_down(local, app->words, error);
}

static int reset(struct app *app, struct local *local, struct error *error)
{
    return local_reset(local, app->words, error);
}

static int run_down(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    if (app_local(app) != NULL)
        app_disconnect(app);
    return run_change(app, down, sink, error);
}

const struct command command_local_down = {
    .name = "local down",
    .summary = "Stop the private servers",
    .text = "Ends the worker beside them first: what it has in hand for longer than five seconds is given back to the "
            "queue. Waits "
            "until they are gone; the sessions of other programs end. The data stays. " STATUS_TEXT,
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
    return run_change(app, reset, sink, error);
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
