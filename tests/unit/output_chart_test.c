/* output: charts, compared as text. */
#include "output_help.h"

#include <math.h>
#include <stdio.h>

#include "ytempire/output/chart.h"

static const struct data_column money = {.name = "profit", .type = DATA_NUMERIC, .format = FORMAT_CURRENCY, .decimals = 2};
static const struct data_column count = {.name = "videos", .type = DATA_INT, .format = FORMAT_NUMBER, .decimals = -1};
static const struct data_column rate = {.name = "rate", .type = DATA_NUMERIC, .format = FORMAT_PERCENT, .decimals = 2};

static void assert_chart_at(const struct chart *chart, const char *want, const char *file, int line)
{
    _cleanup_(mem_freep) struct chart_cell *cells = mem_alloc(sizeof *cells * (size_t)(chart->rows * chart->columns));
    struct str                              text = STR_INIT;

    chart_draw(chart, cells);
    chart_print(cells, chart->rows, chart->columns, false, &text);
    if (strcmp(str_text(&text), want) != 0) {
        print_error("is:\n%s\nnot:\n%s\n", str_text(&text), want);
        str_done(&text);
        _fail(file, line);
    }
    str_done(&text);
}
#define assert_chart(chart, want) assert_chart_at(chart, want, __FILE__, __LINE__)

#define VALUES(...) .values = (const double[]){__VA_ARGS__}
#define SERIES(...) .series = (const struct chart_series[]){__VA_ARGS__}
#define LABELS(...) .labels = (const char *const[]){__VA_ARGS__}

/* -- lines --------------------------------------------------------------------------------------------------------- */

static void a_flat_line_is_flat_and_zero_is_a_value(void **state)
{
    struct chart chart = {.kind = CHART_LINE, .rows = 5, .columns = 24, LABELS("a", "b", "c"), .points = 3,
                          SERIES({"n", VALUES(7, 7, 7), &count}), .series_count = 1};

    (void)state;
    assert_chart(&chart,
                 "10 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀\n"
                 "   │\n"
                 " 0 ┤\n"
                 "   └┬─────────┬────────┬\n"
                 "    a         b        c\n");
    chart.series = (const struct chart_series[]){{"n", VALUES(0, 0, 0), &count}};
    assert_chart(&chart,
                 "1 ┤\n"
                 "  │\n"
                 "0 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀\n"
                 "  └┬─────────┬─────────┬\n"
                 "   a         b         c\n");
}

static void one_point_is_a_dot(void **state)
{
    struct chart chart = {.kind = CHART_LINE, .rows = 5, .columns = 24, LABELS("2026-01-31"), .points = 1,
                          SERIES({"n", VALUES(12.5), &money}), .series_count = 1};

    (void)state;
    assert_chart(&chart,
                 "$20 ┤\n"
                 "    │         ⠁\n"
                 " $0 ┤\n"
                 "    └─────────┬─────────\n"
                 "         2026-01-31\n");
}

static void unknown_values_are_said_or_left_out(void **state)
{
    struct chart chart = {.kind = CHART_LINE, .rows = 5, .columns = 24, LABELS("a", "b", "c"), .points = 3,
                          SERIES({"n", VALUES(NAN, NAN, NAN), &count}), .series_count = 1};

    (void)state;
    assert_chart(&chart,
                 "│\n"
                 "│       no values\n"
                 "│\n"
                 "└┬──────────┬──────────┬\n"
                 " a          b          c\n");
    chart.series = (const struct chart_series[]){{"n", VALUES(INFINITY, -INFINITY, NAN), &count}};
    assert_chart(&chart,
                 "│\n"
                 "│       no values\n"
                 "│\n"
                 "└┬──────────┬──────────┬\n"
                 " a          b          c\n");
    chart.kind = CHART_BAR;
    assert_chart(&chart,
                 "a – │\n"
                 "b – │\n"
                 "c – │\n"
                 "\n"
                 "\n");
    chart.kind = CHART_HEAT;
    chart.legend = true;
    assert_chart(&chart,
                 "n\n"
                 "     a     b     c\n"
                 "\n"
                 "\n"
                 "\n");
    chart.kind = CHART_SPARK;
    assert_chart(&chart,
                 "n\n"
                 "\n"
                 "\n"
                 "\n"
                 "\n");
}

