/* explain: what was understood. */
#include <inttypes.h>
#include <string.h>

#include "ask_cache.h"

static void add_plan(struct table *table, const struct pg_result *result)
{
    struct str text = STR_INIT;

    for (size_t i = 0; i < pg_result_rows(result); i++)
        str_addf(&text, "%s%s", i > 0 ? "\n" : "", pg_result_text(result, i, 0));
    table_add(table, "plan", str_text(&text));
    str_done(&text);
}

static int analyze_query(struct app *app, struct arena *arena, const struct compiled *compiled,
                         struct pg_result **ret_plan, struct error *error)
{
    struct pg *pg;
    int        r = app_pg(app, &pg, error);

    if (r >= 0)
        r = pg_query(pg, arena_printf(arena, "EXPLAIN (ANALYZE, BUFFERS, COSTS) %s", compiled->sql),
                     ask_values(arena, compiled), compiled->value_count, ret_plan, error);
    return r;
}

static void add_meaning(struct table *table, struct arena *arena, const struct compiled *compiled)
{
    table_add(table, "query", compiled->line);
    table_add(table, "json", compiled->json);
    table_add(table, "range", compiled->note.range);
    table_add(table, "zone", compiled->note.zone);
    if (compiled->note.rule != NULL)
        table_add(table, "rule", compiled->note.rule);
    for (size_t i = 0; i < compiled->note.remark_count; i++)
        table_add(table, "remark", compiled->note.remarks[i]);
    for (size_t i = 0; i < compiled->step_count; i++)
        table_add(table, "source", compiled->steps[i]);
    for (size_t i = 0; i < compiled->rollup_note_count; i++)
        table_add(table, "rollup", compiled->rollup_notes[i]);
    table_add(table, "sql", compiled->sql);
    for (size_t i = 0; i < compiled->value_count; i++)
        table_add(table, arena_printf(arena, "$%zu", i + 1), compiled->values[i].text);
}

/* Under which key its answer is kept, and for how long. Where that cannot be told, nothing is said. */
static void add_key(struct app *app, struct table *table, struct arena *arena, struct query *query)
{
    _cleanup_(asked_done) struct asked again = ASKED_INIT;
    struct ask_key key;

    again.query = query;
    if (ask_key_of(app, arena, &again, &key, NULL) < 0)
        return;
    table_add(table, "key", key.key);
    table_add(table, "key query", key.query);
    table_add(table, "key params", key.params);
    table_add(table, "class", key.class->name);
    table_add(table, "ttl", arena_printf(arena, "%" PRId64 " s", key.class->ttl_us / US_PER_SECOND));
}

int app_explain(struct app *app, const char *text, bool analyze, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(table_freep) struct table *table = table_new("part:text text:text");
    _cleanup_(asked_done) struct asked asked = ASKED_INIT;
    _cleanup_(pg_result_freep) struct pg_result *plan = NULL;
    struct error why;
    int          r = ask_parse(app, arena, text, &asked.query, error);

    if (r < 0)
        return r;
    do {
        why = ERROR_INIT;
        r = ask_compile_at(app, arena, ask_minute(), &asked, &why);
        if (r >= 0 && analyze)
            r = analyze_query(app, arena, asked.compiled, &plan, &why);
    } while (ask_again(&asked, r, &why));
    error_move(error, &why);
    if (r < 0)
        return r;
    add_meaning(table, arena, asked.compiled);
    add_key(app, table, arena, asked.query);
    if (analyze)
        add_plan(table, plan);
    return table_send(table, sink, error);
}
