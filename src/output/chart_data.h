/* What is gathered for a chart: read by chart_data.c row by row, turned into series by chart_fill.c. */
#ifndef YTEMPIRE_OUTPUT_CHART_DATA_H
#define YTEMPIRE_OUTPUT_CHART_DATA_H

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/output/chart.h"

#define CHART_ROWS_LIMIT 100000
#define NO_COLUMN SIZE_MAX

struct chart_point {
    char   *label;
    int64_t instant;                    /* of a time column */
};

struct chart_key {
    char  *label;
    double total;                       /* of the first measure, without signs: what "largest" means */
};

/* Which point and which key a row is about; its values stand at the same place in `values`. */
struct chart_entry { uint32_t point, key; };

struct chart_data {
    struct arena       *arena;          /* columns and labels */
    struct data_column *columns;
    size_t              count;
    size_t              label;          /* column of the labels, or NO_COLUMN */
    bool                timed;          /* all labels so far are instants */
    size_t             *keys, key_columns;
    size_t             *measures, measure_count;

    struct map         *point_map, *key_map;       /* the value as it came → its number + 1 */
    struct chart_point *points;
    size_t              point_count, point_room;
    struct chart_key   *key_values;
    size_t              key_count, key_room;
    struct chart_entry *entries;
    size_t              entry_count, entry_room;
    double             *values;         /* measure_count an entry */
    size_t              value_room;
    uint64_t            rows;           /* seen; only the first CHART_ROWS_LIMIT are kept */
    struct str          scratch;

    struct arena       *filled;         /* what chart_data_fill lent; until the next */
    const char         *remark;
};

#endif
