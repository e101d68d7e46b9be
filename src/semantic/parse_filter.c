/*
 * semantic/parse_filter: conditions, and the trees they make. A tree is always flat: no AND within an AND, no OR within
 * an OR, no group of one; so that what is equal looks equal.
 */
#include "src/semantic/parse.h"

#include <string.h>

/* -- trees --------------------------------------------------------------------------------------------------------- */

static void filter_push(struct arena *arena, struct filter *group, struct filter *kid)
{
    if (kid->kind != group->kind) {
        ARENA_PUSH(arena, group->kids, group->kid_count, group->kid_room, kid);
        return;
    }
    for (size_t i = 0; i < kid->kid_count; i++)
        ARENA_PUSH(arena, group->kids, group->kid_count, group->kid_room, kid->kids[i]);
}

struct filter *filter_join(struct arena *arena, enum filter_kind kind, struct filter *left, struct filter *right)
{
    struct filter *group = left;

    if (!left || !right)
        return left ? left : right;
    if (left->kind != kind) {
        group = ARENA_NEW(arena, struct filter);
        group->kind = kind;
        filter_push(arena, group, left);
    }
    filter_push(arena, group, right);
    return group;
}

struct filter *filter_not(struct arena *arena, struct filter *filter)
{
    struct filter *not = ARENA_NEW(arena, struct filter);

    not->kind = FILTER_NOT;
    ARENA_PUSH(arena, not->kids, not->kid_count, not->kid_room, filter);
    return not;
}

/* -- values -------------------------------------------------------------------------------------------------------- */

static int value_word_refuse(struct parser *parser)
{
    const char *word = lex_show(&parser->lexer, &parser->token);

    (void)parse_expected(parser, "a value");
    if (parser->token.word == WORD_NULL)
        error_hint(parser->error, "write: is null, or: is not null");
    else
        error_hint(parser->error, "'%s' is a word of the language; as a value it is written in quotes", word);
    return ERR_SYNTAX;
}

static int parse_word_value(struct parser *parser, struct value *value)
{
    enum word word = parser->token.word;

    if ((word >= WORD_FROM && word <= WORD_NOT) || word == WORD_NULL)
        return value_word_refuse(parser);
    value->kind = word == WORD_TRUE || word == WORD_FALSE ? VALUE_BOOL : VALUE_WORD;
    if (value->kind == VALUE_BOOL)
        value->text = word == WORD_TRUE ? "true" : "false";
    return 0;
}

/* One token, or INT UNITS "ago". */
static int parse_value(struct parser *parser, struct value *ret_value)
{
    const struct token token = parser->token;
    struct value value = { .span = token.span };
    int r = 0;

    parser_wants(parser, WANT_VALUE);
    switch (token.kind) {
    case TOKEN_NUMBER:   value.kind = VALUE_NUMBER; break;
    case TOKEN_STRING:   value.kind = VALUE_STRING; break;
    case TOKEN_VARIABLE: value.kind = VALUE_VARIABLE; break;
    case TOKEN_DURATION: value.kind = VALUE_WORD; break;
    case TOKEN_POINT:
        value.kind = VALUE_POINT;
        value.point = token.point;
        break;
    case TOKEN_WORD:
        r = parse_word_value(parser, &value);
        break;
    case TOKEN_END: case TOKEN_COMPARE: case TOKEN_COMMA: case TOKEN_OPEN: case TOKEN_CLOSE: case TOKEN_RANGE:
    case TOKEN_PLUS: case TOKEN_MINUS: case TOKEN_AMPERSAND: case TOKEN_STAR:
    default:
        r = parse_expected(parser, "a value");
    }
    if (r < 0)
        return r;
    r = parser_next(parser);
    if (r < 0)
        return r;
    if (token.kind == TOKEN_NUMBER && token.integer && parser->token.kind == TOKEN_WORD
        && (parser->token.word == WORD_UNIT || parser->token.word == WORD_UNITS)) {
        r = parse_units_ago(parser, &token, &value.point);
        if (r < 0)
            return r;
        value.kind = VALUE_POINT;
        value.text = point_text(parser->arena, &value.point);
        value.span = value.point.span;
    }
    parser_marks(parser, MARK_VALUE, value.span);
    if (!value.text)
        value.text = token.kind == TOKEN_STRING ? token.text : arena_strndup(parser->arena, token.text, token.length);
    *ret_value = value;
    return 0;
}

