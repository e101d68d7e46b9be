/* ui: the file of the history. What a session has is readline's list. */
#include "ui_help.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/readline.h>
#include <readline/history.h>

#include "src/ui/history.h"
#include "ytempire/base/file.h"

static char                 folder[] = "/tmp/ytempire-history-XXXXXX";
static char                *path;
static struct history_file *file;

static void open_history(void)
{
    struct error error = ERROR_INIT;

    assert_int_equal(history_file_open(path, &file, &error), 0);
}

static void close_history(void)
{
    history_file_close(file);
    file = NULL;
    rl_clear_history();
}

static void open_again(void)
{
    close_history();
    open_history();
}

/* The list, one entry after the other, each with a | behind. */
static void assert_list(const char *expected)
{
    struct str text = STR_INIT;

    for (int i = 0; i < history_length; i++)
        str_addf(&text, "%s|", history_get(history_base + i)->line);
    assert_string_equal(str_text(&text), expected);
    str_done(&text);
}

static void append(const char *text)
{
    FILE *to = fopen(path, "ae");

    assert_non_null(to);
    assert_true(fputs(text, to) >= 0);
    assert_int_equal(fclose(to), 0);
}

static void entries_come_back_as_they_were(void **state)
{
    static const char *const entries[] = {"one", "two\nlines", "größe 売上", "#1 is no time\n#2\n\\n", "\\", "a\n\nb", "# comment"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        history_file_add(file, entries[i]);
    open_again();
    assert_int_equal(history_length, COUNT_OF(entries));
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        assert_string_equal(history_get(history_base + (int)i)->line, entries[i]);
        assert_true(history_get_time(history_get(history_base + (int)i)) > 1000000000);
    }
}

static void what_is_not_kept(void **state)
{
    (void)state;
    history_file_add(file, "one");
    history_file_add(file, "one");
    history_file_add(file, " secret");
    history_file_add(file, "");
    history_file_add(file, "\n");
    history_file_add(file, "one");
    history_file_add(file, "two");
    history_file_add(file, "one");
    assert_list("one|two|one|");
    open_again();
    assert_list("one|two|one|");
}

static void only_the_person_may_read_it(void **state)
{
    struct stat about;

    (void)state;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(chmod(path, 0644), 0);
    open_again();
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void what_others_append_is_taken_in_once(void **state)
{
    (void)state;
    history_file_add(file, "mine");
    assert_false(history_file_follow(file));
    append("#1600000000\ntheirs\n#1600000001\ntwo\nlines\n");
    assert_true(history_file_follow(file));
    assert_false(history_file_follow(file));
    assert_list("mine|theirs|two\nlines|");
    append("#1600000002\nlast\n");
    history_file_add(file, "new");                /* others first, as in the file */
    assert_list("mine|theirs|two\nlines|last|new|");
    append("#1600000003\nnew\n");
    assert_true(history_file_follow(file));
    assert_list("mine|theirs|two\nlines|last|new|");
    open_again();
    assert_list("mine|theirs|two\nlines|last|new|");
}

static void a_broken_file_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    append("no stamp\n#1600000000\nwhole\n#1600000001\n#1600000002\n\\#x\n#1600000003\nhalf of a li");
    open_again();
    assert_list("whole|#x|");
    append("ne\n");
    assert_true(history_file_follow(file));
}

static void a_file_that_was_removed_or_written_anew(void **state)
{
    struct error error = ERROR_INIT;

    (void)state;
    history_file_add(file, "one");
    assert_int_equal(file_write(path, "#1600000000\nother\n", 18, 0600, &error), 0);
    assert_true(history_file_follow(file));
    assert_list("other|");
    assert_int_equal(unlink(path), 0);
    history_file_add(file, "again");
    assert_list("again|");
    open_again();
    assert_list("again|");
}

