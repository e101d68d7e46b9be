/*
 * Which rollup answers a leg. All candidates are looked at, the smallest exact one is taken; each of the others has a
 * reason, with a code that does not change and the smallest edit that would do away with it.
 */
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "rollup.h"
#include "write_leg.h"

#define TOUCHED_MOST 1000                  /* hours; beyond them it is not known which buckets are touched */

struct candidate {
    struct rollup_layout *layout;
    struct rollup_state   state;
    bool                  is_unknown;      /* the state: it could not be looked up */
};

struct reason { const char *code, *text, *edit; };

/* -- what the warehouse says --------------------------------------------------------------------------------------- */

static const char *state_sql(const struct bound *bound, const struct cube *cube)
{
    return arena_printf(
        bound->arena,
        "SELECT json_agg(json_build_object('name', s.name, 'state', s.state, 'definition', s.definition,"
        " 'rows', s.rows, 'aggregate', EXISTS (SELECT FROM pg_class WHERE oid = to_regclass(s.relation) AND relkind = "
        "'v'),"
        " 'mark', ops.rollup_mark(s.cube, s.name), 'watermark', (extract(epoch FROM s.watermark) * "
        "1000000)::bigint, 'touched',"
        " (SELECT json_agg(h ORDER BY h) FROM (SELECT DISTINCT (extract(epoch FROM t.hour) * 1000000)::bigint"
        " AS h FROM ops.rollup_touched AS t WHERE t.cube = s.cube AND t.name = s.name AND t.hour < s.watermark"
        " ORDER BY h LIMIT %d) AS t)))"
        " FROM ops.rollup_state AS s WHERE s.cube = '%s'",
        TOUCHED_MOST + 1, cube->name);
}

static void read_state(const struct bound *bound, const json_t *entry, struct candidate *candidate)
{
    struct rollup_state *state = &candidate->state;
    const json_t        *touched = json_object_get(entry, "touched");

    state->state = arena_strdup(bound->arena, json_string_value(json_object_get(entry, "state")));
    state->definition = arena_strdup(bound->arena, json_string_value(json_object_get(entry, "definition")));
    state->mark = arena_strdup(bound->arena, json_string_value(json_object_get(entry, "mark")));
    state->is_aggregate = json_is_true(json_object_get(entry, "aggregate"));
    state->rows = json_integer_value(json_object_get(entry, "rows"));
    state->watermark = json_is_integer(json_object_get(entry, "watermark"))
                           ? json_integer_value(json_object_get(entry, "watermark"))
                           : INT64_MIN;
    state->touched = ARENA_ARRAY(bound->arena, int64_t, json_array_size(touched) + 1);
    for (size_t i = 0; i < json_array_size(touched); i++)
        state->touched[state->touched_count++] = json_integer_value(json_array_get(touched, i));
}

/* As they would be after a refresh. */
static void suppose_states(const struct bound *bound, struct candidate *candidates, size_t count)
{
    for (size_t i = 0; i < count; i++)
        candidates[i].state = (struct rollup_state){
            .state = "ready", .definition = candidates[i].layout->definition, .watermark = bound->context->now};
}

static void look_up_states(struct bound *bound, const struct cube *cube, struct candidate *candidates, size_t count)
{
    const char *text = NULL;
    json_t     *list;

    if (bound->context->look_up == NULL)
        return;
    if (bound->context->look_up(bound->context->who, bound->arena, state_sql(bound, cube), &text) < 0)
        for (size_t i = 0; i < count; i++)
            candidates[i].is_unknown = true;
    if (text == NULL)
        return;
    list = json_loads(text, 0, NULL);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);

        for (size_t k = 0; k < count; k++)
            if (text_equal(json_string_value(json_object_get(entry, "name")), candidates[k].layout->rollup->name))
                read_state(bound, entry, &candidates[k]);
    }
    json_decref(list);
}

/* -- ranges -------------------------------------------------------------------------------------------------------- */

static int64_t bucket_of(const struct rollup_layout *layout, int64_t instant)
{
    return zone_to_instant(layout->zone, local_floor(zone_to_local(layout->zone, instant), layout->rollup->unit));
}

