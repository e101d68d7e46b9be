/* semantic/absolute: the query as it is kept and handed on: what depends on the clock made fixed, names made full. */
#ifndef SEMANTIC_ABSOLUTE_H
#define SEMANTIC_ABSOLUTE_H

#include "bound.h"

/* A copy whose periods, relative points and variables are what they are now, in the query's zone; a period that ends now
 * ends with the minute, so that the same question within it is the same text. Names stay as written. */
struct query *query_absolute(struct bound *bound);
/* The same with names as Cube has them ("VideoPerformance.snapshot_time" with its granularity apart), where the query
 * is of one cube. */
struct query *query_as_cube_has_it(struct bound *bound);

#endif
