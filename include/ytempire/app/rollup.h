/*
 * app/rollup: declared rollups in the warehouse: listed, built, brought up to date, compared with the facts.
 *
 * A refresh computes the buckets anew that loads have touched (ops.rollup_touched), those in which the entities of late
 * rows had their next snapshot, and what is new since the watermark; all of one rollup in one transaction. What another
 * session refreshes meanwhile is left to it. A rollup whose definition has changed is built from the start beside the old
 * table, which answers until then. With TimescaleDB one of plain aggregates in buckets of UTC is a continuous aggregate, and
 * each range of it is refreshed by itself; the watermark moves when all are. Called in a task (engine/loop.h).
 */
#ifndef YTEMPIRE_APP_ROLLUP_H
#define YTEMPIRE_APP_ROLLUP_H

#include "ytempire/app.h"

/* Yields `cube name state rows bytes watermark last_refresh kept_as`. State: absent, building, ready, stale (the model
 * has changed), failed, or refused (its members cannot be kept; told beside it). Kept as: table, continuous aggregate. */
int app_rollups(struct app *app, struct sink *sink, struct error *error) NODISCARD;
/* ERR_UNKNOWN with the candidate where the model has no rollup NAME. */
int app_rollup_check_name(struct app *app, const char *name, struct error *error) NODISCARD;
/* NAME ("CUBE.NAME" or the name alone) or NULL: all, and those are dropped that the model no longer has and nobody has
 * refreshed for a week. Yields `cube name done buckets rows seconds`; ERR_PARTIAL when one of
 * several failed or was being refreshed elsewhere. */
int app_rollup_refresh(struct app *app, const char *name, struct sink *sink, struct error *error) NODISCARD;
/* Asks its measures by its dimensions both ways. Yields `cell measure rollup facts` for each cell that differs;
 * ERR_FINDING when there is one. */
int app_rollup_check(struct app *app, const char *name, struct sink *sink, struct error *error) NODISCARD;
/* Proposes rollups from the log of queries (ops.query_log). NAME: a cube, or a declared rollup, which is then proposed with
 * what it lacks; NULL: all. Yields `cube name queries seconds saved_seconds rows bytes declaration`: how often was asked
 * what it answers, how long that took, and what of it would have been saved, by the rows that are read; rows are counted
 * over the fact's last 28 days; the declaration is what stands under preAggregations. */
int app_rollup_advise(struct app *app, const char *name, struct sink *sink, struct error *error) NODISCARD;

#endif
