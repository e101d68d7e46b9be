/*
 * The rules about ALTER TABLE, one function a kind of change.
 */
#include "lint.h"
#include "ytempire/base/mem.h"

struct change {
    struct lint_work *work;
    const json_t     *command, *def;       /* def: what stands inside `def`, whatever kind it is */
    const char       *table, *name;        /* name: of the column or constraint, or "" */
};

static enum migrate_severity weight(const struct change *change)
{
    return lint_weight(change->work, change->table);
}

static char *constraint_key(const struct change *change, const char *constraint)
{
    return mem_printf("%s %s", change->table, constraint);
}

/* -- columns ------------------------------------------------------------------------------------------------------------------- */

static void check_add_column(const struct change *change)
{
    struct lint_work *work = change->work;
    const char       *column = node_text(change->def, "colname");
    const json_t     *fallback = node_constraint(change->def, "CONSTR_DEFAULT");
    bool              not_null = node_constraint(change->def, "CONSTR_NOTNULL") != NULL || node_constraint(change->def, "CONSTR_PRIMARY") != NULL;
    bool              compressed = lint_schema_find(work->schema, change->table)->compressed;

    if (node_constraint(change->def, "CONSTR_UNIQUE") != NULL || node_constraint(change->def, "CONSTR_PRIMARY") != NULL)
        lint_find(work, weight(change), "unique-using-index", "readers of %s wait until the index of %s is built", change->table, column);
    if (node_constraint(change->def, "CONSTR_FOREIGN") != NULL && fallback != NULL)
        lint_find(work, weight(change), "constraint-not-valid",
                  "every row of %s is checked while writers wait: add the foreign key NOT VALID, validate it in a later file", change->table);
    if (node_constraint(change->def, "CONSTR_CHECK") != NULL)
        lint_find(work, weight(change), "constraint-not-valid",
                  "every row of %s is checked while readers wait: add the check NOT VALID, validate it in a later file", change->table);
    if (not_null && fallback == NULL && !lint_column_rewrites(change->def))
        lint_find(work, compressed ? MIGRATE_ERROR : MIGRATE_WARNING, "add-not-null-column",
                  compressed ? "a compressed hypertable refuses %s: a column NOT NULL needs a constant DEFAULT there"
                             : "it fails as soon as a row exists: %s NOT NULL needs a DEFAULT, or is added without, filled and then set", column);
    if (fallback != NULL && lint_is_volatile(node_get(fallback, "raw_expr")))
        lint_find(work, compressed ? MIGRATE_ERROR : weight(change), "volatile-default",
                  compressed ? "a compressed hypertable refuses %s: its DEFAULT must be a constant there"
                             : "the default of %s is computed for every row, and the table written anew while readers wait: add it without, fill in batches", column);
    else if (lint_column_rewrites(change->def))
        lint_find(work, weight(change), "rewrite", "%s is written anew while its readers wait, for column %s", change->table, column);
}

static void check_drop_column(const struct change *change)
{
    if (!change->work->down)
        lint_find(change->work, MIGRATE_WARNING, "drop-column", "what %s.%s holds is lost, and programs that read it fail", change->table, change->name);
}

static void check_type(const struct change *change)
{
    lint_find(change->work, weight(change), "change-column-type",
              "%s is written anew while its readers wait, with its indexes, unless the types are alike: add a column, fill it, swap later", change->table);
}

static void check_not_null(const struct change *change)
{
    lint_find(change->work, weight(change), "set-not-null",
              "every row of %s is read while its readers wait: add CHECK (%s IS NOT NULL) NOT VALID, validate it in a later file, then SET NOT NULL reads none",
              change->table, change->name);
}

static void check_rewrite(const struct change *change)
{
    lint_find(change->work, weight(change), "rewrite", "%s is written anew while its readers wait", change->table);
}

/* -- constraints ------------------------------------------------------------------------------------------------------------------ */

static void check_constraint(const struct change *change)
{
    static const char *const keys[] = {"CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION"};
    struct lint_work *work = change->work;
    const char       *type = node_text(change->def, "contype");
    bool              foreign = text_equal(type, "CONSTR_FOREIGN");

    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (text_equal(type, keys[i]) && node_get(change->def, "indexname") == NULL) {
            const struct relation_known *known = lint_schema_find(work->schema, change->table);

            lint_find(work, weight(change), "unique-using-index",
                      i == 2 || known->partitioned || known->hypertable
                          ? "readers of %s wait until its index is built"
                          : "readers of %s wait until its index is built: CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX",
                      change->table);
        }
    if (!foreign && !text_equal(type, "CONSTR_CHECK"))
        return;
    if (node_true(change->def, "skip_validation")) {
        _cleanup_(mem_freep) char *key = constraint_key(change, node_text(change->def, "conname"));

        (void)map_put(work->noted, key, work);
    } else {
        lint_find(work, weight(change), "constraint-not-valid", "every row of %s is checked while %s wait: ADD … NOT VALID, and VALIDATE CONSTRAINT in a later file",
                  change->table, foreign ? "writers (also those of the other table)" : "readers");
    }
}

static void check_validate(const struct change *change)
{
    _cleanup_(mem_freep) char *key = constraint_key(change, change->name);

    if (map_get(change->work->noted, key) != NULL)
        lint_find(change->work, weight(change), "validate-in-same-file",
                  "the lock of ADD … NOT VALID is still held: VALIDATE CONSTRAINT gains nothing in the same file, put it into the next");
}

static void check_detach(const struct change *change)
{
    if (!node_true(change->def, "concurrent"))
        lint_find(change->work, MIGRATE_WARNING, "require-concurrent-detach",
                  "readers of %s wait: DETACH PARTITION … CONCURRENTLY (not beside a default partition), in a file with '-- migrate:no-transaction'", change->table);
}

static const struct {
    const char *subtype;
    void      (*check)(const struct change *change);
} changes[] = {
    {"AT_AddColumn", check_add_column},     {"AT_DropColumn", check_drop_column}, {"AT_AlterColumnType", check_type},
    {"AT_SetNotNull", check_not_null},      {"AT_SetLogged", check_rewrite},      {"AT_SetUnLogged", check_rewrite},
    {"AT_SetTableSpace", check_rewrite},    {"AT_SetAccessMethod", check_rewrite}, {"AT_AddConstraint", check_constraint},
    {"AT_ValidateConstraint", check_validate}, {"AT_DetachPartition", check_detach},
};

void lint_rules_alter(struct lint_work *work)
{
    const json_t *entry;
    size_t        index;

    if (work->statement->new_target || !text_equal(node_text(work->node, "objtype"), "OBJECT_TABLE"))
        return;
    json_array_foreach(node_get(work->node, "cmds"), index, entry)
    {
        const char   *kind;
        struct change change = {.work = work, .command = node_get(entry, "AlterTableCmd"), .table = work->statement->target};

        change.def = node_inner(node_get(change.command, "def"), &kind);
        change.name = node_text(change.command, "name");
        for (size_t i = 0; i < COUNT_OF(changes); i++)
            if (text_equal(changes[i].subtype, node_text(change.command, "subtype")))
                changes[i].check(&change);
    }
}
