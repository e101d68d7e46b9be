/*
 * semantic/parse: the line. Each production is read and printed as its canonical line, which reads as the same query;
 * each error has its code, its place and what to write instead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_help.h"

/* `canonical` NULL: the line itself. */
static void reads(void **state, const char *line, const char *canonical)
{
    struct fixture *fixture = *state;
    char           *printed = query_to_line(fixture->arena, parses(fixture, line)), *json;

    if (canonical == NULL)
        canonical = line;
    if (strcmp(printed, canonical) != 0)
        fail_msg("%s\n  is  %s\n  not %s", line, printed, canonical);
    assert_string_equal(query_to_line(fixture->arena, parses(fixture, printed)), printed);
    json = query_to_json(fixture->arena, parses(fixture, line));
    if (strcmp(query_to_line(fixture->arena, parses(fixture, json)), canonical) != 0)
        fail_msg("%s\n  is, through %s\n  %s", line, json, query_to_line(fixture->arena, parses(fixture, json)));
}

static void fails(void **state, const char *line, int code, const char *words, const char *under, const char *hint)
{
    refuses_to_parse(*state, line, code, words, under, hint);
}

static void measures_and_dimensions(void **state)
{
    reads(state, "total_views", NULL);
    reads(state, "  total_views ,revenue  ", "total_views, revenue");
    reads(state, "from Costs total_cost, ai_cost by channel", NULL);
    reads(state, "FROM Costs total_cost BY channel", "from Costs total_cost by channel");
    reads(state, "from Channels by channel_name", NULL);
    reads(state, "from * by Videos.title", NULL);
    reads(state, "total_views by day", NULL);
    reads(state, "total_views by channel.niche, published_at.week, month", NULL);
    reads(state, "total_views by Second, MINUTE, hour, day, week, month, quarter, year", "total_views by second, minute, hour, day, week, month, quarter, year");
    reads(state, "Costs.total by Costs.day", NULL);
    reads(state, "views +profit, day", "views by day +profit");
    reads(state, "from * +views where b = 1", NULL);
    reads(state, "from Costs +views for today", NULL);
}

static void every_test(void **state)
{
    reads(state, "a where b = c and d != 1 and e < 2 and f <= 3 and g > 4 and h >= 5", NULL);
    reads(state, "a where b <> c", "a where b != c");
    reads(state, "a where b is null and c is not null", NULL);
    reads(state, "a where b in (x)", "a where b = x");
    reads(state, "a where b in (x, 'y z', 3) and c not in (1, 2)", NULL);
    reads(state, "a where b in last 7 days and c not in 2026-Q1 and d in 2026-01-01..2026-01-31", NULL);
    reads(state, "a where b in since 2026-01-01 and c in until 2026", NULL);
    reads(state, "a where b contains x and c not contains 'y z'", NULL);
    reads(state, "a where b contains (x, y) and c not contains (z, w)", NULL);
    reads(state, "a where b starts with x and c not starts with y and d ends with z and e not ends with w", NULL);
    reads(state, "a where b like 'x%' and c not like _y and d has z and e not has w", NULL);
    reads(state, "a where b between 1 and 2 and c not between x and y", NULL);
}

static void values(void **state)
{
    reads(state, "a where b = 1.50", NULL);
    reads(state, "a where b = -1e9", NULL);
    reads(state, "a where b = 123456789012345678901234567890.5", NULL);
    reads(state, "a where b = 2026-01-31 or b = 2026-01 or b = 2026-Q1 or b = 2026-01-31T12:00", NULL);
    reads(state, "a where b > 2025-01-31T12:00:00.5 and c < 2025-01-31T12:00:00.500", NULL);
    reads(state, "a where b > 7 days ago and c < 2 weeks from now", NULL);
    reads(state, "a where b > 1 day ago", NULL);
    reads(state, "a where b = true or b = FALSE", "a where b = true or b = false");
    reads(state, "a where b = :niche", NULL);
    reads(state, "a where b = 'two words' and c = \"it's\"", "a where b = 'two words' and c = 'it''s'");
    reads(state, "a where b = \"tab\\there\"", NULL);
    reads(state, "a where b = 'true' and c = 'null' and d = 'by'", NULL);
    reads(state, "a where b = ''", NULL);
    reads(state, "a where b = today and c = last", NULL);
    reads(state, "a where b = 'last' and c = 7d", "a where b = last and c = '7d'");
    reads(state, "a where b = ダッシュ", NULL);
    reads(state, "a where b = '2026-01'", NULL);
    reads(state, "a where b = '12'", NULL);
    reads(state, "a where b = ' \"x' and c = ' y'", NULL);
}

