/*
 * JSON as Python's json module reads and writes it, byte for byte: keys are made of it, and other programs read values.
 *
 * A number is an int of any length or a float, which is written as repr does: the shortest digits that give it back.
 * Strings are kept in UTF-8, a lone surrogate (which Python lets pass) in three bytes like any other code point, so
 * that the order of bytes is that of code points.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache_int.h"
#include "ytempire/base/utf8.h"

#define DEPTH_MOST 200

/* -- writing ------------------------------------------------------------------------------------------------------- */

/* Code point at `at`, of UTF-8 in which surrogates may stand; what is no such is U+FFFD. */
static unsigned take_code(const unsigned char *text, size_t length, size_t *at)
{
    unsigned first = text[*at], code = first;
    size_t   more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;

    (*at)++;
    if (first < 0x80)
        return first;
    if (more == 0 || first > 0xf4 || *at + more > length)
        return 0xfffd;
    code &= 0x3fu >> more;
    for (size_t i = 0; i < more; i++) {
        if ((text[*at + i] & 0xc0) != 0x80)
            return 0xfffd;
        code = code << 6 | (text[*at + i] & 0x3f);
    }
    *at += more;
    return code;
}

void python_string(struct str *to, const char *text, size_t length)
{
    static const char names[] = "b\b" "t\t" "n\n" "f\f" "r\r" "\"\"" "\\\\";

    str_add_char(to, '"');
    for (size_t at = 0; at < length;) {
        unsigned code = take_code((const unsigned char *)text, length, &at);
        size_t   i = 0;

        while (i < sizeof names - 1 && (unsigned char)names[i + 1] != code)
            i += 2;
        if (i < sizeof names - 1)
            str_addf(to, "\\%c", names[i]);
        else if (code >= 0x20 && code < 0x7f)
            str_add_char(to, (char)code);
        else if (code < 0x10000)
            str_addf(to, "\\u%04x", code);
        else
            str_addf(to, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff));
    }
    str_add_char(to, '"');
}

