/*
 * console: the state of the front end, shared by the files of this room that act on it.
 *
 * Everything happens on the loop's thread. Events change state and call console_touch; a frame is painted from the
 * state, soon after a key, and only when the one before has left. `paint` never changes what a verb could ask about.
 */
#ifndef YTEMPIRE_UI_CONSOLE_H
#define YTEMPIRE_UI_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "canvas.h"
#include "grid.h"
#include "input.h"
#include "keys.h"
#include "layout.h"
#include "live.h"
#include "picker.h"
#include "page.h"
#include "prompt.h"
#include "result.h"
#include "statements.h"
#include "terminal.h"
#include "theme.h"
#include "ytempire/app.h"
#include "ytempire/app/health.h"
#include "ytempire/app/cache_names.h"
#include "ytempire/app/values.h"
#include "ytempire/output/chart.h"
#include "ytempire/semantic.h"

#define NAMES_KINDS 5
#define BOARDS_MOST 8                   /* open at the same time: of more, the one shown the longest ago closes */

enum focus { FOCUS_PROMPT, FOCUS_RESULT, FOCUS_LOG, FOCUS_COUNT };

/* What the screen remembers of a result: kept with it, freed with it. */
struct pane {
    struct result     *result;
    struct grid       *grid;            /* of a table with columns */
    struct page        page;            /* of a text, or of its error */
    char              *error_text;      /* … as it is shown, or NULL */
    bool               charted;
    enum chart_kind    chart;
    struct chart_data *chart_data;      /* fed with rows as they come */
    size_t             chart_rows;      /* that it has been fed */
    struct chart       chart_drawn;     /* what chart_cells were drawn for: kind, glyphs and size … */
    size_t             chart_drawn_rows;        /* … of so many rows */
    struct chart_cell *chart_cells;     /* as last drawn, or NULL */
};

/* A question that a command asks; its task waits for the answer. Asked one after the other. */
struct question {
    char            *text;
    struct task     *task;
    bool             answered, yes;
    bool             surprises;         /* it came while a line was being typed: keys may not be meant for it */
    struct question *next;
};

struct connect;            /* the form that leads to a server: connect.c */
struct verb_run;

struct console_sink {
    struct sink     sink;
    struct console *console;
};

struct console {
    struct app_console  face;           /* first: what app->console points to */
    struct app         *app;
    struct loop        *loop;

    struct terminal    *terminal;
    struct canvas      *canvas;
    struct theme       *theme;
    char               *theme_asked;    /* which is said once when it cannot be had */
    char              **themes;         /* the names there are */
    size_t              theme_count;
    struct names {                      /* of saved queries and the like, as they were when completion asked last */
        char **items;
        size_t count;
    } names[NAMES_KINDS];
    struct input       *input;
    struct keys        *keys;
    struct loop_timer  *esc_timer, *paint_timer, *tick_timer;
    bool                dirty, quit, mouse;
    int64_t             painted_us;     /* when the last frame was drawn */
    int64_t             key_us;         /* when the last key came */
    int                 exit_code;

    enum focus          focus;
    enum focus          came_from;      /* from where a key led to the prompt, for one line; else FOCUS_PROMPT */
    struct prompt      *prompt;
    struct picker        *list;           /* over the frame, or NULL */
    struct picker      *list_below;     /* there again when the list of its keys closes, or NULL */
    struct connect     *connect;        /* over the frame, under a list; or NULL */
    struct question    *question;       /* over all: the one that is shown, and those behind it; or NULL */
    bool                moved;          /* the session is at another place: health and values are those of there */
    bool                model_due;      /* … or at its beginning, and its model is to be read */
    struct task        *model_task;     /* looks at the model's files; NULL: waits for the timer */
    struct loop_timer  *model_timer;
    char               *model_fault;    /* what was said of a model that cannot be read */
    size_t              tour;           /* the question of the tour that was asked last; 0: none is under way */
    struct area         result_area, log_area;      /* where they were drawn last, for the mouse */

    struct board_view  *board;          /* of `boards` the one that is shown, or NULL; never beside `live` */
    struct board_view  *boards[BOARDS_MOST];    /* open ones, that which was shown last first */
    size_t              board_count;
    char               *board_name;     /* the one that was shown last, or NULL */
    struct live        *live;           /* the panels of the screen that is shown; NULL: it is the query screen */
    unsigned            screen_turns;   /* how often another screen was asked for */
    size_t              panel;          /* of them, the one that has the keys when the focus is on the result */
    bool                zoomed;         /* it is shown alone */
    struct area         panel_areas[PANELS_MOST];       /* where they were drawn last; no rows: not */

