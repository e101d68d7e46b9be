/*
 * semantic/parse_error: what to say when the line does not read. Every message has its place, and where one can be
 * named, what to write instead.
 */
#include "src/semantic/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ytempire/base/str.h"

int parse_fail(struct parser *parser, int code, struct span span, const char *format, ...)
{
    char text[512];
    va_list args;

    if (!parser->error)
        return code;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return lex_fail(&parser->lexer, code, span, "%s", text);
}

int parse_expected(struct parser *parser, const char *what)
{
    const struct token *token = &parser->token, *before = &parser->before;
    const char *after = "";

    if (parser->probe && token->kind == TOKEN_END)
        parser->probe->what = what;
    if (!parser->error)
        return ERR_SYNTAX;
    if (before->span.length > 0)
        after = arena_printf(parser->arena, " after '%s'", lex_show(&parser->lexer, before));
    if (token->kind == TOKEN_END)
        return parse_fail(parser, ERR_SYNTAX, (struct span){ parser->lexer.length, 1 },
                          "expected %s%s, but the query ends there", what, after);
    return parse_fail(parser, ERR_SYNTAX, token->span, "expected %s%s, not '%s'", what, after,
                      lex_show(&parser->lexer, token));
}

int parse_end(struct parser *parser, const char *hint)
{
    if (parser->token.kind == TOKEN_END)
        return 0;
    (void)parse_fail(parser, ERR_SYNTAX, parser->token.span, "unexpected '%s'", lex_show(&parser->lexer, &parser->token));
    if (hint)
        error_hint(parser->error, "%s", hint);
    return ERR_SYNTAX;
}

/* Words of other languages for what ours says otherwise. */
static const struct { const char *word, *ours; } habits[] = {
    { "group", "by channel" }, { "per", "by channel" }, { "across", "by channel" }, { "grouped", "by channel" },
    { "sort", "order by total_views desc" }, { "sorted", "order by total_views desc" }, { "desc", "order by total_views desc" },
    { "asc", "order by total_views asc" },
    { "filter", "where niche = Gaming" }, { "when", "where niche = Gaming" }, { "if", "where niche = Gaming" },
    { "during", "for 2026-Q1" }, { "within", "for last 30 days" }, { "over", "for last 30 days" }, { "in", "for last 30 days" },
    { "on", "for 2026-01-31" }, { "past", "last 30 days" }, { "previous", "last month, or: vs previous" },
    { "between", "from 2026-01-01 to 2026-01-31" }, { "before", "until 2026-01-31" }, { "after", "since 2026-01-31" },
    { "versus", "vs previous" }, { "compare", "vs previous" }, { "compared", "vs previous" }, { "against", "vs previous" },
    { "timezone", "tz America/Los_Angeles" }, { "zone", "tz America/Los_Angeles" }, { "at", "tz America/Los_Angeles" },
    { "offset", "limit 10 offset 20" }, { "with", "top 5 with other" }, { "segments", "segment viral_videos" },
};

static const char *const clause_words[] = {
    "by", "where", "having", "segment", "for", "vs", "order", "top", "limit", "fill", "total", "tz", "mixed_days",
    "ungrouped", "today", "yesterday", "tomorrow", "this", "last", "next", "wtd", "mtd", "qtd", "ytd", "all", "since",
    "until", "from",
};

static const char *habit_find(const struct token *token)
{
    for (size_t i = 0; i < COUNT_OF(habits); i++)
        if (strlen(habits[i].word) == token->length && strncasecmp(habits[i].word, token->text, token->length) == 0)
            return habits[i].ours;
    return NULL;
}

static void unexpected_hint(struct parser *parser)
{
    const struct token *token = &parser->token;
    const char *near = NULL, *habit = NULL;

    if (token->kind == TOKEN_WORD) {
        habit = habit_find(token);
        near = habit ? NULL : nearest_word(token->text, token->length, clause_words, COUNT_OF(clause_words));
    }
    if (habit)
        error_hint(parser->error, "write it so: %s", habit);
    else if (near && parser->place == PLACE_FILTER)
        error_hint(parser->error, "did you mean '%s'? A value of several words is written in quotes", near);
    else if (near)
        error_hint(parser->error, "did you mean '%s'?", near);
    else if (token->kind == TOKEN_WORD && token->word == WORD_UNIT)
        error_hint(parser->error, "write it so: by %s", data_unit_name(token->unit));
    else if (token->kind == TOKEN_WORD && (parser->place == PLACE_MEASURES || parser->place == PLACE_DIMENSIONS))
        error_hint(parser->error, "names are separated by commas; a clause begins with by, where, having, segment, for, vs, "
                                  "order, top, limit, fill, total or tz");
    else if (token->kind == TOKEN_WORD && parser->place == PLACE_FILTER)
        error_hint(parser->error, "conditions are joined by 'and' or 'or'; a value of several words is written in quotes");
    else if (token->kind == TOKEN_MINUS || token->kind == TOKEN_AMPERSAND)
        error_hint(parser->error, "a line that edits the query before begins with + - or &; in a value it is written in quotes");
    else if (token->kind == TOKEN_CLOSE)
        error_hint(parser->error, "there is no '(' that it closes");
    else if (token->kind == TOKEN_COMPARE)
        error_hint(parser->error, "a condition goes after 'where' or 'having'");
    else
        error_hint(parser->error, "a clause begins with by, where, having, segment, for, vs, order, top, limit, fill, total "
                                  "or tz");
}

int parse_unexpected(struct parser *parser)
{
    (void)parse_fail(parser, ERR_SYNTAX, parser->token.span, "unexpected '%s'", lex_show(&parser->lexer, &parser->token));
    if (parser->error)
        unexpected_hint(parser);
    return ERR_SYNTAX;
}

void query_point_at(struct error *error, const struct query *query, struct span span)
{
    if (query && query->text && span.length > 0)
        error_point(error, query->text, span.at, span.length);
}
