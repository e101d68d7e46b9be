/*
 * Measures. Each type of the file is a row of one table: how it is kept, and what reads it.
 */
#include "src/semantic/model_load.h"

#include <string.h>

static const struct key_rule measure_keys[] = {
    {"name", KEY_READ},          {"sql", KEY_READ},
    {"type", KEY_READ},          {"filters", KEY_READ},
    {"numerator", KEY_READ},     {"denominator", KEY_READ},
    {"per", KEY_READ},           {"rule", KEY_READ},
    {"present", KEY_READ},       {"baseline", KEY_READ},
    {"title", KEY_READ},         {"description", KEY_READ},
    {"format", KEY_READ},        {"currency", KEY_READ},
    {"decimals", KEY_READ},      {"public", KEY_READ},
    {"shown", KEY_READ},         {"meta", KEY_IDLE},
    {"drill_members", KEY_IDLE}, {"drill_member_references", KEY_IDLE},
    {"measure", KEY_READ},       {"window", KEY_READ},
    {"unit", KEY_READ},          {"rolling_window", KEY_READ},
    {"time_shift", KEY_LATER},   {"multi_stage", KEY_LATER},
    {"case", KEY_LATER},         {"group_by", KEY_LATER},
    {"reduce_by", KEY_LATER},    {"add_group_by", KEY_LATER},
    {"grain", KEY_LATER},        {"order_by", KEY_LATER},
    {"mask", KEY_LATER},         {NULL, KEY_IDLE},
};

static void read_simple(struct load *load, struct draft *draft, enum aggregate_kind aggregate);
static void read_expression(struct load *load, struct draft *draft, enum aggregate_kind aggregate);
static void read_ratio(struct load *load, struct draft *draft, enum aggregate_kind aggregate);
static void read_counter(struct load *load, struct draft *draft, enum aggregate_kind aggregate);
static void read_window(struct load *load, struct draft *draft, enum aggregate_kind aggregate);

static const struct measure_type {
    const char         *name;
    enum measure_kind   kind;
    enum aggregate_kind aggregate;
    enum data_format    format;
    void (*read)(struct load *load, struct draft *draft, enum aggregate_kind aggregate);   /* NULL: a later version */
} types[] = {
    { "sum", MEASURE_AGGREGATE, AGGREGATE_SUM, FORMAT_NUMBER, read_simple },
    { "count", MEASURE_AGGREGATE, AGGREGATE_COUNT, FORMAT_NUMBER, read_simple },
    { "min", MEASURE_AGGREGATE, AGGREGATE_MIN, FORMAT_NUMBER, read_simple },
    { "max", MEASURE_AGGREGATE, AGGREGATE_MAX, FORMAT_NUMBER, read_simple },
    { "avg", MEASURE_AGGREGATE, AGGREGATE_AVG, FORMAT_NUMBER, read_simple },
    { "count_distinct", MEASURE_AGGREGATE, AGGREGATE_COUNT_DISTINCT, FORMAT_NUMBER, read_simple },
    { "number", MEASURE_AGGREGATE, AGGREGATE_SUM, FORMAT_NUMBER, read_expression },
    { "number_agg", MEASURE_AGGREGATE, AGGREGATE_SUM, FORMAT_NUMBER, read_expression },
    { "percentage", MEASURE_AGGREGATE, AGGREGATE_SUM, FORMAT_PERCENT, read_expression },
    { "currency", MEASURE_AGGREGATE, AGGREGATE_SUM, FORMAT_CURRENCY, read_expression },
    { "derived", MEASURE_DERIVED, AGGREGATE_SUM, FORMAT_NUMBER, read_expression },
    { "ratio", MEASURE_RATIO, AGGREGATE_SUM, FORMAT_NUMBER, read_ratio },
    { "last", MEASURE_LAST, AGGREGATE_SUM, FORMAT_NUMBER, read_counter },
    { "increase", MEASURE_INCREASE, AGGREGATE_SUM, FORMAT_NUMBER, read_counter },
    { "rolling", MEASURE_WINDOW, AGGREGATE_SUM, FORMAT_NUMBER, read_window },
    { "to_date", MEASURE_WINDOW, AGGREGATE_SUM, FORMAT_NUMBER, read_window },
    { "shift", MEASURE_WINDOW, AGGREGATE_SUM, FORMAT_NUMBER, read_window },
    { "running_total", MEASURE_AGGREGATE, AGGREGATE_SUM, FORMAT_NUMBER, read_simple },
    { "count_distinct_approx", MEASURE_AGGREGATE, AGGREGATE_COUNT_APPROX, FORMAT_NUMBER, read_simple },
    { .name = "rank" }, { .name = "string" }, { .name = "time" },
    { .name = "boolean" },
};

