/* conf: the command line, profiles, what comes before what, and where to connect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/conf.h"

static char *home;

static int fresh_home(void **state)
{
    char made[] = "/tmp/conf_test.XXXXXX";
    static const char *const names[] = {"PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE", "REDIS_URL",
                                        "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        unsetenv(names[i]);
    assert_non_null(mkdtemp(made));
    home = mem_strdup(made);
    setenv("HOME", home, 1);
    return 0;
}

static int remove_home(void **state)
{
    char *config = conf_config_path("config.ini"), *folder = conf_config_path(NULL), *above = path_join(home, ".config");

    (void)state;
    unlink(config);
    rmdir(folder);
    rmdir(above);
    rmdir(home);
    mem_free(config);
    mem_free(folder);
    mem_free(above);
    mem_free(home);
    return 0;
}

static void write_profiles(const char *text)
{
    char *folder = conf_config_path(NULL), *path = conf_config_path("config.ini");

    assert_int_equal(file_make_folders(folder, 0700, NULL), 0);
    assert_int_equal(file_write(path, text, strlen(text), 0600, NULL), 0);
    mem_free(folder);
    mem_free(path);
}

/* Words of a command line, split at blanks. */
static int parse(struct conf *conf, const char *line, struct error *error)
{
    char *copy = mem_printf("ytempire %s", line), *argv[32];
    int argc = 0, r;

    for (char *word = copy; word != NULL && *word != '\0';) {
        char *blank = strchr(word, ' ');

        argv[argc++] = word;
        if (blank != NULL)
            *blank++ = '\0';
        word = blank;
    }
    r = conf_parse(conf, argc, argv, error);
    mem_free(copy);
    return r;
}

static void refused(const char *line, int code, const char *text, const char *hint)
{
    struct conf *conf = conf_new();
    struct error error = ERROR_INIT;

    assert_int_equal(parse(conf, line, &error), code);
    assert_string_equal(error.text, text);
    if (hint != NULL)
        assert_non_null(strstr(error.hint, hint));
    error_done(&error);
    conf_free(conf);
}

static struct conf *taken(const char *line)
{
    struct conf *conf = conf_new();
    struct error error = ERROR_INIT;

    assert_int_equal(parse(conf, line, &error), 0);
    assert_int_equal(conf_load(conf, &error), 0);
    return conf;
}

static void values_follow_a_blank_or_an_equals_sign(void **state)
{
    struct conf *conf = taken("--format json --null=- --exec doctor -e help --file=a.txt -qe quit");

    (void)state;
    assert_string_equal(conf_text(conf, OPTION_FORMAT), "json");
    assert_string_equal(conf_text(conf, OPTION_NULL), "-");
    assert_true(conf_flag(conf, OPTION_QUIET));
    assert_int_equal(conf_script_count(conf), 4);
    assert_string_equal(conf_script_at(conf, 0).text, "doctor");
    assert_string_equal(conf_script_at(conf, 1).text, "help");
    assert_true(conf_script_at(conf, 2).is_file);
    assert_string_equal(conf_script_at(conf, 2).text, "a.txt");
    assert_string_equal(conf_script_at(conf, 3).text, "quit");
    conf_free(conf);
}

static void mistakes_are_named_with_what_was_meant(void **state)
{
    (void)state;
    refused("--formt json", ERR_USAGE, "unknown option '--formt'", "did you mean '--format'?");
    refused("--form json", ERR_USAGE, "unknown option '--form'", NULL);
    refused("--format jsn", ERR_USAGE, "--format cannot be 'jsn'", "did you mean 'json'?");
    refused("--exec", ERR_USAGE, "--exec needs a value: --exec COMMANDS", NULL);
    refused("--stats=yes", ERR_USAGE, "--stats takes no value", NULL);
    refused("--timeout soon", ERR_USAGE, "--timeout is a time in seconds ('30', '0.5', '500ms', '2min'), not 'soon'", NULL);
    refused("--var name", ERR_USAGE, "--var needs NAME=VALUE, not 'name'", NULL);
    refused("--var =3", ERR_USAGE, "--var needs NAME=VALUE, not '=3'", NULL);
    refused("--var 1x=3", ERR_USAGE, "--var needs NAME=VALUE, not '1x=3'", NULL);
    refused("--var a-b=3", ERR_USAGE, "--var needs NAME=VALUE, not 'a-b=3'", NULL);
    refused("-Z", ERR_USAGE, "unknown option '-Z'", NULL);
    refused("postgres://a postgres://b", ERR_USAGE, "'postgres://b' is left over: there is one DSN, 'postgres://a'", NULL);
    refused("--local --dsn postgres://a", ERR_USAGE, "--local and a DSN exclude each other", NULL);
    refused("--local postgres://a", ERR_USAGE, "--local and a DSN exclude each other", NULL);
}

