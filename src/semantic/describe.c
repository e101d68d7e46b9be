#include "describe.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "absolute.h"
#include "rollup.h"

/* -- columns ------------------------------------------------------------------------------------------------------- */

static const char *member_name(const struct bound *bound, const struct bound_dimension *dimension)
{
    return dimension->said != UNIT_NONE ? arena_printf(bound->arena, "%s.%s", dimension->member[0].full_name, data_unit_name(dimension->said))
                                        : arena_strdup(bound->arena, dimension->member[0].full_name);
}

static enum data_type type_of(enum member_type type)
{
    switch (type) {
    case MEMBER_STRING:
        break;
    case MEMBER_NUMBER:
        return DATA_NUMERIC;
    case MEMBER_BOOLEAN:
        return DATA_BOOL;
    case MEMBER_TIME:
        return DATA_TIMESTAMPTZ;
    case MEMBER_DATE:
        return DATA_DATE;
    case MEMBER_ARRAY:
        return DATA_ARRAY;
    }
    return DATA_TEXT;
}

static bool has_levels(const struct bound *bound)
{
    return bound->query->top.other || bound->query->total;
}

static const char *const variant_words[] = {
    [VARIANT_PREVIOUS] = "previous", [VARIANT_DIFF] = "diff", [VARIANT_CHANGE] = "change", [VARIANT_SHARE] = "share",
};

static struct data_column describe_measure(const struct bound *bound, const struct bound_measure *item)
{
    const struct measure *measure = item->measure;
    bool                  part = item->variant == VARIANT_CHANGE || item->variant == VARIANT_SHARE;
    struct data_column    column = {
           .name = item->label,
           .type = DATA_NUMERIC,
           .format = part ? FORMAT_PERCENT : measure->format,
           .decimals = part ? 1 : measure->decimals,
           .currency = part ? NULL : measure->currency,
           .role = ROLE_MEASURE,
           .member = arena_printf(bound->arena, "%s.%s", measure->cube->name, measure->name),
           .title = measure->title,
           .description = measure->description,
    };

    if (item->variant == VARIANT_VALUE)
        return column;
    column.member = arena_printf(bound->arena, "%s.%s", column.member, variant_words[item->variant]);
    if (item->period > 1)
        column.member = arena_printf(bound->arena, "%s_%zu", column.member, item->period);
    if (column.title != NULL)
        column.title = arena_printf(bound->arena, "%s, %s", column.title, variant_words[item->variant]);
    return column;
}

static void describe_columns(const struct bound *bound, struct compiled *compiled)
{
    struct data_column *columns =
        ARENA_ARRAY(bound->arena, struct data_column, bound->dimension_count + bound->measure_count + 2);
    size_t n = 0;

    if (has_levels(bound))
        columns[n++] = (struct data_column){
            .name = bound->kind_label,
            .type = DATA_TEXT,
            .decimals = -1,
            .description = "row: a group; other: what top left out; total: all of them",
        };

    for (size_t d = 0; d < bound->dimension_count; d++) {
        const struct bound_dimension *dimension = &bound->dimensions[d];
        const struct dimension       *member = dimension->member[0].dimension;
        enum data_type                type = type_of(member->type);

        for (size_t f = 0; f < bound->fact_count; f++)      /* mixed_days: see leg_write_dimensions */
            if (dimension->member[f].dimension->type == MEMBER_TIME)
                type = DATA_TIMESTAMPTZ;
        columns[n++] = (struct data_column){
            .name = dimension->label,
            .type = type,
            .element = DATA_TEXT,
            .format = member->format,
            .decimals = member->decimals,
            .currency = member->currency,
            .unit = dimension->said,
            .zone = bound->zone,
            .role = dimension->is_time ? ROLE_TIME : ROLE_DIMENSION,
            .member = member_name(bound, dimension),
            .title = member->title,
            .description = member->description,
        };
    }
    for (size_t m = 0; m < bound->measure_count; m++)
        if (bound->measures[m].selected)
            columns[n++] = describe_measure(bound, &bound->measures[m]);
    compiled->columns = columns;
    compiled->column_count = n;
}

