/*
 * semantic/lex: the words of the line.
 *
 * Tokens are made on demand, one ahead, so that the parser can say what it looks for (a zone is one word only after
 * `tz`). A token names its place; text is borrowed from the line except for a string, which is decoded into the arena.
 */
#ifndef SEMANTIC_LEX_H
#define SEMANTIC_LEX_H

#include "src/semantic/query.h"

#define LINE_LIMIT ((size_t)1 << 20)

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,        /* a name, a keyword, a value of one word */
    TOKEN_NUMBER,
    TOKEN_POINT,       /* 2026-01-31, 2026-01-31T12:00, 2026-Q1, 2026-01 */
    TOKEN_DURATION,    /* 7d */
    TOKEN_STRING,
    TOKEN_VARIABLE,    /* :NAME */
    TOKEN_COMPARE,
    TOKEN_COMMA, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_RANGE, TOKEN_PLUS, TOKEN_MINUS, TOKEN_AMPERSAND, TOKEN_STAR,
    TOKEN_BAD,         /* only where the lexer forgives */
};

/* Words that mean something somewhere. The first groups are reserved as members. */
enum word {
    WORD_PLAIN,
    WORD_FROM, WORD_BY, WORD_WHERE, WORD_HAVING, WORD_SEGMENT, WORD_FOR, WORD_VS, WORD_ORDER, WORD_TOP, WORD_LIMIT,
    WORD_FILL, WORD_TOTAL, WORD_TZ, WORD_MIXED_DAYS, WORD_UNGROUPED,
    WORD_AND, WORD_OR, WORD_NOT,
    WORD_TODAY, WORD_YESTERDAY, WORD_TOMORROW, WORD_NOW, WORD_THIS, WORD_LAST, WORD_NEXT, WORD_TO_DATE, WORD_ALL,
    WORD_SINCE, WORD_UNTIL,
    WORD_LAST_RESERVED = WORD_UNTIL,
    WORD_TO, WORD_TIME, WORD_AGO, WORD_CLOSEST, WORD_UNIT, WORD_UNITS, WORD_WEEKDAY, WORD_PREVIOUS, WORD_ZERO,
    WORD_OFFSET, WORD_WITH, WORD_OTHER, WORD_ASC, WORD_DESC, WORD_NONE, WORD_IN, WORD_IS, WORD_NULL, WORD_CONTAINS,
    WORD_STARTS, WORD_ENDS, WORD_LIKE, WORD_HAS, WORD_BETWEEN, WORD_TRUE, WORD_FALSE,
};

struct token {
    enum token_kind      kind;
    struct span          span;
    const char          *text;       /* of a string: decoded; else where it begins in the line */
    size_t               length;     /* of `text` */
    enum word            word;
    enum data_unit       unit;       /* UNIT, UNITS, TO_DATE; of a duration */
    int                  part;       /* WEEKDAY: 1 Monday … 7 Sunday */
    bool                 integer;    /* NUMBER: digits only */
    int                  count;      /* DURATION; an integer that fits, else -1 */
    enum filter_operator test;       /* COMPARE */
    struct point         point;      /* POINT */
};

struct lexer {
    struct arena *arena;
    const char   *text;
    size_t        length, at;
    struct error *error;
    bool          forgives;          /* what is no token is a TOKEN_BAD, not a failure: the text is being typed */
};

/* Checks length and encoding of the text. */
int  lex_open(struct lexer *lexer, struct arena *arena, const char *text, struct error *error) NODISCARD;
int  lex_next(struct lexer *lexer, struct token *ret_token) NODISCARD;
int  lex_string(struct lexer *lexer, struct token *token) NODISCARD;      /* at a quote */
/* One word of a zone's name ("America/Los_Angeles", "Etc/GMT+8") as TOKEN_WORD, or what else is there. */
int  lex_next_zone(struct lexer *lexer, struct token *ret_token) NODISCARD;

/* Sets the error with the caret under `length` bytes at `at` of the line; bytes no terminal shows become '?' there. */
int  lex_fail(struct lexer *lexer, int code, struct span span, const char *format, ...) PRINTF_LIKE(4, 5);
/* A token as it stands in a message: shortened, printable, in the arena. */
const char *lex_show(struct lexer *lexer, const struct token *token);

/* A word of the language as it is written (of a unit or a to-date: the first). */
const char *word_text(enum word word);
/* Keyword of a word; `token` gets unit and part. */
enum word word_find(const char *text, size_t length, enum data_unit *ret_unit, int *ret_part);
/* True when the text is one plain word to the lexer: a name, a value without quotes. Needs no arena. */
bool word_is_plain(const char *text, struct token *ret_token);

#define POINT_TEXT_LIMIT 40

struct point_fault {
    const char *reason;              /* "is not a date" */
    char        hint[96];
};

/* Reads a date, a datetime, a quarter or a month ("2026-01-31", "2026-01-31T12:00Z", "2026-Q1", "2026-01"): 1. Other
 * text: 0. What looks like one and is none: ERR_SYNTAX with the fault. */
int  point_literal(const char *text, size_t length, struct point *ret_point, struct point_fault *ret_fault);
/* The longest count of units a period may have: 10,000 years. */
int  unit_count_limit(enum data_unit unit);

#endif
