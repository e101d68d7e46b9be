/*
 * semantic/assist_names: members of the model that may stand at the cursor.
 *
 * A name is offered in the shortest form that means this member on this line: `revenue`, `channel.niche`,
 * `Costs.quantity`; where dots are typed already, in the form that has as many.
 */
#include <string.h>

#include "src/semantic/assist_work.h"

static char *join_names(struct arena *arena, const char *left, const char *between, const char *right)
{
    size_t a = strlen(left), b = strlen(between), d = strlen(right);
    char *text = arena_alloc(arena, a + b + d + 1);

    memcpy(text, left, a);
    memcpy(text + a, between, b);
    memcpy(text + a + b, right, d + 1);
    return text;
}

/* Reserved words and granularities are written with their cube. */
static bool is_word_of_language(const char *name)
{
    enum data_unit unit;
    int part;
    enum word word = word_find(name, strlen(name), &unit, &part);

    return (word > WORD_PLAIN && word <= WORD_LAST_RESERVED) || word == WORD_UNIT;
}

static bool is_on_line(const struct completion *c, enum name_role role, const char *text)
{
    for (size_t i = 0; i < c->line.mark_count; i++) {
        const struct mark *mark = &c->line.marks[i];

        if (mark->kind == MARK_NAME && mark->role == role && mark->span.length == strlen(text) &&
            memcmp(c->names.text + mark->span.at, text, mark->span.length) == 0)
            return true;
    }
    return false;
}

static bool is_fact(const struct completion *c, const struct cube *cube)
{
    for (size_t i = 0; i < c->names.fact_count; i++)
        if (c->names.facts[i] == cube)
            return true;
    return false;
}

/* -- short names --------------------------------------------------------------------------------------------------- */

static char several; /* stands for: more than one cube has it */

static void put_name(struct map *map, const char *name, struct cube *cube)
{
    void *there = map_get(map, name);

    if (!there || there != (void *)cube)
        (void)map_put(map, name, there ? (void *)&several : (void *)cube);
}

/* Which cube a short name is of where the cube after `from` and the default one have none: the only one that has it. */
static struct map *map_of_model(const struct model *model, enum member_kind kind)
{
    struct map *map = map_new();

    for (size_t i = 0; i < model->cube_count; i++) {
        struct cube *cube = model->cubes[i];

        if (cube->hidden)
            continue;
        for (size_t j = 0; kind == MEMBER_MEASURE && j < cube->measure_count; j++)
            if (!cube->measures[j]->hidden)
                put_name(map, cube->measures[j]->name, cube);
        for (size_t j = 0; kind == MEMBER_DIMENSION && j < cube->dimension_count; j++)
            if (!cube->dimensions[j]->hidden)
                put_name(map, cube->dimensions[j]->name, cube);
    }
    return map;
}

static bool has_own(const struct cube *cube, enum member_kind kind, const char *name)
{
    for (size_t i = 0; kind == MEMBER_MEASURE && i < cube->measure_count; i++)
        if (!cube->measures[i]->hidden && text_equal(cube->measures[i]->name, name))
            return true;
    for (size_t i = 0; kind == MEMBER_DIMENSION && i < cube->dimension_count; i++)
        if (!cube->dimensions[i]->hidden && text_equal(cube->dimensions[i]->name, name))
            return true;
    return false;
}

/* Does the short name mean that cube's own member, looked up as model_find does? */
static bool is_home(struct completion *c, struct cube *cube, enum member_kind kind, const char *name)
{
    struct cube *tried[] = {c->names.from, c->names.model->default_cube};
    struct map **map = kind == MEMBER_MEASURE ? &c->measures : &c->dimensions;

    if (is_word_of_language(name))
        return false;
    for (size_t i = 0; i < COUNT_OF(tried); i++)
        if (tried[i] && (tried[i] == cube || has_own(tried[i], kind, name)))
            return tried[i] == cube;
    if (!*map)
        *map = map_of_model(c->names.model, kind);
    return map_get(*map, name) == (void *)cube;
}

