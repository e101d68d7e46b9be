/* semantic/assist_complete: the word at the cursor, what may stand there, and the best of it first. */
#include <stdlib.h>
#include <string.h>

#include "src/semantic/assist_work.h"
#include "ytempire/base/utf8.h"

/* -- the word at the cursor ---------------------------------------------------------------------------------------- */

static bool is_quote(char c)
{
    return c == '\'' || c == '"';
}

/* Words, numbers, dates and what is on its way to be one; marks are complete as they stand. */
static bool is_word(const struct token *token, const char *text)
{
    unsigned char c = (unsigned char)text[token->span.at];

    switch (token->kind) {
    case TOKEN_WORD:
    case TOKEN_NUMBER:
    case TOKEN_POINT:
    case TOKEN_DURATION:
    case TOKEN_VARIABLE:
    case TOKEN_STRING:
        return true;
    case TOKEN_BAD:
        return is_quote((char)c) || c == ':' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    case TOKEN_END:
    case TOKEN_COMPARE:
    case TOKEN_COMMA:
    case TOKEN_OPEN:
    case TOKEN_CLOSE:
    case TOKEN_RANGE:
    case TOKEN_PLUS:
    case TOKEN_MINUS:
    case TOKEN_AMPERSAND:
    case TOKEN_STAR:
    default:
        return false;
    }
}

/* "published_at." and the cursor: the name goes on. */
static bool is_point_of(const struct token *token, const struct token *before, const char *text)
{
    return token->kind == TOKEN_BAD && token->span.length == 1 && text[token->span.at] == '.' &&
           before->kind == TOKEN_WORD && before->span.at + before->span.length == token->span.at;
}

static bool quote_is_closed(const char *text, const struct token *token)
{
    return token->span.length > 1 && text[token->span.at + token->span.length - 1] == text[token->span.at];
}

static void find_word(struct completion *c)
{
    struct lexer lexer = {.arena = c->arena, .text = c->text, .length = c->length, .forgives = true};
    struct token token, before = {0};

    c->at = c->end = c->cursor;
    for (;; before = token) {
        size_t end;

        assist_next(&lexer, &before, &token);
        end = token.span.at + token.span.length;
        if (token.kind == TOKEN_END || token.span.at >= c->cursor)
            return;
        if (end < c->cursor)
            continue;
        if (is_quote(c->text[token.span.at]) && end == c->cursor && quote_is_closed(c->text, &token))
            return;
        if (is_point_of(&token, &before, c->text))
            c->at = before.span.at;
        else if (is_word(&token, c->text))
            c->at = token.span.at;
        c->end = c->at < c->cursor ? end : c->cursor;
        return;
    }
}

/* What is typed of it: of a quote what is in it so far, doubled quotes and simple escapes as they are meant. */
static void read_word(struct completion *c)
{
    size_t length = c->cursor - c->at;
    char *word = arena_strndup(c->arena, c->text + c->at, length);

    c->word = word;
    c->word_length = length;
    if (length > 0 && is_quote(word[0])) {
        size_t to = 0;

        c->quote = word[0];
        for (size_t i = 1; i < length; i++) {
            i += (word[i] == c->quote || (c->quote == '"' && word[i] == '\\')) && i + 1 < length;
            word[to++] = word[i];
        }
        word[to] = '\0';
        c->word_length = to;
    }
    for (size_t i = 0; i < c->word_length; i++)
        c->word_dots += c->quote == '\0' && word[i] == '.';
}

/* The line without the word. Where a name or a value must stand a blank one is put, so that the list around it reads.
 */
static void read_around(struct completion *c)
{
    bool needs = c->before.what &&
                 !completion_wants(c, WANT_CLAUSE | WANT_PERIOD | WANT_POINT | WANT_SHIFT | WANT_NUMBER);
    const char *text = arena_printf(c->arena, "%.*s%s%s", (int)c->at, c->text, needs ? " _ " : " ", c->text + c->end);
    struct parser parser;

    assist_read(c->arena, text, &c->line, &parser);
    c->seen = parser.seen;
    names_read(&c->names, c->arena, c->assist->model, text, &c->line, parser.edit ? c->assist->previous : NULL);
}

/* -- candidates ---------------------------------------------------------------------------------------------------- */

static void keep(struct completion *c, const struct candidate *candidate, const char *text, unsigned rank)
{
    uint32_t match = c->guessing ? 0 : assist_match(text, c->word, c->word_length);
    struct found found = {.candidate = *candidate,
                          .score = (match & 0xf000) << 8 | rank << 12 | (match & 0xfff),
                          .index = (uint32_t)c->found_count};

    if (match == MATCH_START && c->word_length > 0)
        found.score = 0; /* the word itself is the first */
    if (c->lead)
        found.candidate.text = arena_printf(c->arena, "%s%s", c->lead, candidate->text);
    if (match != MATCH_NONE)
        ARENA_PUSH(c->arena, c->found, c->found_count, c->found_room, found);
}

