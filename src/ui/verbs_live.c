/* The verbs of the screens that have panels. */
#include <string.h>

#include "console.h"
#include "ytempire/base/mem.h"

static void on_change(void *who)
{
    console_touch_rows(who);
}

bool console_has_panels(const struct console *console)
{
    return console->live != NULL || console->board != NULL;
}

bool console_show_screen(struct console *console, const struct screen *screen)
{
    unsigned turn = ++console->screen_turns;

    while (turn == console->screen_turns && console_has_panels(console)) {
        if (console->board != NULL)
            board_view_aside(TAKE(console->board), true);
        live_stop(TAKE(console->live));
    }
    if (turn != console->screen_turns || console->quit)
        return false;
    console->panel = 0;
    console->zoomed = false;
    if (screen != NULL)
        console->live = live_start(console->app, screen, on_change, console);
    console_touch(console);
    return true;
}

static int refuse_screen(const char *name, struct error *error)
{
    struct str names = STR_INIT;

    str_add(&names, "query (1), boards (2)");
    for (const struct screen *screen = screens; screen->name != NULL; screen++)
        str_addf(&names, ", %s (%c)", screen->name, screen->digit);
    error_set(error, ERR_USAGE, "no screen '%s'", name);
    error_hint(error, "%s", str_text(&names));
    str_done(&names);
    return ERR_USAGE;
}

int verb_screen(struct console *console, const char *const *words, size_t count, struct error *error)
{
    bool                 query = text_equal(words[0], "query") || text_equal(words[0], "1");
    const struct screen *screen = screen_find(words[0]);

    console_open_list(console, NULL);
    connect_close(console);
    if (text_equal(words[0], "boards") || text_equal(words[0], "2"))
        return console_show_board(console, count > 1 ? words[1] : NULL, error);
    if (!query && screen == NULL)
        return refuse_screen(words[0], error);
    if (query && console_has_panels(console))
        (void)console_show_screen(console, NULL);
    else if (!query && (console->live == NULL || live_screen(console->live) != screen))
        (void)console_show_screen(console, screen);
    if (!query)
        console_focus(console, FOCUS_RESULT);
    else if (console->focus == FOCUS_RESULT && console_pane(console) == NULL)
        console_focus(console, FOCUS_PROMPT);
    return 0;
}

static int refuse_without_panels(struct error *error)
{
    error_set(error, ERR_USAGE, "this screen has no panels");
    error_hint(error, "'screen jobs' has");
    return ERR_USAGE;
}

/* On a board {board} stands for its name. */
static void fill_board(const struct console *console, const char *text, struct str *to)
{
    const char *mark;

    for (; (mark = strstr(text, "{board}")) != NULL; text = mark + strlen("{board}")) {
        str_add_bytes(to, text, (size_t)(mark - text));
        live_add_word(to, board_view_name(console->board), strlen(board_view_name(console->board)));
    }
    str_add(to, text);
}

/* What is done with the chosen row; `run` gets the command. */
static int filled(struct console *console, const char *const *words, void (*run)(struct console *, const char *),
                  struct error *error)
{
    struct str command = STR_INIT;
    int        r = 0;

    if (console->board != NULL)
        fill_board(console, words[0], &command);
    else
        r = console->live == NULL ? refuse_without_panels(error)
                                  : live_fill(console->live, console->panel, words[0], &command, error);

    if (r >= 0)
        run(console, str_text(&command));
    str_done(&command);
    return r;
}

static void do_here(struct console *console, const char *command)
{
    mem_free(console->done_as);
    console->done_as = mem_strdup(command);
    console_do_here(console, command);
}

static void ask_and_do(struct console *console, const char *command)
{
    if (sink_ask(&console->sink.sink, "Do '%s'?", command))
        do_here(console, command);
}

int verb_panel_do(struct console *console, const char *const *words, size_t count, struct error *error)
{
    if (count > 1 && text_equal(words[1], "--ask"))
        return filled(console, words, ask_and_do, error);
    return filled(console, words, do_here, error);
}

int verb_panel_open(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)count;
    return filled(console, words, console_do, error);
}

int verb_panel_prompt(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)count;
    return filled(console, words, console_fill_prompt, error);
}

int verb_panel_zoom(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    if (console->live == NULL)
        return refuse_without_panels(error);
    console->zoomed = !console->zoomed;
    console_touch(console);
    return 0;
}

int verb_panel_move(struct console *console, const char *const *words, size_t count, struct error *error)
{
    struct pane *pane = console_pane(console);
    int          r = 0;

    if (console->live == NULL)
        return refuse_without_panels(error);
    if (pane != NULL && pane->grid != NULL)
        r = grid_act(pane->grid, "move", words, count, error);
    else if (pane != NULL && !page_move(&pane->page, words[0]))
        r = error_set(error, ERR_USAGE, "no direction '%s'", words[0]);
    live_look(console->live);
    console_touch(console);
    return r;
}
