/* ingest: what trending files make of the warehouse, in any order, against a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "server.h"
#include "warehouse.h"
#include "ingest_help.h"

static void begin(struct desk *desk)
{
    warehouse_open(desk);
    warehouse_empty(desk);
}

/* -- the real files ------------------------------------------------------------------------------------------------ */

static char *real(const char *name)
{
    const char *source = getenv("YTEMPIRE_SRCDIR"), *shared = getenv("YTEMPIRE_SHARED");
    char *path = shared != NULL ? mem_printf("%s/data/trending/%s", shared, name)
                                : mem_printf("%s/../shared/data/trending/%s", source != NULL ? source : ".", name);

    return path;
}

static const char *const real_names[] = {"USvideos.csv", "CAvideos.csv", "INvideos.csv",
                                         "US_youtube_trending_data.csv"};

/* Loads the real files in this order; what the warehouse then is. */
static char *load_real(struct desk *desk, const int *order, const char *settings)
{
    char        *paths[4];
    const char  *files[5] = {0};
    struct bench bench = {0};

    for (int i = 0; i < 4; i++)
        files[i] = paths[i] = real(real_names[order[i]]);
    assert_int_equal(bench_load(&bench, desk, files, settings), ERR_PARTIAL);
    assert_string_equal(bench.error.text, "13 of 5625 rows were refused");
    bench_done(&bench);
    for (int i = 0; i < 4; i++)
        mem_free(paths[i]);
    return warehouse_text(desk);
}

SERVER_TEST(real_files_in_any_order_and_twice)
{
    static const int orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}};
    struct desk     *desk = who;
    _cleanup_(mem_freep) char *first = NULL;

    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        begin(desk);
        _cleanup_(mem_freep) char *text = load_real(desk, orders[i], i == 1 ? "batch=100" : "");

        if (first == NULL)
            first = mem_strdup(text);
        assert_same_warehouse(first, text, "another order");
    }
    _cleanup_(mem_freep) char *again = load_real(desk, orders[0], "");
    assert_same_warehouse(first, again, "once more");
    /* counted in the files with python's csv */
    assert_asked(desk,
                 "SELECT count(*), count(DISTINCT video_key), sum(views), sum(likes), count(*) FILTER (WHERE likes IS "
                 "NULL), sum(comments) FROM analytics.fact_video_performance",
                 "5448|2173|6776111839|281923983|45|28740535");
    assert_asked(desk, "SELECT count(*) FROM ops.dead_letters", "13");
    assert_asked(desk, "SELECT count(*) FROM analytics.dim_channel", "1499");
    assert_asked(desk, "SELECT count(*) FROM ops.touched_hours", "0");
}

static void the_real_files_in_any_order_and_twice(void **state)
{
    char *path = real(real_names[0]);
    bool  there = file_exists(path);

    if (!there)
        print_message("SKIPPED: %s is not there\n", path);
    mem_free(path);                                            /* skip() does not come back */
    if (!there)
        skip();
    real_files_in_any_order_and_twice(state);
}

/* -- what two rows mean -------------------------------------------------------------------------------------------- */

#define ROW_2017(id, day, title, channel, views, likes, comments)                                                      \
    id "," day "," title "," channel ",10,2017-11-13T17:13:01.000Z,a|\"b c\"," #views "," #likes ",1," #comments       \
       ",http://x/y.jpg,False,False,False,text\n"
#define ROW_2020(id, day, title, channel_id, channel, views)                                                           \
    id "," title ",2020-08-01T00:00:00Z," channel_id "," channel ",20," day "T00:00:00Z,[None]," #views                \
       ",5,1,2,http://x/y.jpg,False,False,text\n"

static void load_text(struct desk *desk, struct bench *bench, const char *name, const char *text, const char *settings,
                      int wanted)
{
    _cleanup_(mem_freep) char *path = file_of(name, text);
    int r = bench_load(bench, desk, (const char *const[]){path, NULL}, settings);

    if (r != wanted)
        fail_msg("%s: ended with %d, not %d: %s", name, r, wanted, bench->error.text != NULL ? bench->error.text : "");
}

