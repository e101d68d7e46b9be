/*
 * semantic/period: relative words and calendar points made absolute, at the borders of hours, days, weeks, months and
 * years, over leap days and the clock changes of several zones. Every range is half-open: [from, to).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "semantic_help.h"
#include "src/semantic/query.h"

static const struct zone *zone;
static int64_t            now;

static void at(const char *clock, const char *zone_name)
{
    now = instant_of(clock);
    zone = zone_of(zone_name);
}

static int resolve(void **state, const char *text, struct resolved *ret_resolved, struct error *error)
{
    struct fixture *fixture = *state;
    struct query   *query = parses(fixture, arena_printf(fixture->arena, "views for %s", text));

    assert_int_equal(query->range_count, 1);
    return period_resolve(&query->ranges[0].period, now, zone, query, ret_resolved, error);
}

/* Instants in UTC; "" is open. */
static void spans(void **state, const char *text, const char *from, const char *to)
{
    struct resolved resolved;
    struct error    error = ERROR_INIT;
    char            first[TIME_TEXT_SIZE] = "", last[TIME_TEXT_SIZE] = "";

    if (resolve(state, text, &resolved, &error) < 0)
        fail_with(text, &error);
    if (resolved.has_from)
        instant_to_text(resolved.from, first);
    if (resolved.has_to)
        instant_to_text(resolved.to, last);
    if (strcmp(first, from) != 0 || strcmp(last, to) != 0)
        fail_msg("%s\n  is  [%s, %s)\n  not [%s, %s)", text, first, last, from, to);
}

/* Local days, both included. */
static void covers(void **state, const char *text, const char *first, const char *last)
{
    struct resolved resolved;
    struct error    error = ERROR_INIT;
    char            days[64];
    int             y, m, d, y2, m2, d2;

    if (resolve(state, text, &resolved, &error) < 0)
        fail_with(text, &error);
    assert_true(resolved.has_from && resolved.has_to);
    day_to_civil(resolved.first_day, &y, &m, &d);
    day_to_civil(resolved.last_day, &y2, &m2, &d2);
    (void)snprintf(days, sizeof days, "%04d-%02d-%02d %04d-%02d-%02d", y, m, d, y2, m2, d2);
    if (strncmp(days, first, 10) != 0 || strcmp(days + 11, last) != 0)
        fail_msg("%s\n  is  %s\n  not %s %s", text, days, first, last);
}

static void refuses_range(void **state, const char *text, const char *words)
{
    struct resolved resolved;
    struct error    error = ERROR_INIT;
    int             r = resolve(state, text, &resolved, &error);

    check_refusal(text, r, &error, ERR_USAGE, words, text, NULL);
    error_done(&error);
}

/* 2026-11-22 is a Sunday. */
static void whole_units_around_now(void **state)
{
    at("2026-11-22T20:34:56.789Z", "UTC");
    covers(state, "today", "2026-11-22", "2026-11-22");
    covers(state, "yesterday", "2026-11-21", "2026-11-21");
    covers(state, "tomorrow", "2026-11-23", "2026-11-23");
    covers(state, "this week", "2026-11-16", "2026-11-22");
    covers(state, "last week", "2026-11-09", "2026-11-15");
    covers(state, "next week", "2026-11-23", "2026-11-29");
    covers(state, "this month", "2026-11-01", "2026-11-30");
    covers(state, "last month", "2026-10-01", "2026-10-31");
    covers(state, "next month", "2026-12-01", "2026-12-31");
    covers(state, "this quarter", "2026-10-01", "2026-12-31");
    covers(state, "last quarter", "2026-07-01", "2026-09-30");
    covers(state, "this year", "2026-01-01", "2026-12-31");
    covers(state, "last year", "2025-01-01", "2025-12-31");
    covers(state, "last 7 days", "2026-11-15", "2026-11-21");          /* ends yesterday, as in Cube */
    covers(state, "last 2 weeks", "2026-11-02", "2026-11-15");
    covers(state, "last 6 months", "2026-05-01", "2026-10-31");
    covers(state, "last 3 quarters", "2026-01-01", "2026-09-30");
    covers(state, "last 10 years", "2016-01-01", "2025-12-31");
    covers(state, "next 3 days", "2026-11-23", "2026-11-25");
    spans(state, "this hour", "2026-11-22T20:00:00Z", "2026-11-22T21:00:00Z");
    spans(state, "last 24 hours", "2026-11-21T20:00:00Z", "2026-11-22T20:00:00Z");
    spans(state, "last 30 minutes", "2026-11-22T20:04:00Z", "2026-11-22T20:34:00Z");
    spans(state, "last 90 seconds", "2026-11-22T20:33:26Z", "2026-11-22T20:34:56Z");
    spans(state, "this minute", "2026-11-22T20:34:00Z", "2026-11-22T20:35:00Z");
    spans(state, "next second", "2026-11-22T20:34:57Z", "2026-11-22T20:34:58Z");
    spans(state, "all time", "", "");
}