static void trees(void **state)
{
    reads(state, "a where b = 1 and (c = 2 or d = 3)", NULL);
    reads(state, "a where (b = 1 and c = 2) or d = 3", "a where b = 1 and c = 2 or d = 3");
    reads(state, "a where ((b = 1)) and (c = 2 and (d = 3))", "a where b = 1 and c = 2 and d = 3");
    reads(state, "a where not b = 1", NULL);
    reads(state, "a where not not b = 1", NULL);
    reads(state, "a where not (b = 1 and c = 2) and not (d = 3 or e = 4)", NULL);
    reads(state, "a where not (b = 1)", "a where not b = 1");
    reads(state, "a where not (b = 1 and not (c = 2 or d = 3)) or e is null", NULL);
    reads(state, "a having a > 1 and (b < 2 or not c = 3)", NULL);
    reads(state, "a where b = 1 having c > 2", NULL);
}

static void periods(void **state)
{
    static const char *const lines[] = {
        "a for today", "a for yesterday", "a for tomorrow", "a for this week", "a for last month", "a for next quarter", "a for last 30 days",
        "a for next 2 weeks", "a for last 90 seconds", "a for 7d", "a for 90min", "a for 24h", "a for 4w", "a for 3mo", "a for 2q", "a for 1y",
        "a for wtd", "a for mtd", "a for qtd", "a for ytd", "a for all time", "a for 2026", "a for 2026-Q1", "a for 2026-01", "a for 2026-01-31",
        "a for 2026-01-31T12:00", "a for 2026-01-31T12:00:30", "a for 2026-01-31T12:00:30.500", "a for 2026-01-01..2026-01-31", "a for 2025..2026-Q2",
        "a for 2026-01-31T12:00..2026-01-31T13:00", "a for from 7 days ago to today", "a for from 2 weeks ago to now", "a for from yesterday to today",
        "a for since 2026-01-01", "a for until 2026-01-31", "a for since 3 months ago", "a for 3 months ago", "a for day 3 months ago", "a for 2 weeks from now",
        "a for last monday", "a for closest sunday", "a for from last monday to today", "a for from closest friday to 2 days from now",
        "a for published_at in last 30 days", "a for last 30 days, published_at in 2026",
    };

    for (size_t i = 0; i < COUNT_OF(lines); i++)
        reads(state, lines[i], NULL);
    reads(state, "a last 30 days", "a for last 30 days");
    reads(state, "a 7d", "a for 7d");
    reads(state, "a 2026-Q1 by b", "a by b for 2026-Q1");
    reads(state, "a 2026", "a for 2026");
    reads(state, "a from 2026-01-01 to 2026-01-31", "a for 2026-01-01..2026-01-31");
    reads(state, "a since 2026-01-01 until 2026-01-31", "a for 2026-01-01..2026-01-31");
    reads(state, "a for this day", "a for today");
    reads(state, "a for last 1 day", "a for yesterday");
    reads(state, "a for last 1 week", "a for last week");
    reads(state, "a for next day", "a for tomorrow");
    reads(state, "a for 2026-01-31T12:00:00Z", NULL);
    reads(state, "a for 2026-01-31T12:00:00+02:00", "a for 2026-01-31T10:00:00Z");
    reads(state, "a for 0 days ago", NULL);
    reads(state, "a for today..tomorrow", "a for from today to tomorrow");
}

