/*
 * semantic/drill: one more dimension below a row; the same answer in another order. A query is a value: the new one is
 * a changed copy, and its line is the copy printed.
 */
#include "src/semantic/drill_work.h"

#include <string.h>
#include <strings.h>

#include "ytempire/base/str.h"

int drill_open(struct drill *drill, struct arena *arena, const struct model *model, const struct query *query,
               struct error *error)
{
    *drill = (struct drill){.arena = arena, .query = query_copy(arena, query), .error = error};
    edit_forget_places(drill->query);
    drill->bound = (struct bound){.arena = arena, .model = model, .query = drill->query};
    return bind_shown(&drill->bound, error);
}

int drill_close(struct drill *drill, char **ret_line)
{
    struct bound shown = {.arena = drill->arena, .model = drill->bound.model, .query = drill->query};
    char *line;
    int r = bind_shown(&shown, drill->error);

    if (r < 0)
        return r;
    line = query_to_line(drill->arena, drill->query);
    if (strlen(line) > LINE_LIMIT)
        return error_set(drill->error, ERR_LIMIT, "the line would be longer than %zu bytes", LINE_LIMIT);
    *ret_line = line;
    return 0;
}

/* -- one more dimension -------------------------------------------------------------------------------------------- */

static struct bound_dimension *finer_of(struct bound_dimension *a, struct bound_dimension *b)
{
    return a == NULL || b->unit < a->unit ? b : a;
}

/* The bucket of one time that is there, the finest where there are several; NULL: none. */
static struct bound_dimension *find_bucket(struct drill *drill, const char *full_name)
{
    struct bound_dimension *found = NULL;

    for (size_t d = 0; d < drill->bound.dimension_count; d++) {
        struct bound_dimension *dimension = &drill->bound.dimensions[d];

        if (dimension->unit != UNIT_NONE && text_equal(dimension->member[0].full_name, full_name))
            found = finer_of(found, dimension);
    }
    return found;
}

/* What "day" by itself means here: the default time, else the only other one. */
static int find_time(struct drill *drill, enum data_unit unit, struct bound_dimension **ret_found)
{
    struct bound_dimension *found = NULL, *axis = NULL;
    bool several = false;
    int r;

    for (size_t d = 0; d < drill->bound.dimension_count; d++) {
        struct bound_dimension *dimension = &drill->bound.dimensions[d];

        if (dimension->unit == UNIT_NONE)
            continue;
        if (drill_is_axis(drill, dimension))
            axis = finer_of(axis, dimension);
        several |= found != NULL && !text_equal(found->member[0].full_name, dimension->member[0].full_name);
        found = finer_of(found, dimension);
    }
    if (axis == NULL && several) {
        r = error_set(drill->error, ERR_AMBIGUOUS, "'%s' could be of several times", data_unit_name(unit));
        error_hint(drill->error, "name one: %s.%s", found->member[0].dimension->name, data_unit_name(unit));
        return r;
    }
    *ret_found = axis != NULL ? axis : found;
    return 0;
}

static int refuse_twice(struct drill *drill, const char *label)
{
    return error_set(drill->error, ERR_USAGE, "'%s' is in the query already", label);
}

static int check_new(struct drill *drill, const struct member *member, enum data_unit unit)
{
    for (size_t d = 0; d < drill->bound.dimension_count; d++) {
        const struct bound_dimension *dimension = &drill->bound.dimensions[d];

        if (dimension->unit == unit && text_equal(dimension->member[0].full_name, member->full_name))
            return refuse_twice(drill, dimension->label);
    }
    return 0;
}

static void put_dimension(struct drill *drill, struct name name)
{
    struct name_list *list = &drill->query->dimensions;

    ARENA_PUSH(drill->arena, list->items, list->count, list->room, name);
}

/* Of the copy: it may be changed. */
static struct name *name_in_copy(const struct bound_dimension *dimension)
{
    return (struct name *)(uintptr_t)dimension->name;
}