static int parse_one_value(struct parser *parser, struct filter *test)
{
    struct value value;
    int r = parse_value(parser, &value);

    if (r < 0)
        return r;
    ARENA_PUSH(parser->arena, test->values, test->value_count, test->value_room, value);
    return 0;
}

/* "(" value { "," value } ")", at the bracket */
static int parse_value_list(struct parser *parser, struct filter *test)
{
    int r;

    do {
        r = parser_next(parser);
        if (r >= 0)
            r = parse_one_value(parser, test);
        if (r < 0)
            return r;
    } while (parser->token.kind == TOKEN_COMMA);
    parser_wants(parser, WANT_CLOSE);
    if (parser->token.kind != TOKEN_CLOSE) {
        r = parse_expected(parser, "',' or ')'");
        error_hint(parser->error, "a value of several words is written in quotes");
        return r;
    }
    return parser_next(parser);
}

/* -- tests --------------------------------------------------------------------------------------------------------- */

static int parse_in(struct parser *parser, struct filter *test, bool not)
{
    if (parser->token.kind == TOKEN_OPEN) {
        test->test = not ? TEST_NOT_EQUAL : TEST_EQUAL;
        return parse_value_list(parser, test);
    }
    test->test = not ? TEST_NOT_IN_PERIOD : TEST_IN_PERIOD;
    parser_wants(parser, WANT_OPEN | WANT_PERIOD);
    if (!period_begins(&parser->token) && !parser_meets(parser, WORD_UNIT) && !parser_meets(parser, WORD_WEEKDAY)
        && !parser_meets(parser, WORD_CLOSEST)) {
        int r = parse_expected(parser, "'(' or a period");
        error_hint(parser->error, "in (Gaming, Music), in last 7 days; of one value: = Gaming");
        return r;
    }
    return parse_period(parser, &test->period);
}

static int parse_between(struct parser *parser, struct filter *test, bool not)
{
    int r = parse_one_value(parser, test);

    test->test = not ? TEST_NOT_BETWEEN : TEST_BETWEEN;
    if (r < 0)
        return r;
    if (!parser_at(parser, WORD_AND)) {
        r = parse_expected(parser, "'and'");
        error_hint(parser->error, "between 10 and 20: both ends are included");
        return r;
    }
    r = parser_next(parser);
    return r < 0 ? r : parse_one_value(parser, test);
}

/* What may come after "not" as well. At the word; 1 when it is none of these. */
static int parse_worded_test(struct parser *parser, struct filter *test, bool not)
{
    enum word word = parser->token.kind == TOKEN_WORD ? parser->token.word : WORD_PLAIN;
    int r;

    parser_wants(parser, WANT_WORDED);
    switch ((int)word) {
    case WORD_IN: case WORD_BETWEEN: break;
    case WORD_CONTAINS: test->test = not ? TEST_NOT_CONTAINS : TEST_CONTAINS; break;
    case WORD_STARTS:   test->test = not ? TEST_NOT_STARTS : TEST_STARTS; break;
    case WORD_ENDS:     test->test = not ? TEST_NOT_ENDS : TEST_ENDS; break;
    case WORD_LIKE:     test->test = not ? TEST_NOT_LIKE : TEST_LIKE; break;
    case WORD_HAS:      test->test = not ? TEST_NOT_HAS : TEST_HAS; break;
    default:            return 1;
    }
    r = parser_next(parser);
    if (r >= 0 && word == WORD_IN)
        return parse_in(parser, test, not);
    if (r >= 0 && word == WORD_BETWEEN)
        return parse_between(parser, test, not);
    if (r >= 0 && (word == WORD_STARTS || word == WORD_ENDS)) {
        if (!parser_at(parser, WORD_WITH))
            return parse_expected(parser, "'with'");
        r = parser_next(parser);
    }
    if (r >= 0 && parser->token.kind == TOKEN_OPEN && word != WORD_LIKE && word != WORD_HAS)
        return parse_value_list(parser, test);
    return r < 0 ? r : parse_one_value(parser, test);
}

static int parse_null_test(struct parser *parser, struct filter *test)
{
    int r = parser_next(parser);

    test->test = TEST_NULL;
    if (r >= 0 && parser_at(parser, WORD_NOT)) {
        test->test = TEST_NOT_NULL;
        r = parser_next(parser);
    }
    if (r < 0)
        return r;
    if (!parser_at(parser, WORD_NULL)) {
        r = parse_expected(parser, test->test == TEST_NULL ? "'null' or 'not null'" : "'null'");
        error_hint(parser->error, "a value is compared with = or !=");
        return r;
    }
    return parser_next(parser);
}

