/*
 * A leg over a rollup, and around it over the facts: rows past the watermark, ends of the range inside a bucket,
 * buckets with rows that are not in it yet. And the statement that fills a rollup.
 *
 *   NAME_kept      from the rollup, under the fact's own name
 *   NAME_facts1 …  the rest from the facts (of a carried counter NAME_tail: its changes)
 *   NAME           both together
 */
#include <inttypes.h>
#include <string.h>

#include "rollup.h"
#include "write_leg.h"

/* -- a leg -----------------------------------------------------------------------------------------------------------
 */

static const char *kept_column(const struct leg_text *text, size_t part, const char *counter_column)
{
    const struct plan *plan = text->writer->plan;
    size_t             index = rollup_find_part(text->leg->from->layout, &plan->parts[part]);

    if (plan->parts[part].aggregate != NULL)
        return arena_printf(text->writer->bound->arena, "s%zu", index + 1);
    return arena_printf(text->writer->bound->arena, "c%zu_%s", index + 1, counter_column);
}

/* Rows of the rollup that the leg would have rows of the fact for. */
static void write_kept_rows(struct leg_text *text, struct str *to)
{
    const struct plan *plan = text->writer->plan;
    size_t             p = 0;

    while (plan->parts[p].leg != text->index)
        p++;
    if (text->leg->kind == LEG_ROWS)
        str_addf(to, "%s.facts > 0", text->base);
    else if (text->leg->kind == LEG_INCREASE)
        str_addf(to, "%s.%s > 0", text->base, kept_column(text, p, "seen"));
    else
        str_addf(to, "%s.%s IS NOT NULL", text->base, kept_column(text, p, "rows"));
}

static void write_kept_where(struct leg_text *text, struct str *to, const struct rollup_split *split)
{
    const char *tests = leg_tests(text), *word = " AND";

    str_add(to, "\n    WHERE ");
    write_kept_rows(text, to);

    if (split->kept.has_from || split->kept.has_to) {
        str_addf(to, "%s ", word);
        (void)write_range(text->writer, to, text->at, text->at_type, &split->kept);
        word = " AND";
    }
    for (size_t i = 0; i < split->hole_count; i++) {
        str_addf(to, "%s NOT (", word);
        (void)write_range(text->writer, to, text->at, text->at_type, &split->holes[i]);
        str_add(to, ")");
        word = " AND";
    }
    if (*tests != '\0')
        str_addf(to, "%s %s", word, tests);
}

/* "NAME_kept AS (…)": dimensions and parts; of a carried counter v<p>, n<p> and the entities n in place of p<p>. */
static void write_kept(struct leg_text *text, struct str *to, const struct rollup_split *split, bool carried)
{
    const struct plan *plan = text->writer->plan;
    struct str         select = STR_INIT, where = STR_INIT;
    const char        *comma = leg_write_dimensions(text, &select) ? ", " : "";
    bool               first = true;

    for (size_t p = 0; p < plan->part_count; p++) {
        if (plan->parts[p].leg != text->index)
            continue;
        if (carried && first)
            str_addf(&select, "%ssum(%s.%s) AS n", comma, text->base, kept_column(text, p, "rows"));
        first = false;
        if (carried)
            str_addf(&select, ", sum(%s.%s) AS v%zu, sum(%s.%s) AS n%zu", text->base, kept_column(text, p, "state"),
                     p + 1, text->base, kept_column(text, p, "count"), p + 1);
        else
            str_addf(&select, "%s%s(%s.%s) AS p%zu", comma, part_merger(&plan->parts[p]), text->base,
                     kept_column(text, p, "gain"), p + 1);
        comma = ", ";
    }
    write_kept_where(text, &where, split);
    str_addf(to, "%s_kept AS (\n    SELECT %s\n    FROM %s AS %s%s%s", text->name, str_text(&select),
             text->leg->from->layout->relation, text->base, str_text(&text->scope->joins), str_text(&where));
    leg_write_group_by(text, to);
    str_add(to, "\n)");
    str_done(&select);
    str_done(&where);
}