static void a_gap_is_not_drawn_over(void **state)
{
    struct chart chart = {.kind = CHART_LINE, .rows = 5, .columns = 24, LABELS("a", "b", "c", "d", "e"), .points = 5,
                          SERIES({"n", VALUES(1, 1, NAN, 3, 3), &count}), .series_count = 1};

    (void)state;
    assert_chart(&chart,
                 "5 ┤\n"
                 "  │               ⠈⠉⠉⠉⠉⠉\n"
                 "0 ┤⠒⠒⠒⠒⠒⠂\n"
                 "  └┬────┬────┬────┬────┬\n"
                 "   a    b    c    d    e\n");
    chart.glyphs = GLYPHS_BLOCKS;
    assert_chart(&chart,
                 "5 ┤\n"
                 "  │               ▀▀▀▀▀▀\n"
                 "0 ┤▀▀▀▀▀▀\n"
                 "  └┬────┬────┬────┬────┬\n"
                 "   a    b    c    d    e\n");
    chart.glyphs = GLYPHS_ASCII;
    assert_chart(&chart,
                 "5 +\n"
                 "  |               ******\n"
                 "0 +******\n"
                 "  ++----+----+----+----+\n"
                 "   a    b    c    d    e\n");
}

static void negative_values_have_their_axis(void **state)
{
    struct chart chart = {.kind = CHART_LINE, .rows = 8, .columns = 30, LABELS("a", "b", "c"), .points = 3,
                          SERIES({"n", VALUES(-12000, 5000, -3000), &money}), .series_count = 1};

    (void)state;
    assert_chart(&chart,
                 " $10k ┤\n"
                 "      │        ⢀⡠⠔⠊⠑⠒⠢⠤⢄⣀\n"
                 "   $0 ┤     ⣀⠤⠒⠁         ⠉⠉⠒⠒⠤\n"
                 "-$10k ┤ ⢀⡠⠔⠉\n"
                 "      │⠊⠁\n"
                 "-$20k ┤\n"
                 "      └┬──────────┬──────────┬\n"
                 "       a          b          c\n");
}

static void huge_and_tiny_values_have_labels(void **state)
{
    struct chart chart = {.kind = CHART_LINE, .rows = 4, .columns = 24, LABELS("a", "b"), .points = 2,
                          SERIES({"n", VALUES(-1.7e308, 1.7e308), NULL}), .series_count = 1};

    (void)state;
    assert_chart(&chart,
                 " 2e+307 ┤       ⢀⣀⣀⣀⣀⡠⠤⠤\n"
                 "-2e+307 ┤⠒⠒⠊⠉⠉⠉⠉⠁\n"
                 "        └┬─────────────┬\n"
                 "         a             b\n");
    chart.series = (const struct chart_series[]){{"n", VALUES(9007199254740993.0, 4e15), &count}};
    assert_chart(&chart,
                 "10P ┤⠒⠒⠒⠢⠤⠤⠤⠤⠤⢄⣀⣀⣀⣀⣀⡀\n"
                 "  0 ┤               ⠈⠉⠉⠉\n"
                 "    └┬─────────────────┬\n"
                 "     a                 b\n");
    chart.series = (const struct chart_series[]){{"n", VALUES(0.0011, 0.0013), &rate}};
    assert_chart(&chart,
                 "0.14% ┤        ⢀⣀⣀⣀⣀⣀⠤⠤⠤\n"
                 "0.10% ┤⠒⠒⠒⠉⠉⠉⠉⠉⠁\n"
                 "      └┬───────────────┬\n"
                 "       a               b\n");
    chart.series = (const struct chart_series[]){{"n", VALUES(5e-324, 0), NULL}};
    assert_chart(&chart,
                 "1 ┤\n"
                 "0 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀\n"
                 "  └┬───────────────────┬\n"
                 "   a                   b\n");
}

static void a_peak_among_ten_thousand_points_stays(void **state)
{
    static double      values[10000];
    static const char *labels[10000];
    struct chart       chart = {.kind = CHART_LINE, .rows = 6, .columns = 60, .labels = labels, .points = 10000,
                                SERIES({"n", values, &count}), .series_count = 1};

    (void)state;
    for (size_t i = 0; i < 10000; i++) {
        values[i] = i % 2 == 0 ? 1 : 2;
        labels[i] = i < 5000 ? "first" : "second";
    }
    values[6543] = 100;
    assert_chart(&chart,
                 "100 ┤                                   ⢸\n"
                 "    │                                   ⢸\n"
                 "    │                                   ⢸\n"
                 "  0 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣸⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀\n"
                 "    └┬──────────┬──────────┬─────────┬──────────┬──────────┬\n"
                 "     first    first      first    second     second   second\n");
    chart.glyphs = GLYPHS_ASCII;
    assert_chart(&chart,
                 "100 +                                   *\n"
                 "    |                                   *\n"
                 "    |                                   *\n"
                 "  0 +*******************************************************\n"
                 "    ++----------+----------+---------+----------+----------+\n"
                 "     first    first      first    second     second   second\n");
    chart.kind = CHART_SPARK;
    chart.rows = 1;
    assert_chart(&chart, "n ____________________________________#___________________ 2\n");
}

