/* boards, board: panels of what is watched, asked once. */
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/board.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/board/draw.h"
#include "ytempire/conf.h"
#include "ytempire/output.h"

#define FILE_MOST ((size_t)1 << 20)

/* -- commands of panels -------------------------------------------------------------------------------------------- */

/* A panel may look, and nothing else: the session of a board does not let 'sql' write. */
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
    if ((command->writes != WRITES_NOTHING && command != &command_sql) || command->on_screen || command->leaves ||
        text_starts(command->name, "board"))
        return error_set(error, ERR_USAGE, "'%s' is no command for a panel: it may only look", command->name);
    return 0;
}

static int run_line(struct app *app, const char *line, struct sink *sink, struct error *error)
{
    int r = check_line(app, line, error);

    return r < 0 ? r : command_run(app, line, sink, error);
}

static bool is_taken(const char *name)
{
    _cleanup_(mem_freep) char *line = mem_printf("board %s", name);
    const struct command *command;
    const char           *rest;

    return command_find(line, &command, &rest, NULL) >= 0 && command != &command_board;
}

const struct app_commands command_board_commands = {check_line, run_line, is_taken};

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
        output_safe_text(&page, str_text(&text), text.length);
        str_add_char(&page, '\n');
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

/* -- its file ------------------------------------------------------------------------------------------------------ */

/* A board that came with the program is copied first: an update would take the changes away. */
static int own_file(const char *name, char **ret_path, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *found = NULL, *folder = conf_config_path("queries/boards"), *own = NULL, *text = NULL;
    size_t length;
    int    r = board_find(name, &found, error);

    if (r < 0)
        return r;
    own = mem_printf("%s/%s.json", folder, name);
    if (!text_equal(found, own)) {
        r = file_read(found, FILE_MOST, &text, &length, error);
        if (r >= 0)
            r = file_make_folders(folder, 0777, error);
        if (r >= 0)
            r = file_write(own, text, length, 0666, error);
        if (r < 0)
            return r;
        sink_text(sink, "%s is a copy of the board that came with the program", own);
    }
    *ret_path = TAKE(own);
    return 0;
}

static int run_board_edit(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(mem_freep) char *path = NULL;
    struct board board;
    int          r = own_file(args_get(args, "NAME"), &path, sink, error);

    if (r >= 0)
        r = command_edit_file(app, path, error);
    return r < 0 ? r : board_read(arena, args_get(args, "NAME"), &board, error);
}

const struct command command_board_edit = {
    .name = "board edit",
    .summary = "Change a board's file in $EDITOR",
    .text =
        "A board that came with the program is copied to $XDG_CONFIG_HOME/ytempire/queries/boards first. What is wrong "
        "in what was saved is told with its place. A console that shows the board reads it again by itself.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_BOARD)),
    .writes = WRITES_FILES,
    .run = run_board_edit,
};

/* -- a page -------------------------------------------------------------------------------------------------------- */

#define PAGE_COLUMNS 120

static int read_page(const struct args *args, enum board_page *ret_page, struct error *error)
{
    const char *as = args_option(args, "as"), *file = args_get(args, "FILE");

    if (as == NULL)
        as = text_ends(file, ".svg") ? "svg" : text_ends(file, ".md") ? "markdown" : "text";
    if (board_page_from_text(as, ret_page) >= 0)
        return 0;
    error_set(error, ERR_USAGE, "'%s' is no page", as);
    error_hint(error, "--as takes text, markdown or svg");
    return ERR_USAGE;
}

static void make_page(const struct args *args, const struct app_board *board, enum board_page page, bool ascii,
                      struct str *to)
{
    struct board_pen pen = {.now = instant_now(), .glyphs = ascii ? GLYPHS_ASCII : GLYPHS_BRAILLE};
    struct str       head = STR_INIT;
    char             at[TIME_TEXT_SIZE];

    pen.events = app_board_events(board, &pen.event_count);
    add_head(args, board, &head);
    str_addf(&head, ", %s", instant_to_text(pen.now / US_PER_SECOND * US_PER_SECOND, at));
    board_snapshot(app_board_of(board), app_board_shown(board), &pen, page, PAGE_COLUMNS, str_text(&head), to);
    str_done(&head);
}

static int write_page(const char *path, const struct str *page, struct error *error)
{
    struct new_file *file;
    int              r = new_file_open(path, &file, error);

    if (r < 0)
        return r;
    r = fd_write_all(new_file_fd(file), str_text(page), page->length);
    if (r < 0)
        (void)error_set(error, r, "'%s' cannot be written", path);
    else
        r = new_file_keep(file, error);
    new_file_free(file);
    return r;
}

