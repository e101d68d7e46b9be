/*
 * ingest/costs: what the sources of money share (openai-costs, elevenlabs-usage, stripe).
 *
 * Each reads a stretch of time again that it has read before, since amounts are corrected for weeks, and stores what
 * differs: a second run writes nothing. A script of the source's own takes its answers apart into
 * pg_temp.ingest_items (each thing that was told, once, with the reason where it cannot be), ingest_costs and
 * ingest_revenue; those of `costs_*` store them. What cannot be taken in is a dead letter, known by the thing's key,
 * and leaves what is stored as it is; it goes by itself once the thing is told rightly.
 */
#ifndef INGEST_COSTS_H
#define INGEST_COSTS_H

#include "fetch.h"

#define COSTS_SETTINGS(look_back, history)                                                                             \
    {"look_back", "DAYS", (look_back), 0, 400, "days before the last run that are read again"},                        \
        {"history", "DAYS", (history), 1, 3650, "how far back the first run goes"},                                    \
        {"from", "DAY", "", 0, 0, "the first day, UTC, instead of those"},                                             \
        {"to", "DAY", "", 0, 0, "the last day; today"}

/* Instants; `from` is a midnight UTC. */
struct costs_stretch {
    int64_t from, to;
};

/* The days that were named; else from `look_back` days before the end of the stretch that was stored last, or `history` days before now, up to
 * now. */
int costs_stretch(struct fetch *fetch, const struct ingest *ingest, struct costs_stretch *ret_stretch,
                  struct error *error) NODISCARD;
/* Stores what is in hand through `script` and the scripts of all. With `until` the bookmark is set: the stretch was
 * read to its end. INT64_MIN: there is more to come. */
int costs_store(struct fetch *fetch, const char *script, int64_t until, struct error *error) NODISCARD;
/* ERR_FAILED when the member of an answer is no list: the API has changed, and a person must look. */
int costs_check_list(const char *source, const struct api_answer *answer, const char *member,
                     struct error *error) NODISCARD;
/* "1730419200": of an instant, whole seconds. */
const char *costs_seconds(struct arena *arena, int64_t instant);

#endif
