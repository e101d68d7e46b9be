/* boards, board: panels of what is watched, asked once. */
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/board.h"
#include "ytempire/base/time.h"

/* -- commands of panels -------------------------------------------------------------------------------------------- */

/* A panel may look, and nothing else. */
static int check_line(struct app *app, const char *line, struct error *error)
{
    _cleanup_(args_freep) struct args *args = NULL;
    const struct command *command;
    const char           *rest;
    int                   r = command_find(line, &command, &rest, error);

    (void)app;
    if (r >= 0)
        r = args_parse(command, line, rest, &args, error);
    if (r < 0)
        return r;
    if (command->writes != WRITES_NOTHING || command->on_screen || command->leaves ||
        text_starts(command->name, "board"))
        return error_set(error, ERR_USAGE, "'%s' is no command for a panel: it may only look", command->name);
    return 0;
}

static int run_line(struct app *app, const char *line, struct sink *sink, struct error *error)
{
    int r = check_line(app, line, error);

    return r < 0 ? r : command_run(app, line, sink, error);
}

const struct app_commands command_board_commands = {check_line, run_line};

/* -- boards -------------------------------------------------------------------------------------------------------- */

static int run_boards(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return app_boards(app, sink, error);
}

const struct command command_boards = {
    .name = "boards",
    .summary = "List the boards",
    .text =
        "A board is a file in queries/boards, one's own first: a grid of panels. One row a board; executive says that "
        "its answers are kept as long as the class executive_dashboard has it; error, what is wrong with its file.",
    .examples = EXAMPLES("boards"),
    .run = run_boards,
};

/* -- one board ----------------------------------------------------------------------------------------------------- */

static int open_and_fill(struct app *app, const struct args *args, struct app_board **ret_board, struct error *error)
{
    _cleanup_(app_board_closep) struct app_board *board = NULL;
    struct app_board_ask ask = {.range = args_option(args, "range"), .user = args_option(args, "user"), .all = true};
    int r = app_board_open(app, args_get(args, "NAME"), &command_board_commands, &board, error);

    if (r >= 0)
        r = app_board_refresh(board, &ask, error);
    if (r >= 0)
        *ret_board = TAKE(board);
    return r;
}

/* "Executive, last 30 days, all users" */
static void add_head(const struct args *args, const struct app_board *board, struct str *to)
{
    const struct board *of = app_board_of(board);
    const char         *range = args_option(args, "range"), *user = args_option(args, "user");

    range = range != NULL ? range : of->range;
    str_add(to, of->title);
    if (range != NULL)
        str_addf(to, ", %s", range);
    str_addf(to, ", %s", user != NULL ? user : "all users");
}

static int send_sentences(const struct args *args, const struct app_board *board, struct sink *sink,
                          struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("panel:text sentence:text");
    const struct board *of = app_board_of(board);
    struct str          page = STR_INIT, text = STR_INIT;
    int                 r;

    add_head(args, board, &page);
    str_add(&page, ".\n");
    for (size_t i = 0; i < of->panel_count; i++) {
        str_clear(&text);
        board_sentence(&of->panels[i], &app_board_shown(board)[i], instant_now(), &text);
        table_add(table, of->panels[i].title, str_text(&text));
        str_addf(&page, "%s\n", str_text(&text));
    }
    r = sink_passes(sink, "text") ? sink->ops->raw(sink, str_text(&page), page.length, error)
                                  : table_send(table, sink, error);
    str_done(&page);
    str_done(&text);
    return r < 0 ? r : app_board_failure(board, error);
}

static int run_board(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(app_board_closep) struct app_board *board = NULL;
    int r = open_and_fill(app, args, &board, error);

    if (r < 0)
        return r;
    return args_flag(args, "plain") ? send_sentences(args, board, sink, error) : app_board_table(board, sink, error);
}

#define BOARD_OPTIONS                                                                                                  \
    VALUE("range", "PERIOD", "the time of the panels that follow the board's: 'last 7 days'"),                         \
        VALUE("user", "ID_OR_EMAIL", "as that user sees it")

const struct command command_board = {
    .name = "board",
    .summary = "Ask all panels of a board once",
    .text =
        "One row a panel: its value (of a line the last, of a table the first row's), the change against what was "
        "before "
        "as a ratio, the age of the answer in seconds and where it is from (redis, facts, a rollup, a command), its "
        "state (fresh, zero, "
        "stale, failed, missing, null, hidden) and why, what thresholds and alert make of it. What is cached is read "
        "in one round trip; what is not is asked, one panel after the other. The exit code is 4 when some failed. "
        "--plain says each panel in a sentence.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_BOARD)),
    .options = OPTIONS(BOARD_OPTIONS, FLAG("plain", "sentences instead of a table")),
    .examples = EXAMPLES("board executive", "board executive --plain", "board costs --range 'last 7 days'"),
    .connects = true,
    .run = run_board,
};
