/*
 * What is worth a finding, whatever the storage engine. A rule says what happens and what to write instead.
 *
 * Of severity error is what the server or the runner will refuse; a warning is what others will wait for or lose. What
 * is made in the same file has no readers yet: nothing is said about its locks.
 */
#include "lint.h"
#include "ytempire/base/mem.h"

enum migrate_severity lint_weight(const struct lint_work *work, const char *relation)
{
    return lint_schema_find(work->schema, relation)->size == SIZE_SMALL ? MIGRATE_NOTE : MIGRATE_WARNING;
}

static const char *target_of(const struct lint_work *work)
{
    return work->statement->target != NULL ? work->statement->target : "";
}

/* -- transactions ------------------------------------------------------------------------------------------------------------ */

/* What PostgreSQL runs outside a transaction only, in its words; NULL: anything else. */
static const char *needs_no_transaction(const struct lint_work *work)
{
    static const char *const whole[][2] = {
        {"CreatedbStmt", "CREATE DATABASE"},           {"DropdbStmt", "DROP DATABASE"},         {"AlterSystemStmt", "ALTER SYSTEM"},
        {"CreateTableSpaceStmt", "CREATE TABLESPACE"}, {"DropTableSpaceStmt", "DROP TABLESPACE"}, {"DiscardStmt", "DISCARD"},
    };
    const json_t *node = work->node, *command = node_get(json_array_get(node_get(node, "cmds"), 0), "AlterTableCmd");

    for (size_t i = 0; i < COUNT_OF(whole); i++)
        if (text_equal(whole[i][0], work->kind))
            return whole[i][1];
    if (text_equal(work->kind, "IndexStmt") && node_true(node, "concurrent"))
        return "CREATE INDEX CONCURRENTLY";
    if (text_equal(work->kind, "DropStmt") && node_true(node, "concurrent"))
        return "DROP INDEX CONCURRENTLY";
    if (text_equal(work->kind, "ReindexStmt") && node_option_on(node_find_option(node_get(node, "params"), "", "concurrently")))
        return "REINDEX CONCURRENTLY";
    if (text_equal(work->kind, "ReindexStmt") && node_get(node, "relation") == NULL)
        return "REINDEX of a schema or database";
    if (text_equal(work->kind, "VacuumStmt") && node_true(node, "is_vacuumcmd"))
        return "VACUUM";
    if (text_equal(work->kind, "ClusterStmt") && node_get(node, "relation") == NULL)
        return "CLUSTER of all tables";
    if (node_true(node_get(node_get(command, "def"), "PartitionCmd"), "concurrent"))
        return "DETACH PARTITION … CONCURRENTLY";
    return NULL;
}

static void check_transaction(struct lint_work *work)
{
    const char *words = needs_no_transaction(work);

    if (words != NULL && !work->migration->no_transaction)
        lint_find(work, MIGRATE_ERROR, "cannot-run-in-transaction",
                  "%s is refused inside a transaction: put it alone into a file with '-- migrate:no-transaction'", words);
    if (work->migration->no_transaction && work->count > 1)
        lint_find(work, MIGRATE_ERROR, "one-statement-without-transaction",
                  "%zu statements in a file without a transaction: after a crash nobody knows which ran; one file each", work->count);
}

static void check_control(struct lint_work *work)
{
    const char *kind = node_text(work->node, "kind");

    if (!text_equal(kind, "TRANS_STMT_SAVEPOINT") && !text_equal(kind, "TRANS_STMT_RELEASE") && !text_equal(kind, "TRANS_STMT_ROLLBACK_TO"))
        lint_find(work, MIGRATE_ERROR, "transaction-control",
                  "a file is one transaction, and its record is a part of it: it may not begin or end one itself");
}

static void check_set(struct lint_work *work)
{
    const char *name = node_text(work->node, "name"), *kind = node_text(work->node, "kind");

    if (text_starts(kind, "VAR_RESET") || text_equal(name, "TRANSACTION") || node_true(work->node, "is_local"))
        return;
    lint_find(work, MIGRATE_WARNING, "set-without-local", "the setting '%s' stays for the files after this one: write SET LOCAL", name);
}

/* -- indexes --------------------------------------------------------------------------------------------------------------------- */

