/* chart: the answer to a query as a drawing; the rows themselves where the front end shows no pages. */
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/ask.h"
#include "ytempire/output.h"
#include "ytempire/output/chart.h"

#define COLUMNS 80
#define LINE_ROWS 20
#define MOST_ROWS 40            /* of bars and the like, which take no more than they need */

/* A sink that gathers, and draws at the end; what is no row goes on to the front end's. */
struct gather {
    struct sink         sink;
    struct sink        *to;
    struct chart_data  *data;
    uint64_t            rows;
    struct chart        chart;              /* as it was asked for: 0 rows and columns: not */
    bool                kind_given, quiet;
    struct data_paper   paper;
};

static struct gather *gather_of(struct sink *sink)
{
    return (struct gather *)sink;
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)error;
    gather_of(sink)->data = chart_data_new(columns, count);
    return 0;
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    (void)error;
    gather_of(sink)->rows++;
    chart_data_row(gather_of(sink)->data, cells);
    return 0;
}

static void choose_size(struct gather *gather, struct chart *chart)
{
    int most = chart->rows > 0 ? chart->rows : chart->kind == CHART_LINE ? LINE_ROWS : MOST_ROWS;

    if (chart->columns == 0)
        chart->columns = gather->paper.columns > 0 ? (int)gather->paper.columns : COLUMNS;
    chart->rows = most;
}

static int draw(struct gather *gather, const char *title, struct str *page, struct error *error)
{
    struct chart       chart = gather->chart;
    struct chart_cell *cells;
    int                r;

    if (!gather->kind_given)
        chart.kind = chart_data_kind(gather->data);
    chart.title = title;
    choose_size(gather, &chart);
    r = chart_data_fill(gather->data, &chart, error);
    if (r < 0)
        return r;
    chart.rows = chart_rows_wanted(&chart, chart.rows);
    cells = mem_array(NULL, (size_t)chart.rows * (size_t)chart.columns, sizeof *cells);
    chart_draw(&chart, cells);
    chart_print(cells, chart.rows, chart.columns, gather->paper.color, page);
    mem_free(cells);
    return 0;
}

/* What the numbers mean stands below a drawing as below a table. */
static void add_note(const struct gather *gather, const struct data_note *note, struct str *page)
{
    const char *remark = gather->rows > 0 ? chart_data_remark(gather->data) : NULL;

    if (remark != NULL)
        str_addf(page, "note: %s\n", remark);
    if (!gather->quiet)
        output_note(page, gather->rows, note, gather->paper.ascii);
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    struct gather *gather = gather_of(sink);
    struct str     page = STR_INIT;
    int            r = 0;

    if (gather->rows > 0)
        r = draw(gather, note->title, &page, error);
    if (r >= 0) {
        add_note(gather, note, &page);
        r = gather->to->ops->raw(gather->to, str_text(&page), page.length, error);
    }
    str_done(&page);
    return r;
}

static void on_text(struct sink *sink, const char *text)
{
    sink_text(gather_of(sink)->to, "%s", text);
}

static void on_progress(struct sink *sink, const struct data_progress *progress)
{
    struct sink *to = gather_of(sink)->to;

    if (to->ops->progress != NULL)
        to->ops->progress(to, progress);
}

static bool on_ask(struct sink *sink, const char *question)
{
    return sink_ask(gather_of(sink)->to, "%s", question);
}

static const struct sink_ops gather_ops = {
    .begin = on_begin, .row = on_row, .end = on_end, .text = on_text, .progress = on_progress, .ask = on_ask,
};

static int refuse_kind(const char *kind, struct error *error)
{
    static const char *const kinds[] = {"line", "bar", "spark", "heat"};
    const char              *near = nearest_word(kind, strlen(kind), kinds, COUNT_OF(kinds));

    error_set(error, ERR_USAGE, "--kind cannot be '%s'", kind);
    if (near != NULL)
        error_hint(error, "did you mean '%s'? it is one of %s", near, CHART_KINDS);
    else
        error_hint(error, "it is one of %s", CHART_KINDS);
    return ERR_USAGE;
}

static int read_options(const struct args *args, struct gather *gather, struct error *error)
{
    const char *kind = args_option(args, "kind");
    long long   rows = 0, columns = 0;
    int         r = 0;

    gather->kind_given = kind != NULL;
    if (kind != NULL && chart_kind_from_text(kind, &gather->chart.kind) < 0)
        return refuse_kind(kind, error);
    r = args_number(args, "rows", 1, 1000, 0, &rows, error);
    if (r >= 0)
        r = args_number(args, "columns", 1, 1000, 0, &columns, error);
    gather->chart.rows = (int)rows;
    gather->chart.columns = (int)columns;
    return r;
}

static int run_chart(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct gather gather = {.sink.ops = &gather_ops, .to = sink, .quiet = conf_flag(app->conf, OPTION_QUIET)};
    const char   *query = query_of_rest(args_get(args, "QUERY"));
    int           r = read_options(args, &gather, error);

    if (r < 0)
        return r;
    if (!sink_passes(sink, "text"))
        return app_ask(app, query, sink, error);
    gather.paper = sink_paper(sink);
    gather.chart.glyphs = gather.paper.ascii ? GLYPHS_ASCII : GLYPHS_BRAILLE;
    gather.chart.legend = true;
    r = app_ask(app, query, &gather.sink, error);
    chart_data_free(gather.data);
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
    .connects = true,
    .run = run_chart,
};
