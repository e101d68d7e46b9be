/*
 * Questions to the database about a model: does what it names exist, is it of the type it says, is a key a key.
 *
 * Each is one statement that yields one boolean. They join nothing for real (LEFT JOIN … ON false gives one row of the
 * right types), but for the two that look at rows: keys, and joins that must not multiply.
 */
#include "src/semantic/model.h"

#include <string.h>

#include "src/semantic/scope.h"

#define JOIN_SAMPLE 20000              /* rows of a fact that are tried against a join */

struct checks {
    const struct model *model;
    struct arena       *arena;
    struct model_check *items;
    size_t              count, room;
};

static void add(struct checks *checks, enum finding_severity severity, const char *where, struct str *sql,
                const char *message)
{
    struct model_check check = { .where = where, .message = message, .severity = severity };

    check.sql = arena_strdup(checks->arena, str_text(sql));
    ARENA_PUSH(checks->arena, checks->items, checks->count, checks->room, check);
    str_clear(sql);
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

struct joined {                        /* the joins a statement needs, each after those it rests on */
    struct arena       *arena;
    const struct join **joins;
    size_t              count, room;
};

static const char *alias_of_join(void *who, const struct join *join)
{
    struct joined *joined = who;

    return identifier_text(joined->arena, arena_printf(joined->arena, "join_%s", join->name));
}

static void need_join(struct joined *joined, const struct join *join)
{
    for (size_t i = 0; i < joined->count; i++)
        if (joined->joins[i] == join)
            return;
    for (size_t i = 0; i < join->sql.join_count; i++)
        if (join->sql.joins[i] != join)
            need_join(joined, join->sql.joins[i]);
    ARENA_PUSH(joined->arena, joined->joins, joined->count, joined->room, join);
}

static void need_joins(struct joined *joined, const struct fragment *fragment)
{
    for (size_t i = 0; i < fragment->join_count; i++)
        need_join(joined, fragment->joins[i]);
}

static void write_sql(struct str *to, const struct cube *cube, const struct fragment *fragment, struct joined *joined)
{
    struct fragment_scope scope = {
        .alias = identifier_text(joined->arena, cube->table), .join_alias = alias_of_join,
        .zone = "'UTC'", .now = "now()", .today = "CURRENT_DATE", .who = joined,
    };

    fragment_write(to, fragment, &scope);
}

static void write_table(struct str *to, const char *schema, const char *table)
{
    identifier_write(to, schema);
    str_add_char(to, '.');
    identifier_write(to, table);
}

/* The joins; `on` keeps their conditions, else no row is looked at. */
static void write_joins(struct str *to, const struct cube *cube, struct joined *joined)
{
    for (size_t i = 0; i < joined->count; i++) {
        const struct join *join = joined->joins[i];

        str_add(to, " LEFT JOIN ");
        write_table(to, join->target->schema, join->target->table);
        str_addf(to, " AS %s ON ", alias_of_join(joined, join));
        write_sql(to, cube, &join->sql, joined);
    }
}

/* One row with NULLs of the right types. */
static void write_from(struct str *to, const struct cube *cube, struct joined *joined)
{
    str_add(to, " FROM (SELECT 1) AS one LEFT JOIN ");
    write_table(to, cube->schema, cube->table);
    str_add(to, " ON false");
    write_joins(to, cube, joined);
}

static const char *where_of(struct checks *checks, const struct cube *cube, const char *name)
{
    return arena_printf(checks->arena, "%s.%s", cube->name, name);
}

/* -- tables and columns -------------------------------------------------------------------------------------------- */

/* Names come from load_table: letters, digits and _, so they need no quoting inside a literal. */
static void check_table(struct checks *checks, const char *where, const char *schema, const char *table)
{
    struct str sql = STR_INIT;

    str_addf(&sql, "SELECT to_regclass('%s.%s') IS NOT NULL", schema, table);
    add(checks, FINDING_ERROR, where, &sql,
        arena_printf(checks->arena, "the table %s.%s does not exist", schema, table));
    str_done(&sql);
}

static void write_literal(struct str *to, const char *text)
{
    str_add_char(to, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            str_add_char(to, '\'');
        str_add_char(to, *text);
    }
    str_add_char(to, '\'');
}

static void check_column(struct checks *checks, const char *where, const char *schema, const char *table,
                         const char *column)
{
    struct str sql = STR_INIT;

    str_addf(&sql,
             "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass('%s.%s') AND attname = ",
             schema, table);
    write_literal(&sql, column);
    str_add(&sql, " AND NOT attisdropped)");
    add(checks, FINDING_ERROR, where, &sql,
        arena_printf(checks->arena, "%s.%s has no column '%s'", schema, table, column));
    str_done(&sql);
}

struct seen { const char **columns; size_t count, room; };

/* Each column once, under the first member that reads it. */
static void check_columns(struct checks *checks, const struct cube *cube, const char *where,
                          const struct fragment *fragment, struct seen *seen)
{
    for (size_t i = 0; i < fragment->column_count; i++) {
        bool known = false;

        for (size_t j = 0; j < seen->count && !known; j++)
            known = text_equal(seen->columns[j], fragment->columns[i]);
        if (known)
            continue;
        ARENA_PUSH(checks->arena, seen->columns, seen->count, seen->room, fragment->columns[i]);
        check_column(checks, where, cube->schema, cube->table, fragment->columns[i]);
    }
}

/* -- SQL of members ------------------------------------------------------------------------------------------------ */

static const char *const type_tests[] = {
    [MEMBER_STRING]  = "::text IN ('text', 'character varying', 'character', 'name', 'citext')",
    [MEMBER_NUMBER]  = "::text IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision')",
    [MEMBER_BOOLEAN] = " = 'boolean'::regtype",
    [MEMBER_TIME]    = " = 'timestamptz'::regtype",
    [MEMBER_DATE]    = " = 'date'::regtype",
    [MEMBER_ARRAY]   = "::text LIKE '%[]'",
};
static const char *const type_words[] = {"text; add ::text", "a number", "a boolean",
                                         "a timestamptz",    "a date",   "an array"};

static void check_type(struct checks *checks, const struct cube *cube, const char *where,
                       const struct fragment *fragment, const char *test, const char *message)
{
    struct str    sql    = STR_INIT;
    struct joined joined = { .arena = checks->arena };

    if (!fragment->piece_count)
        return;
    need_joins(&joined, fragment);
    str_add(&sql, "SELECT pg_typeof(");
    write_sql(&sql, cube, fragment, &joined);
    str_addf(&sql, ")%s", test);
    write_from(&sql, cube, &joined);
    add(checks, FINDING_ERROR, where, &sql, message);
    str_done(&sql);
}

static void check_fragment(struct checks *checks, const struct cube *cube, const char *where,
                           const struct fragment *fragment, enum member_type type)
{
    check_type(checks, cube, where, fragment, type_tests[type],
               arena_printf(checks->arena, "its SQL is not %s", type_words[type]));
}

/* A key may be of any type: it is only grouped by. */
static void check_key(struct checks *checks, const struct cube *cube, const char *where, const struct fragment *key)
{
    check_type(checks, cube, where, key, " IS NOT NULL", "its key yields no value");
}

static void write_aggregate(struct str *to, const struct cube *cube, const struct aggregate *aggregate,
                            struct joined *joined)
{
    static const char *const names[] = { "sum(", "count(", "min(", "max(", "avg(", "count(DISTINCT " };

    str_add(to, names[aggregate->kind]);
    if (aggregate->argument.piece_count)
        write_sql(to, cube, &aggregate->argument, joined);
    else
        str_add_char(to, '*');
    str_add_char(to, ')');
    if (!aggregate->filter.piece_count)
        return;
    str_add(to, " FILTER (WHERE ");
    write_sql(to, cube, &aggregate->filter, joined);
    str_add_char(to, ')');
}

/* The expression with its aggregates in place: PostgreSQL says whether it means something. */
static void check_expression(struct checks *checks, const struct measure *measure)
{
    struct str    sql    = STR_INIT;
    struct joined joined = { .arena = checks->arena };

    need_joins(&joined, &measure->sql);
    str_add(&sql, "SELECT pg_typeof(");
    for (size_t i = 0; i < measure->sql.piece_count; i++) {
        const struct piece *piece = &measure->sql.pieces[i];

        if (piece->kind == PIECE_AGGREGATE)
            write_aggregate(&sql, measure->cube, &measure->aggregates[piece->aggregate], &joined);
        else
            str_add(&sql, piece->text ? piece->text : "");
    }
    str_add(&sql, ") IS NOT NULL");
    write_from(&sql, measure->cube, &joined);
    add(checks, FINDING_ERROR, where_of(checks, measure->cube, measure->name), &sql, "its SQL yields no value");
    str_done(&sql);
}

static void check_measure(struct checks *checks, const struct measure *measure)
{
    const char *where = where_of(checks, measure->cube, measure->name);

    if (measure->kind == MEASURE_AGGREGATE)
        check_expression(checks, measure);
    if (measure->kind != MEASURE_LAST && measure->kind != MEASURE_INCREASE)
        return;
    check_fragment(checks, measure->cube, where, &measure->sql, MEMBER_NUMBER);
    check_fragment(checks, measure->cube, where, &measure->present, MEMBER_BOOLEAN);
    check_fragment(checks, measure->cube, where, &measure->filter, MEMBER_BOOLEAN);
}

/* -- keys and joins ------------------------------------------------------------------------------------------------ */

/* All primary keys of a cube together are its key. */
static void check_primary_key(struct checks *checks, const struct cube *cube)
{
    struct str    keys   = STR_INIT, sql = STR_INIT;
    struct joined joined = { .arena = checks->arena };
    const char   *last   = NULL;

    for (size_t i = 0; i < cube->dimension_count; i++) {
        const struct dimension *dimension = cube->dimensions[i];

        if (!dimension->primary_key || dimension->sql.join_count)
            continue;
        if (keys.length)
            str_add(&keys, ", ");
        str_add_char(&keys, '(');
        write_sql(&keys, cube, &dimension->sql, &joined);
        str_add_char(&keys, ')');
        last = dimension->name;
    }
    if (last) {
        str_add(&sql, "SELECT NOT EXISTS (SELECT FROM ");
        write_table(&sql, cube->schema, cube->table);
        if (cube->condition.piece_count) {
            str_add(&sql, " WHERE ");
            write_sql(&sql, cube, &cube->condition, &joined);
        }
        str_addf(&sql, " GROUP BY %s HAVING count(*) > 1)", str_text(&keys));
        add(checks, FINDING_WARNING, where_of(checks, cube, last), &sql,
            "the primary key is not unique, so it is not used as one");
    }
    str_done(&keys);
    str_done(&sql);
}

/* Does a row meet more than one? Tried on some rows of the table, which is where it would show. */
static void check_join(struct checks *checks, const struct join *join)
{
    struct str    sql    = STR_INIT;
    struct joined joined = { .arena = checks->arena };
    const char   *alias  = identifier_text(checks->arena, join->cube->table);

    need_join(&joined, join);
    if (join->kind == JOIN_ONE_TO_MANY) {                    /* as often as it likes: does its SQL mean something? */
        str_add(&sql, "SELECT NOT EXISTS (SELECT FROM ");
        write_table(&sql, join->cube->schema, join->cube->table);
        write_joins(&sql, join->cube, &joined);
        str_add(&sql, " LIMIT 0)");
        add(checks, FINDING_ERROR, where_of(checks, join->cube, join->name), &sql, "its SQL joins nothing");
        str_done(&sql);
        return;
    }
    str_addf(&sql, "SELECT NOT EXISTS (SELECT FROM (SELECT row_number() OVER () AS ytempire_row, * FROM ");
    write_table(&sql, join->cube->schema, join->cube->table);
    str_addf(&sql, " LIMIT %d) AS %s", JOIN_SAMPLE, alias);
    write_joins(&sql, join->cube, &joined);
    str_addf(&sql, " GROUP BY %s.ytempire_row HAVING count(*) > 1)", alias);
    add(checks, FINDING_ERROR, where_of(checks, join->cube, join->name), &sql,
        arena_printf(checks->arena, "rows meet more than one of %s: measures would count double", join->target->name));
    str_done(&sql);
}

static void check_entity(struct checks *checks, const struct cube *cube, const struct entity *entity)
{
    const char *where = where_of(checks, cube, entity->name);
    struct str  sql   = STR_INIT;

    if (!entity->table)
        return;
    check_table(checks, where, entity->schema, entity->table);
    check_column(checks, where, entity->schema, entity->table, entity->table_key);
    if (entity->published)
        check_column(checks, where, entity->schema, entity->table, entity->published);
    str_add(&sql, "SELECT NOT EXISTS (SELECT FROM ");
    write_table(&sql, entity->schema, entity->table);
    str_add(&sql, " GROUP BY ");
    identifier_write(&sql, entity->table_key);
    str_add(&sql, " HAVING count(*) > 1)");
    add(checks, FINDING_ERROR, where, &sql, "an entity stands more than once in its table");
    str_done(&sql);
}

static void check_cube(struct checks *checks, const struct cube *cube)
{
    struct seen seen = {0};

    check_table(checks, cube->name, cube->schema, cube->table);
    if (cube->snapshot_table != NULL)
        check_table(checks, cube->name, cube->snapshot_schema, cube->snapshot_table);
    check_columns(checks, cube, cube->name, &cube->condition, &seen);
    for (size_t i = 0; i < cube->entity_count; i++)
        check_columns(checks, cube, where_of(checks, cube, cube->entities[i]->name), &cube->entities[i]->key, &seen);
    for (size_t i = 0; i < cube->dimension_count; i++) {
        check_columns(checks, cube, where_of(checks, cube, cube->dimensions[i]->name), &cube->dimensions[i]->sql,
                      &seen);
        check_columns(checks, cube, where_of(checks, cube, cube->dimensions[i]->name), &cube->dimensions[i]->key,
                      &seen);
    }
    for (size_t i = 0; i < cube->segment_count; i++)
        check_columns(checks, cube, where_of(checks, cube, cube->segments[i]->name), &cube->segments[i]->sql, &seen);
    for (size_t i = 0; i < cube->measure_count; i++)
        check_columns(checks, cube, where_of(checks, cube, cube->measures[i]->name), &cube->measures[i]->sql, &seen);
    check_fragment(checks, cube, cube->name, &cube->condition, MEMBER_BOOLEAN);
    for (size_t i = 0; i < cube->dimension_count; i++) {
        const char *where = where_of(checks, cube, cube->dimensions[i]->name);

        check_fragment(checks, cube, where, &cube->dimensions[i]->sql, cube->dimensions[i]->type);
        check_key(checks, cube, where, &cube->dimensions[i]->key);
    }
    for (size_t i = 0; i < cube->segment_count; i++)
        check_fragment(checks, cube, where_of(checks, cube, cube->segments[i]->name), &cube->segments[i]->sql,
                       MEMBER_BOOLEAN);
    for (size_t i = 0; i < cube->measure_count; i++)
        check_measure(checks, cube->measures[i]);
    check_primary_key(checks, cube);
    for (size_t i = 0; i < cube->entity_count; i++)
        check_entity(checks, cube, cube->entities[i]);
    for (size_t i = 0; i < cube->join_count; i++)
        check_join(checks, cube->joins[i]);
}

const struct model_check *model_checks(const struct model *model, struct arena *arena, size_t *ret_count)
{
    struct checks checks = { .model = model, .arena = arena };

    for (size_t i = 0; i < model->cube_count; i++)
        check_cube(&checks, model->cubes[i]);
    *ret_count = checks.count;
    return checks.items;
}
