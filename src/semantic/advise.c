/* What a rollup must keep for a question, and its declaration. Whether it then answers is match.c's to say. */
#include "ytempire/semantic/advise.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "rollup.h"

struct shaping {
    const struct bound *bound;
    struct cube        *cube;
    struct query_shape  shape;
};

static void put(struct arena *arena, const char ***names, size_t *count, size_t *room, const char *name)
{
    const char **items = *names;

    for (size_t i = 0; i < *count; i++)
        if (text_equal(items[i], name))
            return;
    ARENA_PUSH(arena, items, *count, *room, name);
    *names = items;
}

static void put_measure(struct shaping *shaping, const struct measure *measure)
{
    struct query_shape *shape = &shaping->shape;

    if (measure->kind == MEASURE_WINDOW) {
        put_measure(shaping, measure->inner);
    } else if (measure->cube == shaping->cube) {
        put(shaping->bound->arena, &shape->measures, &shape->measure_count, &shape->measure_room, measure->name);
    } else if (measure->kind == MEASURE_RATIO) {
        put_measure(shaping, measure->numerator);
        put_measure(shaping, measure->denominator);
    } else if (measure->kind == MEASURE_DERIVED) {
        for (size_t i = 0; i < measure->sql.piece_count; i++)
            if (measure->sql.pieces[i].kind == PIECE_MEASURE)
                put_measure(shaping, measure->sql.pieces[i].measure);
    }
}

static void put_dimension(struct shaping *shaping, const struct dimension *dimension)
{
    struct query_shape *shape = &shaping->shape;

    if (dimension_meant(dimension) != shaping->cube->time)
        put(shaping->bound->arena, &shape->dimensions, &shape->dimension_count, &shape->dimension_room,
            dimension_meant(dimension)->name);
}

/* The own dimension that keeps fewest columns, all of the fragment's among them. */
static const struct dimension *keeper_of(const struct shaping *shaping, const struct fragment *fragment)
{
    const struct dimension *best = NULL;
    size_t                  fewest = SIZE_MAX;

    for (size_t i = 0; i < shaping->cube->dimension_count; i++) {
        struct dimension           *one = shaping->cube->dimensions[i];
        struct rollup               rollup = {.cube = shaping->cube, .name = "", .dimensions = &one,
                                              .dimension_count = 1, .time = shaping->cube->time, .unit = UNIT_DAY};
        const struct rollup_layout *layout = rollup_layout(shaping->bound, &rollup);

        if (layout->time_column == NULL || !rollup_has_columns(layout, fragment) || layout->column_count >= fewest)
            continue;
        best = one;
        fewest = layout->column_count;
    }
    return best;
}

static bool put_fragment(struct shaping *shaping, const struct fragment *fragment)
{
    const struct dimension *keeper = keeper_of(shaping, fragment);

    if (keeper != NULL)
        put_dimension(shaping, keeper);
    return keeper != NULL;
}

static void put_segment(struct shaping *shaping, const struct segment *segment)
{
    struct query_shape *shape = &shaping->shape;

    if (!put_fragment(shaping, &segment->sql) && segment->cube == shaping->cube)
        put(shaping->bound->arena, &shape->segments, &shape->segment_count, &shape->segment_room, segment->name);
}

static void put_member(struct shaping *shaping, const struct member *member)
{
    if (member->path_length == 0)
        put_dimension(shaping, member->dimension);
    else
        (void)put_fragment(shaping, &member->path[0]->sql);
}

static void put_tests(struct shaping *shaping, size_t fact, const struct bound_filter *filter)
{
    if (filter == NULL)
        return;
    for (size_t i = 0; i < filter->kid_count; i++)
        put_tests(shaping, fact, filter->kids[i]);
    if (filter->kind == FILTER_TEST)
        put_member(shaping, &filter->member[fact]);
}

/* One that divides both. Weeks begin in the middle of months. */
static enum data_unit join_units(enum data_unit a, enum data_unit b)
{
    enum data_unit part = a < b ? a : b, whole = a < b ? b : a;

    return part == UNIT_WEEK && whole > UNIT_WEEK ? UNIT_DAY : part;
}

