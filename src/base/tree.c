/*
 * The reader of base/tree.h. A descent with one loop for containers; its depth is bounded by the caller's limit.
 */
#include "ytempire/base/tree.h"

#include <string.h>

#include "ytempire/base/str.h"
#include "ytempire/base/utf8.h"

#define BLOCK_NODES 256

struct scan {
    struct tree       *tree;
    const char        *at, *end;
    size_t             depth, depth_limit;
    struct tree_fault *fault;
};

static int fail(struct scan *scan, const char *at, const char *message, const char *hint)
{
    scan->fault->at      = (size_t) (at - scan->tree->text);
    scan->fault->message = message;
    scan->fault->hint    = hint;
    return ERR_SYNTAX;
}

static struct tree_node *node_new(struct tree *tree)
{
    size_t            block = tree->used / BLOCK_NODES;
    struct tree_node *node;

    if (block == tree->block_count)
        VEC_PUSH(tree->blocks, tree->block_count, tree->block_room,
                 mem_array(NULL, BLOCK_NODES, sizeof(struct tree_node)));
    node = &tree->blocks[block][tree->used++ % BLOCK_NODES];
    memset(node, 0, sizeof *node);
    return node;
}

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Four hexadecimal digits, or -1. */
static long read_hex4(const char *at, const char *end)
{
    long value = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* A backslash and what follows; `at` is on the backslash. Returns the bytes it takes, or 0; the code point goes out. */
static size_t read_escape(const char *at, const char *end, uint32_t *ret_point)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char       *letter;
    long              high, low;

    if (end - at < 2 || !at[1])
        return 0;
    letter = strchr(letters, at[1]);
    if (letter) {
        *ret_point = (unsigned char) values[letter - letters];
        return 2;
    }
    if (at[1] != 'u')
        return 0;
    high = read_hex4(at + 2, end);
    if (high <= 0 || (high >= 0xDC00 && high <= 0xDFFF))
        return 0;
    if (high < 0xD800 || high > 0xDBFF) {
        *ret_point = (uint32_t) high;
        return 6;
    }
    if (end - at < 12 || at[6] != '\\' || at[7] != 'u')
        return 0;
    low = read_hex4(at + 8, end);
    if (low < 0xDC00 || low > 0xDFFF)
        return 0;
    *ret_point = 0x10000 + ((uint32_t) (high - 0xD800) << 10) + (uint32_t) (low - 0xDC00);
    return 12;
}

static int read_string(struct scan *scan, const char **ret_text, size_t *ret_length, bool *ret_escaped)
{
    const char *begin = scan->at + 1, *at = begin;
    bool        escaped = false;

    while (at < scan->end && *at != '"') {
        if ((unsigned char) *at < 0x20)
            return fail(scan, at, "a string goes over the end of its line",
                        "close it with a double quote; a line break inside is written \\n");
        if (*at == '\\') {
            uint32_t point;
            size_t   taken = read_escape(at, scan->end, &point);

            if (!taken && scan->end - at >= 6 && at[1] == 'u' && read_hex4(at + 2, scan->end) == 0)
                return fail(scan, at, "a text with a NUL (\\u0000), which the database cannot hold", "leave it out");
            if (!taken)
                return fail(scan, at, "an escape JSON does not know", "a backslash itself is written \\\\");
            escaped = true;
            at += taken;
        } else {
            at++;
        }
    }
    if (at == scan->end)
        return fail(scan, scan->at, "a string is not closed", "close it with a double quote");
    *ret_text    = begin;
    *ret_length  = (size_t) (at - begin);
    *ret_escaped = escaped;
    scan->at     = at + 1;
    return 0;
}

static bool is_digit(const struct scan *scan, const char *at)
{
    return at < scan->end && *at >= '0' && *at <= '9';
}

static int read_number(struct scan *scan, struct tree_node *node)
{
    const char *at = scan->at;

    if (*at == '-')
        at++;
    if (!is_digit(scan, at))
        return fail(scan, scan->at, "a number is expected after '-'", NULL);
    if (*at == '0' && is_digit(scan, at + 1))
        return fail(scan, scan->at, "a number does not begin with 0", NULL);
    while (is_digit(scan, at))
        at++;
    if (at < scan->end && *at == '.') {
        if (!is_digit(scan, ++at))
            return fail(scan, at - 1, "digits are expected after the point", NULL);
        while (is_digit(scan, at))
            at++;
    }
    if (at < scan->end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < scan->end && (*at == '+' || *at == '-'))
            at++;
        if (!is_digit(scan, at))
            return fail(scan, at - 1, "digits are expected in the exponent", NULL);
        while (is_digit(scan, at))
            at++;
    }
    node->kind   = TREE_NUMBER;
    node->length = (size_t) (at - scan->at);
    scan->at     = at;
    return 0;
}

