/*
 * semantic/period: relative words and calendar points made absolute, by the query's clock and zone.
 *
 * Days and longer are counted on the local calendar and turned into instants last, so that a day has 23 or 25 hours
 * where the clocks change. Hours and shorter are counted on the instants, so that the doubled hour stays two.
 */
#include "src/semantic/query.h"

#include <string.h>

#include "src/semantic/parse.h"

/* -- the calendar -------------------------------------------------------------------------------------------------- */

static int64_t floor_to(int64_t value, int64_t size)
{
    int64_t rest = value % size;

    return value - (rest < 0 ? rest + size : rest);
}

static int64_t unit_size(enum data_unit unit)
{
    switch (unit) {
    case UNIT_SECOND: return US_PER_SECOND;
    case UNIT_MINUTE: return US_PER_MINUTE;
    case UNIT_HOUR:   return US_PER_HOUR;
    case UNIT_DAY:    return US_PER_DAY;
    case UNIT_WEEK:   return 7 * US_PER_DAY;
    case UNIT_MONTH: case UNIT_QUARTER: case UNIT_YEAR: case UNIT_NONE:
    default:          return 0;
    }
}

int64_t local_floor(int64_t local, enum data_unit unit)
{
    int64_t start = floor_to(local, US_PER_DAY);
    int32_t day = (int32_t)(start / US_PER_DAY);
    int year, month, of_month;

    switch (unit) {
    case UNIT_SECOND: case UNIT_MINUTE: case UNIT_HOUR:
        return floor_to(local, unit_size(unit));
    case UNIT_DAY:
        return start;
    case UNIT_WEEK:
        return start - (day_of_week(day) - 1) * US_PER_DAY;
    case UNIT_MONTH: case UNIT_QUARTER: case UNIT_YEAR:
        day_to_civil(day, &year, &month, &of_month);
        month = unit == UNIT_YEAR ? 1 : unit == UNIT_QUARTER ? month - (month - 1) % 3 : month;
        return day_from_civil(year, month, 1) * US_PER_DAY;
    case UNIT_NONE:
    default:
        return local;
    }
}

static int64_t add_months(int64_t local, int64_t months)
{
    int64_t start = floor_to(local, US_PER_DAY), index, year;
    int y, m, d, last;

    day_to_civil((int32_t)(start / US_PER_DAY), &y, &m, &d);
    index = y * INT64_C(12) + m - 1 + months;
    year = floor_to(index, 12) / 12;
    if (year < 1)
        return LOCAL_FIRST - 1;
    if (year > 9999)
        return index == 120000 && d == 1 && local == start ? LOCAL_LAST : LOCAL_LAST + 1;
    m = (int)(index - year * 12) + 1;
    last = days_in_month((int)year, m);
    return day_from_civil((int)year, m, d > last ? last : d) * US_PER_DAY + (local - start);
}

int64_t local_add(int64_t local, enum data_unit unit, int64_t count)
{
    int64_t size = unit_size(unit), sum;

    if (unit == UNIT_NONE)
        return local;
    if (size == 0)
        return add_months(local, count * (unit == UNIT_YEAR ? 12 : unit == UNIT_QUARTER ? 3 : 1));
    if (__builtin_mul_overflow(size, count, &sum) || __builtin_add_overflow(local, sum, &sum))
        return count < 0 ? LOCAL_FIRST - 1 : LOCAL_LAST + 1;
    return sum;
}

/* -- units around now ---------------------------------------------------------------------------------------------- */

struct clock {
    int64_t            now;
    const struct zone *zone;
};

static bool is_short(enum data_unit unit)
{
    return unit == UNIT_SECOND || unit == UNIT_MINUTE || unit == UNIT_HOUR;
}

static int local_to_instant(const struct clock *clock, int64_t local, int64_t *ret_instant)
{
    if (local < LOCAL_FIRST || local > LOCAL_LAST)
        return ERR_USAGE;
    *ret_instant = zone_to_instant(clock->zone, local);
    return 0;
}

