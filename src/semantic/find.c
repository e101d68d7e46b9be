/*
 * Names to members. What a cube offers is its own members and, under the names of its joins, those of the cubes they go
 * to; a name is any suffix of whole dotted segments of "Cube.join.member".
 *
 * The nearer comes first: a cube's own member before one a join away, that before one two joins away. Two at the same
 * distance are ambiguous.
 */
#include "src/semantic/model.h"

#include <stdio.h>
#include <string.h>

#define CANDIDATES_SHOWN 6

struct search {
    const char  *name;
    size_t       length;
    unsigned     kinds;
    struct cube *from;                 /* the cube it is seen from */
    size_t       depth;                /* how many joins away */
    struct join *path[JOIN_DEPTH];
    size_t       found;
    struct member *members;            /* room for CANDIDATES_SHOWN */
};

/* -- one cube ------------------------------------------------------------------------------------------------------ */

/* Does "Cube.join.name" end in the searched name, at a point? */
static bool ends_in_name(const char *full, const struct search *search)
{
    size_t length = strlen(full);

    return length >= search->length && memcmp(full + length - search->length, search->name, search->length) == 0
        && (length == search->length || full[length - search->length - 1] == '.');
}

static void offer(struct search *search, enum member_kind kind, const char *name, void *object)
{
    struct member member = { .kind = kind, .cube = search->from, .path_length = search->depth };
    size_t        at     = 0;

    at += (size_t) snprintf(member.full_name, sizeof member.full_name, "%s", search->from->name);
    for (size_t i = 0; i < search->depth && at < sizeof member.full_name; i++) {
        member.path[i] = search->path[i];
        at += (size_t) snprintf(member.full_name + at, sizeof member.full_name - at, ".%s", search->path[i]->name);
    }
    if (at < sizeof member.full_name)
        at += (size_t) snprintf(member.full_name + at, sizeof member.full_name - at, ".%s", name);
    if (at >= sizeof member.full_name || !ends_in_name(member.full_name, search))
        return;
    if (kind == MEMBER_MEASURE)
        member.measure = object;
    else if (kind == MEMBER_DIMENSION)
        member.dimension = object;
    else
        member.segment = object;
    if (search->found < CANDIDATES_SHOWN)
        search->members[search->found] = member;
    search->found++;
}

/* The last segment alone decides most: names are compared before any text is put together. */
static bool may_be(const struct search *search, const char *name)
{
    size_t length = strlen(name);

    if (length > search->length || memcmp(search->name + search->length - length, name, length) != 0)
        return false;
    return length == search->length || search->name[search->length - length - 1] == '.';
}

static void look_in(struct search *search, const struct cube *cube)
{
    bool own = search->depth == 0;     /* measures and segments of a joined cube are asked from that cube */

    if (cube->hidden)
        return;
    if (own && (search->kinds & 1u << MEMBER_MEASURE))
        for (size_t i = 0; i < cube->measure_count; i++)
            if (!cube->measures[i]->hidden && may_be(search, cube->measures[i]->name))
                offer(search, MEMBER_MEASURE, cube->measures[i]->name, cube->measures[i]);
    if (search->kinds & 1u << MEMBER_DIMENSION)
        for (size_t i = 0; i < cube->dimension_count; i++)
            if (!cube->dimensions[i]->hidden && may_be(search, cube->dimensions[i]->name))
                offer(search, MEMBER_DIMENSION, cube->dimensions[i]->name, cube->dimensions[i]);
    if (own && (search->kinds & 1u << MEMBER_SEGMENT))
        for (size_t i = 0; i < cube->segment_count; i++)
            if (may_be(search, cube->segments[i]->name))
                offer(search, MEMBER_SEGMENT, cube->segments[i]->name, cube->segments[i]);
}

/* Everything exactly `wanted` joins away; never back to a cube the path has been in. */
static void walk_joins(struct search *search, const struct cube *cube, size_t wanted)
{
    if (search->depth == wanted) {
        look_in(search, cube);
        return;
    }
    for (size_t i = 0; i < cube->join_count; i++) {
        struct join *join = cube->joins[i];
        bool         been = join->target == search->from;

        for (size_t j = 0; j < search->depth && !been; j++)
            been = search->path[j]->target == join->target;
        if (been)
            continue;
        search->path[search->depth++] = join;
        walk_joins(search, join->target, wanted);
        search->depth--;
    }
}

