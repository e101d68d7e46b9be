/*
 * Text cut into commands (contract.md, "Commands").
 *
 * Invariant: between two calls the splitter stands where a command may begin, and `line` is the line of that place.
 * A command is scanned as SQL from its first word when it is one, else by the quotes and brackets of words; both scans
 * stop at the first `;` or line end outside of them, and `span` decides whether the next line goes on with the command.
 */
#include <string.h>

#include "command_int.h"
#include "sql_lex.h"
#include "ytempire/base/str.h"
#include "ytempire/base/word.h"
#include "ytempire/command.h"

struct splitter {
    const char *text;
    size_t      length, at, line;
};

/* What a scan of one command knows. */
struct span {
    size_t     depth;                /* of brackets */
    size_t     opened_at;            /* the outermost open bracket, or the open quote */
    bool       open;                 /* a quote or a bracket is open at the end */
    struct str text;
};

struct splitter *splitter_new(const char *text, size_t length)
{
    struct splitter *splitter = mem_alloc(sizeof *splitter);

    splitter->text = text;
    splitter->length = length;
    splitter->line = 1;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        splitter->at = 3;
    return splitter;
}

void splitter_free(struct splitter *splitter)
{
    mem_free(splitter);
}

void splitter_freep(struct splitter **splitter)
{
    splitter_free(*splitter);
}

/* -- lines --------------------------------------------------------------------------------------------------------- */

static char at_or_nul(const struct splitter *splitter, size_t at)
{
    return at < splitter->length ? splitter->text[at] : '\0';
}

static bool begins_comment(const struct splitter *splitter, size_t at)
{
    return at_or_nul(splitter, at) == '#' || (at_or_nul(splitter, at) == '-' && at_or_nul(splitter, at + 1) == '-');
}

static size_t end_of_line(const struct splitter *splitter, size_t at)
{
    const char *end = at < splitter->length ? memchr(splitter->text + at, '\n', splitter->length - at) : NULL;

    return end != NULL ? (size_t)(end - splitter->text) : splitter->length;
}

static bool is_blank(const struct splitter *splitter, size_t at)
{
    for (size_t end = end_of_line(splitter, at); at < end; at++)
        if (!word_is_space(splitter->text[at]))
            return false;
    return true;
}

/*
 * `at` is a line end outside of quotes and brackets. Where the next line that is no comment begins with white space, it
 * goes on with the command: its place, else 0. A blank line goes on with nothing.
 */
static size_t next_line_of(const struct splitter *splitter, size_t at)
{
    do {
        at = end_of_line(splitter, at) + 1;
        if (at >= splitter->length)
            return 0;
    } while (begins_comment(splitter, at));
    return word_is_space(splitter->text[at]) && !is_blank(splitter, at) ? at : 0;
}

static size_t count_lines(const struct splitter *splitter, size_t from, size_t to)
{
    size_t lines = 0;

    for (size_t at = from; at < to; at++)
        lines += splitter->text[at] == '\n';
    return lines;
}

/* A bracket is remembered by where the outermost one opened. */
static bool take_bracket(struct span *span, char c, size_t at)
{
    if (strchr("([{", c) != NULL) {
        if (span->depth++ == 0)
            span->opened_at = at;
        return true;
    }
    if (strchr(")]}", c) != NULL) {
        span->depth -= span->depth > 0;
        return true;
    }
    return false;
}

/* -- a command of words -------------------------------------------------------------------------------------------- */

/* A line end: the command goes on inside brackets, or when the next line says so. Comments between are left out. */
static bool take_line_end(const struct splitter *splitter, struct span *span, size_t *at)
{
    size_t next = span->depth > 0 ? *at + 1 : next_line_of(splitter, *at);

    while (span->depth > 0 && begins_comment(splitter, next))
        next = end_of_line(splitter, next) + 1;
    if (next == 0)
        return false;
    str_add_char(&span->text, '\n');
    *at = next < splitter->length ? next : splitter->length;
    return true;
}

