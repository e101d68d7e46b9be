/*
 * board/moments: what a board has shown, to be stepped back through.
 *
 * Each refresh that changed something is a moment: a copy of what every panel showed, with the rows. Rows that stay the
 * same from one moment to the next are held once. The number of moments and their bytes are bounded, whatever a board
 * shows and however long: the oldest go first. Beyond both bounds stay only the newest, which is what the next refresh
 * is compared with, and the one that is held because somebody looks at it. Pure.
 */
#ifndef YTEMPIRE_BOARD_MOMENTS_H
#define YTEMPIRE_BOARD_MOMENTS_H

#include "ytempire/board.h"

#define BOARD_MOMENTS_MOST  240                        /* an hour of a board that changes every 15 s */
#define BOARD_MOMENTS_MIB   8
#define BOARD_MOMENTS_BYTES ((size_t)BOARD_MOMENTS_MIB << 20)

struct board_moment {
    int64_t                   at;
    const char               *range, *user;            /* that it was asked for; or NULL */
    const struct board_shown *shown;                   /* one a panel */
    size_t                    panel_count;
};

struct board_moments;

struct board_moments *board_moments_new(size_t most, size_t bytes);
void   board_moments_free(struct board_moments *moments);          /* NULL is a no-op */
void   board_moments_forget(struct board_moments *moments);        /* all: the board has other panels now */

/* Keeps what is shown where it differs from the newest moment by more than ages; copies all of it. True: it did. */
bool   board_moments_keep(struct board_moments *moments, const struct board_moment *now);
/* Whether it differs. */
bool   board_moments_differ(struct board_moments *moments, const struct board_moment *now);

size_t board_moments_count(const struct board_moments *moments);
size_t board_moments_bytes(const struct board_moments *moments);   /* that they take */
/* From the oldest, 0, on; it stays until the next `keep` or `forget`, and when it is held until it no longer is. */
const struct board_moment *board_moments_at(const struct board_moments *moments, size_t index);
size_t board_moments_index(const struct board_moments *moments, const struct board_moment *moment);
/* At most one is held; NULL: none. */
void   board_moments_hold(struct board_moments *moments, const struct board_moment *moment);

#endif
