/* What is wrong with the boards: their files, what fills their panels, their alerts. */
#include <string.h>

#include "board_int.h"
#include "ytempire/base/time.h"
#include "ytempire/data/condition.h"

struct checking {
    struct app                *app;
    const struct model        *model;
    const struct app_commands *commands;
    struct arena              *arena;
    struct table              *table;
    bool                      *bad;
};

static void find(struct checking *checking, const char *where, const struct error *why)
{
    table_add(checking->table, "error", where,
              arena_printf(checking->arena, "%s%s%s", why->text, why->hint != NULL ? "; " : "",
                           why->hint != NULL ? why->hint : ""));
    *checking->bad = true;
}

static const char *variable_of(void *who, const char *name)
{
    return app_variable(who, name, strlen(name));
}

/* NULL: it is wrong, which is told. */
static const struct compiled *check_query(struct checking *checking, const char *text, const char *range,
                                          const char *where)
{
    struct semantic_context context = {
        .now = instant_now(), .zone = app_zone(checking->app), .variable = variable_of, .who = checking->app};
    struct error     why = ERROR_INIT;
    struct compiled *compiled = NULL;
    struct query    *query;

    if (board_parse(checking->arena, text, range, &query, &why) < 0 ||
        semantic_compile(checking->arena, checking->model, query, &context, &compiled, &why) < 0) {
        find(checking, where, &why);
        compiled = NULL;
    }
    error_done(&why);
    return compiled;
}

static void check_value(struct checking *checking, const struct board_panel *panel, const struct compiled *compiled)
{
    struct error why = ERROR_INIT;

    for (size_t i = 0; i < compiled->column_count; i++) {
        const char *member = compiled->columns[i].member, *dot = member != NULL ? strrchr(member, '.') : NULL;

        if (text_equal(compiled->columns[i].name, panel->value) || text_equal(member, panel->value) ||
            (dot != NULL && text_equal(dot + 1, panel->value)))
            return;
    }
    (void)error_set(&why, ERR_UNKNOWN, "the answer has no column '%s'", panel->value);
    find(checking, panel->where, &why);
    error_done(&why);
}

static void check_alert(struct checking *checking, const struct board_panel *panel, const struct compiled *compiled)
{
    _cleanup_(condition_freep) struct condition *condition = NULL;
    struct error why = ERROR_INIT;

    if (compiled != NULL && (condition_parse(panel->alert.when, &condition, &why) < 0 ||
                             condition_begin(condition, compiled->columns, compiled->column_count, &why) < 0))
        find(checking, panel->alert_where, &why);
    error_done(&why);
    if (panel->alert.run != NULL && checking->commands != NULL &&
        checking->commands->check(checking->app, panel->alert.run, &why) < 0 && why.code != ERR_USAGE)
        find(checking, panel->alert_where, &why);
    error_done(&why);
}

static void check_panel(struct checking *checking, const struct board *board, const struct board_panel *panel)
{
    const struct compiled *compiled = NULL;
    struct error           why = ERROR_INIT;

    if (panel->query != NULL)
        compiled = check_query(checking, panel->query, panel->follows ? board->range : NULL, panel->where);
    if (panel->history != NULL)
        (void)check_query(checking, panel->history, panel->follows ? board->range : NULL, panel->history_where);
    if (panel->value != NULL && compiled != NULL)
        check_value(checking, panel, compiled);
    if (panel->key != NULL && board_key_check(checking->arena, panel->key, &why) < 0)
        find(checking, panel->where, &why);
    error_done(&why);
    if (panel->command != NULL && checking->commands != NULL &&
        checking->commands->check(checking->app, panel->command, &why) < 0)
        find(checking, panel->where, &why);
    error_done(&why);
    if (panel->alert.when != NULL)
        check_alert(checking, panel, compiled);
}

static void check_board(struct checking *checking, const char *name)
{
    struct error why = ERROR_INIT;
    struct board board;

    if (board_read(checking->arena, name, &board, &why) < 0) {
        find(checking, why.where != NULL ? why.where : name, &why);
        error_done(&why);
        return;
    }
    if (checking->commands != NULL && checking->commands->is_taken(name))
        table_add(checking->table, "warning", board.path,
                  arena_printf(checking->arena, "'board %s' is a command: a board of that name is shown by 'screen boards "
                               "%s' alone; give its file and it another name", name, name));
    if (board.shipped && conf_text(checking->app->conf, OPTION_MODEL) != NULL)       /* it asks another model */
        return;
    for (size_t i = 0; i < board.panel_count; i++)
        check_panel(checking, &board, &board.panels[i]);
}

int board_lint(struct app *app, const struct model *model, const struct app_commands *commands, struct table *table,
               bool *bad, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct checking checking = {
        .app = app, .model = model, .commands = commands, .arena = arena, .table = table, .bad = bad};
    char          **names;
    size_t          count;
    int             r = board_names(&names, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++)
        check_board(&checking, names[i]);
    board_names_free(names, count);
    return 0;
}