/* repr(float): as "%.17g" would, with the fewest digits; an exponent from 16 digits on and below 0.0001. */
static void add_float(struct str *to, double value)
{
    char      digits[40], *e;
    long long power = 0;
    int       exponent, precision = 0;

    if (isnan(value) || isinf(value)) {
        str_add(to, isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        return;
    }
    do
        snprintf(digits, sizeof digits, "%.*e", precision, value);
    while (++precision < 17 && strtod(digits, NULL) != value);
    e = strchr(digits, 'e');
    (void)!text_to_int64(e + 1 + (e[1] == '+'), strlen(e + 1 + (e[1] == '+')), &power);
    exponent = (int)power;
    if (exponent < -4 || exponent >= 16) {
        str_add_bytes(to, digits, (size_t)(e - digits));
        str_addf(to, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
        return;
    }
    precision = (int)strcspn(digits, "e") - (digits[0] == '-') - 2;    /* digits behind the point */
    if (precision < 0)
        precision = 0;
    snprintf(digits, sizeof digits, "%.*f", precision > exponent ? precision - exponent : 0, value);
    str_add(to, digits);
    if (strchr(digits, '.') == NULL)
        str_add(to, ".0");
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

struct reader {
    const char   *text, *at;
    struct arena *arena;
    unsigned      depth;
    const char   *fault;
};

struct member {
    const char *key;
    size_t      key_length;
    struct str  value;
};

static bool read_value(struct reader *reader, struct str *to);

static bool fail(struct reader *reader, const char *what)
{
    if (reader->fault == NULL)
        reader->fault = what;
    return false;
}

static void skip_space(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t\r\n");
}

static bool take(struct reader *reader, const char *word)
{
    if (!text_starts(reader->at, word))
        return false;
    reader->at += strlen(word);
    return true;
}

static bool read_hex(struct reader *reader, unsigned *ret_code)
{
    unsigned code = 0;

    for (size_t i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        char              c = reader->at[i];
        const char       *digit = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;

        if (digit == NULL)
            return fail(reader, "\\u wants four hex digits");
        code = code * 16 + (unsigned)(digit - digits);
    }
    reader->at += 4;
    *ret_code = code;
    return true;
}

static void add_code(struct str *to, unsigned code)
{
    if (code < 0x80) {
        str_add_char(to, (char)code);
    } else if (code < 0x800) {
        str_add_char(to, (char)(0xc0 | code >> 6));
        str_add_char(to, (char)(0x80 | (code & 0x3f)));
    } else {
        if (code >= 0x10000) {
            str_add_char(to, (char)(0xf0 | code >> 18));
            str_add_char(to, (char)(0x80 | (code >> 12 & 0x3f)));
        } else {
            str_add_char(to, (char)(0xe0 | code >> 12));
        }
        str_add_char(to, (char)(0x80 | (code >> 6 & 0x3f)));
        str_add_char(to, (char)(0x80 | (code & 0x3f)));
    }
}

static bool read_escape(struct reader *reader, struct str *to)
{
    static const char from[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char       *found = *reader->at != '\0' ? strchr(from, *reader->at) : NULL;
    unsigned          code, low;

    if (found != NULL) {
        str_add_char(to, meant[found - from]);
        reader->at++;
        return true;
    }
    if (!take(reader, "u"))
        return fail(reader, "an escape that JSON does not have");
    if (!read_hex(reader, &code))
        return false;
    if (code >= 0xd800 && code < 0xdc00 && text_starts(reader->at, "\\u")) {
        const char *before = reader->at;

        reader->at += 2;
        if (!read_hex(reader, &low))
            return false;
        if (low >= 0xdc00 && low < 0xe000)
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        else
            reader->at = before;
    }
    add_code(to, code);
    return true;
}

/* A string's characters, its opening quote being read. */
static bool read_string(struct reader *reader, struct str *to)
{
    while (*reader->at != '"') {
        if ((unsigned char)*reader->at < 0x20)
            return fail(reader, *reader->at == '\0' ? "a string without an end" : "a control character in a string");
        if (*reader->at != '\\')
            str_add_char(to, *reader->at++);
        else if (reader->at++, !read_escape(reader, to))
            return false;
    }
    reader->at++;
    return true;
}

static bool read_number(struct reader *reader, struct str *to)
{
    const char *from = reader->at, *digits = from + (*from == '-'), *end = digits + strspn(digits, "0123456789");
    bool        whole = true;

    if (end == digits || (*digits == '0' && end > digits + 1))
        return fail(reader, "no value");
    if (*end == '.' && end[1] >= '0' && end[1] <= '9') {
        end += 1 + strspn(end + 1, "0123456789");
        whole = false;
    }
    if (*end == 'e' || *end == 'E') {
        const char *power = end + 1 + (end[1] == '+' || end[1] == '-');

        if (*power >= '0' && *power <= '9') {
            end = power + strspn(power, "0123456789");
            whole = false;
        }
    }
    reader->at = end;
    if (!whole)
        add_float(to, strtod(from, NULL));
    else if (end == digits + 1 && *digits == '0')
        str_add_char(to, '0');                                 /* int("-0") is 0 */
    else
        str_add_bytes(to, from, (size_t)(end - from));
    return true;
}

static bool read_list(struct reader *reader, struct str *to)
{
    str_add_char(to, '[');
    skip_space(reader);
    if (take(reader, "]")) {
        str_add_char(to, ']');
        return true;
    }
    for (;;) {
        if (!read_value(reader, to))
            return false;
        if (take(reader, "]"))
            break;
        if (!take(reader, ","))
            return fail(reader, "',' or ']' is missing");
        str_add(to, ", ");
    }
    str_add_char(to, ']');
    return true;
}

static int compare_members(const void *a, const void *b)
{
    const struct member *one = a, *two = b;
    size_t               least = one->key_length < two->key_length ? one->key_length : two->key_length;
    int                  order = memcmp(one->key, two->key, least);

    return order != 0 ? order : (one->key_length > two->key_length) - (one->key_length < two->key_length);
}

static bool read_member(struct reader *reader, struct member *ret_member)
{
    struct str key = STR_INIT;
    bool       read;

    skip_space(reader);
    read = take(reader, "\"") ? read_string(reader, &key) : fail(reader, "a name in quotes is missing");
    ret_member->key = arena_strndup(reader->arena, str_text(&key), key.length);
    ret_member->key_length = key.length;
    str_done(&key);
    skip_space(reader);
    if (read && !take(reader, ":"))
        read = fail(reader, "':' is missing");
    return read && read_value(reader, &ret_member->value);
}

/* The last of a name stands. */
static void write_members(struct str *to, struct member *members, size_t count)
{
    if (count > 1)
        qsort(members, count, sizeof *members, compare_members);
    str_add_char(to, '{');
    for (size_t i = 0; i < count; i++) {
        str_add(to, i > 0 ? ", " : "");
        python_string(to, members[i].key, members[i].key_length);
        str_add(to, ": ");
        str_add_bytes(to, str_text(&members[i].value), members[i].value.length);
    }
    str_add_char(to, '}');
}

static bool read_object(struct reader *reader, struct str *to)
{
    struct member *members = NULL;
    size_t         count = 0, room = 0;
    bool           read = true, over;

    skip_space(reader);
    over = take(reader, "}");
    while (read && !over) {
        struct member member = {0};
        size_t        i = 0;

        read = read_member(reader, &member);
        while (i < count && compare_members(&members[i], &member) != 0)
            i++;
        if (i < count) {
            str_done(&members[i].value);
            members[i] = member;
        } else {
            VEC_PUSH(members, count, room, member);
        }
        over = read && take(reader, "}");
        if (read && !over && !take(reader, ","))
            read = fail(reader, "',' or '}' is missing");
    }
    if (read)
        write_members(to, members, count);
    for (size_t i = 0; i < count; i++)
        str_done(&members[i].value);
    mem_free(members);
    return read;
}

static bool read_value(struct reader *reader, struct str *to)
{
    static const char *const words[] = {"null", "true", "false", "NaN", "Infinity", "-Infinity"};
    bool                     read = true;

    if (++reader->depth > DEPTH_MOST)
        return fail(reader, "nested too deeply");
    skip_space(reader);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (take(reader, words[i])) {
            str_add(to, words[i]);
            skip_space(reader);
            reader->depth--;
            return true;
        }
    if (take(reader, "{")) {
        read = read_object(reader, to);
    } else if (take(reader, "[")) {
        read = read_list(reader, to);
    } else if (take(reader, "\"")) {
        struct str text = STR_INIT;

        read = read_string(reader, &text);
        python_string(to, str_text(&text), text.length);
        str_done(&text);
    } else {
        read = read_number(reader, to);
    }
    skip_space(reader);
    reader->depth--;
    return read;
}

int cache_params(const char *json, char **ret_text, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct reader reader = {.text = json, .at = json, .arena = arena};
    struct str    text = STR_INIT;

    if (utf8_valid_prefix(json, strlen(json)) != strlen(json))
        reader.fault = "it is not UTF-8";
    else if (read_value(&reader, &text) && *reader.at != '\0')
        (void)fail(&reader, "something follows the value");
    if (reader.fault != NULL) {
        str_done(&text);
        error_set(error, ERR_SYNTAX, "JSON: %s", reader.fault);
        error_point(error, json, (size_t)(reader.at - json), 1);
        return ERR_SYNTAX;
    }
    *ret_text = str_take(&text);
    return 0;
}

/* -- a cell as json.dumps(…, default=str) has it ------------------------------------------------------------------- */

static bool is_digits(struct data_cell cell)
{
    size_t at = cell.length > 0 && cell.text[0] == '-';

    return at < cell.length && strspn(cell.text + at, "0123456789") >= cell.length - at;
}

/* str(datetime): six digits of a second or none, an offset with minutes. */
static void add_moment(struct str *to, struct data_cell cell)
{
    struct str  text = STR_INIT;
    const char *end = cell.text + cell.length, *dot = memchr(cell.text, '.', cell.length), *after = cell.text;

    if (cell.length < 19 || cell.text[4] != '-' || cell.text[10] != ' ' ||
        memchr(cell.text, 'B', cell.length) != NULL) {
        python_string(to, cell.text, cell.length);             /* infinity, years that Python has not */
        return;
    }
    if (dot != NULL) {
        after = dot + 1;
        while (after < end && *after >= '0' && *after <= '9')
            after++;
        str_add_bytes(&text, cell.text, (size_t)(after - cell.text));
        for (int i = (int)(after - dot - 1); i < 6; i++)
            str_add_char(&text, '0');
    } else {
        str_add_bytes(&text, cell.text, 19);
        after = cell.text + 19;
    }
    str_add_bytes(&text, after, (size_t)(end - after));
    if (end - after == 3)
        str_add(&text, ":00");
    python_string(to, str_text(&text), text.length);
    str_done(&text);
}

static void add_array(struct str *to, const struct data_column *column, struct data_cell cell)
{
    struct data_column element = {.type = column->element};
    const char        *brace = memchr(cell.text, '{', cell.length);
    size_t             at = brace != NULL ? (size_t)(brace - cell.text) : cell.length;

    if (brace == NULL)
        python_string(to, cell.text, cell.length);
    while (at < cell.length) {
        char       c = cell.text[at];
        struct str value = STR_INIT;
        bool       quoted = c == '"';

        if (c == '{' || c == '}' || c == ',') {
            str_add(to, c == '{' ? "[" : c == '}' ? "]" : ", ");
            at++;
            continue;
        }
        for (at += quoted; at < cell.length && (quoted ? cell.text[at] != '"' : !strchr(",}", cell.text[at])); at++) {
            at += cell.text[at] == '\\' && at + 1 < cell.length;
            str_add_char(&value, cell.text[at]);
        }
        at += quoted;
        if (!quoted && text_equal_nocase(str_text(&value), "null"))
            str_add(to, "null");
        else
            python_cell(to, &element, (struct data_cell){str_text(&value), value.length});
        str_done(&value);
    }
}

void python_cell(struct str *to, const struct data_column *column, struct data_cell cell)
{
    double number;

    if (cell.text == NULL) {
        str_add(to, "null");
        return;
    }
    switch (column->type) {
    case DATA_INT:
        if (!is_digits(cell))
            break;
        str_add_bytes(to, cell.text, cell.length);
        return;
    case DATA_FLOAT:
        if (text_to_double(cell.text, cell.length, &number) < 0)
            break;
        add_float(to, number);
        return;
    case DATA_BOOL:
        str_add(to, cell.length > 0 && cell.text[0] == 't' ? "true" : "false");
        return;
    case DATA_TIMESTAMP:
    case DATA_TIMESTAMPTZ:
        add_moment(to, cell);
        return;
    case DATA_JSON:
        str_add_bytes(to, cell.text, cell.length);
        return;
    case DATA_ARRAY:
        add_array(to, column, cell);
        return;
    case DATA_TEXT:
    case DATA_NUMERIC:
    case DATA_DATE:
    case DATA_INTERVAL:
    case DATA_BYTES:
    case DATA_UUID:
        break;
    }
    python_string(to, cell.text, cell.length);
}
