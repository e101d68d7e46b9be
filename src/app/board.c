/*
 * An open board. Invariant: `cells` has one cell a panel of `board`, and what a cell shows is borrowed from its parts.
 */
#include "ytempire/app/board.h"

#include <stdlib.h>
#include <string.h>

#include "board_int.h"
#include "ytempire/base/time.h"
#include "ytempire/local.h"

/* -- opening and closing ------------------------------------------------------------------------------------------- */

static enum part_kind kind_of(const struct board_panel *panel)
{
    return panel->query != NULL     ? PART_QUERY
           : panel->key != NULL     ? PART_KEY
           : panel->command != NULL ? PART_COMMAND
                                    : PART_NONE;
}

static struct board_cell *cells_of(const struct board *board)
{
    struct board_cell *cells = mem_array(NULL, board->panel_count, sizeof *cells);

    for (size_t i = 0; i < board->panel_count; i++)
        cells[i] = (struct board_cell){.main.kind = kind_of(&board->panels[i]),
                                       .history.kind = board->panels[i].history != NULL ? PART_QUERY : PART_NONE};
    return cells;
}

static void cell_done(struct board_cell *cell)
{
    board_part_forget(&cell->main);
    board_part_forget(&cell->history);
    mem_free(TAKE(cell->alert_fault));
}

static void cells_free(struct board_cell *cells, size_t count)
{
    for (size_t i = 0; cells != NULL && i < count; i++)
        cell_done(&cells[i]);
    mem_free(cells);
}

int app_board_open(struct app *app, const char *name, const struct app_commands *commands, struct app_board **ret_board,
                   struct error *error)
{
    _cleanup_(app_board_closep) struct app_board *board = mem_alloc(sizeof *board);
    int r;

    board->app = app;
    board->commands = commands;
    board->arena = arena_new();
    r = board_read(board->arena, name, &board->board, error);
    if (r < 0)
        return r;
    board->cells = cells_of(&board->board);
    board->shown = mem_array(NULL, board->board.panel_count, sizeof *board->shown);
    memset(board->shown, 0, board->board.panel_count * sizeof *board->shown);
    *ret_board = TAKE(board);
    return 0;
}

void app_board_close(struct app_board *board)
{
    if (board == NULL)
        return;
    cells_free(board->cells, board->board.panel_count);
    mem_free(board->shown);
    app_free(board->session);
    app_free(board->tenant);
    conf_free(board->session_conf);
    conf_free(board->tenant_conf);
    mem_free(board->user);
    mem_free(board->account);
    mem_free(board->range);
    arena_free(board->event_arena);
    arena_free(board->arena);
    mem_free(board);
}

void app_board_closep(struct app_board **board)
{
    app_board_close(*board);
}

static bool asks_the_same(const struct board_panel *a, const struct board_panel *b)
{
    return text_equal(a->query, b->query) && text_equal(a->key, b->key) && text_equal(a->command, b->command) &&
           text_equal(a->history, b->history) && a->follows == b->follows && a->kind == b->kind;
}

/* Cells of panels that ask the same move over with what is known of them. */
static void move_cells(struct app_board *board, const struct board *to, struct board_cell *cells)
{
    for (size_t i = 0; i < to->panel_count; i++)
        for (size_t old = 0; old < board->board.panel_count; old++) {
            struct board_cell *from = &board->cells[old];

            if (from->asked_at == 0 || !asks_the_same(&to->panels[i], &board->board.panels[old]))
                continue;
            cell_done(&cells[i]);
            cells[i] = *from;
            *from = (struct board_cell){0};
            break;
        }
}

static void show_all(struct app_board *board)
{
    for (size_t i = 0; i < board->board.panel_count; i++)
        board->shown[i] = board->cells[i].shown;
}

