/* Five questions that show what can be asked: each runs when it is chosen. They hold for sample data and for one's own.
 */
#include "console.h"
#include "ytempire/base/mem.h"

static const struct {
    const char *line, *text;
} stops[] = {
    {"total_views, engagement_rate by channel_name top 10 by total_views",
     "measures by a dimension; ratios are of sums"},
    {"views_gained by day last 30 days", "a counter that only grows, as what was gained each day; c draws it"},
    {"revenue, ai_cost, profit by month for ytd", "measures of several facts on one row"},
    {"& category = Music", "a line that begins with + - & or a clause changes the question before"},
    {"explain total_views by week last 12 weeks", "how it was understood: range, zone, SQL with its values"},
};

void tour_begin(struct console *console)
{
    struct picker *list = picker_new("tour: five questions, in this order (F1 lists the keys of a result)");

    for (size_t i = 0; i < COUNT_OF(stops); i++) {
        _cleanup_(mem_freep) char *label = mem_printf("%zu %s", i + 1, stops[i].line);

        picker_add(list, label, stops[i].text, stops[i].line);
    }
    console_open_list(console, list);
}
