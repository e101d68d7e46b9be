/*
 * semantic/lex_string: texts in quotes. '…' knows only '' for a quote; "…" has JSON's escapes. A NUL cannot be said.
 */
#include "src/semantic/lex.h"

#include <string.h>

#include "ytempire/base/utf8.h"

static int string_open_end(struct lexer *lexer, struct token *token)
{
    token->span.length = 1;
    (void)lex_fail(lexer, ERR_SYNTAX, token->span, "the quote is never closed");
    error_hint(lexer->error, "end the text with %c", lexer->text[token->span.at]);
    return ERR_SYNTAX;
}

static int string_bad_escape(struct lexer *lexer, size_t at, size_t length)
{
    (void)lex_fail(lexer, ERR_SYNTAX, (struct span){ at, length }, "not an escape of a text in \"…\"");
    error_hint(lexer->error, "the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four digits; '…' has none");
    return ERR_SYNTAX;
}

static bool four_digits(const char *text, uint32_t *ret_value)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        char c = text[i];

        if (c >= '0' && c <= '9')
            value = value * 16 + (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value = value * 16 + (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return false;
    }
    *ret_value = value;
    return true;
}

/* After "\u": writes the character; bytes read in `at`. */
static int string_unicode(struct lexer *lexer, size_t *at, char **to)
{
    const char *text = lexer->text;
    size_t start = *at - 2;
    uint32_t point, low;

    if (!four_digits(text + *at, &point) || point == 0)
        return string_bad_escape(lexer, start, 2);
    *at += 4;
    if (point >= 0xdc00 && point < 0xe000)
        return string_bad_escape(lexer, start, 6);
    if (point >= 0xd800 && point < 0xdc00) {
        if (text[*at] != '\\' || text[*at + 1] != 'u' || !four_digits(text + *at + 2, &low) || low < 0xdc00 || low > 0xdfff)
            return string_bad_escape(lexer, start, 6);
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        *at += 6;
    }
    *to += utf8_encode(point, *to);
    return 0;
}

static int string_escape(struct lexer *lexer, size_t *at, char **to)
{
    static const char names[] = "\"\\/bfnrt", chars[] = "\"\\/\b\f\n\r\t";
    char c = lexer->text[*at];
    const char *found = c ? strchr(names, c) : NULL;

    if (found) {
        *(*to)++ = chars[found - names];
        (*at)++;
        return 0;
    }
    if (c != 'u')
        return string_bad_escape(lexer, *at - 1, c ? 2 : 1);
    (*at)++;
    return string_unicode(lexer, at, to);
}

/* Bytes up to the closing quote or the end, so that the copy is no larger than the text. */
static size_t string_room(const struct lexer *lexer, size_t at, char quote)
{
    size_t start = at;

    for (; at < lexer->length && lexer->text[at] != quote; at++) {
        if (quote == '"' && lexer->text[at] == '\\' && at + 1 < lexer->length)
            at++;
    }
    while (quote == '\'' && at + 1 < lexer->length && lexer->text[at] == quote && lexer->text[at + 1] == quote)
        for (at += 2; at < lexer->length && lexer->text[at] != quote;)
            at++;
    return at - start;
}

int lex_string(struct lexer *lexer, struct token *token)
{
    const char *text = lexer->text;
    char quote = text[lexer->at], *start, *to;
    size_t at = lexer->at + 1;
    int r;

    start = to = arena_alloc(lexer->arena, string_room(lexer, at, quote) + 4);
    for (;;) {
        if (at >= lexer->length)
            return string_open_end(lexer, token);
        if (text[at] == quote) {
            at++;
            if (quote == '"' || text[at] != '\'')
                break;
            *to++ = '\'';
            at++;
        } else if (quote == '"' && text[at] == '\\') {
            at++;
            r = string_escape(lexer, &at, &to);
            if (r < 0)
                return r;
        } else {
            *to++ = text[at++];
        }
    }
    *to = '\0';
    token->kind = TOKEN_STRING;
    token->span.length = at - token->span.at;
    token->text = start;
    token->length = (size_t)(to - start);
    lexer->at = at;
    return 0;
}