/* `{"sql": "a > 0"}`, one after the other. */
static bool read_filters(struct load *load, struct draft *draft, struct fragment *ret_filter)
{
    const struct tree_node *filters = load_get(draft->node, "filters");
    struct source          *source  = draft->home->source;
    struct fragment         all     = {0};

    if (!filters)
        return true;
    if (filters->kind != TREE_ARRAY) {
        load_break(load, source, place_of(source, filters), "write [{\"sql\": \"views > 0\"}]", "'filters' is a list");
        return false;
    }
    for (const struct tree_node *item = filters->first; item; item = item->next) {
        const struct tree_node *sql = tree_get(item, "sql");
        struct fragment_answer  answer;

        if (!sql || item->count != 1) {
            load_break(load, source, place_of(source, item), "", "a filter is {\"sql\": \"…\"}");
            return false;
        }
        if (!load_sql(load, draft->home, draft, sql, FRAGMENT_ROW, &answer))
            return false;
        all = fragment_and(load->arena, &all, &answer.fragment);
    }
    *ret_filter = all;
    return true;
}

static bool needs_sql(struct load *load, struct draft *draft, const struct tree_node **ret_sql)
{
    *ret_sql = load_get(draft->node, "sql");
    if (*ret_sql)
        return true;
    load_break(load, draft->home->source, place_of(draft->home->source, draft->node), "", "measure '%s' has no 'sql'",
               draft->name);
    return false;
}

/* What an expression rests on through its aggregates' filters, which stand in the file apart from it. */
static void add_filter(struct load *load, struct measure *measure, const struct fragment *filter)
{
    struct fragment both;

    for (size_t i = 0; i < measure->aggregate_count; i++)
        measure->aggregates[i].filter = fragment_and(load->arena, &measure->aggregates[i].filter, filter);
    if (!filter->piece_count)
        return;
    both                      = fragment_and(load->arena, &measure->sql, filter);
    measure->sql.columns      = both.columns;
    measure->sql.column_count = both.column_count;
    measure->sql.joins        = both.joins;
    measure->sql.join_count   = both.join_count;
    measure->sql.has_clock    = both.has_clock;
    measure->sql.has_zone     = both.has_zone;
    measure->sql.has_subselect = both.has_subselect;
}

/* sum count min max avg count_distinct: the aggregate is the type, the SQL its argument. */
static void read_simple(struct load *load, struct draft *draft, enum aggregate_kind kind)
{
    struct measure         *measure = draft->measure;
    struct aggregate       *aggregate = ARENA_NEW(load->arena, struct aggregate);
    const struct tree_node *sql = load_get(draft->node, "sql");
    struct fragment_answer  answer = {0};
    struct fragment         filter = {0};
    struct piece           *piece = ARENA_NEW(load->arena, struct piece);

    if (kind != AGGREGATE_COUNT && !needs_sql(load, draft, &sql))
        return;
    if (sql && !load_sql(load, draft->home, draft, sql, FRAGMENT_ROW, &answer))
        return;
    if (!read_filters(load, draft, &filter))
        return;
    aggregate->kind          = kind;
    aggregate->argument      = answer.fragment;
    piece->kind              = PIECE_AGGREGATE;
    measure->aggregates      = aggregate;
    measure->aggregate_count = 1;
    measure->sql             = answer.fragment;
    measure->sql.pieces      = piece;
    measure->sql.piece_count = 1;
    if (!measure->sql.source)
        measure->sql.source = "*";
    add_filter(load, measure, &filter);
}

