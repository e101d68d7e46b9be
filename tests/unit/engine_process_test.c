/* engine: children. */
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/loop.h"
#include "ytempire/engine/process.h"

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})
#define OURS .user = (uid_t)-1

struct answer {
    int          status;
    char        *out, *err;
    struct error error;
};

static int run(const struct process_options *options, struct answer *answer)
{
    *answer = (struct answer){.status = -1};
    return process_run(options, &answer->status, &answer->out, &answer->err, &answer->error);
}

static void done(struct answer *answer)
{
    mem_free(answer->out);
    mem_free(answer->err);
    error_done(&answer->error);
}

static void output_and_exit_code_come_back(void **state)
{
    struct answer answer;

    (void)state;
    assert_int_equal(run(&(struct process_options){.argv = ARGV("sh", "-c", "echo out; echo err >&2; exit 7"), OURS}, &answer), 0);
    assert_int_equal(answer.status, 7);
    assert_string_equal(answer.out, "out\n");
    assert_string_equal(answer.err, "err\n");
    done(&answer);
}

static void a_fenced_child_has_its_limits_and_no_terminal(void **state)
{
    static const struct process_fence fence = {.cpu_seconds = 7, .memory = UINT64_C(1) << 30, .file = 1024 * 1024,
                                               .time_us = 60 * INT64_C(1000000)};
    struct answer answer;

    (void)state;
    assert_int_equal(setenv("TO_GO", "there", 1), 0);
    assert_int_equal(run(&(struct process_options){.argv = ARGV("sh", "-c",
        "ulimit -t; ulimit -c; ulimit -v; ulimit -f; echo ${TO_GO-gone}; [ \"$(ps -o sid= -p $$)\" -eq $$ ] && echo alone"),
        .environment = ARGV("TO_GO"), .fence = &fence, OURS}, &answer), 0);
    assert_string_equal(answer.out, "7\n0\n1048576\n2048\ngone\nalone\n");
    done(&answer);
}

/* As one who is not root; the namespace in which the network is taken away has users of its own. */
static int run_as_nobody_special(uid_t uid)
{
    static const struct process_fence fence = {.cpu_seconds = 7, .memory = UINT64_C(1) << 30, .file = 1024 * 1024,
                                               .time_us = INT64_C(60000000)};
    struct answer answer = {0};
    char wanted[32];

    (void)snprintf(wanted, sizeof wanted, "%ld\n", (long)uid);
    if (geteuid() == 0 && (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0 ||
                           prctl(PR_SET_DUMPABLE, 1) < 0))     /* who changes their user is not, and may not map */
        return 1;
    if (run(&(struct process_options){.argv = ARGV("id", "-u"), .fence = &fence, OURS}, &answer) < 0)
        return 2;
    if (answer.out == NULL || strcmp(answer.out, wanted) != 0)
        return 3;
    return process_on_terminal(ARGV("true"), NULL) == 0 ? 0 : 4;
}

static void who_is_not_root_keeps_its_name_behind_the_fence_and_has_an_editor(void **state)
{
    int   status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0)
        _exit(run_as_nobody_special(geteuid() == 0 ? 12345 : geteuid()));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_fenced_child_that_takes_too_long_is_ended(void **state)
{
    static const struct process_fence fence = {.cpu_seconds = 60, .memory = UINT64_C(1) << 30, .file = 1, .time_us = 50000};
    struct answer answer;

    (void)state;
    assert_int_equal(run(&(struct process_options){.argv = ARGV("sleep", "1000"), .fence = &fence, OURS}, &answer), ERR_TIMEOUT);
    done(&answer);
}

static void output_goes_into_a_descriptor(void **state)
{
    struct answer answer;
    char  name[] = "/tmp/engine-process-XXXXXX", read_back[16] = "";
    int   fd = mkstemp(name);

    (void)state;
    assert_true(fd > 2);
    assert_int_equal(run(&(struct process_options){.argv = ARGV("sh", "-c", "echo picture"), .output = fd, OURS}, &answer), 0);
    assert_string_equal(answer.out, "");
    assert_int_equal(pread(fd, read_back, sizeof read_back - 1, 0), 8);
    assert_string_equal(read_back, "picture\n");
    assert_int_equal(close(fd), 0);
    assert_int_equal(unlink(name), 0);
    done(&answer);
}

