/* semantic/assist_spans: what each word of a line is, for colours and for marking what is wrong before it is sent. */
#include <string.h>

#include "src/semantic/assist_work.h"

struct painter {
    struct arena *arena;
    const char *text;
    size_t cursor;
    struct line_names names;
    size_t mark;    /* the one at hand */
    bool in_period; /* in one that does not read to its end */
    struct word_span *spans;
    size_t count, room;
};

static void paint(struct painter *painter, struct span span, enum word_class class)
{
    struct word_span item = {span.at, span.length, class};

    if (class != SPAN_PLAIN && span.length > 0)
        ARENA_PUSH(painter->arena, painter->spans, painter->count, painter->room, item);
}

/* The person is in the middle of a word: it is wrong only when nothing that could stand there begins so. */
static bool is_being_typed(const struct painter *painter, struct span span)
{
    struct semantic_assist assist = {.model = painter->names.model};
    struct candidates candidates;

    span.length += painter->text[span.at + span.length] == '.'; /* "Costs." is on its way to a member */
    if (painter->cursor != span.at + span.length)
        return false;
    semantic_complete(painter->arena, &assist, painter->text, strlen(painter->text), painter->cursor, &candidates);
    return candidates.count > 0 && !candidates.guessed &&
           assist_match(candidates.items[0].text, painter->text + span.at, span.length) < MATCH_PART;
}

static enum word_class class_of_member(const struct painter *painter, const char *text, bool measures, bool dimensions)
{
    struct member member;
    enum data_unit unit;

    if (dimensions && names_dimension(&painter->names, text, &member, &unit))
        return SPAN_DIMENSION;
    if (measures && names_measure(&painter->names, text, &member))
        return SPAN_MEASURE;
    return SPAN_UNKNOWN;
}

static bool is_unit(const char *text)
{
    enum data_unit unit;
    int part;

    return word_find(text, strlen(text), &unit, &part) == WORD_UNIT;
}

static enum word_class class_of_name(const struct painter *painter, const struct mark *mark)
{
    const char *text = names_text(&painter->names, mark);

    if ((mark->role == NAME_DIMENSION || mark->role == NAME_ORDER || mark->role == NAME_ADDED ||
         mark->role == NAME_REMOVED) &&
        is_unit(text))
        return SPAN_DIMENSION;
    if (!painter->names.model)
        return SPAN_PLAIN;
    switch (mark->role) {
    case NAME_MEASURE:
    case NAME_TOP:
        return class_of_member(painter, text, true, false);
    case NAME_DIMENSION:
    case NAME_TIME:
        return class_of_member(painter, text, false, true);
    case NAME_SEGMENT:
        return names_segment(&painter->names, text) ? SPAN_SEGMENT : SPAN_UNKNOWN;
    case NAME_CUBE:
        return model_cube(painter->names.model, text) ? SPAN_CUBE : SPAN_UNKNOWN;
    case NAME_TESTED:
    case NAME_ORDER:
    case NAME_ADDED:
    case NAME_REMOVED:
    default:
        return class_of_member(painter, text, true, true);
    }
}

static enum word_class class_of_token(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_STRING:
        return SPAN_STRING;
    case TOKEN_NUMBER:
        return SPAN_NUMBER;
    case TOKEN_POINT:
    case TOKEN_DURATION:
        return SPAN_PERIOD;
    case TOKEN_VARIABLE:
        return SPAN_VARIABLE;
    case TOKEN_COMPARE:
    case TOKEN_RANGE:
    case TOKEN_PLUS:
    case TOKEN_MINUS:
    case TOKEN_AMPERSAND:
    case TOKEN_STAR:
        return SPAN_OPERATOR;
    case TOKEN_BAD:
        if (token->text[0] == '.')
            return SPAN_PLAIN;
        return strchr("'\"", token->text[0]) ? SPAN_STRING : token->text[0] == ':' ? SPAN_VARIABLE : SPAN_PLAIN;
    case TOKEN_WORD:
        if (token->word >= WORD_IN && token->word <= WORD_BETWEEN)
            return SPAN_OPERATOR;
        return token->word == WORD_PLAIN ? SPAN_PLAIN : SPAN_KEYWORD;
    case TOKEN_END:
    case TOKEN_COMMA:
    case TOKEN_OPEN:
    case TOKEN_CLOSE:
    default:
        return SPAN_PLAIN;
    }
}

