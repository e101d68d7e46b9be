/*
 * base/word: the words of a command line: with spaces or semicolons they are quoted, 'so' ('' doubled) or "so" with
 * JSON's escapes. A quote opens only at the start of a word.
 */
#ifndef YTEMPIRE_BASE_WORD_H
#define YTEMPIRE_BASE_WORD_H

#include <stdbool.h>
#include <stddef.h>

#include "ytempire/base/error.h"
#include "ytempire/base/mem.h"

struct word {
    const char *text;          /* quotes are off; in the arena */
    size_t      at, length;    /* its place in the line, quotes and all */
    bool        quoted;        /* it began with a quote */
};

/* Whether a quote behind `before` opens: at the start of a word, or behind a mark as in `name='x'` and `{"a":"b"}`. */
bool word_quote_opens(char before);
/* Where the quote that stands at `at` ends (behind it), or 0: it is never closed. */
size_t word_quote_end(const char *text, size_t length, size_t at);
bool word_is_space(char c);
size_t word_skip_space(const char *line, size_t at);
/* Reads the word at `at`, which is no white space. */
int word_read(struct arena *arena, const char *line, size_t at, struct word *ret_word, struct error *error) NODISCARD;

#endif
