/* The beginning of a file, a mapping for it to whoever asked, and remarks beside it. */
#include <string.h>

#include "infer.h"
#include "input.h"
#include "ytempire/ingest.h"

static int read_beginning(const char *path, char *bytes, size_t *ret_length, bool *ret_whole, struct error *error)
{
    _cleanup_(input_closep) struct input *input = NULL;
    size_t got = 1;
    int    r = input_open(path, &input, error);

    *ret_length = 0;
    while (r >= 0 && got > 0 && *ret_length < INFER_BYTES) {
        r = input_read(input, bytes + *ret_length, INFER_BYTES - *ret_length, &got, error);
        *ret_length += r >= 0 ? got : 0;
    }
    *ret_whole = got == 0;
    return r < 0 ? r : 0;
}

static int send(const struct str *mapping, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = NULL;

    if (sink_passes(sink, "text"))
        return sink->ops->raw(sink, str_text(mapping), mapping->length, error);
    table = table_new("mapping:text");
    table_add(table, str_text(mapping));
    return table_send(table, sink, error);
}

static void tell(struct str *remarks, struct sink *sink)
{
    char *rest = remarks->data, *line;

    while (rest != NULL && (line = strsep(&rest, "\n")) != NULL)
        if (*line != '\0')
            sink_text(sink, "note: %s", line);
}

int ingest_infer(const char *file, const char *target, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(mem_freep) char *bytes = mem_alloc(INFER_BYTES + 1);
    struct str          mapping = STR_INIT, remarks = STR_INIT;
    struct infer_sample sample;
    size_t              length;
    bool                whole;
    int                 r = read_beginning(file, bytes, &length, &whole, error), sent = 0;

    if (r >= 0)
        r = infer_sample_read(arena, bytes, length, whole, &sample, error);
    if (r >= 0)
        r = infer_propose(&sample, target, &mapping, &remarks, error);
    if (r >= 0 || r == ERR_PARTIAL) {
        struct error why = ERROR_INIT;

        tell(&remarks, sink);
        sent = send(&mapping, sink, r >= 0 ? error : &why);
        error_done(&why);
    }
    str_done(&mapping);
    str_done(&remarks);
    return r < 0 ? r : sent;
}
