/*
 * semantic/assist_period: periods and points in time that may stand at the cursor, with what they come to. Every text
 * here reads by parse_period; what the typed digits begin (a year, a month, a number of units) is made from them.
 */
#include <string.h>

#include "src/semantic/assist_work.h"
#include "src/semantic/describe.h"

static const struct zone *zone_of(const struct completion *c)
{
    const struct zone *zone = c->assist->zone;

    if (!zone && c->names.model && c->names.model->time_zone && zone_find(c->names.model->time_zone, &zone) < 0)
        zone = NULL;
    return zone ? zone : zone_utc();
}

static const char *until_now(struct completion *c, int64_t from)
{
    struct civil civil = local_to_civil(zone_to_local(zone_of(c), from));

    if (civil.hour == 0 && civil.minute == 0)
        return arena_printf(c->arena, "%04d-%02d-%02d … now", civil.year, civil.month, civil.day);
    return arena_printf(c->arena, "%04d-%02d-%02d %02d:%02d … now", civil.year, civil.month, civil.day, civil.hour,
                        civil.minute);
}

/* "2026-10-25 … 2026-11-23 (30 days)"; without a clock what the words mean. */
static const char *come_to(struct completion *c, const char *text, const char *about)
{
    struct parser parser;
    struct period period;
    struct resolved resolved;

    if (c->assist->now == 0 || c->guessing || parser_open(&parser, c->arena, text, NULL, NULL) < 0 ||
        parse_period(&parser, &period) < 0 || parser.token.kind != TOKEN_END ||
        period_resolve(&period, c->assist->now, zone_of(c), NULL, &resolved, NULL) < 0)
        return about;
    return resolved.has_from && resolved.has_to && resolved.to == c->assist->now
               ? until_now(c, resolved.from)
               : describe_range(c->arena, &resolved, zone_of(c));
}

static void offer_period(struct completion *c, const char *text, const char *about, unsigned rank)
{
    if (c->guessing || assist_match(text, c->word, c->word_length) != MATCH_NONE)
        offer(c, text, "period", come_to(c, text, about), rank);
}

static void offer_point(struct completion *c, const char *text, unsigned rank)
{
    if (c->guessing || assist_match(text, c->word, c->word_length) != MATCH_NONE)
        offer(c, text, "point", come_to(c, text, NULL), rank);
}

/* -- what the clock says ------------------------------------------------------------------------------------------- */

