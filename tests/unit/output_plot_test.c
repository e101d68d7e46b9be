/* output: a script for gnuplot. What a hostile text would have to get out of, and where a gap is. */
#include "output_help.h"

#include <math.h>

#include "ytempire/base/str.h"
#include "ytempire/output/plot.h"

#define MARK "m0a1b2"

static const char *const days[] = {"2026-01-01", "2026-01-02", "2026-01-03"};

static char *script_of(const struct chart *chart, enum plot_kind kind)
{
    struct plot plot = {.kind = kind, .width = 800, .height = 600, .mark = MARK, .about = "3 rows · UTC"};
    struct str  script = STR_INIT;

    plot_colors_init(&plot.colors);
    plot_script(&plot, chart, &script);
    return str_take(&script);
}

static const char hostile[] = "a`touch pwned`'\nsystem 'touch pwned'\n" MARK "\n!touch pwned\r\x1b]0;x\x07 \xff @x {/=99 big}";

static void assert_harmless(const char *script)
{
    bool quoted = false;

    for (const char *c = script; *c != '\0'; c++) {
        if (*c == '\'')
            quoted = !quoted;
        assert_false(quoted && *c == '\n');                     /* a string ends on its line */
        assert_false(!quoted && (*c == '`' || *c == '!' || *c == '"' || *c == '|' || *c == '@'));
        assert_false((unsigned char)*c < ' ' && *c != '\n');
    }
    assert_false(quoted);
    assert_null(strstr(script, "\n" "system"));
    assert_non_null(strstr(script, "noenhanced"));
}

static void no_text_gets_out_of_its_quotes(void **state)
{
    const char *const   labels[] = {hostile, "'", ""};
    const double        values[] = {1, 2, 3};
    struct data_column  column = COLUMN("a", DATA_INT);
    struct chart_series series[] = {{hostile, values, &column}, {"''", values, &column}};

    (void)state;
    for (enum chart_kind kind = CHART_LINE; kind <= CHART_HEAT; kind++) {
        char *script = script_of(&(struct chart){.kind = kind, .title = hostile, .labels = labels, .points = 3, .series = series,
                                                 .series_count = 2}, PLOT_PNG);

        assert_harmless(script);
        assert_non_null(strstr(script, "'a`touch pwned`'' system ''touch pwned'' " MARK " !touch pwned  ]0;x  ? @x {/=99 big}'"));
        mem_free(script);
    }
}

static void what_is_not_known_is_a_gap_and_no_bar(void **state)
{
    const double        values[] = {1, NAN, 3};
    const int64_t       instants[] = {0, US_PER_DAY, 2 * US_PER_DAY};
    struct data_column  column = COLUMN("a", DATA_INT);
    struct chart_series series = {"a", values, &column};
    struct chart        chart = {.kind = CHART_LINE, .title = "t", .labels = days, .instants = instants, .points = 3,
                                 .series = &series, .series_count = 1};
    char *script = script_of(&chart, PLOT_SVG);

    (void)state;
    assert_non_null(strstr(script, "$d0 << " MARK "\n0 1\n86400 NaN\n172800 3\n" MARK "\n"));
    assert_non_null(strstr(script, "set xtics ('2026-01-01' 0, '2026-01-02' 86400, '2026-01-03' 172800)"));
    mem_free(script);
    chart.kind = CHART_BAR;
    script = script_of(&chart, PLOT_SVG);
    assert_non_null(strstr(script, "NaN NaN NaN NaN NaN NaN\n0.5 "));
    assert_null(strstr(script, "\n0.5 0.59"));                  /* no box for the second */
    mem_free(script);
}

