/*
 * `vs`: the periods an answer is compared with. The same period moved back, or a fixed one. Days and longer are moved
 * on the local calendar, shorter units on the instants. A period that runs is cut where its data end, now at the
 * latest, and what it is compared with at the same point, so that ten days never stand against a month.
 */
#include "bound.h"

#include <inttypes.h>
#include <string.h>

#include "parse.h"
#include "scope.h"

#define MOMENT_US 1000                     /* what a query can say, see absolute.c */

/* How far a period is moved back. */
struct move {
    enum data_unit unit;
    int64_t        count;
    bool           to_touch;               /* ends where the period begins */
};

static bool is_clock_unit(enum data_unit unit)
{
    return unit == UNIT_SECOND || unit == UNIT_MINUTE || unit == UNIT_HOUR;
}

static bool begins_month(int64_t local)
{
    return local == local_floor(local, UNIT_MONTH);
}

static int64_t move_instant(const struct bound *bound, int64_t instant, struct move move)
{
    if (is_clock_unit(move.unit))
        return local_add(instant, move.unit, -move.count);
    return zone_to_instant(bound->zone, local_add(zone_to_local(bound->zone, instant), move.unit, -move.count));
}

/* Whole months go to whole months, however long; of other days each goes to its own date, the 31st to the last. */
static int64_t move_end(const struct bound *bound, const struct resolved *range, struct move move)
{
    bool whole = begins_month(zone_to_local(bound->zone, range->from)) &&
                 begins_month(zone_to_local(bound->zone, range->to));

    if (is_clock_unit(move.unit) || move.unit == UNIT_DAY || move.unit == UNIT_WEEK || whole)
        return move_instant(bound, range->to, move);
    return move_instant(bound, range->to - 1, move) + 1;
}

static struct resolved move_range(const struct bound *bound, const struct resolved *range, struct move move)
{
    struct resolved moved = {.has_from = true, .has_to = true};

    moved.from = move_instant(bound, range->from, move);
    moved.to = move_end(bound, range, move);
    if (move.to_touch && moved.to > range->from)
        moved.to = range->from;
    resolved_find_days(&moved, bound->zone);
    return moved;
}

/* -- which move ---------------------------------------------------------------------------------------------------- */

static enum data_unit unit_of_point(const struct point *point)
{
    switch (point->kind) {
    case POINT_YEAR:
        return UNIT_YEAR;
    case POINT_QUARTER:
        return UNIT_QUARTER;
    case POINT_MONTH:
        return UNIT_MONTH;
    case POINT_AGO:
    case POINT_AHEAD:
        return point->precision != UNIT_NONE ? point->precision : point->unit;
    case POINT_DATE:
    case POINT_TODAY:
    case POINT_YESTERDAY:
    case POINT_TOMORROW:
    case POINT_WEEKDAY:
        return UNIT_DAY;
    case POINT_DATETIME:
    case POINT_INSTANT:
    case POINT_NOW:
        break;
    }
    return UNIT_NONE;
}

static bool counts_months(enum data_unit unit)
{
    return unit == UNIT_MONTH || unit == UNIT_QUARTER || unit == UNIT_YEAR;
}

static int64_t months_between(const struct bound *bound, const struct resolved *range)
{
    int from_year, from_month, to_year, to_month, day;

    day_to_civil((int32_t)(local_floor(zone_to_local(bound->zone, range->from), UNIT_DAY) / US_PER_DAY), &from_year,
                 &from_month, &day);
    day_to_civil((int32_t)(local_floor(zone_to_local(bound->zone, range->to), UNIT_DAY) / US_PER_DAY), &to_year,
                 &to_month, &day);
    return (to_year - from_year) * INT64_C(12) + to_month - from_month;
}

/* "previous" of a range that was written by its ends: as long as it is, in months where months were written. */
static struct move move_by_length(const struct bound *bound, const struct period *period, const struct resolved *range)
{
    struct move move = {.unit = UNIT_DAY, .count = range->last_day - range->first_day + 1, .to_touch = true};

    if (counts_months(unit_of_point(&period->from)) && counts_months(unit_of_point(&period->to)))
        return (struct move){.unit = UNIT_MONTH, .count = months_between(bound, range), .to_touch = true};
    if (!resolved_is_whole_days(range, bound->zone))
        return (struct move){.unit = UNIT_SECOND,
                             .count = (range->to - range->from + US_PER_SECOND - 1) / US_PER_SECOND,
                             .to_touch = true};
    return move;
}

