/* The verbs of the board that is shown. */
#include <string.h>

#include "console.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/board.h"
#include "ytempire/command.h"

#define FIRST_BOARD "executive"

static void on_change(void *who)
{
    console_touch_rows(who);
}

static void on_alert(void *who, bool fires, bool ring, const char *words, const char *run)
{
    struct console *console = who;

    statements_say(console->statements, fires ? "warning" : "note", words);
    console_say(console, fires ? LOOK_ERROR : LOOK_OK, "%s: %s", fires ? "alert" : "over", words);
    if (fires && ring)
        terminal_send(console->terminal, "\a", 1);
    if (fires && run != NULL)
        console_do_here(console, run);
}

static int refuse_without_board(struct error *error)
{
    error_set(error, ERR_USAGE, "no board is shown");
    error_hint(error, "'screen boards' shows one");
    return ERR_USAGE;
}

/* -- the boards that are open -------------------------------------------------------------------------------------- */

static struct board_view *find_board(const struct console *console, const char *name)
{
    for (size_t i = 0; i < console->board_count; i++)
        if (text_equal(board_view_name(console->boards[i]), name))
            return console->boards[i];
    return NULL;
}

/* To the front. Where there are too many, the last one is stopped, and the caller's to close: that may take long. */
static struct board_view *put_first(struct console *console, struct board_view *view)
{
    struct board_view *last = NULL;
    size_t             at = 0;

    while (at < console->board_count && console->boards[at] != view)
        at++;
    if (at == BOARDS_MOST)
        last = console->boards[--at];
    else if (at == console->board_count)
        console->board_count++;
    memmove(&console->boards[1], &console->boards[0], at * sizeof(struct board_view *));
    console->boards[0] = view;
    if (last != NULL)
        board_view_stop(last);
    return last;
}

/* They are taken from the list first: a key that comes meanwhile opens new ones. */
void console_close_boards(struct console *console)
{
    struct board_view *boards[BOARDS_MOST];
    size_t             count = console->board_count;

    memcpy(boards, console->boards, sizeof boards);
    console->board = NULL;
    console->board_count = 0;
    for (size_t i = 0; i < count; i++)
        board_view_stop(boards[i]);
    while (count > 0)
        board_view_close(boards[--count]);
}

size_t console_alerts(const struct console *console, const char **ret_words)
{
    size_t count = 0;

    for (size_t i = console->board_count; i > 0; i--)
        count += board_view_firing(console->boards[i - 1], ret_words);
    return count;
}

static int open_board(struct console *console, const char *name, struct board_view **ret_view, struct error *error)
{
    static const struct board_view_ops ops = {on_change, on_alert};

    *ret_view = find_board(console, name);
    return *ret_view != NULL ? 0 : board_view_open(console->app, name, &ops, console, ret_view, error);
}

static int show_board(struct console *console, const char *name, struct board_view **ret_last, struct error *error)
{
    struct board_view *view;
    bool               shown;
    int                r;

    if (console->quit)                     /* all have been closed */
        return 0;
    r = open_board(console, name, &view, error);
    if (r < 0)
        return r;
    *ret_last = put_first(console, view);
    shown = console_show_screen(console, NULL);
    view = find_board(console, name);              /* while another screen ended it may have been closed */
    if (view != NULL && view != console->board)    /* which a key that came later shows */
        board_view_aside(view, !shown);
    if (view == NULL || !shown)
        return 0;
    console->board = view;
    mem_free(console->board_name);
    console->board_name = mem_strdup(name);
    return 0;
}

int console_show_board(struct console *console, const char *name, struct error *error)
{
    _cleanup_(mem_freep) char *copy = NULL;
    struct board_view *last = NULL;
    int                r = 0;

    if (name == NULL)
        name = console->board_name != NULL ? console->board_name : FIRST_BOARD;
    copy = mem_strdup(name);
    if (console->board == NULL || !text_equal(board_view_name(console->board), copy))
        r = show_board(console, copy, &last, error);
    if (r >= 0)
        console_focus(console, FOCUS_RESULT);
    board_view_close(last);
    return r;
}

/* -- what its keys do ---------------------------------------------------------------------------------------------- */

