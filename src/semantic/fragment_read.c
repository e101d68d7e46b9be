/*
 * Reading a fragment: references out, parse, walk, cut. The only file of this room that knows libpg_query.
 */
#include "src/semantic/fragment_work.h"

#include <stdio.h>
#include <string.h>

#include <pg_query.h>

#include "src/semantic/fragment_lex.h"
#include "ytempire/base/utf8.h"

#define FRAME_BEFORE "SELECT ("
#define FRAME_AFTER "\n)"              /* the line break ends a comment; we blank those, PostgreSQL's reader agrees */

int fragment_fail(struct fragment_fault *fault, size_t at, const char *hint, const char *format, ...)
{
    va_list args;

    fault->at = at;
    va_start(args, format);
    vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
    snprintf(fault->hint, sizeof fault->hint, "%s", hint);
    return ERR_SYNTAX;
}

/* The byte of the source that stands at a place of the text. */
static size_t source_place(const struct work *work, size_t at)
{
    struct shift last = { work->body, 0 };

    for (size_t i = 0; i < work->shift_count && work->shifts[i].text <= at; i++)
        last = work->shifts[i];
    return at < last.text ? last.source : last.source + (at - last.text);
}

int work_fail(const struct work *work, size_t at, const char *hint, const char *format, ...)
{
    char    message[sizeof work->fault->message];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return fragment_fail(work->fault, source_place(work, at), hint, "%s", message);
}

void work_edit(struct work *work, size_t start, size_t end, int rank, struct piece piece)
{
    struct edit edit = { .start = start, .end = end, .rank = rank, .piece = piece };

    VEC_PUSH(work->edits, work->edit_count, work->edit_room, edit);
}

static void work_done(struct work *work)
{
    str_done(&work->text);
    mem_free(work->shifts);
    mem_free(work->stand_ins);
    mem_free(work->edits);
    mem_free(work->aggregates);
    mem_free(work->names);
    mem_free(work->selects);
}

/* -- references ---------------------------------------------------------------------------------------------------- */

static int replace_reference(struct work *work, struct lexeme lexeme)
{
    const char     *source   = work->request->source, *begin = source + lexeme.at, *end = source + lexeme.end;
    struct stand_in stand_in = { .start = work->text.length };
    int             r;

    if (end[-1] != '}')
        return fragment_fail(work->fault, lexeme.at, "close it with }", "a reference is not closed");
    begin += *begin == '$' ? 2 : 1;
    end--;
    while (begin < end && *begin == ' ')
        begin++;
    while (end > begin && end[-1] == ' ')
        end--;
    work->fault->at = lexeme.at;
    r = work->request->resolve(work->request->who, begin, (size_t) (end - begin), source[lexeme.end] == '.',
                               &stand_in.reference, work->fault);
    if (r < 0) {
        work->fault->at = lexeme.at;
        return r;
    }
    str_addf(&work->text, "ytempire_reference_%zu", work->stand_in_count);
    stand_in.end = work->text.length;
    VEC_PUSH(work->stand_ins, work->stand_in_count, work->stand_in_room, stand_in);
    VEC_PUSH(work->shifts, work->shift_count, work->shift_room, ((struct shift){ work->text.length, lexeme.end }));
    return 0;
}

/* Fills `text`; brackets must match inside the source alone, or it could close the frame's. */
static int make_text(struct work *work)
{
    const char   *source = work->request->source;
    size_t        length = strlen(source), depth = 0;
    struct lexeme lexeme = {0};
    int           r;

    str_add(&work->text, FRAME_BEFORE);
    work->body = work->text.length;
    for (lexeme = lexeme_next(source, length, 0); lexeme.kind != LEXEME_END;
         lexeme = lexeme_next(source, length, lexeme.end)) {
        if (lexeme.kind == LEXEME_OPEN)
            depth++;
        if (lexeme.kind == LEXEME_CLOSE && depth-- == 0)
            return fragment_fail(work->fault, lexeme.at, "", "a bracket closes what was not opened");
        if (lexeme.kind == LEXEME_REFERENCE) {
            r = replace_reference(work, lexeme);
            if (r < 0)
                return r;
        } else if (lexeme.kind == LEXEME_COMMENT) {
            str_add_char(&work->text, ' ');
            VEC_PUSH(work->shifts, work->shift_count, work->shift_room, ((struct shift){ work->text.length, lexeme.end }));
        } else {
            str_add_bytes(&work->text, source + lexeme.at, lexeme.end - lexeme.at);
        }
    }
    if (depth)
        return fragment_fail(work->fault, length, "", "a bracket is not closed");
    work->body_end = work->text.length;
    str_add(&work->text, FRAME_AFTER);
    return 0;
}

