/*
 * Writing fragments, and making new ones of those that were read.
 */
#include "src/semantic/fragment.h"

#include <string.h>

void fragment_write(struct str *to, const struct fragment *fragment, const struct fragment_scope *scope)
{
    for (size_t i = 0; i < fragment->piece_count; i++) {
        const struct piece *piece = &fragment->pieces[i];

        switch (piece->kind) {
        case PIECE_TEXT:
            str_add(to, piece->text);
            break;
        case PIECE_COLUMN:
            str_add(to, scope->alias);
            str_add_char(to, '.');
            str_add(to, piece->text);
            break;
        case PIECE_ALIAS:
            str_add(to, scope->alias);
            break;
        case PIECE_JOIN_ALIAS:
            str_add(to, scope->join_alias(scope->who, piece->join));
            break;
        case PIECE_DIMENSION:
            str_add_char(to, '(');
            fragment_write(to, &piece->dimension->sql, scope);
            str_add_char(to, ')');
            break;
        case PIECE_SCHEMA:
            str_add(to, scope->tenant ? "tenant" : piece->text);
            break;
        case PIECE_ZONE:
            str_add(to, scope->zone);
            break;
        case PIECE_NOW:
            str_add(to, scope->now);
            break;
        case PIECE_TODAY:
            str_add(to, scope->today);
            break;
        case PIECE_MEASURE:
        case PIECE_AGGREGATE:
            break;                     /* the planner writes measures itself */
        }
    }
}

/* Appends the texts of `from` that are not yet there. */
static void union_columns(struct arena *arena, struct fragment *to, size_t *room, const struct fragment *from)
{
    for (size_t i = 0; i < from->column_count; i++) {
        bool there = false;

        for (size_t j = 0; j < to->column_count && !there; j++)
            there = text_equal(to->columns[j], from->columns[i]);
        if (!there)
            ARENA_PUSH(arena, to->columns, to->column_count, *room, from->columns[i]);
    }
}

static void union_joins(struct arena *arena, struct fragment *to, size_t *room, const struct fragment *from)
{
    for (size_t i = 0; i < from->join_count; i++) {
        bool there = false;

        for (size_t j = 0; j < to->join_count && !there; j++)
            there = to->joins[j] == from->joins[i];
        if (!there)
            ARENA_PUSH(arena, to->joins, to->join_count, *room, from->joins[i]);
    }
}

static void append(struct arena *arena, struct fragment *to, size_t *room, const char *before, const struct fragment *from,
                   const char *after)
{
    struct piece text = { .kind = PIECE_TEXT, .text = before };

    ARENA_PUSH(arena, to->pieces, to->piece_count, *room, text);
    for (size_t i = 0; i < from->piece_count; i++)
        ARENA_PUSH(arena, to->pieces, to->piece_count, *room, from->pieces[i]);
    text.text = after;
    ARENA_PUSH(arena, to->pieces, to->piece_count, *room, text);
    to->has_subselect |= from->has_subselect;
    to->has_zone |= from->has_zone;
    to->has_clock |= from->has_clock;
}

struct fragment fragment_and(struct arena *arena, const struct fragment *a, const struct fragment *b)
{
    struct fragment both = {0};
    size_t          pieces = 0, columns = 0, joins = 0;

    if (!a->piece_count)
        return *b;
    if (!b->piece_count)
        return *a;
    append(arena, &both, &pieces, "(", a, ")");
    append(arena, &both, &pieces, " AND (", b, ")");
    union_columns(arena, &both, &columns, a);
    union_columns(arena, &both, &columns, b);
    union_joins(arena, &both, &joins, a);
    union_joins(arena, &both, &joins, b);
    both.source = arena_printf(arena, "(%s) AND (%s)", a->source, b->source);
    return both;
}

struct fragment fragment_wrap(struct arena *arena, const char *before, const struct fragment *fragment, const char *after)
{
    struct fragment wrapped = *fragment;
    size_t          pieces  = 0;

    wrapped.pieces      = NULL;
    wrapped.piece_count = 0;
    append(arena, &wrapped, &pieces, before, fragment, after);
    wrapped.source = arena_printf(arena, "%s%s%s", before, fragment->source, after);
    return wrapped;
}
