/* ingest: bad files, interruptions, a server that goes away; nothing lost, the job's record right, the same end
 * afterwards. */
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

static int load_bytes(struct desk *desk, struct bench *bench, const char *name, const char *bytes, size_t length,
                      const char *settings)
{
    _cleanup_(mem_freep) char *path = file_named(name, bytes, length);

    return bench_load(bench, desk, (const char *const[]){path, NULL}, settings);
}

static void add_row(struct str *to, int n, int day)
{
    str_addf(to,
             "video%06d,17.%02d.11,title %d,channel "
             "%d,10,2017-11-13T17:13:01.000Z,a,%d,1,1,1,http://x/y.jpg,False,False,False,\"some text\nof two lines\"\n",
             n, day, n, n % 7, 100 + n);
}

static char *many_rows(int count)
{
    struct str text = STR_INIT;

    str_add(&text, HEADER_2017);
    for (int i = 0; i < count; i++)
        add_row(&text, i, 14 + i % 3);
    return str_take(&text);
}

static void assert_error(const struct bench *bench, int code, const char *text, const char *hint)
{
    if (bench->error.code != code || strstr(bench->error.text, text) == NULL ||
        (hint != NULL && (bench->error.hint == NULL || strstr(bench->error.hint, hint) == NULL)))
        fail_msg("%s: %s (%s)", error_name(bench->error.code), bench->error.text,
                 bench->error.hint != NULL ? bench->error.hint : "");
}

/* -- files --------------------------------------------------------------------------------------------------------- */

SERVER_TEST(refused_rows_are_kept_once_with_line_and_reason)
{
    static const char text[] = HEADER_2017
        "aaaaaaaaaaa,17.14.11,\"two\nlines\",c,10,2017-11-13T17:13:01.000Z,a,1,1,1,1,,False,False,False,t\n"
        "#NAME?,17.14.11,t,c,10,2017-11-13T17:13:01.000Z,a,1,1,1,1,,False,False,False,t\n"
        "bbbbbbbbbbb,14.11.2017,t,c,10,2017-11-13T17:13:01.000Z,a,1,1,1,1,,False,False,False,t\n"
        "ccccccccccc,17.14.11,t,c,10,2017-11-13T17:13:01.000Z,a,1.2E+6,1,1,1,,False,False,False,t\n"
        "ddddddddddd,17.14.11,t,c\n"
        "eeeeeeeeeee,17.14.11,t,c,10,2017-11-13T17:13:01.000Z,a,1,1,1,1,,maybe,False,False,t\n"
        "fffffffffff,17.14.11,t,c,10,yesterday,a,1,1,1,1,,False,False,False,t\n"
        "ggggggggggg,17.31.02,t,c,10,2017-11-13T17:13:01.000Z,a,1,1,1,1,,False,False,False,t,more\n"
        "hhhhhhhhhhh,17.14.11,t,c,10,2017-11-13T17:13:01.000Z,a,1,3000000000,1,1,,False,False,False,t\n";
    struct desk *desk = who;
    struct bench bench = {0};

    begin(desk);
    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(load_bytes(desk, &bench, "bad.csv", text, sizeof text - 1, ""), ERR_PARTIAL);
        assert_error(&bench, ERR_PARTIAL, "8 of 9 rows were refused", "deadletters trending");
        assert_string_equal(str_text(&bench.rows),
                            turn == 0 ? "trending|bad.csv|9|1|0|8\n" : "trending|bad.csv|9|0|1|8\n");
        assert_asked(desk, "SELECT line, column_name, reason FROM ops.dead_letters ORDER BY line",
                     "4|video_id|not the id of a video (11 of A-Z a-z 0-9 _ -)\n"
                     "5|trending_date|not a day from 2005 to 2040 as this file writes them\n"
                     "6|views|not a count\n7|-|the row ends early\n8|comments_disabled|neither true nor "
                     "false\n9|publish_time|not a time\n"
                     "10|-|the row has more fields than the header\n11|likes|not a count");
        assert_asked(desk, "SELECT raw FROM ops.dead_letters WHERE line = 7", "ddddddddddd,17.14.11,t,c");
        assert_asked(desk, "SELECT DISTINCT file_sha256 ~ '^[0-9a-f]{64}$' FROM ops.dead_letters", "t");
        script(desk, "UPDATE ops.dead_letters SET state = 'dropped' WHERE line = 4");
    }
    assert_asked(desk, "SELECT state, count(*) FROM ops.dead_letters GROUP BY 1 ORDER BY 1", "dropped|1\nopen|7");
    bench_done(&bench);
}

