/* migrate: the shipped files against a real server, as a superuser and as an ordinary owner. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "migrate_help.h"

/* An owner as hosted servers give one: may log in, make roles and databases, and nothing more. */
static void make_owner(struct desk *desk)
{
    run_sql(desk->pg, "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'plain_owner') THEN"
                      " CREATE ROLE plain_owner LOGIN CREATEROLE CREATEDB; END IF; END $$");
}

/* TimescaleDB numbers what it makes, and counts on: "_materialized_hypertable_7" is "_materialized_hypertable_". */
static void add_without_numbers(struct str *to, const char *line)
{
    for (const char *at = line; *at != '\0'; at++) {
        str_add_char(to, *at);
        if (!is_native() && (*at == '_' || (*at == '(' && text_ends(str_text(to), "cagg_watermark("))))
            at += strspn(at + 1, "0123456789");
    }
}

/* The whole schema as pg_dump writes it. */
static char *dump(const char *database)
{
    _cleanup_(mem_freep) char *command = mem_printf("pg_dump --schema-only --dbname='%s dbname=%s' 2>&1 | grep -v '^pg_dump: '", server_start_once(), database);
    FILE       *answer = popen(command, "r");
    struct str  out = STR_INIT;
    char        line[4096];

    assert_non_null(answer);
    while (fgets(line, sizeof line, answer) != NULL)
        if (strncmp(line, "\\restrict", 9) != 0 && strncmp(line, "\\unrestrict", 11) != 0)
            add_without_numbers(&out, line);
    assert_int_equal(pclose(answer), 0);
    return str_take(&out);
}

static void assert_same(const char *got, const char *wanted, const char *what)
{
    size_t at = 0;

    while (got[at] != '\0' && got[at] == wanted[at])
        at++;
    if (got[at] == wanted[at])
        return;
    while (at > 0 && got[at - 1] != '\n')
        at--;
    fail_msg("%s: the schema differs from here:\n  %.400s\nwanted\n  %.400s", what, got + at, wanted + at);
}

static void up(struct pg *pg, const char *to)
{
    struct migrate_options options = {.storage = TEST_STORAGE};
    struct error           error = ERROR_INIT;

    must(migrate_up(pg, &options, to, NULL, NULL, &error), &error);
}

static void down(struct pg *pg, const char *to)
{
    struct migrate_options options = {.storage = TEST_STORAGE};
    struct error           error = ERROR_INIT;

    must(migrate_down(pg, &options, to, NULL, NULL, &error), &error);
}

static void assert_every_file_goes_back(struct desk *desk, const char *database, const char *owner)
{
    struct pg                                           *pg = fresh_database(desk, database, owner);
    _cleanup_(migration_set_freep) struct migration_set *set = NULL;
    _cleanup_(mem_freep) char                           *earlier = NULL;

    must(migration_set_load(NULL, TEST_STORAGE, &set, &desk->error), &desk->error);
    for (size_t i = 0; i < migration_set_count(set); i++) {
        const struct migration *migration = migration_set_at(set, i);
        const char             *before = i > 0 ? migration_set_at(set, i - 1)->version : "0";
        _cleanup_(mem_freep) char *made = NULL, *undone = NULL, *again = NULL;

        up(pg, migration->version);
        made = dump(database);
        down(pg, before);
        undone = dump(database);
        if (earlier != NULL)
            assert_same(undone, earlier, migration->file);
        up(pg, migration->version);
        again = dump(database);
        assert_same(again, made, migration->file);
        mem_free(earlier);
        earlier = TAKE(again);
    }
    /* … and all of it at once */
    assert_non_null(strstr(earlier, "CREATE TABLE analytics.fact_video_performance"));
    down(pg, "0");
    assert_asked(pg, "SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^(pg|_?timescaledb)_' AND nspname <> 'information_schema'", "ops public");
    assert_asked(pg, "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'ops'::regnamespace AND relkind = 'r'", "migrations migrator settings");
    up(pg, NULL);
    _cleanup_(mem_freep) char *again = dump(database);
    assert_same(again, earlier, "all files");
    pg_close(pg);
}

SERVER_TEST(up_down_up_leaves_the_same_schema_to_a_superuser)
{
    assert_every_file_goes_back(who, "round_super", NULL);
}

SERVER_TEST(up_down_up_leaves_the_same_schema_to_an_ordinary_owner)
{
    make_owner(who);
    assert_every_file_goes_back(who, "round_owner", "plain_owner");
}

