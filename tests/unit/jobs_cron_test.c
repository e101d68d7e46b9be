/* jobs: cron expressions and their times, in zones whose clocks change; what is due after a pause. Expected times are by
 * hand, from the zones' rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "src/jobs/jobs_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

static int64_t at(const char *text)
{
    int64_t instant = 0;

    if (instant_from_text(text, strlen(text), &instant) < 0)
        fail_msg("'%s'", text);
    return instant;
}

/* The times after `after`, one a line, as UTC. */
static void assert_times(const char *cron, const char *zone_name, const char *after, const char *wanted)
{
    const struct zone *zone;
    struct str         got = STR_INIT;
    struct error       error = ERROR_INIT;
    int64_t            times[16];
    size_t             count = 1;

    for (const char *c = wanted; *c != '\0'; c++)
        count += *c == ' ';
    assert_int_equal(zone_find(zone_name, &zone), 0);
    if (cron_next(cron, zone, at(after), count, times, &error) < 0)
        fail_msg("%s: %s", cron, error.text);
    for (size_t i = 0; i < count; i++) {
        char text[TIME_TEXT_SIZE];

        str_addf(&got, "%s%.16s", i > 0 ? " " : "", instant_to_text(times[i], text));
    }
    if (strcmp(str_text(&got), wanted) != 0)
        fail_msg("%s in %s after %s\n  gives  %s\n  wanted %s", cron, zone_name, after, str_text(&got), wanted);
    str_done(&got);
}

static void fields_are_values_ranges_lists_steps_and_names(void **state)
{
    (void)state;
    assert_times("* * * * *", "UTC", "2026-01-31T23:58:30Z", "2026-01-31T23:59 2026-02-01T00:00");
    assert_times("*/5 * * * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:05 2026-01-01T00:10");
    assert_times("0,30 8-9 * * *", "UTC", "2026-01-01T09:00:00Z", "2026-01-01T09:30 2026-01-02T08:00");
    assert_times("10-20/5 0 * * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:10 2026-01-01T00:15 2026-01-01T00:20 2026-01-02T00:10");
    assert_times("50/5 0 1 * *", "UTC", "2026-01-01T00:50:00Z", "2026-01-01T00:55 2026-02-01T00:50");
    assert_times("0 12 * jan,MAR mon", "UTC", "2026-01-20T00:00:00Z", "2026-01-26T12:00 2026-03-02T12:00");
    assert_times("0 0 * * 7", "UTC", "2026-01-01T00:00:00Z", "2026-01-04T00:00");
    assert_times("0 0 * * fri-sat", "UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00 2026-01-03T00:00 2026-01-09T00:00");
    assert_times("0 0 * * 5-7", "UTC", "2026-01-02T12:00:00Z", "2026-01-03T00:00 2026-01-04T00:00 2026-01-09T00:00");
    assert_times("@weekly", "UTC", "2026-01-01T00:00:00Z", "2026-01-04T00:00 2026-01-11T00:00");
    assert_times("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00");
    assert_times("0 0 29 2 */7", "UTC", "2088-03-01T00:00:00Z", "2128-02-29T00:00");    /* a Sunday, both: 40 years */
    assert_times("0 * 29 feb *", "UTC", "2026-03-01T00:00:00Z", "2028-02-29T00:00 2028-02-29T01:00");
}

/* Vixie: either of two restricted days will do; a star, also one with a step, restricts nothing by itself. */
static void days_of_month_and_week_are_either(void **state)
{
    (void)state;
    assert_times("0 0 13 * fri", "UTC", "2026-02-01T00:00:00Z", "2026-02-06T00:00 2026-02-13T00:00 2026-02-20T00:00 2026-02-27T00:00 2026-03-06T00:00 2026-03-13T00:00");
    assert_times("0 0 1,15 * wed", "UTC", "2026-01-01T00:00:00Z", "2026-01-07T00:00 2026-01-14T00:00 2026-01-15T00:00");
    assert_times("0 0 */2 * sun", "UTC", "2026-01-01T00:00:00Z", "2026-01-11T00:00 2026-01-25T00:00");
}