SERVER_TEST(a_cut_file_loads_what_is_whole)
{
    _cleanup_(mem_freep) char *text = many_rows(50);
    const char  *last = strrchr(text, '"');
    struct desk *desk = who;
    struct bench bench = {0};

    begin(desk);
    /* inside the last text: the row is a row, and it is told */
    assert_int_equal(load_bytes(desk, &bench, "cut.csv", text, (size_t)(last - text) - 3, ""), ERR_PARTIAL);
    assert_error(&bench, ERR_PARTIAL, "cut.csv' may be cut: the file ends inside the last text of a row (line 100)",
                 "load it again");
    assert_string_equal(str_text(&bench.rows), "trending|cut.csv|50|50|0|0\n");
    /* inside a counter: the row ends early */
    last = strstr(text, "video000049,") + 30;
    assert_int_equal(load_bytes(desk, &bench, "short.csv", text, (size_t)(last - text), ""), ERR_PARTIAL);
    assert_error(&bench, ERR_PARTIAL, "1 of 50 rows was refused", NULL);
    assert_asked(desk, "SELECT line, reason FROM ops.dead_letters", "100|the row ends early, and the file with it");
    /* the whole file afterwards */
    assert_int_equal(load_bytes(desk, &bench, "whole.csv", text, strlen(text), ""), 0);
    assert_asked(desk,
                 "SELECT count(*), count(*) FILTER (WHERE video_description = E'some text\\nof two lines') FROM "
                 "analytics.dim_video",
                 "50|50");
    bench_done(&bench);
}

SERVER_TEST(bytes_that_are_not_utf8_are_stored_as_they_were_meant)
{
    static const char text[] = HEADER_2017
        "aaaaaaaaaaa,17.14.11,caf\xE9,Beyonc\xE9,10,2017-11-13T17:13:01.000Z,a,1,1,1,1,,False,False,False,nul\0here\n";
    struct desk *desk = who;
    struct bench bench = {0};

    begin(desk);
    assert_int_equal(load_bytes(desk, &bench, "latin.csv", text, sizeof text - 1, ""), 0);
    assert_non_null(
        strstr(str_text(&bench.texts),
               "latin.csv: 2 bytes are not UTF-8 and were read as Windows-1252 (1 row, the first on line 2)\n"));
    assert_asked(desk, "SELECT video_title, video_description FROM analytics.dim_video", "café|nul\uFFFDhere");
    assert_asked(desk, "SELECT channel_name FROM analytics.dim_channel", "Beyoncé");
    assert_asked(desk, "SELECT count(*) FROM ops.job_log WHERE level = 'warning'", "2");
    bench_done(&bench);
}

SERVER_TEST(a_file_may_have_a_name_that_is_not_utf8)
{
    static const char text[] = HEADER_2017
        "aaaaaaaaaaa,17.14.11,t,c,10,2017-11-13T17:13:01.000Z,a,1,1,1,1,,False,False,False,t\nbroken\n";
    struct desk *desk = who;
    struct bench bench = {0};

    begin(desk);
    assert_int_equal(load_bytes(desk, &bench, "caf\xE9.csv", text, sizeof text - 1, ""), ERR_PARTIAL);
    assert_string_equal(str_text(&bench.rows), "trending|café.csv|2|1|0|1\n");
    assert_asked(
        desk,
        "SELECT f.file ~ '/café.csv$', d.file ~ '/café.csv$', j.command ~ '/café.csv', "
        "l.message ~ '/café.csv: 2 rows' FROM ops.loaded_files f, ops.dead_letters d, ops.jobs j, ops.job_log l",
        "t|t|t|t");
    bench_done(&bench);
}

