/*
 * prompt: readline with the person's own inputrc, drawn by us.
 *
 * readline gets bytes from us and draws nothing; we draw its buffer: soft-wrapped, highlighted, with the rest of a line
 * of the history as ghost text behind the cursor, and a popup of candidates above. One a process, since readline is.
 * Nothing here waits: candidates come from command/assist, dimension values from what is known already.
 *
 * Enter ends the text when it is whole (splitter_wants_more), else it and always Alt-Enter begin a new line. Tab opens
 * the popup; Right or End at the end of the line take the ghost text, C-f or M-f a word of it. All other keys are
 * readline's.
 */
#ifndef YTEMPIRE_UI_PROMPT_H
#define YTEMPIRE_UI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"
#include "input.h"
#include "ytempire/command/assist.h"

struct prompt;

struct prompt_ops {
    /* a whole command (several lines, when quotes were open); of a text with several, each in turn. The prompt is empty
     * by then and may be set, but not closed */
    void (*on_line)(void *who, const char *line);
    void (*on_end)(void *who);                                   /* Ctrl-D on an empty line */
    /* the model may be reloaded at any time: asked for at each use; may be NULL */
    const struct assist_context *(*context)(void *who);
};

/* `history`: the file that all sessions share, made when missing; NULL: none is kept. A file that cannot be read or
 * written is told once through the error (0 is returned all the same), and the prompt works without it. Text is UTF-8
 * whatever the locale is (LC_CTYPE is changed when it is not), so what depends on it comes before: terminal_open. */
int  prompt_open(const struct prompt_ops *ops, void *who, const char *history, struct prompt **ret_prompt,
                 struct error *error) NODISCARD;
void prompt_close(struct prompt *prompt);

void prompt_key(struct prompt *prompt, const struct input_event *event);        /* INPUT_KEY and INPUT_PASTE */
void prompt_interrupt(struct prompt *prompt);        /* Ctrl-C: the line is dropped, as in a shell; searches are left */
void prompt_set(struct prompt *prompt, const char *text);         /* replaces the line; undone as one step */
const char *prompt_text(const struct prompt *prompt);
bool prompt_is_empty(const struct prompt *prompt);
bool prompt_has_popup(const struct prompt *prompt);

/* The popup opens by itself while a word is typed; off at first. */
void prompt_popup_always(struct prompt *prompt, bool always);
/* What is known has changed (the model, values of a dimension): an open popup is made anew. */
void prompt_refresh(struct prompt *prompt);
/* A command was refused: when its text stands in the prompt again, the place is marked and the error stands below it.
 */
void prompt_error(struct prompt *prompt, const struct error *error);

/* Rows it needs for this width, at most `most`; then draws them, sets the canvas' cursor when `focus`, and the popup
 * over what lies above `area`. */
int  prompt_rows(struct prompt *prompt, int columns, int most);
void prompt_draw(struct prompt *prompt, struct canvas *canvas, struct area area, bool focus);
void prompt_resize(struct prompt *prompt, int rows, int columns);

#endif
