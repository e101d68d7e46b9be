/* What the files of the prompt share. readline has one line a process, so there is one prompt. */
#ifndef YTEMPIRE_UI_PROMPT_INT_H
#define YTEMPIRE_UI_PROMPT_INT_H

#include <stdio.h>

#include <readline/readline.h>
#include <readline/history.h>

#include "history.h"
#include "prompt.h"
#include "ytempire/base/str.h"

struct popup {
    bool              open, always;
    struct arena     *arena;
    struct candidates found;
    size_t            selected, top;      /* selected: SIZE_MAX when none is */
    int               visible;            /* rows that were drawn */
};

/* The newest entry that begins with the line: kept while the line grows, so that a line costs one walk over the list.
 */
struct ghost {
    char *line;
    int   entry;                          /* index in history_list(); -1: none begins so */
};

/* One row on the screen: bytes of the line. */
struct prompt_row { size_t from, to; int x; };

struct layout {
    struct prompt_row *rows;
    size_t             count, room;
    struct str         head;              /* "ytempire> ", or what readline asks */
    char              *line;              /* what it was made for … */
    int                columns, point;
    int                cursor_x;
    size_t             cursor_row, top;
    int                note_x;            /* of an error under the line, -1: none */
};

struct prompt {
    const struct prompt_ops *ops;
    void                    *who;
    struct history_file     *past;        /* NULL: none */
    FILE                    *nowhere;
    struct str               bytes;       /* for readline, read up to `taken` */
    size_t                   taken;
    char                    *accepted;    /* not yet given away */
    bool                     ended;
    bool                     literal;     /* the next key is the argument of a function of readline */
    int                      goal;        /* the column that Up and Down want; -1: where the cursor is */
    struct popup             popup;
    struct ghost             ghost;
    struct layout            layout;
    struct error             error;
};

/* -- prompt.c */
const struct assist_context *prompt_context(struct prompt *prompt);       /* never NULL */
void                         prompt_replace(size_t from, size_t to, const char *text);      /* undone as one */
bool                         prompt_inserts(void);      /* not in vi's command mode */

/* -- prompt_keys.c: what a key does before readline sees it; true: it was that */
bool prompt_own_key(struct prompt *prompt, const struct input_event *event, rl_command_func_t *function);

/* -- prompt_popup.c */
void popup_open(struct prompt *prompt);
void popup_close(struct prompt *prompt);
void popup_done(struct prompt *prompt);
bool popup_key(struct prompt *prompt, const struct input_event *event, rl_command_func_t *function);
void popup_follow(struct prompt *prompt, bool changed);      /* the line or the cursor changed */
void popup_draw(struct prompt *prompt, struct canvas *canvas, struct area area, int word_x);

/* -- prompt_ghost.c */
const char *ghost_text(struct prompt *prompt);                /* what would follow the line; NULL: nothing */
void        ghost_take(struct prompt *prompt, bool word);
void        ghost_forget(struct prompt *prompt);

/* -- prompt_layout.c */
void layout_make(struct prompt *prompt, int columns);
void layout_done(struct layout *layout);
int  layout_x(const struct layout *layout, size_t row, size_t at);      /* column of a byte of the line */
size_t layout_row(const struct layout *layout, size_t at);

#endif
