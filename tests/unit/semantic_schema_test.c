/*
 * semantic: the shipped model against the real schema. Every measure is asked by every dimension once, every dimension
 * tested by every operator that fits it, under the owner and under the schema of a tenant; PostgreSQL must accept all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_help.h"
#include "server.h"
#include "src/semantic/model.h"
#include "warehouse.h"

static struct fixture *shipped;

static int set_up(void **state)
{
    (void)fixture_shipped(state);
    shipped = *state;
    return 0;
}

static int tear_down(void **state)
{
    warehouse_drop();
    return fixture_done(state);
}

static void runs(struct desk *desk, const char *line)
{
    const struct compiled                       *compiled = compiles(shipped, line);
    struct pg_value                              values[64];
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;

    assert_true(compiled->value_count <= COUNT_OF(values));
    for (size_t i = 0; i < compiled->value_count; i++)
        values[i] = PG_TEXT(compiled->values[i].text);
    if (pg_query(desk->pg, compiled->sql, values, compiled->value_count, &result, &desk->error) < 0)
        fail_msg("%s: %s in\n%s", line, desk->error.text, compiled->sql);
    if (pg_result_columns(result) != compiled->column_count)
        fail_msg("%s: %zu columns where %zu are told", line, pg_result_columns(result), compiled->column_count);
    for (size_t i = 0; i < compiled->column_count; i++)
        assert_string_equal(pg_result_name(result, i), compiled->columns[i].name);
    arena_free(shipped->arena);
    shipped->arena = arena_new();
}

static void all_measures(struct str *to, const struct cube *cube)
{
    str_addf(to, "from %s ", cube->name);
    for (size_t i = 0; i < cube->measure_count; i++)
        str_addf(to, "%s%s.%s", i > 0 ? ", " : "", cube->name, cube->measures[i]->name);
}

typedef void each_dimension(struct desk *desk, const struct cube *fact, const char *name, const struct dimension *dimension);

/* Own ones, and those one and two joins away. */
static void walk(struct desk *desk, const struct cube *fact, const struct cube *cube, const char *prefix, int depth, each_dimension *each)
{
    for (size_t i = 0; i < cube->dimension_count; i++) {
        _cleanup_(mem_freep) char *name = mem_printf("%s.%s", prefix, cube->dimensions[i]->name);

        if (!cube->dimensions[i]->hidden)
            each(desk, fact, name, cube->dimensions[i]);
    }
    for (size_t i = 0; depth > 0 && i < cube->join_count; i++) {
        _cleanup_(mem_freep) char *next = mem_printf("%s.%s", prefix, cube->joins[i]->name);

        if (cube->joins[i]->target != fact)
            walk(desk, fact, cube->joins[i]->target, next, depth - 1, each);
    }
}

static void by_dimension(struct desk *desk, const struct cube *fact, const char *name, const struct dimension *dimension)
{
    struct str line = STR_INIT;

    all_measures(&line, fact);
    str_addf(&line, " by %s", name);
    if (dimension->type == MEMBER_TIME || dimension->type == MEMBER_DATE)
        str_addf(&line, ".month, %s.quarter, %s", name, name);
    runs(desk, str_text(&line));
    str_done(&line);
}

SERVER_TEST(every_measure_by_every_dimension)
{
    warehouse_open(who);
    for (size_t i = 0; i < shipped->model->cube_count; i++)
        walk(who, shipped->model->cubes[i], shipped->model->cubes[i], shipped->model->cubes[i]->name, 1, by_dimension);
}

SERVER_TEST(every_measure_by_every_dimension_of_a_tenant)
{
    warehouse_open(who);
    shipped->context.tenant = true;
    script(who, "SET search_path = pg_catalog; SET ROLE ytempire_tenant");
    for (size_t i = 0; i < shipped->model->cube_count; i++)
        walk(who, shipped->model->cubes[i], shipped->model->cubes[i], shipped->model->cubes[i]->name, 1, by_dimension);
    shipped->context.tenant = false;
}

SERVER_TEST(every_measure_alone_in_all_positions)
{
    warehouse_open(who);
    for (size_t i = 0; i < shipped->model->cube_count; i++) {
        const struct cube *cube = shipped->model->cubes[i];

        for (size_t m = 0; m < cube->measure_count; m++) {
            const char *time = cube->time != NULL ? ", day for last 30 days" : "";
            char        line[400];

            (void)snprintf(line, sizeof line, "from %s %s.%s by %s%s where %s.%s > 1 order by %s.%s top 3 by %s.%s limit 9", cube->name, cube->name,
                           cube->measures[m]->name, cube->dimensions[cube->dimension_count - 1]->name, time, cube->name, cube->measures[m]->name,
                           cube->name, cube->measures[m]->name, cube->name, cube->measures[m]->name);
            runs(who, line);
            (void)snprintf(line, sizeof line, "from %s %s.%s", cube->name, cube->name, cube->measures[m]->name);
            runs(who, line);
        }
    }
}

static bool has_dimension(const struct cube *cube, const char *name)
{
    for (size_t i = 0; i < cube->dimension_count; i++)
        if (!cube->dimensions[i]->hidden && strcmp(cube->dimensions[i]->name, name) == 0)
            return true;
    return false;
}

