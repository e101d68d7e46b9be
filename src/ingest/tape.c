/*
 * Recording. Invariant: `queue` holds what was heard and not written yet, oldest first, no more than QUEUE_MOST bytes;
 * the writer alone has the connection. It ends after `closing`, when the queue is empty.
 */
#include "tape.h"

#include <string.h>

#include "ingest_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/engine/loop.h"

#define QUEUE_MOST ((size_t)8 << 20)
#define TRIM_EVERY 100

struct heard {
    char   *method, *url, *request_body, *headers, *body;
    int64_t number, at, us;
    size_t  bytes, received;
    int     status;
    bool    whole;
};

struct tape {
    struct tape_options options;
    char               *source;
    struct pg          *pg;
    struct task        *writer, *closer;
    struct heard       *queue;
    size_t              count, room, size;
    int64_t             number;          /* of the last that was heard */
    unsigned            untrimmed;
    bool                closing, over;
};

/* -- what was heard ------------------------------------------------------------------------------------------------ */

static size_t size_of(const struct heard *heard)
{
    return strlen(heard->body) + strlen(heard->headers) + strlen(heard->url);
}

static void forget(struct heard *heard)
{
    mem_free(heard->method);
    mem_free(heard->url);
    mem_free(heard->request_body);
    mem_free(heard->headers);
    mem_free(heard->body);
}

static struct heard take_first(struct tape *tape)
{
    struct heard heard = tape->queue[0];

    memmove(tape->queue, tape->queue + 1, --tape->count * sizeof *tape->queue);
    tape->size -= size_of(&heard);
    return heard;
}

static char *headers_text(const struct api_exchange *exchange)
{
    struct str array = STR_INIT;

    array_begin(&array);
    for (size_t i = 0; i < exchange->header_count; i++) {
        _cleanup_(mem_freep) char *line = mem_printf("%s: %s", exchange->headers[i].name, exchange->headers[i].value);

        array_add(&array, line);
    }
    array_end(&array);
    return str_take(&array);
}

void tape_hear(void *who, const struct api_exchange *exchange)
{
    struct tape *tape = who;
    struct heard heard = {.method = mem_strdup(exchange->method), .url = text_mended(exchange->url),
                          .headers = headers_text(exchange), .body = text_mended(exchange->body),
                          .number = ++tape->number, .at = exchange->at, .us = exchange->us, .bytes = exchange->bytes,
                          .received = exchange->received, .status = exchange->status, .whole = exchange->whole};

    if (exchange->request_body != NULL)
        heard.request_body = text_mended(exchange->request_body);
    heard.whole = heard.whole && text_equal(heard.body, exchange->body);
    tape->size += size_of(&heard);
    VEC_PUSH(tape->queue, tape->count, tape->room, heard);
    while (tape->size > QUEUE_MOST && tape->count > 1) {
        struct heard lost = take_first(tape);

        forget(&lost);
    }
    task_wake(tape->writer);
}

/* -- the writer ---------------------------------------------------------------------------------------------------- */

static int connect_writer(struct tape *tape)
{
    int r = tape->pg != NULL ? 0 : tape->options.open(tape->options.who, &tape->pg, NULL);

    if (r >= 0 && tape->pg != NULL)
        return 0;
    tape->pg = NULL;
    return r < 0 ? r : ERR_CONNECT;
}

static int run_statement(struct tape *tape, const char *statement, const struct pg_value *values, size_t count)
{
    int r = pg_catalog_query(tape->pg, statement, values, count, NULL, NULL);

    if (r == ERR_CONNECT) {
        pg_close(tape->pg);
        tape->pg = NULL;
    }
    return r;
}

static void trim(struct tape *tape)
{
    struct values values = {0};

    value_text(&values, tape->source);
    value_int(&values, TAPE_KEPT);
    value_int(&values, TAPE_BYTES);
    tape->untrimmed = 0;
    (void)!run_statement(tape, "ingest_tape_trim", values.list, values.count);
}

static void write_heard(struct tape *tape, const struct heard *heard)
{
    const struct tape_options *options = &tape->options;
    struct values              numbers = {0};

    value_int(&numbers, options->job);
    value_int(&numbers, options->attempt);
    value_int(&numbers, heard->number);
    value_int(&numbers, options->run_at);
    value_int(&numbers, heard->at);
    value_int(&numbers, heard->us);
    value_int(&numbers, heard->status);
    value_int(&numbers, (int64_t)heard->bytes);
    value_int(&numbers, (int64_t)heard->received);
    const struct pg_value values[] = {
        PG_TEXT(tape->source), numbers.list[0], numbers.list[1], numbers.list[2], numbers.list[3], numbers.list[4],
        numbers.list[5], PG_TEXT(heard->method), PG_TEXT(heard->url), PG_TEXT(heard->request_body), numbers.list[6],
        PG_TEXT(heard->headers), PG_TEXT(heard->body), PG_TEXT(heard->whole ? "t" : "f"), numbers.list[7],
        numbers.list[8]};

    if (tape->pg == NULL &&
        (connect_writer(tape) < 0 || run_statement(tape, "ingest_tape_open", NULL, 0) < 0))
        return;
    if (run_statement(tape, "ingest_tape_add", values, COUNT_OF(values)) >= 0 && ++tape->untrimmed >= TRIM_EVERY)
        trim(tape);
}

static void writer_main(void *who)
{
    struct tape *tape = who;

    tape->writer = task_current();
    while (!tape->closing || tape->count > 0) {
        struct heard heard;

        if (tape->count == 0) {
            (void)!task_park();
            task_cancel_clear(tape->writer);
            continue;
        }
        heard = take_first(tape);
        write_heard(tape, &heard);
        forget(&heard);
    }
    if (tape->pg != NULL && tape->untrimmed > 0)
        trim(tape);
    pg_close(tape->pg);
    tape->over = true;
    if (tape->closer != NULL)
        task_wake(tape->closer);
}

/* -- its life ------------------------------------------------------------------------------------------------------ */

struct tape *tape_new(const struct tape_options *options)
{
    struct tape *tape = mem_alloc(sizeof *tape);

    tape->options = *options;
    tape->source = mem_strdup(options->source);
    (void)task_start(task_loop(task_current()), writer_main, tape);
    return tape;
}

void tape_close(struct tape *tape)
{
    struct task *self = task_current();
    int          cancelled = task_cancelled(self);

    if (tape == NULL)
        return;
    tape->closing = true;
    tape->closer = self;
    task_cancel_clear(self);
    if (!tape->over)
        task_wake(tape->writer);
    while (!tape->over)
        if (task_park() < 0) {
            cancelled = task_cancelled(self);
            task_cancel_clear(self);
        }
    if (cancelled < 0)
        task_cancel(self, cancelled);
    mem_free(tape->queue);
    mem_free(tape->source);
    mem_free(tape);
}
