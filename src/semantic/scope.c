#include "scope.h"

#include "rollup.h"

#include <string.h>

/* -- identifiers --------------------------------------------------------------------------------------------------- */

/* PostgreSQL 15's reserved words, and those that may not stand as an alias or a table name unquoted (appendix C). */
static const char reserved_words[] = " all analyse analyze and any array as asc asymmetric authorization between "
                                     "binary both case cast check collate collation column concurrently"
                                     " constraint create cross current_catalog current_date current_role "
                                     "current_schema current_time current_timestamp current_user default deferrable"
                                     " desc distinct do else end except false fetch for foreign freeze from full grant "
                                     "group having ilike in initially inner intersect into is isnull"
                                     " join lateral leading left like limit localtime localtimestamp natural not "
                                     "notnull null offset on only or order outer overlaps placing primary"
                                     " references returning right select session_user similar some symmetric table "
                                     "tablesample then to trailing true union unique user using variadic"
                                     " verbose when where window with ";

static bool is_plain(const char *name)
{
    char   word[34];
    size_t length = strlen(name);

    if (length == 0 || length > sizeof word - 3 || !((name[0] >= 'a' && name[0] <= 'z') || name[0] == '_'))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9') || name[i] == '_'))
            return false;
    word[0] = ' ';
    memcpy(word + 1, name, length);
    word[length + 1] = ' ';
    word[length + 2] = '\0';
    return strstr(reserved_words, word) == NULL;
}

void identifier_write(struct str *to, const char *name)
{
    if (is_plain(name)) {
        str_add(to, name);
        return;
    }
    str_add_char(to, '"');
    for (; *name != '\0'; name++) {
        if (*name == '"')
            str_add_char(to, '"');
        str_add_char(to, *name);
    }
    str_add_char(to, '"');
}

const char *identifier_text(struct arena *arena, const char *name)
{
    struct str  str = STR_INIT;
    const char *text;

    identifier_write(&str, name);
    text = arena_strdup(arena, str_text(&str));
    str_done(&str);
    return text;
}

/* -- tables -------------------------------------------------------------------------------------------------------- */

static struct arena *arena_of(const struct scope *scope)
{
    return scope->writer->bound->arena;
}

const char *scope_schema(const struct scope *scope, const char *schema)
{
    if (scope->writer->bound->context->tenant && (text_equal(schema, "analytics") || text_equal(schema, "users")))
        return "tenant";
    return schema;
}

static const char *table_text(const struct scope *scope, const char *schema, const char *table)
{
    struct str  str = STR_INIT;
    const char *text;

    schema = scope_schema(scope, schema);
    if (schema != NULL) {
        identifier_write(&str, schema);
        str_add_char(&str, '.');
    }
    identifier_write(&str, table);
    text = arena_strdup(arena_of(scope), str_text(&str));
    str_done(&str);
    return text;
}

const char *scope_table(const struct scope *scope)
{
    const struct cube *cube = scope->writer->bound->facts[scope->fact];

    return table_text(scope, cube->schema, cube->table);
}

const char *scope_snapshots(const struct scope *scope)
{
    const struct cube *cube = scope->writer->bound->facts[scope->fact];

    if (cube->snapshot_table == NULL)
        return scope_table(scope);
    return arena_printf(scope->writer->bound->arena, "%s AS %s",
                        table_text(scope, cube->snapshot_schema, cube->snapshot_table), scope_base(scope));
}

const char *scope_base(const struct scope *scope)
{
    return scope->instances[0]->alias;
}

void scope_init(struct scope *scope, struct writer *writer, size_t fact)
{
    struct instance *base = ARENA_NEW(writer->bound->arena, struct instance);

    *scope = (struct scope){.writer = writer, .fact = fact};
    base->scope = scope;
    base->cube = writer->bound->facts[fact];
    base->alias = identifier_text(writer->bound->arena, base->cube->table);
    ARENA_PUSH(writer->bound->arena, scope->instances, scope->instance_count, scope->instance_room, base);
}

void scope_done(struct scope *scope)
{
    str_done(&scope->joins);
}

static bool alias_taken(const struct scope *scope, const char *alias)
{
    for (size_t i = 0; i < scope->instance_count; i++)
        if (text_equal(scope->instances[i]->alias, alias))
            return true;
    return false;
}

