/* A list over the frame. Invariant: `shown[0 … shown_count)` are the items that hold the filter, best first. */
#include "picker.h"

#include <stdlib.h>
#include <string.h>

#include "move.h"
#include "page.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

struct item {
    char  *label, *text, *command;
};

struct match {
    size_t item;
    int    score;              /* the less the better; negative: does not hold */
};

struct picker {
    char         *title, *heading;       /* heading: or NULL */
    struct item  *items;
    size_t        count, room;
    struct match *shown;
    size_t        shown_count;
    struct str    filter;
    size_t        chosen, top;
    int           page;        /* rows that the last drawing had */
    struct area   area;        /* of the rows last drawn */
    bool          stale;       /* `shown` is to be made again */
};

struct picker *picker_new(const char *title)
{
    struct picker *list = mem_alloc(sizeof *list);

    list->title = mem_strdup(title);
    list->page = 1;
    list->stale = true;
    return list;
}

void picker_free(struct picker *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++) {
        mem_free(list->items[i].label);
        mem_free(list->items[i].text);
        mem_free(list->items[i].command);
    }
    mem_free(list->items);
    mem_free(list->shown);
    mem_free(list->title);
    mem_free(list->heading);
    str_done(&list->filter);
    mem_free(list);
}

void picker_heading(struct picker *list, const char *text)
{
    mem_free(list->heading);
    list->heading = mem_strdup(text);
}

void picker_add(struct picker *list, const char *label, const char *text, const char *command)
{
    struct item item = {mem_strdup(label), mem_strdup(text != NULL ? text : ""), mem_strdup(command)};

    VEC_PUSH(list->items, list->count, list->room, item);
    list->stale = true;
}

/* -- the filter ---------------------------------------------------------------------------------------------------- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool begins(const char *text, const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (lower(text[i]) != lower(word[i]))          /* ends at the NUL of `text` */
            return false;
    return true;
}

static bool is_subsequence(const char *text, const char *word, size_t length)
{
    size_t found = 0;

    for (; *text != '\0' && found < length; text++)
        found += lower(*text) == lower(word[found]);
    return found == length;
}

/* 0 at the beginning, 1 at the beginning of a word, 2 anywhere, 3 as a subsequence; -1 not at all. */
static int score_in(const char *text, const char *word, size_t length)
{
    int best = -1;

    for (const char *at = text; *at != '\0'; at++) {
        if (!begins(at, word, length))
            continue;
        if (at == text)
            return 0;
        if (at[-1] == ' ' || at[-1] == '_' || at[-1] == '.' || at[-1] == '-')
            best = 1;
        else if (best < 0)
            best = 2;
    }
    return best < 0 && length > 1 && is_subsequence(text, word, length) ? 3 : best;
}

static int score_of(const struct item *item, const char *filter)
{
    int total = 0;

    while (*filter != '\0') {
        size_t length = strcspn(filter, " ");
        int    label = length > 0 ? score_in(item->label, filter, length) : 0;
        int    text = length > 0 ? score_in(item->text, filter, length) : 0;

        if (label < 0 && (text < 0 || text == 3))      /* a subsequence of a sentence means nothing */
            return -1;
        total += label >= 0 ? label : 4 + text;
        filter += length + (filter[length] == ' ');
    }
    return total;
}

static int by_score(const void *a, const void *b)
{
    const struct match *left = a, *right = b;

    if (left->score != right->score)
        return left->score < right->score ? -1 : 1;
    return left->item < right->item ? -1 : left->item > right->item;
}

static void renew(struct picker *list)
{
    if (!list->stale)
        return;
    list->stale = false;
    list->shown = mem_array(list->shown, list->count + 1, sizeof *list->shown);
    list->shown_count = 0;
    for (size_t i = 0; i < list->count; i++) {
        int score = score_of(&list->items[i], str_text(&list->filter));

        if (score >= 0)
            list->shown[list->shown_count++] = (struct match){i, score};
    }
    qsort(list->shown, list->shown_count, sizeof *list->shown, by_score);
    list->chosen = list->top = 0;
}

size_t picker_count(const struct picker *list)
{
    renew((struct picker *)(uintptr_t)list);
    return list->shown_count;
}

static void choose_label(struct picker *list, const char *text, size_t length)
{
    for (size_t i = 0; i < picker_count(list); i++)
        if (begins(list->items[list->shown[i].item].label, text, length)) {
            list->chosen = i;
            return;
        }
}

void picker_type(struct picker *list, const char *text, size_t length)
{
    if (list->heading != NULL) {
        choose_label(list, text, length);
        return;
    }
    str_add_bytes(&list->filter, text, length);
    list->stale = true;
}

void picker_rub_out(struct picker *list)
{
    size_t length = list->filter.length;

    while (length > 0 && ((unsigned char)list->filter.data[length - 1] & 0xc0) == 0x80)
        length--;
    if (length > 0)
        length--;
    if (list->filter.length > 0)
        list->filter.data[length] = '\0';
    list->filter.length = length;
    list->stale = true;
}

/* -- choosing ------------------------------------------------------------------------------------------------------ */

