/* Alert rules: whether a condition holds, and for how long it has. */
#include "board_int.h"
#include "ytempire/data/condition.h"

const char *board_alarm_name(enum board_alarm_state state)
{
    static const char *const names[] = {
        [ALARM_QUIET] = "quiet", [ALARM_PENDING] = "pending", [ALARM_FIRING] = "firing"};

    return names[state];
}

static bool is_known(const struct board_shown *shown)
{
    return shown->rows != NULL && shown->state != BOARD_WAITING && shown->state != BOARD_FAILED &&
           shown->state != BOARD_HIDDEN;
}

int board_alert_look(const struct board_alert *alert, const struct board_shown *shown, enum board_truth *ret_truth,
                     struct error *error)
{
    _cleanup_(condition_freep) struct condition *condition = NULL;
    const struct board_rows *rows = shown->rows;
    int                      r;

    *ret_truth = TRUTH_UNKNOWN;
    if (alert->when == NULL || !is_known(shown))
        return 0;
    r = condition_parse(alert->when, &condition, error);
    if (r >= 0)
        r = condition_begin(condition, rows->columns, rows->column_count, error);
    if (r < 0)
        return r;
    for (size_t i = 0; i < rows->row_count; i++)
        condition_row(condition, &rows->cells[i * rows->column_count]);
    *ret_truth = condition_end(condition, NULL) >= 0 ? TRUTH_YES : TRUTH_NO;
    return 0;
}

static void enter(struct board_alarm *alarm, enum board_alarm_state state, int64_t now)
{
    *alarm = (struct board_alarm){state, now};
}

bool board_alarm_step(struct board_alarm *alarm, const struct board_alert *alert, enum board_truth truth, int64_t now)
{
    enum board_alarm_state before = alarm->state;

    if (truth == TRUTH_UNKNOWN) {
        if (before == ALARM_PENDING)
            alarm->since = now;
        return false;
    }
    if (truth == TRUTH_NO) {
        if (before != ALARM_QUIET)
            enter(alarm, ALARM_QUIET, now);
        return before == ALARM_FIRING;
    }
    if (before == ALARM_QUIET)
        enter(alarm, ALARM_PENDING, now);
    if (alarm->state != ALARM_PENDING || now - alarm->since < alert->for_us)
        return false;
    enter(alarm, ALARM_FIRING, now);
    return true;
}