static void pair_by_common_dimensions(struct desk *desk, const struct cube *a, const struct cube *b)
{
    for (size_t i = 0; i < a->dimension_count; i++) {
        const char                *name = a->dimensions[i]->name;
        bool                       time = a->dimensions[i]->type == MEMBER_TIME || a->dimensions[i]->type == MEMBER_DATE;
        _cleanup_(mem_freep) char *line = mem_printf("%s.%s, %s.%s by %s%s, month mixed_days", a->name, a->measures[0]->name,
                                                     b->name, b->measures[0]->name, name, time ? ".day" : "");

        if (!a->dimensions[i]->hidden && has_dimension(b, name))
            runs(desk, line);
    }
}

SERVER_TEST(every_two_cubes_by_every_dimension_both_have)
{
    warehouse_open(who);
    for (size_t i = 0; i < shipped->model->cube_count; i++)
        for (size_t j = 0; j < shipped->model->cube_count; j++)
            if (i != j)
                pair_by_common_dimensions(who, shipped->model->cubes[i], shipped->model->cubes[j]);
}

static void by_operator(struct desk *desk, const struct cube *fact, const char *name, const struct dimension *dimension)
{
    static const char *const tests[][12] = {
        [MEMBER_STRING] = {"= x", "!= x", "in (x, y)", "not in (x, y)", "contains x", "not contains (x, y)", "starts with x", "not ends with x",
                           "like 'x%'", "between a and b", "> x"},
        [MEMBER_NUMBER] = {"= 1", "!= 1", "in (1, 2.5)", "not in (1, 2)", "< 1", ">= 99999999999999999999", "between 1 and 2", "not between 1 and 2"},
        [MEMBER_BOOLEAN] = {"= true", "!= false", "in (true, false)"},
        [MEMBER_TIME] = {"= 2026-01", "!= 2026-01-31", "< 2026", ">= 2026-01-31T12:00", "in last 7 days", "not in 2026-Q1", "between 2026-01 and 2026-02",
                         "in (2026-01-01, 2026-02-01)"},
        [MEMBER_DATE] = {"= 2026-01", "!= 2026-01-31", "< 2026", ">= 2026-01-31", "in last 7 days", "not in 2026-Q1", "between 2026-01 and 2026-02",
                         "in (2026-01-01, 2026-02-01)"},
        [MEMBER_ARRAY] = {"has x", "not has x"},
    };
    const struct measure *measure = fact->measure_count > 0 ? fact->measures[0] : NULL;

    if (measure == NULL)
        return;
    for (size_t i = 0; i < COUNT_OF(tests[0]) && tests[dimension->type][i] != NULL; i++) {
        _cleanup_(mem_freep) char *line = mem_printf("from %s %s.%s where %s %s and %s is not null", fact->name, fact->name, measure->name, name,
                                                     tests[dimension->type][i], name);

        runs(desk, line);
    }
}

SERVER_TEST(every_dimension_by_every_operator)
{
    warehouse_open(who);
    for (size_t i = 0; i < shipped->model->cube_count; i++)
        walk(who, shipped->model->cubes[i], shipped->model->cubes[i], shipped->model->cubes[i]->name, 1, by_operator);
}

SERVER_TEST(every_segment)
{
    warehouse_open(who);
    for (size_t i = 0; i < shipped->model->cube_count; i++) {
        const struct cube *cube = shipped->model->cubes[i];

        for (size_t s = 0; s < cube->segment_count; s++) {
            struct str line = STR_INIT;

            all_measures(&line, cube);
            str_addf(&line, " segment %s", cube->segments[s]->name);
            runs(who, str_text(&line));
            str_done(&line);
        }
    }
}

SERVER_TEST(what_lint_asks_the_database_holds)
{
    struct desk              *desk = who;
    size_t                    count;
    const struct model_check *checks;

    warehouse_open(desk);
    checks = model_checks(shipped->model, shipped->arena, &count);
    assert_true(count > 200);
    for (size_t i = 0; i < count; i++) {
        _cleanup_(pg_result_freep) struct pg_result *result = NULL;

        if (pg_query(desk->pg, checks[i].sql, NULL, 0, &result, &desk->error) < 0)
            fail_msg("%s: %s: %s in\n%s", checks[i].where, checks[i].message, desk->error.text, checks[i].sql);
        assert_int_equal(pg_result_rows(result), 1);
        assert_int_equal(pg_result_columns(result), 1);
        if (pg_result_text(result, 0, 0) == NULL || strcmp(pg_result_text(result, 0, 0), "t") != 0)
            fail_msg("%s: %s: it does not hold:\n%s", checks[i].where, checks[i].message, checks[i].sql);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_measure_by_every_dimension),
        cmocka_unit_test(every_measure_by_every_dimension_of_a_tenant),
        cmocka_unit_test(every_measure_alone_in_all_positions),
        cmocka_unit_test(every_two_cubes_by_every_dimension_both_have),
        cmocka_unit_test(every_dimension_by_every_operator),
        cmocka_unit_test(every_segment),
        cmocka_unit_test(what_lint_asks_the_database_holds),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
