/*
 * The order of things: the terminal's bytes become keys (events.c), keys become commands (run.c), what changed is
 * painted (frame.c).
 */
#include "console.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ytempire/app/ask.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/command.h"
#include "ytempire/ui.h"

#define FRAME_US 4000              /* between a key and the frame after the last */
#define ROWS_US 60000              /* between frames while rows stream in */

/* -- painting ------------------------------------------------------------------------------------------------------ */

/* What changes by itself: the age of a result, the time that a command takes. */
static void on_tick(void *who)
{
    struct console *console = who;

    console->tick_timer = NULL;
    console_touch_rows(console);
}

static void set_tick(struct console *console)
{
    int64_t in = frame_changes_in(console);

    loop_timer_cancel(console->loop, console->tick_timer);
    console->tick_timer = in >= 0 ? loop_timer(console->loop, in, on_tick, console) : NULL;
}

static void paint(struct console *console)
{
    if (!console->dirty || console->quit || !terminal_ready(console->terminal))
        return;                      /* on_ready paints when the frame before has left */
    console->dirty = false;
    frame_paint(console);
    terminal_show(console->terminal, console->canvas);
    console->painted_us = loop_now(console->loop);
    set_tick(console);
}

static void on_paint(void *who)
{
    struct console *console = who;

    console->paint_timer = NULL;
    paint(console);
}

static void touch_within(struct console *console, int64_t apart_us)
{
    int64_t wait = console->painted_us + apart_us - loop_now(console->loop);

    if (console->paint_timer == NULL)
        console->paint_timer = loop_timer(console->loop, wait, on_paint, console);
    console->dirty = true;
}

void console_touch(struct console *console)
{
    if (console->paint_timer != NULL) {      /* may be one of the slow kind */
        loop_timer_cancel(console->loop, console->paint_timer);
        console->paint_timer = NULL;
    }
    touch_within(console, FRAME_US);
}

void console_touch_rows(struct console *console)
{
    touch_within(console, ROWS_US);
}

/* -- words and places ---------------------------------------------------------------------------------------------- */

