/*
 * base/tree: a JSON text as a tree that knows where everything stands.
 *
 * jansson tells the place of a syntax error only; a model file needs "file:line:column" for what is wrong in meaning as
 * well. The same reader serves the parse trees of libpg_query, for which it is an order of magnitude faster than
 * building hash tables: nodes lie in blocks that are used again, names and strings stay where they are in the text.
 */
#ifndef YTEMPIRE_BASE_TREE_H
#define YTEMPIRE_BASE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/base/mem.h"

#define TREE_KEYS_CHECKED 64   /* comparing each with each would cost too much in a large map of members */

enum tree_kind { TREE_NULL, TREE_TRUE, TREE_FALSE, TREE_NUMBER, TREE_STRING, TREE_ARRAY, TREE_OBJECT };

struct tree_node {
    enum tree_kind    kind;
    bool              escaped;            /* a string with backslashes: read it with tree_text() */
    const char       *key;                /* of an object's member: without quotes, not NUL-terminated; else NULL */
    size_t            key_length;
    const char       *text;               /* a string without quotes, a number; else where it begins */
    size_t            length;
    struct tree_node *first, *next;       /* of ARRAY and OBJECT; in the order of the text */
    size_t            count;
};

struct tree {
    struct tree_node **blocks;
    size_t             block_count, block_room, used;
    struct tree_node  *root;
    const char        *text;
    size_t             length;
};

struct tree_fault {
    size_t      at;                       /* byte in the text */
    const char *message, *hint;           /* constant texts; hint may be NULL */
};

/* Reads `text`, which must live as long as the tree. What was read before is forgotten. Strict RFC 8259, UTF-8, no name
 * twice among the first 64 of an object (maps of members look for themselves), at most `depth` levels. ERR_SYNTAX. */
int tree_read(struct tree *tree, const char *text, size_t length, size_t depth, struct tree_fault *ret_fault) NODISCARD;
void tree_done(struct tree *tree);

/* The member called so, or NULL (also when `object` is NULL or none). */
const struct tree_node *tree_get(const struct tree_node *object, const char *key);
bool  tree_key_is(const struct tree_node *node, const char *key);
bool  tree_text_is(const struct tree_node *node, const char *text);
/* A string decoded, a number as written. */
char *tree_text(struct arena *arena, const struct tree_node *node);
/* Where byte `at` of the decoded string stands in the tree's text. */
size_t tree_text_place(const struct tree *tree, const struct tree_node *node, size_t at);
/* Where a node begins (its key, when it has one and `of_key`). */
size_t tree_place(const struct tree *tree, const struct tree_node *node, bool of_key);
/* Line and column, from 1; columns count code points. */
void tree_line_column(const char *text, size_t length, size_t at, size_t *ret_line, size_t *ret_column);

#endif