/* "-" is where results go: as text where the front end takes that, else a row a line. */
static int send_page(const struct str *page, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("line:text");
    struct str line = STR_INIT;

    if (sink_passes(sink, "text"))
        return sink->ops->raw(sink, str_text(page), page->length, error);
    for (const char *at = str_text(page); *at != '\0';) {
        size_t length = strcspn(at, "\n");

        str_clear(&line);
        str_add_bytes(&line, at, length);
        table_add(table, str_text(&line));
        at += length + (at[length] == '\n');
    }
    str_done(&line);
    return table_send(table, sink, error);
}

static int run_snapshot(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(app_board_closep) struct app_board *board = NULL;
    const char     *file = args_get(args, "FILE");
    bool            shown = text_equal(file, "-") && sink_passes(sink, "text");
    enum board_page page;
    struct str      text = STR_INIT;
    int             r = read_page(args, &page, error);

    if (r >= 0)
        r = open_and_fill(app, args, &board, error);
    if (r < 0)
        return r;
    make_page(args, board, page, conf_flag(app->conf, OPTION_ASCII) || (shown && sink_paper(sink).ascii), &text);
    if (text_equal(file, "-"))
        r = send_page(&text, sink, error);
    else
        r = write_page(file, &text, error);
    if (r >= 0 && !text_equal(file, "-"))
        sink_text(sink, "%zu panels, %zu bytes in %s", app_board_of(board)->panel_count, text.length, file);
    str_done(&text);
    return r < 0 ? r : app_board_failure(board, error);
}

/* -- events -------------------------------------------------------------------------------------------------------- */

bool command_of_event(const struct board_event *event, struct str *to)
{
    if (event->name == NULL || event->kind == EVENT_DEFINITION)
        return false;
    str_addf(to, "%s %s", event->kind == EVENT_JOB_FAILED ? "job show" : "migrate show", event->name);
    return true;
}

static void add_event(struct table *table, const struct board_event *event)
{
    struct str opens = STR_INIT;
    char       at[TIME_TEXT_SIZE];
    bool       has = command_of_event(event, &opens);

    table_add(table, instant_to_text(event->at, at), board_event_name(event->kind), event->words,
              has ? str_text(&opens) : NULL);
    str_done(&opens);
}

static int run_events(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(app_board_closep) struct app_board *board = NULL;
    _cleanup_(table_freep) struct table *table = table_new("at:timestamptz kind:text event:text opens:text");
    const struct board_event *events;
    struct board_marks        marks;
    size_t                    count;
    int                       r = open_and_fill(app, args, &board, error);

    if (r < 0)
        return r;
    events = app_board_events(board, &count);
    marks = board_marks_of(args->arena, app_board_of(board)->panels, app_board_shown(board),
                           app_board_of(board)->panel_count, events, count);
    for (size_t i = 0; i < marks.count; i++)
        add_event(table, marks.events[i]);
    r = table_send(table, sink, error);
    return r < 0 ? r : app_board_failure(board, error);
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

const struct command command_board_snapshot = {
    .name = "board snapshot",
    .summary = "Put a board on a page, with the age of every number",
    .text =
        "text is the panels as on the screen, 120 columns wide; markdown has a sentence for each and tables; svg is "
        "the "
        "text as a picture. Without --as the file's ending says it (.svg, .md). FILE may be - for where results go.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_BOARD), REQUIRED("FILE", COMPLETE_FILE)),
    .options = OPTIONS(VALUE("as", "text|markdown|svg", "the kind of page"), BOARD_OPTIONS),
    .examples = EXAMPLES("board snapshot executive executive.svg", "board snapshot costs --as markdown -"),
    .writes = WRITES_FILES,
    .connects = true,
    .run = run_snapshot,
};

const struct command command_board_events = {
    .name = "board events",
    .summary = "List what a board marks on its time axes",
    .text = "Jobs that failed, migrations that were applied, and YouTube's changes of definition, in the time of the "
            "panels that mark them, by time. opens is the command that shows more. In the console 'board marks' lists "
            "those of the board that is shown.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_BOARD)),
    .options = OPTIONS(BOARD_OPTIONS),
    .examples = EXAMPLES("board events executive", "board events costs --range 'last 7 days'"),
    .connects = true,
    .run = run_events,
};
