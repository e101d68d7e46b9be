/*
 * Dates and times by a format. Its parts are PostgreSQL's: YYYY YY MM Mon Month DD HH24 HH12 AM MI SS MS US TZ; 'T' and
 * what is no letter stand for themselves; numbers may lack a leading zero where no digit follows. Without a zone in the
 * text it is the column's: then a time of day that a change of clocks leaves out is none, and of one that comes twice
 * the first is meant, which is counted.
 */
#include "mapping.h"

#include <string.h>
#include <strings.h>

enum part { PART_YEAR4, PART_YEAR2, PART_MONTH, PART_MONTH_NAME, PART_DAY, PART_HOUR24, PART_HOUR12, PART_HALF,
            PART_MINUTE, PART_SECOND, PART_MS, PART_US, PART_ZONE, PART_PLAIN };

static const struct {
    const char *name;
    enum part   part;
    size_t      digits;
} parts[] = {
    {"YYYY", PART_YEAR4, 4}, {"YY", PART_YEAR2, 2},   {"Month", PART_MONTH_NAME, 0}, {"Mon", PART_MONTH_NAME, 0},
    {"MM", PART_MONTH, 2},   {"DD", PART_DAY, 2},     {"HH24", PART_HOUR24, 2},      {"HH12", PART_HOUR12, 2},
    {"AM", PART_HALF, 0},    {"PM", PART_HALF, 0},    {"MI", PART_MINUTE, 2},        {"SS", PART_SECOND, 2},
    {"MS", PART_MS, 3},      {"US", PART_US, 6},      {"TZ", PART_ZONE, 0},
};

static const char *const epochs[] = {"epoch", "epoch_ms", NULL};

/* The part that `format` begins with; -1: none, it is no format. */
static int part_at(const char *format, size_t *ret_length)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (text_starts(format, parts[i].name)) {
            *ret_length = strlen(parts[i].name);
            return (int)i;
        }
    *ret_length = 1;
    bool is_letter = (*format >= 'a' && *format <= 'z') || (*format >= 'A' && *format <= 'Z');
    return is_letter && *format != 'T' && *format != 'Z' ? -1 : (int)COUNT_OF(parts);
}

long mapping_format_fault(const char *format)
{
    const char *at = format;
    size_t      length;

    if (text_equal(format, epochs[0]) || text_equal(format, epochs[1]))
        return -1;
    for (; *at != '\0'; at += length)
        if (part_at(at, &length) < 0)
            return at - format;
    return at == format ? 0 : -1;
}

struct clock {
    struct civil civil;
    bool         half, afternoon, zoned, timed;
    int64_t      offset;               /* seconds east */
};

static bool take_number(struct csv_field *text, size_t most, int *ret_number, size_t *ret_digits)
{
    size_t digits = 0;

    *ret_number = 0;
    for (; digits < most && digits < text->length && text->text[digits] >= '0' && text->text[digits] <= '9'; digits++)
        *ret_number = *ret_number * 10 + (text->text[digits] - '0');
    text->text += digits;
    text->length -= digits;
    *ret_digits = digits;
    return digits > 0;
}

static bool take_month(struct csv_field *text, int *ret_month)
{
    static const char *const months[] = {"january", "february", "march", "april", "may", "june", "july", "august",
                                         "september", "october", "november", "december"};

    for (int i = 0; i < 12; i++)
        for (size_t length = strlen(months[i]); length >= 3; length = length > 3 ? 3 : 0)
            if (text->length >= length && strncasecmp(text->text, months[i], length) == 0) {
                text->text += length;
                text->length -= length;
                *ret_month = i + 1;
                return true;
            }
    return false;
}

