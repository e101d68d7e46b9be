/*
 * One task asks: the panel most overdue, again and again. Invariant: `filling` is the result of the panel that is being
 * asked, seen by nobody; when it is whole it takes the place of `result`, with the view the person had made of that.
 */
#include "live.h"

#include <string.h>

#include "console.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/command.h"

#define ANSWER_US (10 * US_PER_SECOND)     /* longer than that is no answer for something live */
#define AGAIN_US  US_PER_SECOND            /* after a failure, at least */
#define SHARE 10                           /* one part in so many of the time, a panel keeps the server busy … */
#define REST_US (10 * US_PER_SECOND)       /* … but it rests no longer than so, as one slow answer may be an accident */
#define USE_LOOK_US 1000                   /* at what a verb still works on */

struct state {                             /* of a panel, beside what others see */
    struct live_panel panel;
    int64_t           due_us;
    char             *asked;               /* the command as it was asked last, or NULL */
};

struct live {
    struct sink          sink;             /* first */
    struct conf         *conf;
    struct app          *app;
    const struct app    *first;
    const struct screen *screen;
    struct state        *states;
    size_t               count;
    struct task         *task;
    struct loop_timer   *timer;
    bool                 over, waits, late;
    struct result       *filling;
    const struct screen_panel *filled;     /* whose it is */
    size_t              *places;           /* of each column of the panel, its number in what the command yields */
    size_t               place_count;
    struct data_cell    *cells;            /* of one row */
    void               (*on_change)(void *who);
    void                *who;
};

/* -- what a command yields ----------------------------------------------------------------------------------------- */

static struct live *live_of(struct sink *sink)
{
    return (struct live *)sink;
}

/* Does the list, words between spaces, have the word? */
static bool lists(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = list; at != NULL && (at = strstr(at, word)) != NULL; at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

static size_t number_of(const struct data_column *columns, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(columns[i].name) == length && memcmp(columns[i].name, name, length) == 0)
            return i;
    return count;
}

/* First those of the panel's own, in its order, then the others as they come. */
static void place_columns(struct live *live, const struct data_column *columns, size_t count)
{
    const char *first = live->filled->first;

    live->places = mem_array(live->places, count + 1, sizeof *live->places);
    live->cells = mem_array(live->cells, count + 1, sizeof *live->cells);
    live->place_count = 0;
    for (const char *word = first; word != NULL && *word != '\0'; word += strspn(word, " ")) {
        size_t length = strcspn(word, " "), number = number_of(columns, count, word, length);

        if (number < count)
            live->places[live->place_count++] = number;
        word += length;
    }
    for (size_t i = 0; i < count; i++)
        if (live->filled->shape != SHAPE_LINE && (first == NULL || !lists(first, columns[i].name)))
            live->places[live->place_count++] = i;
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    struct live        *live = live_of(sink);
    struct result      *result = live->filling;
    struct data_column *placed = ARENA_ARRAY(result->arena, struct data_column, count + 1);

    (void)error;
    place_columns(live, columns, count);
    for (size_t i = 0; i < live->place_count; i++) {
        placed[i] = columns[live->places[i]];
        if (text_equal(placed[i].name, live->filled->bar))
            placed[i].full = 100;
    }
    result->kind = RESULT_TABLE;
    return result_columns(result, placed, live->place_count);
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct live *live = live_of(sink);

    for (size_t i = 0; i < live->place_count; i++)
        live->cells[i] = cells[live->places[i]];
    return store_add(live->filling->rows, live->cells, error);
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)error;
    if (note != NULL)
        result_note(live_of(sink)->filling, note);
    return 0;
}

static bool on_passes(struct sink *sink, const char *format)
{
    (void)sink;
    return text_equal(format, "text");
}

static int on_raw(struct sink *sink, const char *bytes, size_t length, struct error *error)
{
    struct result *result = live_of(sink)->filling;

    (void)error;
    result->kind = RESULT_TEXT;
    str_add_bytes(&result->text, bytes, length);
    return 0;
}

/* A sentence is a line of text, where nothing else comes. */
static void on_text(struct sink *sink, const char *text)
{
    struct result *result = live_of(sink)->filling;

    if (result == NULL || result->columns != NULL)
        return;
    result->kind = RESULT_TEXT;
    str_addf(&result->text, "%s\n", text);
}

static void on_progress(struct sink *sink, const struct data_progress *progress)
{
    (void)sink;
    (void)progress;
}

static bool on_ask(struct sink *sink, const char *text)
{
    (void)sink;
    (void)text;
    return false;                          /* a panel changes nothing */
}

