/*
 * Reading SQL out of the model file: text → pieces (struct fragment of model.h).
 *
 * PostgreSQL's own parser says what is a column, an aggregate, a sub-select; the pieces are then cut out of the text
 * by place, never rebuilt from the parse tree. `{…}` and `${…}` are replaced by identifiers before parsing and found
 * again by their places.
 */
#ifndef SEMANTIC_FRAGMENT_H
#define SEMANTIC_FRAGMENT_H

#include "src/semantic/model.h"

#define FRAGMENT_LENGTH_MAX 8192       /* the parser and its tree are recursive; nobody's expression is longer */

enum fragment_use {
    FRAGMENT_ROW,                      /* of one row: no aggregate, no measure */
    FRAGMENT_MEASURE,                  /* over aggregates of rows, or over other measures */
};

struct reference {                     /* what `{name}` stands for */
    struct piece           piece;      /* PIECE_ALIAS JOIN_ALIAS DIMENSION MEASURE ZONE */
    const struct fragment *inlined;    /* {channel.niche}: the joined cube's SQL, to be written under piece.join's alias */
};

struct fragment_fault {
    size_t at;                         /* byte in the source */
    char   message[240], hint[200];    /* hint "": none */
};

struct fragment_request {
    struct arena     *arena;
    const char       *source;
    enum fragment_use use;
    const char       *table;           /* the cube's own table, without schema */
    /* Looks a reference up; what it gives is complete (its own fragments are read). `qualifies`: a column follows. */
    int (*resolve)(void *who, const char *name, size_t length, bool qualifies, struct reference *ret_reference,
                   struct fragment_fault *fault);
    void             *who;
};

struct fragment_answer {
    struct fragment   fragment;
    struct aggregate *aggregates;
    size_t            aggregate_count;
    bool              has_measure;     /* names other measures */
};

/* ERR_SYNTAX with the fault. */
int  fragment_read(const struct fragment_request *request, struct fragment_answer *ret_answer,
                   struct fragment_fault *fault) NODISCARD;
int  fragment_fail(struct fragment_fault *fault, size_t at, const char *hint, const char *format, ...) PRINTF_LIKE(4, 5);
/* (a) AND (b); either may be empty. */
struct fragment fragment_and(struct arena *arena, const struct fragment *a, const struct fragment *b);
/* `fragment` between two texts: "(", ") IS NOT NULL". */
struct fragment fragment_wrap(struct arena *arena, const char *before, const struct fragment *fragment, const char *after);

#endif
