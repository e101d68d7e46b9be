/*
 * form: a box over the frame with lines to fill in, and a status below them. It knows nothing of what the values mean.
 *
 * A value is one line of UTF-8 of at most FORM_VALUE_MOST bytes; control characters are left out. A secret is drawn as a
 * dot a character and wiped when the form ends.
 */
#ifndef YTEMPIRE_UI_FORM_H
#define YTEMPIRE_UI_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"
#include "input.h"

#define FORM_VALUE_MOST 2000

struct form_field {
    const char *label;
    const char *value;      /* at first; NULL: empty */
    const char *note;       /* stands dim in the place of an empty value; or NULL */
    bool        secret;
};

struct form;

struct form *form_new(const char *title, const struct form_field *fields, size_t count);   /* copies */
void         form_free(struct form *form);
void         form_freep(struct form **form);

const char  *form_value(const struct form *form, size_t field);           /* borrowed until it changes; never NULL */
size_t       form_at(const struct form *form);                            /* the field that keys go to */
/* next previous (round) first last */
bool         form_move(struct form *form, const char *direction);
/* A key of the field: text, BSpace, Delete, Left, Right, Home, End, C-u; or a paste. True when the value is another. */
bool         form_key(struct form *form, const struct input_event *event);
void         form_status(struct form *form, enum look look, const char *text);    /* copied */

void         form_draw(struct form *form, struct canvas *canvas);

#endif
