#include "cells.h"

#include "ytempire/base/utf8.h"

enum look cells_look(uint8_t part)
{
    if (part >= CHART_HEAT_LEVEL)
        return (enum look)(LOOK_HEAT_1 + (part - CHART_HEAT_LEVEL) % 5);
    if (part >= CHART_SERIES)
        return (enum look)(LOOK_CHART_1 + (part - CHART_SERIES) % 6);
    return part == CHART_AXIS ? LOOK_AXIS : LOOK_NORMAL;
}

void cells_put(struct canvas *canvas, struct area area, const struct chart_cell *cells, enum look (*look)(uint8_t part))
{
    for (int y = 0; y < area.rows; y++)
        for (int x = 0; x < area.columns; x++) {
            const struct chart_cell *cell = &cells[y * area.columns + x];
            char                     bytes[4 * CHART_POINTS];
            size_t                   length = 0;

            for (int i = 0; cell->width > 0 && i < CHART_POINTS && cell->points[i] != 0; i++)
                length += utf8_encode(cell->points[i], bytes + length);
            canvas_text(canvas, area.y + y, area.x + x, cell->width, look(cell->part), bytes, length);
        }
}