int verb_board_choose(struct console *console, const char *const *words, size_t count, struct error *error)
{
    struct picker *list;
    char         **names;
    size_t         names_count;
    int            r = board_names(&names, &names_count, error);

    (void)words;
    (void)count;
    if (r < 0)
        return r;
    list = picker_new("boards");
    for (size_t i = 0; i < names_count; i++) {
        const struct board_view *open = find_board(console, names[i]);
        const char              *alert = "";
        struct str               command = STR_INIT;

        str_add(&command, "screen boards ");
        live_add_word(&command, names[i], strlen(names[i]));
        if (open != NULL)
            (void)board_view_firing(open, &alert);
        picker_add(list, names[i], alert, str_text(&command));
        str_done(&command);
    }
    board_names_free(names, names_count);
    console_open_list(console, list);
    return 0;
}

int verb_board_move(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)count;
    if (console->board == NULL)
        return refuse_without_board(error);
    if (!board_view_move(console->board, words[0]))
        return error_set(error, ERR_USAGE, "no direction '%s'", words[0]);
    return 0;
}

int verb_board_zoom(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    if (console->board == NULL)
        return refuse_without_board(error);
    if (board_view_zoom(console->board, true))
        (void)board_view_zoom(console->board, false);
    console_touch(console);
    return 0;
}

int verb_board_step(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)count;
    console_touch(console);
    return console->board == NULL ? refuse_without_board(error) : board_view_step(console->board, words[0], error);
}

/* "2026-11-28 10:00  job_failed"; a change of definition begins with its day. */
static void add_mark(struct picker *list, const struct board_event *event, const char *table)
{
    struct str label = STR_INIT, command = STR_INIT;
    char       at[TIME_TEXT_SIZE];

    (void)instant_to_text(event->at, at);
    if (event->kind == EVENT_DEFINITION)
        str_addf(&label, "%.10s        %s", at, board_event_name(event->kind));
    else
        str_addf(&label, "%.10s %.5s  %s", at, at + 11, board_event_name(event->kind));
    if (!command_of_event(event, &command))
        str_add(&command, table);
    picker_add(list, str_text(&label), event->words, str_text(&command));
    str_done(&label);
    str_done(&command);
}

int verb_board_marks(struct console *console, const char *const *words, size_t count, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct board_marks marks;
    struct picker     *list;
    struct str         table = STR_INIT;

    (void)words;
    (void)count;
    if (console->board == NULL)
        return refuse_without_board(error);
    marks = board_view_marks(console->board, arena);
    if (marks.count == 0)
        return error_set(error, ERR_USAGE, "nothing is marked in the time that is shown");
    str_add(&table, "board events ");
    live_add_word(&table, board_view_name(console->board), strlen(board_view_name(console->board)));
    board_view_add_options(console->board, &table);
    list = picker_new("events");
    for (size_t i = marks.count; i > 0; i--)
        add_mark(list, marks.events[i - 1], str_text(&table));
    str_done(&table);
    console_open_list(console, list);
    return 0;
}

int verb_board_open(struct console *console, const char *const *words, size_t count, struct error *error)
{
    const char *line = console->board != NULL ? board_view_line(console->board) : NULL;
    _cleanup_(mem_freep) char *copy = line != NULL ? mem_strdup(line) : NULL;

    (void)words;
    (void)count;
    if (console->board == NULL)
        return refuse_without_board(error);
    if (copy == NULL)
        return error_set(error, ERR_USAGE, "nothing is asked for this panel: its key is made by others");
    console_do(console, copy);
    return 0;
}

int verb_board_range(struct console *console, const char *const *words, size_t count, struct error *error)
{
    if (console->board == NULL)
        return refuse_without_board(error);
    board_view_range(console->board, count > 0 ? words[0] : NULL);
    return 0;
}

int verb_board_user(struct console *console, const char *const *words, size_t count, struct error *error)
{
    if (console->board == NULL)
        return refuse_without_board(error);
    board_view_user(console->board, count > 0 ? words[0] : NULL);
    return 0;
}

int verb_board_rate(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)count;
    return console->board == NULL ? refuse_without_board(error) : board_view_rate(console->board, words[0], error);
}
