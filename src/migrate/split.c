/*
 * Cuts SQL at its semicolons, as psql does: a semicolon counts outside quotes, comments, brackets and the body of a
 * function in standard SQL (BEGIN ATOMIC … END). It knows no grammar, so it also cuts what only a newer server reads.
 */
#include <string.h>
#include <strings.h>

#include "migrate_int.h"

static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool in_name(char c)
{
    return begins_name(c) || (c >= '0' && c <= '9') || c == '$';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static size_t skip_block_comment(const char *sql, size_t at)
{
    size_t depth = 0;

    do {
        if (sql[at] == '/' && sql[at + 1] == '*') {
            depth++;
            at += 2;
        } else if (sql[at] == '*' && sql[at + 1] == '/') {
            depth--;
            at += 2;
        } else if (sql[at] != '\0') {
            at++;
        }
    } while (depth > 0 && sql[at] != '\0');
    return at;
}

static size_t skip_space(const char *sql, size_t at)
{
    for (;;) {
        if (is_space(sql[at]))
            at++;
        else if (sql[at] == '-' && sql[at + 1] == '-')
            at += strcspn(sql + at, "\n");
        else if (sql[at] == '/' && sql[at + 1] == '*')
            at = skip_block_comment(sql, at);
        else
            return at;
    }
}

static size_t skip_quoted(const char *sql, size_t at, bool escapes)
{
    char quote = sql[at++];

    while (sql[at] != '\0' && (sql[at] != quote || sql[at + 1] == quote))
        at += sql[at] == quote || (escapes && sql[at] == '\\' && sql[at + 1] != '\0') ? 2 : 1;
    return at + (sql[at] != '\0');
}

/* $tag$ … $tag$, or the sign alone. */
static size_t skip_dollar(const char *sql, size_t at)
{
    size_t length = 1;

    if (begins_name(sql[at + 1]))
        while (in_name(sql[at + length]) && sql[at + length] != '$')
            length++;
    if (sql[at + length++] != '$')
        return at + 1;
    for (size_t end = at + length; sql[end] != '\0'; end++)
        if (strncmp(sql + end, sql + at, length) == 0)
            return end + length;
    return strlen(sql);
}

bool migrate_word(const char *sql, size_t end, size_t *cursor, size_t *ret_at, size_t *ret_length)
{
    size_t at = skip_space(sql, *cursor), next = at;

    if (at >= end || sql[at] == '\0')
        return false;
    if ((sql[at] == 'e' || sql[at] == 'E') && sql[at + 1] == '\'')
        next = skip_quoted(sql, at + 1, true);
    else if (sql[at] == '\'' || sql[at] == '"')
        next = skip_quoted(sql, at, false);
    else if (sql[at] == '$')
        next = skip_dollar(sql, at);
    else if (in_name(sql[at]))
        while (in_name(sql[next]))
            next++;
    else
        next++;
    *ret_at = at;
    *ret_length = next - at;
    *cursor = next;
    return true;
}

bool migrate_word_is(const char *sql, size_t at, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(sql + at, word, length) == 0;
}

bool migrate_split(const char *sql, size_t *cursor, size_t *ret_at, size_t *ret_length)
{
    size_t first = 0, last = 0, brackets = 0, bodies = 0, words = 0, at, length;
    bool   makes = false, begun = false;

    while (migrate_word(sql, SIZE_MAX, cursor, &at, &length)) {
        if (sql[at] == ';' && brackets == 0 && bodies == 0) {
            if (words == 0)
                continue;
            break;
        }
        if (words++ == 0) {
            first = at;
            makes = migrate_word_is(sql, at, length, "create");
        }
        last = at + length;
        if (sql[at] == '(')
            brackets++;
        else if (sql[at] == ')' && brackets > 0)
            brackets--;
        else if (makes && begun && bodies == 0 && migrate_word_is(sql, at, length, "atomic"))
            bodies = 1;
        else if (bodies > 0 && migrate_word_is(sql, at, length, "case"))
            bodies++;
        else if (bodies > 0 && migrate_word_is(sql, at, length, "end"))
            bodies--;
        begun = migrate_word_is(sql, at, length, "begin");
    }
    if (words == 0)
        return false;
    *ret_at = first;
    *ret_length = last - first;
    return true;
}

size_t migrate_line_of(const char *sql, size_t at, size_t first_line)
{
    for (size_t i = 0; i < at && sql[i] != '\0'; i++)
        first_line += sql[i] == '\n';
    return first_line;
}
