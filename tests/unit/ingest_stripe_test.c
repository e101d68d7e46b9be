/* stripe: what came in, was paid back and taken as a fee; and for each source of money: each fault of an API, and the
 * tape. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server.h"
#include "warehouse.h"
#include "ingest_help.h"
#include "ingest_money_help.h"

/* 1793491200 is 2026-11-01 00:00 UTC, the day before in Los Angeles */
#define TX(id, amount, fee, created, category, source)                                                                 \
    "{\"id\":\"" id "\",\"object\":\"balance_transaction\",\"amount\":" amount ",\"fee\":" fee                         \
    ",\"currency\":\"usd\",\"created\":" created ",\"type\":\"x\",\"reporting_category\":\"" category                  \
    "\",\"source\":" source "}"
#define CHARGE(id, metadata) "{\"object\":\"charge\",\"id\":\"" id "\",\"metadata\":{" metadata "}}"
#define REFUND(charge) "{\"object\":\"refund\",\"id\":\"re_1\",\"charge\":\"" charge "\",\"metadata\":{}}"
#define LIST(more, items) "{\"object\":\"list\",\"has_more\":" more ",\"data\":[" items "]}"
#define OWNED "\"channel_id\":\"UC1\",\"video_id\":\"dQw4w9WgXcQ\",\"revenue\":\"sponsorship\""
#define LEDGER                                                                                                         \
    "SELECT source_ref, kind, metric_date, channel_id, video_id, amount_cents FROM ops.revenue_ledger ORDER BY "       \
    "source_ref"
#define REVENUE                                                                                                        \
    "SELECT metric_date, channel_id, sponsorship_revenue_cents, membership_revenue_cents FROM analytics.fact_revenue " \
    "ORDER BY 1, 2"
#define FEES                                                                                                           \
    "SELECT source_ref, cost_timestamp, cost_category, cost_subcategory, total_cost_cents, channel_id FROM "           \
    "analytics.fact_costs ORDER BY 1"

SERVER_TEST(charges_refunds_and_fees_are_kept_each_in_its_place)
{
    static const struct said says[] = {
        {"GET /balance_transactions?limit=100&created%5Bgte%5D=", "200 OK", NULL,
         LIST("true", TX("txn_5", "-500", "0", "1793664000", "payout", "\"po_1\"") ","
                      TX("txn_4", "-300", "-9", "1793577600", "refund", REFUND("ch_1")) ","
                      TX("txn_3", "-250", "0", "1793577600", "fee", "null"))},
        {"&expand%5B%5D=data.source&starting_after=txn_3 HTTP", "200 OK", NULL,
         LIST("false", TX("txn_2", "1000", "59", "1793491200", "charge", CHARGE("ch_2", "")) ","
                       TX("txn_1", "2000", "88", "1793491200", "charge", CHARGE("ch_1", OWNED)))},
        {0}};
    struct till till;

    till_open(&till, who);
    till_loads(&till, "stripe", says, "", "balance transactions|5|4|1|0");
    assert_asked(who, LEDGER, "txn_1|sponsorship|2026-10-31|UC1|dQw4w9WgXcQ|2000.000000\n"
                              "txn_2|membership|2026-10-31|-|-|1000.000000\n"
                              "txn_4|sponsorship|2026-11-01|UC1|dQw4w9WgXcQ|-300.000000");
    assert_asked(
        who, REVENUE,
        "2026-10-31|UC1|2000.000000|0.000000\n2026-10-31|-|0.000000|1000.000000\n2026-11-01|UC1|-300.000000|0.000000");
    assert_asked(who, FEES, "txn_1|2026-11-01 00:00:00+00|payment|charge|88.000000|UC1\n"
                            "txn_2|2026-11-01 00:00:00+00|payment|charge|59.000000|-\n"
                            "txn_3|2026-11-02 00:00:00+00|payment|fee|250.000000|-\n"
                            "txn_4|2026-11-02 00:00:00+00|payment|refund|-9.000000|UC1");
    assert_asked(who, "SELECT DISTINCT relation FROM ops.cache_touched ORDER BY 1",
                 "analytics.fact_costs\nanalytics.fact_revenue");
    script(who, "DELETE FROM ops.cache_touched");
    till_loads(&till, "stripe", says, "", "balance transactions|5|0|5|0");
    assert_asked(who, "SELECT count(*) FROM ops.cache_touched", "0");
    till_close(&till);
}

