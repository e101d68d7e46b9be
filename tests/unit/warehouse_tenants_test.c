/* The walls of the warehouse: what a tenant sees, what each role may do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "migrate_help.h"

#define ANNA "'00000000-0000-4000-8000-00000000000a'"
#define BEN "'00000000-0000-4000-8000-00000000000b'"

static const char company[] =
    "INSERT INTO users.accounts (user_id, email) VALUES (" ANNA ", 'anna@x'), (" BEN ", 'ben@x');"
    "INSERT INTO analytics.dim_user (user_key, user_id) VALUES (10, " ANNA "), (20, " BEN ");"
    "INSERT INTO users.channels (channel_id, user_id) VALUES ('UCa', " ANNA "), ('UCb', " BEN ");"
    "INSERT INTO analytics.dim_channel (channel_key, channel_id, user_id) VALUES (10, 'UCa', " ANNA "), (20, 'UCb', " BEN ");"
    "INSERT INTO analytics.dim_video (video_key, video_id, channel_id, video_title) VALUES (10, 'aaaaaaaaaaa', 'UCa', 'of Anna'), (20, 'bbbbbbbbbbb', 'UCb', 'of Ben');"
    "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", views)"
    " SELECT k, k, k, 20260105, '2026-01-05 10:00+00', k FROM unnest('{10,20}'::int[]) AS k;"
    "INSERT INTO analytics.fact_channel_daily (channel_id, channel_key, user_key, date_key, metric_date)"
    " SELECT CASE k WHEN 10 THEN 'UCa' ELSE 'UCb' END, k, k, 20260105, '2026-01-05' FROM unnest('{10,20}'::int[]) AS k;"
    "INSERT INTO analytics.fact_costs (source, source_ref, user_key, date_key) SELECT 's', k, k, 20260105 FROM unnest('{10,20}'::int[]) AS k;"
    "INSERT INTO analytics.fact_revenue (source, video_key, user_key, date_key, metric_date) SELECT 's', k, k, 20260105, '2026-01-05' FROM unnest('{10,20}'::int[]) AS k;"
    "INSERT INTO analytics.youtube_metrics (user_id, channel_id, date) VALUES (" ANNA ", 'UCa', '2026-01-05'), (" BEN ", 'UCb', '2026-01-05');"
    "INSERT INTO analytics.user_dashboard_config (user_id) VALUES (" ANNA "), (" BEN ");"
    "INSERT INTO ops.touched_hours (relation, hour) VALUES ('analytics.fact_video_performance', '2026-01-05 10:00+00');"
    "INSERT INTO ops.counter_base (video_key, channel_key, user_key, \"timestamp\") SELECT k, k, k, '2020-01-05 10:00+00' FROM unnest('{10,20}'::int[]) AS k;"
    "INSERT INTO users.logins (login, user_id) VALUES ('login_anna', " ANNA "), ('login_ben', " BEN ")";

/* Logins as an administrator makes them, in the roles of the warehouse. */
static void make_logins(struct desk *desk)
{
    static const char *const logins[][2] = {
        {"login_anna", "ytempire_tenant"}, {"login_ben", "ytempire_tenant"}, {"login_stranger", "ytempire_tenant"},
        {"login_analyst", "ytempire_analyst"}, {"login_worker", "ytempire_worker"}, {"login_reporter", "reporter"}, {"login_nobody", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(logins); i++) {
        _cleanup_(mem_freep) char *make = mem_printf("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%s') THEN CREATE ROLE %s LOGIN%s%s; END IF; END $$",
                                                     logins[i][0], logins[i][0], logins[i][1] != NULL ? " IN ROLE " : "", logins[i][1] != NULL ? logins[i][1] : "");
        run_sql(desk->pg, make);
    }
}

static struct pg *with_company(struct desk *desk, const char *name)
{
    struct pg *pg = migrated_database(desk, name);
    long long  hours;

    make_logins(desk);
    run_sql(pg, "UPDATE ops.settings SET value = 'off' WHERE name = 'retention_days'");
    run_sql(pg, company);
    must(storage_refresh_hours(pg, &hours, &desk->error), &desk->error);
    return pg;
}

/* -- tenants ------------------------------------------------------------------------------------------------------------ */

#define VIEWS_SEEN "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'tenant'::regnamespace"
/* Rows of every view but the calendar, as the session sees them: all, and those of Anna. */
/* Of each one row; of the snapshots one of the facts and one that was kept. */
#define ROWS_SEEN                                                                                                      \
    "SELECT (SELECT count(*) FROM tenant.accounts), (SELECT count(*) FROM tenant.channels), (SELECT count(*) FROM tenant.counter_base),"  \
    " (SELECT count(*) FROM tenant.dim_channel), (SELECT count(*) FROM tenant.dim_user), (SELECT count(*) FROM tenant.dim_video),"         \
    " (SELECT count(*) FROM tenant.fact_channel_daily), (SELECT count(*) FROM tenant.fact_costs), (SELECT count(*) FROM tenant.fact_revenue)," \
    " (SELECT count(*) FROM tenant.fact_video_performance), (SELECT count(*) FROM tenant.user_dashboard_config),"      \
    " (SELECT count(*) FROM tenant.video_performance_hourly), (SELECT count(*) FROM tenant.youtube_metrics),"  \
    " (SELECT count(*) FROM tenant.video_snapshots)"

SERVER_TEST(a_tenant_sees_its_own_rows_whatever_it_sets)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "tenants"), *anna = open_as(desk, "tenants", "login_anna");

    assert_asked(pg, VIEWS_SEEN, "accounts channels counter_base dim_channel dim_date dim_user dim_video fact_channel_daily fact_costs fact_revenue"
                                 " fact_video_performance user_dashboard_config video_performance_hourly video_snapshots youtube_metrics");
    assert_asked(anna, ROWS_SEEN, "1|1|1|1|1|1|1|1|1|1|1|1|1|2");
    run_sql(anna, "SET ytempire.user_id = " BEN);
    assert_asked(anna, ROWS_SEEN, "1|1|1|1|1|1|1|1|1|1|1|1|1|2");
    assert_asked(anna, "SELECT video_title FROM tenant.dim_video", "of Anna");
    assert_asked(anna, "SELECT views FROM tenant.fact_video_performance", "10");
    assert_asked(anna, "SELECT email FROM tenant.accounts", "anna@x");
    assert_asked(anna, "SELECT count(*) FROM tenant.dim_date", "13149");
    run_sql(anna, "SET ROLE ytempire_tenant");
    assert_asked(anna, "SELECT views FROM tenant.fact_video_performance", "10");
    pg_close(anna);
    pg_close(pg);
}