static bool take_zone(struct csv_field *text, struct clock *clock)
{
    int    hours = 0, minutes = 0;
    size_t digits;

    if (text->length == 0)
        return false;
    char sign = *text->text;
    text->text++;
    text->length--;
    clock->zoned = true;
    if (sign == 'Z' || sign == 'z')
        return true;
    if ((sign != '+' && sign != '-') || !take_number(text, 2, &hours, &digits) || digits != 2)
        return false;
    if (text->length > 0 && *text->text == ':') {
        text->text++;
        text->length--;
    }
    if (take_number(text, 2, &minutes, &digits) && digits != 2)
        return false;
    clock->offset = (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return hours <= 15 && minutes <= 59;
}

static bool take_half(struct csv_field *text, struct clock *clock)
{
    if (text->length < 2 || (text->text[1] != 'M' && text->text[1] != 'm'))
        return false;
    clock->half = true;
    clock->afternoon = *text->text == 'P' || *text->text == 'p';
    bool ok = clock->afternoon || *text->text == 'A' || *text->text == 'a';
    text->text += 2;
    text->length -= 2;
    return ok;
}

static bool take_part(struct csv_field *text, size_t i, struct clock *clock)
{
    struct civil *civil = &clock->civil;
    size_t        digits = 0;
    int           number = 0;

    switch (parts[i].part) {
    case PART_MONTH_NAME: return take_month(text, &civil->month);
    case PART_ZONE: return take_zone(text, clock);
    case PART_HALF: return take_half(text, clock);
    default: break;
    }
    if (!take_number(text, parts[i].digits, &number, &digits))
        return false;
    switch (parts[i].part) {
    case PART_YEAR4: civil->year = number; return digits == 4;
    case PART_YEAR2: civil->year = number + (number < 70 ? 2000 : 1900); return digits == 2;
    case PART_MONTH: civil->month = number; return true;
    case PART_DAY: civil->day = number; return true;
    case PART_HOUR24:
    case PART_HOUR12:
        civil->hour = number;
        clock->timed = true;
        return true;
    case PART_MINUTE: civil->minute = number; return digits == 2;
    case PART_SECOND: civil->second = number; return digits == 2;
    default:                           /* a fraction: digits stand for what they are behind the point */
        for (; digits < 6; digits++)
            number *= 10;
        civil->us = number;
        return true;
    }
}

static bool take_all(const char *format, struct csv_field text, struct clock *clock)
{
    size_t length;

    for (; *format != '\0'; format += length) {
        int i = part_at(format, &length);

        if (i < 0)
            return false;
        if (i < (int)COUNT_OF(parts)) {
            if (!take_part(&text, (size_t)i, clock))
                return false;
            continue;
        }
        if (text.length == 0 || *text.text != *format)
            return false;
        text.text++;
        text.length--;
    }
    return text.length == 0;
}

static bool is_time(struct clock *clock)
{
    struct civil *civil = &clock->civil;

    if (clock->half && (civil->hour < 1 || civil->hour > 12))
        return false;
    if (clock->half)
        civil->hour = civil->hour % 12 + (clock->afternoon ? 12 : 0);
    return civil->year >= 1 && civil->year <= 9999 && civil->month >= 1 && civil->month <= 12 && civil->day >= 1 &&
           civil->day <= days_in_month(civil->year, civil->month) && civil->hour <= 23 && civil->minute <= 59 &&
           civil->second <= 59;
}

/* A day begins when it does: also where its midnight is left out. */
static const char *instant_of(const struct mapping_column *column, const struct clock *clock, int64_t *ret_instant)
{
    int64_t local = local_from_civil(&clock->civil);
    int     times;

    *ret_instant = local - clock->offset * US_PER_SECOND;
    if (clock->zoned || column->zone == zone_utc())
        return NULL;
    times = zone_instants(column->zone, local, ret_instant);
    if (times == 0 && clock->timed)
        return "no time of its zone: clocks are put forward over it";
    if (times == 2 && clock->timed && column->twice != NULL)
        ++*column->twice;
    return NULL;
}

/* ISO 8601, and what PostgreSQL and spreadsheets write of it. */
static const char *const iso_dates[] = {"YYYY-MM-DD", "YYYYMMDD"};
static const char *const iso_times[] = {
    "YYYY-MM-DDTHH24:MI:SSTZ", "YYYY-MM-DDTHH24:MI:SS.USTZ", "YYYY-MM-DDTHH24:MI:SS",      "YYYY-MM-DD HH24:MI:SSTZ",
    "YYYY-MM-DD HH24:MI:SS",   "YYYY-MM-DDTHH24:MI:SS.US",   "YYYY-MM-DD HH24:MI:SS.USTZ", "YYYY-MM-DD HH24:MI:SS.US",
    "YYYY-MM-DDTHH24:MI",      "YYYY-MM-DDTHH24:MITZ",       "YYYY-MM-DD HH24:MI",         "YYYY-MM-DD"};

static bool read_any(const char *const *formats, size_t count, struct csv_field text, struct clock *clock)
{
    for (size_t i = 0; i < count; i++) {
        *clock = (struct clock){.civil = {.day = 1, .month = 1}};
        if (take_all(formats[i], text, clock) && is_time(clock))
            return true;
    }
    return false;
}

static bool read_epoch(const struct mapping_column *column, struct csv_field text, int64_t *ret_instant)
{
    int64_t   unit = text_equal(column->format, epochs[0]) ? US_PER_SECOND : US_PER_SECOND / 1000;
    long long count;

    return text_to_int64(text.text, text.length, &count) == 0 && !__builtin_mul_overflow(count, unit, ret_instant) &&
           *ret_instant > -INT64_C(62135596800) * US_PER_SECOND && *ret_instant < INT64_C(253402300800) * US_PER_SECOND;
}

static bool is_epoch(const struct mapping_column *column)
{
    return column->format != NULL && (text_equal(column->format, epochs[0]) || text_equal(column->format, epochs[1]));
}

static bool read_clock(const struct mapping_column *column, struct csv_field text, struct clock *clock)
{
    if (column->format != NULL)
        return read_any(&column->format, 1, text, clock);
    return column->reading == READ_DATE ? read_any(iso_dates, COUNT_OF(iso_dates), text, clock)
                                        : read_any(iso_times, COUNT_OF(iso_times), text, clock);
}

/* The calendar of the warehouse is analytics.dim_date's: what a row is keyed by lies in it. */
static const char *check_calendar(const struct mapping_column *column, int32_t day)
{
    return column->target->needed && (day < day_from_civil(2005, 1, 1) || day > day_from_civil(2040, 12, 31))
               ? "outside the years that the warehouse has (2005 to 2040)"
               : NULL;
}

static int32_t day_of(int64_t local)
{
    return (int32_t)(local / US_PER_DAY - (local % US_PER_DAY < 0));
}

const char *mapping_instant(const struct mapping_column *column, struct csv_field text, int64_t *ret_instant)
{
    struct clock clock;

    if (is_epoch(column)) {
        if (!read_epoch(column, text, ret_instant))
            return "not a time of that format";
    } else {
        if (!read_clock(column, text, &clock))
            return column->reading == READ_DATE ? "not a date of that format" : "not a time of that format";
        const char *why = instant_of(column, &clock, ret_instant);

        if (why != NULL)
            return why;
    }
    return check_calendar(column, day_of(*ret_instant));
}

const char *mapping_day(const struct mapping_column *column, struct csv_field text, int32_t *ret_day)
{
    struct clock clock;
    int64_t      instant;

    if (is_epoch(column)) {
        const char *why = mapping_instant(column, text, &instant);

        if (why != NULL)
            return why;
    } else if (!read_clock(column, text, &clock)) {
        return column->reading == READ_TIMESTAMP ? "not a time of that format" : "not a date of that format";
    } else if (!clock.zoned) {
        *ret_day = day_from_civil(clock.civil.year, clock.civil.month, clock.civil.day);
        return check_calendar(column, *ret_day);
    } else {
        (void)instant_of(column, &clock, &instant);
    }
    *ret_day = day_of(column->zone == zone_utc() ? instant : zone_to_local(column->zone, instant));
    return check_calendar(column, *ret_day);       /* the day it is in the column's zone */
}
