/* app: the files of the model change under a session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ytempire/app.h"
#include "ytempire/app/ask.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define CUBE(name, measure)                                                                                            \
    "{\"cubes\": [{\"name\": \"" name "\", \"sql_table\": \"t\", \"measures\": {\"" measure                            \
    "\": {\"type\": \"count\"}}}]}\n"

struct words {
    struct sink sink;
    struct str  text;
};

static void on_text(struct sink *sink, const char *text)
{
    str_addf(&((struct words *)sink)->text, "%s\n", text);
}

/* A session whose model is a folder of its own. */
struct place {
    char         home[40], option[40];
    struct conf *conf;
    struct loop *loop;
    struct app  *app;
    struct words words;
};

static void open_place(struct place *place)
{
    static const struct sink_ops ops = {.text = on_text};
    static char program[] = "ytempire", word[] = "--model";
    char       *argv[] = {program, word, place->option, NULL};

    *place = (struct place){.home = "/tmp/app_model_test.XXXXXX", .words.sink.ops = &ops};
    assert_non_null(mkdtemp(place->home));
    setenv("XDG_CONFIG_HOME", place->home, 1);
    setenv("XDG_DATA_HOME", place->home, 1);
    snprintf(place->option, sizeof place->option, "%s", place->home);
    place->conf = conf_new();
    place->loop = loop_new();
    assert_int_equal(conf_parse(place->conf, 3, argv, NULL), 0);
    assert_int_equal(app_new(place->loop, place->conf, &place->app, NULL), 0);
    place->app->words = &place->words.sink;
    place->app->follows_model = true;
}

static void close_place(struct place *place)
{
    char command[64];

    app_free(place->app);
    loop_free(place->loop);
    conf_free(place->conf);
    str_done(&place->words.text);
    snprintf(command, sizeof command, "rm -rf '%s'", place->home);
    assert_int_equal(system(command), 0);
}

static void put(struct place *place, const char *name, const char *text)
{
    _cleanup_(mem_freep) char *path = path_join(place->home, name);

    assert_int_equal(file_write(path, text, strlen(text), 0600, NULL), 0);
}

static void take_away(struct place *place, const char *name)
{
    _cleanup_(mem_freep) char *path = path_join(place->home, name);

    assert_int_equal(unlink(path), 0);
}

static bool has(const struct model *model, const char *name)
{
    size_t             count;
    const char *const *names = model_member_names(model, &count);

    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i], name))
            return true;
    return false;
}

static struct model *model_of(struct place *place)
{
    struct model *model = NULL;

    assert_int_equal(app_model(place->app, &model, NULL), 0);
    return model;
}

#define PLACE_TEST(name)                                    \
    static void name##_task(void *who);                     \
    static void name(void **state)                          \
    {                                                       \
        struct place place;                                 \
                                                            \
        (void)state;                                        \
        open_place(&place);                                 \
        loop_run_task(place.loop, name##_task, &place);     \
        close_place(&place);                                \
    }                                                       \
    static void name##_task(void *who)

PLACE_TEST(a_changed_file_is_read_anew_and_who_holds_the_model_keeps_it)
{
    struct place *place = who;
    struct model *held, *model;

    put(place, "a.json", CUBE("A", "ones"));
    held = model_ref(model_of(place));
    put(place, "a.json", CUBE("A", "twos"));
    put(place, "b.json", CUBE("B", "more"));
    model = model_of(place);
    assert_true(has(model, "A.twos") && has(model, "B.more") && !has(model, "A.ones"));
    assert_true(has(held, "A.ones") && !has(held, "A.twos"));
    assert_string_equal(str_text(&place->words.text), "the model was read anew\n");
    take_away(place, "b.json");
    assert_false(has(model_of(place), "B.more"));
    model_unref(held);
}

PLACE_TEST(a_file_that_says_the_same_changes_nothing)
{
    struct place *place = who;
    struct model *model;

    put(place, "a.json", CUBE("A", "ones"));
    model = model_of(place);
    put(place, "a.json", CUBE("A", "ones"));
    assert_ptr_equal(model_of(place), model);
    assert_ptr_equal(model_of(place), model);
    assert_string_equal(str_text(&place->words.text), "");
}

PLACE_TEST(a_broken_file_keeps_its_own_cubes_out_and_is_told_once)
{
    struct place *place = who;
    struct model *model;

    put(place, "a.json", CUBE("A", "ones"));
    put(place, "b.json", CUBE("B", "more"));
    assert_true(has(model_of(place), "B.more"));
    put(place, "b.json", "{\n  \"cubes\": [ nonsense ]\n}\n");
    model = model_of(place);
    assert_true(has(model, "A.ones") && !has(model, "B.more"));
    assert_non_null(strstr(str_text(&place->words.text), "/b.json:2:14: not JSON"));
    str_clear(&place->words.text);
    assert_true(has(model_of(place), "A.ones"));
    assert_string_equal(str_text(&place->words.text), "");
    put(place, "b.json", CUBE("B", "more"));
    assert_true(has(model_of(place), "B.more"));
    assert_string_equal(str_text(&place->words.text), "the model was read anew\n");
}

PLACE_TEST(a_file_that_cannot_be_read_harms_no_other)
{
    struct place              *place = who;
    _cleanup_(mem_freep) char *path = path_join(place->home, "b.json");

    put(place, "a.json", CUBE("A", "ones"));
    assert_int_equal(symlink("nowhere", path), 0);
    assert_true(has(model_of(place), "A.ones"));
    assert_non_null(strstr(str_text(&place->words.text), "/b.json: "));
}

PLACE_TEST(without_a_model_the_question_fails_and_the_next_one_finds_it)
{
    struct place *place = who;
    struct model *model;

    put(place, "a.json", CUBE("A", "ones"));
    assert_true(has(model_of(place), "A.ones"));
    put(place, "a.json", "{");
    assert_int_equal(app_model(place->app, &model, NULL), ERR_SYNTAX);
    take_away(place, "a.json");
    assert_int_equal(app_model(place->app, &model, NULL), ERR_USAGE);
    put(place, "a.json", CUBE("A", "ones"));
    assert_true(has(model_of(place), "A.ones"));
}

PLACE_TEST(a_batch_reads_its_model_once)
{
    struct place *place = who;

    place->app->follows_model = false;
    put(place, "a.json", CUBE("A", "ones"));
    assert_true(has(model_of(place), "A.ones"));
    put(place, "a.json", CUBE("A", "twos"));
    assert_true(has(model_of(place), "A.ones"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_file_is_read_anew_and_who_holds_the_model_keeps_it),
        cmocka_unit_test(a_file_that_says_the_same_changes_nothing),
        cmocka_unit_test(a_broken_file_keeps_its_own_cubes_out_and_is_told_once),
        cmocka_unit_test(a_file_that_cannot_be_read_harms_no_other),
        cmocka_unit_test(without_a_model_the_question_fails_and_the_next_one_finds_it),
        cmocka_unit_test(a_batch_reads_its_model_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
