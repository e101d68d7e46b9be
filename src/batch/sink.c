/* What commands yield: rows to the writer and to --expect, words and questions to the person. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "batch_int.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/loop.h"

static struct batch_sink *batch_of(struct sink *sink)
{
    return (struct batch_sink *)sink;
}

static void say(struct batch_sink *sink, const char *before, const char *text)
{
    struct str line = STR_INIT;

    progress_hide(&sink->progress);
    str_add(&line, before);
    output_safe_text(&line, text, strlen(text));
    str_add_char(&line, '\n');
    (void)!fd_write_all(STDERR_FILENO, str_text(&line), line.length);
    str_done(&line);
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

static bool is_same_style(const struct style *a, const struct style *b)
{
    return text_equal(a->null_text, b->null_text) && a->no_header == b->no_header && a->ascii == b->ascii &&
           a->color == b->color && a->width == b->width && a->no_footer == b->no_footer &&
           a->guard == b->guard;
}

/* Settings may have changed since the last result, and a window its size. */
static void renew_writer(struct batch_sink *sink)
{
    const struct conf   *conf = sink->app->conf;
    const struct format *format = style_format(conf);
    struct style         style = style_read(conf, sink->to_terminal);

    if (sink->writer != NULL && format == sink->format && is_same_style(&style, &sink->style))
        return;
    writer_free(sink->writer);
    mem_free((void *)(uintptr_t)sink->style.null_text);
    sink->writer = writer_new(format, &style, sink->output);
    sink->format = format;
    sink->style = style;
    if (style.null_text != NULL)
        sink->style.null_text = mem_strdup(style.null_text);
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    struct batch_sink *batch = batch_of(sink);
    int                r = 0;

    progress_hide(&batch->progress);
    renew_writer(batch);
    batch->open = true;
    if (batch->condition != NULL)
        r = condition_begin(batch->condition, columns, count, error);
    return r < 0 ? r : writer_begin(batch->writer, columns, count, error);
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct batch_sink *batch = batch_of(sink);

    batch->rows++;
    if (batch->condition != NULL)
        condition_row(batch->condition, cells);
    return writer_row(batch->writer, cells, error);
}

static void add_member(struct str *to, const char *name, const char *text)
{
    str_addf(to, ", \"%s\": ", name);
    if (text == NULL) {
        str_add(to, "null");
        return;
    }
    str_add_char(to, '"');
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20)
            str_addf(to, "\\u%04x", (unsigned)*c);
        else if (*c == '"' || *c == '\\')
            str_addf(to, "\\%c", *c);
        else
            str_add_char(to, *c);
    str_add_char(to, '"');
}

/* Formats for people end with these; beside the others they are said. That a result was cut is always said. */
static void say_what_matters(struct batch_sink *batch, const struct data_note *note)
{
    bool quiet = conf_flag(batch->app->conf, OPTION_QUIET);

    if (note->limited && (batch->format->exact || quiet))
        say(batch, "note: ", "cut by the limit: there are more rows");
    for (size_t i = 0; batch->format->exact && !quiet && i < note->remark_count; i++)
        say(batch, "note: ", note->remarks[i]);
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    struct batch_sink *batch = batch_of(sink);
    int                r;

    r = writer_end(batch->writer, note, error);
    batch->open = false;
    str_clear(&batch->stats);
    add_member(&batch->stats, "cache", note->cache);
    add_member(&batch->stats, "source", note->source);
    add_member(&batch->stats, "rollup", note->rollup);
    add_member(&batch->stats, "key", note->key);
    if (note->limited)
        str_add(&batch->stats, ", \"limited\": true");
    if (r >= 0)
        say_what_matters(batch, note);
    return r >= 0 && batch->condition != NULL ? condition_end(batch->condition, error) : r;
}

static void on_layout(struct sink *sink, const char *layout)
{
    struct batch_sink *batch = batch_of(sink);

    renew_writer(batch);
    writer_layout(batch->writer, layout);
}

/* Bytes made by the server cannot be counted, nor shown to a condition. */
static bool on_passes(struct sink *sink, const char *format)
{
    struct batch_sink *batch = batch_of(sink);
    const struct conf *conf = batch->app->conf;

    renew_writer(batch);
    if (text_equal(format, "sixel"))
        return batch->to_terminal && pictures_are_shown();
    if (text_equal(format, "text"))
        return text_equal(batch->format->name, "table") && batch->condition == NULL;
    return text_equal(batch->format->name, format) && batch->style.null_text == NULL && !batch->style.no_header &&
           !batch->style.guard &&
           batch->condition == NULL && !conf_flag(conf, OPTION_STATS);
}

