/* Usage and help: of one command, of all, of the program. */
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/base/utf8.h"

#define WIDTH 80

/* -- usage --------------------------------------------------------------------------------------------------------- */

static void add_arg(struct str *to, const struct arg *arg)
{
    static const char *const shapes[] = {
        [ARG_REQUIRED] = " %s",  [ARG_OPTIONAL] = " [%s]", [ARG_MANY] = " [%s …]",
        [ARG_SOME] = " %s …",    [ARG_WORD] = " %s",       [ARG_OPTIONAL_WORD] = " [%s]",
        [ARG_PAIRS] = " [%s …]", [ARG_REST] = " %s",       [ARG_OPTIONAL_REST] = " [%s]",
        [ARG_COMMAND] = " %s",
    };
    const char *shape = shapes[arg->kind], *name = strchr(shape, '%');

    str_add_bytes(to, shape, (size_t)(name - shape));
    str_add(to, arg->name);
    str_add(to, name + 2);
}

void command_usage(const struct command *command, struct str *to)
{
    str_add(to, command->name);
    for (const struct command_option *option = command->options; option != NULL && option->name != NULL; option++)
        str_addf(to, option->value != NULL ? " [--%s %s]" : " [--%s]", option->name, option->value);
    for (const struct arg *arg = command->args; arg != NULL && arg->kind != 0; arg++)
        add_arg(to, arg);
}

void command_hint_usage(const struct command *command, struct error *error)
{
    struct str usage = STR_INIT;

    command_usage(command, &usage);
    error_hint(error, "usage: %s", str_text(&usage));
    str_done(&usage);
}

/* -- layout -------------------------------------------------------------------------------------------------------- */

void help_wrap(struct str *to, const char *text, size_t column, size_t indent)
{
    bool first = true;

    while (*text != '\0') {
        size_t length = strcspn(text, " "), width = utf8_width(text, length);

        if (!first && column + 1 + width > WIDTH) {
            str_add_char(to, '\n');
            str_add_repeat(to, " ", indent);
            column = indent;
        } else if (!first) {
            str_add_char(to, ' ');
            column++;
        }
        str_add_bytes(to, text, length);
        column += width;
        first = false;
        text += length;
        text += strspn(text, " ");
    }
    str_add_char(to, '\n');
}

/* "  name      what it is": the text on a line of its own when the name is too wide. */
static void add_entry(struct str *to, const char *name, size_t column, const char *text)
{
    size_t width = utf8_width(name, strlen(name)) + 2;

    str_addf(to, "  %s", name);
    if (width + 2 > column) {
        str_add_char(to, '\n');
        width = 0;
    }
    str_add_repeat(to, " ", column - width);
    help_wrap(to, text, column, column);
}

static size_t widest_name(void)
{
    size_t widest = 0;

    for (const struct command *const *command = commands; *command != NULL; command++)
        if (strlen((*command)->name) > widest)
            widest = strlen((*command)->name);
    return widest;
}

/* -- one command --------------------------------------------------------------------------------------------------- */

static void add_option_name(struct str *to, const struct command_option *option)
{
    str_addf(to, option->value != NULL ? "--%s %s" : "--%s", option->name, option->value);
}

static void add_options(struct str *to, const struct command *command)
{
    size_t     column = 0;
    struct str name = STR_INIT;

    for (const struct command_option *option = command->options; option->name != NULL; option++) {
        size_t width = strlen(option->name) + (option->value != NULL ? strlen(option->value) + 1 : 0) + 6;

        column = width > column ? width : column;
    }
    str_add(to, "\nOptions\n");
    for (const struct command_option *option = command->options; option->name != NULL; option++) {
        str_clear(&name);
        add_option_name(&name, option);
        add_entry(to, str_text(&name), column, option->text);
    }
    str_done(&name);
}