/* 8 March 2026 at 2:00 clocks go to 3:00; 1 November at 2:00 back to 1:00. Pacific is UTC-8, in summer -7. */
static void los_angeles(void **state)
{
    (void)state;
    assert_times("30 2 * * *", "America/Los_Angeles", "2026-03-07T00:00:00Z", "2026-03-07T10:30 2026-03-08T10:00 2026-03-09T09:30");
    assert_times("0,15,30 2 * * *", "America/Los_Angeles", "2026-03-08T08:00:00Z", "2026-03-08T10:00 2026-03-09T09:00");
    assert_times("0 3 * * *", "America/Los_Angeles", "2026-03-07T12:00:00Z", "2026-03-08T10:00 2026-03-09T10:00");
    assert_times("0 2,3 * * *", "America/Los_Angeles", "2026-03-07T12:00:00Z", "2026-03-08T10:00 2026-03-09T09:00");
    assert_times("30 1 * * *", "America/Los_Angeles", "2026-10-31T12:00:00Z", "2026-11-01T08:30 2026-11-02T09:30");
    assert_times("0 * * * *", "America/Los_Angeles", "2026-11-01T07:30:00Z", "2026-11-01T08:00 2026-11-01T09:00 2026-11-01T10:00");
    assert_times("*/30 * * * *", "America/Los_Angeles", "2026-03-08T09:20:00Z", "2026-03-08T09:30 2026-03-08T10:00 2026-03-08T10:30");
    assert_times("0 0 * * *", "America/Los_Angeles", "2026-10-31T08:00:00Z", "2026-11-01T07:00 2026-11-02T08:00");
}

/* 4 October 2026 at 2:00 clocks go to 2:30; 5 April at 2:00 back to 1:30. UTC+10:30, in summer +11. */
static void lord_howe(void **state)
{
    (void)state;
    assert_times("15 2 * * *", "Australia/Lord_Howe", "2026-10-02T16:00:00Z", "2026-10-03T15:30 2026-10-04T15:15");
    assert_times("15 2 * * *", "Australia/Lord_Howe", "2026-10-01T16:00:00Z", "2026-10-02T15:45 2026-10-03T15:30");
    assert_times("45 1 * * *", "Australia/Lord_Howe", "2026-04-03T20:00:00Z", "2026-04-04T14:45 2026-04-05T15:15");
    assert_times("45 * * * *", "Australia/Lord_Howe", "2026-04-04T14:00:00Z", "2026-04-04T14:45 2026-04-04T15:15 2026-04-04T16:15");
    assert_times("10 2 * * *", "Australia/Lord_Howe", "2026-04-03T20:00:00Z", "2026-04-04T15:40 2026-04-05T15:40");
}

/* 29 March 2026 at 1:00 UTC from 2:00 to 3:00; 25 October at 1:00 UTC from 3:00 back to 2:00. UTC+1, in summer +2. */
static void berlin(void **state)
{
    (void)state;
    assert_times("30 2 * * *", "Europe/Berlin", "2026-03-28T02:00:00Z", "2026-03-29T01:00 2026-03-30T00:30");
    assert_times("30 2 * * *", "Europe/Berlin", "2026-10-24T02:00:00Z", "2026-10-25T00:30 2026-10-26T01:30");
    assert_times("30 2 29 3 *", "Europe/Berlin", "2026-01-01T00:00:00Z", "2026-03-29T01:00 2027-03-29T00:30");
    assert_times("0 */2 * * *", "Europe/Berlin", "2026-10-24T22:30:00Z", "2026-10-25T00:00 2026-10-25T01:00 2026-10-25T03:00");
}