static void comparisons(void **state)
{
    reads(state, "a for last week vs previous", NULL);
    reads(state, "a for ytd vs last year", NULL);
    reads(state, "a for last week vs last week", NULL);
    reads(state, "a for last week vs 364 days ago", NULL);
    reads(state, "a for last week vs 1 year ago", NULL);
    reads(state, "a for 2026 vs 2025", NULL);
    reads(state, "a for 2026 vs 2025, 2024", NULL);
    reads(state, "a for 2026-02 vs 2025-02-01..2025-02-28", NULL);
    reads(state, "a for 2026-02 vs from 2025-02-01 to 2025-02-28", "a for 2026-02 vs 2025-02-01..2025-02-28");
    reads(state, "a for last monday vs last sunday", NULL);
    reads(state, "a vs yesterday", NULL);
}

static void the_other_clauses(void **state)
{
    reads(state, "revenue, revenue.share by channel", "revenue, revenue.share by channel");
    reads(state, "a segment viral_videos, recent_videos", NULL);
    reads(state, "a by b order by a desc, b, c asc", NULL);
    reads(state, "a by day order by day", NULL);
    reads(state, "a by b order none", NULL);
    reads(state, "a by b top 5", NULL);
    reads(state, "a, c by b top 5 by c with other", NULL);
    reads(state, "a by b top 5 with other", NULL);
    reads(state, "a top 5 by c", NULL);                         /* a "by" right after "top INT" is top's */
    reads(state, "a limit 10", NULL);
    reads(state, "a limit 10 offset 20", NULL);
    reads(state, "a limit 0", NULL);
    reads(state, "a limit 10 offset 0", "a limit 10");
    reads(state, "a by day fill", NULL);
    reads(state, "a by day fill zero", NULL);
    reads(state, "a by b total", NULL);
    reads(state, "a tz America/Los_Angeles", NULL);
    reads(state, "a tz utc", NULL);
    reads(state, "a tz Etc/GMT+8", NULL);
    reads(state, "a tz 'Mars Base'", NULL);
    reads(state, "a by day mixed_days", NULL);
    reads(state, "a ungrouped", NULL);
    reads(state, "a tz UTC total fill limit 3 top 2 order by a vs previous last week having c > 1 segment s where d = 1 by e",
          "a by e where d = 1 segment s having c > 1 for last week vs previous order by a top 2 limit 3 fill total tz UTC");
}

