/* Lines, bars, sparks and heat maps. Invariant: a panel holds series of one unit, on one scale. */
#include "plot_int.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ABOVE 85.0 /* pixels over the first panel: title, legend */
#define BELOW 70.0
#define MARKED 100   /* points that are marked; more are a line only */
#define BUCKETS 2000 /* more points than that are reduced to minimum and maximum of each */

/* `left` and `right`: where the panels end, in gnuplot's words. */
static void begin_panels(struct sketch *sketch, size_t panels, const char *left, const char *right, int apart)
{
    const char *title = sketch->chart->title != NULL ? sketch->chart->title : "";

    str_addf(sketch->to, "set multiplot layout %zu,1 margins %s,%s,screen %g,screen %g spacing char %d\n", panels, left,
             right, BELOW / sketch->plot->height, 1 - ABOVE / sketch->plot->height, apart);
    sketch_label(sketch, "label 2", title);
    str_add(sketch->to, "set label 2 at screen 0.5,screen 1 offset 0,-1.2 center font ',12'\n");
}

/* After a panel: what stands on the sheet once. */
static void clear_labels(struct sketch *sketch)
{
    str_add(sketch->to, "unset label\n");
}

static struct scale scale_of_panel(const struct sketch *sketch, const size_t *panels, size_t panel, bool from_zero)
{
    const struct chart *chart = sketch->chart;
    const struct data_column *column = NULL;
    double low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < chart->series_count; i++)
        if (panels[i] == panel) {
            column = column != NULL ? column : chart->series[i].column;
            (void)series_range(chart, &chart->series[i], &low, &high);
        }
    if (low > high)
        low = high = 0;
    if (from_zero) {
        low = low > 0 ? 0 : low;
        high = high < 0 ? 0 : high;
    }
    return scale_fit(low, high, 6, column);
}

/* -- lines --------------------------------------------------------------------------------------------------------- */

static void add_point(struct sketch *sketch, size_t point, double value)
{
    sketch_number(sketch, sketch_place(sketch->chart, point));
    str_add_char(sketch->to, ' ');
    sketch_number(sketch, value);
    str_add_char(sketch->to, '\n');
}

/* Of the points from … to: the least and the greatest, in their order, and whether one is not known. */
static void add_bucket(struct sketch *sketch, const double *values, size_t from, size_t to)
{
    size_t least = from, most = from, gap = to;

    for (size_t i = from; i < to; i++) {
        double value;

        if (!value_is_known(values[i], &value))
            gap = i;
        if (values[i] < values[least] || isnan(values[least]))
            least = i;
        if (values[i] > values[most] || isnan(values[most]))
            most = i;
    }
    add_point(sketch, least < most ? least : most, values[least < most ? least : most]);
    if (least != most)
        add_point(sketch, least < most ? most : least, values[least < most ? most : least]);
    if (gap < to)
        add_point(sketch, gap, NAN);
}

static size_t add_series(struct sketch *sketch, const struct chart_series *series)
{
    size_t points = sketch->chart->points, block = sketch_block(sketch);

    for (size_t i = 0; points <= 2 * BUCKETS && i < points; i++)
        add_point(sketch, i, series->values[i]);
    for (size_t i = 0; points > 2 * BUCKETS && i < BUCKETS; i++)
        add_bucket(sketch, series->values, i * points / BUCKETS, (i + 1) * points / BUCKETS);
    sketch_block_end(sketch);
    return block;
}

static void set_places(struct sketch *sketch)
{
    const struct chart *chart = sketch->chart;
    double first = sketch_place(chart, 0), last = sketch_place(chart, chart->points - 1);

    if (first >= last) {
        first -= 0.5;
        last += 0.5;
    }
    str_add(sketch->to, "set xrange [");
    sketch_number(sketch, first);
    str_add_char(sketch->to, ':');
    sketch_number(sketch, last);
    str_add(sketch->to, "]\n");
    sketch_point_labels(sketch, sketch->plot->width - 120);
}

static void draw_lines(struct sketch *sketch, const size_t *panels, size_t panel)
{
    const struct chart *chart = sketch->chart;
    const char *separator = "plot ",
               *style = chart->points <= MARKED ? "linespoints pointtype 7 pointsize 0.4" : "lines";

    for (size_t i = 0; i < chart->series_count; i++) {
        if (panels[i] != panel)
            continue;
        str_addf(sketch->to, "%s$d%zu using 1:2 with %s linewidth 2 linecolor rgb '#%06x' title ", separator, i, style,
                 (unsigned)sketch_series_color(sketch, i));
        sketch_text(sketch, chart->series[i].name);
        separator = ", ";
    }
    str_add_char(sketch->to, '\n');
}

