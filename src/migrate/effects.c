/*
 * What a statement does to a running server: the relation it is about, the lock it takes there (as PostgreSQL 15 does,
 * src/backend/commands), whether the table is written anew, whether something is lost.
 *
 * The strongest of several locks stands; of several relations the first does.
 */
#include <string.h>

#include "lint.h"
#include "migrate_int.h"
#include "ytempire/base/mem.h"

static const char *const locks[] = {
    "", "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE",
};

enum lock { LOCK_NONE, LOCK_ROW_EXCLUSIVE = 3, LOCK_SHARE_UPDATE, LOCK_SHARE, LOCK_SHARE_ROW, LOCK_EXCLUSIVE, LOCK_ACCESS };

/* The strongest lock stands; its words are one of `locks`. */
static void take(struct lint_work *work, size_t lock)
{
    struct migrate_statement *statement = work->statement;
    size_t                    held = 0;

    while (statement->lock != locks[held] && strcmp(statement->lock, locks[held]) != 0)
        held++;
    if (lock < COUNT_OF(locks) && lock > held)
        statement->lock = locks[lock];
}

static void aim(struct lint_work *work, char *name)
{
    struct migrate_statement *statement = work->statement;

    if (statement->target != NULL || name[0] == '\0') {
        mem_free(name);
        return;
    }
    statement->target = name;
    statement->new_target = lint_was_made(work, name);
}

static void hit(struct lint_work *work, const json_t *range, size_t lock)
{
    aim(work, node_range_name(range));
    take(work, lock);
}

static void make(struct lint_work *work, const char *name)
{
    if (name[0] != '\0')
        (void)map_put(work->made, name, work);
}

/* Something that did not exist: nobody can wait for it. */
static void hit_new(struct lint_work *work, const json_t *range)
{
    char *name = node_range_name(range);

    make(work, name);
    aim(work, name);
}

/* -- tables ---------------------------------------------------------------------------------------------------------------- */

static void of_create(struct lint_work *work)
{
    const json_t *parent = node_get(json_array_get(node_get(work->node, "inhRelations"), 0), "RangeVar");

    if (node_get(work->node, "partbound") != NULL) {
        _cleanup_(mem_freep) char *name = node_range_name(node_get(work->node, "relation"));

        hit(work, parent, LOCK_ACCESS);
        make(work, name);
    } else if (node_true(work->node, "if_not_exists")) {
        aim(work, node_range_name(node_get(work->node, "relation")));        /* it may be there, with rows and readers */
    } else {
        hit_new(work, node_get(work->node, "relation"));
    }
}

static void of_create_as(struct lint_work *work)
{
    const json_t *range = node_get(node_get(work->node, "into"), "rel");

    if (node_true(work->node, "if_not_exists"))
        aim(work, node_range_name(range));
    else
        hit_new(work, range);
}

static void of_view(struct lint_work *work)
{
    if (node_true(work->node, "replace"))
        hit(work, node_get(work->node, "view"), LOCK_ACCESS);
    else
        hit_new(work, node_get(work->node, "view"));
}

static void of_sequence(struct lint_work *work)
{
    hit_new(work, node_get(work->node, "sequence"));
}

static void of_schema(struct lint_work *work)
{
    if (!node_true(work->node, "if_not_exists"))
        make(work, node_text(work->node, "schemaname"));
}

static void of_index(struct lint_work *work)
{
    const json_t *range = node_get(work->node, "relation");
    const char   *schema = node_text(range, "schemaname"), *name = node_text(work->node, "idxname");
    json_t       *index = json_pack("{s:s, s:s}", "schemaname", schema, "relname", name);
    char         *made = node_range_name(index);

    hit(work, range, node_true(work->node, "concurrent") ? LOCK_SHARE_UPDATE : LOCK_SHARE);
    if (name[0] != '\0' && !node_true(work->node, "if_not_exists"))
        make(work, made);
    mem_free(made);
    json_decref(index);
}