    struct results     *results;
    struct model       *model;          /* counted; NULL until it is read */
    struct console_sink sink;
    struct app_health  *health;
    struct app_values  *values;         /* of dimensions, for completion */
    struct app_cache_names *cache_names;
    struct statements  *statements;     /* of the log pane */
    bool                log_open;

    /* what runs: one command after the other, in one task */
    struct task        *runner;
    struct queued {
        char *text;
        bool  stays;                    /* the screen stays where it is, whatever the command yields */
    }                  *queue;
    size_t              queue_count, queue_room;
    char               *running;        /* the command, or NULL */
    bool                running_stays;
    struct result      *filling;        /* its result, once it has one */
    int64_t             began_us, cancel_us;
    struct data_progress progress;
    char               *progress_what;
    struct verb_run    *verbs;          /* those under way, newest first */
    size_t              trials;         /* tasks that try a server */

    struct str          message;        /* for the footer, until the next key */
    enum look           message_look;
    char               *done_as;        /* the command that the last key was, for the footer */
};

/* -- console.c ----------------------------------------------------------------------------------------------------- */

void console_touch(struct console *console);                  /* something is to be painted, soon */
void console_touch_rows(struct console *console);             /* … rows came: a few times a second are enough */
void console_say(struct console *console, enum look look, const char *format, ...) PRINTF_LIKE(3, 4);
void console_focus(struct console *console, enum focus focus);
/* Lists are taken over. NULL: closes all. */
void console_open_list(struct console *console, struct picker *list);
void console_cover_list(struct console *console, struct picker *list);       /* the one that is open stays below it */
void console_close_list(struct console *console);             /* the upper one */
void console_interrupt(struct console *console);              /* Ctrl-C at the prompt: drops the line */
void console_answer(struct console *console, bool yes);
/* "query" "text" "log" "list" "form" "prompt", or the name of the panel that has the keys */
const char *console_place(const struct console *console);
/* Of the result that is shown, on a screen of panels of the one that has the keys; or NULL. */
struct pane *console_pane(const struct console *console);
struct pane *pane_of(struct result *result);                  /* made when new */
/* What a pane without a grid shows: the error of what failed, else the text; borrowed while the result is kept. */
const char *pane_text(struct pane *pane, size_t *ret_length);
const char *console_theme(struct console *console);           /* takes over the theme of the settings; its name */

/* -- events.c ------------------------------------------------------------------------------------------------------ */

/* A key, a paste or a report of the mouse; `who` is the console. */
void console_event(const struct input_event *event, void *who);

/* -- run.c --------------------------------------------------------------------------------------------------------- */

/* Does a command: a verb of the console at once, anything else after those before it. May hold several, split as a
 * script. */
void console_do(struct console *console, const char *text);
/* The same, verbs too behind what runs: what fails drops the rest. */
void console_queue(struct console *console, const char *text);
/* The same as console_do behind a key: the footer shows which command it was. */
void console_do_key(struct console *console, const char *command);
/* The same behind a key of a panel: its screen stays, and the footer says what came of it. */
void console_do_here(struct console *console, const char *command);
bool console_runs(const struct console *console);
/* What would be stopped by leaving: the command that runs, else a verb that is not yet done; NULL: nothing. */
const char *console_at_work(const struct console *console);
/* Asks what runs to stop: a question, else the verbs under way (a sort, an export), else the command; false when
 * nothing does. */
bool console_cancel(struct console *console);
void console_stop(struct console *console);                   /* at the end: cancels and waits, at most two seconds */

/* -- sink.c -------------------------------------------------------------------------------------------------------- */

void console_sink_init(struct console *console);
void console_sink_done(struct console *console);

/* -- console_names.c ----------------------------------------------------------------------------------------------- */

/* Names of things by enum complete (command/assist.h); what is not known without asking is asked for in the background, and
 * there is none until then. `who` is the console. */
const char *const *console_names(void *who, int complete, size_t *ret_count);
void console_names_done(struct console *console);

/* -- console_model.c ----------------------------------------------------------------------------------------------- */

#define LAST_WAIT_US (2 * US_PER_SECOND)       /* for what is under way when the console ends */

/* Reads it where it changed; told once for what is wrong. */
void console_look_at_model(struct console *console);
/* That of another profile takes its place, though it be broken. */
void console_change_model(struct console *console);
void console_end_model(struct console *console);

