/*
 * A model from its files, and what one asks it without a query. Immutable once loaded; counted, because queries under
 * way keep the model they were bound with when a file changes.
 */
#include "src/semantic/model.h"

#include <inttypes.h>
#include <string.h>

#include "src/semantic/model_load.h"

/* Two digests of 64 bits (FNV-1a forward, and a multiply-and-rotate over it), over the files' texts but not their names:
 * the same model lies in different folders on different machines. Not against an adversary: it keeps cache keys apart. */
static const char *make_hash(struct arena *arena, const struct model_file *files, size_t count)
{
    uint64_t a = UINT64_C(0xcbf29ce484222325), b = UINT64_C(0x9e3779b97f4a7c15);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < files[i].length; j++) {
            a = (a ^ (unsigned char) files[i].text[j]) * UINT64_C(0x100000001b3);
            b = (b + a) * UINT64_C(0xff51afd7ed558ccd);
            b ^= b >> 29;
        }
        a = (a ^ files[i].length) * UINT64_C(0x100000001b3);
        b = (b ^ a) * UINT64_C(0xc4ceb9fe1a85ec53);
        b ^= b >> 32;
    }
    return arena_printf(arena, "%016" PRIx64 "%016" PRIx64, a, b);
}

static void read_source(struct load *load, struct source *source)
{
    struct tree_fault fault;

    if (source->length > MODEL_FILE_MAX)
        load_break(load, source, 0, "", "a model file of more than %u MB", MODEL_FILE_MAX >> 20);
    else if (tree_read(&source->tree, source->text, source->length, MODEL_TREE_DEPTH, &fault) < 0)
        load_break(load, source, fault.at, fault.hint, "not JSON: %s", fault.message);
    else
        load_declare(load, source);
}

static void read_cubes(struct load *load)
{
    for (size_t i = 0; i < load->cube_count; i++) {
        struct draft_cube *home = load->cubes[i];

        for (size_t j = 0; j < home->draft_count; j++)
            if (!draft_ready(load, home->drafts[j]))
                continue;
        load_row_sql(load, home, NULL, "sql_where", &home->cube->condition);
    }
}

static void load_done(struct load *load)
{
    for (size_t i = 0; i < load->cube_count; i++) {
        map_free(load->cubes[i]->members);
        map_free(load->cubes[i]->joins);
        map_free(load->cubes[i]->entities);
        map_free(load->cubes[i]->rollups);
        map_free(load->cubes[i]->memo);
    }
    for (size_t i = 0; i < load->source_count; i++)
        tree_done(&load->sources[i].tree);
    mem_free(load->sources);
    map_free(load->cube_names);
}

int model_has_cubes(const struct model *model, struct error *error)
{
    if (model->cube_count)
        return 0;
    for (size_t i = 0; i < model->finding_count; i++)
        if (model->findings[i].severity == FINDING_ERROR) {
            int r = error_set(error, ERR_SYNTAX, "no cube of the model can be used: %s", model->findings[i].message);

            error_hint(error, "%s; 'lint' lists all", model->findings[i].where);
            return r;
        }
    return error_set(error, ERR_SYNTAX, "the model has no cube");
}

struct model *model_load_any(const struct model_file *files, size_t count)
{
    struct arena *arena = arena_new();
    struct model *model = ARENA_NEW(arena, struct model);
    struct load   load  = { .arena = arena, .model = model, .cube_names = map_new(), .source_count = count };

    model->arena      = arena;
    model->references = 1;
    model->hash       = make_hash(arena, files, count);
    load.sources      = mem_alloc((count ? count : 1) * sizeof *load.sources);
    for (size_t i = 0; i < count; i++) {
        load.sources[i].name   = arena_strdup(arena, files[i].name);
        load.sources[i].text   = files[i].text;
        load.sources[i].length = files[i].length;
        read_source(&load, &load.sources[i]);
    }
    read_cubes(&load);
    load_settle(&load);
    load_done(&load);
    return model;
}

int model_load(const struct model_file *files, size_t count, struct model **ret_model, struct error *error)
{
    struct model *model = model_load_any(files, count);
    int           r     = model_has_cubes(model, error);

    if (r < 0)
        model_unref(model);
    else
        *ret_model = model;
    return r;
}

struct model *model_ref(struct model *model)
{
    model->references++;
    return model;
}

void model_unref(struct model *model)
{
    if (model && --model->references == 0)
        arena_free(model->arena);
}

void model_unrefp(struct model **model)
{
    model_unref(*model);
}

const char *model_hash(const struct model *model)
{
    return model->hash;
}

const struct finding *model_findings(const struct model *model, size_t *ret_count)
{
    *ret_count = model->finding_count;
    return model->findings;
}

const char *const *model_member_names(const struct model *model, size_t *ret_count)
{
    *ret_count = model->member_name_count;
    return model->member_names;
}

struct cube *model_cube(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->cube_count; i++)
        if (text_equal(model->cubes[i]->name, name))
            return model->cubes[i];
    return NULL;
}

const char *const *model_rollup_names(const struct model *model, struct arena *arena, size_t *ret_count)
{
    const char **names = NULL;
    size_t       count = 0, room = 0;

    for (size_t i = 0; i < model->cube_count; i++)
        for (size_t k = 0; k < model->cubes[i]->rollup_count; k++)
            ARENA_PUSH(arena, names, count, room,
                       arena_printf(arena, "%s.%s", model->cubes[i]->name, model->cubes[i]->rollups[k]->name));
    *ret_count = count;
    return names;
}
