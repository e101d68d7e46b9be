#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/data.h"

static const char *const type_names[] = {
    [DATA_TEXT] = "text",
    [DATA_BOOL] = "bool",
    [DATA_INT] = "int",
    [DATA_NUMERIC] = "numeric",
    [DATA_FLOAT] = "float",
    [DATA_DATE] = "date",
    [DATA_TIMESTAMP] = "timestamp",
    [DATA_TIMESTAMPTZ] = "timestamptz",
    [DATA_INTERVAL] = "interval",
    [DATA_JSON] = "json",
    [DATA_BYTES] = "bytes",
    [DATA_UUID] = "uuid",
    [DATA_ARRAY] = "array",
};

static const char *const unit_names[] = {
    [UNIT_NONE] = "",       [UNIT_SECOND] = "second",   [UNIT_MINUTE] = "minute",
    [UNIT_HOUR] = "hour",   [UNIT_DAY] = "day",         [UNIT_WEEK] = "week",
    [UNIT_MONTH] = "month", [UNIT_QUARTER] = "quarter", [UNIT_YEAR] = "year",
};

const char *data_type_name(enum data_type type)
{
    return type_names[type];
}

bool data_type_is_number(enum data_type type)
{
    return type == DATA_INT || type == DATA_NUMERIC || type == DATA_FLOAT;
}

const char *data_unit_name(enum data_unit unit)
{
    return unit_names[unit];
}

int data_unit_from_text(const char *text, size_t length, enum data_unit *ret_unit)
{
    for (size_t i = UNIT_SECOND; i < COUNT_OF(unit_names); i++) {
        size_t n = strlen(unit_names[i]);

        if ((length == n || (length == n + 1 && (text[n] == 's' || text[n] == 'S'))) &&
            strncasecmp(text, unit_names[i], n) == 0) {
            *ret_unit = (enum data_unit)i;
            return 0;
        }
    }
    return ERR_UNKNOWN;
}
