/* What is marked on the time axes of a board. */
#include <stdlib.h>
#include <string.h>

#include "board_int.h"
#include "ytempire/base/time.h"

#define EVENTS_US (400 * US_PER_DAY)       /* so far back events are looked for */
#define AGAIN_US  (2 * US_PER_MINUTE)      /* after nobody answered: to find that out may take long */

static int compare_events(const void *a, const void *b)
{
    int64_t left = ((const struct board_event *)a)->at, right = ((const struct board_event *)b)->at;

    return left < right ? -1 : left > right;
}

static void add_event(struct app_board *board, struct board_event *events, const struct pg_result *result, size_t row)
{
    const char *kind = pg_result_text(result, row, 0), *at = pg_result_text(result, row, 1);
    struct board_event *event = &events[board->event_count];

    if (at == NULL || instant_from_text(at, strlen(at), &event->at) < 0)
        return;
    event->kind = text_equal(kind, "migration") ? EVENT_MIGRATION : EVENT_JOB_FAILED;
    event->words = arena_strdup(board->event_arena, pg_result_text(result, row, 2));
    event->name = arena_strdup(board->event_arena, pg_result_text(result, row, 3));
    board->event_count++;
}

/* Of a board whose answers were all cached too; where PostgreSQL is away, or nobody has chosen one, none is sought. */
static struct pg *server_of(struct board_run *run)
{
    struct pg *pg = app_pg_alive(run->app);

    if (pg != NULL || run->no_server != NULL || run->app->undecided || run->now < run->board->connect_at)
        return pg;
    if (app_pg(run->app, &pg, NULL) >= 0)
        return pg;
    run->board->connect_at = instant_now() + AGAIN_US;
    return NULL;
}

static struct pg_result *rows_of(struct board_run *run)
{
    struct pg        *pg = server_of(run);
    struct pg_result *result = NULL;
    char              since[TIME_TEXT_SIZE];

    if (pg == NULL || pg_catalog_query(pg, "board_events", &PG_TEXT(instant_to_text(run->now - EVENTS_US, since)), 1,
                                       &result, NULL) < 0)
        return NULL;
    return result;
}

/* Where they cannot be asked for, those that are known stay. */
void board_find_events(struct board_run *run)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct app_board         *board = run->board;
    bool                      asks;
    size_t                    known, rows = 0;
    const struct board_event *definitions = board_definitions(&known);
    unsigned                  kinds = 0;

    for (size_t i = 0; i < board->board.panel_count; i++)
        kinds |= board->board.panels[i].events;
    if (kinds == 0 || (board->events_at > 0 && run->now - board->events_at < board->board.every_us))
        return;
    board->events_at = run->now;
    asks = !run->tenant && (kinds & (EVENT_JOB_FAILED | EVENT_MIGRATION)) != 0;
    if (asks)
        result = rows_of(run);
    if (result != NULL)
        rows = pg_result_rows(result);
    else if (asks && board->event_arena != NULL)
        return;
    arena_free(board->event_arena);
    board->event_arena = arena_new();
    board->events = ARENA_ARRAY(board->event_arena, struct board_event, known + rows + 1);
    memcpy(board->events, definitions, known * sizeof *definitions);
    board->event_count = known;
    for (size_t i = 0; i < rows; i++)
        add_event(board, board->events, result, i);
    qsort(board->events, board->event_count, sizeof *board->events, compare_events);
}
