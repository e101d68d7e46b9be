/*
 * semantic/parse: the parser's own agreements. LL(1): the token at hand decides; nothing is read twice.
 */
#ifndef SEMANTIC_PARSE_H
#define SEMANTIC_PARSE_H

#include "src/semantic/lex.h"

#define DEPTH_LIMIT 100                /* "(" and "not" inside each other */

/* The calendar as local µs: 0001-01-01T00:00 and 9999-12-31T23:59:59.999999 + 1. */
#define LOCAL_FIRST (INT64_C(-719162) * US_PER_DAY)
#define LOCAL_LAST (INT64_C(2932897) * US_PER_DAY)

/* What a name may be, besides a member. */
enum name_use { NAME_PLAIN, NAME_OR_UNIT };

/* What a name must be. The line's order: measures first. */
enum name_role {
    NAME_MEASURE, NAME_DIMENSION, NAME_SEGMENT, NAME_TIME, NAME_TESTED, NAME_ORDER, NAME_TOP, NAME_ADDED, NAME_REMOVED,
    NAME_CUBE,
};

/* What may stand at the end of the text: 1 << enum name_role, and these. */
enum want {
    WANT_CLAUSE = 1 << 16, WANT_COMPARISON = 1 << 17, WANT_WORDED = 1 << 18, WANT_VALUE = 1 << 19,
    WANT_PERIOD = 1 << 20, WANT_POINT = 1 << 21, WANT_SHIFT = 1 << 22, WANT_NUMBER = 1 << 23, WANT_ZONE = 1 << 24,
    WANT_OPEN = 1 << 25, WANT_CLOSE = 1 << 26,
};

enum mark_kind { MARK_NAME, MARK_VALUE, MARK_PERIOD, MARK_ZONE, MARK_STRAY };

struct mark {
    enum mark_kind kind;
    enum name_role role;               /* NAME */
    struct span    span;               /* of a period that does not read: length 0 */
};

/* What a line that is being typed tells (parse_typed): what was read where, and what could come at its end. */
struct probe {
    struct mark         *marks;
    size_t               mark_count, mark_room;
    unsigned             wants;
    uint64_t             words;        /* 1 << enum word */
    const char          *what;         /* what must come, for people; NULL: nothing must */
    const struct filter *test;         /* the last one begun */
    enum word            clause;       /* the last one begun, or WORD_PLAIN */
};

/* What was read last: for the hint when something else follows. */
enum parse_place { PLACE_START, PLACE_MEASURES, PLACE_DIMENSIONS, PLACE_FILTER, PLACE_OTHER };

struct parser {
    struct lexer     lexer;
    struct token     token;            /* at hand */
    struct token     before;           /* the one before it */
    struct arena    *arena;
    struct query    *query;            /* being made */
    struct error    *error;
    enum parse_place place;
    unsigned         depth;
    uint32_t         seen;             /* clauses, by enum word */
    bool             edit;
    struct probe    *probe;            /* NULL: the line is whole and must read */
};

int  parser_open(struct parser *parser, struct arena *arena, const char *text, struct query *query, struct error *error) NODISCARD;
int  parser_next(struct parser *parser) NODISCARD;
bool parser_at(const struct parser *parser, enum word word);
bool parser_meets(const struct parser *parser, enum word word);            /* parser_at for what is refused then */
void parser_wants(const struct parser *parser, unsigned wants);            /* no-op but at the end of a probed text */
void parser_marks(const struct parser *parser, enum mark_kind kind, struct span span);
/* Reads all that can be read of a line that is being typed; what is wrong is stepped over and marked. */
void parse_typed(struct parser *parser);
struct span span_from(const struct parser *parser, struct span first);     /* from `first` to the token before */

int  parse_fail(struct parser *parser, int code, struct span span, const char *format, ...) PRINTF_LIKE(4, 5);
/* "expected WHAT after 'by', not 'x'", at the token at hand; the hint is the caller's. */
int  parse_expected(struct parser *parser, const char *what);
int  parse_end(struct parser *parser, const char *hint) NODISCARD;         /* nothing may follow */
int  parse_unexpected(struct parser *parser);                              /* a token no clause begins with */

int  parse_name(struct parser *parser, enum name_role role, struct name *ret_name) NODISCARD;
int  parse_names(struct parser *parser, enum name_role role, struct name_list *list) NODISCARD;

int  parse_filter(struct parser *parser, struct filter **ret_filter) NODISCARD;
bool period_begins(const struct token *token);
int  parse_period(struct parser *parser, struct period *ret_period) NODISCARD;
/* Its parts, which `vs` has too: a day of the week counted from now, what stands behind "..", "from", "since" or a point. */
int  parse_weekday(struct parser *parser, struct span first, int count, struct point *ret_point) NODISCARD;
int  parse_second_point(struct parser *parser, struct period *period) NODISCARD;
int  parse_fixed_period(struct parser *parser, struct period *period) NODISCARD;
int  parse_point(struct parser *parser, struct point *ret_point) NODISCARD;
/* After an INT, at a unit: "days ago", "days from now". */
int  parse_units_ago(struct parser *parser, const struct token *number, struct point *ret_point) NODISCARD;
int  parse_count(struct parser *parser, enum data_unit unit, const struct token *number, int *ret_count) NODISCARD;

/* The bodies of clauses, after their word; JSON's "ytempire" holds some as text. */
int  parse_ranges(struct parser *parser) NODISCARD;
int  parse_shift(struct parser *parser) NODISCARD;
int  parse_order(struct parser *parser) NODISCARD;      /* keys */
int  parse_top(struct parser *parser) NODISCARD;
int  parse_added(struct parser *parser) NODISCARD;
/* All that follows the measures, to the end of the line. */
int  parse_clauses(struct parser *parser) NODISCARD;

/* edit.c */
int  edit_remove(struct parser *parser) NODISCARD;      /* after "-" */
void edit_forget_places(struct query *query);
bool clause_is_there(const struct query *query, enum word clause);

struct query *query_new(struct arena *arena);
void query_remark(struct arena *arena, struct query *query, const char *format, ...) PRINTF_LIKE(3, 4);
/* Adds `kid` to an AND or OR (NULL: the kid alone); a kid of the same kind gives its kids: always flat. */
struct filter *filter_join(struct arena *arena, enum filter_kind kind, struct filter *left, struct filter *right);
struct filter *filter_not(struct arena *arena, struct filter *filter);
struct name name_of_unit(enum data_unit unit);
bool name_equal(const struct name *a, const struct name *b);
/* How a name is written: "x", "x.day", "day". */
const char *name_text(struct arena *arena, const struct name *name);
const char *point_text(struct arena *arena, const struct point *point);    /* as the line's language writes it */

#endif
