/*
 * One value as JSON. Nothing is rounded: digits are copied; what JSON has no number for becomes a string.
 */
#include "output_int.h"

#include "ytempire/base/utf8.h"

/* What follows the backslash, 'u' for \u00XX, 0: as it is, 1: not ASCII. */
static const unsigned char json_class[256] = {
    [0x00 ... 0x07] = 'u', ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\v'] = 'u', ['\f'] = 'f', ['\r'] = 'r',
    [0x0e ... 0x1f] = 'u', ['"'] = '"', ['\\'] = '\\', [0x80 ... 0xff] = 1,
};

enum json_kind json_kind_of(const struct data_column *column)
{
    switch (column->type) {
    case DATA_INT:
        return JSON_NUMBER;
    case DATA_NUMERIC:
    case DATA_FLOAT:
        return JSON_MAYBE_NUMBER;
    case DATA_BOOL:
        return JSON_BOOL;
    case DATA_INTERVAL:
    case DATA_UUID:
        return JSON_TAME;
    case DATA_TIMESTAMPTZ:
        return column_is_as_is(column) ? JSON_UTC_TIME : JSON_TIME;
    case DATA_DATE:
        return JSON_DAY;
    case DATA_TIMESTAMP:
        return JSON_TIME;
    case DATA_JSON:
        return JSON_EMBEDDED;
    case DATA_ARRAY:
        return JSON_LIST;
    case DATA_TEXT:
    case DATA_BYTES:
        break;
    }
    return JSON_STRING;
}

