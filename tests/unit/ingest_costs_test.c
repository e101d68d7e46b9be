/* openai-costs and elevenlabs-usage: what was billed, to the last digit, told again, corrected and told wrongly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server.h"
#include "warehouse.h"
#include "ingest_help.h"
#include "ingest_money_help.h"

#define COSTS                                                                                                          \
    "SELECT source_ref, cost_timestamp, date_key, cost_category, cost_subcategory, quantity, unit_cost_cents, "        \
    "total_cost_cents FROM analytics.fact_costs ORDER BY cost_timestamp, source_ref"
/* 1793491200 is 2026-11-01 00:00 UTC */
#define BUCKET(start, results)                                                                                         \
    "{\"object\":\"bucket\",\"start_time\":" start ",\"end_time\":1,\"results\":[" results "]}"
#define RESULT(value, line)                                                                                            \
    "{\"object\":\"organization.costs.result\",\"amount\":{\"value\":" value                                           \
    ",\"currency\":\"usd\"},\"line_item\":\"" line "\","                                                               \
    "\"project_id\":\"proj_a\",\"quantity\":null}"
#define PAGE(more, buckets) "{\"object\":\"page\",\"data\":[" buckets "],\"has_more\":true,\"next_page\":" more "}"
#define LAST(buckets) PAGE("null", buckets)

/* -- openai-costs -------------------------------------------------------------------------------------------------- */

SERVER_TEST(what_openai_bills_is_kept_by_day_project_and_line_to_the_last_digit)
{
    static const struct said says[] = {
        {"GET /organization/costs?", "200 OK", NULL,
         PAGE("\"page_2\"",
              BUCKET("1793491200", "{\"amount\":{\"value\":0.06,\"currency\":\"usd\"},\"line_item\":\"gpt-4o, "
                                   "input\",\"project_id\":\"proj_a\",\"quantity\":1500},"
                                   "{\"amount\":{\"value\":0.000011200000000000001,\"currency\":\"USD\"},\"line_item\":"
                                   "null,\"project_id\":null}") "," BUCKET("1793577600", ""))},
        {"&page=page_2 ", "200 OK", NULL,
         LAST(BUCKET("1793664000", RESULT("\"1.5\"", "o3") "," RESULT("-2e-5", "credit")))},
        {0}};
    struct till till;

    till_open(&till, who);
    till_loads(&till, "openai-costs", says, "", "costs|4|4|0|0");
    assert_asked(who, COSTS,
                 "proj_a|gpt-4o, input|2026-11-01 00:00:00+00|20261101|ai|gpt-4o, input|1500.000000|0.004000|6.000000\n"
                 "||2026-11-01 00:00:00+00|20261101|ai|-|-|-|0.001120\n"
                 "proj_a|credit|2026-11-03 00:00:00+00|20261103|ai|credit|-|-|-0.002000\n"
                 "proj_a|o3|2026-11-03 00:00:00+00|20261103|ai|o3|-|-|150.000000");
    assert_non_null(
        strstr(str_text(&till.asked), "&bucket_width=1d&limit=31&group_by%5B%5D=project_id&group_by%5B%5D=line_item"));
    assert_asked(who, "SELECT relation, stretches FROM ops.cache_touched",
                 "analytics.fact_costs|{[\"2026-11-01 00:00:00+00\",\"2026-11-01 01:00:00+00\"),[\"2026-11-03 "
                 "00:00:00+00\",\"2026-11-03 01:00:00+00\")}");
    assert_asked(who, "SELECT state, rows_read, rows_loaded FROM ops.jobs", "completed|4|4");
    script(who, "DELETE FROM ops.cache_touched");
    till_loads(&till, "openai-costs", says, "", "costs|4|0|4|0");
    assert_asked(who, "SELECT count(*) FROM ops.cache_touched", "0");
    till_close(&till);
}

SERVER_TEST(what_openai_corrects_is_corrected_and_what_it_takes_back_goes)
{
    static const struct said first[] = {
        {NULL, "200 OK", NULL,
         LAST(BUCKET("1793491200", RESULT("1", "a") "," RESULT("2", "b")) "," BUCKET("1793577600", RESULT("3", "c")))},
        {0}};
    static const struct said then[] = {{NULL, "200 OK", NULL, LAST(BUCKET("1793491200", RESULT("1.25", "a")))}, {0}};
    struct till till;

    till_open(&till, who);
    till_loads(&till, "openai-costs", first, "", "costs|3|3|0|0");
    script(who, "DELETE FROM ops.cache_touched");
    till_loads(&till, "openai-costs", then, "", "costs|1|1|0|0");
    assert_asked(who, "SELECT cost_subcategory, total_cost_cents FROM analytics.fact_costs ORDER BY 1",
                 "a|125.000000\nc|300.000000");
    assert_asked(who, "SELECT stretches FROM ops.cache_touched",
                 "{[\"2026-11-01 00:00:00+00\",\"2026-11-01 01:00:00+00\")}");
    till_close(&till);
}

