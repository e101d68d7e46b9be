/* Rows for a picture; what is no row goes on to the front end. */
#include "gather.h"

#include <string.h>

static struct gather *gather_of(struct sink *sink)
{
    return (struct gather *)sink;
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)error;
    chart_data_free(gather_of(sink)->data);
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

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    return gather_of(sink)->end(gather_of(sink), note, error);
}

static const struct sink_ops gather_ops = {
    .begin = on_begin,
    .row = on_row,
    .end = on_end,
    .text = sink_before_text,
    .progress = sink_before_progress,
    .ask = sink_before_ask,
};

void gather_init(struct gather *gather, struct sink *to,
                 int (*end)(struct gather *gather, const struct data_note *note, struct error *error))
{
    *gather = (struct gather){.before = {.sink.ops = &gather_ops, .front = to}, .end = end};
}

void gather_done(struct gather *gather)
{
    chart_data_free(gather->data);
    gather->data = NULL;
}

static int refuse_kind(const char *kind, struct error *error)
{
    static const char *const kinds[] = {"line", "bar", "spark", "heat"};
    const char *near = nearest_word(kind, strlen(kind), kinds, COUNT_OF(kinds));

    error_set(error, ERR_USAGE, "--kind cannot be '%s'", kind);
    if (near != NULL)
        error_hint(error, "did you mean '%s'? it is one of %s", near, CHART_KINDS);
    else
        error_hint(error, "it is one of %s", CHART_KINDS);
    return ERR_USAGE;
}

int kind_of_args(const struct args *args, enum chart_kind *ret_kind, bool *ret_given, struct error *error)
{
    const char *kind = args_option(args, "kind");

    if (kind != NULL && chart_kind_from_text(kind, ret_kind) < 0)
        return refuse_kind(kind, error);
    *ret_given = kind != NULL;
    return 0;
}