SERVER_TEST(what_changed_at_stripe_is_corrected_with_its_refund)
{
    static const struct said first[] = {
        {NULL, "200 OK", NULL,
         LIST("false", TX("txn_2", "-300", "0", "1793577600", "refund",
                          REFUND("ch_1")) "," TX("txn_1", "2000", "88", "1793491200", "charge", CHARGE("ch_1", "")))},
        {0}};
    static const struct said then[] = {
        {NULL, "200 OK", NULL, LIST("false", TX("txn_1", "2000", "0", "1793491200", "charge", CHARGE("ch_1", OWNED)))},
        {0}};
    struct till till;

    till_open(&till, who);
    till_loads(&till, "stripe", first, "kind=affiliate", "balance transactions|2|2|0|0");
    assert_asked(who, LEDGER, "txn_1|affiliate|2026-10-31|-|-|2000.000000\ntxn_2|affiliate|2026-11-01|-|-|-300.000000");
    till_loads(&till, "stripe", then, "kind=affiliate", "balance transactions|1|1|0|0");
    assert_asked(who, LEDGER, "txn_1|sponsorship|2026-10-31|UC1|dQw4w9WgXcQ|2000.000000\n"
                              "txn_2|sponsorship|2026-11-01|UC1|dQw4w9WgXcQ|-300.000000");
    assert_asked(who, REVENUE, "2026-10-31|UC1|2000.000000|0.000000\n2026-11-01|UC1|-300.000000|0.000000");
    assert_asked(who, FEES, "txn_1|2026-11-01 00:00:00+00|payment|charge|0.000000|UC1");
    till_close(&till);
}

SERVER_TEST(a_refund_before_its_charge_in_another_transaction_follows_it)
{
    static const struct said late[] = {
        {NULL, "200 OK", NULL, LIST("false", TX("txn_2", "-300", "0", "1793577600", "refund", REFUND("ch_1")))}, {0}};
    static const struct said early[] = {
        {NULL, "200 OK", NULL, LIST("false", TX("txn_1", "2000", "0", "1793491200", "charge", CHARGE("ch_1", OWNED)))},
        {0}};
    struct till till;

    till_open(&till, who);
    till_loads(&till, "stripe", late, "", "balance transactions|1|1|0|0");
    assert_asked(who, REVENUE, "2026-11-01|-|0.000000|-300.000000");
    till_loads(&till, "stripe", early, "", "balance transactions|1|1|0|0");
    assert_asked(who, REVENUE, "2026-10-31|UC1|2000.000000|0.000000\n2026-11-01|UC1|-300.000000|0.000000");
    till_loads(&till, "stripe", late, "", "balance transactions|1|0|1|0");
    till_close(&till);
}

