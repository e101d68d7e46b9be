/* One task fills the board; keys change what it asks for, and wake it. */
#include "board_int.h"

#include "live.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/cache.h"
#include "ytempire/command.h"
#include "ytempire/engine/redis_client.h"

#define LOOK_US      US_PER_SECOND         /* at the board's file */
#define RATE_LEAST_US US_PER_SECOND
#define RATE_MOST_US (60 * US_PER_MINUTE)
#define WAIT_US      (2 * US_PER_SECOND)   /* for the task, when the view closes */
#define HEARD_MOST   ((size_t)1 << 20)

/* -- filling ------------------------------------------------------------------------------------------------------- */

static void set_fault(struct board_view *view, const struct error *error)
{
    mem_free(TAKE(view->fault));
    if (error != NULL && error->where != NULL)
        view->fault = mem_printf("%s: %s", error->where, error->text);
    else if (error != NULL)
        view->fault = mem_strdup(error->text != NULL ? error->text : error_sentence(error->code));
}

static void changed(struct board_view *view)
{
    if (!view->aside)
        view->ops.on_change(view->who);
}

static void on_panel(void *who, size_t panel)
{
    (void)panel;
    changed(who);
}

/* Where the board is not shown, its name is. */
static void tell_alarm(struct board_view *view, const struct board_panel *panel, bool fires)
{
    const char                *words = app_board_alert_words(panel);
    _cleanup_(mem_freep) char *elsewhere = view->aside ? mem_printf("%s (board %s)", words, view->name) : NULL;

    view->ops.on_alert(view->who, fires, panel->alert.ring, elsewhere != NULL ? elsewhere : words, panel->alert.run);
}

static void tell_alarms(struct board_view *view)
{
    const struct board *board = app_board_of(view->board);

    for (size_t i = 0; i < board->panel_count; i++) {
        struct board_alarm alarm;

        if (app_board_alarm(view->board, i, &alarm))
            tell_alarm(view, &board->panels[i], alarm.state == ALARM_FIRING);
    }
}

struct board_moment board_view_now(const struct board_view *view)
{
    const struct board *board = app_board_of(view->board);

    return (struct board_moment){view->asked_at, view->range != NULL ? view->range : board->range, view->user,
                                 app_board_shown(view->board), board->panel_count};
}

static void keep_moment(struct board_view *view)
{
    struct board_moment now = board_view_now(view);

    (void)board_moments_keep(view->moments, &now);
}

static void fill(struct board_view *view)
{
    struct app_board_ask ask = {
        .range = view->range, .user = view->user, .all = view->all && (view->pushed || !view->aside),
        .alerts = view->aside, .on_panel = on_panel, .who = view};
    struct error error = ERROR_INIT;
    int          r;

    view->all = view->all && view->aside;  /* then the rest of all is for when it is shown */
    view->pushed = false;
    view->fills = true;
    r = app_board_refresh(view->board, &ask, &error);
    view->fills = false;
    view->asked_at = instant_now();
    view->refused = r < 0 ? view->refused + 1 : 0;
    if (view->heard)                       /* it may have been looked for before that */
        app_board_warmed(view->board, "");
    view->pushed = view->heard;
    view->heard = false;
    if (r >= 0 && !view->aside)
        keep_moment(view);
    if (!view->over)
        tell_alarms(view);
    if (r < 0 && !view->over)
        set_fault(view, &error);
    else if (r >= 0)
        set_fault(view, NULL);
    error_done(&error);
    changed(view);
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
        view->past = NULL;                 /* what was shown is of other panels */
        board_moments_forget(view->moments);
        if (view->panel >= app_board_of(view->board)->panel_count)
            view->panel = 0;
        view->all = view->pushed = true;
    }
    error_done(&error);
    view->ops.on_change(view->who);
}