static size_t scan_words(const struct splitter *splitter, size_t at, struct span *span)
{
    size_t start = at;

    while (at < splitter->length) {
        char c = splitter->text[at];

        if ((c == '\'' || c == '"') && word_quote_opens(at > start ? splitter->text[at - 1] : '\0')) {
            size_t end = word_quote_end(splitter->text, splitter->length, at);

            if (end == 0) {
                span->open = true;
                span->opened_at = at;
                return splitter->length;
            }
            str_add_bytes(&span->text, splitter->text + at, end - at);
            at = end;
            continue;
        }
        if (c == '\n') {
            if (!take_line_end(splitter, span, &at))
                return at;
            continue;
        }
        if (!take_bracket(span, c, at) && c == ';' && span->depth == 0)
            return at;
        str_add_char(&span->text, c);
        at++;
    }
    span->open = span->depth > 0;
    return at;
}

/* -- a command of SQL ---------------------------------------------------------------------------------------------- */

/* BEGIN ATOMIC … END of a function's body is a bracket as well. `head` gathers the first words: "create or replace f".
 */
struct body {
    char   head[4];
    size_t words, depth;
};

static void take_body_word(struct body *body, const struct sql_lexer *lexer, const struct sql_piece *piece)
{
    static const char *const heads[] = {"create", "or", "replace", "function", "procedure"};
    bool makes = body->head[0] == 'c' && strchr("fp", body->head[body->head[1] == 'o' ? 3 : 1]) != NULL;

    for (size_t i = 0; body->words < sizeof body->head && i < COUNT_OF(heads); i++)
        if (sql_piece_is(lexer, piece, heads[i]))
            body->head[body->words] = heads[i][0];
    body->words++;
    if (!makes)
        return;
    if (sql_piece_is(lexer, piece, "begin") || (body->depth > 0 && sql_piece_is(lexer, piece, "case")))
        body->depth++;
    else if (sql_piece_is(lexer, piece, "end"))
        body->depth -= body->depth > 0;
}

static size_t scan_sql(const struct splitter *splitter, size_t at, struct span *span)
{
    struct sql_lexer lexer = {.text = splitter->text, .length = splitter->length, .at = at};
    struct body      body = {.head = {'-', '-', '-', '-'}};
    struct sql_piece piece;

    if (sql_next(&lexer, &piece) && sql_piece_is(&lexer, &piece, "sql"))
        at = lexer.at;
    str_add_bytes(&span->text, splitter->text + piece.at, at - piece.at);
    for (lexer.at = at; sql_next(&lexer, &piece);) {
        bool inside = span->depth > 0 || body.depth > 0;

        if (piece.kind == SQL_LINE && !inside) {
            lexer.at = piece.at;
            if (!take_line_end(splitter, span, &lexer.at))
                return piece.at;
            continue;
        }
        if (piece.open) {
            span->open = true;
            span->opened_at = piece.at;
        }
        if (piece.kind == SQL_WORD && span->depth == 0)
            take_body_word(&body, &lexer, &piece);
        if (piece.kind == SQL_MARK && !take_bracket(span, splitter->text[piece.at], piece.at) &&
            splitter->text[piece.at] == ';' && !inside)
            return piece.at;
        str_add_bytes(&span->text, splitter->text + piece.at, piece.length);
    }
    if (span->depth > 0)
        span->open = true;
    return splitter->length;
}

/* -- the face ------------------------------------------------------------------------------------------------------ */

static bool is_sql(const char *text, size_t length)
{
    struct sql_lexer lexer = {.text = text, .length = length};
    struct sql_piece piece;

    if (sql_line_is_statement(text, length))
        return true;
    return sql_next(&lexer, &piece) && piece.kind == SQL_WORD && piece.length == 3 && memcmp(text, "sql", 3) == 0 &&
           (length == 3 || word_is_space(text[3]) || text[3] == ';');
}