/* -- measures ------------------------------------------------------------------------------------------------------ */

/* Every dimension on the line is to be had from these cubes; what no cube has is a mistake and shuts out nobody. */
static void narrow(struct completion *c, const char *text)
{
    size_t count = c->names.model->cube_count, found = 0;
    bool *has = ARENA_ARRAY(c->arena, bool, count + 1);

    for (size_t i = 0; i < count; i++) {
        struct member member;
        enum data_unit unit, bare;
        int part;

        if (!c->fits[i])
            continue;
        has[i] = word_find(text, strlen(text), &bare, &part) == WORD_UNIT
                     ? c->names.model->cubes[i]->time != NULL
                     : bind_find_dimension(c->names.model->cubes[i], text, &member, &unit);
        found += has[i];
    }
    for (size_t i = 0; found > 0 && i < count; i++)
        c->fits[i] &= has[i];
}

static void find_fitting_cubes(struct completion *c)
{
    const struct model *model = c->names.model;
    struct member member;

    c->fits = ARENA_ARRAY(c->arena, bool, model->cube_count + 1);
    for (size_t i = 0; i < model->cube_count; i++)
        c->fits[i] = !model->cubes[i]->hidden && (c->names.fact_count < FACT_LIMIT || is_fact(c, model->cubes[i]));
    for (size_t i = 0; i < c->line.mark_count; i++) {
        const struct mark *mark = &c->line.marks[i];
        const char *text = names_text(&c->names, mark);

        if (mark->kind == MARK_NAME && (mark->role == NAME_DIMENSION || mark->role == NAME_TIME ||
                                        (mark->role == NAME_TESTED && !names_measure(&c->names, text, &member))))
            narrow(c, text);
    }
}

/* What a person reads of a member; of another cube than the line's, the cube. */
static const char *describe(struct completion *c, const struct cube *cube, const char *description, const char *title)
{
    const char *text = description ? description : title;

    if (is_fact(c, cube) || (c->names.fact_count == 0 && cube == c->names.model->default_cube))
        return text;
    return text ? join_names(c->arena, cube->name, ": ", text) : cube->name;
}

static const char *measure_text(struct completion *c, struct cube *cube, const char *name)
{
    if (c->word_dots == 0 && is_home(c, cube, MEMBER_MEASURE, name))
        return name;
    return join_names(c->arena, cube->name, ".", name);
}

static void offer_measure(struct completion *c, struct measure *measure, unsigned rank)
{
    struct cube *cube = measure->cube;
    const char *text;

    if (measure->hidden)
        return;
    if (!c->guessing && c->word_dots == 0 && assist_match(measure->name, c->word, c->word_length) == MATCH_NONE)
        return;
    text = measure_text(c, cube, measure->name);
    offer(c, text, "measure", describe(c, cube, measure->description, measure->title), rank);
}

/* "revenue_change", where the line compares with another period. */
static void offer_compared(struct completion *c, struct measure *measure, unsigned rank)
{
    static const char *const words[] = {"of the period it is compared with", "less the same of the period before",
                                        "change from the period before, as a part of it"};

    for (size_t i = 0; i < COUNT_OF(words) && c->seen & UINT32_C(1) << WORD_VS; i++)
        offer(c, arena_printf(c->arena, "%s_%s", measure->name, measure_columns[i + 1]), "measure", words[i], rank);
}

/* "revenue." goes on with what a column can show of it. */
static void offer_share(struct completion *c)
{
    struct member member;
    const char   *dot = memrchr(c->word, '.', c->word_length), *name;

    if (!dot)
        return;
    name = arena_strndup(c->arena, c->word, (size_t)(dot - c->word));
    if (names_measure(&c->names, name, &member))
        offer(c, arena_printf(c->arena, "%s.share", name), "measure", "its part in that of all groups of the bucket",
              RANK_FIRST);
}

