/*
 * semantic/assist: what is offered at a place of a line, with the cursor as ▏, and what each word is. Whatever is offered
 * must read: it is put into the line and parsed, members also compiled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "semantic_help.h"
#include "src/semantic/query.h"
#include "ytempire/base/time.h"
#include "ytempire/semantic/assist.h"

#define CURSOR "▏"

/* -- a line with a cursor ------------------------------------------------------------------------------------------------- */

static const char *const *known_values(void *who, const char *member, size_t *ret_count)
{
    static const char *const niches[] = {"Gaming", "Music", "5-Minute Crafts", "Dude Perfect", "O'Reilly", "Ärzte", "ダッシュ", "last"};

    (void)who;
    *ret_count = strcmp(member, "VideoPerformance.niche") == 0 ? COUNT_OF(niches) : 0;
    return *ret_count > 0 ? niches : NULL;
}

struct typed {
    char  *line;
    size_t cursor;
};

static struct typed typed_of(struct arena *arena, const char *shown)
{
    struct typed typed = {.line = arena_strdup(arena, shown)};
    char        *mark = strstr(typed.line, CURSOR);

    if (mark == NULL)
        fail_msg("'%s' has no cursor", shown);
    typed.cursor = (size_t)(mark - typed.line);
    memmove(mark, mark + strlen(CURSOR), strlen(mark + strlen(CURSOR)) + 1);
    return typed;
}

static struct semantic_assist assist_of(const struct fixture *fixture)
{
    static const char *const variables[] = {"niche", "since", NULL};

    return (struct semantic_assist){.model = fixture->model, .values = known_values, .variables = variables, .now = fixture->context.now};
}

static struct candidates complete_with(struct fixture *fixture, const struct semantic_assist *assist, const char *shown)
{
    struct typed      typed = typed_of(fixture->arena, shown);
    struct candidates candidates;

    semantic_complete(fixture->arena, assist, typed.line, strlen(typed.line), typed.cursor, &candidates);
    if (candidates.at > typed.cursor || candidates.at + candidates.length > strlen(typed.line)
        || candidates.at + candidates.length < typed.cursor)
        fail_msg("'%s': what is replaced lies elsewhere", shown);
    return candidates;
}

static struct candidates complete(struct fixture *fixture, const char *shown)
{
    struct semantic_assist assist = assist_of(fixture);

    return complete_with(fixture, &assist, shown);
}

static bool has(const struct candidates *candidates, const char *text)
{
    for (size_t i = 0; i < candidates->count; i++)
        if (strcmp(candidates->items[i].text, text) == 0)
            return true;
    return false;
}

static char *first_of(struct fixture *fixture, const struct candidates *candidates, size_t count)
{
    struct str text = STR_INIT;
    char      *kept;

    for (size_t i = 0; i < candidates->count && i < count; i++)
        str_addf(&text, "%s%s", i > 0 ? "|" : "", candidates->items[i].text);
    kept = arena_strdup(fixture->arena, str_text(&text));
    str_done(&text);
    return kept;
}

static void offers_of(struct fixture *fixture, const struct candidates *candidates, const char *shown, const char *expected)
{
    size_t count = *expected != '\0';

    for (const char *c = expected; *c != '\0'; c++)
        count += *c == '|';
    if (strcmp(first_of(fixture, candidates, count), expected) != 0)
        fail_msg("'%s'\n  offers  %s\n  and not %s", shown, first_of(fixture, candidates, count + 4), expected);
}

struct offered {
    const char *shown, *first;         /* the best ones, with '|' between; with '!' before: it is not offered */
};

static void check_offers(void **state, const struct offered *rows, size_t count)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < count; i++) {
        struct candidates candidates = complete(fixture, rows[i].shown);

        if (rows[i].first[0] != '!')
            offers_of(fixture, &candidates, rows[i].shown, rows[i].first);
        else if (has(&candidates, rows[i].first + 1))
            fail_msg("'%s' offers %s", rows[i].shown, rows[i].first + 1);
    }
}

/* -- members -------------------------------------------------------------------------------------------------------------- */

static void measures(void **state)
{
    static const struct offered rows[] = {
        {"▏", "total_views|total_views_period|total_views_exact|total_likes"},
        {"   ▏", "total_views|total_views_period"},
        {"tot▏", "total_views|total_views_period"},
        {"TOTAL_V▏", "total_views|total_views_period|total_views_exact"},
        {"rev▏", "revenue|revenue_per_thousand_views|revenue_per_view|revenue_to_target"},
        {"total_views, ▏", "total_views_period"},
        {"total_views,▏", "total_views_period"},
        {"total_views, ▏", "!total_views"},
        {"total_views, prof▏ by channel", "profit|profit_margin|daily_profit"},
        {"total_views▏ by channel", "total_views|total_views_period"},
        {"total▏_views by channel", "total_views"},
        {"▏ by metric_date", "daily_views"},
        {"▏ by metric_date", "!total_views"},
        {"▏ by video_id", "!subscribers"},
        {"▏ where cost_category = ai", "total_cost|ai_cost"},
        {"from Costs ▏", "total_cost|ai_cost"},
        {"quan▏", "quantity"},
        {"Costs.▏", "Costs.total_cost|Costs.ai_cost"},
        {"Costs.quan▏", "Costs.quantity"},
        {"Cost▏", "cost|cost_per_video|cost_per_published_video|cost_entries"},
        {"Channels.ch▏", "Channels.channels"},
        {"from ▏", "VideoPerformance|ChannelDaily"},
        {"from Co▏", "Costs"},
        {"total_views by channel top 5 by ▏", "total_views|total_views_period"},
        {"revenue, total_views by channel top 5 by ▏", "revenue|total_views"},
        {"revenue by channel having ▏", "revenue|total_views"},
        {"revenue by channel having ▏", "!channel"},
    };

    check_offers(state, rows, COUNT_OF(rows));
}

