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
        {DAY(18974), EVENT_DEFINITION, "2021-12-13: YouTube hides dislikes; since then only owners see them"},
        {DAY(20173), EVENT_DEFINITION,
         "2025-03-26: views of Shorts count each start or replay; engagedViews has the older count"},
        {DAY(20263), EVENT_DEFINITION,
         "2025-06-24: channel reports a2 become a3, with Shorts' views by the new count and engagedViews beside"},
        {DAY(20692), EVENT_DEFINITION, "2026-08-27: public views of all formats count when playback starts"},
    };

    *ret_count = COUNT_OF(events);
    return events;
}