/* This year, quarter, month and day, as they are written; nothing without a clock. */
static void offer_dates_of_now(struct completion *c, const char *kind, unsigned rank)
{
    struct civil civil = local_to_civil(zone_to_local(zone_of(c), c->assist->now));
    const char *texts[4];

    if (c->assist->now == 0)
        return;
    texts[0] = arena_printf(c->arena, "%04d-%02d", civil.year, civil.month);
    texts[1] = arena_printf(c->arena, "%04d-Q%d", civil.year, (civil.month + 2) / 3);
    texts[2] = arena_printf(c->arena, "%04d", civil.year);
    texts[3] = arena_printf(c->arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        offer(c, texts[i], kind, come_to(c, texts[i], NULL), rank);
}

/* -- what digits begin --------------------------------------------------------------------------------------------- */

static size_t digits_of(const struct completion *c)
{
    size_t digits = 0;

    while (digits < c->word_length && c->word[digits] >= '0' && c->word[digits] <= '9')
        digits++;
    return digits;
}

/* The number that the digits from there on make; the word is short. */
static int digits_at(const struct completion *c, size_t at)
{
    int value = 0;

    for (; at < c->word_length && c->word[at] >= '0' && c->word[at] <= '9' && value < 10000; at++)
        value = value * 10 + (c->word[at] - '0');
    return value;
}

static void offer_days_of(struct completion *c, int year, int month, unsigned rank)
{
    for (int day = 1; month >= 1 && month <= 12 && day <= days_in_month(year, month); day++)
        offer_point(c, arena_printf(c->arena, "%04d-%02d-%02d", year, month, day), rank);
}

/* "2026": the year, its quarters and months; "2026-01": also its days. */
static void offer_dates_of_year(struct completion *c, unsigned rank)
{
    int year = digits_at(c, 0);

    if (year < 1)
        return;
    offer_point(c, arena_printf(c->arena, "%04d", year), rank);
    for (int quarter = 1; quarter <= 4; quarter++)
        offer_point(c, arena_printf(c->arena, "%04d-Q%d", year, quarter), rank);
    for (int month = 1; month <= 12; month++)
        offer_point(c, arena_printf(c->arena, "%04d-%02d", year, month), rank);
    if (c->word_length >= 7)
        offer_days_of(c, year, digits_at(c, 5), rank);
}

static const char *const unit_names[] = {"day", "week", "month", "quarter", "year", "hour", "minute", "second"};

/* "30" alone: the units behind it. */
static void offer_counts(struct completion *c, const char *before, const char *after, const char *kind, unsigned rank)
{
    const char *digits = arena_strndup(c->arena, c->word, digits_of(c));

    for (size_t i = 0; i < COUNT_OF(unit_names); i++) {
        const char *text = arena_printf(c->arena, "%s%s %s%s%s", before, digits, unit_names[i],
                                        text_equal(digits, "1") ? "" : "s", after);

        offer(c, text, kind, before[0] || after[0] ? come_to(c, text, NULL) : NULL, rank + (i >= 5 ? RANK_NEXT : 0));
    }
}

static void offer_durations(struct completion *c, unsigned rank)
{
    static const char *const shorts[] = {"d", "h", "w", "mo", "y", "min", "q"};
    const char *digits = arena_strndup(c->arena, c->word, digits_of(c));

    for (size_t i = 0; i < COUNT_OF(shorts); i++)
        offer_period(c, arena_printf(c->arena, "%s%s", digits, shorts[i]), "up to now", rank);
}

/* -- points -------------------------------------------------------------------------------------------------------- */

void offer_points(struct completion *c, unsigned rank)
{
    static const char *const points[] = {"today",       "yesterday",   "7 days ago",
                                         "30 days ago", "1 month ago", "1 year ago"};
    size_t digits = digits_of(c);

    for (size_t i = 0; i < COUNT_OF(points); i++)
        offer_point(c, points[i], rank);
    if (completion_wants(c, WANT_POINT))
        offer(c, "now", "point", NULL, rank);
    if (digits > 0 && digits <= 3 && digits == c->word_length)
        offer_counts(c, "", " ago", "point", rank + RANK_NEXT);
    if (digits == 4)
        offer_dates_of_year(c, rank);
    else
        offer_dates_of_now(c, "point", rank + RANK_NEXT);
}

/* -- periods ------------------------------------------------------------------------------------------------------- */

/* The first are of most use; those with `typed` come only when something is typed. */
static const struct {
    const char *text, *about;
    unsigned rank;
    bool typed;
} periods[] = {
    {"last 30 days", "the 30 whole days before today", RANK_FIRST, false},
    {"last 7 days", "the 7 whole days before today", RANK_FIRST, false},
    {"this month", NULL, RANK_FIRST, false},
    {"last month", NULL, RANK_FIRST, false},
    {"ytd", "from the start of the year to now", RANK_FIRST, false},
    {"today", NULL, RANK_NEXT, false},
    {"yesterday", NULL, RANK_NEXT, false},
    {"this week", NULL, RANK_NEXT, false},
    {"last week", NULL, RANK_NEXT, false},
    {"this quarter", NULL, RANK_NEXT, false},
    {"last quarter", NULL, RANK_NEXT, false},
    {"this year", NULL, RANK_NEXT, false},
    {"last year", NULL, RANK_NEXT, false},
    {"last 12 weeks", NULL, RANK_NEXT, false},
    {"last 12 months", NULL, RANK_NEXT, false},
    {"last 90 days", NULL, RANK_NEXT, false},
    {"last 24 hours", NULL, RANK_NEXT, false},
    {"mtd", "from the start of the month to now", RANK_NEXT, false},
    {"qtd", "from the start of the quarter to now", RANK_NEXT, false},
    {"wtd", "from the start of the week to now", RANK_NEXT, false},
    {"7d", "the 7 days up to now", RANK_NEXT, false},
    {"24h", "the 24 hours up to now", RANK_NEXT, false},
    {"all time", "without bounds", RANK_NEXT, false},
    {"this day", NULL, RANK_LAST, true},
    {"this hour", NULL, RANK_LAST, true},
    {"last day", NULL, RANK_LAST, true},
    {"last hour", NULL, RANK_LAST, true},
    {"tomorrow", NULL, RANK_LAST, true},
    {"next week", NULL, RANK_LAST, true},
    {"next month", NULL, RANK_LAST, true},
    {"next quarter", NULL, RANK_LAST, true},
    {"next year", NULL, RANK_LAST, true},
    {"next 7 days", NULL, RANK_LAST, true},
    {"next 30 days", NULL, RANK_LAST, true},
    {"last monday", NULL, RANK_LAST, true},
    {"last tuesday", NULL, RANK_LAST, true},
    {"last wednesday", NULL, RANK_LAST, true},
    {"last thursday", NULL, RANK_LAST, true},
    {"last friday", NULL, RANK_LAST, true},
    {"last saturday", NULL, RANK_LAST, true},
    {"last sunday", NULL, RANK_LAST, true},
};

/* Words that begin a period and need a point behind them. */
static const struct {
    const char *text, *about;
} openings[] = {
    {"since", "from then on: since 2026-01-01"},
    {"until", "to the end of then: until 2026-01-31"},
    {"from", "both ends included: from 2026-01-01 to 2026-01-31"},
};

/* With what was typed before in front: "last " and the word, so that `la` and `last ` find the same. */
static void offer_whole_periods(struct completion *c, unsigned rank)
{
    size_t digits = digits_of(c);

    for (size_t i = 0; i < COUNT_OF(periods); i++)
        if (!periods[i].typed || c->word_length > 0)
            offer_period(c, periods[i].text, periods[i].about, rank + periods[i].rank);
    for (size_t i = 0; i < COUNT_OF(openings); i++)
        offer(c, openings[i].text, "period", openings[i].about, rank + RANK_THIRD);
    if (digits == 4)
        offer_dates_of_year(c, rank);
    else
        offer_dates_of_now(c, "period", rank + RANK_THIRD);
    if (digits == 0 || digits > 3)
        return;
    offer_durations(c, rank);
    if (digits == c->word_length) {
        offer_counts(c, "last ", "", "period", rank);
        offer_counts(c, "", " ago", "period", rank + RANK_THIRD);
    }
}

static void offer_shifts(struct completion *c)
{
    static const struct {
        const char *text, *about;
    } shifts[] = {
        {"previous", "the period of the same length before it"},
        {"last week", "the same period a week earlier"},
        {"last month", "the same period a month earlier"},
        {"last quarter", "the same period a quarter earlier"},
        {"last year", "the same period a year earlier"},
        {"7 days ago", "the same period moved back by 7 days"},
        {"364 days ago", "a year back with the same days of the week"},
    };
    size_t digits = digits_of(c);

    for (size_t i = 0; i < COUNT_OF(shifts); i++)
        offer(c, shifts[i].text, "period", shifts[i].about, RANK_FIRST);
    offer(c, "from", "period", openings[2].about, RANK_LATER);
    if (digits == 4)
        offer_dates_of_year(c, RANK_NEXT);
    else if (digits > 0 && digits == c->word_length)
        offer_counts(c, "", " ago", "period", RANK_NEXT);
}

/* The end of a period that is begun: what it comes to with what stands before it. */
static void offer_end(struct completion *c, const char *text, unsigned rank)
{
    size_t start = c->at;

    if (!c->guessing && assist_match(text, c->word, c->word_length) == MATCH_NONE)
        return;
    for (size_t i = 0; i < c->before.mark_count; i++)
        if (c->before.marks[i].kind == MARK_PERIOD && c->before.marks[i].span.length == 0)
            start = c->before.marks[i].span.at;
    offer(c, text, "period",
          c->before.clause == WORD_VS
              ? NULL
              : come_to(c, arena_printf(c->arena, "%.*s%s", (int)(c->at - start), c->text + start, text), NULL),
          rank);
}

/* Behind `this`, `last`, `next`, or the number of units. */
static void offer_units(struct completion *c)
{
    static const char *const counts[] = {"7 days", "30 days", "90 days", "12 weeks", "12 months", "24 hours"};
    static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                           "friday", "saturday", "sunday"};
    const struct token *before = &c->parser.before;
    size_t digits = digits_of(c);

    if (completion_wants_word(c, WORD_UNITS)) {
        for (size_t i = 0; i < COUNT_OF(unit_names); i++)
            offer_end(c, before->count == 1 ? unit_names[i] : arena_printf(c->arena, "%ss", unit_names[i]), RANK_FIRST);
        return;
    }
    if (completion_wants_word(c, WORD_UNIT) && !completion_wants(c, WANT_VALUE)) {
        for (size_t i = 0; completion_wants(c, WANT_NUMBER) && i < COUNT_OF(counts); i++)
            offer_end(c, counts[i], RANK_FIRST);
        for (size_t i = 0; i < COUNT_OF(unit_names); i++)
            if (c->before.clause != WORD_VS || (i > 0 && i < 5))
                offer_end(c, unit_names[i], i < 5 ? RANK_FIRST : RANK_NEXT);
        if (completion_wants(c, WANT_NUMBER) && digits > 0 && digits == c->word_length)
            offer_counts(c, "", "", "period", RANK_FIRST);
    }
    if (completion_wants_word(c, WORD_WEEKDAY))
        for (size_t i = 0; i < COUNT_OF(weekdays); i++)
            offer_end(c, weekdays[i], RANK_LATER);
}

