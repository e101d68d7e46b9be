/*
 * Commands: verbs of the console in a task of their own, at once; all others in one task, one after the other, since
 * they share the session's connection. Invariant: `running` is set exactly while the runner is in a command.
 */
#include <string.h>

#include "console.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/command.h"


bool console_runs(const struct console *console)
{
    return console->running != NULL;
}

static void say_error(struct console *console, const struct error *error, int code)
{
    const char *text = error->text != NULL ? error->text : error_sentence(code);

    if (error->hint != NULL)
        console_say(console, LOOK_ERROR, "%s (%s)", text, error->hint);
    else
        console_say(console, LOOK_ERROR, "%s", text);
}

/* -- verbs --------------------------------------------------------------------------------------------------------- */

struct verb_run {
    struct console  *console;
    char            *text;
    struct task     *task;
    struct verb_run *next;
};

static void verb_began(struct verb_run *run)
{
    run->task = task_current();
    run->next = run->console->verbs;
    run->console->verbs = run;
}

static void verb_ended(struct verb_run *run)
{
    struct verb_run **at = &run->console->verbs;

    while (*at != run)
        at = &(*at)->next;
    *at = run->next;
}

/* All but the one that asks for it. */
static bool cancel_verbs(struct console *console)
{
    bool any = false;

    for (struct verb_run *run = console->verbs; run != NULL; run = run->next)
        if (run->task != task_current()) {
            task_cancel(run->task, ERR_INTERRUPTED);
            any = true;
        }
    return any;
}

const char *console_at_work(const struct console *console)
{
    if (console->running != NULL)
        return console->running;
    for (const struct verb_run *run = console->verbs; run != NULL; run = run->next)
        if (run->task != task_current())
            return run->text;
    return NULL;
}

static void verb_task(void *who)
{
    struct verb_run *run = who;
    struct console  *console = run->console;
    struct error     error = ERROR_INIT;
    int              r;

    verb_began(run);
    r = command_run(console->app, run->text, &console->sink.sink, &error);
    if (r >= 0 && console->app->quit) {
        console->app->quit = false;            /* it asks first when a command runs */
        r = verb_leave(console, NULL, 0, &error);
    }
    verb_ended(run);
    if (r == ERR_INTERRUPTED)
        console_say(console, LOOK_WARN, "stopped");
    else if (r < 0)
        say_error(console, &error, r);
    error_done(&error);
    mem_free(run->text);
    mem_free(run);
    console_touch(console);
}

static void run_verb(struct console *console, const char *text)
{
    struct verb_run *run = mem_alloc(sizeof *run);

    *run = (struct verb_run){.console = console, .text = mem_strdup(text)};
    task_start(console->loop, verb_task, run);
}

/* `quit` is one too: it does not wait behind what runs, but asks. */
static bool is_verb(const char *text)
{
    const struct command *command = NULL;
    const char           *rest;

    if (command_find(text, &command, &rest, NULL) < 0)
        return false;
    return command->on_screen || command->leaves;
}

/* -- one command of the queue -------------------------------------------------------------------------------------- */

/* What a cancel came to, with the server's own word where it gave one (SQLSTATE 57014, query_canceled). */
static void say_cancelled(struct console *console, const struct error *error)
{
    int64_t took = monotonic_us() - console->cancel_us;

    if (text_equal(error->sqlstate, "57014"))
        console_say(console, LOOK_WARN, "cancelled, confirmed by the server in %lld ms", (long long)(took / 1000));
    else
        console_say(console, LOOK_WARN, "cancelled");
}

/* The error, as the page of a result of its own, or of the one whose rows had begun to come. */
static void keep_error(struct console *console, int code, struct error *error)
{
    struct result *result = console->filling;

    if (result == NULL) {
        result = results_add(console->results, console->running);
        result->kind = RESULT_TEXT;
        result->began_us = console->began_us;
    }
    if (error->code == 0)
        error_set(error, code, "%s", error_sentence(code));
    result->state = code == ERR_INTERRUPTED ? RESULT_CANCELLED : RESULT_FAILED;
    result->ended_us = monotonic_us();
    error_done(&result->error);
    error_move(&result->error, error);
    prompt_error(console->prompt, &result->error);
}

/* "done: job cancel 42: 42 cancelled …": what a command of a panel came to, while its screen stays. */
static void say_outcome(struct console *console, const struct result *result)
{
    struct data_cell cells[64];
    struct str       words = STR_INIT;

    if (console->message.length > 0)
        return;
    str_addf(&words, "done: %s", console->running);
    if (result != NULL && result->kind == RESULT_TEXT) {
        str_add(&words, ": ");
        str_add_bytes(&words, str_text(&result->text), strcspn(str_text(&result->text), "\n"));
    } else if (result != NULL && result->column_count <= COUNT_OF(cells) && store_rows(result->rows) > 0 &&
               store_row(result->rows, 0, cells, NULL) == 0) {
        for (size_t i = 0; i < result->column_count; i++)
            if (cells[i].text != NULL && cells[i].length < 200)
                str_addf(&words, "%s%s %.*s", i == 0 ? ": " : ", ", result->columns[i].name, (int)cells[i].length,
                         cells[i].text);
    }
    console_say(console, LOOK_OK, "%s", str_text(&words));
    str_done(&words);
}

