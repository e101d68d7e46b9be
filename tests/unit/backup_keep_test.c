/* backup: which ones stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ytempire/backup.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

#define YEAR 366

static void names_are_those_of_folders_the_newest_first(void **state)
{
    char   folder[] = "/tmp/backup_names.XXXXXX";
    char **names;
    size_t count = 0;

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < 2; i++) {
        _cleanup_(mem_freep) char *path = mem_printf("%s/a-2026112%dT000000Z", folder, 7 + i);

        assert_int_equal(mkdir(path, 0700), 0);
    }
    names = backup_names(folder, &count);
    assert_int_equal(count, 2);
    assert_string_equal(names[0], "a-20261128T000000Z");
    assert_string_equal(names[1], "a-20261127T000000Z");
    for (size_t i = 0; i < count; i++) {
        _cleanup_(mem_freep) char *path = mem_printf("%s/%s", folder, names[i]);

        assert_int_equal(rmdir(path), 0);
    }
    backup_names_free(names, count);
    assert_int_equal(rmdir(folder), 0);
    names = backup_names(folder, &count);          /* there is no such folder any more */
    assert_int_equal(count, 0);
    backup_names_free(names, count);
}

static int64_t night(int32_t day)
{
    return day * US_PER_DAY + 2 * US_PER_HOUR;
}

static struct backup_rule rule_of(const char *text)
{
    struct backup_rule rule;

    assert_int_equal(backup_rule_parse(text, &rule, NULL), 0);
    return rule;
}

/* Days in words, newest first: "11-28 11-27 …" */
static char *stays_of(const char *text, const int64_t *times, size_t count)
{
    struct backup_rule rule = rule_of(text);
    bool               stays[YEAR];
    struct str         words = STR_INIT;

    assert_true(count <= YEAR);
    backup_rule_apply(&rule, times, count, stays);
    for (size_t i = 0; i < count; i++) {
        struct civil civil = local_to_civil(times[i]);

        if (stays[i])
            str_addf(&words, "%s%02d-%02d", words.length > 0 ? " " : "", civil.month, civil.day);
    }
    return str_take(&words);
}

static void assert_stay(const char *text, const int64_t *times, size_t count, const char *expected)
{
    _cleanup_(mem_freep) char *found = stays_of(text, times, count);

    assert_string_equal(found, expected);
}

/* Every night of the year up to Saturday, 2026-11-28. */
static void fill_year(int64_t *times)
{
    int32_t today = day_from_civil(2026, 11, 28);

    for (int i = 0; i < YEAR; i++)
        times[i] = night(today - i);
}

static void a_year_of_nights_is_thinned_as_the_rule_says(void **state)
{
    int64_t times[YEAR];

    (void)state;
    fill_year(times);
    assert_stay("last=3", times, YEAR, "11-28 11-27 11-26");
    assert_stay("daily=4", times, YEAR, "11-28 11-27 11-26 11-25");
    assert_stay("weekly=3", times, YEAR, "11-28 11-22 11-15");         /* the newest of each: Sundays */
    assert_stay("monthly=4", times, YEAR, "11-28 10-31 09-30 08-31");
    assert_stay("yearly=3", times, YEAR, "11-28 12-31");
    assert_stay("last=1, daily=2 weekly=3", times, YEAR, "11-28 11-27 11-22 11-15");
    assert_stay(BACKUP_KEEP, times, YEAR,
                "11-28 11-27 11-26 11-25 11-24 11-23 11-22 11-15 11-08 10-31 09-30 08-31 07-31 06-30");
}

/* One night after the other, with what the nights before have left: what stays grows no further. */
static void a_year_of_runs_ends_as_one_look_at_all_of_it(void **state)
{
    int64_t            held[YEAR], all[YEAR];
    bool               stays[YEAR];
    size_t             count = 0;
    int32_t            today = day_from_civil(2026, 11, 28);
    struct backup_rule rule = rule_of(BACKUP_KEEP);

    (void)state;
    for (int32_t day = today - YEAR + 1; day <= today; day++) {
        size_t left = 0;

        memmove(held + 1, held, count * sizeof *held);
        held[0] = night(day);
        backup_rule_apply(&rule, held, ++count, stays);
        assert_true(stays[0]);
        for (size_t i = 0; i < count; i++)
            if (stays[i])
                held[left++] = held[i];
        count = left;
        assert_true(count <= 3 + 7 + 4 + 6);
    }
    fill_year(all);
    _cleanup_(mem_freep) char *at_once = stays_of(BACKUP_KEEP, all, YEAR);
    assert_stay("all", held, count, at_once);
}

static void periods_without_one_do_not_count(void **state)
{
    int64_t times[] = {night(day_from_civil(2026, 11, 28)), night(day_from_civil(2026, 11, 28)) - US_PER_HOUR,
                       night(day_from_civil(2026, 6, 2)), night(day_from_civil(2026, 6, 1)),
                       night(day_from_civil(2020, 12, 31))};

    (void)state;
    assert_stay("daily=3", times, COUNT_OF(times), "11-28 06-02 06-01");
    assert_stay("yearly=5", times, COUNT_OF(times), "11-28 12-31");
    assert_stay("weekly=2", times, COUNT_OF(times), "11-28 06-02");
}

/* 2026-12-31 and 2027-01-01 are of one ISO week, and of two years. */
static void weeks_are_iso_weeks(void **state)
{
    int64_t times[] = {night(day_from_civil(2027, 1, 1)), night(day_from_civil(2026, 12, 31)),
                       night(day_from_civil(2026, 12, 27))};

    (void)state;
    assert_stay("weekly=9", times, COUNT_OF(times), "01-01 12-27");
    assert_stay("yearly=9", times, COUNT_OF(times), "01-01 12-31");
}

static void the_newest_always_stays(void **state)
{
    int64_t times[] = {night(day_from_civil(2026, 11, 28))};

    (void)state;
    assert_stay("yearly=1", times, 1, "11-28");
    assert_stay("last=0,daily=1", times, 1, "11-28");
}

static void a_rule_that_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {"", "last", "last=", "last=-1", "last=x", "hourly=3", "last=0", "3", "all=1",
                                        "last=3;daily=1", "last=99999999999999999999"};
    struct backup_rule rule;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct error error = ERROR_INIT;

        assert_int_equal(backup_rule_parse(wrong[i], &rule, &error), ERR_USAGE);
        assert_non_null(error.hint);
        error_done(&error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_year_of_nights_is_thinned_as_the_rule_says),
        cmocka_unit_test(a_year_of_runs_ends_as_one_look_at_all_of_it),
        cmocka_unit_test(periods_without_one_do_not_count),
        cmocka_unit_test(weeks_are_iso_weeks),
        cmocka_unit_test(the_newest_always_stays),
        cmocka_unit_test(a_rule_that_is_none_is_refused),
        cmocka_unit_test(names_are_those_of_folders_the_newest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
