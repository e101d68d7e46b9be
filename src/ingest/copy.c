#include "copy.h"

#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define PIECE ((size_t)64 * 1024)
#define TEXT_OID 25
#define EPOCH_DAYS 10957               /* 2000-01-01, from which PostgreSQL counts */

static void add_int2(struct str *to, int16_t value)
{
    unsigned char bytes[2] = {(unsigned char)((uint16_t)value >> 8), (unsigned char)value};

    str_add_bytes(to, (const char *)bytes, sizeof bytes);
}

static void put_int4(char to[static 4], int32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (char)((uint32_t)value >> (24 - 8 * i));
}

static void add_int4(struct str *to, int32_t value)
{
    char bytes[4];

    put_int4(bytes, value);
    str_add_bytes(to, bytes, sizeof bytes);
}

static void add_int8(struct str *to, int64_t value)
{
    add_int4(to, (int32_t)(value >> 32));
    add_int4(to, (int32_t)value);
}

static void flush(struct copy *copy, size_t least)
{
    if (copy->out.length < least || copy->out.length == 0)
        return;
    if (copy->failed == 0)
        copy->failed = pg_copy_put(copy->pg, copy->out.data, copy->out.length, copy->error);
    str_clear(&copy->out);
}

void copy_begin(struct copy *copy, struct pg *pg, const char *statement, struct error *error)
{
    static const char mark[] = "PGCOPY\n\377\r\n";
    _cleanup_(mem_freep) char *sql = NULL;

    *copy = (struct copy){.pg = pg, .error = error};
    copy->failed = pg_catalog_text(statement, &sql, error);
    if (copy->failed == 0)
        copy->failed = pg_copy_begin(pg, sql, error);
    str_reserve(&copy->out, PIECE + PIECE / 4);
    str_add_bytes(&copy->out, mark, sizeof mark);      /* the NUL belongs to it */
    add_int4(&copy->out, 0);
    add_int4(&copy->out, 0);
}

void copy_row(struct copy *copy, int columns)
{
    flush(copy, PIECE);
    add_int2(&copy->out, (int16_t)columns);
}

void copy_null(struct copy *copy)
{
    add_int4(&copy->out, -1);
}

void copy_bool(struct copy *copy, bool value)
{
    add_int4(&copy->out, 1);
    str_add_char(&copy->out, value ? 1 : 0);
}

void copy_int4(struct copy *copy, int32_t value)
{
    add_int4(&copy->out, 4);
    add_int4(&copy->out, value);
}

void copy_int8(struct copy *copy, int64_t value)
{
    add_int4(&copy->out, 8);
    add_int8(&copy->out, value);
}

void copy_text(struct copy *copy, const char *text, size_t length)
{
    add_int4(&copy->out, (int32_t)length);
    str_add_bytes(&copy->out, text, length);
}

void copy_field(struct copy *copy, struct csv_field field)
{
    copy_text(copy, field.text, field.length);
}

void copy_instant(struct copy *copy, int64_t instant)
{
    copy_int8(copy, instant - EPOCH_DAYS * US_PER_DAY);
}

void copy_array(struct copy *copy, struct csv_field text)
{
    size_t      at = copy->out.length;
    int32_t     count = 0;
    const char *part = text.text, *end = text.text + text.length;

    add_int4(&copy->out, 0);           /* bytes, put right below */
    add_int4(&copy->out, text.length > 0);             /* dimensions */
    add_int4(&copy->out, 0);           /* no element is NULL */
    add_int4(&copy->out, TEXT_OID);
    if (text.length > 0) {
        size_t size = copy->out.length;

        add_int4(&copy->out, 0);
        add_int4(&copy->out, 1);       /* subscripts begin at 1 */
        for (bool more = true; more; count++) {
            const char *bar = memchr(part, '|', (size_t)(end - part));

            more = bar != NULL;
            copy_text(copy, part, (size_t)((more ? bar : end) - part));
            part = more ? bar + 1 : end;
        }
        put_int4(copy->out.data + size, count);
    }
    put_int4(copy->out.data + at, (int32_t)(copy->out.length - at - 4));
}

int copy_end(struct copy *copy)
{
    add_int2(&copy->out, -1);
    flush(copy, 0);
    if (copy->failed == 0)
        copy->failed = pg_copy_end(copy->pg, NULL, copy->error);
    str_done(&copy->out);
    return copy->failed;
}