static const char *write_fragment(struct instance *instance, const struct fragment *fragment);

void scope_write_join(const struct instance *instance, struct str *to)
{
    str_addf(to, "\n    LEFT JOIN %s ON %s", instance->table, instance->on);
}

/* "LEFT JOIN table AS alias ON …". What the target's own condition reads is joined to it inside brackets, for the
 * condition says which of its rows there are. */
static void write_join(struct instance *instance, const char *on)
{
    struct scope      *scope = instance->scope;
    const struct cube *target = instance->via->target;
    const char        *table = arena_printf(arena_of(scope), "%s AS %s",
                                            table_text(scope, target->schema, target->table), instance->alias);
    struct str         joins = scope->joins;
    size_t             joined = scope->joined_count;

    if (target->condition.piece_count > 0) {
        scope->joins = STR_INIT;
        on = arena_printf(arena_of(scope), "(%s) AND (%s)", on, write_fragment(instance, &target->condition));
        if (scope->joins.length > 0)
            table = arena_printf(arena_of(scope), "(%s%s)", table, str_text(&scope->joins));
        str_done(&scope->joins);
        scope->joins = joins;
        scope->joined_count = joined;
    }
    instance->table = table;
    instance->on = on;
    ARENA_PUSH(arena_of(scope), scope->joined, scope->joined_count, scope->joined_room, instance);
    scope_write_join(instance, &scope->joins);
}

static struct instance *join_instance(struct instance *parent, const struct join *join)
{
    struct scope    *scope = parent->scope;
    struct instance *instance;
    const char      *name = join->name;

    for (size_t i = 0; i < scope->instance_count; i++)
        if (scope->instances[i]->parent == parent && scope->instances[i]->via == join)
            return scope->instances[i];
    instance = ARENA_NEW(arena_of(scope), struct instance);
    instance->scope = scope;
    instance->cube = join->target;
    instance->via = join;
    instance->parent = parent;
    if (parent->via != NULL)
        name = arena_printf(arena_of(scope), "%s_%s", parent->via->name, join->name);
    instance->alias = identifier_text(arena_of(scope), name);
    for (unsigned n = 2; alias_taken(scope, instance->alias); n++)
        instance->alias = identifier_text(arena_of(scope), arena_printf(arena_of(scope), "%s_%u", name, n));
    ARENA_PUSH(arena_of(scope), scope->instances, scope->instance_count, scope->instance_room, instance);

    const char *on = write_fragment(parent, &join->sql);       /* may add the joins it rests on, before this one */

    write_join(instance, on);
    return instance;
}

static const char *alias_of_join(void *who, const struct join *join)
{
    return join_instance(who, join)->alias;
}

/* -- expressions --------------------------------------------------------------------------------------------------- */

/* The clock and the zone are bound only where a fragment really uses them: marks stand in for them while it is written.
 */
static void replace_mark(struct str *text, const char *mark, const char *with)
{
    struct str  out = STR_INIT;
    const char *from = str_text(text), *at;

    while ((at = strstr(from, mark)) != NULL) {
        str_add_bytes(&out, from, (size_t)(at - from));
        str_add(&out, with);
        from = at + strlen(mark);
    }
    str_add(&out, from);
    str_done(text);
    *text = out;
}

static bool has_column(const struct scope *scope, const char *column)
{
    for (size_t i = 0; i < scope->column_count; i++)
        if (text_equal(scope->columns[i], column))
            return true;
    return false;
}

static void note_column(struct scope *scope, const char *column)
{
    if (!has_column(scope, column))
        ARENA_PUSH(arena_of(scope), scope->columns, scope->column_count, scope->column_room, column);
}

static void note_columns(struct scope *scope, const struct fragment *fragment)
{
    scope->reads_unknown |= fragment->has_subselect;
    for (size_t i = 0; i < fragment->column_count; i++)
        note_column(scope, fragment->columns[i]);
}

const char *scope_column(struct scope *scope, const char *column)
{
    note_column(scope, column);
    return arena_printf(arena_of(scope), "%s.%s", scope_base(scope), identifier_text(arena_of(scope), column));
}