static void two_lines_have_their_names_at_their_ends(void **state)
{
    struct chart chart = {.kind = CHART_LINE, .title = "videos by day, category", .rows = 8, .columns = 44,
                          LABELS("2026-01-01", "2026-01-02", "2026-01-03"), .points = 3,
                          SERIES({"Music", VALUES(10, 40, 80), &count}, {"Gaming", VALUES(50, 30, 10), &count}),
                          .series_count = 2, .legend = true};

    (void)state;
    assert_chart(&chart,
                 "videos by day, category\n"
                 "100 ┤\n"
                 "    │                        ⣀⣀⠤⠤⠔⠒⠊⠉ Music\n"
                 "    │⠒⠒⠤⠤⠤⠤⣀⣀⣀⣀     ⣀⣀⡠⠤⠔⠒⠒⠉⠉\n"
                 "    │    ⣀⣀⣀⠤⠤⠔⠛⠛⠉⠉⠛⠒⠒⠒⠤⠤⠤⠤⣀⣀⣀⣀\n"
                 "  0 ┤⠒⠊⠉⠉                      ⠉⠉⠉⠉⠒⠒ Gaming\n"
                 "    └┬───────────────┬──────────────┬\n"
                 "     2026-01-01 2026-01-02     2026-01-03\n");
    chart.glyphs = GLYPHS_ASCII;
    assert_chart(&chart,
                 "videos by day, category\n"
                 "100 +\n"
                 "    |                      ******** * Music\n"
                 "    |oooooooo    **********\n"
                 "    |    ********oooooooooo\n"
                 "  0 +****                  oooooooo o Gaming\n"
                 "    ++----------------------------+\n"
                 "     2026-01-01              2026-01-03\n");
}

static void two_units_have_a_panel_each(void **state)
{
    struct chart chart = {.kind = CHART_LINE, .rows = 10, .columns = 44, LABELS("a", "b", "c"), .points = 3,
                          SERIES({"videos", VALUES(10, 40, 80), &count}, {"rate", VALUES(0.05, 0.03, 0.01), &rate}),
                          .series_count = 2, .legend = true};

    (void)state;
    assert_chart(&chart,
                 "100 ┤                              ⢀⣀\n"
                 "    │                    ⣀⣀⡠⠤⠤⠔⠒⠒⠉⠉⠁  videos\n"
                 "    │      ⣀⣀⣀⣀⠤⠤⠤⠤⠒⠒⠒⠊⠉⠉\n"
                 "  0 ┤⠒⠒⠉⠉⠉⠉\n"
                 " 5% ┤⠉⠑⠒⠒⠤⠤⠤⣀⣀⡀\n"
                 "    │         ⠈⠉⠉⠒⠒⠒⠤⠤⢄⣀⣀\n"
                 "    │                    ⠉⠉⠑⠒⠒⠢⠤⠤⣀⣀⡀  rate\n"
                 " 0% ┤                              ⠈⠉\n"
                 "    └┬───────────────┬──────────────┬\n"
                 "     a               b              c\n");
}

/* -- bars ---------------------------------------------------------------------------------------------------------- */

static void bars_have_labels_values_and_eighths(void **state)
{
    struct chart chart = {.kind = CHART_BAR, .rows = 4, .columns = 40,
                          LABELS("売上高", "Cafe\xcc\x81", "a label that is much too long", "none"), .points = 4,
                          SERIES({"videos", VALUES(100, 33, 1, NAN), &count}), .series_count = 1};

    (void)state;
    assert_chart(&chart,
                 "売上高        100 │█████████████████████\n"
                 "Café           33 │██████▉\n"
                 "a label that…   1 │▎\n"
                 "none            – │\n");
    chart.glyphs = GLYPHS_BLOCKS;
    assert_chart(&chart,
                 "売上高        100 │█████████████████████\n"
                 "Café           33 │███████\n"
                 "a label that…   1 │▌\n"
                 "none            – │\n");
    chart.glyphs = GLYPHS_ASCII;
    assert_chart(&chart,
                 "売上高        100 |#####################\n"
                 "Café           33 |#######\n"
                 "a label that~   1 |#\n"
                 "none            - |\n");
}

