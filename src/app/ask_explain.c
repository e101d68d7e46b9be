/* explain and lint: what was understood, and what is wrong with the model. */
#include <string.h>

#include "ask_int.h"
#include "model_files.h"

/* -- explain ------------------------------------------------------------------------------------------------------- */

static void add_plan(struct table *table, const struct pg_result *result)
{
    struct str text = STR_INIT;

    for (size_t i = 0; i < pg_result_rows(result); i++)
        str_addf(&text, "%s%s", i > 0 ? "\n" : "", pg_result_text(result, i, 0));
    table_add(table, "plan", str_text(&text));
    str_done(&text);
}

static int analyze_query(struct app *app, struct arena *arena, const struct compiled *compiled, struct table *table,
                         struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    if (r >= 0)
        r = pg_query(pg, arena_printf(arena, "EXPLAIN (ANALYZE, BUFFERS, COSTS) %s", compiled->sql),
                     ask_values(arena, compiled), compiled->value_count, &result, error);
    if (r >= 0)
        add_plan(table, result);
    return r;
}

static void add_meaning(struct table *table, struct arena *arena, const struct compiled *compiled)
{
    table_add(table, "query", compiled->line);
    table_add(table, "json", compiled->json);
    table_add(table, "range", compiled->note.range);
    table_add(table, "zone", compiled->note.zone);
    if (compiled->note.rule != NULL)
        table_add(table, "rule", compiled->note.rule);
    for (size_t i = 0; i < compiled->note.remark_count; i++)
        table_add(table, "remark", compiled->note.remarks[i]);
    for (size_t i = 0; i < compiled->step_count; i++)
        table_add(table, "source", compiled->steps[i]);
    table_add(table, "sql", compiled->sql);
    for (size_t i = 0; i < compiled->value_count; i++)
        table_add(table, arena_printf(arena, "$%zu", i + 1), compiled->values[i].text);
}

int app_explain(struct app *app, const char *text, bool analyze, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(table_freep) struct table *table = table_new("part:text text:text");
    _cleanup_(asked_done) struct asked asked = ASKED_INIT;
    int r = ask_compile(app, arena, text, &asked, error);

    if (r < 0)
        return r;
    add_meaning(table, arena, asked.compiled);
    if (analyze)
        r = analyze_query(app, arena, asked.compiled, table, error);
    return r < 0 ? r : table_send(table, sink, error);
}

/* -- lint ---------------------------------------------------------------------------------------------------------- */

static const char *const severity_words[] = {
    [FINDING_ERROR] = "error", [FINDING_WARNING] = "warning", [FINDING_NOTE] = "note"};

static bool add_findings(struct table *table, const struct finding *findings, size_t count)
{
    bool bad = false;

    for (size_t i = 0; i < count; i++) {
        table_add(table, severity_words[findings[i].severity], findings[i].where, findings[i].message);
        bad |= findings[i].severity == FINDING_ERROR;
    }
    return bad;
}

/* One question of the database; what it refuses is a finding too. */
static int check(struct pg *pg, const struct model_check *one, struct table *table, bool *bad, struct error *ret_error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct error error = ERROR_INIT;
    const char  *answer = NULL;
    int          r = pg_query(pg, one->sql, NULL, 0, &result, &error);

    if (r < 0 && r != ERR_SERVER) {
        error_move(ret_error, &error);
        return r;
    }
    if (r >= 0 && pg_result_rows(result) > 0)
        answer = pg_result_text(result, 0, 0);
    if (r < 0 || !text_equal(answer, "t")) {
        struct str message = STR_INIT;

        str_addf(&message, "%s%s%s", one->message, r < 0 ? ": " : "", r < 0 ? error.text : "");
        table_add(table, severity_words[one->severity], one->where, str_text(&message));
        *bad |= one->severity == FINDING_ERROR;
        str_done(&message);
    }
    error_done(&error);
    return 0;
}

static int check_database(struct app *app, struct arena *arena, const struct model *model, struct table *table,
                          bool *bad, struct error *error)
{
    const struct model_check *checks;
    struct error              why = ERROR_INIT;
    struct pg                *pg;
    size_t                    count;
    int                       r = app_pg(app, &pg, &why);

    if (r == ERR_CONNECT) {
        table_add(table, "warning", "database", "not checked against the database: it cannot be reached");
        error_done(&why);
        return 0;
    }
    checks = model_checks(model, arena, &count);
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = check(pg, &checks[i], table, bad, &why);
    if (r < 0)
        error_move(error, &why);
    return r;
}

/* Files that could not be read, then what loading the others found. */
static bool add_loading(struct table *table, const struct app_ask *ask)
{
    size_t                count;
    const struct finding *findings = model_findings(ask->model, &count);
    bool                  bad = add_findings(table, findings, count);

    for (size_t i = 0; i < ask->fault_count; i++)
        table_add(table, severity_words[FINDING_ERROR], ask->faults[i].where, ask->faults[i].message);
    return bad || ask->fault_count > 0;
}

int app_lint(struct app *app, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(table_freep) struct table *table = table_new("severity:text where:text message:text");
    _cleanup_(model_unrefp) struct model *held = NULL;
    const struct finding *findings;
    struct model         *model;
    size_t                count;
    bool                  bad;
    int                   r = ask_model_files(app, &model, error);

    if (r < 0)
        return r;
    held = model_ref(model);
    bad = add_loading(table, ask_of(app));
    if (!bad)
        r = model_has_cubes(model, error);
    if (r < 0)
        return r;
    findings = model_lint(model, arena, &count);
    bad |= add_findings(table, findings, count);
    r = check_database(app, arena, model, table, &bad, error);
    if (r < 0)
        return r;
    r = table_send(table, sink, error);
    return r < 0 ? r : bad ? error_set(error, ERR_FINDING, "the model has errors") : 0;
}
