/*
 * Children.
 *
 * Between fork and exec only async-signal-safe calls are made (other threads may hold malloc's lock), so everything a
 * child needs, its groups too, is made ready before. A pipe that closes on exec brings back the errno of what failed
 * in the child, or nothing; a detached child also sends its pid there, as it is a grandchild (nobody has to reap it).
 */
#include "ytempire/engine/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop_internal.h"
#include "process_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

extern char **environ;

#define CHILD_LOOK_US 20000            /* at a child that has the terminal */
#define GROUPS_MOST 256

/* What the child says before it becomes the program. */
struct word {
    pid_t       pid;      /* of a detached child, or 0 */
    int         failed;   /* errno */
    enum step { STEP_NONE, STEP_FORK, STEP_FILES, STEP_FOLDER, STEP_USER, STEP_EXEC } step;
};

struct plan {
    const struct process_options *options;
    char   *path;
    char  **argv, **environment;
    gid_t   groups[GROUPS_MOST];
    int     group_count;
    bool    drop;
    int     descriptors[3];    /* become 0, 1, 2 */
    int     word[2];
    pid_t   parent;
};

/* -- before the fork ---------------------------------------------------------------------------------------------- */

char *process_find(const char *name, const char *const *extra_folders)
{
    const char *path = getenv("PATH");

    if (strchr(name, '/'))
        return access(name, X_OK) == 0 ? mem_strdup(name) : NULL;
    for (const char *const *folder = extra_folders; folder && *folder; folder++) {
        char *found = path_join(*folder, name);
        if (access(found, X_OK) == 0 && !file_is_folder(found))
            return found;
        mem_free(found);
    }
    for (const char *at = path ? path : "/usr/local/bin:/usr/bin:/bin"; *at;) {
        size_t length = strcspn(at, ":");
        _cleanup_(mem_freep) char *folder = length > 0 ? mem_strndup(at, length) : mem_strdup(".");
        char *found = path_join(folder, name);
        if (access(found, X_OK) == 0 && !file_is_folder(found))
            return found;
        mem_free(found);
        at += length + (at[length] == ':');
    }
    return NULL;
}

static bool is_same_name(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");

    return strncmp(a, b, length) == 0 && b[length] == '=';
}

/* Our environment with `changes` on top; the strings stay their owners'. */
static char **make_environment(const char *const *changes)
{
    char **made = NULL;
    size_t count = 0, room = 0;

    for (char **ours = environ; *ours; ours++) {
        bool changed = false;
        for (const char *const *change = changes; change && *change; change++)
            changed = changed || is_same_name(*change, *ours);
        if (!changed)
            VEC_PUSH(made, count, room, *ours);
    }
    for (const char *const *change = changes; change && *change; change++)
        if (strchr(*change, '='))
            VEC_PUSH(made, count, room, (char *)*change);    /* NOLINT: execve takes them so */
    VEC_PUSH(made, count, room, NULL);
    return made;
}

static int plan_user(struct plan *plan, struct error *error)
{
    const struct process_options *options = plan->options;
    struct passwd *account;

    if (options->user == (uid_t)-1 || options->user == geteuid())
        return 0;
    plan->drop = true;
    plan->group_count = GROUPS_MOST;
    account = getpwuid(options->user);
    if (!account || getgrouplist(account->pw_name, options->group, plan->groups, &plan->group_count) < 0) {
        plan->groups[0] = options->group;
        plan->group_count = 1;
    }
    if (geteuid() != 0)
        return error_set(error, ERR_FAILED, "only root can run '%s' as another user", options->argv[0]);
    return 0;
}

static int open_log(const char *path, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_set(error, ERR_IO, "%s: %s", path, strerror(errno));
    return fd;
}

static void plan_done(struct plan *plan)
{
    mem_free(plan->path);
    mem_free(plan->environment);
}

static int plan_make(struct plan *plan, const struct process_options *options, struct error *error)
{
    *plan = (struct plan){.options = options, .descriptors = {-1, -1, -1}, .word = {-1, -1}, .parent = getpid()};
    plan->path = process_find(options->argv[0], NULL);
    if (!plan->path)
        return error_set(error, ERR_FAILED, "the program '%s' is not there", options->argv[0]);
    plan->environment = make_environment(options->environment);
    plan->argv = (char **)(uintptr_t)options->argv;    /* execve's type is older than const */
    return plan_user(plan, error);
}

/* -- in the child ------------------------------------------------------------------------------------------------- */

