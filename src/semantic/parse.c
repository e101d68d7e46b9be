/*
 * semantic/parse: the line. Grammar: design/semantics.md, "The line". What the planner cannot answer is refused there;
 * here only what is not the language.
 */
#include "src/semantic/parse.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "ytempire/base/str.h"

/* -- the parser's own ---------------------------------------------------------------------------------------------- */

int parser_open(struct parser *parser, struct arena *arena, const char *text, struct query *query, struct error *error)
{
    int r;

    *parser = (struct parser){ .arena = arena, .query = query, .error = error };
    r = lex_open(&parser->lexer, arena, text, error);
    return r < 0 ? r : lex_next(&parser->lexer, &parser->token);
}

int parser_next(struct parser *parser)
{
    parser->before = parser->token;
    return lex_next(&parser->lexer, &parser->token);
}

bool parser_meets(const struct parser *parser, enum word word)
{
    return parser->token.kind == TOKEN_WORD && parser->token.word == word;
}

bool parser_at(const struct parser *parser, enum word word)
{
    if (parser->probe && parser->token.kind == TOKEN_END)
        parser->probe->words |= UINT64_C(1) << word;
    return parser_meets(parser, word);
}

void parser_wants(const struct parser *parser, unsigned wants)
{
    if (parser->probe && parser->token.kind == TOKEN_END)
        parser->probe->wants |= wants;
}

void parser_marks(const struct parser *parser, enum mark_kind kind, struct span span)
{
    struct mark mark = { .kind = kind, .span = span };

    if (parser->probe)
        ARENA_PUSH(parser->arena, parser->probe->marks, parser->probe->mark_count, parser->probe->mark_room, mark);
}

struct span span_from(const struct parser *parser, struct span first)
{
    return (struct span){ first.at, parser->before.span.at + parser->before.span.length - first.at };
}

/* -- names --------------------------------------------------------------------------------------------------------- */

static const struct { const char *what; enum name_use use; } name_roles[] = {
    [NAME_MEASURE] = { "a measure", NAME_PLAIN }, [NAME_DIMENSION] = { "a dimension or a granularity", NAME_OR_UNIT },
    [NAME_SEGMENT] = { "the name of a segment", NAME_PLAIN }, [NAME_TIME] = { "a time dimension", NAME_PLAIN },
    [NAME_TESTED] = { "a member to test", NAME_PLAIN }, [NAME_ORDER] = { "a member to order by", NAME_OR_UNIT },
    [NAME_TOP] = { "the measure that top goes by", NAME_PLAIN }, [NAME_ADDED] = { "a measure or a dimension", NAME_OR_UNIT },
    [NAME_REMOVED] = { "a member or a clause of the query", NAME_OR_UNIT }, [NAME_CUBE] = { "the name of a cube", NAME_PLAIN },
};

static void mark_name(const struct parser *parser, enum name_role role)
{
    if (!parser->probe)
        return;
    parser_marks(parser, MARK_NAME, parser->token.span);
    parser->probe->marks[parser->probe->mark_count - 1].role = role;
}

int parse_name(struct parser *parser, enum name_role role, struct name *ret_name)
{
    const struct token *token = &parser->token;
    const char *what = name_roles[role].what;
    struct name name = { .span = token->span };

    parser_wants(parser, 1u << role);
    if (token->kind != TOKEN_WORD || isdigit((unsigned char)token->text[0]))     /* no name begins with a digit: 90s, 3m */
        return parse_expected(parser, what);
    if (token->word != WORD_PLAIN && token->word <= WORD_LAST_RESERVED) {
        (void)parse_fail(parser, ERR_SYNTAX, token->span, "expected %s, but '%s' is a word of the language", what,
                         lex_show(&parser->lexer, token));
        error_hint(parser->error, "a member of that name is written with its cube: Costs.%s",
                   lex_show(&parser->lexer, token));
        return ERR_SYNTAX;
    }
    if (token->word == WORD_UNIT) {
        if (name_roles[role].use == NAME_PLAIN) {
            (void)parse_fail(parser, ERR_SYNTAX, token->span, "expected %s, but '%s' is a granularity", what,
                             lex_show(&parser->lexer, token));
            error_hint(parser->error, "a granularity goes after 'by'; a member of that name is written with its cube");
            return ERR_SYNTAX;
        }
        name.bare_unit = true;
        name.unit = token->unit;
    } else {
        name.text = arena_strndup(parser->arena, token->text, token->length);
    }
    *ret_name = name;
    mark_name(parser, role);
    return parser_next(parser);
}