/* Start of the unit that holds `at`, an instant; short units go by the offset that is valid then. */
static int64_t short_floor(const struct clock *clock, int64_t at, enum data_unit unit)
{
    int64_t local = zone_to_local(clock->zone, at);

    return at - (local - local_floor(local, unit));
}

/* Start of the unit `count` units after the one that holds now (before it: negative). */
static int unit_start(const struct clock *clock, enum data_unit unit, int64_t count, int64_t *ret_instant)
{
    int64_t at;

    if (is_short(unit)) {
        at = local_add(short_floor(clock, clock->now, unit), unit, count);
        if (at < LOCAL_FIRST || at > LOCAL_LAST)
            return ERR_USAGE;
        *ret_instant = at;
        return 0;
    }
    at = local_floor(zone_to_local(clock->zone, clock->now), unit);
    return local_to_instant(clock, local_add(at, unit, count), ret_instant);
}

/* Units `first` to `last`, both whole, counted from the running one, which is 0. */
static int units_around(const struct clock *clock, enum data_unit unit, int64_t first, int64_t last, int64_t *ret_from,
                        int64_t *ret_to)
{
    int64_t from, to;
    int r = unit_start(clock, unit, first, &from);

    if (r >= 0)
        r = unit_start(clock, unit, last + 1, &to);
    if (r < 0)
        return r;
    *ret_from = from;
    *ret_to = to;
    return 0;
}

/* -- points -------------------------------------------------------------------------------------------------------- */

static int local_span(const struct clock *clock, int64_t from, int64_t to, int64_t *ret_from, int64_t *ret_to)
{
    int64_t start, end;
    int r = local_to_instant(clock, from, &start);

    if (r >= 0)
        r = local_to_instant(clock, to, &end);
    if (r < 0)
        return r;
    *ret_from = start;
    *ret_to = end;
    return 0;
}

/* "day 3 months ago": now moved, then the unit that holds it. */
static int precise_span(const struct clock *clock, const struct point *point, int64_t count, int64_t *ret_from, int64_t *ret_to)
{
    int64_t at, local;
    int r;

    if (is_short(point->unit)) {
        at = local_add(clock->now, point->unit, count);
        if (at < LOCAL_FIRST || at > LOCAL_LAST)
            return ERR_USAGE;
    } else {
        r = local_to_instant(clock, local_add(zone_to_local(clock->zone, clock->now), point->unit, count), &at);
        if (r < 0)
            return r;
    }
    if (is_short(point->precision)) {
        *ret_from = short_floor(clock, at, point->precision);
        *ret_to = *ret_from + unit_size(point->precision);
        return 0;
    }
    local = local_floor(zone_to_local(clock->zone, at), point->precision);
    return local_span(clock, local, local_add(local, point->precision, 1), ret_from, ret_to);
}

static int ago_span(const struct clock *clock, const struct point *point, int64_t *ret_from, int64_t *ret_to)
{
    int64_t count = point->kind == POINT_AGO ? -(int64_t)point->count : point->count;

    if (point->precision != UNIT_NONE && point->precision != point->unit)
        return precise_span(clock, point, count, ret_from, ret_to);
    return units_around(clock, point->unit, count, count, ret_from, ret_to);
}

/* As Cube's: the day of that name before today, or the one that is closest to today. */
static int weekday_span(const struct clock *clock, const struct point *point, int64_t *ret_from, int64_t *ret_to)
{
    int64_t today = local_floor(zone_to_local(clock->zone, clock->now), UNIT_DAY);
    int ahead = point->part - day_of_week((int32_t)(today / US_PER_DAY)), back;

    back = ahead >= 0 ? ahead - 7 : ahead;
    ahead = ahead < 0 ? ahead + 7 : ahead;
    if (point->count < 0 || ahead >= -back)
        ahead = back;
    return units_around(clock, UNIT_DAY, ahead, ahead, ret_from, ret_to);
}

