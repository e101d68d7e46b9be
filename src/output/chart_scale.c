/*
 * Nice numbers (Heckbert, Graphics Gems 1990) and labels in the column's own format.
 *
 * Durations step by what clocks have (15 minutes, 6 hours), bytes by powers of two; counts of whole things never step by
 * less than one.
 */
#include "chart_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST 1e307
/* Below this part of the numbers themselves a range is noise of their last digits: it is drawn as flat. */
#define NOISE 1e-9

static const struct data_column plain = {.type = DATA_FLOAT, .format = FORMAT_NUMBER, .decimals = -1, .role = ROLE_MEASURE};

bool value_is_known(double value, double *ret_value)
{
    if (!isfinite(value))
        return false;
    *ret_value = value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value;
    return true;
}

bool series_range(const struct chart *chart, const struct chart_series *series, double *low, double *high)
{
    bool any = false;

    for (size_t i = 0; i < chart->points; i++) {
        double value;

        if (!value_is_known(series->values[i], &value))
            continue;
        *low = value < *low ? value : *low;
        *high = value > *high ? value : *high;
        any = true;
    }
    return any;
}

bool same_unit(const struct data_column *a, const struct data_column *b)
{
    enum data_format left = a != NULL ? a->format : FORMAT_NUMBER, right = b != NULL ? b->format : FORMAT_NUMBER;

    left = left == FORMAT_PLAIN ? FORMAT_NUMBER : left;
    right = right == FORMAT_PLAIN ? FORMAT_NUMBER : right;
    if (left != right || left != FORMAT_CURRENCY)
        return left == right;
    return text_equal(a->currency != NULL ? a->currency : "USD", b->currency != NULL ? b->currency : "USD");
}

/* -- steps --------------------------------------------------------------------------------------------------------- */

static double decimal_step(double raw)
{
    double power = pow(10, floor(log10(raw))), digit = raw / power;

    return power * (digit <= 1 + NOISE ? 1 : digit <= 2 + NOISE ? 2 : digit <= 5 + NOISE ? 5 : 10);
}

static double duration_step(double raw)
{
    static const double steps[] = {1,    2,    5,     10,    15,    30,    60,    120,   300,
                                   600,  900,  1800,  3600,  7200,  10800, 21600, 43200, 86400};

    for (size_t i = 0; i < COUNT_OF(steps); i++)
        if (raw <= steps[i])
            return steps[i];
    return 86400 * decimal_step(raw / 86400);
}

static double bytes_step(double raw)
{
    double unit = 1;

    while (raw >= 1024 * unit && unit < 0x1p60)
        unit *= 1024;
    return raw <= 1 ? 1 : unit * decimal_step(raw / unit);
}

static double step_of(double raw, const struct data_column *column)
{
    double step;

    if (column->format == FORMAT_DURATION)
        return duration_step(raw);
    if (column->format == FORMAT_BYTES)
        return bytes_step(raw);
    step = decimal_step(raw);
    return column->type == DATA_INT && column->format != FORMAT_PERCENT && step < 1 ? 1 : step;
}

static void choose_suffix(struct scale *scale, double largest)
{
    static const char *const suffixes[] = {"", "k", "M", "G", "T", "P", "E"};
    size_t i = 0;

    scale->unit = 1;
    scale->suffix = "";
    if (scale->column->format == FORMAT_PERCENT || largest < 1e4 || largest >= 1e21)
        return;
    while (largest >= 1000 * scale->unit && i + 1 < COUNT_OF(suffixes)) {
        scale->unit *= 1000;
        i++;
    }
    scale->suffix = suffixes[i];
}

static int decimals_of(double step)
{
    double digits = step > 0 ? ceil(-log10(step) - NOISE) : 0;

    return digits < 0 ? 0 : digits > 12 ? 12 : (int)digits;
}

struct scale scale_fit(double low, double high, int ticks, const struct data_column *column)
{
    struct scale scale = {.column = column != NULL ? column : &plain};
    double       size = fmax(fabs(low), fabs(high));

