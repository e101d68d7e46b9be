/* Values as Excel keeps them: doubles, days since 1900, text without control characters. */
#include "xlsx_int.h"

#include "ytempire/base/utf8.h"

#define DIGITS 15 /* that a double, and Excel, keep of any number */
#define PLACES 6
#define EPOCH_DAY 25569  /* 1970-01-01 */
#define FIRST_DAY 61     /* 1900-03-01: before it Excel counts a day that never was */
#define LAST_DAY 2958466 /* 10000-01-01 */

enum xlsx_kind xlsx_kind_of(const struct data_column *column)
{
    switch (column->type) {
    case DATA_INT:
    case DATA_NUMERIC:
    case DATA_FLOAT:
        return XLSX_IS_NUMBER;
    case DATA_BOOL:
        return XLSX_IS_BOOL;
    case DATA_DATE:
    case DATA_TIMESTAMP:
    case DATA_TIMESTAMPTZ:
        return XLSX_IS_TIME;
    default:
        return XLSX_IS_TEXT;
    }
}

/* -- numbers ------------------------------------------------------------------------------------------------------- */

static bool is_finite(struct data_cell cell)
{
    for (size_t i = 0; i < cell.length; i++)
        if (strchr("0123456789+-.eE", cell.text[i]) == NULL || cell.text[i] == '\0')
            return false;
    return cell.length > 0;
}

bool xlsx_is_exact(const struct data_column *column, struct data_cell cell)
{
    size_t digits = 0, zeros = 0, places = 0, most = column->role == ROLE_MEASURE ? PLACES : SIZE_MAX;
    bool fraction = false;

    if (!is_finite(cell))
        return false;
    if (column->type == DATA_FLOAT)
        return true;
    if (column->role == ROLE_MEASURE && column->decimals > PLACES)
        most = (size_t)column->decimals;
    for (size_t i = 0; i < cell.length && places < most; i++) {
        char c = cell.text[i];

        if (c == 'e' || c == 'E')
            return false;
        fraction = fraction || c == '.';
        if (c < '0' || c > '9')
            continue;
        places += fraction;
        if (c == '0') {
            zeros += digits > 0;
        } else {
            digits += zeros + 1;
            zeros = 0;
        }
    }
    return digits <= DIGITS;
}

/* -- how a column is shown ----------------------------------------------------------------------------------------- */

static const char *with_decimals(struct arena *arena, const char *whole, int decimals, const char *after)
{
    struct str text = STR_INIT;
    const char *code;

    str_add(&text, whole);
    if (decimals > 0) {
        str_add_char(&text, '.');
        str_add_repeat(&text, "0", (size_t)(decimals < 15 ? decimals : 15));
    }
    str_add(&text, after);
    code = arena_strdup(arena, str_text(&text));
    str_done(&text);
    return code;
}

/* The sign stands as text, so that it does not follow the reader's locale. */
static const char *currency_format(struct arena *arena, const struct data_column *column)
{
    struct data_column sample = {
        .type = DATA_INT, .format = FORMAT_CURRENCY, .currency = column->currency, .decimals = 0};
    struct str one = STR_INIT;
    const char *code, *digits;
    int decimals = column->decimals >= 0 ? column->decimals : 2;

    data_cell_pretty(&sample, (struct data_cell){"1", 1}, &one);
    digits = with_decimals(arena, "#,##0", decimals, "");
    if (str_text(&one)[0] == '1')
        code = arena_printf(arena, "%s\"%s\"", digits, str_text(&one) + 1);
    else
        code = arena_printf(arena, "\"%.*s\"%s", (int)(one.length - 1), str_text(&one), digits);
    str_done(&one);
    return code;
}

static const char *time_format(const struct data_column *column)
{
    if (column->type == DATA_DATE || column->unit >= UNIT_DAY)
        return "yyyy\\-mm\\-dd";
    return column->unit == UNIT_HOUR || column->unit == UNIT_MINUTE ? "yyyy\\-mm\\-dd hh:mm"
                                                                    : "yyyy\\-mm\\-dd hh:mm:ss";
}

const char *xlsx_number_format(struct arena *arena, const struct data_column *column)
{
    if (xlsx_kind_of(column) == XLSX_IS_TIME)
        return time_format(column);
    if (xlsx_kind_of(column) != XLSX_IS_NUMBER)
        return NULL;
    switch (column->format) {
    case FORMAT_PERCENT:
        return with_decimals(arena, "0", column->decimals >= 0 ? column->decimals : 2, "%");
    case FORMAT_CURRENCY:
        return currency_format(arena, column);
    case FORMAT_NUMBER:
        if (column->type == DATA_INT || column->decimals >= 0)
            return with_decimals(arena, "#,##0", column->decimals, "");
        return NULL;
    case FORMAT_BYTES:
        return "#,##0";
    default:
        return NULL;
    }
}

/* -- times --------------------------------------------------------------------------------------------------------- */

bool xlsx_day_number(const struct data_column *column, struct data_cell cell, struct str *to)
{
    int64_t local;
    double day;

    if (instant_from_text(cell.text, cell.length, &local) < 0)
        return false;
    if (column->type == DATA_TIMESTAMPTZ && column->zone != NULL)
        local = zone_to_local(column->zone, local);
    day = EPOCH_DAY + (double)local / (double)US_PER_DAY;
    if (day < FIRST_DAY || day >= LAST_DAY)
        return false;
    str_addf(to, "%.15g", day);
    return true;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Excel reads "_x0041_" as the letter A. */
static bool looks_escaped(const char *text, size_t length)
{
    if (length < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
        return false;
    return is_hex(text[2]) && is_hex(text[3]) && is_hex(text[4]) && is_hex(text[5]);
}

/* One character, and how many units of UTF-16 it takes. */
static size_t add_point(struct str *to, const char *text, size_t left, size_t size, uint32_t point)
{
    size_t before = to->length;

    if (point == '&')
        str_add(to, "&amp;");
    else if (point == '<')
        str_add(to, "&lt;");
    else if (point == '>')
        str_add(to, "&gt;");
    else if (point == '_' && looks_escaped(text, left))
        str_add(to, "_x005F_");
    else if (point == '\r')
        str_add(to, "&#13;");
    else if ((point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7f && point < 0xa0)) {
        str_addf(to, "\\x%02x", (unsigned)point);
        return to->length - before;
    } else if ((point == 0xfffd && size == 1) || point == 0xfffe || point == 0xffff)
        str_add(to, "\xef\xbf\xbd");
    else
        str_add_bytes(to, text, size);
    return point > 0xffff ? 2 : 1;
}

bool xlsx_add_text(struct str *to, const char *text, size_t length)
{
    size_t units = 0, size;
    uint32_t point;

    for (size_t at = 0; (size = utf8_decode(text + at, length - at, &point)) > 0; at += size) {
        size_t before = to->length;

        units += add_point(to, text + at, length - at, size, point);
        if (units > XLSX_TEXT) {
            to->length = before;
            to->data[before] = '\0';
            return false;
        }
    }
    return true;
}
