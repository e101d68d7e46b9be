/*
 * layout: where the panels of a screen lie (command/screens.h). Pure.
 */
#ifndef YTEMPIRE_UI_LAYOUT_H
#define YTEMPIRE_UI_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"
#include "ytempire/command/screens.h"

#define PANELS_MOST 8              /* of a screen */

/* An area a panel, one that has no room has no rows. Both sides where the width has room for them, else the side of
 * panel `focus`, whole; the panels of a side by their shares, where each has four rows at least, else those that fit:
 * `focus` first, then in their order. `zoomed`: `focus` alone. */
void layout_panels(const struct screen *screen, size_t focus, bool zoomed, struct area all, struct area *ret_areas);

#endif
