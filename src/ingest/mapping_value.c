/* Texts to values. What does not read exactly is refused: nothing is rounded, guessed or cut here. */
#include "mapping.h"

#include <string.h>
#include <strings.h>

#include "encode.h"
#include "ytempire/base/tree.h"

#define TEXT_MOST ((size_t)256 * 1024)
#define KEY_MOST 1000                  /* a key must fit a page of an index */
#define DIGITS_MOST 60
#define JSON_DEPTH 64

static bool is_word(struct csv_field text, const char *word)
{
    return text.length == strlen(word) && memcmp(text.text, word, text.length) == 0;
}

static bool is_among(struct csv_field text, const char *const *words, bool any_case)
{
    for (; words != NULL && *words != NULL; words++)
        if (text.length == strlen(*words) &&
            (any_case ? strncasecmp(text.text, *words, text.length) : memcmp(text.text, *words, text.length)) == 0)
            return true;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct csv_field trimmed(struct csv_field text)
{
    while (text.length > 0 && is_blank(*text.text)) {
        text.text++;
        text.length--;
    }
    while (text.length > 0 && is_blank(text.text[text.length - 1]))
        text.length--;
    return text;
}

/* -- numbers ------------------------------------------------------------------------------------------------------- */

struct number {
    bool   negative;
    char   digits[DIGITS_MOST];
    size_t length, scale;              /* of them behind the point */
};

static struct csv_field stripped(struct csv_field text, const char *strip)
{
    while (text.length > 0 && (is_blank(*text.text) || strchr(strip, *text.text) != NULL)) {
        text.text++;
        text.length--;
    }
    while (text.length > 0 &&
           (is_blank(text.text[text.length - 1]) || strchr(strip, text.text[text.length - 1]) != NULL))
        text.length--;
    return text;
}

/* A sign before or behind what is stripped ("-$5", "$-5"), and the bytes that are stripped on both ends: also of
 * several bytes, as the sign of the euro. */
static struct csv_field without_sign(const struct mapping_column *column, struct csv_field text, bool *ret_negative)
{
    const char *strip = column->strip != NULL ? column->strip : "";

    text = trimmed(text);
    for (int i = 0; i < 2; i++) {
        if (text.length > 0 && (*text.text == '-' || *text.text == '+')) {
            *ret_negative = *text.text == '-';
            text.text++;
            text.length--;
            i = 1;
        }
        text = stripped(text, strip);
    }
    return text;
}

/* "1,234.50": groups of three between thousands. */
static const char *read_digits(const struct mapping_column *column, struct csv_field text, struct number *number)
{
    bool   behind = false, any = false;
    size_t since = 0, groups = 0;

    for (size_t i = 0; i < text.length; i++) {
        char c = text.text[i];

        if (c >= '0' && c <= '9') {
            any = true;
            since++;
            number->scale += behind;
            if (number->length == 0 && c == '0' && !behind)
                continue;
            if (number->length == DIGITS_MOST)
                return "too many digits";
            number->digits[number->length++] = c;
        } else if (!behind && column->thousands != '\0' && c == column->thousands && since > 0 &&
                   (groups == 0 ? since <= 3 : since == 3)) {
            groups++;
            since = 0;
        } else if (!behind && column->decimal != '\0' && c == column->decimal && (groups == 0 || since == 3)) {
            behind = true;
        } else {
            return "not a number";
        }
    }
    return any && (behind || groups == 0 || since == 3) ? NULL : "not a number";
}

/* "1.5e3", as JSON and spreadsheets write. */
static const char *read_exponent(struct csv_field *text, int *ret_exponent)
{
    const char *e = memchr(text->text, 'e', text->length);
    long long   exponent = 0;

    *ret_exponent = 0;
    if (e == NULL)
        e = memchr(text->text, 'E', text->length);
    if (e == NULL)
        return NULL;
    size_t at = (size_t)(e - text->text) + 1;
    at += at < text->length && text->text[at] == '+';
    if (text_to_int64(text->text + at, text->length - at, &exponent) < 0 || exponent < -DIGITS_MOST ||
        exponent > DIGITS_MOST)
        return "not a number";
    text->length = (size_t)(e - text->text);
    *ret_exponent = (int)exponent;
    return NULL;
}

static const char *shift(struct number *number, int by)
{
    for (; by < 0; by++)
        number->scale++;
    for (; by > 0; by--) {
        if (number->scale > 0) {
            number->scale--;
        } else if (number->length > 0) {
            if (number->length == DIGITS_MOST)
                return "too many digits";
            number->digits[number->length++] = '0';
        }
    }
    while (number->scale > 0 && number->length > 0 && number->digits[number->length - 1] == '0') {
        number->length--;
        number->scale--;
    }
    while (number->length > number->scale && number->digits[0] == '0')
        memmove(number->digits, number->digits + 1, --number->length);
    if (number->length == 0)
        number->scale = 0;
    return NULL;
}

static const char *read_number(const struct mapping_column *column, struct csv_field text, struct number *number)
{
    int         exponent = 0;
    const char *why;

    text = without_sign(column, text, &number->negative);
    why = read_exponent(&text, &exponent);
    if (why == NULL)
        why = read_digits(column, text, number);
    return why != NULL ? why : shift(number, column->shift + exponent);
}

static const char *to_int(const struct number *number, int64_t *ret_value)
{
    int64_t value = 0;

    if (number->scale > 0)
        return "not a whole number";
    for (size_t i = 0; i < number->length; i++)
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, number->digits[i] - '0', &value))
            return "too large";
    if (!number->negative && value == INT64_MIN)
        return "too large";
    *ret_value = number->negative ? value : -value;
    return NULL;
}

