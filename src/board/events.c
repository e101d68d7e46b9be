/* What can be marked on a time axis. */
#include "board_int.h"
#include "ytempire/base/time.h"

const char *board_event_name(enum board_event_kind kind)
{
    return kind == EVENT_JOB_FAILED ? "job_failed" : kind == EVENT_MIGRATION ? "migration" : "definition";
}

/* Days are YouTube's (Pacific); noon there is on that day in most zones. */
#define DAY(days_) ((days_) * US_PER_DAY + 20 * US_PER_HOUR)

const struct board_event *board_definitions(size_t *ret_count)
{
    static const struct board_event events[] = {
        {DAY(18974), EVENT_DEFINITION, "2021-12-13: YouTube hides dislikes; since then only owners see them", NULL},
        {DAY(20173), EVENT_DEFINITION,
         "2025-03-26: views of Shorts count each start or replay; engagedViews has the older count", NULL},
        {DAY(20263), EVENT_DEFINITION,
         "2025-06-24: channel reports a2 become a3, with Shorts' views by the new count and engagedViews beside", NULL},
        {DAY(20692), EVENT_DEFINITION, "2026-08-27: public views of all formats count when playback starts", NULL},
    };

    *ret_count = COUNT_OF(events);
    return events;
}

/* -- what is marked ------------------------------------------------------------------------------------------------ */

bool event_is_marked(const struct board_panel *panel, int64_t first, int64_t last, const struct board_event *event)
{
    return (panel->events & event->kind) != 0 && event->at >= first && event->at <= last + US_PER_DAY;
}

/* The time of its rows, where they have an axis of time. */
static bool axis_of(const struct board_panel *panel, const struct board_rows *rows, int64_t *ret_first,
                    int64_t *ret_last)
{
    int     time = rows != NULL ? rows_time(rows) : -1;
    int64_t first = INT64_MAX, last = INT64_MIN, at;

    if (panel->kind != BOARD_LINE && panel->kind != BOARD_BAR && panel->kind != BOARD_HEAT)
        return false;
    for (size_t row = 0; time >= 0 && row < rows->row_count; row++) {
        struct data_cell cell = rows_cell(rows, row, time);

        if (cell.text == NULL || instant_from_text(cell.text, cell.length, &at) < 0)
            continue;
        first = at < first ? at : first;
        last = at > last ? at : last;
    }
    *ret_first = first;
    *ret_last = last;
    return first < last;
}

struct board_marks board_marks_of(struct arena *arena, const struct board_panel *panels,
                                  const struct board_shown *shown, size_t count, const struct board_event *events,
                                  size_t event_count)
{
    struct board_marks marks = {ARENA_ARRAY(arena, const struct board_event *, event_count + 1), 0};
    bool              *marked = ARENA_ARRAY(arena, bool, event_count + 1);
    int64_t            first, last;

    for (size_t p = 0; p < count; p++) {
        if (panels[p].events == 0 || !axis_of(&panels[p], shown[p].rows, &first, &last))
            continue;
        for (size_t i = 0; i < event_count; i++)
            marked[i] |= event_is_marked(&panels[p], first, last, &events[i]);
    }
    for (size_t i = 0; i < event_count; i++)
        if (marked[i])
            marks.events[marks.count++] = &events[i];
    return marks;
}