SERVER_TEST(the_fee_of_what_takes_a_charge_back_follows_the_charge)
{
    static const struct said first[] = {
        {NULL, "200 OK", NULL,
         LIST("false", TX("txn_2", "-2000", "1500", "1793577600", "dispute",
                          REFUND("ch_1")) "," TX("txn_1", "2000", "88", "1793491200", "charge", CHARGE("ch_1", "")))},
        {0}};
    static const struct said then[] = {
        {NULL, "200 OK", NULL,
         LIST("false", TX("txn_1", "2000", "88", "1793491200", "charge",
                          CHARGE("ch_1", OWNED ",\"user_id\":\"00000000-0000-4000-8000-0000000000c2\"")))},
        {0}};
    struct till till;

    till_open(&till, who);
    script(who, "INSERT INTO analytics.dim_user (user_id) VALUES ('00000000-0000-4000-8000-0000000000c2')");
    till_loads(&till, "stripe", first, "", "balance transactions|2|2|0|0");
    assert_asked(who, FEES, "txn_1|2026-11-01 00:00:00+00|payment|charge|88.000000|-\n"
                            "txn_2|2026-11-02 00:00:00+00|payment|dispute|1500.000000|-");
    script(who, "DELETE FROM ops.cache_touched");
    till_loads(&till, "stripe", then, "", "balance transactions|1|1|0|0");
    assert_asked(who, FEES, "txn_1|2026-11-01 00:00:00+00|payment|charge|88.000000|UC1\n"
                            "txn_2|2026-11-02 00:00:00+00|payment|dispute|1500.000000|UC1");
    assert_asked(who, "SELECT count(*), count(DISTINCT user_id) FROM analytics.fact_costs JOIN analytics.dim_user USING (user_key)",
                 "2|1");
    assert_asked(who, "SELECT DISTINCT relation FROM ops.cache_touched ORDER BY 1", "analytics.fact_costs\nanalytics.fact_revenue");
    till_close(&till);
}

SERVER_TEST(a_fee_without_a_user_is_of_who_has_the_channel)
{
    static const struct said says[] = {
        {NULL, "200 OK", NULL,
         LIST("false", TX("txn_1", "2000", "88", "1793491200", "charge", CHARGE("ch_1", "\"channel_id\":\"UC7\"")))},
        {0}};
    struct till till;

    till_open(&till, who);
    script(who, "INSERT INTO analytics.dim_user (user_id) VALUES ('00000000-0000-4000-8000-0000000000c7');"
                "INSERT INTO analytics.dim_channel (channel_id, user_id) VALUES ('UC7', "
                "'00000000-0000-4000-8000-0000000000c7')");
    till_loads(&till, "stripe", says, "", "balance transactions|1|1|0|0");
    assert_asked(who, "SELECT user_id FROM analytics.fact_costs JOIN analytics.dim_user USING (user_key)",
                 "00000000-0000-4000-8000-0000000000c7");
    till_close(&till);
}

SERVER_TEST(what_takes_a_charge_back_is_found_by_its_index)
{
    _cleanup_(mem_freep) char *plan = NULL;
    struct till till;

    till_open(&till, who);
    script(who, "INSERT INTO ops.revenue_ledger (source, source_ref, kind, metric_date, amount_cents, detail) SELECT 'stripe', n, "
                "'ad', '2026-01-01', 1, jsonb_build_object('charge', 'ch_' || n) FROM generate_series(1, 20000) AS n;"
                "ANALYZE ops.revenue_ledger");
    plan = ask(who, "EXPLAIN SELECT FROM ops.revenue_ledger AS l, (VALUES ('ch_7')) AS v (charge) WHERE l.source = 'stripe' AND "
                    "l.detail->>'charge' = v.charge");
    assert_non_null(strstr(plan, "idx_revenue_ledger_charge"));
    till_close(&till);
}

