/*
 * See sql_session.h. A SET hides in a function (set_config, or one that somebody has written), so a statement is
 * harmless when its verb is, when all that it calls stands in the list below, and when it makes no temporary table.
 * What operators, views and triggers call is not seen here; these change rows and values, not sessions, by all custom.
 */
#include "sql_session.h"

#include <string.h>
#include <strings.h>

#include "sql_lex.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static const char *const verbs[] = {
    "abort", "alter", "analyze", "begin", "cluster", "comment", "commit", "copy", "create", "delete", "drop",
    "end", "explain", "grant", "insert", "merge", "prepare", "refresh", "reindex", "release", "revoke", "rollback",
    "savepoint", "select", "show", "start", "table", "truncate", "update", "vacuum", "values", "with",
};

/* Before a bracket: words that can be no function, types, ways of an index, and functions of PostgreSQL's own. */
static const char *const harmless[] = {
    "all", "analyze", "and", "any", "array", "as", "between", "by", "case", "cast", "check", "conflict", "cube",
    "distinct", "else", "except", "exists", "filter", "from", "group", "grouping", "having", "in", "include",
    "intersect", "into", "key", "lateral", "limit", "materialized", "not", "offset", "on", "only", "or", "order",
    "over", "partition", "primary", "range", "returning", "rollup", "row", "select", "set", "sets", "some", "table",
    "then", "union", "unique", "using", "values", "when", "where", "window", "with", "within",
    "bit", "bpchar", "char", "character", "dec", "decimal", "float", "interval", "numeric", "time", "timestamp",
    "timestamptz", "varbit", "varchar", "varying",
    "brin", "btree", "gin", "gist", "hash",
    "abs", "age", "array_agg", "array_length", "avg", "bool_and", "bool_or", "cardinality", "ceil", "ceiling",
    "char_length", "clock_timestamp", "coalesce", "concat", "concat_ws", "corr", "count", "cume_dist",
    "current_setting", "currval", "date", "date_bin", "date_part", "date_trunc", "dense_rank", "every", "exp",
    "extract", "first_value", "floor", "format", "gen_random_uuid", "generate_series", "greatest", "initcap",
    "json_agg", "json_build_object", "json_object_agg", "jsonb_agg", "jsonb_build_object", "jsonb_object_agg", "lag",
    "last_value", "lead", "least", "left", "length", "ln", "log", "lower", "lpad", "ltrim", "make_date",
    "make_interval", "make_timestamptz", "max", "md5", "min", "mod", "mode", "nextval", "now", "nth_value", "ntile",
    "nullif", "overlay", "percent_rank", "percentile_cont", "percentile_disc", "pg_database_size", "pg_relation_size",
    "pg_size_pretty", "pg_table_size", "pg_total_relation_size", "position", "power", "random", "rank",
    "regexp_match", "regexp_matches", "regexp_replace", "regexp_split_to_array", "regexp_split_to_table", "repeat",
    "replace", "reverse", "right", "round", "row_number", "row_to_json", "rpad", "rtrim", "setval", "sign",
    "split_part", "sqrt", "statement_timestamp", "stddev", "stddev_pop", "string_agg", "string_to_array", "strpos",
    "substr", "substring", "sum", "timezone", "to_char", "to_date", "to_json", "to_jsonb", "to_number", "to_regclass",
    "to_timestamp", "to_tsquery", "to_tsvector", "translate", "trim", "trunc", "unnest", "upper", "var_pop",
    "variance", "version", "width_bucket",
};

/* Behind these a name with a bracket is a table with its columns. */
static const char *const declaring[] = {"analyze", "as", "copy", "exists", "into", "recursive", "references", "table",
                                        "vacuum", "with"};
static const char *const temporary[] = {"pg_temp", "temp", "temporary"};

struct scan {
    struct sql_lexer lexer;
    struct sql_piece before;       /* the word before the name */
    struct sql_piece name;         /* its last part; length 0: what came last was no name */
    bool             dotted, of_catalog, after_dot, index;
    size_t           names;
};

static bool is_among(const struct sql_lexer *lexer, const struct sql_piece *piece, const char *const *words,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (piece->kind == SQL_WORD && sql_piece_is(lexer, piece, words[i]))
            return true;
    return false;
}

static bool is_harmless_call(const struct scan *scan)
{
    const struct sql_lexer *lexer = &scan->lexer;

    if (scan->names == 1)          /* the verb: VACUUM ( */
        return true;
    if (is_among(lexer, &scan->before, declaring, COUNT_OF(declaring)))
        return true;
    if (scan->index && scan->before.kind == SQL_WORD && sql_piece_is(lexer, &scan->before, "on"))
        return true;
    return (!scan->dotted || scan->of_catalog) && is_among(lexer, &scan->name, harmless, COUNT_OF(harmless));
}

static void take_name(struct scan *scan, const struct sql_piece *piece)
{
    if (scan->after_dot) {
        scan->of_catalog = !scan->dotted && scan->name.kind == SQL_WORD &&
                           sql_piece_is(&scan->lexer, &scan->name, "pg_catalog");
        scan->dotted = true;
    } else {
        scan->before = scan->name;
        scan->dotted = scan->of_catalog = false;
    }
    scan->index |= piece->kind == SQL_WORD && sql_piece_is(&scan->lexer, piece, "index");
    scan->name = *piece;
    scan->names++;
    scan->after_dot = false;
}

/* False: it can alter the session. */
static bool take_mark(struct scan *scan, char c)
{
    bool fine = c != '(' || scan->name.length == 0 || is_harmless_call(scan);

    scan->after_dot = c == '.' && scan->name.length > 0;
    if (!scan->after_dot)
        scan->name = (struct sql_piece){0};
    return fine;
}

static bool calls_nothing_unknown(const char *text)
{
    struct scan      scan = {.lexer = {.text = text, .length = strlen(text)}};
    struct sql_piece piece;

    while (sql_next(&scan.lexer, &piece)) {
        char c = text[piece.at];
        bool name = piece.kind == SQL_WORD ||
                    (piece.kind == SQL_QUOTED && memchr(text + piece.at, '"', piece.length < 3 ? piece.length : 3));

        if (piece.kind == SQL_SPACE || piece.kind == SQL_LINE || piece.kind == SQL_COMMENT)
            continue;
        if (is_among(&scan.lexer, &piece, temporary, COUNT_OF(temporary)) || c == ';')
            return false;
        if (name)
            take_name(&scan, &piece);
        else if (!take_mark(&scan, piece.kind == SQL_MARK ? c : '\0'))
            return false;
    }
    return true;
}

bool sql_may_alter_session(const char *text, const char *verb)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        if (text_equal(verb, verbs[i]))
            return !calls_nothing_unknown(text);
    return true;
}