/* What the column holds of digits before the point; one that rounding could fill up is too large as well. */
static const char *check_whole(const struct number *number, int whole)
{
    size_t before = number->length > number->scale ? number->length - number->scale : 0, nines = 0;

    while (nines < before && number->digits[nines] == '9')
        nines++;
    return before > (size_t)whole || (before == (size_t)whole && nines == before) ? "too large" : NULL;
}

static const char *put_number(const struct mapping_column *column, const struct number *number, struct str *to)
{
    const char *why;
    int64_t     value;

    if (column->target->type == TARGET_NUMERIC) {
        why = check_whole(number, column->target->whole);
        if (why == NULL)
            encode_numeric(to, number->negative, number->digits, number->length, number->scale);
        return why;
    }
    why = to_int(number, &value);
    if (why != NULL)
        return why;
    if (column->target->type == TARGET_INT && (value < INT32_MIN || value > INT32_MAX))
        return "too large";
    if (column->target->type == TARGET_INT)
        encode_int4(to, (int32_t)value);
    else
        encode_int8(to, value);
    return NULL;
}

static const char *put_parsed(const struct mapping_column *column, struct csv_field text, struct str *to)
{
    struct number number = {0};
    const char   *why = read_number(column, text, &number);

    return why != NULL ? why : put_number(column, &number, to);
}

/* -- durations: seconds of "PT1H2M3S", "1:02:03", "63" ---------------------------------------------------------------
 */

static bool next_count(struct csv_field *text, int64_t *ret_count)
{
    size_t digits = 0;

    *ret_count = 0;
    for (; digits < text->length && digits < 9 && text->text[digits] >= '0' && text->text[digits] <= '9'; digits++)
        *ret_count = *ret_count * 10 + (text->text[digits] - '0');
    text->text += digits;
    text->length -= digits;
    return digits > 0;
}

static bool read_iso_duration(struct csv_field text, int64_t *ret_seconds)
{
    bool in_time = false, any = false;

    *ret_seconds = 0;
    for (text.text++, text.length--; text.length > 0; text.text++, text.length--) {
        int64_t count, unit;

        if (*text.text == 'T' && !in_time) {
            in_time = true;
            continue;
        }
        if (!next_count(&text, &count) || text.length == 0)
            return false;
        switch (*text.text) {
        case 'W': unit = 604800; break;
        case 'D': unit = 86400; break;
        case 'H': unit = 3600; break;
        case 'M': unit = 60; break;
        case 'S': unit = 1; break;
        default: return false;
        }
        if ((unit < 86400) != in_time || __builtin_mul_overflow(count, unit, &count) ||
            __builtin_add_overflow(*ret_seconds, count, ret_seconds))
            return false;
        any = true;
    }
    return any;
}

static bool read_clock_duration(struct csv_field text, int64_t *ret_seconds)
{
    int64_t part;

    *ret_seconds = 0;
    for (int i = 0; i < 3; i++) {
        if (!next_count(&text, &part) || (i > 0 && part > 59))
            return false;
        *ret_seconds = *ret_seconds * 60 + part;
        if (text.length == 0)
            return true;
        if (*text.text != ':')
            return false;
        text.text++;
        text.length--;
    }
    return false;
}

static const char *put_duration(const struct mapping_column *column, struct csv_field text, struct str *to)
{
    struct number number = {0};
    int64_t       seconds;

    text = trimmed(text);
    if (!(text.length > 1 && *text.text == 'P' ? read_iso_duration(text, &seconds)
                                               : read_clock_duration(text, &seconds)))
        return "not a duration";
    for (int64_t rest = seconds; rest > 0; rest /= 10)
        number.length++;
    for (size_t i = number.length; i > 0; i--, seconds /= 10)
        number.digits[i - 1] = (char)('0' + seconds % 10);
    return put_number(column, &number, to);
}

/* -- the others ---------------------------------------------------------------------------------------------------- */

static const char *put_text(const struct mapping_column *column, struct csv_field text, struct str *to)
{
    if (column->target->words != NULL && !is_among(text, column->target->words, false))
        return "none of the words that the column takes";
    if (text.length > (column->target->needed ? KEY_MOST : TEXT_MOST))
        return "too long";
    encode_text(to, text.text, text.length);
    return NULL;
}

static const char *put_bool(const struct mapping_column *column, struct csv_field text, struct str *to)
{
    bool yes;

    text = trimmed(text);
    yes = is_among(text, column->yes, true);
    if (!yes && !is_among(text, column->no, true))
        return "neither true nor false";
    encode_bool(to, yes);
    return NULL;
}

