/* One task fills the board; keys change what it asks for, and wake it. */
#include "board.h"

#include "cells.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ytempire/app/board.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/board/draw.h"
#include "ytempire/cache.h"
#include "ytempire/command.h"
#include "ytempire/engine/redis_client.h"

#define LOOK_US      US_PER_SECOND         /* at the board's file */
#define RATE_LEAST_US US_PER_SECOND
#define RATE_MOST_US (60 * US_PER_MINUTE)
#define WAIT_US      (2 * US_PER_SECOND)   /* for the task, when the view closes */
#define HEARD_MOST   ((size_t)1 << 20)

struct board_view {
    struct app            *app;
    struct board_view_ops  ops;
    void                  *who;
    char                  *name, *path, *range, *user;
    struct app_board      *board;
    struct task           *task;
    struct loop_timer     *timer;
    struct redis_client   *redis;
    struct redis_listener *listener;
    bool                   over, waits, all, zoomed;
    bool                   fills, heard;   /* heard: of something warmed while the board was being filled */
    bool                   pushed;         /* something was warmed: it is looked for now, whatever the rate is */
    unsigned               refused;        /* refreshes in a row that came to nothing */
    int64_t                every_us;       /* 0: as the file says */
    int64_t                asked_at;       /* wall clock */
    struct timespec        changed;        /* of the file, when it was read */
    char                  *fault;          /* of the file, or of what was asked for; or NULL */
    size_t                 panel;
    int                    first;          /* band */
    struct arena          *arena;          /* of the last layout */
    struct board_layout    layout;
};

/* -- filling ------------------------------------------------------------------------------------------------------- */

static void set_fault(struct board_view *view, const struct error *error)
{
    mem_free(TAKE(view->fault));
    if (error != NULL && error->where != NULL)
        view->fault = mem_printf("%s: %s", error->where, error->text);
    else if (error != NULL)
        view->fault = mem_strdup(error->text != NULL ? error->text : error_sentence(error->code));
}

static void on_panel(void *who, size_t panel)
{
    struct board_view *view = who;

    (void)panel;
    view->ops.on_change(view->who);
}

static void tell_alarms(struct board_view *view)
{
    const struct board *board = app_board_of(view->board);

    for (size_t i = 0; i < board->panel_count; i++) {
        const struct board_alert *alert = &board->panels[i].alert;
        struct board_alarm        alarm;
        bool                      fires;

        if (!app_board_alarm(view->board, i, &alarm))
            continue;
        fires = alarm.state == ALARM_FIRING;
        view->ops.on_alert(view->who, fires, alert->ring, alert->show != NULL ? alert->show : board->panels[i].title,
                           alert->run);
    }
}

static void fill(struct board_view *view)
{
    struct app_board_ask ask = {
        .range = view->range, .user = view->user, .all = view->all, .on_panel = on_panel, .who = view};
    struct error error = ERROR_INIT;
    int          r;

    view->all = view->pushed = false;
    view->fills = true;
    r = app_board_refresh(view->board, &ask, &error);
    view->fills = false;
    view->asked_at = instant_now();
    view->refused = r < 0 ? view->refused + 1 : 0;
    if (view->heard)                       /* it may have been looked for before that */
        app_board_warmed(view->board, "");
    view->pushed = view->heard;
    view->heard = false;
    if (r >= 0)
        tell_alarms(view);
    if (r < 0 && !view->over)
        set_fault(view, &error);
    else if (r >= 0)
        set_fault(view, NULL);
    error_done(&error);
    view->ops.on_change(view->who);
}

/* One's own file may have come before the one that the program has, or gone. */
static void look_for_file(struct board_view *view)
{
    char *path = NULL;

    if (board_find(view->name, &path, NULL) < 0 || text_equal(path, view->path)) {
        mem_free(path);
        return;
    }
    mem_free(view->path);
    view->path = path;
    view->changed = (struct timespec){0};
}

/* A file that was written is read; what is wrong with it is told, and the board stays as it was. */
static void look_at_file(struct board_view *view)
{
    struct error error = ERROR_INIT;
    struct stat  file;

    look_for_file(view);
    if (stat(view->path, &file) < 0 ||
        (file.st_mtim.tv_sec == view->changed.tv_sec && file.st_mtim.tv_nsec == view->changed.tv_nsec))
        return;
    view->changed = file.st_mtim;
    if (app_board_reload(view->board, &error) < 0) {
        set_fault(view, &error);
    } else {
        set_fault(view, NULL);
        view->layout = (struct board_layout){0};
        if (view->panel >= app_board_of(view->board)->panel_count)
            view->panel = 0;
        view->all = true;
    }
    error_done(&error);
    view->ops.on_change(view->who);
}

