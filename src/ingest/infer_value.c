/* How all values of a field read as a column: every way is tried, by the code that will load them. */
#include <string.h>

#include "infer.h"

static const char *const null_words[] = {"",   "NULL", "null", "\\N",  "N/A", "n/a",
                                         "NA", "NaN",  "nan",  "None", "-",   NULL};

static bool is_null(struct csv_field value)
{
    for (const char *const *word = null_words; *word != NULL; word++)
        if (value.length == strlen(*word) && memcmp(value.text, *word, value.length) == 0)
            return true;
    return false;
}

/* Of a text only what is empty is unknown: "NA" may be a name. */
static bool is_unknown(const struct mapping_column *column, struct csv_field value)
{
    return value.text == NULL || value.length == 0 ||
           (column->reading != READ_TEXT && column->reading != READ_LIST && is_null(value));
}

/* Seconds have 9 or 10 digits, milliseconds 12 or 13: a day written 20260304 is neither. */
static bool is_plausible(const struct mapping_column *column, struct csv_field value)
{
    if (text_equal(column->format, "epoch"))
        return value.length == 9 || value.length == 10;
    if (text_equal(column->format, "epoch_ms"))
        return value.length == 12 || value.length == 13;
    return !(column->reading == READ_NUMBER && column->thousands != '\0' && value.length > 1 && value.text[0] == '0' &&
             value.text[1] == column->thousands);
}

static bool fits(const struct infer_field *field, const struct mapping_column *column, struct str *encoded)
{
    str_clear(encoded);
    for (size_t i = 0; i < field->count; i++) {
        struct csv_field value = field->values[i];

        if (is_unknown(column, value))
            continue;
        if (!is_plausible(column, value) || mapping_value(column, value, encoded) != NULL)
            return false;
    }
    return true;
}

/* -- the search ---------------------------------------------------------------------------------------------------- */

struct search {
    struct arena             *arena;
    const struct infer_field *field;
    struct infer_reading     *found;
    struct str                first, this;     /* values as they are stored */
    bool                      any, by_value;   /* by_value: two ways that give the same are one */
};

static const char *describe(struct arena *arena, const struct mapping_column *column)
{
    if (column->reading == READ_NUMBER)
        return arena_printf(arena, "decimal \"%c\"%s%.1s%s", column->decimal,
                            column->thousands != '\0' ? ", thousands \"" : "", &column->thousands,
                            column->thousands != '\0' ? "\"" : "");
    return arena_printf(arena, "\"%s\"", column->format != NULL ? column->format : "ISO 8601");
}

static void try(struct search *search, const struct mapping_column *column)
{
    if (!fits(search->field, column, search->any ? &search->this : &search->first))
        return;
    if (!search->any) {
        search->any = true;
        search->found->column = *column;
        return;
    }
    if (search->found->other != NULL)
        return;
    if (search->by_value && search->first.length == search->this.length &&
        (search->this.length == 0 || memcmp(search->first.data, search->this.data, search->this.length) == 0))
        return;
    search->found->other = describe(search->arena, column);
}

static void try_numbers(struct search *search, struct mapping_column column)
{
    static const char *const strips[] = {NULL, "$", "€", "£", "%"};
    static const char        marks[][2] = {{'.', '\0'}, {',', '\0'}, {'.', ','}, {',', '.'},
                                           {'.', ' '},  {',', ' '},  {'.', '\''}};

    search->by_value = true;
    column.reading = READ_NUMBER;
    for (size_t s = 0; s < COUNT_OF(strips) && !search->any; s++)
        for (size_t m = 0; m < COUNT_OF(marks); m++) {
            column.strip = strips[s];
            column.decimal = marks[m][0];
            column.thousands = marks[m][1];
            try(search, &column);
        }
    column.strip = NULL;
    column.decimal = '.';
    column.thousands = '\0';
    column.shift = 0;
    column.reading = READ_DURATION;
    if (!search->any && text_ends(column.target->name, "_seconds"))
        try(search, &column);
}

static void try_times(struct search *search, struct mapping_column column, enum reading reading)
{
    static const char *const days[] = {"DD/MM/YYYY",  "MM/DD/YYYY",   "DD.MM.YYYY", "DD-MM-YYYY", "MM-DD-YYYY",
                                       "YYYY/MM/DD",  "YYYY.MM.DD",   "DD Mon YYYY", "DD-Mon-YYYY", "Mon DD, YYYY",
                                       "DD/MM/YY",    "MM/DD/YY",     "DD.MM.YY",   "YY.DD.MM",   "YY-MM-DD"};
    static const char *const times[] = {"", " HH24:MI:SS", " HH24:MI", "THH24:MI:SS", " HH12:MI AM", " HH12:MI:SS AM"};
    size_t                   count = reading == READ_DATE ? 1 : COUNT_OF(times);

    column.reading = reading;
    column.format = NULL;
    try(search, &column);
    for (size_t d = 0; d < COUNT_OF(days); d++)
        for (size_t t = 0; t < count; t++) {
            column.format = arena_printf(search->arena, "%s%s", days[d], times[t]);
            try(search, &column);
        }
    if (reading == READ_DATE)
        return;
    column.format = "epoch";
    try(search, &column);
    column.format = "epoch_ms";
    try(search, &column);
}

