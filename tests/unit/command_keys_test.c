/* command: the key table names commands that there are, and a key does one thing in a place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ytempire/base/mem.h"
#include "ytempire/command.h"
#include "ytempire/command/keys.h"

static void every_key_is_a_command_with_arguments_that_it_takes(void **state)
{
    (void)state;
    for (const struct key_binding *key = key_bindings; key->place != NULL; key++) {
        _cleanup_(args_freep) struct args *args = NULL;
        struct error          error = ERROR_INIT;
        const struct command *command = NULL;
        const char           *rest;

        if (command_find(key->command, &command, &rest, &error) < 0 || text_equal(command->name, "query"))
            fail_msg("%s %s: '%s' is no command", key->place, key->key, key->command);
        if (args_parse(command, key->command, rest, &args, &error) < 0)
            fail_msg("%s %s: '%s': %s", key->place, key->key, key->command, error.text);
        error_done(&error);
    }
}

static void a_key_does_one_thing_in_a_place(void **state)
{
    (void)state;
    for (const struct key_binding *a = key_bindings; a->place != NULL; a++)
        for (const struct key_binding *b = a + 1; b->place != NULL; b++)
            if (text_equal(a->place, b->place) && text_equal(a->key, b->key))
                fail_msg("%s %s stands twice", a->place, a->key);
}

static void what_destroys_is_upper_case_and_asks(void **state)
{
    (void)state;
    for (const struct key_binding *key = key_bindings; key->place != NULL; key++)
        if (strstr(key->command, "drop") != NULL &&
            (key->key[0] < 'A' || key->key[0] > 'Z' || strstr(key->note, "(asks)") == NULL))
            fail_msg("%s %s drops without asking", key->place, key->key);
}

static void a_verb_of_the_console_needs_one(void **state)
{
    struct app   app = {0};
    struct error error = ERROR_INIT;

    (void)state;
    assert_int_equal(command_run(&app, "grid sort", NULL, &error), ERR_USAGE);
    assert_string_equal(error.text, "'grid sort' is for the console: there is no screen here");
    error_done(&error);
}

struct probe {
    struct app_console console;
    char               said[128];
};

static int note_down(struct app_console *console, const char *verb, const char *const *words, size_t count,
                     struct error *error)
{
    struct probe *probe = (struct probe *)console;

    (void)error;
    snprintf(probe->said, sizeof probe->said, "%s", verb);
    for (size_t i = 0; i < count; i++)
        snprintf(probe->said + strlen(probe->said), sizeof probe->said - strlen(probe->said), "|%s", words[i]);
    return 0;
}

static void a_verb_reaches_the_console_with_its_words(void **state)
{
    struct probe probe = {.console.act = note_down};
    struct app   app = {.console = &probe.console};
    struct error error = ERROR_INIT;

    (void)state;
    assert_int_equal(command_run(&app, "grid sort --server 'a b' desc", NULL, &error), 0);
    assert_string_equal(probe.said, "grid sort|a b|desc|--server");
    assert_int_equal(command_run(&app, "grid search two  words", NULL, &error), 0);
    assert_string_equal(probe.said, "grid search|two  words");
    assert_int_equal(command_run(&app, "grid width -4", NULL, &error), 0);
    assert_string_equal(probe.said, "grid width|-4");
    error_done(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_a_command_with_arguments_that_it_takes),
        cmocka_unit_test(a_key_does_one_thing_in_a_place),
        cmocka_unit_test(what_destroys_is_upper_case_and_asks),
        cmocka_unit_test(a_verb_of_the_console_needs_one),
        cmocka_unit_test(a_verb_reaches_the_console_with_its_words),
    };

    return cmocka_run_group_tests_name("command: keys", tests, NULL, NULL);
}