/* What is refused as a whole (no such user, no server) is asked again after a second, then more and more seldom. */
static int64_t due_at(const struct board_view *view)
{
    if (view->refused > 0)
        return view->asked_at + (US_PER_SECOND << (view->refused < 6 ? view->refused - 1 : 5));
    if (view->all || view->pushed)
        return 0;
    return view->every_us > 0 ? view->asked_at + view->every_us : app_board_due(view->board);
}

static void on_due(void *who)
{
    struct board_view *view = who;

    view->timer = NULL;
    task_wake(view->task);
}

static void rest(struct board_view *view)
{
    int64_t wait = due_at(view) - instant_now();

    wait = wait < 0 ? 0 : wait < LOOK_US ? wait : LOOK_US;
    view->waits = true;
    view->timer = loop_timer(view->app->loop, wait, on_due, view);
    (void)!task_park();
    loop_timer_cancel(view->app->loop, TAKE(view->timer));
    view->waits = false;
}

static void view_task(void *who)
{
    struct board_view *view = who;

    view->task = task_current();
    while (!view->over) {
        look_at_file(view);
        if (due_at(view) <= instant_now()) {
            view->all |= view->every_us > 0 && view->asked_at + view->every_us <= instant_now();
            fill(view);
        }
        if (!view->over)
            rest(view);
    }
    view->task = NULL;
}

static void wake(struct board_view *view)
{
    if (view->waits)
        task_wake(view->task);
}

/* -- what others warm ---------------------------------------------------------------------------------------------- */

/* After a connection was lost nobody knows what was told meanwhile: all is looked at. */
static void on_warmed(void *who, const char *text, size_t length)
{
    struct board_view         *view = who;
    _cleanup_(mem_freep) char *message = text != NULL ? mem_strndup(text, length) : NULL;

    view->heard = view->fills;
    view->pushed = true;
    if (message != NULL)
        app_board_warmed(view->board, message);
    else
        view->all = true;
    wake(view);
}

static void listen_to_others(struct board_view *view)
{
    const char *address = app_redis(view->app);

    if (address != NULL && redis_client_new(view->app->loop, address, HEARD_MOST, &view->redis, NULL) >= 0)
        view->listener = redis_listen(view->redis, CACHE_WARMED_CHANNEL, on_warmed, view);
}

/* -- opening and closing ------------------------------------------------------------------------------------------- */

int board_view_open(struct app *app, const char *name, const struct board_view_ops *ops, void *who,
                    struct board_view **ret_view, struct error *error)
{
    struct board_view *view = mem_alloc(sizeof *view);
    struct stat        file;
    int                r;

    *view = (struct board_view){.app = app, .ops = *ops, .who = who, .all = true};
    r = app_board_open(app, name, &command_board_commands, &view->board, error);
    if (r < 0) {
        mem_free(view);
        return r;
    }
    view->name = mem_strdup(app_board_of(view->board)->name);
    view->path = mem_strdup(app_board_of(view->board)->path);
    if (stat(view->path, &file) == 0)
        view->changed = file.st_mtim;
    listen_to_others(view);
    (void)task_start(app->loop, view_task, view);
    *ret_view = view;
    return 0;
}

static void nobody_looks(void *who)
{
    (void)who;
}

static void nobody_hears(void *who, bool fires, bool ring, const char *words, const char *run)
{
    (void)who, (void)fires, (void)ring, (void)words, (void)run;
}

static void end_task(struct board_view *view)
{
    int64_t until = monotonic_us() + WAIT_US;

    view->over = true;
    if (view->task != NULL && task_current() != NULL)
        task_stop(view->task);
    else if (view->task != NULL)
        task_cancel(view->task, ERR_INTERRUPTED);
    while (view->task != NULL && monotonic_us() < until)
        loop_turn(view->app->loop, US_PER_SECOND / 20);
}

void board_view_close(struct board_view *view)
{
    if (view == NULL)
        return;
    end_task(view);
    redis_listener_free(view->listener);
    redis_client_free(view->redis);
    if (view->task != NULL) {              /* a server that does not answer: it is left to its end */
        view->ops = (struct board_view_ops){nobody_looks, nobody_hears};
        return;
    }
    app_board_close(view->board);
    arena_free(view->arena);
    mem_free(view->name);
    mem_free(view->path);
    mem_free(view->range);
    mem_free(view->user);
    mem_free(view->fault);
    mem_free(view);
}

