/* For the tests of board: boards and answers from texts. */
#ifndef BOARD_HELP_H
#define BOARD_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ytempire/base/time.h"
#include "ytempire/board.h"

static inline struct board board_of(struct arena *arena, const char *panels)
{
    const char  *text = arena_printf(arena, "{\"name\": \"test\", \"panels\": [%s]}", panels);
    struct board board;
    struct error error = ERROR_INIT;

    if (board_read_text(arena, "test", "test.json", text, strlen(text), &board, &error) < 0)
        fail_msg("%s: %s", error.where, error.text);
    return board;
}

/* "name:type name:type" and rows of cells; "-" is NULL. */
static inline struct board_rows *rows_of(struct arena *arena, const char *columns, size_t count,
                                         const char *const *cells)
{
    struct table      *table = table_new(columns);
    struct board_rows *rows = ARENA_NEW(arena, struct board_rows);
    size_t             width = table_column_count(table);

    rows->column_count = width;
    rows->row_count = count / width;
    rows->columns = ARENA_ARRAY(arena, struct data_column, width);
    rows->cells = ARENA_ARRAY(arena, struct data_cell, count + 1);
    for (size_t i = 0; i < width; i++) {
        rows->columns[i] = *table_column(table, i);
        rows->columns[i].name = arena_strdup(arena, rows->columns[i].name);
    }
    for (size_t i = 0; i < count; i++)
        if (strcmp(cells[i], "-") != 0)
            rows->cells[i] = (struct data_cell){cells[i], strlen(cells[i])};
    table_free(table);
    return rows;
}
#define ROWS(arena, columns, ...)                                                                                      \
    rows_of((arena), (columns), sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *),                           \
            (const char *const[]){__VA_ARGS__})

#define NOW INT64_C(1800000000000000)

#endif
