/* --help: the program's options, from conf's table. */
#include <string.h>

#include "command_int.h"
#include "ytempire/conf.h"

#define COLUMN 28

static bool is_shown(const struct conf_option *option)
{
    return (option->places & CONF_LINE) && !(option->places & CONF_HIDDEN);
}

static void add_option(struct str *to, const struct conf_option *option)
{
    struct str name = STR_INIT;

    if (option->letter != 0)
        str_addf(&name, "  -%c, --%s", option->letter, option->name);
    else
        str_addf(&name, "      --%s", option->name);
    if (option->argument != NULL)
        str_addf(&name, " %s", option->type == CONF_CHOICE ? "WORD" : option->argument);
    str_add(to, str_text(&name));
    if (name.length + 2 > COLUMN) {
        str_add_char(to, '\n');
        str_clear(&name);
    }
    str_add_repeat(to, " ", COLUMN - name.length);
    str_clear(&name);
    str_add(&name, option->text);
    if (option->type == CONF_CHOICE)
        str_addf(&name, ": %s", option->argument);
    help_wrap(to, str_text(&name), COLUMN, COLUMN);
    str_done(&name);
}

void command_program_help(struct str *to)
{
    const char *group = NULL;

    str_add(to, "Usage: ytempire [OPTIONS] [DSN]\n"
                "       ytempire [OPTIONS] --exec 'COMMANDS'\n"
                "       ytempire [OPTIONS] --file FILE\n"
                "\n"
                "Asks a warehouse of YouTube data in PostgreSQL: one line, one exact answer.\n");
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct conf_option *option = &conf_options[id];

        if (!is_shown(option))
            continue;
        if (group == NULL || strcmp(group, option->group) != 0)
            str_addf(to, "\n%s\n", option->group);
        group = option->group;
        add_option(to, option);
    }
    str_add(to, "\nExamples\n"
                "  ytempire --local -e 'sample load'\n"
                "  ytempire --local -e 'total_views, engagement_rate by channel_name top 10'\n"
                "  ytempire --local --format csv -e 'revenue by month for 2026' > revenue.csv\n"
                "\n'ytempire -e help' lists the commands; 'man ytempire' has all of it.\n");
}