static void offer_numbers(struct completion *c)
{
    static const char *const tops[] = {"5", "10", "20", "50", "100"}, *const limits[] = {"10", "100", "1000", "10000"};
    bool top = c->before.clause == WORD_TOP;

    for (size_t i = 0; i < (top ? COUNT_OF(tops) : COUNT_OF(limits)); i++)
        offer(c, top ? tops[i] : limits[i], "number", NULL, RANK_FIRST);
}

void offer_periods(struct completion *c)
{
    bool period = completion_wants(c, WANT_PERIOD),
         clause = completion_wants(c, WANT_CLAUSE) && !(c->seen & UINT32_C(1) << WORD_FOR);
    bool begins = c->assist->previous && completion_wants(c, 1u << NAME_MEASURE) && completion_wants_word(c, WORD_FROM);
    bool list = completion_wants(c, WANT_OPEN) && c->names.model && !test_is_of_time(c); /* niche in (… */

    if (period && !list)
        offer_whole_periods(c, RANK_FIRST);
    else if (clause || begins)
        offer_whole_periods(c, begins ? RANK_LATER : RANK_NEXT);
    if (completion_wants(c, WANT_SHIFT))
        offer_shifts(c);
    else if (completion_wants(c, WANT_POINT) && !period)
        offer_points(c, RANK_FIRST);
    offer_units(c);
    if (completion_wants(c, WANT_NUMBER) && (c->before.clause == WORD_TOP || c->before.clause == WORD_LIMIT) &&
        !completion_wants_word(c, WORD_UNIT))
        offer_numbers(c);
}
