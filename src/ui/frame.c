/*
 * One frame, from the console's state: top line, the result with its chart, the log, the prompt, what lies over them.
 * Every size from 40×10 up; what does not fit is left out, least needed first.
 */
#include <stdio.h>
#include <string.h>

#include "console.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/base/utf8.h"
#include "ytempire/command.h"

#define LEAST_ROWS 10
#define LEAST_COLUMNS 40
#define RUNNING_US (US_PER_SECOND / 5)      /* between frames while a command takes its time */

static const char *dot(const struct console *console)
{
    return console->canvas->ascii ? "-" : "·";
}

void frame_add_count(struct str *to, uint64_t count, const char *unit)
{
    const struct data_column column = {.name = "", .type = DATA_INT, .format = FORMAT_NUMBER, .decimals = -1};
    char                     digits[24];
    int                      length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);

    data_cell_pretty(&column, (struct data_cell){digits, (size_t)length}, to);
    str_addf(to, " %s%s", unit, count == 1 ? "" : "s");
}

/* "850 ms", "3.2 s", "2 min 5 s" */
static void add_duration(struct str *to, int64_t us)
{
    if (us < US_PER_SECOND)
        str_addf(to, "%.1f ms", (double)us / 1000);
    else if (us < US_PER_MINUTE)
        str_addf(to, "%.1f s", (double)us / (double)US_PER_SECOND);
    else
        str_addf(to, "%lld min %lld s", (long long)(us / US_PER_MINUTE),
                 (long long)(us % US_PER_MINUTE / US_PER_SECOND));
}

/* "now", "12 s", "5 min", "2 h": coarser as it grows, so that an idle screen is seldom painted. */
void frame_add_age(struct str *to, int64_t us)
{
    int64_t seconds = us / US_PER_SECOND;

    if (seconds < 10)
        str_add(to, "just now");
    else if (seconds < 60)
        str_addf(to, "%lld s ago", (long long)(seconds / 10 * 10));
    else if (seconds < 3600)
        str_addf(to, "%lld min ago", (long long)(seconds / 60));
    else
        str_addf(to, "%lld h ago", (long long)(seconds / 3600));
}

/* Until add_age says something else. */
static int64_t age_changes_in(int64_t us)
{
    int64_t seconds = us / US_PER_SECOND, step = seconds < 60 ? 10 : seconds < 3600 ? 60 : 3600;

    return us < 0 ? 10 * US_PER_SECOND - us : step * US_PER_SECOND - us % (step * US_PER_SECOND);
}

/* -- header of the result ------------------------------------------------------------------------------------------ */

static bool is_cached(const struct result *result)
{
    return result->has_note && (text_equal(result->note.cache, "hit") || text_equal(result->note.cache, "stale"));
}

/* A cached answer is older than the question. */
static int64_t age_of(const struct result *result)
{
    return instant_now() - result->asked_at + (is_cached(result) ? result->note.age_us : 0);
}

/* What is left out where the edge is short: the age of what is seen stays longest. */
enum brevity { WHOLE, WITHOUT_SOURCE, WITHOUT_DURATION };

static void add_state(const struct console *console, const struct result *result, enum brevity brevity, struct str *to)
{
    const char *between = dot(console);

    if (result->kind == RESULT_TABLE && result->rows != NULL) {
        frame_add_count(to, store_rows(result->rows), "row");
        str_addf(to, " %s ", between);
    }
    switch (result->state) {
    case RESULT_RUNNING:
        str_add(to, "running ");
        add_duration(to, (monotonic_us() - result->began_us) / 100000 * 100000);
        return;
    case RESULT_CANCELLED:
        str_add(to, "cancelled after ");
        break;
    case RESULT_FAILED:
        str_add(to, "failed after ");
        break;
    case RESULT_DONE:
        break;
    }
    if (brevity < WITHOUT_DURATION || result->state != RESULT_DONE || result->rows == NULL) {
        add_duration(to, result->ended_us - result->began_us);
        str_addf(to, " %s ", between);
    }
    if (brevity < WITHOUT_SOURCE && result->has_note && result->note.source != NULL)
        str_addf(to, "from %s %s ", result->note.source, between);
    if (result->has_note && result->note.limited)
        str_addf(to, "cut by the limit %s ", between);
    if (is_cached(result))
        str_add(to, text_equal(result->note.cache, "stale") ? "a stale answer " : "cached ");
    frame_add_age(to, age_of(result));
}

