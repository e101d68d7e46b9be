/* One rollup against the facts: all that it keeps by all its dimensions, both ways, in one snapshot. */
#include <string.h>

#include "rollup_int.h"

struct both { struct compiled *facts, *rolled; };

static int look_up(void *who, struct arena *arena, const char *sql, const char **ret_text)
{
    struct rollup_work *work = who;

    return ask_look_up(work->pg, arena, sql, ret_text);
}

static int compile_both(struct rollup_work *work, struct both *both, struct error *error)
{
    struct semantic_context context = {.now = work->now, .look_up = look_up, .who = work, .only_rollup = work->name};
    const char   *line = model_rollup_line(work->model, work->arena, work->cube, work->name);
    struct query *query;
    int           r;

    if (line == NULL)
        return error_set(error, ERR_USAGE, "%s.%s keeps nothing that could be compared", work->cube, work->name);
    r = query_parse(work->arena, line, NULL, &query, error);
    if (r >= 0)
        r = semantic_compile(work->arena, work->model, query, &context, &both->rolled, error);
    context.no_rollups = true;
    if (r >= 0)
        r = semantic_compile(work->arena, work->model, query, &context, &both->facts, error);
    if (r >= 0 && strstr(both->rolled->note.source, "rollup") == NULL) {
        error_set(error, ERR_USAGE, "%s.%s cannot be compared: %s", work->cube, work->name,
                  both->rolled->rollup_note_count > 0 ? both->rolled->rollup_notes[0] : "it is not used");
        error_hint(error, "rollup refresh %s", work->name);
        return ERR_USAGE;
    }
    return r;
}

static int keep(struct rollup_work *work, const char *name, const struct compiled *compiled, struct error *error)
{
    const char *sql = arena_printf(work->arena, "CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", name, compiled->sql);

    return pg_query(work->pg, sql, ask_values(work->arena, compiled), compiled->value_count, NULL, error);
}

/* "c1, c3" of the dimensions, or of the measures, each after `prefix`. Of texts that come from a rollup and from facts
 * the collations differ, and rows with such are not compared. */
static const char *columns_text(struct rollup_work *work, const struct compiled *compiled, bool measures,
                                const char *prefix)
{
    struct str  text = STR_INIT;
    const char *copy;

    for (size_t i = 0; i < compiled->column_count; i++)
        if ((compiled->columns[i].role == ROLE_MEASURE) == measures)
            str_addf(&text, "%s%sc%zu%s", text.length > 0 ? ", " : "", prefix, i + 1,
                     compiled->columns[i].type == DATA_TEXT ? " COLLATE \"C\"" : "");
    copy = arena_strdup(work->arena, str_text(&text));
    str_done(&text);
    return copy;
}

/* "r (c1, …, place) AS (…)": two channels of one name are two cells with the same dimensions; their values tell them
 * apart, the smallest stands beside the smallest. */
static void write_side(struct rollup_work *work, struct str *to, const struct compiled *compiled, const char *name,
                       const char *table)
{
    const char *keys = columns_text(work, compiled, false, ""), *values = columns_text(work, compiled, true, "");

    str_addf(to, "%s_all (", name);
    for (size_t i = 0; i < compiled->column_count; i++)
        str_addf(to, "%sc%zu", i > 0 ? ", " : "", i + 1);
    str_addf(to, ") AS (SELECT * FROM %s), %s AS (SELECT *, row_number() OVER (PARTITION BY %s ORDER BY %s) AS place"
                 " FROM %s_all)", table, name, keys, values, name);
}

/* Cells side by side, those that differ. Columns are renamed by number: their names are the model's. */
static const char *difference_sql(struct rollup_work *work, const struct compiled *compiled)
{
    struct str  cell = STR_INIT, sql = STR_INIT;
    const char *text;

    for (size_t i = 0; i < compiled->column_count; i++)
        if (compiled->columns[i].role != ROLE_MEASURE)
            str_addf(&cell, "%sCOALESCE(COALESCE(r.c%zu, f.c%zu)::text, 'NULL')",
                     cell.length > 0 ? " || ' · ' || " : "", i + 1, i + 1);
    str_add(&sql, "WITH ");
    write_side(work, &sql, compiled, "r", "rolled");
    str_add(&sql, ", ");
    write_side(work, &sql, compiled, "f", "facts");
    for (size_t i = 0, n = 0; i < compiled->column_count; i++) {
        if (compiled->columns[i].role != ROLE_MEASURE)
            continue;
        str_addf(
            &sql,
            "%s SELECT %s AS cell, '%s' AS measure, r.c%zu::text AS rollup, f.c%zu::text AS facts FROM r FULL JOIN f"
            " ON COALESCE(ROW(%s, r.place)) = COALESCE(ROW(%s, f.place)) WHERE r.c%zu IS DISTINCT FROM f.c%zu",
            n++ > 0 ? " UNION ALL" : "", str_text(&cell), compiled->columns[i].name, i + 1, i + 1,
            columns_text(work, compiled, false, "r."), columns_text(work, compiled, false, "f."), i + 1, i + 1);
    }
    str_add(&sql, " ORDER BY 1, 2 LIMIT 1000");
    text = arena_strdup(work->arena, str_text(&sql));
    str_done(&cell);
    str_done(&sql);
    return text;
}

/* A refresh may put another table in its place, whose rows an older snapshot does not see: so first the table is held,
 * then the snapshot taken, with the first statement after this. */
static int begin(struct rollup_work *work, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const char *lock = "";
    int r = rollup_run(work,
                       "SELECT to_regclass(relation)::text FROM ops.rollup_state WHERE cube = $1 AND name = $2 AND "
                       "to_regclass(relation) IS NOT NULL",
                       NULL, &result, error);

    if (r >= 0 && pg_result_rows(result) > 0)
        lock = arena_printf(work->arena, "; LOCK TABLE %s IN ACCESS SHARE MODE", pg_result_text(result, 0, 0));
    return r < 0
               ? r
               : pg_script(work->pg, arena_printf(work->arena, "BEGIN ISOLATION LEVEL REPEATABLE READ%s", lock), error);
}

/* Both from one snapshot of the warehouse. */
int rollup_check_one(struct rollup_work *work, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct both both = {0};
    int r = begin(work, error);

    if (r >= 0)
        r = compile_both(work, &both, error);
    if (r >= 0)
        r = keep(work, "rolled", both.rolled, error);
    if (r >= 0)
        r = keep(work, "facts", both.facts, error);
    if (r >= 0)
        r = pg_query(work->pg, difference_sql(work, both.facts), NULL, 0, &result, error);
    for (size_t i = 0; r >= 0 && i < pg_result_rows(result); i++)
        table_add(work->table, arena_printf(work->arena, "%s.%s", work->cube, work->name), pg_result_text(result, i, 0),
                  pg_result_text(result, i, 1), pg_result_text(result, i, 2), pg_result_text(result, i, 3));
    rollup_roll_back(work);
    return r;
}