/* -- what the frame holds ------------------------------------------------------------------------------------------ */

static bool only_keys(const struct tree_node *object, const char *const *keys)
{
    for (const struct tree_node *node = object->first; node; node = node->next) {
        bool known = false;

        for (size_t i = 0; keys[i] && !known; i++)
            known = tree_key_is(node, keys[i]);
        if (!known)
            return false;
    }
    return true;
}

/* One statement, one target, nothing else; returns the expression or NULL. */
static const struct tree_node *find_expression(const struct tree_node *root)
{
    static const char *const select_keys[] = { "targetList", "limitOption", "op", NULL };
    static const char *const target_keys[] = { "val", "location", NULL };
    const struct tree_node  *statements = tree_get(root, "stmts"), *select, *targets, *target;

    if (!statements || statements->count != 1)
        return NULL;
    select = tree_get(tree_get(statements->first, "stmt"), "SelectStmt");
    if (!select || !only_keys(select, select_keys))
        return NULL;
    targets = tree_get(select, "targetList");
    if (!targets || targets->count != 1)
        return NULL;
    target = tree_get(targets->first, "ResTarget");
    return target && only_keys(target, target_keys) ? tree_get(target, "val") : NULL;
}

/* `SELECT …` without brackets of its own got the frame's; they must go with it. */
static bool is_naked_select(const struct work *work, const struct tree_node *expression)
{
    const struct tree_node *link  = tree_get(expression, "SubLink");
    struct lexeme           first = lexeme_skip(work->text.data, work->body_end, work->body);

    return link && tree_text_is(tree_get(link, "subLinkType"), "EXPR_SUBLINK") && first.kind == LEXEME_WORD;
}

static int check_expression(struct work *work, const struct tree_node *expression)
{
    const struct tree_node *row;

    if (!expression)
        return work_fail(work, work->body, "", "one expression is expected");
    row = tree_get(expression, "RowExpr");
    if (row && tree_text_is(tree_get(row, "row_format"), "COERCE_IMPLICIT_CAST"))
        return work_fail(work, work->body, "", "one expression is expected, not a list");
    if (is_naked_select(work, expression)) {
        work_edit(work, work->body, work->body, RANK_OPEN, (struct piece){ .kind = PIECE_TEXT, .text = "(" });
        work_edit(work, work->body_end, work->body_end, RANK_CLOSE, (struct piece){ .kind = PIECE_TEXT, .text = ")" });
    }
    return 0;
}

static int walk_text(struct work *work, struct tree *tree, const char *json)
{
    struct tree_fault       fault;
    const struct tree_node *expression;
    int                     r;

    r = tree_read(tree, json, strlen(json), FRAGMENT_DEPTH, &fault);
    if (r < 0)
        return work_fail(work, work->body, "split it up", "the expression is nested too deep");
    expression = find_expression(tree->root);
    r          = check_expression(work, expression);
    if (r < 0)
        return r;
    r = work_walk(work, expression);
    if (r < 0)
        return r;
    for (size_t i = 0; i < work->stand_in_count; i++)
        if (!work->stand_ins[i].used)
            return work_fail(work, work->stand_ins[i].start, "", "a reference stands where a column is expected");
    return 0;
}

/* PostgreSQL's parser counts characters from 1. */
static size_t byte_of_character(const struct str *text, size_t character)
{
    size_t   at = 0, size;
    uint32_t point;

    for (; character > 1 && (size = utf8_decode(str_text(text) + at, text->length - at, &point)) > 0; character--)
        at += size;
    return at;
}

static int parse_text(struct work *work)
{
    PgQueryParseResult result = pg_query_parse(work->text.data);
    struct tree        tree   = {0};
    int                r;

    if (result.error) {
        size_t at = work->body;

        if (result.error->cursorpos > 0)
            at = byte_of_character(&work->text, (size_t) result.error->cursorpos);

        if (at > work->body_end)
            r = work_fail(work, work->body_end, "", "the SQL ends too early");
        else if (strstr(result.error->message, "ytempire_reference_"))
            r = work_fail(work, at, "", "PostgreSQL's parser: syntax error at or near a reference");
        else
            r = work_fail(work, at, "", "PostgreSQL's parser: %s", result.error->message);
    } else {
        r = walk_text(work, &tree, result.parse_tree);
    }
    tree_done(&tree);
    pg_query_free_parse_result(result);
    return r;
}

