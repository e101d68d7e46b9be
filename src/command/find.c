/* From a line to a command: the longest name it begins with, else SQL, else a query. */
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "sql_lex.h"
#include "ytempire/app/cache.h"
#include "ytempire/base/word.h"

/* Behind the name when the line begins with it, its words apart by any white space; else 0. */
static size_t match_name(const char *line, size_t at, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == ' ') {
            size_t next = word_skip_space(line, at);

            if (next == at)
                return 0;
            at = next;
        } else if (line[at++] != *name) {
            return 0;
        }
    }
    return line[at] == '\0' || word_is_space(line[at]) ? at : 0;
}

const struct command *command_named(const char *line, size_t at, size_t *ret_end)
{
    const struct command *best = NULL;

    for (const struct command *const *command = commands; *command != NULL; command++) {
        size_t end = match_name(line, at, (*command)->name);

        if (end > 0 && (best == NULL || strlen((*command)->name) > strlen(best->name))) {
            best = *command;
            *ret_end = end;
        }
    }
    return best;
}

const struct command *command_by_name(const char *name)
{
    size_t                start = word_skip_space(name, 0), end = 0;
    const struct command *command = command_named(name, start, &end);

    return command != NULL && name[word_skip_space(name, end)] == '\0' ? command : NULL;
}

/* -- what is no command -------------------------------------------------------------------------------------------- */

static size_t word_length(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0' && !word_is_space(text[length]))
        length++;
    return length;
}

/* Verbs of a noun: names are "noun verb". */
static size_t verbs_of(const char *noun, size_t length, const char **verbs, size_t room)
{
    size_t count = 0;

    for (const struct command *const *command = commands; *command != NULL && count < room; command++)
        if (strncmp((*command)->name, noun, length) == 0 && (*command)->name[length] == ' ')
            verbs[count++] = (*command)->name + length + 1;
    return count;
}

/* The only candidate that a word begins (an abbreviation), else the nearest. */
static const char *meant(const char *word, size_t length, const char *const *candidates, size_t count)
{
    const char *found = NULL;
    size_t      matches = 0;

    for (size_t i = 0; length > 0 && i < count; i++)
        if (strncmp(candidates[i], word, length) == 0) {
            found = candidates[i];
            matches++;
        }
    return matches == 1 ? found : matches == 0 ? nearest_word(word, length, candidates, count) : NULL;
}

#define NAMES_LIMIT 128