static void write_columns(const struct leg_text *text, struct str *to)
{
    write_dimension_columns(to, text->writer->bound, "", text->grain);
}

/* Sums of the rollup and of each piece of the facts. */
static void write_together(struct leg_text *text, struct str *to, size_t pieces)
{
    const struct plan *plan = text->writer->plan;
    struct str         columns = STR_INIT, select = STR_INIT;

    write_columns(text, &columns);
    str_add(&select, str_text(&columns));
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(&select, "%s%s(p%zu) AS p%zu", select.length > 0 ? ", " : "", part_merger(&plan->parts[p]), p + 1,
                     p + 1);
    str_addf(to, "%s AS (\n    SELECT %s\n    FROM (SELECT * FROM %s_kept", text->name, str_text(&select), text->name);
    for (size_t i = 0; i < pieces; i++)
        str_addf(to, " UNION ALL SELECT * FROM %s_facts%zu", text->name, i + 1);
    str_add(to, ") AS piece");
    if (columns.length > 0)
        str_addf(to, "\n    GROUP BY %s", str_text(&columns));
    str_add(to, "\n)");
    str_done(&columns);
    str_done(&select);
}

static void write_sums(struct leg_text *kept, struct leg_text *facts, struct str *to, const struct rollup_split *split)
{
    const char *name = facts->name;

    write_kept(kept, to, split, false);
    for (size_t i = 0; i < split->fact_count; i++) {
        struct scope    scope;
        struct leg_text piece = *facts;

        scope_init(&scope, facts->writer, facts->leg->fact);
        piece.scope = &scope;
        leg_prepare(&piece);
        piece.range = split->facts[i];
        piece.name = arena_printf(facts->writer->bound->arena, "%s_facts%zu", name, i + 1);
        str_add(to, ", ");
        leg_write_plain(&piece, to);
        scope_done(&scope);
    }
    str_add(to, ", ");
    write_together(facts, to, split->fact_count);
}

/* A carried counter at the end of the range. */
static void write_state(struct leg_text *text, struct str *to, const char *sources)
{
    const struct plan *plan = text->writer->plan;
    struct str         columns = STR_INIT, select = STR_INIT;

    write_columns(text, &columns);
    str_add(&select, str_text(&columns));
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == text->index)
            str_addf(&select, "%sCASE WHEN sum(n%zu) > 0 THEN sum(v%zu) END AS p%zu", select.length > 0 ? ", " : "",
                     p + 1, p + 1, p + 1);
    str_addf(to, "%s AS (\n    SELECT %s\n    FROM (%s) AS change", text->name, str_text(&select), sources);
    if (columns.length > 0)
        str_addf(to, "\n    GROUP BY %s HAVING sum(n) > 0", str_text(&columns));
    str_add(to, "\n)");
    str_done(&columns);
    str_done(&select);
}

/* The changes that the rollup keeps, by bucket where there is one, as carry_write_changes has them of the facts. */
static const char *kept_changes(struct leg_text *kept, size_t axis, const struct resolved *asked)
{
    const struct bound *bound = kept->writer->bound;
    const struct plan  *plan = kept->writer->plan;
    const char         *bucket, *text;
    struct str          select = STR_INIT;

    if (axis == SIZE_MAX)
        return arena_printf(bound->arena, "SELECT * FROM %s_kept", kept->name);
    bucket = arena_printf(bound->arena, "d%zu", axis + 1);
    if (asked->has_from)
        bucket = arena_printf(bound->arena, "GREATEST(%s, %s)", bucket,
                              bucket_text(kept->writer, writer_instant(kept->writer, asked->from), kept->at_type,
                                          bound->dimensions[axis].unit));
    str_addf(&select, "SELECT %s AS d%zu", bucket, axis + 1);
    carry_write_groups(kept, axis, &select);
    str_add(&select, ", n");
    for (size_t p = 0; p < plan->part_count; p++)
        if (plan->parts[p].leg == kept->index)
            str_addf(&select, ", v%zu, n%zu", p + 1, p + 1);
    text = arena_printf(bound->arena, "%s FROM %s_kept", str_text(&select), kept->name);
    str_done(&select);
    return text;
}

