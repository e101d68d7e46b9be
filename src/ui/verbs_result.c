/* Verbs that go on from a result: drill, the rows behind, explain, copy, export. */
#include <string.h>

#include "console.h"
#include "ytempire/app/export.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"
#include "ytempire/command.h"
#include "ytempire/semantic/drill.h"

/* -- the query of a result ----------------------------------------------------------------------------------------- */

static bool is_query(const struct result *result)
{
    const struct command *command = NULL;
    const char           *rest;

    return command_find(result->command, &command, &rest, NULL) >= 0 && text_equal(command->name, "query");
}

/* The canonical line of the query that a result answers; an edit's or JSON's too, which its title has. */
static int query_line_of(const struct result *result, const char **ret_line, struct error *error)
{
    if (!is_query(result) || !result->has_note || result->note.title == NULL) {
        error_set(error, ERR_USAGE, "this is no answer to a query");
        return ERR_USAGE;
    }
    *ret_line = result->note.title;
    return 0;
}

struct drilling {
    struct arena       *arena;
    struct query       *query;
    struct drill_row    row;
    size_t              column;
};

/* The row under the cursor and the parsed query it answers. */
static int begin_drill(struct console *console, struct arena *arena, struct drilling *ret, struct error *error)
{
    struct pane      *pane = console_pane(console);
    const char       *line;
    struct data_cell *cells;
    size_t            row;
    int               r;

    if (pane == NULL || pane->grid == NULL)
        return error_set(error, ERR_USAGE, "there are no rows here");
    if (console->model == NULL)
        return error_set(error, ERR_USAGE, "the model is not read yet");
    row = grid_cursor_row(pane->grid);
    if (row == SIZE_MAX)
        return error_set(error, ERR_USAGE, "there is no row under the cursor");
    r = query_line_of(pane->result, &line, error);
    if (r >= 0)
        r = query_parse(arena, line, NULL, &ret->query, error);
    cells = ARENA_ARRAY(arena, struct data_cell, pane->result->column_count + 1);
    if (r >= 0)
        r = store_row(pane->result->rows, row, cells, error);
    if (r < 0)
        return r;
    ret->arena = arena;
    ret->row = (struct drill_row){pane->result->columns, cells, pane->result->column_count, pane->result->asked_at};
    ret->column = grid_cursor_column(pane->grid);
    return 0;
}

static int choose_dimension(struct console *console, const struct drilling *drilling, struct error *error)
{
    const char *const *names;
    struct picker       *list;
    size_t             count;
    int r = query_drill_candidates(drilling->arena, console->model, drilling->query, &names, &count, error);

    if (r < 0)
        return r;
    if (count == 0)
        return error_set(error, ERR_USAGE, "there is no dimension left to drill by");
    list = picker_new("drill by");
    for (size_t i = 0; i < count; i++) {
        _cleanup_(mem_freep) char *command = mem_printf("drill %s", names[i]);

        picker_add(list, names[i], "", command);
    }
    console_open_list(console, list);
    return 0;
}

int verb_drill(struct console *console, const char *const *words, size_t count, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct drilling drilling;
    char           *line;
    int             r = begin_drill(console, arena, &drilling, error);

    if (r < 0)
        return r;
    if (count == 0)
        return choose_dimension(console, &drilling, error);
    r = query_drill(arena, console->model, drilling.query, &drilling.row, words[0], &line, error);
    if (r >= 0)
        console_do(console, line);
    return r;
}

int verb_drill_rows(struct console *console, const char *const *words, size_t count, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct drilling drilling;
    char           *line;
    int             r = begin_drill(console, arena, &drilling, error);

    (void)words;
    (void)count;
    if (r >= 0)
        r = query_rows_behind(arena, console->model, drilling.query, &drilling.row, drilling.column, &line, error);
    if (r >= 0)
        console_do(console, line);
    return r;
}

/* Descending first, as a person who sorts numbers wants it; "asc" says otherwise. */
int verb_sort_on_server(struct console *console, const char *const *words, size_t count, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct pane  *pane = console_pane(console);
    struct query *query;
    const char   *line, *column = NULL;
    char         *ordered;
    bool          descending = true;
    int           r = query_line_of(pane->result, &line, error);

    for (size_t i = 0; i < count; i++)
        if (text_equal(words[i], "asc") || text_equal(words[i], "desc"))
            descending = text_equal(words[i], "desc");
        else if (!text_starts(words[i], "--"))
            column = words[i];
    if (column == NULL)
        column = grid_column(pane->grid, grid_cursor_column(pane->grid))->name;
    if (r >= 0)
        r = query_parse(arena, line, NULL, &query, error);
    if (r >= 0)
        r = query_order_by(arena, query, column, descending, &ordered, error);
    if (r >= 0)
        console_do(console, ordered);
    return r;
}

int verb_result_explain(struct console *console, const char *const *words, size_t count, struct error *error)
{
    _cleanup_(mem_freep) char *command = NULL;
    struct pane *pane = console_pane(console);
    const char  *line;
    int          r;

    (void)words;
    (void)count;
    if (pane == NULL)
        return error_set(error, ERR_USAGE, "nothing has been asked yet");
    r = query_line_of(pane->result, &line, error);
    if (r < 0 && is_query(pane->result)) {     /* it failed, or was stopped: as it was asked */
        error_done(error);
        line = pane->result->command;
    } else if (r < 0) {
        return r;
    }
    command = mem_printf("explain %s", line);
    console_do(console, command);
    return 0;
}