SERVER_TEST(a_row_is_a_snapshot_with_its_dimensions)
{
    struct desk *desk = who;
    struct bench bench = {0};

    begin(desk);
    load_text(desk, &bench, "one.csv",
              HEADER_2017 ROW_2017("aaaaaaaaaaa", "17.14.11", "\"A, \"\"quoted\"\"\"", "Ünï", 100, 7, 3)
              "bbbbbbbbbbb,17.15.11,t,Ünï,99,2017-11-13T00:00:00.000Z,[none],5,0,0,0,,True,TRUE,True,\n", "", 0);
    assert_string_equal(str_text(&bench.rows), "trending|one.csv|2|2|0|0\n");
    assert_asked(desk,
                 "SELECT v.video_id, f.\"timestamp\", date_key, views, likes, dislikes, comments, shares FROM "
                 "analytics.fact_video_performance f JOIN analytics.dim_video v USING (video_key) ORDER BY 1",
                 "aaaaaaaaaaa|2017-11-14 00:00:00+00|20171114|100|7|1|3|-\nbbbbbbbbbbb|2017-11-15 "
                 "00:00:00+00|20171115|5|-|-|-|-");
    assert_asked(desk,
                 "SELECT video_id, video_title, video_tags, category, duration_seconds, content_type, published_at, "
                 "is_active FROM analytics.dim_video ORDER BY 1",
                 "aaaaaaaaaaa|A, \"quoted\"|{a,\"b c\"}|Music|-|-|2017-11-13 "
                 "17:13:01+00|t\nbbbbbbbbbbb|t|{}|-|-|-|2017-11-13 00:00:00+00|f");
    assert_asked(desk,
                 "SELECT channel_id = 'title:' || md5('Ünï'), channel_name, niche, user_id, valid_from, is_current "
                 "FROM analytics.dim_channel",
                 "t|Ünï|Music|00000000-0000-4000-8000-000000000001|-infinity|t");
    assert_asked(desk,
                 "SELECT state, rows_read, rows_loaded, rows_unchanged, rows_rejected, progress_done = progress_total, "
                 "finished_at IS NOT NULL FROM ops.jobs",
                 "completed|2|2|0|0|t|t");
    assert_asked(desk, "SELECT attempt, outcome, rows_read FROM ops.job_attempts", "1|completed|2");
    bench_done(&bench);
}

SERVER_TEST(of_two_rows_of_a_day_the_larger_stands_whole)
{
    static const char small[] = HEADER_2017 ROW_2017("aaaaaaaaaaa", "17.14.11", "t", "c", 100, 90, 3);
    static const char large[] = HEADER_2017 ROW_2017("aaaaaaaaaaa", "17.14.11", "t", "c", 101, 2, 1);
    struct desk *desk = who;
    struct bench bench = {0};

    for (int turn = 0; turn < 2; turn++) {
        begin(desk);
        load_text(desk, &bench, "a.csv", turn == 0 ? small : large, "", 0);
        load_text(desk, &bench, "b.csv", turn == 0 ? large : small, "", 0);
        assert_string_equal(str_text(&bench.rows), turn == 0 ? "trending|b.csv|1|1|0|0\n" : "trending|b.csv|1|0|1|0\n");
        assert_asked(desk, "SELECT views, likes, comments FROM analytics.fact_video_performance", "101|2|1");
    }
    bench_done(&bench);
}

SERVER_TEST(texts_come_from_the_latest_day)
{
    static const char old[] = HEADER_2017 ROW_2017("aaaaaaaaaaa", "17.14.11", "old", "c", 900, 1, 1);
    static const char new[] = HEADER_2017 ROW_2017("aaaaaaaaaaa", "17.15.11", "new", "d", 100, 1, 1);
    struct desk *desk = who;
    struct bench bench = {0};

    for (int turn = 0; turn < 2; turn++) {
        begin(desk);
        load_text(desk, &bench, "a.csv", turn == 0 ? old : new, "", 0);
        load_text(desk, &bench, "b.csv", turn == 0 ? new : old, "", 0);
        assert_asked(desk, "SELECT video_title, channel_id = 'title:' || md5('d') FROM analytics.dim_video", "new|t");
        assert_asked(desk, "SELECT channel_name, niche FROM analytics.dim_channel ORDER BY 1", "c|-\nd|Music");
    }
    bench_done(&bench);
}

SERVER_TEST(a_channel_that_is_renamed_has_versions_from_the_days_it_was_seen)
{
    static const char *const files[] = {
        HEADER_2020 ROW_2020("aaaaaaaaaaa", "2020-08-12", "t", "UC1", "Red", 1)
            ROW_2020("aaaaaaaaaaa", "2020-08-20", "t", "UC1", "Blue", 9),
        HEADER_2020 ROW_2020("bbbbbbbbbbb", "2020-08-15", "t", "UC1", "Blue", 1),
        HEADER_2020 ROW_2020("ccccccccccc", "2020-08-16", "t", "UC1", "Red", 1),
    };
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct desk *desk = who;
    struct bench bench = {0};

    for (size_t o = 0; o < COUNT_OF(orders); o++) {
        begin(desk);
        for (int i = 0; i < 3; i++)
            load_text(desk, &bench, "a.csv", files[orders[o][i]], "", 0);
        assert_asked(
            desk,
            "SELECT channel_name, valid_from, valid_to, is_current FROM analytics.dim_channel ORDER BY valid_from",
            "Red|-infinity|2020-08-15 00:00:00+00|f\nBlue|2020-08-15 00:00:00+00|2020-08-16 00:00:00+00|f\n"
            "Red|2020-08-16 00:00:00+00|2020-08-20 00:00:00+00|f\nBlue|2020-08-20 00:00:00+00|9999-12-31 "
            "00:00:00+00|t");
        assert_asked(desk,
                     "SELECT count(*) FROM analytics.fact_video_performance f JOIN analytics.dim_channel c USING "
                     "(channel_key) WHERE f.\"timestamp\" >= c.valid_from AND f.\"timestamp\" < c.valid_to",
                     "4");
        assert_asked(desk, "SELECT DISTINCT niche FROM analytics.dim_channel", "Gaming");
    }
    bench_done(&bench);
}

