/*
 * Any text is read as a line of the query language or, when it begins with a brace, as Cube's JSON: it is refused with an
 * error or accepted. What is accepted is printed both ways; each print is accepted and prints the same again. A second
 * line edits the first.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/semantic/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what, const char *text)
{
    if (holds)
        return;
    (void)fprintf(stderr, "%s: %s\n", what, text);
    abort();
}

static void print_and_read_again(struct arena *arena, const struct query *query)
{
    struct query *again = NULL;
    struct error  error = ERROR_INIT;
    char         *line = query_to_line(arena, query), *json = query_to_json(arena, query);

    must(query_parse(arena, line, NULL, &again, &error) == 0, "the canonical line does not parse", line);
    must(strcmp(query_to_line(arena, again), line) == 0, "the canonical line changes when it is read again", line);
    must(query_parse_json(arena, json, &again, &error) == 0, "the canonical JSON does not parse", json);
    must(strcmp(query_to_json(arena, again), json) == 0, "the canonical JSON changes when it is read again", json);
    must(strcmp(query_to_line(arena, again), line) == 0, "the line changes on its way through JSON", line);
    must(strcmp(query_to_line(arena, query_copy(arena, query)), line) == 0, "a copy is another query", line);
    error_done(&error);
}

/* Every range has an answer or an error, and an answer is in order. */
static void resolve_ranges(const struct query *query)
{
    const struct zone *zone;
    struct resolved    resolved;

    if (zone_find("America/Los_Angeles", &zone) < 0)
        zone = zone_utc();
    for (size_t i = 0; i < query->range_count; i++) {
        struct error error = ERROR_INIT;

        if (period_resolve(&query->ranges[i].period, INT64_C(1795379696789000), zone, query, &resolved, &error) < 0)
            must(error.text != NULL, "refused without an error", "a range");
        else
            must(!resolved.has_from || !resolved.has_to || resolved.from <= resolved.to, "a range ends before it begins", "a range");
        error_done(&error);
    }
}

static struct query *read_one(struct arena *arena, const char *text, const struct query *previous)
{
    struct query *query = NULL;
    struct error  error = ERROR_INIT;
    int           r;

    r = text[0] == '{' ? query_parse_json(arena, text, &query, &error) : query_parse(arena, text, previous, &query, &error);
    if (r < 0) {
        must(error.code == r && error.text != NULL, "refused without an error", text);
    } else {
        print_and_read_again(arena, query);
        resolve_ranges(query);
    }
    mem_free(error_render(&error));
    error_done(&error);
    return query;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    char         *text = arena_strndup(arena, (const char *)data, size), *edit = strchr(text, '\n');
    struct query *query;

    if (edit && text[0] != '{')
        *edit++ = '\0';
    query = read_one(arena, text, NULL);
    if (query && edit && text[0] != '{')
        (void)read_one(arena, edit, query);
    arena_free(arena);
    return 0;
}
