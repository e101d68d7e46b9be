/* Shared by board.c and board_draw.c: the board that is open. */
#ifndef UI_BOARD_INT_H
#define UI_BOARD_INT_H

#include <time.h>

#include "board.h"
#include "ytempire/app/board.h"
#include "ytempire/board/moments.h"

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
    bool                   aside;          /* nobody looks at it: only its alerts are asked for */
    bool                   let_go;         /* … and there are none: it holds no connection to PostgreSQL */
    int64_t                ends_by;        /* when it closes: the task is waited for until then */
    bool                   fills, heard;   /* heard: of something warmed while the board was being filled */
    bool                   pushed;         /* something was warmed: it is looked for now, whatever the rate is */
    unsigned               refused;        /* refreshes in a row that came to nothing */
    int64_t                every_us;       /* 0: as the file says */
    int64_t                asked_at;       /* wall clock */
    struct timespec        changed;        /* of the file, when it was read */
    char                  *fault;          /* of the file, or of what was asked for; or NULL */
    struct board_moments  *moments;        /* what was shown */
    const struct board_moment *past;       /* of them, the one that is looked at; NULL: it is live */
    size_t                 panel;
    int                    first;          /* band */
    struct arena          *arena;          /* of the last layout */
    struct board_layout    layout;
};

/* What is shown live, as a moment; borrowed until the next refresh. */
struct board_moment board_view_now(const struct board_view *view);

#endif
