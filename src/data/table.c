#include <stdarg.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/data.h"

struct table {
    struct arena       *arena;
    struct data_column *columns;
    size_t              column_count, column_room;
    struct data_cell   *cells;
    size_t              cell_count, cell_room;
};

static enum data_type type_from_text(const char *text, size_t length)
{
    for (size_t i = 0; i <= DATA_ARRAY; i++)
        if (strlen(data_type_name((enum data_type)i)) == length &&
            strncmp(text, data_type_name((enum data_type)i), length) == 0)
            return (enum data_type)i;
    return DATA_TEXT;
}

struct table *table_new(const char *names_and_types)
{
    struct table *table = mem_alloc(sizeof *table);

    table->arena = arena_new();
    for (const char *at = names_and_types; *at != '\0';) {
        size_t             length = strcspn(at, " "), name = strcspn(at, ": ");
        struct data_column column = {.decimals = -1};

        column.name = arena_strndup(table->arena, at, name);
        if (name < length)
            column.type = type_from_text(at + name + 1, length - name - 1);
        ARENA_PUSH(table->arena, table->columns, table->column_count, table->column_room, column);
        at += length;
        at += strspn(at, " ");
    }
    return table;
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    arena_free(table->arena);
    mem_free(table);
}

void table_freep(struct table **table)
{
    table_free(*table);
}

static void push(struct table *table, const char *text, size_t length)
{
    struct data_cell cell = {0};

    if (text != NULL)
        cell = (struct data_cell){arena_strndup(table->arena, text, length), length};
    ARENA_PUSH(table->arena, table->cells, table->cell_count, table->cell_room, cell);
}

void table_add(struct table *table, ...)
{
    va_list args;

    va_start(args, table);
    for (size_t i = 0; i < table->column_count; i++) {
        const char *text = va_arg(args, const char *);

        push(table, text, text != NULL ? strlen(text) : 0);
    }
    va_end(args);
}

void table_add_cells(struct table *table, const struct data_cell *cells)
{
    for (size_t i = 0; i < table->column_count; i++)
        push(table, cells[i].text, cells[i].length);
}

size_t table_row_count(const struct table *table)
{
    return table->column_count > 0 ? table->cell_count / table->column_count : 0;
}

size_t table_column_count(const struct table *table)
{
    return table->column_count;
}

const struct data_column *table_column(const struct table *table, size_t column)
{
    return &table->columns[column];
}

struct data_column *table_column_mutable(struct table *table, size_t column)
{
    return &table->columns[column];
}

struct data_cell table_cell(const struct table *table, size_t row, size_t column)
{
    return table->cells[row * table->column_count + column];
}

int table_send_noted(const struct table *table, const struct data_note *note, struct sink *sink, struct error *error)
{
    int r = sink_begin(sink, table->columns, table->column_count, error);

    for (size_t row = 0; r >= 0 && row < table_row_count(table); row++)
        r = sink_row(sink, &table->cells[row * table->column_count], error);
    return r < 0 ? r : sink_end(sink, note, error);
}

int table_send(const struct table *table, struct sink *sink, struct error *error)
{
    return table_send_noted(table, NULL, sink, error);
}
