/*
 * app/pin: a query kept with its answer, as a test of the model.
 *
 * A pin is a file NAME.json in the folder `pins` of the model: of --model's folder, else of the person's own
 * $XDG_CONFIG_HOME/ytempire/queries/model (these first) or of the program's. It has the query with its range and zone
 * made absolute and the clock it is asked by, so that its answer changes with the model and the data only; columns; and
 * rows, a line each, as exact texts (times as ISO 8601), to be reviewed in a diff.
 */
#ifndef YTEMPIRE_APP_PIN_H
#define YTEMPIRE_APP_PIN_H

#include <stdbool.h>

#include "ytempire/app.h"
#include "ytempire/base/mem.h"

#define APP_PIN_ROWS_MOST 10000

struct app_pin_column {
    const char *name, *type, *role;     /* role: "dimension" "time" "measure" */
};

struct app_pin {
    const char *name, *path;
    const char *query;                  /* what is asked: a line, or Cube's JSON */
    const char *asked;                  /* as a person asked it */
    const char *as_user;                /* of --as-user, or NULL */
    int64_t     clock;
    bool        open;                   /* just asked, with a range that has no end: later data change the answer */
    struct app_pin_column *columns;
    size_t      column_count;
    const char **cells;                 /* row by row; NULL is NULL */
    size_t      row_count, cell_room;
};

/* Asks, and makes a pin of it, in the arena. ERR_LIMIT for an answer that is no test: too many rows. In a task. */
int app_pin_ask(struct app *app, struct arena *arena, const char *name, const char *text, struct app_pin *ret_pin,
                struct error *error) NODISCARD;
/* Asks the same again by the same clock. ERR_USAGE when it was pinned as somebody else. In a task. */
int app_pin_again(struct app *app, struct arena *arena, const struct app_pin *pin, struct app_pin *ret_pin,
                  struct error *error) NODISCARD;
/* What differs, a sentence each ("videos at category = Music: expected 12, got 13"), in the arena. */
void app_pin_compare(struct arena *arena, const struct app_pin *expected, const struct app_pin *got,
                     const char *const **ret_differences, size_t *ret_count);

/* Files: each blocks for a small one. ERR_UNKNOWN with did-you-mean; ERR_SYNTAX with the place. */
int  app_pin_read(struct app *app, struct arena *arena, const char *name, struct app_pin *ret_pin,
                  struct error *error) NODISCARD;
int  app_pin_write(struct app *app, const struct app_pin *pin, char **ret_path, struct error *error) NODISCARD;
int  app_pin_check_name(struct app *app, const char *name, struct error *error) NODISCARD;
int  app_pin_remove(struct app *app, const char *name, struct error *error) NODISCARD;
int  app_pin_names(struct app *app, char ***ret_names, size_t *ret_count, struct error *error) NODISCARD;
void app_pin_names_free(char **names, size_t count);

#endif
