/*
 * A time bucket as the period it stands for. Whole days and longer are calendar points; shorter ones a clock of the
 * zone or, where the clock comes twice, instants.
 */
#include "src/semantic/drill_work.h"

#include <string.h>

#include "src/semantic/print.h"

static int refuse(struct drill *drill, const struct data_column *column, struct data_cell cell, const char *why)
{
    return error_set(drill->error, ERR_USAGE, "%s '%.*s' %s", column->name, (int)cell.length, cell.text, why);
}

int drill_instant(struct drill *drill, const struct data_column *column, struct data_cell cell, int64_t *ret_instant)
{
    int64_t instant;

    if (instant_from_text(cell.text, cell.length, &instant) < 0)
        return refuse(drill, column, cell, "is no time a period can be written for");
    *ret_instant = instant;
    return 0;
}

static struct point date_point(int32_t day)
{
    return (struct point){.kind = POINT_DATE, .value = day, .precision = UNIT_DAY};
}

/* Of a day and longer; `local` lies in it. */
static struct period calendar_period(int64_t local, enum data_unit unit)
{
    struct period period = {.kind = PERIOD_POINT};
    int32_t day = (int32_t)(local_floor(local, unit) / US_PER_DAY);
    int year, month, of_month;

    day_to_civil(day, &year, &month, &of_month);
    period.from = (struct point){.year = year, .precision = unit};
    if (unit == UNIT_YEAR) {
        period.from.kind = POINT_YEAR;
    } else if (unit == UNIT_QUARTER) {
        period.from.kind = POINT_QUARTER;
        period.from.part = (month - 1) / 3 + 1;
    } else if (unit == UNIT_MONTH) {
        period.from.kind = POINT_MONTH;
        period.from.part = month;
    } else {
        period.from = date_point(day);
    }
    if (unit == UNIT_WEEK) {
        period.kind = PERIOD_BETWEEN;
        period.to = date_point(day + 6);
    }
    return period;
}

/* `size` long from `at`: a clock of the zone where that says it, else an instant. */
static struct point clock_point(int64_t at, int64_t size, const struct zone *zone, bool instant)
{
    int64_t local = zone_to_local(zone, at);
    bool once = zone_to_instant(zone, local) == at && zone_to_instant(zone, local + size) == at + size;
    struct point point = {.kind = instant || !once ? POINT_INSTANT : POINT_DATETIME};

    point.value = point.kind == POINT_INSTANT ? at : local;
    point.precision = size == US_PER_MINUTE ? UNIT_MINUTE : size == US_PER_SECOND ? UNIT_SECOND : UNIT_NONE;
    return point;
}

/* The longest a point may be that begins or ends there. */
static int64_t point_size(int64_t at)
{
    return at % US_PER_MINUTE == 0 ? US_PER_MINUTE : at % US_PER_SECOND == 0 ? US_PER_SECOND : 1000;
}

/* From the first of its minutes to the last; both in one way. */
static struct period clock_period(int64_t from, int64_t to, const struct zone *zone)
{
    struct period period = {.kind = PERIOD_BETWEEN};

    for (int instant = 0; instant < 2; instant++) {
        period.from = clock_point(from, point_size(from), zone, instant);
        period.to = clock_point(to - point_size(to), point_size(to), zone, instant);
        if (period.from.kind == period.to.kind)
            break;
    }
    return period;
}

int drill_period(struct drill *drill, const struct data_column *column, struct data_cell cell, enum data_unit unit,
                 struct period *ret_period)
{
    const struct zone *zone = column->zone != NULL && column->type != DATA_DATE ? column->zone : zone_utc();
    int64_t at, size = unit == UNIT_HOUR ? US_PER_HOUR : unit == UNIT_MINUTE ? US_PER_MINUTE : US_PER_SECOND;
    int r = drill_instant(drill, column, cell, &at);

    if (r < 0)
        return r;
    if (unit >= UNIT_DAY) {
        *ret_period = calendar_period(zone_to_local(zone, at), unit);
        return 0;
    }
    if (zone_offset(zone, at) != zone_offset(zone, at + size - 1))
        return refuse(drill, column, cell, "is no period: the clocks change inside it");
    *ret_period = unit == UNIT_HOUR ? clock_period(at, at + size, zone)
                                    : (struct period){.kind = PERIOD_POINT, .from = clock_point(at, size, zone, false)};
    return 0;
}

/* -- one inside the other ------------------------------------------------------------------------------------------ */