static void offer_measures_of(struct completion *c, struct cube *cube, unsigned rank, bool again)
{
    for (size_t i = 0; i < cube->measure_count; i++)
        if (again || (!is_on_line(c, NAME_MEASURE, cube->measures[i]->name) &&
                      !is_on_line(c, NAME_ADDED, cube->measures[i]->name)))
            offer_measure(c, cube->measures[i], rank);
}

/* Those of the line's cubes, of the default one, of all others that can be asked beside them. */
static void offer_measures(struct completion *c)
{
    const struct model *model = c->names.model;

    if (!c->fits)
        find_fitting_cubes(c);
    for (size_t i = 0; i < model->cube_count; i++) {
        struct cube *cube = model->cubes[i];
        unsigned rank = is_fact(c, cube) ? RANK_FIRST : cube == model->default_cube ? RANK_NEXT : RANK_THIRD;

        if (c->fits[i])
            offer_measures_of(c, cube, rank, false);
    }
    offer_share(c);
}

/* After `where`, `having`, `top … by`: those that are asked for, then the others of their cubes. */
static void offer_line_measures(struct completion *c, unsigned rank, bool asked)
{
    struct member member;

    for (size_t i = 0; asked && i < c->line.mark_count; i++) {
        const struct mark *mark = &c->line.marks[i];

        if (mark->kind == MARK_NAME && (mark->role == NAME_MEASURE || mark->role == NAME_ADDED) &&
            names_measure(&c->names, names_text(&c->names, mark), &member)) {
            offer_measure(c, member.measure, rank);
            offer_compared(c, member.measure, rank);
        }
    }
    for (size_t i = 0; i < c->names.fact_count; i++)
        for (size_t j = 0; j < c->names.facts[i]->measure_count; j++)
            if (!is_on_line(c, NAME_MEASURE, c->names.facts[i]->measures[j]->name))
                offer_measure(c, c->names.facts[i]->measures[j], rank + 1);
    if (c->names.fact_count == 0)
        offer_measures(c);
}

/* -- dimensions ---------------------------------------------------------------------------------------------------- */

enum dimension_use { USE_PLAIN, USE_TIMES, USE_UNITS }; /* USE_UNITS: a granularity may follow */

struct walk {
    struct cube *fact;
    struct join *path[JOIN_DEPTH];
    size_t depth;
    enum dimension_use use;
    unsigned rank;
};

static bool is_time(const struct dimension *dimension)
{
    return member_is_time(dimension->type);
}

/* "join.join.name", the last `segments` of them; with one more than there are, the cube before. */
static const char *path_text(struct completion *c, const struct walk *walk, const char *name, size_t segments)
{
    const char *text = name;

    for (size_t i = walk->depth; i-- > 0 && segments > 1; segments--)
        text = join_names(c->arena, walk->path[i]->name, ".", text);
    return segments > 1 ? join_names(c->arena, walk->fact->name, ".", text) : text;
}

/* Does the text mean this dimension by this path, to every fact of the line? */
static bool means(struct completion *c, const struct walk *walk, const struct dimension *dimension, const char *text)
{
    struct member member;
    enum data_unit unit;

    if (!bind_find_dimension(walk->fact, text, &member, &unit) || unit != UNIT_NONE || member.dimension != dimension ||
        member.path_length != walk->depth)
        return false;
    for (size_t i = 0; i < walk->depth; i++)
        if (member.path[i] != walk->path[i])
            return false;
    for (size_t i = 0; i < c->names.fact_count; i++)
        if (c->names.facts[i] != walk->fact && !bind_find_dimension(c->names.facts[i], text, &member, &unit))
            return false;
    return true;
}

