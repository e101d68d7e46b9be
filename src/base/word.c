/* See base/word.h. `splitter` and `args` read quotes here, so that they agree where one opens and ends. */
#include "ytempire/base/word.h"

#include <string.h>

#include "ytempire/base/str.h"
#include "ytempire/base/utf8.h"

bool word_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

size_t word_skip_space(const char *line, size_t at)
{
    while (word_is_space(line[at]))
        at++;
    return at;
}

bool word_quote_opens(char before)
{
    return before == '\0' || word_is_space(before) || strchr("([{,:=<>!~&+|;", before) != NULL;
}

size_t word_quote_end(const char *text, size_t length, size_t at)
{
    char quote = text[at++];

    for (; at < length; at++) {
        if (quote == '"' && text[at] == '\\') {
            at++;
        } else if (text[at] == quote) {
            if (quote == '"' || at + 1 == length || text[at + 1] != quote)
                return at + 1;
            at++;
        }
    }
    return 0;
}

/* -- decoding ------------------------------------------------------------------------------------------------------ */

static bool four_digits(const char *text, size_t length, uint32_t *ret_value)
{
    uint32_t value = 0;

    if (length < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        char lower = (char)(text[i] | 0x20);

        if (text[i] >= '0' && text[i] <= '9')
            value = value * 16 + (uint32_t)(text[i] - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value * 16 + (uint32_t)(lower - 'a' + 10);
        else
            return false;
    }
    *ret_value = value;
    return true;
}

/* Behind `\u`: bytes read, or 0. NUL has no place in a text. */
static size_t add_point(struct str *to, const char *text, size_t length)
{
    uint32_t point, low;
    size_t   read = 4;
    char     bytes[4];

    if (!four_digits(text, length, &point) || point == 0 || (point >= 0xdc00 && point < 0xe000))
        return 0;
    if (point >= 0xd800 && point < 0xdc00) {
        if (length < 10 || text[4] != '\\' || text[5] != 'u' || !four_digits(text + 6, length - 6, &low) ||
            low < 0xdc00 || low > 0xdfff)
            return 0;
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        read = 10;
    }
    str_add_bytes(to, bytes, utf8_encode(point, bytes));
    return read;
}

/* Behind a backslash: bytes read, or 0. */
static size_t add_escape(struct str *to, const char *text, size_t length)
{
    static const char names[] = "\"\\/bfnrt", chars[] = "\"\\/\b\f\n\r\t";
    const char       *found = length > 0 ? memchr(names, text[0], sizeof names - 1) : NULL;
    size_t            read;

    if (found != NULL) {
        str_add_char(to, chars[found - names]);
        return 1;
    }
    if (length == 0 || text[0] != 'u')
        return 0;
    read = add_point(to, text + 1, length - 1);
    return read > 0 ? read + 1 : 0;
}

static int bad_escape(const char *line, size_t at, struct error *error)
{
    error_set(error, ERR_SYNTAX, "no such escape in a quoted word");
    error_point(error, line, at, 2);
    error_hint(error, "\"…\" has the escapes of JSON: \\\" \\\\ \\n \\t and \\u with four digits; '…' has none");
    return ERR_SYNTAX;
}

/* The text between the quotes from `at` to `end`. */
static int add_quoted(struct str *to, const char *line, size_t at, size_t end, struct error *error)
{
    char quote = line[at];

    for (size_t i = at + 1; i + 1 < end; i++) {
        if (line[i] == quote) {
            i++;
        } else if (quote == '"' && line[i] == '\\') {
            size_t read = add_escape(to, line + i + 1, end - i - 2);

            if (read == 0)
                return bad_escape(line, i, error);
            i += read;
            continue;
        }
        str_add_char(to, line[i]);
    }
    return 0;
}

static int open_quote(const char *line, size_t at, struct error *error)
{
    error_set(error, ERR_SYNTAX, "the quote is never closed");
    error_point(error, line, at, 1);
    return ERR_SYNTAX;
}

/* Takes bytes until the word ends; a quote behind its first '=' is taken off, any other that opens stays and keeps
 * spaces in. */
static int add_plain(struct str *to, const char *line, size_t *at, struct error *error)
{
    size_t i = *at, length = strlen(line);
    bool   equals = false;

    while (line[i] != '\0' && !word_is_space(line[i])) {
        size_t end = 0;

        if ((line[i] == '\'' || line[i] == '"') && i > *at && word_quote_opens(line[i - 1])) {
            end = word_quote_end(line, length, i);
            if (end == 0)
                return open_quote(line, i, error);
            if (!equals && line[i - 1] == '=') {
                int r = add_quoted(to, line, i, end, error);

                if (r < 0)
                    return r;
            } else {
                str_add_bytes(to, line + i, end - i);
            }
            i = end;
            continue;
        }
        equals |= i > *at && line[i - 1] == '=';
        str_add_char(to, line[i++]);
    }
    *at = i;
    return 0;
}

static int add_word(struct str *to, const char *line, size_t *at, bool *ret_quoted, struct error *error)
{
    size_t end;
    int    r;

    *ret_quoted = line[*at] == '\'' || line[*at] == '"';
    if (!*ret_quoted)
        return add_plain(to, line, at, error);
    end = word_quote_end(line, strlen(line), *at);
    if (end == 0)
        return open_quote(line, *at, error);
    if (line[end] != '\0' && !word_is_space(line[end])) {
        error_set(error, ERR_SYNTAX, "a quoted word ends at its quote");
        error_point(error, line, end, 1);
        error_hint(error, "put a space behind the quote; inside '…' a quote is doubled, inside \"…\" it is \\\"");
        return ERR_SYNTAX;
    }
    r = add_quoted(to, line, *at, end, error);
    *at = end;
    return r;
}

int word_read(struct arena *arena, const char *line, size_t at, struct word *ret_word, struct error *error)
{
    struct str  text = STR_INIT;
    struct word word = {.at = at};
    int         r = add_word(&text, line, &at, &word.quoted, error);

    if (r >= 0) {
        word.text = arena_strndup(arena, str_text(&text), text.length);
        word.length = at - word.at;
        *ret_word = word;
    }
    str_done(&text);
    return r;
}