static void check_index(struct lint_work *work)
{
    const char                  *target = target_of(work);
    const struct relation_known *known = lint_schema_find(work->schema, target);

    if (node_true(work->node, "concurrent") && node_true(work->node, "if_not_exists"))
        lint_find(work, MIGRATE_WARNING, "concurrent-index-if-not-exists",
                  "IF NOT EXISTS takes an invalid index of that name, left by an interrupted build, for a good one: leave it out");
    if (node_true(work->node, "concurrent") || work->statement->new_target || known->hypertable || known->partitioned)
        return;
    lint_find(work, lint_weight(work, target), "require-concurrent-index",
              "writers of %s wait until the index is built: CREATE INDEX CONCURRENTLY, in a file with '-- migrate:no-transaction'", target);
}

static void check_reindex(struct lint_work *work)
{
    if (node_get(work->node, "relation") != NULL && !node_option_on(node_find_option(node_get(work->node, "params"), "", "concurrently"))
        && !work->statement->new_target)
        lint_find(work, lint_weight(work, target_of(work)), "require-concurrent-reindex",
                  "writers wait until the index is built anew: REINDEX … CONCURRENTLY, in a file with '-- migrate:no-transaction'");
}

/* -- what goes ------------------------------------------------------------------------------------------------------------------- */

static void check_drop_index(struct lint_work *work)
{
    const json_t *entry;
    size_t        index;

    if (node_true(work->node, "concurrent")) {
        if (!node_true(work->node, "missing_ok"))
            lint_find(work, MIGRATE_NOTE, "if-exists",
                      "outside a transaction the index may be gone already when the file is taken up again: DROP INDEX CONCURRENTLY IF EXISTS");
        return;
    }
    json_array_foreach(node_get(work->node, "objects"), index, entry)
    {
        _cleanup_(mem_freep) char *name = node_object_name(entry, 0);

        if (!work->down && !lint_was_made(work, name))
            lint_find(work, lint_weight(work, name), "require-concurrent-drop",
                      "readers of the table of %s wait for the DROP, and it for them: DROP INDEX CONCURRENTLY, in a file of its own", name);
    }
}

/* A file that undoes drops what its upper half made: only what goes beyond that is told. */
static void check_drop(struct lint_work *work)
{
    static const struct {
        const char *type, *rule, *what;
    } lost[] = {
        {"OBJECT_TABLE", "drop-table", "its rows"},
        {"OBJECT_MATVIEW", "drop-materialized-view", "what it has computed"},
        {"OBJECT_SEQUENCE", "drop-sequence", "its count"},
    };
    const char   *type = node_text(work->node, "removeType");
    bool          cascade = text_equal(node_text(work->node, "behavior"), "DROP_CASCADE");
    const json_t *entry;
    size_t        index;

    if (text_equal(type, "OBJECT_INDEX"))
        check_drop_index(work);
    if (cascade)
        lint_find(work, MIGRATE_WARNING, "drop-cascade", "CASCADE drops what depends on it without naming it: drop those by name");
    for (size_t i = 0; i < COUNT_OF(lost); i++)
        json_array_foreach(node_get(work->node, "objects"), index, entry) {
            _cleanup_(mem_freep) char *name = node_object_name(entry, 0);

            if (text_equal(lost[i].type, type) && !work->down && !lint_was_made(work, name))
                lint_find(work, MIGRATE_WARNING, lost[i].rule, "%s and %s are lost; 'down' cannot bring them back", name, lost[i].what);
        }
}

static void check_truncate(struct lint_work *work)
{
    const json_t *entry;
    size_t        index;

    json_array_foreach(node_get(work->node, "relations"), index, entry)
    {
        _cleanup_(mem_freep) char *name = node_range_name(node_get(entry, "RangeVar"));

        if (!lint_was_made(work, name))
            lint_find(work, MIGRATE_WARNING, "truncate", "all rows of %s are lost, and readers wait", name);
    }
    if (text_equal(node_text(work->node, "behavior"), "DROP_CASCADE"))
        lint_find(work, MIGRATE_WARNING, "truncate-cascade", "CASCADE empties every table that references it as well: name them");
}

static void check_drop_role(struct lint_work *work)
{
    lint_find(work, MIGRATE_WARNING, "drop-role", "roles belong to the whole cluster: it fails where another database uses one");
}

static void check_change(struct lint_work *work)
{
    bool        update = text_equal(work->kind, "UpdateStmt");
    const char *target = target_of(work);

    if (node_get(work->node, "whereClause") != NULL || work->statement->new_target)
        return;
    lint_find(work, lint_weight(work, target), update ? "update-without-where" : "delete-without-where",
              update ? "every row of %s is written in one transaction, and locked until its end: in batches, by a job"
                     : "every row of %s is lost", target);
}

/* -- names and locks ---------------------------------------------------------------------------------------------------------------- */