/* -- cutting ------------------------------------------------------------------------------------------------------- */

static void sort_edits(struct work *work)
{
    for (size_t i = 1; i < work->edit_count; i++) {
        struct edit edit = work->edits[i];
        size_t      at   = i;

        while (at > 0 && (work->edits[at - 1].start > edit.start
                          || (work->edits[at - 1].start == edit.start && work->edits[at - 1].rank > edit.rank))) {
            work->edits[at] = work->edits[at - 1];
            at--;
        }
        work->edits[at] = edit;
    }
}

struct builder {
    struct arena   *arena;
    struct fragment fragment;
    size_t          piece_room, column_room, join_room;
};

static void add_piece(struct builder *builder, struct piece piece)
{
    ARENA_PUSH(builder->arena, builder->fragment.pieces, builder->fragment.piece_count, builder->piece_room, piece);
}

static void add_text(struct builder *builder, const char *text, size_t length)
{
    if (length)
        add_piece(builder, (struct piece){ .kind = PIECE_TEXT, .text = arena_strndup(builder->arena, text, length) });
}

static void add_column(struct builder *builder, const char *column)
{
    for (size_t i = 0; i < builder->fragment.column_count; i++)
        if (text_equal(builder->fragment.columns[i], column))
            return;
    ARENA_PUSH(builder->arena, builder->fragment.columns, builder->fragment.column_count, builder->column_room, column);
}

static void add_join(struct builder *builder, struct join *join)
{
    for (size_t i = 0; i < builder->fragment.join_count; i++)
        if (builder->fragment.joins[i] == join)
            return;
    ARENA_PUSH(builder->arena, builder->fragment.joins, builder->fragment.join_count, builder->join_room, join);
}

/* What `other` needs is needed by the one being built. */
static void add_needs(struct builder *builder, const struct fragment *other, bool columns)
{
    for (size_t i = 0; columns && i < other->column_count; i++)
        add_column(builder, other->columns[i]);
    for (size_t i = 0; i < other->join_count; i++)
        add_join(builder, other->joins[i]);
    builder->fragment.has_subselect |= other->has_subselect;
    builder->fragment.has_zone |= other->has_zone;
    builder->fragment.has_clock |= other->has_clock;
}

/* The joined cube's SQL under the join's alias. */
static void add_inlined(struct builder *builder, const struct fragment *inlined, struct join *join)
{
    struct piece alias = { .kind = PIECE_JOIN_ALIAS, .join = join };

    add_text(builder, "(", 1);
    for (size_t i = 0; i < inlined->piece_count; i++) {
        struct piece piece = inlined->pieces[i];

        if (piece.kind == PIECE_COLUMN) {
            add_piece(builder, alias);
            add_text(builder, ".", 1);
            add_text(builder, piece.text, strlen(piece.text));
        } else if (piece.kind == PIECE_ALIAS) {
            add_piece(builder, alias);
        } else if (piece.kind == PIECE_DIMENSION) {
            add_inlined(builder, &piece.dimension->sql, join);
        } else {
            add_piece(builder, piece);
        }
    }
    add_text(builder, ")", 1);
    add_join(builder, join);
    add_needs(builder, inlined, false);
}

static void add_needs_of_edit(struct builder *builder, const struct edit *edit)
{
    if (edit->column)
        add_column(builder, edit->column);
    if (edit->piece.kind == PIECE_JOIN_ALIAS)
        add_join(builder, edit->piece.join);
    if (edit->piece.kind == PIECE_DIMENSION)
        add_needs(builder, &edit->piece.dimension->sql, true);
    if (edit->inlined)
        add_needs(builder, edit->inlined, false);
    builder->fragment.has_zone |= edit->piece.kind == PIECE_ZONE;
    builder->fragment.has_clock |= edit->piece.kind == PIECE_NOW || edit->piece.kind == PIECE_TODAY;
}

/* `source` of a part is its slice of the whole source: the planner takes two of one text in one cube for the same. */
static struct fragment cut(const struct work *work, size_t start, size_t end)
{
    struct builder builder = { .arena = work->request->arena };
    const char    *text    = work->text.data;
    size_t         at      = start;

