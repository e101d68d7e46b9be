/* The popup of candidates: opened by Tab, filtered by typing, drawn above the prompt. */
#include <string.h>
#include <strings.h>

#include "prompt_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

enum { POPUP_ROWS = 8, GAP = 2 };

/* -- candidates ---------------------------------------------------------------------------------------------------- */

static void find(struct prompt *prompt, struct candidates *ret_found)
{
    struct popup *popup = &prompt->popup;

    arena_free(popup->arena);
    popup->arena = arena_new();
    *ret_found = (struct candidates){0};
    command_complete(popup->arena, prompt_context(prompt), prompt_text(prompt), (size_t)rl_end, (size_t)rl_point,
                     ret_found);
}

/* What is typed of the word already. */
static size_t typed_length(const struct popup *popup)
{
    return (size_t)rl_point > popup->found.at ? (size_t)rl_point - popup->found.at : 0;
}

static bool begins_typed(const struct popup *popup, const struct candidate *item)
{
    size_t length = typed_length(popup);

    return strlen(item->text) >= length && strncasecmp(item->text, rl_line_buffer + popup->found.at, length) == 0;
}

/* Bytes that all those have in common that begin with what is typed; a character is never cut. */
static size_t common_prefix(const struct popup *popup, const char **ret_text)
{
    size_t common = 0;

    *ret_text = NULL;
    for (size_t i = 0; i < popup->found.count; i++) {
        const struct candidate *item = &popup->found.items[i];
        size_t                  same = 0;

        if (!begins_typed(popup, item))
            continue;
        if (*ret_text == NULL) {
            *ret_text = item->text;
            common = strlen(item->text);
            continue;
        }
        while (same < common && item->text[same] == (*ret_text)[same])
            same++;
        common = same;
    }
    while (common > 0 && ((*ret_text)[common] & 0xc0) == 0x80)
        common--;
    return common;
}

static void take(struct prompt *prompt, const struct candidate *item)
{
    const struct candidates *found = &prompt->popup.found;
    size_t end = found->at + found->length;
    bool   space = !item->no_space && (end >= (size_t)rl_end || rl_line_buffer[end] != ' ');
    _cleanup_(mem_freep) char *text = mem_printf("%s%s", item->text, space ? " " : "");

    prompt_replace(found->at, end < (size_t)rl_end ? end : (size_t)rl_end, text);
    popup_close(prompt);
}

static void extend_word(struct prompt *prompt)
{
    struct popup *popup = &prompt->popup;
    const char   *text;
    size_t        common = common_prefix(popup, &text), at = popup->found.at;

    if (common <= typed_length(popup))
        return;
    _cleanup_(mem_freep) char *prefix = mem_strndup(text, common);
    prompt_replace(at, (size_t)rl_point, prefix);
    find(prompt, &popup->found);
}

void popup_open(struct prompt *prompt)
{
    struct popup *popup = &prompt->popup;

    find(prompt, &popup->found);
    if (popup->found.count == 1 && !popup->found.guessed) {
        take(prompt, &popup->found.items[0]);
        return;
    }
    if (popup->found.count > 1)
        extend_word(prompt);
    popup->open = popup->found.count > 0 || popup->found.hint != NULL;
    popup->selected = popup->found.count > 0 ? 0 : SIZE_MAX;
    popup->top = 0;
}

void popup_close(struct prompt *prompt)
{
    prompt->popup.open = false;
}

void popup_done(struct prompt *prompt)
{
    arena_free(prompt->popup.arena);
    prompt->popup.arena = NULL;
    prompt->popup.open = false;
}

bool prompt_has_popup(const struct prompt *prompt)
{
    return prompt->popup.open;
}

void prompt_popup_always(struct prompt *prompt, bool always)
{
    prompt->popup.always = always;
}

/* -- keys ---------------------------------------------------------------------------------------------------------- */

static void walk(struct popup *popup, long by, bool around)
{
    long count = (long)popup->found.count,
         at = popup->selected == SIZE_MAX ? (by > 0 ? -1 : count) : (long)popup->selected;

    at += by;
    if (around)
        at = at < 0 ? count - 1 : at >= count ? 0 : at;
    popup->selected = (size_t)(at < 0 ? 0 : at >= count ? count - 1 : at);
}

