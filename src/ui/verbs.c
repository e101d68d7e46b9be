/* What the verbs of the console do (command/console.c declares them). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "ytempire/app/saved.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"
#include "ytempire/command.h"

static bool has_word(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(words[i], word))
            return true;
    return false;
}

static int refuse_word(const char *what, const char *word, const char *choices, struct error *error)
{
    error_set(error, ERR_USAGE, "no %s '%s'", what, word);
    error_hint(error, "%s", choices);
    return ERR_USAGE;
}

/* -- the frame ----------------------------------------------------------------------------------------------------- */

static bool can_focus(const struct console *console, enum focus focus)
{
    return focus == FOCUS_PROMPT ||
           (focus == FOCUS_RESULT && (console_has_panels(console) || console_pane(console) != NULL)) ||
           (focus == FOCUS_LOG && console->log_open);
}

/* The next part of the screen, or the one before, that is there. */
static enum focus neighbour(const struct console *console, int by)
{
    int focus = console->focus;

    do
        focus = (focus + by + FOCUS_COUNT) % FOCUS_COUNT;
    while (!can_focus(console, (enum focus)focus));
    return (enum focus)focus;
}

/* From one panel that is shown to the next, before the focus leaves them; it comes to the first, or the last. */
static bool focus_panel(struct console *console, int by)
{
    size_t count = console->live != NULL ? live_count(console->live) : 0, at = console->panel;

    if (console->board != NULL && console->focus == FOCUS_RESULT)
        return board_view_move(console->board, by < 0 ? "previous" : "next");
    if (count == 0 || console->focus != FOCUS_RESULT || (by < 0 ? at == 0 : at + 1 == count))
        return false;
    console->panel = by < 0 ? at - 1 : at + 1;
    console_touch(console);
    return true;
}

static void focus_neighbour(struct console *console, int by)
{
    enum focus next;

    if (focus_panel(console, by))
        return;
    next = neighbour(console, by);
    if (console->live != NULL && next == FOCUS_RESULT)
        console->panel = by > 0 ? 0 : live_count(console->live) - 1;
    if (console->board != NULL && next == FOCUS_RESULT)
        (void)board_view_move(console->board, by > 0 ? "first" : "last");
    console_focus(console, next);
}

static int verb_focus(struct console *console, const char *const *words, size_t count, struct error *error)
{
    static const char *const names[] = {[FOCUS_PROMPT] = "prompt", [FOCUS_RESULT] = "result", [FOCUS_LOG] = "log"};

    (void)count;
    if (text_equal(words[0], "next") || text_equal(words[0], "previous")) {
        focus_neighbour(console, text_equal(words[0], "next") ? 1 : -1);
        return 0;
    }
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_equal(names[i], words[0])) {
            if (i == FOCUS_LOG)
                console_log(console, true);
            console_focus(console, can_focus(console, (enum focus)i) ? (enum focus)i : FOCUS_PROMPT);
            return 0;
        }
    return refuse_word("place", words[0], "prompt, result, log, next or previous", error);
}

/* As much of it as a line has room for: a command may have megabytes. */
static char *start_of(const char *text, size_t columns)
{
    return mem_strndup(text, utf8_prefix_of_width(text, strlen(text), columns, NULL));
}

int verb_leave(struct console *console, const char *const *words, size_t count, struct error *error)
{
    _cleanup_(mem_freep) char *what = console_at_work(console) != NULL ? start_of(console_at_work(console), 100) : NULL;

    (void)words;
    (void)count;
    (void)error;
    if (what != NULL &&
        !sink_ask(&console->sink.sink, "'%s' still runs. Cancel it and leave?", what))
        return 0;
    console->quit = true;
    console_touch(console);
    return 0;
}

/* Closes one thing: a list, what the grid has open, the log; then goes to the prompt, or leaves. */
static int verb_back(struct console *console, const char *const *words, size_t count, struct error *error)
{
    struct pane *pane = console_pane(console);

    if (console->list != NULL) {
        console_close_list(console);
    } else if (console->connect != NULL) {
        connect_close(console);
        if (console->app->undecided)
            first_run_open(console);
    } else if (console->focus == FOCUS_RESULT && pane != NULL && pane->grid != NULL && grid_back(pane->grid)) {
        console_touch(console);
    } else if (console->board != NULL && board_view_go_live(console->board)) {
        console_touch(console);
    } else if (console->zoomed || (console->board != NULL && board_view_zoom(console->board, false))) {
        console->zoomed = false;
        console_touch(console);
    } else if (console->log_open) {
        console_log(console, false);
    } else if (has_word(words, count, "--quit")) {
        return verb_leave(console, NULL, 0, error);
    } else {
        console_focus(console, FOCUS_PROMPT);
    }
    return 0;
}

