/* Shared by ask.c, ask_model.c and ask_explain.c. */
#ifndef APP_ASK_INT_H
#define APP_ASK_INT_H

#include "ytempire/app/ask.h"
#include "ytempire/engine/pg.h"

struct app_ask {
    struct model *model;
    struct query *previous;             /* in previous_arena */
    struct arena *previous_arena;
    bool          failed;               /* the last query failed */
};

struct app_ask *ask_of(struct app *app);
int ask_compile(struct app *app, struct arena *arena, const char *text, struct query **ret_query,
                struct compiled **ret_compiled, struct error *error) NODISCARD;
/* The model as its files make it, be there a cube in it or not. */
int ask_model_files(struct app *app, struct model **ret_model, struct error *error) NODISCARD;
struct pg_value *ask_values(struct arena *arena, const struct compiled *compiled);

#endif