int app_board_reload(struct app_board *board, struct error *error)
{
    struct arena      *arena = arena_new();
    struct board       read;
    struct board_cell *cells;
    int                r = board_read(arena, board->board.name, &read, error);

    if (r < 0) {
        arena_free(arena);
        return r;
    }
    cells = cells_of(&read);
    move_cells(board, &read, cells);
    cells_free(board->cells, board->board.panel_count);
    arena_free(board->arena);
    board->arena = arena;
    board->board = read;
    board->cells = cells;
    board->shown = mem_array(board->shown, read.panel_count, sizeof *board->shown);
    board->events_at = 0;
    show_all(board);
    return 0;
}

const struct board *app_board_of(const struct app_board *board)
{
    return &board->board;
}

const struct board_shown *app_board_shown(const struct app_board *board)
{
    return board->shown;
}

const struct board_event *app_board_events(const struct app_board *board, size_t *ret_count)
{
    *ret_count = board->event_count;
    return board->events;
}

struct app_board_cost app_board_cost(const struct app_board *board)
{
    return board->cost;
}

bool app_board_alarm(const struct app_board *board, size_t panel, struct board_alarm *ret_alarm)
{
    *ret_alarm = board->cells[panel].alarm;
    return board->cells[panel].turned;
}

void app_board_warmed(struct app_board *board, const char *message)
{
    (void)message;                         /* which keys a set has is Redis's to know; to look is cheap */
    for (size_t i = 0; i < board->board.panel_count; i++)
        if (board->cells[i].main.kind == PART_KEY)
            board->cells[i].due = true;
}

const char *app_board_alert_words(const struct board_panel *panel)
{
    return panel->alert.show != NULL ? panel->alert.show : panel->title;
}

size_t app_board_firing(const struct app_board *board, const char **ret_words)
{
    size_t count = 0;

    for (size_t i = 0; i < board->board.panel_count; i++)
        if (board->board.panels[i].alert.when != NULL && board->cells[i].alarm.state == ALARM_FIRING && count++ == 0)
            *ret_words = app_board_alert_words(&board->board.panels[i]);
    return count;
}

/* -- when ---------------------------------------------------------------------------------------------------------- */

static int64_t due_at(const struct app_board *board, size_t panel)
{
    const struct board_cell *cell = &board->cells[panel];
    int64_t                  every = board->board.panels[panel].every_us;

    if (cell->main.kind == PART_NONE)
        return cell->asked_at > 0 ? INT64_MAX : 0;
    if (cell->due || cell->asked_at == 0)
        return 0;
    return cell->asked_at + (every > 0 ? every : board->board.every_us);
}

static bool is_meant(const struct app_board *board, size_t panel, bool alerts)
{
    return !alerts || board->board.panels[panel].alert.when != NULL;
}

int64_t app_board_due(const struct app_board *board, bool alerts)
{
    int64_t due = INT64_MAX;

    for (size_t i = 0; i < board->board.panel_count; i++)
        if (is_meant(board, i, alerts) && due_at(board, i) < due)
            due = due_at(board, i);
    return due;
}

void app_board_let_go(struct app_board *board)
{
    if (board->session != NULL)
        app_disconnect(board->session);
    if (board->tenant != NULL)
        app_disconnect(board->tenant);
}

/* What a cell shows, of what its parts have come to. After every change of a part: who draws meanwhile must not see
 * what is gone. */
static void show(struct app_board *board, size_t index)
{
    struct board_cell        *cell = &board->cells[index];
    const struct board_panel *panel = &board->board.panels[index];
    const struct board_part  *main = &cell->main;

    cell->shown = (struct board_shown){.state = main->state, .rows = main->rows, .history = cell->history.rows,
                                       .computed_at = main->computed_at, .source = main->source, .reason = main->reason,
                                       .edition = 1 + main->edition + cell->history.edition,
                                       .failed_since = main->state == BOARD_FAILED ? main->failed_since : 0};
    if (main->kind == PART_NONE)
        cell->shown = (struct board_shown){.state = BOARD_FRESH, .source = "file", .computed_at = cell->asked_at};
    else if (main->state == BOARD_FRESH)
        cell->shown.state = board_state_of(panel, main->rows);
    if (main->state == BOARD_FRESH && cell->history.state == BOARD_FAILED)
        cell->shown.reason = cell->history.reason;
    board->shown[index] = cell->shown;
}

