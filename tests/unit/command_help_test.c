/* command: what is made of the array: help, manual, completion; and that the array is in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "src/command/command_int.h"
#include "src/command/nouns.h"
#include "ytempire/conf.h"

static void assert_has(const struct str *text, const char *part)
{
    if (strstr(str_text(text), part) == NULL)
        fail_msg("'%s' is not in it", part);
}

static void the_array_is_sorted_by_name(void **state)
{
    (void)state;
    for (size_t i = 1; commands[i] != NULL; i++)
        if (strcmp(commands[i - 1]->name, commands[i]->name) >= 0)
            fail_msg("'%s' stands before '%s'", commands[i - 1]->name, commands[i]->name);
}

static void every_command_says_what_it_does(void **state)
{
    (void)state;
    for (const struct command *const *command = commands; *command != NULL; command++) {
        const char *summary = (*command)->summary;

        if ((*command)->run == NULL || summary == NULL || strlen(summary) > 72 || summary[strlen(summary) - 1] == '.' || summary[0] < 'A' || summary[0] > 'Z')
            fail_msg("%s: a summary is one line with a capital and no full stop", (*command)->name);
        if ((*command)->text != NULL && (*command)->text[strlen((*command)->text) - 1] != '.')
            fail_msg("%s: the text is of sentences", (*command)->name);
        if (command_group(*command) + 1 == command_group_count())
            fail_msg("%s: its noun is in no group of groups.c", (*command)->name);
    }
}

/* What the manual shows must at least be read by the command it is shown for. */
static void every_example_is_read_by_its_command(void **state)
{
    (void)state;
    for (const struct command *const *command = commands; *command != NULL; command++)
        for (const char *const *example = (*command)->examples; example != NULL && *example != NULL; example++) {
            _cleanup_(args_freep) struct args *args = NULL;
            _cleanup_(splitter_freep) struct splitter *splitter = splitter_new(*example, strlen(*example));
            _cleanup_(mem_freep) char *line = NULL;
            const struct command *found = NULL;
            const char           *rest = NULL;
            size_t                number;
            struct error          error = ERROR_INIT;

            if (splitter_next(splitter, &line, &number, &error) != 1 || command_find(line, &found, &rest, &error) < 0 || args_parse(found, line, rest, &args, &error) < 0)
                fail_msg("%s: %s", *example, error.text ? error.text : "nothing in it");
            if (strcmp(line, *example) != 0 || found != *command)
                fail_msg("'%s' is an example of '%s', not of '%s'", *example, found->name, (*command)->name);
        }
}

static void every_command_stands_in_all_that_is_made_of_it(void **state)
{
    struct str manual = STR_INIT, completion = STR_INIT, help = STR_INIT, name = STR_INIT;

    (void)state;
    command_manual(&manual);
    command_bash_completion(&completion);
    for (const struct command *const *command = commands; *command != NULL; command++) {
        str_clear(&help);
        command_help(*command, &help);
        assert_has(&help, (*command)->summary);
        str_clear(&name);
        str_addf(&name, "Usage: %s", (*command)->name);
        assert_has(&help, str_text(&name));
        if ((*command)->name[0] == '\\')
            continue;
        str_clear(&name);
        str_addf(&name, ".TP\n\\fB%s\\fR", (*command)->name);
        assert_has(&manual, str_text(&name));
        str_clear(&name);
        str_addf(&name, "'%s'\n", (*command)->name);
        assert_has(&completion, str_text(&name));
    }
    str_done(&manual);
    str_done(&completion);
    str_done(&help);
    str_done(&name);
}

static void every_option_of_the_program_stands_in_help_and_completion(void **state)
{
    struct str help = STR_INIT, completion = STR_INIT, manual = STR_INIT, name = STR_INIT;

    (void)state;
    command_program_help(&help);
    command_bash_completion(&completion);
    command_manual(&manual);
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        if (!(conf_options[id].places & CONF_LINE) || (conf_options[id].places & CONF_HIDDEN))
            continue;
        str_clear(&name);
        str_addf(&name, "--%s", conf_options[id].name);
        assert_has(&help, str_text(&name));
        assert_has(&completion, str_text(&name));
    }
    assert_has(&manual, "\\-\\-keep\\-going");
    assert_null(strstr(str_text(&help), "help-man"));
    assert_null(strstr(str_text(&completion), "help-man"));
    str_done(&help);
    str_done(&completion);
    str_done(&manual);
    str_done(&name);
}

static const struct command imagined = {
    .name = "cache invalidate",
    .summary = "Drop answers whose key matches a pattern",
    .text = "A pattern is a prefix.",
    .args = ARGS(REQUIRED("PATTERN", COMPLETE_CACHE_KEY), OPTIONAL_WORD("now"), MANY("FILE", COMPLETE_FILE), PAIRS("k=v")),
    .options = OPTIONS(FLAG("dry-run", "count them, drop none"), VALUE("limit", "N", "at most so many")),
    .examples = EXAMPLES("cache invalidate executive:*"),
};