/* As much as fits beside a title, which has half of the edge when it is long. */
static void add_note(const struct console *console, const struct result *result, int columns, struct str *to)
{
    size_t title = utf8_width(result->command, strnlen(result->command, 4 * (size_t)columns)) + 2,
           half = (size_t)columns / 2, room = (size_t)columns - (title < half ? title : half);

    for (enum brevity brevity = WHOLE; brevity <= WITHOUT_DURATION; brevity++) {
        str_clear(to);
        add_state(console, result, brevity, to);
        if (utf8_width(str_text(to), to->length) + 2 <= room)
            return;
    }
}

/* Range, zone and the rule of the counters: what the numbers mean. */
static void add_meaning(const struct console *console, const struct result *result, struct str *to)
{
    const char *parts[] = {result->note.range, result->note.zone, result->note.rule};

    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (parts[i] != NULL && parts[i][0] != '\0') {
            if (to->length > 0)
                str_addf(to, " %s ", dot(console));
            str_add(to, parts[i]);
        }
    for (size_t i = 0; i < result->note.remark_count; i++)
        str_addf(to, " %s %s", dot(console), result->note.remarks[i]);
}

/* -- the running command ------------------------------------------------------------------------------------------- */

static void add_running(const struct console *console, struct str *to)
{
    const struct data_progress *progress = &console->progress;

    str_add(to, "running ");
    add_duration(to, (monotonic_us() - console->began_us) / 100000 * 100000);
    if (progress->what != NULL) {
        str_addf(to, " %s %s ", dot(console), progress->what);
        if (progress->total > 0)
            str_addf(to, "%d %%", (int)((double)progress->done * 100 / (double)progress->total));
        else
            frame_add_count(to, progress->done, "row");
    }
    str_addf(to, " %s Ctrl-C cancels", dot(console));
}

/* -- hints --------------------------------------------------------------------------------------------------------- */

struct hint {
    const char *place, *command, *word;
};

static const struct hint hints_of_grid[] = {
    {"query", "grid sort", "sort"},   {"query", "prompt grid search", "search"}, {"query", "view next", "chart"},
    {"query", "drill", "drill"},      {"any", "copy line", "copy"},              {"query", "grid expand", "expand"},
    {"query", "prompt grid export", "export"}, {"query", "grid freeze", "freeze"}, {"any", "keys", "keys"},
    {"any", "focus prompt", "prompt"}, {NULL, NULL, NULL},
};
static const struct hint hints_of_text[] = {
    {"text", "page move down", "scroll"}, {"text", "prompt page search", "search"},
    {"any", "result previous", "result before"}, {"any", "keys", "keys"},
    {"any", "focus prompt", "prompt"}, {NULL, NULL, NULL},
};
static const struct hint hints_of_log[] = {
    {"log", "log move up", "older"}, {"log", "prompt log search", "search"}, {"log", "copy statement", "copy"},
    {"any", "keys", "keys"}, {"any", "focus prompt", "prompt"}, {NULL, NULL, NULL},
};
static const struct hint hints_of_prompt[] = {
    {"always", "keys", "keys"}, {"always", "catalog", "catalogue"}, {"always", "palette", "palette"},
    {"always", "focus next", "to the rows"}, {"always", "log", "log"}, {NULL, NULL, NULL},
};

static int draw_hint(const struct console *console, int y, int x, int end, const char *key, const char *word,
                     size_t length)
{
    if (x + (int)(strlen(key) + length) + 3 > end)
        return x;
    x += canvas_text(console->canvas, y, x, 1, LOOK_HINT, " ", 1);
    x += canvas_text(console->canvas, y, x, end - x, LOOK_KEY, key, strlen(key));
    x += canvas_text(console->canvas, y, x, 1, LOOK_HINT, " ", 1);
    return x + canvas_text(console->canvas, y, x, end - x, LOOK_HINT, word, length);
}