static void add_escape(struct output *output, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char letter = json_class[c];

    if (letter != 'u')
        output_put(output, (const char[]){'\\', (char)letter}, 2);
    else
        output_put(output, (const char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
}

/* Bytes that are no UTF-8 (from a database whose encoding is SQL_ASCII) become U+FFFD: JSON is UTF-8 or nothing. */
static void add_mended(struct output *output, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t valid = utf8_valid_prefix(text + at, length - at);

        output_put(output, text + at, valid);
        at += valid;
        if (at < length) {
            output_put(output, "\xef\xbf\xbd", 3);
            at++;
        }
    }
}

/* Eight bytes that need no second look: none below 0x20, no quote, no backslash, all ASCII. */
static inline bool eight_are_plain(const char *text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t word, quote, slash;

    memcpy(&word, text, 8);
    quote = word ^ (ones * '"');
    slash = word ^ (ones * '\\');
    return ((word | (word - ones * 0x20) | (quote - ones) | (slash - ones)) & tops) == 0;
}

void json_add_string(struct output *output, const char *text, size_t length)
{
    size_t start = 0, i = 0;
    bool checked = false;

    output_put_char(output, '"');
    while (i < length) {
        unsigned char class;

        if (i + 8 <= length && eight_are_plain(text + i)) {
            i += 8;
            continue;
        }
        class = json_class[(unsigned char)text[i]];
        if (class == 0 || (class == 1 && checked)) {
            i++;
        } else if (class == 1) {
            checked = utf8_valid_prefix(text + i, length - i) == length - i;
            if (!checked) {
                size_t end = i;

                while (end < length && json_class[(unsigned char)text[end]] == 1)
                    end++;
                output_put(output, text + start, i - start);
                add_mended(output, text + i, end - i);
                start = i = end;
            }
        } else {
            output_put(output, text + start, i - start);
            add_escape(output, (unsigned char)text[i]);
            start = ++i;
        }
    }
    output_put(output, text + start, length - start);
    output_put_char(output, '"');
}

static void add_tame(struct output *output, const char *text, size_t length)
{
    char *to;

    if (length > OUTPUT_SPACE - 2) {
        json_add_string(output, text, length);
        return;
    }
    to = output_space(output, length + 2);
    to[0] = '"';
    memcpy(to + 1, text, length);
    to[length + 1] = '"';
    output->used += length + 2;
}

static void add_iso(struct output *output, const struct data_column *column, struct data_cell cell, struct str *scratch)
{
    str_clear(scratch);
    data_cell_iso(column, cell, scratch);
    json_add_string(output, str_text(scratch), scratch->length);
}

/* "2026-01-31 12:00:00.5+00" → "2026-01-31T12:00:00.5+00:00". False: another form. */
static bool add_utc_time(struct output *output, const char *text, size_t length)
{
    char *to;

    if (length < 22 || length > 64 || text[10] != ' ' || memcmp(text + length - 3, "+00", 3) != 0)
        return false;
    to = output_space(output, length + 5);
    to[0] = '"';
    memcpy(to + 1, text, length);
    to[11] = 'T';
    memcpy(to + 1 + length, ":00\"", 4);
    output->used += length + 5;
    return true;
}

/* A document of type json keeps its line ends; ndjson must not. Between its tokens a blank means the same. */
static void add_embedded(struct output *output, const char *text, size_t length)
{
    while (length > 0) {
        size_t part = 0;

        while (part < length && text[part] != '\n' && text[part] != '\r')
            part++;
        output_put(output, text, part);
        if (part < length) {
            output_put_char(output, ' ');
            part++;
        }
        text += part;
        length -= part;
    }
}

static bool is_number(const char *text, size_t length)
{
    size_t i = length > 0 && text[0] == '-';

    return i < length && text[i] >= '0' && text[i] <= '9';
}

/* -- arrays -------------------------------------------------------------------------------------------------------- */

struct list {
    struct output           *output;
    const struct data_column *element;
    const char              *text;
    size_t                   length, at;
};

/* One element of PostgreSQL's array text, up to its ',' or '}'. */
static void add_element(struct list *list)
{
    struct str value = STR_INIT, scratch = STR_INIT;
    bool quoted = list->text[list->at] == '"';

    list->at += quoted;
    while (list->at < list->length) {
        char c = list->text[list->at];

        if (quoted ? c == '"' : c == ',' || c == '}')
            break;
        if (c == '\\' && list->at + 1 < list->length)
            c = list->text[++list->at];
        str_add_char(&value, c);
        list->at++;
    }
    list->at += quoted;
    if (!quoted && text_equal_nocase(str_text(&value), "NULL"))
        output_put(list->output, "null", 4);
    else
        json_add_value(list->output, json_kind_of(list->element), list->element,
                       (struct data_cell){str_text(&value), value.length}, &scratch);
    str_done(&value);
    str_done(&scratch);
}

/* Arrays in arrays are lists in lists; one pass, no recursion, so that depth costs nothing. */
static void add_list(struct output *output, const struct data_column *column, const char *text, size_t length)
{
    struct data_column element = {.type = column->element, .zone = column->zone, .unit = UNIT_NONE};
    struct list list = {.output = output, .element = &element, .text = text, .length = length};
    const char *brace = memchr(text, '{', length);

    if (brace == NULL) {
        json_add_string(output, text, length);
        return;
    }
    list.at = (size_t)(brace - text);          /* bounds like "[0:1]=" stand before it */
    while (list.at < length) {
        char c = text[list.at];

        if (c == '{' || c == '}' || c == ',') {
            output_put_char(output, c == '{' ? '[' : c == '}' ? ']' : ',');
            list.at++;
        } else {
            add_element(&list);
        }
    }
}

void json_add_value(struct output *output, enum json_kind kind, const struct data_column *column, struct data_cell cell,
                    struct str *scratch)
{
    if (cell.text == NULL) {
        output_put(output, "null", 4);
        return;
    }
    switch (kind) {
    case JSON_NUMBER:
        output_put(output, cell.text, cell.length);
        break;
    case JSON_MAYBE_NUMBER:
        if (is_number(cell.text, cell.length))
            output_put(output, cell.text, cell.length);
        else
            add_tame(output, cell.text, cell.length);
        break;
    case JSON_BOOL:
        if (cell.length > 0 && cell.text[0] == 't')
            output_put(output, "true", 4);
        else
            output_put(output, "false", 5);
        break;
    case JSON_TAME:
        add_tame(output, cell.text, cell.length);
        break;
    case JSON_STRING:
        json_add_string(output, cell.text, cell.length);
        break;
    case JSON_DAY:
        if (cell.length == 10)
            add_tame(output, cell.text, cell.length);
        else
            add_iso(output, column, cell, scratch);
        break;
    case JSON_TIME:
        add_iso(output, column, cell, scratch);
        break;
    case JSON_UTC_TIME:
        if (!add_utc_time(output, cell.text, cell.length))
            add_iso(output, column, cell, scratch);
        break;
    case JSON_EMBEDDED:
        add_embedded(output, cell.text, cell.length);
        break;
    case JSON_LIST:
        add_list(output, column, cell.text, cell.length);
        break;
    }
}
