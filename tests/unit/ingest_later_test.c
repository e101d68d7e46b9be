/* ingest: which of two rows stands that tell the same thing otherwise: in one batch or many, files and dead letters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "server.h"
#include "warehouse.h"
#include "ingest_mapped_help.h"

#define CHANNELS                                                                                                       \
    "{\"kind\": \"csv\", \"target\": \"channels\", %s\"columns\": {\"channel_id\": \"id\", \"valid_from\": \"since\"," \
    "\"channel_name\": \"name\", \"niche\": \"niche\", \"user_id\": \"user\"}}"
#define VERSIONS "SELECT channel_name, valid_from::date, is_current FROM analytics.dim_channel ORDER BY valid_from"

SERVER_TEST(an_older_row_does_not_rename_a_channel)
{
    static const char text[] = "id,since,name,niche,user\nUC1,2026-03-01,New,Music,\nUC1,2026-02-01,Old,Gaming,\n"
                               "UC1,2026-04-01,Newer,Music,\nUC1,2026-03-15,Older,Gaming,\n";
    static const char older[] = "id,since,name,niche,user\nUC1,2026-03-20,Older,Gaming,\n";
    static const char same[] = "id,since,name,niche,user\nUC1,2026-05-01,Newer,Music,\n";
    static const char between[] = "id,since,name,niche,user\nUC1,2026-04-20,Older,Gaming,\n";
    _cleanup_(mem_freep) char *source = mem_printf(CHANNELS, "");
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("chan", source);
    load(&bench, "chan", "a.csv", text, "batch=1", 0, "chan|a.csv|4|2|2|0\n");
    assert_asked(desk, VERSIONS, "New|-infinity|f\nNewer|2026-04-01|t");
    load(&bench, "chan", "b.csv", older, "", 0, "chan|b.csv|1|0|1|0\n");
    load(&bench, "chan", "c.csv", same, "", 0, "chan|c.csv|1|0|1|0\n");
    load(&bench, "chan", "d.csv", between, "", 0, "chan|d.csv|1|0|1|0\n");
    assert_asked(desk, VERSIONS, "New|-infinity|f\nNewer|2026-04-01|t");
    bench_done(&bench);
}

#define STATS                                                                                                          \
    "{\"kind\": \"csv\", \"target\": \"video_performance\", %s\"columns\": {\"video_id\": \"video\", \"timestamp\": "  \
    "\"at\", \"channel_id\": \"channel\", \"channel_name\": \"name\", \"video_title\": \"title\", \"niche\": "         \
    "\"niche\", \"views\": \"views\", \"likes\": \"likes\"}}"
#define STATS_HEADER "video,at,channel,name,title,niche,views,likes\n"

/* The second batch has a row before those of the first, and one after them. */
SERVER_TEST(an_older_snapshot_does_not_rename_a_channel_in_the_middle)
{
    static const char text[] = STATS_HEADER "v1,2026-03-01,UC1,New,t,,1,1\nv1,2026-03-02,UC1,New,t,,2,1\n"
                                            "v1,2026-02-01,UC1,Old,t,,1,1\nv1,2026-04-01,UC1,Newer,t,,3,1\n";
    _cleanup_(mem_freep) char *source = mem_printf(STATS, "");
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("stats", source);
    load(&bench, "stats", "a.csv", text, "batch=2", 0, "stats|a.csv|4|4|0|0\n");
    assert_asked(desk, VERSIONS, "New|-infinity|f\nNewer|2026-04-01|t");
    bench_done(&bench);
}

/* What another source stored later, which tells no names: of an older file only what is otherwise is looked for. */
SERVER_TEST(an_older_snapshot_renames_nothing_where_a_later_one_is_silent)
{
    static const char text[] = STATS_HEADER "v1,2026-03-01,UC1,New,t,,1,1\n";
    static const char later[] = STATS_HEADER "v2,2026-05-01,UC1,,t,,9,1\n";
    static const char older[] = STATS_HEADER "v1,2026-04-01,UC1,New,t,,2,1\nv1,2026-04-02,UC1,Other,t,,3,1\n"
                                             "v1,2026-04-03,UC1,New,t,Music,4,1\n";
    _cleanup_(mem_freep) char *source = mem_printf(STATS, "");
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("stats", source);
    load(&bench, "stats", "a.csv", text, "", 0, NULL);
    load(&bench, "stats", "c.csv", later, "", 0, NULL);
    script(desk, "UPDATE analytics.dim_channel SET told_at = NULL");
    load(&bench, "stats", "b.csv", older, "", 0, "stats|b.csv|3|3|0|0\n");
    assert_asked(desk, VERSIONS, "New|-infinity|t");
    assert_asked(desk, "SELECT niche FROM analytics.dim_channel", "-");
    bench_done(&bench);
}

