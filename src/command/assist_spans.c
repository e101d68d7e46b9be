/* command/assist_spans: colours of a text of commands, queries, SQL and comments. */
#include <string.h>

#include "assist_int.h"
#include "nouns.h"
#include "sql_lex.h"
#include "ytempire/base/word.h"

struct painter {
    struct arena *arena;
    const struct model *model;
    struct word_span *spans;
    size_t count, room;
};

static void paint(struct painter *painter, size_t at, size_t length, enum word_class class)
{
    struct word_span span = {at, length, class};

    if (length > 0)
        ARENA_PUSH(painter->arena, painter->spans, painter->count, painter->room, span);
}

/* A command's name is on its way: not yet an unknown measure. */
static bool begins_command(const char *word, size_t length)
{
    for (const struct command *const *command = commands; *command != NULL; command++)
        if (strncmp((*command)->name, word, length) == 0)
            return true;
    return false;
}

static void paint_query(struct painter *painter, const char *text, size_t base, size_t cursor)
{
    const struct word_span *spans;
    size_t count;

    semantic_spans(painter->arena, painter->model, text, strlen(text), cursor, &spans, &count);
    for (size_t i = 0; i < count; i++) {
        const struct word_span *span = &spans[i];

        if (span->class == SPAN_UNKNOWN && span->at == 0 && cursor == span->length &&
            begins_command(text, span->length))
            continue;
        paint(painter, base + span->at, span->length, span->class);
    }
}

static void paint_sql(struct painter *painter, const char *text, size_t base)
{
    static const enum word_class classes[] = {[SQL_COMMENT] = SPAN_COMMENT,
                                              [SQL_NUMBER] = SPAN_NUMBER,
                                              [SQL_QUOTED] = SPAN_STRING,
                                              [SQL_PARAMETER] = SPAN_VARIABLE,
                                              [SQL_MARK] = SPAN_PLAIN};
    struct sql_lexer lexer = {.text = text, .length = strlen(text)};
    struct sql_piece piece;
    bool first = true;

    while (sql_next(&lexer, &piece)) {
        enum word_class class = piece.kind < COUNT_OF(classes) ? classes[piece.kind] : SPAN_PLAIN;

        if (first && piece.kind == SQL_WORD)
            class = SPAN_KEYWORD;
        first = first && piece.kind != SQL_WORD;
        if (class != SPAN_PLAIN)
            paint(painter, base + piece.at, piece.length, class);
    }
}

static void paint_command(struct painter *painter, const char *text, size_t base, size_t cursor);

/* `cursor` counts from the start of the text it is about; SIZE_MAX stays. */
static size_t cursor_in(size_t cursor, size_t start)
{
    return cursor == SIZE_MAX || cursor < start ? SIZE_MAX : cursor - start;
}

static void paint_args(struct painter *painter, const struct command *command, const char *text, size_t name_end,
                       size_t base, size_t cursor)
{
    size_t at = name_end;

    for (;;) {
        struct place place;

        at = word_skip_space(text, at);
        if (text[at] == '\0')
            return;
        place = assist_place(command, text, name_end, assist_word_end(text, at));
        if (place.rest && place.arg->complete == COMPLETE_QUERY)
            paint_query(painter, text + at, base + at, cursor_in(cursor, at));
        else if (place.rest && place.arg->kind == ARG_COMMAND)
            paint_command(painter, text + at, base + at, cursor_in(cursor, at));
        if (place.rest)
            return;
        if (text_starts(text + at, "--"))
            paint(painter, base + at, place.end - at, SPAN_OPTION);
        else if (text[at] == '\'' || text[at] == '"')
            paint(painter, base + at, place.end - at, SPAN_STRING);
        else if ((place.arg->kind == ARG_WORD || place.arg->kind == ARG_OPTIONAL_WORD) &&
                 strlen(place.arg->name) == place.end - at && text_starts(text + at, place.arg->name))
            paint(painter, base + at, place.end - at, SPAN_KEYWORD);
        at = place.end;
    }
}

static void paint_command(struct painter *painter, const char *text, size_t base, size_t cursor)
{
    size_t end = 0;
    const struct command *command = command_named(text, 0, &end);

    if (command == NULL && sql_line_is_statement(text, strlen(text))) {
        paint_sql(painter, text, base);
    } else if (command == NULL) {
        paint_query(painter, text, base, cursor);
    } else {
        paint(painter, base, end, SPAN_COMMAND);
        if (command == &command_sql)
            paint_sql(painter, text + end, base + end);
        else
            paint_args(painter, command, text, end, base, cursor);
    }
}

/* Comments lie between commands, and on lines inside of them. */
static void paint_comments(struct painter *painter, const char *text, size_t at, size_t end)
{
    while (at < end) {
        size_t line_end = at + strcspn(text + at, "\n");
        bool starts = at == 0 || text[at - 1] == '\n' || text[at - 1] == ';' || word_is_space(text[at - 1]);

        line_end = line_end < end ? line_end : end;
        if (starts && (text[at] == '#' || text_starts(text + at, "--"))) {
            paint(painter, at, line_end - at, SPAN_COMMENT);
            at = line_end;
        }
        at++;
    }
}

void command_spans(struct arena *arena, const struct model *model, const char *line, size_t length, size_t cursor,
                   const struct word_span **ret_spans, size_t *ret_count)
{
    struct painter painter = {.arena = arena, .model = model};
    const char *text = assist_text(arena, line, length);
    size_t at = 0, start, end;

    while (at < length) {
        split_bounds(text + at, length - at, 0, &start, &end);
        if (start > 0 && at + start < length)      /* behind comments and blank lines */
            split_bounds(text + at, length - at, start, &start, &end);
        paint_comments(&painter, text, at, at + start);
        if (end == start)
            break;
        paint_command(&painter, arena_strndup(arena, text + at + start, end - start), at + start,
                      cursor_in(cursor, at + start));
        at += end;
    }
    *ret_spans = painter.spans;
    *ret_count = painter.count;
}