static void write_carried(struct leg_text *kept, struct leg_text *facts, struct str *to,
                          const struct rollup_split *split)
{
    const struct bound *bound = kept->writer->bound;
    struct resolved     asked = facts->range;
    size_t              axis = carry_axis(facts);
    const char         *name = facts->name, *sources;

    write_kept(kept, to, split, true);
    str_add(to, ", ");
    sources = kept_changes(kept, axis, &asked);
    if (split->fact_count > 0) {
        facts->name = arena_printf(bound->arena, "%s_tail", name);
        facts->range = split->facts[0];
        carry_write_changes(facts, to, axis, &asked);
        sources = arena_printf(bound->arena, "%s UNION ALL SELECT * FROM %s_changes", sources, facts->name);
        facts->name = name;
        facts->range = asked;
    }
    if (axis == SIZE_MAX) {
        write_state(facts, to, sources);
        return;
    }
    str_addf(to, "%s_changes AS (%s), ", name, sources);
    carry_write_running(facts, to, axis);
}

bool write_from_rollup(struct leg_text *facts, struct str *to)
{
    struct writer         *writer = facts->writer;
    const struct leg_rollup *from = facts->leg->from;
    struct scope           scope;
    struct leg_text        kept = *facts;
    struct rollup_split    split = {0};

    if (!rollup_split(writer->bound, from, facts->leg->kind, &facts->range, &split) || !split.any)
        return false;
    scope_init(&scope, writer, facts->leg->fact);
    scope.rollup = from->layout;
    kept.scope = &scope;
    leg_prepare(&kept);
    if (facts->leg->kind == LEG_LAST)
        write_carried(&kept, facts, to, &split);
    else
        write_sums(&kept, facts, to, &split);
    scope_done(&scope);
    return true;
}

/* -- filling one
 * ------------------------------------------------------------------------------------------------------- */

struct filling {
    const struct rollup_layout *layout;
    struct writer               writer;
    struct str                  with, unions;
};

static const char *own(struct filling *filling, const struct leg_text *text, const char *column)
{
    return arena_printf(filling->writer.bound->arena, "%s.%s", text->base,
                        identifier_text(filling->writer.bound->arena, column));
}

