/* app: a proposal for a rollup is read into one model, whatever number of questions it is held against. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app_place.h"
#include "server.h"
#include "warehouse.h"
#include "ytempire/app/rollup.h"
#include "ytempire/semantic/advise.h"

static size_t models_read;

/* The linker puts one in the other's place (--wrap). */
int __real_model_load_with_rollup(const struct model_file *files, size_t count, const char *cube,
                                  const char *declaration, struct model **ret_model, struct error *error);
int __wrap_model_load_with_rollup(const struct model_file *files, size_t count, const char *cube,
                                  const char *declaration, struct model **ret_model, struct error *error);

int __wrap_model_load_with_rollup(const struct model_file *files, size_t count, const char *cube,
                                  const char *declaration, struct model **ret_model, struct error *error)
{
    models_read++;
    return __real_model_load_with_rollup(files, count, cube, declaration, ret_model, error);
}

/* Costs of two months, and 600 questions of one shape. */
static void fill(void *who)
{
    warehouse_open(who);
    script(who, "INSERT INTO analytics.fact_costs (source, source_ref, date_key, cost_category, total_cost_cents, "
                "cost_timestamp)"
                " SELECT 'test', n::text, 20260101, (ARRAY['ai', 'api'])[n % 2 + 1], n, timestamptz '2026-01-01' + n * "
                "interval '1 hour'"
                " FROM generate_series(1, 1400) AS n");
    script(who, "INSERT INTO ops.query_log (digest, line, asked, total_ms, rows)"
                " SELECT md5(n::text), 'total_cost by cost_category, cost_time.day for ' || date '2025-01-01' + n, 1, "
                "1000 - n, 1"
                " FROM generate_series(1, 600) AS n");
}

struct answer {
    struct sink sink;
    size_t      rows;
    char        queries[16];
    struct str  words;
};

static int take_columns(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    (void)sink, (void)columns, (void)count, (void)error;
    return 0;
}

static int take_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct answer *answer = (struct answer *)sink;

    (void)error;
    answer->rows++;
    snprintf(answer->queries, sizeof answer->queries, "%s", cells[2].text);
    return 0;
}

static int take_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink, (void)note, (void)error;
    return 0;
}

static void take_words(struct sink *sink, const char *text)
{
    str_addf(&((struct answer *)sink)->words, "%s\n", text);
}

static void advise(void *who)
{
    static const struct sink_ops ops = {.begin = take_columns, .row = take_row, .end = take_end, .text = take_words};
    struct place *place = who;
    struct answer answer = {.sink.ops = &ops};

    models_read = 0;
    if (app_rollup_advise(place->app, "Costs", &answer.sink, &place->error) < 0)
        fail_msg("%s", place->error.text);
    assert_int_equal(answer.rows, 1);
    assert_string_equal(answer.queries, "500");
    assert_non_null(strstr(answer.words.data, "the 100 that took least were not looked at"));
    assert_int_equal(models_read, 1);
    str_done(&answer.words);
}

static void questions_of_one_shape_need_one_model(void **state)
{
    char                       name[40], option[] = "--dsn";
    _cleanup_(mem_freep) char *dsn = NULL;
    struct place               place;
    struct place              *here = &place;

    (void)state;
    desk_run(fill);
    warehouse_name(name);
    dsn = mem_printf("%s dbname=%s", server_start_once(), name);
    place_open(&place, option, dsn);
    loop_run_task(place.loop, advise, &place);
    assert_int_equal(place_close((void **)&here), 0);
}

static int drop(void **state)
{
    (void)state;
    warehouse_drop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(questions_of_one_shape_need_one_model)};

    return cmocka_run_group_tests(tests, NULL, drop);
}
