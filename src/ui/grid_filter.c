/* Conditions on rows. NULL fulfils none but `= null`; text is compared without case. */
#include "grid_int.h"

#include <string.h>

#include "ytempire/base/compare.h"
#include "ytempire/base/utf8.h"

struct filter {
    char      *text, *value;
    size_t     column;             /* NOWHERE: any that is shown */
    bool       contains;           /* ~, or a text alone; else `op` */
    bool       is_null;            /* = null, <> null */
    enum comparison op;
    struct str folded, scratch[2];
};

void filter_free(struct filter *filter)
{
    if (filter == NULL)
        return;
    mem_free(filter->text);
    mem_free(filter->value);
    str_done(&filter->folded);
    str_done(&filter->scratch[0]);
    str_done(&filter->scratch[1]);
    mem_free(filter);
}

const char *filter_text(const struct filter *filter)
{
    return filter->text;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

/* Without spaces and one pair of quotes around it. */
static char *trim(const char *text, size_t length)
{
    while (length > 0 && text[0] == ' ') {
        text++;
        length--;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length > 1 && (text[0] == '\'' || text[0] == '"') && text[length - 1] == text[0]) {
        text++;
        length -= 2;
    }
    return mem_strndup(text, length);
}

/* The first sign of a text: a comparison, or ~. Where it stands, and its length; NULL: there is none. */
static const char *find_sign(const char *text, struct filter *filter, size_t *ret_length)
{
    for (const char *at = text; *at != '\0'; at++) {
        filter->contains = *at == '~';
        *ret_length = filter->contains ? 1 : comparison_read(at, strnlen(at, 2), &filter->op);
        if (*ret_length > 0)
            return at;
    }
    filter->contains = true;
    return NULL;
}

/* A number as it is shown, "$1,234.50" or "4.2%", as the value holds it. */
static int settle_number(struct filter *filter, const struct data_column *column, struct error *error)
{
    struct str plain = STR_INIT;
    size_t     length = strlen(filter->value);
    bool       percent = length > 0 && filter->value[length - 1] == '%' && column->format == FORMAT_PERCENT;

    for (const char *at = filter->value; *at != '\0'; at++)
        if (*at != ',' && *at != ' ' && *at != '$' && !(percent && at[1] == '\0'))
            str_add_char(&plain, *at);
    if (!decimal_is(str_text(&plain), plain.length)) {
        str_done(&plain);
        return error_set(error, ERR_USAGE, "'%s' is no number, and %s holds numbers", filter->value, column->name);
    }
    if (percent)
        str_add(&plain, "e-2");
    mem_free(filter->value);
    filter->value = str_take(&plain);
    return 0;
}

/* "2026", "2026-01" and a time of the column's zone, as the value holds it. */
static int settle_time(struct filter *filter, const struct data_column *column, struct error *error)
{
    static const char missing[] = "0001-01-01";
    size_t            length = strlen(filter->value);
    char             *whole, text[TIME_TEXT_SIZE];
    int64_t           instant;

    if (length < 10 && filter->op == COMPARE_EQUAL) {               /* a month or a year: what begins so */
        filter->contains = true;
        return 0;
    }
    whole = mem_printf("%s%s", filter->value, length == 4 || length == 7 ? missing + length : "");
    if (instant_from_text(whole, strlen(whole), &instant) < 0) {
        mem_free(whole);
        return error_set(error, ERR_USAGE,
                         "'%s' is no date or time (as 2026-01-31 or 2026-01-31 12:00), and %s holds such",
                         filter->value, column->name);
    }
    mem_free(filter->value);
    filter->value = whole;
    if (column->type == DATA_TIMESTAMPTZ && column->zone != NULL && strpbrk(filter->value + 10, "+-Z") == NULL) {
        mem_free(filter->value);
        filter->value = mem_strdup(instant_to_text(zone_to_instant(column->zone, instant), text));
    }
    return 0;
}

static int settle(struct filter *filter, const struct view *view, struct error *error)
{
    const struct data_column *column = filter->column < view->count ? &view->known[filter->column] : NULL;
    int                       r = 0;

    filter->is_null = text_equal_nocase(filter->value, "null") && !filter->contains &&
                      filter->op <= COMPARE_NOT_EQUAL && column != NULL;
    if (!filter->contains && !filter->is_null) {
        if (data_type_is_number(column->type))
            r = settle_number(filter, column, error);
        else if (type_is_time(column->type))
            r = settle_time(filter, column, error);
    }
    if (filter->contains)
        utf8_fold(&filter->folded, filter->value, strlen(filter->value));
    return r;
}

int filter_parse(const struct view *view, const char *text, struct filter **ret_filter, struct error *error)
{
    struct filter *filter = mem_alloc(sizeof *filter);
    size_t         length = 0;
    const char    *at = find_sign(text, filter, &length);
    char          *left = at != NULL ? trim(text, (size_t)(at - text)) : mem_strdup("");
    int            r = 0;

    filter->text = mem_strdup(text);
    filter->column = NOWHERE;
    filter->value = at != NULL ? trim(at + length, strlen(at + length)) : trim(text, strlen(text));
    if (left[0] != '\0') {
        r = column_find(view, left, &filter->column, error);
        if (r < 0)
            error_hint(error, "for a text that has such a sign in it: filter ~ %s", text);
    } else if (!filter->contains) {
        r = error_set(error, ERR_USAGE, "which column? filter takes COLUMN %.*s VALUE", (int)length, at);
    }
    if (r >= 0)
        r = settle(filter, view, error);
    mem_free(left);
    if (r < 0) {
        filter_free(filter);
        return r;
    }
    *ret_filter = filter;
    return 0;
}

/* -- asking -------------------------------------------------------------------------------------------------------- */

static bool contains(const struct str *text, const struct str *part)
{
    return part->length == 0 || (text->length >= part->length &&
                                 memmem(text->data, text->length, part->data, part->length) != NULL);
}

bool cell_contains(const struct data_column *column, struct data_cell cell, const struct str *folded,
                   struct str *scratch)
{
    if (cell.text == NULL)
        return false;
    str_clear(scratch);
    utf8_fold(scratch, cell.text, cell.length);
    if (contains(scratch, folded))
        return true;
    if (column->type == DATA_TEXT || column->type == DATA_JSON)
        return false;
    str_clear(scratch);                                        /* as it is shown */
    data_cell_pretty(column, cell, scratch);
    return contains(scratch, folded);
}

bool filter_holds(struct filter *filter, const struct view *view)
{
    struct data_cell cell;

    if (filter->column == NOWHERE) {
        for (size_t i = 0; i < view->count; i++)
            if (!view->columns[i].hidden &&
                cell_contains(&view->known[i], view->cells[i], &filter->folded, &filter->scratch[0]))
                return true;
        return false;
    }
    cell = view->cells[filter->column];
    if (filter->is_null)
        return (cell.text == NULL) == (filter->op == COMPARE_EQUAL);
    if (cell.text == NULL)
        return false;
    if (filter->contains)
        return cell_contains(&view->known[filter->column], cell, &filter->folded, &filter->scratch[0]);
    return comparison_holds(filter->op, cell_compare(&view->known[filter->column], cell,
                                                (struct data_cell){filter->value, strlen(filter->value)},
                                                filter->scratch));
}