static struct move move_to_previous(const struct bound *bound, const struct period *period,
                                    const struct resolved *range)
{
    switch (period->kind) {
    case PERIOD_CURRENT:
    case PERIOD_TO_DATE:
        return (struct move){.unit = period->unit, .count = 1, .to_touch = true};
    case PERIOD_LAST:
    case PERIOD_NEXT:
    case PERIOD_DURATION:
        return (struct move){.unit = period->unit, .count = period->count, .to_touch = true};
    case PERIOD_POINT:
        if (unit_of_point(&period->from) != UNIT_NONE)
            return (struct move){.unit = unit_of_point(&period->from), .count = 1, .to_touch = true};
        break;
    case PERIOD_NONE:
    case PERIOD_ALL:
    case PERIOD_BETWEEN:
    case PERIOD_SINCE:
    case PERIOD_UNTIL:
        break;
    }
    return move_by_length(bound, period, range);
}

/* A bucket of the time whose range is moved. */
static bool is_of_range(const struct bound *bound, const struct bound_dimension *dimension)
{
    const struct bound_range *range = &bound->ranges[bound->compared_range];

    if (dimension->unit == UNIT_NONE)
        return false;
    return range->is_axis ? dimension->is_axis
                          : text_equal(dimension->member[0].full_name, range->member[0].full_name);
}

static bool goes_by_weeks(const struct bound *bound, const struct period *period)
{
    for (size_t d = 0; d < bound->dimension_count; d++)
        if (bound->dimensions[d].unit == UNIT_WEEK && is_of_range(bound, &bound->dimensions[d]))
            return true;
    return period->unit == UNIT_WEEK && period->kind != PERIOD_NONE;
}

/* A year back by week are 364 days: the same days of the week. */
static struct move move_back(const struct bound *bound, const struct period *period, enum data_unit unit, int64_t count)
{
    if (unit == UNIT_YEAR && goes_by_weeks(bound, period))
        return (struct move){.unit = UNIT_DAY, .count = 364 * count};
    return (struct move){.unit = unit, .count = count};
}

static struct move move_of(const struct bound *bound, const struct period *period, const struct resolved *range)
{
    const struct shift *shift = &bound->query->shift;

    if (shift->kind == SHIFT_PREVIOUS)
        return move_to_previous(bound, period, range);
    return move_back(bound, period, shift->unit, shift->kind == SHIFT_AGO ? shift->count : 1);
}

/* -- the running period -------------------------------------------------------------------------------------------- */

/* The end of the data of a fact: after its newest row, or its newest day. False: nothing is known, or there are none.
 */
static bool watermark_of(struct bound *bound, size_t fact, int64_t *ret_end)
{
    struct writer writer = {.bound = bound};
    struct scope  scope;
    struct member time = {.kind = MEMBER_DIMENSION, .cube = bound->facts[fact], .dimension = bound->facts[fact]->time};
    const struct fragment *condition = &bound->facts[fact]->condition;
    const char   *answer = NULL, *sql, *at;
    long long     number;
    bool          date;

    if (bound->context->look_up == NULL || time.dimension == NULL)
        return false;
    date = time.dimension->type == MEMBER_DATE;
    writer.known = map_new();
    scope_init(&scope, &writer, fact);
    at = scope_operand(&scope, &time);
    sql = arena_printf(bound->arena, date ? "SELECT max(%s) - DATE '1970-01-01' FROM %s%s%s"
                                          : "SELECT (extract(epoch FROM max(%s)) * 1000000)::bigint FROM %s%s%s",
                       at, scope_table(&scope), condition->piece_count > 0 ? " WHERE " : "",
                       condition->piece_count > 0 ? scope_fragment(&scope, condition) : "");
    scope_done(&scope);
    map_free(writer.known);
    if (writer.value_count > 0 || bound->context->look_up(bound->context->who, bound->arena, sql, &answer) < 0 ||
        answer == NULL || text_to_int64(answer, strlen(answer), &number) < 0)
        return false;
    *ret_end = date ? zone_to_instant(bound->zone, (number + 1) * US_PER_DAY)
                    : (number / MOMENT_US + 1) * MOMENT_US;
    return true;
}

int64_t bind_end_of_data(struct bound *bound, const struct resolved *range, const char **ret_why)
{
    int64_t cut = range->to, end;

    if (bound->context->now < cut && bound->context->now > range->from) {
        cut = bound->context->now;
        *ret_why = "now";
    }
    for (size_t f = 0; f < bound->fact_count; f++)
        if (watermark_of(bound, f, &end) && end > range->from && end < cut) {
            cut = end;
            *ret_why = "where the data end";
        }
    return cut;
}

