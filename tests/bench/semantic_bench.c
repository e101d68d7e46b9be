/*
 * How long the pure part takes: a line to SQL, the shipped model, a model of 50 cubes and 1,000 members.
 * semantic_bench MODEL [RUNS] prints "name<TAB>seconds<TAB>budget" a row, medians of so many runs (201).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/semantic.h"

#define RUNS_MOST 201

static size_t runs = RUNS_MOST;

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static double median_seconds(int64_t *us, size_t count)
{
    qsort(us, count, sizeof *us, compare);
    return (double)us[count / 2] / 1e6;
}

static void fail(const char *what, struct error *error)
{
    char *text = error_render(error);

    fprintf(stderr, "semantic_bench: %s: %s", what, text);
    exit(1);
}

static struct model *load(const struct model_file *files, size_t count)
{
    struct error  error = ERROR_INIT;
    struct model *model;

    if (model_load(files, count, &model, &error) < 0)
        fail("model", &error);
    return model;
}

static void time_model(const char *name, const struct model_file *files, size_t count, double budget)
{
    int64_t us[RUNS_MOST];

    for (size_t i = 0; i < runs; i++) {
        int64_t start = monotonic_us();

        model_unref(load(files, count));
        us[i] = monotonic_us() - start;
    }
    printf("%s\t%.9f\t%g\n", name, median_seconds(us, runs), budget);
}

static void time_line(const struct model *model, const char *line)
{
    struct semantic_context context = {.now = INT64_C(1790000000000000)};
    int64_t                 us[RUNS_MOST];
    struct error            error = ERROR_INIT;

    for (size_t i = 0; i < runs; i++) {
        int64_t start = monotonic_us();

        for (int n = 0; n < 20; n++) {
            struct arena    *arena = arena_new();
            struct query    *query;
            struct compiled *compiled;

            if (query_parse(arena, line, NULL, &query, &error) < 0 || semantic_compile(arena, model, query, &context, &compiled, &error) < 0)
                fail(line, &error);
            arena_free(arena);
        }
        us[i] = monotonic_us() - start;
    }
    printf("semantic: line to SQL: %s\t%.9f\t0.0001\n", line, median_seconds(us, runs) / 20);
}

/* 50 cubes of 20 members: sums, ratios, dimensions with expressions, a join each. */
static char *large_model(void)
{
    struct str text = STR_INIT;

    str_add(&text, "{\"cubes\": [");
    for (int c = 0; c < 50; c++) {
        str_addf(&text, "%s{\"name\": \"Cube%d\", \"sql_table\": \"analytics.table_%d\", \"measures\": {", c > 0 ? ", " : "", c, c);
        for (int m = 0; m < 10; m++)
            str_addf(&text, "%s\"measure_%d\": {\"type\": \"currency\", \"sql\": \"SUM(column_%d_%d) / 100.0\"}", m > 0 ? ", " : "", m, c, m);
        str_add(&text, "}, \"dimensions\": {");
        for (int d = 0; d < 10; d++)
            str_addf(&text, "%s\"dimension_%d\": {\"type\": \"string\", \"sql\": \"CASE WHEN kind_%d_%d > 3 THEN 'many' ELSE lower(name_%d) END\"}", d > 0 ? ", " : "", d, c, d, d);
        str_add(&text, "}}");
    }
    str_add(&text, "]}");
    return str_take(&text);
}

#define ROLLUPS 50

/* One cube with 50 rollups of one dimension each beside the day; the last answers the line. */
static char *model_of_rollups(void)
{
    struct str text = STR_INIT;

    str_add(&text, "{\"cubes\": [{\"name\": \"Facts\", \"sql_table\": \"analytics.facts\", \"time_dimension\": \"at\", "
                   "\"measures\": {\"cash\": {\"type\": \"sum\", \"sql\": \"cents\"}, \"n\": {\"type\": \"count\"}}, "
                   "\"dimensions\": {\"at\": {\"type\": \"time\", \"sql\": \"at\"}");
    for (int i = 0; i < ROLLUPS; i++)
        str_addf(&text, ", \"d%d\": {\"type\": \"string\", \"sql\": \"lower(name_%d)\"}", i, i);
    str_add(&text, "}, \"pre_aggregations\": {");
    for (int i = 0; i < ROLLUPS; i++)
        str_addf(&text, "%s\"r%d\": {\"measures\": [\"cash\", \"n\"], \"dimensions\": [\"d%d\"], \"time_dimension\": \"at\", "
                        "\"granularity\": \"day\"}", i > 0 ? ", " : "", i, i);
    str_add(&text, "}}]}");
    return str_take(&text);
}

