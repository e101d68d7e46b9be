#include "src/semantic/fragment_lex.h"

#include <string.h>
#include <strings.h>

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (unsigned char) c >= 0x80;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* Past the closing quote; two in a row are one inside. */
static size_t quoted_end(const char *text, size_t length, size_t at, bool backslashes)
{
    char quote = text[at++];

    while (at < length) {
        if (backslashes && text[at] == '\\') {
            at += 2;
        } else if (text[at] != quote) {
            at++;
        } else if (at + 1 < length && text[at + 1] == quote) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    return length;
}

static size_t comment_end(const char *text, size_t length, size_t at)
{
    size_t depth = 0;

    if (text[at] == '-') {
        while (at < length && text[at] != '\n')
            at++;
        return at;
    }
    while (at + 1 < length) {
        if (text[at] == '/' && text[at + 1] == '*') {
            depth++;
            at += 2;
        } else if (text[at] == '*' && text[at + 1] == '/') {
            at += 2;
            if (--depth == 0)
                return at;
        } else {
            at++;
        }
    }
    return length;
}

/* `$tag$ … $tag$`, or just past the dollar when it is none. */
static size_t dollar_end(const char *text, size_t length, size_t at)
{
    size_t tag = at + 1, tag_length;

    while (tag < length && is_word(text[tag]) && !(tag == at + 1 && text[tag] >= '0' && text[tag] <= '9'))
        tag++;
    if (tag == length || text[tag] != '$')
        return at + 1;
    tag_length = tag + 1 - at;
    for (size_t i = tag + 1; i + tag_length <= length; i++)
        if (memcmp(text + i, text + at, tag_length) == 0)
            return i + tag_length;
    return length;
}

static size_t reference_end(const char *text, size_t length, size_t at)
{
    const char *close = memchr(text + at, '}', length - at);

    return close ? (size_t) (close - text) + 1 : length;
}

static struct lexeme word_next(const char *text, size_t length, size_t at)
{
    size_t end = at;

    while (end < length && (is_word(text[end]) || (text[end] == '$' && !(end + 1 < length && text[end + 1] == '{'))))
        end++;
    if (end < length && text[end] == '\'' && end == at + 1) {
        if (text[at] == 'e' || text[at] == 'E')
            return (struct lexeme){ LEXEME_STRING, at, quoted_end(text, length, end, true) };
        if (strchr("bBxXnN", text[at]))
            return (struct lexeme){ LEXEME_STRING, at, quoted_end(text, length, end, false) };
    }
    return (struct lexeme){ LEXEME_WORD, at, end };
}

struct lexeme lexeme_next(const char *text, size_t length, size_t at)
{
    char c, next;

    if (at >= length)
        return (struct lexeme){ LEXEME_END, length, length };
    c    = text[at];
    next = at + 1 < length ? text[at + 1] : '\0';
    if (is_space(c)) {
        size_t end = at;

        while (end < length && is_space(text[end]))
            end++;
        return (struct lexeme){ LEXEME_SPACE, at, end };
    }
    if ((c == '-' && next == '-') || (c == '/' && next == '*'))
        return (struct lexeme){ LEXEME_COMMENT, at, comment_end(text, length, at) };
    if (is_word(c))
        return word_next(text, length, at);
    if (c == '\'')
        return (struct lexeme){ LEXEME_STRING, at, quoted_end(text, length, at, false) };
    if (c == '"')
        return (struct lexeme){ LEXEME_NAME, at, quoted_end(text, length, at, false) };
    if (c == '{' || (c == '$' && next == '{'))
        return (struct lexeme){ LEXEME_REFERENCE, at, reference_end(text, length, at) };
    if (c == '$') {
        size_t end = dollar_end(text, length, at);

        return (struct lexeme){ end > at + 1 ? LEXEME_STRING : LEXEME_OTHER, at, end };
    }
    if (c == '(' || c == '[')
        return (struct lexeme){ LEXEME_OPEN, at, at + 1 };
    if (c == ')' || c == ']')
        return (struct lexeme){ LEXEME_CLOSE, at, at + 1 };
    return (struct lexeme){ LEXEME_OTHER, at, at + 1 };
}

struct lexeme lexeme_skip(const char *text, size_t length, size_t at)
{
    struct lexeme lexeme = lexeme_next(text, length, at);

    while (lexeme.kind == LEXEME_SPACE || lexeme.kind == LEXEME_COMMENT)
        lexeme = lexeme_next(text, length, lexeme.end);
    return lexeme;
}

size_t lexeme_match(const char *text, size_t length, size_t at)
{
    size_t depth = 0;

    for (;;) {
        struct lexeme lexeme = lexeme_next(text, length, at);

        if (lexeme.kind == LEXEME_END)
            return 0;
        if (lexeme.kind == LEXEME_OPEN)
            depth++;
        if (lexeme.kind == LEXEME_CLOSE && --depth == 0)
            return lexeme.end;
        at = lexeme.end;
    }
}

bool lexeme_is(const char *text, struct lexeme lexeme, const char *word)
{
    size_t length = lexeme.end - lexeme.at;

    return lexeme.kind == LEXEME_WORD && length == strlen(word) && strncasecmp(text + lexeme.at, word, length) == 0;
}
