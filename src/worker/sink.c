/* The first rows of each result stand in the job's log as well: they are the command's answer, and nobody else keeps
 * it. */
#include "sink.h"

#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/base/utf8.h"

#define ROWS_SHOWN 20
#define VALUE_MOST 200
#define TELL_EVERY_US US_PER_SECOND

static struct worker_sink *worker_of(struct sink *sink)
{
    return (struct worker_sink *)sink;
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

static void forget_columns(struct worker_sink *sink)
{
    for (size_t i = 0; i < sink->column_count; i++)
        mem_free((void *)(uintptr_t)sink->columns[i].name);
    mem_free(TAKE(sink->columns));
    sink->column_count = 0;
}

static int on_begin(struct sink *of, const struct data_column *columns, size_t count, struct error *error)
{
    struct worker_sink *sink = worker_of(of);

    (void)error;
    forget_columns(sink);
    sink->columns = mem_array(NULL, count > 0 ? count : 1, sizeof *columns);
    for (size_t i = 0; i < count; i++) {
        sink->columns[i] = columns[i];
        sink->columns[i].name = mem_strdup(columns[i].name);
    }
    sink->column_count = count;
    sink->rows = 0;
    return 0;
}

/* "source: trending · rows: 3000": what is NULL is left out. */
static void show_row(struct worker_sink *sink, const struct data_cell *cells, struct str *to)
{
    for (size_t i = 0; i < sink->column_count; i++) {
        struct str value = STR_INIT;
        size_t     shown;

        if (cells[i].text == NULL)
            continue;
        data_cell_show(&sink->columns[i], cells[i], &value);
        shown = utf8_valid_prefix(str_text(&value), value.length < VALUE_MOST ? value.length : VALUE_MOST);
        str_addf(to, "%s%s: ", to->length > 0 ? " · " : "", sink->columns[i].name);
        str_add_bytes(to, str_text(&value), shown);
        if (shown < value.length)
            str_add(to, "…");
        str_done(&value);
    }
}

static int on_row(struct sink *of, const struct data_cell *cells, struct error *error)
{
    struct worker_sink *sink = worker_of(of);
    struct str          line = STR_INIT;

    (void)error;
    if (sink->rows++ < ROWS_SHOWN) {
        show_row(sink, cells, &line);
        side_say(sink->side, sink->job, "info", str_text(&line));
        str_done(&line);
    }
    return 0;
}

static int on_end(struct sink *of, const struct data_note *note, struct error *error)
{
    struct worker_sink *sink = worker_of(of);

    (void)error;
    if (sink->rows > ROWS_SHOWN) {
        _cleanup_(mem_freep) char *line = mem_printf("%llu rows in all", (unsigned long long)sink->rows);

        side_say(sink->side, sink->job, "info", line);
    }
    for (size_t i = 0; note != NULL && i < note->remark_count; i++)
        side_say(sink->side, sink->job, "info", note->remarks[i]);
    return 0;
}

/* -- words --------------------------------------------------------------------------------------------------------- */

static void on_text(struct sink *of, const char *text)
{
    static const char   warning[] = "warning: ";
    struct worker_sink *sink = worker_of(of);
    bool                warns = text_starts(text, warning);

    side_say(sink->side, sink->job, warns ? "warning" : "info", warns ? text + sizeof warning - 1 : text);
}

static void tell(struct worker_sink *sink)
{
    sink->untold = false;
    sink->told_at = loop_now(sink->loop);
    side_progress(sink->side, sink->job, &sink->progress);
}

static void on_progress(struct sink *of, const struct data_progress *progress)
{
    struct worker_sink *sink = worker_of(of);

    if (progress == NULL) {
        if (sink->untold)
            tell(sink);
        return;
    }
    if (!text_equal(sink->what, progress->what)) {
        mem_free(sink->what);
        sink->what = progress->what != NULL ? mem_strdup(progress->what) : NULL;
    }
    sink->progress = *progress;
    sink->progress.what = sink->what;
    sink->untold = true;
    if (sink->told_at == 0 || loop_now(sink->loop) - sink->told_at >= TELL_EVERY_US)
        tell(sink);
}

/* Nobody is there. A command that is meant to do it has --yes. */
static bool on_ask(struct sink *of, const char *question)
{
    struct worker_sink        *sink = worker_of(of);
    _cleanup_(mem_freep) char *line = mem_printf("%s (no: nobody is there to say yes)", question);

    side_say(sink->side, sink->job, "warning", line);
    return false;
}

static const struct sink_ops ops = {
    .begin = on_begin, .row = on_row, .end = on_end, .text = on_text, .progress = on_progress, .ask = on_ask,
};

void worker_sink_init(struct worker_sink *sink, struct side *side, struct loop *loop, const struct job *job)
{
    *sink = (struct worker_sink){.sink.ops = &ops, .side = side, .loop = loop, .job = job};
}

void worker_sink_done(struct worker_sink *sink)
{
    forget_columns(sink);
    mem_free(TAKE(sink->what));
}
