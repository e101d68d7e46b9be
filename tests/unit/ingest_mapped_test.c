/* ingest: what files with a mapping of one's own make of the warehouse, against a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "server.h"
#include "ytempire/base/secret.h"
#include "warehouse.h"
#include "ingest_mapped_help.h"

#define STATS                                                                                                          \
    "{\"kind\": \"csv\", \"target\": \"video_performance\", \"columns\": {\"video_id\": \"video\", \"timestamp\": "    \
    "\"at\","                                                                                                          \
    "\"channel_id\": \"channel\", \"channel_name\": \"name\", \"video_title\": \"title\", \"views\": \"views\","       \
    "\"likes\": \"likes\"}}"
#define STATS_HEADER "video,at,channel,name,title,views,likes\n"

SERVER_TEST(a_file_fills_dimensions_and_facts)
{
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("stats", STATS);
    load(&bench, "stats", "a.csv",
         STATS_HEADER "v1,2026-11-01T00:00:00Z,UC1,One,First,10,1\n"
                      "v2,2026-11-01T00:00:00Z,UC1,One,Second,20,\n"
                      "v1,2026-11-03T06:30:00Z,UC1,One renamed,First again,12,2\n",
         "batch=2", 0, "stats|a.csv|3|3|0|0\n");
    assert_asked(desk, "SELECT channel_name, valid_from, is_current FROM analytics.dim_channel ORDER BY valid_from",
                 "One|-infinity|f\nOne renamed|2026-11-03 06:30:00+00|t");
    assert_asked(desk,
                 "SELECT v.video_id, f.\"timestamp\", f.views, f.likes, f.date_key, c.channel_name, v.video_title "
                 "FROM analytics.fact_video_performance AS f JOIN analytics.dim_video AS v USING (video_key) "
                 "JOIN analytics.dim_channel AS c USING (channel_key) ORDER BY 1, 2",
                 "v1|2026-11-01 00:00:00+00|10|1|20261101|One|First again\n"
                 "v1|2026-11-03 06:30:00+00|12|2|20261103|One renamed|First again\n"
                 "v2|2026-11-01 00:00:00+00|20|-|20261101|One|Second");
    assert_asked(desk, "SELECT count(*) FROM analytics.video_performance_hourly", "3");
    assert_asked(desk, "SELECT data_until FROM ops.watermarks", "2026-11-03 06:30:00+00");
    bench_done(&bench);
}

SERVER_TEST(what_is_as_it_was_is_not_stored_again)
{
    static const char one[] = STATS_HEADER "v1,2026-11-01,UC1,One,First,10,1\nv2,2026-11-01,UC1,One,Second,20,2\n";
    static const char more[] = STATS_HEADER "v1,2026-11-01,UC1,One,First,10,1\nv2,2026-11-01,UC1,One,Second,20,2\n"
                                            "v1,2026-11-02,UC1,One,First,11,1\n";
    static const char other[] = STATS_HEADER "v1,2026-11-01,UC1,One,First,99,1\n";
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("stats", STATS);
    load(&bench, "stats", "one.csv", one, "batch=2", 0, "stats|one.csv|2|2|0|0\n");
    assert_asked(desk, "SELECT count(*) FROM ops.loaded_blocks", "1");
    script(desk, "UPDATE analytics.fact_video_performance SET views = 5");         /* whether it is written shows */
    load(&bench, "stats", "one.csv", one, "batch=2", 0, "stats|one.csv|2|0|2|0\n");
    load(&bench, "stats", "more.csv", more, "batch=2", 0, "stats|more.csv|3|1|2|0\n");
    assert_asked(desk, "SELECT views FROM analytics.fact_video_performance ORDER BY 1", "5\n5\n11");
    load(&bench, "stats", "one.csv", one, "batch=2 again=1", 0, "stats|one.csv|2|2|0|0\n");
    assert_asked(desk, "SELECT views FROM analytics.fact_video_performance ORDER BY 1", "10\n11\n20");
    /* another file changes a row: then the first one is loaded anew, and has its word again */
    load(&bench, "stats", "one.csv", one, "batch=2", 0, "stats|one.csv|2|0|2|0\n");
    load(&bench, "stats", "other.csv", other, "", 0, "stats|other.csv|1|1|0|0\n");
    load(&bench, "stats", "one.csv", one, "batch=2", 0, "stats|one.csv|2|1|1|0\n");
    assert_asked(desk, "SELECT views FROM analytics.fact_video_performance ORDER BY 1", "10\n11\n20");
    /* what was deleted comes again */
    script(desk, "DELETE FROM analytics.fact_video_performance");
    load(&bench, "stats", "one.csv", one, "batch=2", 0, "stats|one.csv|2|2|0|0\n");
    bench_done(&bench);
}