/* -- who asks ------------------------------------------------------------------------------------------------------ */

/* What `set` has changed since, but for `write`. */
static void follow_settings(const struct conf *from, struct conf *to, bool *changed)
{
    for (enum conf_id id = 0; to != NULL && id < OPTION_COUNT; id++) {
        if ((conf_options[id].places & CONF_SET) == 0 || id == OPTION_WRITE ||
            text_equal(conf_text(from, id), conf_text(to, id)))
            continue;
        (void)!conf_set(to, conf_options[id].name, conf_origin(from, id) == CONF_FROM_SET ? conf_text(from, id) : NULL,
                        NULL);
        *changed = true;
    }
}

/* Questions that were made ready are so by the settings of then. */
static void follow_session(struct app_board *board)
{
    bool changed = false;

    follow_settings(board->app->conf, board->session_conf, &changed);
    follow_settings(board->app->conf, board->tenant_conf, &changed);
    for (size_t i = 0; changed && i < board->board.panel_count; i++)
        board->cells[i].main.minute = board->cells[i].history.minute = 0;
}

/* Another user sees other rows: what is known is forgotten. */
static void forget_all(struct app_board *board)
{
    for (size_t i = 0; i < board->board.panel_count; i++) {
        struct board_cell *cell = &board->cells[i];

        board_part_forget(&cell->main);
        board_part_forget(&cell->history);
        cell->shown = (struct board_shown){0};
        cell->asked_at = 0;
    }
    show_all(board);
}

static void put(char **text, const char *value)
{
    char *old = *text;

    *text = value != NULL ? mem_strdup(value) : NULL;
    mem_free(old);
}

static int find_account(struct app_board *board, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct pg *pg;
    int        r = app_pg(board->tenant, &pg, error);

    if (r >= 0)
        r = pg_catalog_query(pg, "cache_account", NULL, 0, &result, error);
    if (r >= 0)
        put(&board->account, pg_result_rows(result) > 0 ? pg_result_text(result, 0, 0) : NULL);
    return r;
}

/* A session of the board's own, as that user where one is named. */
static int open_session(const struct app_board *board, const char *user, struct conf **ret_conf, struct app **ret_app,
                        struct error *error)
{
    struct app  *app = board->app;
    struct conf *conf = conf_copy(app->conf);
    int          r;

    conf_act_as(conf, user);
    (void)!conf_set(conf, "write", NULL, NULL);
    r = app_beside(app, conf, ret_app, error);
    if (r < 0) {
        conf_free(conf);
        return r;
    }
    (*ret_app)->starts_nothing = app->starts_nothing;
    (*ret_app)->follows_model = app->follows_model;
    (*ret_app)->trace = app->trace;
    *ret_conf = conf;
    return 0;
}

static int choose_user(struct app_board *board, const char *user, struct error *error)
{
    int r = 0;

    if (board->session == NULL)
        r = open_session(board, NULL, &board->session_conf, &board->session, error);
    if (r < 0 || (text_equal(user, board->user) && (user == NULL || board->account != NULL)))
        return r;
    forget_all(board);
    app_free(TAKE(board->tenant));
    conf_free(TAKE(board->tenant_conf));
    put(&board->account, NULL);
    put(&board->user, user);
    board->events_at = 0;                  /* a tenant sees no marks of others */
    if (user == NULL)
        return 0;
    r = open_session(board, user, &board->tenant_conf, &board->tenant, error);
    return r < 0 ? r : find_account(board, error);
}

