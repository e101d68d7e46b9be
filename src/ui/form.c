/* Lines to fill in. Invariant: `at` and `length` of a field are at the bounds of characters, and the value is valid UTF-8. */
#include "form.h"

#include <string.h>

#include "page.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

#define FIELDS_LEAST 3       /* that stay in sight beside a long status */

struct field {
    char  *label, *note;
    bool   secret;
    char   value[FORM_VALUE_MOST + 1];
    size_t length, at;       /* bytes; of the cursor */
};

struct form {
    char         *title;
    struct field *fields;
    size_t        count, at, top;
    char         *status;
    enum look     status_look;
};

/* -- one value ----------------------------------------------------------------------------------------------------- */

static size_t before(const struct field *field)
{
    size_t at = field->at;

    while (at > 0 && ((unsigned char)field->value[--at] & 0xc0) == 0x80)
        ;
    return at;
}

static size_t after(const struct field *field)
{
    size_t at = field->at;

    if (at < field->length)
        at++;
    while (at < field->length && ((unsigned char)field->value[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static bool cut(struct field *field, size_t from, size_t to)
{
    memmove(field->value + from, field->value + to, field->length - to + 1);
    field->length -= to - from;
    field->at = from;
    return from < to;
}

static bool insert(struct field *field, const char *bytes, size_t length)
{
    size_t room = FORM_VALUE_MOST - field->length;

    if (length == 0 || length > room)
        return false;
    memmove(field->value + field->at + length, field->value + field->at, field->length - field->at + 1);
    memcpy(field->value + field->at, bytes, length);
    field->length += length;
    field->at += length;
    return true;
}

/* Control characters and what is no UTF-8 are left out; the first line of a paste with several counts. */
static bool insert_text(struct field *field, const char *text, size_t length)
{
    bool     changed = false;
    uint32_t point;
    size_t   bytes;

    for (; length > 0 && *text != '\n'; text += bytes, length -= bytes) {
        bytes = utf8_decode(text, length, &point);
        if (point >= 0x20 && point != 0x7f && !(point >= 0x80 && point < 0xa0) &&
            utf8_valid_prefix(text, bytes) == bytes)
            changed = insert(field, text, bytes) || changed;
    }
    return changed;
}

static bool edit(struct field *field, const struct input_event *event)
{
    const char *key = event->key;

    if (text_equal(key, "BSpace") || text_equal(key, "C-h"))
        return cut(field, before(field), field->at);
    if (text_equal(key, "Delete") || text_equal(key, "C-d"))
        return cut(field, field->at, after(field));
    if (text_equal(key, "C-u"))
        return cut(field, 0, field->at);
    if (text_equal(key, "Left"))
        field->at = before(field);
    else if (text_equal(key, "Right"))
        field->at = after(field);
    else if (text_equal(key, "Home") || text_equal(key, "C-a"))
        field->at = 0;
    else if (text_equal(key, "End") || text_equal(key, "C-e"))
        field->at = field->length;
    else if (event->length > 0 && (unsigned char)event->bytes[0] >= 0x20)
        return insert_text(field, event->bytes, event->length);
    return false;
}

/* -- the form ------------------------------------------------------------------------------------------------------ */

struct form *form_new(const char *title, const struct form_field *fields, size_t count)
{
    struct form *form = mem_alloc(sizeof *form);

    form->title = mem_strdup(title);
    form->fields = mem_array(NULL, count, sizeof *form->fields);
    form->count = count;
    for (size_t i = 0; i < count; i++) {
        struct field *field = &form->fields[i];

        memset(field, 0, sizeof *field);
        field->label = mem_strdup(fields[i].label);
        field->note = mem_strdup(fields[i].note != NULL ? fields[i].note : "");
        field->secret = fields[i].secret;
        if (fields[i].value != NULL)
            (void)insert_text(field, fields[i].value, strlen(fields[i].value));
    }
    return form;
}

void form_free(struct form *form)
{
    if (form == NULL)
        return;
    for (size_t i = 0; i < form->count; i++) {
        mem_free(form->fields[i].label);
        mem_free(form->fields[i].note);
        explicit_bzero(form->fields[i].value, sizeof form->fields[i].value);
    }
    mem_free(form->fields);
    mem_free(form->title);
    mem_free(form->status);
    mem_free(form);
}

void form_freep(struct form **form)
{
    form_free(*form);
}

const char *form_value(const struct form *form, size_t field)
{
    return form->fields[field].value;
}

size_t form_at(const struct form *form)
{
    return form->at;
}

bool form_move(struct form *form, const char *direction)
{
    if (text_equal(direction, "next"))
        form->at = (form->at + 1) % form->count;
    else if (text_equal(direction, "previous"))
        form->at = (form->at + form->count - 1) % form->count;
    else if (text_equal(direction, "first"))
        form->at = 0;
    else if (text_equal(direction, "last"))
        form->at = form->count - 1;
    else
        return false;
    return true;
}

bool form_key(struct form *form, const struct input_event *event)
{
    struct field *field = &form->fields[form->at];

    if (event->kind == INPUT_PASTE)
        return insert_text(field, event->bytes, event->length);
    return edit(field, event);
}

void form_status(struct form *form, enum look look, const char *text)
{
    mem_free(form->status);
    form->status = mem_strdup(text);
    form->status_look = look;
}

/* -- drawing ------------------------------------------------------------------------------------------------------- */

static int label_columns(const struct form *form)
{
    size_t widest = 0;

    for (size_t i = 0; i < form->count; i++) {
        size_t width = utf8_width(form->fields[i].label, strlen(form->fields[i].label));

        if (width > widest)
            widest = width;
    }
    return (int)widest;
}

/* What is shown of a value: itself, or dots; *ret_at is the cursor in it. */
static void shown(const struct field *field, bool ascii, struct str *to, size_t *ret_at)
{
    *ret_at = field->at;
    if (!field->secret) {
        str_add_bytes(to, field->value, field->length);
        return;
    }
    for (size_t i = 0; i < field->length; i++) {
        if (i == field->at)
            *ret_at = to->length;
        if (((unsigned char)field->value[i] & 0xc0) != 0x80)
            str_add(to, ascii ? "*" : "•");
    }
    if (field->at == field->length)
        *ret_at = to->length;
}

/* Bytes at the beginning that are left out, so that the cursor, at byte `at`, is within the columns. */
static size_t left_out(const char *text, size_t at, int columns)
{
    size_t   width = utf8_width(text, at), from = 0;
    uint32_t point;

    while (from < at && width >= (size_t)columns) {
        from += utf8_decode(text + from, at - from, &point);
        width -= (size_t)utf8_point_width(point);
    }
    return from;
}

static void draw_value(const struct form *form, struct canvas *canvas, const struct field *field, struct area line)
{
    bool       here = field == &form->fields[form->at];
    enum look  look = here ? LOOK_POPUP_SELECTED : LOOK_POPUP;
    struct str text = STR_INIT;
    size_t     at, from;

    canvas_fill(canvas, line, look);
    if (field->length == 0)
        canvas_text_cut(canvas, line.y, line.x, line.columns, here ? look : LOOK_POPUP_TEXT, field->note,
                        strlen(field->note));
    shown(field, canvas->ascii, &text, &at);
    from = left_out(str_text(&text), at, line.columns);
    canvas_text(canvas, line.y, line.x, line.columns, look, str_text(&text) + from, text.length - from);
    if (here) {
        canvas->cursor_y = line.y;
        canvas->cursor_x = line.x + (int)utf8_width(str_text(&text) + from, at - from);
    }
    str_done(&text);
}

static int status_rows(const struct form *form, int columns)
{
    struct page page = {0};

    if (form->status != NULL)
        page_draw(&page, NULL, (struct area){0, 0, 0, columns}, form->status, strlen(form->status), LOOK_NORMAL);
    return (int)page.lines;
}

static struct area box_of(const struct form *form, const struct canvas *canvas)
{
    int columns = canvas->columns - 2 < 72 ? canvas->columns - 2 : 72;
    int rows = (int)form->count + 3 + status_rows(form, columns - 4);

    if (rows > canvas->rows)
        rows = canvas->rows;
    return (struct area){(canvas->rows - rows) / 2, (canvas->columns - columns) / 2, rows, columns};
}

static void draw_fields(struct form *form, struct canvas *canvas, struct area area)
{
    int label = label_columns(form);

    if (form->at < form->top)
        form->top = form->at;
    if (form->at >= form->top + (size_t)area.rows)
        form->top = form->at - (size_t)area.rows + 1;
    if (form->top + (size_t)area.rows > form->count)
        form->top = form->count - (size_t)area.rows;
    for (int i = 0; i < area.rows; i++) {
        const struct field *field = &form->fields[form->top + (size_t)i];
        struct area         value = {area.y + i, area.x + label + 2, 1, area.columns - label - 2};

        canvas_text(canvas, value.y, area.x, label, LOOK_KEY, field->label, strlen(field->label));
        draw_value(form, canvas, field, value);
    }
}

void form_draw(struct form *form, struct canvas *canvas)
{
    struct area box = box_of(form, canvas), inside = {box.y + 1, box.x + 2, box.rows - 2, box.columns - 4};
    struct page page = {0};
    int         status = status_rows(form, inside.columns), fields = (int)form->count;

    if (fields + status > inside.rows)
        fields = inside.rows - status < FIELDS_LEAST ? FIELDS_LEAST : inside.rows - status;
    canvas_fill(canvas, box, LOOK_POPUP);
    canvas_box(canvas, box, LOOK_BORDER_FOCUS, form->title, "Esc closes");
    draw_fields(form, canvas, (struct area){inside.y, inside.x, fields, inside.columns});
    if (form->status == NULL)
        return;
    inside.y += inside.rows - status > fields ? inside.rows - status : fields;
    inside.rows = box.y + box.rows - 1 - inside.y;
    page_draw(&page, canvas, inside, form->status, strlen(form->status), form->status_look);
}
