/*
 * activity: what the server is doing now: sessions, who waits for whom, statements that take the time, bloat; and an end
 * to a statement or a session.
 *
 * Each look is a transaction of its own that writes nothing, waits for a lock half a second at most and takes five
 * seconds at most; it reads no table of anybody's. A login sees what the server lets it see: how many sessions or
 * relations it does not is a remark of the result. The same on a standby. Everything here waits and is called in a task
 * (engine/loop.h); `pg` is borrowed, in no transaction.
 */
#ifndef YTEMPIRE_ACTIVITY_H
#define YTEMPIRE_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"
#include "ytempire/engine/pg.h"

/* Yields `pid user database application state wait seconds transaction_seconds query blocked_by own client kind
 * connected_at`, what runs longest first. `all`: also sessions that are idle, this one, and the server's own. */
int activity_sessions(struct pg *pg, bool all, struct sink *sink, struct error *error) NODISCARD;
/* Yields `tree pid depth blocked_by user database application state lock mode relation waiting_seconds
 * transaction_seconds holds query`: each who is waited for, below it those who wait, in the order they came. */
int activity_locks(struct pg *pg, struct sink *sink, struct error *error) NODISCARD;
/* Yields `calls total_seconds share_percent mean_ms max_ms rows hit_percent blocks_read blocks_written temp_blocks user
 * queryid query`; `by` is total, mean, calls, rows or io (ERR_UNKNOWN), `most` how many. ERR_FAILED where the server
 * keeps no such statistics. */
int activity_statements(struct pg *pg, const char *by, long long most, struct sink *sink,
                        struct error *error) NODISCARD;
/* Yields `relation kind of_table bytes bloat_bytes bloat_percent rows dead_rows dead_percent last_vacuum last_autovacuum
 * last_analyze last_autoanalyze`, most bloat first: an estimate from the planner's statistics. */
int activity_bloat(struct pg *pg, long long most, struct sink *sink, struct error *error) NODISCARD;

/* -- an end to it -------------------------------------------------------------------------------------------------- */

/* Sessions as they were when they were looked for: no other statement or session of the same number is meant. */
struct activity_found;
void activity_found_free(struct activity_found *found);
void activity_found_freep(struct activity_found **found);
/* ERR_UNKNOWN when there is no such process; ERR_USAGE for this session itself. */
int  activity_find(struct pg *pg, const long long *pids, size_t count, struct activity_found **ret_found,
                   struct error *error) NODISCARD;
/* In words, for the question before it: "4711 of alice since 12:00:03: SELECT …"; caller frees. */
char *activity_found_text(const struct activity_found *found);
/* Cancels the statements, or (`terminate`) ends the sessions; waits up to five seconds until it is so. Yields `pid user
 * application since query result took_ms`. ERR_PARTIAL (after the rows): not of all; ERR_FAILED: of none. */
int  activity_stop(struct pg *pg, const struct activity_found *found, bool terminate, struct sink *sink,
                   struct error *error) NODISCARD;

#endif