static int choose_range(struct app_board *board, const char *range, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct query *query;
    int           r = 0;

    if (range != NULL && text_starts(range, "for "))
        range += 4;
    if (text_equal(range, board->range))
        return 0;
    if (range != NULL)
        r = board_parse(arena, "x", range, &query, error);
    if (r < 0)
        return r;
    put(&board->range, range);
    for (size_t i = 0; i < board->board.panel_count; i++)
        if (board->board.panels[i].follows) {
            board->cells[i].asked_at = 0;
            board_part_forget(&board->cells[i].main);
            board_part_forget(&board->cells[i].history);
            show(board, i);
        }
    return 0;
}

/* The private servers come up with PostgreSQL; and a cache is of use where it is known whose database this is. */
static void open_cache(struct board_run *run)
{
    struct app  *app = run->app;
    struct error why = ERROR_INIT;
    struct pg   *pg;
    int          r = 0;

    if (app_local(app) != NULL && !local_looks_up(app_local(app)))
        r = app_pg(app, &pg, &why);
    if (r >= 0)
        run->cache = cache_for_asking(app, run->board->app->words);
    if (run->cache != NULL && ask_know_place(app, run->cache, &why) < 0)
        run->no_server = mem_strdup(why.text);
    error_done(&why);
}

/* -- looking up ---------------------------------------------------------------------------------------------------- */

static void add_look(const struct board_part *part, struct cache_look *looks, const struct board_part **parts,
                     size_t *count)
{
    if (part->kind == PART_NONE || !part->wanted || part->key == NULL)
        return;
    looks[*count] = (struct cache_look){.key = part->key};
    if (part->compiled != NULL) {
        looks[*count].columns = part->compiled->columns;
        looks[*count].column_count = part->compiled->column_count;
    }
    parts[(*count)++] = part;
}

/* All keys in one round trip. */
static void look_up(struct board_run *run)
{
    struct app_board         *board = run->board;
    size_t                    most = board->board.panel_count * 2, count = 0;
    struct cache_look        *looks = mem_array(NULL, most, sizeof *looks);
    const struct board_part **parts = mem_array(NULL, most, sizeof *parts);
    struct error              why = ERROR_INIT;

    for (size_t i = 0; run->cache != NULL && !conf_flag(run->app->conf, OPTION_REFRESH) && i < board->board.panel_count;
         i++) {
        add_look(&board->cells[i].main, looks, parts, &count);
        add_look(&board->cells[i].history, looks, parts, &count);
    }
    if (count > 0) {
        board->cost.round_trips++;
        if (cache_look(run->cache->cache, looks, count, &why) < 0) {
            cache_warn(run->app, run->board->app->words, &why);
            run->no_redis = mem_strdup(why.text);
        }
        for (size_t i = 0; run->no_redis == NULL && i < count; i++)
            board_part_take((struct board_part *)(uintptr_t)parts[i], &looks[i], run->now);
        cache_looks_done(looks, count);
        for (size_t i = 0; i < board->board.panel_count; i++)
            show(board, i);
    }
    error_done(&why);
    mem_free(looks);
    mem_free(parts);
}

/* -- one refresh --------------------------------------------------------------------------------------------------- */

static void prepare(struct board_run *run)
{
    struct app_board *board = run->board;

    for (size_t i = 0; i < board->board.panel_count; i++) {
        const struct board_panel *panel = &board->board.panels[i];
        struct board_cell        *cell = &board->cells[i];

        cell->main.wanted = cell->history.wanted = false;
        if (!is_meant(board, i, run->ask->alerts) || (!run->ask->all && due_at(board, i) > run->now))
            continue;
        cell->asked_at = run->now;
        cell->due = true;
        if (cell->main.kind != PART_NONE)
            board_part_prepare(run, &cell->main, panel, panel->query);
        show(board, i);                    /* what follows may wait, and a frame be drawn meanwhile */
        if (cell->history.kind != PART_NONE)
            board_part_prepare(run, &cell->history, panel, panel->history);
        show(board, i);
    }
}