static const struct sink_ops ops = {
    .begin = on_begin,
    .row = on_row,
    .end = on_end,
    .passes = on_passes,
    .raw = on_raw,
    .text = on_text,
    .progress = on_progress,
    .ask = on_ask,
};

/* -- the chosen rows ----------------------------------------------------------------------------------------------- */

static struct state *find_panel(struct live *live, const char *name, size_t length)
{
    for (size_t i = 0; i < live->count; i++) {
        const char *is = live->states[i].panel.is->name;

        if (strlen(is) == length && memcmp(is, name, length) == 0)
            return &live->states[i];
    }
    return NULL;
}

/* The value of a column in the chosen row; it is the result's own. ERR_USAGE. */
static int chosen(const struct live_panel *panel, const char *name, size_t length, struct data_cell *ret_cell,
                  struct error *error)
{
    struct result   *result = panel->result;
    struct grid     *grid = result != NULL ? pane_of(result)->grid : NULL;
    size_t           row = grid != NULL ? grid_cursor_row(grid) : SIZE_MAX, column;
    struct data_cell cells[64];
    int              r;

    if (row == SIZE_MAX || result->column_count > COUNT_OF(cells))
        return error_set(error, ERR_USAGE, "no row of '%s' is chosen", panel->is->name);
    column = number_of(result->columns, result->column_count, name, length);
    if (column == result->column_count)
        return error_set(error, ERR_USAGE, "'%s' has no column '%.*s'", panel->is->name, (int)length, name);
    r = store_row(result->rows, row, cells, error);
    if (r < 0)
        return r;
    if (cells[column].text == NULL)
        return error_set(error, ERR_USAGE, "the chosen row of '%s' has no %.*s", panel->is->name, (int)length, name);
    *ret_cell = cells[column];
    return 0;
}

static bool is_plain_word(struct data_cell cell)
{
    for (size_t i = 0; i < cell.length; i++) {
        unsigned char c = (unsigned char)cell.text[i];

        if (!(c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              memchr("_.:/@-", c, 6) != NULL))
            return false;
    }
    return cell.length > 0 && cell.text[0] != '-';
}

static void add_word(struct str *to, struct data_cell cell)
{
    if (is_plain_word(cell)) {
        str_add_bytes(to, cell.text, cell.length);
        return;
    }
    str_add_char(to, '\'');
    for (size_t i = 0; i < cell.length; i++)
        str_addf(to, "%s%c", cell.text[i] == '\'' ? "'" : "", cell.text[i]);
    str_add_char(to, '\'');
}

/* "queue.id" or "id"; `ret_lacks`, when it cannot be: the panel that has no row for it. */
static int fill_one(struct live *live, const struct state *own, const char *name, size_t length, struct str *to,
                    const char **ret_lacks, struct error *error)
{
    const char      *point = memchr(name, '.', length);
    struct data_cell cell;
    int              r;

    if (point != NULL) {
        own = find_panel(live, name, (size_t)(point - name));
        length -= (size_t)(point + 1 - name);
        name = point + 1;
    }
    if (own == NULL)
        return error_set(error, ERR_USAGE, "no such panel is on this screen");
    *ret_lacks = own->panel.is->name;
    r = chosen(&own->panel, name, length, &cell, error);
    if (r >= 0)
        add_word(to, cell);
    return r;
}

static int fill(struct live *live, const struct state *own, const char *text, struct str *to, const char **ret_lacks,
                struct error *error)
{
    const char *open, *close;
    int         r = 0;

    *ret_lacks = NULL;
    while (r >= 0 && (open = strchr(text, '{')) != NULL && (close = strchr(open, '}')) != NULL) {
        str_add_bytes(to, text, (size_t)(open - text));
        r = fill_one(live, own, open + 1, (size_t)(close - open - 1), to, ret_lacks, error);
        text = close + 1;
    }
    str_add(to, text);
    return r;
}

void live_add_word(struct str *to, const char *text, size_t length)
{
    add_word(to, (struct data_cell){text, length});
}

int live_fill(struct live *live, size_t index, const char *text, struct str *to, struct error *error)
{
    const char *lacks;

    return fill(live, &live->states[index], text, to, &lacks, error);
}

/* -- one question -------------------------------------------------------------------------------------------------- */