/* The width of one datetime: a minute, a second or, with a fraction, a millisecond. */
static int64_t clock_size(const struct point *point)
{
    return point->precision == UNIT_NONE ? 1000 : unit_size(point->precision);
}

static int month_span(const struct clock *clock, int year, int month, int months, int64_t *ret_from, int64_t *ret_to)
{
    int64_t from;

    if (year < 1 || year > 9999)
        return ERR_USAGE;
    from = day_from_civil(year, month, 1) * US_PER_DAY;
    return local_span(clock, from, local_add(from, UNIT_MONTH, months), ret_from, ret_to);
}

static int point_span(const struct clock *clock, const struct point *point, int64_t *ret_from, int64_t *ret_to)
{
    switch (point->kind) {
    case POINT_DATE:
        return local_span(clock, point->value * US_PER_DAY, (point->value + 1) * US_PER_DAY, ret_from, ret_to);
    case POINT_DATETIME:
        return local_span(clock, point->value, point->value + clock_size(point), ret_from, ret_to);
    case POINT_INSTANT:
        *ret_from = point->value;
        *ret_to = point->value + clock_size(point);
        return 0;
    case POINT_YEAR:      return month_span(clock, point->year, 1, 12, ret_from, ret_to);
    case POINT_QUARTER:   return month_span(clock, point->year, point->part * 3 - 2, 3, ret_from, ret_to);
    case POINT_MONTH:     return month_span(clock, point->year, point->part, 1, ret_from, ret_to);
    case POINT_NOW:
        *ret_from = *ret_to = clock->now;
        return 0;
    case POINT_TODAY:     return units_around(clock, UNIT_DAY, 0, 0, ret_from, ret_to);
    case POINT_YESTERDAY: return units_around(clock, UNIT_DAY, -1, -1, ret_from, ret_to);
    case POINT_TOMORROW:  return units_around(clock, UNIT_DAY, 1, 1, ret_from, ret_to);
    case POINT_AGO:
    case POINT_AHEAD:     return ago_span(clock, point, ret_from, ret_to);
    case POINT_WEEKDAY:   return weekday_span(clock, point, ret_from, ret_to);
    default:              return ERR_USAGE;
    }
}

int point_resolve(const struct point *point, int64_t now, const struct zone *zone, int64_t *ret_from, int64_t *ret_to)
{
    struct clock clock = { now, zone };

    return point_span(&clock, point, ret_from, ret_to);
}

/* -- periods ------------------------------------------------------------------------------------------------------- */

/* "7d": to now, from the same time of day, floored to the minute. */
static int duration_span(const struct clock *clock, const struct period *period, struct resolved *to)
{
    int64_t from;
    int r;

    if (is_short(period->unit)) {
        from = local_add(clock->now, period->unit, -(int64_t)period->count);
        if (from < LOCAL_FIRST)
            return ERR_USAGE;
    } else {
        r = local_to_instant(clock, local_add(zone_to_local(clock->zone, clock->now), period->unit, -(int64_t)period->count),
                             &from);
        if (r < 0)
            return r;
    }
    to->from = floor_to(from, US_PER_MINUTE);
    to->to = clock->now;
    return 0;
}

static int period_span(const struct clock *clock, const struct period *period, struct resolved *to)
{
    int64_t unused, count = period->count;
    int r;

    to->has_from = period->kind != PERIOD_ALL && period->kind != PERIOD_NONE && period->kind != PERIOD_UNTIL;
    to->has_to = period->kind != PERIOD_ALL && period->kind != PERIOD_NONE && period->kind != PERIOD_SINCE;
    switch (period->kind) {
    case PERIOD_CURRENT:  return units_around(clock, period->unit, 0, 0, &to->from, &to->to);
    case PERIOD_LAST:     return units_around(clock, period->unit, -count, -1, &to->from, &to->to);
    case PERIOD_NEXT:     return units_around(clock, period->unit, 1, count, &to->from, &to->to);
    case PERIOD_DURATION: return duration_span(clock, period, to);
    case PERIOD_TO_DATE:
        to->to = clock->now;
        return unit_start(clock, period->unit, 0, &to->from);
    case PERIOD_POINT:    return point_span(clock, &period->from, &to->from, &to->to);
    case PERIOD_BETWEEN:
        r = point_span(clock, &period->from, &to->from, &unused);
        return r < 0 ? r : point_span(clock, &period->to, &unused, &to->to);
    case PERIOD_SINCE:    return point_span(clock, &period->from, &to->from, &unused);
    case PERIOD_UNTIL:    return point_span(clock, &period->to, &unused, &to->to);
    case PERIOD_ALL:
    case PERIOD_NONE:
    default:              return 0;
    }
}