static void judge_alarm(struct board_run *run, struct board_cell *cell, const struct board_panel *panel)
{
    struct error     why = ERROR_INIT;
    enum board_truth truth = TRUTH_UNKNOWN;

    if (panel->alert.when == NULL) {
        cell->alarm = (struct board_alarm){0};     /* the file had one before */
        return;
    }
    put(&cell->alert_fault, board_alert_look(&panel->alert, &cell->shown, &truth, &why) < 0 ? why.text : NULL);
    cell->turned = board_alarm_step(&cell->alarm, &panel->alert, truth, run->now);
    error_done(&why);
}

static void settle(struct board_run *run, size_t index)
{
    struct board_cell *cell = &run->board->cells[index];

    cell->due = false;
    show(run->board, index);
    judge_alarm(run, cell, &run->board->board.panels[index]);
    if (run->ask->on_panel != NULL)
        run->ask->on_panel(run->ask->who, index);
}

static int64_t slowness(const struct board_cell *cell)
{
    return (cell->main.wanted ? cell->main.took_us : 0) + (cell->history.wanted ? cell->history.took_us : 0);
}

/* The panel to be asked next: that which was fastest the last time; or none. */
static struct board_cell *next_wanted(struct app_board *board, size_t *ret_index)
{
    struct board_cell *found = NULL;

    for (size_t i = 0; i < board->board.panel_count; i++) {
        struct board_cell *cell = &board->cells[i];

        if ((cell->main.wanted || cell->history.wanted) && (found == NULL || slowness(cell) < slowness(found))) {
            found = cell;
            *ret_index = i;
        }
    }
    return found;
}

static int ask_all(struct board_run *run, struct error *error)
{
    struct app_board  *board = run->board;
    struct board_cell *cell;
    size_t             index = 0;
    int                r = 0;

    for (size_t i = 0; i < board->board.panel_count; i++)
        if (board->cells[i].due && is_meant(board, i, run->ask->alerts) && !board->cells[i].main.wanted &&
            !board->cells[i].history.wanted)
            settle(run, i);
    while (r >= 0 && (cell = next_wanted(board, &index)) != NULL) {
        const struct board_panel *panel = &board->board.panels[index];

        board->cost.asked++;
        if (cell->main.wanted)
            r = board_part_ask(run, &cell->main, panel, error);
        show(board, index);
        if (r >= 0 && cell->history.wanted)
            r = board_part_ask(run, &cell->history, panel, error);
        if (r >= 0)
            settle(run, index);
    }
    return r;
}

/* -- a refresh ---------------------------------------------------------------------------------------------------- */

int app_board_refresh(struct app_board *board, const struct app_board_ask *ask, struct error *error)
{
    struct board_run run = {.board = board, .ask = ask, .now = instant_now()};
    int64_t          began = monotonic_us();
    int              r;

    for (size_t i = 0; i < board->board.panel_count; i++)
        board->cells[i].turned = false;
    follow_session(board);
    r = choose_range(board, ask->range, error);

    if (r >= 0)
        r = choose_user(board, ask->user, error);
    if (r < 0)
        return r;
    board->cost = (struct app_board_cost){0};
    run.range = board->range != NULL ? board->range : board->board.range;
    run.app = board->tenant != NULL ? board->tenant : board->session;
    run.tenant = conf_text(run.app->conf, OPTION_AS_USER) != NULL;
    run.app->undecided = board->app->undecided;
    open_cache(&run);
    prepare(&run);
    look_up(&run);
    r = ask_all(&run, error);
    if (r >= 0 && !ask->alerts)
        board_find_events(&run);
    app_note_queries(run.app);
    board->cost.us = monotonic_us() - began;
    mem_free(run.no_server);
    mem_free(run.no_redis);
    return r;
}