SERVER_TEST(an_empty_name_leaves_the_one_that_is_known)
{
    static const char text[] = "id,since,name,niche,user\nUC1,2026-03-01,,Gaming,\n";
    _cleanup_(mem_freep) char *source = mem_printf(CHANNELS, ""), *stats = mem_printf(STATS, "");
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("chan", source);
    write_source("stats", stats);
    load(&bench, "chan", "a.csv", "id,since,name,niche,user\nUC1,2026-02-01,One,Gaming,\n", "", 0, NULL);
    load(&bench, "chan", "b.csv", text, "", 0, "chan|b.csv|1|0|1|0\n");
    load(&bench, "stats", "s.csv", STATS_HEADER "v1,2026-05-01,UC1,,t,Gaming,1,1\n", "", 0, NULL);
    assert_asked(desk, VERSIONS, "One|-infinity|t");
    bench_done(&bench);
}

#define BILLS                                                                                                          \
    "{\"kind\": \"csv\", \"target\": \"costs\", %s\"columns\": {\"source_ref\": \"n\", \"cost_timestamp\": \"day\", "  \
    "\"total_cost_cents\": \"cents\", \"quantity\": \"q\", \"channel_id\": \"channel\"}}"
#define FILL "\"on_conflict\": \"fill\", "

/* In one batch, in many, or in two files: what was known first stands, what was not is filled. */
SERVER_TEST(fill_gives_what_was_not_known_wherever_it_stands)
{
    static const char head[] = "n,day,cents,q,channel\n";
    static const char first[] = "B1,2026-11-01,5,,UC1\nB1,2026-11-01,6,2,\n", second[] = "B1,2026-11-01,7,3,UC2\n";
    _cleanup_(mem_freep) char *source = mem_printf(BILLS, FILL);
    _cleanup_(mem_freep) char *one = mem_printf("%s%s%s", head, first, second), *a = mem_printf("%s%s", head, first),
                         *b = mem_printf("%s%s", head, second);
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    for (int way = 0; way < 3; way++) {
        begin(desk);
        write_source("bills", source);
        script(desk, "INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name) "
                     "VALUES ('UC1', '00000000-0000-4000-8000-000000000001', 'One')");
        load(&bench, "bills", "a.csv", way < 2 ? one : a, way == 1 ? "batch=1" : "", 0, NULL);
        if (way == 2)
            load(&bench, "bills", "b.csv", b, "", 0, NULL);
        assert_asked(desk,
                     "SELECT total_cost_cents, quantity, channel_id, user_key IS NOT NULL FROM analytics.fact_costs",
                     "5.000000|2.000000|UC1|t");
        load(&bench, "bills", "a.csv", way < 2 ? one : a, "again=1", 0, NULL);
        assert_non_null(strstr(str_text(&bench.rows), way < 2 ? "|3|0|3|0\n" : "|2|0|2|0\n"));
    }
    bench_done(&bench);
}

SERVER_TEST(fill_gives_channels_and_videos_what_was_not_known)
{
    static const char *const texts[] = {STATS_HEADER "v1,2026-03-01,UC1,New,,,,1\n",
                                        STATS_HEADER "v1,2026-02-01,UC1,Old,Old title,Music,5,2\n",
                                        STATS_HEADER "v1,2026-03-01,UC2,Two,Newer title,Gaming,7,3\n"};
    _cleanup_(mem_freep) char *source = mem_printf(STATS, FILL);
    _cleanup_(mem_freep) char *one = mem_printf("%s%s%s", texts[0], strchr(texts[1], '\n') + 1,
                                                strchr(texts[2], '\n') + 1);
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    for (int way = 0; way < 3; way++) {
        begin(desk);
        write_source("stats", source);
        for (int i = 0; way == 2 && i < 3; i++)
            load(&bench, "stats", (const char *const[]){"a.csv", "b.csv", "c.csv"}[i], texts[i], "", 0, NULL);
        if (way < 2)
            load(&bench, "stats", "one.csv", one, way == 1 ? "batch=1" : "", 0, NULL);
        assert_asked(desk, "SELECT channel_id, channel_name, niche, is_current FROM analytics.dim_channel ORDER BY 1",
                     "UC1|New|Music|t\nUC2|Two|Gaming|t");
        assert_asked(desk, "SELECT video_title, channel_id FROM analytics.dim_video", "Old title|UC1");
        assert_asked(
            desk,
            "SELECT f.\"timestamp\"::date, f.views, f.likes, c.channel_id FROM analytics.fact_video_performance AS f "
            "JOIN analytics.dim_channel AS c USING (channel_key) ORDER BY 1",
            "2026-02-01|5|2|UC1\n2026-03-01|7|1|UC1");
    }
    bench_done(&bench);
}

