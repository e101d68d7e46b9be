/*
 * Any bytes with the cursor anywhere (the first two bytes say where): spans are in order, inside of the line and do not
 * overlap; what is replaced lies inside of it and ends at the cursor or later; every candidate has a text and a kind.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ytempire/base/str.h"
#include "ytempire/command/assist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char model_text[] =
    "{\"default_cube\": \"Videos\", \"cubes\": ["
    "{\"name\": \"Videos\", \"sql_table\": \"analytics.videos\", \"measures\": {\"views\": {\"type\": \"sum\", \"sql\": \"views\"},"
    " \"total\": {\"type\": \"count\"}}, \"dimensions\": {\"niche\": {\"type\": \"string\", \"sql\": \"niche\"},"
    " \"tags\": {\"type\": \"array\", \"sql\": \"tags\"}, \"at\": {\"type\": \"time\", \"sql\": \"at\"}}, \"segments\": {\"viral\": {\"sql\": \"views > 9\"}},"
    " \"joins\": {\"channel\": {\"cube\": \"Channels\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.c = {channel}.c\"}}},"
    "{\"name\": \"Channels\", \"sql_table\": \"analytics.channels\", \"measures\": {\"channels\": {\"type\": \"count\"}},"
    " \"dimensions\": {\"niche\": {\"type\": \"string\", \"sql\": \"niche\"}, \"active\": {\"type\": \"boolean\", \"sql\": \"active\"}}}]}";

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "%s\n", what);
    abort();
}

static void check_spans(const struct word_span *spans, size_t count, size_t length)
{
    size_t end = 0;

    for (size_t i = 0; i < count; i++) {
        must(spans[i].length > 0 && spans[i].at >= end, "spans overlap, or are empty");
        end = spans[i].at + spans[i].length;
        must(end <= length && end > spans[i].at, "a span outside of the line");
    }
}

static void check_candidates(const struct candidates *candidates, size_t length, size_t cursor)
{
    size_t end = candidates->at + candidates->length;

    cursor = cursor < length ? cursor : length;
    must(candidates->at <= cursor && end <= length, "what is replaced lies outside of the line");
    must(candidates->count == 0 || end + 4 > cursor, "what is replaced ends before the cursor");     /* inside of a character */
    for (size_t i = 0; i < candidates->count; i++)
        must(candidates->items[i].text[0] != '\0' && candidates->items[i].kind != NULL, "a candidate without text or kind");
}

static const char *const *values(void *who, const char *member, size_t *ret_count)
{
    static const char *const known[] = {"Gaming", "it's", "two words", "ダッシュ", "\"", ""};

    (void)who;
    *ret_count = strcmp(member, "Videos.niche") == 0 ? sizeof known / sizeof *known - 1 : 0;
    return known;
}

static void assist(const struct model *model, const char *line, size_t length, size_t cursor)
{
    struct arena           *arena = arena_new();
    struct assist_context   context = {.model = model, .values = values, .now = INT64_C(1795379696789000)};
    struct semantic_assist  query = {.model = model, .values = values};
    const struct word_span *spans;
    struct candidates       candidates;
    size_t                  count;

    semantic_spans(arena, model, line, length, cursor, &spans, &count);
    check_spans(spans, count, length);
    command_spans(arena, model, line, length, cursor, &spans, &count);
    check_spans(spans, count, length);
    semantic_complete(arena, &query, line, length, cursor, &candidates);
    check_candidates(&candidates, length, cursor);
    command_complete(arena, &context, line, length, cursor, &candidates);
    check_candidates(&candidates, length, cursor);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct model    *model;
    const struct model_file file = {.name = "fuzz.json", .text = model_text, .length = sizeof model_text - 1};
    size_t                  cursor;

    if (model == NULL)
        must(model_load(&file, 1, &model, NULL) == 0, "the model does not load");
    if (size < 2)
        return 0;
    cursor = ((size_t)data[0] << 8 | data[1]) % (size + 2);
    assist(model, (const char *)data + 2, size - 2, cursor);
    assist(NULL, (const char *)data + 2, size - 2, size - 2);
    return 0;
}
