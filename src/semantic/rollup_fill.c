/*
 * What fills a rollup: its rows for a range of buckets, made from the facts; the buckets that late rows change besides;
 * the question that has all that it keeps as its answer.
 */
#include <string.h>

#include "rollup_fill.h"

const char *fill_value(struct scope *scope, const struct rollup_layout *layout, size_t value)
{
    struct member member = {.kind = MEMBER_DIMENSION,
                            .cube = layout->rollup->cube,
                            .dimension = (struct dimension *)(uintptr_t)layout->values[value]};

    return scope_member(scope, &member);
}

/* "bucket AS t, video_key, d_title …": each with its expression, or under `prefix` alone. */
static void write_keys(struct filling *filling, struct leg_text *text, struct str *to)
{
    const struct rollup_layout *layout = filling->layout;

    str_addf(to, "%s AS t", bucket_text(&filling->writer, text->at, text->at_type, layout->rollup->unit));
    for (size_t i = 0; i < layout->column_count; i++)
        str_addf(to, ", %s AS k%zu", scope_column(text->scope, layout->columns[i]), i + 1);
    for (size_t i = 0; i < layout->value_count; i++)
        str_addf(to, ", %s AS v%zu", fill_value(text->scope, layout, i), i + 1);
}

static void write_key_names(const struct rollup_layout *layout, struct str *to, const char *prefix)
{
    for (size_t i = 0; i < layout->column_count; i++)
        str_addf(to, ", %sk%zu", prefix, i + 1);
    for (size_t i = 0; i < layout->value_count; i++)
        str_addf(to, ", %sv%zu", prefix, i + 1);
}

static size_t key_count(const struct rollup_layout *layout)
{
    return 1 + layout->column_count + layout->value_count;
}

static void write_key_numbers(const struct rollup_layout *layout, struct str *to, const char *words)
{
    for (size_t i = 1; i <= key_count(layout); i++)
        str_addf(to, "%s%zu", i == 1 ? words : ", ", i);
}

static const char *const counter_columns[] = {"seen", "rows", "state", "count", "gain"};
static const bool        counter_counts[] = {true, true, false, true, false};    /* of one bucket: small */

void fill_begin_text(struct filling *filling, struct leg_text *text, struct scope *scope, const struct leg *leg,
                       struct resolved range)
{
    scope_init(scope, &filling->writer, 0);
    *text = (struct leg_text){
        .writer = &filling->writer, .scope = scope, .leg = leg, .name = "", .grain = {true, true}};
    leg_prepare(text);
    text->range = range;
}

static const char *source_of(const struct rollup_layout *layout, const struct bound *bound, size_t part)
{
    size_t pass = 0;

    if (layout->parts[part].aggregate != NULL)
        return "rows";
    for (size_t i = 0; i <= part; i++) {                       /* the first counter of its pass names it */
        const struct rollup_part *this = &layout->parts[i];

        if (this->aggregate == NULL && this->counter->entity == layout->parts[part].counter->entity &&
            text_equal(this->counter->present.source, layout->parts[part].counter->present.source)) {
            pass = i;
            break;
        }
    }
    return arena_printf(bound->arena, "counter%zu", pass + 1);
}

static void fill_rows(struct filling *filling, struct resolved range)
{
    const struct rollup_layout *layout = filling->layout;
    struct leg                  leg = {.kind = LEG_ROWS};
    struct scope                scope;
    struct leg_text             text;
    struct str                  select = STR_INIT, where = STR_INIT;

    fill_begin_text(filling, &text, &scope, &leg, range);
    write_keys(filling, &text, &select);
    for (size_t i = 0; i < layout->part_count; i++) {
        struct part part = {.kind = layout->parts[i].kind, .aggregate = layout->parts[i].aggregate};

        if (part.aggregate == NULL)
            continue;
        str_add(&select, ", ");
        leg_write_aggregate(&text, &select, &part);
        str_addf(&select, " AS s%zu", i + 1);
    }
    (void)write_range(&filling->writer, &where, text.at, text.at_type, &range);
    if (text.condition != NULL)
        str_addf(&where, " AND (%s)", text.condition);
    str_addf(&filling->with, "rows AS (\n    SELECT %s, count(*) AS facts\n    FROM %s%s\n    WHERE %s",
             str_text(&select), text.table, str_text(&scope.joins), str_text(&where));
    write_key_numbers(layout, &filling->with, " GROUP BY ");
    str_add(&filling->with, "\n)");
    scope_done(&scope);
    str_done(&select);
    str_done(&where);
}

