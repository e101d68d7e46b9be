/* Values as people and machines read them. Called once a cell: no allocation but the caller's text. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/data.h"

static bool is_negative_era(struct data_cell cell)
{
    return cell.length > 3 && memcmp(cell.text + cell.length - 2, "BC", 2) == 0;
}

/* -- time ---------------------------------------------------------------------------------------------------------- */

static bool read_instant(struct data_cell cell, int64_t *ret_instant)
{
    return !is_negative_era(cell) && instant_from_text(cell.text, cell.length, ret_instant) == 0;
}

/* A year as ISO 8601 has it: four digits, or a sign and at least six (1 BC is year 0). */
static void add_iso_year(struct str *to, long long year)
{
    if (year >= 0 && year <= 9999)
        str_addf(to, "%04lld", year);
    else
        str_addf(to, "%c%06lld", year < 0 ? '-' : '+', year < 0 ? -year : year);
}

/* PostgreSQL's text of a time whose year is not one of 1 to 9999: "10000-01-01 00:00:00+00", "0044-03-15 BC". */
static bool add_far_time(struct str *to, struct data_cell cell)
{
    bool        before = is_negative_era(cell);
    size_t      length = cell.length - (before ? 3 : 0), digits = 0;
    long long   year;
    const char *rest;

    while (digits < length && cell.text[digits] >= '0' && cell.text[digits] <= '9')
        digits++;
    if ((digits <= 4 && !before) || digits + 6 > length || text_to_int64(cell.text, digits, &year) < 0)
        return false;
    add_iso_year(to, before ? 1 - year : year);
    rest = cell.text + digits;
    length -= digits;
    str_add_bytes(to, rest, 6);                        /* "-03-15" */
    if (length > 7) {
        str_add_char(to, 'T');
        str_add_bytes(to, rest + 7, length - 7);
        if (rest[length - 3] == '+' || rest[length - 3] == '-')
            str_add(to, ":00");
    }
    return true;
}

static void show_instant(const struct data_column *column, int64_t instant, struct str *to)
{
    const struct zone *zone = column->zone != NULL ? column->zone : zone_utc();
    char               text[TIME_TEXT_SIZE];
    char              *mark, *offset;

    (void)instant_to_text_in(instant, zone, text);
    mark = strchr(text, 'T');
    if (column->unit >= UNIT_DAY) {
        str_add_bytes(to, text, (size_t)(mark - text));
        return;
    }
    *mark = ' ';
    offset = strpbrk(mark, "+-");
    if (column->unit == UNIT_HOUR || column->unit == UNIT_MINUTE)
        str_add_bytes(to, text, (size_t)(mark - text) + 6);
    else
        str_add_bytes(to, text, (size_t)(offset - text));
    str_add_bytes(to, offset, text_ends(offset, ":00") && strlen(offset) == 6 ? 3 : strlen(offset));
}

void data_cell_show(const struct data_column *column, struct data_cell cell, struct str *to)
{
    int64_t instant;

    if (cell.text == NULL)
        return;
    if (column->type == DATA_TIMESTAMPTZ && (column->unit != UNIT_NONE || column->zone != NULL) &&
        read_instant(cell, &instant))
        show_instant(column, instant, to);
    else
        str_add_bytes(to, cell.text, cell.length);
}

void data_cell_iso(const struct data_column *column, struct data_cell cell, struct str *to)
{
    char    text[TIME_TEXT_SIZE];
    int64_t instant;

    if (cell.text == NULL)
        return;
    if (column->type == DATA_TIMESTAMPTZ && read_instant(cell, &instant)) {
        (void)instant_to_text_in(instant, column->zone != NULL ? column->zone : zone_utc(), text);
        if (text[4] != '-')                            /* the zone's clock is in the year 10000 already */
            str_add(to, "+0");
        str_add(to, text);
    } else if (add_far_time(to, cell)) {
        return;
    } else if (column->type == DATA_TIMESTAMP && cell.length > 10 && cell.text[10] == ' ') {
        str_add_bytes(to, cell.text, 10);
        str_add_char(to, 'T');
        str_add_bytes(to, cell.text + 11, cell.length - 11);
    } else {
        str_add_bytes(to, cell.text, cell.length);
    }
}

/* -- numbers ------------------------------------------------------------------------------------------------------- */

struct number {                    /* digits of a plain decimal: "-1234.50" */
    bool        negative;
    const char *whole, *fraction;
    size_t      whole_length, fraction_length;
};

static bool read_number(struct data_cell cell, struct number *number)
{
    const char *at = cell.text, *end = cell.text + cell.length;

    number->negative = at < end && *at == '-';
    at += number->negative;
    number->whole = at;
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    number->whole_length = (size_t)(at - number->whole);
    number->fraction = at;
    number->fraction_length = 0;
    if (at < end && *at == '.') {
        number->fraction = ++at;
        while (at < end && *at >= '0' && *at <= '9')
            at++;
        number->fraction_length = (size_t)(at - number->fraction);
    }
    return at == end && number->whole_length > 0;
}

