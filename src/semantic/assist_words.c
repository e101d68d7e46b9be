/*
 * semantic/assist_words: the words of the language that may stand at the cursor, each with what it does. Which ones
 * may, the parser says; how they are spelt, lex_word.c.
 */
#include <string.h>

#include "src/semantic/assist_work.h"
#include "src/semantic/print.h"

/* `text` where more than the word itself is put. Units, weekdays and periods are offered by assist_period.c. */
static const struct {
    const char *text, *about;
} keywords[] = {
    [WORD_FROM] = {NULL, "the cube whose members are meant: from Costs total_cost by channel"},
    [WORD_BY] = {NULL, "a row for each value of these dimensions: by channel, day"},
    [WORD_WHERE] = {NULL, "only what holds: where niche = Gaming and total_views > 1000"},
    [WORD_HAVING] = {NULL, "only the rows whose measure holds: having total_views > 1000"},
    [WORD_SEGMENT] = {NULL, "only a segment of the model: segment viral_videos"},
    [WORD_FOR] = {NULL, "a period, also of another time: for published_at in last 30 days"},
    [WORD_VS] = {NULL, "beside it the same for another period: vs previous"},
    [WORD_ORDER] = {"order by", "the order of the rows: order by total_views desc"},
    [WORD_TOP] = {NULL, "the largest ones: top 5 by revenue"},
    [WORD_LIMIT] = {NULL, "the first rows only: limit 100 offset 200"},
    [WORD_FILL] = {NULL, "rows also for the units of time without data"},
    [WORD_TOTAL] = {NULL, "a last row that is all rows together"},
    [WORD_TZ] = {NULL, "the time zone of days and hours: tz America/Los_Angeles"},
    [WORD_MIXED_DAYS] = {NULL, "Pacific days and those of the zone side by side"},
    [WORD_UNGROUPED] = {NULL, "single rows, not grouped"},
    [WORD_AND] = {NULL, "both conditions hold"},
    [WORD_OR] = {NULL, "one of the conditions holds"},
    [WORD_NOT] = {NULL, "the condition does not hold"},
    [WORD_UNTIL] = {NULL, "to the end of that day, month, …"},
    [WORD_TO] = {NULL, "to the end of that day, month, …"},
    [WORD_TIME] = {NULL, "without bounds"},
    [WORD_AGO] = {NULL, "that whole unit, counted back from now"},
    [WORD_NOW] = {NULL, NULL},
    [WORD_ZERO] = {NULL, "with 0 where a sum has nothing"},
    [WORD_OFFSET] = {NULL, "how many rows are passed over first"},
    [WORD_WITH] = {NULL, NULL},
    [WORD_OTHER] = {NULL, "and one row for all others"},
    [WORD_ASC] = {NULL, "the smallest or earliest first"},
    [WORD_DESC] = {NULL, "the largest or latest first"},
    [WORD_NONE] = {NULL, "as the rows come"},
    [WORD_NULL] = {NULL, "there is no value"},
};

/* Who wants which words by another name is served by another function. */
static bool is_served(const struct completion *c, enum word word)
{
    switch ((int)word) {
    case WORD_TODAY:
    case WORD_YESTERDAY:
    case WORD_TOMORROW:
    case WORD_THIS:
    case WORD_LAST:
    case WORD_NEXT:
    case WORD_TO_DATE:
    case WORD_ALL:
    case WORD_SINCE:
    case WORD_CLOSEST:
    case WORD_UNIT:
    case WORD_UNITS:
    case WORD_WEEKDAY:
    case WORD_PREVIOUS:
        return true;
    case WORD_UNTIL:
        return completion_wants(c, WANT_PERIOD);
    case WORD_FROM:
        return completion_wants(c, WANT_PERIOD | WANT_SHIFT);
    case WORD_IS:
    case WORD_NOT:
        return completion_wants(c, WANT_COMPARISON);
    default:
        return completion_wants(c, WANT_WORDED) && word >= WORD_IN;
    }
}