static bool is_of_pass(const struct filling *filling, size_t part, const char *pass)
{
    return filling->layout->parts[part].aggregate == NULL &&
           text_equal(source_of(filling->layout, filling->writer.bound, part), pass);
}

/* Changes of the counters of one pass: each snapshot adds what it says where it stands, and takes away what the one
 * before it said where that stood. */
static void fill_counters(struct filling *filling, const char *pass, const struct measure *counter,
                          struct resolved range)
{
    const struct rollup_layout *layout = filling->layout;
    struct leg leg = {.kind = LEG_INCREASE, .entity = counter->entity, .present = &counter->present};
    struct scope    scope;
    struct leg_text text;
    struct str      select = STR_INIT, source = STR_INIT, lags = STR_INIT, plus = STR_INIT, minus = STR_INIT;
    const char     *since = "";

    fill_begin_text(filling, &text, &scope, &leg, range);
    str_addf(&select, "%s AS entity, %s AS at, ", text.key, text.at);
    write_keys(filling, &text, &select);
    for (size_t i = 1; i < key_count(layout); i++) {
        size_t column = i <= layout->column_count ? i : i - layout->column_count;
        char   letter = i <= layout->column_count ? 'k' : 'v';

        str_addf(&lags, ", lag(%c%zu) OVER before AS was_%c%zu", letter, column, letter, column);
    }
    for (size_t i = 0; i < layout->part_count; i++) {
        if (!is_of_pass(filling, i, pass))
            continue;
        str_addf(&select, ", %s AS x%zu", scope_fragment(&scope, &layout->parts[i].counter->sql), i + 1);
        str_addf(&lags, ", lag(x%zu) OVER before AS was_x%zu", i + 1, i + 1);
        str_addf(&plus,
                 ", count(*) AS c%zu_seen, count(*) AS c%zu_rows, sum(x%zu) AS c%zu_state, count(x%zu) AS c%zu_count, "
                 "sum(x%zu - COALESCE(was_x%zu, x%zu)) AS c%zu_gain",
                 i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1, i + 1);
        str_addf(&minus, ", 0, -count(*), -sum(was_x%zu), -count(was_x%zu), NULL", i + 1, i + 1);
    }
    if (range.has_from)
        leg_narrow_entities(&text);
    leg_write_with_baseline(&text, &source);
    if (range.has_from)
        since = arena_printf(filling->writer.bound->arena, " AND at >= %s",
                             text.at_type == MEMBER_DATE ? writer_day(&filling->writer, range.first_day)
                                                         : writer_instant(&filling->writer, range.from));
    str_addf(&filling->with,
             ", %s_rows AS (\n    SELECT %s\n    FROM (%s) AS %s%s\n), %s_steps AS (\n    SELECT *, lag(true) OVER "
             "before AS was%s\n"
             "    FROM %s_rows WINDOW before AS (PARTITION BY entity ORDER BY at)\n), %s AS (\n    SELECT t",
             pass, str_text(&select), str_text(&source), text.base, str_text(&scope.joins), pass, str_text(&lags), pass,
             pass);
    write_key_names(layout, &filling->with, "");
    str_addf(&filling->with, "%s\n    FROM %s_steps WHERE true%s", str_text(&plus), pass, since);
    write_key_numbers(layout, &filling->with, " GROUP BY ");
    str_add(&filling->with, "\n    UNION ALL\n    SELECT t");
    write_key_names(layout, &filling->with, "was_");
    str_addf(&filling->with, "%s\n    FROM %s_steps WHERE was%s", str_text(&minus), pass, since);
    write_key_numbers(layout, &filling->with, " GROUP BY ");
    str_add(&filling->with, "\n)");
    scope_done(&scope);
    str_done(&select);
    str_done(&source);
    str_done(&lags);
    str_done(&plus);
    str_done(&minus);
}

