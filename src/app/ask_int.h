/* Shared by ask*.c, and those who ask beside the session. */
#ifndef APP_ASK_INT_H
#define APP_ASK_INT_H

#include "ytempire/app/ask.h"
#include "ytempire/engine/pg.h"

struct cache_class;
struct json_t;
struct model_fault;

struct app_ask {
    struct model *model;
    char         *stamp;                /* of the files it was made of */
    struct model_fault *faults;         /* files that could not be read */
    size_t        fault_count;
    bool          exchanged;            /* it took the place of another */
    bool          told;                 /* what is wrong with it was said */
    struct query *previous;             /* in previous_arena */
    struct arena *previous_arena;
    bool          failed;               /* the last query failed */
    struct json_t *notes;               /* for the log of queries, not sent yet; NULL: none */
    bool          notes_refused;        /* the server takes none */
};

struct app_ask *ask_of(struct app *app);
/* A question made ready. Its texts lie in the arena and in the model, which is held. */
struct asked {
    struct query    *query;
    struct compiled *compiled;
    struct model    *model;
    unsigned         tries;             /* that a change of a rollup has spoiled */
    const struct cache_class *class;    /* its answer is kept as one of these; NULL: as the query says */
    bool             kept;              /* the answer is kept: with what every format wants of it */
    bool             past_cache;        /* it went past the cache, and says so */
    bool             begun;             /* its first row is out: it cannot be asked anew */
    int64_t          us, rows;          /* of the answer: until its first row came; how many there were */
};
#define ASKED_INIT ((struct asked){0})

/* Now, to the millisecond, which the absolute form of a query can say. */
int64_t ask_clock(void);
/* … and to the minute: all who ask in it ask the same. */
int64_t ask_minute(void);
void asked_done(struct asked *asked);
/* `ret_asked` is ended by the caller, also after a failure. */
int ask_compile(struct app *app, struct arena *arena, const char *text, struct asked *ret_asked,
                struct error *error) NODISCARD;
/* A query that is parsed (asked->query), by another clock than the wall's. */
int ask_compile_at(struct app *app, struct arena *arena, int64_t now, struct asked *asked,
                   struct error *error) NODISCARD;
/* Without a look at the database: from the facts, as if nothing were known of them. What names the question. */
int ask_compile_alone(struct app *app, struct arena *arena, int64_t now, bool tenant, struct asked *asked,
                      struct error *error) NODISCARD;
/* The model as its files make it, be there a cube in it or not; borrowed until the caller next waits. */
int ask_model_files(struct app *app, struct model **ret_model, struct error *error) NODISCARD;
void ask_model_drop(struct app_ask *ask);
/* A line, an edit of the session's last query, or Cube's JSON. */
int ask_parse(struct app *app, struct arena *arena, const char *text, struct query **ret_query,
              struct error *error) NODISCARD;
/* A query that is parsed, with the text that stands for it, through the cache; and noted. */
int ask_query(struct app *app, struct arena *arena, const char *text, struct query *query, struct sink *sink,
              struct error *error) NODISCARD;
/* The same, kept as an answer of that class (NULL: as the query says). */
int ask_query_as(struct app *app, struct arena *arena, const char *text, struct query *query,
                 const struct cache_class *class, struct sink *sink, struct error *error) NODISCARD;
/* ask_compared.c: Cube's compareDateRange in Cube's format, and its answer: a result a range. */
bool ask_is_compared(struct app *app, const char *text, const struct query *query);
int ask_compared(struct app *app, struct arena *arena, const struct query *query, struct sink *sink,
                 struct error *error) NODISCARD;
/* A query that is parsed, its rows into a sink. */
int ask_answer_at(struct app *app, struct arena *arena, int64_t now, struct asked *asked, struct sink *sink,
                  struct error *error) NODISCARD;
/* Whether a failure is that a rollup has changed between the look at its state and the statement. The error is then
 * cleared: compile and ask again; the third time it is from the facts. */
bool ask_again(struct asked *asked, int r, struct error *error);
/* ask_note.c: one answer for the log of queries; `us` is what the server took to the first row. */
void ask_note(struct app *app, const struct query *query, const struct semantic_context *context, int64_t us,
              int64_t rows, const char *source);
void ask_notes_drop(struct app_ask *ask);
/* The text of the one cell that a statement without values yields. Quiet. */
int ask_look_up(struct pg *pg, struct arena *arena, const char *sql, const char **ret_text) NODISCARD;
struct pg_value *ask_values(struct arena *arena, const struct compiled *compiled);

#endif
