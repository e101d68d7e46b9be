/*
 * See sql_statement.h. psql's spelling :'name' is a variable as well: what psql would paste as a literal is bound. A
 * colon is none behind another one (a cast), none before '=', and none behind a value in [ ]: there it is an array's
 * slice.
 */
#include "sql_statement.h"

#include <string.h>

#include "sql_lex.h"
#include "ytempire/base/str.h"

struct reader {
    struct arena         *arena;
    struct sql_statement *statement;
    struct sql_lexer      lexer;
    const struct sql_variables *variables;
    struct str            sent;
    size_t                depth;         /* of brackets of any kind */
    size_t                slices;        /* of [ ] */
    bool                  after_value;   /* the piece before, spaces aside, was a value or its end */
    bool                  parameters;    /* $1 was typed */
    struct error         *error;
};

static bool is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') || text[i] == '_' ||
              (i > 0 && text[i] >= '0' && text[i] <= '9')))
            return false;
    return length > 0;
}

static int no_value(struct reader *reader, size_t at, size_t length, const char *name, size_t name_length)
{
    const char *const *names = reader->variables->names, *near;
    size_t             count = 0;

    while (names != NULL && names[count] != NULL)
        count++;
    near = nearest_word(name, name_length, names, count);
    (void)error_set(reader->error, ERR_UNKNOWN, "':%.*s' has no value", (int)name_length, name);
    error_point(reader->error, reader->statement->typed, at, length);
    if (near != NULL)
        error_hint(reader->error, "did you mean ':%s'? a value is given with --var NAME=VALUE", near);
    error_hint(reader->error, "give it one with --var %.*s=…", (int)name_length, name);
    return ERR_UNKNOWN;
}

/* At a colon, `piece` being the one behind it: 1 when both were taken as a variable. */
static int take_variable(struct reader *reader, size_t colon, const struct sql_piece *piece)
{
    const char     *text = reader->lexer.text, *name = text + piece->at, *value;
    size_t          length = piece->length;
    struct sql_place place = {
        .typed = colon, .typed_length = piece->at + piece->length - colon, .sent = reader->sent.length};
    struct pg_value bound;

    if (piece->at != colon + 1 || piece->open || (reader->slices > 0 && reader->after_value))
        return 0;
    if (piece->kind == SQL_QUOTED && *name == '\'') {
        name++;
        length -= 2;
    } else if (piece->kind != SQL_WORD) {
        return 0;
    }
    if (!is_name(name, length))
        return 0;
    value = reader->variables->value(reader->variables->who, name, length);
    if (value == NULL)
        return reader->slices > 0 ? 0 : no_value(reader, colon, place.typed_length, name, length);
    bound = PG_TEXT(value);
    ARENA_PUSH(reader->arena, reader->statement->values, reader->statement->value_count, reader->statement->value_room,
               bound);
    str_addf(&reader->sent, "$%zu", reader->statement->value_count);
    place.sent_length = reader->sent.length - place.sent;
    ARENA_PUSH(reader->arena, reader->statement->places, reader->statement->place_count, reader->statement->place_room,
               place);
    return 1;
}

static void take_mark(struct reader *reader, char c)
{
    if (strchr("([{", c) != NULL) {
        reader->depth++;
        reader->slices += c == '[';
    } else if (strchr(")]}", c) != NULL) {
        if (reader->depth == 0)
            reader->statement->balanced = false;
        reader->depth -= reader->depth > 0;
        reader->slices -= c == ']' && reader->slices > 0;
    } else if (c == ';' && reader->depth == 0) {
        reader->statement->balanced = false;
    }
}

static void remember_verb(struct reader *reader, const struct sql_piece *piece)
{
    char *verb;

    if (reader->statement->verb != NULL || piece->kind == SQL_SPACE || piece->kind == SQL_LINE ||
        piece->kind == SQL_COMMENT)
        return;
    if (piece->kind == SQL_MARK && reader->lexer.text[piece->at] == '(')
        return;
    verb = arena_strndup(reader->arena, reader->lexer.text + piece->at, piece->kind == SQL_WORD ? piece->length : 0);
    for (char *c = verb; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 32);
    reader->statement->verb = verb;
}

