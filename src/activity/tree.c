/*
 * Who waits for whom, as a tree. A session that waits in a queue is blocked by who holds the lock and by all who came
 * before it; it is shown below the one of them that is nearest to the top, so that each is there once.
 *
 * Invariant: a waiter that has a place has a parent that was placed before it, so there is no way round in a circle.
 */
#include "activity_int.h"

#include "ytempire/base/mem.h"

#define NOWHERE SIZE_MAX

static bool waits_for(const struct waiter *waiter, long long pid)
{
    for (size_t i = 0; i < waiter->blocker_count; i++)
        if (waiter->blockers[i] == pid)
            return true;
    return false;
}

/* Places those who wait for one of this depth; whether there was one. */
static bool place_below(struct waiter *waiters, size_t count, size_t depth)
{
    bool placed = false;

    for (size_t i = 0; i < count; i++) {
        if (waiters[i].depth != NOWHERE)
            continue;
        for (size_t n = 0; n < count && waiters[i].depth == NOWHERE; n++)
            if (waiters[n].depth == depth && waits_for(&waiters[i], waiters[n].pid)) {
                waiters[i].depth = depth + 1;
                waiters[i].parent = n;
                placed = true;
            }
    }
    return placed;
}

static void place_all_below(struct waiter *waiters, size_t count)
{
    for (size_t depth = 0; depth < count; depth++)
        if (!place_below(waiters, count, depth) && depth > 0)
            break;
}

static void place(struct waiter *waiters, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        waiters[i].depth = waiters[i].blocker_count == 0 ? 0 : NOWHERE;
        waiters[i].parent = NOWHERE;
    }
    place_all_below(waiters, count);
    for (size_t i = 0; i < count; i++)         /* a circle, or whom it waited for has gone meanwhile */
        if (waiters[i].depth == NOWHERE) {
            waiters[i].depth = 0;
            place_all_below(waiters, count);
        }
}

void tree_order(struct waiter *waiters, size_t count, size_t *ret_order)
{
    _cleanup_(mem_freep) size_t *open = mem_alloc((count + 1) * sizeof *open);
    size_t opened = 0, done = 0;

    place(waiters, count);
    for (size_t i = count; i-- > 0;)
        if (waiters[i].parent == NOWHERE)
            open[opened++] = i;
    while (opened > 0) {
        size_t at = open[--opened];

        ret_order[done++] = at;
        for (size_t i = count; i-- > 0;)
            if (waiters[i].parent == at)
                open[opened++] = i;
    }
}