SERVER_TEST(rows_that_are_refused_are_letters_and_the_rest_is_loaded)
{
    static const char text[] = STATS_HEADER "v1,2026-11-01,UC1,One,First,10,1\n"
                                            "v2,2026-11-01,UC2,,no name,10,1\n"
                                            "v3,2026-11-01,,,no channel,10,1\n"
                                            "v4,yesterday,UC1,One,no time,10,1\n"
                                            "v5,2026-11-01,UC1,One,\"short\"\n"
                                            "v6,1999-11-01,UC1,One,too old,10,1\n";
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("stats", STATS);
    load(&bench, "stats", "bad.csv", text, "", ERR_PARTIAL, "stats|bad.csv|6|1|0|5\n");
    assert_asked(
        desk, "SELECT line, column_name, reason, raw FROM ops.dead_letters ORDER BY line",
        "3|channel_id|no channel of this id is known, and the row has no name for it|v2,2026-11-01,UC2,,no name,10,1\n"
        "4|video_id|no video of this id is known, and the row tells no channel|v3,2026-11-01,,,no channel,10,1\n"
        "5|timestamp|not a time of that format|v4,yesterday,UC1,One,no time,10,1\n"
        "6|-|the row ends early|v5,2026-11-01,UC1,One,\"short\"\n"
        "7|timestamp|outside the years that the warehouse has (2005 to 2040)|v6,1999-11-01,UC1,One,too old,10,1");
    if (strstr(str_text(&bench.texts),
               "1 row refused: timestamp: not a time of that format (first on line 5: 'yesterday')") == NULL)
        fail_msg("%s", str_text(&bench.texts));
    /* what was missing is there now: loading again finds it */
    script(desk, "INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name) "
                 "VALUES ('UC2', '00000000-0000-4000-8000-000000000001', 'Two')");
    load(&bench, "stats", "bad.csv", text, "", ERR_PARTIAL, "stats|bad.csv|6|1|1|4\n");
    bench_done(&bench);
}

SERVER_TEST(a_file_that_is_mostly_bad_is_given_up)
{
    struct desk *desk = who;
    struct bench bench = {.desk = desk};
    struct str   text = STR_INIT;

    begin(desk);
    write_source("stats", STATS);
    str_add(&text, STATS_HEADER);
    for (int i = 0; i < 200; i++)
        str_addf(&text, "v%d,2026-11-01,UC1,One,t,%s,1\n", i, i % 10 < 6 ? "many" : "10");
    load(&bench, "stats", "bad.csv", str_text(&text), "", ERR_FAILED, NULL);
    assert_non_null(strstr(bench.error.text, "61 of the first 101 rows are refused; line 2: views: not a number"));
    assert_asked(desk, "SELECT count(*) FROM analytics.fact_video_performance", "0");
    assert_asked(desk, "SELECT count(*) FROM ops.dead_letters", "61");
    load(&bench, "stats", "bad.csv", str_text(&text), "reject_limit=100", ERR_PARTIAL, "stats|bad.csv|200|80|0|120\n");
    assert_asked(desk, "SELECT count(*) FROM ops.dead_letters", "120");
    str_done(&text);
    bench_done(&bench);
}

#define BILLS                                                                                                          \
    "{\"kind\": \"csv\", \"target\": \"costs\", %s\"columns\": {\"source_ref\": \"n\", \"cost_timestamp\": \"day\", "  \
    "\"total_cost_cents\": \"cents\", \"user_id\": \"user\"}}"
#define NOBODY "11111111-1111-4111-8111-111111111111"