static int verb_cancel(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    (void)error;
    if (console_cancel(console))
        return 0;
    if (console->list != NULL)
        console_close_list(console);
    else if (console->connect != NULL)
        connect_close(console);
    else
        console_say(console, LOOK_DIM, "nothing runs");
    return 0;
}

/* `sql` may only where the person has said `set write`. */
static bool changes_something(const struct console *console, const struct command *command)
{
    if (text_equal(command->name, "sql"))
        return conf_flag(console->app->conf, OPTION_WRITE);
    return command->writes != WRITES_NOTHING && command->writes != WRITES_SESSION;
}

static int verb_refresh(struct console *console, const char *const *words, size_t count, struct error *error)
{
    const struct pane         *pane = console_pane(console);
    const struct command      *command = NULL;
    const char                *rest;
    _cleanup_(mem_freep) char *line = NULL, *start = NULL;

    (void)words;
    (void)count;
    if (console->live != NULL)
        live_refresh(console->live);
    if (console->board != NULL) {
        (void)board_view_go_live(console->board);
        board_view_refresh(console->board);
    }
    if (console_has_panels(console))
        return 0;
    if (pane == NULL)
        return error_set(error, ERR_USAGE, "nothing has been asked yet");
    line = mem_strdup(pane->result->command);      /* the result may be gone before the answer */
    start = start_of(line, 100);
    if (command_find(line, &command, &rest, NULL) >= 0 && changes_something(console, command) &&
        !sink_ask(&console->sink.sink, "'%s' changes what is stored. Do it again?", start))
        return 0;
    console_do(console, line);
    return 0;
}

static int verb_redraw(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    (void)error;
    terminal_redraw(console->terminal);
    console_touch(console);
    return 0;
}

static int verb_suspend(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    if (getsid(0) == getpid()) {               /* nobody would say fg */
        error_set(error, ERR_USAGE, "this terminal has no shell to go back to");
        return ERR_USAGE;
    }
    terminal_suspend(console->terminal);
    console_touch(console);
    return 0;
}

static int verb_mouse(struct console *console, const char *const *words, size_t count, struct error *error)
{
    if (count > 0 && !text_equal(words[0], "on") && !text_equal(words[0], "off"))
        return refuse_word("such setting of the mouse", words[0], "on or off", error);
    console->mouse = count > 0 ? text_equal(words[0], "on") : !console->mouse;
    terminal_mouse(console->terminal, console->mouse);
    console_say(console, LOOK_NORMAL, console->mouse ? "the mouse chooses, sorts and scrolls here"
                                                     : "the mouse is the terminal's: it selects text");
    return 0;
}

/* Words for the prompt, and a space: what is typed next goes on from there. Who came from the rows or the log is
 * back there with the next line. */
void console_fill_prompt(struct console *console, const char *words)
{
    _cleanup_(mem_freep) char *text = mem_printf("%s%s", words, text_ends(words, "=") ? "" : " ");
    enum focus                 from = console->focus;

    console_focus(console, FOCUS_PROMPT);
    console->came_from = from;
    prompt_set(console->prompt, text);
}

static int verb_prompt(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)error;
    console_open_list(console, NULL);
    connect_close(console);
    if (count > 0)
        console_fill_prompt(console, words[0]);
    else
        console_focus(console, FOCUS_PROMPT);
    return 0;
}

/* -- lists --------------------------------------------------------------------------------------------------------- */

static void add_keys(const struct console *console, struct picker *list, const char *place)
{
    for (size_t i = 0; i < keys_count(console->keys); i++) {
        const struct key_binding *key = keys_at(console->keys, i);

        if (text_equal(key->place, place) && key->note != NULL && !text_equal(key->command, "none")) {
            _cleanup_(mem_freep) char *text = mem_printf("%s  (%s)", key->note, key->command);

            picker_add(list, key->key, text, key->command);
        }
    }
}

static int verb_keys(struct console *console, const char *const *words, size_t count, struct error *error)
{
    const char *place = console_place(console);
    struct picker *list = picker_new("keys: Enter does it");

    (void)words;
    (void)count;
    (void)error;
    if (!text_equal(place, "prompt"))
        add_keys(console, list, place);
    if (console->live != NULL && console->focus == FOCUS_RESULT)
        add_keys(console, list, "panel");
    if (console->focus != FOCUS_PROMPT && !text_equal(place, "list") && !text_equal(place, "form"))
        add_keys(console, list, "any");
    add_keys(console, list, "always");
    console_cover_list(console, list);
    return 0;
}

