/*
 * Invariant of a number that was read: `digits` begins with a digit that is not zero (or the number is zero), a point
 * may stand among them, and `scale` is the power of ten above the first digit: 12.5 is 0.125 with scale 2.
 */
#include "decimal_int.h"

#include <string.h>

#define EXPONENT_LIMIT 1000000000LL

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool read_special(const char *text, size_t length, bool negative, struct decimal *ret)
{
    static const struct {
        const char *word;
        enum rank   rank;
    } words[] = {{"infinity", RANK_INFINITY}, {"inf", RANK_INFINITY}, {"nan", RANK_NAN}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t at = 0;

        while (at < length && words[i].word[at] != '\0' && (char)(text[at] | 0x20) == words[i].word[at])
            at++;
        if (at == length && words[i].word[at] == '\0') {
            ret->rank = negative && words[i].rank == RANK_INFINITY ? RANK_MINUS_INFINITY : words[i].rank;
            return true;
        }
    }
    return false;
}

static bool read_exponent(const char *text, size_t length, long long *ret_exponent)
{
    long long value;
    size_t    sign = length > 0 && (text[0] == '-' || text[0] == '+');

    if (length == sign)
        return false;
    for (size_t i = sign; i < length; i++)
        if (!is_digit(text[i]))
            return false;
    if (text_to_int64(text, length, &value) < 0 || value > EXPONENT_LIMIT || value < -EXPONENT_LIMIT)
        value = text[0] == '-' ? -EXPONENT_LIMIT : EXPONENT_LIMIT;
    *ret_exponent = value;
    return true;
}

/* Digits with at most one point; `ret_whole` of them stand before it. */
static size_t digits_end(const char *text, size_t length, size_t *ret_whole, size_t *ret_count)
{
    size_t at = 0, count = 0;
    bool   point = false;

    *ret_whole = 0;
    for (; at < length; at++) {
        if (is_digit(text[at])) {
            count++;
            *ret_whole += !point;
        } else if (text[at] == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    *ret_count = count;
    return at;
}

bool decimal_read(const char *text, size_t length, struct decimal *ret)
{
    struct decimal made = {.rank = RANK_NUMBER};
    size_t         sign = length > 0 && (text[0] == '-' || text[0] == '+'), whole, count, end;
    long long      exponent = 0;

    made.negative = sign > 0 && text[0] == '-';
    text += sign;
    length -= sign;
    end = digits_end(text, length, &whole, &count);
    if (count == 0) {
        if (!read_special(text, length, made.negative, &made))
            return false;
    } else if (end < length &&
               ((text[end] | 0x20) != 'e' || !read_exponent(text + end + 1, length - end - 1, &exponent))) {
        return false;
    }
    made.end = text + end;
    made.scale = (long long)whole + exponent;
    for (made.digits = text; made.digits < made.end && (*made.digits == '0' || *made.digits == '.'); made.digits++)
        made.scale -= *made.digits == '0';
    made.zero = made.rank == RANK_NUMBER && made.digits == made.end;
    *ret = made;
    return true;
}

bool decimal_is(const char *text, size_t length)
{
    struct decimal unused;

    return decimal_read(text, length, &unused);
}

/* The digit at `at`, which moves on; '0' behind the last. */
static char next_digit(const char **at, const char *end)
{
    if (*at < end && **at == '.')
        (*at)++;
    return *at < end ? *(*at)++ : '0';
}

static int compare_sizes(const struct decimal *a, const struct decimal *b)
{
    const char *x = a->digits, *y = b->digits;

    if (a->zero || b->zero)
        return (int)b->zero - (int)a->zero;
    if (a->scale != b->scale)
        return a->scale < b->scale ? -1 : 1;
    while (x < a->end || y < b->end) {
        char p = next_digit(&x, a->end), q = next_digit(&y, b->end);

        if (p != q)
            return p < q ? -1 : 1;
    }
    return 0;
}

int decimal_compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
    struct decimal x = {0}, y = {0};

    if (!decimal_read(a, a_length, &x) || !decimal_read(b, b_length, &y))
        return 0;
    if (x.rank != y.rank)
        return x.rank < y.rank ? -1 : 1;
    if (x.rank != RANK_NUMBER)
        return 0;
    if (x.zero)
        x.negative = false;
    if (y.zero)
        y.negative = false;
    if (x.negative != y.negative)
        return x.negative ? -1 : 1;
    return x.negative ? compare_sizes(&y, &x) : compare_sizes(&x, &y);
}

/* -- keys ---------------------------------------------------------------------------------------------------------- */

#define FIRST_DIGITS 13            /* with 19 bits of scale and the sign in one key */
#define MORE_DIGITS 19
#define SCALE_LIMIT 262143LL

static uint64_t take_digits(const char **at, const char *end, unsigned count)
{
    uint64_t digits = 0;

    for (; count > 0; count--)
        digits = digits * 10 + (uint64_t)(next_digit(at, end) - '0');
    return digits;
}

static bool digits_are_left(const char *at, const char *end)
{
    while (at < end && (*at == '0' || *at == '.'))
        at++;
    return at < end;
}

bool decimal_key(const char *text, size_t length, unsigned level, uint64_t *ret_key)
{
    struct decimal number = {.rank = RANK_NAN};
    const char    *at;
    uint64_t       digits;

    if (!decimal_read(text, length, &number) || number.rank != RANK_NUMBER) {
        *ret_key = number.rank == RANK_MINUS_INFINITY ? 0 : number.rank == RANK_INFINITY ? UINT64_MAX - 1 : UINT64_MAX;
        return false;
    }
    at = number.digits;
    digits = take_digits(&at, number.end, FIRST_DIGITS);
    if (level == 0) {
        long long scale = number.scale > SCALE_LIMIT    ? SCALE_LIMIT
                          : number.scale < -SCALE_LIMIT ? -SCALE_LIMIT
                                                        : number.scale;
        uint64_t  size = number.zero ? 0 : (uint64_t)(scale + SCALE_LIMIT + 1) << 44 | digits;

        *ret_key = number.negative ? (UINT64_C(1) << 63) - size : (UINT64_C(1) << 63) + size;
    } else {
        for (unsigned i = 0; i < level; i++)
            digits = take_digits(&at, number.end, MORE_DIGITS);
        *ret_key = number.negative ? ~digits : digits;
    }
    return digits_are_left(at, number.end);
}
