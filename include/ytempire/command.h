/*
 * command: what can be typed. One file a noun, one `const struct command` a verb beside its function, one array of all.
 *
 * Dispatch, completion, `help`, the manual, the shell's completion and the example tests read the array and nothing
 * else. A command is called in a task: it waits as it likes and reads as straight code. It never prints: rows, words
 * and progress go to the sink; a failure is a negative code with `error` filled. It returns
 * 0, ERR_PARTIAL (done in part: exit 4, the batch goes on), ERR_FINDING (a check found an error: exit 1), or any other.
 * To add one: write it in src/command/<noun>.c, declare it and list it in src/command/all.c.
 */
#ifndef YTEMPIRE_COMMAND_H
#define YTEMPIRE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "ytempire/app.h"
#include "ytempire/base/error.h"
#include "ytempire/data.h"

/* What an argument is, for completion and help. */
enum complete {
    COMPLETE_NONE, COMPLETE_FILE, COMPLETE_FOLDER, COMPLETE_COMMAND, COMPLETE_QUERY, COMPLETE_MEMBER, COMPLETE_CUBE,
    COMPLETE_SOURCE, COMPLETE_JOB, COMPLETE_MIGRATION, COMPLETE_SETTING, COMPLETE_CACHE_KEY,
    COMPLETE_SAVED, COMPLETE_PIN, COMPLETE_BOARD, COMPLETE_THEME, COMPLETE_ROLLUP, COMPLETE_WARM,
    COMPLETE_BACKUP,
};

enum arg_kind {
    ARG_REQUIRED = 1,
    ARG_OPTIONAL,
    ARG_MANY,            /* none or more words */
    ARG_SOME,            /* one or more words */
    ARG_WORD,            /* this very word: "from" */
    ARG_OPTIONAL_WORD,   /* this very word or not: "analyze"; read with args_flag */
    ARG_PAIRS,           /* k=v …, anywhere among the words; read with args_pair */
    ARG_REST,            /* the rest of the line as it stands: a query, SQL. Last */
    ARG_OPTIONAL_REST,
    ARG_COMMAND,         /* the rest, or one quoted word: a command. Last */
};

struct arg {
    enum arg_kind kind;
    const char   *name;  /* "PATTERN"; of a word: the word */
    enum complete complete;
};

#define ARGS(...) ((const struct arg[]){__VA_ARGS__, {0}})
#define REQUIRED(name_, complete_) {ARG_REQUIRED, (name_), (complete_)}
#define OPTIONAL(name_, complete_) {ARG_OPTIONAL, (name_), (complete_)}
#define MANY(name_, complete_) {ARG_MANY, (name_), (complete_)}
#define SOME(name_, complete_) {ARG_SOME, (name_), (complete_)}
#define WORD(word_) {ARG_WORD, (word_), COMPLETE_NONE}
#define OPTIONAL_WORD(word_) {ARG_OPTIONAL_WORD, (word_), COMPLETE_NONE}
#define PAIRS(name_) {ARG_PAIRS, (name_), COMPLETE_NONE}
#define REST(name_, complete_) {ARG_REST, (name_), (complete_)}
#define OPTIONAL_REST(name_, complete_) {ARG_OPTIONAL_REST, (name_), (complete_)}
#define COMMAND_REST(name_) {ARG_COMMAND, (name_), COMPLETE_COMMAND}

/* Options of a command stand before its rest: `chart --kind line QUERY`. `--yes` is declared by commands that ask. */
struct command_option {
    const char *name;    /* without the dashes */
    const char *value;   /* "N"; NULL: a flag */
    const char *text;
};

#define OPTIONS(...) ((const struct command_option[]){__VA_ARGS__, {0}})
#define FLAG(name_, text_) {(name_), NULL, (text_)}
#define VALUE(name_, value_, text_) {(name_), (value_), (text_)}
#define FLAG_YES {"yes", NULL, "do not ask"}

#define EXAMPLES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A line of a command's help that comes from another room's table, as a setting of a source. */
struct command_entry {
    const char *group, *name, *text;
};

enum writes { WRITES_NOTHING, WRITES_SESSION, WRITES_DATABASE, WRITES_CACHE, WRITES_FILES, WRITES_SERVERS };

/* What boards ask of commands (app/board.h). */
struct app_commands;
extern const struct app_commands command_board_commands;
/* The command that shows what an event of a board is of ("job show 1039"); false: there is none. */
struct board_event;
struct str;
bool command_of_event(const struct board_event *event, struct str *to);

struct args;
struct arena;

