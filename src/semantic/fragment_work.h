/*
 * What is known of one fragment while it is read. Private to fragment_*.c.
 *
 * `text` is "SELECT (" + the source with references replaced and comments blanked + "\n)"; every place in here is a
 * byte of it. An edit says that [start, end) is to be written as something else; what no edit covers is copied.
 */
#ifndef SEMANTIC_FRAGMENT_WORK_H
#define SEMANTIC_FRAGMENT_WORK_H

#include "src/semantic/fragment.h"
#include "ytempire/base/tree.h"

#define FRAGMENT_DEPTH 600            /* levels of the parse tree */

struct edit {
    size_t       start, end;
    int          rank;                 /* of edits that begin at one place: closing, opening, replacing */
    struct piece piece;
    const struct fragment *inlined;
    const char  *column;               /* own column it reads, or NULL */
};

/* What a division's right side is put into, kept in the piece's `aggregate` until it is known whether measures divide:
 * counts are whole numbers, and 1 / 2 of those would be 0. */
enum { GUARD_NONE, GUARD_ZERO, GUARD_INTEGER };

enum { RANK_CLOSE, RANK_OPEN, RANK_OPEN_2, RANK_REPLACE };

struct stand_in {                      /* an identifier in place of a reference */
    size_t           start, end;
    struct reference reference;
    bool             used;
};

struct shift { size_t text, source; }; /* from `text` on, places differ by this much */

struct found_aggregate {
    enum aggregate_kind kind;
    size_t argument, argument_end;     /* equal: count(*) */
    size_t filter, filter_end;         /* equal: none */
};

struct scope_name { const char *text; size_t length; bool table; };

struct work {
    const struct fragment_request *request;
    struct fragment_fault         *fault;
    struct str       text;
    size_t           body, body_end;
    struct shift    *shifts;     size_t shift_count, shift_room;
    struct stand_in *stand_ins;  size_t stand_in_count, stand_in_room;
    struct edit     *edits;      size_t edit_count, edit_room;
    struct found_aggregate *aggregates; size_t aggregate_count, aggregate_room;
    struct scope_name *names;    size_t name_count, name_room;   /* of the sub-selects around */
    size_t          *selects;    size_t select_count, select_room;   /* where sub-selects begin */
    size_t           depth;            /* of sub-selects */
    bool             in_aggregate, has_measure;
};

/* Walks the expression's parse tree and fills edits, aggregates and selects. */
int work_walk(struct work *work, const struct tree_node *expression) NODISCARD;
int work_fail(const struct work *work, size_t at, const char *hint, const char *format, ...) PRINTF_LIKE(4, 5);
void work_edit(struct work *work, size_t start, size_t end, int rank, struct piece piece);
/* "a / b" outside aggregates: NULL when b is 0. */
int work_guard_division(struct work *work, const struct tree_node *expression) NODISCARD;
/* A FuncCall that is an aggregate, its arguments still to be walked. */
int work_aggregate(struct work *work, const struct tree_node *call, enum aggregate_kind kind) NODISCARD;
bool aggregate_from_name(const char *name, size_t length, enum aggregate_kind *ret_kind, bool *ret_supported);
size_t node_number(const struct tree_node *object, const char *key);

#endif
