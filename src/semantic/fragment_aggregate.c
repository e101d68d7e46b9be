/*
 * Aggregates and divisions inside a measure's expression: their ends in the text, which the parser does not tell.
 */
#include "src/semantic/fragment_work.h"

#include <string.h>

#include "src/semantic/fragment_lex.h"

static const struct {
    const char         *name;
    enum aggregate_kind kind;
    bool                supported;
} aggregates[] = {
    { "sum", AGGREGATE_SUM, true },      { "count", AGGREGATE_COUNT, true }, { "min", AGGREGATE_MIN, true },
    { "max", AGGREGATE_MAX, true },      { "avg", AGGREGATE_AVG, true },     { .name = "array_agg" },
    { .name = "any_value" },             { .name = "bit_and" },              { .name = "bit_or" },
    { .name = "bit_xor" },               { .name = "bool_and" },             { .name = "bool_or" },
    { .name = "corr" },                  { .name = "covar_pop" },            { .name = "covar_samp" },
    { .name = "cume_dist" },             { .name = "dense_rank" },           { .name = "every" },
    { .name = "json_agg" },              { .name = "json_object_agg" },      { .name = "jsonb_agg" },
    { .name = "jsonb_object_agg" },      { .name = "mode" },                 { .name = "percent_rank" },
    { .name = "percentile_cont" },       { .name = "percentile_disc" },      { .name = "range_agg" },
    { .name = "range_intersect_agg" },   { .name = "rank" },                 { .name = "regr_avgx" },
    { .name = "regr_avgy" },             { .name = "regr_count" },           { .name = "regr_intercept" },
    { .name = "regr_r2" },               { .name = "regr_slope" },           { .name = "regr_sxx" },
    { .name = "regr_sxy" },              { .name = "regr_syy" },             { .name = "stddev" },
    { .name = "stddev_pop" },            { .name = "stddev_samp" },          { .name = "string_agg" },
    { .name = "var_pop" },               { .name = "var_samp" },             { .name = "variance" },
    { .name = "xmlagg" },                { .name = "hll_add_agg" },          { .name = "hll_union_agg" },
};

bool aggregate_from_name(const char *name, size_t length, enum aggregate_kind *ret_kind, bool *ret_supported)
{
    for (size_t i = 0; i < COUNT_OF(aggregates); i++)
        if (strlen(aggregates[i].name) == length && memcmp(aggregates[i].name, name, length) == 0) {
            *ret_kind      = aggregates[i].kind;
            *ret_supported = aggregates[i].supported;
            return true;
        }
    return false;
}

static void trim(const struct work *work, size_t *at, size_t *end)
{
    const char *text = work->text.data;

    while (*at < *end && strchr(" \t\n\r\f\v", text[*at]))
        (*at)++;
    while (*end > *at && strchr(" \t\n\r\f\v", text[*end - 1]))
        (*end)--;
}

/* The brackets after FILTER; returns the end of the whole. */
static size_t find_filter(const struct work *work, size_t at, struct found_aggregate *found)
{
    const char   *text   = work->text.data;
    size_t        length = work->text.length, end;
    struct lexeme word   = lexeme_skip(text, length, at), open, where;

    if (!lexeme_is(text, word, "filter"))
        return at;
    open  = lexeme_skip(text, length, word.end);
    end   = lexeme_match(text, length, open.at);
    where = lexeme_skip(text, length, open.end);
    if (!end || !lexeme_is(text, where, "where"))
        return at;
    found->filter     = where.end;
    found->filter_end = end - 1;
    trim(work, &found->filter, &found->filter_end);
    return end;
}

/* What stands between the brackets, without DISTINCT or ALL. */
static void find_argument(const struct work *work, size_t open, size_t end, bool star, struct found_aggregate *found)
{
    struct lexeme word = lexeme_skip(work->text.data, work->text.length, open + 1);

    found->argument     = open + 1;
    found->argument_end = end - 1;
    if (lexeme_is(work->text.data, word, "distinct") || lexeme_is(work->text.data, word, "all"))
        found->argument = word.end;
    trim(work, &found->argument, &found->argument_end);
    if (star)
        found->argument_end = found->argument;
}

static int check_call(struct work *work, const struct tree_node *call, enum aggregate_kind *kind)
{
    const struct tree_node *arguments = tree_get(call, "args");
    size_t                  at        = node_number(call, "location");

    if (tree_get(call, "agg_order") || tree_get(call, "agg_within_group") || tree_get(call, "func_variadic"))
        return work_fail(work, at, "", "an aggregate with ORDER BY or VARIADIC is not supported");
    if (!tree_get(call, "agg_star") && (!arguments || arguments->count != 1))
        return work_fail(work, at, "", "an aggregate takes one argument");
    if (tree_get(call, "agg_star") && *kind != AGGREGATE_COUNT)
        return work_fail(work, at, "", "only COUNT takes '*'");
    if (tree_get(call, "agg_distinct") && *kind == AGGREGATE_COUNT)
        *kind = AGGREGATE_COUNT_DISTINCT;
    else if (tree_get(call, "agg_distinct") && *kind != AGGREGATE_MIN && *kind != AGGREGATE_MAX)
        return work_fail(work, at, "COUNT(DISTINCT …) is", "SUM and AVG with DISTINCT are not supported");
    return 0;
}