static void help_on_a_command_has_usage_text_options_and_examples(void **state)
{
    struct str help = STR_INIT;

    (void)state;
    command_help(&imagined, &help);
    assert_string_equal(str_text(&help), "Usage: cache invalidate [--dry-run] [--limit N] PATTERN [now] [FILE …] [k=v …]\n"
                                         "\n"
                                         "Drop answers whose key matches a pattern.\n"
                                         "A pattern is a prefix.\n"
                                         "\n"
                                         "Options\n"
                                         "  --dry-run  count them, drop none\n"
                                         "  --limit N  at most so many\n"
                                         "\n"
                                         "Examples\n"
                                         "  cache invalidate executive:*\n");
    str_done(&help);
}

static void help_on_screen_lists_the_screens_with_their_panels(void **state)
{
    static const char *const parts[] = {"query, 1", "boards, 2", "jobs, 3", "schema, 4", "cache, 5", "activity, 7",
                                        "queue, job, sources, workers, schedules, deadletters"};
    struct str help = STR_INIT;

    (void)state;
    for (const struct command *const *command = commands; *command != NULL; command++)
        if (text_equal((*command)->name, "screen"))
            command_help(*command, &help);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        assert_has(&help, parts[i]);
    str_done(&help);
}

static void no_line_of_help_is_wider_than_a_terminal(void **state)
{
    struct str help = STR_INIT;

    (void)state;
    command_program_help(&help);
    for (const struct command *const *command = commands; *command != NULL; command++) {
        struct command without = **command;

        without.examples = NULL;                   /* these stand as they are typed */
        command_help(&without, &help);
    }
    for (const char *line = str_text(&help); *line != '\0';) {
        size_t length = strcspn(line, "\n");

        if (length > 90)                           /* bytes: … is three */
            fail_msg("%.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
    str_done(&help);
}

/* -- to a front end ------------------------------------------------------------------------------------------------------ */

struct page {
    struct sink sink;
    bool        shows_text;
    size_t      columns, rows;
    struct str  text;
};

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)columns, (void)error;
    ((struct page *)sink)->columns = count;
    return 0;
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    (void)cells, (void)error;
    ((struct page *)sink)->rows++;
    return 0;
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink, (void)note, (void)error;
    return 0;
}

static bool on_passes(struct sink *sink, const char *format)
{
    return ((struct page *)sink)->shows_text && strcmp(format, "text") == 0;
}

static int on_raw(struct sink *sink, const char *bytes, size_t length, struct error *error)
{
    (void)error;
    str_add_bytes(&((struct page *)sink)->text, bytes, length);
    return 0;
}

static void help_is_a_page_for_people_and_a_table_for_programs(void **state)
{
    static const struct sink_ops ops = {.begin = on_begin, .row = on_row, .end = on_end, .passes = on_passes, .raw = on_raw};
    struct page page = {.sink = {&ops}, .shows_text = true};
    size_t      count = 0;

    (void)state;
    while (commands[count] != NULL)
        count++;
    assert_int_equal(command_run(NULL, "help", &page.sink, NULL), 0);
    assert_has(&page.text, "\n  catalog ");
    assert_int_equal(page.columns, 0);
    str_clear(&page.text);
    assert_int_equal(command_run(NULL, "sample load --help", &page.sink, NULL), 0);
    assert_true(strncmp(str_text(&page.text), "Usage: sample load ", 19) == 0);
    str_clear(&page.text);
    assert_int_equal(command_run(NULL, "help sample", &page.sink, NULL), 0);
    assert_true(strncmp(str_text(&page.text), "Usage: sample load ", 19) == 0);
    page.shows_text = false;
    str_done(&page.text);
    assert_int_equal(command_run(NULL, "\\?", &page.sink, NULL), 0);
    assert_int_equal(page.columns, 4);
    assert_int_equal(page.rows, count);
    assert_int_equal(command_run(NULL, "help xyzzy", &page.sink, NULL), ERR_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_array_is_sorted_by_name),
        cmocka_unit_test(every_command_says_what_it_does),
        cmocka_unit_test(every_example_is_read_by_its_command),
        cmocka_unit_test(every_command_stands_in_all_that_is_made_of_it),
        cmocka_unit_test(every_option_of_the_program_stands_in_help_and_completion),
        cmocka_unit_test(help_on_a_command_has_usage_text_options_and_examples),
        cmocka_unit_test(help_on_screen_lists_the_screens_with_their_panels),
        cmocka_unit_test(no_line_of_help_is_wider_than_a_terminal),
        cmocka_unit_test(help_is_a_page_for_people_and_a_table_for_programs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
