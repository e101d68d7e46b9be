/* lint: what is wrong with the model, the saved queries, the warm sets, the boards and the pinned answers, also by the database's
 * word. */
#include <string.h>

#include "ask_int.h"
#include "board_int.h"
#include "model_files.h"
#include "saved_int.h"
#include "warm_int.h"
#include "ytempire/app/pin.h"
#include "ytempire/app/saved.h"
#include "ytempire/ingest.h"

#define DIFFERENCES_MOST 20         /* of one pin */

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

static void check_one_saved(struct app *app, struct model *model, const char *name, struct table *table, bool *bad)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct error     why = ERROR_INIT;
    struct app_saved saved = {0};
    struct query    *query;
    int              r = app_saved_read(arena, name, &saved, &why);

    if (r >= 0)
        r = *saved.query == '{' ? query_parse_json(arena, saved.query, &query, &why)
                                : query_parse(arena, saved.query, NULL, &query, &why);
    if (r >= 0)
        r = saved_bind(app, arena, model, query, &why);
    if (r < 0) {
        table_add(table, severity_words[FINDING_ERROR], saved.path != NULL ? saved.path : name,
                  arena_printf(arena, "the saved query '%s': %s", name, why.text));
        *bad = true;
    }
    error_done(&why);
}

static int check_saved(struct app *app, struct model *model, struct table *table, bool *bad, struct error *error)
{
    char **names;
    size_t count;
    int    r = app_saved_names(&names, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++)
        check_one_saved(app, model, names[i], table, bad);
    app_saved_names_free(names, count);
    return 0;
}

/* -- pinned answers ------------------------------------------------------------------------------------------------ */

static void tell_differences(struct table *table, struct arena *arena, const char *where,
                             const char *const *differences, size_t count)
{
    for (size_t i = 0; i < count && i < DIFFERENCES_MOST; i++)
        table_add(table, severity_words[FINDING_ERROR], where, differences[i]);
    if (count > DIFFERENCES_MOST)
        table_add(table, severity_words[FINDING_ERROR], where,
                  arena_printf(arena, "… and %zu differences more", count - DIFFERENCES_MOST));
}

/* 1: it holds; 0: it does not, which is told. What has nothing to do with the pin fails. */
static int replay(struct app *app, const char *name, struct table *table, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const char        *where = arena_printf(arena, "pin %s", name);
    const char *const *differences;
    struct error       why = ERROR_INIT;
    struct app_pin     pin, again;
    size_t             count;
    int                r = app_pin_read(app, arena, name, &pin, &why);

    if (r >= 0)
        r = app_pin_again(app, arena, &pin, &again, &why);
    if (r == ERR_CONNECT || r == ERR_INTERRUPTED || r == ERR_TIMEOUT || r == ERR_MEMORY) {
        error_move(error, &why);
        return r;
    }
    if (r < 0) {
        table_add(table, severity_words[FINDING_ERROR], where,
                  arena_printf(arena, "%s%s%s", why.where != NULL ? why.where : "", why.where != NULL ? ": " : "",
                               why.text));
        error_done(&why);
        return 0;
    }
    app_pin_compare(arena, &pin, &again, &differences, &count);
    tell_differences(table, arena, where, differences, count);
    return count == 0;
}

static int replay_all(struct app *app, struct table *table, bool *bad, struct sink *sink, struct error *error)
{
    char **names;
    size_t count, held = 0;
    int    r = app_pin_names(app, &names, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count && r >= 0; i++) {
        r = replay(app, names[i], table, error);
        held += r > 0;
    }
    app_pin_names_free(names, count);
    if (r < 0)
        return r;
    *bad |= held < count;
    if (count > 0)
        sink_text(sink, "%zu of %zu pins hold", held, count);
    else
        sink_text(sink, "there are no pins");
    return 0;
}

int app_lint(struct app *app, bool tests, const struct app_commands *commands, struct sink *sink, struct error *error)
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
    r = check_saved(app, model, table, &bad, error);
    if (r >= 0)
        r = check_database(app, arena, model, table, &bad, error);
    if (r >= 0)
        r = warm_lint(app, model, app_pg_alive(app), table, &bad, error);
    if (r >= 0)
        r = ingest_lint(table, &bad, error);
    if (r >= 0)
        r = board_lint(app, model, commands, table, &bad, error);
    if (r >= 0 && tests)
        r = replay_all(app, table, &bad, sink, error);
    if (r < 0)
        return r;
    r = table_send(table, sink, error);
    return r < 0 ? r : bad ? error_set(error, ERR_FINDING, "the model, or what rests on it, has errors") : 0;
}
