/* A session with a home of its own in a folder that is removed again. Include after cmocka.h. */
#ifndef YTEMPIRE_TESTS_APP_PLACE_H
#define YTEMPIRE_TESTS_APP_PLACE_H

#include <stdio.h>
#include <stdlib.h>

#include "ytempire/app/ask.h"

struct place {
    char          home[40];
    struct conf  *conf;
    struct loop  *loop;
    struct app   *app;
    struct arena *arena;
    struct error  error;
};

/* With one option of the command line; `value` NULL: the home itself. */
static int place_open(struct place *place, char *option, char *value)
{
    static char program[] = "ytempire";
    char       *argv[] = {program, option, value != NULL ? value : place->home, NULL};

    *place = (struct place){.home = "/tmp/app_test.XXXXXX", .arena = arena_new()};
    assert_non_null(mkdtemp(place->home));
    setenv("XDG_CONFIG_HOME", place->home, 1);
    setenv("XDG_DATA_HOME", place->home, 1);
    place->conf = conf_new();
    place->loop = loop_new();
    assert_int_equal(conf_parse(place->conf, 3, argv, NULL), 0);
    assert_int_equal(app_new(place->loop, place->conf, &place->app, NULL), 0);
    return 0;
}

static int place_close(void **state)
{
    struct place *place = *state;
    char          command[64];

    app_free(place->app);
    loop_free(place->loop);
    conf_free(place->conf);
    arena_free(place->arena);
    error_done(&place->error);
    snprintf(command, sizeof command, "rm -rf '%s'", place->home);
    return system(command);
}

#endif
