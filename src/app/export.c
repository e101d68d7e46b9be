/* A writer over a file in the making, and what is said beside it. */
#include "ytempire/app/export.h"

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/output.h"

#define BETWEEN 10000 /* rows between two words of progress */

struct export
{
    struct sink_before before;
    struct app *app;
    const struct format *format;
    struct new_file *file;
    struct output *output;
    struct writer *writer;
    bool ended;
};

static struct export *export_of(struct sink *sink)
{
    return (struct export *)sink;
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    return writer_begin(export_of(sink)->writer, columns, count, error);
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct export *export = export_of(sink);
    int r = writer_row(export->writer, cells, error);

    if (writer_rows(export->writer) % BETWEEN == 0)
        sink_progress(export->before.front, "export", writer_rows(export->writer), 0, "rows");
    return r;
}

/* Nothing is dropped in silence: what the format does not hold is said. */
static void say_what_matters(struct export *export, const struct data_note *note)
{
    uint64_t cut = writer_cut(export->writer);

    if (note->limited)
        sink_text(export->before.front, "note: cut by the limit: there are more rows");
    for (size_t i = 0; i < note->remark_count; i++)
        sink_text(export->before.front, "note: %s", note->remarks[i]);
    if (cut > 0)
        sink_text(export->before.front, "note: %llu texts were cut to 32,767 characters, the most a cell takes",
                  (unsigned long long)cut);
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    struct export *export = export_of(sink);

    sink_progress_end(export->before.front);
    export->ended = true;
    say_what_matters(export, note);
    return writer_end(export->writer, note, error);
}

static const struct sink_ops ops = {
    .begin = on_begin,
    .row = on_row,
    .end = on_end,
    .text = sink_before_text,
    .progress = sink_before_progress,
    .ask = sink_before_ask,
};

int export_open(struct app *app, const char *path, struct sink *front, struct export **ret_export, struct error *error)
{
    const struct format *format = format_for_file(path);
    struct style style = {.null_text = conf_text(app->conf, OPTION_NULL),
                          .no_header = conf_flag(app->conf, OPTION_NO_HEADER),
                          .guard = conf_flag(app->conf, OPTION_GUARD_FORMULAS),
                          .whole_file = true};
    struct new_file *file;
    struct export *export;
    int r;

    if (format == NULL) {
        error_set(error, ERR_USAGE, "no format for '%s'", path);
        error_hint(error, "the file's ending says it: %s", EXPORT_ENDINGS);
        return ERR_USAGE;
    }
    r = new_file_open(path, &file, error);
    if (r < 0)
        return r;
    export = mem_alloc(sizeof *export);
    *export = (struct export){.before = {.sink.ops = &ops, .front = front}, .app = app, .format = format, .file = file};
    export->output = output_new(new_file_fd(file), path);
    export->writer = writer_new(format, &style, export->output);
    *ret_export = export;
    return 0;
}

bool export_replaces(const struct export *export)
{
    return new_file_replaces(export->file);
}

const char *export_format(const struct export *export)
{
    return export->format->name;
}

struct sink *export_sink(struct export *export)
{
    return &export->before.sink;
}

int export_keep(struct export *export, struct error *error)
{
    int r = output_flush(export->output, error);

    return r < 0 ? r : new_file_keep(export->file, error);
}

uint64_t export_rows(const struct export *export)
{
    return writer_rows(export->writer);
}

uint64_t export_bytes(const struct export *export)
{
    return output_written(export->output);
}

void export_free(struct export *export)
{
    if (export == NULL)
        return;
    if (!export->ended)
        sink_progress_end(export->before.front);
    writer_free(export->writer);
    output_free(export->output);
    new_file_free(export->file);
    mem_free(export);
}

void export_freep(struct export **export)
{
    export_free(*export);
}
