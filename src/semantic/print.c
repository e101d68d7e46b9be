/*
 * semantic/print: a query as its canonical line. One spelling for each query, so that what is printed reads back as the
 * same query; a word that would read as anything else is written in quotes.
 */
#include "src/semantic/print.h"

#include <stdlib.h>
#include <string.h>

#include "src/semantic/parse.h"

/* -- time ---------------------------------------------------------------------------------------------------------- */

static const char *const weekdays[] = { "", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };

static void print_clock(struct str *to, const struct point *point)
{
    struct civil civil = local_to_civil(point->value);

    str_addf(to, "%04d-%02d-%02dT%02d:%02d", civil.year, civil.month, civil.day, civil.hour, civil.minute);
    if (point->precision != UNIT_MINUTE)
        str_addf(to, ":%02d", civil.second);
    if (point->precision == UNIT_NONE)
        str_addf(to, civil.us % 1000 ? ".%06d" : ".%03d", civil.us % 1000 ? civil.us : civil.us / 1000);
    if (point->kind == POINT_INSTANT)
        str_add_char(to, 'Z');
}

static void print_units(struct str *to, const struct point *point, const char *end)
{
    if (point->precision != UNIT_NONE && point->precision != point->unit)
        str_addf(to, "%s ", data_unit_name(point->precision));
    str_addf(to, "%d %s%s %s", point->count, data_unit_name(point->unit), point->count == 1 ? "" : "s", end);
}

void print_point(struct str *to, const struct point *point)
{
    int year, month, day;

    switch (point->kind) {
    case POINT_DATE:
        day_to_civil((int32_t)point->value, &year, &month, &day);
        str_addf(to, "%04d-%02d-%02d", year, month, day);
        break;
    case POINT_DATETIME:
    case POINT_INSTANT:   print_clock(to, point); break;
    case POINT_YEAR:      str_addf(to, "%04d", point->year); break;
    case POINT_QUARTER:   str_addf(to, "%04d-Q%d", point->year, point->part); break;
    case POINT_MONTH:     str_addf(to, "%04d-%02d", point->year, point->part); break;
    case POINT_NOW:       str_add(to, "now"); break;
    case POINT_TODAY:     str_add(to, "today"); break;
    case POINT_YESTERDAY: str_add(to, "yesterday"); break;
    case POINT_TOMORROW:  str_add(to, "tomorrow"); break;
    case POINT_AGO:       print_units(to, point, "ago"); break;
    case POINT_AHEAD:     print_units(to, point, "from now"); break;
    case POINT_WEEKDAY:   str_addf(to, "%s %s", point->count < 0 ? "last" : "closest", weekdays[point->part]); break;
    default:              break;
    }
}

const char *point_text(struct arena *arena, const struct point *point)
{
    _cleanup_(str_done) struct str text = STR_INIT;

    print_point(&text, point);
    return arena_strndup(arena, str_text(&text), text.length);
}

/* "last week", "last 7 days"; a day has words of its own. */
static void print_counted(struct str *to, const char *word, const char *day, const struct period *period)
{
    if (period->count > 1)
        str_addf(to, "%s %d %ss", word, period->count, data_unit_name(period->unit));
    else if (period->unit == UNIT_DAY)
        str_add(to, day);
    else
        str_addf(to, "%s %s", word, data_unit_name(period->unit));
}

static void print_duration(struct str *to, const struct period *period)
{
    static const char *const units[] = {
        [UNIT_MINUTE] = "min", [UNIT_HOUR] = "h", [UNIT_DAY] = "d", [UNIT_WEEK] = "w", [UNIT_MONTH] = "mo",
        [UNIT_QUARTER] = "q", [UNIT_YEAR] = "y",
    };

    str_addf(to, "%d%s", period->count, units[period->unit]);
}

static void print_points(struct str *to, const char *first, const struct period *period, const char *second)
{
    str_add(to, first);
    print_point(to, &period->from);
    if (second) {
        str_add(to, second);
        print_point(to, &period->to);
    }
}

/* "2026-01-01..2026-01-31", but "from 7 days ago to now" */
static void print_between(struct str *to, const struct period *period)
{
    bool literal = period->from.kind <= POINT_MONTH && period->to.kind <= POINT_MONTH;

    print_points(to, literal ? "" : "from ", period, literal ? ".." : " to ");
}

void print_period(struct str *to, const struct period *period)
{
    switch (period->kind) {
    case PERIOD_CURRENT:  print_counted(to, "this", "today", period); break;
    case PERIOD_LAST:     print_counted(to, "last", "yesterday", period); break;
    case PERIOD_NEXT:     print_counted(to, "next", "tomorrow", period); break;
    case PERIOD_DURATION: print_duration(to, period); break;
    case PERIOD_TO_DATE:  str_addf(to, "%ctd", data_unit_name(period->unit)[0]); break;
    case PERIOD_ALL:      str_add(to, "all time"); break;
    case PERIOD_POINT:    print_points(to, "", period, NULL); break;
    case PERIOD_BETWEEN:  print_between(to, period); break;
    case PERIOD_SINCE:    print_points(to, "since ", period, NULL); break;
    case PERIOD_UNTIL:
        str_add(to, "until ");
        print_point(to, &period->to);
        break;
    case PERIOD_NONE:
    default:
        break;
    }
}

