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

/* The whole schema as pg_dump writes it. */
static char *dump(const char *database)
{
    _cleanup_(mem_freep) char *command = mem_printf("pg_dump --schema-only --dbname='%s dbname=%s'", server_start_once(), database);
    FILE       *answer = popen(command, "r");
    struct str  out = STR_INIT;
    char        line[4096];

    assert_non_null(answer);
    while (fgets(line, sizeof line, answer) != NULL)
        if (strncmp(line, "\\restrict", 9) != 0 && strncmp(line, "\\unrestrict", 11) != 0)
            str_add(&out, line);
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
    struct migrate_options options = {.storage = "native"};
    struct error           error = ERROR_INIT;

    must(migrate_up(pg, &options, to, NULL, NULL, &error), &error);
}

static void down(struct pg *pg, const char *to)
{
    struct migrate_options options = {.storage = "native"};
    struct error           error = ERROR_INIT;

    must(migrate_down(pg, &options, to, NULL, NULL, &error), &error);
}

static void assert_every_file_goes_back(struct desk *desk, const char *database, const char *owner)
{
    struct pg                                           *pg = fresh_database(desk, database, owner);
    _cleanup_(migration_set_freep) struct migration_set *set = NULL;
    _cleanup_(mem_freep) char                           *earlier = NULL;

    must(migration_set_load(NULL, "native", &set, &desk->error), &desk->error);
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
    assert_asked(pg, "SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'", "ops public");
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
    struct migrate_options options = {.storage = "native"};

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(up_down_up_leaves_the_same_schema_to_a_superuser),
        cmocka_unit_test(up_down_up_leaves_the_same_schema_to_an_ordinary_owner),
        cmocka_unit_test(two_databases_of_one_cluster_share_the_roles),
        cmocka_unit_test(status_has_the_columns_that_scripts_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