/* "s1" or "c2_state" of the part, from its source alone: elsewhere a NULL of its type. */
static void fill_column(struct filling *filling, const char *source, size_t part, const char *column)
{
    const char *mine = source_of(filling->layout, filling->writer.bound, part);

    if (text_equal(mine, source))
        str_addf(&filling->unions, ", %s", column);
    else
        str_addf(&filling->unions, ", (SELECT %s FROM %s LIMIT 0) AS %s", column, mine, column);
}

static void fill_union(struct filling *filling, const char *source)
{
    struct arena *arena = filling->writer.bound->arena;

    str_addf(&filling->unions, "%s\n  SELECT t", filling->unions.length > 0 ? "\n  UNION ALL" : "");
    write_key_names(filling->layout, &filling->unions, "");
    str_add(&filling->unions, text_equal(source, "rows") ? ", facts" : ", NULL");
    for (size_t i = 0; i < filling->layout->part_count; i++) {
        if (filling->layout->parts[i].aggregate != NULL) {
            fill_column(filling, source, i, arena_printf(arena, "s%zu", i + 1));
            continue;
        }
        for (size_t k = 0; k < COUNT_OF(counter_columns); k++)
            fill_column(filling, source, i, arena_printf(arena, "c%zu_%s", i + 1, counter_columns[k]));
    }
    str_addf(&filling->unions, " FROM %s", source);
}

static const char *fill_select(struct filling *filling)
{
    const struct rollup_layout *layout = filling->layout;
    struct arena               *arena = filling->writer.bound->arena;
    struct str                  select = STR_INIT;
    const char                 *text;

    str_addf(&select, "t AS %s", identifier_text(arena, layout->time_column));
    for (size_t i = 0; i < layout->column_count; i++)
        str_addf(&select, ", k%zu AS %s", i + 1, identifier_text(arena, layout->columns[i]));
    for (size_t i = 0; i < layout->value_count; i++)
        str_addf(&select, ", v%zu AS %s", i + 1,
                 identifier_text(arena, arena_printf(arena, "d_%s", layout->values[i]->name)));
    str_add(&select, ", sum(facts)::integer AS facts");
    for (size_t i = 0; i < layout->part_count; i++) {
        struct part part = {.kind = layout->parts[i].kind, .aggregate = layout->parts[i].aggregate};

        if (part.aggregate != NULL) {
            str_addf(&select, ", %s(s%zu) AS s%zu", part_merger(&part), i + 1, i + 1);
            continue;
        }
        for (size_t k = 0; k < COUNT_OF(counter_columns); k++)
            str_addf(&select, ", sum(c%zu_%s)%s AS c%zu_%s", i + 1, counter_columns[k],
                     counter_counts[k] ? "::integer" : "", i + 1, counter_columns[k]);
    }
    text = arena_printf(arena, "WITH %s\nSELECT %s\nFROM (%s\n) AS part", str_text(&filling->with), str_text(&select),
                        str_text(&filling->unions));
    str_clear(&select);
    write_key_numbers(layout, &select, " GROUP BY ");
    write_key_numbers(layout, &select, " ORDER BY ");          /* as it lies it is read: bucket by bucket */
    text = arena_printf(arena, "%s\n%s", text, str_text(&select) + 1);
    str_done(&select);
    return text;
}