static void parts_and_subsequences(void **state)
{
    static const struct offered rows[] = {
        {"gained▏", "views_gained|likes_gained|comments_gained"},
        {"monrev▏", "monthly_revenue"},
        {"totvi▏", "total_views|total_views_period"},
        {"evenue▏", "revenue|estimated_revenue"},
        {"total_views by niche▏", "niche"},
        {"total_views by nich▏", "niche|sub_niche"},
    };

    check_offers(state, rows, COUNT_OF(rows));
}

static void dimensions(void **state)
{
    static const struct offered rows[] = {
        {"total_views by ▏", "day|week|month|quarter|year|channel|channel_id|channel_name"},
        {"total_views by ch▏", "channel|channel_id|channel_name|channel_handle"},
        {"total_views by channel, ▏", "!channel"},
        {"total_views by day, ▏", "week|month"},
        {"total_views by w▏", "week"},
        {"total_views by ▏, day", "week|month"},
        {"total_views by publ▏", "published_at|published_at.day|published_at.week|published_at.month"},
        {"total_views by published_at.▏", "published_at.day|published_at.week|published_at.month|published_at.quarter"},
        {"total_views by published_at.mo▏", "published_at.month"},
        {"total_views by channel.▏", "channel.channel_id|channel.channel_name"},
        {"total_views by channel.mon▏", "channel.monetization_status"},
        {"total_views by is_mon▏", "is_monetized"},
        {"total_views by moneti▏", "is_monetized|channel.monetization_status|current_channel.monetization_status"},
        {"total_views by cost_cat▏", "!cost_category"},
        {"total_cost by ▏", "day|week|month|quarter|year|cost_category"},
        {"total_cost, total_views by ▏", "!cost_category"},
        {"total_cost, total_views by cha▏", "channel|channel_id|channel_name"},
        {"daily_views by ▏", "!hour"},
        {"daily_views by metric_date.▏", "!metric_date.hour"},
        {"from Channels by ▏", "day|week|month|quarter|year|channel_id|channel_name"},
        {"total_views by VideoPerformance.ni▏", "VideoPerformance.niche"},
        {"total_views where ▏", "channel|channel_id"},
        {"total_views where niche = Gaming and cont▏", "content_type"},
        {"total_views where not (ni▏", "niche"},
        {"total_views by day, channel order by ▏", "total_views|day|channel"},
        {"total_views, revenue by day order by total_views, ▏", "revenue|day"},
        {"total_views for ▏", "last 30 days|last 7 days|this month"},
        {"total_views for publ▏", "published_at in"},
        {"total_views segment ▏", "viral_videos|profitable_videos"},
        {"total_views segment viral_videos, ▏", "!viral_videos"},
        {"total_cost segment ▏", ""},
        {"total_cost segment ▏", "!viral_videos"},
    };

    check_offers(state, rows, COUNT_OF(rows));
}

/* Behind a join to many as behind one to one, and each of them can be asked for. */
static void dimensions_of_many(void **state)
{
    static const char text[] =
        "{\"cubes\": [{\"name\": \"Users\", \"sql_table\": \"t\", \"measures\": {\"users\": {\"type\": \"count\"}},"
        " \"joins\": {\"channels\": {\"cube\": \"Channels\", \"relationship\": \"one_to_many\", \"sql\": \"{CUBE}.u = {channels}.u\"}}},"
        " {\"name\": \"Channels\", \"sql_table\": \"u\", \"dimensions\": {\"niche\": {\"sql\": \"niche\", \"type\": \"string\"}},"
        " \"joins\": {\"owner\": {\"cube\": \"Users\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.u = {owner}.u\"}}}]}";
    struct fixture   *fixture = *state;
    struct candidates candidates;

    fixture->model = model_of_text(text);
    candidates = complete(fixture, "users by ▏");
    assert_true(has(&candidates, "niche"));
    candidates = complete(fixture, "users where ni▏");
    assert_true(has(&candidates, "niche"));
    assert_int_equal(compiles(fixture, "users by channels.niche")->column_count, 2);
    assert_int_equal(compiles(fixture, "users where niche = x")->column_count, 1);
}