static void different_units_stand_in_panels_of_their_own(void **state)
{
    const double        values[] = {1, 2, 3};
    struct data_column  views = COLUMN("v", DATA_INT), money = COLUMN("m", DATA_NUMERIC);
    struct chart_series series[] = {{"views", values, &views}, {"revenue", values, &money}, {"likes", values, &views}};
    char *script;

    (void)state;
    money.format = FORMAT_CURRENCY;
    script = script_of(&(struct chart){.kind = CHART_LINE, .labels = days, .points = 3, .series = series, .series_count = 3},
                       PLOT_PDF);
    assert_non_null(strstr(script, "set multiplot layout 2,1 "));
    assert_non_null(strstr(script, "title 'views', $d2 using 1:2"));
    assert_non_null(strstr(script, "set ytics ('$0' 0, '$0.50' 0.5"));
    mem_free(script);
}

/* A peak is not lost, nor is a gap. */
static void many_points_are_reduced(void **state)
{
    enum { POINTS = 90000 };
    double             *values = mem_array(NULL, POINTS, sizeof *values);
    const char        **labels = mem_array(NULL, POINTS, sizeof *labels);
    struct data_column  column = COLUMN("a", DATA_INT);
    struct chart_series series = {"a", values, &column};
    char               *script;

    (void)state;
    for (size_t i = 0; i < POINTS; i++) {
        values[i] = i == 1234 ? 999 : 1;
        labels[i] = "x";
    }
    values[70000] = NAN;
    script = script_of(&(struct chart){.kind = CHART_LINE, .labels = labels, .points = POINTS, .series = &series,
                                       .series_count = 1}, PLOT_PNG);
    assert_non_null(strstr(script, "\n1234 999\n"));
    assert_non_null(strstr(script, "\n70000 NaN\n"));
    assert_true(strlen(script) < 120000);
    mem_free(script);
    mem_free(values);
    mem_free(labels);
}

static void colours_are_the_themes(void **state)
{
    struct plot plot = {.width = 800, .height = 600, .mark = MARK};
    const double        values[] = {1, 2, 3};
    struct chart_series series = {"a", values, NULL};
    struct str  script = STR_INIT;

    (void)state;
    plot_colors_init(&plot.colors);
    plot_color_set(&plot.colors, "chart.1", "#5FD7ff", NULL);
    plot_color_set(&plot.colors, "chart.2", "'; x", NULL);
    plot_script(&plot, &(struct chart){.kind = CHART_LINE, .labels = days, .points = 3, .series = &series, .series_count = 1},
                &script);
    assert_non_null(strstr(str_text(&script), "linecolor rgb '#5fd7ff'"));
    assert_non_null(strstr(str_text(&script), "background '#1c1c1c'"));         /* bright lines stand on black */
    str_done(&script);
}

static void the_last_word_says_that_it_is_whole(void **state)
{
    struct str words = STR_INIT;

    (void)state;
    assert_true(plot_is_whole(MARK " 0\n", MARK, &words));
    assert_int_equal(words.length, 0);
    assert_false(plot_is_whole("", MARK, &words));
    assert_false(plot_is_whole("\n     ^\n         line 3: \x1b[2Jbad\n" MARK " 113\n", MARK, &words));
    assert_string_equal(str_text(&words), "         line 3: \\x1b[2Jbad");
    str_done(&words);
}

static void a_files_ending_is_the_kind(void **state)
{
    enum plot_kind kind;

    (void)state;
    assert_int_equal(plot_kind_for_file("a.PDF", &kind), 0);
    assert_int_equal(kind, PLOT_PDF);
    assert_int_equal(plot_kind_for_file(".png", &kind), ERR_UNKNOWN);
    assert_int_equal(plot_kind_for_file("a.gif", &kind), ERR_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_gets_out_of_its_quotes),
        cmocka_unit_test(what_is_not_known_is_a_gap_and_no_bar),
        cmocka_unit_test(different_units_stand_in_panels_of_their_own),
        cmocka_unit_test(many_points_are_reduced),
        cmocka_unit_test(colours_are_the_themes),
        cmocka_unit_test(the_last_word_says_that_it_is_whole),
        cmocka_unit_test(a_files_ending_is_the_kind),
    };

    return cmocka_run_group_tests_name("output/plot", tests, NULL, NULL);
}