static void what_is_missing_is_named(void **state)
{
    fails(state, "", ERR_SYNTAX, "the query is empty", NULL, "a query begins with its measures");
    fails(state, "   ", ERR_SYNTAX, "the query is empty", NULL, NULL);
    fails(state, "a,", ERR_SYNTAX, "expected a measure after ',', but the query ends there", NULL, NULL);
    fails(state, "a by", ERR_SYNTAX, "expected a dimension or a granularity after 'by'", NULL, NULL);
    fails(state, "a by b,", ERR_SYNTAX, "expected a dimension", NULL, NULL);
    fails(state, "a by 5", ERR_SYNTAX, "expected a dimension or a granularity after 'by', not '5'", "5", NULL);
    fails(state, "a where", ERR_SYNTAX, "expected a member to test", NULL, NULL);
    fails(state, "a where b", ERR_SYNTAX, "expected a comparison", NULL, "= !=");
    fails(state, "a where b =", ERR_SYNTAX, "expected a value", NULL, NULL);
    fails(state, "a where b not", ERR_SYNTAX, "expected a comparison", NULL, NULL);
    fails(state, "a where b is", ERR_SYNTAX, "expected 'null' or 'not null'", NULL, NULL);
    fails(state, "a where b is x", ERR_SYNTAX, "expected 'null' or 'not null' after 'is', not 'x'", "x", "= or !=");
    fails(state, "a where b in", ERR_SYNTAX, "expected '(' or a period", NULL, "in (Gaming, Music)");
    fails(state, "a where b in (x", ERR_SYNTAX, "expected ',' or ')'", NULL, NULL);
    fails(state, "a where b in (x y)", ERR_SYNTAX, "expected ',' or ')' after 'x', not 'y'", "y", "several words is written in quotes");
    fails(state, "a where b in ()", ERR_SYNTAX, "expected a value", ")", NULL);
    fails(state, "a where b between 1", ERR_SYNTAX, "expected 'and'", NULL, "both ends are included");
    fails(state, "a where b between 1 or 2", ERR_SYNTAX, "expected 'and' after '1', not 'or'", "or", NULL);
    fails(state, "a where b starts x", ERR_SYNTAX, "expected 'with'", "x", NULL);
    fails(state, "a where (b = 1", ERR_SYNTAX, "the bracket is never closed", "(", "end the condition with ')'");
    fails(state, "a where b = 1)", ERR_SYNTAX, "unexpected ')'", ")", "there is no '('");
    fails(state, "a where b = null", ERR_SYNTAX, "expected a value after '=', not 'null'", "null", "is null");
    fails(state, "a where b = by", ERR_SYNTAX, "expected a value", "by", "written in quotes");
    fails(state, "a where b cntains x", ERR_SYNTAX, "expected a comparison after 'b', not 'cntains'", "cntains", "did you mean 'contains'?");
    fails(state, "a where b = Let us play", ERR_SYNTAX, "unexpected 'us'", "us", "several words is written in quotes");
    fails(state, "a having", ERR_SYNTAX, "expected a member to test", NULL, NULL);
    fails(state, "a segment", ERR_SYNTAX, "expected the name of a segment", NULL, NULL);
    fails(state, "a order a", ERR_SYNTAX, "expected 'by'", "a", "order by total_views desc");
    fails(state, "a order by", ERR_SYNTAX, "expected a member to order by", NULL, NULL);
    fails(state, "a by b top", ERR_SYNTAX, "expected a number from 1 on", NULL, NULL);
    fails(state, "a by b top 0", ERR_SYNTAX, "'0' is not a number from 1 on", "0", NULL);
    fails(state, "a by b top 2.5", ERR_SYNTAX, "'2.5' is not a number", "2.5", NULL);
    fails(state, "a by b top 5 with others", ERR_SYNTAX, "expected 'other'", "others", NULL);
    fails(state, "a by b top 99999999999999999999", ERR_SYNTAX, "is not a number from 1 on", NULL, NULL);
    fails(state, "a limit", ERR_SYNTAX, "expected a number of rows", NULL, NULL);
    fails(state, "a limit -1", ERR_SYNTAX, "'-1' is not a number of rows", "-1", NULL);
    fails(state, "a limit 5 offset", ERR_SYNTAX, "expected a number of rows", NULL, NULL);
    fails(state, "a tz", ERR_SYNTAX, "expected a time zone", NULL, "America/Los_Angeles");
    fails(state, "a tz 5", ERR_SYNTAX, "expected a time zone", "5", NULL);
    fails(state, "from", ERR_SYNTAX, "expected the name of a cube", NULL, NULL);
    fails(state, "from Costs", ERR_SYNTAX, "expected a measure", NULL, NULL);
    fails(state, "from 2026-01-01 to 2026-01-31", ERR_SYNTAX, "expected the name of a cube", "2026-01-01", "a period is changed with: for from");
    fails(state, "a vs", ERR_SYNTAX, "expected what to compare with", NULL, "previous, last week");
    fails(state, "a vs previus", ERR_SYNTAX, "expected what to compare with", "previus", "did you mean 'previous'?");
    fails(state, "a for", ERR_SYNTAX, "expected a point in time", NULL, "2026-01-31");
    fails(state, "a for lst 7 days", ERR_SYNTAX, "'lst' does not begin a period", "lst", "for last 30 days");
    fails(state, "a where :x = 1", ERR_SYNTAX, "expected a member to test", ":x", NULL);
    fails(state, "from * 00tah", ERR_SYNTAX, "expected a measure after '*', not '00tah'", "00tah", NULL);
    fails(state, "a by 4k", ERR_SYNTAX, "expected a dimension or a granularity", "4k", NULL);
    fails(state, "'a'", ERR_SYNTAX, "expected a measure", "'a'", NULL);
}

