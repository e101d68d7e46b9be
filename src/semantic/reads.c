/*
 * What an answer is read from, as a load would tell it: the relations that the statement names, each with the stretch
 * of time that matters. Rather too much than too little.
 */
#include <string.h>

#include "describe.h"
#include "write_leg.h"

#define LAG_US (3 * US_PER_DAY)            /* daily numbers of YouTube are not final before */

struct reads {
    struct arena         *arena;
    struct semantic_read *items;
    size_t                count, room;
};

static struct semantic_read *find(struct reads *reads, const char *relation)
{
    for (size_t i = 0; i < reads->count; i++)
        if (text_equal(reads->items[i].relation, relation))
            return &reads->items[i];
    return NULL;
}

static void add(struct reads *reads, const char *relation, bool added, int64_t from, int64_t to)
{
    struct semantic_read *known = find(reads, relation), one = {relation, added, from, to};

    if (known == NULL) {
        ARENA_PUSH(reads->arena, reads->items, reads->count, reads->room, one);
        return;
    }
    known->added |= added;
    known->from = from < known->from ? from : known->from;
    known->to = to > known->to ? to : known->to;
}

/* -- facts --------------------------------------------------------------------------------------------------------- */

static const char *relation_of(const struct bound *bound, size_t fact)
{
    const struct cube *cube = bound->facts[fact];

    return arena_printf(bound->arena, "%s.%s", cube->schema != NULL ? cube->schema : "public", cube->table);
}

/* Counters look back to the snapshot before the range, windows to where they begin and on to where their bucket ends.
 */
static void add_leg(struct reads *reads, const struct bound *bound, const struct leg *leg, size_t period,
                    int64_t *settled)
{
    const struct cube *cube = bound->facts[leg->fact];
    struct writer      writer = {.bound = bound, .period = period};
    struct resolved    range = leg_range(&writer);
    bool               days = cube->time != NULL && cube->time->type == MEMBER_DATE, times = cube->time != NULL;
    int64_t            from = INT64_MIN, to = INT64_MAX, done = INT64_MAX;

    if (times && range.has_from && leg->kind == LEG_ROWS && leg->window == NULL)
        from = range.from - (days ? US_PER_DAY : 0);
    if (times && range.has_to && leg->window == NULL)
        to = range.to + (days ? US_PER_DAY : 0);
    if (times && range.has_to)
        done = range.to + (days ? LAG_US : 0);
    add(reads, relation_of(bound, leg->fact), true, from, to);
    if (done > *settled)
        *settled = done;
}

/* -- the relations of a statement ---------------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* An identifier at `at`, without its quotes; NULL: there is none. Behind it in `ret_end`. */
static const char *take_identifier(struct arena *arena, const char *at, const char **ret_end)
{
    struct str  name = STR_INIT;
    const char *text;

    if (*at == '"') {
        for (at++; *at != '\0' && (*at != '"' || at[1] == '"'); at++) {
            at += *at == '"';
            str_add_char(&name, *at);
        }
        at += *at == '"';
    } else {
        for (; is_word(*at); at++)
            str_add_char(&name, *at);
    }
    *ret_end = at;
    text = name.length > 0 ? arena_strdup(arena, str_text(&name)) : NULL;
    str_done(&name);
    return text;
}

static bool is_snapshots(const struct bound *bound, const char *table)
{
    for (size_t i = 0; i < bound->fact_count; i++)
        if (text_equal(bound->facts[i]->snapshot_table, table))
            return true;
    return false;
}

static bool is_fact(const struct bound *bound, const char *table)
{
    for (size_t i = 0; i < bound->fact_count; i++)
        if (text_equal(bound->facts[i]->table, table))
            return true;
    return false;
}

/* The tenant's view of a table changes with the table. A fact has come with its legs, where there are any. */
static void add_named(struct reads *reads, const struct bound *bound, const char *schema, const char *table, bool added)
{
    static const char *const behind[] = {"analytics", "users"};
    bool                     tenant = text_equal(schema, "tenant");

    if (bound != NULL && (is_fact(bound, table) || is_snapshots(bound, table)))
        return;
    if (!tenant && !text_equal(schema, behind[0]) && !text_equal(schema, behind[1]))
        return;
    for (size_t i = 0; i < COUNT_OF(behind); i++)
        if (tenant || text_equal(schema, behind[i]))
            add(reads, arena_printf(reads->arena, "%s.%s", behind[i], table), added, INT64_MIN, INT64_MAX);
}

static void add_relations(struct reads *reads, const struct bound *bound, const char *sql, bool added)
{
    for (const char *at = sql; *at != '\0';) {
        const char *end, *schema, *table;

        if (*at == '\'') {
            for (at++; *at != '\0' && *at != '\''; at++)
                ;
            at += *at == '\'';
            continue;
        }
        if (!is_word(*at) && *at != '"') {
            at++;
            continue;
        }
        schema = take_identifier(reads->arena, at, &end);
        at = end;
        if (schema == NULL || *at != '.')
            continue;
        table = take_identifier(reads->arena, at + 1, &end);
        if (table != NULL && *end != '(')
            add_named(reads, bound, schema, table, added);
        at = end > at ? end : at + 1;
    }
}

void semantic_sql_reads(struct arena *arena, const char *sql, const struct semantic_read **ret_reads, size_t *ret_count)
{
    struct reads reads = {.arena = arena};

    add_relations(&reads, NULL, sql, true);
    *ret_reads = reads.items;
    *ret_count = reads.count;
}

void describe_reads(const struct bound *bound, const struct plan *plan, struct compiled *compiled)
{
    struct reads reads = {.arena = bound->arena};
    bool         fans_out = false;

    compiled->settled = INT64_MIN;
    for (size_t i = 0; i < plan->leg_count; i++) {
        fans_out |= bound_fact_fans_out(bound, plan->legs[i].fact);
        for (size_t period = 0; period <= bound->compared_count; period++)
            add_leg(&reads, bound, &plan->legs[i], period, &compiled->settled);
    }
    if (plan->leg_count == 0)
        compiled->settled = INT64_MAX;
    for (size_t i = 0; i < bound->fact_count; i++)             /* dimensions without measures have no leg */
        if (find(&reads, relation_of(bound, i)) == NULL) {
            add(&reads, relation_of(bound, i), true, INT64_MIN, INT64_MAX);
            compiled->settled = INT64_MAX;
        }
    add_relations(&reads, bound, compiled->sql, fans_out);
    compiled->reads = reads.items;
    compiled->read_count = reads.count;
}
