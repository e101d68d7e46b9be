/*
 * Names of dimensions: found in the cubes of the line's measures, by the same dotted name in each; what is not found is
 * explained.
 */
#include "bound.h"

#include <stdio.h>
#include <string.h>

/* "x.day" is a granularity when x is a time dimension, else a member. */
bool bind_find_dimension(const struct cube *cube, const char *text, struct member *ret_member, enum data_unit *ret_unit)
{
    const char    *dot = strrchr(text, '.');
    enum data_unit unit;

    if (dot != NULL && data_unit_from_text(dot + 1, strlen(dot + 1), &unit) == 0) {
        char   head[160];
        size_t length = (size_t)(dot - text);

        if (length < sizeof head) {
            memcpy(head, text, length);
            head[length] = '\0';
            if (model_find_in(cube, head, BIT(MEMBER_DIMENSION), ret_member) &&
                member_is_time(ret_member->dimension->type)) {
                *ret_unit = unit;
                return true;
            }
        }
    }
    *ret_unit = UNIT_NONE;
    return model_find_in(cube, text, BIT(MEMBER_DIMENSION), ret_member);
}

/* "snapshot_time.fiscal": what is before the point is a time. */
static bool is_unknown_granularity(const struct cube *fact, const char *text)
{
    const char   *dot = strrchr(text, '.');
    char          head[160];
    struct member member;

    if (dot == NULL || (size_t)(dot - text) >= sizeof head)
        return false;
    memcpy(head, text, (size_t)(dot - text));
    head[dot - text] = '\0';
    return model_find_in(fact, head, BIT(MEMBER_DIMENSION), &member) && member_is_time(member.dimension->type);
}

/* Without measures, or where a fact lacks it, the model's own words say what is wrong. */
static int explain_missing(const struct bound *bound, const struct name *name, const struct cube *fact,
                           struct error *error)
{
    struct name_place place = bind_place_of(bound, name);
    struct member     member;
    enum data_unit    unit;
    int               r;

    for (size_t i = 0; i < bound->fact_count; i++)
        if (bound->facts[i] != fact && bind_find_dimension(bound->facts[i], name->text, &member, &unit)) {
            error_set(error, ERR_UNKNOWN, "%s has '%s', but %s has no such dimension", bound->facts[i]->name,
                      name->text, fact->name);
            error_hint(error, "'catalog %s' lists what it can be asked by", fact->name);
            bind_point_at(bound, name->span, error);
            return ERR_UNKNOWN;
        }
    if (is_unknown_granularity(fact, name->text)) {
        error_set(error, ERR_UNKNOWN, "'%s' is no granularity", strrchr(name->text, '.') + 1);
        error_hint(error, "second, minute, hour, day, week, month, quarter or year");
        bind_point_at(bound, name->span, error);
        return ERR_UNKNOWN;
    }
    r = model_find(bound->model, (struct cube *)(uintptr_t)fact, name->text, BIT(MEMBER_DIMENSION), &place, &member,
                   error);
    if (r < 0)
        return r;
    error_set(error, ERR_UNKNOWN, "%s has no dimension '%s'", fact->name, name->text);
    error_hint(error, "%s has it: ask a measure of %s", member.cube->name, member.cube->name);
    bind_point_at(bound, name->span, error);
    return ERR_UNKNOWN;
}

int bind_dimension_name(struct bound *bound, const struct name *name, struct member members[FACT_LIMIT],
                        enum data_unit *ret_unit, struct error *error)
{
    enum data_unit unit = name->unit;

    for (size_t i = 0; i < bound->fact_count; i++) {
        enum data_unit found = UNIT_NONE;
        struct cube   *fact = bound->facts[i];

        if (name->text == NULL) {
            if (fact->time == NULL) {
                error_set(error, ERR_UNKNOWN, "%s has no default time dimension", fact->name);
                bind_point_at(bound, name->span, error);
                return ERR_UNKNOWN;
            }
            members[i] = (struct member){.kind = MEMBER_DIMENSION, .cube = fact, .dimension = fact->time};
            (void)snprintf(members[i].full_name, sizeof members[i].full_name, "%s.%s", fact->name, fact->time->name);
        } else if (!bind_find_dimension(fact, name->text, &members[i], &found)) {
            /* "Costs.channel" beside another fact: the name without its cube is what the others are asked for */
            const char *dot = strchr(name->text, '.');
            bool        named = false;

            for (size_t k = 0; dot != NULL && k < bound->model->cube_count; k++)
                named |= strlen(bound->model->cubes[k]->name) == (size_t)(dot - name->text) &&
                         strncmp(bound->model->cubes[k]->name, name->text, (size_t)(dot - name->text)) == 0;
            if (!named || bound->fact_count == 1 || !bind_find_dimension(fact, dot + 1, &members[i], &found))
                return explain_missing(bound, name, fact, error);
        }
        if (found != UNIT_NONE)
            unit = found;
        if (unit != UNIT_NONE && !member_is_time(members[i].dimension->type)) {
            error_set(error, ERR_USAGE, "'%s' is not a time: it has no '%s'", members[i].full_name,
                      data_unit_name(unit));
            bind_point_at(bound, name->span, error);
            return ERR_USAGE;
        }
        if (members[i].dimension->type == MEMBER_DATE && unit != UNIT_NONE && unit < UNIT_DAY) {
            error_set(error, ERR_USAGE, "%s is a whole day: it has no '%s'", members[i].full_name,
                      data_unit_name(unit));
            bind_point_at(bound, name->span, error);
            return ERR_USAGE;
        }
    }
    *ret_unit = unit;
    return 0;
}