static void lengths_end_now_and_begin_at_a_minute(void **state)
{
    at("2026-11-22T20:34:56.789Z", "UTC");
    spans(state, "7d", "2026-11-15T20:34:00Z", "2026-11-22T20:34:56.789Z");
    spans(state, "24h", "2026-11-21T20:34:00Z", "2026-11-22T20:34:56.789Z");
    spans(state, "90min", "2026-11-22T19:04:00Z", "2026-11-22T20:34:56.789Z");
    spans(state, "2w", "2026-11-08T20:34:00Z", "2026-11-22T20:34:56.789Z");
    spans(state, "3mo", "2026-08-22T20:34:00Z", "2026-11-22T20:34:56.789Z");
    spans(state, "1q", "2026-08-22T20:34:00Z", "2026-11-22T20:34:56.789Z");
    spans(state, "1y", "2025-11-22T20:34:00Z", "2026-11-22T20:34:56.789Z");
    spans(state, "wtd", "2026-11-16T00:00:00Z", "2026-11-22T20:34:56.789Z");
    spans(state, "mtd", "2026-11-01T00:00:00Z", "2026-11-22T20:34:56.789Z");
    spans(state, "qtd", "2026-10-01T00:00:00Z", "2026-11-22T20:34:56.789Z");
    spans(state, "ytd", "2026-01-01T00:00:00Z", "2026-11-22T20:34:56.789Z");
    at("2026-03-31T12:00:00Z", "UTC");
    spans(state, "1mo", "2026-02-28T12:00:00Z", "2026-03-31T12:00:00Z");       /* there is no 31st of February */
    at("2024-02-29T12:00:00Z", "UTC");
    spans(state, "1y", "2023-02-28T12:00:00Z", "2024-02-29T12:00:00Z");
}

static void points_are_whole_units_and_ranges_include_both_ends(void **state)
{
    at("2026-11-22T20:34:56Z", "UTC");
    covers(state, "2026", "2026-01-01", "2026-12-31");
    covers(state, "2026-Q1", "2026-01-01", "2026-03-31");
    covers(state, "2026-Q4", "2026-10-01", "2026-12-31");
    covers(state, "2026-02", "2026-02-01", "2026-02-28");
    covers(state, "2024-02", "2024-02-01", "2024-02-29");
    covers(state, "2026-12", "2026-12-01", "2026-12-31");
    spans(state, "2026-01-31", "2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z");
    spans(state, "2026-01-31T12:00", "2026-01-31T12:00:00Z", "2026-01-31T12:01:00Z");
    spans(state, "2026-01-31T12:00:05", "2026-01-31T12:00:05Z", "2026-01-31T12:00:06Z");
    spans(state, "2026-01-31T12:00:05.250", "2026-01-31T12:00:05.25Z", "2026-01-31T12:00:05.251Z");
    spans(state, "2026-01-31T23:59..2026-02-01T00:00", "2026-01-31T23:59:00Z", "2026-02-01T00:01:00Z");
    covers(state, "2025..2026-Q1", "2025-01-01", "2026-03-31");
    covers(state, "2026-01-01..2026-01-31", "2026-01-01", "2026-01-31");
    spans(state, "since 2026-01", "2026-01-01T00:00:00Z", "");
    spans(state, "until 2018-01-31", "", "2018-02-01T00:00:00Z");
    spans(state, "until 2026", "", "2027-01-01T00:00:00Z");
    spans(state, "since 2026-01-01 until now", "2026-01-01T00:00:00Z", "2026-11-22T20:34:56Z");
    spans(state, "from 2026-11-22T20:00 to now", "2026-11-22T20:00:00Z", "2026-11-22T20:34:56Z");
    covers(state, "from yesterday to tomorrow", "2026-11-21", "2026-11-23");
    refuses_range(state, "2026-02-01..2026-01-31", "ends before it begins");
    refuses_range(state, "from tomorrow to yesterday", "ends before it begins");
    refuses_range(state, "since 2027-01-01 until now", "ends before it begins");
}

