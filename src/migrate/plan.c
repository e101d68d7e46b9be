/*
 * What `up` would do, statement by statement, against the server as it is now. Read twice: first for the relations that
 * are locked, of which the server is asked size and holders in one question; then, with the sizes known, for findings.
 * Nothing is written and no lock is taken.
 */
#include <inttypes.h>
#include <string.h>

#include "lint.h"
#include "migrate_int.h"
#include "ytempire/base/mem.h"

#define LARGE (16 * 1024 * 1024)        /* bytes; what is smaller is read or written in less than a blink */

struct planned {
    const struct migration *migration;
    struct migrate_lint    *lint;       /* NULL: it does not parse */
    struct error            trouble;
};

struct plan {
    struct pg            *pg;
    struct history       *history;
    struct engine_choice  choice;
    struct migration_set *set;
    struct planned       *files;
    size_t                count, room;
    struct pg_result     *targets;      /* one row a statement with a target, in order: oid, bytes, holders */
    struct table         *table;
};

static void forget_files(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        migrate_lint_free(plan->files[i].lint);
        error_done(&plan->files[i].trouble);
    }
    plan->count = 0;
}

static void plan_done(struct plan *plan)
{
    forget_files(plan);
    mem_free(plan->files);
    pg_result_free(plan->targets);
    table_free(plan->table);
    history_free(plan->history);
    migration_set_free(plan->set);
    engine_choice_done(&plan->choice);
}

/* Applied files teach the schema, pending ones are kept. */
static void read_files(struct plan *plan, struct lint_schema *schema)
{
    forget_files(plan);
    for (size_t i = 0; i < migration_set_count(plan->set); i++) {
        struct planned file = {.migration = migration_set_at(plan->set, i)};

        if (history_find(plan->history, file.migration->version) == NULL) {
            (void)!lint_read(file.migration, false, plan->choice.engine, schema, &file.lint, &file.trouble);
            VEC_PUSH(plan->files, plan->count, plan->room, file);
        } else if (lint_read(file.migration, false, plan->choice.engine, schema, &file.lint, NULL) >= 0) {
            migrate_lint_free(file.lint);
        }
    }
}

/* -- the server ---------------------------------------------------------------------------------------------------------------- */

static void add_element(struct str *to, const char *text)
{
    str_add(to, to->length > 1 ? ",\"" : "\"");
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            str_add_char(to, '\\');
        str_add_char(to, *text);
    }
    str_add_char(to, '"');
}

static int ask_targets(struct plan *plan, struct lint_schema *schema, struct error *error)
{
    struct str names = STR_INIT, modes = STR_INIT;
    size_t     row = 0, count;
    int        r;

    str_add_char(&names, '{');
    str_add_char(&modes, '{');
    for (size_t i = 0; i < plan->count; i++) {
        const struct migrate_statement *statements = plan->files[i].lint != NULL ? migrate_lint_statements(plan->files[i].lint, &count) : (count = 0, NULL);

        for (size_t s = 0; s < count; s++)
            if (statements[s].target != NULL) {
                add_element(&names, statements[s].target);
                add_element(&modes, statements[s].lock);
            }
    }
    str_add_char(&names, '}');
    str_add_char(&modes, '}');
    struct pg_value values[] = {PG_TEXT(names.data), PG_TEXT(modes.data)};
    r = pg_catalog_query(plan->pg, "plan_targets", values, COUNT_OF(values), &plan->targets, error);
    str_done(&names);
    str_done(&modes);
    if (r < 0)
        return r;
    for (size_t i = 0; i < plan->count; i++) {
        const struct migrate_statement *statements = plan->files[i].lint != NULL ? migrate_lint_statements(plan->files[i].lint, &count) : (count = 0, NULL);

        for (size_t s = 0; s < count; s++)
            if (statements[s].target != NULL)        /* what is not there yet has no rows */
                lint_schema_note(schema, statements[s].target)->size = pg_result_int(plan->targets, row++, 1) >= LARGE ? SIZE_LARGE : SIZE_SMALL;
    }
    return 0;
}