static int add_dimension(struct drill *drill, const char *text)
{
    struct name name = {.text = text};
    struct bound_dimension *there = NULL;
    struct member members[FACT_LIMIT];
    enum data_unit unit;
    int part, r = 0;

    if (word_find(text, strlen(text), &unit, &part) == WORD_UNIT) {
        name = name_of_unit(unit);
        r = find_time(drill, unit, &there);
        if (r >= 0 && there != NULL)
            name = drill_name_with_unit(drill->arena, there->name, unit);
    }
    if (r >= 0)
        r = bind_dimension_name(&drill->bound, &name, members, &unit, drill->error);
    if (r >= 0)
        r = check_new(drill, &members[0], unit);
    if (r < 0)
        return r;
    there = unit != UNIT_NONE ? find_bucket(drill, members[0].full_name) : NULL;
    if (there != NULL) {
        *name_in_copy(there) = drill_name_with_unit(drill->arena, there->name, unit);
        return 0;
    }
    if (name.text != NULL)
        name.text = drill_is_word(text) ? arena_strdup(drill->arena, members[0].full_name)
                                        : arena_strdup(drill->arena, text);
    put_dimension(drill, name);
    return 0;
}

int query_drill(struct arena *arena, const struct model *model, const struct query *query, const struct drill_row *row,
                const char *dimension, char **ret_line, struct error *error)
{
    struct drill drill;
    int r = drill_open(&drill, arena, model, query, error);

    if (r >= 0)
        r = drill_narrow(&drill, row);
    if (r >= 0)
        r = add_dimension(&drill, dimension);
    return r < 0 ? r : drill_close(&drill, ret_line);
}

/* -- order --------------------------------------------------------------------------------------------------------- */

struct choice {
    const struct name *name;
    unsigned rank; /* 2: as written, 1: the end of the one is the other */
    bool several;
};

/* Whole dotted segments at the end. */
static bool is_end_of(const char *end, const char *whole)
{
    size_t a = strlen(whole), b = strlen(end);

    return a > b && whole[a - b - 1] == '.' && strcasecmp(whole + a - b, end) == 0;
}

static void choose(struct choice *choice, struct arena *arena, const struct name_list *list, const char *column)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *text = name_text(arena, &list->items[i]);
        unsigned rank = text_equal(text, column) ? 2 : is_end_of(text, column) || is_end_of(column, text) ? 1 : 0;

        if (rank == 0 || rank < choice->rank)
            continue;
        choice->several = rank == choice->rank;
        choice->rank = rank;
        choice->name = &list->items[i];
    }
}

static int refuse_column(struct arena *arena, const struct query *query, const char *column, struct error *error)
{
    const struct name_list *lists[] = {&query->measures, &query->dimensions, &query->added};
    const char **names = NULL, *near;
    struct str all = STR_INIT;
    size_t count = 0, room = 0;

    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (size_t k = 0; k < lists[i]->count; k++) {
            ARENA_PUSH(arena, names, count, room, name_text(arena, &lists[i]->items[k]));
            str_addf(&all, "%s%s", count > 1 ? ", " : "", names[count - 1]);
        }
    near = nearest_word(column, strlen(column), names, count);
    (void)error_set(error, ERR_UNKNOWN, "the answer has no column '%s'", column);
    if (near != NULL)
        error_hint(error, "did you mean '%s'?", near);
    else
        error_hint(error, "it has %s", str_text(&all));
    str_done(&all);
    return ERR_UNKNOWN;
}

int query_order_by(struct arena *arena, const struct query *query, const char *column, bool descending, char **ret_line,
                   struct error *error)
{
    struct query *copy = query_copy(arena, query);
    struct choice choice = {0};
    struct order_key *key = ARENA_NEW(arena, struct order_key);

    choose(&choice, arena, &copy->measures, column);
    choose(&choice, arena, &copy->dimensions, column);
    choose(&choice, arena, &copy->added, column);
    if (choice.name == NULL)
        return refuse_column(arena, query, column, error);
    if (choice.several)
        return error_set(error, ERR_AMBIGUOUS, "'%s' could be several columns", column);
    *key = (struct order_key){.name = *choice.name, .descending = descending, .direction_given = true};
    copy->order = key;
    copy->order_count = copy->order_room = 1;
    copy->order_none = false;
    *ret_line = query_to_line(arena, copy);
    return 0;
}
