/*
 * board: the screen of boards. A board is open, filled as its panels fall due or as somebody else warms their keys,
 * and drawn from board/draw; on another screen it waits, and goes on watching its alerts. Its file is looked at every
 * second: a change is read, a mistake in it is told and the board stays as it was.
 *
 * All functions are of the loop's thread. Names of the chosen panel and the like are borrowed until the next reload.
 */
#ifndef YTEMPIRE_UI_BOARD_H
#define YTEMPIRE_UI_BOARD_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"
#include "ytempire/app.h"
#include "ytempire/base/str.h"
#include "ytempire/board.h"
#include "ytempire/output/chart.h"

struct board_view;

struct board_view_ops {
    void (*on_change)(void *who);          /* something is to be painted */
    /* An alert has begun to fire, or has ended (`fires` false): words for a person, a command to be done or NULL. */
    void (*on_alert)(void *who, bool fires, bool ring, const char *words, const char *run);
};

/* Errors are those of board_read. */
int  board_view_open(struct app *app, const char *name, const struct board_view_ops *ops, void *who,
                     struct board_view **ret_view, struct error *error) NODISCARD;
void board_view_close(struct board_view *view);        /* NULL is a no-op; may turn the loop */
void board_view_stop(struct board_view *view);         /* begins that, so that several end at the same time */

/* Nobody looks at it: it stays as it was left, and only what its alerts judge is asked on, as often as its file says,
 * and told. A board without alerts does nothing then, and holds no connection to PostgreSQL. */
void board_view_aside(struct board_view *view, bool aside);
/* So many of its alerts fire; the words of the first, borrowed until the next refresh. */
size_t board_view_firing(const struct board_view *view, const char **ret_words);

/* In the area: a line that says what is shown, then the panels. `focus`: one of them has the keys. `forward`: the key
 * that steps forward, or NULL. */
void board_view_draw(struct board_view *view, struct canvas *canvas, struct area area, enum chart_glyphs glyphs,
                     bool focus, const char *forward);
/* What stands in the footer of the chosen panel. */
void board_view_status(const struct board_view *view, struct str *to);

/* next previous left right up down first last; false: no such direction, or `next` and `previous` at the end. */
bool board_view_move(struct board_view *view, const char *direction);
bool board_view_zoom(struct board_view *view, bool zoomed);    /* the chosen panel alone; what it was before */
/* Through what was shown: "back", "forward" (past the newest it is live again), "live". While something of before is
 * looked at, it stays as it is, and what is asked meanwhile is kept. ERR_USAGE: there is nothing. */
int  board_view_step(struct board_view *view, const char *direction, struct error *error) NODISCARD;
bool board_view_go_live(struct board_view *view);              /* false: it was */
void board_view_refresh(struct board_view *view);              /* asks all panels now */
void board_view_range(struct board_view *view, const char *range);     /* NULL: the board's own */
void board_view_user(struct board_view *view, const char *user);       /* NULL: all that the session may see */
/* Asked so often: "+" and "-" halve and double it, else seconds, "auto" as the file says. ERR_USAGE. */
int  board_view_rate(struct board_view *view, const char *rate, struct error *error) NODISCARD;

/* What is marked on the time axes of what is shown, of the panel alone where it is zoomed; borrowed until the next
 * refresh. */
struct board_marks board_view_marks(const struct board_view *view, struct arena *arena);
/* The options of a command that asks the same: " --range 'last 7 days'". */
void board_view_add_options(const struct board_view *view, struct str *to);

const char *board_view_name(const struct board_view *view);
const char *board_view_path(const struct board_view *view);
const char *board_view_line(const struct board_view *view);    /* what fills the chosen panel, as a line; NULL: none */

#endif