bool picker_move(struct picker *list, const char *direction)
{
    size_t count = picker_count(list);

    return move_line(direction, list->chosen, count > 0 ? count - 1 : 0, list->page, &list->chosen);
}

const char *picker_command(const struct picker *list)
{
    if (picker_count(list) == 0)
        return NULL;
    return list->items[list->shown[list->chosen].item].command;
}

bool picker_click(struct picker *list, int y, int x)
{
    size_t row = list->top + (size_t)(y - list->area.y);

    if (y < list->area.y || y >= list->area.y + list->area.rows || x < list->area.x ||
        x >= list->area.x + list->area.columns || row >= picker_count(list))
        return false;
    list->chosen = row;
    return true;
}

/* -- drawing ------------------------------------------------------------------------------------------------------- */

static int widest_label(const struct picker *list)
{
    size_t widest = 0;

    for (size_t i = 0; i < list->count; i++) {
        size_t width = utf8_width(list->items[i].label, strlen(list->items[i].label));

        if (width > widest)
            widest = width;
    }
    return (int)widest;
}

/* Rows above the lines, in a box of that width. */
static int head_rows(const struct picker *list, int columns)
{
    struct page page = {0};

    if (list->heading == NULL)
        return 1;
    page_draw(&page, NULL, (struct area){0, 0, 0, columns - 4}, list->heading, strlen(list->heading), LOOK_NORMAL);
    return (int)page.lines + 1;
}

static struct area box_of(const struct picker *list, const struct canvas *canvas)
{
    int columns = canvas->columns - 2 < 76 ? canvas->columns - 2 : 76;
    int most = list->heading != NULL ? canvas->rows : canvas->rows - 2;
    int rows = (int)list->count + 2 + head_rows(list, columns);

    if (rows > most)
        rows = most;
    return (struct area){(canvas->rows - rows) / 2, (canvas->columns - columns) / 2, rows, columns};
}

static void draw_item(const struct picker *list, struct canvas *canvas, int y, size_t row, int label_columns)
{
    const struct item *item = &list->items[list->shown[row].item];
    bool               chosen = row == list->chosen;
    struct area        line = {y, list->area.x, 1, list->area.columns};
    int                x = line.x + 1;

    canvas_fill(canvas, line, chosen ? LOOK_POPUP_SELECTED : LOOK_POPUP);
    if (chosen)
        canvas_text(canvas, y, line.x, 1, LOOK_POPUP_SELECTED, ">", 1);
    canvas_text_cut(canvas, y, x, label_columns, chosen ? LOOK_POPUP_SELECTED : LOOK_KEY, item->label,
                    strlen(item->label));
    x += label_columns + 2;
    canvas_text_cut(canvas, y, x, line.x + line.columns - x, chosen ? LOOK_POPUP_SELECTED : LOOK_POPUP_TEXT, item->text,
                    strlen(item->text));
}

static void draw_filter(const struct picker *list, struct canvas *canvas, struct area box)
{
    canvas_print(canvas, box.y + 1, box.x + 2, box.columns - 4, LOOK_POPUP, "/%s", str_text(&list->filter));
    canvas->cursor_y = box.y + 1;
    canvas->cursor_x = box.x + 3 + (int)utf8_width(str_text(&list->filter), list->filter.length);
    if (canvas->cursor_x >= canvas->columns)
        canvas->cursor_x = canvas->columns - 1;
}

static void draw_heading(const struct picker *list, struct canvas *canvas, struct area box, int rows)
{
    struct page page = {0};

    page_draw(&page, canvas, (struct area){box.y + 1, box.x + 2, rows, box.columns - 4}, list->heading,
              strlen(list->heading), LOOK_POPUP);
    canvas->cursor_y = -1;
}

void picker_draw(struct picker *list, struct canvas *canvas)
{
    struct area box = box_of(list, canvas);
    int         label_columns = widest_label(list), head = head_rows(list, box.columns);

    renew(list);
    if (label_columns > box.columns / 2)
        label_columns = box.columns / 2;
    if (list->heading != NULL && head > box.rows - 2 - (int)list->count)      /* the lines come first */
        head = box.rows - 2 - (int)list->count;
    list->area = (struct area){box.y + 1 + head, box.x + 1, box.rows - 2 - head, box.columns - 2};
    list->page = list->area.rows > 1 ? list->area.rows : 1;
    if (list->chosen < list->top)
        list->top = list->chosen;
    if (list->chosen >= list->top + (size_t)list->page)
        list->top = list->chosen - (size_t)list->page + 1;
    canvas_fill(canvas, box, LOOK_POPUP);
    canvas_box(canvas, box, LOOK_BORDER_FOCUS, list->title, "Esc closes");
    if (list->heading != NULL)
        draw_heading(list, canvas, box, head);
    else
        draw_filter(list, canvas, box);
    for (int i = 0; i < list->area.rows && list->top + (size_t)i < list->shown_count; i++)
        draw_item(list, canvas, list->area.y + i, list->top + (size_t)i, label_columns);
    if (list->shown_count == 0)
        canvas_print(canvas, list->area.y, list->area.x + 1, list->area.columns - 1, LOOK_DIM, "nothing like that");
}
