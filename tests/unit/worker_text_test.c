/* worker: what leaves it as text: JSON, no secrets, log lines and files, what the service manager hears. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/worker/log.h"
#include "src/worker/notify.h"
#include "src/worker/pid_file.h"
#include "src/worker/text.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static char folder[] = "/tmp/worker_text_test.XXXXXX";

/* -- text ---------------------------------------------------------------------------------------------------------- */

static void assert_written(void (*add)(struct str *to, const char *text), const char *text, const char *expected)
{
    struct str got = STR_INIT;

    add(&got, text);
    assert_string_equal(str_text(&got), expected);
    str_done(&got);
}

static void json_is_escaped(void **state)
{
    (void)state;
    assert_written(text_add_json, "", "\"\"");
    assert_written(text_add_json, "a \"b\" \\ c", "\"a \\\"b\\\" \\\\ c\"");
    assert_written(text_add_json, "one\ntwo\t\x01\x7f", "\"one\\ntwo\\t\\u0001\\u007f\"");
    assert_written(text_add_json, "é 日本", "\"é 日本\"");
    assert_written(text_add_json, "a\xff" "b\xc3", "\"a\xef\xbf\xbd" "b\xef\xbf\xbd\"");
}

/* -- the log ------------------------------------------------------------------------------------------------------- */

static char *path_of(const char *name)
{
    return path_join(folder, name);
}

