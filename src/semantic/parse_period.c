/*
 * semantic/parse_period: points and periods (parse_shift.c: what they are compared with). Relative words stay relative
 * here: no clock is read (period.c resolves). What people use for two things is refused with both.
 */
#include "src/semantic/parse.h"

#include <ctype.h>
#include <string.h>

#include "ytempire/base/str.h"

#define PERIOD_HINT "a period: last 30 days, 7d, ytd, this month, 2026-Q1, 2026-01-01..2026-01-31, since 2026-01-01, all time"
#define POINT_HINT "a point in time: 2026-01-31, 2026-01-31T12:00, 2026-01, 2026-Q1, 2026, today, yesterday, now, 7 days ago"

/* "3m", "90s", "7days": digits and letters, which only a period has. */
static bool is_loose_duration(const struct token *token)
{
    size_t at = 0;

    if (token->kind != TOKEN_WORD)
        return false;
    while (at < token->length && isdigit((unsigned char)token->text[at]))
        at++;
    if (at == 0 || at == token->length)
        return false;
    while (at < token->length && isalpha((unsigned char)token->text[at]))
        at++;
    return at == token->length;
}

bool period_begins(const struct token *token)
{
    switch ((int)token->kind) {
    case TOKEN_POINT: case TOKEN_DURATION: case TOKEN_NUMBER:
        return true;
    case TOKEN_WORD:
        return (token->word >= WORD_TODAY && token->word <= WORD_UNTIL) || token->word == WORD_FROM || is_loose_duration(token);
    default:
        return false;
    }
}

/* -- numbers of units ---------------------------------------------------------------------------------------------- */

static const char *unit_near(const struct token *token)
{
    static const char *const units[] = {
        "second", "minute", "hour", "day", "week", "month", "quarter", "year",
        "seconds", "minutes", "hours", "days", "weeks", "months", "quarters", "years",
    };

    return token->kind == TOKEN_WORD ? nearest_word(token->text, token->length, units, COUNT_OF(units)) : NULL;
}

/* The token at hand is no unit. */
static int unit_expected(struct parser *parser, const char *what)
{
    const struct token *token = &parser->token;
    const char *near;
    int r;

    if (token->kind == TOKEN_WORD && token->length == 1 && (token->text[0] | 0x20) == 'm') {
        r = parse_fail(parser, ERR_AMBIGUOUS, token->span, "'%s' could be two units", lex_show(&parser->lexer, token));
        error_hint(parser->error, "months or minutes");
        return r;
    }
    r = parse_expected(parser, what);
    near = parser->error ? unit_near(token) : NULL;
    if (near)
        error_hint(parser->error, "did you mean '%s'?", near);
    else
        error_hint(parser->error, "seconds, minutes, hours, days, weeks, months, quarters or years");
    return r;
}

int parse_count(struct parser *parser, enum data_unit unit, const struct token *number, int *ret_count)
{
    if (number->count < 0 || number->count > unit_count_limit(unit))
        return parse_fail(parser, ERR_SYNTAX, number->span, "'%s' is no count of %ss for a calendar of 10,000 years",
                          lex_show(&parser->lexer, number), data_unit_name(unit));
    *ret_count = number->count;
    return 0;
}

static bool at_unit(const struct parser *parser)
{
    return parser_at(parser, WORD_UNIT) || parser_at(parser, WORD_UNITS);
}

/* -- points -------------------------------------------------------------------------------------------------------- */

/* "30 days" alone: people mean three things. */
static int units_alone(struct parser *parser, const struct token *number, enum data_unit unit)
{
    static const char *const shorts[] = {
        [UNIT_MINUTE] = "min", [UNIT_HOUR] = "h", [UNIT_DAY] = "d", [UNIT_WEEK] = "w", [UNIT_MONTH] = "mo",
        [UNIT_QUARTER] = "q", [UNIT_YEAR] = "y",
    };
    const char *count = lex_show(&parser->lexer, number), *name = data_unit_name(unit);
    struct span span = { number->span.at, parser->before.span.at + parser->before.span.length - number->span.at };
    int r = parse_fail(parser, ERR_AMBIGUOUS, span, "'%s %ss' could mean several things", count, name);

    if (unit < COUNT_OF(shorts) && shorts[unit])
        error_hint(parser->error, "last %s %ss (whole ones, without the running one), %s%s (up to now) or %s %ss ago (that %s)",
                   count, name, count, shorts[unit], count, name, name);
    else
        error_hint(parser->error, "last %s %ss or %s %ss ago", count, name, count, name);
    return r;
}

