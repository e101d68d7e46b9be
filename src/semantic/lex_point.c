/*
 * semantic/lex_point: dates as they are typed. Exact shapes only; whatever looks like a date and is none is refused
 * with what is wrong, because "2026-13" read as a text would answer another question.
 */
#include "src/semantic/lex.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct scan {
    const char *at, *end;
};

static bool scan_digits(struct scan *scan, int count, int *ret_value)
{
    int value = 0;

    if (scan->end - scan->at < count)
        return false;
    for (int i = 0; i < count; i++) {
        if (!isdigit((unsigned char)scan->at[i]))
            return false;
        value = value * 10 + (scan->at[i] - '0');
    }
    scan->at += count;
    *ret_value = value;
    return true;
}

static bool scan_char(struct scan *scan, char c)
{
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

/* ".5" … ".123456" → µs; false: no or too many digits. */
static bool scan_fraction(struct scan *scan, int *ret_us)
{
    int us = 0, digits = 0;

    while (scan->at < scan->end && isdigit((unsigned char)*scan->at) && digits < 6) {
        us = us * 10 + (*scan->at++ - '0');
        digits++;
    }
    if (digits == 0 || (scan->at < scan->end && isdigit((unsigned char)*scan->at)))
        return false;
    for (; digits < 6; digits++)
        us *= 10;
    *ret_us = us;
    return true;
}

/* "Z", "+02", "+0200", "+02:00" → seconds east. */
static bool scan_offset(struct scan *scan, int *ret_seconds)
{
    int hours, minutes = 0, sign;

    if (scan_char(scan, 'Z') || scan_char(scan, 'z')) {
        *ret_seconds = 0;
        return scan->at == scan->end;
    }
    sign = scan->at < scan->end && *scan->at == '-' ? -1 : 1;
    if (!scan_char(scan, '+') && !scan_char(scan, '-'))
        return false;
    if (!scan_digits(scan, 2, &hours))
        return false;
    if (scan->at < scan->end) {
        (void)scan_char(scan, ':');
        if (!scan_digits(scan, 2, &minutes))
            return false;
    }
    if (scan->at != scan->end || hours > 15 || minutes > 59)
        return false;
    *ret_seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

/* The clock after the date. 1, or ERR_SYNTAX. */
static int scan_clock(struct scan *scan, struct civil *civil, struct point *ret_point)
{
    int offset;

    ret_point->kind = POINT_DATETIME;
    ret_point->precision = UNIT_MINUTE;
    if (!scan_digits(scan, 2, &civil->hour) || !scan_char(scan, ':') || !scan_digits(scan, 2, &civil->minute))
        return ERR_SYNTAX;
    if (scan_char(scan, ':')) {
        if (!scan_digits(scan, 2, &civil->second))
            return ERR_SYNTAX;
        ret_point->precision = UNIT_SECOND;
        if (scan_char(scan, '.')) {
            if (!scan_fraction(scan, &civil->us))
                return ERR_SYNTAX;
            ret_point->precision = UNIT_NONE;
        }
    }
    if (civil->hour > 23 || civil->minute > 59 || civil->second > 59)
        return ERR_SYNTAX;
    ret_point->value = local_from_civil(civil);
    if (scan->at < scan->end) {
        if (!scan_offset(scan, &offset))
            return ERR_SYNTAX;
        ret_point->kind = POINT_INSTANT;
        ret_point->value -= offset * US_PER_SECOND;
    }
    return 1;
}

static size_t scan_run(struct scan *scan, int *ret_value)
{
    size_t digits = 0;
    int value = 0;

    for (; scan->at < scan->end && isdigit((unsigned char)*scan->at) && digits < 3; digits++)
        value = value * 10 + (*scan->at++ - '0');
    *ret_value = value;
    return digits;
}

/* "2026Q1", "2026-Q5", "2026-W05": letter and digits after the year. */
static int refuse_lettered(struct scan *scan, int year, struct point_fault *fault)
{
    bool week = *scan->at == 'w' || *scan->at == 'W';
    int part;
    size_t digits;

    scan->at++;
    digits = scan_run(scan, &part);
    if (digits == 0 || digits > 2 || scan->at != scan->end)
        return 0;
    if (week) {
        fault->reason = "is the number of a week, which is not read";
        snprintf(fault->hint, sizeof fault->hint, "write its days: from 2026-01-05 to 2026-01-11");
    } else {
        fault->reason = "is not a quarter";
        if (part >= 1 && part <= 4)
            snprintf(fault->hint, sizeof fault->hint, "write %04d-Q%d", year, part);
        else
            snprintf(fault->hint, sizeof fault->hint, "quarters are Q1 to Q4");
    }
    return ERR_SYNTAX;
}

/* What a hand writes for a date, but not exactly: refused. Anything else is not a date at all: 0. */
static int point_refuse(const char *text, size_t length, struct point_fault *fault)
{
    struct scan scan = { text, text + length };
    int year, month, day = 0;
    size_t digits;

    if (!scan_digits(&scan, 4, &year) || scan.at == scan.end)
        return 0;
    if (strchr("qQwW", *scan.at))
        return refuse_lettered(&scan, year, fault);
    if (!scan_char(&scan, '-') || scan.at == scan.end)
        return 0;
    if (strchr("qQwW", *scan.at))
        return refuse_lettered(&scan, year, fault);
    digits = scan_run(&scan, &month);
    if (digits == 0 || digits > 2)
        return 0;
    if (scan.at != scan.end) {
        if (!scan_char(&scan, '-'))
            return 0;
        digits = scan_run(&scan, &day);
        if (digits == 0 || digits > 2 || scan.at != scan.end)
            return 0;
        snprintf(fault->hint, sizeof fault->hint, "write %04d-%02d-%02d; a text is written in quotes", year, month, day);
    } else {
        snprintf(fault->hint, sizeof fault->hint, "write %04d-%02d; a text is written in quotes", year, month);
    }
    if (month > 12 || month == 0)
        snprintf(fault->hint, sizeof fault->hint, "months are 01 to 12; a text is written in quotes");
    fault->reason = "is not a date";
    return ERR_SYNTAX;
}

/* The year-month-day is read; what follows is nothing or a clock. */
static int point_day(struct scan *scan, struct civil *civil, struct point *ret_point, struct point_fault *fault)
{
    snprintf(fault->hint, sizeof fault->hint, "a text is written in quotes");
    if (civil->month < 1 || civil->month > 12) {
        fault->reason = "has no such month";
        return ERR_SYNTAX;
    }
    if (civil->day < 1 || civil->day > days_in_month(civil->year, civil->month)) {
        fault->reason = "is not a day of the calendar";
        snprintf(fault->hint, sizeof fault->hint, "that month has %d days; a text is written in quotes",
                 days_in_month(civil->year, civil->month));
        return ERR_SYNTAX;
    }
    if (scan->at == scan->end) {
        ret_point->kind = POINT_DATE;
        ret_point->value = day_from_civil(civil->year, civil->month, civil->day);
        return 1;
    }
    scan->at++;
    if (scan_clock(scan, civil, ret_point) < 0) {
        fault->reason = "is not a time";
        snprintf(fault->hint, sizeof fault->hint, "write 2026-01-31T12:00 or 2026-01-31T12:00:00");
        return ERR_SYNTAX;
    }
    return 1;
}

static bool is_after_day(const struct scan *scan)
{
    return scan->at == scan->end || *scan->at == 'T' || *scan->at == 't' || *scan->at == ' ';
}

int point_literal(const char *text, size_t length, struct point *ret_point, struct point_fault *ret_fault)
{
    struct scan scan = { text, text + length };
    struct point point = { 0 };
    struct civil civil = { 0 };
    int r = 0;

    if (length < 6 || length > POINT_TEXT_LIMIT || !scan_digits(&scan, 4, &civil.year) || civil.year < 1)
        return 0;
    if (length == 7 && scan_char(&scan, '-')) {
        point.year = civil.year;
        if (scan_char(&scan, 'Q') || scan_char(&scan, 'q')) {
            point.kind = POINT_QUARTER;
            r = scan_digits(&scan, 1, &point.part) && point.part >= 1 && point.part <= 4;
        } else {
            point.kind = POINT_MONTH;
            r = scan_digits(&scan, 2, &point.part) && point.part >= 1 && point.part <= 12;
        }
    } else if (scan_char(&scan, '-') && scan_digits(&scan, 2, &civil.month) && scan_char(&scan, '-')
               && scan_digits(&scan, 2, &civil.day) && is_after_day(&scan)) {
        r = point_day(&scan, &civil, &point, ret_fault);
        if (r <= 0)
            return r;
    }
    if (r == 0)
        return point_refuse(text, length, ret_fault);
    *ret_point = point;
    return 1;
}