SERVER_TEST(what_is_told_wrongly_is_refused_with_its_reason_and_changes_nothing)
{
    static const struct said good[] = {
        {NULL, "200 OK", NULL, LAST(BUCKET("1793491200", RESULT("1", "a") "," RESULT("2", "b")))}, {0}};
    static const struct said bad[] = {
        {NULL, "200 OK", NULL,
         LAST(BUCKET(
             "1793491200",
             RESULT("{}", "a") "," RESULT(
                 "2", "b") ",7,"
                           "{\"amount\":{\"value\":3,\"currency\":\"eur\"},\"line_item\":\"e\",\"project_id\":\"p\"}"
                           "," RESULT(
                               "1e30",
                               "x")) "," BUCKET("\"today\"",
                                                RESULT("1", "a")) "," BUCKET("9999999999",
                                                                             RESULT("1",
                                                                                    "a")) ",5,"
                                                                                          "{\"start_time\":1793577600,"
                                                                                          "\"results\":{}}")},
        {0}};
    struct till till;

    till_open(&till, who);
    till_loads(&till, "openai-costs", good, "", "costs|2|2|0|0");
    assert_int_equal(till_load(&till, "openai-costs", bad, ""), ERR_PARTIAL);
    assert_string_equal(till.bench.error.text, "8 of 9 rows were refused");
    assert_asked(
        who, "SELECT column_name, reason, count(*) FROM ops.dead_letters GROUP BY 1, 2 ORDER BY 1, 2",
        "amount|it is no number|1\namount|it is out of range|1\ncurrency|it is 'eur', and not usd|1\n"
        "currency|it is not told, and not usd|1\nresults|it is no list|1\nstart_time|it is no day of the calendar|3");
    assert_asked(who, "SELECT cost_subcategory, total_cost_cents FROM analytics.fact_costs ORDER BY 1",
                 "a|100.000000\nb|200.000000");
    till_loads(&till, "openai-costs", good, "", "costs|2|0|2|0");
    assert_asked(
        who,
        "SELECT count(*), bool_or(raw LIKE '%\"line_item\": \"a\"%' AND column_name = 'amount') FROM ops.dead_letters",
        "7|f");
    till_close(&till);
}

SERVER_TEST(costs_are_whose_the_owners_say)
{
    static const struct said says[] = {
        {NULL, "200 OK", NULL,
         LAST(BUCKET("1793491200", RESULT("1", "a") ",{\"amount\":{\"value\":2,\"currency\":\"usd\"},\"line_item\":\"b\","
                                   "\"project_id\":\"proj_b\"}"))},
        {0}};
    static const char whose[] = "SELECT f.source_ref, u.email FROM analytics.fact_costs AS f LEFT JOIN analytics.dim_user AS u "
                                "USING (user_key) ORDER BY 1";
    struct till till;

    till_open(&till, who);
    script(who, "INSERT INTO users.accounts (user_id, email) VALUES ('00000000-0000-4000-8000-0000000000d1', 'Ann@example.invalid'),"
                "('00000000-0000-4000-8000-0000000000d2', 'bob@example.invalid')");
    till_loads(&till, "openai-costs", says, "", "costs|2|2|0|0");
    assert_asked(who, whose, "proj_a|a|-\nproj_b|b|-");
    till_loads(&till, "openai-costs", says, "owners=proj_a:ann@example.invalid", "costs|2|1|1|0");
    assert_asked(who, whose, "proj_a|a|Ann@example.invalid\nproj_b|b|-");
    till_loads(&till, "openai-costs", says, "owners=*:00000000-0000-4000-8000-0000000000d2,proj_a:ann@example.invalid",
               "costs|2|1|1|0");
    assert_asked(who, whose, "proj_a|a|Ann@example.invalid\nproj_b|b|bob@example.invalid");
    assert_int_equal(till_load(&till, "openai-costs", says, "owners=proj_a:nobody"), ERR_USAGE);
    assert_string_equal(till.bench.error.text, "owners: 'proj_a:nobody' names no account");
    assert_int_equal(till_load(&till, "openai-costs", says, "owners=proj_a"), ERR_USAGE);
    till_close(&till);
}