static void input_is_fed_and_the_environment_lies_on_top(void **state)
{
    struct answer answer;
    struct process_options options = {
        .argv = ARGV("sh", "-c", "cat; echo $COLOUR; pwd"), .environment = ARGV("COLOUR=blue"),
        .input = "hello ", .input_length = 6, .folder = "/", OURS};

    (void)state;
    assert_int_equal(run(&options, &answer), 0);
    assert_string_equal(answer.out, "hello blue\n/\n");
    done(&answer);
}

static void a_child_that_reads_nothing_does_not_harm(void **state)
{
    struct answer answer;
    size_t length = 4 * 1024 * 1024;
    char *input = mem_alloc(length);

    (void)state;
    assert_int_equal(run(&(struct process_options){.argv = ARGV("true"), .input = input, .input_length = length, OURS}, &answer), 0);
    assert_int_equal(answer.status, 0);
    done(&answer);
    mem_free(input);
}

static void a_program_that_is_not_there_is_named(void **state)
{
    struct answer answer;

    (void)state;
    assert_int_equal(run(&(struct process_options){.argv = ARGV("no-such-program"), OURS}, &answer), ERR_FAILED);
    assert_non_null(strstr(answer.error.text, "no-such-program"));
    done(&answer);
    assert_int_equal(run(&(struct process_options){.argv = ARGV("true"), .folder = "/no/such/folder", OURS}, &answer), ERR_FAILED);
    assert_non_null(strstr(answer.error.text, "No such file"));
    done(&answer);
}

static void a_grandchild_that_keeps_the_pipe_does_not_keep_us(void **state)
{
    struct answer answer;

    (void)state;
    assert_int_equal(run(&(struct process_options){.argv = ARGV("sh", "-c", "sleep 1000 & echo $!"), OURS}, &answer), 0);
    assert_int_equal(kill(atoi(answer.out), SIGKILL), 0);
    done(&answer);
}

/* The C library keeps 32 and 33 to itself: its posix_spawn leaves them ignored, and signal() does not touch them. */
static uint64_t signals_of(const char *text, const char *name)
{
    const char *line = strstr(text, name);

    assert_non_null(line);
    return strtoull(line + strlen(name), NULL, 16) & ~(UINT64_C(3) << 31);
}

static void signals_are_as_a_program_expects_them(void **state)
{
    struct answer answer;
    sigset_t blocked, before;

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    assert_int_equal(run(&(struct process_options){.argv = ARGV("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"), OURS}, &answer), 0);
    assert_int_equal(signals_of(answer.out, "SigBlk:"), 0);
    assert_int_equal(signals_of(answer.out, "SigIgn:"), 0);
    done(&answer);
    sigprocmask(SIG_SETMASK, &before, NULL);
    signal(SIGPIPE, SIG_DFL);
}

/* Each is looked up by itself: a folder that is listed, or a pipe of the shell's, would be one more descriptor. */
#define NONE_BUT_THE_STANDARD "for n in 3 4 5 6 7 8 9; do [ ! -e /proc/$$/fd/$n ] || echo $n; done"

static void nothing_but_the_standard_descriptors_is_handed_down(void **state)
{
    struct answer answer;
    int left_open = dup(0);

    (void)state;
    assert_int_equal(run(&(struct process_options){.argv = ARGV("sh", "-c", NONE_BUT_THE_STANDARD), OURS}, &answer), 0);
    assert_string_equal(answer.out, "");
    done(&answer);
    close(left_open);
}

static void root_becomes_the_account(void **state)
{
    struct passwd *nobody = getpwnam("nobody");
    struct answer answer;

    (void)state;
    if (geteuid() != 0 || !nobody) {
        print_message("SKIPPED: only root can become another user\n");
        skip();
    }
    assert_int_equal(run(&(struct process_options){.argv = ARGV("sh", "-c", "id -un; id -G"), .folder = "/",
                                                   .user = nobody->pw_uid, .group = nobody->pw_gid}, &answer), 0);
    char expected[64];
    snprintf(expected, sizeof expected, "nobody\n%u\n", nobody->pw_gid);
    assert_string_equal(answer.out, expected);
    done(&answer);
}

struct play {
    struct task *task;
    int          code, status, ticks;
    bool         ended;
};

static void runs_a_slow_child(void *who)
{
    struct play *play = who;

    play->code = process_run(&(struct process_options){.argv = ARGV("sleep", "1000"), OURS}, &play->status, NULL, NULL, NULL);
    play->ended = true;
}