/* -- what a person changes ----------------------------------------------------------------------------------------- */

void board_view_refresh(struct board_view *view)
{
    view->all = true;
    view->refused = 0;
    wake(view);
}

static void replace(struct board_view *view, char **text, const char *with)
{
    mem_free(*text);
    *text = with != NULL && with[0] != '\0' ? mem_strdup(with) : NULL;
    board_view_refresh(view);
}

void board_view_range(struct board_view *view, const char *range)
{
    replace(view, &view->range, range);
}

void board_view_user(struct board_view *view, const char *user)
{
    replace(view, &view->user, user);
}

int board_view_rate(struct board_view *view, const char *rate, struct error *error)
{
    int64_t   every = view->every_us > 0 ? view->every_us : app_board_of(view->board)->every_us;
    long long seconds;

    if (text_equal(rate, "auto"))
        every = 0;
    else if (text_equal(rate, "+"))
        every /= 2;
    else if (text_equal(rate, "-"))
        every *= 2;
    else if (text_to_int64(rate, strlen(rate), &seconds) >= 0 && seconds > 0 && seconds <= 3600)
        every = seconds * US_PER_SECOND;
    else
        return error_set(error, ERR_USAGE, "no rate '%s': +, -, auto, or seconds up to 3600", rate);
    if (every > 0)
        every = every < RATE_LEAST_US ? RATE_LEAST_US : every > RATE_MOST_US ? RATE_MOST_US : every;
    view->every_us = every;
    wake(view);
    return 0;
}

bool board_view_zoom(struct board_view *view, bool zoomed)
{
    bool before = view->zoomed;

    view->zoomed = zoomed;
    return before;
}

const char *board_view_name(const struct board_view *view)
{
    return view->name;
}

const char *board_view_path(const struct board_view *view)
{
    return view->path;
}

const char *board_view_line(const struct board_view *view)
{
    const struct board       *board = app_board_of(view->board);
    const struct board_panel *panel = &board->panels[view->panel];

    return view->panel >= board->panel_count ? NULL
           : panel->query != NULL            ? panel->query
           : panel->command != NULL          ? panel->command
                                             : panel->history;
}

/* -- moving -------------------------------------------------------------------------------------------------------- */

/* The panel of the band above or below that begins nearest; SIZE_MAX. */
static size_t across(const struct board_view *view, int by)
{
    const struct board_area *areas = view->layout.areas;
    size_t                   count = app_board_of(view->board)->panel_count, best = SIZE_MAX;

    for (size_t i = 0; areas != NULL && i < count; i++)
        if (areas[i].band == areas[view->panel].band + by &&
            (best == SIZE_MAX || abs(areas[i].x - areas[view->panel].x) < abs(areas[best].x - areas[view->panel].x)))
            best = i;
    return best;
}

bool board_view_move(struct board_view *view, const char *direction)
{
    size_t count = app_board_of(view->board)->panel_count, to = view->panel;
    bool   steps = text_equal(direction, "next") || text_equal(direction, "previous");

    if (text_equal(direction, "next") || text_equal(direction, "right"))
        to = view->panel + 1 < count ? view->panel + 1 : SIZE_MAX;
    else if (text_equal(direction, "previous") || text_equal(direction, "left"))
        to = view->panel > 0 ? view->panel - 1 : SIZE_MAX;
    else if (text_equal(direction, "up") || text_equal(direction, "down"))
        to = across(view, text_equal(direction, "up") ? -1 : 1);
    else if (text_equal(direction, "first") || text_equal(direction, "last"))
        to = count > 0 && direction[0] == 'l' ? count - 1 : 0;
    else
        return false;
    if (to == SIZE_MAX)
        return !steps;
    view->panel = to;
    view->ops.on_change(view->who);
    return true;
}

/* -- drawing ------------------------------------------------------------------------------------------------------- */

static enum look look_of(uint8_t part)
{
    static const enum look looks[] = {
        [BOARD_PART_BORDER - BOARD_PART_BORDER] = LOOK_BORDER, [BOARD_PART_TITLE - BOARD_PART_BORDER] = LOOK_TITLE,
        [BOARD_PART_VALUE - BOARD_PART_BORDER] = LOOK_NUMBER,  [BOARD_PART_DIM - BOARD_PART_BORDER] = LOOK_DIM,
        [BOARD_PART_OK - BOARD_PART_BORDER] = LOOK_OK,         [BOARD_PART_WARN - BOARD_PART_BORDER] = LOOK_WARN,
        [BOARD_PART_ERROR - BOARD_PART_BORDER] = LOOK_ERROR,   [BOARD_PART_EVENT - BOARD_PART_BORDER] = LOOK_KEY,
    };