SERVER_TEST(an_answer_of_another_shape_stops_the_load)
{
    static const struct said says[] = {{NULL, "200 OK", NULL, "{\"object\":\"page\",\"buckets\":[]}"}, {0}};
    struct till till;

    till_open(&till, who);
    assert_int_equal(till_load(&till, "openai-costs", says, ""), ERR_FAILED);
    assert_string_equal(till.bench.error.text, "openai-costs: the answer has no list 'data'");
    assert_asked(who,
                 "SELECT (SELECT count(*) FROM analytics.fact_costs), (SELECT count(*) FROM ops.watermarks), state "
                 "FROM ops.jobs",
                 "0|0|discarded");
    till_close(&till);
}

SERVER_TEST(pages_that_repeat_end_in_part_and_count_once)
{
    static const struct said says[] = {
        {NULL, "200 OK", NULL, PAGE("\"page_2\"", BUCKET("1793491200", RESULT("1", "a")))}, {0}};
    struct till till;

    till_open(&till, who);
    assert_int_equal(till_load(&till, "openai-costs", says, ""), ERR_PARTIAL);
    assert_string_equal(till.bench.error.text, "openai-costs: the pages of /organization/costs repeat");
    assert_int_equal(till.server.requests, 2);
    assert_asked(who, "SELECT total_cost_cents FROM analytics.fact_costs", "100.000000");
    assert_asked(who, "SELECT count(*) FROM ops.watermarks", "0");
    till_close(&till);
}

SERVER_TEST(many_items_are_stored_as_they_come)
{
    static struct said says[] = {{NULL, "200 OK", NULL, NULL}, {NULL, "200 OK", NULL, NULL}, {0}};
    struct str         bodies[2] = {STR_INIT, STR_INIT};
    struct till        till;

    for (size_t page = 0; page < 2; page++) {
        str_addf(&bodies[page], "{\"data\":[{\"start_time\":%d,\"results\":[", page == 0 ? 1793491200 : 1793577600);
        for (int i = 0; i < 10000; i++)
            str_addf(&bodies[page], "%s" RESULT("0.%05d", "line item number %d"), i > 0 ? "," : "", i, i);
        str_addf(&bodies[page], "]}],\"next_page\":%s}", page == 0 ? "\"2\"" : "null");
        says[page].body = str_text(&bodies[page]);
    }
    till_open(&till, who);
    till_loads(&till, "openai-costs", says, "", "costs|20000|20000|0|0");
    assert_asked(who, "SELECT count(*), sum(total_cost_cents) FROM analytics.fact_costs", "20000|99990.000000");
    till_loads(&till, "openai-costs", says, "", "costs|20000|0|20000|0");
    till_close(&till);
    str_done(&bodies[0]);
    str_done(&bodies[1]);
}

/* -- elevenlabs-usage ---------------------------------------------------------------------------------------------- */

#define SUBSCRIPTION                                                                                                   \
    {                                                                                                                  \
        "GET /v1/user/subscription", "200 OK", NULL,                                                                   \
            "{\"tier\":\"creator\",\"character_count\":61000,\"character_limit\":100000,\"status\":\"active\",\"xi_"   \
            "api_key\":\"no\"}"                                                                                        \
    }
#define USAGE(rows)                                                                                                    \
    {                                                                                                                  \
        "POST /v1/workspace/analytics/query/usage-by-product-over-time", "200 OK", NULL,                               \
            "{\"columns\":[\"total_usage\",\"timestamp\",\"product_type\"],\"column_types\":[\"float\",\"datetime\","  \
            "\"string\"],"                                                                                             \
            "\"column_units\":[\"credits\",null,null],\"rows\":[" rows "]}"                                            \
    }

