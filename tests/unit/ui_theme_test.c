/* ui: themes, the shipped ones and broken ones. */
#include "ui_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/ui/theme.h"
#include "ytempire/base/file.h"
#include "ytempire/conf.h"

static char home[64];

static int in_a_home_of_its_own(void **state)
{
    (void)state;
    (void)snprintf(home, sizeof home, "/tmp/ytempire-theme.XXXXXX");
    return mkdtemp(home) == NULL || setenv("XDG_CONFIG_HOME", home, 1) != 0;
}

static void write_own(const char *name, const char *text)
{
    char folder[128], file[192];

    (void)snprintf(folder, sizeof folder, "%s/ytempire/themes", home);
    (void)snprintf(file, sizeof file, "%s/%s.json", folder, name);
    assert_int_equal(file_make_folders(folder, 0700, NULL), 0);
    assert_int_equal(file_write(file, text, strlen(text), 0600, NULL), 0);
}

static void remove_own(const char *name)
{
    char path[192];

    (void)snprintf(path, sizeof path, "%s/ytempire/themes/%s.json", home, name);
    (void)unlink(path);
}

static int away_with_the_home(void **state)
{
    char path[128];

    (void)state;
    for (const char *const *below = (const char *const[]){"/ytempire/themes", "/ytempire", "", NULL}; *below; below++) {
        (void)snprintf(path, sizeof path, "%s%s", home, *below);
        (void)rmdir(path);
    }
    return 0;
}

static void every_shipped_theme_loads_for_every_number_of_colours(void **state)
{
    static const int depths[] = {0, 8, 16, 256};
    char           **names;
    size_t           count;

    (void)state;
    assert_int_equal(conf_theme_names(&names, &count, NULL), 0);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < COUNT_OF(depths); k++) {
            _cleanup_(theme_freep) struct theme *theme = NULL;
            struct error error = ERROR_INIT;

            if (theme_load(names[i], depths[k], &theme, &error) < 0)
                fail_msg("%s for %d: %s %s", names[i], depths[k], error.where ? error.where : "", error.text);
            assert_string_equal(theme->name, names[i]);
            for (size_t look = 0; look < LOOK_COUNT; look++) {
                assert_in_range(theme->looks[look].foreground + 1, 0, depths[k]);
                assert_in_range(theme->looks[look].background + 1, 0, depths[k]);
            }
        }
    conf_theme_names_free(names, count);
}

/* Without colours, where the cursor is and what is wrong must be seen all the same. */
static void what_must_be_told_apart_has_an_attribute(void **state)
{
    static const char *const names[] = {"colorblind", "dark", "high-contrast", "light", "mono"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        _cleanup_(theme_freep) struct theme *theme = NULL;

        assert_int_equal(theme_load(names[i], 0, &theme, NULL), 0);
        assert_true(theme->looks[LOOK_CURSOR].reverse);
        assert_true(theme->looks[LOOK_BAR].reverse);
        assert_true(theme->looks[LOOK_ERROR].bold && theme->looks[LOOK_ERROR].underline);
        assert_true(theme->looks[LOOK_UNKNOWN].underline);
        assert_true(theme->looks[LOOK_POPUP].reverse != theme->looks[LOOK_POPUP_SELECTED].reverse);
    }
}

static void colours_stand_in_for_one_another(void **state)
{
    static const char text[] = "{\"name\": \"t\", \"roles\": {\"normal\": {\"bold\": true}, \"ok\": {\"fg\": \"#5fd787\", \"16\": "
                               "\"bright green\", \"dim\": true, \"bg8\": \"blue\", \"reverse\": true}}}";
    _cleanup_(theme_freep) struct theme *many = NULL, *some = NULL, *few = NULL;

    (void)state;
    assert_int_equal(theme_read("t", text, 256, &many, NULL), 0);
    assert_int_equal(many->looks[LOOK_OK].foreground, 78);
    assert_false(many->looks[LOOK_OK].dim);
    assert_true(many->looks[LOOK_OK].reverse);
    assert_true(many->looks[LOOK_KEY].bold);
    assert_int_equal(theme_read("t", text, 16, &some, NULL), 0);
    assert_int_equal(some->looks[LOOK_OK].foreground, 10);
    assert_int_equal(theme_read("t", text, 8, &few, NULL), 0);
    assert_int_equal(few->looks[LOOK_OK].foreground, -1);
    assert_int_equal(few->looks[LOOK_OK].background, 4);
    assert_true(few->looks[LOOK_OK].dim && !few->looks[LOOK_OK].reverse);
}