/* -- the header ---------------------------------------------------------------------------------------------------- */

static const char *day_text(struct arena *arena, int32_t day)
{
    int year, month, date;

    day_to_civil(day, &year, &month, &date);
    return arena_printf(arena, "%04d-%02d-%02d", year, month, date);
}

static const char *instant_text(struct arena *arena, const struct zone *zone, int64_t instant)
{
    char text[TIME_TEXT_SIZE];

    return arena_strdup(arena, instant_to_text_in(instant, zone, text));
}

const char *describe_range(struct arena *arena, const struct resolved *range, const struct zone *zone)
{
    const char *from = "", *to = "";
    bool        days;

    if (range == NULL || (!range->has_from && !range->has_to))
        return "all time";
    days = resolved_is_whole_days(range, zone);
    if (range->has_from)
        from = days ? day_text(arena, range->first_day) : instant_text(arena, zone, range->from);
    if (range->has_to)
        to = days ? day_text(arena, range->last_day) : instant_text(arena, zone, range->to);
    if (!range->has_from)
        return arena_printf(arena, "until %s", to);
    if (!range->has_to)
        return arena_printf(arena, "since %s", from);
    if (!days)
        return arena_printf(arena, "%s … %s", from, to);
    if (range->first_day == range->last_day)
        return from;
    return arena_printf(arena, "%s … %s (%d days)", from, to, range->last_day - range->first_day + 1);
}

/* The range of the default time dimension, then those of other times with their names. */
static const char *range_text(const struct bound *bound)
{
    const char *text = "all time";

    for (size_t i = 0; i < bound->range_count; i++)
        if (bound->ranges[i].is_axis)
            text = describe_range(bound->arena, &bound->ranges[i].resolved, bound->zone);
    for (size_t i = 0; i < bound->range_count; i++) {
        const char *name = bound->ranges[i].member[0].full_name;

        if (!bound->ranges[i].is_axis)
            text = arena_printf(bound->arena, "%s, %s: %s", text, name + strlen(bound->facts[0]->name) + 1,
                                describe_range(bound->arena, &bound->ranges[i].resolved, bound->zone));
    }
    for (size_t i = 0; i < bound->vs_count; i++)
        text = arena_printf(bound->arena, "%s vs %s", text,
                            describe_range(bound->arena, &bound->compared[i], bound->zone));
    return text;
}

static const char *const rule_words[] = {
    [RULE_CARRY] = "last per %s, carried forward", [RULE_PERIOD] = "last per %s inside the period", [RULE_EXACT] = "per %s at the last snapshot instant",
};

static void add_window_rule(struct str *to, const struct measure *measure)
{
    const struct window *window = &measure->window;
    const char          *unit = data_unit_name(window->unit), *plural = window->count == 1 ? "" : "s";
    struct str           one = STR_INIT;

    str_addf(&one, "%s: ", measure->name);
    if (window->kind == WINDOW_ROLLING)
        str_addf(&one, "over the %d %s%s that end with the bucket", window->count, unit, plural);
    else if (window->kind == WINDOW_SHIFT)
        str_addf(&one, "%d %s%s before", window->count, unit, plural);
    else if (window->unit == UNIT_NONE)
        str_add(&one, "from the first row on");
    else
        str_addf(&one, "from the start of the %s on", unit);
    if (strstr(str_text(to), str_text(&one)) == NULL)
        str_addf(to, "%s%s", to->length > 0 ? "; " : "", str_text(&one));
    str_done(&one);
}

