/*
 * What lint.c, effects.c and the rules share: a statement as PostgreSQL's parser sees it, and what is known of the
 * relations it is about. Private to migrate.
 */
#ifndef YTEMPIRE_MIGRATE_LINT_H
#define YTEMPIRE_MIGRATE_LINT_H

#include <jansson.h>
#include <stdbool.h>

#include "ytempire/base/str.h"
#include "ytempire/migrate.h"

/* -- known.c: what is known ------------------------------------------------------------------------------------------- */

enum relation_size { SIZE_UNKNOWN, SIZE_SMALL, SIZE_LARGE };

struct relation_known {
    bool  partitioned;          /* by PostgreSQL's own means */
    bool  hypertable, compressed, is_aggregate, has_aggregate;      /* TimescaleDB's */
    char *time_column;          /* what a hypertable or partitioned table is cut by, or NULL */
    enum relation_size size;
};

struct lint_schema;             /* relations by name: "analytics.fact_costs" */

/* Knows what the shipped files make of the facts (their native file makes partitions inside a function, where no parser
 * sees it); lint_read adds what a file makes. */
struct lint_schema *lint_schema_new(const char *engine);
struct lint_schema *lint_schema_new_empty(void);
void                lint_schema_free(struct lint_schema *schema);
void                lint_schema_freep(struct lint_schema **schema);
const struct relation_known *lint_schema_find(const struct lint_schema *schema, const char *name);      /* never NULL */
struct relation_known       *lint_schema_note(struct lint_schema *schema, const char *name);

/* -- lint.c ------------------------------------------------------------------------------------------------------------ */

/* As migrate_lint_read, with what is known; `schema` learns what the statements make. */
int lint_read(const struct migration *migration, bool down, const char *engine, struct lint_schema *schema, struct migrate_lint **ret_lint,
              struct error *error) NODISCARD;

/* -- the work on one part ---------------------------------------------------------------------------------------------- */

struct lint_work {
    const struct migration *migration;
    const char             *engine;
    struct lint_schema     *schema;
    struct migrate_lint    *lint;
    struct map             *made;          /* relations and schemas made so far in this part */
    struct map             *noted;         /* what was added without validation, and what a finding has told: no word twice */
    bool                    down;
    size_t                  count;         /* statements of the part */
    /* the statement at hand: */
    struct migrate_statement *statement;
    const char             *kind;          /* "IndexStmt" */
    const json_t           *node;
};

void lint_find(struct lint_work *work, enum migrate_severity severity, const char *rule, const char *format, ...) PRINTF_LIKE(4, 5);
bool lint_was_made(const struct lint_work *work, const char *name);

/* -- the parse tree ---------------------------------------------------------------------------------------------------- */

const json_t *node_get(const json_t *node, const char *key);            /* NULL: left out, which is also what zero is */
const char   *node_text(const json_t *node, const char *key);           /* never NULL */
bool          node_true(const json_t *node, const char *key);
/* The one member of `{"RangeVar": {…}}`, and its name. */
const json_t *node_inner(const json_t *node, const char **ret_kind);
char         *node_range_name(const json_t *range);                       /* a RangeVar: "analytics.fact_costs"; caller frees */
char         *node_object_name(const json_t *object, size_t leave_out);   /* of a DropStmt, without the last parts; caller frees */
/* A call of this function (its last name) somewhere in the tree; its FuncCall, or NULL. */
const json_t *node_find_call(const json_t *node, const char *name);
/* The constant text of the argument, or NULL. */
const char   *node_call_argument(const json_t *call, size_t index);
/* A DefElem of an option list, or NULL; `space` "" for one without. */
const json_t *node_find_option(const json_t *list, const char *space, const char *name);
bool          node_option_on(const json_t *option);                       /* alone, or true in any spelling */

/* -- effects.c: target, lock, rewrite, destruction ------------------------------------------------------------------------ */

void lint_effects(struct lint_work *work);
/* A default that another row would get another value of, so that a table cannot keep it once for all rows. */
bool lint_is_volatile(const json_t *expression);
bool lint_column_rewrites(const json_t *column);                        /* adding this ColumnDef does */
const json_t *node_constraint(const json_t *column, const char *type);  /* of a ColumnDef: "CONSTR_NOTNULL" */

/* -- rules.c, rules_alter.c, rules_storage.c ---------------------------------------------------------------------------------- */

void lint_rules(struct lint_work *work);
void lint_rules_alter(struct lint_work *work);       /* of ALTER TABLE */
void lint_rules_storage(struct lint_work *work);     /* of partitions and TimescaleDB */
/* A WARNING where the relation is large or of unknown size, else a NOTE. */
enum migrate_severity lint_weight(const struct lint_work *work, const char *relation);
/* known.c: takes in what the statement makes. */
void lint_learn(struct lint_work *work);

/* -- plan.c ------------------------------------------------------------------------------------------------------------ */

/* What was found in statements that begin on this line: "warning drop-table: …; …". */
void plan_add_findings(struct str *to, const struct migrate_lint *lint, size_t line);

#endif