static bool is_literal(const struct period *period)
{
    switch (period->kind) {
    case PERIOD_NONE:
    case PERIOD_ALL:
        return true;
    case PERIOD_POINT:
    case PERIOD_SINCE:
        return period->from.kind <= POINT_MONTH;
    case PERIOD_UNTIL:
        return period->to.kind <= POINT_MONTH;
    case PERIOD_BETWEEN:
        return period->from.kind <= POINT_MONTH && period->to.kind <= POINT_MONTH;
    default:
        return false;
    }
}

/* The whole unit a point spans; UNIT_NONE where it is not one. */
static enum data_unit unit_of_point(const struct point *point)
{
    switch (point->kind) {
    case POINT_DATE:
    case POINT_TODAY:
    case POINT_YESTERDAY:
    case POINT_TOMORROW:
    case POINT_WEEKDAY:
        return UNIT_DAY;
    case POINT_YEAR:
        return UNIT_YEAR;
    case POINT_QUARTER:
        return UNIT_QUARTER;
    case POINT_MONTH:
        return UNIT_MONTH;
    case POINT_AGO:
    case POINT_AHEAD:
        return point->precision != UNIT_NONE ? point->precision : point->unit;
    case POINT_DATETIME:
    case POINT_INSTANT:
    case POINT_NOW:
        break;
    }
    return UNIT_NONE;
}

/* A unit cut along the borders of the other. */
static bool nests(enum data_unit inner, enum data_unit outer)
{
    return inner != UNIT_NONE && (inner == outer || (inner < outer && inner != UNIT_WEEK));
}

/* A relative period of whole units holds all of every unit that nests in them and meets it. */
static bool relative_holds(const struct period *period, enum data_unit unit)
{
    switch (period->kind) {
    case PERIOD_CURRENT:
    case PERIOD_LAST:
    case PERIOD_NEXT:
        return nests(unit, period->unit);
    case PERIOD_POINT:
    case PERIOD_SINCE:
        return nests(unit, unit_of_point(&period->from));
    case PERIOD_UNTIL:
        return nests(unit, unit_of_point(&period->to));
    case PERIOD_BETWEEN:
        return nests(unit, unit_of_point(&period->from)) && nests(unit, unit_of_point(&period->to));
    default: /* those that end now */
        return false;
    }
}

/* Of two that are resolved; false: they do not meet. A bucket has both ends. */
static bool intersect(const struct resolved *a, const struct resolved *b, struct resolved *ret_both)
{
    *ret_both = *a;
    if (!a->has_from || (b->has_from && b->from > a->from)) {
        ret_both->has_from = b->has_from;
        ret_both->from = b->from;
        ret_both->first_day = b->first_day;
    }
    if (!a->has_to || (b->has_to && b->to < a->to)) {
        ret_both->has_to = b->has_to;
        ret_both->to = b->to;
        ret_both->last_day = b->last_day;
    }
    return ret_both->from < ret_both->to;
}

static bool same_span(const struct resolved *a, const struct resolved *b)
{
    return a->has_from == b->has_from && a->has_to == b->has_to && a->from == b->from && a->to == b->to;
}

static struct period literal_period(const struct resolved *range, const struct zone *zone)
{
    struct period period = {.kind = PERIOD_BETWEEN};

    if (!resolved_is_whole_days(range, zone))
        return clock_period(range->from, range->to, zone);
    period.from = date_point(range->first_day);
    period.to = date_point(range->last_day);
    if (range->first_day == range->last_day)
        period.kind = PERIOD_POINT;
    return period;
}

static int refuse_cut(struct drill *drill, const struct period *range, const char *why)
{
    _cleanup_(str_done) struct str text = STR_INIT;

    print_period(&text, range);
    return error_set(drill->error, ERR_USAGE, "the row's time and 'for %s' %s", str_text(&text), why);
}

int drill_period_cut(struct drill *drill, const struct period *range, int64_t now, enum data_unit unit,
                     const struct zone *zone, struct period *bucket)
{
    struct resolved whole, part, both;

    if (relative_holds(range, unit))
        return 0;
    if (now == 0 && !is_literal(range))
        return refuse_cut(drill, range, "cannot be brought together without the clock of the answer");
    if (period_resolve(range, now, zone, NULL, &whole, drill->error) < 0 ||
        period_resolve(bucket, now, zone, NULL, &part, drill->error) < 0)
        return ERR_USAGE;
    if (!intersect(&part, &whole, &both))
        return refuse_cut(drill, range, "do not meet");
    if (same_span(&both, &whole))
        *bucket = *range;
    else if (!same_span(&both, &part))
        *bucket = literal_period(&both, zone);
    return 0;
}