SERVER_TEST(a_file_that_is_mostly_bad_is_given_up)
{
    struct desk   *desk = who;
    struct bench   bench = {0};
    struct str     text = STR_INIT;

    begin(desk);
    str_add(&text, HEADER_2017);
    for (int i = 0; i < 300; i++)
        if (i % 3 == 0)
            add_row(&text, i, 14);
        else
            str_add(&text, "#NAME?,broken\n");
    assert_int_equal(load_bytes(desk, &bench, "bad.csv", text.data, text.length, "batch=20"), ERR_FAILED);
    assert_error(&bench, ERR_FAILED, "67 of the first 101 rows are refused; line 4: the row ends early",
                 "reject_limit");
    assert_asked(desk, "SELECT state, error_class FROM ops.jobs", "discarded|stop");
    assert_asked(desk, "SELECT outcome FROM ops.job_attempts", "failed");
    assert_asked(desk, "SELECT count(*) >= 66 FROM ops.dead_letters", "t");
    /* as one likes; and the letters of the load that was given up are not there twice */
    assert_int_equal(load_bytes(desk, &bench, "bad.csv", text.data, text.length, "reject_limit=100%"), ERR_PARTIAL);
    assert_asked(desk, "SELECT count(*), count(DISTINCT line) FROM ops.dead_letters", "200|200");
    assert_asked(desk, "SELECT count(*) FROM analytics.fact_video_performance", "100");
    str_done(&text);
    bench_done(&bench);
}

SERVER_TEST(what_is_no_trending_file_is_refused_before_anything_is_written)
{
    static const struct {
        const char *text, *error, *hint;
        int         code;
    } cases[] = {
        {"", "the file is empty", "column names", ERR_FAILED},
        {"a,b,c\n1,2,3\n", "no file of trending videos: its header has no 'video_id'", "video_id,trending_date",
         ERR_FAILED},
        {"video_id;title;views\n", "it begins with 'video_id;title;views'", "separated by commas", ERR_FAILED},
        {"video_id,trending_date,title,category_id,publish_time,tags,views,likes,dislikes,comment_count,comments_"
         "disabled,ratings_disabled\n",
         "column 'channel_title' is missing from a trending file of 2017", NULL, ERR_FAILED},
        {"PK\x03\x04zip", "is a zip archive", "unzip", ERR_FAILED},
        {"\xFF\xFEv\0", "UTF-16", "iconv", ERR_FAILED},
    };
    struct desk *desk = who;
    struct bench bench = {0};
    char         good[] = HEADER_2017;
    _cleanup_(mem_freep) char *first = file_of("first.csv", good);

    begin(desk);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        _cleanup_(mem_freep) char *path = file_of("wrong.csv", cases[i].text);
        const char *const files[] = {first, path, NULL};

        assert_int_equal(bench_load(&bench, desk, files, ""), cases[i].code);
        assert_error(&bench, cases[i].code, cases[i].error, cases[i].hint);
        assert_non_null(strstr(bench.error.text, "wrong.csv"));
    }
    assert_int_equal(bench_load(&bench, desk, (const char *const[]){"/nowhere.csv", NULL}, ""), ERR_UNKNOWN);
    assert_int_equal(bench_load(&bench, desk, (const char *const[]){NULL}, ""), ERR_USAGE);
    assert_int_equal(bench_load(&bench, desk, (const char *const[]){first, NULL}, "bach=7"), ERR_UNKNOWN);
    assert_error(&bench, ERR_UNKNOWN, "'trending' has no setting 'bach'", "did you mean 'batch'?");
    assert_int_equal(bench_load(&bench, desk, (const char *const[]){first, NULL}, "batch=0"), ERR_USAGE);
    assert_asked(desk, "SELECT count(*) FROM ops.jobs", "0");
    assert_int_equal(bench_load(&bench, desk, (const char *const[]){first, NULL}, ""), 0);
    assert_string_equal(str_text(&bench.rows), "trending|first.csv|0|0|0|0\n");
    bench_done(&bench);
}

/* -- interruptions ------------------------------------------------------------------------------------------------- */