static bool walk_key(struct popup *popup, const char *key)
{
    static const struct {
        const char *key;
        long        by;
        bool        around;
    } walks[] = {
        {"Tab", 1, true}, {"Down", 1, true}, {"C-n", 1, true}, {"S-Tab", -1, true}, {"Up", -1, true}, {"C-p", -1, true},
        {"PgDn", POPUP_ROWS, false}, {"PgUp", -POPUP_ROWS, false},
    };

    for (size_t i = 0; i < COUNT_OF(walks) && popup->found.count > 0; i++)
        if (text_equal(walks[i].key, key)) {
            walk(popup, walks[i].by, walks[i].around);
            return true;
        }
    return false;
}

bool popup_key(struct prompt *prompt, const struct input_event *event, rl_command_func_t *function)
{
    struct popup *popup = &prompt->popup;

    if (!popup->open)
        return false;
    if (text_equal(event->key, "Esc") || text_equal(event->key, "C-g")) {
        popup_close(prompt);
        return true;
    }
    if (walk_key(popup, event->key))
        return true;
    if (function == rl_newline && popup->selected < popup->found.count) {
        take(prompt, &popup->found.items[popup->selected]);
        return true;
    }
    if (popup->found.count == 0)                 /* only words of help */
        popup_close(prompt);
    return false;
}

static bool typed_whole(const struct popup *popup)
{
    return popup->found.count == 1 && typed_length(popup) == strlen(popup->found.items[0].text) &&
           begins_typed(popup, &popup->found.items[0]);
}

/* The word goes on to be typed: what it may become is shown; with another word, or nothing left, it closes. */
static void filter(struct prompt *prompt)
{
    struct popup *popup = &prompt->popup;
    bool          chosen = popup->selected != SIZE_MAX;
    size_t        at = popup->found.at;

    find(prompt, &popup->found);
    popup->open = popup->found.count > 0 && !popup->found.guessed && popup->found.at == at && (size_t)rl_point >= at &&
                  !typed_whole(popup);
    popup->selected = chosen ? 0 : SIZE_MAX;
    popup->top = 0;
}

/* By itself it opens with nothing chosen, so that Enter ends the line. */
static void open_by_itself(struct prompt *prompt)
{
    struct popup *popup = &prompt->popup;

    if (rl_point == 0 || strchr(" \t\n", rl_line_buffer[rl_point - 1]) != NULL || !prompt_inserts())
        return;
    find(prompt, &popup->found);
    popup->open = popup->found.count > 0 && !popup->found.guessed && typed_length(popup) > 0 && !typed_whole(popup);
    popup->selected = SIZE_MAX;
    popup->top = 0;
}

void popup_follow(struct prompt *prompt, bool changed)
{
    if (rl_readline_state & (RL_STATE_ISEARCH | RL_STATE_NSEARCH) || rl_end == 0)
        popup_close(prompt);
    else if (prompt->popup.open && prompt->popup.found.count > 0)
        filter(prompt);
    else if (changed && prompt->popup.always)
        open_by_itself(prompt);
}

void prompt_refresh(struct prompt *prompt)
{
    struct popup *popup = &prompt->popup;

    prompt->layout.columns = 0;
    if (!popup->open)
        return;
    find(prompt, &popup->found);
    popup->open = popup->found.count > 0 || popup->found.hint != NULL;
    if (popup->selected >= popup->found.count)
        popup->selected = popup->found.count > 0 ? 0 : SIZE_MAX;
}

/* -- drawing ------------------------------------------------------------------------------------------------------- */

struct widths { int text, kind, description; };

static int width_of(const char *text)
{
    return text != NULL ? (int)utf8_width(text, strlen(text)) : 0;
}

static void widen(int *width, int other)
{
    if (*width < other)
        *width = other;
}

static struct widths measure(const struct popup *popup, size_t rows, int columns)
{
    struct widths widths = {0};

    for (size_t i = popup->top; i < popup->top + rows; i++) {
        widen(&widths.text, width_of(popup->found.items[i].text));
        widen(&widths.kind, width_of(popup->found.items[i].kind));
        widen(&widths.description, width_of(popup->found.items[i].description));
    }
    if (widths.text > columns * 2 / 3)
        widths.text = columns * 2 / 3;
    return widths;
}

