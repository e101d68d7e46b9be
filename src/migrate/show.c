/*
 * One file, statement by statement: what it does and undoes, with the locks it takes and what was found, and what undoing
 * it touches. Nothing is written and no lock is taken.
 */
#include "lint.h"

#include "migrate_int.h"
#include "ytempire/base/mem.h"

#define NAMED_MOST 12

struct show {
    struct pg            *pg;
    struct history       *history;
    struct engine_choice  choice;
    struct migration_set *set;
};

static int show_open(struct show *show, const struct migrate_options *options, struct error *error)
{
    int r = history_read(show->pg, &show->history, error);

    if (r >= 0)
        r = engine_choose(show->pg, options, show->history, &show->choice, error);
    if (r >= 0)
        r = migration_set_load(options->folder, show->choice.engine, &show->set, error);
    return r;
}

static void show_done(struct show *show)
{
    history_free(show->history);
    migration_set_free(show->set);
    engine_choice_done(&show->choice);
}

/* What files before one make is known to it. */
static struct lint_schema *known_before(const struct show *show, const struct migration *one)
{
    struct lint_schema *schema = lint_schema_new(show->choice.engine);

    for (size_t i = 0; i < migration_set_count(show->set) && migration_set_at(show->set, i) != one; i++) {
        struct migrate_lint *lint = NULL;

        if (lint_read(migration_set_at(show->set, i), false, show->choice.engine, schema, &lint, NULL) >= 0)
            migrate_lint_free(lint);
    }
    return schema;
}

/* -- one file ------------------------------------------------------------------------------------------------------ */

static void add_statement(struct table *table, const struct migration *one, bool down, const struct migrate_lint *lint,
                          const struct migrate_statement *statement, bool first_on_line)
{
    _cleanup_(mem_freep) char *line = mem_printf("%zu", statement->line);
    struct str findings = STR_INIT;

    if (first_on_line)
        plan_add_findings(&findings, lint, statement->line);
    table_add(table, one->version, one->file, down ? "down" : "up", line, statement->sql, statement->target,
              statement->lock[0] != '\0' ? statement->lock : NULL, statement->rewrites ? "t" : "f",
              statement->destructive ? "t" : "f", findings.length > 0 ? str_text(&findings) : NULL);
    str_done(&findings);
}

/* What does not parse is a row that says so. */
static void add_part(const struct show *show, struct table *table, const struct migration *one, bool down,
                     struct lint_schema *schema)
{
    _cleanup_(migrate_lint_freep) struct migrate_lint *lint = NULL;
    struct error trouble = ERROR_INIT;

    if (lint_read(one, down, show->choice.engine, schema, &lint, &trouble) >= 0) {
        size_t                          count;
        const struct migrate_statement *statements = migrate_lint_statements(lint, &count);

        for (size_t i = 0; i < count; i++)
            add_statement(table, one, down, lint, &statements[i],
                          i == 0 || statements[i - 1].line != statements[i].line);
    } else {
        _cleanup_(mem_freep) char *words =
            mem_printf("error syntax: %s (%s)", trouble.text, trouble.where != NULL ? trouble.where : one->file);

        table_add(table, one->version, one->file, down ? "down" : "up", NULL, trouble.subject, NULL, NULL, NULL, NULL,
                  words);
    }
    error_done(&trouble);
}

static int find_one(const struct show *show, const char *version, const struct migration **ret_one, struct error *error)
{
    *ret_one = migration_set_find(show->set, version);
    return *ret_one != NULL ? 0 : migrate_refuse_unknown(show->set, version, error);
}

int migrate_show(struct pg *pg, const struct migrate_options *options, const char *version, struct sink *sink,
                 struct error *error)
{
    _cleanup_(table_freep) struct table *table =
        table_new("version:text file:text part:text line:int statement:text target:text lock:text rewrites:bool "
                  "destructive:bool findings:text");
    static const char *const remark[] = {"it has no part 'down': it cannot be undone"};
    const struct migration *one;
    struct show             show = {.pg = pg};
    struct lint_schema     *schema = NULL;
    size_t                  of_up = 0;
    int                     r = show_open(&show, options, error);

    if (r >= 0)
        r = find_one(&show, version, &one, error);
    if (r >= 0) {
        schema = known_before(&show, one);
        add_part(&show, table, one, false, schema);
        of_up = table_row_count(table);
        add_part(&show, table, one, true, schema);
        r = table_send_noted(table,
                             &(struct data_note){.remarks = remark, .remark_count = table_row_count(table) == of_up},
                             sink, error);
    }
    lint_schema_free(schema);
    show_done(&show);
    return r;
}

/* -- what undoing touches ------------------------------------------------------------------------------------------ */

static void add_name(struct str *to, size_t *count, const char *before, const char *name)
{
    if (*count == 0)
        str_add(to, before);
    if (*count < NAMED_MOST)
        str_addf(to, "%s%s", *count > 0 ? ", " : "", name);
    ++*count;
}

/* Names of targets, each once; of one kind. */
static void add_targets(struct str *to, const struct migrate_lint *lint, bool destructive, struct map *told,
                        size_t *count)
{
    size_t                          many;
    const struct migrate_statement *statements = migrate_lint_statements(lint, &many);

    for (size_t i = 0; i < many; i++)
        if (statements[i].target != NULL && statements[i].destructive == destructive &&
            map_put(told, statements[i].target, told))
            add_name(to, count, destructive ? "loses data of " : to->length > 0 ? "; changes " : "changes ",
                     statements[i].target);
}

static void end_names(struct str *to, size_t count)
{
    if (count > NAMED_MOST)
        str_addf(to, " and %zu more", count - NAMED_MOST);
}

/* First what is lost, then what is changed. */
static void tell_touched(const struct show *show, const char *to_version, struct str *text)
{
    _cleanup_(map_freep) struct map *told = map_new();

    for (int destructive = 1; destructive >= 0; destructive--) {
        size_t count = 0;

        for (size_t i = migration_set_count(show->set); i-- > 0;) {
            const struct migration *one = migration_set_at(show->set, i);
            _cleanup_(migrate_lint_freep) struct migrate_lint *lint = NULL;

            if (migrate_compare_versions(one->version, to_version) > 0 &&
                history_find(show->history, one->version) != NULL &&
                migrate_lint_read(one, true, show->choice.engine, &lint, NULL) >= 0)
                add_targets(text, lint, destructive != 0, told, &count);
        }
        end_names(text, count);
    }
}

int migrate_undo_touches(struct pg *pg, const struct migrate_options *options, const char *to, char **ret_text,
                         struct error *error)
{
    struct show show = {.pg = pg};
    struct str  text = STR_INIT;
    int         r = show_open(&show, options, error);

    if (r >= 0) {
        tell_touched(&show, to, &text);
        *ret_text = str_take(&text);
    }
    show_done(&show);
    return r;
}