/* Of a panel: what its keys do, in the first word of their notes. */
static int draw_hints_of_panel(const struct console *console, const char *place, int y, int x, int end)
{
    const char *places[] = {place, console->live != NULL ? "panel" : "any", "any"};

    for (size_t p = 0; p < COUNT_OF(places); p++)
        for (size_t i = 0; i < keys_count(console->keys); i++) {
            const struct key_binding *key = keys_at(console->keys, i);
            bool is_shown = !text_equal(places[p], "any") || (p == 2 && text_equal(key->command, "keys"));

            if (is_shown && text_equal(key->place, places[p]) && key->note != NULL &&
                text_equal(keys_for(console->keys, key->place, key->command), key->key))
                x = p == 2 ? draw_hint(console, y, x, end, key->key, "keys", 4)
                           : draw_hint(console, y, x, end, key->key, key->note, strcspn(key->note, " ,;:"));
        }
    return x;
}

static void draw_hints(const struct console *console, int y, int x, int columns)
{
    const char        *place = console_place(console);
    const struct hint *hint = text_equal(place, "query")    ? hints_of_grid
                              : text_equal(place, "prompt") ? hints_of_prompt
                              : text_equal(place, "log")    ? hints_of_log
                                                            : hints_of_text;
    int                end = x + columns;

    if (console_has_panels(console) && console->focus == FOCUS_RESULT)
        x = draw_hints_of_panel(console, place, y, x, end);
    for (; hint->place != NULL && !(console_has_panels(console) && console->focus == FOCUS_RESULT); hint++) {
        const char *key = keys_for(console->keys, hint->place, hint->command);

        if (key != NULL)
            x = draw_hint(console, y, x, end, key, hint->word, strlen(hint->word));
    }
    if (x < end)
        canvas_text(console->canvas, y, x, 1, LOOK_HINT, " ", 1);
}

/* The lower edge: what was said, else where the cursor is; then the command that the last key was, else hints. */
void frame_draw_footer(const struct console *console, struct area box, struct grid *grid)
{
    struct str left = STR_INIT;
    int        y = box.y + box.rows - 1, x = box.x + 2, end = box.x + box.columns - 2;
    enum look  look = LOOK_DIM;

    if (console_runs(console) && console->progress.what != NULL && console->message_look == LOOK_NORMAL) {
        add_running(console, &left);             /* how far it is, not what was noted on the way */
    } else if (console->message.length > 0) {
        str_add(&left, str_text(&console->message));
        look = console->message_look;
    } else if (console_runs(console) && console->filling == NULL) {
        add_running(console, &left);
    } else if (console->board != NULL) {
        board_view_status(console->board, &left);
    } else if (grid != NULL) {
        grid_status(grid, &left);
    }
    if (left.length > 0) {
        x += canvas_text(console->canvas, y, x - 1, 1, look, " ", 1) - 1;
        x += canvas_text_cut(console->canvas, y, x, end - x - 1, look, str_text(&left), left.length);
        x += canvas_text(console->canvas, y, x, 1, look, " ", 1);
    }
    if (console->done_as != NULL && !text_starts(console->done_as, "grid move") &&
        end - x > (int)strlen(console->done_as) + 6) {
        x += canvas_text(console->canvas, y, x, 1, LOOK_HINT, " ", 1);
        x += canvas_print(console->canvas, y, x, end - x, LOOK_HINT, ":%s ", console->done_as);
    }
    if (end - x > 12)
        draw_hints(console, y, x, end - x);
    str_done(&left);
}

/* -- the result ---------------------------------------------------------------------------------------------------- */

static void draw_text(struct console *console, struct pane *pane, struct area area)
{
    size_t      length;
    const char *text = pane_text(pane, &length);

    page_draw(&pane->page, console->canvas, area, text, length, LOOK_NORMAL);
}

static const char choose_first[] =
    "No database is chosen yet: 'connect' leads to a server of yours, 'local up' starts a private database, 'welcome' "
    "shows the choices again. Then:\n"
    "\n";

static const char welcome[] =
    "Ask a question: measures, then 'by' dimensions, then a period.\n"
    "\n"
    "  total_views, engagement_rate by channel_name top 10 by total_views\n"
    "  revenue, profit by month for 2026\n"
    "  views_gained by day last 30 days\n"
    "\n"
    "Tab completes, F2 lists what can be asked for, F1 the keys, 'help' the commands.\n"
    "'tour' shows five questions; 'sample load' makes a company to ask about.\n"
    "A line that begins with SELECT is SQL.\n";