static void units_ago_are_that_whole_unit(void **state)
{
    at("2026-11-22T20:34:56Z", "UTC");
    covers(state, "3 months ago", "2026-08-01", "2026-08-31");
    covers(state, "day 3 months ago", "2026-08-22", "2026-08-22");
    covers(state, "week 1 year ago", "2025-11-17", "2025-11-23");
    covers(state, "7 days ago", "2026-11-15", "2026-11-15");
    covers(state, "0 days ago", "2026-11-22", "2026-11-22");
    covers(state, "2 weeks from now", "2026-11-30", "2026-12-06");
    spans(state, "1 hour ago", "2026-11-22T19:00:00Z", "2026-11-22T20:00:00Z");
    covers(state, "from 7 days ago to yesterday", "2026-11-15", "2026-11-21");
    covers(state, "from 3 months ago to 1 month ago", "2026-08-01", "2026-10-31");
    spans(state, "since 1 quarter ago", "2026-07-01T00:00:00Z", "");
    covers(state, "last monday", "2026-11-16", "2026-11-16");
    covers(state, "last sunday", "2026-11-15", "2026-11-15");
    covers(state, "closest monday", "2026-11-23", "2026-11-23");
    covers(state, "closest thursday", "2026-11-19", "2026-11-19");
    covers(state, "closest sunday", "2026-11-22", "2026-11-22");
}

static void months_of_different_length(void **state)
{
    at("2026-03-31T12:00:00Z", "UTC");
    covers(state, "last month", "2026-02-01", "2026-02-28");
    covers(state, "last 2 months", "2026-01-01", "2026-02-28");
    covers(state, "day 1 month ago", "2026-02-28", "2026-02-28");
    covers(state, "next month", "2026-04-01", "2026-04-30");
    at("2024-03-01T00:00:00Z", "UTC");
    covers(state, "last month", "2024-02-01", "2024-02-29");
    covers(state, "yesterday", "2024-02-29", "2024-02-29");
    covers(state, "day 1 year ago", "2023-03-01", "2023-03-01");
    at("2100-03-01T00:00:00Z", "UTC");
    covers(state, "yesterday", "2100-02-28", "2100-02-28");              /* no leap year */
    at("2000-03-01T00:00:00Z", "UTC");
    covers(state, "yesterday", "2000-02-29", "2000-02-29");
}

/* ISO weeks: 2026 has a week 53 (from 2026-12-28), and 2024-12-30 is in week 1 of 2025. */
static void weeks_over_the_end_of_a_year(void **state)
{
    at("2027-01-01T00:00:00Z", "UTC");
    covers(state, "this week", "2026-12-28", "2027-01-03");
    covers(state, "last week", "2026-12-21", "2026-12-27");
    covers(state, "last year", "2026-01-01", "2026-12-31");
    covers(state, "last quarter", "2026-10-01", "2026-12-31");
    spans(state, "ytd", "2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z");       /* nothing yet */
    at("2024-12-30T23:59:59Z", "UTC");
    covers(state, "this week", "2024-12-30", "2025-01-05");
    covers(state, "last 53 weeks", "2023-12-25", "2024-12-29");
    at("2027-01-03T23:59:59.999999Z", "UTC");
    covers(state, "this week", "2026-12-28", "2027-01-03");
    at("2027-01-04T00:00:00Z", "UTC");
    covers(state, "this week", "2027-01-04", "2027-01-10");
}

/* The last microsecond before, and the first of, an hour, a day, a month, a year. */
static void borders(void **state)
{
    at("2026-12-31T23:59:59.999999Z", "UTC");
    covers(state, "today", "2026-12-31", "2026-12-31");
    covers(state, "this year", "2026-01-01", "2026-12-31");
    spans(state, "this hour", "2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z");
    covers(state, "tomorrow", "2027-01-01", "2027-01-01");
    at("2027-01-01T00:00:00Z", "UTC");
    covers(state, "today", "2027-01-01", "2027-01-01");
    covers(state, "this year", "2027-01-01", "2027-12-31");
    spans(state, "last hour", "2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z");
    /* the same instant is still last year in Los Angeles, and long since this one in Tokyo */
    at("2027-01-01T00:00:00Z", "America/Los_Angeles");
    spans(state, "today", "2026-12-31T08:00:00Z", "2027-01-01T08:00:00Z");
    covers(state, "this year", "2026-01-01", "2026-12-31");
    at("2026-12-31T15:00:00Z", "Asia/Tokyo");
    spans(state, "today", "2026-12-31T15:00:00Z", "2027-01-01T15:00:00Z");
    covers(state, "this year", "2027-01-01", "2027-12-31");
    covers(state, "yesterday", "2026-12-31", "2026-12-31");
}