static int64_t bucket_after(const struct rollup_layout *layout, int64_t bucket)
{
    int64_t local = local_floor(zone_to_local(layout->zone, bucket), layout->rollup->unit);

    return zone_to_instant(layout->zone, local_add(local, layout->rollup->unit, 1));
}

struct resolved rollup_range(const struct rollup_layout *layout, const struct resolved *range)
{
    struct resolved counted = *range;

    if (!layout->by_day)
        return counted;
    counted.from = range->first_day * US_PER_DAY;
    counted.to = (range->last_day + INT64_C(1)) * US_PER_DAY;
    return counted;
}

void rollup_find_days(const struct bound *bound, const struct rollup_layout *layout, struct resolved *range)
{
    resolved_find_days(range, layout->by_day ? layout->zone : bound->zone);
}

int64_t rollup_bucket_from(const struct rollup_layout *layout, int64_t instant)
{
    int64_t bucket = bucket_of(layout, instant);

    return bucket < instant ? bucket_after(layout, bucket) : bucket;
}

int64_t rollup_known_until(const struct leg_rollup *from)
{
    int64_t until = from->state->watermark;

    if (from->state->touched_count > 0 && from->state->touched[0] < until)
        until = from->state->touched[0];
    return bucket_of(from->layout, until);
}

static void put_facts(const struct bound *bound, const struct rollup_layout *layout, struct rollup_split *split,
                      bool has_from, int64_t from, bool has_to, int64_t to)
{
    struct resolved piece = {.has_from = has_from, .from = from, .has_to = has_to, .to = to};

    if (has_from && has_to && from >= to)
        return;
    rollup_find_days(bound, layout, &piece);
    split->facts[split->fact_count++] = piece;
}

/* The buckets that an hour lies in, which are two where the zone's are off by half an hour. */
static struct resolved buckets_of_hour(const struct rollup_layout *layout, int64_t hour)
{
    return (struct resolved){.has_from = true,
                             .from = bucket_of(layout, hour),
                             .has_to = true,
                             .to = bucket_after(layout, bucket_of(layout, hour + US_PER_HOUR - 1))};
}

/* Touched buckets inside what is kept, neighbours as one. False: too many. */
static bool find_holes(const struct bound *bound, const struct leg_rollup *from, struct rollup_split *split)
{
    if (from->state->touched_count > TOUCHED_MOST)
        return false;
    for (size_t i = 0; i < from->state->touched_count; i++) {
        struct resolved  hole = buckets_of_hour(from->layout, from->state->touched[i]);
        struct resolved *last = split->hole_count > 0 ? &split->holes[split->hole_count - 1] : NULL;

        if (split->kept.has_from && hole.from < split->kept.from)
            hole.from = split->kept.from;
        if (hole.to > split->kept.to)
            hole.to = split->kept.to;
        if (hole.from >= hole.to)
            continue;
        if (last != NULL && hole.from <= last->to) {
            last->to = hole.to;
            continue;
        }
        if (split->hole_count == ROLLUP_PIECES)
            return false;
        split->holes[split->hole_count++] = hole;
    }
    for (size_t i = 0; i < split->hole_count; i++) {
        rollup_find_days(bound, from->layout, &split->holes[i]);
        put_facts(bound, from->layout, split, true, split->holes[i].from, true, split->holes[i].to);
    }
    return true;
}

static bool is_touched_before(const struct rollup_state *state, int64_t end)
{
    return state->touched_count > 0 && state->touched[0] < end;
}

bool rollup_split(const struct bound *bound, const struct leg_rollup *from, enum leg_kind kind,
                  const struct resolved *asked, struct rollup_split *ret_split)
{
    const struct rollup_layout *layout = from->layout;
    struct rollup_split         split = {0};
    struct resolved             range = rollup_range(layout, asked);
    int64_t                     end = from->state->watermark;

    if (range.has_to && range.to < end)
        end = bucket_of(layout, range.to);
    split.kept = (struct resolved){.has_to = true, .to = end};
    if (kind != LEG_LAST && range.has_from) {
        split.kept.has_from = true;
        split.kept.from = rollup_bucket_from(layout, range.from);
        if (split.kept.from >= end)
            return true;
        put_facts(bound, layout, &split, true, range.from, true, split.kept.from);
    }
    rollup_find_days(bound, layout, &split.kept);
    if (kind != LEG_ROWS ? is_touched_before(from->state, end) : !find_holes(bound, from, &split))
        return false;
    if (split.hole_count == 1 && split.kept.has_from && split.holes[0].from <= split.kept.from &&
        split.holes[0].to >= split.kept.to)
        return false;
    split.any = true;
    put_facts(bound, layout, &split, true, end, range.has_to, range.to);
    *ret_split = split;
    return true;
}