SERVER_TEST(letters_of_a_load_that_did_not_end_come_again)
{
    _cleanup_(str_done) struct str text = STR_INIT;
    _cleanup_(mem_freep) char *source = mem_printf(BILLS, "");
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("bills", source);
    str_add(&text, "n,day,cents,user\n");
    for (int i = 1; i <= 200; i++)
        str_addf(&text, "D%d,%s,1,\n", i, i == 50 || i > 100 ? "bad" : "2026-11-01");
    load(&bench, "bills", "ended.csv", str_text(&text), "batch=100", ERR_FAILED, NULL);
    load(&bench, "bills", "ended.csv", str_text(&text), "batch=100 reject_limit=100", ERR_PARTIAL,
         "bills|ended.csv|200|0|99|101\n");
    assert_asked(desk, "SELECT count(*), min(line) FROM ops.dead_letters", "101|51");
    bench_done(&bench);
}

/* In one batch or in many, with any rule: a row that is refused takes no other with it. */
SERVER_TEST(a_row_that_is_refused_takes_no_other_of_its_key_along)
{
    static const char text[] = "n,day,cents,user\nB1,2026-11-01,5,\nB1,2026-11-01,6," NOBODY "\nB1,2026-11-01,7," NOBODY
                               "\nB2,2026-11-01,1," NOBODY "\nB2,2026-11-01,2," NOBODY
                               "\nB2,2026-11-01,3,\nB2,2026-11-01,4,\n";
    static const char *const rules[] = {"", "\"on_conflict\": \"keep\", ", "\"on_conflict\": \"fill\", "};
    static const char *const stored[] = {"B1|5.000000\nB2|4.000000", "B1|5.000000\nB2|3.000000",
                                         "B1|5.000000\nB2|3.000000"};
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    for (size_t i = 0; i < 2 * COUNT_OF(rules); i++) {
        _cleanup_(mem_freep) char *source = mem_printf(BILLS, rules[i / 2]);

        begin(desk);
        write_source("bills", source);
        load(&bench, "bills", "twice.csv", text, i % 2 == 0 ? "batch=1 reject_limit=100" : "reject_limit=100",
             ERR_PARTIAL, NULL);
        assert_asked(desk, "SELECT source_ref, total_cost_cents FROM analytics.fact_costs ORDER BY 1", stored[i / 2]);
    }
    bench_done(&bench);
}

SERVER_TEST(an_older_file_does_not_rename_a_channel)
{
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("stats", STATS);
    load(&bench, "stats", "new.csv", STATS_HEADER "v1,2026-11-20,UC1,New,First,9,1\n", "", 0,
         "stats|new.csv|1|1|0|0\n");
    load(&bench, "stats", "old.csv", STATS_HEADER "v1,2026-11-01,UC1,Old,First,5,1\n", "", 0,
         "stats|old.csv|1|1|0|0\n");
    assert_asked(desk, "SELECT channel_name, valid_from, is_current FROM analytics.dim_channel", "New|-infinity|t");
    load(&bench, "stats", "newer.csv", STATS_HEADER "v1,2026-11-21,UC1,Newer,First,10,1\n", "", 0,
         "stats|newer.csv|1|1|0|0\n");
    assert_asked(desk, "SELECT channel_name, valid_from, is_current FROM analytics.dim_channel ORDER BY 2",
                 "New|-infinity|f\nNewer|2026-11-21 00:00:00+00|t");
    bench_done(&bench);
}

SERVER_TEST(drift_is_told_with_a_sample)
{
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("stats", STATS);
    load(&bench, "stats", "a.csv", STATS_HEADER "v1,2026-11-01,UC1,One,First,10,7\n", "", 0, NULL);
    load(&bench, "stats", "b.csv", "video,at,shares,views\nv1,2026-11-01,33,11\n", "", 0, "stats|b.csv|1|1|0|0\n");
    if (strstr(str_text(&bench.texts), "a field that the mapping does not know: 'shares' ('33' on line 2)") == NULL ||
        strstr(str_text(&bench.texts), "the field 'likes' is missing: what it told of stays as it is") == NULL)
        fail_msg("%s", str_text(&bench.texts));
    assert_asked(desk,
                 "SELECT f.views, f.likes, v.video_title FROM analytics.fact_video_performance AS f "
                 "JOIN analytics.dim_video AS v USING (video_key)",
                 "11|7|First");
    load(&bench, "stats", "c.csv", "at,views\n2026-11-01,11\n", "", ERR_FAILED, NULL);
    assert_non_null(strstr(bench.error.text, "the file has no field 'video'"));
    bench_done(&bench);
}

