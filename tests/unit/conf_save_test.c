/* conf: profiles and passwords written into files that are the person's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/conf.h"

#define DSN "postgresql://ann@db.example:5433/shop"

static char home[64], config[96], passwords[96];

static int fresh_home(void **state)
{
    static const char *const names[] = {"PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE", "REDIS_URL",
                                        "PGPASSFILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        unsetenv(names[i]);
    strcpy(home, "/tmp/conf_save_test.XXXXXX");
    assert_non_null(mkdtemp(home));
    setenv("HOME", home, 1);
    snprintf(config, sizeof config, "%s/.config/ytempire/config.ini", home);
    snprintf(passwords, sizeof passwords, "%s/.pgpass", home);
    return 0;
}

static int remove_home(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", home);
    return system(command);
}

static void put(const char *path, const char *text, mode_t mode)
{
    char *folder = mem_strdup(path);

    *strrchr(folder, '/') = '\0';
    assert_int_equal(file_make_folders(folder, 0700, NULL), 0);
    assert_int_equal(file_write(path, text, strlen(text), mode, NULL), 0);
    mem_free(folder);
}

static void assert_file(const char *path, const char *expected)
{
    char       *text;
    struct stat about;

    assert_int_equal(file_read(path, 10000, &text, NULL, NULL), 0);
    assert_string_equal(text, expected);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    mem_free(text);
}

static void saved_with(const char *redis, const char *before, const char *profile, const char *after)
{
    struct error error = ERROR_INIT;

    if (before != NULL)
        put(config, before, 0644);
    if (conf_profile_save(profile, DSN, redis, &error) < 0)
        fail_msg("%s", error.text);
    assert_file(config, after);
}

static void saved(const char *before, const char *profile, const char *after)
{
    saved_with(NULL, before, profile, after);
}

static void a_first_profile_makes_the_file(void **state)
{
    (void)state;
    saved(NULL, "default", "[default]\ndsn = " DSN "\n");
}

static void a_new_profile_stands_behind_all_others(void **state)
{
    (void)state;
    saved("; mine\n[mart]\nformat = csv   ; for sheets\n", "shop",
          "; mine\n[mart]\nformat = csv   ; for sheets\n\n[shop]\ndsn = " DSN "\n");
    saved("[mart]\nformat = csv", "shop", "[mart]\nformat = csv\n\n[shop]\ndsn = " DSN "\n");
}

static void an_old_target_is_replaced_where_it_stood(void **state)
{
    (void)state;
    saved("# all\n[mart]\ndsn = a\n\n[shop]\ntz = UTC\n# production\ndsn = postgres://old/db\n\n[other]\nlocal = yes\n", "shop",
          "# all\n[mart]\ndsn = a\n\n[shop]\ntz = UTC\n# production\ndsn = " DSN "\n\n[other]\nlocal = yes\n");
    saved("[shop]\nlocal = on\ntz = UTC\n", "shop", "[shop]\ndsn = " DSN "\ntz = UTC\n");
    saved("[shop]\ntz = UTC\n", "shop", "[shop]\ndsn = " DSN "\ntz = UTC\n");
}

static void an_address_of_redis_is_kept_beside_the_target(void **state)
{
    (void)state;
    saved_with("unix:/run/r.sock", NULL, "shop", "[shop]\ndsn = " DSN "\nredis = unix:/run/r.sock\n");
    saved_with("redis://:p%3Aw@db.example:6380/2",
               "[mart]\nredis = a\n[shop]\nredis : old\n  older\ntz = UTC\ndsn = x\n", "shop",
               "[mart]\nredis = a\n[shop]\ntz = UTC\ndsn = " DSN "\nredis = redis://:p%3Aw@db.example:6380/2\n");
    saved_with("unix:/run/r.sock", "[shop]\nredis = old\ntz = UTC\n", "shop",
               "[shop]\ndsn = " DSN "\nredis = unix:/run/r.sock\ntz = UTC\n");
    saved_with(NULL, "[shop]\nredis = old\ndsn = x\n", "shop", "[shop]\nredis = old\ndsn = " DSN "\n");
}

static void a_target_that_was_said_twice_is_said_once(void **state)
{
    (void)state;
    saved("[shop]\ndsn : a\ntz = UTC\n[mart]\ndsn = b\n[shop]\ndsn=c\nlocal=no\nformat = csv\n", "shop",
          "[shop]\ndsn = " DSN "\ntz = UTC\n[mart]\ndsn = b\n[shop]\nformat = csv\n");
}

static void a_value_of_several_lines_goes_whole(void **state)
{
    (void)state;
    saved("[shop]\ndsn = host=a\n  host=b\n; why\n  host=c\ntz = UTC\n", "shop",
          "[shop]\ndsn = " DSN "\n; why\ntz = UTC\n");
}

static void a_link_stays_a_link(void **state)
{
    char        real[96];
    struct stat about;

    (void)state;
    snprintf(real, sizeof real, "%s/dotfiles.ini", home);
    put(config, "", 0600);
    assert_int_equal(unlink(config), 0);
    put(real, "[mart]\nformat = csv\n", 0644);
    assert_int_equal(symlink(real, config), 0);
    saved(NULL, "shop", "[mart]\nformat = csv\n\n[shop]\ndsn = " DSN "\n");
    assert_int_equal(lstat(config, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
}

static void refused(const char *before, const char *profile, const char *dsn, const char *redis, const char *words)
{
    struct error error = ERROR_INIT;

    if (before != NULL)
        put(config, before, 0600);
    assert_int_equal(conf_profile_save(profile, dsn, redis, &error), ERR_USAGE);
    assert_non_null(strstr(error.text, words));
    error_done(&error);
    if (before != NULL)
        assert_file(config, before);
    else
        assert_false(file_exists(config));
}

static void what_could_not_be_read_again_is_not_written(void **state)
{
    char *long_dsn = mem_alloc(300);

    (void)state;
    memset(long_dsn, 'x', 250);
    refused(NULL, "shop", long_dsn, NULL, "at most 198 characters");
    refused(NULL, "shop", "a ; b", NULL, "cannot stand in a line");
    refused(NULL, "shop", DSN, long_dsn, "'redis' cannot stand in a line");
    refused(NULL, "shop", DSN, "unix:/a;b", "'redis' cannot stand in a line");
    refused(NULL, "a]b", DSN, NULL, "a profile's name is of letters");
    refused(NULL, "", DSN, NULL, "a profile's name is of letters");
    refused("[shop]\nwhat is this\n", "shop", DSN, NULL, "a line is neither");
    mem_free(long_dsn);
}

static void what_was_written_is_where_the_session_goes(void **state)
{
    struct conf       *conf = conf_new();
    struct conf_target target;
    char               words[4][12] = {"ytempire", "--local", "--format", "json"};
    char *const        argv[] = {words[0], words[1], words[2], words[3], NULL};
    char              *dsn = NULL, *redis = NULL;

    (void)state;
    put(config, "[default]\ntz = UTC\n", 0600);
    assert_int_equal(conf_parse(conf, 4, argv, NULL), 0);
    assert_int_equal(conf_load(conf, NULL), 0);
    assert_int_equal(conf_profile_where("shop", &dsn, &redis, NULL), 0);
    assert_null(dsn);
    assert_int_equal(conf_profile_save("shop", DSN, NULL, NULL), 0);
    assert_int_equal(conf_profile_where("shop", &dsn, &redis, NULL), 0);
    assert_string_equal(dsn, DSN);
    assert_null(redis);
    assert_int_equal(conf_use_profile(conf, "shop", NULL), 0);
    assert_int_equal(conf_target(conf, &target, NULL), 0);
    assert_false(target.local);
    assert_string_equal(target.dsn, DSN);
    assert_string_equal(target.said_by, "profile");
    assert_string_equal(conf_text(conf, OPTION_PROFILE), "shop");
    assert_string_equal(conf_text(conf, OPTION_FORMAT), "json");
    assert_null(conf_text(conf, OPTION_TZ));            /* the profile's before */
    mem_free(dsn);
    conf_free(conf);
}