SERVER_TEST(minor_units_are_those_of_the_currency)
{
    static const struct said yen[] = {
        {NULL, "200 OK", NULL,
         LIST("false", "{\"id\":\"txn_1\",\"amount\":500,\"fee\":18,\"currency\":\"JPY\",\"created\":1793491200,"
                       "\"type\":\"charge\",\"source\":\"ch_1\"}")},
        {0}};
    static const struct said dinar[] = {
        {NULL, "200 OK", NULL,
         LIST("false", "{\"id\":\"txn_2\",\"amount\":-1235,\"fee\":0,\"currency\":\"kwd\",\"created\":1793491200,"
                       "\"reporting_category\":\"refund\"}")},
        {0}};
    /* whole units in fact, which Stripe still counts in hundredths */
    static const struct said shilling[] = {
        {NULL, "200 OK", NULL,
         LIST("false", "{\"id\":\"txn_3\",\"amount\":500,\"fee\":0,\"currency\":\"ugx\",\"created\":1793491200,"
                       "\"reporting_category\":\"charge\"}")},
        {0}};
    static const struct said krona[] = {
        {NULL, "200 OK", NULL,
         LIST("false", "{\"id\":\"txn_4\",\"amount\":500,\"fee\":0,\"currency\":\"isk\",\"created\":1793491200,"
                       "\"reporting_category\":\"charge\"}")},
        {0}};
    struct till till;

    till_open(&till, who);
    till_loads(&till, "stripe", yen, "currency=jpy", "balance transactions|1|1|0|0");
    till_loads(&till, "stripe", dinar, "currency=kwd", "balance transactions|1|1|0|0");
    till_loads(&till, "stripe", shilling, "currency=ugx", "balance transactions|1|1|0|0");
    till_loads(&till, "stripe", krona, "currency=isk", "balance transactions|1|1|0|0");
    assert_asked(who, "SELECT source_ref, amount_cents FROM ops.revenue_ledger ORDER BY 1",
                 "txn_1|50000.000000\ntxn_2|-123.500000\ntxn_3|500.000000\ntxn_4|500.000000");
    assert_asked(who, "SELECT total_cost_cents FROM analytics.fact_costs", "1800.000000");
    assert_int_equal(till_load(&till, "stripe", yen, ""), ERR_PARTIAL);
    assert_asked(who, "SELECT column_name, reason FROM ops.dead_letters", "currency|it is 'jpy', and not 'usd'");
    assert_int_equal(till_load(&till, "stripe", yen, "currency=US"), ERR_USAGE);
    assert_int_equal(till_load(&till, "stripe", yen, "kind=gift"), ERR_USAGE);
    till_close(&till);
}

SERVER_TEST(a_transaction_that_cannot_be_is_refused_until_it_can)
{
    static const struct said bad[] = {
        {NULL, "200 OK", NULL,
         LIST(
             "false",
             TX("txn_1", "\"2000\"", "0", "1793491200", "charge", "null") "," TX("txn_2", "1.5", "0", "1793491200", "charge", "null") "," TX(
                 "txn_3", "1", "null", "1793491200",
                 "charge",
                 "null") "," TX("txn_4", "1", "0", "\"now\"", "charge",
                                "null") "," TX("txn_5", "1", "0", "1793491200", "lottery",
                                               "null") "," TX("txn_6", "1", "0", "1793491200", "charge",
                                                              CHARGE(
                                                                  "ch_6",
                                                                  "\"revenue\":\"gift\"")) "," TX("txn_7", "1", "0",
                                                                                                  "1793491200",
                                                                                                  "charge",
                                                                                                  CHARGE(
                                                                                                      "ch_7",
                                                                                                      "\"user_id\":"
                                                                                                      "\"me\"")) ",8,{"
                                                                                                                 "}")},
        {0}};
    static const struct said good[] = {
        {NULL, "200 OK", NULL, LIST("false", TX("txn_1", "2000", "0", "1793491200", "charge", "null"))}, {0}};
    struct till till;

    till_open(&till, who);
    assert_int_equal(till_load(&till, "stripe", bad, ""), ERR_PARTIAL);
    assert_asked(
        who, "SELECT file, column_name, reason FROM ops.dead_letters WHERE file LIKE 'txn%' ORDER BY 1",
        "txn_1|amount|it is no whole number of minor units\ntxn_2|amount|it is no whole number of minor units\n"
        "txn_3|fee|it is no whole number of minor units\ntxn_4|created|it is no time\n"
        "txn_5|reporting_category|'lottery' is neither known as revenue nor as a cost\n"
        "txn_6|metadata.revenue|'gift' is none of ad, sponsorship, affiliate, membership, super_chat\n"
        "txn_7|metadata.user_id|it is no UUID");
    assert_asked(who, "SELECT (SELECT count(*) FROM ops.revenue_ledger), (SELECT count(*) FROM ops.dead_letters)",
                 "0|9");
    till_loads(&till, "stripe", good, "", "balance transactions|1|1|0|0");
    assert_asked(who, "SELECT count(*), min(file) FROM ops.dead_letters WHERE file < 'txn_3' AND file LIKE 'txn%'",
                 "1|txn_2");
    till_close(&till);
}