SERVER_TEST(rules_for_what_is_there_already)
{
#define COSTS(rule)                                                                                                    \
    "{\"kind\": \"csv\", \"target\": \"costs\", \"on_conflict\": \"" rule "\", \"columns\": {\"source_ref\": \"id\","  \
    "\"cost_timestamp\": \"at\", \"cost_category\": {\"value\": \"ai\"}, \"total_cost_cents\": {\"from\": \"usd\", "   \
    "\"times\": 100},"                                                                                                 \
    "\"quantity\": \"n\"}}"
    static const char first[] = "id,at,usd,n\nr1,2026-11-01,0.0001,\nr2,2026-11-01,1,5\nr2,2026-11-01,2,6\n";
    static const char second[] = "id,at,usd,n\nr1,2026-11-01,9,3\nr3,2026-11-01,1,1\n";
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("costs", COSTS("update"));
    load(&bench, "costs", "a.csv", first, "", 0, "costs|a.csv|3|2|1|0\n");     /* the later row of one key stands */
    assert_asked(
        desk,
        "SELECT source, source_ref, cost_category, quantity, total_cost_cents FROM analytics.fact_costs ORDER BY 2",
        "costs|r1|ai|-|0.010000\ncosts|r2|ai|6.000000|200.000000");
    write_source("costs", COSTS("keep"));
    load(&bench, "costs", "b.csv", second, "", 0, "costs|b.csv|2|1|1|0\n");
    assert_asked(desk, "SELECT quantity, total_cost_cents FROM analytics.fact_costs WHERE source_ref = 'r1'",
                 "-|0.010000");
    write_source("costs", COSTS("fill"));
    load(&bench, "costs", "b.csv", second, "", 0, "costs|b.csv|2|1|1|0\n");
    assert_asked(desk, "SELECT quantity, total_cost_cents FROM analytics.fact_costs WHERE source_ref = 'r1'",
                 "3.000000|0.010000");
    bench_done(&bench);
}

SERVER_TEST(money_goes_through_the_ledger_and_days_are_summed)
{
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source(
        "sponsors",
        "{\"kind\": \"csv\", \"target\": \"revenue\", \"columns\": {\"source_ref\": {\"template\": \"{no}/{line}\"},"
        "\"kind\": {\"value\": \"sponsorship\"}, \"metric_date\": \"day\", \"channel_id\": \"channel\","
        "\"amount_cents\": {\"from\": \"usd\", \"times\": 100}}}");
    load(&bench, "sponsors", "a.csv",
         "no,line,day,channel,usd\nA,1,2026-11-01,UC1,100\nA,2,2026-11-01,UC1,50.5\nB,1,2026-11-02,UC1,7\n", "", 0,
         "sponsors|a.csv|3|3|0|0\n");
    assert_asked(desk, "SELECT metric_date, sponsorship_revenue_cents FROM analytics.fact_revenue ORDER BY 1",
                 "2026-11-01|15050.000000\n2026-11-02|700.000000");
    load(&bench, "sponsors", "b.csv", "no,line,day,channel,usd\nB,1,2026-11-03,UC1,-7\n", "", 0,
         "sponsors|b.csv|1|1|0|0\n");
    assert_asked(desk, "SELECT metric_date, sponsorship_revenue_cents FROM analytics.fact_revenue ORDER BY 1",
                 "2026-11-01|15050.000000\n2026-11-03|-700.000000");
    bench_done(&bench);
}

