/*
 * From the parse tree to edits: columns, references, tables of sub-selects, the clock, aggregates.
 *
 * Keys with a capital name a node of PostgreSQL's parser, others its fields. Location 0 and other zeros are left out of
 * the tree; nothing of ours can stand at 0, where the SELECT of the frame stands.
 */
#include "src/semantic/fragment_work.h"

#include <string.h>

#include "src/semantic/fragment_lex.h"

static int walk(struct work *work, const struct tree_node *node);

static int walk_kids(struct work *work, const struct tree_node *node)
{
    int r;

    if (!node || (node->kind != TREE_OBJECT && node->kind != TREE_ARRAY))
        return 0;
    for (const struct tree_node *kid = node->first; kid; kid = kid->next) {
        r = walk(work, kid);
        if (r < 0)
            return r;
    }
    return 0;
}

size_t node_number(const struct tree_node *object, const char *key)
{
    const struct tree_node *node  = tree_get(object, key);
    size_t                  value = 0;

    if (!node || node->kind != TREE_NUMBER)
        return 0;
    for (size_t i = 0; i < node->length && node->text[i] >= '0' && node->text[i] <= '9'; i++)
        value = value * 10 + (size_t) (node->text[i] - '0');
    return value;
}

/* The text of a `String` node, or NULL (A_Star, A_Indices). */
static const struct tree_node *string_of(const struct tree_node *node)
{
    return tree_get(tree_get(node, "String"), "sval");
}

static const struct tree_node *last_string(const struct tree_node *list)
{
    const struct tree_node *last = NULL;

    if (list)
        for (const struct tree_node *node = list->first; node; node = node->next)
            last = node;
    return last ? string_of(last) : NULL;
}

/* -- columns ------------------------------------------------------------------------------------------------------- */

static bool is_shadowed(const struct work *work)
{
    const char *table  = work->request->table;
    size_t      length = strlen(table);

    for (size_t i = 0; i < work->name_count; i++)
        if (work->names[i].table && work->names[i].length == length && memcmp(work->names[i].text, table, length) == 0)
            return true;
    return false;
}

static struct stand_in *stand_in_at(struct work *work, size_t place)
{
    for (size_t i = 0; i < work->stand_in_count; i++)
        if (work->stand_ins[i].start == place)
            return &work->stand_ins[i];
    return NULL;
}

/* Columns and references of a measure stand inside aggregates, other measures outside. */
static int check_place(const struct work *work, size_t at, enum piece_kind kind, const char *name)
{
    bool outside = work->request->use == FRAGMENT_MEASURE && !work->in_aggregate && work->depth == 0;

    if (kind == PIECE_ZONE)
        return 0;
    if (kind == PIECE_MEASURE && (work->in_aggregate || work->depth > 0))
        return work_fail(work, at, "", "a measure stands inside an aggregate or a sub-select");
    if (kind != PIECE_MEASURE && outside)
        return work_fail(work, at, "put it into SUM( ), COUNT( ), MIN( ), MAX( ) or AVG( )",
                         "column '%s' stands outside an aggregate", name);
    return 0;
}

static int walk_reference(struct work *work, const struct tree_node *fields, struct stand_in *stand_in)
{
    struct piece            piece  = stand_in->reference.piece;
    const struct tree_node *column = fields->first->next ? string_of(fields->first->next) : NULL;
    bool                    table  = piece.kind == PIECE_ALIAS || piece.kind == PIECE_JOIN_ALIAS;
    char                   *name   = column ? tree_text(work->request->arena, column) : NULL;
    int                     r;

    r = check_place(work, stand_in->start, piece.kind, name ? name : "{…}");
    if (r < 0)
        return r;
    if (fields->count > 2)
        return work_fail(work, stand_in->start, "", "too many names after a reference");
    if (table && !stand_in->reference.inlined && !column)
        return work_fail(work, stand_in->start, "name the column: {CUBE}.views", "a table stands where a column is expected");
    if ((!table || stand_in->reference.inlined) && fields->count > 1)
        return work_fail(work, stand_in->start, "leave out what follows the point", "a member has no columns");
    stand_in->used    = true;
    work->has_measure = work->has_measure || piece.kind == PIECE_MEASURE;
    work_edit(work, stand_in->start, stand_in->end, RANK_REPLACE, piece);
    work->edits[work->edit_count - 1].inlined = stand_in->reference.inlined;
    if (piece.kind == PIECE_ALIAS)
        work->edits[work->edit_count - 1].column = name;
    return 0;
}

