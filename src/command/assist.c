/* See command/assist.h: which command, which of its arguments, and who knows what may stand there. */
#include "ytempire/command/assist.h"

#include <string.h>

#include "assist_int.h"
#include "nouns.h"
#include "sql_lex.h"
#include "ytempire/base/utf8.h"
#include "ytempire/base/word.h"

char *assist_text(struct arena *arena, const char *line, size_t length)
{
    char *text = arena_alloc(arena, length + 1);

    memcpy(text, line, length);
    utf8_mark_invalid(text, length, '?');
    return text;
}

/* -- the place ----------------------------------------------------------------------------------------------------- */

size_t assist_word_end(const char *text, size_t at)
{
    size_t length = strlen(text), start = at;

    while (at < length && !word_is_space(text[at])) {
        bool quote = (text[at] == '\'' || text[at] == '"') && (at == start || word_quote_opens(text[at - 1]));

        if (!quote) {
            at++;
            continue;
        }
        at = word_quote_end(text, length, at);
        if (at == 0)
            return length;
    }
    return at;
}

static bool is_rest(const struct arg *arg)
{
    return arg->kind == ARG_REST || arg->kind == ARG_OPTIONAL_REST || arg->kind == ARG_COMMAND;
}

static bool is_that_word(const struct arg *arg, const char *word, size_t length)
{
    return strlen(arg->name) == length && memcmp(arg->name, word, length) == 0;
}

static const struct command_option *find_option(const struct command *command, const char *word, size_t length)
{
    for (const struct command_option *option = command->options; option != NULL && option->name != NULL; option++)
        if (length == strlen(option->name) + 2 && memcmp(option->name, word + 2, length - 2) == 0)
            return option;
    return NULL;
}

/* The argument behind that word. */
static const struct arg *after_word(const struct arg *arg, const char *word, size_t length)
{
    for (; arg->kind != 0; arg++) {
        bool same = arg->name != NULL && is_that_word(arg, word, length);

        if (arg->kind == ARG_PAIRS || (arg->kind == ARG_OPTIONAL_WORD && !same))
            continue;
        if (arg->kind != ARG_MANY && arg->kind != ARG_SOME)
            return arg + 1;
        if (arg[1].kind == ARG_WORD && is_that_word(&arg[1], word, length))
            return arg + 2;
        return arg;
    }
    return arg;
}

struct place assist_place(const struct command *command, const char *text, size_t at, size_t cursor)
{
    static const struct arg none = {0};
    struct place place = {.command = command, .arg = command->args != NULL ? command->args : &none};
    bool words_only = false;

    for (;;) {
        at = word_skip_space(text, at);
        place.at = at < cursor ? at : cursor;
        place.end = assist_word_end(text, place.at);
        while (place.option == NULL && place.arg->kind == ARG_OPTIONAL_WORD && is_rest(&place.arg[1]) &&
               strncmp(place.arg->name, text + place.at, place.end - place.at) != 0)
            place.arg++;
        if (place.option == NULL && is_rest(place.arg) &&
            (words_only || command->options == NULL || !text_starts(text + place.at, "--"))) {
            place.rest = true;
            place.end = strlen(text);
            return place;
        }
        if (at >= cursor || place.end >= cursor)
            return place;
        if (place.option != NULL) {
            place.option = NULL;
        } else if (!words_only && text_starts(text + at, "--")) {
            words_only = place.end - at == 2;
            place.option = words_only ? NULL : find_option(command, text + at, place.end - at);
            if (place.option != NULL && place.option->value == NULL)
                place.option = NULL;
        } else {
            place.arg = after_word(place.arg, text + at, place.end - at);
        }
        at = place.end;
    }
}

/* -- completing ---------------------------------------------------------------------------------------------------- */

static void complete_at(struct arena *arena, const struct assist_context *context, char *text, size_t cursor,
                        struct candidates *to);

static struct semantic_assist query_assist(const struct assist_context *context)
{
    return (struct semantic_assist){.model = context->model,
                                    .previous = context->previous,
                                    .variables = context->variables,
                                    .now = context->now,
                                    .zone = context->zone,
                                    .values = context->values,
                                    .who = context->who};
}

/* A text that begins at `start` of the one it stands in. */
static void complete_inside(struct offers *offers, bool query, const char *text, size_t start, size_t cursor,
                            struct candidates *to)
{
    char *inner = arena_strdup(offers->arena, text + start);

    if (query && text_starts(inner, "query ") && cursor >= start + 6) {
        complete_inside(offers, true, text, start + 6, cursor, to);
        return;
    }
    if (query)
        semantic_complete(offers->arena, &offers->query, inner, strlen(inner), cursor - start, to);
    else
        complete_at(offers->arena, offers->context, inner, cursor - start, to);
    to->at += start;
}

