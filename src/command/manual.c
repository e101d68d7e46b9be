/*
 * man/ytempire.1, in man(7): the options from conf's table, the commands from the array, the rest from manual_text.h.
 * Text is escaped on its way in, so that no word of a command can be read as a request of roff.
 */
#include <inttypes.h>
#include <string.h>

#include "command_int.h"
#include "manual_text.h"
#include "ytempire/base/utf8.h"
#include "ytempire/command/keys.h"
#include "ytempire/conf.h"

/* -- roff ---------------------------------------------------------------------------------------------------------- */

static void add_char(struct str *to, uint32_t point)
{
    static const struct {
        char        c;
        const char *roff;
    } marks[] = {{'\\', "\\e"},  {'-', "\\-"},   {'\'', "\\(aq"}, {'`', "\\(ga"},
                 {'^', "\\(ha"}, {'~', "\\(ti"}, {'"', "\\(dq"}};

    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (point == (uint32_t)(unsigned char)marks[i].c) {
            str_add(to, marks[i].roff);
            return;
        }
    if (point < 0x80)
        str_add_char(to, (char)point);
    else
        str_addf(to, "\\[u%04" PRIX32 "]", point);
}

/* One line of text; never a request, whatever it begins with. */
static void add_text(struct str *to, const char *text)
{
    size_t   length = strlen(text);
    uint32_t point;

    if (*text == '.')
        str_add(to, "\\&");
    for (size_t at = 0, size; at < length; at += size) {
        size = utf8_decode(text + at, length - at, &point);
        add_char(to, point);
    }
}

#define SOURCE_WIDTH 80

/* Text that is already roff, broken at spaces: its lines are filled anyway, and a source of short lines has short
 * diffs. */
static void add_broken(struct str *to, const char *roff)
{
    size_t column = 0;

    while (*roff != '\0') {
        size_t length = strcspn(roff, " ");

        if (column > 0 && column + 1 + length > SOURCE_WIDTH) {
            str_add(to, *roff == '.' ? "\n\\&" : "\n");
            column = 0;
        } else if (column > 0) {
            str_add_char(to, ' ');
            column++;
        }
        str_add_bytes(to, roff, length);
        column += length;
        roff += length;
        roff += strspn(roff, " ");
    }
    str_add_char(to, '\n');
}

/* A new line for each sentence, as roff wants it. */
static void add_prose(struct str *to, const char *text)
{
    struct str roff = STR_INIT;

    while (*text != '\0') {
        const char *end = strstr(text, ". ");
        _cleanup_(mem_freep) char *sentence = end != NULL ? mem_strndup(text, (size_t)(end - text) + 1)
                                                          : mem_strdup(text);

        str_clear(&roff);
        add_text(&roff, sentence);
        add_broken(to, str_text(&roff));
        text += strlen(sentence);
        text += strspn(text, " ");
    }
    str_done(&roff);
}

static void add_section(struct str *to, const char *title)
{
    str_addf(to, ".SH \"%s\"\n", title);
}

static void add_paragraph(struct str *to, const char *text)
{
    str_add(to, ".PP\n");
    add_prose(to, text);
}

static void add_paragraphs(struct str *to, const char *const *texts)
{
    add_prose(to, *texts++);
    for (; *texts != NULL; texts++)
        add_paragraph(to, *texts);
}

/* A line in bold, and what it means behind it. */
static void add_tagged(struct str *to, const char *tag, const char *text)
{
    str_add(to, ".TP\n\\fB");
    add_text(to, tag);
    str_add(to, "\\fR\n");
    add_prose(to, text);
}

static void add_lines(struct str *to, const char *const *lines)
{
    str_add(to, ".PP\n.nf\n.RS 4\n");
    for (; *lines != NULL; lines++) {
        add_text(to, *lines);
        str_add_char(to, '\n');
    }
    str_add(to, ".RE\n.fi\n");
}

/* -- sections ------------------------------------------------------------------------------------------------------ */

static void add_option(struct str *to, const struct conf_option *option)
{
    _cleanup_(mem_freep) char *text = option->initial != NULL
                                          ? mem_printf("%s (%s by default)", option->text, option->initial)
                                          : mem_strdup(option->text);
    struct str tag = STR_INIT;

    if (option->letter != 0)
        str_addf(&tag, "-%c, ", option->letter);
    str_addf(&tag, "--%s", option->name);
    if (option->argument != NULL)
        str_addf(&tag, " %s", option->argument);
    add_tagged(to, str_text(&tag), text);
    str_done(&tag);
}

static void add_options(struct str *to)
{
    const char *group = "";

    add_section(to, "OPTIONS");
    add_prose(to, manual_options);
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct conf_option *option = &conf_options[id];

        if (!(option->places & CONF_LINE) || (option->places & CONF_HIDDEN))
            continue;
        if (!text_equal(group, option->group))
            str_addf(to, ".SS \"%s\"\n", option->group);
        group = option->group;
        add_option(to, option);
    }
}

