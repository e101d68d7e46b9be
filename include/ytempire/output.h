/*
 * output: results as text, one file a format.
 *
 * A writer takes columns and rows as they arrive and puts bytes into an `output`: one buffer of 64 KB before a file
 * descriptor. Memory does not grow with the rows (the format `table` looks at the first 1,000 to find its widths).
 * csv, tsv, json, ndjson and cube are exact; table, markdown, html, vertical and xlsx are for people.
 * No control character that came from the data is written raw by the formats for people.
 */
#ifndef YTEMPIRE_OUTPUT_H
#define YTEMPIRE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"

/* -- where bytes go ----------------------------------------------------------------------------------------------- */

struct output;

/* `fd` is borrowed. -1: bytes are gathered in memory (output_bytes). `name` is for error messages. */
struct output *output_new(int fd, const char *name);
/* What waits until a descriptor that does not block takes more; without it poll(2) does. A negative code stays as the
 * output's failure. */
void           output_on_full(struct output *output, int (*wait)(void *who, int fd), void *who);
void           output_free(struct output *output);         /* does not flush */
void           output_freep(struct output **output);
/* 0, ERR_CLOSED (the reader went away) or ERR_IO with the reason. A failure stays: later calls return it again. */
int            output_flush(struct output *output, struct error *error) NODISCARD;
int            output_failed(const struct output *output);
uint64_t       output_written(const struct output *output);                  /* bytes, buffered ones too */
const char    *output_bytes(const struct output *output, size_t *ret_length); /* fd -1 only */
void           output_add(struct output *output, const char *bytes, size_t length);
void           output_add_text(struct output *output, const char *text);

/* -- formats ------------------------------------------------------------------------------------------------------ */

struct style {
    const char *null_text;     /* NULL: the format's own */
    bool        no_header;
    bool        ascii;
    bool        color;
    size_t      width;         /* columns of the terminal; 0: not a terminal, nothing is cut */
    bool        guard;         /* csv, tsv: text that a spreadsheet would run as a formula begins with an apostrophe */
    bool        no_footer;     /* without what the numbers mean, below the rows or beside them */
    bool        whole_file;    /* html: a document of its own, not a part of one */
};

struct writer;

/* A format: its operations may fail only by what output_failed() says. */
struct format {
    const char *name;
    const char *ending;        /* ".csv": of files that `export` writes */
    const char *text;          /* one line for help and manual */
    bool        exact;         /* for machines: nothing is rounded, cut or grouped */
    size_t      size;          /* of its state, zeroed before `begin` */
    void (*begin)(struct writer *writer);
    void (*row)(struct writer *writer, const struct data_cell *cells);
    void (*end)(struct writer *writer, const struct data_note *note);       /* note: never NULL */
    void (*free)(struct writer *writer);                                    /* or NULL */
};

extern const struct format *const formats[];           /* ends with NULL; the first is the default */
const struct format *format_find(const char *name);    /* NULL: none */
const struct format *format_for_file(const char *path);/* by its ending; NULL: none */

/* One result after another through one writer. */
struct writer *writer_new(const struct format *format, const struct style *style, struct output *output);
void           writer_free(struct writer *writer);
void           writer_freep(struct writer **writer);
/* Of the next result, in a word of the format's own; NULL: as usual. What the format does not know changes nothing. */
void           writer_layout(struct writer *writer, const char *layout);
int            writer_begin(struct writer *writer, const struct data_column *columns, size_t count,
                            struct error *error) NODISCARD;
int            writer_row(struct writer *writer, const struct data_cell *cells, struct error *error) NODISCARD;
int            writer_end(struct writer *writer, const struct data_note *note, struct error *error) NODISCARD;
/* Ends a result that failed midway: what is buffered goes out, nothing is added that would make it look whole. */
void           writer_abandon(struct writer *writer);
uint64_t       writer_rows(const struct writer *writer);            /* of the current or last result */
/* Its values that the format had no room for (a cell of xlsx takes 32,767 characters): they were cut, which must be told. */
uint64_t       writer_cut(const struct writer *writer);
/* Whole bytes of this format, made elsewhere (COPY passed through). */
int            writer_raw(struct writer *writer, const char *bytes, size_t length, struct error *error) NODISCARD;

/* A sink that writes one format into one output: for `export`, tests, and jobs that write files. */
struct sink *sink_writer_new(struct writer *writer);                /* writer is borrowed */
void         sink_writer_free(struct sink *sink);

/* For people: text with control characters as "\x1b", tabs and line ends as "\t" "\n", invalid UTF-8 as U+FFFD. */
void output_safe_text(struct str *to, const char *text, size_t length);

/* For people, what the numbers mean: "3 rows · range · zone · rule · source", then a line a remark. */
void output_note(struct str *to, uint64_t rows, const struct data_note *note, bool ascii);

#endif