/* number percentage currency: SQL with aggregates in it, or (as Cube has it) over other measures; derived: the latter.
 */
static void read_expression(struct load *load, struct draft *draft, enum aggregate_kind kind)
{
    struct measure         *measure = draft->measure;
    struct source          *source  = draft->home->source;
    struct fragment_answer  answer;
    struct fragment         filter = {0};
    const struct tree_node *sql;
    size_t                  at;

    (void) kind;
    if (!needs_sql(load, draft, &sql) || !load_sql(load, draft->home, draft, sql, FRAGMENT_MEASURE, &answer))
        return;
    if (!read_filters(load, draft, &filter))
        return;
    at = tree_place(&source->tree, sql, false);
    if (answer.has_measure && answer.aggregate_count)
        load_break(load, source, at, "make the aggregate a measure of its own",
                   "aggregates and other measures in one expression");
    else if (!answer.has_measure && (measure->kind == MEASURE_DERIVED || !answer.aggregate_count))
        load_break(load, source, at, measure->kind == MEASURE_DERIVED ? "write {total_views}" : "write SUM(…)",
                   measure->kind == MEASURE_DERIVED ? "'%s' names no measure" : "'%s' holds no aggregate", draft->name);
    else if (answer.has_measure && filter.piece_count)
        load_break(load, source, at, "put them on the measures it names", "'%s' is over measures and takes no filters",
                   draft->name);
    if (answer.has_measure)
        measure->kind = MEASURE_DERIVED;
    measure->sql             = answer.fragment;
    measure->aggregates = answer.aggregate_count ? ARENA_ARRAY(load->arena, struct aggregate, answer.aggregate_count)
                                                 : NULL;
    measure->aggregate_count = answer.aggregate_count;
    for (size_t i = 0; i < answer.aggregate_count; i++)
        measure->aggregates[i] = answer.aggregates[i];         /* the answer is shared with other members of this SQL */
    add_filter(load, measure, &filter);
}

static struct measure *read_part(struct load *load, struct draft *draft, const char *key)
{
    const struct tree_node *node = load_get(draft->node, key);
    struct draft           *part;

    if (!node) {
        load_break(load, draft->home->source, place_of(draft->home->source, draft->node), "", "%s '%s' has no '%s'",
                   draft->measure->type, draft->name, key);
        return NULL;
    }
    part = draft_find(load, draft->home, node, DRAFT_MEASURE);
    if (!part)
        return NULL;
    if (part->state == DRAFT_BUSY) {
        load_break(load, draft->home->source, place_of(draft->home->source, node), "", "'%s' rests on itself",
                   draft->name);
        return NULL;
    }
    if (!draft_ready(load, part)) {
        load_refuse(load, draft, node, "", "it needs '%s', which is left out", part->name);
        return NULL;
    }
    draft->weight += part->weight;
    return part->measure;
}

static void read_ratio(struct load *load, struct draft *draft, enum aggregate_kind kind)
{
    static const struct fragment none = {0};
    struct measure              *measure = draft->measure;

    (void) kind;
    measure->numerator = read_part(load, draft, "numerator");
    if (measure->numerator)
        measure->denominator = read_part(load, draft, "denominator");
    if (measure->denominator)
        draft_weigh(load, draft, &none);
    if (load_get(draft->node, "filters"))
        load_break(load, draft->home->source, place_of(draft->home->source, draft->node), "put them on its two parts",
                   "ratio '%s' takes no filters", draft->name);
}