static void try_lists(struct search *search, struct mapping_column column)
{
    static const char *const separators[] = {"|", ";", ","};

    column.reading = READ_LIST;
    for (size_t s = 0; s < COUNT_OF(separators); s++)
        for (size_t i = 0; i < search->field->count && !search->any; i++) {
            struct csv_field value = search->field->values[i];

            column.separator = separators[s];
            if (value.length > 0 && memchr(value.text, *separators[s], value.length) != NULL)
                try(search, &column);
        }
    column.separator = ",";
    if (!search->any)
        try(search, &column);
}

static void try_one(struct search *search, struct mapping_column column, enum reading reading)
{
    column.reading = reading;
    try(search, &column);
}

static void try_all(struct search *search, struct mapping_column column)
{
    switch (column.target->type) {
    case TARGET_INT:
    case TARGET_BIGINT:
    case TARGET_NUMERIC: try_numbers(search, column); return;
    case TARGET_DATE:
    case TARGET_INSTANT:
        try_times(search, column, column.target->type == TARGET_DATE ? READ_DATE : READ_TIMESTAMP);
        if (!search->any)
            try_times(search, column, column.target->type == TARGET_DATE ? READ_TIMESTAMP : READ_DATE);
        return;
    case TARGET_LIST: try_lists(search, column); return;
    case TARGET_BOOL: try_one(search, column, READ_BOOL); return;
    case TARGET_UUID: try_one(search, column, READ_UUID); return;
    case TARGET_JSON: try_one(search, column, READ_JSON); return;
    case TARGET_TEXT:
    case TARGET_TYPES:
    default: try_one(search, column, READ_TEXT); return;
    }
}

/* -- what else is to be known -------------------------------------------------------------------------------------- */

/* A time that is another in another zone has none of its own. */
static bool needs_zone(struct search *search)
{
    struct mapping_column column = search->found->column;

    if ((column.reading != READ_DATE && column.reading != READ_TIMESTAMP) ||
        zone_find("America/Los_Angeles", &column.zone) < 0)
        return false;
    return fits(search->field, &column, &search->this) && search->this.length == search->first.length &&
           search->this.length > 0 && memcmp(search->this.data, search->first.data, search->this.length) != 0;
}

static const char *const *nulls_seen(struct arena *arena, const struct infer_field *field, enum reading reading)
{
    const char **seen = ARENA_ARRAY(arena, const char *, COUNT_OF(null_words) + 1);
    size_t       count = 1;

    seen[0] = "";
    for (size_t w = 1; reading != READ_TEXT && reading != READ_LIST && null_words[w] != NULL; w++)
        for (size_t i = 0; i < field->count; i++)
            if (field->values[i].length == strlen(null_words[w]) &&
                memcmp(field->values[i].text, null_words[w], field->values[i].length) == 0) {
                seen[count++] = null_words[w];
                break;
            }
    return seen;
}

static bool is_empty(const struct infer_field *field)
{
    for (size_t i = 0; i < field->count; i++)
        if (field->values[i].text != NULL && !is_null(field->values[i]))
            return false;
    return true;
}

enum infer_fit infer_read(struct arena *arena, const struct infer_field *field, const struct target_column *target,
                          struct infer_reading *ret_reading)
{
    static const char *const yes[] = {"true", "t", "yes", "y", "1", "on", NULL};
    static const char *const no[] = {"false", "f", "no", "n", "0", "off", NULL};
    static const char *const none[] = {"", NULL};
    struct target_column     lax = *target;
    struct search            search = {.arena = arena, .field = field, .found = ret_reading};
    struct mapping_column column = {
        .target = &lax, .decimal = '.', .zone = zone_utc(), .nulls = none, .separator = ",", .yes = yes, .no = no};

    *ret_reading = (struct infer_reading){0};
    lax.needed = false;                /* what is too old for a key is a matter of rows, not of formats */
    column.shift = infer_is_money(field->name, target) ? 2 : 0;
    try_all(&search, column);
    if (search.any) {
        ret_reading->zone_matters = needs_zone(&search);
        ret_reading->column.target = target;
        ret_reading->column.nulls = nulls_seen(arena, field, ret_reading->column.reading);
    }
    str_done(&search.first);
    str_done(&search.this);
    if (!search.any)
        return INFER_NONE;
    if (is_empty(field)) {
        ret_reading->other = NULL;
        return INFER_EMPTY;
    }
    return ret_reading->other != NULL ? INFER_AMBIGUOUS : INFER_FITS;
}