/* The shortest text from as many segments on as are typed; NULL: there is none. */
static const char *dimension_text(struct completion *c, const struct walk *walk, const struct dimension *dimension)
{
    bool alone = c->names.fact_count == 0;

    for (size_t segments = c->word_dots + 1; segments <= walk->depth + 2; segments++) {
        const char *text = path_text(c, walk, dimension->name, segments);

        if (alone && segments == 1 && !is_home(c, walk->fact, MEMBER_DIMENSION, dimension->name))
            continue;
        if (!(segments == 1 && is_word_of_language(dimension->name)) && means(c, walk, dimension, text))
            return text;
    }
    return NULL;
}

static void offer_units_of(struct completion *c, const struct dimension *dimension, const char *text, unsigned rank)
{
    static const enum data_unit order[] = {UNIT_DAY,  UNIT_WEEK, UNIT_MONTH,  UNIT_QUARTER,
                                           UNIT_YEAR, UNIT_HOUR, UNIT_MINUTE, UNIT_SECOND};

    for (size_t i = 0; i < COUNT_OF(order); i++)
        if (dimension->type == MEMBER_TIME || order[i] >= UNIT_DAY)
            offer(c, join_names(c->arena, text, ".", data_unit_name(order[i])), "granularity",
                  dimension->description ? dimension->description : dimension->title, rank);
}

static bool has_unit_typed(const struct completion *c)
{
    return c->word_dots > 0 && c->word_length > 0;
}

static void offer_dimension(struct completion *c, const struct walk *walk, struct dimension *dimension)
{
    unsigned rank = walk->rank + (dimension->alias_of ? RANK_LAST : 0) + (unsigned)walk->depth +
                    (walk->use != USE_TIMES && is_time(dimension));
    bool units = walk->use == USE_UNITS && is_time(dimension) && c->word_length > 0;
    size_t dots = c->word_dots;
    const char *text;

    if (dimension->hidden || (walk->use == USE_TIMES && !is_time(dimension)))
        return;
    if (!c->guessing && dots == 0 && assist_match(dimension->name, c->word, c->word_length) == MATCH_NONE)
        return;
    text = dimension_text(c, walk, dimension);
    if (text && !is_on_line(c, NAME_DIMENSION, text))
        offer(c, walk->use == USE_TIMES ? join_names(c->arena, text, "", " in") : text, "dimension",
              describe(c, walk->fact, dimension->description, dimension->title), rank);
    if (!units || c->guessing)
        return;
    if (text)
        offer_units_of(c, dimension, text, rank + RANK_LATER);
    if (has_unit_typed(c)) { /* the last dot may be that of the granularity */
        c->word_dots--;
        text = dimension_text(c, walk, dimension);
        c->word_dots = dots;
        if (text)
            offer_units_of(c, dimension, text, rank);
    }
}

/* Two joins away and more only when something is typed. */
static void walk_dimensions(struct completion *c, struct walk *walk, const struct cube *cube)
{
    size_t limit = c->word_length > 0 ? JOIN_DEPTH : 1;

    for (size_t i = 0; !cube->hidden && i < cube->dimension_count; i++)
        offer_dimension(c, walk, cube->dimensions[i]);
    for (size_t i = 0; walk->depth < limit && i < cube->join_count; i++) {
        struct join *join = cube->joins[i];
        bool been = join->target == walk->fact;

        for (size_t j = 0; j < walk->depth && !been; j++)
            been = walk->path[j]->target == join->target;
        if (been)
            continue;
        walk->path[walk->depth++] = join;
        walk_dimensions(c, walk, join->target);
        walk->depth--;
    }
}

static void offer_dimensions(struct completion *c, enum dimension_use use, unsigned rank)
{
    const struct model *model = c->names.model;

    if (c->names.fact_count > 0) {
        struct walk walk = {.fact = c->names.facts[0], .use = use, .rank = rank};

        walk_dimensions(c, &walk, walk.fact);
        return;
    }
    for (size_t i = 0; i < model->cube_count; i++) {
        struct walk walk = {
            .fact = model->cubes[i], .use = use, .rank = rank + (model->cubes[i] == model->default_cube ? 0 : 1)};

        for (size_t j = 0; !walk.fact->hidden && j < walk.fact->dimension_count; j++)
            offer_dimension(c, &walk, walk.fact->dimensions[j]);
    }
}

