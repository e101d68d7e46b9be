/* What was gathered, as series: points in order of time with gaps where a whole unit is missing, the largest keys. */
#include "chart_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- points -------------------------------------------------------------------------------------------------------- */

/* A place on the axis: a point, or NO_POINT where nothing is known of a day. */
struct place {
    uint32_t point;
    int64_t  instant;
};
#define NO_POINT UINT32_MAX

struct places {
    struct place *items;
    size_t        count, room;
};

static int by_instant(const void *a, const void *b)
{
    const struct place *left = a, *right = b;

    return left->instant != right->instant ? (left->instant < right->instant ? -1 : 1)
                                           : (left->point < right->point ? -1 : left->point > right->point);
}

static int64_t month_later(int64_t local, int months)
{
    struct civil civil = local_to_civil(local);
    int          month = civil.month - 1 + months;

    civil.year += month / 12;
    civil.month = month % 12 + 1;
    return local_from_civil(&civil);
}

/* When the unit after that of `instant` begins; the same instant where that is not known. */
static int64_t next_of(const struct data_column *column, int64_t instant)
{
    const struct zone *zone = column->type == DATA_TIMESTAMPTZ && column->zone != NULL ? column->zone : zone_utc();
    int64_t            local = zone_to_local(zone, instant);

    switch (column->unit) {
    case UNIT_HOUR:
        return instant + US_PER_HOUR;
    case UNIT_DAY:
        return zone_to_instant(zone, local + US_PER_DAY);
    case UNIT_WEEK:
        return zone_to_instant(zone, local + 7 * US_PER_DAY);
    case UNIT_MONTH:
        return zone_to_instant(zone, month_later(local, 1));
    case UNIT_QUARTER:
        return zone_to_instant(zone, month_later(local, 3));
    case UNIT_YEAR:
        return zone_to_instant(zone, month_later(local, 12));
    default:
        return instant;
    }
}

static void add_gaps(struct arena *arena, struct places *places, const struct data_column *column, int64_t from, int64_t to)
{
    for (int64_t next = next_of(column, from); next > from && next < to && places->count < CHART_ROWS_LIMIT;
         from = next, next = next_of(column, next)) {
        struct place gap = {NO_POINT, next};

        ARENA_PUSH(arena, places->items, places->count, places->room, gap);
    }
}

static struct places put_in_order(const struct chart_data *data, struct arena *arena)
{
    struct place *sorted = ARENA_ARRAY(arena, struct place, data->point_count + 1);
    struct places places = {0};

    for (size_t i = 0; i < data->point_count; i++)
        sorted[i] = (struct place){(uint32_t)i, data->points[i].instant};
    if (data->timed)
        qsort(sorted, data->point_count, sizeof *sorted, by_instant);
    for (size_t i = 0; i < data->point_count; i++) {
        if (data->timed && i > 0)
            add_gaps(arena, &places, &data->columns[data->label], sorted[i - 1].instant, sorted[i].instant);
        ARENA_PUSH(arena, places.items, places.count, places.room, sorted[i]);
    }
    return places;
}

static const char *gap_label(struct arena *arena, const struct data_column *column, int64_t instant)
{
    char        text[TIME_TEXT_SIZE];
    struct str  shown = STR_INIT;
    const char *label;

    (void)instant_to_text(instant, text);
    data_cell_show(column, (struct data_cell){text, column->type == DATA_DATE ? 10 : strlen(text)}, &shown);
    label = arena_strdup(arena, str_text(&shown));
    str_done(&shown);
    return label;
}

static const char *const *labels_of(const struct chart_data *data, struct arena *arena, const struct places *places)
{
    const char **labels = ARENA_ARRAY(arena, const char *, places->count + 1);

    for (size_t i = 0; i < places->count; i++)
        labels[i] = places->items[i].point != NO_POINT
                        ? data->points[places->items[i].point].label
                        : gap_label(arena, &data->columns[data->label], places->items[i].instant);
    return labels;
}

/* Of a time axis; NULL of any other. */
static const int64_t *instants_of(const struct chart_data *data, struct arena *arena, const struct places *places)
{
    int64_t *instants = data->timed ? ARENA_ARRAY(arena, int64_t, places->count + 1) : NULL;

    for (size_t i = 0; instants != NULL && i < places->count; i++)
        instants[i] = places->items[i].instant;
    return instants;
}

/* -- series -------------------------------------------------------------------------------------------------------- */

struct ranked {
    uint32_t key;
    double   total;
};

static int by_total(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;

    if (left->total != right->total)
        return left->total > right->total ? -1 : 1;
    return left->key < right->key ? -1 : left->key > right->key;
}

/* For each key its place among those drawn, or NO_POINT: the largest `limit`, the largest first. */
static uint32_t *rank_keys(const struct chart_data *data, struct arena *arena, size_t limit)
{
    struct ranked *ranked = ARENA_ARRAY(arena, struct ranked, data->key_count + 1);
    uint32_t      *ranks = ARENA_ARRAY(arena, uint32_t, data->key_count + 1);

    for (size_t i = 0; i < data->key_count; i++)
        ranked[i] = (struct ranked){(uint32_t)i, data->key_values[i].total};
    qsort(ranked, data->key_count, sizeof *ranked, by_total);
    for (size_t i = 0; i < data->key_count; i++)
        ranks[ranked[i].key] = i < limit ? (uint32_t)i : NO_POINT;
    return ranks;
}

struct shape {
    size_t keys, measures;              /* that are drawn */
};

static struct shape shape_of(const struct chart_data *data, const struct chart *chart)
{
    struct shape shape = {.measures = data->measure_count};
    size_t       series = CHART_SERIES_PARTS;