/* -- dead letters -------------------------------------------------------------------------------------------------- */

static void mend(struct desk *desk, const char *raw)
{
    _cleanup_(mem_freep) char *sql = mem_printf("UPDATE ops.dead_letters SET raw = '%s' WHERE state = 'open'", raw);

    script(desk, sql);
}

static void retry(struct bench *bench, const char *source, const char *row)
{
    struct ingest_options options = {.open = bench_open, .who = bench->desk};
    int64_t              *ids = NULL;
    size_t                count = 0;

    assert_int_equal(ingest_open_letters(bench->desk->pg, source, &ids, &count, &bench->error), 0);
    options.letters = ids;
    options.letter_count = count;
    str_clear(&bench->rows);
    if (ingest_retry_letters(bench->desk->pg, &options, &bench->sink, &bench->error) < 0)
        fail_msg("%s", bench->error.text);
    assert_string_equal(str_text(&bench->rows), row);
    mem_free(ids);
}

SERVER_TEST(an_old_letter_does_not_undo_what_was_stored_since)
{
    static const struct {
        const char *target, *columns, *before, *bad, *after, *mended, *ask, *wanted;
    } cases[] = {
        {"costs", "\"source_ref\": \"k\", \"cost_timestamp\": \"day\", \"total_cost_cents\": \"n\"", "B1,2026-11-01,1",
         "B1,2026-11-01,x", "B1,2026-11-01,9", "B1,2026-11-01,5",
         "SELECT total_cost_cents::int FROM analytics.fact_costs", "9"},
        {"revenue",
         "\"source_ref\": \"k\", \"metric_date\": \"day\", \"amount_cents\": \"n\", \"kind\": {\"value\": \"ad\"}",
         "B1,2026-11-01,1", "B1,2026-11-01,x", "B1,2026-11-02,9", "B1,2026-11-01,5",
         "SELECT metric_date, ad_revenue_cents::int FROM analytics.fact_revenue", "2026-11-02|9"},
        {"video_performance",
         "\"video_id\": \"k\", \"timestamp\": \"day\", \"views\": \"n\", \"channel_id\": {\"value\": \"UC1\"}, "
         "\"channel_name\": {\"value\": \"One\"}",
         "v1,2026-11-01,1", "v1,2026-11-01,x", "v1,2026-11-01,9", "v1,2026-11-01,5",
         "SELECT views FROM analytics.fact_video_performance", "9"},
        {"videos",
         "\"video_id\": \"k\", \"channel_id\": {\"value\": \"UC1\"}, \"video_title\": \"day\", \"duration_seconds\": "
         "\"n\"",
         "v1,before,1", "v1,bad,x", "v1,after,9", "v1,mended,5",
         "SELECT video_title, duration_seconds FROM analytics.dim_video", "after|9"},
        {"channel_daily", "\"channel_id\": \"k\", \"metric_date\": \"day\", \"total_views\": \"n\"", "UC1,2026-11-01,1",
         "UC1,2026-11-01,x", "UC1,2026-11-01,9", "UC1,2026-11-01,5",
         "SELECT total_views FROM analytics.fact_channel_daily", "9"},
        {"youtube_metrics", "\"channel_id\": \"k\", \"date\": \"day\", \"views\": \"n\"", "UC1,2026-11-01,1",
         "UC1,2026-11-01,x", "UC1,2026-11-01,9", "UC1,2026-11-01,5", "SELECT views FROM analytics.youtube_metrics",
         "9"},
        {"channels", "\"channel_id\": \"k\", \"channel_name\": \"day\", \"created_date\": \"n\"",
         "UC1,before,2026-01-01", "UC1,bad,x", "UC1,after,2026-01-09", "UC1,mended,2026-01-05",
         "SELECT channel_name, created_date FROM analytics.dim_channel WHERE is_current", "after|2026-01-09"},
        {"channels",
         "\"channel_id\": \"k\", \"channel_name\": \"day\", \"created_date\": \"n\", \"valid_from\": {\"value\": "
         "\"2026-11-01\"}",
         "UC1,before,2026-01-01", "UC1,bad,x", "UC1,after,2026-01-09", "UC1,mended,2026-01-05",
         "SELECT channel_name, created_date FROM analytics.dim_channel WHERE is_current", "after|2026-01-09"},
    };
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        _cleanup_(mem_freep) char *source =
            mem_printf("{\"kind\": \"csv\", \"target\": \"%s\", \"columns\": {%s}}", cases[i].target, cases[i].columns);
        _cleanup_(mem_freep) char *a = mem_printf("k,day,n\n%s\n", cases[i].before),
                                  *b = mem_printf("k,day,n\n%s\n", cases[i].bad),
                                  *c = mem_printf("k,day,n\n%s\n", cases[i].after);
        _cleanup_(mem_freep) char *late = mem_printf("late%zu", i);

        begin(desk);
        script(desk, "DELETE FROM analytics.youtube_metrics; INSERT INTO users.channels (channel_id, user_id, "
                     "channel_name, is_active) "
                     "VALUES ('UC1', '00000000-0000-4000-8000-000000000001', 'One', false) ON CONFLICT DO NOTHING;"
                     "INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, told_at) "
                     "VALUES ('UC1', '00000000-0000-4000-8000-000000000001', 'One', '-infinity')");
        write_source(late, source);
        load(&bench, late, "a.csv", a, "reject_limit=100", 0, NULL);
        load(&bench, late, "b.csv", b, "reject_limit=100", ERR_PARTIAL, NULL);
        load(&bench, late, "c.csv", c, "reject_limit=100", 0, NULL);
        mend(desk, cases[i].mended);
        _cleanup_(mem_freep) char *row = mem_printf("%s|b.csv|1|0|1|0\n", late);
        retry(&bench, late, row);
        assert_asked(desk, cases[i].ask, cases[i].wanted);
        assert_asked(desk, "SELECT state FROM ops.dead_letters", "retried");
    }
    bench_done(&bench);
}

