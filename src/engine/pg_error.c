/*
 * What the server and libpq say, as a struct error: one line, the rest as a hint, the place in the statement.
 */
#include <string.h>

#include "pg_internal.h"
#include "ytempire/base/log.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static void add_line(struct str *to, const char *between, const char *line, size_t length)
{
    while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == ' ' || line[length - 1] == '.'))
        length--;
    if (length == 0)
        return;
    if (to->length > 0)
        str_add(to, between);
    str_add_bytes(to, line, length);
}

int pg_error_from_words(int code, const char *words, struct error *error)
{
    struct str text = STR_INIT, hint = STR_INIT;

    /* libpq indents what is advice, and begins a line without indent for each host it tried */
    for (const char *line = words; *line;) {
        size_t length = strcspn(line, "\n");
        if (*line == '\t')
            add_line(&hint, " ", line + 1, length - 1);
        else
            add_line(&text, "; ", line, length);
        line += length + (line[length] == '\n');
    }
    code = error_set(error, code, "%s", text.length > 0 ? str_text(&text) : "the server gave no reason");
    if (hint.length > 0)
        error_hint(error, "%s", str_text(&hint));
    str_done(&text);
    str_done(&hint);
    return code;
}

/* The server counts characters from 1; the caret wants bytes. */
static size_t byte_of_character(const char *text, size_t character)
{
    size_t at = 0;

    while (character > 0 && text[at]) {
        at++;
        while (((unsigned char)text[at] & 0xC0) == 0x80)
            at++;
        character--;
    }
    return at;
}

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           (unsigned char)c >= 0x80;
}

static size_t length_of_word(const char *text)
{
    size_t length = 0;

    if (*text == '"' || *text == '\'') {
        const char *end = strchr(text + 1, *text);
        return end ? (size_t)(end - text) + 1 : 1;
    }
    while (in_word(text[length]))
        length++;
    return length > 0 ? length : *text != '\0';
}

static void point(struct error *error, const char *text, const char *position)
{
    long long character;

    if (text_to_int64(position, strlen(position), &character) < 0 || character <= 0)
        return;
    size_t at = byte_of_character(text, (size_t)character - 1);
    error_point(error, text, at, length_of_word(text + at));
}

static void add_sentence(struct str *to, const char *sentence)
{
    if (!sentence || !*sentence)
        return;
    if (to->length > 0)
        str_add_char(to, ' ');
    for (; *sentence; sentence++)
        str_add_char(to, *sentence == '\n' ? ' ' : *sentence);
}

static void fill(struct pg *pg, const PGresult *result, struct error *error)
{
    const struct pg_library *lib = pg->lib;
    const char *state = lib->PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *position = lib->PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    const char *inner = lib->PQresultErrorField(result, PG_DIAG_INTERNAL_POSITION);
    const char *inner_sql = lib->PQresultErrorField(result, PG_DIAG_INTERNAL_QUERY);
    struct str hint = STR_INIT;

    add_sentence(&hint, lib->PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL));
    add_sentence(&hint, lib->PQresultErrorField(result, PG_DIAG_MESSAGE_HINT));
    if (hint.length > 0)
        error_hint(error, "%s", str_text(&hint));
    str_done(&hint);
    if (state && strlen(state) < sizeof error->sqlstate)
        memcpy(error->sqlstate, state, strlen(state) + 1);
    if (position && pg->now.sql)
        point(error, pg->now.sql, position);
    else if (inner && inner_sql)
        point(error, inner_sql, inner);
    log_debug("engine", "the server's error %s: %s", state ? state : "", lib->PQresultErrorMessage(result));
}

int pg_error_from_result(struct pg *pg, const PGresult *result, struct error *error)
{
    const struct pg_library *lib = pg->lib;
    const char *severity = lib->PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *primary = lib->PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    bool first = error && error->code == 0;
    int code = ERR_SERVER;

    if (!primary || !severity)    /* libpq's own: the connection broke */
        return pg_error_from_words(ERR_CONNECT, lib->PQresultErrorMessage(result), error);
    if (text_equal(severity, "FATAL") || text_equal(severity, "PANIC"))
        code = error_set(error, ERR_CONNECT, "the server ended the connection: %s", primary);
    else
        code = error_set(error, ERR_SERVER, "%s", primary);
    if (first)
        fill(pg, result, error);
    return code;
}
