/* See sql_lex.h. A piece never depends on the one before: words take their digits and '$', so that a quote is one. */
#include "sql_lex.h"

#include <string.h>

#include "ytempire/base/mem.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static bool begins_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char at_or_nul(const struct sql_lexer *lexer, size_t at)
{
    return at < lexer->length ? lexer->text[at] : '\0';
}

/* All of these begin behind what opens the piece, and return where it ends. */

static size_t end_of_quoted(const struct sql_lexer *lexer, size_t at, char quote, bool escapes, bool *ret_open)
{
    for (; at < lexer->length; at++) {
        char c = lexer->text[at];

        if (escapes && c == '\\') {
            at++;
        } else if (c == quote) {
            if (at_or_nul(lexer, at + 1) != quote)
                return at + 1;
            at++;
        }
    }
    *ret_open = true;
    return lexer->length;
}

static size_t end_of_comment(const struct sql_lexer *lexer, size_t at, bool *ret_open)
{
    for (size_t depth = 1; at < lexer->length; at++) {
        char c = lexer->text[at], next = at_or_nul(lexer, at + 1);

        if (c == '/' && next == '*') {
            depth++;
            at++;
        } else if (c == '*' && next == '/') {
            at++;
            if (--depth == 0)
                return at + 1;
        }
    }
    *ret_open = true;
    return lexer->length;
}

/* "$$" or "$tag$": its length, or 0. */
static size_t dollar_tag(const struct sql_lexer *lexer, size_t at)
{
    size_t end = at + 1;

    if (begins_word(at_or_nul(lexer, end)))
        while (begins_word(at_or_nul(lexer, end)) || is_digit(at_or_nul(lexer, end)))
            end++;
    return at_or_nul(lexer, end) == '$' ? end + 1 - at : 0;
}

static size_t end_of_dollar(const struct sql_lexer *lexer, size_t at, size_t tag, bool *ret_open)
{
    const char *found = memmem(lexer->text + at + tag, lexer->length - at - tag, lexer->text + at, tag);

    *ret_open = found == NULL;
    return found != NULL ? (size_t)(found - lexer->text) + tag : lexer->length;
}

static size_t end_of_word(const struct sql_lexer *lexer, size_t at)
{
    while (begins_word(at_or_nul(lexer, at)) || is_digit(at_or_nul(lexer, at)) || at_or_nul(lexer, at) == '$')
        at++;
    return at;
}

/* A word, or the letter before a string: E'', B'', X'', N'', U&''. */
static void take_word(struct sql_lexer *lexer, struct sql_piece *piece)
{
    size_t at = piece->at, end = end_of_word(lexer, at);
    char   letter = (char)(lexer->text[at] | 0x20), next = at_or_nul(lexer, end);

    piece->kind = SQL_QUOTED;
    if (end == at + 1 && next == '\'' && strchr("ebxn", letter) != NULL) {
        end = end_of_quoted(lexer, end + 1, '\'', letter == 'e', &piece->open);
    } else if (end == at + 1 && letter == 'u' && next == '&' &&
               (at_or_nul(lexer, end + 1) == '\'' || at_or_nul(lexer, end + 1) == '"')) {
        end = end_of_quoted(lexer, end + 2, lexer->text[end + 1], false, &piece->open);
    } else {
        piece->kind = SQL_WORD;
    }
    lexer->at = end;
}

static void take_dollar(struct sql_lexer *lexer, struct sql_piece *piece)
{
    size_t at = piece->at, tag = dollar_tag(lexer, at);

    if (tag > 0) {
        piece->kind = SQL_QUOTED;
        lexer->at = end_of_dollar(lexer, at, tag, &piece->open);
    } else if (is_digit(at_or_nul(lexer, at + 1))) {
        piece->kind = SQL_PARAMETER;
        for (lexer->at = at + 1; is_digit(at_or_nul(lexer, lexer->at));)
            lexer->at++;
    }
}

static void take_other(struct sql_lexer *lexer, struct sql_piece *piece)
{
    size_t at = piece->at;
    char   c = lexer->text[at], next = at_or_nul(lexer, at + 1);

    if (c == '\'' || c == '"') {
        piece->kind = SQL_QUOTED;
        lexer->at = end_of_quoted(lexer, at + 1, c, false, &piece->open);
    } else if (c == '$') {
        take_dollar(lexer, piece);
    } else if (c == '-' && next == '-') {
        piece->kind = SQL_COMMENT;
        while (lexer->at < lexer->length && lexer->text[lexer->at] != '\n')
            lexer->at++;
    } else if (c == '/' && next == '*') {
        piece->kind = SQL_COMMENT;
        lexer->at = end_of_comment(lexer, at + 2, &piece->open);
    }
}

bool sql_next(struct sql_lexer *lexer, struct sql_piece *ret_piece)
{
    struct sql_piece piece = {.kind = SQL_MARK, .at = lexer->at};
    char             c = at_or_nul(lexer, lexer->at);

    if (lexer->at >= lexer->length) {
        piece.kind = SQL_END;
        *ret_piece = piece;
        return false;
    }
    lexer->at++;
    if (c == '\n') {
        piece.kind = SQL_LINE;
    } else if (is_space(c)) {
        piece.kind = SQL_SPACE;
        while (is_space(at_or_nul(lexer, lexer->at)))
            lexer->at++;
    } else if (begins_word(c)) {
        take_word(lexer, &piece);
    } else if (is_digit(c)) {
        piece.kind = SQL_NUMBER;
        while (is_digit(at_or_nul(lexer, lexer->at)) || at_or_nul(lexer, lexer->at) == '.')
            lexer->at++;
    } else {
        take_other(lexer, &piece);
    }
    piece.length = lexer->at - piece.at;
    *ret_piece = piece;
    return true;
}

static bool word_equals(const char *text, size_t length, const char *word)
{
    size_t i = 0;

    for (; i < length && word[i] != '\0'; i++)
        if ((text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]) != word[i])
            return false;
    return i == length && word[i] == '\0';
}

bool sql_piece_is(const struct sql_lexer *lexer, const struct sql_piece *piece, const char *word)
{
    return piece->kind == SQL_WORD && word_equals(lexer->text + piece->at, piece->length, word);
}

bool sql_line_is_statement(const char *text, size_t length)
{
    static const char *const words[] = {"select", "with", "values", "table", "show"};
    struct sql_lexer         lexer = {.text = text, .length = length};
    struct sql_piece         piece;

    if (!sql_next(&lexer, &piece))
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (sql_piece_is(&lexer, &piece, words[i]))
            return true;
    return false;
}