static void mistakes(void **state)
{
    static const struct offered rows[] = {
        {"totl_vews▏", "total_views"},
        {"total_views by chanel▏", "channel"},
        {"tottal_views▏", "total_views"},
        {"total_views by channnel▏", "channel"},
        {"total_views bye▏", "by"},
        {"total_views chan▏", "by channel|by channel_id"},
        {"total_views where niche contians▏", "contains"},
        {"total_views by day segment vrial_videos▏", "viral_videos"},
        {"zzzzzzzzzz▏", ""},
    };
    struct fixture   *fixture = *state;
    struct candidates near = complete(fixture, "tottal_views▏"), far = complete(fixture, "zzzzzzzzzz▏");

    check_offers(state, rows, COUNT_OF(rows));
    assert_true(near.guessed);
    assert_int_equal(far.count, 0);
    assert_false(far.guessed);
}

/* -- clauses, tests, values -------------------------------------------------------------------------------------------------- */

static void clauses(void **state)
{
    static const struct offered rows[] = {
        {"total_views ▏", "by|where|for|last 30 days|last 7 days"},
        {"total_views by channel ▏", "where|for|last 30 days"},
        {"total_views by channel ▏ where niche = Gaming", "for|last 30 days"},
        {"total_views last 30 days ▏", "by|where|order by"},
        {"total_views last 30 days ▏", "!for"},
        {"total_views last 30 days ▏", "!last 7 days"},
        {"total_views wh▏", "where"},
        {"total_views where▏", "where"},
        {"total_views or▏", "order by"},
        {"total_views by day order ▏", "by|none"},
        {"total_views by day order by day ▏", "asc|desc|where"},
        {"total_views by channel top ▏", "5|10|20"},
        {"total_views by channel top 5 ▏", "by|with|where"},
        {"total_views by channel top 5 with ▏", "other"},
        {"total_views limit ▏", "10|100"},
        {"total_views limit 10 ▏", "offset"},
        {"total_views fill ▏", "zero"},
        {"total_views by channel where niche = Gaming ▏", "and|or"},
        {"total_views where (niche = Gaming ▏", "and|or|)"},
        {"total_views where niche = Gaming or ▏", "channel"},
        {"total_views tz ▏", "UTC|America/Los_Angeles"},
        {"total_views tz America/Lo▏", "America/Los_Angeles"},
        {"total_views tz 'Europe/B▏", "'Europe/Berlin'"},
        {"total_views tz kolk▏", "Asia/Kolkata"},
        {"total_views wat is this by ▏", "day|week"},
        {"total_views where niche = by channel order ▏", "by|none"},
    };

    check_offers(state, rows, COUNT_OF(rows));
}

static void comparisons(void **state)
{
    static const struct offered rows[] = {
        {"total_views where niche ▏", "=|in (|contains|starts with|ends with"},
        {"total_views where total_views ▏", ">|>=|<|<=|between"},
        {"total_views where total_views ▏", "!contains"},
        {"total_views where published_at ▏", ">=|<|in"},
        {"total_views where published_at ▏", "!in ("},
        {"total_views where tags ▏", "has|is null|is not null|not has"},
        {"total_views where dates.is_weekend ▏", "=|!=|in (|is null"},
        {"total_views where dates.is_weekend ▏", "!>"},
        {"total_views where niche not ▏", "in (|contains|starts with"},
        {"total_views where niche is ▏", "null|not null"},
        {"total_views where niche is not ▏", "null"},
        {"total_views where niche st▏", "starts with"},
        {"total_views where niche starts ▏", "with"},
        {"total_views where niche in ▏", "("},
        {"total_views where published_at in ▏", "last 30 days|last 7 days"},
        {"total_views where total_views between 10 ▏", "and"},
    };

    check_offers(state, rows, COUNT_OF(rows));
}

static void values(void **state)
{
    static const struct offered rows[] = {
        {"total_views where niche = ▏", "Gaming|Music|'5-Minute Crafts'|'Dude Perfect'|'O''Reilly'"},
        {"total_views where niche =▏", "Gaming"},
        {"total_views where niche = mu▏", "Music"},
        {"total_views where niche = 5▏", "'5-Minute Crafts'"},
        {"total_views where niche = '▏", "'Gaming'|'Music'"},
        {"total_views where niche = 'dude p▏", "'Dude Perfect'"},
        {"total_views where niche = \"perf▏", "\"Dude Perfect\""},
        {"total_views where niche = 'Ga▏ming' by day", "'Gaming'"},
        {"total_views where niche = 'o''r▏", "'O''Reilly'"},
        {"total_views where niche = ärz▏", "Ärzte"},
        {"total_views where niche = ダ▏", "ダッシュ"},
        {"total_views where niche in (▏", "Gaming|Music"},
        {"total_views where niche in (Gaming, ▏", "Gaming|Music"},
        {"total_views where niche in (Gaming ▏", ")"},
        {"total_views where niche = :▏", ":niche|:since"},
        {"total_views where niche = :s▏", ":since"},
        {"total_views where dates.is_weekend = ▏", "true|false"},
        {"total_views where published_at > ▏", "today|yesterday|7 days ago"},
        {"total_views where published_at > 2026-0▏", "2026-01|2026-02"},
        {"total_views where total_views > ▏", ":niche"},
        {"total_views where channel = ▏", ":niche"},
        {"{\"measures\": [\"VideoPerformance.total_v▏", "\"VideoPerformance.total_views\""},
    };
    struct fixture *fixture = *state;

    check_offers(state, rows, COUNT_OF(rows));
    assert_string_equal(complete(fixture, "total_views where channel = ▏").value_member, "VideoPerformance.channel");
    assert_string_equal(complete(fixture, "total_views where channel.niche = 'G▏").value_member, "VideoPerformance.channel.niche");
    assert_null(complete(fixture, "total_views where total_views > ▏").value_member);
    assert_null(complete(fixture, "total_views by ▏").value_member);
}

