/*
 * semantic/assist: help for the one who types a query: what each word is, and what could come next.
 *
 * Pure and quick (well under a millisecond for a line of a kilobyte), and forgiving: the text is unfinished by nature.
 * Works without a model (NULL): then no name is known, and none is called unknown.
 */
#ifndef YTEMPIRE_SEMANTIC_ASSIST_H
#define YTEMPIRE_SEMANTIC_ASSIST_H

#include <stdbool.h>
#include <stddef.h>

#include "ytempire/base/mem.h"
#include "ytempire/semantic.h"

enum word_class {
    WORD_PLAIN, WORD_COMMAND, WORD_KEYWORD, WORD_MEASURE, WORD_DIMENSION, WORD_SEGMENT, WORD_STRING, WORD_NUMBER,
    WORD_PERIOD, WORD_OPERATOR, WORD_VARIABLE, WORD_COMMENT,
    WORD_UNKNOWN,              /* stands where a name of the model must and is none */
};

struct word_span { size_t at, length; enum word_class class; };

/* The spans of a line, in order, none overlapping; what lies between is plain. A word that the cursor stands at the end of
 * (`cursor` in bytes; SIZE_MAX: nowhere) and that begins a known name is not yet called unknown. */
void semantic_spans(struct arena *arena, const struct model *model, const char *line, size_t length, size_t cursor,
                    const struct word_span **ret_spans, size_t *ret_count);

struct candidate {
    const char *text;          /* what replaces the word */
    const char *kind;          /* "measure" "dimension" "segment" "keyword" "period" "value" "command" "option" … */
    const char *description;   /* one line, or NULL */
    bool        no_space;      /* nothing follows it at once: no space is added */
};

struct candidates {
    size_t                  at, length;      /* the part of the line that is replaced */
    const struct candidate *items;           /* best first; in the arena */
    size_t                  count;
    const char             *hint;            /* what is expected here in words ("a dimension"), or NULL */
    const char             *value_member;    /* a value of this dimension is expected: ask for its values; or NULL */
};

/* Values of a dimension that are known without asking anybody, or NULL (then they are asked for in the background). */
typedef const char *const *assist_values(void *who, const char *member, size_t *ret_count);

/* What can stand at the cursor: measures first and after a comma, dimensions after `by`, members and then operators and
 * values in `where`, granularities after `by TIME`, periods after `last`, `this`, `for`, `since`, clauses that are not there
 * yet, segments, names of measures asked for after `order by`, zones after `tz`. Matches by prefix first, then anywhere in
 * the name, then by subsequence; with an empty word all of them. Only members that can be joined to those that are there. */
void semantic_complete(struct arena *arena, const struct model *model, const char *line, size_t length, size_t cursor,
                       assist_values *values, void *who, struct candidates *ret_candidates);

#endif