/* Red of the 16th is a version of its own until Blue of the 14th turns out to be Red: its snapshots change their key. */
SERVER_TEST(hours_of_a_version_that_goes_are_noted)
{
    struct desk *desk = who;
    struct bench bench = {0};

    begin(desk);
    load_text(desk, &bench, "a.csv", HEADER_2020 ROW_2020("aaaaaaaaaaa", "2020-08-12", "t", "UC1", "Red", 1)
              ROW_2020("bbbbbbbbbbb", "2020-08-14", "t", "UC1", "Blue", 1) ROW_2020("ccccccccccc", "2020-08-16", "t", "UC1", "Red", 1), "", 0);
    script(desk, "DELETE FROM ops.rollup_state; INSERT INTO ops.rollup_state (cube, name, relation, fact, definition)"
                 " VALUES ('V', 'daily', '', 'analytics.fact_video_performance', '')");
    load_text(desk, &bench, "b.csv", HEADER_2020 ROW_2020("ddddddddddd", "2020-08-14", "t", "UC1", "Red", 1), "", 0);
    assert_asked(desk, "SELECT count(*) FROM analytics.dim_channel", "1");
    assert_asked(desk, "SELECT DISTINCT hour::date FROM ops.rollup_touched ORDER BY 1", "2020-08-14\n2020-08-16");
    bench_done(&bench);
}

/* -- any order, by chance ------------------------------------------------------------------------------------------ */

static uint32_t chance(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 16) % below;
}

static void add_random_row(struct str *to, uint32_t *seed)
{
    static const char *const names[] = {"Red", "Blue", "Grün"};
    uint32_t video = chance(seed, 6), day = 10 + chance(seed, 6);

    if (chance(seed, 20) == 0) {
        str_add(to, "#NAME?,broken\n");
        return;
    }
    str_addf(to,
             "video%06u,title "
             "%u,2020-08-01T00:00:00Z,UC%u,%s,%u,2020-08-%uT00:00:00Z,t%u,%u,%u,1,%u,http://x/y.jpg,%s,%s,text\n",
             video, chance(seed, 2), video / 2, names[chance(seed, 3)], 20 + chance(seed, 2), day, chance(seed, 2),
             chance(seed, 4), chance(seed, 2), chance(seed, 2), chance(seed, 4) == 0 ? "True" : "False",
             chance(seed, 4) == 0 ? "True" : "False");
}

SERVER_TEST(any_rows_in_any_order_and_any_batches)
{
    static const int   orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
    static const char *const settings[] = {"reject_limit=100", "reject_limit=100 batch=3", "batch=1 reject_limit=100"};
    struct desk *desk = who;
    struct bench bench = {0};

    for (uint32_t round = 1; round <= 4; round++) {
        _cleanup_(mem_freep) char *first = NULL;
        uint32_t                   seed = round;
        char                      *paths[3];

        for (int i = 0; i < 3; i++) {
            _cleanup_(str_done) struct str text = STR_INIT;
            char                           name[16];

            str_add(&text, HEADER_2020);
            for (int row = 0; row < 12; row++)
                add_random_row(&text, &seed);
            (void)snprintf(name, sizeof name, "%d.csv", i);
            paths[i] = file_of(name, str_text(&text));
        }
        for (int o = 0; o < 3; o++) {
            const char *files[4] = {paths[orders[o][0]], paths[orders[o][1]], paths[orders[o][2]], NULL};
            char        how[40];

            begin(desk);
            int r = bench_load(&bench, desk, files, settings[o]);
            if (r != 0 && r != ERR_PARTIAL)
                fail_msg("%s", bench.error.text);
            _cleanup_(mem_freep) char *text = warehouse_text(desk);
            if (first == NULL)
                first = mem_strdup(text);
            (void)snprintf(how, sizeof how, "round %u, order %d", round, o);
            assert_same_warehouse(first, text, how);
        }
        for (int i = 0; i < 3; i++)
            mem_free(paths[i]);
    }
    bench_done(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_files_in_any_order_and_twice),
        cmocka_unit_test(a_row_is_a_snapshot_with_its_dimensions),
        cmocka_unit_test(of_two_rows_of_a_day_the_larger_stands_whole),
        cmocka_unit_test(texts_come_from_the_latest_day),
        cmocka_unit_test(a_channel_that_is_renamed_has_versions_from_the_days_it_was_seen),
        cmocka_unit_test(hours_of_a_version_that_goes_are_noted),
        cmocka_unit_test(any_rows_in_any_order_and_any_batches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