int work_aggregate(struct work *work, const struct tree_node *call, enum aggregate_kind kind)
{
    struct found_aggregate found = {0};
    size_t                 at    = node_number(call, "location"), open = at, end;
    int                    r;

    r = check_call(work, call, &kind);
    if (r < 0)
        return r;
    while (open < work->text.length && work->text.data[open] != '(')
        open++;
    end = lexeme_match(work->text.data, work->text.length, open);
    if (!end)
        return work_fail(work, at, "", "an aggregate whose end is not found");
    found.kind = kind;
    find_argument(work, open, end, tree_get(call, "agg_star") != NULL, &found);
    end = find_filter(work, end, &found);
    work_edit(work, at, end, RANK_REPLACE, (struct piece){ .kind = PIECE_AGGREGATE, .aggregate = work->aggregate_count });
    VEC_PUSH(work->aggregates, work->aggregate_count, work->aggregate_room, found);
    work->in_aggregate = true;
    r = work_walk(work, tree_get(call, "args"));
    if (r == 0)
        r = work_walk(work, tree_get(call, "agg_filter"));
    work->in_aggregate = false;
    return r;
}

/* -- division ------------------------------------------------------------------------------------------------------ */

static bool is_nonzero_constant(const struct tree_node *node)
{
    const struct tree_node *constant = tree_get(node, "A_Const");
    const struct tree_node *number   = tree_get(tree_get(constant, "ival"), "ival");

    if (!number)
        number = tree_get(tree_get(constant, "fval"), "fval");
    if (!number)
        return false;
    for (size_t i = 0; i < number->length; i++)
        if (number->text[i] >= '1' && number->text[i] <= '9')
            return true;
    return false;
}

static bool is_nullif(const struct tree_node *node)
{
    return tree_text_is(tree_get(tree_get(node, "A_Expr"), "kind"), "AEXPR_NULLIF");
}

/* Past one operand that begins at `at`: a name, a call, a number, something in brackets, with casts; 0: not plain. */
static size_t operand_end(const struct work *work, size_t at)
{
    const char   *text   = work->text.data;
    size_t        length = work->text.length, end;
    struct lexeme lexeme = lexeme_skip(text, length, at), next;

    while (lexeme.kind == LEXEME_OTHER && (text[lexeme.at] == '-' || text[lexeme.at] == '+'))
        lexeme = lexeme_skip(text, length, lexeme.end);
    if (lexeme.kind == LEXEME_OPEN)
        end = lexeme_match(text, length, lexeme.at);
    else if ((lexeme.kind == LEXEME_WORD && !lexeme_is(text, lexeme, "case")) || lexeme.kind == LEXEME_NAME)
        end = lexeme.end;
    else
        return 0;
    while (end) {
        next = lexeme_skip(text, length, end);
        if (next.kind == LEXEME_OPEN) {
            end = lexeme_match(text, length, next.at);
        } else if (lexeme_is(text, next, "filter")) {
            end = lexeme_match(text, length, lexeme_skip(text, length, next.end).at);
        } else if (next.kind == LEXEME_OTHER && (text[next.at] == '.' || text[next.at] == ':')) {
            next = lexeme_skip(text, length, next.end);
            if (next.kind == LEXEME_OTHER)                     /* the second colon */
                next = lexeme_skip(text, length, next.end);
            end = next.kind == LEXEME_WORD || next.kind == LEXEME_NAME ? next.end : 0;
        } else if (next.kind == LEXEME_OTHER && text[next.at] == '^') {
            return 0;
        } else {
            break;
        }
    }
    return end;
}

int work_guard_division(struct work *work, const struct tree_node *expression)
{
    const struct tree_node *names = tree_get(expression, "name"), *right = tree_get(expression, "rexpr");
    size_t                  at    = node_number(expression, "location"), begin, end;
    size_t                  guard = is_nonzero_constant(right) ? GUARD_INTEGER : GUARD_ZERO;

    if (work->request->use != FRAGMENT_MEASURE || work->in_aggregate || work->depth > 0 || !names || !names->first)
        return 0;
    if (!tree_text_is(tree_get(tree_get(names->first, "String"), "sval"), "/") || is_nullif(right))
        return 0;
    begin = lexeme_skip(work->text.data, work->text.length, at + 1).at;
    end   = work->text.data[at] == '/' ? operand_end(work, begin) : 0;
    if (!end)
        return work_fail(work, begin, "write … / NULLIF(…, 0)", "a division by what may be 0");
    work_edit(work, begin, begin, RANK_OPEN, (struct piece){ .kind = PIECE_TEXT, .text = "", .aggregate = guard });
    work_edit(work, end, end, RANK_CLOSE, (struct piece){ .kind = PIECE_TEXT, .text = "", .aggregate = guard });
    return 0;
}