/* Title, rows and chart inside a box. */
static void draw_table(struct console *console, struct pane *pane, struct area inside, bool focus)
{
    struct area rows = inside, chart = inside;

    if (pane->charted && inside.rows >= 8) {
        chart.rows = inside.rows * 2 / 5 > 5 ? inside.rows * 2 / 5 : 5;
        rows.rows = inside.rows - chart.rows - 1;
        chart.y = inside.y + rows.rows + 1;
        canvas_rule(console->canvas, (struct area){inside.y - 1, inside.x - 1, inside.rows + 2, inside.columns + 2},
                    chart.y - 1, LOOK_BORDER, chart_kind_name(pane->chart));
        frame_draw_chart(console, pane, chart);
    } else if (pane->charted) {
        frame_draw_chart(console, pane, inside);
        return;
    }
    grid_follow(pane->grid);
    grid_draw(pane->grid, console->canvas, rows, focus);
}

/* Why the rows are not all there. */
static void add_failure(const struct result *result, struct str *to)
{
    str_addf(to, "error: %s", result->error.text != NULL ? result->error.text : error_sentence(result->error.code));
    if (result->error.hint != NULL)
        str_addf(to, " (%s)", result->error.hint);
}

/* The line above the rows. */
static struct area draw_meaning(struct console *console, const struct result *result, struct area inside)
{
    struct str meaning = STR_INIT;
    bool       failed = result->state == RESULT_FAILED;

    if (failed)
        add_failure(result, &meaning);
    else if (inside.rows >= 12 && result->has_note)
        add_meaning(console, result, &meaning);
    if (meaning.length > 0) {
        canvas_text_cut(console->canvas, inside.y, inside.x, inside.columns, failed ? LOOK_ERROR : LOOK_DIM,
                        str_text(&meaning), meaning.length);
        inside.y++;
        inside.rows--;
    }
    str_done(&meaning);
    return inside;
}

void frame_draw_pane(struct console *console, struct pane *pane, struct area area, bool focus)
{
    if (pane->grid != NULL)
        draw_table(console, pane, area, focus);
    else
        draw_text(console, pane, area);
}

static void draw_result(struct console *console, struct area box)
{
    struct pane *pane = console_pane(console);
    struct area  inside = {box.y + 1, box.x + 1, box.rows - 2, box.columns - 2};
    enum look    border = console->focus == FOCUS_RESULT ? LOOK_BORDER_FOCUS : LOOK_BORDER;
    struct str   note = STR_INIT;

    console->result_area = inside;
    if (pane == NULL) {
        _cleanup_(mem_freep) char *text = mem_printf("%s%s", console->app->undecided ? choose_first : "", welcome);

        canvas_box(console->canvas, box, border, "ytempire", NULL);
        page_draw(&(struct page){0}, console->canvas,
                  (struct area){inside.y, inside.x + 1, inside.rows, inside.columns - 2}, text, strlen(text),
                  LOOK_NORMAL);
        frame_draw_footer(console, box, NULL);
        return;
    }
    add_note(console, pane->result, box.columns > 8 ? box.columns - 4 : 4, &note);
    canvas_box(console->canvas, box, border, pane->result->command, str_text(&note));
    str_done(&note);
    if (pane->grid != NULL)
        inside = draw_meaning(console, pane->result, inside);
    frame_draw_pane(console, pane, inside, console->focus == FOCUS_RESULT && console->list == NULL);
    frame_draw_footer(console, box, pane->grid);
}

static void draw_log(struct console *console, struct area box)
{
    struct statements *statements = console->statements;
    bool               focus = console->focus == FOCUS_LOG;
    const char        *closes = keys_for(console->keys, "always", "log");
    struct str         note = STR_INIT;

    console->log_area = (struct area){box.y + 1, 1, box.rows > 2 ? box.rows - 2 : 0, box.columns - 2};
    if (box.rows == 0)
        return;
    if (focus && statements_count(statements) > 0)
        str_addf(&note, "%zu of %zu", statements_chosen(statements) + 1, statements_count(statements));
    else if (closes != NULL)
        str_addf(&note, "%s closes", closes);
    canvas_box(console->canvas, box, focus ? LOOK_BORDER_FOCUS : LOOK_BORDER, "log", str_text(&note));
    statements_draw(statements, console->canvas, console->log_area, focus);
    str_done(&note);
}