static void take_word(struct offers *offers, const char *text, size_t at, size_t cursor)
{
    bool quoted = at < cursor && (text[at] == '\'' || text[at] == '"');

    offers->quote = quoted ? text[at] : '\0';
    offers->word = text + at + quoted;
    offers->length = cursor - at - quoted;
}

static void complete_args(struct offers *offers, const struct command *command, const char *text, size_t name_end,
                          size_t cursor, struct candidates *to)
{
    struct place place = assist_place(command, text, name_end, cursor);
    const struct arg *rest = place.rest ? place.arg : place.arg + (place.arg->kind == ARG_OPTIONAL_WORD);
    bool optional = !place.rest && place.option == NULL && is_rest(rest);      /* `analyze`, or the query at once */

    if ((place.rest || optional) && (rest->complete == COMPLETE_QUERY || rest->kind == ARG_COMMAND)) {
        complete_inside(offers, rest->complete == COMPLETE_QUERY, text, place.at, cursor, to);
        if (place.at < cursor && place.rest)
            return;
    }
    take_word(offers, text, place.at, cursor);
    if (optional)
        offer_text(offers, place.arg->name, "keyword", NULL);
    for (size_t i = 0; i < to->count; i++)
        offer_text(offers, to->items[i].text, to->items[i].kind, to->items[i].description);
    if (place.option == NULL && !optional)
        offer_arg(offers, &place, text);
    if (place.option == NULL && offers->quote == '\0' && (offers->length > 0 || !place.rest))
        offer_options(offers, command);
    to->at = place.at;
    to->length = place.rest ? cursor - place.at : place.end - place.at;
    if (to->hint == NULL)
        to->hint = place.option != NULL ? place.option->value : place.arg->kind != 0 ? place.arg->name : NULL;
    offers_finish(offers, to);
}

/* The first word, or the words of a name: commands, and what a query begins with. */
static void complete_start(struct offers *offers, const char *text, size_t cursor, struct candidates *to)
{
    bool several = memchr(text, ' ', cursor) != NULL;

    if (text[0] == '\\')
        to->at = 0;
    else
        semantic_complete(offers->arena, &offers->query, text, strlen(text), cursor, to);
    take_word(offers, text, 0, cursor);
    offer_commands(offers);
    if (several ? offers->count == 0 : to->at > 0)
        return; /* + - &, or far into a query */
    if (!several)
        for (size_t i = 0; i < to->count && (!to->guessed || offers->count == 0); i++) {
            offer_text(offers, to->items[i].text, to->items[i].kind, to->items[i].description);
            if (to->guessed) /* it does not match, and is shown all the same */
                return;
        }
    to->guessed = false;
    to->length = several || to->length < cursor ? cursor : to->length;
    to->at = 0;
    to->hint = several ? "a command" : "a command or a measure";
    offers_finish(offers, to);
}

static void complete_at(struct arena *arena, const struct assist_context *context, char *text, size_t cursor,
                        struct candidates *to)
{
    struct offers offers = {.arena = arena, .context = context, .query = query_assist(context)};
    size_t end = 0, length = strlen(text);
    const struct command *command = command_named(text, 0, &end);

    if (command != NULL && cursor > end && command != &command_query) {
        if (text_starts(command->name, "\\") || command != &command_sql)
            complete_args(&offers, command, text, end, cursor, to);
        if (to->count > 0 || to->hint != NULL || command->args != NULL)
            return;
    }
    if (command == &command_query && cursor > end)
        complete_args(&offers, command, text, end, cursor, to);
    else if (command == NULL && sql_line_is_statement(text, length) && cursor > assist_word_end(text, 0))
        to->hint = "SQL";
    else
        complete_start(&offers, text, cursor, to);
}

static bool is_in_comment(const char *text, size_t cursor)
{
    size_t start = cursor;

    while (start > 0 && text[start - 1] != '\n')
        start--;
    return start < cursor &&
           (text[start] == '#' || (text[start] == '-' && text[start + 1] == '-' && cursor > start + 1));
}

void command_complete(struct arena *arena, const struct assist_context *context, const char *line, size_t length,
                      size_t cursor, struct candidates *ret_candidates)
{
    char *text = assist_text(arena, line, length), *one;
    struct candidates candidates = {0};
    size_t start, end;

    cursor = cursor < length ? cursor : length;
    while (cursor > 0 && ((unsigned char)text[cursor] & 0xc0) == 0x80)
        cursor--;
    split_bounds(text, length, cursor, &start, &end);
    if (start > cursor || start == length) {
        start = end = cursor;
        if (is_in_comment(text, cursor)) {
            *ret_candidates = (struct candidates){.at = cursor};
            return;
        }
    }
    one = arena_strndup(arena, text + start, end - start);
    candidates.at = cursor - start;
    complete_at(arena, context, one, cursor - start, &candidates);
    candidates.at += start;
    *ret_candidates = candidates;
}
