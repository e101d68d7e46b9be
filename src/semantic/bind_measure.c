/*
 * Names to measures, and what a column shows of one: the value, the same of a period it is compared with, its share.
 */
#include "bound.h"

#include <string.h>

static const char *const variant_words[] = {
    [VARIANT_PREVIOUS] = "previous", [VARIANT_DIFF] = "diff", [VARIANT_CHANGE] = "change", [VARIANT_SHARE] = "share",
};

/* "revenue.share": the measure's name alone, and what is shown of it; any other name is itself. */
static const char *split_variant(const struct bound *bound, const char *text, enum variant *ret_variant)
{
    const char *dot = strrchr(text, '.');

    *ret_variant = VARIANT_VALUE;
    for (size_t i = VARIANT_PREVIOUS; dot != NULL && i < COUNT_OF(variant_words); i++)
        if (text_equal_nocase(dot + 1, variant_words[i]) &&
            (i == VARIANT_SHARE || bound->query->shift.kind != SHIFT_NONE)) {
            *ret_variant = (enum variant)i;
            return arena_printf(bound->arena, "%.*s", (int)(dot - text), text);
        }
    return text;
}

static const char *variant_label(const struct bound *bound, const struct bound_measure *item)
{
    const char *name = item->measure->name;

    if (item->variant == VARIANT_VALUE)
        return name;
    if (item->period > 1)
        return arena_printf(bound->arena, "%s_%s_%zu", name, variant_words[item->variant], item->period);
    return arena_printf(bound->arena, "%s_%s", name, variant_words[item->variant]);
}

static size_t put_measure(struct bound *bound, struct bound_measure item)
{
    for (size_t i = 0; i < bound->measure_count; i++)
        if (bound->measures[i].measure == item.measure && bound->measures[i].variant == item.variant &&
            bound->measures[i].period == item.period)
            return i;
    item.label = variant_label(bound, &item);
    if (item.selected)
        item.label = bind_label(bound, item.label, item.measure->cube);
    ARENA_PUSH(bound->arena, bound->measures, bound->measure_count, bound->measure_room, item);
    return bound->measure_count - 1;
}

/* Beside a measure what it is compared with, once for each period. */
static void put_comparison(struct bound *bound, struct measure *measure)
{
    const struct shift *shift = &bound->query->shift;

    for (size_t period = 1; shift->kind != SHIFT_NONE && period <= shift->more_count + 1; period++)
        for (enum variant variant = VARIANT_PREVIOUS; variant <= VARIANT_CHANGE; variant++)
            put_measure(bound, (struct bound_measure){measure, variant, period, NULL, true});
}

static bool find_variant(const struct bound *bound, struct cube *from, const char *text, struct member *ret_member,
                         enum variant *ret_variant)
{
    const char *name = split_variant(bound, text, ret_variant);

    return *ret_variant != VARIANT_VALUE && (*ret_variant == VARIANT_SHARE || bound->measure_count > 0) &&
           model_find(bound->model, from, name, BIT(MEMBER_MEASURE), NULL, ret_member, NULL) == 0;
}

/* The cubes a measure is counted in: of one over others, theirs. */
static int add_facts(struct bound *bound, const struct measure *measure, const struct name *name, struct error *error)
{
    int r = 0;

    switch (measure->kind) {
    case MEASURE_RATIO:
        r = add_facts(bound, measure->numerator, name, error);
        return r < 0 ? r : add_facts(bound, measure->denominator, name, error);
    case MEASURE_WINDOW:
        return add_facts(bound, measure->inner, name, error);
    case MEASURE_DERIVED:
        for (size_t i = 0; r >= 0 && i < measure->sql.piece_count; i++)
            if (measure->sql.pieces[i].kind == PIECE_MEASURE)
                r = add_facts(bound, measure->sql.pieces[i].measure, name, error);
        return r;
    case MEASURE_AGGREGATE:
    case MEASURE_LAST:
    case MEASURE_INCREASE:
        break;
    }
    return bind_add_fact(bound, measure->cube, name, error);
}