/* -- what is covered ----------------------------------------------------------------------------------------------- */

static bool covers_member(const struct rollup_layout *layout, const struct member *member)
{
    if (member->path_length > 0)
        return rollup_has_columns(layout, &member->path[0]->sql);
    return rollup_has_dimension(layout, member->dimension);
}

/* Is it about the default time itself? */
static bool is_axis(const struct bound *bound, size_t fact, const struct member *member)
{
    return member->path_length == 0 && dimension_meant(member->dimension) == bound->facts[fact]->time;
}

static const char *uncovered_test(const struct bound *bound, const struct rollup_layout *layout, size_t fact,
                                  const struct bound_filter *filter)
{
    const char *found = NULL;

    if (filter == NULL)
        return NULL;
    for (size_t i = 0; i < filter->kid_count && found == NULL; i++)
        found = uncovered_test(bound, layout, fact, filter->kids[i]);
    if (filter->kind == FILTER_TEST &&
        (is_axis(bound, fact, &filter->member[fact]) || !covers_member(layout, &filter->member[fact])))
        found = filter->member[fact].full_name;
    return found;
}

static struct reason no(const char *code, const char *text, const char *edit)
{
    return (struct reason){code, text, edit};
}

/* What the leg reads: the range, or what the stretches of its buckets reach. False: stretches that buckets do not fill.
 */
static bool find_range(const struct bound *bound, const struct plan *plan, size_t leg, struct resolved *ret_range)
{
    struct writer   writer = {.bound = bound, .plan = plan};
    struct leg_text text = {.writer = &writer,
                            .leg = &plan->legs[leg],
                            .index = leg,
                            .grain = {true, true},
                            .range = leg_range(&writer)};
    bool            well = text.leg->window == NULL || (text.leg->kind != LEG_LAST && window_reads(&text));

    *ret_range = text.range;
    return well;
}

/* Is each cell of the answer one row of the rollup, and nothing asked for that several cells make? */
static bool asks_for_rows(const struct bound *bound, const struct leg *leg, const struct rollup_layout *layout)
{
    struct dimension **own = ARENA_ARRAY(bound->arena, struct dimension *, bound->dimension_count + 1);
    size_t             count = 0;
    bool               by_bucket = false;

    for (size_t d = 0; d < bound->dimension_count; d++) {
        const struct member *member = &bound->dimensions[d].member[leg->fact];

        if (is_axis(bound, leg->fact, member))
            by_bucket |= bound->dimensions[d].unit == layout->rollup->unit;
        else if (member->path_length == 0)
            own[count++] = member->dimension;
    }
    for (size_t m = 0; m < bound->measure_count; m++)
        if (bound->measures[m].variant == VARIANT_SHARE)
            return false;
    return by_bucket && leg->window == NULL && bound->query->top.count == 0 && !bound->query->total &&
           rollup_is_told_by(layout, own, count);
}

static struct reason check_parts(const struct bound *bound, const struct plan *plan, size_t leg,
                                 const struct rollup_layout *layout)
{
    const struct leg *this = &plan->legs[leg];
    struct resolved   range;

    if (!find_range(bound, plan, leg, &range))
        return no("not_additive", "a stretch of time that buckets do not fill is read from the facts", "");
    if (this->kind == LEG_LAST && this->rule != RULE_CARRY)
        return no("not_additive", "the last snapshot inside a period is not in the sums of changes",
                  "take the rule carry");
    if (this->kind == LEG_INCREASE && this->baseline != BASELINE_NONE)
        return no("not_additive", "a first sighting that counts depends on the range", "take the baseline none");
    for (size_t p = 0; p < plan->part_count; p++) {
        const struct part *part = &plan->parts[p];

        if (part->leg != leg)
            continue;
        if (part->aggregate != NULL && part->kind == AGGREGATE_COUNT_DISTINCT &&
            !asks_for_rows(bound, this, layout))
            return no("not_additive", "distinct values of buckets do not add up",
                      rollup_find_part(layout, part) == SIZE_MAX
                          ? "take count_distinct_approx"
                          : arena_printf(bound->arena, "ask by %s and all that it is kept by, or take "
                                                       "count_distinct_approx",
                                         data_unit_name(layout->rollup->unit)));
        if (rollup_find_part(layout, part) == SIZE_MAX)
            return no(
                "measure_missing",
                part->aggregate != NULL
                    ? arena_printf(bound->arena, "it does not keep %s",
                                   part->aggregate->argument.source != NULL ? part->aggregate->argument.source : "*")
                    : arena_printf(bound->arena, "it does not keep %s", part->counter->name),
                "add the measure to the rollup");
        if (part->counter != NULL && part->counter->filter.piece_count > 0)
            return no("measure_missing", arena_printf(bound->arena, "%s has a filter of its own", part->counter->name),
                      "");
    }
    return (struct reason){0};
}

