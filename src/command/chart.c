/* chart: the answer to a query as a drawing; the rows themselves where the front end shows no pages. */
#include "gather.h"
#include "nouns.h"
#include "ytempire/app/ask.h"
#include "ytempire/output.h"

#define COLUMNS 80
#define LINE_ROWS 20
#define MOST_ROWS 40            /* of bars and the like, which take no more than they need */

struct drawing {
    struct gather       gather;
    struct chart        chart;              /* as it was asked for: 0 rows and columns: not */
    bool                kind_given, quiet;
    struct data_paper   paper;
};

static void choose_size(const struct drawing *drawing, struct chart *chart)
{
    int most = chart->rows > 0 ? chart->rows : chart->kind == CHART_LINE ? LINE_ROWS : MOST_ROWS;

    if (chart->columns == 0)
        chart->columns = drawing->paper.columns > 0 ? (int)drawing->paper.columns : COLUMNS;
    chart->rows = most;
}

static int draw(const struct drawing *drawing, const char *title, struct str *page, struct error *error)
{
    struct chart       chart = drawing->chart;
    struct chart_cell *cells;
    int                r;

    if (!drawing->kind_given)
        chart.kind = chart_data_kind(drawing->gather.data);
    chart.title = title;
    choose_size(drawing, &chart);
    r = chart_data_fill(drawing->gather.data, &chart, error);
    if (r < 0)
        return r;
    chart.rows = chart_rows_wanted(&chart, chart.rows);
    cells = mem_array(NULL, (size_t)chart.rows * (size_t)chart.columns, sizeof *cells);
    chart_draw(&chart, cells);
    chart_print(cells, chart.rows, chart.columns, drawing->paper.color, page);
    mem_free(cells);
    return 0;
}

/* What the numbers mean stands below a drawing as below a table. */
static void add_note(const struct drawing *drawing, const struct data_note *note, struct str *page)
{
    const char *remark = drawing->gather.rows > 0 ? chart_data_remark(drawing->gather.data) : NULL;

    if (remark != NULL)
        str_addf(page, "note: %s\n", remark);
    if (!drawing->quiet)
        output_note(page, drawing->gather.rows, note, drawing->paper.ascii);
}

static int on_end(struct gather *gather, const struct data_note *note, struct error *error)
{
    struct drawing *drawing = (struct drawing *)gather;
    struct str      page = STR_INIT;
    int             r = 0;

    if (gather->rows > 0)
        r = draw(drawing, note->title, &page, error);
    if (r >= 0) {
        add_note(drawing, note, &page);
        r = gather->before.front->ops->raw(gather->before.front, str_text(&page), page.length, error);
    }
    str_done(&page);
    return r;
}

static int read_options(const struct args *args, struct drawing *drawing, struct error *error)
{
    long long rows = 0, columns = 0;
    int       r = kind_of_args(args, &drawing->chart.kind, &drawing->kind_given, error);

    if (r >= 0)
        r = args_number(args, "rows", 1, 1000, 0, &rows, error);
    if (r >= 0)
        r = args_number(args, "columns", 1, 1000, 0, &columns, error);
    drawing->chart.rows = (int)rows;
    drawing->chart.columns = (int)columns;
    return r;
}

static int run_chart(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct drawing drawing = {.quiet = conf_flag(app->conf, OPTION_QUIET)};
    const char    *query = query_of_rest(args_get(args, "QUERY"));
    int            r = read_options(args, &drawing, error);

    if (r < 0)
        return r;
    if (!sink_passes(sink, "text"))
        return app_ask(app, query, sink, error);
    gather_init(&drawing.gather, sink, on_end);
    drawing.paper = sink_paper(sink);
    drawing.chart.glyphs = drawing.paper.ascii ? GLYPHS_ASCII : GLYPHS_BRAILLE;
    drawing.chart.legend = true;
    r = app_ask(app, query, &drawing.gather.before.sink, error);
    gather_done(&drawing.gather);
    return r;
}

const struct command command_chart = {
    .name = "chart",
    .summary = "Draw the answer to a query",
    .text = "Lines over time, else bars. The time, or the first dimension, is the axis; a second dimension gives a series for "
            "each of its values (the six largest, and what is left out is told), as does each measure. Measures of "
            "different units never share a scale. Days, weeks or months without a row are gaps; zero is none. In formats "
            "for programs the rows themselves are written.",
    .args = ARGS(REST("QUERY", COMPLETE_QUERY)),
    .options = OPTIONS(VALUE("kind", "KIND", "line, bar, spark or heat"), VALUE("rows", "N", "lines of text it may take"),
                       VALUE("columns", "N", "its width; that of the terminal, else 80")),
    .examples = EXAMPLES("chart views_gained by day last 30 days", "chart --kind bar revenue by channel top 10",
                         "chart --kind heat views_gained by day, category last 30 days"),
    .run = run_chart,
};