SERVER_TEST(a_tenant_has_nothing_but_its_views)
{
    static const char *const shut[] = {
        "SELECT * FROM analytics.fact_video_performance", "SELECT * FROM users.accounts", "SELECT * FROM users.logins", "SELECT * FROM ops.settings",
        "SELECT * FROM ops.counter_base", "CREATE TABLE parts.mine ()", "SELECT * FROM youtube_raw.videos",
        "SELECT ops.keep_partitions()", "SELECT * FROM ops.storage()", "UPDATE tenant.dim_channel SET niche = 'x'", "INSERT INTO tenant.channels (channel_id) VALUES ('UCx')",
        "DELETE FROM tenant.fact_costs", "CREATE TABLE tenant.mine ()", "CREATE FUNCTION tenant.user_id() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "SET ROLE ytempire_analyst", "SELECT analytics.set_fiscal_year_start(2)",
    };
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "shut"), *anna = open_as(desk, "shut", "login_anna");

    for (size_t i = 0; i < COUNT_OF(shut); i++)
        assert_refused_sql(anna, shut[i], "42501", "");
    pg_close(anna);
    pg_close(pg);
}

/* A condition of the tenant's own is not asked about rows that are not its: the view is a barrier. */
SERVER_TEST(a_condition_sees_no_rows_of_others)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "barrier"), *anna;

    run_sql(pg, "CREATE TABLE public.leak (title text); GRANT INSERT ON public.leak TO PUBLIC;"
                "CREATE FUNCTION public.look(title text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS"
                " $$ BEGIN INSERT INTO public.leak VALUES (title); RETURN true; END $$");
    anna = open_as(desk, "barrier", "login_anna");
    run_sql(anna, "SELECT * FROM tenant.dim_video WHERE public.look(video_title)");
    run_sql(anna, "SELECT * FROM tenant.fact_video_performance WHERE public.look(views::text)");
    assert_asked(pg, "SELECT string_agg(title, ', ' ORDER BY title) FROM public.leak", "10, of Anna");
    assert_asked(pg, "SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'tenant'::regnamespace AND relkind = 'v'"
                     " AND NOT coalesce(reloptions @> '{security_barrier=true}', false)", "dim_date");
    pg_close(anna);
    pg_close(pg);
}

