/*
 * semantic/assist: help for the one who types a query: what each word is, and what could come next.
 *
 * Pure and quick (well under a millisecond for a line of a kilobyte), and forgiving: the text is unfinished by nature,
 * may be any bytes, and what is wrong in it is stepped over. The parser itself is asked what may stand at a place, so
 * what is offered is what it takes. Works without a model: then no name is known, and none is called unknown.
 */
#ifndef YTEMPIRE_SEMANTIC_ASSIST_H
#define YTEMPIRE_SEMANTIC_ASSIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/semantic.h"

enum word_class {
    SPAN_PLAIN, SPAN_COMMAND, SPAN_OPTION, SPAN_KEYWORD, SPAN_MEASURE, SPAN_DIMENSION, SPAN_SEGMENT,
    SPAN_CUBE, SPAN_STRING, SPAN_NUMBER, SPAN_PERIOD, SPAN_OPERATOR, SPAN_VARIABLE, SPAN_COMMENT,
    SPAN_UNKNOWN,           /* no name of the model where one must stand, or what the grammar has no place for */
};

struct word_span { size_t at, length; enum word_class class; };

/* The spans of a line, in order, none overlapping; what lies between is plain. A word that the cursor stands at the
 * end of (`cursor` in bytes; SIZE_MAX: nowhere) and that begins what could stand there is not yet called unknown. */
void semantic_spans(struct arena *arena, const struct model *model, const char *line, size_t length, size_t cursor,
                    const struct word_span **ret_spans, size_t *ret_count);

struct candidate {
    const char *text;          /* what replaces the word */
    const char *kind;          /* "measure" "dimension" "granularity" "segment" "cube" "keyword" "operator" "period"
                                  "point" "value" "number" "zone" "variable"; of a command line also "command" "option"
                                  "setting" "file" "folder" … */
    const char *description;   /* one line, or NULL */
    bool        no_space;      /* nothing follows it at once: no space is added */
};

struct candidates {
    size_t                  at, length;      /* the part of the line that is replaced; ends at the cursor or later */
    const struct candidate *items;           /* best first; in the arena */
    size_t                  count;
    const char             *hint;            /* what is expected here in words ("a dimension"), or NULL */
    const char             *value_member;    /* a value of this dimension is expected ("VideoPerformance.niche"): ask
                                                for its values; or NULL */
    bool                    guessed;         /* nothing matches the word: the items are what could have been meant */
};

/* Values of a dimension that are known without asking anybody, or NULL (then they are asked for in the background). */
typedef const char *const *assist_values(void *who, const char *member, size_t *ret_count);

/* What is known without asking anybody; each may be NULL or 0. */
struct semantic_assist {
    const struct model *model;
    const struct query *previous;            /* what an edit line would change */
    const char *const  *variables;           /* names that :NAME may have; ends with NULL */
    int64_t             now;                 /* with it, periods say what they come to */
    const struct zone  *zone;                /* NULL: the model's, else UTC */
    assist_values      *values;
    void               *who;
};

/* What can stand at the cursor: measures first and after a comma, dimensions and granularities after `by`, members and
 * then operators and values in `where`, values inside quotes, periods, clauses that are not there yet, segments,
 * columns of the result after `order by`, zones after `tz`, :variables, the members of the query before after `-`.
 * Matched by prefix first, then at the beginning of a part of the name, then anywhere in it, then by subsequence; with
 * an empty word all of them. Names are the shortest that mean the member on this line, and only members that can be
 * joined to what is there. */
void semantic_complete(struct arena *arena, const struct semantic_assist *assist, const char *line, size_t length,
                       size_t cursor, struct candidates *ret_candidates);

/* How a text matches a word, by the first of these that holds; among subsequences the tighter one is less. Case does
 * not matter. */
#define MATCH_START 0u                         /* the text begins with the word; 0: it is the word */
#define MATCH_PART 0x1000u                     /* a part of it does: rev, monthly_revenue */
#define MATCH_INSIDE 0x2000u
#define MATCH_LOOSE 0x3000u                    /* its characters come one after the other */
#define MATCH_NONE UINT32_MAX
uint32_t assist_match(const char *text, const char *word, size_t length);

#endif