static const char *put_time(const struct mapping_column *column, struct csv_field text, struct str *to)
{
    int64_t     instant;
    int32_t     day;
    const char *why;

    text = trimmed(text);
    if (column->target->type == TARGET_DATE) {
        why = mapping_day(column, text, &day);
        if (why == NULL)
            encode_date(to, day);
        return why;
    }
    why = mapping_instant(column, text, &instant);
    if (why == NULL)
        encode_instant(to, instant);
    return why;
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static const char *put_uuid(struct csv_field text, struct str *to)
{
    unsigned char bytes[16] = {0};
    size_t        digits = 0;

    text = trimmed(text);
    for (size_t i = 0; i < text.length; i++) {
        int hex = hex_of(text.text[i]);

        if (text.text[i] == '-' && (i == 8 || i == 13 || i == 18 || i == 23) && text.length == 36)
            continue;
        if (hex < 0 || digits == 32)
            return "not a UUID";
        bytes[digits / 2] = (unsigned char)(bytes[digits / 2] << 4 | hex);
        digits++;
    }
    if (digits != 32)
        return "not a UUID";
    encode_uuid(to, bytes);
    return NULL;
}

static const char *put_json(struct csv_field text, struct str *to)
{
    struct tree       tree = {0};
    struct tree_fault fault;
    int r = text.length <= TEXT_MOST ? tree_read(&tree, text.text, text.length, JSON_DEPTH, &fault) : ERR_SYNTAX;

    tree_done(&tree);
    if (r < 0)
        return "not JSON";
    encode_text(to, text.text, text.length);
    return NULL;
}

/* A list of JSON's. */
static const char *put_json_list(struct csv_field text, struct str *to)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct tree       tree = {0};
    struct tree_fault fault;
    bool              good = tree_read(&tree, text.text, text.length, JSON_DEPTH, &fault) == 0 && tree.root->kind == TREE_ARRAY;
    size_t            begun = good ? encode_list_begin(to, (int32_t)tree.root->count) : 0;

    for (const struct tree_node *node = good ? tree.root->first : NULL; node != NULL && good; node = node->next) {
        const char *item = node->kind == TREE_STRING || node->kind == TREE_NUMBER ? tree_text(arena, node) : NULL;

        good = item != NULL;
        if (good)
            encode_text(to, item, strlen(item));
    }
    if (good)
        encode_list_end(to, begun);
    tree_done(&tree);
    return good ? NULL : "not a list of texts";
}

static const char *put_list(const struct mapping_column *column, struct csv_field text, struct str *to)
{
    size_t      separator = strlen(column->separator), begun;
    const char *end = text.text + text.length, *next = text.text;
    int32_t     count = text.length > 0;

    if (text.length > TEXT_MOST)
        return "too long";
    if (text.length > 0 && *text.text == '[')
        return put_json_list(text, to);
    while (count > 0 && (next = memmem(next, (size_t)(end - next), column->separator, separator)) != NULL) {
        next += separator;
        count++;
    }
    begun = encode_list_begin(to, count);
    for (const char *part = text.text; count > 0; count--) {
        next = count > 1 ? memmem(part, (size_t)(end - part), column->separator, separator) : end;
        struct csv_field item = trimmed((struct csv_field){part, (size_t)(next - part)});

        encode_text(to, item.text, item.length);
        part = next + separator;
    }
    encode_list_end(to, begun);
    return NULL;
}

static const char *put(const struct mapping_column *column, struct csv_field text, struct str *to)
{
    switch (column->reading) {
    case READ_NUMBER: return put_parsed(column, text, to);
    case READ_DURATION: return put_duration(column, text, to);
    case READ_BOOL: return put_bool(column, text, to);
    case READ_DATE:
    case READ_TIMESTAMP: return put_time(column, text, to);
    case READ_UUID: return put_uuid(text, to);
    case READ_JSON: return put_json(text, to);
    case READ_LIST: return put_list(column, text, to);
    case READ_TEXT:
    default: return put_text(column, text, to);
    }
}

const char *mapping_value(const struct mapping_column *column, struct csv_field text, struct str *to)
{
    size_t      before = to->length;
    const char *why;

    if (column->lookup != NULL && text.text != NULL && !is_among(text, column->nulls, false)) {
        const char *found = map_get_bytes(column->lookup, text.text, text.length);

        if (found == NULL && column->fallback == NULL)
            return "not in the lookup";
        text = found != NULL ? (struct csv_field){found, strlen(found)} : (struct csv_field){NULL, 0};
    }
    if (text.text == NULL || is_among(text, column->nulls, false)) {
        if (column->fallback == NULL && column->target->needed)
            return "there is no value";
        if (column->fallback == NULL) {
            encode_null(to);
            return NULL;
        }
        text = (struct csv_field){column->fallback, strlen(column->fallback)};
    }
    why = put(column, text, to);
    if (why != NULL && to->length > before) {
        to->length = before;
        to->data[before] = '\0';
    }
    if (why != NULL && column->target->needed && is_word(trimmed(text), ""))
        why = "there is no value";
    return why;
}
