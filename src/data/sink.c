#include "ytempire/base/secret.h"
#include "ytempire/data.h"

#define TEXT_MOST 2048
#define QUESTION_MOST 1024

int sink_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    return sink->ops->begin(sink, columns, count, error);
}

int sink_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    return sink->ops->row(sink, cells, error);
}

int sink_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    static const struct data_note nothing;

    return sink->ops->end(sink, note != NULL ? note : &nothing, error);
}

bool sink_passes(struct sink *sink, const char *format)
{
    return sink->ops->passes != NULL && sink->ops->passes(sink, format);
}

void sink_layout(struct sink *sink, const char *layout)
{
    if (sink->ops->layout != NULL)
        sink->ops->layout(sink, layout);
}

struct data_paper sink_paper(struct sink *sink)
{
    struct data_paper paper = {0};

    if (sink->ops->paper != NULL)
        sink->ops->paper(sink, &paper);
    return paper;
}

void sink_text(struct sink *sink, const char *format, ...)
{
    struct str text = STR_INIT;
    va_list    args;

    if (sink->ops->text == NULL)
        return;
    va_start(args, format);
    text_addfv_hidden(&text, TEXT_MOST, format, args);
    va_end(args);
    sink->ops->text(sink, str_text(&text));
    str_done(&text);
}

void sink_progress(struct sink *sink, const char *what, uint64_t done, uint64_t total, const char *unit)
{
    struct data_progress progress = {.what = what, .done = done, .total = total, .unit = unit};

    if (sink->ops->progress != NULL)
        sink->ops->progress(sink, &progress);
}

void sink_progress_end(struct sink *sink)
{
    if (sink->ops->progress != NULL)
        sink->ops->progress(sink, NULL);
}

bool sink_ask(struct sink *sink, const char *format, ...)
{
    struct str text = STR_INIT;
    va_list    args;
    bool       yes;

    if (sink->ops->ask == NULL)
        return false;
    va_start(args, format);
    text_addfv_hidden(&text, QUESTION_MOST, format, args);
    va_end(args);
    yes = sink->ops->ask(sink, str_text(&text));
    str_done(&text);
    return yes;
}

/* -- before another ------------------------------------------------------------------------------------------------ */

static struct sink *front_of(struct sink *sink)
{
    return ((struct sink_before *)sink)->front;
}

void sink_before_text(struct sink *sink, const char *text)
{
    sink_text(front_of(sink), "%s", text);
}

void sink_before_progress(struct sink *sink, const struct data_progress *progress)
{
    if (front_of(sink)->ops->progress != NULL)
        front_of(sink)->ops->progress(front_of(sink), progress);
}

bool sink_before_ask(struct sink *sink, const char *question)
{
    return sink_ask(front_of(sink), "%s", question);
}