SERVER_TEST(channels_videos_days_and_metrics)
{
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source(
        "chan",
        "{\"kind\": \"csv\", \"target\": \"channels\", \"columns\": {\"channel_id\": \"id\", \"valid_from\": \"since\","
        "\"channel_name\": \"name\", \"niche\": \"niche\", \"target_audience\": \"who\"}}");
    load(&bench, "chan", "a.csv",
         "id,since,name,niche,who\nUC1,2026-01-01,One,Music,\"{\"\"age\"\": 20}\"\nUC1,2026-02-01,One,Gaming,\n"
         "UC1,2026-03-01,Uno,Gaming,\n",
         "", 0, "chan|a.csv|3|3|0|0\n");
    assert_asked(
        desk, "SELECT channel_name, niche, valid_from, valid_to FROM analytics.dim_channel ORDER BY valid_from",
        "One|Music|-infinity|2026-02-01 00:00:00+00\nOne|Gaming|2026-02-01 00:00:00+00|2026-03-01 00:00:00+00\n"
        "Uno|Gaming|2026-03-01 00:00:00+00|9999-12-31 00:00:00+00");
    write_source(
        "vids",
        "{\"kind\": \"csv\", \"target\": \"videos\", \"columns\": {\"video_id\": \"id\", \"channel_id\": \"channel\","
        "\"duration_seconds\": {\"from\": \"length\", \"type\": \"duration\"}, \"video_tags\": \"tags\"}}");
    load(&bench, "vids", "v.csv", "id,channel,length,tags\nv1,UC1,PT59S,\"a,b\"\nv2,,1:00,\n", "", ERR_PARTIAL,
         "vids|v.csv|2|1|0|1\n");
    load(&bench, "vids", "w.csv", "id,channel,length,tags\nv1,,PT10M,\"a,b\"\n", "", 0, "vids|w.csv|1|1|0|0\n");
    assert_asked(desk,
                 "SELECT video_id, channel_id, duration_seconds, content_type, video_tags FROM analytics.dim_video",
                 "v1|UC1|600|long_form|{a,b}");
    write_source("days", "{\"kind\": \"csv\", \"target\": \"channel_daily\", \"columns\": {\"channel_id\": \"id\", "
                         "\"metric_date\": \"day\","
                         "\"total_views\": \"views\", \"subscriber_count\": \"subs\"}}");
    load(&bench, "days", "d.csv", "id,day,views,subs\nUC1,2026-02-14,100,7\nUC9,2026-02-14,1,1\n", "", ERR_PARTIAL,
         "days|d.csv|2|1|0|1\n");
    assert_asked(desk,
                 "SELECT c.niche, d.total_views, d.date_key FROM analytics.fact_channel_daily AS d JOIN "
                 "analytics.dim_channel AS c "
                 "USING (channel_key)",
                 "Gaming|100|20260214");
    write_source(
        "metrics",
        "{\"kind\": \"csv\", \"target\": \"youtube_metrics\", \"columns\": {\"channel_id\": \"id\", \"date\": \"day\","
        "\"video_id\": \"video\", \"views\": \"views\", \"revenue_usd\": \"usd\"}}");
    script(desk, "INSERT INTO users.channels (channel_id, user_id, channel_name, is_active) VALUES "
                 "('UC1', '00000000-0000-4000-8000-000000000001', 'One', false) ON CONFLICT DO NOTHING");
    load(&bench, "metrics", "m.csv",
         "id,day,video,views,usd\nUC1,2026-02-14,,100,1.25\nUC1,2026-02-14,v1,60,\nUC9,2026-02-14,,1,1\n", "",
         ERR_PARTIAL, "metrics|m.csv|3|2|0|1\n");
    load(&bench, "metrics", "n.csv", "id,day,video,views,usd\nUC1,2026-02-14,,101,1.25\n", "", 0,
         "metrics|n.csv|1|1|0|0\n");
    assert_asked(desk, "SELECT video_id, views, revenue_usd FROM analytics.youtube_metrics ORDER BY 1",
                 "v1|60|-\n-|101|1.250000");
    bench_done(&bench);
}

