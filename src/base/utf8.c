#include "ytempire/base/utf8.h"

#include <string.h>
#include <utf8proc.h>

/* Bytes of the valid sequence at `text`, or 0 (Unicode 15, table 3-7). */
static size_t sequence(const unsigned char *text, size_t length)
{
    unsigned char a = text[0], low = 0x80, high = 0xBF;
    size_t        need;

    if (a < 0x80)
        return 1;
    if (a >= 0xC2 && a <= 0xDF) {
        need = 2;
    } else if (a >= 0xE0 && a <= 0xEF) {
        need = 3;
        low = a == 0xE0 ? 0xA0 : 0x80;
        high = a == 0xED ? 0x9F : 0xBF;
    } else if (a >= 0xF0 && a <= 0xF4) {
        need = 4;
        low = a == 0xF0 ? 0x90 : 0x80;
        high = a == 0xF4 ? 0x8F : 0xBF;
    } else {
        return 0;
    }
    if (length < need || text[1] < low || text[1] > high)
        return 0;
    for (size_t i = 2; i < need; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    return need;
}

size_t utf8_valid_prefix(const char *text, size_t length)
{
    size_t at = 0;

    while (at < length) {
        while (length - at >= 8) {
            uint64_t eight;

            memcpy(&eight, text + at, 8);
            if (eight & UINT64_C(0x8080808080808080))
                break;
            at += 8;
        }
        if (at == length)
            break;
        size_t n = sequence((const unsigned char *)text + at, length - at);

        if (n == 0)
            break;
        at += n;
    }
    return at;
}

size_t utf8_decode(const char *text, size_t length, uint32_t *ret_point)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t               n;

    if (length == 0)
        return 0;
    n = sequence(bytes, length);
    switch (n) {
    case 1:
        *ret_point = bytes[0];
        return 1;
    case 2:
        *ret_point = (bytes[0] & 0x1Fu) << 6 | (bytes[1] & 0x3Fu);
        return 2;
    case 3:
        *ret_point = (bytes[0] & 0x0Fu) << 12 | (bytes[1] & 0x3Fu) << 6 | (bytes[2] & 0x3Fu);
        return 3;
    case 4:
        *ret_point = (bytes[0] & 0x07u) << 18 | (bytes[1] & 0x3Fu) << 12 | (bytes[2] & 0x3Fu) << 6 | (bytes[3] & 0x3Fu);
        return 4;
    default:
        *ret_point = 0xFFFD;
        return 1;
    }
}

size_t utf8_encode(uint32_t point, char bytes[static 4])
{
    if (point < 0x80) {
        bytes[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        bytes[0] = (char)(0xC0 | point >> 6);
        bytes[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        bytes[0] = (char)(0xE0 | point >> 12);
        bytes[1] = (char)(0x80 | (point >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    bytes[0] = (char)(0xF0 | point >> 18);
    bytes[1] = (char)(0x80 | (point >> 12 & 0x3F));
    bytes[2] = (char)(0x80 | (point >> 6 & 0x3F));
    bytes[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

int utf8_point_width(uint32_t point)
{
    if (point < 0x20 || (point >= 0x7F && point < 0xA0))
        return 0;
    if (point < 0x300)
        return 1;
    if (point == 0x200B || point == 0x200D || point == 0xFE0F)
        return 0;
    return utf8proc_charwidth((utf8proc_int32_t)point);
}

size_t utf8_prefix_of_width(const char *text, size_t length, size_t columns, size_t *ret_width)
{
    size_t   at = 0, width = 0, n;
    uint32_t point;

    while ((n = utf8_decode(text + at, length - at, &point)) > 0) {
        size_t w = (size_t)utf8_point_width(point);

        if (width + w > columns)
            break;
        width += w;
        at += n;
    }
    if (ret_width != NULL)
        *ret_width = width;
    return at;
}

size_t utf8_width(const char *text, size_t length)
{
    size_t width;

    (void)utf8_prefix_of_width(text, length, SIZE_MAX, &width);
    return width;
}

static void fold_point(struct str *to, uint32_t point)
{
    utf8proc_int32_t folded[8];
    int              boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)point, folded, 8, UTF8PROC_CASEFOLD, &boundary);
    char             bytes[4];

    for (utf8proc_ssize_t i = 0; i < count && i < 8; i++)
        str_add_bytes(to, bytes, utf8_encode((uint32_t)folded[i], bytes));
}

void utf8_fold(struct str *to, const char *text, size_t length)
{
    uint32_t point;

    str_reserve(to, length);
    for (size_t at = 0, n; at < length; at += n) {
        unsigned char byte = (unsigned char)text[at];

        n = 1;
        if (byte < 0x80) {
            str_add_char(to, byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : (char)byte);
        } else {
            n = utf8_decode(text + at, length - at, &point);
            fold_point(to, point);
        }
    }
}

/* 0x80-0x9F of Windows-1252 (https://encoding.spec.whatwg.org/#windows-1252); the five holes stay C1 controls there and
 * are U+FFFD here, since a control character is never what was meant. */
static const uint16_t high_controls[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
};

void utf8_mark_invalid(char *text, size_t length, char mark)
{
    for (size_t at = 0; at < length; at++)
        if (text[at] == '\0')
            text[at] = mark;
    for (size_t at = 0; at < length;) {
        at += utf8_valid_prefix(text + at, length - at);
        if (at < length)
            text[at] = mark;
    }
}

void utf8_from_windows_1252(struct str *to, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        char          encoded[4];

        str_add_bytes(to, encoded,
                      utf8_encode(byte >= 0x80 && byte < 0xA0 ? high_controls[byte - 0x80] : byte, encoded));
    }
}
