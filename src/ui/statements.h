/*
 * statements: what was asked of servers, for the log pane: the newest thousand, of which one is chosen. The newest is
 * until another one was; then what is seen stays where it is while more comes.
 */
#ifndef YTEMPIRE_UI_STATEMENTS_H
#define YTEMPIRE_UI_STATEMENTS_H

#include "canvas.h"
#include "ytempire/base/error.h"
#include "ytempire/engine/pg.h"

struct statements;

struct statements *statements_new(void);
void               statements_free(struct statements *statements);
void               statements_add(struct statements *statements, const struct pg_trace *trace);
/* A line of the server or the program itself: a notice, a warning. */
void               statements_say(struct statements *statements, const char *kind, const char *text);

size_t             statements_count(const struct statements *statements);
size_t             statements_chosen(const struct statements *statements);       /* 0: the oldest that is kept */
/* Of the chosen one, on one line; borrowed until the next is added. NULL: there is none. */
const char        *statements_text(const struct statements *statements);
/* up down page-up page-down half-up half-down top bottom; false: no such direction. */
bool               statements_move(struct statements *statements, const char *direction);
void               statements_choose(struct statements *statements, int row);    /* of the rows last drawn: a click */
/* What is searched for; statements_seek goes to the next older (back) or newer one that has it. `ret_around`: it went on
 * from the other end. ERR_UNKNOWN: none has it. */
void               statements_sought(struct statements *statements, const char *text);
bool               statements_are_sought(const struct statements *statements);
int                statements_seek(struct statements *statements, bool back, bool *ret_around,
                                   struct error *error) NODISCARD;
/* `focus`: the chosen one is marked. */
void               statements_draw(struct statements *statements, struct canvas *canvas, struct area area, bool focus);

#endif