/* -- frame.c ------------------------------------------------------------------------------------------------------- */

void frame_paint(struct console *console);
void frame_draw_top(struct console *console);                 /* frame_top.c */
/* frame_live.c: a screen of panels, and when it changes by itself. */
void    frame_draw_live(struct console *console, struct area area);
int64_t frame_live_changes_in(const struct console *console);
/* The rows or the text of a pane, and the line of messages and hints on the lower edge of a box. */
void frame_draw_pane(struct console *console, struct pane *pane, struct area area, bool focus);
void frame_draw_footer(const struct console *console, struct area box, struct grid *grid);
void frame_add_count(struct str *to, uint64_t count, const char *unit);       /* "2,000 rows" */
void frame_add_age(struct str *to, int64_t us);               /* "just now", "20 s ago" */
/* frame_chart.c: the result of the pane as its chart. */
void frame_draw_chart(struct console *console, struct pane *pane, struct area area);
enum chart_glyphs frame_glyphs(const struct console *console);        /* that this terminal has */
/* Microseconds until what was painted is true no more though nothing happened (an age, a duration); -1: it stays. */
int64_t frame_changes_in(const struct console *console);

/* -- verbs.c, verbs_result.c, verbs_text.c: what the verbs do ------------------------------------------------------ */

int console_act(struct app_console *face, const char *verb, const char *const *words, size_t count,
                struct error *error) NODISCARD;

void console_log(struct console *console, bool open);         /* the pane; keys go to it no more when it closes */

typedef int console_verb(struct console *console, const char *const *words, size_t count, struct error *error);
console_verb verb_drill, verb_drill_rows, verb_result_explain, verb_copy, verb_grid_export, verb_sort_on_server;

console_verb verb_page_move, verb_page_search, verb_page_next, verb_page_previous;
console_verb verb_log, verb_log_move, verb_log_search, verb_log_next, verb_log_previous;

/* Leaves; asks first when a command runs. In a task. */
console_verb verb_leave;

/* -- verbs_live.c -------------------------------------------------------------------------------------------------- */

/* NULL: the query screen. The one before ends. In a task, or between two turns of the loop. False: another screen was
 * asked for while that ended, which is the one that is shown. */
bool console_show_screen(struct console *console, const struct screen *screen);
/* A board by name; NULL: the one that was shown last, else the first there is. */
int  console_show_board(struct console *console, const char *name, struct error *error) NODISCARD;
void console_close_boards(struct console *console);           /* all that are open; may turn the loop */
/* Of the open boards: so many alerts fire, and the words of one. */
size_t console_alerts(const struct console *console, const char **ret_words);
void console_fill_prompt(struct console *console, const char *words);   /* verbs.c: words and a space, and there */
/* A screen of its own that is not the query screen. */
bool console_has_panels(const struct console *console);
console_verb verb_board_choose, verb_board_move, verb_board_zoom, verb_board_open, verb_board_range, verb_board_user,
    verb_board_rate, verb_board_step, verb_board_marks;
console_verb verb_screen, verb_panel_do, verb_panel_open, verb_panel_prompt, verb_panel_zoom, verb_panel_move;

/* -- tour.c -------------------------------------------------------------------------------------------------------- */

console_verb verb_tour, verb_tour_next, verb_tour_end;
int  tour_rows(const struct console *console);                /* of its line above the prompt; 0: no tour */
void tour_draw(const struct console *console, struct area area);

/* -- first_run.c --------------------------------------------------------------------------------------------------- */

/* Nothing says where to connect, and no private database was ever made. */
bool first_run_is_due(struct app *app);
void first_run_open(struct console *console);
console_verb verb_welcome;

/* -- connect.c ----------------------------------------------------------------------------------------------------- */

void connect_open(struct console *console);
void connect_close(struct console *console);                  /* no-op when it is not open */
void connect_key(struct console *console, const struct input_event *event);    /* a key or a paste, for its field */
void connect_draw(struct console *console, struct canvas *canvas);
console_verb verb_form;                                        /* a direction moves; without one it is accepted */

/* -- clipboard.c --------------------------------------------------------------------------------------------------- */

/* Copies text, and says in `ret_where` how ("the terminal's clipboard", "tmux", a file's name). In a task. */
int clipboard_copy(struct console *console, const char *text, size_t length, char **ret_where,
                   struct error *error) NODISCARD;

#endif
