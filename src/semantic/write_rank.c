/*
 * The groups of a carried counter over a rollup by their number: its rows are sorted twice, and a number is sorted in
 * less time and memory than labels and their keys. Where all labels are columns that one column of the rollup leads to
 * over joins, the numbers are those of the rows of the first joined table, of which there are few:
 *
 *   (SELECT key, d2, k2, dense_rank() OVER (ORDER BY d2, k2) AS g
 *      FROM (SELECT channel.channel_key AS key, … AS d2, … AS k2 FROM dim_channel AS channel LEFT JOIN …) AS label)
 *
 * Equal labels have one number, and labels that are all NULL have none, as those of a row that meets nothing.
 */
#include <string.h>

#include "rollup.h"
#include "write_leg.h"

/* "alias.column", of another table than `base`: nothing else is NULL for every row that meets nothing. */
static bool is_joined_column(const char *text, const char *base)
{
    const char *dot = strchr(text, '.');

    return dot != NULL && strpbrk(text, " ()\"") == NULL && strchr(dot + 1, '.') == NULL && strstr(dot, "::") == NULL &&
           !((size_t)(dot - text) == strlen(base) && memcmp(text, base, strlen(base)) == 0);
}

static bool are_joined_columns(struct leg_text *text)
{
    const struct bound *bound = text->writer->bound;
    size_t              groups = 0;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        const struct bound_dimension *dimension = &bound->dimensions[d];

        if (dimension->is_axis)
            continue;
        groups++;
        if (dimension->is_time || !grain_has(text->grain, dimension) ||
            !is_joined_column(scope_member(text->scope, &dimension->member[text->leg->fact]), text->base))
            return false;
        if (bound_dimension_has_key(bound, d) && dimension->member[text->leg->fact].dimension->key.piece_count > 0 &&
            !is_joined_column(scope_dimension_key(text->scope, dimension), text->base))
            return false;
    }
    return groups > 0;
}

struct first_join {
    const char *own, *other;               /* "fact_video_performance.channel_key", "channel.channel_key" */
    const char *rest;                      /* the joins behind it */
};

/* The first join is by one column of the base and one of its own, and no other join reads the base. */
static bool find_first_join(struct leg_text *text, struct first_join *ret_join)
{
    static const char   equals[] = " = ";
    const struct scope *scope = text->scope;
    struct arena       *arena = text->writer->bound->arena;
    struct str          rest = STR_INIT;
    const char         *right, *left;

    if (scope->joined_count == 0 || scope->joined[0]->cube->condition.piece_count > 0)
        return false;
    for (size_t i = 1; i < scope->joined_count; i++)
        scope_write_join(scope->joined[i], &rest);
    ret_join->rest = arena_strdup(arena, str_text(&rest));
    str_done(&rest);
    right = strstr(scope->joined[0]->on, equals);
    if (right == NULL || strstr(ret_join->rest, arena_printf(arena, "%s.", text->base)) != NULL)
        return false;
    left = arena_strndup(arena, scope->joined[0]->on, (size_t)(right - scope->joined[0]->on));
    right += strlen(equals);
    if (is_joined_column(left, text->base) == is_joined_column(right, text->base))
        return false;
    ret_join->own = is_joined_column(left, text->base) ? right : left;
    ret_join->other = ret_join->own == left ? right : left;
    return strncmp(ret_join->own, text->base, strlen(text->base)) == 0 && strpbrk(ret_join->own, " ()\"") == NULL;
}

/* "d2 IS NOT NULL OR k2 IS NOT NULL" */
static void write_any_known(const struct leg_text *text, struct str *to)
{
    const struct bound *bound = text->writer->bound;

    for (size_t d = 0; d < bound->dimension_count; d++)
        for (int key = 0;
             grain_has(text->grain, &bound->dimensions[d]) && key < (bound_dimension_has_key(bound, d) ? 2 : 1); key++)
            str_addf(to, "%s%c%zu IS NOT NULL", to->length > 0 ? " OR " : "", key ? 'k' : 'd', d + 1);
}

static void write_ranks(struct leg_text *text, struct str *to, const struct first_join *first)
{
    struct str labels = STR_INIT, names = STR_INIT, known = STR_INIT;

    (void)leg_write_dimensions(text, &labels);
    write_dimension_columns(&names, text->writer->bound, "", text->grain);
    write_any_known(text, &known);
    str_addf(to,
             "(SELECT key, %s, CASE WHEN %s THEN dense_rank() OVER (ORDER BY %s) END AS g\n      FROM (SELECT %s AS "
             "key, %s\n"
             "    FROM %s%s) AS label)",
             str_text(&names), str_text(&known), str_text(&names), first->other, str_text(&labels),
             text->scope->joined[0]->table, first->rest);
    str_done(&labels);
    str_done(&names);
    str_done(&known);
}

void ranks_find(struct leg_text *text)
{
    struct arena     *arena = text->writer->bound->arena;
    struct leg_text   groups = *text;
    struct scope      scope;
    struct first_join first;
    struct str        ranks = STR_INIT;

    scope_init(&scope, text->writer, text->leg->fact);
    scope.rollup = text->scope->rollup;
    groups.scope = &scope;
    groups.grain.time = false;
    if (are_joined_columns(&groups) && find_first_join(&groups, &first)) {
        write_ranks(&groups, &ranks, &first);
        text->ranks = arena_strdup(arena, str_text(&ranks));
        text->rank_join = arena_printf(arena, "\n    LEFT JOIN %s AS %s_rank ON %s = %s_rank.key", text->ranks,
                                       text->name, first.own, text->name);
    }
    scope_done(&scope);
    str_done(&ranks);
}

void ranks_write_dimensions(struct leg_text *text, struct str *to)
{
    struct leg_text times = *text;

    times.grain.groups = false;
    (void)leg_write_dimensions(&times, to);
    str_addf(to, ", %s_rank.g", text->name);
}