SERVER_TEST(pages_of_stripe_that_repeat_or_cannot_go_on)
{
    static const struct said again[] = {
        {NULL, "200 OK", NULL, LIST("true", TX("txn_1", "2000", "0", "1793491200", "charge", "null"))}, {0}};
    static const struct said lost[] = {{NULL, "200 OK", NULL, LIST("true", "")}, {0}};
    static const struct said other[] = {{NULL, "200 OK", NULL, "{\"object\":\"charge\",\"data\":{}}"}, {0}};
    struct till till;

    till_open(&till, who);
    assert_int_equal(till_load(&till, "stripe", again, ""), ERR_PARTIAL);
    assert_string_equal(till.bench.error.text, "stripe: the pages of /balance_transactions repeat");
    assert_asked(who, LEDGER, "txn_1|membership|2026-10-31|-|-|2000.000000");
    assert_asked(who, "SELECT count(*) FROM ops.watermarks", "0");
    assert_int_equal(till_load(&till, "stripe", lost, ""), ERR_FAILED);
    assert_string_equal(till.bench.error.text, "stripe: there are more pages, and the last transaction has no id");
    assert_int_equal(till_load(&till, "stripe", other, ""), ERR_FAILED);
    assert_string_equal(till.bench.error.text, "stripe: the answer has no list 'data'");
    till_close(&till);
}

SERVER_TEST(a_channel_that_comes_to_be_known_gets_its_revenue)
{
    static const struct said says[] = {
        {NULL, "200 OK", NULL, LIST("false", TX("txn_1", "2000", "0", "1793491200", "charge", CHARGE("ch_1", OWNED)))},
        {0}};
    struct till till;

    till_open(&till, who);
    till_loads(&till, "stripe", says, "", "balance transactions|1|1|0|0");
    assert_asked(who, "SELECT channel_key FROM analytics.fact_revenue", "-");
    script(who, "INSERT INTO analytics.dim_user (user_id) VALUES ('00000000-0000-4000-8000-0000000000c1');"
           "INSERT INTO analytics.dim_channel (channel_id, user_id) VALUES ('UC1', "
           "'00000000-0000-4000-8000-0000000000c1')");
    till_loads(&till, "stripe", says, "", "balance transactions|1|0|1|0");
    assert_asked(who, "SELECT channel_key IS NOT NULL, user_key IS NOT NULL FROM analytics.fact_revenue", "t|t");
    till_close(&till);
}

/* -- what befalls any of them -------------------------------------------------------------------------------------- */

#define SUBSCRIPTION "{\"character_count\":1,\"character_limit\":2}"
#define USAGE                                                                                                          \
    "{\"columns\":[\"timestamp\",\"product_type\",\"credits\"],\"column_units\":[null,null,\"credits\"],\"rows\":[["   \
    "1793491200000,\"TTS\",7]]}"
#define COSTS                                                                                                          \
    "{\"data\":[{\"start_time\":1793491200,\"results\":[{\"amount\":{\"value\":0.06,\"currency\":\"usd\"},\"line_"     \
    "item\":\"a\"}]}],\"next_page\":null}"

