/* app: saved queries: what their files say, and values for their parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app_place.h"
#include "ytempire/app/saved.h"
#include "ytempire/base/file.h"
#include "ytempire/base/str.h"

static int set_up(void **state)
{
    static struct place place;
    static char option[] = "--var", value[] = "zone=north";

    *state = &place;
    return place_open(&place, option, value);
}

static void put(struct place *place, const char *name, const char *text)
{
    const char *folder = arena_printf(place->arena, "%s/ytempire/queries/saved", place->home);
    const char *path = arena_printf(place->arena, "%s/%s.query", folder, name);

    assert_int_equal(file_make_folders(folder, 0700, NULL), 0);
    assert_int_equal(file_write(path, text, strlen(text), 0600, NULL), 0);
}

static struct app_saved get(struct place *place, const char *name)
{
    struct app_saved saved;

    assert_int_equal(app_saved_read(place->arena, name, &saved, NULL), 0);
    return saved;
}

static void write(const char *name, const char *query)
{
    _cleanup_(mem_freep) char *path = NULL;

    assert_int_equal(app_saved_write(name, query, &path, NULL), 0);
}

static const char *parameters(struct place *place, const char *query)
{
    struct app_saved saved;
    const char      *list = "";

    put(place, "p", query);
    saved = get(place, "p");
    for (size_t i = 0; i < saved.parameter_count; i++)
        list = arena_printf(place->arena, "%s%s ", list, saved.parameters[i]);
    return list;
}

static void a_file_is_comments_and_one_query(void **state)
{
    struct place    *place = *state;
    struct app_saved saved;

    put(place, "a", "# of the week\n-- by hand\n\n  views by day\n  # no comment of the file\nlast 7 days ;\n\n");
    saved = get(place, "a");
    assert_string_equal(saved.comments, "# of the week\n-- by hand\n");
    assert_string_equal(saved.query, "views by day\n  # no comment of the file\nlast 7 days");
    put(place, "a", "query views");
    assert_string_equal(get(place, "a").query, "views");
    put(place, "a", "# nothing\n;\n");
    assert_int_equal(app_saved_read(place->arena, "a", &saved, &place->error), ERR_SYNTAX);
    assert_non_null(strstr(place->error.text, "no query"));
}

static void parameters_are_the_variables_of_the_query(void **state)
{
    struct place *place = *state;

    assert_string_equal(parameters(place, "views where a = :one and b in (:two, :one) and c != ':three'"), "one two ");
    assert_string_equal(parameters(place, "views where title = \"a :b\" for 2026-01-01T12:00..2026-01-02T13:00"), "");
    assert_string_equal(parameters(place, "{\"measures\": [\"C.m\"], \"x\": \":y\"}"), "");
}

static void what_is_written_is_read_again_and_comments_stay(void **state)
{
    struct place *place = *state;

    put(place, "a", "# of the week\nviews");
    write("a", "views by day\nlast 7 days\n# 1");
    assert_string_equal(get(place, "a").comments, "# of the week\n");
    assert_string_equal(get(place, "a").query, "views by day\n  last 7 days\n  # 1");
}

static void a_value_is_quoted_and_never_part_of_the_language(void **state)
{
    struct place    *place = *state;
    struct app_given given[] = {{"n", "x\" or \"1\" = \"1"}, {"m", "back\\slash\n'é'"}};
    struct app_saved saved;
    const char      *line;
    struct query    *query;

    put(place, "a", "views where title = :n and niche = :m and title != :n");
    saved = get(place, "a");
    assert_int_equal(app_saved_line(place->app, place->arena, &saved, given, 2, &line, NULL), 0);
    assert_string_equal(line,
                        "views where title = \"x\\\" or \\\"1\\\" = \\\"1\" and niche = \"back\\\\slash\\u000a'é'\""
                              " and title != \"x\\\" or \\\"1\\\" = \\\"1\"");
    assert_int_equal(query_parse(place->arena, line, NULL, &query, NULL), 0);
    assert_non_null(strstr(query_to_line(place->arena, query), "back\\\\slash\\n'é'"));
}

static void a_parameter_without_a_value_and_one_too_many_are_told(void **state)
{
    struct place    *place = *state;
    struct app_given given[] = {{"niche", "Music"}, {"nich", "Music"}};
    struct app_saved saved;
    const char      *line;

    put(place, "a", "views where niche = :niche and zone = :zone and title = :title");
    saved = get(place, "a");
    assert_int_equal(app_saved_line(place->app, place->arena, &saved, given, 1, &line, &place->error), ERR_USAGE);
    assert_string_equal(place->error.text, "the saved query 'a' needs a value for 'title'");
    assert_int_equal(place->error.length, strlen(":title"));
    assert_string_equal(place->error.hint, "run a niche=VALUE zone=VALUE title=VALUE");
    error_done(&place->error);
    assert_int_equal(app_saved_line(place->app, place->arena, &saved, given, 2, &line, &place->error), ERR_UNKNOWN);
    assert_non_null(strstr(place->error.hint, "did you mean 'niche'?"));
}

static void what_var_says_is_a_value_too(void **state)
{
    struct place    *place = *state;
    struct app_saved saved;
    const char      *line;

    put(place, "a", "views where niche = :zone");
    saved = get(place, "a");
    assert_int_equal(app_saved_line(place->app, place->arena, &saved, NULL, 0, &line, NULL), 0);
    assert_string_equal(line, "views where niche = \"north\"");
}

static void names_that_are_no_files_of_the_folder_are_refused(void **state)
{
    static const char *const bad[] = {"", ".", "..", "a/b", "../a", "-a", ".a", "a b", "a\nb", "a\xff"};
    struct place            *place = *state;

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char            *path = NULL;
        struct app_saved saved;

        assert_int_equal(app_saved_write(bad[i], "views", &path, NULL), ERR_USAGE);
        assert_int_equal(app_saved_read(place->arena, bad[i], &saved, NULL), ERR_UNKNOWN);
        assert_int_equal(app_saved_remove(bad[i], NULL), ERR_UNKNOWN);
    }
    write("Übersicht-1.x_y", "views");
    assert_string_equal(get(place, "Übersicht-1.x_y").query, "views");
    assert_int_equal(app_saved_remove("Übersicht-1.x_y", NULL), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, place_close)
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_comments_and_one_query),
        TEST(parameters_are_the_variables_of_the_query),
        TEST(what_is_written_is_read_again_and_comments_stay),
        TEST(a_value_is_quoted_and_never_part_of_the_language),
        TEST(a_parameter_without_a_value_and_one_too_many_are_told),
        TEST(what_var_says_is_a_value_too),
        TEST(names_that_are_no_files_of_the_folder_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