SERVER_TEST(credits_are_costs_by_their_price)
{
    static const struct said says[] = {
        SUBSCRIPTION, USAGE("[1500.5,1793491200000,\"TTS\"],[2,\"2026-11-02T00:00:00Z\",\"Dubbing\"]"), {0}};
    struct till till;

    till_open(&till, who);
    till_loads(&till, "elevenlabs-usage", says, "history=3650", "usage|2|2|0|0");
    assert_asked(who, COSTS, "TTS|2026-11-01 00:00:00+00|20261101|ai|TTS|1500.500000|-|-\n"
                             "Dubbing|2026-11-02 00:00:00+00|20261102|ai|Dubbing|2.000000|-|-");
    assert_non_null(strstr(str_text(&till.bench.texts), "warning: what credits cost is not known"));
    assert_non_null(strstr(str_text(&till.asked),
                           "\"interval_seconds\":86400,\"group_by\":[\"product_type\"],\"time_zone\":\"UTC\"}"));
    assert_asked(
        who, "SELECT position FROM ops.watermarks WHERE stream = 'subscription'",
        "{\"tier\": \"creator\", \"status\": \"active\", \"character_count\": 61000, \"character_limit\": 100000}");
    script(who, "DELETE FROM ops.watermarks");
    till_loads(&till, "elevenlabs-usage", says, "history=3650 price=22.5", "usage|2|2|0|0");
    assert_asked(who, "SELECT quantity, unit_cost_cents, total_cost_cents FROM analytics.fact_costs ORDER BY 1",
                 "2.000000|0.022500|0.045000\n1500.500000|0.022500|33.761250");
    script(who, "DELETE FROM ops.watermarks");
    till_loads(&till, "elevenlabs-usage", says, "history=3650 price=22.5", "usage|2|0|2|0");
    till_close(&till);
}

SERVER_TEST(usage_that_is_told_no_more_goes_and_what_is_told_wrongly_stays_as_it_was)
{
    static const struct said first[] = {
        SUBSCRIPTION, USAGE("[1,1793491200000,\"a\"],[2,1793491200000,\"b\"],[3,1793577600000,\"c\"]"), {0}};
    static const struct said then[] = {
        SUBSCRIPTION,
        USAGE("[4,1793491200000,\"a\"],[\"2\",1793491200000,\"b\"],[1,\"2026-02-31\",\"d\"],[1,1793491200000],5"),
        {0}};
    struct till till;

    till_open(&till, who);
    till_loads(&till, "elevenlabs-usage", first, "history=3650 price=10", "usage|3|3|0|0");
    script(who, "DELETE FROM ops.watermarks");
    assert_int_equal(till_load(&till, "elevenlabs-usage", then, "history=3650 price=10"), ERR_PARTIAL);
    assert_asked(who, "SELECT cost_subcategory, quantity FROM analytics.fact_costs ORDER BY 1",
                 "a|4.000000\nb|2.000000");
    assert_asked(who, "SELECT column_name, reason FROM ops.dead_letters ORDER BY 1, 2",
                 "credits|it is no number of credits\nproduct_type|it is missing\ntimestamp|it is no "
                 "time\ntimestamp|it is no time");
    till_close(&till);
}

SERVER_TEST(an_answer_without_credits_is_no_usage)
{
    static const struct said says[] = {SUBSCRIPTION,
                                       {NULL, "200 OK", NULL,
                                        "{\"columns\":[\"total_usage\",\"timestamp\",\"product_type\"],"
                                        "\"column_units\":[\"minutes\",null,null],\"rows\":[]}"},
                                       {0}};
    struct till till;

    till_open(&till, who);
    assert_int_equal(till_load(&till, "elevenlabs-usage", says, ""), ERR_FAILED);
    assert_string_equal(till.bench.error.text, "elevenlabs-usage: the answer has no column 'in credits'");
    assert_int_equal(till_load(&till, "elevenlabs-usage", says, "price=1,5"), ERR_USAGE);
    assert_int_equal(till_load(&till, "elevenlabs-usage", says, "price=05"), ERR_USAGE);
    till_close(&till);
}

static int drop(void **state)
{
    (void)state;
    warehouse_drop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_openai_bills_is_kept_by_day_project_and_line_to_the_last_digit),
        cmocka_unit_test(what_openai_corrects_is_corrected_and_what_it_takes_back_goes),
        cmocka_unit_test(what_is_told_wrongly_is_refused_with_its_reason_and_changes_nothing),
        cmocka_unit_test(costs_are_whose_the_owners_say),
        cmocka_unit_test(an_answer_of_another_shape_stops_the_load),
        cmocka_unit_test(pages_that_repeat_end_in_part_and_count_once),
        cmocka_unit_test(many_items_are_stored_as_they_come),
        cmocka_unit_test(credits_are_costs_by_their_price),
        cmocka_unit_test(usage_that_is_told_no_more_goes_and_what_is_told_wrongly_stays_as_it_was),
        cmocka_unit_test(an_answer_without_credits_is_no_usage),
    };

    return cmocka_run_group_tests(tests, NULL, drop);
}
