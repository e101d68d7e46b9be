/*
 * board: a grid of panels as a file, what is known of each panel, and what of it is laid out, said and judged.
 *
 * A board is a file NAME.json in $XDG_CONFIG_HOME/ytempire/queries/boards (these first) or among the program's data
 * (src/board/README.md has all its words). Who fills a panel is app/board.h; here nothing connects or waits. Pure but
 * for reading small files. Memory is the caller's arena, texts that are given stay borrowed. Instants are microseconds,
 * UTC; `now` always comes in by argument.
 */
#ifndef YTEMPIRE_BOARD_H
#define YTEMPIRE_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/data.h"

/* -- the file ------------------------------------------------------------------------------------------------------ */

enum board_kind {
    BOARD_STAT,         /* one value, its change, a sparkline */
    BOARD_LINE, BOARD_BAR, BOARD_HEAT,
    BOARD_GAUGE,        /* one value between two ends */
    BOARD_TABLE,
    BOARD_TEXT,         /* words of the file's own */
    BOARD_JOBS, BOARD_LOG,      /* what a command of the console yields: all rows, the last rows */
};
const char *board_kind_name(enum board_kind kind);                     /* "stat" */

/* Judged by a value as decimals; NULL: no such step. */
struct board_threshold {
    const char *warn, *error;
    bool        below;                  /* it is bad to be at or below them, else at or above */
};

struct board_alert {
    const char *when;                   /* a condition (data/condition.h) on the columns of the panel; NULL: no alert */
    int64_t     for_us;                 /* so long it must hold */
    bool        ring;
    const char *show, *run;             /* words; a command of the console; or NULL */
};

enum board_change { CHANGE_NONE, CHANGE_PERCENT, CHANGE_DIFFERENCE };

enum board_event_kind { EVENT_JOB_FAILED = 1, EVENT_MIGRATION = 2, EVENT_DEFINITION = 4 };    /* bits */

struct board_panel {
    enum board_kind kind;
    const char *title, *description;    /* description: or NULL */
    /* What fills it: one of these; the others are NULL. */
    const char *query;                  /* a line, or Cube's JSON */
    const char *key;                    /* "analytics:executive:daily_revenue", with {user_id} where it is a user's */
    const char *command;
    const char *text;
    const char *history;                /* a query for the sparkline and the change, beside; or NULL */
    const char *value;                  /* column that is shown; NULL: the first measure, else the first number */
    const char *previous;               /* column of the value before; NULL: NAME_previous, else the row before */
    const char *than;                   /* "the day before"; NULL: by the unit of the time column */
    enum board_change change;
    bool        less_is_better;
    const char *unit;                   /* "currency" "percent" "bytes" "duration" "number", or words behind; or NULL */
    int         decimals;               /* -1: as the column has them */
    const char *least, *most;           /* ends of a gauge; NULL: 0, and the larger of value and error threshold */
    struct board_threshold threshold;
    struct board_alert     alert;
    unsigned    events;                 /* kinds that are marked on its time axis */
    bool        follows;                /* the time range of the board is that of its query */
    int         width, height;          /* cells of the grid */
    int64_t     every_us;               /* asked anew so often; 0: as the board is */
    const char *where;                  /* "FILE:LINE:COLUMN" of what fills it; and of the parts that may be wrong: */
    const char *history_where, *alert_where;
};

#define BOARD_GRID 12                   /* cells of a row */
#define BOARD_PANELS_MOST 64

struct board {
    const char *name, *title, *description, *path;
    bool        shipped;                /* it came with the program, for the model that did */
    bool        executive;              /* its answers are of the class executive_dashboard */
    const char *range;                  /* a period as in a query: "last 30 days"; NULL: each query's own */
    int64_t     every_us;
    struct board_panel *panels;
    size_t      panel_count;
};

/* All of it in the arena. ERR_UNKNOWN with did-you-mean; ERR_SYNTAX with the place. Blocks for a small file. */
int  board_read(struct arena *arena, const char *name, struct board *ret_board, struct error *error) NODISCARD;
/* The same of a text; `path` is for messages. */
int  board_read_text(struct arena *arena, const char *name, const char *path, const char *text, size_t length,
                     struct board *ret_board, struct error *error) NODISCARD;
/* Its file, caller frees: to be edited, or watched. */
int  board_find(const char *name, char **ret_path, struct error *error) NODISCARD;
/* All names, sorted; ended with board_names_free. */
int  board_names(char ***ret_names, size_t *ret_count, struct error *error) NODISCARD;
void board_names_free(char **names, size_t count);

/* -- areas --------------------------------------------------------------------------------------------------------- */

struct board_area {
    int  y, x, rows, columns;           /* in the window, borders and all; y may lie outside of it */
    int  band;                          /* panels beside each other */
    bool shown;                         /* at least its top border and a line are in the window */
};

struct board_layout {
    struct board_area *areas;           /* one a panel */
    int bands, first, last_first;       /* bands; the uppermost; the largest `first` that leaves no empty window */
    int rows;                           /* of all bands */
};

/* Lays the panels out from left to right and top to bottom, in a window of that size, from band `first` (clipped to
 * what there is) on. A panel that the window is too narrow for takes more cells; a band fills the window's width, and
 * what height is left over goes to the bands with pictures. Works from 20 × 3 on;
 * with 0 rows the window is as high as the board needs. */
void board_lay_out(struct arena *arena, const struct board *board, int rows, int columns, int first,
                   struct board_layout *ret_layout);

/* -- what is known of a panel -------------------------------------------------------------------------------------- */

/* An answer, whole; cells row by row. */
struct board_rows {
    struct data_column *columns;
    struct data_cell   *cells;
    size_t              column_count, row_count;
};

