/* help, quit, set: the session itself. */
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/conf.h"

/* -- help ---------------------------------------------------------------------------------------------------------- */

static int unknown_command(const char *name, struct error *error)
{
    const char *names[128], *near;
    size_t      count = 0;

    for (const struct command *const *command = commands; *command != NULL && count < COUNT_OF(names); command++)
        names[count++] = (*command)->name;
    near = nearest_word(name, strlen(name), names, count);
    (void)error_set(error, ERR_UNKNOWN, "unknown command '%s'", name);
    if (near != NULL)
        error_hint(error, "did you mean '%s'? 'help' lists all", near);
    else
        error_hint(error, "'help' lists all");
    return ERR_UNKNOWN;
}

/* Help on a noun is help on its verbs. */
static int send_verbs(const char *noun, struct sink *sink, struct error *error)
{
    size_t count = 0, length = strlen(noun);
    int    r = 0;

    for (const struct command *const *command = commands; *command != NULL && r >= 0; command++)
        if (strncmp((*command)->name, noun, length) == 0 && (*command)->name[length] == ' ') {
            r = help_send(*command, sink, error);
            count++;
        }
    return r < 0 ? r : count > 0 ? 0 : unknown_command(noun, error);
}

static int run_help(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    const char           *name = args_get(args, "COMMAND");
    const struct command *command = name != NULL ? command_by_name(name) : NULL;

    (void)app;
    if (name != NULL && command == NULL)
        return send_verbs(name, sink, error);
    return help_send(command, sink, error);
}

const struct command command_help_verb = {
    .name = "help",
    .summary = "List the commands, or tell more of one",
    .args = ARGS(OPTIONAL_REST("COMMAND", COMPLETE_COMMAND)),
    .examples = EXAMPLES("help", "help explain"),
    .run = run_help,
};

const struct command command_habit_help = {
    .name = "\\?",
    .summary = "List the commands, as 'help' does",
    .args = ARGS(OPTIONAL_REST("COMMAND", COMPLETE_COMMAND)),
    .examples = EXAMPLES("\\?"),
    .run = run_help,
};

/* -- quit ---------------------------------------------------------------------------------------------------------- */

static int run_quit(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    (void)sink;
    (void)error;
    app->quit = true;
    return 0;
}

const struct command command_quit = {
    .name = "quit",
    .summary = "Leave",
    .text = "What follows is not read.",
    .examples = EXAMPLES("quit"),
    .writes = WRITES_SESSION,
    .leaves = true,
    .run = run_quit,
};

const struct command command_habit_quit = {
    .name = "\\q",
    .summary = "Leave, as 'quit' does",
    .examples = EXAMPLES("\\q"),
    .writes = WRITES_SESSION,
    .leaves = true,
    .run = run_quit,
};

/* -- set ----------------------------------------------------------------------------------------------------------- */

static const char *origin_word(enum conf_origin origin)
{
    switch (origin) {
    case CONF_FROM_DEFAULT:
        return "default";
    case CONF_FROM_PROFILE:
        return "profile";
    case CONF_FROM_LINE:
        return "command line";
    case CONF_FROM_SET:
        return "set";
    }
    return NULL;
}

static void add_setting(struct table *table, const struct conf *conf, enum conf_id id)
{
    const struct conf_option *option = &conf_options[id];
    const char               *value = conf_text(conf, id);

    if (value == NULL && option->type == CONF_FLAG)
        value = "off";
    table_add(table, option->name, value, origin_word(conf_origin(conf, id)),
              option->type == CONF_FLAG ? "on|off" : option->argument, option->text);
}

/* The settings, or the one of that name. */
static int send_settings(const struct conf *conf, const char *name, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new(
        "name:text value:text origin:text values:text description:text");

    for (size_t id = 0; id < OPTION_COUNT; id++)
        if ((conf_options[id].places & CONF_SET) &&
            (name == NULL ? !(conf_options[id].places & CONF_HIDDEN) : text_equal(name, conf_options[id].name)))
            add_setting(table, conf, (enum conf_id)id);
    return table_send(table, sink, error);
}

static int run_set(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    const char *name = args_get(args, "NAME"), *value = args_get(args, "VALUE");

    if (name != NULL && (value != NULL || args_flag(args, "reset")))
        return conf_set(app->conf, name, args_flag(args, "reset") ? NULL : value, error);
    for (size_t id = 0; name != NULL && id < OPTION_COUNT; id++)
        if ((conf_options[id].places & CONF_SET) && text_equal(name, conf_options[id].name))
            return send_settings(app->conf, name, sink, error);
    return name == NULL ? send_settings(app->conf, NULL, sink, error) : conf_set(app->conf, name, NULL, error);
}

const struct command command_set = {
    .name = "set",
    .summary = "Change a setting of this session, or show them",
    .text = "Without VALUE the setting is shown, without NAME all are. With --reset it is again what the command line, "
            "the profile or the default says.",
    .args = ARGS(OPTIONAL("NAME", COMPLETE_SETTING), OPTIONAL("VALUE", COMPLETE_NONE)),
    .options = OPTIONS(FLAG("reset", "back to what it was before 'set'")),
    .examples = EXAMPLES("set", "set tz America/Los_Angeles", "set --reset tz"),
    .writes = WRITES_SESSION,
    .run = run_set,
};
