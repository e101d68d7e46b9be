/* The frame of a script: terminal, colours, title; how text and numbers get into it. */
#include "plot_int.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "ytempire/base/utf8.h"
#include "ytempire/output.h"

#define TEXT_COLUMNS 160
#define MOST_PIXELS 4000

/* -- kinds of pictures --------------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *ending;
} kinds[] = {{"png", ".png"}, {"svg", ".svg"}, {"pdf", ".pdf"}, {"sixel", NULL}};

int plot_kind_for_file(const char *path, enum plot_kind *ret_kind)
{
    size_t length = strlen(path);

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i].ending != NULL && length > 4 && strcasecmp(path + length - 4, kinds[i].ending) == 0) {
            *ret_kind = (enum plot_kind)i;
            return 0;
        }
    return ERR_UNKNOWN;
}

const char *plot_kind_name(enum plot_kind kind)
{
    return kinds[kind].name;
}

int plot_make_mark(char mark[static PLOT_MARK_SIZE], struct error *error)
{
    unsigned char bytes[(PLOT_MARK_SIZE - 1) / 2];

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return error_set(error, ERR_FAILED, "no random numbers: %s", strerror(errno));
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(mark + 2 * i, 3, "%c%x", 'g' + (bytes[i] >> 4), bytes[i] & 15);
    return 0;
}

bool plot_is_whole(const char *said, const char *mark, struct str *ret_words)
{
    bool whole = false;

    for (const char *line = said; *line != '\0';) {
        size_t length = strcspn(line, "\n"), marked = strlen(mark);

        if (length >= marked && strncmp(line, mark, marked) == 0) {
            whole = length == marked + 2 && line[marked + 1] == '0';
        } else if (strspn(line, " \t^") < length) {
            str_add(ret_words, ret_words->length > 0 ? "; " : "");
            output_safe_text(ret_words, line, length);
        }
        line += length + (line[length] == '\n');
    }
    return whole;
}

/* -- colours ------------------------------------------------------------------------------------------------------- */

void plot_colors_init(struct plot_colors *colors)
{
    memset(colors, 0xff, sizeof *colors);
}

static uint32_t color_of(const char *text)
{
    uint32_t color = 0;

    if (text == NULL || text[0] != '#' || strlen(text) != 7)
        return PLOT_NO_COLOR;
    for (const char *c = text + 1; *c != '\0'; c++) {
        const char *digits = "0123456789abcdef", *at = strchr(digits, *c | 0x20);

        if (at == NULL)
            return PLOT_NO_COLOR;
        color = color << 4 | (uint32_t)(at - digits);
    }
    return color;
}

static size_t number_behind(const char *role, const char *prefix)
{
    size_t length = strlen(prefix);

    if (strncmp(role, prefix, length) != 0 || role[length] < '1' || role[length] > '9' || role[length + 1] != '\0')
        return 0;
    return (size_t)(role[length] - '0');
}

void plot_color_set(struct plot_colors *colors, const char *role, const char *fg, const char *bg)
{
    size_t series = number_behind(role, "chart."), heat = number_behind(role, "heat.");

    if (text_equal(role, "normal")) {
        colors->text = color_of(fg);
        colors->ground = color_of(bg);
    } else if (text_equal(role, "chart.axis")) {
        colors->axis = color_of(fg);
    } else if (series >= 1 && series <= CHART_SERIES_PARTS) {
        colors->series[series - 1] = color_of(fg);
    } else if (heat >= 1 && heat <= CHART_HEAT_LEVELS) {
        colors->heat[heat - 1] = color_of(fg);
    }
}

static bool is_bright(uint32_t color)
{
    return 3 * (color >> 16 & 0xff) + 6 * (color >> 8 & 0xff) + (color & 0xff) > 10 * 128;
}

/* A theme says what it was made for by its series: bright ones stand on black. Without colours: shades of grey on
 * white. */