static void a_lock_that_is_never_given_back_stops_nobody(void **state)
{
    int other = open(path, O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_int_equal(flock(other, LOCK_EX), 0);
    history_file_add(file, "one");
    assert_list("one|");
    close(other);
    assert_true(history_file_follow(file));
    assert_list("one|");
    open_again();
    assert_list("one|");
}

static void the_newest_hundred_thousand_are_kept(void **state)
{
    struct str  text = STR_INIT;
    struct stat before, after;

    (void)state;
    for (int i = 0; i < HISTORY_MOST + HISTORY_MOST / 10 + 1; i++)
        str_addf(&text, "#1600000000\nline %d\n", i);
    append(text.data);
    assert_int_equal(stat(path, &before), 0);
    open_again();
    assert_in_range(history_length, 1000, 30000);      /* the end of it */
    assert_string_equal(history_get(history_base + history_length - 1)->line, "line 110000");
    assert_true(history_file_complete(file));
    assert_false(history_file_complete(file));
    assert_int_equal(history_length, HISTORY_MOST);
    assert_string_equal(history_get(history_base)->line, "line 10001");
    assert_string_equal(history_get(history_base + history_length - 1)->line, "line 110000");
    assert_int_equal(stat(path, &after), 0);
    assert_true(after.st_size < before.st_size);
    assert_int_equal(after.st_mode & 0777, 0600);
    history_file_add(file, "new");
    assert_false(history_file_follow(file));
    open_again();
    assert_true(history_file_complete(file));
    assert_int_equal(history_length, HISTORY_MOST);
    assert_string_equal(history_get(history_base + history_length - 1)->line, "new");
    str_done(&text);
}

/* Whole, wherever a piece of the file that is read ends; the last is just being written. */
static void entries_longer_than_what_is_read_at_once(void **state)
{
    static const size_t lengths[] = {10, 65000, 70000, 3, 600000, 65520, 1, 131072, 40000, 40000, 7};
    struct str          text = STR_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        str_addf(&text, "#%zu\n", 1000000000 + i);
        for (size_t k = 0; k < lengths[i]; k++)
            str_add_char(&text, k % 100 == 99 ? '\n' : (char)('a' + i));
        str_add_char(&text, '\n');
    }
    str_add(&text, "#1000000099\nhal");
    append(str_text(&text));
    str_done(&text);
    open_again();
    (void)history_file_complete(file);
    assert_int_equal(history_length, COUNT_OF(lengths));
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        HIST_ENTRY *entry = history_get(history_base + (int)i);

        assert_int_equal(strlen(entry->line), lengths[i]);
        assert_int_equal(entry->line[0], 'a' + i);
        assert_int_equal(history_get_time(entry), 1000000000 + i);
    }
}

static void a_file_that_cannot_be_used_is_told(void **state)
{
    struct history_file *other = NULL;
    struct error         error = ERROR_INIT;

    (void)state;
    assert_int_equal(history_file_open(folder, &other, &error), ERR_IO);
    error_done(&error);
    assert_int_equal(history_file_open("/dev/null/x", &other, &error), ERR_IO);
    assert_null(other);
    error_done(&error);
    history_file_add(NULL, "only in the list");
    assert_list("only in the list|");
}

static int set_up(void **state)
{
    (void)state;
    open_history();
    return 0;
}

static int tear_down(void **state)
{
    char *below = path_join(folder, "state");

    (void)state;
    close_history();
    unlink(path);
    rmdir(below);
    mem_free(below);
    return 0;
}

#define history_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        history_test(entries_come_back_as_they_were),
        history_test(what_is_not_kept),
        history_test(only_the_person_may_read_it),
        history_test(what_others_append_is_taken_in_once),
        history_test(a_broken_file_is_read_as_far_as_it_goes),
        history_test(a_file_that_was_removed_or_written_anew),
        history_test(a_lock_that_is_never_given_back_stops_nobody),
        history_test(the_newest_hundred_thousand_are_kept),
        history_test(entries_longer_than_what_is_read_at_once),
        history_test(a_file_that_cannot_be_used_is_told),
    };
    int failed;

    if (mkdtemp(folder) == NULL)
        return 1;
    path = path_join(folder, "state/history");
    failed = cmocka_run_group_tests_name("ui_history", tests, NULL, NULL);
    rmdir(folder);
    mem_free(path);
    return failed;
}