static const char *keyword_text(const struct completion *c, enum word word)
{
    if (word == WORD_FROM && completion_wants_word(c, WORD_AGO))
        return "from now";
    if (word == WORD_NOT && completion_wants_word(c, WORD_NULL))
        return "not null";
    return word < COUNT_OF(keywords) && keywords[word].text && !(word == WORD_ORDER && c->before.clause == WORD_ORDER)
               ? keywords[word].text
               : word_text(word);
}

static const char *keyword_about(const struct completion *c, enum word word)
{
    if (word == WORD_FROM && completion_wants_word(c, WORD_AGO))
        return "that whole unit, counted from now on";
    if (word == WORD_NOT && completion_wants_word(c, WORD_NULL))
        return "there is a value";
    if (word == WORD_BY && c->before.clause == WORD_TOP)
        return "the measure that top goes by; else the first";
    if (word == WORD_BY && c->before.clause == WORD_ORDER)
        return "the column, and asc or desc: order by total_views desc";
    if (word == WORD_AND && completion_wants_word(c, WORD_AND) && !completion_wants_word(c, WORD_OR))
        return "the upper end, which is included";
    return word < COUNT_OF(keywords) ? keywords[word].about : NULL;
}

bool test_is_of_time(const struct completion *c)
{
    struct member member;
    enum data_unit unit;

    return c->names.model && c->before.test && c->before.test->member.text &&
           names_dimension(&c->names, c->before.test->member.text, &member, &unit) &&
           member_is_time(member.dimension->type);
}

void offer_keywords(struct completion *c)
{
    bool must = c->before.what != NULL;

    for (enum word word = WORD_FROM; word <= WORD_FALSE; word++)
        if (completion_wants_word(c, word) && !is_served(c, word))
            offer(c, keyword_text(c, word), "keyword", keyword_about(c, word),
                  word == WORD_FROM || (word == WORD_NOT && must) ? RANK_LAST : RANK_FIRST);
    if (completion_wants(c, WANT_OPEN) && !completion_wants(c, WANT_VALUE))
        offer_tight(c, "(", "operator", "one of several values", test_is_of_time(c) ? RANK_LAST : RANK_FIRST);
    if (completion_wants(c, WANT_CLOSE))
        offer(c, ")", "operator", NULL, RANK_NEXT);
}

/* -- clauses ------------------------------------------------------------------------------------------------------- */

/* In the order in which they are of use. */
static const enum word clauses[] = {
    WORD_BY,    WORD_WHERE, WORD_FOR, WORD_ORDER, WORD_TOP,   WORD_SEGMENT,    WORD_HAVING,
    WORD_LIMIT, WORD_TZ,    WORD_VS,  WORD_FILL,  WORD_TOTAL, WORD_MIXED_DAYS, WORD_UNGROUPED,
};

static void offer_signs(struct completion *c)
{
    offer_tight(c, "+", "keyword", "adds measures or dimensions", RANK_LATER);
    offer_tight(c, "-", "keyword", "takes a member or a clause away", RANK_LATER);
    offer_tight(c, "&", "keyword", "one condition more", RANK_LATER);
}

static bool is_in_previous(const struct query *query, enum word clause)
{
    return query && clause_is_there(query, clause);
}

void offer_clauses(struct completion *c)
{
    bool removed = completion_wants(c, 1u << NAME_REMOVED);
    bool begins = c->assist->previous && completion_wants(c, 1u << NAME_MEASURE) && completion_wants_word(c, WORD_FROM);

    if (!removed && !begins && !completion_wants(c, WANT_CLAUSE))
        return;
    for (size_t i = 0; i < COUNT_OF(clauses); i++) {
        unsigned rank = i < 3 ? RANK_FIRST : i < 8 ? RANK_THIRD : RANK_LATER;

        if (removed ? is_in_previous(c->assist->previous, clauses[i]) || !c->assist->previous
                    : !(c->seen & UINT32_C(1) << clauses[i]))
            offer(c, removed ? word_text(clauses[i]) : keyword_text(c, clauses[i]), "keyword",
                  keyword_about(c, clauses[i]), begins || removed ? RANK_LATER : rank);
    }
    if (begins || (c->parser.edit && !removed))
        offer_signs(c);
}