static void a_broken_file_is_told_with_its_place(void **state)
{
    static const struct { const char *text, *where, *message, *hint; } cases[] = {
        {"{\n  \"name\": \"t\",,\n}", "f:2:15", NULL, NULL},
        {"{\"name\": \"t\",\n \"roles\": {\"oki\": {}}}", "f:2:12", "unknown role 'oki'", "did you mean 'ok'?"},
        {"{\"name\": \"t\", \"roles\": {\"ok\": {\"bolt\": true}}}", "f:1:32", "unknown key 'bolt'", "did you mean 'bold'?"},
        {"{\"name\": \"t\", \"roles\": {\"ok\": {\"fg\": \"green\"}}}", "f:1:38", "a true colour is written \"#5fd787\"", NULL},
        {"{\"name\": \"t\", \"roles\": {\"ok\": {\"8\": \"bright red\"}}}", "f:1:37", "unknown colour of eight 'bright red'", NULL},
        {"{\"name\": \"t\", \"roles\": {\"ok\": {\"256\": 256}}}", "f:1:39", "this colour is a number from 0 to 255", NULL},
        {"{\"name\": \"t\", \"rolls\": {}}", "f:1:15", "unknown key 'rolls'", "did you mean 'roles'?"},
        {"{\"name\": \"t\"}", "f:1:1", "a theme has \"roles\"", NULL},
        {"[]", "f:1:1", NULL, NULL},
        {"", "f:1:1", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct theme *theme = NULL;
        struct error  error = ERROR_INIT;

        assert_int_equal(theme_read("f", cases[i].text, 256, &theme, &error), ERR_SYNTAX);
        assert_null(theme);
        assert_string_equal(error.where, cases[i].where);
        if (cases[i].message != NULL)
            assert_string_equal(error.text, cases[i].message);
        if (cases[i].hint != NULL)
            assert_string_equal(error.hint, cases[i].hint);
        error_done(&error);
    }
}

static void ones_own_file_comes_first(void **state)
{
    _cleanup_(theme_freep) struct theme *theme = NULL;
    char                               **names;
    size_t                               count;

    (void)state;
    write_own("dark", "{\"name\": \"dark\", \"roles\": {\"ok\": {\"8\": \"red\"}}}");
    write_own("mine", "{\"name\": \"dark\", \"roles\": {}}");
    assert_int_equal(theme_load("dark", 8, &theme, NULL), 0);
    assert_int_equal(theme->looks[LOOK_OK].foreground, 1);
    assert_int_equal(conf_theme_names(&names, &count, NULL), 0);
    assert_int_equal(count, 6);
    assert_string_equal(names[5], "mono");
    assert_string_equal(names[4], "mine");
    conf_theme_names_free(names, count);
    theme_freep(&theme);
    assert_int_equal(theme_load("mine", 8, &theme, NULL), 0);
    assert_string_equal(theme->name, "mine");
    remove_own("dark");
    remove_own("mine");
}

static void an_unknown_theme_is_told(void **state)
{
    struct theme *theme = NULL;
    struct error  error = ERROR_INIT;

    (void)state;
    assert_int_equal(theme_load("drak", 256, &theme, &error), ERR_UNKNOWN);
    assert_string_equal(error.text, "unknown theme 'drak'");
    assert_string_equal(error.hint, "did you mean 'dark'? 'theme' lists all");
    error_done(&error);
    assert_int_equal(theme_load("../themes/dark", 256, &theme, &error), ERR_UNKNOWN);
    error_done(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_theme_loads_for_every_number_of_colours),
        cmocka_unit_test(what_must_be_told_apart_has_an_attribute),
        cmocka_unit_test(colours_stand_in_for_one_another),
        cmocka_unit_test(a_broken_file_is_told_with_its_place),
        cmocka_unit_test(ones_own_file_comes_first),
        cmocka_unit_test(an_unknown_theme_is_told),
    };

    return cmocka_run_group_tests_name("ui themes", tests, in_a_home_of_its_own, away_with_the_home);
}