void offer(struct completion *c, const char *text, const char *kind, const char *description, unsigned rank)
{
    struct candidate candidate = {text, kind, description, false};

    keep(c, &candidate, text, rank);
}

void offer_tight(struct completion *c, const char *text, const char *kind, const char *description, unsigned rank)
{
    struct candidate candidate = {text, kind, description, true};

    keep(c, &candidate, text, rank);
}

void offer_value(struct completion *c, const char *value, const char *text, const char *kind, unsigned rank)
{
    struct candidate candidate = {text, kind, NULL, false};

    keep(c, &candidate, value, rank);
}

bool completion_wants(const struct completion *c, unsigned wants)
{
    return (c->before.wants & wants) != 0;
}

bool completion_wants_word(const struct completion *c, enum word word)
{
    return (c->before.words & UINT64_C(1) << word) != 0;
}

static int compare_found(const void *left, const void *right)
{
    const struct found *a = left, *b = right;

    if (a->score != b->score)
        return a->score < b->score ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void offer_all(struct completion *c, struct candidates *to)
{
    if (completion_wants(c, WANT_VALUE))
        offer_values(c, to);
    if (completion_wants(c, WANT_ZONE))
        offer_zones(c);
    if (c->quote != '\0')
        return;
    offer_members(c);
    offer_comparisons(c);
    offer_periods(c);
    offer_keywords(c);
    offer_clauses(c);
}

/* A dimension where a clause must begin: the `by` was forgotten. */
static void guess_by(struct completion *c, struct candidates *to)
{
    if (!completion_wants(c, WANT_CLAUSE) || c->seen & UINT32_C(1) << WORD_BY)
        return;
    c->lead = "by ";
    offer_by(c);
    c->lead = NULL;
    to->guessed = c->found_count > 0;
}

/* Nothing matches: what is nearest among all that could stand here. */
static void guess(struct completion *c, struct candidates *to)
{
    const char **texts, *near;
    size_t count;
    struct found *all;

    c->guessing = true;
    c->found_count = 0;
    offer_all(c, to);
    count = c->found_count;
    all = c->found;
    texts = ARENA_ARRAY(c->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        texts[i] = all[i].candidate.text;
    near = nearest_word(c->word, c->word_length, texts, count);
    c->found_count = 0;
    for (size_t i = 0; near && i < count && c->found_count == 0; i++)
        if (all[i].candidate.text == near)
            all[c->found_count++] = all[i];
    to->guessed = c->found_count > 0;
}

static const char *hint_of(const struct completion *c)
{
    if (completion_wants(c, WANT_VALUE))
        return c->before.test && c->before.test->member.text
                   ? arena_printf(c->arena, "a value of %s", c->before.test->member.text)
                   : "a value";
    if (completion_wants(c, WANT_PERIOD))
        return completion_wants(c, 1u << NAME_TIME) ? "a period, or a time dimension and its period" : "a period";
    if (c->before.what)
        return c->before.what;
    return completion_wants(c, WANT_COMPARISON | WANT_WORDED) ? "a comparison"
           : completion_wants(c, WANT_CLAUSE)                 ? "a clause"
                                                              : NULL;
}

static void finish(struct completion *c, struct candidates *to)
{
    struct candidate *items = ARENA_ARRAY(c->arena, struct candidate, c->found_count + 1);
    size_t count = 0;

    if (c->found_count > 1)
        qsort(c->found, c->found_count, sizeof *c->found, compare_found);
    for (size_t i = 0; i < c->found_count; i++)
        if (count == 0 || strcmp(items[count - 1].text, c->found[i].candidate.text) != 0)
            items[count++] = c->found[i].candidate;
    to->at = c->at;
    to->length = c->end - c->at;
    to->items = items;
    to->count = count;
}

static void complete(struct completion *c, struct candidates *to)
{
    find_word(c);
    read_word(c);
    if (assist_is_json(c->text)) {
        if (c->quote != '\0')
            offer_json(c);
        finish(c, to);
        return;
    }
    assist_read(c->arena, arena_strndup(c->arena, c->text, c->at), &c->before, &c->parser);
    read_around(c);
    offer_all(c, to);
    if (c->found_count == 0 && c->word_length > 1)
        guess_by(c, to);
    if (c->found_count == 0 && c->word_length > 1)
        guess(c, to);
    finish(c, to);
    to->hint = hint_of(c);
}

void semantic_complete(struct arena *arena, const struct semantic_assist *assist, const char *line, size_t length,
                       size_t cursor, struct candidates *ret_candidates)
{
    struct completion c = {.arena = arena, .assist = assist, .text = assist_clean(arena, line, length)};
    struct candidates candidates = {0};

    c.length = strlen(c.text);
    c.cursor = cursor < c.length ? cursor : c.length;
    while (c.cursor > 0 && ((unsigned char)c.text[c.cursor] & 0xc0) == 0x80)
        c.cursor--;
    if (length > c.length) { /* too long to be read */
        candidates.at = length;
    } else {
        complete(&c, &candidates);
        map_free(c.measures);
        map_free(c.dimensions);
    }
    *ret_candidates = candidates;
}