static bool read_per(struct load *load, struct draft *draft)
{
    const struct tree_node *node = load_get(draft->node, "per");
    struct source          *source = draft->home->source;
    const char             *name = node && node->kind == TREE_STRING ? tree_text(load->arena, node) : "";
    struct draft           *entity = map_get(draft->home->entities, name);

    if (!entity) {
        load_break(load, source, place_of(source, node ? node : draft->node),
                   node ? load_nearest_key(load, name, draft->home->entities)
                        : "add \"per\": and an entity of the cube",
                   node ? "cube %s has no entity '%.80s'" : "cube %s: a counter has no 'per'%.0s",
                   draft->home->cube->name, name);
        return false;
    }
    if (!draft_ready(load, entity)) {
        load_refuse(load, draft, node, "", "it needs the entity '%s', which is left out", name);
        return false;
    }
    draft->measure->entity = entity->entity;
    return true;
}

/* The rule of a `last` is never guessed: readings of one counter differ by a factor of fifteen. */
static bool read_rule(struct load *load, struct draft *draft)
{
    static const char *const rules[] = { "carry", "period", "exact", NULL };
    static const char *const baselines[] = { "none", "zero", "published", NULL };
    bool                     last = draft->measure->kind == MEASURE_LAST;
    const struct tree_node  *node = load_get(draft->node, last ? "rule" : "baseline");
    struct source           *source = draft->home->source;
    int                      word;

    if (!node && last) {
        load_break(load, source, place_of(source, draft->node), "carry, period or exact", "'%s' has no 'rule'",
                   draft->name);
        return false;
    }
    if (!node)
        return true;
    word = load_word(load, draft->home, node, last ? rules : baselines, last ? "rule" : "baseline");
    if (word < 0)
        return false;
    if (last)
        draft->measure->rule = (enum last_rule) word;
    else
        draft->measure->baseline = (enum baseline) word;
    if (!last && word == BASELINE_PUBLISHED && !draft->measure->entity->published) {
        load_break(load, source, place_of(source, node), "name its column in the entity",
                   "entity '%s' has no 'published'", draft->measure->entity->name);
        return false;
    }
    return true;
}

static void read_counter(struct load *load, struct draft *draft, enum aggregate_kind kind)
{
    struct measure         *measure = draft->measure;
    const struct tree_node *sql;
    struct fragment_answer  answer;

    (void) kind;
    if (!needs_sql(load, draft, &sql) || !load_sql(load, draft->home, draft, sql, FRAGMENT_ROW, &answer))
        return;
    measure->sql = answer.fragment;
    if (!read_per(load, draft) || !read_rule(load, draft))
        return;
    if (!load_row_sql(load, draft->home, draft, "present", &measure->present))
        return;
    if (!measure->present.piece_count)
        measure->present = fragment_wrap(load->arena, "(", &measure->sql, ") IS NOT NULL");
    read_filters(load, draft, &measure->filter);
}

/* -- windows ------------------------------------------------------------------------------------------------------- */

/* "7 days", "1 month": a number and a unit. */
static bool read_span(struct load *load, struct draft *draft, const struct tree_node *node, struct window *window)
{
    const char *text = node && node->kind == TREE_STRING ? tree_text(load->arena, node) : "";
    const char *space = strchr(text, ' ');
    size_t      length;
    long long   count;

    if (space && text_to_int64(text, (size_t)(space - text), &count) == 0 && count > 0 && count < 100000) {
        length = strlen(space + 1);
        if (length > 1 && space[length] == 's')
            length--;
        if (data_unit_from_text(space + 1, length, &window->unit) == 0) {
            window->count = (int)count;
            return true;
        }
    }
    load_break(load, draft->home->source, place_of(draft->home->source, node ? node : draft->node),
               "a number and a unit: \"7 days\", \"1 month\"", "measure '%s': '%.80s' is no stretch of time",
               draft->name, text);
    return false;
}

static bool read_window_unit(struct load *load, struct draft *draft, const struct tree_node *node,
                             struct window *window)
{
    const char *text = node && node->kind == TREE_STRING ? tree_text(load->arena, node) : "";