/* The role that owns may be the warehouse's own. */
SERVER_TEST(ytempire_owner_may_be_the_one_who_migrates)
{
    struct desk *desk = who;
    struct pg   *pg;

    make_owner(desk);
    run_sql(desk->pg, "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ytempire_owner') THEN CREATE ROLE ytempire_owner; END IF; END $$");
    run_sql(desk->pg, "ALTER ROLE ytempire_owner LOGIN CREATEROLE");
    pg = fresh_database(desk, "own_role", "ytempire_owner");
    up(pg, NULL);
    _cleanup_(mem_freep) char *made = dump("own_role"), *again = NULL;
    down(pg, "0");
    up(pg, NULL);
    again = dump("own_role");
    assert_same(again, made, "as ytempire_owner");
    assert_asked(pg, "SELECT count(*) FROM analytics.dim_date", "13149");
    pg_close(pg);
    run_sql(desk->pg, "ALTER ROLE ytempire_owner NOLOGIN NOCREATEROLE");
}

SERVER_TEST(a_role_that_is_missing_is_asked_for)
{
    struct desk           *desk = who;
    struct migrate_options options = {.storage = TEST_STORAGE};
    struct pg             *pg;

    run_sql(desk->pg, "DO $$ BEGIN CREATE ROLE reporter; EXCEPTION WHEN duplicate_object THEN NULL; END $$; ALTER ROLE reporter RENAME TO reporter_away");
    run_sql(desk->pg, "DO $$ BEGIN CREATE ROLE meek_owner LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    pg = fresh_database(desk, "missing_role", "meek_owner");
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_SERVER);
    assert_non_null(strstr(desk->error.text, "does not exist, and meek_owner may not create roles"));
    assert_non_null(strstr(desk->error.hint, "CREATE ROLE reporter;"));
    assert_string_equal(desk->error.where, "0001_schemas_and_roles.sql:23:1");
    error_done(&desk->error);
    pg_close(pg);
    run_sql(desk->pg, "ALTER ROLE reporter_away RENAME TO reporter");
    run_sql(desk->pg, "DO $$ BEGIN CREATE ROLE ytempire_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$; DO $$ BEGIN CREATE ROLE ytempire_worker; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                      "DO $$ BEGIN CREATE ROLE ytempire_analyst; EXCEPTION WHEN duplicate_object THEN NULL; END $$; DO $$ BEGIN CREATE ROLE ytempire_tenant; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    pg = open_as(desk, "missing_role", "meek_owner");
    if (!is_native()) {                                     /* the aggregate's owner is a role of TimescaleDB's files only */
        assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_SERVER);
        assert_non_null(strstr(desk->error.text, "meek_owner may not make role \"ytempire_rollup\", or give it"));
        assert_non_null(strstr(desk->error.hint, "GRANT ytempire_rollup TO ytempire_worker, meek_owner;"));
        run_sql(desk->pg, strstr(desk->error.hint, "GRANT"));       /* that role is there: earlier tests made it */
        error_done(&desk->error);
    }
    up(pg, NULL);
    pg_close(pg);
    pg = fresh_database(desk, "not_owned", NULL);           /* may connect, and make nothing */
    pg_close(pg);
    pg = open_as(desk, "not_owned", "meek_owner");
    assert_int_equal(migrate_up(pg, &options, NULL, NULL, NULL, &desk->error), ERR_SERVER);
    assert_string_equal(desk->error.sqlstate, "42501");
    assert_non_null(strstr(desk->error.hint, "GRANT CREATE ON DATABASE"));
    pg_close(pg);
}

SERVER_TEST(rows_survive_a_change_of_partitioning)
{
    struct desk *desk = who;
    struct pg   *pg = fresh_database(desk, "survive", NULL);
    static const char asked[] = "SELECT count(*), min(id), max(id), sum(views), bool_and(engagement_rate = 0.5) FROM analytics.fact_video_performance";
    static const char fact[] = "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", views, likes)"
                               " SELECT 1, 1, 1, 20200101, t, 2, 1 FROM generate_series(timestamptz '2020-01-01', '2020-02-01', '1 day') AS t";

    up(pg, NULL);
    run_sql(pg, "INSERT INTO analytics.dim_channel (channel_key, channel_id, user_id) VALUES (1, 'UCa', gen_random_uuid());"
                "INSERT INTO analytics.dim_video (video_key, video_id, channel_id) VALUES (1, 'aaaaaaaaaaa', 'UCa')");
    run_sql(pg, fact);
    run_sql(pg, "SELECT ops.keep_partitions()");
    assert_asked(pg, asked, "32|1|32|64|t");
    down(pg, "7");
    assert_asked(pg, "SELECT relkind FROM pg_class WHERE oid = 'analytics.fact_video_performance'::regclass", "r");
    assert_asked(pg, asked, "32|1|32|64|t");
    up(pg, NULL);
    assert_asked(pg, asked, "32|1|32|64|t");
    run_sql(pg, "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\") VALUES (1, 1, 1, 20200101, '2020-03-01')");
    assert_asked(pg, "SELECT max(id) FROM analytics.fact_video_performance", "33");
    pg_close(pg);
}

