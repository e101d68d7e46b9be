/*
 * page: text that is read: help, an error, an explanation. Lines wider than the area are wrapped; what is searched for
 * is marked wherever it is.
 */
#ifndef YTEMPIRE_UI_PAGE_H
#define YTEMPIRE_UI_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"
#include "sought.h"
#include "ytempire/base/error.h"

struct page {
    size_t        top;             /* the first line shown, wrapped lines counted each */
    size_t        top_at;          /* the byte of the text where it begins, as last drawn */
    size_t        lines;           /* as last drawn */
    int           rows, columns;   /* of the area last drawn */
    struct sought sought;
    size_t        found;           /* the byte where the place begins that was gone to last … */
    bool          has_found;       /* … and nothing was scrolled since */
};

void page_done(struct page *page);
/* In another width the same text stays in sight; never beyond the last line. */
void page_draw(struct page *page, struct canvas *canvas, struct area area, const char *text, size_t length,
               enum look look);
/* up down page-up page-down half-up half-down top bottom; false: no such direction. */
bool page_move(struct page *page, const char *direction);
/* Searches from the first line shown on, or (back) before it; again: from the place that was gone to last. `ret_around`:
 * it went on from the other end. ERR_UNKNOWN: it is nowhere. */
int  page_seek(struct page *page, const char *text, size_t length, bool back, bool *ret_around,
               struct error *error) NODISCARD;

#endif