static void what_cannot_be_read_is_shown(void **state)
{
    static const struct {
        const char *cron, *error;
        size_t      column;
    } cases[] = {
        {"60 * * * *", "this is no value: minute from 0 to 59", 0},
        {"* 24 * * *", "this is no value: hour from 0 to 23", 2},
        {"* * 0 * *", "this is no value: day of the month from 1 to 31", 4},
        {"* * * foo *", "this is no value: month from 1 to 12, or the first three letters of its name", 6},
        {"* * * * 8", "this is no value: day of the week from 0 to 7, or the first three letters of its name", 8},
        {"*/0 * * * *", "this is no step: minute from 0 to 59", 2},
        {"5-1 * * * *", "the range runs backwards: minute from 0 to 59", 0},
        {"1x * * * *", "this cannot be read: minute from 0 to 59", 1},
        {"* * * *", "a cron expression has five fields: the day of the week is missing", 7},
        {"", "a cron expression has five fields: the minute is missing", 0},
        {"* * * * * *", "a cron expression has five fields: minute, hour, day of the month, month, day of the week", 10},
        {"0 0 31 2 *", "there is no such day", 0},
        {"@reboot", "'@reboot' is no time", 0},
        {"@dayly", "'@dayly' is no time", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error error = ERROR_INIT;
        int64_t      time;

        assert_int_equal(cron_next(cases[i].cron, zone_utc(), 0, 1, &time, &error), ERR_SYNTAX);
        assert_string_equal(error.text, cases[i].error);
        assert_int_equal(error.at, cases[i].column);
        if (cases[i].cron[0] == '@')
            assert_string_equal(error.hint, strcmp(cases[i].cron, "@dayly") == 0
                                                ? "did you mean '@daily'?"
                                                : "they are @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually");
        error_done(&error);
    }
}

/* -- missed runs --------------------------------------------------------------------------------------------------- */

static void assert_due(const char *missed, size_t most, const char *next_run, const char *now, const char *wanted)
{
    struct schedule schedule = {.name = "s", .cron = "0 * * * *", .missed = missed, .zone = zone_utc(), .missed_most = most,
                                .next_run = next_run != NULL ? at(next_run) : INT64_MIN};
    struct str      got = STR_INIT;
    char            text[TIME_TEXT_SIZE];
    int64_t         times[1000], next;
    size_t          count = schedule_due(&schedule, at(now), times, &next);

    for (size_t i = 0; i < count; i++)
        str_addf(&got, "%.5s ", instant_to_text(times[i], text) + 11);
    str_addf(&got, "then %.5s", instant_to_text(next, text) + 11);
    assert_string_equal(str_text(&got), wanted);
    str_done(&got);
}

static void missed_runs_go_by_their_policy(void **state)
{
    (void)state;
    /* in time */
    assert_due("skip", 10, "2026-01-01T05:00:00Z", "2026-01-01T05:00:03Z", "05:00 then 06:00");
    assert_due("once", 10, "2026-01-01T05:00:00Z", "2026-01-01T05:00:03Z", "05:00 then 06:00");
    assert_due("all", 10, "2026-01-01T05:00:00Z", "2026-01-01T05:00:03Z", "05:00 then 06:00");
    /* not yet, and new */
    assert_due("once", 10, "2026-01-01T05:00:00Z", "2026-01-01T04:59:59Z", "then 05:00");
    assert_due("all", 10, NULL, "2026-01-01T04:59:59Z", "then 05:00");
    /* everything was down from before 5 until 8:30 */
    assert_due("skip", 10, "2026-01-01T05:00:00Z", "2026-01-01T08:30:00Z", "then 09:00");
    assert_due("once", 10, "2026-01-01T05:00:00Z", "2026-01-01T08:30:00Z", "08:00 then 09:00");
    assert_due("all", 10, "2026-01-01T05:00:00Z", "2026-01-01T08:30:00Z", "05:00 06:00 07:00 08:00 then 09:00");
    assert_due("all", 3, "2026-01-01T05:00:00Z", "2026-01-01T08:30:00Z", "06:00 07:00 08:00 then 09:00");
    /* … for sixty years, as a backup of then has it */
    assert_due("once", 10, "1966-01-01T05:00:00Z", "2026-01-01T08:30:00Z", "08:00 then 09:00");
    assert_due("all", 3, "1966-01-01T05:00:00Z", "2026-01-01T08:30:00Z", "06:00 07:00 08:00 then 09:00");
    /* … and came back just in time for one */
    assert_due("skip", 10, "2026-01-01T05:00:00Z", "2026-01-01T08:00:10Z", "08:00 then 09:00");
}

static size_t asked_times;
static int64_t last_time;

/* The linker puts one in the other's place (--wrap). */
int __real_cron_next(const char *cron, const struct zone *zone, int64_t after, size_t count, int64_t *ret_times,
                     struct error *error);
int __wrap_cron_next(const char *cron, const struct zone *zone, int64_t after, size_t count, int64_t *ret_times,
                     struct error *error);

int __wrap_cron_next(const char *cron, const struct zone *zone, int64_t after, size_t count, int64_t *ret_times,
                     struct error *error)
{
    int r = __real_cron_next(cron, zone, after, count, ret_times, error);

    asked_times += count;
    if (r >= 0 && ret_times[count - 1] > last_time)
        last_time = ret_times[count - 1];
    return r;
}

/* The loop stands still meanwhile, and the heart of the worker with it. */
static void what_was_missed_for_long_is_not_counted_one_by_one(void **state)
{
    static const char *const crons[] = {"* * * * *", "* 0-23 * * *", "* 8-18 * * mon-fri"};
    static const char *const missed[] = {"skip", "once", "all"};
    const struct zone       *zone;

    (void)state;
    assert_int_equal(zone_find("America/Los_Angeles", &zone), 0);
    for (size_t i = 0; i < COUNT_OF(crons) * COUNT_OF(missed); i++) {
        struct schedule schedule = {.name = "s", .cron = crons[i / COUNT_OF(missed)], .missed = missed[i % COUNT_OF(missed)],
                                    .zone = zone, .missed_most = 1000, .next_run = at("1966-01-03T16:00:00Z")};
        int64_t         times[1000], next, now = at("2026-01-06T01:30:30Z");
        size_t          count;

        asked_times = 0;
        count = schedule_due(&schedule, now, times, &next);
        assert_in_range(asked_times, count, 20000);        /* of up to thirty millions */
        assert_int_equal(count, i % COUNT_OF(missed) == 2 ? 1000 : 1);
        assert_int_equal(times[count - 1], now - 30 * US_PER_SECOND);
        assert_int_equal(next, now + 30 * US_PER_SECOND);
        for (size_t n = 1; n < count; n++)
            assert_true(times[n] > times[n - 1]);
    }
}

/* A thousand of a leap day that is a Sunday are forty thousand years. */
static void what_is_rare_is_not_looked_for_in_millennia_to_come(void **state)
{
    struct schedule schedule = {.name = "s", .cron = "0 0 29 2 */7", .missed = "all", .zone = zone_utc(),
                                .missed_most = 1000, .next_run = at("1976-02-29T00:00:00Z")};
    int64_t         times[1000], next;

    (void)state;
    last_time = INT64_MIN;
    assert_int_equal(schedule_due(&schedule, at("2026-01-06T01:30:30Z"), times, &next), 2);
    assert_int_equal(times[0], at("1976-02-29T00:00:00Z"));
    assert_int_equal(times[1], at("2004-02-29T00:00:00Z"));
    assert_int_equal(next, at("2032-02-29T00:00:00Z"));
    assert_int_equal(last_time, next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_values_ranges_lists_steps_and_names),
        cmocka_unit_test(days_of_month_and_week_are_either),
        cmocka_unit_test(los_angeles),
        cmocka_unit_test(lord_howe),
        cmocka_unit_test(berlin),
        cmocka_unit_test(what_cannot_be_read_is_shown),
        cmocka_unit_test(missed_runs_go_by_their_policy),
        cmocka_unit_test(what_was_missed_for_long_is_not_counted_one_by_one),
        cmocka_unit_test(what_is_rare_is_not_looked_for_in_millennia_to_come),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