static char *read_whole(const char *name)
{
    _cleanup_(mem_freep) char *path = path_of(name);
    char *text = NULL;

    return file_read(path, 1 << 20, &text, NULL, NULL) < 0 ? NULL : text;
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;

    for (; text != NULL && *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

static void a_line_is_json(void **state)
{
    _cleanup_(mem_freep) char *path = path_of("one.log"), *text = NULL;
    struct worker_log *log;
    struct job job = {.id = 7, .attempt = 2, .kind = "ingest", .source = "trending"};

    (void)state;
    assert_int_equal(worker_log_open(&(struct worker_log_options){.file = path, .level = LOG_INFO}, &log, NULL), 0);
    worker_log_write(log, &(struct worker_log_line){.level = LOG_WARN, .event = "job_retried", .job = &job, .us = 1500,
                                                    .message = "refused: password=abc"});
    worker_log_say(log, LOG_DEBUG, "engine", "below the level");
    worker_log_free(log);
    text = read_whole("one.log");
    assert_int_equal(strlen(text) > 40, 1);
    assert_memory_equal(text, "{\"time\":\"20", 11);
    assert_string_equal(strstr(text, "Z\","), "Z\",\"level\":\"warning\",\"event\":\"job_retried\",\"job\":7,"
                                              "\"kind\":\"ingest\",\"source\":\"trending\",\"attempt\":2,\"ms\":1.500,"
                                              "\"message\":\"refused: password=***\"}\n");
}

static void a_file_that_is_full_is_set_aside(void **state)
{
    _cleanup_(mem_freep) char *path = path_of("full.log"), *first = NULL, *second = NULL, *third = NULL, *fourth = NULL;
    struct worker_log *log;

    (void)state;
    assert_int_equal(worker_log_open(&(struct worker_log_options){.file = path, .most_bytes = 1024, .keep = 2,
                                                                  .level = LOG_INFO}, &log, NULL), 0);
    for (int i = 0; i < 40; i++)
        worker_log_say(log, LOG_INFO, "told", "line %d, which with all that stands before it is over a hundred bytes long", i);
    worker_log_free(log);
    first = read_whole("full.log");
    second = read_whole("full.log.1");
    third = read_whole("full.log.2");
    fourth = read_whole("full.log.3");
    assert_non_null(third);
    assert_null(fourth);
    assert_true(strlen(first) <= 1024 && strlen(second) <= 1024 && strlen(third) <= 1024);
    assert_non_null(strstr(first, "line 39,"));
    assert_int_equal(count_lines(second), count_lines(third));
    assert_true(count_lines(second) >= 5);
}

static void a_file_that_was_moved_is_made_anew(void **state)
{
    _cleanup_(mem_freep) char *path = path_of("moved.log"), *aside = path_of("moved.log.old");
    _cleanup_(mem_freep) char *before = NULL, *after = NULL;
    struct worker_log *log;

    (void)state;
    assert_int_equal(worker_log_open(&(struct worker_log_options){.file = path, .level = LOG_INFO}, &log, NULL), 0);
    worker_log_say(log, LOG_INFO, "told", "before");
    assert_int_equal(rename(path, aside), 0);
    worker_log_say(log, LOG_INFO, "told", "after");
    worker_log_free(log);
    before = read_whole("moved.log.old");
    after = read_whole("moved.log");
    assert_non_null(strstr(before, "before"));
    assert_null(strstr(before, "after"));
    assert_non_null(strstr(after, "after"));
}

/* Of a worker that a full disk or a kill has cut off; and while this one runs, by SIGHUP. */
static void what_follows_a_line_that_was_cut_begins_anew(void **state)
{
    _cleanup_(mem_freep) char *path = path_of("cut.log"), *text = NULL;
    struct worker_log *log;
    FILE              *file = fopen(path, "w");

    (void)state;
    assert_true(file != NULL && fputs("{\"time\":\"2026-", file) >= 0 && fclose(file) == 0);
    assert_int_equal(worker_log_open(&(struct worker_log_options){.file = path, .level = LOG_INFO}, &log, NULL), 0);
    worker_log_say(log, LOG_INFO, "told", "first");
    file = fopen(path, "a");
    assert_true(file != NULL && fputs("{\"time\":\"2027-", file) >= 0 && fclose(file) == 0);
    worker_log_reopen(log);
    worker_log_say(log, LOG_INFO, "told", "second");
    worker_log_reopen(log);
    worker_log_say(log, LOG_INFO, "told", "third");
    worker_log_free(log);
    text = read_whole("cut.log");
    assert_memory_equal(text, "{\"time\":\"2026-\n{\"time\":", 23);
    assert_non_null(strstr(text, "first\"}\n{\"time\":\"2027-\n{\"time\":"));
    assert_non_null(strstr(text, "second\"}\n{\"time\":"));
    assert_int_equal(count_lines(text), 5);
}

/* Something stands in the way; or the folder is another's. */
static void a_file_that_cannot_be_set_aside_says_so_and_grows(void **state)
{
    _cleanup_(mem_freep) char *path = path_of("kept.log"), *way = path_of("kept.log.1"), *text = NULL;
    struct worker_log *log;
    size_t             told = 0;

    (void)state;
    assert_int_equal(mkdir(way, 0700), 0);
    assert_int_equal(worker_log_open(&(struct worker_log_options){.file = path, .most_bytes = 1024, .keep = 1,
                                                                  .level = LOG_INFO}, &log, NULL), 0);
    for (int i = 0; i < 100; i++)
        worker_log_say(log, LOG_INFO, "told", "line %d, which with all that stands before it is over a hundred bytes long", i);
    text = read_whole("kept.log");
    assert_non_null(strstr(text, "line 99,"));
    for (const char *at = text; (at = strstr(at, "\"the file cannot be set aside: ")) != NULL; at++)
        told++;
    assert_in_range(told, 1, 25);                      /* not with each line */
    assert_int_equal(count_lines(text), 100 + told);
    assert_int_equal(rmdir(way), 0);
    for (int i = 0; i < 20; i++)
        worker_log_say(log, LOG_INFO, "told", "line %d, which with all that stands before it is over a hundred bytes long", i);
    worker_log_free(log);
    mem_free(text);
    text = read_whole("kept.log");
    assert_in_range(strlen(text), 1, 1024);
}

/* As logrotate's copytruncate does. */
static void a_file_that_was_cut_short_grows_no_larger_than_it_may(void **state)
{
    _cleanup_(mem_freep) char *path = path_of("short.log"), *way = path_of("short.log.1"), *text = NULL;
    struct worker_log *log;

    (void)state;
    assert_int_equal(mkdir(way, 0700), 0);
    assert_int_equal(worker_log_open(&(struct worker_log_options){.file = path, .most_bytes = 1024, .keep = 1,
                                                                  .level = LOG_INFO}, &log, NULL), 0);
    for (int i = 0; i < 100; i++)
        worker_log_say(log, LOG_INFO, "told", "line %d, which with all that stands before it is over a hundred bytes long", i);
    assert_int_equal(rmdir(way), 0);
    assert_int_equal(truncate(path, 0), 0);
    for (int i = 0; i < 20; i++)
        worker_log_say(log, LOG_INFO, "told", "line %d, which with all that stands before it is over a hundred bytes long", i);
    worker_log_free(log);
    text = read_whole("short.log");
    assert_non_null(strstr(text, "line 19,"));
    assert_in_range(strlen(text), 1, 1024);
}

/* Another worker sets the file aside, and is stopped over it. */
static void who_sets_the_file_aside_holds_nobody_up(void **state)
{
    _cleanup_(mem_freep) char *path = path_of("held.log"), *second = NULL, *first = NULL;
    struct worker_log *log;
    int                other;

    (void)state;
    assert_int_equal(worker_log_open(&(struct worker_log_options){.file = path, .most_bytes = 300, .keep = 1,
                                                                  .level = LOG_INFO}, &log, NULL), 0);
    other = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(flock(other, LOCK_EX), 0);
    for (int i = 0; i < 5; i++)
        worker_log_say(log, LOG_INFO, "told", "line %d, while it is held by another", i);
    assert_null(read_whole("held.log.1"));
    (void)close(other);
    worker_log_say(log, LOG_INFO, "told", "the last");
    worker_log_free(log);
    second = read_whole("held.log.1");
    first = read_whole("held.log");
    assert_int_equal(count_lines(second), 5);
    assert_int_equal(count_lines(first), 1);
}

/* Standard error is a pipe that nobody reads for a while. */
static void who_does_not_read_takes_lines_and_not_the_worker(void **state)
{
    static const char  *many = "a line of which many are said, until no more go in";
    struct worker_log *log;
    struct str         got = STR_INIT;
    int                before = dup(STDERR_FILENO), ends[2];
    char               bytes[65536];
    ssize_t            n;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(worker_log_open(&(struct worker_log_options){.level = LOG_INFO}, &log, NULL), 0);
    for (int i = 0; i < 2000; i++)
        worker_log_say(log, LOG_INFO, "told", "%s", many);
    str_add(&got, many);
    while (got.length < 3 * sizeof bytes)
        str_add_bytes(&got, many, strlen(many));
    worker_log_say(log, LOG_INFO, "told", "%s", str_text(&got));       /* larger than all of the pipe */
    str_clear(&got);
    while (read(ends[0], bytes, 1) == 1 && *bytes != '\n')             /* there is room now for a little */
        ;
    n = read(ends[0], bytes, sizeof bytes - 1);
    assert_true(n > 0);
    worker_log_say(log, LOG_INFO, "told", "it is read again");
    n = read(ends[0], bytes, sizeof bytes - 1);
    assert_true(n > 0);
    bytes[n] = '\0';
    assert_non_null(strstr(bytes, " lines could not be written: "));
    assert_non_null(strstr(bytes, "it is read again"));
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    (void)close(before);
    (void)close(ends[0]);
    (void)close(ends[1]);
    worker_log_free(log);
    str_done(&got);
}

/* -- systemd ------------------------------------------------------------------------------------------------------- */

static int listen_at(const char *path, bool abstract)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path + abstract, path, length);
    assert_int_equal(bind(fd, (struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1)), 0);
    return fd;
}