/* -- comparisons --------------------------------------------------------------------------------------------------- */

#define TEXT (1u << MEMBER_STRING)
#define NUMBER (1u << MEMBER_NUMBER)
#define BOOLEAN (1u << MEMBER_BOOLEAN)
#define TIMES (1u << MEMBER_TIME | 1u << MEMBER_DATE)
#define LIST (1u << MEMBER_ARRAY)
#define ANY_TYPE (TEXT | NUMBER | BOOLEAN | TIMES | LIST)

/* What a type has no use for is refused by the binder (check_test), and is not offered. */
static const struct {
    const char *text, *about;
    unsigned types, first; /* where it is of most use */
    bool tight;
} comparisons[] = {
    {"=", "is this value", TEXT | NUMBER | BOOLEAN | TIMES, TEXT | BOOLEAN, false},
    {"!=", "is another value, or none", TEXT | NUMBER | BOOLEAN | TIMES, 0, false},
    {">", "more, later", TEXT | NUMBER | TIMES, NUMBER, false},
    {">=", "at least, from then on", TEXT | NUMBER | TIMES, NUMBER | TIMES, false},
    {"<", "less, earlier", TEXT | NUMBER | TIMES, NUMBER | TIMES, false},
    {"<=", "at most, until then", TEXT | NUMBER | TIMES, NUMBER, false},
    {"in (", "is one of several values", TEXT | NUMBER | BOOLEAN, TEXT, true},
    {"in", "lies in a period: in last 7 days", TIMES, TIMES, false},
    {"contains", "the text lies in it; case does not matter", TEXT, TEXT, false},
    {"has", "the value is one of its items", LIST, LIST, false},
    {"starts with", "the text begins so; case does not matter", TEXT, TEXT, false},
    {"ends with", "the text ends so; case does not matter", TEXT, TEXT, false},
    {"like", "SQL's pattern: % any characters, _ one", TEXT, 0, false},
    {"between", "both ends included: between 10 and 20", TEXT | NUMBER | TIMES, NUMBER, false},
    {"is null", "there is no value", ANY_TYPE, 0, false},
    {"is not null", "there is a value", ANY_TYPE, 0, false},
    {"not in (", "is none of several values", TEXT | NUMBER | BOOLEAN, 0, true},
    {"not in", "lies outside of a period", TIMES, 0, false},
    {"not contains", "the text does not lie in it", TEXT, 0, false},
    {"not has", "the value is none of its items", LIST, 0, false},
    {"not starts with", NULL, TEXT, 0, false},
    {"not ends with", NULL, TEXT, 0, false},
    {"not like", NULL, TEXT, 0, false},
    {"not between", NULL, TEXT | NUMBER | TIMES, 0, false},
};

static unsigned types_of_test(const struct completion *c)
{
    const char *text = c->before.test ? c->before.test->member.text : NULL;
    struct member member;
    enum data_unit unit;

    if (!text || !c->names.model)
        return ANY_TYPE;
    if (c->before.clause != WORD_HAVING && names_dimension(&c->names, text, &member, &unit))
        return 1u << member.dimension->type;
    return names_measure(&c->names, text, &member) ? NUMBER : ANY_TYPE;
}

/* After `not` only what may follow it, without the `not`. */
void offer_comparisons(struct completion *c)
{
    bool all = completion_wants(c, WANT_COMPARISON), after_not = !all && completion_wants(c, WANT_WORDED);
    unsigned types;

    if (!all && !after_not)
        return;
    types = types_of_test(c);
    for (size_t i = 0; i < COUNT_OF(comparisons); i++) {
        const char *text = comparisons[i].text;
        unsigned rank = comparisons[i].first & types ? RANK_FIRST : RANK_NEXT;
        bool negative = text_starts(text, "not ");

        if (!(comparisons[i].types & types) || (after_not && !negative))
            continue;
        if (after_not)
            text += strlen("not ");
        if (comparisons[i].tight)
            offer_tight(c, text, "operator", comparisons[i].about, rank);
        else
            offer(c, text, "operator", comparisons[i].about, rank);
    }
}

