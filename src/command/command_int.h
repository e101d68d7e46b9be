/* command's own: what arguments are kept as, and what help, manual and completion share. */
#ifndef COMMAND_INT_H
#define COMMAND_INT_H

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/command.h"

struct given {
    const char *name, *value;      /* value NULL: a flag */
    size_t      at, length;        /* its place in the line, for the caret */
};

struct given_list {
    struct given *items;
    size_t        count, room;
};

/* Everything lies in the arena. */
struct args {
    struct arena         *arena;
    const struct command *command;
    const char           *line;
    struct given_list     words, options, pairs;
};

/* The command that a line begins with at `at`, by its longest name, and where that ends; NULL: none. */
const struct command *command_named(const char *line, size_t at, size_t *ret_end);
/* The first command of a text that ends at `at` or later; where there is none, a place behind `at`. */
void split_bounds(const char *text, size_t length, size_t at, size_t *ret_start, size_t *ret_end);

/* Of a command that is one look at the database. */
struct pg;
int command_on_pg(struct app *app, struct sink *sink, struct error *error,
                  int (*look)(struct pg *pg, struct sink *sink, struct error *error)) NODISCARD;

/* Whether what the arguments name is there, as far as that can be told without doing anything: the source and its
 * settings, the warm set, the rollup, the saved query, the pin, the step, and what a query asks for. For a command that
 * will be run later. */
int command_check_names(struct app *app, const struct args *args, struct error *error) NODISCARD;

/* Puts "usage: …" into the hint. */
void command_hint_usage(const struct command *command, struct error *error);

/* An instant, to the second, as the cell of a timestamptz. */
const char *instant_cell(struct arena *arena, int64_t instant);

/* A QUERY argument without the word 'query' that may begin it. */
const char *query_of_rest(const char *rest);

/* -- for people ---------------------------------------------------------------------------------------------------- */

/* Groups of commands in the order they are shown; a command belongs to the first that has its noun, else to the last.
 */
size_t      command_group_count(void);
const char *command_group_title(size_t group);
size_t      command_group(const struct command *command);

/* Help on one command, or on all (NULL): as text where the front end shows text, else as a table. */
int help_send(const struct command *command, struct sink *sink, struct error *error) NODISCARD;
/* Adds words, broken at spaces so that no line is wider than 80 columns; the lines after the first are indented. */
void help_wrap(struct str *to, const char *text, size_t column, size_t indent);

/* editor.c: opens a file in $VISUAL or $EDITOR, on the terminal of the person, and waits. ERR_FAILED: it ended badly. */
int command_edit_file(struct app *app, const char *path, struct error *error) NODISCARD;

#endif