int parse_names(struct parser *parser, enum name_role role, struct name_list *list)
{
    struct name name;
    int r;

    for (;;) {
        bool blank = parser->probe && parser->token.kind == TOKEN_COMMA;       /* a name that is not typed yet */

        r = blank ? 0 : parse_name(parser, role, &name);
        if (r < 0)
            return r;
        if (!blank)
            ARENA_PUSH(parser->arena, list->items, list->count, list->room, name);
        if (parser->token.kind != TOKEN_COMMA)
            return 0;
        r = parser_next(parser);
        if (r < 0)
            return r;
    }
}

/* -- clauses ------------------------------------------------------------------------------------------------------- */

static int parse_by(struct parser *parser)
{
    parser->query->dimensions = (struct name_list){ 0 };
    parser->place = PLACE_DIMENSIONS;
    return parse_names(parser, NAME_DIMENSION, &parser->query->dimensions);
}

static int parse_segments(struct parser *parser)
{
    parser->query->segments = (struct name_list){ 0 };
    return parse_names(parser, NAME_SEGMENT, &parser->query->segments);
}

static int parse_where(struct parser *parser)
{
    parser->place = PLACE_FILTER;
    return parse_filter(parser, &parser->query->where);
}

static int parse_having(struct parser *parser)
{
    parser->place = PLACE_FILTER;
    return parse_filter(parser, &parser->query->having);
}

/* "for PERIOD", "for published_at in PERIOD, …" */
int parse_ranges(struct parser *parser)
{
    struct query *query = parser->query;
    int r;

    for (;;) {
        struct time_range range = { 0 };

        parser_wants(parser, 1u << NAME_TIME);
        if (!period_begins(&parser->token) && parser->token.kind == TOKEN_WORD && parser->token.word == WORD_PLAIN
            && !isdigit((unsigned char)parser->token.text[0])) {
            r = parse_name(parser, NAME_TIME, &range.member);
            if (r < 0)
                return r;
            if (!parser_at(parser, WORD_IN)) {
                (void)parse_fail(parser, ERR_SYNTAX, parser->before.span, "'%s' does not begin a period",
                                 lex_show(&parser->lexer, &parser->before));
                error_hint(parser->error, "for last 30 days, for 2026-Q1, for from 2026-01-01 to 2026-01-31; "
                                          "of another time: for published_at in last 30 days");
                return ERR_SYNTAX;
            }
            r = parser_next(parser);
            if (r < 0)
                return r;
        }
        r = parse_period(parser, &range.period);
        if (r < 0)
            return r;
        ARENA_PUSH(parser->arena, query->ranges, query->range_count, query->range_room, range);
        if (parser->token.kind != TOKEN_COMMA)
            return 0;
        r = parser_next(parser);
        if (r < 0)
            return r;
    }
}

static int parse_for(struct parser *parser)
{
    struct query *query = parser->query;

    query->ranges = NULL;
    query->range_count = query->range_room = 0;
    return parse_ranges(parser);
}

int parse_order(struct parser *parser)
{
    struct query *query = parser->query;
    int r;

    for (;;) {
        struct order_key key = { 0 };

        r = parse_name(parser, NAME_ORDER, &key.name);
        if (r < 0)
            return r;
        if (parser_at(parser, WORD_ASC) || parser_at(parser, WORD_DESC)) {
            key.direction_given = true;
            key.descending = parser_at(parser, WORD_DESC);
            r = parser_next(parser);
            if (r < 0)
                return r;
        }
        ARENA_PUSH(parser->arena, query->order, query->order_count, query->order_room, key);
        if (parser->token.kind != TOKEN_COMMA)
            return 0;
        r = parser_next(parser);
        if (r < 0)
            return r;
    }
}

