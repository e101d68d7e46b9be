/* The completion of bash: options from conf's table, commands from the array. */
#include <string.h>

#include "command_int.h"
#include "ytempire/conf.h"

static bool is_shown(const struct conf_option *option)
{
    return (option->places & CONF_LINE) && !(option->places & CONF_HIDDEN);
}

static void add_option_names(struct str *to)
{
    for (size_t id = 0; id < OPTION_COUNT; id++)
        if (is_shown(&conf_options[id]))
            str_addf(to, "--%s\n", conf_options[id].name);
}

static void add_pattern(struct str *to, const struct conf_option *option)
{
    str_addf(to, "        --%s", option->name);
    if (option->letter != 0)
        str_addf(to, "|-%c", option->letter);
    str_add(to, ")\n            ");
}

static const char *what_completes(enum conf_id id)
{
    switch (id) {
    case OPTION_EXEC:
        return "_ytempire_command";
    case OPTION_FILE:
    case OPTION_OUTPUT:
        return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$word\")";
    case OPTION_MODEL:
        return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$word\")";
    default:
        return ":";
    }
}

static void add_values(struct str *to)
{
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct conf_option *option = &conf_options[id];

        if (!is_shown(option) || option->argument == NULL)
            continue;
        add_pattern(to, option);
        if (option->type == CONF_CHOICE) {
            str_add(to, "mapfile -t COMPREPLY < <(compgen -W \"");
            for (const char *c = option->argument; *c != '\0'; c++)
                str_add(to, *c == '|' ? "\n" : (const char[]){*c, '\0'});
            str_add(to, "\" -- \"$word\")");
        } else {
            str_add(to, what_completes((enum conf_id)id));
        }
        str_add(to, "\n            return ;;\n");
    }
}

/* Commands whose first argument is the name of a saved query. */
static void add_saved_commands(struct str *to)
{
    str_add(to, ")\n_ytempire_saved=(\n");
    for (const struct command *const *command = commands; *command != NULL; command++)
        if ((*command)->args != NULL && (*command)->args[0].complete == COMPLETE_SAVED)
            str_addf(to, "    '%s'\n", (*command)->name);
}

void command_bash_completion(struct str *to)
{
    str_add(to, "# Completion of bash for ytempire. Made by 'ytempire --help-completion'.\n\n"
                "_ytempire_commands=(\n");
    for (const struct command *const *command = commands; *command != NULL; command++)
        if ((*command)->name[0] != '\\')
            str_addf(to, "    '%s'\n", (*command)->name);
    add_saved_commands(to);
    str_add(
        to,
        ")\n\n"
        "# A command is one word of the shell: inside a quote it stands as it is, else its space is escaped.\n"
        "_ytempire_command()\n"
        "{\n"
        "    local command file bare=${word#[\\'\\\"]} lines=(\"${_ytempire_commands[@]}\")\n"
        "    bare=${bare//\\\\/}\n"
        "    for file in \"${XDG_CONFIG_HOME:-$HOME/.config}\"/ytempire/queries/saved/*.query; do\n"
        "        [[ -e $file ]] || continue\n"
        "        file=${file##*/}\n"
        "        for command in \"${_ytempire_saved[@]}\"; do lines+=(\"$command ${file%.query}\"); done\n"
        "    done\n"
        "    for command in \"${lines[@]}\"; do\n"
        "        [[ $command == \"$bare\"* ]] || continue\n"
        "        if [[ $word == [\\'\\\"]* ]]; then COMPREPLY+=(\"$command\"); else COMPREPLY+=(\"${command// /\\\\ "
        "}\"); fi\n"
        "    done\n"
        "}\n\n"
        "_ytempire()\n"
        "{\n"
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} IFS=$'\\n'\n"
        "    COMPREPLY=()\n"
        "    if [[ $word == = ]]; then word=; elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
        "    case $before in\n");
    add_values(to);
    str_add(to, "    esac\n"
                "    mapfile -t COMPREPLY < <(compgen -W \"\n");
    add_option_names(to);
    str_add(to, "\" -- \"$word\")\n"
                "}\n"
                "complete -F _ytempire ytempire\n");
}
