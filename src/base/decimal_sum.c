/*
 * Exact sums: limbs of nine digits that take values of either sign; carries are made only for the text. A limb has room
 * for nine billion values.
 */
#include <string.h>

#include "decimal_int.h"
#include "ytempire/base/mem.h"

#define LIMB_DIGITS 9
#define LIMB INT64_C(1000000000)
#define SCALE_LIMIT 200000LL       /* numeric has at most 131,072 digits before the point */
#define AVERAGE_PLACES 6

static long limb_of(long long power)
{
    return (long)(power >= 0 ? power / LIMB_DIGITS : -((-power + LIMB_DIGITS - 1) / LIMB_DIGITS));
}

void decimal_sum_done(struct decimal_sum *sum)
{
    mem_free(sum->limbs);
    *sum = (struct decimal_sum){0};
}

/* Room for the limbs from `low` to `high`. */
static void reach(struct decimal_sum *sum, long low, long high)
{
    long     old_high = sum->low + (long)sum->limb_count - 1;
    int64_t *limbs;

    if (sum->limb_count > 0 && low >= sum->low && high <= old_high)
        return;
    if (sum->limb_count > 0) {
        low = low < sum->low ? low : sum->low;
        high = high > old_high ? high : old_high;
    }
    limbs = mem_array(NULL, (size_t)(high - low + 1), sizeof *limbs);
    memset(limbs, 0, (size_t)(high - low + 1) * sizeof *limbs);
    if (sum->limb_count > 0)
        memcpy(limbs + (sum->low - low), sum->limbs, sum->limb_count * sizeof *limbs);
    mem_free(sum->limbs);
    sum->limbs = limbs;
    sum->low = low;
    sum->limb_count = (size_t)(high - low + 1);
}

static void add_digits(struct decimal_sum *sum, const struct decimal *number, size_t count)
{
    static const int64_t tens[LIMB_DIGITS] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    long long            power = number->scale - 1;

    reach(sum, limb_of(power - (long long)count + 1), limb_of(power));
    for (const char *at = number->digits; at < number->end; at++) {
        long limb;

        if (*at == '.')
            continue;
        limb = limb_of(power);
        sum->limbs[limb - sum->low] += (number->negative ? '0' - *at : *at - '0') * tens[power - limb * LIMB_DIGITS];
        power--;
    }
}

bool decimal_sum_add(struct decimal_sum *sum, const char *text, size_t length)
{
    struct decimal number;
    size_t         digits = 0;

    if (!decimal_read(text, length, &number))
        return false;
    if (number.rank == RANK_NUMBER) {
        if (number.scale > SCALE_LIMIT || number.scale < -SCALE_LIMIT)
            return false;
        for (const char *at = number.digits; at < number.end; at++)
            digits += *at != '.';
        if (digits > 0)
            add_digits(sum, &number, digits);
        if ((long long)digits > number.scale && (size_t)((long long)digits - number.scale) > sum->places)
            sum->places = (size_t)((long long)digits - number.scale);
    }
    sum->nan |= number.rank == RANK_NAN;
    sum->infinity |= number.rank == RANK_INFINITY;
    sum->minus_infinity |= number.rank == RANK_MINUS_INFINITY;
    sum->count++;
    return true;
}

/* -- as text ------------------------------------------------------------------------------------------------------- */

/* Size and sign apart: limbs from 0 to below LIMB, reaching down to `places` digits after the point and up to the ones.
 */
static struct decimal_sum settle(const struct decimal_sum *sum, size_t places, bool *ret_negative)
{
    struct decimal_sum settled = {.count = sum->count};
    int64_t            carry = 0;

    reach(&settled, limb_of(-(long long)places - 1), 1);
    if (sum->limb_count > 0)
        reach(&settled, sum->low, sum->low + (long)sum->limb_count + 2);       /* room for the carry */
    if (sum->limb_count > 0)
        memcpy(settled.limbs + (sum->low - settled.low), sum->limbs, sum->limb_count * sizeof *sum->limbs);
    for (int pass = 0; pass < 2; pass++) {
        carry = 0;
        for (size_t i = 0; i < settled.limb_count; i++) {
            int64_t value = settled.limbs[i] + carry, rest = value % LIMB;

            rest += rest < 0 ? LIMB : 0;
            carry = (value - rest) / LIMB;
            settled.limbs[i] = rest;
        }
        if (pass == 0)
            *ret_negative = carry < 0;
        if (carry == 0)
            break;
        for (size_t i = 0; i < settled.limb_count; i++)         /* ten's complement: turn it round */
            settled.limbs[i] = -settled.limbs[i];
        settled.limbs[settled.limb_count - 1] += -carry * LIMB;
    }
    return settled;
}

static void divide(struct decimal_sum *settled, uint64_t by)
{
    uint64_t rest = 0;

    for (size_t i = settled->limb_count; i-- > 0;) {
        uint64_t value = rest * (uint64_t)LIMB + (uint64_t)settled->limbs[i];

        settled->limbs[i] = (int64_t)(value / by);
        rest = value % by;
    }
}

/* Adds one to the digits before `end`; the first has room for it. */
static void round_up(char *digits, size_t end)
{
    while (end-- > 0) {
        if (digits[end] == '.')
            continue;
        if (digits[end] != '9') {
            digits[end]++;
            return;
        }
        digits[end] = '0';
    }
}

static void add_text(const struct decimal_sum *settled, bool negative, size_t places, bool trim, struct str *to)
{
    struct str digits = STR_INIT;
    size_t     point = 0, keep, from;

    for (size_t i = settled->limb_count; i-- > 0;) {
        str_addf(&digits, "%09lld", (long long)settled->limbs[i]);
        if (settled->low + (long)i == 0) {
            point = digits.length;
            str_add_char(&digits, '.');
        }
    }
    keep = point + 1 + places;
    if (keep < digits.length && digits.data[keep] >= '5')
        round_up(digits.data, keep);
    while (trim && places > 0 && digits.data[keep - 1] == '0' && keep > point + 1)
        keep--;
    if (keep == point + 1)
        keep = point;
    for (from = 0; from + 1 < point && digits.data[from] == '0';)
        from++;
    if (negative && strspn(digits.data + from, "0.") < keep - from)
        str_add_char(to, '-');
    str_add_bytes(to, digits.data + from, keep - from);
    str_done(&digits);
}

static bool add_special(const struct decimal_sum *sum, struct str *to)
{
    if (!sum->nan && !sum->infinity && !sum->minus_infinity)
        return false;
    str_add(to, sum->nan || (sum->infinity && sum->minus_infinity) ? "NaN" : sum->infinity ? "Infinity" : "-Infinity");
    return true;
}

void decimal_sum_text(const struct decimal_sum *sum, struct str *to)
{
    struct decimal_sum settled;
    bool               negative;

    if (add_special(sum, to))
        return;
    settled = settle(sum, sum->places, &negative);
    add_text(&settled, negative, sum->places, false, to);
    decimal_sum_done(&settled);
}

void decimal_sum_average(const struct decimal_sum *sum, struct str *to)
{
    struct decimal_sum settled;
    bool               negative;

    if (sum->count == 0 || add_special(sum, to))
        return;
    settled = settle(sum, sum->places + AVERAGE_PLACES, &negative);
    divide(&settled, sum->count);
    add_text(&settled, negative, sum->places + AVERAGE_PLACES, true, to);
    decimal_sum_done(&settled);
}
