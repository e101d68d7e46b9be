/* app: a session that goes elsewhere takes what it knew of the place before with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ytempire/app.h"
#include "ytempire/app/ask.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/local.h"

static void fresh_home(char *home)
{
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    setenv("XDG_DATA_HOME", home, 1);
    unsetenv("REDIS_URL");
}

static void a_session_goes_to_another_profile(void **state)
{
    char         home[] = "/tmp/app_profile_test.XXXXXX", command[64], words[2][12] = {"ytempire", "--local"};
    char *const  argv[] = {words[0], words[1], NULL};
    struct conf *conf = conf_new();
    struct loop *loop = loop_new();
    struct app  *app;

    (void)state;
    fresh_home(home);
    assert_int_equal(conf_profile_save("shop", "postgresql://ann@db.example/shop", NULL, NULL), 0);
    assert_int_equal(conf_parse(conf, 2, argv, NULL), 0);
    assert_int_equal(app_new(loop, conf, &app, NULL), 0);
    assert_non_null(app_local(app));
    assert_false(local_is_made(app_local(app)));

    assert_int_equal(app_use_profile(app, "none", "secret", NULL), ERR_USAGE);
    assert_non_null(app_local(app));
    assert_null(app_password(app));

    assert_int_equal(app_use_profile(app, "shop", "secret", NULL), 0);
    assert_null(app_local(app));
    assert_string_equal(app_dsn(app), "postgresql://ann@db.example/shop");
    assert_string_equal(app_password(app), "secret");
    assert_null(app_redis(app));

    assert_int_equal(conf_profile_save("shop", "postgresql://ann@db.example/shop", "unix:/run/redis.sock", NULL), 0);
    assert_int_equal(app_use_profile(app, "shop", NULL, NULL), 0);
    assert_null(app_password(app));
    assert_string_equal(app_redis(app), "unix:/run/redis.sock");
    app_free(app);
    loop_free(loop);
    conf_free(conf);
    snprintf(command, sizeof command, "rm -rf '%s'", home);
    assert_int_equal(system(command), 0);
}

static void put(const char *folder, const char *name, const char *text)
{
    char *path = path_join(folder, name), *end = strrchr(path, '/');

    *end = '\0';
    assert_int_equal(file_make_folders(path, 0700, NULL), 0);
    *end = '/';
    assert_int_equal(file_write(path, text, strlen(text), 0600, NULL), 0);
    mem_free(path);
}

static bool has_member(struct app *app, const char *name)
{
    struct model      *model;
    const char *const *names;
    size_t             count;
    bool               found = false;

    assert_int_equal(app_model(app, &model, NULL), 0);
    names = model_member_names(model, &count);
    for (size_t i = 0; i < count; i++)
        found = found || text_equal(names[i], name);
    return found;
}

#define CUBE(measure)                                                                                                  \
    "{\"cubes\": [{\"name\": \"C\", \"sql_table\": \"t\", \"measures\": {\"" measure "\": {\"type\": \"count\"}}}]}"

static void the_model_is_the_profiles(void **state)
{
    char         home[] = "/tmp/app_profile_test.XXXXXX", text[200], command[64], words[1][12] = {"ytempire"};
    char *const  argv[] = {words[0], NULL};
    struct conf *conf = conf_new();
    struct loop *loop = loop_new();
    struct app  *app;

    (void)state;
    fresh_home(home);
    put(home, "one/c.json", CUBE("ones"));
    put(home, "two/c.json", CUBE("twos"));
    snprintf(text, sizeof text, "[default]\nlocal = yes\nmodel = %s/one\n[shop]\ndsn = shop\nmodel = %s/two\n", home,
             home);
    put(home, "ytempire/config.ini", text);
    assert_int_equal(conf_parse(conf, 1, argv, NULL), 0);
    assert_int_equal(conf_load(conf, NULL), 0);
    assert_int_equal(app_new(loop, conf, &app, NULL), 0);
    assert_true(has_member(app, "C.ones"));

    assert_int_equal(app_use_profile(app, "none", NULL, NULL), ERR_USAGE);
    assert_true(has_member(app, "C.ones"));
    assert_int_equal(app_use_profile(app, "shop", NULL, NULL), 0);
    assert_true(has_member(app, "C.twos"));
    assert_false(has_member(app, "C.ones"));
    app_free(app);
    loop_free(loop);
    conf_free(conf);
    snprintf(command, sizeof command, "rm -rf '%s'", home);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_goes_to_another_profile),
        cmocka_unit_test(the_model_is_the_profiles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