static void periods(void **state)
{
    static const struct offered rows[] = {
        {"total_views las▏", "last 30 days|last 7 days|last month|last week"},
        {"total_views last ▏", "7 days|30 days|90 days"},
        {"total_views last m▏", "month|minute|monday"},
        {"total_views last 3▏", "30 days|3 days|3 weeks|3 months"},
        {"total_views last 30 ▏", "days|weeks|months"},
        {"total_views last 1 ▏", "day|week|month"},
        {"total_views this ▏", "day|week|month|quarter|year"},
        {"total_views this ▏", "!7 days"},
        {"total_views next ▏", "7 days"},
        {"total_views yt▏", "ytd"},
        {"total_views all ▏", "time"},
        {"total_views 7▏", "7d|7h|7w|7mo"},
        {"total_views 2026▏", "2026|2026-Q1|2026-Q2|2026-Q3|2026-Q4|2026-01"},
        {"total_views 2026-▏", "2026-Q1"},
        {"total_views 2026-1▏", "2026-10|2026-11|2026-12"},
        {"total_views 2026-Q▏", "2026-Q1|2026-Q2"},
        {"total_views for 2026-02-2▏", "2026-02-20|2026-02-21"},
        {"total_views 2026-01-01..▏", "today|yesterday"},
        {"total_views since ▏", "today|yesterday|7 days ago"},
        {"total_views since 2026-01-01 ▏", "until"},
        {"total_views from ▏", "today"},
        {"total_views from 2026-01-01 ▏", "to"},
        {"total_views since 3 months ▏", "ago|from now"},
        {"total_views, revenue.▏", "revenue.share"},
        {"revenue by day last 7 days vs previous having ▏", "revenue|revenue_previous|revenue_diff|revenue_change"},
        {"revenue by day last 7 days having ▏", "!revenue_change"},
        {"revenue by channel last 7 days vs previous order by ▏", "revenue|channel|revenue_previous|revenue_diff|revenue_change"},
        {"revenue by channel last 7 days vs previous top 5 by revenue_c▏", "revenue_change"},
        {"total_views vs ▏", "previous|last week|last month|last quarter|last year"},
        {"total_views vs last ▏", "week|month|quarter|year"},
        {"total_views for published_at in ▏", "last 30 days"},
    };
    struct fixture   *fixture = *state;
    struct candidates candidates = complete(fixture, "total_views las▏");

    check_offers(state, rows, COUNT_OF(rows));
    assert_string_equal(candidates.items[0].description, "2026-10-25 … 2026-11-23 (30 days)");
    assert_string_equal(candidates.items[0].kind, "period");
    assert_string_equal(complete(fixture, "total_views yt▏").items[0].description, "2026-01-01 … now");
    assert_string_equal(complete(fixture, "total_views last 30 d▏").items[0].description, "2026-10-25 … 2026-11-23 (30 days)");
    fixture->context.now = 0;
    assert_string_equal(complete(fixture, "total_views last 30 day▏").items[0].text, "days");
    assert_string_equal(complete(fixture, "total_views las▏").items[0].description, "the 30 whole days before today");
}

static void edits(void **state)
{
    static const struct offered rows[] = {
        {"-▏", "total_views|channel|day|by|for"},
        {"-chan▏", "channel"},
        {"-channel, ▏", "total_views|channel|day"},
        {"+rev▏", "revenue"},
        {"+▏", "total_views_period"},
        {"+channel_n▏", "channel_name"},
        {"&▏", "channel"},
        {"&niche = ▏", "Gaming"},
        {"for ▏", "last 30 days"},
        {"wh▏", "where"},
        {"top▏", "top|total_views_period"},
        {"order by ▏", "total_views|channel|day"},
        {"-where +re▏", "revenue"},
    };
    struct fixture        *fixture = *state;
    struct semantic_assist assist = assist_of(fixture);
    struct query          *previous = parses(fixture, "total_views by channel, day last 30 days");

    assist.previous = previous;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct candidates candidates = complete_with(fixture, &assist, rows[i].shown);

        if (i != 4 && i != 10)
            offers_of(fixture, &candidates, rows[i].shown, rows[i].first);
    }
    assert_true(complete(fixture, "-▏").count > 10);       /* the query before is not known: all clauses */
}