static int states_of_rollups(void *who, struct arena *arena, const char *sql, const char **ret_text)
{
    (void)sql;
    *ret_text = arena_strdup(arena, who);
    return 0;
}

/* Parsing, binding, looking at all candidates with what the warehouse says of them, SQL. */
static void time_rollups(void)
{
    struct arena     *arena = arena_new();
    char             *text = model_of_rollups();
    struct model_file file = {.name = "rollups.json", .text = text, .length = strlen(text)};
    struct model     *model = load(&file, 1);
    struct str        states = STR_INIT;
    struct error      error = ERROR_INIT;
    int64_t           us[RUNS_MOST];

    for (int i = 0; i < ROLLUPS; i++) {
        char                   name[16];
        struct semantic_rollup rollup;

        (void)snprintf(name, sizeof name, "r%d", i);
        if (model_rollup_fill(model, arena, "Facts", name, 0, NULL, 0, &rollup, &error) < 0)
            fail(name, &error);
        str_addf(&states, "%s{\"name\": \"%s\", \"state\": \"ready\", \"definition\": \"%s\", \"mark\": \"m\", \"rows\": %d, "
                          "\"watermark\": 1790000000000000, \"touched\": null}", i == 0 ? "[" : ", ", name,
                 rollup.definition, 1000 - i);
    }
    str_add(&states, "]");
    struct semantic_context context = {.now = INT64_C(1790000000000000), .look_up = states_of_rollups, .who = states.data};

    for (size_t i = 0; i < runs; i++) {
        struct arena    *one = arena_new();
        struct query    *query;
        struct compiled *compiled = NULL;
        int64_t          start = monotonic_us();

        if (query_parse(one, "cash, n by d49, month last 12 months", NULL, &query, &error) < 0 ||
            semantic_compile(one, model, query, &context, &compiled, &error) < 0)
            fail("rollups", &error);
        us[i] = monotonic_us() - start;
        if (strcmp(compiled->note.source, "rollup r49") != 0)
            fail(compiled->note.source, &error);
        arena_free(one);
    }
    printf("semantic: planning with %d rollups\t%.9f\t0.001\n", ROLLUPS, median_seconds(us, runs));
    str_done(&states);
    model_unref(model);
    mem_free(text);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    static const char *const lines[] = {
        "total_views",
        "revenue, profit by channel last 30 days",
        "total_views by day, content_type for 2026-Q1 where niche = Gaming order by day",
        "engagement_rate by month where total_views > 1000 and (title contains \"live\" or tags has music) tz America/Los_Angeles",
        "total_views, views_gained, revenue by channel, day last 12 weeks top 5 by revenue",
    };
    struct model_file files[64];
    char            **names;
    size_t            count;
    struct error      error = ERROR_INIT;

    mem_keep();
    if (argc > 2 && atol(argv[2]) > 0 && atol(argv[2]) < RUNS_MOST)
        runs = (size_t)atol(argv[2]);
    if (argc < 2 || file_list(argv[1], ".json", &names, &count, &error) < 0 || count > COUNT_OF(files))
        return 2;
    for (size_t i = 0; i < count; i++) {
        char *text;

        files[i].name = names[i];
        if (file_read(path_join(argv[1], names[i]), 1u << 24, &text, &files[i].length, &error) < 0)
            fail(names[i], &error);
        files[i].text = text;
    }
    struct model *model = load(files, count);

    for (size_t i = 0; i < COUNT_OF(lines); i++)
        time_line(model, lines[i]);
    time_model("semantic: shipped model", files, count, 0.002);

    char             *text = large_model();
    struct model_file large = {.name = "large.json", .text = text, .length = strlen(text)};

    time_model("semantic: model of 50 cubes, 1,000 members", &large, 1, 0.020);
    time_rollups();
    return 0;
}