static void remember_value(struct reader *reader, const struct sql_piece *piece)
{
    char c = reader->lexer.text[piece->at];

    if (piece->kind != SQL_SPACE && piece->kind != SQL_LINE && piece->kind != SQL_COMMENT)
        reader->after_value = piece->kind != SQL_MARK || c == ')' || c == ']';
}

static int take_colon(struct reader *reader, const struct sql_piece *colon)
{
    struct sql_piece next;
    size_t           back = reader->lexer.at;
    int              r;

    if (reader->lexer.text[back] == ':') {           /* a cast: both colons are passed over */
        str_add(&reader->sent, "::");
        reader->lexer.at = back + 1;
        return 0;
    }
    r = sql_next(&reader->lexer, &next) ? take_variable(reader, colon->at, &next) : 0;
    if (r == 0) {
        str_add_char(&reader->sent, ':');
        reader->lexer.at = back;
    }
    return r;
}

static int read_pieces(struct reader *reader)
{
    struct sql_piece piece;
    int              r = 0;

    while (r >= 0 && sql_next(&reader->lexer, &piece)) {
        char c = reader->lexer.text[piece.at];

        remember_verb(reader, &piece);
        reader->parameters |= piece.kind == SQL_PARAMETER;
        if (piece.open)
            reader->statement->balanced = false;
        if (piece.kind == SQL_MARK && c == ':') {
            r = take_colon(reader, &piece);
            reader->after_value = r > 0;
            continue;
        }
        remember_value(reader, &piece);
        if (piece.kind == SQL_MARK)
            take_mark(reader, c);
        str_add_bytes(&reader->sent, reader->lexer.text + piece.at, piece.length);
    }
    return r;
}

/* A semicolon at the end says nothing that the end does not. */
static size_t length_of_statement(const char *text)
{
    size_t           end = 0;
    struct sql_lexer lexer = {.text = text, .length = strlen(text)};
    struct sql_piece piece;

    while (sql_next(&lexer, &piece))
        if (piece.kind != SQL_SPACE && piece.kind != SQL_LINE && !(piece.kind == SQL_MARK && text[piece.at] == ';'))
            end = piece.at + piece.length;
    return end;
}

int sql_statement_read(struct arena *arena, const char *text, const struct sql_variables *variables,
                       struct sql_statement *ret_statement, struct error *error)
{
    struct sql_statement statement = {.typed = arena_strndup(arena, text, length_of_statement(text)), .balanced = true};
    struct reader        reader = {.arena = arena, .statement = &statement, .variables = variables, .error = error};
    int                  r;

    reader.lexer = (struct sql_lexer){.text = statement.typed, .length = strlen(statement.typed)};
    r = read_pieces(&reader);
    if (r >= 0 && reader.parameters && statement.value_count > 0) {
        r = error_set(error, ERR_USAGE, "$1 and :NAME do not go together");
        error_hint(error, "values come by name: --var NAME=VALUE and :NAME");
    }
    statement.balanced &= reader.depth == 0;
    statement.sent = arena_strndup(arena, str_text(&reader.sent), reader.sent.length);
    if (statement.verb == NULL)
        statement.verb = "";
    str_done(&reader.sent);
    if (r < 0)
        return r;
    *ret_statement = statement;
    return 0;
}

void sql_statement_point(const struct sql_statement *statement, size_t prefix, struct error *error)
{
    size_t at, length, shift = 0;

    if (error == NULL || error->subject == NULL ||
        strncmp(error->subject + (prefix <= strlen(error->subject) ? prefix : 0), statement->sent,
                strlen(statement->sent)) != 0)
        return;
    at = error->at > prefix ? error->at - prefix : 0;
    length = error->length;
    for (size_t i = 0; i < statement->place_count && statement->places[i].sent <= at; i++) {
        const struct sql_place *place = &statement->places[i];

        if (at < place->sent + place->sent_length) {
            at = place->sent;
            length = place->typed_length;
            shift = place->typed - place->sent;
            break;
        }
        shift = place->typed + place->typed_length - place->sent - place->sent_length;
    }
    mem_free(error->subject);
    error->subject = NULL;
    error_point(error, statement->typed, at + shift, length);
}