static const struct said openai_says[] = {{NULL, "200 OK", NULL, COSTS}, {0}};
static const struct said elevenlabs_says[] = {{NULL, "200 OK", NULL, SUBSCRIPTION}, {NULL, "200 OK", NULL, USAGE}, {0}};
static const struct said stripe_says[] = {
    {NULL, "200 OK", NULL, LIST("false", TX("txn_1", "2000", "88", "1793491200", "charge", CHARGE("ch_1", OWNED)))},
    {0}};

static const struct {
    const char        *name;
    const struct said *says;
    const char        *settings;
} sources[] = {{"openai-costs", openai_says, ""}, {"elevenlabs-usage", elevenlabs_says, "history=3650 price=10"},
               {"stripe", stripe_says, ""}};

#define ERROR_BODY(code) "{\"error\":{\"code\":" code ",\"message\":\"no\"}}"

/* Each passes by itself. */
SERVER_TEST(what_passes_by_itself_leaves_the_warehouse_as_without_it)
{
    static const struct { const char *what; enum fault how; struct said said;
    } faults[] = {
        {"429 with Retry-After", FAULT_NONE, {NULL, "429 Too Many Requests", "Retry-After: 1\r\n", ERROR_BODY("429")}},
        {"429 without", FAULT_NONE, {NULL, "429 Too Many Requests", NULL, ERROR_BODY("429")}},
        {"500", FAULT_NONE, {NULL, "500 Internal Server Error", NULL, "<html>oops</html>"}},
        {"503", FAULT_NONE, {NULL, "503 Service Unavailable", NULL, ""}},
        {"half a JSON", FAULT_HALF, {NULL, "200 OK", NULL, COSTS}},
        {"cut", FAULT_CUT, {NULL, "200 OK", NULL, COSTS}},
        {"cut before it began", FAULT_EARLY, {NULL, "200 OK", NULL, ""}},
        {"no JSON", FAULT_NONE, {NULL, "200 OK", NULL, "<html>sign in</html>"}},
    };
    struct till till;

    till_open(&till, who);
    for (size_t s = 0; s < COUNT_OF(sources); s++) {
        _cleanup_(mem_freep) char *wanted = NULL;

        till_empty(who);
        assert_int_equal(till_load(&till, sources[s].name, sources[s].says, sources[s].settings), 0);
        wanted = money_text(who);
        for (size_t f = 0; f < COUNT_OF(faults); f++) {
            _cleanup_(mem_freep) char *got = NULL, *how = mem_printf("%s after %s", sources[s].name, faults[f].what);

            till_empty(who);
            till.fault = &faults[f].said;
            till.how = faults[f].how;
            if (till_load(&till, sources[s].name, sources[s].says, sources[s].settings) < 0)
                fail_msg("%s: %s", how, till.bench.error.text);
            got = money_text(who);
            assert_same_warehouse(got, wanted, how);
        }
    }
    till_close(&till);
}

SERVER_TEST(slow_bytes_are_waited_for)
{
    struct till till;

    till_open(&till, who);
    for (size_t s = 0; s < COUNT_OF(sources); s++) {
        _cleanup_(mem_freep) char *wanted = NULL, *got = NULL;

        till_empty(who);
        assert_int_equal(till_load(&till, sources[s].name, sources[s].says, sources[s].settings), 0);
        wanted = money_text(who);
        till_empty(who);
        till.fault = &sources[s].says[0];
        till.how = FAULT_SLOW;
        assert_int_equal(
            till_load(&till, sources[s].name, s == 1 ? &sources[s].says[1] : sources[s].says, sources[s].settings), 0);
        got = money_text(who);
        assert_same_warehouse(got, wanted, sources[s].name);
    }
    till_close(&till);
}