static void cancel(struct bench *bench)
{
    (void)bench;
    task_cancel(task_current(), ERR_INTERRUPTED);
}

/* What is stored after a load that was ended in the middle is a part, and loading again makes it the whole. */
static void assert_ends_whole(struct desk *desk, struct bench *bench, const char *text)
{
    _cleanup_(mem_freep) char *part = ask(desk, "SELECT count(*) < 5000 FROM analytics.fact_video_performance");

    assert_string_equal(part, "t");
    assert_int_equal(load_bytes(desk, bench, "many.csv", text, strlen(text), ""), 0);
    assert_asked(desk, "SELECT count(*), count(DISTINCT video_key), sum(views) FROM analytics.fact_video_performance",
                 "5000|5000|12997500");
    assert_asked(desk, "SELECT count(*) FROM analytics.video_performance_hourly", "5000");
    assert_asked(desk, "SELECT state FROM ops.jobs WHERE id = (SELECT max(id) FROM ops.jobs)", "completed");
}

SERVER_TEST(a_cancelled_load_rolls_its_batch_back)
{
    _cleanup_(mem_freep) char *text = many_rows(5000);
    struct desk *desk = who;
    struct bench bench = {.in_the_middle = cancel};

    begin(desk);
    assert_int_equal(load_bytes(desk, &bench, "many.csv", text, strlen(text), "batch=300"), ERR_INTERRUPTED);
    assert_int_equal(task_cancelled(task_current()), ERR_INTERRUPTED);
    task_cancel_clear(task_current());
    assert_asked(desk, "SELECT state, error IS NOT NULL, finished_at IS NOT NULL, lease_until IS NULL FROM ops.jobs",
                 "cancelled|t|t|t");
    assert_asked(desk, "SELECT outcome FROM ops.job_attempts", "cancelled");
    assert_asked(desk, "SELECT rows_loaded = (SELECT count(*) FROM analytics.fact_video_performance) FROM ops.jobs",
                 "t");
    assert_asked(desk,
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'",
                 "0");
    assert_ends_whole(desk, &bench, text);
    bench_done(&bench);
}

static void ask_for_cancel(struct bench *bench)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;

    assert_int_equal(bench_open(bench->desk, &pg, NULL), 0);
    assert_int_equal(pg_script(pg, "UPDATE ops.jobs SET cancel_asked_at = now() WHERE state = 'running'", NULL), 0);
}

SERVER_TEST(a_load_that_is_asked_to_stop_through_its_row_stops)
{
    _cleanup_(mem_freep) char *text = many_rows(5000);
    struct desk *desk = who;
    struct bench bench = {.in_the_middle = ask_for_cancel};

    begin(desk);
    assert_int_equal(load_bytes(desk, &bench, "many.csv", text, strlen(text), "batch=300"), ERR_INTERRUPTED);
    assert_asked(desk, "SELECT state, cancel_heard_at IS NOT NULL FROM ops.jobs", "cancelled|t");
    assert_ends_whole(desk, &bench, text);
    bench_done(&bench);
}

static void terminate(struct bench *bench)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;

    assert_int_equal(bench_open(bench->desk, &pg, NULL), 0);
    assert_int_equal(pg_script(pg,
                               "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                               "current_database() AND pid <> pg_backend_pid()",
                               NULL),
                     0);
}

SERVER_TEST(a_server_that_goes_away_ends_the_load_with_its_record)
{
    _cleanup_(mem_freep) char *text = many_rows(5000);
    struct desk *desk = who;
    struct bench bench = {.in_the_middle = terminate};

    begin(desk);
    assert_int_equal(load_bytes(desk, &bench, "many.csv", text, strlen(text), "batch=300"), ERR_CONNECT);
    assert_error(&bench, ERR_CONNECT, "", "loading again goes on to the same end");
    warehouse_open(desk);
    assert_asked(desk, "SELECT state, error_class, error IS NOT NULL FROM ops.jobs", "discarded|retry|t");
    assert_ends_whole(desk, &bench, text);
    bench_done(&bench);
}

/* -- jobs ---------------------------------------------------------------------------------------------------------- */