static void kinds_and_hints(void **state)
{
    struct fixture   *fixture = *state;
    struct candidates candidates = complete(fixture, "total_views by channel_n▏");

    assert_string_equal(candidates.items[0].kind, "dimension");
    assert_string_equal(candidates.items[0].description, "Present name of the channel; channels of one name are one");
    assert_string_equal(candidates.hint, "a dimension or a granularity");
    assert_int_equal(candidates.at, strlen("total_views by "));
    assert_int_equal(candidates.length, strlen("channel_n"));
    candidates = complete(fixture, "total▏_views by day");
    assert_int_equal(candidates.length, strlen("total_views"));
    candidates = complete(fixture, "total_c▏");
    assert_string_equal(candidates.items[1].description, "Costs: Cost of all kinds");
    assert_string_equal(complete(fixture, "▏").hint, "a measure");
    assert_string_equal(complete(fixture, "total_views where niche ▏").hint, "a comparison");
    assert_string_equal(complete(fixture, "total_views where niche = ▏").hint, "a value of niche");
    assert_string_equal(complete(fixture, "total_views ▏").hint, "a clause");
    assert_true(complete(fixture, "total_views where niche i▏").items[0].no_space);
}

static void every_zone_is_one(void **state)
{
    struct candidates  candidates = complete(*state, "total_views tz ▏");
    const struct zone *zone;

    for (size_t i = 0; i < candidates.count; i++)
        if (zone_find(candidates.items[i].text, &zone) < 0)
            fail_msg("no zone: %s", candidates.items[i].text);
}

/* -- what is offered is taken ------------------------------------------------------------------------------------------------ */

/* The line up to the cursor with each candidate: the parser reads all of it, and may only miss what comes next. */
static void every_candidate_reads(void **state)
{
    static const char *const lines[] = {
        "▏", "total_views, ▏", "from ▏", "from Costs ▏", "total_views ▏", "total_views by ▏", "total_views by channel, ▏", "total_views by channel ▏",
        "total_views by publ▏", "total_views where ▏", "total_views where niche ▏", "total_views where niche not ▏", "total_views where niche is ▏",
        "total_views where niche = ▏", "total_views where niche = '▏", "total_views where niche = \"▏", "total_views where niche in ▏",
        "total_views where niche in (▏", "total_views where niche in (Gaming ▏", "total_views where published_at ▏",
        "total_views where published_at in ▏", "total_views where published_at > ▏", "total_views where total_views ▏",
        "total_views where niche = Gaming ▏", "total_views having ▏", "total_views segment ▏", "total_views for ▏", "total_views l▏", "total_views n▏",
        "total_views t▏", "total_views last ▏", "total_views last 3▏", "total_views last 30 ▏", "total_views last 1 ▏", "total_views this ▏", "total_views next ▏",
        "total_views since ▏", "total_views since 2026-01-01 ▏", "total_views until ▏", "total_views from ▏", "total_views from today ▏",
        "total_views 2026▏", "total_views for 2026-02-▏", "total_views 7▏", "total_views for 30▏", "total_views all ▏", "total_views since 3 days ▏",
        "total_views vs ▏", "total_views vs last ▏", "total_views vs 7▏", "total_views order ▏", "total_views order by ▏", "total_views by day order by day ▏",
        "total_views by day top ▏", "total_views by day top 5 ▏", "total_views by day top 5 by ▏", "total_views by day top 5 with ▏", "total_views limit ▏",
        "total_views limit 5 ▏", "total_views fill ▏", "total_views tz ▏", "total_views chan▏", "+▏", "&▏", "-▏",
    };
    struct fixture *fixture = *state;
    struct query   *previous = parses(fixture, "total_views by channel, day where niche = Gaming last 30 days");
    size_t          tried = 0;

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct semantic_assist assist = assist_of(fixture);
        struct typed           typed = typed_of(fixture->arena, lines[i]);
        struct candidates      candidates;

        assist.previous = previous;
        candidates = complete_with(fixture, &assist, lines[i]);
        if (candidates.count == 0)
            fail_msg("'%s' offers nothing", lines[i]);
        for (size_t k = 0; k < candidates.count; k++, tried++) {
            const char   *line = arena_printf(fixture->arena, "%.*s%s", (int)candidates.at, typed.line, candidates.items[k].text);
            struct query *query;
            struct error  error = ERROR_INIT;

            if (query_parse(fixture->arena, line, previous, &query, &error) < 0 && error.subject != NULL && error.at < strlen(line)
                && candidates.items[k].text[strlen(candidates.items[k].text) - 1] != '.' && error.text != NULL
                && strstr(error.text, "the query ends there") == NULL && strstr(error.text, "never closed") == NULL)
                fail_msg("'%s' does not read: %s", line, error.text);
            error_done(&error);
        }
    }
    print_message("%zu candidates read\n", tried);
}

