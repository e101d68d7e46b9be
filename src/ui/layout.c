#include "layout.h"

#include <string.h>

#define ROWS_LEAST 4               /* of a panel: its edges, a header, a row */
#define RIGHT_LEAST 44             /* columns beside a left side */

static size_t panel_count(const struct screen *screen)
{
    size_t count = 0;

    while (screen->panels[count].name != NULL)
        count++;
    return count;
}

/* Which panels of a side are shown: `focus` and as many of the others, from the first on, as have room. */
static size_t choose(const struct screen *screen, enum screen_side side, size_t focus, int rows, bool *ret_shown)
{
    size_t count = panel_count(screen), shown = 0, room = rows >= ROWS_LEAST ? (size_t)(rows / ROWS_LEAST) : 1;

    memset(ret_shown, 0, count * sizeof *ret_shown);
    if (screen->panels[focus].side == side) {
        ret_shown[focus] = true;
        shown = 1;
    }
    for (size_t i = 0; i < count && shown < room; i++)
        if (screen->panels[i].side == side && !ret_shown[i]) {
            ret_shown[i] = true;
            shown++;
        }
    return shown;
}

static int least_of(size_t panels)
{
    return (int)panels * ROWS_LEAST;
}

/* Every panel has its least, what is over goes by shares. */
static void stack(const struct screen *screen, const bool *shown, size_t left, struct area side, struct area *areas)
{
    int shares = 0, over;

    for (size_t i = 0; screen->panels[i].name != NULL; i++)
        shares += shown[i] ? screen->panels[i].share : 0;
    over = side.rows - least_of(left);
    for (size_t i = 0; screen->panels[i].name != NULL; i++) {
        int more;

        if (!shown[i])
            continue;
        more = over > 0 && shares > 0 ? over * screen->panels[i].share / shares : 0;
        left--;
        areas[i] = (struct area){side.y, side.x, left == 0 ? side.rows : ROWS_LEAST + more, side.columns};
        shares -= screen->panels[i].share;
        over -= more;
        side.y += areas[i].rows;
        side.rows -= areas[i].rows;
    }
}

static void lay_side(const struct screen *screen, enum screen_side side, size_t focus, struct area area,
                     struct area *areas)
{
    bool   shown[PANELS_MOST];
    size_t count = choose(screen, side, focus, area.rows, shown);

    if (count > 0)
        stack(screen, shown, count, area, areas);
}

void layout_panels(const struct screen *screen, size_t focus, bool zoomed, struct area all, struct area *ret_areas)
{
    struct area left = all, right = all;

    memset(ret_areas, 0, panel_count(screen) * sizeof *ret_areas);
    if (zoomed) {
        ret_areas[focus] = all;
    } else if (screen->left_columns == 0 || all.columns < screen->left_columns + RIGHT_LEAST) {
        lay_side(screen, screen->panels[focus].side, focus, all, ret_areas);
    } else {
        left.columns = screen->left_columns;
        right.x += left.columns;
        right.columns -= left.columns;
        lay_side(screen, SIDE_LEFT, focus, left, ret_areas);
        lay_side(screen, SIDE_RIGHT, focus, right, ret_areas);
    }
}