/* -- over all ------------------------------------------------------------------------------------------------------ */

static void draw_question(struct console *console)
{
    struct canvas *canvas = console->canvas;
    int            columns = canvas->columns - 4 < 72 ? canvas->columns - 4 : 72;
    struct page    page = {0};
    const char    *text = console->question->text;
    struct area    box, inside = {.rows = 3, .columns = columns - 4};

    page_draw(&page, canvas, (struct area){.columns = inside.columns}, text, strlen(text), LOOK_POPUP);  /* measures */
    if ((int)page.lines > inside.rows)
        inside.rows = (int)page.lines < canvas->rows - 4 ? (int)page.lines : canvas->rows - 4;
    box = (struct area){(canvas->rows - inside.rows - 3) / 2, (canvas->columns - columns) / 2, inside.rows + 3,
                        columns};
    inside.y = box.y + 1;
    inside.x = box.x + 2;
    canvas_fill(canvas, box, LOOK_POPUP);
    canvas_box(canvas, box, LOOK_BORDER_FOCUS, "sure?", NULL);
    page_draw(&page, canvas, inside, text, strlen(text), LOOK_POPUP);
    canvas_print(canvas, box.y + box.rows - 2, inside.x, inside.columns, LOOK_KEY, "y yes   n no");
    canvas->cursor_y = -1;
}

static void draw_too_small(struct console *console)
{
    struct canvas *canvas = console->canvas;

    canvas_print(canvas, 0, 0, -1, LOOK_WARN, "%dx%d: at least %dx%d, please", canvas->columns, canvas->rows,
                 LEAST_COLUMNS, LEAST_ROWS);
    if (console->question != NULL && canvas->rows > 1)
        canvas_print(canvas, 1, 0, -1, LOOK_KEY, "y/n: %s", console->question->text);
    else if (canvas->rows > 1)
        prompt_draw(console->prompt, canvas, (struct area){canvas->rows - 1, 0, 1, canvas->columns}, true);
}

int64_t frame_changes_in(const struct console *console)
{
    const struct pane *pane = console_pane(console);

    if (console_has_panels(console) && !console_runs(console))
        return frame_live_changes_in(console);
    if (console_runs(console) || (pane != NULL && pane->result->state == RESULT_RUNNING))
        return RUNNING_US;
    return pane != NULL ? age_changes_in(age_of(pane->result)) : -1;
}

void frame_paint(struct console *console)
{
    struct canvas *canvas = console->canvas;
    bool           at_prompt = console->focus == FOCUS_PROMPT && console->list == NULL && console->connect == NULL &&
                               console->question == NULL;
    int            prompt, log = 0, tour, rows;

    canvas_clear(canvas);
    if (canvas->rows < LEAST_ROWS || canvas->columns < LEAST_COLUMNS) {
        draw_too_small(console);
        return;
    }
    prompt = prompt_rows(console->prompt, canvas->columns, canvas->rows / 3);
    tour = tour_rows(console);
    rows = canvas->rows - 1 - prompt - tour;
    if (console->log_open)
        log = rows / 3 > 4 ? rows / 3 : 4;
    frame_draw_top(console);
    if (console_has_panels(console))
        frame_draw_live(console, (struct area){1, 0, rows - log, canvas->columns});
    else
        draw_result(console, (struct area){1, 0, rows - log, canvas->columns});
    draw_log(console, (struct area){1 + rows - log, 0, log, canvas->columns});
    if (tour > 0)
        tour_draw(console, (struct area){canvas->rows - prompt - tour, 0, tour, canvas->columns});
    prompt_draw(console->prompt, canvas, (struct area){canvas->rows - prompt, 0, prompt, canvas->columns}, at_prompt);
    if (console->connect != NULL)
        connect_draw(console, canvas);
    if (console->list != NULL)
        picker_draw(console->list, canvas);
    if (console->question != NULL)
        draw_question(console);
}