static void draw_item(struct canvas *canvas, struct area row, const struct candidate *item, bool selected,
                      struct widths widths)
{
    const char *description = item->description != NULL ? item->description : "",
               *kind = item->kind != NULL ? item->kind : "";
    enum look look = selected ? LOOK_POPUP_SELECTED : LOOK_POPUP,
              quiet = selected ? LOOK_POPUP_SELECTED : LOOK_POPUP_TEXT;
    int         end = row.x + row.columns, x = row.x + 1;

    canvas_fill(canvas, row, look);
    if (selected)
        canvas_text(canvas, row.y, row.x, 1, look, canvas->ascii ? ">" : "▸", canvas->ascii ? 1 : strlen("▸"));
    canvas_text_cut(canvas, row.y, x, widths.text, look, item->text, strlen(item->text));
    x += widths.text + GAP;
    canvas_text_cut(canvas, row.y, x, end - x, quiet, kind, strlen(kind));
    x += widths.kind + GAP;
    canvas_text_cut(canvas, row.y, x, end - x, quiet, description, strlen(description));
}

static int count_width(const struct popup *popup)
{
    int width = (int)strlen("  of  ");

    for (size_t rest = popup->found.count; rest > 0; rest /= 10)
        width += 2;
    return width;
}

/* "9 of 57" at the end of the last row, when not all are seen. */
static void draw_count(const struct popup *popup, struct canvas *canvas, struct area row, size_t rows)
{
    size_t at = popup->selected < popup->found.count ? popup->selected + 1 : popup->top + rows;
    _cleanup_(mem_freep) char *text = mem_printf(" %zu of %zu ", at, popup->found.count);
    int width = width_of(text);

    if (popup->found.count > rows && width < row.columns)
        canvas_text(canvas, row.y, row.x + row.columns - width, width, LOOK_POPUP_TEXT, text, strlen(text));
}

static void scroll(struct popup *popup, size_t rows)
{
    if (popup->selected != SIZE_MAX && popup->selected < popup->top)
        popup->top = popup->selected;
    if (popup->selected != SIZE_MAX && popup->selected >= popup->top + rows)
        popup->top = popup->selected - rows + 1;
    if (popup->top + rows > popup->found.count)
        popup->top = popup->found.count - rows;
}

static void draw_hint(const char *hint, struct canvas *canvas, struct area area, int x)
{
    int width = width_of(hint) + 2;

    if (x + width > area.x + area.columns)
        x = area.x + area.columns > width ? area.x + area.columns - width : area.x;
    canvas_fill(canvas, (struct area){area.y - 1, x, 1, width}, LOOK_POPUP_TEXT);
    canvas_text_cut(canvas, area.y - 1, x + 1, width - 1, LOOK_POPUP_TEXT, hint, strlen(hint));
}

/* The text of a candidate stands over the word it replaces, when there is room. */
void popup_draw(struct prompt *prompt, struct canvas *canvas, struct area area, int word_x)
{
    struct popup *popup = &prompt->popup;
    size_t        rows = popup->found.count < POPUP_ROWS ? popup->found.count : POPUP_ROWS;
    struct widths widths;
    struct area   box;

    if (!popup->open || area.y < 1)
        return;
    if (popup->found.count == 0) {
        draw_hint(popup->found.hint, canvas, area, word_x);
        return;
    }
    if (rows > (size_t)area.y)
        rows = (size_t)area.y;
    scroll(popup, rows);
    widths = measure(popup, rows, area.columns);
    box = (struct area){area.y - (int)rows, word_x > area.x ? word_x - 1 : area.x, 1,
                        widths.text + widths.kind + widths.description + 2 * GAP + 2};
    if (popup->found.count > rows)
        widen(&box.columns, widths.text + widths.kind + GAP + 1 + count_width(popup));
    if (box.columns > area.columns)
        box.columns = area.columns;
    if (box.x + box.columns > area.x + area.columns)
        box.x = area.x + area.columns - box.columns;
    for (size_t i = 0; i < rows; i++, box.y++)
        draw_item(canvas, box, &popup->found.items[popup->top + i], popup->top + i == popup->selected, widths);
    box.y--;
    draw_count(popup, canvas, box, rows);
}
