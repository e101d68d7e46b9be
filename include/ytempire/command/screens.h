/*
 * command/screens: what the console shows beside the query screen, as a table. A screen is a few panels, a panel is a
 * command that is asked again and again: so each panel's content is a table of a script too, and whatever a key does
 * there is a command with the columns of the chosen row filled in.
 *
 * In a command of a panel, and in the commands of `panel do`, `panel open` and `panel prompt`, {COLUMN} stands for the
 * value of the chosen row of the panel that has the keys, {PANEL.COLUMN} for that of another panel of the screen. A
 * value that is no plain word is quoted.
 */
#ifndef YTEMPIRE_COMMAND_SCREENS_H
#define YTEMPIRE_COMMAND_SCREENS_H

#include <stdbool.h>

enum screen_side { SIDE_RIGHT, SIDE_LEFT };

enum screen_shape {
    SHAPE_ROWS,
    SHAPE_END,                 /* the newest stands at the end: the cursor begins there */
    SHAPE_SIDE,                /* one row, on its side */
    SHAPE_LINE,                /* a line over time, of the columns in `first` alone */
};

struct screen_panel {
    const char *name;          /* of one word: its title, and the place of its keys (command/keys.h) */
    const char *command;       /* yields a table or a text, and changes nothing */
    const char *id;            /* the column that names a row: the cursor stays on its row when they are asked again */
    int         every_ms;      /* from an answer to the next question; longer after a slow one */
    enum screen_side side;
    int         share;         /* of the side's height, beside the others there */
    const char *first;         /* the columns that stand first, between spaces; the others follow. NULL: as they come */
    const char *bar;           /* a column in percent that has a bar; or NULL */
    enum screen_shape shape;
};

struct screen {
    const char *name, *title;  /* "jobs", "Jobs" */
    char        digit;         /* its key */
    int         left_columns;  /* width of the left side where there is room for both; 0: there is none */
    const struct screen_panel *panels;     /* ends with {NULL} */
};

/* The query screen is not in it, as it has no panels. Ends with {NULL}. */
extern const struct screen screens[];

/* By name or digit; NULL: there is none. */
const struct screen *screen_find(const char *name);

#endif