static int32_t local_day(const struct zone *zone, int64_t instant)
{
    return (int32_t)(floor_to(zone_to_local(zone, instant), US_PER_DAY) / US_PER_DAY);
}

void resolved_find_days(struct resolved *resolved, const struct zone *zone)
{
    if (resolved->has_from) {
        resolved->first_day = local_day(zone, resolved->from);
        if (resolved->from > zone_to_instant(zone, resolved->first_day * US_PER_DAY))
            resolved->first_day++;
    }
    if (resolved->has_to) {
        bool empty = resolved->has_from && resolved->to <= resolved->from;

        resolved->last_day = local_day(zone, empty ? resolved->to : resolved->to - 1);
    }
}

/* "2026-02-01..2026-01-31" ends where it begins, and is as inverted as any. */
static bool is_inverted(const struct clock *clock, const struct period *period, const struct resolved *resolved)
{
    int64_t start, end;

    if (!resolved->has_from || !resolved->has_to || resolved->from < resolved->to)
        return false;
    if (resolved->from > resolved->to)
        return true;
    return period->kind == PERIOD_BETWEEN && point_span(clock, &period->to, &start, &end) == 0 && start < resolved->from;
}

int period_resolve(const struct period *period, int64_t now, const struct zone *zone, const struct query *query,
                   struct resolved *ret_resolved, struct error *error)
{
    struct clock clock = { now, zone };
    struct resolved resolved = { 0 };
    int r = period_span(&clock, period, &resolved);

    if (r < 0) {
        (void)error_set(error, r, "the period leaves the calendar (years 1 to 9999)");
        query_point_at(error, query, period->span);
        return r;
    }
    if (is_inverted(&clock, period, &resolved)) {
        (void)error_set(error, ERR_USAGE, "the period ends before it begins");
        query_point_at(error, query, period->span);
        error_hint(error, "both ends are included: from 2026-01-01 to 2026-01-31");
        return ERR_USAGE;
    }
    resolved_find_days(&resolved, zone);
    *ret_resolved = resolved;
    return 0;
}

bool instant_begins_day(int64_t instant, const struct zone *zone)
{
    return instant == zone_to_instant(zone, local_floor(zone_to_local(zone, instant), UNIT_DAY));
}

bool resolved_is_whole_days(const struct resolved *resolved, const struct zone *zone)
{
    return (!resolved->has_from || instant_begins_day(resolved->from, zone)) &&
           (!resolved->has_to || instant_begins_day(resolved->to, zone));
}

/* -- points out of text -------------------------------------------------------------------------------------------- */

int point_from_text(const char *text, size_t length, struct point *ret_point)
{
    char copy[POINT_TEXT_LIMIT + 1];
    struct point_fault fault;
    struct parser parser;
    struct point point;

    while (length > 0 && *text == ' ') {
        text++;
        length--;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length == 0 || length > POINT_TEXT_LIMIT || memchr(text, '\0', length))
        return ERR_SYNTAX;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (point_literal(copy, length, &point, &fault) != 1) {
        if (strpbrk(copy, "'\"") || parser_open(&parser, NULL, copy, NULL, NULL) < 0 || parse_point(&parser, &point) < 0
            || parser.token.kind != TOKEN_END)
            return ERR_SYNTAX;
    }
    point.span = (struct span){ 0 };
    *ret_point = point;
    return 0;
}
