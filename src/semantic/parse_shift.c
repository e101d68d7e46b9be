/* The clause `vs`: what a period is compared with. */
#include "src/semantic/parse.h"

#include <string.h>

static int shift_refuse(struct parser *parser, const struct token *first)
{
    struct span span = { first->span.at, parser->token.span.at + parser->token.span.length - first->span.at };
    int r = parse_fail(parser, ERR_AMBIGUOUS, span, "'vs %.*s' could mean two things", (int)span.length,
                       parser->lexer.text + span.at);

    error_hint(parser->error, "previous (the period before), 7 days ago (the same period moved back), "
                              "or a fixed one: from 2026-01-01 to 2026-01-31");
    return r;
}

/* "last" ("week"|"month"|"quarter"|"year") or "last monday", which is a point. At "last". */
static int parse_shift_last(struct parser *parser, struct shift *shift)
{
    struct token first = parser->token;
    int r = parser_next(parser);

    if (r < 0)
        return r;
    if (parser_at(parser, WORD_WEEKDAY)) {
        shift->kind = SHIFT_PERIOD;
        shift->period.kind = PERIOD_POINT;
        r = parse_weekday(parser, first.span, -1, &shift->period.from);
        return r >= 0 && parser->token.kind == TOKEN_RANGE ? parse_second_point(parser, &shift->period) : r;
    }
    if (!parser_at(parser, WORD_UNIT) || parser->token.unit < UNIT_WEEK) {
        if (parser->token.kind != TOKEN_END)
            return shift_refuse(parser, &first);
        return parse_expected(parser, "week, month, quarter or year");
    }
    shift->kind = SHIFT_LAST;
    shift->unit = parser->token.unit;
    return parser_next(parser);
}

/* A fixed period; a single "INT UNITS ago" moves the period instead. */
static int parse_shift_fixed(struct parser *parser, struct shift *shift)
{
    struct span first = parser->token.span;
    int r = parse_fixed_period(parser, &shift->period);

    if (r < 0)
        return r;
    shift->period.span = span_from(parser, first);
    shift->kind = SHIFT_PERIOD;
    if (shift->period.kind == PERIOD_POINT && shift->period.from.kind == POINT_AGO &&
        shift->period.from.precision == UNIT_NONE) {
        shift->kind = SHIFT_AGO;
        shift->unit = shift->period.from.unit;
        shift->count = shift->period.from.count;
        shift->period = (struct period){ 0 };
        if (shift->count == 0)
            return parse_fail(parser, ERR_SYNTAX, span_from(parser, first),
                              "a period moved by nothing is the period itself");
    }
    return 0;
}

static int parse_shift_more(struct parser *parser, struct shift *shift)
{
    int r = 0;

    while (r >= 0 && shift->kind == SHIFT_PERIOD && parser->token.kind == TOKEN_COMMA) {
        struct shift next = { 0 };

        r = parser_next(parser);
        if (r >= 0)
            r = parse_shift_fixed(parser, &next);
        if (r < 0)
            return r;
        if (next.kind != SHIFT_PERIOD)
            return parse_fail(parser, ERR_SYNTAX, parser->before.span, "expected a fixed period beside another one");
        ARENA_PUSH(parser->arena, shift->more, shift->more_count, shift->more_room, next.period);
    }
    return r;
}

int parse_shift(struct parser *parser)
{
    struct span first = parser->token.span;
    struct shift shift = { 0 };
    size_t mark = parser->probe ? parser->probe->mark_count : 0;
    int r;

    parser_wants(parser, WANT_SHIFT);
    parser_marks(parser, MARK_PERIOD, (struct span){ first.at, 0 });
    if (parser_at(parser, WORD_PREVIOUS)) {
        shift.kind = SHIFT_PREVIOUS;
        r = parser_next(parser);
    } else if (parser_at(parser, WORD_LAST)) {
        r = parse_shift_last(parser, &shift);
    } else if (period_begins(&parser->token) || parser_meets(parser, WORD_UNIT) || parser_meets(parser, WORD_CLOSEST)
               || parser_meets(parser, WORD_WEEKDAY)) {
        if (parser_at(parser, WORD_THIS) || parser_at(parser, WORD_NEXT) || parser_at(parser, WORD_TO_DATE))
            return shift_refuse(parser, &parser->token);
        r = parse_shift_fixed(parser, &shift);
    } else {
        static const char *const words[] = { "previous" };
        bool near = parser->token.kind == TOKEN_WORD
                    && nearest_word(parser->token.text, parser->token.length, words, 1);

        r = parse_expected(parser, "what to compare with");
        if (near)
            error_hint(parser->error, "did you mean 'previous'?");
        error_hint(parser->error, "previous, last week, last month, last quarter, last year, 7 days ago, "
                                  "or a fixed period: from 2026-01-01 to 2026-01-31");
        return r;
    }
    if (r >= 0)
        r = parse_shift_more(parser, &shift);
    if (r < 0)
        return r;
    if (shift.period.kind != PERIOD_NONE && shift.period.span.length == 0)
        shift.period.span = span_from(parser, first);
    shift.span = span_from(parser, first);
    if (parser->probe)
        parser->probe->marks[mark].span = shift.span;
    parser->query->shift = shift;
    return 0;
}