static int parse_order_by(struct parser *parser)
{
    struct query *query = parser->query;
    int r;

    query->order = NULL;
    query->order_count = query->order_room = 0;
    query->order_none = parser_at(parser, WORD_NONE);
    if (!query->order_none && !parser_at(parser, WORD_BY)) {
        r = parse_expected(parser, "'by'");
        error_hint(parser->error, "order by total_views desc; order none leaves the rows as they come");
        return r;
    }
    r = parser_next(parser);
    return r < 0 || query->order_none ? r : parse_order(parser);
}

/* A whole number from `least` on. */
static int parse_int(struct parser *parser, const char *what, int64_t least, int64_t *ret_value)
{
    long long value;

    parser_wants(parser, WANT_NUMBER);
    if (parser->token.kind != TOKEN_NUMBER)
        return parse_expected(parser, what);
    if (!parser->token.integer || text_to_int64(parser->token.text, parser->token.length, &value) < 0 || value < least)
        return parse_fail(parser, ERR_SYNTAX, parser->token.span, "'%s' is not %s",
                          lex_show(&parser->lexer, &parser->token), what);
    *ret_value = value;
    return parser_next(parser);
}

/* INT [ "by" measure ] [ "with" "other" ] */
int parse_top(struct parser *parser)
{
    struct query *query = parser->query;
    struct span first = parser->token.span;
    int r;

    memset(&query->top, 0, sizeof query->top);
    r = parse_int(parser, "a number from 1 on", 1, &query->top.count);
    if (r >= 0 && parser_at(parser, WORD_BY)) {
        r = parser_next(parser);
        if (r >= 0)
            r = parse_name(parser, NAME_TOP, &query->top.by);
    }
    if (r >= 0 && parser_at(parser, WORD_WITH)) {
        r = parser_next(parser);
        if (r < 0)
            return r;
        if (!parser_at(parser, WORD_OTHER))
            return parse_expected(parser, "'other'");
        query->top.other = true;
        r = parser_next(parser);
    }
    query->top.span = span_from(parser, first);
    return r;
}

static int parse_limit(struct parser *parser)
{
    struct query *query = parser->query;
    struct span first = parser->token.span;
    int r;

    query->offset = 0;
    query->limit_default = false;
    r = parse_int(parser, "a number of rows", 0, &query->limit);
    if (r >= 0 && parser_at(parser, WORD_OFFSET)) {
        r = parser_next(parser);
        if (r >= 0)
            r = parse_int(parser, "a number of rows", 0, &query->offset);
    }
    query->limit_span = span_from(parser, first);
    return r;
}

static int parse_fill(struct parser *parser)
{
    parser->query->fill = FILL_NULL;
    parser->query->fill_span = parser->before.span;
    if (!parser_at(parser, WORD_ZERO))
        return 0;
    parser->query->fill = FILL_ZERO;
    return parser_next(parser);
}

static int parse_total(struct parser *parser)
{
    parser->query->total = true;
    parser->query->total_span = parser->before.span;
    return 0;
}

static int parse_mixed_days(struct parser *parser)
{
    parser->query->mixed_days = true;
    return 0;
}

static int parse_ungrouped(struct parser *parser)
{
    parser->query->ungrouped = true;
    return 0;
}

/* The token at hand was read as a zone (see clause_next). */
static int parse_tz(struct parser *parser)
{
    const struct token *token = &parser->token;

    parser_wants(parser, WANT_ZONE);
    if (token->kind != TOKEN_WORD && token->kind != TOKEN_STRING) {
        (void)parse_expected(parser, "a time zone");
        error_hint(parser->error, "a name such as America/Los_Angeles or UTC");
        return ERR_SYNTAX;
    }
    parser->query->tz = arena_strndup(parser->arena, token->text, token->length);
    parser->query->tz_span = token->span;
    parser_marks(parser, MARK_ZONE, token->span);
    return parser_next(parser);
}

typedef int parse_body(struct parser *parser);