int parse_units_ago(struct parser *parser, const struct token *number, struct point *ret_point)
{
    struct point point = { .unit = parser->token.unit };
    int r = parse_count(parser, point.unit, number, &point.count);

    if (r >= 0)
        r = parser_next(parser);
    if (r < 0)
        return r;
    if (parser_at(parser, WORD_AGO)) {
        point.kind = POINT_AGO;
    } else if (parser_at(parser, WORD_FROM)) {
        r = parser_next(parser);
        if (r < 0)
            return r;
        if (!parser_at(parser, WORD_NOW))
            return parse_expected(parser, "'now'");
        point.kind = POINT_AHEAD;
    } else {
        return units_alone(parser, number, point.unit);
    }
    r = parser_next(parser);
    if (r < 0)
        return r;
    point.span = span_from(parser, number->span);
    *ret_point = point;
    return 0;
}

/* The number is the token before. A year, or what it lacks. */
static int parse_year(struct parser *parser, struct point *ret_point)
{
    const struct token *number = &parser->before;
    int r;

    if (number->integer && number->length == 4 && number->count > 0) {
        *ret_point = (struct point){ .kind = POINT_YEAR, .year = number->count, .span = number->span };
        return 0;
    }
    r = parse_fail(parser, ERR_SYNTAX, number->span, "'%s' is not a point in time", lex_show(&parser->lexer, number));
    if (number->integer && number->length == 8)
        error_hint(parser->error, "a day is written %.4s-%.2s-%.2s", number->text, number->text + 4, number->text + 6);
    else if (number->integer && number->length < 4)
        error_hint(parser->error, "of which unit? last %.*s days, %.*sd, %.*s days ago", (int)number->length, number->text,
                   (int)number->length, number->text, (int)number->length, number->text);
    else
        error_hint(parser->error, POINT_HINT);
    return r;
}

/* "day 3 months ago": that day, not the whole month. At the unit. */
static int parse_precise(struct parser *parser, struct point *ret_point)
{
    struct span first = parser->token.span;
    enum data_unit precision = parser->token.unit;
    struct token number;
    struct point point;
    int r = parser_next(parser);

    if (r < 0)
        return r;
    number = parser->token;
    if (!number.integer || number.kind != TOKEN_NUMBER) {
        r = parse_expected(parser, "a number");
        error_hint(parser->error, "day 3 months ago is one day, 3 months ago the whole month; a granularity goes after 'by'");
        return r;
    }
    r = parser_next(parser);
    if (r >= 0)
        r = at_unit(parser) ? parse_units_ago(parser, &number, &point) : unit_expected(parser, "a unit of time");
    if (r < 0)
        return r;
    point.precision = precision == point.unit ? UNIT_NONE : precision;
    point.span = span_from(parser, first);
    *ret_point = point;
    return 0;
}

int parse_weekday(struct parser *parser, struct span first, int count, struct point *ret_point)
{
    struct point point = { .kind = POINT_WEEKDAY, .part = parser->token.part, .count = count };
    int r = parser_next(parser);

    if (r < 0)
        return r;
    point.span = span_from(parser, first);
    *ret_point = point;
    return 0;
}

/* "10000-01-01", "0000-01-01": a date by its form, of a year that no calendar of four digits has. */
static bool is_far_date(const struct token *token)
{
    const char *text = token->text;
    size_t      year = strspn(text, "0123456789"), month;

    if (token->kind != TOKEN_WORD || year < 4 || text[year] != '-')
        return false;
    month = strspn(text + year + 1, "0123456789");
    return month == 2 && (year > 4 || strncmp(text, "0000", 4) == 0)
           && (token->length == year + 3 || (text[year + 3] == '-' && token->length == year + 6));
}