static int bind_measure(struct bound *bound, struct cube *from, const struct name *name, struct error *error)
{
    struct name_place    place = bind_place_of(bound, name);
    struct member        member;
    struct bound_measure item = {.selected = true};
    int                  r = 0;

    if (model_find(bound->model, from, name->text, BIT(MEMBER_MEASURE), NULL, &member, NULL) < 0 &&
        !(find_variant(bound, from, name->text, &member, &item.variant) && item.variant == VARIANT_SHARE)) {
        item.variant = VARIANT_VALUE;
        r = model_find(bound->model, from, name->text, BIT(MEMBER_MEASURE), &place, &member, error);
    }
    for (size_t i = 0; r >= 0 && i < bound->measure_count; i++)
        if (bound->measures[i].measure == member.measure && bound->measures[i].variant == item.variant)
            return bind_refuse_twice(bound, name, bound->measures[i].label, error);
    if (r >= 0)
        r = add_facts(bound, member.measure, name, error);
    if (r < 0)
        return r;
    item.measure = member.measure;
    put_measure(bound, item);
    if (item.variant == VARIANT_VALUE)
        put_comparison(bound, item.measure);
    return 0;
}

/* What an edit added is a measure where the model has one of that name, else a dimension. */
bool bind_added_is_measure(const struct bound *bound, struct cube *from, const struct name *name)
{
    struct member member;

    return name->text != NULL && name->unit == UNIT_NONE &&
           model_find(bound->model, from, name->text, BIT(MEMBER_MEASURE), NULL, &member, NULL) == 0;
}

int bind_measures(struct bound *bound, struct cube *from, struct error *error)
{
    const struct name_list *names = &bound->query->measures, *added = &bound->query->added;
    int                     r = 0;

    for (size_t i = 0; r >= 0 && i < names->count; i++)
        r = bind_measure(bound, from, &names->items[i], error);
    for (size_t i = 0; r >= 0 && i < added->count; i++)
        if (bind_added_is_measure(bound, from, &added->items[i]))
            r = bind_measure(bound, from, &added->items[i], error);
    return r;
}

bool bind_measure_name(struct bound *bound, const struct name *name, size_t *ret_index)
{
    struct bound_measure item = {0};
    struct member        member;
    bool                 found = false;

    for (size_t i = 0; i < bound->measure_count; i++)       /* a column's own name first */
        if (bound->measures[i].selected && text_equal(bound->measures[i].label, name->text)) {
            *ret_index = i;
            return true;
        }
    if (bound->query->cube.text != NULL)
        found = model_find_in(model_cube(bound->model, bound->query->cube.text), name->text, BIT(MEMBER_MEASURE),
                              &member);
    for (size_t i = 0; !found && i < bound->fact_count; i++)
        found = model_find_in(bound->facts[i], name->text, BIT(MEMBER_MEASURE), &member);
    if (!found && model_find(bound->model, NULL, name->text, BIT(MEMBER_MEASURE), NULL, &member, NULL) < 0 &&
        !find_variant(bound, NULL, name->text, &member, &item.variant))
        return false;
    if (add_facts(bound, member.measure, name, NULL) < 0)
        return false;
    item.measure = member.measure;
    item.period = item.variant == VARIANT_VALUE || item.variant == VARIANT_SHARE ? 0 : 1;
    *ret_index = put_measure(bound, item);
    return true;
}

bool bind_names_column(const struct bound *bound, const char *text)
{
    enum variant  variant;
    struct member member;

    for (size_t i = 0; i < bound->measure_count; i++)
        if (bound->measures[i].variant != VARIANT_VALUE && text_equal(bound->measures[i].label, text))
            return true;
    return find_variant(bound, NULL, text, &member, &variant);
}
