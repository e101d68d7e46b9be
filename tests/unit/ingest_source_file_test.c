/* Sources as files: what they say, and where what is wrong stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/ingest/source_file.h"
#include "ytempire/base/file.h"
#include "ytempire/base/str.h"

static char home[64];

static int begin(void **state)
{
    _cleanup_(mem_freep) char *folder = NULL;

    (void)state;
    strcpy(home, "/tmp/ytempire-sources-XXXXXX");
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    folder = mem_printf("%s/ytempire/queries/sources", home);
    return file_make_folders(folder, 0755, NULL);
}

static int end(void **state)
{
    _cleanup_(mem_freep) char *command = mem_printf("rm -r '%s'", home);

    (void)state;
    return system(command);
}

static void write_source(const char *name, const char *text)
{
    _cleanup_(mem_freep) char *path = mem_printf("%s/ytempire/queries/sources/%s.json", home, name);

    assert_int_equal(file_write(path, text, strlen(text), 0644, NULL), 0);
}

static void assert_broken(const char *text, const char *where, const char *message, const char *hint)
{
    struct source_file *file = NULL;
    struct error        error = ERROR_INIT;

    write_source("broken", text);
    assert_int_equal(source_file_read("broken", &file, &error), ERR_SYNTAX);
    if (!text_ends(error.where, where))
        fail_msg("%s: %s", error.where, error.text);
    assert_non_null(strstr(error.text, message));
    if (hint != NULL)
        assert_string_equal(error.hint, hint);
    error_done(&error);
}

static void a_source_says_when_it_is_loaded(void **state)
{
    _cleanup_(source_file_freep) struct source_file *file = NULL, *files = NULL;

    (void)state;
    write_source("youtube-data", "{\"kind\": \"api\", \"schedule\": \"0 * * * *\"}");
    assert_int_equal(source_file_read("youtube-data", &file, NULL), 0);
    assert_string_equal(file->cron, "0 * * * *");
    assert_string_equal(file->zone, "UTC");
    assert_string_equal(file->missed, "once");
    write_source("daily", "{\"kind\": \"csv\", \"schedule\": {\"cron\": \"@daily\", \"tz\": \"Europe/Vienna\", \"missed\": \"all\","
                          " \"files\": [\"/data/a b.csv\"]}}");
    assert_int_equal(source_file_read("daily", &files, NULL), 0);
    assert_string_equal(files->files[0], "/data/a b.csv");
    assert_string_equal(files->missed, "all");
    assert_broken("{\"kind\": \"api\",\n \"schedule\": \"0 * * *\"}", ":2:14", "", NULL);
    assert_broken("{\"kind\": \"api\", \"schedule\": 5}", ":1:29", "'schedule' is a cron expression", NULL);
    assert_broken("{\"kind\": \"csv\", \"schedule\": \"@daily\"}", ":1:29", "a schedule of files names them", NULL);
    assert_broken("{\"kind\": \"csv\", \"schedule\": {\"cron\": \"@daily\", \"files\": [\"a.csv\"]}}", ":1:58",
                  "a worker needs the whole path", NULL);
    assert_broken("{\"kind\": \"api\", \"schedule\": {\"cron\": \"@daily\", \"zone\": \"x\"}}", ":1:48", "'zone' means nothing here",
                  NULL);
    assert_broken("{\"kind\": \"api\", \"schedule\": {\"cron\": \"@daily\", \"tz\": \"x\"}}", ":1:29", "unknown time zone 'x'", NULL);
}

static void a_source_says_its_kind_and_its_settings(void **state)
{
    _cleanup_(source_file_freep) struct source_file *file = NULL;
    char **names;
    size_t count;
    bool   is_there = false;

    (void)state;
    write_source("shop", "{\"kind\": \"csv\", \"summary\": \"our shop\", \"mapping\": {},\n"
                         " \"settings\": {\"batch\": 500, \"null\": \"n/a\"}}");
    assert_int_equal(source_file_read("shop", &file, NULL), 0);
    assert_string_equal(file->kind, "csv");
    assert_string_equal(file->summary, "our shop");
    assert_int_equal(file->setting_count, 2);
    assert_string_equal(file->settings[0].key, "batch");
    assert_string_equal(file->settings[0].value, "500");
    assert_string_equal(file->settings[1].value, "n/a");
    assert_non_null(tree_get(file->tree.root, "mapping"));
    assert_int_equal(source_file_names(&names, &count, NULL), 0);
    for (size_t i = 0; i < count; i++)
        is_there |= text_equal(names[i], "shop");
    assert_true(is_there);
    source_file_names_free(names, count);
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
    struct source_file *file = NULL;
    struct error        error = ERROR_INIT;

    (void)state;
    assert_broken("{\"kind\": \"api\",", "broken.json:1:16", "broken source", NULL);
    assert_broken("[]", "broken.json:1:1", "no object", NULL);
    assert_broken("{\n \"summary\": \"x\"}", "broken.json:1:1", "'kind' is missing", NULL);
    assert_broken("{\"kind\": \"cvs\"}", "broken.json:1:10", "unknown kind 'cvs'", "did you mean 'csv'?");
    assert_broken("{\"kind\": \"api\",\n \"setings\": {}}", "broken.json:2:2", "'setings' means nothing here",
                  "did you mean 'settings'?");
    assert_broken("{\"kind\": \"api\", \"settings\": {\"batch\": [1]}}", "broken.json:1:39", "a text or a number", NULL);
    assert_broken("{\"kind\": 1}", "broken.json:1:10", "'kind' is a text", NULL);
    assert_int_equal(source_file_read("nowhere", &file, &error), ERR_UNKNOWN);
    error_done(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_says_its_kind_and_its_settings),
        cmocka_unit_test(a_source_says_when_it_is_loaded),
        cmocka_unit_test(what_is_wrong_is_told_with_its_place),
    };

    return cmocka_run_group_tests_name("ingest_source_file", tests, begin, end);
}
