/* output: rows gathered for a chart. */
#include "output_help.h"

#include <math.h>
#include <stdio.h>

#include "ytempire/output/chart.h"

#define TIME(name_, unit_) {.name = (name_), .type = DATA_DATE, .unit = (unit_), .role = ROLE_TIME, .decimals = -1}
#define TEXT(name_) {.name = (name_), .type = DATA_TEXT, .role = ROLE_DIMENSION, .decimals = -1}
#define MEASURE(name_) {.name = (name_), .type = DATA_NUMERIC, .format = FORMAT_NUMBER, .role = ROLE_MEASURE, .decimals = -1}

static struct chart_data *gathered(const struct data_column *columns, size_t count, const char *const *texts, size_t rows)
{
    struct chart_data *data = chart_data_new(columns, count);
    struct data_cell   cells[8];

    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < count; i++)
            cells[i] = cell(texts[row * count + i]);
        chart_data_row(data, cells);
    }
    return data;
}
#define GATHER(columns, ...)                                                                                          \
    gathered(columns, COUNT_OF(columns), (const char *const[]){__VA_ARGS__},                                          \
             COUNT_OF(((const char *const[]){__VA_ARGS__})) / COUNT_OF(columns))

static void assert_values(const struct chart *chart, size_t series, const char *name, const double *values)
{
    assert_string_equal(chart->series[series].name, name);
    for (size_t i = 0; i < chart->points; i++)
        if (!(chart->series[series].values[i] == values[i] || (isnan(chart->series[series].values[i]) && isnan(values[i]))))
            fail_msg("%s at %s is %g, not %g", name, chart->labels[i], chart->series[series].values[i], values[i]);
}

static void days_are_in_order_and_a_day_without_a_row_is_a_gap(void **state)
{
    static const struct data_column columns[] = {TIME("day", UNIT_DAY), MEASURE("views")};
    struct chart chart = {.kind = CHART_LINE, .rows = 10};
    struct chart_data *data = GATHER(columns, "2026-02-02", "4", "2026-01-30", "1", "2026-01-31", NULL);

    (void)state;
    assert_int_equal(chart_data_kind(data), CHART_LINE);
    assert_int_equal(chart_data_fill(data, &chart, NULL), 0);
    assert_int_equal(chart.points, 4);
    assert_string_equal(chart.labels[0], "2026-01-30");
    assert_string_equal(chart.labels[2], "2026-02-01");
    assert_values(&chart, 0, "views", (const double[]){1, NAN, NAN, 4});
    assert_null(chart_data_remark(data));
    chart_data_free(data);
}

/* Months of Los Angeles, across the end of summer time: instants an hour apart from UTC's months. */
static void months_of_a_zone_are_months(void **state)
{
    const struct zone *zone;
    struct chart       chart = {.kind = CHART_LINE, .rows = 10};

    (void)state;
    assert_int_equal(zone_find("America/Los_Angeles", &zone), 0);
    const struct data_column columns[] = {
        {.name = "month", .type = DATA_TIMESTAMPTZ, .unit = UNIT_MONTH, .zone = zone, .role = ROLE_TIME, .decimals = -1},
        MEASURE("views")};
    struct chart_data *data = GATHER(columns, "2026-10-01 07:00:00+00", "1", "2026-12-01 08:00:00+00", "3");

    assert_int_equal(chart_data_fill(data, &chart, NULL), 0);
    assert_int_equal(chart.points, 3);
    assert_string_equal(chart.labels[1], "2026-11-01");
    assert_values(&chart, 0, "views", (const double[]){1, NAN, 3});
    chart_data_free(data);
}

static void the_largest_six_of_a_second_dimension_are_drawn_and_the_rest_is_told(void **state)
{
    static const struct data_column columns[] = {TIME("day", UNIT_DAY), TEXT("category"), MEASURE("views")};
    struct chart chart = {.kind = CHART_LINE, .rows = 10};
    struct chart_data *data = GATHER(columns, "2026-01-01", "a", "5", "2026-01-01", "b", "-9", "2026-01-01", "c", "1",
                                     "2026-01-01", "d", "2", "2026-01-01", "e", "3", "2026-01-01", "f", "4", "2026-01-01",
                                     "g", "6", "2026-01-02", NULL, "100", "2026-01-02", "a", "7");

    (void)state;
    assert_int_equal(chart_data_fill(data, &chart, NULL), 0);
    assert_int_equal(chart.series_count, 6);
    assert_values(&chart, 0, "NULL", (const double[]){NAN, 100});
    assert_values(&chart, 1, "a", (const double[]){5, 7});
    assert_values(&chart, 2, "b", (const double[]){-9, NAN});
    assert_string_equal(chart_data_remark(data), "6 of 8 values of category are drawn, the largest by views");
    chart.kind = CHART_HEAT;
    chart.rows = 40;
    assert_int_equal(chart_data_fill(data, &chart, NULL), 0);
    assert_int_equal(chart.series_count, 8);
    assert_null(chart_data_remark(data));
    chart_data_free(data);
}