    if (data_unit_from_text(text, strlen(text), &window->unit) == 0 && window->unit >= UNIT_DAY)
        return true;
    load_break(load, draft->home->source, place_of(draft->home->source, node ? node : draft->node),
               "week, month, quarter or year", "measure '%s': '%.80s' is no unit to count from", draft->name, text);
    return false;
}

/* A counter's state has its date already, and the state of seven days is none; its change has. */
static bool check_inner(struct load *load, struct draft *draft, const struct measure *inner,
                        const struct window *window)
{
    const struct measure *parts[] = {inner->numerator, inner->denominator, inner->inner};
    bool                  well = inner->kind != MEASURE_LAST || window->kind == WINDOW_SHIFT;

    if (inner->kind == MEASURE_WINDOW)
        well = false;
    for (size_t i = 0; well && i < COUNT_OF(parts); i++)
        if (parts[i])
            return check_inner(load, draft, parts[i], window) && (i + 1 == COUNT_OF(parts) || !parts[i + 1] ||
                                                                  check_inner(load, draft, parts[i + 1], window));
    for (size_t i = 0; well && inner->kind == MEASURE_DERIVED && i < inner->sql.piece_count; i++)
        if (inner->sql.pieces[i].kind == PIECE_MEASURE &&
            !check_inner(load, draft, inner->sql.pieces[i].measure, window))
            return false;
    if (!well)
        load_break(load, draft->home->source, place_of(draft->home->source, draft->node),
                   inner->kind == MEASURE_LAST ? "take the change of the counter: a measure of type increase" : "",
                   inner->kind == MEASURE_LAST ? "'%s': '%s' is a state, which no stretch of time has"
                                               : "'%s': '%s' is over a stretch of time already",
                   draft->name, inner->name);
    return well;
}

static void read_window(struct load *load, struct draft *draft, enum aggregate_kind kind)
{
    static const struct fragment none = {0};
    struct measure              *measure = draft->measure;
    struct window               *window = &measure->window;

    (void)kind;
    window->kind = !strcmp(measure->type, "rolling") ? WINDOW_ROLLING
                   : !strcmp(measure->type, "shift") ? WINDOW_SHIFT
                                                     : WINDOW_TO_DATE;
    measure->inner = read_part(load, draft, "measure");
    if (!measure->inner)
        return;
    if (window->kind == WINDOW_TO_DATE ? !read_window_unit(load, draft, load_get(draft->node, "unit"), window)
                                       : !read_span(load, draft, load_get(draft->node, "window"), window))
        return;
    if (check_inner(load, draft, measure->inner, window))
        draft_weigh(load, draft, &none);
    if (load_get(draft->node, "filters"))
        load_break(load, draft->home->source, place_of(draft->home->source, draft->node), "put them on that measure",
                   "'%s' is over another measure and takes no filters", draft->name);
}

/* What the draft has read becomes the measure inside the window. */
static void put_window(struct load *load, struct draft *draft, struct window window)
{
    struct measure *measure = draft->measure, *inner = ARENA_NEW(load->arena, struct measure);

    if (measure->aggregate_count == 0)                         /* it was refused */
        return;
    *inner = *measure;
    measure->kind = MEASURE_WINDOW;
    measure->inner = inner;
    measure->window = window;
    measure->aggregates = NULL;
    measure->aggregate_count = 0;
    measure->sql = (struct fragment){0};
}

