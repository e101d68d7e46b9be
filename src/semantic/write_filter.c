/*
 * Tests as SQL. Values are bound, never pasted. A negative test holds for NULL too, as Cube's do: `not F` is
 * `(F) IS NOT TRUE`. A value of a time member covers its whole unit: `= 2026-01` is inside that month, `<` before its
 * start, `<=` to its end, `>` after its end, `>=` from its start.
 */
#include "bound.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#define LONG_LIST 32

/* -- bound values -------------------------------------------------------------------------------------------------- */

const char *writer_value(struct writer *writer, const char *text, const char *type)
{
    struct arena *arena = writer->bound->arena;
    struct str    key = STR_INIT;
    uintptr_t     number;

    str_addf(&key, "%s%s", type != NULL ? type : "", text != NULL ? "\n" : "");
    str_add(&key, text != NULL ? text : "");
    number = (uintptr_t)map_get(writer->known, str_text(&key));
    if (number == 0) {
        struct semantic_value value = {text, type};

        ARENA_PUSH(arena, writer->values, writer->value_count, writer->value_room, value);
        number = writer->value_count;
        (void)map_put(writer->known, str_text(&key), (void *)number);
    }
    str_done(&key);
    return type != NULL ? arena_printf(arena, "$%zu::%s", (size_t)number, type)
                        : arena_printf(arena, "$%zu", (size_t)number);
}

/* The year before the first, which a zone or a day's baseline may reach: before all there is. */
static bool is_before_calendar(int32_t day)
{
    return day < day_from_civil(1, 1, 1);
}

const char *writer_instant(struct writer *writer, int64_t instant)
{
    char text[TIME_TEXT_SIZE];

    if (is_before_calendar((int32_t)(local_floor(instant, UNIT_DAY) / US_PER_DAY)))
        return writer_value(writer, "-infinity", "timestamptz");
    return writer_value(writer, arena_strdup(writer->bound->arena, instant_to_text(instant, text)), "timestamptz");
}

const char *writer_day(struct writer *writer, int32_t day)
{
    int year, month, date;

    if (is_before_calendar(day))
        return writer_value(writer, "-infinity", "date");
    day_to_civil(day, &year, &month, &date);
    return writer_value(writer, arena_printf(writer->bound->arena, "%04d-%02d-%02d", year, month, date), "date");
}

const char *writer_zone(struct writer *writer)
{
    return writer_value(writer, zone_name(writer->bound->zone), "text");
}

/* -- time ---------------------------------------------------------------------------------------------------------- */

bool write_range(struct writer *writer, struct str *to, const char *expression, enum member_type type, const struct resolved *range)
{
    if (!range->has_from && !range->has_to)
        return false;
    if (range->has_from)
        str_addf(to, "%s >= %s", expression, type == MEMBER_DATE ? writer_day(writer, range->first_day) : writer_instant(writer, range->from));
    if (range->has_from && range->has_to)
        str_add(to, " AND ");
    if (range->has_to && type == MEMBER_DATE)
        str_addf(to, "%s <= %s", expression, writer_day(writer, range->last_day));
    else if (range->has_to)
        str_addf(to, "%s < %s", expression, writer_instant(writer, range->to));
    return true;
}

static struct resolved span_of(const struct bound_value *value)
{
    return (struct resolved){.from = value->from, .to = value->to, .first_day = value->first_day, .last_day = value->last_day, .has_from = true, .has_to = true};
}

static void write_time_test(struct writer *writer, struct str *to, const char *expression, const struct bound_filter *filter)
{
    struct resolved first = span_of(&filter->values[0]);

    switch (filter->test) {
    case TEST_LESS:                        /* before its start */
        first.to = first.from;
        first.last_day = first.first_day - 1;
        first.has_from = false;
        break;
    case TEST_LESS_EQUAL:
        first.has_from = false;
        break;
    case TEST_GREATER:                     /* after its end */
        first.from = first.to;
        first.first_day = first.last_day + 1;
        first.has_to = false;
        break;
    case TEST_GREATER_EQUAL:
        first.has_to = false;
        break;
    case TEST_BETWEEN:
    case TEST_NOT_BETWEEN:
        first.to = filter->values[1].to;
        first.last_day = filter->values[1].last_day;
        break;
    default:
        break;
    }
    (void)write_range(writer, to, expression, filter->type, &first);
}