const char *scope_columns(const struct scope *scope)
{
    struct str  str = STR_INIT;
    const char *text;

    if (scope->reads_unknown || scope->column_count == 0)
        return "*";
    for (size_t i = 0; i < scope->column_count; i++) {
        str_add(&str, i > 0 ? ", " : "");
        identifier_write(&str, scope->columns[i]);
    }
    text = arena_strdup(arena_of(scope), str_text(&str));
    str_done(&str);
    return text;
}

static const char *write_fragment(struct instance *instance, const struct fragment *fragment)
{
    static const char    zone[] = "\001z\001", now[] = "\001n\001", today[] = "\001t\001";
    struct writer       *writer = instance->scope->writer;
    struct str           str = STR_INIT;
    const char          *text;
    struct fragment_scope scope = {
        .alias = instance->alias,
        .tenant = writer->bound->context->tenant,
        .join_alias = alias_of_join,
        .zone = zone,
        .now = now,
        .today = today,
        .who = instance,
    };

    if (instance->via == NULL)
        note_columns(instance->scope, fragment);
    fragment_write(&str, fragment, &scope);
    if (strstr(str_text(&str), zone) != NULL)
        replace_mark(&str, zone, writer_zone(writer));
    if (strstr(str_text(&str), now) != NULL)
        replace_mark(&str, now, writer_instant(writer, writer->bound->context->now));
    if (strstr(str_text(&str), today) != NULL)
        replace_mark(
            &str, today,
            writer_day(writer, (int32_t)(local_floor(zone_to_local(writer->bound->zone, writer->bound->context->now),
                                                     UNIT_DAY) /
                                         US_PER_DAY)));
    text = arena_strdup(writer->bound->arena, str_text(&str));
    str_done(&str);
    return text;
}

const char *scope_fragment(struct scope *scope, const struct fragment *fragment)
{
    return write_fragment(scope->instances[0], fragment);
}

static struct instance *instance_of(struct scope *scope, const struct member *member)
{
    struct instance *instance = scope->instances[0];

    for (size_t i = 0; i < member->path_length; i++)
        instance = join_instance(instance, member->path[i]);
    return instance;
}

const char *scope_member(struct scope *scope, const struct member *member)
{
    if (scope->rollup != NULL && member->path_length == 0 && rollup_has_value(scope->rollup, member->dimension))
        return arena_printf(arena_of(scope), "%s.%s", scope_base(scope),
                            identifier_text(arena_of(scope), arena_printf(arena_of(scope), "d_%s",
                                                                          dimension_meant(member->dimension)->name)));
    return write_fragment(instance_of(scope, member), &member->dimension->sql);
}

/* As an operand: in brackets unless it is a name or a call. */
const char *scope_operand(struct scope *scope, const struct member *member)
{
    const char *text = scope_member(scope, member);

    return strchr(text, ' ') != NULL ? arena_printf(arena_of(scope), "(%s)", text) : text;
}

/* Text is grouped byte by byte. Over a rollup, whose rows are nearly the groups, it is sorted for that as the answer
 * is: one sort does for both; many rows of facts are better hashed first. */
const char *scope_dimension(struct scope *scope, const struct bound_dimension *dimension)
{
    const struct member *member = &dimension->member[scope->fact];

    if (member->dimension->type == MEMBER_STRING)
        return arena_printf(arena_of(scope), "%s::text%s", scope_operand(scope, member),
                            scope->rollup != NULL ? " COLLATE \"C\"" : "");
    if (scope->rollup != NULL && dimension->is_axis && dimension->unit == scope->rollup->rollup->unit)
        return scope_member(scope, member);                    /* its buckets, which begin where they are asked to */
    return bucket_text(scope->writer, scope_member(scope, member), member->dimension->type, dimension->unit);
}

const char *scope_dimension_key(struct scope *scope, const struct bound_dimension *dimension)
{
    const struct member   *member = &dimension->member[scope->fact];
    const struct fragment *key = &member->dimension->key;

    if (key->piece_count > 0)
        return write_fragment(instance_of(scope, member), key);
    if (member->dimension->type == MEMBER_STRING)              /* keys meet those of other facts, in no collation */
        return arena_printf(arena_of(scope), "%s::text", scope_operand(scope, member));
    return scope_dimension(scope, dimension);
}
