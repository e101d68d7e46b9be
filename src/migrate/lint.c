/*
 * One part of a file, statement by statement: parsed, then what it does (effects.c), then what is worth saying (rules*.c),
 * then what it makes known (known.c). The only file of the room that knows libpg_query.
 *
 * Invariant: the parser, the tree and all walks over it are recursive, and a task's stack is small: a statement that
 * could nest deeper than NESTING_MOST is refused before it is parsed.
 */
#include "lint.h"

#include <stdio.h>
#include <string.h>

#include <pg_query.h>

#include "migrate_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

#define NESTING_MOST 1500        /* words since the last comma, over all open brackets: no tree is deeper */
#define BRACKETS_MOST 500

struct migrate_lint {
    struct migrate_statement *statements;
    size_t                    statement_count, statement_room;
    struct migrate_finding   *findings;
    size_t                    finding_count, finding_room;
};

void lint_find(struct lint_work *work, enum migrate_severity severity, const char *rule, const char *format, ...)
{
    struct migrate_lint   *lint = work->lint;
    struct migrate_finding finding = {.severity = severity, .rule = rule};
    struct str             message = STR_INIT;
    char                   text[600];
    va_list                args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    str_add_bytes(&message, text, utf8_valid_prefix(text, strlen(text)));
    finding.line = work->statement->line;
    finding.message = str_take(&message);
    VEC_PUSH(lint->findings, lint->finding_count, lint->finding_room, finding);
}

/* The relation, or the schema it lies in, was made earlier in this part. */
bool lint_was_made(const struct lint_work *work, const char *name)
{
    const char *point = strrchr(name, '.');

    return map_get(work->made, name) != NULL || (point != NULL && map_get_bytes(work->made, name, (size_t)(point - name)) != NULL);
}

/* -- a statement that does not parse ---------------------------------------------------------------------------------------- */

static int refuse_at(const struct lint_work *work, const char *sql, size_t at, const char *message, struct error *error)
{
    size_t                     first = work->down ? work->migration->down_line : work->migration->up_line, start = at, end = at;
    _cleanup_(mem_freep) char *line = NULL;
    int                        r = error_set(error, ERR_SYNTAX, "%s", message);

    while (start > 0 && sql[start - 1] != '\n')
        start--;
    while (sql[end] != '\0' && sql[end] != '\n')
        end++;
    line = mem_strndup(sql + start, end - start);
    error_where(error, work->migration->file, migrate_line_of(sql, at, first), at - start + 1);
    error_point(error, line, at - start, at < end ? 1 : 0);
    return r;
}

/* The parser counts characters, from 1. */
static size_t byte_of(const char *text, size_t length, int position)
{
    size_t at = 0;

    for (int i = 1; i < position && at < length; i++) {
        uint32_t point;

        at += utf8_decode(text + at, length - at, &point);
    }
    return at;
}

static bool nests_too_deep(const char *sql, size_t cursor, size_t end)
{
    size_t counts[BRACKETS_MOST] = {0}, depth = 0, sum = 0, at, length;

    while (migrate_word(sql, end, &cursor, &at, &length)) {
        if (sql[at] == ')' || sql[at] == ']') {
            sum -= counts[depth];
            counts[depth] = 0;
            depth -= depth > 0;
            continue;
        }
        if (sql[at] == ',' || sql[at] == ';') {
            sum -= counts[depth];
            counts[depth] = 0;
            continue;
        }
        counts[depth]++;
        if (++sum > NESTING_MOST)
            return true;
        if ((sql[at] == '(' || sql[at] == '[') && ++depth == BRACKETS_MOST)
            return true;
    }
    return false;
}

/* -- statements --------------------------------------------------------------------------------------------------------------- */

static void read_statement(struct lint_work *work, const json_t *node, const char *sql, size_t at, size_t length)
{
    struct migrate_statement statement = {.sql = mem_strndup(sql + at, length), .lock = ""};

    statement.line = migrate_line_of(sql, at, work->down ? work->migration->down_line : work->migration->up_line);
    work->node = node_inner(node, &work->kind);
    work->statement = &statement;
    lint_effects(work);
    lint_rules(work);
    lint_learn(work);
    work->statement = NULL;
    VEC_PUSH(work->lint->statements, work->lint->statement_count, work->lint->statement_room, statement);
}