/* -- equality and patterns ----------------------------------------------------------------------------------------- */

static bool has_null(const struct bound_filter *filter)
{
    for (size_t i = 0; i < filter->value_count; i++)
        if (filter->values[i].text == NULL)
            return true;
    return false;
}

static size_t count_values(const struct bound_filter *filter)
{
    size_t n = 0;

    for (size_t i = 0; i < filter->value_count; i++)
        n += filter->values[i].text != NULL;
    return n;
}

/* A long list is one value, an array: a statement takes 65,535 values at most. */
static void write_any_of_array(struct writer *writer, struct str *to, const char *expression, const struct bound_filter *filter)
{
    static const char *const types[] = {[MEMBER_STRING] = "text[]", [MEMBER_NUMBER] = "numeric[]", [MEMBER_BOOLEAN] = "boolean[]"};
    struct str array = STR_INIT;

    for (size_t i = 0; i < filter->value_count; i++) {
        if (filter->values[i].text == NULL)
            continue;
        str_add(&array, array.length == 0 ? "{\"" : "\",\"");
        for (const char *c = filter->values[i].text; *c != '\0'; c++) {
            if (*c == '"' || *c == '\\')
                str_add_char(&array, '\\');
            str_add_char(&array, *c);
        }
    }
    str_add(&array, "\"}");
    str_addf(to, "%s = ANY (%s)", expression, writer_value(writer, arena_strdup(writer->bound->arena, str_text(&array)), types[filter->type]));
    if (has_null(filter))
        str_addf(to, " OR %s IS NULL", expression);
    str_done(&array);
}

/* Any of the values; NULL among them asks for NULL. */
static void write_any(struct writer *writer, struct str *to, const char *expression, const struct bound_filter *filter)
{
    bool is_time = filter->type == MEMBER_TIME || filter->type == MEMBER_DATE;
    bool one = count_values(filter) == 1, first = true;

    if (!is_time && count_values(filter) > LONG_LIST) {
        write_any_of_array(writer, to, expression, filter);
        return;
    }
    for (size_t i = 0; i < filter->value_count; i++) {
        const struct bound_value *value = &filter->values[i];

        if (value->text == NULL)
            continue;
        if (!is_time && !first) {                       /* one IN list */
            str_addf(to, ", %s", writer_value(writer, value->text, filter->type == MEMBER_STRING ? NULL : value->type));
            continue;
        }
        if (!first)
            str_add(to, " OR ");
        if (is_time) {
            struct resolved span = span_of(value);

            str_add(to, "(");
            (void)write_range(writer, to, expression, filter->type, &span);
            str_add(to, ")");
        } else {
            str_addf(to, "%s %s%s", expression, one ? "= " : "IN (", writer_value(writer, value->text, filter->type == MEMBER_STRING ? NULL : value->type));
        }
        first = false;
    }
    if (!first && !is_time && !one)
        str_add(to, ")");
    if (has_null(filter))
        str_addf(to, "%s%s IS NULL", first ? "" : " OR ", expression);
}

/* The text as a LIKE pattern that means itself. */
static char *escape_like(struct arena *arena, const char *text, bool before, bool after)
{
    struct str str = STR_INIT;
    char      *copy;

    if (before)
        str_add_char(&str, '%');
    for (; *text != '\0'; text++) {
        if (*text == '\\' || *text == '%' || *text == '_')
            str_add_char(&str, '\\');
        str_add_char(&str, *text);
    }
    if (after)
        str_add_char(&str, '%');
    copy = arena_strdup(arena, str_text(&str));
    str_done(&str);
    return copy;
}

static void write_patterns(struct writer *writer, struct str *to, const char *expression, const struct bound_filter *filter)
{
    bool before = false, after = false, like = false;

    switch (filter->test) {
    case TEST_CONTAINS:
    case TEST_NOT_CONTAINS:
        before = after = true;
        break;
    case TEST_STARTS:
    case TEST_NOT_STARTS:
        after = true;
        break;
    case TEST_ENDS:
    case TEST_NOT_ENDS:
        before = true;
        break;
    default:
        like = true;
        break;
    }
    for (size_t i = 0; i < filter->value_count; i++) {
        const char *text = filter->values[i].text;

        if (i > 0)
            str_add(to, " OR ");
        if (text == NULL)
            str_addf(to, "%s IS NULL", expression);
        else
            str_addf(to, "%s %s %s", expression, like ? "LIKE" : "ILIKE",
                     writer_value(writer, like ? text : escape_like(writer->bound->arena, text, before, after), "text"));
    }
}