static void negative_bars_stand_left_of_zero(void **state)
{
    struct chart chart = {.kind = CHART_BAR, .rows = 3, .columns = 40, LABELS("a", "b", "c"), .points = 3,
                          SERIES({"profit", VALUES(1200.5, -600.25, 0), &money}), .series_count = 1};

    (void)state;
    assert_chart(&chart,
                 "a $1,200.50          │██████████████████\n"
                 "b  -$600.25 █████████│\n"
                 "c     $0.00          │\n");
}

static void bars_of_several_measures_are_grouped_and_the_rest_is_counted(void **state)
{
    struct chart chart = {.kind = CHART_BAR, .rows = 5, .columns = 44, LABELS("Music", "Gaming", "News"), .points = 3,
                          SERIES({"profit", VALUES(1200.5, 600, 1), &money}, {"videos", VALUES(10, 20, 30), &count}),
                          .series_count = 2};

    (void)state;
    assert_chart(&chart,
                 "Music  profit $1,200.50 │███████████████████\n"
                 "       videos        10 │██████▍\n"
                 "Gaming profit   $600.00 │█████████▌\n"
                 "       videos        20 │████████████▋\n"
                 "… 1 more\n");
    assert_int_equal(chart_rows_wanted(&chart, 40), 6);
    chart.rows = 6;
    assert_chart(&chart,
                 "Music  profit $1,200.50 │███████████████████\n"
                 "       videos        10 │██████▍\n"
                 "Gaming profit   $600.00 │█████████▌\n"
                 "       videos        20 │████████████▋\n"
                 "News   profit     $1.00 │▏\n"
                 "       videos        30 │███████████████████\n");
}

static void a_total_has_the_name_of_its_measure(void **state)
{
    struct chart chart = {.kind = CHART_BAR, .title = "videos", .rows = 2, .columns = 30, LABELS(""), .points = 1,
                          SERIES({"videos", VALUES(12), &count}), .series_count = 1};

    (void)state;
    assert_chart(&chart,
                 "videos\n"
                 "videos 12 │███████████████████\n");
}

/* -- the others ---------------------------------------------------------------------------------------------------- */

static void a_heat_map_has_rows_points_and_shades(void **state)
{
    struct chart chart = {.kind = CHART_HEAT, .title = "videos by hour, day", .rows = 5, .columns = 40,
                          LABELS("0", "6", "12", "18"), .points = 4,
                          SERIES({"Mon", VALUES(0, 10, 20, 30), &count}, {"Tue", VALUES(50, NAN, 0, 40), &count}),
                          .series_count = 2, .legend = true};

    (void)state;
    assert_chart(&chart,
                 "videos by hour, day\n"
                 "Mon ······░░░░░░▒▒▒▒▒▒▓▓▓▓▓▓\n"
                 "Tue ██████      ······██████\n"
                 "       0     6    12    18\n"
                 "    0 ·· 10 ░░ 20 ▒▒ 30 ▓▓ 40 ██ 50\n");
    chart.glyphs = GLYPHS_ASCII;
    assert_chart(&chart,
                 "videos by hour, day\n"
                 "Mon ......::::::++++++******\n"
                 "Tue ######      ......######\n"
                 "       0     6    12    18\n"
                 "    0 .. 10 :: 20 ++ 30 ** 40 ## 50\n");
}

static void sparks_show_the_last_values(void **state)
{
    static const double values[] = {100, 0, 1, 2, 3, NAN, 5, 6, 7};
    struct str          text = STR_INIT;

    (void)state;
    chart_spark(&text, values, 9, 8, GLYPHS_BRAILLE);
    assert_string_equal(str_text(&text), "▁▂▃▄ ▆▇█");
    str_clear(&text);
    chart_spark(&text, values, 9, 8, GLYPHS_ASCII);
    assert_string_equal(str_text(&text), "_.-: +*#");
    str_clear(&text);
    chart_spark(&text, values, 0, 8, GLYPHS_BRAILLE);
    assert_string_equal(str_text(&text), "");
    str_done(&text);
}

static void colours_are_asked_for(void **state)
{
    struct chart      chart = {.kind = CHART_SPARK, .rows = 1, .columns = 3, LABELS("a", "b", "c"), .points = 3,
                               SERIES({"n", VALUES(1, 2, 3), NULL}), .series_count = 1};
    struct chart_cell cells[3];
    struct str        text = STR_INIT;

    (void)state;
    chart_draw(&chart, cells);
    chart_print(cells, 1, 3, true, &text);
    assert_string_equal(str_text(&text), "\x1b[0;36m▁▅█\x1b[0m\n");
    str_done(&text);
}

