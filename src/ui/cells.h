/*
 * cells: what output/chart and board/draw have drawn, put on a canvas. Pure.
 */
#ifndef YTEMPIRE_UI_CELLS_H
#define YTEMPIRE_UI_CELLS_H

#include <stdint.h>

#include "canvas.h"
#include "ytempire/output/chart.h"

/* The role of a chart's part. */
enum look cells_look(uint8_t part);
/* `cells` has the area's rows × columns; `look` gives each part its role. */
void cells_put(struct canvas *canvas, struct area area, const struct chart_cell *cells,
               enum look (*look)(uint8_t part));

#endif
