/* Rows as they come from a sink, kept in an arena. */
#include <string.h>

#include "board_int.h"

struct board_gather {
    struct sink       sink;
    struct arena     *arena;
    size_t            most, seen;       /* seen: rows of this result */
    bool              last;
    struct board_rows rows;
    struct board_rows *whole;           /* of the last result that has ended, in the arena */
    size_t            room;             /* rows */
    struct data_note  note;
};

static const char *keep(struct arena *arena, const char *text)
{
    return text != NULL ? arena_strdup(arena, text) : NULL;
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    struct board_gather *gather = (struct board_gather *)sink;
    struct arena        *arena = gather->arena;

    (void)error;
    gather->rows = (struct board_rows){.columns = ARENA_ARRAY(arena, struct data_column, count + 1),
                                       .column_count = count};
    gather->seen = gather->room = 0;
    for (size_t i = 0; i < count; i++) {
        struct data_column *column = &gather->rows.columns[i];

        *column = columns[i];
        column->name = keep(arena, column->name);
        column->currency = keep(arena, column->currency);
        column->member = keep(arena, column->member);
        column->title = keep(arena, column->title);
        column->description = keep(arena, column->description);
    }
    return 0;
}

static struct data_cell *place_of_row(struct board_gather *gather)
{
    struct board_rows *rows = &gather->rows;

    if (rows->row_count < gather->most) {
        if (rows->row_count == gather->room) {
            size_t            room = gather->room > 0 ? gather->room * 2 : 32;
            struct data_cell *cells = ARENA_ARRAY(gather->arena, struct data_cell, room * rows->column_count + 1);

            if (rows->row_count > 0)
                memcpy(cells, rows->cells, rows->row_count * rows->column_count * sizeof *cells);
            rows->cells = cells;
            gather->room = room;
        }
        return &rows->cells[rows->row_count++ * rows->column_count];
    }
    return gather->last && gather->most > 0 ? &rows->cells[gather->seen % gather->most * rows->column_count] : NULL;
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct board_gather *gather = (struct board_gather *)sink;
    struct data_cell    *to = place_of_row(gather);

    (void)error;
    for (size_t i = 0; to != NULL && i < gather->rows.column_count; i++)
        to[i] = cells[i].text != NULL
                    ? (struct data_cell){arena_strndup(gather->arena, cells[i].text, cells[i].length), cells[i].length}
                    : CELL_NULL;
    gather->seen++;
    return 0;
}

/* The ring of the last rows, put in order. */
static void unroll(struct board_gather *gather)
{
    struct board_rows *rows = &gather->rows;
    size_t             width = rows->column_count, first = gather->most > 0 ? gather->seen % gather->most : 0;
    struct data_cell  *cells;

    if (!gather->last || gather->seen <= gather->most || first == 0)
        return;
    cells = ARENA_ARRAY(gather->arena, struct data_cell, rows->row_count * width + 1);
    memcpy(cells, &rows->cells[first * width], (rows->row_count - first) * width * sizeof *cells);
    memcpy(&cells[(rows->row_count - first) * width], rows->cells, first * width * sizeof *cells);
    rows->cells = cells;
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    struct board_gather *gather = (struct board_gather *)sink;
    struct arena        *arena = gather->arena;

    (void)error;
    unroll(gather);
    gather->whole = ARENA_NEW(arena, struct board_rows);
    *gather->whole = gather->rows;
    gather->note = (struct data_note){
        .range = keep(arena, note->range),
        .zone = keep(arena, note->zone),
        .source = keep(arena, note->source),
        .rollup = keep(arena, note->rollup),
        .key = keep(arena, note->key),
        .cache = keep(arena, note->cache),
        .age_us = note->age_us,
        .watermark = keep(arena, note->watermark),
        .limited = note->limited || gather->seen > gather->rows.row_count,
    };
    return 0;
}

struct board_gather *board_gather_new(struct arena *arena, size_t most, bool last)
{
    static const struct sink_ops ops = {.begin = on_begin, .row = on_row, .end = on_end};
    struct board_gather *gather = mem_alloc(sizeof *gather);

    gather->sink.ops = &ops;
    gather->arena = arena;
    gather->most = most;
    gather->last = last;
    return gather;
}

void board_gather_free(struct board_gather *gather)
{
    mem_free(gather);
}

struct sink *board_gather_sink(struct board_gather *gather)
{
    return &gather->sink;
}

const struct board_rows *board_gather_rows(const struct board_gather *gather)
{
    return gather->whole;
}

const struct data_note *board_gather_note(const struct board_gather *gather)
{
    return &gather->note;
}
