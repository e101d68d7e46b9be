/*
 * base/utf8: decoding, checking and the width of text on a terminal.
 *
 * Widths are columns as a terminal counts them (wide East Asian and emoji 2, combining marks 0; utf8proc's tables);
 * control characters count 0 and are never written raw.
 */
#ifndef YTEMPIRE_BASE_UTF8_H
#define YTEMPIRE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/str.h"

/* Length of the longest valid prefix; equal to `length` when all is valid. Eight ASCII bytes a step. */
size_t utf8_valid_prefix(const char *text, size_t length);
/* One code point; returns its bytes (1 to 4), or 0 at the end; an invalid byte gives U+FFFD and 1. */
size_t utf8_decode(const char *text, size_t length, uint32_t *ret_point);
size_t utf8_encode(uint32_t point, char bytes[static 4]);
int    utf8_point_width(uint32_t point);
size_t utf8_width(const char *text, size_t length);
/* Bytes of the longest prefix at most `columns` wide. */
size_t utf8_prefix_of_width(const char *text, size_t length, size_t columns, size_t *ret_width);
/* Appends the text case-folded ("Straße" as "strasse"), for comparing without case. */
void   utf8_fold(struct str *to, const char *text, size_t length);
/* Puts a mark (ASCII) in the place of each byte that is not valid UTF-8, and of each NUL. */
void   utf8_mark_invalid(char *text, size_t length, char mark);
/* Latin-1/Windows-1252 bytes as UTF-8, for files that are not valid UTF-8. */
void   utf8_from_windows_1252(struct str *to, const char *bytes, size_t length);

#endif
