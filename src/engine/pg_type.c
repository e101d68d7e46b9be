/*
 * The server's types as ours, and quoting.
 */
#include <string.h>

#include "pg_internal.h"
#include "ytempire/base/str.h"

/* OIDs of built-in types never change (pg_type.dat); with the array's beside each. */
static const struct {
    uint32_t       oid, array;
    enum data_type type;
} types[] = {
    {16, 1000, DATA_BOOL},       {17, 1001, DATA_BYTES},     {20, 1016, DATA_INT},         {21, 1005, DATA_INT},
    {23, 1007, DATA_INT},        {26, 1028, DATA_INT},       {25, 1009, DATA_TEXT},        {1043, 1015, DATA_TEXT},
    {1042, 1014, DATA_TEXT},     {19, 1003, DATA_TEXT},      {18, 1002, DATA_TEXT},        {114, 199, DATA_JSON},
    {3802, 3807, DATA_JSON},     {700, 1021, DATA_FLOAT},    {701, 1022, DATA_FLOAT},      {1082, 1182, DATA_DATE},
    {1114, 1115, DATA_TIMESTAMP}, {1184, 1185, DATA_TIMESTAMPTZ}, {1186, 1187, DATA_INTERVAL},
    {1700, 1231, DATA_NUMERIC},  {2950, 2951, DATA_UUID},    {2205, 2210, DATA_TEXT},      {869, 1041, DATA_TEXT},
};

void pg_type_of_oid(uint32_t oid, enum data_type *ret_type, enum data_type *ret_element)
{
    *ret_type = DATA_TEXT;
    *ret_element = DATA_TEXT;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].oid == oid) {
            *ret_type = types[i].type;
            return;
        }
        if (types[i].array == oid) {
            *ret_type = DATA_ARRAY;
            *ret_element = types[i].type;
            return;
        }
    }
}

static void add_quoted(struct str *to, char quote, const char *text, size_t length)
{
    str_reserve(to, length + 2);
    str_add_char(to, quote);
    for (const char *end = text + length; text < end;) {
        const char *found = memchr(text, quote, (size_t)(end - text));
        size_t part = found ? (size_t)(found - text) + 1 : (size_t)(end - text);
        str_add_bytes(to, text, part);
        if (found)
            str_add_char(to, quote);
        text += part;
    }
    str_add_char(to, quote);
}

void pg_quote_identifier(struct str *to, const char *name, size_t length)
{
    add_quoted(to, '"', name, length);
}

/* Every session has standard_conforming_strings on: a backslash is itself. */
void pg_quote_literal(struct str *to, const char *text, size_t length)
{
    add_quoted(to, '\'', text, length);
}
