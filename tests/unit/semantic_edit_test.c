/* semantic/edit: a line that changes the query before: + - & and single clauses; what is not there cannot go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_help.h"

static const char base[] = "total_views, revenue by day, channel where niche = Gaming for last 30 days order by revenue desc limit 10";

static int edit(struct fixture *fixture, const char *before, const char *line, struct query **ret_query, struct error *error)
{
    return query_parse(fixture->arena, line, parses(fixture, before), ret_query, error);
}

static void gives(void **state, const char *before, const char *line, const char *expected)
{
    struct fixture *fixture = *state;
    struct query   *query;
    struct error    error = ERROR_INIT;
    char           *printed;

    if (edit(fixture, before, line, &query, &error) < 0)
        fail_with(line, &error);
    printed = query_to_line(fixture->arena, query);
    if (strcmp(printed, expected) != 0)
        fail_msg("%s, then %s\n  is  %s\n  not %s", before, line, printed, expected);
    /* what was edited reads back, and is a query without one before it */
    assert_string_equal(query_to_line(fixture->arena, parses(fixture, printed)), printed);
}

static void fails(void **state, const char *before, const char *line, int code, const char *words, const char *under, const char *hint)
{
    struct query *query = NULL;
    struct error  error = ERROR_INIT;
    int           r = edit(*state, before, line, &query, &error);

    check_refusal(line, r, &error, code, words, under, hint);
    error_done(&error);
}

static void members_are_added(void **state)
{
    gives(state, "a by b", "+c", "a by b +c");
    gives(state, "a by b", "+c, d +e", "a by b +c, d, e");
    gives(state, "a by b", "+week", "a by b, week");
    gives(state, "a", "+published_at.day", "a +published_at.day");
}

static void members_are_taken_away(void **state)
{
    gives(state, base, "-channel", "total_views, revenue by day where niche = Gaming for last 30 days order by revenue desc limit 10");
    gives(state, base, "-revenue", "total_views by day, channel where niche = Gaming for last 30 days limit 10");     /* and the order by it */
    gives(state, base, "-day, total_views", "revenue by channel where niche = Gaming for last 30 days order by revenue desc limit 10");
    gives(state, "a by channel.niche", "-niche", "a");
    gives(state, "a by niche", "-channel.niche", "a");
    gives(state, "a by published_at.week", "-published_at", "a");
    gives(state, "a by published_at.week", "-week", "a");
    gives(state, "a by b +c", "-c", "a by b");
    gives(state, "Costs.total, a", "-Costs.total", "a");
    gives(state, "a, b by c order by c, b desc", "-c", "a, b order by b desc");
}

static void clauses_are_set_anew(void **state)
{
    gives(state, base, "for ytd", "total_views, revenue by day, channel where niche = Gaming for ytd order by revenue desc limit 10");
    gives(state, base, "last week", "total_views, revenue by day, channel where niche = Gaming for last week order by revenue desc limit 10");
    gives(state, base, "by month", "total_views, revenue by month where niche = Gaming for last 30 days order by revenue desc limit 10");
    gives(state, base, "where niche = Music", "total_views, revenue by day, channel where niche = Music for last 30 days order by revenue desc limit 10");
    gives(state, base, "limit 5 offset 5", "total_views, revenue by day, channel where niche = Gaming for last 30 days order by revenue desc limit 5 offset 5");
    gives(state, "a limit 5 offset 5", "limit 3", "a limit 3");
    gives(state, base, "order by channel", "total_views, revenue by day, channel where niche = Gaming for last 30 days order by channel limit 10");
    gives(state, base, "order none", "total_views, revenue by day, channel where niche = Gaming for last 30 days order none limit 10");
    gives(state, "a", "top 5 by b by c", "a by c top 5 by b");
    gives(state, "a by c top 5 by b with other", "top 3", "a by c top 3");
    gives(state, "a", "tz Asia/Tokyo", "a tz Asia/Tokyo");
    gives(state, "a for today", "vs previous", "a for today vs previous");
    gives(state, "a", "fill zero", "a fill zero");
    gives(state, "a fill zero", "fill", "a fill");
    gives(state, "a", "total", "a total");
    gives(state, "a", "segment s, t", "a segment s, t");
    gives(state, "a", "having a > 1", "a having a > 1");
    gives(state, "a", "mixed_days", "a mixed_days");
    gives(state, "a", "since 2026-01-01", "a for since 2026-01-01");
    gives(state, "a", "2026-Q1", "a for 2026-Q1");
    gives(state, "a", "for from 2026-01-01 to 2026-01-31", "a for 2026-01-01..2026-01-31");
}

