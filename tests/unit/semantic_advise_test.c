/* semantic/advise: a question as the log keeps it, and the rollup that would have answered it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "semantic_help.h"
#include "ytempire/semantic/advise.h"

static const char text[] =
    "{\"cubes\": [{\"name\": \"Sales\", \"sql_table\": \"analytics.fact_sales\", \"time_dimension\": \"at\","
    "\"joins\": {\"shop\": {\"cube\": \"Shops\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.shop_key = {shop}.shop_key\"}},"
    "\"dimensions\": {\"at\": {\"sql\": \"sold_at\", \"type\": \"time\"}, \"kind\": {\"sql\": \"kind\", \"type\": \"string\"},"
    "\"shop_key\": {\"sql\": \"shop_key\", \"type\": \"number\"}, \"due\": {\"sql\": \"due_at\", \"type\": \"time\"}},"
    "\"segments\": {\"food\": {\"sql\": \"kind = 'food'\"}, \"dear\": {\"sql\": \"cents > 900\"}},"
    "\"measures\": {\"cash\": {\"type\": \"sum\", \"sql\": \"cents\"}, \"n\": {\"type\": \"count\"}, \"kinds\": {\"type\": \"count_distinct\", \"sql\": \"kind\"},"
    "\"mean\": {\"type\": \"ratio\", \"numerator\": \"cash\", \"denominator\": \"n\"}}},"
    "{\"name\": \"Shops\", \"sql_table\": \"analytics.dim_shop\", \"dimensions\": {\"town\": {\"sql\": \"town\", \"type\": \"string\"}}}]}";

static struct model *model;

static const char *variable(void *who, const char *name)
{
    (void)who;
    return strcmp(name, "number") == 0 ? "12" : "a secret";
}

static void logs(const char *line, const char *expected)
{
    struct arena           *arena = arena_new();
    struct semantic_context context = {.variable = variable, .zone = strstr(line, "zoned") != NULL ? zone_of("Asia/Tokyo") : NULL};
    struct query           *query;

    assert_int_equal(query_parse(arena, line, NULL, &query, NULL), 0);
    assert_string_equal(query_for_log(arena, query, &context), expected);
    arena_free(arena);
}

static void values_are_not_kept(void **state)
{
    (void)state;
    logs("cash where kind = secret", "cash where kind = '?'");
    logs("cash where kind in (secret, 'an other')", "cash where kind = '?'");
    logs("cash where kind = :text and shop_key = :number and n > 17", "cash where kind = '?' and shop_key = 0 and n > 0");
    logs("cash where kind contains 'x' or not shop_key between 3 and 9", "cash where kind contains '?' or not shop_key between 0 and 0");
    logs("cash by zoned having cash > 5 for 2026-01", "cash by zoned having cash > 0 for 2026-01 tz Asia/Tokyo");
    logs("cash where due >= 2026-01-05 and kind is null", "cash where due >= 2026-01-05 and kind is null");
}

static void advises(const char *line, const char *expected, bool answers)
{
    struct arena           *arena = arena_new();
    struct semantic_context context = {.now = instant_of("2026-03-10 00:00:00+00"), .as_if_built = true, .only_rollup = "r"};
    struct model_file       file = {"sales.json", text, strlen(text)};
    struct error            error = ERROR_INIT;
    struct model           *more = NULL;
    struct query_shape     *shapes;
    struct compiled        *compiled;
    struct query           *query;
    const char             *declaration;
    size_t                  count;

    assert_int_equal(query_parse(arena, line, NULL, &query, NULL), 0);
    assert_int_equal(semantic_shapes(arena, model, query, &context, &shapes, &count, NULL), 0);
    assert_int_equal(count, 1);
    declaration = query_shape_declaration(arena, &shapes[0], "r");
    assert_string_equal(declaration, expected);
    if (model_load_with_rollup(&file, 1, "Sales", declaration, &more, &error) < 0)
        fail_with(declaration, &error);
    assert_int_equal(semantic_compile(arena, more, query, &context, &compiled, NULL), 0);
    assert_string_equal(compiled->note.source, answers ? "rollup r" : "facts");
    model_unref(more);
    arena_free(arena);
}

#define KEEPS(measures, dimensions, unit)                                                                              \
    "{\"r\": {\"type\": \"rollup\", \"measures\": [" measures "], \"dimensions\": [" dimensions                        \
    "], \"time_dimension\": \"at\", \"granularity\": \"" unit "\"}}"

static void a_rollup_is_declared_for_a_question(void **state)
{
    (void)state;
    advises("cash", KEEPS("\"cash\"", "", "month"), true);
    advises("cash for 2026-01-05..2026-03-01", KEEPS("\"cash\"", "", "day"), true);
    advises("cash, mean by kind, month", KEEPS("\"cash\", \"mean\"", "\"kind\"", "month"), true);
    advises("mean by week, month", KEEPS("\"mean\"", "", "day"), true);
    advises("n by day where kind = x and due > 2026-01-01", KEEPS("\"n\"", "\"kind\", \"due\"", "day"), true);
    advises("cash by shop.town, hour", KEEPS("\"cash\"", "\"shop_key\"", "hour"), true);
    advises("n by day segment food", KEEPS("\"n\"", "\"kind\"", "day"), true);
    advises("n by day segment dear", "{\"r\": {\"type\": \"rollup\", \"measures\": [\"n\"], \"dimensions\": [], \"time_dimension\": \"at\","
            " \"granularity\": \"day\", \"segments\": [\"dear\"]}}", true);
    advises("cash, kinds by day", KEEPS("\"cash\", \"kinds\"", "", "day"), true);
    advises("cash, kinds by week, month", KEEPS("\"cash\", \"kinds\"", "", "day"), false);
    advises("cash by day tz Asia/Tokyo", KEEPS("\"cash\"", "", "day"), false);
}

static void shapes_are_joined(void **state)
{
    struct arena      *arena = arena_new();
    const char        *cash[] = {"cash"}, *both[] = {"n", "cash"}, *kind[] = {"kind"};
    struct query_shape a = {.cube = "Sales", .time = "at", .measures = cash, .measure_count = 1, .unit = UNIT_WEEK};
    struct query_shape b = {.cube = "Sales", .time = "at", .measures = both, .measure_count = 2, .dimensions = kind,
                            .dimension_count = 1, .unit = UNIT_MONTH};
    struct query_shape joined = query_shape_join(arena, &a, &b);

    (void)state;
    assert_string_equal(query_shape_declaration(arena, &joined, "r"), KEEPS("\"cash\", \"n\"", "\"kind\"", "day"));
    arena_free(arena);
}

static int set_up(void **state)
{
    struct model_file file = {"sales.json", text, strlen(text)};

    (void)state;
    return model_load(&file, 1, &model, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    model_unref(model);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_not_kept),
        cmocka_unit_test(a_rollup_is_declared_for_a_question),
        cmocka_unit_test(shapes_are_joined),
    };

    return cmocka_run_group_tests_name("semantic advise", tests, set_up, tear_down);
}
