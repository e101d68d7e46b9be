/*
 * Any text is read as a line of the query language or, when it begins with a brace, as Cube's JSON: it is refused with an
 * error or accepted. What is accepted is printed, the print is accepted too, and prints the same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/semantic.h"

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
    char         *line = query_to_line(arena, query);

    must(query_parse(arena, line, NULL, &again, &error) == 0, "the canonical line does not parse", line);
    must(strcmp(query_to_line(arena, again), line) == 0, "the canonical line changes when it is read again", line);
    (void)query_to_json(arena, query);
    error_done(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct query *query = NULL;
    struct error  error = ERROR_INIT;
    char         *text = arena_strndup(arena, (const char *)data, size);
    int           r;

    r = text[0] == '{' ? query_parse_json(arena, text, &query, &error) : query_parse(arena, text, NULL, &query, &error);
    if (r < 0)
        must(error.code == r && error.text != NULL, "refused without an error", text);
    else
        print_and_read_again(arena, query);
    mem_free(error_render(&error));
    error_done(&error);
    arena_free(arena);
    return 0;
}
