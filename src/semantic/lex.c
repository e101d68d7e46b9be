/*
 * semantic/lex: see lex.h. The lexer never looks behind a token and never goes back; what cannot begin or end a word is
 * an error at its place, with what to write instead.
 */
#include "src/semantic/lex.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ytempire/base/str.h"
#include "ytempire/base/utf8.h"

#define SHOWN_LENGTH 40

/* -- errors -------------------------------------------------------------------------------------------------------- */

/* The line as an error may show it: byte for byte the same places, nothing a terminal would act upon. */
static char *lex_printable(struct lexer *lexer)
{
    char *copy = arena_strndup(lexer->arena, lexer->text, lexer->length);
    size_t at = 0;

    while (at < lexer->length) {
        at += utf8_valid_prefix(copy + at, lexer->length - at);
        if (at < lexer->length)
            copy[at] = '?';
    }
    for (at = 0; at < lexer->length; at++)
        if (((unsigned char)copy[at] < ' ' && copy[at] != '\n') || copy[at] == 127)
            copy[at] = ' ';
    return copy;
}

int lex_fail(struct lexer *lexer, int code, struct span span, const char *format, ...)
{
    va_list args;

    if (!lexer->error)
        return code;
    va_start(args, format);
    (void)error_setv(lexer->error, code, format, args);
    va_end(args);
    error_point(lexer->error, lex_printable(lexer), span.at, span.length ? span.length : 1);
    return code;
}

static const char *text_show(struct lexer *lexer, const char *text, size_t length)
{
    bool cut = length > SHOWN_LENGTH;
    char *copy;

    if (cut) {
        length = SHOWN_LENGTH;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    copy = arena_printf(lexer->arena, "%.*s%s", (int)length, text, cut ? "…" : "");
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = ' ';
    return copy;
}

const char *lex_show(struct lexer *lexer, const struct token *token)
{
    if (!lexer->arena)
        return "";
    if (token->kind == TOKEN_END && token->span.length == 0)
        return "the end";
    return text_show(lexer, lexer->text + token->span.at, token->span.length);
}

/* -- characters ---------------------------------------------------------------------------------------------------- */

/* Spaces that come with text copied from a page. */
static bool is_wide_space(uint32_t point)
{
    return point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200b) || point == 0x2028 || point == 0x2029
           || point == 0x202f || point == 0x205f || point == 0x3000 || point == 0xfeff;
}

/* Not part of any word: controls and what an editor makes of quotes and dashes. */
static bool is_foreign_mark(uint32_t point)
{
    return (point >= 0x80 && point < 0xa0) || (point >= 0x2010 && point <= 0x201f) || point == 0x2212 || point == 0xab
           || point == 0xbb || (point >= 0x2066 && point <= 0x2069) || (point >= 0x202a && point <= 0x202e)
           || (point >= 0x200c && point <= 0x200f);
}

static bool is_word_ascii(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Bytes of the character of a word that stands at `at`; 0: the word has ended. */
static size_t word_char(const struct lexer *lexer, size_t at)
{
    const char *c = lexer->text + at;
    uint32_t point;
    size_t size;

    if ((unsigned char)*c < 0x80) {
        if (is_word_ascii(*c))
            return 1;
        if (*c == '.' && at + 1 < lexer->length && c[1] != '.')
            return word_char(lexer, at + 1) > 0;       /* never a dot: looks one further only */
        return 0;
    }
    size = utf8_decode(c, lexer->length - at, &point);
    return is_wide_space(point) || is_foreign_mark(point) ? 0 : size;
}

static size_t word_end(const struct lexer *lexer, size_t at)
{
    for (size_t size; at < lexer->length && (size = word_char(lexer, at)) > 0;)
        at += size;
    return at;
}

static void skip_space(struct lexer *lexer)
{
    while (lexer->at < lexer->length) {
        unsigned char c = (unsigned char)lexer->text[lexer->at];
        uint32_t point;
        size_t size;

        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            lexer->at++;
            continue;
        }
        if (c < 0x80)
            return;
        size = utf8_decode(lexer->text + lexer->at, lexer->length - lexer->at, &point);
        if (!is_wide_space(point))
            return;
        lexer->at += size;
    }
}