static void a_profile_that_cannot_be_used_changes_nothing(void **state)
{
    struct conf       *conf = conf_new();
    struct conf_target target;
    char               words[2][12] = {"ytempire", "--local"};
    char *const        argv[] = {words[0], words[1], NULL};
    char              *dsn = NULL, *redis = NULL;

    (void)state;
    put(config, "[both]\ndsn = x\nlocal = yes\n[mine]\nlocal = yes\n", 0600);
    assert_int_equal(conf_profile_where("mine", &dsn, &redis, NULL), 0);
    assert_string_equal(dsn, "local");
    mem_free(dsn);
    assert_int_equal(conf_parse(conf, 2, argv, NULL), 0);
    assert_int_equal(conf_use_profile(conf, "both", NULL), ERR_USAGE);
    assert_int_equal(conf_use_profile(conf, "none", NULL), ERR_USAGE);
    assert_int_equal(conf_target(conf, &target, NULL), 0);
    assert_true(target.local);
    assert_string_equal(target.said_by, "command line");
    conf_free(conf);
}

/* -- passwords ----------------------------------------------------------------------------------------------------- */

static const struct conf_login ann = {"db.example", "5433", "shop", "ann"};

static void kept(const char *before, const struct conf_login *login, const char *password, const char *after)
{
    if (before != NULL)
        put(passwords, before, 0644);
    assert_int_equal(conf_password_keep(login, password, NULL), 0);
    assert_file(passwords, after);
}