static parse_body *const bodies[] = {
    [WORD_BY] = parse_by, [WORD_WHERE] = parse_where, [WORD_HAVING] = parse_having, [WORD_SEGMENT] = parse_segments,
    [WORD_FOR] = parse_for, [WORD_VS] = parse_shift, [WORD_ORDER] = parse_order_by, [WORD_TOP] = parse_top,
    [WORD_LIMIT] = parse_limit, [WORD_FILL] = parse_fill, [WORD_TOTAL] = parse_total, [WORD_TZ] = parse_tz,
    [WORD_MIXED_DAYS] = parse_mixed_days, [WORD_UNGROUPED] = parse_ungrouped,
};

static bool is_clause(const struct token *token)
{
    return token->kind == TOKEN_WORD && token->word < COUNT_OF(bodies) && bodies[token->word];
}

static int clause_twice(struct parser *parser, enum word clause)
{
    const char *word = lex_show(&parser->lexer, &parser->token);

    if (clause == WORD_FOR)
        (void)parse_fail(parser, ERR_SYNTAX, parser->token.span, "a second period");
    else
        (void)parse_fail(parser, ERR_SYNTAX, parser->token.span, "a second '%s'", word);
    if (clause == WORD_WHERE || clause == WORD_HAVING)
        error_hint(parser->error, "join the conditions with 'and'");
    else if (clause == WORD_BY || clause == WORD_SEGMENT)
        error_hint(parser->error, "put all names behind one '%s', with commas", word);
    else
        error_hint(parser->error, "each clause is given at most once");
    return ERR_SYNTAX;
}

/* One clause; a period may come without its "for". */
static int parse_clause(struct parser *parser)
{
    bool worded = is_clause(&parser->token);
    enum word clause = worded ? parser->token.word : WORD_FOR;
    int r;

    if (parser->seen & (UINT32_C(1) << clause))
        return clause_twice(parser, clause);
    parser->seen |= UINT32_C(1) << clause;
    parser->place = PLACE_OTHER;
    if (parser->probe)
        parser->probe->clause = clause;
    if (clause == WORD_TZ) {
        parser->before = parser->token;
        r = lex_next_zone(&parser->lexer, &parser->token);
    } else {
        r = worded ? parser_next(parser) : 0;
    }
    return r < 0 ? r : bodies[clause](parser);
}

/* "+a, b": a granularity can only be a dimension, other names are told apart by the binder. */
int parse_added(struct parser *parser)
{
    struct query *query = parser->query;
    struct name_list names = { 0 };
    int r = parse_names(parser, NAME_ADDED, &names);

    if (r < 0)
        return r;
    for (size_t i = 0; i < names.count; i++) {
        struct name_list *list = names.items[i].bare_unit ? &query->dimensions : &query->added;

        ARENA_PUSH(parser->arena, list->items, list->count, list->room, names.items[i]);
    }
    return 0;
}

static int parse_narrowed(struct parser *parser)
{
    struct filter *filter;
    int r;

    parser->place = PLACE_FILTER;
    r = parse_filter(parser, &filter);
    if (r >= 0)
        parser->query->where = filter_join(parser->arena, FILTER_AND, parser->query->where, filter);
    return r;
}

int parse_clauses(struct parser *parser)
{
    int r;

    while (parser->token.kind != TOKEN_END) {
        enum token_kind kind = parser->token.kind;

        if (kind == TOKEN_PLUS || (parser->edit && (kind == TOKEN_MINUS || kind == TOKEN_AMPERSAND))) {
            parser->place = PLACE_OTHER;
            r = parser_next(parser);
            if (r >= 0)
                r = kind == TOKEN_PLUS ? parse_added(parser) : kind == TOKEN_MINUS ? edit_remove(parser) : parse_narrowed(parser);
        } else if (is_clause(&parser->token) || period_begins(&parser->token)) {
            r = parse_clause(parser);
        } else {
            r = parse_unexpected(parser);
        }
        if (r < 0)
            return r;
    }
    parser_wants(parser, WANT_CLAUSE);
    return 0;
}

/* -- the line ------------------------------------------------------------------------------------------------------ */