/* The new answer takes the old one's place, and the person's view goes over to it. */
static void show(struct live *live, struct state *state, struct result *result)
{
    struct pane *before = state->panel.result != NULL ? pane_of(state->panel.result) : NULL, *now;

    result->state = RESULT_DONE;
    result->ended_us = state->panel.answered_us = monotonic_us();
    now = pane_of(result);
    if (before != NULL && before->grid != NULL && now->grid != NULL) {
        struct grid *grid = grid_again(before->grid, result, state->panel.is->id);

        grid_free(now->grid);
        now->grid = grid;
        if (state->panel.result->uses > 0) {           /* somebody has begun to work on it meanwhile */
            result_free(result);
            return;
        }
    } else if (now->grid != NULL && state->panel.is->shape == SHAPE_END) {
        (void)!grid_act(now->grid, "move", (const char *const[]){"bottom"}, 1, NULL);
    } else if (now->grid != NULL && state->panel.is->shape == SHAPE_SIDE) {
        (void)!grid_act(now->grid, "expand", (const char *const[]){"on"}, 1, NULL);
    }
    now->chart = CHART_LINE;
    if (before != NULL)
        now->page.top = before->page.top;
    result_free(state->panel.result);
    state->panel.result = result;
    mem_free(TAKE(state->panel.unanswered));
    live->on_change(live->who);
}

static void tell(struct live *live, struct state *state, int code, const struct error *error)
{
    _cleanup_(mem_freep) char *why = NULL;

    if (live->late)
        why = mem_strdup("no answer within ten seconds");
    else if (error->hint != NULL)
        why = mem_printf("%s (%s)", error->text != NULL ? error->text : error_sentence(code), error->hint);
    else
        why = mem_strdup(error->text != NULL ? error->text : error_sentence(code));
    if (text_equal(why, state->panel.unanswered))
        return;
    mem_free(state->panel.unanswered);
    state->panel.unanswered = TAKE(why);
    live->on_change(live->who);
}

static void on_late(void *who)
{
    struct live *live = who;

    live->timer = NULL;
    live->late = true;
    task_cancel(live->task, ERR_TIMEOUT);
}

/* When an answer that took so long is asked for again; a failure says nothing of how long one takes. */
static int64_t next_time(const struct state *state, int64_t took, bool failed)
{
    int64_t every = state->panel.is->every_ms * INT64_C(1000), rest = failed ? AGAIN_US : took * (SHARE - 1);

    rest = rest < REST_US ? rest : REST_US;
    return monotonic_us() + (rest > every ? rest : every);
}

static void ask(struct live *live, struct state *state)
{
    int64_t        began = monotonic_us();
    struct result *result = live->filling = result_new(0, state->asked);
    struct error   error = ERROR_INIT;
    bool           failed;
    int            r;

    result->state = RESULT_RUNNING;
    live->filled = state->panel.is;
    live->app->undecided = live->first->undecided;
    live->late = false;
    live->timer = loop_timer(live->app->loop, ANSWER_US, on_late, live);
    r = command_run_within(live->app, state->asked, &live->sink, &error);
    loop_timer_cancel(live->app->loop, TAKE(live->timer));
    if (live->late && task_cancelled(live->task) == ERR_TIMEOUT)
        task_cancel_clear(live->task);
    live->late = live->late && r < 0;
    live->filling = NULL;
    failed = r < 0 && r != ERR_PARTIAL && r != ERR_FINDING;
    state->due_us = next_time(state, monotonic_us() - began, failed);
    if (state->panel.result != NULL && state->panel.result->uses > 0) {
        result_free(result);               /* somebody works on what is shown: it stays for now */
    } else if (!failed) {
        show(live, state, result);
    } else {
        result_free(result);
        if (!live->over)
            tell(live, state, r, &error);
    }
    error_done(&error);
}

/* -- whose turn it is ---------------------------------------------------------------------------------------------- */

static void forget_answer(struct live *live, struct state *state, const char *lacks)
{
    if (state->panel.lacks == lacks && state->panel.result == NULL)
        return;
    state->panel.lacks = lacks;
    mem_free(TAKE(state->asked));
    if (state->panel.result != NULL && state->panel.result->uses > 0)
        return;
    result_free(TAKE(state->panel.result));
    mem_free(TAKE(state->panel.unanswered));
    live->on_change(live->who);
}

/* A panel whose command has become another one is due. */
static void look_at(struct live *live, struct state *state)
{
    struct str  command = STR_INIT;
    const char *lacks;

    if (fill(live, state, state->panel.is->command, &command, &lacks, NULL) < 0) {
        forget_answer(live, state, lacks);
        state->due_us = INT64_MAX;
    } else if (!text_equal(str_text(&command), state->asked)) {
        mem_free(state->asked);
        state->asked = mem_strdup(str_text(&command));
        state->panel.lacks = NULL;
        state->due_us = 0;
    }
    str_done(&command);
}