static int test_unexpected(struct parser *parser)
{
    static const char *const words[] = { "is", "not", "in", "contains", "starts", "ends", "like", "has", "between" };
    const char *near = NULL;
    int r = parse_expected(parser, "a comparison");

    if (parser->token.kind == TOKEN_WORD)
        near = nearest_word(parser->token.text, parser->token.length, words, COUNT_OF(words));
    if (near)
        error_hint(parser->error, "did you mean '%s'?", near);
    else
        error_hint(parser->error, "= != < <= > >= is, in, contains, starts with, ends with, like, has, between, or not before "
                                  "one of these");
    return r;
}

static int parse_test(struct parser *parser, struct filter **ret_filter)
{
    struct filter *test = ARENA_NEW(parser->arena, struct filter);
    struct span first = parser->token.span;
    bool not;
    int r;

    test->kind = FILTER_TEST;
    r = parse_name(parser, NAME_TESTED, &test->member);
    if (r < 0)
        return r;
    if (parser->probe)
        parser->probe->test = test;
    parser_wants(parser, WANT_COMPARISON);
    if (parser->token.kind == TOKEN_COMPARE) {
        test->test = parser->token.test;
        r = parser_next(parser);
        if (r >= 0)
            r = parse_one_value(parser, test);
    } else if (parser_at(parser, WORD_IS)) {
        r = parse_null_test(parser, test);
    } else {
        not = parser_at(parser, WORD_NOT);
        r = not ? parser_next(parser) : 0;
        if (r >= 0)
            r = parse_worded_test(parser, test, not);
        if (r > 0)
            r = test_unexpected(parser);
    }
    if (r < 0)
        return r;
    test->span = span_from(parser, first);
    *ret_filter = test;
    return 0;
}

/* -- the tree of a line -------------------------------------------------------------------------------------------- */

static int depth_enter(struct parser *parser)
{
    if (parser->depth++ < DEPTH_LIMIT)
        return 0;
    return parse_fail(parser, ERR_SYNTAX, parser->token.span, "conditions lie more than %d deep in each other", DEPTH_LIMIT);
}

static int parse_negation(struct parser *parser, struct filter **ret_filter)
{
    struct span open = parser->token.span;
    struct filter *filter;
    bool not = parser_at(parser, WORD_NOT);
    int r;

    if (!not && parser->token.kind != TOKEN_OPEN)
        return parse_test(parser, ret_filter);
    r = depth_enter(parser);
    if (r >= 0)
        r = parser_next(parser);
    if (r >= 0)
        r = not ? parse_negation(parser, &filter) : parse_filter(parser, &filter);
    if (r < 0)
        return r;
    parser->depth--;
    if (not) {
        *ret_filter = filter_not(parser->arena, filter);
        return 0;
    }
    parser_wants(parser, WANT_CLOSE);
    if (parser->token.kind == TOKEN_END) {
        r = parse_fail(parser, ERR_SYNTAX, open, "the bracket is never closed");
        error_hint(parser->error, "end the condition with ')'");
        return r;
    }
    if (parser->token.kind != TOKEN_CLOSE)
        return parse_unexpected(parser);
    *ret_filter = filter;
    return parser_next(parser);
}

static int parse_conjunction(struct parser *parser, struct filter **ret_filter)
{
    struct filter *all = NULL, *one;
    int r;

    for (;;) {
        r = parse_negation(parser, &one);
        if (r < 0)
            return r;
        all = filter_join(parser->arena, FILTER_AND, all, one);
        if (!parser_at(parser, WORD_AND))
            break;
        r = parser_next(parser);
        if (r < 0)
            return r;
    }
    *ret_filter = all;
    return 0;
}

int parse_filter(struct parser *parser, struct filter **ret_filter)
{
    struct filter *any = NULL, *one;
    int r;

    for (;;) {
        r = parse_conjunction(parser, &one);
        if (r < 0)
            return r;
        any = filter_join(parser->arena, FILTER_OR, any, one);
        if (!parser_at(parser, WORD_OR))
            break;
        r = parser_next(parser);
        if (r < 0)
            return r;
    }
    *ret_filter = any;
    return 0;
}