static void seconds_may_have_units(void **state)
{
    static const struct { const char *text; int64_t us; } cases[] = {
        {"--timeout 2", 2000000}, {"--timeout 0.5", 500000}, {"--timeout 250ms", 250000}, {"--timeout 2min", 120000000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct conf *conf = taken(cases[i].text);

        assert_int_equal(conf_us(conf, OPTION_TIMEOUT), cases[i].us);
        conf_free(conf);
    }
}

static void targets(const char *line, bool local, const char *dsn, const char *redis, const char *said_by)
{
    struct conf *conf = taken(line);
    struct conf_target target;

    assert_int_equal(conf_target(conf, &target, NULL), 0);
    assert_int_equal(target.local, local);
    assert_string_equal(target.dsn != NULL ? target.dsn : "(none)", dsn != NULL ? dsn : "(none)");
    assert_string_equal(target.redis != NULL ? target.redis : "(none)", redis != NULL ? redis : "(none)");
    assert_string_equal(target.said_by, said_by);
    conf_free(conf);
}

static void the_command_line_comes_before_profile_environment_and_local(void **state)
{
    (void)state;
    targets("", true, NULL, NULL, "default");
    setenv("PGHOST", "db.example", 1);
    setenv("REDIS_URL", "redis://env", 1);
    targets("", false, NULL, "redis://env", "environment");
    write_profiles("[mart]\ndsn = postgres://mart/db\nredis = redis://mart\nformat = csv\n[mine]\nlocal = yes\n");
    targets("", false, NULL, "redis://env", "environment");
    targets("--profile mart", false, "postgres://mart/db", "redis://mart", "profile");
    targets("--profile mart postgres://other/db", false, "postgres://other/db", "redis://mart", "command line");
    targets("--profile mart --redis redis://here", false, "postgres://mart/db", "redis://here", "profile");
    targets("--profile mart --local", true, NULL, NULL, "command line");
    targets("--profile mine", true, NULL, NULL, "profile");
    targets("shop", false, "dbname='shop'", "redis://env", "command line");
}

static void the_private_redis_is_all_that_local_uses(void **state)
{
    (void)state;
    setenv("REDIS_URL", "redis://env", 1);
    targets("--local", true, NULL, NULL, "command line");
    targets("", true, NULL, NULL, "default");
    refused("--local --redis redis://a", ERR_USAGE,
            "--local and --redis exclude each other: --local has a Redis of its own", NULL);
}

static void a_section_default_is_used_without_profile(void **state)
{
    struct conf *conf;

    (void)state;
    write_profiles("[default]\nformat = csv\nas_user = me@example.com\n");
    conf = taken("");
    assert_string_equal(conf_text(conf, OPTION_FORMAT), "csv");
    assert_string_equal(conf_text(conf, OPTION_AS_USER), "me@example.com");
    assert_int_equal(conf_origin(conf, OPTION_FORMAT), CONF_FROM_PROFILE);
    conf_free(conf);
    conf = taken("--format json");
    assert_string_equal(conf_text(conf, OPTION_FORMAT), "json");
    conf_free(conf);
}

static void load_fails(const char *line, const char *profiles, const char *text, const char *hint)
{
    struct conf *conf = conf_new();
    struct error error = ERROR_INIT;

    if (profiles != NULL)
        write_profiles(profiles);
    assert_int_equal(parse(conf, line, &error), 0);
    assert_int_equal(conf_load(conf, &error), ERR_USAGE);
    assert_non_null(strstr(error.text, text));
    if (hint != NULL)
        assert_non_null(strstr(error.hint, hint));
    error_done(&error);
    conf_free(conf);
}

static void broken_profiles_say_where(void **state)
{
    char *long_line = mem_alloc(400);

    (void)state;
    load_fails("--profile mart", NULL, "no profile 'mart' in ", NULL);
    load_fails("--profile mrat", "[mart]\nformat = csv\n", "no profile 'mrat' in ", "did you mean 'mart'?");
    load_fails("--profile mart", "[mart]\nformt = csv\n", "unknown name 'formt' in the profile 'mart'",
               "did you mean 'format'?");
    load_fails("--profile mart", "[mart]\nformat = cvs\n", "'format' cannot be 'cvs'", "did you mean 'csv'?");
    load_fails("--profile mart", "[mart]\nwhat is this\n", "a line is neither [section] nor name = value", NULL);
    strcat(long_line, "[mart]\ndsn = ");
    memset(long_line + strlen(long_line), 'x', 250);
    load_fails("--profile mart", long_line, "a line is longer than 198 characters", NULL);
    mem_free(long_line);
}

static void set_wins_and_default_takes_it_back(void **state)
{
    struct conf *conf = taken("--format csv");
    struct error error = ERROR_INIT;

    (void)state;
    assert_int_equal(conf_set(conf, "format", "html", NULL), 0);
    assert_string_equal(conf_text(conf, OPTION_FORMAT), "html");
    assert_int_equal(conf_set(conf, "format", NULL, NULL), 0);
    assert_string_equal(conf_text(conf, OPTION_FORMAT), "csv");
    assert_int_equal(conf_set(conf, "write", "on", NULL), 0);
    assert_true(conf_flag(conf, OPTION_WRITE));
    assert_int_equal(conf_set(conf, "tz", "america/los_angeles", NULL), 0);
    assert_string_equal(conf_text(conf, OPTION_TZ), "America/Los_Angeles");
    assert_int_equal(conf_set(conf, "tz", "Mars/Olympus", &error), ERR_USAGE);
    assert_string_equal(error.text, "unknown time zone 'Mars/Olympus'");
    error_done(&error);
    assert_int_equal(conf_set(conf, "dsn", "x", &error), ERR_UNKNOWN);
    error_done(&error);
    assert_int_equal(conf_set(conf, "wirte", "on", &error), ERR_UNKNOWN);
    assert_non_null(strstr(error.hint, "did you mean 'write'?"));
    error_done(&error);
    conf_free(conf);
}

static void a_copy_goes_its_own_way(void **state)
{
    struct conf *conf = taken("-e one --format csv -f two --var a=b -e three mart"), *copy = conf_copy(conf);

    (void)state;
    assert_int_equal(conf_set(copy, "format", "html", NULL), 0);
    assert_string_equal(conf_text(conf, OPTION_FORMAT), "csv");
    conf_free(conf);
    assert_string_equal(conf_text(copy, OPTION_FORMAT), "html");
    assert_string_equal(conf_at(copy, OPTION_VAR, 0), "a=b");
    assert_int_equal(conf_script_count(copy), 3);
    assert_string_equal(conf_script_at(copy, 1).text, "two");
    assert_true(conf_script_at(copy, 1).is_file);
    assert_string_equal(conf_script_at(copy, 2).text, "three");
    assert_string_equal(conf_positional(copy), "mart");
    conf_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_follow_a_blank_or_an_equals_sign, fresh_home, remove_home),
        cmocka_unit_test_setup_teardown(mistakes_are_named_with_what_was_meant, fresh_home, remove_home),
        cmocka_unit_test_setup_teardown(seconds_may_have_units, fresh_home, remove_home),
        cmocka_unit_test_setup_teardown(the_command_line_comes_before_profile_environment_and_local, fresh_home, remove_home),
        cmocka_unit_test_setup_teardown(the_private_redis_is_all_that_local_uses, fresh_home, remove_home),
        cmocka_unit_test_setup_teardown(a_section_default_is_used_without_profile, fresh_home, remove_home),
        cmocka_unit_test_setup_teardown(broken_profiles_say_where, fresh_home, remove_home),
        cmocka_unit_test_setup_teardown(set_wins_and_default_takes_it_back, fresh_home, remove_home),
        cmocka_unit_test_setup_teardown(a_copy_goes_its_own_way, fresh_home, remove_home),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