static struct state *next_due(struct live *live)
{
    struct state *next = NULL;

    for (size_t i = 0; i < live->count; i++) {
        struct state *state = &live->states[i];

        look_at(live, state);
        if (state->panel.wanted && state->due_us != INT64_MAX && (next == NULL || state->due_us < next->due_us))
            next = state;
    }
    return next;
}

static void on_due(void *who)
{
    struct live *live = who;

    live->timer = NULL;
    task_wake(live->task);
}

/* Until something is due or somebody wakes us. */
static void rest(struct live *live, const struct state *next)
{
    int64_t now = monotonic_us(), wait = next != NULL ? next->due_us - now : AGAIN_US;

    live->waits = true;
    live->timer = loop_timer(live->app->loop, wait > 0 ? wait : 0, on_due, live);
    (void)!task_park();
    loop_timer_cancel(live->app->loop, TAKE(live->timer));
    live->waits = false;
}

static void live_task(void *who)
{
    struct live *live = who;

    live->task = task_current();
    while (!live->over) {
        struct state *next = next_due(live);

        if (next == NULL || next->due_us > monotonic_us())
            rest(live, next);
        else
            ask(live, next);
    }
    live->task = NULL;
}

/* -- from outside -------------------------------------------------------------------------------------------------- */

struct live *live_start(struct app *app, const struct screen *screen, void (*on_change)(void *who), void *who)
{
    struct live *live = mem_alloc(sizeof *live);
    struct error error = ERROR_INIT;

    *live = (struct live){.sink = {&ops}, .first = app, .screen = screen, .on_change = on_change, .who = who};
    while (screen->panels[live->count].name != NULL)
        live->count++;
    live->states = mem_array(NULL, live->count, sizeof *live->states);
    for (size_t i = 0; i < live->count; i++)
        live->states[i] = (struct state){.panel = {.is = &screen->panels[i]}};
    live->conf = conf_copy(app->conf);
    if (app_beside(app, live->conf, &live->app, &error) >= 0)
        (void)task_start(app->loop, live_task, live);
    for (size_t i = 0; live->app == NULL && i < live->count; i++)
        tell(live, &live->states[i], error.code, &error);
    error_done(&error);
    return live;
}

static void nobody_looks(void *who)
{
    (void)who;
}

/* A verb works on what is shown: a search, a sort. */
static bool is_in_use(const struct live *live)
{
    for (size_t i = 0; i < live->count; i++)
        if (live->states[i].panel.result != NULL && live->states[i].panel.result->uses > 0)
            return true;
    return false;
}

/* Whether nobody holds anything of it any more. In a task that is waited for; else the loop is turned. */
static bool end_all(struct live *live)
{
    int64_t until = monotonic_us() + LAST_WAIT_US;
    bool    ended;

    live->over = true;
    ended = task_end(live->first->loop, &live->task, LAST_WAIT_US);
    while (task_current() == NULL && is_in_use(live) && monotonic_us() < until)
        loop_turn(live->first->loop, US_PER_SECOND / 20);
    while (task_current() != NULL && is_in_use(live))
        if (task_sleep(USE_LOOK_US) < 0)
            task_cancel_clear(task_current());
    return ended && !is_in_use(live);
}

void live_stop(struct live *live)
{
    if (live == NULL)
        return;
    if (!end_all(live)) {                  /* a server that does not answer: it is left to its end */
        live->on_change = nobody_looks;
        return;
    }
    for (size_t i = 0; i < live->count; i++) {
        result_free(live->states[i].panel.result);
        mem_free(live->states[i].panel.unanswered);
        mem_free(live->states[i].asked);
    }
    app_free(live->app);
    conf_free(live->conf);
    mem_free(live->places);
    mem_free(live->cells);
    mem_free(live->states);
    mem_free(live);
}

const struct screen *live_screen(const struct live *live)
{
    return live->screen;
}

size_t live_count(const struct live *live)
{
    return live->count;
}

struct live_panel *live_panel(struct live *live, size_t index)
{
    return &live->states[index].panel;
}

void live_look(struct live *live)
{
    if (live->waits)
        task_wake(live->task);
}

void live_refresh(struct live *live)
{
    for (size_t i = 0; i < live->count; i++)
        if (live->states[i].due_us != INT64_MAX)
            live->states[i].due_us = 0;
    live_look(live);
}