/* Where no bucket is asked for: of all time large ones do; at the ends of a range what lies in none is read from the
 * facts. */
static enum data_unit unit_of_ranges(const struct bound *bound)
{
    for (size_t i = 0; i < bound->range_count; i++)
        if (bound->ranges[i].is_axis && (bound->ranges[i].resolved.has_from || bound->ranges[i].resolved.has_to))
            return UNIT_DAY;
    return UNIT_MONTH;
}

static struct query_shape shape_of_fact(const struct bound *bound, size_t fact)
{
    struct shaping shaping = {.bound = bound, .cube = bound->facts[fact]};
    enum data_unit unit = UNIT_NONE;

    shaping.shape.cube = shaping.cube->name;
    shaping.shape.time = shaping.cube->time->name;
    for (size_t i = 0; i < bound->measure_count; i++)
        put_measure(&shaping, bound->measures[i].measure);
    for (size_t d = 0; d < bound->dimension_count; d++) {
        const struct bound_dimension *dimension = &bound->dimensions[d];

        if (!dimension->is_axis)
            put_member(&shaping, &dimension->member[fact]);
        else
            unit = unit == UNIT_NONE ? dimension->unit : join_units(unit, dimension->unit);
    }
    shaping.shape.unit = unit == UNIT_NONE ? unit_of_ranges(bound) : unit < UNIT_HOUR ? UNIT_HOUR : unit;
    put_tests(&shaping, fact, bound->where);
    for (size_t i = 0; i < bound->segment_count; i++)
        put_segment(&shaping, bound->segments[i]);
    for (size_t i = 0; i < bound->range_count; i++)
        if (!bound->ranges[i].is_axis)
            put_member(&shaping, &bound->ranges[i].member[fact]);
    return shaping.shape;
}

int semantic_shapes(struct arena *arena, const struct model *model, const struct query *query,
                    const struct semantic_context *context, struct query_shape **ret_shapes, size_t *ret_count,
                    struct error *error)
{
    struct bound        bound = {.arena = arena, .model = model, .query = query, .context = context};
    struct query_shape *shapes = ARENA_ARRAY(arena, struct query_shape, FACT_LIMIT);
    size_t              count = 0;
    int                 r = bind_query(&bound, error);

    if (r < 0)
        return r;
    for (size_t f = 0; f < bound.fact_count; f++) {
        struct query_shape shape;

        if (bound.facts[f]->time == NULL)
            continue;
        shape = shape_of_fact(&bound, f);
        if (shape.measure_count > 0)
            shapes[count++] = shape;
    }
    *ret_shapes = shapes;
    *ret_count = count;
    return 0;
}

bool model_rollup_shape(const struct model *model, struct arena *arena, const char *cube, const char *name,
                        struct query_shape *ret_shape)
{
    const struct cube *home = model_cube(model, cube);

    for (size_t i = 0; home != NULL && i < home->rollup_count; i++) {
        const struct rollup *rollup = home->rollups[i];
        struct query_shape   shape = {.cube = home->name, .unit = rollup->unit};

        if (!text_equal(rollup->name, name) || rollup->time == NULL)
            continue;
        shape.time = rollup->time->name;
        for (size_t k = 0; k < rollup->measure_count; k++)
            put(arena, &shape.measures, &shape.measure_count, &shape.measure_room, rollup->measures[k]->name);
        for (size_t k = 0; k < rollup->dimension_count; k++)
            put(arena, &shape.dimensions, &shape.dimension_count, &shape.dimension_room, rollup->dimensions[k]->name);
        for (size_t k = 0; k < rollup->segment_count; k++)
            put(arena, &shape.segments, &shape.segment_count, &shape.segment_room, rollup->segments[k]->name);
        *ret_shape = shape;
        return true;
    }
    return false;
}

struct query_shape query_shape_join(struct arena *arena, const struct query_shape *a, const struct query_shape *b)
{
    const struct query_shape *both[] = {a, b};
    struct query_shape        joined = {.cube = a->cube, .time = a->time, .unit = join_units(a->unit, b->unit)};

