/* What commands yield, into results that the grid already shows. */
#include <string.h>

#include "console.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

static struct console *console_of(struct sink *sink)
{
    return ((struct console_sink *)sink)->console;
}

static struct result *new_result(struct console *console)
{
    struct result *result = results_add(console->results, console->running != NULL ? console->running : "");

    if (console_has_panels(console) && !console->running_stays)
        (void)console_show_screen(console, NULL);
    result->began_us = console->began_us;
    result->state = RESULT_RUNNING;
    console->filling = result;
    console_touch(console);
    return result;
}

static void finish(struct result *result, enum result_state state)
{
    result->ended_us = monotonic_us();
    result->state = state;
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

/* A second table of one command is a result of its own. */
static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    struct console *console = console_of(sink);
    struct result  *result = console->filling;

    (void)error;
    if (result != NULL && (result->kind == RESULT_TEXT || result->columns != NULL)) {
        finish(result, RESULT_DONE);
        result = NULL;
    }
    if (result == NULL)
        result = new_result(console);
    result->kind = RESULT_TABLE;
    return result_columns(result, columns, count);
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct console *console = console_of(sink);
    struct result  *result = console->filling;

    console_touch_rows(console);
    return store_add(result->rows, cells, error);
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    struct console *console = console_of(sink);

    (void)error;
    if (note != NULL)
        result_note(console->filling, note);
    console_touch(console);
    return 0;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

static bool on_passes(struct sink *sink, const char *format)
{
    (void)sink;
    return text_equal(format, "text");
}

static int on_raw(struct sink *sink, const char *bytes, size_t length, struct error *error)
{
    struct console *console = console_of(sink);

    (void)error;
    if (console->filling != NULL && console->filling->kind != RESULT_TEXT)
        finish(console->filling, RESULT_DONE);
    if (console->filling == NULL || console->filling->kind != RESULT_TEXT)
        new_result(console)->kind = RESULT_TEXT;
    str_add_bytes(&console->filling->text, bytes, length);
    console_touch(console);
    return 0;
}

/* Of what stands inside the box, drawn when the text comes. */
static void on_paper(struct sink *sink, struct data_paper *ret_paper)
{
    const struct console *console = console_of(sink);

    ret_paper->rows = console->result_area.rows > 0 ? (size_t)console->result_area.rows : 0;
    ret_paper->columns = console->result_area.columns > 0 ? (size_t)console->result_area.columns : 0;
    ret_paper->ascii = console->canvas->ascii;
}

/* -- words --------------------------------------------------------------------------------------------------------- */

static void on_text(struct sink *sink, const char *text)
{
    struct console *console = console_of(sink);
    bool            warns = text_starts(text, "warning:");

    statements_say(console->statements, warns ? "warning" : "note", text);
    console_say(console, warns ? LOOK_WARN : LOOK_NORMAL, "%s", text);
}

static void on_progress(struct sink *sink, const struct data_progress *progress)
{
    struct console *console = console_of(sink);

    mem_free(console->progress_what);
    console->progress_what = NULL;
    console->progress = (struct data_progress){0};
    if (progress != NULL) {
        console->progress = *progress;
        console->progress_what = mem_strdup(progress->what);
        console->progress.what = console->progress_what;
        console->progress.unit = text_equal(progress->unit, "bytes") ? "bytes" : "rows";
    }
    console_touch_rows(console);
}

static struct question **place_of(struct console *console, const struct question *question)
{
    struct question **at = &console->question;

    while (*at != question)
        at = &(*at)->next;
    return at;
}

/* The command's task waits here; the loop goes on, and a key answers (console_answer). Another may be asking already:
 * the queue's command and a verb, each in its own task. */
static bool on_ask(struct sink *sink, const char *text)
{
    struct console *console = console_of(sink);
    struct question question = {
        .text = mem_strdup(text),
        .task = task_current(),
        .answered = console->quit,
        .surprises = console->focus == FOCUS_PROMPT && !prompt_is_empty(console->prompt),
    };

    *place_of(console, NULL) = &question;
    if (question.surprises)
        console->key_us = loop_now(console->loop);
    console_touch(console);
    while (!question.answered)
        if (task_park() < 0)
            question.answered = true;
    *place_of(console, &question) = question.next;
    console_touch(console);
    mem_free(question.text);
    return question.yes;
}

void console_answer(struct console *console, bool yes)
{
    if (console->question == NULL || console->question->answered)
        return;
    console->question->answered = true;
    console->question->yes = yes;
    task_wake(console->question->task);
}

void console_sink_init(struct console *console)
{
    static const struct sink_ops ops = {
        .begin = on_begin,
        .row = on_row,
        .end = on_end,
        .passes = on_passes,
        .raw = on_raw,
        .paper = on_paper,
        .text = on_text,
        .progress = on_progress,
        .ask = on_ask,
    };

    console->sink = (struct console_sink){{&ops}, console};
}

void console_sink_done(struct console *console)
{
    mem_free(console->progress_what);
}