/* own.column and analytics.own.column: the qualifier becomes the alias. */
static int walk_qualified(struct work *work, const struct tree_node *fields, size_t at)
{
    const struct tree_node *table = string_of(fields->first), *column;
    struct lexeme           lexeme;
    char                   *name;
    int                     r;

    if (fields->count == 3)
        table = string_of(fields->first->next);
    column = last_string(fields);
    if (!table || !tree_text_is(table, work->request->table) || is_shadowed(work)) {
        if (work->depth > 0)
            return 0;
        return work_fail(work, at, "the cube's own columns stand alone, those of a join are written {join}.column",
                         "'%.*s' is neither the cube's own table nor a reference",
                         table ? (int) table->length : 1, table ? table->text : "?");
    }
    if (!column)
        return work_fail(work, at, "name the columns", "'*' of a table cannot be read here");
    name = tree_text(work->request->arena, column);
    r    = check_place(work, at, PIECE_ALIAS, name);
    if (r < 0)
        return r;
    lexeme = lexeme_skip(work->text.data, work->text.length, at);
    if (fields->count == 3) {
        lexeme = lexeme_skip(work->text.data, work->text.length, lexeme.end);   /* the point */
        lexeme = lexeme_skip(work->text.data, work->text.length, lexeme.end);
    }
    work_edit(work, at, lexeme.end, RANK_REPLACE, (struct piece){ .kind = PIECE_ALIAS });
    work->edits[work->edit_count - 1].column = name;
    return 0;
}

static int walk_column(struct work *work, const struct tree_node *column)
{
    const struct tree_node *fields   = tree_get(column, "fields"), *first;
    size_t                  at       = node_number(column, "location");
    struct stand_in        *stand_in = stand_in_at(work, at);
    struct lexeme           lexeme;
    char                   *name;
    int                     r;

    if (!fields || !fields->first)
        return work_fail(work, at, "", "a column without a name");
    if (stand_in)
        return walk_reference(work, fields, stand_in);
    if (fields->count > 1)
        return walk_qualified(work, fields, at);
    first = string_of(fields->first);
    if (work->depth > 0)
        return 0;                      /* a column of the sub-select's own tables */
    if (!first)
        return work_fail(work, at, "count(*) counts rows; elsewhere name the columns", "'*' cannot be read here");
    lexeme = lexeme_skip(work->text.data, work->text.length, at);
    name   = tree_text(work->request->arena, first);
    r      = check_place(work, at, PIECE_COLUMN, name);
    if (r < 0)
        return r;
    work_edit(work, at, lexeme.end, RANK_REPLACE, (struct piece){
        .kind = PIECE_COLUMN, .text = arena_strndup(work->request->arena, work->text.data + at, lexeme.end - at),
    });
    work->edits[work->edit_count - 1].column = name;
    return 0;
}

/* -- sub-selects --------------------------------------------------------------------------------------------------- */

static void push_name(struct work *work, const struct tree_node *text, bool table)
{
    if (text && text->kind == TREE_STRING)
        VEC_PUSH(work->names, work->name_count, work->name_room,
                 ((struct scope_name){ text->text, text->length, table }));
}

static const struct tree_node *alias_of(const struct tree_node *item)
{
    return tree_get(tree_get(item, "alias"), "aliasname");
}

/* The names a FROM item gives to what stands in its select. */
static void push_from(struct work *work, const struct tree_node *item)
{
    const struct tree_node *range = tree_get(item, "RangeVar"), *join = tree_get(item, "JoinExpr");

    if (range) {
        const struct tree_node *alias = alias_of(range);

        push_name(work, alias ? alias : tree_get(range, "relname"), true);
    } else if (join) {
        push_from(work, tree_get(join, "larg"));
        push_from(work, tree_get(join, "rarg"));
        push_name(work, alias_of(join), true);
    } else if (item && item->first) {
        push_name(work, alias_of(item->first), true);   /* RangeSubselect, RangeFunction, … */
    }
}

static int walk_select(struct work *work, const struct tree_node *select)
{
    const struct tree_node *from = tree_get(select, "fromClause"), *ctes = tree_get(tree_get(select, "withClause"), "ctes");
    size_t                  mark = work->name_count;
    int                     r;

    if (tree_get(select, "lockingClause") || tree_get(select, "intoClause"))
        return work_fail(work, work->body, "", "a sub-select of a model only reads");
    if (ctes)
        for (const struct tree_node *cte = ctes->first; cte; cte = cte->next)
            push_name(work, tree_get(tree_get(cte, "CommonTableExpr"), "ctename"), false);
    if (from)
        for (const struct tree_node *item = from->first; item; item = item->next)
            push_from(work, item);
    r = walk_kids(work, select);
    work->name_count = mark;
    return r;
}

