/*
 * What the console does with its own screen. The verbs stand here so that help, completion, manual and the key table
 * know them; what they do is the console's (app_console.act), and without a console they are refused.
 */
#include "command_int.h"

#include "nouns.h"
#include "ytempire/app/export.h"
#include "ytempire/board/moments.h"
#include "ytempire/command/screens.h"

static int act(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    size_t       count = args->words.count + args->options.count;
    const char **words = ARENA_ARRAY(args->arena, const char *, count + 1);

    (void)sink;
    if (app->console == NULL) {
        error_set(error, ERR_USAGE, "'%s' is for the console: there is no screen here", args->command->name);
        error_hint(error, "start ytempire on a terminal, without --exec, --file and a pipe");
        return ERR_USAGE;
    }
    for (size_t i = 0; i < args->words.count; i++)
        words[i] = args->words.items[i].value;
    for (size_t i = 0; i < args->options.count; i++)
        words[args->words.count + i] = arena_printf(args->arena, "--%s", args->options.items[i].name);
    return app->console->act(app->console, args->command->name, words, count, error);
}

#define VERB(variable, name_, summary_, ...) \
    const struct command variable = {.name = (name_), .summary = (summary_), .on_screen = true, .run = act, __VA_ARGS__}

#define DIGITS(number) DIGITS_OF(number)
#define DIGITS_OF(number) #number

#define SCREENS "Screens, by name or digit"
#define DIRECTIONS "DIRECTION is up, down, page-up, page-down, half-up, half-down, top or bottom."

/* -- the frame ----------------------------------------------------------------------------------------------------- */

static const struct command_entry *list_screens(struct arena *arena)
{
    const struct command_entry own[] = {{SCREENS, "query, 1", "asks, and shows the answer"},
                                        {SCREENS, "boards, 2", "boards of queries/boards ('boards' lists them)"}};
    struct command_entry *list = NULL;
    size_t                count = 0, room = 0;

    for (size_t i = 0; i < COUNT_OF(own); i++)
        ARENA_PUSH(arena, list, count, room, own[i]);
    for (const struct screen *screen = screens; screen->name != NULL; screen++) {
        struct command_entry entry = {SCREENS, arena_printf(arena, "%s, %c", screen->name, screen->digit), NULL};

        for (const struct screen_panel *panel = screen->panels; panel->name != NULL; panel++)
            entry.text = entry.text == NULL ? panel->name : arena_printf(arena, "%s, %s", entry.text, panel->name);
        ARENA_PUSH(arena, list, count, room, entry);
    }
    ARENA_PUSH(arena, list, count, room, (struct command_entry){0});
    return list;
}

VERB(command_screen, "screen", "Go to a screen",
     .args = ARGS(REQUIRED("NAME", COMPLETE_NONE), OPTIONAL("BOARD", COMPLETE_BOARD)), .entries = list_screens,
     .text = "NAME is the screen's name or its digit. All but query have panels; each of those that are listed here shows "
             "a command's table, which is asked again and again. Boards that were shown stay open, the eight shown last, "
             "and go on watching their alerts; what fires stands in the top line of every screen.");
VERB(command_board_choose, "board choose", "List the boards; Enter shows one");
VERB(command_board_move, "board move", "Choose another panel of the board that is shown",
     .args = ARGS(REQUIRED("DIRECTION", COMPLETE_NONE), OPTIONAL("N", COMPLETE_NONE)),
     .text = "DIRECTION is next, previous, left, right, up, down, first or last.");
VERB(command_board_marks, "board marks", "List what is marked on the time axes of the board; Enter opens one",
     .text = "Of the panel that is shown alone, else of all; the newest first. A failed job opens as 'job show' has "
             "it, a migration as 'migrate show', a change of definition in the table of 'board events'.");
VERB(command_board_zoom, "board zoom", "Show a panel of the board alone, or among the others again");
VERB(command_board_open, "board open", "Ask what the chosen panel asks, on the query screen");
VERB(command_board_range, "board range", "Show the board for another period",
     .args = ARGS(OPTIONAL_REST("PERIOD", COMPLETE_NONE)),
     .text = "PERIOD is one of the query language, as 'last 30 days'; without it, the board's own.");
VERB(command_board_step, "board step", "Step back through what the board has shown",
     .args = ARGS(REQUIRED("DIRECTION", COMPLETE_NONE)),
     .text = "DIRECTION is back, forward (past the newest it is live again) or live. Each refresh that changed "
             "something is kept: the newest " DIGITS(BOARD_MOMENTS_MOST) ", in at most " DIGITS(BOARD_MOMENTS_MIB)
             " MiB. What is looked at stays as it was, with its ages, and says in the board's line of when it is; the "
             "board is asked on meanwhile. A file that is changed begins anew.");
VERB(command_board_user, "board tenant", "Show the board as a user sees it",
     .args = ARGS(OPTIONAL("USER", COMPLETE_NONE)),
     .text = "USER is the id or the e-mail address of an account; without it, all that the session may see.");
