/*
 * The log of queries: what was asked and how long the server took, without the values that were tested. Invariant: it
 * costs no answer anything. A note is sent when the answer is out, at the end of a batch, in one statement; what the server
 * refuses (no such table, no right, a standby) is not tried again in this session.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "ask_int.h"
#include "ytempire/semantic/advise.h"

#define NOTES_MOST 200                     /* then they are sent, or, where they cannot be, dropped */

void ask_note(struct app *app, const struct query *query, const struct semantic_context *context, int64_t us,
              int64_t rows, const char *source)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct app_ask *ask = ask_of(app);
    const char     *line = ask->notes_refused || context->tenant ? NULL : query_for_log(arena, query, context);

    if (line == NULL)
        return;
    if (ask->notes == NULL)
        ask->notes = json_array();
    json_array_append_new(ask->notes, json_pack("{s:s, s:f, s:I, s:s}", "line", line, "ms", (double)us / 1000, "rows",
                                                (json_int_t)rows, "source", source));
    if (app->console != NULL || json_array_size(ask->notes) >= NOTES_MOST)
        app_note_queries(app);
    if (json_array_size(ask->notes) >= NOTES_MOST)             /* a long transaction */
        ask_notes_drop(ask);
}

void app_note_queries(struct app *app)
{
    struct app_ask *ask = app->ask;
    struct pg      *pg = app_pg_alive(app);
    char           *text;

    if (ask == NULL || ask->notes == NULL || pg == NULL || pg_in_transaction(pg))
        return;
    text = json_dumps(ask->notes, JSON_COMPACT);
    ask->notes_refused =
        text == NULL || pg_catalog_query(pg, "ask_note", &(struct pg_value){.text = text}, 1, NULL, NULL) < 0;
    free(text);
    ask_notes_drop(ask);
}

void ask_notes_drop(struct app_ask *ask)
{
    json_decref(ask->notes);
    ask->notes = NULL;
}