static int walk_sublink(struct work *work, const struct tree_node *link)
{
    int r;

    r = walk(work, tree_get(link, "testexpr"));
    if (r < 0)
        return r;
    VEC_PUSH(work->selects, work->select_count, work->select_room, node_number(link, "location"));
    work->depth++;
    r = walk(work, tree_get(link, "subselect"));
    work->depth--;
    return r;
}

static bool is_cte(const struct work *work, const struct tree_node *name)
{
    for (size_t i = 0; i < work->name_count; i++)
        if (!work->names[i].table && work->names[i].length == name->length
            && memcmp(work->names[i].text, name->text, name->length) == 0)
            return true;
    return false;
}

/* Tables of the warehouse are read from `analytics` and `users` or, for a tenant, from `tenant`. */
static int walk_table(struct work *work, const struct tree_node *table)
{
    const struct tree_node *schema = tree_get(table, "schemaname"), *name = tree_get(table, "relname");
    size_t                  at     = node_number(table, "location");
    struct lexeme           lexeme = lexeme_skip(work->text.data, work->text.length, at);

    if (!name || tree_get(table, "catalogname"))
        return work_fail(work, at, "", "a table of another database");
    if (stand_in_at(work, at))
        return work_fail(work, at, "write the table's name", "a reference stands where a table is expected");
    if (tree_text_is(schema, "analytics") || tree_text_is(schema, "users")) {
        work_edit(work, at, lexeme.end, RANK_REPLACE,
                  (struct piece){ .kind = PIECE_SCHEMA, .text = tree_text_is(schema, "users") ? "users" : "analytics" });
    } else if (!schema && !is_cte(work, name) && !(name->length > 3 && memcmp(name->text, "pg_", 3) == 0)) {
        work_edit(work, at, at, RANK_OPEN, (struct piece){ .kind = PIECE_SCHEMA, .text = "analytics" });
        work_edit(work, at, at, RANK_OPEN_2, (struct piece){ .kind = PIECE_TEXT, .text = "." });
    }
    return 0;
}

/* -- functions ----------------------------------------------------------------------------------------------------- */

static bool in_list(const char *const *list, const struct tree_node *name)
{
    for (size_t i = 0; list[i]; i++)
        if (tree_text_is(name, list[i]))
            return true;
    return false;
}

/* now(): the whole call is the query's clock. */
static int walk_now(struct work *work, size_t at)
{
    size_t open = at, end;

    while (open < work->text.length && work->text.data[open] != '(')
        open++;
    end = lexeme_match(work->text.data, work->text.length, open);
    if (!end)
        return work_fail(work, at, "", "now() is not closed");
    work_edit(work, at, end, RANK_REPLACE, (struct piece){ .kind = PIECE_NOW });
    return 0;
}

static int walk_call(struct work *work, const struct tree_node *call)
{
    static const char *const clocks[]   = { "now", "transaction_timestamp", "statement_timestamp", NULL };
    static const char *const restless[] = { "clock_timestamp", "timeofday", "random", "gen_random_uuid", "nextval", "setval",
                                            "pg_sleep", "set_config", "setseed", NULL };
    const struct tree_node *name = last_string(tree_get(call, "funcname")), *arguments = tree_get(call, "args");
    size_t                  at   = node_number(call, "location");
    enum aggregate_kind     kind;
    bool                    supported;

    if (!name)
        return work_fail(work, at, "", "a function without a name");
    if (in_list(restless, name))
        return work_fail(work, at, "now() is the query's clock", "%.*s() gives another value each time",
                         (int) name->length, name->text);
    if (tree_text_is(name, "age") && arguments && arguments->count == 1)
        return work_fail(work, at, "write age(now(), …)", "age() of one value reads the session's clock");
    if (!arguments && in_list(clocks, name))
        return walk_now(work, at);
    if (work->depth > 0)
        return walk_kids(work, call);
    if (tree_get(call, "over"))
        return work_fail(work, at, "", "window functions are not read in a model");
    if (!aggregate_from_name(name->text, name->length, &kind, &supported)) {
        if (tree_get(call, "agg_filter") || tree_get(call, "agg_star") || tree_get(call, "agg_distinct"))
            return work_fail(work, at, "", "%.*s() is no aggregate this program knows", (int) name->length, name->text);
        return walk_kids(work, call);
    }
    if (work->request->use == FRAGMENT_ROW)
        return work_fail(work, at, "a measure of this type already aggregates; of type 'number' it takes SUM(…)",
                         "aggregate %.*s() in SQL of one row", (int) name->length, name->text);
    if (work->in_aggregate)
        return work_fail(work, at, "", "an aggregate inside an aggregate");
    if (!supported)
        return work_fail(work, at, "SUM, COUNT, MIN, MAX and AVG are", "aggregate %.*s() is not supported",
                         (int) name->length, name->text);
    return work_aggregate(work, call, kind);
}