    if (high - low <= size * NOISE) {                           /* flat: down, or up, to zero */
        high = high <= 0 ? 0 : high;
        low = low >= 0 ? 0 : low;
    }
    if (low > 0 && low < high / 2)
        low = 0;
    if (high < 0 && high > low / 2)
        high = 0;
    if (high - low < 1e-300)
        high = low + 1;
    scale.step = step_of((high - low) / (ticks < 1 ? 1 : ticks), scale.column);
    scale.low = floor(low / scale.step + NOISE) * scale.step;
    scale.high = ceil(high / scale.step - NOISE) * scale.step;
    choose_suffix(&scale, fmax(fabs(scale.low), fabs(scale.high)));
    scale.decimals = decimals_of(scale.step * (scale.column->format == FORMAT_PERCENT ? 100 : 1) / scale.unit);
    if (scale.column->format == FORMAT_CURRENCY && scale.decimals == 1 && scale.unit <= 1)
        scale.decimals = 2;
    return scale;
}

/* -- labels -------------------------------------------------------------------------------------------------------- */

static void add_before_unit(struct str *to, size_t from, const char *suffix)
{
    const char *text = str_text(to) + from;
    size_t      digits = strlen(text);
    _cleanup_(mem_freep) char *rest = NULL;

    while (digits > 0 && (text[digits - 1] < '0' || text[digits - 1] > '9'))
        digits--;
    rest = mem_strdup(text + digits);
    to->length = from + digits;
    str_add(to, suffix);
    str_add(to, rest);
}

static void add_number(const struct data_column *column, double value, int decimals, const char *suffix, struct str *to)
{
    struct data_column shown = *column;
    char               digits[64];
    size_t             from = to->length;
    int                places = decimals + (column->format == FORMAT_PERCENT ? 2 : 0);

    if (fabs(value) >= 1e21) {
        str_addf(to, "%.3g", value);
        return;
    }
    (void)snprintf(digits, sizeof digits, "%.*f", places, value);
    shown.type = DATA_NUMERIC;
    shown.decimals = decimals;
    if (shown.format == FORMAT_PLAIN)
        shown.format = FORMAT_NUMBER;
    data_cell_pretty(&shown, (struct data_cell){digits, strlen(digits)}, to);
    if (suffix[0] != '\0')
        add_before_unit(to, from, suffix);
}

void scale_label(const struct scale *scale, double value, struct str *to)
{
    bool zero = fabs(value) < scale->step / 2;

    if (zero)
        add_number(scale->column, 0, 0, "", to);
    else
        add_number(scale->column, value / scale->unit, scale->decimals, scale->suffix, to);
}

/* The shortest text that reads back as the same number. */
static void shortest(double value, char text[static 64])
{
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, 64, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    if (strchr(text, 'e') != NULL && fabs(value) >= 1e15 && fabs(value) < 1e21)
        (void)snprintf(text, 64, "%.0f", value);
}

void value_label(const struct data_column *column, double value, struct str *to)
{
    char text[64];

    column = column != NULL ? column : &plain;
    shortest(value, text);
    data_cell_pretty(column, (struct data_cell){text, strlen(text)}, to);
}

void value_label_short(const struct data_column *column, double value, struct str *to)
{
    struct scale scale = {.column = column != NULL ? column : &plain};
    double       head;

    if (scale.column->format == FORMAT_DURATION || scale.column->format == FORMAT_BYTES) {
        value_label(column, value, to);
        return;
    }
    choose_suffix(&scale, fabs(value));
    head = fabs(value) / scale.unit * (scale.column->format == FORMAT_PERCENT ? 100 : 1);
    if (head == floor(head) || head >= 99.95)
        scale.decimals = 0;
    else if (head >= 1)
        scale.decimals = head >= 9.995 ? 1 : 2;
    else
        scale.decimals = decimals_of(head) + 1;
    add_number(scale.column, value / scale.unit, scale.decimals, scale.suffix, to);
}