/* The same point of the other period. */
static int64_t point_in(const struct bound *bound, const struct resolved *range, const struct resolved *other,
                        const struct move *move, int64_t at)
{
    int64_t passed, point;

    if (move != NULL) {
        point = is_clock_unit(move->unit) ? move_instant(bound, at, *move) : move_instant(bound, at - 1, *move) + 1;
    } else {
        passed = zone_to_local(bound->zone, at) - zone_to_local(bound->zone, range->from);
        point = zone_to_instant(bound->zone, zone_to_local(bound->zone, other->from) + passed);
    }
    return point < other->to ? point : other->to;
}

static void cut_running(struct bound *bound, const struct move *moves)
{
    struct resolved *range = &bound->ranges[bound->compared_range].resolved;
    const char      *why = NULL;
    int64_t          cut = bind_end_of_data(bound, range, &why);
    char             text[TIME_TEXT_SIZE];

    if (cut >= range->to)
        return;
    for (size_t i = 0; i < bound->compared_count; i++) {
        struct resolved *other = &bound->compared[i];

        other->to = point_in(bound, range, other, moves[i].count != 0 ? &moves[i] : NULL, cut);
        resolved_find_days(other, bound->zone);
    }
    range->to = cut;
    resolved_find_days(range, bound->zone);
    bind_remark(bound, "the period runs: all are compared up to the same point, %s (%s)",
                instant_to_text_in(cut, bound->zone, text), why);
}

/* -- the clause ---------------------------------------------------------------------------------------------------- */

bool bound_dimension_is_compared(const struct bound *bound, size_t dimension)
{
    return bound->compared_count > 0 && is_of_range(bound, &bound->dimensions[dimension]);
}

static int refuse(const struct bound *bound, const char *hint, const char *message, struct error *error)
{
    error_set(error, ERR_USAGE, "%s", message);
    error_hint(error, "%s", hint);
    bind_point_at(bound, bound->query->shift.span, error);
    return ERR_USAGE;
}

/* The range of the default time, else the only one. */
static int find_compared_range(struct bound *bound, const char *what, const struct time_range **ret_range,
                               struct error *error)
{
    const struct resolved *range;
    size_t                 count = 0, n = 0;

    for (size_t i = 0; i < bound->range_count; i++)
        if (bound->ranges[i].is_axis || bound->range_count == 1) {
            bound->compared_range = i;
            count++;
        }
    if (count != 1)
        return refuse(bound, "as in 'last 30 days'",
                      arena_printf(bound->arena,
                                   bound->range_count == 0 ? "%s moves the period of the query, and it has none"
                                                           : "%s moves one period: which of these is not clear",
                                   what),
                      error);
    for (size_t i = 0; i < bound->query->range_count; i++)
        if (bound->query->ranges[i].period.kind != PERIOD_NONE && n++ == bound->compared_range)
            *ret_range = &bound->query->ranges[i];
    range = &bound->ranges[bound->compared_range].resolved;
    if (!range->has_from || !range->has_to)
        return refuse(bound, "name both ends: from 2026-01-01 to 2026-01-31",
                      arena_printf(bound->arena, "%s moves a period of two ends", what), error);
    return 0;
}

static int put_period(struct bound *bound, const struct resolved *resolved, struct error *error)
{
    if (resolved->from < LOCAL_FIRST)
        return refuse(bound, "years 1 to 9999", "the period moved back leaves the calendar", error);
    ARENA_PUSH(bound->arena, bound->compared, bound->compared_count, bound->compared_room, *resolved);
    return 0;
}

static int put_fixed_period(struct bound *bound, const struct period *period, struct error *error)
{
    struct resolved resolved;
    int             r = period_resolve(period, bound->context->now, bound->zone, bound->query, &resolved, error);

    if (r < 0)
        return r;
    if (!resolved.has_from || !resolved.has_to)
        return refuse(bound, "name both ends: from 2026-01-01 to 2026-01-31", "'vs' compares with a period of two ends",
                      error);
    return put_period(bound, &resolved, error);
}

static int put_moved_period(struct bound *bound, const struct resolved *range, struct move move, struct move *moves,
                            struct error *error)
{
    struct resolved moved = move_range(bound, range, move);

    moves[bound->compared_count] = move;
    return put_period(bound, &moved, error);
}