static void of_drop(struct lint_work *work)
{
    static const char *const relations[] = {"OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_INDEX", "OBJECT_SEQUENCE", "OBJECT_FOREIGN_TABLE"};
    static const char *const of_table[] = {"OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE"};
    const char              *type = node_text(work->node, "removeType");
    const json_t            *first = json_array_get(node_get(work->node, "objects"), 0);

    for (size_t i = 0; i < COUNT_OF(relations); i++)
        if (text_equal(type, relations[i])) {
            aim(work, node_object_name(first, 0));
            take(work, node_true(work->node, "concurrent") ? LOCK_SHARE_UPDATE : LOCK_ACCESS);
        }
    for (size_t i = 0; i < COUNT_OF(of_table); i++)
        if (text_equal(type, of_table[i])) {
            aim(work, node_object_name(first, 1));
            take(work, LOCK_ACCESS);
        }
    work->statement->destructive = text_equal(type, "OBJECT_TABLE") || text_equal(type, "OBJECT_MATVIEW") || text_equal(type, "OBJECT_SEQUENCE")
                                   || (text_equal(type, "OBJECT_SCHEMA") && text_equal(node_text(work->node, "behavior"), "DROP_CASCADE"));
}

static void of_truncate(struct lint_work *work)
{
    hit(work, node_get(json_array_get(node_get(work->node, "relations"), 0), "RangeVar"), LOCK_ACCESS);
    work->statement->destructive = true;
}

static void of_lock(struct lint_work *work)
{
    hit(work, node_get(json_array_get(node_get(work->node, "relations"), 0), "RangeVar"), (size_t)json_integer_value(node_get(work->node, "mode")));
}

static void of_rename(struct lint_work *work)
{
    const char   *type = node_text(work->node, "renameType");
    const json_t *range = node_get(work->node, "relation");

    if (range == NULL)
        return;
    hit(work, range, text_equal(type, "OBJECT_INDEX") ? LOCK_SHARE_UPDATE : LOCK_ACCESS);
    if (work->statement->new_target && (text_equal(type, "OBJECT_TABLE") || text_equal(type, "OBJECT_VIEW") || text_equal(type, "OBJECT_INDEX"))) {
        json_t *renamed = json_pack("{s:s, s:s}", "schemaname", node_text(range, "schemaname"), "relname", node_text(work->node, "newname"));
        char   *name = node_range_name(renamed);

        make(work, name);
        mem_free(name);
        json_decref(renamed);
    }
}

/* -- ALTER TABLE -------------------------------------------------------------------------------------------------------------- */

const json_t *node_constraint(const json_t *column, const char *type)
{
    const json_t *entry;
    size_t        index;

    json_array_foreach(node_get(column, "constraints"), index, entry)
    {
        const json_t *constraint = node_get(entry, "Constraint");

        if (text_equal(node_text(constraint, "contype"), type))
            return constraint;
    }
    return NULL;
}

static bool is_stable_call(const char *name)
{
    static const char *const stable[] = {"now", "transaction_timestamp", "statement_timestamp", "current_setting", "lower", "upper", "coalesce",
                                         "md5", "to_timestamp", "make_date", "date_trunc", "date_part", "abs", "round", "concat", "length",
                                         "array_fill", "jsonb_build_object", "json_build_object", "jsonb_build_array", "to_jsonb", "timezone"};

    for (size_t i = 0; i < COUNT_OF(stable); i++)
        if (text_equal(stable[i], name))
            return true;
    return false;
}

/* A function of which nothing is known could be volatile: then the table is written anew. */
bool lint_is_volatile(const json_t *node)
{
    const char   *key;
    const json_t *kid;
    size_t        index;

    if (json_is_array(node))
        json_array_foreach(node, index, kid) if (lint_is_volatile(kid)) return true;
    if (json_is_object(node))
        json_object_foreach((json_t *)node, key, kid) {
            if (text_equal(key, "FuncCall")) {
                const json_t *names = node_get(kid, "funcname");

                if (!is_stable_call(node_text(node_get(json_array_get(names, json_array_size(names) - 1), "String"), "sval")))
                    return true;
            }
            if (lint_is_volatile(kid))
                return true;
        }
    return false;
}