void sketch_lines(struct sketch *sketch)
{
    const struct chart *chart = sketch->chart;
    size_t *panels = mem_array(NULL, chart->series_count + 1, sizeof *panels), count = sketch_panels(chart, panels);

    for (size_t i = 0; i < chart->series_count; i++)
        (void)add_series(sketch, &chart->series[i]);
    begin_panels(sketch, count, "char 12", "char 8", 6);
    set_places(sketch);
    for (size_t panel = 0; panel < count; panel++) {
        struct scale scale = scale_of_panel(sketch, panels, panel, false);

        sketch_scale(sketch, "y", &scale);
        draw_lines(sketch, panels, panel);
        clear_labels(sketch);
    }
    mem_free(panels);
}

/* -- bars ---------------------------------------------------------------------------------------------------------- */

static void add_box(struct sketch *sketch, const double *box, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        str_add(sketch->to, i > 0 ? " " : "");
        sketch_number(sketch, box[i]);
    }
    str_add_char(sketch->to, '\n');
}

/* The `n`th of `of` bars at each label; a NULL has none. */
static void add_bars(struct sketch *sketch, const struct chart_series *series, size_t n, size_t of)
{
    double thick = 0.8 / (double)of, value;

    (void)sketch_block(sketch);
    str_add(sketch->to, "NaN NaN NaN NaN NaN NaN\n"); /* a block without a row is an error */
    for (size_t i = 0; i < sketch->chart->points; i++) {
        double top = (double)i - 0.4 + (double)n * thick;

        if (value_is_known(series->values[i], &value))
            add_box(sketch,
                    (const double[]){value / 2, top, value < 0 ? value : 0, value > 0 ? value : 0, top, top + thick},
                    6);
    }
    sketch_block_end(sketch);
}

static void set_rows(struct sketch *sketch, size_t rows)
{
    str_addf(sketch->to, "set yrange [%zu.5:-0.5]\nset ytics (", rows - 1);
}

static void add_row_label(struct sketch *sketch, size_t row, const char *label)
{
    str_add(sketch->to, row > 0 ? ", " : "");
    sketch_text(sketch, label);
    str_addf(sketch->to, " %zu", row);
}

static void end_row_labels(struct sketch *sketch)
{
    str_addf(sketch->to, ") scale 0 textcolor rgb '#%06x'\n", (unsigned)sketch->colors.text);
}

static int columns_of(const char *const *labels, size_t count)
{
    int widest = 6;

    for (size_t i = 0; i < count; i++)
        widest = text_columns(labels[i]) > widest ? text_columns(labels[i]) : widest;
    return widest > 40 ? 40 : widest;
}

static void draw_bars(struct sketch *sketch, const size_t *panels, size_t panel)
{
    const struct chart *chart = sketch->chart;
    size_t of = 0, n = 0, first = sketch->blocks;
    const char *separator = "plot ";

    for (size_t i = 0; i < chart->series_count; i++)
        of += panels[i] == panel;
    for (size_t i = 0; i < chart->series_count; i++)
        if (panels[i] == panel)
            add_bars(sketch, &chart->series[i], n++, of);
    for (size_t i = 0; i < chart->series_count; i++) {
        if (panels[i] != panel)
            continue;
        str_addf(sketch->to,
                 "%s$d%zu using 1:2:3:4:5:6 with boxxyerror fillstyle solid noborder linecolor rgb '#%06x' title ",
                 separator, first++, (unsigned)sketch_series_color(sketch, i));
        sketch_text(sketch, chart->series[i].name);
        separator = ", ";
    }
    str_add_char(sketch->to, '\n');
}

void sketch_bars(struct sketch *sketch)
{
    const struct chart *chart = sketch->chart;
    char left[32];
    size_t *panels = mem_array(NULL, chart->series_count + 1, sizeof *panels), count = sketch_panels(chart, panels);

    (void)snprintf(left, sizeof left, "char %d", columns_of(chart->labels, chart->points) + 2);
    begin_panels(sketch, count, left, "char 8", 6);
    str_add(sketch->to, "set grid noytics xtics\n");
    set_rows(sketch, chart->points);
    for (size_t i = 0; i < chart->points; i++)
        add_row_label(sketch, i, chart->labels[i]);
    end_row_labels(sketch);
    for (size_t panel = 0; panel < count; panel++) {
        struct scale scale = scale_of_panel(sketch, panels, panel, true);

        sketch_scale(sketch, "x", &scale);
        draw_bars(sketch, panels, panel);
        clear_labels(sketch);
    }
    mem_free(panels);
}

/* -- sparks -------------------------------------------------------------------------------------------------------- */

