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
#include "ytempire/base/str.h"
#include "ytempire/local.h"

static void a_session_goes_to_another_profile(void **state)
{
    char         home[] = "/tmp/app_profile_test.XXXXXX", command[64], words[2][12] = {"ytempire", "--local"};
    char *const  argv[] = {words[0], words[1], NULL};
    struct conf *conf = conf_new();
    struct loop *loop = loop_new();
    struct app  *app;

    (void)state;
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    setenv("XDG_DATA_HOME", home, 1);
    unsetenv("REDIS_URL");
    assert_int_equal(conf_profile_save("shop", "postgresql://ann@db.example/shop", NULL), 0);
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

    assert_int_equal(app_use_profile(app, "shop", NULL, NULL), 0);
    assert_null(app_password(app));
    app_free(app);
    loop_free(loop);
    conf_free(conf);
    snprintf(command, sizeof command, "rm -rf '%s'", home);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_session_goes_to_another_profile)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
