/* output's own: the buffer, the writer, and what formats share. */
#ifndef YTEMPIRE_OUTPUT_INT_H
#define YTEMPIRE_OUTPUT_INT_H

#include <stdio.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/output.h"

/* Invariant: used <= room; after a failure bytes are dropped, so that nobody above needs to look at each add. */
struct output {
    int      fd;                 /* -1: memory */
    char    *name;
    char    *bytes;
    size_t   used, room;
    uint64_t flushed;            /* bytes that left */
    int      code;               /* 0, or why it failed */
    int      number;             /* errno of that */
    const char *why;             /* in words, or NULL; static */
    int    (*wait)(void *who, int fd);
    void    *who;
};

#define OUTPUT_ROOM (64 * 1024)
/* The most that output_space may be asked for. */
#define OUTPUT_SPACE (32 * 1024)

/* A format cannot go on: that stays as the output's failure. `why` is static. */
void output_fail(struct output *output, int code, const char *why);
/* Makes `size` (at most OUTPUT_SPACE) bytes free after bytes + used. */
void output_make_space(struct output *output, size_t size);

static inline char *output_space(struct output *output, size_t size)
{
    if (output->room - output->used < size)
        output_make_space(output, size);
    return output->bytes + output->used;
}

/* For short things: the check and the copy in place. */
static inline void output_put(struct output *output, const char *bytes, size_t length)
{
    if (output->room - output->used < length) {
        output_add(output, bytes, length);
        return;
    }
    memcpy(output->bytes + output->used, bytes, length);
    output->used += length;
}

static inline void output_put_char(struct output *output, char c)
{
    *output_space(output, 1) = c;
    output->used++;
}

struct writer {
    const struct format *format;
    struct style         style;
    struct output       *output;
    struct arena        *arena;      /* of the result under way: columns, names, the format's tables */
    struct data_column  *columns;    /* copied; names made unique */
    size_t               count;
    uint64_t             rows;
    uint64_t             results;    /* begun so far, this one too */
    uint64_t             cut;        /* values of it that the format had no room for */
    char                 layout[96]; /* of the result under way, or "" */
    void                *state;      /* format->size bytes */
    struct str           scratch;    /* for one value at a time */
    bool                 open;
};

extern const struct format format_table, format_csv, format_tsv, format_json, format_ndjson, format_markdown,
    format_html, format_vertical, format_cube, format_xlsx;

/* Whether the shown form of a column's values is their text as it is (see data_cell_show). */
bool column_is_as_is(const struct data_column *column);
/* Whether its texts are made of digits, letters, '-', ':', '.', '+' and blanks only: nothing to quote or escape. */
bool column_is_tame(const struct data_column *column);
/* Text that a spreadsheet would take for a formula: it begins with = + - @, a tab or CR, or their wide forms (OWASP, "CSV
 * Injection"). xlsx needs no such look: its texts are marked as texts. */
bool text_is_formula(const char *text, size_t length);
/* The shown form of a cell: the cell itself or, where it must be made, made in writer->scratch. */
struct data_cell writer_shown(struct writer *writer, size_t column, struct data_cell cell);
/* For people: pretty, without control characters, in writer->scratch. `keep_lines`: line ends stay. */
struct data_cell writer_pretty(struct writer *writer, size_t column, struct data_cell cell, bool keep_lines);
/* "3 rows · range · zone · rule · source": what the numbers mean. Empty when there is nothing to say. */
void writer_footer(const struct writer *writer, const struct data_note *note, struct str *to);

/* -- JSON values, for json, ndjson and cube ------------------------------------------------------------------------ */

enum json_kind {
    JSON_NUMBER,        /* digits as they are */
    JSON_MAYBE_NUMBER,  /* NaN and Infinity as strings */
    JSON_BOOL,
    JSON_TAME,          /* a string with nothing to escape */
    JSON_STRING,
    JSON_DAY,           /* "2026-01-31" as it is, another year by data_cell_iso */
    JSON_TIME,          /* by data_cell_iso */
    JSON_UTC_TIME,      /* PostgreSQL's text of an instant in UTC: a 'T' and ":00" make it ISO 8601 */
    JSON_EMBEDDED,
    JSON_LIST,
};

enum json_kind json_kind_of(const struct data_column *column);
void json_add_value(struct output *output, enum json_kind kind, const struct data_column *column, struct data_cell cell,
                    struct str *scratch);
void json_add_string(struct output *output, const char *text, size_t length);       /* with the quotes */

#endif
