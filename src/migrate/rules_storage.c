/*
 * The rules about what is cut by time: PostgreSQL's partitions, and TimescaleDB's hypertables, compression and continuous
 * aggregates, which refuse much of what is good advice elsewhere (each was tried on TimescaleDB 2.28).
 */
#include "lint.h"
#include "migrate_int.h"
#include "ytempire/base/mem.h"

static const struct relation_known *known_target(const struct lint_work *work)
{
    return lint_schema_find(work->schema, work->statement->target != NULL ? work->statement->target : "");
}

/* -- indexes ------------------------------------------------------------------------------------------------------------------ */

static bool has_column(const json_t *list, const char *column)
{
    const json_t *entry;
    size_t        index;

    json_array_foreach(list, index, entry)
    {
        if (text_equal(node_text(node_get(entry, "IndexElem"), "name"), column) || text_equal(node_text(node_get(entry, "String"), "sval"), column))
            return true;
    }
    return false;
}

static void check_unique(struct lint_work *work, const json_t *columns)
{
    const struct relation_known *known = known_target(work);

    if (known->time_column != NULL && !has_column(columns, known->time_column))
        lint_find(work, MIGRATE_ERROR, "unique-without-time", "%s is cut by '%s': what is unique there holds that column",
                  work->statement->target, known->time_column);
}

static void check_index(struct lint_work *work)
{
    const struct relation_known *known = known_target(work);
    const char                  *target = work->statement->target;
    bool                         per_chunk = node_option_on(node_find_option(node_get(work->node, "options"), "timescaledb", "transaction_per_chunk"));
    bool                         concurrent = node_true(work->node, "concurrent");
    bool                         only = !node_true(node_get(work->node, "relation"), "inh");

    if (node_true(work->node, "unique"))
        check_unique(work, node_get(work->node, "indexParams"));
    if (per_chunk && !work->migration->no_transaction)
        lint_find(work, MIGRATE_ERROR, "cannot-run-in-transaction",
                  "timescaledb.transaction_per_chunk is refused inside a transaction: put it alone into a file with '-- migrate:no-transaction'");
    if (per_chunk && node_true(work->node, "unique"))
        lint_find(work, MIGRATE_ERROR, "chunk-index-unique", "timescaledb.transaction_per_chunk is refused for a unique index");
    if (known->hypertable && concurrent)
        lint_find(work, MIGRATE_ERROR, "concurrent-index-on-hypertable",
                  "%s is a hypertable, which refuses CONCURRENTLY: WITH (timescaledb.transaction_per_chunk), in a file with '-- migrate:no-transaction'", target);
    else if (known->hypertable && !per_chunk && !work->statement->new_target)
        lint_find(work, lint_weight(work, target), "chunk-index",
                  "writers of %s wait until the index is built on all chunks: WITH (timescaledb.transaction_per_chunk), in a file with '-- migrate:no-transaction'", target);
    if (known->partitioned && concurrent)
        lint_find(work, MIGRATE_ERROR, "concurrent-index-on-partitioned",
                  "%s is partitioned, and refuses CONCURRENTLY: CREATE INDEX ON ONLY it, then CONCURRENTLY on each partition, then ATTACH PARTITION", target);
    else if (known->partitioned && !only && !work->statement->new_target)
        lint_find(work, lint_weight(work, target), "partition-index",
                  "writers of %s wait until the index is built on all partitions: ON ONLY it, then CONCURRENTLY on each, then ATTACH PARTITION", target);
}

static void check_table(struct lint_work *work)
{
    if (node_get(work->node, "partbound") != NULL && known_target(work)->partitioned && !work->statement->new_target)
        lint_find(work, MIGRATE_WARNING, "make-partitions",
                  "it fails when the default partition holds rows of that range, and its bounds depend on the session's zone: ops.make_partitions sees to both");
}

/* -- ALTER TABLE ---------------------------------------------------------------------------------------------------------------- */

static void check_change(struct lint_work *work, const json_t *command)
{
    const struct relation_known *known = known_target(work);
    const char                  *subtype = node_text(command, "subtype"), *target = work->statement->target;
    const json_t                *constraint = node_get(node_get(command, "def"), "Constraint");
    bool                         key = text_equal(node_text(constraint, "contype"), "CONSTR_UNIQUE") || text_equal(node_text(constraint, "contype"), "CONSTR_PRIMARY");

    if (key && node_get(constraint, "indexname") == NULL)
        check_unique(work, node_get(constraint, "keys"));
    if (known->compressed && text_equal(subtype, "AT_AlterColumnType"))
        lint_find(work, MIGRATE_ERROR, "type-change-on-compressed", "%s has compressed chunks, which refuse another type: decompress them first, or add a column", target);
    else if (known->has_aggregate && (text_equal(subtype, "AT_AlterColumnType") || text_equal(subtype, "AT_DropColumn")))
        lint_find(work, MIGRATE_WARNING, "column-of-aggregate", "it is refused when a continuous aggregate reads column %s: drop that first", node_text(command, "name"));
    if (known->compressed && text_equal(subtype, "AT_ValidateConstraint"))
        lint_find(work, MIGRATE_ERROR, "validate-on-compressed", "%s is compressed, and VALIDATE CONSTRAINT is refused there", target);
    if (known->compressed && node_true(constraint, "skip_validation"))
        lint_find(work, MIGRATE_WARNING, "not-valid-on-compressed", "%s is compressed, where a constraint added NOT VALID can never be validated", target);
    if ((known->compressed || known->has_aggregate) && known->hypertable && text_equal(subtype, "AT_EnableRowSecurity"))
        lint_find(work, MIGRATE_ERROR, "row-security-on-hypertable", "TimescaleDB refuses row-level security beside compression or a continuous aggregate: a view is the wall");
}