static void what_is_too_much_is_pointed_at(void **state)
{
    fails(state, "a b", ERR_SYNTAX, "unexpected 'b'", "b", "separated by commas");
    fails(state, "a by b by c", ERR_SYNTAX, "a second 'by'", "by", "behind one 'by'");
    fails(state, "a where b = 1 where c = 2", ERR_SYNTAX, "a second 'where'", "where", "with 'and'");
    fails(state, "a last week 7d", ERR_SYNTAX, "a second period", "7d", NULL);
    fails(state, "a limit 1 limit 2", ERR_SYNTAX, "a second 'limit'", "limit", "at most once");
    fails(state, "a where b > 4k days ago", ERR_SYNTAX, "unexpected 'days'", "days", NULL);
    fails(state, "a where b > 7d days ago", ERR_SYNTAX, "unexpected 'days'", "days", NULL);
    fails(state, "a where b > 2026-01-31 days ago", ERR_SYNTAX, "unexpected 'days'", "days", NULL);
    fails(state, "a limit 5 x", ERR_SYNTAX, "unexpected 'x'", "x", NULL);
    fails(state, "a - b", ERR_SYNTAX, "unexpected '-'", "-", "a line that edits");
    fails(state, "a > 5", ERR_SYNTAX, "unexpected '>'", ">", "after 'where' or 'having'");
    fails(state, "a day", ERR_SYNTAX, "unexpected 'day'", "day", "by day");
    fails(state, "a wher b = 1", ERR_SYNTAX, "unexpected 'wher'", "wher", "did you mean 'where'?");
    fails(state, "a group by b", ERR_SYNTAX, "unexpected 'group'", "group", "by channel");
    fails(state, "a sort b", ERR_SYNTAX, "unexpected 'sort'", "sort", "order by");
    fails(state, "a past 7 days", ERR_SYNTAX, "unexpected 'past'", "past", "last 30 days");
    fails(state, "a timezone UTC", ERR_SYNTAX, "unexpected 'timezone'", "timezone", "tz America");
    fails(state, "total", ERR_USAGE, "'total' changes the query before", "total", NULL);
    fails(state, "a, total", ERR_SYNTAX, "expected a measure, but 'total' is a word of the language", "total", "Costs.total");
    fails(state, "day", ERR_SYNTAX, "expected a measure, but 'day' is a granularity", "day", "after 'by'");
    fails(state, "a by b order by where", ERR_SYNTAX, "is a word of the language", "where", NULL);
}

static void what_could_mean_two_things_is_refused_with_both(void **state)
{
    fails(state, "a 3m", ERR_AMBIGUOUS, "'3m' could mean two things", "3m", "3 months: 3mo, 3 minutes: 3min");
    fails(state, "a last 3 m", ERR_AMBIGUOUS, "'m' could be two units", "m", "months or minutes");
    fails(state, "a last 7d", ERR_AMBIGUOUS, "'last 7d' could be two ranges", "last 7d", "last 7 days (whole ones");
    fails(state, "a 30 days", ERR_AMBIGUOUS, "'30 days' could mean several things", "30 days", "last 30 days");
    fails(state, "a monday", ERR_SYNTAX, "unexpected 'monday'", "monday", NULL);
    fails(state, "a for monday", ERR_AMBIGUOUS, "'monday' could be two days", "monday", "last monday, or closest monday");
    fails(state, "a since monday", ERR_AMBIGUOUS, "'monday' could be two days", "monday", "last monday, or closest monday");
    fails(state, "a vs last 7 days", ERR_AMBIGUOUS, "could mean two things", NULL, "previous (the period before)");
    fails(state, "a vs last day", ERR_AMBIGUOUS, "could mean two things", NULL, NULL);
    fails(state, "a vs this month", ERR_AMBIGUOUS, "could mean two things", NULL, NULL);
    fails(state, "a vs 0 days ago", ERR_SYNTAX, "the period itself", "0 days ago", NULL);
}

