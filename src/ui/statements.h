/*
 * statements: what was asked of servers, for the log pane: the newest thousand.
 */
#ifndef YTEMPIRE_UI_STATEMENTS_H
#define YTEMPIRE_UI_STATEMENTS_H

#include "canvas.h"
#include "ytempire/engine/pg.h"

struct statements;

struct statements *statements_new(void);
void               statements_free(struct statements *statements);
void               statements_add(struct statements *statements, const struct pg_trace *trace);
/* A line of the server or the program itself: a notice, a warning. */
void               statements_say(struct statements *statements, const char *kind, const char *text);
/* The newest that fit, newest last. */
void               statements_draw(const struct statements *statements, struct canvas *canvas, struct area area);

#endif