static bool is_serial(const json_t *column)
{
    const json_t *names = node_get(node_get(column, "typeName"), "names");
    const char   *name = node_text(node_get(json_array_get(names, json_array_size(names) - 1), "String"), "sval");

    return json_array_size(names) == 1 && (text_ends(name, "serial") || text_equal(name, "serial4") || text_equal(name, "serial8"));
}

bool lint_column_rewrites(const json_t *column)
{
    return lint_is_volatile(node_get(node_constraint(column, "CONSTR_DEFAULT"), "raw_expr")) || node_constraint(column, "CONSTR_GENERATED") != NULL
           || node_constraint(column, "CONSTR_IDENTITY") != NULL || is_serial(column);
}

/* Storage parameters that readers must see change together; the others are read by upkeep only. */
static size_t options_lock(const json_t *command)
{
    const json_t *list = node_get(node_get(node_get(command, "def"), "List"), "items"), *entry;
    size_t        index;

    json_array_foreach(list, index, entry)
    {
        const json_t *option = node_get(entry, "DefElem");
        const char   *name = node_text(option, "defname");

        if (text_equal(node_text(option, "defnamespace"), "timescaledb") || text_equal(name, "user_catalog_table") || text_starts(name, "security_"))
            return LOCK_ACCESS;
    }
    return LOCK_SHARE_UPDATE;
}

static size_t constraint_lock(const json_t *command)
{
    return text_equal(node_text(node_get(node_get(command, "def"), "Constraint"), "contype"), "CONSTR_FOREIGN") ? LOCK_SHARE_ROW : LOCK_ACCESS;
}

static size_t detach_lock(const json_t *command)
{
    return node_true(node_get(node_get(command, "def"), "PartitionCmd"), "concurrent") ? LOCK_SHARE_UPDATE : LOCK_ACCESS;
}

/* What is not here takes ACCESS EXCLUSIVE. */
static const struct {
    const char *subtype;
    size_t      lock;
    size_t    (*find)(const json_t *command);
    bool        rewrites, destructive;
} alters[] = {
    {"AT_SetStatistics", LOCK_SHARE_UPDATE, NULL, false, false},
    {"AT_ClusterOn", LOCK_SHARE_UPDATE, NULL, false, false},
    {"AT_DropCluster", LOCK_SHARE_UPDATE, NULL, false, false},
    {"AT_SetOptions", LOCK_SHARE_UPDATE, NULL, false, false},
    {"AT_ResetOptions", LOCK_SHARE_UPDATE, NULL, false, false},
    {"AT_ValidateConstraint", LOCK_SHARE_UPDATE, NULL, false, false},
    {"AT_AttachPartition", LOCK_SHARE_UPDATE, NULL, false, false},
    {"AT_DetachPartitionFinalize", LOCK_SHARE_UPDATE, NULL, false, false},
    {"AT_DetachPartition", 0, detach_lock, false, false},
    {"AT_SetRelOptions", 0, options_lock, false, false},
    {"AT_ResetRelOptions", 0, options_lock, false, false},
    {"AT_AddConstraint", 0, constraint_lock, false, false},
    {"AT_EnableTrig", LOCK_SHARE_ROW, NULL, false, false},
    {"AT_EnableAlwaysTrig", LOCK_SHARE_ROW, NULL, false, false},
    {"AT_EnableReplicaTrig", LOCK_SHARE_ROW, NULL, false, false},
    {"AT_EnableTrigAll", LOCK_SHARE_ROW, NULL, false, false},
    {"AT_EnableTrigUser", LOCK_SHARE_ROW, NULL, false, false},
    {"AT_DisableTrig", LOCK_SHARE_ROW, NULL, false, false},
    {"AT_DisableTrigAll", LOCK_SHARE_ROW, NULL, false, false},
    {"AT_DisableTrigUser", LOCK_SHARE_ROW, NULL, false, false},
    {"AT_AlterColumnType", LOCK_ACCESS, NULL, true, false},
    {"AT_SetLogged", LOCK_ACCESS, NULL, true, false},
    {"AT_SetUnLogged", LOCK_ACCESS, NULL, true, false},
    {"AT_SetTableSpace", LOCK_ACCESS, NULL, true, false},
    {"AT_SetAccessMethod", LOCK_ACCESS, NULL, true, false},
    {"AT_DropColumn", LOCK_ACCESS, NULL, false, true},
};