static void fill(struct filling *filling, struct resolved range)
{
    const struct rollup_layout *layout = filling->layout;

    fill_rows(filling, range);
    fill_union(filling, "rows");
    for (size_t i = 0; i < layout->part_count; i++) {
        const char *pass = layout->parts[i].aggregate == NULL ? source_of(layout, filling->writer.bound, i) : "";
        const char *first = arena_printf(filling->writer.bound->arena, "counter%zu", i + 1);

        if (!text_equal(pass, first))
            continue;
        fill_counters(filling, pass, layout->parts[i].counter, range);
        fill_union(filling, pass);
    }
}

int fill_open(struct opened *opened, const struct model *model, struct arena *arena, const char *cube,
                       const char *name, int64_t now, struct semantic_rollup *ret_rollup, struct error *error)
{
    const struct rollup        *rollup = NULL;
    const struct rollup_layout *layout;

    *opened = (struct opened){.context = {.now = now}};
    opened->bound = (struct bound){
        .arena = arena, .model = model, .query = &opened->query, .context = &opened->context, .fact_count = 1};
    opened->filling.writer = (struct writer){.bound = &opened->bound, .plan = &opened->plan};
    opened->bound.facts[0] = model_cube(model, cube);
    for (size_t i = 0; opened->bound.facts[0] != NULL && i < opened->bound.facts[0]->rollup_count; i++)
        if (text_equal(opened->bound.facts[0]->rollups[i]->name, name))
            rollup = opened->bound.facts[0]->rollups[i];
    if (rollup == NULL)
        return error_set(error, ERR_UNKNOWN, "the model has no rollup %s.%s", cube, name);
    layout = opened->filling.layout = rollup_layout(&opened->bound, rollup);
    opened->bound.zone = layout->zone;
    *ret_rollup = (struct semantic_rollup){
        .cube = rollup->cube->name,
        .name = rollup->name,
        .fact = arena_printf(arena, "%s.%s", rollup->cube->schema, rollup->cube->table),
        .relation = layout->relation,
        .definition = layout->definition,
        .time_column = layout->time_column != NULL ? identifier_text(arena, layout->time_column) : NULL,
        .unit = rollup->unit,
        .zone = layout->zone,
        .fault = layout->fault,
    };
    opened->filling.writer.known = map_new();
    return 0;
}

void fill_close(struct opened *opened, const char *sql, struct semantic_rollup *ret_rollup)
{
    ret_rollup->sql = sql;
    ret_rollup->values = opened->filling.writer.values;
    ret_rollup->value_count = opened->filling.writer.value_count;
    map_free(opened->filling.writer.known);
    str_done(&opened->filling.with);
    str_done(&opened->filling.unions);
}

int model_rollup_fill(const struct model *model, struct arena *arena, const char *cube, const char *name, int64_t now,
                      const int64_t *from, int64_t to, struct semantic_rollup *ret_rollup, struct error *error)
{
    struct opened   opened;
    struct resolved range = {.has_from = from != NULL, .from = from != NULL ? *from : 0, .has_to = true, .to = to};
    const char     *sql = NULL;
    int             r = fill_open(&opened, model, arena, cube, name, now, ret_rollup, error);

    if (r < 0)
        return r;
    if (ret_rollup->fault == NULL) {
        resolved_find_days(&range, ret_rollup->zone);
        fill(&opened.filling, range);
        sql = fill_select(&opened.filling);
    }
    fill_close(&opened, sql, ret_rollup);
    return 0;
}

int64_t model_rollup_bucket(const struct semantic_rollup *rollup, int64_t instant, int64_t *ret_after)
{
    int64_t local = local_floor(zone_to_local(rollup->zone, instant), rollup->unit);

    *ret_after = zone_to_instant(rollup->zone, local_add(local, rollup->unit, 1));
    return zone_to_instant(rollup->zone, local);
}

/* The buckets of the snapshots that follow those of the range. What an entity said last in it is as it was where that
 * was after the late rows: then nothing changes behind it. */
