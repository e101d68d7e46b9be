/*
 * Keys of values, to sort by. Numbers by value, however long; times as instants or days; intervals as PostgreSQL
 * compares them (a month is 30 days); text by its case-folded code points; all else by its bytes.
 */
#include <limits.h>
#include <string.h>

#include "grid_int.h"
#include "ytempire/base/utf8.h"

bool type_is_time(enum data_type type)
{
    return type == DATA_DATE || type == DATA_TIMESTAMP || type == DATA_TIMESTAMPTZ;
}

/* -- times --------------------------------------------------------------------------------------------------------- */

static bool cell_is(struct data_cell cell, const char *word)
{
    return cell.length == strlen(word) && memcmp(cell.text, word, cell.length) == 0;
}

/* Years past 9999 and before Christ: the rest of the text is read as of the leap year 2000. */
static bool read_far_year(struct data_cell cell, bool days, int64_t *ret_value)
{
    static const char leap[] = "2000";
    bool              before = cell.length > 3 && memcmp(cell.text + cell.length - 3, " BC", 3) == 0;
    size_t            length = cell.length - (before ? 3 : 0), year_length = 0;
    char              text[TIME_TEXT_SIZE];
    long long         year;
    int64_t           instant, day;
    int               month, day_of_month, unused;

    while (year_length < length && cell.text[year_length] != '-')
        year_length++;
    if (text_to_int64(cell.text, year_length, &year) < 0 || year > 10000000 || length - year_length + 5 > sizeof text)
        return false;
    memcpy(text, leap, 4);
    memcpy(text + 4, cell.text + year_length, length - year_length);
    if (instant_from_text(text, length - year_length + 4, &instant) < 0)
        return false;
    day = instant / US_PER_DAY;
    day_to_civil((int32_t)day, &unused, &month, &day_of_month);
    instant -= day * US_PER_DAY;
    day = day_from_civil((int)(before ? 1 - year : year), month, day_of_month);
    if (!days && (day > INT64_MAX / US_PER_DAY - 1 || day < INT64_MIN / US_PER_DAY + 1))
        return false;
    *ret_value = days ? day : day * US_PER_DAY + instant;
    return true;
}

static int64_t time_value(const struct data_column *column, struct data_cell cell)
{
    bool    days = column->type == DATA_DATE;
    int64_t value;

    if (cell_is(cell, "infinity"))
        return INT64_MAX;
    if (cell_is(cell, "-infinity"))
        return INT64_MIN;
    if (instant_from_text(cell.text, cell.length, &value) == 0)
        return days ? value / US_PER_DAY - (value % US_PER_DAY < 0) : value;
    return read_far_year(cell, days, &value) ? value : INT64_MAX;
}

/* "P1Y2M-3DT4H5M6.5S" in microseconds. */
static int64_t interval_value(struct data_cell cell)
{
    static const struct {
        char    unit;
        bool    clock;
        int64_t us;
    } units[] = {{'Y', false, 360 * US_PER_DAY}, {'M', false, 30 * US_PER_DAY}, {'W', false, 7 * US_PER_DAY},
                 {'D', false, US_PER_DAY},       {'H', true, US_PER_HOUR},      {'M', true, US_PER_MINUTE},
                 {'S', true, US_PER_SECOND}};
    double total = 0;
    bool   clock = false;

    for (size_t at = 0, from = 1; at < cell.length; at++) {
        double number;

        if (cell.text[at] == 'T') {
            clock = true;
            from = at + 1;
        }
        for (size_t i = 0; i < COUNT_OF(units); i++)
            if (cell.text[at] == units[i].unit && clock == units[i].clock && at > from &&
                text_to_double(cell.text + from, at - from, &number) == 0) {
                total += number * (double)units[i].us;
                from = at + 1;
                break;
            }
    }
    return total >= 9.2e18 ? INT64_MAX : total <= -9.2e18 ? INT64_MIN : (int64_t)total;
}

/* -- keys ---------------------------------------------------------------------------------------------------------- */

static uint64_t ordered(int64_t value)
{
    return (uint64_t)value ^ UINT64_C(1) << 63;
}

static bool bytes_key(const char *bytes, size_t length, unsigned level, uint64_t *ret_key)
{
    size_t   from = (size_t)level * sizeof(uint64_t);
    uint64_t key = 0;

    for (size_t i = from; i < from + sizeof key; i++)
        key = key << 8 | (i < length ? (unsigned char)bytes[i] : 0);
    *ret_key = key;
    return length > from + sizeof key;
}

bool cell_key(const struct data_column *column, struct data_cell cell, unsigned level, struct str *scratch,
              uint64_t *ret_key)
{
    if (data_type_is_number(column->type))
        return decimal_key(cell.text, cell.length, level, ret_key);
    if (type_is_time(column->type)) {
        *ret_key = ordered(time_value(column, cell));
        return false;
    }
    if (column->type == DATA_INTERVAL) {
        *ret_key = ordered(interval_value(cell));
        return false;
    }
    if (column->type != DATA_TEXT)
        return bytes_key(cell.text, cell.length, level, ret_key);
    str_clear(scratch);
    utf8_fold(scratch, cell.text, cell.length);
    return bytes_key(str_text(scratch), scratch->length, level, ret_key);
}

static int compare_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

    return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

int cell_compare(const struct data_column *column, struct data_cell a, struct data_cell b, struct str scratch[2])
{
    uint64_t x, y;

    if (data_type_is_number(column->type) && decimal_is(a.text, a.length) && decimal_is(b.text, b.length))
        return decimal_compare(a.text, a.length, b.text, b.length);
    if (data_type_is_number(column->type) || type_is_time(column->type) || column->type == DATA_INTERVAL) {
        (void)cell_key(column, a, 0, &scratch[0], &x);
        (void)cell_key(column, b, 0, &scratch[1], &y);
        return (x > y) - (x < y);
    }
    if (column->type != DATA_TEXT)
        return compare_bytes(a.text, a.length, b.text, b.length);
    for (int i = 0; i < 2; i++) {
        str_clear(&scratch[i]);
        utf8_fold(&scratch[i], i ? b.text : a.text, i ? b.length : a.length);
    }
    return compare_bytes(str_text(&scratch[0]), scratch[0].length, str_text(&scratch[1]), scratch[1].length);
}