static int put_vs(struct bound *bound, const struct period *asked, struct move *moves, struct error *error)
{
    const struct shift    *shift = &bound->query->shift;
    const struct resolved *range = &bound->ranges[bound->compared_range].resolved;
    int                    r = 0;

    if (shift->kind == SHIFT_PERIOD) {
        r = put_fixed_period(bound, &shift->period, error);
        for (size_t i = 0; r >= 0 && i < shift->more_count; i++)
            r = put_fixed_period(bound, &shift->more[i], error);
    } else if (shift->kind != SHIFT_NONE) {
        r = put_moved_period(bound, range, move_of(bound, asked, range), moves, error);
    }
    bound->vs_count = bound->compared_count;
    return r;
}

/* -- measures of type shift ---------------------------------------------------------------------------------------- */

static void find_shifts(struct bound *bound, const struct measure *measure)
{
    struct shifted shifted = {.window = &measure->window};

    if (measure->kind == MEASURE_RATIO) {
        find_shifts(bound, measure->numerator);
        find_shifts(bound, measure->denominator);
    }
    for (size_t i = 0; measure->kind == MEASURE_DERIVED && i < measure->sql.piece_count; i++)
        if (measure->sql.pieces[i].kind == PIECE_MEASURE)
            find_shifts(bound, measure->sql.pieces[i].measure);
    if (measure->kind != MEASURE_WINDOW || measure->window.kind != WINDOW_SHIFT)
        return;
    for (size_t i = 0; i < bound->shifted_count; i++)
        if (same_window(bound->shifted[i].window, shifted.window))
            return;
    ARENA_PUSH(bound->arena, bound->shifted, bound->shifted_count, bound->shifted_room, shifted);
}

/* Each beside the asked period and beside each that it is compared with. */
static int put_shifts(struct bound *bound, const struct period *asked, struct move *moves, struct error *error)
{
    size_t windows = bound->shifted_count;
    int    r = 0;

    for (size_t base = 1; base <= bound->vs_count; base++)
        for (size_t i = 0; i < windows; i++) {
            struct shifted shifted = {.window = bound->shifted[i].window, .base = base};

            ARENA_PUSH(bound->arena, bound->shifted, bound->shifted_count, bound->shifted_room, shifted);
        }
    for (size_t i = 0; r >= 0 && i < bound->shifted_count; i++) {
        const struct window   *window = bound->shifted[i].window;
        const struct resolved *range = bound->shifted[i].base == 0
                                           ? &bound->ranges[bound->compared_range].resolved
                                           : &bound->compared[bound->shifted[i].base - 1];

        r = put_moved_period(bound, range, move_back(bound, asked, window->unit, window->count), moves, error);
    }
    return r;
}

size_t bound_shifted_period(const struct bound *bound, size_t base, const struct window *window)
{
    for (size_t i = 0; i < bound->shifted_count; i++)
        if (bound->shifted[i].base == base && same_window(bound->shifted[i].window, window))
            return bound->vs_count + i + 1;
    return 0;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

int bind_compare(struct bound *bound, struct error *error)
{
    const struct shift      *shift = &bound->query->shift;
    const struct time_range *asked = NULL;
    struct move             *moves;
    int                      r;

    for (size_t m = 0; m < bound->measure_count; m++)
        find_shifts(bound, bound->measures[m].measure);
    if (shift->kind == SHIFT_NONE && bound->shifted_count == 0)
        return 0;
    if (bound->measure_count == 0)
        return refuse(bound, "name a measure", "'vs' compares measures, and the query has none", error);
    r = find_compared_range(bound, shift->kind != SHIFT_NONE ? "'vs'" : "a measure of an earlier time", &asked, error);
    if (r < 0)
        return r;
    moves = ARENA_ARRAY(bound->arena, struct move, (shift->more_count + 2) * (bound->shifted_count + 1));
    r = put_vs(bound, &asked->period, moves, error);
    if (r >= 0)
        r = put_shifts(bound, &asked->period, moves, error);
    if (r < 0)
        return r;
    bound->by_date = true;
    for (size_t i = 0; i < bound->compared_count; i++)
        bound->by_date &= counts_months(moves[i].unit);
    if (bound->by_date && bound->vs_count == 1)
        bound->months_back = (struct shift){.kind = SHIFT_AGO, .unit = moves[0].unit, .count = (int)moves[0].count};
    if (shift->kind != SHIFT_NONE)
        cut_running(bound, moves);
    return 0;
}