static void is_heard(int fd, const char *expected)
{
    char got[256] = "";

    assert_true(recv(fd, got, sizeof got - 1, 0) > 0);
    assert_string_equal(got, expected);
}

static void the_manager_hears(bool abstract)
{
    _cleanup_(mem_freep) char *path = abstract ? mem_printf("ytempire-test-%ld", (long)getpid()) : path_of("notify");
    _cleanup_(mem_freep) char *name = mem_printf("%s%s", abstract ? "@" : "", path);
    _cleanup_(mem_freep) char *pid = mem_printf("%ld", (long)getpid());
    struct notify notify;
    int fd = listen_at(path, abstract);

    setenv("NOTIFY_SOCKET", name, 1);
    setenv("WATCHDOG_USEC", "3000000", 1);
    setenv("WATCHDOG_PID", pid, 1);
    notify_open(&notify);
    assert_null(getenv("NOTIFY_SOCKET"));
    assert_null(getenv("WATCHDOG_USEC"));
    assert_int_equal(notify.watchdog_us, 3000000);
    notify_send(&notify, "READY=1\nSTATUS=%d jobs", 3);
    is_heard(fd, "READY=1\nSTATUS=3 jobs");
    notify_close(&notify);
    close(fd);
}

static void a_socket_in_a_folder_hears(void **state)
{
    (void)state;
    the_manager_hears(false);
}

