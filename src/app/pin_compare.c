/*
 * Two answers to one question. Rows are matched by their dimensions, those of equal ones in their order, so that a row
 * more or less is told as that and not as a difference of all that follow.
 */
#include <string.h>

#include "ytempire/app/pin.h"
#include "ytempire/base/decimal.h"
#include "ytempire/base/str.h"
#include "ytempire/base/tree.h"

#define NONE SIZE_MAX

struct comparison_of {
    struct arena         *arena;
    const struct app_pin *expected, *got;
    size_t               *column_of;     /* of each expected column the one got, or NONE */
    const char          **differences;
    size_t                count, room;
};

static const char *shown(const char *cell)
{
    return cell != NULL ? cell : "NULL";
}

static void differ(struct comparison_of *comparison, const char *words)
{
    ARENA_PUSH(comparison->arena, comparison->differences, comparison->count, comparison->room, words);
}

static const char *cell_of(const struct app_pin *pin, size_t row, size_t column)
{
    return pin->cells[row * pin->column_count + column];
}

static bool is_number(const char *type)
{
    return text_equal(type, "int") || text_equal(type, "numeric") || text_equal(type, "float");
}

/* Numbers by their value: 12.0 is 12.00. */
static bool same_cell(const char *type, const char *a, const char *b)
{
    if (a != NULL && b != NULL && is_number(type) && decimal_is(a, strlen(a)) && decimal_is(b, strlen(b)))
        return decimal_compare(a, strlen(a), b, strlen(b)) == 0;
    return text_equal(a, b);
}

/* -- columns ------------------------------------------------------------------------------------------------------- */

static size_t find_column(const struct app_pin *pin, const char *name)
{
    for (size_t i = 0; i < pin->column_count; i++)
        if (text_equal(pin->columns[i].name, name))
            return i;
    return NONE;
}

