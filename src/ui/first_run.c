/* What a person sees who has configured nothing: one screen that offers a database. Nothing is started before a choice,
 * also when the screen was closed without one. */
#include "console.h"
#include "ytempire/base/mem.h"
#include "ytempire/local.h"

static const char what_it_is[] = "ytempire answers questions about YouTube channels: views, revenue, costs, by any "
                                 "dimension. They are asked of a PostgreSQL database; which shall it be?";

bool first_run_is_due(struct app *app)
{
    return app->target.local && text_equal(app->target.said_by, "default") && !local_is_made(app_local(app));
}

void first_run_open(struct console *console)
{
    struct picker *list = picker_new("welcome");

    picker_heading(list, what_it_is);
    picker_add(list, "1", "private database with sample data, then a tour of five questions", "welcome sample");
    picker_add(list, "2", "private database, empty: for data of your own", "welcome empty");
    picker_add(list, "3", "connect to a server: a form that tests itself", "connect");
    connect_close(console);
    console_open_list(console, list);
}

static int make_private(struct console *console, const char *commands, struct error *error)
{
    if (app_local(console->app) == NULL) {
        error_set(error, ERR_USAGE, "this session is connected to a server");
        error_hint(error, "'ytempire --local' is the private database");
        return ERR_USAGE;
    }
    console->app->undecided = false;
    console_queue(console, commands);
    return 0;
}

int verb_welcome(struct console *console, const char *const *words, size_t count, struct error *error)
{
    if (count == 0) {
        first_run_open(console);
        return 0;
    }
    if (text_equal(words[0], "sample"))
        return make_private(console, "local up; sample load; tour", error);
    if (text_equal(words[0], "empty"))
        return make_private(console, "local up", error);
    return error_set(error, ERR_USAGE, "no choice '%s': it is sample or empty", words[0]);
}
