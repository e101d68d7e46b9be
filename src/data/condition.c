/*
 * Conditions: `(rows | [any|all] column) op value {and …}`.
 *
 * Numbers are compared as decimals, digit by digit; instants as instants; all else byte by byte. NULL fulfils `= null`
 * and nothing else. Invariant: after begin, every part that names a column has its index; a part has failed for good
 * (`every`, `all`) or held for good (`any`) as soon as one row says so, and keeps that row for the message.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ytempire/base/compare.h"
#include "ytempire/base/decimal.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/word.h"
#include "ytempire/data/condition.h"

enum subject { SUBJECT_ROWS, SUBJECT_EVERY, SUBJECT_ANY, SUBJECT_ALL };

struct part {
    enum subject    subject;
    enum comparison op;
    const char     *column, *value;      /* value NULL: null */
    bool          quoted;                /* the value was: a text, whatever it looks like */
    size_t        at, length;            /* the whole part, for the caret */
    size_t        value_at, value_length, column_at, column_length;
    size_t        index;
    struct data_column type;             /* what the column is; its texts are not kept */
    bool          is_instant;
    int64_t       instant;
    uint64_t      decided_row;           /* 0: none yet */
    char         *seen;                  /* the value of that row, or NULL */
    bool          seen_null;
};

struct condition {
    struct arena *arena;
    const char   *text;
    struct part  *parts;
    size_t        count, room;
    uint64_t      rows;
};

/* -- reading ------------------------------------------------------------------------------------------------------- */

static int refuse(struct condition *condition, size_t at, size_t length, struct error *error, const char *what)
{
    (void)error_set(error, ERR_SYNTAX, "%s", what);
    error_point(error, condition->text, at, length > 0 ? length : 1);
    error_hint(error, "a condition is 'rows > 0' or '[any|all] COLUMN = VALUE', several joined by 'and'");
    return ERR_SYNTAX;
}

static bool is_mark(char c)
{
    return c != '\0' && strchr("=<>!", c) != NULL;
}

struct token {
    const char *text;                    /* NULL at the end */
    size_t      at, length;
    bool        quoted, mark;
};

static int next_token(struct condition *condition, size_t *at, struct token *ret, struct error *error)
{
    struct token token = {.at = word_skip_space(condition->text, *at)};
    const char  *start = condition->text + token.at;
    struct word  word;
    int          r;

    if (*start == '\'' || *start == '"') {
        size_t end = word_quote_end(condition->text, strlen(condition->text), token.at);

        if (end == 0)
            return refuse(condition, token.at, 1, error, "the quote is never closed");
        token.length = end - token.at;
        r = word_read(condition->arena, arena_strndup(condition->arena, start, token.length), 0, &word, error);
        if (r < 0)
            return r;
        token.text = word.text;
        token.quoted = true;
    } else {
        token.mark = is_mark(*start);
        while (start[token.length] != '\0' && !word_is_space(start[token.length]) &&
               is_mark(start[token.length]) == token.mark && start[token.length] != '\'' && start[token.length] != '"')
            token.length++;
        token.text = token.length > 0 ? arena_strndup(condition->arena, start, token.length) : NULL;
    }
    *at = token.at + token.length;
    *ret = token;
    return 0;
}

static bool is_word(const struct token *token, const char *word)
{
    return !token->quoted && text_equal_nocase(token->text, word);
}

static int read_subject(struct condition *condition, size_t *at, struct part *part, struct error *error)
{
    struct token token;
    int          r = next_token(condition, at, &token, error);

    if (r < 0)
        return r;
    part->at = token.at;
    part->subject = SUBJECT_EVERY;
    if (is_word(&token, "any") || is_word(&token, "all")) {
        part->subject = is_word(&token, "any") ? SUBJECT_ANY : SUBJECT_ALL;
        r = next_token(condition, at, &token, error);
        if (r < 0)
            return r;
    } else if (is_word(&token, "rows")) {
        part->subject = SUBJECT_ROWS;
    }
    if (token.text == NULL || token.mark)
        return refuse(condition, token.at, token.length, error, "a column, or 'rows', is expected here");
    part->column = token.text;
    part->column_at = token.at;
    part->column_length = token.length;
    return 0;
}

/* "= != <> < <= > >=", "is", "is not". */
static int read_operator(struct condition *condition, size_t *at, struct part *part, bool *ret_is, struct error *error)
{
    struct token token;
    size_t       after;
    int          r = next_token(condition, at, &token, error);

    if (r < 0)
        return r;
    *ret_is = is_word(&token, "is");
    if (token.mark && comparison_read(token.text, strlen(token.text), &part->op) == strlen(token.text))
        return 0;
    if (!*ret_is)
        return refuse(condition, token.at, token.length, error, "a comparison is expected here: = != < <= > >=");
    after = *at;
    r = next_token(condition, &after, &token, error);
    part->op = r >= 0 && is_word(&token, "not") ? COMPARE_NOT_EQUAL : COMPARE_EQUAL;
    if (part->op == COMPARE_NOT_EQUAL)
        *at = after;
    return r;
}

