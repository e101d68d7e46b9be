/*
 * PostgreSQL: over a connection of its own, that starts no server. What needs the connection is skipped without one.
 */
#include <stdlib.h>
#include <string.h>

#include "doctor_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

#define VERSION_LEAST 150000
#define PINGS 5
#define LATENCY_MOST_US (100 * 1000)

/* -- the server and the way to it ---------------------------------------------------------------------------------- */

static void check_version(struct doctor *doctor, const struct pg *pg)
{
    int version = pg_server_version(pg);
    const char *name = pg_parameter(pg, "server_version");

    if (version < VERSION_LEAST)
        doctor_say(doctor, "PostgreSQL version", DOCTOR_ERROR,
                   "move the database to PostgreSQL 15 or newer (pg_upgrade, or pg_dump and restore)", "%s", name);
    else
        doctor_say(doctor, "PostgreSQL version", DOCTOR_OK, NULL, "%s", name);
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static int check_latency(struct doctor *doctor, struct pg *pg)
{
    int64_t took[PINGS];
    char text[TIME_TEXT_SIZE];
    struct error why = ERROR_INIT;
    int r = 0;

    for (size_t i = 0; r >= 0 && i < PINGS; i++) {
        int64_t began = monotonic_us();

        r = pg_catalog_query(pg, "health_ping", NULL, 0, NULL, &why);
        took[i] = monotonic_us() - began;
    }
    if (r < 0)
        return doctor_trouble(doctor, "PostgreSQL latency", DOCTOR_ERROR, r, &why, NULL);
    qsort(took, PINGS, sizeof *took, compare);
    duration_to_text(took[PINGS / 2], text);
    if (took[PINGS / 2] > LATENCY_MOST_US)
        doctor_say(doctor, "PostgreSQL latency", DOCTOR_WARNING,
                   "run the program nearer to the server, or see what keeps the server or the line busy", "%s", text);
    else
        doctor_say(doctor, "PostgreSQL latency", DOCTOR_OK, NULL, "%s", text);
    return 0;
}

/* Columns of doctor_server.sql. */
enum { SERVER_ENCODING, SERVER_SOCKET, SERVER_NEAR, SERVER_TLS };

static void check_way(struct doctor *doctor, const struct pg_result *server)
{
    const char *tls = pg_result_text(server, 0, SERVER_TLS);

    if (text_equal(pg_result_text(server, 0, SERVER_SOCKET), "t"))
        doctor_say(doctor, "PostgreSQL connection", DOCTOR_OK, NULL, "unix socket");
    else if (tls != NULL)
        doctor_say(doctor, "PostgreSQL connection", DOCTOR_OK, NULL, "%s", tls);
    else if (text_equal(pg_result_text(server, 0, SERVER_NEAR), "t"))
        doctor_say(doctor, "PostgreSQL connection", DOCTOR_OK, NULL, "TCP within this machine, without TLS");
    else
        doctor_say(doctor, "PostgreSQL connection", DOCTOR_WARNING,
                   "add sslmode=require (better verify-full) to the connection string, and turn on ssl in the server",
                   "TCP without TLS: passwords and data can be read on the way");
}

static int check_server(struct doctor *doctor, struct pg *pg)
{
    _cleanup_(pg_result_freep) struct pg_result *server = NULL;
    struct error why = ERROR_INIT;
    const char *encoding;
    int r = pg_catalog_query(pg, "doctor_server", NULL, 0, &server, &why);

    if (r < 0)
        return doctor_trouble(doctor, "PostgreSQL connection", DOCTOR_ERROR, r, &why, NULL);
    check_way(doctor, server);
    encoding = pg_result_text(server, 0, SERVER_ENCODING);
    if (text_equal(encoding, "UTF8"))
        doctor_say(doctor, "encoding", DOCTOR_OK, NULL, "%s", encoding);
    else
        doctor_say(doctor, "encoding", DOCTOR_ERROR,
                   "make the database anew with ENCODING 'UTF8' TEMPLATE template0, and load it again",
                   "%s, which cannot hold every title", encoding);
    return 0;
}

/* -- extensions ---------------------------------------------------------------------------------------------------- */

static const struct extension {
    const char *name, *with, *without;
    enum doctor_state state; /* when it is not there */
    const char *to_do;
} extensions[] = {
    {"timescaledb", "hypertables, compression and a continuous aggregate can be used",
     "native partitions of the same names are used", DOCTOR_OK, NULL},
    {"hll", "approximate distinct counts can be kept in rollups", "distinct counts are exact, from the facts",
     DOCTOR_OK, NULL},
    {"pg_stat_statements", "slow statements can be listed", "slow statements cannot be listed", DOCTOR_WARNING,
     "have an administrator add pg_stat_statements to shared_preload_libraries, restart the server, and run CREATE "
     "EXTENSION pg_stat_statements"},
};

static void tell_extension(struct doctor *doctor, const struct extension *about, const char *made, const char *offered)
{
    if (made != NULL)
        doctor_say(doctor, about->name, DOCTOR_OK, NULL, "%s: %s", made, about->with);
    else
        doctor_say(doctor, about->name, about->state, about->to_do, "%s: %s",
                   offered != NULL ? "installed, but not in this database" : "not installed", about->without);
}

static int check_extensions(struct doctor *doctor, struct pg *pg)
{
    for (size_t i = 0; i < COUNT_OF(extensions); i++) {
        _cleanup_(pg_result_freep) struct pg_result *found = NULL;
        struct error why = ERROR_INIT;
        int r = pg_catalog_query(pg, "doctor_extension", (const struct pg_value[]){PG_TEXT(extensions[i].name)}, 1,
                                 &found, &why);

        if (r < 0)
            r = doctor_trouble(doctor, extensions[i].name, DOCTOR_SKIPPED, r, &why, NULL);
        else
            tell_extension(doctor, &extensions[i], pg_result_text(found, 0, 0), pg_result_text(found, 0, 1));
        if (r < 0)
            return r;
    }
    return 0;
}

/* -- the whole ----------------------------------------------------------------------------------------------------- */

static int connect(struct doctor *doctor, struct pg **ret_pg)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    struct pg_options options = {.dsn = app_dsn(doctor->app), .application_name = "ytempire doctor"};
    struct error why = ERROR_INIT;
    int r = pg_open(doctor->app->loop, &options, &pg, &why);

    if (r >= 0)
        r = pg_ready(pg, &why);
    if (r < 0)
        return doctor_trouble(
            doctor, "PostgreSQL", DOCTOR_ERROR, r, &why,
            doctor->app->target.local
                ? "start the private servers with 'local up'"
                : "see that the server runs, and correct host, port and login in --dsn, the profile or PG* variables");
    doctor_say(doctor, "PostgreSQL", DOCTOR_OK, NULL, "database %s as %s, said by the %s", pg_database(pg), pg_user(pg),
               doctor->app->target.said_by);
    *ret_pg = TAKE(pg);
    return 0;
}

static void skip_all(struct doctor *doctor)
{
    static const char *const checks[] = {"PostgreSQL version",
                                         "PostgreSQL latency",
                                         "PostgreSQL connection",
                                         "encoding",
                                         "timescaledb",
                                         "hll",
                                         "pg_stat_statements",
                                         "schema",
                                         "may read",
                                         "may ingest",
                                         "may migrate",
                                         "tenant"};

    for (size_t i = 0; i < COUNT_OF(checks); i++)
        doctor_say(doctor, checks[i], DOCTOR_SKIPPED, NULL, "no connection to PostgreSQL");
}

int doctor_postgres(struct doctor *doctor)
{
    static int (*const parts[])(struct doctor * doctor, struct pg * pg) = {
        check_latency, check_server, check_extensions, doctor_schema, doctor_rights, doctor_tenant};
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int r = connect(doctor, &pg);

    if (r >= 0 && pg == NULL)
        skip_all(doctor);
    if (r < 0 || pg == NULL)
        return r;
    check_version(doctor, pg);
    for (size_t i = 0; r >= 0 && i < COUNT_OF(parts); i++)
        r = parts[i](doctor, pg);
    return r;
}