static int unknown_verb(const char *line, size_t at, size_t noun, struct error *error)
{
    const char *verbs[NAMES_LIMIT], *verb = line + word_skip_space(line, at + noun), *near;
    size_t      count = verbs_of(line + at, noun, verbs, COUNT_OF(verbs)), length = word_length(verb);
    struct str  list = STR_INIT;

    for (size_t i = 0; i < count; i++)
        str_addf(&list, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", verbs[i]);
    near = meant(verb, length, verbs, count);
    if (length == 0)
        (void)error_set(error, ERR_UNKNOWN, "'%.*s' is no command by itself", (int)noun, line + at);
    else
        (void)error_set(error, ERR_UNKNOWN, "unknown command '%.*s %.*s'", (int)noun, line + at, (int)length, verb);
    error_point(error, line, length > 0 ? (size_t)(verb - line) : at, length > 0 ? length : noun);
    if (near != NULL)
        error_hint(error, "did you mean '%.*s %s'? it is followed by %s", (int)noun, line + at, near, str_text(&list));
    else
        error_hint(error, "'%.*s' is followed by %s", (int)noun, line + at, str_text(&list));
    str_done(&list);
    return ERR_UNKNOWN;
}

static int unknown_habit(const char *line, size_t at, struct error *error)
{
    const char *names[NAMES_LIMIT];
    size_t      count = 0;
    struct str  list = STR_INIT;

    for (const struct command *const *command = commands; *command != NULL && count < COUNT_OF(names); command++)
        if ((*command)->name[0] == '\\') {
            names[count++] = (*command)->name;
            str_addf(&list, " %s", (*command)->name);
        }
    (void)error_set(error, ERR_UNKNOWN, "unknown command '%.*s'", (int)word_length(line + at), line + at);
    error_point(error, line, at, word_length(line + at));
    error_hint(error, "of psql's commands there are%s; 'help' lists all", str_text(&list));
    str_done(&list);
    return ERR_UNKNOWN;
}

/* `storage maintian`: a noun that is a command without arguments, and behind it no verb. */
static bool misses_verb(const struct command *command, const char *rest)
{
    const char *verbs[1];

    return command->args == NULL && *rest != '\0' && !text_starts(rest, "--") &&
           verbs_of(command->name, strlen(command->name), verbs, 1) > 0;
}

int command_find(const char *line, const struct command **ret_command, const char **ret_rest, struct error *error)
{
    const char           *verbs[1];
    size_t                at = word_skip_space(line, 0), end = at;
    const struct command *command = command_named(line, at, &end);

    if (command != NULL && misses_verb(command, line + word_skip_space(line, end)))
        return unknown_verb(line, at, strlen(command->name), error);
    if (command == NULL && line[at] == '\\')
        return unknown_habit(line, at, error);
    if (command == NULL && verbs_of(line + at, word_length(line + at), verbs, 1) > 0)
        return unknown_verb(line, at, word_length(line + at), error);
    if (command == NULL)
        command = sql_line_is_statement(line + at, strlen(line + at)) ? &command_sql : &command_query;
    *ret_command = command;
    *ret_rest = line + word_skip_space(line, end);
    return 0;
}

/* -- running ------------------------------------------------------------------------------------------------------- */

static bool is_sql_word(const char *word, size_t length)
{
    static const char *const words[] = {"insert", "update",   "delete",  "merge",    "create", "alter",
                                        "drop",   "truncate", "explain", "analyze",  "vacuum", "grant",
                                        "revoke", "begin",    "commit",  "rollback", "call",   "do",
                                        "copy",   "reindex",  "cluster", "refresh"};
    struct sql_lexer lexer = {.text = word, .length = length};
    struct sql_piece piece;

    if (!sql_next(&lexer, &piece) || piece.length != length)
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (sql_piece_is(&lexer, &piece, words[i]))
            return true;
    return false;
}

/* A query that does not parse at its first word, or right behind it, may have been meant as a command: abbreviated,
 * misspelt, or SQL. */
static void hint_command(const char *line, struct error *error)
{
    const char *names[NAMES_LIMIT], *near;
    size_t      count = 0, at = word_skip_space(line, 0), length = word_length(line + at);
    char       *old = error->hint;
    bool        is_sql = is_sql_word(line + at, length);

    if (length < 2 || (!is_sql && (error->subject == NULL || error->at > word_skip_space(line, at + length))))
        return;
    for (const struct command *const *command = commands; *command != NULL && count < COUNT_OF(names); command++)
        if (strchr((*command)->name, ' ') == NULL)
            names[count++] = (*command)->name;
    near = is_sql ? "sql" : meant(line + at, length, names, count);
    if (near == NULL || (old != NULL && text_starts(old, "did you mean") && !text_equal(near, "sql") &&
                         strncmp(near, line + at, length) != 0))
        return;
    error->hint = NULL;
    if (text_equal(near, "sql"))
        error_hint(error, "plain SQL is written 'sql %.*s …'", (int)length, line + at);
    else
        error_hint(error, "did you mean the command '%s'?%s%s", near, old != NULL ? " " : "", old != NULL ? old : "");
    mem_free(old);
}

static bool asks_for_help(const struct command *command, const char *rest)
{
    bool is_text = command == &command_query || command == &command_sql;

    return !is_text && match_name(rest, 0, "--help") > 0;
}

/* Also after a failure: a part may be done. What a statement of one's own or a migration has changed nobody noted. */
static void tell_cache(struct app *app, const struct command *command)
{
    if (command == &command_sql)
        app_cache_tell(app, conf_flag(app->conf, OPTION_WRITE));
    else
        app_cache_tell(app, text_starts(command->name, "migrate "));
}

static int run_found(struct app *app, const struct command *command, const char *line, const char *rest,
                     struct sink *sink, struct error *error)
{
    _cleanup_(args_freep) struct args *args = NULL;
    int r = args_parse(command, line, rest, &args, error);

    if (r < 0)
        return r;
    if (command->connects)
        app_connect_early(app);
    r = command->run(app, args, sink, error);
    if (command->writes == WRITES_DATABASE)
        tell_cache(app, command);
    return r;
}

int command_run(struct app *app, const char *line, struct sink *sink, struct error *error)
{
    const struct command *command;
    const char           *rest;
    int                   r = command_find(line, &command, &rest, error);

    if (r < 0)
        return r;
    if (asks_for_help(command, rest))
        return help_send(command, sink, error);
    r = run_found(app, command, line, rest, sink, error);
    if (r < 0)
        error_set(error, r, "%s", error_sentence(r));
    if (command == &command_query && (r == ERR_SYNTAX || r == ERR_UNKNOWN || r == ERR_USAGE) && error != NULL &&
        !text_starts(rest, "{") && rest == line + word_skip_space(line, 0))
        hint_command(line, error);
    return r;
}

struct watchdog {
    struct task       *task;
    struct loop_timer *timer;
    bool               fired;
};

static void on_watchdog(void *who)
{
    struct watchdog *watchdog = who;

    watchdog->fired = true;
    task_cancel(watchdog->task, ERR_TIMEOUT);
}

int command_run_within(struct app *app, const char *line, struct sink *sink, struct error *error)
{
    struct watchdog watchdog = {.task = task_current()};
    int64_t         limit = conf_us(app->conf, OPTION_TIMEOUT);
    int             r;

    if (limit > 0)
        watchdog.timer = loop_timer(app->loop, limit, on_watchdog, &watchdog);
    r = command_run(app, line, sink, error);
    if (!watchdog.fired)
        loop_timer_cancel(app->loop, watchdog.timer);
    return r;
}

int command_on_pg(struct app *app, struct sink *sink, struct error *error,
                  int (*look)(struct pg *pg, struct sink *sink, struct error *error))
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    return r < 0 ? r : look(pg, sink, error);
}
