/* board: alert rules, by a clock that the test holds. */
#include "board_help.h"

static const struct board_alert rule = {.when = "cost > 3", .for_us = 10 * US_PER_MINUTE};

static void an_alert_fires_when_it_has_held_long_enough(void **state)
{
    struct board_alarm alarm = {0};

    (void)state;
    assert_false(board_alarm_step(&alarm, &rule, TRUTH_NO, NOW));
    assert_int_equal(alarm.state, ALARM_QUIET);
    assert_false(board_alarm_step(&alarm, &rule, TRUTH_YES, NOW));
    assert_int_equal(alarm.state, ALARM_PENDING);
    assert_false(board_alarm_step(&alarm, &rule, TRUTH_YES, NOW + 9 * US_PER_MINUTE));
    assert_true(board_alarm_step(&alarm, &rule, TRUTH_YES, NOW + 10 * US_PER_MINUTE));
    assert_int_equal(alarm.state, ALARM_FIRING);
    assert_int_equal(alarm.since, NOW + 10 * US_PER_MINUTE);
    assert_false(board_alarm_step(&alarm, &rule, TRUTH_YES, NOW + 11 * US_PER_MINUTE));     /* it rings once */
    assert_true(board_alarm_step(&alarm, &rule, TRUTH_NO, NOW + 12 * US_PER_MINUTE));
    assert_int_equal(alarm.state, ALARM_QUIET);
}

static void what_does_not_hold_for_a_moment_begins_anew(void **state)
{
    struct board_alarm alarm = {0};

    (void)state;
    (void)board_alarm_step(&alarm, &rule, TRUTH_YES, NOW);
    assert_false(board_alarm_step(&alarm, &rule, TRUTH_NO, NOW + 9 * US_PER_MINUTE));
    (void)board_alarm_step(&alarm, &rule, TRUTH_YES, NOW + 10 * US_PER_MINUTE);
    assert_int_equal(alarm.state, ALARM_PENDING);
    assert_true(board_alarm_step(&alarm, &rule, TRUTH_YES, NOW + 20 * US_PER_MINUTE));
}

static void what_is_not_known_neither_fires_nor_ends(void **state)
{
    struct board_alarm alarm = {0};

    (void)state;
    (void)board_alarm_step(&alarm, &rule, TRUTH_YES, NOW);
    assert_false(board_alarm_step(&alarm, &rule, TRUTH_UNKNOWN, NOW + 15 * US_PER_MINUTE));
    assert_false(board_alarm_step(&alarm, &rule, TRUTH_YES, NOW + 16 * US_PER_MINUTE));
    assert_true(board_alarm_step(&alarm, &rule, TRUTH_YES, NOW + 25 * US_PER_MINUTE));
    assert_false(board_alarm_step(&alarm, &rule, TRUTH_UNKNOWN, NOW + 26 * US_PER_MINUTE));
    assert_int_equal(alarm.state, ALARM_FIRING);
}

static void an_alert_without_a_time_fires_at_once(void **state)
{
    const struct board_alert at_once = {.when = "cost > 3"};
    struct board_alarm       alarm = {0};

    (void)state;
    assert_true(board_alarm_step(&alarm, &at_once, TRUTH_YES, NOW));
}

static void assert_truth(const struct board_alert *alert, const struct board_shown *shown, enum board_truth want)
{
    enum board_truth truth;
    struct error     error = ERROR_INIT;

    if (board_alert_look(alert, shown, &truth, &error) < 0)
        fail_msg("%s", error.text);
    assert_int_equal(truth, want);
}

static void the_condition_is_asked_of_what_is_shown(void **state)
{
    struct arena      *arena = arena_new();
    struct board_shown shown = {.state = BOARD_FRESH};
    struct board_alert none = {.when = "rows = 0"}, wrong = {.when = "costs > 3"};
    enum board_truth   truth;

    (void)state;
    assert_truth(&rule, &shown, TRUTH_UNKNOWN);
    shown.rows = ROWS(arena, "cost:numeric", "3.01");
    assert_truth(&rule, &shown, TRUTH_YES);
    shown.rows = ROWS(arena, "cost:text", "2.99");      /* as Python writes it */
    assert_truth(&rule, &shown, TRUTH_NO);
    shown.state = BOARD_FAILED;                         /* the last picture is not now */
    assert_truth(&rule, &shown, TRUTH_UNKNOWN);
    shown.state = BOARD_MISSING;
    shown.rows = rows_of(arena, "cost:numeric", 0, NULL);
    assert_truth(&none, &shown, TRUTH_YES);
    shown.state = BOARD_FRESH;
    assert_int_equal(board_alert_look(&wrong, &shown, &truth, NULL), ERR_UNKNOWN);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_fires_when_it_has_held_long_enough),
        cmocka_unit_test(what_does_not_hold_for_a_moment_begins_anew),
        cmocka_unit_test(what_is_not_known_neither_fires_nor_ends),
        cmocka_unit_test(an_alert_without_a_time_fires_at_once),
        cmocka_unit_test(the_condition_is_asked_of_what_is_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
