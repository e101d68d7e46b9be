/* A prompt at the bottom of a canvas: bytes of a terminal in, the screen as text out. */
#ifndef UI_PROMPT_HELP_H
#define UI_PROMPT_HELP_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ui_help.h"

#include "src/ui/input.h"
#include "src/ui/prompt.h"
#include "ytempire/base/file.h"

static struct prompt *prompt;
static struct input  *input;
static struct canvas *canvas;
static struct str     lines;            /* what was accepted: "line|" each; on_end: "END|" */
static char           folder[] = "/tmp/ytempire-prompt-XXXXXX";
static char          *history_path;
static int            most = 6;

/* -- a small model: words with what they are ---------------------------------------------------------------------- */

static const struct word {
    const char     *text, *kind, *description;
    enum word_class class;
} words[] = {
    {"total_views", "measure", "views of all videos", SPAN_MEASURE},
    {"total_likes", "measure", "likes of all videos", SPAN_MEASURE},
    {"revenue", "measure", "what was earned", SPAN_MEASURE},
    {"by", "keyword", NULL, SPAN_KEYWORD},
    {"day", "dimension", "a day of the zone", SPAN_DIMENSION},
    {"day_of_week", "dimension", NULL, SPAN_DIMENSION},
    {"größe", "dimension", "how large", SPAN_DIMENSION},
    {"größer", "dimension", "売上", SPAN_DIMENSION},
};

static size_t word_start(const char *line, size_t at)
{
    while (at > 0 && strchr(" ,\n", line[at - 1]) == NULL)
        at--;
    return at;
}

void command_spans(struct arena *arena, const struct model *model, const char *line, size_t length, size_t cursor,
                   const struct word_span **ret_spans, size_t *ret_count)
{
    struct word_span *spans = NULL;
    size_t            room = 0;

    (void)model;
    *ret_count = 0;
    for (size_t at = 0, end; at < length; at = end + 1) {
        for (end = at; end < length && strchr(" ,\n", line[end]) == NULL;)
            end++;
        struct word_span span = {at, end - at, SPAN_UNKNOWN};

        for (size_t i = 0; i < COUNT_OF(words); i++)
            if (strlen(words[i].text) == span.length && memcmp(words[i].text, line + at, span.length) == 0)
                span.class = words[i].class;
        if (span.length > 0 && !(span.class == SPAN_UNKNOWN && cursor == end))
            ARENA_PUSH(arena, spans, *ret_count, room, span);
    }
    *ret_spans = spans;
}

void command_complete(struct arena *arena, const struct assist_context *context, const char *line, size_t length,
                      size_t cursor, struct candidates *ret_candidates)
{
    size_t            at = word_start(line, cursor), room = 0, count = 0;
    struct candidate *items = NULL;
    bool              rows = at >= 4 && memcmp(line + at - 4, "row ", 4) == 0;

    (void)context, (void)length;
    for (int i = 0; rows && i < 20; i++) {
        struct candidate item = {.text = arena_printf(arena, "row%02d", i), .kind = "value"};

        if (strncmp(item.text, line + at, cursor - at) == 0)
            ARENA_PUSH(arena, items, count, room, item);
    }
    for (size_t i = 0; !rows && i < COUNT_OF(words); i++) {
        struct candidate item = {.text = words[i].text, .kind = words[i].kind, .description = words[i].description};

        if (strncmp(words[i].text, line + at, cursor - at) == 0)
            ARENA_PUSH(arena, items, count, room, item);
    }
    *ret_candidates = (struct candidates){.at = at, .length = cursor - at, .items = items, .count = count,
                                          .hint = count == 0 ? "a measure" : NULL};
    while (at + ret_candidates->length < length && strchr(" ,\n", line[at + ret_candidates->length]) == NULL)
        ret_candidates->length++;                /* the whole word is replaced */
    if (length - at == 7 && memcmp(line + at, "rewenue", 7) == 0) {
        struct candidate meant = {.text = "revenue", .kind = "measure"};

        ARENA_PUSH(arena, items, count, room, meant);
        ret_candidates->items = items;
        ret_candidates->count = count;
        ret_candidates->guessed = true;
    }
}

/* -- the prompt ---------------------------------------------------------------------------------------------------- */

