/*
 * What a result means: its columns, the header a person reads (range, zone, rule of the counters, remarks), Cube's
 * annotation, and the steps `explain` prints.
 */
#ifndef SEMANTIC_DESCRIBE_H
#define SEMANTIC_DESCRIBE_H

#include "bound.h"

/* A resolved range for a person: "2026-10-25 … 2026-11-23 (30 days)", "since 2026-01-01", "all time" (NULL too). */
const char *describe_range(struct arena *arena, const struct resolved *range, const struct zone *zone);
void describe_result(struct bound *bound, const struct plan *plan, struct compiled *compiled);
/* reads.c: after the statement is written. */
void describe_reads(const struct bound *bound, const struct plan *plan, struct compiled *compiled);

#endif
