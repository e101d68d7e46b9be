/*
 * app/ask: one question, from its text to rows in a sink.
 *
 * Keeps what a session's questions share: the model, loaded on first use from the folder of --model, else from the
 * installed queries/model with the user's own files first; and the last query, which an edit line changes.
 * Called in a task (engine/loop.h).
 */
#ifndef YTEMPIRE_APP_ASK_H
#define YTEMPIRE_APP_ASK_H

#include <stdbool.h>

#include "ytempire/app.h"
#include "ytempire/semantic.h"

struct app_ask;

/* The model, borrowed until the caller next waits: who waits holds it (model_ref), and keeps what it was bound with
 * though its files change. A broken file keeps its own cubes out; it is told to app->words, once for what it says. With
 * app->follows_model the files are looked at (on a thread) and read anew where one changed. */
int app_model(struct app *app, struct model **ret_model, struct error *error) NODISCARD;
/* Answers a line of the query language, an edit of the one before, or Cube's JSON (text that begins with '{'). */
int app_ask(struct app *app, const char *text, struct sink *sink, struct error *error) NODISCARD;
/* Yields `part text`: the query as understood, what it means, SQL, parameters; with `analyze` PostgreSQL's plan too. */
int app_explain(struct app *app, const char *text, bool analyze, struct sink *sink, struct error *error) NODISCARD;
struct app_commands;
/* `commands` (app/board.h; or NULL) know what panels of boards may have done. Yields `severity where message`; ERR_FINDING when one is an error. Asks the database where it can be reached; with
 * `tests` it must be (ERR_CONNECT), and the pinned queries (app/pin.h) are asked again. */
int app_lint(struct app *app, bool tests, const struct app_commands *commands, struct sink *sink,
             struct error *error) NODISCARD;

/* Sends what is to be noted of the questions answered so far to the log of queries (ops.query_log): at the end of a batch;
 * in the console each answer does it. Quiet. */
void app_note_queries(struct app *app);

void app_ask_free(struct app_ask *ask);      /* NULL is a no-op */

#endif