static void complete(struct plot_colors *colors)
{
    static const uint32_t greys[CHART_SERIES_PARTS] = {0x000000, 0x707070, 0x303030, 0x909090, 0x505050, 0xa0a0a0};
    static const uint32_t levels[CHART_HEAT_LEVELS] = {0xe0e0e0, 0xb8b8b8, 0x909090, 0x606060, 0x202020};
    bool dark = colors->series[0] != PLOT_NO_COLOR && is_bright(colors->series[0]);

    if (colors->ground == PLOT_NO_COLOR)
        colors->ground = dark ? 0x1c1c1c : 0xffffff;
    if (colors->text == PLOT_NO_COLOR)
        colors->text = is_bright(colors->ground) ? 0x202020 : 0xd8d8d8;
    if (colors->axis == PLOT_NO_COLOR)
        colors->axis = 0x808080;
    for (size_t i = 0; i < CHART_SERIES_PARTS; i++)
        if (colors->series[i] == PLOT_NO_COLOR)
            colors->series[i] = is_bright(colors->ground) ? greys[i] : 0xffffff - greys[i];
    for (size_t i = 0; i < CHART_HEAT_LEVELS; i++)
        if (colors->heat[i] == PLOT_NO_COLOR)
            colors->heat[i] = is_bright(colors->ground) ? levels[i] : 0xffffff - levels[i];
}

uint32_t sketch_series_color(const struct sketch *sketch, size_t series)
{
    return sketch->colors.series[series % CHART_SERIES_PARTS];
}

/* -- text and numbers ---------------------------------------------------------------------------------------------- */

/* Whether the fonts have it. */
static bool is_drawable(const struct plot *plot, uint32_t point)
{
    if (plot->has_glyph == NULL || point < 0x80)
        return true;
    return plot->has_glyph(plot->who, point);
}

void sketch_text(struct sketch *sketch, const char *text)
{
    size_t length = strlen(text), cut = utf8_prefix_of_width(text, length, TEXT_COLUMNS, NULL), size;
    uint32_t point;

    str_add_char(sketch->to, '\'');
    for (size_t at = 0; (size = utf8_decode(text + at, cut - at, &point)) > 0; at += size) {
        if (point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029)
            str_add_char(sketch->to, ' ');
        else if (point == '\'')
            str_add(sketch->to, "''");
        else if (point == 0xfffd || !is_drawable(sketch->plot, point))
            str_add_char(sketch->to, '?');
        else
            str_add_bytes(sketch->to, text + at, size);
    }
    str_add(sketch->to, cut < length ? "…'" : "'");
}

void sketch_label(struct sketch *sketch, const char *name, const char *text)
{
    str_addf(sketch->to, "set %s ", name);
    sketch_text(sketch, text);
    str_addf(sketch->to, " textcolor rgb '#%06x'\n", (unsigned)sketch->colors.text);
}

void sketch_number(struct sketch *sketch, double value)
{
    if (value_is_known(value, &value))
        str_addf(sketch->to, "%.17g", value);
    else
        str_add(sketch->to, "NaN");
}

size_t sketch_block(struct sketch *sketch)
{
    str_addf(sketch->to, "$d%zu << %s\n", sketch->blocks, sketch->plot->mark);
    return sketch->blocks++;
}

void sketch_block_end(struct sketch *sketch)
{
    str_addf(sketch->to, "%s\n", sketch->plot->mark);
}

/* -- axes ---------------------------------------------------------------------------------------------------------- */

static void add_tic(struct sketch *sketch, bool first, const char *label, double place)
{
    str_add(sketch->to, first ? "" : ", ");
    sketch_text(sketch, label);
    str_add_char(sketch->to, ' ');
    sketch_number(sketch, place);
}

static void end_tics(struct sketch *sketch)
{
    str_addf(sketch->to, ") textcolor rgb '#%06x'\n", (unsigned)sketch->colors.text);
}

void sketch_scale(struct sketch *sketch, const char *axis, const struct scale *scale)
{
    long steps = lround((scale->high - scale->low) / scale->step);

    str_addf(sketch->to, "set %srange [", axis);
    sketch_number(sketch, scale->low);
    str_add_char(sketch->to, ':');
    sketch_number(sketch, scale->high);
    str_addf(sketch->to, "]\nset %stics (", axis);
    for (long i = 0; i <= steps && i <= 50; i++) {
        struct str label = STR_INIT;

        scale_label(scale, scale->low + (double)i * scale->step, &label);
        add_tic(sketch, i == 0, str_text(&label), scale->low + (double)i * scale->step);
        str_done(&label);
    }
    end_tics(sketch);
}

double sketch_place(const struct chart *chart, size_t point)
{
    return chart->instants != NULL ? (double)chart->instants[point] / (double)US_PER_SECOND : (double)point;
}