/* Los Angeles: 2026-03-08 has 23 hours, 2026-11-01 has 25 and the hour from 01:00 twice. */
static void clock_changes_of_los_angeles(void **state)
{
    at("2026-11-01T20:00:00Z", "America/Los_Angeles");
    spans(state, "today", "2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z");
    spans(state, "yesterday", "2026-10-31T07:00:00Z", "2026-11-01T07:00:00Z");
    spans(state, "last 24 hours", "2026-10-31T20:00:00Z", "2026-11-01T20:00:00Z");
    spans(state, "this week", "2026-10-26T07:00:00Z", "2026-11-02T08:00:00Z");
    spans(state, "1d", "2026-10-31T19:00:00Z", "2026-11-01T20:00:00Z");         /* since the same time of day */
    at("2026-11-01T08:30:00Z", "America/Los_Angeles");                          /* 01:30, the first time */
    spans(state, "this hour", "2026-11-01T08:00:00Z", "2026-11-01T09:00:00Z");
    spans(state, "next hour", "2026-11-01T09:00:00Z", "2026-11-01T10:00:00Z");
    at("2026-11-01T09:30:00Z", "America/Los_Angeles");                          /* 01:30, the second time */
    spans(state, "this hour", "2026-11-01T09:00:00Z", "2026-11-01T10:00:00Z");
    spans(state, "last hour", "2026-11-01T08:00:00Z", "2026-11-01T09:00:00Z");
    at("2026-03-08T20:00:00Z", "America/Los_Angeles");
    spans(state, "today", "2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z");
    spans(state, "2026-03", "2026-03-01T08:00:00Z", "2026-04-01T07:00:00Z");
    spans(state, "2026-03-08T02:30", "2026-03-08T10:00:00Z", "2026-03-08T10:00:00Z");  /* a time that was skipped: nothing */
    spans(state, "2026-03-08T01:59..2026-03-08T03:00", "2026-03-08T09:59:00Z", "2026-03-08T10:01:00Z");
    spans(state, "last 3 hours", "2026-03-08T17:00:00Z", "2026-03-08T20:00:00Z");
}

/* Berlin changes at 01:00 UTC; Lord Howe by half an hour; Kolkata has a half hour and never changes. */
static void clock_changes_of_other_zones(void **state)
{
    at("2026-03-29T12:00:00Z", "Europe/Berlin");
    spans(state, "today", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    spans(state, "2026-Q1", "2025-12-31T23:00:00Z", "2026-03-31T22:00:00Z");
    at("2026-10-25T12:00:00Z", "Europe/Berlin");
    spans(state, "today", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    at("2026-10-25T00:30:00Z", "Europe/Berlin");
    spans(state, "this hour", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z");
    at("2026-04-04T15:10:00Z", "Australia/Lord_Howe");                          /* 01:40 at +10:30, after 02:00 at +11 */
    spans(state, "today", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z");
    at("2026-06-01T10:45:00Z", "Asia/Kolkata");                                 /* 16:15 */
    spans(state, "this hour", "2026-06-01T10:30:00Z", "2026-06-01T11:30:00Z");
    spans(state, "today", "2026-05-31T18:30:00Z", "2026-06-01T18:30:00Z");
    at("2018-11-04T12:00:00Z", "America/Sao_Paulo");                            /* midnight was skipped */
    spans(state, "today", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z");
    at("2011-12-31T12:00:00Z", "Pacific/Apia");                                 /* 2011-12-30 did not exist there */
    spans(state, "yesterday", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z");
}

static void instants_do_not_depend_on_the_zone(void **state)
{
    at("2026-11-22T20:34:56Z", "America/Los_Angeles");
    spans(state, "2026-01-31T12:00:00Z..2026-01-31T12:00:59Z", "2026-01-31T12:00:00Z", "2026-01-31T12:01:00Z");
    spans(state, "2026-01-31T12:00+02:00", "2026-01-31T10:00:00Z", "2026-01-31T10:01:00Z");
    spans(state, "2026-01-31T12:00", "2026-01-31T20:00:00Z", "2026-01-31T20:01:00Z");
}

static void the_end_of_the_calendar(void **state)
{
    at("2026-11-22T20:34:56Z", "UTC");
    spans(state, "9999", "9999-01-01T00:00:00Z", "10000-01-01T00:00:00Z");
    covers(state, "0001-01-01..9999-12-31", "0001-01-01", "9999-12-31");
    refuses_range(state, "last 2026 years", "leaves the calendar");
    refuses_range(state, "next 8000 years", "leaves the calendar");
    refuses_range(state, "3652425 days ago", "leaves the calendar");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_units_around_now),
        cmocka_unit_test(lengths_end_now_and_begin_at_a_minute),
        cmocka_unit_test(points_are_whole_units_and_ranges_include_both_ends),
        cmocka_unit_test(units_ago_are_that_whole_unit),
        cmocka_unit_test(months_of_different_length),
        cmocka_unit_test(weeks_over_the_end_of_a_year),
        cmocka_unit_test(borders),
        cmocka_unit_test(clock_changes_of_los_angeles),
        cmocka_unit_test(clock_changes_of_other_zones),
        cmocka_unit_test(instants_do_not_depend_on_the_zone),
        cmocka_unit_test(the_end_of_the_calendar),
    };

    return cmocka_run_group_tests(tests, fixture_plain, fixture_done);
}