static void of_alter_command(struct lint_work *work, const json_t *command)
{
    const char *subtype = node_text(command, "subtype");

    for (size_t i = 0; i < COUNT_OF(alters); i++)
        if (text_equal(alters[i].subtype, subtype)) {
            take(work, alters[i].find != NULL ? alters[i].find(command) : alters[i].lock);
            work->statement->rewrites |= alters[i].rewrites;
            work->statement->destructive |= alters[i].destructive;
            return;
        }
    take(work, LOCK_ACCESS);
    if (text_equal(subtype, "AT_AddColumn"))
        work->statement->rewrites |= lint_column_rewrites(node_get(node_get(command, "def"), "ColumnDef"));
}

static void of_alter(struct lint_work *work)
{
    const json_t *entry;
    size_t        index;

    aim(work, node_range_name(node_get(work->node, "relation")));
    json_array_foreach(node_get(work->node, "cmds"), index, entry) of_alter_command(work, node_get(entry, "AlterTableCmd"));
}

/* -- rows ------------------------------------------------------------------------------------------------------------------------ */

static void of_change(struct lint_work *work)
{
    const json_t *entry;
    size_t        index;

    hit(work, node_get(work->node, "relation"), LOCK_ROW_EXCLUSIVE);
    work->statement->destructive = text_equal(work->kind, "DeleteStmt");
    json_array_foreach(node_get(work->node, "mergeWhenClauses"), index, entry)
        work->statement->destructive |= text_equal(node_text(node_get(entry, "MergeWhenClause"), "commandType"), "CMD_DELETE");
}

static void of_copy(struct lint_work *work)
{
    if (node_true(work->node, "is_from"))
        hit(work, node_get(work->node, "relation"), LOCK_ROW_EXCLUSIVE);
}

/* SELECT … INTO makes a table, WITH may write, and some functions are statements in disguise. */
static void of_select(struct lint_work *work)
{
    static const struct {
        const char *name;
        size_t      lock;
        bool        destructive;
    } known[] = {
        {"create_hypertable", LOCK_ACCESS, false},
        {"drop_chunks", LOCK_ACCESS, true},
        {"remake_table", LOCK_ACCESS, false},
        {"compress_chunk", LOCK_NONE, false},
    };
    const json_t *into = node_get(node_get(work->node, "intoClause"), "rel"), *entry;
    size_t        index;

    if (into != NULL)
        hit_new(work, into);
    json_array_foreach(node_get(node_get(work->node, "withClause"), "ctes"), index, entry)
    {
        const char   *kind;
        const json_t *query = node_inner(node_get(node_get(entry, "CommonTableExpr"), "ctequery"), &kind);

        if (!text_equal(kind, "SelectStmt"))
            hit(work, node_get(query, "relation"), LOCK_ROW_EXCLUSIVE);
        work->statement->destructive |= text_equal(kind, "DeleteStmt");
    }
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        const json_t *call = node_find_call(work->node, known[i].name);
        const char   *name = node_call_argument(call, 0);

        if (name != NULL) {
            aim(work, mem_strdup(name));
            take(work, known[i].lock);
        }
        work->statement->destructive |= call != NULL && known[i].destructive;
        work->statement->rewrites |= call != NULL && text_equal(known[i].name, "remake_table");
    }
}

/* -- upkeep, and what hangs from a table --------------------------------------------------------------------------------------------- */

static void of_vacuum(struct lint_work *work)
{
    bool full = node_option_on(node_find_option(node_get(work->node, "options"), "", "full"));

    hit(work, node_get(node_get(json_array_get(node_get(work->node, "rels"), 0), "VacuumRelation"), "relation"),
        full ? LOCK_ACCESS : LOCK_SHARE_UPDATE);
    work->statement->rewrites = full;
}