static void conditions_are_narrowed(void **state)
{
    gives(state, "a", "&b = 1", "a where b = 1");
    gives(state, "a where b = 1", "& c = 2", "a where b = 1 and c = 2");
    gives(state, "a where b = 1 or c = 2", "&d = 3", "a where (b = 1 or c = 2) and d = 3");
    gives(state, "a where b = 1", "&c = 2 or d = 3", "a where b = 1 and (c = 2 or d = 3)");
    gives(state, "a where b = 1", "&not c = 2", "a where b = 1 and not c = 2");
}

static void clauses_are_taken_away(void **state)
{
    gives(state, base, "-where", "total_views, revenue by day, channel for last 30 days order by revenue desc limit 10");
    gives(state, base, "-by", "total_views, revenue where niche = Gaming for last 30 days order by revenue desc limit 10");
    gives(state, base, "-for -order -limit", "total_views, revenue by day, channel where niche = Gaming");
    gives(state, "from Costs a", "-from", "a");
    gives(state, "a having b > 1 segment s for today vs previous top 1 fill total tz UTC mixed_days ungrouped",
          "-having -segment -for -vs -top -fill -total -tz -mixed_days -ungrouped", "a");
    gives(state, "a order none", "-order", "a");
    gives(state, "a limit 0", "-limit", "a");
}

static void one_line_may_do_several(void **state)
{
    gives(state, base, "+profit -channel &niche = Music for ytd top 5 -limit",
          "total_views, revenue by day where niche = Gaming and niche = Music for ytd order by revenue desc top 5 +profit");
    gives(state, "a by b", "-b +c, d", "a +c, d");
}

static void what_is_not_there_cannot_go(void **state)
{
    fails(state, "a by b", "-c", ERR_UNKNOWN, "'c' is not in the query", "c", "it has a, b");
    fails(state, "a", "-where", ERR_USAGE, "the query has no 'where' to take away", "where", NULL);
    fails(state, "a by x.niche, y.niche", "-niche", ERR_AMBIGUOUS, "'niche' could be several", "niche", "x.niche, y.niche");
    fails(state, "a", "-a", ERR_USAGE, "nothing would be left", NULL, NULL);
    fails(state, "a", "-", ERR_SYNTAX, "expected a member or a clause", NULL, NULL);
    fails(state, "a", "+", ERR_SYNTAX, "expected a measure or a dimension", NULL, NULL);
    fails(state, "a", "&", ERR_SYNTAX, "expected a member to test", NULL, NULL);
    fails(state, "a", "for ytd for mtd", ERR_SYNTAX, "a second period", "for", NULL);
    fails(state, "a", "+b extra", ERR_SYNTAX, "unexpected 'extra'", "extra", NULL);
    fails(state, "a", "&b = 1 where c = 2 where d = 3", ERR_SYNTAX, "a second 'where'", "where", NULL);
}

static void an_edit_needs_a_query_before_it(void **state)
{
    static const char *const lines[] = {"+a", "-a", "&b = 1", "for ytd", "where b = 1", "top 5", "by day", "last week", "7d", "2026", "total", "since 2026"};

    for (size_t i = 0; i < COUNT_OF(lines); i++)
        refuses_to_parse(*state, lines[i], ERR_USAGE, "changes the query before, and there is none", NULL, "total_views by channel");
}

/* The query before is a value: an edit changes a copy, and its places are not those of the new line. */
static void the_query_before_is_left_alone(void **state)
{
    struct fixture  *fixture = *state;
    struct query    *before = parses(fixture, base), *after;
    struct arena    *arena = arena_new();
    struct fixture   with_model = *fixture;
    struct compiled *compiled;
    struct error     error = ERROR_INIT;

    assert_int_equal(query_parse(arena, "-channel +profit for ytd", before, &after, &error), 0);
    assert_string_equal(query_to_line(fixture->arena, before), base);
    arena_free(arena);
    assert_string_equal(query_to_line(fixture->arena, query_copy(fixture->arena, before)), base);

    with_model.model = model_shipped();
    before = parses(fixture, "total_views by nosuch");
    assert_int_equal(query_parse(fixture->arena, "+revenue", before, &after, &error), 0);
    assert_int_equal(semantic_compile(fixture->arena, with_model.model, after, &fixture->context, &compiled, &error), ERR_UNKNOWN);
    assert_null(error.subject);                                  /* 'nosuch' stands in no text that is shown */
    error_done(&error);
    model_unref(with_model.model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_added),
        cmocka_unit_test(members_are_taken_away),
        cmocka_unit_test(clauses_are_set_anew),
        cmocka_unit_test(conditions_are_narrowed),
        cmocka_unit_test(clauses_are_taken_away),
        cmocka_unit_test(one_line_may_do_several),
        cmocka_unit_test(what_is_not_there_cannot_go),
        cmocka_unit_test(an_edit_needs_a_query_before_it),
        cmocka_unit_test(the_query_before_is_left_alone),
    };

    return cmocka_run_group_tests(tests, fixture_plain, fixture_done);
}