static bool unit_divides(enum data_unit part, enum data_unit whole)
{
    return part <= whole && !(part == UNIT_WEEK && whole > UNIT_WEEK);
}

static struct reason check_dimensions(const struct bound *bound, size_t fact, const struct rollup_layout *layout)
{
    for (size_t d = 0; d < bound->dimension_count; d++) {
        const struct bound_dimension *dimension = &bound->dimensions[d];
        const struct member          *member = &dimension->member[fact];

        if (!is_axis(bound, fact, member)) {
            if (!covers_member(layout, member))
                return no("dimension_missing", arena_printf(bound->arena, "it is not kept by %s", dimension->label),
                          arena_printf(bound->arena, "add %s to the rollup", member->full_name));
            continue;
        }
        if (dimension->unit == UNIT_NONE || !unit_divides(layout->rollup->unit, dimension->unit))
            return no("grain_too_coarse",
                      arena_printf(bound->arena, "its buckets are of a%s %s",
                                   layout->rollup->unit == UNIT_HOUR ? "n" : "", data_unit_name(layout->rollup->unit)),
                      arena_printf(bound->arena, "ask by %s or longer", data_unit_name(layout->rollup->unit)));
        if (member->dimension->type == MEMBER_TIME && !text_equal(zone_name(bound->zone), zone_name(layout->zone)))
            return no("timezone_mismatch",
                      arena_printf(bound->arena, "its buckets are of the zone %s", zone_name(layout->zone)),
                      arena_printf(bound->arena, "tz %s", zone_name(layout->zone)));
    }
    return (struct reason){0};
}

static struct reason check_filters(const struct bound *bound, size_t fact, const struct rollup_layout *layout)
{
    const char *test = uncovered_test(bound, layout, fact, bound->where);

    if (test != NULL)
        return no("filter_missing", arena_printf(bound->arena, "it cannot test %s", test), "add it to the rollup");
    for (size_t i = 0; i < bound->segment_count; i++)
        if (!rollup_has_columns(layout, &bound->segments[i]->sql))
            return no("filter_missing",
                      arena_printf(bound->arena, "it cannot test the segment %s", bound->segments[i]->name),
                      "add the segment to the rollup");
    for (size_t i = 0; i < bound->range_count; i++)
        if (!bound->ranges[i].is_axis && !covers_member(layout, &bound->ranges[i].member[fact]))
            return no("filter_missing",
                      arena_printf(bound->arena, "it cannot test %s", bound->ranges[i].member[fact].full_name),
                      "add it to the rollup");
    return (struct reason){0};
}

static struct reason check_state(const struct bound *bound, const struct plan *plan, size_t leg,
                                 const struct candidate *candidate)
{
    const struct rollup_state *state = &candidate->state;
    struct leg_rollup          from = {candidate->layout, state};
    struct rollup_split        split = {0};
    struct resolved            range;

    if (candidate->is_unknown)
        return no("unknown", "its state could not be looked up (in an open transaction none is)", "");
    if (state->state == NULL)
        return no("building", "it was not built yet", "rollup refresh");
    if (text_equal(state->state, "building"))
        return no("building", "it is being built", "");
    if (!text_equal(state->definition, candidate->layout->definition))
        return no("stale", "the model has changed since it was built", "rollup refresh");
    if (!text_equal(state->state, "ready") || state->watermark == INT64_MIN)
        return no("stale", "its last refresh failed", "rollup refresh");
    (void)find_range(bound, plan, leg, &range);
    if (!rollup_split(bound, &from, plan->legs[leg].kind, &range, &split))
        return no("touched", "late rows have been loaded that are not in it yet", "rollup refresh");
    if (!split.any)
        return no("range_not_covered", "no whole bucket of it lies in the range", "");
    return (struct reason){0};
}

