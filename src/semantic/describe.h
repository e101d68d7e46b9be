/*
 * What a result means: its columns, the header a person reads (range, zone, rule of the counters, remarks), Cube's
 * annotation, and the steps `explain` prints.
 */
#ifndef SEMANTIC_DESCRIBE_H
#define SEMANTIC_DESCRIBE_H

#include "bound.h"

void describe_result(struct bound *bound, const struct plan *plan, struct compiled *compiled);

#endif
