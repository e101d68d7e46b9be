/* Columns: their names, widths, and which are shown and frozen. */
#include "grid_int.h"

#include <string.h>

#include "ytempire/base/utf8.h"
#include "ytempire/output.h"

#define NULL_WIDTH 4               /* of "NULL"; "∅" fits too */

/* -- finding ------------------------------------------------------------------------------------------------------- */

static bool has_name(const struct data_column *column, const char *word)
{
    return text_equal_nocase(column->name, word) ||
           (column->member != NULL && text_equal_nocase(column->member, word)) ||
           (column->title != NULL && text_equal_nocase(column->title, word));
}

int column_find(const struct view *view, const char *word, size_t *ret_column, struct error *error)
{
    const char **names;
    const char  *near;

    for (size_t i = 0; i < view->count; i++)
        if (text_equal(view->known[i].name, word)) {
            *ret_column = i;
            return 0;
        }
    for (size_t i = 0; i < view->count; i++)
        if (has_name(&view->known[i], word)) {
            *ret_column = i;
            return 0;
        }
    names = mem_alloc((view->count + 1) * sizeof *names);
    for (size_t i = 0; i < view->count; i++)
        names[i] = view->known[i].name;
    near = nearest_word(word, strlen(word), names, view->count);
    error_set(error, ERR_UNKNOWN, "no column '%s'", word);
    if (near != NULL)
        error_hint(error, "did you mean '%s'?", near);
    mem_free(names);
    return ERR_UNKNOWN;
}

/* The column that is named, else the one under the cursor. */
static int column_meant(const struct view *view, struct words words, size_t *ret_column, struct error *error)
{
    if (words.count > 0)
        return column_find(view, words.at[0], ret_column, error);
    if (view->count == 0)
        return error_set(error, ERR_USAGE, "there is no column");
    *ret_column = view->column;
    return 0;
}

size_t column_next(const struct view *view, size_t column)
{
    while (++column < view->count)
        if (!view->columns[column].hidden)
            return column;
    return NOWHERE;
}

size_t column_previous(const struct view *view, size_t column)
{
    while (column-- > 0)
        if (!view->columns[column].hidden)
            return column;
    return NOWHERE;
}

size_t column_first(const struct view *view)
{
    return column_next(view, SIZE_MAX);
}

size_t columns_shown(const struct view *view)
{
    size_t shown = 0;

    for (size_t i = 0; i < view->count; i++)
        shown += !view->columns[i].hidden;
    return shown;
}

/* -- texts and widths ---------------------------------------------------------------------------------------------- */

static void add_unit(const struct data_column *column, struct str *to)
{
    const char *unit = data_unit_name(column->unit);

    if (column->unit != UNIT_NONE && strstr(column->name, unit) == NULL)
        str_addf(to, " (%s)", unit);
    else if (column->format == FORMAT_DURATION && data_type_is_number(column->type))
        str_add(to, " (h:m:s)");
    else if (column->format == FORMAT_CURRENCY && column->currency != NULL && !text_equal(column->currency, "USD"))
        str_addf(to, " (%s)", column->currency);
}

void column_header(const struct data_column *column, struct str *to)
{
    output_safe_text(to, column->name, strlen(column->name));
    add_unit(column, to);
}

static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x7f)
            return false;
    return true;
}

void column_show_cell(const struct data_column *column, struct data_cell cell, struct str *to)
{
    struct str raw = STR_INIT;
    size_t     begin = to->length;

    data_cell_pretty(column, cell, to);
    if (is_plain(str_text(to) + begin, to->length - begin))
        return;
    str_add_bytes(&raw, to->data + begin, to->length - begin);
    to->length = begin;
    output_safe_text(to, str_text(&raw), raw.length);
    str_done(&raw);
}

size_t column_width(const struct view *view, size_t column)
{
    const struct view_column *shown = &view->columns[column];
    size_t                    width = shown->set > 0 ? shown->set : shown->seen < WIDTH_MOST ? shown->seen : WIDTH_MOST;

    return width > 0 ? width : 1;
}

void columns_measure(struct view *view)
{
    struct str text = STR_INIT;

    for (size_t i = 0; i < view->count; i++) {
        size_t width = NULL_WIDTH;

        if (view->cells[i].text != NULL) {
            str_clear(&text);
            column_show_cell(&view->known[i], view->cells[i], &text);
            width = utf8_width(str_text(&text), text.length);
        }
        if (width > view->columns[i].seen)
            view->columns[i].seen = width;
    }
    str_done(&text);
}

/* -- verbs --------------------------------------------------------------------------------------------------------- */

int act_freeze(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;
    size_t       frozen = 0;

    if (words.count == 0) {
        for (size_t i = 0; i <= view->column && i < view->count; i++)
            frozen += !view->columns[i].hidden;
        frozen = frozen == view->frozen ? 0 : frozen;
    } else if (!word_is(&words, 0, "off") && !word_to_count(words.at[0], &frozen)) {
        return error_set(error, ERR_USAGE, "freeze takes a number of columns or 'off', not '%s'", words.at[0]);
    }
    view->frozen = frozen < view->count ? frozen : view->count;
    view->left = 0;
    if (view->frozen == 0)
        grid_say(grid, "no column is frozen");
    else
        grid_say(grid, "%zu column%s frozen", view->frozen, view->frozen == 1 ? "" : "s");
    return 0;
}

int act_hide(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;
    size_t       column = 0, next;
    int          r = column_meant(view, words, &column, error);

    if (r < 0)
        return r;
    if (view->columns[column].hidden)
        return 0;
    if (columns_shown(view) == 1)
        return error_set(error, ERR_USAGE, "'%s' is the last column that is shown", view->known[column].name);
    view->columns[column].hidden = true;
    if (view->column == column) {
        next = column_next(view, column);
        view->column = next != NOWHERE ? next : column_previous(view, column);
        view->inside = 0;
    }
    grid_say(grid, "hidden: %s; 'show' brings all back", view->known[column].name);
    return 0;
}

int act_show(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;
    size_t       column = 0;
    int          r;

    if (words.count > 0 && !word_is(&words, 0, "all")) {
        if ((r = column_find(view, words.at[0], &column, error)) < 0)
            return r;
        view->columns[column].hidden = false;
        return 0;
    }
    for (size_t i = 0; i < view->count; i++)
        view->columns[i].hidden = false;
    return 0;
}

static bool is_width(const char *word)
{
    size_t number;

    return text_equal_nocase(word, "auto") || word_to_count(word + (*word == '+' || *word == '-'), &number);
}

int act_width(struct grid *grid, struct words words, struct error *error)
{
    struct view *view = grid->view;
    const char  *by = words.count > 0 ? words.at[words.count - 1] : "auto";
    size_t       column = 0, number = 0, width;
    int          r;

    if (words.count > 0 && is_width(by))
        words.count--;
    else
        by = "auto";
    if ((r = column_meant(view, words, &column, error)) < 0)
        return r;
    width = column_width(view, column);
    if (text_equal_nocase(by, "auto")) {
        view->columns[column].set = view->columns[column].set > 0 ? 0 : view->columns[column].seen;
        return 0;
    }
    (void)word_to_count(by + (*by == '+' || *by == '-'), &number);
    number = number < 10000 ? number : 10000;
    width = *by == '+' ? width + number : *by == '-' ? (width > number ? width - number : 1) : number;
    view->columns[column].set = width > 0 ? width : 1;
    return 0;
}