/* A command that needs more words goes to the prompt, the others are done. */
static bool needs_words(const struct command *command)
{
    const struct arg *arg = command->args;

    return arg != NULL && (arg->kind == ARG_REQUIRED || arg->kind == ARG_SOME || arg->kind == ARG_WORD ||
                           arg->kind == ARG_REST || arg->kind == ARG_COMMAND);
}

/* A saved query that has parameters goes to the prompt, the others are asked. */
static void add_saved_queries(struct picker *list)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    char **names = NULL;
    size_t count = 0;

    if (app_saved_names(&names, &count, NULL) < 0)
        return;
    for (size_t i = 0; i < count; i++) {
        struct app_saved saved;
        const char      *run = arena_printf(arena, "run %s", names[i]), *command = run;

        if (app_saved_read(arena, names[i], &saved, NULL) < 0)
            continue;
        for (size_t p = 0; p < saved.parameter_count; p++)
            command = arena_printf(arena, "%s %s=", p == 0 ? arena_printf(arena, "prompt %s", run) : command,
                                   saved.parameters[p]);
        picker_add(list, run, saved.query, command);
    }
    app_saved_names_free(names, count);
}

static int verb_palette(struct console *console, const char *const *words, size_t count, struct error *error)
{
    struct picker *list = picker_new("palette");

    (void)words;
    (void)count;
    (void)error;
    for (size_t i = results_count(console->results); i-- > 0;) {
        const struct result       *result = results_at(console->results, i);
        _cleanup_(mem_freep) char *label = mem_printf("result %llu", (unsigned long long)result->number);
        _cleanup_(mem_freep) char *command = mem_printf("result go %llu", (unsigned long long)result->number);
        _cleanup_(mem_freep) char *text = start_of(result->command, 200);

        picker_add(list, label, text, command);
    }
    add_saved_queries(list);
    for (const struct command *const *command = commands; *command != NULL; command++) {
        _cleanup_(mem_freep) char *fill = mem_printf("prompt %s", (*command)->name);

        if (!text_starts((*command)->name, "list ") && !text_starts((*command)->name, "page ") &&
            !text_starts((*command)->name, "form "))
            picker_add(list, (*command)->name, (*command)->summary, needs_words(*command) ? fill : (*command)->name);
    }
    console_open_list(console, list);
    return 0;
}

static int verb_list(struct console *console, const char *verb, const char *const *words, struct error *error)
{
    _cleanup_(mem_freep) char *command = NULL;

    if (console->list == NULL)
        return error_set(error, ERR_USAGE, "no list is open");
    if (text_equal(verb, "move"))
        return picker_move(console->list, words[0])
                   ? 0
                   : refuse_word("direction", words[0], "up, down, page-up, page-down, top, bottom", error);
    if (picker_command(console->list) == NULL)
        return 0;
    command = mem_strdup(picker_command(console->list));
    console_close_list(console);
    if (text_equal(verb, "run")) {
        console_do_key(console, command);
        return 0;
    }
    console_fill_prompt(console, text_starts(command, "prompt ") ? command + strlen("prompt ") : command);
    return 0;
}

/* -- results ------------------------------------------------------------------------------------------------------- */

static int step(struct console *console, int by, struct error *error)
{
    size_t before = results_index(console->results);

    if (console_has_panels(console))
        return error_set(error, ERR_USAGE, "results are on the query screen");
    if (results_count(console->results) == 0)
        return error_set(error, ERR_USAGE, "nothing has been asked yet");
    results_step(console->results, by);
    if (results_index(console->results) == before)
        console_say(console, LOOK_DIM, by < 0 ? "this is the oldest result" : "this is the newest result");
    else
        console_say(console, LOOK_DIM, "result %zu of %zu", results_index(console->results) + 1,
                    results_count(console->results));
    return 0;
}

static int verb_result_next(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    return step(console, 1, error);
}

static int verb_result_previous(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    return step(console, -1, error);
}

static int verb_result_go(struct console *console, const char *const *words, size_t count, struct error *error)
{
    long long number;

    (void)count;
    if (text_to_int64(words[0], strlen(words[0]), &number) < 0 || number < 1 ||
        results_go(console->results, (uint64_t)number) == NULL)
        return error_set(error, ERR_UNKNOWN, "no result '%s' is kept", words[0]);
    console_touch(console);
    return 0;
}

static int verb_result_drop(struct console *console, const char *const *words, size_t count, struct error *error)
{
    size_t results = results_count(console->results);

    (void)error;
    if (!has_word(words, count, "--yes") &&
        !sink_ask(&console->sink.sink, "Forget all %zu results of this session? What they show can be asked again.",
                  results))
        return 0;
    results_drop_all(console->results);
    if (console_pane(console) == NULL)
        console_focus(console, FOCUS_PROMPT);
    console_touch(console);
    return 0;
}