static bool starts_here(const struct scan *scan, const char *word)
{
    size_t length = strlen(word);

    return (size_t) (scan->end - scan->at) >= length && memcmp(scan->at, word, length) == 0;
}

/* Something that is no JSON; says what it probably was meant to be. */
static int fail_word(struct scan *scan)
{
    static const struct { const char *word, *hint; } known[] = {
        { "True", "JSON writes true" },       { "False", "JSON writes false" },
        { "None", "JSON writes null" },       { "'", "JSON's strings stand in double quotes" },
        { "#", "JSON has no comments" },      { "//", "JSON has no comments" },
        { "/*", "JSON has no comments" },     { "NaN", "JSON has no such number" },
    };

    if (scan->at == scan->end)
        return fail(scan, scan->at, "the text ends where a value is expected", NULL);
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (starts_here(scan, known[i].word))
            return fail(scan, scan->at, "a value is expected", known[i].hint);
    return fail(scan, scan->at, "a value is expected", NULL);
}

static int read_word(struct scan *scan, struct tree_node *node)
{
    static const struct { const char *word; enum tree_kind kind; } words[] = {
        { "true", TREE_TRUE }, { "false", TREE_FALSE }, { "null", TREE_NULL },
    };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (starts_here(scan, words[i].word)) {
            node->kind   = words[i].kind;
            node->length = strlen(words[i].word);
            scan->at += node->length;
            return 0;
        }
    return fail_word(scan);
}

static bool same_key(const struct tree_node *a, const struct tree_node *b)
{
    return a->key_length == b->key_length && memcmp(a->key, b->key, a->key_length) == 0;
}

/* The name in front of an object's member, and its colon. */
static int read_key(struct scan *scan, const struct tree_node *object, struct tree_node *node)
{
    const char *begin = scan->at;
    bool        escaped;
    int         r;

    if (scan->at == scan->end || *scan->at != '"')
        return fail(scan, scan->at, "a name in double quotes is expected",
                    scan->at < scan->end && *scan->at == '}' ? "leave out the comma before it" : NULL);
    r = read_string(scan, &node->key, &node->key_length, &escaped);
    if (r < 0)
        return r;
    if (escaped)
        return fail(scan, begin, "a name with an escape", "names are plain letters, digits and _");
    if (object->count < TREE_KEYS_CHECKED)
        for (const struct tree_node *other = object->first; other; other = other->next)
            if (same_key(other, node))
                return fail(scan, begin, "the same name stands twice in one object",
                            "JSON would drop the first in silence");
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != ':')
        return fail(scan, scan->at, "':' is expected", NULL);
    scan->at++;
    skip_space(scan);
    return 0;
}

static int read_value(struct scan *scan, struct tree_node *node);

static int read_container(struct scan *scan, struct tree_node *node)
{
    bool               object = *scan->at == '{';
    char               close  = object ? '}' : ']';
    struct tree_node **link   = &node->first;
    int                r;

    if (++scan->depth > scan->depth_limit)
        return fail(scan, scan->at, "nested too deep", NULL);
    node->kind = object ? TREE_OBJECT : TREE_ARRAY;
    scan->at++;
    skip_space(scan);
    if (scan->at < scan->end && *scan->at == close) {
        scan->at++;
        scan->depth--;
        return 0;
    }
    for (;;) {
        struct tree_node *kid = node_new(scan->tree);

        if (object && (r = read_key(scan, node, kid)) < 0)
            return r;
        r = read_value(scan, kid);
        if (r < 0)
            return r;
        *link = kid;
        link  = &kid->next;
        node->count++;
        skip_space(scan);
        if (scan->at < scan->end && *scan->at == close)
            break;
        if (scan->at == scan->end || *scan->at != ',')
            return fail(scan, scan->at, object ? "',' or '}' is expected" : "',' or ']' is expected", NULL);
        scan->at++;
        skip_space(scan);
        if (!object && scan->at < scan->end && *scan->at == ']')
            return fail(scan, scan->at, "a value is expected", "leave out the comma before it");
    }
    scan->at++;
    scan->depth--;
    return 0;
}

