/*
 * page: text that is read: help, an error, the log. Lines wider than the area are wrapped.
 */
#ifndef YTEMPIRE_UI_PAGE_H
#define YTEMPIRE_UI_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"

struct page {
    size_t top;          /* the first line shown, wrapped lines counted each */
    size_t lines;        /* as last drawn */
    int    rows;         /* of the area last drawn */
};

void page_draw(struct page *page, struct canvas *canvas, struct area area, const char *text, size_t length,
               enum look look);
/* up down page-up page-down top bottom; false: no such direction. */
bool page_move(struct page *page, const char *direction);

#endif