static int read_value(struct condition *condition, size_t *at, struct part *part, bool is, struct error *error)
{
    struct token token;
    int          r = next_token(condition, at, &token, error);
    bool         null = r >= 0 && is_word(&token, "null");

    if (r < 0)
        return r;
    if (token.text == NULL || token.mark)
        return refuse(condition, token.at, token.length, error, "a value is expected here");
    if (is && !null)
        return refuse(condition, token.at, token.length, error, "behind 'is' comes null");
    if (null && part->op != COMPARE_EQUAL && part->op != COMPARE_NOT_EQUAL)
        return refuse(condition, token.at, token.length, error, "null is neither less nor greater than anything");
    if (part->subject == SUBJECT_ROWS && (null || !decimal_is(token.text, strlen(token.text))))
        return refuse(condition, token.at, token.length, error, "the number of rows is compared with a number");
    part->value = null ? NULL : token.text;
    part->quoted = token.quoted;
    part->value_at = token.at;
    part->value_length = token.length;
    part->length = token.at + token.length - part->at;
    return 0;
}

static int read_parts(struct condition *condition, struct error *error)
{
    struct token token;
    size_t       at = 0;

    for (;;) {
        struct part part = {0};
        bool        is = false;
        int         r = read_subject(condition, &at, &part, error);

        if (r >= 0)
            r = read_operator(condition, &at, &part, &is, error);
        if (r >= 0)
            r = read_value(condition, &at, &part, is, error);
        if (r >= 0)
            r = next_token(condition, &at, &token, error);
        if (r < 0)
            return r;
        ARENA_PUSH(condition->arena, condition->parts, condition->count, condition->room, part);
        if (token.text == NULL)
            return 0;
        if (!is_word(&token, "and"))
            return refuse(condition, token.at, token.length, error, "'and' or the end is expected here");
    }
}

int condition_parse(const char *text, struct condition **ret_condition, struct error *error)
{
    struct arena     *arena = arena_new();
    struct condition *condition = ARENA_NEW(arena, struct condition);
    int               r;

    condition->arena = arena;
    condition->text = arena_strdup(arena, text);
    r = read_parts(condition, error);
    if (r < 0)
        condition_free(condition);
    else
        *ret_condition = condition;
    return r;
}

void condition_free(struct condition *condition)
{
    if (condition == NULL)
        return;
    for (size_t i = 0; i < condition->count; i++)
        mem_free(condition->parts[i].seen);
    arena_free(condition->arena);
}

void condition_freep(struct condition **condition)
{
    condition_free(*condition);
}

/* -- the columns --------------------------------------------------------------------------------------------------- */

static bool find_column(const struct data_column *columns, size_t count, const char *name, size_t *ret_index)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(columns[i].name, name) || text_equal(columns[i].member, name)) {
            *ret_index = i;
            return true;
        }
    for (size_t i = 0; i < count; i++)
        if (text_equal_nocase(columns[i].name, name)) {
            *ret_index = i;
            return true;
        }
    return false;
}

#define NAMES_LIMIT 64

static int unknown_column(const struct condition *condition, const struct part *part, const struct data_column *columns,
                          size_t count, struct error *error)
{
    const char *names[NAMES_LIMIT] = {0}, *near;
    struct str  list = STR_INIT;

    if (count > NAMES_LIMIT)
        count = NAMES_LIMIT;
    for (size_t i = 0; i < count; i++) {
        names[i] = columns[i].name;
        str_addf(&list, "%s%s", i > 0 ? ", " : "", columns[i].name);
    }
    near = nearest_word(part->column, strlen(part->column), names, count);
    (void)error_set(error, ERR_UNKNOWN, "the result has no column '%s'", part->column);
    error_point(error, condition->text, part->column_at, part->column_length);
    if (near != NULL)
        error_hint(error, "did you mean '%s'? it has %s", near, str_text(&list));
    else
        error_hint(error, "it has %s", count > 0 ? str_text(&list) : "none");
    str_done(&list);
    return ERR_UNKNOWN;
}

static bool is_time(enum data_type type)
{
    return type == DATA_DATE || type == DATA_TIMESTAMP || type == DATA_TIMESTAMPTZ;
}

/* A time without offset is meant in the column's zone. */
static bool read_instant(const struct data_column *column, const char *text, size_t length, int64_t *ret_instant)
{
    bool has_offset = length > 10 &&
                      (memchr(text + 10, '+', length - 10) != NULL || memchr(text + 10, '-', length - 10) != NULL ||
                       text[length - 1] == 'Z' || text[length - 1] == 'z');

    if (instant_from_text(text, length, ret_instant) < 0)
        return false;
    if (column->type == DATA_TIMESTAMPTZ && column->zone != NULL && !has_offset)
        *ret_instant = zone_to_instant(column->zone, *ret_instant);
    return true;
}

static const char *boolean(const char *text)
{
    return text_equal_nocase(text, "true") ? "t" : text_equal_nocase(text, "false") ? "f" : text;
}

