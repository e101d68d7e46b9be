#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "csv.h"
#include "ingest_int.h"
#include "ytempire/base/mem.h"

void value_text(struct values *values, const char *text)
{
    values->list[values->count++] = PG_TEXT(text);
}

void value_int(struct values *values, int64_t number)
{
    char *text = values->texts[values->count];

    (void)snprintf(text, sizeof values->texts[0], "%" PRId64, number);
    value_text(values, text);
}

int values_run(struct pg *pg, const char *statement, const struct values *values, struct pg_result **ret_result,
               struct error *error)
{
    return pg_catalog_query(pg, statement, values != NULL ? values->list : NULL, values != NULL ? values->count : 0,
                            ret_result, error);
}

int values_ask(struct pg *pg, const char *statement, const struct values *values, long long *ret_number,
               struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    int r = values_run(pg, statement, values, &result, error);

    if (r < 0)
        return r;
    *ret_number = pg_result_rows(result) > 0 && pg_result_columns(result) > 0 ? pg_result_int(result, 0, 0) : 0;
    return 0;
}

char *text_mended(const char *text)
{
    struct str mended = STR_INIT;

    csv_mend(&mended, text, strlen(text));
    return str_take(&mended);
}

void array_begin(struct str *array)
{
    str_add_char(array, '{');
}

void array_add(struct str *array, const char *text)
{
    _cleanup_(mem_freep) char *mended = text_mended(text);

    if (array->length > 1)
        str_add_char(array, ',');
    str_add_char(array, '"');
    for (const char *c = mended; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            str_add_char(array, '\\');
        str_add_char(array, *c);
    }
    str_add_char(array, '"');
}

void array_end(struct str *array)
{
    str_add_char(array, '}');
}