static void write_next(struct filling *filling, struct str *to, const struct measure *counter, struct resolved range,
                       int64_t late)
{
    struct leg leg = {.kind = LEG_INCREASE, .entity = counter->entity, .present = &counter->present};
    struct resolved after = {.has_from = true, .from = range.to};
    struct scope    scope;
    struct leg_text text;
    struct str      next = STR_INIT;
    const char     *entities, *present;

    fill_begin_text(filling, &text, &scope, &leg, range);
    present = text.present;
    text.present = "true";                                     /* a counter that has become NULL counts as late, too */
    leg_narrow_entities(&text);
    text.present = present;
    entities = text.entities;
    if (late < range.to) {
        text.range.from = late;
        resolved_find_days(&text.range, filling->layout->zone);
        leg_narrow_entities(&text);
        text.entities = arena_printf(filling->writer.bound->arena, "%s EXCEPT %s", entities, text.entities);
    }
    resolved_find_days(&after, filling->layout->zone);
    leg_write_probes(&text, &next, after, false);
    str_addf(to, "%s\n  SELECT %s AS t FROM (%s) AS %s", to->length > 0 ? "\n  UNION" : "",
             bucket_text(&filling->writer, text.at, text.at_type, filling->layout->rollup->unit), str_text(&next),
             text.base);
    scope_done(&scope);
    str_done(&next);
}

/* NULL where a bucket of the range, of the same keys, keeps more snapshots than there are now: whose next one it was
 * that changes is not known any more. */
static void write_gone(struct filling *filling, struct str *to, size_t part, struct resolved range)
{
    const struct rollup_layout *layout = filling->layout;
    struct arena               *arena = filling->writer.bound->arena;
    const struct measure       *counter = layout->parts[part].counter;
    struct leg leg = {.kind = LEG_INCREASE, .entity = counter->entity, .present = &counter->present};
    const char     *time = identifier_text(arena, layout->time_column);
    struct scope    scope;
    struct leg_text text;
    struct str      kept = STR_INIT, keys = STR_INIT, select = STR_INIT, snapshots = STR_INIT;

    fill_begin_text(filling, &text, &scope, &leg, range);
    write_keys(filling, &text, &select);
    leg_write_snapshots(&text, &snapshots, true, true, NULL);
    for (size_t i = 0; i < layout->column_count; i++) {
        str_addf(&kept, ", %s::text COLLATE \"C\" AS k%zu", identifier_text(arena, layout->columns[i]), i + 1);
        str_addf(&keys, ", k%zu::text COLLATE \"C\"", i + 1);
    }
    for (size_t i = 0; i < layout->value_count; i++) {
        str_addf(&kept, ", %s::text COLLATE \"C\" AS v%zu",
                 identifier_text(arena, arena_printf(arena, "d_%s", layout->values[i]->name)), i + 1);
        str_addf(&keys, ", v%zu::text COLLATE \"C\"", i + 1);
    }
    str_addf(to, "\n  UNION\n  SELECT NULL FROM (SELECT c%zu_seen AS n, %s AS t%s FROM %s WHERE ", part + 1, time,
             str_text(&kept), layout->relation);
    (void)write_range(&filling->writer, to, time, text.at_type, &range);
    str_addf(to, "\n    UNION ALL SELECT -1, t%s FROM (SELECT %s FROM (%s) AS %s%s) AS present) AS gone GROUP BY t",
             str_text(&keys), str_text(&select), str_text(&snapshots), text.base, str_text(&scope.joins));
    write_key_names(layout, to, "");
    str_add(to, " HAVING sum(n) > 0");
    scope_done(&scope);
    str_done(&kept);
    str_done(&keys);
    str_done(&select);
    str_done(&snapshots);
}

int model_rollup_next(const struct model *model, struct arena *arena, const char *cube, const char *name, int64_t now,
                      int64_t from, int64_t late, int64_t to, struct semantic_rollup *ret_rollup,
                      struct error *error)
{
    struct opened   opened;
    struct resolved range = {.has_from = true, .from = from, .has_to = true, .to = to};
    struct str      unions = STR_INIT;
    const char     *sql = NULL;
    int             r = fill_open(&opened, model, arena, cube, name, now, ret_rollup, error);