SERVER_TEST(a_job_whose_program_is_gone_is_ended_by_the_next_load)
{
    _cleanup_(mem_freep) char *text = many_rows(3);
    struct desk *desk = who;
    struct bench bench = {0};

    begin(desk);
    script(desk, "INSERT INTO ops.jobs (kind, source, state, foreground, attempt, worker, lease_until) VALUES "
                 "('ingest', 'trending', 'running', true, 1, 'gone', now() + interval '1 hour');"
                 "INSERT INTO ops.dead_letters (source, file_sha256, line, reason, raw, job_id) SELECT 'trending', "
                 "'job:' || id || ':1', 5, 'x', 'y', id FROM ops.jobs");
    assert_int_equal(load_bytes(desk, &bench, "few.csv", text, strlen(text), ""), 0);
    assert_asked(desk,
                 "SELECT state, outcome FROM ops.jobs AS j JOIN ops.job_attempts AS a ON a.job_id = j.id ORDER BY id",
                 "discarded|lost\ncompleted|completed");
    assert_asked(desk, "SELECT count(*) FROM ops.dead_letters", "0");
    bench_done(&bench);
}

SERVER_TEST(two_loads_of_one_source_do_not_run_at_once)
{
    _cleanup_(mem_freep) char *text = many_rows(3);
    _cleanup_(pg_closep) struct pg *other = NULL;
    struct desk *desk = who;
    struct bench bench = {0};

    begin(desk);
    script(desk,
           "INSERT INTO ops.jobs (kind, source, state, foreground, attempt, worker, lease_until, started_at) VALUES "
           "('ingest', 'trending', 'running', true, 1, 'host:1:x', now() + interval '1 hour', now())");
    assert_int_equal(bench_open(desk, &other, NULL), 0);
    assert_int_equal(
        pg_script(other, "SELECT pg_advisory_lock(hashtextextended('ytempire job ' || id, 0)) FROM ops.jobs", NULL), 0);
    assert_int_equal(load_bytes(desk, &bench, "few.csv", text, strlen(text), ""), ERR_CONFLICT);
    assert_error(&bench, ERR_CONFLICT, "'trending' is being worked on by job", "job show");
    assert_non_null(strstr(bench.error.text, "host:1:x"));
    bench_done(&bench);
}

static void take_over(struct bench *bench)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;

    assert_int_equal(bench_open(bench->desk, &pg, NULL), 0);
    assert_int_equal(pg_script(pg, "UPDATE ops.jobs SET fence = nextval('ops.fence') WHERE state = 'running'", NULL),
                     0);
}

SERVER_TEST(who_lost_the_job_writes_nothing_more)
{
    _cleanup_(mem_freep) char *text = many_rows(5000);
    struct desk *desk = who;
    struct bench bench = {.in_the_middle = take_over};

    begin(desk);
    assert_int_equal(load_bytes(desk, &bench, "many.csv", text, strlen(text), "batch=5000"), ERR_CONFLICT);
    assert_error(&bench, ERR_CONFLICT, "is no longer this program's", NULL);
    assert_asked(desk, "SELECT count(*) FROM analytics.fact_video_performance", "0");
    assert_asked(desk, "SELECT state FROM ops.jobs", "running");
    bench_done(&bench);
}

/* Between its last batch and the rest: what follows the rows is the job's as much as they are. */
SERVER_TEST(who_lost_the_job_after_its_rows_writes_nothing_after_them)
{
    static const char watch[] = "CREATE FUNCTION ops.take_over() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN new.fence "
                                ":= nextval('ops.fence'); "
                                "RETURN new; END$$; CREATE TRIGGER take_over BEFORE UPDATE ON ops.jobs FOR EACH ROW "
                                "WHEN (new.rows_read = 50) EXECUTE FUNCTION ops.take_over()";
    _cleanup_(mem_freep) char *text = many_rows(50);
    struct desk *desk = who;
    struct bench bench = {0};

    begin(desk);
    script(desk, watch);
    assert_int_equal(load_bytes(desk, &bench, "many.csv", text, strlen(text), ""), ERR_CONFLICT);
    script(desk, "DROP FUNCTION ops.take_over CASCADE");
    assert_error(&bench, ERR_CONFLICT, "is no longer this program's", NULL);
    assert_asked(desk, "SELECT count(*) FROM analytics.fact_video_performance", "50");
    assert_asked(desk, "SELECT count(*) FROM ops.loaded_files", "0");
    assert_asked(desk, "SELECT count(*) > 0 FROM ops.touched_hours", "t");
    bench_done(&bench);
}