SERVER_TEST(the_same_rows_in_any_kind_of_file)
{
#define VIEWS(kind, more)                                                                                              \
    "{\"kind\": \"" kind "\", \"target\": \"video_performance\"," more                                                 \
    " \"columns\": {\"video_id\": \"id\", \"timestamp\": \"at\","                                                      \
    "\"channel_id\": {\"value\": \"UC1\"}, \"channel_name\": {\"value\": \"One\"}, \"views\": \"stats.views\", "       \
    "\"video_tags\": \"tags\"}}"
    static const struct {
        const char *source, *mapping, *text;
    } files[] = {
        {"as_csv", VIEWS("csv", ""),
         "id,at,stats.views,tags\nv1,2026-11-01,1,\"a,b\"\nv2,2026-11-01,x,\nv3,2026-11-01,,a\n"},
        {"as_tsv", VIEWS("tsv", ""),
         "id\tat\tstats.views\ttags\nv1\t2026-11-01\t1\ta,b\nv2\t2026-11-01\tx\t\\N\nv3\t2026-11-01\t\\N\ta\n"},
        {"as_ndjson", VIEWS("ndjson", ""),
         "{\"id\": \"v1\", \"at\": \"2026-11-01\", \"stats\": {\"views\": \"1\"}, \"tags\": [\"a\", \"b\"]}\n"
         "{\"id\": \"v2\", \"at\": \"2026-11-01\", \"stats\": {\"views\": \"x\"}}\n{\"id\": \"v3\", \"at\": "
         "\"2026-11-01\", \"new\": 1, \"tags\": [\"a\"]}\n"},
        {"as_json", VIEWS("json", "\"path\": \"items\","),
         "{\"items\": [{\"id\": \"v1\", \"at\": \"2026-11-01\", \"stats\": {\"views\": 1}, \"tags\": [\"a\", \"b\"]},"
         "{\"id\": \"v2\", \"at\": \"2026-11-01\", \"stats\": {\"views\": \"x\"}}, {\"id\": \"v3\", \"at\": "
         "\"2026-11-01\", \"tags\": [\"a\"]}]}"},
    };
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        _cleanup_(mem_freep) char *row = mem_printf("%s|f|3|2|0|1\n", files[i].source);

        begin(desk);
        write_source(files[i].source, files[i].mapping);
        load(&bench, files[i].source, "f", files[i].text, "", ERR_PARTIAL, row);
        assert_asked(desk,
                     "SELECT v.video_id, f.views, v.video_tags FROM analytics.fact_video_performance AS f "
                     "JOIN analytics.dim_video AS v USING (video_key) ORDER BY 1",
                     "v1|1|{a,b}\nv3|-|{a}");
        assert_asked(desk, "SELECT column_name, reason FROM ops.dead_letters", "views|not a number");
        if (i == 2 && strstr(str_text(&bench.texts), "does not know: 'new' (first on line 3)") == NULL)
            fail_msg("%s", str_text(&bench.texts));
        load(&bench, files[i].source, "f", files[i].text, "", ERR_PARTIAL, NULL);
        assert_non_null(strstr(str_text(&bench.rows), "|f|3|0|2|1\n"));
    }
    bench_done(&bench);
}

SERVER_TEST(local_times_that_come_twice_are_told)
{
    static const char text[] =
        "id,at,usd,n\nr1,2026-10-25 02:30,1,1\nr2,2026-10-25 03:30,1,1\nr3,2026-03-29 02:30,1,1\n"
        "r4,2026-10-25 02:10,1,1\n";
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("berlin", "{\"kind\": \"csv\", \"target\": \"costs\", \"zone\": \"Europe/Berlin\", \"columns\": "
                           "{\"source_ref\": \"id\", \"cost_timestamp\": \"at\", \"total_cost_cents\": \"usd\", "
                           "\"quantity\": \"n\"}}");
    load(&bench, "berlin", "a.csv", text, "", ERR_PARTIAL, "berlin|a.csv|4|3|0|1\n");
    if (strstr(str_text(&bench.texts), "a.csv: 2 local times that come twice, as clocks are put back, were read as the "
                                       "first (first on line 2)") == NULL)
        fail_msg("%s", str_text(&bench.texts));
    assert_asked(desk, "SELECT source_ref, cost_timestamp FROM analytics.fact_costs ORDER BY 1",
                 "r1|2026-10-25 00:30:00+00\nr2|2026-10-25 02:30:00+00\nr4|2026-10-25 00:10:00+00");
    assert_asked(desk, "SELECT line, reason FROM ops.dead_letters",
                 "4|no time of its zone: clocks are put forward over it");
    bench_done(&bench);
}