/* What ends a load leaves what was there, says so, and the job is told whether it is worth another attempt. */
SERVER_TEST(what_ends_a_load_leaves_what_was_there)
{
    static const struct { const char *settings; struct said says[2]; int code; const char *class;
    } faults[] = {
        {"", {{NULL, "401 Unauthorized", NULL, ERROR_BODY("401")}}, ERR_FAILED, "stop"},
        {"", {{NULL, "403 Forbidden", NULL, ERROR_BODY("403")}}, ERR_FAILED, "stop"},
        {"", {{NULL, "400 Bad Request", NULL, ERROR_BODY("400")}}, ERR_FAILED, "stop"},
        {"", {{NULL, "404 Not Found", NULL, ERROR_BODY("404")}}, ERR_UNKNOWN, "stop"},
        {"",
         {{NULL, "429 Too Many Requests", NULL, "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"no\"}}"}},
         ERR_QUOTA,
         "quota"},
        {"", {{NULL, "429 Too Many Requests", "Retry-After: 3600\r\n", ERROR_BODY("429")}}, ERR_CONNECT, "retry"},
        {" tries=2", {{NULL, "500 Internal Server Error", NULL, ERROR_BODY("500")}}, ERR_CONNECT, "retry"},
        {" tries=2", {{NULL, "200 OK", NULL, "{\"data\":[{"}}, ERR_CONNECT, "retry"},
    };
    struct till till;

    till_open(&till, who);
    for (size_t s = 0; s < COUNT_OF(sources); s++) {
        _cleanup_(mem_freep) char *before = NULL;

        till_empty(who);
        assert_int_equal(till_load(&till, sources[s].name, sources[s].says, sources[s].settings), 0);
        before = money_text(who);
        for (size_t f = 0; f < COUNT_OF(faults); f++) {
            _cleanup_(mem_freep) char *after = NULL, *how = mem_printf("%s, fault %zu", sources[s].name, f);
            _cleanup_(mem_freep) char *settings = mem_printf("%s%s", sources[s].settings, faults[f].settings);
            const char *trimmed = settings + (*settings == ' ');
            int         r = till_load(&till, sources[s].name, faults[f].says, trimmed);

            if (r != faults[f].code)
                fail_msg("%s: %s: %s", how, error_name(r), till.bench.error.text);
            after = money_text(who);
            assert_same_warehouse(after, before, how);
            assert_asked(who, "SELECT error_class FROM ops.jobs ORDER BY id DESC LIMIT 1", faults[f].class);
        }
    }
    till_close(&till);
}

/* -- the tape ------------------------------------------------------------------------------------------------------ */

SERVER_TEST(a_run_that_is_played_again_ends_as_it_did)
{
    static const struct said busy = {NULL, "503 Service Unavailable", NULL, "busy"};
    struct till till;

    till_open(&till, who);
    for (size_t s = 0; s < COUNT_OF(sources); s++) {
        _cleanup_(mem_freep) char *wanted = NULL, *got = NULL;
        size_t                     requests;

        till_empty(who);
        till.fault = &busy;
        till.how = FAULT_NONE;
        assert_int_equal(till_load(&till, sources[s].name, sources[s].says, sources[s].settings), 0);
        wanted = money_text(who);
        till_empty(who);
        requests = till.server.requests;
        unsetenv("OPENAI_ADMIN_KEY");
        unsetenv("ELEVENLABS_API_KEY");
        unsetenv("STRIPE_API_KEY");
        till.replay = true;
        if (till_load(&till, sources[s].name, sources[s].says, sources[s].settings) < 0)
            fail_msg("%s: %s", sources[s].name, till.bench.error.text);
        till.replay = false;
        assert_int_equal(till.server.requests, requests);
        got = money_text(who);
        assert_same_warehouse(got, wanted, sources[s].name);
        assert_asked(who, "SELECT kind, state FROM ops.jobs ORDER BY id DESC LIMIT 1", "source replay|completed");
        setenv("OPENAI_ADMIN_KEY", "sk-admin-0123456789", 1);
        setenv("ELEVENLABS_API_KEY", "xi-0123456789", 1);
        setenv("STRIPE_API_KEY", "rk_live_0123456789", 1);
    }
    till.replay = true;
    till.replay_job = 999999;
    assert_int_equal(till_load(&till, "stripe", stripe_says, ""), ERR_UNKNOWN);
    assert_string_equal(till.bench.error.text, "job 999999 is not on the tape of 'stripe'");
    assert_int_equal(till_load(&till, "trending", stripe_says, ""), ERR_USAGE);
    till_close(&till);
}