static void of_reindex(struct lint_work *work)
{
    bool index = text_equal(node_text(work->node, "kind"), "REINDEX_OBJECT_INDEX");

    if (node_get(work->node, "relation") == NULL)
        return;
    hit(work, node_get(work->node, "relation"),
        node_option_on(node_find_option(node_get(work->node, "params"), "", "concurrently")) ? LOCK_SHARE_UPDATE : index ? LOCK_ACCESS : LOCK_SHARE);
}

static void of_refresh(struct lint_work *work)
{
    hit(work, node_get(work->node, "relation"), node_true(work->node, "concurrent") ? LOCK_EXCLUSIVE : LOCK_ACCESS);
    work->statement->rewrites = !node_true(work->node, "concurrent");
}

static void of_cluster(struct lint_work *work)
{
    hit(work, node_get(work->node, "relation"), LOCK_ACCESS);
    work->statement->rewrites = true;
}

static void of_trigger(struct lint_work *work)
{
    hit(work, node_get(work->node, "relation"), node_true(work->node, "replace") ? LOCK_ACCESS : LOCK_SHARE_ROW);
}

static void of_policy(struct lint_work *work)
{
    hit(work, node_get(work->node, "table"), LOCK_ACCESS);
}

static void of_relation(struct lint_work *work)
{
    if (node_get(work->node, "relation") != NULL)
        hit(work, node_get(work->node, "relation"), LOCK_ACCESS);
}

static void of_statistics(struct lint_work *work)
{
    hit(work, node_get(json_array_get(node_get(work->node, "relations"), 0), "RangeVar"), LOCK_SHARE_UPDATE);
}

static void of_comment(struct lint_work *work)
{
    const char *type = node_text(work->node, "objtype");
    bool        column = text_equal(type, "OBJECT_COLUMN") || text_equal(type, "OBJECT_TABCONSTRAINT") || text_equal(type, "OBJECT_TRIGGER")
                  || text_equal(type, "OBJECT_POLICY");

    if (column || text_equal(type, "OBJECT_TABLE") || text_equal(type, "OBJECT_VIEW") || text_equal(type, "OBJECT_MATVIEW")
        || text_equal(type, "OBJECT_INDEX")) {
        aim(work, node_object_name(node_get(work->node, "object"), column ? 1 : 0));
        take(work, LOCK_SHARE_UPDATE);
    }
}

static const struct {
    const char *kind;
    void      (*effect)(struct lint_work *work);
} effects[] = {
    {"CreateStmt", of_create},         {"CreateTableAsStmt", of_create_as}, {"ViewStmt", of_view},
    {"CreateSeqStmt", of_sequence},    {"CreateSchemaStmt", of_schema},     {"IndexStmt", of_index},
    {"DropStmt", of_drop},             {"TruncateStmt", of_truncate},       {"LockStmt", of_lock},
    {"RenameStmt", of_rename},         {"AlterTableStmt", of_alter},        {"InsertStmt", of_change},
    {"UpdateStmt", of_change},         {"DeleteStmt", of_change},           {"MergeStmt", of_change},
    {"CopyStmt", of_copy},             {"SelectStmt", of_select},           {"CallStmt", of_select},
    {"VacuumStmt", of_vacuum},         {"ReindexStmt", of_reindex},         {"RefreshMatViewStmt", of_refresh},
    {"ClusterStmt", of_cluster},       {"CreateTrigStmt", of_trigger},      {"CreatePolicyStmt", of_policy},
    {"AlterPolicyStmt", of_policy},    {"RuleStmt", of_relation},           {"AlterObjectSchemaStmt", of_relation},
    {"CreateStatsStmt", of_statistics}, {"CommentStmt", of_comment},
};

void lint_effects(struct lint_work *work)
{
    for (size_t i = 0; i < COUNT_OF(effects); i++)
        if (text_equal(effects[i].kind, work->kind)) {
            effects[i].effect(work);
            return;
        }
}
