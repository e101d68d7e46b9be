/* What the files of the terminal share. Only they include ncurses. */
#ifndef YTEMPIRE_UI_TERMINAL_INT_H
#define YTEMPIRE_UI_TERMINAL_INT_H

#include <stdio.h>
#include <termios.h>

#include "terminal.h"
#include "ytempire/base/str.h"

/* What is sent to leave every mode that we may have set, and what the line discipline was: kept where a handler of a
 * fault may read it. */
struct terminal_rescue {
    volatile int   fd;                  /* of the terminal; -1: nothing to rescue */
    volatile int   error_fd;            /* standard error as it was, or -1 */
    struct termios modes;
    char           bytes[256];
    size_t         length;
};

struct terminal {
    struct loop                *loop;
    const struct terminal_ops  *ops;
    void                       *who;
    int                         tty;          /* our own description of the terminal, non-blocking */
    int                         scratch;      /* a memfd that ncurses writes frames into */
    FILE                       *scratch_file;
    struct termios              found;        /* as we found it */
    char                       *name;
    bool                        ascii, no_color, mouse, gone, lent, addresses;
    int                         rows, columns, colors;

    struct str                  out;          /* on its way to the terminal: out.data[sent …] */
    size_t                      sent;

    struct canvas              *shown;        /* the cells that ncurses has */
    bool                        all;          /* the next frame is sent whole */
    bool                        cursor_shown;
    struct theme                theme;
    bool                        has_theme;

    int                         error_saved, error_file;   /* standard error while the screen is ours */
};

/* terminal_screen.c: ncurses */
int  screen_begin(struct terminal *terminal, struct error *error) NODISCARD;
void screen_end(struct terminal *terminal);
void screen_leave(struct terminal *terminal);           /* to the shell's screen, for a while */
void screen_enter(struct terminal *terminal);
void screen_resize(struct terminal *terminal);
void screen_apply_theme(struct terminal *terminal);
size_t screen_rescue(char *to, size_t room);            /* the sequences that leave the screen */

/* terminal_out.c: bytes on their way */
void out_collect(struct terminal *terminal);            /* what ncurses wrote */
void out_add(struct terminal *terminal, const char *bytes, size_t length);
void out_push(struct terminal *terminal);               /* as much as the terminal takes now */
void out_drain(struct terminal *terminal, int64_t patience_us);
void out_watch(struct terminal *terminal);
void terminal_lost(struct terminal *terminal);

/* terminal_rescue.c: whatever ends the program */
void rescue_arm(const struct terminal *terminal);
void rescue_disarm(void);

/* modes that a terminal of this kind understands: bracketed paste, mouse, focus */
const char *modes_on(const struct terminal *terminal);
const char *modes_off(const struct terminal *terminal);

#endif