/* Cube's: {"trailing": "7 day", "offset": "end"}, or {"type": "to_date", "granularity": "month"}. */
static void read_cubes_window(struct load *load, struct draft *draft)
{
    const struct tree_node *node = load_get(draft->node, "rolling_window");
    struct draft_cube      *home = draft->home;
    const struct tree_node *leading = load_get(node, "leading");
    const char             *type = load_text(load, home, node, "type"), *offset = load_text(load, home, node, "offset");
    const char             *trailing = load_text(load, home, node, "trailing");
    struct window           window = {.kind = WINDOW_ROLLING};
    static const struct key_rule keys[] = {
        {"trailing", KEY_READ}, {"leading", KEY_READ},     {"offset", KEY_READ},
        {"type", KEY_READ},     {"granularity", KEY_READ}, {NULL, KEY_IDLE},
    };

    if (!load_check_keys(load, home, draft, node, keys, "rolling_window"))
        return;
    if (leading || (offset && strcmp(offset, "end") != 0)) {
        load_refuse(load, draft, node, "", "a window that does not end with the bucket is for a later version");
        return;
    }
    if (type && !strcmp(type, "to_date")) {
        window.kind = WINDOW_TO_DATE;
        if (!read_window_unit(load, draft, load_get(node, "granularity"), &window))
            return;
    } else if (trailing && !strcmp(trailing, "unbounded")) {
        window.kind = WINDOW_TO_DATE;
    } else if (!read_span(load, draft, load_get(node, "trailing"), &window)) {
        return;
    }
    put_window(load, draft, window);
}

/* Keys that say nothing for this type would be dropped in silence. */
static bool check_stray_keys(struct load *load, struct draft *draft)
{
    static const struct { const char *key; unsigned kinds; } strays[] = {
        { "per", 1u << MEASURE_LAST | 1u << MEASURE_INCREASE },     { "rule", 1u << MEASURE_LAST },
        { "present", 1u << MEASURE_LAST | 1u << MEASURE_INCREASE }, { "baseline", 1u << MEASURE_INCREASE },
        { "numerator", 1u << MEASURE_RATIO },                       { "denominator", 1u << MEASURE_RATIO },
        { "measure", 1u << MEASURE_WINDOW },                        { "window", 1u << MEASURE_WINDOW },
        { "unit", 1u << MEASURE_WINDOW },                           { "rolling_window", 1u << MEASURE_AGGREGATE },
    };

    for (size_t i = 0; i < COUNT_OF(strays); i++) {
        const struct tree_node *node = load_get(draft->node, strays[i].key);

        if (node && !(strays[i].kinds & 1u << draft->measure->kind)) {
            load_break(load, draft->home->source, place_of(draft->home->source, node), "",
                       "'%s' means nothing for a measure of type '%s'", strays[i].key, draft->measure->type);
            return false;
        }
    }
    return true;
}

void draft_read_measure(struct load *load, struct draft *draft)
{
    struct draft_cube       *home    = draft->home;
    struct measure          *measure = draft->measure;
    const struct tree_node  *node    = load_get(draft->node, "type");
    const char              *names[COUNT_OF(types) + 1] = {0};
    const struct measure_type *type;
    int                      index;

    if (!load_check_keys(load, home, draft, draft->node, measure_keys, "measure"))
        return;
    draft_common(load, draft, &measure->title, &measure->description);
    if (!node) {
        load_break(load, home->source, place_of(home->source, draft->node), "", "measure '%s' has no 'type'",
                   draft->name);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(types); i++)
        names[i] = types[i].name;
    index = load_word(load, home, node, names, "type of a measure");
    if (index < 0)
        return;
    type          = &types[index];
    measure->type = type->name;
    if (!type->read) {
        load_refuse(load, draft, node, "", "type '%s' is for a later version", type->name);
        return;
    }
    measure->kind   = type->kind;
    measure->hidden = !load_flag(load, home, draft->node, "public", true) ||
                      !load_flag(load, home, draft->node, "shown", true);
    draft_format(load, draft, type->format, &measure->format, &measure->decimals, &measure->currency);
    if (!check_stray_keys(load, draft))
        return;
    type->read(load, draft, type->aggregate);
    if (load_get(draft->node, "rolling_window"))
        read_cubes_window(load, draft);
    else if (!strcmp(type->name, "running_total"))
        put_window(load, draft, (struct window){.kind = WINDOW_TO_DATE});
}