SERVER_TEST(a_letter_replaces_what_was_stored_before_it)
{
    _cleanup_(mem_freep) char *bills = mem_printf(BILLS, ""), *channels = mem_printf(CHANNELS, "");
    struct desk *desk = who;
    struct bench bench = {.desk = desk};

    begin(desk);
    write_source("bills", bills);
    load(&bench, "bills", "a.csv", "n,day,cents,q,channel\nB1,2026-11-01,1,,\n", "", 0, NULL);
    load(&bench, "bills", "b.csv", "n,day,cents,q,channel\nB1,2026-11-01,x,,\n", "", ERR_PARTIAL, NULL);
    mend(desk, "B1,2026-11-01,5,,");
    retry(&bench, "bills", "bills|b.csv|1|1|0|0\n");
    assert_asked(desk, "SELECT total_cost_cents::int FROM analytics.fact_costs", "5");
    write_source("chan", channels);
    load(&bench, "chan", "a.csv", "id,since,name,niche,user\nUC1,2026-02-01,One,,\n", "", 0, NULL);
    load(&bench, "chan", "b.csv", "id,since,name,niche,user\nUC1,2026-02-01,Uno,,nobody\n", "", ERR_PARTIAL, NULL);
    mend(desk, "UC1,2026-02-01,Uno,,");
    retry(&bench, "chan", "chan|b.csv|1|1|0|0\n");
    assert_asked(desk, "SELECT channel_name FROM analytics.dim_channel WHERE is_current", "Uno");
    bench_done(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_row_does_not_rename_a_channel),
        cmocka_unit_test(an_older_snapshot_does_not_rename_a_channel_in_the_middle),
        cmocka_unit_test(an_older_snapshot_renames_nothing_where_a_later_one_is_silent),
        cmocka_unit_test(an_empty_name_leaves_the_one_that_is_known),
        cmocka_unit_test(fill_gives_what_was_not_known_wherever_it_stands),
        cmocka_unit_test(fill_gives_channels_and_videos_what_was_not_known),
        cmocka_unit_test(an_old_letter_does_not_undo_what_was_stored_since),
        cmocka_unit_test(a_letter_replaces_what_was_stored_before_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
