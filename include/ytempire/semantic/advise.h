/*
 * semantic/advise: what was asked, as it is kept and added up, and the rollups that would answer it.
 *
 * Pure, nothing blocks; all lies in the arena. What a declaration answers is decided by the matcher alone: read it into a
 * model (model_load_with_rollup) and compile the line with `as_if_built`.
 */
#ifndef YTEMPIRE_SEMANTIC_ADVISE_H
#define YTEMPIRE_SEMANTIC_ADVISE_H

#include "ytempire/semantic.h"

/* The canonical line without the values that it tests: a number is 0, a text '?', a list one of them; dates, periods and
 * true or false stay. The zone of the context is written where the query has none. NULL: rows are asked for, not groups. */
char *query_for_log(struct arena *arena, const struct query *query, const struct semantic_context *context);

/* What a rollup of one cube must keep for a question, by the cube's own members. */
struct query_shape {
    const char  *cube;
    const char **measures;   size_t measure_count, measure_room;
    const char **dimensions; size_t dimension_count, dimension_room;
    const char **segments;   size_t segment_count, segment_room;
    const char  *time;                         /* the cube's default time */
    enum data_unit unit;
};

/* One for each cube that the question reads and that has a default time. A member behind a join is kept by a dimension of
 * the cube that keeps the columns of that join; where there is none it is left out, and the matcher will say so. A segment
 * is kept by a dimension likewise, else declared. */
int semantic_shapes(struct arena *arena, const struct model *model, const struct query *query,
                    const struct semantic_context *context, struct query_shape **ret_shapes, size_t *ret_count,
                    struct error *error) NODISCARD;
/* That of a declared rollup; false: there is none of that name. */
bool model_rollup_shape(const struct model *model, struct arena *arena, const char *cube, const char *name,
                        struct query_shape *ret_shape);
/* What keeps both, of one cube: all measures and dimensions, by a unit that divides both. */
struct query_shape query_shape_join(struct arena *arena, const struct query_shape *a, const struct query_shape *b);
/* {"NAME": {"type": "rollup", …}}: what stands under "preAggregations". */
const char *query_shape_declaration(struct arena *arena, const struct query_shape *shape, const char *name);

/* The model of the files with one more rollup in the cube (or in the place of the one of that name), as the reader of
 * models reads it. ERR_USAGE: the cube's file cannot be changed so. */
int model_load_with_rollup(const struct model_file *files, size_t count, const char *cube, const char *declaration,
                           struct model **ret_model, struct error *error) NODISCARD;

#endif
