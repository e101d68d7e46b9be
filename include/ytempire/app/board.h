/*
 * app/board: an open board: its panels filled, and filled again.
 *
 * A board asks by a session of its own (connection, model, tenant), so that it holds up no prompt. One refresh reads
 * all that is due of warmed keys and cached answers in one round trip of Redis; what is not there is asked of the
 * engine, one after the other, through the same flight as any question (app/ask.h), each within its time: who was slow
 * last comes last. What fails keeps its last picture and harms no other panel. Without Redis all is asked of
 * PostgreSQL, without PostgreSQL what is cached is shown, and each panel says where it is from.
 */
#ifndef YTEMPIRE_APP_BOARD_H
#define YTEMPIRE_APP_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "ytempire/app.h"
#include "ytempire/board.h"

struct app_board;

/* The commands of the room above, for panels of jobs and logs. `check`: whether a line is a command that only reads;
 * ERR_UNKNOWN, ERR_USAGE. */
struct app_commands {
    int (*check)(struct app *app, const char *line, struct error *error);
    int (*run)(struct app *app, const char *line, struct sink *sink, struct error *error);
    bool (*is_taken)(const char *name); /* 'board NAME' is another command than that which asks the board */
};

/* Opens a board by name, asking nothing; reads one small file. `app` (its place, model, settings) and `commands` must
 * live as long. Errors are those of board_read. */
int  app_board_open(struct app *app, const char *name, const struct app_commands *commands,
                    struct app_board **ret_board, struct error *error) NODISCARD;
void app_board_close(struct app_board *board);                 /* no refresh may be under way; NULL is a no-op */
void app_board_closep(struct app_board **board);
/* Reads its file again. Panels that ask the same keep what is known of them. A broken file changes nothing. */
int  app_board_reload(struct app_board *board, struct error *error) NODISCARD;

const struct board *app_board_of(const struct app_board *board);           /* until the next reload */
/* What is known of each panel; borrowed until the next refresh or reload. */
const struct board_shown *app_board_shown(const struct app_board *board);
/* Events in the time that the board shows, by time; likewise. */
const struct board_event *app_board_events(const struct app_board *board, size_t *ret_count);

struct app_board_ask {
    const char *range;                  /* a period for the panels that follow the board's; NULL: the board's own */
    const char *user;                   /* ID or e-mail: as that tenant sees it; NULL: as the session does */
    bool        all;                    /* every panel, not only those that are due */
    bool        alerts;                 /* … but of those only panels with an alert: nobody looks at the others */
    int64_t     panel_us;               /* at most so long for one panel; 0: 10 s */
    /* Called when a panel's picture has changed, while others are still asked; it must not wait. Or NULL. */
    void (*on_panel)(void *who, size_t panel);
    void       *who;
};

/* Fills what is due. In a task, one refresh at a time. 0 also where panels failed: each says so. ERR_SYNTAX for a range
 * that is none, ERR_UNKNOWN for a user; what ended the task. */
int  app_board_refresh(struct app_board *board, const struct app_board_ask *ask, struct error *error) NODISCARD;
/* Until when nothing is due, on the wall clock; `alerts`: of panels with an alert (INT64_MAX: there are none). */
int64_t app_board_due(const struct app_board *board, bool alerts);
/* Ends its connection to PostgreSQL between two refreshes; the next one makes another. What is known stays. */
void app_board_let_go(struct app_board *board);
/* A set was warmed, or a key (the message of CACHE_WARMED_CHANNEL): panels of warmed keys are due now. */
void app_board_warmed(struct app_board *board, const char *message);

/* What the last refresh cost. */
struct app_board_cost {
    size_t round_trips;                 /* of Redis, for reading */
    size_t asked;                       /* panels that PostgreSQL, or a command, was asked for */
    int64_t us;
};
struct app_board_cost app_board_cost(const struct app_board *board);

/* What the alert of a panel has come to, by this refresh. True: it has just begun to fire or has just ended. */
bool app_board_alarm(const struct app_board *board, size_t panel, struct board_alarm *ret_alarm);
/* So many alerts fire; the words of the first, which are the board's. */
size_t app_board_firing(const struct app_board *board, const char **ret_words);
/* What an alert is called: its own words, else its panel's title. */
const char *app_board_alert_words(const struct board_panel *panel);

/* -- for commands -------------------------------------------------------------------------------------------------- */

/* Yields `name title panels executive path`. A broken file is told in its row. */
int app_boards(struct app *app, struct sink *sink, struct error *error) NODISCARD;
/* The panels' values, one row each: `panel kind value unit change age_seconds source state error …`. ERR_PARTIAL when
 * some failed; when all did, the first one's own. */
int app_board_table(const struct app_board *board, struct sink *sink, struct error *error) NODISCARD;
/* The same code alone, for who shows the panels in another way. */
int app_board_failure(const struct app_board *board, struct error *error) NODISCARD;

#endif