struct command {
    const char                  *name;        /* "cache invalidate" */
    const char                  *summary;     /* one line, no full stop */
    const char                  *text;        /* more, for help and manual: sentences; or NULL */
    const struct arg            *args;        /* or NULL */
    const struct command_option *options;     /* or NULL */
    const struct command_entry *(*entries)(struct arena *arena);   /* ends with a NULL name; or NULL */
    const char *const           *examples;    /* or NULL; each is run by the tests */
    enum writes                  writes;
    bool                         leaves;      /* it ends the session: `quit` */
    bool                         on_screen;   /* a verb of the console: acts at once on what is shown, and needs one */
    bool                         connects;    /* it will ask for the database: begin to connect while others work */
    int (*run)(struct app *app, const struct args *args, struct sink *sink, struct error *error);
};

extern const struct command *const commands[];     /* ends with NULL; sorted by name */

/* -- what was typed ------------------------------------------------------------------------------------------------ */

const char *args_get(const struct args *args, const char *name);                 /* NULL: not given; quotes are off */
size_t      args_count(const struct args *args, const char *name);               /* of MANY and SOME */
const char *args_at(const struct args *args, const char *name, size_t index);
/* Points the error at that word of what was typed. */
void        args_point(const struct args *args, const char *name, size_t index, struct error *error);
bool        args_flag(const struct args *args, const char *name);                /* FLAG or OPTIONAL_WORD */
const char *args_option(const struct args *args, const char *name);              /* of a VALUE; NULL: not given */
/* A VALUE, or an argument, as a whole number within bounds; `otherwise` when it was not given. ERR_USAGE. */
int         args_number(const struct args *args, const char *name, long long least, long long most, long long otherwise,
                        long long *ret_number, struct error *error) NODISCARD;
const char *args_pair(const struct args *args, const char *key);                 /* of PAIRS */
size_t      args_pair_count(const struct args *args);
const char *args_pair_key_at(const struct args *args, size_t index);
const char *args_pair_value_at(const struct args *args, size_t index);
const char *args_line(const struct args *args);                                  /* the command as it was typed */
/* Asks before something that cannot be undone: 0 when --yes was given or the person says yes; else ERR_USAGE saying
 * that it needs --yes. */
int         args_confirm(const struct args *args, struct sink *sink, struct error *error, const char *question, ...)
                PRINTF_LIKE(4, 5) NODISCARD;

/* -- running ------------------------------------------------------------------------------------------------------- */

/* Finds the command a line begins with; a line that begins with none is the command `query` (its rest is the line).
 * ERR_UNKNOWN for "migrate foo". `ret_rest`: what follows the name. */
int command_find(const char *line, const struct command **ret_command, const char **ret_rest,
                 struct error *error) NODISCARD;
const struct command *command_by_name(const char *name);
/* Finds, reads the arguments and runs; in a task. */
int command_run(struct app *app, const char *line, struct sink *sink, struct error *error) NODISCARD;
/* The same, stopped with ERR_TIMEOUT after --timeout. */
int command_run_within(struct app *app, const char *line, struct sink *sink, struct error *error) NODISCARD;
/* Reads the arguments only: for tests and for checking a saved command. */
int  args_parse(const struct command *command, const char *line, const char *rest, struct args **ret_args,
                struct error *error) NODISCARD;
void args_free(struct args *args);
void args_freep(struct args **args);

/* Cuts text into commands (contract.md, "Commands"): comments are dropped, continuation lines joined to one text that
 * keeps its line ends. */
struct splitter;
struct splitter *splitter_new(const char *text, size_t length);        /* borrowed */
void             splitter_free(struct splitter *splitter);
void             splitter_freep(struct splitter **splitter);
/* 1 and the next command (caller frees) with the line it began on; 0 at the end; ERR_SYNTAX for an open quote. */
int              splitter_next(struct splitter *splitter, char **ret_command, size_t *ret_line,
                               struct error *error) NODISCARD;
/* Whether text ends inside a quote or a bracket, so that a prompt should ask for more. */
bool             splitter_wants_more(const char *text, size_t length);

/* -- what is made of the array ------------------------------------------------------------------------------------- */

void command_usage(const struct command *command, struct str *to);     /* "cache invalidate [--dry-run] PATTERN" */
void command_help(const struct command *command, struct str *to);      /* usage, text, options, examples */
void command_program_help(struct str *to);                              /* --help */
void command_manual(struct str *to);                                    /* man/ytempire.1 */
void command_bash_completion(struct str *to);

/* Where backups lie; caller frees. */
char *command_backup_folder(const struct conf *conf);

#endif