static void periods_that_are_none(void **state)
{
    fails(state, "a last", ERR_SYNTAX, "expected a unit of time or a number of units", NULL, "days, weeks");
    fails(state, "a last 7", ERR_SYNTAX, "expected a unit of time", NULL, NULL);
    fails(state, "a last 7 dys", ERR_SYNTAX, "expected a unit of time after '7', not 'dys'", "dys", "did you mean 'days'?");
    fails(state, "a last days", ERR_SYNTAX, "how many 'days'?", "days", "last 7 days");
    fails(state, "a last 0 days", ERR_SYNTAX, "'last 0 days' is an empty period", "0", NULL);
    fails(state, "a 0d", ERR_SYNTAX, "'0d' is an empty period", "0d", NULL);
    fails(state, "a this 7 days", ERR_SYNTAX, "expected a unit of time", "7", NULL);
    fails(state, "a all", ERR_SYNTAX, "expected 'time'", NULL, NULL);
    fails(state, "a 99999999999 days ago", ERR_SYNTAX, "no count of days for a calendar", NULL, NULL);
    fails(state, "a last 10001 years", ERR_SYNTAX, "no count of years", "10001", NULL);
    fails(state, "a from 2026-01-01", ERR_SYNTAX, "expected 'to'", NULL, "since 2026-01-01");
    fails(state, "a from 2026-01-01 until 2026-02-01", ERR_SYNTAX, "expected 'to' after '2026-01-01', not 'until'", "until", NULL);
    fails(state, "a 2026-01-01 to 2026-01-31", ERR_SYNTAX, "unexpected 'to'", "to", "2026-01-01..2026-01-31");
    fails(state, "a 2026-01-01..", ERR_SYNTAX, "expected a point in time", NULL, NULL);
    fails(state, "a 20260131", ERR_SYNTAX, "'20260131' is not a point in time", "20260131", "a day is written 2026-01-31");
    fails(state, "a 7", ERR_SYNTAX, "'7' is not a point in time", "7", "last 7 days, 7d, 7 days ago");
    fails(state, "a now", ERR_SYNTAX, "'now' is an instant, not a period", "now", "today");
    fails(state, "a since 7d", ERR_SYNTAX, "'7d' is a length of time, not a point", "7d", NULL);
    fails(state, "a 90s", ERR_SYNTAX, "'90s' is not a length of time", "90s", "5min 24h 7d");
    fails(state, "a since", ERR_SYNTAX, "expected a point in time", NULL, NULL);
    fails(state, "a since last month", ERR_SYNTAX, "expected a day of the week", "month", "1 month ago");
    fails(state, "a for 10000-01-01", ERR_SYNTAX, "leaves the calendar (years 1 to 9999)", "10000-01-01", NULL);
    fails(state, "a since 12026-01", ERR_SYNTAX, "leaves the calendar", "12026-01", NULL);
    fails(state, "a for 0000-01-01..2026-01-31", ERR_SYNTAX, "leaves the calendar", "0000-01-01", NULL);
    fails(state, "a for 4k", ERR_SYNTAX, "'4k' is not a length of time", "4k", "5min 24h 7d");
    fails(state, "a 2026-13", ERR_SYNTAX, "is not a date", "2026-13", NULL);
}

static void depth_is_bounded(void **state)
{
    struct str line = STR_INIT;

    str_add(&line, "a where ");
    for (int i = 0; i < 101; i++)
        str_add(&line, "(");
    fails(state, str_text(&line), ERR_SYNTAX, "more than 100 deep", NULL, NULL);
    str_done(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_and_dimensions),
        cmocka_unit_test(every_test),
        cmocka_unit_test(values),
        cmocka_unit_test(trees),
        cmocka_unit_test(periods),
        cmocka_unit_test(comparisons),
        cmocka_unit_test(the_other_clauses),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(what_is_too_much_is_pointed_at),
        cmocka_unit_test(what_could_mean_two_things_is_refused_with_both),
        cmocka_unit_test(periods_that_are_none),
        cmocka_unit_test(depth_is_bounded),
    };

    return cmocka_run_group_tests(tests, fixture_plain, fixture_done);
}