/* Rows as they come, into an arena: at most `most`, the first or (`last`) the last. */
struct board_gather;
struct board_gather *board_gather_new(struct arena *arena, size_t most, bool last);
void         board_gather_free(struct board_gather *gather);           /* NULL is a no-op; the rows stay */
struct sink *board_gather_sink(struct board_gather *gather);
/* NULL: no result has ended. Of several results that of the last. */
const struct board_rows *board_gather_rows(const struct board_gather *gather);
const struct data_note  *board_gather_note(const struct board_gather *gather);     /* likewise; never NULL after rows */

enum board_state {
    BOARD_WAITING,      /* not asked yet */
    BOARD_FRESH,
    BOARD_ZERO,         /* fresh, and the value is 0 */
    BOARD_STALE,        /* older than it may be, and shown */
    BOARD_FAILED,       /* could not be had: the last picture, if there was one */
    BOARD_MISSING,      /* there is no row, no key */
    BOARD_NULL,         /* there is a row, and its value is not known */
    BOARD_HIDDEN,       /* not for this user */
};
const char *board_state_name(enum board_state state);                  /* "fresh" */

struct board_shown {
    enum board_state         state;
    const struct board_rows *rows, *history;   /* the last picture; NULL: there is none */
    int64_t     computed_at;            /* 0: not known */
    const char *source;                 /* "redis" "facts" "rollup daily_rollup" "command" "file", or NULL */
    const char *reason;                 /* why it is not fresh, or NULL */
    int64_t     failed_since;           /* of BOARD_FAILED */
    unsigned    edition;                /* another number when the rows may be others; 0: not known */
};

/* What becomes of an answer that came and is new: FRESH, ZERO, MISSING or NULL. */
enum board_state board_state_of(const struct board_panel *panel, const struct board_rows *rows);

/* -- values -------------------------------------------------------------------------------------------------------- */

/* What a stat or a gauge shows; of every other kind the value that stands for it: the first row, of a line the last. */
struct board_number {
    struct data_column column;          /* with the panel's unit and decimals */
    struct data_cell   cell, previous;  /* text NULL: not known */
    const char        *suffix;          /* of the unit, or "" */
    const char        *than;            /* what `previous` is */
    double            *history;         /* for the sparkline; NaN: a gap */
    size_t             history_count;
};
/* False: there is no row, or no column to show. */
bool board_number_of(struct arena *arena, const struct board_panel *panel, const struct board_shown *shown,
                     struct board_number *ret_number);
void board_number_text(const struct board_number *number, struct data_cell cell, struct str *to);  /* "$3,412.80" */
/* "▲ 12 %", "▼ 3", "= 0"; "" where nothing is known before. `ret_judged`: 1 better, -1 worse, 0 neither. */
void board_change_text(const struct board_panel *panel, const struct board_number *number, bool ascii, struct str *to,
                       int *ret_judged);
enum board_role { BOARD_NEUTRAL, BOARD_OK, BOARD_WARN, BOARD_ERROR };
const char *board_role_name(enum board_role role);                     /* "" "ok" "warn" "error" */
/* By the thresholds; NEUTRAL without them or without a number. */
enum board_role board_role_of(const struct board_panel *panel, const struct board_number *number);
/* Where it lies between the ends of a gauge, 0 to 1. */
double board_gauge_part(const struct board_panel *panel, const struct board_number *number, struct str *ret_of);
void board_age_text(int64_t at, int64_t now, struct str *to);          /* "12 s", "3 min" */
/* "12 s", "stale 6 min", "failed: no connection", "no rows", …: what stands at a panel's foot. */
void board_foot_text(const struct board_shown *shown, int64_t now, struct str *to);
/* "Revenue today: $3,412.80, up 12 % on the day before; 12 s old, from redis." */
void board_sentence(const struct board_panel *panel, const struct board_shown *shown, int64_t now, struct str *to);

/* -- alerts -------------------------------------------------------------------------------------------------------- */

enum board_truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };
enum board_alarm_state { ALARM_QUIET, ALARM_PENDING, ALARM_FIRING };

struct board_alarm {                    /* zeroed memory is quiet */
    enum board_alarm_state state;
    int64_t                since;       /* in this state */
};

/* Whether the condition holds for what is shown; UNKNOWN when nothing is known now. ERR_UNKNOWN: there is no such
 * column. */
int  board_alert_look(const struct board_alert *alert, const struct board_shown *shown, enum board_truth *ret_truth,
                      struct error *error) NODISCARD;
/* One look's consequence. True: it has begun to fire, or to be quiet again after it did. What is not known changes
 * nothing, but the time that a condition must hold begins anew. */
bool board_alarm_step(struct board_alarm *alarm, const struct board_alert *alert, enum board_truth truth, int64_t now);
const char *board_alarm_name(enum board_alarm_state state);            /* "quiet" */

/* -- events -------------------------------------------------------------------------------------------------------- */

struct board_event {
    int64_t               at;
    enum board_event_kind kind;
    const char           *words;        /* "job 1039 (trending) failed: …" */
    const char           *name;         /* of its job ("1039") or migration; or NULL */
};
const char *board_event_name(enum board_event_kind kind);              /* "job_failed" */
/* What YouTube has changed in its definitions of figures, by time; the program's own list. */
const struct board_event *board_definitions(size_t *ret_count);
/* Those of `events` that one of `count` panels marks: of its kinds, in the time that its rows have; by time as they
 * were. The array is the arena's, the events stay borrowed. */
struct board_marks {
    const struct board_event **events;
    size_t                     count;
};
struct board_marks board_marks_of(struct arena *arena, const struct board_panel *panels,
                                  const struct board_shown *shown, size_t count, const struct board_event *events,
                                  size_t event_count);

#endif