static enum word_class class_in_mark(const struct painter *painter, const struct mark *mark, const struct token *token)
{
    enum word_class class = class_of_token(token);

    switch (mark->kind) {
    case MARK_NAME:
        return class_of_name(painter, mark);
    case MARK_PERIOD:
        return SPAN_PERIOD;
    case MARK_ZONE:
        return SPAN_STRING;
    case MARK_VALUE:
        if (mark->span.length > token->span.length) /* 7 days ago */
            return SPAN_PERIOD;
        return token->kind == TOKEN_WORD ? SPAN_STRING : class;
    case MARK_STRAY:
    default:
        return painter->names.model &&
                       (token->kind == TOKEN_WORD || (token->kind == TOKEN_BAD && class == SPAN_PLAIN)) &&
                       token->text[0] != '.'
                   ? SPAN_UNKNOWN
                   : class;
    }
}

/* The mark that a token lies in, or NULL. A period that does not read ends where a clause begins. */
static const struct mark *mark_at(struct painter *painter, const struct token *token)
{
    const struct probe *probe = painter->names.probe;
    size_t at = token->span.at;

    while (painter->mark < probe->mark_count) {
        const struct mark *mark = &probe->marks[painter->mark], *next = mark + 1;
        bool open = mark->kind == MARK_PERIOD && mark->span.length == 0;

        if (open && mark->span.at <= at && (painter->mark + 1 == probe->mark_count || next->span.at > at))
            return token->kind == TOKEN_WORD && token->word >= WORD_BY && token->word <= WORD_UNGROUPED &&
                           token->word != WORD_FOR
                       ? NULL
                       : mark;
        if (open ? at < mark->span.at : at < mark->span.at + mark->span.length)
            return at >= mark->span.at ? mark : NULL;
        painter->mark++;
    }
    return NULL;
}

static void paint_token(struct painter *painter, const struct token *token)
{
    const struct mark *mark = mark_at(painter, token);
    enum word_class class = mark ? class_in_mark(painter, mark, token) : class_of_token(token);

    if (class == SPAN_UNKNOWN && is_being_typed(painter, token->span))
        class = SPAN_PLAIN;
    paint(painter, token->span, class);
}

/* Cube's JSON: texts, numbers, and true, false and null. */
static void paint_json(struct painter *painter, struct lexer *lexer)
{
    struct token token = {0}, before = {0};

    for (;;) {
        before.word = WORD_PLAIN;
        assist_next(lexer, &before, &token);
        if (token.kind == TOKEN_END)
            return;
        paint(painter, token.span,
              token.kind == TOKEN_WORD ? SPAN_KEYWORD
              : token.text[0] == ':'   ? SPAN_PLAIN
                                       : class_of_token(&token));
    }
}

void semantic_spans(struct arena *arena, const struct model *model, const char *line, size_t length, size_t cursor,
                    const struct word_span **ret_spans, size_t *ret_count)
{
    const char *text = assist_clean(arena, line, length);
    struct painter painter = {.arena = arena, .text = text, .cursor = cursor};
    struct lexer lexer = {.arena = arena, .text = text, .length = strlen(text), .forgives = true};
    struct token token = {0}, before = {0};
    struct parser parser;
    struct probe probe;

    if (assist_is_json(text)) {
        paint_json(&painter, &lexer);
    } else {
        assist_read(arena, text, &probe, &parser);
        names_read(&painter.names, arena, model, text, &probe, NULL);
        for (;; before = token) {
            assist_next(&lexer, &before, &token);
            if (token.kind == TOKEN_END)
                break;
            paint_token(&painter, &token);
        }
    }
    *ret_spans = painter.spans;
    *ret_count = painter.count;
}