/* Fills `members`, the nearest ones; returns how many there are. */
static size_t search_cube(const struct cube *cube, const char *name, unsigned kinds, struct member *members)
{
    struct search search = {
        .name = name, .length = strlen(name), .kinds = kinds, .from = (struct cube *) cube, .members = members,
    };

    if (!search.length || cube->hidden)
        return 0;
    for (size_t wanted = 0; wanted <= JOIN_DEPTH && !search.found; wanted++)
        walk_joins(&search, cube, wanted);
    return search.found;
}

bool model_find_in(const struct cube *cube, const char *name, unsigned kinds, struct member *ret_member)
{
    struct member members[CANDIDATES_SHOWN];

    if (!cube || search_cube(cube, name, kinds, members) != 1)
        return false;
    *ret_member = members[0];
    return true;
}

const struct dimension *dimension_meant(const struct dimension *dimension)
{
    while (dimension->alias_of && dimension->sql.pieces == dimension->alias_of->sql.pieces
           && dimension->type == dimension->alias_of->type)
        dimension = dimension->alias_of;
    return dimension;
}

/* -- the whole model ----------------------------------------------------------------------------------------------- */

static const char *kind_word(unsigned kinds)
{
    switch (kinds) {
    case 1u << MEMBER_MEASURE:
        return "measure";
    case 1u << MEMBER_DIMENSION:
        return "dimension";
    case 1u << MEMBER_SEGMENT:
        return "segment";
    default:
        return "member";
    }
}

static int fail_ambiguous(const char *name, const struct name_place *place, const struct member *members, size_t count,
                          struct error *error)
{
    struct str names = STR_INIT;
    int        r;

    if (!error)
        return ERR_AMBIGUOUS;
    for (size_t i = 0; i < count && i < CANDIDATES_SHOWN; i++)
        str_addf(&names, "%s%s", i ? ", " : "", members[i].full_name);
    r = error_set(error, ERR_AMBIGUOUS, "'%s' could be %zu members", name, count);
    if (place && place->text)
        error_point(error, place->text, place->at, place->length);
    error_hint(error, "one of %s%s", str_text(&names), count > CANDIDATES_SHOWN ? ", …" : "");
    str_done(&names);
    return r;
}

struct names {
    struct arena *arena;
    const char  **words;
    size_t        count, room;
};

static void add_names(struct names *names, const struct cube *cube, unsigned kinds)
{
    for (size_t j = 0; (kinds & 1u << MEMBER_MEASURE) && j < cube->measure_count; j++)
        ARENA_PUSH(names->arena, names->words, names->count, names->room, cube->measures[j]->name);
    for (size_t j = 0; (kinds & 1u << MEMBER_DIMENSION) && j < cube->dimension_count; j++)
        ARENA_PUSH(names->arena, names->words, names->count, names->room, cube->dimensions[j]->name);
    for (size_t j = 0; (kinds & 1u << MEMBER_SEGMENT) && j < cube->segment_count; j++)
        ARENA_PUSH(names->arena, names->words, names->count, names->room, cube->segments[j]->name);
}

/* Members of the cubes that are seen, those of `near` first. */
static void add_own_names(struct names *names, const struct model *model, const struct cube *near, unsigned kinds)
{
    if (near && !near->hidden)
        add_names(names, near, kinds);
    for (size_t i = 0; i < model->cube_count; i++)
        if (!model->cubes[i]->hidden && model->cubes[i] != near)
            add_names(names, model->cubes[i], kinds);
}

/* A name one could have meant: own members short, others with their cube. */
static const char *nearest_member(const struct model *model, const struct cube *near, const char *name, unsigned kinds, struct arena *arena)
{
    struct names names = { .arena = arena };

    add_own_names(&names, model, near, kinds);
    for (size_t j = 0; near && !near->hidden && (kinds & 1u << MEMBER_DIMENSION) && j < near->join_count; j++)
        for (size_t k = 0; k < near->joins[j]->target->dimension_count; k++)
            ARENA_PUSH(arena, names.words, names.count, names.room,
                       arena_printf(arena, "%s.%s", near->joins[j]->name, near->joins[j]->target->dimensions[k]->name));
    for (size_t i = 0; i < model->member_name_count; i++)
        ARENA_PUSH(arena, names.words, names.count, names.room, model->member_names[i]);
    return nearest_word(name, strlen(name), names.words, names.count);
}

/* Is `word` one of those that the underscores of `name` part? */
static bool has_word(const char *name, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = strstr(name, word); at != NULL && length > 0; at = strstr(at + 1, word))
        if ((at == name || at[-1] == '_') && (at[length] == '\0' || at[length] == '_'))
            return true;
    return false;
}

