/* The model that the prompt completes by: read after the first frame, looked at again in the background. */
#include "console.h"

#include "ytempire/app/ask.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define MODEL_US US_PER_SECOND     /* between looks at the model's files, beside the one at each question */

static void take_model(struct console *console, struct model *model)
{
    mem_free(TAKE(console->model_fault));
    if (model == console->model)
        return;
    model_unref(console->model);
    console->model = model_ref(model);
    prompt_refresh(console->prompt);
    console_touch(console);
}

/* Once for what it says; what is known of the model before goes on helping at the prompt. */
static void say_model_fault(struct console *console, const struct error *error)
{
    const char *text = error->text != NULL ? error->text : "the model cannot be read";

    if (text_equal(console->model_fault, text))
        return;
    mem_free(console->model_fault);
    console->model_fault = mem_strdup(text);
    if (error->hint != NULL)
        console_say(console, LOOK_ERROR, "%s (%s)", text, error->hint);
    else
        console_say(console, LOOK_ERROR, "%s", text);
}

static void on_model_timer(void *who);

/* The model is read after the first frame, and its files are looked at from then on. */
static void model_task(void *who)
{
    struct console *console = who;
    struct error    error = ERROR_INIT;
    struct model   *model;
    int             r;

    console->model_task = task_current();
    r = app_model(console->app, &model, &error);
    if (r >= 0)
        take_model(console, model);
    else if (r != ERR_INTERRUPTED)
        say_model_fault(console, &error);
    error_done(&error);
    console->model_task = NULL;
    if (!console->quit)
        console->model_timer = loop_timer(console->loop, MODEL_US, on_model_timer, console);
}

void console_look_at_model(struct console *console)
{
    if (console->model_task != NULL)
        return;                    /* it looks again where the session is when it has looked */
    loop_timer_cancel(console->loop, console->model_timer);
    console->model_timer = NULL;
    (void)task_start(console->loop, model_task, console);
}

static void on_model_timer(void *who)
{
    struct console *console = who;

    console->model_timer = NULL;
    console_look_at_model(console);
}

/* That of another profile takes its place, though it be broken. */
void console_change_model(struct console *console)
{
    model_unref(TAKE(console->model));
    mem_free(TAKE(console->model_fault));
    prompt_refresh(console->prompt);
    console_look_at_model(console);
}

void console_end_model(struct console *console)
{
    (void)!task_end(console->loop, &console->model_task, LAST_WAIT_US);
    loop_timer_cancel(console->loop, console->model_timer);
    model_unref(TAKE(console->model));
    mem_free(TAKE(console->model_fault));
}