SERVER_TEST(what_is_no_json_is_told_with_line_and_column)
{
    static const char text[] = "{\"id\": \"a\", \"at\": \"2026-11-01\"}\n{\"id\": \"b\", \"id\": \"c\"}\n"
                               "{\"id\": \"d\\u0000\"}\n{\"at\": \"2026-11-01\", \"at\": \"x\", \"id\": \"e\"}\n";
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("lines", "{\"kind\": \"ndjson\", \"target\": \"costs\", \"columns\": {\"source_ref\": \"id\", "
                          "\"cost_timestamp\": \"at\"}}");
    load(&bench, "lines", "a.ndjson", text, "", ERR_PARTIAL, "lines|a.ndjson|4|1|0|3\n");
    if (strstr(str_text(&bench.texts),
               "2 rows refused: JSON: the same name stands twice in one object (first on line 2, "
               "column 13)") == NULL)
        fail_msg("%s", str_text(&bench.texts));
    assert_asked(desk, "SELECT line, reason FROM ops.dead_letters ORDER BY line",
                 "2|JSON: the same name stands twice in one object (line 2, column 13)\n"
                 "3|JSON: a text with a NUL (\\u0000), which the database cannot hold (line 3, column 10)\n"
                 "4|JSON: the same name stands twice in one object (line 4, column 22)");
    str_clear(&bench.rows);
    assert_int_equal(ingest_group_letters(desk->pg, "lines", &bench.sink, &bench.error), 0);
    assert_non_null(strstr(str_text(&bench.rows), "lines|JSON: the same name stands twice in one object|2|1|"));
    bench_done(&bench);
}

/* The sample of a value is its beginning: a secret at its end is hidden before it is cut. */
SERVER_TEST(of_a_secret_in_a_file_nothing_is_told)
{
    static const char secret[] = "sk-c0ffee5ecret-0123456789";
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    secret_remember(secret);
    begin(desk);
    write_source("stats", STATS);
    for (int before = 10; before < 42; before += 4) {
        _cleanup_(mem_freep) char *text = mem_printf(
            "video,at,channel,name,title,views,likes,%.*s%s\nv1,2026-11-01,UC1,One,t,"
            "%.*s%s,1,%.*s%s\n",
            before, "------------------------------------------", secret, before,
            "------------------------------------------", secret, before, "------------------------------------------",
            secret);

        load(&bench, "stats", "key.csv", text, "", ERR_PARTIAL, NULL);
        if (strstr(str_text(&bench.texts), "sk-") != NULL)
            fail_msg("%s", str_text(&bench.texts));
    }
    assert_asked(desk, "SELECT count(*) FROM ops.job_log WHERE message LIKE '%sk-%'", "0");
    bench_done(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_fills_dimensions_and_facts),
        cmocka_unit_test(what_is_as_it_was_is_not_stored_again),
        cmocka_unit_test(rows_that_are_refused_are_letters_and_the_rest_is_loaded),
        cmocka_unit_test(a_file_that_is_mostly_bad_is_given_up),
        cmocka_unit_test(letters_of_a_load_that_did_not_end_come_again),
        cmocka_unit_test(a_row_that_is_refused_takes_no_other_of_its_key_along),
        cmocka_unit_test(an_older_file_does_not_rename_a_channel),
        cmocka_unit_test(drift_is_told_with_a_sample),
        cmocka_unit_test(rules_for_what_is_there_already),
        cmocka_unit_test(money_goes_through_the_ledger_and_days_are_summed),
        cmocka_unit_test(channels_videos_days_and_metrics),
        cmocka_unit_test(the_same_rows_in_any_kind_of_file),
        cmocka_unit_test(local_times_that_come_twice_are_told),
        cmocka_unit_test(what_is_no_json_is_told_with_line_and_column),
        cmocka_unit_test(of_a_secret_in_a_file_nothing_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
