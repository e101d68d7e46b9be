/*
 * The worker beside the private servers: this program again, with --worker. Its pid file is locked while it lives (the
 * room `worker` does that), so that whether it is there is asked of the kernel, not of a number.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "local_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"
#include "ytempire/engine/process.h"

#define LOOK_EVERY_US (20 * 1000)
#define START_US (60 * US_PER_SECOND)
#define DRAIN_US (5 * US_PER_SECOND)       /* what it has in hand may end in this; then it is given back */
#define RETURN_US (10 * US_PER_SECOND)
#define GONE_US (5 * US_PER_SECOND)

/* -- looking ------------------------------------------------------------------------------------------------------- */

/* The process that has the lock, or 0. */
static pid_t holder(const struct local *local)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int          fd = open(local->worker_pid_file, O_RDONLY | O_CLOEXEC), r;

    if (fd < 0)
        return 0;
    r = fcntl(fd, F_GETLK, &lock);
    (void)close(fd);
    return r == 0 && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

/* Process, version and address, a line each. */
static void read_words(const struct local *local, struct worker_look *look)
{
    _cleanup_(mem_freep) char *text = NULL;
    char **const into[] = {NULL, &look->version, &look->address};
    char        *line;

    if (file_read(local->worker_pid_file, 4096, &text, NULL, NULL) < 0)
        return;
    line = text;
    for (size_t i = 0; i < COUNT_OF(into) && *line != '\0'; i++) {
        size_t length = strcspn(line, "\n");

        if (into[i] != NULL && length > 0)
            *into[i] = mem_strndup(line, length);
        line += length + (line[length] == '\n');
    }
}

void local_worker_look(const struct local *local, struct worker_look *ret_look)
{
    *ret_look = (struct worker_look){.pid = holder(local), .state = SERVER_DOWN};
    if (ret_look->pid == 0)
        return;
    read_words(local, ret_look);
    ret_look->state = ret_look->version != NULL ? SERVER_UP : SERVER_BUSY;
}

void worker_look_done(struct worker_look *look)
{
    mem_free(TAKE(look->version));
    mem_free(TAKE(look->address));
}

static enum server_state state_now(const struct local *local)
{
    struct worker_look look;

    local_worker_look(local, &look);
    worker_look_done(&look);
    return look.state;
}

/* -- stopping ------------------------------------------------------------------------------------------------------ */

/* 0 when it is gone, 1 when the time is up. */
static int wait_gone(const struct local *local, pid_t pid, int64_t patience_us, struct error *error)
{
    int64_t until = monotonic_us() + patience_us;

    while (holder(local) == pid || probe_lives(pid)) {
        int r = monotonic_us() > until ? 1 : task_sleep(LOOK_EVERY_US);

        if (r != 0)
            return r < 0 ? error_set(error, r, "%s", error_sentence(r)) : r;
    }
    return 0;
}

int local_worker_down(struct local *local, struct sink *sink, struct error *error)
{
    static const struct { int signal; int64_t patience_us; } ways[] = {
        {SIGTERM, DRAIN_US}, {SIGTERM, RETURN_US}, {SIGKILL, GONE_US}};
    pid_t pid = holder(local);
    int   r = 1;

    if (pid == 0)
        return 0;
    for (size_t i = 0; r == 1 && i < COUNT_OF(ways); i++) {
        if (kill(pid, ways[i].signal) < 0 && errno == EPERM)
            return error_set(error, ERR_CONFLICT, "worker %ld is another account's", (long)pid);
        r = wait_gone(local, pid, ways[i].patience_us, error);
    }
    if (r == 1)
        return error_set(error, ERR_TIMEOUT, "worker %ld does not end", (long)pid);
    if (r >= 0 && sink != NULL)
        sink_text(sink, "worker stopped");
    return r;
}

/* -- starting ------------------------------------------------------------------------------------------------------ */

static int spawn(const struct local *local, pid_t *ret_pid, struct error *error)
{
    char    program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    const char *const argv[] = {program, "--local", "--worker", "--http-port", "0", "--log-file", local->worker_log,
                                "--log-keep", "1", "--pid-file", local->worker_pid_file, NULL};
    struct process_options options = {.argv = argv, .folder = "/", .user = (uid_t)-1, .detach = true,
                                      .log_file = local->worker_words};

    if (length <= 0)
        return error_set(error, ERR_FAILED, "this program's own file is not found: %s", strerror(errno));
    program[length] = '\0';
    return process_spawn(&options, ret_pid, error);
}

/* The last line of what it said on standard error, without "error: ". */
static int explain(const struct local *local, int64_t from, struct error *error)
{
    _cleanup_(mem_freep) char *words = probe_log_since(local->worker_words, from);
    const char *line = text_starts(words, "error: ") ? words + 7 : words;

    error_set(error, ERR_FAILED, "the worker does not start: %.*s", *line != '\0' ? (int)strcspn(line, "\n") : 23,
              *line != '\0' ? line : "it ended without a word");
    error_hint(error, "its log says more: '%s'", local->worker_log);
    return ERR_FAILED;
}

static int wait_started(const struct local *local, pid_t pid, int64_t from, struct error *error)
{
    int64_t until = monotonic_us() + START_US;
    int     r;

    while (state_now(local) != SERVER_UP) {
        if ((!probe_lives(pid) && holder(local) == 0) || monotonic_us() > until)
            return explain(local, from, error);
        r = task_sleep(LOOK_EVERY_US);
        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
    }
    return 0;
}

/* One of another version would not know our kinds of job. */
static int replace_other_version(struct local *local, bool *ret_runs, struct error *error)
{
    struct worker_look look;
    bool               other;

    local_worker_look(local, &look);
    other = look.version != NULL && !text_equal(look.version, PROGRAM_VERSION);
    *ret_runs = look.pid > 0 && !other;
    worker_look_done(&look);
    return other ? local_worker_down(local, NULL, error) : 0;
}

int local_worker_up(struct local *local, struct sink *sink, struct error *error)
{
    int64_t from;
    pid_t   pid = 0;
    bool    runs = false;
    int     r = replace_other_version(local, &runs, error);

    if (r < 0 || runs)
        return r;
    probe_turn_log(local->worker_words);
    from = probe_log_size(local->worker_words);
    r = spawn(local, &pid, error);
    if (r >= 0)
        r = wait_started(local, pid, from, error);
    if (r >= 0 && sink != NULL)
        sink_text(sink, "worker started");
    return r;
}