/* "total_views, views_gained": "views" alone could mean either. NULL: it is a word of no name. */
static const char *names_with_word(const struct model *model, const struct cube *near, const char *word, unsigned kinds, struct arena *arena)
{
    struct names names = { .arena = arena };
    const char  *list  = NULL;
    size_t       found = 0;

    add_own_names(&names, model, near, kinds);
    for (size_t i = 0; i < names.count; i++) {
        bool told = !has_word(names.words[i], word);

        for (size_t j = 0; j < i && !told; j++)
            told = text_equal(names.words[i], names.words[j]);
        if (told || ++found > CANDIDATES_SHOWN)
            continue;
        list = list ? arena_printf(arena, "%s, %s", list, names.words[i]) : names.words[i];
    }
    return found > CANDIDATES_SHOWN ? arena_printf(arena, "%s, …", list) : list;
}

/* Is it something else that stands at the wrong place? */
static const char *other_kind(const struct model *model, const struct cube *near, const char *name, unsigned kinds)
{
    static const char *const words[] = { "a measure", "a dimension", "a segment" };
    struct member            members[CANDIDATES_SHOWN];

    for (unsigned kind = MEMBER_MEASURE; kind <= MEMBER_SEGMENT; kind++) {
        if (kinds & 1u << kind)
            continue;
        if (near && search_cube(near, name, 1u << kind, members))
            return words[kind];
        for (size_t i = 0; i < model->cube_count; i++)
            if (search_cube(model->cubes[i], name, 1u << kind, members) && members[0].path_length == 0)
                return words[kind];
    }
    return NULL;
}

static int fail_unknown(const struct model *model, const struct cube *near, const char *name, unsigned kinds,
                        const struct name_place *place, struct error *error)
{
    struct arena *arena;
    const char   *other, *nearest, *with_word;
    int           r;

    if (!error)
        return ERR_UNKNOWN;
    arena   = arena_new();
    other   = other_kind(model, near, name, kinds);
    with_word = other ? NULL : names_with_word(model, near, name, kinds, arena);
    nearest = other || with_word ? NULL : nearest_member(model, near, name, kinds, arena);
    r       = error_set(error, ERR_UNKNOWN, "unknown %s '%s'", kind_word(kinds), name);
    if (place && place->text)
        error_point(error, place->text, place->at, place->length);
    if (other)
        error_hint(error, "'%s' is %s. 'catalog' lists all.", name, other);
    else if (with_word && !strchr(with_word, ','))
        error_hint(error, "did you mean '%s'? 'catalog' lists all.", with_word);
    else if (with_word)
        error_hint(error, "it could be one of %s. 'catalog' lists all.", with_word);
    else if (nearest)
        error_hint(error, "did you mean '%s'? 'catalog' lists all.", nearest);
    else
        error_hint(error, "'catalog' lists all.");
    arena_free(arena);
    return r;
}

/* Nearest over all cubes: a member of one cube's own hides those that others only join to. */
static size_t search_all(const struct model *model, const char *name, unsigned kinds, struct member *members)
{
    struct member found[CANDIDATES_SHOWN];
    size_t        total = 0, nearest = JOIN_DEPTH + 1;

    for (size_t i = 0; i < model->cube_count; i++) {
        size_t count = search_cube(model->cubes[i], name, kinds, found);

        if (!count || found[0].path_length > nearest)
            continue;
        if (found[0].path_length < nearest) {
            nearest = found[0].path_length;
            total   = 0;
        }
        for (size_t j = 0; j < count; j++, total++)
            if (total < CANDIDATES_SHOWN && j < CANDIDATES_SHOWN)
                members[total] = found[j];
    }
    return total;
}

int model_find(const struct model *model, struct cube *from, const char *name, unsigned kinds, const struct name_place *place,
               struct member *ret_member, struct error *error)
{
    struct cube  *tried[] = { from, model->default_cube };
    struct member members[CANDIDATES_SHOWN];
    size_t        count;

    for (size_t i = 0; i < COUNT_OF(tried); i++) {
        count = tried[i] ? search_cube(tried[i], name, kinds, members) : 0;
        if (count > 1)
            return fail_ambiguous(name, place, members, count, error);
        if (count == 1) {
            *ret_member = members[0];
            return 0;
        }
    }
    count = search_all(model, name, kinds, members);
    if (count > 1)
        return fail_ambiguous(name, place, members, count, error);
    if (count == 0)
        return fail_unknown(model, from ? from : model->default_cube, name, kinds, place, error);
    *ret_member = members[0];
    return 0;
}
