/*
 * semantic/assist: what its files share.
 *
 * A line is read twice by the parser (parse_typed): up to the word at the cursor, to learn what may stand there; and
 * whole, with that word left out, to learn what is on the line. Then everything that may stand there is offered, and
 * what matches the word is kept.
 */
#ifndef SEMANTIC_ASSIST_WORK_H
#define SEMANTIC_ASSIST_WORK_H

#include "src/semantic/bound.h"
#include "src/semantic/parse.h"
#include "ytempire/semantic/assist.h"

/* Any bytes as a text the lexer reads: same length, same places; what is no UTF-8, and NUL, is '?'. */
const char *assist_clean(struct arena *arena, const char *line, size_t length);
/* The next token; behind `tz` a zone. `before` is the one before. */
void assist_next(struct lexer *lexer, const struct token *before, struct token *ret_token);
/* Reads a clean text; the parser's `seen` comes too. */
void assist_read(struct arena *arena, const char *text, struct probe *ret_probe, struct parser *ret_parser);
bool assist_is_json(const char *text);

/* The cubes a line asks, and what its names mean. */
struct line_names {
    struct arena       *arena;
    const struct model *model;                 /* NULL: nothing is known */
    const char         *text;
    const struct probe *probe;
    struct cube        *from;                  /* after `from`, or NULL */
    struct cube        *facts[FACT_LIMIT];     /* of the measures; else `from`; else none */
    size_t              fact_count;
};

void names_read(struct line_names *names, struct arena *arena, const struct model *model, const char *text,
                const struct probe *probe, const struct query *previous);
const char *names_text(const struct line_names *names, const struct mark *mark);
/* What stands behind a measure's name, "." or "_" between them, where a column shows something else of it. */
extern const char *const measure_columns[];
/* A measure, also by the name of such a column. */
bool names_measure(const struct line_names *names, const char *text, struct member *ret_member);
/* As every fact sees it; where there is no fact, as the model does. */
bool names_dimension(const struct line_names *names, const char *text, struct member *ret_member,
                     enum data_unit *ret_unit);
bool names_segment(const struct line_names *names, const char *text);

/* -- completion ---------------------------------------------------------------------------------------------------- */

struct found {
    struct candidate candidate;
    uint32_t         score;                    /* less is better */
    uint32_t         index;
};

struct completion {
    struct arena                 *arena;
    const struct semantic_assist *assist;
    const char       *text;                    /* the line, clean */
    size_t            length, cursor, at, end; /* [at, end): the word at the cursor */
    const char       *word;                    /* what of it stands before the cursor; of a quote what is in it */
    size_t            word_length, word_dots;
    char              quote;                   /* the quote it began with, or NUL */
    struct probe      before;                  /* of the text before the word */
    struct parser     parser;
    struct probe      line;                    /* of the line without the word */
    uint32_t          seen;                    /* its clauses */
    struct line_names names;
    bool             *fits;                    /* a cube each: all dimensions on the line are to be had */
    struct map       *measures, *dimensions;   /* short names → the one cube that has it; see home_of */
    bool              guessing;                /* keep all, whatever the word is */
    const char       *lead;                    /* put in front of what is kept, or NULL */
    struct found     *found;
    size_t            found_count, found_room;
};

enum rank { RANK_FIRST, RANK_NEXT, RANK_THIRD, RANK_LATER, RANK_LAST };

/* Offers what may stand at the cursor: kept when it matches the word. Texts are borrowed. */
void offer(struct completion *c, const char *text, const char *kind, const char *description, unsigned rank);
void offer_tight(struct completion *c, const char *text, const char *kind, const char *description,
                 unsigned rank);       /* no_space */
/* The same where what is put is not what is matched: a value and its quotes. */
void offer_value(struct completion *c, const char *value, const char *text, const char *kind, unsigned rank);

bool completion_wants(const struct completion *c, unsigned wants);     /* any of them */
bool completion_wants_word(const struct completion *c, enum word word);

bool test_is_of_time(const struct completion *c);
void offer_members(struct completion *c);      /* names of every role that is wanted */
void offer_by(struct completion *c);           /* what may follow `by` */
void offer_cubes(struct completion *c);
void offer_json(struct completion *c);
void offer_keywords(struct completion *c);
void offer_clauses(struct completion *c);
void offer_comparisons(struct completion *c);
void offer_values(struct completion *c, struct candidates *to);
void offer_periods(struct completion *c);
void offer_points(struct completion *c, unsigned rank);
void offer_zones(struct completion *c);

#endif