static void check_rename(struct lint_work *work)
{
    const char *type = node_text(work->node, "renameType"), *target = target_of(work);

    if (work->statement->new_target)
        return;
    if (text_equal(type, "OBJECT_TABLE") || text_equal(type, "OBJECT_VIEW") || text_equal(type, "OBJECT_MATVIEW"))
        lint_find(work, MIGRATE_WARNING, "rename-table", "programs that still say %s fail from that moment: leave a view of the old name", target);
    else if (text_equal(type, "OBJECT_COLUMN"))
        lint_find(work, MIGRATE_WARNING, "rename-column", "programs that still read %s.%s fail from that moment: add the new one, fill it, drop the old later",
                  target, node_text(work->node, "subname"));
    else if (text_equal(type, "OBJECT_SCHEMA"))
        lint_find(work, MIGRATE_WARNING, "rename-schema", "programs that still read from schema %s fail from that moment", node_text(work->node, "subname"));
}

static void check_schema_move(struct lint_work *work)
{
    if (work->statement->target != NULL && !work->statement->new_target)
        lint_find(work, MIGRATE_WARNING, "rename-table", "programs that still say %s fail from that moment: leave a view of the old name", target_of(work));
}

static void check_lock(struct lint_work *work)
{
    lint_find(work, MIGRATE_WARNING, "lock-table", "the lock on %s is held to the end of the file: let each statement take its own", target_of(work));
}

static void check_rewrite(struct lint_work *work)
{
    bool vacuum = text_equal(work->kind, "VacuumStmt");

    if (work->statement->rewrites && !work->statement->new_target)
        lint_find(work, lint_weight(work, target_of(work)), "rewrite", "%s is written anew while its readers wait%s", target_of(work),
                  vacuum ? ": VACUUM without FULL lets them read" : "");
}

static void check_refresh(struct lint_work *work)
{
    if (!node_true(work->node, "concurrent") && !work->statement->new_target)
        lint_find(work, lint_weight(work, target_of(work)), "require-concurrent-refresh",
                  "readers of %s wait: REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index", target_of(work));
}

static void check_enum(struct lint_work *work)
{
    if (node_get(work->node, "newVal") != NULL && work->count > 1)
        lint_find(work, MIGRATE_NOTE, "enum-value-alone", "the value '%s' cannot be used before this file has ended: use it in a later one",
                  node_text(work->node, "newVal"));
}

/* The referenced table lets nobody write until the end of the file. Told once a file and table. */
static void check_references(struct lint_work *work)
{
    const json_t *element;
    size_t        index;

    json_array_foreach(node_get(work->node, "tableElts"), index, element)
    {
        const json_t *constraint = node_constraint(node_get(element, "ColumnDef"), "CONSTR_FOREIGN");

        if (constraint == NULL && text_equal(node_text(node_get(element, "Constraint"), "contype"), "CONSTR_FOREIGN"))
            constraint = node_get(element, "Constraint");
        if (constraint != NULL) {
            _cleanup_(mem_freep) char *name = node_range_name(node_get(constraint, "pktable"));
            _cleanup_(mem_freep) char *told = mem_printf("REFERENCES %s", name);

            if (!lint_was_made(work, name) && map_put(work->noted, told, work))
                lint_find(work, MIGRATE_NOTE, "foreign-key-lock", "writers of %s wait until the file has ended (SHARE ROW EXCLUSIVE)", name);
        }
    }
}

static void check_block(struct lint_work *work)
{
    lint_find(work, MIGRATE_NOTE, "not-looked-into", "what a DO block runs, and its locks, is not looked into");
}

/* -- all ------------------------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *kind;
    void      (*check)(struct lint_work *work);
} rules[] = {
    {"TransactionStmt", check_control}, {"VariableSetStmt", check_set},     {"IndexStmt", check_index},
    {"ReindexStmt", check_reindex},     {"DropStmt", check_drop},           {"TruncateStmt", check_truncate},
    {"DropRoleStmt", check_drop_role},  {"UpdateStmt", check_change},       {"DeleteStmt", check_change},
    {"RenameStmt", check_rename},       {"AlterObjectSchemaStmt", check_schema_move}, {"LockStmt", check_lock},
    {"VacuumStmt", check_rewrite},      {"ClusterStmt", check_rewrite},     {"RefreshMatViewStmt", check_refresh},
    {"AlterEnumStmt", check_enum},      {"CreateStmt", check_references},   {"DoStmt", check_block},
    {"AlterTableStmt", lint_rules_alter},
};

void lint_rules(struct lint_work *work)
{
    check_transaction(work);
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (text_equal(rules[i].kind, work->kind))
            rules[i].check(work);
    lint_rules_storage(work);
}
