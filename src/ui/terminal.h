/*
 * terminal: the terminal itself, through ncurses, without ever blocking.
 *
 * ncurses writes into a pipe; the loop moves the pipe to a description of the terminal of our own that does not block
 * (TIOCOUTQ is always 0 on a pseudo-terminal, so only poll tells). A frame may be drawn when the one before has left:
 * a stalled line drops frames and freezes nothing. newterm, never initscr, with fallbacks for a TERM nobody knows.
 * Whatever ends the program (a signal, a fault, exit) the terminal is put back: modes, screen, cursor, line discipline.
 * One a process, since ncurses and the signals of a fault are.
 */
#ifndef YTEMPIRE_UI_TERMINAL_H
#define YTEMPIRE_UI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "canvas.h"
#include "theme.h"
#include "ytempire/base/error.h"
#include "ytempire/engine/loop.h"

struct terminal;

struct terminal_ops {
    void (*on_bytes)(void *who, const char *bytes, size_t length);
    void (*on_resize)(void *who);           /* the size changed, or the program came back from being suspended */
    void (*on_ready)(void *who);            /* the last frame has left */
    void (*on_gone)(void *who);             /* the terminal is gone (SSH dropped) */
};

struct terminal_options {
    bool mouse;
    bool no_color;                          /* NO_COLOR, --color never */
    bool ascii;                             /* --ascii; also set by terminal_open in a locale that is not UTF-8 */
};

int  terminal_open(struct loop *loop, const struct terminal_options *options, const struct terminal_ops *ops, void *who,
                   struct terminal **ret_terminal, struct error *error) NODISCARD;
/* Leaves the terminal as it was found; waits at most a moment for the last bytes to go. */
void terminal_close(struct terminal *terminal);

int  terminal_rows(const struct terminal *terminal);
int  terminal_columns(const struct terminal *terminal);
int  terminal_colors(const struct terminal *terminal);            /* 0, 8, 16 or 256 */
bool terminal_ascii(const struct terminal *terminal);
const char *terminal_name(const struct terminal *terminal); /* the TERM in use, "xterm-256color" after a fallback */

void terminal_theme(struct terminal *terminal, const struct theme *theme);     /* from the next frame on; copied */
bool terminal_ready(const struct terminal *terminal);             /* a frame may be drawn */
/* Sends what differs from the frame before. Nothing is sent when nothing does. */
void terminal_show(struct terminal *terminal, const struct canvas *canvas);
void terminal_redraw(struct terminal *terminal);                  /* the next frame is sent whole */
void terminal_mouse(struct terminal *terminal, bool on);
/* Stops the program as Ctrl-Z does and comes back when it is continued. */
void terminal_suspend(struct terminal *terminal);
/* Gives the terminal to a child (an editor) and takes it back. */
void terminal_lend(struct terminal *terminal);
void terminal_take_back(struct terminal *terminal);
/* Raw bytes for the terminal itself, between frames (OSC 52); at most a few kilobytes. */
void terminal_send(struct terminal *terminal, const char *bytes, size_t length);

#endif