/* -- sizes --------------------------------------------------------------------------------------------------------- */

static void draw_at(struct chart chart, int rows, int columns)
{
    size_t             cells = (size_t)rows * (size_t)columns;
    struct chart_cell *drawn = mem_array(NULL, cells + 2, sizeof *drawn);
    struct str         text = STR_INIT;

    memset(drawn, 0x55, (cells + 2) * sizeof *drawn);
    chart.rows = rows;
    chart.columns = columns;
    chart_draw(&chart, drawn + 1);
    for (size_t i = 1; i <= cells; i++) {
        const struct chart_cell *cell = &drawn[i];
        bool                     covered = i > 1 && cell[-1].width == 2;

        if (cell->width > 2 || (cell->width == 0) != covered || (cell->width == 2 && i % (size_t)columns == 0))
            fail_msg("%s %dx%d: cell %zu is %d wide", chart_kind_name(chart.kind), columns, rows, i - 1, cell->width);
    }
    assert_int_equal(drawn[0].width, 0x55);
    assert_int_equal(drawn[cells + 1].width, 0x55);
    chart_print(drawn + 1, rows, columns, true, &text);
    str_done(&text);
    mem_free(drawn);
}

static void every_kind_is_drawn_at_every_size(void **state)
{
    const struct chart_series series[] = {{"売上", VALUES(1, -5, NAN), &money},
                                          {"n", VALUES(2, 6, 1e18), &count},
                                          {"rate", VALUES(0, 0.5, 0.7), &rate}};
    struct chart chart = {.title = "売上高 by day", LABELS("売上高", "Cafe\xcc\x81", ""), .points = 3, .series = series,
                          .legend = true};

    (void)state;
    for (int kind = CHART_LINE; kind <= CHART_HEAT; kind++)
        for (int glyphs = GLYPHS_BRAILLE; glyphs <= GLYPHS_ASCII; glyphs++)
            for (chart.series_count = 0; chart.series_count <= 3; chart.series_count++) {
                chart.kind = (enum chart_kind)kind;
                chart.glyphs = (enum chart_glyphs)glyphs;
                for (int rows = 1; rows <= 12; rows++)
                    for (int columns = 1; columns <= 60; columns++)
                        draw_at(chart, rows, columns);
                draw_at(chart, 50, 200);
            }
}

static void the_smallest_still_show_something(void **state)
{
    struct chart chart = {.kind = CHART_LINE, .rows = 1, .columns = 1, LABELS("a", "b", "c"), .points = 3,
                          SERIES({"n", VALUES(1, 2, 3), &count}), .series_count = 1};

    (void)state;
    assert_chart(&chart, "⠔\n");
    chart.rows = 2;
    chart.columns = 3;
    assert_chart(&chart,
                 "  ⣀\n"
                 "⠔⠊\n");
    chart.kind = CHART_BAR;
    assert_chart(&chart,
                 "│▋\n"
                 "…\n");
    chart.kind = CHART_SPARK;
    assert_chart(&chart,
                 "▁▅█\n"
                 "\n");
    chart.kind = CHART_HEAT;
    assert_chart(&chart,
                 "·▒█\n"
                 "\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flat_line_is_flat_and_zero_is_a_value),
        cmocka_unit_test(one_point_is_a_dot),
        cmocka_unit_test(unknown_values_are_said_or_left_out),
        cmocka_unit_test(a_gap_is_not_drawn_over),
        cmocka_unit_test(negative_values_have_their_axis),
        cmocka_unit_test(huge_and_tiny_values_have_labels),
        cmocka_unit_test(a_peak_among_ten_thousand_points_stays),
        cmocka_unit_test(two_lines_have_their_names_at_their_ends),
        cmocka_unit_test(two_units_have_a_panel_each),
        cmocka_unit_test(bars_have_labels_values_and_eighths),
        cmocka_unit_test(negative_bars_stand_left_of_zero),
        cmocka_unit_test(bars_of_several_measures_are_grouped_and_the_rest_is_counted),
        cmocka_unit_test(a_total_has_the_name_of_its_measure),
        cmocka_unit_test(a_heat_map_has_rows_points_and_shades),
        cmocka_unit_test(sparks_show_the_last_values),
        cmocka_unit_test(colours_are_asked_for),
        cmocka_unit_test(every_kind_is_drawn_at_every_size),
        cmocka_unit_test(the_smallest_still_show_something),
    };

    return cmocka_run_group_tests_name("output charts", tests, NULL, NULL);
}