    for (size_t i = 0; i < work->edit_count; i++) {
        const struct edit *edit = &work->edits[i];

        if (edit->start < start || edit->end > end || (edit->start == end && edit->rank != RANK_CLOSE))
            continue;
        add_needs_of_edit(&builder, edit);
        if (edit->start < at)
            continue;                  /* inside an aggregate */
        add_text(&builder, text + at, edit->start - at);
        at = edit->end;
        if (edit->inlined)
            add_inlined(&builder, edit->inlined, edit->piece.join);
        else if (edit->piece.kind != PIECE_TEXT || edit->piece.text[0])
            add_piece(&builder, edit->piece);
    }
    add_text(&builder, text + at, end - at);
    for (size_t i = 0; i < work->select_count; i++)
        if (work->selects[i] + 1 >= start && work->selects[i] < end)
            builder.fragment.has_subselect = true;
    start = source_place(work, start);
    builder.fragment.source = arena_strndup(builder.arena, work->request->source + start, source_place(work, end) - start);
    return builder.fragment;
}

/* Divisions between measures are never of whole numbers, those between aggregates are as the file's author wrote them. */
static void settle_guards(struct work *work)
{
    for (size_t i = 0; i < work->edit_count; i++) {
        struct piece *piece = &work->edits[i].piece;
        bool          open  = work->edits[i].rank == RANK_OPEN;

        if (piece->kind != PIECE_TEXT || piece->aggregate == GUARD_NONE)
            continue;
        if (piece->aggregate == GUARD_ZERO && work->has_measure)
            piece->text = open ? "NULLIF((" : ")::numeric, 0)";
        else if (piece->aggregate == GUARD_ZERO)
            piece->text = open ? "NULLIF(" : ", 0)";
        else if (work->has_measure)
            piece->text = open ? "((" : ")::numeric)";
        piece->aggregate = 0;
    }
}

static void cut_all(struct work *work, struct fragment_answer *answer)
{
    struct arena *arena = work->request->arena;

    sort_edits(work);
    settle_guards(work);
    answer->fragment        = cut(work, work->body, work->body_end);
    answer->has_measure     = work->has_measure;
    answer->aggregate_count = work->aggregate_count;
    answer->aggregates      = work->aggregate_count ? ARENA_ARRAY(arena, struct aggregate, work->aggregate_count) : NULL;
    for (size_t i = 0; i < work->aggregate_count; i++) {
        const struct found_aggregate *found = &work->aggregates[i];

        answer->aggregates[i].kind = found->kind;
        if (found->argument < found->argument_end)
            answer->aggregates[i].argument = cut(work, found->argument, found->argument_end);
        if (found->filter < found->filter_end)
            answer->aggregates[i].filter = cut(work, found->filter, found->filter_end);
    }
}

/* One lower-case word with an underscore is a column: no word of SQL looks so but a few that begin like these. */
static bool is_plain_column(const char *source)
{
    static const char *const words[] = { "current_", "session_", "system_", "array_", "json_", NULL };
    bool                     underscore = false;

    if (!((*source >= 'a' && *source <= 'z')))
        return false;
    for (size_t i = 0; words[i]; i++)
        if (text_starts(source, words[i]))
            return false;
    for (; *source; source++) {
        if (*source == '_')
            underscore = true;
        else if (!((*source >= 'a' && *source <= 'z') || (*source >= '0' && *source <= '9')))
            return false;
    }
    return underscore;
}

static void answer_plain(const struct fragment_request *request, struct fragment_answer *answer)
{
    struct builder builder = { .arena = request->arena };

    add_piece(&builder, (struct piece){ .kind = PIECE_COLUMN, .text = request->source });
    add_column(&builder, request->source);
    builder.fragment.source = request->source;
    answer->fragment        = builder.fragment;
}

int fragment_read(const struct fragment_request *request, struct fragment_answer *ret_answer, struct fragment_fault *fault)
{
    struct work            work   = { .request = request, .fault = fault };
    struct fragment_answer answer = {0};
    size_t                 length = strlen(request->source);
    int                    r;

    if (length > FRAGMENT_LENGTH_MAX)
        return fragment_fail(fault, 0, "", "SQL of more than %d bytes", FRAGMENT_LENGTH_MAX);
    if (request->use == FRAGMENT_ROW && length < 64 && is_plain_column(request->source)
        && !text_equal(request->source, request->table)) {
        answer_plain(request, &answer);
        *ret_answer = answer;
        return 0;
    }
    r = make_text(&work);
    if (r == 0)
        r = parse_text(&work);
    if (r == 0) {
        cut_all(&work, &answer);
        *ret_answer = answer;
    }
    work_done(&work);
    return r;
}
