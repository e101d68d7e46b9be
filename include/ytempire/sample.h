/*
 * sample: a believable company to try things on: users with five channels each, videos, counters, increments, costs,
 * revenue. The same for the same seed, number of channels, days and last day.
 *
 * Counters only grow, but for a rare correction downwards, as YouTube's do; snapshots are taken hourly while a video is
 * young, then every six hours, then daily; increments of a day stand in the row of its Pacific midnight; what YouTube
 * pays is known three days late. Everything of it hangs from accounts under sample.ytempire.invalid and from the
 * source `sample`, so that loading again takes the old company away first, and nothing else.
 */
#ifndef YTEMPIRE_SAMPLE_H
#define YTEMPIRE_SAMPLE_H

#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"
#include "ytempire/engine/pg.h"

#define SAMPLE_CHANNELS 250
#define SAMPLE_DAYS 90
#define SAMPLE_SEED 1

struct sample_options {
    int      channels, days;       /* 1 to 10,000; 1 to 3,650 */
    uint64_t seed;
    int64_t  until;                /* the company's last instant; snapshots end before it */
};

struct sample_report {
    int64_t users, channels, videos, snapshots, costs, revenue, metrics;   /* rows */
};

/* Loads in one transaction, through COPY; shows progress in the sink. In a task. */
int sample_load(struct pg *pg, const struct sample_options *options, struct sink *sink, struct sample_report *ret_report,
                struct error *error) NODISCARD;

#endif