/* Hosted servers keep extensions in a schema of their own. */
SERVER_TEST(extensions_may_lie_elsewhere)
{
    struct desk *desk = who;
    struct pg   *pg = fresh_database(desk, "elsewhere", NULL);

    run_sql(pg, "CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions; CREATE EXTENSION btree_gist SCHEMA extensions");
    up(pg, NULL);
    assert_asked(pg, "SELECT count(*) FROM pg_indexes WHERE indexname = 'idx_dim_video_title'", "1");
    pg_close(pg);
}

SERVER_TEST(two_databases_of_one_cluster_share_the_roles)
{
    struct desk *desk = who;
    struct pg   *one, *two;

    make_owner(desk);
    one = fresh_database(desk, "share_one", "plain_owner");
    two = fresh_database(desk, "share_two", "plain_owner");
    up(one, NULL);
    up(two, NULL);
    down(one, "0");
    assert_asked(two, "SELECT count(*) FROM pg_roles WHERE rolname IN ('ytempire_owner', 'ytempire_worker', 'ytempire_analyst', 'reporter', 'ytempire_tenant')", "5");
    assert_asked(two, "SELECT has_table_privilege('ytempire_analyst', 'analytics.dim_video', 'SELECT')", "t");
    pg_close(one);
    pg_close(two);
}

SERVER_TEST(status_has_the_columns_that_scripts_read)
{
    struct desk *desk = who;
    struct pg   *pg = fresh_database(desk, "status_one", NULL);
    struct kept  kept = KEPT_INIT;
    struct migrate_options options = {.storage = TEST_STORAGE};

    must(migrate_status(pg, &options, &kept.sink, &desk->error), &desk->error);
    assert_string_equal(str_text(&kept.columns), "version name state applied_at duration_ms checksum");
    assert_int_equal(strncmp(str_text(&kept.rows), "0001|schemas_and_roles|pending|||", 33), 0);
    assert_asked(pg, "SELECT count(*) FROM pg_namespace WHERE nspname = 'ops'", "0");      /* asking writes nothing */
    up(pg, "0001");
    must(migrate_status(pg, &options, &kept.sink, &desk->error), &desk->error);
    assert_int_equal(strncmp(str_text(&kept.rows), "0001|schemas_and_roles|applied|20", 33), 0);
    assert_non_null(strstr(str_text(&kept.rows), "\n0002|users|pending|||"));
    kept_done(&kept);
    pg_close(pg);
}

/* The licence shows once the extension is made, or where it is set. */
SERVER_TEST(timescaledb_is_chosen_where_it_is_whole)
{
    struct desk           *desk = who;
    struct pg             *pg = fresh_database(desk, "whole", NULL);
    struct migrate_options options = {0};

    must(migrate_up(pg, &options, "1", NULL, NULL, &desk->error), &desk->error);
    assert_asked(pg, "SELECT value, reason ~ '^timescaledb [0-9.]+ is preloaded, with its licence setting .timescale.$' FROM ops.settings WHERE name = 'storage_engine'",
                 "timescaledb|t");
    pg_close(pg);
    pg = fresh_database(desk, "apache", NULL);
    run_sql(pg, "ALTER DATABASE apache SET timescaledb.license = 'apache'");
    pg_close(pg);
    pg = open_as(desk, "apache", NULL);
    must(migrate_up(pg, &options, "1", NULL, NULL, &desk->error), &desk->error);
    assert_asked(pg, "SELECT value, reason, (SELECT count(*) FROM pg_extension WHERE extname = 'timescaledb') FROM ops.settings WHERE name = 'storage_engine'",
                 "native|timescaledb.license is 'apache': no continuous aggregates, no compression|0");
    pg_close(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(up_down_up_leaves_the_same_schema_to_a_superuser),
        cmocka_unit_test(up_down_up_leaves_the_same_schema_to_an_ordinary_owner),
        cmocka_unit_test(ytempire_owner_may_be_the_one_who_migrates),
        cmocka_unit_test(a_role_that_is_missing_is_asked_for),
        cmocka_unit_test(rows_survive_a_change_of_partitioning),
        cmocka_unit_test(extensions_may_lie_elsewhere),
        cmocka_unit_test(two_databases_of_one_cluster_share_the_roles),
        cmocka_unit_test(status_has_the_columns_that_scripts_read),
    };
    const struct CMUnitTest timescaledb[] = {
        cmocka_unit_test(timescaledb_is_chosen_where_it_is_whole),
    };
    int failed;

    prepare_engine();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    return is_native() ? failed : failed + cmocka_run_group_tests(timescaledb, NULL, NULL);
}
