#include "encode.h"

#include <string.h>

#include "ytempire/base/time.h"

#define TEXT_OID 25
#define EPOCH_DAYS 10957               /* 2000-01-01, from which PostgreSQL counts */
#define NUMERIC_NEGATIVE 0x4000

void encode_int4_at(char *at, int32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (char)((uint32_t)value >> (24 - 8 * i));
}

void encode_int2_bare(struct str *to, int16_t value)
{
    char bytes[2] = {(char)((uint16_t)value >> 8), (char)value};

    str_add_bytes(to, bytes, sizeof bytes);
}

void encode_int4_bare(struct str *to, int32_t value)
{
    char bytes[4];

    encode_int4_at(bytes, value);
    str_add_bytes(to, bytes, sizeof bytes);
}

void encode_null(struct str *to)
{
    encode_int4_bare(to, -1);
}

void encode_bool(struct str *to, bool value)
{
    encode_int4_bare(to, 1);
    str_add_char(to, value ? 1 : 0);
}

void encode_int4(struct str *to, int32_t value)
{
    encode_int4_bare(to, 4);
    encode_int4_bare(to, value);
}

void encode_int8(struct str *to, int64_t value)
{
    encode_int4_bare(to, 8);
    encode_int4_bare(to, (int32_t)(value >> 32));
    encode_int4_bare(to, (int32_t)value);
}

void encode_text(struct str *to, const char *text, size_t length)
{
    encode_int4_bare(to, (int32_t)length);
    str_add_bytes(to, text, length);
}

void encode_instant(struct str *to, int64_t instant)
{
    encode_int8(to, instant - EPOCH_DAYS * US_PER_DAY);
}

void encode_date(struct str *to, int32_t day)
{
    encode_int4(to, day - EPOCH_DAYS);
}

void encode_uuid(struct str *to, const unsigned char bytes[16])
{
    encode_text(to, (const char *)bytes, 16);
}

/* -- numeric: digits of base 10,000, four decimal ones each, aligned at the point --------------------------------- */

/* The decimal digit `place` before the point (negative: behind it); 0 beyond the ends. */
static int digit_at(const char *digits, size_t length, size_t scale, long place)
{
    long at = (long)length - (long)scale - 1 - place;

    return at < 0 || at >= (long)length ? 0 : digits[at] - '0';
}

static int16_t group_at(const char *digits, size_t length, size_t scale, long weight)
{
    int value = 0;

    for (long place = weight * 4 + 3; place >= weight * 4; place--)
        value = value * 10 + digit_at(digits, length, scale, place);
    return (int16_t)value;
}

void encode_numeric(struct str *to, bool negative, const char *digits, size_t length, size_t scale)
{
    long high = ((long)length - (long)scale + 3) / 4 - 1, low = -(((long)scale + 3) / 4);

    if (high < 0)
        high = -1;
    while (high >= low && group_at(digits, length, scale, high) == 0)
        high--;
    while (low <= high && group_at(digits, length, scale, low) == 0)
        low++;
    int16_t groups = high >= low ? (int16_t)(high - low + 1) : 0;

    encode_int4_bare(to, 8 + 2 * groups);
    encode_int2_bare(to, groups);
    encode_int2_bare(to, groups > 0 ? (int16_t)high : 0);
    encode_int2_bare(to, negative && groups > 0 ? NUMERIC_NEGATIVE : 0);
    encode_int2_bare(to, (int16_t)scale);
    for (long weight = high; groups > 0 && weight >= low; weight--)
        encode_int2_bare(to, group_at(digits, length, scale, weight));
}

/* -- lists --------------------------------------------------------------------------------------------------------- */

size_t encode_list_begin(struct str *to, int32_t count)
{
    size_t begun = to->length;

    encode_int4_bare(to, 0);           /* bytes, put right at the end */
    encode_int4_bare(to, count > 0);   /* dimensions */
    encode_int4_bare(to, 0);           /* no element is NULL */
    encode_int4_bare(to, TEXT_OID);
    if (count > 0) {
        encode_int4_bare(to, count);
        encode_int4_bare(to, 1);       /* subscripts begin at 1 */
    }
    return begun;
}

void encode_list_end(struct str *to, size_t begun)
{
    encode_int4_at(to->data + begun, (int32_t)(to->length - begun - 4));
}
