/* The log pane's lines: a ring. Invariant: `chosen` and `top` count from the oldest that is kept. */
#include "statements.h"

#include <stdio.h>
#include <string.h>

#include "move.h"
#include "sought.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/base/utf8.h"

#define KEPT 1000
#define TEXT_MOST 4000

struct statement {
    int64_t  at;               /* wall clock */
    char    *text;
    char     cost[64];         /* "12.1 ms  40 rows  3 kB", or the kind of a notice */
    bool     failed;
};

struct statements {
    struct statement items[KEPT];
    size_t           next, count;
    size_t           chosen, top;
    int              rows;         /* as last drawn */
    struct sought    sought;
};

struct statements *statements_new(void)
{
    return mem_alloc(sizeof(struct statements));
}

void statements_free(struct statements *statements)
{
    for (size_t i = 0; statements != NULL && i < statements->count; i++)
        mem_free(statements->items[i].text);
    if (statements != NULL)
        sought_done(&statements->sought);
    mem_free(statements);
}

/* One line of it, white space made single. */
static char *on_one_line(const char *text)
{
    struct str line = STR_INIT;

    for (; *text != '\0' && line.length < TEXT_MOST; text++) {
        bool space = *text == ' ' || *text == '\n' || *text == '\t' || *text == '\r';

        if (!space)
            str_add_char(&line, *text);
        else if (line.length > 0 && line.data[line.length - 1] != ' ')
            str_add_char(&line, ' ');
    }
    return str_take(&line);
}

/* What a literal behind the word is, the pane does not show: ALTER ROLE … PASSWORD '…'. */
static void hide_password(char *text)
{
    for (char *at = text; (at = strcasestr(at, "password '")) != NULL;)
        for (at += strlen("password '"); *at != '\0' && (*at != '\'' || at[1] == '\''); at++) {
            if (*at == '\'')
                *at++ = '*';
            *at = '*';
        }
}

/* One more is about to come. */
static void follow(struct statements *statements)
{
    bool is_newest = statements->chosen + 1 >= statements->count;

    if (statements->count == KEPT) {           /* the oldest goes */
        statements->chosen -= statements->chosen > 0;
        statements->top -= statements->top > 0;
    }
    if (is_newest && statements->count > 0)
        statements->chosen = statements->count < KEPT ? statements->count : KEPT - 1;
}

static struct statement *add(struct statements *statements, const char *text)
{
    struct statement *item = &statements->items[statements->next];

    mem_free(item->text);
    *item = (struct statement){.at = instant_now(), .text = on_one_line(text)};
    hide_password(item->text);
    follow(statements);
    statements->next = (statements->next + 1) % KEPT;
    if (statements->count < KEPT)
        statements->count++;
    return item;
}

void statements_add(struct statements *statements, const struct pg_trace *trace)
{
    struct statement *item = add(statements, trace->sql);

    item->failed = trace->code < 0;
    snprintf(item->cost, sizeof item->cost, "%8.1f ms %8llu rows %9llu B", (double)trace->us / 1000,
             (unsigned long long)trace->rows, (unsigned long long)trace->bytes);
}

void statements_say(struct statements *statements, const char *kind, const char *text)
{
    struct statement *item = add(statements, text);

    snprintf(item->cost, sizeof item->cost, "%s", kind);
}

/* -- choosing ------------------------------------------------------------------------------------------------------ */

static const struct statement *item_at(const struct statements *statements, size_t which)
{
    return &statements->items[(statements->next + KEPT - statements->count + which) % KEPT];
}

size_t statements_count(const struct statements *statements)
{
    return statements->count;
}

size_t statements_chosen(const struct statements *statements)
{
    return statements->chosen;
}

const char *statements_text(const struct statements *statements)
{
    return statements->count > 0 ? item_at(statements, statements->chosen)->text : NULL;
}

bool statements_move(struct statements *statements, const char *direction)
{
    return move_line(direction, statements->chosen, statements->count > 0 ? statements->count - 1 : 0,
                     statements->rows - 1, &statements->chosen);
}

void statements_choose(struct statements *statements, int row)
{
    if (row >= 0 && statements->top + (size_t)row < statements->count)
        statements->chosen = statements->top + (size_t)row;
}

void statements_sought(struct statements *statements, const char *text)
{
    sought_set(&statements->sought, text);
}

bool statements_are_sought(const struct statements *statements)
{
    return sought_is_set(&statements->sought);
}

static bool has_it(struct statements *statements, size_t which)
{
    const char *text = item_at(statements, which)->text;
    size_t      begin, bytes;

    return sought_next(&statements->sought, text, strlen(text), 0, &begin, &bytes);
}

int statements_seek(struct statements *statements, bool back, bool *ret_around, struct error *error)
{
    size_t count = statements->count, chosen = statements->chosen;

    for (size_t i = 1; i <= count; i++) {
        size_t which = (chosen + (back ? count - i : i)) % count;

        if (has_it(statements, which)) {
            *ret_around = back ? which >= chosen : which <= chosen;
            statements->chosen = which;
            return 0;
        }
    }
    return error_set(error, ERR_UNKNOWN, "nothing in the log has '%s'", str_text(&statements->sought.folded));
}

/* -- drawing ------------------------------------------------------------------------------------------------------- */

static void draw_text(struct statements *statements, const struct statement *item, struct canvas *canvas, int y, int x,
                      int columns)
{
    const char *text = item->text;
    enum look   look = item->failed ? LOOK_ERROR : LOOK_NORMAL;
    size_t      begin, bytes, length = strlen(text);

    canvas_text_cut(canvas, y, x, columns, look, text, length);
    for (size_t from = 0; sought_next(&statements->sought, text, length, from, &begin, &bytes); from = begin + bytes) {
        int left = (int)utf8_width(text, begin), width = (int)utf8_width(text + begin, bytes);

        if (left < columns)
            canvas_look(canvas, (struct area){y, x + left, 1, left + width < columns ? width : columns - left},
                        LOOK_MATCH);
    }
}

static void draw_line(struct statements *statements, size_t which, struct canvas *canvas, struct area area, int y,
                      bool chosen)
{
    const struct statement *item = item_at(statements, which);
    struct civil            civil = local_to_civil(item->at);
    int                     x = area.x;

    x += canvas_print(canvas, y, x, area.columns, LOOK_DIM, "%02d:%02d:%02d ", civil.hour, civil.minute, civil.second);
    if (area.columns >= 60)
        x += canvas_print(canvas, y, x, area.x + area.columns - x, item->failed ? LOOK_ERROR : LOOK_NORMAL, "%-36s ",
                          item->cost);
    draw_text(statements, item, canvas, y, x, area.x + area.columns - x);
    if (chosen)
        canvas_look(canvas, (struct area){y, area.x, 1, area.columns}, LOOK_CURSOR);
}

void statements_draw(struct statements *statements, struct canvas *canvas, struct area area, bool focus)
{
    size_t rows = area.rows > 0 ? (size_t)area.rows : 0, last = statements->count > rows ? statements->count - rows : 0;

    statements->rows = area.rows;
    if (rows == 0)
        return;
    if (statements->chosen < statements->top)
        statements->top = statements->chosen;
    if (statements->chosen >= statements->top + rows)
        statements->top = statements->chosen - rows + 1;
    if (statements->top > last)
        statements->top = last;
    for (size_t i = 0; i < rows && statements->top + i < statements->count; i++)
        draw_line(statements, statements->top + i, canvas, area, area.y + (int)i,
                  focus && statements->top + i == statements->chosen);
}