/* -- the table ------------------------------------------------------------------------------------------------------------------ */

static const char *const severities[] = {"note", "warning", "error"};

void plan_add_findings(struct str *to, const struct migrate_lint *lint, size_t line)
{
    size_t                        count;
    const struct migrate_finding *findings = migrate_lint_findings(lint, &count);

    for (size_t i = 0; i < count; i++)
        if (findings[i].line == line)
            str_addf(to, "%s%s %s: %s", to->length > 0 ? "; " : "", severities[findings[i].severity], findings[i].rule, findings[i].message);
}

/* One line of it: the file is named beside. */
static char *first_line(const char *sql)
{
    size_t length = strcspn(sql, "\n");

    return sql[length] == '\0' ? mem_strdup(sql) : mem_printf("%.*s …", (int)length, sql);
}

static void add_statement(struct plan *plan, const struct planned *file, const struct migrate_statement *statement, bool first_on_line, size_t *row)
{
    _cleanup_(mem_freep) char *line = mem_printf("%zu", statement->line), *sql = first_line(statement->sql);
    struct str                 findings = STR_INIT;
    const char                *bytes = NULL, *blocked_by = NULL;

    if (statement->target != NULL) {
        bytes = pg_result_text(plan->targets, *row, 1);
        blocked_by = pg_result_text(plan->targets, *row, 2);
        ++*row;
    }
    if (first_on_line)
        plan_add_findings(&findings, file->lint, statement->line);
    table_add(plan->table, file->migration->version, file->migration->file, line, sql, statement->target,
              statement->lock[0] != '\0' ? statement->lock : NULL, bytes, statement->rewrites ? "t" : "f", statement->destructive ? "t" : "f",
              blocked_by, findings.length > 0 ? findings.data : NULL);
    str_done(&findings);
}

static void add_trouble(struct plan *plan, const struct planned *file)
{
    _cleanup_(mem_freep) char *words = mem_printf("error syntax: %s (%s)", file->trouble.text, file->trouble.where);

    table_add(plan->table, file->migration->version, file->migration->file, NULL, file->trouble.subject, NULL, NULL, NULL, NULL, NULL, NULL, words);
}

static void make_table(struct plan *plan)
{
    size_t row = 0;

    plan->table = table_new("version:text file:text line:int statement:text target:text lock:text bytes:int rewrites:bool destructive:bool "
                            "blocked_by:text findings:text");
    table_column_mutable(plan->table, 6)->format = FORMAT_BYTES;
    for (size_t i = 0; i < plan->count; i++) {
        const struct migrate_statement *statements;
        size_t                          count;

        if (plan->files[i].lint == NULL) {
            add_trouble(plan, &plan->files[i]);
            continue;
        }
        statements = migrate_lint_statements(plan->files[i].lint, &count);
        for (size_t s = 0; s < count; s++)
            add_statement(plan, &plan->files[i], &statements[s], s == 0 || statements[s - 1].line != statements[s].line, &row);
    }
}

int migrate_plan(struct pg *pg, const struct migrate_options *options, struct sink *sink, struct error *error)
{
    struct plan         plan = {.pg = pg};
    struct lint_schema *schema = NULL;
    int                 r = history_read(pg, &plan.history, error);

    if (r >= 0)
        r = engine_choose(pg, options, plan.history, &plan.choice, error);
    if (r >= 0)
        r = migration_set_load(options->folder, plan.choice.engine, &plan.set, error);
    if (r < 0)
        goto out;
    schema = lint_schema_new(plan.choice.engine);
    read_files(&plan, schema);
    r = ask_targets(&plan, schema, error);
    if (r < 0)
        goto out;
    read_files(&plan, schema);
    make_table(&plan);
    if (!plan.choice.recorded)
        sink_text(sink, "storage engine: %s (%s)", plan.choice.engine, plan.choice.reason != NULL ? plan.choice.reason : "as asked for");
    r = table_send(plan.table, sink, error);
out:
    lint_schema_free(schema);
    plan_done(&plan);
    return r;
}
