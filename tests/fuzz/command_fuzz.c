/*
 * Any text is cut into commands, their arguments are read, and it is read as a condition and as SQL with variables:
 * each refuses with an error or accepts. What the splitter gives is the same when it is cut again, and is one command.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/command/sql_statement.h"
#include "ytempire/base/str.h"
#include "ytempire/command.h"
#include "ytempire/data/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what, const char *text)
{
    if (holds)
        return;
    (void)fprintf(stderr, "%s: %s\n", what, text);
    abort();
}

static void must_say_why(int r, struct error *error, const char *text)
{
    must(error->code == r && error->text != NULL, "refused without an error", text);
    mem_free(error_render(error));
    error_done(error);
}

/* -- arguments of every kind
 * -------------------------------------------------------------------------------------------- */

static const struct command shapes[] = {
    {.name = "words",
     .args = ARGS(REQUIRED("A", COMPLETE_NONE), WORD("from"), SOME("B", COMPLETE_NONE), PAIRS("k=v")),
     .options = OPTIONS(FLAG("flag", "f"), VALUE("value", "N", "v"))},
    {.name = "rest",
     .args = ARGS(OPTIONAL("A", COMPLETE_NONE), REST("B", COMPLETE_NONE)),
     .options = OPTIONS(FLAG("flag", "f"))},
    {.name = "command", .args = ARGS(OPTIONAL_WORD("analyze"), COMMAND_REST("C"))},
    {.name = "many", .args = ARGS(MANY("A", COMPLETE_NONE), WORD("to"), OPTIONAL("B", COMPLETE_NONE))},
};

static void read_args(const struct command *command, const char *line, const char *rest)
{
    _cleanup_(args_freep) struct args *args = NULL;
    struct error error = ERROR_INIT;
    long long    number = 0;
    int          r = args_parse(command, line, rest, &args, &error);

    if (r < 0) {
        must_say_why(r, &error, line);
        must(args == NULL, "arguments of a line that was refused", line);
        return;
    }
    for (size_t i = 0; i < args_pair_count(args); i++)
        must(args_pair(args, args_pair_key_at(args, i)) != NULL, "a pair is lost", line);
    for (size_t i = 0; i < args_count(args, "A"); i++)
        must(args_at(args, "A", i) != NULL, "a word is lost", line);
    r = args_number(args, "A", -10, 10, 0, &number, &error);
    if (r < 0)
        must_say_why(r, &error, line);
}

static void read_command(const char *line)
{
    const struct command *command;
    const char           *rest;
    struct error          error = ERROR_INIT;
    int                   r = command_find(line, &command, &rest, &error);

    if (r < 0)
        must_say_why(r, &error, line);
    else
        read_args(command, line, rest);
    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        read_args(&shapes[i], line, line);
}

/* -- the splitter
 * ---------------------------------------------------------------------------------------------------------- */

static void cut_again(const char *command)
{
    _cleanup_(splitter_freep) struct splitter *splitter = splitter_new(command, strlen(command));
    _cleanup_(mem_freep) char *again = NULL, *more = NULL;
    size_t line = 0;

    must(splitter_next(splitter, &again, &line, NULL) == 1, "a command is none when it is read again", command);
    must(line == 1 && strcmp(again, command) == 0, "a command is another one when it is read again", command);
    must(splitter_next(splitter, &more, &line, NULL) == 0, "a command is two when it is read again", command);
}

static void cut(const char *text, size_t length)
{
    _cleanup_(splitter_freep) struct splitter *splitter = splitter_new(text, length);
    size_t before = 1;

    for (;;) {
        _cleanup_(mem_freep) char *command = NULL;
        struct error error = ERROR_INIT;
        size_t       line = 0;
        int          r = splitter_next(splitter, &command, &line, &error);

        if (r == 0)
            return;
        if (r < 0) {
            must_say_why(r, &error, "the text");
            continue;
        }
        must(line >= before && command[0] != '\0', "a command without a place", command);
        before = line;
        if (memcmp(command, "\xef\xbb\xbf", strnlen(command, 3)) !=
            0) /* a mark at the start of a text is no part of it */
            cut_again(command);
        read_command(command);
    }
}

/* -- conditions and SQL
 * ----------------------------------------------------------------------------------------------------- */

static void read_condition(const char *text)
{
    static const struct data_column columns[] = {
        {.name = "a", .type = DATA_NUMERIC}, {.name = "b", .type = DATA_TEXT}, {.name = "c", .type = DATA_TIMESTAMPTZ}};
    static const struct data_cell   cells[] = {{"-12.50", 6}, {"x'y", 3}, {"2026-01-31 12:00:00+00", 22}}, nulls[3];
    _cleanup_(condition_freep) struct condition *condition = NULL;
    struct error error = ERROR_INIT;
    int          r = condition_parse(text, &condition, &error);

    if (r >= 0)
        r = condition_begin(condition, columns, COUNT_OF(columns), &error);
    if (r >= 0) {
        condition_row(condition, cells);
        condition_row(condition, nulls);
        r = condition_end(condition, &error);
    }
    if (r < 0)
        must_say_why(r, &error, text);
}

static const char *value_of(void *who, const char *name, size_t length)
{
    (void)who, (void)name;
    return length % 2 == 1 ? "value" : NULL;
}

static void read_sql(const char *text)
{
    static const struct sql_variables variables = {.value = value_of};
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct sql_statement statement;
    struct error         error = ERROR_INIT;
    int                  r = sql_statement_read(arena, text, &variables, &statement, &error);

    if (r < 0) {
        must_say_why(r, &error, text);
        return;
    }
    must(statement.value_count > 0 || strcmp(statement.sent, statement.typed) == 0, "SQL without variables is changed",
         text);
    for (size_t at = 0; at <= strlen(statement.sent); at++) {
        error_set(&error, ERR_SERVER, "x");
        error_point(&error, statement.sent, at, 1);
        sql_statement_point(&statement, 0, &error);
        must(error.at <= strlen(statement.typed), "a place outside of what was typed", text);
        error_done(&error);
        if (at > 64)
            break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_(mem_freep) char *text = mem_strndup((const char *)data, size);

    cut((const char *)data, size);
    (void)splitter_wants_more((const char *)data, size);
    read_condition(text);
    read_sql(text);
    return 0;
}