/* `by day`: the default time of every fact. */
static void offer_granularities(struct completion *c, unsigned rank)
{
    static const enum data_unit order[] = {UNIT_DAY,  UNIT_WEEK, UNIT_MONTH,  UNIT_QUARTER,
                                           UNIT_YEAR, UNIT_HOUR, UNIT_MINUTE, UNIT_SECOND};
    const struct cube *fact = c->names.fact_count > 0 ? c->names.facts[0]
                              : c->names.model        ? c->names.model->default_cube
                                                      : NULL;
    bool days = false;

    for (size_t i = 0; i < c->names.fact_count; i++) {
        if (!c->names.facts[i]->time)
            return;
        days |= c->names.facts[i]->time->type == MEMBER_DATE;
    }
    for (size_t i = 0; i < COUNT_OF(order); i++)
        if ((!days || order[i] >= UNIT_DAY) && !is_on_line(c, NAME_DIMENSION, data_unit_name(order[i])))
            offer(c, data_unit_name(order[i]), "granularity",
                  fact && fact->time ? join_names(c->arena, fact->time->name, " by ", data_unit_name(order[i])) : NULL,
                  rank + (order[i] < UNIT_DAY ? RANK_LATER : 0));
}

/* -- the rest ------------------------------------------------------------------------------------------------------ */

static void offer_segments(struct completion *c)
{
    const struct model *model = c->names.model;
    const char *text;

    for (size_t i = 0; i < model->cube_count; i++) {
        const struct cube *cube = model->cubes[i];
        bool other = c->names.fact_count > 0 && (c->names.fact_count > 1 || c->names.facts[0] != cube);

        for (size_t j = 0; !cube->hidden && !other && j < cube->segment_count; j++) {
            text = cube->segments[j]->name;
            if (c->word_dots > 0 || is_word_of_language(text))
                text = join_names(c->arena, cube->name, ".", text);
            if (!is_on_line(c, NAME_SEGMENT, text))
                offer(c, text, "segment",
                      cube->segments[j]->description ? cube->segments[j]->description : cube->segments[j]->title,
                      cube == model->default_cube ? RANK_FIRST : RANK_NEXT);
        }
    }
}

void offer_cubes(struct completion *c)
{
    for (size_t i = 0; c->names.model && i < c->names.model->cube_count; i++) {
        const struct cube *cube = c->names.model->cubes[i];

        if (!cube->hidden)
            offer(c, cube->name, "cube", cube->description ? cube->description : cube->title,
                  cube == c->names.model->default_cube ? RANK_FIRST : RANK_NEXT);
    }
}

/* "VideoPerformance." for the one who begins with the cube. */
static void offer_cube_heads(struct completion *c)
{
    for (size_t i = 0; c->word_length > 0 && c->word_dots == 0 && i < c->names.model->cube_count; i++) {
        const struct cube *cube = c->names.model->cubes[i];

        if (!cube->hidden && !c->guessing && assist_match(cube->name, c->word, c->word_length) < MATCH_PART)
            offer_tight(c, join_names(c->arena, cube->name, ".", ""), "cube",
                        cube->description ? cube->description : cube->title, RANK_LAST);
    }
}

static void offer_name(struct completion *c, const struct name *name)
{
    struct member member;
    enum data_unit unit;
    const char *text = name_text(c->arena, name);

    if (!name->text || name->unit != UNIT_NONE)
        offer(c, text, "granularity", NULL, RANK_FIRST);
    else if (names_measure(&c->names, text, &member))
        offer(c, text, "measure", member.measure->description, RANK_FIRST);
    else if (names_dimension(&c->names, text, &member, &unit))
        offer(c, text, unit != UNIT_NONE ? "granularity" : "dimension", member.dimension->description, RANK_FIRST);
    else
        offer(c, text, "member", NULL, RANK_FIRST);
}

