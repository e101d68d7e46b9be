/* The text of COPY, and what is done with it. */
#include "loader.h"

#include "ytempire/base/mem.h"

void rows_add_text(struct str *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\\' || *text == '\t' || *text == '\n')
            str_add_char(to, '\\');
        str_add_char(to, *text);
    }
}

void rows_add_day(struct str *to, int32_t day)
{
    int year, month, date;

    day_to_civil(day, &year, &month, &date);
    str_addf(to, "%04d-%02d-%02d", year, month, date);
}

int date_key_of(int32_t day)
{
    int year, month, date;

    day_to_civil(day, &year, &month, &date);
    return year * 10000 + month * 100 + date;
}

int32_t utc_day_of(int64_t instant)
{
    return (int32_t)(instant / US_PER_DAY - (instant % US_PER_DAY < 0));
}

int64_t midnight_of(const struct loader *loader, int32_t day)
{
    return zone_to_instant(loader->pacific, (int64_t)day * US_PER_DAY);
}

int loader_run(struct loader *loader, const char *name, const struct pg_value *values, size_t count,
               struct pg_result **ret_result, struct error *error)
{
    if (count == 0 && ret_result == NULL)
        return pg_catalog_script(loader->pg, name, error);
    return pg_catalog_query(loader->pg, name, values, count, ret_result, error);
}

int loader_copy(struct loader *loader, const char *name, struct str *rows, int64_t *ret_rows, struct error *error)
{
    _cleanup_(mem_freep) char *sql = NULL;
    long long count = 0;
    int       r = pg_catalog_text(name, &sql, error);

    if (r >= 0)
        r = pg_copy_begin(loader->pg, sql, error);
    for (size_t at = 0; r >= 0 && at < rows->length; at += BUFFER)
        r = pg_copy_put(loader->pg, rows->data + at, rows->length - at < BUFFER ? rows->length - at : BUFFER, error);
    if (r >= 0)
        r = pg_copy_end(loader->pg, &count, error);
    if (r >= 0 && ret_rows != NULL)
        *ret_rows += count;
    str_clear(rows);
    return r;
}