/* -- tokens -------------------------------------------------------------------------------------------------------- */

static int token_end(struct lexer *lexer, struct token *token, enum token_kind kind, size_t end)
{
    token->kind = kind;
    token->span.length = end - token->span.at;
    if (!token->text) {
        token->text = lexer->text + token->span.at;
        token->length = token->span.length;
    }
    lexer->at = end;
    return 0;
}

/* Where the number that begins at `at` ends, or 0: no number, or something is stuck to it. */
static size_t number_end(const struct lexer *lexer, size_t at, bool *ret_integer)
{
    const char *c = lexer->text + at;

    *ret_integer = true;
    if (*c == '-') {
        *ret_integer = false;
        c++;
    }
    if (!isdigit((unsigned char)*c))
        return 0;
    while (isdigit((unsigned char)*c))
        c++;
    if (*c == '.' && isdigit((unsigned char)c[1])) {
        *ret_integer = false;
        for (c++; isdigit((unsigned char)*c);)
            c++;
    }
    if ((*c == 'e' || *c == 'E') && isdigit((unsigned char)c[1 + (c[1] == '+' || c[1] == '-')])) {
        *ret_integer = false;
        for (c += 2; isdigit((unsigned char)*c);)
            c++;
    }
    at = (size_t)(c - lexer->text);
    return at < lexer->length && word_char(lexer, at) > 0 ? 0 : at;
}

static void token_count(struct token *token)
{
    long long value;

    token->count = -1;
    if (token->integer && text_to_int64(token->text, token->length, &value) == 0 && value <= INT32_MAX)
        token->count = (int)value;
}

/* "7d", "90min": the word is digits and one of the short units. */
static bool token_duration(struct token *token)
{
    static const struct { const char *text; enum data_unit unit; } units[] = {
        { "min", UNIT_MINUTE }, { "h", UNIT_HOUR }, { "d", UNIT_DAY }, { "w", UNIT_WEEK }, { "mo", UNIT_MONTH },
        { "q", UNIT_QUARTER }, { "y", UNIT_YEAR },
    };
    size_t digits = 0, rest;
    long long count;

    while (digits < token->length && isdigit((unsigned char)token->text[digits]))
        digits++;
    rest = token->length - digits;
    if (rest == 0 || rest > 3 || text_to_int64(token->text, digits, &count) < 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (strlen(units[i].text) != rest || strncasecmp(units[i].text, token->text + digits, rest) != 0)
            continue;
        token->unit = units[i].unit;
        token->count = count <= INT32_MAX ? (int)count : -1;
        return true;
    }
    return false;
}

/* "01/02/2026": two readings, or a habit of another program. */
static int lex_slash_date(struct lexer *lexer, struct token *token)
{
    size_t end = token->span.at;
    int a, b, year;

    while (end < lexer->length && (isdigit((unsigned char)lexer->text[end]) || lexer->text[end] == '/'))
        end++;
    token->span.length = end - token->span.at;
    if (lexer->text[token->span.at + 1] != '/' && lexer->text[token->span.at + 2] != '/') {
        (void)lex_fail(lexer, ERR_SYNTAX, token->span, "'%s' is not a date", lex_show(lexer, token));
        error_hint(lexer->error, "dates are written 2026-01-31; a text is written in quotes");
        return ERR_SYNTAX;
    }
    if (token->span.length > 10 || sscanf(lexer->text + token->span.at, "%2d/%2d/%4d", &a, &b, &year) != 3
        || a < 1 || b < 1 || a > 12 || b > 12 || a == b || year < 1000) {
        (void)lex_fail(lexer, ERR_SYNTAX, token->span, "'%s' is not a date", lex_show(lexer, token));
        error_hint(lexer->error, "dates are written 2026-01-31; a text is written in quotes");
        return ERR_SYNTAX;
    }
    (void)lex_fail(lexer, ERR_AMBIGUOUS, token->span, "'%s' could be two days", lex_show(lexer, token));
    error_hint(lexer->error, "%04d-%02d-%02d or %04d-%02d-%02d", year, a, b, year, b, a);
    return ERR_AMBIGUOUS;
}

