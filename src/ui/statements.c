/* The log pane's lines: a ring. */
#include "statements.h"

#include <stdio.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

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
};

struct statements *statements_new(void)
{
    return mem_alloc(sizeof(struct statements));
}

void statements_free(struct statements *statements)
{
    for (size_t i = 0; statements != NULL && i < statements->count; i++)
        mem_free(statements->items[i].text);
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

static struct statement *add(struct statements *statements, const char *text)
{
    struct statement *item = &statements->items[statements->next];

    mem_free(item->text);
    *item = (struct statement){.at = instant_now(), .text = on_one_line(text)};
    hide_password(item->text);
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

static void draw_line(const struct statement *item, struct canvas *canvas, struct area area, int y)
{
    struct civil civil = local_to_civil(item->at);
    int          x = area.x;

    x += canvas_print(canvas, y, x, area.columns, LOOK_DIM, "%02d:%02d:%02d ", civil.hour, civil.minute, civil.second);
    if (area.columns >= 60)
        x += canvas_print(canvas, y, x, area.x + area.columns - x, item->failed ? LOOK_ERROR : LOOK_NORMAL, "%-36s ",
                          item->cost);
    canvas_text_cut(canvas, y, x, area.x + area.columns - x, item->failed ? LOOK_ERROR : LOOK_NORMAL, item->text,
                    strlen(item->text));
}

void statements_draw(const struct statements *statements, struct canvas *canvas, struct area area)
{
    size_t rows = area.rows > 0 ? (size_t)area.rows : 0, count = statements->count < rows ? statements->count : rows;

    for (size_t i = 0; i < count; i++) {
        size_t at = (statements->next + KEPT - count + i) % KEPT;

        draw_line(&statements->items[at], canvas, area, area.y + (int)i);
    }
}