/* "from CUBE"; "from *" names none, and as "from CUBE" allows dimensions alone. */
static int parse_from(struct parser *parser, bool *ret_bare)
{
    int r = parser_next(parser);

    if (r < 0)
        return r;
    if (period_begins(&parser->token) && parser->token.kind != TOKEN_WORD) {
        r = parse_expected(parser, "the name of a cube");
        error_hint(parser->error, "at the start of a line 'from' names a cube; a period is changed with: for from … to …");
        return r;
    }
    if (parser->token.kind == TOKEN_STAR) {
        r = parser_next(parser);
    } else {
        r = parse_name(parser, NAME_CUBE, &parser->query->cube);
    }
    if (r < 0)
        return r;
    *ret_bare = parser_at(parser, WORD_BY) || parser->token.kind == TOKEN_PLUS;
    return 0;
}

static int parse_query(struct parser *parser)
{
    bool bare = false;
    int r = 0;

    if (parser_at(parser, WORD_FROM))
        r = parse_from(parser, &bare);
    if (r < 0)
        return r;
    parser->place = PLACE_MEASURES;
    if (!bare)
        r = parse_names(parser, NAME_MEASURE, &parser->query->measures);
    return r < 0 ? r : parse_clauses(parser);
}

static int parse_edit(struct parser *parser, const struct query *previous)
{
    int r;

    if (!previous) {
        (void)parse_fail(parser, ERR_USAGE, parser->token.span, "'%s' changes the query before, and there is none",
                         lex_show(&parser->lexer, &parser->token));
        error_hint(parser->error, "a query begins with its measures: total_views by channel last 30 days");
        return ERR_USAGE;
    }
    parser->edit = true;
    r = parse_clauses(parser);
    if (r < 0)
        return r;
    if (parser->query->measures.count + parser->query->dimensions.count + parser->query->added.count == 0)
        return parse_fail(parser, ERR_USAGE, (struct span){ 0, parser->lexer.length }, "nothing would be left to ask for");
    return 0;
}

static bool is_edit(const struct token *token)
{
    return token->kind == TOKEN_PLUS || token->kind == TOKEN_MINUS || token->kind == TOKEN_AMPERSAND || is_clause(token)
           || (period_begins(token) && token->word != WORD_FROM);
}

/* Where reading can go on: at a clause, but not at the one that was just refused. */
static void step_over(struct parser *parser, size_t refused)
{
    while (parser->token.kind != TOKEN_END
           && (parser->token.span.at == refused || (!is_clause(&parser->token) && !period_begins(&parser->token)))) {
        parser_marks(parser, MARK_STRAY, parser->token.span);
        if (parser_next(parser) < 0)
            return;
    }
}

void parse_typed(struct parser *parser)
{
    int r;

    parser->edit = is_edit(&parser->token);
    r = parser->edit ? parse_clauses(parser) : parse_query(parser);
    for (size_t refused = SIZE_MAX; r < 0 && parser->token.kind != TOKEN_END;) {
        size_t at = parser->token.span.at;

        if (is_clause(&parser->token))
            parser->seen &= ~(UINT32_C(1) << parser->token.word);          /* a second one is read like the first */
        parser->depth = 0;
        step_over(parser, at == refused || !is_clause(&parser->token) ? at : SIZE_MAX);
        refused = at;
        r = parse_clauses(parser);
    }
}

int query_parse(struct arena *arena, const char *line, const struct query *previous, struct query **ret_query,
                struct error *error)
{
    struct parser parser;
    struct query *query;
    int r;

    line = arena_strdup(arena, line);
    r = parser_open(&parser, arena, line, NULL, error);
    if (r < 0)
        return r;
    if (parser.token.kind == TOKEN_END) {
        (void)error_set(error, ERR_SYNTAX, "the query is empty");
        error_hint(error, "a query begins with its measures: total_views by channel last 30 days");
        return ERR_SYNTAX;
    }
    if (is_edit(&parser.token)) {
        query = previous ? query_copy(arena, previous) : query_new(arena);
        edit_forget_places(query);
        query->remarks = NULL;
        query->remark_count = query->remark_room = 0;
        query->text = line;
        parser.query = query;
        r = parse_edit(&parser, previous);
    } else {
        parser.query = query = query_new(arena);
        query->text = line;
        r = parse_query(&parser);
    }
    if (r < 0)
        return r;
    *ret_query = query;
    return 0;
}