static size_t scan(const struct splitter *splitter, size_t at, struct span *span)
{
    return is_sql(splitter->text + at, splitter->length - at) ? scan_sql(splitter, at, span)
                                                              : scan_words(splitter, at, span);
}

/* To where the next command begins. */
static void skip_to_command(struct splitter *splitter)
{
    while (splitter->at < splitter->length) {
        char c = splitter->text[splitter->at];

        if (begins_comment(splitter, splitter->at)) {
            splitter->at = end_of_line(splitter, splitter->at);
            continue;
        }
        if (!word_is_space(c) && c != ';')
            return;
        splitter->line += c == '\n';
        splitter->at++;
    }
}

static int refuse_open(const struct splitter *splitter, const struct span *span, struct error *error)
{
    size_t at = span->opened_at, start = at, line = splitter->line + count_lines(splitter, splitter->at, at);
    char   c = splitter->text[at];
    bool   bracket = strchr("([{", c) != NULL;
    _cleanup_(mem_freep) char *shown = NULL;

    while (start > 0 && splitter->text[start - 1] != '\n')
        start--;
    shown = mem_strndup(splitter->text + start, end_of_line(splitter, start) - start);
    error_set(error, ERR_SYNTAX, "the %s that opens in line %zu is never closed",
              bracket    ? "bracket"
              : c == '/' ? "comment"
                         : "quote",
              line);
    error_point(error, shown, at - start, c == '/' ? 2 : 1);
    if (bracket)
        error_hint(error, "a word with a bracket of its own is quoted: '('");
    else if (c == '\'')
        error_hint(error, "a word with an apostrophe in front is written \"'90s\"");
    return ERR_SYNTAX;
}

static int refuse_nul(const struct splitter *splitter, size_t at, struct error *error)
{
    return error_set(error, ERR_SYNTAX, "a NUL byte in line %zu: this is no text",
                     splitter->line + count_lines(splitter, splitter->at, at));
}

static char *trimmed(struct str *text)
{
    while (text->length > 0 && word_is_space(text->data[text->length - 1]))
        text->data[--text->length] = '\0';
    return str_take(text);
}

int splitter_next(struct splitter *splitter, char **ret_command, size_t *ret_line, struct error *error)
{
    struct span span = {0};
    const char *nul;
    size_t      end;
    int         r = 1;

    skip_to_command(splitter);
    if (splitter->at >= splitter->length)
        return 0;
    end = scan(splitter, splitter->at, &span);
    nul = memchr(splitter->text + splitter->at, '\0', end - splitter->at);
    if (nul != NULL)
        r = refuse_nul(splitter, (size_t)(nul - splitter->text), error);
    else if (span.open)
        r = refuse_open(splitter, &span, error);
    if (r > 0) {
        *ret_line = splitter->line;
        *ret_command = trimmed(&span.text);
    }
    str_done(&span.text);
    splitter->line += count_lines(splitter, splitter->at, end);
    splitter->at = end;
    return r;
}

void split_bounds(const char *text, size_t length, size_t at, size_t *ret_start, size_t *ret_end)
{
    struct splitter splitter = {.text = text, .length = length, .line = 1};

    for (;;) {
        struct span span = {0};

        skip_to_command(&splitter);
        *ret_start = *ret_end = splitter.at;
        if (splitter.at >= length || splitter.at > at)
            return;
        *ret_end = scan(&splitter, splitter.at, &span);
        str_done(&span.text);
        if (at <= *ret_end)
            return;
        splitter.at = *ret_end;
    }
}

bool splitter_wants_more(const char *text, size_t length)
{
    struct splitter splitter = {.text = text, .length = length, .line = 1};

    for (;;) {
        struct span span = {0};

        skip_to_command(&splitter);
        if (splitter.at >= splitter.length)
            return false;
        splitter.at = scan(&splitter, splitter.at, &span);
        str_done(&span.text);
        if (span.open)
            return true;
    }
}
