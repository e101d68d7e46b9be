/* A sink over one writer: rows and nothing else. */
#include "output_int.h"

struct writer_sink {
    struct sink    sink;
    struct writer *writer;
};

static struct writer *writer_of(struct sink *sink)
{
    return ((struct writer_sink *)sink)->writer;
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    return writer_begin(writer_of(sink), columns, count, error);
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    return writer_row(writer_of(sink), cells, error);
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    return writer_end(writer_of(sink), note, error);
}

static void on_layout(struct sink *sink, const char *layout)
{
    writer_layout(writer_of(sink), layout);
}

static void on_text(struct sink *sink, const char *text)
{
    (void)sink;
    (void)text;
}

static void on_progress(struct sink *sink, const struct data_progress *progress)
{
    (void)sink;
    (void)progress;
}

static bool on_ask(struct sink *sink, const char *question)
{
    (void)sink;
    (void)question;
    return false;
}

static const struct sink_ops ops = {
    .begin = on_begin, .row = on_row, .end = on_end, .layout = on_layout, .text = on_text, .progress = on_progress, .ask = on_ask,
};

struct sink *sink_writer_new(struct writer *writer)
{
    struct writer_sink *made = mem_alloc(sizeof *made);

    made->sink.ops = &ops;
    made->writer = writer;
    return &made->sink;
}

void sink_writer_free(struct sink *sink)
{
    mem_free(sink);
}
