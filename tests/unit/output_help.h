/* Writes a small table in a format and compares the bytes. */
#ifndef YTEMPIRE_TESTS_OUTPUT_HELP_H
#define YTEMPIRE_TESTS_OUTPUT_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ytempire/base/mem.h"
#include "ytempire/output.h"

static inline struct data_cell cell(const char *text)
{
    return (struct data_cell){text, text != NULL ? strlen(text) : 0};
}

struct sheet {
    const char               *format, *layout;   /* the latter may be NULL */
    struct style              style;
    const struct data_column *columns;
    size_t                    count;
    const char *const        *texts;        /* row after row; NULL is NULL */
    size_t                    rows;
    const struct data_note   *note;
};

/* Caller frees. */
static inline char *written(const struct sheet *sheet)
{
    struct output *output = output_new(-1, "memory");
    struct writer *writer = writer_new(format_find(sheet->format), &sheet->style, output);
    struct data_cell cells[16];
    const char *bytes;
    char *text;
    size_t length;

    writer_layout(writer, sheet->layout);
    assert_int_equal(writer_begin(writer, sheet->columns, sheet->count, NULL), 0);
    for (size_t row = 0; row < sheet->rows; row++) {
        for (size_t i = 0; i < sheet->count; i++)
            cells[i] = cell(sheet->texts[row * sheet->count + i]);
        assert_int_equal(writer_row(writer, cells, NULL), 0);
    }
    assert_int_equal(writer_end(writer, sheet->note, NULL), 0);
    bytes = output_bytes(output, &length);
    text = mem_strndup(bytes, length);
    writer_free(writer);
    output_free(output);
    return text;
}

static inline void assert_written(const struct sheet *sheet, const char *want)
{
    char *text = written(sheet);

    assert_string_equal(text, want);
    mem_free(text);
}

#define ROWS(...) .texts = (const char *const[]){__VA_ARGS__}
#define COLUMNS(...) .columns = (const struct data_column[]){__VA_ARGS__}
#define COLUMN(name_, type_) {.name = (name_), .type = (type_), .decimals = -1}

#endif