static void write_has(struct writer *writer, struct str *to, const char *expression, const struct bound_filter *filter)
{
    for (size_t i = 0; i < filter->value_count; i++) {
        if (i > 0)
            str_add(to, " OR ");
        str_addf(to, "%s = ANY (%s)", writer_value(writer, filter->values[i].text, "text"), expression);
    }
}

/* -- one test ------------------------------------------------------------------------------------------------------ */

static const char *comparison_of(enum filter_operator test)
{
    switch (test) {
    case TEST_LESS:
        return "<";
    case TEST_LESS_EQUAL:
        return "<=";
    case TEST_GREATER:
        return ">";
    default:
        return ">=";
    }
}

static bool is_negative(enum filter_operator test)
{
    return test == TEST_NOT_EQUAL || test == TEST_NOT_CONTAINS || test == TEST_NOT_STARTS || test == TEST_NOT_ENDS || test == TEST_NOT_LIKE ||
           test == TEST_NOT_HAS || test == TEST_NOT_BETWEEN || test == TEST_NOT_IN_PERIOD;
}

static void write_positive(struct writer *writer, struct str *to, const char *expression, const struct bound_filter *filter)
{
    bool        is_time = filter->type == MEMBER_TIME || filter->type == MEMBER_DATE;
    const char *collate = filter->type == MEMBER_STRING ? " COLLATE \"C\"" : "";

    switch (filter->test) {
    case TEST_NULL:
    case TEST_NOT_NULL:
        str_addf(to, "%s IS %sNULL", expression, filter->test == TEST_NOT_NULL ? "NOT " : "");
        return;
    case TEST_EQUAL:
    case TEST_NOT_EQUAL:
        write_any(writer, to, expression, filter);
        return;
    case TEST_CONTAINS:
    case TEST_NOT_CONTAINS:
    case TEST_STARTS:
    case TEST_NOT_STARTS:
    case TEST_ENDS:
    case TEST_NOT_ENDS:
    case TEST_LIKE:
    case TEST_NOT_LIKE:
        write_patterns(writer, to, expression, filter);
        return;
    case TEST_HAS:
    case TEST_NOT_HAS:
        write_has(writer, to, expression, filter);
        return;
    case TEST_IN_PERIOD:
    case TEST_NOT_IN_PERIOD:
        if (!write_range(writer, to, expression, filter->type, &filter->period))
            str_addf(to, "%s IS NOT NULL", expression);
        return;
    default:
        break;
    }
    for (size_t i = 0; i < filter->value_count; i++)
        if (filter->values[i].text == NULL) {           /* a comparison with null never holds */
            str_add(to, "false");
            return;
        }
    if (is_time)
        write_time_test(writer, to, expression, filter);
    else if (filter->test == TEST_BETWEEN || filter->test == TEST_NOT_BETWEEN)
        str_addf(to, "%s%s BETWEEN %s AND %s", expression, collate, writer_value(writer, filter->values[0].text, filter->values[0].type),
                 writer_value(writer, filter->values[1].text, filter->values[1].type));
    else
        str_addf(to, "%s%s %s %s", expression, collate, comparison_of(filter->test), writer_value(writer, filter->values[0].text, filter->values[0].type));
}

void write_test(struct writer *writer, struct str *to, const char *expression, const struct bound_filter *filter)
{
    str_add(to, "(");
    write_positive(writer, to, expression, filter);
    str_add(to, ")");
    if (is_negative(filter->test))
        str_add(to, " IS NOT TRUE");
}

void write_filter(struct writer *writer, struct str *to, const struct bound_filter *filter, write_expression_of *expression_of, void *who)
{
    if (filter->kind == FILTER_TEST) {
        write_test(writer, to, expression_of(who, filter), filter);
        return;
    }
    str_add(to, "(");
    for (size_t i = 0; i < filter->kid_count; i++) {
        if (i > 0)
            str_add(to, filter->kind == FILTER_OR ? " OR " : " AND ");
        write_filter(writer, to, filter->kids[i], expression_of, who);
    }
    str_add(to, filter->kind == FILTER_NOT ? ") IS NOT TRUE" : ")");
}