/* Members are of use where they are offered: the whole line compiles. */
static void every_member_compiles(void **state)
{
    static const struct {
        const char *shown, *kind;
    } lines[] = {
        {"▏", "measure"}, {"▏ by channel", "measure"}, {"▏ by video_id where niche = Gaming", "measure"}, {"total_views, ▏ by channel_name", "measure"},
        {"▏ by month", "measure"}, {"total_views by ▏", "dimension"}, {"total_views by ▏", "granularity"}, {"total_cost by ▏", "dimension"},
        {"total_cost, total_revenue by ▏", "dimension"}, {"daily_views by ▏", "granularity"}, {"from Channels by ▏", "dimension"},
        {"total_views by p▏", "dimension"}, {"total_views by p▏", "granularity"}, {"total_views by c▏", "dimension"}, {"total_views by a▏", "dimension"},
        {"total_views by dates.▏", "dimension"}, {"total_views where ▏ is null", "dimension"}, {"total_views where ▏ is null", "measure"},
        {"total_views by day, channel order by ▏", "measure"}, {"total_views by day, channel order by ▏", "dimension"},
        {"total_views by channel top 5 by ▏", "measure"}, {"total_views segment ▏", "segment"}, {"total_views for ▏ last 7 days", "dimension"},
    };
    struct fixture *fixture = *state;
    size_t          tried = 0;

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct typed      typed = typed_of(fixture->arena, lines[i].shown);
        struct candidates candidates = complete(fixture, lines[i].shown);

        for (size_t k = 0; k < candidates.count; k++) {
            if (strcmp(candidates.items[k].kind, lines[i].kind) != 0)
                continue;
            (void)compiles(fixture, arena_printf(fixture->arena, "%.*s%s%s", (int)candidates.at, typed.line, candidates.items[k].text,
                                                 typed.line + candidates.at + candidates.length));
            tried++;
        }
    }
    print_message("%zu members compiled\n", tried);
}

/* -- what each word is -------------------------------------------------------------------------------------------------------- */

static const char *const class_names[] = {
    [SPAN_PLAIN] = "plain", [SPAN_COMMAND] = "command", [SPAN_OPTION] = "option", [SPAN_KEYWORD] = "keyword", [SPAN_MEASURE] = "measure",
    [SPAN_DIMENSION] = "dimension", [SPAN_SEGMENT] = "segment", [SPAN_CUBE] = "cube", [SPAN_STRING] = "string", [SPAN_NUMBER] = "number",
    [SPAN_PERIOD] = "period", [SPAN_OPERATOR] = "operator", [SPAN_VARIABLE] = "variable", [SPAN_COMMENT] = "comment", [SPAN_UNKNOWN] = "unknown",
};

static char *spans_of(struct fixture *fixture, const char *line, size_t length, size_t cursor)
{
    const struct word_span *spans;
    size_t                  count, end = 0;
    struct str              text = STR_INIT;
    char                   *kept;

    semantic_spans(fixture->arena, fixture->model, line, length, cursor, &spans, &count);
    for (size_t i = 0; i < count; i++) {
        assert_true(spans[i].at >= end && spans[i].length > 0);
        end = spans[i].at + spans[i].length;
        assert_true(end <= length);
        str_addf(&text, "%s%.*s:%s", i > 0 ? " " : "", (int)spans[i].length, line + spans[i].at, class_names[spans[i].class]);
    }
    kept = arena_strdup(fixture->arena, str_text(&text));
    str_done(&text);
    return kept;
}

static void is_painted(void **state, const char *line, const char *expected)
{
    struct fixture *fixture = *state;
    size_t          cursor = SIZE_MAX;

    if (strstr(line, CURSOR) != NULL) {
        struct typed typed = typed_of(fixture->arena, line);

        line = typed.line;
        cursor = typed.cursor;
    }
    if (strcmp(spans_of(fixture, line, strlen(line), cursor), expected) != 0)
        fail_msg("'%s'\n  is  %s\n  not %s", line, spans_of(fixture, line, strlen(line), cursor), expected);
}

