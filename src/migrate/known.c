/*
 * What is known of relations that a file did not make itself: which are partitioned, hypertables, compressed, or the
 * ground of a continuous aggregate. Statements teach it, file by file.
 */
#include "lint.h"
#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

struct lint_schema {
    struct map *relations;
};

static const struct {
    const char *engine, *relation, *time_column;
    bool        compressed, has_aggregate, is_aggregate;
} shipped[] = {
    {ENGINE_NATIVE, "analytics.fact_video_performance", "timestamp", false, false, false},
    {ENGINE_NATIVE, "analytics.fact_channel_daily", "metric_date", false, false, false},
    {ENGINE_NATIVE, "analytics.fact_costs", "cost_timestamp", false, false, false},
    {ENGINE_NATIVE, "analytics.fact_revenue", "metric_date", false, false, false},
    {ENGINE_TIMESCALEDB, "analytics.fact_video_performance", "timestamp", true, true, false},
    {ENGINE_TIMESCALEDB, "analytics.fact_channel_daily", "metric_date", false, false, false},
    {ENGINE_TIMESCALEDB, "analytics.fact_costs", "cost_timestamp", false, false, false},
    {ENGINE_TIMESCALEDB, "analytics.fact_revenue", "metric_date", false, false, false},
    {ENGINE_TIMESCALEDB, "analytics.video_performance_hourly", NULL, false, false, true},
};

struct lint_schema *lint_schema_new_empty(void)
{
    struct lint_schema *schema = mem_alloc(sizeof *schema);

    schema->relations = map_new();
    return schema;
}

struct lint_schema *lint_schema_new(const char *engine)
{
    struct lint_schema *schema = lint_schema_new_empty();

    for (size_t i = 0; i < COUNT_OF(shipped); i++) {
        struct relation_known *known;

        if (!text_equal(shipped[i].engine, engine))
            continue;
        known = lint_schema_note(schema, shipped[i].relation);
        known->partitioned = text_equal(engine, ENGINE_NATIVE);
        known->is_aggregate = shipped[i].is_aggregate;
        known->hypertable = !known->partitioned && !known->is_aggregate;
        known->compressed = shipped[i].compressed;
        known->has_aggregate = shipped[i].has_aggregate;
        known->time_column = shipped[i].time_column != NULL ? mem_strdup(shipped[i].time_column) : NULL;
    }
    return schema;
}

void lint_schema_free(struct lint_schema *schema)
{
    if (schema == NULL)
        return;
    for (size_t i = 0; i < map_count(schema->relations); i++) {
        struct relation_known *known = map_value_at(schema->relations, i);

        mem_free(known->time_column);
        mem_free(known);
    }
    map_free(schema->relations);
    mem_free(schema);
}

void lint_schema_freep(struct lint_schema **schema)
{
    lint_schema_free(*schema);
    *schema = NULL;
}

const struct relation_known *lint_schema_find(const struct lint_schema *schema, const char *name)
{
    static const struct relation_known nothing;
    const struct relation_known       *known = map_get(schema->relations, name);

    return known != NULL ? known : &nothing;
}

struct relation_known *lint_schema_note(struct lint_schema *schema, const char *name)
{
    struct relation_known *known = map_get(schema->relations, name);

    if (known == NULL) {
        known = mem_alloc(sizeof *known);
        (void)map_put(schema->relations, name, known);
    }
    return known;
}

static void set_time_column(struct relation_known *known, const char *column)
{
    mem_free(known->time_column);
    known->time_column = column != NULL && column[0] != '\0' ? mem_strdup(column) : NULL;
}

/* -- learning ------------------------------------------------------------------------------------------------------------ */

static void learn_table(struct lint_work *work)
{
    const json_t              *part = node_get(work->node, "partspec");
    _cleanup_(mem_freep) char *name = node_range_name(node_get(work->node, "relation"));

    if (part != NULL) {
        struct relation_known *known = lint_schema_note(work->schema, name);

        known->partitioned = true;
        set_time_column(known, node_text(node_get(json_array_get(node_get(part, "partParams"), 0), "PartitionElem"), "name"));
    }
}

/* The tables a query reads, in its FROM or deeper, are what an aggregate stands on. */
static void note_ground(struct lint_work *work, const json_t *node)
{
    const char   *key;
    size_t        index;
    const json_t *kid;

    if (json_is_array(node))
        json_array_foreach(node, index, kid) note_ground(work, kid);
    if (!json_is_object(node))
        return;
    json_object_foreach((json_t *)node, key, kid) {
        if (text_equal(key, "RangeVar")) {
            _cleanup_(mem_freep) char *name = node_range_name(kid);

            lint_schema_note(work->schema, name)->has_aggregate = true;
        } else {
            note_ground(work, kid);
        }
    }
}

static void learn_view(struct lint_work *work)
{
    const json_t *into = node_get(work->node, "into");

    if (node_option_on(node_find_option(node_get(into, "options"), "timescaledb", "continuous"))) {
        _cleanup_(mem_freep) char *name = node_range_name(node_get(into, "rel"));

        lint_schema_note(work->schema, name)->is_aggregate = true;
        note_ground(work, node_get(work->node, "query"));
    }
}

static void learn_options(struct lint_work *work)
{
    _cleanup_(mem_freep) char *name = node_range_name(node_get(work->node, "relation"));
    const json_t              *entry;
    size_t                     index;

    json_array_foreach(node_get(work->node, "cmds"), index, entry)
    {
        const json_t *command = node_get(entry, "AlterTableCmd"), *list = node_get(node_get(node_get(command, "def"), "List"), "items");
        const json_t *option = node_find_option(list, "timescaledb", "compress");

        if (option == NULL)
            option = node_find_option(list, "timescaledb", "enable_columnstore");
        if (option != NULL && text_equal(node_text(command, "subtype"), "AT_SetRelOptions"))
            lint_schema_note(work->schema, name)->compressed = node_option_on(option);
    }
}

static void learn_call(struct lint_work *work)
{
    const json_t *call = node_find_call(work->node, "create_hypertable");
    const char   *name = node_call_argument(call, 0);

    if (name != NULL) {
        struct relation_known *known = lint_schema_note(work->schema, name);
        const char            *column = node_call_argument(call, 1);

        if (column == NULL)
            column = node_call_argument(node_find_call(call, "by_range"), 0);
        known->hypertable = true;
        set_time_column(known, column);
    }
}

void lint_learn(struct lint_work *work)
{
    if (text_equal(work->kind, "CreateStmt"))
        learn_table(work);
    else if (text_equal(work->kind, "CreateTableAsStmt"))
        learn_view(work);
    else if (text_equal(work->kind, "AlterTableStmt"))
        learn_options(work);
    else if (text_equal(work->kind, "SelectStmt"))
        learn_call(work);
}