SERVER_TEST(who_is_nobody_sees_nothing)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "nobody"), *stranger = open_as(desk, "nobody", "login_stranger"), *nobody = open_as(desk, "nobody", "login_nobody");

    run_sql(stranger, "SET ytempire.user_id = " ANNA);              /* a tenant that users.logins does not know */
    assert_asked(stranger, ROWS_SEEN, "0|0|0|0|0|0|0|0|0|0|0|0|0|0");
    assert_refused_sql(nobody, "SELECT * FROM tenant.accounts", "42501", "schema tenant");
    assert_refused_sql(nobody, "SELECT ops.keep_partitions()", "42501", "");
    pg_close(nobody);
    pg_close(stranger);
    pg_close(pg);
}

SERVER_TEST(an_analyst_may_take_a_point_of_view)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "views"), *analyst = open_as(desk, "views", "login_analyst");

    assert_asked(analyst, "SELECT count(*) FROM analytics.fact_video_performance", "2");
    assert_asked(analyst, ROWS_SEEN, "0|0|0|0|0|0|0|0|0|0|0|0|0|0");
    run_sql(analyst, "SET ytempire.user_id = " BEN);
    assert_asked(analyst, ROWS_SEEN, "1|1|1|1|1|1|1|1|1|1|1|1|1|2");
    assert_asked(analyst, "SELECT views FROM tenant.fact_video_performance", "20");
    pg_close(analyst);
    pg_close(pg);
}

/* Plain tables have a second wall, should somebody be let in to them. */
SERVER_TEST(policies_stand_behind_the_views)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "policies"), *anna;

    run_sql(pg, "GRANT USAGE ON SCHEMA users, analytics TO ytempire_tenant; GRANT SELECT ON ALL TABLES IN SCHEMA users, analytics TO ytempire_tenant");
    anna = open_as(desk, "policies", "login_anna");
    assert_asked(anna, "SELECT (SELECT count(*) FROM users.accounts), (SELECT count(*) FROM users.channels), (SELECT count(*) FROM users.logins),"
                       " (SELECT count(*) FROM analytics.dim_user), (SELECT count(*) FROM analytics.dim_channel), (SELECT count(*) FROM analytics.dim_video),"
                       " (SELECT count(*) FROM analytics.youtube_metrics), (SELECT count(*) FROM analytics.user_dashboard_config)", "1|1|0|1|1|1|1|1");
    run_sql(pg, "REVOKE ALL ON ALL TABLES IN SCHEMA users, analytics FROM ytempire_tenant; REVOKE USAGE ON SCHEMA users, analytics FROM ytempire_tenant");
    pg_close(anna);
    pg_close(pg);
}

SERVER_TEST(every_relation_is_decided_for_tenants)
{
    struct desk *desk = who;
    struct pg   *pg = migrated_database(desk, "decided");

    assert_asked(pg, "SELECT count(*) FROM ops.undecided_for_tenants", "0");
    run_sql(pg, "CREATE TABLE analytics.forgotten ()");
    assert_asked(pg, "SELECT relation FROM ops.undecided_for_tenants", "analytics.forgotten");
    /* … and every column of a table is in its view */
    assert_asked(pg, "SELECT count(*) FROM pg_class AS v JOIN pg_class AS t ON t.relname = v.relname AND t.relnamespace IN ('analytics'::regnamespace, 'users'::regnamespace)"
                     " JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped"
                     " WHERE v.relnamespace = 'tenant'::regnamespace"
                     " AND NOT EXISTS (SELECT FROM pg_attribute AS b WHERE b.attrelid = v.oid AND b.attname = a.attname AND b.atttypid = a.atttypid)", "0");
    pg_close(pg);
}

/* -- roles -------------------------------------------------------------------------------------------------------------- */