static void check_alter(struct lint_work *work)
{
    const json_t *entry;
    size_t        index;

    json_array_foreach(node_get(work->node, "cmds"), index, entry) check_change(work, node_get(entry, "AlterTableCmd"));
}

/* -- continuous aggregates -------------------------------------------------------------------------------------------------------- */

static void check_aggregate(struct lint_work *work)
{
    const json_t *into = node_get(work->node, "into");

    if (node_option_on(node_find_option(node_get(into, "options"), "timescaledb", "continuous")) && !node_true(into, "skipData")
        && !work->migration->no_transaction)
        lint_find(work, MIGRATE_ERROR, "aggregate-with-data", "a continuous aggregate is not filled inside a transaction: WITH NO DATA, and refresh it later");
}

static void check_call(struct lint_work *work)
{
    if (node_find_call(work->node, "refresh_continuous_aggregate") != NULL && !work->migration->no_transaction)
        lint_find(work, MIGRATE_ERROR, "cannot-run-in-transaction",
                  "refresh_continuous_aggregate is refused inside a transaction: put it alone into a file with '-- migrate:no-transaction'");
    else
        lint_find(work, MIGRATE_NOTE, "not-looked-into", "what a procedure runs, and its locks, is not looked into");
}

static void check_select(struct lint_work *work)
{
    if (node_find_call(work->node, "drop_chunks") != NULL && !work->down)
        lint_find(work, MIGRATE_WARNING, "drop-chunks", "the rows of the chunks are lost: 'storage retention' keeps each video's last counters");
    if (node_find_call(work->node, "remake_table") != NULL && !work->statement->new_target)
        lint_find(work, MIGRATE_NOTE, "rewrite", "ops.remake_table writes the table anew while its readers wait");
}

static void check_drop(struct lint_work *work)
{
    const json_t *entry;
    size_t        index;

    json_array_foreach(node_get(work->node, "objects"), index, entry)
    {
        _cleanup_(mem_freep) char *name = node_object_name(entry, 0);

        if (text_equal(node_text(work->node, "removeType"), "OBJECT_VIEW") && lint_schema_find(work->schema, name)->is_aggregate)
            lint_find(work, MIGRATE_ERROR, "drop-view-of-aggregate", "%s is a continuous aggregate: DROP MATERIALIZED VIEW", name);
    }
}

static void check_merge(struct lint_work *work)
{
    const json_t *entry;
    size_t        index;

    json_array_foreach(node_get(work->node, "mergeWhenClauses"), index, entry)
    {
        if (known_target(work)->compressed && text_equal(node_text(node_get(entry, "MergeWhenClause"), "commandType"), "CMD_UPDATE")) {
            lint_find(work, MIGRATE_WARNING, "merge-on-compressed",
                      "it is refused as soon as UPDATE meets a compressed row: INSERT … ON CONFLICT DO UPDATE works");
            return;
        }
    }
}

/* -- the wrong engine ---------------------------------------------------------------------------------------------------------------- */

static bool has_space(const json_t *list)
{
    const json_t *entry;
    size_t        index;

    json_array_foreach(list, index, entry)
    {
        if (text_equal(node_text(node_get(entry, "DefElem"), "defnamespace"), "timescaledb"))
            return true;
    }
    return false;
}

static void check_engine(struct lint_work *work)
{
    static const char *const calls[] = {"create_hypertable", "add_compression_policy", "add_continuous_aggregate_policy", "add_retention_policy", "drop_chunks",
                                        "refresh_continuous_aggregate", "show_chunks", "time_bucket"};
    const json_t            *into = node_get(node_get(work->node, "into"), "options");
    const json_t            *set = node_get(node_get(node_get(node_get(json_array_get(node_get(work->node, "cmds"), 0), "AlterTableCmd"), "def"), "List"), "items");
    bool                     found = has_space(into) || has_space(set) || has_space(node_get(work->node, "options"));

    if (!text_equal(work->engine, ENGINE_NATIVE))
        return;
    for (size_t i = 0; i < COUNT_OF(calls) && !found; i++)
        found = node_find_call(work->node, calls[i]) != NULL;
    if (found || (text_equal(work->kind, "CreateExtensionStmt") && text_equal(node_text(work->node, "extname"), "timescaledb")))
        lint_find(work, MIGRATE_ERROR, "timescaledb-on-native",
                  "a server without TimescaleDB refuses this: put it into NNNN_name.timescaledb.sql, beside one for the native engine");
}

static const struct {
    const char *kind;
    void      (*check)(struct lint_work *work);
} rules[] = {
    {"IndexStmt", check_index}, {"CreateStmt", check_table}, {"AlterTableStmt", check_alter}, {"CreateTableAsStmt", check_aggregate},
    {"CallStmt", check_call},   {"SelectStmt", check_select}, {"DropStmt", check_drop},       {"MergeStmt", check_merge},
};

void lint_rules_storage(struct lint_work *work)
{
    check_engine(work);
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (text_equal(rules[i].kind, work->kind))
            rules[i].check(work);
}
