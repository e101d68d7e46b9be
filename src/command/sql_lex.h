/*
 * command/sql_lex: SQL cut into pieces by the rules of PostgreSQL's own lexer (standard_conforming_strings on):
 * strings, E'' strings, quoted names, dollar quotes, nested comments. Nothing is decoded and nothing fails: what is
 * open at the end says so.
 */
#ifndef COMMAND_SQL_LEX_H
#define COMMAND_SQL_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum sql_kind {
    SQL_END,
    SQL_LINE,         /* one line end */
    SQL_SPACE,
    SQL_COMMENT,
    SQL_WORD,         /* a name or keyword without quotes */
    SQL_NUMBER,
    SQL_QUOTED,       /* a string or a quoted name, whole */
    SQL_PARAMETER,    /* $1 */
    SQL_MARK,         /* one character */
};

struct sql_piece {
    enum sql_kind kind;
    size_t        at, length;
    bool          open;      /* a quote or a comment that the text ends in */
};

struct sql_lexer {
    const char *text;
    size_t      length, at;
};

/* False at the end. */
bool sql_next(struct sql_lexer *lexer, struct sql_piece *ret_piece);
bool sql_piece_is(const struct sql_lexer *lexer, const struct sql_piece *piece,
                  const char *word); /* case does not matter */

/* Whether a line is SQL that needs no `sql` before it: SELECT, WITH, VALUES, TABLE, SHOW. */
bool sql_line_is_statement(const char *text, size_t length);

#endif
