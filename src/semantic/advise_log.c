/* A question as the log of queries keeps it: its form, not the values it tests. */
#include "ytempire/semantic/advise.h"

#include <string.h>

#include "query.h"

static bool is_boolean(const char *text)
{
    return text_equal_nocase(text, "true") || text_equal_nocase(text, "false");
}

/* What a value is read as depends on the member, so the stand-in is of the same look. */
static void hide_value(struct arena *arena, struct value *value, const struct semantic_context *context)
{
    const char  *text = value->text;
    struct point point;
    double       number;

    if (value->kind == VALUE_VARIABLE)
        text = context->variable != NULL ? context->variable(context->who, value->text) : NULL;
    if (value->kind == VALUE_POINT || value->kind == VALUE_BOOL || value->kind == VALUE_NULL)
        return;
    if (text == NULL)
        text = "";
    if (value->kind == VALUE_NUMBER || text_to_double(text, strlen(text), &number) == 0)
        *value = (struct value){.kind = VALUE_NUMBER, .text = "0"};
    else if (is_boolean(text) || point_from_text(text, strlen(text), &point) == 0)
        *value = (struct value){.kind = VALUE_STRING, .text = arena_strdup(arena, text)};
    else
        *value = (struct value){.kind = VALUE_STRING, .text = "?"};
}

static void hide_values(struct arena *arena, struct filter *filter, const struct semantic_context *context)
{
    if (filter == NULL)
        return;
    for (size_t i = 0; i < filter->kid_count; i++)
        hide_values(arena, filter->kids[i], context);
    if (filter->kind != FILTER_TEST)
        return;
    if (filter->value_count > 1 && filter->test != TEST_BETWEEN && filter->test != TEST_NOT_BETWEEN)
        filter->value_count = 1;
    for (size_t i = 0; i < filter->value_count; i++)
        hide_value(arena, &filter->values[i], context);
}

char *query_for_log(struct arena *arena, const struct query *query, const struct semantic_context *context)
{
    struct query *copy;

    if (query->ungrouped)
        return NULL;
    copy = query_copy(arena, query);
    hide_values(arena, copy->where, context);
    hide_values(arena, copy->having, context);
    if (copy->tz == NULL && context->zone != NULL)
        copy->tz = zone_name(context->zone);
    return query_to_line(arena, copy);
}