static int point_refuse_word(struct parser *parser)
{
    const struct token *token = &parser->token;
    const char *shown = lex_show(&parser->lexer, token);
    size_t digits = strspn(token->text, "0123456789");
    int r;

    if (token->kind == TOKEN_WORD && token->word == WORD_WEEKDAY) {
        r = parse_fail(parser, ERR_AMBIGUOUS, token->span, "'%s' could be two days", shown);
        error_hint(parser->error, "last %s, or closest %s, or the date", shown, shown);
    } else if (is_far_date(token)) {
        r = parse_fail(parser, ERR_SYNTAX, token->span, "'%s' leaves the calendar (years 1 to 9999)", shown);
    } else if (token->kind == TOKEN_DURATION) {
        r = parse_fail(parser, ERR_SYNTAX, token->span, "'%s' is a length of time, not a point", shown);
        error_hint(parser->error, "as a period it stands alone: for %s; a point is written 7 days ago", shown);
    } else if (is_loose_duration(token) && token->length == digits + 1 && (token->text[digits] | 0x20) == 'm') {
        r = parse_fail(parser, ERR_AMBIGUOUS, token->span, "'%s' could mean two things", shown);
        error_hint(parser->error, "%.*s months: %.*smo, %.*s minutes: %.*smin", (int)digits, token->text, (int)digits,
                   token->text, (int)digits, token->text, (int)digits, token->text);
    } else if (is_loose_duration(token)) {
        r = parse_fail(parser, ERR_SYNTAX, token->span, "'%s' is not a length of time", shown);
        error_hint(parser->error, "lengths are 5min 24h 7d 4w 3mo 2q 1y; or: last 7 days");
    } else {
        r = parse_expected(parser, "a point in time");
        error_hint(parser->error, POINT_HINT);
    }
    return r;
}

static int parse_named_point(struct parser *parser, enum point_kind kind, struct point *ret_point)
{
    *ret_point = (struct point){ .kind = kind, .span = parser->token.span };
    return parser_next(parser);
}

int parse_point(struct parser *parser, struct point *ret_point)
{
    struct span first = parser->token.span;
    enum word word = parser->token.kind == TOKEN_WORD ? parser->token.word : WORD_PLAIN;
    int r;

    parser_wants(parser, WANT_POINT);
    if (parser->token.kind == TOKEN_POINT) {
        *ret_point = parser->token.point;
        return parser_next(parser);
    }
    if (parser->token.kind == TOKEN_NUMBER) {
        r = parser_next(parser);
        if (r < 0)
            return r;
        if (at_unit(parser) && parser->before.integer) {
            struct token number = parser->before;
            return parse_units_ago(parser, &number, ret_point);
        }
        return parse_year(parser, ret_point);
    }
    switch ((int)word) {
    case WORD_TODAY:     return parse_named_point(parser, POINT_TODAY, ret_point);
    case WORD_YESTERDAY: return parse_named_point(parser, POINT_YESTERDAY, ret_point);
    case WORD_TOMORROW:  return parse_named_point(parser, POINT_TOMORROW, ret_point);
    case WORD_NOW:       return parse_named_point(parser, POINT_NOW, ret_point);
    case WORD_UNIT:      return parse_precise(parser, ret_point);
    case WORD_LAST: case WORD_CLOSEST:
        r = parser_next(parser);
        if (r < 0)
            return r;
        if (parser_at(parser, WORD_WEEKDAY))
            return parse_weekday(parser, first, word == WORD_LAST ? -1 : 0, ret_point);
        r = parse_expected(parser, "a day of the week");
        error_hint(parser->error, word == WORD_LAST ? "a point is written 1 month ago; last month alone is a period" : POINT_HINT);
        return r;
    default:
        return point_refuse_word(parser);
    }
}

/* -- periods ------------------------------------------------------------------------------------------------------- */