VERB(command_board_rate, "board rate", "Ask the board's panels more or less often",
     .args = ARGS(REQUIRED("RATE", COMPLETE_NONE)),
     .text = "RATE is + (twice as often), - (half as often), seconds up to 3600, or auto: as the board's file says.");
VERB(command_panel_do, "panel do", "Do a command with the chosen row of a panel, and stay",
     .args = ARGS(REST("COMMAND", COMPLETE_COMMAND)), .options = OPTIONS(FLAG("ask", "ask first")),
     .text = "{COLUMN} stands for the row's value of that column, {PANEL.COLUMN} for that of another panel.");
VERB(command_panel_open, "panel open", "Do a command with the chosen row of a panel, and show what it yields",
     .args = ARGS(REST("COMMAND", COMPLETE_COMMAND)), .text = "{COLUMN} as for 'panel do'.");
VERB(command_panel_prompt, "panel prompt", "Put a command with the chosen row of a panel into the prompt",
     .args = ARGS(REST("TEXT", COMPLETE_NONE)), .text = "{COLUMN} as for 'panel do'.");
VERB(command_panel_move, "panel move", "Move the cursor of a panel, or scroll its text",
     .args = ARGS(REQUIRED("DIRECTION", COMPLETE_NONE), OPTIONAL("N", COMPLETE_NONE)), .text = DIRECTIONS);
VERB(command_panel_zoom, "panel zoom", "Show a panel alone, or among the others again");
VERB(command_focus, "focus", "Say where keys go",
     .args = ARGS(REQUIRED("WHERE", COMPLETE_NONE)), .text = "WHERE is prompt, result, log, next or previous.");
VERB(command_back, "back", "Close what is open: a list, an expanded row, a selection",
     .options = OPTIONS(FLAG("quit", "leave when nothing is open")));
VERB(command_cancel, "cancel", "Cancel the command that runs, on the server too",
     .text = "Says when the server has confirmed it.");
VERB(command_refresh, "refresh", "Ask again what is shown");
VERB(command_redraw, "redraw", "Draw the whole screen again");
VERB(command_suspend, "suspend", "Back to the shell; its 'fg' returns");
VERB(command_mouse, "mouse", "Take the mouse, or leave it to the terminal for selecting text",
     .args = ARGS(OPTIONAL("ON_OFF", COMPLETE_NONE)));
VERB(command_keys, "keys", "List the keys of this place; Enter does what one does");
VERB(command_palette, "palette", "Find a command, a key or an earlier result by a part of its name");
VERB(command_log, "log", "Show or hide the log of all statements with milliseconds, rows and bytes");
VERB(command_log_move, "log move", "Choose another line of the log",
     .args = ARGS(REQUIRED("DIRECTION", COMPLETE_NONE)), .text = DIRECTIONS);
VERB(command_log_search, "log search", "Find text in the log, the newest line first",
     .args = ARGS(REST("TEXT", COMPLETE_NONE)));
VERB(command_log_next, "log next", "The next newer line of the log that has what was searched for");
VERB(command_log_previous, "log previous", "The next older line of the log that has what was searched for");
VERB(command_prompt, "prompt", "Put text and a space into the prompt and go there",
     .args = ARGS(OPTIONAL_REST("TEXT", COMPLETE_NONE)));
VERB(command_tour, "tour", "Five questions that show what can be asked, one after the other");
VERB(command_tour_next, "tour next", "Ask the next question of the tour");
VERB(command_tour_end, "tour end", "End the tour");
VERB(command_welcome, "welcome", "Show the screen of the first run again, or do what it offers",
     .args = ARGS(OPTIONAL("CHOICE", COMPLETE_NONE)),
     .text = "CHOICE is sample (the private database, a made-up company, then the tour) or empty (the private database "
             "as it is).");
VERB(command_connect, "connect", "Fill in where a server is; it is tried as you type",
     .text = "Enter keeps it as a profile in config.ini, with the rest of the file as it was, and goes there. "
             "Where it holds a password, it is tried on Enter only; that of PostgreSQL goes into ~/.pgpass if you say "
             "so, else nowhere. The address of Redis is kept as it stands, with a password in it; left empty, it is "
             "what the profile says already, else $REDIS_URL, else none.");
VERB(command_form_move, "form move", "Go to another field of a form",
     .args = ARGS(REQUIRED("DIRECTION", COMPLETE_NONE)), .text = "DIRECTION is next, previous, first or last.");
VERB(command_form_accept, "form accept", "Take what a form says");
VERB(command_list_move, "list move", "Move in a list", .args = ARGS(REQUIRED("DIRECTION", COMPLETE_NONE)),
     .text = DIRECTIONS);
VERB(command_list_run, "list run", "Do what is chosen in a list");
VERB(command_list_edit, "list edit", "Put what is chosen in a list into the prompt");
VERB(command_page_move, "page move", "Scroll a text", .args = ARGS(REQUIRED("DIRECTION", COMPLETE_NONE)),
     .text = DIRECTIONS);
