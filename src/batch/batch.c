/*
 * The order of a batch: scripts, their commands, signals, time-outs, the exit code.
 *
 * Invariant: one task runs commands, one after the other; a signal or a time-out cancels the command under way through
 * it, and the mark is taken off before the next command begins.
 */
#include "ytempire/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch_int.h"
#include "ytempire/app/ask.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

#define SCRIPT_MOST (64u << 20)

/* -- words for a person -------------------------------------------------------------------------------------------- */

int batch_report(const struct conf *conf, const struct error *error)
{
    _cleanup_(mem_freep) char *text = error_render(error);
    static const char label[] = "error:";
    struct str line = STR_INIT;

    if (style_colors_words(conf) && text_starts(text, label))
        str_addf(&line, "\033[1;31m%s\033[0m%s", label, text + sizeof label - 1);
    else
        str_add(&line, text);
    (void)!fd_write_all(STDERR_FILENO, str_text(&line), line.length);
    str_done(&line);
    return error_exit_code(error->code);
}

/* -- one command --------------------------------------------------------------------------------------------------- */

static void say_more(struct error *error, const struct conf *conf, const char *file, size_t line)
{
    if (error->code == ERR_TIMEOUT && error->hint == NULL)
        error_hint(error, "--timeout is %s s", conf_text(conf, OPTION_TIMEOUT));
    if (file != NULL && error->where == NULL)
        error_where(error, file, line, 0);
}

/* What a command's end means for the rest. */
static void take_outcome(struct batch *batch, int r)
{
    bool goes_on = conf_flag(batch->app->conf, OPTION_KEEP_GOING);

    if (r >= 0 || r == ERR_CLOSED) {
        batch->succeeded = true;
        batch->over = batch->over || r == ERR_CLOSED;
        return;
    }
    if (r == ERR_PARTIAL) {
        batch->succeeded = batch->partial = true;
        return;
    }
    if (batch->typed)
        return;
    if (batch->first_failure == 0 || r == ERR_INTERRUPTED)
        batch->first_failure = error_exit_code(r);
    batch->over = batch->over || !goes_on || r == ERR_INTERRUPTED;
}

void batch_command(struct batch *batch, const char *command, const char *file, size_t line)
{
    struct error error = ERROR_INIT;
    int64_t      began = monotonic_us();
    int          r;

    batch->interrupts = 0;
    batch_sink_begin_command(&batch->sink);
    r = command_run_within(batch->app, command, &batch->sink.sink, &error);
    if (r >= 0 && task_cancelled(batch->task) == ERR_INTERRUPTED)
        r = error_set(&error, ERR_INTERRUPTED, "%s", error_sentence(ERR_INTERRUPTED));
    task_cancel_clear(batch->task);
    r = batch_sink_end_command(&batch->sink, r, monotonic_us() - began, &error);
    if (r < 0 && r != ERR_CLOSED) {
        if (error.code == 0)
            error_set(&error, r, "%s", error_sentence(r));
        say_more(&error, batch->app->conf, file, line);
        batch_report(batch->app->conf, &error);
    }
    error_done(&error);
    take_outcome(batch, r);
    batch->over = batch->over || batch->app->quit;
}

/* -- scripts ------------------------------------------------------------------------------------------------------- */

static int run_text(struct batch *batch, const char *text, size_t length, const char *file, struct error *error)
{
    _cleanup_(splitter_freep) struct splitter *splitter = splitter_new(text, length);
    int r = 0;

    while (!batch->over) {
        _cleanup_(mem_freep) char *command = NULL;
        size_t line = 0;

        r = splitter_next(splitter, &command, &line, error);
        if (r < 0 && file != NULL)
            error_where(error, file, line, 0);
        if (r <= 0)
            break;
        batch_command(batch, command, file, line);
    }
    return r < 0 ? r : 0;
}

/* Standard input whole; waiting for it may be interrupted. */
static int read_input(char **ret_text, size_t *ret_length, struct error *error)
{
    struct str text = STR_INIT;
    ssize_t    got = 1;
    int        r = 0;

    while (r >= 0 && got > 0 && text.length < SCRIPT_MOST) {
        r = task_wait_fd(STDIN_FILENO, POLLIN);
        if (r < 0)
            break;
        str_reserve(&text, 65536);
        got = read(STDIN_FILENO, text.data + text.length, 65536);
        if (got > 0)
            text.length += (size_t)got;
        else if (got < 0 && errno != EINTR && errno != EAGAIN)
            r = error_set(error, ERR_IO, "standard input: %s", strerror(errno));
        else if (got < 0)
            got = 1;
    }
    if (r >= 0 && text.length >= SCRIPT_MOST)
        r = error_set(error, ERR_LIMIT, "a script has at most %u MB", SCRIPT_MOST >> 20);
    if (r < 0) {
        str_done(&text);
        return error_set(error, r, "%s", error_sentence(r));
    }
    *ret_length = text.length;
    *ret_text = str_take(&text);
    return 0;
}