static void on_line(void *who, const char *line)
{
    (void)who;
    str_addf(&lines, "%s|", line);
}

static void on_end(void *who)
{
    (void)who;
    str_add(&lines, "END|");
}

static void on_event(const struct input_event *event, void *who)
{
    (void)who;
    if (event->kind == INPUT_KEY && strcmp(event->key, "C-c") == 0)
        prompt_interrupt(prompt);
    else
        prompt_key(prompt, event);
}

static void type(const char *bytes)
{
    input_feed(input, bytes, strlen(bytes));
    input_settle(input);
}

static void paste(const char *text)
{
    type("\x1b[200~");
    type(text);
    type("\x1b[201~");
}

static void open_session(void)
{
    static const struct prompt_ops ops = {.on_line = on_line, .on_end = on_end};
    struct error error = ERROR_INIT;

    assert_int_equal(prompt_open(&ops, NULL, history_path, &prompt, &error), 0);
    assert_null(error.text);
    input = input_new(on_event, NULL);
}

static void close_session(void)
{
    prompt_close(prompt);
    input_free(input);
    prompt = NULL;
    input = NULL;
}

static void draw(int rows, int columns)
{
    struct area area = {.x = 0, .columns = columns};

    canvas_resize(canvas, rows, columns);
    area.rows = prompt_rows(prompt, columns, most);
    area.y = rows - area.rows;
    prompt_draw(prompt, canvas, area, true);
}

#define assert_drawn(rows, columns, expected) (draw((rows), (columns)), assert_screen(canvas, (expected)))

static void assert_cursor(int y, int x)
{
    assert_int_equal(canvas->cursor_y, y);
    assert_int_equal(canvas->cursor_x, x);
}

/* The look of the cells of a row, one letter each. */
static void assert_looks(int y, const char *expected)
{
    static const char letters[LOOK_COUNT] = {
        [LOOK_NORMAL] = '.',    [LOOK_PROMPT] = 'p',  [LOOK_MEASURE] = 'm', [LOOK_KEYWORD] = 'k', [LOOK_DIMENSION] = 'd',
        [LOOK_UNKNOWN] = 'u',   [LOOK_GHOST] = 'g',   [LOOK_ERROR] = 'e',   [LOOK_POPUP] = 'o',
        [LOOK_POPUP_TEXT] = 't', [LOOK_POPUP_SELECTED] = 's',
    };
    struct str seen = STR_INIT;

    for (int x = 0; x < canvas->columns; x++)
        str_add_char(&seen, letters[canvas->cells[y * canvas->columns + x].look]);
    while (seen.length > 0 && seen.data[seen.length - 1] == '.')
        seen.data[--seen.length] = '\0';
    assert_string_equal(str_text(&seen), expected);
    str_done(&seen);
}

static void assert_text(const char *expected)
{
    assert_string_equal(prompt_text(prompt), expected);
}

static void assert_lines(const char *expected)
{
    assert_string_equal(str_text(&lines), expected);
    str_clear(&lines);
}

static int set_up_test(void **state)
{
    (void)state;
    str_clear(&lines);
    most = 6;
    unlink(history_path);
    open_session();
    return 0;
}

static int tear_down_test(void **state)
{
    (void)state;
    close_session();
    return 0;
}

#define prompt_test(name) cmocka_unit_test_setup_teardown(name, set_up_test, tear_down_test)

/* `inputrc`: what the person's own says. */
static void set_up_program(const char *locale, const char *inputrc)
{
    char        *path;
    struct error error = ERROR_INIT;

    if (mkdtemp(folder) == NULL)
        exit(1);
    path = path_join(folder, "inputrc");
    if (file_write(path, inputrc, strlen(inputrc), 0600, &error) < 0)
        exit(1);
    setenv("INPUTRC", path, 1);
    setenv("LC_ALL", locale, 1);
    setenv("TERM", "dumb", 1);
    history_path = path_join(folder, "history");
    canvas = canvas_new(1, 1);
    mem_free(path);
}

static void tear_down_program(void)
{
    char *path = path_join(folder, "inputrc");

    unlink(history_path);
    unlink(path);
    rmdir(folder);
    mem_free(path);
    mem_free(history_path);
    canvas_free(canvas);
    str_done(&lines);
}

#endif
