#include "copy.h"

#include <string.h>

#include "encode.h"
#include "ytempire/base/mem.h"

#define PIECE ((size_t)64 * 1024)

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
    encode_int4_bare(&copy->out, 0);
    encode_int4_bare(&copy->out, 0);
}

void copy_row(struct copy *copy, int columns)
{
    flush(copy, PIECE);
    encode_int2_bare(&copy->out, (int16_t)columns);
}

void copy_encoded(struct copy *copy, const char *rows, size_t length)
{
    flush(copy, PIECE);
    str_add_bytes(&copy->out, rows, length);
}

void copy_null(struct copy *copy)
{
    encode_null(&copy->out);
}

void copy_bool(struct copy *copy, bool value)
{
    encode_bool(&copy->out, value);
}

void copy_int4(struct copy *copy, int32_t value)
{
    encode_int4(&copy->out, value);
}

void copy_int8(struct copy *copy, int64_t value)
{
    encode_int8(&copy->out, value);
}

void copy_text(struct copy *copy, const char *text, size_t length)
{
    encode_text(&copy->out, text, length);
}

void copy_field(struct copy *copy, struct csv_field field)
{
    copy_text(copy, field.text, field.length);
}

void copy_instant(struct copy *copy, int64_t instant)
{
    encode_instant(&copy->out, instant);
}

void copy_array(struct copy *copy, struct csv_field text)
{
    const char *part = text.text, *end = text.text + text.length;
    int32_t     count = text.length > 0;
    size_t      begun;

    for (size_t i = 0; i < text.length; i++)
        count += text.text[i] == '|';
    begun = encode_list_begin(&copy->out, count);
    for (int32_t i = 0; i < count; i++) {
        const char *bar = memchr(part, '|', (size_t)(end - part));

        copy_text(copy, part, (size_t)((bar != NULL ? bar : end) - part));
        part = bar != NULL ? bar + 1 : end;
    }
    encode_list_end(&copy->out, begun);
}

int copy_end(struct copy *copy)
{
    encode_int2_bare(&copy->out, -1);
    flush(copy, 0);
    if (copy->failed == 0)
        copy->failed = pg_copy_end(copy->pg, NULL, copy->error);
    str_done(&copy->out);
    return copy->failed;
}