static void add_rule(struct str *to, const struct measure *measure)
{
    if (measure->kind == MEASURE_RATIO) {
        add_rule(to, measure->numerator);
        add_rule(to, measure->denominator);
        return;
    }
    if (measure->kind == MEASURE_WINDOW) {
        add_window_rule(to, measure);
        add_rule(to, measure->inner);
        return;
    }
    if (measure->kind == MEASURE_DERIVED) {
        for (size_t i = 0; i < measure->sql.piece_count; i++)
            if (measure->sql.pieces[i].kind == PIECE_MEASURE)
                add_rule(to, measure->sql.pieces[i].measure);
        return;
    }
    if (measure->kind != MEASURE_LAST && measure->kind != MEASURE_INCREASE)
        return;

    struct str one = STR_INIT;

    str_addf(&one, "%s: ", measure->name);
    if (measure->kind == MEASURE_INCREASE) {
        str_addf(&one, "increase per %s, net of corrections", measure->entity->name);
    } else {
        const char *words = rule_words[measure->rule], *gap = strstr(words, "%s");

        str_add_bytes(&one, words, (size_t)(gap - words));
        str_add(&one, measure->entity->name);
        str_add(&one, gap + 2);
    }
    if (strstr(str_text(to), str_text(&one)) == NULL)
        str_addf(to, "%s%s", to->length > 0 ? "; " : "", str_text(&one));
    str_done(&one);
}

static const char *rules_text(const struct bound *bound)
{
    struct str  str = STR_INIT;
    const char *text = NULL;

    for (size_t m = 0; m < bound->measure_count; m++)
        add_rule(&str, bound->measures[m].measure);
    if (str.length > 0)
        text = arena_strdup(bound->arena, str_text(&str));
    str_done(&str);
    return text;
}

/* -- Cube's annotation --------------------------------------------------------------------------------------------- */

static const char *const format_words[] = {
    [FORMAT_PLAIN] = NULL, [FORMAT_NUMBER] = "number", [FORMAT_PERCENT] = "percent", [FORMAT_CURRENCY] = "currency", [FORMAT_DURATION] = "duration", [FORMAT_BYTES] = "bytes",
};

static const char *const member_type_words[] = {
    [MEMBER_STRING] = "string", [MEMBER_NUMBER] = "number", [MEMBER_BOOLEAN] = "boolean", [MEMBER_TIME] = "time", [MEMBER_DATE] = "time", [MEMBER_ARRAY] = "string",
};

static void annotate(json_t *into, const char *name, const struct data_column *column, const char *type)
{
    const char *title = column->title != NULL ? column->title : column->name;
    json_t     *entry = json_pack("{s:s, s:s, s:s}", "title", title, "shortTitle", title, "type", type);

    if (column->description != NULL)
        json_object_set_new(entry, "description", json_string(column->description));
    if (format_words[column->format] != NULL)
        json_object_set_new(entry, "format", json_string(format_words[column->format]));
    if (column->unit != UNIT_NONE)
        json_object_set_new(entry, "granularity",
                            json_pack("{s:s, s:s, s:s+}", "name", data_unit_name(column->unit), "title", data_unit_name(column->unit), "interval", "1 ",
                                      data_unit_name(column->unit)));
    json_object_set_new(into, name, entry);
}

static const char *annotation_of(const struct bound *bound, const struct compiled *compiled)
{
    json_t     *measures = json_object(), *dimensions = json_object(), *times = json_object(), *segments = json_object(), *root;
    char       *text;
    const char *copy;

    for (size_t i = has_levels(bound) ? 1 : 0, d = 0; i < compiled->column_count; i++) {
        const struct data_column *column = &compiled->columns[i];

        if (column->role == ROLE_MEASURE)
            annotate(measures, column->member, column, "number");
        else if (column->unit != UNIT_NONE)
            annotate(times, column->member, column, "time");
        else
            annotate(dimensions, column->member, column, member_type_words[bound->dimensions[d].member[0].dimension->type]);
        d += column->role != ROLE_MEASURE;
    }
    for (size_t i = 0; i < bound->segment_count; i++)
        json_object_set_new(segments, arena_printf(bound->arena, "%s.%s", bound->segments[i]->cube->name, bound->segments[i]->name),
                            json_pack("{s:s}", "title", bound->segments[i]->title != NULL ? bound->segments[i]->title : bound->segments[i]->name));
    root = json_pack("{s:o, s:o, s:o, s:o}", "measures", measures, "dimensions", dimensions, "segments", segments, "timeDimensions", times);
    text = json_dumps(root, JSON_COMPACT | JSON_PRESERVE_ORDER);
    copy = arena_strdup(bound->arena, text != NULL ? text : "{}");
    json_decref(root);
    mem_free(text);
    return copy;
}