int parse_second_point(struct parser *parser, struct period *period)
{
    int r = parser_next(parser);

    if (r < 0)
        return r;
    period->kind = PERIOD_BETWEEN;
    return parse_point(parser, &period->to);
}

/* "from" point "to" point, at "from" */
static int parse_from_to(struct parser *parser, struct period *period)
{
    int r = parser_next(parser);

    if (r >= 0)
        r = parse_point(parser, &period->from);
    if (r < 0)
        return r;
    if (!parser_at(parser, WORD_TO)) {
        r = parse_expected(parser, "'to'");
        error_hint(parser->error, "from 2026-01-01 to 2026-01-31; without an end: since 2026-01-01");
        return r;
    }
    return parse_second_point(parser, period);
}

/* "since" point [ "until" point ], at "since" */
static int parse_since(struct parser *parser, struct period *period)
{
    int r = parser_next(parser);

    period->kind = PERIOD_SINCE;
    if (r >= 0)
        r = parse_point(parser, &period->from);
    if (r >= 0 && parser_at(parser, WORD_UNTIL))
        r = parse_second_point(parser, period);
    return r;
}

/* point [ ".." point ] or "from" point "to" point */
int parse_fixed_period(struct parser *parser, struct period *period)
{
    int r;

    if (parser_at(parser, WORD_FROM))
        return parse_from_to(parser, period);
    period->kind = PERIOD_POINT;
    r = parse_point(parser, &period->from);
    if (r < 0)
        return r;
    if (parser->token.kind == TOKEN_RANGE)
        return parse_second_point(parser, period);
    if (parser_meets(parser, WORD_TO)) {
        r = parse_fail(parser, ERR_SYNTAX, parser->token.span, "unexpected 'to'");
        error_hint(parser->error, "write: from … to …, or: 2026-01-01..2026-01-31");
        return r;
    }
    if (period->from.kind == POINT_NOW) {
        r = parse_fail(parser, ERR_SYNTAX, period->from.span, "'now' is an instant, not a period");
        error_hint(parser->error, "today, this hour, or: since 2026-01-01 until now");
    }
    return r;
}

static int parse_unit_period(struct parser *parser, struct period *period, enum period_kind kind, int count)
{
    period->kind = kind;
    period->count = count;
    period->unit = parser->token.unit;
    return parser_next(parser);
}

/* After "this", "last", "next". `first` is that word. */
static int parse_counted(struct parser *parser, const struct token *first, struct period *period)
{
    enum period_kind kind = first->word == WORD_LAST ? PERIOD_LAST : PERIOD_NEXT;
    const char *word = first->word == WORD_LAST ? "last" : "next";
    struct token number = parser->token;
    int count, r;

    if (number.kind == TOKEN_DURATION) {
        struct span span = { first->span.at, number.span.at + number.span.length - first->span.at };

        r = parse_fail(parser, ERR_AMBIGUOUS, span, "'%s %s' could be two ranges", word, lex_show(&parser->lexer, &number));
        error_hint(parser->error, "%s %d %ss (whole ones, without the running one) or %s (up to now)", word, number.count,
                   data_unit_name(number.unit), lex_show(&parser->lexer, &number));
        return r;
    }
    parser_wants(parser, WANT_NUMBER);
    if (number.kind != TOKEN_NUMBER || !number.integer)
        return unit_expected(parser, "a unit of time or a number of units");
    r = parser_next(parser);
    if (r < 0)
        return r;
    if (!at_unit(parser))
        return unit_expected(parser, "a unit of time");
    r = parse_count(parser, parser->token.unit, &number, &count);
    if (r < 0)
        return r;
    if (count == 0)
        return parse_fail(parser, ERR_SYNTAX, number.span, "'%s 0 %s' is an empty period", word,
                          lex_show(&parser->lexer, &parser->token));
    return parse_unit_period(parser, period, kind, count);
}

