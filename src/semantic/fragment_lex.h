/*
 * The tokens of PostgreSQL's SQL, as far as one must know them to find the end of a thing that the parser has shown the
 * beginning of.
 */
#ifndef SEMANTIC_FRAGMENT_LEX_H
#define SEMANTIC_FRAGMENT_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum lexeme_kind {
    LEXEME_END, LEXEME_SPACE, LEXEME_COMMENT, LEXEME_WORD /* or a number */, LEXEME_NAME /* quoted */, LEXEME_STRING,
    LEXEME_OPEN, LEXEME_CLOSE, LEXEME_REFERENCE, LEXEME_OTHER,
};

struct lexeme {
    enum lexeme_kind kind;
    size_t           at, end;
};

/* The token at `at` of text[0, length). What is not closed ends at `length`. */
struct lexeme lexeme_next(const char *text, size_t length, size_t at);
/* The same, after spaces and comments. */
struct lexeme lexeme_skip(const char *text, size_t length, size_t at);
/* Past the bracket that closes the one at `at`, or 0. */
size_t lexeme_match(const char *text, size_t length, size_t at);
bool   lexeme_is(const char *text, struct lexeme lexeme, const char *word);   /* ASCII case does not matter */

#endif