static int read_value(struct scan *scan, struct tree_node *node)
{
    node->text = scan->at;
    if (scan->at == scan->end)
        return fail_word(scan);
    switch (*scan->at) {
    case '{':
    case '[':
        return read_container(scan, node);
    case '"':
        node->kind = TREE_STRING;
        return read_string(scan, &node->text, &node->length, &node->escaped);
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
        return read_number(scan, node);
    default:
        return read_word(scan, node);
    }
}

int tree_read(struct tree *tree, const char *text, size_t length, size_t depth, struct tree_fault *ret_fault)
{
    struct tree_fault fault = {0};
    struct scan       scan  = {
        .tree = tree, .at = text, .end = text + length, .depth_limit = depth, .fault = &fault,
    };
    struct tree_node *root;
    size_t            valid = utf8_valid_prefix(text, length);
    int               r;

    tree->text   = text;
    tree->length = length;
    tree->used   = 0;
    tree->root   = NULL;
    if (valid < length) {
        r = fail(&scan, text + valid, "a byte that is not UTF-8", "save the file as UTF-8");
        goto out;
    }
    skip_space(&scan);
    root = node_new(tree);
    r    = read_value(&scan, root);
    if (r < 0)
        goto out;
    skip_space(&scan);
    if (scan.at < scan.end) {
        r = fail(&scan, scan.at, "something follows the end of the JSON", NULL);
        goto out;
    }
    tree->root = root;
out:
    if (r < 0)
        *ret_fault = fault;
    return r;
}

void tree_done(struct tree *tree)
{
    for (size_t i = 0; i < tree->block_count; i++)
        mem_free(tree->blocks[i]);
    mem_free(tree->blocks);
    memset(tree, 0, sizeof *tree);
}

bool tree_key_is(const struct tree_node *node, const char *key)
{
    size_t length = strlen(key);

    return node->key && node->key_length == length && memcmp(node->key, key, length) == 0;
}

bool tree_text_is(const struct tree_node *node, const char *text)
{
    size_t length = strlen(text);

    return node && node->kind == TREE_STRING && node->length == length && memcmp(node->text, text, length) == 0;
}

const struct tree_node *tree_get(const struct tree_node *object, const char *key)
{
    if (!object || object->kind != TREE_OBJECT)
        return NULL;
    for (const struct tree_node *node = object->first; node; node = node->next)
        if (tree_key_is(node, key))
            return node;
    return NULL;
}

/* Decodes up to `limit` bytes of the result; returns the bytes of the source that were read. */
static size_t decode(const struct tree_node *node, struct str *to, size_t limit)
{
    const char *at = node->text, *end = at + node->length;

    while (at < end && to->length < limit) {
        uint32_t point;
        char     bytes[4];
        size_t   taken = *at == '\\' ? read_escape(at, end, &point) : 0;

        if (taken) {
            str_add_bytes(to, bytes, utf8_encode(point, bytes));
            at += taken;
        } else {
            str_add_char(to, *at++);
        }
    }
    return (size_t) (at - node->text);
}

char *tree_text(struct arena *arena, const struct tree_node *node)
{
    struct str text = STR_INIT;
    char      *copy;

    if (!node->escaped)
        return arena_strndup(arena, node->text, node->length);
    decode(node, &text, SIZE_MAX);
    copy = arena_strndup(arena, str_text(&text), text.length);
    str_done(&text);
    return copy;
}

size_t tree_text_place(const struct tree *tree, const struct tree_node *node, size_t at)
{
    struct str text = STR_INIT;
    size_t     read = at;

    if (node->escaped)
        read = decode(node, &text, at);
    str_done(&text);
    return (size_t) (node->text - tree->text) + (read < node->length ? read : node->length);
}

size_t tree_place(const struct tree *tree, const struct tree_node *node, bool of_key)
{
    if (of_key && node->key)
        return (size_t) (node->key - tree->text) - 1;
    return (size_t) (node->text - tree->text) - (node->kind == TREE_STRING ? 1 : 0);
}

void tree_line_column(const char *text, size_t length, size_t at, size_t *ret_line, size_t *ret_column)
{
    size_t line = 1, column = 1;

    if (at > length)
        at = length;
    for (size_t i = 0; i < at; i++) {
        if (text[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char) text[i] & 0xC0) != 0x80) {
            column++;
        }
    }
    *ret_line   = line;
    *ret_column = column;
}