/* What is refused as a whole (no such user, no server) is asked again after a second, then more and more seldom. */
static int64_t due_at(const struct board_view *view)
{
    if (view->refused > 0)
        return view->asked_at + (US_PER_SECOND << (view->refused < 6 ? view->refused - 1 : 5));
    if (view->aside && app_board_due(view->board, true) == INT64_MAX)
        return INT64_MAX;
    if (view->pushed || (view->all && !view->aside))
        return 0;
    if (view->aside)
        return app_board_due(view->board, true);       /* as the file says, whatever a person looked on at */
    return view->every_us > 0 ? view->asked_at + view->every_us : app_board_due(view->board, false);
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

static void let_go(struct board_view *view)
{
    bool idle = view->aside && app_board_due(view->board, true) == INT64_MAX;

    if (idle && !view->let_go)
        app_board_let_go(view->board);
    view->let_go = idle;
}

static void view_task(void *who)
{
    struct board_view *view = who;

    view->task = task_current();
    while (!view->over) {
        look_at_file(view);
        if (due_at(view) <= instant_now()) {
            view->all |= !view->aside && view->every_us > 0 && view->asked_at + view->every_us <= instant_now();
            fill(view);
        }
        let_go(view);
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
    view->moments = board_moments_new(BOARD_MOMENTS_MOST, BOARD_MOMENTS_BYTES);
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

void board_view_stop(struct board_view *view)
{
    if (view->over)
        return;
    view->over = true;
    view->ends_by = monotonic_us() + WAIT_US;
    if (view->task != NULL)
        task_cancel(view->task, ERR_INTERRUPTED);
}

void board_view_close(struct board_view *view)
{
    bool ended;

    if (view == NULL)
        return;
    board_view_stop(view);
    ended = task_end(view->app->loop, &view->task, view->ends_by - monotonic_us());
    redis_listener_free(view->listener);
    redis_client_free(view->redis);
    if (!ended) {                          /* a server that does not answer: it is left to its end */
        view->ops = (struct board_view_ops){nobody_looks, nobody_hears};
        return;
    }
    app_board_close(view->board);
    board_moments_free(view->moments);
    arena_free(view->arena);
    mem_free(view->name);
    mem_free(view->path);
    mem_free(view->range);
    mem_free(view->user);
    mem_free(view->fault);
    mem_free(view);
}

/* -- aside --------------------------------------------------------------------------------------------------------- */

void board_view_aside(struct board_view *view, bool aside)
{
    if (aside)
        (void)board_view_go_live(view);
    else if (view->aside)
        view->pushed = true, view->heard |= view->fills;       /* what fell due meanwhile is asked now */
    view->aside = aside;
    wake(view);
}

size_t board_view_firing(const struct board_view *view, const char **ret_words)
{
    return app_board_firing(view->board, ret_words);
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
    (void)board_view_go_live(view);
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

/* -- back through what was shown ----------------------------------------------------------------------------------- */

static void look_at(struct board_view *view, const struct board_moment *moment)
{
    view->past = moment;
    board_moments_hold(view->moments, moment);
    view->ops.on_change(view->who);
}

bool board_view_go_live(struct board_view *view)
{
    bool was_past = view->past != NULL;

    if (was_past)
        look_at(view, NULL);
    return was_past;
}

/* The newest moment is what is shown live, unless a refresh is under way and has changed something. */
static size_t live_index(struct board_view *view)
{
    struct board_moment now = board_view_now(view);
    size_t              count = board_moments_count(view->moments);

    return count > 0 && !board_moments_differ(view->moments, &now) ? count - 1 : count;
}

static int step_back(struct board_view *view, struct error *error)
{
    size_t index = view->past != NULL ? board_moments_index(view->moments, view->past) : live_index(view);

    if (index == 0 && view->past != NULL)
        return error_set(error, ERR_USAGE, "this is the first that is kept of what was shown");
    if (index == 0)
        return error_set(error, ERR_USAGE, "nothing else was shown before");
    look_at(view, board_moments_at(view->moments, index - 1));
    return 0;
}

static int step_forward(struct board_view *view, struct error *error)
{
    size_t index;

    if (view->past == NULL)
        return error_set(error, ERR_USAGE, "this is what is shown now");
    index = board_moments_index(view->moments, view->past) + 1;
    look_at(view, index < live_index(view) ? board_moments_at(view->moments, index) : NULL);
    return 0;
}

int board_view_step(struct board_view *view, const char *direction, struct error *error)
{
    if (text_equal(direction, "back"))
        return step_back(view, error);
    if (text_equal(direction, "forward"))
        return step_forward(view, error);
    if (!text_equal(direction, "live"))
        return error_set(error, ERR_USAGE, "no direction '%s': back, forward or live", direction);
    (void)board_view_go_live(view);
    return 0;
}

/* -- what a person sees -------------------------------------------------------------------------------------------- */

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

void board_view_add_options(const struct board_view *view, struct str *to)
{
    const char *const values[] = {view->range, view->user}, *const names[] = {"range", "user"};

    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (values[i] != NULL) {
            str_addf(to, " --%s ", names[i]);
            live_add_word(to, values[i], strlen(values[i]));
        }
}