/* "bucket AS t, video_key, d_title …": each with its expression, or under `prefix` alone. */
static void write_keys(struct filling *filling, struct leg_text *text, struct str *to)
{
    const struct rollup_layout *layout = filling->layout;

    str_addf(to, "%s AS t", bucket_text(&filling->writer, text->at, text->at_type, layout->rollup->unit));
    for (size_t i = 0; i < layout->column_count; i++)
        str_addf(to, ", %s AS k%zu", own(filling, text, layout->columns[i]), i + 1);
    for (size_t i = 0; i < layout->value_count; i++) {
        struct member member = {.kind = MEMBER_DIMENSION,
                                .cube = layout->rollup->cube,
                                .dimension = (struct dimension *)(uintptr_t)layout->values[i]};

        str_addf(to, ", %s AS v%zu", scope_member(text->scope, &member), i + 1);
    }
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

static void write_group_by(const struct rollup_layout *layout, struct str *to)
{
    for (size_t i = 1; i <= key_count(layout); i++)
        str_addf(to, "%s%zu", i == 1 ? " GROUP BY " : ", ", i);
}

static const char *const counter_columns[] = {"seen", "rows", "state", "count", "gain"};

static void begin_text(struct filling *filling, struct leg_text *text, struct scope *scope, const struct leg *leg,
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

    begin_text(filling, &text, &scope, &leg, range);
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
    write_group_by(layout, &filling->with);
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

    begin_text(filling, &text, &scope, &leg, range);
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
    leg_write_with_baseline(&text, &source);
    if (range.has_from)
        since = arena_printf(filling->writer.bound->arena, " AND at >= %s",
                             writer_instant(&filling->writer, range.from));
    str_addf(&filling->with,
             ", %s_rows AS (\n    SELECT %s\n    FROM (%s) AS %s%s\n), %s_steps AS (\n    SELECT *, lag(true) OVER "
             "before AS was%s\n"
             "    FROM %s_rows WINDOW before AS (PARTITION BY entity ORDER BY at)\n), %s AS (\n    SELECT t",
             pass, str_text(&select), str_text(&source), text.base, str_text(&scope.joins), pass, str_text(&lags), pass,
             pass);
    write_key_names(layout, &filling->with, "");
    str_addf(&filling->with, "%s\n    FROM %s_steps WHERE true%s", str_text(&plus), pass, since);
    write_group_by(layout, &filling->with);
    str_add(&filling->with, "\n    UNION ALL\n    SELECT t");
    write_key_names(layout, &filling->with, "was_");
    str_addf(&filling->with, "%s\n    FROM %s_steps WHERE was%s", str_text(&minus), pass, since);
    write_group_by(layout, &filling->with);
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
    str_add(&select, ", sum(facts) AS facts");
    for (size_t i = 0; i < layout->part_count; i++) {
        struct part part = {.kind = layout->parts[i].kind, .aggregate = layout->parts[i].aggregate};

        if (part.aggregate != NULL) {
            str_addf(&select, ", %s(s%zu) AS s%zu", part_merger(&part), i + 1, i + 1);
            continue;
        }
        for (size_t k = 0; k < COUNT_OF(counter_columns); k++)
            str_addf(&select, ", sum(c%zu_%s) AS c%zu_%s", i + 1, counter_columns[k], i + 1, counter_columns[k]);
    }
    text = arena_printf(arena, "WITH %s\nSELECT %s\nFROM (%s\n) AS part", str_text(&filling->with), str_text(&select),
                        str_text(&filling->unions));
    str_clear(&select);
    write_group_by(layout, &select);
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

int model_rollup_fill(const struct model *model, struct arena *arena, const char *cube, const char *name, int64_t now,
                      const int64_t *from, int64_t to, struct semantic_rollup *ret_rollup, struct error *error)
{
    struct semantic_context context = {.now = now};
    static const struct query none = {0};
    struct bound   bound = {.arena = arena, .model = model, .query = &none, .context = &context, .fact_count = 1};
    struct plan    plan = {0};
    struct filling filling = {.writer = {.bound = &bound, .plan = &plan}};
    struct resolved range = {.has_from = from != NULL, .from = from != NULL ? *from : 0, .has_to = true, .to = to};
    const struct rollup *rollup = NULL;

    bound.facts[0] = model_cube(model, cube);
    for (size_t i = 0; bound.facts[0] != NULL && i < bound.facts[0]->rollup_count; i++)
        if (text_equal(bound.facts[0]->rollups[i]->name, name))
            rollup = bound.facts[0]->rollups[i];
    if (rollup == NULL)
        return error_set(error, ERR_UNKNOWN, "the model has no rollup %s.%s", cube, name);
    filling.layout = rollup_layout(&bound, rollup);
    *ret_rollup = (struct semantic_rollup){
        .cube = rollup->cube->name, .name = rollup->name, .relation = filling.layout->relation,
        .definition = filling.layout->definition, .time_column = filling.layout->time_column,
        .unit = rollup->unit, .zone = filling.layout->zone, .fault = filling.layout->fault,
        .fact = arena_printf(arena, "%s.%s", rollup->cube->schema, rollup->cube->table),
    };
    if (filling.layout->fault != NULL)
        return 0;
    ret_rollup->time_column = identifier_text(arena, filling.layout->time_column);
    bound.zone = filling.layout->zone;
    resolved_find_days(&range, bound.zone);
    filling.writer.known = map_new();
    fill(&filling, range);
    ret_rollup->sql = fill_select(&filling);
    map_free(filling.writer.known);
    ret_rollup->values = filling.writer.values;
    ret_rollup->value_count = filling.writer.value_count;
    str_done(&filling.with);
    str_done(&filling.unions);
    return 0;
}