/* False: the answers have not the same dimensions, so that no rows match. */
static bool match_columns(struct comparison_of *comparison)
{
    const struct app_pin *expected = comparison->expected, *got = comparison->got;
    bool                  same = true;

    comparison->column_of = ARENA_ARRAY(comparison->arena, size_t, expected->column_count + 1);
    for (size_t i = 0; i < expected->column_count; i++) {
        const struct app_pin_column *column = &expected->columns[i];
        size_t                       at = find_column(got, column->name);

        comparison->column_of[i] = at;
        if (at == NONE)
            differ(comparison, arena_printf(comparison->arena, "column %s: expected, and not there", column->name));
        else if (!text_equal(got->columns[at].type, column->type))
            differ(comparison, arena_printf(comparison->arena, "column %s: expected of type %s, got %s", column->name,
                                            column->type, got->columns[at].type));
        same = same && (at != NONE || text_equal(column->role, "measure"));
    }
    for (size_t i = 0; i < got->column_count; i++) {
        if (find_column(expected, got->columns[i].name) != NONE)
            continue;
        differ(comparison, arena_printf(comparison->arena, "column %s: not expected", got->columns[i].name));
        same = same && text_equal(got->columns[i].role, "measure");
    }
    return same;
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

/* Its dimensions, in the order of the expected columns; for people, or as a key. */
static const char *row_name(struct comparison_of *comparison, bool of_got, size_t row, bool key)
{
    const struct app_pin *expected = comparison->expected;
    _cleanup_(str_done) struct str name = STR_INIT;

    for (size_t i = 0; i < expected->column_count; i++) {
        const char *cell;

        if (text_equal(expected->columns[i].role, "measure"))
            continue;
        cell = of_got ? cell_of(comparison->got, row, comparison->column_of[i]) : cell_of(expected, row, i);
        if (key)
            str_addf(&name, "%zu%s%s", cell != NULL ? strlen(cell) : 0, cell != NULL ? "=" : "-",
                     cell != NULL ? cell : "");
        else
            str_addf(&name, "%s%s = %s", name.length > 0 ? ", " : "", expected->columns[i].name, shown(cell));
    }
    return arena_strndup(comparison->arena, str_text(&name), name.length);
}

static const char *place_name(struct comparison_of *comparison, bool of_got, size_t row)
{
    const char *name = row_name(comparison, of_got, row, false);

    return *name != '\0' ? name : arena_printf(comparison->arena, "row %zu", row + 1);
}

static void compare_row(struct comparison_of *comparison, size_t row, size_t other)
{
    const struct app_pin *expected = comparison->expected, *got = comparison->got;

    for (size_t i = 0; i < expected->column_count; i++) {
        const char *a = cell_of(expected, row, i), *b;

        if (comparison->column_of[i] == NONE)
            continue;
        b = cell_of(got, other, comparison->column_of[i]);
        if (!same_cell(expected->columns[i].type, a, b))
            differ(comparison, arena_printf(comparison->arena, "%s at %s: expected %s, got %s",
                                            expected->columns[i].name, place_name(comparison, false, row), shown(a),
                                            shown(b)));
    }
}

/* The rows got by their key: the map has the first (one more, as it keeps no 0), `next` the others of the same. */
struct index {
    struct map *first;
    size_t     *next;
};

static void make_index(struct comparison_of *comparison, struct index *index)
{
    size_t count = comparison->got->row_count;

    index->first = map_new();
    index->next = ARENA_ARRAY(comparison->arena, size_t, count + 1);
    for (size_t row = count; row-- > 0;) {
        const char *key = row_name(comparison, true, row, true);

        index->next[row] = (size_t)(uintptr_t)map_get(index->first, key);
        map_put(index->first, key, (void *)(uintptr_t)(row + 1));
    }
}

static size_t take_row(struct comparison_of *comparison, struct index *index, size_t row)
{
    const char *key = row_name(comparison, false, row, true);
    size_t      found = (size_t)(uintptr_t)map_get(index->first, key);

    if (found == 0)
        return NONE;
    map_put(index->first, key, (void *)(uintptr_t)index->next[found - 1]);
    return found - 1;
}

/* "order": [] of Cube's query asks for no order at all. */
static bool has_order(const char *query)
{
    struct tree       tree = {0};
    struct tree_fault fault;
    bool              has = true;

    if (*query == '{' && tree_read(&tree, query, strlen(query), 64, &fault) >= 0) {
        const struct tree_node *order = tree_get(tree.root, "order");

        has = order == NULL || order->kind != TREE_ARRAY || order->count > 0;
    }
    tree_done(&tree);
    return has;
}

static void compare_rows(struct comparison_of *comparison)
{
    const struct app_pin *expected = comparison->expected, *got = comparison->got;
    bool                 *taken = ARENA_ARRAY(comparison->arena, bool, got->row_count + 1);
    struct index          index;
    size_t                last = 0, moved = NONE;

    make_index(comparison, &index);
    for (size_t row = 0; row < expected->row_count; row++) {
        size_t other = take_row(comparison, &index, row);

        if (other == NONE) {
            differ(comparison, arena_printf(comparison->arena, "%s: expected, and not there",
                                            place_name(comparison, false, row)));
            continue;
        }
        taken[other] = true;
        compare_row(comparison, row, other);
        if (other < last && moved == NONE)
            moved = row;
        last = other;
    }
    for (size_t row = 0; row < got->row_count; row++)
        if (!taken[row])
            differ(comparison, arena_printf(comparison->arena, "%s: not expected", place_name(comparison, true, row)));
    if (moved != NONE && has_order(expected->query))
        differ(comparison, arena_printf(comparison->arena, "%s: expected behind the row before it: the order differs",
                                        place_name(comparison, false, moved)));
    map_free(index.first);
}

void app_pin_compare(struct arena *arena, const struct app_pin *expected, const struct app_pin *got,
                     const char *const **ret_differences, size_t *ret_count)
{
    struct comparison_of comparison = {.arena = arena, .expected = expected, .got = got};

    if (match_columns(&comparison))
        compare_rows(&comparison);
    *ret_differences = comparison.differences;
    *ret_count = comparison.count;
}