static void cancel_now(void *who)
{
    task_cancel(who, ERR_INTERRUPTED);
}

/* 64 MB, packed into 64 KB. */
SERVER_TEST(a_file_without_a_row_in_it_is_given_up_when_it_is_asked)
{
    static const char pack[] = "cd '%s' && yes '' | head -c 67108864 | gzip >blank.gz";
    struct desk *desk = who;
    struct bench bench = {0};
    _cleanup_(mem_freep) char *path = file_of("blank.gz", ""), *command = mem_printf(pack, files_folder);

    begin(desk);
    assert_int_equal(system(command), 0);
    (void)loop_timer(desk->loop, 1000, cancel_now, task_current());
    assert_int_equal(bench_load(&bench, desk, (const char *const[]){path, NULL}, ""), ERR_INTERRUPTED);
    task_cancel_clear(task_current());
    bench_done(&bench);
}

/* Making a partition locks the whole table: were it waited for, every reader would queue behind the load. */
SERVER_TEST(a_reader_in_the_way_of_a_partition_stops_neither_the_load_nor_readers)
{
    static const char text[] = HEADER_2017
        "aaaaaaaaaaa,19.14.11,t,c,10,2017-11-13T17:13:01.000Z,a,1,1,1,1,,False,False,False,t\n";
    static const char alter[] =
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I ' || $a$SET statement_timeout = '20s'$a$, "
        "current_database()); END $$";
    struct desk *desk = who;
    struct bench bench = {0};
    struct pg   *reader;

    begin(desk);
    script(desk, alter);
    assert_int_equal(bench_open(desk, &reader, NULL), 0);
    assert_int_equal(pg_script(reader, "BEGIN; SELECT count(*) FROM analytics.fact_video_performance", NULL), 0);
    assert_int_equal(load_bytes(desk, &bench, "week.csv", text, sizeof text - 1, ""), 0);
    if (!is_timescaledb()) {                                /* which makes a chunk beside a reader */
        assert_non_null(strstr(str_text(&bench.texts), "no partition could be made"));
        assert_asked(desk, "SELECT tableoid::regclass FROM analytics.fact_video_performance",
                     "parts.fact_video_performance_default");
    }
    pg_close(reader);
    script(desk, "SELECT ops.keep_partitions()");
    assert_asked(desk, is_timescaledb() ? "SELECT count(*) FROM analytics.fact_video_performance"
                                        : "SELECT tableoid::regclass FROM analytics.fact_video_performance",
                 is_timescaledb() ? "1" : "parts.fact_video_performance_20191111");
    script(desk, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET statement_timeout', current_database()); END $$");
    bench_done(&bench);
}

SERVER_TEST(rows_past_the_horizon_are_told)
{
    _cleanup_(mem_freep) char *text = many_rows(5);
    struct desk *desk = who;
    struct bench bench = {0};

    begin(desk);
    script(desk, "UPDATE ops.settings SET value = '90' WHERE name = 'retention_days'");
    assert_int_equal(load_bytes(desk, &bench, "old.csv", text, strlen(text), ""), 0);
    assert_non_null(strstr(str_text(&bench.texts), "5 rows are older than the 90 days that are kept"));
    assert_non_null(strstr(str_text(&bench.texts), "'storage retention off'"));
    script(desk, "UPDATE ops.settings SET value = 'off' WHERE name = 'retention_days'");
    assert_int_equal(load_bytes(desk, &bench, "old.csv", text, strlen(text), ""), 0);
    assert_string_equal(str_text(&bench.texts), "");
    bench_done(&bench);
}

SERVER_TEST(jobs_and_letters_are_tables)
{
    static const char text[] = HEADER_2017 "#NAME?,broken\n";
    struct desk *desk = who;
    struct bench bench = {0};

    begin(desk);
    assert_int_equal(load_bytes(desk, &bench, "bad.csv", text, sizeof text - 1, ""), ERR_PARTIAL);
    str_clear(&bench.rows);
    assert_int_equal(ingest_list_letters(desk->pg, "trending", &bench.sink, &bench.error), 0);
    assert_non_null(strstr(str_text(&bench.rows), "|the row ends early|2|#NAME?,broken|"));
    error_done(&bench.error);
    assert_int_equal(ingest_list_letters(desk->pg, "trendig", &bench.sink, &bench.error), ERR_UNKNOWN);
    error_done(&bench.error);
    str_clear(&bench.rows);
    assert_int_equal(jobs_list(desk->pg, "completed", 0, &bench.sink, &bench.error), 0);
    assert_non_null(strstr(str_text(&bench.rows), "|trending|completed|100.0|1|1|1|"));
    script(desk, "INSERT INTO ops.jobs (kind, source, state, progress_done, progress_total) VALUES "
                 "('ingest', 'trending', 'discarded', 0, 0), ('ingest', 'trending', 'cancelled', 90, 60)");
    str_clear(&bench.rows);
    assert_int_equal(jobs_list(desk->pg, "discarded", 0, &bench.sink, &bench.error), 0);
    assert_non_null(strstr(str_text(&bench.rows), "|trending|discarded||"));       /* of a pipe, or an empty file */
    assert_int_equal(jobs_list(desk->pg, "cancelled", 0, &bench.sink, &bench.error), 0);
    assert_non_null(strstr(str_text(&bench.rows), "|trending|cancelled|100.0|"));
    assert_int_equal(jobs_list(desk->pg, "complete", 0, &bench.sink, &bench.error), ERR_UNKNOWN);
    assert_string_equal(bench.error.hint, "did you mean 'completed'?");
    error_done(&bench.error);
    assert_int_equal(jobs_show(desk->pg, 999999, &bench.sink, &bench.error), ERR_UNKNOWN);
    error_done(&bench.error);
    str_clear(&bench.rows);
    assert_int_equal(jobs_show_log(desk->pg, bench.report.job, false, &bench.sink, &bench.error), 0);
    assert_non_null(strstr(str_text(&bench.rows), "|info|"));
    str_clear(&bench.rows);
    assert_int_equal(ingest_list_sources(desk->pg, &bench.sink, &bench.error), 0);
    assert_non_null(strstr(str_text(&bench.rows), "trending|file|t|20"));
    bench_done(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_rows_are_kept_once_with_line_and_reason),
        cmocka_unit_test(a_cut_file_loads_what_is_whole),
        cmocka_unit_test(bytes_that_are_not_utf8_are_stored_as_they_were_meant),
        cmocka_unit_test(a_file_may_have_a_name_that_is_not_utf8),
        cmocka_unit_test(a_file_that_is_mostly_bad_is_given_up),
        cmocka_unit_test(what_is_no_trending_file_is_refused_before_anything_is_written),
        cmocka_unit_test(a_cancelled_load_rolls_its_batch_back),
        cmocka_unit_test(a_load_that_is_asked_to_stop_through_its_row_stops),
        cmocka_unit_test(a_server_that_goes_away_ends_the_load_with_its_record),
        cmocka_unit_test(a_job_whose_program_is_gone_is_ended_by_the_next_load),
        cmocka_unit_test(two_loads_of_one_source_do_not_run_at_once),
        cmocka_unit_test(who_lost_the_job_writes_nothing_more),
        cmocka_unit_test(who_lost_the_job_after_its_rows_writes_nothing_after_them),
        cmocka_unit_test(a_file_without_a_row_in_it_is_given_up_when_it_is_asked),
        cmocka_unit_test(a_reader_in_the_way_of_a_partition_stops_neither_the_load_nor_readers),
        cmocka_unit_test(rows_past_the_horizon_are_told),
        cmocka_unit_test(jobs_and_letters_are_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