    if (r < 0)
        return r;
    resolved_find_days(&range, ret_rollup->zone);
    for (size_t i = 0; ret_rollup->fault == NULL && i < opened.filling.layout->part_count; i++)
        if (opened.filling.layout->parts[i].aggregate == NULL &&
            text_equal(source_of(opened.filling.layout, &opened.bound, i), arena_printf(arena, "counter%zu", i + 1))) {
            write_next(&opened.filling, &unions, opened.filling.layout->parts[i].counter, range, late);
            write_gone(&opened.filling, &unions, i, range);
        }
    if (unions.length > 0)
        sql = arena_printf(
            arena, "SELECT DISTINCT (extract(epoch FROM t) * 1000000)::bigint AS t FROM (%s\n) AS next ORDER BY t",
            str_text(&unions));
    str_done(&unions);
    fill_close(&opened, sql, ret_rollup);
    return 0;
}

/* -- what it answers ----------------------------------------------------------------------------------------------- */

/* Is every leaf of the measure kept? */
static bool keeps(const struct rollup_layout *layout, const struct measure *measure)
{
    bool well = true;

    if (measure->cube != layout->rollup->cube)
        return false;
    switch (measure->kind) {
    case MEASURE_AGGREGATE:
        for (size_t i = 0; i < measure->aggregate_count; i++) {
            struct part part = {.kind = measure->aggregates[i].kind, .aggregate = &measure->aggregates[i]};

            if (part.kind == AGGREGATE_AVG)
                part.kind = AGGREGATE_SUM;
            well &= rollup_find_part(layout, &part) != SIZE_MAX &&
                    (part.kind != AGGREGATE_COUNT_DISTINCT ||
                     rollup_is_told_by(layout, layout->rollup->dimensions, layout->rollup->dimension_count));
        }
        return well;
    case MEASURE_LAST:
        return measure->rule == RULE_CARRY && measure->filter.piece_count == 0;
    case MEASURE_INCREASE:
        return measure->baseline == BASELINE_NONE && measure->filter.piece_count == 0;
    case MEASURE_RATIO:
        return keeps(layout, measure->numerator) && keeps(layout, measure->denominator);
    case MEASURE_DERIVED:
        for (size_t i = 0; i < measure->sql.piece_count; i++)
            well &= measure->sql.pieces[i].kind != PIECE_MEASURE || keeps(layout, measure->sql.pieces[i].measure);
        return well;
    case MEASURE_WINDOW:
        break;
    }
    return false;
}

const char *model_rollup_line(const struct model *model, struct arena *arena, const char *cube, const char *name)
{
    struct opened          opened;
    struct semantic_rollup rollup;
    struct str             line = STR_INIT;
    const char            *text = NULL;

    if (fill_open(&opened, model, arena, cube, name, 0, &rollup, NULL) < 0)
        return NULL;
    for (size_t i = 0; rollup.fault == NULL && i < opened.filling.layout->rollup->measure_count; i++) {
        const struct measure *measure = opened.filling.layout->rollup->measures[i];

        if (keeps(opened.filling.layout, measure))
            str_addf(&line, "%s%s.%s", line.length > 0 ? ", " : "", measure->cube->name, measure->name);
    }
    if (line.length > 0) {
        str_add(&line, " by ");
        for (size_t i = 0; i < opened.filling.layout->rollup->dimension_count; i++)
            if (rollup_has_dimension(opened.filling.layout, opened.filling.layout->rollup->dimensions[i]))
                str_addf(&line, "%s.%s, ", rollup.cube, opened.filling.layout->rollup->dimensions[i]->name);
        str_addf(&line, "%s.%s.%s tz %s", rollup.cube, opened.bound.facts[0]->time->name, data_unit_name(rollup.unit),
                 zone_name(rollup.zone));
        text = arena_strdup(arena, str_text(&line));
    }
    str_done(&line);
    fill_close(&opened, NULL, &rollup);
    return text;
}