static void an_abstract_socket_hears(void **state)
{
    (void)state;
    the_manager_hears(true);
}

static void another_process_watchdog_is_not_ours(void **state)
{
    struct notify notify;
    int fd;
    _cleanup_(mem_freep) char *path = path_of("other");

    (void)state;
    fd = listen_at(path, false);
    setenv("NOTIFY_SOCKET", path, 1);
    setenv("WATCHDOG_USEC", "3000000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    notify_open(&notify);
    assert_true(notify.fd >= 0);
    assert_int_equal(notify.watchdog_us, 0);
    notify_close(&notify);
    close(fd);
}

static void without_a_manager_nothing_is_sent(void **state)
{
    struct notify notify;

    (void)state;
    unsetenv("NOTIFY_SOCKET");
    notify_open(&notify);
    assert_int_equal(notify.fd, -1);
    notify_send(&notify, "READY=1");
    setenv("NOTIFY_SOCKET", "vsock:2:1", 1);
    notify_open(&notify);
    assert_int_equal(notify.fd, -1);
}

/* -- the pid file -------------------------------------------------------------------------------------------------- */

static void a_pid_file_says_who(void **state)
{
    _cleanup_(mem_freep) char *path = path_of("worker.pid"), *text = NULL;
    _cleanup_(mem_freep) char *expected = mem_printf("%ld\n1.2\nhttp://127.0.0.1:80\n", (long)getpid());
    int fd = -1;

    (void)state;
    assert_int_equal(pid_file_take(path, &fd, NULL), 0);
    assert_int_equal(pid_file_write(fd, path, "1.2", "http://127.0.0.1:80", NULL), 0);
    text = read_whole("worker.pid");
    assert_string_equal(text, expected);
    pid_file_let_go(fd, path);
    assert_false(file_exists(path));
}

static void a_file_that_is_no_pid_file_stays(void **state)
{
    _cleanup_(mem_freep) char *path = path_of("settings.ini"), *text = NULL;
    FILE *file = fopen(path, "we");
    int   fd = -1;

    (void)state;
    assert_non_null(file);
    assert_true(fputs("[settings]\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(pid_file_take(path, &fd, NULL), ERR_USAGE);
    text = read_whole("settings.ini");
    assert_string_equal(text, "[settings]\n");
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_escaped),
        cmocka_unit_test(a_line_is_json),
        cmocka_unit_test(a_file_that_is_full_is_set_aside),
        cmocka_unit_test(a_file_that_was_moved_is_made_anew),
        cmocka_unit_test(what_follows_a_line_that_was_cut_begins_anew),
        cmocka_unit_test(a_file_that_cannot_be_set_aside_says_so_and_grows),
        cmocka_unit_test(a_file_that_was_cut_short_grows_no_larger_than_it_may),
        cmocka_unit_test(who_sets_the_file_aside_holds_nobody_up),
        cmocka_unit_test(who_does_not_read_takes_lines_and_not_the_worker),
        cmocka_unit_test(a_socket_in_a_folder_hears),
        cmocka_unit_test(an_abstract_socket_hears),
        cmocka_unit_test(another_process_watchdog_is_not_ours),
        cmocka_unit_test(without_a_manager_nothing_is_sent),
        cmocka_unit_test(a_pid_file_says_who),
        cmocka_unit_test(a_file_that_is_no_pid_file_stays),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