static _Noreturn void say(const struct plan *plan, enum step step)
{
    struct word word = {.failed = errno, .step = step};

    if (write(plan->word[1], &word, sizeof word) < 0)
        _exit(126);
    _exit(127);
}

static void reset_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        if (number != SIGKILL && number != SIGSTOP)
            signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_the_rest(void)
{
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    for (int fd = 3; fd < 1024; fd++)    /* an old kernel */
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    (void)!write(fd, text, strlen(text));
    close(fd);
}

/* Of an ordinary user the network is taken away only in a namespace of users of one's own. There one is nobody, and a
 * program that makes sure of its user (gnuplot does) refuses to run, until one is mapped to oneself:
 * user_namespaces(7). */
static void leave_network(void)
{
    char  user[64], group[64];
    uid_t uid = getuid();
    gid_t gid = getgid();

    if (unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        return;
    (void)snprintf(user, sizeof user, "%ld %ld 1\n", (long)uid, (long)uid);
    (void)snprintf(group, sizeof group, "%ld %ld 1\n", (long)gid, (long)gid);
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", user);
    write_file("/proc/self/gid_map", group);
}

/* Only when it is alone: none of this can be undone. What the kernel refuses is done without. */
static void fence_in(const struct process_fence *fence)
{
    struct rlimit cpu = {fence->cpu_seconds, fence->cpu_seconds}, core = {0, 0};
    struct rlimit memory = {fence->memory, fence->memory}, file = {fence->file, fence->file};

    (void)setsid();
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    leave_network();
    (void)setrlimit(RLIMIT_CPU, &cpu);
    (void)setrlimit(RLIMIT_CORE, &core);
    (void)setrlimit(RLIMIT_AS, &memory);
    (void)setrlimit(RLIMIT_FSIZE, &file);
}

static _Noreturn void become(const struct plan *plan)
{
    const struct process_options *options = plan->options;

    reset_signals();
    for (int i = 0; i < 3; i++)
        if (dup2(plan->descriptors[i], i) < 0)
            say(plan, STEP_FILES);
    close_the_rest();
    if (plan->drop && (setgroups((size_t)plan->group_count, plan->groups) < 0 ||
                       setresgid(options->group, options->group, options->group) < 0 ||
                       setresuid(options->user, options->user, options->user) < 0))
        say(plan, STEP_USER);
    if (options->folder && chdir(options->folder) < 0)
        say(plan, STEP_FOLDER);
    if (options->fence)
        fence_in(options->fence);
    if (options->follows && (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != plan->parent))
        _exit(127);    /* we were gone already */
    if (options->detach)
        umask(077);
    execve(plan->path, plan->argv, plan->environment);
    say(plan, STEP_EXEC);
}

/* The middle one of three: leaves at once, so that the grandchild is nobody's to reap. */
static _Noreturn void become_detached(const struct plan *plan)
{
    struct word word = {.step = STEP_NONE};

    if (setsid() < 0)
        say(plan, STEP_FORK);
    word.pid = fork();
    if (word.pid < 0)
        say(plan, STEP_FORK);
    if (word.pid == 0)
        become(plan);
    _exit(write(plan->word[1], &word, sizeof word) < 0 ? 126 : 0);
}

/* -- starting ----------------------------------------------------------------------------------------------------- */

static int explain(const struct plan *plan, const struct word *word, struct error *error)
{
    static const char *const steps[] = {"", "cannot be started", "cannot be given its files", "cannot enter its folder",
                                        "cannot become its user", "cannot be executed"};

    return error_set(error, ERR_FAILED, "'%s' %s: %s", plan->path, steps[word->step], strerror(word->failed));
}

static int read_words(const struct plan *plan, pid_t *ret_pid, struct error *error)
{
    struct word word;
    int code = 0;
    ssize_t got;

    while ((got = read(plan->word[0], &word, sizeof word)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got != (ssize_t)sizeof word)
            break;
        if (word.pid > 0)
            *ret_pid = word.pid;
        else
            code = explain(plan, &word, error);
    }
    return code;
}

/* Forks, and waits for the moment of exec. The caller's descriptors of the child's side are closed here. */
static int start(struct plan *plan, pid_t *ret_pid, struct error *error)
{
    pid_t pid = -1, child;
    sigset_t all, before;
    int code = 0;

    if (pipe2(plan->word, O_CLOEXEC) < 0)
        return error_set(error, ERR_FAILED, "no pipe can be made: %s", strerror(errno));
    sigfillset(&all);    /* a handler must not run in the child before it is reset there */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    child = fork();
    if (child == 0) {
        if (plan->options->detach)
            become_detached(plan);
        become(plan);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(plan->word[1]);
    if (child < 0) {
        code = error_set(error, ERR_FAILED, "'%s' cannot be started: %s", plan->path, strerror(errno));
    } else {
        pid = child;
        code = read_words(plan, &pid, error);
        if (plan->options->detach || code < 0)
            while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
                ;
    }
    close(plan->word[0]);
    if (code == 0)
        *ret_pid = pid;
    return code;
}

int process_spawn(const struct process_options *options, pid_t *ret_pid, struct error *error)
{
    struct plan plan;
    pid_t pid = -1;
    int code = plan_make(&plan, options, error);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC), log = null;

    if (code == 0 && null < 0)
        code = error_set(error, ERR_IO, "/dev/null: %s", strerror(errno));
    if (code == 0 && options->log_file) {
        log = open_log(options->log_file, error);
        code = log < 0 ? log : 0;
    }
    if (code == 0) {
        plan.descriptors[0] = null;
        plan.descriptors[1] = plan.descriptors[2] = log;
        code = start(&plan, &pid, error);
    }
    if (log >= 0 && log != null)
        close(log);
    if (null >= 0)
        close(null);
    plan_done(&plan);
    if (code == 0)
        *ret_pid = pid;
    return code;
}

/* A pipe whose ends lie above the standard ones, which a child's are made of. */
static int make_pipe(int ends[2])
{
    int made[2];

    if (pipe2(made, O_CLOEXEC) < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        ends[i] = made[i] > 2 ? made[i] : fcntl(made[i], F_DUPFD_CLOEXEC, 3);
        if (ends[i] != made[i])
            close(made[i]);
    }
    return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

static void close_all(int *descriptors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
}

int process_run(const struct process_options *options, int *ret_status, char **ret_out, char **ret_err,
                struct error *error)
{
    struct plan plan;
    struct child child = {.pid = -1, .input = options->input, .input_length = options->input_length,
                          .on_look = options->on_look, .who = options->who};
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1};
    int code = plan_make(&plan, options, error);

    if (options->fence)
        child.until = monotonic_us() + options->fence->time_us;
    if (code == 0 && (make_pipe(in) < 0 || (options->output == 0 && make_pipe(out) < 0) || make_pipe(err) < 0))
        code = error_set(error, ERR_FAILED, "no pipe can be made: %s", strerror(errno));
    if (code == 0) {
        plan.descriptors[0] = in[0];
        plan.descriptors[1] = options->output > 0 ? options->output : out[1];
        plan.descriptors[2] = err[1];
        code = start(&plan, &child.pid, error);
    }
    close_all((int[]){in[0], out[1], err[1]}, 3);
    child.in = in[1];
    child.out = out[0];
    child.err = err[0];
    if (code == 0)
        code = child_attend(&child, error);
    close_all((int[]){child.in, child.out, child.err}, 3);
    plan_done(&plan);
    if (code == 0) {
        *ret_status = child.status;
        if (ret_out)
            *ret_out = str_take(&child.out_text);
        if (ret_err)
            *ret_err = str_take(&child.err_text);
    }
    str_done(&child.out_text);
    str_done(&child.err_text);
    return code;
}

/* Looked for now and then in a task, so that the loop goes on; blocking outside one. When the task is cancelled the
 * child is asked to end, and waited for. Returns 0 or a negative errno. */
static int wait_for_child(pid_t pid, int *ret_status)
{
    struct task *task = task_current();
    int          cancelled = 0;
    pid_t        ended;

    while ((ended = waitpid(pid, ret_status, task != NULL ? WNOHANG : 0)) <= 0) {
        if (ended < 0 && errno != EINTR)
            return -errno;
        if (task == NULL || task_sleep(CHILD_LOOK_US) >= 0)
            continue;
        cancelled = task_cancelled(task);
        task_cancel_clear(task);
        (void)kill(pid, SIGHUP);
    }
    if (cancelled != 0)
        task_cancel(task, cancelled);
    return 0;
}

int process_on_terminal(const char *const *argv, struct error *error)
{
    const struct process_options options = {.argv = argv, .user = (uid_t)-1};
    struct plan plan;
    pid_t pid = -1;
    int status = 0, code = plan_make(&plan, &options, error);

    if (code == 0) {
        for (int i = 0; i < 3; i++)
            plan.descriptors[i] = i;
        code = start(&plan, &pid, error);
    }
    plan_done(&plan);
    if (code < 0)
        return code;
    code = wait_for_child(pid, &status);
    if (code < 0)
        return error_set(error, ERR_FAILED, "the child cannot be waited for: %s", strerror(-code));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
