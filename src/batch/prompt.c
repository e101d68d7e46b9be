/*
 * Commands typed on a terminal, line by line, with the terminal's own editing. A line that leaves a quote or a bracket
 * open goes on; a command that failed ends nothing; Ctrl-C stops the command under way, at the prompt it drops the
 * line.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "batch_int.h"
#include "ytempire/batch.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define LINE_ROOM 4096

static void ask_for(const char *prompt)
{
    if (isatty(STDERR_FILENO) == 1)
        (void)!fd_write_all(STDERR_FILENO, prompt, strlen(prompt));
}

/* One read of the terminal (a line, in its usual mode): 1, 0 at its end, or a negative code. */
static int read_more(struct str *text, struct error *error)
{
    ssize_t got;
    int     r = task_wait_fd(STDIN_FILENO, POLLIN);

    if (r < 0)
        return r;
    str_reserve(text, LINE_ROOM);
    got = read(STDIN_FILENO, text->data + text->length, LINE_ROOM);
    if (got < 0 && errno != EINTR && errno != EAGAIN)
        return error_set(error, ERR_IO, "standard input: %s", strerror(errno));
    if (got > 0) {
        text->length += (size_t)got;
        text->data[text->length] = '\0';
    }
    return got != 0;
}

static void run_typed(struct batch *batch, const struct str *text)
{
    _cleanup_(splitter_freep) struct splitter *splitter = splitter_new(str_text(text), text->length);
    struct error error = ERROR_INIT;
    int          r = 1;

    while (r > 0 && !batch->over) {
        _cleanup_(mem_freep) char *command = NULL;
        size_t line = 0;

        r = splitter_next(splitter, &command, &line, &error);
        if (r > 0)
            batch_command(batch, command, NULL, 0);
    }
    if (r < 0)
        batch_report(batch->app->conf, &error);
    error_done(&error);
}

int batch_prompt(struct batch *batch, struct error *error)
{
    struct str text = STR_INIT;
    int        r = 1;

    batch->typed = true;
    while (r > 0 && !batch->over) {
        ask_for(text.length > 0 ? "     ... " : "ytempire> ");
        r = read_more(&text, error);
        if (r == ERR_INTERRUPTED && !batch->over) {
            task_cancel_clear(batch->task);
            batch->interrupts = 0;
            str_clear(&text);
            ask_for("\n");
            r = 1;
        } else if (r >= 0 && !splitter_wants_more(str_text(&text), text.length)) {
            run_typed(batch, &text);
            str_clear(&text);
        }
    }
    if (r == 0 && !batch->app->quit)
        ask_for("\n");
    str_done(&text);
    return r < 0 && r != ERR_INTERRUPTED ? r : 0;
}