static void a_cancelled_task_ends_its_child(void **state)
{
    struct loop *loop = loop_new();
    struct play play = {0};

    (void)state;
    play.task = task_start(loop, runs_a_slow_child, &play);
    loop_turn(loop, 0);
    assert_false(play.ended);
    task_cancel(play.task, ERR_INTERRUPTED);
    while (!play.ended)
        loop_turn(loop, -1);
    assert_int_equal(play.code, ERR_INTERRUPTED);
    loop_free(loop);
}

static void hear(void *who, const char *said, size_t length)
{
    str_add_bytes(who, said, length);
}

static void what_is_said_on_stderr_is_told_and_not_kept(void **state)
{
    struct answer answer;
    struct str heard = STR_INIT;

    (void)state;
    assert_int_equal(run(&(struct process_options){.argv = ARGV("sh", "-c", "echo one >&2; echo out; echo two >&2"),
                                                   .on_look = hear, .who = &heard, OURS}, &answer), 0);
    assert_string_equal(str_text(&heard), "one\ntwo\n");
    assert_string_equal(answer.err, "");
    assert_string_equal(answer.out, "out\n");
    str_done(&heard);
    done(&answer);
}

/* The one between is killed as it waits for its child. */
static void a_child_that_follows_ends_with_us_however_we_end(void **state)
{
    int   alive[2], status;
    char  byte;
    pid_t between;

    (void)state;
    assert_int_equal(pipe(alive), 0);
    between = fork();
    if (between == 0) {
        struct answer answer;

        close(alive[0]);
        (void)run(&(struct process_options){.argv = ARGV("sleep", "1000"), .output = alive[1], .follows = true, OURS}, &answer);
        _exit(1);
    }
    close(alive[1]);
    usleep(200 * 1000);
    assert_int_equal(kill(between, SIGKILL), 0);
    assert_int_equal(waitpid(between, &status, 0), between);
    assert_int_equal(read(alive[0], &byte, 1), 0);    /* its stdout, which only the child has, is closed */
    close(alive[0]);
}

static void a_detached_child_outlives_its_starter_and_writes_to_its_log(void **state)
{
    char log[] = "/tmp/ytempire-log-XXXXXX", *text = NULL;
    int fd = mkstemp(log);
    pid_t pid = -1;
    struct process_options options = {.argv = ARGV("sh", "-c", "echo started; exec sleep 1000"), .detach = true, .log_file = log, OURS};

    (void)state;
    assert_int_equal(process_spawn(&options, &pid, NULL), 0);
    assert_true(pid > 0);
    assert_int_equal(getsid(pid) == getsid(0), 0);
    for (int i = 0; i < 500 && !text; i++) {    /* until the log has its line */
        size_t length = 0;
        assert_int_equal(file_read(log, 1000, &text, &length, NULL), 0);
        if (length == 0) {
            mem_free(TAKE(text));
            usleep(10000);
        }
    }
    assert_string_equal(text, "started\n");
    assert_int_equal(kill(pid, SIGKILL), 0);
    mem_free(text);
    close(fd);
    unlink(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_and_exit_code_come_back),
        cmocka_unit_test(a_fenced_child_has_its_limits_and_no_terminal),
        cmocka_unit_test(who_is_not_root_keeps_its_name_behind_the_fence_and_has_an_editor),
        cmocka_unit_test(a_fenced_child_that_takes_too_long_is_ended),
        cmocka_unit_test(output_goes_into_a_descriptor),
        cmocka_unit_test(input_is_fed_and_the_environment_lies_on_top),
        cmocka_unit_test(a_child_that_reads_nothing_does_not_harm),
        cmocka_unit_test(a_program_that_is_not_there_is_named),
        cmocka_unit_test(a_grandchild_that_keeps_the_pipe_does_not_keep_us),
        cmocka_unit_test(signals_are_as_a_program_expects_them),
        cmocka_unit_test(nothing_but_the_standard_descriptors_is_handed_down),
        cmocka_unit_test(root_becomes_the_account),
        cmocka_unit_test(a_cancelled_task_ends_its_child),
        cmocka_unit_test(what_is_said_on_stderr_is_told_and_not_kept),
        cmocka_unit_test(a_child_that_follows_ends_with_us_however_we_end),
        cmocka_unit_test(a_detached_child_outlives_its_starter_and_writes_to_its_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