static int walk_clock(struct work *work, const struct tree_node *value)
{
    const struct tree_node *op   = tree_get(value, "op");
    size_t                  at   = node_number(value, "location");
    struct lexeme           word = lexeme_skip(work->text.data, work->text.length, at);
    enum piece_kind         kind;

    if (tree_text_is(op, "SVFOP_CURRENT_DATE"))
        kind = PIECE_TODAY;
    else if (tree_text_is(op, "SVFOP_CURRENT_TIMESTAMP"))
        kind = PIECE_NOW;
    else
        return work_fail(work, at, "use now() or CURRENT_DATE", "%.*s depends on the session", (int) (word.end - word.at),
                         work->text.data + word.at);
    work_edit(work, at, word.end, RANK_REPLACE, (struct piece){ .kind = kind });
    return 0;
}

/* 'today'::date and the like would be read by the server's clock and zone. */
static int walk_cast(struct work *work, const struct tree_node *cast)
{
    static const char *const words[] = { "now", "today", "tomorrow", "yesterday", NULL };
    static const char *const types[] = { "date", "timestamp", "timestamptz", "time", "timetz", NULL };
    const struct tree_node *text = tree_get(tree_get(tree_get(tree_get(cast, "arg"), "A_Const"), "sval"), "sval");
    const struct tree_node *type = last_string(tree_get(tree_get(cast, "typeName"), "names"));

    if (text && type && in_list(types, type) && in_list(words, text))
        return work_fail(work, node_number(cast, "location"), "use now() or CURRENT_DATE",
                         "'%.*s' depends on the session", (int) text->length, text->text);
    return walk_kids(work, cast);
}

static int walk_operator(struct work *work, const struct tree_node *expression)
{
    int r = work_guard_division(work, expression);

    return r < 0 ? r : walk_kids(work, expression);
}

static int refuse_parameter(struct work *work, const struct tree_node *node)
{
    return work_fail(work, node_number(node, "location"), "", "a parameter ($1) has no value in a model");
}

static int refuse_statement(struct work *work, const struct tree_node *node)
{
    (void) node;
    return work_fail(work, work->body, "", "a model only reads");
}

static int refuse_node(struct work *work, const struct tree_node *node)
{
    return work_fail(work, node_number(node, "location"), "", "this is not an expression a model can hold");
}

/* -- the walk ------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *key;
    int (*walk)(struct work *work, const struct tree_node *node);
} walkers[] = {
    { "ColumnRef", walk_column },       { "FuncCall", walk_call },           { "A_Expr", walk_operator },
    { "TypeCast", walk_cast },          { "SubLink", walk_sublink },         { "SelectStmt", walk_select },
    { "larg", walk_select },            { "rarg", walk_select },             { "RangeVar", walk_table },
    { "SQLValueFunction", walk_clock }, { "ParamRef", refuse_parameter },    { "InsertStmt", refuse_statement },
    { "UpdateStmt", refuse_statement }, { "DeleteStmt", refuse_statement },  { "MergeStmt", refuse_statement },
    { "SetToDefault", refuse_node },    { "GroupingFunc", refuse_node },     { "CurrentOfExpr", refuse_node },
};

static int walk(struct work *work, const struct tree_node *node)
{
    if (!node)
        return 0;
    if (node->key_length > 0 && node->kind == TREE_OBJECT && (node->key[0] <= 'Z' || node->key[0] == 'l' || node->key[0] == 'r'))
        for (size_t i = 0; i < COUNT_OF(walkers); i++)
            if (tree_key_is(node, walkers[i].key)) {
                /* the two sides of a set operation are selects, those of a join are nodes of their own */
                if (node->key[0] == 'l' || node->key[0] == 'r')
                    if (!tree_get(node, "op"))
                        break;
                return walkers[i].walk(work, node);
            }
    return walk_kids(work, node);
}

int work_walk(struct work *work, const struct tree_node *expression)
{
    return walk(work, expression);
}