    if (chart->kind == CHART_HEAT)
        series = chart->rows > 4 ? (size_t)chart->rows - 3 : 1;
    if (shape.measures > CHART_SERIES_PARTS)
        shape.measures = CHART_SERIES_PARTS;
    shape.keys = series / shape.measures > 0 ? series / shape.measures : 1;
    if (shape.keys > data->key_count)
        shape.keys = data->key_count;
    return shape;
}

static const char *series_name(const struct chart_data *data, struct arena *arena, size_t key, size_t measure)
{
    const char *name = data->columns[data->measures[measure]].name;

    if (data->key_columns == 0)
        return name;
    return data->measure_count == 1 ? data->key_values[key].label
                                    : arena_printf(arena, "%s %s", data->key_values[key].label, name);
}

/* Returns how many rows spoke of a point that another had spoken of. */
static uint64_t set_values(const struct chart_data *data, const struct places *places, const uint32_t *ranks,
                           struct shape shape, double *matrix, uint32_t *place_of)
{
    uint64_t twice = 0;

    for (size_t i = 0; i < places->count * shape.keys * shape.measures; i++)
        matrix[i] = NAN;
    for (size_t i = 0; i < places->count; i++)
        if (places->items[i].point != NO_POINT)
            place_of[places->items[i].point] = (uint32_t)i;
    for (size_t i = 0; i < data->entry_count; i++) {
        uint32_t rank = ranks[data->entries[i].key];

        if (rank == NO_POINT)
            continue;
        for (size_t m = 0; m < shape.measures; m++) {
            double *value = &matrix[(rank * shape.measures + m) * places->count + place_of[data->entries[i].point]];

            twice += m == 0 && !isnan(*value);
            *value = data->values[i * data->measure_count + m];
        }
    }
    return twice;
}

static uint64_t make_series(const struct chart_data *data, struct arena *arena, const struct places *places,
                            struct shape shape, struct chart *chart)
{
    uint32_t            *ranks = rank_keys(data, arena, shape.keys);
    struct chart_series *series = ARENA_ARRAY(arena, struct chart_series, shape.keys * shape.measures + 1);
    double              *matrix = ARENA_ARRAY(arena, double, places->count * shape.keys * shape.measures + 1);

    for (size_t key = 0; key < data->key_count; key++)
        for (size_t m = 0; m < shape.measures && ranks[key] != NO_POINT; m++) {
            size_t at = ranks[key] * shape.measures + m;

            series[at] = (struct chart_series){series_name(data, arena, key, m), matrix + at * places->count,
                                               &data->columns[data->measures[m]]};
        }
    chart->series = series;
    chart->series_count = shape.keys * shape.measures;
    return set_values(data, places, ranks, shape, matrix, ARENA_ARRAY(arena, uint32_t, data->point_count + 1));
}

/* -- what is not drawn --------------------------------------------------------------------------------------------- */

static void add_remark(struct str *to, const char *text)
{
    str_addf(to, "%s%s", to->length > 0 ? "; " : "", text);
}

static void add_key_remark(const struct chart_data *data, struct arena *arena, struct shape shape, struct str *to)
{
    struct str names = STR_INIT;

    for (size_t i = 0; i < data->key_columns; i++)
        str_addf(&names, "%s%s", i > 0 ? ", " : "", data->columns[data->keys[i]].name);
    add_remark(to, arena_printf(arena, "%zu of %zu values of %s are drawn, the largest by %s", shape.keys, data->key_count,
                                str_text(&names), data->columns[data->measures[0]].name));
    str_done(&names);
}

static const char *make_remark(const struct chart_data *data, struct arena *arena, struct shape shape, uint64_t twice)
{
    struct str  text = STR_INIT;
    const char *remark = NULL;

    if (shape.keys < data->key_count)
        add_key_remark(data, arena, shape, &text);
    if (shape.measures < data->measure_count)
        add_remark(&text, arena_printf(arena, "%zu of %zu measures are drawn", shape.measures, data->measure_count));
    if (data->rows > data->entry_count)
        add_remark(&text, arena_printf(arena, "the first %zu of %llu rows are drawn", data->entry_count,
                                       (unsigned long long)data->rows));
    if (twice > 0)
        add_remark(&text, arena_printf(arena, "%llu rows have the label of another, and only the last of each is drawn",
                                       (unsigned long long)twice));
    if (text.length > 0)
        remark = arena_strdup(arena, str_text(&text));
    str_done(&text);
    return remark;
}

int chart_data_fill(struct chart_data *data, struct chart *chart, struct error *error)
{
    struct arena *arena;
    struct places places;
    struct shape  shape;
    uint64_t      twice;

    if (data->measure_count == 0) {
        error_set(error, ERR_USAGE, "there is nothing to draw: no column is a number");
        error_hint(error, "ask for a measure, as in 'total_views by day'");
        return ERR_USAGE;
    }
    if (data->entry_count == 0)
        return error_set(error, ERR_USAGE, "there is nothing to draw: no rows");
    arena = arena_new();
    places = put_in_order(data, arena);
    shape = shape_of(data, chart);
    twice = make_series(data, arena, &places, shape, chart);
    chart->labels = labels_of(data, arena, &places);
    chart->instants = instants_of(data, arena, &places);
    chart->points = places.count;
    data->remark = make_remark(data, arena, shape, twice);
    arena_free(data->filled);
    data->filled = arena;
    return 0;
}

const char *chart_data_remark(const struct chart_data *data)
{
    return data->remark;
}