static int verb_view(struct console *console, const char *const *words, size_t count, struct error *error)
{
    static const enum chart_kind cycle[] = {CHART_LINE, CHART_BAR, CHART_HEAT, CHART_SPARK};
    struct pane *pane = console_pane(console);
    size_t       at = 0;

    (void)count;
    if (pane == NULL || pane->grid == NULL)
        return error_set(error, ERR_USAGE, "there are no rows to draw");
    console_touch(console);
    if (text_equal(words[0], "table")) {
        pane->charted = false;
        return 0;
    }
    if (!text_equal(words[0], "next")) {
        if (chart_kind_from_text(words[0], &pane->chart) < 0)
            return refuse_word("chart", words[0], "table, line, bar, heat, spark or next", error);
        pane->charted = true;
        return 0;
    }
    while (pane->charted && at < COUNT_OF(cycle) && cycle[at++] != pane->chart)
        ;
    pane->charted = at < COUNT_OF(cycle);
    if (pane->charted)
        pane->chart = cycle[at];
    return 0;
}

/* -- the grid ------------------------------------------------------------------------------------------------------ */

static int verb_grid(struct console *console, const char *verb, const char *const *words, size_t count,
                     struct error *error)
{
    struct pane *pane = console_pane(console);
    int          r;

    if (pane == NULL || pane->grid == NULL)
        return error_set(error, ERR_USAGE, "there are no rows here");
    if (text_equal(verb, "export"))
        return verb_grid_export(console, words, count, error);
    if (text_equal(verb, "sort") && has_word(words, count, "--server"))
        return verb_sort_on_server(console, words, count, error);
    pane->result->uses++;
    r = grid_act(pane->grid, verb, words, count, error);
    pane->result->uses--;
    console_touch(console);
    return r;
}

/* -- by name ------------------------------------------------------------------------------------------------------- */

static int verb_connect(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    (void)error;
    connect_open(console);
    return 0;
}

static const struct {
    const char   *name;
    console_verb *run;
} verbs[] = {
    {"back", verb_back},
    {"board choose", verb_board_choose},
    {"board marks", verb_board_marks},
    {"board move", verb_board_move},
    {"board open", verb_board_open},
    {"board range", verb_board_range},
    {"board rate", verb_board_rate},
    {"board step", verb_board_step},
    {"board tenant", verb_board_user},
    {"board zoom", verb_board_zoom},
    {"cancel", verb_cancel},
    {"connect", verb_connect},
    {"copy", verb_copy},
    {"drill", verb_drill},
    {"drill rows", verb_drill_rows},
    {"focus", verb_focus},
    {"form accept", verb_form},
    {"form move", verb_form},
    {"keys", verb_keys},
    {"log", verb_log},
    {"log move", verb_log_move},
    {"log next", verb_log_next},
    {"log previous", verb_log_previous},
    {"log search", verb_log_search},
    {"mouse", verb_mouse},
    {"page move", verb_page_move},
    {"page next", verb_page_next},
    {"page previous", verb_page_previous},
    {"page search", verb_page_search},
    {"palette", verb_palette},
    {"panel do", verb_panel_do},
    {"panel move", verb_panel_move},
    {"panel open", verb_panel_open},
    {"panel prompt", verb_panel_prompt},
    {"panel zoom", verb_panel_zoom},
    {"prompt", verb_prompt},
    {"redraw", verb_redraw},
    {"refresh", verb_refresh},
    {"result drop", verb_result_drop},
    {"result explain", verb_result_explain},
    {"result go", verb_result_go},
    {"result next", verb_result_next},
    {"result previous", verb_result_previous},
    {"screen", verb_screen},
    {"suspend", verb_suspend},
    {"tour", verb_tour},
    {"tour end", verb_tour_end},
    {"tour next", verb_tour_next},
    {"view", verb_view},
    {"welcome", verb_welcome},
};

int console_act(struct app_console *face, const char *verb, const char *const *words, size_t count, struct error *error)
{
    struct console *console = (struct console *)face;

    if (text_starts(verb, "grid "))
        return verb_grid(console, verb + strlen("grid "), words, count, error);
    if (text_starts(verb, "list "))
        return verb_list(console, verb + strlen("list "), words, error);
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (text_equal(verbs[i].name, verb))
            return verbs[i].run(console, words, count, error);
    return error_set(error, ERR_UNKNOWN, "the console has no verb '%s'", verb);
}