/* End of a datetime, whose clock has ':' and '+': "2026-01-31T12:00:00.5+02:00". */
static size_t datetime_end(const struct lexer *lexer, size_t at)
{
    const char *c = lexer->text + at;

    while (isalnum((unsigned char)*c) || *c == ':' || *c == '+' || *c == '-' || (*c == '.' && isdigit((unsigned char)c[1])))
        c++;
    return (size_t)(c - lexer->text);
}

static bool is_datetime(const char *text)
{
    static const char shape[] = "0000-00-00T";

    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == '0' ? !isdigit((unsigned char)text[i]) : (text[i] != shape[i] && (shape[i] != 'T' || text[i] != 't')))
            return false;
    return true;
}

/* A word that begins with a digit: a number, a date, a duration, or a name such as "4k". */
static int lex_digits(struct lexer *lexer, struct token *token)
{
    struct point_fault fault;
    size_t end = number_end(lexer, lexer->at, &token->integer);
    int r;

    if (end == 0)
        end = is_datetime(lexer->text + lexer->at) ? datetime_end(lexer, lexer->at) : word_end(lexer, lexer->at);
    else if (lexer->text[end] != ':' && lexer->text[end] != '/') {
        (void)token_end(lexer, token, TOKEN_NUMBER, end);
        token_count(token);
        return 0;
    }
    if (lexer->text[end] == '/' && isdigit((unsigned char)lexer->text[end + 1]))
        return lex_slash_date(lexer, token);
    if (lexer->text[end] == ':' && isdigit((unsigned char)lexer->text[end + 1])) {
        token->span.length = end - token->span.at;
        (void)lex_fail(lexer, ERR_SYNTAX, token->span, "a time of day stands alone");
        error_hint(lexer->error, "write it with its date: 2026-01-31T12:00; a text is written in quotes");
        return ERR_SYNTAX;
    }
    (void)token_end(lexer, token, TOKEN_WORD, end);
    if (number_end(lexer, token->span.at, &token->integer) == end) {
        token->kind = TOKEN_NUMBER;
        token_count(token);
        return 0;
    }
    r = point_literal(token->text, token->length, &token->point, &fault);
    if (r < 0) {
        (void)lex_fail(lexer, ERR_SYNTAX, token->span, "'%s' %s", lex_show(lexer, token), fault.reason);
        error_hint(lexer->error, "%s", fault.hint);
        return r;
    }
    if (r > 0) {
        token->kind = TOKEN_POINT;
        token->point.span = token->span;
    } else if (token_duration(token)) {
        token->kind = TOKEN_DURATION;
    }
    return 0;
}

static int lex_compare(struct lexer *lexer, struct token *token)
{
    static const struct { const char *text; enum filter_operator test; } tests[] = {
        { "!=", TEST_NOT_EQUAL }, { "<>", TEST_NOT_EQUAL }, { "<=", TEST_LESS_EQUAL }, { ">=", TEST_GREATER_EQUAL },
        { "==", TEST_EQUAL }, { "<", TEST_LESS }, { ">", TEST_GREATER }, { "=", TEST_EQUAL },
    };
    const char *c = lexer->text + lexer->at;

    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        size_t length = strlen(tests[i].text);

        if (strncmp(c, tests[i].text, length) != 0)
            continue;
        token->test = tests[i].test;
        (void)token_end(lexer, token, TOKEN_COMPARE, lexer->at + length);
        if (tests[i].text[0] == '=' && length == 2) {
            (void)lex_fail(lexer, ERR_SYNTAX, token->span, "'==' is not a comparison here");
            error_hint(lexer->error, "write =");
            return ERR_SYNTAX;
        }
        return 0;
    }
    return 1;
}