static int read_tree(struct lint_work *work, const char *text, const char *sql, size_t at, size_t length, struct error *error)
{
    json_error_t  why;
    json_t       *root = json_loads(text, 0, &why);
    const json_t *entry;
    size_t        index;

    if (root == NULL)
        return refuse_at(work, sql, at, "the statement is nested too deep to be looked into", error);
    json_array_foreach(json_object_get(root, "stmts"), index, entry) read_statement(work, node_get(entry, "stmt"), sql, at, length);
    json_decref(root);
    return 0;
}

static int parse_statement(struct lint_work *work, const char *sql, size_t at, size_t length, struct error *error)
{
    _cleanup_(mem_freep) char *statement = mem_strndup(sql + at, length);
    PgQueryParseResult         result;
    int                        r;

    if (nests_too_deep(sql, at, at + length))
        return refuse_at(work, sql, at, "the statement is nested too deep to be looked into", error);
    result = pg_query_parse(statement);
    if (result.error != NULL)
        r = refuse_at(work, sql, at + byte_of(statement, length, result.error->cursorpos), result.error->message, error);
    else
        r = read_tree(work, result.parse_tree, sql, at, length, error);
    pg_query_free_parse_result(result);
    return r;
}

static int read_part(struct lint_work *work, struct error *error)
{
    const char *sql = work->down ? work->migration->down : work->migration->up;
    size_t      cursor = 0, at, length, valid = utf8_valid_prefix(sql, strlen(sql));
    int         r = 0;

    if (valid < strlen(sql))
        return refuse_at(work, "", 0, "the file is not UTF-8", error);
    while (migrate_split(sql, &cursor, &at, &length))
        work->count++;
    cursor = 0;
    while (r >= 0 && migrate_split(sql, &cursor, &at, &length))
        r = parse_statement(work, sql, at, length, error);
    return r;
}

int lint_read(const struct migration *migration, bool down, const char *engine, struct lint_schema *schema, struct migrate_lint **ret_lint,
              struct error *error)
{
    _cleanup_(migrate_lint_freep) struct migrate_lint *lint = mem_alloc(sizeof *lint);
    _cleanup_(map_freep) struct map                   *made = map_new(), *noted = map_new();
    struct lint_work work = {.migration = migration, .engine = engine, .schema = schema, .lint = lint, .made = made, .noted = noted, .down = down};
    int              r = read_part(&work, error);

    if (r >= 0)
        *ret_lint = TAKE(lint);
    return r;
}

int migrate_lint_read(const struct migration *migration, bool down, const char *engine, struct migrate_lint **ret_lint, struct error *error)
{
    _cleanup_(lint_schema_freep) struct lint_schema *schema = lint_schema_new(engine);

    return lint_read(migration, down, engine, schema, ret_lint, error);
}

void migrate_lint_free(struct migrate_lint *lint)
{
    if (lint == NULL)
        return;
    for (size_t i = 0; i < lint->statement_count; i++) {
        mem_free(lint->statements[i].sql);
        mem_free(lint->statements[i].target);
    }
    for (size_t i = 0; i < lint->finding_count; i++)
        mem_free(lint->findings[i].message);
    mem_free(lint->statements);
    mem_free(lint->findings);
    mem_free(lint);
}

void migrate_lint_freep(struct migrate_lint **lint)
{
    migrate_lint_free(*lint);
    *lint = NULL;
}

const struct migrate_statement *migrate_lint_statements(const struct migrate_lint *lint, size_t *ret_count)
{
    *ret_count = lint->statement_count;
    return lint->statements;
}

const struct migrate_finding *migrate_lint_findings(const struct migrate_lint *lint, size_t *ret_count)
{
    *ret_count = lint->finding_count;
    return lint->findings;
}