static void a_password_is_kept_for_its_login(void **state)
{
    (void)state;
    kept(NULL, &ann, "secret", "db.example:5433:shop:ann:secret\n");
    kept("# mine\nother:5432:*:bob:x\n", &ann, "secret", "# mine\nother:5432:*:bob:x\ndb.example:5433:shop:ann:secret\n");
    kept("db.example:5433:shop:ann:old\nz:1:b:c:d", &ann, "new", "db.example:5433:shop:ann:new\nz:1:b:c:d\n");
}

static void a_line_for_all_does_not_hide_it(void **state)
{
    (void)state;
    kept("a:1:b:c:d\n*:*:*:ann:old\n", &ann, "new", "a:1:b:c:d\ndb.example:5433:shop:ann:new\n*:*:*:ann:old\n");
    kept("*:*:*:ann:x\ndb.example:5433:shop:ann:old\n", &ann, "new", "db.example:5433:shop:ann:new\n*:*:*:ann:x\n");
}

static void colons_and_backslashes_are_meant(void **state)
{
    const struct conf_login six = {"::1", "5432", "a\\b", "c"};

    (void)state;
    kept("\\:\\:1:5432:a\\\\b:c:old\n", &six, "p:\\w", "\\:\\:1:5432:a\\\\b:c:p\\:\\\\w\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fresh_home, remove_home)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_first_profile_makes_the_file),
        CASE(a_new_profile_stands_behind_all_others),
        CASE(an_old_target_is_replaced_where_it_stood),
        CASE(an_address_of_redis_is_kept_beside_the_target),
        CASE(a_target_that_was_said_twice_is_said_once),
        CASE(a_value_of_several_lines_goes_whole),
        CASE(a_link_stays_a_link),
        CASE(what_could_not_be_read_again_is_not_written),
        CASE(what_was_written_is_where_the_session_goes),
        CASE(a_profile_that_cannot_be_used_changes_nothing),
        CASE(a_password_is_kept_for_its_login),
        CASE(a_line_for_all_does_not_hide_it),
        CASE(colons_and_backslashes_are_meant),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
