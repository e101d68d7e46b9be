/*
 * A row of an answer, written down: the cells of the dimensions, "|" between them, "-" for NULL. Include after
 * semantic_help.h.
 */
#ifndef YTEMPIRE_TESTS_SEMANTIC_DRILL_HELP_H
#define YTEMPIRE_TESTS_SEMANTIC_DRILL_HELP_H

#include "ytempire/semantic/drill.h"

/* Measures are 1: what they are plays no part. */
static inline struct drill_row row_of(struct fixture *fixture, const char *line, const char *cells)
{
    const struct compiled *compiled = compiles(fixture, line);
    struct data_cell *row = ARENA_ARRAY(fixture->arena, struct data_cell, compiled->column_count + 1);
    const char *at = cells;

    for (size_t i = 0; i < compiled->column_count; i++) {
        row[i] = (struct data_cell){"1", 1};
        if (compiled->columns[i].role == ROLE_MEASURE)
            continue;
        row[i] = (struct data_cell){at, strcspn(at, "|")};
        at += row[i].length + (at[row[i].length] == '|');
        if (row[i].length == 1 && row[i].text[0] == '-')
            row[i] = CELL_NULL;
    }
    return (struct drill_row){compiled->columns, row, compiled->column_count, fixture->context.now};
}

static inline int drill(struct fixture *fixture, const char *line, const char *cells, const char *dimension,
                        char **ret_line, struct error *error)
{
    struct drill_row row = row_of(fixture, line, cells);

    return query_drill(fixture->arena, fixture->model, parses(fixture, line), &row, dimension, ret_line, error);
}

/* What comes is canonical and is answered. */
static inline void check_line(struct fixture *fixture, const char *from, const char *is, const char *expected)
{
    if (strcmp(is, expected) != 0)
        fail_msg("%s\n  is  %s\n  not %s", from, is, expected);
    assert_string_equal(query_to_line(fixture->arena, parses(fixture, is)), is);
    (void)compiles(fixture, is);
}

static inline const char *drilled(struct fixture *fixture, const char *line, const char *cells, const char *dimension)
{
    struct error error = ERROR_INIT;
    char *result;

    if (drill(fixture, line, cells, dimension, &result, &error) < 0)
        fail_with(line, &error);
    return result;
}

static inline const char *rows_behind(struct fixture *fixture, const char *line, const char *cells, size_t column)
{
    struct drill_row row = row_of(fixture, line, cells);
    struct error error = ERROR_INIT;
    char *result;

    if (query_rows_behind(fixture->arena, fixture->model, parses(fixture, line), &row, column, &result, &error) < 0)
        fail_with(line, &error);
    return result;
}

#endif