void console_say(struct console *console, enum look look, const char *format, ...)
{
    _cleanup_(mem_freep) char *text = NULL;
    va_list args;
    int     length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    text = mem_alloc((size_t)length + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    str_clear(&console->message);
    str_add(&console->message, text);
    console->message_look = look;
    console_touch(console);
}

static void free_pane(void *who)
{
    struct pane *pane = who;

    grid_free(pane->grid);
    chart_data_free(pane->chart_data);
    mem_free(pane->chart_cells);
    page_done(&pane->page);
    mem_free(pane->error_text);
    mem_free(pane);
}

struct pane *pane_of(struct result *result)
{
    struct pane *pane = result->view;

    if (pane == NULL) {
        pane = mem_alloc(sizeof *pane);
        pane->result = result;
        result->view = pane;
        result->free_view = free_pane;
    }
    if (pane->grid == NULL && result->kind == RESULT_TABLE && result->rows != NULL)
        pane->grid = grid_new(result);
    return pane;
}

struct pane *console_pane(const struct console *console)
{
    struct result *result = console->board != NULL  ? NULL
                            : console->live != NULL ? live_panel(console->live, console->panel)->result
                                                  : results_current(console->results);

    return result != NULL ? pane_of(result) : NULL;
}

const char *pane_text(struct pane *pane, size_t *ret_length)
{
    const struct result *result = pane->result;

    if (result->state != RESULT_FAILED) {
        *ret_length = result->text.length;
        return str_text(&result->text);
    }
    if (pane->error_text == NULL)
        pane->error_text = error_render(&result->error);
    *ret_length = strlen(pane->error_text);
    return pane->error_text;
}

void console_focus(struct console *console, enum focus focus)
{
    console->focus = focus;
    console->came_from = FOCUS_PROMPT;
    console_touch(console);
}

void console_open_list(struct console *console, struct picker *list)
{
    picker_free(TAKE(console->list_below));
    picker_free(console->list);
    console->list = list;
    console_touch(console);
}

void console_cover_list(struct console *console, struct picker *list)
{
    if (console->list_below == NULL)
        console->list_below = TAKE(console->list);
    picker_free(console->list);
    console->list = list;
    console_touch(console);
}

void console_close_list(struct console *console)
{
    picker_free(console->list);
    console->list = TAKE(console->list_below);
    console_touch(console);
}

const char *console_place(const struct console *console)
{
    const struct pane *pane = console_pane(console);

    if (console->list != NULL)
        return "list";
    if (console->connect != NULL)
        return "form";
    if (console->focus == FOCUS_PROMPT)
        return "prompt";
    if (console->focus == FOCUS_LOG)
        return "log";
    if (console->board != NULL)
        return "board";
    if (console->live != NULL)
        return live_panel(console->live, console->panel)->is->name;
    return pane == NULL || pane->grid == NULL ? "text" : "query";
}

const char *console_theme(struct console *console)
{
    const char  *name = conf_text(console->app->conf, OPTION_THEME);
    struct error error = ERROR_INIT;

    if (text_equal(console->theme_asked, name))
        return name;
    mem_free(console->theme_asked);
    console->theme_asked = mem_strdup(name);
    theme_freep(&console->theme);
    console->theme = NULL;
    if (theme_load(name, terminal_colors(console->terminal), &console->theme, &error) < 0) {
        console_say(console, LOOK_ERROR, "%s", error.text);
        error_done(&error);
        if (theme_load("dark", terminal_colors(console->terminal), &console->theme, &error) < 0) {
            error_done(&error);
            return name;
        }
    }
    terminal_theme(console->terminal, console->theme);
    console_touch(console);
    return name;
}

/* -- the terminal -------------------------------------------------------------------------------------------------- */

static void on_escape(void *who)
{
    struct console *console = who;

    console->esc_timer = NULL;
    input_settle(console->input);
}

static void on_bytes(void *who, const char *bytes, size_t length)
{
    struct console *console = who;

    loop_timer_cancel(console->loop, console->esc_timer);
    console->esc_timer = NULL;
    input_feed(console->input, bytes, length);
    if (input_waits(console->input))
        console->esc_timer = loop_timer(console->loop, INPUT_ESC_US, on_escape, console);
}

static void on_resize(void *who)
{
    struct console *console = who;
    int             rows = terminal_rows(console->terminal), columns = terminal_columns(console->terminal);

    canvas_resize(console->canvas, rows, columns);
    prompt_resize(console->prompt, rows, columns);
    console_touch(console);
}

static void on_ready(void *who)
{
    struct console *console = who;

    if (console->dirty)
        console_touch(console);
}

static void on_gone(void *who)
{
    struct console *console = who;

    console->quit = true;
    console->exit_code = 128 + SIGHUP;
}

/* -- the prompt ---------------------------------------------------------------------------------------------------- */

static void end_visit(struct console *console)
{
    if ((console->came_from == FOCUS_RESULT && (console_has_panels(console) || console_pane(console) != NULL)) ||
        (console->came_from == FOCUS_LOG && console->log_open))
        console_focus(console, console->came_from);
}

void console_interrupt(struct console *console)
{
    prompt_interrupt(console->prompt);
    end_visit(console);
}

static void on_line(void *who, const char *line)
{
    end_visit(who);
    console_do(who, line);
}

static void on_end(void *who)
{
    console_do(who, "back --quit");
}

static const char *const *values_of(void *who, const char *member, size_t *ret_count)
{
    const struct console *console = who;

    if (console->values == NULL) {          /* a first run that is not decided */
        *ret_count = 0;
        return NULL;
    }
    return app_values_of(console->values, member, ret_count);
}

static void on_values(void *who)
{
    struct console *console = who;

    prompt_refresh(console->prompt);
    console_touch(console);
}

static const struct assist_context *context_of(void *who)
{
    static struct assist_context context;
    struct console *console = who;

    context = (struct assist_context){
        .model = console->model,
        .values = values_of,
        .names = console_names,
        .who = console,
        .variables = app_variable_names(console->app),
        .now = instant_now(),
        .zone = app_zone(console->app),
    };
    return &context;
}

/* -- the beginning and the end ------------------------------------------------------------------------------------- */

static void on_signal(int number, void *who)
{
    struct console *console = who;

    if (number == SIGINT) {
        if (!console_cancel(console))
            console_interrupt(console);
        return;
    }
    console->quit = true;
    console->exit_code = 128 + number;
}

static void on_lend(struct app_console *face, bool lend)
{
    struct console *console = (struct console *)face;

    if (lend)
        terminal_lend(console->terminal);
    else
        terminal_take_back(console->terminal);
    console_touch(console);
}

static void on_statement(void *who, const struct pg_trace *trace)
{
    struct console *console = who;

    statements_add(console->statements, trace);
    if (console->log_open)
        console_touch_rows(console);
}

static void on_health(void *who)
{
    console_touch(who);
}

/* Between two turns of the loop, since stopping turns it. */
static void follow_session(struct console *console)
{
    struct app_values      *values = console->values;
    struct app_cache_names *names = console->cache_names;

    if (console->model_due)
        console_change_model(console);
    console->model_due = false;
    if (!console->moved || console->app->undecided)
        return;
    console->moved = false;
    app_health_stop(TAKE(console->health));
    console->health = app_health_start(console->app, on_health, console);
    console->values = app_values_new(console->app, on_values, console);
    console->cache_names = app_cache_names_new(console->app, on_values, console);
    app_values_free(values);
    app_cache_names_free(names);
    if (console->board_count > 0) {
        bool shown = console->board != NULL;

        console_close_boards(console);
        if (shown && !console_has_panels(console))     /* and no key has shown one meanwhile */
            (void)console_show_screen(console, NULL);
    }
    if (console->live != NULL)
        (void)console_show_screen(console, live_screen(console->live));
}

static int open_screen(struct console *console, struct error *error)
{
    static const struct terminal_ops ops = {on_bytes, on_resize, on_ready, on_gone};
    const struct conf      *conf = console->app->conf;
    const char             *no_color = getenv("NO_COLOR"), *color = conf_text(conf, OPTION_COLOR);
    struct terminal_options options = {
        .mouse = true,
        .ascii = conf_flag(conf, OPTION_ASCII),
        .no_color = text_equal(color, "never") ||
                    (text_equal(color, "auto") && no_color != NULL && no_color[0] != '\0'),
    };
    int r = terminal_open(console->loop, &options, &ops, console, &console->terminal, error);

    if (r < 0)
        return r;
    console->mouse = true;
    console->canvas = canvas_new(terminal_rows(console->terminal), terminal_columns(console->terminal));
    console->canvas->ascii = terminal_ascii(console->terminal);
    return 0;
}

/* What the person keeps: keys, history. What is wrong with them is said, and the console works without. */
static int open_habits(struct console *console, struct error *error)
{
    static const struct prompt_ops ops = {on_line, on_end, context_of};
    _cleanup_(mem_freep) char *keys = conf_config_path("keys"), *history = conf_state_path("history"),
                              *folder = conf_state_path(NULL);
    struct error own = ERROR_INIT;
    int          r;

    if (keys_load(keys, &console->keys, &own) < 0)
        console_say(console, LOOK_WARN, "%s: %s", own.where != NULL ? own.where : "keys", own.text);
    error_done(&own);
    (void)!file_make_folders(folder, 0700, NULL);
    r = prompt_open(&ops, console, history, &console->prompt, &own);
    if (r >= 0 && own.code != 0)
        console_say(console, LOOK_WARN, "%s", own.text);
    if (r < 0 && error != NULL)
        error_move(error, &own);
    error_done(&own);
    return r;
}

static void begin(struct console *console)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

    console->input = input_new(console_event, console);
    console->results = results_new();
    console->statements = statements_new();
    console_sink_init(console);
    console->face.act = console_act;
    console->face.lend = on_lend;
    console->app->console = &console->face;
    console->app->words = &console->sink.sink;
    console->app->trace = (struct app_trace){on_statement, console};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);             /* a file that may not grow is an error like others */
    for (size_t i = 0; i < COUNT_OF(signals); i++)
        loop_signal(console->loop, signals[i], on_signal, console);
    prompt_resize(console->prompt, console->canvas->rows, console->canvas->columns);
    console_theme(console);
    if (conf_theme_names(&console->themes, &console->theme_count, NULL) < 0)
        console->theme_count = 0;
    console->moved = console->model_due = console->app->follows_model = true;
    console->app->keeps_worker = true;
    console->app->undecided = first_run_is_due(console->app);
    if (console->app->undecided)
        first_run_open(console);
}