static int on_raw(struct sink *sink, const char *bytes, size_t length, struct error *error)
{
    return writer_raw(batch_of(sink)->writer, bytes, length, error);
}

static void on_paper(struct sink *sink, struct data_paper *ret_paper)
{
    struct batch_sink *batch = batch_of(sink);

    renew_writer(batch);
    *ret_paper = (struct data_paper){.columns = batch->style.width, .ascii = batch->style.ascii,
                                     .color = batch->style.color};
}

/* -- words --------------------------------------------------------------------------------------------------------- */

static void on_text(struct sink *sink, const char *text)
{
    struct batch_sink *batch = batch_of(sink);

    if (!conf_flag(batch->app->conf, OPTION_QUIET))
        say(batch, "", text);
}

static void on_progress(struct sink *sink, const struct data_progress *progress)
{
    struct batch_sink *batch = batch_of(sink);

    if (progress != NULL && !conf_flag(batch->app->conf, OPTION_QUIET))
        progress_show(&batch->progress, progress);
    else
        progress_done(&batch->progress);
}

/* A person at a terminal is asked; a script has said --yes or not. */
static bool on_ask(struct sink *sink, const char *question)
{
    struct batch_sink *batch = batch_of(sink);
    struct str         line = STR_INIT;
    char               answer = 0, byte;

    if (conf_flag(batch->app->conf, OPTION_YES))
        return true;
    if (conf_script_count(batch->app->conf) > 0 || isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1)
        return false;
    progress_hide(&batch->progress);
    output_safe_text(&line, question, strlen(question));
    str_add(&line, " [y/N] ");
    (void)!fd_write_all(STDERR_FILENO, str_text(&line), line.length);
    str_done(&line);
    while (task_wait_fd(STDIN_FILENO, POLLIN) >= 0 && read(STDIN_FILENO, &byte, 1) == 1) {
        if (byte == '\n')
            return answer == 'y' || answer == 'Y';
        answer = answer == 0 ? byte : answer;
    }
    return false;      /* the line was not ended: interrupted, or the terminal is gone */
}

static const struct sink_ops ops = {
    .begin = on_begin, .row = on_row, .end = on_end, .passes = on_passes, .raw = on_raw,
    .layout = on_layout,
    .paper = on_paper, .text = on_text, .progress = on_progress, .ask = on_ask,
};

/* -- its life ------------------------------------------------------------------------------------------------------ */

void batch_sink_init(struct batch_sink *sink, struct app *app, struct output *output, bool to_terminal)
{
    *sink = (struct batch_sink){.sink.ops = &ops, .app = app, .output = output, .to_terminal = to_terminal};
    sink->progress.on = isatty(STDERR_FILENO) == 1;
    sink->progress.ascii = conf_flag(app->conf, OPTION_ASCII) || !style_locale_is_utf8();
}

void batch_sink_done(struct batch_sink *sink)
{
    progress_done(&sink->progress);
    writer_free(sink->writer);
    mem_free((void *)(uintptr_t)sink->style.null_text);
    str_done(&sink->stats);
}

void batch_sink_begin_command(struct batch_sink *sink)
{
    sink->rows = 0;
    sink->open = false;
    str_clear(&sink->stats);
}

static void print_stats(struct batch_sink *sink, int64_t elapsed_us)
{
    struct str line = STR_INIT;

    if (sink->stats.length == 0)
        str_add(&sink->stats, ", \"cache\": null, \"source\": null, \"rollup\": null, \"key\": null");
    str_addf(&line, "{\"rows\": %llu, \"elapsed_ms\": %.3f%s}\n", (unsigned long long)sink->rows,
             (double)elapsed_us / 1000, str_text(&sink->stats));
    (void)!fd_write_all(STDERR_FILENO, str_text(&line), line.length);
    str_done(&line);
}

/* Failures that follow a whole result. */
static bool has_result(int code)
{
    return code == ERR_EXPECT || code == ERR_PARTIAL || code == ERR_FINDING;
}

int batch_sink_end_command(struct batch_sink *sink, int r, int64_t elapsed_us, struct error *error)
{
    struct error found = ERROR_INIT;
    int          flushed;

    progress_done(&sink->progress);
    if (sink->open)
        writer_abandon(sink->writer);
    sink->open = false;
    flushed = output_flush(sink->output, &found);
    if (flushed < 0 && (r >= 0 || (has_result(r) && flushed != ERR_CLOSED))) {     /* its result did not get out */
        r = flushed;
        error_done(error);
        error_move(error, &found);
    }
    error_done(&found);
    if (conf_flag(sink->app->conf, OPTION_STATS) && (r >= 0 || has_result(r)))
        print_stats(sink, elapsed_us);
    return r;
}
