/*
 * Five questions that show what can be asked, one after the other. They hold for sample data, for one's own, and for an
 * empty warehouse. Invariant: console->tour is the question that was asked last, from 1 on; 0: no tour.
 */
#include "console.h"
#include "page.h"
#include "ytempire/base/mem.h"

#define BAND_MOST 3          /* rows */

static const struct {
    const char *line, *seen;
} stops[] = {
    {"total_views, engagement_rate by channel_name top 10 by total_views",
     "measures by a dimension, the ten largest; a rate is of the sums"},
    {"views_gained by day last 30 days", "a counter that only grows, as what each day gained; c draws it"},
    {"revenue, ai_cost, profit by month for ytd", "measures of several facts in one row a month"},
    {"& category = Music", "a line that begins with + - & or a clause changes the question before"},
    {"explain total_views by week last 12 weeks", "how a question is understood: range, zone, SQL with its values"},
};

static void ask(struct console *console)
{
    console_queue(console, stops[console->tour - 1].line);
    console_focus(console, FOCUS_RESULT);
}

static const struct result *newest_of(const struct console *console, const char *line)
{
    for (size_t i = results_count(console->results); i-- > 0;)
        if (text_equal(results_at(console->results, i)->command, line))
            return results_at(console->results, i);
    return NULL;
}

static bool is_asking(const struct console *console)
{
    const char          *line = stops[console->tour - 1].line;
    const struct result *result = newest_of(console, line);

    for (size_t i = 0; i < console->queue_count; i++)
        if (text_equal(console->queue[i].text, line))
            return true;
    return text_equal(console->running, line) || (result != NULL && result->state == RESULT_RUNNING);
}

/* -- what is said -------------------------------------------------------------------------------------------------- */

static bool is_without_rows(const struct result *result)
{
    return result->kind == RESULT_TABLE && result->rows != NULL && store_rows(result->rows) == 0;
}

/* The first question is of all time: without a row there is nothing to ask about. */
static bool is_empty(const struct console *console)
{
    const struct result *first = newest_of(console, stops[0].line);

    return first != NULL && first->state == RESULT_DONE && is_without_rows(first);
}

static void add_seen(const struct console *console, struct str *to)
{
    const struct result *result = newest_of(console, stops[console->tour - 1].line);

    if (is_asking(console))
        str_add(to, "asking…");
    else if (result == NULL || result->state != RESULT_DONE)
        str_add(to, "this one was not answered");
    else if (is_without_rows(result) && is_empty(console))
        str_add(to, "no rows: the warehouse is empty; 'sample load' fills it");
    else if (is_without_rows(result))
        str_add(to, "no rows for this period or filter");
    else
        str_add(to, stops[console->tour - 1].seen);
}

static void add_keys(const struct console *console, struct str *to)
{
    const char *next = keys_for(console->keys, "tour", "tour next"), *end = keys_for(console->keys, "tour", "tour end");

    if (console->focus == FOCUS_PROMPT)
        str_add(to, "F6, then ");
    str_addf(to, "%s or Enter: %s, %s: end", next != NULL ? next : "'tour next'",
             console->tour < COUNT_OF(stops) ? "next" : "done", end != NULL ? end : "'tour end'");
}

static void add_line(const struct console *console, struct str *to)
{
    str_addf(to, "%zu/%zu ", console->tour, COUNT_OF(stops));
    add_seen(console, to);
    str_add(to, " - ");
    add_keys(console, to);
}

int tour_rows(const struct console *console)
{
    struct page page = {0};
    struct str  line = STR_INIT;

    if (console->tour == 0)
        return 0;
    add_line(console, &line);
    page_draw(&page, NULL, (struct area){0, 0, 0, console->canvas->columns - 2}, str_text(&line), line.length,
              LOOK_NORMAL);
    str_done(&line);
    return page.lines < BAND_MOST ? (int)page.lines : BAND_MOST;
}

void tour_draw(const struct console *console, struct area area)
{
    struct page page = {0};
    struct str  line = STR_INIT;

    canvas_fill(console->canvas, area, LOOK_POPUP);
    add_line(console, &line);
    page_draw(&page, console->canvas, (struct area){area.y, area.x + 1, area.rows, area.columns - 2}, str_text(&line),
              line.length, LOOK_POPUP);
    str_done(&line);
}

/* -- the verbs ----------------------------------------------------------------------------------------------------- */

int verb_tour(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    (void)error;
    console->tour = 1;
    ask(console);
    return 0;
}

int verb_tour_next(struct console *console, const char *const *words, size_t count, struct error *error)
{
    if (console->tour == 0)
        return verb_tour(console, words, count, error);
    if (is_asking(console))
        return 0;
    if (console->tour == COUNT_OF(stops))
        return verb_tour_end(console, words, count, error);
    console->tour++;
    ask(console);
    return 0;
}

int verb_tour_end(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    if (console->tour == 0)
        return error_set(error, ERR_USAGE, "no tour is under way; 'tour' begins one");
    console->tour = 0;
    console_focus(console, FOCUS_PROMPT);
    console_say(console, LOOK_NORMAL,
                "that was the tour: F2 lists what can be asked, F1 the keys; 'tour' begins it anew");
    return 0;
}
