/* Shared by board*.c. */
#ifndef APP_BOARD_INT_H
#define APP_BOARD_INT_H

#include "ask_cache.h"
#include "ytempire/app/board.h"

enum part_kind { PART_NONE, PART_QUERY, PART_KEY, PART_COMMAND };

/* What fills a panel, or its history: a question and the last answer. */
struct board_part {
    enum part_kind kind;
    /* the question: in its arena, and good for one minute, model and range; key NULL: nothing is looked up */
    struct arena  *arena;
    struct query  *query;
    const char    *line, *key, *model_hash;
    const struct compiled *compiled;       /* its columns are wanted; NULL: any are taken */
    int64_t        minute;
    /* the answer */
    struct arena  *rows_arena;
    struct cache_rows *held;               /* what `rows` were made from; NULL: no answer of Redis */
    const struct board_rows *rows;
    enum board_state state;                /* WAITING FRESH STALE FAILED MISSING HIDDEN */
    int64_t        computed_at, failed_since;
    char          *source, *reason;
    int            code;                   /* of a failure */
    int64_t        took_us;                /* the last time it was asked */
    bool           wanted;                 /* in this refresh: it is to be asked */
    unsigned       edition;                /* of `rows`: counts on with each answer, and when it is forgotten */
};

struct board_cell {
    struct board_part  main, history;
    struct board_shown shown;
    struct board_alarm alarm;
    int64_t            asked_at;           /* 0: not yet, or it is due for another reason */
    bool               due, turned;        /* turned: the alarm, by the last refresh */
    char              *alert_fault;        /* why it could not be judged, or NULL */
};

struct app_board {
    struct app                *app;
    const struct app_commands *commands;
    struct arena              *arena;      /* of the definition */
    struct board               board;
    struct board_cell         *cells;      /* one a panel */
    struct board_shown        *shown;      /* copies, side by side */
    struct conf               *session_conf, *tenant_conf;
    struct app                *session;    /* as `app` sees it; opened on first use */
    struct app                *tenant;     /* as `user` does; NULL: nobody was named */
    char                      *user, *account, *range;
    struct arena              *event_arena;
    struct board_event        *events;
    size_t                     event_count;
    int64_t                    events_at;
    int64_t                    connect_at; /* for events alone, not before: nobody answered */
    struct app_board_cost      cost;
};

/* Of one refresh. */
struct board_run {
    struct app_board           *board;
    const struct app_board_ask *ask;
    struct app                 *app;       /* who asks: session or tenant */
    struct app_cache           *cache;     /* NULL: nothing is looked up */
    const char                 *range;
    bool                        tenant;
    int64_t                     now;
    char                       *no_server; /* PostgreSQL is away, and why */
    char                       *no_redis;
};

/* -- board_part.c -------------------------------------------------------------------------------------------------- */

void board_part_forget(struct board_part *part);           /* question and answer */
/* Makes the question of a part ready; what is wrong with it is the part's failure. */
void board_part_prepare(struct board_run *run, struct board_part *part, const struct board_panel *panel,
                        const char *query);
/* A negative code and its words become the part's; its last picture stays. */
void board_part_fail(struct board_part *part, int code, const char *why, int64_t now);
void board_part_hide(struct board_part *part, enum board_state state, const char *why);
void board_part_take(struct board_part *part, const struct cache_look *look, int64_t now);
/* Asks, within the time of one panel; ends the refresh (negative) only with what ended the task. */
int board_part_ask(struct board_run *run, struct board_part *part, const struct board_panel *panel,
                   struct error *error) NODISCARD;

/* -- board_events.c ------------------------------------------------------------------------------------------------ */

/* What the warehouse tells is asked once in the time of the board; a tenant is told of YouTube's alone. Quiet. */
void board_find_events(struct board_run *run);

/* -- board_warm.c -------------------------------------------------------------------------------------------------- */

/* Asks PostgreSQL for what a warmed key would hold. ERR_UNKNOWN: no warm set makes it. */
int board_ask_warmed(struct board_run *run, struct arena *arena, const char *key, const char *account,
                     struct sink *sink, struct error *error) NODISCARD;
/* Whether a warm set makes a key of this form ("analytics:user:{user_id}:monthly_revenue"). */
int  board_key_check(struct arena *arena, const char *key, struct error *error) NODISCARD;

/* -- board_lint.c -------------------------------------------------------------------------------------------------- */

int  board_lint(struct app *app, const struct model *model, const struct app_commands *commands, struct table *table,
                bool *bad, struct error *error) NODISCARD;
/* A query of a board, parsed, with the board's range where it follows. */
int  board_parse(struct arena *arena, const char *text, const char *range, struct query **ret_query,
                 struct error *error) NODISCARD;

#endif
