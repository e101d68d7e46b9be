/* Cells as bytes: of each its length and one (0: NULL) in seven bits a byte, then its bytes. */
#include <string.h>
#include <zstd.h>

#include "cache_int.h"

#define PACK_FROM 1024                     /* smaller is not worth the while */
#define PACK_LEVEL 3

void rows_add_cell(struct str *to, struct data_cell cell)
{
    uint64_t number = cell.text != NULL ? (uint64_t)cell.length + 1 : 0;

    for (; number >= 0x80; number >>= 7)
        str_add_char(to, (char)(0x80 | (number & 0x7f)));
    str_add_char(to, (char)number);
    if (cell.text != NULL)
        str_add_bytes(to, cell.text, cell.length);
}

int rows_next_cell(const struct str *raw, size_t *at, struct data_cell *ret_cell)
{
    uint64_t number = 0;

    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte;

        if (*at >= raw->length || shift > 35)
            return ERR_SYNTAX;
        byte = (unsigned char)raw->data[(*at)++];
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    *ret_cell = CELL_NULL;
    if (number == 0)
        return 0;
    if (number - 1 > raw->length - *at)
        return ERR_SYNTAX;
    *ret_cell = (struct data_cell){raw->data + *at, (size_t)number - 1};
    *at += (size_t)number - 1;
    return 0;
}

void rows_pack(const struct str *raw, struct str *to)
{
    size_t room = ZSTD_compressBound(raw->length), made;

    if (raw->length >= PACK_FROM) {
        str_addf(to, "z%zu ", raw->length);
        str_reserve(to, room);
        made = ZSTD_compress(to->data + to->length, room, raw->data, raw->length, PACK_LEVEL);
        if (!ZSTD_isError(made)) {
            to->length += made;
            to->data[to->length] = '\0';
            return;
        }
        str_clear(to);
    }
    str_add_char(to, 'p');
    str_add_bytes(to, str_text(raw), raw->length);
}

int rows_unpack(const char *bytes, size_t length, size_t most, struct str *to)
{
    const char *space = length > 1 ? memchr(bytes, ' ', length < 24 ? length : 24) : NULL;
    long long   size;
    size_t      made;

    if (length > 0 && bytes[0] == 'p' && length - 1 <= most) {
        str_add_bytes(to, bytes + 1, length - 1);
        return 0;
    }
    if (length == 0 || bytes[0] != 'z' || space == NULL ||
        text_to_int64(bytes + 1, (size_t)(space - bytes) - 1, &size) < 0 || size < 0 || (size_t)size > most)
        return ERR_SYNTAX;
    str_reserve(to, (size_t)size);
    made = ZSTD_decompress(to->data, (size_t)size, space + 1, length - (size_t)(space + 1 - bytes));
    if (ZSTD_isError(made) || made != (size_t)size)
        return ERR_SYNTAX;
    to->length = made;
    to->data[made] = '\0';
    return 0;
}