/* -- steps of explain ---------------------------------------------------------------------------------------------- */

static const char *step_text(const struct bound *bound, const struct leg *leg)
{
    const char *cube = bound->facts[leg->fact]->name;

    if (leg->from != NULL)
        return arena_printf(bound->arena, "rollup %s.%s (%" PRId64 " rows%s)%s", cube, leg->from->layout->rollup->name,
                            leg->from->state->rows, leg->from->state->is_aggregate ? ", a continuous aggregate" : "", leg->kind == LEG_LAST ? ": changes, summed to the end of each bucket" : "");

    switch (leg->kind) {
    case LEG_ROWS:
        break;
    case LEG_LAST:
        return arena_printf(bound->arena, "facts of %s: last per %s, %s", cube, leg->entity->name,
                            leg->rule == RULE_CARRY ? "carry" : leg->rule == RULE_PERIOD ? "period" : "exact");
    case LEG_INCREASE:
        return arena_printf(bound->arena, "facts of %s: increase per %s%s", cube, leg->entity->name,
                            leg->baseline == BASELINE_PUBLISHED ? ", whole when published inside the range"
                            : leg->baseline == BASELINE_ZERO    ? ", first sighting counts whole"
                                                                : ", first sighting counts 0");
    }
    return arena_printf(bound->arena, "facts of %s: rows of %s, aggregated", cube,
                        leg->window != NULL ? "the stretch of time that ends with each bucket" : "the range");
}

static void describe_steps(const struct bound *bound, const struct plan *plan, struct compiled *compiled)
{
    const char **steps = ARENA_ARRAY(bound->arena, const char *, plan->leg_count + 1);

    for (size_t i = 0; i < plan->leg_count; i++)
        steps[i] = bound_fact_fans_out(bound, plan->legs[i].fact)
                       ? arena_printf(bound->arena, "%s; joined to many, each row once in a group",
                                      step_text(bound, &plan->legs[i]))
                       : step_text(bound, &plan->legs[i]);
    compiled->rollup_notes = bound->rollup_notes;
    compiled->rollup_note_count = bound->rollup_note_count;
    compiled->steps = steps;
    compiled->step_count = plan->leg_count;
}

/* "facts", "rollup daily_rollup", or both. */
static const char *source_text(const struct bound *bound, const struct plan *plan)
{
    const char *text = NULL;

    for (size_t i = 0; i < plan->leg_count; i++) {
        const char *one = plan->legs[i].from != NULL
                              ? arena_printf(bound->arena, "rollup %s", plan->legs[i].from->layout->rollup->name)
                              : "facts";

        if (text == NULL)
            text = one;
        else if (strstr(text, one) == NULL)
            text = arena_printf(bound->arena, "%s and %s", text, one);
    }
    return text != NULL ? text : "facts";
}

void describe_result(struct bound *bound, const struct plan *plan, struct compiled *compiled)
{
    describe_columns(bound, compiled);
    describe_steps(bound, plan, compiled);
    compiled->line = query_to_line(bound->arena, bound->query);
    compiled->json = query_to_json(bound->arena, query_absolute(bound));
    compiled->note = (struct data_note){
        .title = compiled->line,
        .range = range_text(bound),
        .zone = zone_name(bound->zone),
        .rule = rules_text(bound),
        .source = source_text(bound, plan),
        .remarks = bound->remarks,
        .remark_count = bound->remark_count,
    };
    if (bound->context->for_cube) {
        compiled->note.cube_query = query_to_json(bound->arena, query_as_cube_has_it(bound));
        compiled->note.cube_annotation = annotation_of(bound, compiled);
    }
}
