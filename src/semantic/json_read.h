/*
 * semantic/json_read: what the readers of Cube's JSON share. jansson's type is named here, not included.
 */
#ifndef SEMANTIC_JSON_READ_H
#define SEMANTIC_JSON_READ_H

#include "src/semantic/parse.h"

struct json_t;

struct cube_reader {
    struct arena *arena;
    struct query *query;
    struct error *error;
    unsigned      depth;
};

/* "filters[0]: …", ERR_SYNTAX */
int cube_fail(struct cube_reader *reader, const char *where, const char *format, ...) PRINTF_LIKE(3, 4);
int cube_keys(struct cube_reader *reader, const struct json_t *object, const char *where, const char *const *keys, size_t count) NODISCARD;
int cube_string(struct cube_reader *reader, const struct json_t *value, const char *where, const char **ret_text) NODISCARD;
int cube_name(struct cube_reader *reader, const struct json_t *value, enum name_use use, const char *where, struct name *ret_name) NODISCARD;
/* A list of Cube's filters, joined by AND; NULL when it is empty. */
int cube_filters(struct cube_reader *reader, const struct json_t *list, struct filter **ret_filter) NODISCARD;

int cube_extras(struct cube_reader *reader, const struct json_t *object, const char *where) NODISCARD;
const char *cube_cache_word(enum cube_cache cache);

/* -- Cube's dates (cube_dates.c) ------------------------------------------------------------------------------------ */

/* A string as Cube's own parser reads it: 1; what it does not read: 0. Says in the query's remarks when that is surely
 * not what was meant; without a query such texts are not read. */
int cube_period(struct arena *arena, struct query *query, const char *text, struct period *ret_period);
/* "2026-01-31" or "2026-01-31T12:00:00.000", with an offset turned to UTC and read as local time, as Cube does: 1 or 0. */
int cube_literal(struct arena *arena, struct query *query, const char *text, struct point *ret_point);
/* A dateRange: a string, or a list of one or two. */
int cube_range(struct cube_reader *reader, const struct json_t *value, const char *where, struct period *ret_period) NODISCARD;
/* One string: Cube's reading, else the line's. */
int cube_range_text(struct cube_reader *reader, const char *text, const char *where, struct period *ret_period) NODISCARD;
/* The first or the last unit of a period as a point; false: it has none. */
bool period_edge(const struct period *period, bool end, struct point *ret_point);
/* The same period as two points or one: what `vs` takes; false: it cannot be said so. */
bool period_fixed(const struct period *period, struct period *ret_period);

#endif
