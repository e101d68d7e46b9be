/*
 * What the server says of itself: NOTIFY, and that it is gone.
 *
 * Invariant: the socket is watched (`listening`) only between statements, since a task that waits for an answer watches
 * the same descriptor. What comes with an answer is handed on when the statement has ended. libpq closes the socket of a
 * connection that it finds lost, so the descriptor is kept.
 */
#include <poll.h>

#include "pg_internal.h"

static void on_readable(int fd, short revents, void *who)
{
    struct pg *pg = who;

    (void)fd;
    (void)revents;
    if (!pg->lib->PQconsumeInput(pg->conn) || pg->lib->PQstatus(pg->conn) == CONNECTION_BAD) {
        pg_notify_pause(pg);
        pg->state = PG_LOST;
        error_set(&pg->trouble, ERR_CONNECT, "the connection to the server is lost");
        pg->on_notify(pg->notify_who, NULL, NULL);
        return;
    }
    pg_notify_resume(pg);
}

void pg_notify_pause(struct pg *pg)
{
    if (pg->listening >= 0)
        loop_unwatch(pg->loop, pg->listening);
    pg->listening = -1;
}

void pg_notify_resume(struct pg *pg)
{
    PGnotify *notify;

    while (pg->on_notify && (notify = pg->lib->PQnotifies(pg->conn))) {
        pg->on_notify(pg->notify_who, notify->relname, notify->extra);
        pg->lib->PQfreemem(notify);
    }
    if (!pg->on_notify || pg->listening >= 0 || pg->state != PG_READY)
        return;
    pg->listening = pg->lib->PQsocket(pg->conn);
    loop_watch(pg->loop, pg->listening, POLLIN, on_readable, pg);
}

void pg_on_notify(struct pg *pg, void (*on_notify)(void *who, const char *channel, const char *text), void *who)
{
    pg_notify_pause(pg);
    pg->on_notify = on_notify;
    pg->notify_who = who;
    if (on_notify && !pg->busy && pg->copying == COPY_NONE)
        pg_notify_resume(pg);
}