static int bind(struct condition *condition, struct part *part, const struct data_column *columns, size_t count,
                struct error *error)
{
    const struct data_column *column;

    part->decided_row = 0;
    mem_free(part->seen);
    part->seen = NULL;
    if (part->subject == SUBJECT_ROWS)
        return 0;
    if (!find_column(columns, count, part->column, &part->index))
        return unknown_column(condition, part, columns, count, error);
    column = &columns[part->index];
    part->type = (struct data_column){.type = column->type, .zone = column->zone};
    if (part->value == NULL)
        return 0;
    if (data_type_is_number(column->type) && !decimal_is(part->value, strlen(part->value))) {
        (void)error_set(error, ERR_USAGE, "'%s' is a number, and '%s' is none", part->column, part->value);
        error_point(error, condition->text, part->value_at, part->value_length);
        return ERR_USAGE;
    }
    part->is_instant = is_time(column->type) && read_instant(column, part->value, strlen(part->value), &part->instant);
    return 0;
}

int condition_begin(struct condition *condition, const struct data_column *columns, size_t count, struct error *error)
{
    condition->rows = 0;
    for (size_t i = 0; i < condition->count; i++) {
        int r = bind(condition, &condition->parts[i], columns, count, error);

        if (r < 0)
            return r;
    }
    return 0;
}

/* -- the rows ------------------------------------------------------------------------------------------------------ */

static int compare_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

    return order != 0 ? order : a_length < b_length ? -1 : a_length > b_length;
}

static int compare(const struct part *part, struct data_cell cell)
{
    const char *value = part->type.type == DATA_BOOL ? boolean(part->value) : part->value;
    size_t      length = strlen(value);
    int64_t     instant;

    if (data_type_is_number(part->type.type) ||
        (part->type.type == DATA_TEXT && !part->quoted && decimal_is(value, length)))
        if (decimal_is(cell.text, cell.length))
            return decimal_compare(cell.text, cell.length, value, length);
    if (part->is_instant && instant_from_text(cell.text, cell.length, &instant) == 0)
        return instant < part->instant ? -1 : instant > part->instant;
    return compare_bytes(cell.text, cell.length, value, length);
}

static bool holds(const struct part *part, struct data_cell cell)
{
    if (part->value == NULL)
        return (cell.text == NULL) == (part->op == COMPARE_EQUAL);
    return cell.text != NULL && comparison_holds(part->op, compare(part, cell));
}

#define SEEN_LIMIT 60

void condition_row(struct condition *condition, const struct data_cell *cells)
{
    condition->rows++;
    for (size_t i = 0; i < condition->count; i++) {
        struct part     *part = &condition->parts[i];
        struct data_cell cell;

        if (part->subject == SUBJECT_ROWS || part->decided_row > 0)
            continue;
        cell = cells[part->index];
        if (holds(part, cell) != (part->subject == SUBJECT_ANY))
            continue;
        part->decided_row = condition->rows;
        part->seen_null = cell.text == NULL;
        part->seen = cell.text != NULL ? mem_strndup(cell.text, cell.length < SEEN_LIMIT ? cell.length : SEEN_LIMIT)
                                       : NULL;
    }
}

static bool part_holds(const struct condition *condition, const struct part *part)
{
    char text[32];

    switch (part->subject) {
    case SUBJECT_ROWS:
        (void)snprintf(text, sizeof text, "%" PRIu64, condition->rows);
        return comparison_holds(part->op, decimal_compare(text, strlen(text), part->value, strlen(part->value)));
    case SUBJECT_ANY:
        return part->decided_row > 0;
    case SUBJECT_EVERY:
        return part->decided_row == 0 && condition->rows > 0;
    case SUBJECT_ALL:
        return part->decided_row == 0;
    }
    return false;
}

static int fail(const struct condition *condition, const struct part *part, struct error *error)
{
    const char *rows = condition->rows == 1 ? "row" : "rows";

    if (part->subject == SUBJECT_ROWS || condition->rows == 0)
        (void)error_set(error, ERR_EXPECT, "expected '%.*s': the result has %" PRIu64 " %s", (int)part->length,
                        condition->text + part->at, condition->rows, rows);
    else if (part->subject == SUBJECT_ANY)
        (void)error_set(error, ERR_EXPECT, "expected '%.*s': none of %" PRIu64 " %s is so", (int)part->length,
                        condition->text + part->at, condition->rows, rows);
    else
        (void)error_set(error, ERR_EXPECT, "expected '%.*s': in row %" PRIu64 " it is %s%s%s", (int)part->length,
                        condition->text + part->at, part->decided_row, part->seen_null ? "" : "'",
                        part->seen_null ? "null" : part->seen, part->seen_null ? "" : "'");
    if (condition->count > 1)
        error_point(error, condition->text, part->at, part->length);
    return ERR_EXPECT;
}

int condition_end(struct condition *condition, struct error *error)
{
    for (size_t i = 0; i < condition->count; i++)
        if (!part_holds(condition, &condition->parts[i]))
            return fail(condition, &condition->parts[i], error);
    return 0;
}