static void offer_name_list(struct completion *c, const struct name_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        offer_name(c, &list->items[i]);
}

static void offer_query(struct completion *c, const struct query *query)
{
    if (!query)
        return;
    offer_name_list(c, &query->measures);
    offer_name_list(c, &query->dimensions);
    offer_name_list(c, &query->added);
}

/* After `order by`: the columns of the result, as they are written. */
static void offer_columns(struct completion *c)
{
    struct member member;

    for (size_t i = 0; i < c->line.mark_count; i++) {
        const struct mark *mark = &c->line.marks[i];
        const char *text = names_text(&c->names, mark);
        struct name name = {.text = text};
        int part;

        if (mark->kind != MARK_NAME ||
            (mark->role != NAME_MEASURE && mark->role != NAME_DIMENSION && mark->role != NAME_ADDED) ||
            is_on_line(c, NAME_ORDER, text))
            continue;
        if (word_find(text, mark->span.length, &name.unit, &part) == WORD_UNIT)
            name.text = NULL;
        else
            name.unit = UNIT_NONE;
        offer_name(c, &name);
        if (mark->role == NAME_MEASURE && names_measure(&c->names, text, &member))
            offer_compared(c, member.measure, RANK_NEXT);
    }
    if (c->parser.edit)
        offer_query(c, c->assist->previous);
    if (c->names.model)
        offer_line_measures(c, RANK_LATER, false);
}

void offer_by(struct completion *c)
{
    offer_granularities(c, RANK_FIRST);
    if (c->names.model)
        offer_dimensions(c, USE_UNITS, RANK_FIRST);
}

void offer_members(struct completion *c)
{
    bool having = c->before.clause == WORD_HAVING;

    if (completion_wants(c, 1u << NAME_ORDER))
        offer_columns(c);
    if (completion_wants(c, 1u << NAME_REMOVED))
        offer_query(c, c->assist->previous);
    if (completion_wants(c, 1u << NAME_DIMENSION))
        offer_by(c);
    if (completion_wants(c, 1u << NAME_ADDED))
        offer_granularities(c, RANK_LATER);
    if (!c->names.model)
        return;
    if (completion_wants(c, 1u << NAME_MEASURE | 1u << NAME_ADDED))
        offer_measures(c);
    if (completion_wants(c, 1u << NAME_ADDED))
        offer_dimensions(c, USE_UNITS, RANK_LATER);
    if (completion_wants(c, 1u << NAME_TESTED) && !having)
        offer_dimensions(c, USE_PLAIN, RANK_FIRST);
    if (completion_wants(c, 1u << NAME_TESTED))
        offer_line_measures(c, having ? RANK_FIRST : RANK_LATER, true);
    if (completion_wants(c, 1u << NAME_TOP))
        offer_line_measures(c, RANK_FIRST, true);
    if (completion_wants(c, 1u << NAME_TIME))
        offer_dimensions(c, USE_TIMES, RANK_LATER);
    if (completion_wants(c, 1u << NAME_SEGMENT))
        offer_segments(c);
    if (completion_wants(c, 1u << NAME_CUBE))
        offer_cubes(c);
    if (completion_wants(c, 1u << NAME_MEASURE | 1u << NAME_DIMENSION | 1u << NAME_TESTED | 1u << NAME_ADDED))
        offer_cube_heads(c);
}

/* In the quotes of Cube's JSON: full names. */
void offer_json(struct completion *c)
{
    const struct model *model = c->assist->model;

    for (size_t i = 0; model && i < model->member_name_count; i++)
        offer_value(c, model->member_names[i], join_names(c->arena, "\"", model->member_names[i], "\""), "member",
                    RANK_FIRST);
}