static int lex_variable(struct lexer *lexer, struct token *token)
{
    size_t end = lexer->at + 1;

    while (isalnum((unsigned char)lexer->text[end]) || lexer->text[end] == '_')
        end++;
    (void)token_end(lexer, token, TOKEN_VARIABLE, end);
    if (token->length == 1 || isdigit((unsigned char)token->text[1])) {
        (void)lex_fail(lexer, ERR_SYNTAX, token->span, "the name of a variable is expected after ':'");
        error_hint(lexer->error, ":name takes its value from --var name=…; a text is written in quotes");
        return ERR_SYNTAX;
    }
    token->text++;
    token->length--;
    return 0;
}

static int lex_mark(struct lexer *lexer, struct token *token)
{
    static const struct { char c; enum token_kind kind; } marks[] = {
        { ',', TOKEN_COMMA }, { '(', TOKEN_OPEN }, { ')', TOKEN_CLOSE }, { '+', TOKEN_PLUS }, { '-', TOKEN_MINUS },
        { '&', TOKEN_AMPERSAND }, { '*', TOKEN_STAR },
    };
    static const struct { const char *text, *hint; } habits[] = {
        { "&&", "write and" }, { "||", "write or" }, { "!", "write != or not" }, { "~", "write contains or like" },
        { "%", "a rate is written as a number: 0.05; a text is written in quotes" },
        { "$", "write the number alone; a text is written in quotes" },
        { "\xe2\x80\x98", "write '…' or \"…\"" }, { "\xe2\x80\x99", "write '…' or \"…\"" },
        { "\xe2\x80\x9c", "write '…' or \"…\"" }, { "\xe2\x80\x9d", "write '…' or \"…\"" },
        { "\xe2\x80\x93", "write - or, in a range, .." }, { "\xe2\x80\x94", "write - or, in a range, .." },
    };
    const char *c = lexer->text + lexer->at, *hint = "a text with such a character is written in quotes";
    uint32_t point;

    if (c[0] == '.' && c[1] == '.')
        return token_end(lexer, token, TOKEN_RANGE, lexer->at + 2);
    if (!(c[0] == '&' && c[1] == '&'))
        for (size_t i = 0; i < COUNT_OF(marks); i++)
            if (marks[i].c == *c)
                return token_end(lexer, token, marks[i].kind, lexer->at + 1);
    for (size_t i = 0; i < COUNT_OF(habits); i++)
        if (text_starts(c, habits[i].text)) {
            hint = habits[i].hint;
            break;
        }
    token->span.length = utf8_decode(c, lexer->length - lexer->at, &point);
    if (point < ' ' || (point >= 0x7f && point < 0xa0))
        (void)lex_fail(lexer, ERR_SYNTAX, token->span, "a control character (U+%04X)", (unsigned)point);
    else
        (void)lex_fail(lexer, ERR_SYNTAX, token->span, "unexpected '%s'", lex_show(lexer, token));
    error_hint(lexer->error, "%s", hint);
    return ERR_SYNTAX;
}

/* A quote or another mark that is stuck to a word: "don't". */
static int lex_check_stuck(struct lexer *lexer, const struct token *token)
{
    char c = lexer->text[lexer->at];

    if (c != '\'' && c != '"')
        return 0;
    (void)lex_fail(lexer, ERR_SYNTAX, (struct span){ lexer->at, 1 }, "a quote inside a word");
    if (token->kind == TOKEN_STRING)
        error_hint(lexer->error, "put a space or a comma between two texts");
    else
        error_hint(lexer->error, "a text with a quote in it is written in quotes: \"don't\" or 'don''t'");
    return ERR_SYNTAX;
}

/* Up to where another token may begin: behind the quote, or the whole rest when it is never closed. */
static size_t bad_end(const struct lexer *lexer, const struct token *token)
{
    size_t at = token->span.at, end = at + (token->span.length > 0 ? token->span.length : 1);
    char quote = lexer->text[at];

    if (lexer->at > at)
        return lexer->at;
    if (quote != '\'' && quote != '"')
        return end;
    for (end = at + 1; end < lexer->length; end++)
        if (quote == '"' ? lexer->text[end] == '\\' : lexer->text[end] == quote && lexer->text[end + 1] == quote)
            end += end + 1 < lexer->length;
        else if (lexer->text[end] == quote)
            break;
    return end < lexer->length ? end + 1 : end;
}