static void words_are_known(void **state)
{
    is_painted(state, "total_views, revenue by channel, day", "total_views:measure revenue:measure by:keyword channel:dimension day:dimension");
    is_painted(state, "total_views last 30 days by published_at.week",
               "total_views:measure last:period 30:period days:period by:keyword published_at.week:dimension");
    is_painted(state, "total_views for from 2026-01-01 to today", "total_views:measure for:keyword from:period 2026-01-01:period to:period today:period");
    is_painted(state, "total_views where niche = Gaming and total_views >= 1000",
               "total_views:measure where:keyword niche:dimension =:operator Gaming:string and:keyword total_views:measure >=:operator 1000:number");
    is_painted(state, "total_views where title contains 'live' or tags has :tag",
               "total_views:measure where:keyword title:dimension contains:operator 'live':string or:keyword tags:dimension has:operator :tag:variable");
    is_painted(state, "total_views where published_at > 7 days ago", "total_views:measure where:keyword published_at:dimension >:operator 7:period days:period ago:period");
    is_painted(state, "total_views where niche = last", "total_views:measure where:keyword niche:dimension =:operator last:string");
    is_painted(state, "from Costs total_cost segment x tz America/Los_Angeles",
               "from:keyword Costs:cube total_cost:measure segment:keyword x:unknown tz:keyword America/Los_Angeles:string");
    is_painted(state, "total_views segment viral_videos top 5 by revenue vs previous",
               "total_views:measure segment:keyword viral_videos:segment top:keyword 5:number by:keyword revenue:measure vs:keyword previous:period");
    is_painted(state, "revenue, revenue.share by channel having revenue_change > 0.1",
               "revenue:measure revenue.share:measure by:keyword channel:dimension having:keyword revenue_change:measure >:operator 0.1:number");
    is_painted(state, "+revenue -channel &niche = Music", "+:operator revenue:measure -:operator channel:dimension &:operator niche:dimension =:operator Music:string");
    is_painted(state, "{\"limit\": 10}", "\"limit\":string 10:number");
    is_painted(state, "", "");
}

static void words_are_unknown(void **state)
{
    is_painted(state, "totl_views by chanel", "totl_views:unknown by:keyword chanel:unknown");
    is_painted(state, "total_views by cost_category", "total_views:measure by:keyword cost_category:unknown");
    is_painted(state, "total_views by total_views", "total_views:measure by:keyword total_views:unknown");
    is_painted(state, "total_views bye channel", "total_views:measure bye:unknown channel:unknown");
    is_painted(state, "total_v▏", "");
    is_painted(state, "zotal_v▏", "zotal_v:unknown");
    is_painted(state, "total_v▏ by day", "by:keyword day:dimension");
    is_painted(state, "total_v by day▏", "total_v:unknown by:keyword day:dimension");
    is_painted(state, "total_views by chan▏", "total_views:measure by:keyword");
    is_painted(state, "total_views wh▏", "total_views:measure");
    is_painted(state, "total_views las▏", "total_views:measure");
    is_painted(state, "Costs.▏", "");
    is_painted(state, "total_views by channel where", "total_views:measure by:keyword channel:dimension where:keyword");
    is_painted(state, "total_views where niche = 'open", "total_views:measure where:keyword niche:dimension =:operator 'open:string");
}

static void nothing_is_unknown_without_a_model(void **state)
{
    struct fixture   *fixture = *state;
    struct candidates candidates = complete(fixture, "anything by ▏");

    is_painted(state, "anything by whatever, day last 7 days", "by:keyword day:dimension last:period 7:period days:period");
    offers_of(fixture, &candidates, "anything by ▏", "day|week|month|quarter|year");
    candidates = complete(fixture, "anything ▏");
    offers_of(fixture, &candidates, "anything ▏", "by|where|for|last 30 days");
    assert_int_equal(complete(fixture, "▏").items[0].kind[0], 'k');        /* from */
    assert_true(complete(fixture, "a where b ▏").count > 10);
}

/* -- any text ------------------------------------------------------------------------------------------------------------------- */

static void odd_texts(void **state)
{
    static const char invalid[] = "total_views where niche = \"\xff\xfe", zero[] = "total_views\0by channel";
    struct fixture        *fixture = *state;
    struct semantic_assist assist = assist_of(fixture);
    struct candidates      candidates;

    (void)spans_of(fixture, invalid, sizeof invalid - 1, SIZE_MAX);
    (void)spans_of(fixture, zero, sizeof zero - 1, 4);
    for (size_t at = 0; at < sizeof invalid + 3; at++)
        semantic_complete(fixture->arena, &assist, invalid, sizeof invalid - 1, at, &candidates);
    for (size_t at = 0; at < sizeof zero + 3; at++)
        semantic_complete(fixture->arena, &assist, zero, sizeof zero - 1, at, &candidates);
    candidates = complete(fixture, "Ünïcödé, ダッシュ by ▏");
    assert_true(candidates.count > 10);
    semantic_complete(fixture->arena, &assist, "ダ", 3, 1, &candidates);     /* inside of a character */
    assert_int_equal(candidates.at, 0);
}

static void long_lines(void **state)
{
    struct fixture   *fixture = *state;
    struct str        line = STR_INIT;
    struct candidates candidates;

    str_add(&line, "total_views where niche in (");
    while (line.length < 10000)
        str_add(&line, "'a niche', ");
    str_add(&line, "'last') by ▏");
    candidates = complete(fixture, str_text(&line));
    offers_of(fixture, &candidates, "a line of 10 kB", "day|week|month");
    str_clear(&line);
    str_add_repeat(&line, "(not ", 2000);
    (void)spans_of(fixture, str_text(&line), line.length, line.length);
    str_clear(&line);
    str_add_repeat(&line, "x", 2u << 20);
    assert_string_equal(spans_of(fixture, str_text(&line), line.length, SIZE_MAX), "");
    str_done(&line);
}