#define DIGITS_LIMIT 160

/*
 * Rounds to `decimals` (half away from zero), times ten to the `shift`, on the digits themselves; into `digits` as
 * "1234.50". False when it is longer than anybody reads.
 */
static bool round_number(const struct number *number, unsigned shift, unsigned decimals,
                         char digits[static DIGITS_LIMIT])
{
    char   all[DIGITS_LIMIT];
    size_t n = 0, point, keep;

    if (number->whole_length + number->fraction_length + shift + decimals + 4 > DIGITS_LIMIT)
        return false;
    all[n++] = '0';                                    /* room for a carry */
    for (size_t i = 0; i < number->whole_length; i++)
        all[n++] = number->whole[i];
    for (size_t i = 0; i < number->fraction_length; i++)
        all[n++] = number->fraction[i];
    point = 1 + number->whole_length + shift;
    while (n <= point + decimals)
        all[n++] = '0';
    keep = point + decimals;
    if (all[keep] >= '5')
        for (size_t i = keep; i-- > 0;) {
            if (all[i] != '9') {
                all[i]++;
                break;
            }
            all[i] = '0';
        }
    size_t from = 0, out = 0;
    while (from + 1 < point && all[from] == '0')
        from++;
    for (size_t i = from; i < keep; i++) {
        if (i == point)
            digits[out++] = '.';
        digits[out++] = all[i];
    }
    digits[out] = '\0';
    return true;
}

static void add_grouped(struct str *to, const char *digits)
{
    size_t whole = strcspn(digits, ".");

    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            str_add_char(to, ',');
        str_add_char(to, digits[i]);
    }
    str_add(to, digits + whole);
}

static bool is_zero(const char *digits)
{
    return strspn(digits, "0.") == strlen(digits);
}

static void pretty_duration(struct str *to, double seconds)
{
    long long whole = llround(fabs(seconds));

    str_add(to, seconds < 0 ? "-" : "");
    if (whole >= 86400)
        str_addf(to, "%lldd ", whole / 86400);
    if (whole >= 3600)
        str_addf(to, "%lld:%02lld:%02lld", whole / 3600 % 24, whole / 60 % 60, whole % 60);
    else
        str_addf(to, "%lld:%02lld", whole / 60, whole % 60);
}

static void pretty_bytes(struct str *to, double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t                   unit = 0;

    while (fabs(bytes) >= 1024 && unit + 1 < COUNT_OF(units)) {
        bytes /= 1024;
        unit++;
    }
    str_addf(to, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

static const char *currency_sign(const char *currency)
{
    static const struct {
        const char *code, *sign;
    } signs[] = {{"USD", "$"}, {"EUR", "€"}, {"GBP", "£"}, {"JPY", "¥"}, {"INR", "₹"}, {"KRW", "₩"}};

    for (size_t i = 0; currency != NULL && i < COUNT_OF(signs); i++)
        if (text_equal(currency, signs[i].code))
            return signs[i].sign;
    return currency == NULL ? "$" : NULL;
}

static void pretty_number(const struct data_column *column, struct data_cell cell, const struct number *number,
                          struct str *to)
{
    char        digits[DIGITS_LIMIT];
    const char *sign = NULL;
    unsigned shift = 0,
             decimals = column->decimals >= 0 ? (unsigned)column->decimals : (unsigned)number->fraction_length;

    if (column->format == FORMAT_PERCENT) {
        shift = 2;
        decimals = column->decimals >= 0 ? (unsigned)column->decimals : 2;
    } else if (column->format == FORMAT_CURRENCY) {
        sign = currency_sign(column->currency);
        decimals = column->decimals >= 0 ? (unsigned)column->decimals : 2;
    } else if (column->decimals < 0 && decimals > 6 && column->role == ROLE_MEASURE) {
        decimals = 6;                                  /* a quotient's sixteen places say nothing to a reader */
    }
    if (!round_number(number, shift, decimals, digits)) {
        str_add_bytes(to, cell.text, cell.length);
        return;
    }
    if (number->negative && !is_zero(digits))
        str_add_char(to, '-');
    if (sign != NULL)
        str_add(to, sign);
    add_grouped(to, digits);
    if (column->format == FORMAT_PERCENT)
        str_add_char(to, '%');
    else if (column->format == FORMAT_CURRENCY && sign == NULL)
        str_addf(to, " %s", column->currency);
}

void data_cell_pretty(const struct data_column *column, struct data_cell cell, struct str *to)
{
    struct number number;
    double        value;

    if (cell.text == NULL)
        return;
    if (!data_type_is_number(column->type) || column->format == FORMAT_PLAIN || !read_number(cell, &number)) {
        data_cell_show(column, cell, to);
        return;
    }
    if ((column->format == FORMAT_DURATION || column->format == FORMAT_BYTES) &&
        text_to_double(cell.text, cell.length, &value) == 0) {
        if (column->format == FORMAT_DURATION)
            pretty_duration(to, value);
        else
            pretty_bytes(to, value);
        return;
    }
    pretty_number(column, cell, &number, to);
}