static void add_command_option(struct str *to, const struct command_option *option)
{
    str_add(to, ".RS\n.TP\n\\fB\\-\\-");
    add_text(to, option->name);
    str_add(to, option->value != NULL ? "\\fR " : "\\fR");
    add_text(to, option->value != NULL ? option->value : "");
    str_add_char(to, '\n');
    add_prose(to, option->text);
    str_add(to, ".RE\n");
}

static void add_command_entries(struct str *to, const struct command *command)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const char *group = "";

    str_add(to, ".RS\n");
    for (const struct command_entry *entry = command->entries(arena); entry->name != NULL; entry++) {
        if (!text_equal(group, entry->group)) {
            str_add(to, ".PP\n");
            add_text(to, entry->group);
            str_add(to, ":\n");
        }
        group = entry->group;
        add_tagged(to, entry->name, entry->text);
    }
    str_add(to, ".RE\n");
}

static void add_command_examples(struct str *to, const char *const *examples)
{
    str_add(to, ".RS\n.PP\n.nf\n");
    for (; *examples != NULL; examples++) {
        add_text(to, *examples);
        str_add_char(to, '\n');
    }
    str_add(to, ".fi\n.RE\n");
}

static void add_command(struct str *to, const struct command *command)
{
    struct str usage = STR_INIT;

    command_usage(command, &usage);
    str_add(to, ".TP\n\\fB");
    add_text(to, command->name);
    str_add(to, "\\fR");
    add_text(to, str_text(&usage) + strlen(command->name));
    str_done(&usage);
    str_add_char(to, '\n');
    add_text(to, command->summary);
    str_add(to, ".\n");
    if (command->text != NULL)
        add_prose(to, command->text);
    for (const struct command_option *option = command->options; option != NULL && option->name != NULL; option++)
        add_command_option(to, option);
    if (command->entries != NULL)
        add_command_entries(to, command);
    if (command->examples != NULL)
        add_command_examples(to, command->examples);
}

static void add_commands(struct str *to)
{
    add_section(to, "COMMANDS");
    add_paragraphs(to, manual_commands);
    for (size_t group = 0; group < command_group_count(); group++) {
        bool any = false;

        for (const struct command *const *command = commands; *command != NULL; command++) {
            if (command_group(*command) != group)
                continue;
            if (!any) {
                str_add(to, ".SS \"");
                add_text(to, command_group_title(group));
                str_add(to, "\"\n");
            }
            any = true;
            add_command(to, *command);
        }
    }
}

static void add_keys(struct str *to)
{
    static const struct {
        const char *place, *title;
    } places[] = {{"always", "Everywhere"},
                  {"any", "Outside the prompt"},
                  {"query", "In a result"},
                  {"text", "In a text"},
                  {"list", "In a list"},
                  {"log", "In the log"},
                  {"form", "In a form"},
                  {"tour", "In a result, while the tour is under way"}};

    add_section(to, "KEYS");
    add_paragraphs(to, manual_keys);
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        str_addf(to, ".SS \"%s\"\n", places[i].title);
        for (const struct key_binding *key = key_bindings; key->place != NULL; key++) {
            struct str text = STR_INIT;

            if (!text_equal(key->place, places[i].place) || key->note == NULL)
                continue;
            str_addf(&text, "%s: %s.", key->note, key->command);
            add_tagged(to, key->key, str_text(&text));
            str_done(&text);
        }
    }
}

static void add_entries(struct str *to, const char *title, const char *before, const struct manual_entry *entries)
{
    add_section(to, title);
    if (before != NULL)
        add_prose(to, before);
    for (; entries->tag != NULL; entries++)
        add_tagged(to, entries->tag, entries->text);
}

void command_manual(struct str *to)
{
    str_add(to, ".\\\" Made by 'ytempire --help-man': edit the commands, not this file.\n");
    str_addf(to, ".TH YTEMPIRE 1 \"%s\" \"ytempire %s\" \"User Commands\"\n", MANUAL_DATE, PROGRAM_VERSION);
    add_section(to, "NAME");
    str_add(to, "ytempire \\- terminal analytics over a warehouse of YouTube data\n");
    add_section(to, "SYNOPSIS");
    str_add(to, manual_synopsis);
    add_section(to, "DESCRIPTION");
    add_paragraphs(to, manual_description);
    add_options(to);
    add_commands(to);
    add_keys(to);
    add_entries(to, "QUERIES", manual_queries, manual_clauses);
    add_paragraph(to, manual_queries_after);
    add_entries(to, "CONDITIONS", manual_conditions, manual_condition_parts);
    add_entries(to, "EXIT STATUS", manual_exit, manual_exit_codes);
    add_entries(to, "FILES", NULL, manual_files);
    add_entries(to, "ENVIRONMENT", NULL, manual_environment);
    add_section(to, "EXAMPLES");
    for (const struct manual_example *example = manual_examples; example->text != NULL; example++) {
        if (example != manual_examples)
            str_add(to, ".PP\n");
        add_prose(to, example->text);
        add_lines(to, example->lines);
    }
    add_section(to, "SEE ALSO");
    str_add(to, ".BR psql (1)\n");
}