static int run_file(struct batch *batch, const char *name, struct error *error)
{
    _cleanup_(mem_freep) char *text = NULL;
    bool   is_input = text_equal(name, "-");
    size_t length = 0;
    int    r;

    r = is_input ? read_input(&text, &length, error) : file_read(name, SCRIPT_MOST, &text, &length, error);
    return r < 0 ? r : run_text(batch, text, length, is_input ? "standard input" : name, error);
}

static int run_scripts(struct batch *batch, struct error *error)
{
    const struct conf *conf = batch->app->conf;
    int                r = 0;

    for (size_t i = 0; r >= 0 && !batch->over && i < conf_script_count(conf); i++) {
        struct conf_script script = conf_script_at(conf, i);

        if (script.is_file)
            r = run_file(batch, script.text, error);
        else
            r = run_text(batch, script.text, strlen(script.text), NULL, error);
    }
    if (conf_script_count(conf) > 0)
        return r;
    return isatty(STDIN_FILENO) == 1 ? batch_prompt(batch, error) : run_file(batch, "-", error);
}

/* -- the beginning and the end ------------------------------------------------------------------------------------- */

static void on_signal(int number, void *who)
{
    struct batch *batch = who;

    if (++batch->interrupts > 1 || batch->task == NULL) {
        progress_done(&batch->sink.progress);
        _exit(128 + number);         /* asked twice: now */
    }
    batch->over = batch->over || number != SIGINT;
    task_cancel(batch->task, ERR_INTERRUPTED);
}

static void main_task(void *who)
{
    struct batch *batch = who;
    struct error  error = ERROR_INIT;
    const char   *expect = conf_text(batch->app->conf, OPTION_EXPECT);
    int           r = 0;

    batch->task = task_current();
    if (expect != NULL)
        r = condition_parse(expect, &batch->sink.condition, &error);
    if (r >= 0)
        r = run_scripts(batch, &error);
    if (r < 0) {
        batch_report(batch->app->conf, &error);
        if (batch->first_failure == 0)
            batch->first_failure = error_exit_code(r);
        batch->over = true;
    }
    error_done(&error);
    app_note_queries(batch->app);
    batch->task = NULL;
}

static int wait_for_reader(void *who, int fd)
{
    (void)who;
    return task_wait_fd(fd, POLLOUT);
}

/* A pipe gets a descriptor of our own that does not block: the flag of the one we were given is shared with others. */
static int own_descriptor(void)
{
    struct stat status;

    if (fstat(STDOUT_FILENO, &status) < 0 || !S_ISFIFO(status.st_mode))
        return STDOUT_FILENO;
    int fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    return fd < 0 ? STDOUT_FILENO : fd;
}

static int open_output(const struct conf *conf, int *ret_fd, struct error *error)
{
    const char *name = conf_text(conf, OPTION_OUTPUT);

    if (name != NULL && name[0] == '\0')
        return error_set(error, ERR_USAGE, "--output needs the name of a file");
    *ret_fd = name != NULL ? open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : own_descriptor();
    if (*ret_fd < 0)
        return error_set(error, ERR_IO, "cannot write to %s: %s", name, strerror(errno));
    return 0;
}

/* The exit code of all commands together. */
static int exit_code_of(const struct batch *batch)
{
    bool goes_on = conf_flag(batch->app->conf, OPTION_KEEP_GOING);

    if (batch->first_failure == error_exit_code(ERR_INTERRUPTED))
        return batch->first_failure;
    if (batch->first_failure != 0)
        return goes_on && batch->succeeded ? error_exit_code(ERR_PARTIAL) : batch->first_failure;
    return batch->partial ? error_exit_code(ERR_PARTIAL) : 0;
}

int batch_run(struct app *app)
{
    static const int    signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct batch        batch = {.app = app};
    struct error        error = ERROR_INIT;
    struct output      *output;
    int                 fd = -1, code;

    if (open_output(app->conf, &fd, &error) < 0) {
        code = batch_report(app->conf, &error);
        error_done(&error);
        return code;
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);             /* a file that may not grow is an error like others */
    output = output_new(fd, conf_text(app->conf, OPTION_OUTPUT));
    output_on_full(output, wait_for_reader, NULL);
    batch_sink_init(&batch.sink, app, output, fd == STDOUT_FILENO && isatty(fd) == 1);
    app->words = &batch.sink.sink;
    for (size_t i = 0; i < COUNT_OF(signals); i++)
        loop_signal(app->loop, signals[i], on_signal, &batch);
    loop_run_task(app->loop, main_task, &batch);
    for (size_t i = 0; i < COUNT_OF(signals); i++)
        loop_signal(app->loop, signals[i], NULL, NULL);
    app->words = NULL;
    code = exit_code_of(&batch);
    if (fd != STDOUT_FILENO && close(fd) < 0 && code == 0)
        code = error_exit_code(ERR_IO);
    condition_free(batch.sink.condition);
    batch_sink_done(&batch.sink);
    output_free(output);
    return code;
}