static void add_entries(struct str *to, const struct command *command)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const struct command_entry *entries = command->entries(arena);
    const char                 *group = "";
    size_t                      column = 0;

    for (const struct command_entry *entry = entries; entry->name != NULL; entry++)
        column = strlen(entry->name) + 4 > column ? strlen(entry->name) + 4 : column;
    for (const struct command_entry *entry = entries; entry->name != NULL; entry++) {
        if (!text_equal(group, entry->group))
            str_addf(to, "\n%s\n", entry->group);
        group = entry->group;
        add_entry(to, entry->name, column, entry->text);
    }
}

void command_help(const struct command *command, struct str *to)
{
    struct str usage = STR_INIT;

    command_usage(command, &usage);
    str_add(to, "Usage: ");
    help_wrap(to, str_text(&usage), 7, 11);
    str_done(&usage);
    str_addf(to, "\n%s.\n", command->summary);
    if (command->text != NULL)
        help_wrap(to, command->text, 0, 0);
    if (command->options != NULL && command->options->name != NULL)
        add_options(to, command);
    if (command->entries != NULL)
        add_entries(to, command);
    if (command->examples == NULL)
        return;
    str_add(to, "\nExamples\n");
    for (const char *const *example = command->examples; *example != NULL; example++)
        str_addf(to, "  %s\n", *example);
}

/* -- all commands -------------------------------------------------------------------------------------------------- */

static void add_group(struct str *to, size_t group, size_t column)
{
    bool any = false;

    for (const struct command *const *command = commands; *command != NULL; command++) {
        if (command_group(*command) != group)
            continue;
        if (!any)
            str_addf(to, "\n%s\n", command_group_title(group));
        any = true;
        add_entry(to, (*command)->name, column, (*command)->summary);
    }
}

static void add_overview(struct str *to)
{
    size_t column = widest_name() + 4;

    str_add(to, "A line is a command, SQL that begins with SELECT, WITH, VALUES, TABLE or SHOW,\n"
                "or a query, as in 'total_views by channel_name last 30 days top 5'.\n");
    for (size_t group = 0; group < command_group_count(); group++)
        add_group(to, group, column);
    str_add(to, "\n'help COMMAND' tells more; 'catalog' lists what can be asked for.\n");
}

/* -- to a front end ------------------------------------------------------------------------------------------------ */

static struct table *table_of_all(void)
{
    struct table *table = table_new("command:text group:text usage:text summary:text");
    struct str    usage = STR_INIT;

    for (const struct command *const *command = commands; *command != NULL; command++) {
        str_clear(&usage);
        command_usage(*command, &usage);
        table_add(table, (*command)->name, command_group_title(command_group(*command)), str_text(&usage),
                  (*command)->summary);
    }
    str_done(&usage);
    return table;
}

static struct table *table_of_one(const struct command *command)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct table *table = table_new("part:text name:text text:text");
    struct str    text = STR_INIT;

    command_usage(command, &text);
    table_add(table, "usage", command->name, str_text(&text));
    table_add(table, "summary", command->name, command->summary);
    if (command->text != NULL)
        table_add(table, "text", command->name, command->text);
    for (const struct command_option *option = command->options; option != NULL && option->name != NULL; option++) {
        str_clear(&text);
        add_option_name(&text, option);
        table_add(table, "option", str_text(&text), option->text);
    }
    for (const struct command_entry *entry = command->entries != NULL ? command->entries(arena) : NULL;
         entry != NULL && entry->name != NULL; entry++)
        table_add(table, entry->group, entry->name, entry->text);
    for (const char *const *example = command->examples; example != NULL && *example != NULL; example++)
        table_add(table, "example", command->name, *example);
    str_done(&text);
    return table;
}

int help_send(const struct command *command, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = NULL;
    struct str text = STR_INIT;
    int        r;

    if (sink_passes(sink, "text")) {
        if (command != NULL)
            command_help(command, &text);
        else
            add_overview(&text);
        r = sink->ops->raw(sink, str_text(&text), text.length, error);
        str_done(&text);
        return r;
    }
    table = command != NULL ? table_of_one(command) : table_of_all();
    return table_send(table, sink, error);
}