void print_ranges(struct str *to, const struct query *query)
{
    for (size_t i = 0; i < query->range_count; i++) {
        str_add(to, i ? ", " : "");
        if (query->ranges[i].member.text) {
            print_name(to, &query->ranges[i].member);
            str_add(to, " in ");
        }
        print_period(to, &query->ranges[i].period);
    }
}

void print_shift(struct str *to, const struct shift *shift)
{
    switch (shift->kind) {
    case SHIFT_PREVIOUS: str_add(to, "previous"); break;
    case SHIFT_LAST:     str_addf(to, "last %s", data_unit_name(shift->unit)); break;
    case SHIFT_AGO:
        str_addf(to, "%d %s%s ago", shift->count, data_unit_name(shift->unit), shift->count == 1 ? "" : "s");
        break;
    case SHIFT_PERIOD:
        print_period(to, &shift->period);
        for (size_t i = 0; i < shift->more_count; i++) {
            str_add(to, ", ");
            print_period(to, &shift->more[i]);
        }
        break;
    case SHIFT_NONE:
    default:
        break;
    }
}

/* -- names and values ---------------------------------------------------------------------------------------------- */

void print_name(struct str *to, const struct name *name)
{
    if (name->text)
        str_add(to, name->text);
    if (name->unit != UNIT_NONE)
        str_addf(to, "%s%s", name->text ? "." : "", data_unit_name(name->unit));
}

void print_names(struct str *to, const struct name_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        str_add(to, i ? ", " : "");
        print_name(to, &list->items[i]);
    }
}

void print_escaped(struct str *to, const char *text)
{
    static const char chars[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";

    str_add_char(to, '"');
    for (; *text; text++) {
        const char *found = strchr(chars, *text);

        if (found)
            str_addf(to, "\\%c", names[found - chars]);
        else if ((unsigned char)*text < ' ' || *text == 127)
            str_addf(to, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            str_add_char(to, *text);
    }
    str_add_char(to, '"');
}

void print_quoted(struct str *to, const char *text)
{
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127) {
            print_escaped(to, text);
            return;
        }
    str_add_char(to, '\'');
    for (; *text; text++)
        str_add(to, *text == '\'' ? "''" : (char[]){ *text, '\0' });
    str_add_char(to, '\'');
}

void print_text(struct str *to, const char *text)
{
    struct token token;

    if (word_is_plain(text, &token) && !(token.word >= WORD_FROM && token.word <= WORD_NOT) && token.word != WORD_NULL
        && token.word != WORD_TRUE && token.word != WORD_FALSE)
        str_add(to, text);
    else
        print_quoted(to, text);
}

/* A relative point reads back as one only when it is INT UNITS "ago"; others stand in quotes, for the binder to read. */
static void print_value_point(struct str *to, const struct value *value)
{
    const struct point *point = &value->point;
    bool relative = (point->kind == POINT_AGO || point->kind == POINT_AHEAD) && point->precision == UNIT_NONE;

    if (relative)
        print_point(to, point);
    else if (point->kind <= POINT_INSTANT || point->kind == POINT_QUARTER || point->kind == POINT_MONTH)
        str_add(to, value->text);
    else
        print_quoted(to, value->text);
}

static void print_value(struct str *to, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NUMBER:
    case VALUE_BOOL:     str_add(to, value->text); break;
    case VALUE_POINT:    print_value_point(to, value); break;
    case VALUE_VARIABLE: str_addf(to, ":%s", value->text); break;
    case VALUE_NULL:     str_add(to, "null"); break;
    case VALUE_WORD:
    case VALUE_STRING:
    default:             print_text(to, value->text); break;
    }
}

/* -- filters ------------------------------------------------------------------------------------------------------- */

static const char *const test_words[] = {
    [TEST_EQUAL] = "=", [TEST_NOT_EQUAL] = "!=", [TEST_LESS] = "<", [TEST_LESS_EQUAL] = "<=", [TEST_GREATER] = ">",
    [TEST_GREATER_EQUAL] = ">=", [TEST_NULL] = "is null", [TEST_NOT_NULL] = "is not null", [TEST_CONTAINS] = "contains",
    [TEST_NOT_CONTAINS] = "not contains", [TEST_STARTS] = "starts with", [TEST_NOT_STARTS] = "not starts with",
    [TEST_ENDS] = "ends with", [TEST_NOT_ENDS] = "not ends with", [TEST_LIKE] = "like", [TEST_NOT_LIKE] = "not like",
    [TEST_HAS] = "has", [TEST_NOT_HAS] = "not has", [TEST_BETWEEN] = "between", [TEST_NOT_BETWEEN] = "not between",
    [TEST_IN_PERIOD] = "in", [TEST_NOT_IN_PERIOD] = "not in",
};