/* -- values -------------------------------------------------------------------------------------------------------- */

static const char *quoted_value(struct completion *c, const char *value)
{
    _cleanup_(str_done) struct str text = STR_INIT;

    if (c->quote == '"')
        print_escaped(&text, value);
    else if (c->quote == '\'')
        print_quoted(&text, value);
    else
        print_text(&text, value);
    return arena_strndup(c->arena, str_text(&text), text.length);
}

static void offer_known_values(struct completion *c, const char *member)
{
    size_t count = 0;
    const char *const *values = c->assist->values ? c->assist->values(c->assist->who, member, &count) : NULL;

    for (size_t i = 0; values && i < count; i++)
        offer_value(c, values[i], quoted_value(c, values[i]), "value", RANK_FIRST);
}

static void offer_variables(struct completion *c)
{
    for (const char *const *name = c->assist->variables; c->quote == '\0' && name && *name; name++)
        offer(c, arena_printf(c->arena, ":%s", *name), "variable", "its value comes from --var or a setting",
              RANK_LAST);
}

void offer_values(struct completion *c, struct candidates *to)
{
    const char *text = c->before.test ? c->before.test->member.text : NULL;
    bool rows = c->before.clause != WORD_HAVING;
    struct member member;
    enum data_unit unit;

    if (text && rows && names_dimension(&c->names, text, &member, &unit)) {
        enum member_type type = member.dimension->type;

        if (type == MEMBER_BOOLEAN) {
            offer(c, "true", "value", NULL, RANK_FIRST);
            offer(c, "false", "value", NULL, RANK_FIRST);
        } else if (member_is_time(type)) {
            offer_points(c, RANK_FIRST);
        } else {
            to->value_member = arena_strdup(c->arena, member.full_name);
            offer_known_values(c, to->value_member);
        }
    }
    offer_variables(c);
}

/* -- zones --------------------------------------------------------------------------------------------------------- */

static void offer_zone(struct completion *c, const char *zone, unsigned rank)
{
    offer_value(c, zone, c->quote != '\0' ? quoted_value(c, zone) : zone, "zone", rank);
}

void offer_zones(struct completion *c)
{
    static const char *const zones[] = {
        "UTC",
        "America/Los_Angeles",
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Sao_Paulo",
        "America/Toronto",
        "America/Mexico_City",
        "America/Bogota",
        "America/Buenos_Aires",
        "America/Anchorage",
        "America/Phoenix",
        "Europe/London",
        "Europe/Berlin",
        "Europe/Paris",
        "Europe/Madrid",
        "Europe/Rome",
        "Europe/Amsterdam",
        "Europe/Stockholm",
        "Europe/Warsaw",
        "Europe/Athens",
        "Europe/Istanbul",
        "Europe/Kyiv",
        "Europe/Moscow",
        "Europe/Zurich",
        "Europe/Vienna",
        "Africa/Cairo",
        "Africa/Johannesburg",
        "Africa/Lagos",
        "Africa/Nairobi",
        "Asia/Dubai",
        "Asia/Karachi",
        "Asia/Kolkata",
        "Asia/Dhaka",
        "Asia/Bangkok",
        "Asia/Jakarta",
        "Asia/Manila",
        "Asia/Singapore",
        "Asia/Hong_Kong",
        "Asia/Shanghai",
        "Asia/Taipei",
        "Asia/Seoul",
        "Asia/Tokyo",
        "Asia/Tehran",
        "Asia/Jerusalem",
        "Australia/Sydney",
        "Australia/Perth",
        "Pacific/Auckland",
        "Pacific/Honolulu",
    };
    const char *own = c->assist->zone ? zone_name(c->assist->zone) : c->names.model ? c->names.model->time_zone : NULL;

    if (own)
        offer_zone(c, own, RANK_FIRST);
    for (size_t i = 0; i < COUNT_OF(zones); i++)
        if (!own || !text_equal(own, zones[i]))
            offer_zone(c, zones[i], RANK_NEXT);
}