static void measures_are_series_and_labels_those_of_the_dimension(void **state)
{
    static const struct data_column columns[] = {TEXT("channel"), MEASURE("views"), MEASURE("likes")};
    struct chart chart = {.kind = CHART_BAR, .rows = 10};
    struct chart_data *data = GATHER(columns, "evil\x1b[2J\nname", "1", "2", NULL, "3", "Infinity");

    (void)state;
    assert_int_equal(chart_data_kind(data), CHART_BAR);
    assert_int_equal(chart_data_fill(data, &chart, NULL), 0);
    assert_string_equal(chart.labels[0], "evil\\x1b[2J\\nname");
    assert_string_equal(chart.labels[1], "NULL");
    assert_values(&chart, 0, "views", (const double[]){1, 3});
    assert_values(&chart, 1, "likes", (const double[]){2, INFINITY});
    chart_data_free(data);
}

static void a_total_without_any_dimension_is_one_point(void **state)
{
    static const struct data_column columns[] = {MEASURE("views")};
    struct chart chart = {.kind = CHART_BAR, .rows = 10};
    struct chart_data *data = GATHER(columns, "42");

    (void)state;
    assert_int_equal(chart_data_fill(data, &chart, NULL), 0);
    assert_int_equal(chart.points, 1);
    assert_values(&chart, 0, "views", (const double[]){42});
    chart_data_free(data);
}

static void two_rows_of_one_label_are_told(void **state)
{
    static const struct data_column columns[] = {TEXT("name"), MEASURE("views")};
    struct chart chart = {.kind = CHART_BAR, .rows = 10};
    struct chart_data *data = GATHER(columns, "a", "1", "a", "2");

    (void)state;
    assert_int_equal(chart_data_fill(data, &chart, NULL), 0);
    assert_values(&chart, 0, "views", (const double[]){2});
    assert_string_equal(chart_data_remark(data), "1 rows have the label of another, and only the last of each is drawn");
    chart_data_free(data);
}

static void what_cannot_be_drawn_is_said(void **state)
{
    static const struct data_column texts[] = {TEXT("name")}, numbers[] = {MEASURE("views")};
    struct chart chart = {.kind = CHART_BAR, .rows = 10};
    struct chart_data *data = GATHER(texts, "a");
    struct error error = ERROR_INIT;

    (void)state;
    assert_int_equal(chart_data_fill(data, &chart, &error), ERR_USAGE);
    assert_string_equal(error.text, "there is nothing to draw: no column is a number");
    error_done(&error);
    chart_data_free(data);
    data = chart_data_new(numbers, 1);
    assert_int_equal(chart_data_fill(data, &chart, &error), ERR_USAGE);
    assert_string_equal(error.text, "there is nothing to draw: no rows");
    error_done(&error);
    chart_data_free(data);
}

static void memory_is_bounded_and_what_is_over_it_is_told(void **state)
{
    static const struct data_column columns[] = {TEXT("name"), MEASURE("views")};
    struct chart_data *data = chart_data_new(columns, 2);
    struct chart chart = {.kind = CHART_BAR, .rows = 10};

    (void)state;
    for (int i = 0; i < 100500; i++) {
        char text[16];

        (void)snprintf(text, sizeof text, "%d", i);
        chart_data_row(data, (const struct data_cell[]){cell(text), cell("1")});
    }
    assert_int_equal(chart_data_fill(data, &chart, NULL), 0);
    assert_int_equal(chart.points, 100000);
    assert_string_equal(chart_data_remark(data), "the first 100000 of 100500 rows are drawn");
    chart_data_free(data);
}

static void kinds_have_names(void **state)
{
    enum chart_kind kind = CHART_LINE;

    (void)state;
    assert_int_equal(chart_kind_from_text("heat", &kind), 0);
    assert_int_equal(kind, CHART_HEAT);
    assert_string_equal(chart_kind_name(CHART_SPARK), "spark");
    assert_int_equal(chart_kind_from_text("pie", &kind), ERR_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_in_order_and_a_day_without_a_row_is_a_gap),
        cmocka_unit_test(months_of_a_zone_are_months),
        cmocka_unit_test(the_largest_six_of_a_second_dimension_are_drawn_and_the_rest_is_told),
        cmocka_unit_test(measures_are_series_and_labels_those_of_the_dimension),
        cmocka_unit_test(a_total_without_any_dimension_is_one_point),
        cmocka_unit_test(two_rows_of_one_label_are_told),
        cmocka_unit_test(what_cannot_be_drawn_is_said),
        cmocka_unit_test(memory_is_bounded_and_what_is_over_it_is_told),
        cmocka_unit_test(kinds_have_names),
    };

    return cmocka_run_group_tests_name("output charts' data", tests, NULL, NULL);
}