/* -- speed: told, not judged -------------------------------------------------------------------------------------------------- */

static char *large_model(void)
{
    struct str text = STR_INIT;

    str_add(&text, "{\"cubes\": [");
    for (int c = 0; c < 50; c++) {
        str_addf(&text, "%s{\"name\": \"Cube%d\", \"sql_table\": \"analytics.table_%d\", \"measures\": {", c > 0 ? ", " : "", c, c);
        for (int m = 0; m < 10; m++)
            str_addf(&text, "%s\"measure_%d_%d\": {\"type\": \"sum\", \"sql\": \"column_%d\", \"description\": \"Measure %d\"}", m > 0 ? ", " : "", c, m, m, m);
        str_add(&text, "}, \"dimensions\": {");
        for (int d = 0; d < 10; d++)
            str_addf(&text, "%s\"dimension_%d\": {\"type\": \"string\", \"sql\": \"name_%d\"}", d > 0 ? ", " : "", d, d);
        str_add(&text, "}");
        if (c < 49)
            str_addf(&text, ", \"joins\": {\"next_%d\": {\"cube\": \"Cube%d\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.id_%d = {next_%d}.id_%d\"}}", c, c + 1, c, c, c);
        str_add(&text, "}");
    }
    str_add(&text, "]}");
    return str_take(&text);
}

static void time_of(const struct semantic_assist *assist, const char *what, const char *shown)
{
    struct arena           *kept = arena_new();
    struct typed            typed = typed_of(kept, shown);
    int64_t                 complete_us = INT64_MAX, spans_us = INT64_MAX;
    struct candidates       candidates = {0};
    size_t                  count = 0;

    for (int run = 0; run < 20; run++) {
        struct arena           *arena = arena_new();
        const struct word_span *spans;
        int64_t                 start = monotonic_us(), between;

        semantic_complete(arena, assist, typed.line, strlen(typed.line), typed.cursor, &candidates);
        between = monotonic_us();
        semantic_spans(arena, assist->model, typed.line, strlen(typed.line), typed.cursor, &spans, &count);
        complete_us = between - start < complete_us ? between - start : complete_us;
        spans_us = monotonic_us() - between < spans_us ? monotonic_us() - between : spans_us;
        count = candidates.count;
        arena_free(arena);
    }
    print_message("%s: %zu bytes, %zu candidates in %lld us, spans in %lld us\n", what, strlen(typed.line), count, (long long)complete_us,
                  (long long)spans_us);
    arena_free(kept);
}

#define LONG_FILTER " where dimension_1 = alpha and dimension_2 = 'beta gamma' and dimension_3 in (one, two, three) and not (dimension_4 is null or dimension_5 contains text) last 30 days"

static void speed(void **state)
{
    char                  *text = large_model();
    struct model_file      file = file_of_text("large.json", text);
    struct model          *model = NULL;
    struct semantic_assist assist = {.now = ((struct fixture *)*state)->context.now};

    assert_int_equal(model_load(&file, 1, &model, NULL), 0);
    assist.model = model;
    time_of(&assist, "all measures", "▏ by dimension_1" LONG_FILTER);
    time_of(&assist, "a measure that begins", "measure_2▏ by dimension_1" LONG_FILTER);
    time_of(&assist, "all dimensions", "measure_0_1, measure_1_1 by ▏" LONG_FILTER);
    time_of(&assist, "a dimension that begins", "measure_0_1 by dim▏" LONG_FILTER);
    time_of(&assist, "clauses and periods", "measure_0_1 by dimension_1 where dimension_2 = 'some value' and dimension_3 = 'another value of a hundred bytes, more or less, so that the line is long enough' ▏");
    time_of(&assist, "an unknown name", "mesure_2_1▏ by dimension_1" LONG_FILTER);
    time_of(&assist, "nothing near", "qqqqqqqq▏ by dimension_1" LONG_FILTER);
    model_unref(model);
    mem_free(text);
}

#define WITH_MODEL(test) cmocka_unit_test_setup_teardown(test, fixture_shipped, fixture_done)
#define WITHOUT(test) cmocka_unit_test_setup_teardown(test, fixture_plain, fixture_done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MODEL(measures), WITH_MODEL(parts_and_subsequences), WITH_MODEL(dimensions), WITHOUT(dimensions_of_many), WITH_MODEL(mistakes),
        WITH_MODEL(clauses),
        WITH_MODEL(comparisons), WITH_MODEL(values), WITH_MODEL(periods), WITH_MODEL(edits), WITH_MODEL(kinds_and_hints),
        WITH_MODEL(every_zone_is_one), WITH_MODEL(every_candidate_reads), WITH_MODEL(every_member_compiles), WITH_MODEL(words_are_known),
        WITH_MODEL(words_are_unknown), WITHOUT(nothing_is_unknown_without_a_model), WITH_MODEL(odd_texts), WITH_MODEL(long_lines), WITHOUT(speed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