SERVER_TEST(no_role_needs_more_than_its_grants)
{
    struct desk *desk = who;
    struct pg   *pg = migrated_database(desk, "needs");

    assert_asked(pg, "SELECT count(*), bool_or(rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin) FROM pg_roles"
                     " WHERE rolname IN ('ytempire_owner', 'ytempire_worker', 'ytempire_analyst', 'reporter', 'ytempire_tenant')", "5|f");
    /* What runs as its owner has a fixed search path, and is nobody's to call who was not given it. */
    assert_asked(pg, "SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc AS p WHERE prosecdef AND pronamespace IN"
                     " ('ops'::regnamespace, 'users'::regnamespace, 'analytics'::regnamespace, 'tenant'::regnamespace)"
                     " AND (NOT coalesce(array_to_string(proconfig, ' ') LIKE '%search_path=pg_catalog, pg_temp%', false)"
                     " OR has_function_privilege('public', p.oid, 'EXECUTE'))", "");
    pg_close(pg);
}

SERVER_TEST(an_analyst_reads_and_a_worker_loads)
{
    struct desk *desk = who;
    struct pg   *pg = with_company(desk, "roles"), *analyst, *worker, *reporter;
    long long    hours;

    analyst = open_as(desk, "roles", "login_analyst");
    worker = open_as(desk, "roles", "login_worker");
    reporter = open_as(desk, "roles", "login_reporter");
    assert_refused_sql(analyst, "UPDATE analytics.dim_video SET video_title = ''", "42501", "");
    assert_refused_sql(analyst, "SELECT * FROM users.logins", "42501", "");
    assert_refused_sql(analyst, "SELECT ops.apply_retention(1)", "42501", "");
    assert_asked(analyst, "SELECT count(*) FROM ops.storage() WHERE relation = 'analytics.fact_video_performance' AND oldest = newest", "1");
    assert_asked(analyst, "SELECT count(*) > 11 FROM ops.migrations", "t");
    assert_asked(analyst, "SELECT count(*) FROM users.accounts WHERE email LIKE '%@x'", "2");

    run_sql(worker, "INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", views) VALUES (10, 10, 10, 20260105, '2019-01-05', 1)");
    assert_asked(worker, "SELECT ops.keep_partitions() > 0", is_native() ? "t" : "f");
    run_sql(worker, "UPDATE analytics.fact_video_performance SET views = 11 WHERE video_key = 10 AND views = 10;"
                    "INSERT INTO ops.touched_hours (relation, hour) VALUES ('analytics.fact_video_performance', '2026-01-05 10:00+00')");
    must(storage_refresh_hours(worker, &hours, &desk->error), &desk->error);
    assert_asked(analyst, "SELECT views FROM analytics.video_performance_hourly WHERE video_key = 10 AND hour = '2026-01-05 10:00+00'", "11");
    run_sql(worker, "SELECT ops.cluster_next()");
    assert_asked(worker, "SELECT ops.apply_retention(90) > 0", "t");
    run_sql(worker, "SELECT ops.sum_revenue('s', '2026-01-05', '2026-01-05')");
    run_sql(worker, "INSERT INTO users.channels (channel_id, user_id) VALUES ('UCc', " ANNA ")");
    run_sql(worker, "CREATE TABLE parts.rollup AS SELECT 1 AS one; CREATE VIEW staging.model AS SELECT * FROM youtube_raw.videos");
    assert_refused_sql(worker, "DELETE FROM ops.migrations", "42501", "");
    assert_refused_sql(worker, "SELECT * FROM users.logins", "42501", "");
    assert_refused_sql(worker, "DROP TABLE analytics.dim_video", "42501", "");

    assert_refused_sql(reporter, "SELECT * FROM analytics.fact_revenue", "42501", "");
    run_sql(pg, "CREATE TABLE analytics.mart AS SELECT 1 AS one; GRANT SELECT ON analytics.mart TO reporter");
    assert_asked(reporter, "SELECT one FROM analytics.mart", "1");
    pg_close(reporter);
    pg_close(worker);
    pg_close(analyst);
    pg_close(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tenant_sees_its_own_rows_whatever_it_sets),
        cmocka_unit_test(a_tenant_has_nothing_but_its_views),
        cmocka_unit_test(a_condition_sees_no_rows_of_others),
        cmocka_unit_test(who_is_nobody_sees_nothing),
        cmocka_unit_test(an_analyst_may_take_a_point_of_view),
        cmocka_unit_test(policies_stand_behind_the_views),
        cmocka_unit_test(every_relation_is_decided_for_tenants),
        cmocka_unit_test(no_role_needs_more_than_its_grants),
        cmocka_unit_test(an_analyst_reads_and_a_worker_loads),
    };

    prepare_engine();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