static struct reason reason_of(const struct bound *bound, const struct plan *plan, size_t leg,
                               const struct candidate *candidate)
{
    size_t        fact = plan->legs[leg].fact;
    struct reason reason = {0};

    if (bound->context->only_rollup != NULL &&
        !text_equal(bound->context->only_rollup, candidate->layout->rollup->name))
        return no("other", "it is not the one that is asked for", "");
    if (candidate->layout->fault != NULL)
        return no("measure_missing", candidate->layout->fault, "");
    if (bound->context->tenant)
        return no("tenant_not_covered", "it holds everybody's rows", "");
    if (bound->query->ungrouped)
        return no("not_additive", "rows are asked for, not groups", "");
    if (bound_fact_fans_out(bound, fact))
        return no("join_multiplies", "rows stand in several groups, and only those of the facts can be told apart",
                  "leave the join to many out");
    reason = check_parts(bound, plan, leg, candidate->layout);
    if (reason.code == NULL)
        reason = check_dimensions(bound, fact, candidate->layout);
    if (reason.code == NULL)
        reason = check_filters(bound, fact, candidate->layout);
    if (reason.code == NULL)
        reason = check_state(bound, plan, leg, candidate);
    return reason;
}

/* -- choosing ------------------------------------------------------------------------------------------------------ */

static void tell(struct bound *bound, const struct candidate *candidate, const struct reason *reason)
{
    const char *text = arena_printf(bound->arena, "%s.%s: %s: %s%s%s", candidate->layout->rollup->cube->name,
                                    candidate->layout->rollup->name, reason->code, reason->text,
                                    *reason->edit != '\0' ? "; would do: " : "", reason->edit);

    for (size_t i = 0; i < bound->rollup_note_count; i++)
        if (text_equal(bound->rollup_notes[i], text))
            return;
    ARENA_PUSH(bound->arena, bound->rollup_notes, bound->rollup_note_count, bound->rollup_note_room, text);
}

static void choose(struct bound *bound, struct plan *plan, size_t leg, struct candidate *candidates, size_t count)
{
    const struct candidate *best = NULL;

    for (size_t i = 0; i < count; i++) {
        struct reason reason = reason_of(bound, plan, leg, &candidates[i]);

        if (reason.code != NULL) {
            tell(bound, &candidates[i], &reason);
            continue;
        }
        if (best != NULL)
            tell(bound, best->state.rows <= candidates[i].state.rows ? &candidates[i] : best,
                 &(struct reason){"larger", "a smaller one answers it as well", ""});
        if (best == NULL || candidates[i].state.rows < best->state.rows)
            best = &candidates[i];
    }
    if (best == NULL)
        return;
    plan->legs[leg].from = ARENA_NEW(bound->arena, struct leg_rollup);
    *plan->legs[leg].from = (struct leg_rollup){best->layout, &best->state};
}

void match_rollups(struct bound *bound, struct plan *plan)
{
    for (size_t f = 0; f < bound->fact_count && !bound->context->no_rollups; f++) {
        const struct cube *cube = bound->facts[f];
        struct candidate  *candidates = ARENA_ARRAY(bound->arena, struct candidate, cube->rollup_count + 1);

        if (cube->rollup_count == 0)
            continue;
        for (size_t i = 0; i < cube->rollup_count; i++)
            candidates[i].layout = rollup_layout(bound, cube->rollups[i]);
        if (bound->context->as_if_built)
            suppose_states(bound, candidates, cube->rollup_count);
        else if (!bound->context->tenant && !bound->query->ungrouped)
            look_up_states(bound, cube, candidates, cube->rollup_count);
        for (size_t leg = 0; leg < plan->leg_count; leg++)
            if (plan->legs[leg].fact == f && plan->part_count > 0)
                choose(bound, plan, leg, candidates, cube->rollup_count);
    }
}