static int lex_forgive(struct lexer *lexer, struct token *token)
{
    token->span.length = bad_end(lexer, token) - token->span.at;
    token->kind = TOKEN_BAD;
    token->word = WORD_PLAIN;
    token->text = lexer->text + token->span.at;
    token->length = token->span.length;
    lexer->at = token->span.at + token->span.length;
    return 0;
}

static int lex_token(struct lexer *lexer, struct token *ret_token)
{
    unsigned char c;
    bool integer;
    int r;

    skip_space(lexer);
    *ret_token = (struct token){ .span.at = lexer->at };
    if (lexer->at == lexer->length) {
        ret_token->text = "";
        return 0;
    }
    c = (unsigned char)lexer->text[lexer->at];
    if (isdigit(c) || (c == '-' && number_end(lexer, lexer->at, &integer) > 0)) {
        r = lex_digits(lexer, ret_token);
    } else if (c == '\'' || c == '"') {
        r = lex_string(lexer, ret_token);
    } else if (c == ':') {
        r = lex_variable(lexer, ret_token);
    } else if (strchr("<>=!", c)) {
        r = lex_compare(lexer, ret_token);
        return r > 0 ? lex_mark(lexer, ret_token) : r;
    } else if (c != '-' && c != '.' && word_char(lexer, lexer->at) > 0) {
        r = token_end(lexer, ret_token, TOKEN_WORD, word_end(lexer, lexer->at));
        ret_token->word = word_find(ret_token->text, ret_token->length, &ret_token->unit, &ret_token->part);
    } else {
        return lex_mark(lexer, ret_token);
    }
    return r < 0 ? r : lex_check_stuck(lexer, ret_token);
}

int lex_next(struct lexer *lexer, struct token *ret_token)
{
    int r = lex_token(lexer, ret_token);

    return r < 0 && lexer->forgives ? lex_forgive(lexer, ret_token) : r;
}

int lex_next_zone(struct lexer *lexer, struct token *ret_token)
{
    size_t end;

    skip_space(lexer);
    end = lexer->at;
    if (end == lexer->length || !isalpha((unsigned char)lexer->text[end]))
        return lex_next(lexer, ret_token);
    *ret_token = (struct token){ .span.at = lexer->at };
    while (isalnum((unsigned char)lexer->text[end]) || (lexer->text[end] && strchr("_/+-", lexer->text[end])))
        end++;
    return token_end(lexer, ret_token, TOKEN_WORD, end);
}

int lex_open(struct lexer *lexer, struct arena *arena, const char *text, struct error *error)
{
    size_t length = strlen(text), valid;

    if (length > LINE_LIMIT)
        return error_set(error, ERR_SYNTAX, "the query is longer than 1 MB");
    *lexer = (struct lexer){ .arena = arena, .text = text, .length = length, .error = error };
    valid = utf8_valid_prefix(text, length);
    if (valid < length) {
        (void)lex_fail(lexer, ERR_SYNTAX, (struct span){ valid, 1 }, "byte %zu of the query is not valid UTF-8 (0x%02x)",
                       valid + 1, (unsigned)(unsigned char)text[valid]);
        error_hint(error, "the query is read as UTF-8: is the file or the terminal in another encoding?");
        return ERR_SYNTAX;
    }
    return 0;
}

bool word_is_plain(const char *text, struct token *ret_token)
{
    struct lexer lexer = { .text = text, .length = strlen(text) };

    if (lexer.length == 0 || lexer.length > LINE_LIMIT || utf8_valid_prefix(text, lexer.length) < lexer.length)
        return false;
    skip_space(&lexer);
    /* quotes need an arena for their text: they begin no word */
    if (lexer.at > 0 || strchr("'\"", text[0]))
        return false;
    return lex_next(&lexer, ret_token) == 0 && ret_token->kind == TOKEN_WORD && ret_token->span.at == 0
           && lexer.at == lexer.length;
}