    if (part >= BOARD_PART_BORDER && part - BOARD_PART_BORDER < (int)COUNT_OF(looks))
        return looks[part - BOARD_PART_BORDER];
    return cells_look(part);
}

static void draw_panel(struct board_view *view, struct canvas *canvas, size_t index, struct area area,
                       enum chart_glyphs glyphs, bool focus)
{
    const struct board      *board = app_board_of(view->board);
    const struct board_shown *shown = app_board_shown(view->board);
    struct board_pen         pen = {.now = instant_now(), .glyphs = glyphs, .focused = focus};
    struct chart_cell       *cells;

    if (area.rows < 1 || area.columns < 1)
        return;
    pen.events = app_board_events(view->board, &pen.event_count);
    cells = mem_array(NULL, (size_t)area.rows * (size_t)area.columns, sizeof *cells);
    board_draw_panel(&board->panels[index], &shown[index], &pen, area.rows, area.columns, cells);
    cells_put(canvas, area, cells, look_of);
    mem_free(cells);
}

/* "Executive ─ last 30 days ─ all users" and, to the right, how it is asked. */
static void draw_head(struct board_view *view, struct canvas *canvas, struct area line)
{
    const struct board   *board = app_board_of(view->board);
    const char *between = canvas->ascii ? "-" : "·", *range = view->range != NULL ? view->range : board->range;
    struct app_board_cost cost = app_board_cost(view->board);
    int64_t               every = view->every_us > 0 ? view->every_us : board->every_us;
    int                   x;

    x = canvas_print(canvas, line.y, 1, line.columns - 2, LOOK_TITLE, "%s", board->title);
    x += 1 + canvas_print(canvas, line.y, 1 + x, line.columns - 2 - x, LOOK_DIM, " %s %s %s %s", between,
                          range != NULL ? range : "each panel's own time", between,
                          view->user != NULL ? view->user : "all users");
    if (view->fault != NULL) {
        canvas_text_cut(canvas, line.y, x + 2, line.columns - x - 3, LOOK_ERROR, view->fault, strlen(view->fault));
    } else if (line.columns - x > 44) {
        struct str how = STR_INIT;

        str_addf(&how, "every %lld s %s %zu round trip%s %s %zu asked", (long long)(every / US_PER_SECOND), between,
                 cost.round_trips, cost.round_trips == 1 ? "" : "s", between, cost.asked);
        canvas_text_right(canvas, line.y, x, line.columns - x - 1, LOOK_DIM, str_text(&how), how.length);
        str_done(&how);
    }
}

/* The chosen panel is in the window. */
static void lay_out(struct board_view *view, struct area area)
{
    const struct board *board = app_board_of(view->board);

    arena_free(view->arena);
    view->arena = arena_new();
    board_lay_out(view->arena, board, area.rows, area.columns, view->first, &view->layout);
    if (view->panel < board->panel_count && !view->layout.areas[view->panel].shown) {
        view->first = view->layout.areas[view->panel].band;
        board_lay_out(view->arena, board, area.rows, area.columns, view->first, &view->layout);
    }
    view->first = view->layout.first;
}

void board_view_draw(struct board_view *view, struct canvas *canvas, struct area area, enum chart_glyphs glyphs,
                     bool focus)
{
    struct area panels = {area.y + 1, area.x, area.rows - 1, area.columns};
    size_t      count = app_board_of(view->board)->panel_count;

    draw_head(view, canvas, area);
    lay_out(view, panels);
    if (view->zoomed && view->panel < count) {
        draw_panel(view, canvas, view->panel, panels, glyphs, focus);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct board_area *at = &view->layout.areas[i];
        struct area              place = {panels.y + at->y, panels.x + at->x, at->rows, at->columns};

        if (!at->shown)
            continue;
        if (place.y + place.rows > panels.y + panels.rows)
            place.rows = panels.y + panels.rows - place.y;
        draw_panel(view, canvas, i, place, glyphs, focus && i == view->panel);
    }
}

void board_view_status(const struct board_view *view, struct str *to)
{
    const struct board *board = app_board_of(view->board);

    if (view->panel >= board->panel_count)
        return;
    str_addf(to, "panel %zu/%zu", view->panel + 1, board->panel_count);
    if (view->layout.last_first > 0)
        str_addf(to, ", rows %d-%d of %d", view->layout.first + 1, view->layout.bands - view->layout.last_first +
                 view->layout.first, view->layout.bands);
}