static void end(struct console *console)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

    live_stop(TAKE(console->live));
    console_close_boards(console);
    console_stop(console);
    app_health_stop(console->health);
    app_values_free(console->values);
    app_cache_names_free(console->cache_names);
    console_end_model(console);
    loop_timer_cancel(console->loop, console->esc_timer);
    loop_timer_cancel(console->loop, console->paint_timer);
    loop_timer_cancel(console->loop, console->tick_timer);
    for (size_t i = 0; i < COUNT_OF(signals); i++)
        loop_signal(console->loop, signals[i], NULL, NULL);
    console->app->console = NULL;
    console->app->words = NULL;
    console->app->trace = (struct app_trace){0};
    picker_free(console->list);
    picker_free(console->list_below);
    results_free(console->results);
    statements_free(console->statements);
    console_sink_done(console);
    prompt_close(console->prompt);
    input_free(console->input);
    terminal_close(console->terminal);
    keys_free(console->keys);
    theme_free(console->theme);
    mem_free(console->theme_asked);
    console_names_done(console);
    conf_theme_names_free(console->themes, console->theme_count);
    canvas_free(console->canvas);
    str_done(&console->message);
    mem_free(console->done_as);
    mem_free(console->board_name);
}

int ui_run(struct app *app, int *ret_exit_code, struct error *error)
{
    struct console console = {.app = app, .loop = app->loop};
    int            r = open_screen(&console, error);

    if (r < 0)
        return r;
    r = open_habits(&console, error);
    if (r < 0) {
        loop_timer_cancel(console.loop, console.paint_timer);
        terminal_close(console.terminal);
        keys_free(console.keys);
        canvas_free(console.canvas);
        str_done(&console.message);
        return r;
    }
    begin(&console);
    console.dirty = true;
    paint(&console);                         /* the first frame before anything is asked of anybody */
    while (!console.quit) {
        follow_session(&console);
        loop_turn(console.loop, -1);
    }
    end(&console);
    *ret_exit_code = console.exit_code;
    return 0;
}