/* -- copying ------------------------------------------------------------------------------------------------------- */

static void add_shell_word(struct str *to, const char *text)
{
    str_add_char(to, '\'');
    for (; *text != '\0'; text++)
        if (*text == '\'')
            str_add(to, "'\\''");
        else
            str_add_char(to, *text);
    str_add_char(to, '\'');
}

/* The variables that the line names; one too many does no harm. */
static void add_variables(const struct conf *conf, const char *line, struct str *to)
{
    for (size_t i = 0; i < conf_count(conf, OPTION_VAR); i++) {
        const char                *text = conf_at(conf, OPTION_VAR, i);
        _cleanup_(mem_freep) char *named = mem_printf(":%.*s", (int)strcspn(text, "="), text);

        if (strstr(line, named) == NULL)
            continue;
        str_add(to, " --var ");
        add_shell_word(to, text);
    }
}

/* `ytempire --local --exec '…'`: what a script would call for the same result. No password is in it. */
static void add_exec_line(const struct console *console, const struct result *result, struct str *to)
{
    static const enum conf_id carried[] = {OPTION_PROFILE, OPTION_AS_USER, OPTION_MODEL};
    const struct conf        *conf = console->app->conf;
    _cleanup_(mem_freep) char *zoned = NULL;
    const char               *line;

    str_add(to, "ytempire");
    if (conf_flag(conf, OPTION_LOCAL))
        str_add(to, " --local");
    for (size_t i = 0; i < COUNT_OF(carried); i++)
        if (conf_text(conf, carried[i]) != NULL) {
            str_addf(to, " --%s ", conf_options[carried[i]].name);
            add_shell_word(to, conf_text(conf, carried[i]));
        }
    if (query_line_of(result, &line, NULL) < 0)
        line = result->command;
    else if (conf_text(conf, OPTION_TZ) != NULL && result->note.zone != NULL)     /* days are others elsewhere */
        line = zoned = mem_printf("set tz %s; %s", result->note.zone, line);
    add_variables(conf, line, to);
    str_add(to, " --exec ");
    add_shell_word(to, line);
}

/* What the line does not carry, since it may hold a password. */
static const char *left_out(const struct console *console)
{
    const struct conf *conf = console->app->conf;

    return conf_text(conf, OPTION_DSN) != NULL && conf_text(conf, OPTION_PROFILE) == NULL ? " (without --dsn)" : "";
}

static void add_text(struct pane *pane, struct str *to)
{
    size_t      length;
    const char *text = pane_text(pane, &length);

    str_add_bytes(to, text, length);
}

int verb_copy(struct console *console, const char *const *words, size_t count, struct error *error)
{
    _cleanup_(mem_freep) char *where = NULL;
    struct pane *pane = console_pane(console);
    struct str   text = STR_INIT;
    bool         is_statement = text_equal(words[0], "statement");
    int          r = 0;

    (void)count;
    if (is_statement ? statements_text(console->statements) == NULL : pane == NULL)
        return error_set(error, ERR_USAGE, "there is nothing to copy");
    if (is_statement)
        str_add(&text, statements_text(console->statements));
    else if (text_equal(words[0], "line"))
        add_exec_line(console, pane->result, &text);
    else if (pane->grid == NULL)
        add_text(pane, &text);
    else if (text_equal(words[0], "cell"))
        r = grid_copy_cell(pane->grid, &text, error);
    else {
        pane->result->uses++;
        r = grid_copy(pane->grid, words[0], &text, error);
        pane->result->uses--;
    }
    if (r >= 0)
        r = clipboard_copy(console, str_text(&text), text.length, &where, error);
    if (r >= 0)
        console_say(console, LOOK_OK, "copied to %s%s: %.*s", where,
                    text_equal(words[0], "line") ? left_out(console) : "",
                    (int)utf8_prefix_of_width(str_text(&text), text.length, 60, NULL), str_text(&text));
    str_done(&text);
    return r;
}

/* -- export -------------------------------------------------------------------------------------------------------- */

int verb_grid_export(struct console *console, const char *const *words, size_t count, struct error *error)
{
    _cleanup_(export_freep) struct export *export = NULL;
    struct pane *pane = console_pane(console);
    bool         wanted = true;
    int          r;

    (void)count;
    pane->result->uses++;                  /* from before the question: a panel's rows are soon others */
    r = export_open(console->app, words[0], &console->sink.sink, &export, error);
    if (r >= 0 && export_replaces(export))
        wanted = sink_ask(&console->sink.sink, "'%s' is there already. Write over it?", words[0]);
    if (r >= 0 && wanted)
        r = grid_send(pane->grid, export_sink(export), error);
    pane->result->uses--;
    if (r >= 0 && wanted)
        r = export_keep(export, error);
    if (r >= 0 && wanted)
        console_say(console, LOOK_OK, "written to %s as %s", words[0], export_format(export));
    return r;
}