static int parse_this_last_next(struct parser *parser, struct period *period)
{
    struct token first = parser->token;
    int r = parser_next(parser);

    if (r < 0)
        return r;
    if (parser_at(parser, WORD_UNIT))
        return parse_unit_period(parser, period, first.word == WORD_THIS ? PERIOD_CURRENT : first.word == WORD_LAST ? PERIOD_LAST
                                                                                                  : PERIOD_NEXT, 1);
    if (first.word == WORD_LAST && parser_at(parser, WORD_WEEKDAY)) {
        period->kind = PERIOD_POINT;
        r = parse_weekday(parser, first.span, -1, &period->from);
        return r >= 0 && parser->token.kind == TOKEN_RANGE ? parse_second_point(parser, period) : r;
    }
    if (parser_meets(parser, WORD_UNITS)) {
        r = parse_fail(parser, ERR_SYNTAX, parser->token.span, "how many '%s'?", lex_show(&parser->lexer, &parser->token));
        error_hint(parser->error, "%s %s, or: last 7 %ss", lex_show(&parser->lexer, &first),
                   data_unit_name(parser->token.unit), data_unit_name(parser->token.unit));
        return r;
    }
    if (first.word == WORD_THIS)
        return unit_expected(parser, "a unit of time");
    return parse_counted(parser, &first, period);
}

static int parse_duration(struct parser *parser, struct period *period)
{
    int r = parse_count(parser, parser->token.unit, &parser->token, &period->count);

    if (r < 0)
        return r;
    if (period->count == 0)
        return parse_fail(parser, ERR_SYNTAX, parser->token.span, "'%s' is an empty period",
                          lex_show(&parser->lexer, &parser->token));
    return parse_unit_period(parser, period, PERIOD_DURATION, period->count);
}

static int parse_all_time(struct parser *parser, struct period *period)
{
    int r = parser_next(parser);

    if (r < 0)
        return r;
    period->kind = PERIOD_ALL;
    return parser_at(parser, WORD_TIME) ? parser_next(parser) : parse_expected(parser, "'time'");
}

/* "today" is "this day", "yesterday" "last day": one form each. */
static void period_settle(struct period *period)
{
    if (period->kind != PERIOD_POINT)
        return;
    if (period->from.kind == POINT_TODAY)
        *period = (struct period){ .kind = PERIOD_CURRENT, .unit = UNIT_DAY, .count = 1 };
    else if (period->from.kind == POINT_YESTERDAY)
        *period = (struct period){ .kind = PERIOD_LAST, .unit = UNIT_DAY, .count = 1 };
    else if (period->from.kind == POINT_TOMORROW)
        *period = (struct period){ .kind = PERIOD_NEXT, .unit = UNIT_DAY, .count = 1 };
}

int parse_period(struct parser *parser, struct period *ret_period)
{
    struct span first = parser->token.span;
    enum word word = parser->token.kind == TOKEN_WORD ? parser->token.word : WORD_PLAIN;
    struct period period = { 0 };
    size_t mark = parser->probe ? parser->probe->mark_count : 0;
    int r;

    parser_wants(parser, WANT_PERIOD);
    parser_marks(parser, MARK_PERIOD, (struct span){ first.at, 0 });
    if (parser->token.kind == TOKEN_DURATION) {
        r = parse_duration(parser, &period);
    } else {
        switch ((int)word) {
        case WORD_THIS: case WORD_LAST: case WORD_NEXT:
            r = parse_this_last_next(parser, &period);
            break;
        case WORD_TO_DATE:
            r = parse_unit_period(parser, &period, PERIOD_TO_DATE, 1);
            break;
        case WORD_ALL:
            r = parse_all_time(parser, &period);
            break;
        case WORD_SINCE:
            r = parse_since(parser, &period);
            break;
        case WORD_UNTIL:
            r = parser_next(parser);
            period.kind = PERIOD_UNTIL;
            if (r >= 0)
                r = parse_point(parser, &period.to);
            break;
        default:
            r = parse_fixed_period(parser, &period);
        }
    }
    if (r < 0)
        return r;
    period_settle(&period);
    period.span = span_from(parser, first);
    if (parser->probe)
        parser->probe->marks[mark].span = period.span;
    *ret_period = period;
    return 0;
}