static void print_test(struct str *to, const struct filter *test)
{
    bool list = test->value_count > 1 && test->test != TEST_BETWEEN && test->test != TEST_NOT_BETWEEN;
    const char *word = test_words[test->test];

    if (list && (test->test == TEST_EQUAL || test->test == TEST_NOT_EQUAL))
        word = test->test == TEST_EQUAL ? "in" : "not in";
    print_name(to, &test->member);
    str_addf(to, " %s", word);
    if (test->test == TEST_IN_PERIOD || test->test == TEST_NOT_IN_PERIOD) {
        str_add_char(to, ' ');
        print_period(to, &test->period);
    }
    for (size_t i = 0; i < test->value_count; i++) {
        str_add(to, i == 0 ? (list ? " (" : " ") : list ? ", " : " and ");
        print_value(to, &test->values[i]);
    }
    str_add(to, list ? ")" : "");
}

void print_filter(struct str *to, const struct filter *filter)
{
    bool inner;

    if (filter->kind == FILTER_TEST) {
        print_test(to, filter);
        return;
    }
    if (filter->kind == FILTER_NOT)
        str_add(to, "not ");
    for (size_t i = 0; i < filter->kid_count; i++) {
        const struct filter *kid = filter->kids[i];

        inner = kid->kind == FILTER_OR || (kid->kind == FILTER_AND && filter->kind == FILTER_NOT);
        str_add(to, i == 0 ? "" : filter->kind == FILTER_AND ? " and " : " or ");
        str_add(to, inner ? "(" : "");
        print_filter(to, kid);
        str_add(to, inner ? ")" : "");
    }
}

/* -- the line ------------------------------------------------------------------------------------------------------ */

void print_order(struct str *to, const struct query *query)
{
    for (size_t i = 0; i < query->order_count; i++) {
        str_add(to, i ? ", " : "");
        print_name(to, &query->order[i].name);
        if (query->order[i].direction_given)
            str_add(to, query->order[i].descending ? " desc" : " asc");
    }
}

void print_top(struct str *to, const struct query *query)
{
    str_addf(to, "%lld", (long long)query->top.count);
    if (query->top.by.text) {
        str_add(to, " by ");
        print_name(to, &query->top.by);
    }
    if (query->top.other)
        str_add(to, " with other");
}

static void print_names_after(struct str *to, const char *word, const struct name_list *list)
{
    if (list->count == 0)
        return;
    str_add(to, word);
    print_names(to, list);
}

/* "from * +a where …": after `from` some name is expected before the clauses. */
static bool added_come_first(const struct query *query)
{
    return query->measures.count + query->dimensions.count == 0;
}

/* Before the clauses: "from CUBE" and the measures. */
static void print_head(struct str *to, const struct query *query)
{
    if (query->cube.text) {
        str_add(to, "from ");
        print_name(to, &query->cube);
    } else if (query->measures.count == 0) {
        str_add(to, "from *");
    }
    print_names_after(to, to->length ? " " : "", &query->measures);
    print_names_after(to, " by ", &query->dimensions);
    if (added_come_first(query))
        print_names_after(to, " +", &query->added);
}

static void print_filters(struct str *to, const struct query *query)
{
    if (query->where) {
        str_add(to, " where ");
        print_filter(to, query->where);
    }
    print_names_after(to, " segment ", &query->segments);
    if (query->having) {
        str_add(to, " having ");
        print_filter(to, query->having);
    }
}

static void print_shape(struct str *to, const struct query *query)
{
    if (query->order_none || query->order_count > 0)
        str_add(to, query->order_none ? " order none" : " order by ");
    print_order(to, query);
    if (query->top.count > 0) {
        str_add(to, " top ");
        print_top(to, query);
    }
    if (query->limit >= 0)
        str_addf(to, " limit %lld", (long long)query->limit);
    if (query->limit >= 0 && query->offset > 0)
        str_addf(to, " offset %lld", (long long)query->offset);
    if (query->fill != FILL_NONE)
        str_add(to, query->fill == FILL_ZERO ? " fill zero" : " fill");
    if (query->total)
        str_add(to, " total");
}

static bool zone_is_plain(const char *zone)
{
    return (*zone | 0x20) >= 'a' && (*zone | 0x20) <= 'z'
           && strspn(zone, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/+-") == strlen(zone);
}

char *query_to_line(struct arena *arena, const struct query *query)
{
    _cleanup_(str_done) struct str line = STR_INIT;

    print_head(&line, query);
    print_filters(&line, query);
    if (query->range_count > 0) {
        str_add(&line, " for ");
        print_ranges(&line, query);
    }
    if (query->shift.kind != SHIFT_NONE) {
        str_add(&line, " vs ");
        print_shift(&line, &query->shift);
    }
    print_shape(&line, query);
    if (query->tz) {
        str_add(&line, " tz ");
        if (zone_is_plain(query->tz))
            str_add(&line, query->tz);
        else
            print_quoted(&line, query->tz);
    }
    if (query->mixed_days)
        str_add(&line, " mixed_days");
    if (query->ungrouped)
        str_add(&line, " ungrouped");
    if (!added_come_first(query))
        print_names_after(&line, " +", &query->added);
    return arena_strndup(arena, str_text(&line), line.length);
}
