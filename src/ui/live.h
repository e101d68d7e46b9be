/*
 * live: the panels of a screen that shows what goes on. Each is a command (command/screens.h) that is asked again and
 * again, on a session of its own: what a person runs never waits for a panel, nor a panel for that.
 *
 * The panels are asked one after the other, the one most overdue first. A panel shows its last answer until the next is
 * whole; the grid over it keeps its order, its filter, its widths and its cursor's row. What fails keeps what was
 * shown, and says so; it is asked again in its time. An answer that takes longer than ten seconds is cancelled on the
 * server. The statements are not in the log pane: they would push out all others. Private servers that are down are not
 * started.
 *
 * All functions are of the loop's thread; live_stop may turn the loop.
 */
#ifndef YTEMPIRE_UI_LIVE_H
#define YTEMPIRE_UI_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "result.h"
#include "ytempire/app.h"
#include "ytempire/command/screens.h"

struct live;

struct live_panel {
    const struct screen_panel *is;
    struct result             *result;     /* the last whole answer; NULL: none yet */
    char                      *unanswered; /* why the last question has none, as a line; NULL: it has */
    const char *lacks; /* the panel whose chosen row its command needs, while there is none; or NULL */
    int64_t                    answered_us;        /* monotonic; 0: never */
    bool                       wanted;     /* it is drawn, so it is asked */
};

/* `on_change`: something is to be painted. `app` and `screen` are borrowed. */
struct live *live_start(struct app *app, const struct screen *screen, void (*on_change)(void *who), void *who);
void         live_stop(struct live *live);             /* frees it; NULL is a no-op */

const struct screen *live_screen(const struct live *live);
size_t               live_count(const struct live *live);
struct live_panel   *live_panel(struct live *live, size_t index);
/* Asks all panels, or those that depend on a cursor that has moved, soon. */
void                 live_refresh(struct live *live);
void                 live_look(struct live *live);

/* `text` with {COLUMN} and {PANEL.COLUMN} filled in; without a panel's name, of panel `index`. ERR_USAGE: there is no
 * row, no such column, or it has no value. */
int live_fill(struct live *live, size_t index, const char *text, struct str *to, struct error *error) NODISCARD;

/* A value as a word of a command: quoted unless it is plain. */
void live_add_word(struct str *to, const char *text, size_t length);

#endif
