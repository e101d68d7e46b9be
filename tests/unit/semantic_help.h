/*
 * What the tests of room semantic share: a model out of texts or of the files that ship, a line compiled with a clock
 * that stands still, and what is refused with the place it points at. Include after cmocka.h.
 */
#ifndef YTEMPIRE_TESTS_SEMANTIC_HELP_H
#define YTEMPIRE_TESTS_SEMANTIC_HELP_H

#include <stdlib.h>
#include <string.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/semantic.h"

static inline int64_t instant_of(const char *text)
{
    int64_t instant;

    assert_int_equal(instant_from_text(text, strlen(text), &instant), 0);
    return instant;
}

static inline const struct zone *zone_of(const char *name)
{
    const struct zone *zone;

    assert_int_equal(zone_find(name, &zone), 0);
    return zone;
}

static inline void fail_with(const char *what, const struct error *error)
{
    fail_msg("%s: %s; hint: %s", what, error->text != NULL ? error->text : "no words", error->hint != NULL ? error->hint : "none");
}

/* A model of all .json files of a folder, in the order of their names. */
static inline struct model *model_of_folder(const char *folder)
{
    struct model_file files[64];
    struct model     *model = NULL;
    struct error      error = ERROR_INIT;
    char            **names;
    size_t            count;

    if (file_list(folder, ".json", &names, &count, &error) < 0)
        fail_with(folder, &error);
    assert_true(count > 0 && count <= COUNT_OF(files));
    for (size_t i = 0; i < count; i++) {
        _cleanup_(mem_freep) char *path = path_join(folder, names[i]);
        char                      *text;

        if (file_read(path, 1u << 24, &text, &files[i].length, &error) < 0)
            fail_with(path, &error);
        files[i].name = names[i];
        files[i].text = text;
    }
    if (model_load(files, count, &model, &error) < 0)
        fail_with(folder, &error);
    for (size_t i = 0; i < count; i++) {
        mem_free((void *)(uintptr_t)files[i].text);
        mem_free(names[i]);
    }
    mem_free(names);
    return model;
}

static inline struct model *model_shipped(void)
{
    _cleanup_(mem_freep) char *folder = path_join(program_data_folder(), "queries/model");

    return model_of_folder(folder);
}

static inline struct model_file file_of_text(const char *name, const char *text)
{
    return (struct model_file){.name = name, .text = text, .length = strlen(text)};
}

/* A model without a fault. */
static inline struct model *model_of_text(const char *text)
{
    struct model_file     file = file_of_text("test.json", text);
    struct model         *model = NULL;
    struct error          error = ERROR_INIT;
    const struct finding *findings;
    size_t                count;

    if (model_load(&file, 1, &model, &error) < 0)
        fail_with(text, &error);
    findings = model_findings(model, &count);
    if (count > 0)
        fail_msg("%s: %s", findings[0].where, findings[0].message);
    return model;
}

/* -- one fixture a test: an arena, and a model where it is wanted -------------------------------------------------------- */

struct fixture {
    struct arena           *arena;
    struct model           *model;
    struct semantic_context context;
};

static inline int fixture_plain(void **state)
{
    struct fixture *fixture = mem_alloc(sizeof *fixture);

    *fixture = (struct fixture){.arena = arena_new(), .context = {.now = instant_of("2026-11-24T12:00:00Z")}};
    *state = fixture;
    return 0;
}

static inline int fixture_shipped(void **state)
{
    (void)fixture_plain(state);
    ((struct fixture *)*state)->model = model_shipped();
    return 0;
}

static inline int fixture_done(void **state)
{
    struct fixture *fixture = *state;

    model_unref(fixture->model);
    arena_free(fixture->arena);
    mem_free(fixture);
    return 0;
}

/* A text that begins with a brace is Cube's JSON. */
static inline int parse_text(struct fixture *fixture, const char *text, struct query **ret_query, struct error *error)
{
    return text[0] == '{' ? query_parse_json(fixture->arena, text, ret_query, error)
                          : query_parse(fixture->arena, text, NULL, ret_query, error);
}

static inline struct query *parses(struct fixture *fixture, const char *text)
{
    struct query *query = NULL;
    struct error  error = ERROR_INIT;

    if (parse_text(fixture, text, &query, &error) < 0)
        fail_with(text, &error);
    return query;
}

static inline int compile_text(struct fixture *fixture, const char *text, struct compiled **ret_compiled, struct error *error)
{
    struct query *query;
    int           r = parse_text(fixture, text, &query, error);

    return r < 0 ? r : semantic_compile(fixture->arena, fixture->model, query, &fixture->context, ret_compiled, error);
}

static inline const struct compiled *compiles(struct fixture *fixture, const char *text)
{
    struct compiled *compiled = NULL;
    struct error     error = ERROR_INIT;

    if (compile_text(fixture, text, &compiled, &error) < 0)
        fail_with(text, &error);
    return compiled;
}

/* The code, a part of the words, the part of the line under the caret (NULL: not looked at), a part of the hint (NULL). */
static inline void check_refusal(const char *line, int r, const struct error *error, int code, const char *words, const char *under,
                                 const char *hint)
{
    if (r >= 0)
        fail_msg("'%s' is accepted, and should be refused: %s", line, words);
    if (error->text == NULL || strstr(error->text, words) == NULL)
        fail_msg("'%s': '%s' is not in '%s'", line, words, error->text != NULL ? error->text : "");
    if (r != code || error->code != code)
        fail_msg("'%s': code %d where %d is right (%s)", line, r, code, error->text);
    if (hint != NULL && (error->hint == NULL || strstr(error->hint, hint) == NULL))
        fail_msg("'%s': '%s' is not in the hint '%s'", line, hint, error->hint != NULL ? error->hint : "");
    if (under == NULL)
        return;
    if (error->subject == NULL)
        fail_msg("'%s': no place is pointed at (%s)", line, error->text);
    if (error->length != strlen(under) || strncmp(error->subject + error->at, under, error->length) != 0)
        fail_msg("'%s': the caret stands under '%.*s', not under '%s'", line, (int)error->length, error->subject + error->at, under);
}

static inline void refuses_to_parse(struct fixture *fixture, const char *text, int code, const char *words, const char *under,
                                    const char *hint)
{
    struct query *query = NULL;
    struct error  error = ERROR_INIT;
    int           r = parse_text(fixture, text, &query, &error);

    check_refusal(text, r, &error, code, words, under, hint);
    assert_null(query);
    error_done(&error);
}

static inline void refuses(struct fixture *fixture, const char *text, int code, const char *words, const char *under, const char *hint)
{
    struct compiled *compiled = NULL;
    struct error     error = ERROR_INIT;
    int              r = compile_text(fixture, text, &compiled, &error);

    check_refusal(text, r, &error, code, words, under, hint);
    error_done(&error);
}

#endif