/* The labels are the chart's own, so that days are those of the query's zone, whatever gnuplot thinks of time. */
void sketch_point_labels(struct sketch *sketch, int width)
{
    const struct chart *chart = sketch->chart;
    size_t last = chart->points - 1, widest = 4, slots;

    for (size_t i = 0; i < 4; i++) {
        size_t columns = (size_t)text_columns(chart->labels[i * last / 3]);

        widest = columns > widest ? columns : widest;
    }
    slots = (size_t)width / (widest * 8 + 24);
    slots = slots > chart->points ? chart->points : slots < 1 ? 1 : slots;
    str_add(sketch->to, "set xtics (");
    for (size_t k = 0; k < slots; k++) {
        size_t point = slots > 1 ? k * last / (slots - 1) : 0;

        add_tic(sketch, k == 0, chart->labels[point], sketch_place(chart, point));
    }
    end_tics(sketch);
}

size_t sketch_panels(const struct chart *chart, size_t *ret_panels)
{
    size_t count = 0;

    for (size_t i = 0; i < chart->series_count; i++) {
        size_t j = 0;

        while (j < i && !same_unit(chart->series[i].column, chart->series[j].column))
            j++;
        ret_panels[i] = j < i ? ret_panels[j] : count++;
    }
    return count;
}

/* -- the script ---------------------------------------------------------------------------------------------------- */

static void set_terminal(const struct plot *plot, const struct plot_colors *colors, struct str *to)
{
    unsigned ground = (unsigned)colors->ground;

    str_add(to, "set encoding utf8\n");
    switch (plot->kind) {
    case PLOT_PNG:
        str_addf(to, "set terminal pngcairo noenhanced size %d,%d background '#%06x' font 'sans,10'\n", plot->width,
                 plot->height, ground);
        break;
    case PLOT_SVG:
        str_addf(to, "set terminal svg noenhanced size %d,%d background '#%06x' font 'sans-serif,12'\n", plot->width,
                 plot->height, ground);
        break;
    case PLOT_PDF:
        str_addf(to, "set terminal pdfcairo noenhanced size %.4fin,%.4fin background '#%06x' font 'sans,10'\n",
                 plot->width / 96.0, plot->height / 96.0, ground);
        break;
    case PLOT_SIXEL:
        str_addf(to, "set terminal sixelgd noenhanced size %d,%d background '#%06x' font 'sans,10' truecolor\n",
                 plot->width, plot->height, ground);
        break;
    }
}

int plot_height_wanted(const struct chart *chart, int height)
{
    size_t rows = 0;

    if (chart->kind == CHART_BAR)
        rows = chart->points * (chart->series_count * 12 + 8) + 160;
    else if (chart->kind == CHART_HEAT)
        rows = chart->series_count * 20 + 160;
    else if (chart->kind == CHART_SPARK)
        return (int)(chart->series_count * 60 + 160);
    return rows > MOST_PIXELS ? MOST_PIXELS : (int)rows > height ? (int)rows : height;
}

void plot_script(const struct plot *plot, const struct chart *chart, struct str *to)
{
    struct sketch sketch = {.plot = plot, .chart = chart, .to = to, .colors = plot->colors};

    complete(&sketch.colors);
    set_terminal(plot, &sketch.colors, to);
    str_addf(to, "set border linecolor rgb '#%06x'\n", (unsigned)sketch.colors.axis);
    str_addf(to, "set grid linecolor rgb '#%06x' dashtype 3\n", (unsigned)sketch.colors.axis);
    str_addf(
        to,
        "set key at graph 0,graph 1.02 left bottom horizontal Left reverse samplen 1.5 width 2 textcolor rgb '#%06x'\n",
        (unsigned)sketch.colors.text);
    str_add(to, "set datafile missing 'NaN'\n");
    if (plot->about != NULL)
        sketch_label(&sketch, "label 1", plot->about);
    if (plot->about != NULL)
        str_add(to, "set label 1 at screen 0.01,character 1 left font ',8'\n");
    switch (chart->kind) {
    case CHART_LINE:
        sketch_lines(&sketch);
        break;
    case CHART_BAR:
        sketch_bars(&sketch);
        break;
    case CHART_SPARK:
        sketch_sparks(&sketch);
        break;
    case CHART_HEAT:
        sketch_heat(&sketch);
        break;
    }
    str_addf(to, "unset multiplot\nset output\nprint '%s', GPVAL_ERRNO\n", plot->mark);
}
