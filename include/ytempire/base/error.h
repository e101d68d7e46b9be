/*
 * base/error: one way to fail.
 *
 * A function that can fail returns 0 or a negative `enum err` and, where a person will read it, fills the caller's
 * `struct error`: what went wrong, in which text, at which place, and what to do about it. NULL is allowed for
 * `error` everywhere, and the first error set wins, so that a clean-up path cannot hide the cause.
 */
#ifndef YTEMPIRE_BASE_ERROR_H
#define YTEMPIRE_BASE_ERROR_H

#include <stdarg.h>
#include <stddef.h>

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))

/* code, name, exit code of a command that fails with it (contract.md, "Exit codes"), sentence */
#define ERROR_LIST(X)                                                                               \
    X(ERR_FAILED, "failed", 1, "the command failed")                                                \
    X(ERR_USAGE, "usage", 2, "the command is not used as it is meant to be")                        \
    X(ERR_SYNTAX, "syntax", 2, "the text does not parse")                                           \
    X(ERR_UNKNOWN, "unknown", 2, "a name that does not exist")                                      \
    X(ERR_AMBIGUOUS, "ambiguous", 2, "a name or a value that could mean two things")                \
    X(ERR_CONNECT, "connect", 3, "no connection to a server")                                       \
    X(ERR_PARTIAL, "partial", 4, "done in part")                                                    \
    X(ERR_EXPECT, "expect", 5, "the result does not hold the condition of --expect")                \
    X(ERR_TIMEOUT, "timeout", 124, "the command took longer than it may")                           \
    X(ERR_INTERRUPTED, "interrupted", 130, "interrupted")                                           \
    X(ERR_SERVER, "server", 1, "the server refused the statement")                                  \
    X(ERR_IO, "io", 1, "reading or writing a file failed")                                          \
    X(ERR_CLOSED, "closed", 0, "the reader of the output went away")                                \
    X(ERR_MEMORY, "memory", 1, "out of memory")                                                     \
    X(ERR_LIMIT, "limit", 1, "larger than this program accepts")                                    \
    X(ERR_CONFLICT, "conflict", 1, "somebody else holds it")                                        \
    X(ERR_FINDING, "finding", 1, "a check found an error")                                          \
    X(ERR_QUOTA, "quota", 1, "the quota is used up")

enum err_index {
#define X(code, name, exit, text) code##_INDEX,
    ERROR_LIST(X)
#undef X
};

enum err {
    OK = 0,
#define X(code, name, exit, text) code = -1 - code##_INDEX,
    ERROR_LIST(X)
#undef X
};

struct error {
    int    code;         /* 0: none set */
    char  *text;         /* one line, no full stop, no "error:" in front; owned */
    char  *subject;      /* the text that is at fault (a query, a line of a file), or NULL; owned */
    size_t at, length;   /* bytes in `subject` to be underlined; length 0: no caret */
    char  *where;        /* "file:line:column", or NULL; owned */
    char  *hint;         /* one line: did-you-mean, the candidates or what to run, or NULL; owned */
    char   sqlstate[6];  /* of a server's error, else "" */
};

#define ERROR_INIT ((struct error){0})

/* Sets the error (unless one is set already) and returns `code`. */
int error_set(struct error *error, int code, const char *format, ...) PRINTF_LIKE(3, 4);
int error_setv(struct error *error, int code, const char *format, va_list args) PRINTF_LIKE(3, 0);

/* Puts the caret under `length` bytes at `at` of `subject` (copied whole). No-op without an error or when set. */
void error_point(struct error *error, const char *subject, size_t at, size_t length);
void error_where(struct error *error, const char *file, size_t line, size_t column);
void error_hint(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);
/* Puts words before the text: "FILE: " and the like. */
void error_prefix(struct error *error, const char *format, ...) PRINTF_LIKE(2, 3);

void error_done(struct error *error);                          /* frees what it owns and clears it */
void error_move(struct error *to, struct error *from);         /* `to` takes all; `from` is clear afterwards */

const char *error_name(int code);
const char *error_sentence(int code);
int         error_exit_code(int code);

/* The lines a person reads: "error: …\n  subject\n  ^^^^\nhint: …\n", without control characters. Caller frees. */
char *error_render(const struct error *error);

/* Of `count` candidates the nearest to `word` by edit distance, or NULL when none is near enough to be meant. */
const char *nearest_word(const char *word, size_t length, const char *const *candidates, size_t count);

#endif