static void label_spark(struct sketch *sketch, const struct chart_series *series)
{
    struct str last = STR_INIT;
    double value = NAN;

    for (size_t i = 0; i < sketch->chart->points; i++)
        if (isfinite(series->values[i]))
            value = series->values[i];
    if (!isnan(value))
        value_label(series->column, value, &last);
    sketch_label(sketch, "label 3", series->name);
    str_add(sketch->to, "set label 3 at graph -0.02,graph 0.5 right\n");
    sketch_label(sketch, "label 4", str_text(&last));
    str_add(sketch->to, "set label 4 at graph 1.02,graph 0.5 left\n");
    str_done(&last);
}

void sketch_sparks(struct sketch *sketch)
{
    const struct chart *chart = sketch->chart;

    for (size_t i = 0; i < chart->series_count; i++)
        (void)add_series(sketch, &chart->series[i]);
    begin_panels(sketch, chart->series_count, "screen 0.28", "screen 0.82", 1);
    set_places(sketch);
    str_add(sketch->to, "unset border\nunset xtics\nunset ytics\n"
                        "unset grid\nunset key\n");
    for (size_t i = 0; i < chart->series_count; i++) {
        double low = INFINITY, high = -INFINITY;

        if (!series_range(chart, &chart->series[i], &low, &high))
            low = high = 0;
        str_add(sketch->to, "set yrange [");
        sketch_number(sketch, low < high ? low : low - 1);
        str_add_char(sketch->to, ':');
        sketch_number(sketch, low < high ? high : high + 1);
        str_add(sketch->to, "]\n");
        label_spark(sketch, &chart->series[i]);
        str_addf(sketch->to, "plot $d%zu using 1:2 with %s linewidth 2 linecolor rgb '#%06x'\n", i,
                 chart->points <= MARKED ? "linespoints pointtype 7 pointsize 0.3" : "lines",
                 (unsigned)sketch_series_color(sketch, i));
        clear_labels(sketch);
    }
}

/* -- heat map ------------------------------------------------------------------------------------------------------ */

static void set_palette(struct sketch *sketch)
{
    str_add(sketch->to, "set palette defined (");
    for (size_t i = 0; i < CHART_HEAT_LEVELS; i++)
        str_addf(sketch->to, "%s%zu '#%06x'", i > 0 ? ", " : "", i, (unsigned)sketch->colors.heat[i]);
    str_add(sketch->to, ")\n");
}

/* Columns stand by number, not by time: a cell each. */
static void add_cells(struct sketch *sketch)
{
    const struct chart *chart = sketch->chart;

    (void)sketch_block(sketch);
    str_add(sketch->to, "NaN NaN NaN NaN NaN NaN NaN\n");
    for (size_t y = 0; y < chart->series_count; y++)
        for (size_t x = 0; x < chart->points; x++) {
            double at = (double)x, row = (double)y, value;

            if (value_is_known(chart->series[y].values[x], &value))
                add_box(sketch, (const double[]){at, row, at - 0.5, at + 0.5, row - 0.5, row + 0.5, value}, 7);
        }
    sketch_block_end(sketch);
}

static const char **names_of(const struct chart *chart)
{
    const char **names = mem_array(NULL, chart->series_count + 1, sizeof *names);

    for (size_t i = 0; i < chart->series_count; i++)
        names[i] = chart->series[i].name;
    return names;
}

void sketch_heat(struct sketch *sketch)
{
    const struct chart *drawn = sketch->chart;
    struct chart by_number = *drawn;
    size_t *panels = mem_array(NULL, by_number.series_count + 1, sizeof *panels);
    const char **names = names_of(&by_number);
    char left[32];
    struct scale scale;

    by_number.instants = NULL;
    sketch->chart = &by_number;
    memset(panels, 0, (by_number.series_count + 1) * sizeof *panels);
    scale = scale_of_panel(sketch, panels, 0, false);
    add_cells(sketch);
    (void)snprintf(left, sizeof left, "char %d", columns_of(names, by_number.series_count) + 2);
    begin_panels(sketch, 1, left, "char 18", 6);
    set_palette(sketch);
    str_add(sketch->to, "unset key\nunset grid\n");
    sketch_scale(sketch, "cb", &scale);
    str_addf(sketch->to, "set xrange [-0.5:%zu.5]\n", by_number.points - 1);
    sketch_point_labels(sketch, sketch->plot->width - 320);
    set_rows(sketch, by_number.series_count);
    for (size_t i = 0; i < by_number.series_count; i++)
        add_row_label(sketch, i, names[i]);
    end_row_labels(sketch);
    str_addf(sketch->to, "plot $d%zu using 1:2:3:4:5:6:7 with boxxyerror fillstyle solid noborder linecolor palette\n",
             sketch->blocks - 1);
    sketch->chart = drawn;
    mem_free(names);
    mem_free(panels);
}