static void take_outcome(struct console *console, int r, struct error *error)
{
    struct result *result = console->filling;

    if (result != NULL && result->state == RESULT_RUNNING) {
        result->state = RESULT_DONE;
        result->ended_us = monotonic_us();
    }
    if (console->running_stays) {
        if (r >= 0)
            say_outcome(console, result);
        else
            say_error(console, error, r);
        if (console->live != NULL)
            live_refresh(console->live);
        if (console->board != NULL)
            board_view_refresh(console->board);
        return;
    }
    if (r >= 0) {
        if (result == NULL && console->message.length == 0 && !is_verb(console->running))
            console_say(console, LOOK_OK, "done: %s", console->running);
        return;
    }
    if (r == ERR_INTERRUPTED)
        say_cancelled(console, error);
    if (r == ERR_PARTIAL || r == ERR_FINDING) {
        say_error(console, error, r);
        return;
    }
    if (r == ERR_INTERRUPTED && result == NULL)
        return;
    if (console_has_panels(console))
        say_error(console, error, r);          /* its page is on the query screen */
    keep_error(console, r, error);
}

static void drop_queue(struct console *console)
{
    for (size_t i = 0; i < console->queue_count; i++)
        mem_free(console->queue[i].text);
    console->queue_count = 0;
}

static void run_one(struct console *console)
{
    struct error error = ERROR_INIT;
    int          r;

    console->began_us = monotonic_us();
    console->cancel_us = 0;
    console->filling = NULL;
    str_clear(&console->message);
    console_touch(console);
    r = command_run_within(console->app, console->running, &console->sink.sink, &error);
    if (r >= 0 && task_cancelled(task_current()) == ERR_INTERRUPTED)
        r = ERR_INTERRUPTED;
    task_cancel_clear(task_current());
    sink_progress_end(&console->sink.sink);
    take_outcome(console, r, &error);
    if (r < 0 && r != ERR_PARTIAL && r != ERR_FINDING && console->queue_count > 0) {
        statements_say(console->statements, "note", "what stood behind a command that failed was not done");
        drop_queue(console);
    }
    error_done(&error);
    console->filling = NULL;
}

static void runner_task(void *who)
{
    struct console *console = who;

    console->runner = task_current();
    while (console->queue_count > 0 && !console->quit) {
        console->running = console->queue[0].text;
        console->running_stays = console->queue[0].stays;
        console->queue_count--;
        memmove(console->queue, console->queue + 1, console->queue_count * sizeof *console->queue);
        run_one(console);
        mem_free(TAKE(console->running));
        console_theme(console);              /* a command may have set it */
        console->quit = console->quit || console->app->quit;
        console_touch(console);
    }
    console->runner = NULL;
}

static void enqueue(struct console *console, const char *text, bool stays)
{
    struct queued queued = {mem_strdup(text), stays};

    VEC_PUSH(console->queue, console->queue_count, console->queue_room, queued);
    if (console->runner == NULL)
        (void)task_start(console->loop, runner_task, console);
}

/* -- the way in ---------------------------------------------------------------------------------------------------- */

static void take_commands(struct console *console, const char *text, bool verbs_at_once)
{
    _cleanup_(splitter_freep) struct splitter *splitter = splitter_new(text, strlen(text));
    struct error error = ERROR_INIT;
    int          r = 1;

    while (r > 0) {
        _cleanup_(mem_freep) char *command = NULL;
        size_t line;

        r = splitter_next(splitter, &command, &line, &error);
        if (r > 0 && verbs_at_once && is_verb(command))
            run_verb(console, command);
        else if (r > 0)
            enqueue(console, command, false);
    }
    if (r < 0)
        say_error(console, &error, r);
    error_done(&error);
    console_touch(console);
}

void console_do(struct console *console, const char *text)
{
    take_commands(console, text, true);
}

void console_queue(struct console *console, const char *text)
{
    take_commands(console, text, false);
}

void console_do_key(struct console *console, const char *command)
{
    mem_free(console->done_as);
    console->done_as = mem_strdup(command);
    if (is_verb(command))
        run_verb(console, command);          /* as it stands: a text for the prompt may have an open quote */
    else
        console_do(console, command);
}

void console_do_here(struct console *console, const char *command)
{
    if (is_verb(command))
        run_verb(console, command);
    else
        enqueue(console, command, true);
}

bool console_cancel(struct console *console)
{
    if (console->question != NULL) {
        console_answer(console, false);
        return true;
    }
    if (cancel_verbs(console))
        return true;
    if (console->running != NULL && console->runner != NULL) {
        console->cancel_us = monotonic_us();
        console_say(console, LOOK_WARN, "cancelling…");
        task_cancel(console->runner, ERR_INTERRUPTED);
        return true;
    }
    return false;
}

void console_stop(struct console *console)
{
    int64_t until = monotonic_us() + LAST_WAIT_US;

    drop_queue(console);
    (void)cancel_verbs(console);
    if (console->runner != NULL)
        task_cancel(console->runner, ERR_INTERRUPTED);
    while ((console->runner != NULL || console->verbs != NULL) && monotonic_us() < until)
        loop_turn(console->loop, US_PER_SECOND / 20);
    connect_close(console);
    while (console->trials > 0 && monotonic_us() < until)
        loop_turn(console->loop, US_PER_SECOND / 20);
    mem_free(TAKE(console->queue));
}