    for (size_t s = 0; s < COUNT_OF(both); s++) {
        for (size_t i = 0; i < both[s]->measure_count; i++)
            put(arena, &joined.measures, &joined.measure_count, &joined.measure_room, both[s]->measures[i]);
        for (size_t i = 0; i < both[s]->dimension_count; i++)
            put(arena, &joined.dimensions, &joined.dimension_count, &joined.dimension_room, both[s]->dimensions[i]);
        for (size_t i = 0; i < both[s]->segment_count; i++)
            put(arena, &joined.segments, &joined.segment_count, &joined.segment_room, both[s]->segments[i]);
    }
    return joined;
}

/* -- as text, and back --------------------------------------------------------------------------------------------- */

static json_t *list_of(const char *const *names, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(names[i]));
    return list;
}

const char *query_shape_declaration(struct arena *arena, const struct query_shape *shape, const char *name)
{
    json_t     *root = json_pack("{s:{s:s, s:o, s:o, s:s, s:s}}", name, "type", "rollup", "measures",
                                 list_of(shape->measures, shape->measure_count), "dimensions",
                                 list_of(shape->dimensions, shape->dimension_count), "time_dimension", shape->time,
                                 "granularity", data_unit_name(shape->unit));
    const char *copy;
    char       *text;

    if (shape->segment_count > 0)
        json_object_set_new(json_object_get(root, name), "segments", list_of(shape->segments, shape->segment_count));
    text = json_dumps(root, JSON_PRESERVE_ORDER);
    copy = arena_strdup(arena, text != NULL ? text : "{}");
    json_decref(root);
    free(text);
    return copy;
}

/* Cubes stand in a list, or by name in a map. */
static json_t *find_cube(json_t *root, const char *name)
{
    json_t *cubes = json_object_get(root, "cubes"), *cube;
    size_t  i;

    if (json_is_object(cubes))
        return json_object_get(cubes, name);
    json_array_foreach(cubes, i, cube)
        if (text_equal(json_string_value(json_object_get(cube, "name")), name))
            return cube;
    return NULL;
}

/* Rollups stand by name in a map, or in a list with their names. */
static void add_rollup(json_t *cube, const char *name, json_t *rollup)
{
    const char *key = json_object_get(cube, "preAggregations") != NULL ? "preAggregations" : "pre_aggregations";
    json_t     *all = json_object_get(cube, key), *other;
    size_t      i;

    if (json_is_array(all)) {
        json_object_set_new(rollup, "name", json_string(name));
        json_array_foreach(all, i, other)
            if (text_equal(json_string_value(json_object_get(other, "name")), name)) {
                json_array_set(all, i, rollup);
                return;
            }
        json_array_append(all, rollup);
        return;
    }
    if (all == NULL) {
        json_object_set_new(cube, key, json_object());
        all = json_object_get(cube, key);
    }
    json_object_set(all, name, rollup);
}

/* The file's text with the rollup in the cube; NULL: the cube is not in it. Caller frees. */
static char *add_to_file(const struct model_file *file, const char *cube_name, json_t *declared)
{
    json_t     *root = json_loadb(file->text, file->length, 0, NULL), *cube = find_cube(root, cube_name), *rollup;
    const char *name;
    char       *text = NULL;

    if (cube != NULL) {
        json_object_foreach(declared, name, rollup)
            add_rollup(cube, name, rollup);
        text = json_dumps(root, JSON_PRESERVE_ORDER);
    }
    json_decref(root);
    return text;
}

int model_load_with_rollup(const struct model_file *files, size_t count, const char *cube, const char *declaration,
                           struct model **ret_model, struct error *error)
{
    struct model_file *changed = mem_array(NULL, count + 1, sizeof *changed);
    json_t            *declared = json_loads(declaration, 0, NULL);
    char              *text = NULL;
    int                r;

    for (size_t i = 0; i < count; i++) {
        changed[i] = files[i];
        if (text == NULL && (text = add_to_file(&files[i], cube, declared)) != NULL) {
            changed[i].text = text;
            changed[i].length = strlen(text);
        }
    }
    if (text == NULL)
        r = error_set(error, ERR_USAGE,
                      "no file of the model declares the cube %s in a way that a rollup can be added to", cube);
    else
        r = model_load(changed, count, ret_model, error);
    json_decref(declared);
    free(text);
    mem_free(changed);
    return r;
}