SERVER_TEST(a_run_from_before_the_newest_sets_nothing_back_when_it_is_played_again)
{
    static const struct said first[] = {
        {NULL, "200 OK", NULL,
         LIST("false", TX("txn_2", "-300", "5", "1793577600", "refund", REFUND("ch_1")) ","
                       TX("txn_1", "2000", "88", "1793491200", "charge", CHARGE("ch_1", "")) ","
                       TX("txn_0", "\"1\"", "0", "1793491200", "charge", "null"))},
        {0}};
    static const struct said then[] = {
        {NULL, "200 OK", NULL,
         LIST("false", TX("txn_3", "700", "0", "1793577600", "charge", CHARGE("ch_3", "")) ","
                       TX("txn_2", "-300", "5", "1793577600", "refund", REFUND("ch_1")) ","
                       TX("txn_1", "1900", "80", "1793491200", "charge", CHARGE("ch_1", OWNED)) ","
                       TX("txn_0", "1", "0", "1793491200", "charge", "null"))},
        {0}};
    _cleanup_(mem_freep) char *wanted = NULL, *got = NULL;
    struct till till;

    till_open(&till, who);
    script(who, "DELETE FROM ops.source_runs");
    assert_int_equal(till_load(&till, "stripe", first, ""), ERR_PARTIAL);
    till.replay_job = till.bench.report.job;
    script(who, "SELECT pg_sleep(1.1)");
    till_loads(&till, "stripe", then, "", "balance transactions|4|4|0|0");
    wanted = money_text(who);
    till.replay = true;
    assert_int_equal(till_load(&till, "stripe", first, ""), ERR_PARTIAL);
    got = money_text(who);
    assert_same_warehouse(got, wanted, "after the old tape");
    script(who, "DELETE FROM ops.revenue_ledger WHERE source_ref = 'txn_2'");
    (void)!till_load(&till, "stripe", first, "");       /* what is not there comes in, and where its charge is now */
    assert_asked(who, "SELECT channel_id, amount_cents FROM ops.revenue_ledger WHERE source_ref = 'txn_2'", "UC1|-300.000000");
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
        cmocka_unit_test(charges_refunds_and_fees_are_kept_each_in_its_place),
        cmocka_unit_test(what_changed_at_stripe_is_corrected_with_its_refund),
        cmocka_unit_test(a_refund_before_its_charge_in_another_transaction_follows_it),
        cmocka_unit_test(the_fee_of_what_takes_a_charge_back_follows_the_charge),
        cmocka_unit_test(a_fee_without_a_user_is_of_who_has_the_channel),
        cmocka_unit_test(what_takes_a_charge_back_is_found_by_its_index),
        cmocka_unit_test(minor_units_are_those_of_the_currency),
        cmocka_unit_test(a_transaction_that_cannot_be_is_refused_until_it_can),
        cmocka_unit_test(pages_of_stripe_that_repeat_or_cannot_go_on),
        cmocka_unit_test(a_channel_that_comes_to_be_known_gets_its_revenue),
        cmocka_unit_test(what_passes_by_itself_leaves_the_warehouse_as_without_it),
        cmocka_unit_test(slow_bytes_are_waited_for),
        cmocka_unit_test(what_ends_a_load_leaves_what_was_there),
        cmocka_unit_test(a_run_that_is_played_again_ends_as_it_did),
        cmocka_unit_test(a_run_from_before_the_newest_sets_nothing_back_when_it_is_played_again),
    };

    return cmocka_run_group_tests(tests, NULL, drop);
}
