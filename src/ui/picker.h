/*
 * picker: a box over the frame from which one line is chosen: the keys of a place, the palette, dimensions to drill by.
 *
 * What is typed filters: every word must be found in the label or the text, the better match stands first (at the
 * beginning, at the beginning of a word, anywhere, as a subsequence).
 */
#ifndef YTEMPIRE_UI_PICKER_H
#define YTEMPIRE_UI_PICKER_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"

struct picker;

struct picker *picker_new(const char *title);
void         picker_free(struct picker *list);
/* Words above the lines, in the place of the filter: then what is typed chooses the line whose label begins so. */
void         picker_heading(struct picker *list, const char *text);
/* `label` stands left (a key, a name), `text` says what it is, `command` is what is done; all copied. */
void         picker_add(struct picker *list, const char *label, const char *text, const char *command);
size_t       picker_count(const struct picker *list);            /* that hold the filter */

void         picker_type(struct picker *list, const char *text, size_t length);    /* adds to the filter */
void         picker_rub_out(struct picker *list);                /* its last character; nothing when empty */
/* up down page-up page-down top bottom */
bool         picker_move(struct picker *list, const char *direction);
const char  *picker_command(const struct picker *list);          /* of what is chosen; NULL: nothing holds */
/* A click: chooses the line there; false when there is none. */
bool         picker_click(struct picker *list, int y, int x);

void         picker_draw(struct picker *list, struct canvas *canvas);

#endif