VERB(command_page_search, "page search", "Find text in the text that is shown",
     .args = ARGS(REST("TEXT", COMPLETE_NONE)));
VERB(command_page_next, "page next", "The next place of what was searched for in a text");
VERB(command_page_previous, "page previous", "The place before of what was searched for in a text");

/* -- the result ---------------------------------------------------------------------------------------------------- */

VERB(command_result_next, "result next", "Go to the result after this one");
VERB(command_result_previous, "result previous", "Go to the result before this one");
VERB(command_result_go, "result go", "Go to a result by its number", .args = ARGS(REQUIRED("NUMBER", COMPLETE_NONE)));
VERB(command_result_drop, "result drop", "Forget all results of this session", .options = OPTIONS(FLAG_YES));
VERB(command_result_explain, "result explain", "Explain the query whose result is shown");
VERB(command_view, "view", "Draw a chart below the rows", .args = ARGS(REQUIRED("KIND", COMPLETE_NONE)),
     .text = "KIND is table, line, bar, heat, spark or next.");
VERB(command_drill, "drill", "Ask for the next dimension, with the row under the cursor as a filter",
     .args = ARGS(OPTIONAL("DIMENSION", COMPLETE_MEMBER)));
VERB(command_drill_rows, "drill rows", "Show the rows of the table that this cell was computed from");
VERB(command_copy, "copy", "Copy to the clipboard", .args = ARGS(REQUIRED("WHAT", COMPLETE_NONE)),
     .text = "WHAT is 'line' (the --exec line that gives this result), 'cell', 'text' (of a page that has no rows), "
             "'statement' (of the log), or a "
             "format: csv, tsv, json, markdown, … of the selected rows, or of the row under the cursor. Goes through "
             "tmux, the terminal (OSC 52), else into a file.");

/* -- the grid ------------------------------------------------------------------------------------------------------ */

VERB(command_grid_move, "grid move", "Move the cursor of the result",
     .args = ARGS(REQUIRED("DIRECTION", COMPLETE_NONE), OPTIONAL("N", COMPLETE_NONE)),
     .text = "DIRECTION is up, down, left, right, page-up, page-down, half-up, half-down, top, bottom, first or last.");
VERB(command_grid_go, "grid go", "Go to a row by its number", .args = ARGS(REQUIRED("ROW", COMPLETE_NONE)));
VERB(command_grid_sort, "grid sort", "Sort what is loaded by a column", .args = ARGS(MANY("COLUMN", COMPLETE_NONE)),
     .options = OPTIONS(FLAG("server", "ask the server again, in this order")),
     .text = "COLUMN, else the column under the cursor, then asc, desc or off. Sorted again it turns round, then is as "
             "it came.");
VERB(command_grid_freeze, "grid freeze", "Keep columns in sight while the others scroll",
     .args = ARGS(OPTIONAL("N", COMPLETE_NONE)), .text = "N columns, 'off', or up to the column under the cursor.");
VERB(command_grid_hide, "grid hide", "Hide a column", .args = ARGS(OPTIONAL("COLUMN", COMPLETE_NONE)));
VERB(command_grid_show, "grid show", "Show hidden columns again");
VERB(command_grid_width, "grid width", "Make a column wider or narrower", .args = ARGS(MANY("WIDTH", COMPLETE_NONE)),
     .text = "A column, if it is not the one under the cursor, then N, +N, -N or auto.");
VERB(command_grid_search, "grid search", "Find text in the rows", .args = ARGS(REST("TEXT", COMPLETE_NONE)));
VERB(command_grid_next, "grid next", "The next place of what was searched for");
VERB(command_grid_previous, "grid previous", "The place before of what was searched for");
VERB(
    command_grid_filter, "grid filter", "Show only rows that hold a condition",
    .args = ARGS(REST("CONDITION", COMPLETE_NONE)),
    .text = "Text that is anywhere in a row, or COLUMN op VALUE with = <> < <= > >= or ~ (contains); 'off' shows all.");
VERB(command_grid_expand, "grid expand", "Show the row on its side, one column a line",
     .args = ARGS(OPTIONAL("ON_OFF", COMPLETE_NONE)));
VERB(command_grid_select, "grid select", "Select a row or a column; the footer shows sum and average",
     .args = ARGS(REQUIRED("WHAT", COMPLETE_NONE)), .text = "WHAT is row, column, all or off.");
VERB(command_grid_pivot, "grid pivot", "Show the second dimension as columns",
     .args = ARGS(OPTIONAL("ON_OFF", COMPLETE_NONE)));
VERB(command_grid_export, "grid export", "Write the rows as they are shown to a file",
     .args = ARGS(REQUIRED("FILE", COMPLETE_FILE)),
     .text = "The file's ending is the format: " EXPORT_ENDINGS ".");
